// SPDX-License-Identifier: GPL-2.0+
/*
 * What became of the last transfer of a DMABUF that is attached to the file of an
 * endpoint. The fence tells user space that it is over, and nothing tells how: the
 * host may have sent less than there was room for.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <linux/cleanup.h>
#include <linux/dma-buf.h>
#include <linux/dma-fence.h>
#include <linux/dma-transfer-fence.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include <linux/usb/functionfs.h>

#include "f_fs_dmabuf_attachment.h"
#include "u_fs.h"

/* The fence of the last transfer, or NULL if there was none */
static struct dma_transfer_fence *ffs_dmabuf_get_fence(struct ffs_dmabuf *att)
{
	guard(spinlock_irq)(&att->ffs->eps_lock);

	if (att->fence)
		dma_fence_get(&att->fence->base);

	return att->fence;
}

static void ffs_dmabuf_fill_status(struct usb_ffs_dmabuf_status *status,
				   struct dma_transfer_fence *fence)
{
	int result = dma_fence_get_status(&fence->base);

	status->sequence = fence->sequence;
	if (!result) {
		status->flags = USB_FFS_DMABUF_STATUS_PENDING;
		return;
	}

	status->bytes_transferred = fence->bytes;
	if (result < 0)
		status->error = result;
}

static int ffs_dmabuf_status_of(struct file *file, int fd,
				struct usb_ffs_dmabuf_status *status)
{
	struct dma_transfer_fence *fence;
	struct ffs_dmabuf *att;
	struct dma_buf *dmabuf;

	dmabuf = dma_buf_get(fd);
	if (IS_ERR(dmabuf))
		return PTR_ERR(dmabuf);

	att = ffs_dmabuf_find_get(file, dmabuf);
	dma_buf_put(dmabuf);
	if (!att)
		return -EPERM;

	fence = ffs_dmabuf_get_fence(att);
	ffs_dmabuf_put(att, true);
	if (!fence)
		return 0;

	ffs_dmabuf_fill_status(status, fence);
	dma_fence_put(&fence->base);

	return 0;
}

/**
 * ffs_dmabuf_status() - tell what became of a DMABUF's last transfer
 * @file: The file of the endpoint
 * @arg: The argument of FUNCTIONFS_DMABUF_STATUS
 *
 * Context: Process context, without locks.
 * Return: 0, or an error as ffs_dmabuf_ioctl() has them; -EINVAL also if a member is
 *	not 0 that has to be.
 */
int ffs_dmabuf_status(struct file *file, struct usb_ffs_dmabuf_status __user *arg)
{
	struct usb_ffs_dmabuf_status req, status = {};
	int ret;

	if (copy_from_user(&req, arg, sizeof(req)))
		return -EFAULT;

	if (req.flags || memchr_inv(req.reserved, 0, sizeof(req.reserved)))
		return -EINVAL;

	status.fd = req.fd;
	ret = ffs_dmabuf_status_of(file, req.fd, &status);
	if (ret)
		return ret;

	return copy_to_user(arg, &status, sizeof(status)) ? -EFAULT : 0;
}
