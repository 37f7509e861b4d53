// SPDX-License-Identifier: GPL-2.0-only
/*
 * A sample provider: how a DMA engine driver takes DMA vector tables.
 *
 * What there is to see is sample_prep() and its two callers. The rest is what any
 * provider has: descriptors, cookies, two lists. A driver in the kernel tree gets
 * those from virt-dma; they are written out here so that this builds anywhere.
 * In place of hardware there is a work item which copies between memory and a
 * FIFO: what goes in at channel "tx" comes out at channel "rx".
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <linux/dma-direct.h>
#include <linux/dma-map-ops.h>
#include <linux/dma-mapping.h>
#include <linux/dma-vec-table.h>
#include <linux/dmaengine.h>
#include <linux/err.h>
#include <linux/highmem.h>
#include <linux/iommu.h>
#include <linux/kfifo.h>
#include <linux/list.h>
#include <linux/minmax.h>
#include <linux/module.h>
#include <linux/overflow.h>
#include <linux/pfn.h>
#include <linux/platform_device.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

#include "dma-vec-sample.h"

#define SAMPLE_FIFO_SIZE	SZ_64K

/* What the hardware would take in one descriptor of its own */
static const struct dma_vec_limits sample_limits = {
	.max_len = SZ_32K,
	.addr_align = 4,
	.len_align = 4,
	.boundary = SZ_64K,
};

/**
 * struct sample_desc - one transfer
 * @tx: What the client has of it
 * @node: In a list of the channel
 * @pos: Chunk that is being transferred
 * @done: Bytes of it that were
 * @left: Bytes of the transfer that were not
 * @nents: Number of chunks
 * @chunks: The chunks; hardware would have a list of its own format here
 */
struct sample_desc {
	struct dma_async_tx_descriptor tx;
	struct list_head node;
	size_t pos;
	size_t done;
	size_t left;
	size_t nents;
	struct dma_vec chunks[] __counted_by(nents);
};

/**
 * struct sample_chan - a channel
 * @chan: The channel
 * @dir: The one direction it has
 * @prepared: Transfers that the client has
 * @submitted: Transfers that wait for issue_pending
 * @issued: Transfers that are to be done, in order
 */
struct sample_chan {
	struct dma_chan chan;
	enum dma_transfer_direction dir;
	struct list_head prepared;	/* P: sample->lock */
	struct list_head submitted;	/* P: sample->lock */
	struct list_head issued;	/* P: sample->lock */
};

/**
 * struct sample - the DMA engine
 * @ddev: The DMA device
 * @tx: From memory to the FIFO
 * @rx: From the FIFO to memory
 * @work: Does the transfers
 * @lock: Protects the lists and the FIFO
 * @fifo: The peripheral
 */
struct sample {
	struct dma_device ddev;
	struct sample_chan tx;
	struct sample_chan rx;
	struct work_struct work;
	spinlock_t lock;		/* lists and FIFO */
	struct kfifo fifo;
};

static struct sample *to_sample(struct dma_chan *chan)
{
	return container_of(chan->device, struct sample, ddev);
}

static struct sample_chan *to_sample_chan(struct dma_chan *chan)
{
	return container_of(chan, struct sample_chan, chan);
}

static struct sample_desc *to_sample_desc(struct dma_async_tx_descriptor *tx)
{
	return container_of(tx, struct sample_desc, tx);
}

/* Up to @len bytes between the FIFO and a page; returns how many */
static size_t sample_copy_page(struct sample *sample, enum dma_transfer_direction dir,
			       phys_addr_t paddr, size_t len)
{
	void *page = kmap_local_pfn(PHYS_PFN(paddr));
	void *mem = page + offset_in_page(paddr);

	if (dir == DMA_MEM_TO_DEV)
		len = kfifo_in(&sample->fifo, mem, len);
	else
		len = kfifo_out(&sample->fifo, mem, len);
	kunmap_local(page);

	return len;
}

/* As far as the FIFO lets it; returns whether there was anything to do */
static bool sample_move(struct sample *sample, enum dma_transfer_direction dir,
			struct sample_desc *desc)
{
	struct dma_vec *chunk = &desc->chunks[desc->pos];
	phys_addr_t paddr;
	size_t len;

