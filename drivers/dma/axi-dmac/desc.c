// SPDX-License-Identifier: GPL-2.0-only
/*
 * Descriptors and the memory with their segments.
 *
 * A transfer may have hundreds of thousands of segments and has to be prepared
 * where nothing can be waited for. So segments are not allocated one by one, nor
 * in one piece: they fill single pages, which form a list. With scatter-gather
 * the core reads the pages itself. They are written once in the life of a
 * descriptor, however often it is submitted.
 */

#include <linux/minmax.h>
#include <linux/overflow.h>
#include <linux/slab.h>

#include "axi-dmac.h"

/* All pages of one descriptor have the same layout; the first slot is the link */
#define AXI_DMAC_HW_SLOTS	(PAGE_SIZE / sizeof(struct axi_dmac_hw_desc))
#define AXI_DMAC_SEG_SLOTS	(PAGE_SIZE / sizeof(struct axi_dmac_seg))

static_assert(sizeof(struct axi_dmac_hw_desc) == 64);
static_assert(sizeof(struct axi_dmac_page) <= sizeof(struct axi_dmac_seg));

/* Where the core reads descriptors, it reads them as they are in memory */
static bool axi_dmac_in_memory(const struct axi_dmac_desc *desc)
{
	return axi_dmac_caps(desc->chan)->sg;
}

static unsigned int axi_dmac_slots(const struct axi_dmac_desc *desc)
{
	return axi_dmac_in_memory(desc) ? AXI_DMAC_HW_SLOTS : AXI_DMAC_SEG_SLOTS;
}

static struct axi_dmac_hw_desc *axi_dmac_pos_hw(const struct axi_dmac_pos *pos)
{
	return (struct axi_dmac_hw_desc *)pos->page + pos->slot;
}

static struct axi_dmac_seg *axi_dmac_pos_seg(const struct axi_dmac_pos *pos)
{
	return (struct axi_dmac_seg *)pos->page + pos->slot;
}

static dma_addr_t axi_dmac_pos_dma(const struct axi_dmac_pos *pos)
{
	return pos->page->dma + pos->slot * sizeof(struct axi_dmac_hw_desc);
}

/* For the flags of a single descriptor, which the core may be reading */
static void axi_dmac_sync_slot(struct axi_dmac_desc *desc, const struct axi_dmac_pos *pos)
{
	axi_dmac_page_sync(desc->chan, axi_dmac_pos_dma(pos),
			   sizeof(struct axi_dmac_hw_desc));
}

static void axi_dmac_sync_all(struct axi_dmac_desc *desc)
{
	struct axi_dmac_page *page;

	for (page = desc->pages; page; page = page->next)
		axi_dmac_page_sync(desc->chan, page->dma, PAGE_SIZE);
}

/* The first segment of @desc */
void axi_dmac_desc_rewind(struct axi_dmac_desc *desc, struct axi_dmac_pos *pos)
{
	*pos = (struct axi_dmac_pos) { .page = desc->pages, .slot = 1 };
}

/* The segment behind @pos; false if there is none */
bool axi_dmac_desc_next(struct axi_dmac_desc *desc, struct axi_dmac_pos *pos)
{
	if (pos->index + 1 >= desc->num_segs)
		return false;

	pos->index++;
	if (++pos->slot == axi_dmac_slots(desc)) {
		pos->page = pos->page->next;
		pos->slot = 1;
	}

	return true;
}

static size_t axi_dmac_row_len(struct axi_dmac_desc *desc, const struct axi_dmac_pos *pos)
{
	if (axi_dmac_in_memory(desc))
		return (size_t)le32_to_cpu(axi_dmac_pos_hw(pos)->x_len) + 1;

	return (size_t)axi_dmac_pos_seg(pos)->x_len + 1;
}

/* Bytes of a segment, all of its rows together */
size_t axi_dmac_desc_seg_len(struct axi_dmac_desc *desc, const struct axi_dmac_pos *pos)
{
	return axi_dmac_row_len(desc, pos) * ((size_t)desc->rows.y_len + 1);
}

