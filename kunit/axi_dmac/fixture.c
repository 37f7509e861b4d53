// SPDX-License-Identifier: GPL-2.0-only
/*
 * Common ground of the tests of the AXI-DMAC driver, see fixture.h.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <linux/device/driver.h>
#include <linux/io.h>
#include <linux/irq.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/slab.h>

#include "fixture.h"

/* A byte of the stream; a misplaced one shows whatever it was misplaced by */
static u8 dmac_byte(u64 pos)
{
	return (pos * 0x9e3779b1u) >> 24;
}

static ssize_t dmac_produce(void *priv, void *dst, size_t len, bool *last)
{
	struct dmac_fixture *fx = priv;
	size_t i;

	for (i = 0; dst && i < len; i++)
		((u8 *)dst)[i] = dmac_byte(fx->pos + i);
	fx->pos += len;

	return len;
}

static ssize_t dmac_consume(void *priv, const void *src, size_t len, bool last)
{
	struct dmac_fixture *fx = priv;

	if (src && fx->pos < DMAC_LOG_SIZE)
		memcpy(fx->log + fx->pos, src, min_t(u64, len, DMAC_LOG_SIZE - fx->pos));
	fx->pos += len;

	return len;
}

static const struct axi_dmac_model_stream dmac_stream = {
	.produce = dmac_produce,
	.consume = dmac_consume,
};

/**
 * dmac_config() - parameters of a core
 * @c: kind of core
 * @cfg: filled in; what a test needs beyond it is for the test to change
 */
void dmac_config(const struct dmac_case *c, struct axi_dmac_model_config *cfg)
{
	axi_dmac_model_defaults(cfg);
	cfg->version = c->version;
	cfg->sg = c->sg;
	cfg->src_type = c->out ? ADM_BUS_MM : ADM_BUS_STREAM;
	cfg->dest_type = c->out ? ADM_BUS_STREAM : ADM_BUS_MM;
	cfg->addr_width = 40;
}

static void dmac_report_faults(struct dmac_fixture *fx)
{
	struct axi_dmac_model_fault fault;
	unsigned int i;

	for (i = 0; axi_dmac_model_fault(fx->model, i, &fault); i++)
		kunit_err(fx->test, "core: %s, register 0x%x, address 0x%llx, value 0x%llx\n",
			  axi_dmac_model_error_name(fault.kind), fault.reg, fault.addr,
			  fault.val);
}

static void dmac_destroy(void *data)
{
	struct dmac_fixture *fx = data;
	unsigned int i;

	if (fx->chan) {
		/* The core may have been told not to do this by itself */
		dmaengine_terminate_async(fx->chan);
		axi_dmac_model_quiesce(fx->model);
		dma_release_channel(fx->chan);
		KUNIT_EXPECT_EQ(fx->test, dmac_pages(fx), 0);
	}

	KUNIT_EXPECT_EQ(fx->test, axi_dmac_model_all_errors(fx->model), 0);
	dmac_report_faults(fx);
	axi_dmac_model_device_destroy(fx->mdev);
	KUNIT_EXPECT_EQ(fx->test, axi_dmac_model_stray_accesses(), 0);

	for (i = 0; i < fx->num_bufs; i++)
		free_pages_exact(fx->bufs[i], fx->buf_lens[i]);
	kvfree(fx->log);
	kfree(fx);
}

/**
 * dmac_create() - make a core, bind the driver, request the channel
 * @test: the test, which fails if the driver does not like the core
 * @cfg: parameters of the core
 */
struct dmac_fixture *dmac_create(struct kunit *test, const struct axi_dmac_model_config *cfg)
{
	struct dmac_fixture *fx;

	fx = kzalloc_obj(*fx);
	KUNIT_ASSERT_NOT_NULL(test, fx);
	fx->test = test;
	fx->out = cfg->src_type == ADM_BUS_MM;
	fx->burst = cfg->version < ADM_VERSION(4, 4, 'a') ? SZ_4K : cfg->burst_bytes ?: 128;
	fx->log = kvzalloc(DMAC_LOG_SIZE, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, fx->log);

	fx->mdev = axi_dmac_model_device_create(cfg, false);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, fx->mdev);
	fx->model = fx->mdev->model;
	axi_dmac_model_set_stream(fx->model, &dmac_stream, fx);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, dmac_destroy, fx), 0);

	KUNIT_ASSERT_TRUE(test, device_is_bound(&fx->mdev->pdev->dev));
	fx->chan = dma_request_chan(fx->mdev->consumer, "dma");
	if (IS_ERR(fx->chan))
		fx->chan = NULL;
	KUNIT_ASSERT_NOT_NULL(test, fx->chan);
	fx->dmac = container_of(fx->chan->device, struct axi_dmac, dma_dev);

	return fx;
}

