/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tables that take less memory than those that can be transferred.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#ifndef _LINUX_DMA_VEC_COMPACT_H
#define _LINUX_DMA_VEC_COMPACT_H

#include <linux/cleanup.h>
#include <linux/dma-vec-table.h>
#include <linux/types.h>

/**
 * struct dma_vec_compact - a table whose vectors are power-of-two sized blocks
 * @coherency: What the table says of it
 * @no_sync: The same
 * @scattered: The same
 * @offset: Bytes of the first block before the first vector
 * @tail: Bytes of the last block behind the last vector
 * @len: Bytes of all vectors
 * @nents: Number of blocks, which is that of vectors
 * @blocks: Address of each block, with the logarithm of its size in the low
 *	bits, which are 0 in the address of any block
 *
 * Describes memory that was allocated by the page. It takes a third of the memory of
 * a table (a half where size_t is shorter than dma_addr_t). Read it by
 * dma_vec_compact_get() only.
 */
struct dma_vec_compact {
	enum dma_vec_coherency coherency;
	bool no_sync;
	bool scattered;
	u64 offset;
	u64 tail;
	size_t len;
	size_t nents;
	dma_addr_t blocks[] __counted_by(nents);
};

struct dma_vec_compact *
dma_vec_compact_from_table(const struct dma_vec_table *table, gfp_t gfp);
void dma_vec_compact_get(const struct dma_vec_compact *compact, size_t i,
			 struct dma_vec *vec);
void dma_vec_compact_free(struct dma_vec_compact *compact);
int dma_vec_table_from_compact(struct dma_vec_table *table,
			       const struct dma_vec_compact *compact,
			       gfp_t gfp);

DEFINE_FREE(dma_vec_compact, struct dma_vec_compact *,
	    dma_vec_compact_free(_T))

#endif /* _LINUX_DMA_VEC_COMPACT_H */
