// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory of descriptors: none to be had at any moment of a request, in a context that
 * cannot wait, written by a CPU whose caches the core does not look into, and left
 * to a core that never lets go.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <kunit/static_stub.h>
#include <linux/device/driver.h>
#include <linux/dma-mapping.h>
#include <linux/io.h>
#include <linux/irqflags.h>
#include <linux/platform_device.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>

#include "fixture.h"

#define MEMORY_VECS	300
#define MEMORY_PAGES	16

KUNIT_ARRAY_PARAM_DESC(memory, dmac_modes, name);
KUNIT_ARRAY_PARAM_DESC(memory_ring, dmac_rings, name);

/**
 * struct memory - what the stubs know
 * @fx: the fixture
 * @allowed: calls of the stub that succeed before one fails
 * @calls: calls so far
 * @pages: addresses of pages that were synced
 * @views: what the core would see of them
 * @num_pages: how many
 * @vecs: a long request, each entry a segment
 * @xt: room for another
 */
struct memory {
	struct dmac_fixture *fx;
	unsigned int allowed;
	unsigned int calls;
	dma_addr_t pages[MEMORY_PAGES];
	u8 *views[MEMORY_PAGES];
	unsigned int num_pages;
	struct dma_vec vecs[MEMORY_VECS];
	struct dma_interleaved_template *xt;
};

static struct memory *memory_of_test(void)
{
	return kunit_get_current_test()->priv;
}

static struct memory *memory_init(struct kunit *test)
{
	struct memory *m;
	unsigned int i;

	m = kunit_kzalloc(test, sizeof(*m), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, m);
	m->fx = dmac_create_case(test);
	m->allowed = UINT_MAX;
	m->xt = kunit_kzalloc(test, struct_size(m->xt, sgl, 1), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, m->xt);
	for (i = 0; i < MEMORY_VECS; i++)
		m->vecs[i] = (struct dma_vec) { .addr = SZ_1G + i * SZ_8K, .len = SZ_4K };
	test->priv = m;

	return m;
}

static bool memory_fails(struct memory *m)
{
	return m->calls++ >= m->allowed;
}

static void *memory_zalloc(size_t size)
{
	return memory_fails(memory_of_test()) ? NULL : kzalloc(size, GFP_NOWAIT);
}

static struct axi_dmac_page *memory_page_get(gfp_t gfp)
{
	if (memory_fails(memory_of_test()))
		return NULL;

	return (struct axi_dmac_page *)__get_free_page(gfp);
}

static dma_addr_t memory_page_map(struct axi_dmac_chan *chan, struct axi_dmac_page *page)
{
	if (memory_fails(memory_of_test()))
		return DMA_MAPPING_ERROR;

	return dma_map_page(chan->dmac->dev, virt_to_page(page), 0, PAGE_SIZE, DMA_TO_DEVICE);
}

static void memory_expect_nothing(struct memory *m)
{
	struct dmac_fixture *fx = m->fx;

	KUNIT_EXPECT_EQ_MSG(fx->test, dmac_pages(fx), 0, "after %u", m->allowed);
	KUNIT_EXPECT_TRUE(fx->test, list_empty(&fx->dmac->chan.vchan.desc_allocated));
}

#define MEMORY_KINDS	4

/* Rows that lie apart, taken one by one */
static struct dma_async_tx_descriptor *memory_prep_rows(struct memory *m)
{
	struct dma_interleaved_template *xt = m->xt;

	xt->dir = dmac_direction(m->fx);
	xt->src_start = m->fx->out ? SZ_1G : 0;
	xt->dst_start = m->fx->out ? 0 : SZ_1G;
	xt->src_inc = m->fx->out;
	xt->src_sgl = m->fx->out;
	xt->dst_inc = !m->fx->out;
	xt->dst_sgl = !m->fx->out;
	xt->numf = MEMORY_VECS;
	xt->frame_size = 1;
	xt->sgl[0].size = SZ_4K;
	xt->sgl[0].icg = SZ_4K;

	return dmaengine_prep_interleaved_dma(m->fx->chan, xt, 0);
}

static struct dma_async_tx_descriptor *memory_prep(struct memory *m, unsigned int kind)
{
	enum dma_transfer_direction dir = dmac_direction(m->fx);
	struct dma_chan *chan = m->fx->chan;
	struct scatterlist sg;

	switch (kind) {
	case 0:
		return dmaengine_prep_peripheral_dma_vec(chan, m->vecs, MEMORY_VECS, dir, 0);
	case 1:
		sg_init_table(&sg, 1);
		sg_dma_address(&sg) = SZ_1G;
		sg_dma_len(&sg) = SZ_4K;
		return dmaengine_prep_slave_sg(chan, &sg, 1, dir, 0);
	case 2:
		return memory_prep_rows(m);
	default:
		return dmaengine_prep_dma_cyclic(chan, SZ_1G, SZ_8K, SZ_4K, dir, 0);
	}
}

/*
 * The first call fails, then the second, and so on, until none does. Pages that the
 * channel has kept must not be what saves it.
 */
