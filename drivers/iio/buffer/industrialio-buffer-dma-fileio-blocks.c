// SPDX-License-Identifier: GPL-2.0-only
/*
 * The blocks of read() and write(): two, with memory of their own, of which the
 * application copies from or to one while the controller has the other.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <linux/cleanup.h>
#include <linux/dma-mapping.h>
#include <linux/dma-vec-table.h>
#include <linux/lcm.h>
#include <linux/overflow.h>
#include <linux/slab.h>

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

/* The address of the block's memory */
void *iio_dma_fileio_vaddr(struct iio_dma_buffer_block *block)
{
	return to_fileio(block)->vaddr;
}

/* Make this the block that is read or written, from its start; NULL for none */
void iio_dma_fileio_set_current(struct iio_dma_buffer_queue *queue,
				struct iio_dma_buffer_block *block)
{
	lockdep_assert_held(&queue->fileio.lock);
	lockdep_assert_held(&queue->list_lock);

	queue->fileio.current_block = block;
	queue->fileio.pos = 0;
}

/* Drop the partly filled output block; fsync() reports the loss */
void iio_dma_fileio_drop(struct iio_dma_buffer_queue *queue)
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

int iio_dma_fileio_prepare(struct iio_dma_buffer_block *block, size_t bytes)
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
