// SPDX-License-Identifier: GPL-2.0-only
/* The length of the pages beside the address for the device. */

static void argument(struct desc *desc, struct scatterlist *sg)
{
	write_desc(desc, sg_dma_address(sg), 0, sg->length);
}

static void behind(struct desc *desc, struct scatterlist *sg)
{
	desc->addr = sg_dma_address(sg);
	desc->len = sg->length;
}

static void before(struct desc *desc, struct scatterlist *sg)
{
	desc->len = sg->length;
	desc->addr = sg_dma_address(sg);
}

static void right(struct desc *desc, struct scatterlist *sg)
{
	write_desc(desc, sg_dma_address(sg), 0, sg_dma_len(sg));
	copy(sg_virt(sg), sg->length);
}
