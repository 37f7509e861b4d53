// SPDX-License-Identifier: GPL-2.0-only
/*
 * The queue of blocks between an IIO buffer and a DMA controller.
 *
 * A block is with the application (DONE), waits for the buffer to be enabled
 * (QUEUED), or is with the controller (ISSUED, in the order in which the controller
 * works). All that can go wrong with a transfer goes wrong while it is prepared,
 * before the block leaves DONE: a block on a list has its resources and completes
 * exactly once. The exception is a cyclic block where the converter's driver decides,
 * right before the transfer, whether it repeats.
 *
 * A block owns a reference to the fence of its transfer. State and fence change
 * together under the list lock; the fence is signalled after it is dropped. A DONE
 * block whose fence is not signalled yet still counts as busy, so fences of one
 * block are signalled in the order in which they were published.
 *
 * A transfer completes in softirq and takes the list lock only. The queue's mutex
 * serialises preparing, submitting and stopping. Fences wait for those who hold it,
 * so every function that ends transfers begins a signalling section before it takes
 * the mutex, and lockdep sees what may not be done under it.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <linux/cleanup.h>
#include <linux/delay.h>
#include <linux/dma-transfer-fence.h>
#include <linux/dma-vec-table.h>
#include <linux/export.h>
#include <linux/module.h>
#include <linux/poll.h>
#include <linux/slab.h>

#include <linux/iio/buffer-dma.h>
#include <linux/iio/buffer_impl.h>

#include "industrialio-buffer-dma.h"

/*
 * Lock the queue. Without blocking, wait for the short sections of other callers,
 * but not for the controller to stop: -EAGAIN then.
 */
int iio_dma_queue_lock(struct iio_dma_buffer_queue *queue, bool nonblock)
{
	if (!nonblock) {
		mutex_lock(&queue->lock);
		return 0;
	}

	while (!mutex_trylock(&queue->lock)) {
		if (READ_ONCE(queue->stopping))
			return -EAGAIN;
		usleep_range(20, 100);
	}

	return 0;
}

void iio_dma_queue_wake(struct iio_dma_buffer_queue *queue)
{
	wake_up_interruptible_poll(&queue->buffer.pollq,
				   iio_dma_queue_is_input(queue) ?
				   EPOLLIN | EPOLLRDNORM :
				   EPOLLOUT | EPOLLWRNORM);
}

/*
 * Blocks come, go, and complete
 */

void iio_dma_block_init(struct iio_dma_buffer_queue *queue,
			struct iio_dma_buffer_block *block,
			struct dma_vec_table *table)
{
	lockdep_assert_held(&queue->lock);

	INIT_LIST_HEAD(&block->head);
	list_add_tail(&block->node, &queue->blocks);
	queue->num_blocks++;
	block->queue = queue;
	block->table = table;
	block->size = table->orig_len;
	block->state = IIO_BLOCK_STATE_DONE;
}

void iio_dma_block_exit(struct iio_dma_buffer_block *block)
{
	struct iio_dma_buffer_queue *queue = block->queue;

	lockdep_assert_held(&queue->lock);

	if (queue->ops)
		queue->ops->forget(queue, block);
	list_del(&block->node);
	queue->num_blocks--;
}

/* Queue a block whose transfer was prepared, behind all others */
void iio_dma_block_enqueue(struct iio_dma_buffer_block *block,
			   size_t bytes_used, bool cyclic)
{
	struct iio_dma_buffer_queue *queue = block->queue;

	lockdep_assert_held(&queue->list_lock);

	block->state = IIO_BLOCK_STATE_QUEUED;
	block->sequence = ++queue->sequence;
	block->bytes_used = bytes_used;
	block->asked_cyclic = cyclic;
	block->cyclic = cyclic;
	block->unread = false;
	list_add_tail(&block->head, &queue->queued);
}

/*
 * Remember that accepted samples will not leave, which fsync() reports. A detached
 * DMABUF was given up.
 */
static void iio_dma_block_note_lost(struct iio_dma_buffer_block *block, int err)
{
	lockdep_assert_held(&block->queue->list_lock);

	if (err && err != -ECANCELED && !block->cyclic &&
	    !iio_dma_queue_is_input(block->queue))
		block->queue->lost = true;
}

/*
 * Give the block back to the application. Return a reference to its fence, which
 * the caller reports after it has dropped the list lock; NULL if it has none.
 */
