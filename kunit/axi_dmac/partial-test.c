// SPDX-License-Identifier: GPL-2.0-only
/*
 * Packets that end before the buffer does: how much of it was filled.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <linux/io.h>
#include <linux/slab.h>

#include "fixture.h"

static const struct dmac_case partial_cases[] = {
	{ "4.2.b registers", ADM_VERSION(4, 2, 'b'), false, false },
	{ "4.4.a registers", ADM_VERSION(4, 4, 'a'), false, false },
	{ "4.5.e registers", ADM_VERSION(4, 5, 'e'), false, false },
	{ "4.6.a registers", ADM_VERSION(4, 6, 'a'), false, false },
	{ "4.5.a scatter-gather", ADM_VERSION(4, 5, 'a'), true, false },
	{ "4.5.e scatter-gather", ADM_VERSION(4, 5, 'e'), true, false },
	{ "4.6.a scatter-gather", ADM_VERSION(4, 6, 'a'), true, false },
};

KUNIT_ARRAY_PARAM_DESC(partial, partial_cases, name);

static struct dmac_fixture *partial_create(struct kunit *test, unsigned int length_width)
{
	struct axi_dmac_model_config cfg;

	dmac_config(test->param_value, &cfg);
	cfg.length_width = length_width;

	return dmac_create(test, &cfg);
}

static struct dmac_xfer *partial_receive(struct dmac_fixture *fx, size_t len)
{
	struct dmac_xfer *x = dmac_prep(fx, dmac_buf(fx, len), len, 0);

	dmac_submit_and_issue(x);

	return x;
}

/* A packet of @len bytes arrives, and fills as much as is there for it */
static void partial_packet(struct dmac_fixture *fx, size_t len)
{
	axi_dmac_model_packet(fx->model, len);
	dmac_take_up(fx);
	KUNIT_EXPECT_EQ(fx->test, axi_dmac_model_move(fx->model, len), len);
	while (axi_dmac_model_complete(fx->model))
		;
}

static void partial_test_exact(struct kunit *test)
{
	static const size_t lens[] = { 8, 16, 800, 4088, 4096 };
	struct dmac_fixture *fx = partial_create(test, 24);
	struct dmac_xfer *x;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(lens); i++) {
		x = partial_receive(fx, SZ_4K);
		partial_packet(fx, lens[i]);
		dmac_run(fx);
		dmac_expect_done(x);
		KUNIT_EXPECT_EQ_MSG(test, x->result.residue, SZ_4K - lens[i], "packet of %zu",
				    lens[i]);
		dmac_expect_data(fx, fx->bufs[i], lens[i], fx->pos - lens[i]);
	}
	KUNIT_EXPECT_EQ(test, axi_dmac_model_peek(fx->model, ADM_REG_TRANSFER_DONE) &
			ADM_DONE_PARTIAL, 0);

	/* The next one is as long as it is */
	x = partial_receive(fx, SZ_8K);
	dmac_run(fx);
	dmac_expect_done(x);
	KUNIT_EXPECT_EQ(test, x->result.residue, 0);
}

/* Several end before the interrupt is handled, each with its own length */
static void partial_test_several(struct kunit *test)
{
	static const size_t lens[][3] = {
		/* One of them is not short */
		{ 400, SZ_8K, 1600 }, { 408, 1600, SZ_8K }, { SZ_8K, 416, 8 },
	};
	struct dmac_fixture *fx = partial_create(test, 24);
	unsigned int n = dmac_max_outstanding(fx, SZ_8K);
	unsigned int i, round;
	struct dmac_xfer *x[3];

	for (round = 0; round < ARRAY_SIZE(lens); round++) {
		for (i = 0; i < n; i++) {
			x[i] = partial_receive(fx, SZ_8K);
			axi_dmac_model_accept(fx->model);
		}
		for (i = 0; i < n; i++)
			partial_packet(fx, lens[round][i]);
		KUNIT_EXPECT_EQ(test, axi_dmac_model_deliver(fx->model, 1), 1);
		for (i = 0; i < n; i++) {
			dmac_expect_done(x[i]);
			KUNIT_EXPECT_EQ(test, x[i]->result.residue, SZ_8K - lens[round][i]);
		}
	}
}

