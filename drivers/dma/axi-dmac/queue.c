// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the core is given, and what it has done: the only place that knows both.
 *
 * A submit is one segment in register mode, and one chain of descriptors with
 * scatter-gather. At most three are outstanding, and they complete in order, so
 * that the core's two-bit counter of completions always tells how many of them
 * are done, whatever became of interrupts: one may stand for several
 * completions, or for one that was seen before, or for one of a past life.
 *
 * SUBMIT is known to be free when all submits have completed, else it is read
 * once before each submit. The interrupt for "SUBMIT is free" stays masked: it
 * comes hardly earlier than a completion, which makes us look again.
 *
 * All functions are called with the channel's lock held.
 */

#include <linux/limits.h>
#include <linux/minmax.h>

#include <dt-bindings/dma/axi-dmac.h>

#include "axi-dmac.h"

/* So many periods are too few to tell by their number how many have ended */
#define AXI_DMAC_FEW_PERIODS	6

/* How often to look for what no interrupt tells */
#define AXI_DMAC_WATCH_INTERVAL	(HZ / 2)

static bool axi_dmac_has_callback(struct axi_dmac_desc *desc)
{
	struct dmaengine_desc_callback cb;

	dmaengine_desc_get_callback(&desc->vdesc.tx, &cb);

	return dmaengine_desc_callback_valid(&cb);
}

/* Does it go round in memory, without being submitted again? */
static bool axi_dmac_is_ring(const struct axi_dmac_desc *desc)
{
	return desc->run == AXI_DMAC_RUN_LOOP || desc->run == AXI_DMAC_RUN_LOOP_IRQ;
}

/* Does a transfer wait that may take the place of a repeated one? */
static bool axi_dmac_is_replaced(struct axi_dmac_chan *chan)
{
	struct virt_dma_desc *vdesc;

	list_for_each_entry(vdesc, &chan->vchan.desc_issued, node)
		if (vdesc->tx.flags & DMA_PREP_LOAD_EOT)
			return true;

	return false;
}

static void axi_dmac_complete(struct axi_dmac_desc *desc, enum dmaengine_tx_result result)
{
	desc->vdesc.tx_result.result = result;
	desc->vdesc.tx_result.residue = min_t(u64, desc->lost, U32_MAX);
	desc->place = AXI_DMAC_COMPLETED;
	list_del(&desc->vdesc.node);
	vchan_cookie_complete(&desc->vdesc);
}

static void axi_dmac_complete_if_done(struct axi_dmac_chan *chan, struct axi_dmac_desc *desc)
{
	if (!desc->inflight && desc != chan->current_desc)
		axi_dmac_complete(desc, DMA_TRANS_NOERROR);
}

/*
 * A ring in memory costs nothing while it runs, and goes on when we are late.
 * But if it has a single period, and interrupts, then its last round looks like
 * any other. Such a one is submitted again and again, as all are in register
 * mode, except for the single segment that the core can repeat by itself. What
 * is to be replaced already is not made a ring either.
 */
static enum axi_dmac_run axi_dmac_choose_run(struct axi_dmac_chan *chan,
					     struct axi_dmac_desc *desc)
{
	const struct axi_dmac_caps *caps = axi_dmac_caps(chan);

	if (!desc->cyclic)
		return AXI_DMAC_RUN_ONCE;

	if (axi_dmac_has_callback(desc))
		return caps->sg && desc->by_period ? AXI_DMAC_RUN_LOOP_IRQ :
						     AXI_DMAC_RUN_AGAIN;

	if (axi_dmac_is_replaced(chan))
		return AXI_DMAC_RUN_AGAIN;

	if (caps->sg)
		return AXI_DMAC_RUN_LOOP;

	return caps->cyclic && desc->num_segs == 1 ? AXI_DMAC_RUN_FLAG : AXI_DMAC_RUN_AGAIN;
}

