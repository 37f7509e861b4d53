// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of submission: what SUBMIT, the ids and the done bits do in which
 * order.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include "model-kunit.h"

static void req_test_submit_disabled(struct kunit *test)
{
	struct bench *b = bench_in(test);

	wr(b, ADM_REG_CONTROL, 0);
	KUNIT_ASSERT_TRUE(test, axi_dmac_model_quiesce(b->model));
	bench_submit(b, 0, 64);
	EXPECT_REG(b, ADM_REG_SUBMIT, 0);
	EXPECT_ERRORS(b, ADM_ERR_SUBMIT_DISABLED, 1);
	wr(b, ADM_REG_CONTROL, ADM_CONTROL_ENABLE);
	EXPECT_REG(b, ADM_REG_SUBMIT, 0);
	KUNIT_EXPECT_FALSE(test, axi_dmac_model_accept(b->model));
}

static void req_test_submit_twice(struct kunit *test)
{
	struct bench *b = bench_in(test);

	bench_submit(b, 0, 64);
	wr(b, ADM_REG_SUBMIT, 1);
	wr(b, ADM_REG_SUBMIT, 0);
	EXPECT_REG(b, ADM_REG_SUBMIT, 1);
	KUNIT_EXPECT_EQ(test, axi_dmac_model_run(b->model), 1);
	EXPECT_REG(b, ADM_REG_TRANSFER_ID, 1);
	EXPECT_REG(b, ADM_REG_SUBMIT, 0);
}

static void req_test_queue_depth(struct kunit *test)
{
	static const unsigned int depths[] = { 1, 2, 4, 16 };
	struct axi_dmac_model_config cfg;
	unsigned int i, n;
	struct bench *b;

	for (i = 0; i < ARRAY_SIZE(depths); i++) {
		bench_config(&cfg, false);
		cfg.queue_depth = depths[i];
		b = bench_create(test, &cfg);
		wr(b, ADM_REG_CONTROL, ADM_CONTROL_ENABLE);

		for (n = 0; n < depths[i]; n++) {
			bench_submit(b, 64 * n, 64);
			KUNIT_EXPECT_TRUE(test, axi_dmac_model_accept(b->model));
		}
		bench_submit(b, 64 * n, 64);
		KUNIT_EXPECT_FALSE(test, axi_dmac_model_accept(b->model));
		EXPECT_REG(b, ADM_REG_SUBMIT, 1);
		KUNIT_EXPECT_EQ(test, axi_dmac_model_outstanding(b->model), depths[i]);

		axi_dmac_model_move(b->model, 64);
		KUNIT_EXPECT_TRUE(test, axi_dmac_model_complete(b->model));
		KUNIT_EXPECT_TRUE(test, axi_dmac_model_accept(b->model));
		EXPECT_REG(b, ADM_REG_SUBMIT, 0);
		EXPECT_CLEAN(b);
	}
}

static void req_test_sampled_at_acceptance(struct kunit *test)
{
	struct bench *b = bench_in(test);

	bench_submit(b, 0, 64);
	EXPECT_CLEAN(b);
	wr(b, ADM_REG_X_LENGTH, 127);
	wr(b, ADM_REG_DEST_ADDRESS, b->addr + 4096);
	EXPECT_ERRORS(b, ADM_ERR_LIVE_REGISTER, 2);
	KUNIT_EXPECT_TRUE(test, axi_dmac_model_accept(b->model));
	wr(b, ADM_REG_X_LENGTH, 7);
	wr(b, ADM_REG_DEST_ADDRESS, b->addr);
	EXPECT_ERRORS(b, ADM_ERR_LIVE_REGISTER, 2);

	KUNIT_EXPECT_EQ(test, axi_dmac_model_move(b->model, SIZE_MAX), 128);
	KUNIT_EXPECT_EQ(test, b->mem[1], 0);
	KUNIT_EXPECT_EQ(test, b->mem[4096 + 127], 127);
}

