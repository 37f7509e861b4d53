// SPDX-License-Identifier: GPL-2.0+
/*
 * The DMABUF interface of FunctionFS: ioctls on the file of an endpoint, and what
 * attaches DMABUFs to that.
 *
 * Attaching maps the DMABUF for the device that does DMA for the controller, and
 * builds the table of its DMA addresses, once: see f_fs_dmabuf_transfer.c for what is
 * done with that.
 *
 * An attachment belongs to the file that made it. It is referenced by that file until
 * DETACH or close(), by its request while that is in flight, and by calls that use it.
 * DETACH takes the request back, and does not wait for a controller that needs time
 * for that: mapping and table go when the controller has given the request back.
 *
 * The gadget can go at any time. Mapping and request are its controller's, so they
 * go before it does; the attachment stays, and the next transfer maps the DMABUF
 * again if that is on the same controller.
 *
 * Locks nest in this order: ffs_dmabufs.mutex, the DMABUF's reservation lock,
 * ffs_data.eps_lock, the fence's.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <linux/cleanup.h>
#include <linux/device.h>
#include <linux/dma-buf.h>
#include <linux/dma-fence.h>
#include <linux/dma-resv.h>
#include <linux/dma-transfer-fence.h>
#include <linux/dma-vec-table.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/kref.h>
#include <linux/module.h>
#include <linux/property.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include <linux/usb/functionfs.h>
#include <linux/usb/gadget.h>

#include "f_fs_dmabuf_attachment.h"
#include "u_fs.h"

/* Attachments of one function: each search for one walks them, with eps_lock held */
#define FFS_DMABUF_MAX		1024

/* Release what is of no use, and no longer valid, without the gadget */
static void ffs_dmabuf_unmap(struct ffs_dmabuf *att)
{
	struct usb_request *req;

	dma_resv_assert_held(ffs_dmabuf_resv(att));

	scoped_guard(spinlock_irq, &att->ffs->eps_lock) {
		req = att->req;
		att->req = NULL;
	}

	if (req)
		usb_ep_free_request(att->ep, req);
	dma_vec_sgl_free(&att->sgl);
	dma_vec_unmap_attachment(&att->map);
}

static void ffs_dmabuf_destroy(struct ffs_dmabuf *att)
{
	struct ffs_dmabufs *dmabufs = &att->ffs->dmabufs;

	if (att->attach) {
		dma_resv_lock(ffs_dmabuf_resv(att), NULL);
		ffs_dmabuf_unmap(att);
		dma_resv_unlock(ffs_dmabuf_resv(att));
		dma_buf_detach(att->dmabuf, att->attach);
	}

	/* Until here it is found when the gadget goes */
	scoped_guard(mutex, &dmabufs->mutex) {
		guard(spinlock_irq)(&att->ffs->eps_lock);
		list_del(&att->entry);
		dmabufs->count--;
	}

	if (att->fence)
		dma_fence_put(&att->fence->base);
	dma_buf_put(att->dmabuf);
	put_device(att->dev);
	kfree(att);
}

static void ffs_dmabuf_destroy_dead(struct work_struct *work)
{
	struct ffs_dmabufs *dmabufs = container_of(work, struct ffs_dmabufs, work);
	struct ffs_dmabuf *att, *next;

	llist_for_each_entry_safe(att, next, llist_del_all(&dmabufs->dead), dead)
		ffs_dmabuf_destroy(att);
}

static void ffs_dmabuf_last_put(struct kref *ref)
{
	ffs_dmabuf_destroy(container_of(ref, struct ffs_dmabuf, ref));
}

static void ffs_dmabuf_last_put_atomic(struct kref *ref)
{
	struct ffs_dmabuf *att = container_of(ref, struct ffs_dmabuf, ref);

	llist_add(&att->dead, &att->ffs->dmabufs.dead);
	schedule_work(&att->ffs->dmabufs.work);
}

/**
 * ffs_dmabuf_put() - drop a reference to an attachment
 * @att: The attachment
 * @nonblock: Unmapping may take long: leave that to a worker
 *
 * Context: May sleep unless @nonblock.
 */
void ffs_dmabuf_put(struct ffs_dmabuf *att, bool nonblock)
{
	kref_put(&att->ref, nonblock ? ffs_dmabuf_last_put_atomic :
				       ffs_dmabuf_last_put);
}

/* A controller that has the firmware node of its parent leaves DMA to that, too */
static bool ffs_dmabuf_dma_by_parent(struct device *dev)
{
	if (device_property_read_bool(dev, "linux,sysdev_is_parent"))
		return true;

	return dev->parent && dev->of_node && dev->of_node == dev->parent->of_node;
}

static struct device *ffs_dmabuf_dma_dev(struct usb_gadget *gadget)
{
	struct device *dev = gadget->dev.parent;

