// SPDX-License-Identifier: GPL-2.0-only
/*
 * Completions are counted, not guessed from interrupts: several in one, none in
 * one, one in the middle of the handler; and the core is never given more than
 * can be told apart.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <linux/io.h>

#include "fixture.h"

#define QUEUE_BYTES	SZ_8K

KUNIT_ARRAY_PARAM_DESC(queue, dmac_modes, name);
KUNIT_ARRAY_PARAM_DESC(queue_version, dmac_versions, name);
KUNIT_ARRAY_PARAM_DESC(queue_register, dmac_registers, name);

static struct dmac_xfer *queue_add_bytes(struct dmac_fixture *fx, size_t len)
{
	struct dmac_xfer *x = dmac_prep(fx, dmac_buf(fx, SZ_8K), len, 0);

	dmac_submit_and_issue(x);

	return x;
}

static struct dmac_xfer *queue_add(struct dmac_fixture *fx)
{
	return queue_add_bytes(fx, QUEUE_BYTES);
}

static void queue_add_many(struct dmac_fixture *fx, struct dmac_xfer **x, unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		x[i] = queue_add(fx);
}

static void queue_expect_order(struct dmac_fixture *fx, struct dmac_xfer **x, unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++) {
		dmac_expect_done(x[i]);
		KUNIT_EXPECT_EQ(fx->test, x[i]->order, i);
	}
}

static u64 queue_submits(struct dmac_fixture *fx)
{
	return axi_dmac_model_writes(fx->model, ADM_REG_SUBMIT);
}

/* However deep the core's queue is, it gets so many transfers */
static void queue_cap(struct kunit *test, size_t len)
{
	struct axi_dmac_model_config cfg;
	struct axi_dmac_model_stats stats;
	struct dmac_fixture *fx;
	struct dmac_xfer *x[12];
	unsigned int i, max;

	dmac_config(test->param_value, &cfg);
	cfg.queue_depth = 16;
	fx = dmac_create(test, &cfg);
	max = dmac_max_outstanding(fx, len);

	for (i = 0; i < ARRAY_SIZE(x); i++) {
		x[i] = queue_add_bytes(fx, len);
		while (axi_dmac_model_accept(fx->model))
			;
		/* A look at the registers is no reason for more, either */
		dmac_residue(x[i]);
	}
	KUNIT_EXPECT_EQ(test, queue_submits(fx), max);
	KUNIT_EXPECT_EQ(test, axi_dmac_model_outstanding(fx->model), max);

	for (i = 0; i < ARRAY_SIZE(x); i++) {
		KUNIT_EXPECT_EQ(test, dmac_finish(fx, 1), 1);
		KUNIT_EXPECT_EQ(test, fx->calls, i + 1);
		while (axi_dmac_model_accept(fx->model))
			;
	}
	queue_expect_order(fx, x, ARRAY_SIZE(x));

	axi_dmac_model_stats(fx->model, &stats);
	KUNIT_EXPECT_LE(test, stats.max_outstanding, max);
}

static void queue_test_cap(struct kunit *test)
{
	queue_cap(test, SZ_1K);
	queue_cap(test, SZ_4K);
	queue_cap(test, SZ_8K);
}

/* A core that takes its time, and one at a time; registers must not move under it */
static void queue_test_slow_accept(struct kunit *test)
{
	struct axi_dmac_model_config cfg;
	struct dmac_fixture *fx;
	struct dmac_xfer *x[7];
	unsigned int i;

	dmac_config(test->param_value, &cfg);
	cfg.queue_depth = 1;
	cfg.accept_ticks = 5;
	fx = dmac_create(test, &cfg);

	queue_add_many(fx, x, ARRAY_SIZE(x));
	KUNIT_EXPECT_EQ(test, queue_submits(fx), 1);
	for (i = 0; i < ARRAY_SIZE(x); i++) {
		KUNIT_EXPECT_EQ(test, dmac_finish(fx, 1), 1);
		KUNIT_EXPECT_EQ(test, fx->calls, i + 1);
	}
	queue_expect_order(fx, x, ARRAY_SIZE(x));
	for (i = 0; i < ARRAY_SIZE(x); i++)
		dmac_expect_data(fx, fx->bufs[i], QUEUE_BYTES, i * QUEUE_BYTES);
}

