// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of packets that end early: records of their length, the FIFO of
 * records, and segments that are thrown away.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include "model-kunit.h"

static struct bench *par_bench(struct kunit *test, u32 version, unsigned int depth)
{
	struct axi_dmac_model_config cfg;
	struct bench *b;

	bench_config(&cfg, false);
	cfg.version = version;
	cfg.queue_depth = depth;
	b = bench_create(test, &cfg);
	wr(b, ADM_REG_IRQ_MASK, 0);
	wr(b, ADM_REG_FLAGS, ADM_FLAG_LAST | ADM_FLAG_PARTIAL);
	wr(b, ADM_REG_CONTROL, ADM_CONTROL_ENABLE);
	return b;
}

/* Moves one packet of @bytes and completes its segment */
static void par_packet(struct bench *b, u64 bytes)
{
	axi_dmac_model_packet(b->model, bytes);
	KUNIT_EXPECT_EQ(b->test, axi_dmac_model_finish(b->model, 1), 1);
}

static void par_expect_record(struct bench *b, u32 id, u32 len)
{
	KUNIT_EXPECT_TRUE(b->test, rd(b, ADM_REG_TRANSFER_DONE) & ADM_DONE_PARTIAL);
	EXPECT_REG(b, ADM_REG_PARTIAL_LENGTH, len);
	EXPECT_REG(b, ADM_REG_PARTIAL_LENGTH, len);
	EXPECT_REG(b, ADM_REG_PARTIAL_ID, id);
}

static void par_expect_none(struct bench *b)
{
	KUNIT_EXPECT_FALSE(b->test, rd(b, ADM_REG_TRANSFER_DONE) & ADM_DONE_PARTIAL);
}

static void par_test_early(struct kunit *test)
{
	struct bench *b = par_bench(test, ADM_VERSION(4, 5, 'e'), 4);

	bench_submit_all(b, 2, 512);
	par_packet(b, 160);
	EXPECT_REG(b, ADM_REG_TRANSFER_DONE, ADM_DONE_PARTIAL | 0x1);
	EXPECT_REG(b, ADM_REG_ACTIVE_TRANSFER_ID, 1);
	KUNIT_EXPECT_EQ(test, b->mem[159], 159);
	KUNIT_EXPECT_EQ(test, b->mem[160], 0);
	par_expect_record(b, 0, 160);
	par_expect_none(b);

	/* the next segment begins with the next packet */
	KUNIT_EXPECT_EQ(test, axi_dmac_model_run(b->model), 1);
	KUNIT_EXPECT_EQ(test, b->mem[512], 160);
	par_expect_none(b);
}

static void par_test_exact_end(struct kunit *test)
{
	struct bench *b = par_bench(test, ADM_VERSION(4, 5, 'e'), 4);

	bench_submit_all(b, 1, 512);
	par_packet(b, 512);
	EXPECT_REG(b, ADM_REG_TRANSFER_DONE, 0x1);

	wr(b, ADM_REG_FLAGS, ADM_FLAG_PARTIAL);
	bench_submit_all(b, 1, 512);
	par_packet(b, 512);
	par_expect_record(b, 1, 512);
}

/* The enable bit counts when the response arrives, not when the request was made */
static void par_test_live_flag(struct kunit *test)
{
	struct bench *b = par_bench(test, ADM_VERSION(4, 5, 'e'), 4);

	bench_submit_all(b, 2, 512);
	axi_dmac_model_packet(b->model, 160);
	axi_dmac_model_move(b->model, 160);
	wr(b, ADM_REG_FLAGS, ADM_FLAG_LAST);
	axi_dmac_model_complete(b->model);
	EXPECT_REG(b, ADM_REG_TRANSFER_DONE, 0x1);

	axi_dmac_model_packet(b->model, 168);
	axi_dmac_model_move(b->model, 168);
	wr(b, ADM_REG_FLAGS, ADM_FLAG_LAST | ADM_FLAG_PARTIAL);
	axi_dmac_model_complete(b->model);
	par_expect_record(b, 1, 168);
}

