// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of the FIFO DMA, the hardware and its driver together: what a client of
 * a provider with device_prep_slave_sg() only may rely on. The far end is a
 * ramp of bytes that goes as far as a test lets it, so that a transfer can be
 * seen half done.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <kunit/test.h>
#include <linux/atomic.h>
#include <linux/completion.h>
#include <linux/device/driver.h>
#include <linux/dma-mapping.h>
#include <linux/dmaengine.h>
#include <linux/io.h>
#include <linux/platform_device.h>
#include <linux/property.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>
#include <linux/wait.h>

#include "axi-dmac-model.h"
#include "fifo-dma.h"

#define FIFO_BYTES	SZ_16K
#define FIFO_WAIT	(20 * HZ)

struct fifo_bench {
	struct kunit *test;
	bool output;
	struct platform_device *pdev;
	struct fdma_engine *engine;
	struct dma_chan *chan;
	u8 *mem;
	struct scatterlist sgl[8];

	/* The far end, under the engine's lock */
	size_t room;		/* bytes that it takes or has */
	size_t pos;		/* bytes so far */
	size_t wrong;

	struct fifo_done {
		struct fifo_bench *b;
		unsigned int order;	/* 0: not done */
		struct dmaengine_result result;
	} done[4];
	atomic_t num_done;
	wait_queue_head_t wait;
};

/* No two bytes in a row, or at the same offset of two entries, are the same */
static u8 fifo_byte(size_t pos)
{
	return pos + pos / 256 + pos / 4096;
}

static ssize_t fifo_produce(void *priv, void *dst, size_t len, bool *last)
{
	struct fifo_bench *b = priv;
	size_t i;

	len = min(len, b->room);
	for (i = 0; i < len; i++)
		((u8 *)dst)[i] = fifo_byte(b->pos++);
	b->room -= len;
	return len;
}

static ssize_t fifo_consume(void *priv, const void *src, size_t len, bool last)
{
	struct fifo_bench *b = priv;
	size_t i;

	len = min(len, b->room);
	for (i = 0; i < len; i++)
		b->wrong += ((const u8 *)src)[i] != fifo_byte(b->pos++);
	b->room -= len;
	return len;
}

static const struct axi_dmac_model_stream fifo_stream = {
	.produce = fifo_produce,
	.consume = fifo_consume,
};

static void fifo_unregister(void *pdev)
{
	platform_device_unregister(pdev);
}

static void fifo_release(void *chan)
{
	dmaengine_terminate_sync(chan);
	dma_release_channel(chan);
}

static void fifo_disconnect(void *port)
{
	adm_port_connect(port, NULL, NULL);
}

static void fifo_add_device(struct fifo_bench *b)
{
	const struct property_entry output[] = { PROPERTY_ENTRY_BOOL("board,output"), {} };
	const struct property_entry input[] = { {} };
	struct platform_device_info info = {
		.name = FDMA_DRIVER,
		.id = PLATFORM_DEVID_AUTO,
		.properties = b->output ? output : input,
		.dma_mask = DMA_BIT_MASK(64),
	};

	b->pdev = platform_device_register_full(&info);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(b->test, b->pdev);
	KUNIT_ASSERT_EQ(b->test, 0, kunit_add_action_or_reset(b->test, fifo_unregister, b->pdev));
	KUNIT_ASSERT_TRUE(b->test, device_is_bound(&b->pdev->dev));
}

static void fifo_fill(struct fifo_bench *b)
{
	size_t i;

	for (i = 0; b->output && i < FIFO_BYTES; i++)
		b->mem[i] = fifo_byte(i);
}