/*
 * Past the segments that are full when @bytes follow the start of the one at @pos, with
 * scatter-gather, as long as they are whole pages. Return: bytes from there on.
 */
size_t axi_dmac_desc_skip_pages(struct axi_dmac_pos *pos, size_t bytes)
{
	struct axi_dmac_pos next = *pos;
	size_t ahead;

	while (pos->page->next) {
		next.page = pos->page->next;
		next.slot = 1;
		next.index += AXI_DMAC_HW_SLOTS - pos->slot;

		ahead = axi_dmac_pos_hw(&next)->offset - axi_dmac_pos_hw(pos)->offset;
		if (bytes < ahead)
			break;

		bytes -= ahead;
		*pos = next;
	}

	return bytes;
}

/* A segment, in register mode */
const struct axi_dmac_seg *axi_dmac_desc_seg(struct axi_dmac_desc *desc,
					     const struct axi_dmac_pos *pos)
{
	return axi_dmac_pos_seg(pos);
}

/* Bus address of the chain, with scatter-gather */
dma_addr_t axi_dmac_desc_head(struct axi_dmac_desc *desc)
{
	struct axi_dmac_pos first;

	axi_dmac_desc_rewind(desc, &first);

	return axi_dmac_pos_dma(&first);
}

/**
 * axi_dmac_desc_offset() - how far has the core come?
 * @desc: descriptor that it reads from memory
 * @id: what DESCRIPTOR_ID reads
 *
 * Takes time in proportion to the pages in front of the segment.
 *
 * Return: bytes in front of the segment with @id; 0 if that is not in @desc.
 */
size_t axi_dmac_desc_offset(struct axi_dmac_desc *desc, u32 id)
{
	u32 index = FIELD_GET(AXI_DMAC_ID_INDEX, id);
	struct axi_dmac_page *page = desc->pages;
	struct axi_dmac_pos pos;

	if ((id & AXI_DMAC_ID_TAG) != desc->tag)
		return 0;

	if (desc->by_period)
		return min(index, desc->num_periods) * (desc->len / desc->num_periods);

	if (index >= desc->num_segs)
		return 0;

	for (; index >= AXI_DMAC_HW_SLOTS - 1; index -= AXI_DMAC_HW_SLOTS - 1)
		page = page->next;
	pos = (struct axi_dmac_pos) { .page = page, .slot = index + 1 };

	return axi_dmac_pos_hw(&pos)->offset;
}

struct axi_dmac_desc *axi_dmac_desc_alloc(struct axi_dmac_chan *chan)
{
	struct axi_dmac_desc *desc;

	desc = axi_dmac_zalloc(sizeof(*desc));
	if (!desc)
		return NULL;

	desc->chan = chan;
	desc->tag = FIELD_PREP(AXI_DMAC_ID_TAG, atomic_inc_return(&chan->tags) &
			       FIELD_MAX(AXI_DMAC_ID_TAG));

	return desc;
}

static int axi_dmac_grow(struct axi_dmac_desc *desc, struct axi_dmac_pos *pos)
{
	struct axi_dmac_page *page;

	if (desc->num_segs > AXI_DMAC_ID_INDEX)
		return -EFBIG;

	*pos = desc->tail;
	pos->index = desc->num_segs;
	if (pos->page && ++pos->slot < axi_dmac_slots(desc))
		return 0;

	page = axi_dmac_page_alloc(desc->chan);
	if (!page)
		return -ENOMEM;

	page->next = NULL;
	if (pos->page)
		pos->page->next = page;
	else
		desc->pages = page;
	pos->page = page;
	pos->slot = 1;

	return 0;
}

