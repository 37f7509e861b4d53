// SPDX-License-Identifier: GPL-2.0
/*
 * A simulated core as a device, for tests of drivers: device tree nodes are
 * added at run time, so that the driver under test probes as it would on a
 * board, whether or not the kernel was started with a device tree.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <linux/cleanup.h>
#include <linux/err.h>
#include <linux/export.h>
#include <linux/irqdomain.h>
#include <linux/of.h>
#include <linux/of_platform.h>
#include <linux/platform_device.h>
#include <linux/slab.h>

#include "model.h"

/* Far from what dtc hands out */
#define ADM_PHANDLE	0x61646d00

struct adm_device {
	struct axi_dmac_model_device pub;
	struct of_changeset changes;
	struct device_node *bus;	/* parent of the others, interrupt controller */
	struct device_node *core;
	struct device_node *consumer;
	struct irq_domain *irqs;
	struct platform_device *consumer_pdev;
};

static u32 adm_phandle(const struct adm_device *adev)
{
	return ADM_PHANDLE + adev->pub.model->slot;
}

static int adm_add_bus(struct adm_device *adev, struct device_node *root)
{
	struct of_changeset *ocs = &adev->changes;
	char name[32];

	snprintf(name, sizeof(name), "axi-dmac-%s", adev->pub.model->name);
	adev->bus = of_changeset_create_node(ocs, root, name);
	if (!adev->bus)
		return -ENOMEM;
	return of_changeset_add_prop_u32(ocs, adev->bus, "#address-cells", 1) ?:
	       of_changeset_add_prop_u32(ocs, adev->bus, "#size-cells", 1) ?:
	       of_changeset_add_prop_bool(ocs, adev->bus, "ranges") ?:
	       of_changeset_add_prop_u32(ocs, adev->bus, "#interrupt-cells", 1) ?:
	       of_changeset_add_prop_bool(ocs, adev->bus, "interrupt-controller");
}

static int adm_add_fifo_size(struct adm_device *adev)
{
	u32 fifo_size = adev->pub.model->cfg.fifo_size;

	if (!fifo_size)
		return 0;

	return of_changeset_add_prop_u32(&adev->changes, adev->core, "adi,fifo-size", fifo_size);
}

static int adm_add_core(struct adm_device *adev, bool dma_coherent)
{
	struct axi_dmac_model *model = adev->pub.model;
	u32 reg[2] = { axi_dmac_model_base(model), ADM_WINDOW_SIZE };
	struct of_changeset *ocs = &adev->changes;
	char name[32];

	snprintf(name, sizeof(name), "dma-controller@%x", reg[0]);
	adev->core = of_changeset_create_node(ocs, adev->bus, name);
	if (!adev->core)
		return -ENOMEM;
	return of_changeset_add_prop_string(ocs, adev->core, "compatible",
					    "adi,axi-dmac-1.00.a") ?:
	       of_changeset_add_prop_u32_array(ocs, adev->core, "reg", reg, 2) ?:
	       of_changeset_add_prop_u32(ocs, adev->core, "interrupts", 0) ?:
	       of_changeset_add_prop_u32(ocs, adev->core, "#dma-cells", 1) ?:
	       of_changeset_add_prop_u32(ocs, adev->core, "phandle", adm_phandle(adev)) ?:
	       adm_add_fifo_size(adev) ?:
	       of_changeset_add_prop_bool(ocs, adev->core, dma_coherent ? "dma-coherent" :
							   "dma-noncoherent");
}

static int adm_add_channel(struct adm_device *adev)
{
	const struct axi_dmac_model_config *cfg = &adev->pub.model->cfg;
	struct of_changeset *ocs = &adev->changes;
	struct device_node *channels, *chan;

	channels = of_changeset_create_node(ocs, adev->core, "adi,channels");
	if (!channels)
		return -ENOMEM;
	chan = of_changeset_create_node(ocs, channels, "dma-channel@0");
	if (!chan)
		return -ENOMEM;
	return of_changeset_add_prop_u32(ocs, channels, "#address-cells", 1) ?:
	       of_changeset_add_prop_u32(ocs, channels, "#size-cells", 0) ?:
	       of_changeset_add_prop_u32(ocs, chan, "reg", 0) ?:
	       of_changeset_add_prop_u32(ocs, chan, "adi,source-bus-type", cfg->src_type) ?:
	       of_changeset_add_prop_u32(ocs, chan, "adi,source-bus-width",
					 cfg->src_width * 8) ?:
	       of_changeset_add_prop_u32(ocs, chan, "adi,destination-bus-type",
					 cfg->dest_type) ?:
	       of_changeset_add_prop_u32(ocs, chan, "adi,destination-bus-width",
					 cfg->dest_width * 8);
}

static int adm_add_consumer(struct adm_device *adev)
{
	u32 dmas[2] = { adm_phandle(adev), 0 };
	struct of_changeset *ocs = &adev->changes;

	adev->consumer = of_changeset_create_node(ocs, adev->bus, "consumer");
	if (!adev->consumer)
		return -ENOMEM;
	return of_changeset_add_prop_u32_array(ocs, adev->consumer, "dmas", dmas, 2) ?:
	       of_changeset_add_prop_string(ocs, adev->consumer, "dma-names", "dma");
}

