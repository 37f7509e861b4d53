// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of a core that leaves to chance what it does next: it does the same as others,
 * in an order of its own, which is that of its seed.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <linux/bitmap.h>
#include <linux/interrupt.h>
#include <linux/sched.h>

#include "model-kunit.h"

#define RANDOM_LEN	1024
#define RANDOM_TRANSFERS	24
#define RANDOM_EVENTS	100000

static struct bench *random_bench(struct kunit *test, bool sg, u32 seed)
{
	struct axi_dmac_model_config cfg;
	struct bench *b;

	bench_config(&cfg, false);
	cfg.sg = sg;
	axi_dmac_model_randomize(&cfg, seed);
	b = bench_create(test, &cfg);
	wr(b, ADM_REG_FLAGS, ADM_FLAG_LAST);
	wr(b, ADM_REG_CONTROL, ADM_CONTROL_ENABLE | (sg ? ADM_CONTROL_HWDESC : 0));
	return b;
}

/* Two segments are a transfer, at the same place each time */
static bool random_submit(struct bench *b, bool sg, unsigned int i)
{
	if (rd(b, ADM_REG_SUBMIT))
		return false;
	if (sg) {
		bench_chain(b, 2 * i, 2, RANDOM_LEN / 2, ADM_DESC_LAST | ADM_DESC_IRQ);
		bench_submit_chain(b, 2 * i);
	} else {
		bench_submit(b, i * RANDOM_LEN, RANDOM_LEN);
	}
	return true;
}

/* What has been seen of a core with a seed */
struct random_seen {
	bool submit_waited;	/* for events other than its acceptance */
	bool accepted_waited;	/* accepted, and not begun */
	bool responses_waited;	/* two segments were through and not reported */
	unsigned int outstanding;	/* most */
	u32 hash;		/* of what has happened when */
};

static void random_look(struct bench *b, struct random_seen *seen, u64 submitted)
{
	unsigned int outstanding = axi_dmac_model_outstanding(b->model);
	u64 through = b->stream.bytes / RANDOM_LEN;
	struct axi_dmac_model_stats stats;

	axi_dmac_model_stats(b->model, &stats);
	seen->submit_waited |= stats.sot < submitted && outstanding < 2;
	seen->accepted_waited |= stats.sot > through + 1;
	seen->responses_waited |= through >= stats.eot + 2;
	seen->outstanding = max(seen->outstanding, outstanding);
	seen->hash = seen->hash * 31 + stats.sot + 5 * stats.eot + 7 * b->stream.bytes;
}

static void random_run(struct kunit *test, bool sg, u32 seed, struct random_seen *seen)
{
	struct bench *b = random_bench(test, sg, seed);
	unsigned int submitted = 0, events, i;

	for (events = 0; events < RANDOM_EVENTS; events++) {
		if (submitted < RANDOM_TRANSFERS && random_submit(b, sg, submitted))
			submitted++;
		if (!axi_dmac_model_event(b->model) && submitted == RANDOM_TRANSFERS)
			break;
		random_look(b, seen, submitted);
	}
	KUNIT_EXPECT_LT_MSG(test, events, RANDOM_EVENTS, "seed %u", seed);
	KUNIT_EXPECT_EQ_MSG(test, b->stream.bytes, RANDOM_TRANSFERS * RANDOM_LEN, "seed %u",
			    seed);
	KUNIT_EXPECT_EQ_MSG(test, rd(b, ADM_REG_ACTIVE_TRANSFER_ID), RANDOM_TRANSFERS % 4,
			    "seed %u", seed);
	for (i = 0; i < RANDOM_TRANSFERS * RANDOM_LEN; i++)
		KUNIT_ASSERT_EQ_MSG(test, b->mem[i], (u8)i, "seed %u, byte %u", seed, i);
	EXPECT_CLEAN(b);
	bench_destroy(b);
}

/* All arrives, whatever the seed, and what hardware may do is seen with some of them */
static void random_test_all(struct kunit *test)
{
	struct random_seen seen = {};
	u32 seed;

	for (seed = 1; seed <= 20; seed++) {
		random_run(test, false, seed, &seen);
		random_run(test, true, seed, &seen);
	}
	KUNIT_EXPECT_TRUE(test, seen.submit_waited);
	KUNIT_EXPECT_TRUE(test, seen.accepted_waited);
	KUNIT_EXPECT_TRUE(test, seen.responses_waited);
	KUNIT_EXPECT_GT(test, seen.outstanding, 4);
}

static void random_test_repeats(struct kunit *test)
{
	struct random_seen first = {}, again = {}, other = {};

	random_run(test, true, 1234, &first);
	random_run(test, true, 1234, &again);
	random_run(test, true, 1235, &other);
	KUNIT_EXPECT_EQ(test, first.hash, again.hash);
	KUNIT_EXPECT_NE(test, first.hash, other.hash);
}

/* The limits are those of the configuration again */
static void random_test_off(struct kunit *test)
{
	struct bench *b = random_bench(test, false, 1);
	unsigned int i;

	for (i = 0; i < 1000; i++)
		axi_dmac_model_event(b->model);
	axi_dmac_model_set_seed(b->model, 0);
	axi_dmac_model_set_accept_delay(b->model, 0);
	bench_submit_all(b, 16, 64);
	bench_submit(b, 0, 64);
	KUNIT_EXPECT_FALSE(test, axi_dmac_model_accept(b->model));
}

/* While nothing arrives */
static void random_submit_behind(struct bench *b)
{
	bench_submit(b, 0, 64);
	while (rd(b, ADM_REG_SUBMIT))
		axi_dmac_model_event(b->model);
}

