// SPDX-License-Identifier: GPL-2.0-only
/*
 * Descriptors and the memory with their segments.
 *
 * A transfer may have hundreds of thousands of segments and has to be prepared
 * where nothing can be waited for. So segments are not allocated one by one, nor
 * in one piece: they fill single pages, which form a list. With scatter-gather
 * the core reads the pages itself, which stay mapped for as long as they are the
 * channel's. They are written once in the life of a descriptor, however often it is
 * submitted; only the end of a chain may change.
 *
 * A segment is known by the address of its slot. What is needed while interrupts are
 * off is found there, without a walk: its place in the transfer, and at the start of a
 * chain the chain's end.
 *
 * With scatter-gather, a chain ends
 * - in front of a segment that must have nothing in front of it;
 * - on both sides of one that is too short to have two more behind it;
 * - with the transfer, or with a period of a cyclic one that is submitted by period.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <linux/dma-mapping.h>
#include <linux/export.h>
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/slab.h>

#include <kunit/static_stub.h>
#include <kunit/visibility.h>

#include "axi-dmac.h"

/* Pages that a channel keeps for the next short descriptors */
#define AXI_DMAC_MAX_SPARES	16

static_assert(sizeof(struct axi_dmac_hw_desc) == 64);
static_assert(sizeof(struct axi_dmac_page) <= sizeof(struct axi_dmac_seg));
static_assert(PAGE_SIZE % sizeof(struct axi_dmac_seg) == 0);

/* dmaengine wants descriptors to be prepared in any context */
VISIBLE_IF_KUNIT void *axi_dmac_zalloc(size_t size)
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

/* Let the core see what was written to a page that is mapped */
VISIBLE_IF_KUNIT void axi_dmac_page_sync(struct axi_dmac_chan *chan, dma_addr_t addr,
					 size_t len)
{
	KUNIT_STATIC_STUB_REDIRECT(axi_dmac_page_sync, chan, addr, len);

	dma_sync_single_for_device(chan->dmac->dev, addr, len, DMA_TO_DEVICE);
}
EXPORT_SYMBOL_IF_KUNIT(axi_dmac_page_sync);

static struct axi_dmac_page *axi_dmac_page_from_spares(struct axi_dmac_chan *chan)
{
	struct axi_dmac_page *page;
	unsigned long flags;

	spin_lock_irqsave(&chan->page_lock, flags);
	page = chan->spares;
	if (page) {
		chan->spares = page->next;
		chan->num_spares--;
	}
	spin_unlock_irqrestore(&chan->page_lock, flags);

	return page;
}

/* A page that is no longer mapped, as the device is gone, is not kept */
static bool axi_dmac_page_to_spares(struct axi_dmac_chan *chan, struct axi_dmac_page *page)
{
	unsigned long flags;
	bool room;

	spin_lock_irqsave(&chan->page_lock, flags);
	room = !READ_ONCE(chan->gone) && chan->num_spares < AXI_DMAC_MAX_SPARES;
	if (room) {
		page->next = chan->spares;
		chan->spares = page;
		chan->num_spares++;
	}
	spin_unlock_irqrestore(&chan->page_lock, flags);

	return room;
}

static void axi_dmac_page_add_mapped(struct axi_dmac_chan *chan, struct axi_dmac_page *page)
{
	unsigned long flags;

	spin_lock_irqsave(&chan->page_lock, flags);
	list_add(&page->mapped, &chan->mapped);
	spin_unlock_irqrestore(&chan->page_lock, flags);
}

/* A page, mapped if the core reads descriptors; NULL if there is none */
static struct axi_dmac_page *axi_dmac_page_alloc(struct axi_dmac_chan *chan)
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

	page->dma = DMA_MAPPING_ERROR;
	atomic_inc(&chan->num_pages);
	if (!caps->sg)
		return page;

	page->dma = axi_dmac_page_map(chan, page);
	if (dma_mapping_error(chan->dmac->dev, page->dma)) {
		atomic_dec(&chan->num_pages);
		free_page((unsigned long)page);
		return NULL;
	}
	axi_dmac_page_add_mapped(chan, page);

	return page;
}

static void axi_dmac_page_unmap(struct axi_dmac_chan *chan, struct axi_dmac_page *page)
{
	lockdep_assert_held(&chan->page_lock);

	if (page->dma == DMA_MAPPING_ERROR)
		return;

	list_del(&page->mapped);
	dma_unmap_page(chan->dmac->dev, page->dma, PAGE_SIZE, DMA_TO_DEVICE);
	page->dma = DMA_MAPPING_ERROR;
}