	paddr = dma_to_phys(sample->ddev.dev, chunk->addr + desc->done);
	len = min(chunk->len - desc->done, PAGE_SIZE - offset_in_page(paddr));
	len = sample_copy_page(sample, dir, paddr, len);

	desc->left -= len;
	desc->done += len;
	if (desc->done == chunk->len) {
		desc->done = 0;
		desc->pos++;
	}

	return len;
}

static void sample_rewind(struct sample_desc *desc)
{
	size_t i;

	desc->pos = 0;
	desc->done = 0;
	desc->left = 0;
	for (i = 0; i < desc->nents; i++)
		desc->left += desc->chunks[i].len;
}

/*
 * Tell the client. From then on a reusable descriptor may be submitted or freed
 * by it, any other one is not needed any more.
 */
static void sample_complete(struct sample_desc *desc)
{
	struct dma_async_tx_descriptor tx = desc->tx;
	const struct dmaengine_result result = {
		.result = DMA_TRANS_NOERROR,
	};

	if (tx.callback_result)
		tx.callback_result(tx.callback_param, &result);
	else if (tx.callback)
		tx.callback(tx.callback_param);

	if (!dmaengine_desc_test_reuse(&tx))
		kfree(desc);
}

/* One step of a channel; returns false if there is nothing it can do */
static bool sample_step(struct sample *sample, struct sample_chan *sc)
{
	struct sample_desc *desc;
	bool moved;

	scoped_guard(spinlock_irqsave, &sample->lock) {
		desc = list_first_entry_or_null(&sc->issued, struct sample_desc, node);
		if (!desc)
			return false;

		moved = sample_move(sample, sc->dir, desc);
		if (desc->left)
			return moved;

		sc->chan.completed_cookie = desc->tx.cookie;
		if (dmaengine_desc_test_reuse(&desc->tx))
			list_move_tail(&desc->node, &sc->prepared);
		else
			list_del(&desc->node);
	}

	sample_complete(desc);

	return true;
}

static void sample_work(struct work_struct *work)
{
	struct sample *sample = container_of(work, struct sample, work);
	bool more;

	do {
		more = sample_step(sample, &sample->tx);
		more |= sample_step(sample, &sample->rx);
	} while (more);
}

static dma_cookie_t sample_tx_submit(struct dma_async_tx_descriptor *tx)
{
	struct sample_chan *sc = to_sample_chan(tx->chan);
	struct sample_desc *desc = to_sample_desc(tx);

	guard(spinlock_irqsave)(&to_sample(tx->chan)->lock);

	if (++tx->chan->cookie < DMA_MIN_COOKIE)
		tx->chan->cookie = DMA_MIN_COOKIE;
	tx->cookie = tx->chan->cookie;

	sample_rewind(desc);
	list_move_tail(&desc->node, &sc->submitted);

	return tx->cookie;
}

/* For reusable descriptors, which the client frees */
static int sample_tx_free(struct dma_async_tx_descriptor *tx)
{
	struct sample_desc *desc = to_sample_desc(tx);

	scoped_guard(spinlock_irqsave, &to_sample(tx->chan)->lock)
		list_del(&desc->node);
	kfree(desc);

	return 0;
}

/*
 * This is all that a provider needs for DMA vectors: count the chunks, which
 * checks everything, and put each of them where the hardware reads it. Nothing
 * points to the client's array afterwards.
 */
static struct dma_async_tx_descriptor *sample_prep(struct dma_chan *chan,
						   struct dma_vec_iter *iter,
						   enum dma_transfer_direction dir,
						   unsigned long flags)
{
	struct sample_chan *sc = to_sample_chan(chan);
	struct sample_desc *desc;
	struct dma_vec chunk;
	ssize_t nents;

	nents = dma_vec_iter_count(iter);
	if (nents < 0 || dir != sc->dir)
		return NULL;

	desc = kzalloc(struct_size(desc, chunks, nents), GFP_NOWAIT);
	if (!desc)
		return NULL;

	desc->nents = nents;
	nents = 0;
	dma_vec_for_each_chunk(&chunk, iter)
		desc->chunks[nents++] = chunk;

	dma_async_tx_descriptor_init(&desc->tx, chan);
	desc->tx.flags = flags;
	desc->tx.tx_submit = sample_tx_submit;
	desc->tx.desc_free = sample_tx_free;

	guard(spinlock_irqsave)(&to_sample(chan)->lock);
	list_add_tail(&desc->node, &sc->prepared);

	return &desc->tx;
}

