// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of scatter-gather: fetching ahead, chains, loops, and what the ids
 * count.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include "model-kunit.h"

#define SG_END	(ADM_DESC_LAST | ADM_DESC_IRQ)

static void sg_test_chain(struct kunit *test)
{
	struct bench *b = bench_sg(test, false);
	struct axi_dmac_model_stats stats;
	unsigned int i;

	bench_chain(b, 0, 6, 256, SG_END);
	bench_submit_chain(b, 0);
	KUNIT_EXPECT_TRUE(test, axi_dmac_model_accept(b->model));
	EXPECT_REG(b, ADM_REG_TRANSFER_ID, 1);
	EXPECT_REG(b, ADM_REG_SUBMIT, 0);
	KUNIT_EXPECT_EQ(test, axi_dmac_model_finish(b->model, 5), 5);
	EXPECT_REG(b, ADM_REG_TRANSFER_DONE, 0);
	KUNIT_EXPECT_EQ(test, axi_dmac_model_finish(b->model, 5), 1);
	EXPECT_REG(b, ADM_REG_TRANSFER_DONE, 1);
	EXPECT_REG(b, ADM_REG_ACTIVE_TRANSFER_ID, 1);

	for (i = 0; i < 6 * 256; i++)
		KUNIT_ASSERT_EQ(test, b->mem[i], (u8)i);
	axi_dmac_model_stats(b->model, &stats);
	KUNIT_EXPECT_EQ(test, stats.sot, 1);
	KUNIT_EXPECT_EQ(test, stats.eot, 1);
	KUNIT_EXPECT_EQ(test, stats.descriptors, 6);
	EXPECT_CLEAN(b);
}

static void sg_test_out(struct kunit *test)
{
	struct bench *b = bench_sg(test, true);

	axi_dmac_model_set_errata(b->model, ADM_ERRATUM_TLAST);
	bench_chain(b, 0, 3, 256, SG_END);
	bench_submit_chain(b, 0);
	KUNIT_EXPECT_EQ(test, axi_dmac_model_run(b->model), 3);
	KUNIT_EXPECT_EQ(test, b->stream.bytes, 3 * 256);
	KUNIT_EXPECT_EQ(test, b->stream.packets, 3);

	/* without LAST no packet ends, whatever the descriptors say */
	wr(b, ADM_REG_FLAGS, 0);
	bench_submit_chain(b, 0);
	KUNIT_EXPECT_EQ(test, axi_dmac_model_run(b->model), 3);
	KUNIT_EXPECT_EQ(test, b->stream.packets, 3);
}

/* Without the erratum a chain is a packet */
static void sg_test_out_as_one(struct kunit *test)
{
	struct bench *b = bench_sg(test, true);

	axi_dmac_model_set_errata(b->model, 0);
	bench_chain(b, 0, 3, 256, SG_END);
	bench_submit_chain(b, 0);
	KUNIT_EXPECT_EQ(test, axi_dmac_model_run(b->model), 3);
	KUNIT_EXPECT_EQ(test, b->stream.bytes, 3 * 256);
	KUNIT_EXPECT_EQ(test, b->stream.packets, 1);
}

static const unsigned int sg_prefetches[] = { 1, 4, 5, 6 };

static void sg_prefetch_desc(const unsigned int *prefetch, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%u ahead", *prefetch);
}

KUNIT_ARRAY_PARAM(sg_prefetch, sg_prefetches, sg_prefetch_desc);

static void sg_test_look_ahead(struct kunit *test)
{
	const unsigned int *prefetch = test->param_value;
	struct axi_dmac_model_config cfg;
	unsigned int n = 0;
	struct bench *b;

	bench_config(&cfg, false);
	cfg.sg = true;
	cfg.prefetch = *prefetch;
	b = bench_create(test, &cfg);
	wr(b, ADM_REG_CONTROL, ADM_CONTROL_ENABLE | ADM_CONTROL_HWDESC);
	b->stream.room = 0;
	bench_chain(b, 0, 10, 256, SG_END);
	bench_submit_chain(b, 0);
	axi_dmac_model_accept(b->model);
	while (axi_dmac_model_fetch(b->model))
		n++;
	KUNIT_EXPECT_EQ(test, n, *prefetch);

	b->stream.room = 256;
	axi_dmac_model_move(b->model, SIZE_MAX);
	KUNIT_EXPECT_TRUE(test, axi_dmac_model_fetch(b->model));
	KUNIT_EXPECT_FALSE(test, axi_dmac_model_fetch(b->model));
}