/* An erratum does not show each time: a driver may be lucky, and a test must look twice */
static void random_test_erratum(struct kunit *test)
{
	unsigned int hung = 0;
	struct bench *b;
	u32 seed;

	for (seed = 1; seed <= 40; seed++) {
		b = random_bench(test, false, seed);
		axi_dmac_model_set_errata(b->model, ADM_ERRATUM_SHORT_BURST);
		b->stream.room = 0;
		random_submit_behind(b);
		random_submit_behind(b);
		b->stream.room = U64_MAX;
		axi_dmac_model_run(b->model);
		hung += axi_dmac_model_outstanding(b->model);
		bench_destroy(b);
	}
	KUNIT_EXPECT_GT(test, hung, 5);
	KUNIT_EXPECT_LT(test, hung, 35);
}

static void random_test_shutdown(struct kunit *test)
{
	DECLARE_BITMAP(ticks, 32) = {};
	unsigned int i, n;
	struct bench *b;
	u32 seed;

	for (seed = 1; seed <= 100; seed++) {
		b = random_bench(test, false, seed);
		bench_submit(b, 0, SZ_16K);
		for (i = 0; i < 10; i++)
			axi_dmac_model_event(b->model);
		wr(b, ADM_REG_CONTROL, 0);
		for (n = 0; axi_dmac_model_event(b->model) && n < 31; n++)
			;
		KUNIT_EXPECT_TRUE_MSG(test, axi_dmac_model_is_quiet(b->model), "seed %u", seed);
		__set_bit(n, ticks);
		bench_destroy(b);
	}
	KUNIT_EXPECT_GT(test, bitmap_weight(ticks, 32), 8);
}

/* Ends of a ring that were acknowledged at a time */
struct random_irq {
	void __iomem *regs;
	struct axi_dmac_model *model;
	u64 eots;
	u64 fewest;
	u64 most;
};

static irqreturn_t random_handler(int irq, void *data)
{
	struct axi_dmac_model_stats stats;
	struct random_irq *r = data;

	writel(ADM_IRQ_EOT, r->regs + ADM_REG_IRQ_PENDING);
	axi_dmac_model_stats(r->model, &stats);
	r->fewest = min(r->fewest, stats.eot - r->eots);
	r->most = max(r->most, stats.eot - r->eots);
	r->eots = stats.eot;
	return IRQ_HANDLED;
}

static void random_run_ring(struct bench *b)
{
	struct axi_dmac_model_stats stats;
	unsigned int i;

	for (i = 0; i < 3; i++)
		bench_descriptors(b)[i].flags = cpu_to_le32(ADM_DESC_IRQ);
	wr(b, ADM_REG_IRQ_MASK, ADM_IRQ_SOT);
	wr(b, ADM_REG_CONTROL, ADM_CONTROL_ENABLE | ADM_CONTROL_HWDESC);
	bench_submit_chain(b, 0);
	for (i = 0; i < 1000; i++) {
		schedule_timeout_uninterruptible(1);
		axi_dmac_model_stats(b->model, &stats);
		if (stats.eot > 3000)
			break;
	}
	wr(b, ADM_REG_CONTROL, 0);
	for (i = 0; i < 1000 && !axi_dmac_model_is_quiet(b->model); i++)
		schedule_timeout_uninterruptible(1);
	wr(b, ADM_REG_IRQ_PENDING, ADM_IRQ_EOT);
}

/* A ring of three goes round more than once before its interrupt is served, or not at all */
static void random_test_late_interrupts(struct kunit *test)
{
	struct random_irq irq = { .fewest = U64_MAX };
	struct axi_dmac_model_device *mdev;
	struct axi_dmac_model_config cfg;
	struct bench *b = bench_sg(test, true);
	struct bench ring = *b;

	bench_config(&cfg, true);
	cfg.sg = true;
	cfg.free_running = true;
	cfg.mover = ADM_MOVER_NONE;
	axi_dmac_model_randomize(&cfg, 99);
	mdev = axi_dmac_model_device_create(&cfg, false);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, mdev);
	axi_dmac_model_device_unbind(mdev);
	axi_dmac_model_quiesce(mdev->model);
	irq.model = mdev->model;
	irq.regs = ioremap(axi_dmac_model_base(mdev->model), ADM_WINDOW_SIZE);
	KUNIT_ASSERT_TRUE(test, irq.regs);
	KUNIT_ASSERT_EQ(test, 0, request_irq(mdev->irq, random_handler, 0, "axi-dmac-kunit",
					     &irq));
	ring.model = mdev->model;
	ring.regs = irq.regs;
	bench_chain(&ring, 0, 3, 256, 0);
	random_run_ring(&ring);
	free_irq(mdev->irq, &irq);
	iounmap(irq.regs);
	axi_dmac_model_device_destroy(mdev);
	KUNIT_EXPECT_GT(test, irq.eots, 3000);
	KUNIT_EXPECT_EQ(test, irq.fewest, 1);
	KUNIT_EXPECT_GT(test, irq.most, 6);
}

static struct kunit_case random_test_cases[] = {
	KUNIT_CASE(random_test_all),
	KUNIT_CASE(random_test_repeats),
	KUNIT_CASE(random_test_off),
	KUNIT_CASE(random_test_erratum),
	KUNIT_CASE(random_test_shutdown),
	KUNIT_CASE(random_test_late_interrupts),
	{}
};

static struct kunit_suite random_test_suite = {
	.name = "axi_dmac_model_random",
	.test_cases = random_test_cases,
};

kunit_test_suite(random_test_suite);

MODULE_AUTHOR("the dma_vec project");
MODULE_DESCRIPTION("Tests of the simulated AXI-DMAC: chance");
MODULE_LICENSE("GPL");
