/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The functions of the DMA API that map physical addresses, without looking for a
 * struct page, and that link ranges into one piece of IOVA space.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#ifndef _LIB_DMA_VEC_DMA_MAP_H
#define _LIB_DMA_VEC_DMA_MAP_H

#include <linux/dma-mapping.h>
#include <linux/slab.h>
#include <linux/types.h>

#include "table.h"

static dma_addr_t dma_vec_base_map(struct device *dev, phys_addr_t paddr,
				   size_t len, enum dma_data_direction dir,
				   unsigned long attrs, bool mmio)
{
	return dma_map_phys(dev, paddr, len, dir,
			    attrs | (mmio ? DMA_ATTR_MMIO : 0));
}

static void dma_vec_base_unmap(struct device *dev, dma_addr_t addr, size_t len,
			       enum dma_data_direction dir, unsigned long attrs,
			       bool mmio)
{
	dma_unmap_phys(dev, addr, len, dir,
		       attrs | (mmio ? DMA_ATTR_MMIO : 0));
}

static struct dma_iova_state *
dma_vec_base_iova_alloc(struct device *dev, phys_addr_t paddr, size_t len,
			dma_addr_t *addr)
{
	struct dma_iova_state *iova;

	iova = dma_vec_zalloc(sizeof(*iova), GFP_KERNEL);
	if (!iova)
		return NULL;

	if (!dma_iova_try_alloc(dev, iova, paddr, len)) {
		kvfree(iova);
		return NULL;
	}

	*addr = iova->addr;

	return iova;
}

static int dma_vec_base_iova_link(struct device *dev,
				  struct dma_iova_state *iova,
				  phys_addr_t paddr, size_t offset, size_t len,
				  enum dma_data_direction dir,
				  unsigned long attrs, bool mmio)
{
	return dma_iova_link(dev, iova, paddr, offset, len, dir,
			     attrs | (mmio ? DMA_ATTR_MMIO : 0));
}

static int dma_vec_base_iova_sync(struct device *dev,
				  struct dma_iova_state *iova, size_t len)
{
	return dma_iova_sync(dev, iova, 0, len);
}

static void dma_vec_base_iova_free(struct device *dev,
				   struct dma_iova_state *iova, size_t linked,
				   enum dma_data_direction dir,
				   unsigned long attrs, bool mmio)
{
	dma_iova_destroy(dev, iova, linked, dir,
			 attrs | (mmio ? DMA_ATTR_MMIO : 0));
	kvfree(iova);
}

#endif /* _LIB_DMA_VEC_DMA_MAP_H */
