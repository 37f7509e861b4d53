// SPDX-License-Identifier: GPL-2.0-only
/*
 * What cores do wrong, and how the driver keeps them from it. An inspector reads what is
 * submitted, as the core would, and objects to what no core survives. Where nothing can
 * go wrong, that must not cost anything: submits are counted.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <linux/io.h>
#include <linux/prandom.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/unaligned.h>

#include "fixture.h"

#define ERRATA_BURST	128
#define ERRATA_PAGES	40
#define ERRATA_STRIDE	SZ_16K

struct errata_case {
	const char *name;
	enum axi_dmac_model_bus src;
	enum axi_dmac_model_bus dest;
	bool sg;
	unsigned int fifo_size;
	bool twod;
};

static const struct errata_case errata_cases[] = {
	{ "registers, stream to memory", ADM_BUS_STREAM, ADM_BUS_MM, false },
	{ "registers, stream to memory, size of FIFO known", ADM_BUS_STREAM, ADM_BUS_MM, false,
	  8 },
	{ "registers, FIFO to memory", ADM_BUS_FIFO, ADM_BUS_MM, false },
	{ "registers, memory to stream", ADM_BUS_MM, ADM_BUS_STREAM, false },
	{ "scatter-gather, stream to memory", ADM_BUS_STREAM, ADM_BUS_MM, true },
	{ "scatter-gather, stream to memory, size of FIFO known", ADM_BUS_STREAM, ADM_BUS_MM,
	  true, 8 },
	{ "scatter-gather, FIFO to memory", ADM_BUS_FIFO, ADM_BUS_MM, true },
	{ "scatter-gather, memory to stream", ADM_BUS_MM, ADM_BUS_STREAM, true },
};

/* From memory to memory */
static const struct errata_case errata_copies[] = {
	{ "registers", ADM_BUS_MM, ADM_BUS_MM, false, 8, true },
	{ "scatter-gather", ADM_BUS_MM, ADM_BUS_MM, true, 8, true },
};

KUNIT_ARRAY_PARAM_DESC(errata, errata_cases, name);
KUNIT_ARRAY_PARAM_DESC(errata_copy, errata_copies, name);

/**
 * struct errata - the inspector
 * @fx: what it inspects
 * @c: kind of core
 * @submits: so many there were
 * @segments: so many segments in them
 * @short_ones: so many of them a burst that is not a full one
 * @near: the last submit may be looked beyond
 * @flags: FLAGS as they were last
 */
struct errata {
	struct dmac_fixture *fx;
	const struct errata_case *c;
	unsigned int submits;
	unsigned int segments;
	unsigned int short_ones;
	bool near;
	u32 flags;
};

/* One segment, the n-th of its submit, with so many submits in front */
static void errata_inspect_segment(struct errata *e, size_t len, unsigned int n,
				   unsigned int in_front)
{
	bool to_memory = e->c->dest == ADM_BUS_MM;

	e->segments++;
	if (!to_memory || len >= ERRATA_BURST)
		return;
	e->short_ones++;
	KUNIT_EXPECT_EQ_MSG(e->fx->test, n + in_front, 0, "%zu bytes are not alone", len);
}

/* Segments up to this long may be looked beyond; a core has room for 32 bursts at most */
static size_t errata_near(const struct errata *e)
{
	return (2 * (e->c->fifo_size ?: 32) - 1) * ERRATA_BURST;
}

/* Pages, if they are not short ones */
static size_t errata_piece(const struct errata *e)
{
	return errata_near(e) < SZ_4K ? SZ_4K : SZ_8K;
}

static size_t errata_desc_len(const u8 *desc)
{
	return (size_t)get_unaligned_le32(desc + 0x24) + 1;
}

/* Segments that may be looked beyond are submitted on their own */
static void errata_inspect_chain(struct errata *e, u64 addr, unsigned int in_front)
{
	bool near, packets = e->c->src == ADM_BUS_STREAM;
	unsigned int n;
	const u8 *desc;
	size_t len;

	for (n = 0; n < 1000; n++) {
		desc = phys_to_virt(addr);
		len = errata_desc_len(desc);
		errata_inspect_segment(e, len, n, in_front);
		near = packets && len <= errata_near(e);
		KUNIT_EXPECT_FALSE(e->fx->test, near && n);
		if (get_unaligned_le32(desc) & ADM_DESC_LAST)
			return;
		KUNIT_EXPECT_FALSE(e->fx->test, near);
		addr = get_unaligned_le64(desc + 0x18);
	}
	KUNIT_FAIL(e->fx->test, "chain without an end\n");
}

