// SPDX-License-Identifier: GPL-2.0-only
/*
 * The registers in debugfs, for those who debug the hardware design. Only such
 * registers as may be read at any time: reading the id of a short packet takes
 * the record away from the driver, so that one is not here, nor is its length,
 * which means nothing without it.
 */

#include <linux/debugfs.h>
#include <linux/device.h>

#include "axi-dmac.h"

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

/* The directory is dmaengine's, which removes it with all that is in it */
void axi_dmac_debug_init(struct axi_dmac *dmac)
{
	struct debugfs_regset32 *regset;

	if (!IS_ENABLED(CONFIG_DEBUG_FS) || !dmac->dma_dev.dbg_dev_root)
		return;

	regset = devm_kzalloc(dmac->dev, sizeof(*regset), GFP_KERNEL);
	if (!regset)
		return;

	regset->regs = axi_dmac_debug_regs;
	regset->nregs = ARRAY_SIZE(axi_dmac_debug_regs);
	regset->base = dmac->hw.base;
	debugfs_create_regset32("registers", 0400, dmac->dma_dev.dbg_dev_root, regset);
}
