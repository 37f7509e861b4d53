// SPDX-License-Identifier: GPL-2.0-only
/*
 * Questions about arrays: every answer, and every way to get none.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <kunit/test.h>
#include <linux/dma-vec.h>
#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/module.h>
#include <linux/sizes.h>
#include <linux/string.h>

#define TOP ((dma_addr_t)-1)
#define HALF (SIZE_MAX / 2 + 1)

struct vec_case {
	const char *name;
	struct dma_vec vecs[4];
	size_t nents;
	struct dma_vec_limits limits;
	int check;	/* what dma_vec_check() returns */
	int len_err;	/* what dma_vec_len() returns */
	size_t len;	/* ... and finds */
};

static const struct vec_case vec_cases[] = {
	{
		.name = "no vector",
		.check = -EINVAL, .len_err = -EINVAL,
	}, {
		.name = "one byte",
		.vecs = { { 0x1000, 1 } }, .nents = 1,
		.len = 1,
	}, {
		.name = "empty first",
		.vecs = { { 0x1000, 0 }, { 0x2000, 8 } }, .nents = 2,
		.check = -EINVAL, .len_err = -EINVAL,
	}, {
		.name = "empty last",
		.vecs = { { 0x1000, 8 }, { 0x2000, 0 } }, .nents = 2,
		.check = -EINVAL, .len_err = -EINVAL,
	}, {
		.name = "the whole of a size_t",
		.vecs = { { 0, SIZE_MAX - 1 }, { 0, 1 } }, .nents = 2,
		.len = SIZE_MAX,
	}, {
		.name = "one byte more than a size_t",
		.vecs = { { 0, SIZE_MAX }, { 0, 1 } }, .nents = 2,
		.check = -EOVERFLOW, .len_err = -EOVERFLOW,
	}, {
		.name = "two halves of a size_t and nothing",
		.vecs = { { 0, HALF }, { 0, HALF } }, .nents = 2,
		.check = -EOVERFLOW, .len_err = -EOVERFLOW,
	}, {
		.name = "last byte of the address space",
		.vecs = { { TOP, 1 } }, .nents = 1,
		.len = 1,
	}, {
		.name = "last page of the address space",
		.vecs = { { TOP - 0xfff, 0x1000 } }, .nents = 1,
		.limits = { .addr_align = 4096, .len_align = 4096 },
		.len = 0x1000,
	}, {
		.name = "one byte beyond the address space",
		.vecs = { { TOP - 0xfff, 0x1001 } }, .nents = 1,
		.check = -EOVERFLOW, .len = 0x1001,
	}, {
		.name = "address aligned",
		.vecs = { { 0x1008, 5 } }, .nents = 1,
		.limits = { .addr_align = 8 },
		.len = 5,
	}, {
		.name = "address misaligned",
		.vecs = { { 0x1000, 8 }, { 0x100c, 8 } }, .nents = 2,
		.limits = { .addr_align = 8 },
		.check = -EINVAL, .len = 16,
	}, {
		.name = "length aligned",
		.vecs = { { 0x1001, 16 } }, .nents = 1,
		.limits = { .len_align = 16 },
		.len = 16,
	}, {
		.name = "length misaligned",
		.vecs = { { 0x1000, 16 }, { 0x2000, 17 } }, .nents = 2,
		.limits = { .len_align = 2 },
		.check = -EINVAL, .len = 33,
	}, {
		.name = "across a boundary with no place to split",
		.vecs = { { 0xffc, 8 } }, .nents = 1,
		.limits = { .len_align = 8, .boundary = 0x1000 },
		.check = -EINVAL, .len = 8,
	}, {
		.name = "up to that boundary",
		.vecs = { { 0xff4, 8 } }, .nents = 1,
		.limits = { .len_align = 8, .boundary = 0x1000 },
		.len = 8,
	}, {
		.name = "across a boundary at a place to split",
		.vecs = { { 0xff8, 16 } }, .nents = 1,
		.limits = { .len_align = 8, .boundary = 0x1000 },
		.len = 16,
	}, {
		.name = "longer than the maximum is no error",
		.vecs = { { 0x1000, 0x2000 } }, .nents = 1,
		.limits = { .max_len = 16 },
		.len = 0x2000,
	}, {
		.name = "address alignment no power of two",
		.vecs = { { 0, 12 } }, .nents = 1,
		.limits = { .addr_align = 12 },
		.check = -EINVAL, .len = 12,
	}, {
		.name = "length alignment no power of two",
		.vecs = { { 0, 12 } }, .nents = 1,
		.limits = { .len_align = 6 },
		.check = -EINVAL, .len = 12,
	}, {
		.name = "boundary no power of two",
		.vecs = { { 0, 12 } }, .nents = 1,
		.limits = { .boundary = 0x1800 },
		.check = -EINVAL, .len = 12,
	}, {
		.name = "boundary above 32 bits no power of two",
		.vecs = { { 0, 12 } }, .nents = 1,
		.limits = { .boundary = BIT_ULL(33) | BIT_ULL(32) },
		.check = -EINVAL, .len = 12,
	}, {
		.name = "maximum below address alignment",
		.vecs = { { 0, 16 } }, .nents = 1,
		.limits = { .addr_align = 16, .max_len = 15 },
		.check = -EINVAL, .len = 16,
	}, {
		.name = "maximum below length alignment",
		.vecs = { { 0, 16 } }, .nents = 1,
		.limits = { .len_align = 16, .max_len = 15 },
		.check = -EINVAL, .len = 16,
	}, {
		.name = "boundary below address alignment",
		.vecs = { { 0, 16 } }, .nents = 1,
		.limits = { .addr_align = 16, .boundary = 8 },
		.check = -EINVAL, .len = 16,
	}, {
		.name = "boundary below length alignment",
		.vecs = { { 0, 16 } }, .nents = 1,
		.limits = { .len_align = 16, .boundary = 8 },
		.check = -EINVAL, .len = 16,
	}, {
		.name = "limits all equal",
		.vecs = { { 0x20, 0x20 } }, .nents = 1,
		.limits = { .max_len = 16, .addr_align = 16, .len_align = 16,
			    .boundary = 16 },
		.len = 0x20,
	},
};

