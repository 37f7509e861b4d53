// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of the register file: what a driver finds out by reading and by writing
 * and reading back.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include "model-kunit.h"

struct reg_version {
	const char *name;
	u32 version;
	u32 interface_1;	/* 64-bit memory, 64-bit stream source */
	u32 interface_2;	/* coherent */
	u32 flags;		/* writable, cyclic core */
	bool sticky_length;
};

#define REG_BUSES	(3 | 0 << 4 | 3 << 8 | 1 << 12)
#define REG_BURST	(7 << 16)
#define REG_FRAMES	(7u << 27)

static const struct reg_version reg_versions[] = {
	{ "4.0.a", ADM_VERSION(4, 0, 'a'), 0, 0, 3, false },
	{ "4.1.a", ADM_VERSION(4, 1, 'a'), 0, 0, 3, true },
	{ "4.2.b", ADM_VERSION(4, 2, 'b'), 0, 0, 7, true },
	{ "4.3.a", ADM_VERSION(4, 3, 'a'), REG_BUSES, 0, 7, true },
	{ "4.4.a", ADM_VERSION(4, 4, 'a'), REG_BUSES | REG_BURST, 1, 7, true },
	{ "4.5.a", ADM_VERSION(4, 5, 'a'), REG_BUSES | REG_BURST, 1, 7, true },
	{ "4.5.b", ADM_VERSION(4, 5, 'b'), REG_BUSES | REG_BURST, 0x2f1, 7, true },
	{ "4.5.e", ADM_VERSION(4, 5, 'e'), REG_BUSES | REG_BURST | REG_FRAMES, 0x2f1, 7, true },
	{ "4.6.a", ADM_VERSION(4, 6, 'a'), REG_BUSES | REG_BURST | REG_FRAMES, 0x2f1, 7, true },
};

KUNIT_ARRAY_PARAM_DESC(reg_version, reg_versions, name);

static void reg_test_version(struct kunit *test)
{
	const struct reg_version *v = test->param_value;
	struct axi_dmac_model_config cfg;
	struct bench *b;

	bench_config(&cfg, false);
	cfg.version = v->version;
	cfg.id = 0x55;
	cfg.cyclic = true;
	cfg.coherent = true;
	b = bench_create(test, &cfg);

	EXPECT_REG(b, ADM_REG_VERSION, v->version);
	EXPECT_REG(b, ADM_REG_PERIPHERAL_ID, 0x55);
	EXPECT_REG(b, ADM_REG_IDENTIFICATION, 0x444d4143);
	EXPECT_REG(b, ADM_REG_INTERFACE_DESC_1, v->interface_1);
	EXPECT_REG(b, ADM_REG_INTERFACE_DESC_2, v->interface_2);
	KUNIT_EXPECT_EQ(test, probe(b, ADM_REG_FLAGS), v->flags);
	wr(b, ADM_REG_X_LENGTH, 0);
	EXPECT_REG(b, ADM_REG_X_LENGTH, v->sticky_length ? 7 : 0);
}

struct reg_width {
	const char *name;
	enum axi_dmac_model_bus src, dest;
	unsigned int src_width, dest_width;
	unsigned int length_width, addr_width;
	u32 stuck;
	u32 src_low, dest_low;
	u32 src_high, dest_high;
};

static const struct reg_width reg_widths[] = {
	{ "stream 64 to memory 64", ADM_BUS_STREAM, ADM_BUS_MM, 8, 8, 24, 64,
	  7, 0, 0xfffffff8, 0, 0xffffffff },
	{ "stream 16 to memory 64", ADM_BUS_STREAM, ADM_BUS_MM, 2, 8, 24, 64,
	  1, 0, 0xfffffff8, 0, 0xffffffff },
	{ "FIFO 256 to memory 64", ADM_BUS_FIFO, ADM_BUS_MM, 32, 8, 24, 40,
	  31, 0, 0xfffffff8, 0, 0xff },
	{ "memory 128 to stream 32", ADM_BUS_MM, ADM_BUS_STREAM, 16, 4, 16, 32,
	  3, 0xfffffff0, 0, 0, 0 },
	{ "memory 64 to memory 32", ADM_BUS_MM, ADM_BUS_MM, 8, 4, 32, 36,
	  0, 0xfffffff8, 0xfffffffc, 0xf, 0xf },
	{ "16 address bits", ADM_BUS_MM, ADM_BUS_STREAM, 8, 8, 8, 16,
	  7, 0xfff8, 0, 0, 0 },
};

