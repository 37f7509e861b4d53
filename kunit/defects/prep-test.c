// SPDX-License-Identifier: GPL-2.0-only
/*
 * Requests that are taken although they cannot be done, done in another way than
 * they were made, or refused although they could be done; and what a client is
 * told about it in advance.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <linux/dma-mapping.h>
#include <linux/iio/buffer-dmaengine.h>
#include <linux/iio/buffer_impl.h>
#include <linux/iio/iio.h>
#include <linux/iio/sysfs.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>
#include <linux/vmstat.h>

#include "fixture.h"

/* Memory beyond 32 bits */
static void address_truncated(struct kunit *test)
{
	struct dma_vec vec = { .addr = 0x123450000, .len = SZ_4K };
	struct axi_dmac_model_config cfg;
	struct defect *d;
	u64 addr;

	defect_config(&cfg, 0);
	cfg.mover = ADM_MOVER_NONE;
	d = defect_create(test, &cfg);

	defect_issue(defect_prep_vecs(d, &vec, 1, 0));
	defect_feed(d);
	axi_dmac_model_move(d->model, 8);
	addr = axi_dmac_model_peek(d->model, ADM_REG_CURRENT_DEST_ADDRESS) |
	       (u64)axi_dmac_model_peek(d->model, ADM_REG_CURRENT_DEST_HIGH) << 32;

	KUNIT_EXPECT_EQ_MSG(test, addr, vec.addr, "data for 0x%llx goes to 0x%llx",
			    (u64)vec.addr, addr);
	KUNIT_EXPECT_EQ_MSG(test, dma_get_mask(&d->mdev->pdev->dev), DMA_BIT_MASK(40),
			    "memory above 4 GiB is bounced");
}

/* Refused again and again: what that leaves behind adds up */
static void prep_error_leak(struct kunit *test)
{
	struct defect *d = defect_create_kind(test, DEFECT_SG);
	unsigned int i, nents = 512;
	unsigned long before, after;
	struct dma_vec *vecs;

	vecs = kunit_kcalloc(test, nents, sizeof(*vecs), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, vecs);
	for (i = 0; i < nents; i++)
		vecs[i] = (struct dma_vec) { .addr = i * SZ_8K, .len = SZ_4K };
	vecs[nents - 1].addr++;

	before = global_zone_page_state(NR_FREE_PAGES);
	for (i = 0; i < 1024; i++)
		KUNIT_ASSERT_NULL(test, dmaengine_prep_peripheral_dma_vec(d->chan, vecs, nents,
									  DMA_DEV_TO_MEM, 0));
	after = global_zone_page_state(NR_FREE_PAGES);

	/* Half a million descriptors of 64 bytes would be 8192 pages */
	KUNIT_EXPECT_LT_MSG(test, (long)(before - after), 4096L,
			    "%ld pages are lost with refused requests", (long)(before - after));
}

static struct dma_interleaved_template *prep_template(struct kunit *test, void *buf,
						      size_t rows, size_t size, size_t icg)
{
	struct dma_interleaved_template *xt;

	xt = kunit_kzalloc(test, struct_size(xt, sgl, 1), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, xt);
	xt->dst_start = virt_to_phys(buf);
	xt->dir = DMA_DEV_TO_MEM;
	xt->dst_inc = true;
	xt->dst_sgl = true;
	xt->numf = rows;
	xt->frame_size = 1;
	xt->sgl[0].size = size;
	xt->sgl[0].icg = icg;

	return xt;
}

/* An odd number of rows */
static void frame_count_alignment(struct kunit *test)
{
	struct dma_interleaved_template *xt;
	struct axi_dmac_model_config cfg;
	struct defect_xfer *x;
	struct defect *d;
	void *buf;

	defect_config(&cfg, 0);
	cfg.twod = true;
	d = defect_create(test, &cfg);
	buf = defect_buf(d, SZ_4K);
	xt = prep_template(test, buf, 3, 128, 128);

	x = defect_xfer(d, dmaengine_prep_interleaved_dma(d->chan, xt, 0));
	defect_issue(x);
	defect_run(d, 4);
	KUNIT_EXPECT_EQ_MSG(test, x->calls, 1, "three rows never complete");
	KUNIT_EXPECT_TRUE_MSG(test, defect_went_through(d, buf + 512, 128, 256),
			      "the third row is not where it should be");
}

/* A callback is wanted, no repetition */
static void interleaved_cyclic(struct kunit *test)
{
	struct defect *d = defect_create_kind(test, 0);
	struct dma_interleaved_template *xt;
	struct defect_xfer *x;

	xt = prep_template(test, defect_buf(d, SZ_4K), 4, SZ_1K, 0);
	x = defect_xfer(d, dmaengine_prep_interleaved_dma(d->chan, xt, DMA_PREP_INTERRUPT));
	defect_issue(x);
	defect_run(d, 4);
	KUNIT_EXPECT_TRUE_MSG(test, defect_is_complete(x), "repeats and never completes");
	KUNIT_EXPECT_EQ_MSG(test, x->calls, 1, "%u callbacks for one transfer", x->calls);
}

