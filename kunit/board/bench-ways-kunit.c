// SPDX-License-Identifier: GPL-2.0
/*
 * The cost of keeping the core from its faults: each block that would meet a fault is
 * measured beside one that would not. This runs on any driver, also on one that does not
 * know the faults: no data moves here, so that nothing goes wrong.
 *
 * Register accesses and interrupts are counted when a core completes all that it was
 * given before the CPU looks. Results are lines that begin with BENCH, for a program to
 * read.
 */

#include <kunit/test.h>
#include <linux/device/driver.h>
#include <linux/dmaengine.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/platform_device.h>
#include <linux/sched.h>
#include <linux/sizes.h>

#include "axi-dmac-model.h"

#define WAYS_BASE	0x10000000
/* Where copies come from */
#define WAYS_SOURCE	0x18000000
#define WAYS_BATCHES	5
#define WAYS_BLOCKS	40
#define WAYS_PIECES	17

/**
 * struct ways_case - blocks of one kind, on one kind of core
 * @name: words of the result, without spaces
 * @src: source
 * @dest: destination
 * @pages: pages of 4 KiB, no two of them adjoining; 0: 64 KiB in one piece
 * @tail: bytes behind them
 * @skew: of a copy, from the source's place in a burst to the destination's
 * @fifo_size: what the device tree says
 */
struct ways_case {
	const char *name;
	enum axi_dmac_model_bus src;
	enum axi_dmac_model_bus dest;
	unsigned int pages;
	unsigned int tail;
	unsigned int skew;
	unsigned int fifo_size;
};

static const struct ways_case ways_cases[] = {
	{ "out,16-pages", ADM_BUS_MM, ADM_BUS_STREAM, 16 },
	{ "out,2-pages-and-8-bytes", ADM_BUS_MM, ADM_BUS_STREAM, 2, 8 },
	{ "in,64-KiB-in-one-piece", ADM_BUS_STREAM, ADM_BUS_MM },
	{ "in-from-FIFO,16-pages", ADM_BUS_FIFO, ADM_BUS_MM, 16 },
	{ "in,16-pages,room-for-8-bursts", ADM_BUS_STREAM, ADM_BUS_MM, 16, .fifo_size = 8 },
	{ "in,16-pages,room-not-known", ADM_BUS_STREAM, ADM_BUS_MM, 16 },
	{ "in-from-FIFO,2-pages-and-128-bytes", ADM_BUS_FIFO, ADM_BUS_MM, 2, 128 },
	{ "in-from-FIFO,2-pages-and-8-bytes", ADM_BUS_FIFO, ADM_BUS_MM, 2, 8 },
	{ "in,2-pages-and-8-bytes,room-for-8-bursts", ADM_BUS_STREAM, ADM_BUS_MM, 2, 8,
	  .fifo_size = 8 },
	{ "copy,64-KiB", ADM_BUS_MM, ADM_BUS_MM },
	{ "copy,64-KiB,sides-8-bytes-apart", ADM_BUS_MM, ADM_BUS_MM, .skew = 8 },
};

