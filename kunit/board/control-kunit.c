// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of ENABLE, PAUSE and HWDESC: shutdown, what reaches memory during it,
 * and what an early restart does.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include "model-kunit.h"

static void ctl_test_disable_clears(struct kunit *test)
{
	struct bench *b = bench_in(test);

	bench_submit_all(b, 3, 64);
	axi_dmac_model_packet(b->model, 32);
	axi_dmac_model_finish(b->model, 2);
	bench_submit(b, 0, 128);
	KUNIT_EXPECT_EQ(test, axi_dmac_model_move(b->model, 40), 40);
	EXPECT_REG(b, ADM_REG_TRANSFER_DONE, ADM_DONE_PARTIAL | 0x3);
	EXPECT_REG(b, ADM_REG_TRANSFER_PROGRESS, 40);

	wr(b, ADM_REG_CONTROL, 0);
	EXPECT_REG(b, ADM_REG_TRANSFER_PROGRESS, 0);
	EXPECT_REG(b, ADM_REG_SUBMIT, 0);
	EXPECT_REG(b, ADM_REG_TRANSFER_ID, 0);
	EXPECT_REG(b, ADM_REG_ACTIVE_TRANSFER_ID, 0);
	EXPECT_REG(b, ADM_REG_TRANSFER_DONE, 0);

	EXPECT_REG(b, ADM_REG_IRQ_SOURCE, ADM_IRQ_SOT | ADM_IRQ_EOT);
	EXPECT_REG(b, ADM_REG_IRQ_MASK, 0);
	EXPECT_REG(b, ADM_REG_FLAGS, ADM_FLAG_LAST | ADM_FLAG_PARTIAL);
	EXPECT_REG(b, ADM_REG_DEST_ADDRESS, b->addr);
	EXPECT_REG(b, ADM_REG_X_LENGTH, 127);
}

static void ctl_test_late_writes(struct kunit *test)
{
	struct axi_dmac_model_config cfg;
	struct bench *b;

	bench_config(&cfg, false);
	cfg.late_bytes = 168;
	cfg.hold_shutdown = true;
	b = bench_create(test, &cfg);
	wr(b, ADM_REG_CONTROL, ADM_CONTROL_ENABLE);
	bench_submit_all(b, 2, 512);
	axi_dmac_model_move(b->model, 100);

	wr(b, ADM_REG_CONTROL, 0);
	KUNIT_EXPECT_EQ(test, b->mem[100], 0);
	KUNIT_EXPECT_TRUE(test, axi_dmac_model_quiesce(b->model));
	KUNIT_EXPECT_EQ(test, b->mem[267], 267 & 0xff);
	KUNIT_EXPECT_EQ(test, b->mem[268], 0);
	EXPECT_REG(b, ADM_REG_IRQ_SOURCE, ADM_IRQ_SOT);
}

/* The segment ends while the core shuts down: the event is there, the count is not */
static void ctl_test_late_eot(struct kunit *test)
{
	struct axi_dmac_model_config cfg;
	struct bench *b;

	bench_config(&cfg, false);
	cfg.late_bytes = 4096;
	cfg.hold_shutdown = true;
	b = bench_create(test, &cfg);
	wr(b, ADM_REG_CONTROL, ADM_CONTROL_ENABLE);
	bench_submit_all(b, 2, 512);
	axi_dmac_model_move(b->model, 100);

	wr(b, ADM_REG_CONTROL, 0);
	wr(b, ADM_REG_IRQ_PENDING, U32_MAX);
	KUNIT_EXPECT_TRUE(test, axi_dmac_model_quiesce(b->model));
	EXPECT_REG(b, ADM_REG_IRQ_SOURCE, ADM_IRQ_EOT);
	EXPECT_REG(b, ADM_REG_TRANSFER_DONE, 0);
	EXPECT_REG(b, ADM_REG_ACTIVE_TRANSFER_ID, 0);
	KUNIT_EXPECT_EQ(test, b->mem[512], 0);
	wr(b, ADM_REG_CONTROL, ADM_CONTROL_ENABLE);
	KUNIT_EXPECT_EQ(test, axi_dmac_model_run(b->model), 0);
}

struct ctl_status {
	const char *name;
	bool sg;
	u32 running, paused, draining, quiet;
};

static const struct ctl_status ctl_states[] = {
	{ "registers", false, 0x774, 0x702, 0xf15, 0x701 },
	{ "scatter-gather", true, 0x7fc, 0x782, 0xf95, 0x781 },
};

KUNIT_ARRAY_PARAM_DESC(ctl_status, ctl_states, name);

