// SPDX-License-Identifier: GPL-2.0-only
/* A part of the list, and a list that somebody else mapped: not to be touched. */

struct part {
	struct sg_table sgt;
};

static int part_map(struct device *dev, struct part *part)
{
	int ret;

	ret = dma_map_sgtable(dev, &part->sgt, DMA_TO_DEVICE, 0);
	if (ret)
		return ret;

	return 0;
}

static int part_start(struct dma_chan *chan, struct part *part, int nents)
{
	struct dma_async_tx_descriptor *desc;

	desc = dmaengine_prep_slave_sg(chan, part->sgt.sgl, nents, DMA_MEM_TO_DEV, 0);
	if (!desc)
		return -ENOMEM;

	return 0;
}

static void part_unmap(struct device *dev, struct part *part)
{
	dma_unmap_sgtable(dev, &part->sgt, DMA_TO_DEVICE, 0);
}

struct other {
	struct sg_table *table;
};

static int other_start(struct dma_chan *chan, struct other *other)
{
	struct dma_async_tx_descriptor *desc;

	desc = dmaengine_prep_slave_sg(chan, other->table->sgl, other->table->nents,
				       DMA_MEM_TO_DEV, 0);
	if (!desc)
		return -ENOMEM;

	return 0;
}
