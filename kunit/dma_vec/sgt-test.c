// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tables from scatterlists, as importers of dma-bufs get them: with fewer DMA
 * entries than there are pages, and with page links that lead nowhere.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <kunit/test.h>
#include <linux/dma-vec-table.h>
#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/prandom.h>
#include <linux/scatterlist.h>
#include <linux/sizes.h>

struct sgt_test {
	struct sg_table sgt;
	struct dma_vec_table table;
};

static void sgt_free_action(void *data)
{
	struct sgt_test *t = data;

	dma_vec_table_free(&t->table);
	sg_free_table(&t->sgt);
}

/*
 * A scatterlist without a page in it. The page links are mangled, in the same way
 * in which the debugging of dma-bufs does it: whoever follows one crashes.
 */
static struct sgt_test *sgt_make(struct kunit *test, const struct dma_vec *vecs,
				 unsigned int nents, unsigned int orig_nents)
{
	struct sgt_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);
	struct scatterlist *sg;
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, t);
	KUNIT_ASSERT_EQ(test, 0,
			sg_alloc_table(&t->sgt, orig_nents, GFP_KERNEL));
	KUNIT_ASSERT_EQ(test, 0,
			kunit_add_action_or_reset(test, sgt_free_action, t));

	for_each_sgtable_sg(&t->sgt, sg, i) {
		/* Where the DMA length has a place of its own, this is wrong */
		sg->length = 12345;
		sg->page_link ^= ~0xffUL;
		sg_dma_address(sg) = i < nents ? vecs[i].addr : 0xdead0000;
		sg_dma_len(sg) = i < nents ? vecs[i].len : 0;
	}
	t->sgt.nents = nents;

	return t;
}

static void sgt_expect(struct kunit *test, const struct dma_vec_table *table,
		       const struct dma_vec *vecs, size_t nents)
{
	size_t i, len = 0;

	KUNIT_ASSERT_EQ(test, nents, table->nents);
	KUNIT_EXPECT_EQ(test, nents, table->orig_nents);
	for (i = 0; i < nents; i++) {
		KUNIT_EXPECT_EQ(test, vecs[i].addr, table->vecs[i].addr);
		KUNIT_EXPECT_EQ(test, vecs[i].len, table->vecs[i].len);
		len += vecs[i].len;
		KUNIT_EXPECT_EQ(test, len, table->ends[i]);
	}
	KUNIT_EXPECT_EQ(test, len, table->len);
	KUNIT_EXPECT_EQ(test, len, table->orig_len);
	KUNIT_EXPECT_TRUE(test, table->owned);
	KUNIT_EXPECT_FALSE(test, table->no_sync);
}

struct sgt_case {
	const char *name;
	struct dma_vec vecs[4];
	unsigned int nents;
	unsigned int orig_nents;
	int err;
	struct dma_vec want[4];
	size_t nwant;
};

static const struct sgt_case sgt_cases[] = {
	{
		.name = "one entry",
		.vecs = { { 0x1000, 16 } }, .nents = 1, .orig_nents = 1,
		.want = { { 0x1000, 16 } }, .nwant = 1,
	}, {
		.name = "neighbours stay apart",
		.vecs = { { 0x1000, 16 }, { 0x1010, 16 } },
		.nents = 2, .orig_nents = 2,
		.want = { { 0x1000, 16 }, { 0x1010, 16 } }, .nwant = 2,
	}, {
		.name = "merged by an IOMMU",
		.vecs = { { 0x1000, 0x9000 }, { 0x20000, 1 } },
		.nents = 2, .orig_nents = 10,
		.want = { { 0x1000, 0x9000 }, { 0x20000, 1 } }, .nwant = 2,
	}, {
		.name = "the longest entry there is",
		.vecs = { { 0, UINT_MAX } }, .nents = 1, .orig_nents = 1,
		.want = { { 0, UINT_MAX } }, .nwant = 1,
	}, {
		.name = "empty ones in between, first and last",
		.vecs = { { 0x1, 0 }, { 0x1000, 16 }, { 0x2, 0 }, { 0x3, 0 } },
		.nents = 4, .orig_nents = 6,
		.want = { { 0x1000, 16 } }, .nwant = 1,
	}, {
		.name = "only empty ones",
		.nents = 3, .orig_nents = 3,
		.err = -EINVAL,
	}, {
		.name = "not mapped",
		.nents = 0, .orig_nents = 3,
		.err = -EINVAL,
	}, {
		.name = "wraps around the end of the address space",
		.vecs = { { (dma_addr_t)-1, 2 } }, .nents = 1, .orig_nents = 1,
		.err = -EOVERFLOW,
	}, {
		.name = "shorter than it says",
		.vecs = { { 0x1000, 16 }, { 0x2000, 16 } },
		.nents = 3, .orig_nents = 2,
		.err = -EINVAL,
	},
};

