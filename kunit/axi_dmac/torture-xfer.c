// SPDX-License-Identifier: GPL-2.0-only
/*
 * Torture: transfers of all kinds, from preparation to callback. What is prepared here is
 * within the limits that the driver documents, so none of it may be refused.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <linux/dma-vec.h>
#include <linux/io.h>
#include <linux/log2.h>
#include <linux/math.h>
#include <linux/minmax.h>
#include <linux/scatterlist.h>

#include "torture.h"

static dma_addr_t torture_addr(const struct torture_xfer *x, u32 off)
{
	return virt_to_phys(x->t->arena) + (x - x->t->xfers) * TORTURE_SLOT + off;
}

static u32 torture_beat(const struct torture *t)
{
	return max(t->cfg.src_width, t->cfg.dest_width);
}

/* What addresses and lengths are multiples of */
static u32 torture_align(const struct torture *t)
{
	return t->aligned ? max(t->cfg.burst_bytes, torture_beat(t)) : torture_beat(t);
}

/* Short ones more often, and not too many bursts */
static u32 torture_length(struct torture *t, u32 max)
{
	u32 align = torture_align(t);
	u32 units = min(max, 256 * t->cfg.burst_bytes) / align;

	units = min(units, 1U << torture_below(&t->rnd, ilog2(units) + 2));

	return align * (1 + torture_below(&t->rnd, units));
}

/* Behind the others; what adjoins the last one belongs to it */
static void torture_add_piece(struct torture_xfer *x, u32 off, u32 len)
{
	struct torture_piece *p = x->pieces + x->num_pieces;

	if (x->num_pieces && p[-1].off + p[-1].len == off) {
		p--;
	} else {
		*p = (struct torture_piece) { .off = off, .start = x->len };
		x->num_pieces++;
	}
	p->len += len;
	x->len += len;
}

/* From 4.1.a on the core tells that lengths need not be multiples of the memory's width */
static void torture_trim(struct torture_xfer *x)
{
	struct torture_piece *p = &x->pieces[x->num_pieces - 1];
	struct torture *t = x->t;
	u32 width = torture_is_in(t) ? t->cfg.src_width : t->cfg.dest_width;
	u32 less = width * torture_below(&t->rnd, torture_beat(t) / width);

	if (t->aligned || torture_is_copy(t) || t->cfg.version < ADM_VERSION(4, 1, 'a'))
		return;
	p->len -= less;
	x->len -= less;
}

static u32 torture_first(struct torture *t)
{
	return torture_align(t) * torture_below(&t->rnd, SZ_4K / torture_align(t));
}

/* Up to 8 parts, some of which adjoin */
static void torture_lay_out_parts(struct torture_xfer *x)
{
	struct torture *t = x->t;
	u32 parts = torture_chance(&t->rnd, 2) ? 1 : 1 + torture_below(&t->rnd, 8);
	u32 room = TORTURE_ROOM / 8, off = torture_first(t), len;

	while (parts--) {
		len = torture_length(t, room / 2);
		torture_add_piece(x, off, len);
		off += len;
		if (torture_chance(&t->rnd, 2))
			off += torture_length(t, room / 2);
	}
	torture_trim(x);
	x->period = x->len;
}

static void torture_lay_out_range(struct torture_xfer *x)
{
	torture_add_piece(x, torture_first(x->t), torture_length(x->t, TORTURE_ROOM));
	torture_trim(x);
	x->period = x->len;
}

static void torture_lay_out_rows(struct torture_xfer *x, u32 *pitch, u32 *rows)
{
	struct torture *t = x->t;
	u32 off = torture_first(t), room, len, i;

	*rows = 1 + torture_below(&t->rnd, TORTURE_PIECES);
	room = TORTURE_ROOM / *rows;
	len = torture_length(t, room / 2);
	*pitch = len;
	if (torture_chance(&t->rnd, 2))
		*pitch += torture_length(t, room / 2);
	for (i = 0; i < *rows; i++)
		torture_add_piece(x, off + i * *pitch, len);
	x->rows = true;
	x->period = x->len;
}

/* A ring may have any number of periods, but mostly few */
static void torture_lay_out_ring(struct torture_xfer *x)
{
	struct torture *t = x->t;
	u32 max = torture_chance(&t->rnd, 4) ? 48 : 8;
	u32 periods = 1 + torture_below(&t->rnd, max);
	u32 period = torture_length(t, TORTURE_ROOM / periods);

	torture_add_piece(x, torture_first(t), periods * period);
	x->period = period;
}

static struct dma_async_tx_descriptor *torture_prep_vecs(struct torture_xfer *x,
							 unsigned long flags)
{
	struct dma_vec vecs[TORTURE_PIECES];
	struct torture *t = x->t;
	unsigned int i;

	torture_lay_out_parts(x);
	for (i = 0; i < x->num_pieces; i++)
		vecs[i] = (struct dma_vec) {
			.addr = torture_addr(x, x->pieces[i].off),
			.len = x->pieces[i].len,
		};

	return dmaengine_prep_peripheral_dma_vec(t->chan, vecs, x->num_pieces,
						 torture_is_in(t) ? DMA_DEV_TO_MEM : DMA_MEM_TO_DEV,
						 flags);
}