static u64 errata_address(struct errata *e, unsigned int low, unsigned int high)
{
	return (u64)axi_dmac_model_peek(e->fx->model, high) << 32 |
	       axi_dmac_model_peek(e->fx->model, low);
}

static size_t errata_first_len(struct errata *e)
{
	if (!e->c->sg)
		return (size_t)axi_dmac_model_peek(e->fx->model, ADM_REG_X_LENGTH) + 1;

	return errata_desc_len(phys_to_virt(errata_address(e, ADM_REG_SG_ADDRESS,
							   ADM_REG_SG_ADDRESS_HIGH)));
}

static void errata_inspect_submit(struct errata *e)
{
	unsigned int in_front = axi_dmac_model_outstanding(e->fx->model);
	size_t len = errata_first_len(e);

	/* With two in front, the core must not come through the second of them */
	if (in_front > 1)
		KUNIT_EXPECT_FALSE(e->fx->test, e->near);

	e->submits++;
	e->near = e->c->src == ADM_BUS_STREAM && len <= errata_near(e);
	if (e->c->sg)
		errata_inspect_chain(e, errata_address(e, ADM_REG_SG_ADDRESS,
						       ADM_REG_SG_ADDRESS_HIGH), in_front);
	else
		errata_inspect_segment(e, len, 0, in_front);
}

/* Whether records are kept is looked at when segments end: none may be under way */
static void errata_inspect_flags(struct errata *e)
{
	u32 flags = axi_dmac_model_peek(e->fx->model, ADM_REG_FLAGS);

	if ((flags ^ e->flags) & ADM_FLAG_PARTIAL)
		KUNIT_EXPECT_EQ(e->fx->test, axi_dmac_model_outstanding(e->fx->model), 0);
	e->flags = flags;
}

static void errata_hook(struct axi_dmac_model *model, enum axi_dmac_model_point point,
			unsigned int reg, void *priv)
{
	if (point == ADM_AFTER_WRITE && reg == ADM_REG_FLAGS)
		errata_inspect_flags(priv);
	if (point == ADM_BEFORE_WRITE && reg == ADM_REG_SUBMIT)
		errata_inspect_submit(priv);
	/* Accepted at once, so that as much as possible is under way */
	if (point == ADM_AFTER_WRITE && reg == ADM_REG_SUBMIT)
		axi_dmac_model_accept(model);
}

static struct errata *errata_create(struct kunit *test, unsigned int length_width)
{
	const struct errata_case *c = test->param_value;
	const struct dmac_case kind = {
		.version = ADM_VERSION(4, 5, 'e'), .sg = c->sg, .out = c->src == ADM_BUS_MM,
	};
	struct axi_dmac_model_config cfg;
	struct errata *e;

	e = kunit_kzalloc(test, sizeof(*e), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, e);
	dmac_config(&kind, &cfg);
	cfg.src_type = c->src;
	cfg.dest_type = c->dest;
	cfg.burst_bytes = ERRATA_BURST;
	cfg.length_width = length_width;
	cfg.queue_depth = 16;
	cfg.fifo_size = c->fifo_size;
	cfg.twod = c->twod;
	cfg.prefetch = 6;
	e->c = c;
	e->fx = dmac_create(test, &cfg);
	axi_dmac_model_set_hook(e->fx->model, errata_hook, e);

	return e;
}

static void errata_reset(struct errata *e)
{
	e->submits = 0;
	e->segments = 0;
	e->short_ones = 0;
}

/* Pairs of pages that do not adjoin, and what is left in the last one */
static void errata_block(struct errata *e, void *buf, unsigned int pages, size_t tail)
{
	struct dmac_fixture *fx = e->fx;
	struct dma_vec vecs[4];
	unsigned int i, n = pages + !!tail;
	struct dmac_xfer *x;
	u64 pos = fx->pos;

	for (i = 0; i < n; i++)
		vecs[i] = (struct dma_vec) {
			.addr = virt_to_phys(buf) + i * ERRATA_STRIDE,
			.len = i < pages ? errata_piece(e) : tail,
		};
	fx->num_xfers = 0;
	x = dmac_prep_vecs(fx, vecs, n, 0);
	x->calls = 0;
	dmac_submit_and_issue(x);
	dmac_run(fx);
	dmac_expect_done(x);
	for (i = 0; i < n; i++)
		dmac_expect_data(fx, buf + i * ERRATA_STRIDE, vecs[i].len,
				 pos + i * errata_piece(e));
}