KUNIT_ARRAY_PARAM_DESC(sgt, sgt_cases, name);

static void sgt_case_test(struct kunit *test)
{
	const struct sgt_case *c = test->param_value;
	struct sgt_test *t;

	t = sgt_make(test, c->vecs, c->nents, c->orig_nents);

	KUNIT_ASSERT_EQ(test, c->err,
			dma_vec_table_from_sgt(&t->table, &t->sgt, GFP_KERNEL));
	if (!c->err) {
		sgt_expect(test, &t->table, c->want, c->nwant);
		return;
	}

	KUNIT_EXPECT_NULL(test, t->table.vecs);
	KUNIT_EXPECT_EQ(test, 0, t->table.nents);
	KUNIT_EXPECT_EQ(test, 0, t->table.orig_len);
	KUNIT_EXPECT_FALSE(test, t->table.owned);
}

static void sgt_none_test(struct kunit *test)
{
	struct sg_table sgt = { .nents = 3, .orig_nents = 3 };
	struct dma_vec_table table;

	KUNIT_EXPECT_EQ(test, -EINVAL,
			dma_vec_table_from_sgt(&table, NULL, GFP_KERNEL));
	KUNIT_EXPECT_EQ(test, -EINVAL,
			dma_vec_table_from_sgt(&table, &sgt, GFP_KERNEL));
	KUNIT_EXPECT_NULL(test, table.vecs);
}

#define LONG_NENTS 1000

static struct dma_vec *sgt_long_vecs(struct kunit *test)
{
	struct dma_vec *vecs;
	unsigned int i;

	vecs = kunit_kcalloc(test, LONG_NENTS, sizeof(*vecs), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, vecs);

	for (i = 0; i < LONG_NENTS; i++)
		vecs[i] = (struct dma_vec){ i * SZ_64K, 1 + i * 7 % 4096 };

	return vecs;
}

/* So long that the list is in several pieces */
static void sgt_chained_test(struct kunit *test)
{
	struct dma_vec *vecs = sgt_long_vecs(test);
	struct sgt_test *t;

	t = sgt_make(test, vecs, LONG_NENTS, LONG_NENTS + 500);

	KUNIT_ASSERT_EQ(test, 0,
			dma_vec_table_from_sgt(&t->table, &t->sgt, GFP_KERNEL));
	sgt_expect(test, &t->table, vecs, LONG_NENTS);
}

/* Where a scatterlist has a function for it, the answers are the same */
static void sgt_same_as_sg_test(struct kunit *test)
{
	struct dma_vec *vecs = sgt_long_vecs(test);
	struct rnd_state rnd;
	struct scatterlist *sg;
	struct sgt_test *t;
	size_t len, total;
	unsigned int i;
	int want;

	t = sgt_make(test, vecs, LONG_NENTS, LONG_NENTS);
	KUNIT_ASSERT_EQ(test, 0,
			dma_vec_table_from_sgt(&t->table, &t->sgt, GFP_KERNEL));

	/* sg_nents_for_len() counts the lengths of the CPU's side */
	for_each_sgtable_sg(&t->sgt, sg, i)
		sg->length = sg_dma_len(sg);

	KUNIT_EXPECT_EQ(test, sg_nents(t->sgt.sgl), t->table.nents);
	KUNIT_ASSERT_EQ(test, 0, dma_vec_len(vecs, LONG_NENTS, &total));

	prandom_seed_state(&rnd, 42);
	for (i = 0; i < 1000; i++) {
		len = 1 + prandom_u32_state(&rnd) % (total + 100);
		want = sg_nents_for_len(t->sgt.sgl, len);
		KUNIT_ASSERT_EQ_MSG(test, want,
				    dma_vec_nents_for_len(t->table.vecs,
							  t->table.nents, len),
				    "length %zu", len);
		if (want < 0)
			continue;
		KUNIT_ASSERT_EQ(test, 0,
				dma_vec_table_truncate(&t->table, len));
		KUNIT_ASSERT_EQ_MSG(test, want, t->table.nents, "length %zu",
				    len);
		dma_vec_table_restore(&t->table);
	}
}

static struct kunit_case sgt_test_cases[] = {
	KUNIT_CASE_PARAM(sgt_case_test, sgt_gen_params),
	KUNIT_CASE(sgt_none_test),
	KUNIT_CASE(sgt_chained_test),
	KUNIT_CASE(sgt_same_as_sg_test),
	{}
};

static struct kunit_suite sgt_test_suite = {
	.name = "dma_vec_sgt",
	.test_cases = sgt_test_cases,
};

kunit_test_suite(sgt_test_suite);
