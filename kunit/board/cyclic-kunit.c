// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of cyclic transfers in register mode, before and from 4.6.a on.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include "model-kunit.h"

static struct bench *cyc_bench(struct kunit *test, u32 version)
{
	struct axi_dmac_model_config cfg;
	struct bench *b;

	bench_config(&cfg, true);
	cfg.version = version;
	cfg.cyclic = true;
	cfg.queue_depth = 3;
	b = bench_create(test, &cfg);
	wr(b, ADM_REG_CONTROL, ADM_CONTROL_ENABLE);
	wr(b, ADM_REG_FLAGS, ADM_FLAG_CYCLIC | ADM_FLAG_LAST);
	bench_submit(b, 0, 256);
	return b;
}

static void cyc_test_old_silent(struct kunit *test)
{
	struct bench *b = cyc_bench(test, ADM_VERSION(4, 5, 'e'));

	KUNIT_EXPECT_EQ(test, axi_dmac_model_finish(b->model, 10), 10);
	KUNIT_EXPECT_EQ(test, b->stream.packets, 10);
	EXPECT_REG(b, ADM_REG_SUBMIT, 1);
	EXPECT_REG(b, ADM_REG_IRQ_SOURCE, 0);
	EXPECT_REG(b, ADM_REG_TRANSFER_ID, 0);
	EXPECT_REG(b, ADM_REG_ACTIVE_TRANSFER_ID, 0);
	EXPECT_REG(b, ADM_REG_TRANSFER_DONE, 0);
}

static void cyc_test_old_live_parameters(struct kunit *test)
{
	struct bench *b = cyc_bench(test, ADM_VERSION(4, 5, 'e'));

	axi_dmac_model_finish(b->model, 1);
	wr(b, ADM_REG_X_LENGTH, 1023);
	b->stream.bytes = 0;
	/* what was accepted before keeps its length: depth + 1 passes are over */
	axi_dmac_model_finish(b->model, 4);
	KUNIT_EXPECT_GT(test, b->stream.bytes, 4 * 256);
	EXPECT_ERRORS(b, ADM_ERR_LIVE_REGISTER, 1);
}

static void cyc_test_old_stop(struct kunit *test)
{
	struct bench *b = cyc_bench(test, ADM_VERSION(4, 5, 'e'));

	axi_dmac_model_finish(b->model, 5);
	KUNIT_ASSERT_EQ(test, axi_dmac_model_outstanding(b->model), 2);
	wr(b, ADM_REG_FLAGS, ADM_FLAG_LAST);
	EXPECT_ERRORS(b, ADM_ERR_LIVE_REGISTER, 0);
	EXPECT_REG(b, ADM_REG_SUBMIT, 1);
	KUNIT_EXPECT_EQ(test, axi_dmac_model_run(b->model), 3);
	EXPECT_REG(b, ADM_REG_SUBMIT, 0);
	EXPECT_REG(b, ADM_REG_TRANSFER_ID, 1);
	EXPECT_REG(b, ADM_REG_ACTIVE_TRANSFER_ID, 3);

	/* the ids stay apart: the next request sets the done bit of another one */
	bench_submit(b, 0, 64);
	axi_dmac_model_run(b->model);
	KUNIT_EXPECT_EQ(test, rd(b, ADM_REG_TRANSFER_DONE) & BIT(3), BIT(3));

	wr(b, ADM_REG_CONTROL, 0);
	axi_dmac_model_quiesce(b->model);
	wr(b, ADM_REG_CONTROL, ADM_CONTROL_ENABLE);
	bench_submit(b, 0, 64);
	axi_dmac_model_run(b->model);
	EXPECT_REG(b, ADM_REG_TRANSFER_DONE, 0x1);
}

/* DONE[0] of a pass that ended before the counted acceptance is wiped by it */
static void cyc_test_old_done_lost(struct kunit *test)
{
	struct bench *b = cyc_bench(test, ADM_VERSION(4, 5, 'e'));

	axi_dmac_model_accept(b->model);
	axi_dmac_model_move(b->model, SIZE_MAX);
	wr(b, ADM_REG_FLAGS, ADM_FLAG_LAST);
	axi_dmac_model_complete(b->model);
	EXPECT_REG(b, ADM_REG_TRANSFER_DONE, 0x1);
	axi_dmac_model_accept(b->model);
	EXPECT_REG(b, ADM_REG_TRANSFER_DONE, 0x0);
	axi_dmac_model_run(b->model);
	EXPECT_REG(b, ADM_REG_TRANSFER_DONE, 0x2);
}

static void cyc_test_new_start(struct kunit *test)
{
	struct bench *b = cyc_bench(test, ADM_VERSION(4, 6, 'a'));

	KUNIT_EXPECT_EQ(test, axi_dmac_model_finish(b->model, 10), 10);
	EXPECT_REG(b, ADM_REG_SUBMIT, 1);
	EXPECT_REG(b, ADM_REG_IRQ_SOURCE, ADM_IRQ_SOT);
	EXPECT_REG(b, ADM_REG_TRANSFER_ID, 1);
	EXPECT_REG(b, ADM_REG_ACTIVE_TRANSFER_ID, 0);
}

static void cyc_test_new_stop(struct kunit *test)
{
	struct bench *b = cyc_bench(test, ADM_VERSION(4, 6, 'a'));

	axi_dmac_model_finish(b->model, 5);
	KUNIT_ASSERT_GT(test, axi_dmac_model_outstanding(b->model), 1);
	wr(b, ADM_REG_FLAGS, ADM_FLAG_LAST);
	EXPECT_REG(b, ADM_REG_SUBMIT, 0);
	EXPECT_REG(b, ADM_REG_IRQ_SOURCE, ADM_IRQ_SOT);

	bench_submit(b, 0, 64);
	axi_dmac_model_accept(b->model);
	while (axi_dmac_model_outstanding(b->model) > 1)
		axi_dmac_model_finish(b->model, 1);
	EXPECT_REG(b, ADM_REG_TRANSFER_DONE, 0x1);
	EXPECT_REG(b, ADM_REG_ACTIVE_TRANSFER_ID, 1);
	axi_dmac_model_run(b->model);
	EXPECT_REG(b, ADM_REG_TRANSFER_DONE, 0x3);
	EXPECT_CLEAN(b);
}

static struct kunit_case cyc_test_cases[] = {
	KUNIT_CASE(cyc_test_old_silent),
	KUNIT_CASE(cyc_test_old_live_parameters),
	KUNIT_CASE(cyc_test_old_stop),
	KUNIT_CASE(cyc_test_old_done_lost),
	KUNIT_CASE(cyc_test_new_start),
	KUNIT_CASE(cyc_test_new_stop),
	{}
};

static struct kunit_suite cyc_test_suite = {
	.name = "axi_dmac_model_cyclic",
	.test_cases = cyc_test_cases,
};

kunit_test_suite(cyc_test_suite);

MODULE_AUTHOR("the dma_vec project");
MODULE_DESCRIPTION("Tests of the simulated AXI-DMAC: cyclic transfers");
MODULE_LICENSE("GPL");
