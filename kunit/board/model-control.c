// SPDX-License-Identifier: GPL-2.0
/*
 * ENABLE, PAUSE and HWDESC: how the core starts, and how it stops. The register
 * side forgets everything at once when ENABLE goes away; the data side goes on
 * for a while, and only an undocumented status word tells when it is quiet.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <linux/ktime.h>

#include "model.h"

/* Fields of the debug status word */
#define ADM_DEBUG_RUNNING	0x774
#define ADM_DEBUG_PAUSED	0x702
#define ADM_DEBUG_QUIET		0x701
#define ADM_DEBUG_DRAINING	0xf15
#define ADM_DEBUG_IN_RESET	0x001
#define ADM_DEBUG_SG_ENABLED	BIT(3)
#define ADM_DEBUG_SG_RESETN	BIT(7)

/**
 * adm_debug_status() - the word at ADM_REG_DEBUG_STATUS
 * @m: model, locked
 */
u32 adm_debug_status(const struct axi_dmac_model *m)
{
	u32 sg = m->cfg.sg ? ADM_DEBUG_SG_RESETN : 0;

	switch (m->state) {
	case ADM_RUNNING:
		if (m->control & ADM_CONTROL_PAUSE)
			return ADM_DEBUG_PAUSED | sg;
		return ADM_DEBUG_RUNNING | sg | (m->hwdesc ? ADM_DEBUG_SG_ENABLED : 0);
	case ADM_DRAINING:
		return ADM_DEBUG_DRAINING | sg;
	case ADM_IN_RESET:
		return ADM_DEBUG_IN_RESET;
	default:
		return ADM_DEBUG_QUIET | sg;
	}
}

static void adm_reset_datapath(struct axi_dmac_model *m)
{
	m->seg_head = 0;
	m->seg_move = 0;
	m->seg_tail = 0;
	m->outstanding = 0;
	m->head_first = 0;
	m->head_count = 0;
	m->chain_active = false;
	m->discarding = false;
	m->sink_holds = false;
	m->one_behind = false;
	m->flags_lost = false;
	m->measured = 0;
}

static void adm_disable(struct axi_dmac_model *m)
{
	m->submit = false;
	m->cyclic_run = false;
	m->lose_next = false;
	m->sot_id = 0;
	m->eot_id = 0;
	m->done = 0;
	m->partial_count = 0;
	m->late_left = adm_up_to(m, m->cfg.late_bytes);
	m->quiesce_left = adm_up_to(m, m->cfg.quiesce_ticks);
	m->disabled_at = ktime_get();
	m->state = ADM_DRAINING;
}

static bool adm_drain_data(struct axi_dmac_model *m)
{
	size_t len;

	if (!m->late_left)
		return false;
	len = adm_move(m, m->late_left);
	m->late_left = len ? m->late_left - len : 0;
	return len;
}

/* A beat that was offered to the sink stays offered until it is taken */
static bool adm_drain_held_beat(struct axi_dmac_model *m)
{
	const u8 *beat = m->cfg.mover == ADM_MOVER_FULL ? m->held_beat : NULL;
	ssize_t n = m->held_len;

	if (!m->sink_holds || m->sink_flush)
		return true;
	if (m->stream && m->stream->consume)
		n = m->stream->consume(m->stream_priv, beat, m->held_len, false);
	m->sink_holds = n <= 0;
	return n > 0;
}

/* A burst that was complete keeps waiting for its address */
static bool adm_holds_burst(struct axi_dmac_model *m)
{
	struct adm_segment *seg = adm_seg(m, m->seg_head);

	return m->seg_head != m->seg_tail && seg->ended && adm_awaits_length(m, seg);
}

static bool adm_tick_draining(struct axi_dmac_model *m)
{
	bool busy = adm_drain_data(m);

	while (adm_complete(m))
		busy = true;
	if (busy)
		return true;
	if (adm_holds_burst(m))
		return false;
	if (!adm_drain_held_beat(m) || m->quiesce_left == ADM_NEVER)
		return false;
	if (m->quiesce_left) {
		m->quiesce_left--;
		return true;
	}
	m->state = ADM_RESET_AHEAD;
	return true;
}

/**
 * adm_tick() - let a little time pass
 * @m: model, locked
 *
 * Return: whether anything changed.
 */
bool adm_tick(struct axi_dmac_model *m)
{
	switch (m->state) {
	case ADM_RUNNING:
		if (!m->submit || !m->accept_left)
			return false;
		m->accept_left--;
		return true;
	case ADM_DRAINING:
		return adm_tick_draining(m);
	case ADM_RESET_AHEAD:
		adm_reset_datapath(m);
		m->state = ADM_IN_RESET;
		return true;
	case ADM_IN_RESET:
		m->state = ADM_QUIET;
		return true;
	default:
		return false;
	}
}

/* An EOT that belongs to what ran before comes in after the restart */
static void adm_leave_late_response(struct axi_dmac_model *m)
{
	*adm_seg(m, m->seg_tail++) = (struct adm_segment) {
		.eot = true, .ended = true,
	};
}

static void adm_enable_early(struct axi_dmac_model *m, u32 val)
{
	bool busy = m->seg_head != m->seg_tail;

	adm_fault(m, ADM_ERR_ENABLE_BUSY, ADM_REG_CONTROL, 0, val);
	if (m->hwdesc != !!(val & ADM_CONTROL_HWDESC))
		adm_fault(m, ADM_ERR_HWDESC_BUSY, ADM_REG_CONTROL, 0, val);
	adm_reset_datapath(m);
	if (m->cfg.early == ADM_EARLY_LOST)
		m->lose_next = true;
	else if (busy)
		adm_leave_late_response(m);
}

/*
 * The thread that would have finished the shutdown may not have had the CPU, but
 * hardware would have been quick: a microsecond counts as a tick.
 */
static void adm_catch_up(struct axi_dmac_model *m)
{
	s64 ticks = ktime_us_delta(ktime_get(), m->disabled_at);

	if (!m->cfg.free_running || m->cfg.hold_shutdown)
		return;
	while (ticks-- > 0 && adm_tick(m))
		;
}

static void adm_enable(struct axi_dmac_model *m, u32 val)
{
	if (m->state != ADM_QUIET)
		adm_catch_up(m);
	if (m->state != ADM_QUIET)
		adm_enable_early(m, val);
	m->hwdesc = val & ADM_CONTROL_HWDESC;
	m->state = ADM_RUNNING;
}

/**
 * adm_control() - write to CONTROL
 * @m: model, locked
 * @val: word written
 */
void adm_control(struct axi_dmac_model *m, u32 val)
{
	u32 old = m->control;

	val &= ADM_CONTROL_ENABLE | ADM_CONTROL_PAUSE | (m->cfg.sg ? ADM_CONTROL_HWDESC : 0);
	m->control = val;
	if (!(val & ADM_CONTROL_ENABLE)) {
		if (old & ADM_CONTROL_ENABLE)
			adm_disable(m);
		return;
	}
	if (!(old & ADM_CONTROL_ENABLE))
		adm_enable(m, val);
	else if ((old ^ val) & ADM_CONTROL_HWDESC)
		adm_fault(m, ADM_ERR_HWDESC_BUSY, ADM_REG_CONTROL, 0, val);
	else if (val & ~old & ADM_CONTROL_PAUSE)
		adm_pause_fetcher(m);
}