static struct fifo_bench *fifo_create(struct kunit *test, bool output)
{
	struct fifo_bench *b = kunit_kzalloc(test, sizeof(*b), GFP_KERNEL);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, b);
	b->test = test;
	b->output = output;
	init_waitqueue_head(&b->wait);
	for (i = 0; i < ARRAY_SIZE(b->done); i++)
		b->done[i].b = b;
	b->mem = kunit_kzalloc(test, FIFO_BYTES, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, b->mem);
	fifo_fill(b);
	fifo_add_device(b);
	b->engine = fdma_engine_of(b->pdev);
	b->chan = fdma_request(b->pdev);
	KUNIT_ASSERT_NOT_NULL(test, b->chan);
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, fifo_release, b->chan));
	adm_port_connect(&b->engine->port, &fifo_stream, b);
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, fifo_disconnect,
							   &b->engine->port));
	return b;
}

/* Lets the far end go on for so many bytes */
static void fifo_go(struct fifo_bench *b, size_t bytes)
{
	unsigned long flags;

	spin_lock_irqsave(&b->engine->lock, flags);
	b->room += bytes;
	spin_unlock_irqrestore(&b->engine->lock, flags);
	adm_port_kick(&b->engine->port);
	fdma_engine_synchronize(b->engine);
}

/* A list of entries that have no pages; one more than is asked for has poison */
static struct scatterlist *fifo_list(struct fifo_bench *b, size_t at, size_t len,
				     unsigned int num)
{
	unsigned int i;

	KUNIT_ASSERT_LT(b->test, num, ARRAY_SIZE(b->sgl));
	memset(b->sgl, 0, sizeof(b->sgl));
	for (i = 0; i < num; i++) {
		sg_dma_address(&b->sgl[i]) = virt_to_phys(b->mem + at + i * len);
		sg_dma_len(&b->sgl[i]) = len;
	}
	sg_dma_address(&b->sgl[num]) = virt_to_phys(b->mem);
	sg_dma_len(&b->sgl[num]) = len;
	sg_mark_end(&b->sgl[num]);
	return b->sgl;
}

static struct dma_async_tx_descriptor *fifo_prep(struct fifo_bench *b, struct scatterlist *sgl,
						 unsigned int num)
{
	return dmaengine_prep_slave_sg(b->chan, sgl, num,
				       b->output ? DMA_MEM_TO_DEV : DMA_DEV_TO_MEM,
				       DMA_PREP_INTERRUPT);
}

static void fifo_callback(void *priv, const struct dmaengine_result *result)
{
	struct fifo_done *done = priv;

	done->result = *result;
	done->order = atomic_inc_return(&done->b->num_done);
	wake_up(&done->b->wait);
}

static dma_cookie_t fifo_submit(struct fifo_bench *b, unsigned int index, size_t at, size_t len,
				unsigned int num)
{
	struct dma_async_tx_descriptor *tx = fifo_prep(b, fifo_list(b, at, len, num), num);
	dma_cookie_t cookie;

	KUNIT_ASSERT_NOT_NULL(b->test, tx);
	/* The list is ours again: whoever looks at it from now on is wrong */
	memset(b->sgl, 0xff, sizeof(b->sgl));
	tx->callback_result = fifo_callback;
	tx->callback_param = &b->done[index];
	cookie = dmaengine_submit(tx);
	KUNIT_ASSERT_GE(b->test, cookie, DMA_MIN_COOKIE);
	return cookie;
}

static void fifo_wait(struct fifo_bench *b, unsigned int num)
{
	KUNIT_EXPECT_GT(b->test, wait_event_timeout(b->wait, atomic_read(&b->num_done) >= num,
						    FIFO_WAIT), 0);
	KUNIT_EXPECT_EQ(b->test, atomic_read(&b->num_done), num);
}

static void fifo_expect_result(struct fifo_bench *b, unsigned int index, unsigned int order,
			       enum dmaengine_tx_result result, u32 residue)
{
	KUNIT_EXPECT_EQ(b->test, b->done[index].order, order);
	KUNIT_EXPECT_EQ(b->test, b->done[index].result.result, result);
	KUNIT_EXPECT_EQ(b->test, b->done[index].result.residue, residue);
}