/* With a tail of less than a burst, such a block hangs any core that gets it as a whole */
static void errata_test_blocks(struct kunit *test)
{
	static const size_t tails[] = { 8, 16, 40, 64, 96, 120 };
	struct errata *e = errata_create(test, 24);
	bool to_memory = e->c->dest == ADM_BUS_MM;
	void *buf = dmac_buf(e->fx, 4 * ERRATA_STRIDE);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(tails); i++) {
		errata_reset(e);
		errata_block(e, buf, 2, tails[i]);
		KUNIT_EXPECT_EQ(test, e->segments, 3);
		KUNIT_EXPECT_EQ(test, e->short_ones, to_memory);
		KUNIT_EXPECT_EQ(test, e->submits, e->c->sg ? 1 + to_memory : 3);
	}
}

/* Long pieces, and tails of a burst and more: nothing is divided that need not be */
static void errata_test_no_cost(struct kunit *test)
{
	static const size_t tails[] = { 0, 128, 136, 2048 };
	struct errata *e = errata_create(test, 24);
	void *buf = dmac_buf(e->fx, 4 * ERRATA_STRIDE);
	unsigned int i, near;

	for (i = 0; i < ARRAY_SIZE(tails); i++) {
		errata_reset(e);
		errata_block(e, buf, 3, tails[i]);
		/* Where a packet may end early, what the core may look beyond is alone */
		near = tails[i] && e->c->src == ADM_BUS_STREAM && tails[i] <= errata_near(e);
		KUNIT_EXPECT_EQ(test, e->submits, e->c->sg ? 1 + near : 3 + !!tails[i]);
	}
}

/* One piece of memory that is longer than a segment: its last segment has a full burst */
static void errata_test_contiguous(struct kunit *test)
{
	static const size_t lens[] = {
		SZ_4K + 8, SZ_4K + 120, SZ_4K + 128, SZ_8K + 8, SZ_16K - 8, SZ_16K + 64,
	};
	struct errata *e = errata_create(test, 12);
	struct dmac_fixture *fx = e->fx;
	void *buf = dmac_buf(fx, SZ_32K);
	struct dmac_xfer *x;
	unsigned int i;
	u64 pos;

	for (i = 0; i < ARRAY_SIZE(lens); i++) {
		errata_reset(e);
		pos = fx->pos;
		x = dmac_prep(fx, buf, lens[i], 0);
		dmac_submit_and_issue(x);
		dmac_run(fx);
		dmac_expect_done(x);
		dmac_expect_data(fx, buf, lens[i], pos);
		KUNIT_EXPECT_EQ(test, e->short_ones, 0);
		KUNIT_EXPECT_EQ(test, e->segments, DIV_ROUND_UP(lens[i], SZ_4K));
	}
}

/* From inside of a burst: what is in front of the next one is alone */
static void errata_test_odd_start(struct kunit *test)
{
	struct errata *e = errata_create(test, 24);
	bool to_memory = e->c->dest == ADM_BUS_MM;
	struct dmac_fixture *fx = e->fx;
	void *buf = dmac_buf(fx, SZ_32K);
	struct dmac_xfer *x[3];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(x); i++)
		x[i] = dmac_prep(fx, buf + i * SZ_8K + 8, SZ_4K, 0);
	for (i = 0; i < ARRAY_SIZE(x); i++)
		dmac_submit_and_issue(x[i]);
	dmac_run(fx);
	for (i = 0; i < ARRAY_SIZE(x); i++) {
		dmac_expect_done(x[i]);
		dmac_expect_data(fx, buf + i * SZ_8K + 8, SZ_4K, i * SZ_4K);
	}
	KUNIT_EXPECT_EQ(test, e->short_ones, to_memory ? 3 : 0);
	KUNIT_EXPECT_EQ(test, e->segments, 6);
}

