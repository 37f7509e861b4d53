// SPDX-License-Identifier: GPL-2.0
/*
 * The queue of blocks, with a DMA controller that does what the test says: each
 * way in, and each way out, of a block and its fence.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <kunit/device.h>
#include <kunit/test.h>
#include <kunit/visibility.h>

#include <linux/dma-fence.h>
#include <linux/dma-mapping.h>
#include <linux/dma-transfer-fence.h>
#include <linux/dma-vec-table.h>
#include <linux/io.h>
#include <linux/kthread.h>
#include <linux/poll.h>
#include <linux/rcupdate.h>
#include <linux/sizes.h>
#include <linux/string.h>

#include <uapi/linux/iio/buffer.h>

#include <linux/iio/buffer-dma.h>
#include <linux/iio/buffer_impl.h>

#include "industrialio-dmabuf.h"

#define MAX_BLOCKS	4
#define FAKE_BLOCK	SZ_64K
#define ALIGNMENT	8

struct fake_block {
	struct iio_dma_buffer_block *block;
	struct dma_vec_map map;
	struct dma_vec vec;
	size_t end;
	struct dma_transfer_fence *fence;	/* the last one, with a reference */
	struct dma_fence_cb cb;
};

struct fake {
	struct kunit *test;
	struct iio_dma_buffer_queue queue;
	struct dma_transfer_timeline timeline;
	struct fake_block blocks[MAX_BLOCKS];

	/* What the controller was asked for */
	struct iio_dma_buffer_block *submitted[16];
	unsigned int num_submitted;
	unsigned int num_stops;
	unsigned int num_forgotten;
	unsigned int num_attached;
	bool running;
	bool work_ran;

	struct completion locked;
	struct completion unlock;

	/* What it answers */
	int prepare_ret;
	int submit_ret;

	/* The fences that were signalled, in order */
	struct dma_transfer_fence *signalled[16];
	unsigned int num_signalled;
	bool signalled_while_running;

};

static struct fake *to_fake(struct iio_dma_buffer_queue *queue)
{
	return container_of(queue, struct fake, queue);
}

static void fake_attached(struct iio_dma_buffer_queue *queue,
			  struct iio_dma_buffer_block *block)
{
	to_fake(queue)->num_attached++;
}

static int fake_prepare(struct iio_dma_buffer_queue *queue,
			struct iio_dma_buffer_block *block, size_t bytes_used,
			bool cyclic)
{
	return to_fake(queue)->prepare_ret ?:
	       dma_vec_table_truncate(block->table, bytes_used);
}

static int fake_submit(struct iio_dma_buffer_queue *queue,
		       struct iio_dma_buffer_block *block)
{
	struct fake *fake = to_fake(queue);

	if (fake->submit_ret)
		return fake->submit_ret;

	KUNIT_ASSERT_LT(fake->test, fake->num_submitted,
			ARRAY_SIZE(fake->submitted));
	fake->submitted[fake->num_submitted++] = block;
	fake->running = true;

	return 0;
}

static void fake_stop(struct iio_dma_buffer_queue *queue)
{
	to_fake(queue)->num_stops++;
	to_fake(queue)->running = false;
}

static void fake_forget(struct iio_dma_buffer_queue *queue,
			struct iio_dma_buffer_block *block)
{
	to_fake(queue)->num_forgotten++;
}

static const struct iio_dma_buffer_ops fake_ops = {
	.attach = fake_attached,
	.prepare = fake_prepare,
	.submit = fake_submit,
	.stop = fake_stop,
	.forget = fake_forget,
};

static const struct iio_dmabuf_ops *const ops = &iio_dma_buffer_dmabuf_ops;

static struct iio_buffer *fake_buffer(struct fake *fake)
{
	return &fake->queue.buffer;
}

/* Called when a block's fence is signalled, by the one who does it */
static void fake_signalled(struct dma_fence *fence, struct dma_fence_cb *cb)
{
	struct fake_block *fb = container_of(cb, struct fake_block, cb);
	struct fake *fake = to_fake(fb->block->queue);

	KUNIT_ASSERT_LT(fake->test, fake->num_signalled,
			ARRAY_SIZE(fake->signalled));
	fake->signalled[fake->num_signalled++] = to_dma_transfer_fence(fence);
	fake->signalled_while_running |= fake->running;

	/* poll() does not offer what would be refused */
	KUNIT_EXPECT_FALSE(fake->test, fb->block->available);
}

static void fake_attach(struct fake *fake, unsigned int i)
{
	struct fake_block *fb = &fake->blocks[i];

	fb->vec.addr = SZ_1M * (i + 1);
	fb->vec.len = FAKE_BLOCK;
	KUNIT_ASSERT_EQ(fake->test,
			dma_vec_table_init(&fb->map.table, &fb->vec, &fb->end, 1), 0);

	fb->block = ops->attach(fake_buffer(fake), &fb->map, false);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(fake->test, fb->block);
}

static struct dma_transfer_fence *fake_fence(struct fake *fake)
{
	struct dma_transfer_fence *fence = dma_transfer_fence_alloc(GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(fake->test, fence);

	return fence;
}

static void fake_publish(struct fake *fake, struct fake_block *fb,
			 struct dma_transfer_fence *fence, size_t bytes, bool cyclic)
{
	dma_transfer_fence_init(fence, &fake->timeline, NULL);
	if (fb->fence)
		dma_fence_put(&fb->fence->base);
	dma_fence_get(&fence->base);
	fb->fence = fence;
	dma_fence_add_callback(&fence->base, &fb->cb, fake_signalled);
	ops->enqueue(fake_buffer(fake), fb->block, fence, bytes, cyclic);
}

static int fake_enqueue(struct fake *fake, unsigned int i, size_t bytes,
			bool cyclic)
{
	struct fake_block *fb = &fake->blocks[i];
	struct dma_transfer_fence *fence;
	bool cookie;
	int ret;

	ret = ops->check(fake_buffer(fake), fb->block, bytes);
	if (ret)
		return ret;

	/* As everything that may sleep, before the queue is locked */
	fence = fake_fence(fake);
	cookie = dma_fence_begin_signalling();
	ops->lock(fake_buffer(fake), false);
	ret = ops->prepare(fake_buffer(fake), fb->block, bytes, cyclic);
	if (!ret)
		fake_publish(fake, fb, fence, bytes, cyclic);
	else
		dma_transfer_fence_free(fence);
	ops->unlock(fake_buffer(fake));
	dma_fence_end_signalling(cookie);

	return ret;
}

static void fake_enable(struct fake *fake)
{
	KUNIT_ASSERT_EQ(fake->test,
			iio_dma_buffer_enable(fake_buffer(fake), NULL), 0);
}

static void fake_detach(struct fake *fake, unsigned int i)
{
	struct fake_block *fb = &fake->blocks[i];

	ops->detach(fake_buffer(fake), fb->block, false);
}

/* As the core does it when the last reference is gone */
static void fake_release(struct fake *fake, unsigned int i)
{
	struct fake_block *fb = &fake->blocks[i];

	ops->release(fake_buffer(fake), fb->block);
	fb->block = NULL;
}

static int fake_status(struct fake *fake, unsigned int i)
{
	return dma_fence_get_status(&fake->blocks[i].fence->base);
}

static void fake_done(struct fake *fake, unsigned int i)
{
	iio_dma_buffer_block_done(fake->blocks[i].block, FAKE_BLOCK, 0);
}

static void expect_submitted(struct fake *fake, unsigned int nth, unsigned int i)
{
	KUNIT_ASSERT_GT(fake->test, fake->num_submitted, nth);
	KUNIT_EXPECT_PTR_EQ(fake->test, fake->submitted[nth],
			    fake->blocks[i].block);
}

static int fake_setup(struct kunit *test, enum iio_buffer_direction dir)
{
	static const struct iio_buffer_access_funcs access;
	struct fake *fake;
	struct device *dev;

	fake = kunit_kzalloc(test, sizeof(*fake), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, fake);
	dev = kunit_device_register(test, "fake-dma");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, dev);
	KUNIT_ASSERT_EQ(test, dma_coerce_mask_and_coherent(dev, DMA_BIT_MASK(64)), 0);

