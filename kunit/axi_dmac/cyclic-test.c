// SPDX-License-Identifier: GPL-2.0-only
/*
 * Transfers that repeat: one callback for each period, whatever became of the
 * interrupts, and an end at the end of a period when something else is to take
 * their place.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <linux/io.h>

#include "fixture.h"

/* Long enough for a loop in hardware, also where packets may end early */
#define CYCLIC_PERIOD	SZ_8K
#define CYCLIC_NEXT	SZ_16K

struct cyclic_case {
	const char *name;
	u32 version;
	unsigned int periods;
	u32 flags;
};

#define CYCLIC_SG	BIT(0)	/* core with scatter-gather */
#define CYCLIC_OUT	BIT(1)	/* from memory to a stream */
#define CYCLIC_FLAG	BIT(2)	/* core can repeat a segment by itself */
#define CYCLIC_CALL	BIT(3)	/* client wants to be called */

static const struct cyclic_case cyclic_cases[] = {
	{ "registers, in, 1 period", ADM_VERSION(4, 5, 'e'), 1, CYCLIC_CALL },
	{ "registers, out, 1 period", ADM_VERSION(4, 5, 'e'), 1, CYCLIC_OUT | CYCLIC_CALL },
	{ "registers, out, 1 period, flag unused", ADM_VERSION(4, 5, 'e'), 1,
	  CYCLIC_OUT | CYCLIC_FLAG | CYCLIC_CALL },
	{ "registers, in, 4 periods", ADM_VERSION(4, 5, 'e'), 4, CYCLIC_FLAG | CYCLIC_CALL },
	{ "registers, out, 3 periods", ADM_VERSION(4, 2, 'b'), 3,
	  CYCLIC_OUT | CYCLIC_FLAG | CYCLIC_CALL },
	{ "registers, out, 1 period, silent", ADM_VERSION(4, 5, 'e'), 1, CYCLIC_OUT },
	{ "registers, out, 5 periods, silent", ADM_VERSION(4, 5, 'e'), 5,
	  CYCLIC_OUT | CYCLIC_FLAG },
	{ "registers, in, 2 periods, silent", ADM_VERSION(4, 0, 'a'), 2, CYCLIC_FLAG },
	{ "flag, out, ends cleanly", ADM_VERSION(4, 6, 'a'), 1, CYCLIC_OUT | CYCLIC_FLAG },
	{ "flag, in, ends cleanly", ADM_VERSION(4, 6, 'a'), 1, CYCLIC_FLAG },
	{ "scatter-gather, in, 1 period", ADM_VERSION(4, 5, 'e'), 1, CYCLIC_SG | CYCLIC_CALL },
	{ "scatter-gather, out, 1 period", ADM_VERSION(4, 5, 'e'), 1,
	  CYCLIC_SG | CYCLIC_OUT | CYCLIC_CALL },
	{ "scatter-gather, in, 2 periods", ADM_VERSION(4, 5, 'e'), 2, CYCLIC_SG | CYCLIC_CALL },
	{ "scatter-gather, out, 3 periods", ADM_VERSION(4, 5, 'e'), 3,
	  CYCLIC_SG | CYCLIC_OUT | CYCLIC_CALL },
	{ "scatter-gather, out, 4 periods", ADM_VERSION(4, 5, 'e'), 4,
	  CYCLIC_SG | CYCLIC_OUT | CYCLIC_CALL },
	{ "scatter-gather, in, 7 periods", ADM_VERSION(4, 5, 'e'), 7, CYCLIC_SG | CYCLIC_CALL },
	{ "scatter-gather, out, 16 periods", ADM_VERSION(4, 5, 'a'), 16,
	  CYCLIC_SG | CYCLIC_OUT | CYCLIC_CALL },
	{ "scatter-gather, out, 1 period, silent", ADM_VERSION(4, 5, 'e'), 1,
	  CYCLIC_SG | CYCLIC_OUT },
	{ "scatter-gather, in, 4 periods, silent", ADM_VERSION(4, 5, 'e'), 4, CYCLIC_SG },
	{ "scatter-gather, out, 9 periods, silent", ADM_VERSION(4, 6, 'a'), 9,
	  CYCLIC_SG | CYCLIC_OUT | CYCLIC_FLAG },
};

KUNIT_ARRAY_PARAM_DESC(cyclic, cyclic_cases, name);
KUNIT_ARRAY_PARAM_DESC(cyclic_mode, dmac_modes, name);
KUNIT_ARRAY_PARAM_DESC(cyclic_ring, dmac_rings, name);

static struct dmac_fixture *cyclic_create(struct kunit *test)
{
	const struct cyclic_case *c = test->param_value;
	const struct dmac_case kind = {
		.name = c->name,
		.version = c->version,
		.sg = c->flags & CYCLIC_SG,
		.out = c->flags & CYCLIC_OUT,
	};
	struct axi_dmac_model_config cfg;

	dmac_config(&kind, &cfg);
	cfg.cyclic = c->flags & CYCLIC_FLAG;

	return dmac_create(test, &cfg);
}

