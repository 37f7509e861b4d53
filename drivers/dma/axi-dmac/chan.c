// SPDX-License-Identifier: GPL-2.0-only
/*
 * The channel, as dmaengine and its clients see it: issue, pause, status, terminate;
 * and the interrupt, which is where the core sees it.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <linux/dmaengine.h>
#include <linux/interrupt.h>
#include <linux/limits.h>
#include <linux/log2.h>
#include <linux/minmax.h>

#include "axi-dmac.h"

/* Nothing is expected of the core; it may have an event of the past, though */
static irqreturn_t axi_dmac_idle_irq(struct axi_dmac_hw *hw)
{
	u32 pending = axi_dmac_hw_irq_pending(hw);

	if (!pending)
		return IRQ_NONE;

	axi_dmac_hw_irq_ack(hw, pending);

	return IRQ_HANDLED;
}

/*
 * Acknowledging first makes sure that a completion is either seen here or
 * raises the interrupt again. Where the line is shared and another device has
 * interrupted, this does no harm, and it is cheaper than asking. Reading a
 * counter also makes sure that the acknowledge has arrived before the line is
 * looked at again.
 */
static irqreturn_t axi_dmac_handle(struct axi_dmac_chan *chan)
{
	struct axi_dmac_hw *hw = &chan->dmac->hw;

	/* The core's interrupt is masked then */
	if (chan->gone || chan->suspended)
		return IRQ_NONE;

	if (chan->state != AXI_DMAC_RUNNING || !chan->num_submits)
		return axi_dmac_idle_irq(hw);

	axi_dmac_hw_irq_ack(hw, AXI_DMAC_IRQ_EOT);
	if (!axi_dmac_queue_collect(chan))
		return IRQ_NONE;

	axi_dmac_queue_fill(chan);

	return IRQ_HANDLED;
}

irqreturn_t axi_dmac_irq(int irq, void *data)
{
	struct axi_dmac_chan *chan = data;
	irqreturn_t ret;

	spin_lock(&chan->vchan.lock);
	ret = axi_dmac_handle(chan);
	spin_unlock(&chan->vchan.lock);

	return ret;
}

static void axi_dmac_issue_pending(struct dma_chan *c)
{
	axi_dmac_issue(to_axi_dmac_chan(c));
}

static int axi_dmac_set_paused(struct axi_dmac_chan *chan, bool paused)
{
	guard(spinlock_irqsave)(&chan->vchan.lock);

	if (chan->gone)
		return -ENODEV;

	chan->paused = paused;
	if (chan->state == AXI_DMAC_RUNNING)
		axi_dmac_hw_start(&chan->dmac->hw, paused);

	return 0;
}

static int axi_dmac_pause(struct dma_chan *c)
{
	return axi_dmac_set_paused(to_axi_dmac_chan(c), true);
}

static int axi_dmac_resume(struct dma_chan *c)
{
	return axi_dmac_set_paused(to_axi_dmac_chan(c), false);
}

/*
 * Return how many bytes of a running submit are done, as far as the core tells. It has
 * two registers: the progress, in bytes that have reached memory, which leaves out what
 * short packets left out; and with scatter-gather, the place of the segment in transfer.
 * Neither is too high.
 *
 * Read the progress first, as the next chain may begin in between. While the progress is
 * 0, the segment is one of the submit before. Towards a stream the progress counts
 * bursts, and in a loop the bytes of all passes.
 */
static size_t axi_dmac_progress(struct axi_dmac_chan *chan,
				const struct axi_dmac_submit *submit)
{
	const struct axi_dmac_caps *caps = axi_dmac_caps(chan);
	struct axi_dmac_hw *hw = &chan->dmac->hw;
	u32 progress = axi_dmac_hw_progress(hw);
	size_t done = 0;
	u32 ahead;

	if (!progress)
		return 0;

	if (caps->to_memory && submit->desc->run != AXI_DMAC_RUN_LOOP)
		done = min_t(size_t, progress, submit->len);

	if (!caps->sg)
		return done;

	ahead = axi_dmac_hw_descriptor_id(hw) -
		lower_32_bits(axi_dmac_desc_offset(submit->desc, submit->first));

	return ahead < submit->len ? max_t(size_t, done, ahead) : done;
}

