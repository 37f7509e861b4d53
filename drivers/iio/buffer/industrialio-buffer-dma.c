// SPDX-License-Identifier: GPL-2.0
/*
 * The queue of blocks between an IIO buffer and a DMA controller.
 *
 * A block is with the application (DONE), waits for the buffer to be enabled
 * (QUEUED, on the incoming list), or is being transferred (ACTIVE, on the active
 * list, in the order in which the controller works). All that can go wrong with
 * a transfer goes wrong while it is prepared, before the block leaves DONE: what
 * is on a list has its resources and will be completed exactly once.
 *
 * A block owns a reference to the fence of its transfer. State and fence change
 * together under the list lock; the fence is signalled after it is dropped. A
 * DONE block whose fence is not signalled yet still counts as busy, so fences of
 * one block are signalled in the order in which they were published.
 *
 * A transfer completes in softirq and takes the list lock only. The queue's
 * mutex serialises preparing, submitting and stopping.
 */

#include <linux/cleanup.h>
#include <linux/dma-fence.h>
#include <linux/dma-mapping.h>
#include <linux/dma-vec.h>
#include <linux/export.h>
#include <linux/lcm.h>
#include <linux/module.h>
#include <linux/overflow.h>
#include <linux/poll.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include <uapi/linux/iio/buffer.h>

#include <linux/iio/buffer-dma.h>
#include <linux/iio/buffer_impl.h>

/**
 * struct iio_dma_buffer_fileio_block - a block with memory of its own
 * @block: The block
 * @vaddr: Memory, of a multiple of pages
 * @vec: The block's part of it, for the device
 * @end: The table's only end
 * @table: The table with @vec
 */
struct iio_dma_buffer_fileio_block {
	struct iio_dma_buffer_block block;
	void *vaddr;
	struct dma_vec vec;
	size_t end;
	struct dma_vec_table table;
};

static struct iio_dma_buffer_fileio_block *to_fileio(struct iio_dma_buffer_block *block)
{
	return container_of(block, struct iio_dma_buffer_fileio_block, block);
}

static struct iio_dma_buffer_queue *to_queue(struct iio_buffer *buffer)
{
	return container_of(buffer, struct iio_dma_buffer_queue, buffer);
}

static bool iio_dma_buffer_is_input(const struct iio_dma_buffer_queue *queue)
{
	return queue->buffer.direction == IIO_BUFFER_DIRECTION_IN;
}

static enum dma_data_direction
iio_dma_buffer_dir(const struct iio_dma_buffer_queue *queue)
{
	return iio_dma_buffer_is_input(queue) ? DMA_FROM_DEVICE : DMA_TO_DEVICE;
}

/*
 * Blocks on their way
 */

static void iio_dma_buffer_wake(struct iio_dma_buffer_queue *queue)
{
	wake_up_interruptible_poll(&queue->buffer.pollq,
				   iio_dma_buffer_is_input(queue) ?
				   EPOLLIN | EPOLLRDNORM :
				   EPOLLOUT | EPOLLWRNORM);
}

/* DMABUFs that poll() reports, as long as the application does nothing about it */
static void iio_dma_buffer_set_available(struct iio_dma_buffer_block *block,
					 bool available)
{
	struct iio_dma_buffer_queue *queue = block->queue;

	lockdep_assert_held(&queue->list_lock);

	if (block->fileio || block->available == available)
		return;

	block->available = available;
	queue->available += available ? block->size : -block->size;
}

/* fsync() tells about what was accepted and has not left, unless it was detached */
static void iio_dma_buffer_note_lost(struct iio_dma_buffer_block *block, int err)
{
	struct iio_dma_buffer_queue *queue = block->queue;

	lockdep_assert_held(&queue->list_lock);

	if (err && err != -ECANCELED && !block->cyclic &&
	    !iio_dma_buffer_is_input(queue))
		queue->lost = true;
}

/* The block is the application's again; its fence, if any, is to be signalled */
static struct dma_fence *
iio_dma_buffer_take(struct iio_dma_buffer_block *block, int err)
{
	lockdep_assert_held(&block->queue->list_lock);

	list_del_init(&block->head);
	block->state = IIO_BLOCK_STATE_DONE;
	block->err = err;
	iio_dma_buffer_note_lost(block, err);

	return block->fence ? dma_fence_get(block->fence) : NULL;
}

/*
 * Whoever waits on the buffer is woken when the fence is signalled: before that, the
 * block is still refused. Afterwards it may be gone, and the queue with it.
 */
static void iio_dma_buffer_signal(struct iio_dma_buffer_queue *queue,
				  struct dma_fence *fence, int err)
{
	if (!fence) {
		iio_dma_buffer_wake(queue);
		return;
	}

	iio_buffer_signal_dmabuf_done(fence, err);
	dma_fence_put(fence);
}

/*
 * The controller works in order, and a cyclic transfer that another one ended
 * does not report: what is in front of a block that does report is over too.
 */
static void iio_dma_buffer_finish_before(struct iio_dma_buffer_block *block)
{
	struct iio_dma_buffer_queue *queue = block->queue;
	struct iio_dma_buffer_block *first;
	struct dma_fence *fence;
	unsigned long flags;

	for (;;) {
		spin_lock_irqsave(&queue->list_lock, flags);
		first = list_first_entry_or_null(&queue->activeq,
						 struct iio_dma_buffer_block,
						 head);
		if (!first || first == block) {
			spin_unlock_irqrestore(&queue->list_lock, flags);
			return;
		}
		fence = iio_dma_buffer_take(first, 0);
		spin_unlock_irqrestore(&queue->list_lock, flags);

		iio_dma_buffer_signal(queue, fence, 0);
	}
}

