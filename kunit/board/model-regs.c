// SPDX-License-Identifier: GPL-2.0
/*
 * Register file of the simulated AXI-DMAC: what each offset reads, which bits
 * stick, and what a write sets off. The parameters of the core are visible in
 * the masks, as they are in the real core: that is how drivers probe it.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <linux/bits.h>
#include <linux/log2.h>
#include <linux/minmax.h>

#include "model.h"

#define ADM_MAGIC	0x444d4143	/* "DMAC" */
#define ADM_AUTORUN	BIT(24)
#define ADM_EXT_SYNC	BIT(25)
#define ADM_FRAMES	(7u << 27)	/* eight frames, stored minus one */

static u32 adm_low_mask(const struct axi_dmac_model *m, enum axi_dmac_model_bus type,
			unsigned int width)
{
	if (type != ADM_BUS_MM)
		return 0;
	return GENMASK_ULL(m->cfg.addr_width - 1, 0) & ~((u64)width - 1);
}

static u32 adm_high_mask(const struct axi_dmac_model *m, enum axi_dmac_model_bus type)
{
	if (type != ADM_BUS_MM || m->cfg.addr_width <= 32)
		return 0;
	return GENMASK_ULL(m->cfg.addr_width - 1, 0) >> 32;
}

/* Length bits that are stuck at one: only stream and FIFO sides count */
static u32 adm_length_stuck(const struct axi_dmac_model *m)
{
	unsigned int width = 1;

	if (m->cfg.src_type != ADM_BUS_MM)
		width = max(width, m->cfg.src_width);
	if (m->cfg.dest_type != ADM_BUS_MM)
		width = max(width, m->cfg.dest_width);
	return width - 1;
}

static u32 adm_stride_mask(const struct axi_dmac_model *m, unsigned int width)
{
	u32 mask = GENMASK_ULL(m->cfg.length_width - 1, 0);

	if (!m->cfg.twod)
		return 0;
	return adm_version(m, 4, 1, 'a') ? mask & ~(width - 1) : mask;
}

static void adm_mask(struct axi_dmac_model *m, unsigned int reg, u32 mask)
{
	m->wmask[reg / 4] = mask;
}

/**
 * adm_regs_init() - give every register its writable bits and its reset value
 * @m: model whose configuration is complete
 */
void adm_regs_init(struct axi_dmac_model *m)
{
	const struct axi_dmac_model_config *cfg = &m->cfg;
	u32 length = GENMASK_ULL(cfg->length_width - 1, 0);

	adm_mask(m, ADM_REG_SCRATCH, U32_MAX);
	adm_mask(m, ADM_REG_FLAGS, ADM_FLAG_LAST | (cfg->cyclic ? ADM_FLAG_CYCLIC : 0) |
		 (adm_version(m, 4, 2, 'a') ? ADM_FLAG_PARTIAL : 0));
	adm_mask(m, ADM_REG_DEST_ADDRESS, adm_low_mask(m, cfg->dest_type, cfg->dest_width));
	adm_mask(m, ADM_REG_SRC_ADDRESS, adm_low_mask(m, cfg->src_type, cfg->src_width));
	adm_mask(m, ADM_REG_DEST_ADDRESS_HIGH, adm_high_mask(m, cfg->dest_type));
	adm_mask(m, ADM_REG_SRC_ADDRESS_HIGH, adm_high_mask(m, cfg->src_type));
	adm_mask(m, ADM_REG_X_LENGTH, length);
	adm_mask(m, ADM_REG_Y_LENGTH, cfg->twod ? length : 0);
	adm_mask(m, ADM_REG_DEST_STRIDE, adm_stride_mask(m, cfg->dest_width));
	adm_mask(m, ADM_REG_SRC_STRIDE, adm_stride_mask(m, cfg->src_width));
	if (cfg->sg) {
		adm_mask(m, ADM_REG_SG_ADDRESS, adm_low_mask(m, ADM_BUS_MM, 8));
		adm_mask(m, ADM_REG_SG_ADDRESS_HIGH, adm_high_mask(m, ADM_BUS_MM));
	}

	m->mask = ADM_IRQ_SOT | ADM_IRQ_EOT;
	m->regs[ADM_REG_FLAGS / 4] = ADM_FLAG_LAST | (cfg->cyclic ? ADM_FLAG_CYCLIC : 0);
	m->regs[ADM_REG_X_LENGTH / 4] = adm_length_stuck(m);
	m->raw_length = adm_length_stuck(m);

	/* Out of reset it is at work, with parameters of its own */
	if (cfg->autorun) {
		m->control = ADM_CONTROL_ENABLE;
		m->submit = true;
		m->state = ADM_RUNNING;
	}
}

