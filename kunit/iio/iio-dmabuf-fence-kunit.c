// SPDX-License-Identifier: GPL-2.0
/*
 * The fences of the DMABUF interface: their pool, their order, and what they
 * keep alive.
 */

#include <kunit/test.h>
#include <kunit/visibility.h>

#include <linux/dma-fence.h>
#include <linux/dma-resv.h>
#include <linux/rcupdate.h>

#include "industrialio-dmabuf.h"

#define POOL_FENCES	16

static struct dma_fence *fence_published(struct kunit *test)
{
	struct dma_fence *fence = iio_fence_get_unused(test->priv);

	KUNIT_ASSERT_NOT_NULL(test, fence);
	iio_fence_publish(fence);

	return fence;
}

static int fence_init(struct kunit *test)
{
	test->priv = iio_fence_pool_create(test);

	return test->priv ? 0 : -ENOMEM;
}

static void fence_exit(struct kunit *test)
{
	if (test->priv)
		iio_fence_pool_put(test->priv);
	/* What the tests have put must have come home before the next one */
	rcu_barrier();
}

static void fence_signals_once_with_error(struct kunit *test)
{
	static const int errs[] = { 0, -ECANCELED, -ENODEV };
	struct dma_fence *fence;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(errs); i++) {
		fence = fence_published(test);
		KUNIT_EXPECT_PTR_EQ(test, iio_fence_owner(fence), (void *)test);
		KUNIT_EXPECT_EQ(test, dma_fence_get_status(fence), 0);

		iio_fence_signal(fence, errs[i]);
		KUNIT_EXPECT_EQ(test, dma_fence_get_status(fence), errs[i] ?: 1);
		KUNIT_EXPECT_EQ(test, kref_read(&fence->refcount), 1);
		dma_fence_put(fence);
	}
}

static void fence_is_on_one_timeline(struct kunit *test)
{
	struct dma_fence *a = fence_published(test);
	struct dma_fence *b = fence_published(test);

	KUNIT_EXPECT_EQ(test, a->context, b->context);
	KUNIT_EXPECT_TRUE(test, dma_fence_is_later(b, a));

	iio_fence_signal(a, 0);
	iio_fence_signal(b, 0);
	dma_fence_put(a);
	dma_fence_put(b);
}

/* Fences that are taken and not published leave no hole in the timeline */
static void fence_unused_takes_no_number(struct kunit *test)
{
	struct dma_fence *a, *b, *unused;

	a = fence_published(test);
	unused = iio_fence_get_unused(test->priv);
	KUNIT_ASSERT_NOT_NULL(test, unused);
	iio_fence_put_unused(unused);
	b = fence_published(test);

	KUNIT_EXPECT_EQ(test, a->seqno + 1, b->seqno);

	iio_fence_signal(a, 0);
	iio_fence_signal(b, 0);
	dma_fence_put(a);
	dma_fence_put(b);
}

static bool fence_is_among(struct dma_fence *fence, struct dma_fence **set,
			   unsigned int n)
{
	while (n--)
		if (set[n] == fence)
			return true;

	return false;
}

/* After the grace period a fence serves again: streaming allocates nothing */
static void fence_comes_back(struct kunit *test)
{
	struct dma_fence *first[POOL_FENCES], *fence;
	unsigned int i;

	for (i = 0; i < POOL_FENCES; i++)
		first[i] = fence_published(test);
	for (i = 0; i < POOL_FENCES; i++) {
		iio_fence_signal(first[i], 0);
		dma_fence_put(first[i]);
	}
	rcu_barrier();
	KUNIT_EXPECT_EQ(test, iio_fence_pool_unused(test->priv), POOL_FENCES);

	for (i = 0; i < POOL_FENCES; i++) {
		fence = fence_published(test);
		KUNIT_EXPECT_TRUE_MSG(test,
				      fence_is_among(fence, first, POOL_FENCES),
				      "fence %u was allocated", i);
		iio_fence_signal(fence, 0);
		dma_fence_put(fence);
	}
}

