// SPDX-License-Identifier: GPL-2.0-only
/*
 * Every access to a register of the core, so that the rules of the register
 * interface can be seen to be kept by reading one file. The register map's
 * documentation has the names; these rules are from the HDL source:
 *
 * - The transfer registers feed the core directly and are sampled when a
 *   request is accepted, which may be long after SUBMIT was written. They may
 *   be written only while SUBMIT reads 0; the callers see to that.
 * - They keep their values, also through a stop. A value that is there already
 *   is not written again.
 * - Clearing ENABLE takes effect at once on the registers only. Behind them,
 *   bursts that were issued are completed, which lasts for as long as the bus or
 *   the sink likes. Setting ENABLE again before that is over loses requests or
 *   counts completions of the past.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <linux/debugfs.h>
#include <linux/device.h>
#include <linux/io.h>
#include <linux/iopoll.h>

#include <dt-bindings/dma/axi-dmac.h>

#include "axi-dmac.h"

/*
 * Cores without the state register give no sign; this is a thousand times more
 * than an undisturbed core needs.
 */
#define AXI_DMAC_BLIND_WAIT_US	10000

static const u16 axi_dmac_shadow_regs[AXI_DMAC_SHADOWS] = {
	[AXI_DMAC_SHADOW_FLAGS] = AXI_DMAC_REG_FLAGS,
	[AXI_DMAC_SHADOW_DST] = AXI_DMAC_REG_DST_ADDRESS,
	[AXI_DMAC_SHADOW_DST_HIGH] = AXI_DMAC_REG_DST_ADDRESS_HIGH,
	[AXI_DMAC_SHADOW_SRC] = AXI_DMAC_REG_SRC_ADDRESS,
	[AXI_DMAC_SHADOW_SRC_HIGH] = AXI_DMAC_REG_SRC_ADDRESS_HIGH,
	[AXI_DMAC_SHADOW_X_LENGTH] = AXI_DMAC_REG_X_LENGTH,
	[AXI_DMAC_SHADOW_Y_LENGTH] = AXI_DMAC_REG_Y_LENGTH,
	[AXI_DMAC_SHADOW_DST_STRIDE] = AXI_DMAC_REG_DST_STRIDE,
	[AXI_DMAC_SHADOW_SRC_STRIDE] = AXI_DMAC_REG_SRC_STRIDE,
	[AXI_DMAC_SHADOW_SG] = AXI_DMAC_REG_SG_ADDRESS,
	[AXI_DMAC_SHADOW_SG_HIGH] = AXI_DMAC_REG_SG_ADDRESS_HIGH,
};

u32 axi_dmac_hw_read(struct axi_dmac_hw *hw, unsigned int reg)
{
	return readl(hw->base + reg);
}

static void axi_dmac_hw_write(struct axi_dmac_hw *hw, unsigned int reg, u32 val)
{
	writel(val, hw->base + reg);
}

/**
 * axi_dmac_hw_readback() - find out which bits of a register exist
 * @hw: the registers of a core that is quiet and not in use
 * @reg: the register
 * @val: what to write
 *
 * Return: what the register made of it.
 */
u32 axi_dmac_hw_readback(struct axi_dmac_hw *hw, unsigned int reg, u32 val)
{
	axi_dmac_hw_write(hw, reg, val);

	return axi_dmac_hw_read(hw, reg);
}

static void axi_dmac_hw_set(struct axi_dmac_hw *hw, enum axi_dmac_shadow reg, u32 val)
{
	if (hw->known & BIT(reg) && hw->shadow[reg] == val)
		return;

	/* Ordered before the write of SUBMIT, as both go to the same device */
	writel_relaxed(val, hw->base + axi_dmac_shadow_regs[reg]);
	hw->shadow[reg] = val;
	hw->known |= BIT(reg);
}

static void axi_dmac_hw_set_address(struct axi_dmac_hw *hw, enum axi_dmac_shadow low,
				    enum axi_dmac_shadow high, u64 addr)
{
	axi_dmac_hw_set(hw, low, lower_32_bits(addr));
	if (hw->caps->addr_bits > 32)
		axi_dmac_hw_set(hw, high, upper_32_bits(addr));
}

/* The core may have lost its registers: write all of them again */
void axi_dmac_hw_forget(struct axi_dmac_hw *hw)
{
	hw->known = 0;
}

/* A 1 in @mask keeps the interrupt off; the event is latched all the same */
void axi_dmac_hw_irq_mask(struct axi_dmac_hw *hw, u32 mask)
{
	axi_dmac_hw_write(hw, AXI_DMAC_REG_IRQ_MASK, mask);
}

