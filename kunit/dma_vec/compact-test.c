// SPDX-License-Identifier: GPL-2.0-only
/*
 * Compact tables: what becomes one and what does not, that nothing is lost on
 * the way there and back, and what is saved.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <kunit/static_stub.h>
#include <kunit/test.h>
#include <linux/dma-vec-compact.h>
#include <linux/err.h>
#include <linux/gfp.h>
#include <linux/limits.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/sizes.h>
#include <linux/slab.h>

#include "../table.h"

#define TOP	((dma_addr_t)-1)
#define HALF	(TOP / 2 + 1)

struct compact_case {
	const char *name;
	struct dma_vec vecs[4];
	size_t nents;
	int err;
	u64 offset;
	u64 tail;
};

static const struct compact_case compact_cases[] = {
	{ "nothing", {}, 0, -EINVAL },
	{ "one page", { { 0x1000, 0x1000 } }, 1, 0, 0, 0 },
	{ "at address 0", { { 0, 0x1000 } }, 1, 0, 0, 0 },
	{ "the smallest block", { { 0x40, 0x40 } }, 1, 0, 0, 0 },
	{ "a part of the smallest block", { { 0x47, 2 } }, 1, 0, 7, 0x37 },
	{ "one byte", { { 0x1000, 1 } }, 1, 0, 0, 0x3f },
	{ "blocks of all sizes",
	  { { 0x10000, 0x10000 }, { 0x3000, 0x1000 }, { 0x80, 0x80 },
	    { 0x200000, 0x200000 } }, 4, 0, 0, 0 },
	{ "begins inside of a block",
	  { { 0x10010, 0xfff0 }, { 0x3000, 0x1000 } }, 2, 0, 0x10, 0 },
	{ "ends inside of a block",
	  { { 0x10000, 0x10000 }, { 0x20000, 0x8001 } }, 2, 0, 0, 0x7fff },
	{ "both",
	  { { 0x1fff0, 0x10 }, { 0x3000, 0x1000 }, { 0x40, 1 } }, 3, 0, 0x30,
	  0x3f },
	{ "across the middle of a block", { { 0x1fff, 2 } }, 1, 0, 0x1fff,
	  0x1fff },
	{ "an inner one that begins late",
	  { { 0x1000, 0x1000 }, { 0x4010, 0xff0 }, { 0x3000, 0x1000 } }, 3,
	  -EINVAL },
	{ "an inner one that ends early",
	  { { 0x1000, 0x1000 }, { 0x4000, 0xff0 }, { 0x3000, 0x1000 } }, 3,
	  -EINVAL },
	{ "the first one ends early",
	  { { 0x1000, 0xfff }, { 0x4000, 0x1000 } }, 2, -EINVAL },
	{ "the last one begins late",
	  { { 0x1000, 0x1000 }, { 0x4001, 0xfff } }, 2, -EINVAL },
	{ "no power of two",
	  { { 0x4000, 0x3000 }, { 0x1000, 0x1000 } }, 2, -EINVAL },
	{ "not at a multiple of its length",
	  { { 0x4000, 0x1000 }, { 0x1000, 0x2000 }, { 0x8000, 0x1000 } }, 3,
	  -EINVAL },
	{ "smaller than a block can be",
	  { { 0x1000, 0x1000 }, { 0x20, 0x20 }, { 0x2000, 0x1000 } }, 3,
	  -EINVAL },
	{ "up to the top", { { TOP - 0xfff, 0x1000 } }, 1, 0, 0, 0 },
	{ "the last byte of all", { { TOP, 1 } }, 1, 0, 0x3f, 0 },
	{ "across the middle of everything", { { HALF - 1, 2 } }, 1, -EINVAL },
	{ "up to the middle", { { HALF - 0x1000, 0x1000 } }, 1, 0, 0, 0 },
	{ "from the middle on", { { HALF, 0x1000 } }, 1, 0, 0, 0 },
#if BITS_PER_LONG == 64 && defined(CONFIG_ARCH_DMA_ADDR_T_64BIT)
	{ "half of everything", { { 0, HALF } }, 1, 0, 0, 0 },
	{ "4 GiB", { { SZ_4G, SZ_4G } }, 1, 0, 0, 0 },
#endif
};

KUNIT_ARRAY_PARAM_DESC(compact, compact_cases, name);

static void compact_expect(struct kunit *test, const struct dma_vec *vecs,
			   size_t nents, const struct dma_vec_table *table)
{
	size_t i;

	KUNIT_ASSERT_EQ(test, nents, table->nents);
	for (i = 0; i < nents; i++) {
		KUNIT_EXPECT_EQ(test, vecs[i].addr, table->vecs[i].addr);
		KUNIT_EXPECT_EQ(test, vecs[i].len, table->vecs[i].len);
	}
}

static void compact_there_and_back_test(struct kunit *test)
{
	const struct compact_case *c = test->param_value;
	struct dma_vec_compact *compact __free(dma_vec_compact) = NULL;
	struct dma_vec_table back = {}, table = {};
	struct dma_vec vecs[4], vec;
	size_t ends[4], i;

	memcpy(vecs, c->vecs, sizeof(vecs));
	if (c->nents)
		KUNIT_ASSERT_EQ(test, 0, dma_vec_table_init(&table, vecs, ends,
							    c->nents));
	table.coherency = DMA_VEC_CPU_COHERENT;
	table.no_sync = c->nents & 1;
	table.scattered = !table.no_sync;

	compact = dma_vec_compact_from_table(&table, GFP_KERNEL);
	KUNIT_ASSERT_EQ(test, c->err, PTR_ERR_OR_ZERO(compact));
	KUNIT_EXPECT_MEMEQ(test, c->vecs, vecs, sizeof(vecs));
	if (c->err)
		return;

	KUNIT_EXPECT_EQ(test, c->nents, compact->nents);
	KUNIT_EXPECT_EQ(test, table.len, compact->len);
	KUNIT_EXPECT_EQ(test, c->offset, compact->offset);
	KUNIT_EXPECT_EQ(test, c->tail, compact->tail);
	for (i = 0; i < c->nents; i++) {
		dma_vec_compact_get(compact, i, &vec);
		KUNIT_EXPECT_EQ(test, c->vecs[i].addr, vec.addr);
		KUNIT_EXPECT_EQ(test, c->vecs[i].len, vec.len);
	}

	KUNIT_ASSERT_EQ(test, 0, dma_vec_table_from_compact(&back, compact,
							    GFP_KERNEL));
	compact_expect(test, c->vecs, c->nents, &back);
	KUNIT_EXPECT_EQ(test, table.len, back.len);
	KUNIT_EXPECT_EQ(test, table.orig_len, back.orig_len);
	KUNIT_EXPECT_EQ(test, table.coherency, back.coherency);
	KUNIT_EXPECT_EQ(test, table.no_sync, back.no_sync);
	KUNIT_EXPECT_EQ(test, table.scattered, back.scattered);
	KUNIT_EXPECT_TRUE(test, back.owned);
	dma_vec_table_free(&back);
}

/* The bytes in use are kept, wherever the table is cut */
static void compact_truncated_test(struct kunit *test)
{
	struct dma_vec vecs[] = { { 0x1080, 0x80 }, { 0x40, 0x40 },
				  { 0x2000, 0x100 } };
	struct dma_vec_table table, back;
	struct dma_vec_compact *compact;
	size_t ends[3], len;

	KUNIT_ASSERT_EQ(test, 0, dma_vec_table_init(&table, vecs, ends, 3));
	for (len = 1; len <= table.orig_len; len++) {
		KUNIT_ASSERT_EQ(test, 0, dma_vec_table_truncate(&table, len));
		compact = dma_vec_compact_from_table(&table, GFP_KERNEL);
		KUNIT_ASSERT_FALSE(test, IS_ERR(compact));
		KUNIT_EXPECT_EQ(test, len, compact->len);
		KUNIT_ASSERT_EQ(test, 0,
				dma_vec_table_from_compact(&back, compact,
							   GFP_KERNEL));
		compact_expect(test, table.vecs, table.nents, &back);
		KUNIT_EXPECT_EQ(test, len, back.orig_len);
		dma_vec_table_free(&back);
		dma_vec_compact_free(compact);
	}
}

