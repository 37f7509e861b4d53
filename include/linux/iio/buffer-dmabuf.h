/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a buffer implementation offers so that DMABUFs can be streamed through
 * it. The IIO core looks after file descriptors, mappings, reservation objects
 * and fences; the implementation queues blocks and drives the hardware.
 */
#ifndef _IIO_BUFFER_DMABUF_H_
#define _IIO_BUFFER_DMABUF_H_

#include <linux/types.h>

struct device;
struct dma_fence;
struct dma_vec_table;
struct iio_buffer;
struct iio_dma_buffer_block;
struct iio_dmabuf_status;

/**
 * struct iio_dmabuf_ops - DMABUF operations of an IIO buffer
 * @get_dma_dev: The device that accesses memory, which DMABUFs are mapped for.
 * @attach: A DMABUF was mapped: make a block of it. The table stays valid, and
 *	is the block's to truncate, until @release. May sleep. Returns the block
 *	or an ERR_PTR(); -EBUSY while read() or write() is in use, or if
 *	@nonblock and somebody has the queue.
 * @release: The last reference to a block is gone: free it and what was
 *	prepared for it. The block is neither queued nor active. May sleep.
 * @lock: Lock the queue. -EBUSY if @nonblock and it is locked.
 * @unlock: Unlock the queue.
 * @check: Could this be enqueued now? Without a lock, and without an effect:
 *	what is refused here need not wait for other users of the DMABUF first.
 * @prepare: With the queue locked: validate, and allocate all that a transfer
 *	of @bytes_used takes, so that @enqueue cannot fail. Has no effect that
 *	anybody could see; need not be followed by @enqueue.
 * @enqueue: With the queue locked, after a successful @prepare: the block is
 *	queued, and @fence is its to signal through
 *	iio_buffer_signal_dmabuf_done(), exactly once. The block takes over the
 *	caller's reference to @fence. Called in a fence signalling section.
 * @signalled: The fence of the block's transfer has been signalled, and the block may
 *	be enqueued again: who waits on the buffer may be told. Any context, without
 *	a lock; the block stays until this returns.
 * @status: What became of the block's last transfer? Fills in a status that is
 *	zeroed. Without a lock.
 * @cancel: A block is being detached. Not yet issued, it is withdrawn and its
 *	fence signalled with -ECANCELED; issued, it runs to its end; as the
 *	running cyclic transfer, it is stopped. No later @prepare succeeds.
 *	-EBUSY, with no effect, if @nonblock and the queue is locked.
 * @abort: Cancel all blocks at once, those too that are being transferred, and
 *	return when the hardware does not touch them any more: their fences are
 *	signalled then, with -ECANCELED. May sleep.
 */
struct iio_dmabuf_ops {
	struct device *(*get_dma_dev)(struct iio_buffer *buffer);

	struct iio_dma_buffer_block *(*attach)(struct iio_buffer *buffer,
					       struct dma_vec_table *table,
					       bool nonblock);
	void (*release)(struct iio_buffer *buffer,
			struct iio_dma_buffer_block *block);

	int (*lock)(struct iio_buffer *buffer, bool nonblock);
	void (*unlock)(struct iio_buffer *buffer);

	int (*check)(struct iio_buffer *buffer,
		     struct iio_dma_buffer_block *block, size_t bytes_used);
	int (*prepare)(struct iio_buffer *buffer,
		       struct iio_dma_buffer_block *block, size_t bytes_used,
		       bool cyclic);
	void (*enqueue)(struct iio_buffer *buffer,
			struct iio_dma_buffer_block *block,
			struct dma_fence *fence);
	void (*signalled)(struct iio_buffer *buffer,
			  struct iio_dma_buffer_block *block);
	void (*status)(struct iio_buffer *buffer,
		       struct iio_dma_buffer_block *block,
		       struct iio_dmabuf_status *status);
	int (*cancel)(struct iio_buffer *buffer,
		      struct iio_dma_buffer_block *block, bool nonblock);
	void (*abort)(struct iio_buffer *buffer);
};

#endif /* _IIO_BUFFER_DMABUF_H_ */
