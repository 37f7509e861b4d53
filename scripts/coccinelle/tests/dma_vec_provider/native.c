// SPDX-License-Identifier: GPL-2.0-only
/* One of both takes vectors already, and has the name that the script would give. */

static struct dma_async_tx_descriptor *
native_prep_slave_sg(struct dma_chan *chan, struct scatterlist *sgl, unsigned int sg_len,
		     enum dma_transfer_direction dir, unsigned long flags, void *context)
{
	struct scatterlist *sg;
	int i;

	for_each_sg(sgl, sg, sg_len, i)
		native_add(chan, sg_dma_address(sg), sg_dma_len(sg));

	return native_done(chan);
}

static struct dma_async_tx_descriptor *
native_prep_peripheral_dma_vec(struct dma_chan *chan, const struct dma_vec *vecs, size_t n,
			       enum dma_transfer_direction dir, unsigned long flags)
{
	while (n--)
		native_add(chan, vecs->addr, vecs++->len);

	return native_done(chan);
}

static struct dma_async_tx_descriptor *
other_prep_slave_sg(struct dma_chan *chan, struct scatterlist *list, unsigned int n,
		    enum dma_transfer_direction dir, unsigned long flags, void *context)
{
	struct scatterlist *entry;
	struct other *other;
	int i;

	other = kzalloc_flex(*other, list, n, GFP_NOWAIT);
	if (!other)
		return NULL;

	for_each_sg(list, entry, n, i)
		other->list[i] = sg_dma_address(entry);

	return &other->tx;
}

static void native_init(struct native *native)
{
	if (native->is_native) {
		native->dma.device_prep_peripheral_dma_vec = native_prep_peripheral_dma_vec;
		native->dma.device_prep_slave_sg = native_prep_slave_sg;
	} else {
		native->dma.device_prep_slave_sg = other_prep_slave_sg;
	}
}
