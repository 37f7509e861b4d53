// SPDX-License-Identifier: GPL-2.0-only
/*
 * Chunking, case by case, with the expected chunks written down; and what the
 * iterator does with arrays that it should never have been given.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <kunit/test.h>
#include <linux/array_size.h>
#include <linux/dma-vec.h>
#include <linux/errno.h>
#include <linux/hardirq.h>
#include <linux/irqflags.h>
#include <linux/limits.h>
#include <linux/scatterlist.h>
#include <linux/sizes.h>

#define TOP ((dma_addr_t)-1)

struct chunk_case {
	const char *name;
	struct dma_vec vecs[4];
	size_t nents;
	struct dma_vec_limits limits;
	struct dma_vec want[6];
	size_t nwant;
};

static const struct chunk_case chunk_cases[] = {
	{
		.name = "no limits",
		.vecs = { { 0x1001, 5 }, { 0x3003, 7 } }, .nents = 2,
		.want = { { 0x1001, 5 }, { 0x3003, 7 } }, .nwant = 2,
	}, {
		.name = "neighbours are joined",
		.vecs = { { 0x1000, 16 }, { 0x1010, 8 }, { 0x1018, 8 },
			  { 0x4000, 8 } },
		.nents = 4,
		.want = { { 0x1000, 32 }, { 0x4000, 8 } }, .nwant = 2,
	}, {
		.name = "exactly the maximum",
		.vecs = { { 0x1000, 32 } }, .nents = 1,
		.limits = { .max_len = 32 },
		.want = { { 0x1000, 32 } }, .nwant = 1,
	}, {
		.name = "one byte more than the maximum",
		.vecs = { { 0x1000, 33 } }, .nents = 1,
		.limits = { .max_len = 32 },
		.want = { { 0x1000, 32 }, { 0x1020, 1 } }, .nwant = 2,
	}, {
		.name = "joined up to the maximum, across vectors",
		.vecs = { { 0x1000, 20 }, { 0x1014, 20 }, { 0x1028, 20 } },
		.nents = 3, .limits = { .max_len = 32 },
		.want = { { 0x1000, 32 }, { 0x1020, 28 } }, .nwant = 2,
	}, {
		.name = "the maximum is rounded to the alignment",
		.vecs = { { 0x1000, 32 } }, .nents = 1,
		.limits = { .max_len = 15, .addr_align = 4 },
		.want = { { 0x1000, 12 }, { 0x100c, 12 }, { 0x1018, 8 } },
		.nwant = 3,
	}, {
		.name = "splits satisfy an address alignment above the length's",
		.vecs = { { 0x1000, 30 } }, .nents = 1,
		.limits = { .max_len = 20, .addr_align = 8, .len_align = 2 },
		.want = { { 0x1000, 16 }, { 0x1010, 14 } }, .nwant = 2,
	}, {
		.name = "joins do not blur where a split has to be",
		.vecs = { { 0x1000, 8 }, { 0x1008, 8 }, { 0x1010, 6 } },
		.nents = 3, .limits = { .max_len = 20, .addr_align = 8 },
		.want = { { 0x1000, 16 }, { 0x1010, 6 } }, .nwant = 2,
	}, {
		.name = "split at boundaries",
		.vecs = { { 0xfe0, 0x1040 } }, .nents = 1,
		.limits = { .boundary = 0x1000 },
		.want = { { 0xfe0, 0x20 }, { 0x1000, 0x1000 }, { 0x2000, 0x20 } },
		.nwant = 3,
	}, {
		.name = "up to a boundary only",
		.vecs = { { 0xfe0, 0x20 } }, .nents = 1,
		.limits = { .boundary = 0x1000 },
		.want = { { 0xfe0, 0x20 } }, .nwant = 1,
	}, {
		.name = "joined up to a boundary",
		.vecs = { { 0xff0, 8 }, { 0xff8, 16 }, { 0x1008, 8 } },
		.nents = 3, .limits = { .boundary = 0x1000 },
		.want = { { 0xff0, 16 }, { 0x1000, 16 } }, .nwant = 2,
	}, {
		.name = "boundary and maximum",
		.vecs = { { 0xff0, 0x30 } }, .nents = 1,
		.limits = { .boundary = 0x1000, .max_len = 12 },
		.want = { { 0xff0, 12 }, { 0xffc, 4 }, { 0x1000, 12 },
			  { 0x100c, 12 }, { 0x1018, 8 } },
		.nwant = 5,
	}, {
		.name = "short of a boundary that is no place to split",
		.vecs = { { 0xff0, 16 }, { 0x1000, 4 } }, .nents = 2,
		.limits = { .boundary = 0x1000, .max_len = 8, .len_align = 4 },
		.want = { { 0xff0, 8 }, { 0xff8, 8 }, { 0x1000, 4 } },
		.nwant = 3,
	}, {
		.name = "boundary above 32 bits",
		.vecs = { { 0x1000, 16 } }, .nents = 1,
		.limits = { .boundary = BIT_ULL(40) },
		.want = { { 0x1000, 16 } }, .nwant = 1,
	}, {
		.name = "up to the top of the address space",
		.vecs = { { TOP - 31, 16 }, { TOP - 15, 16 } }, .nents = 2,
		.want = { { TOP - 31, 32 } }, .nwant = 1,
	}, {
		.name = "the top and the bottom are no neighbours",
		.vecs = { { TOP - 15, 16 }, { 0, 16 } }, .nents = 2,
		.want = { { TOP - 15, 16 }, { 0, 16 } }, .nwant = 2,
	}, {
		.name = "the same memory twice",
		.vecs = { { 0x1000, 16 }, { 0x1000, 16 } }, .nents = 2,
		.want = { { 0x1000, 16 }, { 0x1000, 16 } }, .nwant = 2,
	},
};

KUNIT_ARRAY_PARAM_DESC(chunk, chunk_cases, name);

static void chunk_expect(struct kunit *test, const struct chunk_case *c,
			 struct dma_vec_iter *iter)
{
	struct dma_vec chunk;
	size_t i = 0;

	dma_vec_for_each_chunk(&chunk, iter) {
		KUNIT_ASSERT_LT(test, i, c->nwant);
		KUNIT_EXPECT_EQ(test, c->want[i].addr, chunk.addr);
		KUNIT_EXPECT_EQ(test, c->want[i].len, chunk.len);
		i++;
	}

	KUNIT_EXPECT_EQ(test, c->nwant, i);
	KUNIT_EXPECT_FALSE(test, dma_vec_iter_next(iter, &chunk));
}

static void chunk_iter_test(struct kunit *test)
{
	const struct chunk_case *c = test->param_value;
	struct dma_vec_iter iter;

	KUNIT_ASSERT_EQ(test, 0, dma_vec_iter_init(&iter, c->vecs, c->nents,
						   &c->limits));
	chunk_expect(test, c, &iter);
}

static void chunk_nents_test(struct kunit *test)
{
	const struct chunk_case *c = test->param_value;

	KUNIT_EXPECT_EQ(test, (ssize_t)c->nwant,
			dma_vec_nents_for_dma(c->vecs, c->nents, &c->limits));
}

static void chunk_fill_sgl(struct scatterlist *sgl, const struct dma_vec *vecs,
			   unsigned int nents)
{
	unsigned int i;

	sg_init_table(sgl, nents);
	for (i = 0; i < nents; i++) {
		sg_dma_address(&sgl[i]) = vecs[i].addr;
		sg_dma_len(&sgl[i]) = vecs[i].len;
	}
}

/* As for_each_sg(): neighbours stay apart, what is empty or too long stays so */
static void chunk_entries_test(struct kunit *test)
{
	static const struct dma_vec vecs[] = {
		{ 0x1000, 16 }, { 0x1010, 16 }, { TOP, 0 }, { 0x1020, UINT_MAX },
	};
	struct scatterlist sgl[ARRAY_SIZE(vecs)];
	struct dma_vec_iter iter;
	struct dma_vec chunk;
	unsigned int i;

	chunk_fill_sgl(sgl, vecs, ARRAY_SIZE(vecs));

	KUNIT_ASSERT_EQ(test, 0, dma_vec_iter_init_entries(&iter, sgl, 4));
	for (i = 0; i < ARRAY_SIZE(vecs); i++) {
		KUNIT_ASSERT_TRUE(test, dma_vec_iter_next(&iter, &chunk));
		KUNIT_EXPECT_EQ(test, vecs[i].addr, chunk.addr);
		KUNIT_EXPECT_EQ(test, vecs[i].len, chunk.len);
	}
	KUNIT_EXPECT_FALSE(test, dma_vec_iter_next(&iter, &chunk));

	KUNIT_ASSERT_EQ(test, 0, dma_vec_iter_init_entries(&iter, sgl, 2));
	KUNIT_EXPECT_EQ(test, 2, dma_vec_iter_count(&iter));

	/* A list that is shorter than it was said to be */
	KUNIT_ASSERT_EQ(test, 0, dma_vec_iter_init_entries(&iter, &sgl[3], 2));
	KUNIT_EXPECT_TRUE(test, dma_vec_iter_next(&iter, &chunk));
	KUNIT_EXPECT_FALSE(test, dma_vec_iter_next(&iter, &chunk));

	KUNIT_EXPECT_EQ(test, -EINVAL, dma_vec_iter_init_entries(&iter, NULL, 1));
	KUNIT_EXPECT_EQ(test, -EINVAL, dma_vec_iter_init_entries(&iter, sgl, 0));
	KUNIT_EXPECT_FALSE(test, dma_vec_iter_next(&iter, &chunk));
}

