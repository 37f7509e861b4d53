// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of a free-running core: it works by itself, goes on after a stall, and
 * a reader that polls on the only CPU finds an end.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <linux/interrupt.h>
#include <linux/minmax.h>
#include <linux/sched.h>

#include "model-kunit.h"

static struct bench *run_bench(struct kunit *test, bool out)
{
	struct axi_dmac_model_config cfg;
	struct bench *b;

	bench_config(&cfg, out);
	cfg.free_running = true;
	b = bench_create(test, &cfg);
	wr(b, ADM_REG_FLAGS, ADM_FLAG_LAST | ADM_FLAG_PARTIAL);
	wr(b, ADM_REG_CONTROL, ADM_CONTROL_ENABLE);
	return b;
}

/* The core's thread gets the CPU; bounded, so that a broken model fails the test */
static void run_wait_idle(struct bench *b)
{
	unsigned int i;

	for (i = 0; i < 1000 && axi_dmac_model_outstanding(b->model); i++)
		schedule_timeout_uninterruptible(1);
}

static void run_test_by_itself(struct kunit *test)
{
	struct bench *b = run_bench(test, false);

	bench_submit(b, 0, 4096);
	EXPECT_REG(b, ADM_REG_SUBMIT, 0);
	run_wait_idle(b);
	EXPECT_REG(b, ADM_REG_TRANSFER_DONE, 0x1);
	KUNIT_EXPECT_EQ(test, b->mem[4095], 0xff);
}

static void run_test_stall_and_kick(struct kunit *test)
{
	struct bench *b = run_bench(test, true);

	b->stream.room = 64;
	bench_submit(b, 0, 4096);
	schedule_timeout_uninterruptible(2);
	KUNIT_EXPECT_EQ(test, axi_dmac_model_outstanding(b->model), 1);
	KUNIT_EXPECT_EQ(test, b->stream.bytes, 64);

	b->stream.room = U64_MAX;
	axi_dmac_model_kick(b->model);
	run_wait_idle(b);
	KUNIT_EXPECT_EQ(test, b->stream.bytes, 4096);
	EXPECT_REG(b, ADM_REG_TRANSFER_DONE, 0x1);
}

/* With preemption off nothing else runs on this CPU: reads move the core on */
static void run_test_polling(struct kunit *test)
{
	struct bench *b = run_bench(test, false);
	unsigned int polls = 0;

	preempt_disable();
	bench_submit(b, 0, SZ_32K);
	while (!(rd(b, ADM_REG_TRANSFER_DONE) & 1) && polls < 10000)
		polls++;
	preempt_enable();
	KUNIT_EXPECT_LT(test, polls, 10000);
	KUNIT_EXPECT_EQ(test, b->mem[SZ_32K - 1], 0xff);
}

static void run_test_polling_shutdown(struct kunit *test)
{
	struct bench *b = run_bench(test, false);
	unsigned int polls = 0;

	axi_dmac_model_set_quiesce(b->model, 10, 128);
	preempt_disable();
	bench_submit(b, 0, SZ_32K);
	wr(b, ADM_REG_CONTROL, 0);
	while (!axi_dmac_model_is_quiet(b->model) && polls < 10000) {
		rd(b, ADM_REG_DEBUG_STATUS);
		polls++;
	}
	preempt_enable();
	KUNIT_EXPECT_LT(test, polls, 10000);
	KUNIT_EXPECT_GE(test, polls, 10);
}

static void run_test_accept_delay(struct kunit *test)
{
	struct bench *b = run_bench(test, false);
	unsigned int polls = 0;

	axi_dmac_model_set_accept_delay(b->model, 5);
	preempt_disable();
	bench_submit(b, 0, 4096);
	while (rd(b, ADM_REG_SUBMIT) && polls < 10000)
		polls++;
	preempt_enable();
	KUNIT_EXPECT_EQ(test, polls, 4);
}