/*
 * Does it need that nothing is in front of it? The CYCLIC flag silences what is still
 * on its way, too (HDL). And while nobody is interrupted, nobody takes the records of
 * short packets, so there must be none.
 */
static bool axi_dmac_is_silent(struct axi_dmac_chan *chan, enum axi_dmac_run run)
{
	return run == AXI_DMAC_RUN_FLAG ||
	       (run == AXI_DMAC_RUN_LOOP && axi_dmac_caps(chan)->partial);
}

static void axi_dmac_begin(struct axi_dmac_chan *chan, struct axi_dmac_desc *desc,
			   enum axi_dmac_run run)
{
	list_move_tail(&desc->vdesc.node, &chan->active);

	desc->run = run;
	desc->inflight = 0;
	desc->at_period_end = false;
	desc->ending = false;
	desc->watched = false;
	desc->done = 0;
	desc->lost = 0;
	desc->period = 0;
	axi_dmac_desc_rewind(desc, &desc->pos);
	axi_dmac_desc_arm(desc, desc->run);

	chan->current_desc = desc;
}

/* What waits is started when the core is quiet */
static void axi_dmac_stop_for_now(struct axi_dmac_chan *chan)
{
	axi_dmac_hw_stop(&chan->dmac->hw);
	WRITE_ONCE(chan->state, AXI_DMAC_DRAINING);
	chan->num_units = 0;
	queue_work(axi_dmac_wq, &chan->drain);
}

/*
 * Cores before 4.6.a repeat a segment until they are stopped, and what they
 * count after anything else makes no sense (HDL). The stop may come in the
 * middle of a pass.
 */
static void axi_dmac_cut(struct axi_dmac_chan *chan)
{
	axi_dmac_stop_for_now(chan);
	chan->cut = chan->loop;
	chan->loop = NULL;
}

/* The core's counts are wrong from here on: what it has not done is done anew */
static void axi_dmac_start_over(struct axi_dmac_chan *chan)
{
	axi_dmac_stop_for_now(chan);
	chan->current_desc = NULL;
	chan->loop = NULL;
	list_splice_init(&chan->active, &chan->vchan.desc_issued);
}

static bool axi_dmac_needs_watch(struct axi_dmac_chan *chan, struct axi_dmac_desc *desc)
{
	if (desc->run == AXI_DMAC_RUN_LOOP_IRQ && desc->ending)
		return true;

	return axi_dmac_partial_needs_watch(chan, desc);
}

static void axi_dmac_watch_if_needed(struct axi_dmac_chan *chan, struct axi_dmac_desc *desc)
{
	if (axi_dmac_needs_watch(chan, desc) && !timer_pending(&chan->watch))
		mod_timer(&chan->watch, jiffies + AXI_DMAC_WATCH_INTERVAL);
}

/* May something be submitted behind the transfer that repeats by itself? */
static bool axi_dmac_end_loop(struct axi_dmac_chan *chan)
{
	struct axi_dmac_desc *desc = chan->loop;

	if (!axi_dmac_is_replaced(chan))
		return false;

	switch (desc->run) {
	case AXI_DMAC_RUN_LOOP:
		axi_dmac_desc_end_loop(desc);
		chan->loop = NULL;
		return true;
	case AXI_DMAC_RUN_LOOP_IRQ:
		/* Its many interrupts must not be mixed up with another's */
		if (desc->ending)
			return false;
		axi_dmac_desc_end_loop(desc);
		desc->ending = true;
		axi_dmac_watch_if_needed(chan, desc);
		return false;
	default:
		break;
	}

	if (axi_dmac_caps(chan)->clean_cyclic) {
		axi_dmac_hw_end_cyclic(&chan->dmac->hw);
		chan->loop = NULL;
		return true;
	}

	axi_dmac_cut(chan);

	return false;
}

