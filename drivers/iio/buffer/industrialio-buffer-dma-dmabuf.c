// SPDX-License-Identifier: GPL-2.0-only
/*
 * The DMABUF side of the DMA buffer: blocks whose memory is a DMABUF.
 *
 * A DMABUF can be detached at any time. Detaching takes the list lock only, so that
 * it never waits for somebody who prepares or stops transfers; what is enqueued at
 * the same time is withdrawn again, and its fence signalled with -ECANCELED.
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
#include <linux/workqueue.h>

#include <uapi/linux/iio/buffer.h>

#include <linux/iio/buffer-dma.h>
#include <linux/iio/buffer_impl.h>

#include "industrialio-buffer-dma.h"

/* Fences wait for what runs here, so nothing else may */
struct workqueue_struct *iio_dma_wq;

/* Count a DMABUF for poll(), or not; a detached one is never counted */
void iio_dma_dmabuf_set_available(struct iio_dma_buffer_block *block,
				  bool available)
{
	struct iio_dma_buffer_queue *queue = block->queue;

	lockdep_assert_held(&queue->list_lock);

	available &= !block->detached;
	if (block->available == available)
		return;

	block->available = available;
	if (available)
		queue->num_available++;
	else
		queue->num_available--;
}

static void iio_dma_dmabuf_set_detached(struct iio_dma_buffer_block *block)
{
	lockdep_assert_held(&block->queue->list_lock);

	if (block->detached)
		return;

	block->detached = true;
	block->queue->num_dmabufs--;
	iio_dma_dmabuf_set_available(block, false);
}

static struct device *iio_dma_dmabuf_get_dma_dev(struct iio_buffer *buffer)
{
	return to_queue(buffer)->dev;
}

static int iio_dma_dmabuf_lock(struct iio_buffer *buffer, bool nonblock)
{
	return iio_dma_queue_lock(to_queue(buffer), nonblock);
}

static void iio_dma_dmabuf_unlock(struct iio_buffer *buffer)
{
	mutex_unlock(&to_queue(buffer)->lock);
}

/* Lock out read() and write() as well */
static int iio_dma_dmabuf_lock_mode(struct iio_dma_buffer_queue *queue, bool nonblock)
{
	int ret;

	mutex_lock(&queue->fileio.lock);
	ret = iio_dma_queue_lock(queue, nonblock);
	if (ret)
		mutex_unlock(&queue->fileio.lock);

	return ret;
}

static void iio_dma_dmabuf_unlock_mode(struct iio_dma_buffer_queue *queue)
{
	mutex_unlock(&queue->lock);
	mutex_unlock(&queue->fileio.lock);
}

static int iio_dma_dmabuf_may_attach(struct iio_dma_buffer_queue *queue)
{
	if (!queue->ops)
		return -ENODEV;

	if (queue->num_blocks >= IIO_DMABUF_MAX_ATTACHMENTS)
		return -ENOSPC;

	guard(spinlock_irq)(&queue->list_lock);

	return queue->fileio.enabled ? -EBUSY : 0;
}

static struct iio_dma_buffer_block *
iio_dma_dmabuf_attach(struct iio_buffer *buffer, struct dma_vec_map *map,
		      bool nonblock)
{
	struct iio_dma_buffer_queue *queue = to_queue(buffer);
	struct iio_dma_buffer_block *block;
	int ret;

	block = kzalloc_obj(*block, GFP_KERNEL_ACCOUNT);
	if (!block)
		return ERR_PTR(-ENOMEM);

	ret = iio_dma_dmabuf_lock_mode(queue, nonblock);
	if (ret)
		goto err_free;

	ret = iio_dma_dmabuf_may_attach(queue);
	if (ret)
		goto err_unlock;

	/* Samples that read() has not fetched are given up: the mode changes */
	iio_dma_fileio_free(queue);
	iio_dma_block_init(queue, block, &map->table);
	block->map = map;
	scoped_guard(spinlock_irq, &queue->list_lock) {
		queue->num_dmabufs++;
		iio_dma_dmabuf_set_available(block, !iio_dma_queue_is_input(queue));
	}
	if (queue->ops->attach)
		queue->ops->attach(queue, block);

	iio_dma_dmabuf_unlock_mode(queue);

	return block;

err_unlock:
	iio_dma_dmabuf_unlock_mode(queue);
err_free:
	kfree(block);
	return ERR_PTR(ret);
}

static void iio_dma_dmabuf_release(struct iio_buffer *buffer,
				   struct iio_dma_buffer_block *block)
{
	struct iio_dma_buffer_queue *queue = to_queue(buffer);

	scoped_guard(mutex, &queue->lock)
		iio_dma_block_exit(block);

	if (block->fence)
		dma_fence_put(&block->fence->base);
	kfree(block);
}

