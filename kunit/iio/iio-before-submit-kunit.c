// SPDX-License-Identifier: GPL-2.0
/*
 * A converter's driver has a function called before each transfer. These tests show when
 * the queue calls it, what it may decide, and how a block ends that it refuses. A fake
 * controller and a fake driver log each call in its order.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <kunit/device.h>
#include <kunit/test.h>

#include <linux/completion.h>
#include <linux/dma-fence.h>
#include <linux/dma-mapping.h>
#include <linux/dma-transfer-fence.h>
#include <linux/dma-vec-table.h>
#include <linux/kthread.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sizes.h>
#include <linux/string.h>

#include <linux/iio/buffer-dma.h>
#include <linux/iio/buffer_impl.h>

#include "industrialio-dmabuf.h"

#define MAX_BLOCKS	3
#define HOOK_BYTES	SZ_4K

struct hooked_block {
	struct iio_dma_buffer_block *block;
	struct dma_vec_map map;
	struct dma_vec vec;
	size_t end;
	struct dma_transfer_fence *fence;	/* the last one, with a reference */
};

/* The converter's driver: it logs the calls, and does as the test says */
struct hook {
	unsigned int calls;
	int ret;
	struct iio_dma_buffer_block *once;	/* the block that does not repeat */
	bool repeat_all;
	void (*meanwhile)(struct hook *hook);

	struct iio_buffer *buffer;
	struct completion may_disable;
	struct completion disables;
};

struct hooked {
	struct iio_dma_buffer_queue queue;
	struct dma_transfer_timeline timeline;
	struct hooked_block blocks[MAX_BLOCKS];
	struct hook hook;
	int ready_ret;
	int prepare_ret;

	/* Words and numbers of blocks, with a plus where they repeat */
	char log[256];
};

static const struct iio_dmabuf_ops *const ops = &iio_dma_buffer_dmabuf_ops;

static struct hooked *to_hooked(struct iio_dma_buffer_queue *queue)
{
	return container_of(queue, struct hooked, queue);
}

static struct iio_buffer *hooked_buffer(struct hooked *h)
{
	return &h->queue.buffer;
}

/* The number of a block, or f for one of read() and write() */
static char hooked_name(const struct hooked *h, const struct iio_dma_buffer_block *block)
{
	unsigned int i;

	for (i = 0; i < MAX_BLOCKS; i++)
		if (h->blocks[i].block == block)
			return '0' + i;

	return 'f';
}

static void hooked_log(struct iio_dma_buffer_queue *queue, const char *word,
		       const struct iio_dma_buffer_block *block, bool cyclic)
{
	struct hooked *h = to_hooked(queue);
	size_t len = strlen(h->log);

	scnprintf(h->log + len, sizeof(h->log) - len, "%s%s %c%s", len ? ", " : "", word,
		  hooked_name(h, block), cyclic ? "+" : "");
}

static int hooked_ready(struct iio_dma_buffer_queue *queue)
{
	return to_hooked(queue)->ready_ret;
}

static int hooked_prepare(struct iio_dma_buffer_queue *queue,
			  struct iio_dma_buffer_block *block, size_t bytes_used,
			  bool cyclic)
{
	hooked_log(queue, "prepare", block, cyclic);

	return to_hooked(queue)->prepare_ret ?:
	       dma_vec_table_truncate(block->table, bytes_used);
}

static int hooked_submit(struct iio_dma_buffer_queue *queue,
			 struct iio_dma_buffer_block *block)
{
	hooked_log(queue, "submit", block, block->cyclic);

	return 0;
}

static void hooked_stop(struct iio_dma_buffer_queue *queue)
{
	struct hooked *h = to_hooked(queue);

	strlcat(h->log, h->log[0] ? ", stop" : "stop", sizeof(h->log));
}

static void hooked_forget(struct iio_dma_buffer_queue *queue,
			  struct iio_dma_buffer_block *block)
{
}

static const struct iio_dma_buffer_ops hooked_ops = {
	.ready = hooked_ready,
	.prepare = hooked_prepare,
	.submit = hooked_submit,
	.stop = hooked_stop,
	.forget = hooked_forget,
};

static int hook_before_submit(struct iio_dma_buffer_queue *queue,
			      struct iio_dma_buffer_block *block, bool *cyclic)
{
	struct hook *hook = queue->driver_data;

