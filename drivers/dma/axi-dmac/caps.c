// SPDX-License-Identifier: GPL-2.0-only
/*
 * The options with which this core was synthesised. Registers tell some of them, the
 * device tree tells others, and most are found by writing registers and looking at
 * which bits stick.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <linux/align.h>
#include <linux/bitfield.h>
#include <linux/device.h>
#include <linux/log2.h>
#include <linux/minmax.h>
#include <linux/of.h>
#include <linux/of_address.h>
#include <linux/sizes.h>

#include <dt-bindings/dma/axi-dmac.h>

#include "axi-dmac.h"

/* Bursts that a core may have room for, between its sides (HDL) */
#define AXI_DMAC_MIN_FIFO_SIZE	2
#define AXI_DMAC_MAX_FIFO_SIZE	32

static int axi_dmac_check_interface(struct device *dev, const char *side,
				    unsigned int type, unsigned int width)
{
	if (type > AXI_DMAC_BUS_TYPE_FIFO || !is_power_of_2(width))
		return dev_err_probe(dev, -EINVAL, "%s interface: type %u, width %u\n",
				     side, type, width);

	return 0;
}

static int axi_dmac_check_interfaces(struct axi_dmac *dmac)
{
	struct axi_dmac_caps *caps = &dmac->caps;
	int ret;

	ret = axi_dmac_check_interface(dmac->dev, "source", caps->src_type,
				       caps->src_width);
	if (ret)
		return ret;

	return axi_dmac_check_interface(dmac->dev, "destination", caps->dst_type,
					caps->dst_width);
}

static int axi_dmac_interfaces_from_core(struct axi_dmac *dmac)
{
	u32 desc = axi_dmac_hw_read(&dmac->hw, AXI_DMAC_REG_INTERFACE);
	struct axi_dmac_caps *caps = &dmac->caps;

	if (!desc)
		return dev_err_probe(dmac->dev, -EFAULT, "core does not tell its interfaces\n");

	/* It runs without a driver, and would not survive being probed */
	if (caps->version >= AXI_DMAC_VERSION(4, 5, 'd') && desc & AXI_DMAC_IF_AUTORUN)
		return dev_err_probe(dmac->dev, -EOPNOTSUPP,
				     "core was built to run on its own\n");

	caps->src_type = FIELD_GET(AXI_DMAC_IF_SRC_TYPE, desc);
	caps->src_width = BIT(FIELD_GET(AXI_DMAC_IF_SRC_WIDTH, desc));
	caps->dst_type = FIELD_GET(AXI_DMAC_IF_DST_TYPE, desc);
	caps->dst_width = BIT(FIELD_GET(AXI_DMAC_IF_DST_WIDTH, desc));
	caps->burst = BIT(FIELD_GET(AXI_DMAC_IF_BURST, desc));

	return axi_dmac_check_interfaces(dmac);
}

static int axi_dmac_interfaces_of_channel(struct axi_dmac *dmac, struct device_node *np)
{
	u32 reg, src_type, src_width, dst_type, dst_width;
	struct axi_dmac_caps *caps = &dmac->caps;

	if (of_property_read_u32(np, "reg", &reg) ||
	    of_property_read_u32(np, "adi,source-bus-type", &src_type) ||
	    of_property_read_u32(np, "adi,source-bus-width", &src_width) ||
	    of_property_read_u32(np, "adi,destination-bus-type", &dst_type) ||
	    of_property_read_u32(np, "adi,destination-bus-width", &dst_width))
		return dev_err_probe(dmac->dev, -EINVAL, "%pOF: incomplete\n", np);

	if (reg)
		return dev_err_probe(dmac->dev, -EINVAL, "%pOF: a core has one channel\n", np);

	/* Values that do not fit into the members are not valid, either */
	caps->src_type = min(src_type, U8_MAX);
	caps->src_width = src_width / BITS_PER_BYTE;
	caps->dst_type = min(dst_type, U8_MAX);
	caps->dst_width = dst_width / BITS_PER_BYTE;

	return axi_dmac_check_interfaces(dmac);
}

