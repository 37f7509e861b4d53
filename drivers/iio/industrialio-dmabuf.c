// SPDX-License-Identifier: GPL-2.0
/*
 * The DMABUF interface of the IIO core: ATTACH, DETACH and ENQUEUE.
 *
 * Attaching maps the DMABUF and builds the table of its DMA addresses, once.
 * Enqueueing truncates that table, and publishes a fence in the DMABUF's
 * reservation object, which is signalled when the transfer is over.
 *
 * An attachment is referenced by the list of its buffer and by each fence that
 * was published and is not yet signalled: DETACH of a block that the hardware
 * works on returns at once, and mapping, table and block go when it is done.
 *
 * Locks nest in this order: dmabufs_mutex, the DMABUF's reservation lock, the
 * queue of the buffer implementation, its lists, the fence. Between publishing
 * a fence and handing it over nothing may fail, allocate or wait. All of these
 * locks are held for short times only, so that calls without blocking take them,
 * too: such a call never waits for hardware, a fence, or user memory.
 *
 * Fences of blocks that the hardware has and that end by themselves depend on the
 * hardware only. Others depend on user space: blocks that wait for the buffer to be
 * enabled, cyclic transfers, and inputs to which no data comes. Detaching them,
 * closing or disabling the buffer, a failed enable, unbinding the driver and the
 * death of the process all signal them with an error.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <linux/cleanup.h>
#include <linux/dma-buf.h>
#include <linux/dma-fence.h>
#include <linux/dma-resv.h>
#include <linux/dma-transfer-fence.h>
#include <linux/dma-vec-table.h>
#include <linux/export.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/poll.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include <linux/iio/buffer-dmabuf.h>
#include <linux/iio/buffer_impl.h>
#include <linux/iio/iio-opaque.h>
#include <linux/iio/iio.h>

#include "industrialio-dmabuf.h"

struct iio_dmabuf_attachment {
	struct list_head entry;		/* P: buffer->dmabufs_mutex */
	struct kref ref;
	struct work_struct release_work;

	struct iio_buffer *buffer;
	struct dma_buf_attachment *attach;
	enum dma_data_direction dir;
	struct dma_vec_map map;		/* its table is truncated by the block */
	struct iio_dma_buffer_block *block;
	struct dma_transfer_timeline timeline;
};

/*
 * Unmapping sleeps, but the last reference may go in the interrupt that ends a
 * transfer. The queue of our own is what the module's exit can wait for; it is
 * there from the first ATTACH on.
 */
static struct workqueue_struct *iio_dmabuf_wq;
static DEFINE_MUTEX(iio_dmabuf_wq_lock);	/* protects creation */

static int iio_dmabuf_need_wq(void)
{
	guard(mutex)(&iio_dmabuf_wq_lock);

	if (!iio_dmabuf_wq)
		iio_dmabuf_wq = alloc_workqueue("iio-dmabuf", WQ_UNBOUND, 0);

	return iio_dmabuf_wq ? 0 : -ENOMEM;
}

/**
 * iio_dmabuf_exit() - wait until nothing runs in this module's code any more
 *
 * Called when the module goes: no buffer is left then, but the work that dropped
 * the last reference to one may still be running.
 *
 * Context: May sleep.
 */
void iio_dmabuf_exit(void)
{
	if (iio_dmabuf_wq)
		destroy_workqueue(iio_dmabuf_wq);
}

static const struct iio_dmabuf_ops *iio_dmabuf_ops_of(struct iio_buffer *buffer)
{
	return buffer->access->dmabuf_ops;
}

