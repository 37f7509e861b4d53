// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of the interrupt: latching, masking, acknowledging, and events at
 * every point of a handler.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <linux/interrupt.h>

#include "model-kunit.h"

static void irq_test_latch_and_mask(struct kunit *test)
{
	struct bench *b = bench_in(test);

	wr(b, ADM_REG_IRQ_MASK, ADM_IRQ_SOT | ADM_IRQ_EOT);
	bench_submit_all(b, 1, 64);
	axi_dmac_model_run(b->model);
	EXPECT_REG(b, ADM_REG_IRQ_SOURCE, ADM_IRQ_SOT | ADM_IRQ_EOT);
	EXPECT_REG(b, ADM_REG_IRQ_PENDING, 0);
	KUNIT_EXPECT_FALSE(test, axi_dmac_model_line(b->model));

	wr(b, ADM_REG_IRQ_MASK, ADM_IRQ_SOT);
	EXPECT_REG(b, ADM_REG_IRQ_PENDING, ADM_IRQ_EOT);
	KUNIT_EXPECT_TRUE(test, axi_dmac_model_line(b->model));
	wr(b, ADM_REG_IRQ_MASK, ADM_IRQ_SOT | ADM_IRQ_EOT);
	KUNIT_EXPECT_FALSE(test, axi_dmac_model_line(b->model));
}

static void irq_test_ack(struct kunit *test)
{
	struct bench *b = bench_in(test);

	bench_submit_all(b, 1, 64);
	axi_dmac_model_run(b->model);
	wr(b, ADM_REG_IRQ_MASK, ADM_IRQ_SOT);

	wr(b, ADM_REG_IRQ_SOURCE, U32_MAX);
	EXPECT_REG(b, ADM_REG_IRQ_SOURCE, ADM_IRQ_SOT | ADM_IRQ_EOT);
	wr(b, ADM_REG_IRQ_PENDING, ADM_IRQ_SOT);
	EXPECT_REG(b, ADM_REG_IRQ_SOURCE, ADM_IRQ_EOT);
	KUNIT_EXPECT_TRUE(test, axi_dmac_model_line(b->model));
	wr(b, ADM_REG_IRQ_PENDING, ADM_IRQ_EOT);
	EXPECT_REG(b, ADM_REG_IRQ_SOURCE, 0);
	KUNIT_EXPECT_FALSE(test, axi_dmac_model_line(b->model));
}

static void irq_test_coalescing(struct kunit *test)
{
	struct bench *b = bench_in(test);

	bench_submit_all(b, 3, 64);
	wr(b, ADM_REG_IRQ_PENDING, ADM_IRQ_SOT);
	axi_dmac_model_run(b->model);
	EXPECT_REG(b, ADM_REG_IRQ_PENDING, ADM_IRQ_EOT);
	EXPECT_REG(b, ADM_REG_TRANSFER_DONE, 0x7);
	wr(b, ADM_REG_IRQ_PENDING, ADM_IRQ_EOT);
	EXPECT_REG(b, ADM_REG_IRQ_PENDING, 0);
}

/* Completes one segment at one point of an access */
struct irq_injection {
	const char *name;
	enum axi_dmac_model_point point;
	unsigned int reg;
	u32 pending;	/* what a handler sees when it reads PENDING */
	u32 done;	/* and DONE, after the acknowledge */
	u32 after;	/* and what is pending when it has returned */
};

static const struct irq_injection irq_injections[] = {
	{ "none", ADM_IRQ_RAISED, 1, ADM_IRQ_EOT, 0x1, 0 },
	{ "line went up", ADM_IRQ_RAISED, 0, ADM_IRQ_EOT, 0x3, 0 },
	{ "before PENDING", ADM_BEFORE_READ, ADM_REG_IRQ_PENDING, ADM_IRQ_EOT, 0x3, 0 },
	{ "after PENDING", ADM_AFTER_READ, ADM_REG_IRQ_PENDING, ADM_IRQ_EOT, 0x3, 0 },
	{ "before ack", ADM_BEFORE_WRITE, ADM_REG_IRQ_PENDING, ADM_IRQ_EOT, 0x3, 0 },
	{ "with ack", ADM_AFTER_WRITE, ADM_REG_IRQ_PENDING, ADM_IRQ_EOT, 0x3, ADM_IRQ_EOT },
	{ "before DONE", ADM_BEFORE_READ, ADM_REG_TRANSFER_DONE, ADM_IRQ_EOT, 0x3, ADM_IRQ_EOT },
	{ "after DONE", ADM_AFTER_READ, ADM_REG_TRANSFER_DONE, ADM_IRQ_EOT, 0x1, ADM_IRQ_EOT },
};

KUNIT_ARRAY_PARAM_DESC(irq_injection, irq_injections, name);

static void irq_inject(struct axi_dmac_model *model, enum axi_dmac_model_point point,
		       unsigned int reg, void *priv)
{
	const struct irq_injection *inj = priv;

	if (point == inj->point && reg == inj->reg)
		axi_dmac_model_complete(model);
}

