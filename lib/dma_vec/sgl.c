// SPDX-License-Identifier: GPL-2.0-only
/*
 * Most DMA engines, and all USB device controllers, know scatterlists only. For
 * those the DMA side of one is made up here: entries with a DMA address and a DMA
 * length, and no page, which together are as long as the bytes in use of a table.
 *
 * Some drivers keep the pointer that they got until the transfer is over, so the
 * list lives until dma_vec_sgl_free(). It is allocated once, for all of the table,
 * and rewritten only when the bytes in use have changed.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <linux/dma-mapping.h>
#include <linux/dma-vec-table.h>
#include <linux/dmaengine.h>
#include <linux/err.h>
#include <linux/export.h>
#include <linux/limits.h>
#include <linux/log2.h>
#include <linux/minmax.h>
#include <linux/scatterlist.h>
#include <linux/sizes.h>

#include <kunit/static_stub.h>
#include <kunit/visibility.h>

#include "table.h"

/* How many entries does it take for all of the table? */
static ssize_t dma_vec_sgl_nents(struct dma_vec_table *table, size_t max_len)
{
	const struct dma_vec_limits limits = { .max_len = max_len };
	struct dma_vec *last = &table->vecs[table->nents - 1];
	size_t cut_len = last->len;
	ssize_t nents;

	/* As if it were not truncated */
	last->len = dma_vec_table_orig_len(table, table->nents - 1);
	nents = dma_vec_nents_for_dma(table->vecs, table->orig_nents, &limits);
	last->len = cut_len;

	return nents;
}

VISIBLE_IF_KUNIT int dma_vec_sg_alloc(struct sg_table *sgt, unsigned int nents,
				      gfp_t gfp)
{
	KUNIT_STATIC_STUB_REDIRECT(dma_vec_sg_alloc, sgt, nents, gfp);

	return sg_alloc_table(sgt, nents, gfp);
}
EXPORT_SYMBOL_IF_KUNIT(dma_vec_sg_alloc);

static int dma_vec_sgl_alloc(struct dma_vec_sgl *sgl,
			     struct dma_vec_table *table, size_t max_len,
			     gfp_t gfp)
{
	ssize_t max_nents = IS_ENABLED(CONFIG_ARCH_NO_SG_CHAIN) ?
			    SG_MAX_SINGLE_ALLOC : INT_MAX;
	struct sg_table sgt;
	ssize_t nents;

	nents = dma_vec_sgl_nents(table, max_len);
	if (nents < 0)
		return nents;
	if (nents > max_nents)
		return -EOVERFLOW;

	if (dma_vec_sg_alloc(&sgt, nents, gfp | __GFP_NOWARN))
		return -ENOMEM;

	dma_vec_sgl_free(sgl);
	sgl->sgt = sgt;
	sgl->max_len = max_len;

	return 0;
}

/*
 * The bytes in use are the first ones of the table, so that they never need
 * more entries than all of it. Some providers look for the end of the list.
 */
static void dma_vec_sgl_write(struct dma_vec_sgl *sgl,
			      const struct dma_vec_table *table)
{
	const struct dma_vec_limits limits = { .max_len = sgl->max_len };
	struct scatterlist *sg = NULL;
	struct dma_vec_iter iter;
	struct dma_vec chunk;

	if (sgl->last)
		sg_unmark_end(sgl->last);

	sgl->sgt.nents = 0;
	dma_vec_iter_init(&iter, table->vecs, table->nents, &limits);
	dma_vec_for_each_chunk(&chunk, &iter) {
		sg = sg ? sg_next(sg) : sgl->sgt.sgl;
		sg_dma_address(sg) = chunk.addr;
		sg_dma_len(sg) = chunk.len;
		sgl->sgt.nents++;
	}

	sgl->last = sg;
	sg_mark_end(sg);
	sgl->len = table->len;
}

/* Does the list stand for the bytes in use already? */
bool dma_vec_sgl_is_filled(const struct dma_vec_sgl *sgl,
			   const struct dma_vec_table *table, struct device *dev)
{
	return sgl->len == table->len && sgl->max_len == dma_vec_dev_max_len(dev);
}

/**
 * dma_vec_sgl_fill() - make the scatterlist of a table's bytes in use
 * @sgl: The list; all zero, or filled before from the same table
 * @table: The table, of which at least one byte is in use
 * @dev: The device that the list is for
 * @gfp: How to allocate, if there is to be allocated
 *
 * The entries stand for the bytes in use and for nothing else: drivers that
 * program the lengths of the entries need not look at the length of the transfer.
 * They have a DMA address and a DMA length, but no page and no offset, whatever
 * the exporter's list has. Neighbours are joined, and vectors split, up to
 * dma_get_max_seg_size() of @dev; an entry that follows another one in memory
 * starts at a multiple of 4 KiB from the start of that, where the device takes
 * as much.
 *
 * The same bytes again cost nothing, another length rewrites the list; only the
 * first call, and one for another limit, allocates: for all of the table, so that
 * no later call for this limit fails. To be freed before the vectors of the table
 * change otherwise than by truncation.
 *
 * No transfer may be using @sgl, and nobody else @sgl and @table during the call.
 *
 * Context: As @gfp says.
 * Return: 0; -EINVAL if nothing is in use; -EOVERFLOW if there are more pieces
 * than a scatterlist can have; -ENOMEM. On error, @sgl is what it was before.
 */
int dma_vec_sgl_fill(struct dma_vec_sgl *sgl, struct dma_vec_table *table,
		     struct device *dev, gfp_t gfp)
{
	size_t max_len = dma_vec_dev_max_len(dev);
	int err;

	if (!table->nents)
		return -EINVAL;

	if (sgl->max_len != max_len) {
		err = dma_vec_sgl_alloc(sgl, table, max_len, gfp);
		if (err)
			return err;
	}

	if (sgl->len != table->len)
		dma_vec_sgl_write(sgl, table);

	return 0;
}
EXPORT_SYMBOL_GPL(dma_vec_sgl_fill);

/**
 * dma_vec_sgl_free() - release what dma_vec_sgl_fill() keeps
 * @sgl: The list; may be empty
 *
 * No transfer may be using it any more. It can be filled again.
 *
 * Context: Any but NMI.
 */
void dma_vec_sgl_free(struct dma_vec_sgl *sgl)
{
	sg_free_table(&sgl->sgt);
	*sgl = (struct dma_vec_sgl){};
}
EXPORT_SYMBOL_GPL(dma_vec_sgl_free);
