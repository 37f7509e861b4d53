/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Declarations that the files on tables and mappings share with each other and with
 * their tests.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#ifndef _LIB_DMA_VEC_TABLE_H
#define _LIB_DMA_VEC_TABLE_H

#include <linux/bits.h>
#include <linux/dma-direction.h>
#include <linux/dma-vec-table.h>
#include <linux/gfp_types.h>
#include <linux/kconfig.h>
#include <linux/property.h>
#include <linux/types.h>

#include "internal.h"

struct device;
struct sg_table;

/* The offset in an indexed table at which a vector begins */
static inline size_t dma_vec_table_start(const struct dma_vec_table *table,
					 size_t i)
{
	return i ? table->ends[i - 1] : 0;
}

/* The length of a vector of an indexed table, truncated or not */
static inline size_t dma_vec_table_orig_len(const struct dma_vec_table *table,
					    size_t i)
{
	return table->ends[i] - dma_vec_table_start(table, i);
}

size_t dma_vec_table_find(const struct dma_vec_table *table, size_t len);
void *dma_vec_zalloc(size_t size, gfp_t gfp);
bool dma_vec_sgl_is_filled(const struct dma_vec_sgl *sgl,
			   const struct dma_vec_table *table, struct device *dev);

/* Some of the bytes of a mapping, from @from on and before @to */
struct dma_vec_span {
	size_t from;
	size_t to;
};

static inline bool dma_vec_span_empty(const struct dma_vec_span *span)
{
	return span->from >= span->to;
}

static inline struct dma_vec_span
dma_vec_span_in_use(const struct dma_vec_map *map)
{
	return (struct dma_vec_span){ 0, map->table.len };
}

/* Return whether the device may write the memory */
static inline bool dma_vec_map_writes(const struct dma_vec_map *map)
{
	return map->dir != DMA_TO_DEVICE;
}

void dma_vec_span_for_device(const struct dma_vec_map *map,
			     struct dma_vec_span span);
void dma_vec_span_for_cpu(const struct dma_vec_map *map,
			  struct dma_vec_span span);

/* How a device reaches memory, see coherency.c */
enum dma_vec_coherency dma_vec_dev_coherency(struct device *dev);
void dma_vec_table_set_device(struct dma_vec_table *table, struct device *dev);

/* What dma_vec_end_access() has to do: sync the mapping for the CPU */
#define DMA_VEC_END_SYNC	BIT(0)
/* Write back what the device has left in the CPU's caches */
#define DMA_VEC_END_CLEAN	BIT(1)

#if IS_ENABLED(CONFIG_DMA_SHARED_BUFFER)
int dma_vec_share_join(struct dma_vec_map *map);
void dma_vec_share_leave(struct dma_vec_map *map);
void dma_vec_share_begin(struct dma_vec_map *map);
void dma_vec_share_clean(struct dma_vec_map *map);
#else
static inline void dma_vec_share_begin(struct dma_vec_map *map) { }
static inline void dma_vec_share_clean(struct dma_vec_map *map) { }
#endif

#if IS_ENABLED(CONFIG_KUNIT)
/* All that the library knows of the world; tests put a model in its place */
enum dev_dma_attr dma_vec_dev_attr(struct device *dev);
bool dma_vec_dev_translates(struct device *dev);
bool dma_vec_dev_limited(struct device *dev);
bool dma_vec_addr_needs_sync(struct device *dev, dma_addr_t addr);
bool dma_vec_short_may_bounce(void);
void dma_vec_sync_piece_for_device(struct device *dev, dma_addr_t addr,
				   size_t len, enum dma_data_direction dir);
void dma_vec_sync_piece_for_cpu(struct device *dev, dma_addr_t addr,
				size_t len, enum dma_data_direction dir);
int dma_vec_sg_alloc(struct sg_table *sgt, unsigned int nents, gfp_t gfp);
#endif

#endif /* _LIB_DMA_VEC_TABLE_H */
