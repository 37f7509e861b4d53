// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tables: how they are made and freed, and cut and restored at every length.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <kunit/static_stub.h>
#include <kunit/test.h>
#include <linux/cleanup.h>
#include <linux/dma-vec-table.h>
#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "../table.h"

#define TOP ((dma_addr_t)-1)
#define HALF (SIZE_MAX / 2 + 1)

static void table_expect_empty(struct kunit *test,
			       const struct dma_vec_table *table)
{
	struct dma_vec_table empty;

	memset(&empty, 0, sizeof(empty));
	KUNIT_EXPECT_PTR_EQ(test, empty.vecs, table->vecs);
	KUNIT_EXPECT_PTR_EQ(test, empty.ends, table->ends);
	KUNIT_EXPECT_EQ(test, empty.nents, table->nents);
	KUNIT_EXPECT_EQ(test, empty.len, table->len);
	KUNIT_EXPECT_EQ(test, empty.orig_nents, table->orig_nents);
	KUNIT_EXPECT_EQ(test, empty.orig_len, table->orig_len);
	KUNIT_EXPECT_EQ(test, empty.coherency, table->coherency);
	KUNIT_EXPECT_FALSE(test, table->no_sync || table->scattered ||
			   table->owned);
}

struct index_case {
	const char *name;
	struct dma_vec vecs[3];
	size_t nents;
	int err;
	size_t len;
};

static const struct index_case index_cases[] = {
	{ "no vector", {}, 0, -EINVAL },
	{ "one", { { 0x1000, 7 } }, 1, 0, 7 },
	{ "three", { { 0x1000, 7 }, { 0x10, 1 }, { 0x10, 9 } }, 3, 0, 17 },
	{ "an empty one", { { 0x1000, 7 }, { 0x10, 0 } }, 2, -EINVAL },
	{ "never filled", {}, 3, -EINVAL },
	{ "one that wraps", { { TOP, 2 } }, 1, -EOVERFLOW },
	{ "sum fits", { { 0, SIZE_MAX - 1 }, { 0, 1 } }, 2, 0, SIZE_MAX },
	{ "sum overflows", { { 0, SIZE_MAX }, { 0, 1 } }, 2, -EOVERFLOW },
	{ "sum wraps to 0", { { 0, HALF }, { 0, HALF } }, 2, -EOVERFLOW },
};

KUNIT_ARRAY_PARAM_DESC(index, index_cases, name);

static void table_init_test(struct kunit *test)
{
	const struct index_case *c = test->param_value;
	struct dma_vec_table table;
	struct dma_vec vecs[3];
	size_t ends[3];

	memcpy(vecs, c->vecs, sizeof(vecs));
	memset(&table, 0xa5, sizeof(table));

	KUNIT_EXPECT_EQ(test, c->err,
			dma_vec_table_init(&table, vecs, ends, c->nents));
	if (!c->err) {
		KUNIT_EXPECT_PTR_EQ(test, &vecs[0], table.vecs);
		KUNIT_EXPECT_EQ(test, c->nents, table.nents);
		KUNIT_EXPECT_EQ(test, c->nents, table.orig_nents);
		KUNIT_EXPECT_EQ(test, c->len, table.len);
		KUNIT_EXPECT_EQ(test, c->len, table.orig_len);
		KUNIT_EXPECT_EQ(test, DMA_VEC_DEFAULT_COHERENT, table.coherency);
		KUNIT_EXPECT_FALSE(test, table.no_sync || table.scattered ||
				   table.owned);
		KUNIT_EXPECT_EQ(test, c->len, ends[c->nents - 1]);
		dma_vec_table_free(&table);
	}
	table_expect_empty(test, &table);
	KUNIT_EXPECT_MEMEQ(test, vecs, c->vecs, sizeof(vecs));
}

static void table_init_null_test(struct kunit *test)
{
	struct dma_vec vec = { 0x1000, 16 };
	struct dma_vec_table table;
	size_t end;

	KUNIT_EXPECT_EQ(test, -EINVAL, dma_vec_table_init(&table, NULL, &end, 1));
	table_expect_empty(test, &table);
	KUNIT_EXPECT_EQ(test, -EINVAL, dma_vec_table_init(&table, &vec, NULL, 1));
	table_expect_empty(test, &table);
}