static void iio_dma_buffer_finish(struct iio_dma_buffer_block *block,
				  size_t bytes, int err)
{
	struct iio_dma_buffer_queue *queue = block->queue;
	struct dma_fence *fence;
	unsigned long flags;

	spin_lock_irqsave(&queue->list_lock, flags);
	block->bytes_used = bytes;
	block->unread = true;
	fence = iio_dma_buffer_take(block, err);
	spin_unlock_irqrestore(&queue->list_lock, flags);

	iio_dma_buffer_signal(queue, fence, err);
}

/**
 * iio_dma_buffer_block_started() - a cyclic block's transfer is running
 * @block: The block
 *
 * Ends the cyclic block that this one replaces. May be called for every period.
 *
 * Context: Softirq or process context, not from within the submit operation.
 */
void iio_dma_buffer_block_started(struct iio_dma_buffer_block *block)
{
	bool cookie = dma_fence_begin_signalling();

	iio_dma_buffer_finish_before(block);
	dma_fence_end_signalling(cookie);
}
EXPORT_SYMBOL_NS_GPL(iio_dma_buffer_block_started, "IIO_DMA_BUFFER");

/**
 * iio_dma_buffer_block_done() - a block's transfer is over
 * @block: The block
 * @bytes: Bytes that were really transferred
 * @err: 0 or a negative error
 *
 * Context: Softirq or process context, not from within the submit operation.
 */
void iio_dma_buffer_block_done(struct iio_dma_buffer_block *block,
			       size_t bytes, int err)
{
	struct iio_dma_buffer_queue *queue = block->queue;
	bool cookie;

	cookie = dma_fence_begin_signalling();

	iio_dma_buffer_finish_before(block);
	dma_vec_sync_for_cpu(queue->dev, block->table,
			     iio_dma_buffer_dir(queue));
	iio_dma_buffer_finish(block, bytes, err);

	dma_fence_end_signalling(cookie);
}
EXPORT_SYMBOL_NS_GPL(iio_dma_buffer_block_done, "IIO_DMA_BUFFER");

/**
 * iio_dma_buffer_block_replaces_cyclic() - does it end a cyclic transfer?
 * @block: A block that is being submitted
 *
 * Context: From within the submit operation.
 * Return: true if the block before it is cyclic: its completion can be told
 *	only from this block's.
 */
bool iio_dma_buffer_block_replaces_cyclic(struct iio_dma_buffer_block *block)
{
	struct iio_dma_buffer_queue *queue = block->queue;

	guard(spinlock_irq)(&queue->list_lock);

	return block->head.prev != &queue->activeq &&
	       list_prev_entry(block, head)->cyclic;
}
EXPORT_SYMBOL_NS_GPL(iio_dma_buffer_block_replaces_cyclic, "IIO_DMA_BUFFER");

static struct iio_dma_buffer_block *
iio_dma_buffer_next_incoming(struct iio_dma_buffer_queue *queue)
{
	struct iio_dma_buffer_block *block;

	guard(spinlock_irq)(&queue->list_lock);

	block = list_first_entry_or_null(&queue->incoming,
					 struct iio_dma_buffer_block, head);
	if (block) {
		list_move_tail(&block->head, &queue->activeq);
		block->state = IIO_BLOCK_STATE_ACTIVE;
	}

	return block;
}

/* Give the controller all that waits */
static void iio_dma_buffer_issue(struct iio_dma_buffer_queue *queue)
{
	struct iio_dma_buffer_block *block;
	int ret;

	lockdep_assert_held(&queue->lock);

	while ((block = iio_dma_buffer_next_incoming(queue))) {
		dma_vec_sync_for_device(queue->dev, block->table,
					iio_dma_buffer_dir(queue));
		ret = queue->ops->submit(queue, block);
		if (ret)
			iio_dma_buffer_finish(block, 0, ret);
	}
}

static void iio_dma_buffer_put_incoming(struct iio_dma_buffer_block *block)
{
	struct iio_dma_buffer_queue *queue = block->queue;

	guard(spinlock_irq)(&queue->list_lock);

	block->state = IIO_BLOCK_STATE_QUEUED;
	block->sequence = ++queue->sequence;
	block->unread = false;
	list_add_tail(&block->head, &queue->incoming);
}

/*
 * Ending transfers early
 */

static void iio_dma_buffer_end_list(struct iio_dma_buffer_queue *queue,
				    struct list_head *list, int err)
{
	struct iio_dma_buffer_block *block;
	struct dma_fence *fence;
	bool cookie;

	cookie = dma_fence_begin_signalling();

	do {
		fence = NULL;
		spin_lock_irq(&queue->list_lock);
		block = list_first_entry_or_null(list, struct iio_dma_buffer_block,
						 head);
		if (block) {
			block->bytes_used = 0;
			fence = iio_dma_buffer_take(block, err);
		}
		spin_unlock_irq(&queue->list_lock);
		if (block)
			iio_dma_buffer_signal(queue, fence, err);
	} while (block);

	dma_fence_end_signalling(cookie);
}

static bool iio_dma_buffer_has_cancelled(struct iio_dma_buffer_queue *queue)
{
	struct iio_dma_buffer_block *block;

	guard(spinlock_irq)(&queue->list_lock);

	list_for_each_entry(block, &queue->activeq, head)
		if (block->cancelled)
			return true;

	return false;
}

/* What was stopped without being cancelled goes back to where it came from */
static void iio_dma_buffer_split_stopped(struct iio_dma_buffer_queue *queue,
					 struct list_head *cancelled)
{
	struct iio_dma_buffer_block *block, *tmp;

	guard(spinlock_irq)(&queue->list_lock);

	list_for_each_entry_safe(block, tmp, &queue->activeq, head) {
		if (block->cancelled)
			list_move_tail(&block->head, cancelled);
		else
			block->state = IIO_BLOCK_STATE_QUEUED;
	}
	list_splice_init(&queue->activeq, &queue->incoming);
}

/*
 * The controller can end all transfers or none. Stop it, end those that nobody
 * wants any more, and issue the others again in their order.
 */