static struct dmac_xfer *cyclic_start(struct dmac_fixture *fx, unsigned int periods,
				      bool callback)
{
	size_t len = periods * CYCLIC_PERIOD;
	struct dmac_xfer *x;

	x = dmac_prep_cyclic(fx, dmac_buf(fx, len), len, CYCLIC_PERIOD);
	if (!callback)
		dmac_no_callback(x);
	dmac_submit_and_issue(x);

	return x;
}

static struct dmac_xfer *cyclic_replace_from(struct dmac_fixture *fx, void *buf)
{
	struct dmac_xfer *x;

	x = dmac_prep(fx, buf, CYCLIC_NEXT, DMA_PREP_LOAD_EOT);
	dmac_submit_and_issue(x);

	return x;
}

static struct dmac_xfer *cyclic_replace(struct dmac_fixture *fx)
{
	return cyclic_replace_from(fx, dmac_buf(fx, CYCLIC_NEXT));
}

static void cyclic_step(struct dmac_fixture *fx, unsigned int segments)
{
	while (segments--)
		KUNIT_EXPECT_EQ(fx->test, dmac_finish(fx, 1), 1);
}

/* Step by step, as there is no "until nothing is left" before the replacement */
static void cyclic_run_until_done(struct dmac_fixture *fx, struct dmac_xfer *x)
{
	unsigned int i;

	for (i = 0; i < 200 && dmac_status(x) != DMA_COMPLETE; i++)
		if (!dmac_finish(fx, 1))
			dmaengine_synchronize(fx->chan);
}

/*
 * All that went through before the last @len bytes was whole periods of the
 * cyclic buffer, the first that was made.
 */
static void cyclic_expect_periods(struct dmac_fixture *fx, unsigned int periods, u64 bytes)
{
	u64 pos;

	KUNIT_EXPECT_EQ(fx->test, bytes % CYCLIC_PERIOD, 0);
	if (!fx->out)
		return;

	for (pos = 0; pos + CYCLIC_PERIOD <= min_t(u64, bytes, DMAC_LOG_SIZE);
	     pos += CYCLIC_PERIOD)
		dmac_expect_data(fx, fx->bufs[0] + pos % (periods * CYCLIC_PERIOD),
				 CYCLIC_PERIOD, pos);
}

static void cyclic_test_periods(struct kunit *test)
{
	const struct cyclic_case *c = test->param_value;
	struct dmac_fixture *fx = cyclic_create(test);
	unsigned int i, calls = 0, call = !!(c->flags & CYCLIC_CALL);
	struct dmac_xfer *x;

	x = cyclic_start(fx, c->periods, call);
	for (i = 0; i < 3 * c->periods + 5; i++) {
		KUNIT_EXPECT_EQ(test, x->calls, call * i);
		KUNIT_EXPECT_EQ(test, dmac_finish(fx, 1), 1);
	}
	calls = call * i;

	/* Several in one interrupt */
	for (i = 0; i < 3 * c->periods; i++) {
		calls += call * dmac_finish(fx, 2);
		KUNIT_EXPECT_EQ(test, x->calls, calls);
		calls += call * dmac_finish(fx, 3);
		KUNIT_EXPECT_EQ(test, x->calls, calls);
	}
	KUNIT_EXPECT_EQ(test, x->result.result, DMA_TRANS_NOERROR);
	KUNIT_EXPECT_EQ(test, dmac_status(x), DMA_IN_PROGRESS);

	KUNIT_EXPECT_EQ(test, dmaengine_terminate_sync(fx->chan), 0);
	KUNIT_EXPECT_EQ(test, x->calls, calls);
	KUNIT_EXPECT_EQ(test, dmac_pages(fx), 0);
	if (fx->out)
		cyclic_expect_periods(fx, c->periods, round_down(fx->pos, CYCLIC_PERIOD));
}

/* The replacement comes when some periods have passed, and interrupts are late */
static void cyclic_end_after(struct kunit *test, unsigned int before)
{
	const struct cyclic_case *c = test->param_value;
	struct dmac_fixture *fx = cyclic_create(test);
	struct dmac_xfer *x, *next;
	unsigned int i;

	x = cyclic_start(fx, c->periods, c->flags & CYCLIC_CALL);
	for (i = 0; i < before; i++)
		dmac_finish(fx, 1 + i % 3);
	axi_dmac_model_finish(fx->model, 2);
	KUNIT_EXPECT_EQ(test, dmac_status(x), DMA_IN_PROGRESS);

	next = cyclic_replace(fx);
	cyclic_run_until_done(fx, next);

	dmac_expect_done(next);
	KUNIT_EXPECT_EQ(test, dmac_status(x), DMA_COMPLETE);
	KUNIT_EXPECT_GE(test, fx->pos, CYCLIC_PERIOD + CYCLIC_NEXT);
	dmac_expect_data(fx, fx->bufs[1], CYCLIC_NEXT, fx->pos - CYCLIC_NEXT);
	cyclic_expect_periods(fx, c->periods, fx->pos - CYCLIC_NEXT);
	KUNIT_EXPECT_EQ(test, x->calls,
			c->flags & CYCLIC_CALL ? (fx->pos - CYCLIC_NEXT) / CYCLIC_PERIOD : 0);
	KUNIT_EXPECT_EQ(test, dmac_pages(fx), 0);

	/* The core still counts as we do */
	next = cyclic_replace(fx);
	dmac_run(fx);
	dmac_expect_done(next);
	dmac_expect_data(fx, fx->bufs[2], CYCLIC_NEXT, fx->pos - CYCLIC_NEXT);
}

