/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A queue of blocks between an IIO buffer and a DMA controller.
 *
 * A block is a piece of memory that is transferred at once: a DMABUF that user
 * space attached, or one of the two that read() and write() copy from and to.
 */
#ifndef __INDUSTRIALIO_DMA_BUFFER_H__
#define __INDUSTRIALIO_DMA_BUFFER_H__

#include <linux/dma-vec.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

#include <linux/iio/buffer-dmabuf.h>
#include <linux/iio/buffer_impl.h>

struct device;
struct dma_async_tx_descriptor;
struct dma_fence;
struct iio_dma_buffer_queue;

/**
 * enum iio_block_state - where a block is
 * @IIO_BLOCK_STATE_DONE: With the application: may be enqueued
 * @IIO_BLOCK_STATE_QUEUED: On the incoming list, for when the buffer is enabled
 * @IIO_BLOCK_STATE_ACTIVE: Given to the DMA controller
 */
enum iio_block_state {
	IIO_BLOCK_STATE_DONE,
	IIO_BLOCK_STATE_QUEUED,
	IIO_BLOCK_STATE_ACTIVE,
};

/**
 * struct iio_dma_buffer_block - one block
 * @head: Entry in the queue's list of incoming or active blocks
 * @node: Entry in the queue's list of all blocks
 * @queue: The queue
 * @table: DMA addresses of the memory; truncated to what was prepared last
 * @size: Bytes there are
 * @bytes_used: Bytes to transfer, and after it the bytes that were transferred
 * @fence: The fence of the last transfer, of which the block has a reference
 * @sequence: Number of the last transfer among those of the queue, from 1
 * @state: Where the block is
 * @err: How the last transfer ended
 * @unread: A fileio block was transferred, and the application has not fetched it
 * @available: A DMABUF that is counted in the queue's @available
 * @cyclic: The transfer repeats until another one follows
 * @fileio: The block is read()'s or write()'s
 * @cancelled: The DMABUF was detached: no further transfer
 * @tx: The transfer that was prepared, and is to be submitted next
 */
struct iio_dma_buffer_block {
	struct list_head head;		/* P: queue->list_lock */
	struct list_head node;		/* P: queue->lock */
	struct iio_dma_buffer_queue *queue;
	struct dma_vec_table *table;
	size_t size;
	size_t bytes_used;

	struct dma_fence *fence;	/* P: queue->list_lock */
	u64 sequence;			/* P: queue->list_lock */
	enum iio_block_state state;	/* P: queue->list_lock */
	int err;			/* P: queue->list_lock */
	bool unread;			/* P: queue->list_lock */
	bool available;			/* P: queue->list_lock */

	bool cyclic;
	bool fileio;
	bool cancelled;			/* P: queue->lock, queue->list_lock */

	struct dma_async_tx_descriptor *tx;	/* P: queue->lock */
};

/**
 * struct iio_dma_buffer_queue_fileio - state of read() and write()
 * @lock: Serialises them against each other and against the blocks going away.
 *	Held while user memory is accessed, so it nests outside of the queue's
 *	lock and is never taken where a DMABUF's reservation is locked.
 * @blocks: The two blocks, NULL if not allocated
 * @active_block: The block that is being read or written
 * @pos: Offset in it
 * @next_dequeue: Index of the block that is the next one after it
 * @enabled: The buffer is enabled, and in this mode
 */
struct iio_dma_buffer_queue_fileio {
	struct mutex lock;		/* copies, and blocks that go away */
	struct iio_dma_buffer_block *blocks[2];
	struct iio_dma_buffer_block *active_block;
	size_t pos;
	unsigned int next_dequeue;
	bool enabled;			/* P: queue->lock, to write */
};

struct iio_dma_buffer_ops;