static void iio_dma_buffer_stop_cancelled(struct iio_dma_buffer_queue *queue)
{
	LIST_HEAD(cancelled);

	lockdep_assert_held(&queue->lock);

	if (!queue->ops || !iio_dma_buffer_has_cancelled(queue))
		return;

	queue->ops->stop(queue);
	iio_dma_buffer_split_stopped(queue, &cancelled);
	iio_dma_buffer_end_list(queue, &cancelled, -ECANCELED);

	if (queue->active)
		iio_dma_buffer_issue(queue);
}

static void iio_dma_buffer_stop_work(struct work_struct *work)
{
	struct iio_dma_buffer_queue *queue =
		container_of(work, struct iio_dma_buffer_queue, stop_work);

	guard(mutex)(&queue->lock);

	iio_dma_buffer_stop_cancelled(queue);
}

/*
 * DMABUF mode
 */

static struct device *iio_dma_buffer_get_dma_dev(struct iio_buffer *buffer)
{
	return to_queue(buffer)->dev;
}

static int iio_dma_buffer_lock(struct iio_buffer *buffer, bool nonblock)
{
	struct iio_dma_buffer_queue *queue = to_queue(buffer);

	if (nonblock)
		return mutex_trylock(&queue->lock) ? 0 : -EBUSY;

	mutex_lock(&queue->lock);
	return 0;
}

static void iio_dma_buffer_unlock(struct iio_buffer *buffer)
{
	mutex_unlock(&to_queue(buffer)->lock);
}

static void iio_dma_buffer_init_block(struct iio_dma_buffer_queue *queue,
				      struct iio_dma_buffer_block *block,
				      struct dma_vec_table *table)
{
	lockdep_assert_held(&queue->lock);

	INIT_LIST_HEAD(&block->head);
	list_add_tail(&block->node, &queue->blocks);
	block->queue = queue;
	block->table = table;
	block->size = table->orig_len;
	block->state = IIO_BLOCK_STATE_DONE;
}

static void iio_dma_buffer_exit_block(struct iio_dma_buffer_block *block)
{
	lockdep_assert_held(&block->queue->lock);

	if (block->queue->ops)
		block->queue->ops->forget(block->queue, block);
	list_del(&block->node);
}

/* What write() has put in its block, and nobody has sent, is not going to be */
static void iio_dma_buffer_fileio_drop(struct iio_dma_buffer_queue *queue)
{
	struct iio_dma_buffer_block *block = queue->fileio.active_block;

	lockdep_assert_held(&queue->fileio.lock);

	queue->fileio.active_block = NULL;
	if (!block || !queue->fileio.pos)
		return;

	guard(spinlock_irq)(&queue->list_lock);
	iio_dma_buffer_note_lost(block, -EINTR);
}

static void iio_dma_buffer_fileio_free_block(struct iio_dma_buffer_fileio_block *fb)
{
	struct iio_dma_buffer_block *block = &fb->block;

	dma_vec_table_free(&fb->table);
	dma_free_coherent(block->queue->dev, PAGE_ALIGN(block->size), fb->vaddr,
			  fb->vec.addr);
	kfree(fb);
}

static void iio_dma_buffer_fileio_free(struct iio_dma_buffer_queue *queue)
{
	struct iio_dma_buffer_block *block;
	unsigned int i;

	lockdep_assert_held(&queue->fileio.lock);
	lockdep_assert_held(&queue->lock);

	iio_dma_buffer_fileio_drop(queue);
	for (i = 0; i < ARRAY_SIZE(queue->fileio.blocks); i++) {
		spin_lock_irq(&queue->list_lock);
		block = queue->fileio.blocks[i];
		queue->fileio.blocks[i] = NULL;
		if (block)
			list_del_init(&block->head);
		spin_unlock_irq(&queue->list_lock);

		if (!block)
			continue;

		iio_dma_buffer_exit_block(block);
		iio_dma_buffer_fileio_free_block(to_fileio(block));
	}
}

/* Both locks: for what changes the mode */
static int iio_dma_buffer_lock_fileio(struct iio_dma_buffer_queue *queue,
				      bool nonblock)
{
	int ret;

	if (!nonblock)
		mutex_lock(&queue->fileio.lock);
	else if (!mutex_trylock(&queue->fileio.lock))
		return -EBUSY;

	ret = iio_dma_buffer_lock(&queue->buffer, nonblock);
	if (ret)
		mutex_unlock(&queue->fileio.lock);

	return ret;
}

static void iio_dma_buffer_unlock_fileio(struct iio_dma_buffer_queue *queue)
{
	mutex_unlock(&queue->lock);
	mutex_unlock(&queue->fileio.lock);
}

/*
 * read() and write() wait for one of their blocks. The size of a DMABUF is not
 * known here: poll() reports each.
 */
static void iio_dma_buffer_update_watermark(struct iio_dma_buffer_queue *queue)
{
	struct iio_buffer *buffer = &queue->buffer;

	lockdep_assert_held(&queue->lock);

	WRITE_ONCE(buffer->watermark, queue->num_dmabufs ? 1 : buffer->length / 2);
}

static struct iio_dma_buffer_block *
iio_dma_buffer_attach_dmabuf(struct iio_buffer *buffer,
			     struct dma_vec_table *table, bool nonblock)
{
	struct iio_dma_buffer_queue *queue = to_queue(buffer);
	struct iio_dma_buffer_block *block;
	int ret;

	block = kzalloc_obj(*block, GFP_KERNEL_ACCOUNT);
	if (!block)
		return ERR_PTR(-ENOMEM);

	ret = iio_dma_buffer_lock_fileio(queue, nonblock);
	if (ret)
		goto err_free;

	if (!queue->ops || queue->fileio.enabled) {
		ret = queue->ops ? -EBUSY : -ENODEV;
		goto err_unlock;
	}