static void cyclic_test_end_at_once(struct kunit *test)
{
	cyclic_end_after(test, 0);
}

static void cyclic_test_end_later(struct kunit *test)
{
	cyclic_end_after(test, 7);
}

static void cyclic_test_end_much_later(struct kunit *test)
{
	cyclic_end_after(test, 22);
}

/*
 * Prepared for repetition as the IIO buffers do it, and queued between two
 * others before anything runs: it is played at least once, everything in order.
 */
static void cyclic_test_queued_between(struct kunit *test)
{
	struct dmac_fixture *fx = dmac_create_case(test);
	struct dmac_xfer *first, *repeated, *last;

	first = dmac_prep(fx, dmac_buf(fx, SZ_16K), SZ_16K, 0);
	repeated = dmac_prep(fx, dmac_buf(fx, CYCLIC_PERIOD), CYCLIC_PERIOD,
			     DMA_PREP_REPEAT | DMA_PREP_LOAD_EOT);
	last = dmac_prep(fx, dmac_buf(fx, SZ_16K), SZ_16K, DMA_PREP_LOAD_EOT);
	dmac_no_callback(repeated);
	dmac_submit(first);
	dmac_submit(repeated);
	dmac_submit_and_issue(last);
	dmac_run(fx);

	dmac_expect_done(first);
	KUNIT_EXPECT_EQ(test, dmac_status(repeated), DMA_COMPLETE);
	dmac_expect_done(last);
	KUNIT_EXPECT_EQ(test, fx->pos, SZ_16K + CYCLIC_PERIOD + SZ_16K);
	dmac_expect_data(fx, fx->bufs[0], SZ_16K, 0);
	dmac_expect_data(fx, fx->bufs[1], CYCLIC_PERIOD, SZ_16K);
	dmac_expect_data(fx, fx->bufs[2], SZ_16K, SZ_16K + CYCLIC_PERIOD);
}

/* Repeated transfers follow each other */
static void cyclic_test_one_after_other(struct kunit *test)
{
	struct dmac_fixture *fx = dmac_create_case(test);
	struct dmac_xfer *x, *before = NULL;
	unsigned int i;

	for (i = 0; i < 6; i++) {
		x = dmac_prep(fx, dmac_buf(fx, CYCLIC_PERIOD), CYCLIC_PERIOD,
			      DMA_PREP_REPEAT | DMA_PREP_LOAD_EOT);
		if (i & 1)
			dmac_no_callback(x);
		dmac_submit_and_issue(x);
		cyclic_step(fx, 9);
		if (before)
			KUNIT_EXPECT_EQ(test, dmac_status(before), DMA_COMPLETE);
		KUNIT_EXPECT_EQ(test, dmac_status(x), DMA_IN_PROGRESS);
		before = x;
	}
	x = cyclic_replace(fx);
	cyclic_run_until_done(fx, x);
	dmac_expect_done(x);
	KUNIT_EXPECT_EQ(test, dmac_pages(fx), 0);
}

/* What may not replace it waits, also behind one that may; nothing is lost */
static void cyclic_test_not_replaced(struct kunit *test)
{
	struct dmac_fixture *fx = dmac_create_case(test);
	struct dmac_xfer *x, *plain, *next;

	x = cyclic_start(fx, 2, true);
	cyclic_step(fx, 3);
	plain = dmac_prep(fx, dmac_buf(fx, SZ_4K), SZ_4K, 0);
	dmac_submit_and_issue(plain);
	cyclic_step(fx, 12);
	KUNIT_EXPECT_EQ(test, x->calls, 15);
	KUNIT_EXPECT_EQ(test, plain->calls, 0);
	KUNIT_EXPECT_EQ(test, dmac_status(plain), DMA_IN_PROGRESS);

	next = cyclic_replace(fx);
	cyclic_run_until_done(fx, next);
	dmac_expect_done(plain);
	dmac_expect_done(next);
	KUNIT_EXPECT_EQ(test, dmac_status(x), DMA_COMPLETE);
	KUNIT_EXPECT_LT(test, plain->order, next->order);
}

/*
 * A core before 4.6.a that repeats by its flag has to be stopped to be ended.
 * What comes then is whole, and not started before the core is quiet.
 */