	return ffs_dmabuf_dma_by_parent(dev) ? dev->parent : dev;
}

/**
 * ffs_dmabuf_init() - prepare a function for DMABUFs
 * @ffs: The function
 *
 * Context: Any.
 */
void ffs_dmabuf_init(struct ffs_data *ffs)
{
	struct ffs_dmabufs *dmabufs = &ffs->dmabufs;

	mutex_init(&dmabufs->mutex);
	INIT_LIST_HEAD(&dmabufs->list);
	init_llist_head(&dmabufs->dead);
	INIT_WORK(&dmabufs->work, ffs_dmabuf_destroy_dead);
	dmabufs->dev = ERR_PTR(-ENODEV);
}

/**
 * ffs_dmabuf_exit() - wait until nothing is left of a function's DMABUFs
 * @ffs: The function, which has no open file and is not bound
 *
 * Context: May sleep.
 */
void ffs_dmabuf_exit(struct ffs_data *ffs)
{
	struct ffs_dmabufs *dmabufs = &ffs->dmabufs;

	if (dmabufs->wq)
		destroy_workqueue(dmabufs->wq);
	flush_work(&dmabufs->work);
}

/**
 * ffs_dmabuf_bind() - there is a gadget
 * @ffs: The function, with its gadget set
 *
 * Context: May sleep.
 */
void ffs_dmabuf_bind(struct ffs_data *ffs)
{
	struct device *dev = ERR_PTR(-EPERM);

	if (ffs->gadget->sg_supported)
		dev = get_device(ffs_dmabuf_dma_dev(ffs->gadget));

	guard(spinlock_irq)(&ffs->eps_lock);
	ffs->dmabufs.dev = dev;
}

/**
 * ffs_dmabuf_unbind() - the gadget is about to go
 * @ffs: The function, whose endpoints are disabled and will not be enabled again
 *
 * When this returns, its controller has nothing of ours, and nothing is mapped for
 * it.
 *
 * Context: May sleep.
 */
void ffs_dmabuf_unbind(struct ffs_data *ffs)
{
	struct device *dev = ERR_PTR(-ENODEV);
	struct ffs_dmabuf *att;

	scoped_guard(spinlock_irq, &ffs->eps_lock)
		swap(dev, ffs->dmabufs.dev);
	wake_up_interruptible(&ffs->wait);

	scoped_guard(mutex, &ffs->dmabufs.mutex) {
		list_for_each_entry(att, &ffs->dmabufs.list, entry) {
			flush_work(&att->end_work);
			dma_resv_lock(ffs_dmabuf_resv(att), NULL);
			ffs_dmabuf_unmap(att);
			dma_resv_unlock(ffs_dmabuf_resv(att));
		}
	}

	if (!IS_ERR(dev))
		put_device(dev);
}

/* Attachments of @file, or of the one DMABUF, in the order in which they were made */
static struct ffs_dmabuf *ffs_dmabuf_next(struct ffs_data *ffs, struct file *file,
					  const struct dma_buf *dmabuf)
{
	struct ffs_dmabuf *att;

	lockdep_assert_held(&ffs->eps_lock);

	list_for_each_entry(att, &ffs->dmabufs.list, entry)
		if (att->file == file && att->state != FFS_DMABUF_DETACHED &&
		    (!dmabuf || att->dmabuf == dmabuf))
			return att;

	return NULL;
}

static struct ffs_dmabuf *ffs_dmabuf_find(struct ffs_data *ffs, struct file *file,
					  const struct dma_buf *dmabuf)
{
	struct ffs_dmabuf *att = ffs_dmabuf_next(ffs, file, dmabuf);

	return att && att->state == FFS_DMABUF_ATTACHED ? att : NULL;
}

/**
 * ffs_dmabuf_find_get() - get an attachment
 * @file: The file of an endpoint
 * @dmabuf: The DMABUF that was attached to it
 *
 * Context: Process context.
 * Return: The attachment, for ffs_dmabuf_put(), or NULL.
 */
struct ffs_dmabuf *ffs_dmabuf_find_get(struct file *file, const struct dma_buf *dmabuf)
{
	struct ffs_data *ffs = ffs_epfile_ffs(file);
	struct ffs_dmabuf *att;

	guard(spinlock_irq)(&ffs->eps_lock);

	att = ffs_dmabuf_find(ffs, file, dmabuf);
	if (att)
		kref_get(&att->ref);

	return att;
}

/**
 * ffs_dmabuf_map() - map the DMABUF of an attachment, unless it is mapped still
 * @att: The attachment
 *
 * Context: The DMABUF's reservation lock is held. May sleep.
 * Return: 0; -ESHUTDOWN without a gadget; -EPERM if it has another controller; an
 *	error of dma_vec_map_attachment().
 */
