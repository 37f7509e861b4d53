/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A simulated core, its driver, and a client, for cases that provoke a defect.
 *
 * Whatever driver is built in gets bound: the base's own, or the one that takes
 * its place. So nothing here knows more of it than a client of dmaengine does. A
 * case says by its message what the user suffers, in few words, as they go into
 * a table. It is bounded by itself, however broken the driver is.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#ifndef _DMA_DEFECTS_FIXTURE_H
#define _DMA_DEFECTS_FIXTURE_H

#include <kunit/test.h>
#include <linux/dmaengine.h>
#include <linux/io.h>
#include <linux/platform_device.h>
#include <linux/sizes.h>

#include "axi-dmac-model.h"

#define DEFECT_MAX_BUFS		16
#define DEFECT_MAX_XFERS	16
#define DEFECT_LOG_SIZE		SZ_256K

/* Kinds of cores, for defect_config() */
#define DEFECT_SG	BIT(0)	/* with scatter-gather */
#define DEFECT_OUT	BIT(1)	/* from memory to a stream, else from a stream to memory */
#define DEFECT_CYCLIC	BIT(2)	/* can repeat a segment by itself */

struct defect;

/**
 * struct defect_xfer - a transfer, and what became of it
 * @d: its fixture
 * @tx: descriptor
 * @cookie: of the submit
 * @calls: callbacks so far
 * @moved: bytes that the core had moved when the last one came
 * @result: of the last one
 */
struct defect_xfer {
	struct defect *d;
	struct dma_async_tx_descriptor *tx;
	dma_cookie_t cookie;
	unsigned int calls;
	u64 moved;
	struct dmaengine_result result;
};

/**
 * struct defect - core, driver, and the client's channel
 * @test: the case
 * @mdev: device
 * @model: its core
 * @chan: its channel, NULL if the case has released it
 * @out: direction
 * @pos: bytes that went through the stream
 * @log: the first DEFECT_LOG_SIZE bytes that came out of the stream
 * @bufs: memory
 * @buf_lens: lengths of @bufs
 * @num_bufs: how many
 * @xfers: transfers
 * @num_xfers: how many
 */
struct defect {
	struct kunit *test;
	struct axi_dmac_model_device *mdev;
	struct axi_dmac_model *model;
	struct dma_chan *chan;
	bool out;
	u64 pos;
	u8 *log;
	void *bufs[DEFECT_MAX_BUFS];
	size_t buf_lens[DEFECT_MAX_BUFS];
	unsigned int num_bufs;
	struct defect_xfer xfers[DEFECT_MAX_XFERS];
	unsigned int num_xfers;
};

void defect_config(struct axi_dmac_model_config *cfg, unsigned int kind);
struct defect *defect_create(struct kunit *test, const struct axi_dmac_model_config *cfg);
struct defect *defect_create_kind(struct kunit *test, unsigned int kind);
enum dma_transfer_direction defect_direction(const struct defect *d);

void *defect_buf(struct defect *d, size_t len);
bool defect_went_through(struct defect *d, const void *buf, size_t len, u64 pos);

struct defect_xfer *defect_xfer(struct defect *d, struct dma_async_tx_descriptor *tx);
struct defect_xfer *defect_prep_vecs(struct defect *d, const struct dma_vec *vecs,
				     size_t nents, unsigned long flags);
struct defect_xfer *defect_prep(struct defect *d, void *buf, size_t len, unsigned long flags);
struct defect_xfer *defect_prep_cyclic(struct defect *d, void *buf, size_t len, size_t period);
void defect_no_callback(struct defect_xfer *x);
void defect_submit(struct defect_xfer *x);
void defect_issue(struct defect_xfer *x);

bool defect_feed(struct defect *d);
unsigned int defect_finish(struct defect *d, unsigned int segments);
void defect_run(struct defect *d, unsigned int segments);
unsigned int defect_deliver(struct defect *d);
bool defect_is_complete(struct defect_xfer *x);
void defect_forget(struct defect *d);

#endif