/* A short one that nobody was told of yet belongs to the transfer behind */
static void partial_test_not_yet_complete(struct kunit *test)
{
	struct dmac_fixture *fx = partial_create(test, 24);
	struct dmac_xfer *first = partial_receive(fx, SZ_4K);
	struct dmac_xfer *second;

	axi_dmac_model_accept(fx->model);
	second = partial_receive(fx, SZ_4K);
	axi_dmac_model_accept(fx->model);

	partial_packet(fx, SZ_4K);
	dmac_deliver(fx);
	dmac_expect_done(first);
	KUNIT_EXPECT_EQ(test, first->result.residue, 0);
	KUNIT_EXPECT_EQ(test, second->calls, 0);

	partial_packet(fx, 24);
	dmac_deliver(fx);
	dmac_expect_done(second);
	KUNIT_EXPECT_EQ(test, second->result.residue, SZ_4K - 24);
}

/* A packet that is longer than what the core was given so far */
static void partial_long_packet(struct dmac_fixture *fx, size_t len)
{
	size_t left, moved;

	axi_dmac_model_packet(fx->model, len);
	for (left = len; left; left -= moved) {
		dmac_take_up(fx);
		moved = axi_dmac_model_move(fx->model, left);
		KUNIT_ASSERT_GT(fx->test, moved, 0);
		while (axi_dmac_model_complete(fx->model))
			;
		dmac_deliver(fx);
	}
}

/* Segments of 1 KiB */
static struct dmac_fixture *partial_create_records(struct kunit *test, bool records)
{
	struct axi_dmac_model_config cfg;

	dmac_config(test->param_value, &cfg);
	cfg.length_width = 10;
	cfg.twod = true;
	cfg.records_without_eot = records;

	return dmac_create(test, &cfg);
}

static struct dmac_fixture *partial_create_chain(struct kunit *test)
{
	return partial_create_records(test, false);
}

/* With scatter-gather it is not known for transfers of several segments */
static void partial_expect_residue(struct dmac_xfer *x, size_t residue)
{
	KUNIT_EXPECT_EQ(x->fx->test, x->result.residue, x->fx->dmac->caps.sg ? 0 : residue);
}

/*
 * A packet that ends in the middle of a transfer: the rest of that segment stays
 * empty, the next packet goes into the next segment. Where the last one is short
 * as well, the sum is right; and nothing is counted wrong from then on.
 */
static void partial_chain(struct dmac_fixture *fx)
{
	struct kunit *test = fx->test;
	struct dmac_xfer *x;

	/* Full, 512, 8, 24 */
	x = partial_receive(fx, SZ_4K);
	partial_long_packet(fx, 1024 + 512);
	partial_long_packet(fx, 8);
	KUNIT_EXPECT_EQ(test, x->calls, 0);
	partial_long_packet(fx, 24);
	dmac_expect_done(x);
	partial_expect_residue(x, 512 + 1016 + 1000);
	KUNIT_EXPECT_EQ(test, fx->pos, SZ_4K - 512 - 1016 - 1000);
	dmac_expect_data(fx, fx->bufs[0], 1024 + 512, 0);
	dmac_expect_data(fx, fx->bufs[0] + 2048, 8, 1024 + 512);
	dmac_expect_data(fx, fx->bufs[0] + 3072, 24, 1024 + 512 + 8);

	x = partial_receive(fx, SZ_4K);
	dmac_run(fx);
	dmac_expect_done(x);
	KUNIT_EXPECT_EQ(test, x->result.residue, 0);

	/* Only the last one is short */
	x = partial_receive(fx, SZ_4K);
	partial_long_packet(fx, 4072);
	dmac_expect_done(x);
	partial_expect_residue(x, 24);

	/* One segment each: known in any case */
	x = partial_receive(fx, SZ_1K);
	partial_long_packet(fx, 40);
	dmac_expect_done(x);
	KUNIT_EXPECT_EQ(test, x->result.residue, SZ_1K - 40);
}

static void partial_test_chain(struct kunit *test)
{
	partial_chain(partial_create_chain(test));
}

/* As before, on cores that keep records inside of chains, if there are such; and then */
static void partial_test_chain_records(struct kunit *test)
{
	struct dmac_fixture *fx = partial_create_records(test, true);
	struct dmac_xfer *x;

	partial_chain(fx);
	x = partial_receive(fx, SZ_4K);
	partial_long_packet(fx, 1024 + 512);
	dmac_run(fx);
	dmac_expect_done(x);
	partial_expect_residue(x, 512);
}