/* Each of them is live as long as the request waits, and is told apart from others */
static void req_test_live_registers(struct kunit *test)
{
	static const unsigned int live[] = {
		ADM_REG_FLAGS, ADM_REG_DEST_ADDRESS, ADM_REG_DEST_ADDRESS_HIGH,
		ADM_REG_SRC_ADDRESS, ADM_REG_SRC_ADDRESS_HIGH, ADM_REG_X_LENGTH,
		ADM_REG_Y_LENGTH, ADM_REG_DEST_STRIDE, ADM_REG_SRC_STRIDE,
		ADM_REG_SG_ADDRESS, ADM_REG_SG_ADDRESS_HIGH,
	};
	static const unsigned int others[] = {
		ADM_REG_SCRATCH, ADM_REG_IRQ_MASK, ADM_REG_IRQ_PENDING, ADM_REG_IRQ_SOURCE,
		ADM_REG_SUBMIT,
	};
	struct bench *b = bench_in(test);
	struct axi_dmac_model_fault fault;
	unsigned int i;

	bench_submit(b, 0, 64);
	for (i = 0; i < ARRAY_SIZE(others); i++)
		wr(b, others[i], 0);
	EXPECT_CLEAN(b);
	for (i = 0; i < ARRAY_SIZE(live); i++) {
		wr(b, live[i], 0);
		EXPECT_ERRORS(b, ADM_ERR_LIVE_REGISTER, i + 1);
		KUNIT_EXPECT_TRUE(test, axi_dmac_model_fault(b->model, i, &fault));
		KUNIT_EXPECT_EQ(test, fault.reg, live[i]);
	}
	axi_dmac_model_accept(b->model);
	for (i = 0; i < ARRAY_SIZE(live); i++)
		wr(b, live[i], 0);
	EXPECT_ERRORS(b, ADM_ERR_LIVE_REGISTER, ARRAY_SIZE(live));
}

static void req_test_accept_delay(struct kunit *test)
{
	struct axi_dmac_model_config cfg;
	struct bench *b;

	bench_config(&cfg, false);
	cfg.accept_ticks = 2;
	b = bench_create(test, &cfg);
	wr(b, ADM_REG_CONTROL, ADM_CONTROL_ENABLE);
	bench_submit(b, 0, 64);
	KUNIT_EXPECT_FALSE(test, axi_dmac_model_accept(b->model));
	KUNIT_EXPECT_TRUE(test, axi_dmac_model_tick(b->model));
	KUNIT_EXPECT_FALSE(test, axi_dmac_model_accept(b->model));
	KUNIT_EXPECT_TRUE(test, axi_dmac_model_tick(b->model));
	KUNIT_EXPECT_TRUE(test, axi_dmac_model_accept(b->model));
}

static void req_test_ids(struct kunit *test)
{
	struct bench *b = bench_in(test);
	unsigned int i;

	for (i = 0; i < 9; i++) {
		EXPECT_REG(b, ADM_REG_TRANSFER_ID, i % 4);
		bench_submit(b, 0, 64);
		EXPECT_REG(b, ADM_REG_TRANSFER_ID, i % 4);
		KUNIT_EXPECT_TRUE(test, axi_dmac_model_accept(b->model));
		EXPECT_REG(b, ADM_REG_TRANSFER_ID, (i + 1) % 4);
		KUNIT_EXPECT_EQ(test, rd(b, ADM_REG_TRANSFER_DONE) & BIT(i % 4), 0);

		EXPECT_REG(b, ADM_REG_ACTIVE_TRANSFER_ID, i % 4);
		KUNIT_EXPECT_EQ(test, axi_dmac_model_finish(b->model, 1), 1);
		EXPECT_REG(b, ADM_REG_ACTIVE_TRANSFER_ID, (i + 1) % 4);
		KUNIT_EXPECT_EQ(test, rd(b, ADM_REG_TRANSFER_DONE) & BIT(i % 4), BIT(i % 4));
	}
}

/* The done bit of a request that is still in SUBMIT is the one of its forerunner */
static void req_test_stale_done(struct kunit *test)
{
	struct bench *b = bench_in(test);

	bench_submit_all(b, 4, 64);
	axi_dmac_model_run(b->model);
	EXPECT_REG(b, ADM_REG_TRANSFER_DONE, 0xf);
	bench_submit(b, 0, 64);
	EXPECT_REG(b, ADM_REG_TRANSFER_DONE, 0xf);
	axi_dmac_model_accept(b->model);
	EXPECT_REG(b, ADM_REG_TRANSFER_DONE, 0xe);
}