static void iio_dmabuf_destroy(struct iio_dmabuf_attachment *att)
{
	struct dma_buf *dmabuf = att->attach->dmabuf;
	struct iio_buffer *buffer = att->buffer;

	if (!IS_ERR_OR_NULL(att->block))
		iio_dmabuf_ops_of(buffer)->release(buffer, att->block);

	dma_resv_lock(dmabuf->resv, NULL);
	dma_vec_unmap_attachment(&att->map);
	dma_resv_unlock(dmabuf->resv);
	dma_buf_detach(dmabuf, att->attach);
	dma_buf_put(dmabuf);
	kfree(att);
	iio_buffer_put(buffer);
}

static void iio_dmabuf_release_work(struct work_struct *work)
{
	iio_dmabuf_destroy(container_of(work, struct iio_dmabuf_attachment,
					release_work));
}

static void iio_dmabuf_last_put(struct kref *ref)
{
	iio_dmabuf_destroy(container_of(ref, struct iio_dmabuf_attachment, ref));
}

static void iio_dmabuf_last_put_atomic(struct kref *ref)
{
	struct iio_dmabuf_attachment *att =
		container_of(ref, struct iio_dmabuf_attachment, ref);

	queue_work(iio_dmabuf_wq, &att->release_work);
}

/* Unmapping the DMABUF may take long: leave that to a worker if @nonblock */
static void iio_dmabuf_put(struct iio_dmabuf_attachment *att, bool nonblock)
{
	kref_put(&att->ref, nonblock ? iio_dmabuf_last_put_atomic :
				       iio_dmabuf_last_put);
}

static struct iio_dmabuf_attachment *
iio_dmabuf_find(struct iio_buffer *buffer, const struct dma_buf *dmabuf)
{
	struct iio_dmabuf_attachment *att;

	lockdep_assert_held(&buffer->dmabufs_mutex);

	list_for_each_entry(att, &buffer->dmabufs, entry)
		if (att->attach->dmabuf == dmabuf)
			return att;

	return NULL;
}

static struct iio_dmabuf_attachment *
iio_dmabuf_find_get(struct iio_buffer *buffer, const struct dma_buf *dmabuf)
{
	struct iio_dmabuf_attachment *att;

	guard(mutex)(&buffer->dmabufs_mutex);

	att = iio_dmabuf_find(buffer, dmabuf);
	if (att)
		kref_get(&att->ref);

	return att;
}

static int iio_dmabuf_map(struct iio_dmabuf_attachment *att)
{
	struct dma_resv *resv = att->attach->dmabuf->resv;
	int ret;

	ret = dma_resv_lock_interruptible(resv, NULL);
	if (ret)
		return ret;

	ret = iio_dmabuf_check_sharing(att->attach);
	if (!ret)
		ret = dma_vec_map_attachment(&att->map, att->attach, att->dir);
	dma_resv_unlock(resv);

	return ret;
}

static struct iio_dmabuf_attachment *
iio_dmabuf_create(struct iio_buffer *buffer, struct dma_buf *dmabuf,
		  bool nonblock)
{
	const struct iio_dmabuf_ops *ops = iio_dmabuf_ops_of(buffer);
	struct device *dev = ops->get_dma_dev(buffer);
	struct iio_dmabuf_attachment *att;
	int ret;

	att = kzalloc_obj(*att, GFP_KERNEL_ACCOUNT);
	if (!att)
		return ERR_PTR(-ENOMEM);

	kref_init(&att->ref);
	INIT_WORK(&att->release_work, iio_dmabuf_release_work);
	att->dir = buffer->direction == IIO_BUFFER_DIRECTION_IN ?
		DMA_FROM_DEVICE : DMA_TO_DEVICE;

	dma_transfer_timeline_init(&att->timeline);

	att->attach = dma_buf_attach(dmabuf, dev);
	if (IS_ERR(att->attach)) {
		ret = PTR_ERR(att->attach);
		goto err_free;
	}

	ret = iio_dmabuf_map(att);
	if (ret)
		goto err_detach;

	/* From here on there is all that iio_dmabuf_destroy() takes apart */
	get_dma_buf(dmabuf);
	att->buffer = iio_buffer_get(buffer);

	att->block = ops->attach(buffer, &att->map, nonblock);
	if (IS_ERR(att->block)) {
		ret = PTR_ERR(att->block);
		iio_dmabuf_destroy(att);
		return ERR_PTR(ret);
	}

	return att;

err_detach:
	dma_buf_detach(dmabuf, att->attach);
err_free:
	kfree(att);
	return ERR_PTR(ret);
}

