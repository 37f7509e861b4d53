// SPDX-License-Identifier: GPL-2.0-only
/*
 * read() and write() on the DMA buffer.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <linux/cleanup.h>
#include <linux/export.h>
#include <linux/pagemap.h>
#include <linux/sched/signal.h>
#include <linux/uaccess.h>

#include <linux/iio/buffer-dma.h>
#include <linux/iio/buffer_impl.h>

#include "industrialio-buffer-dma.h"

/*
 * Whether the application can read from this block, or write to it. A disabled
 * output takes nothing, as it would have nowhere to go.
 */
static bool iio_dma_fileio_ready(const struct iio_dma_buffer_block *block)
{
	if (!block || block->state != IIO_BLOCK_STATE_DONE)
		return false;

	if (iio_dma_queue_is_input(block->queue))
		return block->unread;

	return block->queue->fileio.enabled;
}

/* Return the block to read from or write to, NULL if there is none yet */
static struct iio_dma_buffer_block *
iio_dma_fileio_get_current(struct iio_dma_buffer_queue *queue)
{
	struct iio_dma_buffer_queue_fileio *fileio = &queue->fileio;
	struct iio_dma_buffer_block *block;

	guard(spinlock_irq)(&queue->list_lock);

	block = fileio->current_block;
	if (block)
		return iio_dma_fileio_ready(block) ? block : NULL;

	block = fileio->blocks[fileio->next];
	if (!iio_dma_fileio_ready(block))
		return NULL;

	fileio->next = (fileio->next + 1) % ARRAY_SIZE(fileio->blocks);
	iio_dma_fileio_set_current(queue, block);
	if (fileio->rest_len) {
		memcpy(iio_dma_fileio_vaddr(block), fileio->rest, fileio->rest_len);
		fileio->pos = fileio->rest_len;
		fileio->rest_len = 0;
	}

	return block;
}

static size_t iio_dma_fileio_end(const struct iio_dma_buffer_block *block)
{
	return iio_dma_queue_is_input(block->queue) ? block->bytes_done :
						      block->size;
}

/*
 * The buffer was disabled meanwhile. An input block is queued by the next enable,
 * an output block stays with the application, and fsync() reports the loss.
 */
static void iio_dma_fileio_keep(struct iio_dma_buffer_block *block)
{
	struct iio_dma_buffer_queue *queue = block->queue;

	if (!iio_dma_queue_is_input(queue))
		return;

	guard(spinlock_irq)(&queue->list_lock);
	block->unread = false;
	iio_dma_fileio_set_current(queue, NULL);
}

/*
 * Give the current block to the controller. If it cannot be prepared just now it
 * stays current, and the next read() or write() tries again.
 */
int iio_dma_fileio_requeue(struct iio_dma_buffer_block *block, size_t bytes)
{
	struct iio_dma_buffer_queue *queue = block->queue;
	int ret;

	guard(mutex)(&queue->lock);

	if (!queue->ops)
		return -ENODEV;

	if (!queue->enabled) {
		iio_dma_fileio_keep(block);
		return 0;
	}

	ret = iio_dma_fileio_prepare(block, bytes);
	if (ret)
		return ret;

	scoped_guard(spinlock_irq, &queue->list_lock) {
		iio_dma_fileio_set_current(queue, NULL);
		iio_dma_block_enqueue(block, bytes, false);
	}
	iio_dma_queue_issue(queue);

	return 0;
}

/*
 * Get a block with something to read, or with room, and return its address. Skip
 * those that are used up: a transfer of nothing, or one that could not be queued
 * again before. Return NULL if there is none yet, or an error: that of a transfer
 * into this block, which is told once.
 */
static struct iio_dma_buffer_block *
iio_dma_fileio_get_usable(struct iio_dma_buffer_queue *queue)
{
	struct iio_dma_buffer_block *block;
	bool failed;
	int ret;

	for (unsigned int i = 0; i <= ARRAY_SIZE(queue->fileio.blocks); i++) {
		block = iio_dma_fileio_get_current(queue);
		if (!block)
			return NULL;

		failed = iio_dma_queue_is_input(queue) && block->err;
		if (!failed && queue->fileio.pos != iio_dma_fileio_end(block))
			return block;

		ret = iio_dma_fileio_requeue(block, block->size);
		if (ret)
			return ERR_PTR(ret);
		/* Not what the fence would say: EINTR is for signals */
		if (failed)
			return ERR_PTR(-EIO);
	}

	return NULL;
}

static int iio_dma_fileio_copy(struct iio_dma_buffer_block *block,
			       char __user *to, const char __user *from, size_t n)
{
	void *addr = iio_dma_fileio_vaddr(block) + block->queue->fileio.pos;
	unsigned long left;

	pagefault_disable();
	if (to)
		left = copy_to_user(to, addr, n);
	else
		left = copy_from_user(addr, from, n);
	pagefault_enable();

	return left ? -EFAULT : 0;
}

/*
 * Copy up to @n bytes, which becomes what there is to copy. Return that, 0 if there is
 * nothing to read or no room, or an error; -EFAULT also if user memory is not there yet.
 */
static int iio_dma_fileio_transfer_present(struct iio_dma_buffer_queue *queue, size_t *n,
					   char __user *to, const char __user *from)
{
	struct iio_dma_buffer_block *block;
	int ret;

	guard(mutex)(&queue->fileio.lock);

	block = iio_dma_fileio_get_usable(queue);
	if (IS_ERR_OR_NULL(block))
		return PTR_ERR(block);

	if (to)
		*n = rounddown(*n, queue->buffer.bytes_per_datum);
	*n = min(*n, iio_dma_fileio_end(block) - queue->fileio.pos);
	*n = min_t(size_t, *n, INT_MAX);

	ret = iio_dma_fileio_copy(block, to, from, *n);
	if (ret)
		return ret;

	queue->fileio.pos += *n;
	if (queue->fileio.pos == iio_dma_fileio_end(block))
		iio_dma_fileio_requeue(block, block->size);

	return *n;
}

