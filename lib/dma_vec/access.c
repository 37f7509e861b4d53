// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who syncs when. User space brackets what the CPU does with a dma-buf, and its
 * exporter then maintains the caches for all devices: so an importer has nothing
 * to do for a transfer, except where the exporter cannot know. It does not see a
 * transfer, for which memory that is bounced has to be copied; and it does not
 * see a device go on with what a device of another kind has left.
 *
 * Memory that the library mapped for a driver of its own has no exporter: there
 * the driver's transfers are what the CPU's accesses are between.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <linux/dma-vec-table.h>
#include <linux/export.h>

#include "table.h"

static bool dma_vec_is_bracketed(const struct dma_vec_map *map)
{
	switch (map->table.coherency) {
	case DMA_VEC_DMA_API_COHERENT:
		return true;
	case DMA_VEC_MEMORY_COHERENT:
		return !map->attach;
	default:
		return false;
	}
}

/**
 * dma_vec_begin_access() - give the bytes in use to the device
 * @map: The mapping, with its table truncated to the bytes of the transfer
 *
 * To be called before each transfer, once the users of the dma-buf that it has
 * to wait for have finished, and before its fence is published; for a transfer
 * that is repeated, once. A transfer that does not take place after all needs
 * no further call.
 *
 * Syncs what is bounced, or not known not to be; and of what devices of another
 * kind have left in or behind the CPU's caches, the bytes in use. Otherwise
 * does nothing, and never does anything for memory that its exporter does not
 * let the CPU touch.
 *
 * Context: Process context, and the dma-buf's reservation lock is held, for a
 * mapping of dma_vec_map_attachment(). Any, for one of dma_vec_map_phys().
 */
void dma_vec_begin_access(struct dma_vec_map *map)
{
	map->end = 0;

	if (map->table.no_sync)
		return;

	if (map->share)
		dma_vec_share_begin(map);

	if (!dma_vec_is_bracketed(map))
		return;

	dma_vec_span_for_device(map, dma_vec_span_in_use(map));
	if (dma_vec_map_writes(map))
		map->end |= DMA_VEC_END_SYNC;
}
EXPORT_SYMBOL_GPL(dma_vec_begin_access);

/**
 * dma_vec_end_access() - take the bytes in use back from the device
 * @map: The mapping, as dma_vec_begin_access() has got it
 *
 * To be called after a transfer for which dma_vec_end_access_needed() says so,
 * and before its fence is signalled. Does nothing after others.
 *
 * Context: Process context, for a mapping of dma_vec_map_attachment(): may
 * sleep, but neither allocates nor waits for a fence, and takes no reservation
 * lock. Any, for one of dma_vec_map_phys().
 */
void dma_vec_end_access(struct dma_vec_map *map)
{
	if (map->end & DMA_VEC_END_SYNC)
		dma_vec_span_for_cpu(map, dma_vec_span_in_use(map));

	if (map->end & DMA_VEC_END_CLEAN)
		dma_vec_share_clean(map);

	map->end = 0;
}
EXPORT_SYMBOL_GPL(dma_vec_end_access);