	/* What read() has not fetched is given up: the application moved on */
	iio_dma_buffer_fileio_free(queue);
	iio_dma_buffer_init_block(queue, block, table);
	queue->num_dmabufs++;
	iio_dma_buffer_update_watermark(queue);
	if (!iio_dma_buffer_is_input(queue)) {
		guard(spinlock_irq)(&queue->list_lock);
		iio_dma_buffer_set_available(block, true);
	}
	if (queue->ops->attach)
		queue->ops->attach(queue, block);

	iio_dma_buffer_unlock_fileio(queue);

	return block;

err_unlock:
	iio_dma_buffer_unlock_fileio(queue);
err_free:
	kfree(block);
	return ERR_PTR(ret);
}

static void iio_dma_buffer_release_dmabuf(struct iio_buffer *buffer,
					  struct iio_dma_buffer_block *block)
{
	struct iio_dma_buffer_queue *queue = to_queue(buffer);

	scoped_guard(mutex, &queue->lock)
		iio_dma_buffer_exit_block(block);

	dma_fence_put(block->fence);
	kfree(block);
}

static bool iio_dma_buffer_pending(struct iio_dma_buffer_block *block)
{
	lockdep_assert_held(&block->queue->list_lock);

	if (block->state != IIO_BLOCK_STATE_DONE)
		return true;

	return block->fence &&
	       !test_bit(DMA_FENCE_FLAG_SIGNALED_BIT, &block->fence->flags);
}

static bool iio_dma_buffer_block_busy(struct iio_dma_buffer_block *block)
{
	guard(spinlock_irq)(&block->queue->list_lock);

	return iio_dma_buffer_pending(block);
}

static int iio_dma_buffer_check_dmabuf(struct iio_buffer *buffer,
				       struct iio_dma_buffer_block *block,
				       size_t bytes_used)
{
	struct iio_dma_buffer_queue *queue = to_queue(buffer);

	if (iio_dma_buffer_block_busy(block))
		return -EBUSY;

	if (bytes_used > block->size || bytes_used % queue->align)
		return -EINVAL;

	/* Known from the first time on that the buffer is enabled */
	if (buffer->bytes_per_datum && bytes_used % buffer->bytes_per_datum)
		return -EINVAL;

	return 0;
}

/* It may have been enqueued again by now */
static void iio_dma_buffer_signalled_dmabuf(struct iio_buffer *buffer,
					    struct iio_dma_buffer_block *block)
{
	struct iio_dma_buffer_queue *queue = to_queue(buffer);

	scoped_guard(spinlock_irqsave, &queue->list_lock)
		if (!block->cancelled && !iio_dma_buffer_pending(block))
			iio_dma_buffer_set_available(block, true);
	iio_dma_buffer_wake(queue);
}

static void iio_dma_buffer_status_dmabuf(struct iio_buffer *buffer,
					 struct iio_dma_buffer_block *block,
					 struct iio_dmabuf_status *status)
{
	guard(spinlock_irq)(&to_queue(buffer)->list_lock);

	status->sequence = block->sequence;
	if (!block->sequence)
		return;

	if (iio_dma_buffer_pending(block)) {
		status->flags = IIO_BUFFER_DMABUF_STATUS_PENDING;
		return;
	}

	status->error = block->err;
	status->bytes_transferred = block->bytes_used;
}

static int iio_dma_buffer_prepare(struct iio_dma_buffer_block *block,
				  size_t bytes_used, bool cyclic)
{
	struct iio_dma_buffer_queue *queue = block->queue;
	int ret;

	ret = queue->ops->prepare(queue, block, bytes_used, cyclic);
	if (ret)
		return ret;

	block->bytes_used = bytes_used;
	block->cyclic = cyclic;

	return 0;
}

static int iio_dma_buffer_prepare_dmabuf(struct iio_buffer *buffer,
					 struct iio_dma_buffer_block *block,
					 size_t bytes_used, bool cyclic)
{
	int ret;

	if (!to_queue(buffer)->ops)
		return -ENODEV;

	if (block->cancelled)
		return -EPERM;

	ret = iio_dma_buffer_check_dmabuf(buffer, block, bytes_used);
	if (ret)
		return ret;

	return iio_dma_buffer_prepare(block, bytes_used, cyclic);
}

static void iio_dma_buffer_enqueue_dmabuf(struct iio_buffer *buffer,
					  struct iio_dma_buffer_block *block,
					  struct dma_fence *fence)
{
	struct iio_dma_buffer_queue *queue = to_queue(buffer);
	struct dma_fence *old;

	spin_lock_irq(&queue->list_lock);
	old = block->fence;
	block->fence = fence;
	block->state = IIO_BLOCK_STATE_QUEUED;
	block->sequence = ++queue->sequence;
	iio_dma_buffer_set_available(block, false);
	list_add_tail(&block->head, &queue->incoming);
	spin_unlock_irq(&queue->list_lock);

	dma_fence_put(old);
	if (queue->active)
		iio_dma_buffer_issue(queue);
}

static int iio_dma_buffer_report_lost(struct iio_dma_buffer_queue *queue)
{
	int ret;

	guard(spinlock_irq)(&queue->list_lock);

	ret = queue->lost ? -EIO : 0;
	queue->lost = false;

	return ret;
}

/* For good: no further transfer is prepared */
static void iio_dma_buffer_set_cancelled(struct iio_dma_buffer_block *block)
{
	struct iio_dma_buffer_queue *queue = block->queue;

	lockdep_assert_held(&queue->lock);

	if (block->cancelled)
		return;

	spin_lock_irq(&queue->list_lock);
	block->cancelled = true;
	iio_dma_buffer_set_available(block, false);
	spin_unlock_irq(&queue->list_lock);

	queue->num_dmabufs--;
	iio_dma_buffer_update_watermark(queue);
}

