// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of a simulated core as a device: whichever AXI-DMAC driver is built in
 * binds to it and moves data through it.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <kunit/test.h>
#include <linux/completion.h>
#include <linux/device/driver.h>
#include <linux/dma-mapping.h>
#include <linux/dmaengine.h>
#include <linux/platform_device.h>
#include <linux/slab.h>

#include "axi-dmac-model.h"
#include "pattern.h"

#define DEV_BYTES	SZ_16K

struct dev_case {
	const char *name;
	u32 version;
	bool sg;
	bool out;
};

static const struct dev_case dev_cases[] = {
	{ "4.2.b in, registers", ADM_VERSION(4, 2, 'b'), false, false },
	{ "4.2.b out, registers", ADM_VERSION(4, 2, 'b'), false, true },
	{ "4.5.e in, registers", ADM_VERSION(4, 5, 'e'), false, false },
	{ "4.5.e out, registers", ADM_VERSION(4, 5, 'e'), false, true },
	{ "4.5.e in, scatter-gather", ADM_VERSION(4, 5, 'e'), true, false },
	{ "4.5.e out, scatter-gather", ADM_VERSION(4, 5, 'e'), true, true },
};

KUNIT_ARRAY_PARAM_DESC(dev, dev_cases, name);

/* One end of a stream with a pattern on it */
struct dev_stream {
	struct adm_pattern pattern;
	u64 received;
	u64 wrong;
};

static ssize_t dev_produce(void *priv, void *dst, size_t len, bool *last)
{
	struct dev_stream *s = priv;

	adm_pattern_make(&s->pattern, dst, len);
	return len;
}

static ssize_t dev_consume(void *priv, const void *src, size_t len, bool last)
{
	struct dev_stream *s = priv;

	s->wrong += adm_pattern_check(&s->pattern, src, len);
	s->received += len;
	return len;
}

static const struct axi_dmac_model_stream dev_stream_ops = {
	.produce = dev_produce,
	.consume = dev_consume,
};

static void dev_config(const struct dev_case *param, struct axi_dmac_model_config *cfg)
{
	axi_dmac_model_defaults(cfg);
	cfg->version = param->version;
	cfg->sg = param->sg;
	cfg->src_type = param->out ? ADM_BUS_MM : ADM_BUS_STREAM;
	cfg->dest_type = param->out ? ADM_BUS_STREAM : ADM_BUS_MM;
	cfg->addr_width = 32;
}

static void dev_destroy(void *mdev)
{
	axi_dmac_model_device_destroy(mdev);
}

static struct axi_dmac_model_device *dev_create(struct kunit *test,
						const struct axi_dmac_model_config *cfg)
{
	struct axi_dmac_model_device *mdev = axi_dmac_model_device_create(cfg, false);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, mdev);
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, dev_destroy, mdev));
	if (!device_is_bound(&mdev->pdev->dev))
		kunit_skip(test, "no driver for the AXI-DMAC in this kernel");
	return mdev;
}

static void dev_release(void *chan)
{
	dma_release_channel(chan);
}

static struct dma_chan *dev_request(struct kunit *test, struct axi_dmac_model_device *mdev)
{
	struct dma_chan *chan = dma_request_chan(mdev->consumer, "dma");

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, chan);
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, dev_release, chan));
	return chan;
}

static void dev_done(void *done)
{
	complete(done);
}

/* The model reaches memory by its physical address; nothing caches it */
static void dev_submit(struct kunit *test, struct dma_chan *chan, void *buf, bool out,
		       struct completion *done)
{
	struct dma_async_tx_descriptor *tx;

	tx = dmaengine_prep_slave_single(chan, virt_to_phys(buf), DEV_BYTES,
					 out ? DMA_MEM_TO_DEV : DMA_DEV_TO_MEM,
					 DMA_PREP_INTERRUPT);
	KUNIT_ASSERT_NOT_NULL(test, tx);
	tx->callback = dev_done;
	tx->callback_param = done;
	KUNIT_ASSERT_GE(test, dmaengine_submit(tx), 1);
	dma_async_issue_pending(chan);
}

static void *dev_buffer(struct kunit *test)
{
	void *buf = kunit_kzalloc(test, DEV_BYTES, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, buf);
	return buf;
}

static struct dev_stream *dev_connect(struct kunit *test, struct axi_dmac_model *model)
{
	struct dev_stream *s = kunit_kzalloc(test, sizeof(*s), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, s);
	adm_pattern_start(&s->pattern, ADM_PATTERN_PN23);
	axi_dmac_model_set_stream(model, &dev_stream_ops, s);
	return s;
}

static void dev_verify(struct kunit *test, const struct dev_case *param,
		       struct dev_stream *s, const void *buf)
{
	if (param->out) {
		KUNIT_EXPECT_EQ(test, s->received, DEV_BYTES);
		KUNIT_EXPECT_EQ(test, s->wrong, 0);
		return;
	}
	adm_pattern_start(&s->pattern, ADM_PATTERN_PN23);
	KUNIT_EXPECT_EQ(test, adm_pattern_check(&s->pattern, buf, DEV_BYTES), 0);
}

