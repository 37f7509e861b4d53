// SPDX-License-Identifier: GPL-2.0-only
/*
 * Torture: which memory the core has accessed. A transfer goes through its memory from
 * front to back, and, if it is cyclic, again and again. Where a packet has ended, the
 * rest of a segment is left out.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <linux/io.h>

#include "torture.h"

/**
 * torture_owner() - the transfer that memory belongs to
 * @t: the round
 * @mem: memory, anywhere
 *
 * Return: the transfer, or NULL.
 */
struct torture_xfer *torture_owner(struct torture *t, const void *mem)
{
	const u8 *at = mem;

	if (at < t->arena || at >= t->arena + TORTURE_ARENA)
		return NULL;

	return &t->xfers[(at - t->arena) / TORTURE_SLOT];
}

/**
 * torture_place() - place in a transfer of a byte of its memory
 * @x: the transfer
 * @off: offset in the transfer's slot
 *
 * Return: the place, or U64_MAX for what is beside the transfer.
 */
u64 torture_place(const struct torture_xfer *x, u32 off)
{
	const struct torture_piece *p = x->pieces;
	unsigned int i;

	for (i = 0; i < x->num_pieces; i++, p++)
		if (off >= p->off && off - p->off < p->len)
			return p->start + (off - p->off);

	return U64_MAX;
}

static bool torture_is_the_drivers(const struct torture_xfer *x)
{
	return x->state == TORTURE_ISSUED || x->state == TORTURE_TERMINATED;
}

/* The core comes to the place @place, which may be in the next pass */
static void torture_go_to(struct torture_xfer *x, u64 place)
{
	u32 at = x->pos % x->len;
	u64 pos;

	if (!torture_is_cyclic(x)) {
		pos = place;
	} else {
		pos = x->pos - at + place;
		if (place < at)
			pos += x->len;
	}

	if (pos != x->pos && !(x->may_jump && pos > x->pos))
		x->jumps++;
	x->pos = pos;
}

static void torture_access(struct torture *t, struct torture_xfer *x, u32 off, size_t len)
{
	u64 place = torture_place(x, off);

	if (place == U64_MAX || torture_place(x, off + len - 1) != place + len - 1) {
		torture_fail(t, x, TORTURE_STRAY, "%zu bytes at %u, beside it", len, off);
		return;
	}

	torture_go_to(x, place);
	x->pos += len;
	x->bytes += len;
}

static void torture_saw(void *priv, u64 addr, size_t len, bool write)
{
	struct torture *t = priv;
	struct torture_xfer *x;
	u32 off;

	guard(spinlock_irqsave)(&t->lock);

	x = torture_owner(t, phys_to_virt(addr));
	if (!x) {
		torture_fail(t, NULL, TORTURE_STRAY, "%zu bytes at 0x%llx", len, addr);
		return;
	}
	if (!torture_is_the_drivers(x)) {
		torture_fail(t, x, TORTURE_STRAY, "%zu bytes %s in state %u", len,
			     write ? "written" : "read", x->state);
		return;
	}

	off = addr - virt_to_phys(t->arena) - (x - t->xfers) * TORTURE_SLOT;
	if (torture_is_copy(t) && !write) {
		if (off < x->src_off || torture_place(x, off - x->src_off) == U64_MAX)
			torture_fail(t, x, TORTURE_STRAY, "%zu bytes read at %u", len, off);
		return;
	}

	torture_access(t, x, off, len);
}

/**
 * torture_watch() - see what the core does to memory
 * @t: the round, whose core is there
 */
void torture_watch(struct torture *t)
{
	axi_dmac_model_set_witness(t->model, torture_saw, t);
}