static void memory_try_all(struct memory *m)
{
	struct kunit *test = m->fx->test;
	struct dma_async_tx_descriptor *tx;
	unsigned int kind;

	for (kind = 0; kind < MEMORY_KINDS; kind++) {
		for (m->allowed = 0; ; m->allowed++) {
			m->calls = 0;
			axi_dmac_spares_free(&m->fx->dmac->chan);
			tx = memory_prep(m, kind);
			if (tx)
				break;
			KUNIT_ASSERT_LT(test, m->allowed, MEMORY_VECS);
			KUNIT_EXPECT_EQ(test, m->calls, m->allowed + 1);
			memory_expect_nothing(m);
		}
		KUNIT_EXPECT_GT(test, m->allowed, 0);
		KUNIT_EXPECT_EQ(test, m->calls, m->allowed);
		KUNIT_EXPECT_EQ(test, dmaengine_terminate_sync(m->fx->chan), 0);
		memory_expect_nothing(m);
	}
}

static void memory_test_no_descriptor(struct kunit *test)
{
	struct memory *m = memory_init(test);

	kunit_activate_static_stub(test, axi_dmac_zalloc, memory_zalloc);
	memory_try_all(m);
}

static void memory_test_no_page(struct kunit *test)
{
	struct memory *m = memory_init(test);

	kunit_activate_static_stub(test, axi_dmac_page_get, memory_page_get);
	memory_try_all(m);
}

static void memory_test_no_mapping(struct kunit *test)
{
	struct memory *m = memory_init(test);

	kunit_activate_static_stub(test, axi_dmac_page_map, memory_page_map);
	memory_try_all(m);
}

/* Interrupts off, as in a callback of another driver; debug kernels tell if it waits */
static void memory_test_atomic(struct kunit *test)
{
	struct memory *m = memory_init(test);
	struct dma_async_tx_descriptor *tx;
	unsigned long flags;
	unsigned int kind;

	for (kind = 0; kind < MEMORY_KINDS; kind++) {
		local_irq_save(flags);
		tx = memory_prep(m, kind);
		local_irq_restore(flags);
		KUNIT_EXPECT_NOT_NULL(test, tx);
		KUNIT_EXPECT_EQ(test, dmaengine_terminate_sync(m->fx->chan), 0);
	}
}

/* As far as unbinding gets on another CPU, before it waits for this one */
static struct axi_dmac_page *memory_page_get_unbinding(gfp_t gfp)
{
	WRITE_ONCE(memory_of_test()->fx->dmac->chan.gone, true);

	return (struct axi_dmac_page *)__get_free_page(gfp);
}

/* Unbound in the middle of it: refused, although all was well before */
static void memory_test_unbind_between(struct kunit *test)
{
	struct memory *m = memory_init(test);
	struct dmac_fixture *fx = m->fx;

	dmac_use_anonymous_channel(fx);
	axi_dmac_spares_free(&fx->dmac->chan);
	kunit_activate_static_stub(test, axi_dmac_page_get, memory_page_get_unbinding);
	KUNIT_EXPECT_NULL(test, memory_prep(m, 1));
	memory_expect_nothing(m);
	KUNIT_EXPECT_TRUE(test, list_empty(&fx->dmac->chan.mapped));
	device_release_driver(&fx->mdev->pdev->dev);
	KUNIT_EXPECT_EQ(test, axi_dmac_model_stray_accesses(), 0);
	dma_release_channel(fx->chan);
	fx->chan = NULL;
}

/* The core's view of a page: what was synced, as it was then */
static u8 *memory_view(struct memory *m, dma_addr_t page)
{
	struct kunit *test = m->fx->test;
	unsigned int i;

	for (i = 0; i < m->num_pages; i++)
		if (m->pages[i] == page)
			return m->views[i];

	KUNIT_ASSERT_LT(test, i, MEMORY_PAGES);
	m->pages[i] = page;
	/* No allocation here: this is called wherever a driver may sync */
	m->num_pages++;

	return m->views[i];
}

static void memory_sync(struct axi_dmac_chan *chan, dma_addr_t addr, size_t len)
{
	struct memory *m = memory_of_test();
	dma_addr_t page = addr & PAGE_MASK;

	memcpy(memory_view(m, page) + (addr - page), phys_to_virt(addr), len);
}

/* All that the core may read of a descriptor is what it would see */
static void memory_expect_synced(struct memory *m, struct dmac_xfer *x, const char *when)
{
	struct axi_dmac_desc *desc;
	struct axi_dmac_page *page;

	desc = to_axi_dmac_desc(container_of(x->tx, struct virt_dma_desc, tx));
	for (page = desc->pages; page; page = page->next)
		KUNIT_EXPECT_TRUE_MSG(m->fx->test, !memcmp(memory_view(m, page->dma), page,
							   PAGE_SIZE), "%s", when);
}

static struct memory *memory_init_views(struct kunit *test)
{
	struct memory *m = memory_init(test);
	unsigned int i;

