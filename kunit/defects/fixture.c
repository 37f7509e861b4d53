// SPDX-License-Identifier: GPL-2.0-only
/*
 * Common ground of the cases that provoke defects, see fixture.h.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <linux/device/driver.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include "fixture.h"

/* A byte of the stream; a misplaced one shows whatever it was misplaced by */
static u8 defect_byte(u64 pos)
{
	return (pos * 0x9e3779b1u) >> 24;
}

static ssize_t defect_produce(void *priv, void *dst, size_t len, bool *last)
{
	struct defect *d = priv;
	size_t i;

	for (i = 0; dst && i < len; i++)
		((u8 *)dst)[i] = defect_byte(d->pos + i);
	d->pos += len;

	return len;
}

static ssize_t defect_consume(void *priv, const void *src, size_t len, bool last)
{
	struct defect *d = priv;

	if (src && d->pos < DEFECT_LOG_SIZE)
		memcpy(d->log + d->pos, src, min_t(u64, len, DEFECT_LOG_SIZE - d->pos));
	d->pos += len;

	return len;
}

static const struct axi_dmac_model_stream defect_stream = {
	.produce = defect_produce,
	.consume = defect_consume,
};

/**
 * defect_config() - parameters of a core
 * @cfg: filled in; what a case needs beyond it is for the case to change
 * @kind: DEFECT_*
 *
 * It has none of the errata, so that what goes wrong is the driver's doing.
 */
void defect_config(struct axi_dmac_model_config *cfg, unsigned int kind)
{
	axi_dmac_model_defaults(cfg);
	cfg->errata = ADM_ERRATUM_TLAST;
	cfg->sg = kind & DEFECT_SG;
	cfg->cyclic = kind & DEFECT_CYCLIC;
	cfg->src_type = kind & DEFECT_OUT ? ADM_BUS_MM : ADM_BUS_STREAM;
	cfg->dest_type = kind & DEFECT_OUT ? ADM_BUS_STREAM : ADM_BUS_MM;
	cfg->addr_width = 40;
}

static void defect_destroy(void *data)
{
	struct defect *d = data;
	unsigned int i;

	/* Whatever the driver fails to wait for is over here */
	if (d->chan) {
		dmaengine_terminate_async(d->chan);
		axi_dmac_model_quiesce(d->model);
		dma_release_channel(d->chan);
	}
	axi_dmac_model_device_destroy(d->mdev);

	for (i = 0; i < d->num_bufs; i++)
		free_pages_exact(d->bufs[i], d->buf_lens[i]);
	kvfree(d->log);
	kfree(d);
}

/**
 * defect_create() - make a core, bind the driver, request the channel
 * @test: the case, which fails if the driver does not like the core
 * @cfg: parameters of the core
 */
struct defect *defect_create(struct kunit *test, const struct axi_dmac_model_config *cfg)
{
	struct dma_chan *chan;
	struct defect *d;

	d = kzalloc_obj(*d);
	KUNIT_ASSERT_NOT_NULL(test, d);
	d->test = test;
	d->out = cfg->src_type == ADM_BUS_MM;
	d->log = kvzalloc(DEFECT_LOG_SIZE, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, d->log);

	d->mdev = axi_dmac_model_device_create(cfg, false);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, d->mdev);
	d->model = d->mdev->model;
	axi_dmac_model_set_stream(d->model, &defect_stream, d);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, defect_destroy, d), 0);

	KUNIT_ASSERT_TRUE_MSG(test, device_is_bound(&d->mdev->pdev->dev),
			      "the driver refuses the core");
	chan = dma_request_chan(d->mdev->consumer, "dma");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, chan);
	d->chan = chan;

	return d;
}

struct defect *defect_create_kind(struct kunit *test, unsigned int kind)
{
	struct axi_dmac_model_config cfg;

	defect_config(&cfg, kind);

	return defect_create(test, &cfg);
}

enum dma_transfer_direction defect_direction(const struct defect *d)
{
	return d->out ? DMA_MEM_TO_DEV : DMA_DEV_TO_MEM;
}

/**
 * defect_buf() - memory that outlives the channel
 * @d: the fixture
 * @len: bytes, contiguous on the bus
 *
 * Return: page-aligned memory. Its content is different from all others' for
 * output, and nothing that an input would produce for input.
 */
void *defect_buf(struct defect *d, size_t len)
{
	size_t i;
	u8 *buf;

	KUNIT_ASSERT_LT(d->test, d->num_bufs, DEFECT_MAX_BUFS);
	buf = alloc_pages_exact(len, GFP_KERNEL | __GFP_ZERO);
	KUNIT_ASSERT_NOT_NULL(d->test, buf);

	for (i = 0; d->out && i < len; i++)
		buf[i] = defect_byte(i + 1000003 * (d->num_bufs + 1));

	d->bufs[d->num_bufs] = buf;
	d->buf_lens[d->num_bufs++] = len;

	return buf;
}

