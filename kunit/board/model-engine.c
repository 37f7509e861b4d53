// SPDX-License-Identifier: GPL-2.0
/*
 * The core at work when nobody steps it: accept, fetch, move and complete for
 * as long as there is something to do.
 */

#include "model.h"

/* Reads after which a reader must be polling, and the data has to move on */
#define ADM_PATIENCE	64

static bool adm_round(struct axi_dmac_model *m, size_t bytes, size_t *moved)
{
	bool busy = false;
	size_t len;

	while (adm_accept(m))
		busy = true;
	while (adm_fetch(m))
		busy = true;
	len = adm_move(m, bytes);
	*moved += len;
	while (adm_complete(m))
		busy = true;
	return busy || len;
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
	size_t moved = 0;

	if (m->state != ADM_RUNNING || (m->control & ADM_CONTROL_PAUSE))
		return busy;
	for (rounds = 0; rounds < 64 && moved < bytes; rounds++) {
		if (!adm_round(m, bytes - moved, &moved))
			break;
		busy = true;
	}
	return busy;
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
