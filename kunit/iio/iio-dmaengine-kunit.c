// SPDX-License-Identifier: GPL-2.0
/*
 * IIO buffers and the DMA channel that they are made for: which lengths they take,
 * by what the controller says of itself, whose the channel is, and what it is asked for.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <kunit/device.h>
#include <kunit/test.h>
#include <kunit/visibility.h>

#include <linux/bits.h>
#include <linux/dma-transfer-fence.h>
#include <linux/dma-vec-table.h>
#include <linux/dmaengine.h>
#include <linux/sizes.h>

#include <linux/iio/buffer-dma.h>
#include <linux/iio/buffer-dmaengine.h>
#include <linux/iio/buffer_impl.h>
#include <linux/iio/iio.h>

size_t iio_dmaengine_align(const struct dma_device *dma_dev,
			   const struct dma_slave_caps *caps);

struct align_case {
	const char *name;
	u32 src;
	u32 dst;
	enum dmaengine_alignment copy;
	size_t align;
};

static const struct align_case align_cases[] = {
	{ "says nothing", 0, 0, 0, 1 },
	{ "equal widths", BIT(4), BIT(4), 0, 4 },
	{ "wider source", BIT(8), BIT(2), 0, 8 },
	{ "wider destination", BIT(2), BIT(16), 0, 16 },
	{ "any of several", BIT(1) | BIT(2) | BIT(4), BIT(2) | BIT(4), 0, 2 },
	{ "any, defined or not", BIT(0) | BIT(4) | BIT(8), BIT(0) | BIT(2) | BIT(4), 0, 4 },
	{ "none that is defined", BIT(0), BIT(0), 0, 1 },
	{ "copies do not matter", BIT(4), BIT(4), DMAENGINE_ALIGN_64_BYTES, 4 },
	{ "source too wide to say", 0, BIT(8), DMAENGINE_ALIGN_32_BYTES, 32 },
	{ "destination too wide to say", BIT(8), 0, DMAENGINE_ALIGN_128_BYTES, 128 },
	{ "copies less than a width", 0, BIT(16), DMAENGINE_ALIGN_8_BYTES, 16 },
};

KUNIT_ARRAY_PARAM_DESC(align, align_cases, name);

static void length_alignment(struct kunit *test)
{
	const struct align_case *c = test->param_value;
	struct dma_device *dma_dev;
	struct dma_slave_caps caps = {
		.src_addr_widths = c->src,
		.dst_addr_widths = c->dst,
	};

	dma_dev = kunit_kzalloc(test, sizeof(*dma_dev), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, dma_dev);
	dma_dev->copy_align = c->copy;
	KUNIT_EXPECT_EQ(test, iio_dmaengine_align(dma_dev, &caps), c->align);
}

struct handle {
	struct dma_device dma_dev;
	struct dma_chan_dev chan_dev;
	struct dma_chan chan;
	unsigned int terminated;

	/* The transfers that it prepares and gets */
	struct dma_async_tx_descriptor tx;
	unsigned int prepared;
	unsigned int submitted;
	unsigned long flags;
};

static int handle_terminate(struct dma_chan *chan)
{
	container_of(chan, struct handle, chan)->terminated++;

	return 0;
}

static dma_cookie_t handle_submit(struct dma_async_tx_descriptor *tx)
{
	container_of(tx, struct handle, tx)->submitted++;

	return DMA_MIN_COOKIE;
}

static struct dma_async_tx_descriptor *
handle_prep(struct dma_chan *chan, struct scatterlist *sgl, unsigned int nents,
	    enum dma_transfer_direction dir, unsigned long flags, void *context)
{
	struct handle *h = container_of(chan, struct handle, chan);

	h->prepared++;
	h->flags = flags;
	h->tx.chan = chan;
	h->tx.tx_submit = handle_submit;

	return &h->tx;
}

static enum dma_status handle_status(struct dma_chan *chan, dma_cookie_t cookie,
				     struct dma_tx_state *state)
{
	return DMA_IN_PROGRESS;
}

static void handle_issue(struct dma_chan *chan)
{
}