static void table_alloc_test(struct kunit *test)
{
	const struct index_case *c = test->param_value;
	struct dma_vec_table table;

	memset(&table, 0xa5, sizeof(table));

	KUNIT_ASSERT_EQ(test, c->nents ? 0 : -EINVAL,
			dma_vec_table_alloc(&table, c->nents, GFP_KERNEL));
	if (!c->nents) {
		table_expect_empty(test, &table);
		return;
	}

	/* Of no use before it is indexed */
	KUNIT_EXPECT_TRUE(test, table.owned);
	KUNIT_EXPECT_EQ(test, -EINVAL, dma_vec_table_truncate(&table, 1));
	KUNIT_EXPECT_EQ(test, 0, table.nents);

	memcpy(table.vecs, c->vecs, c->nents * sizeof(*table.vecs));
	KUNIT_EXPECT_EQ(test, c->err, dma_vec_table_index(&table));
	KUNIT_EXPECT_EQ(test, c->err ? 0 : c->nents, table.nents);
	KUNIT_EXPECT_EQ(test, c->len, table.len);
	KUNIT_EXPECT_EQ(test, c->len, table.orig_len);

	/* Filling anew is fine, after an error too */
	table.vecs[0] = (struct dma_vec){ 0x40, 4 };
	table.orig_nents = 1;
	KUNIT_EXPECT_EQ(test, 0, dma_vec_table_index(&table));
	KUNIT_EXPECT_EQ(test, 4, table.orig_len);

	dma_vec_table_free(&table);
	table_expect_empty(test, &table);
	dma_vec_table_free(&table);
	table_expect_empty(test, &table);
}

/* A table that turns bad when it is indexed again has no bytes in use */
static void table_index_again_test(struct kunit *test)
{
	struct dma_vec vecs[] = { { 0x1000, 16 }, { 0x2000, 16 } };
	struct dma_vec_table table;
	size_t ends[2];

	KUNIT_ASSERT_EQ(test, 0, dma_vec_table_init(&table, vecs, ends, 2));
	vecs[1].len = 0;
	KUNIT_EXPECT_EQ(test, -EINVAL, dma_vec_table_index(&table));
	KUNIT_EXPECT_EQ(test, 0, table.nents);
	KUNIT_EXPECT_EQ(test, 0, table.len);
	KUNIT_EXPECT_EQ(test, -EINVAL, dma_vec_table_truncate(&table, 16));
	dma_vec_table_restore(&table);
	KUNIT_EXPECT_EQ(test, 0, table.nents);
}

static void table_alloc_too_big_test(struct kunit *test)
{
	struct dma_vec_table table;

	KUNIT_EXPECT_EQ(test, -EOVERFLOW,
			dma_vec_table_alloc(&table, SIZE_MAX, GFP_KERNEL));
	table_expect_empty(test, &table);

	/* The first number whose size wraps to something small */
	KUNIT_EXPECT_EQ(test, -EOVERFLOW,
			dma_vec_table_alloc(&table, SIZE_MAX /
					    (sizeof(*table.vecs) +
					     sizeof(*table.ends)) + 1,
					    GFP_KERNEL));
	table_expect_empty(test, &table);

	KUNIT_EXPECT_EQ(test, -ENOMEM,
			dma_vec_table_alloc(&table, SIZE_MAX / 64, GFP_KERNEL));
	table_expect_empty(test, &table);
}

static void table_scoped_free_test(struct kunit *test)
{
	struct dma_vec_table table = {};

	{
		struct dma_vec_table *none __free(dma_vec_table) = NULL;

		KUNIT_EXPECT_NULL(test, none);
	}

	{
		struct dma_vec_table *scoped __free(dma_vec_table) = &table;

		KUNIT_ASSERT_EQ(test, 0,
				dma_vec_table_alloc(scoped, 3, GFP_KERNEL));
		KUNIT_EXPECT_NOT_NULL(test, table.vecs);
	}

	table_expect_empty(test, &table);
}

static const struct dma_vec cut_vecs[] = {
	{ 0x1000, 16 }, { 0x9000, 1 }, { 0x9001, 1 }, { 0x4000, 30 },
	{ 0x2000, 16 },
};

#define CUT_LEN 64

static const size_t cut_ends[] = { 16, 17, 18, 48, 64 };

/* Found by looking, one vector after the other */
static void cut_expect(struct kunit *test, const struct dma_vec_table *table,
		       size_t len)
{
	size_t i, want, left = len, nents = 0;

	for (i = 0; i < ARRAY_SIZE(cut_vecs); i++) {
		want = cut_vecs[i].len;
		if (left && left < want)
			want = left;
		if (left)
			nents++;
		left -= min(left, want);

		KUNIT_EXPECT_EQ_MSG(test, want, table->vecs[i].len,
				    "vector %zu cut to %zu", i, len);
		KUNIT_EXPECT_EQ(test, cut_vecs[i].addr, table->vecs[i].addr);
	}

	KUNIT_EXPECT_EQ_MSG(test, nents, table->nents, "cut to %zu", len);
	KUNIT_EXPECT_EQ(test, len, table->len);
	KUNIT_EXPECT_EQ(test, ARRAY_SIZE(cut_vecs), table->orig_nents);
	KUNIT_EXPECT_EQ(test, CUT_LEN, table->orig_len);
	KUNIT_EXPECT_MEMEQ(test, table->ends, cut_ends, sizeof(cut_ends));
}

