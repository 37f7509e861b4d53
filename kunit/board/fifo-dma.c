// SPDX-License-Identifier: GPL-2.0
/*
 * Driver of the FIFO DMA: a DMA engine with one channel and one direction that
 * takes scatterlists. It does not take tables of DMA vectors, cannot repeat
 * anything, and its descriptors are for one use.
 *
 * Of a scatterlist it knows what a DMA engine may know: so many entries, each
 * with a DMA address and a DMA length. There may be no page behind them.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <linux/cleanup.h>
#include <linux/debugfs.h>
#include <linux/dma-mapping.h>
#include <linux/err.h>
#include <linux/mod_devicetable.h>
#include <linux/module.h>
#include <linux/of.h>
#include <linux/of_dma.h>
#include <linux/overflow.h>
#include <linux/platform_device.h>
#include <linux/property.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>

#include "../../../dma/virt-dma.h"
#include "fifo-dma.h"
#include "model.h"

struct fdma_piece {
	dma_addr_t addr;
	u32 len;
};

struct fdma_desc {
	struct virt_dma_desc vdesc;
	unsigned int next;		/* piece that the engine gets next */
	unsigned int num;
	struct fdma_piece pieces[] __counted_by(num);
};

struct fdma {
	struct dma_device ddev;
	struct virt_dma_chan vc;
	struct fdma_desc *active;	/* protected by vc.lock */
	struct fdma_engine engine;
	struct dentry *debugfs;
};

static struct fdma *to_fdma(struct dma_chan *chan)
{
	return container_of(chan, struct fdma, vc.chan);
}

static struct fdma_desc *to_fdma_desc(struct virt_dma_desc *vdesc)
{
	return container_of(vdesc, struct fdma_desc, vdesc);
}

static void fdma_next_piece(struct fdma *fdma)
{
	struct fdma_piece *piece = &fdma->active->pieces[fdma->active->next++];

	fdma_engine_start(&fdma->engine, piece->addr, piece->len);
}

static void fdma_next_desc(struct fdma *fdma)
{
	struct virt_dma_desc *vdesc = vchan_next_desc(&fdma->vc);

	fdma->active = NULL;
	if (!vdesc)
		return;
	list_del(&vdesc->node);
	fdma->active = to_fdma_desc(vdesc);
	fdma_next_piece(fdma);
}

static u32 fdma_pieces_left(const struct fdma_desc *desc)
{
	unsigned int i;
	u32 left = 0;

	for (i = desc->next; i < desc->num; i++)
		left += desc->pieces[i].len;
	return left;
}

static u32 fdma_active_residue(struct fdma *fdma)
{
	return fdma_engine_left(&fdma->engine) + fdma_pieces_left(fdma->active);
}

static void fdma_complete(struct fdma *fdma, enum dmaengine_tx_result result)
{
	struct virt_dma_desc *vdesc = &fdma->active->vdesc;

	vdesc->tx_result.result = result;
	vdesc->tx_result.residue = fdma_active_residue(fdma);
	vchan_cookie_complete(vdesc);
	fdma_next_desc(fdma);
}

static void fdma_interrupt(void *priv)
{
	struct fdma *fdma = priv;

	guard(spinlock_irqsave)(&fdma->vc.lock);
	switch (fdma_engine_ack(&fdma->engine)) {
	case FDMA_DONE:
		if (fdma->active->next < fdma->active->num)
			fdma_next_piece(fdma);
		else
			fdma_complete(fdma, DMA_TRANS_NOERROR);
		break;
	case FDMA_ERROR:
		fdma_complete(fdma, fdma->engine.output ? DMA_TRANS_READ_FAILED :
							  DMA_TRANS_WRITE_FAILED);
		break;
	default:
		break;
	}
}

static bool fdma_may_move(dma_addr_t addr, unsigned int len)
{
	return len && len <= FDMA_MAX_LEN && IS_ALIGNED(addr | len, FDMA_WIDTH);
}

static bool fdma_fill(struct fdma_desc *desc, struct scatterlist *sgl, unsigned int num)
{
	struct scatterlist *sg;
	unsigned int i;

	desc->num = num;
	for_each_sg(sgl, sg, num, i) {
		if (!sg || !fdma_may_move(sg_dma_address(sg), sg_dma_len(sg)))
			return false;
		desc->pieces[i].addr = sg_dma_address(sg);
		desc->pieces[i].len = sg_dma_len(sg);
	}
	return true;
}