static void cyclic_test_flag_is_cut(struct kunit *test)
{
	struct axi_dmac_model_config cfg;
	struct dmac_xfer *x, *next;
	struct dmac_fixture *fx;
	u64 pos;

	dmac_config(&dmac_modes[1], &cfg);
	cfg.cyclic = true;
	cfg.late_bytes = 200;
	fx = dmac_create(test, &cfg);

	x = cyclic_start(fx, 1, false);
	KUNIT_EXPECT_EQ(test, axi_dmac_model_finish(fx->model, 10), 10);
	axi_dmac_model_move(fx->model, 1000);
	KUNIT_EXPECT_EQ(test, axi_dmac_model_peek(fx->model, ADM_REG_FLAGS) & ADM_FLAG_CYCLIC, 1);
	KUNIT_EXPECT_FALSE(test, axi_dmac_model_line(fx->model));

	next = cyclic_replace(fx);
	KUNIT_EXPECT_EQ(test, axi_dmac_model_peek(fx->model, ADM_REG_CONTROL), 0);
	KUNIT_EXPECT_EQ(test, next->calls, 0);
	KUNIT_EXPECT_EQ(test, dmac_residue(x), CYCLIC_PERIOD);
	dmaengine_synchronize(fx->chan);
	pos = fx->pos;
	dmac_run(fx);

	KUNIT_EXPECT_EQ(test, dmac_status(x), DMA_COMPLETE);
	dmac_expect_done(next);
	KUNIT_EXPECT_EQ(test, fx->pos, pos + CYCLIC_NEXT);
	dmac_expect_data(fx, fx->bufs[1], CYCLIC_NEXT, pos);
	KUNIT_EXPECT_EQ(test, dmac_pages(fx), 0);
}

/* A loop by the flag, replaced while its sink stalls; the core's patience is over */
static struct dmac_fixture *cyclic_cut_stalled(struct kunit *test, struct dmac_xfer **x,
					       struct dmac_xfer **next)
{
	struct axi_dmac_model_config cfg;
	struct dmac_fixture *fx;
	unsigned int i;

	dmac_config(&dmac_modes[1], &cfg);
	cfg.cyclic = true;
	fx = dmac_create(test, &cfg);

	*x = dmac_prep_cyclic(fx, dmac_buf(fx, CYCLIC_PERIOD), CYCLIC_PERIOD, CYCLIC_PERIOD);
	KUNIT_ASSERT_EQ(test, dmaengine_desc_set_reuse((*x)->tx), 0);
	dmac_no_callback(*x);
	dmac_submit_and_issue(*x);
	cyclic_step(fx, 3);

	axi_dmac_model_set_quiesce(fx->model, ADM_NEVER, 0);
	fx->dmac->hw.quiet_timeout_us = 1000;
	*next = cyclic_replace(fx);
	for (i = 0; i < 3; i++)
		dmaengine_synchronize(fx->chan);
	KUNIT_EXPECT_EQ(test, (*next)->calls, 0);
	KUNIT_EXPECT_EQ(test, dmac_status(*x), DMA_IN_PROGRESS);
	KUNIT_EXPECT_EQ(test, dmac_status(*next), DMA_IN_PROGRESS);

	return fx;
}

/* The sink may stall for longer than a core may take that is terminated */
static void cyclic_test_flag_is_cut_late(struct kunit *test)
{
	struct dmac_xfer *x, *next;
	struct dmac_fixture *fx;

	fx = cyclic_cut_stalled(test, &x, &next);
	dmac_expect_replaced(x, next, CYCLIC_NEXT);
	KUNIT_EXPECT_EQ(test, dmaengine_desc_free(x->tx), 0);
}

/* But who terminates it learns in time that the core is stuck */
static void cyclic_test_flag_is_cut_terminated(struct kunit *test)
{
	struct dmac_xfer *x, *next;
	struct dmac_fixture *fx;

	fx = cyclic_cut_stalled(test, &x, &next);
	KUNIT_EXPECT_EQ(test, dmaengine_terminate_sync(fx->chan), 0);
	KUNIT_EXPECT_EQ(test, next->calls, 0);
	next = cyclic_replace(fx);
	dmaengine_synchronize(fx->chan);
	KUNIT_EXPECT_EQ(test, next->calls, 1);
	KUNIT_EXPECT_EQ(test, next->result.result, DMA_TRANS_ABORTED);

	axi_dmac_model_set_quiesce(fx->model, 3, 0);
	fx->dmac->hw.quiet_timeout_us = 60 * USEC_PER_SEC;
	dmaengine_synchronize(fx->chan);
	KUNIT_EXPECT_EQ(test, dmaengine_desc_free(x->tx), 0);
	next = cyclic_replace(fx);
	dmac_run(fx);
	dmac_expect_done(next);
}

/* The flag hides all completions, so what is in front has to complete before */
static void cyclic_test_flag_waits(struct kunit *test)
{
	struct axi_dmac_model_config cfg;
	struct dmac_xfer *first, *x, *next;
	struct dmac_fixture *fx;

	dmac_config(&dmac_modes[1], &cfg);
	cfg.cyclic = true;
	fx = dmac_create(test, &cfg);

	first = dmac_prep(fx, dmac_buf(fx, SZ_8K), SZ_8K, 0);
	dmac_submit_and_issue(first);
	axi_dmac_model_accept(fx->model);
	axi_dmac_model_move(fx->model, 1000);
	x = cyclic_start(fx, 1, false);
	KUNIT_EXPECT_EQ(test, axi_dmac_model_writes(fx->model, ADM_REG_SUBMIT), 1);

	KUNIT_EXPECT_EQ(test, dmac_finish(fx, 1), 1);
	dmac_expect_done(first);
	dmac_expect_data(fx, fx->bufs[0], SZ_8K, 0);
	KUNIT_EXPECT_EQ(test, axi_dmac_model_writes(fx->model, ADM_REG_SUBMIT), 2);
	cyclic_step(fx, 5);

	next = cyclic_replace(fx);
	dmaengine_synchronize(fx->chan);
	dmac_run(fx);
	KUNIT_EXPECT_EQ(test, dmac_status(x), DMA_COMPLETE);
	dmac_expect_done(next);
}

