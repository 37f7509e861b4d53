/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tables of memory that is given by its physical addresses.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#ifndef _LINUX_DMA_VEC_PHYS_H
#define _LINUX_DMA_VEC_PHYS_H

#include <linux/bits.h>
#include <linux/cleanup.h>
#include <linux/dma-vec-table.h>
#include <linux/types.h>

struct device;

/* The ranges are no memory, but MMIO, which nobody syncs */
#define DMA_VEC_MAP_MMIO	BIT(0)

int dma_vec_map_phys(struct dma_vec_map *map, struct device *dev,
		     const struct phys_vec *phys, size_t nents,
		     enum dma_data_direction dir, unsigned long attrs,
		     unsigned int flags);
void dma_vec_unmap_phys(struct dma_vec_map *map);

DEFINE_FREE(dma_vec_unmap_phys, struct dma_vec_map *, dma_vec_unmap_phys(_T))

#endif /* _LINUX_DMA_VEC_PHYS_H */