static struct dma_async_tx_descriptor *torture_prep_table(struct torture_xfer *x,
							  unsigned long flags)
{
	struct scatterlist sgl[TORTURE_PIECES];
	struct torture *t = x->t;
	unsigned int i;

	torture_lay_out_parts(x);
	sg_init_table(sgl, x->num_pieces);
	for (i = 0; i < x->num_pieces; i++) {
		sg_dma_address(&sgl[i]) = torture_addr(x, x->pieces[i].off);
		sg_dma_len(&sgl[i]) = x->pieces[i].len;
	}

	return dmaengine_prep_slave_sg(t->chan, sgl, x->num_pieces,
				       torture_is_in(t) ? DMA_DEV_TO_MEM : DMA_MEM_TO_DEV, flags);
}

static enum dma_transfer_direction torture_direction(const struct torture *t)
{
	if (torture_is_copy(t))
		return DMA_MEM_TO_MEM;

	return torture_is_in(t) ? DMA_DEV_TO_MEM : DMA_MEM_TO_DEV;
}

static void torture_choose_source(struct torture_xfer *x)
{
	x->src_off = TORTURE_HALF;
	if (torture_chance(&x->t->rnd, 2))
		x->src_off += torture_first(x->t);
}

static struct dma_async_tx_descriptor *torture_prep_rows(struct torture_xfer *x,
							 unsigned long flags)
{
	struct dma_interleaved_template *xt;
	struct dma_async_tx_descriptor *tx;
	struct torture *t = x->t;
	u32 pitch, rows;

	torture_lay_out_rows(x, &pitch, &rows);
	torture_choose_source(x);
	xt = kzalloc(struct_size(xt, sgl, 1), GFP_KERNEL);
	if (!xt)
		return NULL;

	xt->dir = torture_direction(t);
	xt->numf = rows;
	xt->frame_size = 1;
	xt->sgl[0].size = x->len / rows;
	xt->sgl[0].icg = pitch - x->len / rows;
	if (t->cfg.dest_type == ADM_BUS_MM) {
		xt->dst_start = torture_addr(x, x->pieces[0].off);
		xt->dst_inc = true;
		xt->dst_sgl = true;
	}
	if (t->cfg.src_type == ADM_BUS_MM) {
		xt->src_start = torture_addr(x, x->pieces[0].off +
					     (torture_is_copy(t) ? x->src_off : 0));
		xt->src_inc = true;
		xt->src_sgl = true;
	}
	tx = dmaengine_prep_interleaved_dma(t->chan, xt, flags);
	kfree(xt);

	return tx;
}

static struct dma_async_tx_descriptor *torture_prep_copy(struct torture_xfer *x,
							 unsigned long flags)
{
	struct torture *t = x->t;
	u32 off;

	torture_lay_out_range(x);
	torture_choose_source(x);
	off = x->pieces[0].off;

	return dmaengine_prep_dma_memcpy(t->chan, torture_addr(x, off),
					 torture_addr(x, off + x->src_off), x->len, flags);
}

static struct dma_async_tx_descriptor *torture_prep_ring(struct torture_xfer *x,
							 unsigned long flags)
{
	struct torture *t = x->t;

	switch (torture_below(&t->rnd, 4)) {
	case 0:
		return torture_prep_vecs(x, flags | DMA_PREP_REPEAT);
	case 1:
		return torture_prep_rows(x, flags | DMA_PREP_REPEAT);
	default:
		torture_lay_out_ring(x);
		return dmaengine_prep_dma_cyclic(t->chan, torture_addr(x, x->pieces[0].off),
						 x->len, x->period, torture_direction(t), flags);
	}
}

static struct dma_async_tx_descriptor *torture_prep(struct torture_xfer *x, unsigned long flags)
{
	switch (x->kind) {
	case TORTURE_VECS:
		return torture_prep_vecs(x, flags);
	case TORTURE_TABLE:
		return torture_prep_table(x, flags);
	case TORTURE_ROWS:
		return torture_prep_rows(x, flags);
	case TORTURE_COPY:
		return torture_prep_copy(x, flags);
	default:
		return torture_prep_ring(x, flags);
	}
}

/**
 * torture_issue() - issue what was submitted
 * @t: the round
 */
void torture_issue(struct torture *t)
{
	struct torture_xfer *x;

	scoped_guard(spinlock_irqsave, &t->lock) {
		for (x = t->xfers; x < t->xfers + TORTURE_XFERS; x++) {
			if (x->state != TORTURE_SUBMITTED)
				continue;
			x->state = TORTURE_ISSUED;
			t->started = true;
		}
	}
	dma_async_issue_pending(t->chan);
}