	fake->test = test;
	dma_transfer_timeline_init(&fake->timeline);
	fake->queue.align = ALIGNMENT;
	fake->queue.max_size = SZ_1M;
	iio_dma_buffer_init(&fake->queue, dev, &fake_ops);
	fake_buffer(fake)->access = &access;
	fake_buffer(fake)->direction = dir;
	fake_buffer(fake)->bytes_per_datum = 4;
	test->priv = fake;

	return 0;
}

static int fake_setup_in(struct kunit *test)
{
	return fake_setup(test, IIO_BUFFER_DIRECTION_IN);
}

static int fake_setup_out(struct kunit *test)
{
	return fake_setup(test, IIO_BUFFER_DIRECTION_OUT);
}

static void fake_teardown(struct kunit *test)
{
	struct fake *fake = test->priv;
	unsigned int i;

	if (fake->queue.ops)
		iio_dma_buffer_exit(&fake->queue);

	for (i = 0; i < MAX_BLOCKS; i++) {
		if (fake->blocks[i].block)
			fake_release(fake, i);
		if (!fake->blocks[i].fence)
			continue;
		KUNIT_EXPECT_NE_MSG(test, fake_status(fake, i), 0,
				    "fence of block %u never signalled", i);
		dma_fence_put(&fake->blocks[i].fence->base);
	}
	KUNIT_EXPECT_TRUE(test, list_empty(&fake->queue.blocks));
	iio_dma_buffer_release(&fake->queue);
	rcu_barrier();
}

static void blocks_run_in_order(struct kunit *test)
{
	struct fake *fake = test->priv;
	unsigned int i;

	for (i = 0; i < 3; i++)
		fake_attach(fake, i);
	KUNIT_EXPECT_EQ(test, fake->num_attached, 3);
	KUNIT_EXPECT_EQ(test, fake_enqueue(fake, 1, FAKE_BLOCK, false), 0);
	KUNIT_EXPECT_EQ(test, fake_enqueue(fake, 0, FAKE_BLOCK, false), 0);
	KUNIT_EXPECT_EQ(test, fake->num_submitted, 0);

	fake_enable(fake);
	KUNIT_EXPECT_EQ(test, fake_enqueue(fake, 2, FAKE_BLOCK, false), 0);
	KUNIT_EXPECT_EQ(test, fake->num_submitted, 3);
	expect_submitted(fake, 0, 1);
	expect_submitted(fake, 1, 0);
	expect_submitted(fake, 2, 2);

	for (i = 0; i < 3; i++)
		KUNIT_EXPECT_EQ(test, fake_status(fake, i), 0);
	fake_done(fake, 1);
	KUNIT_EXPECT_EQ(test, fake_status(fake, 1), 1);
	KUNIT_EXPECT_EQ(test, fake_status(fake, 0), 0);
	fake_done(fake, 0);
	fake_done(fake, 2);
	KUNIT_EXPECT_EQ(test, fake->num_signalled, 3);

	/* And again */
	KUNIT_EXPECT_EQ(test, fake_enqueue(fake, 1, FAKE_BLOCK, false), 0);
	fake_done(fake, 1);
	KUNIT_EXPECT_EQ(test, fake_status(fake, 1), 1);
}

/* A refused enqueue of a block that is queued or running leaves it alone */
static void busy_block_is_refused(struct kunit *test)
{
	struct fake *fake = test->priv;
	struct dma_fence *fence;

	fake_attach(fake, 0);
	KUNIT_ASSERT_EQ(test, fake_enqueue(fake, 0, FAKE_BLOCK, false), 0);
	fence = &fake->blocks[0].fence->base;

	KUNIT_EXPECT_EQ(test, fake_enqueue(fake, 0, FAKE_BLOCK, false), -EBUSY);
	fake_enable(fake);
	KUNIT_EXPECT_EQ(test, fake_enqueue(fake, 0, FAKE_BLOCK, false), -EBUSY);

	ops->lock(fake_buffer(fake), false);
	KUNIT_EXPECT_EQ(test, ops->prepare(fake_buffer(fake),
					   fake->blocks[0].block, FAKE_BLOCK,
					   false), -EBUSY);
	ops->unlock(fake_buffer(fake));

	/* Still owned by the block: one reference there, one here */
	KUNIT_EXPECT_EQ(test, kref_read(&fence->refcount), 2);
	KUNIT_EXPECT_EQ(test, fake->num_submitted, 1);
	KUNIT_EXPECT_EQ(test, fake_status(fake, 0), 0);
	fake_done(fake, 0);
	KUNIT_EXPECT_EQ(test, fake_status(fake, 0), 1);
}

