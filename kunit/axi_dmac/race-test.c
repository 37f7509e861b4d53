// SPDX-License-Identifier: GPL-2.0-only
/*
 * Something happens between the moment when the line goes up and the last access of
 * the handler: at each of them in turn the core completes one more transfer, and
 * then a client, or whoever unbinds the driver, does what it does. A call that
 * comes while the handler holds the channel's lock waits for it, as it would on
 * another CPU, and is first to get it then.
 *
 * However that goes, a transfer completes once, with what became of it, or it is
 * one of those that were terminated.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <linux/device/driver.h>
#include <linux/hardirq.h>
#include <linux/io.h>
#include <linux/platform_device.h>

#include "fixture.h"

#define RACE_BYTES	1024
#define RACE_SHORT	264
#define RACE_XFERS	5

/**
 * enum race_act - what comes to pass, behind one more completion
 * @RACE_NOTHING: nothing
 * @RACE_PACKET: the completion is that of a short packet
 * @RACE_ISSUE: one more transfer is issued
 * @RACE_PAUSE: the channel is paused
 * @RACE_TERMINATE: it is terminated and used again
 * @RACE_BEFORE_TASKLET: the same, before the tasklet gets to run
 * @RACE_UNBIND: the driver is unbound
 * @RACE_ACTS: how many there are
 */
enum race_act {
	RACE_NOTHING,
	RACE_PACKET,
	RACE_ISSUE,
	RACE_PAUSE,
	RACE_TERMINATE,
	RACE_BEFORE_TASKLET,
	RACE_UNBIND,
	RACE_ACTS
};

static const char * const race_names[RACE_ACTS] = {
	[RACE_NOTHING] = "completion",
	[RACE_PACKET] = "short packet",
	[RACE_ISSUE] = "issue",
	[RACE_PAUSE] = "pause",
	[RACE_TERMINATE] = "terminate",
	[RACE_BEFORE_TASKLET] = "terminate before the tasklet",
	[RACE_UNBIND] = "unbind",
};

struct race_case {
	const struct dmac_case *core;
	enum race_act act;
};

/* All acts on all cores, those without meaning left out */
static const void *race_gen_params(struct kunit *test, const void *prev, char *desc)
{
	static struct race_case cases[ARRAY_SIZE(dmac_modes) * RACE_ACTS];
	struct race_case *c = prev ? (struct race_case *)prev + 1 : cases;
	unsigned int n;

	for (; c < cases + ARRAY_SIZE(cases); c++) {
		n = c - cases;
		c->core = &dmac_modes[n / RACE_ACTS];
		c->act = n % RACE_ACTS;
		if (c->act == RACE_PACKET && c->core->out)
			continue;
		if (c->act == RACE_PAUSE && c->core->sg)
			continue;
		snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%s, %s", c->core->name,
			 race_names[c->act]);
		return c;
	}

	return NULL;
}

/**
 * struct race - one round
 * @fx: core and driver
 * @act: what is to happen
 * @countdown: accesses until then, 0 if it has happened
 * @accesses: accesses so far
 * @deferred: it has to wait for the handler
 * @acted: it has happened
 * @short_one: number of the transfer that the short packet was for
 * @pos: bytes that had gone through the stream when it happened
 * @x: transfers that were there before
 * @next: transfers that came with the act
 */
struct race {
	struct dmac_fixture *fx;
	enum race_act act;
	unsigned int countdown;
	unsigned int accesses;
	bool deferred;
	bool acted;
	unsigned int short_one;
	u64 pos;
	struct dmac_xfer *x[RACE_XFERS];
	struct dmac_xfer *next[2];
};

static struct dmac_xfer *race_add(struct race *r)
{
	struct dmac_fixture *fx = r->fx;
	struct dmac_xfer *x = dmac_prep(fx, fx->bufs[fx->num_xfers], RACE_BYTES, 0);

	dmac_submit_and_issue(x);

	return x;
}

static void race_do(struct race *r)
{
	struct dma_chan *chan = r->fx->chan;

	r->acted = true;
	r->pos = r->fx->pos;
	switch (r->act) {
	case RACE_ISSUE:
		r->next[0] = race_add(r);
		break;
	case RACE_PAUSE:
		KUNIT_EXPECT_EQ(r->fx->test, dmaengine_pause(chan), 0);
		break;
	case RACE_TERMINATE:
	case RACE_BEFORE_TASKLET:
		KUNIT_EXPECT_EQ(r->fx->test, dmaengine_terminate_async(chan), 0);
		r->next[0] = race_add(r);
		r->next[1] = race_add(r);
		break;
	case RACE_UNBIND:
		device_release_driver(&r->fx->mdev->pdev->dev);
		break;
	default:
		break;
	}
}

