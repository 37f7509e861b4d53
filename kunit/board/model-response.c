// SPDX-License-Identifier: GPL-2.0
/*
 * Completion: what the registers show when the response to a segment's last
 * burst has come back. EOTs are only counted; nothing ties one to the request
 * it belongs to, which is why a driver has to count along.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include "model.h"

/**
 * adm_eot() - signal the end of a transfer
 * @m: model, locked
 *
 * While ENABLE is 0 the event is still latched, but no longer counted.
 */
void adm_eot(struct axi_dmac_model *m)
{
	m->source |= ADM_IRQ_EOT;
	m->stats.eot++;
	m->eot_pending++;
	m->measured = 0;
	if (m->state != ADM_RUNNING)
		return;
	m->done |= BIT(m->eot_id);
	m->eot_id = (m->eot_id + 1) % 4;
}

/* Before 4.6.a a cyclic transfer is silent for as long as the flag is set */
static bool adm_is_silent_pass(const struct axi_dmac_model *m, const struct adm_segment *seg)
{
	return !seg->hwdesc && !adm_version(m, 4, 6, 'a') &&
	       (adm_reg(m, ADM_REG_FLAGS) & ADM_FLAG_CYCLIC);
}

/* Segments behind an early end of a packet; cores from 4.5.a on lose their EOT */
static void adm_respond_discarded(struct axi_dmac_model *m, const struct adm_segment *seg)
{
	if (adm_version(m, 4, 5, 'a'))
		m->measured += m->cfg.burst_bytes;
	else if (seg->eot)
		adm_eot(m);
}

/**
 * adm_end_segment() - a segment is taken to be over
 * @m: model, locked
 * @seg: the segment
 */
void adm_end_segment(struct axi_dmac_model *m, const struct adm_segment *seg)
{
	if (adm_is_silent_pass(m, seg))
		m->measured = 0;
	else if (seg->eot && !seg->silent)
		adm_eot(m);
}

static void adm_respond(struct axi_dmac_model *m, const struct adm_segment *seg)
{
	m->measured += seg->moved;
	adm_end_segment(m, seg);
}

static bool adm_is_held(struct axi_dmac_model *m, const struct adm_segment *seg)
{
	return adm_awaits_length(m, seg) || adm_awaits_room(m, seg);
}

static void adm_respond_oddly(struct axi_dmac_model *m, const struct adm_segment *seg)
{
	if (seg->lost)
		return;
	if (seg->discarded) {
		adm_respond_discarded(m, seg);
		return;
	}
	if (seg->no_length)
		adm_issue_tail(m, seg);
	m->measured += seg->moved;
	adm_record(m, seg);
	if (!seg->unnoted)
		adm_end_segment(m, seg);
}

/**
 * adm_complete() - complete the oldest segment
 * @m: model, locked
 *
 * Return: whether there was one whose data is through.
 */
bool adm_complete(struct axi_dmac_model *m)
{
	struct adm_segment *seg = adm_seg(m, m->seg_head);

	if (m->seg_head == m->seg_tail || !seg->ended)
		return false;
	if (seg->odd && adm_is_held(m, seg))
		return false;
	if (seg->odd)
		adm_respond_oddly(m, seg);
	else
		adm_respond(m, seg);

	if (seg->hwdesc)
		m->desc_id = seg->id;
	if (m->seg_move == m->seg_head)
		m->seg_move++;
	m->seg_head++;
	m->stats.segments++;
	if (seg->ends_request && m->outstanding)
		m->outstanding--;
	return true;
}
