/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A helper that is given an entry writes what the hardware reads, and refuses
 * what that has no room for.
 */

#define ELEMENTS 32

static struct dma_chan *setup(struct kunit *test)
{
	struct timb_dma_chan *td_chan = kunit_kzalloc(test, sizeof(*td_chan), GFP_KERNEL);
	struct dma_chan *chan = fake_chan(test, td_chan ? &td_chan->chan : NULL);
	struct timb_dma_desc *td_desc = kunit_kzalloc(test, sizeof(*td_desc), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, td_desc);
	td_desc->desc_list_len = ELEMENTS * TIMB_DMA_DESC_SIZE;
	td_desc->desc_list = kunit_kzalloc(test, td_desc->desc_list_len, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, td_desc->desc_list);
	async_tx_ack(&td_desc->txd);

	spin_lock_init(&td_chan->lock);
	INIT_LIST_HEAD(&td_chan->free_list);
	list_add_tail(&td_desc->desc_node, &td_chan->free_list);
	td_chan->direction = DMA_MEM_TO_DEV;

	return chan;
}

static void dump_desc(struct dma_chan *chan, struct dma_async_tx_descriptor *tx,
		      struct dump *dump)
{
	struct timb_dma_desc *td_desc = container_of(tx, struct timb_dma_desc, txd);
	unsigned int i;

	dump_word(dump, td_desc->interrupt);
	for (i = 0; i < td_desc->desc_list_len; i++)
		dump_word(dump, td_desc->desc_list[i]);
}

#define PREP_SG td_prep_slave_sg
#define PREP_VEC td_prep_peripheral_dma_vec
#include "subject.h"