static void race_hook(struct axi_dmac_model *model, enum axi_dmac_model_point point,
		      unsigned int reg, void *priv)
{
	struct race *r = priv;

	r->accesses++;
	if (!r->countdown || --r->countdown)
		return;

	if (r->act == RACE_PACKET) {
		axi_dmac_model_packet(model, RACE_SHORT);
		r->short_one = r->fx->pos / RACE_BYTES;
	}
	axi_dmac_model_finish(model, 1);

	/* The line went up, and no handler has the lock yet */
	r->deferred = in_hardirq();
	if (!r->deferred)
		race_do(r);
}

static void race_handle(struct race *r)
{
	if (r->act == RACE_BEFORE_TASKLET)
		local_bh_disable();
	axi_dmac_model_deliver(r->fx->model, 1);
	if (r->deferred)
		race_do(r);
	if (r->act == RACE_BEFORE_TASKLET)
		local_bh_enable();
}

/* A transfer that completed well has its data where it belongs */
static void race_expect_once(struct race *r, struct dmac_xfer *x, unsigned int n,
			     unsigned int at)
{
	struct kunit *test = r->fx->test;
	size_t len = RACE_BYTES;

	KUNIT_EXPECT_EQ_MSG(test, x->calls, 1, "access %u, transfer %u", at, n);
	if (r->act == RACE_UNBIND && (n + 1) * RACE_BYTES > r->pos) {
		KUNIT_EXPECT_EQ_MSG(test, x->result.result, DMA_TRANS_ABORTED,
				    "access %u, transfer %u", at, n);
		KUNIT_EXPECT_EQ(test, x->result.residue, RACE_BYTES);
		return;
	}

	KUNIT_EXPECT_EQ_MSG(test, x->result.result, DMA_TRANS_NOERROR,
			    "access %u, transfer %u", at, n);
	if (r->act == RACE_PACKET && n == r->short_one)
		len = RACE_SHORT;
	KUNIT_EXPECT_EQ_MSG(test, x->result.residue, RACE_BYTES - len, "access %u, transfer %u",
			    at, n);
	if (r->act != RACE_PACKET || n <= r->short_one)
		dmac_expect_data(r->fx, r->fx->bufs[n], len, n * RACE_BYTES);
}

/* None, or once: what was left at the terminate is never heard of again */
static void race_expect_terminated(struct race *r, unsigned int at)
{
	struct dmac_fixture *fx = r->fx;
	unsigned int i, calls = fx->calls;

	dmaengine_synchronize(fx->chan);
	KUNIT_EXPECT_EQ_MSG(fx->test, fx->calls, calls, "access %u", at);
	KUNIT_EXPECT_EQ_MSG(fx->test, r->next[0]->calls, 0, "access %u", at);
	for (i = 0; i < RACE_XFERS; i++) {
		KUNIT_EXPECT_EQ(fx->test, axi_dmac_model_forbid(fx->model,
								virt_to_phys(fx->bufs[i]),
								SZ_4K), 0);
		if (r->x[i]->calls)
			race_expect_once(r, r->x[i], i, at);
	}
	/* A handler that has waited for the lock all the time */
	dmac_foreign_interrupt(fx);
	KUNIT_EXPECT_EQ_MSG(fx->test, fx->calls, calls, "access %u", at);
	dmac_run(fx);
	KUNIT_EXPECT_EQ_MSG(fx->test, fx->calls, calls + 2, "access %u", at);
	dmac_expect_done(r->next[0]);
	dmac_expect_done(r->next[1]);
	dmac_expect_data(fx, fx->bufs[RACE_XFERS + 1], RACE_BYTES, fx->pos - RACE_BYTES);
	KUNIT_EXPECT_EQ_MSG(fx->test, dmac_pages(fx), 0, "access %u", at);
}

static void race_expect_all(struct race *r, unsigned int at)
{
	unsigned int i;

	if (r->act == RACE_PAUSE) {
		dmac_foreign_interrupt(r->fx);
		KUNIT_EXPECT_LT_MSG(r->fx->test, r->fx->calls, RACE_XFERS, "access %u", at);
		KUNIT_EXPECT_EQ(r->fx->test, dmaengine_resume(r->fx->chan), 0);
	}
	if (r->act != RACE_UNBIND)
		dmac_run(r->fx);
	for (i = 0; i < RACE_XFERS; i++)
		race_expect_once(r, r->x[i], i, at);
	if (r->next[0])
		dmac_expect_done(r->next[0]);
	KUNIT_EXPECT_EQ_MSG(r->fx->test, dmac_pages(r->fx), 0, "access %u", at);
}