/* Bytes that are still to be done, of the present pass if the transfer is cyclic */
static size_t axi_dmac_residue_of(struct axi_dmac_chan *chan, struct axi_dmac_desc *desc)
{
	const struct axi_dmac_submit *submit = axi_dmac_submit(chan, 0);
	size_t done = desc->done;

	if (chan->state == AXI_DMAC_RUNNING && chan->num_submits && submit->desc == desc)
		done += axi_dmac_progress(chan, submit);

	return desc->len - min(done, desc->len);
}

static size_t axi_dmac_residue(struct axi_dmac_chan *chan, dma_cookie_t cookie)
{
	struct axi_dmac_desc *desc = axi_dmac_find(chan, cookie);

	return desc ? axi_dmac_residue_of(chan, desc) : 0;
}

static enum dma_status axi_dmac_tx_status(struct dma_chan *c, dma_cookie_t cookie,
					  struct dma_tx_state *state)
{
	struct axi_dmac_chan *chan = to_axi_dmac_chan(c);
	enum dma_status status;
	dma_cookie_t last;

	axi_dmac_look_again(chan);
	axi_dmac_note_all(chan);

	guard(spinlock_irqsave)(&chan->vchan.lock);

	status = dma_cookie_status(c, cookie, state);
	if (status != DMA_COMPLETE && state)
		dma_set_residue(state, min_t(u64, axi_dmac_residue(chan, cookie), U32_MAX));

	/*
	 * A transfer that has not completed by now cannot complete any more. Nor can the
	 * next one: clients may ask for its status before they prepare it.
	 */
	last = cookie == c->cookie + 1 ? cookie : c->cookie;
	if (axi_dmac_is_dead(chan) &&
	    dma_async_is_complete(cookie, chan->good_cookie, last) != DMA_COMPLETE)
		return DMA_ERROR;

	/* It may be a descriptor that was terminated, and that the core still had then */
	if (cookie == c->cookie + 1 && !list_empty(&chan->vchan.desc_terminated))
		return DMA_ERROR;

	return status == DMA_IN_PROGRESS && chan->paused ? DMA_PAUSED : status;
}

static int axi_dmac_terminate_all(struct dma_chan *c)
{
	axi_dmac_terminate(to_axi_dmac_chan(c));

	return 0;
}

static void axi_dmac_synchronize(struct dma_chan *c)
{
	struct axi_dmac_chan *chan = to_axi_dmac_chan(c);

	axi_dmac_drain(chan);
	tasklet_kill(&chan->vchan.task);
}

static int axi_dmac_alloc_chan_resources(struct dma_chan *c)
{
	struct axi_dmac_chan *chan = to_axi_dmac_chan(c);

	scoped_guard(spinlock_irqsave, &chan->vchan.lock) {
		if (chan->gone)
			return -ENODEV;
		chan->released = false;
	}

	/* It may have been left stuck */
	return axi_dmac_drain(chan) ? -EBUSY : 0;
}

static void axi_dmac_free_chan_resources(struct dma_chan *c)
{
	struct axi_dmac_chan *chan = to_axi_dmac_chan(c);

	scoped_guard(spinlock_irqsave, &chan->vchan.lock)
		chan->released = true;

	axi_dmac_terminate(chan);
	tasklet_kill(&chan->vchan.task);
	/* The tasklet has given back the descriptors that it was completing */
	axi_dmac_terminate(chan);
	axi_dmac_drain(chan);
	cancel_work_sync(&chan->drain);
	axi_dmac_spares_free(chan);
}