static void axi_dmac_page_release(struct axi_dmac_chan *chan, struct axi_dmac_page *page)
{
	scoped_guard(spinlock_irqsave, &chan->page_lock)
		axi_dmac_page_unmap(chan, page);

	free_page((unsigned long)page);
	atomic_dec(&chan->num_pages);
}

/**
 * axi_dmac_pages_unmap() - unmap all pages, whoever has the descriptors
 * @chan: the channel of a device that goes away; nothing is prepared any more
 *
 * Interrupts are off for one page at a time.
 */
void axi_dmac_pages_unmap(struct axi_dmac_chan *chan)
{
	struct axi_dmac_page *page;

	do {
		guard(spinlock_irqsave)(&chan->page_lock);
		page = list_first_entry_or_null(&chan->mapped, struct axi_dmac_page, mapped);
		if (page)
			axi_dmac_page_unmap(chan, page);
	} while (page);
}

void axi_dmac_spares_free(struct axi_dmac_chan *chan)
{
	struct axi_dmac_page *page;

	while ((page = axi_dmac_page_from_spares(chan)))
		axi_dmac_page_release(chan, page);
}
EXPORT_SYMBOL_IF_KUNIT(axi_dmac_spares_free);

/* Where the core reads descriptors, it reads them as they are in memory */
static bool axi_dmac_in_memory(const struct axi_dmac_desc *desc)
{
	return axi_dmac_caps(desc->chan)->sg;
}

static size_t axi_dmac_slot_size(const struct axi_dmac_desc *desc)
{
	return axi_dmac_in_memory(desc) ? sizeof(struct axi_dmac_hw_desc) :
					  sizeof(struct axi_dmac_seg);
}

static struct axi_dmac_page *axi_dmac_slot_page(const void *slot)
{
	return (struct axi_dmac_page *)((unsigned long)slot & PAGE_MASK);
}

/* The first slot of each page is struct axi_dmac_page */
static void *axi_dmac_page_slots(const struct axi_dmac_desc *desc, struct axi_dmac_page *page)
{
	return (void *)page + axi_dmac_slot_size(desc);
}

/* The slot behind @slot in the same page, NULL if it is the last one of the page */
static void *axi_dmac_next_in_page(const struct axi_dmac_desc *desc, void *slot)
{
	void *next = slot + axi_dmac_slot_size(desc);

	return offset_in_page(next) ? next : NULL;
}

/* Bus address of a segment's slot, with scatter-gather */
dma_addr_t axi_dmac_desc_dma(const void *slot)
{
	return axi_dmac_slot_page(slot)->dma + offset_in_page(slot);
}

/* Slot of the first segment */
void *axi_dmac_desc_first(const struct axi_dmac_desc *desc)
{
	return axi_dmac_page_slots(desc, desc->pages);
}

/* Slot of the segment behind @slot, which is the first one behind the last one */
void *axi_dmac_desc_following(const struct axi_dmac_desc *desc, void *slot)
{
	if (slot == desc->tail)
		return axi_dmac_desc_first(desc);

	return axi_dmac_next_in_page(desc, slot) ?:
	       axi_dmac_page_slots(desc, axi_dmac_slot_page(slot)->next);
}

/**
 * axi_dmac_desc_chain_end() - find the last segment of a submit
 * @desc: finished descriptor
 * @slot: slot of the first segment of the submit
 * @whole: with scatter-gather, up to the end of the pass, not only of the chain
 *
 * Return: slot of the last segment.
 */
void *axi_dmac_desc_chain_end(const struct axi_dmac_desc *desc, void *slot, bool whole)
{
	struct axi_dmac_hw_desc *hw = slot;

	if (!axi_dmac_in_memory(desc))
		return slot;

	return whole ? desc->tail : hw->last;
}

/* Bytes of a row of a segment */
size_t axi_dmac_desc_row_len(const struct axi_dmac_desc *desc, const void *slot)
{
	const struct axi_dmac_hw_desc *hw = slot;
	const struct axi_dmac_seg *seg = slot;

	return (size_t)(axi_dmac_in_memory(desc) ? le32_to_cpu(hw->x_len) : seg->x_len) + 1;
}

/* Bytes of a segment, all of its rows together */
size_t axi_dmac_desc_seg_len(const struct axi_dmac_desc *desc, const void *slot)
{
	return axi_dmac_desc_row_len(desc, slot) * ((size_t)desc->rows.y_len + 1);
}

