// SPDX-License-Identifier: GPL-2.0-only
/*
 * Torture: what is at the stream side. Each byte that comes in tells its position. Packets
 * end early, and both sides stall, at random.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include "torture.h"

/**
 * torture_byte() - a byte of the stream
 * @pos: its position
 */
u8 torture_byte(u64 pos)
{
	return ((u32)pos * 0x9e3779b1u) >> 24;
}

static bool torture_stalls(struct torture *t)
{
	return !t->ending && torture_chance(&t->stream_rnd, t->stalls);
}

/*
 * Frames do not end early here: before their last row no core from 4.5.a on tells, and
 * the driver finds out by time.
 */
static bool torture_ends_packet(struct torture *t, const struct torture_xfer *x)
{
	return x && !x->rows && torture_chance(&t->stream_rnd, t->packets);
}

/* The core offers what is left of a segment, or less */
static size_t torture_shorten(struct torture *t, size_t len)
{
	u32 beats = len / t->cfg.src_width;

	if (!beats)
		return len;

	return (1 + torture_below(&t->stream_rnd, beats)) * t->cfg.src_width;
}

static void torture_fill(struct torture *t, u8 *dst, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		dst[i] = torture_byte(t->stream + i);
}

static ssize_t torture_produce(void *priv, void *dst, size_t len, bool *last)
{
	struct torture *t = priv;
	struct torture_xfer *x;
	u32 off;

	guard(spinlock_irqsave)(&t->lock);

	if (torture_stalls(t))
		return 0;

	x = torture_owner(t, dst);
	if (torture_ends_packet(t, x)) {
		len = torture_shorten(t, len);
		*last = true;
	}

	torture_fill(t, dst, len);
	if (x) {
		off = (u8 *)dst - t->arena - (x - t->xfers) * TORTURE_SLOT;
		if (torture_place(x, off) == 0) {
			x->start = t->stream;
			x->has_start = true;
		}
		/* Of the access that the witness is about to see */
		x->may_jump = x->short_now;
		x->short_now = *last;
		x->shorts += *last;
	}
	t->stream += len;

	return len;
}

static ssize_t torture_consume(void *priv, const void *src, size_t len, bool last)
{
	struct torture *t = priv;

	guard(spinlock_irqsave)(&t->lock);

	if (torture_stalls(t))
		return 0;
	t->stream += len;

	return len;
}

static const struct axi_dmac_model_stream torture_stream = {
	.produce = torture_produce,
	.consume = torture_consume,
};

/**
 * torture_connect() - connect the stream side
 * @t: the round, whose core is there
 */
void torture_connect(struct torture *t)
{
	axi_dmac_model_set_stream(t->model, &torture_stream, t);
}