/* A block is free only when everybody can see that its transfer is over */
static void unsignalled_block_is_busy(struct kunit *test)
{
	struct fake *fake = test->priv;
	struct iio_dma_buffer_block *block;

	fake_attach(fake, 0);
	fake_enable(fake);
	KUNIT_ASSERT_EQ(test, fake_enqueue(fake, 0, FAKE_BLOCK, false), 0);
	block = fake->blocks[0].block;

	/* As between the list lock and the fence on another CPU */
	spin_lock_irq(&fake->queue.list_lock);
	list_del_init(&block->head);
	block->state = IIO_BLOCK_STATE_DONE;
	spin_unlock_irq(&fake->queue.list_lock);

	KUNIT_EXPECT_EQ(test, ops->check(fake_buffer(fake), block, FAKE_BLOCK),
			-EBUSY);
	dma_transfer_fence_signal(fake->blocks[0].fence, 0);
	KUNIT_EXPECT_EQ(test, ops->check(fake_buffer(fake), block, FAKE_BLOCK), 0);
}

struct length_case {
	size_t bytes;
	int ret;
};

static const struct length_case length_cases[] = {
	{ ALIGNMENT, 0 },
	{ FAKE_BLOCK, 0 },
	{ FAKE_BLOCK + ALIGNMENT, -EINVAL },
	{ 3, -EINVAL },
	{ 4, -EINVAL },
	{ FAKE_BLOCK - 4, -EINVAL },
};

static void length_case_name(const struct length_case *c, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%zu bytes", c->bytes);
}

KUNIT_ARRAY_PARAM(length, length_cases, length_case_name);

static void length_is_checked(struct kunit *test)
{
	const struct length_case *c = test->param_value;
	struct fake *fake = test->priv;

	fake_attach(fake, 0);
	fake_enable(fake);
	KUNIT_EXPECT_EQ(test, fake_enqueue(fake, 0, c->bytes, false), c->ret);
	KUNIT_EXPECT_EQ(test, fake->num_submitted, c->ret ? 0 : 1);
}

/* The errno comes back at once, and the block is as good as before */
static void failed_prepare_has_no_effect(struct kunit *test)
{
	struct fake *fake = test->priv;

	fake_attach(fake, 0);
	fake_enable(fake);

	fake->prepare_ret = -ENOMEM;
	KUNIT_EXPECT_EQ(test, fake_enqueue(fake, 0, FAKE_BLOCK, false), -ENOMEM);
	KUNIT_EXPECT_EQ(test, fake->num_submitted, 0);
	KUNIT_EXPECT_EQ(test, fake->num_signalled, 0);

	fake->prepare_ret = 0;
	KUNIT_EXPECT_EQ(test, fake_enqueue(fake, 0, FAKE_BLOCK, false), 0);
	KUNIT_EXPECT_EQ(test, fake->num_submitted, 1);
	fake_done(fake, 0);
}

/* The controller may refuse what it prepared: the fence says so */
static void failed_submit_signals_error(struct kunit *test)
{
	struct fake *fake = test->priv;

	fake_attach(fake, 0);
	fake_enable(fake);

	fake->submit_ret = -EIO;
	KUNIT_EXPECT_EQ(test, fake_enqueue(fake, 0, FAKE_BLOCK, false), 0);
	KUNIT_EXPECT_EQ(test, fake_status(fake, 0), -EIO);

	fake->submit_ret = 0;
	KUNIT_EXPECT_EQ(test, fake_enqueue(fake, 0, FAKE_BLOCK, false), 0);
	fake_done(fake, 0);
	KUNIT_EXPECT_EQ(test, fake_status(fake, 0), 1);
}

/* What runs in front of it goes on */
static void failed_submit_ends_one_block(struct kunit *test)
{
	struct fake *fake = test->priv;

	fake_attach(fake, 0);
	fake_attach(fake, 1);
	fake_enable(fake);
	KUNIT_ASSERT_EQ(test, fake_enqueue(fake, 0, FAKE_BLOCK, false), 0);

	fake->submit_ret = -EIO;
	KUNIT_ASSERT_EQ(test, fake_enqueue(fake, 1, FAKE_BLOCK, false), 0);
	KUNIT_EXPECT_EQ(test, fake_status(fake, 1), -EIO);
	KUNIT_EXPECT_EQ(test, fake_status(fake, 0), 0);

	fake_done(fake, 0);
	KUNIT_EXPECT_EQ(test, fake_status(fake, 0), 1);
}

static void transfer_error_reaches_fence(struct kunit *test)
{
	struct fake *fake = test->priv;

	fake_attach(fake, 0);
	fake_enable(fake);
	KUNIT_ASSERT_EQ(test, fake_enqueue(fake, 0, FAKE_BLOCK, false), 0);
	iio_dma_buffer_block_done(fake->blocks[0].block, 0, -EIO);
	KUNIT_EXPECT_EQ(test, fake_status(fake, 0), -EIO);
}

/* Another attachment must not lose what is already queued */
static void attach_keeps_queued_blocks(struct kunit *test)
{
	struct fake *fake = test->priv;

	fake_attach(fake, 0);
	KUNIT_ASSERT_EQ(test, fake_enqueue(fake, 0, FAKE_BLOCK, false), 0);
	fake_attach(fake, 1);
	fake_enable(fake);
	expect_submitted(fake, 0, 0);
	fake_done(fake, 0);
	KUNIT_EXPECT_EQ(test, fake_status(fake, 0), 1);
}

static void detach_withdraws_queued(struct kunit *test)
{
	struct fake *fake = test->priv;

	fake_attach(fake, 0);
	fake_attach(fake, 1);
	KUNIT_ASSERT_EQ(test, fake_enqueue(fake, 0, FAKE_BLOCK, false), 0);
	KUNIT_ASSERT_EQ(test, fake_enqueue(fake, 1, FAKE_BLOCK, false), 0);

	fake_detach(fake, 0);
	KUNIT_EXPECT_EQ(test, fake_status(fake, 0), -ECANCELED);
	KUNIT_EXPECT_EQ(test, fake_status(fake, 1), 0);
	KUNIT_EXPECT_EQ(test, fake->num_stops, 0);

	/* Whoever found the block before it was detached comes too late */
	KUNIT_EXPECT_EQ(test, fake_enqueue(fake, 0, FAKE_BLOCK, false), -EPERM);

	fake_release(fake, 0);
	fake_enable(fake);
	KUNIT_EXPECT_EQ(test, fake->num_submitted, 1);
	expect_submitted(fake, 0, 1);
}

static void detach_lets_running_block_finish(struct kunit *test)
{
	struct fake *fake = test->priv;

	fake_attach(fake, 0);
	fake_enable(fake);
	KUNIT_ASSERT_EQ(test, fake_enqueue(fake, 0, FAKE_BLOCK, false), 0);

	fake_detach(fake, 0);
	KUNIT_EXPECT_EQ(test, fake_status(fake, 0), 0);
	KUNIT_EXPECT_EQ(test, fake->num_stops, 0);

	fake_done(fake, 0);
	KUNIT_EXPECT_EQ(test, fake_status(fake, 0), 1);
}

