// SPDX-License-Identifier: GPL-2.0
/*
 * Descriptor fetcher: follows chains in memory, a few descriptors ahead of the
 * data. Each descriptor is read once; what a driver changes in it afterwards
 * has no effect before the next lap.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <linux/minmax.h>
#include <linux/string.h>
#include <linux/unaligned.h>

#include "model.h"

/* Field offsets; note that the source stride comes first */
#define ADM_DESC_FLAGS		0x00
#define ADM_DESC_ID		0x04
#define ADM_DESC_DEST		0x08
#define ADM_DESC_SRC		0x10
#define ADM_DESC_NEXT		0x18
#define ADM_DESC_Y_LENGTH	0x20
#define ADM_DESC_X_LENGTH	0x24
#define ADM_DESC_SRC_STRIDE	0x28
#define ADM_DESC_DEST_STRIDE	0x2c

static u64 adm_desc_address(struct axi_dmac_model *m, u64 addr, enum axi_dmac_model_bus type,
			    unsigned int width)
{
	if (type != ADM_BUS_MM)
		return 0;
	if (addr & (width - 1))
		adm_fault(m, ADM_ERR_BUS_ALIGN, 0, addr, width);
	return addr & GENMASK_ULL(m->cfg.addr_width - 1, 0) & ~((u64)width - 1);
}

/* The core moves whole beats of its stream side, whatever the length says */
static u64 adm_desc_cols(struct axi_dmac_model *m, u32 x_length)
{
	u64 cols = (x_length & GENMASK_ULL(m->cfg.length_width - 1, 0)) + 1;
	u64 beat = 1;

	if (m->cfg.src_type != ADM_BUS_MM)
		beat = max_t(u64, beat, m->cfg.src_width);
	if (m->cfg.dest_type != ADM_BUS_MM)
		beat = max_t(u64, beat, m->cfg.dest_width);
	if (cols & (beat - 1))
		adm_fault(m, ADM_ERR_LENGTH_ALIGN, 0, 0, cols);
	return ALIGN(cols, beat);
}

/* Patterns that allocators leave in memory they have taken back */
static bool adm_is_poison(const u8 *desc)
{
	static const u8 poison[] = { 0x6b, 0xa7, 0xaa };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(poison); i++)
		if (!memchr_inv(desc, poison[i], ADM_DESC_SIZE))
			return true;
	return false;
}

static const u8 *adm_desc_memory(struct axi_dmac_model *m, u64 addr)
{
	const u8 *desc;

	if ((addr & (SZ_4K - 1)) + ADM_DESC_SIZE > SZ_4K)
		adm_fault(m, ADM_ERR_DESC_4K, 0, addr, ADM_DESC_SIZE);
	desc = adm_memory(m, addr, ADM_DESC_SIZE);
	if (desc && adm_is_poison(desc))
		adm_fault(m, ADM_ERR_FREED, 0, addr, ADM_DESC_SIZE);
	return desc;
}

/* Towards a stream the flag of the register should be meant for chains */
static bool adm_ends_packet(const struct axi_dmac_model *m, u32 flags)
{
	if (!(adm_reg(m, ADM_REG_FLAGS) & ADM_FLAG_LAST))
		return false;
	return m->cfg.src_type != ADM_BUS_MM || adm_has(m, ADM_ERRATUM_TLAST) ||
	       (flags & ADM_DESC_LAST);
}

