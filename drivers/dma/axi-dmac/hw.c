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
 */

#include <linux/delay.h>
#include <linux/io.h>
#include <linux/iopoll.h>

#include <dt-bindings/dma/axi-dmac.h>

#include "axi-dmac.h"

/*
 * Cores without the state register give no sign; this is a thousand times more
 * than an undisturbed core needs.
 */
#define AXI_DMAC_BLIND_WAIT_US	10000

#define AXI_DMAC_POLL_US	20

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
}

static bool axi_dmac_hw_looks_quiet(struct axi_dmac_hw *hw)
{
	u32 val = axi_dmac_hw_read(hw, AXI_DMAC_REG_CORE_STATE);

	if (hw->caps->sg && !(val & AXI_DMAC_CORE_STATE_SG))
		return false;

	return (val & AXI_DMAC_CORE_STATE_MASK) == AXI_DMAC_CORE_STATE_QUIET;
}

/* The arbiter may show the state for a moment before the resets follow */
static bool axi_dmac_hw_is_quiet(struct axi_dmac_hw *hw)
{
	return axi_dmac_hw_looks_quiet(hw) && axi_dmac_hw_looks_quiet(hw);
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

	if (!hw->caps->core_state) {
		fsleep(AXI_DMAC_BLIND_WAIT_US);
		return 0;
	}

	return read_poll_timeout(axi_dmac_hw_is_quiet, quiet, quiet, AXI_DMAC_POLL_US,
				 hw->quiet_timeout_us, false, hw);
}

bool axi_dmac_hw_submit_busy(struct axi_dmac_hw *hw)
{
	return axi_dmac_hw_read(hw, AXI_DMAC_REG_SUBMIT);
}

/*
 * LAST: the end of a segment is the end of a packet (register map). A packet that
 * ends early in a segment without it makes the core drop what was submitted
 * behind, up to the next segment that has it, and cores from 4.5.a on never
 * report the dropped ones (HDL). So all segments which a stream fills have it. In
 * scatter-gather mode the flag applies to all descriptors alike (HDL).
 */
static u32 axi_dmac_hw_flags(struct axi_dmac_hw *hw, bool last, bool report)
{
	const struct axi_dmac_caps *caps = hw->caps;
	u32 flags = 0;

	if (last || caps->src_type == AXI_DMAC_BUS_TYPE_AXI_STREAM)
		flags |= AXI_DMAC_FLAG_LAST;
	if (report && caps->partial)
		flags |= AXI_DMAC_FLAG_PARTIAL;

	return flags;
}

/**
 * axi_dmac_hw_submit_chain() - submit a chain of descriptors in memory
 * @hw: the registers; SUBMIT is 0
 * @first: bus address of the first descriptor
 * @report: keep records of short packets
 */
void axi_dmac_hw_submit_chain(struct axi_dmac_hw *hw, dma_addr_t first, bool report)
{
	axi_dmac_hw_set(hw, AXI_DMAC_SHADOW_FLAGS, axi_dmac_hw_flags(hw, true, report));
	axi_dmac_hw_set_address(hw, AXI_DMAC_SHADOW_SG, AXI_DMAC_SHADOW_SG_HIGH, first);
	axi_dmac_hw_write(hw, AXI_DMAC_REG_SUBMIT, 1);
}

static void axi_dmac_hw_set_rows(struct axi_dmac_hw *hw, const struct axi_dmac_rows *rows)
{
	axi_dmac_hw_set(hw, AXI_DMAC_SHADOW_Y_LENGTH, rows->y_len);

	/* Not looked at where there is a single row */
	if (!rows->y_len)
		return;

	if (hw->caps->dst_type == AXI_DMAC_BUS_TYPE_AXI_MM)
		axi_dmac_hw_set(hw, AXI_DMAC_SHADOW_DST_STRIDE, rows->dst_stride);
	if (hw->caps->src_type == AXI_DMAC_BUS_TYPE_AXI_MM)
		axi_dmac_hw_set(hw, AXI_DMAC_SHADOW_SRC_STRIDE, rows->src_stride);
}

/**
 * axi_dmac_hw_submit_seg() - submit one segment
 * @hw: the registers; SUBMIT is 0
 * @seg: the segment
 * @rows: its shape
 * @last: the segment is the last one of a transfer
 * @cyclic: repeat it until axi_dmac_hw_end_cyclic() or axi_dmac_hw_stop(), and keep
 *	no records of short packets
 */
void axi_dmac_hw_submit_seg(struct axi_dmac_hw *hw, const struct axi_dmac_seg *seg,
			    const struct axi_dmac_rows *rows, bool last, bool cyclic)
{
	const struct axi_dmac_caps *caps = hw->caps;
	u32 flags = axi_dmac_hw_flags(hw, last, !cyclic);

	if (cyclic)
		flags |= AXI_DMAC_FLAG_CYCLIC;

	axi_dmac_hw_set(hw, AXI_DMAC_SHADOW_FLAGS, flags);
	if (caps->dst_type == AXI_DMAC_BUS_TYPE_AXI_MM)
		axi_dmac_hw_set_address(hw, AXI_DMAC_SHADOW_DST, AXI_DMAC_SHADOW_DST_HIGH,
					seg->dst);
	if (caps->src_type == AXI_DMAC_BUS_TYPE_AXI_MM)
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
 * axi_dmac_hw_next_partial() - take a record of a short packet, if there is one
 * @hw: the registers
 * @id: EOT count when the packet ended
 * @len: bytes since the previous EOT
 *
 * There is room for four records; when a fifth has to wait, so do all
 * completions (HDL).
 *
 * Return: whether there was one.
 */
bool axi_dmac_hw_next_partial(struct axi_dmac_hw *hw, u32 *id, u32 *len)
{
	if (!(axi_dmac_hw_read(hw, AXI_DMAC_REG_DONE) & AXI_DMAC_DONE_PARTIAL))
		return false;

	*len = axi_dmac_hw_read(hw, AXI_DMAC_REG_PARTIAL_LENGTH);
	*id = axi_dmac_hw_read(hw, AXI_DMAC_REG_PARTIAL_ID) & AXI_DMAC_COUNT_MASK;

	return true;
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
