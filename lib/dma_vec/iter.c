// SPDX-License-Identifier: GPL-2.0-only
/*
 * Hardware never takes memory in the pieces in which it was mapped. The
 * iterator cuts and joins on the fly: it keeps a position and no memory of its
 * own, so that preparing a transfer costs one pass and an interrupt handler
 * can continue where the last one stopped. It walks arrays of vectors and
 * mapped scatterlists alike, so that a provider has one loop for both.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <linux/align.h>
#include <linux/compiler.h>
#include <linux/dma-vec.h>
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/limits.h>
#include <linux/log2.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/overflow.h>

#include "internal.h"

/* Nothing to walk, until all else is right */
static void dma_vec_iter_reset(struct dma_vec_iter *iter)
{
	iter->vecs = NULL;
	iter->sg = NULL;
	iter->nents = 0;
	iter->cur.len = 0;
	iter->by_entry = false;
}

static bool dma_vec_pow2_or_0(u64 n)
{
	return !(n & (n - 1));
}

static int dma_vec_iter_set_limits(struct dma_vec_iter *iter,
				   const struct dma_vec_limits *limits)
{
	static const struct dma_vec_limits no_limits;
	size_t align, max_len;

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

	iter->max_len = ALIGN_DOWN(max_len, align);
	iter->boundary_mask = limits->boundary - 1;
	iter->addr_mask = limits->addr_align ? limits->addr_align - 1 : 0;
	iter->len_mask = limits->len_align ? limits->len_align - 1 : 0;

	return 0;
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
	int err;

	dma_vec_iter_reset(iter);

	if (!vecs || !nents)
		return -EINVAL;

	err = dma_vec_iter_set_limits(iter, limits);
	if (err)
		return err;

	iter->vecs = vecs;
	iter->nents = nents;

	return 0;
}
EXPORT_SYMBOL_GPL(dma_vec_iter_init);

/**
 * dma_vec_iter_init_sg() - prepare to walk a mapped scatterlist in chunks
 * @iter: The iterator
 * @sgl: The first entry; the list must stay until the walk is over
 * @nents: Number of mapped entries, as device_prep_slave_sg() gets it
 * @limits: What the hardware takes in one chunk, or NULL for no limits; not
 *	needed after the call
 *
 * The same walk as that of dma_vec_iter_init(), over the DMA addresses and DMA
 * lengths of the list, and nothing else in it: what a provider needs to have
 * one prep function for both of its operations. A list that ends before @nents
 * entries is found out by dma_vec_iter_check(); the walk of an unchecked one
 * ends where the list does.
 *
 * Context: Any.
 * Return: 0; -EINVAL if there is no entry, or as dma_vec_iter_init().
 */
int dma_vec_iter_init_sg(struct dma_vec_iter *iter, struct scatterlist *sgl,
			 size_t nents, const struct dma_vec_limits *limits)
{
	int err;

	dma_vec_iter_reset(iter);

	if (!sgl || !nents)
		return -EINVAL;

	err = dma_vec_iter_set_limits(iter, limits);
	if (err)
		return err;

	iter->sg = sgl;
	iter->nents = nents;

	return 0;
}
EXPORT_SYMBOL_GPL(dma_vec_iter_init_sg);

/**
 * dma_vec_iter_init_entries() - prepare to walk a mapped scatterlist as it is
 * @iter: The iterator
 * @sgl: The first entry; the list must stay until the walk is over
 * @nents: Number of mapped entries, as device_prep_slave_sg() gets it
 *
 * Each chunk is one entry, neither joined with the next one nor split, and not
 * looked at: an empty entry is an empty chunk. That is the walk of
 * for_each_sg(), for a provider whose descriptors mirror the list that its
 * clients made.
 *
 * Context: Any.
 * Return: 0, or -EINVAL if there is no entry.
 */
int dma_vec_iter_init_entries(struct dma_vec_iter *iter,
			      struct scatterlist *sgl, size_t nents)
{
	int err;

	err = dma_vec_iter_init_sg(iter, sgl, nents, NULL);
	if (err)
		return err;

	iter->by_entry = true;

	return 0;
}

/* The next vector, which is empty where a list ends too early */
static void dma_vec_iter_fetch(struct dma_vec_iter *iter)
{
	iter->nents--;

	if (iter->vecs) {
		iter->cur = *iter->vecs++;
	} else if (iter->sg) {
		iter->sg = dma_vec_from_sg(iter->sg, &iter->cur);
	} else {
		iter->cur.len = 0;
		iter->nents = 0;
	}
}

/* Is there anything left? Empty vectors are left out. */
static bool dma_vec_iter_load(struct dma_vec_iter *iter)
{
	while (!iter->cur.len) {
		if (!iter->nents)
			return false;
		dma_vec_iter_fetch(iter);
	}

	return true;
}

/*
 * The longest chunk that may begin here. Without a boundary, that is up to the
 * top of the address space. It is a multiple of both alignments, or the chunk
 * ends before that, in anything that passes dma_vec_iter_check(): so there is
 * no more to do for the alignments.
 */