static void req_test_aliasing(struct kunit *test)
{
	struct axi_dmac_model_config cfg;
	struct bench *b;

	bench_config(&cfg, false);
	cfg.queue_depth = 16;
	b = bench_create(test, &cfg);
	wr(b, ADM_REG_CONTROL, ADM_CONTROL_ENABLE);
	bench_submit_all(b, 5, 64);
	KUNIT_EXPECT_EQ(test, axi_dmac_model_finish(b->model, 4), 4);
	EXPECT_REG(b, ADM_REG_TRANSFER_DONE, 0xf);
	KUNIT_EXPECT_EQ(test, axi_dmac_model_outstanding(b->model), 1);
}

static void req_test_sot_and_eot_order(struct kunit *test)
{
	struct bench *b = bench_in(test);

	/* SOT of the second before EOT of the first */
	bench_submit_all(b, 2, 64);
	EXPECT_REG(b, ADM_REG_IRQ_PENDING, ADM_IRQ_SOT);
	EXPECT_REG(b, ADM_REG_TRANSFER_ID, 2);
	EXPECT_REG(b, ADM_REG_ACTIVE_TRANSFER_ID, 0);
	wr(b, ADM_REG_IRQ_PENDING, ADM_IRQ_SOT);
	KUNIT_EXPECT_EQ(test, axi_dmac_model_finish(b->model, 2), 2);
	EXPECT_REG(b, ADM_REG_IRQ_PENDING, ADM_IRQ_EOT);
	wr(b, ADM_REG_IRQ_PENDING, ADM_IRQ_EOT);

	/* EOT of the third before SOT of the fourth */
	bench_submit_all(b, 1, 64);
	bench_submit(b, 64, 64);
	wr(b, ADM_REG_IRQ_PENDING, ADM_IRQ_SOT);
	axi_dmac_model_move(b->model, 64);
	KUNIT_EXPECT_TRUE(test, axi_dmac_model_complete(b->model));
	EXPECT_REG(b, ADM_REG_IRQ_PENDING, ADM_IRQ_EOT);
	EXPECT_REG(b, ADM_REG_SUBMIT, 1);

	/* both before anybody looks */
	KUNIT_EXPECT_TRUE(test, axi_dmac_model_accept(b->model));
	EXPECT_REG(b, ADM_REG_IRQ_PENDING, ADM_IRQ_SOT | ADM_IRQ_EOT);
}

static void req_test_data(struct kunit *test)
{
	struct bench *b = bench_in(test);
	unsigned int i;

	bench_submit_all(b, 2, 256);
	KUNIT_EXPECT_EQ(test, axi_dmac_model_move(b->model, 100), 100);
	KUNIT_EXPECT_FALSE(test, axi_dmac_model_complete(b->model));
	EXPECT_REG(b, ADM_REG_TRANSFER_PROGRESS, 100);
	KUNIT_EXPECT_EQ(test, axi_dmac_model_move(b->model, SIZE_MAX), 412);
	KUNIT_EXPECT_TRUE(test, axi_dmac_model_complete(b->model));
	KUNIT_EXPECT_TRUE(test, axi_dmac_model_complete(b->model));
	KUNIT_EXPECT_FALSE(test, axi_dmac_model_complete(b->model));
	EXPECT_REG(b, ADM_REG_TRANSFER_PROGRESS, 0);
	for (i = 0; i < 512; i++)
		KUNIT_ASSERT_EQ(test, b->mem[i], (u8)i);
	KUNIT_EXPECT_EQ(test, b->mem[512], 0);
}

static void req_test_memory_to_memory(struct kunit *test)
{
	struct axi_dmac_model_config cfg;
	struct bench *b;

	axi_dmac_model_defaults(&cfg);
	cfg.src_type = ADM_BUS_MM;
	b = bench_create(test, &cfg);
	memset(b->mem, 0x5a, 4096);
	wr(b, ADM_REG_CONTROL, ADM_CONTROL_ENABLE);
	wr(b, ADM_REG_SRC_ADDRESS, b->addr);
	wr(b, ADM_REG_DEST_ADDRESS, b->addr + 8192);
	wr(b, ADM_REG_X_LENGTH, 12);
	wr(b, ADM_REG_SUBMIT, 1);
	KUNIT_EXPECT_EQ(test, axi_dmac_model_run(b->model), 1);
	KUNIT_EXPECT_EQ(test, b->mem[8192 + 12], 0x5a);
	KUNIT_EXPECT_EQ(test, b->mem[8192 + 13], 0);
	EXPECT_CLEAN(b);
}

