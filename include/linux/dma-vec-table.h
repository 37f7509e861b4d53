/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Arrays of DMA vectors, described as a whole by a table: how much of the array is
 * in use, and how the device reaches the memory. Memory that is mapped with its
 * table.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#ifndef _LINUX_DMA_VEC_TABLE_H
#define _LINUX_DMA_VEC_TABLE_H

#include <linux/cleanup.h>
#include <linux/dma-direction.h>
#include <linux/dma-vec.h>
#include <linux/scatterlist.h>
#include <linux/types.h>

struct device;
struct dma_buf_attachment;
struct dma_iova_state;
struct dma_vec_share;

/**
 * enum dma_vec_coherency - how a device reaches memory
 * @DMA_VEC_DEFAULT_COHERENT: Not looked at: the mode of a table that the library
 *	has not mapped. Its owner does all maintenance, the library none.
 * @DMA_VEC_DMA_API_COHERENT: Through a bounce buffer, or unknown: every transfer
 *	is bracketed with the DMA API's sync calls, which know.
 * @DMA_VEC_MEMORY_COHERENT: The device snoops nothing, its transactions reach
 *	memory: CPU access must be bracketed.
 * @DMA_VEC_CPU_COHERENT: The device's transactions snoop the CPU's caches:
 *	nobody has anything to do.
 * @DMA_VEC_ATOMIC_COHERENT: As DMA_VEC_CPU_COHERENT, and the device takes part in
 *	the CPU's atomic operations. Never derived: for drivers that know, and
 *	clients that ask.
 */
enum dma_vec_coherency {
	DMA_VEC_DEFAULT_COHERENT,
	DMA_VEC_DMA_API_COHERENT,
	DMA_VEC_MEMORY_COHERENT,
	DMA_VEC_CPU_COHERENT,
	DMA_VEC_ATOMIC_COHERENT,
};

/**
 * struct dma_vec_table - an array of DMA vectors, described as a whole
 * @vecs: The vectors. Only the last one in use may be shorter than it was.
 * @ends: For each vector, the offset in the table at which it ends when the
 *	table is not truncated: the index that makes truncation cheap
 * @nents: Vectors in use
 * @len: Bytes in use
 * @orig_nents: All vectors
 * @orig_len: All bytes
 * @coherency: How the device that the table was mapped for reaches the memory. A
 *	driver that knows more than the DMA API does may set it right after mapping;
 *	a mode that promises too much means stale data.
 * @no_sync: Memory that the CPU must not touch: MMIO, peer-to-peer, its exporter's
 *	own
 * @scattered: One vector may stand for scattered memory (IOMMU)
 * @owned: The library has allocated the arrays; private
 *
 * The table belongs to one user at a time; the library takes no lock. Members
 * may be read; all but @coherency are changed by the functions below only.
 */
struct dma_vec_table {
	struct dma_vec *vecs;
	size_t *ends;
	size_t nents;
	size_t len;
	size_t orig_nents;
	size_t orig_len;
	enum dma_vec_coherency coherency;
	bool no_sync;
	bool scattered;
	bool owned;
};

/**
 * struct dma_vec_map - memory that the library mapped, and its table
 * @table: The table of the mapping
 * @dev: The device that it was mapped for
 * @dir: Direction of the mapping
 * @attrs: DMA_ATTR_* of the mapping; private
 * @iova: The IOVA space that the mapping owns, if it does; private
 * @attach: Attachment that was mapped, or NULL; private
 * @sgt: How its exporter mapped it; private
 * @share: All mappings of the dma-buf, or NULL; private
 * @entry: Entry in @share; private
 * @end: What dma_vec_end_access() has to do; private
 *
 * Filled in by dma_vec_map_attachment() or dma_vec_map_phys(), and empty after
 * the function that undoes it. It stays where it is meanwhile.
 */
struct dma_vec_map {
	struct dma_vec_table table;
	struct device *dev;
	enum dma_data_direction dir;
	unsigned long attrs;
	struct dma_iova_state *iova;
	struct dma_buf_attachment *attach;
	struct sg_table *sgt;
	struct dma_vec_share *share;
	struct list_head entry;
	unsigned int end;
};

/**
 * struct dma_vec_sgl - the bytes in use of a table, as a scatterlist without pages
 * @sgt: The scatterlist: the first sg_table.nents entries are in use, and the last
 *	of them is marked as the end
 * @last: Last entry in use, NULL if there is none; private
 * @len: Bytes of the table that the entries in use stand for; private
 * @max_len: Longest entry; private
 *
 * All zero before the first dma_vec_sgl_fill(), which is what its user calls
 * before each transfer.
 */
struct dma_vec_sgl {
	struct sg_table sgt;
	struct scatterlist *last;
	size_t len;
	size_t max_len;
};

/* Tables */
int dma_vec_table_init(struct dma_vec_table *table, struct dma_vec *vecs,
		       size_t *ends, size_t nents);
int dma_vec_table_alloc(struct dma_vec_table *table, size_t nents, gfp_t gfp);
int dma_vec_table_index(struct dma_vec_table *table);
void dma_vec_table_free(struct dma_vec_table *table);
int dma_vec_table_from_sgt(struct dma_vec_table *table,
			   const struct sg_table *sgt, gfp_t gfp);
int dma_vec_table_truncate(struct dma_vec_table *table, size_t len);
void dma_vec_table_restore(struct dma_vec_table *table);

DEFINE_FREE(dma_vec_table, struct dma_vec_table *, dma_vec_table_free(_T))

/* Tables of memory that is mapped and unmapped with them */
int dma_vec_map_attachment(struct dma_vec_map *map,
			   struct dma_buf_attachment *attach,
			   enum dma_data_direction dir);
void dma_vec_unmap_attachment(struct dma_vec_map *map);

/* Scatterlists of tables, for drivers that take nothing else */
int dma_vec_sgl_fill(struct dma_vec_sgl *sgl, struct dma_vec_table *table,
		     struct device *dev, gfp_t gfp);
void dma_vec_sgl_free(struct dma_vec_sgl *sgl);

/* Coherency */

bool dma_vec_mixed_company(const struct dma_buf_attachment *attach);
void dma_vec_begin_access(struct dma_vec_map *map);
void dma_vec_end_access(struct dma_vec_map *map);

/**
 * dma_vec_end_access_needed() - tell whether dma_vec_end_access() has to be called
 * @map: The mapping
 *
 * Decided by dma_vec_begin_access(), and not changed until dma_vec_end_access(),
 * or the next transfer.
 *
 * Context: Any.
 * Return: true if dma_vec_end_access() has to be called before the transfer's
 * fence is signalled.
 */
static inline bool dma_vec_end_access_needed(const struct dma_vec_map *map)
{
	return map->end;
}

#endif /* _LINUX_DMA_VEC_TABLE_H */