static int iio_dma_buffer_cancel_dmabuf(struct iio_buffer *buffer,
					struct iio_dma_buffer_block *block,
					bool nonblock)
{
	struct iio_dma_buffer_queue *queue = to_queue(buffer);
	struct dma_fence *fence = NULL;
	bool cookie, stop;
	int ret;

	ret = iio_dma_buffer_lock(buffer, nonblock);
	if (ret)
		return ret;

	iio_dma_buffer_set_cancelled(block);

	cookie = dma_fence_begin_signalling();
	spin_lock_irq(&queue->list_lock);
	if (block->state == IIO_BLOCK_STATE_QUEUED)
		fence = iio_dma_buffer_take(block, -ECANCELED);
	stop = block->state == IIO_BLOCK_STATE_ACTIVE && block->cyclic;
	spin_unlock_irq(&queue->list_lock);
	iio_dma_buffer_signal(queue, fence, -ECANCELED);
	dma_fence_end_signalling(cookie);

	if (stop && nonblock)
		schedule_work(&queue->stop_work);
	else if (stop)
		iio_dma_buffer_stop_cancelled(queue);

	mutex_unlock(&queue->lock);

	return 0;
}

static void iio_dma_buffer_abort_dmabufs(struct iio_buffer *buffer)
{
	struct iio_dma_buffer_queue *queue = to_queue(buffer);
	struct iio_dma_buffer_block *block;

	guard(mutex)(&queue->lock);

	/* All at once: nothing is to be issued again in between */
	list_for_each_entry(block, &queue->blocks, node)
		if (!block->fileio)
			iio_dma_buffer_set_cancelled(block);

	iio_dma_buffer_end_list(queue, &queue->incoming, -ECANCELED);
	iio_dma_buffer_stop_cancelled(queue);

	/* The next one to open the buffer has lost nothing */
	iio_dma_buffer_report_lost(queue);
}

/* The DMABUF operations of every buffer with such a queue */
const struct iio_dmabuf_ops iio_dma_buffer_dmabuf_ops = {
	.get_dma_dev	= iio_dma_buffer_get_dma_dev,
	.attach		= iio_dma_buffer_attach_dmabuf,
	.release	= iio_dma_buffer_release_dmabuf,
	.lock		= iio_dma_buffer_lock,
	.unlock		= iio_dma_buffer_unlock,
	.check		= iio_dma_buffer_check_dmabuf,
	.prepare	= iio_dma_buffer_prepare_dmabuf,
	.enqueue	= iio_dma_buffer_enqueue_dmabuf,
	.signalled	= iio_dma_buffer_signalled_dmabuf,
	.status		= iio_dma_buffer_status_dmabuf,
	.cancel		= iio_dma_buffer_cancel_dmabuf,
	.abort		= iio_dma_buffer_abort_dmabufs,
};
EXPORT_SYMBOL_NS_GPL(iio_dma_buffer_dmabuf_ops, "IIO_DMA_BUFFER");

/*
 * read() and write(): two blocks, one with the application, one with the DMA
 */

static size_t iio_dma_buffer_fileio_size(struct iio_dma_buffer_queue *queue)
{
	size_t bpd = max_t(size_t, queue->buffer.bytes_per_datum, 1);
	size_t step = lcm(queue->align, bpd);
	size_t size = size_mul(bpd, queue->buffer.length);

	size = min(size / 2 + size % 2, queue->max_size);

	return max(rounddown(size, step), step);
}

static struct iio_dma_buffer_block *
iio_dma_buffer_fileio_alloc_block(struct iio_dma_buffer_queue *queue, size_t size)
{
	struct iio_dma_buffer_fileio_block *fb;
	int ret;

	fb = kzalloc_obj(*fb);
	if (!fb)
		return ERR_PTR(-ENOMEM);

	/* The size is up to user space: failing is no news for the log */
	fb->vaddr = dma_alloc_coherent(queue->dev, PAGE_ALIGN(size), &fb->vec.addr,
				       GFP_KERNEL | __GFP_NOWARN);
	if (!fb->vaddr) {
		kfree(fb);
		return ERR_PTR(-ENOMEM);
	}

	fb->vec.len = size;
	ret = dma_vec_table_init(&fb->table, &fb->vec, &fb->end, 1);
	if (ret) {
		dma_free_coherent(queue->dev, PAGE_ALIGN(size), fb->vaddr, fb->vec.addr);
		kfree(fb);
		return ERR_PTR(ret);
	}
	fb->block.fileio = true;
	iio_dma_buffer_init_block(queue, &fb->block, &fb->table);

	return &fb->block;
}

static int iio_dma_buffer_fileio_alloc(struct iio_dma_buffer_queue *queue)
{
	size_t size = iio_dma_buffer_fileio_size(queue);
	struct iio_dma_buffer_block *block;
	unsigned int i;

	if (queue->fileio.blocks[0] && queue->fileio.blocks[0]->size == size)
		return 0;

	iio_dma_buffer_fileio_free(queue);
	for (i = 0; i < ARRAY_SIZE(queue->fileio.blocks); i++) {
		block = iio_dma_buffer_fileio_alloc_block(queue, size);
		if (IS_ERR(block)) {
			iio_dma_buffer_fileio_free(queue);
			return PTR_ERR(block);
		}
		spin_lock_irq(&queue->list_lock);
		queue->fileio.blocks[i] = block;
		spin_unlock_irq(&queue->list_lock);
	}

	return 0;
}

/* What an earlier run left behind is nobody's */
static void iio_dma_buffer_fileio_reset(struct iio_dma_buffer_queue *queue)
{
	struct iio_dma_buffer_block *block;
	unsigned int i;

	iio_dma_buffer_fileio_drop(queue);

	guard(spinlock_irq)(&queue->list_lock);

	for (i = 0; i < ARRAY_SIZE(queue->fileio.blocks); i++) {
		block = queue->fileio.blocks[i];
		iio_dma_buffer_take(block, 0);
		block->bytes_used = 0;
		block->unread = false;
	}
	queue->fileio.next_dequeue = 0;
	queue->fileio.pos = 0;
}