/* What is changed in a descriptor after it was fetched has no effect */
static void sg_test_fetched_once(struct kunit *test)
{
	struct bench *b = bench_sg(test, false);
	struct bench_desc *d = bench_chain(b, 0, 2, 256, SG_END);

	bench_submit_chain(b, 0);
	axi_dmac_model_accept(b->model);
	KUNIT_EXPECT_TRUE(test, axi_dmac_model_fetch(b->model));
	d[0].x_len = cpu_to_le32(15);
	d[1].x_len = cpu_to_le32(127);
	axi_dmac_model_run(b->model);
	KUNIT_EXPECT_EQ(test, b->mem[255], 255);
	KUNIT_EXPECT_EQ(test, b->mem[256 + 127], 127);
	KUNIT_EXPECT_EQ(test, b->mem[256 + 128], 0);
}

static void sg_test_ids_count_irqs(struct kunit *test)
{
	struct bench *b = bench_sg(test, false);
	struct bench_desc *d = bench_chain(b, 0, 3, 256, SG_END);

	d[0].flags = cpu_to_le32(ADM_DESC_IRQ);
	d[1].flags = cpu_to_le32(ADM_DESC_IRQ);
	bench_submit_chain(b, 0);
	axi_dmac_model_run(b->model);
	bench_submit_chain(b, 0);
	axi_dmac_model_run(b->model);
	EXPECT_REG(b, ADM_REG_TRANSFER_ID, 2);
	EXPECT_REG(b, ADM_REG_ACTIVE_TRANSFER_ID, 2);
	EXPECT_REG(b, ADM_REG_TRANSFER_DONE, 0xd | BIT(1));

	d[2].flags = cpu_to_le32(ADM_DESC_LAST);
	d[0].flags = 0;
	d[1].flags = 0;
	wr(b, ADM_REG_IRQ_PENDING, U32_MAX);
	bench_submit_chain(b, 0);
	axi_dmac_model_run(b->model);
	EXPECT_REG(b, ADM_REG_IRQ_PENDING, ADM_IRQ_SOT);
	EXPECT_REG(b, ADM_REG_ACTIVE_TRANSFER_ID, 2);
}

static void sg_test_chains_in_a_row(struct kunit *test)
{
	struct bench *b = bench_sg(test, false);
	struct bench_desc *d = bench_chain(b, 0, 2, 256, SG_END);

	bench_chain(b, 8, 2, 256, SG_END);
	/* ignored behind LAST */
	d[1].next = cpu_to_le64(U64_MAX);
	bench_submit_chain(b, 0);
	axi_dmac_model_accept(b->model);
	bench_submit_chain(b, 8);
	axi_dmac_model_accept(b->model);
	EXPECT_REG(b, ADM_REG_TRANSFER_ID, 2);
	KUNIT_EXPECT_EQ(test, axi_dmac_model_outstanding(b->model), 2);
	KUNIT_EXPECT_EQ(test, axi_dmac_model_run(b->model), 4);
	EXPECT_REG(b, ADM_REG_TRANSFER_DONE, 0x3);
	KUNIT_EXPECT_EQ(test, b->mem[8 * 256 + 1], 1);
	EXPECT_CLEAN(b);
}

static void sg_test_loop(struct kunit *test)
{
	struct bench *b = bench_sg(test, true);
	struct bench_desc *d = bench_chain(b, 0, 2, 256, ADM_DESC_IRQ);

	bench_submit_chain(b, 0);
	axi_dmac_model_accept(b->model);
	KUNIT_EXPECT_EQ(test, axi_dmac_model_finish(b->model, 200), 200);
	EXPECT_REG(b, ADM_REG_TRANSFER_ID, 1);

	/* LAST is seen one lap later: the next EOT is not yet the end */
	d[1].flags = cpu_to_le32(SG_END);
	KUNIT_EXPECT_EQ(test, axi_dmac_model_finish(b->model, 2), 2);
	EXPECT_REG(b, ADM_REG_ACTIVE_TRANSFER_ID, (100 + 1) % 4);
	KUNIT_EXPECT_EQ(test, axi_dmac_model_run(b->model), 4);
	EXPECT_REG(b, ADM_REG_ACTIVE_TRANSFER_ID, (100 + 3) % 4);
}

static void sg_test_descriptor_id(struct kunit *test)
{
	struct bench *b = bench_sg(test, false);

	EXPECT_REG(b, ADM_REG_DESCRIPTOR_ID, 0);
	bench_chain(b, 0, 2, 256, SG_END);
	bench_submit_chain(b, 0);
	axi_dmac_model_accept(b->model);
	while (axi_dmac_model_fetch(b->model))
		;
	axi_dmac_model_move(b->model, 8);
	EXPECT_REG(b, ADM_REG_DESCRIPTOR_ID, 100);
	axi_dmac_model_move(b->model, 256);
	EXPECT_REG(b, ADM_REG_DESCRIPTOR_ID, 100);
	axi_dmac_model_complete(b->model);
	EXPECT_REG(b, ADM_REG_DESCRIPTOR_ID, 101);
	axi_dmac_model_run(b->model);
	EXPECT_REG(b, ADM_REG_DESCRIPTOR_ID, 101);

	wr(b, ADM_REG_CONTROL, 0);
	EXPECT_REG(b, ADM_REG_DESCRIPTOR_ID, 0);
}

