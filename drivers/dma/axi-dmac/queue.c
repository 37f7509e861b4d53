// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the core is given, and what it has done: the only place that knows both.
 *
 * At most three submits are outstanding, and they complete in order, so that the
 * core's two-bit counter of completions always tells how many of them are done,
 * whatever became of interrupts: one may stand for several completions, or for one
 * that was seen before, or for one from before the core was stopped.
 *
 * How a transfer runs is decided once, when its turn comes (axi_dmac_choose_run());
 * whether its next submit has to wait is decided each time (axi_dmac_must_wait()).
 * Then there are three things to do: fill the core, collect what it has completed, and
 * stop.
 *
 * The interrupt for "SUBMIT is free" stays masked: it comes hardly earlier than a
 * completion, which makes us look again.
 *
 * All functions are called with the channel's lock held, and take time in proportion
 * to the submits in flight only.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <linux/limits.h>
#include <linux/minmax.h>

#include "axi-dmac.h"

/* Return whether the client has a callback, which is called for each period */
static bool axi_dmac_tells_periods(struct axi_dmac_desc *desc)
{
	struct dmaengine_desc_callback cb;

	dmaengine_desc_get_callback(&desc->vdesc.tx, &cb);

	return desc->tells && dmaengine_desc_callback_valid(&cb);
}

/*
 * How does a transfer run?
 *
 *	not cyclic				once
 *	cyclic, and its periods are told	again and again, period by period
 *	cyclic, and replaced already		again, and ended after the first time
 *	cyclic, and the core cannot repeat it	again and again
 *	cyclic otherwise			a loop in hardware
 */
static enum axi_dmac_run axi_dmac_choose_run(struct axi_dmac_chan *chan,
					     struct axi_dmac_desc *desc)
{
	if (!desc->cyclic)
		return AXI_DMAC_RUN_ONCE;

	if (axi_dmac_tells_periods(desc))
		return AXI_DMAC_RUN_AGAIN;

	if (chan->replacer || !axi_dmac_desc_can_loop(desc))
		return AXI_DMAC_RUN_AGAIN;

	return AXI_DMAC_RUN_LOOP;
}

/*
 * If the last run was stopped, open the ends of the chains that the core had then. The
 * ends of the chains that it completed were opened when they completed.
 */
static void axi_dmac_open_stopped(struct axi_dmac_desc *desc)
{
	void *slot = desc->oldest, *last;

	for (; desc->closed; desc->closed--) {
		last = axi_dmac_desc_chain_end(desc, slot, false);
		axi_dmac_desc_open_chain(desc, last);
		slot = axi_dmac_desc_following(desc, last);
	}
}

static void axi_dmac_begin(struct axi_dmac_chan *chan, struct axi_dmac_desc *desc)
{
	const struct axi_dmac_caps *caps = axi_dmac_caps(chan);

	axi_dmac_open_stopped(desc);
	/* It does not end itself */
	if (chan->replacer == desc)
		chan->replacer = NULL;

	desc->run = axi_dmac_choose_run(chan, desc);
	desc->report = axi_dmac_wants_records(caps, desc);
	desc->next = axi_dmac_desc_first(desc);
	desc->oldest = desc->next;
	desc->inflight = 0;
	desc->at_period_end = false;
	desc->done = 0;
	desc->lost = 0;
	desc->vdesc.tx_result.result = DMA_TRANS_NOERROR;
	desc->vdesc.tx_result.residue = 0;

	desc->by_period = caps->sg && desc->period_len < desc->len && axi_dmac_tells_periods(desc);
	/* It may have been closed to end the loop the last time */
	if (caps->sg && desc->run == AXI_DMAC_RUN_LOOP)
		axi_dmac_desc_open_chain(desc, desc->tail);

	list_move_tail(&desc->vdesc.node, &chan->active);
	chan->current_desc = desc;
}

/* Complete a transfer, and leave the rest to virt-dma's tasklet */
void axi_dmac_queue_complete(struct axi_dmac_desc *desc, enum dmaengine_tx_result result)
{
	if (result == DMA_TRANS_NOERROR)
		desc->chan->good_cookie = desc->vdesc.tx.cookie;

	desc->vdesc.tx_result.result = result;
	desc->vdesc.tx_result.residue = min_t(u64, desc->lost, U32_MAX);
	axi_dmac_unlist(desc);
	vchan_cookie_complete(&desc->vdesc);
}

/* The core is disabled, and forgets what it was given */
static void axi_dmac_stop_core(struct axi_dmac_chan *chan)
{
	axi_dmac_hw_stop(&chan->dmac->hw);
	WRITE_ONCE(chan->state, AXI_DMAC_DRAINING);
	chan->num_submits = 0;
}

