// SPDX-License-Identifier: GPL-2.0
/*
 * Erratum of the last burst. On the way to memory, the core measures the last burst
 * of each segment when its data is complete, and issues the address of the burst with
 * that length. It keeps one length at a time, and it may let go of one too early: of
 * that of a segment which is a single burst, not a full one, and complete before the
 * address of the segment in front is issued.
 *
 * The address of such a burst waits for the length of the segment behind, which may
 * be another one, or never come; and so do all that follow. What waits for its address
 * is in the core's memory, here in the store of tails.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <linux/minmax.h>
#include <linux/string.h>

#include "model.h"

static u64 adm_tail_start(const struct axi_dmac_model *m, const struct adm_segment *seg)
{
	return round_down(seg->cols - 1, m->cfg.burst_bytes);
}

static u8 *adm_store(struct axi_dmac_model *m, const struct adm_segment *seg)
{
	return m->tails + (seg - m->seg) * m->cfg.burst_bytes;
}

static bool adm_is_short_burst(const struct axi_dmac_model *m, const struct adm_segment *seg)
{
	return seg->rows == 1 && seg->cols < m->cfg.burst_bytes;
}

/**
 * adm_lose_length() - a segment begins; is its length lost?
 * @m: model, locked
 * @seg: segment whose destination is memory
 */
void adm_lose_length(struct axi_dmac_model *m, struct adm_segment *seg)
{
	if (!adm_has(m, ADM_ERRATUM_SHORT_BURST))
		m->one_behind = false;
	else if (!m->one_behind && seg->behind && adm_is_short_burst(m, seg))
		m->one_behind = adm_strikes(m, ADM_ERRATUM_SHORT_BURST);
	seg->no_length = m->one_behind;
	seg->odd |= seg->no_length;
}

/**
 * adm_tail() - where data of a last burst goes that has no address yet
 * @m: model, locked
 * @seg: segment without a length
 * @len: bytes that follow; reduced where the last burst begins
 *
 * Return: where in the store, or NULL if this is not the last burst.
 */
void *adm_tail(struct axi_dmac_model *m, struct adm_segment *seg, size_t *len)
{
	u64 start = adm_tail_start(m, seg);

	if (seg->row + 1 < seg->rows)
		return NULL;
	if (seg->col < start) {
		*len = min_t(u64, *len, start - seg->col);
		return NULL;
	}
	return adm_store(m, seg) + (seg->col - start);
}

/**
 * adm_awaits_length() - does the address of a segment wait for the next one's length?
 * @m: model, locked
 * @seg: oldest segment, whose data is through
 */
bool adm_awaits_length(struct axi_dmac_model *m, const struct adm_segment *seg)
{
	if (!seg->no_length || !adm_has(m, ADM_ERRATUM_SHORT_BURST))
		return false;
	return m->seg_head + 1 == m->seg_tail || !adm_seg(m, m->seg_head + 1)->ended;
}

/* As many bytes as it has moved, back to where a burst began */
static size_t adm_last_length(const struct axi_dmac_model *m, const struct adm_segment *seg)
{
	return seg->moved ? ((seg->col - 1) & (m->cfg.burst_bytes - 1)) + 1 : m->cfg.burst_bytes;
}

static size_t adm_borrow_length(struct axi_dmac_model *m, const struct adm_segment *seg)
{
	if (m->seg_head + 1 == m->seg_tail)
		return adm_last_length(m, seg);
	return adm_last_length(m, adm_seg(m, m->seg_head + 1));
}

/**
 * adm_issue_tail() - the last burst of a segment has got an address and a length
 * @m: model, locked
 * @seg: oldest segment
 *
 * What is beyond its own data is left over in the store from another one.
 */
void adm_issue_tail(struct axi_dmac_model *m, const struct adm_segment *seg)
{
	u64 start = seg->dest + (seg->rows - 1) * seg->dest_stride + adm_tail_start(m, seg);
	u64 addr = start & GENMASK_ULL(m->cfg.addr_width - 1, 0);
	size_t len = adm_borrow_length(m, seg);
	void *mem;

	if (seg->col <= adm_tail_start(m, seg) || m->cfg.mover == ADM_MOVER_NONE)
		return;
	mem = adm_memory(m, addr, len);
	if (!mem)
		return;
	memcpy(mem, adm_store(m, seg), len);
	adm_testify(m, addr, len, true);
}
