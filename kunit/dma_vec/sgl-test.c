// SPDX-License-Identifier: GPL-2.0-only
/*
 * Scatterlists that drivers get in place of a table. Such a driver may program what
 * the entries say, whatever the length of its transfer is: too many bytes in them
 * are sent, or overrun the memory.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <kunit/device.h>
#include <kunit/static_stub.h>
#include <kunit/test.h>
#include <linux/dma-mapping.h>
#include <linux/dma-vec-table.h>
#include <linux/errno.h>
#include <linux/module.h>
#include <linux/scatterlist.h>
#include <linux/sizes.h>

#include "../table.h"

#define NENTS	8
#define ALL	SZ_32K

struct sgl_test {
	struct dma_vec_table table;
	struct dma_vec_sgl sgl;
	struct device *dev;
};

static void sgl_test_free(void *data)
{
	struct sgl_test *t = data;

	dma_vec_sgl_free(&t->sgl);
	dma_vec_table_free(&t->table);
}

/* Pages with holes between them, so that no two are joined */
static int sgl_test_init(struct kunit *test)
{
	struct sgl_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, t);
	t->dev = kunit_device_register(test, "dma-vec-sgl");
	KUNIT_ASSERT_FALSE(test, IS_ERR(t->dev));
	KUNIT_ASSERT_EQ(test, 0, dma_vec_table_alloc(&t->table, NENTS, GFP_KERNEL));
	for (i = 0; i < NENTS; i++)
		t->table.vecs[i] = (struct dma_vec){ SZ_8K * (i + 1), SZ_4K };
	KUNIT_ASSERT_EQ(test, 0, dma_vec_table_index(&t->table));
	test->priv = t;

	return kunit_add_action_or_reset(test, sgl_test_free, t);
}

static int sgl_fill(struct sgl_test *t, size_t len)
{
	int err;

	err = dma_vec_table_truncate(&t->table, len);

	return err ?: dma_vec_sgl_fill(&t->sgl, &t->table, t->dev, GFP_KERNEL);
}

/* The entries are the first bytes of the table, as many as there are to be */
static void expect_exact(struct kunit *test, size_t len)
{
	struct sgl_test *t = test->priv;
	struct scatterlist *sg;
	size_t sum = 0;
	unsigned int i;

	KUNIT_EXPECT_EQ(test, DIV_ROUND_UP(len, SZ_4K), t->sgl.sgt.nents);
	KUNIT_EXPECT_EQ(test, t->sgl.sgt.nents, sg_nents(t->sgl.sgt.sgl));
	for_each_sg(t->sgl.sgt.sgl, sg, t->sgl.sgt.nents, i) {
		KUNIT_EXPECT_EQ(test, SZ_8K * (i + 1), sg_dma_address(sg));
		KUNIT_EXPECT_EQ(test, 0, sg->offset);
		KUNIT_EXPECT_NULL(test, sg_page(sg));
		sum += sg_dma_len(sg);
	}
	KUNIT_EXPECT_EQ(test, len, sum);
}

static void sgl_exact_test(struct kunit *test)
{
	static const size_t lens[] = {
		ALL, 1, SZ_4K, SZ_4K + 1, 3 * SZ_4K - 1, ALL - 1,
		512, ALL,
	};
	struct sgl_test *t = test->priv;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(lens); i++) {
		KUNIT_ASSERT_EQ(test, 0, sgl_fill(t, lens[i]));
		expect_exact(test, lens[i]);
	}
}

static int no_memory(struct sg_table *sgt, unsigned int nents, gfp_t gfp)
{
	return -ENOMEM;
}

static void sgl_allocates_once_test(struct kunit *test)
{
	struct sgl_test *t = test->priv;
	struct scatterlist *sgl;

	KUNIT_ASSERT_EQ(test, 0, sgl_fill(t, 1));
	sgl = t->sgl.sgt.sgl;

	kunit_activate_static_stub(test, dma_vec_sg_alloc, no_memory);
	KUNIT_EXPECT_EQ(test, 0, sgl_fill(t, ALL));
	KUNIT_EXPECT_PTR_EQ(test, sgl, t->sgl.sgt.sgl);
	expect_exact(test, ALL);

	/* Free and full again is a first call */
	dma_vec_sgl_free(&t->sgl);
	KUNIT_EXPECT_EQ(test, -ENOMEM, sgl_fill(t, SZ_4K));
	KUNIT_EXPECT_NULL(test, t->sgl.sgt.sgl);
	kunit_deactivate_static_stub(test, dma_vec_sg_alloc);
	KUNIT_EXPECT_EQ(test, 0, sgl_fill(t, SZ_4K));
	expect_exact(test, SZ_4K);
}

static void sgl_other_limit_test(struct kunit *test)
{
	struct device_dma_parameters parms = {};
	struct sgl_test *t = test->priv;

	KUNIT_ASSERT_EQ(test, 0, sgl_fill(t, SZ_8K));

	t->dev->dma_parms = &parms;
	dma_set_max_seg_size(t->dev, SZ_1K);
	kunit_activate_static_stub(test, dma_vec_sg_alloc, no_memory);
	KUNIT_EXPECT_EQ(test, -ENOMEM, sgl_fill(t, SZ_8K));
	expect_exact(test, SZ_8K);

	kunit_deactivate_static_stub(test, dma_vec_sg_alloc);
	KUNIT_EXPECT_EQ(test, 0, sgl_fill(t, SZ_8K));
	KUNIT_EXPECT_EQ(test, 8, t->sgl.sgt.nents);
	KUNIT_EXPECT_EQ(test, SZ_1K, sg_dma_len(t->sgl.sgt.sgl));
	t->dev->dma_parms = NULL;
}

static void sgl_empty_test(struct kunit *test)
{
	struct dma_vec_table empty = {};
	struct sgl_test *t = test->priv;

	KUNIT_EXPECT_EQ(test, -EINVAL,
			dma_vec_sgl_fill(&t->sgl, &empty, t->dev, GFP_KERNEL));
	KUNIT_EXPECT_NULL(test, t->sgl.sgt.sgl);
	dma_vec_sgl_free(&t->sgl);
}

static struct kunit_case sgl_test_cases[] = {
	KUNIT_CASE(sgl_exact_test),
	KUNIT_CASE(sgl_allocates_once_test),
	KUNIT_CASE(sgl_other_limit_test),
	KUNIT_CASE(sgl_empty_test),
	{}
};

static struct kunit_suite sgl_test_suite = {
	.name = "dma_vec_sgl",
	.init = sgl_test_init,
	.test_cases = sgl_test_cases,
};

kunit_test_suite(sgl_test_suite);