static void par_test_fifo(struct kunit *test)
{
	struct bench *b = par_bench(test, ADM_VERSION(4, 5, 'e'), 8);
	unsigned int i;

	bench_submit_all(b, 6, 64);
	for (i = 0; i < 4; i++)
		par_packet(b, 8 * (i + 1));

	/* the fifth record finds no room: its response waits, and those behind it */
	axi_dmac_model_packet(b->model, 40);
	KUNIT_EXPECT_EQ(test, axi_dmac_model_run(b->model), 0);
	EXPECT_REG(b, ADM_REG_ACTIVE_TRANSFER_ID, 0);
	EXPECT_REG(b, ADM_REG_TRANSFER_DONE, ADM_DONE_PARTIAL | 0xf);

	par_expect_record(b, 0, 8);
	KUNIT_EXPECT_EQ(test, axi_dmac_model_run(b->model), 2);
	par_expect_record(b, 1, 16);
	par_expect_record(b, 2, 24);
	par_expect_record(b, 3, 32);
	par_expect_record(b, 0, 0);
	par_expect_none(b);
	EXPECT_REG(b, ADM_REG_ACTIVE_TRANSFER_ID, 2);
}

struct par_discard {
	const char *name;
	u32 version;
	u32 done;
	u32 active;
	u32 id;		/* of the record of the packet after that */
	u32 len;
};

static const struct par_discard par_discards[] = {
	{ "4.4.a", ADM_VERSION(4, 4, 'a'), 0x7, 3, 3, 160 },
	{ "4.5.a", ADM_VERSION(4, 5, 'a'), 0x1, 1, 1, 416 },
	{ "4.5.e", ADM_VERSION(4, 5, 'e'), 0x1, 1, 1, 416 },
};

KUNIT_ARRAY_PARAM_DESC(par_discard, par_discards, name);

static void par_test_discard(struct kunit *test)
{
	const struct par_discard *d = test->param_value;
	struct bench *b = par_bench(test, d->version, 8);
	unsigned int i;

	/* one packet was to fill three segments, and another one the fourth */
	for (i = 0; i < 4; i++) {
		wr(b, ADM_REG_FLAGS, ADM_FLAG_PARTIAL | (i >= 2 ? ADM_FLAG_LAST : 0));
		bench_submit(b, 1024 * i, 1024);
		axi_dmac_model_accept(b->model);
	}
	par_packet(b, 160);
	axi_dmac_model_packet(b->model, 160);
	axi_dmac_model_finish(b->model, 2);
	EXPECT_REG(b, ADM_REG_TRANSFER_DONE, ADM_DONE_PARTIAL | d->done);
	EXPECT_REG(b, ADM_REG_TRANSFER_ID, 0);
	EXPECT_REG(b, ADM_REG_ACTIVE_TRANSFER_ID, d->active);
	par_expect_record(b, 0, 160);
	KUNIT_EXPECT_EQ(test, b->mem[1024], 0);
	KUNIT_EXPECT_EQ(test, b->mem[2048], 0);

	axi_dmac_model_finish(b->model, 1);
	KUNIT_EXPECT_EQ(test, b->mem[3072], 160);
	par_expect_record(b, d->id, d->len);
}

struct par_2d {
	const char *name;
	u32 version;
	u64 bytes;
	bool eot;
};

static const struct par_2d par_2ds[] = {
	{ "4.4.a, first row", ADM_VERSION(4, 4, 'a'), 64, true },
	{ "4.5.a, first row", ADM_VERSION(4, 5, 'a'), 64, false },
	{ "4.5.e, second row", ADM_VERSION(4, 5, 'e'), 192, false },
	{ "4.5.e, last row", ADM_VERSION(4, 5, 'e'), 320, true },
};

KUNIT_ARRAY_PARAM_DESC(par_2d, par_2ds, name);

static void par_test_2d(struct kunit *test)
{
	const struct par_2d *p = test->param_value;
	struct axi_dmac_model_config cfg;
	struct bench *b;

	bench_config(&cfg, false);
	cfg.version = p->version;
	cfg.twod = true;
	b = bench_create(test, &cfg);
	wr(b, ADM_REG_FLAGS, ADM_FLAG_LAST | ADM_FLAG_PARTIAL);
	wr(b, ADM_REG_CONTROL, ADM_CONTROL_ENABLE);
	wr(b, ADM_REG_Y_LENGTH, 2);
	wr(b, ADM_REG_DEST_STRIDE, 1024);
	bench_submit(b, 0, 128);
	axi_dmac_model_accept(b->model);
	par_packet(b, p->bytes);
	KUNIT_EXPECT_EQ(test, rd(b, ADM_REG_TRANSFER_DONE) & 1, p->eot);
	par_expect_record(b, 0, p->bytes);
}

static struct bench *par_sg_bench(struct kunit *test, u32 flags)
{
	struct bench *b = bench_sg(test, false);