static void *dev_prepare(struct kunit *test, const struct dev_case *param)
{
	struct adm_pattern *pattern;
	void *buf = dev_buffer(test);

	if (!param->out)
		return buf;
	pattern = kunit_kzalloc(test, sizeof(*pattern), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, pattern);
	adm_pattern_start(pattern, ADM_PATTERN_PN23);
	adm_pattern_make(pattern, buf, DEV_BYTES);
	return buf;
}

static void dev_test_stepped(struct kunit *test)
{
	const struct dev_case *param = test->param_value;
	struct axi_dmac_model_device *mdev;
	struct axi_dmac_model_config cfg;
	DECLARE_COMPLETION_ONSTACK(done);
	struct dev_stream *s;
	void *buf;

	dev_config(param, &cfg);
	mdev = dev_create(test, &cfg);
	s = dev_connect(test, mdev->model);
	buf = dev_prepare(test, param);
	dev_submit(test, dev_request(test, mdev), buf, param->out, &done);

	KUNIT_EXPECT_FALSE(test, completion_done(&done));
	KUNIT_EXPECT_GE(test, axi_dmac_model_run(mdev->model), 1);
	KUNIT_EXPECT_GE(test, axi_dmac_model_deliver(mdev->model, 4), 1);
	KUNIT_EXPECT_TRUE(test, completion_done(&done));
	KUNIT_EXPECT_FALSE(test, axi_dmac_model_line(mdev->model));
	dev_verify(test, param, s, buf);
	KUNIT_EXPECT_EQ(test, axi_dmac_model_all_errors(mdev->model), 0);
}

static void dev_test_free_running(struct kunit *test)
{
	const struct dev_case *param = test->param_value;
	struct axi_dmac_model_device *mdev;
	struct axi_dmac_model_config cfg;
	DECLARE_COMPLETION_ONSTACK(done);
	struct dev_stream *s;
	void *buf;

	dev_config(param, &cfg);
	cfg.free_running = true;
	mdev = dev_create(test, &cfg);
	s = dev_connect(test, mdev->model);
	buf = dev_prepare(test, param);
	dev_submit(test, dev_request(test, mdev), buf, param->out, &done);

	wait_for_completion(&done);
	dev_verify(test, param, s, buf);
	KUNIT_EXPECT_EQ(test, axi_dmac_model_all_errors(mdev->model), 0);
}

/* Many devices, one after the other and at once: nothing of one is left over */
static void dev_test_many(struct kunit *test)
{
	struct axi_dmac_model_device *mdev[4];
	struct axi_dmac_model_config cfg;
	unsigned int round, i;

	axi_dmac_model_defaults(&cfg);
	for (round = 0; round < 3; round++) {
		for (i = 0; i < ARRAY_SIZE(mdev); i++) {
			mdev[i] = axi_dmac_model_device_create(&cfg, false);
			KUNIT_EXPECT_NOT_ERR_OR_NULL(test, mdev[i]);
		}
		for (i = 0; i < ARRAY_SIZE(mdev); i++)
			axi_dmac_model_device_destroy(mdev[i]);
	}
}

static void dev_test_bad_config(struct kunit *test)
{
	struct axi_dmac_model_config cfg;

	axi_dmac_model_defaults(&cfg);
	cfg.queue_depth = 17;
	KUNIT_EXPECT_PTR_EQ(test, axi_dmac_model_device_create(&cfg, false), ERR_PTR(-EINVAL));
}

static void dev_count_requests(struct axi_dmac_model *model, enum axi_dmac_model_point point,
			       unsigned int reg, void *priv)
{
	unsigned int *requests = priv;

	*requests += point == ADM_IRQ_REQUESTED;
}

/* The hook is called when a driver asks for the interrupt, each time that one does */
static void dev_test_irq_requested(struct kunit *test)
{
	struct axi_dmac_model_device *mdev;
	struct axi_dmac_model_config cfg;
	unsigned int requests = 0;

	axi_dmac_model_defaults(&cfg);
	mdev = axi_dmac_model_device_create(&cfg, false);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, mdev);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, dev_destroy, mdev), 0);

	device_release_driver(&mdev->pdev->dev);
	axi_dmac_model_set_hook(mdev->model, dev_count_requests, &requests);
	KUNIT_EXPECT_EQ(test, device_attach(&mdev->pdev->dev), 1);
	KUNIT_EXPECT_EQ(test, requests, 1);
	device_release_driver(&mdev->pdev->dev);
	KUNIT_EXPECT_EQ(test, requests, 1);
	KUNIT_EXPECT_EQ(test, device_attach(&mdev->pdev->dev), 1);
	KUNIT_EXPECT_EQ(test, requests, 2);
	axi_dmac_model_set_hook(mdev->model, NULL, NULL);
}

static struct kunit_case dev_test_cases[] = {
	KUNIT_CASE_PARAM(dev_test_stepped, dev_gen_params),
	KUNIT_CASE_PARAM(dev_test_free_running, dev_gen_params),
	KUNIT_CASE(dev_test_many),
	KUNIT_CASE(dev_test_bad_config),
	KUNIT_CASE(dev_test_irq_requested),
	{}
};

static struct kunit_suite dev_test_suite = {
	.name = "axi_dmac_board_device",
	.test_cases = dev_test_cases,
};

kunit_test_suite(dev_test_suite);

MODULE_AUTHOR("the dma_vec project");
MODULE_DESCRIPTION("Tests of simulated AXI-DMAC devices");
MODULE_LICENSE("GPL");
