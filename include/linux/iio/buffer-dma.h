/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A queue of blocks between an IIO buffer and a DMA controller.
 *
 * A block is a piece of memory that is transferred at once: a DMABUF that user
 * space attached, or one of the two that read() and write() copy from and to.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#ifndef __INDUSTRIALIO_DMA_BUFFER_H__
#define __INDUSTRIALIO_DMA_BUFFER_H__

#include <linux/cleanup.h>
#include <linux/container_of.h>
#include <linux/dma-vec-dmaengine.h>
#include <linux/errno.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

#include <linux/iio/buffer-dmabuf.h>
#include <linux/iio/buffer_impl.h>

struct device;
struct dma_transfer_fence;
struct iio_dma_buffer_queue;

/**
 * enum iio_block_state - where a block is
 * @IIO_BLOCK_STATE_DONE: With the application, which may enqueue it
 * @IIO_BLOCK_STATE_QUEUED: Waits for the buffer to be enabled
 * @IIO_BLOCK_STATE_ISSUED: With the DMA controller
 */
enum iio_block_state {
	IIO_BLOCK_STATE_DONE,
	IIO_BLOCK_STATE_QUEUED,
	IIO_BLOCK_STATE_ISSUED,
};

/**
 * struct iio_dma_buffer_block - one block
 * @head: Entry in the queue's list of queued or issued blocks
 * @node: Entry in the queue's list of all blocks
 * @queue: The queue
 * @table: DMA addresses of the memory, truncated to the last request
 * @map: The mapping of a DMABUF, whose table that is, else NULL
 * @size: Size of the memory in bytes
 * @fence: Fence of the last transfer, of which the block has a reference
 * @sequence: Number of the last transfer among those of the queue, from 1
 * @bytes_used: Bytes to transfer; written when the block is enqueued only
 * @asked_cyclic: The application wants it to repeat; written when the block is
 *	enqueued only
 * @cyclic: The transfer repeats; written when the block is enqueued, and by the
 *	queue's @before_submit
 * @bytes_done: Bytes that were transferred; written on completion only
 * @err: How the last transfer ended; written on completion only
 * @state: Where the block is
 * @unread: A transfer filled this block of read()'s, which was not fetched yet
 * @available: A DMABUF that is counted in the queue's @num_available
 * @detached: The DMABUF was detached: no further transfer
 * @fileio: The block is read()'s or write()'s
 * @prepared: What the controller keeps of preparing @table
 * @tx: The transfer that was prepared, and is to be submitted next
 * @cookie: Identifies the last transfer that was submitted
 */
struct iio_dma_buffer_block {
	struct list_head head;			/* P: queue->list_lock */
	struct list_head node;			/* P: queue->lock */
	struct iio_dma_buffer_queue *queue;
	struct dma_vec_table *table;
	struct dma_vec_map *map;
	size_t size;

	struct dma_transfer_fence *fence;	/* P: queue->list_lock */
	u64 sequence;				/* P: queue->list_lock */
	size_t bytes_used;			/* P: queue->list_lock */
	bool asked_cyclic;			/* P: queue->list_lock */
	bool cyclic;				/* P: queue->list_lock */
	size_t bytes_done;			/* P: queue->list_lock */
	int err;				/* P: queue->list_lock */
	enum iio_block_state state;		/* P: queue->list_lock */
	bool unread;				/* P: queue->list_lock */
	bool available;				/* P: queue->list_lock */
	bool detached;				/* P: queue->list_lock */

	bool fileio;
	struct dma_vec_prepared prepared;	/* P: queue->lock */
	struct dma_async_tx_descriptor *tx;	/* P: queue->lock */
	s32 cookie;				/* constant while the transfer lasts */
};

/**
 * struct iio_dma_buffer_queue_fileio - state of read() and write()
 * @lock: Serialises read(), write() and fsync() against each other, and against
 *	their blocks being allocated and freed. Held while memory is allocated, but
 *	not while user memory is faulted in: taken outside of the queue's lock, and
 *	never where a fence has to be signalled.
 * @blocks: The two blocks, NULL if not allocated
 * @current_block: The block that is being read or written
 * @pos: Offset in it
 * @next: Index of the block that follows it
 * @datum: Bytes of a sample set since the buffer was enabled
 * @rest: Part of a sample set that fsync() has left for the next block
 * @rest_len: Bytes of it
 * @enabled: The buffer is enabled, and in this mode
 * @failed: A transfer of what write() took has failed
 */