static void ctl_test_debug_status(struct kunit *test)
{
	const struct ctl_status *s = test->param_value;
	u32 enable = ADM_CONTROL_ENABLE | (s->sg ? ADM_CONTROL_HWDESC : 0);
	struct axi_dmac_model_config cfg;
	struct bench *b;

	bench_config(&cfg, false);
	cfg.sg = s->sg;
	cfg.quiesce_ticks = 2;
	b = bench_create(test, &cfg);

	EXPECT_REG(b, ADM_REG_DEBUG_STATUS, s->quiet);
	wr(b, ADM_REG_CONTROL, enable);
	EXPECT_REG(b, ADM_REG_DEBUG_STATUS, s->running);
	wr(b, ADM_REG_CONTROL, enable | ADM_CONTROL_PAUSE);
	EXPECT_REG(b, ADM_REG_DEBUG_STATUS, s->paused);
	wr(b, ADM_REG_CONTROL, enable);
	EXPECT_REG(b, ADM_REG_DEBUG_STATUS, s->running);

	wr(b, ADM_REG_CONTROL, 0);
	EXPECT_REG(b, ADM_REG_DEBUG_STATUS, s->draining);
	EXPECT_REG(b, ADM_REG_DEBUG_STATUS, s->draining);
	/* looks quiet for a moment, before the internal reset */
	EXPECT_REG(b, ADM_REG_DEBUG_STATUS, s->quiet);
	KUNIT_EXPECT_FALSE(test, axi_dmac_model_is_quiet(b->model));
	EXPECT_REG(b, ADM_REG_DEBUG_STATUS, 0x001);
	EXPECT_REG(b, ADM_REG_DEBUG_STATUS, s->quiet);
	EXPECT_REG(b, ADM_REG_DEBUG_STATUS, s->quiet);
	KUNIT_EXPECT_TRUE(test, axi_dmac_model_is_quiet(b->model));
	EXPECT_CLEAN(b);
}

static void ctl_test_never_quiet(struct kunit *test)
{
	struct bench *b = bench_in(test);

	axi_dmac_model_set_quiesce(b->model, ADM_NEVER, 0);
	wr(b, ADM_REG_CONTROL, 0);
	KUNIT_EXPECT_FALSE(test, axi_dmac_model_quiesce(b->model));
	EXPECT_REG(b, ADM_REG_DEBUG_STATUS, 0xf15);
	axi_dmac_model_set_quiesce(b->model, 1, 0);
	KUNIT_EXPECT_TRUE(test, axi_dmac_model_quiesce(b->model));
}

static void ctl_test_stalled_sink(struct kunit *test)
{
	struct bench *b = bench_out(test);

	b->stream.room = 64;
	bench_submit_all(b, 1, 512);
	axi_dmac_model_run(b->model);
	wr(b, ADM_REG_CONTROL, 0);
	KUNIT_EXPECT_FALSE(test, axi_dmac_model_quiesce(b->model));
	EXPECT_REG(b, ADM_REG_DEBUG_STATUS, 0xf15);

	/* the sink takes the beat that was on offer, and no more */
	b->stream.room = U64_MAX;
	KUNIT_EXPECT_TRUE(test, axi_dmac_model_quiesce(b->model));
	KUNIT_EXPECT_EQ(test, b->stream.bytes, 72);
}

static void ctl_test_early_enable_lost(struct kunit *test)
{
	struct bench *b = bench_in(test);

	wr(b, ADM_REG_CONTROL, 0);
	wr(b, ADM_REG_CONTROL, ADM_CONTROL_ENABLE);
	EXPECT_ERRORS(b, ADM_ERR_ENABLE_BUSY, 1);
	bench_submit(b, 0, 64);
	KUNIT_EXPECT_TRUE(test, axi_dmac_model_accept(b->model));
	EXPECT_REG(b, ADM_REG_SUBMIT, 0);
	EXPECT_REG(b, ADM_REG_IRQ_SOURCE, ADM_IRQ_SOT);
	EXPECT_REG(b, ADM_REG_TRANSFER_ID, 1);
	KUNIT_EXPECT_EQ(test, axi_dmac_model_run(b->model), 0);
	EXPECT_REG(b, ADM_REG_TRANSFER_DONE, 0);
}

static void ctl_test_early_enable_counted(struct kunit *test)
{
	struct axi_dmac_model_config cfg;
	struct bench *b;

	bench_config(&cfg, false);
	cfg.early = ADM_EARLY_COUNTED;
	b = bench_create(test, &cfg);
	wr(b, ADM_REG_CONTROL, ADM_CONTROL_ENABLE);
	bench_submit_all(b, 1, 64);
	wr(b, ADM_REG_CONTROL, 0);
	wr(b, ADM_REG_CONTROL, ADM_CONTROL_ENABLE);
	EXPECT_ERRORS(b, ADM_ERR_ENABLE_BUSY, 1);

	bench_submit_all(b, 1, 64);
	KUNIT_EXPECT_TRUE(test, axi_dmac_model_complete(b->model));
	EXPECT_REG(b, ADM_REG_TRANSFER_DONE, 0x1);
	KUNIT_EXPECT_EQ(test, axi_dmac_model_run(b->model), 1);
	EXPECT_REG(b, ADM_REG_TRANSFER_DONE, 0x3);
	EXPECT_REG(b, ADM_REG_TRANSFER_ID, 1);
	EXPECT_REG(b, ADM_REG_ACTIVE_TRANSFER_ID, 2);
}

