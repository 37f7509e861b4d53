// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of memory accesses: what the model refuses to touch, how it judges
 * bursts, and its data movers.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <linux/unaligned.h>

#include "model-kunit.h"

static void mem_test_in_use(struct kunit *test)
{
	struct bench *b = bench_in(test);
	unsigned int order;

	for (order = 0; order < 4; order++) {
		unsigned long page = __get_free_pages(GFP_KERNEL, order);
		u64 last = virt_to_phys((void *)page) + (PAGE_SIZE << order) - 64;

		KUNIT_ASSERT_NE(test, page, 0);
		wr(b, ADM_REG_DEST_ADDRESS, last);
		wr(b, ADM_REG_X_LENGTH, 63);
		wr(b, ADM_REG_SUBMIT, 1);
		KUNIT_EXPECT_EQ(test, axi_dmac_model_run(b->model), 1);
		EXPECT_CLEAN(b);
		free_pages(page, order);
	}
}

/* A block that the page allocator has merged is found at every offset */
static void mem_test_free_block(struct kunit *test)
{
	struct bench *b = bench_in(test);
	unsigned int order = 8;
	unsigned long page = __get_free_pages(GFP_KERNEL, order);
	unsigned int i;

	KUNIT_ASSERT_NE(test, page, 0);
	free_pages(page, order);
	for (i = 0; i < 4; i++) {
		wr(b, ADM_REG_DEST_ADDRESS, virt_to_phys((void *)page) + i * 61 * PAGE_SIZE);
		wr(b, ADM_REG_X_LENGTH, 63);
		wr(b, ADM_REG_SUBMIT, 1);
		/* The transfer ends as if nothing had happened */
		KUNIT_EXPECT_EQ(test, axi_dmac_model_run(b->model), 1);
		EXPECT_ERRORS(b, ADM_ERR_FREED, i + 1);
	}
}

static void mem_test_forbidden(struct kunit *test)
{
	struct bench *b = bench_in(test);
	struct axi_dmac_model_fault fault;

	KUNIT_ASSERT_EQ(test, axi_dmac_model_forbid(b->model, b->addr + 4096, 4096), 0);
	bench_submit_all(b, 1, 4096);
	KUNIT_EXPECT_EQ(test, axi_dmac_model_run(b->model), 1);
	EXPECT_CLEAN(b);

	bench_submit(b, 4096, 128);
	KUNIT_EXPECT_EQ(test, axi_dmac_model_run(b->model), 1);
	EXPECT_ERRORS(b, ADM_ERR_FREED, 1);
	KUNIT_EXPECT_EQ(test, b->mem[4097], 0);
	KUNIT_EXPECT_TRUE(test, axi_dmac_model_fault(b->model, 0, &fault));
	KUNIT_EXPECT_EQ(test, fault.kind, ADM_ERR_FREED);
	KUNIT_EXPECT_EQ(test, fault.addr, b->addr + 4096);
	KUNIT_EXPECT_FALSE(test, axi_dmac_model_fault(b->model, 1, &fault));

	axi_dmac_model_permit(b->model, b->addr + 4096);
	axi_dmac_model_clear_errors(b->model);
	bench_submit(b, 4096, 128);
	KUNIT_EXPECT_EQ(test, axi_dmac_model_run(b->model), 1);
	EXPECT_CLEAN(b);
}

static void mem_test_freed_descriptor(struct kunit *test)
{
	static const u8 poison[] = { 0x6b, 0xa7, 0xaa };
	struct bench *b;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(poison); i++) {
		b = bench_sg(test, false);
		memset(bench_descriptors(b), poison[i], sizeof(struct bench_desc));
		bench_submit_chain(b, 0);
		axi_dmac_model_accept(b->model);
		KUNIT_EXPECT_TRUE(test, axi_dmac_model_fetch(b->model));
		EXPECT_ERRORS(b, ADM_ERR_FREED, 1);
	}
}