/* All but the link, for which there is no other segment yet */
static void axi_dmac_fill_hw(struct axi_dmac_desc *desc, const struct axi_dmac_pos *pos,
			     dma_addr_t dst, dma_addr_t src, size_t len)
{
	struct axi_dmac_hw_desc *hw = axi_dmac_pos_hw(pos);

	hw->flags = 0;
	hw->id = cpu_to_le32(desc->tag | (desc->by_period ? desc->num_periods : pos->index));
	hw->dst = cpu_to_le64(dst);
	hw->src = cpu_to_le64(src);
	hw->y_len = cpu_to_le32(desc->rows.y_len);
	hw->x_len = cpu_to_le32(len - 1);
	hw->src_stride = cpu_to_le32(desc->rows.src_stride);
	hw->dst_stride = cpu_to_le32(desc->rows.dst_stride);
	hw->period_end = false;
	hw->offset = desc->len;

	if (desc->num_segs)
		axi_dmac_pos_hw(&desc->tail)->next = cpu_to_le64(axi_dmac_pos_dma(pos));
}

static void axi_dmac_fill_seg(const struct axi_dmac_pos *pos, dma_addr_t dst,
			      dma_addr_t src, size_t len)
{
	*axi_dmac_pos_seg(pos) = (struct axi_dmac_seg) {
		.dst = dst,
		.src = src,
		.x_len = len - 1,
	};
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
	struct axi_dmac_pos pos;
	size_t bytes;
	int ret;

	if (check_mul_overflow(len, (size_t)desc->rows.y_len + 1, &bytes) ||
	    check_add_overflow(desc->len, bytes, &bytes))
		return -EOVERFLOW;

	ret = axi_dmac_grow(desc, &pos);
	if (ret)
		return ret;

	if (axi_dmac_in_memory(desc))
		axi_dmac_fill_hw(desc, &pos, dst, src, len);
	else
		axi_dmac_fill_seg(&pos, dst, src, len);

	desc->tail = pos;
	desc->num_segs++;
	desc->len = bytes;

	return 0;
}

/* The segment added last is the end of a period */
void axi_dmac_desc_end_period(struct axi_dmac_desc *desc)
{
	struct axi_dmac_hw_desc *hw = axi_dmac_pos_hw(&desc->tail);

	desc->num_periods++;

	if (!axi_dmac_in_memory(desc)) {
		axi_dmac_pos_seg(&desc->tail)->period_end = true;
		return;
	}

	hw->period_end = true;
	if (desc->by_period)
		hw->flags = cpu_to_le32(AXI_DMAC_HW_IRQ);
}

static u32 axi_dmac_tail_flags(enum axi_dmac_run run)
{
	switch (run) {
	case AXI_DMAC_RUN_LOOP:
		return 0;
	case AXI_DMAC_RUN_LOOP_IRQ:
		return AXI_DMAC_HW_IRQ;
	default:
		return AXI_DMAC_HW_LAST | AXI_DMAC_HW_IRQ;
	}
}

/*
 * Flags and id are in the first word of 64 bits that the core fetches, so that it
 * sees both old or both new, if the CPU can write that much at once. Else it may
 * see the new id one round too early, but never the new flags without it.
 */
static void axi_dmac_write_tail(struct axi_dmac_desc *desc, u32 flags, u32 id)
{
	struct axi_dmac_hw_desc *hw = axi_dmac_pos_hw(&desc->tail);

	if (IS_ENABLED(CONFIG_64BIT)) {
		WRITE_ONCE(*(__le64 *)&hw->flags, cpu_to_le64((u64)id << 32 | flags));
	} else {
		WRITE_ONCE(hw->id, cpu_to_le32(id));
		dma_wmb();
		WRITE_ONCE(hw->flags, cpu_to_le32(flags));
	}
	axi_dmac_sync_slot(desc, &desc->tail);
}

/* What DESCRIPTOR_ID reads when the tail of a ring is the end */
u32 axi_dmac_desc_tail_id(struct axi_dmac_desc *desc)
{
	return AXI_DMAC_ID_END | le32_to_cpu(axi_dmac_pos_hw(&desc->tail)->id);
}

/* The flags in front of the tail tell of the ends of periods, or of nothing */
static void axi_dmac_write_periods(struct axi_dmac_desc *desc, u32 flags)
{
	struct axi_dmac_hw_desc *hw;
	struct axi_dmac_pos pos;

	axi_dmac_desc_rewind(desc, &pos);
	do {
		hw = axi_dmac_pos_hw(&pos);
		hw->flags = cpu_to_le32(hw->period_end ? flags : 0);
	} while (axi_dmac_desc_next(desc, &pos));
}