/**
 * iio_dma_buffer_request_update() - request_update operation
 * @buffer: The buffer
 *
 * Context: The buffer is disabled, and about to be enabled.
 * Return: 0 or -ENOMEM.
 */
int iio_dma_buffer_request_update(struct iio_buffer *buffer)
{
	struct iio_dma_buffer_queue *queue = to_queue(buffer);
	int ret;

	guard(mutex)(&queue->fileio.lock);
	guard(mutex)(&queue->lock);

	if (queue->num_dmabufs)
		return 0;

	ret = iio_dma_buffer_fileio_alloc(queue);
	if (!ret)
		iio_dma_buffer_fileio_reset(queue);

	return ret;
}
EXPORT_SYMBOL_NS_GPL(iio_dma_buffer_request_update, "IIO_DMA_BUFFER");

static int iio_dma_buffer_fileio_start(struct iio_dma_buffer_queue *queue)
{
	struct iio_dma_buffer_block *block;
	unsigned int i;
	int ret;

	/* DMABUFs may have been attached and detached since request_update */
	ret = iio_dma_buffer_fileio_alloc(queue);
	if (ret)
		return ret;
	iio_dma_buffer_fileio_reset(queue);

	for (i = 0; i < ARRAY_SIZE(queue->fileio.blocks); i++) {
		block = queue->fileio.blocks[i];
		ret = iio_dma_buffer_prepare(block, block->size, false);
		if (ret)
			return ret;
	}

	for (i = 0; i < ARRAY_SIZE(queue->fileio.blocks); i++)
		if (iio_dma_buffer_is_input(queue))
			iio_dma_buffer_put_incoming(queue->fileio.blocks[i]);

	WRITE_ONCE(queue->fileio.enabled, true);

	return 0;
}

/**
 * iio_dma_buffer_enable() - enable operation
 * @buffer: The buffer
 * @indio_dev: The device, which is about to start sampling
 *
 * Starts what is queued. With a DMABUF attached the buffer is in DMABUF mode
 * until it is disabled, otherwise it is read()'s or write()'s.
 *
 * Context: Process context.
 * Return: 0, -ENODEV if the DMA controller is gone, -ENOMEM, or whatever the
 *	controller thinks of the size of the blocks.
 */
int iio_dma_buffer_enable(struct iio_buffer *buffer, struct iio_dev *indio_dev)
{
	struct iio_dma_buffer_queue *queue = to_queue(buffer);
	int ret;

	guard(mutex)(&queue->fileio.lock);
	guard(mutex)(&queue->lock);

	if (!queue->ops)
		return -ENODEV;

	if (!queue->num_dmabufs) {
		ret = iio_dma_buffer_fileio_start(queue);
		if (ret)
			return ret;
	}

	queue->active = true;
	iio_dma_buffer_issue(queue);

	return 0;
}
EXPORT_SYMBOL_NS_GPL(iio_dma_buffer_enable, "IIO_DMA_BUFFER");

/**
 * iio_dma_buffer_disable() - disable operation
 * @buffer: The buffer
 * @indio_dev: The device, which stops sampling
 *
 * Whatever is being transferred ends at once; fences get -EINTR. So does what
 * waits, when the buffer could not be enabled. What read() has not fetched yet
 * can still be.
 *
 * Context: Process context.
 * Return: 0.
 */
int iio_dma_buffer_disable(struct iio_buffer *buffer, struct iio_dev *indio_dev)
{
	struct iio_dma_buffer_queue *queue = to_queue(buffer);

	guard(mutex)(&queue->lock);

	queue->active = false;
	WRITE_ONCE(queue->fileio.enabled, false);
	if (queue->ops)
		queue->ops->stop(queue);
	iio_dma_buffer_end_list(queue, &queue->activeq, -EINTR);
	iio_dma_buffer_end_list(queue, &queue->incoming, -EINTR);
	iio_dma_buffer_wake(queue);

	return 0;
}
EXPORT_SYMBOL_NS_GPL(iio_dma_buffer_disable, "IIO_DMA_BUFFER");

/*
 * Is there something for the application in this block? What a disabled output
 * took would have nowhere to go.
 */
static bool iio_dma_buffer_fileio_ready(struct iio_dma_buffer_block *block)
{
	if (!block || block->state != IIO_BLOCK_STATE_DONE)
		return false;

	if (iio_dma_buffer_is_input(block->queue))
		return block->unread;

	return READ_ONCE(block->queue->fileio.enabled);
}

static struct iio_dma_buffer_block *
iio_dma_buffer_fileio_next(struct iio_dma_buffer_queue *queue)
{
	struct iio_dma_buffer_queue_fileio *fileio = &queue->fileio;
	struct iio_dma_buffer_block *block = fileio->active_block;

	guard(spinlock_irq)(&queue->list_lock);

	if (block)
		return iio_dma_buffer_fileio_ready(block) ? block : NULL;

	block = fileio->blocks[fileio->next_dequeue];
	if (!iio_dma_buffer_fileio_ready(block))
		return NULL;

	fileio->next_dequeue = (fileio->next_dequeue + 1) %
			       ARRAY_SIZE(fileio->blocks);
	fileio->active_block = block;
	fileio->pos = 0;

	return block;
}

static size_t iio_dma_buffer_fileio_end(struct iio_dma_buffer_block *block)
{
	return iio_dma_buffer_is_input(block->queue) ? block->bytes_used :
						       block->size;
}

/*
 * Disabled meanwhile: an input block gets queued with the next enable, an output
 * block stays with the application, and fsync() will tell.
 */