struct dma_transfer_fence *
iio_dma_block_complete(struct iio_dma_buffer_block *block, size_t bytes_done,
		       int err)
{
	struct dma_transfer_fence *fence = block->fence;

	lockdep_assert_held(&block->queue->list_lock);

	list_del_init(&block->head);
	block->state = IIO_BLOCK_STATE_DONE;
	block->bytes_done = bytes_done;
	block->err = err;
	iio_dma_block_note_lost(block, err);
	if (!fence)
		return NULL;

	fence->bytes = bytes_done;
	fence->sequence = block->sequence;
	dma_fence_get(&fence->base);

	return fence;
}

/*
 * Signal the fence of a block that completed, and tell those who wait on the
 * buffer. The order matters: the block is refused until its fence is signalled.
 * The attachment goes last; the block, and the queue, may be gone with it.
 *
 * A block without a fence is read()'s or write()'s, and not looked at: nothing
 * keeps it once it is complete.
 */
void iio_dma_block_report(struct iio_dma_buffer_block *block,
			  struct dma_transfer_fence *fence, int err)
{
	struct iio_dma_buffer_queue *queue = block->queue;
	unsigned long flags;

	dma_transfer_fence_signal(fence, err);

	spin_lock_irqsave(&queue->list_lock, flags);
	/* It may have been enqueued again by now, or detached */
	if (block->state == IIO_BLOCK_STATE_DONE && block->fence == fence)
		iio_dma_dmabuf_set_available(block, true);
	spin_unlock_irqrestore(&queue->list_lock, flags);

	iio_dma_queue_wake(queue);
	iio_dmabuf_transfer_done(fence);
	dma_fence_put(&fence->base);
}

static void iio_dma_queue_report(struct iio_dma_buffer_queue *queue,
				 struct iio_dma_buffer_block *block,
				 struct dma_transfer_fence *fence, int err)
{
	if (fence)
		iio_dma_block_report(block, fence, err);
	else
		iio_dma_queue_wake(queue);
}

static bool iio_dma_block_end_needed(const struct iio_dma_buffer_block *block)
{
	return block->map && dma_vec_end_access_needed(block->map);
}

static struct iio_dma_buffer_block *
iio_dma_queue_first(struct iio_dma_buffer_queue *queue, struct list_head *list)
{
	guard(spinlock_irq)(&queue->list_lock);

	return list_first_entry_or_null(list, struct iio_dma_buffer_block, head);
}

/* Complete all blocks that were issued, and that the controller has no more */
void iio_dma_queue_end_issued(struct iio_dma_buffer_queue *queue,
			      struct list_head *list, int err)
{
	struct iio_dma_buffer_block *block;
	struct dma_transfer_fence *fence;

	lockdep_assert_held(&queue->lock);

	while ((block = iio_dma_queue_first(queue, list))) {
		/* A part of the transfer may have taken place */
		if (iio_dma_block_end_needed(block))
			dma_vec_end_access(block->map);
		scoped_guard(spinlock_irq, &queue->list_lock)
			fence = iio_dma_block_complete(block, 0, err);
		iio_dma_queue_report(queue, block, fence, err);
	}
}

/* Complete all blocks that wait. DETACH may withdraw some of them meanwhile. */
void iio_dma_queue_end_queued(struct iio_dma_buffer_queue *queue, int err)
{
	struct iio_dma_buffer_block *block;
	struct dma_transfer_fence *fence;

	for (;;) {
		scoped_guard(spinlock_irq, &queue->list_lock) {
			block = list_first_entry_or_null(&queue->queued,
							 struct iio_dma_buffer_block,
							 head);
			if (!block)
				return;
			fence = iio_dma_block_complete(block, 0, err);
		}
		iio_dma_queue_report(queue, block, fence, err);
	}
}

/*
 * The controller works in order, and a cyclic transfer that another one ended
 * does not report: whatever was issued before this block is over, too.
 */
static void iio_dma_queue_finish_before(struct iio_dma_buffer_block *block)
{
	struct iio_dma_buffer_queue *queue = block->queue;
	struct iio_dma_buffer_block *first;
	struct dma_transfer_fence *fence;

	for (;;) {
		scoped_guard(spinlock_irqsave, &queue->list_lock) {
			if (block->state != IIO_BLOCK_STATE_ISSUED)
				return;
			first = list_first_entry(&queue->issued,
						 struct iio_dma_buffer_block, head);
			if (first == block)
				return;
			fence = iio_dma_block_complete(first, first->bytes_used, 0);
		}
		iio_dma_queue_report(queue, first, fence, 0);
	}
}