/* End the transfers of an attachment that is on no list */
static void iio_dmabuf_end(struct iio_dmabuf_attachment *att, bool nonblock)
{
	iio_dmabuf_ops_of(att->buffer)->detach(att->buffer, att->block, nonblock);
}

static bool iio_dmabuf_list_add(struct iio_dmabuf_attachment *att)
{
	struct iio_buffer *buffer = att->buffer;

	scoped_guard(mutex, &buffer->dmabufs_mutex) {
		if (iio_dmabuf_find(buffer, att->attach->dmabuf))
			return false;

		list_add_tail(&att->entry, &buffer->dmabufs);
	}
	/* read() and write() that wait end with EBUSY */
	wake_up(&buffer->pollq);

	return true;
}

/*
 * An input transfer writes to the DMABUF, so its descriptor has to allow that, as
 * it has to for a writable mapping.
 */
static bool iio_dmabuf_may_transfer(const struct iio_buffer *buffer,
				    const struct dma_buf *dmabuf)
{
	return buffer->direction != IIO_BUFFER_DIRECTION_IN ||
	       (dmabuf->file->f_mode & FMODE_WRITE);
}

static int iio_dmabuf_attach(struct iio_buffer *buffer, struct dma_buf *dmabuf,
			     bool nonblock)
{
	struct iio_dmabuf_attachment *att;
	int ret;

	if (!iio_dmabuf_may_transfer(buffer, dmabuf))
		return -EACCES;

	ret = iio_dmabuf_need_wq();
	if (ret)
		return ret;

	scoped_guard(mutex, &buffer->dmabufs_mutex)
		if (iio_dmabuf_find(buffer, dmabuf))
			return -EBUSY;

	att = iio_dmabuf_create(buffer, dmabuf, nonblock);
	if (IS_ERR(att))
		return PTR_ERR(att);

	if (!iio_dmabuf_list_add(att)) {
		iio_dmabuf_end(att, nonblock);
		iio_dmabuf_put(att, nonblock);
		return -EBUSY;
	}

	return 0;
}

static struct iio_dmabuf_attachment *
iio_dmabuf_list_del(struct iio_buffer *buffer, const struct dma_buf *dmabuf)
{
	struct iio_dmabuf_attachment *att;

	guard(mutex)(&buffer->dmabufs_mutex);

	att = iio_dmabuf_find(buffer, dmabuf);
	if (att)
		list_del(&att->entry);

	return att;
}

static int iio_dmabuf_detach(struct iio_buffer *buffer, struct dma_buf *dmabuf,
			     bool nonblock)
{
	struct iio_dmabuf_attachment *att;
	bool cookie;

	cookie = dma_fence_begin_signalling();
	att = iio_dmabuf_list_del(buffer, dmabuf);
	if (att)
		iio_dmabuf_end(att, nonblock);
	dma_fence_end_signalling(cookie);
	if (!att)
		return -EPERM;

	iio_dmabuf_put(att, nonblock);

	return 0;
}

/* From here on nothing can fail: the block signals the fence */
static void iio_dmabuf_publish(struct iio_dmabuf_attachment *att,
			       struct dma_transfer_fence *fence,
			       size_t bytes_used, bool cyclic)
{
	const struct iio_dmabuf_ops *ops = iio_dmabuf_ops_of(att->buffer);
	struct dma_resv *resv = att->attach->dmabuf->resv;

	dma_transfer_fence_init(fence, &att->timeline, att);
	kref_get(&att->ref);
	dma_resv_add_fence(resv, &fence->base, att->dir == DMA_FROM_DEVICE ?
			   DMA_RESV_USAGE_WRITE : DMA_RESV_USAGE_READ);

	/* The caller's, who may want to know what becomes of the transfer */
	dma_fence_get(&fence->base);

	ops->enqueue(att->buffer, att->block, fence, bytes_used, cyclic);
}