/*
 * Cores before 4.6.a repeat a segment until they are stopped, and what they count
 * after anything else makes no sense (HDL). The stop may come in the middle of a pass.
 */
static void axi_dmac_cut_loop(struct axi_dmac_chan *chan)
{
	axi_dmac_stop_core(chan);
	chan->cut = chan->loop;
	chan->loop = NULL;
	queue_work(axi_dmac_wq, &chan->drain);
}

/* End the loop. Return whether another transfer may be submitted behind it already */
static bool axi_dmac_end_loop(struct axi_dmac_chan *chan)
{
	const struct axi_dmac_caps *caps = axi_dmac_caps(chan);
	struct axi_dmac_desc *desc = chan->loop;

	if (!chan->replacer)
		return false;

	if (!caps->sg && !caps->clean_cyclic) {
		axi_dmac_cut_loop(chan);
		return false;
	}

	if (caps->sg)
		axi_dmac_desc_close_chain(desc, desc->tail);
	else
		axi_dmac_hw_end_cyclic(&chan->dmac->hw);
	chan->loop = NULL;

	return true;
}

/* A cyclic transfer ends with the period during which its replacement came */
static bool axi_dmac_is_over(struct axi_dmac_chan *chan, struct axi_dmac_desc *desc)
{
	return desc->run == AXI_DMAC_RUN_AGAIN && desc->at_period_end && chan->replacer;
}

/* Has all of it been submitted? */
static bool axi_dmac_is_submitted(struct axi_dmac_chan *chan, struct axi_dmac_desc *desc)
{
	return desc != chan->current_desc || axi_dmac_is_over(chan, desc);
}

/* The transfer whose turn it is */
static struct axi_dmac_desc *axi_dmac_next(struct axi_dmac_chan *chan)
{
	struct axi_dmac_desc *desc = chan->current_desc;
	struct virt_dma_desc *vdesc;

	if (desc && !axi_dmac_is_over(chan, desc))
		return desc;

	/* If it is over, its last submits complete it */
	chan->current_desc = NULL;

	if (chan->loop && !axi_dmac_end_loop(chan))
		return NULL;

	vdesc = vchan_next_desc(&chan->vchan);
	if (!vdesc)
		return NULL;

	desc = to_axi_dmac_desc(vdesc);
	axi_dmac_begin(chan, desc);

	return desc;
}

/* What the next submit of a transfer consists of */
static void axi_dmac_describe(struct axi_dmac_chan *chan, struct axi_dmac_desc *desc,
			      struct axi_dmac_submit *submit)
{
	bool whole = desc->cyclic && !desc->by_period && axi_dmac_desc_can_loop(desc);
	const struct axi_dmac_caps *caps = axi_dmac_caps(chan);
	void *last = axi_dmac_desc_chain_end(desc, desc->next, whole);
	size_t start = axi_dmac_desc_offset(desc, desc->next);
	size_t end = axi_dmac_desc_offset(desc, last) + axi_dmac_desc_seg_len(desc, last);
	size_t first_len = axi_dmac_desc_seg_len(desc, desc->next);

	*submit = (struct axi_dmac_submit) {
		.desc = desc,
		.first = desc->next,
		.last = last,
		.len = end - start,
		.ends_period = !(end % desc->period_len),
		.alone = axi_dmac_is_short(caps, first_len),
		.near = axi_dmac_is_near(caps, first_len),
		.by_rows = caps->to_memory && desc->rows.y_len,
	};
}

static bool axi_dmac_submit_is_free(struct axi_dmac_chan *chan)
{
	if (!chan->submit_free)
		chan->submit_free = !axi_dmac_hw_submit_busy(&chan->dmac->hw);

	return chan->submit_free;
}

/* Is there a submit in the core whose segments may be short? Rows are long. */
static bool axi_dmac_has_segments(struct axi_dmac_chan *chan)
{
	unsigned int i;

	for (i = 0; i < chan->num_submits; i++)
		if (!axi_dmac_submit(chan, i)->by_rows)
			return true;

	return false;
}

/* Does a submit have to wait for what is in front of it? */
static bool axi_dmac_must_wait(struct axi_dmac_chan *chan, const struct axi_dmac_submit *submit)
{
	const struct axi_dmac_desc *desc = submit->desc;

	/* All that was given to the core is done, so SUBMIT is free, too */
	if (!chan->num_submits)
		return false;

	/* The CYCLIC flag silences all that is in the core (HDL) */
	if (desc->run == AXI_DMAC_RUN_LOOP && !axi_dmac_caps(chan)->sg)
		return true;

	/* The core looks whether to keep a record when a segment ends (HDL) */
	if (desc->report != chan->reporting)
		return true;

	if (submit->alone)
		return true;

	/* A segment takes itself for a row of what is four rows behind it (HDL simulation) */
	if (submit->by_rows && axi_dmac_has_segments(chan))
		return true;

	/* The core may come through the second of three while a packet ends in the first */
	if (chan->num_submits > 1 && axi_dmac_submit(chan, chan->num_submits - 1)->near)
		return true;

	return !axi_dmac_submit_is_free(chan);
}