static void detach_stops_cyclic(struct kunit *test)
{
	struct fake *fake = test->priv;
	unsigned int i;

	for (i = 0; i < 3; i++)
		fake_attach(fake, i);
	fake_enable(fake);
	KUNIT_ASSERT_EQ(test, fake_enqueue(fake, 0, FAKE_BLOCK, true), 0);
	KUNIT_ASSERT_EQ(test, fake_enqueue(fake, 2, FAKE_BLOCK, false), 0);
	KUNIT_ASSERT_EQ(test, fake_enqueue(fake, 1, FAKE_BLOCK, false), 0);

	fake_detach(fake, 0);
	KUNIT_EXPECT_EQ(test, fake->num_stops, 1);
	KUNIT_EXPECT_EQ(test, fake_status(fake, 0), -ECANCELED);
	KUNIT_EXPECT_FALSE(test, fake->signalled_while_running);

	/* Those behind it start again, in their order */
	KUNIT_EXPECT_EQ(test, fake->num_submitted, 5);
	expect_submitted(fake, 3, 2);
	expect_submitted(fake, 4, 1);
	fake_done(fake, 2);
	fake_done(fake, 1);
	KUNIT_EXPECT_EQ(test, fake_status(fake, 2), 1);
	KUNIT_EXPECT_EQ(test, fake_status(fake, 1), 1);
}

static int fake_hold_lock(void *data)
{
	struct fake *fake = data;

	ops->lock(fake_buffer(fake), false);
	complete(&fake->locked);
	wait_for_completion(&fake->unlock);
	ops->unlock(fake_buffer(fake));

	return 0;
}

/* Another thread prepares a transfer, or does something else that is short */
static void short_section_does_not_refuse(struct kunit *test)
{
	struct fake *fake = test->priv;
	struct task_struct *task;

	init_completion(&fake->locked);
	init_completion(&fake->unlock);
	fake_attach(fake, 0);
	KUNIT_ASSERT_EQ(test, fake_enqueue(fake, 0, FAKE_BLOCK, false), 0);

	task = kthread_run(fake_hold_lock, fake, "fake-lock");
	KUNIT_ASSERT_FALSE(test, IS_ERR(task));
	get_task_struct(task);
	wait_for_completion(&fake->locked);

	/* Detaching does not need the lock at all */
	ops->detach(fake_buffer(fake), fake->blocks[0].block, true);
	KUNIT_EXPECT_EQ(test, fake_status(fake, 0), -ECANCELED);

	/* Waiting for the hardware is what takes long */
	WRITE_ONCE(fake->queue.stopping, true);
	KUNIT_EXPECT_EQ(test, ops->lock(fake_buffer(fake), true), -EAGAIN);
	WRITE_ONCE(fake->queue.stopping, false);

	complete(&fake->unlock);
	KUNIT_EXPECT_EQ(test, ops->lock(fake_buffer(fake), true), 0);
	ops->unlock(fake_buffer(fake));
	kthread_stop(task);
	put_task_struct(task);
}

/* A DETACH in another thread comes between preparing and queueing */
static void detach_races_with_enqueue(struct kunit *test)
{
	struct fake *fake = test->priv;
	struct fake_block *fb = &fake->blocks[0];
	struct dma_transfer_fence *fence;
	bool cookie;

	fake_attach(fake, 0);
	fake_enable(fake);
	fence = fake_fence(fake);

	cookie = dma_fence_begin_signalling();
	ops->lock(fake_buffer(fake), false);
	KUNIT_ASSERT_EQ(test, ops->prepare(fake_buffer(fake), fb->block,
					   FAKE_BLOCK, false), 0);
	ops->detach(fake_buffer(fake), fb->block, true);
	fake_publish(fake, fb, fence, FAKE_BLOCK, false);
	ops->unlock(fake_buffer(fake));
	dma_fence_end_signalling(cookie);

	KUNIT_EXPECT_EQ(test, fake_status(fake, 0), -ECANCELED);
	KUNIT_EXPECT_EQ(test, fake->num_submitted, 0);
	KUNIT_EXPECT_EQ(test, ops->poll(fake_buffer(fake)), 0);
}

/* Stubs are for the test's own thread, so it does what the worker would */
static void fake_stop_work(struct work_struct *work)
{
	container_of(work, struct fake, queue.stop_work)->work_ran = true;
}

static void nonblocking_detach_stops_cyclic_later(struct kunit *test)
{
	struct fake *fake = test->priv;
	struct work_struct *work = &fake->queue.stop_work;
	work_func_t stop = work->func;

	work->func = fake_stop_work;
	fake_attach(fake, 0);
	fake_enable(fake);
	KUNIT_ASSERT_EQ(test, fake_enqueue(fake, 0, FAKE_BLOCK, true), 0);

	ops->detach(fake_buffer(fake), fake->blocks[0].block, true);
	flush_work(work);
	KUNIT_EXPECT_TRUE(test, fake->work_ran);
	KUNIT_EXPECT_EQ(test, fake_status(fake, 0), 0);

	stop(work);
	KUNIT_EXPECT_EQ(test, fake->num_stops, 1);
	KUNIT_EXPECT_EQ(test, fake_status(fake, 0), -ECANCELED);
}

/* close(): everything is detached first, then ended once the hardware is quiet */
static void close_ends_everything(struct kunit *test)
{
	struct fake *fake = test->priv;
	unsigned int i;

	for (i = 0; i < 3; i++)
		fake_attach(fake, i);
	fake_enable(fake);
	KUNIT_ASSERT_EQ(test, fake_enqueue(fake, 0, FAKE_BLOCK, false), 0);
	KUNIT_ASSERT_EQ(test, fake_enqueue(fake, 1, FAKE_BLOCK, true), 0);
	KUNIT_ASSERT_EQ(test, fake_enqueue(fake, 2, FAKE_BLOCK, false), 0);

	ops->abort(fake_buffer(fake));

	for (i = 0; i < 3; i++)
		KUNIT_EXPECT_EQ(test, fake_status(fake, i), -ECANCELED);
	/* Nothing ran in between */
	KUNIT_EXPECT_EQ(test, fake->num_submitted, 3);
	KUNIT_EXPECT_EQ(test, fake->num_stops, 1);
	KUNIT_EXPECT_FALSE(test, fake->running);
	KUNIT_EXPECT_FALSE(test, fake->signalled_while_running);
}