/* With the reservation locked: what may fail, or allocate, before the queue is locked */
static int iio_dmabuf_reserve(struct iio_dmabuf_attachment *att)
{
	int ret;

	/* Others may have attached since ATTACH */
	ret = iio_dmabuf_check_sharing(att->attach);
	if (ret)
		return ret;

	return dma_resv_reserve_fences(att->attach->dmabuf->resv, 1);
}

/* Every signalling section begins before the queue is locked, so this one does, too */
static int iio_dmabuf_lock_queue(struct iio_buffer *buffer, bool *cookie)
{
	int ret;

	*cookie = dma_fence_begin_signalling();
	ret = iio_dmabuf_ops_of(buffer)->lock(buffer, true);
	if (ret)
		dma_fence_end_signalling(*cookie);

	return ret;
}

static void iio_dmabuf_unlock_both(struct iio_dmabuf_attachment *att, bool cookie)
{
	iio_dmabuf_ops_of(att->buffer)->unlock(att->buffer);
	dma_fence_end_signalling(cookie);
	dma_resv_unlock(att->attach->dmabuf->resv);
}

/*
 * Lock the reservation, with nobody else using the DMABUF and a slot for a fence,
 * and the queue, in a signalling section. The hardware is not waited for with the
 * reservation locked, as others need that.
 */
static int iio_dmabuf_lock_both(struct iio_dmabuf_attachment *att, bool nonblock,
				bool *cookie)
{
	const struct iio_dmabuf_ops *ops = iio_dmabuf_ops_of(att->buffer);
	int ret;

	for (;;) {
		ret = dma_transfer_lock_idle(att->attach->dmabuf->resv, att->dir,
					     nonblock);
		if (ret)
			return ret;

		ret = iio_dmabuf_reserve(att);
		if (!ret)
			ret = iio_dmabuf_lock_queue(att->buffer, cookie);
		if (!ret)
			return 0;

		dma_resv_unlock(att->attach->dmabuf->resv);
		if (nonblock || ret != -EAGAIN)
			return ret;

		ops->lock(att->buffer, false);
		ops->unlock(att->buffer);
	}
}

static int iio_dmabuf_prepare_and_publish(struct iio_dmabuf_attachment *att,
					  struct dma_transfer_fence *fence,
					  size_t bytes_used, bool cyclic,
					  bool nonblock)
{
	const struct iio_dmabuf_ops *ops = iio_dmabuf_ops_of(att->buffer);
	bool cookie;
	int ret;

	ret = iio_dmabuf_lock_both(att, nonblock, &cookie);
	if (ret)
		return ret;

	ret = ops->prepare(att->buffer, att->block, bytes_used, cyclic);
	if (!ret) {
		dma_vec_begin_access(&att->map);
		iio_dmabuf_publish(att, fence, bytes_used, cyclic);
	}

	iio_dmabuf_unlock_both(att, cookie);

	return ret;
}

static struct dma_transfer_fence *
iio_dmabuf_enqueue_attachment(struct iio_dmabuf_attachment *att,
			      size_t bytes_used, bool cyclic, bool nonblock)
{
	struct dma_transfer_fence *fence;
	int ret;

	ret = iio_dmabuf_ops_of(att->buffer)->check(att->buffer, att->block,
						    bytes_used);
	if (ret)
		return ERR_PTR(ret);

	fence = dma_transfer_fence_alloc(GFP_KERNEL);
	if (!fence)
		return ERR_PTR(-ENOMEM);

	ret = iio_dmabuf_prepare_and_publish(att, fence, bytes_used, cyclic,
					     nonblock);
	if (ret) {
		dma_transfer_fence_free(fence);
		return ERR_PTR(ret);
	}

	return fence;
}

