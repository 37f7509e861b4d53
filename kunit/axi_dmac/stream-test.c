// SPDX-License-Identifier: GPL-2.0-only
/*
 * Every byte arrives, at its place, once: all sizes, all shapes of memory, one
 * transfer after the other and several at a time.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <linux/io.h>
#include <linux/prandom.h>
#include <linux/scatterlist.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "fixture.h"

KUNIT_ARRAY_PARAM_DESC(stream, dmac_versions, name);
KUNIT_ARRAY_PARAM_DESC(stream_mode, dmac_modes, name);

static void stream_test_sizes(struct kunit *test)
{
	static const size_t sizes[] = {
		8, 16, 120, 128, 136, 256, 1024, 4088, SZ_4K, SZ_4K + 8, 12288, SZ_64K,
		SZ_64K + 16, 262144 - 8, SZ_256K,
	};
	struct dmac_fixture *fx = dmac_create_case(test);
	void *buf = dmac_buf(fx, SZ_256K);
	struct dmac_xfer *x;
	unsigned int i;
	u64 pos = 0;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		x = dmac_prep(fx, buf, sizes[i], 0);
		dmac_submit_and_issue(x);
		KUNIT_EXPECT_EQ(test, x->calls, 0);
		dmac_run(fx);

		dmac_expect_done(x);
		KUNIT_EXPECT_EQ(test, x->result.residue, 0);
		KUNIT_EXPECT_EQ(test, fx->pos, pos + sizes[i]);
		dmac_expect_data(fx, buf, sizes[i], pos);
		pos += sizes[i];
	}
}

/* Short segments of the core: the same bytes in many more pieces */
static void stream_test_split(struct kunit *test)
{
	struct axi_dmac_model_config cfg;
	struct dmac_fixture *fx;
	struct dmac_xfer *x;
	void *buf;

	dmac_config(test->param_value, &cfg);
	cfg.length_width = 10;
	fx = dmac_create(test, &cfg);
	buf = dmac_buf(fx, SZ_64K);

	x = dmac_prep(fx, buf, SZ_64K - 8, 0);
	dmac_submit_and_issue(x);
	dmac_run(fx);

	dmac_expect_done(x);
	dmac_expect_data(fx, buf, SZ_64K - 8, 0);
}

/* Pieces of all sizes, in an order that is not that of their addresses */
static void stream_test_scattered(struct kunit *test)
{
	static const size_t lens[] = { 8, 4096, 24, 1000, 16, 12288, 512, 8, 8, 40 };
	struct dmac_fixture *fx = dmac_create_case(test);
	void *buf = dmac_buf(fx, SZ_256K);
	struct dma_vec vecs[ARRAY_SIZE(lens)];
	unsigned int i, slot;
	struct dmac_xfer *x;
	u64 pos = 0;

	for (i = 0; i < ARRAY_SIZE(lens); i++) {
		slot = i * 7 % ARRAY_SIZE(lens);
		vecs[i].addr = virt_to_phys(buf) + slot * SZ_16K + (i & 1 ? 8 : 0);
		vecs[i].len = lens[i];
	}
	x = dmac_prep_vecs(fx, vecs, ARRAY_SIZE(vecs), 0);
	/* The array need not outlive the call */
	memset(vecs, 0xff, sizeof(vecs));
	dmac_submit_and_issue(x);
	dmac_run(fx);

	dmac_expect_done(x);
	for (i = 0; i < ARRAY_SIZE(lens); i++) {
		slot = i * 7 % ARRAY_SIZE(lens);
		dmac_expect_data(fx, buf + slot * SZ_16K + (i & 1 ? 8 : 0), lens[i], pos);
		pos += lens[i];
	}
}

static void stream_test_slave_sg(struct kunit *test)
{
	struct dmac_fixture *fx = dmac_create_case(test);
	void *buf = dmac_buf(fx, SZ_256K);
	struct scatterlist sgl[40];
	struct dmac_xfer *x;
	unsigned int i;

	sg_init_table(sgl, ARRAY_SIZE(sgl));
	for (i = 0; i < ARRAY_SIZE(sgl); i++) {
		sg_dma_address(&sgl[i]) = virt_to_phys(buf) + i * SZ_4K;
		sg_dma_len(&sgl[i]) = i % 3 ? SZ_4K : SZ_1K;
	}
	x = dmac_xfer(fx, dmaengine_prep_slave_sg(fx->chan, sgl, ARRAY_SIZE(sgl),
						  dmac_direction(fx), 0));
	dmac_submit_and_issue(x);
	dmac_run(fx);

	dmac_expect_done(x);
	for (i = 0; i < ARRAY_SIZE(sgl); i++)
		dmac_expect_data(fx, buf + i * SZ_4K, i % 3 ? SZ_4K : SZ_1K,
				 i / 3 * (SZ_1K + SZ_8K) + (i % 3 ? SZ_1K : 0) +
				 (i % 3 == 2 ? SZ_4K : 0));
}

