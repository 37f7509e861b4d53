// SPDX-License-Identifier: GPL-2.0
/*
 * Records of packets that ended early: a FIFO of a few. A response that finds it full
 * waits until one is read, and so do all behind it.
 *
 * Erratum of the records: with scatter-gather, if a second record has to wait, then the
 * interrupt flags of all descriptors that were fetched are taken out together. They are
 * counted as ends as soon as there is room for a record, whatever their data does; and
 * on a core with 2D transfers there is no response any more.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include "model.h"

/*
 * PARTIAL_REPORTING_EN is looked at when the response comes, not when the request was
 * accepted.
 */
static bool adm_has_record(const struct axi_dmac_model *m, const struct adm_segment *seg)
{
	if (!seg->partial || m->state != ADM_RUNNING)
		return false;
	if (!seg->eot && !seg->silent && !m->cfg.records_without_eot)
		return false;
	return adm_reg(m, ADM_REG_FLAGS) & ADM_FLAG_PARTIAL;
}

static void adm_wait_for_room(struct axi_dmac_model *m)
{
	unsigned int i, waiting = 0;

	for (i = m->seg_head; i != m->seg_move; i++) {
		adm_seg(m, i)->length_lost = true;
		waiting += adm_has_record(m, adm_seg(m, i));
	}
	if (waiting > 1 && m->hwdesc && !m->flags_lost)
		m->flags_lost = adm_strikes(m, ADM_ERRATUM_RECORDS);
}

static void adm_count_all(struct axi_dmac_model *m)
{
	unsigned int i;

	for (i = m->seg_head; i != m->seg_tail; i++) {
		if (adm_seg(m, i)->eot)
			adm_eot(m);
		adm_seg(m, i)->eot = false;
	}
	m->flags_lost = false;
}

/**
 * adm_awaits_room() - does a segment's response wait for room for its record?
 * @m: model, locked
 * @seg: oldest segment, whose data is through
 */
bool adm_awaits_room(struct axi_dmac_model *m, const struct adm_segment *seg)
{
	if (m->flags_lost && m->cfg.twod)
		return true;
	if (!adm_has_record(m, seg))
		return false;
	if (m->partial_count == ADM_PARTIALS) {
		adm_wait_for_room(m);
		return true;
	}
	if (m->flags_lost)
		adm_count_all(m);
	return false;
}

/**
 * adm_record() - keep a record of a segment, if it is to have one
 * @m: model, locked
 * @seg: segment that does not wait for room
 */
void adm_record(struct axi_dmac_model *m, const struct adm_segment *seg)
{
	u64 mask = m->cfg.twod ? U32_MAX : GENMASK_ULL(m->cfg.length_width - 1, 0);

	if (!adm_has_record(m, seg))
		return;
	m->partial[m->partial_count++] = (struct adm_partial) {
		.id = m->eot_id,
		.length = seg->length_lost ? 0 : m->measured & mask,
	};
}
