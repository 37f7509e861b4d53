// SPDX-License-Identifier: GPL-2.0-only
/*
 * Completions that get lost, that come too early, or that come for another
 * transfer: the core counts to four, and has one interrupt for all it has done.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include "fixture.h"

/* Two chains end before the interrupt is handled */
static void merged_completions(struct kunit *test)
{
	struct defect *d = defect_create_kind(test, DEFECT_SG);
	struct defect_xfer *first, *second;

	first = defect_prep(d, defect_buf(d, SZ_4K), SZ_4K, 0);
	second = defect_prep(d, defect_buf(d, SZ_4K), SZ_4K, 0);
	defect_issue(first);
	defect_feed(d);
	defect_issue(second);
	defect_feed(d);
	KUNIT_ASSERT_EQ(test, defect_finish(d, 2), 2);

	KUNIT_EXPECT_EQ_MSG(test, first->calls, 1, "the first transfer never completes");
	KUNIT_EXPECT_EQ_MSG(test, second->calls, 1, "the second transfer never completes");
}

/* The interrupt of a terminated transfer is handled when the next one runs */
static void stale_completion(struct kunit *test)
{
	struct defect *d = defect_create_kind(test, DEFECT_SG);
	struct defect_xfer *first, *next;

	first = defect_prep(d, defect_buf(d, SZ_4K), SZ_4K, 0);
	defect_issue(first);
	KUNIT_ASSERT_EQ(test, axi_dmac_model_finish(d->model, 1), 1);
	dmaengine_terminate_async(d->chan);
	axi_dmac_model_quiesce(d->model);
	dmaengine_synchronize(d->chan);

	next = defect_prep(d, defect_buf(d, SZ_4K), SZ_4K, 0);
	defect_issue(next);
	defect_feed(d);
	KUNIT_EXPECT_EQ_MSG(test, next->calls, 0, "a transfer completes that has moved nothing");
	defect_run(d, 1);
	KUNIT_EXPECT_EQ_MSG(test, next->calls, 1, "the next transfer never completes");
}

static unsigned int complete_issue_many(struct defect *d, unsigned int count, bool at_once)
{
	unsigned int i;

	for (i = 0; i < count; i++) {
		defect_issue(defect_prep(d, defect_buf(d, SZ_4K), SZ_4K, 0));
		if (at_once)
			defect_feed(d);
	}

	return count;
}

static unsigned int complete_count(struct defect *d)
{
	unsigned int i, done = 0;

	for (i = 0; i < d->num_xfers; i++)
		done += d->xfers[i].calls;

	return done;
}

static void complete_queue_overrun(struct kunit *test, bool at_once)
{
	struct axi_dmac_model_config cfg;
	struct defect *d;

	defect_config(&cfg, DEFECT_SG);
	cfg.queue_depth = 3;
	d = defect_create(test, &cfg);

	complete_issue_many(d, 6, at_once);
	defect_run(d, 12);
	KUNIT_EXPECT_EQ_MSG(test, complete_count(d), 6, "%u of 6 transfers complete",
			    complete_count(d));
}

/* More chains than the core takes */
static void sg_queue_overrun(struct kunit *test)
{
	complete_queue_overrun(test, true);
}

/* The same before the core has accepted the first one */
static void sg_queue_overrun_early(struct kunit *test)
{
	complete_queue_overrun(test, false);
}

/* A core that takes many, and numbers them from 0 to 3 */
static void id_aliasing(struct kunit *test)
{
	struct axi_dmac_model_config cfg;
	struct defect *d;
	unsigned int i;

	defect_config(&cfg, 0);
	cfg.queue_depth = 16;
	d = defect_create(test, &cfg);

	complete_issue_many(d, 5, true);
	defect_finish(d, 4);
	defect_run(d, 4);

	for (i = 0; i < 5; i++) {
		KUNIT_EXPECT_EQ_MSG(test, d->xfers[i].calls, 1, "transfer %u never completes", i);
		KUNIT_EXPECT_GE_MSG(test, d->xfers[i].moved, (i + 1) * SZ_4K,
				    "transfer %u completes before it has run", i);
	}
}

static struct kunit_case complete_test_cases[] = {
	KUNIT_CASE(merged_completions),
	KUNIT_CASE(stale_completion),
	KUNIT_CASE(sg_queue_overrun),
	KUNIT_CASE(sg_queue_overrun_early),
	KUNIT_CASE(id_aliasing),
	{}
};

static struct kunit_suite complete_test_suite = {
	.name = "defect_complete",
	.test_cases = complete_test_cases,
};

kunit_test_suite(complete_test_suite);