static void req_test_2d(struct kunit *test)
{
	struct axi_dmac_model_config cfg;
	struct bench *b;

	bench_config(&cfg, false);
	cfg.twod = true;
	cfg.length_width = 16;
	b = bench_create(test, &cfg);
	wr(b, ADM_REG_CONTROL, ADM_CONTROL_ENABLE);
	wr(b, ADM_REG_Y_LENGTH, 2);
	wr(b, ADM_REG_DEST_STRIDE, 1024);
	bench_submit(b, 0, 128);
	KUNIT_EXPECT_EQ(test, axi_dmac_model_run(b->model), 1);
	KUNIT_EXPECT_EQ(test, b->stream.bytes, 3 * 128);
	KUNIT_EXPECT_EQ(test, b->mem[127], 127);
	KUNIT_EXPECT_EQ(test, b->mem[128], 0);
	KUNIT_EXPECT_EQ(test, b->mem[1024], 128);
	KUNIT_EXPECT_EQ(test, b->mem[2048 + 127], 127);
	EXPECT_REG(b, ADM_REG_ACTIVE_TRANSFER_ID, 1);

	/* A stride of 2^LW is none; bits of a length above LW are lost */
	wr(b, ADM_REG_DEST_STRIDE, BIT(16));
	EXPECT_REG(b, ADM_REG_DEST_STRIDE, 0);
	wr(b, ADM_REG_X_LENGTH, BIT(16) + 63);
	EXPECT_REG(b, ADM_REG_X_LENGTH, 63);
	wr(b, ADM_REG_Y_LENGTH, BIT(16) + 1);
	EXPECT_REG(b, ADM_REG_Y_LENGTH, 1);
}

static void req_test_progress_out(struct kunit *test)
{
	struct bench *b = bench_out(test);

	bench_submit_all(b, 1, 512);
	axi_dmac_model_move(b->model, 300);
	EXPECT_REG(b, ADM_REG_TRANSFER_PROGRESS, 3);
	axi_dmac_model_run(b->model);
	EXPECT_REG(b, ADM_REG_TRANSFER_PROGRESS, 0);
}

static void req_test_tlast_out(struct kunit *test)
{
	struct bench *b = bench_out(test);

	wr(b, ADM_REG_FLAGS, 0);
	bench_submit_all(b, 1, 512);
	wr(b, ADM_REG_FLAGS, ADM_FLAG_LAST);
	bench_submit_all(b, 1, 512);
	axi_dmac_model_run(b->model);
	KUNIT_EXPECT_EQ(test, b->stream.bytes, 1024);
	KUNIT_EXPECT_EQ(test, b->stream.packets, 1);
}

static void req_test_stall(struct kunit *test)
{
	struct bench *b = bench_out(test);

	b->stream.room = 100;
	bench_submit_all(b, 1, 512);
	KUNIT_EXPECT_EQ(test, axi_dmac_model_run(b->model), 0);
	KUNIT_EXPECT_EQ(test, b->stream.bytes, 100);
	b->stream.room = U64_MAX;
	KUNIT_EXPECT_EQ(test, axi_dmac_model_run(b->model), 1);
	KUNIT_EXPECT_EQ(test, b->stream.bytes, 512);
}

static struct kunit_case req_test_cases[] = {
	KUNIT_CASE(req_test_submit_disabled),
	KUNIT_CASE(req_test_submit_twice),
	KUNIT_CASE(req_test_queue_depth),
	KUNIT_CASE(req_test_sampled_at_acceptance),
	KUNIT_CASE(req_test_live_registers),
	KUNIT_CASE(req_test_accept_delay),
	KUNIT_CASE(req_test_ids),
	KUNIT_CASE(req_test_stale_done),
	KUNIT_CASE(req_test_aliasing),
	KUNIT_CASE(req_test_sot_and_eot_order),
	KUNIT_CASE(req_test_data),
	KUNIT_CASE(req_test_memory_to_memory),
	KUNIT_CASE(req_test_2d),
	KUNIT_CASE(req_test_progress_out),
	KUNIT_CASE(req_test_tlast_out),
	KUNIT_CASE(req_test_stall),
	{}
};

static struct kunit_suite req_test_suite = {
	.name = "axi_dmac_model_request",
	.test_cases = req_test_cases,
};

kunit_test_suite(req_test_suite);

MODULE_AUTHOR("the dma_vec project");
MODULE_DESCRIPTION("Tests of the simulated AXI-DMAC: requests");
MODULE_LICENSE("GPL");