/* Each entry is cut by itself, and an empty one is nothing */
static void chunk_pieces_test(struct kunit *test)
{
	static const struct dma_vec vecs[] = {
		{ 0x1000, 16 }, { 0x1010, 17 }, { TOP, 0 }, { 0x1020, UINT_MAX },
	};
	static const struct dma_vec all[] = { { 0, SIZE_MAX }, { 0, SIZE_MAX } };
	struct scatterlist sgl[ARRAY_SIZE(vecs)];
	struct dma_vec_iter iter;
	struct dma_vec chunk;

	chunk_fill_sgl(sgl, vecs, ARRAY_SIZE(vecs));

	KUNIT_ASSERT_EQ(test, 0, dma_vec_iter_init_entries(&iter, sgl, 3));
	KUNIT_EXPECT_EQ(test, 1 + 2, dma_vec_iter_nents_for_dma(&iter, 16));
	KUNIT_EXPECT_EQ(test, 2 + 3, dma_vec_iter_nents_for_dma(&iter, 8));
	KUNIT_EXPECT_EQ(test, 33, dma_vec_iter_nents_for_dma(&iter, 1));
	KUNIT_EXPECT_EQ(test, 2, dma_vec_iter_nents_for_dma(&iter, SIZE_MAX));
	KUNIT_EXPECT_EQ(test, 2, dma_vec_iter_nents_for_dma(&iter, 0));

	/* From where it is, which stays */
	KUNIT_EXPECT_TRUE(test, dma_vec_iter_next(&iter, &chunk));
	KUNIT_EXPECT_EQ(test, 2, dma_vec_iter_nents_for_dma(&iter, 16));
	KUNIT_EXPECT_TRUE(test, dma_vec_iter_next(&iter, &chunk));
	KUNIT_EXPECT_EQ(test, vecs[1].addr, chunk.addr);
	KUNIT_EXPECT_EQ(test, 0, dma_vec_iter_nents_for_dma(&iter, 16));

	/* The number fits, or is the one that cannot be had */
	KUNIT_ASSERT_EQ(test, 0, dma_vec_iter_init_entries(&iter, &sgl[3], 1));
	KUNIT_EXPECT_EQ(test, 0x10000, dma_vec_iter_nents_for_dma(&iter, SZ_64K));
	KUNIT_EXPECT_EQ(test, INT_MAX, dma_vec_iter_nents_for_dma(&iter, 2));
	KUNIT_EXPECT_EQ(test, INT_MAX, dma_vec_iter_nents_for_dma(&iter, 1));

	/* Nor is there an end at which counting begins anew */
	KUNIT_ASSERT_EQ(test, 0, dma_vec_iter_init(&iter, all, 2, NULL));
	KUNIT_EXPECT_EQ(test, INT_MAX, dma_vec_iter_nents_for_dma(&iter, 1));
	KUNIT_EXPECT_EQ(test, INT_MAX, dma_vec_iter_nents_for_dma(&iter, 2));

	/* What was joined is cut as one */
	KUNIT_ASSERT_EQ(test, 0, dma_vec_iter_init(&iter, vecs, 2, NULL));
	KUNIT_EXPECT_EQ(test, 3, dma_vec_iter_nents_for_dma(&iter, 11));
	KUNIT_EXPECT_EQ(test, 1, dma_vec_iter_nents_for_dma(&iter, 33));
}

