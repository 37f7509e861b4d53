// SPDX-License-Identifier: GPL-2.0-only
/* The work is done by others, who are given the list, an entry, or the first one. */

static size_t helpers_count(struct helpers *h, struct scatterlist *sgl, unsigned int sg_len)
{
	struct scatterlist *sg;
	size_t n = 0;
	int i;

	for_each_sg(sgl, sg, sg_len, i)
		n += sg_dma_len(sg) / h->unit;

	return n;
}

static int helpers_fill(struct helpers_hw *hw, struct scatterlist *sg, bool last)
{
	if (sg_dma_len(sg) > HELPERS_MAX)
		return -EINVAL;

	hw->addr = sg_dma_address(sg);
	hw->ctrl = sg_dma_len(sg) | (last ? HELPERS_LAST : 0);

	return 0;
}

static u32 helpers_burst(struct scatterlist *sg)
{
	return sg_dma_address(sg) & 63 ? 4 : 64;
}

static struct dma_async_tx_descriptor *
helpers_prep_slave_sg(struct dma_chan *chan, struct scatterlist *sgl, unsigned int sg_len,
		      enum dma_transfer_direction dir, unsigned long flags, void *context)
{
	struct helpers *h = to_helpers(chan);
	struct helpers_desc *desc;
	struct scatterlist *sg;
	int i;

	desc = helpers_alloc(h, helpers_count(h, sgl, sg_len), helpers_burst(sgl));
	if (!desc)
		return NULL;

	for_each_sg(sgl, sg, sg_len, i)
		if (helpers_fill(&desc->hw[i], sg, i == sg_len - 1))
			return NULL;

	return &desc->tx;
}

static void helpers_init(struct helpers *h)
{
	h->dma->device_prep_slave_sg = helpers_prep_slave_sg;
}