	hooked_log(queue, "hook", block, *cyclic);
	hook->calls++;
	if (block == hook->once)
		*cyclic = false;
	if (hook->repeat_all)
		*cyclic = true;
	if (hook->meanwhile)
		hook->meanwhile(hook);

	return hook->ret;
}

static struct hooked *hooked_create(struct kunit *test, const char *name)
{
	static const struct iio_buffer_access_funcs access;
	struct hooked *h = kunit_kzalloc(test, sizeof(*h), GFP_KERNEL);
	struct device *dev = kunit_device_register(test, name);

	KUNIT_ASSERT_NOT_NULL(test, h);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, dev);
	KUNIT_ASSERT_EQ(test, dma_coerce_mask_and_coherent(dev, DMA_BIT_MASK(64)), 0);

	dma_transfer_timeline_init(&h->timeline);
	h->queue.align = 8;
	h->queue.max_size = SZ_1M;
	iio_dma_buffer_init(&h->queue, dev, &hooked_ops);
	h->hook.buffer = hooked_buffer(h);
	hooked_buffer(h)->access = &access;
	hooked_buffer(h)->direction = IIO_BUFFER_DIRECTION_OUT;
	hooked_buffer(h)->bytes_per_datum = 4;
	KUNIT_ASSERT_EQ(test, iio_dma_buffer_set_before_submit(hooked_buffer(h),
							       hook_before_submit,
							       &h->hook), 0);

	return h;
}

static void hooked_destroy(struct kunit *test, struct hooked *h)
{
	struct hooked_block *hb;

	if (h->queue.ops)
		iio_dma_buffer_exit(&h->queue);

	for (hb = h->blocks; hb < h->blocks + MAX_BLOCKS; hb++) {
		if (hb->block)
			ops->release(hooked_buffer(h), hb->block);
		if (!hb->fence)
			continue;
		KUNIT_EXPECT_TRUE_MSG(test, dma_fence_is_signaled(&hb->fence->base),
				      "fence of block %td", hb - h->blocks);
		dma_fence_put(&hb->fence->base);
	}
	iio_dma_buffer_release(&h->queue);
}

static int hooked_setup(struct kunit *test)
{
	test->priv = hooked_create(test, "hooked-dma");

	return 0;
}

static void hooked_teardown(struct kunit *test)
{
	hooked_destroy(test, test->priv);
	rcu_barrier();
}

static void hooked_attach(struct kunit *test, struct hooked *h, unsigned int i)
{
	struct hooked_block *hb = &h->blocks[i];

	hb->vec.addr = SZ_1M * (i + 1);
	hb->vec.len = HOOK_BYTES;
	KUNIT_ASSERT_EQ(test, dma_vec_table_init(&hb->map.table, &hb->vec, &hb->end, 1), 0);
	hb->block = ops->attach(hooked_buffer(h), &hb->map, false);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, hb->block);
}

static int hooked_enqueue(struct kunit *test, struct hooked *h, unsigned int i, bool cyclic)
{
	struct dma_transfer_fence *fence = dma_transfer_fence_alloc(GFP_KERNEL);
	struct hooked_block *hb = &h->blocks[i];
	bool cookie;
	int ret;

	KUNIT_ASSERT_NOT_NULL(test, fence);

	cookie = dma_fence_begin_signalling();
	ops->lock(hooked_buffer(h), false);
	ret = ops->prepare(hooked_buffer(h), hb->block, HOOK_BYTES, cyclic);
	if (!ret) {
		dma_transfer_fence_init(fence, &h->timeline, NULL);
		if (hb->fence)
			dma_fence_put(&hb->fence->base);
		dma_fence_get(&fence->base);
		hb->fence = fence;
		ops->enqueue(hooked_buffer(h), hb->block, fence, HOOK_BYTES, cyclic);
	}
	ops->unlock(hooked_buffer(h));
	dma_fence_end_signalling(cookie);
	if (ret)
		dma_transfer_fence_free(fence);

	return ret;
}

static void hooked_enable(struct kunit *test, struct hooked *h)
{
	KUNIT_ASSERT_EQ(test, iio_dma_buffer_enable(hooked_buffer(h), NULL), 0);
}

/* Attached and enabled, with one block */
static struct hooked *hooked_started(struct kunit *test)
{
	struct hooked *h = test->priv;

	hooked_attach(test, h, 0);
	hooked_enable(test, h);

	return h;
}

