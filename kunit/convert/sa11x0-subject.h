/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A split loop: entries longer than the hardware takes are cut into equal parts,
 * which a first walk over the list has counted.
 */

static struct dma_chan *setup(struct kunit *test)
{
	struct sa11x0_dma_chan *c = kunit_kzalloc(test, sizeof(*c), GFP_KERNEL);
	struct dma_chan *chan = fake_chan(test, c ? &c->vc.chan : NULL);

	vchan_init(&c->vc, chan->device);

	return chan;
}

static void dump_desc(struct dma_chan *chan, struct dma_async_tx_descriptor *tx,
		      struct dump *dump)
{
	struct sa11x0_dma_desc *txd;
	unsigned int i;

	txd = container_of(tx, struct sa11x0_dma_desc, vd.tx);
	dump_word(dump, tx->flags);
	dump_word(dump, txd->ddar);
	dump_word(dump, txd->size);
	dump_word(dump, txd->sglen);
	for (i = 0; i < txd->sglen; i++) {
		dump_word(dump, txd->sg[i].addr);
		dump_word(dump, txd->sg[i].len);
	}

	kfree(txd);
}

#define PREP_SG sa11x0_dma_prep_slave_sg
#define PREP_VEC sa11x0_dma_prep_peripheral_dma_vec
#include "subject.h"
