// SPDX-License-Identifier: GPL-2.0-only
/* As many entries as there are pages, where fewer have a DMA address. */

static size_t walk(struct desc *desc, struct sg_table *sgt)
{
	struct scatterlist *sg;
	size_t len = 0;
	int i;

	for_each_sgtable_sg(sgt, sg, i)
		write_desc(&desc[i], sg_dma_address(sg));

	for_each_sg(sgt->sgl, sg, sgt->orig_nents, i) {
		len += sg_dma_len(sg);
		write_desc(&desc[i], sg_dma_address(sg));
	}

	/* Both sides: whatever it is, no script knows */
	for_each_sgtable_sg(sgt, sg, i) {
		flush(sg_page(sg));
		write_desc(&desc[i], sg_dma_address(sg));
	}

	for_each_sgtable_dma_sg(sgt, sg, i)
		write_desc(&desc[i], sg_dma_address(sg));

	for_each_sgtable_sg(sgt, sg, i)
		flush(sg_page(sg));

	return len;
}