static u32 axi_dmac_flags(const struct axi_dmac_submit *submit)
{
	const struct axi_dmac_desc *desc = submit->desc;
	u32 flags = 0;

	if (submit->last == desc->tail)
		flags |= AXI_DMAC_FLAG_LAST;
	if (desc->report)
		flags |= AXI_DMAC_FLAG_PARTIAL;

	return flags;
}

static void axi_dmac_write_submit(struct axi_dmac_chan *chan, const struct axi_dmac_submit *submit)
{
	struct axi_dmac_hw *hw = &chan->dmac->hw;
	struct axi_dmac_desc *desc = submit->desc;
	bool loop = desc->run == AXI_DMAC_RUN_LOOP;

	if (!axi_dmac_caps(chan)->sg) {
		axi_dmac_hw_submit_seg(hw, submit->first, &desc->rows, axi_dmac_flags(submit) |
				       (loop ? AXI_DMAC_FLAG_CYCLIC : 0));
		return;
	}

	if (!loop)
		axi_dmac_desc_close_chain(desc, submit->last);
	axi_dmac_hw_submit_chain(hw, axi_dmac_desc_dma(submit->first), AXI_DMAC_FLAG_LAST |
				 axi_dmac_flags(submit));
}

static void axi_dmac_push(struct axi_dmac_chan *chan, const struct axi_dmac_submit *submit)
{
	struct axi_dmac_desc *desc = submit->desc;

	axi_dmac_write_submit(chan, submit);

	*axi_dmac_submit(chan, chan->num_submits++) = *submit;
	chan->submit_free = false;
	chan->reporting = desc->report;
	chan->ids_used = min(chan->ids_used + 1, AXI_DMAC_ALL_IDS);

	desc->inflight++;
	if (desc->by_period && axi_dmac_desc_can_loop(desc))
		desc->closed = max(desc->closed, desc->inflight);
	desc->at_period_end = submit->ends_period;
	desc->next = axi_dmac_desc_following(desc, submit->last);

	if (submit->last != desc->tail || desc->run == AXI_DMAC_RUN_AGAIN)
		return;

	chan->current_desc = NULL;
	if (desc->run == AXI_DMAC_RUN_LOOP)
		chan->loop = desc;
}

/**
 * axi_dmac_queue_fill() - give the core what it takes
 * @chan: the channel, whose core is in reach
 *
 * Starts a quiet core if there is something to do. Leaves one alone that is
 * draining: this is called again when it is quiet.
 */
void axi_dmac_queue_fill(struct axi_dmac_chan *chan)
{
	struct axi_dmac_submit submit;
	struct axi_dmac_desc *desc;

	if (chan->state == AXI_DMAC_QUIET &&
	    (chan->current_desc || vchan_next_desc(&chan->vchan))) {
		axi_dmac_hw_start(&chan->dmac->hw, chan->paused);
		WRITE_ONCE(chan->state, AXI_DMAC_RUNNING);
	}

	while (chan->state == AXI_DMAC_RUNNING &&
	       chan->num_submits < AXI_DMAC_MAX_OUTSTANDING) {
		desc = axi_dmac_next(chan);
		if (!desc)
			break;

		axi_dmac_describe(chan, desc, &submit);
		if (axi_dmac_must_wait(chan, &submit))
			break;

		axi_dmac_push(chan, &submit);
	}
}

/*
 * Open the end of a chain that has completed, for a later run without periods, unless the
 * core has it once more.
 */
static void axi_dmac_open_done(struct axi_dmac_chan *chan, struct axi_dmac_desc *desc,
			       void *last)
{
	unsigned int i;

	if (!desc->closed)
		return;

	desc->closed--;
	for (i = 0; i < desc->inflight; i++)
		if (axi_dmac_submit(chan, i)->last == last)
			return;
	axi_dmac_desc_open_chain(desc, last);
}