static void disable_ends_running(struct kunit *test)
{
	struct fake *fake = test->priv;

	fake_attach(fake, 0);
	fake_attach(fake, 1);
	fake_enable(fake);
	KUNIT_ASSERT_EQ(test, fake_enqueue(fake, 0, FAKE_BLOCK, false), 0);
	KUNIT_ASSERT_EQ(test, fake_enqueue(fake, 1, FAKE_BLOCK, true), 0);

	iio_dma_buffer_disable(fake_buffer(fake), NULL);
	KUNIT_EXPECT_EQ(test, fake_status(fake, 0), -EINTR);
	KUNIT_EXPECT_EQ(test, fake_status(fake, 1), -EINTR);
	KUNIT_EXPECT_FALSE(test, fake->signalled_while_running);

	/* And the same blocks serve again */
	fake_enable(fake);
	KUNIT_EXPECT_EQ(test, fake_enqueue(fake, 0, FAKE_BLOCK, false), 0);
	fake_done(fake, 0);
	KUNIT_EXPECT_EQ(test, fake_status(fake, 0), 1);
}

/* As the core does it when the device could not be enabled */
static void failed_enable_ends_queued(struct kunit *test)
{
	struct fake *fake = test->priv;

	fake_attach(fake, 0);
	KUNIT_ASSERT_EQ(test, fake_enqueue(fake, 0, FAKE_BLOCK, false), 0);
	iio_dma_buffer_disable(fake_buffer(fake), NULL);
	KUNIT_EXPECT_EQ(test, fake_status(fake, 0), -EINTR);
	fake_enable(fake);
	KUNIT_EXPECT_EQ(test, fake->num_submitted, 0);
}

static void unbind_ends_queued_and_running(struct kunit *test)
{
	struct fake *fake = test->priv;

	fake_attach(fake, 0);
	fake_attach(fake, 1);
	fake_enable(fake);
	KUNIT_ASSERT_EQ(test, fake_enqueue(fake, 0, FAKE_BLOCK, false), 0);
	iio_dma_buffer_disable(fake_buffer(fake), NULL);
	KUNIT_ASSERT_EQ(test, fake_enqueue(fake, 0, FAKE_BLOCK, false), 0);
	KUNIT_ASSERT_EQ(test, fake_enqueue(fake, 1, FAKE_BLOCK, false), 0);

	iio_dma_buffer_exit(&fake->queue);
	KUNIT_EXPECT_EQ(test, fake_status(fake, 0), -ENODEV);
	KUNIT_EXPECT_EQ(test, fake_status(fake, 1), -ENODEV);
	KUNIT_EXPECT_EQ(test, fake->num_forgotten, 2);

	KUNIT_EXPECT_EQ(test, fake_enqueue(fake, 0, FAKE_BLOCK, false), -ENODEV);
	KUNIT_EXPECT_EQ(test, iio_dma_buffer_enable(fake_buffer(fake), NULL),
			-ENODEV);
	/* close() after unbind finds nothing to stop */
	fake_detach(fake, 0);
	ops->abort(fake_buffer(fake));
}

/* A cyclic transfer that another one ended does not report */
static void replaced_cyclic_is_done(struct kunit *test)
{
	struct fake *fake = test->priv;

	fake_attach(fake, 0);
	fake_attach(fake, 1);
	fake_enable(fake);
	KUNIT_ASSERT_EQ(test, fake_enqueue(fake, 0, FAKE_BLOCK, true), 0);
	KUNIT_ASSERT_EQ(test, fake_enqueue(fake, 1, FAKE_BLOCK, false), 0);
	KUNIT_EXPECT_EQ(test, fake_status(fake, 0), 0);

	fake_done(fake, 1);
	KUNIT_EXPECT_EQ(test, fake_status(fake, 0), 1);
	KUNIT_EXPECT_EQ(test, fake_status(fake, 1), 1);
	KUNIT_ASSERT_EQ(test, fake->num_signalled, 2);
	KUNIT_EXPECT_PTR_EQ(test, fake->signalled[0], fake->blocks[0].fence);

	/* cyclic, one-shot, cyclic: no state is left behind */
	KUNIT_EXPECT_EQ(test, fake_enqueue(fake, 0, FAKE_BLOCK, true), 0);
	KUNIT_EXPECT_EQ(test, fake->num_submitted, 3);
}

static void cyclic_replaces_cyclic(struct kunit *test)
{
	struct fake *fake = test->priv;

	fake_attach(fake, 0);
	fake_attach(fake, 1);
	fake_enable(fake);
	KUNIT_ASSERT_EQ(test, fake_enqueue(fake, 0, FAKE_BLOCK, true), 0);
	KUNIT_ASSERT_EQ(test, fake_enqueue(fake, 1, FAKE_BLOCK, true), 0);

	iio_dma_buffer_block_started(fake->blocks[1].block);
	iio_dma_buffer_block_started(fake->blocks[1].block);
	KUNIT_EXPECT_EQ(test, fake_status(fake, 0), 1);
	KUNIT_EXPECT_EQ(test, fake_status(fake, 1), 0);
	KUNIT_EXPECT_EQ(test, fake->num_signalled, 1);
}

/* While read() and write() are in use there is no DMABUF, and vice versa */
static void fileio_and_dmabuf_exclude_each_other(struct kunit *test)
{
	struct fake *fake = test->priv;
	struct fake_block *fb = &fake->blocks[0];

	KUNIT_ASSERT_EQ(test, iio_dma_buffer_request_update(fake_buffer(fake)), 0);
	fake_enable(fake);
	fb->vec.addr = SZ_1M;
	fb->vec.len = FAKE_BLOCK;
	KUNIT_ASSERT_EQ(test, dma_vec_table_init(&fb->map.table, &fb->vec, &fb->end, 1), 0);
	KUNIT_EXPECT_PTR_EQ(test, ops->attach(fake_buffer(fake), &fb->map, false),
			    ERR_PTR(-EBUSY));

	iio_dma_buffer_disable(fake_buffer(fake), NULL);
	fake_attach(fake, 0);
	KUNIT_EXPECT_EQ(test, iio_dma_buffer_usage(fake_buffer(fake)), 0);

	/* Nothing to read, and nothing to fall over */
	KUNIT_EXPECT_EQ(test, iio_dma_buffer_read(fake_buffer(fake), 64, NULL), 0);
	fake_enable(fake);
	KUNIT_EXPECT_EQ(test, iio_dma_buffer_read(fake_buffer(fake), 64, NULL), 0);
}

/* The mode follows a DETACH at once */
static void detach_gives_fileio_back(struct kunit *test)
{
	struct fake *fake = test->priv;

	fake_attach(fake, 0);
	KUNIT_ASSERT_EQ(test, iio_dma_buffer_request_update(fake_buffer(fake)), 0);
	fake_detach(fake, 0);
	fake_enable(fake);
	/* Both blocks of read() are running */
	KUNIT_EXPECT_EQ(test, fake->num_submitted, 2);
}

