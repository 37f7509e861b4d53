/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the files of the library share with each other, and with their tests.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#ifndef _LIB_DMA_VEC_INTERNAL_H
#define _LIB_DMA_VEC_INTERNAL_H

#include <linux/bits.h>
#include <linux/dma-direction.h>
#include <linux/dma-vec.h>
#include <linux/errno.h>
#include <linux/gfp_types.h>
#include <linux/kconfig.h>
#include <linux/property.h>
#include <linux/scatterlist.h>
#include <linux/types.h>

struct device;
struct dma_iova_state;
struct sg_table;

/* The rules that an entry obeys whatever hardware it is for */
static inline int dma_vec_check_one(const struct dma_vec *vec)
{
	if (!vec->len)
		return -EINVAL;

	if (vec->len - 1 > (dma_addr_t)-1 - vec->addr)
		return -EOVERFLOW;

	return 0;
}

/* Does a vector that is not empty cross a boundary? All ones is the top. */
static inline bool dma_vec_crosses(const struct dma_vec *vec, u64 boundary_mask)
{
	return vec->len - 1 > boundary_mask - (vec->addr & boundary_mask);
}

/*
 * The one function that looks at an entry of a scatterlist, and at its DMA side
 * only: what is to be changed for lists of another kind.
 */
static inline struct scatterlist *dma_vec_from_sg(struct scatterlist *sg,
						  struct dma_vec *vec)
{
	vec->addr = sg_dma_address(sg);
	vec->len = sg_dma_len(sg);

	return sg_next(sg);
}

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

/* May the device write the memory? */
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

/* The DMA API as bases have it, see dma-api.c */
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

#endif /* _LIB_DMA_VEC_INTERNAL_H */
