// SPDX-License-Identifier: GPL-2.0-only
/*
 * Descriptors that are prepared once and submitted many times: from their own
 * callback, after a terminate, without touching their memory again.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <linux/io.h>
#include <linux/slab.h>

#include "fixture.h"

KUNIT_ARRAY_PARAM_DESC(reuse, dmac_modes, name);

static struct dmac_xfer *reuse_prep(struct dmac_fixture *fx, size_t len)
{
	struct dmac_xfer *x = dmac_prep(fx, dmac_buf(fx, len), len, 0);

	KUNIT_ASSERT_EQ(fx->test, dmaengine_desc_set_reuse(x->tx), 0);

	return x;
}

/* The callback submits the very descriptor that it is the callback of */
static void reuse_test_from_callback(struct kunit *test)
{
	struct dmac_fixture *fx = dmac_create_case(test);
	struct dmac_xfer *x[3];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(x); i++) {
		x[i] = reuse_prep(fx, SZ_8K);
		x[i]->again = 30 + i;
		dmac_submit_and_issue(x[i]);
	}
	dmac_run(fx);
	for (i = 0; i < ARRAY_SIZE(x); i++) {
		KUNIT_EXPECT_EQ(test, x[i]->calls, 31 + i);
		KUNIT_EXPECT_EQ(test, dmac_status(x[i]), DMA_COMPLETE);
	}
	KUNIT_EXPECT_EQ(test, fx->pos, (31 + 32 + 33) * SZ_8K);
	KUNIT_EXPECT_EQ(test, dmac_pages(fx), 3);
}

/* In the client's hands it can be freed, even in its own callback; else not */
static void reuse_free_in_callback(void *param)
{
	struct dmac_xfer *x = param;

	x->calls++;
	KUNIT_EXPECT_EQ(x->fx->test, dmaengine_desc_free(x->tx), 0);
}

static void reuse_test_free(struct kunit *test)
{
	struct dmac_fixture *fx = dmac_create_case(test);
	struct dmac_xfer *x = reuse_prep(fx, SZ_4K);

	dmac_submit(x);
	KUNIT_EXPECT_EQ(test, dmaengine_desc_free(x->tx), -EBUSY);
	KUNIT_EXPECT_TRUE(test, dma_submit_error(dmaengine_submit(x->tx)));
	dma_async_issue_pending(fx->chan);
	KUNIT_EXPECT_EQ(test, dmaengine_desc_free(x->tx), -EBUSY);
	KUNIT_EXPECT_TRUE(test, dma_submit_error(dmaengine_submit(x->tx)));
	axi_dmac_model_run(fx->model);
	local_bh_disable();
	dmac_deliver(fx);
	KUNIT_EXPECT_EQ(test, dmaengine_desc_free(x->tx), -EBUSY);
	KUNIT_EXPECT_TRUE(test, dma_submit_error(dmaengine_submit(x->tx)));
	local_bh_enable();
	dmac_expect_done(x);
	KUNIT_EXPECT_EQ(test, dmac_pages(fx), 1);
	KUNIT_EXPECT_EQ(test, dmaengine_desc_free(x->tx), 0);
	KUNIT_EXPECT_EQ(test, dmac_pages(fx), 0);

	x = reuse_prep(fx, SZ_4K);
	x->tx->callback_result = NULL;
	x->tx->callback = reuse_free_in_callback;
	dmac_submit_and_issue(x);
	dmac_run(fx);
	KUNIT_EXPECT_EQ(test, x->calls, 1);
	KUNIT_EXPECT_EQ(test, dmac_pages(fx), 0);

	/* Not reusable: not the client's to free */
	x = dmac_prep(fx, fx->bufs[0], SZ_4K, 0);
	KUNIT_EXPECT_EQ(test, dmaengine_desc_free(x->tx), -EPERM);
}

