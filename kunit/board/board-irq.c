// SPDX-License-Identifier: GPL-2.0
/*
 * Interrupt controller of the simulated board: one level-triggered line per
 * core. It only has to mask: the core keeps its line up until the driver has
 * acknowledged, and the model delivers again when the line is unmasked.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <linux/irq.h>
#include <linux/irqdomain.h>
#include <linux/slab.h>

#include "model.h"

struct adm_irqs {
	unsigned int lines;
	struct axi_dmac_model *model[] __counted_by(lines);
};

static struct axi_dmac_model *adm_irq_model(struct irq_data *d)
{
	struct adm_irqs *irqs = d->domain->host_data;

	return irqs->model[d->hwirq];
}

static void adm_irq_mask(struct irq_data *d)
{
	struct axi_dmac_model *m = adm_irq_model(d);

	if (m)
		WRITE_ONCE(m->irq_masked, true);
}

static void adm_irq_unmask(struct irq_data *d)
{
	struct axi_dmac_model *m = adm_irq_model(d);

	if (!m)
		return;
	WRITE_ONCE(m->irq_masked, false);
	if (READ_ONCE(m->line))
		axi_dmac_model_kick(m);
}

/* Called for the first handler of a line only */
static int adm_irq_request(struct irq_data *d)
{
	struct axi_dmac_model *m = adm_irq_model(d);

	if (m)
		adm_call_hook(m, ADM_IRQ_REQUESTED, 0);
	return 0;
}

static struct irq_chip adm_irq_chip = {
	.name = "axi-dmac-board",
	.irq_mask = adm_irq_mask,
	.irq_unmask = adm_irq_unmask,
	.irq_request_resources = adm_irq_request,
};

static int adm_irq_map(struct irq_domain *domain, unsigned int virq, irq_hw_number_t hwirq)
{
	irq_set_chip_and_handler(virq, &adm_irq_chip, handle_level_irq);
	return 0;
}

static const struct irq_domain_ops adm_irq_ops = {
	.map = adm_irq_map,
	.xlate = irq_domain_xlate_onecell,
};

/**
 * adm_irq_domain() - create an interrupt controller
 * @fwnode: its firmware node
 * @lines: number of lines
 *
 * Return: its domain, or NULL.
 */
struct irq_domain *adm_irq_domain(struct fwnode_handle *fwnode, unsigned int lines)
{
	struct irq_domain *domain;
	struct adm_irqs *irqs;

	irqs = kzalloc(struct_size(irqs, model, lines), GFP_KERNEL);
	if (!irqs)
		return NULL;
	irqs->lines = lines;
	domain = irq_domain_create_linear(fwnode, lines, &adm_irq_ops, irqs);
	if (!domain)
		kfree(irqs);
	return domain;
}

/**
 * adm_irq_connect() - connect a core to a line
 * @domain: interrupt controller
 * @hwirq: number of the line
 * @m: model
 *
 * Return: Linux interrupt number, or 0.
 */
unsigned int adm_irq_connect(struct irq_domain *domain, unsigned int hwirq,
			     struct axi_dmac_model *m)
{
	struct adm_irqs *irqs = domain->host_data;

	if (hwirq >= irqs->lines)
		return 0;
	irqs->model[hwirq] = m;
	m->virq = irq_create_mapping(domain, hwirq);
	return m->virq;
}

/**
 * adm_irq_domain_remove() - remove an interrupt controller
 * @domain: its domain; no driver uses one of its lines any more
 */
void adm_irq_domain_remove(struct irq_domain *domain)
{
	struct adm_irqs *irqs = domain->host_data;
	unsigned int i;

	for (i = 0; i < irqs->lines; i++)
		irq_dispose_mapping(irq_find_mapping(domain, i));
	irq_domain_remove(domain);
	kfree(irqs);
}