/* An iterator is a value: a copy goes on by itself */
static void chunk_copy_test(struct kunit *test)
{
	const struct chunk_case *c = test->param_value;
	struct dma_vec chunk, again, first;
	struct dma_vec_iter iter, copy;

	KUNIT_ASSERT_EQ(test, 0, dma_vec_iter_init(&iter, c->vecs, c->nents,
						   &c->limits));
	do {
		copy = iter;
		first = dma_vec_iter_first(&iter);
		if (!dma_vec_iter_next(&iter, &chunk))
			break;
		KUNIT_EXPECT_EQ(test, chunk.addr, first.addr);
		KUNIT_EXPECT_EQ(test, chunk.len, first.len);
		KUNIT_ASSERT_TRUE(test, dma_vec_iter_next(&copy, &again));
		KUNIT_EXPECT_EQ(test, chunk.addr, again.addr);
		KUNIT_EXPECT_EQ(test, chunk.len, again.len);
	} while (true);

	KUNIT_EXPECT_EQ(test, 0, first.len);
}

static void chunk_irq_test(struct kunit *test)
{
	const struct chunk_case *c = &chunk_cases[11];
	struct dma_vec chunks[6];
	struct dma_vec_iter iter;
	unsigned long flags;
	size_t i = 0;

	local_irq_save(flags);
	KUNIT_EXPECT_TRUE(test, irqs_disabled());
	if (!dma_vec_iter_init(&iter, c->vecs, c->nents, &c->limits))
		while (i < c->nwant && dma_vec_iter_next(&iter, &chunks[i]))
			i++;
	local_irq_restore(flags);

	KUNIT_ASSERT_EQ(test, c->nwant, i);
	while (i--)
		KUNIT_EXPECT_EQ(test, c->want[i].len, chunks[i].len);
}