	wr(b, ADM_REG_FLAGS, flags | ADM_FLAG_PARTIAL);
	return b;
}

/* Two packets in one chain with LAST: the length is that of the whole chain */
static void par_test_sg_accumulates(struct kunit *test)
{
	struct bench *b = par_sg_bench(test, ADM_FLAG_LAST);

	bench_chain(b, 0, 2, 512, ADM_DESC_LAST | ADM_DESC_IRQ);
	bench_submit_chain(b, 0);
	axi_dmac_model_accept(b->model);
	par_packet(b, 80);
	EXPECT_REG(b, ADM_REG_TRANSFER_DONE, 0);
	par_packet(b, 160);
	par_expect_record(b, 0, 240);
	KUNIT_EXPECT_EQ(test, b->mem[512], 80);
}

static void par_test_sg_swallows(struct kunit *test)
{
	struct bench *b = par_sg_bench(test, 0);
	unsigned int i;

	for (i = 0; i < 4; i++) {
		bench_chain(b, i, 1, 512, ADM_DESC_LAST | ADM_DESC_IRQ);
		if (i == 2)
			wr(b, ADM_REG_FLAGS, ADM_FLAG_PARTIAL | ADM_FLAG_LAST);
		bench_submit_chain(b, i);
		axi_dmac_model_accept(b->model);
		axi_dmac_model_fetch(b->model);
	}
	axi_dmac_model_packet(b->model, 80);
	KUNIT_EXPECT_EQ(test, axi_dmac_model_run(b->model), 4);
	/* the first and the fourth; in between all was swallowed */
	EXPECT_REG(b, ADM_REG_ACTIVE_TRANSFER_ID, 2);
	KUNIT_EXPECT_EQ(test, b->mem[512], 0);
	KUNIT_EXPECT_EQ(test, b->mem[1024], 0);
	KUNIT_EXPECT_EQ(test, b->mem[1536], 80);
}

static void par_test_sg_no_eot(struct kunit *test)
{
	struct bench *b = par_sg_bench(test, 0);

	bench_chain(b, 0, 3, 512, ADM_DESC_LAST | ADM_DESC_IRQ);
	bench_submit_chain(b, 0);
	axi_dmac_model_accept(b->model);
	axi_dmac_model_packet(b->model, 80);
	axi_dmac_model_run(b->model);
	EXPECT_REG(b, ADM_REG_TRANSFER_DONE, 0);
	EXPECT_REG(b, ADM_REG_ACTIVE_TRANSFER_ID, 0);
}

/* Descriptors without an EOT leave records, too; a core that has none can be had */
static void par_test_sg_records(struct kunit *test)
{
	struct axi_dmac_model_config cfg;
	unsigned int records;
	struct bench *b;

	for (records = 0; records < 2; records++) {
		bench_config(&cfg, false);
		cfg.sg = true;
		cfg.records_without_eot = records;
		b = bench_create(test, &cfg);
		wr(b, ADM_REG_FLAGS, ADM_FLAG_LAST | ADM_FLAG_PARTIAL);
		wr(b, ADM_REG_CONTROL, ADM_CONTROL_ENABLE | ADM_CONTROL_HWDESC);
		bench_chain(b, 0, 2, 512, ADM_DESC_LAST | ADM_DESC_IRQ);
		bench_submit_chain(b, 0);
		axi_dmac_model_accept(b->model);
		par_packet(b, 80);
		EXPECT_REG(b, ADM_REG_TRANSFER_DONE, records ? ADM_DONE_PARTIAL : 0);
		if (records)
			par_expect_record(b, 0, 80);
		par_packet(b, 160);
		par_expect_record(b, 0, 240);
	}
}

struct par_replay {
	const char *name;
	u32 len;		/* of each of three segments */
	u32 packet;
	unsigned int segments;	/* accepted when the packet ends */
	bool without;		/* the core does not have the erratum */
	bool lost;
};

static const struct par_replay par_replays[] = {
	{ .name = "page of 4 bursts", .len = 512, .packet = 40, .segments = 3, .lost = true },
	{ .name = "last burst of 15", .len = 15 * 128, .packet = 14 * 128 + 8, .segments = 3,
	  .lost = true },
	{ .name = "longer than the look-ahead", .len = 16 * 128, .packet = 15 * 128 + 8,
	  .segments = 3 },
	{ .name = "too early", .len = 15 * 128, .packet = 14 * 128, .segments = 3 },
	{ .name = "two", .len = 512, .packet = 40, .segments = 2 },
	{ .name = "no early end", .len = 512, .packet = 512, .segments = 3 },
	{ .name = "other core", .len = 512, .packet = 40, .segments = 3, .without = true },
};

