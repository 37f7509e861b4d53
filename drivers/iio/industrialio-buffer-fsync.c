// SPDX-License-Identifier: GPL-2.0
/*
 * fsync() on an output buffer: returns when everything that was written has left
 * through the hardware.
 *
 * Disabling a buffer ends its transfers at once, so whoever wants to see the end
 * of what write() accepted needs something to wait for.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <linux/bitops.h>
#include <linux/fs.h>

#include <linux/iio/buffer_impl.h>
#include <linux/iio/iio.h>

#include "iio_core.h"
#include "industrialio-dmabuf.h"

/**
 * iio_buffer_fsync() - the file operation of a buffer's own descriptor
 * @filp: The file
 * @start: Ignored: all of it
 * @end: Ignored
 * @datasync: Ignored
 *
 * Context: Process context.
 * Return: 0; -ENODEV if the device is gone; -EINVAL if it is an input buffer, or
 *	one that cannot tell; or what the buffer implementation returns.
 */
int iio_buffer_fsync(struct file *filp, loff_t start, loff_t end, int datasync)
{
	struct iio_dev_buffer_pair *ib = filp->private_data;
	struct iio_buffer *buffer = ib->buffer;

	if (!ib->indio_dev->info)
		return -ENODEV;

	if (!buffer || !buffer->access->fsync ||
	    buffer->direction != IIO_BUFFER_DIRECTION_OUT)
		return -EINVAL;

	return buffer->access->fsync(buffer);
}

/**
 * iio_buffer_fsync_wrapper() - the file operation of the device's descriptor
 * @filp: The file
 * @start: Ignored
 * @end: Ignored
 * @datasync: Ignored
 *
 * Context: Process context.
 * Return: -EBUSY if the buffer has a descriptor of its own, else what
 *	iio_buffer_fsync() returns.
 */
int iio_buffer_fsync_wrapper(struct file *filp, loff_t start, loff_t end,
			     int datasync)
{
	struct iio_dev_buffer_pair *ib = filp->private_data;

	if (ib->buffer && test_bit(IIO_BUSY_BIT_POS, &ib->buffer->flags))
		return -EBUSY;

	return iio_buffer_fsync(filp, start, end, datasync);
}
