// SPDX-License-Identifier: GPL-2.0
/*
 * Chance. Without it the core does all that it can, in the same order each time. With a
 * seed, it does one thing at a time, and what comes next is random: a request is
 * accepted, a descriptor is fetched, some data moves, a response comes back, or time
 * passes. That makes all latencies random that a driver can notice, as they are where
 * buses and streams have other users.
 *
 * How likely each of them is, and how much the core takes up in advance, changes from
 * time to time. So there are phases in which responses are late, in which accepted
 * requests wait, or in which hardly any interrupt is delivered.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <linux/export.h>
#include <linux/minmax.h>

#include "model.h"

/* Something that may happen, see adm_happens() */
enum adm_event {
	ADM_TIME_PASSES,
	ADM_ACCEPTS,
	ADM_FETCHES,
	ADM_MOVES,
	ADM_RESPONDS,
};

static_assert(ADM_RESPONDS + 1 == ADM_EVENTS);

/* Phases have from 16 to 512 events */
#define ADM_PHASE_MIN	4
#define ADM_PHASE_MAX	9

/* Data moves by up to so many beats at a time, as a power of two */
#define ADM_BEATS_MAX	12

static u32 adm_below(struct axi_dmac_model *m, u32 limit)
{
	return prandom_u32_state(&m->rnd) % limit;
}

/**
 * adm_random_up_to() - a random number, small ones more often
 * @m: model with a seed, locked
 * @most: largest number that may be returned
 *
 * Return: a number, or ADM_NEVER for ADM_NEVER.
 */
u32 adm_random_up_to(struct axi_dmac_model *m, u32 most)
{
	if (most == ADM_NEVER)
		return most;
	return adm_below(m, adm_below(m, most + 1) + 1);
}

/**
 * adm_strikes() - does an erratum show now?
 * @m: model, locked
 * @erratum: which, where all that it needs has come together
 *
 * Return: whether it does. Without a seed it always does.
 */
bool adm_strikes(struct axi_dmac_model *m, enum axi_dmac_model_erratum erratum)
{
	return adm_has(m, erratum) && (!m->cfg.seed || adm_below(m, 2));
}

static void adm_new_phase(struct axi_dmac_model *m)
{
	struct axi_dmac_model_config *cfg = &m->cfg;
	unsigned int i;

	/* From never, as long as anything else can happen, to most of the time */
	for (i = 0; i < ADM_EVENTS; i++)
		m->weights[i] = BIT(adm_below(m, 7)) / 2;
	cfg->queue_depth = 1 + adm_below(m, m->most.queue_depth);
	cfg->prefetch = 1 + adm_below(m, m->most.prefetch);
	cfg->look_ahead = 1 + adm_below(m, m->most.look_ahead);
	cfg->eot_batch = adm_up_to(m, m->most.eot_batch);
	m->phase_left = BIT(ADM_PHASE_MIN + adm_below(m, ADM_PHASE_MAX - ADM_PHASE_MIN + 1));
}

/**
 * adm_random_start() - begin a sequence of events, if there is a seed
 * @m: model, locked or not in use; its configuration is complete
 */
void adm_random_start(struct axi_dmac_model *m)
{
	m->most = m->cfg;
	if (!m->cfg.seed)
		return;
	prandom_seed_state(&m->rnd, m->cfg.seed);
	adm_new_phase(m);
}

static void adm_random_stop(struct axi_dmac_model *m)
{
	if (!m->cfg.seed)
		return;
	m->cfg.queue_depth = m->most.queue_depth;
	m->cfg.prefetch = m->most.prefetch;
	m->cfg.look_ahead = m->most.look_ahead;
	m->cfg.eot_batch = m->most.eot_batch;
}

static enum adm_event adm_pick(struct axi_dmac_model *m)
{
	unsigned int sum = 0, i;
	u32 at;

	for (i = 0; i < ADM_EVENTS; i++)
		sum += m->weights[i];
	at = adm_below(m, sum ?: ADM_EVENTS);
	if (!sum)
		return at;
	for (i = 0; at >= m->weights[i]; i++)
		at -= m->weights[i];
	return i;
}

static bool adm_moves(struct axi_dmac_model *m, size_t *left)
{
	size_t beat = max(m->cfg.src_width, m->cfg.dest_width);
	size_t len = beat << adm_below(m, ADM_BEATS_MAX + 1);

	len = adm_move_segment(m, min(len, *left));
	*left -= len;
	return len;
}

static bool adm_happens(struct axi_dmac_model *m, enum adm_event event, size_t *left)
{
	switch (event) {
	case ADM_TIME_PASSES:
		return adm_tick(m);
	case ADM_ACCEPTS:
		return adm_accept(m);
	case ADM_FETCHES:
		return adm_fetch(m);
	case ADM_MOVES:
		return adm_moves(m, left);
	default:
		return adm_complete(m);
	}
}

/**
 * adm_random_event() - let something happen
 * @m: model with a seed, locked
 * @left: data that may move; reduced by what has moved
 *
 * Return: whether anything can.
 */
bool adm_random_event(struct axi_dmac_model *m, size_t *left)
{
	enum adm_event event;
	unsigned int i;

	if (m->state != ADM_RUNNING)
		return adm_tick(m);
	if (m->control & ADM_CONTROL_PAUSE)
		return adm_complete(m);
	if (!m->phase_left--)
		adm_new_phase(m);
	event = adm_pick(m);
	for (i = 0; i < ADM_EVENTS; i++)
		if (adm_happens(m, (event + i) % ADM_EVENTS, left))
			return true;
	return false;
}

/**
 * axi_dmac_model_event() - let something happen
 * @m: model with a seed
 *
 * Context: as the other steps, also from a hook. Return: whether anything could.
 */
bool axi_dmac_model_event(struct axi_dmac_model *m)
{
	size_t left = adm_chunk(m);
	unsigned long flags;
	bool happened;

	spin_lock_irqsave(&m->lock, flags);
	happened = adm_random_event(m, &left);
	adm_unlock(m, flags);
	return happened;
}
EXPORT_SYMBOL_GPL(axi_dmac_model_event);

/**
 * axi_dmac_model_set_seed() - leave to chance what comes next, or no longer
 * @m: model
 * @seed: where the sequence of events begins, 0 for none
 */
void axi_dmac_model_set_seed(struct axi_dmac_model *m, u32 seed)
{
	unsigned long flags;

	spin_lock_irqsave(&m->lock, flags);
	adm_random_stop(m);
	m->cfg.seed = seed;
	adm_random_start(m);
	spin_unlock_irqrestore(&m->lock, flags);
	axi_dmac_model_kick(m);
}
EXPORT_SYMBOL_GPL(axi_dmac_model_set_seed);