/* A block is busy until everybody can see that its transfer is over */
static bool iio_dma_dmabuf_pending(struct iio_dma_buffer_block *block)
{
	lockdep_assert_held(&block->queue->list_lock);

	if (block->state != IIO_BLOCK_STATE_DONE)
		return true;

	return block->fence &&
	       !test_bit(DMA_FENCE_FLAG_SIGNALED_BIT, &block->fence->base.flags);
}

static int iio_dma_dmabuf_check_state(struct iio_dma_buffer_block *block)
{
	guard(spinlock_irq)(&block->queue->list_lock);

	if (block->detached)
		return -EPERM;

	return iio_dma_dmabuf_pending(block) ? -EBUSY : 0;
}

static int iio_dma_dmabuf_check(struct iio_buffer *buffer,
				struct iio_dma_buffer_block *block,
				size_t bytes_used)
{
	int ret = iio_dma_dmabuf_check_state(block);

	if (ret)
		return ret;

	if (bytes_used > block->size || bytes_used % to_queue(buffer)->align)
		return -EINVAL;

	/* Known from the first time on that the buffer is enabled */
	if (buffer->bytes_per_datum && bytes_used % buffer->bytes_per_datum)
		return -EINVAL;

	return 0;
}

/*
 * The table is truncated here all the same: the core begins access to the bytes in use,
 * and holds the reservation lock for that, which nobody has right before the transfer.
 */
static int iio_dma_dmabuf_prepare_later(struct iio_dma_buffer_queue *queue,
					struct iio_dma_buffer_block *block,
					size_t bytes_used)
{
	int ret = queue->ops->ready ? queue->ops->ready(queue) : 0;

	return ret ?: dma_vec_table_truncate(block->table, bytes_used);
}

static int iio_dma_dmabuf_prepare(struct iio_buffer *buffer,
				  struct iio_dma_buffer_block *block,
				  size_t bytes_used, bool cyclic)
{
	struct iio_dma_buffer_queue *queue = to_queue(buffer);
	int ret;

	if (!queue->ops)
		return -ENODEV;

	ret = iio_dma_dmabuf_check(buffer, block, bytes_used);
	if (ret)
		return ret;

	/* Whether it repeats is decided right before the transfer, and prepared then */
	if (cyclic && queue->before_submit)
		return iio_dma_dmabuf_prepare_later(queue, block, bytes_used);

	return queue->ops->prepare(queue, block, bytes_used, cyclic);
}

static void iio_dma_dmabuf_enqueue(struct iio_buffer *buffer,
				   struct iio_dma_buffer_block *block,
				   struct dma_transfer_fence *fence,
				   size_t bytes_used, bool cyclic)
{
	struct dma_transfer_fence *old, *withdrawn = NULL;
	struct iio_dma_buffer_queue *queue = to_queue(buffer);

	scoped_guard(spinlock_irq, &queue->list_lock) {
		old = block->fence;
		block->fence = fence;
		iio_dma_block_enqueue(block, bytes_used, cyclic);
		iio_dma_dmabuf_set_available(block, false);
		/* Detached since it was prepared */
		if (block->detached)
			withdrawn = iio_dma_block_complete(block, 0, -ECANCELED);
	}

	if (old)
		dma_fence_put(&old->base);
	if (withdrawn)
		iio_dma_block_report(block, withdrawn, -ECANCELED);
	else if (queue->enabled)
		iio_dma_queue_issue(queue);
}

static __poll_t iio_dma_dmabuf_poll(struct iio_buffer *buffer)
{
	struct iio_dma_buffer_queue *queue = to_queue(buffer);

	guard(spinlock_irq)(&queue->list_lock);

	if (!queue->num_available)
		return 0;

	return iio_dma_queue_is_input(queue) ? EPOLLIN | EPOLLRDNORM :
					       EPOLLOUT | EPOLLWRNORM;
}

static struct iio_dmabuf_result
iio_dma_dmabuf_result(struct iio_buffer *buffer,
		      struct iio_dma_buffer_block *block)
{
	guard(spinlock_irq)(&to_queue(buffer)->list_lock);

	if (!block->sequence)
		return (struct iio_dmabuf_result){};

	if (iio_dma_dmabuf_pending(block))
		return (struct iio_dmabuf_result){
			.sequence = block->sequence,
			.pending = true,
		};

	return (struct iio_dmabuf_result){
		.sequence = block->sequence,
		.bytes = block->bytes_done,
		.error = block->err,
	};
}

/*
 * Detaching what the controller has
 */

static bool iio_dma_dmabuf_detached_issued(struct iio_dma_buffer_queue *queue)
{
	struct iio_dma_buffer_block *block;

	guard(spinlock_irq)(&queue->list_lock);

	list_for_each_entry(block, &queue->issued, head)
		if (block->detached)
			return true;

	return false;
}

/* Sort the stopped blocks: the detached ones go, the others wait to be issued again */
static void iio_dma_dmabuf_sort_stopped(struct iio_dma_buffer_queue *queue,
					struct list_head *detached)
{
	struct iio_dma_buffer_block *block, *tmp;

	guard(spinlock_irq)(&queue->list_lock);