static struct dma_async_tx_descriptor *
fdma_prep_slave_sg(struct dma_chan *chan, struct scatterlist *sgl, unsigned int sg_len,
		   enum dma_transfer_direction dir, unsigned long flags, void *context)
{
	struct fdma *fdma = to_fdma(chan);
	struct fdma_desc *desc;

	if (!sg_len || !(fdma->ddev.directions & BIT(dir)))
		return NULL;
	desc = kzalloc(struct_size(desc, pieces, sg_len), GFP_NOWAIT | __GFP_NOWARN);
	if (!desc)
		return NULL;
	if (!fdma_fill(desc, sgl, sg_len)) {
		kfree(desc);
		return NULL;
	}
	return vchan_tx_prep(&fdma->vc, &desc->vdesc, flags);
}

static void fdma_desc_free(struct virt_dma_desc *vdesc)
{
	kfree(to_fdma_desc(vdesc));
}

static void fdma_issue_pending(struct dma_chan *chan)
{
	struct fdma *fdma = to_fdma(chan);

	guard(spinlock_irqsave)(&fdma->vc.lock);
	if (vchan_issue_pending(&fdma->vc) && !fdma->active)
		fdma_next_desc(fdma);
}

static u32 fdma_residue(struct fdma *fdma, dma_cookie_t cookie)
{
	struct virt_dma_desc *vdesc;

	if (fdma->active && fdma->active->vdesc.tx.cookie == cookie)
		return fdma_active_residue(fdma);
	vdesc = vchan_find_desc(&fdma->vc, cookie);
	return vdesc ? fdma_pieces_left(to_fdma_desc(vdesc)) : 0;
}

static enum dma_status fdma_tx_status(struct dma_chan *chan, dma_cookie_t cookie,
				      struct dma_tx_state *state)
{
	struct fdma *fdma = to_fdma(chan);
	enum dma_status status;

	guard(spinlock_irqsave)(&fdma->vc.lock);
	status = dma_cookie_status(chan, cookie, state);
	if (status != DMA_COMPLETE)
		dma_set_residue(state, fdma_residue(fdma, cookie));
	return status;
}

static int fdma_terminate_all(struct dma_chan *chan)
{
	struct fdma *fdma = to_fdma(chan);
	LIST_HEAD(head);

	scoped_guard(spinlock_irqsave, &fdma->vc.lock) {
		fdma_engine_stop(&fdma->engine);
		if (fdma->active)
			list_add_tail(&fdma->active->vdesc.node, &head);
		fdma->active = NULL;
		vchan_get_all_descriptors(&fdma->vc, &head);
	}
	vchan_dma_desc_free_list(&fdma->vc, &head);
	return 0;
}

static void fdma_synchronize(struct dma_chan *chan)
{
	struct fdma *fdma = to_fdma(chan);

	fdma_engine_synchronize(&fdma->engine);
	vchan_synchronize(&fdma->vc);
}

static void fdma_free_chan_resources(struct dma_chan *chan)
{
	fdma_terminate_all(chan);
	fdma_synchronize(chan);
}

/* Some controllers' channels access memory as devices of their own */
static int fdma_alloc_chan_resources(struct dma_chan *chan)
{
	struct device *dev = &chan->dev->device;

	if (!device_property_read_bool(chan->device->dev, "board,channel-maps"))
		return 0;
	chan->dev->chan_dma_dev = true;
	dev->dma_parms = chan->device->dev->dma_parms;
	return dma_coerce_mask_and_coherent(dev, DMA_BIT_MASK(64));
}