static int iio_dmabuf_check_request(const struct iio_buffer *buffer,
				    const struct iio_dmabuf *req)
{
	if (req->flags & ~IIO_BUFFER_DMABUF_SUPPORTED_FLAGS)
		return -EINVAL;

	if ((req->flags & IIO_BUFFER_DMABUF_CYCLIC) &&
	    buffer->direction != IIO_BUFFER_DIRECTION_OUT)
		return -EINVAL;

	return 0;
}

/**
 * iio_dmabuf_check_device() - check whether DMABUFs can be transferred at all
 * @indio_dev: The device
 * @buffer: The buffer
 *
 * Context: Any.
 * Return: 0, -EPERM if the buffer has no DMABUF support, -ENODEV if the device is
 *	gone.
 */
int iio_dmabuf_check_device(struct iio_dev *indio_dev, struct iio_buffer *buffer)
{
	if (!iio_dmabuf_ops_of(buffer))
		return -EPERM;

	return indio_dev->info ? 0 : -ENODEV;
}

/**
 * iio_dmabuf_enqueue() - enqueue a transfer
 * @buffer: The buffer, which iio_dmabuf_check_device() has looked at
 * @dmabuf: The DMABUF
 * @req: What to transfer; its descriptor is not looked at
 * @nonblock: Do not wait for other users of the DMABUF
 *
 * Context: Process context, without locks that fences wait for.
 * Return: The fence of the transfer, with a reference for the caller, or an
 *	ERR_PTR() as iio_dmabuf_ioctl() says.
 */
struct dma_transfer_fence *iio_dmabuf_enqueue(struct iio_buffer *buffer,
					      struct dma_buf *dmabuf,
					      const struct iio_dmabuf *req,
					      bool nonblock)
{
	struct dma_transfer_fence *fence;
	struct iio_dmabuf_attachment *att;
	int ret;

	ret = iio_dmabuf_check_request(buffer, req);
	if (ret)
		return ERR_PTR(ret);

	att = iio_dmabuf_find_get(buffer, dmabuf);
	if (!att)
		return ERR_PTR(-EPERM);

	if (!req->bytes_used || req->bytes_used > dmabuf->size)
		fence = ERR_PTR(-EINVAL);
	else
		fence = iio_dmabuf_enqueue_attachment(att, req->bytes_used,
						      req->flags & IIO_BUFFER_DMABUF_CYCLIC,
						      nonblock);
	iio_dmabuf_put(att, nonblock);

	return fence;
}

static int iio_dmabuf_enqueue_fd(struct iio_buffer *buffer,
				 struct iio_dmabuf __user *arg, bool nonblock)
{
	struct dma_transfer_fence *fence;
	struct iio_dmabuf req;
	struct dma_buf *dmabuf;
	int ret;

	if (copy_from_user(&req, arg, sizeof(req)))
		return -EFAULT;

	ret = iio_dmabuf_check_request(buffer, &req);
	if (ret)
		return ret;

	dmabuf = dma_buf_get(req.fd);
	if (IS_ERR(dmabuf))
		return PTR_ERR(dmabuf);

	fence = iio_dmabuf_enqueue(buffer, dmabuf, &req, nonblock);
	dma_buf_put(dmabuf);
	if (IS_ERR(fence))
		return PTR_ERR(fence);

	dma_fence_put(&fence->base);

	return 0;
}

static int iio_dmabuf_with_fd(struct iio_buffer *buffer, int __user *arg,
			      bool nonblock,
			      int (*fn)(struct iio_buffer *buffer,
					struct dma_buf *dmabuf, bool nonblock))
{
	struct dma_buf *dmabuf;
	int fd, ret;