/* A bus error looks like success */
static void mem_test_bus_error(struct kunit *test)
{
	struct bench *b = bench_in(test);

	wr(b, ADM_REG_DEST_ADDRESS_HIGH, 0x12345);
	bench_submit(b, 0, 128);
	KUNIT_EXPECT_EQ(test, axi_dmac_model_run(b->model), 1);
	EXPECT_REG(b, ADM_REG_TRANSFER_DONE, 0x1);
	EXPECT_ERRORS(b, ADM_ERR_NO_MEMORY, 1);

	b = bench_sg(test, false);
	wr(b, ADM_REG_SG_ADDRESS_HIGH, 0x12345);
	wr(b, ADM_REG_SUBMIT, 1);
	KUNIT_EXPECT_EQ(test, axi_dmac_model_run(b->model), 1);
	EXPECT_REG(b, ADM_REG_TRANSFER_DONE, 0x1);
	EXPECT_ERRORS(b, ADM_ERR_NO_MEMORY, 1);
}

struct mem_burst {
	const char *name;
	u32 offset, len;
	unsigned int aligned, crosses;
};

static const struct mem_burst mem_bursts[] = {
	{ "aligned", 0xf80, 256, 0, 0 },
	{ "one short burst", 0x20, 96, 0, 0 },
	{ "one burst and a bit", 0x40, 256, 1, 0 },
	{ "crossing 4 KiB", 0xfc0, 256, 0, 1 },
	{ "short, crossing 4 KiB", 0xfe0, 64, 0, 1 },
	{ "up to 4 KiB", 0xfc0, 64, 0, 0 },
};

KUNIT_ARRAY_PARAM_DESC(mem_burst, mem_bursts, name);

static void mem_test_burst(struct kunit *test)
{
	const struct mem_burst *c = test->param_value;
	struct bench *b = bench_in(test);

	bench_submit(b, c->offset, c->len);
	axi_dmac_model_run(b->model);
	EXPECT_ERRORS(b, ADM_ERR_BURST_ALIGN, c->aligned);
	EXPECT_ERRORS(b, ADM_ERR_BURST_4K, c->crosses);
	KUNIT_EXPECT_EQ(test, b->mem[c->offset + c->len - 1], (u8)(c->len - 1));
}

static void mem_test_bus_alignment(struct kunit *test)
{
	struct bench *b = bench_in(test);

	bench_submit(b, 4, 64);
	axi_dmac_model_run(b->model);
	EXPECT_ERRORS(b, ADM_ERR_BUS_ALIGN, 1);
	/* the low bits were dropped */
	KUNIT_EXPECT_EQ(test, b->mem[1], 1);

	axi_dmac_model_clear_errors(b->model);
	bench_submit(b, 0, 60);
	axi_dmac_model_run(b->model);
	EXPECT_ERRORS(b, ADM_ERR_LENGTH_ALIGN, 1);
	KUNIT_EXPECT_EQ(test, b->stream.bytes, 64 + 64);
}

static void mem_test_address_width(struct kunit *test)
{
	struct axi_dmac_model_config cfg;
	struct bench *b;

	bench_config(&cfg, false);
	cfg.addr_width = 36;
	b = bench_create(test, &cfg);
	wr(b, ADM_REG_CONTROL, ADM_CONTROL_ENABLE);
	wr(b, ADM_REG_DEST_ADDRESS_HIGH, 0xfff0);
	EXPECT_REG(b, ADM_REG_DEST_ADDRESS_HIGH, 0);
	bench_submit(b, 0, 64);
	KUNIT_EXPECT_EQ(test, axi_dmac_model_run(b->model), 1);
	KUNIT_EXPECT_EQ(test, b->mem[63], 63);
	EXPECT_CLEAN(b);
}

static void mem_test_mover_none(struct kunit *test)
{
	struct bench *b = bench_in(test);

	axi_dmac_model_set_mover(b->model, ADM_MOVER_NONE);
	bench_submit(b, 0, SZ_16M);
	KUNIT_EXPECT_EQ(test, axi_dmac_model_run(b->model), 1);
	KUNIT_EXPECT_EQ(test, b->stream.bytes, SZ_16M);
	KUNIT_EXPECT_EQ(test, b->mem[1], 0);
	EXPECT_REG(b, ADM_REG_TRANSFER_DONE, 0x1);
}

