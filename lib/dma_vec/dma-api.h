/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The DMA API as bases have it, see dma-api.c.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#ifndef _LIB_DMA_VEC_DMA_API_H
#define _LIB_DMA_VEC_DMA_API_H

#include <linux/dma-direction.h>
#include <linux/types.h>

struct device;
struct dma_iova_state;

size_t dma_vec_dev_max_mapping(struct device *dev);
unsigned long dma_vec_dev_granule(struct device *dev);
dma_addr_t dma_vec_map_piece(struct device *dev, phys_addr_t paddr, size_t len,
			     enum dma_data_direction dir, unsigned long attrs,
			     bool mmio);
void dma_vec_unmap_piece(struct device *dev, dma_addr_t addr, size_t len,
			 enum dma_data_direction dir, unsigned long attrs,
			 bool mmio);
struct dma_iova_state *dma_vec_iova_alloc(struct device *dev, phys_addr_t paddr,
					  size_t len, dma_addr_t *addr);
int dma_vec_iova_link(struct device *dev, struct dma_iova_state *iova,
		      phys_addr_t paddr, size_t offset, size_t len,
		      enum dma_data_direction dir, unsigned long attrs,
		      bool mmio);
int dma_vec_iova_sync(struct device *dev, struct dma_iova_state *iova,
		      size_t len);
void dma_vec_iova_free(struct device *dev, struct dma_iova_state *iova,
		       size_t linked, enum dma_data_direction dir,
		       unsigned long attrs, bool mmio);

#endif /* _LIB_DMA_VEC_DMA_API_H */
