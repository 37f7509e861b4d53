// SPDX-License-Identifier: GPL-2.0-only
/*
 * The core goes on for a while after it was told to stop. Nothing that it may
 * still touch is given back, and it is not started again, until that is over;
 * and if it never is, then nothing ever.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <linux/device/driver.h>
#include <linux/io.h>
#include <linux/irqflags.h>
#include <linux/mm.h>
#include <linux/platform_device.h>
#include <linux/sched.h>
#include <linux/time64.h>

#include "fixture.h"

KUNIT_ARRAY_PARAM_DESC(terminate, dmac_modes, name);
KUNIT_ARRAY_PARAM_DESC(terminate_version, dmac_versions, name);
KUNIT_ARRAY_PARAM_DESC(terminate_register, dmac_registers, name);

static bool terminate_is_enabled(struct dmac_fixture *fx)
{
	return axi_dmac_model_peek(fx->model, ADM_REG_CONTROL) & ADM_CONTROL_ENABLE;
}

/* Some data moved, and more is under way */
static struct dmac_xfer *terminate_get_going(struct dmac_fixture *fx)
{
	struct dmac_xfer *x = dmac_prep(fx, dmac_buf(fx, SZ_16K), SZ_16K, 0);

	dmac_submit_and_issue(x);
	dmac_take_up(fx);
	KUNIT_EXPECT_EQ(fx->test, axi_dmac_model_move(fx->model, SZ_4K), SZ_4K);

	return x;
}

static struct dmac_fixture *terminate_create(struct kunit *test, bool hold)
{
	struct axi_dmac_model_config cfg;
	struct dmac_fixture *fx;

	dmac_config(test->param_value, &cfg);
	cfg.late_bytes = 1000;
	cfg.quiesce_ticks = 5;
	cfg.hold_shutdown = hold;
	fx = dmac_create(test, &cfg);
	/* Not what is tested: nobody shall give up while a slow machine sleeps */
	fx->dmac->hw.quiet_timeout_us = 60 * USEC_PER_SEC;

	return fx;
}

/* Lets the driver's own work run, if it waits for nothing but the CPU */
static void terminate_let_others_run(void)
{
	unsigned int i;

	for (i = 0; i < 5; i++)
		schedule_timeout_uninterruptible(1);
}

static void terminate_forbid_all(struct dmac_fixture *fx)
{
	unsigned int i;

	for (i = 0; i < fx->num_bufs; i++)
		KUNIT_EXPECT_EQ(fx->test, axi_dmac_model_forbid(fx->model,
								virt_to_phys(fx->bufs[i]),
								fx->buf_lens[i]), 0);
}

static void terminate_test_running(struct kunit *test)
{
	struct dmac_fixture *fx = terminate_create(test, false);
	struct dmac_xfer *x, *queued, *next;

	x = terminate_get_going(fx);
	queued = dmac_prep(fx, fx->bufs[0], SZ_8K, 0);
	dmac_submit_and_issue(queued);

	dmaengine_terminate_async(fx->chan);
	KUNIT_EXPECT_FALSE(test, terminate_is_enabled(fx));
	/* Where the driver has nothing to look at, it waits; time is ours to make */
	if (!fx->dmac->caps.core_state)
		axi_dmac_model_quiesce(fx->model);
	dmaengine_synchronize(fx->chan);
	KUNIT_EXPECT_TRUE(test, axi_dmac_model_is_quiet(fx->model));

	/* From here on the memory is somebody else's */
	terminate_forbid_all(fx);
	axi_dmac_model_run(fx->model);
	KUNIT_EXPECT_EQ(test, dmac_deliver(fx), 0);
	KUNIT_EXPECT_EQ(test, x->calls, 0);
	KUNIT_EXPECT_EQ(test, queued->calls, 0);
	KUNIT_EXPECT_EQ(test, dmac_pages(fx), 0);

	next = dmac_prep(fx, dmac_buf(fx, SZ_4K), SZ_4K, 0);
	dmac_submit_and_issue(next);
	dmac_run(fx);
	dmac_expect_done(next);
	KUNIT_EXPECT_EQ(test, x->calls, 0);
	dmac_expect_data(fx, fx->bufs[1], SZ_4K, fx->pos - SZ_4K);
}