/* The length of a descriptor is not forced to whole beats, the data is */
static void sg_test_odd_length(struct kunit *test)
{
	struct bench *b = bench_sg(test, false);

	bench_chain(b, 0, 1, 13, SG_END);
	bench_submit_chain(b, 0);
	axi_dmac_model_run(b->model);
	KUNIT_EXPECT_EQ(test, b->stream.bytes, 16);
	EXPECT_ERRORS(b, ADM_ERR_LENGTH_ALIGN, 1);
}

static void sg_test_2d(struct kunit *test)
{
	struct axi_dmac_model_config cfg;
	struct bench_desc *d;
	struct bench *b;

	bench_config(&cfg, true);
	cfg.sg = true;
	cfg.twod = true;
	b = bench_create(test, &cfg);
	d = bench_chain(b, 0, 1, 128, SG_END);
	d->y_len = cpu_to_le32(3);
	d->src_stride = cpu_to_le32(512);
	d->dest_stride = cpu_to_le32(1024);
	wr(b, ADM_REG_CONTROL, ADM_CONTROL_ENABLE | ADM_CONTROL_HWDESC);
	bench_submit_chain(b, 0);
	KUNIT_EXPECT_EQ(test, axi_dmac_model_run(b->model), 1);
	KUNIT_EXPECT_EQ(test, b->stream.bytes, 4 * 128);
	EXPECT_REG(b, ADM_REG_CURRENT_SRC_ADDRESS, b->addr + 3 * 512);
}

/* As in registers, what has no wires is lost */
static void sg_test_truncated(struct kunit *test)
{
	struct axi_dmac_model_config cfg;
	struct bench_desc *d;
	struct bench *b;

	bench_config(&cfg, false);
	cfg.sg = true;
	cfg.twod = true;
	cfg.length_width = 12;
	cfg.addr_width = 40;
	b = bench_create(test, &cfg);
	d = bench_chain(b, 0, 1, 128, SG_END);
	d->dest |= cpu_to_le64(BIT_ULL(40) | 4);
	d->x_len |= cpu_to_le32(BIT(12));
	d->y_len = cpu_to_le32(BIT(12) | 2);
	d->dest_stride = cpu_to_le32(BIT(12) | 256);
	wr(b, ADM_REG_CONTROL, ADM_CONTROL_ENABLE | ADM_CONTROL_HWDESC);
	bench_submit_chain(b, 0);
	KUNIT_EXPECT_EQ(test, axi_dmac_model_run(b->model), 1);
	KUNIT_EXPECT_EQ(test, b->stream.bytes, 3 * 128);
	KUNIT_EXPECT_EQ(test, b->mem[1], 1);
	KUNIT_EXPECT_EQ(test, b->mem[2 * 256 + 127], (3 * 128 - 1) & 0xff);
	EXPECT_ERRORS(b, ADM_ERR_BUS_ALIGN, 1);

	/* All rows in the same place, the last one on top */
	d = bench_chain(b, 0, 1, 128, SG_END);
	d->y_len = cpu_to_le32(1);
	d->dest_stride = cpu_to_le32(BIT(12));
	bench_submit_chain(b, 0);
	KUNIT_EXPECT_EQ(test, axi_dmac_model_run(b->model), 1);
	KUNIT_EXPECT_EQ(test, b->mem[127], (5 * 128 - 1) & 0xff);
}

static void sg_test_alignment(struct kunit *test)
{
	struct bench *b = bench_sg(test, false);
	u8 *at = b->mem + SZ_4K - 24;

	/* low address bits are dropped */
	bench_chain(b, 0, 1, 256, SG_END);
	wr(b, ADM_REG_SG_ADDRESS, bench_desc_addr(b, 0) + 4);
	wr(b, ADM_REG_SUBMIT, 1);
	KUNIT_EXPECT_EQ(test, axi_dmac_model_run(b->model), 1);
	KUNIT_EXPECT_EQ(test, b->mem[255], 255);
	EXPECT_ERRORS(b, ADM_ERR_DESC_ALIGN, 1);
	EXPECT_ERRORS(b, ADM_ERR_DESC_4K, 0);

	memcpy(at, bench_descriptors(b), 48);
	wr(b, ADM_REG_SG_ADDRESS, virt_to_phys(at));
	wr(b, ADM_REG_SUBMIT, 1);
	KUNIT_EXPECT_EQ(test, axi_dmac_model_run(b->model), 1);
	EXPECT_ERRORS(b, ADM_ERR_DESC_4K, 1);
}