/* A software cycle ends with the period during which its replacement came */
static bool axi_dmac_is_over(struct axi_dmac_chan *chan, struct axi_dmac_desc *desc)
{
	return desc->run == AXI_DMAC_RUN_AGAIN && desc->at_period_end &&
	       axi_dmac_is_replaced(chan);
}

/* The descriptor whose turn it is */
static struct axi_dmac_desc *axi_dmac_next(struct axi_dmac_chan *chan)
{
	struct axi_dmac_desc *desc = chan->current_desc;
	struct virt_dma_desc *vdesc;
	enum axi_dmac_run run;

	if (desc) {
		if (!axi_dmac_is_over(chan, desc))
			return desc;
		chan->current_desc = NULL;
		axi_dmac_complete_if_done(chan, desc);
	}

	if (chan->loop && !axi_dmac_end_loop(chan))
		return NULL;

	vdesc = vchan_next_desc(&chan->vchan);
	if (!vdesc)
		return NULL;

	desc = to_axi_dmac_desc(vdesc);
	run = axi_dmac_choose_run(chan, desc);

	if (axi_dmac_is_silent(chan, run) && chan->num_units)
		return NULL;

	axi_dmac_begin(chan, desc, run);

	return desc;
}

static bool axi_dmac_submit_is_free(struct axi_dmac_chan *chan)
{
	if (chan->submit_busy && chan->num_units &&
	    axi_dmac_hw_submit_busy(&chan->dmac->hw))
		return false;

	chan->submit_busy = false;

	return true;
}

static void axi_dmac_push(struct axi_dmac_chan *chan, struct axi_dmac_desc *desc,
			  size_t len, bool period_end)
{
	struct axi_dmac_unit *unit = axi_dmac_unit(chan, chan->num_units);

	*unit = (struct axi_dmac_unit) {
		.desc = desc,
		.len = len,
		.period_end = period_end,
	};
	axi_dmac_desc_rewind(desc, &unit->cut_pos);

	chan->num_units++;
	chan->submit_busy = true;
	desc->inflight++;
	desc->at_period_end = period_end;
}

static void axi_dmac_submit_chain(struct axi_dmac_chan *chan, struct axi_dmac_desc *desc)
{
	axi_dmac_hw_submit_chain(&chan->dmac->hw, axi_dmac_desc_head(desc),
				 !axi_dmac_is_silent(chan, desc->run));
	axi_dmac_push(chan, desc, desc->len, desc->cyclic);

	if (desc->run == AXI_DMAC_RUN_AGAIN)
		return;

	chan->current_desc = NULL;
	if (desc->run != AXI_DMAC_RUN_ONCE) {
		chan->loop = desc;
		desc->at_period_end = false;
	}
}

static void axi_dmac_submit_seg(struct axi_dmac_chan *chan, struct axi_dmac_desc *desc)
{
	const struct axi_dmac_seg *seg = axi_dmac_desc_seg(desc, &desc->pos);

	axi_dmac_hw_submit_seg(&chan->dmac->hw, seg, &desc->rows,
			       desc->pos.index + 1 == desc->num_segs,
			       desc->run == AXI_DMAC_RUN_FLAG);
	axi_dmac_push(chan, desc, axi_dmac_desc_seg_len(desc, &desc->pos), seg->period_end);

	if (axi_dmac_desc_next(desc, &desc->pos))
		return;

	axi_dmac_desc_rewind(desc, &desc->pos);
	if (desc->run == AXI_DMAC_RUN_AGAIN)
		return;

	chan->current_desc = NULL;
	if (desc->run == AXI_DMAC_RUN_FLAG)
		chan->loop = desc;
}

static void axi_dmac_submit(struct axi_dmac_chan *chan, struct axi_dmac_desc *desc)
{
	if (axi_dmac_caps(chan)->sg)
		axi_dmac_submit_chain(chan, desc);
	else
		axi_dmac_submit_seg(chan, desc);

	axi_dmac_watch_if_needed(chan, desc);
}