static void hooked_done(struct hooked *h, unsigned int i)
{
	iio_dma_buffer_block_done(h->blocks[i].block, HOOK_BYTES, 0);
}

static int hooked_status(struct hooked *h, unsigned int i)
{
	return dma_fence_get_status(&h->blocks[i].fence->base);
}

static void called_once_per_transfer(struct kunit *test)
{
	struct hooked *h = test->priv;
	unsigned int i;

	for (i = 0; i < MAX_BLOCKS; i++)
		hooked_attach(test, h, i);
	KUNIT_ASSERT_EQ(test, hooked_enqueue(test, h, 1, false), 0);
	KUNIT_ASSERT_EQ(test, hooked_enqueue(test, h, 0, false), 0);
	KUNIT_EXPECT_STREQ(test, h->log, "prepare 1, prepare 0");

	h->log[0] = '\0';
	hooked_enable(test, h);
	KUNIT_EXPECT_STREQ(test, h->log, "hook 1, submit 1, hook 0, submit 0");

	h->log[0] = '\0';
	KUNIT_ASSERT_EQ(test, hooked_enqueue(test, h, 2, false), 0);
	hooked_done(h, 1);
	hooked_done(h, 0);
	hooked_done(h, 2);
	KUNIT_EXPECT_STREQ(test, h->log, "prepare 2, hook 2, submit 2");
}

/* The controller is never asked for a transfer that repeats, so it need not be able to */
static void turns_cyclic_off(struct kunit *test)
{
	struct hooked *h = hooked_started(test);

	h->hook.once = h->blocks[0].block;
	KUNIT_ASSERT_EQ(test, hooked_enqueue(test, h, 0, true), 0);
	KUNIT_EXPECT_STREQ(test, h->log, "hook 0+, prepare 0, submit 0");
	hooked_done(h, 0);
	KUNIT_EXPECT_EQ(test, hooked_status(h, 0), 1);

	/* The next transfer of the block is asked for anew */
	h->log[0] = '\0';
	KUNIT_ASSERT_EQ(test, hooked_enqueue(test, h, 0, true), 0);
	KUNIT_EXPECT_STREQ(test, h->log, "hook 0+, prepare 0, submit 0");

	/* It ends by itself, and is not stopped */
	h->log[0] = '\0';
	ops->detach(hooked_buffer(h), h->blocks[0].block, false);
	KUNIT_EXPECT_EQ(test, hooked_status(h, 0), 0);
	hooked_done(h, 0);
	KUNIT_EXPECT_EQ(test, hooked_status(h, 0), 1);
	KUNIT_EXPECT_STREQ(test, h->log, "");
}

static void leaves_cyclic_on(struct kunit *test)
{
	struct hooked *h = hooked_started(test);

	KUNIT_ASSERT_EQ(test, hooked_enqueue(test, h, 0, true), 0);
	KUNIT_EXPECT_STREQ(test, h->log, "hook 0+, prepare 0+, submit 0+");
}

static void cannot_turn_cyclic_on(struct kunit *test)
{
	struct hooked *h = hooked_started(test);

	h->hook.repeat_all = true;
	KUNIT_ASSERT_EQ(test, hooked_enqueue(test, h, 0, false), 0);
	KUNIT_EXPECT_EQ(test, hooked_status(h, 0), -EINVAL);
	KUNIT_EXPECT_STREQ(test, h->log, "prepare 0, hook 0");
}

static void error_ends_the_block(struct kunit *test)
{
	struct hooked *h = hooked_started(test);

	hooked_attach(test, h, 1);
	h->hook.ret = -EREMOTEIO;
	KUNIT_ASSERT_EQ(test, hooked_enqueue(test, h, 0, false), 0);
	KUNIT_EXPECT_EQ(test, hooked_status(h, 0), -EREMOTEIO);
	KUNIT_ASSERT_EQ(test, hooked_enqueue(test, h, 1, true), 0);
	KUNIT_EXPECT_EQ(test, hooked_status(h, 1), -EREMOTEIO);
	KUNIT_EXPECT_STREQ(test, h->log, "prepare 0, hook 0, hook 1+");

	/* Both can be used again */
	h->hook.ret = 0;
	KUNIT_ASSERT_EQ(test, hooked_enqueue(test, h, 0, false), 0);
	KUNIT_ASSERT_EQ(test, hooked_enqueue(test, h, 1, false), 0);
	hooked_done(h, 0);
	hooked_done(h, 1);
	KUNIT_EXPECT_EQ(test, hooked_status(h, 0), 1);
	KUNIT_EXPECT_EQ(test, hooked_status(h, 1), 1);
}