/* 1 GiB in pages of 4 KiB: a third of the memory, a half with short lengths */
static void compact_memory_test(struct kunit *test)
{
	const size_t nents = SZ_1G / SZ_4K;
	struct dma_vec_table table, back;
	struct dma_vec_compact *compact;
	const size_t share = sizeof(size_t) < sizeof(dma_addr_t) ? 2 : 3;
	size_t i, size, compact_size;

	KUNIT_ASSERT_EQ(test, 0, dma_vec_table_alloc(&table, nents, GFP_KERNEL));
	for (i = 0; i < nents; i++)
		table.vecs[i] = (struct dma_vec){ (i ^ 0x5a5) * SZ_4K, SZ_4K };
	KUNIT_ASSERT_EQ(test, 0, dma_vec_table_index(&table));

	compact = dma_vec_compact_from_table(&table, GFP_KERNEL);
	KUNIT_ASSERT_FALSE(test, IS_ERR(compact));

	size = nents * (sizeof(*table.vecs) + sizeof(*table.ends));
	compact_size = struct_size(compact, blocks, nents);
	kunit_info(test, "%zu bytes for the table, %zu for the compact one",
		   size, compact_size);
	KUNIT_EXPECT_LE(test, compact_size, size / share + sizeof(*compact));

	KUNIT_ASSERT_EQ(test, 0, dma_vec_table_from_compact(&back, compact,
							    GFP_KERNEL));
	KUNIT_EXPECT_EQ(test, nents, back.nents);
	KUNIT_EXPECT_MEMEQ(test, table.vecs, back.vecs,
			   nents * sizeof(*table.vecs));
	KUNIT_EXPECT_MEMEQ(test, table.ends, back.ends,
			   nents * sizeof(*table.ends));

	dma_vec_table_free(&back);
	dma_vec_compact_free(compact);
	dma_vec_table_free(&table);
}