static size_t dma_vec_iter_room(const struct dma_vec_iter *iter)
{
	u64 addr = iter->cur.addr;

	return min_t(u64, iter->max_len - 1,
		     iter->boundary_mask - (addr & iter->boundary_mask)) + 1;
}

/* A chunk from the front of the current vector, which is longer */
static void dma_vec_iter_cut(struct dma_vec_iter *iter, struct dma_vec *chunk,
			     size_t len)
{
	chunk->addr = iter->cur.addr;
	chunk->len = len;
	iter->cur.addr += len;
	iter->cur.len -= len;
}

/* Make a chunk as long as there is room, with vectors that continue it */
static void dma_vec_iter_join(struct dma_vec_iter *iter, struct dma_vec *chunk,
			      size_t room)
{
	struct dma_vec more;

	while (chunk->len < room && dma_vec_iter_load(iter) &&
	       iter->cur.addr == (u64)chunk->addr + chunk->len) {
		dma_vec_iter_cut(iter, &more, min(iter->cur.len, room - chunk->len));
		chunk->len += more.len;
	}
}

static bool dma_vec_iter_next_entry(struct dma_vec_iter *iter,
				    struct dma_vec *chunk)
{
	if (!iter->cur.len) {
		if (!iter->nents || !iter->sg)
			return false;
		dma_vec_iter_fetch(iter);
	}

	*chunk = iter->cur;
	iter->cur.len = 0;

	return true;
}

/**
 * dma_vec_iter_next() - get the next chunk
 * @iter: The iterator
 * @chunk: Where the chunk is stored
 *
 * A chunk is as long as the limits and the contiguous bus addresses ahead
 * allow: vectors that follow each other without a gap are joined, longer ones
 * are split, except after dma_vec_iter_init_entries(). All chunks together are
 * exactly the bytes of the vectors, in order.
 * Every chunk obeys all limits if the iterator passes dma_vec_iter_check(); else
 * the maximum length and the boundary are still obeyed, empty vectors are left
 * out, and the walk still ends.
 *
 * Never allocates, and takes constant time per chunk or vector, whichever there
 * are more of.
 *
 * Context: Any, hard interrupts included.
 * Return: true, or false at the end, where @chunk is untouched.
 */
bool dma_vec_iter_next(struct dma_vec_iter *iter, struct dma_vec *chunk)
{
	size_t room;

	if (unlikely(iter->by_entry))
		return dma_vec_iter_next_entry(iter, chunk);

	if (!dma_vec_iter_load(iter))
		return false;

	room = dma_vec_iter_room(iter);
	if (iter->cur.len > room) {
		dma_vec_iter_cut(iter, chunk, room);
		return true;
	}

	*chunk = iter->cur;
	iter->cur.len = 0;
	if (chunk->len < room)
		dma_vec_iter_join(iter, chunk, room);

	return true;
}
EXPORT_SYMBOL_GPL(dma_vec_iter_next);

/**
 * dma_vec_iter_first() - look at the next chunk
 * @iter: The iterator; not changed
 *
 * Context: Any.
 * Return: What dma_vec_iter_next() is going to store, all zero at the end.
 */
struct dma_vec dma_vec_iter_first(const struct dma_vec_iter *iter)
{
	struct dma_vec_iter it = *iter;
	struct dma_vec chunk = {};

	dma_vec_iter_next(&it, &chunk);

	return chunk;
}

static int dma_vec_iter_check_one(const struct dma_vec_iter *iter,
				  const struct dma_vec *vec, size_t *sum)
{
	int err;

	err = dma_vec_check_one(vec);
	if (err)
		return err;

	if (vec->addr & iter->addr_mask || vec->len & iter->len_mask)
		return -EINVAL;

	if (vec->addr & iter->len_mask &&
	    dma_vec_crosses(vec, iter->boundary_mask))
		return -EINVAL;

	return check_add_overflow(*sum, vec->len, sum) ? -EOVERFLOW : 0;
}

static int dma_vec_iter_check_sg(const struct dma_vec_iter *iter)
{
	struct dma_vec_iter it = *iter;
	size_t sum = 0;
	int err = 0;

	while (!err && it.nents) {
		dma_vec_iter_fetch(&it);
		err = dma_vec_iter_check_one(iter, &it.cur, &sum);
	}

	return err;
}

/**
 * dma_vec_iter_check() - can what an iterator walks be cut into chunks?
 * @iter: The iterator, which no chunk was taken from yet; not changed
 *
 * Each vector must begin at a multiple of the address alignment and be a
 * multiple of the length alignment long. Lengths and boundaries that are
 * exceeded are no error: splitting is what dma_vec_iter_next() is for. A vector
 * which crosses a boundary must however begin at a multiple of the length
 * alignment as well, for no split would satisfy both otherwise.
 *
 * Takes time in proportion to the number of vectors.
 *
 * Context: Any.
 * Return: 0; -EINVAL if there is no vector, one is empty or misaligned, or the
 * scatterlist is shorter than it was said to be; -EOVERFLOW if a vector wraps
 * around the end of the address space or the sum of all lengths does not fit.
 */
