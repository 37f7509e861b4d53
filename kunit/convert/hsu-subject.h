/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One to one: an element of an array for each entry.
 */

static struct dma_chan *setup(struct kunit *test)
{
	struct hsu_dma_chan *hsuc = kunit_kzalloc(test, sizeof(*hsuc), GFP_KERNEL);
	struct dma_chan *chan = fake_chan(test, hsuc ? &hsuc->vchan.chan : NULL);

	vchan_init(&hsuc->vchan, chan->device);

	return chan;
}

static void dump_desc(struct dma_chan *chan, struct dma_async_tx_descriptor *tx,
		      struct dump *dump)
{
	struct hsu_dma_desc *desc;
	unsigned int i;

	desc = container_of(tx, struct hsu_dma_desc, vdesc.tx);
	dump_word(dump, tx->flags);
	dump_word(dump, desc->direction);
	dump_word(dump, desc->length);
	dump_word(dump, desc->nents);
	for (i = 0; i < desc->nents; i++) {
		dump_word(dump, desc->sg[i].addr);
		dump_word(dump, desc->sg[i].len);
	}

	kfree(desc->sg);
	kfree(desc);
}

#define PREP_SG hsu_dma_prep_slave_sg
#define PREP_VEC hsu_dma_prep_peripheral_dma_vec
#include "subject.h"
