// SPDX-License-Identifier: GPL-2.0-only
/*
 * From the interrupt to the client's callback.
 *
 * The handler does what the core waits for. The tasklet calls the clients. It
 * takes the place of virt-dma's own for two reasons: a reusable descriptor is
 * back in the client's hands before its callback is called, so that it can be
 * submitted again from there; and no period of a cyclic transfer is dropped when
 * several end before the tasklet runs.
 */

#include <linux/interrupt.h>

#include "axi-dmac.h"

/* Callbacks in a row, then others have their turn */
#define AXI_DMAC_TASKLET_BUDGET	64

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

	if (chan->gone)
		return IRQ_NONE;

	if (chan->state != AXI_DMAC_RUNNING || !chan->num_units)
		return axi_dmac_idle_irq(hw);

	axi_dmac_hw_irq_ack(hw, AXI_DMAC_IRQ_EOT);
	if (!axi_dmac_queue_collect(chan))
		return IRQ_NONE;

	axi_dmac_queue_run(chan);

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

void axi_dmac_watch(struct timer_list *t)
{
	struct axi_dmac_chan *chan = container_of(t, struct axi_dmac_chan, watch);
	unsigned long flags;

	spin_lock_irqsave(&chan->vchan.lock, flags);
	axi_dmac_queue_check(chan);
	spin_unlock_irqrestore(&chan->vchan.lock, flags);
}

/* What the tasklet has to do for a descriptor, once the lock was dropped */
struct axi_dmac_call {
	struct dmaengine_desc_callback cb;
	struct dmaengine_result result;
	struct axi_dmac_desc *unused;
};

static void axi_dmac_get_period_call(struct axi_dmac_desc *desc, struct axi_dmac_call *call)
{
	dmaengine_desc_get_callback(&desc->vdesc.tx, &call->cb);
	desc->due--;
}

/* A cyclic transfer has told of its periods, and has nothing to add at its end */
static void axi_dmac_get_final_call(struct axi_dmac_chan *chan, struct axi_dmac_desc *desc,
				    struct axi_dmac_call *call)
{
	struct virt_dma_desc *vdesc = &desc->vdesc;

	call->result = vdesc->tx_result;
	if (!desc->cyclic || call->result.result != DMA_TRANS_NOERROR)
		dmaengine_desc_get_callback(&vdesc->tx, &call->cb);

	list_del(&vdesc->node);
	if (!dmaengine_desc_test_reuse(&vdesc->tx)) {
		call->unused = desc;
		return;
	}

	desc->place = AXI_DMAC_WITH_CLIENT;
	list_add_tail(&vdesc->node, &chan->vchan.desc_allocated);
}

static bool axi_dmac_get_call(struct axi_dmac_chan *chan, struct axi_dmac_call *call)
{
	struct virt_dma_desc *vdesc;
	struct axi_dmac_desc *desc;

	*call = (struct axi_dmac_call) { .result.result = DMA_TRANS_NOERROR };

	vdesc = list_first_entry_or_null(&chan->vchan.desc_completed,
					 struct virt_dma_desc, node);
	if (vdesc) {
		desc = to_axi_dmac_desc(vdesc);
		if (desc->due)
			axi_dmac_get_period_call(desc, call);
		else
			axi_dmac_get_final_call(chan, desc, call);
		return true;
	}

	/* Periods of one that goes on; whatever came before it has completed */
	vdesc = list_first_entry_or_null(&chan->active, struct virt_dma_desc, node);
	if (!vdesc || !to_axi_dmac_desc(vdesc)->due)
		return false;

	axi_dmac_get_period_call(to_axi_dmac_desc(vdesc), call);

	return true;
}

void axi_dmac_tasklet(struct tasklet_struct *t)
{
	struct axi_dmac_chan *chan = container_of(t, struct axi_dmac_chan, vchan.task);
	unsigned int budget = AXI_DMAC_TASKLET_BUDGET;
	struct axi_dmac_call call;
	unsigned long flags;
	bool more;

	for (;;) {
		spin_lock_irqsave(&chan->vchan.lock, flags);
		more = axi_dmac_get_call(chan, &call);
		spin_unlock_irqrestore(&chan->vchan.lock, flags);
		if (!more)
			return;

		dmaengine_desc_callback_invoke(&call.cb, &call.result);
		if (call.unused)
			axi_dmac_desc_free(call.unused);

		if (!--budget) {
			tasklet_schedule(t);
			return;
		}
	}
}