static ssize_t run_nothing(void *priv, void *dst, size_t len, bool *last)
{
	return 0;
}

struct run_irq {
	void __iomem *regs;
	unsigned int count;
	const u8 *watch;	/* looked at by the first interrupt */
	u8 seen;
};

static irqreturn_t run_handler(int irq, void *data)
{
	struct run_irq *r = data;

	if (r->watch && !r->count)
		r->seen = *r->watch;
	r->count++;
	writel(ADM_IRQ_EOT, r->regs + ADM_REG_IRQ_PENDING);
	return IRQ_HANDLED;
}

static struct bench run_connect(struct kunit *test, struct axi_dmac_model_device *mdev,
				struct run_irq *r)
{
	struct bench b = { .test = test, .model = mdev->model };

	r->regs = ioremap(axi_dmac_model_base(mdev->model), ADM_WINDOW_SIZE);
	KUNIT_ASSERT_TRUE(test, r->regs);
	KUNIT_ASSERT_EQ(test, 0, request_irq(mdev->irq, run_handler, 0, "axi-dmac-kunit", r));
	b.regs = r->regs;
	axi_dmac_model_quiesce(b.model);
	wr(&b, ADM_REG_IRQ_MASK, ADM_IRQ_SOT);
	wr(&b, ADM_REG_CONTROL, ADM_CONTROL_ENABLE);
	return b;
}

static void run_disconnect(struct bench *b, struct axi_dmac_model_device *mdev,
			   struct run_irq *r)
{
	unsigned int i;

	run_wait_idle(b);
	for (i = 0; i < 1000 && axi_dmac_model_line(b->model); i++)
		schedule_timeout_uninterruptible(1);
	free_irq(mdev->irq, r);
	iounmap(r->regs);
}

/* Four segments, submitted while the source is silent, then let go at once */
static void run_four(struct kunit *test, struct axi_dmac_model_device *mdev, struct run_irq *r)
{
	static const struct axi_dmac_model_stream silent = { .produce = run_nothing };
	struct bench b;
	unsigned int i;

	axi_dmac_model_set_stream(mdev->model, &silent, NULL);
	axi_dmac_model_set_mover(mdev->model, ADM_MOVER_NONE);
	b = run_connect(test, mdev, r);
	for (i = 0; i < 4; i++)
		bench_submit(&b, 0, 64);
	axi_dmac_model_set_stream(mdev->model, NULL, NULL);
	run_disconnect(&b, mdev, r);
}

/* At a byte per second this cannot end while the test looks */
static void run_test_rate(struct kunit *test)
{
	struct bench *b = run_bench(test, false);

	axi_dmac_model_set_rate(b->model, 1);
	bench_submit(b, 0, 4096);
	schedule_timeout_uninterruptible(2);
	KUNIT_EXPECT_EQ(test, axi_dmac_model_outstanding(b->model), 1);
	axi_dmac_model_set_rate(b->model, 0);
	run_wait_idle(b);
	EXPECT_REG(b, ADM_REG_TRANSFER_DONE, 0x1);
}

/* The interrupt is held back while a batch can still be filled, then delivered */
static void run_test_batch(struct kunit *test)
{
	struct axi_dmac_model_device *mdev;
	struct axi_dmac_model_config cfg;
	struct axi_dmac_model_stats stats;
	unsigned int batch;

	for (batch = 1; batch <= 4; batch += 3) {
		struct run_irq irq = {};

		bench_config(&cfg, false);
		cfg.free_running = true;
		cfg.eot_batch = batch;
		mdev = axi_dmac_model_device_create(&cfg, false);
		KUNIT_ASSERT_NOT_ERR_OR_NULL(test, mdev);
		axi_dmac_model_device_unbind(mdev);
		run_four(test, mdev, &irq);
		axi_dmac_model_stats(mdev->model, &stats);
		axi_dmac_model_device_destroy(mdev);
		KUNIT_EXPECT_EQ(test, stats.eot, 4);
		KUNIT_EXPECT_EQ(test, irq.count, 4 / batch);
	}
}