/* A fence that is still looked at under RCU is not another one meanwhile */
static void fence_waits_for_readers(struct kunit *test)
{
	struct dma_fence *fence = fence_published(test), *spare[POOL_FENCES - 1];
	struct dma_fence *next;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(spare); i++) {
		spare[i] = iio_fence_get_unused(test->priv);
		KUNIT_ASSERT_NOT_NULL(test, spare[i]);
	}

	/* The pool is empty, so the next one out is the first one in */
	rcu_read_lock();
	iio_fence_signal(fence, 0);
	dma_fence_put(fence);
	iio_fence_put_unused(spare[0]);
	next = iio_fence_get_unused(test->priv);
	KUNIT_EXPECT_PTR_EQ(test, next, spare[0]);
	KUNIT_EXPECT_NULL(test, dma_fence_get_rcu(fence));
	rcu_read_unlock();

	iio_fence_put_unused(next);
	for (i = 1; i < ARRAY_SIZE(spare); i++)
		iio_fence_put_unused(spare[i]);
}

/* More than the pool has: allocated, and kept for the next time */
static void fence_pool_grows(struct kunit *test)
{
	struct dma_fence *fences[2 * POOL_FENCES], *fence;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(fences); i++)
		fences[i] = fence_published(test);
	for (i = 0; i < ARRAY_SIZE(fences); i++) {
		iio_fence_signal(fences[i], 0);
		dma_fence_put(fences[i]);
	}
	rcu_barrier();
	KUNIT_EXPECT_EQ(test, iio_fence_pool_unused(test->priv),
			ARRAY_SIZE(fences));

	for (i = 0; i < ARRAY_SIZE(fences); i++) {
		fence = fence_published(test);
		KUNIT_EXPECT_TRUE(test, fence_is_among(fence, fences,
						       ARRAY_SIZE(fences)));
		iio_fence_signal(fence, 0);
		dma_fence_put(fence);
	}
}

/* User space may keep a fence for longer than the attachment lives */
static void fence_outlives_pool(struct kunit *test)
{
	struct dma_fence *fence = fence_published(test);

	iio_fence_signal(fence, -ENODEV);
	iio_fence_pool_put(test->priv);
	test->priv = NULL;

	KUNIT_EXPECT_EQ(test, dma_fence_get_status(fence), -ENODEV);
	KUNIT_EXPECT_STREQ(test, fence->ops->get_driver_name(fence), "iio");
	dma_fence_put(fence);
}

/*
 * The reservation object forgets a fence when the next one of the same timeline
 * comes. Whoever signals the earlier one must not rely on that reference.
 */
static void fence_survives_replacement(struct kunit *test)
{
	struct dma_fence *a, *b;
	struct dma_resv resv;

	dma_resv_init(&resv);
	dma_resv_lock(&resv, NULL);

	a = fence_published(test);
	KUNIT_ASSERT_EQ(test, dma_resv_reserve_fences(&resv, 1), 0);
	dma_resv_add_fence(&resv, a, DMA_RESV_USAGE_READ);
	KUNIT_EXPECT_EQ(test, kref_read(&a->refcount), 2);

	b = fence_published(test);
	KUNIT_ASSERT_EQ(test, dma_resv_reserve_fences(&resv, 1), 0);
	dma_resv_add_fence(&resv, b, DMA_RESV_USAGE_READ);
	KUNIT_EXPECT_EQ(test, kref_read(&a->refcount), 1);

	iio_fence_signal(a, 0);
	KUNIT_EXPECT_FALSE(test, dma_resv_test_signaled(&resv, DMA_RESV_USAGE_READ));
	iio_fence_signal(b, 0);
	KUNIT_EXPECT_TRUE(test, dma_resv_test_signaled(&resv, DMA_RESV_USAGE_READ));

	dma_fence_put(a);
	dma_fence_put(b);
	dma_resv_unlock(&resv);
	dma_resv_fini(&resv);
}

static struct kunit_case iio_dmabuf_fence_cases[] = {
	KUNIT_CASE(fence_signals_once_with_error),
	KUNIT_CASE(fence_is_on_one_timeline),
	KUNIT_CASE(fence_unused_takes_no_number),
	KUNIT_CASE(fence_comes_back),
	KUNIT_CASE(fence_waits_for_readers),
	KUNIT_CASE(fence_pool_grows),
	KUNIT_CASE(fence_outlives_pool),
	KUNIT_CASE(fence_survives_replacement),
	{}
};

static struct kunit_suite iio_dmabuf_fence_suite = {
	.name = "iio-dmabuf-fence",
	.init = fence_init,
	.exit = fence_exit,
	.test_cases = iio_dmabuf_fence_cases,
};

kunit_test_suite(iio_dmabuf_fence_suite);

MODULE_DESCRIPTION("KUnit tests of the IIO DMABUF fences");
MODULE_LICENSE("GPL");
MODULE_IMPORT_NS("EXPORTED_FOR_KUNIT_TESTING");
