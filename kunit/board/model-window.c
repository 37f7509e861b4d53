// SPDX-License-Identifier: GPL-2.0
/*
 * MMIO windows: a region of emulated I/O memory with room for a number of
 * cores. A window outlives the instance behind it, so that a late access finds
 * an empty window and not freed memory.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <linux/atomic.h>
#include <linux/export.h>
#include <linux/init.h>
#include <linux/ioport.h>
#include <linux/logic_iomem.h>
#include <linux/mutex.h>

#include "model.h"

#define ADM_REGION	0xe0000000
#define ADM_WINDOWS	64

struct adm_window {
	struct axi_dmac_model __rcu *model;
};

static struct adm_window adm_windows[ADM_WINDOWS];
static DEFINE_MUTEX(adm_windows_lock);	/* serialises claim and release */
static atomic64_t adm_strays = ATOMIC64_INIT(0);

/**
 * adm_call_hook() - tell the test, if it has asked for it
 * @m: model, not locked
 * @point: where
 * @reg: register offset, or 0
 */
void adm_call_hook(struct axi_dmac_model *m, enum axi_dmac_model_point point,
		   unsigned int reg)
{
	if (!m->hook || m->hook_task == current)
		return;
	m->hook_task = current;
	m->hook(m, point, reg, m->hook_priv);
	m->hook_task = NULL;
}

static u32 adm_bus_read(struct axi_dmac_model *m, unsigned int reg)
{
	unsigned long flags;
	u32 val;

	adm_call_hook(m, ADM_BEFORE_READ, reg);
	if (READ_ONCE(m->unplugged))
		return U32_MAX;
	spin_lock_irqsave(&m->lock, flags);
	val = adm_read(m, reg);
	adm_unlock(m, flags);
	adm_call_hook(m, ADM_AFTER_READ, reg);
	if (reg == ADM_REG_PARTIAL_ID)
		axi_dmac_model_kick(m);
	return val;
}

static void adm_bus_write(struct axi_dmac_model *m, unsigned int reg, u32 val, int size)
{
	unsigned long flags;

	adm_call_hook(m, ADM_BEFORE_WRITE, reg);
	if (READ_ONCE(m->unplugged))
		return;
	spin_lock_irqsave(&m->lock, flags);
	if (size < 4)
		adm_fault(m, ADM_ERR_SUBWORD, reg, 0, val);
	adm_write(m, reg, val);
	adm_unlock(m, flags);
	adm_call_hook(m, ADM_AFTER_WRITE, reg);
	if (reg == ADM_REG_SUBMIT || reg == ADM_REG_CONTROL || reg == ADM_REG_FLAGS)
		axi_dmac_model_kick(m);
}

/* The core has no byte enables and decodes 11 bits of address */
static unsigned int adm_decode(unsigned int offset)
{
	return offset & (ADM_APERTURE - 4);
}

static unsigned long adm_window_read(void *priv, unsigned int offset, int size)
{
	struct adm_window *window = priv;
	struct axi_dmac_model *m;
	u64 val;

	guard(rcu)();
	m = rcu_dereference(window->model);
	if (!m) {
		atomic64_inc(&adm_strays);
		return ~0UL;
	}
	val = adm_bus_read(m, adm_decode(offset));
	if (size == 8)
		val |= (u64)adm_bus_read(m, adm_decode(offset + 4)) << 32;
	return val >> 8 * (offset & 3);
}

static void adm_window_write(void *priv, unsigned int offset, int size, unsigned long val)
{
	struct adm_window *window = priv;
	struct axi_dmac_model *m;

	guard(rcu)();
	m = rcu_dereference(window->model);
	if (!m) {
		atomic64_inc(&adm_strays);
		return;
	}
	adm_bus_write(m, adm_decode(offset), val << 8 * (offset & 3), size);
	if (size == 8)
		adm_bus_write(m, adm_decode(offset + 4), (u64)val >> 32, size);
}

static const struct logic_iomem_ops adm_window_ops = {
	.read = adm_window_read,
	.write = adm_window_write,
};

static long adm_window_map(unsigned long offset, size_t size,
			   const struct logic_iomem_ops **ops, void **priv)
{
	unsigned int slot = offset / ADM_WINDOW_SIZE;

	if (offset % ADM_WINDOW_SIZE + size > ADM_WINDOW_SIZE)
		return -EINVAL;
	*ops = &adm_window_ops;
	*priv = &adm_windows[slot];
	return offset % ADM_WINDOW_SIZE;
}

static const struct logic_iomem_region_ops adm_region_ops = {
	.map = adm_window_map,
};

static struct resource adm_region = {
	.name = "axi-dmac-board",
	.start = ADM_REGION,
	.end = ADM_REGION + ADM_WINDOWS * ADM_WINDOW_SIZE - 1,
	.flags = IORESOURCE_MEM,
};

/* From the top, out of the way of a board that has its addresses fixed */
static int adm_free_slot(void)
{
	int slot;

	for (slot = ADM_WINDOWS - 1; slot >= 0; slot--)
		if (!rcu_access_pointer(adm_windows[slot].model))
			return slot;
	return -ENOSPC;
}

static int adm_slot_at(phys_addr_t base)
{
	if (!base)
		return adm_free_slot();
	if (base < adm_region.start || base > adm_region.end || base % ADM_WINDOW_SIZE)
		return -EINVAL;
	return (base - adm_region.start) / ADM_WINDOW_SIZE;
}

/**
 * adm_window_claim() - give an instance its window
 * @m: model; its slot and, if it has none, its name are set
 * @base: address of the window, 0 for any
 *
 * Return: 0, -EINVAL for a bad address, -EBUSY or -ENOSPC.
 */
int adm_window_claim(struct axi_dmac_model *m, phys_addr_t base)
{
	int slot;

	guard(mutex)(&adm_windows_lock);
	slot = adm_slot_at(base);
	if (slot < 0)
		return slot;
	if (rcu_access_pointer(adm_windows[slot].model))
		return -EBUSY;
	m->slot = slot;
	if (!m->name[0])
		snprintf(m->name, sizeof(m->name), "kunit-%d", slot);
	rcu_assign_pointer(adm_windows[slot].model, m);
	return 0;
}

/**
 * adm_window_release() - empty a window and wait for accesses under way
 * @m: model that claimed it
 */
void adm_window_release(struct axi_dmac_model *m)
{
	scoped_guard(mutex, &adm_windows_lock)
		RCU_INIT_POINTER(adm_windows[m->slot].model, NULL);
	synchronize_rcu();
}

/**
 * adm_window_base() - bus address of a window
 * @slot: its index
 */
phys_addr_t adm_window_base(unsigned int slot)
{
	return adm_region.start + slot * ADM_WINDOW_SIZE;
}

/**
 * axi_dmac_model_stray_accesses() - register accesses to empty windows
 *
 * Return: how many there were since boot, over all windows. A driver that
 * touches its core after the device is gone adds to them.
 */
u64 axi_dmac_model_stray_accesses(void)
{
	return atomic64_read(&adm_strays);
}
EXPORT_SYMBOL_GPL(axi_dmac_model_stray_accesses);

/**
 * adm_windows_init() - make the region known to ioremap()
 *
 * Return: 0 or a negative error code.
 */
int __init adm_windows_init(void)
{
	return logic_iomem_add_region(&adm_region, &adm_region_ops);
}