/* Descriptors stay as long as the core may read them */
static void terminate_test_memory_waits(struct kunit *test)
{
	struct dmac_fixture *fx = terminate_create(test, true);

	terminate_get_going(fx);
	KUNIT_EXPECT_EQ(test, dmac_pages(fx), 1);

	dmaengine_terminate_async(fx->chan);
	terminate_let_others_run();
	KUNIT_EXPECT_EQ(test, dmac_pages(fx), 1);

	KUNIT_EXPECT_TRUE(test, axi_dmac_model_quiesce(fx->model));
	dmaengine_synchronize(fx->chan);
	KUNIT_EXPECT_EQ(test, dmac_pages(fx), 0);
}

/* New work waits until the core is quiet, and needs no second call then */
static void terminate_test_issue_while_draining(struct kunit *test)
{
	struct dmac_fixture *fx = terminate_create(test, true);
	struct dmac_xfer *next;

	terminate_get_going(fx);
	dmaengine_terminate_async(fx->chan);
	next = dmac_prep(fx, dmac_buf(fx, SZ_4K), SZ_4K, 0);
	dmac_submit_and_issue(next);
	terminate_let_others_run();
	KUNIT_EXPECT_FALSE(test, terminate_is_enabled(fx));

	KUNIT_EXPECT_TRUE(test, axi_dmac_model_quiesce(fx->model));
	while (!terminate_is_enabled(fx))
		terminate_let_others_run();
	dmac_run(fx);
	dmac_expect_done(next);
	dmac_expect_data(fx, fx->bufs[1], SZ_4K, fx->pos - SZ_4K);
}

/* Terminated again before the first time is over: what came between goes too */
static void terminate_test_twice(struct kunit *test)
{
	struct dmac_fixture *fx = terminate_create(test, true);
	struct dmac_xfer *between, *next;

	terminate_get_going(fx);
	dmaengine_terminate_async(fx->chan);
	between = dmac_prep(fx, dmac_buf(fx, SZ_4K), SZ_4K, 0);
	dmac_submit_and_issue(between);
	dmaengine_terminate_async(fx->chan);
	KUNIT_EXPECT_TRUE(test, axi_dmac_model_quiesce(fx->model));
	dmaengine_synchronize(fx->chan);
	KUNIT_EXPECT_FALSE(test, terminate_is_enabled(fx));
	KUNIT_EXPECT_EQ(test, dmac_pages(fx), 0);

	next = dmac_prep(fx, dmac_buf(fx, SZ_4K), SZ_4K, 0);
	dmac_submit_and_issue(next);
	dmac_run(fx);
	dmac_expect_done(next);
	KUNIT_EXPECT_EQ(test, between->calls, 0);
}

/*
 * The terminated transfer completes after the core was disabled, which latches
 * its interrupt. It must not be taken for that of the next one.
 */
static void terminate_test_stale_interrupt(struct kunit *test)
{
	struct dmac_fixture *fx = terminate_create(test, true);
	struct dmac_xfer *x, *next;

	x = terminate_get_going(fx);
	axi_dmac_model_move(fx->model, SZ_16K);
	dmaengine_terminate_async(fx->chan);
	next = dmac_prep(fx, dmac_buf(fx, SZ_4K), SZ_4K, 0);
	dmac_submit_and_issue(next);

	KUNIT_EXPECT_TRUE(test, axi_dmac_model_quiesce(fx->model));
	KUNIT_EXPECT_TRUE(test, axi_dmac_model_line(fx->model));
	dmac_deliver(fx);
	KUNIT_EXPECT_FALSE(test, axi_dmac_model_line(fx->model));
	dmaengine_synchronize(fx->chan);
	KUNIT_EXPECT_TRUE(test, terminate_is_enabled(fx));
	dmac_deliver(fx);
	KUNIT_EXPECT_EQ(test, next->calls, 0);

	dmac_run(fx);
	dmac_expect_done(next);
	KUNIT_EXPECT_EQ(test, x->calls, 0);
}

