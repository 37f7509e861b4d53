// SPDX-License-Identifier: GPL-2.0-only
/*
 * A driver that was converted by the script must make the same descriptors of a
 * scatterlist as before, and make the same of vectors as it makes of the
 * scatterlist that stands for them: entry by entry, each as long as the device's
 * longest segment at most.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <kunit/device.h>
#include <kunit/test.h>
#include <linux/array_size.h>
#include <linux/dma-mapping.h>
#include <linux/dma-vec.h>
#include <linux/dmaengine.h>
#include <linux/err.h>
#include <linux/prandom.h>
#include <linux/scatterlist.h>
#include <linux/sizes.h>

#include "compare.h"

#define MAX_ENTRIES 16

/* Channel, its device in sysfs, that one's parent, and the device with the DMA */
struct dma_chan *fake_chan(struct kunit *test, struct dma_chan *chan)
{
	struct dma_device *ddev = kunit_kzalloc(test, sizeof(*ddev), GFP_KERNEL);
	struct dma_chan_dev *dev = kunit_kzalloc(test, sizeof(*dev), GFP_KERNEL);
	struct device *parent = kunit_kzalloc(test, sizeof(*parent), GFP_KERNEL);
	struct device *dma = test->priv;

	KUNIT_ASSERT_NOT_NULL(test, chan);
	KUNIT_ASSERT_NOT_NULL(test, ddev);
	KUNIT_ASSERT_NOT_NULL(test, dev);
	KUNIT_ASSERT_NOT_NULL(test, parent);

	parent->parent = dma;
	dev->device.parent = parent;
	ddev->dev = dma;
	INIT_LIST_HEAD(&ddev->channels);
	chan->device = ddev;
	chan->dev = dev;

	return chan;
}

struct pair {
	const struct subject *base, *converted;
};

static const struct pair pairs[] = {
	{ &hsu_base_subject, &hsu_converted_subject },
	{ &sa11x0_base_subject, &sa11x0_converted_subject },
	{ &timb_base_subject, &timb_converted_subject },
};