/* No memory, no stream, and a chain is not even looked at */
static void mem_test_mover_instant(struct kunit *test)
{
	struct bench *b = bench_in(test);

	axi_dmac_model_set_mover(b->model, ADM_MOVER_INSTANT);
	bench_submit_all(b, 3, SZ_4K);
	KUNIT_EXPECT_EQ(test, axi_dmac_model_run(b->model), 3);
	KUNIT_EXPECT_EQ(test, b->stream.bytes, 0);
	EXPECT_REG(b, ADM_REG_TRANSFER_DONE, 0x7);
	EXPECT_CLEAN(b);
}

static void mem_test_instant_chain(struct kunit *test)
{
	struct bench *b = bench_sg(test, false);
	struct axi_dmac_model_stats stats;

	axi_dmac_model_set_mover(b->model, ADM_MOVER_INSTANT);
	wr(b, ADM_REG_SG_ADDRESS, 0);
	wr(b, ADM_REG_SUBMIT, 1);
	KUNIT_EXPECT_EQ(test, axi_dmac_model_run(b->model), 1);
	axi_dmac_model_stats(b->model, &stats);
	KUNIT_EXPECT_EQ(test, stats.eot, 1);
	EXPECT_REG(b, ADM_REG_TRANSFER_DONE, 0x1);
	EXPECT_CLEAN(b);
}

static void mem_test_mover_sparse(struct kunit *test)
{
	struct bench *b = bench_in(test);

	axi_dmac_model_set_mover(b->model, ADM_MOVER_SPARSE);
	bench_submit_all(b, 2, 10240);
	KUNIT_EXPECT_EQ(test, axi_dmac_model_run(b->model), 2);
	KUNIT_EXPECT_EQ(test, get_unaligned_le64(b->mem + 4096), 4096);
	KUNIT_EXPECT_EQ(test, get_unaligned_le64(b->mem + 8192), 8192);
	KUNIT_EXPECT_EQ(test, get_unaligned_le64(b->mem + 10232), 10232);
	KUNIT_EXPECT_EQ(test, get_unaligned_le64(b->mem + 10240), 10240);
	KUNIT_EXPECT_EQ(test, get_unaligned_le64(b->mem + 16384), 16384);
	KUNIT_EXPECT_EQ(test, get_unaligned_le64(b->mem + 20472), 20472);
	KUNIT_EXPECT_EQ(test, get_unaligned_le64(b->mem + 64), 0);
	KUNIT_EXPECT_EQ(test, get_unaligned_le64(b->mem + 12288), 12288);
}

/* What one core stamps, another one accepts; and a wrong stamp is found */
static void mem_test_sparse_check(struct kunit *test)
{
	struct bench *in = bench_in(test);
	struct bench *out = bench_out(test);

	axi_dmac_model_set_mover(in->model, ADM_MOVER_SPARSE);
	axi_dmac_model_set_mover(out->model, ADM_MOVER_SPARSE);
	bench_submit_all(in, 3, 10240);
	axi_dmac_model_run(in->model);
	memcpy(out->mem, in->mem, 30720);
	bench_submit_all(out, 3, 10240);
	axi_dmac_model_run(out->model);
	KUNIT_EXPECT_EQ(test, axi_dmac_model_stamp_errors(out->model), 0);

	out->mem[8192] ^= 1;
	axi_dmac_model_restart_stream(out->model);
	bench_submit_all(out, 3, 10240);
	axi_dmac_model_run(out->model);
	KUNIT_EXPECT_EQ(test, axi_dmac_model_stamp_errors(out->model), 1);
}

struct mem_log {
	u64 addr[4];
	size_t len[4];
	bool write[4];
	unsigned int count;
};

static void mem_witness(void *priv, u64 addr, size_t len, bool write)
{
	struct mem_log *log = priv;
	unsigned int i = log->count++ % 4;

	log->addr[i] = addr;
	log->len[i] = len;
	log->write[i] = write;
}

static void mem_expect_access(struct kunit *test, const struct mem_log *log, unsigned int i,
			      u64 addr, size_t len, bool write)
{
	KUNIT_EXPECT_EQ(test, log->addr[i], addr);
	KUNIT_EXPECT_EQ(test, log->len[i], len);
	KUNIT_EXPECT_EQ(test, log->write[i], write);
}

