/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What is kept of a table's preparation for a DMA engine.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#ifndef _LIB_DMA_VEC_PREPARED_H
#define _LIB_DMA_VEC_PREPARED_H

#include <linux/dma-vec-table.h>
#include <linux/dmaengine.h>
#include <linux/types.h>

struct device;

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
bool dma_vec_sgl_is_filled(const struct dma_vec_sgl *sgl,
			   const struct dma_vec_table *table,
			   struct device *dev);

#endif /* _LIB_DMA_VEC_PREPARED_H */
