// SPDX-License-Identifier: GPL-2.0-only
/*
 * read() and write() on a buffer's file, as far as they do not depend on the buffer:
 * when a caller that waits has to stop waiting, and callers that must not wait.
 *
 * io_uring and preadv2() ask for single calls without blocking, so the file has
 * read_iter and write_iter operations beside those of read() and write().
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <linux/anon_inodes.h>
#include <linux/err.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/sched/signal.h>
#include <linux/uio.h>
#include <linux/wait.h>

#include <linux/iio/buffer_impl.h>
#include <linux/iio/iio.h>

#include "iio_core.h"
#include "industrialio-buffer-rw.h"
#include "industrialio-dmabuf.h"

/**
 * iio_buffer_check_read() - check whether read() may go on
 * @buffer: The buffer
 *
 * To be called again after each wait.
 *
 * Context: Any.
 * Return: 0, or -EBUSY while DMABUFs are attached.
 */
int iio_buffer_check_read(struct iio_buffer *buffer)
{
	return iio_dmabuf_attached(buffer) ? -EBUSY : 0;
}

/**
 * iio_buffer_check_write() - check whether write() may go on
 * @buffer: The buffer
 * @written: Bytes that this call has taken
 *
 * To be called again after each wait. A failure of an earlier transfer is returned
 * once, by a call that has not taken anything.
 *
 * Context: Process context.
 * Return: 0, -EBUSY while DMABUFs are attached, or the error that an earlier
 *	transfer ended with.
 */
int iio_buffer_check_write(struct iio_buffer *buffer, size_t written)
{
	if (iio_dmabuf_attached(buffer))
		return -EBUSY;

	if (!buffer->access->write_error)
		return 0;

	return buffer->access->write_error(buffer, !written);
}

/**
 * iio_buffer_wait() - wait until something about the buffer changes
 * @wait: An entry in the buffer's wait queue, with woken_wake_function()
 *
 * Context: May sleep.
 * Return: 0, or -ERESTARTSYS if a signal is pending.
 */
int iio_buffer_wait(struct wait_queue_entry *wait)
{
	if (signal_pending(current))
		return -ERESTARTSYS;

	wait_woken(wait, TASK_INTERRUPTIBLE, MAX_SCHEDULE_TIMEOUT);

	return 0;
}

/* Read or write one segment after the other, as read() or write() does */
static ssize_t iio_buffer_rw_iter(struct kiocb *iocb, struct iov_iter *iter,
				  ssize_t (*rw)(struct file *filp, char __user *buf,
						size_t n, bool nonblock))
{
	bool nonblock = (iocb->ki_flags & IOCB_NOWAIT) ||
			(iocb->ki_filp->f_flags & O_NONBLOCK);
	ssize_t ret = 0, done = 0;
	size_t len;

	/* Registered buffers of io_uring are not user memory */
	if (!user_backed_iter(iter))
		return -EOPNOTSUPP;

	while (iov_iter_count(iter)) {
		len = iter_iov_len(iter);
		ret = rw(iocb->ki_filp, iter_iov_addr(iter), len, nonblock);
		if (ret <= 0)
			break;
		iov_iter_advance(iter, ret);
		done += ret;
		if (ret < len)
			break;
	}

	return done ?: ret;
}

/**
 * iio_buffer_read_iter() - read_iter operation of a buffer's own file
 * @iocb: The request
 * @to: User memory
 *
 * Context: Process context, may fault.
 * Return: Bytes read, or what read() fails with; -EOPNOTSUPP if @to is not memory
 *	of a user, as registered buffers are not.
 */
ssize_t iio_buffer_read_iter(struct kiocb *iocb, struct iov_iter *to)
{
	return iio_buffer_rw_iter(iocb, to, iio_buffer_read);
}

/**
 * iio_buffer_write_iter() - write_iter operation of a buffer's own file
 * @iocb: The request
 * @from: User memory
 *
 * Context: Process context, may fault.
 * Return: Bytes taken, or what write() fails with; -EOPNOTSUPP if @from is not
 *	memory of a user, as registered buffers are not.
 */
