// SPDX-License-Identifier: GPL-2.0-only
/*
 * Vectors come from whoever mapped the memory. Whatever is in them, and in the
 * limits of a piece of hardware, every function ends, and says the same about
 * them as the others do: no crash, no endless walk, no chunk out of nowhere.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <kunit/test.h>
#include <linux/dma-vec-compact.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/prandom.h>
#include <linux/scatterlist.h>
#include <linux/string.h>

#define NENTS	6
#define ROUNDS	20000
/* Enough for any walk that makes progress; longer ones are not walked to the end */
#define STEPS	64

static u64 pick_number(struct rnd_state *rnd)
{
	u64 n = ((u64)prandom_u32_state(rnd) << 32) | prandom_u32_state(rnd);
	unsigned int how = prandom_u32_state(rnd) % 8;

	switch (how) {
	case 0:
		return 0;
	case 1:
		return n & 7;
	case 2:
		return -(n & 0xffff);
	case 3:
		return 1ULL << (n & 63);
	case 4:
		return (1ULL << (n & 63)) - 1;
	case 5:
		return n & 0xfffff000;
	default:
		return n >> (n & 63);
	}
}

struct garbage {
	struct dma_vec vecs[NENTS];
	size_t ends[NENTS];
	struct scatterlist sgl[NENTS];
	struct dma_vec_limits limits;
	size_t nents;
};

static void garbage_fill(struct garbage *g, struct rnd_state *rnd)
{
	size_t i;

	g->nents = prandom_u32_state(rnd) % (NENTS + 1);
	sg_init_table(g->sgl, NENTS);
	for (i = 0; i < NENTS; i++) {
		g->vecs[i].addr = pick_number(rnd);
		g->vecs[i].len = pick_number(rnd);
		sg_dma_address(&g->sgl[i]) = g->vecs[i].addr;
		sg_dma_len(&g->sgl[i]) = g->vecs[i].len;
	}

	g->limits = (struct dma_vec_limits){
		.max_len = pick_number(rnd),
		.addr_align = pick_number(rnd),
		.len_align = pick_number(rnd),
		.boundary = pick_number(rnd),
	};
	/* Mostly something that may be */
	if (prandom_u32_state(rnd) % 4) {
		g->limits.addr_align = 1 << (g->limits.addr_align & 7);
		g->limits.len_align = 1 << (g->limits.len_align & 7);
		g->limits.boundary = 1ULL << (8 + (g->limits.boundary & 31));
		g->limits.max_len |= 256;
	}
}

/* Chunks are never empty or too long, and no walk has more than it was said */
static void garbage_walk(struct kunit *test, const struct garbage *g,
			 struct dma_vec_iter *iter, ssize_t count)
{
	struct dma_vec chunk;
	unsigned int n;

	for (n = 0; n < STEPS && dma_vec_iter_next(iter, &chunk); n++) {
		KUNIT_ASSERT_NE(test, 0, chunk.len);
		if (g->limits.max_len)
			KUNIT_ASSERT_LE(test, chunk.len, g->limits.max_len);
	}

	if (count >= 0)
		KUNIT_ASSERT_EQ(test, min_t(ssize_t, count, STEPS), n);
}

static void garbage_array(struct kunit *test, struct garbage *g)
{
	int err = dma_vec_check(g->vecs, g->nents, &g->limits);
	struct dma_vec_iter iter;
	size_t len = 0;
	ssize_t n;

	n = dma_vec_nents_for_dma(g->vecs, g->nents, &g->limits);
	KUNIT_ASSERT_TRUE(test, err ? n == err : n > 0 || n == -EOVERFLOW);
	if (!err)
		KUNIT_ASSERT_EQ(test, 0, dma_vec_len(g->vecs, g->nents, &len));

	if (!dma_vec_iter_init(&iter, g->vecs, g->nents, &g->limits))
		garbage_walk(test, g, &iter, n);
	else
		KUNIT_ASSERT_FALSE(test,
				   dma_vec_iter_next(&iter, &g->vecs[0]));

	n = dma_vec_nents_for_len(g->vecs, g->nents, len);
	KUNIT_ASSERT_TRUE(test, err ? n == -EINVAL : n == g->nents);
}

