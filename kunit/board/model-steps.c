// SPDX-License-Identifier: GPL-2.0
/*
 * Steps: one event of the core at a time, for tests that decide the order of
 * events themselves. All may be called from a hook.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <linux/export.h>

#include "model.h"

static bool adm_step(struct axi_dmac_model *m, bool (*step)(struct axi_dmac_model *m))
{
	unsigned long flags;
	bool done;

	spin_lock_irqsave(&m->lock, flags);
	done = step(m);
	adm_unlock(m, flags);
	return done;
}

/**
 * axi_dmac_model_accept() - accept the pending request
 * @m: model
 *
 * Return: whether there was one, and room for it. A configured delay has to
 * pass first, see axi_dmac_model_tick().
 */
bool axi_dmac_model_accept(struct axi_dmac_model *m)
{
	return adm_step(m, adm_accept);
}
EXPORT_SYMBOL_GPL(axi_dmac_model_accept);

/**
 * axi_dmac_model_fetch() - fetch one descriptor
 * @m: model with scatter-gather
 *
 * Return: whether there was one to fetch, and room for it.
 */
bool axi_dmac_model_fetch(struct axi_dmac_model *m)
{
	return adm_step(m, adm_fetch);
}
EXPORT_SYMBOL_GPL(axi_dmac_model_fetch);

/**
 * axi_dmac_model_move() - move data
 * @m: model
 * @bytes: how much at most; SIZE_MAX for all that can move
 *
 * Works on accepted requests and on fetched descriptors. Segments whose data
 * is through wait for axi_dmac_model_complete().
 *
 * Return: bytes moved.
 */
size_t axi_dmac_model_move(struct axi_dmac_model *m, size_t bytes)
{
	unsigned long flags;
	size_t done;

	spin_lock_irqsave(&m->lock, flags);
	done = adm_move(m, bytes);
	adm_unlock(m, flags);
	return done;
}
EXPORT_SYMBOL_GPL(axi_dmac_model_move);

/**
 * axi_dmac_model_complete() - complete the oldest segment
 * @m: model
 *
 * Return: whether there was one whose data is through, and nothing held it up.
 */
bool axi_dmac_model_complete(struct axi_dmac_model *m)
{
	return adm_step(m, adm_complete);
}
EXPORT_SYMBOL_GPL(axi_dmac_model_complete);

/**
 * axi_dmac_model_tick() - let a little time pass
 * @m: model
 *
 * Moves a shutdown on, and a delayed acceptance nearer.
 *
 * Return: whether anything changed.
 */
bool axi_dmac_model_tick(struct axi_dmac_model *m)
{
	return adm_step(m, adm_tick);
}
EXPORT_SYMBOL_GPL(axi_dmac_model_tick);

static bool adm_everything(struct axi_dmac_model *m)
{
	return adm_advance(m, SIZE_MAX);
}

/**
 * axi_dmac_model_run() - do everything that can be done now
 * @m: model
 *
 * Not for cyclic transfers and loops of descriptors, which never end.
 *
 * Return: number of segments finished.
 */
unsigned int axi_dmac_model_run(struct axi_dmac_model *m)
{
	u64 before = m->stats.segments;

	while (adm_step(m, adm_everything))
		;
	return m->stats.segments - before;
}
EXPORT_SYMBOL_GPL(axi_dmac_model_run);

/* All that runs ahead of the data */
static bool adm_look_ahead(struct axi_dmac_model *m)
{
	bool busy = adm_tick(m);

	while (adm_accept(m))
		busy = true;
	while (adm_fetch(m))
		busy = true;
	return busy;
}

static bool adm_finish_one(struct axi_dmac_model *m)
{
	bool busy;

	do {
		busy = adm_look_ahead(m);
		if (adm_complete(m))
			return true;
		busy |= adm_move_segment(m, SIZE_MAX) > 0;
	} while (busy);
	return false;
}

/**
 * axi_dmac_model_finish() - finish some segments
 * @m: model
 * @segments: how many
 *
 * Accepts and fetches all that the core would, and moves only the data of these
 * segments.
 *
 * Return: number of segments finished.
 */
unsigned int axi_dmac_model_finish(struct axi_dmac_model *m, unsigned int segments)
{
	unsigned int count = 0;

	while (count < segments && adm_step(m, adm_finish_one))
		count++;
	return count;
}
EXPORT_SYMBOL_GPL(axi_dmac_model_finish);

/**
 * axi_dmac_model_quiesce() - let a shutdown run to its end
 * @m: model
 *
 * Return: whether the core is quiet now; false if it is enabled, if its sink
 * holds it up, or if it was told to never get there.
 */
bool axi_dmac_model_quiesce(struct axi_dmac_model *m)
{
	while (!axi_dmac_model_is_quiet(m))
		if (!axi_dmac_model_tick(m))
			return false;
	return true;
}
EXPORT_SYMBOL_GPL(axi_dmac_model_quiesce);
