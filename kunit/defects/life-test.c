// SPDX-License-Identifier: GPL-2.0-only
/*
 * How a device comes, how it goes while a client holds its channel, and what can
 * be seen of it meanwhile.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <kunit/device.h>
#include <linux/debugfs.h>
#include <linux/device/driver.h>
#include <linux/iio/buffer-dmaengine.h>
#include <linux/iio/iio.h>
#include <linux/irq.h>
#include <linux/regmap.h>

#include "fixture.h"

static bool life_is_chan_of(struct dma_chan *chan, void *dev)
{
	return chan->device->dev == dev;
}

/* As a client that is in no device tree, and that nobody tells of the end */
static struct defect *life_create(struct kunit *test)
{
	struct defect *d = defect_create_kind(test, 0);
	dma_cap_mask_t mask;

	dma_release_channel(d->chan);
	dma_cap_zero(mask);
	dma_cap_set(DMA_SLAVE, mask);
	d->chan = dma_request_channel(mask, life_is_chan_of, &d->mdev->pdev->dev);
	KUNIT_ASSERT_NOT_NULL(test, d->chan);

	return d;
}

static void life_release(struct defect *d)
{
	struct dma_chan *chan = d->chan;

	d->chan = NULL;
	dma_release_channel(chan);
}

/* The driver is unbound during a transfer, and the client finds out the hard way */
static void unbind_with_client(struct kunit *test)
{
	struct defect *d = life_create(test);
	struct dma_vec vec = { .len = SZ_4K };

	vec.addr = virt_to_phys(defect_buf(d, SZ_4K));
	defect_issue(defect_prep(d, d->bufs[0], SZ_4K, 0));
	defect_feed(d);
	axi_dmac_model_move(d->model, 1024);
	device_release_driver(&d->mdev->pdev->dev);

	KUNIT_EXPECT_TRUE_MSG(test, axi_dmac_model_is_quiet(d->model),
			      "the core still runs when its driver is gone");
	KUNIT_EXPECT_NULL(test, dmaengine_prep_peripheral_dma_vec(d->chan, &vec, 1,
								  DMA_DEV_TO_MEM, 0));
	KUNIT_EXPECT_EQ(test, dmaengine_terminate_sync(d->chan), 0);
	life_release(d);
}

/* The client has nothing to do any more but let go */
static void release_use_after_free(struct kunit *test)
{
	struct defect *d = life_create(test);

	device_release_driver(&d->mdev->pdev->dev);
	life_release(d);
}

/* An interrupt that comes when the driver has just gone */
static void remove_irq_race(struct kunit *test)
{
	struct defect *d = defect_create_kind(test, 0);
	struct defect_xfer *x;

	x = defect_prep(d, defect_buf(d, SZ_4K), SZ_4K, 0);
	defect_issue(x);
	axi_dmac_model_finish(d->model, 1);
	dmaengine_terminate_async(d->chan);
	axi_dmac_model_quiesce(d->model);
	life_release(d);

	device_release_driver(&d->mdev->pdev->dev);
	axi_dmac_model_reset_stats(d->model);
	local_bh_disable();
	generic_handle_irq_safe(d->mdev->irq);
	local_bh_enable();
	KUNIT_EXPECT_EQ_MSG(test, x->calls, 0, "the callback is called after terminate");
	KUNIT_EXPECT_EQ_MSG(test, axi_dmac_model_reads(d->model, ADM_REG_IRQ_PENDING), 0,
			    "the interrupt handler is called when its driver is gone");
}

struct life_request {
	struct defect *d;
	bool granted;
};

static void life_request_channel(struct axi_dmac_model *model, enum axi_dmac_model_point point,
				 unsigned int reg, void *priv)
{
	struct life_request *request = priv;
	struct dma_chan *chan;

	if (point != ADM_IRQ_REQUESTED)
		return;
	chan = dma_request_chan(request->d->mdev->consumer, "dma");
	request->granted = !IS_ERR(chan);
	if (request->granted)
		dma_release_channel(chan);
}

/* Could a client start a transfer before the driver has asked for its interrupt? */
static void irq_after_channel(struct kunit *test)
{
	struct defect *d = defect_create_kind(test, 0);
	struct life_request request = { .d = d };

	life_release(d);
	device_release_driver(&d->mdev->pdev->dev);
	axi_dmac_model_set_hook(d->model, life_request_channel, &request);
	KUNIT_EXPECT_EQ(test, device_attach(&d->mdev->pdev->dev), 1);
	axi_dmac_model_set_hook(d->model, NULL, NULL);
	KUNIT_EXPECT_FALSE_MSG(test, request.granted,
			       "the channel is given away before there is an interrupt");
}

static enum dma_status life_tx_status(struct dma_chan *chan, dma_cookie_t cookie,
				      struct dma_tx_state *state)
{
	return DMA_ERROR;
}

