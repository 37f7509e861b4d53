/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The register map of the AXI-DMAC core, for cores 4.0.a to 4.6.a, as the HDL
 * source implements it. Where the register map's documentation says something
 * else, the HDL source is right: that is what runs in the FPGA.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#ifndef _AXI_DMAC_REGS_H
#define _AXI_DMAC_REGS_H

#include <linux/bitfield.h>
#include <linux/bits.h>
#include <linux/types.h>

/* Major and minor number, and a letter; compares as a whole word */
#define AXI_DMAC_REG_VERSION		0x000
#define   AXI_DMAC_VERSION(maj, min, letter) \
	((maj) << 16 | (min) << 8 | (letter))

/* Reads 0 before 4.3.a. The burst size came later, and reads 0 before. */
#define AXI_DMAC_REG_INTERFACE		0x010
#define   AXI_DMAC_IF_DST_WIDTH		GENMASK(3, 0)	/* log2 of bytes */
#define   AXI_DMAC_IF_DST_TYPE		GENMASK(5, 4)
#define   AXI_DMAC_IF_SRC_WIDTH		GENMASK(11, 8)
#define   AXI_DMAC_IF_SRC_TYPE		GENMASK(13, 12)
#define   AXI_DMAC_IF_BURST		GENMASK(19, 16)	/* log2 of bytes */
#define   AXI_DMAC_IF_AUTORUN		BIT(24)		/* from 4.5.d */
#define   AXI_DMAC_IF_EXT_SYNC		BIT(25)		/* from 4.5.d */
#define AXI_DMAC_REG_COHERENCY		0x014		/* from 4.4.a */
#define   AXI_DMAC_COHERENT		BIT(0)

#define AXI_DMAC_REG_IRQ_MASK		0x080
#define AXI_DMAC_REG_IRQ_PENDING	0x084
#define   AXI_DMAC_IRQ_SOT		BIT(0)
#define   AXI_DMAC_IRQ_EOT		BIT(1)
#define   AXI_DMAC_IRQ_ALL		(AXI_DMAC_IRQ_SOT | AXI_DMAC_IRQ_EOT)
#define AXI_DMAC_REG_IRQ_SOURCE		0x088

#define AXI_DMAC_REG_CONTROL		0x400
#define   AXI_DMAC_CONTROL_ENABLE	BIT(0)
#define   AXI_DMAC_CONTROL_PAUSE	BIT(1)
#define   AXI_DMAC_CONTROL_HWDESC	BIT(2)
#define AXI_DMAC_REG_TRANSFER_ID	0x404
#define AXI_DMAC_REG_SUBMIT		0x408
#define AXI_DMAC_REG_FLAGS		0x40c
#define   AXI_DMAC_FLAG_CYCLIC		BIT(0)
#define   AXI_DMAC_FLAG_LAST		BIT(1)
#define   AXI_DMAC_FLAG_PARTIAL		BIT(2)
#define AXI_DMAC_REG_DST_ADDRESS	0x410
#define AXI_DMAC_REG_SRC_ADDRESS	0x414
#define AXI_DMAC_REG_X_LENGTH		0x418
#define AXI_DMAC_REG_Y_LENGTH		0x41c
#define AXI_DMAC_REG_DST_STRIDE		0x420
#define AXI_DMAC_REG_SRC_STRIDE		0x424
#define AXI_DMAC_REG_DONE		0x428
#define   AXI_DMAC_DONE_PARTIAL		BIT(31)
#define AXI_DMAC_REG_EOT_COUNT		0x42c	/* documented as an id */
#define   AXI_DMAC_COUNT_MASK		GENMASK(1, 0)
#define AXI_DMAC_REG_CURRENT_DST	0x434
#define AXI_DMAC_REG_CURRENT_SRC	0x438

/*
 * Not documented; the HDL source has had it since 4.1.a. Low bits: state of
 * the request arbiter, 1 means disabled. Bits 8 to 10 (and 7 with
 * scatter-gather): the clock domains are out of reset.
 */
#define AXI_DMAC_REG_CORE_STATE		0x43c
#define   AXI_DMAC_CORE_STATE_MASK	0xf07
#define   AXI_DMAC_CORE_STATE_QUIET	0x701
#define   AXI_DMAC_CORE_STATE_SG	BIT(7)

#define AXI_DMAC_REG_PROGRESS		0x448
#define AXI_DMAC_REG_PARTIAL_LENGTH	0x44c
#define AXI_DMAC_REG_PARTIAL_ID		0x450		/* a read pops the record */
#define AXI_DMAC_REG_DESCRIPTOR_ID	0x454		/* from 4.5.a */
#define AXI_DMAC_REG_SG_ADDRESS		0x47c		/* from 4.5.a */
#define AXI_DMAC_REG_DST_ADDRESS_HIGH	0x490
#define AXI_DMAC_REG_SRC_ADDRESS_HIGH	0x494
#define AXI_DMAC_REG_SG_ADDRESS_HIGH	0x4bc

/**
 * struct axi_dmac_hw_desc - one segment, as the core reads it from memory
 * @flags: AXI_DMAC_HW_*
 * @id: for the DESCRIPTOR_ID register: the low bits of @offset
 * @dst: bus address, ignored if the destination is not memory
 * @src: bus address, ignored if the source is not memory
 * @next: bus address of the next descriptor, ignored in the last one
 * @y_len: rows minus one
 * @x_len: bytes of a row minus one
 * @src_stride: distance of two rows in bytes
 * @dst_stride: distance of two rows in bytes
 * @offset: driver's: bytes in front of this segment
 * @last: driver's: the last one of the chain that begins here
 *
 * The core fetches the first 48 bytes in one burst, which must not cross 4 KiB.
 * Slots of 64 bytes see to that, and leave room for the driver's own notes.
 */
struct axi_dmac_hw_desc {
	__le32 flags;
	__le32 id;
	__le64 dst;
	__le64 src;
	__le64 next;
	__le32 y_len;
	__le32 x_len;
	__le32 src_stride;
	__le32 dst_stride;
	size_t offset;
	struct axi_dmac_hw_desc *last;
} __aligned(64);

#define AXI_DMAC_HW_LAST		BIT(0)	/* the chain ends here */
#define AXI_DMAC_HW_IRQ			BIT(1)	/* count an EOT when done */

#endif
