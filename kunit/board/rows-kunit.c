// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of the erratum of the rows: how many are too many at a time, and which of them
 * is taken for the last one.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include "model-kunit.h"

struct rows_case {
	const char *name;
	u32 cols;
	u32 rows;
	bool from_memory;
	bool to_stream;
	bool without;		/* the core does not have the erratum */
	u32 early;		/* rows after which the end is reported, 0 if not before */
};

static const struct rows_case rows_cases[] = {
	{ .name = "8 rows of a burst", .cols = 128, .rows = 8, .early = 4 },
	{ .name = "5 rows", .cols = 16, .rows = 5, .early = 1 },
	{ .name = "4 rows", .cols = 16, .rows = 4 },
	{ .name = "rows of 576 bytes", .cols = 576, .rows = 9, .early = 5 },
	{ .name = "rows of 1 KiB", .cols = 1024, .rows = 9 },
	{ .name = "memory to memory", .cols = 128, .rows = 8, .from_memory = true, .early = 4 },
	{ .name = "to a stream", .cols = 128, .rows = 8, .from_memory = true, .to_stream = true },
	{ .name = "other core", .cols = 128, .rows = 8, .without = true },
};

KUNIT_ARRAY_PARAM_DESC(rows, rows_cases, name);

static struct bench *rows_bench(struct kunit *test, const struct rows_case *c)
{
	struct axi_dmac_model_config cfg;
	struct bench *b;

	bench_config(&cfg, c->to_stream);
	if (c->from_memory)
		cfg.src_type = ADM_BUS_MM;
	cfg.twod = true;
	cfg.errata = c->without ? ADM_ERRATA & ~ADM_ERRATUM_ROWS : ADM_ERRATUM_ROWS;
	b = bench_create(test, &cfg);
	wr(b, ADM_REG_FLAGS, ADM_FLAG_LAST);
	wr(b, ADM_REG_CONTROL, ADM_CONTROL_ENABLE);
	wr(b, ADM_REG_DEST_STRIDE, 1024);
	wr(b, ADM_REG_SRC_STRIDE, 1024);
	return b;
}

static void rows_submit(struct bench *b, u32 cols, u32 rows)
{
	wr(b, ADM_REG_Y_LENGTH, rows - 1);
	bench_submit(b, 0, cols);
	KUNIT_ASSERT_TRUE(b->test, axi_dmac_model_accept(b->model));
}

static void rows_test_early(struct kunit *test)
{
	const struct rows_case *c = test->param_value;
	struct bench *b = rows_bench(test, c);
	u32 before = c->early ?: c->rows;

	rows_submit(b, c->cols, c->rows);
	axi_dmac_model_move(b->model, before * c->cols - 8);
	EXPECT_REG(b, ADM_REG_ACTIVE_TRANSFER_ID, 0);
	axi_dmac_model_move(b->model, 8);
	EXPECT_REG(b, ADM_REG_ACTIVE_TRANSFER_ID, c->early ? 1 : 0);
	KUNIT_EXPECT_EQ(test, axi_dmac_model_run(b->model), 1);
	EXPECT_REG(b, ADM_REG_ACTIVE_TRANSFER_ID, c->early ? 2 : 1);
	EXPECT_REG(b, ADM_REG_TRANSFER_ID, 1);
}

/* The last row of the first one finds a note of the second one */
static void rows_test_two(struct kunit *test)
{
	static const struct rows_case c = { .cols = 128, .rows = 6 };
	struct bench *b = rows_bench(test, &c);

	rows_submit(b, c.cols, c.rows);
	rows_submit(b, c.cols, c.rows);
	axi_dmac_model_move(b->model, 6 * 128);
	KUNIT_EXPECT_TRUE(test, axi_dmac_model_complete(b->model));
	EXPECT_REG(b, ADM_REG_ACTIVE_TRANSFER_ID, 1);
	axi_dmac_model_run(b->model);
	EXPECT_REG(b, ADM_REG_ACTIVE_TRANSFER_ID, 3);
}

/* One row each: whatever note is read, it says the same */
static void rows_test_single(struct kunit *test)
{
	static const struct rows_case c = { .cols = 128, .rows = 1 };
	struct bench *b = rows_bench(test, &c);
	unsigned int i;

	for (i = 0; i < 3; i++)
		rows_submit(b, c.cols, c.rows);
	KUNIT_EXPECT_EQ(test, axi_dmac_model_run(b->model), 3);
	EXPECT_REG(b, ADM_REG_ACTIVE_TRANSFER_ID, 3);
}

static struct kunit_case rows_test_cases[] = {
	KUNIT_CASE_PARAM(rows_test_early, rows_gen_params),
	KUNIT_CASE(rows_test_two),
	KUNIT_CASE(rows_test_single),
	{}
};

static struct kunit_suite rows_test_suite = {
	.name = "axi_dmac_model_rows",
	.test_cases = rows_test_cases,
};

kunit_test_suite(rows_test_suite);

MODULE_AUTHOR("the dma_vec project");
MODULE_DESCRIPTION("Tests of the simulated AXI-DMAC: rows");
MODULE_LICENSE("GPL");