static int axi_dmac_interfaces_from_dt(struct axi_dmac *dmac)
{
	struct device_node *channels, *np;
	int ret = -ENODEV;

	channels = of_get_child_by_name(dmac->dev->of_node, "adi,channels");
	for_each_child_of_node(channels, np) {
		ret = axi_dmac_interfaces_of_channel(dmac, np);
		if (ret) {
			of_node_put(np);
			break;
		}
	}
	of_node_put(channels);

	if (ret == -ENODEV)
		return dev_err_probe(dmac->dev, ret, "no channel in the device tree\n");

	return ret;
}

static enum dma_transfer_direction axi_dmac_direction(const struct axi_dmac_caps *caps)
{
	if (caps->from_memory)
		return caps->to_memory ? DMA_MEM_TO_MEM : DMA_MEM_TO_DEV;

	return caps->to_memory ? DMA_DEV_TO_MEM : DMA_DEV_TO_DEV;
}

static void axi_dmac_detect_sides(struct axi_dmac_caps *caps)
{
	caps->from_memory = caps->src_type == AXI_DMAC_BUS_TYPE_AXI_MM;
	caps->to_memory = caps->dst_type == AXI_DMAC_BUS_TYPE_AXI_MM;
	caps->packets = caps->src_type == AXI_DMAC_BUS_TYPE_AXI_STREAM;
	caps->direction = axi_dmac_direction(caps);
}

/*
 * The register may have been left out, and reads 0 then, as it may do for a moment
 * while the core resets itself. It is not known whether cores before 4.1.a have it.
 */
static int axi_dmac_detect_core_state(struct axi_dmac *dmac)
{
	struct axi_dmac_caps *caps = &dmac->caps;
	struct axi_dmac_hw *hw = &dmac->hw;

	if (caps->version >= AXI_DMAC_VERSION(4, 1, 'a'))
		caps->core_state = axi_dmac_hw_read(hw, AXI_DMAC_REG_CORE_STATE);
	if (caps->core_state)
		return axi_dmac_hw_wait_quiet(hw);

	axi_dmac_hw_wait_quiet(hw);
	if (caps->version >= AXI_DMAC_VERSION(4, 1, 'a'))
		caps->core_state = axi_dmac_hw_read(hw, AXI_DMAC_REG_CORE_STATE);

	return axi_dmac_hw_wait_quiet(hw);
}

/*
 * A boot loader, or a kernel before this one, may have left the core running. Its
 * accesses to memory must be over before anything else is done.
 */
static int axi_dmac_silence(struct axi_dmac *dmac)
{
	struct axi_dmac_hw *hw = &dmac->hw;
	int ret;

	/* Scatter-gather mode may be left only when the core is quiet */
	dmac->caps.sg = axi_dmac_hw_read(hw, AXI_DMAC_REG_CONTROL) & AXI_DMAC_CONTROL_HWDESC;
	axi_dmac_hw_stop(hw);
	axi_dmac_hw_irq_mask(hw, AXI_DMAC_IRQ_ALL);

	ret = axi_dmac_detect_core_state(dmac);
	if (ret)
		return dev_err_probe(dmac->dev, ret, "core does not become quiet\n");

	axi_dmac_hw_irq_ack(hw, AXI_DMAC_IRQ_ALL);
	dmac->caps.sg = false;

	return 0;
}

