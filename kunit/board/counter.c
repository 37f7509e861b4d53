// SPDX-License-Identifier: GPL-2.0
/*
 * A pattern for runs of many hours, in which writing and comparing every byte
 * is out of the question. Whatever is lost, repeated or out of order is seen
 * all the same, by stamps: the number of the sample that they begin with, in 64
 * bits, little-endian.
 *
 * A stamp is at the beginning and at the end of what moves at once, which is
 * where a block of user space begins and ends, and at one place in each 16 MiB of
 * the stream. That place is random, but known to both sides: it is a function of
 * the number of the cell.
 *
 * A receiver finds the first two where packets begin and end. In scatter-gather
 * mode all pieces of a block are packets, so these stamps may be missing there.
 *
 * Lengths are multiples of 8 bytes, so that stamps do not overlap.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <linux/align.h>
#include <linux/sizes.h>
#include <linux/string.h>
#include <linux/unaligned.h>

#include "counter.h"

#define ADM_STAMP	sizeof(u64)
#define ADM_CELL_BITS	21	/* places for a stamp in a cell, as a power of two */

/* The multiplier is 2^64 divided by the golden ratio: its high bits are mixed well */
static u64 adm_cell_stamp(u64 cell)
{
	return cell * ADM_CELL +
	       ((cell * 0x9e3779b97f4a7c15ULL) >> (64 - ADM_CELL_BITS)) * ADM_STAMP;
}

static u64 adm_stamp(u64 pos)
{
	return ADM_COUNTER_TAG | pos / ADM_COUNTER_FRAME;
}

static void adm_put(void *at, u64 pos)
{
	put_unaligned_le64(adm_stamp(pos), at);
}

static bool adm_is_stamp(const void *at)
{
	return (get_unaligned_le64(at) & ADM_COUNTER_TAG_MASK) == ADM_COUNTER_TAG;
}

/**
 * adm_counter_start() - begin a stream
 * @c: counter
 */
void adm_counter_start(struct adm_counter *c)
{
	memset(c, 0, sizeof(*c));
}

/**
 * adm_counter_make() - make the next bytes of the stream
 * @c: counter
 * @dst: where to store the stamps; NULL to skip them
 * @len: how many bytes
 */
void adm_counter_make(struct adm_counter *c, void *dst, size_t len)
{
	u64 end = c->pos + len;
	u64 cell, at;

	if (dst && len >= ADM_STAMP) {
		for (cell = c->pos / ADM_CELL; cell * ADM_CELL < end; cell++) {
			at = adm_cell_stamp(cell);
			if (at >= c->pos && at + ADM_STAMP <= end)
				adm_put(dst + (at - c->pos), at);
		}
		adm_put(dst, c->pos);
		adm_put(dst + len - ADM_STAMP, end - ADM_STAMP);
	}
	c->pos = end;
}

static void adm_check_stamp(struct adm_counter *c, const void *src, u64 pos)
{
	c->stamps++;
	if (get_unaligned_le64(src) != adm_stamp(pos))
		c->mismatches++;
}

/* A packet may begin anywhere, but it is told if that is not where it should */
static void adm_check_begin(struct adm_counter *c, const void *src)
{
	u64 pos = (get_unaligned_le64(src) & ~ADM_COUNTER_TAG_MASK) * ADM_COUNTER_FRAME;

	c->begun = true;
	if (!adm_is_stamp(src))
		return;
	c->stamps++;
	if (pos == c->pos)
		return;
	c->jumps++;
	c->pos = pos;
}

/**
 * adm_counter_check() - compare the next bytes of the stream
 * @c: counter
 * @src: bytes, NULL to skip them
 * @len: how many
 * @last: they are the end of a packet
 */
void adm_counter_check(struct adm_counter *c, const void *src, size_t len, bool last)
{
	u64 end, cell, at;

	if (src && !c->begun && len >= ADM_STAMP)
		adm_check_begin(c, src);
	end = c->pos + len;
	for (cell = c->pos / ADM_CELL; src && cell * ADM_CELL < end; cell++) {
		at = adm_cell_stamp(cell);
		if (at >= c->pos && at + ADM_STAMP <= end)
			adm_check_stamp(c, src + (at - c->pos), at);
	}
	if (last && src && len >= ADM_STAMP && adm_is_stamp(src + len - ADM_STAMP))
		adm_check_stamp(c, src + len - ADM_STAMP, end - ADM_STAMP);
	c->pos = end;
	c->begun = !last;
}