static void axi_dmac_set_kind(struct dma_device *dma_dev, const struct axi_dmac_caps *caps)
{
	/* Its channel is for a client that asks for it, not for any that needs a copy */
	dma_cap_set(DMA_PRIVATE, dma_dev->cap_mask);

	if (caps->direction == DMA_MEM_TO_MEM) {
		dma_cap_set(DMA_MEMCPY, dma_dev->cap_mask);
		dma_dev->device_prep_dma_memcpy = axi_dmac_prep_dma_memcpy;
		return;
	}

	dma_cap_set(DMA_SLAVE, dma_dev->cap_mask);
	dma_cap_set(DMA_CYCLIC, dma_dev->cap_mask);
	dma_dev->device_prep_peripheral_dma_vec = axi_dmac_prep_peripheral_dma_vec;
	dma_dev->device_prep_slave_sg = axi_dmac_prep_slave_sg;
	dma_dev->device_prep_dma_cyclic = axi_dmac_prep_dma_cyclic;
}

static void axi_dmac_set_caps(struct dma_device *dma_dev, const struct axi_dmac_caps *caps)
{
	dma_cap_set(DMA_INTERLEAVE, dma_dev->cap_mask);
	dma_cap_set(DMA_REPEAT, dma_dev->cap_mask);
	dma_cap_set(DMA_LOAD_EOT, dma_dev->cap_mask);

	/* Widths are bits of a mask, which is too short for wide buses */
	if (caps->src_width < BITS_PER_TYPE(u32))
		dma_dev->src_addr_widths = BIT(caps->src_width);
	if (caps->dst_width < BITS_PER_TYPE(u32))
		dma_dev->dst_addr_widths = BIT(caps->dst_width);
	dma_dev->directions = BIT(caps->direction);
	dma_dev->copy_align = ilog2(caps->addr_align);
	dma_dev->max_sg_burst = caps->sg ? 0 : 1;
	dma_dev->descriptor_reuse = true;
	dma_dev->residue_granularity = DMA_RESIDUE_GRANULARITY_SEGMENT;
}

static void axi_dmac_set_ops(struct dma_device *dma_dev, const struct axi_dmac_caps *caps)
{
	dma_dev->device_alloc_chan_resources = axi_dmac_alloc_chan_resources;
	dma_dev->device_free_chan_resources = axi_dmac_free_chan_resources;
	dma_dev->device_prep_interleaved_dma = axi_dmac_prep_interleaved_dma;
	dma_dev->device_issue_pending = axi_dmac_issue_pending;
	dma_dev->device_tx_status = axi_dmac_tx_status;
	dma_dev->device_terminate_all = axi_dmac_terminate_all;
	dma_dev->device_synchronize = axi_dmac_synchronize;

	/*
	 * With scatter-gather, a pause makes the core forget what it has not fetched of
	 * the chain (HDL simulation), and to stop and start over would lose data of a
	 * stream, or repeat it.
	 */
	if (caps->sg)
		return;

	dma_dev->device_pause = axi_dmac_pause;
	dma_dev->device_resume = axi_dmac_resume;
}

/**
 * axi_dmac_chan_init() - describe the device and its channel to dmaengine
 * @dmac: the device, whose capabilities are known
 */
void axi_dmac_chan_init(struct axi_dmac *dmac)
{
	struct axi_dmac_chan *chan = &dmac->chan;

	dmac->dma_dev.dev = dmac->dev;
	INIT_LIST_HEAD(&dmac->dma_dev.channels);
	axi_dmac_set_kind(&dmac->dma_dev, &dmac->caps);
	axi_dmac_set_caps(&dmac->dma_dev, &dmac->caps);
	axi_dmac_set_ops(&dmac->dma_dev, &dmac->caps);

	chan->dmac = dmac;
	spin_lock_init(&chan->page_lock);
	INIT_LIST_HEAD(&chan->mapped);
	mutex_init(&chan->drain_lock);
	INIT_LIST_HEAD(&chan->noted);
	chan->cookies = RB_ROOT;
	INIT_LIST_HEAD(&chan->active);
	INIT_LIST_HEAD(&chan->leaving);
	INIT_WORK(&chan->drain, axi_dmac_drain_work);

	chan->vchan.desc_free = axi_dmac_desc_free;
	vchan_init(&chan->vchan, &dmac->dma_dev);
	chan->good_cookie = chan->vchan.chan.completed_cookie;
}
