// SPDX-License-Identifier: GPL-2.0-only
/*
 * The system sleeps, and the core may have lost all it knew when it is awake again. What
 * had completed by then is not done again, and all else is.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <linux/io.h>
#include <linux/platform_device.h>
#include <linux/pm.h>

#include "fixture.h"

KUNIT_ARRAY_PARAM_DESC(sleep, dmac_modes, name);
KUNIT_ARRAY_PARAM_DESC(sleep_register, dmac_registers, name);

static const struct dev_pm_ops *sleep_ops(struct dmac_fixture *fx)
{
	const struct dev_pm_ops *ops = fx->mdev->pdev->dev.driver->pm;

	if (!ops)
		kunit_skip(fx->test, "kernel without system sleep");

	return ops;
}

/* What is in the registers after power was off; they are plain ones, but for the mask */
static void sleep_lose_registers(struct dmac_fixture *fx)
{
	static const unsigned int regs[] = {
		ADM_REG_FLAGS, ADM_REG_DEST_ADDRESS, ADM_REG_SRC_ADDRESS, ADM_REG_X_LENGTH,
		ADM_REG_Y_LENGTH, ADM_REG_DEST_STRIDE, ADM_REG_SRC_STRIDE, ADM_REG_SG_ADDRESS,
		ADM_REG_DEST_ADDRESS_HIGH, ADM_REG_SRC_ADDRESS_HIGH, ADM_REG_SG_ADDRESS_HIGH,
	};
	void __iomem *base;
	unsigned int i;

	base = ioremap(axi_dmac_model_base(fx->model), ADM_WINDOW_SIZE);
	KUNIT_ASSERT_TRUE(fx->test, base);
	for (i = 0; i < ARRAY_SIZE(regs); i++)
		writel(0, base + regs[i]);
	writel(3, base + ADM_REG_IRQ_MASK);
	iounmap(base);
}

static void sleep_go(struct dmac_fixture *fx)
{
	struct device *dev = &fx->mdev->pdev->dev;

	KUNIT_EXPECT_EQ(fx->test, sleep_ops(fx)->suspend_late(dev), 0);
	KUNIT_EXPECT_TRUE(fx->test, axi_dmac_model_is_quiet(fx->model));
	KUNIT_EXPECT_EQ(fx->test, axi_dmac_model_peek(fx->model, ADM_REG_IRQ_MASK), 3);
	KUNIT_EXPECT_FALSE(fx->test, axi_dmac_model_line(fx->model));
}

static void sleep_wake_up(struct dmac_fixture *fx)
{
	sleep_lose_registers(fx);
	KUNIT_EXPECT_EQ(fx->test, sleep_ops(fx)->resume_early(&fx->mdev->pdev->dev), 0);
	KUNIT_EXPECT_EQ(fx->test, axi_dmac_model_peek(fx->model, ADM_REG_IRQ_MASK), ADM_IRQ_SOT);
}

/* Another device on the same line has the CPU come by; no register may be accessed */
static void sleep_expect_silence(struct dmac_fixture *fx)
{
	struct axi_dmac_model_stats stats;

	axi_dmac_model_reset_stats(fx->model);
	dmac_foreign_interrupt(fx);
	axi_dmac_model_stats(fx->model, &stats);
	KUNIT_EXPECT_EQ(fx->test, stats.reads + stats.writes, 0);
}

static void sleep_test_idle(struct kunit *test)
{
	struct dmac_fixture *fx = dmac_create_case(test);
	struct dmac_xfer *x;
	unsigned int i;

	sleep_ops(fx);
	for (i = 0; i < 3; i++) {
		x = dmac_prep(fx, dmac_buf(fx, SZ_8K), SZ_8K, 0);
		dmac_submit_and_issue(x);
		dmac_run(fx);
		dmac_expect_done(x);
		dmac_expect_data(fx, fx->bufs[i], SZ_8K, i * SZ_8K);
		sleep_go(fx);
		sleep_expect_silence(fx);
		sleep_wake_up(fx);
	}
}

