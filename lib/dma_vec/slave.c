// SPDX-License-Identifier: GPL-2.0-only
/*
 * Chunks as long as the entries of a scatterlist for the same device: for providers
 * of DMA engines that take vectors and scatterlists with one function.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <linux/dma-mapping.h>
#include <linux/dma-vec.h>
#include <linux/dmaengine.h>
#include <linux/limits.h>
#include <linux/log2.h>
#include <linux/minmax.h>
#include <linux/sizes.h>

#include "internal.h"

/*
 * An entry has 32 bits for its length. Split well below that, and below what
 * the device claims, at offsets that suit any bus.
 */
size_t dma_vec_dev_max_len(struct device *dev)
{
	unsigned int max = dma_get_max_seg_size(dev);

	return max & ~(min_t(size_t, rounddown_pow_of_two(max), SZ_4K) - 1);
}

/**
 * dma_vec_iter_init_slave() - walk an array as device_prep_slave_sg() would
 * @iter: The iterator
 * @chan: The channel of the provider
 * @vecs: The vectors, which must stay until the walk is over
 * @nents: Number of vectors
 *
 * Each chunk is what an entry of the scatterlist would be that
 * dma_vec_prep_table() makes for providers that take no vectors: up to the
 * device's dma_get_max_seg_size() long, which the length of an entry of a
 * scatterlist always holds. For a provider that does both in one function, which
 * gets what dma_vec_iter_init_entries() walks, too.
 *
 * Context: Any.
 * Return: The number of chunks, at least 1; -EINVAL or -EOVERFLOW as
 * dma_vec_iter_count().
 */
int dma_vec_iter_init_slave(struct dma_vec_iter *iter, struct dma_chan *chan,
			    const struct dma_vec *vecs, size_t nents)
{
	const struct dma_vec_limits limits = {
		.max_len = dma_vec_dev_max_len(dmaengine_get_dma_device(chan)),
	};
	ssize_t count;
	int err;

	err = dma_vec_iter_init(iter, vecs, nents, &limits);
	if (err)
		return err;

	count = dma_vec_iter_count(iter);

	return count > INT_MAX ? -EOVERFLOW : count;
}
