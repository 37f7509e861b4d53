// SPDX-License-Identifier: GPL-2.0-only
/*
 * TRANSFER hands a request to the controller, and reports to the program how it ended.
 * Some controllers program the lengths of the scatterlist's entries, whatever the length
 * of the request is; some count the entries; some look at pages.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <kunit/test.h>
#include <linux/dma-buf.h>
#include <linux/dma-fence.h>
#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/property.h>
#include <linux/scatterlist.h>
#include <linux/string.h>
#include <linux/usb/functionfs.h>

#include "fixture.h"

/* A list that is longer than this has no end */
#define MAX_ENTRIES	64

static struct ffs_fixture *create(struct kunit *test)
{
	return ffs_fixture_create(test, ffs_fixture_device(test), NULL);
}

/* Attached, with the transfer of @len bytes to the host in flight */
static struct usb_request *queued(struct ffs_fixture *fx, struct ffs_buf *buf, u64 len)
{
	struct usb_request *req;

	KUNIT_ASSERT_EQ(fx->test, 0, ffs_attach(fx, fx->in, buf));
	KUNIT_ASSERT_EQ(fx->test, 0, ffs_transfer(fx, fx->in, buf, len));
	req = fake_udc_oldest(&fx->udc->in);
	KUNIT_ASSERT_NOT_NULL(fx->test, req);
	KUNIT_EXPECT_EQ(fx->test, len, req->length);

	return req;
}

static void ended(struct ffs_fixture *fx, struct ffs_buf *buf)
{
	fake_udc_complete(&fx->udc->in, 0, 0);
	KUNIT_EXPECT_EQ(fx->test, 0, ffs_detach(fx, fx->in, buf));
	KUNIT_EXPECT_TRUE(fx->test, ffs_buf_wait_detached(buf));
}

/* All that a controller transfers which goes by the entries */
static size_t entries_len(const struct usb_request *req)
{
	struct scatterlist *sg = req->sg;
	unsigned int i;
	size_t len = 0;

	for (i = 0; i < min(req->num_sgs, MAX_ENTRIES) && sg; i++, sg = sg_next(sg))
		len += sg_dma_len(sg);

	return len;
}

static void entries_are_cut(struct kunit *test)
{
	static const u64 lens[] = {
		1, 511, SZ_4K - 1, SZ_4K, SZ_4K + 1, SZ_8K - 2, 3 * SZ_4K + 17,
		FFS_BUF_SIZE - 1, FFS_BUF_SIZE,
	};
	struct ffs_fixture *fx = create(test);
	struct ffs_buf *buf = ffs_buf_create(test);
	struct usb_request *req;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(lens); i++) {
		req = queued(fx, buf, lens[i]);
		KUNIT_EXPECT_EQ_MSG(test, lens[i], entries_len(req),
				    "%llu bytes are to be sent, and the controller gets entries for %zu",
				    lens[i], entries_len(req));
		KUNIT_EXPECT_EQ(test, DIV_ROUND_UP(lens[i], SZ_4K), req->num_sgs);
		KUNIT_EXPECT_EQ(test, 0x100000, sg_dma_address(req->sg));
		ended(fx, buf);
	}
}

/* The same attachment, and all lengths in turn: nothing of the last one is left */
static void entries_are_restored(struct kunit *test)
{
	struct ffs_fixture *fx = create(test);
	struct ffs_buf *buf = ffs_buf_create(test);
	struct usb_request *req;
	u64 len;

	KUNIT_ASSERT_EQ(test, 0, ffs_attach(fx, fx->in, buf));
	for (len = 1; len <= FFS_BUF_SIZE; len += 1021) {
		KUNIT_ASSERT_EQ(test, 0, ffs_transfer(fx, fx->in, buf, FFS_BUF_SIZE + 1 - len));
		req = fake_udc_oldest(&fx->udc->in);
		KUNIT_EXPECT_EQ(test, FFS_BUF_SIZE + 1 - len, entries_len(req));
		KUNIT_EXPECT_TRUE(test, fake_udc_complete(&fx->udc->in, 0, req->length));

		KUNIT_ASSERT_EQ(test, 0, ffs_transfer(fx, fx->in, buf, len));
		req = fake_udc_oldest(&fx->udc->in);
		KUNIT_EXPECT_EQ(test, len, entries_len(req));
		KUNIT_EXPECT_TRUE(test, fake_udc_complete(&fx->udc->in, 0, req->length));
	}
}

static void expect_entries(struct ffs_fixture *fx, struct ffs_buf *buf, unsigned int nents)
{
	u64 len = buf->dmabuf->size;
	struct usb_request *req = queued(fx, buf, len);

	KUNIT_EXPECT_EQ_MSG(fx->test, nents, req->num_sgs,
			    "the controller is told of %d entries where there are %u",
			    (int)req->num_sgs, nents);
	KUNIT_EXPECT_EQ(fx->test, len, entries_len(req));
	ended(fx, buf);
}

