/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a buffer implementation offers so that DMABUFs can be streamed through
 * it. The IIO core looks after file descriptors, mappings, reservation objects
 * and fences; the implementation queues blocks and drives the hardware.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#ifndef _IIO_BUFFER_DMABUF_H_
#define _IIO_BUFFER_DMABUF_H_

#include <linux/types.h>

struct device;
struct dma_transfer_fence;
struct dma_vec_map;
struct iio_buffer;
struct iio_dma_buffer_block;

/*
 * DMABUFs that may be attached to one buffer, with those that were detached and are
 * still being transferred: a bound for what a user can pin
 */
#define IIO_DMABUF_MAX_ATTACHMENTS	1024

/**
 * struct iio_dmabuf_result - what became of the last transfer of a block
 * @sequence: Number of the transfer, 0 if there was none yet
 * @bytes: Bytes really transferred, 0 while @pending
 * @error: 0 or a negative error, 0 while @pending
 * @pending: The transfer is not over
 */
struct iio_dmabuf_result {
	u64 sequence;
	size_t bytes;
	int error;
	bool pending;
};

/**
 * struct iio_dmabuf_ops - DMABUF operations of an IIO buffer
 * @get_dma_dev: Return the device that accesses memory, for which DMABUFs are mapped.
 * @attach: A DMABUF was mapped: make a block of it. The mapping stays valid, and
 *	its table is the block's to truncate, until @release. May sleep. Returns the block
 *	or an ERR_PTR(): -EBUSY while read() or write() is in use, -ENOSPC if there
 *	are too many, -EAGAIN if @nonblock and it would take long.
 * @release: The last reference to a block is gone: free it and what was
 *	prepared for it. The block is neither queued nor issued. May sleep.
 * @lock: Lock the queue. -EAGAIN if @nonblock and it would take long.
 * @unlock: Unlock the queue.
 * @check: Return the error that enqueueing now would end with, or 0. Without a
 *	lock, and without an effect: a request that is refused here need not wait
 *	for other users of the DMABUF first.
 * @prepare: With the queue locked: validate, and allocate all that a transfer
 *	of @bytes_used takes, so that @enqueue cannot fail. Has no effect that
 *	anybody could see; need not be followed by @enqueue.
 * @enqueue: With the queue locked, after a successful @prepare: queue the block.
 *	It takes over the caller's reference to @fence, and signals it exactly once,
 *	with &dma_transfer_fence.bytes and &dma_transfer_fence.sequence set. Then it
 *	calls iio_dmabuf_transfer_done(). Called in a fence signalling section.
 * @poll: Return EPOLLIN or EPOLLOUT, with EPOLLRDNORM or EPOLLWRNORM, if a
 *	DMABUF is the application's to use, else 0. Any context.
 * @result: Return what became of the block's last transfer. Without a lock.
 * @detach: A block is being detached. Not yet issued, it is withdrawn and its
 *	fence signalled with -ECANCELED; issued, it runs to its end; as the
 *	running cyclic transfer, it is stopped, later if @nonblock. No later
 *	@prepare succeeds.
 * @abort: Detach all blocks at once, end those too that are being transferred,
 *	and return when the hardware does not touch them any more: their fences are
 *	signalled then, with -ECANCELED. May sleep.
 */
struct iio_dmabuf_ops {
	struct device *(*get_dma_dev)(struct iio_buffer *buffer);

	struct iio_dma_buffer_block *(*attach)(struct iio_buffer *buffer,
					       struct dma_vec_map *map,
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
			struct dma_transfer_fence *fence, size_t bytes_used,
			bool cyclic);
	__poll_t (*poll)(struct iio_buffer *buffer);
	struct iio_dmabuf_result (*result)(struct iio_buffer *buffer,
					   struct iio_dma_buffer_block *block);
	void (*detach)(struct iio_buffer *buffer,
		       struct iio_dma_buffer_block *block, bool nonblock);
	void (*abort)(struct iio_buffer *buffer);
};

void iio_dmabuf_transfer_done(struct dma_transfer_fence *fence);

#endif /* _IIO_BUFFER_DMABUF_H_ */