static void axi_dmac_detect_features(struct axi_dmac *dmac)
{
	struct axi_dmac_caps *caps = &dmac->caps;
	struct axi_dmac_hw *hw = &dmac->hw;

	caps->cyclic = axi_dmac_hw_readback(hw, AXI_DMAC_REG_FLAGS, AXI_DMAC_FLAG_CYCLIC) &
		       AXI_DMAC_FLAG_CYCLIC;
	/* The flag would stay set */
	axi_dmac_hw_readback(hw, AXI_DMAC_REG_FLAGS, AXI_DMAC_FLAG_LAST);
	caps->clean_cyclic = caps->cyclic && caps->version >= AXI_DMAC_VERSION(4, 6, 'a');

	caps->twod = axi_dmac_hw_readback(hw, AXI_DMAC_REG_Y_LENGTH, 1) == 1;
	caps->sg = axi_dmac_hw_readback(hw, AXI_DMAC_REG_SG_ADDRESS, U32_MAX);
	caps->partial = caps->packets && caps->version >= AXI_DMAC_VERSION(4, 2, 'a');
}

/*
 * A core with rows and external sync repeats a submit as it likes (HDL simulation);
 * one without rows does not look at the pin.
 */
static int axi_dmac_check_sync(struct axi_dmac *dmac)
{
	struct axi_dmac_caps *caps = &dmac->caps;

	if (!caps->twod || caps->version < AXI_DMAC_VERSION(4, 5, 'd') ||
	    !(axi_dmac_hw_read(&dmac->hw, AXI_DMAC_REG_INTERFACE) & AXI_DMAC_IF_EXT_SYNC))
		return 0;

	return dev_err_probe(dmac->dev, -EOPNOTSUPP, "rows with external sync do not work\n");
}

/*
 * Towards memory, with more than four rows under way, the end of a segment is reported
 * four rows early, and once more (HDL simulation). And a core from 4.5.a on reports
 * nothing at all if a packet ends in a row before the last one (HDL).
 */
static size_t axi_dmac_min_row(const struct axi_dmac_caps *caps)
{
	if (!caps->to_memory)
		return 0;

	if (caps->packets && caps->version >= AXI_DMAC_VERSION(4, 5, 'a'))
		return SIZE_MAX;

	return caps->look_ahead + 1;
}

/*
 * The core requests data ahead of what has arrived: twice as many bursts as it has room
 * for, less one (HDL). No register tells how many that are. Where the device tree does not
 * tell either, it is the most that there may be: a core that looks beyond what the driver
 * thinks of hangs. With bursts of 128 bytes that is 8064 bytes, so that pages of 4 KiB are
 * short ones; with room for 16 bursts or less they are not.
 */
static int axi_dmac_detect_look_ahead(struct axi_dmac *dmac)
{
	u32 fifo_size = AXI_DMAC_MAX_FIFO_SIZE;

	of_property_read_u32(dmac->dev->of_node, "adi,fifo-size", &fifo_size);
	if (!is_power_of_2(fifo_size) || fifo_size < AXI_DMAC_MIN_FIFO_SIZE ||
	    fifo_size > AXI_DMAC_MAX_FIFO_SIZE)
		return dev_err_probe(dmac->dev, -EINVAL, "adi,fifo-size: no core has %u\n",
				     fifo_size);

	dmac->caps.look_ahead = (2 * fifo_size - 1) * dmac->caps.burst;
	dmac->caps.min_row = axi_dmac_min_row(&dmac->caps);

	return 0;
}

