// SPDX-License-Identifier: GPL-2.0-only
/*
 * Most DMA engines know scatterlists only. A client of tables need not care:
 * for those, the DMA side of a scatterlist is made up here.
 *
 * Some of them keep the pointer that they got until the transfer is over, so the
 * list belongs to the table and lives as long as that. It is allocated once,
 * for all of the table, and rewritten only when the bytes in use have changed.
 */

#include <linux/dma-mapping.h>
#include <linux/dma-vec.h>
#include <linux/dmaengine.h>
#include <linux/err.h>
#include <linux/limits.h>
#include <linux/log2.h>
#include <linux/minmax.h>
#include <linux/scatterlist.h>
#include <linux/sizes.h>
#include <linux/slab.h>

#include <kunit/static_stub.h>
#include <kunit/visibility.h>

#include "internal.h"

/**
 * struct dma_vec_sgl - a table as a scatterlist without pages
 * @sgt: The scatterlist, with room for all of the table
 * @last: Last entry in use, marked as the end; NULL if nothing is in use
 * @len: Bytes of the table that the entries in use stand for
 * @max_len: Longest entry
 */
struct dma_vec_sgl {
	struct sg_table sgt;
	struct scatterlist *last;
	size_t len;
	size_t max_len;
};

void dma_vec_sgl_free(struct dma_vec_sgl *sgl)
{
	if (!sgl)
		return;

	sg_free_table(&sgl->sgt);
	kfree(sgl);
}

/*
 * An entry has 32 bits for its length. Split well below that, and below what
 * the device claims, at offsets that suit any bus.
 */
static size_t dma_vec_sgl_max_len(struct dma_chan *chan)
{
	unsigned int max;

	max = dma_get_max_seg_size(dmaengine_get_dma_device(chan)) ?: UINT_MAX;

	return max & ~(min_t(size_t, rounddown_pow_of_two(max), SZ_4K) - 1);
}

/* How many entries does it take for all of the table? */
static ssize_t dma_vec_sgl_nents(struct dma_vec_table *table, size_t max_len)
{
	const struct dma_vec_limits limits = { .max_len = max_len };
	size_t len = table->len;
	ssize_t nents;

	dma_vec_table_restore(table);
	nents = dma_vec_nents_for_dma(table->vecs, table->nents, &limits);
	dma_vec_table_truncate(table, len);

	return nents;
}

VISIBLE_IF_KUNIT int dma_vec_sg_alloc(struct sg_table *sgt, unsigned int nents,
				      gfp_t gfp)
{
	KUNIT_STATIC_STUB_REDIRECT(dma_vec_sg_alloc, sgt, nents, gfp);

	return sg_alloc_table(sgt, nents, gfp);
}
EXPORT_SYMBOL_IF_KUNIT(dma_vec_sg_alloc);

static struct dma_vec_sgl *dma_vec_sgl_alloc(struct dma_vec_table *table,
					     size_t max_len)
{
	ssize_t max_nents = IS_ENABLED(CONFIG_ARCH_NO_SG_CHAIN) ?
			    SG_MAX_SINGLE_ALLOC : INT_MAX;
	gfp_t gfp = GFP_NOWAIT | __GFP_NOWARN;
	struct dma_vec_sgl *sgl;
	ssize_t nents;

	nents = dma_vec_sgl_nents(table, max_len);
	if (nents < 0)
		return ERR_PTR(nents);
	if (nents > max_nents)
		return ERR_PTR(-EOVERFLOW);

	sgl = kzalloc(sizeof(*sgl), gfp);
	if (!sgl)
		return ERR_PTR(-ENOMEM);

	if (dma_vec_sg_alloc(&sgl->sgt, nents, gfp)) {
		kfree(sgl);
		return ERR_PTR(-ENOMEM);
	}

	sgl->max_len = max_len;

	return sgl;
}

/*
 * The bytes in use are the first ones of the table, so that they never need
 * more entries than all of it. Some providers look for the end of the list.
 */
