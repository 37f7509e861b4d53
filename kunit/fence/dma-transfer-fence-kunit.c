// SPDX-License-Identifier: GPL-2.0
/*
 * The fences of transfers: their order, their errors, and how long they live.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <kunit/test.h>

#include <linux/dma-resv.h>
#include <linux/dma-transfer-fence.h>
#include <linux/rcupdate.h>
#include <linux/workqueue.h>

static struct dma_transfer_fence *fence_published(struct kunit *test)
{
	struct dma_transfer_fence *fence = dma_transfer_fence_alloc(GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, fence);
	dma_transfer_fence_init(fence, test->priv, test);

	return fence;
}

static void fence_end(struct dma_transfer_fence *fence)
{
	dma_transfer_fence_signal(fence, 0);
	dma_fence_put(&fence->base);
}

static int fence_init(struct kunit *test)
{
	test->priv = kunit_kzalloc(test, sizeof(struct dma_transfer_timeline),
				   GFP_KERNEL);
	if (!test->priv)
		return -ENOMEM;

	dma_transfer_timeline_init(test->priv);

	return 0;
}

static void fence_signals_once_with_error(struct kunit *test)
{
	static const int errs[] = { 0, -ECANCELED, -ENODEV };
	struct dma_transfer_fence *fence;

	for (unsigned int i = 0; i < ARRAY_SIZE(errs); i++) {
		fence = fence_published(test);
		KUNIT_EXPECT_PTR_EQ(test, fence->owner, (void *)test);
		KUNIT_EXPECT_EQ(test, dma_fence_get_status(&fence->base), 0);

		dma_transfer_fence_signal(fence, errs[i]);
		KUNIT_EXPECT_EQ(test, dma_fence_get_status(&fence->base),
				errs[i] ?: 1);
		KUNIT_EXPECT_EQ(test, kref_read(&fence->base.refcount), 1);
		dma_fence_put(&fence->base);
	}
}

static void fence_is_on_one_timeline(struct kunit *test)
{
	struct dma_transfer_fence *a = fence_published(test);
	struct dma_transfer_fence *b = fence_published(test);

	KUNIT_EXPECT_EQ(test, a->base.context, b->base.context);
	KUNIT_EXPECT_TRUE(test, dma_fence_is_later(&b->base, &a->base));
	fence_end(a);
	fence_end(b);
}

/* A fence that is not published leaves no hole in the timeline */
static void fence_unused_takes_no_number(struct kunit *test)
{
	struct dma_transfer_fence *a = fence_published(test);
	struct dma_transfer_fence *unused = dma_transfer_fence_alloc(GFP_KERNEL);
	struct dma_transfer_fence *b;

	KUNIT_ASSERT_NOT_NULL(test, unused);
	dma_transfer_fence_free(unused);
	b = fence_published(test);

	KUNIT_EXPECT_EQ(test, a->base.seqno + 1, b->base.seqno);
	fence_end(a);
	fence_end(b);
}

/* Two attachments are two timelines: neither waits for the other */
static void timelines_are_independent(struct kunit *test)
{
	struct dma_transfer_timeline other;
	struct dma_transfer_fence *a = fence_published(test);
	struct dma_transfer_fence *b = dma_transfer_fence_alloc(GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, b);
	dma_transfer_timeline_init(&other);
	dma_transfer_fence_init(b, &other, NULL);

	KUNIT_EXPECT_NE(test, a->base.context, b->base.context);
	fence_end(b);
	KUNIT_EXPECT_EQ(test, dma_fence_get_status(&a->base), 0);
	fence_end(a);
}

/* A reader under RCU finds the fence dead, and its memory still there */
static void fence_waits_for_readers(struct kunit *test)
{
	struct dma_transfer_fence *fence = fence_published(test);
	u64 seqno = fence->base.seqno;

	rcu_read_lock();
	fence_end(fence);
	KUNIT_EXPECT_NULL(test, dma_fence_get_rcu(&fence->base));
	KUNIT_EXPECT_EQ(test, fence->base.seqno, seqno);
	rcu_read_unlock();
	rcu_barrier();
}

/* User space may keep a fence for longer than its attachment lives */
static void fence_outlives_timeline(struct kunit *test)
{
	struct dma_transfer_fence *fence = fence_published(test);

	fence->bytes = 123;
	dma_transfer_fence_signal(fence, -ENODEV);
	kunit_kfree(test, test->priv);

	KUNIT_EXPECT_EQ(test, dma_fence_get_status(&fence->base), -ENODEV);
	KUNIT_EXPECT_EQ(test, fence->bytes, 123);
	KUNIT_EXPECT_STREQ(test, fence->base.ops->get_driver_name(&fence->base),
			   "dma-transfer");
	dma_fence_put(&fence->base);
}

/*
 * The reservation object drops a fence when the next one of the same timeline comes.
 * Whoever signals the earlier one must not rely on that reference.
 */
