// SPDX-License-Identifier: GPL-2.0-only
/* A list that is taken for an array, and one that is taken for a single entry. */

static struct dma_async_tx_descriptor *
array_prep_slave_sg(struct dma_chan *chan, struct scatterlist *sgl, unsigned int sg_len,
		    enum dma_transfer_direction dir, unsigned long flags, void *context)
{
	struct array_desc *desc = array_alloc(chan, sg_len);
	unsigned int i;

	for (i = 0; i < sg_len; i++) {
		desc->hw[i].addr = sg_dma_address(&sgl[i]);
		desc->hw[i].len = sg_dma_len(&sgl[i]);
	}

	return &desc->tx;
}

static struct dma_async_tx_descriptor *
single_prep_slave_sg(struct dma_chan *chan, struct scatterlist *only, unsigned int one,
		     enum dma_transfer_direction dir, unsigned long flags, void *context)
{
	if ((only == NULL) || (one != 1))
		return NULL;

	return single_prep(chan, sg_dma_address(only), sg_dma_len(only));
}

static void hand_init(struct dma_device *array, struct dma_device *single)
{
	array->device_prep_slave_sg = array_prep_slave_sg;
	single->device_prep_slave_sg = single_prep_slave_sg;
}
