// SPDX-License-Identifier: GPL-2.0
/*
 * Record of driver errors. Hardware would answer them with silence or with
 * corrupted memory; here each is counted, and the first ones are kept whole.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <linux/export.h>
#include <linux/printk.h>

#include "model.h"

static const char * const adm_error_names[ADM_ERR_COUNT] = {
	[ADM_ERR_LIVE_REGISTER] = "transfer register written while SUBMIT is 1",
	[ADM_ERR_SUBMIT_DISABLED] = "SUBMIT while ENABLE is 0",
	[ADM_ERR_ENABLE_BUSY] = "ENABLE before the core was quiet",
	[ADM_ERR_HWDESC_BUSY] = "HWDESC changed before the core was quiet",
	[ADM_ERR_FREED] = "access to freed or forbidden memory",
	[ADM_ERR_NO_MEMORY] = "access to an address without memory",
	[ADM_ERR_BUS_ALIGN] = "address not aligned to the bus",
	[ADM_ERR_LENGTH_ALIGN] = "length not aligned to the stream",
	[ADM_ERR_BURST_ALIGN] = "address not aligned to the burst",
	[ADM_ERR_BURST_4K] = "burst crosses 4 KiB",
	[ADM_ERR_DESC_ALIGN] = "descriptor not aligned",
	[ADM_ERR_DESC_4K] = "descriptor crosses 4 KiB",
	[ADM_ERR_SUBWORD] = "write narrower than a word",
};

/**
 * adm_fault() - record a driver error
 * @m: model, locked
 * @kind: what it is
 * @reg: register, or 0
 * @addr: bus address, or 0
 * @val: value or length
 */
void adm_fault(struct axi_dmac_model *m, enum axi_dmac_model_error kind, u32 reg, u64 addr,
	       u64 val)
{
	m->errors[kind]++;
	m->stats.errors++;
	if (m->fault_count == ADM_FAULTS)
		return;
	m->faults[m->fault_count++] = (struct axi_dmac_model_fault) {
		.kind = kind, .reg = reg, .addr = addr, .val = val,
	};
	pr_debug("%s: %s (reg 0x%03x addr 0x%llx val 0x%llx)\n", m->name,
		 adm_error_names[kind], reg, addr, val);
}

/**
 * axi_dmac_model_error_name() - text for a kind of driver error
 * @kind: the kind
 *
 * Return: a short description in English.
 */
const char *axi_dmac_model_error_name(enum axi_dmac_model_error kind)
{
	return kind < ADM_ERR_COUNT ? adm_error_names[kind] : "unknown";
}
EXPORT_SYMBOL_GPL(axi_dmac_model_error_name);

/**
 * axi_dmac_model_errors() - how often a driver error was seen
 * @m: model
 * @kind: kind of error
 *
 * Return: number of errors of that kind since the last
 * axi_dmac_model_clear_errors().
 */
u64 axi_dmac_model_errors(struct axi_dmac_model *m, enum axi_dmac_model_error kind)
{
	return adm_counter(m, &m->errors[kind]);
}
EXPORT_SYMBOL_GPL(axi_dmac_model_errors);

/**
 * axi_dmac_model_all_errors() - how many driver errors of all kinds were seen
 * @m: model
 *
 * Return: the sum over all kinds.
 */
u64 axi_dmac_model_all_errors(struct axi_dmac_model *m)
{
	return adm_counter(m, &m->stats.errors);
}
EXPORT_SYMBOL_GPL(axi_dmac_model_all_errors);

/**
 * axi_dmac_model_fault() - one of the first recorded driver errors
 * @m: model
 * @index: 0 for the oldest
 * @fault: where to store it
 *
 * Return: whether there is one with that index.
 */
bool axi_dmac_model_fault(struct axi_dmac_model *m, unsigned int index,
			  struct axi_dmac_model_fault *fault)
{
	unsigned long flags;
	bool there;

	spin_lock_irqsave(&m->lock, flags);
	there = index < m->fault_count;
	if (there)
		*fault = m->faults[index];
	spin_unlock_irqrestore(&m->lock, flags);
	return there;
}
EXPORT_SYMBOL_GPL(axi_dmac_model_fault);

/**
 * axi_dmac_model_clear_errors() - forget all recorded driver errors
 * @m: model
 */
void axi_dmac_model_clear_errors(struct axi_dmac_model *m)
{
	unsigned long flags;

	spin_lock_irqsave(&m->lock, flags);
	memset(m->errors, 0, sizeof(m->errors));
	m->stats.errors = 0;
	m->fault_count = 0;
	spin_unlock_irqrestore(&m->lock, flags);
}
EXPORT_SYMBOL_GPL(axi_dmac_model_clear_errors);