KUNIT_ARRAY_PARAM_DESC(reg_width, reg_widths, name);

static void reg_test_width(struct kunit *test)
{
	const struct reg_width *w = test->param_value;
	u32 length = GENMASK_ULL(w->length_width - 1, 0);
	struct axi_dmac_model_config cfg;
	struct bench *b;

	axi_dmac_model_defaults(&cfg);
	cfg.src_type = w->src;
	cfg.dest_type = w->dest;
	cfg.src_width = w->src_width;
	cfg.dest_width = w->dest_width;
	cfg.length_width = w->length_width;
	cfg.addr_width = w->addr_width;
	cfg.twod = true;
	b = bench_create(test, &cfg);

	EXPECT_REG(b, ADM_REG_X_LENGTH, w->stuck);
	KUNIT_EXPECT_EQ(test, probe(b, ADM_REG_X_LENGTH), length);
	KUNIT_EXPECT_EQ(test, probe(b, ADM_REG_Y_LENGTH), length);
	KUNIT_EXPECT_EQ(test, probe(b, ADM_REG_SRC_STRIDE), length & ~(w->src_width - 1));
	KUNIT_EXPECT_EQ(test, probe(b, ADM_REG_DEST_STRIDE), length & ~(w->dest_width - 1));
	KUNIT_EXPECT_EQ(test, probe(b, ADM_REG_SRC_ADDRESS), w->src_low);
	KUNIT_EXPECT_EQ(test, probe(b, ADM_REG_DEST_ADDRESS), w->dest_low);
	KUNIT_EXPECT_EQ(test, probe(b, ADM_REG_SRC_ADDRESS_HIGH), w->src_high);
	KUNIT_EXPECT_EQ(test, probe(b, ADM_REG_DEST_ADDRESS_HIGH), w->dest_high);
	EXPECT_CLEAN(b);
}

static void reg_test_absent(struct kunit *test)
{
	struct axi_dmac_model_config cfg;
	struct bench *b;

	bench_config(&cfg, false);
	cfg.no_debug = true;
	b = bench_create(test, &cfg);

	KUNIT_EXPECT_EQ(test, probe(b, ADM_REG_FLAGS), 6);
	KUNIT_EXPECT_EQ(test, probe(b, ADM_REG_Y_LENGTH), 0);
	KUNIT_EXPECT_EQ(test, probe(b, ADM_REG_SRC_STRIDE), 0);
	KUNIT_EXPECT_EQ(test, probe(b, ADM_REG_DEST_STRIDE), 0);
	KUNIT_EXPECT_EQ(test, probe(b, ADM_REG_SG_ADDRESS), 0);
	KUNIT_EXPECT_EQ(test, probe(b, ADM_REG_SG_ADDRESS_HIGH), 0);
	KUNIT_EXPECT_EQ(test, probe(b, ADM_REG_SRC_ADDRESS), 0);
	KUNIT_EXPECT_EQ(test, probe(b, ADM_REG_STATUS), 0);
	wr(b, ADM_REG_CONTROL, 0xc);
	EXPECT_REG(b, ADM_REG_CONTROL, 0);
	EXPECT_REG(b, ADM_REG_DEBUG_STATUS, 0);
}

