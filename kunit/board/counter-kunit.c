// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of the pattern for long runs: what was sent is accepted however it is
 * cut, and each way of losing order is seen. And of packets of random length.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <kunit/test.h>
#include <linux/sizes.h>
#include <linux/unaligned.h>

#include "counter.h"
#include "packet.h"

#define CNT_BYTES	SZ_1M

struct cnt_stream {
	struct adm_counter out;
	struct adm_counter in;
	u8 *buf;
};

static struct cnt_stream *cnt_start(struct kunit *test)
{
	struct cnt_stream *s = kunit_kzalloc(test, sizeof(*s), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, s);
	s->buf = kunit_kzalloc(test, CNT_BYTES, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, s->buf);
	adm_counter_start(&s->out);
	adm_counter_start(&s->in);
	return s;
}

static void cnt_make(struct cnt_stream *s, size_t at, size_t len)
{
	adm_counter_make(&s->out, s->buf + at, len);
}

static void cnt_check(struct cnt_stream *s, size_t at, size_t len)
{
	adm_counter_check(&s->in, s->buf + at, len, true);
}

static void cnt_test_ends(struct kunit *test)
{
	struct cnt_stream *s = cnt_start(test);

	cnt_make(s, 0, 64);
	cnt_make(s, 64, 128);
	KUNIT_EXPECT_EQ(test, get_unaligned_le64(s->buf), ADM_COUNTER_TAG | 0ULL);
	KUNIT_EXPECT_EQ(test, get_unaligned_le64(s->buf + 56), ADM_COUNTER_TAG | 56ULL / 4);
	KUNIT_EXPECT_EQ(test, get_unaligned_le64(s->buf + 64), ADM_COUNTER_TAG | 64ULL / 4);
	KUNIT_EXPECT_EQ(test, get_unaligned_le64(s->buf + 184), ADM_COUNTER_TAG | 184ULL / 4);
}

/* Beside the ends there is one stamp for each cell, the first at the very beginning */
static void cnt_test_cells(struct kunit *test)
{
	struct cnt_stream *s = cnt_start(test);
	size_t pos;

	for (pos = 0; pos < 3 * ADM_CELL; pos += CNT_BYTES) {
		cnt_make(s, 0, CNT_BYTES);
		adm_counter_check(&s->in, s->buf, CNT_BYTES, pos + CNT_BYTES == 3 * ADM_CELL);
	}
	KUNIT_EXPECT_EQ(test, s->in.stamps, 2ULL + 3);
	KUNIT_EXPECT_EQ(test, s->in.mismatches, 0ULL);
	KUNIT_EXPECT_EQ(test, s->in.jumps, 0ULL);
}

/* Where programs in user space look for them */
static void cnt_test_places(struct kunit *test)
{
	struct cnt_stream *s = cnt_start(test);
	u64 at = ADM_CELL + 10368888;

	s->out.pos = at - 64;
	cnt_make(s, 0, 128);
	KUNIT_EXPECT_EQ(test, get_unaligned_le64(s->buf + 64), ADM_COUNTER_TAG | at / 4);
}

/* What is missing inside of a packet is found in its next cell */
static void cnt_test_lost_cell(struct kunit *test)
{
	struct cnt_stream *s = cnt_start(test);
	size_t pos;

	cnt_make(s, 0, CNT_BYTES);
	adm_counter_check(&s->in, s->buf, CNT_BYTES, false);
	cnt_make(s, 0, 8);
	for (pos = 0; pos < 2 * ADM_CELL; pos += CNT_BYTES) {
		cnt_make(s, 0, CNT_BYTES);
		adm_counter_check(&s->in, s->buf, CNT_BYTES, false);
	}
	KUNIT_EXPECT_GT(test, s->in.mismatches, 0ULL);
}

/* The receiver gets other pieces than the sender has made */
static void cnt_test_other_pieces(struct kunit *test)
{
	struct cnt_stream *s = cnt_start(test);
	size_t at;

	for (at = 0; at < CNT_BYTES; at += SZ_64K)
		cnt_make(s, at, SZ_64K);
	for (at = 0; at < CNT_BYTES; at += SZ_512K) {
		adm_counter_check(&s->in, s->buf + at, SZ_256K, false);
		adm_counter_check(&s->in, s->buf + at + SZ_256K, SZ_256K, true);
	}
	KUNIT_EXPECT_EQ(test, s->in.stamps, 2ULL * 2 + 1);
	KUNIT_EXPECT_EQ(test, s->in.mismatches, 0ULL);
	KUNIT_EXPECT_EQ(test, s->in.jumps, 0ULL);
	KUNIT_EXPECT_EQ(test, s->in.pos, (u64)CNT_BYTES);
}

/* Pieces of a block need no stamps, but its cells do */
static void cnt_test_pieces(struct kunit *test)
{
	struct cnt_stream *s = cnt_start(test);
	size_t pos;

	for (pos = 0; pos < 2 * ADM_CELL; pos += CNT_BYTES) {
		memset(s->buf, 0, CNT_BYTES);
		if (pos)
			adm_counter_make(&s->out, NULL, CNT_BYTES);
		else
			cnt_make(s, 0, CNT_BYTES);
		cnt_check(s, 0, CNT_BYTES);
	}
	KUNIT_EXPECT_EQ(test, s->in.jumps, 0ULL);
	KUNIT_EXPECT_EQ(test, s->in.mismatches, 1ULL);
}

