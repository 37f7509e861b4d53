// SPDX-License-Identifier: GPL-2.0
/*
 * Erratum of the replay. The core requests data some bursts ahead of what arrives.
 * When a packet ends early, it takes back what it has requested beyond that, but only
 * of the segment that it is at, which it knows by one bit of its number. Where it has
 * come through the next segment by then, and is at the one behind, it takes that one
 * for the one that has ended: the next one is never requested again, and the one
 * behind may not be either.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include "model.h"

static u64 adm_all_bursts(const struct axi_dmac_model *m, const struct adm_segment *seg)
{
	return seg->rows * adm_bursts(m, seg->cols);
}

static u64 adm_bursts_left(const struct axi_dmac_model *m, const struct adm_segment *seg)
{
	return (seg->rows - seg->row) * adm_bursts(m, seg->cols) - adm_bursts(m, seg->col);
}

static void adm_lose(struct adm_segment *seg)
{
	seg->lost = true;
	seg->odd = true;
	seg->ended = true;
}

/**
 * adm_replay() - a packet has ended early
 * @m: model, locked
 * @seg: segment whose data moves; it has LAST
 */
void adm_replay(struct axi_dmac_model *m, const struct adm_segment *seg)
{
	struct adm_segment *next = adm_seg(m, m->seg_move + 1);

	if (m->seg_tail - m->seg_move < 3)
		return;
	if (adm_bursts_left(m, seg) + adm_all_bursts(m, next) > m->cfg.look_ahead)
		return;
	if (!adm_strikes(m, ADM_ERRATUM_REPLAY))
		return;
	adm_lose(next);
	adm_lose(adm_seg(m, m->seg_move + 2));
}