/**
 * dmac_create_case() - dmac_create() for the test's parameter
 * @test: test with a struct dmac_case as its parameter
 */
struct dmac_fixture *dmac_create_case(struct kunit *test)
{
	struct axi_dmac_model_config cfg;

	dmac_config(test->param_value, &cfg);

	return dmac_create(test, &cfg);
}

/* For tests that make more than one core, and want to be rid of this one */
void dmac_done(struct dmac_fixture *fx)
{
	kunit_release_action(fx->test, dmac_destroy, fx);
}

static bool dmac_is_chan_of(struct dma_chan *chan, void *dev)
{
	return chan->device->dev == dev;
}

/**
 * dmac_use_anonymous_channel() - hold the channel as a client without device tree
 * @fx: the fixture
 *
 * No device link protects such a client from the driver's unbinding.
 */
void dmac_use_anonymous_channel(struct dmac_fixture *fx)
{
	dma_cap_mask_t mask;

	dma_release_channel(fx->chan);
	dma_cap_zero(mask);
	dma_cap_set(DMA_SLAVE, mask);
	fx->chan = dma_request_channel(mask, dmac_is_chan_of, &fx->mdev->pdev->dev);
	KUNIT_ASSERT_NOT_NULL(fx->test, fx->chan);
}

enum dma_transfer_direction dmac_direction(const struct dmac_fixture *fx)
{
	return fx->out ? DMA_MEM_TO_DEV : DMA_DEV_TO_MEM;
}

/**
 * dmac_buf() - memory that outlives the channel
 * @fx: the fixture
 * @len: bytes, contiguous on the bus
 *
 * Return: page-aligned memory. Its content is different from all others' for
 * output, and nothing that an input would produce for input.
 */
void *dmac_buf(struct dmac_fixture *fx, size_t len)
{
	size_t i;
	u8 *buf;

	KUNIT_ASSERT_LT(fx->test, fx->num_bufs, DMAC_MAX_BUFS);
	buf = alloc_pages_exact(len, GFP_KERNEL | __GFP_ZERO);
	KUNIT_ASSERT_NOT_NULL(fx->test, buf);

	for (i = 0; fx->out && i < len; i++)
		buf[i] = dmac_byte(i + 1000003 * fx->num_bufs);

	fx->bufs[fx->num_bufs] = buf;
	fx->buf_lens[fx->num_bufs++] = len;

	return buf;
}

/**
 * dmac_expect_data() - expect that a buffer has gone through the stream
 * @fx: the fixture
 * @buf: the buffer
 * @len: bytes
 * @pos: position in the stream of the buffer's first byte
 */
void dmac_expect_data(struct dmac_fixture *fx, const void *buf, size_t len, u64 pos)
{
	const u8 *bytes = buf;
	size_t i;

	for (i = 0; i < len; i++) {
		u8 want = fx->out ? bytes[i] : dmac_byte(pos + i);
		u8 have = fx->out ? fx->log[pos + i] : bytes[i];

		if (want == have)
			continue;
		KUNIT_FAIL(fx->test, "byte %zu of %zu at %llu: 0x%02x instead of 0x%02x\n",
			   i, len, pos, have, want);
		return;
	}
}

void dmac_callback(void *param, const struct dmaengine_result *result)
{
	struct dmac_xfer *x = param;

	x->calls++;
	x->result = *result;
	x->order = x->fx->calls++;

	if (!x->again)
		return;
	x->again--;
	dmac_submit_and_issue(x);
}

/**
 * dmac_xfer() - follow a descriptor
 * @fx: the fixture
 * @tx: the descriptor; the test fails if it is NULL
 */
struct dmac_xfer *dmac_xfer(struct dmac_fixture *fx, struct dma_async_tx_descriptor *tx)
{
	struct dmac_xfer *x;

	KUNIT_ASSERT_NOT_NULL(fx->test, tx);
	KUNIT_ASSERT_LT(fx->test, fx->num_xfers, DMAC_MAX_XFERS);
	x = &fx->xfers[fx->num_xfers++];
	x->fx = fx;
	x->tx = tx;
	tx->callback_result = dmac_callback;
	tx->callback_param = x;

	return x;
}

struct dmac_xfer *dmac_prep_vecs(struct dmac_fixture *fx, const struct dma_vec *vecs,
				 size_t nents, unsigned long flags)
{
	return dmac_xfer(fx, dmaengine_prep_peripheral_dma_vec(fx->chan, vecs, nents,
							       dmac_direction(fx), flags));
}