static struct handle *handle_create(struct kunit *test)
{
	struct handle *h = kunit_kzalloc(test, sizeof(*h), GFP_KERNEL);
	struct device *dev = kunit_device_register(test, "dmac");

	KUNIT_ASSERT_NOT_NULL(test, h);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, dev);
	h->dma_dev.dev = dev;
	h->dma_dev.src_addr_widths = BIT(4);
	h->dma_dev.dst_addr_widths = BIT(4);
	h->dma_dev.directions = BIT(DMA_DEV_TO_MEM);
	h->dma_dev.device_prep_slave_sg = handle_prep;
	h->dma_dev.device_tx_status = handle_status;
	h->dma_dev.device_issue_pending = handle_issue;
	h->dma_dev.device_terminate_all = handle_terminate;
	dma_cap_set(DMA_SLAVE, h->dma_dev.cap_mask);
	h->chan.device = &h->dma_dev;
	h->chan.dev = &h->chan_dev;
	h->chan.client_count = 1;

	return h;
}

static struct iio_dev *client_create(struct kunit *test)
{
	struct device *dev = kunit_device_register(test, "client");
	struct iio_dev *indio_dev;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, dev);
	indio_dev = iio_device_alloc(dev, 0);
	KUNIT_ASSERT_NOT_NULL(test, indio_dev);

	return indio_dev;
}

/* With the client, the buffer goes, and the channel stays */
static void channel_of_the_caller(struct kunit *test)
{
	struct iio_dev *indio_dev = client_create(test);
	struct device *client = indio_dev->dev.parent;
	struct handle *h = handle_create(test);
	int ret;

	ret = devm_iio_dmaengine_buffer_setup_with_handle(client, indio_dev, &h->chan,
							  IIO_BUFFER_DIRECTION_IN);
	KUNIT_EXPECT_EQ(test, ret, 0);
	KUNIT_EXPECT_PTR_NE(test, indio_dev->buffer, NULL);
	KUNIT_EXPECT_TRUE(test, indio_dev->modes & INDIO_BUFFER_HARDWARE);

	kunit_device_unregister(test, client);
	KUNIT_EXPECT_EQ(test, h->terminated, 1);
	KUNIT_EXPECT_EQ(test, h->chan.client_count, 1);
	iio_device_free(indio_dev);
}

/* What does not get a buffer keeps its channel, too */
static void channel_without_capabilities(struct kunit *test)
{
	struct iio_dev *indio_dev = client_create(test);
	struct device *client = indio_dev->dev.parent;
	struct handle *h = handle_create(test);
	int ret;

	h->dma_dev.directions = 0;
	ret = devm_iio_dmaengine_buffer_setup_with_handle(client, indio_dev, &h->chan,
							  IIO_BUFFER_DIRECTION_IN);
	KUNIT_EXPECT_EQ(test, ret, -ENXIO);
	KUNIT_EXPECT_PTR_EQ(test, indio_dev->buffer, NULL);
	KUNIT_EXPECT_EQ(test, h->chan.client_count, 1);
	iio_device_free(indio_dev);
}

/* What asking for the channel fails with is what the driver gets */
static void channel_that_is_not_there(struct kunit *test)
{
	struct iio_dev *indio_dev = client_create(test);
	struct device *client = indio_dev->dev.parent;
	struct iio_buffer *buffer;
	int ret;

	buffer = iio_dmaengine_buffer_setup_ext(client, indio_dev, "rx",
						IIO_BUFFER_DIRECTION_IN);
	KUNIT_EXPECT_TRUE(test, IS_ERR(buffer));
	ret = devm_iio_dmaengine_buffer_setup_ext(client, indio_dev, "rx",
						  IIO_BUFFER_DIRECTION_IN);
	KUNIT_EXPECT_EQ(test, ret, PTR_ERR_OR_ZERO(buffer));
	KUNIT_EXPECT_PTR_EQ(test, indio_dev->buffer, NULL);
	iio_device_free(indio_dev);
}

static int handle_once(struct iio_dma_buffer_queue *queue,
		       struct iio_dma_buffer_block *block, bool *cyclic)
{
	*cyclic = false;

	return 0;
}

