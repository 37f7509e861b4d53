// SPDX-License-Identifier: GPL-2.0-only
/*
 * Packets that end before the memory that was given for them. The core keeps
 * records of where they did, four at a time. Each has the EOT count of its moment,
 * which tells whose it is, and the bytes since the EOT before.
 *
 * All functions are called with the channel's lock held.
 */

#include <linux/limits.h>
#include <linux/math.h>
#include <linux/minmax.h>

#include "axi-dmac.h"

/* Short packets of so many segments between two EOTs always fit into the core's FIFO */
#define AXI_DMAC_SAFE_SEGS	4

/**
 * axi_dmac_partial_needs_watch() - may packets end without an interrupt that tells?
 * @chan: the channel
 * @desc: what was submitted
 *
 * So do those inside of a chain, which stall it when there are too many, and those
 * that end a frame early on cores that do not complete it then.
 *
 * Return: whether to look for them from time to time.
 */
bool axi_dmac_partial_needs_watch(struct axi_dmac_chan *chan, struct axi_dmac_desc *desc)
{
	const struct axi_dmac_caps *caps = axi_dmac_caps(chan);
	u32 eots = desc->run == AXI_DMAC_RUN_LOOP_IRQ ? desc->num_periods : 1;

	if (caps->mute_rows && desc->rows.y_len)
		return true;

	return caps->partial && caps->sg &&
	       DIV_ROUND_UP(desc->num_segs, eots) > AXI_DMAC_SAFE_SEGS;
}

/*
 * The core counts the bytes since the last EOT, across the descriptors of the
 * chain. If there is a record for each that was cut short, then walking from the
 * previous one tells which one it was now, and what it is lacking.
 */
static void axi_dmac_walk_chain(struct axi_dmac_unit *unit, size_t bytes)
{
	struct axi_dmac_desc *desc = unit->desc;
	size_t seg_len;
	bool more;

	bytes = axi_dmac_desc_skip_pages(&unit->cut_pos, bytes);
	while (bytes) {
		seg_len = axi_dmac_desc_seg_len(desc, &unit->cut_pos);
		more = axi_dmac_desc_next(desc, &unit->cut_pos);
		if (bytes < seg_len) {
			unit->lost += seg_len - bytes;
			return;
		}
		if (!more)
			return;
		bytes -= seg_len;
	}
}

/*
 * Whether descriptors inside of a chain have records of their own is documented
 * nowhere. As long as no chain had more than one, the record is taken for that
 * of the whole chain: what it does not count did not arrive. The count has the
 * width of the length register; where that is less than the chain is long, as
 * little as possible is taken for lost.
 */
static void axi_dmac_cut_chain(struct axi_dmac_chan *chan, struct axi_dmac_unit *unit,
			       u32 count)
{
	const struct axi_dmac_caps *caps = axi_dmac_caps(chan);
	u32 mask = caps->twod ? U32_MAX : caps->max_count;

	axi_dmac_walk_chain(unit, (count - unit->cut_count) & mask);
	unit->cut_count = count;
	unit->missing = (unit->len - count) & mask;
	if (unit->cuts++)
		chan->cuts_have_records = true;
}

/**
 * axi_dmac_partial_lost() - what did not arrive
 * @chan: the channel
 * @unit: a submit that has completed
 *
 * Return: bytes that short packets left out.
 */
size_t axi_dmac_partial_lost(struct axi_dmac_chan *chan, const struct axi_dmac_unit *unit)
{
	if (!axi_dmac_caps(chan)->sg || chan->cuts_have_records)
		return unit->lost;

	return unit->missing;
}

/* A frame that ended in one of its rows but the last is never reported (HDL) */
static bool axi_dmac_is_mute(struct axi_dmac_chan *chan, const struct axi_dmac_unit *unit,
			     u32 len)
{
	size_t before_last = unit->desc->rows.y_len;

	return axi_dmac_caps(chan)->mute_rows && before_last &&
	       len <= unit->len / (before_last + 1) * before_last;
}

/* Return: how many submits are over, whether or not the core will say so */
static unsigned int axi_dmac_note_partial(struct axi_dmac_chan *chan, u32 id, u32 len)
{
	unsigned int n = (id - chan->eot_count) & AXI_DMAC_COUNT_MASK;
	struct axi_dmac_unit *unit;

	if (n >= chan->num_units) {
		dev_dbg(chan->dmac->dev, "short packet of %u bytes is nobody's\n", len);
		return 0;
	}

	/* Behind one that was not counted, counts tell nothing */
	unit = axi_dmac_unit(chan, n);
	if (unit->mute)
		return 0;

	if (axi_dmac_caps(chan)->sg)
		axi_dmac_cut_chain(chan, unit, len);
	else
		unit->lost = unit->len - min_t(size_t, len, unit->len);
	unit->mute = axi_dmac_is_mute(chan, unit, len);

	return unit->mute ? n + 1 : 0;
}

/**
 * axi_dmac_partial_take() - take the records of short packets
 * @chan: the channel, with at least one submit in flight
 *
 * Return: how many submits are over without being counted as complete, those in
 * front of them included; mostly 0. If not, counts are of no use any more.
 */
unsigned int axi_dmac_partial_take(struct axi_dmac_chan *chan)
{
	unsigned int i, settled = 0;
	u32 id, len;

	/* At most so many can be there at a time; more of them will come again */
	for (i = 0; i <= AXI_DMAC_SAFE_SEGS; i++) {
		if (!axi_dmac_hw_next_partial(&chan->dmac->hw, &id, &len))
			break;
		settled = max(settled, axi_dmac_note_partial(chan, id, len));
	}

	return settled;
}
