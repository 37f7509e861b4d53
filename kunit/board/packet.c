// SPDX-License-Identifier: GPL-2.0
/*
 * Where a source asserts TLAST: after a random number of bytes, which is most of
 * the time not where the receiver's block ends. The sequence of lengths follows
 * from its seed.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <linux/math.h>
#include <linux/minmax.h>

#include "packet.h"

/* Packets end with a beat of every stream width that the board has */
#define ADM_PACKET_ALIGN	8

/**
 * adm_packets_start() - begin a sequence of packets
 * @p: packets
 */
void adm_packets_start(struct adm_packets *p)
{
	p->count = 0;
	p->left = 0;
	p->mean_now = p->mean;
	prandom_seed_state(&p->rnd, p->seed);
}

static size_t adm_packets_length(struct adm_packets *p)
{
	u64 len = (u64)prandom_u32_state(&p->rnd) * 2 * p->mean_now >> 32;

	return round_down(len, ADM_PACKET_ALIGN) + ADM_PACKET_ALIGN;
}

/**
 * adm_packets_limit() - what belongs to this packet
 * @p: packets
 * @len: bytes that could move
 *
 * Return: bytes up to the end of the packet, @len at most.
 */
size_t adm_packets_limit(struct adm_packets *p, size_t len)
{
	if (!p->mean_now)
		return len;
	if (!p->left)
		p->left = adm_packets_length(p);
	return min(len, p->left);
}

/**
 * adm_packets_advance() - bytes have moved
 * @p: packets
 * @len: how many, of those that adm_packets_limit() allowed
 *
 * Return: whether the packet ends with the last of them.
 */
bool adm_packets_advance(struct adm_packets *p, size_t len)
{
	if (!p->mean_now || !len)
		return false;
	p->left -= len;
	if (p->left)
		return false;
	p->count++;
	return true;
}