static u32 adm_interface_1(const struct axi_dmac_model *m)
{
	u32 val = 0;

	if (!adm_version(m, 4, 3, 'a'))
		return 0;
	val |= ilog2(m->cfg.dest_width) | m->cfg.dest_type << 4;
	val |= ilog2(m->cfg.src_width) << 8 | m->cfg.src_type << 12;
	if (adm_version(m, 4, 4, 'a'))
		val |= ilog2(m->cfg.burst_bytes) << 16;
	if (adm_version(m, 4, 5, 'd')) {
		val |= ADM_FRAMES;
		val |= m->cfg.autorun ? ADM_AUTORUN : 0;
		val |= m->cfg.ext_sync ? ADM_EXT_SYNC : 0;
	}
	return val;
}

static u32 adm_interface_2(const struct axi_dmac_model *m)
{
	u32 val = m->cfg.coherent;

	if (!adm_version(m, 4, 4, 'a'))
		return 0;
	if (adm_version(m, 4, 5, 'b'))
		val |= m->cfg.coherent ? 0x2f0 : 0x030;	/* AxPROT, AxCACHE */
	return val;
}

/* Bytes since the last EOT, but bursts where the destination is no memory */
static u32 adm_progress(struct axi_dmac_model *m)
{
	u64 bytes = m->measured;

	if (!(m->control & ADM_CONTROL_ENABLE))
		return 0;
	if (m->seg_head != m->seg_tail)
		bytes += adm_seg(m, m->seg_head)->moved;
	if (m->cfg.dest_type == ADM_BUS_MM)
		return bytes;
	return DIV_ROUND_UP_ULL(bytes, m->cfg.burst_bytes);
}

static u32 adm_done(const struct axi_dmac_model *m)
{
	return m->done | (m->partial_count ? ADM_DONE_PARTIAL : 0);
}

static u32 adm_debug(const struct axi_dmac_model *m, u32 val)
{
	return m->cfg.no_debug ? 0 : val;
}

/* The oldest descriptor that has not completed; the last one if there is none */
static u32 adm_descriptor_id(struct axi_dmac_model *m)
{
	const struct adm_segment *seg = adm_seg(m, m->seg_head);

	return m->seg_head != m->seg_tail && seg->hwdesc ? seg->id : m->desc_id;
}

/**
 * adm_peek() - value of a register without the side effect of reading it
 * @m: model, locked
 * @reg: byte offset, a multiple of 4 below ADM_APERTURE
 */
u32 adm_peek(struct axi_dmac_model *m, unsigned int reg)
{
	switch (reg) {
	case ADM_REG_VERSION:
		return m->cfg.version;
	case ADM_REG_PERIPHERAL_ID:
		return m->cfg.id;
	case ADM_REG_IDENTIFICATION:
		return ADM_MAGIC;
	case ADM_REG_INTERFACE_DESC_1:
		return adm_interface_1(m);
	case ADM_REG_INTERFACE_DESC_2:
		return adm_interface_2(m);
	case ADM_REG_IRQ_MASK:
		return m->mask;
	case ADM_REG_IRQ_PENDING:
		return m->source & ~m->mask;
	case ADM_REG_IRQ_SOURCE:
		return m->source;
	case ADM_REG_CONTROL:
		return m->control;
	case ADM_REG_TRANSFER_ID:
		return m->sot_id;
	case ADM_REG_SUBMIT:
		return m->submit;
	case ADM_REG_TRANSFER_DONE:
		return adm_done(m);
	case ADM_REG_ACTIVE_TRANSFER_ID:
		return m->eot_id;
	case ADM_REG_CURRENT_DEST_ADDRESS:
		return adm_debug(m, m->current_dest);
	case ADM_REG_CURRENT_SRC_ADDRESS:
		return adm_debug(m, m->current_src);
	case ADM_REG_CURRENT_DEST_HIGH:
		return adm_debug(m, m->current_dest >> 32);
	case ADM_REG_CURRENT_SRC_HIGH:
		return adm_debug(m, m->current_src >> 32);
	case ADM_REG_DEBUG_STATUS:
		return adm_debug(m, adm_debug_status(m));
	case ADM_REG_TRANSFER_PROGRESS:
		return adm_progress(m);
	case ADM_REG_PARTIAL_LENGTH:
		return m->partial[0].length;
	case ADM_REG_PARTIAL_ID:
		return m->partial[0].id;
	case ADM_REG_DESCRIPTOR_ID:
		return m->control & ADM_CONTROL_HWDESC ? adm_descriptor_id(m) : 0;
	default:
		return m->regs[reg / 4];
	}
}