/* Return: accesses that there were */
static unsigned int race_round(struct kunit *test, unsigned int at)
{
	const struct race_case *c = test->param_value;
	struct race r = { .act = c->act, .countdown = at, .short_one = UINT_MAX };
	struct axi_dmac_model_config cfg;
	unsigned int i;

	dmac_config(c->core, &cfg);
	cfg.late_bytes = 200;
	r.fx = dmac_create(test, &cfg);
	dmac_use_anonymous_channel(r.fx);

	for (i = 0; i < RACE_XFERS + ARRAY_SIZE(r.next); i++)
		dmac_buf(r.fx, SZ_4K);
	for (i = 0; i < RACE_XFERS; i++) {
		r.x[i] = race_add(&r);
		axi_dmac_model_accept(r.fx->model);
	}
	axi_dmac_model_set_hook(r.fx->model, race_hook, &r);
	KUNIT_EXPECT_EQ(test, axi_dmac_model_finish(r.fx->model, 1), 1);
	race_handle(&r);
	axi_dmac_model_set_hook(r.fx->model, NULL, NULL);
	KUNIT_EXPECT_EQ(test, r.acted, at && at <= r.accesses);

	if (r.acted && (c->act == RACE_TERMINATE || c->act == RACE_BEFORE_TASKLET))
		race_expect_terminated(&r, at);
	else if (r.acted || c->act != RACE_UNBIND)
		race_expect_all(&r, at);

	/* The driver's memory goes with the last reference to its channel */
	if (c->act == RACE_UNBIND && r.acted) {
		dma_release_channel(r.fx->chan);
		r.fx->chan = NULL;
	}
	dmac_done(r.fx);

	return r.accesses;
}

static void race_test(struct kunit *test)
{
	unsigned int at, accesses;

	accesses = race_round(test, 0);
	/* Acknowledge and count, before and after; and a submit */
	KUNIT_EXPECT_GE(test, accesses, 1 + 2 * 3);
	for (at = 1; at <= accesses; at++)
		race_round(test, at);
}

KUNIT_ARRAY_PARAM_DESC(race_cycle, dmac_modes, name);

/* What ends a repeated transfer comes at one of the accesses, behind one more period */
static unsigned int race_cycle_round(struct kunit *test, unsigned int at)
{
	struct race r = { .act = RACE_NOTHING, .countdown = at };
	struct dmac_xfer *x, *next;
	struct dmac_fixture *fx;
	unsigned int i;

	fx = dmac_create_case(test);
	r.fx = fx;
	x = dmac_prep_cyclic(fx, dmac_buf(fx, 4 * RACE_BYTES), 4 * RACE_BYTES, RACE_BYTES);
	next = dmac_prep(fx, dmac_buf(fx, SZ_4K), SZ_4K, DMA_PREP_LOAD_EOT);
	dmac_submit_and_issue(x);
	axi_dmac_model_accept(fx->model);

	axi_dmac_model_set_hook(fx->model, race_hook, &r);
	KUNIT_EXPECT_EQ(test, axi_dmac_model_finish(fx->model, 1), 1);
	axi_dmac_model_deliver(fx->model, 1);
	axi_dmac_model_set_hook(fx->model, NULL, NULL);
	dmac_submit_and_issue(next);

	for (i = 0; i < 100 && dmac_status(next) != DMA_COMPLETE; i++)
		dmac_finish(fx, 1);
	dmac_expect_done(next);
	KUNIT_EXPECT_EQ_MSG(test, dmac_status(x), DMA_COMPLETE, "access %u", at);
	KUNIT_EXPECT_EQ_MSG(test, x->calls, (fx->pos - SZ_4K) / RACE_BYTES, "access %u", at);
	KUNIT_EXPECT_EQ_MSG(test, x->calls, next->order, "access %u", at);
	dmac_expect_data(fx, fx->bufs[1], SZ_4K, fx->pos - SZ_4K);
	KUNIT_EXPECT_EQ(test, dmac_pages(fx), 0);
	dmac_done(fx);

	return r.accesses;
}

static void race_test_cycle(struct kunit *test)
{
	unsigned int at, accesses;

	accesses = race_cycle_round(test, 0);
	KUNIT_EXPECT_GE(test, accesses, 1 + 2 * 2);
	for (at = 1; at <= accesses; at++)
		race_cycle_round(test, at);
}

static struct kunit_case race_test_cases[] = {
	KUNIT_CASE_PARAM(race_test, race_gen_params),
	KUNIT_CASE_PARAM(race_test_cycle, race_cycle_gen_params),
	{}
};

static struct kunit_suite race_test_suite = {
	.name = "axi_dmac_race",
	.test_cases = race_test_cases,
};

kunit_test_suite(race_test_suite);
