// SPDX-License-Identifier: GPL-2.0
/*
 * The way to memory: bus address in, kernel pointer out, with a look at whether
 * anybody still owns that memory. A user-mode kernel has no IOMMU and no offset
 * between bus and physical addresses.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <linux/err.h>
#include <linux/export.h>
#include <linux/io.h>
#include <linux/kasan.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include "board.h"
#include "model.h"

/*
 * Pages behind the first one of a block that is no compound page have a
 * reference count of 0 although they are in use, so the count alone does not
 * tell. A free page is part of a free block of the page allocator, or has no
 * used page in front of it at any size of block. Pages in the allocator's
 * per-CPU lists may be missed; pages in use are never reported. Newer kernels do
 * not count references to memory of kmalloc(): there, it has a type of its own.
 */
static bool adm_page_is_free(unsigned long pfn)
{
	struct page *page = compound_head(pfn_to_page(pfn));
	unsigned int order;

	if (page_count(page) || (page_has_type(page) && !PageBuddy(page)))
		return false;
	for (order = 0; order <= MAX_PAGE_ORDER; order++) {
		struct page *head = pfn_to_page(round_down(pfn, 1UL << order));

		if (PageBuddy(head))
			return page_private(head) >= order;
		if (page_count(head))
			return false;
	}
	return true;
}

/* A compound page is in use as a whole: one look is enough */
static unsigned long adm_next_pfn(unsigned long pfn)
{
	struct page *head = compound_head(pfn_to_page(pfn));

	return page_to_pfn(head) + compound_nr(head);
}

static bool adm_is_freed(u64 addr, size_t len)
{
	unsigned long pfn;

	for (pfn = PHYS_PFN(addr); pfn <= PHYS_PFN(addr + len - 1); pfn = adm_next_pfn(pfn))
		if (adm_page_is_free(pfn))
			return true;
	return !kasan_check_byte(phys_to_virt(addr)) ||
	       !kasan_check_byte(phys_to_virt(addr + len - 1));
}

static bool adm_is_memory(u64 addr, size_t len)
{
	unsigned long pfn;

	if (addr + len < addr)
		return false;
	for (pfn = PHYS_PFN(addr); pfn <= PHYS_PFN(addr + len - 1); pfn++)
		if (!pfn_valid(pfn))
			return false;
	return true;
}

/**
 * adm_bus_memory() - memory behind a bus address
 * @addr: bus address
 * @len: length in bytes, not 0
 *
 * Return: the memory, ERR_PTR(-ENXIO) if there is none, or ERR_PTR(-ESTALE) if
 * nobody owns it.
 */
void *adm_bus_memory(u64 addr, size_t len)
{
	if (!adm_is_memory(addr, len))
		return ERR_PTR(-ENXIO);
	if (adm_is_freed(addr, len))
		return ERR_PTR(-ESTALE);
	return phys_to_virt(addr);
}

static bool adm_is_forbidden(struct axi_dmac_model *m, u64 addr, u64 len)
{
	struct adm_forbidden *f;

	list_for_each_entry(f, &m->forbidden, node)
		if (addr < f->addr + f->len && f->addr < addr + len)
			return true;
	return false;
}

/**
 * adm_memory() - memory that a core may access
 * @m: model, locked
 * @addr: bus address
 * @len: length in bytes, not 0
 *
 * Return: the memory, or NULL after recording a driver error.
 */
void *adm_memory(struct axi_dmac_model *m, u64 addr, size_t len)
{
	void *mem = adm_is_forbidden(m, addr, len) ? ERR_PTR(-ESTALE) :
						     adm_bus_memory(addr, len);

	if (!IS_ERR(mem))
		return mem;
	adm_fault(m, PTR_ERR(mem) == -ENXIO ? ADM_ERR_NO_MEMORY : ADM_ERR_FREED, 0, addr, len);
	return NULL;
}

/**
 * adm_check_burst() - how a row would be cut into bursts on the bus
 * @m: model, locked
 * @addr: bus address of the row
 * @len: its length in bytes
 *
 * The core cuts from the start address on, in steps of its burst size, and does
 * not look for page boundaries.
 */
void adm_check_burst(struct axi_dmac_model *m, u64 addr, u64 len)
{
	u64 burst = m->cfg.burst_bytes;

	if (!(addr & (burst - 1)))
		return;
	if ((addr & (SZ_4K - 1)) + len > SZ_4K)
		adm_fault(m, ADM_ERR_BURST_4K, 0, addr, len);
	else if (len > burst)
		adm_fault(m, ADM_ERR_BURST_ALIGN, 0, addr, len);
}

/**
 * axi_dmac_model_forbid() - declare memory as not for the core
 * @m: model
 * @addr: bus address
 * @len: length in bytes
 *
 * An access counts as ADM_ERR_FREED and is not made. For tests that hold on to
 * memory that the driver has given back.
 *
 * Context: process context. Return: 0 or -ENOMEM.
 */
int axi_dmac_model_forbid(struct axi_dmac_model *m, u64 addr, u64 len)
{
	struct adm_forbidden *f = kmalloc(sizeof(*f), GFP_KERNEL);
	unsigned long flags;

	if (!f)
		return -ENOMEM;
	f->addr = addr;
	f->len = len;
	spin_lock_irqsave(&m->lock, flags);
	list_add(&f->node, &m->forbidden);
	spin_unlock_irqrestore(&m->lock, flags);
	return 0;
}
EXPORT_SYMBOL_GPL(axi_dmac_model_forbid);

/**
 * axi_dmac_model_permit() - take back axi_dmac_model_forbid()
 * @m: model
 * @addr: the same bus address
 */
void axi_dmac_model_permit(struct axi_dmac_model *m, u64 addr)
{
	struct adm_forbidden *f, *next;
	unsigned long flags;

	spin_lock_irqsave(&m->lock, flags);
	list_for_each_entry_safe(f, next, &m->forbidden, node) {
		if (f->addr != addr)
			continue;
		list_del(&f->node);
		kfree(f);
	}
	spin_unlock_irqrestore(&m->lock, flags);
}
EXPORT_SYMBOL_GPL(axi_dmac_model_permit);