KUNIT_ARRAY_PARAM_DESC(par_replay, par_replays, name);

/* What is behind a short packet is lost, and the core is idle and waits for more */
static void par_test_replay(struct kunit *test)
{
	const struct par_replay *r = test->param_value;
	struct bench *b = par_bench(test, ADM_VERSION(4, 5, 'e'), 4);

	axi_dmac_model_set_errata(b->model, r->without ? ADM_ERRATA & ~ADM_ERRATUM_REPLAY :
							 ADM_ERRATUM_REPLAY);
	bench_submit_all(b, r->segments, r->len);
	par_packet(b, r->packet);
	axi_dmac_model_run(b->model);
	EXPECT_REG(b, ADM_REG_DEBUG_STATUS, 0x774);
	EXPECT_REG(b, ADM_REG_ACTIVE_TRANSFER_ID, r->lost ? 1 : r->segments);
	KUNIT_EXPECT_EQ(test, b->mem[r->len], r->lost ? 0 : (u8)r->packet);
	KUNIT_EXPECT_EQ(test, axi_dmac_model_outstanding(b->model), 0);

	/* Their EOTs do not come any more, but others do */
	bench_submit_all(b, 1, 64);
	KUNIT_EXPECT_EQ(test, axi_dmac_model_run(b->model), 1);
}

/* A chain of @count packets of 8 bytes, and two chains of one descriptor behind it */
static struct bench *par_short_chain(struct kunit *test, unsigned int count, bool twod,
				     u32 errata)
{
	struct axi_dmac_model_config cfg;
	struct bench *b;
	unsigned int i;

	bench_config(&cfg, false);
	cfg.sg = true;
	cfg.twod = twod;
	cfg.records_without_eot = true;
	cfg.errata = errata;
	b = bench_create(test, &cfg);
	wr(b, ADM_REG_FLAGS, ADM_FLAG_LAST | ADM_FLAG_PARTIAL);
	wr(b, ADM_REG_CONTROL, ADM_CONTROL_ENABLE | ADM_CONTROL_HWDESC);
	bench_chain(b, 0, count, 512, ADM_DESC_LAST | ADM_DESC_IRQ);
	for (i = 0; i < 3; i++) {
		if (i)
			bench_chain(b, count + i - 1, 1, 512, ADM_DESC_LAST | ADM_DESC_IRQ);
		bench_submit_chain(b, i ? count + i - 1 : 0);
		axi_dmac_model_accept(b->model);
	}
	for (i = 0; i < count; i++) {
		while (axi_dmac_model_fetch(b->model) || axi_dmac_model_complete(b->model))
			;
		axi_dmac_model_packet(b->model, 8);
		axi_dmac_model_move(b->model, 8);
	}
	while (axi_dmac_model_fetch(b->model) || axi_dmac_model_complete(b->model))
		;
	return b;
}

static void par_test_records_overrun(struct kunit *test)
{
	struct bench *b = par_short_chain(test, 8, false, ADM_ERRATUM_RECORDS);

	EXPECT_REG(b, ADM_REG_ACTIVE_TRANSFER_ID, 0);
	par_expect_record(b, 0, 8);
	axi_dmac_model_complete(b->model);
	EXPECT_REG(b, ADM_REG_ACTIVE_TRANSFER_ID, 3);
	KUNIT_EXPECT_EQ(test, b->mem[8 * 512 + 1], 0);
	KUNIT_EXPECT_EQ(test, b->mem[9 * 512 + 1], 0);

	/* Later data still goes there, and nobody is told */
	while (rd(b, ADM_REG_TRANSFER_DONE) & ADM_DONE_PARTIAL) {
		rd(b, ADM_REG_PARTIAL_ID);
		axi_dmac_model_run(b->model);
	}
	KUNIT_EXPECT_EQ(test, b->mem[8 * 512 + 1], 8 * 8 + 1);
	EXPECT_REG(b, ADM_REG_ACTIVE_TRANSFER_ID, 3);
}