static void *compact_no_memory(size_t size, gfp_t gfp)
{
	return NULL;
}

static void compact_no_memory_test(struct kunit *test)
{
	struct dma_vec vec = { 0x1000, 0x1000 };
	struct dma_vec_table table, back;
	struct dma_vec_compact *compact, *none;
	size_t end;

	KUNIT_ASSERT_EQ(test, 0, dma_vec_table_init(&table, &vec, &end, 1));
	compact = dma_vec_compact_from_table(&table, GFP_KERNEL);
	KUNIT_ASSERT_FALSE(test, IS_ERR(compact));

	/* More than anybody has */
	back = (struct dma_vec_table){ .nents = SIZE_MAX };
	none = dma_vec_compact_from_table(&back, GFP_KERNEL);
	KUNIT_EXPECT_EQ(test, -ENOMEM, PTR_ERR_OR_ZERO(none));

	kunit_activate_static_stub(test, dma_vec_zalloc, compact_no_memory);
	none = dma_vec_compact_from_table(&table, GFP_KERNEL);
	KUNIT_EXPECT_EQ(test, -ENOMEM, PTR_ERR_OR_ZERO(none));
	KUNIT_EXPECT_EQ(test, -ENOMEM,
			dma_vec_table_from_compact(&back, compact, GFP_KERNEL));
	KUNIT_EXPECT_NULL(test, back.vecs);
	KUNIT_EXPECT_EQ(test, 0, back.nents);

	dma_vec_compact_free(compact);
	dma_vec_compact_free(NULL);
	dma_vec_compact_free(ERR_PTR(-EINVAL));
}

static struct kunit_case compact_test_cases[] = {
	KUNIT_CASE_PARAM(compact_there_and_back_test, compact_gen_params),
	KUNIT_CASE(compact_truncated_test),
	KUNIT_CASE_SLOW(compact_memory_test),
	KUNIT_CASE(compact_no_memory_test),
	{}
};

static struct kunit_suite compact_test_suite = {
	.name = "dma_vec_compact",
	.test_cases = compact_test_cases,
};

kunit_test_suite(compact_test_suite);
