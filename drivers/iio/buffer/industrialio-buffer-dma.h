/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the parts of the DMA buffer use of each other: the queue of blocks, DMABUFs,
 * read(), write() and fsync().
 *
 * Copyright (C) 2026 the dma_vec project
 */
#ifndef _INDUSTRIALIO_BUFFER_DMA_H
#define _INDUSTRIALIO_BUFFER_DMA_H

#include <linux/iio/buffer-dma.h>

static inline struct iio_dma_buffer_queue *to_queue(struct iio_buffer *buffer)
{
	return container_of(buffer, struct iio_dma_buffer_queue, buffer);
}

static inline bool iio_dma_queue_is_input(const struct iio_dma_buffer_queue *queue)
{
	return queue->buffer.direction == IIO_BUFFER_DIRECTION_IN;
}

/* industrialio-buffer-dma-queue.c */
int iio_dma_queue_lock(struct iio_dma_buffer_queue *queue, bool nonblock);
void iio_dma_queue_stop(struct iio_dma_buffer_queue *queue);
void iio_dma_queue_issue(struct iio_dma_buffer_queue *queue);
void iio_dma_queue_wake(struct iio_dma_buffer_queue *queue);

void iio_dma_block_init(struct iio_dma_buffer_queue *queue,
			struct iio_dma_buffer_block *block,
			struct dma_vec_table *table);
void iio_dma_block_exit(struct iio_dma_buffer_block *block);
void iio_dma_block_enqueue(struct iio_dma_buffer_block *block,
			   size_t bytes_used, bool cyclic);
struct dma_transfer_fence *iio_dma_block_complete(struct iio_dma_buffer_block *block,
						  size_t bytes_done, int err);
void iio_dma_block_report(struct iio_dma_buffer_block *block,
			  struct dma_transfer_fence *fence, int err);
void iio_dma_queue_end_issued(struct iio_dma_buffer_queue *queue,
			      struct list_head *list, int err);
void iio_dma_queue_end_queued(struct iio_dma_buffer_queue *queue, int err);

/* industrialio-buffer-dma-dmabuf.c */
extern struct workqueue_struct *iio_dma_wq;
void iio_dma_dmabuf_set_available(struct iio_dma_buffer_block *block,
				  bool available);
void iio_dma_dmabuf_stop_work(struct work_struct *work);

/* industrialio-buffer-dma-fileio-blocks.c */
int iio_dma_fileio_alloc(struct iio_dma_buffer_queue *queue);
void iio_dma_fileio_reset(struct iio_dma_buffer_queue *queue);
int iio_dma_fileio_start(struct iio_dma_buffer_queue *queue);
void iio_dma_fileio_free(struct iio_dma_buffer_queue *queue);
void *iio_dma_fileio_vaddr(struct iio_dma_buffer_block *block);
int iio_dma_fileio_prepare(struct iio_dma_buffer_block *block, size_t bytes);
void iio_dma_fileio_drop(struct iio_dma_buffer_queue *queue);
void iio_dma_fileio_set_current(struct iio_dma_buffer_queue *queue,
				struct iio_dma_buffer_block *block);

/* industrialio-buffer-dma-fileio.c */
int iio_dma_fileio_requeue(struct iio_dma_buffer_block *block, size_t bytes);

#endif /* _INDUSTRIALIO_BUFFER_DMA_H */