/* An IOMMU has made one piece of it: the other entries are the CPU's only */
static void entries_are_counted(struct kunit *test)
{
	static const struct ffs_piece merged[] = {
		{ SZ_4K, 0x100000, 3 * SZ_4K }, { SZ_4K }, { SZ_4K },
	};
	struct ffs_fixture *fx = create(test);

	expect_entries(fx, ffs_buf_create_of(test, merged, ARRAY_SIZE(merged)), 1);
}

/* The device's own memory, which has no pages: the CPU's side is empty */
static void entries_without_cpu_side(struct kunit *test)
{
	static const struct ffs_piece bare[] = {
		{ 0, 0x100000, SZ_4K }, { 0, 0x300000, SZ_4K },
	};
	struct ffs_fixture *fx = create(test);

	expect_entries(fx, ffs_buf_create_of(test, bare, ARRAY_SIZE(bare)), 2);
}

/* A segment is no longer than the device takes */
static void entries_are_split(struct kunit *test)
{
	static const struct ffs_piece large[] = {
		{ SZ_256K, 0x100000, SZ_256K }, { SZ_4K, 0x900000, SZ_4K },
	};
	struct ffs_fixture *fx = create(test);

	/* The limit of a device that has not said otherwise */
	expect_entries(fx, ffs_buf_create_of(test, large, ARRAY_SIZE(large)), 5);
}

static void free_page_action(void *page)
{
	__free_page(page);
}

static void entries_have_no_page(struct kunit *test)
{
	struct ffs_fixture *fx = create(test);
	struct ffs_buf *buf = ffs_buf_create(test);
	struct usb_request *req;

	buf->page = alloc_page(GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, buf->page);
	KUNIT_ASSERT_EQ(test, 0,
			kunit_add_action_or_reset(test, free_page_action, buf->page));
	req = queued(fx, buf, SZ_4K);
	KUNIT_EXPECT_EQ_MSG(test, 0, req->sg->page_link & ~0xful,
			    "the controller gets pages of the DMABUF");
	KUNIT_EXPECT_EQ(test, 0, req->sg->offset);
	KUNIT_EXPECT_NULL(test, req->buf);
	KUNIT_EXPECT_TRUE(test, req->sg_was_mapped);
	ended(fx, buf);
}

static void remove_swnode(void *dev)
{
	device_remove_software_node(dev);
}

/* A controller that leaves its DMA to the device above it, as a dwc3 can */
static void mapped_for_dma_device(struct kunit *test)
{
	static const struct property_entry props[] = {
		PROPERTY_ENTRY_BOOL("linux,sysdev_is_parent"), {}
	};
	static const struct software_node node = { .properties = props };
	struct device *dev = ffs_fixture_device(test);
	struct ffs_fixture *fx;
	struct ffs_buf *buf = ffs_buf_create(test);

	KUNIT_ASSERT_EQ(test, 0, device_add_software_node(dev, &node));
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, remove_swnode, dev));
	fx = ffs_fixture_create(test, dev, NULL);
	KUNIT_ASSERT_EQ(test, 0, ffs_attach(fx, fx->in, buf));
	KUNIT_EXPECT_PTR_EQ_MSG(test, dev->parent, buf->dev,
				"the DMABUF is mapped for a device that does no DMA");
	KUNIT_EXPECT_EQ(test, 0, ffs_detach(fx, fx->in, buf));
}

static void no_scatterlists(struct kunit *test)
{
	struct ffs_fixture *fx = create(test);
	struct ffs_buf *buf = ffs_buf_create(test);

	ffs_unbind(fx);
	fx->udc->gadget.sg_supported = false;
	ffs_bind(fx);
	ffs_configure(fx);
	KUNIT_EXPECT_EQ(test, -EPERM, ffs_attach(fx, fx->in, buf));
	KUNIT_EXPECT_EQ(test, -EPERM, ffs_transfer(fx, fx->in, buf, 1));
	KUNIT_EXPECT_EQ(test, -EPERM, ffs_detach(fx, fx->in, buf));
	KUNIT_EXPECT_EQ(test, 0, atomic_read(&buf->devices));
}

struct outcome {
	const char *name;
	int status;
	unsigned int actual;
};

static const struct outcome outcomes[] = {
	{ "all", 0, SZ_4K },
	{ "nothing", 0, 0 },
	{ "one byte", 0, 1 },
	{ "odd", 0, 1023 },
	{ "a packet", 0, FAKE_UDC_PACKET },
	{ "disabled", -ESHUTDOWN, 0 },
	{ "dequeued", -ECONNRESET, 512 },
	{ "protocol", -EPROTO, 0 },
	{ "overflow", -EOVERFLOW, 7 },
};