/* All lengths and places, many at a time; and then again with packets that end early */
static void errata_random(struct errata *e, struct rnd_state *rnd, void *buf, bool packets)
{
	struct dmac_fixture *fx = e->fx;
	size_t lens[8], total = 0;
	struct dmac_xfer *x[8];
	unsigned int i, rounds;
	struct dma_vec vecs[5];

	fx->num_xfers = 0;
	for (i = 0; i < ARRAY_SIZE(x); i++) {
		unsigned int k, n = 1 + prandom_u32_state(rnd) % ARRAY_SIZE(vecs);

		lens[i] = 0;
		for (k = 0; k < n; k++) {
			unsigned int most = prandom_u32_state(rnd) & 1 ? 32 : 512;

			vecs[k].addr = virt_to_phys(buf) +
				       (i * ARRAY_SIZE(vecs) + k) % ERRATA_PAGES * SZ_4K;
			vecs[k].len = 8 * (1 + prandom_u32_state(rnd) % most);
			lens[i] += vecs[k].len;
		}
		x[i] = dmac_prep_vecs(fx, vecs, n, 0);
		x[i]->calls = 0;
		total += lens[i];
	}
	for (i = 0; i < ARRAY_SIZE(x); i++)
		dmac_submit_and_issue(x[i]);
	for (rounds = 0; rounds < 10000 && !x[ARRAY_SIZE(x) - 1]->calls; rounds++) {
		if (packets)
			axi_dmac_model_packet(fx->model,
					      8 * (1 + prandom_u32_state(rnd) % 700));
		dmac_take_up(fx);
		axi_dmac_model_move(fx->model, 8 * (1 + prandom_u32_state(rnd) % 1000));
		while (axi_dmac_model_complete(fx->model))
			;
		if (prandom_u32_state(rnd) & 1)
			dmac_deliver(fx);
	}
	for (i = 0; i < ARRAY_SIZE(x); i++)
		dmac_expect_done(x[i]);
	axi_dmac_model_packet(fx->model, 0);
	KUNIT_EXPECT_LE(fx->test, total, fx->pos);
}

static void errata_test_random(struct kunit *test)
{
	struct errata *e = errata_create(test, 11);
	void *buf = dmac_buf(e->fx, ERRATA_PAGES * SZ_4K);
	struct rnd_state rnd;
	u32 seed;

	for (seed = 1; seed <= 50; seed++) {
		prandom_seed_state(&rnd, seed);
		e->fx->pos = 0;
		errata_random(e, &rnd, buf, false);
		KUNIT_EXPECT_EQ_MSG(test, axi_dmac_model_all_errors(e->fx->model), 0,
				    "seed %u", seed);
	}
	KUNIT_EXPECT_EQ(test, dmac_pages(e->fx), 0);
}

static void errata_test_random_packets(struct kunit *test)
{
	struct errata *e = errata_create(test, 11);
	void *buf = dmac_buf(e->fx, ERRATA_PAGES * SZ_4K);
	struct rnd_state rnd;
	struct dmac_xfer *x;
	u32 seed;
	u64 pos;

	if (e->c->src != ADM_BUS_STREAM)
		kunit_skip(test, "no packets");

	for (seed = 1; seed <= 50; seed++) {
		prandom_seed_state(&rnd, seed);
		e->fx->pos = SZ_1G;
		errata_random(e, &rnd, buf, true);
		/* The core still knows what is where */
		pos = e->fx->pos;
		e->fx->num_xfers = 0;
		x = dmac_prep(e->fx, buf, SZ_16K, 0);
		x->calls = 0;
		dmac_submit_and_issue(x);
		dmac_run(e->fx);
		dmac_expect_done(x);
		dmac_expect_data(e->fx, buf, SZ_16K, pos);
	}
	KUNIT_EXPECT_EQ(test, dmac_pages(e->fx), 0);
}

/*
 * Sides that are not in step: each burst of the destination is a segment, and it is cut
 * where the source comes to a boundary of 4 KiB, and nowhere else.
 */
static void errata_test_skewed_copy(struct kunit *test)
{
	static const size_t skews[] = { 8, 64, 120 };
	struct errata *e = errata_create(test, 24);
	struct dmac_fixture *fx = e->fx;
	u8 *src = dmac_buf(fx, SZ_32K), *dst = dmac_buf(fx, SZ_32K);
	struct dmac_xfer *x;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(skews); i++) {
		errata_reset(e);
		memset(dst, 0xa5, SZ_32K);
		x = dmac_xfer(fx, dmaengine_prep_dma_memcpy(fx->chan, virt_to_phys(dst + SZ_4K),
							    virt_to_phys(src + skews[i]), SZ_16K,
							    0));
		dmac_submit_and_issue(x);
		dmac_run(fx);
		dmac_expect_done(x);
		KUNIT_EXPECT_EQ(test, memcmp(dst + SZ_4K, src + skews[i], SZ_16K), 0);
		KUNIT_EXPECT_NULL(test, memchr_inv(dst, 0xa5, SZ_4K));
		KUNIT_EXPECT_NULL(test, memchr_inv(dst + SZ_4K + SZ_16K, 0xa5, SZ_8K));
		KUNIT_EXPECT_EQ(test, e->segments, SZ_16K / ERRATA_BURST + 4);
		KUNIT_EXPECT_EQ(test, e->short_ones, 2 * 4);
		KUNIT_EXPECT_EQ(test, e->submits, e->c->sg ? 1 + 2 * 4 : e->segments);
	}

	/* In step, it is one segment behind what is in front of the next burst */
	errata_reset(e);
	x = dmac_xfer(fx, dmaengine_prep_dma_memcpy(fx->chan, virt_to_phys(dst + 72),
						    virt_to_phys(src + SZ_4K + 72), SZ_16K, 0));
	dmac_submit_and_issue(x);
	dmac_run(fx);
	dmac_expect_done(x);
	KUNIT_EXPECT_EQ(test, memcmp(dst + 72, src + SZ_4K + 72, SZ_16K), 0);
	KUNIT_EXPECT_EQ(test, e->segments, 2);
}

