// SPDX-License-Identifier: GPL-2.0-only
/*
 * Hardware never takes memory in the pieces in which it was mapped. The
 * iterator cuts and joins on the fly: it keeps a position and no memory of its
 * own, so that preparing a transfer costs one pass and an interrupt handler
 * can continue where the last one stopped.
 */

#include <linux/align.h>
#include <linux/dma-vec.h>
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/limits.h>
#include <linux/log2.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/overflow.h>

#include "internal.h"

static bool dma_vec_pow2_or_0(u64 n)
{
	return !(n & (n - 1));
}

/**
 * dma_vec_iter_init() - prepare to walk an array in chunks
 * @iter: The iterator
 * @vecs: The vectors, which must stay until the walk is over
 * @nents: Number of vectors
 * @limits: What the hardware takes in one chunk, or NULL for no limits; not
 *	needed after the call
 *
 * A split satisfies both alignments, so one chunk must have room for the larger
 * of them and a boundary must not be smaller. On error, the iterator is left
 * empty: dma_vec_iter_next() then returns false.
 *
 * Context: Any.
 * Return: 0; -EINVAL if there is no vector, an alignment or the boundary is not
 * a power of two, or the longest chunk or the boundary is smaller than an
 * alignment.
 */
int dma_vec_iter_init(struct dma_vec_iter *iter, const struct dma_vec *vecs,
		      size_t nents, const struct dma_vec_limits *limits)
{
	static const struct dma_vec_limits no_limits;
	size_t align, max_len;

	*iter = (struct dma_vec_iter){};

	if (!vecs || !nents)
		return -EINVAL;

	if (!limits)
		limits = &no_limits;

	if (!dma_vec_pow2_or_0(limits->addr_align) ||
	    !dma_vec_pow2_or_0(limits->len_align) ||
	    !dma_vec_pow2_or_0(limits->boundary))
		return -EINVAL;

	align = max3(limits->addr_align, limits->len_align, (size_t)1);
	max_len = limits->max_len ?: SIZE_MAX;
	if (max_len < align || (limits->boundary && limits->boundary < align))
		return -EINVAL;

	*iter = (struct dma_vec_iter){
		.vec = vecs,
		.nents = nents,
		.max_len = ALIGN_DOWN(max_len, align),
		.boundary_mask = limits->boundary - 1,
	};

	return 0;
}
EXPORT_SYMBOL_GPL(dma_vec_iter_init);

/*
 * The longest chunk that may begin here. Without a boundary, that is up to the
 * top of the address space. It is a multiple of both alignments, or the chunk
 * ends before that, in any array that passes dma_vec_check(): so there is no more
 * to do for the alignments.
 */
static size_t dma_vec_iter_room(const struct dma_vec_iter *iter)
{
	u64 addr = iter->vec->addr + iter->skip;

	return min_t(u64, iter->max_len - 1,
		     iter->boundary_mask - (addr & iter->boundary_mask)) + 1;
}

static void dma_vec_iter_settle(struct dma_vec_iter *iter)
{
	while (iter->nents && iter->skip == iter->vec->len) {
		iter->vec++;
		iter->nents--;
		iter->skip = 0;
	}
}

/**
 * dma_vec_iter_next() - get the next chunk
 * @iter: The iterator
 * @chunk: Where the chunk is stored
 *
 * A chunk is as long as the limits and the contiguous bus addresses ahead
 * allow: vectors that follow each other without a gap are joined, longer ones
 * are split. All chunks together are exactly the bytes of the array, in order.
 * Every chunk obeys all limits if the array passes dma_vec_check(); else the
 * maximum length and the boundary are still obeyed, empty vectors are left out,
 * and the walk still ends.
 *
 * Never allocates, and takes constant time per chunk or vector, whichever there
 * are more of.
 *
 * Context: Any, hard interrupts included.
 * Return: true, or false at the end, where @chunk is untouched.
 */
bool dma_vec_iter_next(struct dma_vec_iter *iter, struct dma_vec *chunk)
{
	size_t room, len;
	u64 end;

	dma_vec_iter_settle(iter);
	if (!iter->nents)
		return false;

	room = dma_vec_iter_room(iter);
	chunk->addr = iter->vec->addr + iter->skip;
	chunk->len = 0;

	do {
		len = min(iter->vec->len - iter->skip, room - chunk->len);
		chunk->len += len;
		iter->skip += len;
		end = (u64)chunk->addr + chunk->len;
		dma_vec_iter_settle(iter);
	} while (chunk->len < room && iter->nents && iter->vec->addr == end);

	return true;
}
EXPORT_SYMBOL_GPL(dma_vec_iter_next);

/*
 * Jump over chunks that lie inside of a vector and are as long as they can be,
 * leaving at least one byte of the vector. The array passes dma_vec_check().
 */
static u64 dma_vec_iter_jump(struct dma_vec_iter *iter)
{
	u64 last = iter->vec->len - iter->skip - 1;
	u64 addr = iter->vec->addr + iter->skip;
	u64 windows, chunks = 0, n;

	/* Windows between two boundaries all hold the same number of chunks */
	if (!(addr & iter->boundary_mask) && last > iter->boundary_mask) {
		windows = last >> ilog2(iter->boundary_mask + 1);
		n = div64_u64(iter->boundary_mask, iter->max_len) + 1;
		chunks = windows * n;
		iter->skip += windows * (iter->boundary_mask + 1);
		last &= iter->boundary_mask;
		addr = iter->vec->addr + iter->skip;
	}

	n = div64_u64(min(last, iter->boundary_mask -
				(addr & iter->boundary_mask)), iter->max_len);
	iter->skip += n * iter->max_len;

	return chunks + n;
}

/**
 * dma_vec_nents_for_dma() - how many chunks does the hardware see?
 * @vecs: The vectors
 * @nents: Number of vectors
 * @limits: What the hardware takes in one chunk, or NULL for no limits
 *
 * Exactly the number of times that dma_vec_iter_next() returns true, for sizing
 * descriptors. If this does not fail, then every chunk obeys the limits. Like
 * sg_nents_for_dma(), for all four limits. Takes time in proportion to @nents,
 * however long the vectors are.
 *
 * Context: Any.
 * Return: The number of chunks; -EINVAL or -EOVERFLOW as dma_vec_check();
 * -EOVERFLOW also if the number does not fit.
 */
ssize_t dma_vec_nents_for_dma(const struct dma_vec *vecs, size_t nents,
			      const struct dma_vec_limits *limits)
{
	struct dma_vec_iter iter;
	struct dma_vec chunk;
	u64 n, sum = 0;
	int err;

	err = dma_vec_check(vecs, nents, limits);
	if (err)
		return err;

	dma_vec_iter_init(&iter, vecs, nents, limits);

	while (iter.nents) {
		n = dma_vec_iter_jump(&iter);
		n += dma_vec_iter_next(&iter, &chunk);
		if (check_add_overflow(sum, n, &sum) || sum > SSIZE_MAX)
			return -EOVERFLOW;
	}

	return sum;
}
EXPORT_SYMBOL_GPL(dma_vec_nents_for_dma);
