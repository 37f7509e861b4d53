// SPDX-License-Identifier: GPL-2.0
/*
 * What a transfer costs the driver of the core, from preparing it to its
 * callback, against the number of its segments. Any driver: one that cannot
 * submit a descriptor again prepares each time.
 *
 * The core takes the same time for a chain of any length, and no data moves.
 * What it takes for that is measured as well, without a driver. Results are
 * lines that begin with BENCH, for a program to read.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <kunit/test.h>
#include <linux/device/driver.h>
#include <linux/dmaengine.h>
#include <linux/io.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/moduleparam.h>
#include <linux/platform_device.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "alloc-count.h"
#include "axi-dmac-model.h"

#define BENCH_SEGMENT	SZ_4K
/* Neighbours must not be joined */
#define BENCH_STRIDE	SZ_8K
#define BENCH_BASE	0x10000000
#define BENCH_TIME_NS	(20 * NSEC_PER_MSEC)
#define BENCH_BATCHES	5

static bool bench_long;
module_param_named(long, bench_long, bool, 0);
MODULE_PARM_DESC(long, "take the time to measure, instead of only looking whether all works");

struct bench_case {
	bool sg;
	unsigned int segments;
};

static const struct bench_case bench_cases[] = {
	{ false, 1 }, { false, 4 }, { false, 16 }, { false, 64 }, { false, 256 },
	{ false, 1024 }, { false, 4096 }, { false, 16384 },
	{ true, 1 }, { true, 4 }, { true, 16 }, { true, 64 }, { true, 256 },
	{ true, 1024 }, { true, 4096 }, { true, 16384 },
};

static void bench_describe(const struct bench_case *c, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%s, %u segments",
		 c->sg ? "scatter-gather" : "registers", c->segments);
}

KUNIT_ARRAY_PARAM(bench, bench_cases, bench_describe);

struct bench {
	struct kunit *test;
	const struct bench_case *c;
	struct axi_dmac_model_device *mdev;
	struct axi_dmac_model *model;
	struct dma_chan *chan;
	struct dma_vec *vecs;
	bool reuse;
	bool done;
	void __iomem *regs;
	/* Reusable descriptors, for all segments and for one less */
	struct dma_async_tx_descriptor *tx[2];
	unsigned int turn;
};

/* Requests are accepted at once, as long as there is room */
static void bench_accept(struct axi_dmac_model *model, enum axi_dmac_model_point point,
			 unsigned int reg, void *priv)
{
	if (point == ADM_AFTER_WRITE && reg == ADM_REG_SUBMIT)
		axi_dmac_model_accept(model);
}

static void bench_config(const struct bench_case *c, struct axi_dmac_model_config *cfg)
{
	axi_dmac_model_defaults(cfg);
	cfg->sg = c->sg;
	cfg->src_type = ADM_BUS_MM;
	cfg->dest_type = ADM_BUS_STREAM;
	cfg->mover = ADM_MOVER_INSTANT;
}

static void bench_done(void *param)
{
	((struct bench *)param)->done = true;
}

static struct dma_async_tx_descriptor *bench_prep(struct bench *b, unsigned int segments)
{
	struct dma_async_tx_descriptor *tx;

	tx = dmaengine_prep_peripheral_dma_vec(b->chan, b->vecs, segments, DMA_MEM_TO_DEV,
					       DMA_PREP_INTERRUPT);
	if (tx) {
		tx->callback = bench_done;
		tx->callback_param = b;
	}
	return tx;
}

static bool bench_run(struct bench *b, struct dma_async_tx_descriptor *tx)
{
	unsigned int patience;

	if (!tx)
		return false;
	b->done = false;
	dmaengine_submit(tx);
	dma_async_issue_pending(b->chan);
	for (patience = 0; !b->done && patience < 4 * b->c->segments + 8; patience++) {
		axi_dmac_model_run(b->model);
		axi_dmac_model_deliver(b->model, 16);
	}
	return b->done;
}

/* Prepared anew, and freed by its completion */
static bool bench_first(struct bench *b)
{
	return bench_run(b, bench_prep(b, b->c->segments));
}

