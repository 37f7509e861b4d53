// SPDX-License-Identifier: GPL-2.0-only
/*
 * A table is built once, when memory is mapped, and cut to the bytes of each
 * transfer and back for as long as the mapping lives. That must not cost what
 * building costs, so the offset at which each vector ends is kept beside it.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <linux/dma-vec-table.h>
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/overflow.h>
#include <linux/slab.h>
#include <linux/string.h>

#include <kunit/static_stub.h>
#include <kunit/visibility.h>

#include <trace/events/dma_vec.h>

#include "table.h"

/* The one function of the library that allocates, so that tests see it fail */
void *dma_vec_zalloc(size_t size, gfp_t gfp)
{
	KUNIT_STATIC_STUB_REDIRECT(dma_vec_zalloc, size, gfp);

	return kvzalloc(size, gfp);
}
EXPORT_SYMBOL_IF_KUNIT(dma_vec_zalloc);

/**
 * dma_vec_table_init() - make a table of the caller's arrays
 * @table: The table, whatever it held is forgotten
 * @vecs: The vectors, filled in
 * @ends: Room for as many offsets
 * @nents: Number of vectors
 *
 * Both arrays must stay, and be left alone, until dma_vec_table_free().
 *
 * Context: Any.
 * Return: 0, or an error of dma_vec_table_index(), with @table empty.
 */
int dma_vec_table_init(struct dma_vec_table *table, struct dma_vec *vecs,
		       size_t *ends, size_t nents)
{
	int err;

	*table = (struct dma_vec_table){
		.vecs = vecs,
		.ends = ends,
		.orig_nents = nents,
	};

	err = dma_vec_table_index(table);
	if (err)
		dma_vec_table_free(table);

	return err;
}
EXPORT_SYMBOL_GPL(dma_vec_table_init);

/**
 * dma_vec_table_alloc() - allocate a table
 * @table: The table, whatever it held is forgotten
 * @nents: Number of vectors
 * @gfp: How to allocate; big tables need to be allowed to sleep
 *
 * The caller fills @table->vecs[0] to @table->vecs[@nents - 1], then calls
 * dma_vec_table_index(). If there turn out to be fewer vectors, it may lower
 * @table->orig_nents before that.
 *
 * Context: As @gfp says.
 * Return: 0; -EINVAL if @nents is 0; -EOVERFLOW if so many have no size;
 * -ENOMEM. On error, @table is empty.
 */
int dma_vec_table_alloc(struct dma_vec_table *table, size_t nents, gfp_t gfp)
{
	size_t size;

	*table = (struct dma_vec_table){};

	if (!nents)
		return -EINVAL;

	if (check_mul_overflow(nents, sizeof(*table->vecs) +
			       sizeof(*table->ends), &size))
		return -EOVERFLOW;

	/*
	 * The number is often up to user space: failing is no news for the log.
	 * Two arrays, as many buffers have a power of two of pages, and what is
	 * allocated is rounded up to a power of two.
	 */
	gfp |= __GFP_NOWARN;
	table->owned = true;
	table->vecs = dma_vec_zalloc(nents * sizeof(*table->vecs), gfp);
	if (!table->vecs)
		goto err_free;

	table->ends = dma_vec_zalloc(nents * sizeof(*table->ends), gfp);
	if (!table->ends)
		goto err_free;

	table->orig_nents = nents;

	return 0;

err_free:
	dma_vec_table_free(table);

	return -ENOMEM;
}

static int dma_vec_table_fill_ends(struct dma_vec_table *table)
{
	size_t i, sum = 0;
	int err;

	if (!table->vecs || !table->ends || !table->orig_nents)
		return -EINVAL;

	for (i = 0; i < table->orig_nents; i++) {
		err = dma_vec_check_one(&table->vecs[i]);
		if (err)
			return err;
		if (check_add_overflow(sum, table->vecs[i].len, &sum))
			return -EOVERFLOW;
		table->ends[i] = sum;
	}

	return 0;
}

/**
 * dma_vec_table_index() - check the vectors of a table and put it to use
 * @table: A table with its vectors filled in
 *
 * What is in the vectors now becomes the whole table. To be called again only
 * after all vectors were filled in anew, and dma_vec_unprepare() was called for
 * what they were before.
 *
 * Takes time in proportion to the number of vectors.
 *
 * Context: Any.
 * Return: 0; -EINVAL if there is no vector or one is empty; -EOVERFLOW if one
 * wraps around the end of the address space or the sum of all lengths does not
 * fit. On error the table has no bytes in use, and can be freed or filled anew.
 */
int dma_vec_table_index(struct dma_vec_table *table)
{
	int err;

	table->nents = 0;
	table->len = 0;
	table->orig_len = 0;

	err = dma_vec_table_fill_ends(table);
	if (err)
		return err;

	table->nents = table->orig_nents;
	table->orig_len = table->ends[table->orig_nents - 1];
	table->len = table->orig_len;

	return 0;
}

/**
 * dma_vec_table_free() - release what a table holds
 * @table: The table; may be NULL, empty or freed already
 *
 * What was prepared of it is to be given to dma_vec_unprepare() before. Arrays
 * that the caller gave are left alone; the last vector in use stays as it is: call
 * dma_vec_table_restore() first if that matters.
 *
 * Context: Preemptible task or interrupt, but not NMI, and no spinlock held.
 */
void dma_vec_table_free(struct dma_vec_table *table)
{
	if (!table)
		return;

	if (table->owned) {
		kvfree(table->vecs);
		kvfree(table->ends);
	}

	*table = (struct dma_vec_table){};
}
EXPORT_SYMBOL_GPL(dma_vec_table_free);

/* The vector that the last one of @len bytes is in, 0 < @len <= orig_len */
size_t dma_vec_table_find(const struct dma_vec_table *table, size_t len)
{
	size_t low = 0, high = table->orig_nents - 1, mid;

	while (low < high) {
		mid = low + (high - low) / 2;
		if (table->ends[mid] < len)
			low = mid + 1;
		else
			high = mid;
	}

	return low;
}

/**
 * dma_vec_table_truncate() - use the first bytes of a table only
 * @table: The table
 * @len: Bytes to use, at most @table->orig_len; more than are in use now is
 *	fine
 *
 * Cuts in place: vectors beyond @len are not counted, the last one counted is
 * shortened. Whatever was cut before is undone first.
 *
 * Takes time in proportion to the logarithm of the number of vectors, and next
 * to none if @len is in use already.
 *
 * Context: Any.
 * Return: 0; -EINVAL if @len is 0 or more than the table has: then nothing was
 * changed.
 */
int dma_vec_table_truncate(struct dma_vec_table *table, size_t len)
{
	size_t last, was = table->len;

	if (!len || len > table->orig_len)
		return -EINVAL;

	if (len == table->len)
		return 0;

	dma_vec_table_restore(table);

	if (len < table->len) {
		last = dma_vec_table_find(table, len);
		table->vecs[last].len = len - dma_vec_table_start(table, last);
		table->nents = last + 1;
		table->len = len;
	}

	trace_dma_vec_truncate(table, was);

	return 0;
}
EXPORT_SYMBOL_GPL(dma_vec_table_truncate);

/**
 * dma_vec_table_restore() - use all of a table again
 * @table: The table; may be empty
 *
 * Takes constant time.
 *
 * Context: Any.
 */
void dma_vec_table_restore(struct dma_vec_table *table)
{
	size_t last;

	if (table->len == table->orig_len)
		return;

	last = table->nents - 1;
	table->vecs[last].len = dma_vec_table_orig_len(table, last);
	table->nents = table->orig_nents;
	table->len = table->orig_len;
}
