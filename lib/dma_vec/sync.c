// SPDX-License-Identifier: GPL-2.0-only
/*
 * Syncing some of the bytes of a mapping. The DMA API wants the pieces in which
 * memory was mapped, or parts of them; and it takes each piece to be contiguous
 * in memory, which behind an IOMMU only the pages are.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <linux/dma-mapping.h>
#include <linux/dma-vec-table.h>
#include <linux/export.h>
#include <linux/minmax.h>
#include <linux/sizes.h>

#include <kunit/static_stub.h>
#include <kunit/visibility.h>

#include <trace/events/dma_vec.h>

#include "table.h"

/* No IOMMU maps in smaller pages, so no piece of this size is scattered */
#define DMA_VEC_SYNC_STEP SZ_4K

typedef void (*dma_vec_sync_fn)(struct device *dev, dma_addr_t addr, size_t len,
				enum dma_data_direction dir);

VISIBLE_IF_KUNIT void dma_vec_sync_piece_for_device(struct device *dev,
						    dma_addr_t addr, size_t len,
						    enum dma_data_direction dir)
{
	KUNIT_STATIC_STUB_REDIRECT(dma_vec_sync_piece_for_device, dev, addr,
				   len, dir);

	dma_sync_single_for_device(dev, addr, len, dir);
}
EXPORT_SYMBOL_IF_KUNIT(dma_vec_sync_piece_for_device);

VISIBLE_IF_KUNIT void dma_vec_sync_piece_for_cpu(struct device *dev,
						 dma_addr_t addr, size_t len,
						 enum dma_data_direction dir)
{
	KUNIT_STATIC_STUB_REDIRECT(dma_vec_sync_piece_for_cpu, dev, addr, len,
				   dir);

	dma_sync_single_for_cpu(dev, addr, len, dir);
}
EXPORT_SYMBOL_IF_KUNIT(dma_vec_sync_piece_for_cpu);

static void dma_vec_sync_in_steps(const struct dma_vec_map *map,
				  dma_addr_t addr, size_t left,
				  dma_vec_sync_fn sync)
{
	size_t len;

	for (; left; left -= len, addr += len) {
		len = DMA_VEC_SYNC_STEP - (addr & (DMA_VEC_SYNC_STEP - 1));
		len = min(len, left);
		sync(map->dev, addr, len, map->dir);
	}
}

static void dma_vec_sync_span(const struct dma_vec_map *map,
			      struct dma_vec_span span, dma_vec_sync_fn sync)
{
	const struct dma_vec_table *table = &map->table;
	size_t i, len;
	dma_addr_t addr;

	i = dma_vec_table_find(table, span.from + 1);
	for (; span.from < span.to; i++, span.from += len) {
		addr = table->vecs[i].addr + span.from -
		       dma_vec_table_start(table, i);
		len = min(table->ends[i], span.to) - span.from;

		if (table->scattered)
			dma_vec_sync_in_steps(map, addr, len, sync);
		else
			sync(map->dev, addr, len, map->dir);
	}
}

/**
 * dma_vec_span_for_device() - sync bytes of a mapping for its device
 * @map: The mapping
 * @span: Which bytes, no more than the mapping has, whatever is in use
 *
 * Context: Any.
 */
void dma_vec_span_for_device(const struct dma_vec_map *map,
			     struct dma_vec_span span)
{
	if (dma_vec_span_empty(&span))
		return;

	trace_dma_vec_sync_for_device(map, span.from, span.to - span.from);
	dma_vec_sync_span(map, span, dma_vec_sync_piece_for_device);
}
EXPORT_SYMBOL_IF_KUNIT(dma_vec_span_for_device);

/**
 * dma_vec_span_for_cpu() - sync bytes of a mapping for the CPU
 * @map: The mapping
 * @span: Which bytes, no more than the mapping has, whatever is in use
 *
 * Context: Any.
 */
void dma_vec_span_for_cpu(const struct dma_vec_map *map,
			  struct dma_vec_span span)
{
	if (dma_vec_span_empty(&span))
		return;

	trace_dma_vec_sync_for_cpu(map, span.from, span.to - span.from);
	dma_vec_sync_span(map, span, dma_vec_sync_piece_for_cpu);
}
EXPORT_SYMBOL_IF_KUNIT(dma_vec_span_for_cpu);