KUNIT_ARRAY_PARAM_DESC(vec, vec_cases, name);

static void vec_check_test(struct kunit *test)
{
	const struct vec_case *c = test->param_value;

	KUNIT_EXPECT_EQ(test, c->check,
			dma_vec_check(c->vecs, c->nents, &c->limits));
}

static void vec_len_test(struct kunit *test)
{
	const struct vec_case *c = test->param_value;
	size_t len = 42;

	KUNIT_EXPECT_EQ(test, c->len_err,
			dma_vec_len(c->vecs, c->nents, &len));
	KUNIT_EXPECT_EQ(test, c->len_err ? 42 : c->len, len);
}

static void vec_null_test(struct kunit *test)
{
	struct dma_vec_limits limits = {};
	struct dma_vec_iter iter;
	size_t len;

	KUNIT_EXPECT_EQ(test, -EINVAL, dma_vec_len(NULL, 1, &len));
	KUNIT_EXPECT_EQ(test, -EINVAL, dma_vec_nents_for_len(NULL, 1, 1));
	KUNIT_EXPECT_EQ(test, -EINVAL, dma_vec_check(NULL, 1, NULL));
	KUNIT_EXPECT_EQ(test, -EINVAL, dma_vec_nents_for_dma(NULL, 1, &limits));
	KUNIT_EXPECT_EQ(test, -EINVAL, dma_vec_coalesce(NULL, 1, &limits));
	KUNIT_EXPECT_EQ(test, -EINVAL,
			dma_vec_iter_init(&iter, NULL, 1, &limits));
}

static void vec_check_without_limits_test(struct kunit *test)
{
	const struct dma_vec vec = { 0x1003, 5 };

	KUNIT_EXPECT_EQ(test, 0, dma_vec_check(&vec, 1, NULL));
}

struct nents_case {
	const char *name;
	size_t len;
	ssize_t nents;
};

/* Of vectors of 16, 1 and 47 bytes, and an empty one in the end */
static const struct nents_case nents_cases[] = {
	{ "nothing", 0, -EINVAL },
	{ "one byte", 1, 1 },
	{ "one byte less than the first", 15, 1 },
	{ "all of the first", 16, 1 },
	{ "all of the second", 17, 2 },
	{ "one byte of the third", 18, 3 },
	{ "all", 64, 3 },
	{ "one byte more", 65, -EINVAL },
	{ "all that there may be", SIZE_MAX, -EINVAL },
};

KUNIT_ARRAY_PARAM_DESC(nents, nents_cases, name);

static void vec_nents_for_len_test(struct kunit *test)
{
	static const struct dma_vec vecs[] = {
		{ 0x1000, 16 }, { 0x2000, 1 }, { 0x3000, 47 }, { 0x4000, 0 },
	};
	const struct nents_case *c = test->param_value;

	KUNIT_EXPECT_EQ(test, c->nents,
			dma_vec_nents_for_len(vecs, 3, c->len));
	KUNIT_EXPECT_EQ(test, c->nents,
			dma_vec_nents_for_len(vecs, 4, c->len));
	KUNIT_EXPECT_EQ(test, -EINVAL,
			dma_vec_nents_for_len(vecs, 0, c->len));
}

struct coalesce_case {
	const char *name;
	struct dma_vec vecs[4];
	size_t nents;
	struct dma_vec_limits limits;
	ssize_t ret;
	struct dma_vec want[4];
};

