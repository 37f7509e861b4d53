// SPDX-License-Identifier: GPL-2.0-only
/*
 * Torture, see torture.h: rounds until there were enough transfers, and what came of
 * them.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <linux/gfp.h>
#include <linux/module.h>
#include <linux/slab.h>

#include "torture.h"

static uint seed = 1;
module_param(seed, uint, 0444);
MODULE_PARM_DESC(seed, "what all chance follows from");

static uint transfers = 100000;
module_param(transfers, uint, 0444);
MODULE_PARM_DESC(transfers, "submit at least so many transfers");

static int round = -1;
module_param(round, int, 0444);
MODULE_PARM_DESC(round, "repeat this round only");

static uint faults = 25;
module_param(faults, uint, 0444);
MODULE_PARM_DESC(faults, "give up after so many rounds that have found something, 0 for never");

static uint errata = ADM_ERRATA;
module_param(errata, uint, 0444);
MODULE_PARM_DESC(errata, "faults that the cores may have, as bits");

static uint ignore;
module_param(ignore, uint, 0444);
MODULE_PARM_DESC(ignore, "what may be found without an end to the round, as bits");

/**
 * struct torture_sum - what came of all rounds
 * @rounds: how many there were
 * @bad: those that have found something
 * @submits: transfers submitted
 * @completed: transfers completed
 * @periods: periods reported
 * @terminated: transfers terminated
 * @bytes: through the stream side
 * @faults: rounds by what they have found
 */
struct torture_sum {
	u32 rounds;
	u32 bad;
	u64 submits;
	u64 completed;
	u64 periods;
	u64 terminated;
	u64 bytes;
	u32 faults[TORTURE_FAULTS];
};

static void torture_report(struct torture *t)
{
	const struct axi_dmac_model_config *cfg = &t->cfg;

	KUNIT_FAIL(t->test,
		   "seed %u, round %u, operation %u: %s: %s\ncore %u.%u.%c%s%s%s%s, %s to %s, widths %u to %u, burst %u, length %u, errata 0x%x, look-ahead %u, told FIFO %u; aligned %u, packets %u, delivers %u, stalls %u, pauses %u\n",
		   t->seed, t->round, t->ops, torture_fault_name(t->fault), t->what,
		   cfg->version >> 16, (cfg->version >> 8) & 0xff, cfg->version & 0xff,
		   cfg->sg ? " sg" : "", cfg->twod ? " 2d" : "", cfg->cyclic ? " cyclic" : "",
		   cfg->free_running ? " free" : "",
		   cfg->src_type == ADM_BUS_MM ? "memory" : "stream",
		   cfg->dest_type == ADM_BUS_MM ? "memory" : "stream",
		   cfg->src_width, cfg->dest_width, cfg->burst_bytes, cfg->length_width,
		   cfg->errata, cfg->look_ahead, cfg->fifo_size, t->aligned, t->packets,
		   t->delivers, t->stalls, t->pauses);
}

static void torture_add_up(struct torture_sum *sum, const struct torture *t)
{
	sum->rounds++;
	sum->bad += !!t->fault;
	sum->submits += t->seq;
	sum->completed += t->completed;
	sum->periods += t->periods;
	sum->terminated += t->terminated;
	sum->bytes += t->stream;
	sum->faults[t->fault]++;
}

static void torture_round(struct torture *t)
{
	while (!t->fault && t->todo)
		torture_act(t);
	if (!t->fault)
		torture_finish(t);
	if (!t->fault && t->unsynced)
		torture_synchronize(t);
	torture_check_end(t);
}

static void torture_run(struct kunit *test, u32 number, u8 *arena, struct torture_sum *sum)
{
	struct torture *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, t);
	t->test = test;
	t->seed = seed;
	t->round = number;
	t->ignore = ignore;
	t->arena = arena;
	spin_lock_init(&t->lock);
	spin_lock_init(&t->submit_lock);

	if (torture_create(t, errata)) {
		KUNIT_FAIL(test, "seed %u, round %u: no channel\n", seed, number);
		t->fault = TORTURE_REFUSED;
	} else {
		torture_round(t);
		if (t->fault)
			torture_report(t);
	}
	torture_add_up(sum, t);
	torture_destroy(t);
	kunit_kfree(test, t);
}

static void torture_summarize(struct kunit *test, const struct torture_sum *sum)
{
	unsigned int i;

	kunit_info(test, "seed %u: %u rounds, %llu transfers: %llu complete, %llu terminated, %llu periods, %llu KiB of streams; %u rounds bad\n",
		   seed, sum->rounds, sum->submits, sum->completed, sum->terminated,
		   sum->periods, sum->bytes / SZ_1K, sum->bad);
	for (i = TORTURE_FINE + 1; i < TORTURE_FAULTS; i++)
		if (sum->faults[i])
			kunit_info(test, "%s: %u\n", torture_fault_name(i), sum->faults[i]);
}

static void torture_test(struct kunit *test)
{
	u8 *arena = alloc_pages_exact(TORTURE_ARENA, GFP_KERNEL);
	struct torture_sum sum = {};
	u32 number = 0;

	KUNIT_ASSERT_NOT_NULL(test, arena);
	if (round >= 0) {
		torture_run(test, round, arena, &sum);
	} else {
		while (sum.submits < transfers && (!faults || sum.bad < faults))
			torture_run(test, number++, arena, &sum);
	}
	torture_summarize(test, &sum);
	free_pages_exact(arena, TORTURE_ARENA);
}

static struct kunit_case torture_cases[] = {
	KUNIT_CASE_SLOW(torture_test),
	{}
};

static struct kunit_suite torture_suite = {
	.name = "axi_dmac_torture",
	.test_cases = torture_cases,
};

kunit_test_suite(torture_suite);

MODULE_AUTHOR("the dma_vec project");
MODULE_DESCRIPTION("Torture of the AXI-DMAC driver");
MODULE_LICENSE("GPL");
