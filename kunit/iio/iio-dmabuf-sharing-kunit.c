// SPDX-License-Identifier: GPL-2.0
/*
 * Refusing a DMABUF for its other users: only where that was asked for, and only
 * for devices that do not see each other's data.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <kunit/device.h>
#include <kunit/static_stub.h>
#include <kunit/test-bug.h>
#include <kunit/test.h>
#include <kunit/visibility.h>

#include <linux/dma-buf.h>
#include <linux/dma-resv.h>
#include <linux/dma-vec-table.h>
#include <linux/err.h>
#include <linux/mm.h>

#include "industrialio-dmabuf.h"
#include "table.h"

#define NUM_DEVICES	3

struct sharing {
	struct dma_buf *dmabuf;
	struct device *devs[NUM_DEVICES];
	enum dma_vec_coherency modes[NUM_DEVICES];
	struct dma_buf_attachment *attach[NUM_DEVICES];
};

static enum dma_vec_coherency sharing_mode(struct device *dev)
{
	struct sharing *s = kunit_get_current_test()->priv;

	for (unsigned int i = 0; i < NUM_DEVICES; i++)
		if (s->devs[i] == dev)
			return s->modes[i];

	return DMA_VEC_DEFAULT_COHERENT;
}

static struct sg_table *sharing_map(struct dma_buf_attachment *attach,
				    enum dma_data_direction dir)
{
	return ERR_PTR(-ENOMEM);
}

static void sharing_unmap(struct dma_buf_attachment *attach, struct sg_table *sgt,
			  enum dma_data_direction dir)
{
}

static void sharing_release(struct dma_buf *dmabuf)
{
}

static const struct dma_buf_ops sharing_ops = {
	.map_dma_buf = sharing_map,
	.unmap_dma_buf = sharing_unmap,
	.release = sharing_release,
};

static void sharing_attach(struct kunit *test, unsigned int i,
			   enum dma_vec_coherency mode)
{
	static const char * const names[] = { "sharing-a", "sharing-b", "sharing-c" };
	struct sharing *s = test->priv;

	s->devs[i] = kunit_device_register(test, names[i]);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, s->devs[i]);
	s->modes[i] = mode;
	s->attach[i] = dma_buf_attach(s->dmabuf, s->devs[i]);
	KUNIT_ASSERT_FALSE(test, IS_ERR(s->attach[i]));
}

static int sharing_check(struct kunit *test, unsigned int i)
{
	struct sharing *s = test->priv;
	int ret;

	dma_resv_lock(s->dmabuf->resv, NULL);
	ret = iio_dmabuf_check_sharing(s->attach[i]);
	dma_resv_unlock(s->dmabuf->resv);

	return ret;
}

static void sharing_exit(struct kunit *test)
{
	struct sharing *s = test->priv;

	iio_dmabuf_set_refuse_mixed(false);
	for (unsigned int i = 0; i < NUM_DEVICES; i++)
		if (!IS_ERR_OR_NULL(s->attach[i]))
			dma_buf_detach(s->dmabuf, s->attach[i]);
	dma_buf_put(s->dmabuf);
}

static int sharing_init(struct kunit *test)
{
	DEFINE_DMA_BUF_EXPORT_INFO(info);
	struct sharing *s = kunit_kzalloc(test, sizeof(*s), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, s);
	info.ops = &sharing_ops;
	info.size = PAGE_SIZE;
	info.priv = s;
	s->dmabuf = dma_buf_export(&info);
	KUNIT_ASSERT_FALSE(test, IS_ERR(s->dmabuf));
	test->priv = s;
	kunit_activate_static_stub(test, dma_vec_dev_coherency, sharing_mode);

	return 0;
}

static void alone(struct kunit *test)
{
	sharing_attach(test, 0, DMA_VEC_MEMORY_COHERENT);
	iio_dmabuf_set_refuse_mixed(true);
	KUNIT_EXPECT_EQ(test, sharing_check(test, 0), 0);
}

/* Without being asked, nothing that works today is refused */
static void mixed_is_accepted(struct kunit *test)
{
	sharing_attach(test, 0, DMA_VEC_MEMORY_COHERENT);
	sharing_attach(test, 1, DMA_VEC_CPU_COHERENT);
	KUNIT_EXPECT_EQ(test, sharing_check(test, 0), 0);
	KUNIT_EXPECT_EQ(test, sharing_check(test, 1), 0);
}

static void mixed_is_refused(struct kunit *test)
{
	sharing_attach(test, 0, DMA_VEC_MEMORY_COHERENT);
	sharing_attach(test, 1, DMA_VEC_CPU_COHERENT);
	iio_dmabuf_set_refuse_mixed(true);
	KUNIT_EXPECT_EQ(test, sharing_check(test, 0), -EPERM);
	KUNIT_EXPECT_EQ(test, sharing_check(test, 1), -EPERM);
}

static void alike_is_accepted(struct kunit *test)
{
	sharing_attach(test, 0, DMA_VEC_MEMORY_COHERENT);
	sharing_attach(test, 1, DMA_VEC_MEMORY_COHERENT);
	iio_dmabuf_set_refuse_mixed(true);
	KUNIT_EXPECT_EQ(test, sharing_check(test, 0), 0);
}

/* Asked again at each transfer, as others may come at any time */
static void newcomer_is_noticed(struct kunit *test)
{
	iio_dmabuf_set_refuse_mixed(true);
	sharing_attach(test, 0, DMA_VEC_CPU_COHERENT);
	KUNIT_EXPECT_EQ(test, sharing_check(test, 0), 0);
	sharing_attach(test, 1, DMA_VEC_CPU_COHERENT);
	KUNIT_EXPECT_EQ(test, sharing_check(test, 0), 0);
	sharing_attach(test, 2, DMA_VEC_MEMORY_COHERENT);
	KUNIT_EXPECT_EQ(test, sharing_check(test, 0), -EPERM);
}

static struct kunit_case iio_dmabuf_sharing_cases[] = {
	KUNIT_CASE(alone),
	KUNIT_CASE(mixed_is_accepted),
	KUNIT_CASE(mixed_is_refused),
	KUNIT_CASE(alike_is_accepted),
	KUNIT_CASE(newcomer_is_noticed),
	{}
};

static struct kunit_suite iio_dmabuf_sharing_suite = {
	.name = "iio-dmabuf-sharing",
	.init = sharing_init,
	.exit = sharing_exit,
	.test_cases = iio_dmabuf_sharing_cases,
};

kunit_test_suite(iio_dmabuf_sharing_suite);

MODULE_AUTHOR("the dma_vec project");
MODULE_DESCRIPTION("KUnit tests of the IIO core's view of shared DMABUFs");
MODULE_LICENSE("GPL");
MODULE_IMPORT_NS("DMA_BUF");
MODULE_IMPORT_NS("EXPORTED_FOR_KUNIT_TESTING");
