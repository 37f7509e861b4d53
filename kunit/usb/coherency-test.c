// SPDX-License-Identifier: GPL-2.0-only
/*
 * Samples go from a converter to the USB host, or back, through one DMABUF, on a
 * machine where one of the two devices snoops the CPU's caches and the other does not:
 * each sees what the other one wrote, and the bytes in use are maintained, once. Where
 * both are of one kind nothing is to be done, and nothing is.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <kunit/test.h>
#include <linux/dma-buf.h>
#include <linux/dma-fence.h>
#include <linux/kconfig.h>
#include <linux/sched.h>
#include <linux/string.h>

#include "fixture.h"
#include "memory.h"

#define BLOCKS	4
/* Up to the middle of a line, of a page that is not the last one */
#define USED	(2 * SZ_4K + 1000)

struct wiring {
	const char *name;
	bool converter_snoops;
	bool udc_snoops;
};

static const struct wiring wirings[] = {
	{ "converter does not snoop", false, true },
	{ "controller does not snoop", true, false },
	{ "neither snoops", false, false },
	{ "both snoop", true, true },
};

static void wiring_desc(const struct wiring *wiring, char *desc)
{
	strscpy(desc, wiring->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(wiring, wirings, wiring_desc);

struct flow {
	struct ffs_fixture *fx;
	struct memory_model *m;
	struct ffs_buf *buf;
	struct file *file;
	struct importer *converter;
	struct dma_fence_cb cb;
	size_t stale;
};

static u8 sample(size_t n, unsigned int block)
{
	return n * 31 + n / 251 + block * 97;
}

static void device_writes(struct flow *f, struct memory_dev *dev, unsigned int block)
{
	size_t n;

	/* The worst moment for the CPU to read all of it is just before that */
	memory_fill_cache(f->m);
	for (n = 0; n < USED; n++)
		memory_write(f->m, dev, n, sample(n, block));
}

static void device_reads(struct flow *f, struct memory_dev *dev, unsigned int block)
{
	size_t n;

	for (n = 0; n < USED; n++)
		f->stale += memory_read(f->m, dev, n) != sample(n, block);
}

static void fence_signalled(struct dma_fence *fence, struct dma_fence_cb *cb)
{
	stubs_release_worker();
}

static struct dma_fence *transfer(struct flow *f)
{
	struct kunit *test = f->fx->test;
	struct dma_fence *fence;

	KUNIT_ASSERT_EQ(test, 0, ffs_transfer(f->fx, f->file, f->buf, USED));
	fence = ffs_fence(test, f->buf);
	KUNIT_ASSERT_EQ(test, 0, dma_fence_add_callback(fence, &f->cb, fence_signalled));

	return fence;
}

static void to_host(struct flow *f, unsigned int block)
{
	struct dma_fence *fence;

	importer_begin(f->converter, USED);
	device_writes(f, &f->m->converter, block);
	importer_end(f->converter);

	fence = transfer(f);
	device_reads(f, &f->m->udc, block);
	fake_udc_complete(&f->fx->udc->in, 0, USED);
	KUNIT_EXPECT_EQ(f->fx->test, 1, ffs_fence_result(f->fx->test, fence));
}

static void from_host(struct flow *f, unsigned int block)
{
	struct dma_fence *fence = transfer(f);

	device_writes(f, &f->m->udc, block);
	fake_udc_complete(&f->fx->udc->out, 0, USED);
	KUNIT_EXPECT_EQ(f->fx->test, 1, ffs_fence_result(f->fx->test, fence));

	importer_begin(f->converter, USED);
	device_reads(f, &f->m->converter, block);
	importer_end(f->converter);
}

static void flow_start(struct kunit *test, struct flow *f, const struct wiring *wiring,
		       bool in)
{
	struct memory_model *m = memory_create(test);

	m->converter.snoops = wiring->converter_snoops;
	m->udc.snoops = wiring->udc_snoops;
	*f = (struct flow){ .m = m, .fx = ffs_fixture_create(test, m->udc.dev, m) };
	f->buf = memory_buf(test);
	f->file = in ? f->fx->in : f->fx->out;
	f->converter = importer_attach(test, f->buf->dmabuf, m->converter.dev,
				       in ? DMA_FROM_DEVICE : DMA_TO_DEVICE);
	KUNIT_ASSERT_EQ(test, 0, ffs_attach(f->fx, f->file, f->buf));
}

static void run(struct kunit *test, bool in, void (*block)(struct flow *f, unsigned int block))
{
	const struct wiring *wiring = test->param_value;
	struct flow f;
	unsigned int i;

	flow_start(test, &f, wiring, in);
	for (i = 1; i <= BLOCKS; i++)
		block(&f, i);
	KUNIT_EXPECT_EQ_MSG(test, 0, f.stale, "%zu of %u bytes are old, where the %s",
			    f.stale, BLOCKS * USED, wiring->name);
	if (wiring->converter_snoops == wiring->udc_snoops)
		KUNIT_EXPECT_EQ(test, 0, f.m->maintained);
	else
		KUNIT_EXPECT_EQ_MSG(test, BLOCKS * USED, f.m->maintained,
				    "%zu bytes are maintained, where %u are transferred",
				    f.m->maintained, BLOCKS * USED);

	KUNIT_EXPECT_EQ(test, 0, ffs_detach(f.fx, f.file, f.buf));
	importer_detach(f.converter);
}

static void converter_to_host(struct kunit *test)
{
	run(test, true, to_host);
}

static void host_to_converter(struct kunit *test)
{
	run(test, false, from_host);
}

/* The controller has given the request back, and a worker maintains the caches */
static struct dma_fence *complete_and_hold(struct kunit *test, struct flow *f)
{
	static const struct wiring wiring = { .udc_snoops = true };
	struct dma_fence *fence;

	if (!IS_ENABLED(CONFIG_DMA_VEC))
		kunit_skip(test, "this kernel maintains no caches");

	flow_start(test, f, &wiring, false);
	fence = transfer(f);
	device_writes(f, &f->m->udc, 1);
	WRITE_ONCE(f->m->hold, true);
	fake_udc_complete(&f->fx->udc->out, 0, USED);
	while (!READ_ONCE(f->m->held) && !dma_fence_is_signaled(fence))
		schedule_timeout_uninterruptible(1);
	KUNIT_ASSERT_FALSE_MSG(test, dma_fence_is_signaled(fence),
			       "the fence does not wait for the caches");

	return fence;
}

/* The samples have arrived, and are there for the converter, whoever detaches what */
static void expect_arrived(struct kunit *test, struct flow *f, struct dma_fence *fence)
{
	KUNIT_EXPECT_EQ(test, 1, ffs_fence_result(test, fence));
	importer_begin(f->converter, USED);
	device_reads(f, &f->m->converter, 1);
	importer_end(f->converter);
	KUNIT_EXPECT_EQ(test, 0, f->stale);
	KUNIT_EXPECT_EQ(test, USED, f->m->maintained);
	importer_detach(f->converter);
	KUNIT_EXPECT_TRUE(test, ffs_buf_wait_detached(f->buf));
}

static void detached_while_it_syncs(struct kunit *test)
{
	struct flow f;
	struct dma_fence *fence = complete_and_hold(test, &f);

	/* Unmapping waits for the worker, and is done by another one */
	KUNIT_EXPECT_EQ(test, 0, ffs_detach(f.fx, f.file, f.buf));
	KUNIT_EXPECT_FALSE(test, dma_fence_is_signaled(fence));
	KUNIT_EXPECT_EQ(test, 2, atomic_read(&f.buf->mapped));
	WRITE_ONCE(f.m->hold, false);
	expect_arrived(test, &f, fence);
}

static void unbound_while_it_syncs(struct kunit *test)
{
	struct ffs_thread thread;
	struct flow f;
	struct dma_fence *fence = complete_and_hold(test, &f);

	ffs_thread_start(&thread, f.fx, 1, ffs_thread_unbind, NULL);
	KUNIT_EXPECT_TRUE(test, ffs_thread_sleeps(&thread, TASK_UNINTERRUPTIBLE));
	KUNIT_EXPECT_EQ(test, 2, atomic_read(&f.buf->mapped));
	WRITE_ONCE(f.m->hold, false);
	KUNIT_ASSERT_TRUE(test, ffs_thread_wait(&thread, 30));
	KUNIT_EXPECT_EQ(test, 1, atomic_read(&f.buf->mapped));
	KUNIT_EXPECT_EQ(test, 0, ffs_detach(f.fx, f.file, f.buf));
	expect_arrived(test, &f, fence);
}

static void coherency_test_exit(struct kunit *test)
{
	if (test->priv)
		ffs_destroy(test->priv);
}

static struct kunit_case coherency_test_cases[] = {
	KUNIT_CASE_PARAM(converter_to_host, wiring_gen_params),
	KUNIT_CASE_PARAM(host_to_converter, wiring_gen_params),
	KUNIT_CASE(detached_while_it_syncs),
	KUNIT_CASE(unbound_while_it_syncs),
	{}
};

static struct kunit_suite coherency_test_suite = {
	.name = "ffs_dmabuf_coherency",
	.exit = coherency_test_exit,
	.test_cases = coherency_test_cases,
};

kunit_test_suite(coherency_test_suite);

MODULE_IMPORT_NS("DMA_BUF");
