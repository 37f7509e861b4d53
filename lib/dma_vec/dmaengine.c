// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tables for clients of DMA engines, who need not care whether the provider
 * takes vectors or knows scatterlists only. The client keeps what was prepared, as
 * far as the provider allows, so that transferring the same bytes again costs the
 * same however many pieces they are in.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <linux/dma-vec-dmaengine.h>
#include <linux/err.h>
#include <linux/export.h>
#include <linux/minmax.h>
#include <linux/scatterlist.h>

#include "table.h"

static int dma_vec_desc_free(struct dma_vec_desc *desc)
{
	int err = desc->tx ? dmaengine_desc_free(desc->tx) : 0;

	if (!err)
		desc->tx = NULL;

	return err;
}

static void dma_vec_descs_free(struct dma_vec_prepared *prepared)
{
	unsigned int i;

	for (i = 0; i < DMA_VEC_DESCS; i++)
		dma_vec_desc_free(&prepared->descs[i]);
}

/**
 * dma_vec_unprepare() - release what dma_vec_prep_table() keeps
 * @prepared: What it keeps; may be all zero
 *
 * No descriptor that was made of the table may be in flight. To be called before
 * the channel is released, and before the vectors of the table change otherwise
 * than by truncation.
 *
 * Context: That of dmaengine_desc_free(), which is up to the provider: any for
 * those that use virt-dma.
 */
void dma_vec_unprepare(struct dma_vec_prepared *prepared)
{
	dma_vec_descs_free(prepared);
	dma_vec_sgl_free(&prepared->sgl);
	*prepared = (struct dma_vec_prepared){};
}
EXPORT_SYMBOL_GPL(dma_vec_unprepare);

static bool dma_vec_desc_fits(const struct dma_vec_desc *desc,
			      const struct dma_chan *chan, size_t len,
			      enum dma_transfer_direction dir,
			      unsigned long flags)
{
	return desc->tx && desc->tx->chan == chan && desc->len == len &&
	       desc->dir == dir && desc->flags == flags;
}

/* The descriptors are few, and the one that was used last comes first */
static struct dma_async_tx_descriptor *
dma_vec_desc_find(struct dma_vec_prepared *prepared, struct dma_chan *chan,
		  size_t len, enum dma_transfer_direction dir,
		  unsigned long flags)
{
	struct dma_vec_desc *descs = prepared->descs;
	unsigned int i;

	for (i = 0; i < DMA_VEC_DESCS; i++)
		if (dma_vec_desc_fits(&descs[i], chan, len, dir, flags))
			break;

	if (i == DMA_VEC_DESCS)
		return NULL;

	for (; i; i--)
		swap(descs[i], descs[i - 1]);

	return descs[0].tx;
}

static struct dma_async_tx_descriptor *
dma_vec_prep_slave_sg(struct dma_chan *chan, struct dma_vec_table *table,
		      struct dma_vec_prepared *prepared,
		      enum dma_transfer_direction dir, unsigned long flags)
{
	struct device *dev = dmaengine_get_dma_device(chan);
	struct dma_vec_sgl *sgl = &prepared->sgl;
	int err;

	/* Descriptors may point to the list, which is changed now */
	if (!dma_vec_sgl_is_filled(sgl, table, dev))
		dma_vec_descs_free(prepared);

	err = dma_vec_sgl_fill(sgl, table, dev, GFP_NOWAIT);
	if (err)
		return ERR_PTR(err);

	return dmaengine_prep_slave_sg(chan, sgl->sgt.sgl, sgl->sgt.nents, dir,
				       flags);
}

static struct dma_async_tx_descriptor *
dma_vec_prep_new(struct dma_chan *chan, struct dma_vec_table *table,
		 struct dma_vec_prepared *prepared,
		 enum dma_transfer_direction dir, unsigned long flags)
{
	struct dma_async_tx_descriptor *tx;

	if (chan->device->device_prep_peripheral_dma_vec)
		tx = dmaengine_prep_peripheral_dma_vec(chan, table->vecs,
						       table->nents, dir,
						       flags);
	else if (chan->device->device_prep_slave_sg)
		tx = dma_vec_prep_slave_sg(chan, table, prepared, dir, flags);
	else
		tx = ERR_PTR(-EOPNOTSUPP);

	return tx ?: ERR_PTR(-ENOMEM);
}

static struct dma_async_tx_descriptor *
dma_vec_prep_reusable(struct dma_chan *chan, struct dma_vec_table *table,
		      struct dma_vec_prepared *prepared,
		      enum dma_transfer_direction dir, unsigned long flags)
{
	struct dma_async_tx_descriptor *tx;
	struct dma_vec_desc *oldest;

	tx = dma_vec_desc_find(prepared, chan, table->len, dir, flags);
	if (tx)
		return tx;

	tx = dma_vec_prep_new(chan, table, prepared, dir, flags);
	if (IS_ERR(tx))
		return tx;

	/* Where there is no room, or no reuse, this one is used once */
	oldest = &prepared->descs[DMA_VEC_DESCS - 1];
	if (dma_vec_desc_free(oldest) || dmaengine_desc_set_reuse(tx))
		return tx;