static const struct coalesce_case coalesce_cases[] = {
	{
		.name = "neighbours",
		.vecs = { { 0x1000, 16 }, { 0x1010, 16 }, { 0x1020, 1 } },
		.nents = 3,
		.ret = 1, .want = { { 0x1000, 33 } },
	}, {
		.name = "a gap",
		.vecs = { { 0x1000, 16 }, { 0x1011, 16 }, { 0x1021, 1 } },
		.nents = 3,
		.ret = 2, .want = { { 0x1000, 16 }, { 0x1011, 17 } },
	}, {
		.name = "backwards",
		.vecs = { { 0x1010, 16 }, { 0x1000, 16 } }, .nents = 2,
		.ret = 2, .want = { { 0x1010, 16 }, { 0x1000, 16 } },
	}, {
		.name = "up to the maximum",
		.vecs = { { 0, 16 }, { 16, 16 }, { 32, 16 }, { 48, 16 } },
		.nents = 4, .limits = { .max_len = 40 },
		.ret = 2, .want = { { 0, 32 }, { 32, 32 } },
	}, {
		.name = "longer ones are left alone",
		.vecs = { { 0, 64 }, { 64, 8 }, { 72, 8 } }, .nents = 3,
		.limits = { .max_len = 16 },
		.ret = 2, .want = { { 0, 64 }, { 64, 16 } },
	}, {
		.name = "up to the boundary",
		.vecs = { { 0xff0, 8 }, { 0xff8, 8 }, { 0x1000, 8 } },
		.nents = 3, .limits = { .boundary = 0x1000 },
		.ret = 2, .want = { { 0xff0, 16 }, { 0x1000, 8 } },
	}, {
		.name = "the end is not the beginning",
		.vecs = { { TOP - 15, 16 }, { 0, 16 } }, .nents = 2,
		.ret = 2, .want = { { TOP - 15, 16 }, { 0, 16 } },
	}, {
		.name = "up to the top",
		.vecs = { { TOP - 15, 8 }, { TOP - 7, 8 } }, .nents = 2,
		.ret = 1, .want = { { TOP - 15, 16 } },
	}, {
		.name = "impossible limits",
		.vecs = { { 0, 16 }, { 16, 16 } }, .nents = 2,
		.limits = { .boundary = 3 },
		.ret = -EINVAL, .want = { { 0, 16 }, { 16, 16 } },
	}, {
		.name = "an empty one",
		.vecs = { { 0, 16 }, { 16, 16 }, { 32, 0 } }, .nents = 3,
		.ret = -EINVAL, .want = { { 0, 16 }, { 16, 16 }, { 32, 0 } },
	}, {
		.name = "one that wraps",
		.vecs = { { 0, 16 }, { 16, 16 }, { TOP, 2 } }, .nents = 3,
		.ret = -EOVERFLOW, .want = { { 0, 16 }, { 16, 16 }, { TOP, 2 } },
	}, {
		.name = "nothing",
		.ret = -EINVAL,
	},
};

KUNIT_ARRAY_PARAM_DESC(coalesce, coalesce_cases, name);

static void vec_coalesce_test(struct kunit *test)
{
	const struct coalesce_case *c = test->param_value;
	struct dma_vec vecs[4];
	size_t i, nents;

	memcpy(vecs, c->vecs, sizeof(vecs));

	KUNIT_EXPECT_EQ(test, c->ret,
			dma_vec_coalesce(vecs, c->nents, &c->limits));

	nents = c->ret < 0 ? c->nents : c->ret;
	for (i = 0; i < nents; i++) {
		KUNIT_EXPECT_EQ(test, c->want[i].addr, vecs[i].addr);
		KUNIT_EXPECT_EQ(test, c->want[i].len, vecs[i].len);
	}
}

/* Joined as far as they go, if nothing is in the way */
static void vec_coalesce_without_limits_test(struct kunit *test)
{
	struct dma_vec vecs[] = { { 0x1000, 5 }, { 0x1005, SZ_4K }, { 0, 1 } };

	KUNIT_EXPECT_EQ(test, 2, dma_vec_coalesce(vecs, 3, NULL));
	KUNIT_EXPECT_EQ(test, 0x1000, vecs[0].addr);
	KUNIT_EXPECT_EQ(test, SZ_4K + 5, vecs[0].len);
	KUNIT_EXPECT_EQ(test, 0, vecs[1].addr);
	KUNIT_EXPECT_EQ(test, 1, vecs[1].len);
}

static struct kunit_case vec_test_cases[] = {
	KUNIT_CASE_PARAM(vec_check_test, vec_gen_params),
	KUNIT_CASE_PARAM(vec_len_test, vec_gen_params),
	KUNIT_CASE(vec_null_test),
	KUNIT_CASE(vec_check_without_limits_test),
	KUNIT_CASE_PARAM(vec_nents_for_len_test, nents_gen_params),
	KUNIT_CASE_PARAM(vec_coalesce_test, coalesce_gen_params),
	KUNIT_CASE(vec_coalesce_without_limits_test),
	{}
};

static struct kunit_suite vec_test_suite = {
	.name = "dma_vec",
	.test_cases = vec_test_cases,
};

kunit_test_suite(vec_test_suite);

MODULE_AUTHOR("the dma_vec project");
MODULE_DESCRIPTION("KUnit tests for DMA vector tables");
MODULE_LICENSE("GPL");
MODULE_IMPORT_NS("EXPORTED_FOR_KUNIT_TESTING");