/* Bytes of the pass in front of a segment */
size_t axi_dmac_desc_offset(const struct axi_dmac_desc *desc, const void *slot)
{
	const struct axi_dmac_hw_desc *hw = slot;
	const struct axi_dmac_seg *seg = slot;

	return axi_dmac_in_memory(desc) ? hw->offset : seg->offset;
}

struct axi_dmac_desc *axi_dmac_desc_alloc(struct axi_dmac_chan *chan)
{
	struct axi_dmac_desc *desc;

	desc = axi_dmac_zalloc(sizeof(*desc));
	if (!desc)
		return NULL;

	desc->chan = chan;
	RB_CLEAR_NODE(&desc->by_cookie);

	return desc;
}

/* A slot for one more segment; NULL if there is no memory */
static void *axi_dmac_grow(struct axi_dmac_desc *desc)
{
	struct axi_dmac_page *page;
	void *slot;

	slot = desc->tail ? axi_dmac_next_in_page(desc, desc->tail) : NULL;
	if (slot)
		return slot;

	page = axi_dmac_page_alloc(desc->chan);
	if (!page)
		return NULL;

	page->next = NULL;
	if (desc->tail)
		axi_dmac_slot_page(desc->tail)->next = page;
	else
		desc->pages = page;

	return axi_dmac_page_slots(desc, page);
}

/* All but the link, for which there is no other segment yet */
static void axi_dmac_fill_hw(struct axi_dmac_desc *desc, struct axi_dmac_hw_desc *hw,
			     dma_addr_t dst, dma_addr_t src, size_t len)
{
	hw->flags = 0;
	hw->id = cpu_to_le32(lower_32_bits(desc->len));
	hw->dst = cpu_to_le64(dst);
	hw->src = cpu_to_le64(src);
	hw->y_len = cpu_to_le32(desc->rows.y_len);
	hw->x_len = cpu_to_le32(len - 1);
	hw->src_stride = cpu_to_le32(desc->rows.src_stride);
	hw->dst_stride = cpu_to_le32(desc->rows.dst_stride);
	hw->offset = desc->len;
	hw->last = NULL;
}

static void axi_dmac_fill_seg(struct axi_dmac_desc *desc, struct axi_dmac_seg *seg,
			      dma_addr_t dst, dma_addr_t src, size_t len)
{
	*seg = (struct axi_dmac_seg) {
		.dst = dst,
		.src = src,
		.offset = desc->len,
		.x_len = len - 1,
	};
}

/* The segment added last is the end of the chain, which is told to the core or not */
static void axi_dmac_end_chain(struct axi_dmac_desc *desc, bool close)
{
	struct axi_dmac_hw_desc *head = desc->head, *tail = desc->tail;

	if (!axi_dmac_in_memory(desc) || !head)
		return;

	head->last = tail;
	desc->head = NULL;
	if (close)
		tail->flags = cpu_to_le32(AXI_DMAC_HW_LAST | AXI_DMAC_HW_IRQ);
}

/* Append a segment to the chain, which may have to end in front of it, or with it */
static void axi_dmac_link(struct axi_dmac_desc *desc, struct axi_dmac_hw_desc *hw, size_t len)
{
	const struct axi_dmac_caps *caps = axi_dmac_caps(desc->chan);
	struct axi_dmac_hw_desc *tail = desc->tail;

	if (axi_dmac_is_short(caps, len) || axi_dmac_is_near(caps, len))
		axi_dmac_end_chain(desc, true);

	if (tail)
		tail->next = cpu_to_le64(axi_dmac_desc_dma(hw));
	if (!desc->head)
		desc->head = hw;
	desc->tail = hw;

	if (axi_dmac_is_near(caps, len))
		axi_dmac_end_chain(desc, true);
}

/**
 * axi_dmac_desc_add() - append a segment
 * @desc: descriptor that was not finished; its rows are set
 * @dst: bus address, or 0
 * @src: bus address, or 0
 * @len: bytes of a row, within the core's limits
 *
 * Return: 0, or a negative error if there is no memory for it.
 */
int axi_dmac_desc_add(struct axi_dmac_desc *desc, dma_addr_t dst, dma_addr_t src,
		      size_t len)
{
	const struct axi_dmac_caps *caps = axi_dmac_caps(desc->chan);
	size_t seg_len, bytes;
	void *slot;

	if (check_mul_overflow(len, (size_t)desc->rows.y_len + 1, &seg_len) ||
	    check_add_overflow(desc->len, seg_len, &bytes))
		return -EOVERFLOW;

	slot = axi_dmac_grow(desc);
	if (!slot)
		return -ENOMEM;

	if (axi_dmac_in_memory(desc)) {
		axi_dmac_fill_hw(desc, slot, dst, src, len);
		axi_dmac_link(desc, slot, seg_len);
	} else {
		axi_dmac_fill_seg(desc, slot, dst, src, len);
		desc->tail = slot;
	}

	desc->num_segs++;
	desc->len = bytes;
	desc->short_segs |= axi_dmac_is_short(caps, seg_len);
	desc->near_segs |= axi_dmac_is_near(caps, seg_len);

	return 0;
}

