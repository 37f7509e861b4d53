/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How a table of DMA vectors gets to a DMA engine: for clients, who need not care
 * whether the provider takes vectors or scatterlists.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#ifndef _LINUX_DMA_VEC_DMAENGINE_H
#define _LINUX_DMA_VEC_DMAENGINE_H

#include <linux/dma-vec-table.h>
#include <linux/dmaengine.h>
#include <linux/types.h>

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
 * struct dma_vec_prepared - what a client keeps of preparing a table
 * @descs: Descriptors that can be reused, the one that was used last first; private
 * @sgl: The scatterlist, for providers that need one; private
 *
 * For one table; all zero before the first dma_vec_prep_table(), and again after
 * dma_vec_unprepare().
 */
struct dma_vec_prepared {
	struct dma_vec_desc descs[DMA_VEC_DESCS];
	struct dma_vec_sgl sgl;
};

struct dma_async_tx_descriptor *
dma_vec_prep_table(struct dma_chan *chan, struct dma_vec_table *table,
		   struct dma_vec_prepared *prepared,
		   enum dma_transfer_direction dir, unsigned long flags);
int dma_vec_submit_table(struct dma_chan *chan, struct dma_vec_table *table,
			 struct dma_vec_prepared *prepared,
			 enum dma_transfer_direction dir, unsigned long flags,
			 void (*done)(void *param,
				      const struct dmaengine_result *result),
			 void *param);
void dma_vec_unprepare(struct dma_vec_prepared *prepared);

#endif /* _LINUX_DMA_VEC_DMAENGINE_H */