u32 axi_dmac_hw_irq_pending(struct axi_dmac_hw *hw)
{
	return axi_dmac_hw_read(hw, AXI_DMAC_REG_IRQ_PENDING);
}

/* Events that come while this is written survive it */
void axi_dmac_hw_irq_ack(struct axi_dmac_hw *hw, u32 bits)
{
	axi_dmac_hw_write(hw, AXI_DMAC_REG_IRQ_PENDING, bits);
}

/* HWDESC may change only while the core is quiet, so it stays set for good */
static u32 axi_dmac_hw_control(struct axi_dmac_hw *hw)
{
	return hw->caps->sg ? AXI_DMAC_CONTROL_HWDESC : 0;
}

/**
 * axi_dmac_hw_start() - enable the core, or change whether it is paused
 * @hw: the registers
 * @paused: accept nothing and move no data, but keep everything
 *
 * The core must have been quiet, or be enabled.
 */
void axi_dmac_hw_start(struct axi_dmac_hw *hw, bool paused)
{
	u32 val = axi_dmac_hw_control(hw) | AXI_DMAC_CONTROL_ENABLE;

	if (paused)
		val |= AXI_DMAC_CONTROL_PAUSE;

	axi_dmac_hw_write(hw, AXI_DMAC_REG_CONTROL, val);
}

/**
 * axi_dmac_hw_stop() - disable the core
 * @hw: the registers
 *
 * From here on its counters and SUBMIT read 0, but memory may still be accessed
 * until axi_dmac_hw_wait_quiet() was successful.
 */
void axi_dmac_hw_stop(struct axi_dmac_hw *hw)
{
	axi_dmac_hw_write(hw, AXI_DMAC_REG_CONTROL, axi_dmac_hw_control(hw));
	hw->stopped_at = ktime_get();
}

static bool axi_dmac_hw_looks_quiet(struct axi_dmac_hw *hw)
{
	u32 val = axi_dmac_hw_read(hw, AXI_DMAC_REG_CORE_STATE);

	if (hw->caps->sg && !(val & AXI_DMAC_CORE_STATE_SG))
		return false;

	return (val & AXI_DMAC_CORE_STATE_MASK) == AXI_DMAC_CORE_STATE_QUIET;
}

/**
 * axi_dmac_hw_is_quiet() - find out whether a stopped core leaves memory alone
 * @hw: the registers
 *
 * Two reads: the arbiter may show the state for a moment before the resets follow. A
 * core without the register is taken to be quiet some time after it was stopped.
 *
 * Context: Any, does not sleep.
 * Return: whether the core is quiet.
 */
bool axi_dmac_hw_is_quiet(struct axi_dmac_hw *hw)
{
	if (!hw->caps->core_state)
		return ktime_us_delta(ktime_get(), hw->stopped_at) >= AXI_DMAC_BLIND_WAIT_US;

	return axi_dmac_hw_looks_quiet(hw) && axi_dmac_hw_looks_quiet(hw);
}

/* Longer than a core may take to become quiet after it was stopped */
unsigned int axi_dmac_hw_patience_us(const struct axi_dmac_hw *hw)
{
	return hw->caps->core_state ? hw->quiet_timeout_us : 2 * AXI_DMAC_BLIND_WAIT_US;
}

/**
 * axi_dmac_hw_wait_quiet() - wait until a stopped core leaves memory alone
 * @hw: the registers
 *
 * Context: Sleeps.
 * Return: 0, or -ETIMEDOUT.
 */
int axi_dmac_hw_wait_quiet(struct axi_dmac_hw *hw)
{
	bool quiet;

	return read_poll_timeout(axi_dmac_hw_is_quiet, quiet, quiet, AXI_DMAC_POLL_US,
				 axi_dmac_hw_patience_us(hw), false, hw);
}

bool axi_dmac_hw_submit_busy(struct axi_dmac_hw *hw)
{
	return axi_dmac_hw_read(hw, AXI_DMAC_REG_SUBMIT);
}

/*
 * LAST: the end of a segment is the end of a packet (register map). A packet that
 * ends early in a segment without it makes the core drop what was submitted
 * behind, up to the next segment that has it, and cores from 4.5.a on never
 * report the dropped ones (HDL). So all segments which a stream fills have it.
 */
static void axi_dmac_hw_set_flags(struct axi_dmac_hw *hw, u32 flags)
{
	if (hw->caps->packets)
		flags |= AXI_DMAC_FLAG_LAST;

	axi_dmac_hw_set(hw, AXI_DMAC_SHADOW_FLAGS, flags);
}