struct dmac_xfer *dmac_prep(struct dmac_fixture *fx, void *buf, size_t len,
			    unsigned long flags)
{
	struct dma_vec vec = { .addr = virt_to_phys(buf), .len = len };

	return dmac_prep_vecs(fx, &vec, 1, flags);
}

struct dmac_xfer *dmac_prep_cyclic(struct dmac_fixture *fx, void *buf, size_t len,
				   size_t period)
{
	return dmac_xfer(fx, dmaengine_prep_dma_cyclic(fx->chan, virt_to_phys(buf), len,
						       period, dmac_direction(fx), 0));
}

void dmac_no_callback(struct dmac_xfer *x)
{
	x->tx->callback_result = NULL;
}

void dmac_submit(struct dmac_xfer *x)
{
	x->cookie = dmaengine_submit(x->tx);
	KUNIT_EXPECT_FALSE(x->fx->test, dma_submit_error(x->cookie));
}

void dmac_submit_and_issue(struct dmac_xfer *x)
{
	dmac_submit(x);
	dma_async_issue_pending(x->fx->chan);
}

/* The core takes up all that it can without moving data */
void dmac_take_up(struct dmac_fixture *fx)
{
	bool accepted, fetched;

	do {
		accepted = axi_dmac_model_accept(fx->model);
		fetched = axi_dmac_model_fetch(fx->model);
	} while (accepted || fetched);
}

/* The core finishes @segments, then its interrupt is handled */
unsigned int dmac_finish(struct dmac_fixture *fx, unsigned int segments)
{
	unsigned int n = axi_dmac_model_finish(fx->model, segments);

	dmac_deliver(fx);

	return n;
}

/* Until there is nothing left to do; not for what never ends */
void dmac_run(struct dmac_fixture *fx)
{
	do {
		axi_dmac_model_run(fx->model);
	} while (dmac_deliver(fx));
}

unsigned int dmac_deliver(struct dmac_fixture *fx)
{
	return axi_dmac_model_deliver(fx->model, 8);
}

/* The handler is called, but it was another device on the same line */
void dmac_foreign_interrupt(struct dmac_fixture *fx)
{
	local_bh_disable();
	generic_handle_irq_safe(fx->mdev->irq);
	local_bh_enable();
}

enum dma_status dmac_status(struct dmac_xfer *x)
{
	return dma_async_is_tx_complete(x->fx->chan, x->cookie, NULL, NULL);
}

u32 dmac_residue(struct dmac_xfer *x)
{
	struct dma_tx_state state = { .residue = U32_MAX };

	x->fx->chan->device->device_tx_status(x->fx->chan, x->cookie, &state);

	return state.residue;
}

/* Completed once, and well */
void dmac_expect_done(struct dmac_xfer *x)
{
	struct kunit *test = x->fx->test;

	KUNIT_EXPECT_EQ(test, x->calls, 1);
	KUNIT_EXPECT_EQ(test, x->result.result, DMA_TRANS_NOERROR);
	KUNIT_EXPECT_EQ(test, dmac_status(x), DMA_COMPLETE);
}

/* A core that would not become quiet does so now: @next, of @len bytes, follows the loop */
void dmac_expect_replaced(struct dmac_xfer *loop, struct dmac_xfer *next, size_t len)
{
	struct dmac_fixture *fx = loop->fx;

	axi_dmac_model_set_quiesce(fx->model, 3, 0);
	fx->dmac->hw.quiet_timeout_us = 60 * USEC_PER_SEC;
	dmaengine_synchronize(fx->chan);
	dmac_run(fx);
	dmac_expect_done(next);
	dmac_expect_data(fx, fx->bufs[1], len, fx->pos - len);
	KUNIT_EXPECT_EQ(fx->test, dmac_status(loop), DMA_COMPLETE);
}

/* Pages that descriptors use; those kept for the next ones do not count */
int dmac_pages(struct dmac_fixture *fx)
{
	struct axi_dmac_chan *chan = &fx->dmac->chan;

	return atomic_read(&chan->num_pages) - READ_ONCE(chan->num_spares);
}

/**
 * dmac_max_outstanding() - how many transfers the core is given at a time
 * @fx: the fixture
 * @len: their bytes, each one segment
 *
 * A segment that is less than a burst has to be alone on the way to memory. And where a
 * packet may end early, segments that the core may look beyond come in pairs only; it
 * looks ahead for 63 bursts at most.
 */
unsigned int dmac_max_outstanding(const struct dmac_fixture *fx, size_t len)
{
	if (fx->out || len > 63 * fx->burst)
		return AXI_DMAC_MAX_OUTSTANDING;

	return len < fx->burst ? 1 : 2;
}

MODULE_AUTHOR("the dma_vec project");
MODULE_DESCRIPTION("KUnit tests of the AXI-DMAC driver");
MODULE_LICENSE("GPL");