/* Where nobody wants to be called, nobody is interrupted */
static void cyclic_test_silent(struct kunit *test)
{
	struct axi_dmac_model_stats stats;
	struct axi_dmac_model_config cfg;
	struct dmac_fixture *fx;

	dmac_config(test->param_value, &cfg);
	cfg.cyclic = true;
	fx = dmac_create(test, &cfg);

	cyclic_start(fx, 1, false);
	axi_dmac_model_reset_stats(fx->model);
	KUNIT_EXPECT_EQ(test, dmac_finish(fx, 100), 100);
	axi_dmac_model_stats(fx->model, &stats);
	KUNIT_EXPECT_EQ(test, stats.irqs, 0);
	KUNIT_EXPECT_EQ(test, stats.reads, 0);
	KUNIT_EXPECT_EQ(test, stats.writes, 0);
	KUNIT_EXPECT_EQ(test, dmaengine_terminate_sync(fx->chan), 0);
}

/*
 * The interrupt is served later than all that was submitted can last. The core waits
 * for more then, and no period is lost, or reported that was not.
 */
static void cyclic_test_very_late(struct kunit *test)
{
	const struct cyclic_case *c = test->param_value;
	struct dmac_fixture *fx = cyclic_create(test);
	struct dmac_xfer *x, *next;
	unsigned int i, n, calls = 0;

	if (!(c->flags & CYCLIC_CALL))
		kunit_skip(test, "nobody is called");

	x = cyclic_start(fx, c->periods, true);
	for (i = 0; i < 20; i++) {
		n = axi_dmac_model_finish(fx->model, 1 + i % 13);
		KUNIT_EXPECT_GE(test, n, 1);
		KUNIT_EXPECT_LE(test, n, AXI_DMAC_MAX_OUTSTANDING);
		KUNIT_EXPECT_EQ(test, x->calls, calls);
		dmac_deliver(fx);
		calls += n;
		KUNIT_EXPECT_EQ(test, x->calls, calls);
		KUNIT_EXPECT_EQ(test, fx->pos, calls * CYCLIC_PERIOD);
	}

	axi_dmac_model_finish(fx->model, 11);
	next = cyclic_replace(fx);
	cyclic_run_until_done(fx, next);
	dmac_expect_done(next);
	KUNIT_EXPECT_EQ(test, dmac_status(x), DMA_COMPLETE);
	KUNIT_EXPECT_EQ(test, x->calls, (fx->pos - CYCLIC_NEXT) / CYCLIC_PERIOD);
	KUNIT_EXPECT_LT(test, x->order, next->order);
	dmac_expect_data(fx, fx->bufs[1], CYCLIC_NEXT, fx->pos - CYCLIC_NEXT);
	cyclic_expect_periods(fx, c->periods, fx->pos - CYCLIC_NEXT);
}

/* Periods end, and others do, before the tasklet gets to run: each is told, in order */
static void cyclic_test_late_tasklet(struct kunit *test)
{
	struct dmac_fixture *fx = dmac_create_case(test);
	void *buf = dmac_buf(fx, CYCLIC_NEXT);
	struct dmac_xfer *first, *x, *next;
	unsigned int i;

	first = dmac_prep(fx, dmac_buf(fx, CYCLIC_NEXT), CYCLIC_NEXT, 0);
	dmac_submit_and_issue(first);
	x = cyclic_start(fx, 4, true);

	local_bh_disable();
	for (i = 0; i < 1 + 150; i++)
		KUNIT_EXPECT_EQ(test, dmac_finish(fx, 1), 1);
	KUNIT_EXPECT_EQ(test, fx->calls, 0);
	local_bh_enable();
	KUNIT_EXPECT_EQ(test, first->calls, 1);
	KUNIT_EXPECT_EQ(test, first->order, 0);
	KUNIT_EXPECT_EQ(test, x->calls, 150);

	local_bh_disable();
	for (i = 0; i < 7; i++)
		dmac_finish(fx, 1);
	next = cyclic_replace_from(fx, buf);
	for (i = 0; i < 10; i++)
		dmac_finish(fx, 1);
	KUNIT_EXPECT_EQ(test, fx->calls, 151);
	local_bh_enable();
	dmac_expect_done(next);
	KUNIT_EXPECT_EQ(test, x->calls, (fx->pos - 2 * CYCLIC_NEXT) / CYCLIC_PERIOD);
	KUNIT_EXPECT_EQ(test, next->order, x->calls + 1);
}

/*
 * As the IIO buffers do it: no interrupt asked for, and ends others, and is ended; the
 * loop is silent all the same, and its callback, if it has one, tells of its end.
 */