static int adm_add_nodes(struct adm_device *adev, bool dma_coherent)
{
	struct device_node *root __free(device_node) = of_find_node_by_path("/");
	int ret;

	if (!root)
		return -ENODEV;
	of_changeset_init(&adev->changes);
	ret = adm_add_bus(adev, root) ?: adm_add_core(adev, dma_coherent) ?:
	      adm_add_channel(adev) ?: adm_add_consumer(adev) ?:
	      of_changeset_apply(&adev->changes);
	if (ret) {
		of_changeset_destroy(&adev->changes);
		return ret;
	}
	/* The property came too late for the node to take its handle from it */
	adev->core->phandle = adm_phandle(adev);
	return 0;
}

static void adm_remove_nodes(struct adm_device *adev)
{
	of_changeset_revert(&adev->changes);
	of_changeset_destroy(&adev->changes);
}

static int adm_add_irq(struct adm_device *adev)
{
	adev->irqs = adm_irq_domain(of_fwnode_handle(adev->bus), 1);
	if (!adev->irqs)
		return -ENOMEM;
	adev->pub.irq = adm_irq_connect(adev->irqs, 0, adev->pub.model);
	if (adev->pub.irq)
		return 0;
	adm_irq_domain_remove(adev->irqs);
	return -ENOMEM;
}

static int adm_add_devices(struct adm_device *adev)
{
	adev->pub.pdev = of_platform_device_create(adev->core, NULL, NULL);
	if (!adev->pub.pdev)
		return -ENODEV;
	adev->consumer_pdev = of_platform_device_create(adev->consumer, NULL, NULL);
	if (!adev->consumer_pdev) {
		of_platform_device_destroy(&adev->pub.pdev->dev, NULL);
		return -ENODEV;
	}
	adev->pub.consumer = &adev->consumer_pdev->dev;
	return 0;
}

static int adm_build(struct adm_device *adev, bool dma_coherent)
{
	int ret;

	ret = adm_add_nodes(adev, dma_coherent);
	if (ret)
		return ret;
	ret = adm_add_irq(adev);
	if (ret)
		goto err_nodes;
	ret = adm_add_devices(adev);
	if (ret)
		goto err_irq;
	return 0;

err_irq:
	adm_irq_domain_remove(adev->irqs);
err_nodes:
	adm_remove_nodes(adev);
	return ret;
}

/**
 * axi_dmac_model_device_create() - create a core that a driver can bind to
 * @config: parameters of the core; copied
 * @dma_coherent: the device tree declares the core coherent (otherwise it says
 *	that it is not)
 *
 * Adds the node of the core as the binding has it, an interrupt, and a consumer
 * with a reference to its only channel. The driver is probed before this
 * returns; whether it accepted the device is the test's business.
 *
 * Context: process context. Return: the device, or an ERR_PTR.
 */
struct axi_dmac_model_device *
axi_dmac_model_device_create(const struct axi_dmac_model_config *config, bool dma_coherent)
{
	struct adm_device *adev;
	int ret;

	adev = kzalloc_obj(*adev);
	if (!adev)
		return ERR_PTR(-ENOMEM);
	adev->pub.model = axi_dmac_model_create(config);
	if (IS_ERR(adev->pub.model)) {
		ret = PTR_ERR(adev->pub.model);
		goto err_free;
	}
	ret = adm_build(adev, dma_coherent);
	if (ret)
		goto err_model;
	return &adev->pub;

err_model:
	axi_dmac_model_destroy(adev->pub.model);
err_free:
	kfree(adev);
	return ERR_PTR(ret);
}
EXPORT_SYMBOL_GPL(axi_dmac_model_device_create);

/**
 * axi_dmac_model_device_unbind() - remove the core's device only
 * @mdev: device
 *
 * The driver is unbound; the consumer and the register model stay, so that a
 * test sees what a client does with a channel whose provider has gone.
 *
 * Context: process context.
 */
void axi_dmac_model_device_unbind(struct axi_dmac_model_device *mdev)
{
	if (!mdev->pdev)
		return;
	of_platform_device_destroy(&mdev->pdev->dev, NULL);
	mdev->pdev = NULL;
}
EXPORT_SYMBOL_GPL(axi_dmac_model_device_unbind);

/**
 * axi_dmac_model_device_destroy() - undo axi_dmac_model_device_create()
 * @mdev: device, or NULL or an ERR_PTR
 *
 * Context: process context.
 */
void axi_dmac_model_device_destroy(struct axi_dmac_model_device *mdev)
{
	struct adm_device *adev;

	if (IS_ERR_OR_NULL(mdev))
		return;
	adev = container_of(mdev, struct adm_device, pub);
	of_platform_device_destroy(mdev->consumer, NULL);
	axi_dmac_model_device_unbind(mdev);
	adm_irq_domain_remove(adev->irqs);
	axi_dmac_model_destroy(mdev->model);
	adm_remove_nodes(adev);
	kfree(adev);
}
EXPORT_SYMBOL_GPL(axi_dmac_model_device_destroy);
