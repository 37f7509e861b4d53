/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The functions of the DMA API that map physical addresses: of pages, and of what
 * has none. Ranges cannot be linked into one piece of IOVA space.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#ifndef _LIB_DMA_VEC_DMA_MAP_H
#define _LIB_DMA_VEC_DMA_MAP_H

#include <linux/dma-mapping.h>
#include <linux/errno.h>
#include <linux/mm.h>
#include <linux/pfn.h>
#include <linux/types.h>

static dma_addr_t dma_vec_base_map(struct device *dev, phys_addr_t paddr,
				   size_t len, enum dma_data_direction dir,
				   unsigned long attrs, bool mmio)
{
	if (mmio)
		return dma_map_resource(dev, paddr, len, dir, attrs);

	if (!pfn_valid(PHYS_PFN(paddr)))
		return DMA_MAPPING_ERROR;

	return dma_map_page_attrs(dev, pfn_to_page(PHYS_PFN(paddr)),
				  offset_in_page(paddr), len, dir, attrs);
}

static void dma_vec_base_unmap(struct device *dev, dma_addr_t addr, size_t len,
			       enum dma_data_direction dir, unsigned long attrs,
			       bool mmio)
{
	if (mmio)
		dma_unmap_resource(dev, addr, len, dir, attrs);
	else
		dma_unmap_page_attrs(dev, addr, len, dir, attrs);
}

/* No IOVA space to have, so nobody comes with one */
static struct dma_iova_state *
dma_vec_base_iova_alloc(struct device *dev, phys_addr_t paddr, size_t len,
			dma_addr_t *addr)
{
	return NULL;
}

static int dma_vec_base_iova_link(struct device *dev,
				  struct dma_iova_state *iova,
				  phys_addr_t paddr, size_t offset, size_t len,
				  enum dma_data_direction dir,
				  unsigned long attrs, bool mmio)
{
	return -EOPNOTSUPP;
}

static int dma_vec_base_iova_sync(struct device *dev,
				  struct dma_iova_state *iova, size_t len)
{
	return -EOPNOTSUPP;
}

static void dma_vec_base_iova_free(struct device *dev,
				   struct dma_iova_state *iova, size_t linked,
				   enum dma_data_direction dir,
				   unsigned long attrs, bool mmio)
{
}

#endif /* _LIB_DMA_VEC_DMA_MAP_H */