static void iio_dma_buffer_fileio_keep(struct iio_dma_buffer_block *block)
{
	struct iio_dma_buffer_queue *queue = block->queue;

	if (!iio_dma_buffer_is_input(queue))
		return;

	scoped_guard(spinlock_irq, &queue->list_lock)
		block->unread = false;
	queue->fileio.active_block = NULL;
}

/*
 * The application is through with its block. If it cannot be prepared just now
 * it stays where it is, and the next read() or write() tries again.
 */
static int iio_dma_buffer_fileio_requeue(struct iio_dma_buffer_block *block,
					 size_t bytes)
{
	struct iio_dma_buffer_queue *queue = block->queue;
	int ret;

	guard(mutex)(&queue->lock);

	if (!queue->ops)
		return -ENODEV;

	if (!queue->active) {
		iio_dma_buffer_fileio_keep(block);
		return 0;
	}

	ret = iio_dma_buffer_prepare(block, bytes, false);
	if (ret)
		return ret;

	queue->fileio.active_block = NULL;
	iio_dma_buffer_put_incoming(block);
	if (queue->active)
		iio_dma_buffer_issue(queue);

	return 0;
}

/*
 * How the block's last transfer ended, which is told once. What an output block had
 * is lost, even if it could be sent now: others have overtaken it.
 */
static int iio_dma_buffer_fileio_error(struct iio_dma_buffer_block *block)
{
	int err = block->err;
	int ret;

	if (iio_dma_buffer_is_input(block->queue)) {
		ret = iio_dma_buffer_fileio_requeue(block, block->size);
		return ret ?: err;
	}

	scoped_guard(spinlock_irq, &block->queue->list_lock)
		block->err = 0;

	return err;
}

static int iio_dma_buffer_fileio_copy(struct iio_dma_buffer_block *block,
				      char __user *to, const char __user *from,
				      size_t n)
{
	void *addr = to_fileio(block)->vaddr + block->queue->fileio.pos;
	unsigned long left;

	if (to)
		left = copy_to_user(to, addr, n);
	else
		left = copy_from_user(addr, from, n);

	return left ? -EFAULT : 0;
}

/* 0 means that there is nothing to read, or no room to write */
static int iio_dma_buffer_fileio(struct iio_buffer *buffer, size_t n,
				 char __user *to, const char __user *from)
{
	struct iio_dma_buffer_queue *queue = to_queue(buffer);
	struct iio_dma_buffer_block *block;
	int ret;

	if (!buffer->bytes_per_datum || n < buffer->bytes_per_datum)
		return -EINVAL;

	guard(mutex)(&queue->fileio.lock);

	block = iio_dma_buffer_fileio_next(queue);
	if (!block)
		return 0;

	if (block->err)
		return iio_dma_buffer_fileio_error(block);

	if (queue->fileio.pos == iio_dma_buffer_fileio_end(block))
		return iio_dma_buffer_fileio_requeue(block, block->size);

	n = min(rounddown(n, buffer->bytes_per_datum),
		iio_dma_buffer_fileio_end(block) - queue->fileio.pos);
	n = min_t(size_t, n, INT_MAX);

	ret = iio_dma_buffer_fileio_copy(block, to, from, n);
	if (ret)
		return ret;

	queue->fileio.pos += n;
	if (queue->fileio.pos == iio_dma_buffer_fileio_end(block))
		iio_dma_buffer_fileio_requeue(block, block->size);

	return n;
}

/**
 * iio_dma_buffer_read() - read operation
 * @buffer: The buffer
 * @n: Bytes that the application wants
 * @user_buffer: Where to
 *
 * Context: Process context, may fault.
 * Return: Bytes copied, 0 if there are none yet, -EINVAL for less than a datum,
 *	-EFAULT, or the error that a transfer ended with.
 */
int iio_dma_buffer_read(struct iio_buffer *buffer, size_t n,
			char __user *user_buffer)
{
	return iio_dma_buffer_fileio(buffer, n, user_buffer, NULL);
}
EXPORT_SYMBOL_NS_GPL(iio_dma_buffer_read, "IIO_DMA_BUFFER");

/**
 * iio_dma_buffer_write() - write operation
 * @buffer: The buffer
 * @n: Bytes that the application has
 * @user_buffer: Where
 *
 * A block is transferred when it is full.
 *
 * Context: Process context, may fault.
 * Return: Bytes taken, 0 if there is no room yet, -EINVAL for less than a datum,
 *	-EFAULT, or the error that a transfer ended with.
 */
int iio_dma_buffer_write(struct iio_buffer *buffer, size_t n,
			 const char __user *user_buffer)
{
	return iio_dma_buffer_fileio(buffer, n, NULL, user_buffer);
}
EXPORT_SYMBOL_NS_GPL(iio_dma_buffer_write, "IIO_DMA_BUFFER");

/*
 * To the length that the controller takes, with the last datum: no new value. Once
 * the buffer is disabled the block is not sent, and what is a datum may change.
 */
static size_t iio_dma_buffer_fileio_pad(struct iio_dma_buffer_block *block,
					size_t bytes)
{
	struct iio_dma_buffer_queue *queue = block->queue;
	void *vaddr = to_fileio(block)->vaddr;
	size_t bpd, end;

	guard(mutex)(&queue->lock);

	if (!queue->active)
		return bytes;

	bpd = queue->buffer.bytes_per_datum;
	end = roundup(bytes, lcm(queue->align, bpd));
	for (; bytes < end; bytes += bpd)
		memcpy(vaddr + bytes, vaddr + bytes - bpd, bpd);

	return end;
}

/* Send what there is of a block */
static int iio_dma_buffer_fileio_flush(struct iio_dma_buffer_queue *queue)
{
	struct iio_dma_buffer_block *block = queue->fileio.active_block;
	size_t pos = queue->fileio.pos;
	int ret;

	lockdep_assert_held(&queue->fileio.lock);

	if (!block || !pos)
		return 0;

	ret = iio_dma_buffer_fileio_requeue(block,
					    iio_dma_buffer_fileio_pad(block, pos));

	/* If the buffer is disabled, perhaps just now, the block is still here */
	if (!ret)
		iio_dma_buffer_fileio_drop(queue);

	return ret;
}