/*
 * A page fault can take for ever, if a program serves it. Take it without the lock:
 * enabling, ATTACH and unbinding need that.
 */
static int iio_dma_fileio_transfer(struct iio_buffer *buffer, size_t n,
				   char __user *to, const char __user *from)
{
	size_t len, absent;
	int ret;

	if (!buffer->bytes_per_datum || n < (to ? buffer->bytes_per_datum : 1))
		return -EINVAL;

	for (;;) {
		len = n;
		ret = iio_dma_fileio_transfer_present(to_queue(buffer), &len, to, from);
		if (ret != -EFAULT)
			return ret;

		absent = to ? fault_in_safe_writeable(to, len) :
			      fault_in_readable(from, len);
		if (absent)
			return -EFAULT;
		/* It may be gone again, if there is very little memory */
		if (signal_pending(current))
			return -ERESTARTSYS;
	}
}

/**
 * iio_dma_buffer_read() - read operation
 * @buffer: The buffer
 * @n: Bytes that the application wants
 * @user_buffer: Where to
 *
 * Context: Process context, may fault.
 * Return: Bytes copied, 0 if there are none yet, -EINVAL for less than a datum,
 *	-EFAULT, -EIO if a transfer failed, -ENODEV if the DMA controller is gone,
 *	-ERESTARTSYS.
 */
int iio_dma_buffer_read(struct iio_buffer *buffer, size_t n,
			char __user *user_buffer)
{
	return iio_dma_fileio_transfer(buffer, n, user_buffer, NULL);
}
EXPORT_SYMBOL_NS_GPL(iio_dma_buffer_read, "IIO_DMA_BUFFER");

/**
 * iio_dma_buffer_write() - write operation
 * @buffer: The buffer
 * @n: Bytes that the application has
 * @user_buffer: Where
 *
 * A block is transferred when it is full. A part of a datum is taken as well: the
 * next call goes on with the rest of it.
 *
 * Context: Process context, may fault.
 * Return: Bytes taken, 0 if there is no room yet, -EINVAL for none at all, or if the
 *	buffer was never enabled, -EFAULT, -ENODEV if the DMA controller is gone,
 *	-ERESTARTSYS, or what preparing the block's transfer fails with. Whether
 *	earlier transfers failed tells iio_dma_buffer_write_error().
 */
int iio_dma_buffer_write(struct iio_buffer *buffer, size_t n,
			 const char __user *user_buffer)
{
	return iio_dma_fileio_transfer(buffer, n, NULL, user_buffer);
}
EXPORT_SYMBOL_NS_GPL(iio_dma_buffer_write, "IIO_DMA_BUFFER");

/**
 * iio_dma_buffer_opened() - opened operation
 * @buffer: The buffer
 *
 * The program that opens the buffer has lost nothing, whatever an earlier one has.
 *
 * Context: Process context.
 */
void iio_dma_buffer_opened(struct iio_buffer *buffer)
{
	struct iio_dma_buffer_queue *queue = to_queue(buffer);

	guard(spinlock_irq)(&queue->list_lock);

	queue->lost = false;
	queue->fileio.failed = false;
}
EXPORT_SYMBOL_NS_GPL(iio_dma_buffer_opened, "IIO_DMA_BUFFER");

/**
 * iio_dma_buffer_write_error() - write_error operation
 * @buffer: The buffer
 * @clear: The error is being returned to the application
 *
 * The samples of a failed transfer are not sent again, even if they could be: later
 * ones have overtaken them.
 *
 * Context: Process context.
 * Return: -EIO if a transfer of what write() took before has failed, else 0.
 */
int iio_dma_buffer_write_error(struct iio_buffer *buffer, bool clear)
{
	struct iio_dma_buffer_queue *queue = to_queue(buffer);
	int ret;

	guard(spinlock_irq)(&queue->list_lock);

	ret = queue->fileio.failed ? -EIO : 0;
	if (clear)
		queue->fileio.failed = false;

	return ret;
}
EXPORT_SYMBOL_NS_GPL(iio_dma_buffer_write_error, "IIO_DMA_BUFFER");

/**
 * iio_dma_buffer_usage() - data_available and space_available operation
 * @buffer: The buffer
 *
 * Counts whole blocks, whatever is in them: less than the watermark would never
 * become more while the application has not fetched it. DMABUFs are not counted.
 *
 * Context: Any.
 * Return: Bytes in blocks that are the application's to read or write.
 */
size_t iio_dma_buffer_usage(struct iio_buffer *buffer)
{
	struct iio_dma_buffer_queue_fileio *fileio = &to_queue(buffer)->fileio;
	struct iio_dma_buffer_block *block;
	size_t usage = 0;

	guard(spinlock_irqsave)(&to_queue(buffer)->list_lock);

	/* In the order in which they are fetched: one that is not ready ends it */
	block = fileio->current_block ?: fileio->blocks[fileio->next];
	for (unsigned int i = 0; i < ARRAY_SIZE(fileio->blocks); i++) {
		if (!iio_dma_fileio_ready(block))
			break;
		usage += block->size;
		block = block == fileio->blocks[0] ? fileio->blocks[1] :
						     fileio->blocks[0];
	}

	return usage;
}
EXPORT_SYMBOL_NS_GPL(iio_dma_buffer_usage, "IIO_DMA_BUFFER");