/* All that the core has ends before the handler runs, which it does once */
static void queue_test_coalesced(struct kunit *test)
{
	struct dmac_fixture *fx = dmac_create_case(test);
	unsigned int i, max = dmac_max_outstanding(fx, QUEUE_BYTES);
	struct dmac_xfer *x[5];

	axi_dmac_model_reset_stats(fx->model);
	for (i = 0; i < ARRAY_SIZE(x); i++) {
		x[i] = queue_add(fx);
		axi_dmac_model_accept(fx->model);
	}

	KUNIT_EXPECT_EQ(test, axi_dmac_model_finish(fx->model, 5), max);
	KUNIT_EXPECT_EQ(test, axi_dmac_model_deliver(fx->model, 1), 1);
	KUNIT_EXPECT_EQ(test, fx->calls, max);
	KUNIT_EXPECT_FALSE(test, axi_dmac_model_line(fx->model));

	dmac_run(fx);
	queue_expect_order(fx, x, ARRAY_SIZE(x));
}

/*
 * The second transfer completes when the first one's interrupt was acknowledged,
 * before completions are looked at: both are found at once, and the second one's
 * interrupt finds nothing. It must not be taken for the third's.
 */
static void queue_complete_after_ack(struct axi_dmac_model *model,
				     enum axi_dmac_model_point point, unsigned int reg,
				     void *priv)
{
	bool *armed = priv;

	if (!*armed || point != ADM_AFTER_WRITE || reg != ADM_REG_IRQ_PENDING)
		return;
	*armed = false;
	axi_dmac_model_complete(model);
}

/* All ones are no three completions; when the bus is back, the count is right */
static void queue_test_dead_bus(struct kunit *test)
{
	struct dmac_fixture *fx = dmac_create_case(test);
	struct dmac_xfer *x[3];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(x); i++) {
		x[i] = queue_add(fx);
		axi_dmac_model_accept(fx->model);
	}
	KUNIT_EXPECT_EQ(test, axi_dmac_model_finish(fx->model, 1), 1);

	axi_dmac_model_unplug(fx->model, true);
	KUNIT_EXPECT_EQ(test, axi_dmac_model_deliver(fx->model, 1), 1);
	axi_dmac_model_unplug(fx->model, false);
	KUNIT_EXPECT_EQ(test, fx->calls, 0);

	dmac_deliver(fx);
	KUNIT_EXPECT_EQ(test, fx->calls, 1);
	dmac_run(fx);
	for (i = 0; i < ARRAY_SIZE(x); i++)
		dmac_expect_done(x[i]);
}

static void queue_test_empty_interrupt(struct kunit *test)
{
	struct dmac_fixture *fx = dmac_create_case(test);
	struct dmac_xfer *x[3];
	bool armed = true;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(x); i++) {
		x[i] = queue_add(fx);
		axi_dmac_model_accept(fx->model);
	}
	while (axi_dmac_model_fetch(fx->model))
		;
	KUNIT_EXPECT_EQ(test, axi_dmac_model_move(fx->model, 2 * QUEUE_BYTES), 2 * QUEUE_BYTES);
	KUNIT_EXPECT_TRUE(test, axi_dmac_model_complete(fx->model));

	axi_dmac_model_set_hook(fx->model, queue_complete_after_ack, &armed);
	KUNIT_EXPECT_EQ(test, axi_dmac_model_deliver(fx->model, 1), 1);
	axi_dmac_model_set_hook(fx->model, NULL, NULL);
	KUNIT_EXPECT_FALSE(test, armed);
	KUNIT_EXPECT_EQ(test, fx->calls, 2);

	KUNIT_EXPECT_EQ(test, axi_dmac_model_deliver(fx->model, 8), 1);
	KUNIT_EXPECT_EQ(test, fx->calls, 2);
	KUNIT_EXPECT_EQ(test, dmac_status(x[2]), DMA_IN_PROGRESS);

	dmac_run(fx);
	queue_expect_order(fx, x, ARRAY_SIZE(x));
}

/*
 * A submit that is parked while the core is paused has the done bit of one four
 * transfers ago. It is not done.
 */