static void axi_dmac_pop(struct axi_dmac_chan *chan)
{
	struct axi_dmac_submit *submit = axi_dmac_submit(chan, 0);
	struct axi_dmac_desc *desc = submit->desc;

	chan->first_submit = (chan->first_submit + 1) % AXI_DMAC_MAX_OUTSTANDING;
	chan->num_submits--;

	desc->inflight--;
	desc->oldest = axi_dmac_desc_following(desc, submit->last);
	axi_dmac_open_done(chan, desc, submit->last);
	desc->done += submit->len;
	desc->lost += submit->lost;

	/* This is also how the end of its last period is told */
	if (!desc->inflight && axi_dmac_is_submitted(chan, desc)) {
		if (desc == chan->current_desc)
			chan->current_desc = NULL;
		axi_dmac_queue_complete(desc, DMA_TRANS_NOERROR);
		return;
	}

	if (submit->ends_period && axi_dmac_tells_periods(desc))
		vchan_cyclic_callback(&desc->vdesc);
	if (desc->cyclic && desc->done >= desc->len) {
		desc->done = 0;
		desc->lost = 0;
	}
}

/**
 * axi_dmac_queue_collect() - find out what has completed
 * @chan: the channel
 *
 * The EOT interrupt was acknowledged before, so that a completion which is not
 * seen here raises it again.
 *
 * Return: whether there was anything.
 */
bool axi_dmac_queue_collect(struct axi_dmac_chan *chan)
{
	unsigned int n, i;
	u32 count;

	if (chan->state != AXI_DMAC_RUNNING || !chan->num_submits)
		return false;

	if (!axi_dmac_hw_eot_count(&chan->dmac->hw, &count))
		return false;

	n = (count - chan->eot_count) & AXI_DMAC_COUNT_MASK;
	if (n && chan->reporting)
		axi_dmac_take_records(chan);
	chan->eot_count = count;

	for (i = 0; i < n && chan->num_submits; i++)
		axi_dmac_pop(chan);

	return n;
}

/**
 * axi_dmac_queue_stop() - stop the core, and forget what it was given
 * @chan: the channel
 *
 * The caller takes the descriptors off their lists.
 */
void axi_dmac_queue_stop(struct axi_dmac_chan *chan)
{
	if (chan->state == AXI_DMAC_RUNNING)
		axi_dmac_stop_core(chan);

	chan->current_desc = NULL;
	chan->loop = NULL;
	chan->cut = NULL;
	chan->replacer = NULL;
	chan->noted_replacer = NULL;
	chan->paused = false;
}

/* A transfer that had begun ends cyclic ones in front of it once more; there are few */
static void axi_dmac_restore_replacer(struct axi_dmac_chan *chan, struct list_head *again)
{
	struct virt_dma_desc *vdesc;

	if (chan->replacer)
		return;

	list_for_each_entry(vdesc, again, node)
		if (vdesc->tx.flags & DMA_PREP_LOAD_EOT)
			chan->replacer = to_axi_dmac_desc(vdesc);
}

/**
 * axi_dmac_queue_rewind() - stop the core, and take back what it has not done
 * @chan: the channel
 *
 * The transfer that runs goes on with the first submit that has not completed, when the
 * core is started again; a loop, and what is behind, from their start.
 */
void axi_dmac_queue_rewind(struct axi_dmac_chan *chan)
{
	struct axi_dmac_desc *desc = chan->current_desc;
	LIST_HEAD(again);

	if (chan->state != AXI_DMAC_RUNNING)
		return;

	if (chan->num_submits) {
		desc = axi_dmac_submit(chan, 0)->desc;
		desc->next = desc->oldest;
	}
	if (desc && desc->run == AXI_DMAC_RUN_LOOP)
		desc = NULL;

	axi_dmac_stop_core(chan);
	chan->loop = NULL;
	chan->current_desc = desc;

	list_splice_init(&chan->active, &again);
	if (desc) {
		/* At least one more period, so that it has an end to be told */
		desc->at_period_end = false;
		list_move(&desc->vdesc.node, &chan->active);
	}
	axi_dmac_restore_replacer(chan, &again);
	list_splice(&again, &chan->vchan.desc_issued);
}

/**
 * axi_dmac_queue_quiet() - the core was disabled and is quiet
 * @chan: the channel
 */
void axi_dmac_queue_quiet(struct axi_dmac_chan *chan)
{
	/* Its counters were cleared when it was disabled */
	WRITE_ONCE(chan->state, AXI_DMAC_QUIET);
	chan->eot_count = 0;
	chan->ids_used = 0;
	if (chan->current_desc)
		chan->current_desc->inflight = 0;

	if (!chan->cut)
		return;

	dev_dbg(chan->dmac->dev, "hardware loop ended by stopping the core\n");
	axi_dmac_queue_complete(chan->cut, DMA_TRANS_ABORTED);
	chan->cut = NULL;
}
