// SPDX-License-Identifier: GPL-2.0+
/*
 * TRANSFER of a DMABUF that is attached to the file of an endpoint.
 *
 * A transfer waits until other users of the DMABUF have finished, cuts the table of
 * the attachment to its length, queues the attachment's one request, and publishes
 * a fence in the DMABUF's reservation object. The request's completion signals that:
 * it ends with the controller's status, which is -ESHUTDOWN when the endpoint was
 * disabled, by the host or because the gadget goes, and -ECONNRESET when the request
 * was taken back by DETACH or close().
 *
 * Controllers complete requests with eps_lock held or not, so that completing takes
 * the fence's lock only.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <linux/cleanup.h>
#include <linux/dma-buf.h>
#include <linux/dma-fence.h>
#include <linux/dma-resv.h>
#include <linux/dma-transfer-fence.h>
#include <linux/dma-vec-table.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/limits.h>
#include <linux/slab.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include <linux/usb/gadget.h>

#include "f_fs_dmabuf_attachment.h"
#include "u_fs.h"

/* The request is back, and the memory is the CPU's again */
static void ffs_dmabuf_finish(struct ffs_dmabuf *att)
{
	struct dma_transfer_fence *fence = att->fence;
	struct usb_request *req = att->req;

	/* Once it is signalled, the next transfer takes another one's place */
	dma_fence_get(&fence->base);
	fence->bytes = req->actual;
	dma_transfer_fence_signal(fence, req->status);
	dma_fence_put(&fence->base);
	ffs_dmabuf_put(att, true);
}

/**
 * ffs_dmabuf_end_work() - end a transfer whose memory has to be synced
 * @work: The work of the attachment
 *
 * Context: May sleep, but fences wait for it.
 */
void ffs_dmabuf_end_work(struct work_struct *work)
{
	struct ffs_dmabuf *att = container_of(work, struct ffs_dmabuf, end_work);
	bool cookie = dma_fence_begin_signalling();

	dma_vec_end_access(&att->map);
	ffs_dmabuf_finish(att);
	dma_fence_end_signalling(cookie);
}

static void ffs_dmabuf_complete(struct usb_ep *ep, struct usb_request *req)
{
	bool cookie = dma_fence_begin_signalling();
	struct ffs_dmabuf *att = req->context;

	if (dma_vec_end_access_needed(&att->map))
		queue_work(att->ffs->dmabufs.wq, &att->end_work);
	else
		ffs_dmabuf_finish(att);
	dma_fence_end_signalling(cookie);
}

/*
 * Can a transfer of so many bytes be queued now? -EAGAIN if the host has yet to
 * configure the gadget.
 */
static int ffs_dmabuf_check_ep(struct ffs_data *ffs,
			       const struct ffs_dmabuf_ep *ep, size_t len)
{
	lockdep_assert_held(&ffs->eps_lock);

	if (!ep->ep)
		return IS_ERR(ffs->dmabufs.dev) ? -ESHUTDOWN : -EAGAIN;

	/* The controller would write more than there is room for */
	if (!ep->in && usb_ep_align_maybe(ffs->gadget, ep->ep, len) != len)
		return -EINVAL;

	return 0;
}

static int ffs_dmabuf_try_ep(struct file *file, size_t len)
{
	struct ffs_data *ffs = ffs_epfile_ffs(file);
	struct ffs_dmabuf_ep ep;

	guard(spinlock_irq)(&ffs->eps_lock);
	ep = ffs_epfile_dmabuf_ep(file);

	return ffs_dmabuf_check_ep(ffs, &ep, len);
}

static int ffs_dmabuf_wait_ep(struct file *file, size_t len)
{
	struct ffs_data *ffs = ffs_epfile_ffs(file);
	int ret, err;

	ret = ffs_dmabuf_try_ep(file, len);
	if (ret != -EAGAIN || file->f_flags & O_NONBLOCK)
		return ret;

	err = wait_event_interruptible(ffs->wait,
				       (ret = ffs_dmabuf_try_ep(file, len)) != -EAGAIN);

	return err ? -EINTR : ret;
}

/* The one request of the attachment, for the endpoint as it is now */
static struct usb_request *ffs_dmabuf_get_request(struct ffs_dmabuf *att,
						  struct usb_ep *ep)
{
	if (att->req && att->ep == ep)
		return att->req;

	if (att->req)
		usb_ep_free_request(att->ep, att->req);
	att->ep = ep;
	att->req = usb_ep_alloc_request(ep, GFP_ATOMIC);

	return att->req;
}

static int ffs_dmabuf_queue_request(struct ffs_dmabuf *att,
				    const struct ffs_dmabuf_ep *ep)
{
	struct usb_request *req;

	req = ffs_dmabuf_get_request(att, ep->ep);
	if (!req)
		return -ENOMEM;

	req->buf = NULL;
	req->length = att->map.table.len;
	req->sg = att->sgl.sgt.sgl;
	req->num_sgs = att->sgl.sgt.nents;
	req->sg_was_mapped = true;
	req->zero = ep->zero;
	req->context = att;
	req->complete = ffs_dmabuf_complete;

	return usb_ep_queue(ep->ep, req, GFP_ATOMIC);
}