/* After a terminate it is as new, when the core has let go of it */
static void reuse_test_after_terminate(struct kunit *test)
{
	struct dmac_fixture *fx = dmac_create_case(test);
	struct dmac_xfer *x = reuse_prep(fx, SZ_16K);
	unsigned int i;

	for (i = 0; i < 3; i++) {
		dmac_submit_and_issue(x);
		axi_dmac_model_accept(fx->model);
		axi_dmac_model_fetch(fx->model);
		axi_dmac_model_move(fx->model, 1024 * i);
		KUNIT_EXPECT_EQ(test, dmaengine_terminate_sync(fx->chan), 0);
		KUNIT_EXPECT_EQ(test, x->calls, 0);
	}
	dmac_submit_and_issue(x);
	dmac_run(fx);
	dmac_expect_done(x);
	KUNIT_EXPECT_EQ(test, x->result.residue, 0);
	dmac_expect_data(fx, fx->bufs[0], SZ_16K, fx->pos - SZ_16K);
}

/* Freed before the core has let go: that has to wait. Submitted again: refused. */
static void reuse_test_while_draining(struct kunit *test)
{
	struct axi_dmac_model_config cfg;
	struct dmac_xfer *x, *freed;
	struct dmac_fixture *fx;

	dmac_config(test->param_value, &cfg);
	cfg.hold_shutdown = true;
	fx = dmac_create(test, &cfg);
	fx->dmac->hw.quiet_timeout_us = 60000000;
	x = reuse_prep(fx, SZ_4K);
	freed = reuse_prep(fx, SZ_4K);

	dmac_submit(freed);
	dmac_submit_and_issue(x);
	axi_dmac_model_accept(fx->model);
	dmaengine_terminate_async(fx->chan);
	KUNIT_EXPECT_TRUE(test, dma_submit_error(dmaengine_submit(x->tx)));
	KUNIT_EXPECT_EQ(test, dmaengine_desc_free(freed->tx), 0);
	KUNIT_EXPECT_EQ(test, dmac_pages(fx), 2);

	KUNIT_EXPECT_TRUE(test, axi_dmac_model_quiesce(fx->model));
	dmaengine_synchronize(fx->chan);
	KUNIT_EXPECT_EQ(test, dmac_pages(fx), 1);
	dmac_submit_and_issue(x);
	dmac_run(fx);
	dmac_expect_done(x);
	KUNIT_EXPECT_EQ(test, freed->calls, 0);
}

/* Released with reusable ones in all places: none is left */
static void reuse_test_release(struct kunit *test)
{
	struct axi_dmac_model_config cfg;
	struct dmac_xfer *x[6];
	struct dmac_fixture *fx;
	unsigned int i;

	dmac_config(test->param_value, &cfg);
	cfg.queue_depth = 1;
	fx = dmac_create(test, &cfg);
	for (i = 0; i < ARRAY_SIZE(x); i++)
		x[i] = reuse_prep(fx, SZ_4K);
	for (i = 0; i < 4; i++)
		dmac_submit_and_issue(x[i]);
	dmac_submit(x[4]);
	axi_dmac_model_accept(fx->model);
	KUNIT_EXPECT_EQ(test, dmac_pages(fx), ARRAY_SIZE(x));

	dma_release_channel(fx->chan);
	fx->chan = NULL;
	KUNIT_EXPECT_EQ(test, dmac_pages(fx), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&fx->dmac->chan.num_pages), 0);
}