/* A cyclic transfer is never over, so nobody waits for one */
static bool iio_dma_buffer_has_left(struct iio_dma_buffer_queue *queue,
				    u64 sequence)
{
	struct iio_dma_buffer_block *block;

	guard(spinlock_irq)(&queue->list_lock);

	list_for_each_entry(block, &queue->activeq, head)
		if (!block->cyclic && block->sequence <= sequence)
			return false;
	list_for_each_entry(block, &queue->incoming, head)
		if (!block->cyclic && block->sequence <= sequence)
			return false;

	return true;
}

static int iio_dma_buffer_last_sequence(struct iio_dma_buffer_queue *queue,
					u64 *sequence)
{
	guard(mutex)(&queue->lock);

	*sequence = queue->sequence;
	if (queue->active || iio_dma_buffer_has_left(queue, *sequence))
		return 0;

	return -EAGAIN;
}

/**
 * iio_dma_buffer_fsync() - fsync operation
 * @buffer: An output buffer
 *
 * Sends what write() has put in a block that is not full, and waits until
 * everything that was written or enqueued has left through the controller. A
 * part of a block is filled up to what the controller takes with copies of the
 * last datum.
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
		ret = iio_dma_buffer_fileio_flush(queue);
	if (ret)
		return ret;

	ret = iio_dma_buffer_last_sequence(queue, &sequence);
	if (ret)
		return ret;

	ret = wait_event_interruptible(buffer->pollq,
				       iio_dma_buffer_has_left(queue, sequence));

	return ret ?: iio_dma_buffer_report_lost(queue);
}
EXPORT_SYMBOL_NS_GPL(iio_dma_buffer_fsync, "IIO_DMA_BUFFER");

/**
 * iio_dma_buffer_usage() - data_available and space_available operation
 * @buffer: The buffer
 *
 * Counts whole blocks, whatever is in them: less than the watermark would never
 * become more while the application has not fetched it. DMABUFs count as soon as
 * their transfer is over, however it ended, until they are enqueued again or
 * detached; those of an output buffer from ATTACH on.
 *
 * Context: Any.
 * Return: Bytes in blocks that are the application's to read or write.
 */
size_t iio_dma_buffer_usage(struct iio_buffer *buffer)
{
	struct iio_dma_buffer_queue_fileio *fileio = &to_queue(buffer)->fileio;
	struct iio_dma_buffer_block *block;
	size_t usage = 0;
	unsigned int i;

	guard(spinlock_irqsave)(&to_queue(buffer)->list_lock);

	/* In the order in which they are fetched: one that waits blocks the rest */
	i = fileio->active_block ? fileio->next_dequeue + 1 : fileio->next_dequeue;
	for (unsigned int n = 0; n < ARRAY_SIZE(fileio->blocks); n++, i++) {
		block = fileio->blocks[i % ARRAY_SIZE(fileio->blocks)];
		if (!iio_dma_buffer_fileio_ready(block))
			break;
		usage += block->size;
	}

	return usage + to_queue(buffer)->available;
}
EXPORT_SYMBOL_NS_GPL(iio_dma_buffer_usage, "IIO_DMA_BUFFER");

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
	struct iio_dma_buffer_queue *queue = to_queue(buffer);

	guard(mutex)(&queue->lock);

	buffer->length = max(length, 2U);
	iio_dma_buffer_update_watermark(queue);

	return 0;
}
EXPORT_SYMBOL_NS_GPL(iio_dma_buffer_set_length, "IIO_DMA_BUFFER");

/*
 * The queue as a whole
 */

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
	mutex_init(&queue->fileio.lock);
	spin_lock_init(&queue->list_lock);
	INIT_LIST_HEAD(&queue->incoming);
	INIT_LIST_HEAD(&queue->activeq);
	INIT_LIST_HEAD(&queue->blocks);
	INIT_WORK(&queue->stop_work, iio_dma_buffer_stop_work);
	iio_dma_buffer_set_length(&queue->buffer, PAGE_SIZE);

	return 0;
}
EXPORT_SYMBOL_NS_GPL(iio_dma_buffer_init, "IIO_DMA_BUFFER");

/**
 * iio_dma_buffer_exit() - the DMA controller goes away
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

	guard(mutex)(&queue->fileio.lock);
	guard(mutex)(&queue->lock);

	queue->active = false;
	WRITE_ONCE(queue->fileio.enabled, false);
	queue->ops->stop(queue);
	iio_dma_buffer_end_list(queue, &queue->activeq, -ENODEV);
	iio_dma_buffer_end_list(queue, &queue->incoming, -ENODEV);

	iio_dma_buffer_fileio_free(queue);
	list_for_each_entry(block, &queue->blocks, node)
		queue->ops->forget(queue, block);
	queue->ops = NULL;
}
EXPORT_SYMBOL_NS_GPL(iio_dma_buffer_exit, "IIO_DMA_BUFFER");

/**
 * iio_dma_buffer_release() - the last reference to the buffer is gone
 * @queue: The queue
 *
 * Context: May sleep.
 */
void iio_dma_buffer_release(struct iio_dma_buffer_queue *queue)
{
	cancel_work_sync(&queue->stop_work);
	mutex_destroy(&queue->fileio.lock);
	mutex_destroy(&queue->lock);
	put_device(queue->dev);
}
EXPORT_SYMBOL_NS_GPL(iio_dma_buffer_release, "IIO_DMA_BUFFER");

MODULE_DESCRIPTION("DMA buffer for the IIO framework");
MODULE_LICENSE("GPL");
MODULE_IMPORT_NS("DMA_BUF");