/* The fence is the attachment's from here on, if the request is in flight */
static int ffs_dmabuf_queue(struct ffs_dmabuf *att, struct dma_transfer_fence *fence)
{
	struct dma_transfer_fence *last = att->fence;
	struct ffs_dmabuf_ep ep;
	int ret;

	guard(spinlock_irq)(&att->ffs->eps_lock);

	if (att->state != FFS_DMABUF_ATTACHED)
		return -EPERM;

	ep = ffs_epfile_dmabuf_ep(att->file);
	ret = ffs_dmabuf_check_ep(att->ffs, &ep, att->map.table.len);
	if (ret)
		return ret == -EAGAIN ? -ESHUTDOWN : ret;

	kref_get(&att->ref);
	att->fence = fence;
	ret = ffs_dmabuf_queue_request(att, &ep);
	if (ret) {
		att->fence = last;
		ffs_dmabuf_put(att, true);
		return ret;
	}

	if (last)
		dma_fence_put(&last->base);

	return 0;
}

/*
 * Hand the request over, then publish its fence: until the reservation is unlocked
 * nobody can rely on its fences, and a controller that refuses a request leaves no
 * trace.
 */
static int ffs_dmabuf_queue_and_publish(struct ffs_dmabuf *att,
					struct dma_transfer_fence *fence)
{
	bool cookie = dma_fence_begin_signalling();
	int ret;

	dma_transfer_fence_init(fence, &att->timeline, att);
	fence->sequence = att->fence ? att->fence->sequence + 1 : 1;
	ret = ffs_dmabuf_queue(att, fence);
	if (ret) {
		/* Nobody has seen it */
		dma_transfer_fence_signal(fence, ret);
		dma_fence_put(&fence->base);
	} else {
		dma_resv_add_fence(ffs_dmabuf_resv(att), &fence->base,
				   att->dir == DMA_FROM_DEVICE ?
				   DMA_RESV_USAGE_WRITE : DMA_RESV_USAGE_READ);
	}
	dma_fence_end_signalling(cookie);

	return ret;
}

/* All that can take memory or fail before the fence is there to be signalled */
static int ffs_dmabuf_prepare(struct ffs_dmabuf *att, size_t len)
{
	int ret;

	/* Table, list and request are in use */
	if (ffs_dmabuf_busy(att))
		return -EBUSY;

	ret = ffs_dmabuf_map(att);
	if (ret)
		return ret;

	ret = dma_vec_table_truncate(&att->map.table, len);
	if (ret)
		return ret;

	ret = dma_vec_sgl_fill(&att->sgl, &att->map.table, att->dev,
			       GFP_KERNEL_ACCOUNT);
	if (ret)
		return ret;

	return dma_resv_reserve_fences(ffs_dmabuf_resv(att), 1);
}

static int ffs_dmabuf_prepare_and_queue(struct ffs_dmabuf *att, size_t len,
					bool nonblock)
{
	struct dma_transfer_fence *fence;
	int ret;

	fence = dma_transfer_fence_alloc(GFP_KERNEL);
	if (!fence)
		return -ENOMEM;

	ret = dma_transfer_lock_idle(ffs_dmabuf_resv(att), att->dir, nonblock);
	if (ret)
		goto err_free;

	ret = ffs_dmabuf_prepare(att, len);
	if (ret) {
		dma_resv_unlock(ffs_dmabuf_resv(att));
		goto err_free;
	}

	dma_vec_begin_access(&att->map);
	ret = ffs_dmabuf_queue_and_publish(att, fence);
	dma_resv_unlock(ffs_dmabuf_resv(att));

	return ret;

err_free:
	dma_transfer_fence_free(fence);
	return ret;
}

static bool ffs_dmabuf_in_flight(struct ffs_dmabuf *att)
{
	guard(spinlock_irq)(&att->ffs->eps_lock);

	return ffs_dmabuf_busy(att);
}

/**
 * ffs_dmabuf_transfer() - transfer a DMABUF
 * @file: The file of the endpoint
 * @dmabuf: The DMABUF, which was attached to it
 * @len: Bytes to transfer
 *
 * Context: Process context, without locks.
 * Return: 0, or an error of ffs_dmabuf_ioctl() without any effect.
 */
int ffs_dmabuf_transfer(struct file *file, struct dma_buf *dmabuf, u64 len)
{
	bool nonblock = file->f_flags & O_NONBLOCK;
	struct ffs_dmabuf *att;
	int ret;

	/* A request has 32 bits for its length */
	if (!len || len > dmabuf->size || len > UINT_MAX)
		return -EINVAL;

	att = ffs_dmabuf_find_get(file, dmabuf);
	if (!att)
		return -EPERM;

	/* Its end is nothing that other users of the DMABUF are waited for */
	if (ffs_dmabuf_in_flight(att))
		ret = -EBUSY;
	else
		ret = ffs_dmabuf_wait_ep(file, len);
	if (!ret)
		ret = ffs_dmabuf_prepare_and_queue(att, len, nonblock);
	ffs_dmabuf_put(att, nonblock);

	return ret;
}