/* As before, but nobody looks at the interrupt before the core runs again */
static void terminate_test_stale_source(struct kunit *test)
{
	struct dmac_fixture *fx = terminate_create(test, true);
	struct dmac_xfer *next;

	terminate_get_going(fx);
	axi_dmac_model_move(fx->model, SZ_16K);
	dmaengine_terminate_async(fx->chan);
	KUNIT_EXPECT_TRUE(test, axi_dmac_model_quiesce(fx->model));
	dmaengine_synchronize(fx->chan);
	KUNIT_EXPECT_EQ(test, axi_dmac_model_peek(fx->model, ADM_REG_IRQ_SOURCE), 0);

	next = dmac_prep(fx, dmac_buf(fx, SZ_4K), SZ_4K, 0);
	dmac_submit_and_issue(next);
	KUNIT_EXPECT_EQ(test, dmac_deliver(fx), 0);
	dmac_run(fx);
	dmac_expect_done(next);
}

static struct dmac_xfer *terminate_try(struct dmac_fixture *fx, struct dmac_xfer *x)
{
	local_bh_disable();
	dmac_submit_and_issue(x);
	local_bh_enable();

	return x;
}

static void terminate_get_stuck(struct dmac_fixture *fx)
{
	axi_dmac_model_set_quiesce(fx->model, ADM_NEVER, 0);
	fx->dmac->hw.quiet_timeout_us = 1000;
	dmaengine_terminate_async(fx->chan);
	dmaengine_synchronize(fx->chan);
	KUNIT_EXPECT_FALSE(fx->test, axi_dmac_model_is_quiet(fx->model));
}

/* By its result, and for a client that asks before it does anything */
static void terminate_expect_aborted(struct dmac_fixture *fx, struct dmac_xfer *x)
{
	KUNIT_EXPECT_EQ(fx->test, dma_async_is_tx_complete(fx->chan, fx->chan->cookie, NULL, NULL),
			DMA_ERROR);
	KUNIT_EXPECT_EQ(fx->test, x->calls, 1);
	KUNIT_EXPECT_EQ(fx->test, x->result.result, DMA_TRANS_ABORTED);
	KUNIT_EXPECT_EQ(fx->test, x->result.residue, SZ_4K);
	KUNIT_EXPECT_FALSE(fx->test, terminate_is_enabled(fx));
}

static void terminate_test_never_quiet(struct kunit *test)
{
	struct dmac_fixture *fx = terminate_create(test, false);
	struct dmac_xfer *good, *kept, *issued, *next;

	good = dmac_prep(fx, dmac_buf(fx, SZ_4K), SZ_4K, 0);
	dmac_submit_and_issue(good);
	dmac_run(fx);
	kept = dmac_prep(fx, fx->bufs[0], SZ_4K, 0);
	KUNIT_ASSERT_EQ(test, dmaengine_desc_set_reuse(kept->tx), 0);
	terminate_get_going(fx);
	axi_dmac_model_set_quiesce(fx->model, ADM_NEVER, 0);
	fx->dmac->hw.quiet_timeout_us = 1000;

	dmaengine_terminate_async(fx->chan);
	issued = dmac_prep(fx, fx->bufs[0], SZ_4K, 0);
	dmac_submit_and_issue(issued);
	dmaengine_synchronize(fx->chan);

	/* The core has its memory for itself; nobody waits for what will not be */
	KUNIT_EXPECT_EQ(test, dmac_pages(fx), 2);
	terminate_expect_aborted(fx, issued);
	/* Prepared before, or now: its result says more than no descriptor could */
	terminate_expect_aborted(fx, terminate_try(fx, kept));
	next = terminate_try(fx, dmac_prep(fx, fx->bufs[0], SZ_4K, 0));
	terminate_expect_aborted(fx, next);
	dmac_expect_done(good);
	KUNIT_EXPECT_EQ(test, dmac_pages(fx), 2);

	/* The peer has woken up; so does the channel, for a client that synchronizes */
	axi_dmac_model_set_quiesce(fx->model, 3, 0);
	fx->dmac->hw.quiet_timeout_us = 60 * USEC_PER_SEC;
	dmaengine_synchronize(fx->chan);
	KUNIT_EXPECT_EQ(test, dmac_pages(fx), 1);
	next = dmac_prep(fx, dmac_buf(fx, SZ_4K), SZ_4K, 0);
	dmac_submit_and_issue(next);
	dmac_run(fx);
	dmac_expect_done(next);
}