static struct dma_async_tx_descriptor *
sample_prep_peripheral_dma_vec(struct dma_chan *chan, const struct dma_vec *vecs, size_t nents,
			       enum dma_transfer_direction dir, unsigned long flags)
{
	struct dma_vec_iter iter;

	if (dma_vec_iter_init(&iter, vecs, nents, &sample_limits))
		return NULL;

	return sample_prep(chan, &iter, dir, flags);
}

static struct dma_async_tx_descriptor *
sample_prep_slave_sg(struct dma_chan *chan, struct scatterlist *sgl, unsigned int sg_len,
		     enum dma_transfer_direction dir, unsigned long flags, void *context)
{
	struct dma_vec_iter iter;

	if (dma_vec_iter_init_sg(&iter, sgl, sg_len, &sample_limits))
		return NULL;

	return sample_prep(chan, &iter, dir, flags);
}

static void sample_issue_pending(struct dma_chan *chan)
{
	struct sample_chan *sc = to_sample_chan(chan);
	struct sample *sample = to_sample(chan);

	scoped_guard(spinlock_irqsave, &sample->lock)
		list_splice_tail_init(&sc->submitted, &sc->issued);
	schedule_work(&sample->work);
}

static enum dma_status sample_tx_status(struct dma_chan *chan, dma_cookie_t cookie,
					struct dma_tx_state *state)
{
	struct sample_chan *sc = to_sample_chan(chan);
	struct sample_desc *desc;
	enum dma_status status;

	guard(spinlock_irqsave)(&to_sample(chan)->lock);

	status = dma_async_is_complete(cookie, chan->completed_cookie, chan->cookie);
	if (!state)
		return status;

	state->last = chan->completed_cookie;
	state->used = chan->cookie;
	state->residue = 0;
	list_for_each_entry(desc, &sc->issued, node)
		if (desc->tx.cookie == cookie)
			state->residue = desc->left;
	list_for_each_entry(desc, &sc->submitted, node)
		if (desc->tx.cookie == cookie)
			state->residue = desc->left;

	return status;
}

/* What can be reused goes back to the client */
static void sample_drop(struct sample_chan *sc, struct list_head *list)
{
	struct sample_desc *desc, *next;

	list_for_each_entry_safe(desc, next, list, node) {
		if (dmaengine_desc_test_reuse(&desc->tx)) {
			list_move_tail(&desc->node, &sc->prepared);
			continue;
		}
		list_del(&desc->node);
		kfree(desc);
	}
}

static int sample_terminate_all(struct dma_chan *chan)
{
	struct sample_chan *sc = to_sample_chan(chan);

	guard(spinlock_irqsave)(&to_sample(chan)->lock);
	sample_drop(sc, &sc->submitted);
	sample_drop(sc, &sc->issued);

	return 0;
}

/* The other channel may still have something to do */
static void sample_synchronize(struct dma_chan *chan)
{
	struct sample *sample = to_sample(chan);

	cancel_work_sync(&sample->work);
	schedule_work(&sample->work);
}

static void sample_free_chan_resources(struct dma_chan *chan)
{
	struct sample_chan *sc = to_sample_chan(chan);
	struct sample_desc *desc, *next;

	sample_terminate_all(chan);
	sample_synchronize(chan);

	/* Prepared, and never submitted */
	guard(spinlock_irqsave)(&to_sample(chan)->lock);
	list_for_each_entry_safe(desc, next, &sc->prepared, node) {
		list_del(&desc->node);
		kfree(desc);
	}
}

static int sample_config(struct dma_chan *chan, struct dma_slave_config *config)
{
	return 0;
}

static void sample_chan_init(struct sample *sample, struct sample_chan *sc,
			     enum dma_transfer_direction dir)
{
	sc->dir = dir;
	INIT_LIST_HEAD(&sc->prepared);
	INIT_LIST_HEAD(&sc->submitted);
	INIT_LIST_HEAD(&sc->issued);
	sc->chan.device = &sample->ddev;
	list_add_tail(&sc->chan.device_node, &sample->ddev.channels);
}

static bool sample_filter(struct dma_chan *chan, void *param)
{
	return to_sample_chan(chan)->dir == (unsigned long)param;
}

