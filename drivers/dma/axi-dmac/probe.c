// SPDX-License-Identifier: GPL-2.0-only
/*
 * Driver for the AXI-DMAC, a DMA core for FPGAs by Analog Devices, with one
 * channel between memory and a converter, or whatever has a data stream.
 *
 * The life of a device: how it comes, and how it goes while clients still hold
 * its channel. Registers, interrupt and mappings end with remove; the structure
 * itself when the last client has let go.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <linux/clk.h>
#include <linux/dma-mapping.h>
#include <linux/interrupt.h>
#include <linux/io.h>
#include <linux/mod_devicetable.h>
#include <linux/module.h>
#include <linux/of_dma.h>
#include <linux/platform_device.h>
#include <linux/pm.h>
#include <linux/slab.h>
#include <linux/time64.h>

#include "axi-dmac.h"

/* The bus has no bound for this; longer than any sane system takes */
#define AXI_DMAC_QUIET_TIMEOUT_US	(USEC_PER_SEC / 2)

struct workqueue_struct *axi_dmac_wq;

static void axi_dmac_free(struct axi_dmac *dmac)
{
	put_device(dmac->dev);
	kfree(dmac);
}

/* The last client has let go of the channel, if there was one */
static void axi_dmac_release(struct dma_device *dma_dev)
{
	axi_dmac_free(container_of(dma_dev, struct axi_dmac, dma_dev));
}

static struct axi_dmac *axi_dmac_alloc(struct device *dev)
{
	struct axi_dmac *dmac;

	dmac = kzalloc_obj(*dmac);
	if (!dmac)
		return NULL;

	dmac->dev = get_device(dev);
	dmac->dma_dev.device_release = axi_dmac_release;
	dmac->hw.caps = &dmac->caps;
	dmac->hw.quiet_timeout_us = AXI_DMAC_QUIET_TIMEOUT_US;

	return dmac;
}

static int axi_dmac_map(struct platform_device *pdev, struct axi_dmac *dmac)
{
	struct clk *clk;

	dmac->irq = platform_get_irq(pdev, 0);
	if (dmac->irq < 0)
		return dmac->irq;

	dmac->hw.base = devm_platform_ioremap_resource(pdev, 0);
	if (IS_ERR(dmac->hw.base))
		return PTR_ERR(dmac->hw.base);

	clk = devm_clk_get_enabled(dmac->dev, NULL);
	if (IS_ERR(clk))
		return dev_err_probe(dmac->dev, PTR_ERR(clk), "no clock\n");

	return 0;
}

static int axi_dmac_setup(struct platform_device *pdev, struct axi_dmac *dmac)
{
	int ret;

	ret = axi_dmac_map(pdev, dmac);
	if (ret)
		return ret;

	ret = axi_dmac_caps_detect(dmac);
	if (ret)
		return ret;

	ret = dma_set_mask_and_coherent(dmac->dev, DMA_BIT_MASK(dmac->caps.addr_bits));
	if (ret)
		return dev_err_probe(dmac->dev, ret, "no DMA with %u address bits\n",
				     dmac->caps.addr_bits);

	/* Segments of any length are cut to what the core takes */
	dma_set_max_seg_size(dmac->dev, UINT_MAX);

	axi_dmac_chan_init(dmac);

	return 0;
}

static void axi_dmac_teardown(struct axi_dmac *dmac)
{
	axi_dmac_chan_unbind(&dmac->chan);
	free_irq(dmac->irq, &dmac->chan);

	/* Frees the structure, at once or when the last client lets go */
	dma_async_device_unregister(&dmac->dma_dev);
}

static int axi_dmac_probe(struct platform_device *pdev)
{
	struct axi_dmac *dmac;
	int ret;

	dmac = axi_dmac_alloc(&pdev->dev);
	if (!dmac)
		return -ENOMEM;

	ret = axi_dmac_setup(pdev, dmac);
	if (ret)
		goto err_free;

	ret = request_irq(dmac->irq, axi_dmac_irq, IRQF_SHARED, dev_name(&pdev->dev),
			  &dmac->chan);
	if (ret)
		goto err_free;

	axi_dmac_hw_irq_mask(&dmac->hw, AXI_DMAC_IRQ_SOT);

	ret = dma_async_device_register(&dmac->dma_dev);
	if (ret)
		goto err_irq;

	platform_set_drvdata(pdev, dmac);
	axi_dmac_hw_debugfs(&dmac->hw, dmac->dev, dmac->dma_dev.dbg_dev_root);

	ret = of_dma_controller_register(pdev->dev.of_node, of_dma_xlate_by_chan_id,
					 &dmac->dma_dev);
	if (ret)
		axi_dmac_teardown(dmac);

	return ret;

err_irq:
	axi_dmac_hw_irq_mask(&dmac->hw, AXI_DMAC_IRQ_ALL);
	free_irq(dmac->irq, &dmac->chan);
err_free:
	axi_dmac_free(dmac);
	return ret;
}

static void axi_dmac_remove(struct platform_device *pdev)
{
	of_dma_controller_free(pdev->dev.of_node);
	axi_dmac_teardown(platform_get_drvdata(pdev));
}

static int axi_dmac_suspend(struct device *dev)
{
	struct axi_dmac *dmac = dev_get_drvdata(dev);

	axi_dmac_chan_suspend(&dmac->chan);

	return 0;
}

static int axi_dmac_resume(struct device *dev)
{
	struct axi_dmac *dmac = dev_get_drvdata(dev);

	axi_dmac_chan_resume(&dmac->chan);

	return 0;
}

/* Behind its clients, and before them */
static const struct dev_pm_ops axi_dmac_pm_ops = {
	LATE_SYSTEM_SLEEP_PM_OPS(axi_dmac_suspend, axi_dmac_resume)
};

static const struct of_device_id axi_dmac_of_match[] = {
	{ .compatible = "adi,axi-dmac-1.00.a" },
	{}
};
MODULE_DEVICE_TABLE(of, axi_dmac_of_match);

static struct platform_driver axi_dmac_driver = {
	.driver = {
		.name = "dma-axi-dmac",
		.of_match_table = axi_dmac_of_match,
		.pm = pm_sleep_ptr(&axi_dmac_pm_ops),
	},
	.probe = axi_dmac_probe,
	.remove = axi_dmac_remove,
};

static int __init axi_dmac_init(void)
{
	int ret;

	/* Transfers that others wait for wait for a core to become quiet */
	axi_dmac_wq = alloc_workqueue("axi-dmac", WQ_UNBOUND | WQ_MEM_RECLAIM, 0);
	if (!axi_dmac_wq)
		return -ENOMEM;

	ret = platform_driver_register(&axi_dmac_driver);
	if (ret)
		destroy_workqueue(axi_dmac_wq);

	return ret;
}
module_init(axi_dmac_init);

static void __exit axi_dmac_exit(void)
{
	platform_driver_unregister(&axi_dmac_driver);
	destroy_workqueue(axi_dmac_wq);
}
module_exit(axi_dmac_exit);

MODULE_AUTHOR("the dma_vec project");
MODULE_DESCRIPTION("Analog Devices AXI-DMAC");
MODULE_LICENSE("GPL");