static void outcome_desc(const struct outcome *outcome, char *desc)
{
	strscpy(desc, outcome->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(outcome, outcomes, outcome_desc);

#ifdef FUNCTIONFS_DMABUF_STATUS
static void expect_status(struct ffs_fixture *fx, struct file *file, struct ffs_buf *buf,
			  const struct outcome *outcome, u64 sequence)
{
	struct usb_ffs_dmabuf_status status = { .fd = buf->fd };

	KUNIT_ASSERT_EQ(fx->test, 0,
			ffs_ioctl(&(struct ffs_caller){ fx }, file, FUNCTIONFS_DMABUF_STATUS,
				  &status, sizeof(status)));
	KUNIT_EXPECT_EQ(fx->test, outcome->actual, status.bytes_transferred);
	KUNIT_EXPECT_EQ(fx->test, outcome->status, status.error);
	KUNIT_EXPECT_EQ(fx->test, sequence, status.sequence);
	KUNIT_EXPECT_EQ(fx->test, 0, status.flags);
}
#else
static void expect_status(struct ffs_fixture *fx, struct file *file, struct ffs_buf *buf,
			  const struct outcome *outcome, u64 sequence)
{
}
#endif

/* Whatever the controller says reaches the fence, and does not hinder the next one */
static void outcome_is_told(struct kunit *test)
{
	const struct outcome *outcome = test->param_value;
	struct ffs_fixture *fx = create(test);
	struct ffs_buf *buf = ffs_buf_create(test);
	struct dma_fence *fence;
	u64 i;

	KUNIT_ASSERT_EQ(test, 0, ffs_attach(fx, fx->out, buf));
	for (i = 1; i <= 3; i++) {
		KUNIT_ASSERT_EQ(test, 0, ffs_transfer(fx, fx->out, buf, SZ_4K));
		fence = ffs_fence(test, buf);
		KUNIT_EXPECT_FALSE(test, dma_fence_is_signaled(fence));
		KUNIT_EXPECT_TRUE(test, fake_udc_complete(&fx->udc->out, outcome->status,
							  outcome->actual));
		KUNIT_EXPECT_EQ(test, outcome->status ?: 1, ffs_fence_result(test, fence));
		expect_status(fx, fx->out, buf, outcome, i);
	}
	KUNIT_EXPECT_EQ(test, 0, ffs_detach(fx, fx->out, buf));
	KUNIT_EXPECT_TRUE(test, ffs_buf_wait_detached(buf));
}

/* The controller takes no request: nothing has happened, and the next one is taken */
static void refused_by_controller(struct kunit *test)
{
	struct ffs_fixture *fx = create(test);
	struct ffs_buf *buf = ffs_buf_create(test);
	struct dma_fence *fence;

	KUNIT_ASSERT_EQ(test, 0, ffs_attach(fx, fx->in, buf));
	fx->udc->in.refuse = -EMSGSIZE;
	KUNIT_EXPECT_EQ(test, -EMSGSIZE, ffs_transfer(fx, fx->in, buf, SZ_4K));
	KUNIT_EXPECT_TRUE_MSG(test, dma_resv_test_signaled(buf->dmabuf->resv,
							   DMA_RESV_USAGE_READ),
			      "a refused transfer keeps the DMABUF busy");
	fx->udc->in.refuse = 0;
	KUNIT_EXPECT_EQ(test, 0, ffs_transfer(fx, fx->in, buf, SZ_8K));
	fence = ffs_fence(test, buf);
	KUNIT_EXPECT_EQ(test, SZ_8K, entries_len(fake_udc_oldest(&fx->udc->in)));
	KUNIT_EXPECT_TRUE(test, fake_udc_complete(&fx->udc->in, 0, SZ_8K));
	KUNIT_EXPECT_EQ(test, 1, ffs_fence_result(test, fence));
}

static void transfer_test_exit(struct kunit *test)
{
	if (test->priv)
		ffs_destroy(test->priv);
}

static struct kunit_case transfer_test_cases[] = {
	KUNIT_CASE(entries_are_cut),
	KUNIT_CASE(entries_are_restored),
	KUNIT_CASE(entries_are_counted),
	KUNIT_CASE(entries_without_cpu_side),
	KUNIT_CASE(entries_are_split),
	KUNIT_CASE(entries_have_no_page),
	KUNIT_CASE(mapped_for_dma_device),
	KUNIT_CASE(no_scatterlists),
	KUNIT_CASE_PARAM(outcome_is_told, outcome_gen_params),
	KUNIT_CASE(refused_by_controller),
	{}
};

static struct kunit_suite transfer_test_suite = {
	.name = "ffs_dmabuf_transfer",
	.exit = transfer_test_exit,
	.test_cases = transfer_test_cases,
};

kunit_test_suite(transfer_test_suite);

MODULE_IMPORT_NS("DMA_BUF");