	*oldest = (struct dma_vec_desc){
		.tx = tx,
		.len = table->len,
		.dir = dir,
		.flags = flags,
	};

	return dma_vec_desc_find(prepared, chan, table->len, dir, flags);
}

/**
 * dma_vec_prep_table() - prepare the transfer of a table
 * @chan: The DMA channel
 * @table: The memory, mapped for the DMA device of @chan; the bytes in use are
 *	transferred
 * @prepared: What is kept for @table, all zero at first
 * @dir: DMA_MEM_TO_DEV or DMA_DEV_TO_MEM
 * @flags: enum dma_ctrl_flags; DMA_CTRL_REUSE keeps the descriptor
 *
 * Through device_prep_peripheral_dma_vec() of the provider or, where it has
 * none, through its device_prep_slave_sg(), with a scatterlist whose entries
 * have a DMA address and a DMA length, but no page: neighbours are joined, and
 * entries split, up to the device's dma_get_max_seg_size(). The list is kept
 * in @prepared: preparing again for the same length costs nothing, for another
 * length it is rewritten, and only the first call, or one for a device with
 * another segment size, allocates.
 *
 * With DMA_CTRL_REUSE, and a provider that supports that, descriptors are kept
 * in @prepared too, the two that were used last: preparing what was prepared
 * before, with the same length, channel, direction and flags, returns the same
 * descriptor, and costs nothing. It must not be in flight any more; set its
 * callbacks anew, and do not free it. Where descriptors cannot be reused, the
 * flag is ignored. Only providers of DMA vectors have to support that a
 * descriptor is submitted again from its own callback.
 *
 * Providers may keep a pointer to the scatterlist. So before @table is freed or
 * is prepared with another length or for another device, no descriptor made of
 * it may be in flight, unless the provider has device_prep_peripheral_dma_vec().
 *
 * Nobody else may use @table and @prepared during the call.
 *
 * Context: Any, does not sleep; that of dmaengine_desc_free() if a descriptor
 * that was kept has to go.
 * Return: The descriptor, never NULL, or an error pointer:
 * -EINVAL if @table is empty or @dir is no direction to or from a peripheral;
 * -EOPNOTSUPP if the provider has neither operation, or the transfer is to be
 * repeated and the provider lacks DMA_REPEAT;
 * -EOVERFLOW if there are more pieces than a scatterlist can have;
 * -ENOMEM if there is no memory or no descriptor. Providers do not tell why
 * they return none: a table that passes dma_vec_check() for the limits of the
 * hardware leaves no other reason.
 */
struct dma_async_tx_descriptor *
dma_vec_prep_table(struct dma_chan *chan, struct dma_vec_table *table,
		   struct dma_vec_prepared *prepared,
		   enum dma_transfer_direction dir, unsigned long flags)
{
	bool reuse = flags & DMA_CTRL_REUSE;

	if (!chan || !chan->device || !table || !table->nents || !prepared ||
	    !is_slave_direction(dir))
		return ERR_PTR(-EINVAL);

	/* A provider that cannot do it may take the flag for granted */
	flags &= ~DMA_CTRL_REUSE;

	/* The rest of dmaengine would play it once, and never complete */
	if (flags & DMA_PREP_REPEAT &&
	    !dma_has_cap(DMA_REPEAT, chan->device->cap_mask))
		return ERR_PTR(-EOPNOTSUPP);

	if (reuse && chan->device->descriptor_reuse)
		return dma_vec_prep_reusable(chan, table, prepared, dir, flags);

	return dma_vec_prep_new(chan, table, prepared, dir, flags);
}
EXPORT_SYMBOL_GPL(dma_vec_prep_table);

/**
 * dma_vec_submit_table() - submit the transfer of a table
 * @chan: The DMA channel
 * @table: The memory, as dma_vec_prep_table() gets it
 * @prepared: What is kept for @table, all zero at first
 * @dir: DMA_MEM_TO_DEV or DMA_DEV_TO_MEM
 * @flags: As dma_vec_prep_table() gets them
 * @done: What the provider calls when the transfer is over, or NULL
 * @param: Its argument
 *
 * Prepares, or finds what is prepared already, and submits. Nothing starts
 * before dma_async_issue_pending().
 *
 * Context: As dma_vec_prep_table().
 * Return: The cookie, which is positive; an error of dma_vec_prep_table(),
 * or that of the provider if it does not take the descriptor.
 */
int dma_vec_submit_table(struct dma_chan *chan, struct dma_vec_table *table,
			 struct dma_vec_prepared *prepared,
			 enum dma_transfer_direction dir, unsigned long flags,
			 void (*done)(void *param,
				      const struct dmaengine_result *result),
			 void *param)
{
	struct dma_async_tx_descriptor *tx;

	tx = dma_vec_prep_table(chan, table, prepared, dir, flags);
	if (IS_ERR(tx))
		return PTR_ERR(tx);

	tx->callback = NULL;
	tx->callback_result = done;
	tx->callback_param = param;

	return dmaengine_submit(tx);
}
