// SPDX-License-Identifier: GPL-2.0-only
/*
 * Stopping the core, and what has to wait until it is quiet.
 *
 * A core that was disabled goes on to access memory for as long as the bus or its
 * peer likes. Until it is quiet it must not be started again, and neither descriptors
 * nor the memory that they describe may be given back. One that does not become quiet
 * in time is stuck: its memory stays with it, and whatever is issued is aborted. It is
 * looked at again each time when it is wanted.
 *
 * Lists may be long: they are walked in short pieces, between which interrupts are on.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <linux/delay.h>
#include <linux/dmaengine.h>
#include <linux/interrupt.h>
#include <linux/minmax.h>
#include <linux/rcupdate.h>

#include "axi-dmac.h"

/* Return: whether the core is quiet, or was started again */
static bool axi_dmac_settle(struct axi_dmac_chan *chan)
{
	struct axi_dmac_hw *hw = &chan->dmac->hw;

	if (chan->state == AXI_DMAC_QUIET || chan->state == AXI_DMAC_RUNNING)
		return true;

	if (!axi_dmac_hw_is_quiet(hw))
		return false;

	if (chan->state == AXI_DMAC_STUCK)
		dev_info(chan->dmac->dev, "core is quiet, channel works again\n");

	/* Completions are latched even after the core was disabled */
	axi_dmac_hw_irq_ack(hw, AXI_DMAC_IRQ_ALL);
	axi_dmac_queue_quiet(chan);

	/* Give terminated descriptors back, where that can sleep */
	if (!list_empty(&chan->vchan.desc_terminated))
		queue_work(axi_dmac_wq, &chan->drain);

	return true;
}

/**
 * axi_dmac_look_again() - look whether a stuck core has become quiet
 * @chan: the channel
 *
 * Context: Any, does not sleep.
 */
void axi_dmac_look_again(struct axi_dmac_chan *chan)
{
	if (READ_ONCE(chan->state) != AXI_DMAC_STUCK)
		return;

	guard(spinlock_irqsave)(&chan->vchan.lock);
	if (!chan->gone && !chan->suspended)
		axi_dmac_settle(chan);
}

/**
 * axi_dmac_go() - start what was issued, as far as that is possible now
 * @chan: the channel, with its lock held
 *
 * Return: whether it is not, and will not be: axi_dmac_abort() has to follow, without
 * the lock.
 */
bool axi_dmac_go(struct axi_dmac_chan *chan)
{
	if (!chan->gone && !chan->suspended && axi_dmac_settle(chan))
		axi_dmac_queue_fill(chan);

	return axi_dmac_is_dead(chan);
}

/* Return whether a stuck core may still read a descriptor that was aborted */
static bool axi_dmac_is_read(struct axi_dmac_chan *chan, struct axi_dmac_desc *desc)
{
	return axi_dmac_caps(chan)->sg && chan->state == AXI_DMAC_STUCK && desc->inflight;
}

/* Return: whether there was one that can be aborted */
static bool axi_dmac_abort_one(struct axi_dmac_chan *chan)
{
	struct virt_dma_desc *vdesc;
	struct axi_dmac_desc *desc;

	vdesc = list_first_entry_or_null(&chan->active, struct virt_dma_desc, node) ?:
		vchan_next_desc(&chan->vchan);
	if (!vdesc)
		return false;

	/* Keep it, and the transfers behind it, until the core is quiet */
	desc = to_axi_dmac_desc(vdesc);
	if (axi_dmac_is_read(chan, desc))
		return false;

	if (chan->current_desc == desc)
		chan->current_desc = NULL;
	if (chan->replacer == desc)
		chan->replacer = NULL;
	if (chan->cut == desc)
		chan->cut = NULL;
	desc->lost = desc->len;
	axi_dmac_queue_complete(desc, DMA_TRANS_ABORTED);

	return true;
}

static bool axi_dmac_abort_some(struct axi_dmac_chan *chan)
{
	unsigned int max = AXI_DMAC_BATCH;
	bool more;

	guard(spinlock_irqsave)(&chan->vchan.lock);

	do {
		more = axi_dmac_is_dead(chan) && axi_dmac_abort_one(chan);
	} while (more && --max);

	return more;
}

/* Complete what was issued with an error, unless the channel works again meanwhile */
void axi_dmac_abort(struct axi_dmac_chan *chan)
{
	while (axi_dmac_abort_some(chan))
		;
}

static void axi_dmac_now_stuck(struct axi_dmac_chan *chan)
{
	if (chan->state != AXI_DMAC_STUCK)
		dev_err(chan->dmac->dev, "core does not become quiet, channel is stuck\n");

	WRITE_ONCE(chan->state, AXI_DMAC_STUCK);
}