/* Lets the shutdown of a core that was stuck come to its end */
static void terminate_wake_up(struct dmac_fixture *fx)
{
	axi_dmac_model_set_quiesce(fx->model, 3, 0);
	KUNIT_EXPECT_TRUE(fx->test, axi_dmac_model_quiesce(fx->model));
}

static void terminate_wait_for_pages(struct dmac_fixture *fx, int pages)
{
	unsigned int i;

	for (i = 0; i < 1000 && dmac_pages(fx) > pages; i++)
		terminate_let_others_run();
	KUNIT_EXPECT_EQ(fx->test, dmac_pages(fx), pages);
}

/* A client that only ever prepares, submits and issues has the channel back, too */
static void terminate_test_works_again(struct kunit *test)
{
	struct dmac_fixture *fx = terminate_create(test, false);
	struct dmac_xfer *kept, *next;
	unsigned int i;

	kept = dmac_prep(fx, dmac_buf(fx, SZ_4K), SZ_4K, 0);
	KUNIT_ASSERT_EQ(test, dmaengine_desc_set_reuse(kept->tx), 0);

	for (i = 0; i < 3; i++) {
		terminate_get_going(fx);
		terminate_get_stuck(fx);
		kept->calls = 0;
		terminate_expect_aborted(fx, terminate_try(fx, kept));
		terminate_wake_up(fx);

		/* By issuing what was prepared before, or by preparing */
		next = i & 1 ? kept : dmac_prep(fx, dmac_buf(fx, SZ_4K), SZ_4K, 0);
		if (next != kept)
			KUNIT_EXPECT_NE(test, dmac_status(next), DMA_ERROR);
		next->calls = 0;
		dmac_submit_and_issue(next);
		KUNIT_EXPECT_TRUE(test, terminate_is_enabled(fx));
		dmac_run(fx);
		dmac_expect_done(next);
		dmac_expect_data(fx, next == kept ? fx->bufs[0] : fx->bufs[fx->num_bufs - 1],
				 SZ_4K, fx->pos - SZ_4K);
		terminate_wait_for_pages(fx, 1);
	}
}

/* Looking costs two reads, and does not wait */
static void terminate_test_look_again(struct kunit *test)
{
	struct dmac_fixture *fx = terminate_create(test, false);
	struct axi_dmac_model_stats stats;
	struct dmac_xfer *x;
	unsigned long flags;

	if (!fx->dmac->caps.core_state)
		return;

	terminate_get_going(fx);
	terminate_get_stuck(fx);
	axi_dmac_model_reset_stats(fx->model);
	local_irq_save(flags);
	x = dmac_prep(fx, fx->bufs[0], SZ_4K, 0);
	local_irq_restore(flags);
	axi_dmac_model_stats(fx->model, &stats);
	KUNIT_EXPECT_LE(test, stats.reads, 2);
	KUNIT_EXPECT_EQ(test, stats.writes, 0);

	axi_dmac_model_reset_stats(fx->model);
	terminate_try(fx, x);
	axi_dmac_model_stats(fx->model, &stats);
	terminate_expect_aborted(fx, x);
	KUNIT_EXPECT_LE(test, stats.reads, 2);
	KUNIT_EXPECT_EQ(test, stats.writes, 0);
	terminate_wake_up(fx);
}