/* Descriptors fill several pages, and a packet ends anywhere in them; another behind it */
static void partial_test_long_chain(struct kunit *test)
{
	static const unsigned int full[] = { 1, 61, 62, 63, 64, 125, 126, 127, 140 };
	struct dmac_fixture *fx = partial_create_records(test, true);
	struct dmac_xfer *x;
	unsigned int i;

	partial_chain(fx);
	for (i = 0; i < ARRAY_SIZE(full); i++) {
		x = partial_receive(fx, 160 * 1024);
		partial_long_packet(fx, full[i] * 1024 + 512);
		partial_long_packet(fx, 1024 + 8);
		dmac_run(fx);
		dmac_expect_done(x);
		partial_expect_residue(x, 512 + 1024 - 8);
	}
}

/* In register mode the last segment need not be short for that */
static void partial_test_hole(struct kunit *test)
{
	struct dmac_fixture *fx = partial_create_chain(test);
	struct dmac_xfer *x;

	x = partial_receive(fx, SZ_4K);
	partial_long_packet(fx, 1024 + 512);
	dmac_run(fx);
	dmac_expect_done(x);
	KUNIT_EXPECT_EQ(test, fx->pos, SZ_4K - 512);
	dmac_expect_data(fx, fx->bufs[0], 1024 + 512, 0);
	dmac_expect_data(fx, fx->bufs[0] + 2048, 2048, 1024 + 512);
	partial_expect_residue(x, 512);

	x = partial_receive(fx, SZ_4K);
	dmac_run(fx);
	dmac_expect_done(x);
	KUNIT_EXPECT_EQ(test, x->result.residue, 0);
}

/*
 * Packets that leave most of their segments empty. There may be more in one transfer than
 * the core has records for.
 */
static void partial_short_packets(struct dmac_fixture *fx, unsigned int packets)
{
	unsigned int rounds;

	while (packets--) {
		for (rounds = 0; rounds < 10; rounds++) {
			dmac_take_up(fx);
			axi_dmac_model_packet(fx->model, 256);
			if (axi_dmac_model_move(fx->model, 256))
				break;
			dmac_deliver(fx);
		}
		KUNIT_ASSERT_LT(fx->test, rounds, 10);
		while (axi_dmac_model_complete(fx->model))
			;
		dmac_deliver(fx);
	}
}

static void partial_many_in_chain(struct dmac_fixture *fx, struct dmac_xfer *x)
{
	u64 pos = fx->pos;

	partial_short_packets(fx, 12);
	dmac_run(fx);
	dmac_expect_done(x);
	KUNIT_EXPECT_EQ(fx->test, fx->pos, pos + 12 * 256 + 4 * 1024);
}

static void partial_test_many_in_chain(struct kunit *test)
{
	struct dmac_fixture *fx = partial_create_records(test, true);

	partial_many_in_chain(fx, partial_receive(fx, 16 * 1024));
}

/* While something is in front of it of which records are kept */
static void partial_test_many_behind_another(struct kunit *test)
{
	struct dmac_fixture *fx = partial_create_records(test, true);
	struct dmac_xfer *first, *x;

	first = partial_receive(fx, 1024);
	axi_dmac_model_accept(fx->model);
	x = partial_receive(fx, 16 * 1024);
	partial_packet(fx, 1000);
	dmac_deliver(fx);
	dmac_expect_done(first);
	KUNIT_EXPECT_EQ(test, first->result.residue, 24);
	partial_many_in_chain(fx, x);
}

/* A period that has more segments than the core has records is like such a chain */
static void partial_test_many_in_period(struct kunit *test)
{
	struct dmac_fixture *fx = partial_create_records(test, true);
	struct dmac_xfer *x;

	x = dmac_prep_cyclic(fx, dmac_buf(fx, 16 * 1024), 16 * 1024, 8 * 1024);
	dmac_submit_and_issue(x);
	partial_short_packets(fx, 16);
	KUNIT_EXPECT_EQ(test, x->calls, 2);
}

#define PARTIAL_ROWS	4

static struct dmac_xfer *partial_receive_frame(struct dmac_fixture *fx, size_t row)
{
	struct dma_interleaved_template *xt;
	struct dmac_xfer *x;

