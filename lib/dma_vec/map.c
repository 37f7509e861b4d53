// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tables of physical memory: the input of a mapping is an array of physical
 * ranges, its output a table, and what undoes it needs nothing else. Behind an
 * IOMMU all ranges become one vector where they fit together; elsewhere each is
 * mapped for itself, in the pieces that the device's bounce buffers allow.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <linux/dma-direction.h>
#include <linux/dma-mapping.h>
#include <linux/dma-vec-phys.h>
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/overflow.h>

#include <trace/events/dma_vec.h>

#include "dma-api.h"
#include "table.h"

static bool dma_vec_map_is_mmio(const struct dma_vec_map *map)
{
	return map->table.no_sync;
}

static int dma_vec_phys_len(const struct phys_vec *phys, size_t nents,
			    size_t *len)
{
	size_t i, sum = 0;

	for (i = 0; i < nents; i++) {
		if (!phys[i].len)
			return -EINVAL;
		if (phys[i].len - 1 > (phys_addr_t)-1 - phys[i].paddr ||
		    check_add_overflow(sum, phys[i].len, &sum))
			return -EOVERFLOW;
	}

	*len = sum;

	return 0;
}

/* Ranges can be linked where all inner ends are at a multiple of the granule */
static bool dma_vec_phys_fits(const struct phys_vec *phys, size_t nents,
			      unsigned long granule_mask)
{
	size_t i;

	if (!granule_mask)
		return false;

	for (i = 1; i < nents; i++)
		if ((phys[i - 1].paddr + phys[i - 1].len) & granule_mask ||
		    phys[i].paddr & granule_mask)
			return false;

	return true;
}

static int dma_vec_map_link_all(struct dma_vec_map *map,
				const struct phys_vec *phys, size_t nents,
				size_t *linked)
{
	size_t i;
	int err;

	for (i = 0; i < nents; i++) {
		err = dma_vec_iova_link(map->dev, map->iova, phys[i].paddr,
					*linked, phys[i].len, map->dir,
					map->attrs, dma_vec_map_is_mmio(map));
		if (err)
			return err;
		*linked += phys[i].len;
	}

	return dma_vec_iova_sync(map->dev, map->iova, *linked);
}

static void dma_vec_map_unlink(struct dma_vec_map *map, size_t linked)
{
	dma_vec_iova_free(map->dev, map->iova, linked, map->dir, map->attrs,
			  dma_vec_map_is_mmio(map));
	map->iova = NULL;
}

/* One vector for everything, in the table's first one; 1 if that is not to be */
static int dma_vec_map_linked(struct dma_vec_map *map,
			      const struct phys_vec *phys, size_t nents,
			      size_t len)
{
	struct dma_vec *vec = map->table.vecs;
	size_t linked = 0;
	int err;

	if (!dma_vec_phys_fits(phys, nents, dma_vec_dev_granule(map->dev)))
		return 1;

	map->iova = dma_vec_iova_alloc(map->dev, phys->paddr, len, &vec->addr);
	if (!map->iova)
		return 1;

	err = dma_vec_map_link_all(map, phys, nents, &linked);
	if (err) {
		dma_vec_map_unlink(map, linked);
		return err;
	}

	vec->len = len;
	map->table.orig_nents = 1;

	return 0;
}

static void dma_vec_unmap_pieces(struct dma_vec_map *map)
{
	const struct dma_vec *vec = map->table.vecs;
	size_t i;

	for (i = 0; i < map->table.orig_nents; i++)
		dma_vec_unmap_piece(map->dev, vec[i].addr, vec[i].len, map->dir,
				    map->attrs, dma_vec_map_is_mmio(map));
}

/* Counts what it has mapped in orig_nents, also when it fails */
static int dma_vec_map_range(struct dma_vec_map *map,
			     const struct phys_vec *phys, size_t max_len)
{
	struct dma_vec *vec;
	size_t done, len;
	int err;

	for (done = 0; done < phys->len; done += len) {
		len = min(phys->len - done, max_len);
		vec = &map->table.vecs[map->table.orig_nents];
		vec->len = len;
		vec->addr = dma_vec_map_piece(map->dev, phys->paddr + done, len,
					      map->dir, map->attrs,
					      dma_vec_map_is_mmio(map));
		err = dma_mapping_error(map->dev, vec->addr);
		if (err)
			return err;
		map->table.orig_nents++;
	}

	return 0;
}

static int dma_vec_map_pieces(struct dma_vec_map *map,
			      const struct phys_vec *phys, size_t nents,
			      size_t max_len)
{
	size_t i;
	int err;

	map->table.orig_nents = 0;
	for (i = 0; i < nents; i++) {
		err = dma_vec_map_range(map, &phys[i], max_len);
		if (err) {
			dma_vec_unmap_pieces(map);
			return err;
		}
	}

	return 0;
}