/* What it may still read is not given back by submitting it again, or by freeing it */
static void terminate_test_stuck_reuse(struct kunit *test)
{
	struct dmac_fixture *fx = terminate_create(test, false);
	struct dmac_xfer *x[2];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(x); i++) {
		x[i] = dmac_prep(fx, dmac_buf(fx, SZ_16K), SZ_16K, 0);
		KUNIT_ASSERT_EQ(test, dmaengine_desc_set_reuse(x[i]->tx), 0);
		dmac_submit_and_issue(x[i]);
		axi_dmac_model_accept(fx->model);
	}
	dmac_take_up(fx);
	KUNIT_EXPECT_EQ(test, axi_dmac_model_move(fx->model, SZ_4K), SZ_4K);
	terminate_get_stuck(fx);

	for (i = 0; i < ARRAY_SIZE(x); i++)
		KUNIT_EXPECT_TRUE(test, dma_submit_error(dmaengine_submit(x[i]->tx)));
	KUNIT_EXPECT_EQ(test, dmaengine_desc_free(x[0]->tx), 0);
	KUNIT_EXPECT_EQ(test, dmac_pages(fx), 2);

	terminate_wake_up(fx);
	dmaengine_synchronize(fx->chan);
	KUNIT_EXPECT_EQ(test, dmac_pages(fx), 1);
	dmac_submit_and_issue(x[1]);
	dmac_run(fx);
	dmac_expect_done(x[1]);
}

/* Released while stuck, and quiet by the time when the driver goes: nothing is left */
static void terminate_test_stuck_unbind(struct kunit *test)
{
	struct dmac_fixture *fx = terminate_create(test, false);
	struct axi_dmac_desc *desc;
	struct page *page;
	struct dmac_xfer *x;

	x = terminate_get_going(fx);
	KUNIT_ASSERT_EQ(test, dmaengine_desc_set_reuse(x->tx), 0);
	desc = to_axi_dmac_desc(container_of(x->tx, struct virt_dma_desc, tx));
	page = virt_to_page(desc->pages);
	get_page(page);

	terminate_get_stuck(fx);
	dma_release_channel(fx->chan);
	fx->chan = NULL;
	KUNIT_EXPECT_EQ(test, dmac_pages(fx), 1);
	KUNIT_EXPECT_EQ(test, page_count(page), 2);

	terminate_wake_up(fx);
	device_release_driver(&fx->mdev->pdev->dev);
	KUNIT_EXPECT_EQ(test, page_count(page), 1);
	put_page(page);
}

/* Released while stuck: the next client gets the channel only if it works */
static void terminate_test_stuck_channel(struct kunit *test)
{
	struct dmac_fixture *fx = terminate_create(test, false);
	struct dma_chan *again;

	terminate_get_going(fx);
	axi_dmac_model_set_quiesce(fx->model, ADM_NEVER, 0);
	fx->dmac->hw.quiet_timeout_us = 1000;
	dma_release_channel(fx->chan);
	fx->chan = NULL;
	KUNIT_EXPECT_EQ(test, dmac_pages(fx), 1);

	again = dma_request_chan(fx->mdev->consumer, "dma");
	if (!IS_ERR(again))
		dma_release_channel(again);
	KUNIT_EXPECT_TRUE(test, IS_ERR(again));

	axi_dmac_model_set_quiesce(fx->model, 3, 0);
	fx->dmac->hw.quiet_timeout_us = 60 * USEC_PER_SEC;
	again = dma_request_chan(fx->mdev->consumer, "dma");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, again);
	fx->chan = again;
	KUNIT_EXPECT_EQ(test, dmac_pages(fx), 0);
}

