/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A pattern for long runs: a 64-bit counter of samples at a few places.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#ifndef AXI_DMAC_BOARD_COUNTER_H
#define AXI_DMAC_BOARD_COUNTER_H

#include <linux/sizes.h>
#include <linux/types.h>

/* Bytes of a sample set of two channels, which is what is counted */
#define ADM_COUNTER_FRAME	4

/* The high bits of a stamp tell that it is one; the others count samples */
#define ADM_COUNTER_TAG		0xadc5000000000000ULL
#define ADM_COUNTER_TAG_MASK	0xffff000000000000ULL

/* Piece of the stream that has one stamp somewhere */
#define ADM_CELL		SZ_16M

/**
 * struct adm_counter - position in the stream
 * @pos: bytes so far
 * @begun: the beginning of the packet has been seen; for checking only
 * @stamps: stamps that were seen
 * @mismatches: of those, the ones with a wrong value inside a packet, and the
 *	ones that were not seen where there must be one
 * @jumps: packets that began with the stamp of another position than that where
 *	the one before ended
 */
struct adm_counter {
	u64 pos;
	bool begun;
	u64 stamps;
	u64 mismatches;
	u64 jumps;
};

void adm_counter_start(struct adm_counter *c);
void adm_counter_make(struct adm_counter *c, void *dst, size_t len);
void adm_counter_check(struct adm_counter *c, const void *src, size_t len, bool last);

#endif
