// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of the erratum of the last burst: which segments lose its length, and what
 * becomes of them and of those behind.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include "model-kunit.h"

struct burst_case {
	const char *name;
	u32 front;		/* bytes of the segment in front */
	u32 len;
	bool from_memory;
	bool alone;		/* nothing is under way when it is submitted */
	bool without;		/* the core does not have the erratum */
	bool lost;
};

static const struct burst_case burst_cases[] = {
	{ .name = "one beat", .front = 4096, .len = 8, .lost = true },
	{ .name = "almost a burst", .front = 4096, .len = 120, .lost = true },
	{ .name = "behind a burst", .front = 128, .len = 64, .lost = true },
	{ .name = "memory to memory", .front = 4096, .len = 5, .from_memory = true, .lost = true },
	{ .name = "full burst", .front = 4096, .len = 128 },
	{ .name = "two bursts", .front = 4096, .len = 136 },
	{ .name = "alone", .front = 4096, .len = 8, .alone = true },
	{ .name = "other core", .front = 4096, .len = 8, .without = true },
};

KUNIT_ARRAY_PARAM_DESC(burst, burst_cases, name);

static struct bench *burst_bench(struct kunit *test, const struct axi_dmac_model_config *cfg)
{
	struct bench *b = bench_create(test, cfg);

	wr(b, ADM_REG_FLAGS, ADM_FLAG_LAST);
	wr(b, ADM_REG_CONTROL, ADM_CONTROL_ENABLE | (cfg->sg ? ADM_CONTROL_HWDESC : 0));
	return b;
}

static struct bench *burst_input(struct kunit *test)
{
	struct axi_dmac_model_config cfg;

	bench_config(&cfg, false);
	cfg.errata = ADM_ERRATUM_SHORT_BURST;
	return burst_bench(test, &cfg);
}

static void burst_test_lost(struct kunit *test)
{
	const struct burst_case *c = test->param_value;
	struct axi_dmac_model_config cfg;
	struct bench *b;

	bench_config(&cfg, false);
	if (c->from_memory)
		cfg.src_type = ADM_BUS_MM;
	cfg.errata = c->without ? ADM_ERRATA & ~ADM_ERRATUM_SHORT_BURST :
				  ADM_ERRATUM_SHORT_BURST;
	b = burst_bench(test, &cfg);

	bench_submit_all(b, 1, c->front);
	if (c->alone)
		axi_dmac_model_run(b->model);
	bench_submit(b, SZ_8K, c->len);
	axi_dmac_model_run(b->model);

	EXPECT_REG(b, ADM_REG_SUBMIT, 0);
	EXPECT_REG(b, ADM_REG_ACTIVE_TRANSFER_ID, c->lost ? 1 : 2);
	EXPECT_REG(b, ADM_REG_DEBUG_STATUS, 0x774);
	KUNIT_EXPECT_EQ(test, axi_dmac_model_outstanding(b->model), c->lost);
	EXPECT_CLEAN(b);
}

/* The core was built to send nothing to memory */
static void burst_test_output(struct kunit *test)
{
	struct axi_dmac_model_config cfg;
	struct bench *b;

	bench_config(&cfg, true);
	cfg.errata = ADM_ERRATA;
	b = burst_bench(test, &cfg);
	bench_submit_all(b, 2, 8);
	KUNIT_EXPECT_EQ(test, axi_dmac_model_run(b->model), 2);
}

/* All are one behind, and written as far as the next one's last burst is long */
static void burst_test_shifted(struct kunit *test)
{
	struct bench *b = burst_input(test);

	bench_submit_all(b, 1, 256);
	bench_submit(b, 4096, 40);
	KUNIT_EXPECT_EQ(test, axi_dmac_model_run(b->model), 1);
	KUNIT_EXPECT_EQ(test, b->mem[4097], 0);

	bench_submit(b, 8192, 128 + 16);
	KUNIT_EXPECT_EQ(test, axi_dmac_model_run(b->model), 1);
	KUNIT_EXPECT_EQ(test, b->mem[4096 + 15], (u8)(256 + 15));
	KUNIT_EXPECT_EQ(test, b->mem[4096 + 16], 0);
	EXPECT_REG(b, ADM_REG_ACTIVE_TRANSFER_ID, 2);
	/* Its first burst has a length, as all but last ones */
	KUNIT_EXPECT_EQ(test, b->mem[8192 + 127], (u8)(256 + 40 + 127));
	KUNIT_EXPECT_EQ(test, b->mem[8192 + 128], 0);

	bench_submit(b, 12288, 24);
	KUNIT_EXPECT_EQ(test, axi_dmac_model_run(b->model), 1);
	KUNIT_EXPECT_EQ(test, b->mem[8192 + 128 + 15], (u8)(256 + 40 + 128 + 15));
	KUNIT_EXPECT_EQ(test, axi_dmac_model_outstanding(b->model), 1);
}

/* A chain of page, page and 8 bytes never ends */
static void burst_test_chain(struct kunit *test)
{
	struct axi_dmac_model_config cfg;
	struct bench_desc *d;
	struct bench *b;

	bench_config(&cfg, false);
	cfg.sg = true;
	cfg.errata = ADM_ERRATUM_SHORT_BURST;
	b = burst_bench(test, &cfg);
	d = bench_chain(b, 0, 3, 4096, ADM_DESC_LAST | ADM_DESC_IRQ);
	d[2].x_len = cpu_to_le32(7);
	bench_submit_chain(b, 0);
	KUNIT_EXPECT_EQ(test, axi_dmac_model_run(b->model), 2);
	EXPECT_REG(b, ADM_REG_TRANSFER_DONE, 0);
	EXPECT_REG(b, ADM_REG_DEBUG_STATUS, 0x7fc);
}

static void burst_test_never_quiet(struct kunit *test)
{
	struct bench *b = burst_input(test);

	bench_submit_all(b, 1, 256);
	bench_submit(b, 4096, 8);
	axi_dmac_model_run(b->model);
	wr(b, ADM_REG_CONTROL, 0);
	KUNIT_EXPECT_FALSE(test, axi_dmac_model_quiesce(b->model));
	EXPECT_REG(b, ADM_REG_DEBUG_STATUS, 0xf15);

	axi_dmac_model_set_errata(b->model, 0);
	KUNIT_EXPECT_TRUE(test, axi_dmac_model_quiesce(b->model));
}

static struct kunit_case burst_test_cases[] = {
	KUNIT_CASE_PARAM(burst_test_lost, burst_gen_params),
	KUNIT_CASE(burst_test_output),
	KUNIT_CASE(burst_test_shifted),
	KUNIT_CASE(burst_test_chain),
	KUNIT_CASE(burst_test_never_quiet),
	{}
};

static struct kunit_suite burst_test_suite = {
	.name = "axi_dmac_model_burst",
	.test_cases = burst_test_cases,
};

kunit_test_suite(burst_test_suite);

MODULE_AUTHOR("the dma_vec project");
MODULE_DESCRIPTION("Tests of the simulated AXI-DMAC: lengths of last bursts");
MODULE_LICENSE("GPL");