/* The first bytes of memory are the stream's, and those behind are untouched */
static void fifo_expect_moved(struct fifo_bench *b, size_t bytes)
{
	size_t wrong = b->wrong, i;

	for (i = 0; !b->output && i < FIFO_BYTES; i++)
		wrong += b->mem[i] != (i < bytes ? fifo_byte(i) : 0);
	KUNIT_EXPECT_EQ(b->test, b->pos, bytes);
	KUNIT_EXPECT_EQ(b->test, wrong, 0);
}

static void fifo_expect_status(struct fifo_bench *b, dma_cookie_t cookie, enum dma_status status,
			       u32 residue)
{
	struct dma_tx_state state;

	KUNIT_EXPECT_EQ(b->test, dmaengine_tx_status(b->chan, cookie, &state), status);
	KUNIT_EXPECT_EQ(b->test, state.residue, residue);
}

struct fifo_dir {
	const char *name;
	bool output;
};

static const struct fifo_dir fifo_dirs[] = { { "in", false }, { "out", true } };

KUNIT_ARRAY_PARAM_DESC(fifo_dir, fifo_dirs, name);

static struct fifo_bench *fifo_param(struct kunit *test)
{
	const struct fifo_dir *dir = test->param_value;

	return fifo_create(test, dir->output);
}

static void fifo_test_caps(struct kunit *test)
{
	struct fifo_bench *b = fifo_param(test);
	struct dma_slave_caps caps;

	KUNIT_ASSERT_EQ(test, dma_get_slave_caps(b->chan, &caps), 0);
	KUNIT_EXPECT_EQ(test, caps.directions,
			BIT(b->output ? DMA_MEM_TO_DEV : DMA_DEV_TO_MEM));
	KUNIT_EXPECT_EQ(test, caps.src_addr_widths, BIT(FDMA_WIDTH));
	KUNIT_EXPECT_EQ(test, caps.dst_addr_widths, BIT(FDMA_WIDTH));
	KUNIT_EXPECT_EQ(test, caps.residue_granularity, DMA_RESIDUE_GRANULARITY_BURST);
	KUNIT_EXPECT_FALSE(test, caps.descriptor_reuse);
	KUNIT_EXPECT_TRUE(test, caps.cmd_terminate);
	KUNIT_EXPECT_EQ(test, dma_get_max_seg_size(&b->pdev->dev), FDMA_MAX_LEN);
	/* What makes it worth having */
	KUNIT_EXPECT_NULL(test, b->chan->device->device_prep_peripheral_dma_vec);
	KUNIT_EXPECT_FALSE(test, dma_has_cap(DMA_REPEAT, b->chan->device->cap_mask));
}

/* The list goes on behind the entries that are to be transferred */
static void fifo_test_moves(struct kunit *test)
{
	struct fifo_bench *b = fifo_param(test);
	dma_cookie_t cookie;

	cookie = fifo_submit(b, 0, 0, 1024, 3);
	fifo_go(b, SZ_1M);
	fifo_expect_moved(b, 0);
	dma_async_issue_pending(b->chan);
	fifo_wait(b, 1);
	fifo_expect_result(b, 0, 1, DMA_TRANS_NOERROR, 0);
	fifo_expect_moved(b, 3072);
	fifo_expect_status(b, cookie, DMA_COMPLETE, 0);
}

static void fifo_test_in_order(struct kunit *test)
{
	struct fifo_bench *b = fifo_param(test);
	unsigned int i;

	fifo_go(b, SZ_1M);
	for (i = 0; i < 3; i++)
		fifo_submit(b, i, 4096 * i, 2048, 2);
	dma_async_issue_pending(b->chan);
	fifo_wait(b, 3);
	for (i = 0; i < 3; i++)
		fifo_expect_result(b, i, i + 1, DMA_TRANS_NOERROR, 0);
	fifo_expect_moved(b, 3 * 4096);
}

