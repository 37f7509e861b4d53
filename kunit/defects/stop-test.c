// SPDX-License-Identifier: GPL-2.0-only
/*
 * The core goes on for a while after it was told to stop. What a driver does
 * meanwhile decides over memory that has a new owner, and over what is asked for
 * next.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <linux/irqflags.h>

#include "fixture.h"

/* Some data moved, and more is under way */
static struct defect *stop_create(struct kunit *test)
{
	struct axi_dmac_model_config cfg;
	struct defect *d;

	defect_config(&cfg, 0);
	cfg.late_bytes = 1000;
	cfg.quiesce_ticks = 5;
	d = defect_create(test, &cfg);

	defect_issue(defect_prep(d, defect_buf(d, SZ_16K), SZ_16K, 0));
	defect_feed(d);
	KUNIT_ASSERT_EQ(test, axi_dmac_model_move(d->model, SZ_4K), SZ_4K);

	return d;
}

static void stop_expect_next(struct defect *d, const char *what)
{
	struct defect_xfer *next;

	next = defect_prep(d, defect_buf(d, SZ_4K), SZ_4K, 0);
	defect_issue(next);
	defect_run(d, 4);
	KUNIT_EXPECT_EQ_MSG(d->test, next->calls, 1, "%s", what);
}

/* The client gives its memory back when terminate_sync() has returned */
static void dma_after_abort(struct kunit *test)
{
	struct defect *d = stop_create(test);
	u64 pos;

	dmaengine_terminate_sync(d->chan);
	pos = d->pos;
	defect_forget(d);
	axi_dmac_model_quiesce(d->model);
	KUNIT_EXPECT_EQ_MSG(test, d->pos, pos, "%llu bytes are written after terminate_sync()",
			    d->pos - pos);
	KUNIT_EXPECT_EQ_MSG(test, axi_dmac_model_errors(d->model, ADM_ERR_FREED), 0,
			    "the core uses memory after terminate_sync()");
}

/* And asks for something else */
static void early_enable_loses_request(struct kunit *test)
{
	struct defect *d = stop_create(test);

	dmaengine_terminate_sync(d->chan);
	stop_expect_next(d, "what is issued after terminate_sync() never runs");
}

struct stop_race {
	struct defect *d;
	bool hit;
};

/* Another task terminates the channel, if there is a moment when it can */
static void stop_terminate_between(struct axi_dmac_model *model, enum axi_dmac_model_point point,
				   unsigned int reg, void *priv)
{
	struct stop_race *race = priv;

	if (point != ADM_BEFORE_WRITE || reg != ADM_REG_CONTROL || irqs_disabled() || race->hit)
		return;
	race->hit = true;
	dmaengine_terminate_async(race->d->chan);
}

/* Issued and terminated at the same time; afterwards, the client waits */
static void issue_unlocked(struct kunit *test)
{
	struct defect *d = stop_create(test);
	struct stop_race race = { .d = d };

	defect_submit(defect_prep(d, d->bufs[0], SZ_4K, 0));
	axi_dmac_model_set_hook(d->model, stop_terminate_between, &race);
	dma_async_issue_pending(d->chan);
	axi_dmac_model_set_hook(d->model, NULL, NULL);

	if (!race.hit)
		dmaengine_terminate_async(d->chan);
	axi_dmac_model_quiesce(d->model);
	dmaengine_synchronize(d->chan);
	stop_expect_next(d, "terminate amid issue_pending(): the next transfer is lost");
}

/* Many descriptors are freed where the completion is told, which is a softirq */
static void free_in_softirq(struct kunit *test)
{
	struct defect *d = defect_create_kind(test, DEFECT_SG);
	struct dma_vec vecs[64];
	struct defect_xfer *x;
	unsigned int i;
	void *buf;

	buf = defect_buf(d, ARRAY_SIZE(vecs) * SZ_1K);
	for (i = 0; i < ARRAY_SIZE(vecs); i++)
		vecs[i] = (struct dma_vec) { virt_to_phys(buf) + (i ^ 1) * SZ_1K, SZ_1K };
	x = defect_prep_vecs(d, vecs, ARRAY_SIZE(vecs), 0);
	defect_issue(x);
	defect_run(d, ARRAY_SIZE(vecs));
	KUNIT_EXPECT_EQ_MSG(test, x->calls, 1, "a chain of 64 never completes");
}

static struct kunit_case stop_test_cases[] = {
	KUNIT_CASE(dma_after_abort),
	KUNIT_CASE(early_enable_loses_request),
	KUNIT_CASE(issue_unlocked),
	KUNIT_CASE(free_in_softirq),
	{}
};

static struct kunit_suite stop_test_suite = {
	.name = "defect_stop",
	.test_cases = stop_test_cases,
};

kunit_test_suite(stop_test_suite);
