// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a transfer must not cost, however many segments it has: allocations when
 * it is submitted again, and interrupts for each of them. (Register accesses are
 * counted in mmio-test.c.)
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include "alloc-count.h"
#include "fixture.h"

#define COST_SEGMENTS	60

KUNIT_ARRAY_PARAM_DESC(cost, dmac_modes, name);

/* A core for which pages are not short ones, which the device tree has to tell */
static struct dmac_fixture *cost_create(struct kunit *test)
{
	struct axi_dmac_model_config cfg;

	dmac_config(test->param_value, &cfg);
	cfg.fifo_size = 8;

	return dmac_create(test, &cfg);
}

static struct dmac_xfer *cost_prep(struct dmac_fixture *fx, unsigned int segments)
{
	u8 *buf = dmac_buf(fx, COST_SEGMENTS * SZ_8K);
	struct dma_vec vecs[COST_SEGMENTS];
	struct dmac_xfer *x;
	unsigned int i;

	/* No neighbours, which would be joined */
	for (i = 0; i < segments; i++)
		vecs[i] = (struct dma_vec){ virt_to_phys(buf + i * SZ_8K), SZ_4K };
	x = dmac_prep_vecs(fx, vecs, segments, 0);
	KUNIT_ASSERT_EQ(fx->test, dmaengine_desc_set_reuse(x->tx), 0);

	return x;
}

static unsigned long cost_allocations(struct kunit *test, struct dmac_fixture *fx,
				      struct dmac_xfer *one, struct dmac_xfer *many)
{
	struct alloc_count count;
	unsigned int i;

	KUNIT_ASSERT_EQ(test, alloc_count_start(), 0);
	for (i = 0; i < 3; i++) {
		dmac_submit_and_issue(many);
		dmac_run(fx);
		dmac_submit_and_issue(one);
		dmac_run(fx);
	}
	alloc_count_stop(&count);

	return count.pieces;
}

static void cost_test_allocations(struct kunit *test)
{
	struct dmac_fixture *fx = cost_create(test);
	struct dmac_xfer *one = cost_prep(fx, 1), *many = cost_prep(fx, COST_SEGMENTS);
	unsigned long least = ULONG_MAX;
	unsigned int i;

	if (!IS_ENABLED(CONFIG_TRACEPOINTS))
		kunit_skip(test, "allocations are counted by tracepoints");

	dmac_submit_and_issue(one);
	dmac_run(fx);
	/* Others may allocate meanwhile, but not each time */
	for (i = 0; i < 5; i++)
		least = min(least, cost_allocations(test, fx, one, many));
	KUNIT_EXPECT_EQ(test, many->calls, 15);
	KUNIT_EXPECT_EQ(test, least, 0);
}

/* Requests are accepted at once, as long as there is room */
static void cost_accept(struct axi_dmac_model *model, enum axi_dmac_model_point point,
			unsigned int reg, void *priv)
{
	if (point == ADM_AFTER_WRITE && reg == ADM_REG_SUBMIT)
		axi_dmac_model_accept(model);
}

/* A core that is done with all it was given before the CPU comes to look */
static void cost_test_interrupts(struct kunit *test)
{
	struct dmac_fixture *fx = cost_create(test);
	struct dmac_xfer *x = cost_prep(fx, COST_SEGMENTS);
	struct axi_dmac_model_stats stats;

	axi_dmac_model_set_hook(fx->model, cost_accept, NULL);
	axi_dmac_model_reset_stats(fx->model);
	dmac_submit_and_issue(x);
	dmac_run(fx);
	dmac_expect_done(x);
	axi_dmac_model_stats(fx->model, &stats);
	KUNIT_EXPECT_EQ(test, stats.irqs,
			fx->dmac->caps.sg ? 1 : COST_SEGMENTS / AXI_DMAC_MAX_OUTSTANDING);
}

static struct kunit_case cost_test_cases[] = {
	KUNIT_CASE_PARAM(cost_test_allocations, cost_gen_params),
	KUNIT_CASE_PARAM(cost_test_interrupts, cost_gen_params),
	{}
};

static struct kunit_suite cost_test_suite = {
	.name = "axi_dmac_cost",
	.test_cases = cost_test_cases,
};

kunit_test_suite(cost_test_suite);

MODULE_AUTHOR("the dma_vec project");
MODULE_DESCRIPTION("Tests of the AXI-DMAC driver: cost");
MODULE_LICENSE("GPL");