static void fifo_test_residue(struct kunit *test)
{
	struct fifo_bench *b = fifo_param(test);
	dma_cookie_t first, second;

	first = fifo_submit(b, 0, 0, 1024, 3);
	second = fifo_submit(b, 1, 3072, 1024, 1);
	dma_async_issue_pending(b->chan);
	fifo_expect_status(b, first, DMA_IN_PROGRESS, 3072);
	fifo_go(b, 100);
	fifo_expect_status(b, first, DMA_IN_PROGRESS, 2972);
	fifo_go(b, 1000);
	fifo_expect_status(b, first, DMA_IN_PROGRESS, 1972);
	fifo_expect_status(b, second, DMA_IN_PROGRESS, 1024);
	fifo_expect_moved(b, 1100);
	fifo_go(b, 2000);
	fifo_wait(b, 1);
	fifo_expect_status(b, first, DMA_COMPLETE, 0);
	fifo_expect_status(b, second, DMA_IN_PROGRESS, 996);
}

/* Nothing is moved and nobody called any more, and the channel is as new */
static void fifo_test_terminate(struct kunit *test)
{
	struct fifo_bench *b = fifo_param(test);

	fifo_submit(b, 0, 0, 1024, 3);
	fifo_submit(b, 1, 3072, 1024, 1);
	dma_async_issue_pending(b->chan);
	fifo_submit(b, 2, 4096, 1024, 1);
	fifo_go(b, 1100);
	KUNIT_EXPECT_EQ(test, dmaengine_terminate_sync(b->chan), 0);
	fifo_go(b, 3000);
	fifo_expect_moved(b, 1100);
	KUNIT_EXPECT_EQ(test, atomic_read(&b->num_done), 0);

	fifo_submit(b, 3, 1100, 1000, 3);
	dma_async_issue_pending(b->chan);
	fifo_wait(b, 1);
	fifo_expect_result(b, 3, 1, DMA_TRANS_NOERROR, 0);
	fifo_expect_moved(b, 4100);
}

static void fifo_no_interrupt(void *priv)
{
}

/* The handler comes late: what ended is gone, and something else has begun */
static void fifo_test_late_interrupt(struct kunit *test)
{
	struct fifo_bench *b = fifo_param(test);
	void (*handler)(void *priv) = b->engine->interrupt;
	dma_cookie_t cookie;

	b->engine->interrupt = fifo_no_interrupt;
	fifo_submit(b, 0, 0, 1024, 1);
	dma_async_issue_pending(b->chan);
	fifo_go(b, 1024);
	KUNIT_EXPECT_EQ(test, dmaengine_terminate_async(b->chan), 0);
	handler(b->engine->priv);
	cookie = fifo_submit(b, 1, 1024, 1024, 2);
	dma_async_issue_pending(b->chan);
	handler(b->engine->priv);
	b->engine->interrupt = handler;

	fifo_expect_status(b, cookie, DMA_IN_PROGRESS, 2048);
	fifo_go(b, 2048);
	fifo_wait(b, 1);
	fifo_expect_result(b, 1, 1, DMA_TRANS_NOERROR, 0);
	fifo_expect_moved(b, 3072);
}

/* An address without memory behind it: reported, and the next one goes on */
static void fifo_test_bus_error(struct kunit *test)
{
	struct fifo_bench *b = fifo_param(test);
	struct dma_async_tx_descriptor *tx;
	struct scatterlist *sgl;

	fifo_go(b, SZ_1M);
	sgl = fifo_list(b, 0, 1024, 3);
	sg_dma_address(&sgl[1]) = U64_MAX - SZ_1G + 1;
	tx = fifo_prep(b, sgl, 3);
	KUNIT_ASSERT_NOT_NULL(test, tx);
	tx->callback_result = fifo_callback;
	tx->callback_param = &b->done[0];
	dmaengine_submit(tx);
	fifo_submit(b, 1, 1024, 1024, 1);
	dma_async_issue_pending(b->chan);
	fifo_wait(b, 2);
	fifo_expect_result(b, 0, 1, b->output ? DMA_TRANS_READ_FAILED : DMA_TRANS_WRITE_FAILED,
			   2048);
	fifo_expect_result(b, 1, 2, DMA_TRANS_NOERROR, 0);
	fifo_expect_moved(b, 2048);
	KUNIT_EXPECT_EQ(test, b->engine->errors, 1);
}