/* What a client takes for the smallest unit; the mask ends at 31 bytes */
static size_t prep_align(struct defect *d)
{
	struct dma_slave_caps caps;

	KUNIT_ASSERT_EQ(d->test, dma_get_slave_caps(d->chan, &caps), 0);
	if (caps.dst_addr_widths)
		return __ffs(caps.dst_addr_widths);

	return BIT(d->chan->device->copy_align);
}

/* A 256-bit bus: what the capabilities allow must be taken */
static void wide_bus_alignment(struct kunit *test)
{
	struct axi_dmac_model_config cfg;
	struct dma_vec vec = {};
	struct defect *d;
	size_t align;

	defect_config(&cfg, 0);
	cfg.src_width = 32;
	cfg.dest_width = 32;
	d = defect_create(test, &cfg);

	align = prep_align(d);
	vec.addr = virt_to_phys(defect_buf(d, SZ_4K));
	vec.len = align;
	KUNIT_EXPECT_EQ_MSG(test, align, 32, "an alignment of %zu bytes on a 256-bit bus", align);
	KUNIT_EXPECT_NOT_NULL_MSG(test, dmaengine_prep_peripheral_dma_vec(d->chan, &vec, 1,
									  DMA_DEV_TO_MEM, 0),
				  "a request of %zu bytes is refused", align);
}

/* What user space reads from length_align_bytes; sysfs gives out whole pages */
static unsigned long prep_length_align(struct kunit *test, struct iio_buffer *buffer)
{
	struct iio_dev_attr attr = *buffer->attrs[0];
	unsigned long align = 0;
	char *text;

	text = (char *)get_zeroed_page(GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, text);
	attr.buffer = buffer;
	attr.dev_attr.show(NULL, &attr.dev_attr, text);
	KUNIT_EXPECT_EQ(test, kstrtoul(text, 10, &align), 0);
	free_page((unsigned long)text);

	return align;
}

/* The same through an IIO buffer */
static void wide_bus_alignment_iio(struct kunit *test)
{
	struct axi_dmac_model_config cfg;
	struct iio_buffer *buffer;
	struct iio_dev *indio;
	unsigned long align;
	struct defect *d;

	defect_config(&cfg, 0);
	cfg.src_width = 32;
	cfg.dest_width = 32;
	d = defect_create(test, &cfg);
	dma_release_channel(d->chan);
	d->chan = NULL;

	indio = iio_device_alloc(d->mdev->consumer, 0);
	KUNIT_ASSERT_NOT_NULL(test, indio);
	buffer = iio_dmaengine_buffer_setup_ext(d->mdev->consumer, indio, "dma",
						IIO_BUFFER_DIRECTION_IN);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, buffer);
	align = prep_length_align(test, buffer);
	iio_dmaengine_buffer_teardown(buffer);
	iio_device_free(indio);

	KUNIT_EXPECT_EQ_MSG(test, align, 32, "length_align_bytes is %lu on a 256-bit bus", align);
}

/* 64-bit buses: 8 bytes are enough */
static void copy_align(struct kunit *test)
{
	struct defect *d = defect_create_kind(test, 0);

	KUNIT_EXPECT_TRUE_MSG(test, is_dma_copy_aligned(d->chan->device, 8, 8, 8),
			      "an alignment of %lu bytes is asked for, not 8",
			      1UL << d->chan->device->copy_align);
}

/* Transfers that repeat until others replace them: does the client get told? */
static void load_eot_caps(struct kunit *test)
{
	struct defect *d = defect_create_kind(test, 0);

	KUNIT_EXPECT_TRUE_MSG(test, dma_has_cap(DMA_REPEAT, d->chan->device->cap_mask),
			      "no DMA_REPEAT");
	KUNIT_EXPECT_TRUE_MSG(test, dma_has_cap(DMA_LOAD_EOT, d->chan->device->cap_mask),
			      "no DMA_LOAD_EOT");
}

KUNIT_DEFINE_ACTION_WRAPPER(prep_kvfree, kvfree, const void *);

/* 1 GiB of single pages */
static void huge_dmabuf(struct kunit *test)
{
	struct axi_dmac_model_config cfg;
	size_t i, nents = SZ_1G / SZ_4K;
	struct dma_vec *vecs;
	struct defect_xfer *x;
	struct defect *d;

	vecs = kvcalloc(nents, sizeof(*vecs), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, vecs);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, prep_kvfree, vecs), 0);
	for (i = 0; i < nents; i++)
		vecs[i] = (struct dma_vec) { .addr = (i + 1) * SZ_8K, .len = SZ_4K };

	defect_config(&cfg, DEFECT_SG);
	cfg.mover = ADM_MOVER_NONE;
	d = defect_create(test, &cfg);
	x = defect_prep_vecs(d, vecs, nents, 0);
	defect_issue(x);
	defect_finish(d, nents);
	KUNIT_EXPECT_EQ_MSG(test, x->calls, 1, "1 GiB in single pages never completes");
	KUNIT_EXPECT_EQ_MSG(test, d->pos, SZ_1G, "%llu bytes move instead of 1 GiB", d->pos);
}

