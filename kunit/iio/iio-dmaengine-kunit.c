// SPDX-License-Identifier: GPL-2.0
/*
 * Which lengths an IIO buffer takes, by what its DMA controller says of itself.
 */

#include <kunit/test.h>
#include <kunit/visibility.h>

#include <linux/bits.h>
#include <linux/dmaengine.h>

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

static struct kunit_case iio_dmaengine_cases[] = {
	KUNIT_CASE_PARAM(length_alignment, align_gen_params),
	{}
};

static struct kunit_suite iio_dmaengine_suite = {
	.name = "iio-dmaengine",
	.test_cases = iio_dmaengine_cases,
};

kunit_test_suite(iio_dmaengine_suite);

MODULE_DESCRIPTION("KUnit tests of IIO DMA engine buffers");
MODULE_LICENSE("GPL");
MODULE_IMPORT_NS(EXPORTED_FOR_KUNIT_TESTING);