static int axi_dmac_detect_length(struct axi_dmac *dmac)
{
	struct axi_dmac_caps *caps = &dmac->caps;
	struct axi_dmac_hw *hw = &dmac->hw;

	caps->addr_align = max(caps->src_width, caps->dst_width);

	caps->max_count = axi_dmac_hw_readback(hw, AXI_DMAC_REG_X_LENGTH, U32_MAX);
	if (caps->version >= AXI_DMAC_VERSION(4, 1, 'a'))
		caps->len_align = axi_dmac_hw_readback(hw, AXI_DMAC_REG_X_LENGTH, 0) + 1;
	else
		caps->len_align = caps->addr_align;

	if (!is_power_of_2(caps->len_align) || caps->max_count & (caps->max_count + 1) ||
	    caps->max_count < caps->addr_align)
		return dev_err_probe(dmac->dev, -ENODEV, "length register makes no sense\n");

	/* Older cores do not tell. No burst may cross 4 KiB, so none is longer. */
	caps->burst_known = caps->burst > 1;
	if (!caps->burst_known)
		caps->burst = SZ_4K;
	caps->burst = clamp(caps->burst, caps->addr_align,
			    min(caps->max_count, (u32)SZ_4K - 1) + 1);

	/* Where segments are split, the next address has to be good as well */
	caps->max_len = ALIGN_DOWN(min((u64)caps->max_count + 1, (u64)SIZE_MAX), caps->burst);

	return axi_dmac_detect_look_ahead(dmac);
}

/* The width of the addresses of one side, 0 if the side has none */
static unsigned int axi_dmac_address_bits(struct axi_dmac_hw *hw, unsigned int low,
					  unsigned int high)
{
	u32 bits = axi_dmac_hw_readback(hw, high, U32_MAX);

	if (bits)
		return 32 + fls(bits);

	return fls(axi_dmac_hw_readback(hw, low, U32_MAX));
}

static int axi_dmac_detect_addresses(struct axi_dmac *dmac)
{
	struct axi_dmac_caps *caps = &dmac->caps;
	unsigned int dst = 64, src = 64;

	if (caps->to_memory)
		dst = axi_dmac_address_bits(&dmac->hw, AXI_DMAC_REG_DST_ADDRESS,
					    AXI_DMAC_REG_DST_ADDRESS_HIGH);
	if (caps->from_memory)
		src = axi_dmac_address_bits(&dmac->hw, AXI_DMAC_REG_SRC_ADDRESS,
					    AXI_DMAC_REG_SRC_ADDRESS_HIGH);
	if (!dst || !src)
		return dev_err_probe(dmac->dev, -ENODEV,
				     "memory interface without address register\n");

	caps->addr_bits = min(dst, src);

	return 0;
}

static int axi_dmac_check_coherency(struct axi_dmac *dmac)
{
	if (!of_dma_is_coherent(dmac->dev->of_node))
		return 0;

	if (dmac->caps.version >= AXI_DMAC_VERSION(4, 4, 'a') &&
	    axi_dmac_hw_read(&dmac->hw, AXI_DMAC_REG_COHERENCY) & AXI_DMAC_COHERENT)
		return 0;

	return dev_err_probe(dmac->dev, -EINVAL, "core does not do coherent DMA\n");
}

/**
 * axi_dmac_caps_detect() - find out what the core can do
 * @dmac: the device, with mapped registers
 *
 * The core is stopped for this, with interrupts masked, and its transfer
 * registers are overwritten. A core that runs without a driver is left alone.
 *
 * Context: Sleeps.
 * Return: 0, or a negative error, which was logged.
 */
int axi_dmac_caps_detect(struct axi_dmac *dmac)
{
	struct axi_dmac_caps *caps = &dmac->caps;
	int ret;

	caps->version = axi_dmac_hw_read(&dmac->hw, AXI_DMAC_REG_VERSION);

	if (caps->version >= AXI_DMAC_VERSION(4, 3, 'a'))
		ret = axi_dmac_interfaces_from_core(dmac);
	else
		ret = axi_dmac_interfaces_from_dt(dmac);
	if (ret)
		return ret;

	axi_dmac_detect_sides(caps);

	ret = axi_dmac_check_coherency(dmac);
	if (ret)
		return ret;

	ret = axi_dmac_silence(dmac);
	if (ret)
		return ret;

	axi_dmac_detect_features(dmac);

	ret = axi_dmac_check_sync(dmac);
	if (ret)
		return ret;

	ret = axi_dmac_detect_length(dmac);
	if (ret)
		return ret;

	return axi_dmac_detect_addresses(dmac);
}