/* The segment added last is the end of a period */
void axi_dmac_desc_end_period(struct axi_dmac_desc *desc)
{
	axi_dmac_end_chain(desc, false);
}

static void axi_dmac_sync_all(struct axi_dmac_desc *desc)
{
	struct axi_dmac_page *page;

	for (page = desc->pages; page; page = page->next)
		axi_dmac_page_sync(desc->chan, page->dma, PAGE_SIZE);
}

/**
 * axi_dmac_desc_finish() - no more segments
 * @desc: descriptor with at least one segment
 */
void axi_dmac_desc_finish(struct axi_dmac_desc *desc)
{
	struct axi_dmac_hw_desc *tail = desc->tail;

	if (!desc->period_len)
		desc->period_len = desc->len;

	if (!axi_dmac_in_memory(desc))
		return;

	axi_dmac_end_chain(desc, !desc->cyclic);
	/* Not looked at in a tail with AXI_DMAC_HW_LAST */
	tail->next = cpu_to_le64(axi_dmac_desc_dma(axi_dmac_desc_first(desc)));
	axi_dmac_sync_all(desc);
}

/**
 * axi_dmac_desc_can_loop() - find out whether the core can repeat a transfer by itself
 * @desc: finished descriptor
 *
 * In a loop, each segment has others in front of it and behind it.
 *
 * Return: whether it can.
 */
bool axi_dmac_desc_can_loop(const struct axi_dmac_desc *desc)
{
	if (desc->short_segs || desc->near_segs)
		return false;

	return axi_dmac_in_memory(desc) ||
	       (axi_dmac_caps(desc->chan)->cyclic && desc->num_segs == 1);
}

static void axi_dmac_write_end(struct axi_dmac_desc *desc, struct axi_dmac_hw_desc *last,
			       u32 flags)
{
	if (le32_to_cpu(last->flags) == flags)
		return;

	WRITE_ONCE(last->flags, cpu_to_le32(flags));
	axi_dmac_page_sync(desc->chan, axi_dmac_desc_dma(last), sizeof(*last));
}

/**
 * axi_dmac_desc_close_chain() - let the core end a chain at a segment
 * @desc: descriptor
 * @last: slot of the segment
 *
 * Takes effect at once if the core is not in the chain. It fetches up to six segments
 * ahead (HDL): a loop whose last segment it has fetched before is run once more.
 */
void axi_dmac_desc_close_chain(struct axi_dmac_desc *desc, void *last)
{
	axi_dmac_write_end(desc, last, AXI_DMAC_HW_LAST | AXI_DMAC_HW_IRQ);
}

/**
 * axi_dmac_desc_open_chain() - let the core go on behind a segment
 * @desc: descriptor that the core is not in
 * @last: slot of the segment
 */
void axi_dmac_desc_open_chain(struct axi_dmac_desc *desc, void *last)
{
	axi_dmac_write_end(desc, last, 0);
}

static void axi_dmac_page_free(struct axi_dmac_chan *chan, struct axi_dmac_page *page)
{
	if (!axi_dmac_page_to_spares(chan, page))
		axi_dmac_page_release(chan, page);
}

/* The core is quiet, or has never seen the descriptor */
void axi_dmac_desc_free(struct virt_dma_desc *vdesc)
{
	struct axi_dmac_desc *desc = to_axi_dmac_desc(vdesc);
	struct axi_dmac_page *page;

	while ((page = desc->pages)) {
		desc->pages = page->next;
		axi_dmac_page_free(desc->chan, page);
	}

	kfree(desc);
}

/*
 * The core never became quiet, and the device goes away. Keep the pages for ever: if
 * they were freed, the core would take what others write to them for descriptors.
 */
void axi_dmac_desc_abandon(struct axi_dmac_desc *desc)
{
	struct axi_dmac_page *page;

	for (page = desc->pages; page; page = page->next) {
		if (page->dma == DMA_MAPPING_ERROR)
			continue;
		scoped_guard(spinlock_irqsave, &desc->chan->page_lock)
			list_del_init(&page->mapped);
	}
	desc->pages = NULL;
}