static void ways_describe(const struct ways_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(ways, ways_cases, ways_describe);

struct ways {
	struct kunit *test;
	const struct ways_case *c;
	bool sg;
	struct axi_dmac_model_device *mdev;
	struct axi_dmac_model *model;
	struct dma_chan *chan;
	bool done;
};

/* Requests are accepted at once, as long as there is room */
static void ways_accept(struct axi_dmac_model *model, enum axi_dmac_model_point point,
			unsigned int reg, void *priv)
{
	if (point == ADM_AFTER_WRITE && reg == ADM_REG_SUBMIT)
		axi_dmac_model_accept(model);
}

static bool ways_is_copy(const struct ways_case *c)
{
	return c->src == ADM_BUS_MM && c->dest == ADM_BUS_MM;
}

static void ways_done(void *param)
{
	((struct ways *)param)->done = true;
}

static struct dma_async_tx_descriptor *ways_prep_vecs(struct ways *w)
{
	const struct ways_case *c = w->c;
	struct dma_vec vecs[WAYS_PIECES];
	unsigned int i, n = c->pages;

	for (i = 0; i < n; i++)
		vecs[i] = (struct dma_vec){ WAYS_BASE + i * SZ_8K, SZ_4K };
	if (c->tail)
		vecs[n++] = (struct dma_vec){ WAYS_BASE + i * SZ_8K, c->tail };
	if (!n)
		vecs[n++] = (struct dma_vec){ WAYS_BASE, SZ_64K };

	return dmaengine_prep_peripheral_dma_vec(w->chan, vecs, n, c->src == ADM_BUS_MM ?
						 DMA_MEM_TO_DEV : DMA_DEV_TO_MEM,
						 DMA_PREP_INTERRUPT);
}

static struct dma_async_tx_descriptor *ways_prep(struct ways *w)
{
	if (!ways_is_copy(w->c))
		return ways_prep_vecs(w);

	/* NULL where a driver cannot copy */
	return dmaengine_prep_dma_memcpy(w->chan, WAYS_BASE, WAYS_SOURCE + w->c->skew, SZ_64K,
					 DMA_PREP_INTERRUPT);
}

static bool ways_block(struct ways *w)
{
	struct dma_async_tx_descriptor *tx = ways_prep(w);
	unsigned int patience;

	if (!tx)
		return false;
	tx->callback = ways_done;
	tx->callback_param = w;
	w->done = false;
	dmaengine_submit(tx);
	dma_async_issue_pending(w->chan);
	for (patience = 0; !w->done && patience < 2000; patience++) {
		axi_dmac_model_run(w->model);
		axi_dmac_model_deliver(w->model, 16);
	}

	return w->done;
}

static void ways_print(struct ways *w, const char *what, u64 val)
{
	kunit_info(w->test, "BENCH ways %s %s %s %llu\n", w->sg ? "sg" : "reg", w->c->name, what,
		   val);
}

static void ways_count(struct ways *w)
{
	struct axi_dmac_model_stats stats;

	axi_dmac_model_reset_stats(w->model);
	ways_block(w);
	axi_dmac_model_stats(w->model, &stats);
	ways_print(w, "submits", axi_dmac_model_writes(w->model, ADM_REG_SUBMIT));
	ways_print(w, "reads", stats.reads);
	ways_print(w, "writes", stats.writes);
	ways_print(w, "irqs", stats.irqs);
}

/* The quickest batch; see bench_time() for the suite's thread */
static void ways_time(struct ways *w)
{
	u64 best = U64_MAX;
	unsigned int i, n;
	ktime_t start;

	current->kunit_test = NULL;
	for (i = 0; i < WAYS_BATCHES; i++) {
		start = ktime_get();
		for (n = 0; n < WAYS_BLOCKS; n++)
			ways_block(w);
		best = min_t(u64, best, ktime_to_ns(ktime_sub(ktime_get(), start)));
	}
	current->kunit_test = w->test;
	ways_print(w, "ns", div_u64(best, WAYS_BLOCKS));
}

static void ways_release(void *data)
{
	struct ways *w = data;

	if (w->chan) {
		dmaengine_terminate_async(w->chan);
		axi_dmac_model_quiesce(w->model);
		dma_release_channel(w->chan);
	}
	if (w->mdev)
		axi_dmac_model_device_destroy(w->mdev);
}

static void ways_bind(struct ways *w)
{
	struct axi_dmac_model_config cfg;

	axi_dmac_model_defaults(&cfg);
	cfg.sg = w->sg;
	cfg.src_type = w->c->src;
	cfg.dest_type = w->c->dest;
	cfg.fifo_size = w->c->fifo_size;
	cfg.mover = ADM_MOVER_INSTANT;
	w->mdev = axi_dmac_model_device_create(&cfg, false);
	if (IS_ERR(w->mdev))
		w->mdev = NULL;
	KUNIT_ASSERT_NOT_NULL(w->test, w->mdev);
	w->model = w->mdev->model;
	axi_dmac_model_set_hook(w->model, ways_accept, NULL);
	if (!device_is_bound(&w->mdev->pdev->dev))
		return;
	w->chan = dma_request_chan(w->mdev->consumer, "dma");
	if (IS_ERR(w->chan))
		w->chan = NULL;
}

static void ways_measure(struct kunit *test, bool sg)
{
	struct ways *w = kunit_kzalloc(test, sizeof(*w), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, w);
	w->test = test;
	w->c = test->param_value;
	w->sg = sg;
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, ways_release, w), 0);
	ways_bind(w);
	/* The first one, which also begins the core's life, is not counted */
	if (!w->chan || !ways_block(w)) {
		kunit_info(test, "BENCH ways %s %s failed refused\n", sg ? "sg" : "reg",
			   w->c->name);
		kunit_skip(test, "this driver does not do it");
	}
	ways_count(w);
	ways_time(w);
}

static void ways_registers(struct kunit *test)
{
	ways_measure(test, false);
}

static void ways_sg(struct kunit *test)
{
	ways_measure(test, true);
}

static struct kunit_case ways_cases_of_suite[] = {
	KUNIT_CASE_PARAM(ways_registers, ways_gen_params),
	KUNIT_CASE_PARAM(ways_sg, ways_gen_params),
	{}
};

static struct kunit_suite ways_suite = {
	.name = "axi_dmac_bench_ways",
	.test_cases = ways_cases_of_suite,
};

kunit_test_suite(ways_suite);
