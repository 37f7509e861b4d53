// SPDX-License-Identifier: GPL-2.0-only
/*
 * Questions about plain arrays of DMA vectors, and the one operation that
 * changes an array: joining neighbours. Every sum is checked, because lengths
 * come from whoever mapped the memory and add up to more than a size_t easily
 * where that has 32 bits.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <linux/dma-vec.h>
#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/module.h>
#include <linux/overflow.h>

#include "internal.h"

/**
 * dma_vec_len() - total length of an array
 * @vecs: The vectors
 * @nents: Number of vectors
 * @len: Where the sum of all lengths, in bytes, is stored; untouched on error
 *
 * Takes time in proportion to @nents.
 *
 * Context: Any.
 * Return: 0; -EINVAL if there is no vector or one is empty; -EOVERFLOW if the
 * sum does not fit.
 */
int dma_vec_len(const struct dma_vec *vecs, size_t nents, size_t *len)
{
	size_t i, sum = 0;

	if (!vecs || !nents)
		return -EINVAL;

	for (i = 0; i < nents; i++) {
		if (!vecs[i].len)
			return -EINVAL;
		if (check_add_overflow(sum, vecs[i].len, &sum))
			return -EOVERFLOW;
	}

	*len = sum;

	return 0;
}

/**
 * dma_vec_nents_for_len() - number of vectors that cover a length
 * @vecs: The vectors
 * @nents: Number of vectors
 * @len: Bytes to cover, not 0
 *
 * Like sg_nents_for_len(), except that nothing covers a length of 0, and that
 * it counts DMA lengths. Takes time in proportion to the result; the same
 * question to a table, dma_vec_table_truncate(), is cheaper.
 *
 * Context: Any.
 * Return: How many of the first vectors it takes to cover @len bytes; -EINVAL
 * if there is no vector, one on the way is empty, @len is 0 or the array is
 * shorter than @len.
 */
ssize_t dma_vec_nents_for_len(const struct dma_vec *vecs, size_t nents,
			      size_t len)
{
	size_t i;

	if (!vecs || !len)
		return -EINVAL;

	for (i = 0; i < nents && vecs[i].len; i++) {
		if (len <= vecs[i].len)
			return i + 1;
		len -= vecs[i].len;
	}

	return -EINVAL;
}

/**
 * dma_vec_check() - can this array be cut into chunks for this hardware?
 * @vecs: The vectors
 * @nents: Number of vectors
 * @limits: What the hardware takes, or NULL for no limits
 *
 * dma_vec_iter_check() for an array, of which the rules are those. Takes time in
 * proportion to @nents.
 *
 * Context: Any.
 * Return: 0; -EINVAL as dma_vec_iter_init(); -EINVAL or -EOVERFLOW as
 * dma_vec_iter_check().
 */
int dma_vec_check(const struct dma_vec *vecs, size_t nents,
		  const struct dma_vec_limits *limits)
{
	struct dma_vec_iter iter;
	int err;

	err = dma_vec_iter_init(&iter, vecs, nents, limits);

	return err ?: dma_vec_iter_check(&iter);
}

/* In an array that passes dma_vec_check() no sum of lengths overflows */
static bool dma_vec_can_join(const struct dma_vec *vec,
			     const struct dma_vec *next, size_t max_len,
			     u64 boundary_mask)
{
	const struct dma_vec both = {
		.addr = vec->addr,
		.len = vec->len + next->len,
	};

	if (next->addr != (u64)vec->addr + vec->len)
		return false;

	/* Without a boundary, what is not to be crossed is the top */
	return both.len <= max_len && !dma_vec_crosses(&both, boundary_mask);
}

/**
 * dma_vec_coalesce() - join neighbours that are contiguous in bus address
 * @vecs: The vectors, changed in place
 * @nents: Number of vectors
 * @limits: What the hardware takes, or NULL for no limits: vectors are joined
 *	only if the result is no longer than @limits->max_len and crosses no
 *	@limits->boundary
 *
 * For arrays that are built and handed to hardware directly. Never for the
 * array of a table, which loses its index, and never for anything that will be
 * synced: cache maintenance must use the pieces in which the memory was mapped.
 * The iterator joins on the fly and needs no coalesced array.
 *
 * Takes time in proportion to @nents.
 *
 * Context: Any.
 * Return: The new number of vectors; -EINVAL or -EOVERFLOW as dma_vec_check()
 * without limits, or -EINVAL if the limits are impossible: then nothing was
 * changed.
 */
ssize_t dma_vec_coalesce(struct dma_vec *vecs, size_t nents,
			 const struct dma_vec_limits *limits)
{
	size_t i, last = 0, max_len = SIZE_MAX;
	struct dma_vec_iter iter;
	int err;

	err = dma_vec_check(vecs, nents, NULL);
	if (err)
		return err;

	err = dma_vec_iter_init(&iter, vecs, nents, limits);
	if (err)
		return err;

	if (limits && limits->max_len)
		max_len = limits->max_len;

	for (i = 1; i < nents; i++) {
		if (dma_vec_can_join(&vecs[last], &vecs[i], max_len,
				     iter.boundary_mask))
			vecs[last].len += vecs[i].len;
		else
			vecs[++last] = vecs[i];
	}

	return last + 1;
}

MODULE_AUTHOR("the dma_vec project");
MODULE_DESCRIPTION("DMA vector tables");
MODULE_LICENSE("GPL");