/* Enqueue one cyclic transfer, and return what ENQUEUE would */
static int handle_play(struct kunit *test, struct iio_buffer *buffer, struct dma_vec_map *map,
		       struct dma_transfer_fence *fence)
{
	const struct iio_dmabuf_ops *ops = buffer->access->dmabuf_ops;
	struct iio_dma_buffer_block *block;
	int ret;

	block = ops->attach(buffer, map, false);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, block);
	KUNIT_ASSERT_EQ(test, iio_dma_buffer_enable(buffer, NULL), 0);

	ops->lock(buffer, false);
	ret = ops->prepare(buffer, block, SZ_4K, true);
	if (!ret)
		ops->enqueue(buffer, block, fence, SZ_4K, true);
	ops->unlock(buffer);
	if (!ret)
		KUNIT_EXPECT_EQ(test, dma_fence_get_status(&fence->base), 0);

	iio_dma_buffer_disable(buffer, NULL);
	ops->release(buffer, block);

	return ret;
}

/*
 * A converter's driver that has something which repeats has cyclic output on a channel
 * that cannot repeat
 */
static void channel_that_need_not_repeat(struct kunit *test)
{
	struct dma_transfer_fence *fence = dma_transfer_fence_alloc(GFP_KERNEL);
	struct iio_dev *indio_dev = client_create(test);
	struct dma_vec vec = { .addr = SZ_1M, .len = SZ_4K };
	struct device *client = indio_dev->dev.parent;
	struct dma_transfer_timeline timeline;
	struct handle *h = handle_create(test);
	struct dma_vec_map map = {};
	size_t end;
	int ret;

	KUNIT_ASSERT_NOT_NULL(test, fence);
	KUNIT_ASSERT_EQ(test, dma_vec_table_init(&map.table, &vec, &end, 1), 0);
	dma_transfer_timeline_init(&timeline);
	dma_transfer_fence_init(fence, &timeline, NULL);
	dma_fence_get(&fence->base);
	h->dma_dev.directions = BIT(DMA_MEM_TO_DEV);
	ret = devm_iio_dmaengine_buffer_setup_with_handle(client, indio_dev, &h->chan,
							  IIO_BUFFER_DIRECTION_OUT);
	KUNIT_ASSERT_EQ(test, ret, 0);

	KUNIT_ASSERT_EQ(test, handle_play(test, indio_dev->buffer, &map, fence),
			-EOPNOTSUPP);
	KUNIT_EXPECT_EQ(test, h->prepared, 0);

	KUNIT_ASSERT_EQ(test, iio_dma_buffer_set_before_submit(indio_dev->buffer, handle_once,
							       NULL), 0);
	KUNIT_EXPECT_EQ(test, handle_play(test, indio_dev->buffer, &map, fence), 0);
	KUNIT_EXPECT_EQ(test, h->prepared, 1);
	KUNIT_EXPECT_EQ(test, h->submitted, 1);
	KUNIT_EXPECT_TRUE(test, h->flags & DMA_PREP_INTERRUPT);
	KUNIT_EXPECT_FALSE(test, h->flags & DMA_PREP_REPEAT);

	kunit_device_unregister(test, client);
	dma_fence_put(&fence->base);
	iio_device_free(indio_dev);
}

static struct kunit_case iio_dmaengine_cases[] = {
	KUNIT_CASE(channel_that_is_not_there),
	KUNIT_CASE(channel_of_the_caller),
	KUNIT_CASE(channel_without_capabilities),
	KUNIT_CASE(channel_that_need_not_repeat),
	KUNIT_CASE_PARAM(length_alignment, align_gen_params),
	{}
};

static struct kunit_suite iio_dmaengine_suite = {
	.name = "iio-dmaengine",
	.test_cases = iio_dmaengine_cases,
};

kunit_test_suite(iio_dmaengine_suite);

MODULE_AUTHOR("the dma_vec project");
MODULE_DESCRIPTION("KUnit tests of IIO DMA engine buffers");
MODULE_LICENSE("GPL");
MODULE_IMPORT_NS("EXPORTED_FOR_KUNIT_TESTING");
MODULE_IMPORT_NS("IIO_DMA_BUFFER");
MODULE_IMPORT_NS("IIO_DMAENGINE_BUFFER");