static void reg_test_present(struct kunit *test)
{
	struct axi_dmac_model_config cfg;
	struct bench *b;

	bench_config(&cfg, false);
	cfg.sg = true;
	cfg.cyclic = true;
	b = bench_create(test, &cfg);

	KUNIT_EXPECT_EQ(test, probe(b, ADM_REG_FLAGS), 7);
	KUNIT_EXPECT_EQ(test, probe(b, ADM_REG_SG_ADDRESS), 0xfffffff8);
	KUNIT_EXPECT_EQ(test, probe(b, ADM_REG_SG_ADDRESS_HIGH), 0xffffffff);
	wr(b, ADM_REG_CONTROL, 0xc);
	EXPECT_REG(b, ADM_REG_CONTROL, ADM_CONTROL_HWDESC);
	EXPECT_REG(b, ADM_REG_DEBUG_STATUS, 0x781);
}

static void reg_test_reset_values(struct kunit *test)
{
	struct axi_dmac_model_config cfg;
	struct bench *b;

	bench_config(&cfg, false);
	b = bench_create(test, &cfg);
	EXPECT_REG(b, ADM_REG_FLAGS, 2);
	EXPECT_REG(b, ADM_REG_IRQ_MASK, 3);
	EXPECT_REG(b, ADM_REG_IRQ_SOURCE, 0);
	EXPECT_REG(b, ADM_REG_CONTROL, 0);
	EXPECT_REG(b, ADM_REG_SUBMIT, 0);
	EXPECT_REG(b, ADM_REG_DEBUG_STATUS, 0x701);
	KUNIT_EXPECT_EQ(test, probe(b, ADM_REG_SCRATCH), U32_MAX);

	cfg.cyclic = true;
	b = bench_create(test, &cfg);
	EXPECT_REG(b, ADM_REG_FLAGS, 3);
}

/* A core that runs without a driver shows it in a register, from 4.5.d on */
static void reg_test_autorun(struct kunit *test)
{
	struct axi_dmac_model_config cfg;
	struct bench *b;

	bench_config(&cfg, false);
	cfg.autorun = true;
	b = bench_create(test, &cfg);
	EXPECT_REG(b, ADM_REG_INTERFACE_DESC_1, REG_BUSES | REG_BURST | REG_FRAMES | BIT(24));
	EXPECT_REG(b, ADM_REG_CONTROL, ADM_CONTROL_ENABLE);
	EXPECT_REG(b, ADM_REG_SUBMIT, 1);
	KUNIT_EXPECT_TRUE(test, axi_dmac_model_accept(b->model));
	EXPECT_REG(b, ADM_REG_TRANSFER_ID, 1);

	cfg.autorun = false;
	cfg.ext_sync = true;
	b = bench_create(test, &cfg);
	EXPECT_REG(b, ADM_REG_INTERFACE_DESC_1, REG_BUSES | REG_BURST | REG_FRAMES | BIT(25));
	cfg.version = ADM_VERSION(4, 5, 'c');
	b = bench_create(test, &cfg);
	EXPECT_REG(b, ADM_REG_INTERFACE_DESC_1, REG_BUSES | REG_BURST);
}

static void reg_test_decoding(struct kunit *test)
{
	struct bench *b = bench_in(test);

	wr(b, ADM_REG_SCRATCH, 0x12345678);
	KUNIT_EXPECT_EQ(test, readl(b->regs + 0x800 + ADM_REG_SCRATCH), 0x12345678);
	EXPECT_REG(b, 0x7fc, 0);
	EXPECT_CLEAN(b);

	/* Without byte strobes a narrow write replaces the word */
	writeb(0xab, b->regs + ADM_REG_SCRATCH);
	EXPECT_REG(b, ADM_REG_SCRATCH, 0xab);
	writew(0xabcd, b->regs + ADM_REG_SCRATCH + 2);
	EXPECT_REG(b, ADM_REG_SCRATCH, 0xabcd0000);
	KUNIT_EXPECT_EQ(test, readw(b->regs + ADM_REG_SCRATCH + 2), 0xabcd);
	EXPECT_ERRORS(b, ADM_ERR_SUBWORD, 2);
}

