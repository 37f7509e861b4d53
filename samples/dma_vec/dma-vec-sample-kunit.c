// SPDX-License-Identifier: GPL-2.0-only
/*
 * The samples are what people start from, so they have to work: the client with
 * buffers of all sizes, and the provider with what it must refuse.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <kunit/test.h>
#include <linux/dma-vec-table.h>
#include <linux/dmaengine.h>
#include <linux/err.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/scatterlist.h>
#include <linux/sizes.h>

#include "dma-vec-sample.h"

static struct device *client_device(struct kunit *test)
{
	struct device *dev = bus_find_device_by_name(&platform_bus_type, NULL,
						     DMA_VEC_CLIENT_NAME);

	KUNIT_ASSERT_NOT_NULL(test, dev);
	put_device(dev);	/* the client's module keeps it */

	return dev;
}

struct run_case {
	const char *name;
	size_t size;
	size_t bytes_used;
	int err;
};

static const struct run_case run_cases[] = {
	{ "one word", 4, 4 },
	{ "a page", SZ_4K, SZ_4K },
	{ "a part of a page", SZ_4K, 8 },
	{ "up to a page's end", 2 * SZ_4K, SZ_4K },
	{ "a word more than a page", 2 * SZ_4K, SZ_4K + 4 },
	{ "as much as the FIFO takes", SZ_64K, SZ_64K - 4 },
	{ "a word more than the FIFO takes", SZ_64K + 4, SZ_64K + 4 },
	{ "more than the FIFO takes", SZ_1M, SZ_512K + 12 },
	{ "a length that the provider does not take", SZ_4K, 6, -ENOMEM },
	{ "nothing", SZ_4K, 0, -EINVAL },
	{ "more than there is", SZ_4K, SZ_4K + 4, -EINVAL },
};

KUNIT_ARRAY_PARAM_DESC(run, run_cases, name);

static void run_test(struct kunit *test)
{
	const struct run_case *c = test->param_value;

	KUNIT_EXPECT_EQ(test, c->err,
			dma_vec_client_run(client_device(test), c->size,
					   c->bytes_used));
}

struct refuse_case {
	const char *name;
	struct dma_vec vec;
	enum dma_transfer_direction dir;
	bool taken;
};

static const struct refuse_case refuse_cases[] = {
	{ "what it takes", { 0x1000, 64 }, DMA_MEM_TO_DEV, true },
	{ "wrong direction", { 0x1000, 64 }, DMA_DEV_TO_MEM },
	{ "an address between words", { 0x1002, 64 }, DMA_MEM_TO_DEV },
	{ "a length between words", { 0x1000, 66 }, DMA_MEM_TO_DEV },
	{ "nothing", { 0x1000, 0 }, DMA_MEM_TO_DEV },
};

KUNIT_ARRAY_PARAM_DESC(refuse, refuse_cases, name);

static void chan_release(void *chan)
{
	dma_release_channel(chan);
}

/* The same by both operations, as they are one */
static void refuse_test(struct kunit *test)
{
	const struct refuse_case *c = test->param_value;
	struct dma_async_tx_descriptor *by_vec, *by_sg;
	struct scatterlist sg;
	struct dma_chan *chan;

	chan = dma_request_chan(client_device(test), "tx");
	KUNIT_ASSERT_FALSE(test, IS_ERR(chan));
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, chan_release,
							   chan));

	sg_init_table(&sg, 1);
	sg_dma_address(&sg) = c->vec.addr;
	sg_dma_len(&sg) = c->vec.len;

	by_vec = dmaengine_prep_peripheral_dma_vec(chan, &c->vec, 1, c->dir, 0);
	by_sg = dmaengine_prep_slave_sg(chan, &sg, 1, c->dir, 0);
	KUNIT_EXPECT_EQ(test, c->taken, !!by_vec);
	KUNIT_EXPECT_EQ(test, c->taken, !!by_sg);
}

static struct kunit_case sample_test_cases[] = {
	KUNIT_CASE_PARAM(run_test, run_gen_params),
	KUNIT_CASE_PARAM(refuse_test, refuse_gen_params),
	{}
};

static struct kunit_suite sample_test_suite = {
	.name = "dma_vec_sample",
	.test_cases = sample_test_cases,
};

kunit_test_suite(sample_test_suite);

MODULE_AUTHOR("the dma_vec project");
MODULE_DESCRIPTION("KUnit tests of the DMA vector samples");
MODULE_LICENSE("GPL");