static void fence_survives_replacement(struct kunit *test)
{
	struct dma_transfer_fence *a, *b;
	struct dma_resv resv;

	dma_resv_init(&resv);
	dma_resv_lock(&resv, NULL);

	a = fence_published(test);
	KUNIT_ASSERT_EQ(test, dma_resv_reserve_fences(&resv, 1), 0);
	dma_resv_add_fence(&resv, &a->base, DMA_RESV_USAGE_READ);
	KUNIT_EXPECT_EQ(test, kref_read(&a->base.refcount), 2);

	b = fence_published(test);
	KUNIT_ASSERT_EQ(test, dma_resv_reserve_fences(&resv, 1), 0);
	dma_resv_add_fence(&resv, &b->base, DMA_RESV_USAGE_READ);
	KUNIT_EXPECT_EQ(test, kref_read(&a->base.refcount), 1);

	dma_transfer_fence_signal(a, 0);
	KUNIT_EXPECT_FALSE(test, dma_resv_test_signaled(&resv, DMA_RESV_USAGE_READ));
	dma_transfer_fence_signal(b, 0);
	KUNIT_EXPECT_TRUE(test, dma_resv_test_signaled(&resv, DMA_RESV_USAGE_READ));

	dma_fence_put(&a->base);
	dma_fence_put(&b->base);
	dma_resv_unlock(&resv);
	dma_resv_fini(&resv);
}

struct fence_ender {
	struct work_struct work;
	struct dma_transfer_fence *fence;
};

static void fence_ender_run(struct work_struct *work)
{
	fence_end(container_of(work, struct fence_ender, work)->fence);
}

static struct dma_transfer_fence *fence_in(struct kunit *test, struct dma_resv *resv,
					   enum dma_resv_usage usage)
{
	struct dma_transfer_fence *fence = fence_published(test);

	dma_resv_lock(resv, NULL);
	KUNIT_ASSERT_EQ(test, dma_resv_reserve_fences(resv, 1), 0);
	dma_resv_add_fence(resv, &fence->base, usage);
	dma_resv_unlock(resv);

	return fence;
}

/* A refused call leaves the reservation unlocked. */
static void expect_lock_idle(struct kunit *test, struct dma_resv *resv,
			     enum dma_data_direction dir, int want)
{
	KUNIT_EXPECT_EQ(test, dma_transfer_lock_idle(resv, dir, true), want);
	KUNIT_ASSERT_EQ(test, dma_resv_is_locked(resv), !want);
	if (!want)
		dma_resv_unlock(resv);
}

/* Readers are in the way of a device that writes, writers in that of all. */
static void lock_idle_refuses_who_is_in_the_way(struct kunit *test)
{
	static const struct {
		enum dma_resv_usage usage;
		enum dma_data_direction dir;
		int want;
	} cases[] = {
		{ DMA_RESV_USAGE_READ, DMA_TO_DEVICE, 0 },
		{ DMA_RESV_USAGE_READ, DMA_FROM_DEVICE, -EBUSY },
		{ DMA_RESV_USAGE_WRITE, DMA_TO_DEVICE, -EBUSY },
		{ DMA_RESV_USAGE_WRITE, DMA_FROM_DEVICE, -EBUSY },
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(cases); i++) {
		struct dma_transfer_fence *fence;
		struct dma_resv resv;

		dma_resv_init(&resv);
		fence = fence_in(test, &resv, cases[i].usage);
		expect_lock_idle(test, &resv, cases[i].dir, cases[i].want);
		fence_end(fence);
		expect_lock_idle(test, &resv, cases[i].dir, 0);
		dma_resv_fini(&resv);
	}
}

/* Without @nonblock, the lock is taken once the other one is over. */
static void lock_idle_waits(struct kunit *test)
{
	struct fence_ender ender;
	struct dma_resv resv;

	dma_resv_init(&resv);
	ender.fence = fence_in(test, &resv, DMA_RESV_USAGE_WRITE);
	INIT_WORK_ONSTACK(&ender.work, fence_ender_run);
	schedule_work(&ender.work);
	KUNIT_EXPECT_EQ(test, dma_transfer_lock_idle(&resv, DMA_TO_DEVICE, false), 0);
	KUNIT_EXPECT_TRUE(test, dma_resv_test_signaled(&resv, DMA_RESV_USAGE_WRITE));
	KUNIT_EXPECT_TRUE(test, dma_resv_is_locked(&resv));
	dma_resv_unlock(&resv);
	flush_work(&ender.work);
	destroy_work_on_stack(&ender.work);
	dma_resv_fini(&resv);
}

static struct kunit_case dma_transfer_fence_cases[] = {
	KUNIT_CASE(fence_signals_once_with_error),
	KUNIT_CASE(fence_is_on_one_timeline),
	KUNIT_CASE(fence_unused_takes_no_number),
	KUNIT_CASE(timelines_are_independent),
	KUNIT_CASE(fence_waits_for_readers),
	KUNIT_CASE(fence_outlives_timeline),
	KUNIT_CASE(fence_survives_replacement),
	KUNIT_CASE(lock_idle_refuses_who_is_in_the_way),
	KUNIT_CASE(lock_idle_waits),
	{}
};

static struct kunit_suite dma_transfer_fence_suite = {
	.name = "dma-transfer-fence",
	.init = fence_init,
	.test_cases = dma_transfer_fence_cases,
};

kunit_test_suite(dma_transfer_fence_suite);

MODULE_AUTHOR("the dma_vec project");
MODULE_DESCRIPTION("KUnit tests of the fences of DMA transfers");
MODULE_LICENSE("GPL");