/**
 * axi_dmac_hw_submit_chain() - submit a chain of descriptors in memory
 * @hw: the registers; SUBMIT is 0
 * @first: bus address of the first descriptor
 * @flags: AXI_DMAC_FLAG_*, which hold for all descriptors alike
 */
void axi_dmac_hw_submit_chain(struct axi_dmac_hw *hw, dma_addr_t first, u32 flags)
{
	axi_dmac_hw_set_flags(hw, flags);
	axi_dmac_hw_set_address(hw, AXI_DMAC_SHADOW_SG, AXI_DMAC_SHADOW_SG_HIGH, first);
	axi_dmac_hw_write(hw, AXI_DMAC_REG_SUBMIT, 1);
}

static void axi_dmac_hw_set_rows(struct axi_dmac_hw *hw, const struct axi_dmac_rows *rows)
{
	axi_dmac_hw_set(hw, AXI_DMAC_SHADOW_Y_LENGTH, rows->y_len);

	/* Not looked at where there is a single row */
	if (!rows->y_len)
		return;

	if (hw->caps->to_memory)
		axi_dmac_hw_set(hw, AXI_DMAC_SHADOW_DST_STRIDE, rows->dst_stride);
	if (hw->caps->from_memory)
		axi_dmac_hw_set(hw, AXI_DMAC_SHADOW_SRC_STRIDE, rows->src_stride);
}

/**
 * axi_dmac_hw_submit_seg() - submit one segment
 * @hw: the registers; SUBMIT is 0
 * @seg: the segment
 * @rows: its shape
 * @flags: AXI_DMAC_FLAG_*; a cyclic segment is repeated until axi_dmac_hw_end_cyclic()
 *	or axi_dmac_hw_stop()
 */
void axi_dmac_hw_submit_seg(struct axi_dmac_hw *hw, const struct axi_dmac_seg *seg,
			    const struct axi_dmac_rows *rows, u32 flags)
{
	const struct axi_dmac_caps *caps = hw->caps;

	axi_dmac_hw_set_flags(hw, flags);
	if (caps->to_memory)
		axi_dmac_hw_set_address(hw, AXI_DMAC_SHADOW_DST, AXI_DMAC_SHADOW_DST_HIGH,
					seg->dst);
	if (caps->from_memory)
		axi_dmac_hw_set_address(hw, AXI_DMAC_SHADOW_SRC, AXI_DMAC_SHADOW_SRC_HIGH,
					seg->src);
	axi_dmac_hw_set(hw, AXI_DMAC_SHADOW_X_LENGTH, seg->x_len);
	if (caps->twod)
		axi_dmac_hw_set_rows(hw, rows);
	axi_dmac_hw_write(hw, AXI_DMAC_REG_SUBMIT, 1);
}

/**
 * axi_dmac_hw_end_cyclic() - let the running pass of a cyclic segment be the last
 * @hw: the registers of a core from 4.6.a on
 *
 * Older cores count one submit and several completions after this (HDL); they
 * must be stopped instead.
 */
void axi_dmac_hw_end_cyclic(struct axi_dmac_hw *hw)
{
	axi_dmac_hw_set(hw, AXI_DMAC_SHADOW_FLAGS,
			hw->shadow[AXI_DMAC_SHADOW_FLAGS] & ~AXI_DMAC_FLAG_CYCLIC);
}

/**
 * axi_dmac_hw_eot_count() - how many submits have completed
 * @hw: the registers
 * @count: the count since the core was enabled, modulo 4
 *
 * With scatter-gather, how many descriptors with AXI_DMAC_HW_IRQ. What they
 * transferred is in memory.
 *
 * Return: false if the bus does not reach the core: what is read as all ones then
 * is no count.
 */
bool axi_dmac_hw_eot_count(struct axi_dmac_hw *hw, u32 *count)
{
	u32 val = axi_dmac_hw_read(hw, AXI_DMAC_REG_EOT_COUNT);

	*count = val & AXI_DMAC_COUNT_MASK;

	return val != U32_MAX;
}

/**
 * axi_dmac_hw_done() - what has become of the last submits
 * @hw: the registers
 * @done: a bit for each id that was accepted and has completed since, and
 *	AXI_DMAC_DONE_PARTIAL if there is a record of a short packet
 *
 * Return: false if the bus does not reach the core.
 */
bool axi_dmac_hw_done(struct axi_dmac_hw *hw, u32 *done)
{
	*done = axi_dmac_hw_read(hw, AXI_DMAC_REG_DONE);

	return *done != U32_MAX;
}