static bool axi_dmac_has_period_irqs(enum axi_dmac_run run)
{
	return run == AXI_DMAC_RUN_LOOP_IRQ;
}

/**
 * axi_dmac_desc_arm() - write the flags of a chain in memory
 * @desc: finished descriptor that the core does not know
 * @run: how it will be run
 *
 * Takes no time if it was armed for that before. Otherwise it takes one write,
 * or a walk when the descriptor's periods have to tell of their end, or need no
 * longer do so.
 */
void axi_dmac_desc_arm(struct axi_dmac_desc *desc, enum axi_dmac_run run)
{
	if (!axi_dmac_in_memory(desc))
		return;

	if (desc->armed == run && !desc->tail_touched)
		return;

	if (desc->by_period &&
	    axi_dmac_has_period_irqs(desc->armed) != axi_dmac_has_period_irqs(run)) {
		axi_dmac_write_periods(desc, axi_dmac_has_period_irqs(run) ?
				       AXI_DMAC_HW_IRQ : 0);
		axi_dmac_sync_all(desc);
	}

	axi_dmac_write_tail(desc, axi_dmac_tail_flags(run),
			    axi_dmac_desc_tail_id(desc) & ~AXI_DMAC_ID_END);
	desc->armed = run;
	desc->tail_touched = false;
}

/**
 * axi_dmac_desc_end_loop() - let the ring end at its tail
 * @desc: descriptor that the core runs as a ring
 *
 * Descriptors are fetched up to six ahead (HDL). If the tail was fetched before,
 * then the ring is run once more.
 */
void axi_dmac_desc_end_loop(struct axi_dmac_desc *desc)
{
	axi_dmac_write_tail(desc, AXI_DMAC_HW_LAST | AXI_DMAC_HW_IRQ,
			    axi_dmac_desc_tail_id(desc));
	desc->tail_touched = true;
}

/**
 * axi_dmac_desc_finish() - no more segments
 * @desc: descriptor with at least one segment
 *
 * A cyclic descriptor is armed for what its clients usually want: a callback for
 * each of several periods, or else none.
 */
void axi_dmac_desc_finish(struct axi_dmac_desc *desc)
{
	struct axi_dmac_hw_desc *tail = axi_dmac_pos_hw(&desc->tail);

	if (!axi_dmac_in_memory(desc))
		return;

	/* Not looked at in a tail with AXI_DMAC_HW_LAST */
	tail->next = cpu_to_le64(axi_dmac_desc_head(desc));

	desc->armed = AXI_DMAC_RUN_ONCE;
	if (desc->cyclic)
		desc->armed = desc->by_period ? AXI_DMAC_RUN_LOOP_IRQ : AXI_DMAC_RUN_LOOP;
	tail->flags = cpu_to_le32(axi_dmac_tail_flags(desc->armed));

	axi_dmac_sync_all(desc);
}

/* The core is quiet, or has never seen @desc */
void axi_dmac_desc_free(struct axi_dmac_desc *desc)
{
	struct axi_dmac_page *page;

	while ((page = desc->pages)) {
		desc->pages = page->next;
		axi_dmac_page_free(desc->chan, page);
	}

	kfree(desc);
}

void axi_dmac_desc_free_list(struct list_head *head)
{
	struct virt_dma_desc *vdesc, *next;

	list_for_each_entry_safe(vdesc, next, head, node) {
		list_del(&vdesc->node);
		axi_dmac_desc_free(to_axi_dmac_desc(vdesc));
	}
}

/* The device goes away, the client keeps @desc until it releases the channel */
void axi_dmac_desc_detach(struct axi_dmac_desc *desc)
{
	struct axi_dmac_page *page;

	for (page = desc->pages; page; page = page->next)
		axi_dmac_page_unmap(desc->chan, page);
}

/*
 * The core never became quiet and the device goes away: the pages stay where
 * they are for ever, which is better than what the core would do to somebody
 * else's memory.
 */
void axi_dmac_desc_forget(struct axi_dmac_desc *desc)
{
	desc->pages = NULL;
}