/* A cyclic block is prepared after the call, so that may fail; the block ends with it */
static void failed_preparation_ends_the_block(struct kunit *test)
{
	struct hooked *h = hooked_started(test);

	h->prepare_ret = -ENOMEM;
	KUNIT_ASSERT_EQ(test, hooked_enqueue(test, h, 0, true), 0);
	KUNIT_EXPECT_EQ(test, hooked_status(h, 0), -ENOMEM);
	KUNIT_EXPECT_STREQ(test, h->log, "hook 0+, prepare 0+");
}

/* A stuck controller is known before, so ENQUEUE fails, and the block does not end */
static void stuck_controller_refuses_at_once(struct kunit *test)
{
	struct hooked *h = hooked_started(test);

	h->ready_ret = -EIO;
	KUNIT_EXPECT_EQ(test, hooked_enqueue(test, h, 0, true), -EIO);
	KUNIT_EXPECT_STREQ(test, h->log, "");
}

/* Access begins to the bytes of this transfer, before the controller is asked for it */
static void table_is_cut_at_once(struct kunit *test)
{
	struct hooked *h = hooked_started(test);
	struct hooked_block *hb = &h->blocks[0];
	static const size_t lens[] = { HOOK_BYTES / 4, HOOK_BYTES, HOOK_BYTES / 2 };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(lens); i++) {
		ops->lock(hooked_buffer(h), false);
		KUNIT_EXPECT_EQ(test, 0, ops->prepare(hooked_buffer(h), hb->block, lens[i], true));
		ops->unlock(hooked_buffer(h));
		KUNIT_EXPECT_EQ(test, lens[i], hb->map.table.len);
	}
	KUNIT_EXPECT_STREQ(test, h->log, "");
}

/* One that starts anew is as the application asked for it, not as it was last */
static void called_again_after_a_stop(struct kunit *test)
{
	struct hooked *h = hooked_started(test);

	hooked_attach(test, h, 1);
	h->hook.once = h->blocks[1].block;
	KUNIT_ASSERT_EQ(test, hooked_enqueue(test, h, 0, true), 0);
	KUNIT_ASSERT_EQ(test, hooked_enqueue(test, h, 1, true), 0);

	h->log[0] = '\0';
	ops->detach(hooked_buffer(h), h->blocks[0].block, false);
	KUNIT_EXPECT_STREQ(test, h->log, "stop, hook 1+, prepare 1, submit 1");
	KUNIT_EXPECT_EQ(test, hooked_status(h, 0), -ECANCELED);
	hooked_done(h, 1);
	KUNIT_EXPECT_EQ(test, hooked_status(h, 1), 1);
}

static void called_for_read(struct kunit *test)
{
	struct hooked *h = test->priv;

	hooked_buffer(h)->direction = IIO_BUFFER_DIRECTION_IN;
	KUNIT_ASSERT_EQ(test, iio_dma_buffer_request_update(hooked_buffer(h)), 0);
	hooked_enable(test, h);
	KUNIT_EXPECT_STREQ(test, h->log,
			   "prepare f, prepare f, hook f, submit f, hook f, submit f");
}

/* Two converters of one driver */
static void each_buffer_has_its_own_data(struct kunit *test)
{
	struct hooked *other = hooked_create(test, "other-dma");
	struct hooked *h = hooked_started(test);

	hooked_attach(test, other, 0);
	hooked_enable(test, other);
	other->hook.ret = -EREMOTEIO;
	KUNIT_ASSERT_EQ(test, hooked_enqueue(test, h, 0, false), 0);
	KUNIT_ASSERT_EQ(test, hooked_enqueue(test, other, 0, false), 0);

	KUNIT_EXPECT_EQ(test, h->hook.calls, 1);
	KUNIT_EXPECT_EQ(test, other->hook.calls, 1);
	KUNIT_EXPECT_EQ(test, hooked_status(h, 0), 0);
	KUNIT_EXPECT_EQ(test, hooked_status(other, 0), -EREMOTEIO);
	hooked_destroy(test, other);
}

