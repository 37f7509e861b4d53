// SPDX-License-Identifier: GPL-2.0
/*
 * Brings the board up: the MMIO region, the interrupt controller and one
 * simulated core for each AXI-DMAC node of the device tree that has the
 * parameters of a simulation. It runs before the device tree is populated, as
 * hardware would be there before its drivers.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#define pr_fmt(fmt) "axi-dmac-board: " fmt

#include <linux/err.h>
#include <linux/init.h>
#include <linux/moduleparam.h>
#include <linux/of.h>
#include <linux/of_address.h>
#include <linux/printk.h>

#include "model.h"

#define ADM_BOARD_LINES	32

#undef MODULE_PARAM_PREFIX
#define MODULE_PARAM_PREFIX "axi_dmac_board."

static unsigned int adm_seed;
module_param_named(seed, adm_seed, uint, 0444);
MODULE_PARM_DESC(seed, "leave to chance what the cores do when; 0 for always the same");

/* The bus side of a core, from the binding that its driver reads too */
static int adm_parse_bus(const struct device_node *np, struct axi_dmac_model_config *cfg)
{
	struct device_node *channels = of_get_child_by_name(np, "adi,channels");
	struct device_node *chan = of_get_next_child(channels, NULL);
	u32 src_bits, dest_bits, src_type, dest_type;
	int ret;

	ret = of_property_read_u32(chan, "adi,source-bus-type", &src_type) ?:
	      of_property_read_u32(chan, "adi,destination-bus-type", &dest_type) ?:
	      of_property_read_u32(chan, "adi,source-bus-width", &src_bits) ?:
	      of_property_read_u32(chan, "adi,destination-bus-width", &dest_bits);
	of_node_put(chan);
	of_node_put(channels);
	if (ret)
		return ret;
	cfg->src_type = src_type;
	cfg->dest_type = dest_type;
	cfg->src_width = src_bits / 8;
	cfg->dest_width = dest_bits / 8;
	return 0;
}

static void adm_parse_behaviour(const struct device_node *np, struct axi_dmac_model_config *cfg)
{
	of_property_read_string(np, "label", &cfg->name);
	of_property_read_u32(np, "board,length-width", &cfg->length_width);
	of_property_read_u32(np, "board,address-width", &cfg->addr_width);
	of_property_read_u32(np, "board,burst-bytes", &cfg->burst_bytes);
	of_property_read_u32(np, "board,queue-depth", &cfg->queue_depth);
	of_property_read_u32(np, "board,look-ahead", &cfg->look_ahead);
	of_property_read_u32(np, "board,errata", &cfg->errata);
	of_property_read_u32(np, "board,late-bytes", &cfg->late_bytes);
	of_property_read_u32(np, "board,quiesce-ticks", &cfg->quiesce_ticks);
	of_property_read_u32(np, "board,accept-ticks", &cfg->accept_ticks);
	of_property_read_u32(np, "board,eot-batch", &cfg->eot_batch);
	of_property_read_u64(np, "board,rate", &cfg->rate);
	cfg->sg = of_property_read_bool(np, "board,scatter-gather");
	cfg->twod = of_property_read_bool(np, "board,two-dimensional");
	cfg->cyclic = of_property_read_bool(np, "board,cyclic");
	cfg->coherent = of_property_read_bool(np, "dma-coherent");
	cfg->no_debug = of_property_read_bool(np, "board,no-debug-registers");
	cfg->free_running = true;
}

static int __init adm_add_core(struct device_node *np, struct irq_domain *irqs)
{
	struct axi_dmac_model_config cfg;
	struct axi_dmac_model *model;
	struct resource res;
	u32 hwirq;
	int ret;

	axi_dmac_model_defaults(&cfg);
	ret = of_property_read_u32(np, "board,version", &cfg.version) ?:
	      of_property_read_u32(np, "interrupts", &hwirq) ?:
	      of_address_to_resource(np, 0, &res) ?:
	      adm_parse_bus(np, &cfg);
	if (ret)
		return ret;
	adm_parse_behaviour(np, &cfg);
	if (adm_seed)
		axi_dmac_model_randomize(&cfg, adm_seed + hwirq);

	model = axi_dmac_model_create_at(&cfg, res.start);
	if (IS_ERR(model))
		return PTR_ERR(model);
	adm_model_add_port(model, np);
	return adm_irq_connect(irqs, hwirq, model) ? 0 : -EINVAL;
}

static int __init adm_add_cores(struct irq_domain *irqs)
{
	struct device_node *np;
	int ret;

	for_each_compatible_node(np, NULL, "adi,axi-dmac-1.00.a") {
		if (!of_property_present(np, "board,version"))
			continue;
		ret = adm_add_core(np, irqs);
		if (ret) {
			pr_err("%pOF: cannot simulate it: %d\n", np, ret);
			of_node_put(np);
			return ret;
		}
	}
	return 0;
}

static int __init adm_board_init(void)
{
	struct irq_domain *irqs;
	struct device_node *np;
	int ret;

	ret = adm_windows_init();
	if (ret) {
		pr_err("no room for the MMIO region: %d\n", ret);
		return ret;
	}
	np = of_find_compatible_node(NULL, NULL, "axi-dmac-board,intc");
	if (!np)
		return 0;
	irqs = adm_irq_domain(of_fwnode_handle(np), ADM_BOARD_LINES);
	if (!irqs)
		return -ENOMEM;
	of_node_set_flag(np, OF_POPULATED);
	return adm_add_cores(irqs);
}
arch_initcall(adm_board_init);
