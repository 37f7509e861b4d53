/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What is kept of a table's preparation for a DMA engine.
 */
#ifndef _LIB_DMA_VEC_PREPARED_H
#define _LIB_DMA_VEC_PREPARED_H

#include <linux/dmaengine.h>
#include <linux/scatterlist.h>
#include <linux/types.h>

struct dma_vec_table;

/* Clients alternate between two lengths, seldom between more */
#define DMA_VEC_DESCS	2

/**
 * struct dma_vec_desc - a descriptor that can be submitted again
 * @tx: The descriptor, NULL if there is none
 * @len: Bytes that it transfers
 * @dir: Direction
 * @flags: Flags that it was prepared with
 */
struct dma_vec_desc {
	struct dma_async_tx_descriptor *tx;
	size_t len;
	enum dma_transfer_direction dir;
	unsigned long flags;
};

/**
 * struct dma_vec_sgl - a table as a scatterlist without pages
 * @sgt: The scatterlist, with room for all of the table
 * @last: Last entry in use, marked as the end; NULL if nothing is in use
 * @len: Bytes of the table that the entries in use stand for
 * @max_len: Longest entry
 */
struct dma_vec_sgl {
	struct sg_table sgt;
	struct scatterlist *last;
	size_t len;
	size_t max_len;
};

/**
 * struct dma_vec_prepared - all that a table keeps
 * @descs: Descriptors that can be reused, the one that was used last first
 * @sgl: The scatterlist, for providers which need one
 */
struct dma_vec_prepared {
	struct dma_vec_desc descs[DMA_VEC_DESCS];
	struct dma_vec_sgl sgl;
};

struct dma_vec_prepared *dma_vec_prepared(struct dma_vec_table *table);
void dma_vec_descs_free(struct dma_vec_prepared *prepared);
struct dma_vec_sgl *dma_vec_sgl_get(struct dma_vec_table *table,
				    struct dma_chan *chan);

#endif /* _LIB_DMA_VEC_PREPARED_H */
