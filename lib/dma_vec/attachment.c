// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tables of dma-bufs. The exporter maps, and hands out a scatterlist because that
 * is what exporters have; an importer who uses these two functions never sees
 * it, and need not change when exporters have something else.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <linux/dma-buf.h>
#include <linux/dma-vec-table.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/gfp_types.h>
#include <linux/module.h>

#include <trace/events/dma_vec.h>

#include "table.h"

static bool dma_vec_attachment_no_sync(const struct dma_buf_attachment *attach)
{
	return attach->peer2peer || !attach->dmabuf->ops->begin_cpu_access;
}

static int dma_vec_map_make_table(struct dma_vec_map *map)
{
	struct dma_vec_table *table = &map->table;
	int err;

	err = dma_vec_table_from_sgt(table, map->sgt, GFP_KERNEL_ACCOUNT);
	if (err)
		return err;

	dma_vec_table_set_device(table, map->dev);
	if (dma_vec_attachment_no_sync(map->attach))
		table->no_sync = true;

	return table->no_sync ? 0 : dma_vec_share_join(map);
}

/**
 * dma_vec_map_attachment() - map a dma-buf, and build its table
 * @map: The mapping, whatever it held is forgotten
 * @attach: Attachment of the importing device
 * @dir: Direction of the mapping
 *
 * The table gets the coherency mode of its device, or DMA_VEC_DMA_API_COHERENT
 * if memory is, or may be, bounced. It is not synced if its exporter does
 * not let the CPU touch the memory, and for an importer that allows peer-to-peer
 * memory, as only the exporter knows what that is. The importer then calls
 * dma_vec_begin_access() for each transfer, and changes the bytes in use with the
 * reservation lock held only.
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
	int err;

	*map = (struct dma_vec_map){};

	if (!attach || !valid_dma_direction(dir))
		return -EINVAL;

	map->dev = attach->dev;
	map->dir = dir;
	map->attach = attach;
	map->sgt = dma_buf_map_attachment(attach, dir);
	if (IS_ERR(map->sgt)) {
		err = PTR_ERR(map->sgt);
		goto err_forget;
	}

	err = dma_vec_map_make_table(map);
	if (err)
		goto err_unmap;

	trace_dma_vec_map(map);

	return 0;

err_unmap:
	dma_vec_table_free(&map->table);
	dma_buf_unmap_attachment(attach, map->sgt, dir);
err_forget:
	*map = (struct dma_vec_map){};

	return err;
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

	if (map->share)
		dma_vec_share_leave(map);
	dma_vec_table_free(&map->table);
	dma_buf_unmap_attachment(map->attach, map->sgt, map->dir);
	*map = (struct dma_vec_map){};
}
EXPORT_SYMBOL_GPL(dma_vec_unmap_attachment);

MODULE_IMPORT_NS("DMA_BUF");