static void cnt_test_lost_packet(struct kunit *test)
{
	struct cnt_stream *s = cnt_start(test);

	cnt_make(s, 0, SZ_64K);
	cnt_make(s, SZ_64K, SZ_64K);
	cnt_make(s, 2 * SZ_64K, SZ_64K);
	cnt_check(s, 0, SZ_64K);
	cnt_check(s, 2 * SZ_64K, SZ_64K);
	KUNIT_EXPECT_EQ(test, s->in.jumps, 1ULL);
}

static void cnt_test_repeated_packet(struct kunit *test)
{
	struct cnt_stream *s = cnt_start(test);

	cnt_make(s, 0, SZ_64K);
	cnt_check(s, 0, SZ_64K);
	cnt_check(s, 0, SZ_64K);
	KUNIT_EXPECT_EQ(test, s->in.jumps, 1ULL);
	KUNIT_EXPECT_EQ(test, s->in.mismatches, 0ULL);
}

/* Shorter than it was made: its end is not where it should be */
static void cnt_test_lost_bytes(struct kunit *test)
{
	struct cnt_stream *s = cnt_start(test);

	cnt_make(s, 0, SZ_64K);
	memmove(s->buf + SZ_32K, s->buf + SZ_32K + 8, SZ_32K - 8);
	cnt_check(s, 0, SZ_64K - 8);
	KUNIT_EXPECT_EQ(test, s->in.mismatches, 1ULL);
}

/* Bytes without content count, and nothing else */
static void cnt_test_skip(struct kunit *test)
{
	struct cnt_stream *s = cnt_start(test);

	adm_counter_make(&s->out, NULL, SZ_64K);
	cnt_make(s, 0, SZ_64K);
	KUNIT_EXPECT_EQ(test, get_unaligned_le64(s->buf), ADM_COUNTER_TAG | (u64)SZ_64K / 4);
	adm_counter_check(&s->in, NULL, SZ_64K, true);
	KUNIT_EXPECT_EQ(test, s->in.stamps, 0ULL);
	cnt_check(s, 0, SZ_64K);
	KUNIT_EXPECT_EQ(test, s->in.jumps, 0ULL);
	KUNIT_EXPECT_EQ(test, s->in.mismatches, 0ULL);
}

static size_t cnt_packet(struct adm_packets *p, size_t step)
{
	size_t len, total = 0;

	do {
		len = adm_packets_limit(p, step);
		total += len;
	} while (!adm_packets_advance(p, len));
	return total;
}

static void cnt_test_packets(struct kunit *test)
{
	struct adm_packets p = { .mean = 4096, .seed = 7 }, again = p;
	u64 total = 0;
	unsigned int i;
	size_t len;

	adm_packets_start(&p);
	adm_packets_start(&again);
	for (i = 0; i < 1000; i++) {
		len = cnt_packet(&p, 100);
		KUNIT_ASSERT_EQ(test, len, cnt_packet(&again, 5000));
		KUNIT_ASSERT_EQ(test, len % 8, 0);
		KUNIT_ASSERT_LE(test, len, 2 * 4096);
		total += len;
	}
	KUNIT_EXPECT_EQ(test, p.count, 1000ULL);
	KUNIT_EXPECT_GT(test, total, 1000ULL * 4096 * 9 / 10);
	KUNIT_EXPECT_LT(test, total, 1000ULL * 4096 * 11 / 10);
}

static void cnt_test_no_packets(struct kunit *test)
{
	struct adm_packets p = { .seed = 7 };

	adm_packets_start(&p);
	p.mean = 8;
	KUNIT_EXPECT_EQ(test, adm_packets_limit(&p, SZ_1M), (size_t)SZ_1M);
	KUNIT_EXPECT_FALSE(test, adm_packets_advance(&p, SZ_1M));
	KUNIT_EXPECT_EQ(test, p.count, 0ULL);
}

static struct kunit_case cnt_cases[] = {
	KUNIT_CASE(cnt_test_ends),
	KUNIT_CASE(cnt_test_cells),
	KUNIT_CASE(cnt_test_places),
	KUNIT_CASE(cnt_test_lost_cell),
	KUNIT_CASE(cnt_test_other_pieces),
	KUNIT_CASE(cnt_test_pieces),
	KUNIT_CASE(cnt_test_lost_packet),
	KUNIT_CASE(cnt_test_repeated_packet),
	KUNIT_CASE(cnt_test_lost_bytes),
	KUNIT_CASE(cnt_test_skip),
	KUNIT_CASE(cnt_test_packets),
	KUNIT_CASE(cnt_test_no_packets),
	{}
};

static struct kunit_suite cnt_suite = {
	.name = "axi_dmac_board_counter",
	.test_cases = cnt_cases,
};

kunit_test_suite(cnt_suite);

MODULE_AUTHOR("the dma_vec project");
MODULE_DESCRIPTION("Tests of the pattern for long runs");
MODULE_LICENSE("GPL");
