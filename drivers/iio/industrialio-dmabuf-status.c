// SPDX-License-Identifier: GPL-2.0
/*
 * The ioctl that tells what became of a DMABUF's last transfer: a fence says success
 * or error, and only to those who held it before it was signalled.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <linux/dma-buf.h>
#include <linux/err.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include <linux/iio/buffer-dmabuf.h>
#include <linux/iio/buffer_impl.h>

#include "industrialio-dmabuf.h"

static int iio_dmabuf_fill_status(struct iio_buffer *buffer,
				  struct iio_dmabuf_status *status, bool nonblock)
{
	struct iio_dmabuf_result result = {};
	struct dma_buf *dmabuf;
	int ret;

	if (status->flags ||
	    memchr_inv(status->reserved, 0, sizeof(status->reserved)))
		return -EINVAL;

	dmabuf = dma_buf_get(status->fd);
	if (IS_ERR(dmabuf))
		return PTR_ERR(dmabuf);

	ret = iio_dmabuf_get_result(buffer, dmabuf, nonblock, &result);
	dma_buf_put(dmabuf);
	if (ret)
		return ret;

	if (result.pending)
		status->flags = IIO_BUFFER_DMABUF_STATUS_PENDING;
	status->bytes_transferred = result.bytes;
	status->sequence = result.sequence;
	status->error = result.error;

	return 0;
}

/**
 * iio_dmabuf_status_ioctl() - handle IIO_BUFFER_DMABUF_STATUS_IOCTL
 * @buffer: The buffer
 * @arg: The application's struct iio_dmabuf_status
 * @nonblock: Do not wait for the hardware
 *
 * Attachments stay when the device goes, and so does the answer.
 *
 * Return: 0 or a negative error.
 */
long iio_dmabuf_status_ioctl(struct iio_buffer *buffer, unsigned long arg,
			     bool nonblock)
{
	struct iio_dmabuf_status __user *uarg = (void __user *)arg;
	struct iio_dmabuf_status status;
	int ret;

	if (!buffer->access->dmabuf_ops)
		return -EPERM;

	if (copy_from_user(&status, uarg, sizeof(status)))
		return -EFAULT;

	ret = iio_dmabuf_fill_status(buffer, &status, nonblock);
	if (ret)
		return ret;

	return copy_to_user(uarg, &status, sizeof(status)) ? -EFAULT : 0;
}