static void iio_dma_block_finish(struct iio_dma_buffer_block *block,
				 size_t bytes, int err)
{
	struct iio_dma_buffer_queue *queue = block->queue;
	struct dma_transfer_fence *fence;

	scoped_guard(spinlock_irqsave, &queue->list_lock) {
		block->unread = true;
		/* Reported by write() as well, unlike what disabling has ended */
		if (err && block->fileio)
			queue->fileio.failed = true;
		fence = iio_dma_block_complete(block, bytes, err);
	}
	iio_dma_queue_report(queue, block, fence, err);
}

/* Complete the blocks whose access ends where that can sleep, in their order */
static void iio_dma_queue_end_access(struct iio_dma_buffer_queue *queue)
{
	struct iio_dma_buffer_block *block;

	guard(mutex)(&queue->ending_lock);

	while ((block = iio_dma_queue_first(queue, &queue->ending))) {
		if (iio_dma_block_end_needed(block))
			dma_vec_end_access(block->map);
		iio_dma_block_finish(block, block->bytes_done, block->err);
	}
}

static void iio_dma_queue_end_work(struct work_struct *work)
{
	struct iio_dma_buffer_queue *queue =
		container_of(work, struct iio_dma_buffer_queue, end_work);
	bool cookie = dma_fence_begin_signalling();

	iio_dma_queue_end_access(queue);
	dma_fence_end_signalling(cookie);
}

/*
 * Leave the block to the worker if its access has to be ended, or if the worker has
 * not come to one in front of it yet.
 */
static bool iio_dma_block_finish_later(struct iio_dma_buffer_block *block,
				       size_t bytes, int err)
{
	struct iio_dma_buffer_queue *queue = block->queue;

	guard(spinlock_irqsave)(&queue->list_lock);

	if (list_empty(&queue->ending) && !iio_dma_block_end_needed(block))
		return false;

	block->bytes_done = bytes;
	block->err = err;
	list_move_tail(&block->head, &queue->ending);
	queue_work(iio_dma_wq, &queue->end_work);

	return true;
}

/**
 * iio_dma_buffer_block_started() - report that a cyclic transfer is running
 * @block: The block
 *
 * Ends the cyclic block that this one replaces. May be called for every period.
 *
 * Context: Softirq or process context, not from within the submit operation.
 */
void iio_dma_buffer_block_started(struct iio_dma_buffer_block *block)
{
	bool cookie = dma_fence_begin_signalling();

	iio_dma_queue_finish_before(block);
	dma_fence_end_signalling(cookie);
}
EXPORT_SYMBOL_NS_GPL(iio_dma_buffer_block_started, "IIO_DMA_BUFFER");

/**
 * iio_dma_buffer_block_done() - report that a transfer is over
 * @block: The block
 * @bytes: Bytes that were really transferred
 * @err: 0 or a negative error
 *
 * Context: Softirq or process context, not from within the submit operation.
 */
void iio_dma_buffer_block_done(struct iio_dma_buffer_block *block,
			       size_t bytes, int err)
{
	bool cookie = dma_fence_begin_signalling();

	iio_dma_queue_finish_before(block);
	if (!iio_dma_block_finish_later(block, bytes, err))
		iio_dma_block_finish(block, bytes, err);

	dma_fence_end_signalling(cookie);
}
EXPORT_SYMBOL_NS_GPL(iio_dma_buffer_block_done, "IIO_DMA_BUFFER");

static struct iio_dma_buffer_block *
iio_dma_queue_next(struct iio_dma_buffer_queue *queue)
{
	struct iio_dma_buffer_block *block;

	guard(spinlock_irq)(&queue->list_lock);

	block = list_first_entry_or_null(&queue->queued,
					 struct iio_dma_buffer_block, head);
	if (block) {
		list_move_tail(&block->head, &queue->issued);
		block->state = IIO_BLOCK_STATE_ISSUED;
	}

	return block;
}

/*
 * Tell the converter's driver of the transfer. It decides whether a cyclic block repeats,
 * so that is prepared only now.
 */
static int iio_dma_block_before_submit(struct iio_dma_buffer_block *block)
{
	struct iio_dma_buffer_queue *queue = block->queue;
	bool cyclic = block->asked_cyclic;
	int ret;

	if (!queue->before_submit)
		return 0;

	ret = queue->before_submit(queue, block, &cyclic);
	if (ret)
		return ret;
	if (!block->asked_cyclic)
		return cyclic ? -EINVAL : 0;

	scoped_guard(spinlock_irq, &queue->list_lock)
		block->cyclic = cyclic;

	return queue->ops->prepare(queue, block, block->bytes_used, cyclic);
}

