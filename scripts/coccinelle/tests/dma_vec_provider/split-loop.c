// SPDX-License-Identifier: GPL-2.0-only
/* Two walks, and a context that is more than decoration. */

static struct dma_async_tx_descriptor *split_prep_slave_sg(struct dma_chan *c,
	struct scatterlist *sg, unsigned int sglen, enum dma_transfer_direction dir,
	unsigned long flags, void *context)
{
	struct split_desc *desc;
	struct scatterlist *sgent;
	size_t len;
	int i, n = 0;

	for_each_sg(sg, sgent, sglen, i)
		n += DIV_ROUND_UP(sg_dma_len(sgent), SPLIT_MAX);

	desc = split_alloc(c, n);
	if (!desc)
		return NULL;

	if (context)
		memcpy(desc->app, context, sizeof(desc->app));

	for_each_sg(sg, sgent, sglen, i) {
		dma_addr_t addr = sg_dma_address(sgent);

		for (len = sg_dma_len(sgent); len; len -= n) {
			n = min_t(size_t, len, SPLIT_MAX);
			split_add(desc, addr, n);
			addr += n;
		}
	}

	return vchan_tx_prep(to_virt_chan(c), &desc->vd, flags);
}

static void split_init(struct dma_device *dev)
{
	dev->device_prep_slave_sg = split_prep_slave_sg;
}