static bool bench_again(struct bench *b, unsigned int i)
{
	unsigned int segments = b->c->segments - (i && b->c->segments > 1);

	if (!b->reuse)
		return bench_run(b, bench_prep(b, segments));
	if (!b->tx[i]) {
		b->tx[i] = bench_prep(b, segments);
		if (!b->tx[i] || dmaengine_desc_set_reuse(b->tx[i]))
			return false;
	}
	return bench_run(b, b->tx[i]);
}

static bool bench_steady(struct bench *b)
{
	return bench_again(b, 0);
}

static bool bench_alternating(struct bench *b)
{
	b->turn ^= 1;
	return bench_again(b, b->turn);
}

/* Up to where the first pass could begin; what stops it again is not counted */
static bool bench_start_cyclic(struct bench *b)
{
	struct dma_async_tx_descriptor *tx;

	tx = dmaengine_prep_dma_cyclic(b->chan, BENCH_BASE,
				       (size_t)b->c->segments * BENCH_SEGMENT, BENCH_SEGMENT,
				       DMA_MEM_TO_DEV, DMA_PREP_INTERRUPT);
	if (!tx)
		return false;
	tx->callback = bench_done;
	tx->callback_param = b;
	dmaengine_submit(tx);
	dma_async_issue_pending(b->chan);
	return true;
}

static void bench_stop(struct bench *b)
{
	dmaengine_terminate_async(b->chan);
	axi_dmac_model_quiesce(b->model);
	dmaengine_synchronize(b->chan);
}

static void bench_write(struct bench *b, unsigned int reg, u32 val)
{
	writel(val, b->regs + reg);
}

/* What the core itself takes: the accesses that cannot be avoided, and its work */
static bool bench_core(struct bench *b)
{
	unsigned int i, n = b->c->sg ? 1 : b->c->segments;

	for (i = 0; i < n; i++) {
		bench_write(b, b->c->sg ? ADM_REG_SG_ADDRESS : ADM_REG_SRC_ADDRESS,
			    BENCH_BASE + i * BENCH_STRIDE);
		bench_write(b, ADM_REG_SUBMIT, 1);
		axi_dmac_model_run(b->model);
		bench_write(b, ADM_REG_IRQ_PENDING, ADM_IRQ_SOT | ADM_IRQ_EOT);
	}
	return true;
}

/*
 * Nanoseconds of the quickest batch, per call. Functions that suites can replace look
 * for it in a suite's thread only, where it would count; the base has none.
 */
static u64 bench_time(struct bench *b, bool (*fn)(struct bench *b), void (*undo)(struct bench *b))
{
	u64 best = U64_MAX, spent;
	unsigned int batch, n;
	ktime_t start;

	current->kunit_test = NULL;
	for (batch = 0; batch < (bench_long ? BENCH_BATCHES : 1); batch++) {
		spent = 0;
		for (n = 0; n < 3 || (bench_long && spent < BENCH_TIME_NS); n++) {
			start = ktime_get();
			if (!fn(b)) {
				current->kunit_test = b->test;
				KUNIT_FAIL(b->test, "a transfer did not end\n");
				return 0;
			}
			spent += ktime_to_ns(ktime_sub(ktime_get(), start));
			if (undo)
				undo(b);
		}
		best = min(best, div_u64(spent, n));
	}
	current->kunit_test = b->test;
	return best;
}

static void bench_print(struct bench *b, const char *op, u64 ns)
{
	kunit_info(b->test, "BENCH dmaengine %s %u %s ns %llu\n", b->c->sg ? "sg" : "reg",
		   b->c->segments, op, ns);
}

static void bench_print_count(struct bench *b, const char *op, const char *what, u64 count)
{
	kunit_info(b->test, "BENCH dmaengine %s %u %s %s %llu\n", b->c->sg ? "sg" : "reg",
		   b->c->segments, op, what, count);
}

static void bench_count(struct bench *b, const char *op, bool (*fn)(struct bench *b))
{
	struct axi_dmac_model_stats stats;
	struct alloc_count allocs;

	fn(b);
	axi_dmac_model_reset_stats(b->model);
	fn(b);
	axi_dmac_model_stats(b->model, &stats);
	bench_print_count(b, op, "reads", stats.reads);
	bench_print_count(b, op, "writes", stats.writes);
	bench_print_count(b, op, "irqs", stats.irqs);

	KUNIT_ASSERT_EQ(b->test, alloc_count_start(), 0);
	fn(b);
	alloc_count_stop(&allocs);
	bench_print_count(b, op, "allocs", allocs.pieces);
	bench_print_count(b, op, "bytes", allocs.bytes);
}