struct cut {
	struct dma_vec vecs[ARRAY_SIZE(cut_vecs)];
	size_t ends[ARRAY_SIZE(cut_vecs)];
	struct dma_vec_table table;
};

static void cut_init(struct kunit *test, struct cut *cut)
{
	memcpy(cut->vecs, cut_vecs, sizeof(cut_vecs));
	KUNIT_ASSERT_EQ(test, 0,
			dma_vec_table_init(&cut->table, cut->vecs, cut->ends,
					   ARRAY_SIZE(cut_vecs)));
}

/* From every length to every length, straight and by way of the whole */
static void table_truncate_all_test(struct kunit *test)
{
	size_t a, b;
	struct cut cut;

	cut_init(test, &cut);
	for (a = 1; a <= CUT_LEN; a++) {
		for (b = 1; b <= CUT_LEN; b++) {
			KUNIT_ASSERT_EQ(test, 0,
					dma_vec_table_truncate(&cut.table, a));
			cut_expect(test, &cut.table, a);
			KUNIT_ASSERT_EQ(test, 0,
					dma_vec_table_truncate(&cut.table, b));
			cut_expect(test, &cut.table, b);
		}
		dma_vec_table_restore(&cut.table);
		cut_expect(test, &cut.table, CUT_LEN);
		dma_vec_table_restore(&cut.table);
		cut_expect(test, &cut.table, CUT_LEN);
	}

	KUNIT_EXPECT_PTR_EQ(test, &cut.vecs[0], cut.table.vecs);
}

static void table_truncate_refused_test(struct kunit *test)
{
	size_t len;
	struct cut cut;

	cut_init(test, &cut);
	for (len = 1; len <= CUT_LEN; len++) {
		KUNIT_ASSERT_EQ(test, 0, dma_vec_table_truncate(&cut.table, len));
		KUNIT_EXPECT_EQ(test, -EINVAL,
				dma_vec_table_truncate(&cut.table, 0));
		KUNIT_EXPECT_EQ(test, -EINVAL,
				dma_vec_table_truncate(&cut.table, CUT_LEN + 1));
		KUNIT_EXPECT_EQ(test, -EINVAL,
				dma_vec_table_truncate(&cut.table, SIZE_MAX));
		cut_expect(test, &cut.table, len);
	}
}

/* How memory is reached has nothing to do with lengths */
static void table_truncate_coherency_test(struct kunit *test)
{
	struct cut cut;

	cut_init(test, &cut);
	cut.table.coherency = DMA_VEC_CPU_COHERENT;
	cut.table.scattered = true;
	KUNIT_EXPECT_EQ(test, 0, dma_vec_table_truncate(&cut.table, 5));
	KUNIT_EXPECT_EQ(test, DMA_VEC_CPU_COHERENT, cut.table.coherency);
	KUNIT_EXPECT_TRUE(test, cut.table.scattered);
	dma_vec_table_restore(&cut.table);
	KUNIT_EXPECT_EQ(test, DMA_VEC_CPU_COHERENT, cut.table.coherency);
	KUNIT_EXPECT_TRUE(test, cut.table.scattered);
}

/* The same length again looks at nothing: it works without the index */
static void table_truncate_again_test(struct kunit *test)
{
	struct cut cut;

	cut_init(test, &cut);
	KUNIT_ASSERT_EQ(test, 0, dma_vec_table_truncate(&cut.table, 20));
	memset(cut.ends, 0xff, sizeof(cut.ends));
	KUNIT_EXPECT_EQ(test, 0, dma_vec_table_truncate(&cut.table, 20));
	KUNIT_EXPECT_EQ(test, 4, cut.table.nents);
	KUNIT_EXPECT_EQ(test, 2, cut.vecs[3].len);
}

static void table_one_byte_test(struct kunit *test)
{
	struct dma_vec vec = { TOP, 1 };
	struct dma_vec_table table;
	size_t end;

	KUNIT_ASSERT_EQ(test, 0, dma_vec_table_init(&table, &vec, &end, 1));
	KUNIT_EXPECT_EQ(test, 0, dma_vec_table_truncate(&table, 1));
	KUNIT_EXPECT_EQ(test, -EINVAL, dma_vec_table_truncate(&table, 2));
	dma_vec_table_restore(&table);
	KUNIT_EXPECT_EQ(test, 1, table.len);
}