/**
 * axi_dmac_queue_run() - give the core what it takes
 * @chan: the channel
 *
 * Starts a quiet core if there is something to do. Leaves one alone that is
 * draining: this is called again when it is quiet. What cannot be done any more
 * is completed with an error.
 */
void axi_dmac_queue_run(struct axi_dmac_chan *chan)
{
	struct axi_dmac_desc *desc;

	if (chan->gone || chan->state == AXI_DMAC_STUCK) {
		axi_dmac_queue_abort(chan);
		return;
	}

	if (chan->state == AXI_DMAC_QUIET && vchan_next_desc(&chan->vchan)) {
		axi_dmac_hw_start(&chan->dmac->hw, chan->paused);
		WRITE_ONCE(chan->state, AXI_DMAC_RUNNING);
	}

	while (chan->state == AXI_DMAC_RUNNING &&
	       chan->num_units < AXI_DMAC_MAX_OUTSTANDING) {
		desc = axi_dmac_next(chan);
		if (!desc || !axi_dmac_submit_is_free(chan))
			break;
		axi_dmac_submit(chan, desc);
	}
}

static void axi_dmac_period_done(struct axi_dmac_chan *chan, struct axi_dmac_desc *desc)
{
	if (++desc->period == desc->num_periods)
		desc->period = 0;

	if (!axi_dmac_has_callback(desc))
		return;

	desc->due++;
	tasklet_schedule(&chan->vchan.task);
}

static void axi_dmac_pop(struct axi_dmac_chan *chan)
{
	struct axi_dmac_unit *unit = axi_dmac_unit(chan, 0);
	struct axi_dmac_desc *desc = unit->desc;

	chan->first_unit = (chan->first_unit + 1) % AXI_DMAC_MAX_OUTSTANDING;
	chan->num_units--;

	desc->inflight--;
	desc->done += unit->len;
	desc->lost += axi_dmac_partial_lost(chan, unit);
	if (unit->period_end)
		axi_dmac_period_done(chan, desc);
	if (desc->cyclic && desc->done >= desc->len) {
		desc->done = 0;
		desc->lost = 0;
	}
	axi_dmac_complete_if_done(chan, desc);
}

/*
 * Two bits of count do not tell when more than three periods have ended since
 * we looked last. Where there are enough periods, the number of the one in
 * transfer does. It may lag behind by one, or be overtaken by the count.
 */
static unsigned int axi_dmac_periods_done(struct axi_dmac_desc *desc, u32 id,
					  unsigned int count)
{
	u32 at = FIELD_GET(AXI_DMAC_ID_INDEX, id);
	unsigned int n;

	if (desc->num_periods <= AXI_DMAC_FEW_PERIODS || (id & AXI_DMAC_ID_TAG) != desc->tag)
		return count;

	/* It has hardly begun, and what is shown may be from the time before */
	if (!count && !desc->at_period_end)
		return 0;

	for (n = count; n < desc->num_periods; n += AXI_DMAC_COUNT_MASK + 1)
		if ((desc->period + n + desc->num_periods - at) % desc->num_periods <= 2)
			return n;

	return count;
}

/*
 * When a ring is told to end, it may still run another round. It has ended when
 * the marked tail was reached, which was so before the periods were counted, and
 * the count is that of a whole round.
 */
static bool axi_dmac_end_of_ring(struct axi_dmac_desc *desc, u32 id)
{
	return desc->ending && desc->at_period_end && !desc->period &&
	       id == axi_dmac_desc_tail_id(desc);
}

static void axi_dmac_ring_done(struct axi_dmac_chan *chan)
{
	/* Its last period was counted before */
	axi_dmac_unit(chan, 0)->period_end = false;
	chan->loop = NULL;
	axi_dmac_pop(chan);
}

/* The descriptor that is due, if it is a ring whose periods are counted */
static struct axi_dmac_desc *axi_dmac_ring(struct axi_dmac_chan *chan)
{
	struct axi_dmac_desc *desc = axi_dmac_unit(chan, 0)->desc;