static void garbage_list(struct kunit *test, struct garbage *g)
{
	struct dma_vec_iter iter;

	/* Said to be longer than it is */
	if (dma_vec_iter_init_sg(&iter, g->sgl, NENTS + 1, &g->limits))
		return;

	KUNIT_ASSERT_LT(test, dma_vec_iter_check(&iter), 0);
	KUNIT_ASSERT_LT(test, dma_vec_iter_count(&iter), 0);
	garbage_walk(test, g, &iter, -1);
}

static void garbage_table(struct kunit *test, struct garbage *g)
{
	struct dma_vec_compact *compact;
	struct dma_vec_table table;
	size_t cut;

	if (dma_vec_table_init(&table, g->vecs, g->ends, g->nents)) {
		KUNIT_ASSERT_EQ(test, -EINVAL, dma_vec_table_truncate(&table, 1));
		return;
	}

	cut = g->limits.max_len ?: 1;
	if (!dma_vec_table_truncate(&table, cut))
		KUNIT_ASSERT_EQ(test, cut, table.len);

	compact = dma_vec_compact_from_table(&table, GFP_KERNEL);
	if (!IS_ERR(compact))
		KUNIT_ASSERT_EQ(test, table.len, compact->len);
	dma_vec_compact_free(compact);

	dma_vec_table_restore(&table);
	KUNIT_ASSERT_EQ(test, table.orig_len, table.len);
	dma_vec_table_free(&table);
}

static void garbage_coalesce(struct kunit *test, struct garbage *g)
{
	size_t before = 0, after = 0;
	int err = dma_vec_len(g->vecs, g->nents, &before);
	ssize_t n = dma_vec_coalesce(g->vecs, g->nents, &g->limits);

	if (err)
		KUNIT_ASSERT_LT(test, n, 0);
	if (n < 0)
		return;

	KUNIT_ASSERT_LE(test, n, g->nents);
	KUNIT_ASSERT_EQ(test, 0, dma_vec_len(g->vecs, n, &after));
	KUNIT_ASSERT_EQ(test, before, after);
}

static void garbage_test(struct kunit *test)
{
	struct garbage *g = kunit_kzalloc(test, sizeof(*g), GFP_KERNEL);
	struct rnd_state rnd;
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, g);
	prandom_seed_state(&rnd, 20240612);
	for (i = 0; i < ROUNDS; i++) {
		garbage_fill(g, &rnd);
		garbage_list(test, g);
		garbage_table(test, g);
		garbage_array(test, g);
		garbage_coalesce(test, g);
	}
}

/* A list that is not as long as was said */
static void short_list_test(struct kunit *test)
{
	struct dma_vec_iter iter;
	struct dma_vec chunk;
	struct scatterlist sg;

	sg_init_table(&sg, 1);
	sg_dma_address(&sg) = 0x1000;
	sg_dma_len(&sg) = 16;

	KUNIT_ASSERT_EQ(test, 0, dma_vec_iter_init_sg(&iter, &sg, SIZE_MAX, NULL));
	KUNIT_EXPECT_EQ(test, -EINVAL, dma_vec_iter_check(&iter));
	KUNIT_EXPECT_EQ(test, -EINVAL, dma_vec_iter_count(&iter));

	/* Who did not check gets what there is */
	KUNIT_EXPECT_TRUE(test, dma_vec_iter_next(&iter, &chunk));
	KUNIT_EXPECT_EQ(test, 16, chunk.len);
	KUNIT_EXPECT_FALSE(test, dma_vec_iter_next(&iter, &chunk));
	KUNIT_EXPECT_FALSE(test, dma_vec_iter_next(&iter, &chunk));
}

static struct kunit_case garbage_test_cases[] = {
	KUNIT_CASE(garbage_test),
	KUNIT_CASE(short_list_test),
	{}
};

static struct kunit_suite garbage_test_suite = {
	.name = "dma_vec_garbage",
	.test_cases = garbage_test_cases,
};

kunit_test_suite(garbage_test_suite);
