// SPDX-License-Identifier: GPL-2.0-only
/*
 * The calls of the DMA API that map physical addresses. Tests replace each of these
 * functions by a model.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <linux/dma-mapping.h>

#include <kunit/static_stub.h>
#include <kunit/visibility.h>

#include "dma-api.h"
#include "dma-map.h"
#include "table.h"

/* Longest piece that can be mapped, where bounce buffers set a limit */
size_t dma_vec_dev_max_mapping(struct device *dev)
{
	KUNIT_STATIC_STUB_REDIRECT(dma_vec_dev_max_mapping, dev);

	return dma_max_mapping_size(dev);
}
EXPORT_SYMBOL_IF_KUNIT(dma_vec_dev_max_mapping);

/* Where pieces must meet to be linked, minus one; 0 if they cannot be */
unsigned long dma_vec_dev_granule(struct device *dev)
{
	KUNIT_STATIC_STUB_REDIRECT(dma_vec_dev_granule, dev);

	return dma_get_merge_boundary(dev);
}
EXPORT_SYMBOL_IF_KUNIT(dma_vec_dev_granule);

dma_addr_t dma_vec_map_piece(struct device *dev, phys_addr_t paddr, size_t len,
			     enum dma_data_direction dir, unsigned long attrs,
			     bool mmio)
{
	KUNIT_STATIC_STUB_REDIRECT(dma_vec_map_piece, dev, paddr, len, dir,
				   attrs, mmio);

	return dma_vec_base_map(dev, paddr, len, dir, attrs, mmio);
}
EXPORT_SYMBOL_IF_KUNIT(dma_vec_map_piece);

void dma_vec_unmap_piece(struct device *dev, dma_addr_t addr, size_t len,
			 enum dma_data_direction dir, unsigned long attrs,
			 bool mmio)
{
	KUNIT_STATIC_STUB_REDIRECT(dma_vec_unmap_piece, dev, addr, len, dir,
				   attrs, mmio);

	dma_vec_base_unmap(dev, addr, len, dir, attrs, mmio);
}
EXPORT_SYMBOL_IF_KUNIT(dma_vec_unmap_piece);

/* NULL if there is none: then each piece is mapped for itself */
struct dma_iova_state *dma_vec_iova_alloc(struct device *dev, phys_addr_t paddr,
					  size_t len, dma_addr_t *addr)
{
	KUNIT_STATIC_STUB_REDIRECT(dma_vec_iova_alloc, dev, paddr, len, addr);

	return dma_vec_base_iova_alloc(dev, paddr, len, addr);
}
EXPORT_SYMBOL_IF_KUNIT(dma_vec_iova_alloc);

int dma_vec_iova_link(struct device *dev, struct dma_iova_state *iova,
		      phys_addr_t paddr, size_t offset, size_t len,
		      enum dma_data_direction dir, unsigned long attrs,
		      bool mmio)
{
	KUNIT_STATIC_STUB_REDIRECT(dma_vec_iova_link, dev, iova, paddr, offset,
				   len, dir, attrs, mmio);

	return dma_vec_base_iova_link(dev, iova, paddr, offset, len, dir,
				      attrs, mmio);
}
EXPORT_SYMBOL_IF_KUNIT(dma_vec_iova_link);

int dma_vec_iova_sync(struct device *dev, struct dma_iova_state *iova,
		      size_t len)
{
	KUNIT_STATIC_STUB_REDIRECT(dma_vec_iova_sync, dev, iova, len);

	return dma_vec_base_iova_sync(dev, iova, len);
}
EXPORT_SYMBOL_IF_KUNIT(dma_vec_iova_sync);

void dma_vec_iova_free(struct device *dev, struct dma_iova_state *iova,
		       size_t linked, enum dma_data_direction dir,
		       unsigned long attrs, bool mmio)
{
	KUNIT_STATIC_STUB_REDIRECT(dma_vec_iova_free, dev, iova, linked, dir,
				   attrs, mmio);

	dma_vec_base_iova_free(dev, iova, linked, dir, attrs, mmio);
}
EXPORT_SYMBOL_IF_KUNIT(dma_vec_iova_free);
