/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A simulated core with the driver bound to it, a channel, and transfers that
 * remember what became of them. What all tests demand is checked at the end of
 * each: the core has seen no error of the driver, and no memory is left.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#ifndef _AXI_DMAC_TEST_FIXTURE_H
#define _AXI_DMAC_TEST_FIXTURE_H

#include <kunit/test.h>
#include <linux/dma-vec.h>
#include <linux/dmaengine.h>
#include <linux/sizes.h>

#include "axi-dmac-model.h"

#include "../axi-dmac.h"

#define DMAC_MAX_BUFS	64
#define DMAC_MAX_XFERS	64
#define DMAC_LOG_SIZE	SZ_2M

/**
 * struct dmac_case - a kind of core
 * @name: for the report
 * @version: ADM_VERSION()
 * @sg: with scatter-gather
 * @out: from memory to a stream, else from a stream to memory
 */
struct dmac_case {
	const char *name;
	u32 version;
	bool sg;
	bool out;
};

/* Both modes, both directions */
static const struct dmac_case dmac_modes[] __maybe_unused = {
	{ "4.5.e registers, in", ADM_VERSION(4, 5, 'e'), false, false },
	{ "4.5.e registers, out", ADM_VERSION(4, 5, 'e'), false, true },
	{ "4.5.e scatter-gather, in", ADM_VERSION(4, 5, 'e'), true, false },
	{ "4.5.e scatter-gather, out", ADM_VERSION(4, 5, 'e'), true, true },
};

/* Where the core reads descriptors */
static const struct dmac_case dmac_rings[] __maybe_unused = {
	{ "4.5.a scatter-gather, in", ADM_VERSION(4, 5, 'a'), true, false },
	{ "4.5.e scatter-gather, out", ADM_VERSION(4, 5, 'e'), true, true },
};

/* Those that count differently, or that have less to go by */
static const struct dmac_case dmac_versions[] __maybe_unused = {
	{ "4.0.a registers, in", ADM_VERSION(4, 0, 'a'), false, false },
	{ "4.0.a registers, out", ADM_VERSION(4, 0, 'a'), false, true },
	{ "4.1.a registers, in", ADM_VERSION(4, 1, 'a'), false, false },
	{ "4.2.b registers, in", ADM_VERSION(4, 2, 'b'), false, false },
	{ "4.3.a registers, out", ADM_VERSION(4, 3, 'a'), false, true },
	{ "4.4.a registers, in", ADM_VERSION(4, 4, 'a'), false, false },
	{ "4.5.a scatter-gather, in", ADM_VERSION(4, 5, 'a'), true, false },
	{ "4.5.e registers, in", ADM_VERSION(4, 5, 'e'), false, false },
	{ "4.5.e registers, out", ADM_VERSION(4, 5, 'e'), false, true },
	{ "4.5.e scatter-gather, in", ADM_VERSION(4, 5, 'e'), true, false },
	{ "4.5.e scatter-gather, out", ADM_VERSION(4, 5, 'e'), true, true },
	{ "4.6.a registers, out", ADM_VERSION(4, 6, 'a'), false, true },
	{ "4.6.a scatter-gather, in", ADM_VERSION(4, 6, 'a'), true, false },
};

/* Those that can be paused */
static const struct dmac_case dmac_registers[] __maybe_unused = {
	{ "4.1.a registers, in", ADM_VERSION(4, 1, 'a'), false, false },
	{ "4.2.b registers, out", ADM_VERSION(4, 2, 'b'), false, true },
	{ "4.5.e registers, in", ADM_VERSION(4, 5, 'e'), false, false },
	{ "4.5.e registers, out", ADM_VERSION(4, 5, 'e'), false, true },
};

struct dmac_fixture;

/**
 * struct dmac_xfer - a transfer
 * @fx: its fixture
 * @tx: descriptor
 * @cookie: of the last submit
 * @calls: callbacks so far
 * @result: of the last one
 * @order: how many callbacks of the fixture there had been before the last one
 * @again: submit it again so many times, from its callback
 */
struct dmac_xfer {
	struct dmac_fixture *fx;
	struct dma_async_tx_descriptor *tx;
	dma_cookie_t cookie;
	unsigned int calls;
	struct dmaengine_result result;
	unsigned int order;
	unsigned int again;
};

/**
 * struct dmac_fixture - core, driver and channel
 * @test: the test
 * @mdev: device
 * @model: its core
 * @dmac: what the driver thinks of it
 * @chan: its channel, NULL if the test has released it
 * @out: direction
 * @burst: bytes of a burst, as far as the core tells, else of the longest one
 * @pos: bytes that went through the stream
 * @calls: callbacks of all transfers
 * @log: the first DMAC_LOG_SIZE bytes that came out of the stream
 * @bufs: memory
 * @buf_lens: lengths of @bufs
 * @num_bufs: how many
 * @xfers: transfers
 * @num_xfers: how many
 */
struct dmac_fixture {
	struct kunit *test;
	struct axi_dmac_model_device *mdev;
	struct axi_dmac_model *model;
	struct axi_dmac *dmac;
	struct dma_chan *chan;
	bool out;
	unsigned int burst;
	u64 pos;
	unsigned int calls;
	u8 *log;
	void *bufs[DMAC_MAX_BUFS];
	size_t buf_lens[DMAC_MAX_BUFS];
	unsigned int num_bufs;
	struct dmac_xfer xfers[DMAC_MAX_XFERS];
	unsigned int num_xfers;
};

void dmac_config(const struct dmac_case *c, struct axi_dmac_model_config *cfg);
struct dmac_fixture *dmac_create(struct kunit *test, const struct axi_dmac_model_config *cfg);
struct dmac_fixture *dmac_create_case(struct kunit *test);
void dmac_done(struct dmac_fixture *fx);
void dmac_use_anonymous_channel(struct dmac_fixture *fx);
enum dma_transfer_direction dmac_direction(const struct dmac_fixture *fx);

void *dmac_buf(struct dmac_fixture *fx, size_t len);
void dmac_expect_data(struct dmac_fixture *fx, const void *buf, size_t len, u64 pos);

struct dmac_xfer *dmac_xfer(struct dmac_fixture *fx, struct dma_async_tx_descriptor *tx);
struct dmac_xfer *dmac_prep_vecs(struct dmac_fixture *fx, const struct dma_vec *vecs,
				 size_t nents, unsigned long flags);
struct dmac_xfer *dmac_prep(struct dmac_fixture *fx, void *buf, size_t len,
			    unsigned long flags);
struct dmac_xfer *dmac_prep_cyclic(struct dmac_fixture *fx, void *buf, size_t len,
				   size_t period);
void dmac_callback(void *param, const struct dmaengine_result *result);
void dmac_no_callback(struct dmac_xfer *x);
void dmac_submit(struct dmac_xfer *x);
void dmac_submit_and_issue(struct dmac_xfer *x);

void dmac_take_up(struct dmac_fixture *fx);
unsigned int dmac_finish(struct dmac_fixture *fx, unsigned int segments);
void dmac_run(struct dmac_fixture *fx);
unsigned int dmac_deliver(struct dmac_fixture *fx);
void dmac_foreign_interrupt(struct dmac_fixture *fx);

enum dma_status dmac_status(struct dmac_xfer *x);
u32 dmac_residue(struct dmac_xfer *x);
int dmac_pages(struct dmac_fixture *fx);
unsigned int dmac_max_outstanding(const struct dmac_fixture *fx, size_t len);
void dmac_expect_done(struct dmac_xfer *x);
void dmac_expect_replaced(struct dmac_xfer *loop, struct dmac_xfer *next, size_t len);

#endif