static void par_test_records_overrun_2d(struct kunit *test)
{
	struct bench *b = par_short_chain(test, 6, true, ADM_ERRATUM_RECORDS);

	while (rd(b, ADM_REG_TRANSFER_DONE) & ADM_DONE_PARTIAL) {
		rd(b, ADM_REG_PARTIAL_ID);
		axi_dmac_model_run(b->model);
	}
	EXPECT_REG(b, ADM_REG_ACTIVE_TRANSFER_ID, 0);

	wr(b, ADM_REG_CONTROL, 0);
	KUNIT_EXPECT_TRUE(test, axi_dmac_model_quiesce(b->model));
	wr(b, ADM_REG_CONTROL, ADM_CONTROL_ENABLE);
	bench_submit_all(b, 1, 512);
	KUNIT_EXPECT_EQ(test, axi_dmac_model_run(b->model), 1);
}

struct par_records {
	const char *name;
	unsigned int count;
	bool twod;
	u32 errata;
};

static const struct par_records par_records_fine[] = {
	{ "five", 5, false, ADM_ERRATUM_RECORDS },
	{ "five, 2D", 5, true, ADM_ERRATUM_RECORDS },
	{ "eight, other core", 8, false, ADM_ERRATA & ~ADM_ERRATUM_RECORDS },
	{ "eight, other core, 2D", 8, true, ADM_ERRATA & ~ADM_ERRATUM_RECORDS },
};

KUNIT_ARRAY_PARAM_DESC(par_records, par_records_fine, name);

/* The chain completes when there is room, and no other one with it */
static void par_test_records_stall(struct kunit *test)
{
	const struct par_records *r = test->param_value;
	struct bench *b = par_short_chain(test, r->count, r->twod, r->errata & ~ADM_ERRATUM_REPLAY);
	unsigned int i;

	EXPECT_REG(b, ADM_REG_ACTIVE_TRANSFER_ID, 0);
	for (i = 0; i < r->count; i++) {
		rd(b, ADM_REG_PARTIAL_ID);
		while (axi_dmac_model_complete(b->model))
			;
	}
	par_expect_none(b);
	EXPECT_REG(b, ADM_REG_ACTIVE_TRANSFER_ID, 1);
}

/* Nothing is recorded, so nothing is too much */
static void par_test_no_records(struct kunit *test)
{
	struct axi_dmac_model_config cfg;
	struct bench *b;
	unsigned int i;

	bench_config(&cfg, false);
	cfg.sg = true;
	cfg.records_without_eot = true;
	cfg.errata = ADM_ERRATUM_RECORDS;
	b = bench_create(test, &cfg);
	wr(b, ADM_REG_FLAGS, ADM_FLAG_LAST);
	wr(b, ADM_REG_CONTROL, ADM_CONTROL_ENABLE | ADM_CONTROL_HWDESC);
	bench_chain(b, 0, 12, 512, ADM_DESC_LAST | ADM_DESC_IRQ);
	bench_submit_chain(b, 0);
	axi_dmac_model_accept(b->model);
	for (i = 0; i < 12; i++)
		par_packet(b, 8);
	EXPECT_REG(b, ADM_REG_TRANSFER_DONE, 1);
	EXPECT_REG(b, ADM_REG_ACTIVE_TRANSFER_ID, 1);
}

static struct kunit_case par_test_cases[] = {
	KUNIT_CASE(par_test_early),
	KUNIT_CASE(par_test_exact_end),
	KUNIT_CASE(par_test_live_flag),
	KUNIT_CASE(par_test_fifo),
	KUNIT_CASE_PARAM(par_test_discard, par_discard_gen_params),
	KUNIT_CASE_PARAM(par_test_replay, par_replay_gen_params),
	KUNIT_CASE_PARAM(par_test_2d, par_2d_gen_params),
	KUNIT_CASE(par_test_sg_accumulates),
	KUNIT_CASE(par_test_sg_swallows),
	KUNIT_CASE(par_test_sg_no_eot),
	KUNIT_CASE(par_test_sg_records),
	KUNIT_CASE(par_test_records_overrun),
	KUNIT_CASE(par_test_records_overrun_2d),
	KUNIT_CASE_PARAM(par_test_records_stall, par_records_gen_params),
	KUNIT_CASE(par_test_no_records),
	{}
};

static struct kunit_suite par_test_suite = {
	.name = "axi_dmac_model_partial",
	.test_cases = par_test_cases,
};

kunit_test_suite(par_test_suite);

MODULE_AUTHOR("the dma_vec project");
MODULE_DESCRIPTION("Tests of the simulated AXI-DMAC: early ends of packets");
MODULE_LICENSE("GPL");
