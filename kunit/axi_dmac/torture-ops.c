// SPDX-License-Identifier: GPL-2.0-only
/*
 * Torture: what the client and the core do next.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/sched.h>

#include "torture.h"

/* Without anything happening, a driver may wait for its own timers so long */
#define TORTURE_PATIENCE_MS	1500
/* What goes on for ever without a callback */
#define TORTURE_MANY_STEPS	20000

static bool torture_handle(struct torture *t)
{
	struct axi_dmac_model_stats stats;
	struct torture_xfer *x;
	u64 late;

	if (t->cfg.free_running || !axi_dmac_model_line(t->model))
		return false;

	axi_dmac_model_stats(t->model, &stats);
	scoped_guard(spinlock_irqsave, &t->lock) {
		late = stats.eot - t->eots;
		t->eots = stats.eot;
		for (x = t->xfers; x < t->xfers + TORTURE_XFERS; x++)
			if (x->state == TORTURE_ISSUED)
				x->late = max(x->late, late);
	}

	return axi_dmac_model_deliver(t->model, 1);
}

static void torture_happen(struct torture *t)
{
	u32 events = 1U << torture_below(&t->rnd, 8);

	/* A free-running core needs no more than to be told that a stall is over */
	if (t->cfg.free_running)
		axi_dmac_model_kick(t->model);
	while (!t->cfg.free_running && events-- && axi_dmac_model_event(t->model))
		;
}

static struct torture_xfer *torture_any(struct torture *t, enum torture_state state, bool cyclic)
{
	u32 first = torture_below(&t->rnd, TORTURE_XFERS), i;
	struct torture_xfer *x;

	guard(spinlock_irqsave)(&t->lock);
	for (i = 0; i < TORTURE_XFERS; i++) {
		x = &t->xfers[(first + i) % TORTURE_XFERS];
		if (x->state == state && (!cyclic || torture_is_cyclic(x)))
			return x;
	}

	return NULL;
}

static bool torture_has_cyclic(struct torture *t)
{
	return torture_any(t, TORTURE_ISSUED, true) || torture_any(t, TORTURE_SUBMITTED, true);
}

static void torture_add(struct torture *t)
{
	bool cyclic = torture_chance(&t->rnd, t->cyclic);
	bool replaces = torture_chance(&t->rnd, 4);
	struct torture_xfer *x;

	/* IIO prepares a cyclic one as if it was to replace another */
	if (torture_has_cyclic(t))
		replaces |= cyclic;
	x = torture_new(t, replaces, cyclic);
	if (!x)
		return;
	torture_submit(x);
	t->todo -= !!t->todo;
}

static void torture_add_again(struct torture *t)
{
	struct torture_xfer *x = torture_any(t, TORTURE_KEPT, false);

	if (!x)
		return;
	if (!torture_chance(&t->rnd, 4)) {
		torture_change_callback(x);
		torture_submit(x);
		t->todo -= !!t->todo;
		return;
	}
	if (dmaengine_desc_free(x->tx)) {
		guard(spinlock_irqsave)(&t->lock);
		torture_fail(t, x, TORTURE_REFUSED, "it cannot be freed");
	}
	x->state = TORTURE_FREE;
}

static void torture_pause(struct torture *t)
{
	if (t->paused || dmaengine_pause(t->chan))
		return;
	t->paused = true;
	t->pauses++;
}

static void torture_resume(struct torture *t)
{
	if (!t->paused)
		return;
	if (dmaengine_resume(t->chan)) {
		guard(spinlock_irqsave)(&t->lock);
		torture_fail(t, NULL, TORTURE_REFUSED, "resume");
	}
	t->paused = false;
}

/**
 * torture_terminate() - terminate all transfers
 * @t: the round
 */
void torture_terminate(struct torture *t)
{
	struct torture_xfer *x;

	guard(spinlock_bh)(&t->submit_lock);

	dmaengine_terminate_async(t->chan);
	t->paused = false;
	t->unsynced = true;
	t->started = false;

	guard(spinlock_irqsave)(&t->lock);
	for (x = t->xfers; x < t->xfers + TORTURE_XFERS; x++) {
		if (x->state != TORTURE_ISSUED && x->state != TORTURE_SUBMITTED)
			continue;
		x->state = TORTURE_TERMINATED;
		t->terminated++;
	}
}

/*
 * The oldest cores do not tell whether they are quiet. Whoever waits for them does so
 * blindly, for a time that a slow machine's model may need longer than.
 */
static bool torture_is_quiet(struct torture *t)
{
	unsigned int ms = t->cfg.free_running ? 10000 : 0;

	while (!axi_dmac_model_is_quiet(t->model)) {
		if (!ms--)
			return false;
		usleep_range(1000, 2000);
	}

	return true;
}

