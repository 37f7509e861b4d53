// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory of descriptors: single pages, taken where nothing can be waited for, with a
 * few kept for the next ones. Where the core reads them they are mapped for as long
 * as they are the channel's, and synced when they were written.
 */

#include <linux/dma-mapping.h>
#include <linux/export.h>
#include <linux/gfp.h>
#include <linux/slab.h>

#include <kunit/static_stub.h>
#include <kunit/visibility.h>

#include "axi-dmac.h"

/* Pages that a channel keeps for the next short descriptors */
#define AXI_DMAC_MAX_SPARES	16

/* dmaengine wants descriptors to be prepared in any context */
void *axi_dmac_zalloc(size_t size)
{
	KUNIT_STATIC_STUB_REDIRECT(axi_dmac_zalloc, size);

	return kzalloc(size, GFP_NOWAIT);
}
EXPORT_SYMBOL_IF_KUNIT(axi_dmac_zalloc);

VISIBLE_IF_KUNIT struct axi_dmac_page *axi_dmac_page_get(gfp_t gfp)
{
	KUNIT_STATIC_STUB_REDIRECT(axi_dmac_page_get, gfp);

	return (struct axi_dmac_page *)__get_free_page(gfp);
}
EXPORT_SYMBOL_IF_KUNIT(axi_dmac_page_get);

VISIBLE_IF_KUNIT dma_addr_t axi_dmac_page_map(struct axi_dmac_chan *chan,
					      struct axi_dmac_page *page)
{
	KUNIT_STATIC_STUB_REDIRECT(axi_dmac_page_map, chan, page);

	return dma_map_page(chan->dmac->dev, virt_to_page(page), 0, PAGE_SIZE, DMA_TO_DEVICE);
}
EXPORT_SYMBOL_IF_KUNIT(axi_dmac_page_map);

/**
 * axi_dmac_page_sync() - let the core see what was written
 * @chan: the channel
 * @addr: bus address in a page that is mapped
 * @len: bytes
 */
void axi_dmac_page_sync(struct axi_dmac_chan *chan, dma_addr_t addr, size_t len)
{
	KUNIT_STATIC_STUB_REDIRECT(axi_dmac_page_sync, chan, addr, len);

	dma_sync_single_for_device(chan->dmac->dev, addr, len, DMA_TO_DEVICE);
}
EXPORT_SYMBOL_IF_KUNIT(axi_dmac_page_sync);

/* The device goes away, the page stays */
void axi_dmac_page_unmap(struct axi_dmac_chan *chan, struct axi_dmac_page *page)
{
	if (page->dma == DMA_MAPPING_ERROR)
		return;

	dma_unmap_page(chan->dmac->dev, page->dma, PAGE_SIZE, DMA_TO_DEVICE);
	page->dma = DMA_MAPPING_ERROR;
}

static struct axi_dmac_page *axi_dmac_page_from_spares(struct axi_dmac_chan *chan)
{
	struct axi_dmac_page *page;
	unsigned long flags;

	spin_lock_irqsave(&chan->spare_lock, flags);
	page = chan->spares;
	if (page) {
		chan->spares = page->next;
		chan->num_spares--;
	}
	spin_unlock_irqrestore(&chan->spare_lock, flags);

	return page;
}

/* When the device is gone, pages are no longer mapped: not for another descriptor */
static bool axi_dmac_page_to_spares(struct axi_dmac_chan *chan, struct axi_dmac_page *page)
{
	unsigned long flags;
	bool room;

	spin_lock_irqsave(&chan->spare_lock, flags);
	room = !READ_ONCE(chan->gone) && chan->num_spares < AXI_DMAC_MAX_SPARES;
	if (room) {
		page->next = chan->spares;
		chan->spares = page;
		chan->num_spares++;
	}
	spin_unlock_irqrestore(&chan->spare_lock, flags);

	return room;
}

/* Return: a page, mapped if the core reads descriptors; NULL if there is none */
struct axi_dmac_page *axi_dmac_page_alloc(struct axi_dmac_chan *chan)
{
	const struct axi_dmac_caps *caps = axi_dmac_caps(chan);
	gfp_t gfp = GFP_NOWAIT | __GFP_NOWARN;
	struct axi_dmac_page *page;

	page = axi_dmac_page_from_spares(chan);
	if (page)
		return page;

	if (caps->sg && caps->addr_bits <= 32)
		gfp |= GFP_DMA32;

	page = axi_dmac_page_get(gfp);
	if (!page)
		return NULL;

	page->dma = caps->sg ? axi_dmac_page_map(chan, page) : DMA_MAPPING_ERROR;
	if (caps->sg && dma_mapping_error(chan->dmac->dev, page->dma)) {
		free_page((unsigned long)page);
		return NULL;
	}
	atomic_inc(&chan->num_pages);

	return page;
}

static void axi_dmac_page_release(struct axi_dmac_chan *chan, struct axi_dmac_page *page)
{
	axi_dmac_page_unmap(chan, page);
	free_page((unsigned long)page);
	atomic_dec(&chan->num_pages);
}

void axi_dmac_page_free(struct axi_dmac_chan *chan, struct axi_dmac_page *page)
{
	if (!axi_dmac_page_to_spares(chan, page))
		axi_dmac_page_release(chan, page);
}

void axi_dmac_spares_free(struct axi_dmac_chan *chan)
{
	struct axi_dmac_page *page;

	while ((page = axi_dmac_page_from_spares(chan)))
		axi_dmac_page_release(chan, page);
}
EXPORT_SYMBOL_IF_KUNIT(axi_dmac_spares_free);