static ssize_t run_ones(void *priv, void *dst, size_t len, bool *last)
{
	memset(dst, 1, len);
	return len;
}

/* The erratum of the rows, as a driver sees it: interrupted, and the last row not written */
static void run_test_early_end(struct kunit *test)
{
	static const struct axi_dmac_model_stream ones = { .produce = run_ones };
	u8 *mem = kunit_kzalloc(test, SZ_1K, GFP_KERNEL);
	struct axi_dmac_model_device *mdev;
	struct axi_dmac_model_config cfg;
	struct run_irq irq = {};
	struct bench b;

	KUNIT_ASSERT_NOT_NULL(test, mem);
	bench_config(&cfg, false);
	cfg.free_running = true;
	cfg.twod = true;
	cfg.errata = ADM_ERRATUM_ROWS;
	mdev = axi_dmac_model_device_create(&cfg, false);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, mdev);
	axi_dmac_model_device_unbind(mdev);
	axi_dmac_model_set_stream(mdev->model, &ones, NULL);
	irq.watch = mem + 7 * 128;
	b = run_connect(test, mdev, &irq);
	b.addr = virt_to_phys(mem);
	wr(&b, ADM_REG_Y_LENGTH, 7);
	wr(&b, ADM_REG_DEST_STRIDE, 128);
	wr(&b, ADM_REG_DEST_ADDRESS_HIGH, b.addr >> 32);
	bench_submit(&b, 0, 64);
	run_disconnect(&b, mdev, &irq);
	axi_dmac_model_device_destroy(mdev);
	KUNIT_EXPECT_EQ(test, irq.count, 2);
	KUNIT_EXPECT_EQ(test, irq.seen, 0);
	KUNIT_EXPECT_EQ(test, *irq.watch, 1);
}

static ssize_t run_note_largest(void *priv, void *dst, size_t len, bool *last)
{
	size_t *largest = priv;

	*largest = max(*largest, len);
	return len;
}

/* What is moved at once is bounded, and the bound can be chosen */
static void run_test_chunk(struct kunit *test)
{
	static const struct axi_dmac_model_stream ops = { .produce = run_note_largest };
	struct axi_dmac_model_config cfg;
	size_t largest = 0;
	struct bench *b;

	bench_config(&cfg, false);
	cfg.chunk = 512;
	b = bench_create(test, &cfg);
	axi_dmac_model_set_stream(b->model, &ops, &largest);
	wr(b, ADM_REG_FLAGS, ADM_FLAG_LAST);
	wr(b, ADM_REG_CONTROL, ADM_CONTROL_ENABLE);
	bench_submit(b, 0, SZ_16K);
	axi_dmac_model_accept(b->model);
	KUNIT_EXPECT_EQ(test, axi_dmac_model_move(b->model, SZ_16K), (size_t)SZ_16K);
	KUNIT_EXPECT_EQ(test, largest, (size_t)512);
	axi_dmac_model_set_stream(b->model, NULL, NULL);
}

static struct kunit_case run_test_cases[] = {
	KUNIT_CASE(run_test_by_itself),
	KUNIT_CASE(run_test_stall_and_kick),
	KUNIT_CASE(run_test_polling),
	KUNIT_CASE(run_test_polling_shutdown),
	KUNIT_CASE(run_test_accept_delay),
	KUNIT_CASE(run_test_rate),
	KUNIT_CASE(run_test_chunk),
	KUNIT_CASE(run_test_batch),
	KUNIT_CASE(run_test_early_end),
	{}
};

static struct kunit_suite run_test_suite = {
	.name = "axi_dmac_model_running",
	.test_cases = run_test_cases,
};

kunit_test_suite(run_test_suite);

MODULE_AUTHOR("the dma_vec project");
MODULE_DESCRIPTION("Tests of the simulated AXI-DMAC: free running");
MODULE_LICENSE("GPL");