/*
 * A core whose loop was cut waits for its sink, which may stall for as long as it likes.
 * The client has asked for the next transfer only, so the core is not stuck. When the
 * client terminates, chan->cut is NULL, and the patience is that for any other core.
 */
static int axi_dmac_wait_quiet(struct axi_dmac_chan *chan)
{
	ktime_t end = ktime_add_us(ktime_get(), axi_dmac_hw_patience_us(&chan->dmac->hw));
	unsigned int pause = AXI_DMAC_POLL_US;
	bool late;

	for (;;) {
		late = ktime_after(ktime_get(), end);

		scoped_guard(spinlock_irqsave, &chan->vchan.lock) {
			if (axi_dmac_settle(chan))
				return 0;
			if (late && chan->cut)
				return -EAGAIN;
			if (late) {
				axi_dmac_now_stuck(chan);
				return -ETIMEDOUT;
			}
		}

		fsleep(pause);
		pause = min(2 * pause, AXI_DMAC_MAX_POLL_US);
	}
}

/* Give back what was terminated: to the client, or to the allocator */
static void axi_dmac_reap(struct axi_dmac_chan *chan)
{
	LIST_HEAD(unused);

	/* A quiet core has no terminated descriptor; one that was started later has none either */
	scoped_guard(spinlock_irqsave, &chan->vchan.lock)
		if (chan->state == AXI_DMAC_QUIET || chan->state == AXI_DMAC_RUNNING)
			list_splice_init(&chan->vchan.desc_terminated, &unused);

	vchan_dma_desc_free_list(&chan->vchan, &unused);
}

/**
 * axi_dmac_drain() - wait until the core is quiet
 * @chan: the channel
 *
 * Then, and not before, memory is given back, and what was issued meanwhile is
 * started.
 *
 * Context: Sleeps, for a limited time.
 * Return: 0, -ETIMEDOUT if the core is stuck, or -EAGAIN if it is not quiet and may take
 * longer.
 */
int axi_dmac_drain(struct axi_dmac_chan *chan)
{
	bool dead;
	int ret;

	guard(mutex)(&chan->drain_lock);

	ret = axi_dmac_wait_quiet(chan);
	axi_dmac_reap(chan);

	scoped_guard(spinlock_irqsave, &chan->vchan.lock)
		dead = axi_dmac_go(chan);
	if (dead)
		axi_dmac_abort(chan);

	return ret;
}

void axi_dmac_drain_work(struct work_struct *work)
{
	struct axi_dmac_chan *chan = container_of(work, struct axi_dmac_chan, drain);

	if (axi_dmac_drain(chan) == -EAGAIN && !READ_ONCE(chan->suspended))
		queue_work(axi_dmac_wq, &chan->drain);
}

/* Reusable descriptors that were not submitted stay with the client, if there is one */
static void axi_dmac_terminate_desc(struct axi_dmac_chan *chan, struct virt_dma_desc *vdesc)
{
	if (chan->released)
		dmaengine_desc_clear_reuse(&vdesc->tx);

	axi_dmac_unlist(to_axi_dmac_desc(vdesc));
	if (vdesc->state == VCHAN_DESC_CLIENT && dmaengine_desc_test_reuse(&vdesc->tx))
		list_add_tail(&vdesc->node, &chan->vchan.desc_allocated);
	else
		vchan_terminate_vdesc(vdesc);
}

static bool axi_dmac_terminate_some(struct axi_dmac_chan *chan)
{
	unsigned int max = AXI_DMAC_BATCH;

	guard(spinlock_irqsave)(&chan->vchan.lock);

	while (max-- && !list_empty(&chan->leaving))
		axi_dmac_terminate_desc(chan, list_first_entry(&chan->leaving,
							       struct virt_dma_desc, node));

	return !list_empty(&chan->leaving);
}

/**
 * axi_dmac_terminate() - stop the core and forget all transfers
 * @chan: the channel
 *
 * From here on the channel is as good as new for its client, but the core may still use
 * the memory of what was terminated. What was prepared and not submitted goes as well,
 * as nobody else could free it.
 */
void axi_dmac_terminate(struct axi_dmac_chan *chan)
{
	struct virt_dma_chan *vchan = &chan->vchan;

	scoped_guard(spinlock_irqsave, &vchan->lock) {
		axi_dmac_queue_stop(chan);
		vchan->cyclic = NULL;

		list_splice_tail_init(&chan->active, &chan->leaving);
		list_splice_tail_init(&vchan->desc_issued, &chan->leaving);
		list_splice_tail_init(&chan->noted, &chan->leaving);
		list_splice_tail_init(&vchan->desc_submitted, &chan->leaving);
		list_splice_tail_init(&vchan->desc_completed, &chan->leaving);
		list_splice_tail_init(&vchan->desc_allocated, &chan->leaving);
		if (chan->released)
			list_splice_tail_init(&vchan->desc_terminated, &chan->leaving);
	}

	while (axi_dmac_terminate_some(chan))
		;

	/* For clients that do not synchronize */
	queue_work(axi_dmac_wq, &chan->drain);
}

