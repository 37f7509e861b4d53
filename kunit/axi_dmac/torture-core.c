// SPDX-License-Identifier: GPL-2.0-only
/*
 * Torture: a random core, the driver that binds to it, and its channel.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <linux/device/driver.h>
#include <linux/gfp.h>
#include <linux/hash.h>
#include <linux/log2.h>
#include <linux/minmax.h>
#include <linux/platform_device.h>

#include "torture.h"

static const u32 torture_versions[] = {
	ADM_VERSION(4, 0, 'a'), ADM_VERSION(4, 1, 'a'), ADM_VERSION(4, 2, 'b'),
	ADM_VERSION(4, 3, 'a'), ADM_VERSION(4, 4, 'a'), ADM_VERSION(4, 5, 'a'),
	ADM_VERSION(4, 5, 'e'), ADM_VERSION(4, 5, 'e'), ADM_VERSION(4, 5, 'e'),
	ADM_VERSION(4, 6, 'a'),
};

/* A power of two */
static u32 torture_power(struct rnd_state *rnd, u32 min, u32 max)
{
	unsigned int range = ilog2(max) - ilog2(min) + 1;

	return min << torture_below(rnd, range);
}

static void torture_choose_sides(struct rnd_state *rnd, struct axi_dmac_model_config *cfg)
{
	enum axi_dmac_model_bus other = torture_chance(rnd, 4) ? ADM_BUS_FIFO : ADM_BUS_STREAM;

	switch (torture_below(rnd, 5)) {
	case 0:
	case 1:
		cfg->src_type = other;
		cfg->dest_type = ADM_BUS_MM;
		break;
	case 2:
	case 3:
		cfg->src_type = ADM_BUS_MM;
		cfg->dest_type = other;
		break;
	default:
		cfg->src_type = ADM_BUS_MM;
		cfg->dest_type = ADM_BUS_MM;
	}
	cfg->src_width = torture_power(rnd, 4, 32);
	cfg->dest_width = torture_power(rnd, 4, 32);
}

/* Bursts have two beats at least, and segments two bursts */
static void torture_choose_sizes(struct rnd_state *rnd, struct axi_dmac_model_config *cfg)
{
	u32 beat = max(cfg->src_width, cfg->dest_width);

	cfg->burst_bytes = torture_chance(rnd, 2) ? 128 : torture_power(rnd, 2 * beat, SZ_1K);
	cfg->length_width = max(ilog2(cfg->burst_bytes) + 1 + torture_below(rnd, 10), 8U);
	if (torture_chance(rnd, 2))
		cfg->length_width = 24;
	cfg->addr_width = 32;
	if (cfg->version >= ADM_VERSION(4, 4, 'a') && torture_chance(rnd, 2))
		cfg->addr_width = torture_chance(rnd, 2) ? 64 : 40;
	cfg->look_ahead = torture_chance(rnd, 4) ? 63 : 15;
	if (torture_chance(rnd, 2))
		cfg->fifo_size = (cfg->look_ahead + 1) / 2;
}

static void torture_choose_core(struct torture *t)
{
	struct axi_dmac_model_config *cfg = &t->cfg;
	struct rnd_state *rnd = &t->rnd;

	axi_dmac_model_defaults(cfg);
	cfg->version = torture_versions[torture_below(rnd, ARRAY_SIZE(torture_versions))];
	torture_choose_sides(rnd, cfg);
	cfg->burst_bytes = 128;
	torture_choose_sizes(rnd, cfg);
	cfg->sg = cfg->version >= ADM_VERSION(4, 5, 'a') && !torture_chance(rnd, 3);
	cfg->twod = torture_chance(rnd, 2);
	cfg->cyclic = torture_chance(rnd, 2);
	cfg->coherent = cfg->version >= ADM_VERSION(4, 5, 'b') && torture_chance(rnd, 2);
	cfg->early = torture_chance(rnd, 2) ? ADM_EARLY_LOST : ADM_EARLY_COUNTED;
	cfg->records_without_eot = true;
	/* Time is all that tells when a 4.0.a is quiet, and a stepped core knows none */
	cfg->free_running = cfg->version < ADM_VERSION(4, 1, 'a');
	axi_dmac_model_randomize(cfg, 1 + torture_below(rnd, U32_MAX));
}