/* An enable that fails leaves no mode behind */
static void failed_enable_leaves_no_mode(struct kunit *test)
{
	struct fake *fake = test->priv;

	KUNIT_ASSERT_EQ(test, iio_dma_buffer_request_update(fake_buffer(fake)), 0);
	fake->prepare_ret = -EINVAL;
	KUNIT_EXPECT_EQ(test, iio_dma_buffer_enable(fake_buffer(fake), NULL), -EINVAL);
	fake->prepare_ret = 0;
	fake_attach(fake, 0);
}

static void fileio_reports_transfer_error(struct kunit *test)
{
	struct fake *fake = test->priv;

	KUNIT_ASSERT_EQ(test, iio_dma_buffer_request_update(fake_buffer(fake)), 0);
	fake_enable(fake);
	KUNIT_ASSERT_EQ(test, fake->num_submitted, 2);

	iio_dma_buffer_block_done(fake->submitted[0], 0, -EIO);
	KUNIT_EXPECT_EQ(test, iio_dma_buffer_read(fake_buffer(fake), 64, NULL), -EIO);
	/* And the block is on its way again */
	KUNIT_EXPECT_EQ(test, fake->num_submitted, 3);
	KUNIT_EXPECT_EQ(test, iio_dma_buffer_read(fake_buffer(fake), 64, NULL), 0);
}

/* What was lost is not sent again behind what was written after it */
static void write_reports_transfer_error(struct kunit *test)
{
	struct fake *fake = test->priv;
	struct iio_dma_buffer_queue_fileio *fileio = &fake->queue.fileio;

	KUNIT_ASSERT_EQ(test, iio_dma_buffer_request_update(fake_buffer(fake)), 0);
	fake_enable(fake);

	/* Both blocks are full; no write() gets as far as copying */
	fileio->blocks[1]->state = IIO_BLOCK_STATE_ISSUED;
	fileio->current_block = fileio->blocks[0];
	fileio->next = 1;
	fileio->pos = fileio->blocks[0]->size;
	KUNIT_EXPECT_EQ(test, iio_dma_buffer_write(fake_buffer(fake), 64, NULL), 0);
	fileio->blocks[1]->state = IIO_BLOCK_STATE_DONE;
	fileio->current_block = fileio->blocks[1];
	fileio->next = 0;
	fileio->pos = fileio->blocks[1]->size;
	KUNIT_EXPECT_EQ(test, iio_dma_buffer_write(fake_buffer(fake), 64, NULL), 0);
	KUNIT_ASSERT_EQ(test, fake->num_submitted, 2);

	KUNIT_EXPECT_EQ(test, iio_dma_buffer_write_error(fake_buffer(fake), true), 0);
	iio_dma_buffer_block_done(fake->submitted[0], 0, -EINTR);

	/* EINTR would mean a signal. It is told once, by whom it is told to. */
	KUNIT_EXPECT_EQ(test, iio_dma_buffer_write_error(fake_buffer(fake), false), -EIO);
	KUNIT_EXPECT_EQ(test, iio_dma_buffer_write_error(fake_buffer(fake), true), -EIO);
	KUNIT_EXPECT_EQ(test, iio_dma_buffer_write_error(fake_buffer(fake), true), 0);
	KUNIT_EXPECT_EQ(test, fake->num_submitted, 2);

	/* The block is there to be filled, from its beginning */
	KUNIT_EXPECT_EQ(test, iio_dma_buffer_usage(fake_buffer(fake)),
			fileio->blocks[0]->size);
	KUNIT_EXPECT_EQ(test, fileio->pos, 0);
}

/* What a disabled buffer has is not padded: its datum may be the next run's by now */
static void fsync_of_disabled_does_not_pad(struct kunit *test)
{
	struct fake *fake = test->priv;
	struct iio_dma_buffer_queue_fileio *fileio = &fake->queue.fileio;
	struct iio_dma_buffer_block *block;
	void *vaddr;

	KUNIT_ASSERT_EQ(test, iio_dma_buffer_request_update(fake_buffer(fake)), 0);
	fake_enable(fake);
	block = fileio->blocks[0];
	KUNIT_ASSERT_GE(test, block->size, SZ_8K);
	vaddr = phys_to_virt(block->table->vecs[0].addr);
	memset(vaddr, 0, SZ_4K);
	memset(vaddr + SZ_4K, 0xff, SZ_4K);
	fileio->current_block = block;
	fileio->pos = SZ_4K;
	iio_dma_buffer_disable(fake_buffer(fake), NULL);
	fake_buffer(fake)->bytes_per_datum = 48;

	KUNIT_EXPECT_EQ(test, iio_dma_buffer_fsync(fake_buffer(fake)), -EIO);
	KUNIT_EXPECT_PTR_EQ(test, memchr_inv(vaddr + SZ_4K, 0xff, SZ_4K), NULL);
	KUNIT_EXPECT_EQ(test, fake->num_submitted, 0);
}

/* A transfer of nothing is not waited for, and does not hold up the next one */
static void empty_transfer_is_passed_over(struct kunit *test)
{
	struct fake *fake = test->priv;

	KUNIT_ASSERT_EQ(test, iio_dma_buffer_request_update(fake_buffer(fake)), 0);
	fake_enable(fake);
	KUNIT_ASSERT_EQ(test, fake->num_submitted, 2);

	iio_dma_buffer_block_done(fake->submitted[0], 0, 0);
	KUNIT_EXPECT_GT(test, iio_dma_buffer_usage(fake_buffer(fake)), 0);
	KUNIT_EXPECT_EQ(test, iio_dma_buffer_read(fake_buffer(fake), 64, NULL), 0);
	KUNIT_EXPECT_EQ(test, fake->num_submitted, 3);
	KUNIT_EXPECT_EQ(test, iio_dma_buffer_usage(fake_buffer(fake)), 0);
}

/* Ready is what can be fetched next, not what is behind it */
static void usage_follows_order(struct kunit *test)
{
	struct fake *fake = test->priv;

	fake_attach(fake, 0);
	KUNIT_ASSERT_EQ(test, iio_dma_buffer_request_update(fake_buffer(fake)), 0);
	fake_detach(fake, 0);
	fake->queue.fileio.next = 1;
	fake_enable(fake);
	KUNIT_ASSERT_EQ(test, fake->num_submitted, 2);

	iio_dma_buffer_block_done(fake->submitted[0], SZ_4K, 0);
	KUNIT_EXPECT_EQ(test, iio_dma_buffer_usage(fake_buffer(fake)),
			fake->submitted[0]->size);
	KUNIT_EXPECT_PTR_EQ(test, fake->queue.fileio.blocks[fake->queue.fileio.next],
			    fake->submitted[0]);
}