static size_t dma_vec_phys_nents(const struct phys_vec *phys, size_t nents,
				 size_t max_len)
{
	size_t i, sum = 0;

	for (i = 0; i < nents; i++)
		sum += (phys[i].len - 1) / max_len + 1;

	return sum;
}

static void dma_vec_map_undo(struct dma_vec_map *map, size_t len)
{
	if (map->iova)
		dma_vec_map_unlink(map, len);
	else
		dma_vec_unmap_pieces(map);
}

/* Everything but the checks, with the arguments in the map already */
static int dma_vec_map_checked(struct dma_vec_map *map,
			       const struct phys_vec *phys, size_t nents,
			       size_t len)
{
	bool mmio = map->table.no_sync;
	size_t max_len;
	int err;

	max_len = dma_vec_dev_max_mapping(map->dev);
	max_len = max_t(size_t, max_len & PAGE_MASK, PAGE_SIZE);

	err = dma_vec_table_alloc(&map->table,
				  dma_vec_phys_nents(phys, nents, max_len),
				  GFP_KERNEL);
	if (err)
		return err;

	map->table.no_sync = mmio;

	err = dma_vec_map_linked(map, phys, nents, len);
	if (err > 0)
		err = dma_vec_map_pieces(map, phys, nents, max_len);
	if (err)
		return err;

	err = dma_vec_table_index(&map->table);
	if (err) {
		dma_vec_map_undo(map, len);
		return err;
	}

	dma_vec_table_set_device(&map->table, map->dev);

	return 0;
}

/**
 * dma_vec_map_phys() - map physical memory for a device, and build its table
 * @map: The mapping, whatever it held is forgotten
 * @dev: The device
 * @phys: Physical ranges, not needed after the call
 * @nents: Number of ranges
 * @dir: Direction of the mapping
 * @attrs: DMA_ATTR_* of the mapping
 * @flags: DMA_VEC_MAP_MMIO, and not an attribute, if the ranges are no memory but
 *	MMIO, of @dev or another device; else 0
 *
 * Behind an IOMMU, and where the kernel can do that (dma_iova_try_alloc()), all
 * ranges together become one vector if their inner ends are at a multiple of
 * the IOMMU's granule. Otherwise each becomes one vector, or several where it
 * is longer than dma_max_mapping_size(). Takes time in proportion to the number
 * of pages behind an IOMMU, else to the number of vectors.
 *
 * What is done with the table, and when, is up to the caller, who calls
 * dma_vec_begin_access() and dma_vec_end_access() for each transfer. If a range
 * cannot be mapped, those before it are unmapped again.
 *
 * Context: May sleep.
 * Return: 0; -EINVAL if an argument makes no sense, there is no range or one is
 * empty; -EOVERFLOW if one wraps around the end of the address space or the sum
 * of all lengths does not fit; -ENOMEM if there is no memory or no IOVA space,
 * or if the device cannot reach a range; other errors of the IOMMU. On error,
 * nothing is mapped and @map is empty.
 */
int dma_vec_map_phys(struct dma_vec_map *map, struct device *dev,
		     const struct phys_vec *phys, size_t nents,
		     enum dma_data_direction dir, unsigned long attrs,
		     unsigned int flags)
{
	size_t len;
	int err;

	*map = (struct dma_vec_map){};

	if (!dev || !phys || !nents || !valid_dma_direction(dir) ||
	    flags & ~DMA_VEC_MAP_MMIO)
		return -EINVAL;

	err = dma_vec_phys_len(phys, nents, &len);
	if (err)
		return err;

	map->dev = dev;
	map->dir = dir;
	map->attrs = attrs;
	map->table.no_sync = flags & DMA_VEC_MAP_MMIO;

	err = dma_vec_map_checked(map, phys, nents, len);
	if (err) {
		dma_vec_table_free(&map->table);
		*map = (struct dma_vec_map){};
		return err;
	}

	trace_dma_vec_map(map);

	return 0;
}
EXPORT_SYMBOL_GPL(dma_vec_map_phys);

/**
 * dma_vec_unmap_phys() - undo dma_vec_map_phys()
 * @map: The mapping; may be NULL or empty
 *
 * No transfer may be using the memory any more, and the rules of
 * dma_vec_table_free() apply to the table. Memory that a device has written is
 * synced for the CPU, unless @map was made with DMA_ATTR_SKIP_CPU_SYNC.
 *
 * Context: As dma_vec_table_free().
 */
void dma_vec_unmap_phys(struct dma_vec_map *map)
{
	if (!map || !map->dev)
		return;

	trace_dma_vec_unmap(map);

	/* It was mapped in whole pieces */
	dma_vec_table_restore(&map->table);
	dma_vec_map_undo(map, map->table.orig_len);
	dma_vec_table_free(&map->table);
	*map = (struct dma_vec_map){};
}
EXPORT_SYMBOL_GPL(dma_vec_unmap_phys);