/* The rest of the chain is gone, and its end is taken for that of the next one */
static void sg_test_pause(struct kunit *test)
{
	unsigned int erratum;
	struct bench *b;

	for (erratum = 0; erratum < 2; erratum++) {
		b = bench_sg(test, false);
		axi_dmac_model_set_errata(b->model, erratum ? ADM_ERRATUM_PAUSE :
							      ADM_ERRATA & ~ADM_ERRATUM_PAUSE);
		bench_chain(b, 0, 8, 256, SG_END);
		bench_chain(b, 8, 1, 256, SG_END);
		bench_submit_chain(b, 0);
		axi_dmac_model_accept(b->model);
		bench_submit_chain(b, 8);
		axi_dmac_model_accept(b->model);
		KUNIT_EXPECT_EQ(test, axi_dmac_model_finish(b->model, 1), 1);

		wr(b, ADM_REG_CONTROL, ADM_CONTROL_ENABLE | ADM_CONTROL_HWDESC |
				       ADM_CONTROL_PAUSE);
		wr(b, ADM_REG_CONTROL, ADM_CONTROL_ENABLE | ADM_CONTROL_HWDESC);
		axi_dmac_model_run(b->model);
		EXPECT_REG(b, ADM_REG_ACTIVE_TRANSFER_ID, erratum ? 1 : 2);
		KUNIT_EXPECT_EQ(test, axi_dmac_model_outstanding(b->model), 0);
		KUNIT_EXPECT_EQ(test, b->mem[7 * 256 + 1], !erratum);
		KUNIT_EXPECT_EQ(test, b->mem[8 * 256 + 1], 1);
		EXPECT_CLEAN(b);
	}
}

/* Nothing is lost where all was fetched, or nothing was */
static void sg_test_pause_between(struct kunit *test)
{
	struct bench *b = bench_sg(test, false);
	u32 on = ADM_CONTROL_ENABLE | ADM_CONTROL_HWDESC;

	axi_dmac_model_set_errata(b->model, ADM_ERRATUM_PAUSE);
	bench_chain(b, 0, 3, 256, SG_END);
	bench_submit_chain(b, 0);
	axi_dmac_model_accept(b->model);
	wr(b, ADM_REG_CONTROL, on | ADM_CONTROL_PAUSE);
	wr(b, ADM_REG_CONTROL, on);
	while (axi_dmac_model_fetch(b->model))
		;
	wr(b, ADM_REG_CONTROL, on | ADM_CONTROL_PAUSE);
	wr(b, ADM_REG_CONTROL, on);
	KUNIT_EXPECT_EQ(test, axi_dmac_model_run(b->model), 3);
	EXPECT_REG(b, ADM_REG_ACTIVE_TRANSFER_ID, 1);
}

static void sg_test_register_mode(struct kunit *test)
{
	struct axi_dmac_model_config cfg;
	struct bench *b;

	bench_config(&cfg, false);
	cfg.sg = true;
	b = bench_create(test, &cfg);
	wr(b, ADM_REG_CONTROL, ADM_CONTROL_ENABLE);
	EXPECT_REG(b, ADM_REG_DEBUG_STATUS, 0x7f4);
	bench_submit_all(b, 1, 256);
	KUNIT_EXPECT_EQ(test, axi_dmac_model_run(b->model), 1);
	KUNIT_EXPECT_EQ(test, b->mem[255], 255);
	EXPECT_CLEAN(b);
}

static struct kunit_case sg_test_cases[] = {
	KUNIT_CASE(sg_test_chain),
	KUNIT_CASE(sg_test_out),
	KUNIT_CASE(sg_test_out_as_one),
	KUNIT_CASE_PARAM(sg_test_look_ahead, sg_prefetch_gen_params),
	KUNIT_CASE(sg_test_fetched_once),
	KUNIT_CASE(sg_test_ids_count_irqs),
	KUNIT_CASE(sg_test_chains_in_a_row),
	KUNIT_CASE(sg_test_loop),
	KUNIT_CASE(sg_test_descriptor_id),
	KUNIT_CASE(sg_test_odd_length),
	KUNIT_CASE(sg_test_2d),
	KUNIT_CASE(sg_test_truncated),
	KUNIT_CASE(sg_test_alignment),
	KUNIT_CASE(sg_test_pause),
	KUNIT_CASE(sg_test_pause_between),
	KUNIT_CASE(sg_test_register_mode),
	{}
};

static struct kunit_suite sg_test_suite = {
	.name = "axi_dmac_model_sg",
	.test_cases = sg_test_cases,
};

kunit_test_suite(sg_test_suite);

MODULE_AUTHOR("the dma_vec project");
MODULE_DESCRIPTION("Tests of the simulated AXI-DMAC: scatter-gather");
MODULE_LICENSE("GPL");