/* No entry, and an entry without a byte */
static void empty_vector(struct kunit *test)
{
	struct defect *d = defect_create_kind(test, 0);
	struct dma_vec vec = { .len = 0 };

	vec.addr = virt_to_phys(defect_buf(d, SZ_4K));
	KUNIT_EXPECT_NULL_MSG(test, dmaengine_prep_peripheral_dma_vec(d->chan, &vec, 0,
								      DMA_DEV_TO_MEM, 0),
			      "a vector without entries is taken");
	KUNIT_EXPECT_NULL_MSG(test, dmaengine_prep_peripheral_dma_vec(d->chan, &vec, 1,
								      DMA_DEV_TO_MEM, 0),
			      "an entry without a byte is taken");
}

/* One entry of more than 32 bits, as an IOMMU makes them */
static void length_over_4g(struct kunit *test)
{
	struct dma_vec vec = { .addr = SZ_64K, .len = (size_t)SZ_1G * 4 + SZ_4K };
	struct axi_dmac_model_config cfg;
	struct axi_dmac_model_stats stats;
	struct defect_xfer *x;
	struct defect *d;

	defect_config(&cfg, 0);
	cfg.mover = ADM_MOVER_NONE;
	d = defect_create(test, &cfg);
	x = defect_prep_vecs(d, &vec, 1, 0);
	defect_issue(x);
	defect_run(d, 300);

	axi_dmac_model_stats(d->model, &stats);
	KUNIT_EXPECT_EQ_MSG(test, stats.bytes, vec.len, "%llu bytes move instead of %zu",
			    stats.bytes, vec.len);
	KUNIT_EXPECT_EQ_MSG(test, x->calls, 1, "never completes");
}

/* A 16-bit stream into 64-bit memory, and a request for more than one segment */
static void split_misaligned(struct kunit *test)
{
	struct axi_dmac_model_config cfg;
	struct defect *d;
	void *buf;

	defect_config(&cfg, 0);
	cfg.src_width = 2;
	cfg.length_width = 12;
	d = defect_create(test, &cfg);
	buf = defect_buf(d, SZ_8K);

	defect_issue(defect_prep(d, buf, 6148, 0));
	defect_run(d, 8);
	KUNIT_EXPECT_EQ(test, d->pos, 6148);
	KUNIT_EXPECT_TRUE_MSG(test, defect_went_through(d, buf, 6148, 0),
			      "data behind the split is misplaced");
}

/* Periods of which every other one starts in the middle of a bus word */
static void split_misaligned_period(struct kunit *test)
{
	struct defect *d = defect_create_kind(test, 0);
	struct dma_async_tx_descriptor *tx;
	size_t period = SZ_2K + 4;
	void *buf;

	buf = defect_buf(d, SZ_8K);
	tx = dmaengine_prep_dma_cyclic(d->chan, virt_to_phys(buf), 2 * period, period,
				       DMA_DEV_TO_MEM, 0);
	if (!tx)
		return;
	defect_issue(defect_xfer(d, tx));
	defect_run(d, 2);
	KUNIT_EXPECT_TRUE_MSG(test, defect_went_through(d, buf, 2 * period, 0),
			      "data of the second period is misplaced");
}

/* A request in the middle of a page that goes on in the next one */
static void burst_crosses_page(struct kunit *test)
{
	struct defect *d = defect_create_kind(test, 0);
	struct dma_async_tx_descriptor *tx;
	struct dma_vec vec = { .len = 256 };
	u64 bad;

	vec.addr = virt_to_phys(defect_buf(d, SZ_8K)) + SZ_4K - 64;
	tx = dmaengine_prep_peripheral_dma_vec(d->chan, &vec, 1, DMA_DEV_TO_MEM, 0);
	if (!tx)
		return;
	defect_issue(defect_xfer(d, tx));
	defect_run(d, 8);
	bad = axi_dmac_model_errors(d->model, ADM_ERR_BURST_4K);
	KUNIT_EXPECT_EQ_MSG(test, bad, 0, "a burst crosses a 4 KiB page");
	KUNIT_EXPECT_TRUE(test, defect_went_through(d, d->bufs[0] + SZ_4K - 64, 256, 0));
}

static struct kunit_case prep_test_cases[] = {
	KUNIT_CASE(address_truncated),
	KUNIT_CASE(prep_error_leak),
	KUNIT_CASE(frame_count_alignment),
	KUNIT_CASE(interleaved_cyclic),
	KUNIT_CASE(wide_bus_alignment),
	KUNIT_CASE(wide_bus_alignment_iio),
	KUNIT_CASE(copy_align),
	KUNIT_CASE(load_eot_caps),
	KUNIT_CASE(huge_dmabuf),
	KUNIT_CASE(empty_vector),
	KUNIT_CASE(length_over_4g),
	KUNIT_CASE(split_misaligned),
	KUNIT_CASE(split_misaligned_period),
	KUNIT_CASE(burst_crosses_page),
	{}
};

static struct kunit_suite prep_test_suite = {
	.name = "defect_prep",
	.test_cases = prep_test_cases,
};

kunit_test_suite(prep_test_suite);