/**
 * torture_submit() - submit a transfer, for the first time or again
 * @x: the transfer, which is the client's
 */
void torture_submit(struct torture_xfer *x)
{
	struct torture *t = x->t;

	guard(spinlock_bh)(&t->submit_lock);

	scoped_guard(spinlock_irqsave, &t->lock) {
		x->seq = t->seq++;
		x->pos = 0;
		x->bytes = 0;
		x->jumps = 0;
		x->shorts = 0;
		x->short_now = false;
		x->may_jump = false;
		x->calls = 0;
		x->late = 0;
		x->has_start = false;
		x->state = TORTURE_SUBMITTED;
	}
	x->cookie = dmaengine_submit(x->tx);
	if (!dma_submit_error(x->cookie))
		return;

	guard(spinlock_irqsave)(&t->lock);
	torture_fail(t, x, TORTURE_REFUSED, "submit: %d", x->cookie);
	x->state = TORTURE_KEPT;
}

static void torture_called(void *param, const struct dmaengine_result *result)
{
	struct torture_xfer *x = param;
	bool again = false;

	scoped_guard(spinlock_irqsave, &x->t->lock) {
		if (torture_check_call(x, result) && x->again) {
			x->again--;
			again = true;
		}
	}
	if (!again)
		return;
	torture_submit(x);
	torture_issue(x->t);
}

static enum torture_kind torture_choose_kind(struct torture *t, bool cyclic)
{
	static const enum torture_kind once[] = { TORTURE_VECS, TORTURE_TABLE, TORTURE_ROWS };

	if (cyclic)
		return torture_chance(&t->rnd, 2) ? TORTURE_TOLD : TORTURE_SILENT;
	if (torture_is_copy(t))
		return torture_chance(&t->rnd, 4) ? TORTURE_ROWS : TORTURE_COPY;

	return once[torture_below(&t->rnd, ARRAY_SIZE(once))];
}

static struct torture_xfer *torture_free_one(struct torture *t)
{
	struct torture_xfer *x;

	guard(spinlock_irqsave)(&t->lock);
	for (x = t->xfers; x < t->xfers + TORTURE_XFERS; x++)
		if (x->state == TORTURE_FREE)
			return x;

	return NULL;
}

static void torture_fill_source(struct torture_xfer *x)
{
	const struct torture_piece *last = &x->pieces[x->num_pieces - 1];
	u8 *mem = x->t->arena + (x - x->t->xfers) * TORTURE_SLOT + x->src_off;

	if (torture_is_copy(x->t))
		prandom_bytes_state(&x->t->rnd, mem + x->pieces[0].off,
				    last->off + last->len - x->pieces[0].off);
}

/**
 * torture_change_callback() - have the periods told from now on, or not any more
 * @x: a transfer that is the client's
 */
void torture_change_callback(struct torture_xfer *x)
{
	if (!x->told)
		return;

	x->kind = torture_chance(&x->t->rnd, 2) ? TORTURE_TOLD : TORTURE_SILENT;
	x->tx->callback_result = x->kind == TORTURE_TOLD ? torture_called : NULL;
}

/**
 * torture_new() - prepare a transfer
 * @t: the round
 * @replaces: it ends a cyclic one
 * @cyclic: it is cyclic
 *
 * Return: the transfer, or NULL if there is no room for it, or it was refused.
 */
struct torture_xfer *torture_new(struct torture *t, bool replaces, bool cyclic)
{
	struct torture_xfer *x = torture_free_one(t);
	unsigned long flags = DMA_PREP_INTERRUPT;

	if (!x)
		return NULL;
	*x = (struct torture_xfer) { .t = t, .replaces = replaces };
	x->kind = torture_choose_kind(t, cyclic);
	if (replaces)
		flags |= DMA_PREP_LOAD_EOT;
	if (x->kind == TORTURE_SILENT)
		flags &= ~DMA_PREP_INTERRUPT;

	x->tx = torture_prep(x, flags);
	if (!x->tx) {
		guard(spinlock_irqsave)(&t->lock);
		torture_fail(t, x, TORTURE_REFUSED, "prep, at %u", x->pieces[0].off);
		return NULL;
	}

	torture_fill_source(x);
	x->told = x->kind == TORTURE_TOLD;
	x->mute = !cyclic && !replaces && torture_chance(&t->rnd, 8);
	if (x->kind != TORTURE_SILENT && !x->mute)
		x->tx->callback_result = torture_called;
	x->tx->callback_param = x;
	if (torture_chance(&t->rnd, 4))
		x->reuse = !dmaengine_desc_set_reuse(x->tx);
	if (x->reuse && !cyclic && !replaces && !x->mute)
		x->again = torture_below(&t->rnd, 4);
	x->state = TORTURE_KEPT;

	return x;
}