/* Some of them are done, one of those without an interrupt, one runs, others wait */
static void sleep_test_busy(struct kunit *test)
{
	struct dmac_fixture *fx = dmac_create_case(test);
	struct dmac_xfer *x[6];
	unsigned int i;
	u64 pos;

	sleep_ops(fx);
	for (i = 0; i < ARRAY_SIZE(x); i++) {
		x[i] = dmac_prep(fx, dmac_buf(fx, SZ_4K), SZ_4K, 0);
		dmac_submit_and_issue(x[i]);
		axi_dmac_model_accept(fx->model);
	}
	dmac_finish(fx, 1);
	KUNIT_EXPECT_EQ(test, axi_dmac_model_finish(fx->model, 1), 1);
	dmac_take_up(fx);
	axi_dmac_model_move(fx->model, 1024);
	KUNIT_EXPECT_EQ(test, fx->calls, 1);

	sleep_go(fx);
	KUNIT_EXPECT_EQ(test, fx->calls, 2);
	sleep_expect_silence(fx);
	pos = fx->pos;
	sleep_wake_up(fx);
	dmac_run(fx);
	for (i = 0; i < ARRAY_SIZE(x); i++) {
		dmac_expect_done(x[i]);
		KUNIT_EXPECT_EQ(test, x[i]->order, i);
		KUNIT_EXPECT_EQ(test, x[i]->result.residue, 0);
		dmac_expect_data(fx, fx->bufs[i], SZ_4K, i < 2 ? i * SZ_4K :
				 pos + (i - 2) * SZ_4K);
	}
	KUNIT_EXPECT_EQ(test, fx->pos, pos + 4 * SZ_4K);
}

/* A transfer of several submits goes on with the first that had not completed */
static void sleep_test_middle(struct kunit *test)
{
	struct axi_dmac_model_config cfg;
	struct dmac_fixture *fx;
	struct dmac_xfer *x;
	unsigned int i;
	bool whole;
	u64 pos;

	dmac_config(test->param_value, &cfg);
	cfg.length_width = 13;
	fx = dmac_create(test, &cfg);
	sleep_ops(fx);
	/* With scatter-gather, all of it is one chain */
	whole = cfg.sg;

	x = dmac_prep(fx, dmac_buf(fx, SZ_64K), SZ_64K, 0);
	dmac_submit_and_issue(x);
	for (i = 0; i < 3; i++)
		KUNIT_EXPECT_EQ(test, dmac_finish(fx, 1), 1);
	dmac_take_up(fx);
	axi_dmac_model_move(fx->model, 1024);
	sleep_go(fx);
	pos = fx->pos;
	KUNIT_EXPECT_EQ(test, dmac_residue(x), SZ_64K - (whole ? 0 : 3 * SZ_8K));
	sleep_wake_up(fx);
	dmac_run(fx);
	dmac_expect_done(x);
	if (whole) {
		dmac_expect_data(fx, fx->bufs[0], SZ_64K, pos);
	} else {
		dmac_expect_data(fx, fx->bufs[0], 3 * SZ_8K, 0);
		dmac_expect_data(fx, fx->bufs[0] + 3 * SZ_8K, 5 * SZ_8K, pos);
	}
}

/* A cyclic one goes on with the period that it was in, and each is told once */
static void sleep_test_periods(struct kunit *test)
{
	struct dmac_fixture *fx = dmac_create_case(test);
	struct dmac_xfer *x, *next;
	unsigned int i;

	sleep_ops(fx);
	x = dmac_prep_cyclic(fx, dmac_buf(fx, 4 * SZ_4K), 4 * SZ_4K, SZ_4K);
	dmac_submit_and_issue(x);
	for (i = 1; i <= 5; i++) {
		KUNIT_EXPECT_EQ(test, dmac_finish(fx, 1), 1);
		KUNIT_EXPECT_EQ(test, x->calls, i);
		sleep_go(fx);
		KUNIT_EXPECT_EQ(test, dmac_residue(x), (4 - i % 4) * SZ_4K);
		sleep_wake_up(fx);
		if (fx->out)
			dmac_expect_data(fx, fx->bufs[0] + (i - 1) % 4 * SZ_4K, SZ_4K,
					 fx->pos - SZ_4K);
	}
	/* All that was submitted has completed, and nothing was submitted since */
	axi_dmac_model_finish(fx->model, 8);
	sleep_go(fx);
	next = dmac_prep(fx, dmac_buf(fx, SZ_4K), SZ_4K, DMA_PREP_LOAD_EOT);
	dmac_submit_and_issue(next);
	KUNIT_EXPECT_EQ(test, next->calls, 0);
	sleep_wake_up(fx);
	dmac_run(fx);
	dmac_expect_done(next);
	KUNIT_EXPECT_EQ(test, dmac_status(x), DMA_COMPLETE);
	KUNIT_EXPECT_EQ(test, x->calls, fx->pos / SZ_4K - 1);
}