/* Where is the core in a long transfer? */
static void stream_test_position(struct kunit *test)
{
	static const unsigned int at[] = { 1, 62, 63, 64, 126, 127, 200, 299 };
	struct axi_dmac_model_config cfg;
	unsigned int i, done = 0;
	struct dmac_fixture *fx;
	struct dma_vec *vecs;
	struct dmac_xfer *x;

	dmac_config(test->param_value, &cfg);
	cfg.mover = ADM_MOVER_NONE;
	fx = dmac_create(test, &cfg);
	vecs = kunit_kcalloc(test, 300, sizeof(*vecs), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, vecs);
	for (i = 0; i < 300; i++)
		vecs[i] = (struct dma_vec) { .addr = SZ_1G + i * SZ_8K, .len = SZ_4K };

	x = dmac_prep_vecs(fx, vecs, 300, 0);
	dmac_submit_and_issue(x);
	KUNIT_EXPECT_EQ(test, dmac_residue(x), 300 * SZ_4K);
	for (i = 0; i < ARRAY_SIZE(at); i++) {
		for (; done < at[i]; done++)
			KUNIT_EXPECT_EQ(test, dmac_finish(fx, 1), 1);
		/* In scatter-gather mode what was completed last has to be left behind */
		dmac_take_up(fx);
		KUNIT_EXPECT_EQ_MSG(test, dmac_residue(x), (300 - done) * SZ_4K, "%u", done);
	}
	dmac_run(fx);
	dmac_expect_done(x);
	KUNIT_EXPECT_EQ(test, dmac_residue(x), 0);
}

/* Twenty at once, through a core that takes few at a time */
static void stream_test_many(struct kunit *test)
{
	struct axi_dmac_model_config cfg;
	struct dmac_xfer *x[20];
	struct dmac_fixture *fx;
	unsigned int i;
	void *buf;

	dmac_config(test->param_value, &cfg);
	cfg.queue_depth = 2;
	cfg.accept_ticks = 3;
	fx = dmac_create(test, &cfg);
	buf = dmac_buf(fx, ARRAY_SIZE(x) * SZ_8K);

	for (i = 0; i < ARRAY_SIZE(x); i++) {
		x[i] = dmac_prep(fx, buf + i * SZ_8K, SZ_8K, 0);
		dmac_submit(x[i]);
	}
	KUNIT_EXPECT_EQ(test, axi_dmac_model_writes(fx->model, ADM_REG_SUBMIT), 0);
	dma_async_issue_pending(fx->chan);
	dmac_run(fx);

	for (i = 0; i < ARRAY_SIZE(x); i++) {
		dmac_expect_done(x[i]);
		KUNIT_EXPECT_EQ(test, x[i]->order, i);
		dmac_expect_data(fx, buf + i * SZ_8K, SZ_8K, i * SZ_8K);
	}
}

/*
 * Nobody steps: the core runs when it likes, with transfers that are submitted
 * again and again while others run. The seed names the run.
 */
static void stream_test_free_running(struct kunit *test)
{
	struct axi_dmac_model_config cfg;
	struct dmac_xfer *x[6];
	struct dmac_fixture *fx;
	unsigned int i, rounds;
	struct rnd_state rnd;
	u32 seed = 20240621;
	size_t len[6];
	u64 round = 0, pos;
	void *buf;

	dmac_config(test->param_value, &cfg);
	cfg.free_running = true;
	cfg.length_width = 14;
	fx = dmac_create(test, &cfg);
	buf = dmac_buf(fx, ARRAY_SIZE(x) * SZ_64K);
	prandom_seed_state(&rnd, seed);

	for (i = 0; i < ARRAY_SIZE(x); i++) {
		len[i] = (1 + prandom_u32_state(&rnd) % (SZ_64K / 8)) * 8;
		x[i] = dmac_prep(fx, buf + i * SZ_64K, len[i], 0);
		KUNIT_ASSERT_EQ(test, dmaengine_desc_set_reuse(x[i]->tx), 0);
		x[i]->again = 50;
		round += len[i];
		dmac_submit(x[i]);
	}
	/* All at once: the first must not come round before the last one starts */
	dma_async_issue_pending(fx->chan);
	for (rounds = 0; READ_ONCE(fx->calls) < 51 * ARRAY_SIZE(x); rounds++) {
		KUNIT_ASSERT_LT_MSG(test, rounds, 100000, "seed %u: stuck after %u callbacks",
				    seed, fx->calls);
		schedule_timeout_uninterruptible(1);
	}

	/* Memory has the last round, the log of the stream has the first */
	KUNIT_EXPECT_EQ_MSG(test, fx->pos, 51 * round, "seed %u", seed);
	pos = fx->out ? 0 : 50 * round;
	for (i = 0; i < ARRAY_SIZE(x); i++) {
		KUNIT_EXPECT_EQ_MSG(test, x[i]->calls, 51, "seed %u, transfer %u", seed, i);
		dmac_expect_data(fx, buf + i * SZ_64K, len[i], pos);
		pos += len[i];
	}
}

static struct kunit_case stream_test_cases[] = {
	KUNIT_CASE_PARAM(stream_test_sizes, stream_gen_params),
	KUNIT_CASE_PARAM(stream_test_split, stream_gen_params),
	KUNIT_CASE_PARAM(stream_test_scattered, stream_gen_params),
	KUNIT_CASE_PARAM(stream_test_slave_sg, stream_mode_gen_params),
	KUNIT_CASE_PARAM(stream_test_position, stream_mode_gen_params),
	KUNIT_CASE_PARAM(stream_test_many, stream_gen_params),
	KUNIT_CASE_PARAM(stream_test_free_running, stream_mode_gen_params),
	{}
};

static struct kunit_suite stream_test_suite = {
	.name = "axi_dmac_stream",
	.test_cases = stream_test_cases,
};

kunit_test_suite(stream_test_suite);