static void adm_decode(struct axi_dmac_model *m, const u8 *desc)
{
	bool behind = m->seg_head != m->seg_tail;
	struct adm_segment *seg = adm_seg(m, m->seg_tail++);
	u32 flags = get_unaligned_le32(desc + ADM_DESC_FLAGS);
	u64 next = get_unaligned_le64(desc + ADM_DESC_NEXT);

	*seg = (struct adm_segment) {
		.src = adm_desc_address(m, get_unaligned_le64(desc + ADM_DESC_SRC),
					m->cfg.src_type, m->cfg.src_width),
		.dest = adm_desc_address(m, get_unaligned_le64(desc + ADM_DESC_DEST),
					 m->cfg.dest_type, m->cfg.dest_width),
		.cols = adm_desc_cols(m, get_unaligned_le32(desc + ADM_DESC_X_LENGTH)),
		.rows = 1,
		.id = get_unaligned_le32(desc + ADM_DESC_ID),
		.last = adm_ends_packet(m, flags),
		.eot = flags & ADM_DESC_IRQ,
		.ends_request = flags & ADM_DESC_LAST,
		.hwdesc = true,
		.behind = behind,
	};
	if (m->cfg.twod) {
		u32 length = GENMASK_ULL(m->cfg.length_width - 1, 0);

		seg->rows = (u64)(get_unaligned_le32(desc + ADM_DESC_Y_LENGTH) & length) + 1;
		seg->src_stride = get_unaligned_le32(desc + ADM_DESC_SRC_STRIDE) & length;
		seg->dest_stride = get_unaligned_le32(desc + ADM_DESC_DEST_STRIDE) & length;
	}

	m->chain_active = !seg->ends_request;
	if (!m->chain_active)
		return;
	if (next & 7)
		adm_fault(m, ADM_ERR_DESC_ALIGN, 0, next, ADM_DESC_SIZE);
	m->desc_addr = next & GENMASK_ULL(m->cfg.addr_width - 1, 3);
}

static bool adm_next_chain(struct axi_dmac_model *m)
{
	if (!m->head_count)
		return false;
	m->desc_addr = m->heads[m->head_first];
	m->head_first = (m->head_first + 1) % ADM_MAX_DEPTH;
	m->head_count--;
	m->chain_active = true;
	return true;
}

static bool adm_may_fetch(const struct axi_dmac_model *m)
{
	if (m->state != ADM_RUNNING || !m->hwdesc || (m->control & ADM_CONTROL_PAUSE))
		return false;
	if (m->seg_tail - m->seg_head >= ADM_SEGMENTS - 1)
		return false;
	return m->seg_tail - m->seg_move < m->cfg.prefetch;
}

/* Nobody looks at it: the chain is one segment that has ended */
static void adm_skip_chain(struct axi_dmac_model *m)
{
	*adm_seg(m, m->seg_tail++) = (struct adm_segment) {
		.eot = true,
		.ends_request = true,
		.hwdesc = true,
		.ended = true,
	};
	m->chain_active = false;
}

/*
 * What cannot be read is a descriptor that ends its chain with an interrupt and has
 * moved nothing. (Out of line: chains that nobody looks at shall cost nothing.)
 */
static noinline void adm_read_descriptor(struct axi_dmac_model *m)
{
	static const u8 nothing[ADM_DESC_SIZE] = { ADM_DESC_LAST | ADM_DESC_IRQ };
	const u8 *desc = adm_desc_memory(m, m->desc_addr);

	adm_decode(m, desc ?: nothing);
	if (!desc)
		adm_seg(m, m->seg_tail - 1)->ended = true;
}

/**
 * adm_fetch() - fetch one descriptor
 * @m: model, locked
 *
 * Read errors do not stop the real core.
 *
 * Return: whether there was one to fetch, and room for it.
 */
bool adm_fetch(struct axi_dmac_model *m)
{
	if (!adm_may_fetch(m))
		return false;
	if (!m->chain_active && !adm_next_chain(m))
		return false;
	m->stats.descriptors++;
	if (m->cfg.mover == ADM_MOVER_INSTANT)
		adm_skip_chain(m);
	else
		adm_read_descriptor(m);
	return true;
}

/**
 * adm_pause_fetcher() - the fetcher is told to wait
 * @m: model, locked
 *
 * Erratum of the pause: if it holds a descriptor that has not been handed on, then it
 * goes idle all the same, and starts anew with the next chain.
 */
void adm_pause_fetcher(struct axi_dmac_model *m)
{
	if (!m->chain_active || !adm_strikes(m, ADM_ERRATUM_PAUSE))
		return;
	m->chain_active = false;
	m->outstanding--;
}