/* After an error, walking finds nothing, and a chunk at hand stays as it is */
static void chunk_failed_init_test(struct kunit *test)
{
	static const struct dma_vec vec = { 0x1000, 16 };
	struct dma_vec_limits bad = { .boundary = 3 };
	struct dma_vec chunk = { 1, 2 };
	struct dma_vec_iter iter;
	struct scatterlist sg;

	KUNIT_EXPECT_EQ(test, -EINVAL, dma_vec_iter_init(&iter, &vec, 1, &bad));
	KUNIT_EXPECT_FALSE(test, dma_vec_iter_next(&iter, &chunk));

	KUNIT_EXPECT_EQ(test, -EINVAL, dma_vec_iter_init(&iter, &vec, 0, NULL));
	KUNIT_EXPECT_FALSE(test, dma_vec_iter_next(&iter, &chunk));
	KUNIT_EXPECT_EQ(test, -EINVAL, dma_vec_iter_check(&iter));
	KUNIT_EXPECT_EQ(test, -EINVAL, dma_vec_iter_count(&iter));

	sg_init_table(&sg, 1);
	KUNIT_EXPECT_EQ(test, -EINVAL, dma_vec_iter_init_sg(&iter, &sg, 0, NULL));
	KUNIT_EXPECT_EQ(test, -EINVAL, dma_vec_iter_init_sg(&iter, NULL, 1, NULL));
	KUNIT_EXPECT_EQ(test, -EINVAL, dma_vec_iter_init_sg(&iter, &sg, 1, &bad));
	KUNIT_EXPECT_FALSE(test, dma_vec_iter_next(&iter, &chunk));
	KUNIT_EXPECT_EQ(test, -EINVAL, dma_vec_iter_check(&iter));

	KUNIT_EXPECT_EQ(test, 1, chunk.addr);
	KUNIT_EXPECT_EQ(test, 2, chunk.len);

	KUNIT_EXPECT_EQ(test, -EINVAL, dma_vec_nents_for_dma(&vec, 1, &bad));
}

