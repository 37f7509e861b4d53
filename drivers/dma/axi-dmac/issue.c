// SPDX-License-Identifier: GPL-2.0-only
/*
 * Transfers between submit and issue, and finding one by its cookie.
 *
 * A client may submit any number of transfers before it issues them, and may ask for
 * the status of any of them. None of that may walk all of them with interrupts off. So
 * each transfer is noted first, a few of them at a time: it moves from virt-dma's list
 * of submitted transfers to the list of noted ones, and into a tree that is sorted by
 * cookie. Issuing all noted transfers is joining two lists then.
 */

#include <linux/list.h>
#include <linux/rbtree.h>

#include "axi-dmac.h"

static dma_cookie_t axi_dmac_cookie(const struct rb_node *node)
{
	return rb_entry(node, struct axi_dmac_desc, by_cookie)->vdesc.tx.cookie;
}

static bool axi_dmac_cookie_less(struct rb_node *a, const struct rb_node *b)
{
	return axi_dmac_cookie(a) < axi_dmac_cookie(b);
}

static int axi_dmac_cookie_compare(const void *key, const struct rb_node *node)
{
	dma_cookie_t cookie = *(const dma_cookie_t *)key;

	return cookie < axi_dmac_cookie(node) ? -1 : cookie > axi_dmac_cookie(node);
}

static void axi_dmac_note(struct axi_dmac_chan *chan, struct axi_dmac_desc *desc)
{
	/* It may have run before */
	desc->done = 0;

	list_move_tail(&desc->vdesc.node, &chan->noted);
	rb_add(&desc->by_cookie, &chan->cookies, axi_dmac_cookie_less);

	if (desc->vdesc.tx.flags & DMA_PREP_LOAD_EOT)
		chan->noted_replacer = desc;
}

/* Return whether there are more */
static bool axi_dmac_note_some(struct axi_dmac_chan *chan)
{
	unsigned int max = AXI_DMAC_BATCH;
	struct virt_dma_desc *vdesc;

	while ((vdesc = list_first_entry_or_null(&chan->vchan.desc_submitted,
						 struct virt_dma_desc, node))) {
		if (!max--)
			return true;
		axi_dmac_note(chan, to_axi_dmac_desc(vdesc));
	}

	return false;
}

static void axi_dmac_issue_noted(struct axi_dmac_chan *chan)
{
	if (chan->noted_replacer)
		chan->replacer = chan->noted_replacer;
	chan->noted_replacer = NULL;

	list_splice_tail_init(&chan->noted, &chan->vchan.desc_issued);
}

/**
 * axi_dmac_issue() - issue what was submitted, and start it as far as that is possible
 * @chan: the channel
 *
 * Context: Any, does not sleep. Interrupts are off for a few transfers at a time.
 */
void axi_dmac_issue(struct axi_dmac_chan *chan)
{
	bool more, dead = false;

	do {
		guard(spinlock_irqsave)(&chan->vchan.lock);

		more = axi_dmac_note_some(chan);
		if (more)
			continue;

		axi_dmac_issue_noted(chan);
		if (!list_empty(&chan->vchan.desc_issued))
			dead = axi_dmac_go(chan);
	} while (more);

	if (dead)
		axi_dmac_abort(chan);
}

/**
 * axi_dmac_note_all() - let axi_dmac_find() find all that was submitted
 * @chan: the channel
 *
 * Context: Any, does not sleep. Interrupts are off for a few transfers at a time.
 */
void axi_dmac_note_all(struct axi_dmac_chan *chan)
{
	bool more = !list_empty(&chan->vchan.desc_submitted);

	while (more) {
		guard(spinlock_irqsave)(&chan->vchan.lock);
		more = axi_dmac_note_some(chan);
	}
}

/**
 * axi_dmac_find() - find a transfer that is not over
 * @chan: the channel, with its lock held
 * @cookie: what the client knows it by
 *
 * Return: the descriptor, or NULL if no noted transfer has the cookie.
 */
struct axi_dmac_desc *axi_dmac_find(struct axi_dmac_chan *chan, dma_cookie_t cookie)
{
	struct rb_node *node = rb_find(&cookie, &chan->cookies, axi_dmac_cookie_compare);

	return node ? rb_entry(node, struct axi_dmac_desc, by_cookie) : NULL;
}

/**
 * axi_dmac_unlist() - take a descriptor off the list that it is on, and out of the tree
 * @desc: the descriptor; its channel's lock is held
 */
void axi_dmac_unlist(struct axi_dmac_desc *desc)
{
	list_del(&desc->vdesc.node);

	if (RB_EMPTY_NODE(&desc->by_cookie))
		return;

	rb_erase(&desc->by_cookie, &desc->chan->cookies);
	RB_CLEAR_NODE(&desc->by_cookie);
}