	for (i = 0; i < MEMORY_PAGES; i++) {
		m->views[i] = kunit_kzalloc(test, PAGE_SIZE, GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, m->views[i]);
	}
	kunit_activate_static_stub(test, axi_dmac_page_sync, memory_sync);

	return m;
}

static void memory_test_synced(struct kunit *test)
{
	struct memory *m = memory_init_views(test);
	struct dmac_fixture *fx = m->fx;
	struct dmac_xfer *x, *ring, *next;

	x = dmac_prep_vecs(fx, m->vecs, MEMORY_VECS, 0);
	memory_expect_synced(m, x, "prepared");

	/* With a callback for each period, without any, and with again */
	ring = dmac_prep_cyclic(fx, dmac_buf(fx, SZ_16K), SZ_16K, SZ_4K);
	KUNIT_ASSERT_EQ(test, dmaengine_desc_set_reuse(ring->tx), 0);
	memory_expect_synced(m, ring, "cyclic");
	dmac_submit_and_issue(ring);
	memory_expect_synced(m, ring, "with callbacks");
	KUNIT_EXPECT_EQ(test, dmaengine_terminate_sync(fx->chan), 0);
	dmac_no_callback(ring);
	dmac_submit_and_issue(ring);
	memory_expect_synced(m, ring, "without callbacks");
	dmac_finish(fx, 5);

	next = dmac_prep(fx, dmac_buf(fx, SZ_4K), SZ_4K, DMA_PREP_LOAD_EOT);
	dmac_submit_and_issue(next);
	memory_expect_synced(m, ring, "told to end");
	dmac_run(fx);
	dmac_expect_done(next);
	dmac_submit_and_issue(ring);
	memory_expect_synced(m, ring, "again");
	KUNIT_EXPECT_EQ(test, dmaengine_terminate_sync(fx->chan), 0);
}

/*
 * Unbound from a core that does not become quiet: the memory of a descriptor that it may
 * read is left to it for ever, and no other. In register mode it reads none.
 */
static void memory_test_unbind_stuck(struct kunit *test)
{
	struct dmac_fixture *fx = dmac_create_case(test);
	bool sg = fx->dmac->caps.sg;
	struct axi_dmac_desc *desc, *other;
	struct dmac_xfer *x, *idle;
	struct page *page, *free;

	if (fx->dmac->caps.sg && IS_ENABLED(CONFIG_DMA_API_DEBUG))
		kunit_skip(test, "the DMA API would tell of the mapping that is left");

	dmac_use_anonymous_channel(fx);
	idle = dmac_prep(fx, dmac_buf(fx, SZ_4K), SZ_4K, 0);
	x = dmac_prep(fx, dmac_buf(fx, SZ_4K), SZ_4K, 0);
	desc = to_axi_dmac_desc(container_of(x->tx, struct virt_dma_desc, tx));
	page = virt_to_page(desc->pages);
	get_page(page);
	other = to_axi_dmac_desc(container_of(idle->tx, struct virt_dma_desc, tx));
	free = virt_to_page(other->pages);
	get_page(free);
	dmac_submit_and_issue(x);
	axi_dmac_model_accept(fx->model);
	axi_dmac_model_set_quiesce(fx->model, ADM_NEVER, 0);
	fx->dmac->hw.quiet_timeout_us = 1000;

	device_release_driver(&fx->mdev->pdev->dev);
	KUNIT_EXPECT_FALSE(test, axi_dmac_model_is_quiet(fx->model));
	KUNIT_EXPECT_EQ(test, x->calls, 1);
	KUNIT_EXPECT_EQ(test, x->result.result, DMA_TRANS_ABORTED);
	KUNIT_EXPECT_EQ(test, idle->calls, 0);
	dma_release_channel(fx->chan);
	fx->chan = NULL;
	KUNIT_EXPECT_EQ(test, page_count(page), sg ? 2 : 1);
	KUNIT_EXPECT_EQ(test, page_count(free), 1);

	axi_dmac_model_set_quiesce(fx->model, 0, 0);
	KUNIT_EXPECT_TRUE(test, axi_dmac_model_quiesce(fx->model));
	put_page(free);
	put_page(page);
	if (sg)
		put_page(page);
}

static struct kunit_case memory_test_cases[] = {
	KUNIT_CASE_PARAM(memory_test_no_descriptor, memory_gen_params),
	KUNIT_CASE_PARAM(memory_test_no_page, memory_gen_params),
	KUNIT_CASE_PARAM(memory_test_no_mapping, memory_ring_gen_params),
	KUNIT_CASE_PARAM(memory_test_atomic, memory_gen_params),
	KUNIT_CASE_PARAM(memory_test_unbind_between, memory_gen_params),
	KUNIT_CASE_PARAM(memory_test_synced, memory_ring_gen_params),
	KUNIT_CASE_PARAM(memory_test_unbind_stuck, memory_gen_params),
	{}
};

static struct kunit_suite memory_test_suite = {
	.name = "axi_dmac_memory",
	.test_cases = memory_test_cases,
};

kunit_test_suite(memory_test_suite);

MODULE_IMPORT_NS("EXPORTED_FOR_KUNIT_TESTING");