struct iio_dma_buffer_queue_fileio {
	struct mutex lock;			/* see above */
	struct iio_dma_buffer_block *blocks[2];	/* P: lock, list_lock to write */
	struct iio_dma_buffer_block *current_block; /* P: lock, list_lock to write */
	size_t pos;				/* P: lock, list_lock to write */
	size_t datum;				/* P: lock */
	void *rest;				/* P: lock */
	size_t rest_len;			/* P: lock */
	unsigned int next;			/* P: lock, list_lock to write */
	bool enabled;				/* P: list_lock */
	bool failed;				/* P: list_lock */
};

struct iio_dma_buffer_ops;

/**
 * struct iio_dma_buffer_queue - the queue
 * @buffer: The IIO buffer
 * @dev: The device that accesses memory, of which the queue has a reference
 * @ops: The DMA controller, NULL when it is gone
 * @before_submit: What the converter's driver does before each transfer, or NULL;
 *	see iio_dma_buffer_set_before_submit()
 * @driver_data: The converter driver's own, for @before_submit
 * @align: Every transfer's length is a multiple of this
 * @max_size: Longest fileio block
 * @lock: Serialises everything that prepares, submits and stops transfers. Held for
 *	long only while the controller is stopped; no memory is allocated under it
 *	that could wait for a fence. Not taken on completion.
 * @stopping: The holder of @lock waits for the controller to stop
 * @list_lock: Protects the lists, and the blocks' states and fences
 * @queued: Blocks that wait for the buffer to be enabled
 * @issued: Blocks that the DMA controller has, in its order
 * @ending: Blocks that it has transferred, and whose access has to be ended where
 *	that can sleep; they are still ISSUED
 * @blocks: All blocks
 * @num_blocks: Number of them
 * @enabled: The buffer is enabled
 * @sequence: Number of the last transfer that was queued
 * @num_dmabufs: DMABUFs attached, without those that are being detached
 * @num_available: Those of them that are the application's to use
 * @lost: An output transfer that was accepted has not taken place
 * @ending_lock: Held while those in @ending are completed, so that they stay in order
 * @stop_work: Stops what a non-blocking DETACH could not wait for
 * @end_work: Completes the blocks in @ending
 * @fileio: read() and write()
 */
struct iio_dma_buffer_queue {
	struct iio_buffer buffer;
	struct device *dev;
	const struct iio_dma_buffer_ops *ops;	/* P: lock */
	int (*before_submit)(struct iio_dma_buffer_queue *queue,
			     struct iio_dma_buffer_block *block,
			     bool *cyclic);	/* P: lock */
	void *driver_data;			/* P: lock, to write */
	size_t align;
	size_t max_size;

	struct mutex lock;			/* transfers, see above */
	bool stopping;				/* P: lock, to write */
	struct list_head blocks;		/* P: lock */
	unsigned int num_blocks;		/* P: lock */
	bool enabled;				/* P: lock */

	spinlock_t list_lock;			/* lists and blocks, see above */
	struct list_head queued;		/* P: list_lock */
	struct list_head issued;		/* P: list_lock */
	struct list_head ending;		/* P: list_lock */
	u64 sequence;				/* P: list_lock */
	unsigned int num_dmabufs;		/* P: list_lock */
	unsigned int num_available;		/* P: list_lock */
	bool lost;				/* P: list_lock */
	struct mutex ending_lock;		/* within lock */
	struct work_struct stop_work;
	struct work_struct end_work;

	struct iio_dma_buffer_queue_fileio fileio;
};

/**
 * struct iio_dma_buffer_ops - what drives the DMA controller
 * @attach: A DMABUF was attached: prepare what is likely to be asked for. With
 *	the queue locked; optional.
 * @ready: Return 0 if the controller can transfer, or a negative error if it
 *	is known not to. With the queue locked; optional.
 * @prepare: Prepare the transfer of the first @bytes_used bytes of the block's
 *	table. Called with the queue locked; allocates without sleeping. What was
 *	prepared before stays valid if it fails.
 * @submit: Start what was prepared. The queue calls this for one block after
 *	the other, and gets iio_dma_buffer_block_done() back in the same order.
 *	Fails, with a negative error, only if the controller does.
 * @stop: End everything that was submitted. When this returns, the hardware is
 *	quiet, iio_dma_buffer_block_done() is not running and is not called
 *	again. May sleep; fences wait for it.
 * @forget: Free what was prepared for the block, which is not submitted.
 */