	xt = kunit_kzalloc(fx->test, struct_size(xt, sgl, 1), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(fx->test, xt);
	xt->dir = DMA_DEV_TO_MEM;
	xt->dst_start = virt_to_phys(dmac_buf(fx, PARTIAL_ROWS * 2 * row));
	xt->dst_inc = true;
	xt->dst_sgl = true;
	xt->numf = PARTIAL_ROWS;
	xt->frame_size = 1;
	xt->sgl[0].size = row;
	xt->sgl[0].icg = row;
	x = dmac_xfer(fx, dmaengine_prep_interleaved_dma(fx->chan, xt, 0));
	dmac_submit_and_issue(x);

	return x;
}

static void partial_expect_rows(struct dmac_fixture *fx, unsigned int buf, size_t row,
				unsigned int first, unsigned int end, u64 pos)
{
	unsigned int i;

	for (i = first; i < end; i++)
		dmac_expect_data(fx, fx->bufs[buf] + i * 2 * row, row, pos + (i - first) * row);
}

/*
 * A packet that ends in the middle of a frame: the rest of its row stays empty, the next
 * packet goes on with the next row. From 4.5.a on a core that steps over rows by itself
 * would never report that the frame is over.
 */
static void partial_test_frame(struct kunit *test)
{
	const size_t row = 256, frame = PARTIAL_ROWS * row;
	struct dmac_fixture *fx = partial_create_chain(test);
	struct dmac_xfer *x[3];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(x); i++)
		x[i] = partial_receive_frame(fx, row);
	partial_long_packet(fx, frame);
	dmac_expect_done(x[0]);
	KUNIT_EXPECT_EQ(test, x[0]->result.residue, 0);
	partial_expect_rows(fx, 0, row, 0, PARTIAL_ROWS, 0);

	partial_long_packet(fx, row + 8);
	KUNIT_EXPECT_EQ(test, x[1]->calls, 0);
	partial_long_packet(fx, 2 * row);
	dmac_expect_done(x[1]);
	partial_expect_residue(x[1], row - 8);
	partial_expect_rows(fx, 1, row, 0, 1, frame);
	partial_expect_rows(fx, 1, row, 2, PARTIAL_ROWS, frame + row + 8);

	partial_long_packet(fx, frame - 16);
	dmac_expect_done(x[2]);
	partial_expect_residue(x[2], 16);
	KUNIT_EXPECT_EQ(test, dmac_pages(fx), 0);
}

/* An older core that steps over long rows by itself ends the frame with the packet */
static void partial_test_long_rows(struct kunit *test)
{
	const struct dmac_case old = { "4.4.a", ADM_VERSION(4, 4, 'a'), false, false };
	const size_t row = SZ_8K, frame = PARTIAL_ROWS * row;
	struct axi_dmac_model_config cfg;
	struct dmac_fixture *fx;
	struct dmac_xfer *x[2];

	dmac_config(&old, &cfg);
	cfg.twod = true;
	fx = dmac_create(test, &cfg);
	x[0] = partial_receive_frame(fx, row);
	x[1] = partial_receive_frame(fx, row);
	partial_long_packet(fx, row + 8);
	dmac_expect_done(x[0]);
	KUNIT_EXPECT_EQ(test, x[0]->result.residue, frame - row - 8);
	partial_long_packet(fx, frame);
	dmac_expect_done(x[1]);
	KUNIT_EXPECT_EQ(test, x[1]->result.residue, 0);
	partial_expect_rows(fx, 1, row, 0, PARTIAL_ROWS, row + 8);
}

/* A transfer that nobody wants to hear of, again and again, with short packets */
static void partial_test_silent_cycle(struct kunit *test)
{
	struct axi_dmac_model_config cfg;
	struct dmac_xfer *first, *x, *next;
	struct dmac_fixture *fx;
	unsigned int i;

	dmac_config(test->param_value, &cfg);
	cfg.cyclic = true;
	cfg.records_without_eot = true;
	fx = dmac_create(test, &cfg);

	first = partial_receive(fx, SZ_4K);
	x = dmac_prep_cyclic(fx, dmac_buf(fx, SZ_8K), SZ_8K, SZ_8K);
	dmac_no_callback(x);
	dmac_submit_and_issue(x);
	partial_packet(fx, 64);
	dmac_deliver(fx);
	dmac_expect_done(first);
	KUNIT_EXPECT_EQ(test, first->result.residue, SZ_4K - 64);
	for (i = 0; i < 20; i++) {
		partial_packet(fx, 8 * i + 8);
		/* In case that the core cannot repeat it by itself */
		dmac_deliver(fx);
	}

	next = dmac_prep(fx, dmac_buf(fx, SZ_4K), SZ_4K, DMA_PREP_LOAD_EOT);
	dmac_submit_and_issue(next);
	for (i = 0; i < 200 && !next->calls; i++)
		if (!dmac_finish(fx, 1))
			dmaengine_synchronize(fx->chan);
	KUNIT_EXPECT_EQ(test, dmac_status(x), DMA_COMPLETE);
	dmac_expect_done(next);
	KUNIT_EXPECT_EQ(test, next->result.residue, 0);
	dmac_expect_data(fx, fx->bufs[2], SZ_4K, fx->pos - SZ_4K);
}