static void cyclic_test_replaces_itself(struct kunit *test)
{
	struct axi_dmac_model_stats stats;
	struct axi_dmac_model_config cfg;
	struct dmac_fixture *fx;
	struct dmac_xfer *x[4];
	unsigned int i, n;

	dmac_config(test->param_value, &cfg);
	cfg.cyclic = true;
	fx = dmac_create(test, &cfg);

	for (i = 0; i < ARRAY_SIZE(x); i++) {
		x[i] = dmac_prep(fx, dmac_buf(fx, CYCLIC_PERIOD), CYCLIC_PERIOD,
				 DMA_PREP_REPEAT | DMA_PREP_LOAD_EOT);
		if (i & 1)
			dmac_no_callback(x[i]);
		dmac_submit_and_issue(x[i]);
		/* Until the one before has ended, and this one runs */
		for (n = 0; n < 20 && i && dmac_status(x[i - 1]) != DMA_COMPLETE; n++)
			if (!dmac_finish(fx, 1))
				dmaengine_synchronize(fx->chan);
		dmac_finish(fx, 2);

		axi_dmac_model_reset_stats(fx->model);
		KUNIT_EXPECT_EQ(test, dmac_finish(fx, 100), 100);
		axi_dmac_model_stats(fx->model, &stats);
		KUNIT_EXPECT_EQ_MSG(test, stats.irqs + stats.reads + stats.writes, 0,
				    "transfer %u", i);
		KUNIT_EXPECT_EQ(test, x[i]->calls, 0);
		KUNIT_EXPECT_EQ(test, dmac_status(x[i]), DMA_IN_PROGRESS);
		if (i)
			KUNIT_EXPECT_EQ(test, x[i - 1]->calls, i & 1);
	}
	KUNIT_EXPECT_EQ(test, dmaengine_terminate_sync(fx->chan), 0);
	KUNIT_EXPECT_EQ(test, dmac_pages(fx), 0);
}

/* A client that wants to be called for each pass says so, and is */
static void cyclic_test_repeat_with_interrupts(struct kunit *test)
{
	struct dmac_fixture *fx = dmac_create_case(test);
	struct dmac_xfer *x;

	x = dmac_prep(fx, dmac_buf(fx, CYCLIC_PERIOD), CYCLIC_PERIOD,
		      DMA_PREP_REPEAT | DMA_PREP_INTERRUPT);
	dmac_submit_and_issue(x);
	cyclic_step(fx, 9);
	KUNIT_EXPECT_EQ(test, x->calls, 9);
	KUNIT_EXPECT_EQ(test, dmac_status(x), DMA_IN_PROGRESS);
}

/* With scatter-gather, a loop costs nothing, whatever the transfer was before */
static void cyclic_expect_loop(struct dmac_fixture *fx, unsigned int periods)
{
	struct axi_dmac_model_stats stats;

	/* The descriptors that it begins with are fetched, and no more are to be submitted */
	cyclic_step(fx, 1);
	axi_dmac_model_reset_stats(fx->model);
	cyclic_step(fx, periods - 1);
	axi_dmac_model_stats(fx->model, &stats);
	if (fx->dmac->caps.sg)
		KUNIT_EXPECT_EQ(fx->test, stats.irqs + stats.reads + stats.writes, 0);
}

/* With its periods told, then without, then with again; interrupts only where needed */
static void cyclic_test_reuse_otherwise(struct kunit *test)
{
	struct dmac_fixture *fx = dmac_create_case(test);
	struct dmac_xfer *x, *next;
	unsigned int i, calls;

	x = dmac_prep_cyclic(fx, dmac_buf(fx, 4 * CYCLIC_PERIOD), 4 * CYCLIC_PERIOD,
			     CYCLIC_PERIOD);
	KUNIT_ASSERT_EQ(test, dmaengine_desc_set_reuse(x->tx), 0);
	for (i = 0; i < 5; i++) {
		x->calls = 0;
		if (i % 2)
			x->tx->callback_result = dmac_callback;
		else
			dmac_no_callback(x);
		dmac_submit_and_issue(x);
		if (i % 2)
			cyclic_step(fx, 6);
		else
			cyclic_expect_loop(fx, 6);
		calls = x->calls;
		KUNIT_EXPECT_EQ(test, calls, i % 2 ? 6 : 0);
		next = cyclic_replace(fx);
		cyclic_run_until_done(fx, next);
		dmac_expect_done(next);
		KUNIT_EXPECT_EQ(test, dmac_status(x), DMA_COMPLETE);
		if (i % 2)
			KUNIT_EXPECT_GT(test, x->calls, calls);
		else
			KUNIT_EXPECT_EQ(test, x->calls, 0);
		dmac_expect_data(fx, fx->bufs[1 + i], CYCLIC_NEXT, fx->pos - CYCLIC_NEXT);
	}
	KUNIT_EXPECT_EQ(test, dmaengine_desc_free(x->tx), 0);
}

/*
 * Stopped in the middle of a run by period: chains that the core had have an end, which
 * must not be the end of the loop that the transfer is the next time.
 */