/* A loop in hardware is one again, and what was to replace it still does */
static void sleep_test_loop(struct kunit *test)
{
	struct axi_dmac_model_config cfg;
	struct axi_dmac_model_stats stats;
	struct dmac_xfer *x, *next;
	struct dmac_fixture *fx;
	unsigned int i, round;

	dmac_config(test->param_value, &cfg);
	cfg.cyclic = true;
	fx = dmac_create(test, &cfg);
	sleep_ops(fx);

	for (round = 0; round < 2; round++) {
		x = dmac_prep(fx, dmac_buf(fx, SZ_8K), SZ_8K, DMA_PREP_REPEAT | DMA_PREP_LOAD_EOT);
		dmac_submit_and_issue(x);
		dmac_finish(fx, 3);
		sleep_go(fx);
		sleep_wake_up(fx);
		axi_dmac_model_reset_stats(fx->model);
		KUNIT_EXPECT_EQ(test, dmac_finish(fx, 50), 50);
		axi_dmac_model_stats(fx->model, &stats);
		KUNIT_EXPECT_EQ(test, stats.reads + stats.writes, 0);

		next = dmac_prep(fx, dmac_buf(fx, SZ_8K), SZ_8K, DMA_PREP_LOAD_EOT);
		if (round) {
			dmac_submit_and_issue(next);
			sleep_go(fx);
		} else {
			sleep_go(fx);
			dmac_submit_and_issue(next);
		}
		sleep_wake_up(fx);
		for (i = 0; i < 20 && !next->calls; i++)
			if (!dmac_finish(fx, 1))
				dmaengine_synchronize(fx->chan);
		dmac_expect_done(next);
		KUNIT_EXPECT_EQ(test, dmac_status(x), DMA_COMPLETE);
		dmac_expect_data(fx, fx->bufs[2 * round + 1], SZ_8K, fx->pos - SZ_8K);
	}
}

/* A loop that waits to be ended, as its sink stalls, keeps nobody awake, and waits on */
static void sleep_test_cut(struct kunit *test)
{
	struct axi_dmac_model_config cfg;
	struct dmac_xfer *x, *next;
	struct dmac_fixture *fx;
	struct device *dev;

	dmac_config(&dmac_modes[1], &cfg);
	cfg.cyclic = true;
	fx = dmac_create(test, &cfg);
	sleep_ops(fx);
	dev = &fx->mdev->pdev->dev;

	x = dmac_prep(fx, dmac_buf(fx, SZ_8K), SZ_8K, DMA_PREP_REPEAT);
	dmac_submit_and_issue(x);
	dmac_finish(fx, 3);
	axi_dmac_model_set_quiesce(fx->model, ADM_NEVER, 0);
	fx->dmac->hw.quiet_timeout_us = 1000;
	next = dmac_prep(fx, dmac_buf(fx, SZ_8K), SZ_8K, DMA_PREP_LOAD_EOT);
	dmac_submit_and_issue(next);
	KUNIT_EXPECT_EQ(test, sleep_ops(fx)->suspend_late(dev), 0);
	KUNIT_EXPECT_EQ(test, sleep_ops(fx)->resume_early(dev), 0);
	KUNIT_EXPECT_EQ(test, next->calls, 0);

	dmac_expect_replaced(x, next, SZ_8K);
}