ssize_t iio_buffer_write_iter(struct kiocb *iocb, struct iov_iter *from)
{
	return iio_buffer_rw_iter(iocb, from, iio_buffer_write);
}

/* The device's file does not reach a buffer that has a file of its own */
static bool iio_buffer_has_file(struct kiocb *iocb)
{
	struct iio_dev_buffer_pair *ib = iocb->ki_filp->private_data;

	return ib->buffer && test_bit(IIO_BUSY_BIT_POS, &ib->buffer->flags);
}

/**
 * iio_buffer_read_iter_wrapper() - read_iter operation of the device's file
 * @iocb: The request
 * @to: User memory
 *
 * Context: Process context, may fault.
 * Return: As iio_buffer_read_iter(); -EBUSY if the buffer has a file of its own.
 */
ssize_t iio_buffer_read_iter_wrapper(struct kiocb *iocb, struct iov_iter *to)
{
	return iio_buffer_has_file(iocb) ? -EBUSY : iio_buffer_read_iter(iocb, to);
}

/**
 * iio_buffer_write_iter_wrapper() - write_iter operation of the device's file
 * @iocb: The request
 * @from: User memory
 *
 * Context: Process context, may fault.
 * Return: As iio_buffer_write_iter(); -EBUSY if the buffer has a file of its own.
 */
ssize_t iio_buffer_write_iter_wrapper(struct kiocb *iocb, struct iov_iter *from)
{
	return iio_buffer_has_file(iocb) ? -EBUSY : iio_buffer_write_iter(iocb, from);
}

/**
 * iio_buffer_file_read() - read operation of a buffer's own file
 * @filp: The file
 * @buf: User memory
 * @n: Bytes to read
 * @pos: Ignored
 *
 * Context: Process context, may fault.
 * Return: Bytes read, or a negative error.
 */
ssize_t iio_buffer_file_read(struct file *filp, char __user *buf, size_t n,
			     loff_t *pos)
{
	return iio_buffer_read(filp, buf, n, filp->f_flags & O_NONBLOCK);
}

/**
 * iio_buffer_file_write() - write operation of a buffer's own file
 * @filp: The file
 * @buf: User memory
 * @n: Bytes to write
 * @pos: Ignored
 *
 * Context: Process context, may fault.
 * Return: Bytes taken, or a negative error.
 */
ssize_t iio_buffer_file_write(struct file *filp, const char __user *buf, size_t n,
			      loff_t *pos)
{
	return iio_buffer_write(filp, (char __user *)buf, n,
				filp->f_flags & O_NONBLOCK);
}

/**
 * iio_buffer_opened() - tell a buffer that a program has opened a file for it
 * @buffer: The buffer, or NULL
 *
 * Context: Process context.
 */
void iio_buffer_opened(struct iio_buffer *buffer)
{
	if (buffer && buffer->access->opened)
		buffer->access->opened(buffer);
}

/**
 * iio_buffer_getfd() - open a descriptor for a buffer
 * @fops: Operations of the file, which has read_iter and write_iter
 * @ib: Device and buffer, the file's private data
 *
 * Context: May sleep.
 * Return: The descriptor, or a negative error.
 */
int iio_buffer_getfd(const struct file_operations *fops,
		     struct iio_dev_buffer_pair *ib)
{
	struct file *file;
	int fd;

	fd = get_unused_fd_flags(O_CLOEXEC);
	if (fd < 0)
		return fd;

	file = anon_inode_getfile("iio:buffer", fops, ib, O_RDWR);
	if (IS_ERR(file)) {
		put_unused_fd(fd);
		return PTR_ERR(file);
	}
	file->f_mode |= FMODE_NOWAIT;
	iio_buffer_opened(ib->buffer);
	fd_install(fd, file);

	return fd;
}