/**
 * torture_synchronize() - wait until nothing of what was terminated goes on
 * @t: the round
 */
void torture_synchronize(struct torture *t)
{
	struct torture_xfer *x;
	bool quiet;

	dmaengine_synchronize(t->chan);
	/* Nothing is known of a core that something new was started on */
	quiet = t->started || torture_is_quiet(t);
	t->unsynced = false;

	guard(spinlock_irqsave)(&t->lock);
	if (!quiet)
		torture_fail(t, NULL, TORTURE_HUNG, "not quiet after synchronize");
	for (x = t->xfers; x < t->xfers + TORTURE_XFERS; x++)
		if (x->state == TORTURE_TERMINATED)
			x->state = x->reuse ? TORTURE_KEPT : TORTURE_FREE;
}

static void torture_look(struct torture *t)
{
	struct torture_xfer *x = torture_any(t, TORTURE_ISSUED, false);

	if (x)
		torture_check_status(x);
}

/* Return whether there is a transfer that does not tell when it is over */
static bool torture_has_mute(struct torture *t)
{
	struct torture_xfer *x;

	guard(spinlock_irqsave)(&t->lock);
	for (x = t->xfers; x < t->xfers + TORTURE_XFERS; x++)
		if (x->mute && (x->state == TORTURE_ISSUED || x->state == TORTURE_SUBMITTED))
			return true;

	return false;
}

/* Something behind a cyclic transfer that is to end, or behind one without a callback */
static bool torture_replace(struct torture *t)
{
	struct torture_xfer *x = torture_new(t, true, false);

	if (!x)
		return false;
	torture_submit(x);

	return true;
}

static bool torture_is_idle(struct torture *t)
{
	return !torture_any(t, TORTURE_ISSUED, false);
}

/* One step until all has ended. Return: whether anything has happened */
static bool torture_step(struct torture *t)
{
	bool busy = false;
	u32 events = t->cfg.free_running ? 0 : 1U << torture_below(&t->rnd, 9);

	if (t->cfg.free_running)
		axi_dmac_model_kick(t->model);
	while (events-- && axi_dmac_model_event(t->model))
		busy = true;
	while (torture_handle(t))
		busy = true;
	cond_resched();

	return busy;
}

/* Return: whether all has ended */
static bool torture_wait(struct torture *t)
{
	u64 completed = t->completed;
	unsigned long since = jiffies;
	u32 steps = 0;

	while (!t->fault && !torture_is_idle(t)) {
		if (t->completed != completed) {
			completed = t->completed;
			steps = 0;
			since = jiffies;
		}
		if (torture_step(t)) {
			if (++steps > TORTURE_MANY_STEPS)
				return false;
			since = jiffies;
			continue;
		}
		if (time_after(jiffies, since + msecs_to_jiffies(TORTURE_PATIENCE_MS)))
			return false;
		usleep_range(100, 1000);
	}

	return true;
}

/**
 * torture_finish() - let everything come to its end
 * @t: the round
 */
void torture_finish(struct torture *t)
{
	struct torture_xfer *x;

	WRITE_ONCE(t->ending, true);
	torture_resume(t);
	if ((torture_has_cyclic(t) || torture_has_mute(t)) && !torture_replace(t)) {
		torture_terminate(t);
		torture_synchronize(t);
	}
	torture_issue(t);
	if (!torture_wait(t)) {
		guard(spinlock_irqsave)(&t->lock);
		x = torture_oldest(t);
		torture_fail(t, x, TORTURE_HUNG, "does not end, at %llu", x ? x->pos : 0);
	}
	WRITE_ONCE(t->ending, false);
}

/**
 * torture_act() - do something
 * @t: the round
 */
void torture_act(struct torture *t)
{
	t->ops++;
	switch (torture_below(&t->rnd, 256)) {
	case 0 ... 1:
		torture_finish(t);
		break;
	case 2 ... 3:
		torture_terminate(t);
		if (torture_chance(&t->rnd, 2))
			break;
		fallthrough;
	case 4 ... 7:
		if (t->unsynced)
			torture_synchronize(t);
		break;
	case 8 ... 11:
		torture_pause(t);
		break;
	case 12 ... 31:
		torture_resume(t);
		break;
	case 32 ... 47:
		torture_look(t);
		break;
	case 48 ... 63:
		torture_add_again(t);
		break;
	case 64 ... 95:
		torture_issue(t);
		break;
	case 96 ... 159:
		torture_add(t);
		break;
	default:
		torture_happen(t);
	}
	if (torture_chance(&t->rnd, t->delivers))
		torture_handle(t);
	cond_resched();
}