static void mem_test_witness(struct kunit *test)
{
	struct axi_dmac_model_config cfg;
	struct mem_log log = {};
	struct bench *b;

	bench_config(&cfg, false);
	cfg.src_type = ADM_BUS_MM;
	b = bench_create(test, &cfg);
	wr(b, ADM_REG_CONTROL, ADM_CONTROL_ENABLE);
	axi_dmac_model_set_witness(b->model, mem_witness, &log);
	wr(b, ADM_REG_SRC_ADDRESS, b->addr);
	wr(b, ADM_REG_DEST_ADDRESS, b->addr + SZ_8K);
	wr(b, ADM_REG_X_LENGTH, 1023);
	wr(b, ADM_REG_SUBMIT, 1);
	axi_dmac_model_accept(b->model);
	axi_dmac_model_move(b->model, 256);
	axi_dmac_model_move(b->model, SIZE_MAX);
	KUNIT_EXPECT_EQ(test, log.count, 4);
	mem_expect_access(test, &log, 0, b->addr, 256, false);
	mem_expect_access(test, &log, 1, b->addr + SZ_8K, 256, true);
	mem_expect_access(test, &log, 2, b->addr + 256, 768, false);
	mem_expect_access(test, &log, 3, b->addr + SZ_8K + 256, 768, true);

	/* What is not done is not seen */
	axi_dmac_model_complete(b->model);
	axi_dmac_model_set_mover(b->model, ADM_MOVER_NONE);
	bench_submit_all(b, 1, 1024);
	axi_dmac_model_run(b->model);
	axi_dmac_model_set_mover(b->model, ADM_MOVER_FULL);
	KUNIT_ASSERT_EQ(test, axi_dmac_model_forbid(b->model, b->addr, SZ_8K), 0);
	bench_submit_all(b, 1, 1024);
	axi_dmac_model_run(b->model);
	KUNIT_EXPECT_EQ(test, log.count, 4);
}

/* A burst that has no address yet was not written */
static void mem_test_witness_of_tail(struct kunit *test)
{
	struct bench *b = bench_in(test);
	struct mem_log log = {};

	axi_dmac_model_set_errata(b->model, ADM_ERRATUM_SHORT_BURST);
	axi_dmac_model_set_witness(b->model, mem_witness, &log);
	bench_submit_all(b, 2, 64);
	axi_dmac_model_run(b->model);
	KUNIT_EXPECT_EQ(test, log.count, 1);
	bench_submit_all(b, 3, 64);
	axi_dmac_model_complete(b->model);
	axi_dmac_model_move(b->model, 64);
	axi_dmac_model_complete(b->model);
	KUNIT_EXPECT_EQ(test, log.count, 2);
	mem_expect_access(test, &log, 1, b->addr + 64, 64, true);
}

static struct kunit_case mem_test_cases[] = {
	KUNIT_CASE(mem_test_in_use),
	KUNIT_CASE(mem_test_free_block),
	KUNIT_CASE(mem_test_forbidden),
	KUNIT_CASE(mem_test_freed_descriptor),
	KUNIT_CASE(mem_test_bus_error),
	KUNIT_CASE_PARAM(mem_test_burst, mem_burst_gen_params),
	KUNIT_CASE(mem_test_bus_alignment),
	KUNIT_CASE(mem_test_address_width),
	KUNIT_CASE(mem_test_mover_none),
	KUNIT_CASE(mem_test_mover_instant),
	KUNIT_CASE(mem_test_instant_chain),
	KUNIT_CASE(mem_test_mover_sparse),
	KUNIT_CASE(mem_test_sparse_check),
	KUNIT_CASE(mem_test_witness),
	KUNIT_CASE(mem_test_witness_of_tail),
	{}
};

static struct kunit_suite mem_test_suite = {
	.name = "axi_dmac_model_memory",
	.test_cases = mem_test_cases,
};

kunit_test_suite(mem_test_suite);

MODULE_AUTHOR("the dma_vec project");
MODULE_DESCRIPTION("Tests of the simulated AXI-DMAC: memory");
MODULE_LICENSE("GPL");
