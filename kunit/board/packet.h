/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Packets of random length: where a source asserts TLAST.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#ifndef AXI_DMAC_BOARD_PACKET_H
#define AXI_DMAC_BOARD_PACKET_H

#include <linux/prandom.h>
#include <linux/types.h>

/**
 * struct adm_packets - position in a sequence of packets
 * @mean: mean length in bytes from the next start on, 0: the packet never ends
 * @seed: of the sequence of lengths, which begins anew with each start
 * @count: packets that ended since the start
 * @mean_now: mean length since the start
 * @left: bytes until the end of this one, 0: it has not begun
 * @rnd: generator
 */
struct adm_packets {
	u32 mean;
	u32 seed;
	u64 count;
	u32 mean_now;
	size_t left;
	struct rnd_state rnd;
};

void adm_packets_start(struct adm_packets *p);
size_t adm_packets_limit(struct adm_packets *p, size_t len);
bool adm_packets_advance(struct adm_packets *p, size_t len);

#endif