static void reg_test_counters(struct kunit *test)
{
	struct bench *b = bench_in(test);
	struct axi_dmac_model_stats stats;

	axi_dmac_model_reset_stats(b->model);
	rd(b, ADM_REG_IRQ_PENDING);
	rd(b, ADM_REG_IRQ_PENDING);
	wr(b, ADM_REG_SCRATCH, 1);
	axi_dmac_model_peek(b->model, ADM_REG_IRQ_PENDING);

	KUNIT_EXPECT_EQ(test, axi_dmac_model_reads(b->model, ADM_REG_IRQ_PENDING), 2);
	KUNIT_EXPECT_EQ(test, axi_dmac_model_writes(b->model, ADM_REG_SCRATCH), 1);
	KUNIT_EXPECT_EQ(test, axi_dmac_model_writes(b->model, ADM_REG_IRQ_PENDING), 0);
	axi_dmac_model_stats(b->model, &stats);
	KUNIT_EXPECT_EQ(test, stats.reads, 2);
	KUNIT_EXPECT_EQ(test, stats.writes, 1);
}

static void reg_test_stray_access(struct kunit *test)
{
	u64 before = axi_dmac_model_stray_accesses();
	struct axi_dmac_model_config cfg;
	struct axi_dmac_model *model;
	void __iomem *regs;

	bench_config(&cfg, false);
	model = axi_dmac_model_create(&cfg);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, model);
	regs = ioremap(axi_dmac_model_base(model), ADM_WINDOW_SIZE);
	KUNIT_EXPECT_EQ(test, readl(regs + ADM_REG_VERSION), cfg.version);
	axi_dmac_model_destroy(model);

	KUNIT_EXPECT_EQ(test, readl(regs + ADM_REG_VERSION), U32_MAX);
	writel(0, regs + ADM_REG_CONTROL);
	KUNIT_EXPECT_EQ(test, axi_dmac_model_stray_accesses(), before + 2);
	iounmap(regs);
}

static void reg_test_unplugged(struct kunit *test)
{
	struct bench *b = bench_in(test);

	wr(b, ADM_REG_SCRATCH, 1);
	axi_dmac_model_unplug(b->model, true);
	EXPECT_REG(b, ADM_REG_SCRATCH, U32_MAX);
	EXPECT_REG(b, ADM_REG_TRANSFER_DONE, U32_MAX);
	wr(b, ADM_REG_SCRATCH, 2);
	axi_dmac_model_unplug(b->model, false);
	EXPECT_REG(b, ADM_REG_SCRATCH, 1);
}

/* Whoever does not ask for less gets a core as they all are */
static void reg_test_defaults(struct kunit *test)
{
	struct axi_dmac_model_config cfg;

	axi_dmac_model_defaults(&cfg);
	KUNIT_EXPECT_EQ(test, cfg.errata, ADM_ERRATA);
	KUNIT_EXPECT_TRUE(test, cfg.records_without_eot);
}

static struct kunit_case reg_test_cases[] = {
	KUNIT_CASE(reg_test_defaults),
	KUNIT_CASE_PARAM(reg_test_version, reg_version_gen_params),
	KUNIT_CASE_PARAM(reg_test_width, reg_width_gen_params),
	KUNIT_CASE(reg_test_absent),
	KUNIT_CASE(reg_test_present),
	KUNIT_CASE(reg_test_reset_values),
	KUNIT_CASE(reg_test_autorun),
	KUNIT_CASE(reg_test_decoding),
	KUNIT_CASE(reg_test_counters),
	KUNIT_CASE(reg_test_stray_access),
	KUNIT_CASE(reg_test_unplugged),
	{}
};

static struct kunit_suite reg_test_suite = {
	.name = "axi_dmac_model_registers",
	.test_cases = reg_test_cases,
};

kunit_test_suite(reg_test_suite);

MODULE_AUTHOR("the dma_vec project");
MODULE_DESCRIPTION("Tests of the simulated AXI-DMAC: registers");
MODULE_LICENSE("GPL");