	if (copy_from_user(&fd, arg, sizeof(fd)))
		return -EFAULT;

	dmabuf = dma_buf_get(fd);
	if (IS_ERR(dmabuf))
		return PTR_ERR(dmabuf);

	ret = fn(buffer, dmabuf, nonblock);
	dma_buf_put(dmabuf);

	return ret;
}

/**
 * iio_dmabuf_get_result() - tell what became of a DMABUF's last transfer
 * @buffer: The buffer
 * @dmabuf: The DMABUF
 * @nonblock: Do not wait for the hardware
 * @result: Is filled in
 *
 * Return: 0, or -EPERM if the buffer has no DMABUFs, or this one is not attached.
 */
int iio_dmabuf_get_result(struct iio_buffer *buffer, struct dma_buf *dmabuf,
			  bool nonblock, struct iio_dmabuf_result *result)
{
	struct iio_dmabuf_attachment *att;

	if (!iio_dmabuf_ops_of(buffer))
		return -EPERM;

	att = iio_dmabuf_find_get(buffer, dmabuf);
	if (!att)
		return -EPERM;

	*result = iio_dmabuf_ops_of(buffer)->result(buffer, att->block);
	iio_dmabuf_put(att, nonblock);

	return 0;
}

/**
 * iio_dmabuf_ioctl() - the ioctls of a buffer's file descriptor
 * @indio_dev: The device
 * @buffer: The buffer
 * @cmd: IIO_BUFFER_DMABUF_*_IOCTL
 * @arg: Its argument
 * @nonblock: The file is O_NONBLOCK
 *
 * Context: Process context, without locks.
 * Return: 0 or a negative error; an ioctl that fails has had no effect.
 *	-EINVAL: unknown ioctl, unknown flags, a length of 0, longer than the
 *	DMABUF or not a multiple of what the hardware and the samples need,
 *	cyclic on an input buffer, or a descriptor that is no DMABUF's;
 *	-EBADF: no open descriptor;
 *	-EPERM: the buffer has no DMABUF support, this DMABUF is not attached, or
 *	it is shared with a device whose coherency is not wanted;
 *	-EACCES: the DMABUF's descriptor is read-only, and the buffer an input;
 *	-ENODEV: the device is gone;
 *	-EBUSY: attached already, read() or write() in use, the block is queued
 *	or being transferred, other users did not finish in 5 seconds (at once,
 *	with O_NONBLOCK);
 *	-EAGAIN: with O_NONBLOCK, while another thread waits for the hardware to stop;
 *	-ENOSPC: too many DMABUFs are attached, or detached and still in use;
 *	-EOPNOTSUPP: cyclic, and the DMA controller cannot;
 *	-EIO: the DMA controller does not work;
 *	-ENOMEM, -EFAULT, -EINTR.
 */
long iio_dmabuf_ioctl(struct iio_dev *indio_dev, struct iio_buffer *buffer,
		      unsigned int cmd, unsigned long arg, bool nonblock)
{
	void __user *uarg = (void __user *)arg;
	int ret;

	switch (cmd) {
	case IIO_BUFFER_DMABUF_ATTACH_IOCTL:
	case IIO_BUFFER_DMABUF_DETACH_IOCTL:
	case IIO_BUFFER_DMABUF_ENQUEUE_IOCTL:
		break;
	default:
		return -EINVAL;
	}

	if (!iio_dmabuf_ops_of(buffer))
		return -EPERM;

	/* What is attached is there, and can be detached, without a device */
	if (cmd == IIO_BUFFER_DMABUF_DETACH_IOCTL)
		return iio_dmabuf_with_fd(buffer, uarg, nonblock,
					  iio_dmabuf_detach);

	ret = iio_dmabuf_check_device(indio_dev, buffer);
	if (ret)
		return ret;

	if (cmd == IIO_BUFFER_DMABUF_ATTACH_IOCTL)
		return iio_dmabuf_with_fd(buffer, uarg, nonblock,
					  iio_dmabuf_attach);

	return iio_dmabuf_enqueue_fd(buffer, uarg, nonblock);
}