/**
 * axi_dmac_hw_take_record() - take a record of a short packet
 * @hw: the registers; axi_dmac_hw_done() has told of a record
 * @id: EOT count when the packet ended
 * @len: bytes since the previous EOT
 */
void axi_dmac_hw_take_record(struct axi_dmac_hw *hw, u32 *id, u32 *len)
{
	*len = axi_dmac_hw_read(hw, AXI_DMAC_REG_PARTIAL_LENGTH);
	*id = axi_dmac_hw_read(hw, AXI_DMAC_REG_PARTIAL_ID) & AXI_DMAC_COUNT_MASK;
}

/* That of the descriptor in transfer, or of the last one if there is none */
u32 axi_dmac_hw_descriptor_id(struct axi_dmac_hw *hw)
{
	return axi_dmac_hw_read(hw, AXI_DMAC_REG_DESCRIPTOR_ID);
}

/* Bytes that have reached memory since the last EOT, or bursts sent to a stream */
u32 axi_dmac_hw_progress(struct axi_dmac_hw *hw)
{
	return axi_dmac_hw_read(hw, AXI_DMAC_REG_PROGRESS);
}

#define AXI_DMAC_DEBUG_REG(label, reg) \
	{ .name = (label), .offset = AXI_DMAC_REG_##reg }

static const struct debugfs_reg32 axi_dmac_debug_regs[] = {
	AXI_DMAC_DEBUG_REG("version", VERSION),
	AXI_DMAC_DEBUG_REG("interface", INTERFACE),
	AXI_DMAC_DEBUG_REG("coherency", COHERENCY),
	AXI_DMAC_DEBUG_REG("irq_mask", IRQ_MASK),
	AXI_DMAC_DEBUG_REG("irq_pending", IRQ_PENDING),
	AXI_DMAC_DEBUG_REG("irq_source", IRQ_SOURCE),
	AXI_DMAC_DEBUG_REG("control", CONTROL),
	AXI_DMAC_DEBUG_REG("transfer_id", TRANSFER_ID),
	AXI_DMAC_DEBUG_REG("submit", SUBMIT),
	AXI_DMAC_DEBUG_REG("flags", FLAGS),
	AXI_DMAC_DEBUG_REG("dst_address", DST_ADDRESS),
	AXI_DMAC_DEBUG_REG("dst_address_high", DST_ADDRESS_HIGH),
	AXI_DMAC_DEBUG_REG("src_address", SRC_ADDRESS),
	AXI_DMAC_DEBUG_REG("src_address_high", SRC_ADDRESS_HIGH),
	AXI_DMAC_DEBUG_REG("x_length", X_LENGTH),
	AXI_DMAC_DEBUG_REG("y_length", Y_LENGTH),
	AXI_DMAC_DEBUG_REG("dst_stride", DST_STRIDE),
	AXI_DMAC_DEBUG_REG("src_stride", SRC_STRIDE),
	AXI_DMAC_DEBUG_REG("done", DONE),
	AXI_DMAC_DEBUG_REG("eot_count", EOT_COUNT),
	AXI_DMAC_DEBUG_REG("current_dst", CURRENT_DST),
	AXI_DMAC_DEBUG_REG("current_src", CURRENT_SRC),
	AXI_DMAC_DEBUG_REG("core_state", CORE_STATE),
	AXI_DMAC_DEBUG_REG("progress", PROGRESS),
	AXI_DMAC_DEBUG_REG("descriptor_id", DESCRIPTOR_ID),
	AXI_DMAC_DEBUG_REG("sg_address", SG_ADDRESS),
	AXI_DMAC_DEBUG_REG("sg_address_high", SG_ADDRESS_HIGH),
};

/**
 * axi_dmac_hw_debugfs() - show the registers in debugfs
 * @hw: the registers
 * @dev: owner of the memory for that
 * @dir: directory, which is removed by its owner with all that is in it
 *
 * Only those that may be read at any time: reading the id of a short packet takes
 * the record away from the driver, and its length means nothing without it.
 */
void axi_dmac_hw_debugfs(struct axi_dmac_hw *hw, struct device *dev, struct dentry *dir)
{
	struct debugfs_regset32 *regset;

	if (!IS_ENABLED(CONFIG_DEBUG_FS) || !dir)
		return;

	regset = devm_kzalloc(dev, sizeof(*regset), GFP_KERNEL);
	if (!regset)
		return;

	regset->regs = axi_dmac_debug_regs;
	regset->nregs = ARRAY_SIZE(axi_dmac_debug_regs);
	regset->base = hw->base;
	debugfs_create_regset32("registers", 0400, dir, regset);
}