static int dma_vec_sgl_fill(struct dma_vec_sgl *sgl,
			    const struct dma_vec_table *table)
{
	const struct dma_vec_limits limits = { .max_len = sgl->max_len };
	struct scatterlist *sg = NULL;
	struct dma_vec_iter iter;
	struct dma_vec chunk;
	int err;

	err = dma_vec_iter_init(&iter, table->vecs, table->nents, &limits);
	if (err)
		return err;

	if (sgl->last)
		sg_unmark_end(sgl->last);

	sgl->sgt.nents = 0;
	dma_vec_for_each_chunk(&chunk, &iter) {
		sg = sg ? sg_next(sg) : sgl->sgt.sgl;
		sg_dma_address(sg) = chunk.addr;
		sg_dma_len(sg) = chunk.len;
		sgl->sgt.nents++;
	}

	sgl->last = sg;
	sg_mark_end(sg);
	sgl->len = table->len;

	return 0;
}

static struct dma_vec_sgl *dma_vec_sgl_get(struct dma_vec_table *table,
					   struct dma_chan *chan)
{
	size_t max_len = dma_vec_sgl_max_len(chan);
	struct dma_vec_sgl *sgl = table->sgl;
	int err;

	if (sgl && sgl->max_len == max_len && sgl->len == table->len)
		return sgl;

	if (!sgl || sgl->max_len != max_len) {
		sgl = dma_vec_sgl_alloc(table, max_len);
		if (IS_ERR(sgl))
			return sgl;

		dma_vec_sgl_free(table->sgl);
		table->sgl = sgl;
	}

	err = dma_vec_sgl_fill(sgl, table);

	return err ? ERR_PTR(err) : sgl;
}

static struct dma_async_tx_descriptor *
dma_vec_prep_slave_sg(struct dma_chan *chan, struct dma_vec_table *table,
		      enum dma_transfer_direction dir, unsigned long flags)
{
	struct dma_vec_sgl *sgl;

	sgl = dma_vec_sgl_get(table, chan);
	if (IS_ERR(sgl))
		return ERR_CAST(sgl);

	return dmaengine_prep_slave_sg(chan, sgl->sgt.sgl, sgl->sgt.nents, dir,
				       flags);
}

/**
 * dma_vec_prep_peripheral() - prepare the transfer of a table
 * @chan: The DMA channel
 * @table: The memory, mapped for the DMA device of @chan; the bytes in use are
 *	transferred
 * @dir: DMA_MEM_TO_DEV or DMA_DEV_TO_MEM
 * @flags: enum dma_ctrl_flags; DMA_PREP_REPEAT is added for a table that has
 *	DMA_VEC_CYCLIC set
 *
 * Through device_prep_peripheral_dma_vec() of the provider or, where it has
 * none, through its device_prep_slave_sg(), with a scatterlist whose entries
 * have a DMA address and a DMA length, but no page: neighbours are joined, and
 * entries split, up to the device's dma_get_max_seg_size(). The list is kept
 * in @table: preparing again for the same length costs nothing, for another
 * length it is rewritten, and only the first call, or one for a device with
 * another segment size, allocates.
 *
 * Providers may keep a pointer to that list. So before @table is freed or is
 * prepared with another length or for another device, no descriptor made of it
 * may be in flight, unless the provider has device_prep_peripheral_dma_vec().
 *
 * Nobody else may use @table during the call.
 *
 * Context: Any, does not sleep.
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
dma_vec_prep_peripheral(struct dma_chan *chan, struct dma_vec_table *table,
			enum dma_transfer_direction dir, unsigned long flags)
{
	struct dma_async_tx_descriptor *desc;
	struct dma_device *ddev;

	if (!chan || !chan->device || !table || !table->nents ||
	    !is_slave_direction(dir))
		return ERR_PTR(-EINVAL);

	ddev = chan->device;
	if (table->flags & DMA_VEC_CYCLIC)
		flags |= DMA_PREP_REPEAT;

	/* The rest of dmaengine would play it once, and never complete */
	if (flags & DMA_PREP_REPEAT && !dma_has_cap(DMA_REPEAT, ddev->cap_mask))
		return ERR_PTR(-EOPNOTSUPP);

	if (ddev->device_prep_peripheral_dma_vec)
		desc = dmaengine_prep_peripheral_dma_vec(chan, table->vecs,
							 table->nents, dir,
							 flags);
	else if (ddev->device_prep_slave_sg)
		desc = dma_vec_prep_slave_sg(chan, table, dir, flags);
	else
		desc = ERR_PTR(-EOPNOTSUPP);

	return desc ?: ERR_PTR(-ENOMEM);
}
EXPORT_SYMBOL_GPL(dma_vec_prep_peripheral);
