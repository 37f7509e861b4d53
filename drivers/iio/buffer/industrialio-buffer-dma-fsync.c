// SPDX-License-Identifier: GPL-2.0-only
/*
 * fsync() on the DMA buffer: send the part of a block, and wait until all has left.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <linux/cleanup.h>
#include <linux/export.h>
#include <linux/lcm.h>
#include <linux/wait.h>

#include <linux/iio/buffer-dma.h>
#include <linux/iio/buffer_impl.h>

#include "industrialio-buffer-dma.h"

/*
 * Fill the block up to a length that the controller takes, with copies of the last
 * datum. A disabled buffer is left alone: its block is not sent.
 */
static size_t iio_dma_fileio_pad(struct iio_dma_buffer_block *block, size_t bytes)
{
	struct iio_dma_buffer_queue *queue = block->queue;
	size_t datum = queue->fileio.datum;
	void *vaddr = iio_dma_fileio_vaddr(block);
	size_t end;

	guard(mutex)(&queue->lock);

	if (!queue->enabled)
		return bytes;

	end = roundup(bytes, lcm(queue->align, datum));
	for (; bytes < end; bytes += datum)
		memcpy(vaddr + bytes, vaddr + bytes - datum, datum);

	return end;
}

/*
 * Send the partly filled block. A part of a datum waits for its rest, in front of the
 * next block. If the buffer is disabled, perhaps just now, all of it is dropped.
 */
static int iio_dma_fileio_flush(struct iio_dma_buffer_queue *queue)
{
	struct iio_dma_buffer_queue_fileio *fileio = &queue->fileio;
	struct iio_dma_buffer_block *block = fileio->current_block;
	size_t rest, bytes;
	void *part;
	int ret;

	if (!block || fileio->pos < fileio->datum)
		return 0;

	rest = fileio->pos % fileio->datum;
	bytes = fileio->pos - rest;
	part = iio_dma_fileio_vaddr(block) + bytes;
	memcpy(fileio->rest, part, rest);

	ret = iio_dma_fileio_requeue(block, iio_dma_fileio_pad(block, bytes));
	if (ret)
		memcpy(part, fileio->rest, rest);
	else if (fileio->current_block)
		iio_dma_fileio_drop(queue);
	else
		fileio->rest_len = rest;

	return ret;
}

static bool iio_dma_fileio_list_has(const struct list_head *list, u64 sequence)
{
	struct iio_dma_buffer_block *block;

	/* Nobody waits for a cyclic transfer, which is never over */
	list_for_each_entry(block, list, head)
		if (!block->cyclic && block->sequence <= sequence)
			return true;

	return false;
}

/* Whether all transfers up to this one are over */
static bool iio_dma_fileio_has_left(struct iio_dma_buffer_queue *queue, u64 sequence)
{
	guard(spinlock_irq)(&queue->list_lock);

	return !iio_dma_fileio_list_has(&queue->issued, sequence) &&
	       !iio_dma_fileio_list_has(&queue->ending, sequence) &&
	       !iio_dma_fileio_list_has(&queue->queued, sequence);
}

static int iio_dma_fileio_last_sequence(struct iio_dma_buffer_queue *queue,
					u64 *sequence)
{
	guard(mutex)(&queue->lock);

	scoped_guard(spinlock_irq, &queue->list_lock)
		*sequence = queue->sequence;
	if (queue->enabled || iio_dma_fileio_has_left(queue, *sequence))
		return 0;

	return -EAGAIN;
}

/* Return -EIO if an output transfer was lost since the last call */
static int iio_dma_fileio_report_lost(struct iio_dma_buffer_queue *queue)
{
	int ret;

	guard(spinlock_irq)(&queue->list_lock);

	ret = queue->lost ? -EIO : 0;
	queue->lost = false;

	return ret;
}

/**
 * iio_dma_buffer_fsync() - fsync operation
 * @buffer: An output buffer
 *
 * Sends what write() has put in a block that is not full, and waits until
 * everything that was written or enqueued has left through the controller. A
 * part of a block is filled up to what the controller takes with copies of the
 * last datum. A part of a datum is kept for its rest to come.
 *
 * Context: Process context.
 * Return: 0; -EIO if something that was accepted since the last call will not
 *	leave any more: the buffer was disabled, or a transfer failed; -EAGAIN if
 *	DMABUFs wait for the buffer to be enabled; -ERESTARTSYS; or what
 *	preparing the part of a block fails with, which can be tried again.
 */
int iio_dma_buffer_fsync(struct iio_buffer *buffer)
{
	struct iio_dma_buffer_queue *queue = to_queue(buffer);
	u64 sequence;
	int ret;

	scoped_guard(mutex, &queue->fileio.lock)
		ret = iio_dma_fileio_flush(queue);
	if (ret)
		return ret;

	ret = iio_dma_fileio_last_sequence(queue, &sequence);
	if (ret)
		return ret;

	ret = wait_event_interruptible(buffer->pollq,
				       iio_dma_fileio_has_left(queue, sequence));

	return ret ?: iio_dma_fileio_report_lost(queue);
}
EXPORT_SYMBOL_NS_GPL(iio_dma_buffer_fsync, "IIO_DMA_BUFFER");
