// SPDX-License-Identifier: GPL-2.0-only
/* What the iterator cannot stand for: nothing of this may be touched. */

static struct dma_async_tx_descriptor *
keeps_prep_slave_sg(struct dma_chan *chan, struct scatterlist *sgl, unsigned int sg_len,
		    enum dma_transfer_direction dir, unsigned long flags, void *context)
{
	struct keeps *keeps = to_keeps(chan);

	keeps->sgl = sgl;
	keeps->sg_len = sg_len;

	return &keeps->tx;
}

static struct dma_async_tx_descriptor *
pages_prep_slave_sg(struct dma_chan *chan, struct scatterlist *list, unsigned int n,
		    enum dma_transfer_direction dir, unsigned long flags, void *context)
{
	struct scatterlist *entry;
	int i;

	for_each_sg(list, entry, n, i)
		pages_add(sg_page(entry), sg_dma_len(entry));

	return pages_done(chan);
}

static struct dma_async_tx_descriptor *
after_prep_slave_sg(struct dma_chan *chan, struct scatterlist *head, unsigned int count,
		    enum dma_transfer_direction dir, unsigned long flags, void *context)
{
	struct scatterlist *s;
	int i;

	for_each_sg(head, s, count, i) {
		if (!sg_dma_len(s))
			break;
		after_add(sg_dma_address(s));
	}

	return after_done(chan, sg_dma_len(s));
}

static struct dma_async_tx_descriptor *
elsewhere_prep_slave_sg(struct dma_chan *chan, struct scatterlist *first, unsigned int m,
			enum dma_transfer_direction dir, unsigned long flags, void *context)
{
	return elsewhere_prep(chan, first, m, dir);
}

static void handing_hw(struct handing *handing, struct scatterlist *sgl)
{
	memcpy(handing->fifo, sg_virt(sgl), sg_dma_len(sgl));
}

static struct dma_async_tx_descriptor *
handing_prep_slave_sg(struct dma_chan *chan, struct scatterlist *sgl, unsigned int sg_len,
		      enum dma_transfer_direction dir, unsigned long flags, void *context)
{
	struct handing *handing = to_handing(chan);

	handing_hw(handing, sgl);

	return &handing->tx;
}

static void refused_init(struct dma_device *dev)
{
	dev->device_prep_slave_sg = keeps_prep_slave_sg;
	dev->device_prep_slave_sg = pages_prep_slave_sg;
	dev->device_prep_slave_sg = after_prep_slave_sg;
	dev->device_prep_slave_sg = elsewhere_prep_slave_sg;
	dev->device_prep_slave_sg = handing_prep_slave_sg;
}