static void life_issue_pending(struct dma_chan *chan)
{
}

static bool life_filter(struct dma_chan *chan, void *param)
{
	return true;
}

/* A provider that does not say what it can do */
static void life_init_provider(struct dma_device *dma_dev, struct dma_chan *chan,
			       const struct dma_slave_map *map)
{
	dma_cap_set(DMA_SLAVE, dma_dev->cap_mask);
	dma_cap_set(DMA_PRIVATE, dma_dev->cap_mask);
	dma_dev->device_tx_status = life_tx_status;
	dma_dev->device_issue_pending = life_issue_pending;
	dma_dev->filter.map = map;
	dma_dev->filter.mapcnt = 1;
	dma_dev->filter.fn = life_filter;
	INIT_LIST_HEAD(&dma_dev->channels);
	chan->device = dma_dev;
	list_add_tail(&chan->device_node, &dma_dev->channels);
}

static void channel_leak(struct kunit *test)
{
	struct dma_slave_map map = { .slave = "rx" };
	struct dma_device *dma_dev;
	struct iio_buffer *buffer;
	struct device *client;
	struct iio_dev *indio;
	struct dma_chan *chan;

	dma_dev = kunit_kzalloc(test, sizeof(*dma_dev), GFP_KERNEL);
	chan = kunit_kzalloc(test, sizeof(*chan), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, dma_dev);
	KUNIT_ASSERT_NOT_NULL(test, chan);
	dma_dev->dev = kunit_device_register(test, "defect-provider");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, dma_dev->dev);
	client = kunit_device_register(test, "defect-client");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, client);
	map.devname = dev_name(client);
	indio = iio_device_alloc(client, 0);
	KUNIT_ASSERT_NOT_NULL(test, indio);
	life_init_provider(dma_dev, chan, &map);
	KUNIT_ASSERT_EQ(test, dma_async_device_register(dma_dev), 0);

	buffer = iio_dmaengine_buffer_setup_ext(client, indio, map.slave,
						IIO_BUFFER_DIRECTION_IN);
	KUNIT_EXPECT_EQ_MSG(test, PTR_ERR_OR_ZERO(buffer), -ENXIO,
			    "a provider without capabilities is taken");
	KUNIT_EXPECT_EQ_MSG(test, chan->client_count, 0, "the channel stays requested");

	if (chan->client_count)
		dma_release_channel(chan);
	dma_async_device_unregister(dma_dev);
	iio_device_free(indio);
}

static void life_dump_regmap(struct regmap *map)
{
	unsigned int reg, val;

	for (reg = 0; reg <= regmap_get_max_register(map); reg += 4)
		regmap_read(map, reg, &val);
}

static void life_dump_debugfs(struct defect *d)
{
	const struct debugfs_regset32 *regset;
	struct dentry *file;
	unsigned int i;

	file = debugfs_lookup("registers", d->chan->device->dbg_dev_root);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(d->test, file);
	regset = d_inode(file)->i_private;
	for (i = 0; i < regset->nregs; i++)
		readl(regset->base + regset->regs[i].offset);
	dput(file);
}

/* Somebody looks at all registers in debugfs when a short packet has come */
static void register_dump(struct kunit *test)
{
	struct defect *d = defect_create_kind(test, 0);
	struct defect_xfer *x;
	struct regmap *map;

	x = defect_prep(d, defect_buf(d, SZ_4K), SZ_4K, 0);
	defect_issue(x);
	axi_dmac_model_packet(d->model, 1000);
	axi_dmac_model_finish(d->model, 1);

	axi_dmac_model_reset_stats(d->model);
	map = dev_get_regmap(&d->mdev->pdev->dev, NULL);
	if (map)
		life_dump_regmap(map);
	else
		life_dump_debugfs(d);
	defect_deliver(d);

	KUNIT_EXPECT_EQ_MSG(test, SZ_4K - x->result.residue, 1000,
			    "%u bytes are reported for 1000 after a dump",
			    SZ_4K - x->result.residue);
	KUNIT_EXPECT_GT_MSG(test, axi_dmac_model_reads(d->model, ADM_REG_SG_ADDRESS_HIGH), 0,
			    "the dump ends before the last register");
}

static struct kunit_case life_test_cases[] = {
	KUNIT_CASE(unbind_with_client),
	KUNIT_CASE(release_use_after_free),
	KUNIT_CASE(remove_irq_race),
	KUNIT_CASE(irq_after_channel),
	KUNIT_CASE(channel_leak),
	KUNIT_CASE(register_dump),
	{}
};

static struct kunit_suite life_test_suite = {
	.name = "defect_life",
	.test_cases = life_test_cases,
};

kunit_test_suite(life_test_suite);
