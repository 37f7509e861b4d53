// SPDX-License-Identifier: GPL-2.0-only
/*
 * Records that the core keeps of packets which have ended early: for which transfers it
 * has to, and what they say.
 *
 * All functions are called with the channel's lock held.
 */

#include <linux/minmax.h>

#include "axi-dmac.h"

/**
 * axi_dmac_wants_records() - tell whether the core has to keep records of a transfer
 * @caps: what the core can do
 * @desc: the transfer; how it runs is known
 *
 * A loop raises no interrupt, so that the driver would not take its records. In a chain,
 * more than five records that were not taken spoil the core's count (HDL simulation).
 *
 * Return: whether it has to.
 */
bool axi_dmac_wants_records(const struct axi_dmac_caps *caps,
			    const struct axi_dmac_desc *desc)
{
	if (!caps->partial || desc->run == AXI_DMAC_RUN_LOOP)
		return false;

	return !caps->sg || (desc->run == AXI_DMAC_RUN_ONCE && desc->num_segs == 1);
}

/*
 * A record says how many bytes a submit has got, and has the EOT count of the moment
 * when the packet ended.
 */
static void axi_dmac_take_record(struct axi_dmac_chan *chan)
{
	struct axi_dmac_submit *submit;
	unsigned int n;
	u32 id, len;

	axi_dmac_hw_take_record(&chan->dmac->hw, &id, &len);
	n = (id - chan->eot_count) & AXI_DMAC_COUNT_MASK;
	if (n >= chan->num_submits) {
		dev_dbg(chan->dmac->dev, "record of %u bytes without a transfer\n", len);
		return;
	}

	submit = axi_dmac_submit(chan, n);
	submit->lost = submit->len - min_t(size_t, len, submit->len);
}

/**
 * axi_dmac_take_records() - take the records that there are
 * @chan: the channel, whose core keeps records
 *
 * Each submit leaves one at most. The register that tells of records has a bit for the
 * newest submit, too, which is cleared when the submit is accepted: it tells that SUBMIT
 * is free, except for an id that was not used before.
 */
void axi_dmac_take_records(struct axi_dmac_chan *chan)
{
	u32 newest = chan->eot_count + chan->num_submits - 1;
	unsigned int max = chan->num_submits;
	u32 done;

	for (;;) {
		if (!axi_dmac_hw_done(&chan->dmac->hw, &done))
			return;
		if (!(done & AXI_DMAC_DONE_PARTIAL) || !max--)
			break;
		axi_dmac_take_record(chan);
	}

	if (chan->ids_used >= AXI_DMAC_ALL_IDS && !(done & BIT(newest & AXI_DMAC_COUNT_MASK)))
		chan->submit_free = true;
}