/**
 * defect_went_through() - whether a buffer has gone through the stream
 * @d: the fixture
 * @buf: the buffer
 * @len: bytes
 * @pos: position in the stream of the buffer's first byte
 */
bool defect_went_through(struct defect *d, const void *buf, size_t len, u64 pos)
{
	const u8 *bytes = buf;
	size_t i;

	for (i = 0; i < len; i++) {
		u8 want = d->out ? bytes[i] : defect_byte(pos + i);
		u8 have = d->out ? d->log[pos + i] : bytes[i];

		if (want == have)
			continue;
		kunit_info(d->test, "byte %zu of %zu at %llu: 0x%02x instead of 0x%02x\n",
			   i, len, pos, have, want);
		return false;
	}

	return true;
}

static void defect_callback(void *param, const struct dmaengine_result *result)
{
	struct defect_xfer *x = param;

	x->calls++;
	x->moved = x->d->pos;
	x->result = *result;
}

/**
 * defect_xfer() - follow a descriptor
 * @d: the fixture
 * @tx: the descriptor; the case fails if it is NULL
 */
struct defect_xfer *defect_xfer(struct defect *d, struct dma_async_tx_descriptor *tx)
{
	struct defect_xfer *x;

	KUNIT_ASSERT_NOT_NULL_MSG(d->test, tx, "prep is refused");
	KUNIT_ASSERT_LT(d->test, d->num_xfers, DEFECT_MAX_XFERS);
	x = &d->xfers[d->num_xfers++];
	x->d = d;
	x->tx = tx;
	tx->callback_result = defect_callback;
	tx->callback_param = x;

	return x;
}

struct defect_xfer *defect_prep_vecs(struct defect *d, const struct dma_vec *vecs,
				     size_t nents, unsigned long flags)
{
	return defect_xfer(d, dmaengine_prep_peripheral_dma_vec(d->chan, vecs, nents,
								defect_direction(d), flags));
}

struct defect_xfer *defect_prep(struct defect *d, void *buf, size_t len, unsigned long flags)
{
	struct dma_vec vec = { .addr = virt_to_phys(buf), .len = len };

	return defect_prep_vecs(d, &vec, 1, flags);
}

struct defect_xfer *defect_prep_cyclic(struct defect *d, void *buf, size_t len, size_t period)
{
	return defect_xfer(d, dmaengine_prep_dma_cyclic(d->chan, virt_to_phys(buf), len, period,
							defect_direction(d), 0));
}

void defect_no_callback(struct defect_xfer *x)
{
	x->tx->callback_result = NULL;
}

void defect_submit(struct defect_xfer *x)
{
	x->cookie = dmaengine_submit(x->tx);
	KUNIT_EXPECT_FALSE(x->d->test, dma_submit_error(x->cookie));
}

void defect_issue(struct defect_xfer *x)
{
	defect_submit(x);
	dma_async_issue_pending(x->d->chan);
}

unsigned int defect_deliver(struct defect *d)
{
	return axi_dmac_model_deliver(d->model, 8);
}

/**
 * defect_feed() - the core takes what it can get, and moves nothing yet
 * @d: the fixture
 *
 * Its interrupt is handled each time that it has room again.
 *
 * Return: whether there was anything to take.
 */
bool defect_feed(struct defect *d)
{
	unsigned int i;
	bool busy;

	for (i = 0; i < 100; i++) {
		busy = axi_dmac_model_accept(d->model);
		while (axi_dmac_model_fetch(d->model))
			busy = true;
		if (!defect_deliver(d) && !busy)
			break;
	}

	return i;
}

/* The core finishes @segments, then its interrupt is handled */
unsigned int defect_finish(struct defect *d, unsigned int segments)
{
	unsigned int n = axi_dmac_model_finish(d->model, segments);

	defect_deliver(d);

	return n;
}

/* One segment at a time, each with an interrupt, @segments at most */
void defect_run(struct defect *d, unsigned int segments)
{
	while (segments--)
		if (!defect_finish(d, 1) && !defect_feed(d))
			break;
}

bool defect_is_complete(struct defect_xfer *x)
{
	return dma_async_is_tx_complete(x->d->chan, x->cookie, NULL, NULL) == DMA_COMPLETE;
}

/**
 * defect_forget() - the client's memory belongs to somebody else from here on
 * @d: the fixture
 *
 * The core is caught if it touches it: ADM_ERR_FREED.
 */
void defect_forget(struct defect *d)
{
	unsigned int i;

	for (i = 0; i < d->num_bufs; i++)
		KUNIT_EXPECT_EQ(d->test, axi_dmac_model_forbid(d->model, virt_to_phys(d->bufs[i]),
							       d->buf_lens[i]), 0);
}
