// SPDX-License-Identifier: GPL-2.0-only
/*
 * Register accesses are what an FPGA makes expensive, so they are counted.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <linux/io.h>

#include "fixture.h"

KUNIT_ARRAY_PARAM_DESC(mmio, dmac_modes, name);

/* Accesses since the last call, which must be as many as said */
static void mmio_expect(struct dmac_fixture *fx, const char *what, u64 writes, u64 reads)
{
	struct axi_dmac_model_stats stats;

	axi_dmac_model_stats(fx->model, &stats);
	KUNIT_EXPECT_EQ_MSG(fx->test, stats.writes, writes, "writes: %s", what);
	KUNIT_EXPECT_EQ_MSG(fx->test, stats.reads, reads, "reads: %s", what);
	axi_dmac_model_reset_stats(fx->model);
}

/* 32-bit addresses: no registers for the upper half to count */
static struct dmac_fixture *mmio_create(struct kunit *test)
{
	struct axi_dmac_model_config cfg;
	struct dmac_fixture *fx;

	dmac_config(test->param_value, &cfg);
	cfg.addr_width = 32;
	cfg.length_width = 12;
	cfg.queue_depth = 8;
	/* Pages are not short ones */
	cfg.fifo_size = 8;
	fx = dmac_create(test, &cfg);
	axi_dmac_model_reset_stats(fx->model);

	return fx;
}

static struct dmac_xfer *mmio_prep(struct dmac_fixture *fx, size_t len)
{
	struct dmac_xfer *x = dmac_prep(fx, dmac_buf(fx, len), len, 0);

	KUNIT_ASSERT_EQ(fx->test, dmaengine_desc_set_reuse(x->tx), 0);

	return x;
}

/* One at a time: what a transfer of one segment costs */
static void mmio_test_single(struct kunit *test)
{
	struct dmac_fixture *fx = mmio_create(test);
	struct dmac_xfer *a = mmio_prep(fx, SZ_4K);
	struct dmac_xfer *b = mmio_prep(fx, SZ_4K);
	struct dmac_xfer *c = mmio_prep(fx, SZ_2K);
	bool sg = fx->dmac->caps.sg;

	mmio_expect(fx, "prepare", 0, 0);

	dmac_submit_and_issue(a);
	/* CONTROL, FLAGS, address, SUBMIT; in register mode also the length */
	mmio_expect(fx, "first", sg ? 4 : 5, 0);
	axi_dmac_model_run(fx->model);
	dmac_deliver(fx);
	/* Acknowledge and count; a stream that fills memory may have ended early */
	mmio_expect(fx, "interrupt", 1, fx->out ? 1 : 2);

	dmac_submit_and_issue(b);
	mmio_expect(fx, "steady", 2, 0);
	dmac_run(fx);
	mmio_expect(fx, "interrupt", 1, fx->out ? 1 : 2);

	dmac_submit_and_issue(b);
	mmio_expect(fx, "the same again", 1, 0);
	dmac_run(fx);
	mmio_expect(fx, "interrupt", 1, fx->out ? 1 : 2);

	dmac_submit_and_issue(c);
	mmio_expect(fx, "another length", sg ? 2 : 3, 0);
	dmac_run(fx);
	mmio_expect(fx, "interrupt", 1, fx->out ? 1 : 2);
}

/* While another one runs, there is one look at SUBMIT for each */
static void mmio_test_queued(struct kunit *test)
{
	struct dmac_fixture *fx = mmio_create(test);
	struct dmac_xfer *x[5];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(x); i++)
		x[i] = mmio_prep(fx, SZ_4K);

	dmac_submit_and_issue(x[0]);
	axi_dmac_model_accept(fx->model);
	axi_dmac_model_reset_stats(fx->model);
	dmac_submit_and_issue(x[1]);
	axi_dmac_model_accept(fx->model);
	mmio_expect(fx, "second", 2, 1);
	dmac_submit_and_issue(x[2]);
	axi_dmac_model_accept(fx->model);
	mmio_expect(fx, "third", 2, 1);
	dmac_submit_and_issue(x[3]);
	dmac_submit_and_issue(x[4]);
	mmio_expect(fx, "too many", 0, 0);

	/* All three done in one interrupt: SUBMIT is known to be free, once */
	KUNIT_EXPECT_EQ(test, axi_dmac_model_finish(fx->model, 3), 3);
	axi_dmac_model_deliver(fx->model, 1);
	KUNIT_EXPECT_EQ(test, fx->calls, 3);
	mmio_expect(fx, "three done, one submitted", 1 + 2, (fx->out ? 1 : 2) + 1);
	dmac_run(fx);
	KUNIT_EXPECT_EQ(test, fx->calls, 5);
}

/* A long one: two writes for each segment in register mode, two in all else */
static void mmio_test_long(struct kunit *test)
{
	struct dmac_fixture *fx = mmio_create(test);
	struct dmac_xfer *x = mmio_prep(fx, 64 * SZ_4K);
	struct axi_dmac_model_stats stats;
	bool sg = fx->dmac->caps.sg;

	dmac_submit_and_issue(x);
	dmac_run(fx);
	axi_dmac_model_reset_stats(fx->model);

	dmac_submit_and_issue(x);
	axi_dmac_model_stats(fx->model, &stats);
	dmac_run(fx);
	KUNIT_EXPECT_EQ(test, x->calls, 2);
	KUNIT_EXPECT_EQ(test, axi_dmac_model_writes(fx->model, ADM_REG_SUBMIT), sg ? 1 : 64);
	/*
	 * The chain is where it was. In register mode the address changes each
	 * time, and the mark for the end of a packet twice on the way out.
	 */
	axi_dmac_model_stats(fx->model, &stats);
	KUNIT_EXPECT_EQ(test, stats.writes - axi_dmac_model_writes(fx->model, ADM_REG_IRQ_PENDING),
			sg ? 1 : 2 * 64 + (fx->out ? 2 : 0));
	KUNIT_EXPECT_LE(test, axi_dmac_model_reads(fx->model, ADM_REG_SUBMIT), sg ? 0 : 64);
	KUNIT_EXPECT_EQ(test, axi_dmac_model_reads(fx->model, ADM_REG_IRQ_PENDING), 0);
	KUNIT_EXPECT_EQ(test, axi_dmac_model_reads(fx->model, ADM_REG_TRANSFER_ID), 0);
}

