// SPDX-License-Identifier: GPL-2.0
/*
 * The core at work when nobody steps it: accept, fetch, move and complete for
 * as long as there is something to do.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <linux/minmax.h>

#include "model.h"

/* Reads after which a reader must be polling, and the data has to move on */
#define ADM_PATIENCE	64

/* Segments, or random events, under one hold of the lock */
#define ADM_ROUNDS	256

/* Random events while a register is read, at most */
#define ADM_EVENTS_PER_READ	8

static bool adm_round(struct axi_dmac_model *m, size_t *left)
{
	bool busy = false;
	size_t len;

	while (adm_accept(m))
		busy = true;
	while (adm_fetch(m))
		busy = true;
	len = adm_move_segment(m, *left);
	*left -= len;
	while (adm_complete(m))
		busy = true;
	return busy || len;
}

/* Time to let the driver know, before more ends are merged into one event */
static bool adm_wants_interrupt(const struct axi_dmac_model *m)
{
	return m->eot_pending >= max(m->cfg.eot_batch, 1u) && !(m->mask & ADM_IRQ_EOT) &&
	       m->virq && !READ_ONCE(m->irq_masked);
}

static bool adm_advance_at_random(struct axi_dmac_model *m, size_t bytes)
{
	unsigned int events;

	for (events = 0; events < ADM_ROUNDS; events++)
		if (!adm_random_event(m, &bytes) || adm_wants_interrupt(m))
			break;
	return events;
}

/**
 * adm_advance() - let the core do some work
 * @m: model, locked
 * @bytes: data to move at most
 *
 * Return: whether it did anything.
 */
bool adm_advance(struct axi_dmac_model *m, size_t bytes)
{
	unsigned int rounds;
	bool busy = adm_tick(m);

	if (m->cfg.seed)
		return adm_advance_at_random(m, bytes) || busy;
	if (m->state != ADM_RUNNING || (m->control & ADM_CONTROL_PAUSE))
		return busy;
	for (rounds = 0; rounds < ADM_ROUNDS; rounds++) {
		if (!adm_round(m, &bytes))
			break;
		busy = true;
		if (!bytes || adm_wants_interrupt(m))
			break;
	}
	return busy;
}

/* The core does not wait for a reader, nor does it hurry */
static void adm_poll_at_random(struct axi_dmac_model *m)
{
	size_t left = ADM_CHUNK;
	u32 events = adm_up_to(m, ADM_EVENTS_PER_READ);

	while (events-- && adm_random_event(m, &left))
		;
}

/**
 * adm_poll() - a register is being read
 * @m: model, locked
 *
 * On the only CPU nothing else runs while a driver polls: reading is what makes
 * time pass.
 */
void adm_poll(struct axi_dmac_model *m)
{
	if (m->state != ADM_RUNNING) {
		if (!m->cfg.hold_shutdown)
			adm_tick(m);
		return;
	}
	if (!m->cfg.free_running)
		return;
	if (m->cfg.seed) {
		adm_poll_at_random(m);
		return;
	}
	adm_tick(m);
	adm_accept(m);
	if (++m->polls < ADM_PATIENCE)
		return;
	m->polls = 0;
	adm_advance(m, ADM_CHUNK);
}

/**
 * adm_update_line() - bring the interrupt pin up to date
 * @m: model, locked
 */
void adm_update_line(struct axi_dmac_model *m)
{
	bool line = m->source & ~m->mask;

	if (line && !m->line)
		m->raised = true;
	m->line = line;
}