static const struct dma_slave_map sample_map[] = {
	{ DMA_VEC_CLIENT_NAME, "tx", (void *)DMA_MEM_TO_DEV },
	{ DMA_VEC_CLIENT_NAME, "rx", (void *)DMA_DEV_TO_MEM },
};

static int sample_register(struct sample *sample)
{
	struct dma_device *ddev = &sample->ddev;

	spin_lock_init(&sample->lock);
	INIT_WORK(&sample->work, sample_work);
	INIT_LIST_HEAD(&ddev->channels);
	sample_chan_init(sample, &sample->tx, DMA_MEM_TO_DEV);
	sample_chan_init(sample, &sample->rx, DMA_DEV_TO_MEM);

	dma_cap_set(DMA_SLAVE, ddev->cap_mask);
	dma_cap_set(DMA_PRIVATE, ddev->cap_mask);
	ddev->device_prep_peripheral_dma_vec = sample_prep_peripheral_dma_vec;
	ddev->device_prep_slave_sg = sample_prep_slave_sg;
	ddev->device_config = sample_config;
	ddev->device_issue_pending = sample_issue_pending;
	ddev->device_tx_status = sample_tx_status;
	ddev->device_terminate_all = sample_terminate_all;
	ddev->device_synchronize = sample_synchronize;
	ddev->device_free_chan_resources = sample_free_chan_resources;
	ddev->directions = BIT(DMA_MEM_TO_DEV) | BIT(DMA_DEV_TO_MEM);
	ddev->src_addr_widths = BIT(DMA_SLAVE_BUSWIDTH_4_BYTES);
	ddev->dst_addr_widths = BIT(DMA_SLAVE_BUSWIDTH_4_BYTES);
	ddev->residue_granularity = DMA_RESIDUE_GRANULARITY_BURST;
	ddev->descriptor_reuse = true;
	ddev->filter.map = sample_map;
	ddev->filter.mapcnt = ARRAY_SIZE(sample_map);
	ddev->filter.fn = sample_filter;

	return dma_async_device_register(ddev);
}

static int sample_probe(struct platform_device *pdev)
{
	struct device *dev = &pdev->dev;
	struct sample *sample;
	int ret;

	/* Memory is found by its bus address, so nothing may translate it */
	if (device_iommu_mapped(dev) || get_dma_ops(dev))
		return dev_err_probe(dev, -ENODEV, "does not work behind an IOMMU\n");

	ret = dma_coerce_mask_and_coherent(dev, DMA_BIT_MASK(64));
	if (ret)
		return ret;

	sample = devm_kzalloc(dev, sizeof(*sample), GFP_KERNEL);
	if (!sample)
		return -ENOMEM;

	ret = kfifo_alloc(&sample->fifo, SAMPLE_FIFO_SIZE, GFP_KERNEL);
	if (ret)
		return ret;

	sample->ddev.dev = dev;
	ret = sample_register(sample);
	if (ret) {
		kfifo_free(&sample->fifo);
		return ret;
	}

	platform_set_drvdata(pdev, sample);

	return 0;
}

static void sample_remove(struct platform_device *pdev)
{
	struct sample *sample = platform_get_drvdata(pdev);

	dma_async_device_unregister(&sample->ddev);
	cancel_work_sync(&sample->work);
	kfifo_free(&sample->fifo);
}

static struct platform_driver sample_driver = {
	.driver = {
		.name = "dma-vec-provider",
		/* Clients hold channels: the module stays as long as they do */
		.suppress_bind_attrs = true,
	},
	.probe = sample_probe,
	.remove = sample_remove,
};

static struct platform_device *sample_device;

static int __init sample_init(void)
{
	int ret;

	ret = platform_driver_register(&sample_driver);
	if (ret)
		return ret;

	sample_device = platform_device_register_simple("dma-vec-provider", PLATFORM_DEVID_NONE,
							NULL, 0);
	if (IS_ERR(sample_device)) {
		platform_driver_unregister(&sample_driver);
		return PTR_ERR(sample_device);
	}

	return 0;
}

/* Before any client */
subsys_initcall(sample_init);

static void __exit sample_exit(void)
{
	platform_device_unregister(sample_device);
	platform_driver_unregister(&sample_driver);
}
module_exit(sample_exit);

MODULE_AUTHOR("the dma_vec project");
MODULE_DESCRIPTION("Sample provider of DMA vector tables");
MODULE_LICENSE("GPL");