static void bench_fill(struct bench *b)
{
	unsigned int i;

	b->vecs = kvcalloc(b->c->segments, sizeof(*b->vecs), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(b->test, b->vecs);
	for (i = 0; i < b->c->segments; i++)
		b->vecs[i] = (struct dma_vec){ BENCH_BASE + i * BENCH_STRIDE, BENCH_SEGMENT };
}

static void bench_release(void *data)
{
	struct bench *b = data;
	unsigned int i;

	if (b->chan) {
		bench_stop(b);
		for (i = 0; i < 2; i++)
			if (b->tx[i])
				dmaengine_desc_free(b->tx[i]);
		dma_release_channel(b->chan);
	}
	if (b->mdev)
		axi_dmac_model_device_destroy(b->mdev);
	kvfree(b->vecs);
}

static void bench_bind(struct bench *b)
{
	struct axi_dmac_model_config cfg;
	struct dma_slave_caps caps;

	bench_config(b->c, &cfg);
	b->mdev = axi_dmac_model_device_create(&cfg, false);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(b->test, b->mdev);
	b->model = b->mdev->model;
	axi_dmac_model_set_hook(b->model, bench_accept, NULL);
	KUNIT_ASSERT_TRUE(b->test, device_is_bound(&b->mdev->pdev->dev));
	b->chan = dma_request_chan(b->mdev->consumer, "dma");
	if (IS_ERR(b->chan))
		b->chan = NULL;
	KUNIT_ASSERT_NOT_NULL(b->test, b->chan);
	KUNIT_ASSERT_EQ(b->test, dma_get_slave_caps(b->chan, &caps), 0);
	b->reuse = caps.descriptor_reuse;
}

static struct bench *bench_create(struct kunit *test)
{
	struct bench *b = kunit_kzalloc(test, sizeof(*b), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, b);
	b->test = test;
	b->c = test->param_value;
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, bench_release, b), 0);
	return b;
}

static void bench_driver(struct kunit *test)
{
	struct bench *b = bench_create(test);

	bench_fill(b);
	bench_bind(b);
	bench_print(b, "first", bench_time(b, bench_first, NULL));
	bench_print(b, "steady", bench_time(b, bench_steady, NULL));
	bench_print(b, "alternating", bench_time(b, bench_alternating, NULL));
	bench_print(b, "cyclic", bench_time(b, bench_start_cyclic, bench_stop));
	bench_count(b, "first", bench_first);
	bench_count(b, "steady", bench_steady);
}

static void bench_model(struct kunit *test)
{
	struct bench *b = bench_create(test);
	struct axi_dmac_model_config cfg;

	bench_config(b->c, &cfg);
	b->model = axi_dmac_model_create(&cfg);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, b->model);
	b->regs = ioremap(axi_dmac_model_base(b->model), ADM_WINDOW_SIZE);
	KUNIT_ASSERT_TRUE(test, b->regs);
	bench_write(b, ADM_REG_CONTROL,
		    ADM_CONTROL_ENABLE | (b->c->sg ? ADM_CONTROL_HWDESC : 0));
	bench_write(b, ADM_REG_FLAGS, ADM_FLAG_LAST);
	bench_write(b, ADM_REG_X_LENGTH, BENCH_SEGMENT - 1);
	bench_print(b, "core", bench_time(b, bench_core, NULL));
	iounmap(b->regs);
	axi_dmac_model_destroy(b->model);
}

static struct kunit_case bench_kunit_cases[] = {
	KUNIT_CASE_PARAM(bench_driver, bench_gen_params),
	KUNIT_CASE_PARAM(bench_model, bench_gen_params),
	{}
};

static struct kunit_suite bench_suite = {
	.name = "axi_dmac_bench",
	.test_cases = bench_kunit_cases,
};

kunit_test_suite(bench_suite);