static void table_zeroed_test(struct kunit *test)
{
	struct dma_vec_table table = {};

	KUNIT_EXPECT_EQ(test, -EINVAL, dma_vec_table_truncate(&table, 0));
	KUNIT_EXPECT_EQ(test, -EINVAL, dma_vec_table_truncate(&table, 1));
	KUNIT_EXPECT_EQ(test, -EINVAL, dma_vec_table_index(&table));
	dma_vec_table_restore(&table);
	dma_vec_table_free(&table);
	table_expect_empty(test, &table);
}

#define GIB_NENTS (SZ_1G / SZ_4K)

static void table_free_action(void *table)
{
	dma_vec_table_free(table);
}

static void table_gib_test(struct kunit *test)
{
	struct dma_vec_limits limits = { .max_len = SZ_1M, .addr_align = 64 };
	struct dma_vec_table *table;
	size_t i;

	table = kunit_kzalloc(test, sizeof(*table), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, table);
	KUNIT_ASSERT_EQ(test, 0,
			dma_vec_table_alloc(table, GIB_NENTS, GFP_KERNEL));
	KUNIT_ASSERT_EQ(test, 0,
			kunit_add_action_or_reset(test, table_free_action,
						  table));

	/* Every other page, so that none is the neighbour of another */
	for (i = 0; i < GIB_NENTS; i++)
		table->vecs[i] = (struct dma_vec){ i * 2 * SZ_4K, SZ_4K };

	KUNIT_ASSERT_EQ(test, 0, dma_vec_table_index(table));
	KUNIT_EXPECT_EQ(test, SZ_1G, table->len);
	KUNIT_EXPECT_EQ(test, GIB_NENTS,
			dma_vec_nents_for_dma(table->vecs, table->nents,
					      &limits));

	for (i = SZ_1G; i; i = i / 3) {
		KUNIT_ASSERT_EQ(test, 0, dma_vec_table_truncate(table, i));
		KUNIT_EXPECT_EQ(test, DIV_ROUND_UP(i, SZ_4K), table->nents);
		KUNIT_EXPECT_EQ(test, (i - 1) % SZ_4K + 1,
				table->vecs[table->nents - 1].len);
	}
	dma_vec_table_restore(table);

	/* Now all are neighbours */
	for (i = 0; i < GIB_NENTS; i++)
		table->vecs[i] = (struct dma_vec){ i * SZ_4K, SZ_4K };

	KUNIT_ASSERT_EQ(test, 0, dma_vec_table_index(table));
	KUNIT_EXPECT_EQ(test, SZ_1K,
			dma_vec_nents_for_dma(table->vecs, table->nents,
					      &limits));
	KUNIT_EXPECT_EQ(test, SZ_1K,
			dma_vec_coalesce(table->vecs, table->nents, &limits));
}

/* Fails from the call on that the test says; what was allocated is freed */
static void *table_no_memory(size_t size, gfp_t gfp)
{
	unsigned int *left = current->kunit_test->priv;

	return (*left)-- ? kvzalloc(size, gfp) : NULL;
}

static void table_no_memory_test(struct kunit *test)
{
	struct dma_vec_table table;
	unsigned int left, n;

	test->priv = &left;
	kunit_activate_static_stub(test, dma_vec_zalloc, table_no_memory);
	for (n = 0; n < 2; n++) {
		left = n;
		memset(&table, 0xff, sizeof(table));
		KUNIT_EXPECT_EQ(test, -ENOMEM,
				dma_vec_table_alloc(&table, 4, GFP_KERNEL));
		table_expect_empty(test, &table);
	}
	left = 2;
	KUNIT_EXPECT_EQ(test, 0, dma_vec_table_alloc(&table, 4, GFP_KERNEL));
	dma_vec_table_free(&table);
}

static struct kunit_case table_test_cases[] = {
	KUNIT_CASE_PARAM(table_init_test, index_gen_params),
	KUNIT_CASE(table_init_null_test),
	KUNIT_CASE_PARAM(table_alloc_test, index_gen_params),
	KUNIT_CASE(table_no_memory_test),
	KUNIT_CASE(table_index_again_test),
	KUNIT_CASE(table_alloc_too_big_test),
	KUNIT_CASE(table_scoped_free_test),
	KUNIT_CASE(table_truncate_all_test),
	KUNIT_CASE(table_truncate_refused_test),
	KUNIT_CASE(table_truncate_coherency_test),
	KUNIT_CASE(table_truncate_again_test),
	KUNIT_CASE(table_one_byte_test),
	KUNIT_CASE(table_zeroed_test),
	KUNIT_CASE_SLOW(table_gib_test),
	{}
};

static struct kunit_suite table_test_suite = {
	.name = "dma_vec_table",
	.test_cases = table_test_cases,
};

kunit_test_suite(table_test_suite);