/* Give all queued blocks to the controller */
void iio_dma_queue_issue(struct iio_dma_buffer_queue *queue)
{
	struct iio_dma_buffer_block *block;
	int ret;

	lockdep_assert_held(&queue->lock);

	while ((block = iio_dma_queue_next(queue))) {
		ret = iio_dma_block_before_submit(block);
		if (!ret)
			ret = queue->ops->submit(queue, block);
		if (ret)
			iio_dma_block_finish(block, 0, ret);
	}
}

/*
 * The queue as a whole
 */

/*
 * Stop the controller. No block completes any more when this returns. The worker is
 * not waited for but overtaken: it begins a signalling section, and the caller is in
 * one already.
 */
void iio_dma_queue_stop(struct iio_dma_buffer_queue *queue)
{
	lockdep_assert_held(&queue->lock);

	if (!queue->ops)
		return;

	WRITE_ONCE(queue->stopping, true);
	queue->ops->stop(queue);
	iio_dma_queue_end_access(queue);
	WRITE_ONCE(queue->stopping, false);
}

/**
 * iio_dma_buffer_request_update() - request_update operation
 * @buffer: The buffer
 *
 * Context: The buffer is disabled, and about to be enabled.
 * Return: 0, -ENODEV if the DMA controller is gone, or -ENOMEM.
 */
int iio_dma_buffer_request_update(struct iio_buffer *buffer)
{
	struct iio_dma_buffer_queue *queue = to_queue(buffer);
	int ret;

	guard(mutex)(&queue->fileio.lock);

	ret = iio_dma_fileio_alloc(queue);
	if (!ret)
		iio_dma_fileio_reset(queue);

	return ret;
}
EXPORT_SYMBOL_NS_GPL(iio_dma_buffer_request_update, "IIO_DMA_BUFFER");

static int iio_dma_queue_start(struct iio_dma_buffer_queue *queue)
{
	int ret;

	lockdep_assert_held(&queue->lock);

	if (!queue->ops)
		return -ENODEV;

	ret = queue->ops->ready ? queue->ops->ready(queue) : 0;
	if (ret)
		return ret;

	ret = iio_dma_fileio_start(queue);
	if (ret)
		return ret;

	queue->enabled = true;
	iio_dma_queue_issue(queue);
	/* There is room for write() now */
	iio_dma_queue_wake(queue);

	return 0;
}

/**
 * iio_dma_buffer_enable() - enable operation
 * @buffer: The buffer
 * @indio_dev: The device, which is about to start sampling
 *
 * Starts the queued blocks. With a DMABUF attached the buffer is in DMABUF mode
 * until it is disabled, otherwise it is read()'s or write()'s.
 *
 * Context: Process context.
 * Return: 0, -ENODEV if the DMA controller is gone, -EIO if it is stuck, -ENOMEM, or
 *	what the controller refuses the size of the blocks with.
 */
int iio_dma_buffer_enable(struct iio_buffer *buffer, struct iio_dev *indio_dev)
{
	struct iio_dma_buffer_queue *queue = to_queue(buffer);
	bool cookie;
	int ret;

	guard(mutex)(&queue->fileio.lock);

	/* DMABUFs may have been detached since request_update */
	ret = iio_dma_fileio_alloc(queue);
	if (ret)
		return ret;
	iio_dma_fileio_reset(queue);

	cookie = dma_fence_begin_signalling();
	scoped_guard(mutex, &queue->lock)
		ret = iio_dma_queue_start(queue);
	dma_fence_end_signalling(cookie);

	return ret;
}
EXPORT_SYMBOL_NS_GPL(iio_dma_buffer_enable, "IIO_DMA_BUFFER");

/* End all transfers, issued or not: no fence is left unsignalled */
static void iio_dma_queue_end_all(struct iio_dma_buffer_queue *queue, int err)
{
	lockdep_assert_held(&queue->lock);

	queue->enabled = false;
	scoped_guard(spinlock_irq, &queue->list_lock)
		queue->fileio.enabled = false;
	iio_dma_queue_stop(queue);
	iio_dma_queue_end_issued(queue, &queue->issued, err);
	iio_dma_queue_end_queued(queue, err);
	iio_dma_queue_wake(queue);
}

/**
 * iio_dma_buffer_disable() - disable operation
 * @buffer: The buffer
 * @indio_dev: The device, which stops sampling
 *
 * Ends at once whatever is being transferred, and what waits to be: fences get
 * -EINTR. read() still returns what arrived before.
 *
 * Context: Process context.
 * Return: 0.
 */
int iio_dma_buffer_disable(struct iio_buffer *buffer, struct iio_dev *indio_dev)
{
	struct iio_dma_buffer_queue *queue = to_queue(buffer);
	bool cookie = dma_fence_begin_signalling();

	scoped_guard(mutex, &queue->lock)
		iio_dma_queue_end_all(queue, -EINTR);
	dma_fence_end_signalling(cookie);

	return 0;
}
EXPORT_SYMBOL_NS_GPL(iio_dma_buffer_disable, "IIO_DMA_BUFFER");