	return desc->run == AXI_DMAC_RUN_LOOP_IRQ ? desc : NULL;
}

static void axi_dmac_one_eot(struct axi_dmac_chan *chan)
{
	struct axi_dmac_desc *ring = axi_dmac_ring(chan);

	if (!ring) {
		axi_dmac_pop(chan);
		return;
	}

	ring->at_period_end = true;
	axi_dmac_period_done(chan, ring);
}

static bool axi_dmac_collect(struct axi_dmac_chan *chan, bool look_for_packets)
{
	struct axi_dmac_hw *hw = &chan->dmac->hw;
	unsigned int n, i, settled = 0;
	struct axi_dmac_desc *ring;
	u32 id = 0, count;

	if (chan->state != AXI_DMAC_RUNNING || !chan->num_units)
		return false;

	ring = axi_dmac_ring(chan);
	if (ring && (ring->ending || ring->num_periods > AXI_DMAC_FEW_PERIODS))
		id = axi_dmac_hw_descriptor_id(hw);

	if (!axi_dmac_hw_eot_count(hw, &count))
		return false;

	n = (count - chan->eot_count) & AXI_DMAC_COUNT_MASK;
	if ((n || look_for_packets) && axi_dmac_caps(chan)->partial)
		settled = axi_dmac_partial_take(chan);
	chan->eot_count = count;

	if (ring)
		n = axi_dmac_periods_done(ring, id, n);
	n = max(n, settled);
	for (i = 0; i < n && chan->num_units; i++)
		axi_dmac_one_eot(chan);
	if (settled)
		axi_dmac_start_over(chan);

	if (!ring || !axi_dmac_end_of_ring(ring, id))
		return n;

	axi_dmac_ring_done(chan);

	return true;
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
	return axi_dmac_collect(chan, false);
}

/* The core is at the tail, and has moved nothing of its period, or all of it */
static bool axi_dmac_seems_over(struct axi_dmac_chan *chan, struct axi_dmac_desc *desc)
{
	struct axi_dmac_hw *hw = &chan->dmac->hw;

	return axi_dmac_hw_descriptor_id(hw) == axi_dmac_desc_tail_id(desc) &&
	       !axi_dmac_hw_progress(hw);
}

/* What is behind needs it as soon as what is in front is over, which may be at once */
static void axi_dmac_watch_again(struct axi_dmac_chan *chan)
{
	unsigned int n;

	for (n = 0; n < chan->num_units; n++)
		axi_dmac_watch_if_needed(chan, axi_dmac_unit(chan, n)->desc);
}

/**
 * axi_dmac_queue_check() - look for what no interrupt tells
 * @chan: the channel
 *
 * Short packets that fill the core's FIFO in the middle of a chain stall it for
 * good, and some never complete. And a ring whose periods were miscounted, because
 * interrupts were off for too long, would never be seen to end.
 */
void axi_dmac_queue_check(struct axi_dmac_chan *chan)
{
	struct axi_dmac_desc *desc;

	if (chan->gone || chan->state != AXI_DMAC_RUNNING || !chan->num_units)
		return;

	axi_dmac_collect(chan, true);

	desc = chan->loop;
	if (desc && desc->ending) {
		if (!axi_dmac_seems_over(chan, desc))
			desc->watched = false;
		else if (desc->watched)
			axi_dmac_cut(chan);
		else
			desc->watched = true;
	}

	axi_dmac_queue_run(chan);
	axi_dmac_watch_again(chan);
}

/**
 * axi_dmac_queue_stop() - forget everything, and disable the core
 * @chan: the channel
 *
 * The caller takes the descriptors off their lists.
 */
void axi_dmac_queue_stop(struct axi_dmac_chan *chan)
{
	if (chan->state == AXI_DMAC_RUNNING) {
		axi_dmac_hw_stop(&chan->dmac->hw);
		WRITE_ONCE(chan->state, AXI_DMAC_DRAINING);
	}

	chan->num_units = 0;
	chan->current_desc = NULL;
	chan->loop = NULL;
	chan->cut = NULL;
	chan->paused = false;
}