/* Older cores cannot tell; what is not known is not reported */
static void partial_test_unknown(struct kunit *test)
{
	struct axi_dmac_model_config cfg;
	struct dmac_fixture *fx;
	struct dmac_xfer *x;

	dmac_config(&dmac_versions[0], &cfg);
	fx = dmac_create(test, &cfg);
	x = partial_receive(fx, SZ_4K);
	partial_packet(fx, 512);
	dmac_run(fx);
	dmac_expect_done(x);
	KUNIT_EXPECT_EQ(test, x->result.residue, 0);
	KUNIT_EXPECT_EQ(test, axi_dmac_model_reads(fx->model, ADM_REG_PARTIAL_ID), 0);
}

/* While it runs, the residue is what is still missing, to the byte */
static void partial_test_running(struct kunit *test)
{
	struct dmac_fixture *fx = partial_create(test, 24);
	struct dmac_xfer *x, *queued, *submitted;

	x = partial_receive(fx, SZ_8K);
	queued = partial_receive(fx, SZ_4K);
	submitted = dmac_prep(fx, fx->bufs[0], SZ_2K, 0);
	dmac_submit(submitted);
	KUNIT_EXPECT_EQ(test, dmac_residue(x), SZ_8K);
	dmac_take_up(fx);
	axi_dmac_model_move(fx->model, SZ_4K - 8);
	KUNIT_EXPECT_EQ(test, dmac_residue(x), SZ_4K + 8);
	KUNIT_EXPECT_EQ(test, dmac_residue(queued), SZ_4K);
	KUNIT_EXPECT_EQ(test, dmac_residue(submitted), SZ_2K);
	axi_dmac_model_move(fx->model, SZ_4K);
	KUNIT_EXPECT_EQ(test, dmac_residue(x), 8);
	dmac_run(fx);
	KUNIT_EXPECT_EQ(test, dmac_residue(x), 0);
	KUNIT_EXPECT_EQ(test, dmac_residue(queued), 0);
}

/* It is about places in the buffer: what a short packet left empty is behind us */
static void partial_test_running_short(struct kunit *test)
{
	struct dmac_fixture *fx = partial_create_chain(test);
	struct dmac_xfer *x = partial_receive(fx, SZ_4K);

	partial_long_packet(fx, 1024 + 512);
	KUNIT_EXPECT_EQ(test, dmac_residue(x), 2048);
	dmac_take_up(fx);
	axi_dmac_model_move(fx->model, 1024);
	KUNIT_EXPECT_LE(test, dmac_residue(x), 2048);
	KUNIT_EXPECT_GE(test, dmac_residue(x), 1024);
	dmac_run(fx);
	KUNIT_EXPECT_EQ(test, dmac_residue(x), 0);
}

static struct kunit_case partial_test_cases[] = {
	KUNIT_CASE_PARAM(partial_test_exact, partial_gen_params),
	KUNIT_CASE_PARAM(partial_test_several, partial_gen_params),
	KUNIT_CASE_PARAM(partial_test_not_yet_complete, partial_gen_params),
	KUNIT_CASE_PARAM(partial_test_chain, partial_gen_params),
	KUNIT_CASE_PARAM(partial_test_chain_records, partial_gen_params),
	KUNIT_CASE_PARAM(partial_test_long_chain, partial_gen_params),
	KUNIT_CASE_PARAM(partial_test_hole, partial_gen_params),
	KUNIT_CASE_PARAM(partial_test_many_in_chain, partial_gen_params),
	KUNIT_CASE_PARAM(partial_test_many_behind_another, partial_gen_params),
	KUNIT_CASE_PARAM(partial_test_many_in_period, partial_gen_params),
	KUNIT_CASE_PARAM(partial_test_frame, partial_gen_params),
	KUNIT_CASE(partial_test_long_rows),
	KUNIT_CASE_PARAM(partial_test_silent_cycle, partial_gen_params),
	KUNIT_CASE(partial_test_unknown),
	KUNIT_CASE_PARAM(partial_test_running, partial_gen_params),
	KUNIT_CASE_PARAM(partial_test_running_short, partial_gen_params),
	{}
};

static struct kunit_suite partial_test_suite = {
	.name = "axi_dmac_partial",
	.test_cases = partial_test_cases,
};

kunit_test_suite(partial_test_suite);