/* Nothing ran: nothing to wait for */
static void terminate_test_idle(struct kunit *test)
{
	struct dmac_fixture *fx = terminate_create(test, true);
	struct dmac_xfer *submitted, *next;
	unsigned int i;

	KUNIT_EXPECT_EQ(test, dmaengine_terminate_sync(fx->chan), 0);
	dmac_prep(fx, dmac_buf(fx, SZ_4K), SZ_4K, 0);
	submitted = dmac_prep(fx, fx->bufs[0], SZ_4K, 0);
	dmac_submit(submitted);
	KUNIT_EXPECT_EQ(test, dmaengine_terminate_sync(fx->chan), 0);
	KUNIT_EXPECT_EQ(test, dmac_pages(fx), 0);
	KUNIT_EXPECT_EQ(test, axi_dmac_model_writes(fx->model, ADM_REG_SUBMIT), 0);

	/* Nobody synchronizes: it is freed all the same, if later */
	dmac_submit(dmac_prep(fx, fx->bufs[0], SZ_4K, 0));
	KUNIT_EXPECT_EQ(test, dmaengine_terminate_async(fx->chan), 0);
	for (i = 0; i < 1000 && dmac_pages(fx); i++)
		terminate_let_others_run();
	KUNIT_EXPECT_EQ(test, dmac_pages(fx), 0);

	next = dmac_prep(fx, fx->bufs[0], SZ_4K, 0);
	dmac_submit_and_issue(next);
	dmac_run(fx);
	dmac_expect_done(next);
	KUNIT_EXPECT_EQ(test, submitted->calls, 0);
}

/* All is done, and the core enabled: what comes next needs nobody to synchronize */
static void terminate_test_nothing_left(struct kunit *test)
{
	struct dmac_fixture *fx = terminate_create(test, false);
	struct dmac_xfer *x, *next;
	unsigned int i;

	x = dmac_prep(fx, dmac_buf(fx, SZ_4K), SZ_4K, 0);
	dmac_submit_and_issue(x);
	dmac_run(fx);
	dmac_expect_done(x);
	KUNIT_EXPECT_EQ(test, dmaengine_terminate_async(fx->chan), 0);
	next = dmac_prep(fx, fx->bufs[0], SZ_4K, 0);
	dmac_submit_and_issue(next);
	for (i = 0; i < 1000 && !terminate_is_enabled(fx); i++)
		terminate_let_others_run();
	dmac_run(fx);
	dmac_expect_done(next);
}

/* Completed, but the client was not told yet: it never will be */
static void terminate_test_before_tasklet(struct kunit *test)
{
	struct dmac_fixture *fx = terminate_create(test, false);
	struct dmac_xfer *x = terminate_get_going(fx);

	axi_dmac_model_run(fx->model);
	local_bh_disable();
	dmac_deliver(fx);
	dmaengine_terminate_async(fx->chan);
	local_bh_enable();
	dmaengine_synchronize(fx->chan);
	KUNIT_EXPECT_EQ(test, x->calls, 0);
	KUNIT_EXPECT_EQ(test, dmac_pages(fx), 0);
}

/* Cores that do not tell when they are quiet get time instead */
static void terminate_test_no_state_register(struct kunit *test)
{
	struct axi_dmac_model_config cfg;
	struct dmac_fixture *fx;
	struct dmac_xfer *next;

	dmac_config(test->param_value, &cfg);
	cfg.no_debug = true;
	cfg.late_bytes = 1000;
	fx = dmac_create(test, &cfg);

	terminate_get_going(fx);
	dmaengine_terminate_async(fx->chan);
	KUNIT_EXPECT_TRUE(test, axi_dmac_model_quiesce(fx->model));
	dmaengine_synchronize(fx->chan);
	KUNIT_EXPECT_EQ(test, dmac_pages(fx), 0);

	next = dmac_prep(fx, fx->bufs[0], SZ_4K, 0);
	dmac_submit_and_issue(next);
	dmac_run(fx);
	dmac_expect_done(next);
}

/* A paused core is not paused any more after that */
static void terminate_test_paused(struct kunit *test)
{
	struct dmac_fixture *fx = terminate_create(test, false);
	struct dmac_xfer *x, *next;
	u64 pos;

	x = terminate_get_going(fx);
	KUNIT_EXPECT_EQ(test, dmaengine_pause(fx->chan), 0);
	KUNIT_EXPECT_EQ(test, dmac_status(x), DMA_PAUSED);
	pos = fx->pos;
	axi_dmac_model_run(fx->model);
	KUNIT_EXPECT_EQ(test, fx->pos, pos);

	KUNIT_EXPECT_EQ(test, dmaengine_terminate_sync(fx->chan), 0);
	next = dmac_prep(fx, fx->bufs[0], SZ_4K, 0);
	dmac_submit_and_issue(next);
	KUNIT_EXPECT_EQ(test, dmac_status(next), DMA_IN_PROGRESS);
	dmac_run(fx);
	dmac_expect_done(next);
}

