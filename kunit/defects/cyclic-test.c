// SPDX-License-Identifier: GPL-2.0-only
/*
 * Transfers that repeat: who is called when, and what becomes of those that come
 * after them.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include "fixture.h"

#define CYCLIC_PERIOD	SZ_4K

/* Enough for any driver to get through what a case has queued */
#define CYCLIC_ENOUGH	32

static struct defect_xfer *cyclic_prep(struct defect *d, unsigned int periods)
{
	size_t len = periods * CYCLIC_PERIOD;

	return defect_prep_cyclic(d, defect_buf(d, len), len, CYCLIC_PERIOD);
}

static struct defect_xfer *cyclic_start(struct defect *d, unsigned int periods)
{
	struct defect_xfer *x = cyclic_prep(d, periods);

	defect_issue(x);

	return x;
}

/* One that may take the place of a cyclic one */
static struct defect_xfer *cyclic_replace(struct defect *d)
{
	struct defect_xfer *x;

	x = defect_prep(d, defect_buf(d, CYCLIC_PERIOD), CYCLIC_PERIOD, DMA_PREP_LOAD_EOT);
	defect_issue(x);

	return x;
}

/* A driver may have to stop the core in between, and wait for it */
static void cyclic_run_on(struct defect *d)
{
	unsigned int i;

	for (i = 0; i < CYCLIC_ENOUGH; i++)
		if (!defect_finish(d, 1))
			dmaengine_synchronize(d->chan);
}

static void cyclic_count_calls(struct defect *d, unsigned int periods, unsigned int segments)
{
	struct defect_xfer *x = cyclic_start(d, periods);

	defect_run(d, 8 * segments);
	KUNIT_EXPECT_EQ_MSG(d->test, x->calls, 8, "%u callbacks for 8 periods", x->calls);
}

/* A ring of periods in memory */
static void period_callback(struct kunit *test)
{
	cyclic_count_calls(defect_create_kind(test, DEFECT_SG), 4, 1);
}

/* A period that takes two segments */
static void period_callback_segments(struct kunit *test)
{
	struct axi_dmac_model_config cfg;

	defect_config(&cfg, 0);
	cfg.length_width = 11;
	cyclic_count_calls(defect_create(test, &cfg), 4, 2);
}

/* A core that can repeat by itself, but would not tell of it */
static void period_callback_result(struct kunit *test)
{
	cyclic_count_calls(defect_create_kind(test, DEFECT_CYCLIC), 1, 1);
}

/* One period, on a core that cannot repeat it by itself */
static void software_cyclic_once(struct kunit *test)
{
	struct defect *d = defect_create_kind(test, DEFECT_OUT);

	cyclic_start(d, 1);
	defect_run(d, 5);
	KUNIT_EXPECT_EQ_MSG(test, d->pos, 5 * CYCLIC_PERIOD, "%llu periods instead of 5",
			    d->pos / CYCLIC_PERIOD);
}

/* A period is no completion of the whole */
static void cyclic_completes_block(struct kunit *test)
{
	struct defect *d = defect_create_kind(test, 0);
	struct defect_xfer *x = cyclic_start(d, 3);

	defect_run(d, 7);
	KUNIT_EXPECT_EQ_MSG(test, x->calls, 7, "%u callbacks for 7 periods", x->calls);
	KUNIT_EXPECT_FALSE_MSG(test, defect_is_complete(x), "complete while it goes on");
}

/* Terminated between the interrupt and the tasklet that calls the client */
static void cyclic_callback_after_terminate(struct kunit *test)
{
	struct defect *d = defect_create_kind(test, 0);
	struct defect_xfer *x = cyclic_start(d, 4);

	axi_dmac_model_finish(d->model, 1);
	local_bh_disable();
	defect_deliver(d);
	dmaengine_terminate_async(d->chan);
	local_bh_enable();
	axi_dmac_model_quiesce(d->model);
	dmaengine_synchronize(d->chan);
	KUNIT_EXPECT_EQ_MSG(test, x->calls, 0, "the callback is called after terminate");
}

/*
 * What is queued behind a cyclic transfer waits for one that may take its place;
 * when that comes, all are done.
 */
static void dropped_transfer(struct kunit *test)
{
	struct defect *d = defect_create_kind(test, 0);
	struct defect_xfer *waiting, *next;

	cyclic_start(d, 2);
	defect_run(d, 3);
	waiting = defect_prep(d, defect_buf(d, SZ_4K), SZ_4K, 0);
	defect_issue(waiting);
	defect_run(d, 3);
	next = cyclic_replace(d);
	cyclic_run_on(d);

	KUNIT_EXPECT_EQ_MSG(test, waiting->calls + next->calls, 2,
			    "%u of 2 transfers behind a cyclic one complete",
			    waiting->calls + next->calls);
}

