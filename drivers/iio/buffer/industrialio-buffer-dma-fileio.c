// SPDX-License-Identifier: GPL-2.0-only
/*
 * read(), write() and fsync() on the DMA buffer: two blocks with memory of their
 * own, of which the application copies from or to one while the controller has the
 * other.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <linux/cleanup.h>
#include <linux/dma-mapping.h>
#include <linux/dma-vec-table.h>
#include <linux/export.h>
#include <linux/lcm.h>
#include <linux/overflow.h>
#include <linux/pagemap.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include <linux/iio/buffer-dma.h>
#include <linux/iio/buffer_impl.h>

#include "industrialio-buffer-dma.h"

/**
 * struct iio_dma_fileio_block - a block with memory of its own
 * @block: The block
 * @vaddr: Memory
 * @alloc_size: Size of it, a multiple of pages
 * @vec: The block's part of it, for the device
 * @end: The table's only end
 * @table: The table with @vec
 */
struct iio_dma_fileio_block {
	struct iio_dma_buffer_block block;
	void *vaddr;
	size_t alloc_size;
	struct dma_vec vec;	/* truncated to what is transferred */
	size_t end;
	struct dma_vec_table table;
};

static struct iio_dma_fileio_block *to_fileio(struct iio_dma_buffer_block *block)
{
	return container_of(block, struct iio_dma_fileio_block, block);
}

/*
 * The blocks
 */

static void iio_dma_fileio_set_current(struct iio_dma_buffer_queue *queue,
				       struct iio_dma_buffer_block *block)
{
	lockdep_assert_held(&queue->fileio.lock);
	lockdep_assert_held(&queue->list_lock);

	queue->fileio.current_block = block;
	queue->fileio.pos = 0;
}

/* Drop the partly filled output block; fsync() reports the loss */
static void iio_dma_fileio_drop(struct iio_dma_buffer_queue *queue)
{
	guard(spinlock_irq)(&queue->list_lock);

	if (!iio_dma_queue_is_input(queue) &&
	    (queue->fileio.rest_len ||
	     (queue->fileio.current_block && queue->fileio.pos)))
		queue->lost = true;
	queue->fileio.rest_len = 0;
	iio_dma_fileio_set_current(queue, NULL);
}

static void iio_dma_fileio_free_block(struct iio_dma_buffer_queue *queue,
				      struct iio_dma_fileio_block *fb)
{
	dma_vec_table_free(&fb->table);
	dma_free_coherent(queue->dev, fb->alloc_size, fb->vaddr, fb->vec.addr);
	kfree(fb);
}

/* Free both blocks, with the fileio lock and the queue's lock held */
void iio_dma_fileio_free(struct iio_dma_buffer_queue *queue)
{
	struct iio_dma_buffer_block *block;

	lockdep_assert_held(&queue->lock);

	iio_dma_fileio_drop(queue);
	for (unsigned int i = 0; i < ARRAY_SIZE(queue->fileio.blocks); i++) {
		scoped_guard(spinlock_irq, &queue->list_lock) {
			block = queue->fileio.blocks[i];
			queue->fileio.blocks[i] = NULL;
			if (block)
				list_del_init(&block->head);
		}
		if (!block)
			continue;

		iio_dma_block_exit(block);
		iio_dma_fileio_free_block(queue, to_fileio(block));
	}
}

static size_t iio_dma_fileio_size(struct iio_dma_buffer_queue *queue)
{
	size_t bpd = max_t(size_t, queue->buffer.bytes_per_datum, 1);
	size_t step = lcm(queue->align, bpd);
	size_t size = size_mul(bpd, queue->buffer.length);

	size = min(size / 2 + size % 2, queue->max_size);

	return max(rounddown(size, step), step);
}

static struct iio_dma_fileio_block *
iio_dma_fileio_alloc_block(struct iio_dma_buffer_queue *queue, size_t size)
{
	struct iio_dma_fileio_block *fb;
	int ret;

	fb = kzalloc_obj(*fb);
	if (!fb)
		return ERR_PTR(-ENOMEM);

	fb->vec.len = size;
	fb->alloc_size = PAGE_ALIGN(size);
	/* The size is up to user space: that it fails is no news for the log */
	fb->vaddr = dma_alloc_coherent(queue->dev, fb->alloc_size, &fb->vec.addr,
				       GFP_KERNEL | __GFP_NOWARN);
	if (!fb->vaddr) {
		kfree(fb);
		return ERR_PTR(-ENOMEM);
	}

	ret = dma_vec_table_init(&fb->table, &fb->vec, &fb->end, 1);
	if (ret) {
		iio_dma_fileio_free_block(queue, fb);
		return ERR_PTR(ret);
	}
	fb->block.fileio = true;

	return fb;
}

static int iio_dma_fileio_add_block(struct iio_dma_buffer_queue *queue,
				    unsigned int i, size_t size)
{
	struct iio_dma_fileio_block *fb = iio_dma_fileio_alloc_block(queue, size);

	if (IS_ERR(fb))
		return PTR_ERR(fb);

	guard(mutex)(&queue->lock);
	iio_dma_block_init(queue, &fb->block, &fb->table);

	guard(spinlock_irq)(&queue->list_lock);
	queue->fileio.blocks[i] = &fb->block;

	return 0;
}