/* The core still shows where it was the time before */
static void reuse_test_residue(struct kunit *test)
{
	struct axi_dmac_model_config cfg;
	struct dmac_fixture *fx;
	struct dmac_xfer *x;
	unsigned int i;

	dmac_config(test->param_value, &cfg);
	cfg.length_width = 10;
	fx = dmac_create(test, &cfg);
	x = reuse_prep(fx, SZ_8K);

	dmac_submit_and_issue(x);
	dmac_run(fx);
	KUNIT_EXPECT_EQ(test, dmac_residue(x), 0);
	dmac_submit_and_issue(x);
	KUNIT_EXPECT_EQ(test, dmac_residue(x), SZ_8K);
	dmac_take_up(fx);
	KUNIT_EXPECT_EQ(test, dmac_residue(x), SZ_8K);
	for (i = 0; i < 3; i++)
		dmac_finish(fx, 1);
	KUNIT_EXPECT_EQ(test, dmac_residue(x), SZ_8K - 3 * SZ_1K);
	dmac_run(fx);
	KUNIT_EXPECT_EQ(test, x->calls, 2);
}

/* Neither writes to its memory nor needs more of it, however long it is */
static void reuse_test_costs_nothing(struct kunit *test)
{
	struct dmac_fixture *fx = dmac_create_case(test);
	const unsigned int entries = 300;
	struct axi_dmac_page *page;
	struct axi_dmac_desc *desc;
	struct dma_vec *vecs;
	struct dmac_xfer *x;
	unsigned int i, n;
	u8 *copy, *buf;
	int pages;

	buf = dmac_buf(fx, SZ_2M);
	copy = kunit_kzalloc(test, 16 * PAGE_SIZE, GFP_KERNEL);
	vecs = kunit_kcalloc(test, entries, sizeof(*vecs), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, copy);
	KUNIT_ASSERT_NOT_NULL(test, vecs);
	for (i = 0; i < entries; i++)
		vecs[i] = (struct dma_vec) {
			.addr = virt_to_phys(buf) + i * SZ_4K, .len = SZ_2K,
		};
	x = dmac_prep_vecs(fx, vecs, entries, 0);
	KUNIT_ASSERT_EQ(test, dmaengine_desc_set_reuse(x->tx), 0);
	pages = atomic_read(&fx->dmac->chan.num_pages);

	desc = to_axi_dmac_desc(container_of(x->tx, struct virt_dma_desc, tx));
	KUNIT_EXPECT_EQ(test, desc->num_segs, entries);
	for (page = desc->pages, n = 0; page; page = page->next, n++) {
		KUNIT_ASSERT_LT(test, n, 16);
		memcpy(copy + n * PAGE_SIZE, page, PAGE_SIZE);
	}
	KUNIT_EXPECT_EQ(test, n, pages);

	for (i = 0; i < 3; i++) {
		dmac_submit_and_issue(x);
		dmac_run(fx);
		KUNIT_EXPECT_EQ(test, x->calls, i + 1);
	}
	KUNIT_EXPECT_EQ(test, fx->pos, 3 * entries * SZ_2K);
	for (page = desc->pages, n = 0; page; page = page->next, n++)
		KUNIT_EXPECT_MEMEQ(test, copy + n * PAGE_SIZE, page, PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, atomic_read(&fx->dmac->chan.num_pages), pages);
	for (i = 0; i < entries; i++)
		dmac_expect_data(fx, buf + i * SZ_4K, SZ_2K,
				 (fx->out ? 0 : 2 * entries * SZ_2K) + i * SZ_2K);
}

static struct kunit_case reuse_test_cases[] = {
	KUNIT_CASE_PARAM(reuse_test_from_callback, reuse_gen_params),
	KUNIT_CASE_PARAM(reuse_test_free, reuse_gen_params),
	KUNIT_CASE_PARAM(reuse_test_after_terminate, reuse_gen_params),
	KUNIT_CASE_PARAM(reuse_test_while_draining, reuse_gen_params),
	KUNIT_CASE_PARAM(reuse_test_release, reuse_gen_params),
	KUNIT_CASE_PARAM(reuse_test_residue, reuse_gen_params),
	KUNIT_CASE_PARAM(reuse_test_costs_nothing, reuse_gen_params),
	{}
};

static struct kunit_suite reuse_test_suite = {
	.name = "axi_dmac_reuse",
	.test_cases = reuse_test_cases,
};

kunit_test_suite(reuse_test_suite);