/**
 * axi_dmac_chan_suspend() - the system is about to sleep
 * @chan: the channel
 *
 * The core may lose its state, so it is stopped. What it has not done is done anew
 * after axi_dmac_chan_resume(): the transfer that runs from the first segment, or chain,
 * that has not completed.
 *
 * Context: Sleeps.
 */
void axi_dmac_chan_suspend(struct axi_dmac_chan *chan)
{
	guard(mutex)(&chan->drain_lock);

	scoped_guard(spinlock_irqsave, &chan->vchan.lock) {
		chan->suspended = true;
		axi_dmac_hw_irq_mask(&chan->dmac->hw, AXI_DMAC_IRQ_ALL);
		axi_dmac_queue_collect(chan);
		axi_dmac_queue_rewind(chan);
	}

	axi_dmac_wait_quiet(chan);
}

/**
 * axi_dmac_chan_resume() - the system is awake again
 * @chan: the channel
 *
 * Context: Any.
 */
void axi_dmac_chan_resume(struct axi_dmac_chan *chan)
{
	bool dead;

	scoped_guard(spinlock_irqsave, &chan->vchan.lock) {
		chan->suspended = false;
		axi_dmac_hw_forget(&chan->dmac->hw);
		axi_dmac_hw_irq_ack(&chan->dmac->hw, AXI_DMAC_IRQ_ALL);
		axi_dmac_hw_irq_mask(&chan->dmac->hw, AXI_DMAC_IRQ_SOT);
		dead = axi_dmac_go(chan);
		/* It was not quiet when the system went to sleep: look again */
		if (chan->state == AXI_DMAC_DRAINING)
			queue_work(axi_dmac_wq, &chan->drain);
	}

	if (dead)
		axi_dmac_abort(chan);
}

static void axi_dmac_abandon_list(struct axi_dmac_chan *chan, struct list_head *list)
{
	struct virt_dma_desc *vdesc;
	LIST_HEAD(head);

	scoped_guard(spinlock_irqsave, &chan->vchan.lock)
		list_splice_init(list, &head);

	list_for_each_entry(vdesc, &head, node)
		if (to_axi_dmac_desc(vdesc)->inflight)
			axi_dmac_desc_abandon(to_axi_dmac_desc(vdesc));

	scoped_guard(spinlock_irqsave, &chan->vchan.lock)
		list_splice(&head, list);
}

/* The core is stuck, and the device goes away: keep the descriptors that the core may read */
static void axi_dmac_abandon(struct axi_dmac_chan *chan)
{
	if (!axi_dmac_caps(chan)->sg)
		return;

	dev_err(chan->dmac->dev, "memory of descriptors is lost to a stuck core\n");

	while (axi_dmac_terminate_some(chan))
		;
	axi_dmac_abandon_list(chan, &chan->active);
	axi_dmac_abandon_list(chan, &chan->vchan.desc_issued);
	axi_dmac_abandon_list(chan, &chan->vchan.desc_terminated);
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
	struct axi_dmac_hw *hw = &chan->dmac->hw;

	scoped_guard(spinlock_irqsave, &chan->vchan.lock) {
		WRITE_ONCE(chan->gone, true);
		/* The driver does not serve the interrupt from here on */
		axi_dmac_hw_irq_mask(hw, AXI_DMAC_IRQ_ALL);
		/* Account for what has completed: the core clears its count when stopped */
		axi_dmac_queue_collect(chan);
		axi_dmac_queue_stop(chan);
	}

	/* Wait until each prepare that runs has returned a descriptor, or NULL */
	synchronize_rcu();

	scoped_guard(mutex, &chan->drain_lock) {
		if (axi_dmac_wait_quiet(chan))
			axi_dmac_abandon(chan);

		scoped_guard(spinlock_irqsave, &chan->vchan.lock) {
			axi_dmac_hw_irq_ack(hw, AXI_DMAC_IRQ_ALL);
			axi_dmac_queue_quiet(chan);
		}
		axi_dmac_pages_unmap(chan);
		axi_dmac_reap(chan);
		axi_dmac_abort(chan);
	}

	cancel_work_sync(&chan->drain);
	tasklet_kill(&chan->vchan.task);
	axi_dmac_spares_free(chan);
}