/* One-shot, cyclic, one-shot, all queued before the first runs */
static void mixed_cyclic_deadlock(struct kunit *test)
{
	struct defect *d = defect_create_kind(test, DEFECT_OUT | DEFECT_CYCLIC);
	struct defect_xfer *first, *cyclic, *last;

	first = defect_prep(d, defect_buf(d, SZ_4K), SZ_4K, DMA_PREP_LOAD_EOT);
	defect_submit(first);
	cyclic = cyclic_prep(d, 1);
	defect_no_callback(cyclic);
	defect_submit(cyclic);
	last = defect_prep(d, defect_buf(d, SZ_4K), SZ_4K, DMA_PREP_LOAD_EOT);
	defect_issue(last);
	cyclic_run_on(d);

	KUNIT_EXPECT_EQ_MSG(test, first->calls, 1, "the first transfer never completes");
	KUNIT_EXPECT_EQ_MSG(test, last->calls, 1, "the transfer behind a cyclic one never runs");
}

static void cyclic_replace_after(struct defect *d, unsigned int periods, bool callback)
{
	struct defect_xfer *x, *next;

	x = cyclic_prep(d, periods);
	if (!callback)
		defect_no_callback(x);
	defect_issue(x);
	defect_run(d, 5);
	/* More ends than the driver has heard of */
	axi_dmac_model_finish(d->model, 2);
	next = cyclic_replace(d);
	cyclic_run_on(d);

	KUNIT_EXPECT_TRUE_MSG(d->test, defect_is_complete(x), "the cyclic transfer never ends");
	KUNIT_EXPECT_EQ_MSG(d->test, next->calls, 1, "its replacement never completes");
	if (next->calls)
		KUNIT_EXPECT_TRUE_MSG(d->test, defect_went_through(d, d->bufs[1], CYCLIC_PERIOD,
								   d->pos - CYCLIC_PERIOD),
				      "the cyclic transfer goes on behind its replacement");
	KUNIT_EXPECT_EQ_MSG(d->test, axi_dmac_model_all_errors(d->model), 0,
			    "the core is not used as it should");
}

/* The core has fetched more of the old frame when it is to stop */
static void cyclic_stop_extra_frame(struct kunit *test)
{
	cyclic_replace_after(defect_create_kind(test, DEFECT_OUT | DEFECT_CYCLIC), 1, false);
}

/* When the core's flag is cleared, its completions do not tell the end */
static void cyclic_stop_race(struct kunit *test)
{
	struct axi_dmac_model_config cfg;

	defect_config(&cfg, DEFECT_OUT | DEFECT_CYCLIC);
	cfg.accept_ticks = 3;
	cyclic_replace_after(defect_create(test, &cfg), 1, false);
}

/* Interrupts of earlier rounds come after the ring was told to end */
static void sg_cyclic_ends_early(struct kunit *test)
{
	cyclic_replace_after(defect_create_kind(test, DEFECT_SG | DEFECT_OUT), 2, true);
}

/* A vector that is to be repeated */
static void repeat_unchecked(struct kunit *test)
{
	struct defect *d = defect_create_kind(test, DEFECT_OUT);
	struct dma_async_tx_descriptor *tx;
	struct dma_vec vec = { .len = SZ_4K };
	struct defect_xfer *x;

	vec.addr = virt_to_phys(defect_buf(d, SZ_4K));
	tx = dmaengine_prep_peripheral_dma_vec(d->chan, &vec, 1, DMA_MEM_TO_DEV, DMA_PREP_REPEAT);
	if (!tx)
		return;
	x = defect_xfer(d, tx);
	defect_issue(x);
	defect_run(d, 5);
	KUNIT_EXPECT_FALSE_MSG(test, defect_is_complete(x), "plays once instead of repeating");
	KUNIT_EXPECT_EQ_MSG(test, d->pos, 5 * SZ_4K, "%llu rounds instead of 5", d->pos / SZ_4K);
}

static struct kunit_case cyclic_test_cases[] = {
	KUNIT_CASE(period_callback),
	KUNIT_CASE(period_callback_segments),
	KUNIT_CASE(period_callback_result),
	KUNIT_CASE(software_cyclic_once),
	KUNIT_CASE(cyclic_completes_block),
	KUNIT_CASE(cyclic_callback_after_terminate),
	KUNIT_CASE(dropped_transfer),
	KUNIT_CASE(mixed_cyclic_deadlock),
	KUNIT_CASE(cyclic_stop_extra_frame),
	KUNIT_CASE(cyclic_stop_race),
	KUNIT_CASE(sg_cyclic_ends_early),
	KUNIT_CASE(repeat_unchecked),
	{}
};

static struct kunit_suite cyclic_test_suite = {
	.name = "defect_cyclic",
	.test_cases = cyclic_test_cases,
};

kunit_test_suite(cyclic_test_suite);