static void fdma_init_ddev(struct fdma *fdma, struct device *dev)
{
	struct dma_device *ddev = &fdma->ddev;

	ddev->dev = dev;
	dma_cap_set(DMA_SLAVE, ddev->cap_mask);
	dma_cap_set(DMA_PRIVATE, ddev->cap_mask);
	ddev->directions = BIT(fdma->engine.output ? DMA_MEM_TO_DEV : DMA_DEV_TO_MEM);
	ddev->src_addr_widths = BIT(FDMA_WIDTH);
	ddev->dst_addr_widths = BIT(FDMA_WIDTH);
	ddev->residue_granularity = DMA_RESIDUE_GRANULARITY_BURST;
	ddev->device_prep_slave_sg = fdma_prep_slave_sg;
	ddev->device_issue_pending = fdma_issue_pending;
	ddev->device_tx_status = fdma_tx_status;
	ddev->device_terminate_all = fdma_terminate_all;
	ddev->device_synchronize = fdma_synchronize;
	ddev->device_alloc_chan_resources = fdma_alloc_chan_resources;
	ddev->device_free_chan_resources = fdma_free_chan_resources;
	INIT_LIST_HEAD(&ddev->channels);
	fdma->vc.desc_free = fdma_desc_free;
	vchan_init(&fdma->vc, ddev);
}

static void fdma_exit(void *data)
{
	struct fdma *fdma = data;

	fdma_engine_exit(&fdma->engine);
	tasklet_kill(&fdma->vc.task);
	debugfs_remove_recursive(fdma->debugfs);
}

static struct fdma *fdma_create(struct device *dev)
{
	struct fdma *fdma = devm_kzalloc(dev, sizeof(*fdma), GFP_KERNEL);
	const char *name = dev_name(dev);
	int ret;

	if (!fdma)
		return ERR_PTR(-ENOMEM);
	device_property_read_string(dev, "label", &name);
	fdma_engine_init(&fdma->engine, device_property_read_bool(dev, "board,output"),
			 fdma_interrupt, fdma);
	fdma->debugfs = adm_debugfs_dir(name);
	fdma_engine_debugfs(&fdma->engine, fdma->debugfs);
	fdma_init_ddev(fdma, dev);
	ret = devm_add_action_or_reset(dev, fdma_exit, fdma);
	if (ret)
		return ERR_PTR(ret);
	ret = dmaenginem_async_device_register(&fdma->ddev);
	return ret ? ERR_PTR(ret) : fdma;
}

static void fdma_remove_from_of(void *data)
{
	struct device *dev = data;
	struct fdma *fdma = dev_get_drvdata(dev);

	of_dma_controller_free(dev->of_node);
	adm_port_remove(&fdma->engine.port);
}

static int fdma_add_to_of(struct device *dev, struct fdma *fdma)
{
	int ret = of_dma_controller_register(dev->of_node, of_dma_xlate_by_chan_id, &fdma->ddev);

	if (ret)
		return ret;
	adm_port_add(&fdma->engine.port, dev->of_node);
	return devm_add_action_or_reset(dev, fdma_remove_from_of, dev);
}

static int fdma_probe(struct platform_device *pdev)
{
	struct device *dev = &pdev->dev;
	struct fdma *fdma;
	int ret;

	ret = dma_set_mask_and_coherent(dev, DMA_BIT_MASK(64));
	if (ret)
		return ret;
	dma_set_max_seg_size(dev, FDMA_MAX_LEN);
	fdma = fdma_create(dev);
	if (IS_ERR(fdma))
		return PTR_ERR(fdma);
	platform_set_drvdata(pdev, fdma);
	return dev->of_node ? fdma_add_to_of(dev, fdma) : 0;
}

static const struct of_device_id fdma_of_match[] = {
	{ .compatible = "axi-dmac-board,fifo-dma" },
	{}
};
MODULE_DEVICE_TABLE(of, fdma_of_match);

/* Like most of its kind it has to stay for as long as clients hold the channel */
static struct platform_driver fdma_driver = {
	.driver = {
		.name = FDMA_DRIVER,
		.of_match_table = fdma_of_match,
		.suppress_bind_attrs = true,
	},
	.probe = fdma_probe,
};
builtin_platform_driver(fdma_driver);

/**
 * fdma_engine_of() - the hardware behind a device
 * @pdev: device that is bound
 *
 * Return: the engine.
 */
struct fdma_engine *fdma_engine_of(struct platform_device *pdev)
{
	struct fdma *fdma = platform_get_drvdata(pdev);

	return &fdma->engine;
}

/**
 * fdma_request() - the channel of a device that is not in the device tree
 * @pdev: device that is bound
 *
 * Return: the channel, to be released; NULL if it has been requested.
 */
struct dma_chan *fdma_request(struct platform_device *pdev)
{
	struct fdma *fdma = platform_get_drvdata(pdev);

	return dma_get_any_slave_channel(&fdma->ddev);
}