int dma_vec_iter_check(const struct dma_vec_iter *iter)
{
	size_t i, sum = 0;
	int err = 0;

	if (!iter->nents)
		return -EINVAL;

	if (iter->sg)
		return dma_vec_iter_check_sg(iter);

	for (i = 0; i < iter->nents && !err; i++)
		err = dma_vec_iter_check_one(iter, &iter->vecs[i], &sum);

	return err;
}
EXPORT_SYMBOL_GPL(dma_vec_iter_check);

static void dma_vec_iter_skip(struct dma_vec_iter *iter, u64 len)
{
	iter->cur.addr += len;
	iter->cur.len -= len;
}

/*
 * Jump over chunks that lie inside of a vector and are as long as they can be,
 * leaving at least one byte of the vector. It passes dma_vec_iter_check().
 */
static u64 dma_vec_iter_jump(struct dma_vec_iter *iter)
{
	u64 last = iter->cur.len - 1;
	u64 windows, chunks = 0, n;

	/* Windows between two boundaries all hold the same number of chunks */
	if (!(iter->cur.addr & iter->boundary_mask) &&
	    last > iter->boundary_mask) {
		windows = last >> ilog2(iter->boundary_mask + 1);
		n = div64_u64(iter->boundary_mask, iter->max_len) + 1;
		chunks = windows * n;
		dma_vec_iter_skip(iter, windows * (iter->boundary_mask + 1));
		last &= iter->boundary_mask;
	}

	n = div64_u64(min(last, iter->boundary_mask -
				(iter->cur.addr & iter->boundary_mask)),
		      iter->max_len);
	dma_vec_iter_skip(iter, n * iter->max_len);

	return chunks + n;
}

/**
 * dma_vec_iter_count() - how many chunks will there be?
 * @iter: The iterator, which no chunk was taken from yet; not changed
 *
 * Exactly the number of times that dma_vec_iter_next() is going to return true,
 * for sizing descriptors. If this does not fail, then every chunk obeys the
 * limits: it checks what dma_vec_iter_check() does. Takes time in proportion to
 * the number of vectors, however long they are.
 *
 * Context: Any.
 * Return: The number of chunks; -EINVAL or -EOVERFLOW as dma_vec_iter_check();
 * -EOVERFLOW also if the number does not fit.
 */
ssize_t dma_vec_iter_count(const struct dma_vec_iter *iter)
{
	struct dma_vec_iter it = *iter;
	struct dma_vec chunk;
	u64 sum = 0;
	int err;

	err = dma_vec_iter_check(iter);
	if (err)
		return err;

	/* No more chunks than bytes, the number of which fits */
	while (dma_vec_iter_load(&it)) {
		sum += dma_vec_iter_jump(&it);
		sum += dma_vec_iter_next(&it, &chunk);
	}

	return sum > SSIZE_MAX ? -EOVERFLOW : sum;
}

/**
 * dma_vec_iter_nents_for_dma() - how many pieces do the chunks have to be cut into?
 * @iter: The iterator; not changed
 * @len: Longest piece, 0 for no limit
 *
 * For a provider that cuts each chunk by itself, after
 * dma_vec_iter_init_entries() or dma_vec_iter_init_slave(): what
 * sg_nents_for_dma() is for a scatterlist. An empty chunk has no piece. Takes
 * time in proportion to the number of chunks.
 *
 * Context: Any.
 * Return: The number of pieces from here on, INT_MAX if there are more: then
 * there is no memory for as many descriptors either.
 */
int dma_vec_iter_nents_for_dma(const struct dma_vec_iter *iter, size_t len)
{
	struct dma_vec_iter it = *iter;
	struct dma_vec chunk;
	size_t sum = 0;

	if (!len)
		len = SIZE_MAX;

	dma_vec_for_each_chunk(&chunk, &it) {
		sum = size_add(sum, chunk.len / len);
		sum = size_add(sum, !!(chunk.len % len));
	}

	return min_t(size_t, sum, INT_MAX);
}

/**
 * dma_vec_nents_for_dma() - how many chunks does the hardware see?
 * @vecs: The vectors
 * @nents: Number of vectors
 * @limits: What the hardware takes in one chunk, or NULL for no limits
 *
 * dma_vec_iter_count() for an array. Like sg_nents_for_dma(), for all four
 * limits.
 *
 * Context: Any.
 * Return: The number of chunks; -EINVAL as dma_vec_iter_init(); -EINVAL or
 * -EOVERFLOW as dma_vec_iter_count().
 */
ssize_t dma_vec_nents_for_dma(const struct dma_vec *vecs, size_t nents,
			      const struct dma_vec_limits *limits)
{
	struct dma_vec_iter iter;
	int err;

	err = dma_vec_iter_init(&iter, vecs, nents, limits);

	return err ?: dma_vec_iter_count(&iter);
}