/* A ring was at its end; what the core repeats by itself may have been anywhere */
static void axi_dmac_complete_cut(struct axi_dmac_chan *chan)
{
	struct axi_dmac_desc *desc = chan->cut;

	dev_dbg(chan->dmac->dev, "cyclic transfer ended by stopping the core\n");
	axi_dmac_complete(desc, desc->run == AXI_DMAC_RUN_FLAG ? DMA_TRANS_ABORTED :
								 DMA_TRANS_NOERROR);
	chan->cut = NULL;
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
	chan->submit_busy = false;

	if (chan->cut)
		axi_dmac_complete_cut(chan);
}

static void axi_dmac_abort_list(struct list_head *head)
{
	struct virt_dma_desc *vdesc, *next;
	struct axi_dmac_desc *desc;

	list_for_each_entry_safe(vdesc, next, head, node) {
		desc = to_axi_dmac_desc(vdesc);
		desc->lost = desc->len;
		desc->due = 0;
		axi_dmac_complete(desc, DMA_TRANS_ABORTED);
	}
}

/**
 * axi_dmac_queue_abort() - complete all that was issued with an error
 * @chan: the channel, whose core cannot be used (any more)
 */
void axi_dmac_queue_abort(struct axi_dmac_chan *chan)
{
	chan->cut = NULL;
	axi_dmac_abort_list(&chan->active);
	axi_dmac_abort_list(&chan->vchan.desc_issued);
}

/*
 * DESCRIPTOR_ID keeps its value while there is nothing to do. If a descriptor is
 * submitted again, what it shows may be from the time before.
 */
static bool axi_dmac_id_is_of_now(struct axi_dmac_desc *desc, u32 progress)
{
	return progress || (desc->run == AXI_DMAC_RUN_LOOP_IRQ && desc->at_period_end);
}

/*
 * What the running unit has done, as far as the core tells. Of a chain there are two
 * counts: bytes since the last EOT, which leave out what short packets left out, and
 * the descriptor in transfer. Neither is too high. (They are read in this order as the
 * next chain may begin in between, which has another id.)
 */
static size_t axi_dmac_unit_progress(struct axi_dmac_chan *chan, struct axi_dmac_unit *unit)
{
	const struct axi_dmac_caps *caps = axi_dmac_caps(chan);
	struct axi_dmac_hw *hw = &chan->dmac->hw;
	struct axi_dmac_desc *desc = unit->desc;
	u32 progress = axi_dmac_hw_progress(hw);
	size_t done = 0;

	/* Counts bursts on the way to a stream, and all laps of a ring */
	if (caps->dst_type == AXI_DMAC_BUS_TYPE_AXI_MM && !axi_dmac_is_ring(desc))
		done = progress;
	if (caps->sg && axi_dmac_id_is_of_now(desc, progress))
		done = max(done, axi_dmac_desc_offset(desc, axi_dmac_hw_descriptor_id(hw)));

	return min(done, unit->len);
}

/**
 * axi_dmac_queue_residue() - how much of a descriptor is still to be done
 * @chan: the channel
 * @desc: a descriptor that was submitted and did not complete
 *
 * Return: bytes, of the present pass if @desc is cyclic.
 */
size_t axi_dmac_queue_residue(struct axi_dmac_chan *chan, struct axi_dmac_desc *desc)
{
	struct axi_dmac_unit *unit;
	size_t done = 0;

	if (chan->state != AXI_DMAC_RUNNING || !chan->num_units)
		return desc->len;

	unit = axi_dmac_unit(chan, 0);
	if (unit->desc == desc)
		done = desc->done + axi_dmac_unit_progress(chan, unit);

	return desc->len - min(done, desc->len);
}