static struct iio_dmabuf_result result_of(struct fake *fake, unsigned int i)
{
	return ops->result(fake_buffer(fake), fake->blocks[i].block);
}

/* A packet that ends early: the fence says success, the result says how much */
static void result_tells_short_transfer(struct kunit *test)
{
	struct fake *fake = test->priv;
	struct iio_dmabuf_result result;

	fake_attach(fake, 0);
	fake_enable(fake);
	KUNIT_ASSERT_EQ(test, fake_enqueue(fake, 0, FAKE_BLOCK, false), 0);
	result = result_of(fake, 0);
	KUNIT_EXPECT_TRUE(test, result.pending);
	KUNIT_EXPECT_EQ(test, result.bytes, 0);
	KUNIT_EXPECT_EQ(test, result.sequence, 1);

	iio_dma_buffer_block_done(fake->blocks[0].block, SZ_4K, 0);
	KUNIT_EXPECT_EQ(test, fake_status(fake, 0), 1);
	result = result_of(fake, 0);
	KUNIT_EXPECT_FALSE(test, result.pending);
	KUNIT_EXPECT_EQ(test, result.bytes, SZ_4K);
	KUNIT_EXPECT_EQ(test, result.error, 0);
	KUNIT_EXPECT_EQ(test, result.sequence, 1);
}

static void result_tells_error(struct kunit *test)
{
	struct fake *fake = test->priv;
	struct iio_dmabuf_result result;

	fake_attach(fake, 0);
	fake_enable(fake);
	KUNIT_ASSERT_EQ(test, fake_enqueue(fake, 0, FAKE_BLOCK, false), 0);
	iio_dma_buffer_block_done(fake->blocks[0].block, 0, -EIO);
	result = result_of(fake, 0);
	KUNIT_EXPECT_EQ(test, result.error, -EIO);
	KUNIT_EXPECT_EQ(test, result.bytes, 0);

	/* The next one starts from nothing */
	KUNIT_ASSERT_EQ(test, fake_enqueue(fake, 0, FAKE_BLOCK, false), 0);
	result = result_of(fake, 0);
	KUNIT_EXPECT_EQ(test, result.error, 0);
	KUNIT_EXPECT_EQ(test, result.sequence, 2);
	fake_done(fake, 0);
	result = result_of(fake, 0);
	KUNIT_EXPECT_EQ(test, result.error, 0);
	KUNIT_EXPECT_EQ(test, result.bytes, FAKE_BLOCK);
}

/* What the application sees through poll(): read() and write() see none of it */
static void poll_follows_dmabufs(struct kunit *test)
{
	struct fake *fake = test->priv;
	struct iio_buffer *buffer = fake_buffer(fake);
	bool in = buffer->direction == IIO_BUFFER_DIRECTION_IN;
	__poll_t ready = in ? EPOLLIN | EPOLLRDNORM : EPOLLOUT | EPOLLWRNORM;
	unsigned int watermark = buffer->watermark;

	fake_attach(fake, 0);
	fake_attach(fake, 1);
	KUNIT_EXPECT_EQ(test, ops->poll(buffer), in ? 0 : ready);
	KUNIT_ASSERT_EQ(test, fake_enqueue(fake, 0, FAKE_BLOCK, false), 0);
	KUNIT_ASSERT_EQ(test, fake_enqueue(fake, 1, FAKE_BLOCK, false), 0);
	KUNIT_EXPECT_EQ(test, ops->poll(buffer), 0);
	fake_enable(fake);
	KUNIT_EXPECT_EQ(test, ops->poll(buffer), 0);

	/* However it ended, and whatever is in it */
	iio_dma_buffer_block_done(fake->blocks[0].block, 0, -EIO);
	KUNIT_EXPECT_EQ(test, ops->poll(buffer), ready);
	KUNIT_EXPECT_EQ(test, iio_dma_buffer_usage(buffer), 0);
	fake_detach(fake, 0);
	KUNIT_EXPECT_EQ(test, ops->poll(buffer), 0);

	/* A detached block is not offered, also when it completes later */
	fake_detach(fake, 1);
	fake_done(fake, 1);
	KUNIT_EXPECT_EQ(test, ops->poll(buffer), 0);
	KUNIT_EXPECT_EQ(test, buffer->watermark, watermark);
}

/* A report of a block that the controller does not have ends nothing in front */
static void stray_report_ends_nothing(struct kunit *test)
{
	struct fake *fake = test->priv;

	fake_attach(fake, 0);
	fake_attach(fake, 1);
	fake_enable(fake);
	KUNIT_ASSERT_EQ(test, fake_enqueue(fake, 0, FAKE_BLOCK, false), 0);

	iio_dma_buffer_block_started(fake->blocks[1].block);
	KUNIT_EXPECT_EQ(test, fake_status(fake, 0), 0);
	fake_done(fake, 0);
	KUNIT_EXPECT_EQ(test, fake_status(fake, 0), 1);
}

/* The length of the next request is not reported as what was transferred */
static void result_tells_no_next_request(struct kunit *test)
{
	struct fake *fake = test->priv;
	struct iio_dmabuf_result result;

	fake_attach(fake, 0);
	fake_enable(fake);
	KUNIT_ASSERT_EQ(test, fake_enqueue(fake, 0, FAKE_BLOCK, false), 0);
	fake_done(fake, 0);

	/* The question comes between preparing and queueing */
	ops->lock(fake_buffer(fake), false);
	KUNIT_ASSERT_EQ(test, ops->prepare(fake_buffer(fake), fake->blocks[0].block,
					   ALIGNMENT, false), 0);
	result = result_of(fake, 0);
	ops->unlock(fake_buffer(fake));
	KUNIT_EXPECT_EQ(test, result.bytes, FAKE_BLOCK);
	KUNIT_EXPECT_EQ(test, result.sequence, 1);
}

/* What a user can pin is bounded, also by what he has detached */
static void attachments_are_bounded(struct kunit *test)
{
	struct fake *fake = test->priv;
	struct fake_block *fb = &fake->blocks[1];

	fake_attach(fake, 0);
	fb->vec.addr = SZ_1M;
	fb->vec.len = FAKE_BLOCK;
	KUNIT_ASSERT_EQ(test, dma_vec_table_init(&fb->map.table, &fb->vec, &fb->end, 1), 0);

	fake->queue.num_blocks += IIO_DMABUF_MAX_ATTACHMENTS - 1;
	KUNIT_EXPECT_PTR_EQ(test, ops->attach(fake_buffer(fake), &fb->map, false),
			    ERR_PTR(-ENOSPC));
	fake->queue.num_blocks--;
	fake_attach(fake, 1);
	fake->queue.num_blocks -= IIO_DMABUF_MAX_ATTACHMENTS - 2;
}

