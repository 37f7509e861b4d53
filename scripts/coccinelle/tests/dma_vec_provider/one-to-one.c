// SPDX-License-Identifier: GPL-2.0-only
/* One descriptor for each entry; the list is looked at in all ways that are known. */

static struct dma_async_tx_descriptor *
one_prep_slave_sg(struct dma_chan *chan, struct scatterlist *sgl, unsigned int sg_len,
		  enum dma_transfer_direction dir, unsigned long flags, void *context)
{
	struct one_desc *desc;
	struct scatterlist *sg;
	unsigned int i;

	if (!sgl || !sg_len)
		return NULL;

	dev_dbg(chan2dev(chan), "starts with %u bytes\n", sg_dma_len(sgl));

	desc = kzalloc(struct_size(desc, sg, sg_len), GFP_NOWAIT);
	if (!desc)
		return NULL;

	for_each_sg(sgl, sg, sg_len, i) {
		if (sg->dma_address & 3) {
			dev_err(chan2dev(chan), "%pad, %u bytes\n", &sg_dma_address(sg),
				sg_dma_len(sg));
			kfree(desc);
			return NULL;
		}
		desc->sg[i].addr = sg_dma_address(sg);
		desc->sg[i].len = sg_dma_len(sg);
	}

	return vchan_tx_prep(to_virt_chan(chan), &desc->vd, flags);
}

/* Another list of the same name */
static void one_dump(struct scatterlist *sgl, unsigned int sg_len)
{
	struct scatterlist *sg;
	unsigned int i;

	for_each_sg(sgl, sg, sg_len, i)
		pr_info("%u\n", sg_dma_len(sg));
}

static int one_probe(struct one *one)
{
	one->dma.device_prep_slave_sg = one_prep_slave_sg;

	return 0;
}