int ffs_dmabuf_map(struct ffs_dmabuf *att)
{
	struct ffs_data *ffs = att->ffs;

	dma_resv_assert_held(ffs_dmabuf_resv(att));

	/* Whoever takes the device away takes the reservation lock afterwards */
	scoped_guard(spinlock_irq, &ffs->eps_lock) {
		if (IS_ERR(ffs->dmabufs.dev))
			return -ESHUTDOWN;
		if (att->dev != ffs->dmabufs.dev)
			return -EPERM;
	}

	if (att->map.attach)
		return 0;

	return dma_vec_map_attachment(&att->map, att->attach, att->dir);
}

static int ffs_dmabuf_attach_dev(struct ffs_dmabuf *att)
{
	struct dma_buf_attachment *attach;
	int ret;

	attach = dma_buf_attach(att->dmabuf, att->dev);
	if (IS_ERR(attach))
		return PTR_ERR(attach);

	att->attach = attach;

	ret = dma_resv_lock_interruptible(ffs_dmabuf_resv(att), NULL);
	if (ret)
		return ret;

	ret = ffs_dmabuf_map(att);
	dma_resv_unlock(ffs_dmabuf_resv(att));

	return ret;
}

static int ffs_dmabuf_add(struct ffs_dmabuf *att)
{
	struct ffs_data *ffs = att->ffs;
	struct ffs_dmabufs *dmabufs = &ffs->dmabufs;

	guard(mutex)(&dmabufs->mutex);

	if (!dmabufs->wq)
		dmabufs->wq = alloc_workqueue("ffs-dmabuf",
					      WQ_UNBOUND | WQ_MEM_RECLAIM, 0);
	if (!dmabufs->wq)
		return -ENOMEM;

	guard(spinlock_irq)(&ffs->eps_lock);

	if (ffs_dmabuf_next(ffs, att->file, att->dmabuf))
		return -EBUSY;
	if (IS_ERR(dmabufs->dev))
		return PTR_ERR(dmabufs->dev);
	if (dmabufs->count == FFS_DMABUF_MAX)
		return -ENOSPC;

	att->dev = get_device(dmabufs->dev);
	list_add_tail(&att->entry, &dmabufs->list);
	dmabufs->count++;

	return 0;
}

static struct ffs_dmabuf *ffs_dmabuf_create(struct file *file,
					    struct dma_buf *dmabuf,
					    enum dma_data_direction dir)
{
	struct ffs_dmabuf *att;
	int ret;

	att = kzalloc_obj(*att, GFP_KERNEL_ACCOUNT);
	if (!att)
		return ERR_PTR(-ENOMEM);

	kref_init(&att->ref);
	INIT_WORK(&att->end_work, ffs_dmabuf_end_work);
	dma_transfer_timeline_init(&att->timeline);
	att->ffs = ffs_epfile_ffs(file);
	att->file = file;
	att->dmabuf = dmabuf;
	att->dir = dir;

	ret = ffs_dmabuf_add(att);
	if (ret) {
		kfree(att);
		return ERR_PTR(ret);
	}

	get_dma_buf(dmabuf);

	return att;
}

static enum dma_data_direction ffs_dmabuf_file_dir(struct file *file)
{
	guard(spinlock_irq)(&ffs_epfile_ffs(file)->eps_lock);

	return ffs_epfile_dmabuf_ep(file).in ? DMA_TO_DEVICE : DMA_FROM_DEVICE;
}

static int ffs_dmabuf_attach(struct file *file, struct dma_buf *dmabuf)
{
	enum dma_data_direction dir = ffs_dmabuf_file_dir(file);
	struct ffs_dmabuf *att;
	int ret;

	/* What the host sends is written to it */
	if (dir == DMA_FROM_DEVICE && !(dmabuf->file->f_mode & FMODE_WRITE))
		return -EACCES;

	att = ffs_dmabuf_create(file, dmabuf, dir);
	if (IS_ERR(att))
		return PTR_ERR(att);

	ret = ffs_dmabuf_attach_dev(att);
	if (ret) {
		ffs_dmabuf_put(att, false);
		return ret;
	}

	guard(spinlock_irq)(&att->ffs->eps_lock);
	att->state = FFS_DMABUF_ATTACHED;

	return 0;
}

/* The request, if it is in flight, ends at once or when the controller has stopped */
static void ffs_dmabuf_withdraw(struct ffs_dmabuf *att)
{
	lockdep_assert_held(&att->ffs->eps_lock);

	att->state = FFS_DMABUF_DETACHED;
	if (ffs_dmabuf_busy(att))
		usb_ep_dequeue(att->ep, att->req);
}