struct garbage_case {
	const char *name;
	struct dma_vec vecs[5];
	struct dma_vec_limits limits;
	size_t chunks;
	size_t len;
};

static const struct garbage_case garbage_cases[] = {
	{
		.name = "all empty",
	}, {
		.name = "empty ones in between, first and last",
		.vecs = { { 0x100, 0 }, { 0x1000, 8 }, { 0, 0 }, { 0x1008, 8 },
			  { 0x55, 0 } },
		.chunks = 1, .len = 16,
	}, {
		.name = "misaligned before a boundary",
		.vecs = { { 0xffd, 16 } },
		.limits = { .len_align = 8, .boundary = 0x1000 },
		.chunks = 2, .len = 16,
	}, {
		.name = "misaligned all over",
		.vecs = { { 1, 3 }, { 4, 3 }, { 9, 2 } },
		.limits = { .addr_align = 8, .len_align = 8, .max_len = 8 },
		.chunks = 2, .len = 8,
	}, {
		.name = "wraps around",
		.vecs = { { TOP - 7, 16 } },
		.limits = { .max_len = 8 },
		.chunks = 2, .len = 16,
	},
};

KUNIT_ARRAY_PARAM_DESC(garbage, garbage_cases, name);

static void chunk_garbage_test(struct kunit *test)
{
	const struct garbage_case *c = test->param_value;
	struct dma_vec_iter iter;
	struct dma_vec chunk;
	size_t chunks = 0, len = 0;

	KUNIT_EXPECT_LT(test, dma_vec_nents_for_dma(c->vecs, 5, &c->limits), 0);

	KUNIT_ASSERT_EQ(test, 0,
			dma_vec_iter_init(&iter, c->vecs, 5, &c->limits));
	dma_vec_for_each_chunk(&chunk, &iter) {
		KUNIT_ASSERT_NE(test, 0, chunk.len);
		if (c->limits.max_len)
			KUNIT_EXPECT_LE(test, chunk.len, c->limits.max_len);
		len += chunk.len;
		KUNIT_ASSERT_LE(test, ++chunks, 16);
	}
	KUNIT_EXPECT_EQ(test, c->chunks, chunks);
	KUNIT_EXPECT_EQ(test, c->len, len);
}

