// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of the test patterns, against shift registers written the other way
 * round and against their published beginnings.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <kunit/test.h>
#include <linux/minmax.h>
#include <linux/unaligned.h>

#include "pattern.h"

#define PAT_BYTES	(3 * 4096 + 100)

struct pat_case {
	const char *name;
	enum adm_pattern_kind kind;
	unsigned int far, near;
	u16 first[3];
};

static const struct pat_case pat_cases[] = {
	{ "PN9", ADM_PATTERN_PN9, 9, 5, { 0xff83, 0xdf17, 0x3209 } },
	{ "PN23", ADM_PATTERN_PN23, 23, 18, { 0xffff, 0xfe00, 0x007c } },
};

KUNIT_ARRAY_PARAM_DESC(pat, pat_cases, name);

static u8 *pat_alloc(struct kunit *test)
{
	u8 *buf = kunit_kzalloc(test, PAT_BYTES, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, buf);
	return buf;
}

static struct adm_pattern *pat_start(struct kunit *test, enum adm_pattern_kind kind)
{
	struct adm_pattern *p = kunit_kzalloc(test, sizeof(*p), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, p);
	adm_pattern_start(p, kind);
	return p;
}

/* Bit @n of a sequence that is there up to bit @n - 1, most significant bit first */
static unsigned int pat_bit(const u8 *buf, unsigned int n)
{
	return get_unaligned_le16(buf + n / 16 * 2) >> (15 - n % 16) & 1;
}

static void pat_test_sequence(struct kunit *test)
{
	const struct pat_case *c = test->param_value;
	struct adm_pattern *p = pat_start(test, c->kind);
	u8 *buf = pat_alloc(test);
	unsigned int n, i;

	adm_pattern_make(p, buf, PAT_BYTES);
	for (i = 0; i < ARRAY_SIZE(c->first); i++)
		KUNIT_EXPECT_EQ(test, get_unaligned_le16(buf + 2 * i), c->first[i]);
	for (n = 0; n < c->far; n++)
		KUNIT_ASSERT_EQ_MSG(test, pat_bit(buf, n), 1, "bit %u", n);
	for (; n < PAT_BYTES * 8; n++)
		KUNIT_ASSERT_EQ_MSG(test, pat_bit(buf, n),
				    pat_bit(buf, n - c->far) ^ pat_bit(buf, n - c->near),
				    "bit %u", n);
}

static void pat_test_ramp(struct kunit *test)
{
	struct adm_pattern *p = pat_start(test, ADM_PATTERN_RAMP);
	u8 *buf = pat_alloc(test);
	unsigned int i;

	adm_pattern_make(p, buf, PAT_BYTES);
	for (i = 0; i < PAT_BYTES / 4; i++)
		KUNIT_ASSERT_EQ(test, get_unaligned_le32(buf + 4 * i), i);
}

/* Any cut gives the same bytes, and skipping moves as far as making */
static void pat_test_cuts(struct kunit *test)
{
	static const size_t cuts[] = { 1, 7, 8, 1000, 4096, 5000 };
	struct adm_pattern *p = pat_start(test, ADM_PATTERN_PN9);
	u8 *whole = pat_alloc(test), *parts = pat_alloc(test);
	unsigned int i;
	size_t at, n;

	adm_pattern_make(p, whole, PAT_BYTES);
	for (i = 0; i < ARRAY_SIZE(cuts); i++) {
		adm_pattern_start(p, ADM_PATTERN_PN9);
		for (at = 0; at < PAT_BYTES; at += n) {
			n = min(cuts[i], PAT_BYTES - at);
			adm_pattern_make(p, parts + at, n);
		}
		KUNIT_EXPECT_MEMEQ(test, parts, whole, PAT_BYTES);

		adm_pattern_start(p, ADM_PATTERN_PN9);
		adm_pattern_make(p, NULL, cuts[i]);
		adm_pattern_make(p, parts, 100);
		KUNIT_EXPECT_MEMEQ(test, parts, whole + cuts[i], 100);
	}
}

static void pat_test_check(struct kunit *test)
{
	struct adm_pattern *p = pat_start(test, ADM_PATTERN_RAMP);
	u8 *buf = pat_alloc(test);

	adm_pattern_make(p, buf, PAT_BYTES);
	adm_pattern_start(p, ADM_PATTERN_RAMP);
	KUNIT_EXPECT_EQ(test, adm_pattern_check(p, buf, PAT_BYTES), 0);

	buf[0] ^= 1;		/* both bytes of one sample */
	buf[1] ^= 1;
	buf[4097] ^= 1;
	buf[PAT_BYTES - 1] ^= 1;
	adm_pattern_start(p, ADM_PATTERN_RAMP);
	KUNIT_EXPECT_EQ(test, adm_pattern_check(p, buf, PAT_BYTES), 3);
}

static struct kunit_case pat_test_cases[] = {
	KUNIT_CASE_PARAM(pat_test_sequence, pat_gen_params),
	KUNIT_CASE(pat_test_ramp),
	KUNIT_CASE(pat_test_cuts),
	KUNIT_CASE(pat_test_check),
	{}
};

static struct kunit_suite pat_test_suite = {
	.name = "axi_dmac_board_pattern",
	.test_cases = pat_test_cases,
};

kunit_test_suite(pat_test_suite);

MODULE_AUTHOR("the dma_vec project");
MODULE_DESCRIPTION("Tests of converter test patterns");
MODULE_LICENSE("GPL");
