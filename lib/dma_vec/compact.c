// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory that was allocated by the page comes in blocks whose size is a power
 * of two and whose address is a multiple of it, in bus addresses as well if
 * nothing translates them. The low bits of such an address are 0, and have room
 * for the logarithm of the size: one word says all. Only the first and the last
 * block may be used in part, which is noted once.
 *
 * That is what a table can be kept as while it is not in use.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <linux/bits.h>
#include <linux/dma-vec-compact.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/overflow.h>

#include "table.h"

/* Enough for the logarithm of any size */
#define DMA_VEC_ORDER_BITS	6
#define DMA_VEC_ORDER_MASK	GENMASK(DMA_VEC_ORDER_BITS - 1, 0)

static dma_addr_t dma_vec_block_start(dma_addr_t block)
{
	return block & ~(dma_addr_t)DMA_VEC_ORDER_MASK;
}

static u64 dma_vec_block_mask(dma_addr_t block)
{
	return BIT_ULL(block & DMA_VEC_ORDER_MASK) - 1;
}

/* The smallest block that a vector is in; 0, which is none, if there is none */
static dma_addr_t dma_vec_block(const struct dma_vec *vec)
{
	dma_addr_t last = vec->addr + vec->len - 1;
	unsigned int order;

	order = ilog2((vec->addr ^ last) | DMA_VEC_ORDER_MASK) + 1;
	if (order >= BITS_PER_TYPE(dma_addr_t))
		return 0;

	return ((vec->addr >> order) << order) | order;
}

static int dma_vec_compact_fill(struct dma_vec_compact *compact,
				const struct dma_vec_table *table)
{
	const struct dma_vec *vec = table->vecs;
	dma_addr_t block;
	u64 head, tail;
	size_t i;

	for (i = 0; i < table->nents; i++, vec++) {
		block = dma_vec_block(vec);
		if (!block)
			return -EINVAL;

		head = vec->addr - dma_vec_block_start(block);
		tail = dma_vec_block_mask(block) - (head + vec->len - 1);
		if ((head && i) || (tail && i < table->nents - 1))
			return -EINVAL;

		compact->blocks[i] = block;
		if (!i)
			compact->offset = head;
		compact->tail = tail;
	}

	return 0;
}

/**
 * dma_vec_compact_from_table() - make a compact table
 * @table: The table, of which the bytes in use are kept; not needed after the
 *	call
 * @gfp: How to allocate; big tables need to be allowed to sleep
 *
 * Each vector must be a block: a power of two long, at least 64 bytes, at an
 * address that is a multiple of its length. The first one may begin, and the
 * last one end, inside of a block. One block takes sizeof(dma_addr_t), a third
 * of what a vector takes in a table on 64-bit machines.
 *
 * Takes time in proportion to the number of vectors.
 *
 * Context: As @gfp says.
 * Return: The compact table, to be freed with dma_vec_compact_free(), or an
 * error pointer: -EINVAL if @table is empty or a vector is not a block; -ENOMEM.
 */
struct dma_vec_compact *
dma_vec_compact_from_table(const struct dma_vec_table *table, gfp_t gfp)
{
	struct dma_vec_compact *compact;
	int err;

	if (!table->nents)
		return ERR_PTR(-EINVAL);

	compact = dma_vec_zalloc(struct_size(compact, blocks, table->nents),
				 gfp | __GFP_NOWARN);
	if (!compact)
		return ERR_PTR(-ENOMEM);

	compact->nents = table->nents;
	compact->len = table->len;
	compact->coherency = table->coherency;
	compact->no_sync = table->no_sync;
	compact->scattered = table->scattered;

	err = dma_vec_compact_fill(compact, table);
	if (err) {
		kvfree(compact);
		return ERR_PTR(err);
	}

	return compact;
}

/**
 * dma_vec_compact_get() - look at a vector of a compact table
 * @compact: The compact table
 * @i: Index of the vector, less than @compact->nents
 * @vec: Where the vector is stored
 *
 * Takes constant time.
 *
 * Context: Any, hard interrupts included.
 */
void dma_vec_compact_get(const struct dma_vec_compact *compact, size_t i,
			 struct dma_vec *vec)
{
	dma_addr_t block = compact->blocks[i];
	u64 offset = i ? 0 : compact->offset;
	u64 tail = i < compact->nents - 1 ? 0 : compact->tail;

	vec->addr = dma_vec_block_start(block) + offset;
	vec->len = dma_vec_block_mask(block) - offset - tail + 1;
}

/**
 * dma_vec_compact_free() - free a compact table
 * @compact: The compact table, an error pointer or NULL
 *
 * Context: No spinlock held, and interrupts on.
 */
void dma_vec_compact_free(struct dma_vec_compact *compact)
{
	if (!IS_ERR(compact))
		kvfree(compact);
}

/**
 * dma_vec_table_from_compact() - make a table of a compact one
 * @table: The table, whatever it held is forgotten
 * @compact: The compact table, not needed after the call
 * @gfp: How to allocate; big tables need to be allowed to sleep
 *
 * The vectors, and what the table says of them, that dma_vec_compact_from_table()
 * got. If the table was
 * truncated then, what was cut off is gone. Takes time in proportion to the
 * number of vectors.
 *
 * Context: As @gfp says.
 * Return: 0 or -ENOMEM, with @table empty.
 */
int dma_vec_table_from_compact(struct dma_vec_table *table,
			       const struct dma_vec_compact *compact,
			       gfp_t gfp)
{
	size_t i;
	int err;

	err = dma_vec_table_alloc(table, compact->nents, gfp);
	if (err)
		return err;

	for (i = 0; i < compact->nents; i++)
		dma_vec_compact_get(compact, i, &table->vecs[i]);

	table->coherency = compact->coherency;
	table->no_sync = compact->no_sync;
	table->scattered = compact->scattered;

	return dma_vec_table_index(table);
}
