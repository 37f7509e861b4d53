// SPDX-License-Identifier: GPL-2.0-only
/* sg_nents_for_len() on what is mapped, and where it is right. */

static int map_table(struct device *dev, struct sg_table *sgt, size_t len)
{
	if (dma_map_sgtable(dev, sgt, DMA_TO_DEVICE, 0))
		return -ENOMEM;

	return sg_nents_for_len(sgt->sgl, len);
}

static int map_list(struct device *dev, struct scatterlist *sgl, int n, size_t len)
{
	if (!dma_map_sg(dev, sgl, n, DMA_TO_DEVICE))
		return -ENOMEM;

	return sg_nents_for_len(sgl, len);
}

static int attach(struct priv *priv, struct dma_buf_attachment *attach)
{
	struct sg_table *table;

	table = dma_buf_map_attachment(attach, DMA_TO_DEVICE);
	if (IS_ERR(table))
		return PTR_ERR(table);

	priv->table = table;

	return 0;
}

static int transfer(struct priv *priv, size_t len)
{
	return queue(priv->table->sgl, sg_nents_for_len(priv->table->sgl, len));
}

static void fill(struct dma_vec *vecs, struct scatterlist *sgl, size_t len)
{
	int i, n = sg_nents_for_len(sgl, len);

	for (i = 0; i < n; i++, sgl = sg_next(sgl))
		vecs[i].addr = sg_dma_address(sgl);
}

/* To know how much is to be mapped is what it is for */
static dma_addr_t right(struct device *dev, struct scatterlist *sgl, size_t len)
{
	int n = sg_nents_for_len(sgl, len);

	if (n < 0 || !dma_map_sg(dev, sgl, n, DMA_TO_DEVICE))
		return DMA_MAPPING_ERROR;

	return sg_dma_address(sgl);
}