/* As a transfer of a mapping that is bounced, or in mixed company */
static void needs_end(struct fake *fake, unsigned int i)
{
	fake->blocks[i].map.end = BIT(31);
}

/* What has to be ended where that can sleep is not signalled before */
static void access_ends_before_fence(struct kunit *test)
{
	struct fake *fake = test->priv;

	fake_attach(fake, 0);
	fake_attach(fake, 1);
	fake_enable(fake);
	KUNIT_ASSERT_EQ(test, fake_enqueue(fake, 0, FAKE_BLOCK, false), 0);
	KUNIT_ASSERT_EQ(test, fake_enqueue(fake, 1, FAKE_BLOCK, false), 0);
	needs_end(fake, 0);

	/* The one behind it has nothing to end, but comes later all the same */
	local_bh_disable();
	fake_done(fake, 0);
	fake_done(fake, 1);
	KUNIT_EXPECT_EQ(test, fake->num_signalled, 0);
	KUNIT_EXPECT_EQ(test, fake_enqueue(fake, 0, FAKE_BLOCK, false), -EBUSY);
	local_bh_enable();

	flush_work(&fake->queue.end_work);
	KUNIT_ASSERT_EQ(test, fake->num_signalled, 2);
	KUNIT_EXPECT_PTR_EQ(test, fake->signalled[0], fake->blocks[0].fence);
	KUNIT_EXPECT_EQ(test, fake->blocks[0].map.end, 0);
	KUNIT_EXPECT_EQ(test, fake_status(fake, 0), 1);
	KUNIT_EXPECT_EQ(test, result_of(fake, 0).bytes, FAKE_BLOCK);
}

/* Disabling comes before the worker: what was transferred has ended well */
static void disable_waits_for_end(struct kunit *test)
{
	struct fake *fake = test->priv;

	fake_attach(fake, 0);
	fake_attach(fake, 1);
	fake_enable(fake);
	KUNIT_ASSERT_EQ(test, fake_enqueue(fake, 0, FAKE_BLOCK, false), 0);
	KUNIT_ASSERT_EQ(test, fake_enqueue(fake, 1, FAKE_BLOCK, false), 0);
	needs_end(fake, 0);
	needs_end(fake, 1);
	fake_done(fake, 0);

	iio_dma_buffer_disable(fake_buffer(fake), NULL);
	KUNIT_EXPECT_EQ(test, fake_status(fake, 0), 1);
	KUNIT_EXPECT_EQ(test, fake_status(fake, 1), -EINTR);
	/* It may have been transferred in part */
	KUNIT_EXPECT_EQ(test, fake->blocks[1].map.end, 0);
}

static struct kunit_case iio_dma_buffer_in_cases[] = {
	KUNIT_CASE(blocks_run_in_order),
	KUNIT_CASE(busy_block_is_refused),
	KUNIT_CASE(unsignalled_block_is_busy),
	KUNIT_CASE_PARAM(length_is_checked, length_gen_params),
	KUNIT_CASE(failed_prepare_has_no_effect),
	KUNIT_CASE(failed_submit_signals_error),
	KUNIT_CASE(failed_submit_ends_one_block),
	KUNIT_CASE(transfer_error_reaches_fence),
	KUNIT_CASE(attach_keeps_queued_blocks),
	KUNIT_CASE(detach_withdraws_queued),
	KUNIT_CASE(detach_lets_running_block_finish),
	KUNIT_CASE(short_section_does_not_refuse),
	KUNIT_CASE(detach_races_with_enqueue),
	KUNIT_CASE(disable_ends_running),
	KUNIT_CASE(failed_enable_ends_queued),
	KUNIT_CASE(unbind_ends_queued_and_running),
	KUNIT_CASE(fileio_and_dmabuf_exclude_each_other),
	KUNIT_CASE(detach_gives_fileio_back),
	KUNIT_CASE(failed_enable_leaves_no_mode),
	KUNIT_CASE(fileio_reports_transfer_error),
	KUNIT_CASE(empty_transfer_is_passed_over),
	KUNIT_CASE(usage_follows_order),
	KUNIT_CASE(poll_follows_dmabufs),
	KUNIT_CASE(stray_report_ends_nothing),
	KUNIT_CASE(attachments_are_bounded),
	KUNIT_CASE(result_tells_short_transfer),
	KUNIT_CASE(result_tells_no_next_request),
	KUNIT_CASE(result_tells_error),
	KUNIT_CASE(access_ends_before_fence),
	KUNIT_CASE(disable_waits_for_end),
	{}
};

static struct kunit_suite iio_dma_buffer_in_suite = {
	.name = "iio-dma-buffer-in",
	.init = fake_setup_in,
	.exit = fake_teardown,
	.test_cases = iio_dma_buffer_in_cases,
};

static struct kunit_case iio_dma_buffer_out_cases[] = {
	KUNIT_CASE(blocks_run_in_order),
	KUNIT_CASE(busy_block_is_refused),
	KUNIT_CASE(detach_withdraws_queued),
	KUNIT_CASE(detach_stops_cyclic),
	KUNIT_CASE(nonblocking_detach_stops_cyclic_later),
	KUNIT_CASE(close_ends_everything),
	KUNIT_CASE(disable_ends_running),
	KUNIT_CASE(replaced_cyclic_is_done),
	KUNIT_CASE(cyclic_replaces_cyclic),
	KUNIT_CASE(write_reports_transfer_error),
	KUNIT_CASE(fsync_of_disabled_does_not_pad),
	KUNIT_CASE(poll_follows_dmabufs),
	{}
};

static struct kunit_suite iio_dma_buffer_out_suite = {
	.name = "iio-dma-buffer-out",
	.init = fake_setup_out,
	.exit = fake_teardown,
	.test_cases = iio_dma_buffer_out_cases,
};

kunit_test_suites(&iio_dma_buffer_in_suite, &iio_dma_buffer_out_suite);

MODULE_AUTHOR("the dma_vec project");
MODULE_DESCRIPTION("KUnit tests of the IIO DMA buffer queue");
MODULE_LICENSE("GPL");
MODULE_IMPORT_NS("EXPORTED_FOR_KUNIT_TESTING");
MODULE_IMPORT_NS("IIO_DMA_BUFFER");