static void pair_desc(const struct pair *pair, char *desc)
{
	strscpy(desc, pair->converted->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(pair, pairs, pair_desc);

static void expect_same(struct kunit *test, const struct dump *want, const struct dump *got)
{
	KUNIT_ASSERT_LT(test, want->n, MAX_WORDS);
	KUNIT_ASSERT_EQ(test, want->n, got->n);
	KUNIT_EXPECT_MEMEQ(test, want->words, got->words, want->n * sizeof(*want->words));
}

static struct dump *dump_alloc(struct kunit *test)
{
	struct dump *dump = kunit_kzalloc(test, sizeof(*dump), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, dump);

	return dump;
}

static void fill_sgl(struct scatterlist *sgl, const struct dma_vec *vecs, unsigned int nents)
{
	unsigned int i;

	sg_init_table(sgl, nents);
	for (i = 0; i < nents; i++) {
		sg_dma_address(&sgl[i]) = vecs[i].addr;
		sg_dma_len(&sgl[i]) = vecs[i].len;
	}
}

/* The list as it is, by the driver as it was and as it is; true if it took it */
static bool compare_sg(struct kunit *test, const struct pair *pair,
		       const struct dma_vec *vecs, unsigned int nents)
{
	struct dump *before = dump_alloc(test), *after = dump_alloc(test);
	struct scatterlist sgl[MAX_ENTRIES];

	fill_sgl(sgl, vecs, nents);
	pair->base->prep_sg(test, sgl, nents, before);
	pair->converted->prep_sg(test, sgl, nents, after);
	expect_same(test, before, after);

	return before->n;
}

/* The vectors, and the list that the driver as it was would get for them */
static bool compare_vec(struct kunit *test, const struct pair *pair,
			const struct dma_vec *vecs, unsigned int nents)
{
	struct dump *before = dump_alloc(test), *after = dump_alloc(test);
	const struct dma_vec_limits limits = { .max_len = SZ_64K };
	struct scatterlist sgl[MAX_ENTRIES];
	struct dma_vec chunks[MAX_ENTRIES];
	struct dma_vec_iter iter;
	unsigned int n = 0;

	KUNIT_ASSERT_EQ(test, 0, dma_vec_iter_init(&iter, vecs, nents, &limits));
	while (n < MAX_ENTRIES && dma_vec_iter_next(&iter, &chunks[n]))
		n++;
	KUNIT_ASSERT_LT(test, n, MAX_ENTRIES);

	fill_sgl(sgl, chunks, n);
	pair->base->prep_sg(test, sgl, n, before);
	pair->converted->prep_vec(test, vecs, nents, after);
	expect_same(test, before, after);

	return before->n;
}

static const struct compare_case {
	struct dma_vec vecs[4];
	unsigned int nents;
} compare_cases[] = {
	/* One, and some apart */
	{ { { 0x10000, 64 } }, 1 },
	{ { { 0x10000, 64 }, { 0x20000, 128 }, { 0x8000, 4096 } }, 3 },
	/* Neighbours, which stay apart in a list */
	{ { { 0x10000, 0x1000 }, { 0x11000, 0x1000 }, { 0x12000, 8 } }, 3 },
	/* As long as an entry may be, and longer than some hardware takes */
	{ { { 0x10000, 0xfffc } }, 1 },
	{ { { 0x10000, SZ_64K } }, 1 },
	/* Longer than what a device takes that says nothing: of interest as vectors */
	{ { { 0x10000, SZ_64K + 8 }, { 0x80000, SZ_128K } }, 2 },
	/* What some refuse */
	{ { { 0x10001, 64 } }, 1 },
	{ { { 0x10000, 63 } }, 1 },
	{ { { 0xfffffff8, 8 } }, 1 },
};

static void cases_test(struct kunit *test)
{
	const struct pair *pair = test->param_value;
	const struct compare_case *c;
	unsigned int taken = 0;

	for (c = compare_cases; c < compare_cases + ARRAY_SIZE(compare_cases); c++) {
		taken += compare_sg(test, pair, c->vecs, c->nents);
		taken += compare_vec(test, pair, c->vecs, c->nents);
	}

	/* Or they were all refused */
	KUNIT_EXPECT_GE(test, taken, 8);
}

static void random_test(struct kunit *test)
{
	const struct pair *pair = test->param_value;
	struct rnd_state rnd;
	struct dma_vec vecs[8];
	unsigned int round, i, nents;

	prandom_seed_state(&rnd, 1);
	for (round = 0; round < 50; round++) {
		nents = 1 + prandom_u32_state(&rnd) % ARRAY_SIZE(vecs);
		for (i = 0; i < nents; i++) {
			vecs[i].len = 4 + prandom_u32_state(&rnd) % 20000 / 4 * 4;
			vecs[i].addr = i && prandom_u32_state(&rnd) % 2 ?
				vecs[i - 1].addr + vecs[i - 1].len :
				prandom_u32_state(&rnd) / 16 * 8;
		}
		compare_sg(test, pair, vecs, nents);
		compare_vec(test, pair, vecs, nents);
	}
}

static void nothing_test(struct kunit *test)
{
	const struct pair *pair = test->param_value;
	struct dump *dump = dump_alloc(test);

	pair->converted->prep_sg(test, NULL, 1, dump);
	pair->converted->prep_vec(test, NULL, 1, dump);
	pair->converted->prep_vec(test, &compare_cases[0].vecs[0], 0, dump);
	KUNIT_EXPECT_EQ(test, 0, dump->n);
}

static struct kunit_case compare_test_cases[] = {
	KUNIT_CASE_PARAM(cases_test, pair_gen_params),
	KUNIT_CASE_PARAM(random_test, pair_gen_params),
	KUNIT_CASE_PARAM(nothing_test, pair_gen_params),
	{}
};

static int compare_test_init(struct kunit *test)
{
	struct device *dma = kunit_device_register(test, "compare");

	KUNIT_ASSERT_FALSE(test, IS_ERR(dma));
	test->priv = dma;

	return dma_coerce_mask_and_coherent(dma, DMA_BIT_MASK(64));
}

static struct kunit_suite compare_test_suite = {
	.name = "dma_vec_convert",
	.init = compare_test_init,
	.test_cases = compare_test_cases,
};

kunit_test_suite(compare_test_suite);
