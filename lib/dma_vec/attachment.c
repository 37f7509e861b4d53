// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tables of dma-bufs. The exporter maps, and hands out a scatterlist because that
 * is what exporters have; an importer who uses these two functions never sees
 * it, and need not change when exporters have something else.
 */

#include <linux/dma-buf.h>
#include <linux/dma-vec.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/gfp_types.h>
#include <linux/module.h>

#include <trace/events/dma_vec.h>

#include "internal.h"

/**
 * dma_vec_map_attachment() - map a dma-buf, and build its table
 * @map: The mapping, whatever it held is forgotten
 * @attach: Attachment of the importing device
 * @dir: Direction of the mapping
 *
 * The coherency mode of the table is that of the device, see
 * dma_vec_table_set_device(). An importer that allows peer-to-peer memory gets
 * a table with DMA_VEC_NO_SYNC set: only the exporter knows what it is.
 *
 * Context: The dma-buf's reservation lock is held, as dma_buf_map_attachment()
 * wants it. May sleep.
 * Return: 0; -EINVAL if an argument makes no sense; what the exporter fails
 * with; errors of dma_vec_table_from_sgt(). On error, nothing is mapped and @map
 * is empty.
 */
int dma_vec_map_attachment(struct dma_vec_map *map,
			   struct dma_buf_attachment *attach,
			   enum dma_data_direction dir)
{
	struct sg_table *sgt;
	int err;

	*map = (struct dma_vec_map){};

	if (!attach || !valid_dma_direction(dir))
		return -EINVAL;

	sgt = dma_buf_map_attachment(attach, dir);
	if (IS_ERR(sgt))
		return PTR_ERR(sgt);

	err = dma_vec_table_from_sgt(&map->table, sgt, GFP_KERNEL_ACCOUNT);
	if (err) {
		dma_buf_unmap_attachment(attach, sgt, dir);
		return err;
	}

	map->dev = attach->dev;
	map->dir = dir;
	map->attach = attach;
	map->sgt = sgt;

	dma_vec_table_set_device(&map->table, attach->dev);
	if (attach->peer2peer)
		map->table.flags |= DMA_VEC_NO_SYNC;

	trace_dma_vec_map(map);

	return 0;
}
EXPORT_SYMBOL_GPL(dma_vec_map_attachment);

/**
 * dma_vec_unmap_attachment() - undo dma_vec_map_attachment()
 * @map: The mapping; may be NULL or empty
 *
 * No transfer may be using the memory any more, and the rules of
 * dma_vec_table_free() apply to the table. The attachment stays.
 *
 * Context: The dma-buf's reservation lock is held. May sleep.
 */
void dma_vec_unmap_attachment(struct dma_vec_map *map)
{
	if (!map || !map->attach)
		return;

	trace_dma_vec_unmap(map);

	dma_vec_table_free(&map->table);
	dma_buf_unmap_attachment(map->attach, map->sgt, map->dir);
	*map = (struct dma_vec_map){};
}
EXPORT_SYMBOL_GPL(dma_vec_unmap_attachment);

MODULE_IMPORT_NS("DMA_BUF");
