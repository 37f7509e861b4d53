// SPDX-License-Identifier: GPL-2.0
/*
 * Rate of a free-running core. Without one it is as fast as the CPU, which is
 * what measurements want. With one, time passes between samples as it does with
 * a real converter, and a cyclic transfer leaves the CPU to others.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/minmax.h>

#include "model.h"

/* Credit grows no further than this, as a FIFO in front of the core would */
#define ADM_CREDIT_NS	(20 * NSEC_PER_MSEC)

/* Less than this is not worth a move, and would cut beats */
#define ADM_GRAIN	256

static u64 adm_bytes_in(const struct axi_dmac_model *m, u64 ns)
{
	return mul_u64_u64_div_u64(ns, m->cfg.rate, NSEC_PER_SEC);
}

/**
 * adm_pace_allow() - data that may move now
 * @m: model, locked
 *
 * Return: bytes, 0 when there is nothing to do but wait.
 */
size_t adm_pace_allow(struct axi_dmac_model *m)
{
	size_t most = adm_chunk(m);
	u64 now, limit;

	if (!m->cfg.rate)
		return most;
	now = ktime_get_ns();
	limit = adm_bytes_in(m, ADM_CREDIT_NS) + ADM_CHUNK;
	m->credit = min(m->credit + adm_bytes_in(m, min(now - m->paced_at, NSEC_PER_SEC)),
			limit);
	m->paced_at = now;
	return min_t(u64, round_down(m->credit, ADM_GRAIN), most);
}

/**
 * adm_pace_spend() - data has moved
 * @m: model, locked
 * @bytes: how much
 */
void adm_pace_spend(struct axi_dmac_model *m, u64 bytes)
{
	m->credit -= min(m->credit, bytes);
}

/**
 * adm_pace_step() - how long to wait for more credit
 * @m: model with a rate
 *
 * Return: nanoseconds, about what a chunk takes, and less than what would be
 * lost at the limit of the credit.
 */
ktime_t adm_pace_step(const struct axi_dmac_model *m)
{
	u64 chunk = min_t(u64, adm_chunk(m), U32_MAX);
	u64 rate = READ_ONCE(m->cfg.rate);

	if (!rate)
		return NSEC_PER_MSEC;
	return clamp_t(u64, mul_u64_u64_div_u64(chunk, NSEC_PER_SEC, rate),
		       NSEC_PER_MSEC, ADM_CREDIT_NS / 2);
}
