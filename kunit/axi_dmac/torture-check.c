// SPDX-License-Identifier: GPL-2.0-only
/*
 * Torture: is what the driver says what has happened?
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <linux/math64.h>

#include "torture.h"

static const char * const torture_fault_names[TORTURE_FAULTS] = {
	[TORTURE_FINE] = "fine",
	[TORTURE_HUNG] = "hung",
	[TORTURE_UNTOUCHED] = "untouched",
	[TORTURE_STRAY] = "stray",
	[TORTURE_PERIODS] = "periods",
	[TORTURE_RESIDUE] = "residue",
	[TORTURE_TWICE] = "twice",
	[TORTURE_ORDER] = "order",
	[TORTURE_DATA] = "data",
	[TORTURE_RESULT] = "result",
	[TORTURE_REFUSED] = "refused",
	[TORTURE_NOISE] = "noise",
	[TORTURE_MISUSE] = "misuse",
};

static const char * const torture_kind_names[TORTURE_KINDS] = {
	[TORTURE_VECS] = "vectors",
	[TORTURE_TABLE] = "scatterlist",
	[TORTURE_ROWS] = "rows",
	[TORTURE_COPY] = "copy",
	[TORTURE_TOLD] = "ring with callback",
	[TORTURE_SILENT] = "ring without callback",
};

const char *torture_fault_name(enum torture_fault fault)
{
	return torture_fault_names[fault];
}

const char *torture_kind_name(enum torture_kind kind)
{
	return torture_kind_names[kind];
}

/**
 * torture_fail() - the driver was found out
 * @t: the round; only the first fault of each counts
 * @x: the transfer, or NULL
 * @fault: what kind of fault
 * @fmt: more about it
 *
 * Context: any, t->lock held.
 */
void torture_fail(struct torture *t, const struct torture_xfer *x, enum torture_fault fault,
		  const char *fmt, ...)
{
	va_list args;
	int n = 0;

	if (t->fault || (t->ignore & BIT(fault)))
		return;
	t->fault = fault;
	if (x)
		n = scnprintf(t->what, sizeof(t->what),
			      "%s %llu, %u bytes, %u parts, %u periods, %u short, %llu late: ",
			      torture_kind_name(x->kind), x->seq, x->len, x->num_pieces,
			      x->period ? x->len / x->period : 0, x->shorts, x->late);
	va_start(args, fmt);
	vscnprintf(t->what + n, sizeof(t->what) - n, fmt, args);
	va_end(args);
}

/* Places that the core has left behind; short packets end segments, which the driver cuts */
static u64 torture_places_done(const struct torture_xfer *x)
{
	if (x->short_now)
		return roundup_u64(x->pos, x->period ?: x->len);

	return x->pos;
}

/*
 * Cores before 4.6.a repeat a request until they are stopped, wherever they are. The
 * client cannot know which cyclic transfers are done that way.
 */
static bool torture_may_be_cut(const struct torture_xfer *x)
{
	const struct axi_dmac_model_config *cfg = &x->t->cfg;

	return x->kind == TORTURE_SILENT && !cfg->sg && cfg->cyclic &&
	       cfg->version < ADM_VERSION(4, 6, 'a');
}

/* A cyclic transfer, and the transfer behind it has completed */
static void torture_check_replaced(struct torture_xfer *x)
{
	u64 done = torture_places_done(x), rest;
	u64 periods = div64_u64_rem(done, x->period, &rest);

	if (x->kind == TORTURE_TOLD && x->calls != periods)
		torture_fail(x->t, x, TORTURE_PERIODS, "replaced, %llu told, %llu done", x->calls,
			     periods);
	else if (rest && !torture_may_be_cut(x))
		torture_fail(x->t, x, TORTURE_PERIODS,
			     "replaced inside of a period, at %llu", rest);
	else if (x->jumps && !torture_may_be_cut(x))
		torture_fail(x->t, x, TORTURE_ORDER, "%u jumps", x->jumps);
	x->state = x->reuse ? TORTURE_KEPT : TORTURE_FREE;
}

static void torture_check_period(struct torture_xfer *x)
{
	x->calls++;
	x->t->periods++;
	if (torture_places_done(x) < x->calls * x->period)
		torture_fail(x->t, x, TORTURE_UNTOUCHED, "period %llu told, at %llu", x->calls,
			     x->pos);
}

/* Records are kept from 4.2.a on, and tell nothing for certain about several segments */
static bool torture_residue_is_exact(const struct torture_xfer *x)
{
	const struct axi_dmac_model_config *cfg = &x->t->cfg;
	u32 off = x->pieces[0].off & (cfg->burst_bytes - 1);

	if (x->num_pieces > 1 || x->rows ||
	    cfg->version < ADM_VERSION(4, 2, 'a'))
		return false;
	/* Without a field that tells, bursts may be long */
	if (cfg->version < ADM_VERSION(4, 4, 'a'))
		off = x->pieces[0].off & (SZ_4K - 1);

	return !off && x->len <= 1ULL << cfg->length_width;
}

static void torture_check_residue(struct torture_xfer *x, u32 residue)
{
	u32 missing = x->len - min_t(u64, x->bytes, x->len);

	if (residue > x->len)
		torture_fail(x->t, x, TORTURE_RESIDUE, "%u is more than there is", residue);
	else if (!missing && residue)
		torture_fail(x->t, x, TORTURE_RESIDUE, "%u, and nothing is missing", residue);
	else if (torture_residue_is_exact(x) && residue != missing)
		torture_fail(x->t, x, TORTURE_RESIDUE, "%u, but %u are missing", residue, missing);
}