/* Take an attachment, or any if there is no @dmabuf, from its file */
static struct ffs_dmabuf *ffs_dmabuf_take(struct file *file,
					  const struct dma_buf *dmabuf)
{
	struct ffs_data *ffs = ffs_epfile_ffs(file);
	bool cookie = dma_fence_begin_signalling();
	struct ffs_dmabuf *att;

	scoped_guard(spinlock_irq, &ffs->eps_lock) {
		att = ffs_dmabuf_find(ffs, file, dmabuf);
		if (att)
			ffs_dmabuf_withdraw(att);
	}
	dma_fence_end_signalling(cookie);

	return att;
}

static int ffs_dmabuf_detach(struct file *file, struct dma_buf *dmabuf)
{
	struct ffs_dmabuf *att = ffs_dmabuf_take(file, dmabuf);

	if (!att)
		return -EPERM;

	ffs_dmabuf_put(att, file->f_flags & O_NONBLOCK);

	return 0;
}

/**
 * ffs_dmabuf_release() - the file of an endpoint is closed
 * @file: The file
 *
 * Detaches everything.
 *
 * Context: Process context, without locks.
 */
void ffs_dmabuf_release(struct file *file)
{
	struct ffs_dmabuf *att;

	while ((att = ffs_dmabuf_take(file, NULL)))
		ffs_dmabuf_put(att, false);
}

static int ffs_dmabuf_with_fd(struct file *file, int fd,
			      int (*fn)(struct file *file, struct dma_buf *dmabuf))
{
	struct dma_buf *dmabuf;
	int ret;

	dmabuf = dma_buf_get(fd);
	if (IS_ERR(dmabuf))
		return PTR_ERR(dmabuf);

	ret = fn(file, dmabuf);
	dma_buf_put(dmabuf);

	return ret;
}

static int ffs_dmabuf_transfer_ioctl(struct file *file,
				     const struct usb_ffs_dmabuf_transfer_req *req)
{
	struct dma_buf *dmabuf;
	int ret;

	if (req->flags & ~USB_FFS_DMABUF_TRANSFER_MASK)
		return -EINVAL;

	dmabuf = dma_buf_get(req->fd);
	if (IS_ERR(dmabuf))
		return PTR_ERR(dmabuf);

	ret = ffs_dmabuf_transfer(file, dmabuf, req->length);
	dma_buf_put(dmabuf);

	return ret;
}

/**
 * ffs_dmabuf_ioctl() - the ioctls for DMABUFs on the file of an endpoint
 * @file: The file
 * @cmd: FUNCTIONFS_DMABUF_*
 * @arg: Its argument
 *
 * ATTACH and TRANSFER need a gadget, the others do not. With O_NONBLOCK none of them
 * waits for the host or for a fence.
 *
 * Context: Process context, without locks.
 * Return: 0 or a negative error; an ioctl that fails has had no effect.
 *	-EBADF: no open descriptor;
 *	-EINVAL: a descriptor that is no DMABUF's, unknown flags, a length of 0, longer
 *	than the DMABUF or a request, or not a multiple of the packet size where the
 *	controller needs that;
 *	-EPERM: ATTACH, and the controller takes no scatterlists; or the DMABUF is not
 *	attached to this file, or was to another controller;
 *	-EACCES: the DMABUF's descriptor is read-only, and the host is to write;
 *	-ENODEV: ATTACH, and there is no gadget;
 *	-ESHUTDOWN: TRANSFER, and there is no gadget, or the endpoint was disabled; or
 *	the gadget went during ATTACH;
 *	-EAGAIN: TRANSFER with O_NONBLOCK, and the host has not configured the gadget;
 *	-EBUSY: attached already; its last transfer is not over; other users did not
 *	finish in 5 seconds (at once, with O_NONBLOCK);
 *	-ENOSPC: too many attachments;
 *	-EINTR, -ERESTARTSYS: a signal;
 *	-ENOMEM, -EFAULT, what the exporter or the controller fails with.
 */
long ffs_dmabuf_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	void __user *uarg = (void __user *)arg;
	struct usb_ffs_dmabuf_transfer_req req;
	int fd;

	if (cmd == FUNCTIONFS_DMABUF_STATUS)
		return ffs_dmabuf_status(file, uarg);

	if (cmd == FUNCTIONFS_DMABUF_TRANSFER) {
		if (copy_from_user(&req, uarg, sizeof(req)))
			return -EFAULT;
		return ffs_dmabuf_transfer_ioctl(file, &req);
	}

	if (copy_from_user(&fd, uarg, sizeof(fd)))
		return -EFAULT;

	return ffs_dmabuf_with_fd(file, fd, cmd == FUNCTIONFS_DMABUF_ATTACH ?
				  ffs_dmabuf_attach : ffs_dmabuf_detach);
}

MODULE_IMPORT_NS("DMA_BUF");