	list_for_each_entry_safe(block, tmp, &queue->issued, head) {
		if (block->detached)
			list_move_tail(&block->head, detached);
		else
			block->state = IIO_BLOCK_STATE_QUEUED;
	}
	list_splice_init(&queue->issued, &queue->queued);
}

/*
 * The controller can end all transfers or none. Stop it, end the transfers of
 * detached blocks, and issue the others again in their order.
 */
static void iio_dma_dmabuf_stop_detached(struct iio_dma_buffer_queue *queue)
{
	LIST_HEAD(detached);

	lockdep_assert_held(&queue->lock);

	if (!queue->ops || !iio_dma_dmabuf_detached_issued(queue))
		return;

	iio_dma_queue_stop(queue);
	iio_dma_dmabuf_sort_stopped(queue, &detached);
	iio_dma_queue_end_issued(queue, &detached, -ECANCELED);

	if (queue->enabled)
		iio_dma_queue_issue(queue);
}

void iio_dma_dmabuf_stop_work(struct work_struct *work)
{
	struct iio_dma_buffer_queue *queue =
		container_of(work, struct iio_dma_buffer_queue, stop_work);
	bool cookie = dma_fence_begin_signalling();

	scoped_guard(mutex, &queue->lock)
		iio_dma_dmabuf_stop_detached(queue);
	dma_fence_end_signalling(cookie);
}

/* Withdraw a queued block. Return true if it is the running cyclic transfer. */
static bool iio_dma_dmabuf_withdraw(struct iio_dma_buffer_block *block)
{
	struct dma_transfer_fence *fence = NULL;
	bool running = false;

	scoped_guard(spinlock_irq, &block->queue->list_lock) {
		iio_dma_dmabuf_set_detached(block);
		if (block->state == IIO_BLOCK_STATE_QUEUED)
			fence = iio_dma_block_complete(block, 0, -ECANCELED);
		else if (block->state == IIO_BLOCK_STATE_ISSUED)
			running = block->cyclic;
	}
	if (fence)
		iio_dma_block_report(block, fence, -ECANCELED);

	return running;
}

static void iio_dma_dmabuf_detach(struct iio_buffer *buffer,
				  struct iio_dma_buffer_block *block, bool nonblock)
{
	struct iio_dma_buffer_queue *queue = to_queue(buffer);
	bool cookie = dma_fence_begin_signalling();

	if (!iio_dma_dmabuf_withdraw(block)) {
		/* Done, or a transfer that ends by itself */
	} else if (nonblock) {
		queue_work(iio_dma_wq, &queue->stop_work);
	} else {
		guard(mutex)(&queue->lock);
		iio_dma_dmabuf_stop_detached(queue);
	}
	dma_fence_end_signalling(cookie);
}

static void iio_dma_dmabuf_abort(struct iio_buffer *buffer)
{
	struct iio_dma_buffer_queue *queue = to_queue(buffer);
	bool cookie = dma_fence_begin_signalling();
	struct iio_dma_buffer_block *block;

	scoped_guard(mutex, &queue->lock) {
		/* All at once: nothing is to be issued again in between */
		scoped_guard(spinlock_irq, &queue->list_lock)
			list_for_each_entry(block, &queue->blocks, node)
				if (!block->fileio)
					iio_dma_dmabuf_set_detached(block);
		iio_dma_queue_end_queued(queue, -ECANCELED);
		iio_dma_dmabuf_stop_detached(queue);
	}
	dma_fence_end_signalling(cookie);
}

/* The DMABUF operations of every buffer with such a queue */
const struct iio_dmabuf_ops iio_dma_buffer_dmabuf_ops = {
	.get_dma_dev	= iio_dma_dmabuf_get_dma_dev,
	.attach		= iio_dma_dmabuf_attach,
	.release	= iio_dma_dmabuf_release,
	.lock		= iio_dma_dmabuf_lock,
	.unlock		= iio_dma_dmabuf_unlock,
	.check		= iio_dma_dmabuf_check,
	.prepare	= iio_dma_dmabuf_prepare,
	.enqueue	= iio_dma_dmabuf_enqueue,
	.poll		= iio_dma_dmabuf_poll,
	.result		= iio_dma_dmabuf_result,
	.detach		= iio_dma_dmabuf_detach,
	.abort		= iio_dma_dmabuf_abort,
};
EXPORT_SYMBOL_NS_GPL(iio_dma_buffer_dmabuf_ops, "IIO_DMA_BUFFER");

static int __init iio_dma_buffer_module_init(void)
{
	iio_dma_wq = alloc_workqueue("iio-dma", WQ_UNBOUND | WQ_MEM_RECLAIM, 0);

	return iio_dma_wq ? 0 : -ENOMEM;
}

/* Before the devices whose buffers use it, where all are built in */
subsys_initcall(iio_dma_buffer_module_init);

static void __exit iio_dma_buffer_module_exit(void)
{
	destroy_workqueue(iio_dma_wq);
}
module_exit(iio_dma_buffer_module_exit);
