// SPDX-License-Identifier: GPL-2.0-only
/*
 * Most DMA engines know scatterlists only. For those the DMA side of one is made
 * up here: entries with a DMA address and a DMA length, and no page.
 *
 * Some providers keep the pointer that they got until the transfer is over, so
 * the list belongs to the table and lives as long as that. It is allocated once,
 * for all of the table, and rewritten only when the bytes in use have changed.
 */

#include <linux/dma-mapping.h>
#include <linux/dma-vec.h>
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

#include "internal.h"
#include "prepared.h"

/*
 * An entry has 32 bits for its length. Split well below that, and below what
 * the device claims, at offsets that suit any bus.
 */
static size_t dma_vec_sgl_max_len(struct dma_chan *chan)
{
	struct device *dev = dmaengine_get_dma_device(chan);
	unsigned int max = dma_get_max_seg_size(dev);

	return max & ~(min_t(size_t, rounddown_pow_of_two(max), SZ_4K) - 1);
}

/**
 * dma_vec_iter_init_slave() - walk an array as device_prep_slave_sg() would
 * @iter: The iterator
 * @chan: The channel of the provider
 * @vecs: The vectors, which must stay until the walk is over
 * @nents: Number of vectors
 *
 * Each chunk is what an entry of the scatterlist would be that
 * dma_vec_prep_peripheral() makes for providers that take no vectors: up to the
 * device's dma_get_max_seg_size() long, which the length of an entry of a
 * scatterlist always holds. For a provider that does both in one function, which
 * gets what dma_vec_iter_init_entries() walks, too.
 *
 * Context: Any.
 * Return: The number of chunks, at least 1; -EINVAL or -EOVERFLOW as
 * dma_vec_iter_count().
 */
int dma_vec_iter_init_slave(struct dma_vec_iter *iter, struct dma_chan *chan,
			    const struct dma_vec *vecs, size_t nents)
{
	const struct dma_vec_limits limits = {
		.max_len = dma_vec_sgl_max_len(chan),
	};
	ssize_t count;
	int err;

	err = dma_vec_iter_init(iter, vecs, nents, &limits);
	if (err)
		return err;

	count = dma_vec_iter_count(iter);

	return count > INT_MAX ? -EOVERFLOW : count;
}
EXPORT_SYMBOL_GPL(dma_vec_iter_init_slave);

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
			     struct dma_vec_table *table, size_t max_len)
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

	if (dma_vec_sg_alloc(&sgt, nents, GFP_NOWAIT | __GFP_NOWARN))
		return -ENOMEM;

	sg_free_table(&sgl->sgt);
	*sgl = (struct dma_vec_sgl){ .sgt = sgt, .max_len = max_len };

	return 0;
}

/*
 * The bytes in use are the first ones of the table, so that they never need
 * more entries than all of it. Some providers look for the end of the list.
 */
static void dma_vec_sgl_fill(struct dma_vec_sgl *sgl,
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

/* The list for the bytes in use, or an error pointer */
struct dma_vec_sgl *dma_vec_sgl_get(struct dma_vec_table *table,
				    struct dma_chan *chan)
{
	size_t max_len = dma_vec_sgl_max_len(chan);
	struct dma_vec_prepared *prepared;
	struct dma_vec_sgl *sgl;
	int err;

	prepared = dma_vec_prepared(table);
	if (!prepared)
		return ERR_PTR(-ENOMEM);

	sgl = &prepared->sgl;
	if (sgl->max_len == max_len && sgl->len == table->len)
		return sgl;

	/* They may point to what is changed now */
	dma_vec_descs_free(prepared);

	if (sgl->max_len != max_len) {
		err = dma_vec_sgl_alloc(sgl, table, max_len);
		if (err)
			return ERR_PTR(err);
	}

	dma_vec_sgl_fill(sgl, table);

	return sgl;
}