static void queue_test_parked(struct kunit *test)
{
	struct dmac_fixture *fx = dmac_create_case(test);
	struct dmac_xfer *x[6];
	unsigned int i;

	for (i = 0; i < 4; i++) {
		x[i] = queue_add(fx);
		dmac_run(fx);
	}
	KUNIT_EXPECT_EQ(test, axi_dmac_model_peek(fx->model, ADM_REG_TRANSFER_DONE) & 0xf, 0xf);

	KUNIT_EXPECT_EQ(test, dmaengine_pause(fx->chan), 0);
	x[4] = queue_add(fx);
	x[5] = queue_add(fx);
	KUNIT_EXPECT_EQ(test, dmac_status(x[4]), DMA_PAUSED);
	dmac_foreign_interrupt(fx);
	dmac_run(fx);
	KUNIT_EXPECT_EQ(test, fx->calls, 4);

	KUNIT_EXPECT_EQ(test, dmaengine_resume(fx->chan), 0);
	dmac_run(fx);
	queue_expect_order(fx, x, ARRAY_SIZE(x));
}

/* Every transfer a different number of hardware segments; ids wrap many times */
static void queue_test_many_segments(struct kunit *test)
{
	struct axi_dmac_model_config cfg;
	struct dmac_fixture *fx;
	struct dmac_xfer *x[10];
	unsigned int i;

	dmac_config(test->param_value, &cfg);
	cfg.length_width = 10;
	cfg.queue_depth = 3;
	fx = dmac_create(test, &cfg);

	for (i = 0; i < ARRAY_SIZE(x); i++) {
		x[i] = dmac_prep(fx, dmac_buf(fx, SZ_16K), (i + 1) * 1024, 0);
		dmac_submit_and_issue(x[i]);
	}
	while (dmac_finish(fx, 1))
		;
	queue_expect_order(fx, x, ARRAY_SIZE(x));
	for (i = 0; i < ARRAY_SIZE(x); i++)
		dmac_expect_data(fx, fx->bufs[i], (i + 1) * 1024, i * (i + 1) / 2 * 1024);
}

#define QUEUE_MANY	200

struct queue_many {
	struct dmac_fixture *fx;
	void *buf;
	dma_cookie_t cookies[QUEUE_MANY];
	unsigned int called;
};

static size_t queue_many_len(unsigned int i)
{
	return 128 * (1 + i % 7);
}

/* Completions are counted, as they come in order */
static void queue_many_called(void *param, const struct dmaengine_result *result)
{
	struct queue_many *m = param;

	KUNIT_EXPECT_EQ(m->fx->test, result->result, DMA_TRANS_NOERROR);
	KUNIT_EXPECT_EQ(m->fx->test, m->fx->chan->completed_cookie, m->cookies[m->called]);
	m->called++;
}

static void queue_many_submit(struct queue_many *m, unsigned int i)
{
	struct dma_vec vec = { .addr = virt_to_phys(m->buf), .len = queue_many_len(i) };
	struct dma_async_tx_descriptor *tx;

	tx = dmaengine_prep_peripheral_dma_vec(m->fx->chan, &vec, 1, dmac_direction(m->fx), 0);
	KUNIT_ASSERT_NOT_NULL(m->fx->test, tx);
	tx->callback_result = queue_many_called;
	tx->callback_param = m;
	m->cookies[i] = dmaengine_submit(tx);
}

static void queue_many_expect(struct queue_many *m, unsigned int first, unsigned int n,
			      enum dma_status status)
{
	struct dma_chan *chan = m->fx->chan;
	unsigned int i;

	for (i = first; i < first + n; i++) {
		struct dma_tx_state state = { .residue = U32_MAX };

		KUNIT_EXPECT_EQ(m->fx->test, status,
				chan->device->device_tx_status(chan, m->cookies[i], &state));
		KUNIT_EXPECT_EQ(m->fx->test, state.residue,
				status == DMA_COMPLETE ? 0 : queue_many_len(i));
	}
}

static struct queue_many *queue_many_create(struct kunit *test)
{
	struct queue_many *m = kunit_kzalloc(test, sizeof(*m), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, m);
	m->fx = dmac_create_case(test);
	m->buf = dmac_buf(m->fx, SZ_4K);

	return m;
}