static void cannot_be_set_while_in_use(struct kunit *test)
{
	struct hooked *h = test->priv;
	struct iio_buffer *buffer = hooked_buffer(h);

	hooked_attach(test, h, 0);
	KUNIT_EXPECT_EQ(test, iio_dma_buffer_set_before_submit(buffer, NULL, NULL), -EBUSY);
	KUNIT_EXPECT_PTR_EQ(test, h->queue.driver_data, &h->hook);

	ops->detach(buffer, h->blocks[0].block, false);
	ops->release(buffer, h->blocks[0].block);
	h->blocks[0].block = NULL;
	KUNIT_EXPECT_EQ(test, iio_dma_buffer_set_before_submit(buffer, NULL, NULL), 0);
	hooked_attach(test, h, 0);
	hooked_enable(test, h);
	KUNIT_ASSERT_EQ(test, hooked_enqueue(test, h, 0, true), 0);
	KUNIT_EXPECT_STREQ(test, h->log, "prepare 0+, submit 0+");
}

/* The driver may be gone */
static void not_called_after_unbind(struct kunit *test)
{
	struct hooked *h = test->priv;

	hooked_attach(test, h, 0);
	KUNIT_ASSERT_EQ(test, hooked_enqueue(test, h, 0, true), 0);
	iio_dma_buffer_exit(&h->queue);
	KUNIT_EXPECT_EQ(test, hooked_status(h, 0), -ENODEV);
	KUNIT_EXPECT_EQ(test, hooked_enqueue(test, h, 0, true), -ENODEV);
	KUNIT_EXPECT_EQ(test, iio_dma_buffer_enable(hooked_buffer(h), NULL), -ENODEV);
	KUNIT_EXPECT_EQ(test, h->hook.calls, 0);
}

static int hook_disable(void *data)
{
	struct hook *hook = data;

	wait_for_completion(&hook->may_disable);
	complete(&hook->disables);

	return iio_dma_buffer_disable(hook->buffer, NULL);
}

static void hook_lets_disable(struct hook *hook)
{
	complete(&hook->may_disable);
	wait_for_completion(&hook->disables);
	/* As far as it gets */
	schedule();
}

/* The controller stops what the driver has prepared its hardware for, not before it */
static void disable_waits_for_it(struct kunit *test)
{
	struct hooked *h = hooked_started(test);
	struct task_struct *task;

	init_completion(&h->hook.may_disable);
	init_completion(&h->hook.disables);
	h->hook.meanwhile = hook_lets_disable;
	task = kthread_run(hook_disable, &h->hook, "hook-disable");
	KUNIT_ASSERT_FALSE(test, IS_ERR(task));
	get_task_struct(task);

	KUNIT_EXPECT_EQ(test, hooked_enqueue(test, h, 0, true), 0);
	complete(&h->hook.may_disable);
	KUNIT_EXPECT_EQ(test, kthread_stop(task), 0);
	put_task_struct(task);

	KUNIT_EXPECT_STREQ(test, h->log, "hook 0+, prepare 0+, submit 0+, stop");
	KUNIT_EXPECT_EQ(test, hooked_status(h, 0), -EINTR);
}

static struct kunit_case before_submit_cases[] = {
	KUNIT_CASE(called_once_per_transfer),
	KUNIT_CASE(turns_cyclic_off),
	KUNIT_CASE(leaves_cyclic_on),
	KUNIT_CASE(cannot_turn_cyclic_on),
	KUNIT_CASE(error_ends_the_block),
	KUNIT_CASE(failed_preparation_ends_the_block),
	KUNIT_CASE(stuck_controller_refuses_at_once),
	KUNIT_CASE(table_is_cut_at_once),
	KUNIT_CASE(called_again_after_a_stop),
	KUNIT_CASE(called_for_read),
	KUNIT_CASE(each_buffer_has_its_own_data),
	KUNIT_CASE(cannot_be_set_while_in_use),
	KUNIT_CASE(not_called_after_unbind),
	KUNIT_CASE(disable_waits_for_it),
	{}
};

static struct kunit_suite before_submit_suite = {
	.name = "iio-before-submit",
	.init = hooked_setup,
	.exit = hooked_teardown,
	.test_cases = before_submit_cases,
};

kunit_test_suite(before_submit_suite);

MODULE_AUTHOR("the dma_vec project");
MODULE_DESCRIPTION("KUnit tests of what is called before each transfer of an IIO buffer");
MODULE_LICENSE("GPL");
MODULE_IMPORT_NS("IIO_DMA_BUFFER");