/* Paused and resumed: nothing is lost, nothing is done twice */
static void terminate_test_pause_resume(struct kunit *test)
{
	struct dmac_fixture *fx = terminate_create(test, false);
	struct dmac_xfer *x;
	u64 pos;

	x = terminate_get_going(fx);
	KUNIT_EXPECT_EQ(test, dmaengine_pause(fx->chan), 0);
	pos = fx->pos;
	dmac_run(fx);
	KUNIT_EXPECT_EQ(test, fx->pos, pos);
	KUNIT_EXPECT_EQ(test, x->calls, 0);
	KUNIT_EXPECT_EQ(test, dmaengine_resume(fx->chan), 0);
	dmac_run(fx);
	dmac_expect_done(x);
	dmac_expect_data(fx, fx->bufs[0], SZ_16K, 0);
}

/* Paused before there is anything to do: it starts when it is resumed */
static void terminate_test_pause_first(struct kunit *test)
{
	struct dmac_fixture *fx = terminate_create(test, false);
	struct dmac_xfer *x;

	KUNIT_EXPECT_EQ(test, dmaengine_pause(fx->chan), 0);
	x = dmac_prep(fx, dmac_buf(fx, SZ_4K), SZ_4K, 0);
	dmac_submit_and_issue(x);
	KUNIT_EXPECT_EQ(test, dmac_status(x), DMA_PAUSED);
	dmac_run(fx);
	KUNIT_EXPECT_EQ(test, fx->pos, 0);
	KUNIT_EXPECT_EQ(test, dmaengine_resume(fx->chan), 0);
	KUNIT_EXPECT_EQ(test, dmac_status(x), DMA_IN_PROGRESS);
	dmac_run(fx);
	dmac_expect_done(x);
}

static struct kunit_case terminate_test_cases[] = {
	KUNIT_CASE_PARAM(terminate_test_running, terminate_version_gen_params),
	KUNIT_CASE_PARAM(terminate_test_memory_waits, terminate_gen_params),
	KUNIT_CASE_PARAM(terminate_test_issue_while_draining, terminate_gen_params),
	KUNIT_CASE_PARAM(terminate_test_twice, terminate_gen_params),
	KUNIT_CASE_PARAM(terminate_test_stale_interrupt, terminate_gen_params),
	KUNIT_CASE_PARAM(terminate_test_stale_source, terminate_gen_params),
	KUNIT_CASE_PARAM(terminate_test_never_quiet, terminate_gen_params),
	KUNIT_CASE_PARAM(terminate_test_works_again, terminate_gen_params),
	KUNIT_CASE_PARAM(terminate_test_look_again, terminate_gen_params),
	KUNIT_CASE_PARAM(terminate_test_stuck_reuse, terminate_gen_params),
	KUNIT_CASE_PARAM(terminate_test_stuck_unbind, terminate_gen_params),
	KUNIT_CASE_PARAM(terminate_test_stuck_channel, terminate_gen_params),
	KUNIT_CASE_PARAM(terminate_test_idle, terminate_gen_params),
	KUNIT_CASE_PARAM(terminate_test_nothing_left, terminate_gen_params),
	KUNIT_CASE_PARAM(terminate_test_before_tasklet, terminate_gen_params),
	KUNIT_CASE_PARAM(terminate_test_no_state_register, terminate_gen_params),
	KUNIT_CASE_PARAM(terminate_test_paused, terminate_register_gen_params),
	KUNIT_CASE_PARAM(terminate_test_pause_resume, terminate_register_gen_params),
	KUNIT_CASE_PARAM(terminate_test_pause_first, terminate_register_gen_params),
	{}
};

static struct kunit_suite terminate_test_suite = {
	.name = "axi_dmac_terminate",
	.test_cases = terminate_test_cases,
};

kunit_test_suite(terminate_test_suite);