/*
 * In half of the rounds the faults of the core show half of the time when they can. Else
 * each is there or not, so that one of them does not hide another.
 */
static void torture_choose_errata(struct torture *t, u32 errata)
{
	t->cfg.errata = errata;
	if (torture_chance(&t->rnd, 2))
		t->cfg.errata &= prandom_u32_state(&t->rnd);
}

/* Rounds differ in what is frequent in them */
static void torture_choose_habits(struct torture *t)
{
	static const u32 delivers[] = { 1, 2, 8, 64, 512 };
	static const u32 cyclic[] = { 0, 2, 8, 32 };
	static const u32 some[] = { 0, 0, 3, 16, 128 };
	struct rnd_state *rnd = &t->rnd;

	t->aligned = torture_chance(rnd, 2);
	t->delivers = delivers[torture_below(rnd, ARRAY_SIZE(delivers))];
	t->cyclic = cyclic[torture_below(rnd, ARRAY_SIZE(cyclic))];
	t->stalls = some[torture_below(rnd, ARRAY_SIZE(some))];
	if (t->cfg.src_type == ADM_BUS_STREAM)
		t->packets = some[torture_below(rnd, ARRAY_SIZE(some))];
	if (torture_is_copy(t))
		t->cyclic = 0;
	t->todo = 200 + torture_below(rnd, 1000);
	prandom_seed_state(&t->stream_rnd, prandom_u32_state(rnd));
	prandom_seed_state(&t->hook_rnd, prandom_u32_state(rnd));
}

/* The core does not wait while the driver looks at it */
static void torture_hook(struct axi_dmac_model *model, enum axi_dmac_model_point point,
			 unsigned int reg, void *priv)
{
	struct torture *t = priv;
	unsigned int events;

	if (point == ADM_IRQ_REQUESTED || point == ADM_IRQ_RAISED)
		return;
	if (!torture_chance(&t->hook_rnd, 4))
		return;
	for (events = torture_below(&t->hook_rnd, 16); events; events--)
		axi_dmac_model_event(model);
}

/**
 * torture_create() - make what a round needs
 * @t: the round, whose seed is known
 * @errata: which ones the core may have
 *
 * Return: 0 or a negative error.
 */
int torture_create(struct torture *t, u32 errata)
{
	bool coherent;

	/* Seeds that differ in their lowest bits only would start the same sequence */
	prandom_seed_state(&t->rnd, hash_64(((u64)t->seed << 32) + t->round, 32));
	torture_choose_core(t);
	torture_choose_errata(t, errata);
	torture_choose_habits(t);
	coherent = t->cfg.coherent && torture_chance(&t->rnd, 2);

	t->mdev = axi_dmac_model_device_create(&t->cfg, coherent);
	if (IS_ERR(t->mdev))
		return PTR_ERR(t->mdev);
	t->model = t->mdev->model;
	torture_connect(t);
	torture_watch(t);

	if (!device_is_bound(&t->mdev->pdev->dev))
		return -ENXIO;
	t->chan = dma_request_chan(t->mdev->consumer, "dma");
	if (IS_ERR(t->chan))
		return PTR_ERR(t->chan);
	axi_dmac_model_set_hook(t->model, torture_hook, t);

	return 0;
}

/**
 * torture_destroy() - get rid of what a round had
 * @t: the round, as torture_create() has left it, even if that has failed
 */
void torture_destroy(struct torture *t)
{
	if (IS_ERR_OR_NULL(t->mdev))
		return;
	axi_dmac_model_set_hook(t->model, NULL, NULL);
	if (!IS_ERR_OR_NULL(t->chan)) {
		/* What a fault of the core holds up ends now */
		axi_dmac_model_set_errata(t->model, 0);
		axi_dmac_model_set_quiesce(t->model, 0, 0);
		dmaengine_terminate_async(t->chan);
		axi_dmac_model_quiesce(t->model);
		dma_release_channel(t->chan);
	}
	axi_dmac_model_device_destroy(t->mdev);
}