static bool iio_dma_fileio_has_dmabufs(struct iio_dma_buffer_queue *queue)
{
	guard(spinlock_irq)(&queue->list_lock);

	return queue->num_dmabufs;
}

/* Return 1 if there is nothing to allocate, 0 if there is, or a negative error */
static int iio_dma_fileio_free_old(struct iio_dma_buffer_queue *queue, size_t size)
{
	guard(mutex)(&queue->lock);

	if (!queue->ops)
		return -ENODEV;

	if (iio_dma_fileio_has_dmabufs(queue))
		return 1;

	if (queue->fileio.blocks[0] && queue->fileio.blocks[0]->size == size)
		return 1;

	iio_dma_fileio_free(queue);

	return 0;
}

static int iio_dma_fileio_alloc_rest(struct iio_dma_buffer_queue *queue)
{
	size_t datum = queue->buffer.bytes_per_datum;
	void *rest;

	if (queue->fileio.datum == datum)
		return 0;

	rest = kzalloc(max_t(size_t, datum, 1), GFP_KERNEL);
	if (!rest)
		return -ENOMEM;

	kfree(queue->fileio.rest);
	queue->fileio.rest = rest;
	queue->fileio.datum = datum;

	return 0;
}

/*
 * Allocate the blocks for a buffer that is about to be enabled, unless DMABUFs are
 * attached. The queue's lock is not held over it: fences wait for that.
 */
int iio_dma_fileio_alloc(struct iio_dma_buffer_queue *queue)
{
	size_t size = iio_dma_fileio_size(queue);
	int ret;

	lockdep_assert_held(&queue->fileio.lock);

	iio_dma_fileio_drop(queue);
	ret = iio_dma_fileio_alloc_rest(queue);
	if (ret)
		return ret;

	ret = iio_dma_fileio_free_old(queue, size);
	if (ret)
		return min(ret, 0);

	for (unsigned int i = 0; i < ARRAY_SIZE(queue->fileio.blocks); i++) {
		ret = iio_dma_fileio_add_block(queue, i, size);
		if (ret) {
			guard(mutex)(&queue->lock);
			iio_dma_fileio_free(queue);
			return ret;
		}
	}

	return 0;
}

/* Forget what an earlier run left in the blocks */
void iio_dma_fileio_reset(struct iio_dma_buffer_queue *queue)
{
	struct iio_dma_buffer_block *block;

	iio_dma_fileio_drop(queue);

	guard(spinlock_irq)(&queue->list_lock);

	for (unsigned int i = 0; i < ARRAY_SIZE(queue->fileio.blocks); i++) {
		block = queue->fileio.blocks[i];
		if (block)
			block->unread = false;
	}
	queue->fileio.next = 0;
	queue->fileio.failed = false;
}

static int iio_dma_fileio_prepare(struct iio_dma_buffer_block *block, size_t bytes)
{
	struct iio_dma_buffer_queue *queue = block->queue;

	return queue->ops->prepare(queue, block, bytes, false);
}

static void iio_dma_fileio_enqueue(struct iio_dma_buffer_block *block, size_t bytes)
{
	guard(spinlock_irq)(&block->queue->list_lock);

	iio_dma_block_enqueue(block, bytes, false);
}

/* Start reading or writing, unless DMABUFs are attached; both locks are held */
int iio_dma_fileio_start(struct iio_dma_buffer_queue *queue)
{
	struct iio_dma_buffer_block **blocks = queue->fileio.blocks;
	int ret;

	lockdep_assert_held(&queue->lock);

	/* The last DMABUF may have gone since, but there are no blocks then */
	if (iio_dma_fileio_has_dmabufs(queue) || !blocks[0])
		return 0;

	for (unsigned int i = 0; i < ARRAY_SIZE(queue->fileio.blocks); i++) {
		ret = iio_dma_fileio_prepare(blocks[i], blocks[i]->size);
		if (ret)
			return ret;
	}

	if (iio_dma_queue_is_input(queue))
		for (unsigned int i = 0; i < ARRAY_SIZE(queue->fileio.blocks); i++)
			iio_dma_fileio_enqueue(blocks[i], blocks[i]->size);

	guard(spinlock_irq)(&queue->list_lock);
	queue->fileio.enabled = true;

	return 0;
}

/*
 * read() and write()
 */

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
		memcpy(to_fileio(block)->vaddr, fileio->rest, fileio->rest_len);
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
static int iio_dma_fileio_requeue(struct iio_dma_buffer_block *block, size_t bytes)
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
	void *addr = to_fileio(block)->vaddr + block->queue->fileio.pos;
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

/*
 * fsync()
 */

/*
 * Fill the block up to a length that the controller takes, with copies of the last
 * datum. A disabled buffer is left alone: its block is not sent.
 */
static size_t iio_dma_fileio_pad(struct iio_dma_buffer_block *block, size_t bytes)
{
	struct iio_dma_buffer_queue *queue = block->queue;
	size_t datum = queue->fileio.datum;
	void *vaddr = to_fileio(block)->vaddr;
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
	part = to_fileio(block)->vaddr + bytes;
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