static void ctl_test_restart_when_quiet(struct kunit *test)
{
	struct bench *b = bench_in(test);

	bench_submit_all(b, 2, 64);
	wr(b, ADM_REG_CONTROL, 0);
	KUNIT_EXPECT_TRUE(test, axi_dmac_model_quiesce(b->model));
	wr(b, ADM_REG_IRQ_PENDING, U32_MAX);
	wr(b, ADM_REG_CONTROL, ADM_CONTROL_ENABLE);
	bench_submit_all(b, 1, 64);
	KUNIT_EXPECT_EQ(test, axi_dmac_model_run(b->model), 1);
	EXPECT_REG(b, ADM_REG_TRANSFER_DONE, 0x1);
	EXPECT_CLEAN(b);
}

static void ctl_test_pause(struct kunit *test)
{
	struct bench *b = bench_in(test);

	bench_submit_all(b, 1, 512);
	axi_dmac_model_move(b->model, 64);
	wr(b, ADM_REG_CONTROL, ADM_CONTROL_ENABLE | ADM_CONTROL_PAUSE);
	bench_submit(b, 512, 64);
	KUNIT_EXPECT_EQ(test, axi_dmac_model_run(b->model), 0);
	KUNIT_EXPECT_EQ(test, axi_dmac_model_move(b->model, SIZE_MAX), 0);
	KUNIT_EXPECT_FALSE(test, axi_dmac_model_accept(b->model));
	EXPECT_REG(b, ADM_REG_SUBMIT, 1);
	EXPECT_REG(b, ADM_REG_TRANSFER_ID, 1);

	wr(b, ADM_REG_CONTROL, ADM_CONTROL_ENABLE);
	KUNIT_EXPECT_EQ(test, axi_dmac_model_run(b->model), 2);
	EXPECT_REG(b, ADM_REG_TRANSFER_DONE, 0x3);
	KUNIT_EXPECT_EQ(test, b->mem[575], 575 & 0xff);
	EXPECT_CLEAN(b);
}

static void ctl_test_hwdesc_while_enabled(struct kunit *test)
{
	struct bench *b = bench_sg(test, false);

	EXPECT_CLEAN(b);
	wr(b, ADM_REG_CONTROL, ADM_CONTROL_ENABLE);
	EXPECT_ERRORS(b, ADM_ERR_HWDESC_BUSY, 1);
}

static void ctl_test_hwdesc_early(struct kunit *test)
{
	struct bench *b = bench_sg(test, false);

	wr(b, ADM_REG_CONTROL, 0);
	EXPECT_ERRORS(b, ADM_ERR_HWDESC_BUSY, 0);
	wr(b, ADM_REG_CONTROL, ADM_CONTROL_ENABLE);
	EXPECT_ERRORS(b, ADM_ERR_HWDESC_BUSY, 1);
}

static void ctl_test_hwdesc_when_quiet(struct kunit *test)
{
	struct bench *b = bench_sg(test, false);

	wr(b, ADM_REG_CONTROL, 0);
	axi_dmac_model_quiesce(b->model);
	wr(b, ADM_REG_CONTROL, ADM_CONTROL_ENABLE);
	bench_submit_all(b, 1, 64);
	KUNIT_EXPECT_EQ(test, axi_dmac_model_run(b->model), 1);
	KUNIT_EXPECT_EQ(test, b->mem[63], 63);
	EXPECT_CLEAN(b);
}

static struct kunit_case ctl_test_cases[] = {
	KUNIT_CASE(ctl_test_disable_clears),
	KUNIT_CASE(ctl_test_late_writes),
	KUNIT_CASE(ctl_test_late_eot),
	KUNIT_CASE_PARAM(ctl_test_debug_status, ctl_status_gen_params),
	KUNIT_CASE(ctl_test_never_quiet),
	KUNIT_CASE(ctl_test_stalled_sink),
	KUNIT_CASE(ctl_test_early_enable_lost),
	KUNIT_CASE(ctl_test_early_enable_counted),
	KUNIT_CASE(ctl_test_restart_when_quiet),
	KUNIT_CASE(ctl_test_pause),
	KUNIT_CASE(ctl_test_hwdesc_while_enabled),
	KUNIT_CASE(ctl_test_hwdesc_early),
	KUNIT_CASE(ctl_test_hwdesc_when_quiet),
	{}
};

static struct kunit_suite ctl_test_suite = {
	.name = "axi_dmac_model_control",
	.test_cases = ctl_test_cases,
};

kunit_test_suite(ctl_test_suite);

MODULE_AUTHOR("the dma_vec project");
MODULE_DESCRIPTION("Tests of the simulated AXI-DMAC: control");
MODULE_LICENSE("GPL");