static void cyclic_test_reuse_stopped_otherwise(struct kunit *test)
{
	static const unsigned int periods[] = { 1, 2, 3, 4, 7 };
	struct dmac_fixture *fx = dmac_create_case(test);
	unsigned int i, steps;
	struct dmac_xfer *x;
	size_t len;
	u64 pos;

	for (i = 0; i < ARRAY_SIZE(periods); i++) {
		len = periods[i] * CYCLIC_PERIOD;
		x = dmac_prep_cyclic(fx, dmac_buf(fx, len), len, CYCLIC_PERIOD);
		KUNIT_ASSERT_EQ(test, dmaengine_desc_set_reuse(x->tx), 0);
		for (steps = 0; steps < 9; steps++) {
			x->tx->callback_result = dmac_callback;
			x->calls = 0;
			dmac_submit_and_issue(x);
			cyclic_step(fx, steps);
			dmac_take_up(fx);
			KUNIT_EXPECT_EQ(test, x->calls, steps);
			KUNIT_EXPECT_EQ(test, dmaengine_terminate_sync(fx->chan), 0);

			dmac_no_callback(x);
			pos = fx->pos;
			dmac_submit_and_issue(x);
			cyclic_expect_loop(fx, 2 * periods[i] + 1);
			if (fx->out && fx->pos < DMAC_LOG_SIZE)
				dmac_expect_data(fx, fx->bufs[i], len, pos + len);
			KUNIT_EXPECT_EQ(test, dmaengine_terminate_sync(fx->chan), 0);
		}
		KUNIT_EXPECT_EQ(test, dmaengine_desc_free(x->tx), 0);
	}
}

/* Where in the buffer is the core? */
static void cyclic_position(struct kunit *test, bool callback)
{
	struct dmac_fixture *fx = dmac_create_case(test);
	struct dmac_xfer *x = cyclic_start(fx, 4, callback);
	unsigned int i;

	for (i = 0; i < 10; i++) {
		KUNIT_EXPECT_EQ(test, axi_dmac_model_move(fx->model, 0), 0);
		axi_dmac_model_accept(fx->model);
		while (axi_dmac_model_fetch(fx->model))
			;
		KUNIT_EXPECT_EQ(test, dmac_residue(x), (4 - i % 4) * CYCLIC_PERIOD);
		KUNIT_EXPECT_EQ(test, axi_dmac_model_move(fx->model, CYCLIC_PERIOD),
				CYCLIC_PERIOD);
		KUNIT_EXPECT_TRUE(test, axi_dmac_model_complete(fx->model));
		dmac_deliver(fx);
	}
}

static void cyclic_test_position(struct kunit *test)
{
	cyclic_position(test, true);
	cyclic_position(test, false);
}

/* A tasklet that is late finds nothing of what was terminated */
static void cyclic_test_terminate_before_tasklet(struct kunit *test)
{
	struct dmac_fixture *fx = dmac_create_case(test);
	struct dmac_xfer *x = cyclic_start(fx, 4, true);

	axi_dmac_model_finish(fx->model, 2);
	local_bh_disable();
	dmac_deliver(fx);
	KUNIT_EXPECT_EQ(test, x->calls, 0);
	dmaengine_terminate_async(fx->chan);
	local_bh_enable();
	dmaengine_synchronize(fx->chan);

	KUNIT_EXPECT_EQ(test, x->calls, 0);
	KUNIT_EXPECT_EQ(test, dmac_pages(fx), 0);
}

/* A reusable one is the same the second time, although its end was changed */
static void cyclic_test_reuse(struct kunit *test)
{
	const struct cyclic_case *c = test->param_value;
	struct dmac_fixture *fx = cyclic_create(test);
	size_t len = c->periods * CYCLIC_PERIOD;
	struct dmac_xfer *x, *next;
	unsigned int i;

	x = dmac_prep_cyclic(fx, dmac_buf(fx, len), len, CYCLIC_PERIOD);
	KUNIT_ASSERT_EQ(test, dmaengine_desc_set_reuse(x->tx), 0);
	if (!(c->flags & CYCLIC_CALL))
		dmac_no_callback(x);

	for (i = 0; i < 4; i++) {
		dmac_submit_and_issue(x);
		cyclic_step(fx, 2 * c->periods + i);
		KUNIT_EXPECT_EQ(test, dmac_status(x), DMA_IN_PROGRESS);
		next = cyclic_replace(fx);
		cyclic_run_until_done(fx, next);
		dmac_expect_done(next);
		KUNIT_EXPECT_EQ(test, dmac_status(x), DMA_COMPLETE);
		dmac_expect_data(fx, fx->bufs[1 + i], CYCLIC_NEXT, fx->pos - CYCLIC_NEXT);
	}
	if (c->flags & CYCLIC_CALL)
		KUNIT_EXPECT_EQ(test, x->calls, (fx->pos - 4 * CYCLIC_NEXT) / CYCLIC_PERIOD);
	KUNIT_EXPECT_EQ(test, dmaengine_desc_free(x->tx), 0);
}