/* A client that pauses before the system sleeps, as sound cards do, resumes afterwards */
static void sleep_test_paused(struct kunit *test)
{
	struct dmac_fixture *fx = dmac_create_case(test);
	struct dmac_xfer *x;
	u64 pos;

	sleep_ops(fx);
	x = dmac_prep_cyclic(fx, dmac_buf(fx, 4 * SZ_4K), 4 * SZ_4K, SZ_4K);
	dmac_submit_and_issue(x);
	KUNIT_EXPECT_EQ(test, dmac_finish(fx, 1), 1);
	KUNIT_EXPECT_EQ(test, dmaengine_pause(fx->chan), 0);
	pos = fx->pos;
	sleep_go(fx);
	sleep_wake_up(fx);
	KUNIT_EXPECT_EQ(test, dmac_status(x), DMA_PAUSED);
	dmac_run(fx);
	KUNIT_EXPECT_EQ(test, fx->pos, pos);

	KUNIT_EXPECT_EQ(test, dmaengine_resume(fx->chan), 0);
	KUNIT_EXPECT_EQ(test, dmac_finish(fx, 1), 1);
	KUNIT_EXPECT_EQ(test, x->calls, 2);
	dmac_expect_data(fx, fx->bufs[0] + SZ_4K, SZ_4K, pos);
}

/* A core that does not stop does not keep the system from sleeping, nor lose memory */
static void sleep_test_stuck(struct kunit *test)
{
	struct dmac_fixture *fx = dmac_create_case(test);
	struct device *dev = &fx->mdev->pdev->dev;
	struct dmac_xfer *x, *behind, *next;

	sleep_ops(fx);
	x = dmac_prep(fx, dmac_buf(fx, SZ_8K), SZ_8K, 0);
	dmac_submit_and_issue(x);
	dmac_take_up(fx);
	axi_dmac_model_move(fx->model, 1024);
	behind = dmac_prep(fx, dmac_buf(fx, SZ_4K), SZ_4K, 0);
	dmac_submit_and_issue(behind);
	axi_dmac_model_set_quiesce(fx->model, ADM_NEVER, 0);
	fx->dmac->hw.quiet_timeout_us = 1000;
	KUNIT_EXPECT_EQ(test, sleep_ops(fx)->suspend_late(dev), 0);
	KUNIT_EXPECT_EQ(test, sleep_ops(fx)->resume_early(dev), 0);
	KUNIT_EXPECT_EQ(test, dmac_status(x), DMA_ERROR);
	/* Where the core may read descriptors, they stay */
	if (fx->dmac->caps.sg)
		KUNIT_EXPECT_EQ(test, dmac_pages(fx), 2);

	axi_dmac_model_set_quiesce(fx->model, 3, 0);
	KUNIT_EXPECT_TRUE(test, axi_dmac_model_quiesce(fx->model));
	next = dmac_prep(fx, dmac_buf(fx, SZ_4K), SZ_4K, 0);
	dmac_submit_and_issue(next);
	dmac_run(fx);
	dmac_expect_done(next);
	KUNIT_EXPECT_EQ(test, x->calls, 1);
	KUNIT_EXPECT_EQ(test, behind->calls, 1);
	dmac_expect_data(fx, fx->bufs[2], SZ_4K, fx->pos - SZ_4K);
	KUNIT_EXPECT_EQ(test, dmac_pages(fx), 0);
}

static struct kunit_case sleep_test_cases[] = {
	KUNIT_CASE_PARAM(sleep_test_idle, sleep_gen_params),
	KUNIT_CASE_PARAM(sleep_test_busy, sleep_gen_params),
	KUNIT_CASE_PARAM(sleep_test_middle, sleep_gen_params),
	KUNIT_CASE_PARAM(sleep_test_periods, sleep_gen_params),
	KUNIT_CASE_PARAM(sleep_test_loop, sleep_gen_params),
	KUNIT_CASE(sleep_test_cut),
	KUNIT_CASE_PARAM(sleep_test_paused, sleep_register_gen_params),
	KUNIT_CASE_PARAM(sleep_test_stuck, sleep_gen_params),
	{}
};

static struct kunit_suite sleep_test_suite = {
	.name = "axi_dmac_sleep",
	.test_cases = sleep_test_cases,
};

kunit_test_suite(sleep_test_suite);
