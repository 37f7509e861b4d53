// SPDX-License-Identifier: GPL-2.0
/*
 * Acceptance of requests: the moment when SUBMIT falls, SOT is raised and the
 * transfer registers are sampled. Until then they are live; and a cyclic
 * request is accepted again and again.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include "model.h"

static bool adm_is_cyclic(const struct axi_dmac_model *m)
{
	return !m->hwdesc && (adm_reg(m, ADM_REG_FLAGS) & ADM_FLAG_CYCLIC);
}

/* Cores from 4.6.a on count a cyclic transfer once, and end it on demand */
static bool adm_has_clean_cyclic(const struct axi_dmac_model *m)
{
	return adm_version(m, 4, 6, 'a');
}

static u64 adm_address(const struct axi_dmac_model *m, unsigned int low, unsigned int high)
{
	return (u64)adm_reg(m, high) << 32 | adm_reg(m, low);
}

static void adm_check_registers(struct axi_dmac_model *m)
{
	u32 stuck = adm_reg(m, ADM_REG_X_LENGTH) & ~m->raw_length;

	if (m->cfg.src_type == ADM_BUS_MM && (m->raw_src & (m->cfg.src_width - 1)))
		adm_fault(m, ADM_ERR_BUS_ALIGN, ADM_REG_SRC_ADDRESS, m->raw_src, 0);
	if (m->cfg.dest_type == ADM_BUS_MM && (m->raw_dest & (m->cfg.dest_width - 1)))
		adm_fault(m, ADM_ERR_BUS_ALIGN, ADM_REG_DEST_ADDRESS, m->raw_dest, 0);
	if (stuck)
		adm_fault(m, ADM_ERR_LENGTH_ALIGN, ADM_REG_X_LENGTH, 0, m->raw_length);
}

static void adm_take_registers(struct axi_dmac_model *m)
{
	bool behind = m->seg_head != m->seg_tail;
	struct adm_segment *seg = adm_seg(m, m->seg_tail++);

	adm_check_registers(m);
	*seg = (struct adm_segment) {
		.src = adm_address(m, ADM_REG_SRC_ADDRESS, ADM_REG_SRC_ADDRESS_HIGH),
		.dest = adm_address(m, ADM_REG_DEST_ADDRESS, ADM_REG_DEST_ADDRESS_HIGH),
		.cols = (u64)adm_reg(m, ADM_REG_X_LENGTH) + 1,
		.rows = (u64)adm_reg(m, ADM_REG_Y_LENGTH) + 1,
		.src_stride = adm_reg(m, ADM_REG_SRC_STRIDE),
		.dest_stride = adm_reg(m, ADM_REG_DEST_STRIDE),
		.last = adm_reg(m, ADM_REG_FLAGS) & ADM_FLAG_LAST,
		.eot = !(adm_is_cyclic(m) && adm_has_clean_cyclic(m)),
		.ends_request = true,
		.behind = behind,
		.ended = m->cfg.mover == ADM_MOVER_INSTANT,
	};
}

static void adm_take_head(struct axi_dmac_model *m)
{
	unsigned int index = (m->head_first + m->head_count++) % ADM_MAX_DEPTH;

	if (m->raw_sg & 7)
		adm_fault(m, ADM_ERR_DESC_ALIGN, ADM_REG_SG_ADDRESS, m->raw_sg, 0);
	m->heads[index] = adm_address(m, ADM_REG_SG_ADDRESS, ADM_REG_SG_ADDRESS_HIGH);
}

static void adm_sot(struct axi_dmac_model *m)
{
	m->source |= ADM_IRQ_SOT;
	m->done &= ~BIT(m->sot_id);
	m->sot_id = (m->sot_id + 1) % 4;
	m->stats.sot++;
}

static bool adm_may_accept(const struct axi_dmac_model *m)
{
	if (!m->submit || m->accept_left || m->state != ADM_RUNNING)
		return false;
	if (m->control & ADM_CONTROL_PAUSE)
		return false;
	return m->outstanding < m->cfg.queue_depth;
}

/* What the registers show of an acceptance */
static void adm_acknowledge_request(struct axi_dmac_model *m)
{
	if (!adm_is_cyclic(m)) {
		m->submit = false;
		adm_sot(m);
		return;
	}
	if (!adm_has_clean_cyclic(m))
		return;
	if (!m->cyclic_run)
		adm_sot(m);
	m->cyclic_run = true;
}

/**
 * adm_accept() - accept the pending request, if there is one and room for it
 * @m: model, locked
 *
 * Return: whether a request was accepted.
 */
bool adm_accept(struct axi_dmac_model *m)
{
	if (!adm_may_accept(m))
		return false;
	if (m->lose_next) {
		m->lose_next = false;
		adm_acknowledge_request(m);
		return true;
	}

	if (m->hwdesc)
		adm_take_head(m);
	else
		adm_take_registers(m);
	adm_acknowledge_request(m);
	m->outstanding++;
	m->stats.max_outstanding = max_t(u64, m->stats.max_outstanding, m->outstanding);
	return true;
}

/**
 * adm_cyclic_cleared() - FLAGS.CYCLIC went from 1 to 0
 * @m: model, locked
 *
 * Before 4.6.a nothing happens at once: the request that is still in SUBMIT
 * becomes an ordinary one. From then on the last pass in flight is the end.
 */
void adm_cyclic_cleared(struct axi_dmac_model *m)
{
	if (!m->cyclic_run)
		return;
	m->cyclic_run = false;
	m->submit = false;
	if (m->seg_head == m->seg_tail)
		adm_eot(m);
	else
		adm_seg(m, m->seg_tail - 1)->eot = true;
}
