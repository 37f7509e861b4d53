// SPDX-License-Identifier: GPL-2.0-only
/* A scatterlist that is a member, mapped once. */

struct buf {
	struct dma_chan *chan;
	struct sg_table sgt;
	struct device *dev;
};

static int buf_map(struct buf *buf)
{
	int ret;

	ret = dma_map_sgtable(buf->dev, &buf->sgt, DMA_FROM_DEVICE, 0);
	if (ret)
		return ret;

	return 0;
}

static int buf_start(struct buf *buf)
{
	struct dma_async_tx_descriptor *desc;

	desc = dmaengine_prep_slave_sg(buf->chan, buf->sgt.sgl, buf->sgt.nents,
				       DMA_DEV_TO_MEM, DMA_PREP_INTERRUPT);
	if (!desc)
		return -ENOMEM;

	desc->callback = buf_done;
	dmaengine_submit(desc);

	return 0;
}

static void buf_unmap(struct buf *buf)
{
	dma_unmap_sgtable(buf->dev, &buf->sgt, DMA_FROM_DEVICE, 0);
}
