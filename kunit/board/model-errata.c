// SPDX-License-Identifier: GPL-2.0
/*
 * Which errata a core has. All cores that anybody has looked at have all of them;
 * switching one off shows whether it is the reason for what a driver does.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <linux/export.h>
#include <linux/moduleparam.h>

#include "model.h"

#undef MODULE_PARAM_PREFIX
#define MODULE_PARAM_PREFIX "axi_dmac_board."

static unsigned int adm_errata = ADM_ERRATA;
module_param_named(errata, adm_errata, uint, 0444);
MODULE_PARM_DESC(errata, "errata of cores that do not say which ones they have, as bits");

/**
 * adm_default_errata() - errata of a core that does not say which ones it has
 *
 * Return: set of enum axi_dmac_model_erratum.
 */
u32 adm_default_errata(void)
{
	return adm_errata & ADM_ERRATA;
}

/**
 * axi_dmac_model_set_errata() - choose what a core does wrong
 * @m: model
 * @errata: set of enum axi_dmac_model_erratum
 *
 * What an erratum has brought about before stays, but a core that it has stopped for
 * ever is not stopped any more.
 */
void axi_dmac_model_set_errata(struct axi_dmac_model *m, u32 errata)
{
	unsigned long flags;

	spin_lock_irqsave(&m->lock, flags);
	m->cfg.errata = errata;
	spin_unlock_irqrestore(&m->lock, flags);
	axi_dmac_model_kick(m);
}
EXPORT_SYMBOL_GPL(axi_dmac_model_set_errata);