static void torture_check_bytes(struct torture_xfer *x)
{
	const u8 *mem = x->t->arena + (x - x->t->xfers) * TORTURE_SLOT;
	const struct torture_piece *p;
	u32 i;

	for (p = x->pieces; p < x->pieces + x->num_pieces; p++) {
		for (i = 0; i < p->len; i++) {
			u8 want = torture_is_copy(x->t) ?
				  mem[p->off + x->src_off + i] :
				  torture_byte(x->start + p->start + i);

			if (mem[p->off + i] == want)
				continue;
			torture_fail(x->t, x, TORTURE_DATA, "byte %u is wrong", p->start + i);
			return;
		}
	}
}

static void torture_check_data(struct torture_xfer *x)
{
	if (x->t->cfg.dest_type != ADM_BUS_MM || x->shorts)
		return;
	if (torture_is_copy(x->t) || x->has_start)
		torture_check_bytes(x);
}

/* Return whether the core has done all of it, once, and in order */
static void torture_check_moved(struct torture_xfer *x)
{
	if (!x->bytes || (!x->shorts && x->bytes < x->len))
		torture_fail(x->t, x, TORTURE_UNTOUCHED, "complete with %llu bytes done",
			     x->bytes);
	else if (x->bytes > x->len)
		torture_fail(x->t, x, TORTURE_TWICE, "%llu bytes done", x->bytes);
	else if (x->jumps)
		torture_fail(x->t, x, TORTURE_ORDER, "%u jumps", x->jumps);
}

static void torture_check_mute(struct torture_xfer *x)
{
	torture_check_moved(x);
	torture_check_data(x);
	x->t->completed++;
	x->state = x->reuse ? TORTURE_KEPT : TORTURE_FREE;
}

/* All that was issued before it is over, and was told so, or is cyclic or mute */
static void torture_check_order(struct torture_xfer *x)
{
	struct torture *t = x->t;
	struct torture_xfer *y;

	for (y = t->xfers; y < t->xfers + TORTURE_XFERS; y++) {
		if (y->state != TORTURE_ISSUED || y->seq >= x->seq)
			continue;
		if (torture_is_cyclic(y))
			torture_check_replaced(y);
		else if (y->mute)
			torture_check_mute(y);
		else
			torture_fail(t, x, TORTURE_ORDER, "called before %llu", y->seq);
	}
}

static void torture_check_once(struct torture_xfer *x, const struct dmaengine_result *result)
{
	if (x->calls++) {
		torture_fail(x->t, x, TORTURE_TWICE, "called again");
		return;
	}
	if (result->result != DMA_TRANS_NOERROR) {
		torture_fail(x->t, x, TORTURE_RESULT, "%d", result->result);
		return;
	}
	torture_check_moved(x);
	torture_check_residue(x, result->residue);
	torture_check_data(x);
}

/**
 * torture_oldest() - the transfer that should complete next
 * @t: the round
 *
 * Context: t->lock held. Return: the transfer, or NULL if none was issued.
 */
struct torture_xfer *torture_oldest(struct torture *t)
{
	struct torture_xfer *oldest = NULL, *x;

	for (x = t->xfers; x < t->xfers + TORTURE_XFERS; x++)
		if (x->state == TORTURE_ISSUED && (!oldest || x->seq < oldest->seq))
			oldest = x;

	return oldest;
}

/**
 * torture_check_call() - a callback is called
 * @x: its transfer
 * @result: what it says
 *
 * Context: t->lock held. Return: whether the transfer is over.
 */
bool torture_check_call(struct torture_xfer *x, const struct dmaengine_result *result)
{
	if (x->state != TORTURE_ISSUED && x->state != TORTURE_TERMINATED) {
		torture_fail(x->t, x, TORTURE_TWICE, "called in state %u", x->state);
		return false;
	}
	if (torture_is_cyclic(x))
		torture_check_period(x);
	else
		torture_check_once(x, result);
	if (x->state == TORTURE_TERMINATED)
		return false;
	torture_check_order(x);
	if (torture_is_cyclic(x))
		return false;
	x->t->completed++;
	x->state = x->reuse ? TORTURE_KEPT : TORTURE_FREE;

	return true;
}

/**
 * torture_check_status() - ask how far a transfer is
 * @x: a transfer that was issued
 *
 * Context: no locks held.
 */
void torture_check_status(struct torture_xfer *x)
{
	struct dma_tx_state state = {};
	struct torture *t = x->t;
	enum dma_status status;
	dma_cookie_t cookie = x->cookie;

	status = t->chan->device->device_tx_status(t->chan, cookie, &state);

	guard(spinlock_irqsave)(&t->lock);

	/* It may have been called back meanwhile */
	if (x->state != TORTURE_ISSUED || x->cookie != cookie || torture_is_cyclic(x) || x->shorts)
		return;
	if (status == DMA_COMPLETE && x->bytes < x->len)
		torture_fail(t, x, TORTURE_UNTOUCHED, "status: complete with %llu bytes done",
			     x->bytes);
	else if (status == DMA_ERROR)
		torture_fail(t, x, TORTURE_RESULT, "status: error");
	else if (status != DMA_COMPLETE && state.residue < x->len - min_t(u64, x->bytes, x->len))
		torture_fail(t, x, TORTURE_RESIDUE, "status: %u with %llu bytes done",
			     state.residue, x->bytes);
}

/**
 * torture_check_end() - what the core has to complain about
 * @t: the round, which is over
 */
void torture_check_end(struct torture *t)
{
	struct axi_dmac_model_fault fault;

	if (!axi_dmac_model_fault(t->model, 0, &fault))
		return;

	guard(spinlock_irqsave)(&t->lock);
	torture_fail(t, NULL, TORTURE_MISUSE,
		     "core: %s, register 0x%x, address 0x%llx, value 0x%llx",
		     axi_dmac_model_error_name(fault.kind), fault.reg, fault.addr, fault.val);
}