static void fifo_test_wrong_direction(struct kunit *test)
{
	struct fifo_bench *b = fifo_param(test);
	enum dma_transfer_direction dir;

	fifo_list(b, 0, 1024, 1);
	for (dir = DMA_MEM_TO_MEM; dir < DMA_TRANS_NONE; dir++) {
		if (dir == (b->output ? DMA_MEM_TO_DEV : DMA_DEV_TO_MEM))
			continue;
		KUNIT_EXPECT_NULL(test, dmaengine_prep_slave_sg(b->chan, b->sgl, 1, dir, 0));
	}
	KUNIT_EXPECT_NULL(test, dmaengine_prep_slave_sg(b->chan, b->sgl, 1, DMA_TRANS_NONE, 0));
}

struct fifo_refusal {
	const char *name;
	unsigned int offset;
	unsigned int len;
};

static const struct fifo_refusal fifo_refusals[] = {
	{ "length of 0", 0, 0 },
	{ "odd length", 0, 1022 },
	{ "odd address", 2, 1024 },
	{ "one word too long", 0, FDMA_MAX_LEN + FDMA_WIDTH },
};

KUNIT_ARRAY_PARAM_DESC(fifo_refusal, fifo_refusals, name);

static void fifo_test_refused(struct kunit *test)
{
	const struct fifo_refusal *refusal = test->param_value;
	struct fifo_bench *b = fifo_create(test, true);
	struct scatterlist *sgl = fifo_list(b, 0, 1024, 3);

	sg_dma_address(&sgl[1]) += refusal->offset;
	sg_dma_len(&sgl[1]) = refusal->len;
	KUNIT_EXPECT_NULL(test, fifo_prep(b, sgl, 3));
}

static void fifo_test_no_list(struct kunit *test)
{
	struct fifo_bench *b = fifo_create(test, false);
	struct scatterlist *sgl = fifo_list(b, 0, 1024, 3);

	KUNIT_EXPECT_NULL(test, fifo_prep(b, sgl, 0));
	/* One more than there are */
	KUNIT_EXPECT_NULL(test, fifo_prep(b, sgl, 5));
}

static struct kunit_case fifo_test_cases[] = {
	KUNIT_CASE_PARAM(fifo_test_caps, fifo_dir_gen_params),
	KUNIT_CASE_PARAM(fifo_test_moves, fifo_dir_gen_params),
	KUNIT_CASE_PARAM(fifo_test_in_order, fifo_dir_gen_params),
	KUNIT_CASE_PARAM(fifo_test_residue, fifo_dir_gen_params),
	KUNIT_CASE_PARAM(fifo_test_terminate, fifo_dir_gen_params),
	KUNIT_CASE_PARAM(fifo_test_late_interrupt, fifo_dir_gen_params),
	KUNIT_CASE_PARAM(fifo_test_bus_error, fifo_dir_gen_params),
	KUNIT_CASE_PARAM(fifo_test_wrong_direction, fifo_dir_gen_params),
	KUNIT_CASE_PARAM(fifo_test_refused, fifo_refusal_gen_params),
	KUNIT_CASE(fifo_test_no_list),
	{}
};

static struct kunit_suite fifo_test_suite = {
	.name = "axi_dmac_board_fifo_dma",
	.test_cases = fifo_test_cases,
};

kunit_test_suite(fifo_test_suite);

MODULE_AUTHOR("the dma_vec project");
MODULE_DESCRIPTION("Tests of the simulated FIFO DMA");
MODULE_LICENSE("GPL");