/* One that is to be replaced before it has begun, and was at its end the last time */
static void cyclic_test_reuse_replaced(struct kunit *test)
{
	const struct cyclic_case *c = test->param_value;
	struct dmac_fixture *fx = cyclic_create(test);
	size_t len = c->periods * CYCLIC_PERIOD;
	struct dmac_xfer *x, *next;
	unsigned int i;
	u64 pos;

	x = dmac_prep_cyclic(fx, dmac_buf(fx, len), len, CYCLIC_PERIOD);
	KUNIT_ASSERT_EQ(test, dmaengine_desc_set_reuse(x->tx), 0);
	if (!(c->flags & CYCLIC_CALL))
		dmac_no_callback(x);

	for (i = 0; i < 3; i++) {
		pos = fx->pos;
		dmac_submit(x);
		next = cyclic_replace(fx);
		/* The core still shows the end of the last time */
		dmac_foreign_interrupt(fx);
		KUNIT_EXPECT_EQ(test, dmac_status(x), DMA_IN_PROGRESS);
		cyclic_run_until_done(fx, next);
		dmac_expect_done(next);
		KUNIT_EXPECT_EQ(test, dmac_status(x), DMA_COMPLETE);
		KUNIT_EXPECT_GE(test, fx->pos, pos + CYCLIC_PERIOD + CYCLIC_NEXT);
		if (fx->out)
			dmac_expect_data(fx, fx->bufs[0], CYCLIC_PERIOD, pos);
	}
	KUNIT_EXPECT_EQ(test, dmaengine_desc_free(x->tx), 0);
}

/* What the core still shows of the last time is not how far it has come now */
static void cyclic_test_reuse_stopped(struct kunit *test)
{
	struct dmac_fixture *fx = dmac_create_case(test);
	struct dmac_xfer *x;

	x = dmac_prep_cyclic(fx, dmac_buf(fx, 16 * CYCLIC_PERIOD), 16 * CYCLIC_PERIOD,
			     CYCLIC_PERIOD);
	KUNIT_ASSERT_EQ(test, dmaengine_desc_set_reuse(x->tx), 0);
	dmac_submit_and_issue(x);
	cyclic_step(fx, 9);
	KUNIT_EXPECT_EQ(test, x->calls, 9);
	KUNIT_EXPECT_EQ(test, dmaengine_terminate_sync(fx->chan), 0);

	dmac_submit_and_issue(x);
	dmac_foreign_interrupt(fx);
	KUNIT_EXPECT_EQ(test, x->calls, 9);
	cyclic_step(fx, 9);
	KUNIT_EXPECT_EQ(test, x->calls, 18);
	KUNIT_EXPECT_EQ(test, dmaengine_terminate_sync(fx->chan), 0);
	KUNIT_EXPECT_EQ(test, dmaengine_desc_free(x->tx), 0);
}

static struct kunit_case cyclic_test_cases[] = {
	KUNIT_CASE_PARAM(cyclic_test_periods, cyclic_gen_params),
	KUNIT_CASE_PARAM(cyclic_test_end_at_once, cyclic_gen_params),
	KUNIT_CASE_PARAM(cyclic_test_end_later, cyclic_gen_params),
	KUNIT_CASE_PARAM(cyclic_test_end_much_later, cyclic_gen_params),
	KUNIT_CASE_PARAM(cyclic_test_queued_between, cyclic_mode_gen_params),
	KUNIT_CASE_PARAM(cyclic_test_one_after_other, cyclic_mode_gen_params),
	KUNIT_CASE_PARAM(cyclic_test_not_replaced, cyclic_mode_gen_params),
	KUNIT_CASE(cyclic_test_flag_is_cut),
	KUNIT_CASE(cyclic_test_flag_is_cut_late),
	KUNIT_CASE(cyclic_test_flag_is_cut_terminated),
	KUNIT_CASE(cyclic_test_flag_waits),
	KUNIT_CASE_PARAM(cyclic_test_silent, cyclic_mode_gen_params),
	KUNIT_CASE_PARAM(cyclic_test_very_late, cyclic_gen_params),
	KUNIT_CASE_PARAM(cyclic_test_late_tasklet, cyclic_mode_gen_params),
	KUNIT_CASE_PARAM(cyclic_test_replaces_itself, cyclic_mode_gen_params),
	KUNIT_CASE_PARAM(cyclic_test_repeat_with_interrupts, cyclic_mode_gen_params),
	KUNIT_CASE_PARAM(cyclic_test_reuse_otherwise, cyclic_mode_gen_params),
	KUNIT_CASE_PARAM(cyclic_test_reuse_stopped_otherwise, cyclic_mode_gen_params),
	KUNIT_CASE_PARAM(cyclic_test_position, cyclic_mode_gen_params),
	KUNIT_CASE_PARAM(cyclic_test_terminate_before_tasklet, cyclic_mode_gen_params),
	KUNIT_CASE_PARAM(cyclic_test_reuse, cyclic_gen_params),
	KUNIT_CASE_PARAM(cyclic_test_reuse_replaced, cyclic_gen_params),
	KUNIT_CASE_PARAM(cyclic_test_reuse_stopped, cyclic_ring_gen_params),
	{}
};

static struct kunit_suite cyclic_test_suite = {
	.name = "axi_dmac_cyclic",
	.test_cases = cyclic_test_cases,
};

kunit_test_suite(cyclic_test_suite);