#define ERRATA_ROW	SZ_4K
#define ERRATA_ROWS	6

static struct dmac_xfer *errata_rows(struct dmac_fixture *fx, u8 *dst, u8 *src)
{
	struct dma_interleaved_template *xt;

	xt = kunit_kzalloc(fx->test, struct_size(xt, sgl, 1), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(fx->test, xt);
	*xt = (struct dma_interleaved_template) {
		.dir = DMA_MEM_TO_MEM, .src_inc = true, .dst_inc = true,
		.src_sgl = true, .dst_sgl = true, .numf = ERRATA_ROWS, .frame_size = 1,
		.src_start = virt_to_phys(src), .dst_start = virt_to_phys(dst),
	};
	xt->sgl[0].size = ERRATA_ROW;
	xt->sgl[0].dst_icg = ERRATA_ROW;

	return dmac_xfer(fx, dmaengine_prep_interleaved_dma(fx->chan, xt, 0));
}

/* A short segment takes itself for a row of what is four rows behind it */
static void errata_test_segments_before_rows(struct kunit *test)
{
	struct errata *e = errata_create(test, 24);
	struct dmac_fixture *fx = e->fx;
	u8 *src = dmac_buf(fx, SZ_64K), *dst = dmac_buf(fx, SZ_64K);
	struct dmac_xfer *one, *three, *rows;
	unsigned int i;

	/* One segment, and three, which are full bursts; the first row is the fifth */
	one = dmac_xfer(fx, dmaengine_prep_dma_memcpy(fx->chan, virt_to_phys(dst),
						      virt_to_phys(src), ERRATA_BURST, 0));
	three = dmac_xfer(fx, dmaengine_prep_dma_memcpy(fx->chan, virt_to_phys(dst + SZ_1K),
							virt_to_phys(src + 64), 3 * ERRATA_BURST,
							0));
	rows = errata_rows(fx, dst + SZ_4K, src);
	dmac_submit(one);
	dmac_submit(three);
	dmac_submit_and_issue(rows);
	dmac_run(fx);
	dmac_expect_done(one);
	dmac_expect_done(three);
	dmac_expect_done(rows);
	KUNIT_EXPECT_EQ(test, memcmp(dst + SZ_1K, src + 64, 3 * ERRATA_BURST), 0);
	for (i = 0; i < ERRATA_ROWS; i++)
		KUNIT_EXPECT_EQ(test, memcmp(dst + SZ_4K + i * 2 * ERRATA_ROW,
					     src + i * ERRATA_ROW, ERRATA_ROW), 0);
	/* The core stepped over the rows by itself */
	KUNIT_EXPECT_EQ(test, e->segments, 5);
}

static struct kunit_case errata_test_cases[] = {
	KUNIT_CASE_PARAM(errata_test_blocks, errata_gen_params),
	KUNIT_CASE_PARAM(errata_test_no_cost, errata_gen_params),
	KUNIT_CASE_PARAM(errata_test_contiguous, errata_gen_params),
	KUNIT_CASE_PARAM(errata_test_odd_start, errata_gen_params),
	KUNIT_CASE_PARAM(errata_test_random, errata_gen_params),
	KUNIT_CASE_PARAM(errata_test_random_packets, errata_gen_params),
	KUNIT_CASE_PARAM(errata_test_skewed_copy, errata_copy_gen_params),
	KUNIT_CASE_PARAM(errata_test_segments_before_rows, errata_copy_gen_params),
	{}
};

static struct kunit_suite errata_test_suite = {
	.name = "axi_dmac_errata",
	.test_cases = errata_test_cases,
};

kunit_test_suite(errata_test_suite);