static void irq_test_injection(struct kunit *test)
{
	const struct irq_injection *inj = test->param_value;
	struct bench *b = bench_in(test);

	bench_submit_all(b, 2, 64);
	wr(b, ADM_REG_IRQ_PENDING, ADM_IRQ_SOT);
	axi_dmac_model_move(b->model, SIZE_MAX);
	axi_dmac_model_set_hook(b->model, irq_inject, (void *)inj);
	KUNIT_EXPECT_TRUE(test, axi_dmac_model_complete(b->model));

	EXPECT_REG(b, ADM_REG_IRQ_PENDING, inj->pending);
	wr(b, ADM_REG_IRQ_PENDING, ADM_IRQ_EOT);
	EXPECT_REG(b, ADM_REG_TRANSFER_DONE, inj->done);
	axi_dmac_model_set_hook(b->model, NULL, NULL);
	EXPECT_REG(b, ADM_REG_IRQ_PENDING, inj->after);
	KUNIT_EXPECT_EQ(test, axi_dmac_model_line(b->model), !!inj->after);
}

/* A handler that needs several rounds to acknowledge */
struct irq_handler {
	struct bench *b;
	unsigned int calls;
	unsigned int lazy;
};

static irqreturn_t irq_handler(int irq, void *data)
{
	struct irq_handler *h = data;

	h->calls++;
	if (h->calls > h->lazy)
		wr(h->b, ADM_REG_IRQ_PENDING, ADM_IRQ_SOT | ADM_IRQ_EOT);
	return IRQ_HANDLED;
}

static void irq_unmap(void *regs)
{
	iounmap((void __iomem *)regs);
}

static void irq_destroy_device(void *mdev)
{
	axi_dmac_model_device_destroy(mdev);
}

/* A device of its own, because only those have a line to an interrupt controller */
static struct axi_dmac_model_device *irq_device(struct kunit *test, struct bench *b)
{
	struct axi_dmac_model_device *mdev;
	struct axi_dmac_model_config cfg;

	bench_config(&cfg, false);
	mdev = axi_dmac_model_device_create(&cfg, false);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, mdev);
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, irq_destroy_device, mdev));
	axi_dmac_model_device_unbind(mdev);
	b->test = test;
	b->model = mdev->model;
	b->regs = ioremap(axi_dmac_model_base(mdev->model), ADM_WINDOW_SIZE);
	KUNIT_ASSERT_TRUE(test, b->regs);
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, irq_unmap,
							   (void __force *)b->regs));
	axi_dmac_model_quiesce(b->model);
	wr(b, ADM_REG_IRQ_PENDING, U32_MAX);
	wr(b, ADM_REG_IRQ_MASK, 0);
	wr(b, ADM_REG_CONTROL, ADM_CONTROL_ENABLE);
	return mdev;
}

static void irq_test_level(struct kunit *test)
{
	struct bench b = {};
	struct irq_handler h = { .b = &b, .lazy = 3 };
	struct axi_dmac_model_device *mdev = irq_device(test, &b);

	wr(&b, ADM_REG_SUBMIT, 1);
	KUNIT_ASSERT_TRUE(test, axi_dmac_model_accept(b.model));
	KUNIT_EXPECT_TRUE(test, axi_dmac_model_line(b.model));
	KUNIT_EXPECT_EQ(test, axi_dmac_model_deliver(b.model, 10), 0);

	KUNIT_ASSERT_EQ(test, request_irq(mdev->irq, irq_handler, 0, "axi-dmac-kunit", &h), 0);
	KUNIT_EXPECT_EQ(test, axi_dmac_model_deliver(b.model, 2), 2);
	KUNIT_EXPECT_EQ(test, axi_dmac_model_deliver(b.model, 10), 2);
	KUNIT_EXPECT_EQ(test, h.calls, 4);
	KUNIT_EXPECT_FALSE(test, axi_dmac_model_line(b.model));
	KUNIT_EXPECT_EQ(test, axi_dmac_model_deliver(b.model, 10), 0);
	free_irq(mdev->irq, &h);
}

/* An interrupt that comes while it is disabled is not lost */
static void irq_test_disabled(struct kunit *test)
{
	struct bench b = {};
	struct irq_handler h = { .b = &b };
	struct axi_dmac_model_device *mdev = irq_device(test, &b);

	KUNIT_ASSERT_EQ(test, request_irq(mdev->irq, irq_handler, 0, "axi-dmac-kunit", &h), 0);
	disable_irq(mdev->irq);
	wr(&b, ADM_REG_SUBMIT, 1);
	KUNIT_ASSERT_TRUE(test, axi_dmac_model_accept(b.model));
	axi_dmac_model_deliver(b.model, 10);
	KUNIT_EXPECT_EQ(test, h.calls, 0);
	enable_irq(mdev->irq);
	axi_dmac_model_deliver(b.model, 10);
	KUNIT_EXPECT_EQ(test, h.calls, 1);
	free_irq(mdev->irq, &h);
}

static struct kunit_case irq_test_cases[] = {
	KUNIT_CASE(irq_test_latch_and_mask),
	KUNIT_CASE(irq_test_ack),
	KUNIT_CASE(irq_test_coalescing),
	KUNIT_CASE_PARAM(irq_test_injection, irq_injection_gen_params),
	KUNIT_CASE(irq_test_level),
	KUNIT_CASE(irq_test_disabled),
	{}
};

static struct kunit_suite irq_test_suite = {
	.name = "axi_dmac_model_irq",
	.test_cases = irq_test_cases,
};

kunit_test_suite(irq_test_suite);

MODULE_AUTHOR("the dma_vec project");
MODULE_DESCRIPTION("Tests of the simulated AXI-DMAC: interrupt");
MODULE_LICENSE("GPL");