/**
 * iio_dma_buffer_set_bytes_per_datum() - set_bytes_per_datum operation
 * @buffer: The buffer
 * @bpd: Bytes per datum
 *
 * Return: 0.
 */
int iio_dma_buffer_set_bytes_per_datum(struct iio_buffer *buffer, size_t bpd)
{
	buffer->bytes_per_datum = bpd;

	return 0;
}
EXPORT_SYMBOL_NS_GPL(iio_dma_buffer_set_bytes_per_datum, "IIO_DMA_BUFFER");

/**
 * iio_dma_buffer_set_length() - set_length operation
 * @buffer: The buffer
 * @length: Datums in the buffer; each of the two blocks has half of them
 *
 * Return: 0.
 */
int iio_dma_buffer_set_length(struct iio_buffer *buffer, unsigned int length)
{
	buffer->length = max(length, 2U);
	buffer->watermark = buffer->length / 2;

	return 0;
}
EXPORT_SYMBOL_NS_GPL(iio_dma_buffer_set_length, "IIO_DMA_BUFFER");

/**
 * iio_dma_buffer_init() - set up a queue
 * @queue: The queue, zeroed; its align and max_size are set by the caller
 * @dev: The device that accesses memory
 * @ops: What drives it
 *
 * Context: May sleep.
 * Return: 0.
 */
int iio_dma_buffer_init(struct iio_dma_buffer_queue *queue,
			struct device *dev, const struct iio_dma_buffer_ops *ops)
{
	iio_buffer_init(&queue->buffer);

	queue->dev = get_device(dev);
	queue->ops = ops;
	mutex_init(&queue->lock);
	mutex_init(&queue->ending_lock);
	mutex_init(&queue->fileio.lock);
	spin_lock_init(&queue->list_lock);
	INIT_LIST_HEAD(&queue->queued);
	INIT_LIST_HEAD(&queue->issued);
	INIT_LIST_HEAD(&queue->ending);
	INIT_LIST_HEAD(&queue->blocks);
	INIT_WORK(&queue->stop_work, iio_dma_dmabuf_stop_work);
	INIT_WORK(&queue->end_work, iio_dma_queue_end_work);
	iio_dma_buffer_set_length(&queue->buffer, PAGE_SIZE);

	return 0;
}
EXPORT_SYMBOL_NS_GPL(iio_dma_buffer_init, "IIO_DMA_BUFFER");

/**
 * iio_dma_buffer_exit() - detach a queue from its DMA controller
 * @queue: The queue
 *
 * Ends whatever is queued or running; fences get -ENODEV. The operations are not
 * called any more afterwards. File descriptors may still be open.
 *
 * Context: May sleep.
 */
void iio_dma_buffer_exit(struct iio_dma_buffer_queue *queue)
{
	struct iio_dma_buffer_block *block;
	bool cookie;

	/* Fences first: who enables the buffer allocates under the other lock */
	cookie = dma_fence_begin_signalling();
	scoped_guard(mutex, &queue->lock) {
		iio_dma_queue_end_all(queue, -ENODEV);
		list_for_each_entry(block, &queue->blocks, node)
			queue->ops->forget(queue, block);
		queue->ops = NULL;
	}
	dma_fence_end_signalling(cookie);

	guard(mutex)(&queue->fileio.lock);
	guard(mutex)(&queue->lock);
	iio_dma_fileio_free(queue);
}
EXPORT_SYMBOL_NS_GPL(iio_dma_buffer_exit, "IIO_DMA_BUFFER");

/**
 * iio_dma_buffer_release() - free what a queue has when its buffer goes
 * @queue: The queue
 *
 * Context: May sleep.
 */
void iio_dma_buffer_release(struct iio_dma_buffer_queue *queue)
{
	cancel_work_sync(&queue->stop_work);
	cancel_work_sync(&queue->end_work);
	kfree(queue->fileio.rest);
	mutex_destroy(&queue->fileio.lock);
	mutex_destroy(&queue->ending_lock);
	mutex_destroy(&queue->lock);
	put_device(queue->dev);
}
EXPORT_SYMBOL_NS_GPL(iio_dma_buffer_release, "IIO_DMA_BUFFER");

MODULE_AUTHOR("the dma_vec project");
MODULE_DESCRIPTION("DMA buffer for the IIO framework");
MODULE_LICENSE("GPL");
MODULE_IMPORT_NS("DMA_BUF");