struct iio_dma_buffer_ops {
	void (*attach)(struct iio_dma_buffer_queue *queue,
		       struct iio_dma_buffer_block *block);
	int (*ready)(struct iio_dma_buffer_queue *queue);
	int (*prepare)(struct iio_dma_buffer_queue *queue,
		       struct iio_dma_buffer_block *block, size_t bytes_used,
		       bool cyclic);
	int (*submit)(struct iio_dma_buffer_queue *queue,
		      struct iio_dma_buffer_block *block);
	void (*stop)(struct iio_dma_buffer_queue *queue);
	void (*forget)(struct iio_dma_buffer_queue *queue,
		       struct iio_dma_buffer_block *block);
};

void iio_dma_buffer_block_done(struct iio_dma_buffer_block *block,
			       size_t bytes, int err);
void iio_dma_buffer_block_started(struct iio_dma_buffer_block *block);

/**
 * iio_dma_buffer_set_before_submit() - have a function called before each transfer
 * @buffer: The buffer, which has a queue of blocks: that of a DMA engine, for instance
 * @before_submit: The function, or NULL for none
 * @driver_data: What it finds in the queue's @driver_data
 *
 * For hardware between converter and DMA controller that has to know of a transfer
 * before it begins, such as a FIFO which repeats what it got: the function has it
 * repeat, and clears @cyclic, so that the controller transfers the block once.
 *
 * The function is called once for each transfer, in the order of the transfers: also
 * for those of read() and write(), and again for one that DETACH of another block has
 * stopped and that starts anew. It may read the block's @bytes_used and the queue's
 * @driver_data. @cyclic says what the application asked for. The function may clear it,
 * but not set it. It returns 0 or a negative error, with which the block ends. A cyclic
 * transfer is prepared after the call, so that whatever prevents that ends the block,
 * too, instead of being refused by ENQUEUE.
 *
 * The queue is locked during the call, and fences wait for it, so the function may sleep
 * only for as long as its hardware takes. It must not allocate memory with GFP_KERNEL,
 * claim the IIO device, call functions of this buffer, or take a lock under which others
 * do so. It is not called any more when the buffer was disabled, until it is enabled
 * again.
 *
 * Context: May sleep. To be called before the IIO device is registered.
 * Return: 0, or -EBUSY if the buffer is in use.
 */
static inline int
iio_dma_buffer_set_before_submit(struct iio_buffer *buffer,
				 int (*before_submit)(struct iio_dma_buffer_queue *queue,
						      struct iio_dma_buffer_block *block,
						      bool *cyclic),
				 void *driver_data)
{
	struct iio_dma_buffer_queue *queue =
		container_of(buffer, struct iio_dma_buffer_queue, buffer);

	guard(mutex)(&queue->lock);

	if (queue->num_blocks)
		return -EBUSY;

	queue->before_submit = before_submit;
	queue->driver_data = driver_data;

	return 0;
}

/* For struct iio_buffer_access_funcs */
int iio_dma_buffer_set_length(struct iio_buffer *buffer, unsigned int length);
int iio_dma_buffer_set_bytes_per_datum(struct iio_buffer *buffer, size_t bpd);
int iio_dma_buffer_request_update(struct iio_buffer *buffer);
int iio_dma_buffer_disable(struct iio_buffer *buffer, struct iio_dev *indio_dev);
int iio_dma_buffer_enable(struct iio_buffer *buffer, struct iio_dev *indio_dev);
size_t iio_dma_buffer_usage(struct iio_buffer *buffer);
int iio_dma_buffer_write(struct iio_buffer *buffer, size_t n,
			 const char __user *user_buffer);
void iio_dma_buffer_opened(struct iio_buffer *buffer);
int iio_dma_buffer_write_error(struct iio_buffer *buffer, bool clear);
int iio_dma_buffer_read(struct iio_buffer *buffer, size_t n,
			char __user *user_buffer);
int iio_dma_buffer_fsync(struct iio_buffer *buffer);

void iio_dma_buffer_release(struct iio_dma_buffer_queue *queue);
void iio_dma_buffer_exit(struct iio_dma_buffer_queue *queue);
int iio_dma_buffer_init(struct iio_dma_buffer_queue *queue,
			struct device *dev, const struct iio_dma_buffer_ops *ops);

extern const struct iio_dmabuf_ops iio_dma_buffer_dmabuf_ops;

#endif