/* More than a batch: each is found, wherever it waits */
static void queue_test_many_waiting(struct kunit *test)
{
	struct queue_many *m = queue_many_create(test);
	unsigned int i, rounds;

	for (i = 0; i < QUEUE_MANY; i++) {
		queue_many_submit(m, i);
		/* Some are noted before all are issued, and some are issued before others */
		if (i == 50)
			queue_many_expect(m, i, 1, DMA_IN_PROGRESS);
		if (i == 100)
			dma_async_issue_pending(m->fx->chan);
	}
	queue_many_expect(m, 0, QUEUE_MANY, DMA_IN_PROGRESS);
	dma_async_issue_pending(m->fx->chan);
	queue_many_expect(m, 0, QUEUE_MANY, DMA_IN_PROGRESS);

	for (rounds = 0; rounds < QUEUE_MANY && m->called < QUEUE_MANY / 2; rounds++)
		dmac_finish(m->fx, 1);
	queue_many_expect(m, 0, m->called, DMA_COMPLETE);
	queue_many_expect(m, m->called, QUEUE_MANY - m->called, DMA_IN_PROGRESS);
	dmac_run(m->fx);
	KUNIT_EXPECT_EQ(test, m->called, QUEUE_MANY);
	queue_many_expect(m, 0, QUEUE_MANY, DMA_COMPLETE);
	KUNIT_EXPECT_EQ(test, dmac_pages(m->fx), 0);
}

/* Terminated wherever they wait: submitted, noted and issued */
static void queue_test_many_terminated(struct kunit *test)
{
	struct queue_many *m = queue_many_create(test);
	struct dma_chan *chan = m->fx->chan;
	struct dma_tx_state state;
	unsigned int i;

	for (i = 0; i < QUEUE_MANY; i++) {
		queue_many_submit(m, i);
		if (i == 80)
			dma_async_issue_pending(chan);
		if (i == 150)
			queue_many_expect(m, i, 1, DMA_IN_PROGRESS);
	}
	KUNIT_EXPECT_EQ(test, dmaengine_terminate_sync(chan), 0);
	for (i = 0; i < QUEUE_MANY; i++) {
		state.residue = U32_MAX;
		chan->device->device_tx_status(chan, m->cookies[i], &state);
		KUNIT_EXPECT_EQ(test, state.residue, 0);
	}
	KUNIT_EXPECT_EQ(test, m->called, 0);
	KUNIT_EXPECT_EQ(test, dmac_pages(m->fx), 0);

	/* The next ones are as good as the first ones */
	for (i = 0; i < 40; i++)
		queue_many_submit(m, i);
	dma_async_issue_pending(chan);
	queue_many_expect(m, 0, 40, DMA_IN_PROGRESS);
	dmac_run(m->fx);
	KUNIT_EXPECT_EQ(test, m->called, 40);
}

/* An interrupt that is not ours changes nothing */
static void queue_test_foreign_interrupt(struct kunit *test)
{
	struct dmac_fixture *fx = dmac_create_case(test);
	struct dmac_xfer *x;

	dmac_foreign_interrupt(fx);
	x = queue_add(fx);
	dmac_foreign_interrupt(fx);
	axi_dmac_model_accept(fx->model);
	dmac_foreign_interrupt(fx);
	KUNIT_EXPECT_EQ(test, x->calls, 0);
	KUNIT_EXPECT_EQ(test, dmac_status(x), DMA_IN_PROGRESS);

	dmac_run(fx);
	dmac_foreign_interrupt(fx);
	dmac_expect_done(x);
}

static struct kunit_case queue_test_cases[] = {
	KUNIT_CASE_PARAM(queue_test_cap, queue_version_gen_params),
	KUNIT_CASE_PARAM(queue_test_slow_accept, queue_version_gen_params),
	KUNIT_CASE_PARAM(queue_test_coalesced, queue_version_gen_params),
	KUNIT_CASE_PARAM(queue_test_empty_interrupt, queue_gen_params),
	KUNIT_CASE_PARAM(queue_test_dead_bus, queue_gen_params),
	KUNIT_CASE_PARAM(queue_test_parked, queue_register_gen_params),
	KUNIT_CASE_PARAM(queue_test_many_segments, queue_gen_params),
	KUNIT_CASE_PARAM(queue_test_many_waiting, queue_gen_params),
	KUNIT_CASE_PARAM(queue_test_many_terminated, queue_gen_params),
	KUNIT_CASE_PARAM(queue_test_foreign_interrupt, queue_gen_params),
	{}
};

static struct kunit_suite queue_test_suite = {
	.name = "axi_dmac_queue",
	.test_cases = queue_test_cases,
};

kunit_test_suite(queue_test_suite);