/* Requests are accepted at once, as long as there is room */
static void mmio_accept(struct axi_dmac_model *model, enum axi_dmac_model_point point,
			unsigned int reg, void *priv)
{
	if (point == ADM_AFTER_WRITE && reg == ADM_REG_SUBMIT)
		axi_dmac_model_accept(model);
}

/*
 * An end of a period costs an acknowledge and a count, and submitting another one, for
 * which one look at SUBMIT is needed. A loop without callbacks is in cyclic-test.c.
 */
static void mmio_test_periods(struct kunit *test)
{
	struct dmac_fixture *fx = mmio_create(test);
	bool sg = fx->dmac->caps.sg;
	struct dmac_xfer *x;

	axi_dmac_model_set_hook(fx->model, mmio_accept, NULL);
	x = dmac_prep_cyclic(fx, dmac_buf(fx, SZ_16K), SZ_16K, SZ_4K);
	dmac_submit_and_issue(x);
	/* In register mode also the length; and two more periods */
	mmio_expect(fx, "first", (sg ? 4 : 5) + 2 * 2, 2);
	dmac_finish(fx, 1);
	KUNIT_EXPECT_EQ(test, x->calls, 1);
	if (fx->out && !sg)
		/* The end of the pass ends a packet */
		mmio_expect(fx, "period", 1 + 2 + 1, 1 + 1);
	else
		mmio_expect(fx, "period", 1 + 2, (fx->out || sg ? 1 : 2) + 1);
}

/*
 * In a stream of blocks, each costs two reads, and no more: what has completed, and
 * whether SUBMIT is free. Where records of short packets are kept, the register that
 * tells of them tells the latter as well.
 */
static void mmio_test_steady(struct kunit *test)
{
	struct dmac_fixture *fx = mmio_create(test);
	struct axi_dmac_model_stats stats;
	struct dmac_xfer *x[4];
	unsigned int i;

	axi_dmac_model_set_hook(fx->model, mmio_accept, NULL);
	for (i = 0; i < ARRAY_SIZE(x); i++) {
		x[i] = mmio_prep(fx, SZ_4K);
		x[i]->again = 30;
		dmac_submit(x[i]);
	}
	dma_async_issue_pending(fx->chan);
	for (i = 0; i < 10; i++)
		dmac_finish(fx, 1);

	axi_dmac_model_reset_stats(fx->model);
	for (i = 0; i < 40; i++)
		dmac_finish(fx, 1);
	axi_dmac_model_stats(fx->model, &stats);
	KUNIT_EXPECT_EQ(test, fx->calls, 50);
	KUNIT_EXPECT_EQ(test, stats.irqs, 40);
	KUNIT_EXPECT_EQ(test, stats.writes, 40 * 3);
	KUNIT_EXPECT_LE(test, stats.reads, 40 * 2);
	dmac_run(fx);
	KUNIT_EXPECT_EQ(test, fx->calls, 4 * 31);
}

/*
 * The interrupt for accepted requests never comes, the record of short packets
 * is not looked at for nothing
 */
static void mmio_test_never(struct kunit *test)
{
	struct dmac_fixture *fx = mmio_create(test);
	struct dmac_xfer *x = mmio_prep(fx, SZ_64K);
	unsigned int i;

	for (i = 0; i < 3; i++) {
		dmac_submit_and_issue(x);
		KUNIT_EXPECT_EQ(test, axi_dmac_model_peek(fx->model, ADM_REG_IRQ_MASK),
				ADM_IRQ_SOT);
		dmac_run(fx);
	}
	KUNIT_EXPECT_EQ(test, axi_dmac_model_reads(fx->model, ADM_REG_PARTIAL_ID), 0);
	KUNIT_EXPECT_EQ(test, axi_dmac_model_reads(fx->model, ADM_REG_PARTIAL_LENGTH), 0);
	if (fx->out)
		KUNIT_EXPECT_EQ(test, axi_dmac_model_reads(fx->model, ADM_REG_TRANSFER_DONE), 0);
	KUNIT_EXPECT_EQ(test, axi_dmac_model_writes(fx->model, ADM_REG_IRQ_MASK), 0);
	KUNIT_EXPECT_EQ(test, axi_dmac_model_writes(fx->model, ADM_REG_CONTROL), 1);
}

static struct kunit_case mmio_test_cases[] = {
	KUNIT_CASE_PARAM(mmio_test_single, mmio_gen_params),
	KUNIT_CASE_PARAM(mmio_test_queued, mmio_gen_params),
	KUNIT_CASE_PARAM(mmio_test_long, mmio_gen_params),
	KUNIT_CASE_PARAM(mmio_test_periods, mmio_gen_params),
	KUNIT_CASE_PARAM(mmio_test_steady, mmio_gen_params),
	KUNIT_CASE_PARAM(mmio_test_never, mmio_gen_params),
	{}
};

static struct kunit_suite mmio_test_suite = {
	.name = "axi_dmac_mmio",
	.test_cases = mmio_test_cases,
};

kunit_test_suite(mmio_test_suite);