/* The count is found by arithmetic: no length makes it slow, or wrong */
static void chunk_count_huge_test(struct kunit *test)
{
	struct dma_vec vecs[] = { { 0, SIZE_MAX / 2 }, { 0, SIZE_MAX / 2 } };
	struct dma_vec_limits limits = { .max_len = 1 };

	KUNIT_EXPECT_EQ(test, (ssize_t)(SIZE_MAX / 2),
			dma_vec_nents_for_dma(vecs, 1, &limits));
	KUNIT_EXPECT_EQ(test, -EOVERFLOW,
			dma_vec_nents_for_dma(vecs, 2, &limits));

	limits.boundary = 2;
	KUNIT_EXPECT_EQ(test, (ssize_t)(SIZE_MAX / 2),
			dma_vec_nents_for_dma(vecs, 1, &limits));

	limits.max_len = 0;
	limits.boundary = 4096;
	KUNIT_EXPECT_EQ(test, (ssize_t)(SIZE_MAX / 2 / 4096 + 1),
			dma_vec_nents_for_dma(vecs, 1, &limits));

	limits.boundary = BIT_ULL(63);
	KUNIT_EXPECT_EQ(test, 2, dma_vec_nents_for_dma(vecs, 2, &limits));
}

static void chunk_beyond_4g_test(struct kunit *test)
{
#if BITS_PER_LONG == 64
	const struct dma_vec vecs[] = {
		{ 0x100000000, SZ_4G + SZ_4K }, { 0x300000000, 3 * SZ_4G },
	};
	struct dma_vec_limits limits = { .max_len = SZ_4G };
	static const struct dma_vec want[] = {
		{ 0x100000000, SZ_4G }, { 0x200000000, SZ_4K },
		{ 0x300000000, SZ_4G }, { 0x400000000, SZ_4G },
		{ 0x500000000, SZ_4G },
	};
	struct dma_vec_iter iter;
	struct dma_vec chunk;
	size_t i = 0, len;

	KUNIT_EXPECT_EQ(test, 0, dma_vec_len(vecs, 2, &len));
	KUNIT_EXPECT_EQ(test, 4 * SZ_4G + SZ_4K, len);
	KUNIT_EXPECT_EQ(test, 2, dma_vec_nents_for_len(vecs, 2, len));
	KUNIT_EXPECT_EQ(test, 1, dma_vec_nents_for_len(vecs, 2, SZ_4G + SZ_4K));
	KUNIT_EXPECT_EQ(test, 5, dma_vec_nents_for_dma(vecs, 2, &limits));

	KUNIT_ASSERT_EQ(test, 0, dma_vec_iter_init(&iter, vecs, 2, &limits));
	dma_vec_for_each_chunk(&chunk, &iter) {
		KUNIT_ASSERT_LT(test, i, ARRAY_SIZE(want));
		KUNIT_EXPECT_EQ(test, want[i].addr, chunk.addr);
		KUNIT_EXPECT_EQ(test, want[i].len, chunk.len);
		i++;
	}
	KUNIT_EXPECT_EQ(test, ARRAY_SIZE(want), i);
#else
	kunit_skip(test, "a size_t has 32 bits");
#endif
}

static struct kunit_case chunk_test_cases[] = {
	KUNIT_CASE_PARAM(chunk_iter_test, chunk_gen_params),
	KUNIT_CASE_PARAM(chunk_nents_test, chunk_gen_params),
	KUNIT_CASE(chunk_entries_test),
	KUNIT_CASE(chunk_pieces_test),
	KUNIT_CASE_PARAM(chunk_copy_test, chunk_gen_params),
	KUNIT_CASE(chunk_irq_test),
	KUNIT_CASE(chunk_failed_init_test),
	KUNIT_CASE_PARAM(chunk_garbage_test, garbage_gen_params),
	KUNIT_CASE(chunk_count_huge_test),
	KUNIT_CASE(chunk_beyond_4g_test),
	{}
};

static struct kunit_suite chunk_test_suite = {
	.name = "dma_vec_chunk",
	.test_cases = chunk_test_cases,
};

kunit_test_suite(chunk_test_suite);
