// SPDX-License-Identifier: GPL-2.0-only
/*
 * The channel, as dmaengine and its clients see it: issue, pause, status,
 * terminate, and what it takes to be sure that the core has let go of memory.
 */

#include <linux/dmaengine.h>
#include <linux/interrupt.h>
#include <linux/limits.h>
#include <linux/log2.h>
#include <linux/minmax.h>

#include "axi-dmac.h"

static void axi_dmac_issue_pending(struct dma_chan *c)
{
	struct axi_dmac_chan *chan = to_axi_dmac_chan(c);
	unsigned long flags;

	spin_lock_irqsave(&chan->vchan.lock, flags);
	if (vchan_issue_pending(&chan->vchan))
		axi_dmac_queue_run(chan);
	spin_unlock_irqrestore(&chan->vchan.lock, flags);
}

static int axi_dmac_set_paused(struct axi_dmac_chan *chan, bool paused)
{
	scoped_guard(spinlock_irqsave, &chan->vchan.lock) {
		if (chan->gone)
			return -ENODEV;

		chan->paused = paused;
		if (chan->state == AXI_DMAC_RUNNING)
			axi_dmac_hw_start(&chan->dmac->hw, paused);
	}

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

static struct axi_dmac_desc *axi_dmac_find(struct list_head *head, dma_cookie_t cookie)
{
	struct virt_dma_desc *vdesc;

	list_for_each_entry(vdesc, head, node)
		if (vdesc->tx.cookie == cookie)
			return to_axi_dmac_desc(vdesc);

	return NULL;
}

static size_t axi_dmac_residue(struct axi_dmac_chan *chan, dma_cookie_t cookie)
{
	struct axi_dmac_desc *desc;

	desc = axi_dmac_find(&chan->active, cookie);
	if (desc)
		return axi_dmac_queue_residue(chan, desc);

	desc = axi_dmac_find(&chan->vchan.desc_issued, cookie) ?:
	       axi_dmac_find(&chan->vchan.desc_submitted, cookie);

	return desc ? desc->len : 0;
}

static enum dma_status axi_dmac_tx_status(struct dma_chan *c, dma_cookie_t cookie,
					  struct dma_tx_state *state)
{
	struct axi_dmac_chan *chan = to_axi_dmac_chan(c);
	enum dma_status status;
	unsigned long flags;

	spin_lock_irqsave(&chan->vchan.lock, flags);
	status = dma_cookie_status(c, cookie, state);
	if (status != DMA_COMPLETE && state)
		dma_set_residue(state, min_t(u64, axi_dmac_residue(chan, cookie), U32_MAX));
	if (status == DMA_IN_PROGRESS && chan->paused)
		status = DMA_PAUSED;
	spin_unlock_irqrestore(&chan->vchan.lock, flags);

	return status;
}

static void axi_dmac_mark_terminated(struct list_head *head)
{
	struct virt_dma_desc *vdesc;

	list_for_each_entry(vdesc, head, node) {
		to_axi_dmac_desc(vdesc)->place = AXI_DMAC_TERMINATED;
		to_axi_dmac_desc(vdesc)->due = 0;
	}
}

/*
 * Those that were prepared and never submitted go as well, as nobody else could
 * free them. Reusable ones stay with the client.
 */
static void axi_dmac_take_unsubmitted(struct axi_dmac_chan *chan, struct list_head *head)
{
	struct virt_dma_desc *vdesc, *next;

	list_for_each_entry_safe(vdesc, next, &chan->vchan.desc_allocated, node)
		if (!dmaengine_desc_test_reuse(&vdesc->tx))
			list_move_tail(&vdesc->node, head);
}

/*
 * From here on the channel is as good as new for its clients, but the core may
 * still use the memory of what was terminated.
 */
static int axi_dmac_terminate_all(struct dma_chan *c)
{
	struct axi_dmac_chan *chan = to_axi_dmac_chan(c);
	struct virt_dma_chan *vchan = &chan->vchan;
	unsigned long flags;
	LIST_HEAD(head);

	spin_lock_irqsave(&vchan->lock, flags);

	axi_dmac_queue_stop(chan);

	list_splice_tail_init(&chan->active, &head);
	list_splice_tail_init(&vchan->desc_issued, &head);
	list_splice_tail_init(&vchan->desc_submitted, &head);
	list_splice_tail_init(&vchan->desc_completed, &head);
	axi_dmac_take_unsubmitted(chan, &head);
	axi_dmac_mark_terminated(&head);
	list_splice_tail(&head, &vchan->desc_terminated);

	/* For clients that do not wait */
	if (chan->state == AXI_DMAC_DRAINING || !list_empty(&vchan->desc_terminated))
		queue_work(axi_dmac_wq, &chan->drain);

	spin_unlock_irqrestore(&vchan->lock, flags);

	return 0;
}

/* The core has let go: back to the client, or on the list of what is freed */
static void axi_dmac_reap(struct axi_dmac_chan *chan, struct list_head *unused)
{
	struct virt_dma_desc *vdesc, *next;

	list_for_each_entry_safe(vdesc, next, &chan->vchan.desc_terminated, node) {
		if (!dmaengine_desc_test_reuse(&vdesc->tx)) {
			list_move_tail(&vdesc->node, unused);
			continue;
		}
		to_axi_dmac_desc(vdesc)->place = AXI_DMAC_WITH_CLIENT;
		list_move_tail(&vdesc->node, &chan->vchan.desc_allocated);
	}
}

static bool axi_dmac_must_wait(struct axi_dmac_chan *chan)
{
	return chan->state == AXI_DMAC_DRAINING || chan->state == AXI_DMAC_STUCK;
}

static void axi_dmac_now_quiet(struct axi_dmac_chan *chan)
{
	/* Completions are latched even after the core was disabled */
	axi_dmac_hw_irq_ack(&chan->dmac->hw, AXI_DMAC_IRQ_ALL);
	axi_dmac_queue_quiet(chan);
}

static void axi_dmac_now_stuck(struct axi_dmac_chan *chan)
{
	if (chan->state != AXI_DMAC_STUCK)
		dev_err(chan->dmac->dev, "core does not become quiet, channel disabled\n");

	WRITE_ONCE(chan->state, AXI_DMAC_STUCK);
	axi_dmac_queue_abort(chan);
}

/*
 * Wait until the core is quiet; then, and not before, give back memory, and
 * start what was issued meanwhile. If the core does not become quiet, then its
 * memory stays with it, and the next one who drains tries again.
 */
static int axi_dmac_drain(struct axi_dmac_chan *chan)
{
	LIST_HEAD(unused);
	bool wait;
	int ret = 0;

	guard(mutex)(&chan->drain_lock);

	scoped_guard(spinlock_irqsave, &chan->vchan.lock)
		wait = axi_dmac_must_wait(chan);

	/* Nobody else enables the core while it is in these states */
	if (wait)
		ret = axi_dmac_hw_wait_quiet(&chan->dmac->hw);

	scoped_guard(spinlock_irqsave, &chan->vchan.lock) {
		if (ret)
			axi_dmac_now_stuck(chan);
		else if (wait)
			axi_dmac_now_quiet(chan);

		/* It may have been stopped again if nobody had to wait before */
		if (!axi_dmac_must_wait(chan)) {
			axi_dmac_reap(chan, &unused);
			axi_dmac_queue_run(chan);
		}
	}

	axi_dmac_desc_free_list(&unused);

	return ret;
}

static void axi_dmac_drain_work(struct work_struct *work)
{
	axi_dmac_drain(container_of(work, struct axi_dmac_chan, drain));
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

	if (READ_ONCE(chan->gone))
		return -ENODEV;

	/* It may have been left stuck */
	return axi_dmac_drain(chan) ? -EBUSY : 0;
}

/* There is no client any more that could free them */
static void axi_dmac_clear_reuse(struct list_head *head)
{
	struct virt_dma_desc *vdesc;

	list_for_each_entry(vdesc, head, node)
		dmaengine_desc_clear_reuse(&vdesc->tx);
}

static void axi_dmac_free_chan_resources(struct dma_chan *c)
{
	struct axi_dmac_chan *chan = to_axi_dmac_chan(c);

	scoped_guard(spinlock_irqsave, &chan->vchan.lock) {
		axi_dmac_clear_reuse(&chan->active);
		axi_dmac_clear_reuse(&chan->vchan.desc_allocated);
		axi_dmac_clear_reuse(&chan->vchan.desc_submitted);
		axi_dmac_clear_reuse(&chan->vchan.desc_issued);
		axi_dmac_clear_reuse(&chan->vchan.desc_completed);
		axi_dmac_clear_reuse(&chan->vchan.desc_terminated);
	}

	axi_dmac_terminate_all(c);
	axi_dmac_synchronize(c);
	cancel_work_sync(&chan->drain);
	timer_delete_sync(&chan->watch);
	axi_dmac_spares_free(chan);
}

static void axi_dmac_forget_list(struct list_head *head)
{
	struct virt_dma_desc *vdesc;

	list_for_each_entry(vdesc, head, node)
		axi_dmac_desc_forget(to_axi_dmac_desc(vdesc));
}

static void axi_dmac_detach_list(struct list_head *head)
{
	struct virt_dma_desc *vdesc;

	list_for_each_entry(vdesc, head, node)
		axi_dmac_desc_detach(to_axi_dmac_desc(vdesc));
}

/* The last moment at which registers can be written and memory be unmapped */
static void axi_dmac_let_go(struct axi_dmac_chan *chan, bool stuck)
{
	unsigned long flags;

	spin_lock_irqsave(&chan->vchan.lock, flags);

	axi_dmac_hw_irq_mask(&chan->dmac->hw, AXI_DMAC_IRQ_ALL);
	axi_dmac_hw_irq_ack(&chan->dmac->hw, AXI_DMAC_IRQ_ALL);

	if (stuck) {
		axi_dmac_forget_list(&chan->active);
		axi_dmac_forget_list(&chan->vchan.desc_terminated);
	}

	axi_dmac_detach_list(&chan->active);
	axi_dmac_detach_list(&chan->vchan.desc_allocated);
	axi_dmac_detach_list(&chan->vchan.desc_submitted);
	axi_dmac_detach_list(&chan->vchan.desc_issued);
	axi_dmac_detach_list(&chan->vchan.desc_completed);
	axi_dmac_detach_list(&chan->vchan.desc_terminated);

	axi_dmac_queue_quiet(chan);
	axi_dmac_queue_abort(chan);

	spin_unlock_irqrestore(&chan->vchan.lock, flags);
}

/**
 * axi_dmac_chan_unbind() - the device goes away, clients may stay
 * @chan: the channel
 *
 * What was issued is completed with an error, now and from now on; nothing can be
 * prepared any more. After this, no register is accessed.
 *
 * Context: Sleeps.
 */
void axi_dmac_chan_unbind(struct axi_dmac_chan *chan)
{
	bool wait;
	int ret = 0;

	scoped_guard(mutex, &chan->drain_lock) {
		scoped_guard(spinlock_irqsave, &chan->vchan.lock) {
			WRITE_ONCE(chan->gone, true);
			/* What is done is done; the core forgets it when stopped */
			axi_dmac_queue_collect(chan);
			axi_dmac_queue_stop(chan);
			wait = axi_dmac_must_wait(chan);
		}

		if (wait)
			ret = axi_dmac_hw_wait_quiet(&chan->dmac->hw);
		if (ret)
			dev_err(chan->dmac->dev, "core does not become quiet, memory is lost\n");

		axi_dmac_let_go(chan, ret);
	}

	timer_delete_sync(&chan->watch);
	cancel_work_sync(&chan->drain);
	tasklet_kill(&chan->vchan.task);
	axi_dmac_spares_free(chan);
}

/* Who asks for any channel that copies must not get a converter's */
static void axi_dmac_set_kind(struct dma_device *dma_dev, const struct axi_dmac_caps *caps)
{
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

static void axi_dmac_set_ops(struct dma_device *dma_dev)
{
	dma_dev->device_alloc_chan_resources = axi_dmac_alloc_chan_resources;
	dma_dev->device_free_chan_resources = axi_dmac_free_chan_resources;
	dma_dev->device_prep_interleaved_dma = axi_dmac_prep_interleaved_dma;
	dma_dev->device_issue_pending = axi_dmac_issue_pending;
	dma_dev->device_tx_status = axi_dmac_tx_status;
	dma_dev->device_pause = axi_dmac_pause;
	dma_dev->device_resume = axi_dmac_resume;
	dma_dev->device_terminate_all = axi_dmac_terminate_all;
	dma_dev->device_synchronize = axi_dmac_synchronize;
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
	axi_dmac_set_ops(&dmac->dma_dev);

	chan->dmac = dmac;
	spin_lock_init(&chan->spare_lock);
	mutex_init(&chan->drain_lock);
	INIT_LIST_HEAD(&chan->active);
	INIT_WORK(&chan->drain, axi_dmac_drain_work);
	timer_setup(&chan->watch, axi_dmac_watch, 0);

	vchan_init(&chan->vchan, &dmac->dma_dev);
	tasklet_setup(&chan->vchan.task, axi_dmac_tasklet);
}
