// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tables from scatterlists. Importers of a dma-buf may look at the DMA side of
 * one only: of the entries that were mapped, sg_table.nents, which an IOMMU
 * makes fewer than sg_table.orig_nents, the address and the length.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <linux/dma-vec-table.h>
#include <linux/errno.h>
#include <linux/scatterlist.h>

#include "table.h"

static int dma_vec_table_fill_from_sgt(struct dma_vec_table *table,
				       const struct sg_table *sgt)
{
	struct scatterlist *sg = sgt->sgl;
	struct dma_vec *vec = table->vecs;
	unsigned int i;

	for (i = 0; i < sgt->nents; i++) {
		if (!sg)
			return -EINVAL;

		/* What another device has is no memory */
		if (sg_dma_is_bus_address(sg))
			table->no_sync = true;

		sg = dma_vec_from_sg(sg, vec);
		if (vec->len)
			vec++;
	}

	table->orig_nents = vec - table->vecs;

	return dma_vec_table_index(table);
}

/**
 * dma_vec_table_from_sgt() - build a table of a mapped scatterlist
 * @table: The table, whatever it held is forgotten
 * @sgt: The scatterlist, mapped for DMA; not needed after the call, but the
 *	mapping is
 * @gfp: How to allocate; big tables need to be allowed to sleep
 *
 * Looks at the DMA addresses and lengths of the first @sgt->nents entries and
 * at nothing else, except that a bus address of another device (peer-to-peer)
 * sets @table->no_sync. Entries without any bytes are left out: there is nothing in
 * them to transfer, and padding a scatterlist with them is legal.
 *
 * The pieces are those of the mapping, neighbours are not joined, as syncing
 * needs. Takes time in proportion to @sgt->nents.
 *
 * Context: As @gfp says.
 * Return: 0; -EINVAL if there are no mapped entries, none with bytes in it or
 * fewer than @sgt->nents; -EOVERFLOW if an entry wraps around the end of the
 * address space or the sum of all lengths does not fit; -ENOMEM. On error,
 * @table is empty.
 */
int dma_vec_table_from_sgt(struct dma_vec_table *table,
			   const struct sg_table *sgt, gfp_t gfp)
{
	int err;

	*table = (struct dma_vec_table){};

	if (!sgt || !sgt->sgl)
		return -EINVAL;

	err = dma_vec_table_alloc(table, sgt->nents, gfp);
	if (err)
		return err;

	err = dma_vec_table_fill_from_sgt(table, sgt);
	if (err)
		dma_vec_table_free(table);

	return err;
}