/**
 * struct iio_dma_buffer_queue - the queue
 * @buffer: The IIO buffer
 * @dev: The device that accesses memory, of which the queue has a reference
 * @ops: The DMA controller, NULL when it is gone
 * @align: Every transfer's length is a multiple of this
 * @max_size: Longest fileio block
 * @lock: Protects the queue's mode, and everything that prepares, submits and
 *	stops transfers; not taken on completion
 * @list_lock: Protects the two lists, and state and fence of the blocks
 * @incoming: Blocks that wait for the buffer to be enabled
 * @activeq: Blocks that the DMA controller has, in order
 * @blocks: All blocks
 * @sequence: Number of the last transfer that was queued
 * @available: Bytes of DMABUFs that are the application's to use
 * @lost: An output transfer that was accepted has not taken place
 * @num_dmabufs: DMABUFs attached
 * @active: The buffer is enabled
 * @stop_work: Stops what a non-blocking DETACH could not wait for
 * @fileio: read() and write()
 */
struct iio_dma_buffer_queue {
	struct iio_buffer buffer;
	struct device *dev;
	const struct iio_dma_buffer_ops *ops;	/* P: lock */
	size_t align;
	size_t max_size;

	struct mutex lock;			/* mode and transfers, see above */
	spinlock_t list_lock;			/* lists, state and fence of blocks */
	struct list_head incoming;		/* P: list_lock */
	struct list_head activeq;		/* P: list_lock */
	struct list_head blocks;		/* P: lock */
	u64 sequence;				/* P: lock */
	size_t available;			/* P: list_lock */
	bool lost;				/* P: list_lock */
	unsigned int num_dmabufs;		/* P: lock */
	bool active;				/* P: lock */
	struct work_struct stop_work;

	struct iio_dma_buffer_queue_fileio fileio;
};

/**
 * struct iio_dma_buffer_ops - what drives the DMA controller
 * @attach: A DMABUF was attached: prepare what is likely to be asked for. With
 *	the queue locked; optional.
 * @prepare: Prepare the transfer of the first @bytes_used bytes of the block's
 *	table. Called with the queue locked; allocates without sleeping. What was
 *	prepared before stays valid if it fails.
 * @submit: Start what was prepared. The queue calls this for one block after
 *	the other, and gets iio_dma_buffer_block_done() back in the same order.
 *	Fails, with a negative error, only if the controller does.
 * @stop: End everything that was submitted. When this returns, the hardware is
 *	quiet, iio_dma_buffer_block_done() is not running and is not called
 *	again. May sleep.
 * @forget: Free what was prepared for the block, which is not submitted.
 */
struct iio_dma_buffer_ops {
	void (*attach)(struct iio_dma_buffer_queue *queue,
		       struct iio_dma_buffer_block *block);
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
bool iio_dma_buffer_block_replaces_cyclic(struct iio_dma_buffer_block *block);

/* For struct iio_buffer_access_funcs */
int iio_dma_buffer_set_length(struct iio_buffer *buffer, unsigned int length);
int iio_dma_buffer_set_bytes_per_datum(struct iio_buffer *buffer, size_t bpd);
int iio_dma_buffer_request_update(struct iio_buffer *buffer);
int iio_dma_buffer_disable(struct iio_buffer *buffer, struct iio_dev *indio_dev);
int iio_dma_buffer_enable(struct iio_buffer *buffer, struct iio_dev *indio_dev);
size_t iio_dma_buffer_usage(struct iio_buffer *buffer);
int iio_dma_buffer_write(struct iio_buffer *buffer, size_t n,
			 const char __user *user_buffer);
int iio_dma_buffer_read(struct iio_buffer *buffer, size_t n,
			char __user *user_buffer);
int iio_dma_buffer_fsync(struct iio_buffer *buffer);

void iio_dma_buffer_release(struct iio_dma_buffer_queue *queue);
void iio_dma_buffer_exit(struct iio_dma_buffer_queue *queue);
int iio_dma_buffer_init(struct iio_dma_buffer_queue *queue,
			struct device *dev, const struct iio_dma_buffer_ops *ops);

extern const struct iio_dmabuf_ops iio_dma_buffer_dmabuf_ops;

#endif