/**
 * iio_dmabuf_release() - the buffer's file descriptor is closed
 * @buffer: The buffer
 *
 * Detaches everything. When this returns, the hardware touches none of it.
 *
 * Context: Process context, without locks.
 */
void iio_dmabuf_release(struct iio_buffer *buffer)
{
	struct iio_dmabuf_attachment *att, *tmp;
	LIST_HEAD(list);
	bool cookie;

	if (!iio_dmabuf_ops_of(buffer))
		return;

	cookie = dma_fence_begin_signalling();
	scoped_guard(mutex, &buffer->dmabufs_mutex)
		list_splice_init(&buffer->dmabufs, &list);
	/* Those too that were detached before, while they were being transferred */
	iio_dmabuf_ops_of(buffer)->abort(buffer);
	dma_fence_end_signalling(cookie);

	list_for_each_entry_safe(att, tmp, &list, entry) {
		list_del(&att->entry);
		iio_dmabuf_put(att, false);
	}
}

/**
 * iio_dmabuf_enable_failed() - end what waits on buffers that cannot be enabled
 * @indio_dev: The device
 *
 * Ends the transfers of the buffers that were being enabled, so that nobody is left
 * waiting for them; what is queued on the device's other buffers stays.
 *
 * Context: Process context, the device's mlock is held.
 */
void iio_dmabuf_enable_failed(struct iio_dev *indio_dev)
{
	struct iio_dev_opaque *opaque = to_iio_dev_opaque(indio_dev);
	struct iio_buffer *buffer;

	list_for_each_entry(buffer, &opaque->buffer_list, buffer_list)
		if (iio_dmabuf_ops_of(buffer))
			buffer->access->disable(buffer, indio_dev);
}

/**
 * iio_dmabuf_attached() - check whether a buffer is in DMABUF mode
 * @buffer: The buffer
 *
 * Context: Any.
 * Return: true if read() and write() are to be refused.
 */
bool iio_dmabuf_attached(struct iio_buffer *buffer)
{
	return !list_empty_careful(&buffer->dmabufs);
}

/**
 * iio_dmabuf_poll() - poll operation of a buffer in DMABUF mode
 * @buffer: The buffer, with a DMABUF attached
 *
 * Context: Any.
 * Return: The events for reading or writing if one of the DMABUFs is the
 *	application's to use, else 0.
 */
__poll_t iio_dmabuf_poll(struct iio_buffer *buffer)
{
	return iio_dmabuf_ops_of(buffer)->poll(buffer);
}

/**
 * iio_dmabuf_get_of() - get the DMABUF of a transfer
 * @fence: The transfer's fence, which calls back
 *
 * Context: Any, in a callback of @fence: the attachment is there until all were
 *	called.
 * Return: The DMABUF, with a reference for the caller.
 */
struct dma_buf *iio_dmabuf_get_of(struct dma_transfer_fence *fence)
{
	struct iio_dmabuf_attachment *att = fence->owner;
	struct dma_buf *dmabuf = att->attach->dmabuf;

	get_dma_buf(dmabuf);

	return dmabuf;
}

/**
 * iio_dmabuf_transfer_done() - drop what a transfer keeps
 * @fence: The transfer's fence, which is signalled
 *
 * Lets go of the attachment: the block, and the buffer with it, may be gone when
 * this returns.
 *
 * Context: Any. The caller holds a reference to @fence.
 */
void iio_dmabuf_transfer_done(struct dma_transfer_fence *fence)
{
	struct iio_dmabuf_attachment *att = fence->owner;

	if (att)
		iio_dmabuf_put(att, true);
}
EXPORT_SYMBOL_GPL(iio_dmabuf_transfer_done);