static void adm_pop_partial(struct axi_dmac_model *m)
{
	unsigned int i;

	if (!m->partial_count)
		return;
	m->partial_count--;
	/* The last record stays visible, as stale data does in the real FIFO */
	for (i = 0; i < m->partial_count; i++)
		m->partial[i] = m->partial[i + 1];
}

/**
 * adm_read() - a bus read of a whole word, with its side effects
 * @m: model, locked
 * @reg: byte offset, a multiple of 4 below ADM_APERTURE
 */
u32 adm_read(struct axi_dmac_model *m, unsigned int reg)
{
	u32 val;

	m->stats.reads++;
	m->reg_reads[reg / 4]++;
	adm_poll(m);
	val = adm_peek(m, reg);
	if (reg == ADM_REG_PARTIAL_ID)
		adm_pop_partial(m);
	return val;
}

static bool adm_is_transfer_register(unsigned int reg)
{
	switch (reg) {
	case ADM_REG_FLAGS:
	case ADM_REG_DEST_ADDRESS:
	case ADM_REG_SRC_ADDRESS:
	case ADM_REG_DEST_ADDRESS_HIGH:
	case ADM_REG_SRC_ADDRESS_HIGH:
	case ADM_REG_X_LENGTH:
	case ADM_REG_Y_LENGTH:
	case ADM_REG_DEST_STRIDE:
	case ADM_REG_SRC_STRIDE:
	case ADM_REG_SG_ADDRESS:
	case ADM_REG_SG_ADDRESS_HIGH:
		return true;
	default:
		return false;
	}
}

/* Clearing CYCLIC under a running cyclic transfer is how one is ended */
static bool adm_is_live_write(const struct axi_dmac_model *m, unsigned int reg)
{
	if (!m->submit || !adm_is_transfer_register(reg))
		return false;
	return reg != ADM_REG_FLAGS || !(adm_reg(m, reg) & ADM_FLAG_CYCLIC);
}

static void adm_write_plain(struct axi_dmac_model *m, unsigned int reg, u32 val)
{
	m->regs[reg / 4] = val & m->wmask[reg / 4];
	switch (reg) {
	case ADM_REG_X_LENGTH:
		m->raw_length = val;
		if (adm_version(m, 4, 1, 'a'))
			m->regs[reg / 4] |= adm_length_stuck(m);
		break;
	case ADM_REG_DEST_ADDRESS:
		m->raw_dest = val;
		break;
	case ADM_REG_SRC_ADDRESS:
		m->raw_src = val;
		break;
	case ADM_REG_SG_ADDRESS:
		m->raw_sg = val;
		break;
	}
}

static void adm_write_flags(struct axi_dmac_model *m, u32 val)
{
	bool was_cyclic = adm_reg(m, ADM_REG_FLAGS) & ADM_FLAG_CYCLIC;

	adm_write_plain(m, ADM_REG_FLAGS, val);
	if (was_cyclic && !(adm_reg(m, ADM_REG_FLAGS) & ADM_FLAG_CYCLIC))
		adm_cyclic_cleared(m);
}

static void adm_write_submit(struct axi_dmac_model *m, u32 val)
{
	if (!(val & 1) || m->submit)
		return;
	if (!(m->control & ADM_CONTROL_ENABLE)) {
		adm_fault(m, ADM_ERR_SUBMIT_DISABLED, ADM_REG_SUBMIT, 0, val);
		return;
	}
	m->submit = true;
	m->accept_left = adm_up_to(m, m->cfg.accept_ticks);
	if (m->cfg.free_running && !m->cfg.seed)
		adm_accept(m);
}

/**
 * adm_write() - a bus write of a whole word
 * @m: model, locked
 * @reg: byte offset, a multiple of 4 below ADM_APERTURE
 * @val: the word
 */
void adm_write(struct axi_dmac_model *m, unsigned int reg, u32 val)
{
	m->stats.writes++;
	m->reg_writes[reg / 4]++;
	if (adm_is_live_write(m, reg))
		adm_fault(m, ADM_ERR_LIVE_REGISTER, reg, 0, val);

	switch (reg) {
	case ADM_REG_IRQ_MASK:
		m->mask = val & (ADM_IRQ_SOT | ADM_IRQ_EOT);
		break;
	case ADM_REG_IRQ_PENDING:
		m->source &= ~val;
		if (val & ADM_IRQ_EOT)
			m->eot_pending = 0;
		break;
	case ADM_REG_CONTROL:
		adm_control(m, val);
		break;
	case ADM_REG_SUBMIT:
		adm_write_submit(m, val);
		break;
	case ADM_REG_FLAGS:
		adm_write_flags(m, val);
		break;
	default:
		adm_write_plain(m, reg, val);
	}
}
