// SPDX-License-Identifier: GPL-2.0
/*
 * DMABUFs as they look behind an IOMMU: memory that has a page in each entry of
 * its scatterlist, and one address for the device. The entries of the second kind
 * are fewer, and what comes behind them means nothing. Programs get them from
 * /dev/dma_heap/board-iommu.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <linux/dma-buf.h>
#include <linux/dma-heap.h>
#include <linux/dma-mapping.h>
#include <linux/err.h>
#include <linux/gfp.h>
#include <linux/init.h>
#include <linux/mm.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>

#include "board-heap.h"

static void adm_iommu_fill(struct sg_table *sgt, void *mem)
{
	struct scatterlist *sg;
	unsigned int i;

	for_each_sgtable_sg(sgt, sg, i) {
		sg_set_page(sg, virt_to_page(mem + i * PAGE_SIZE), PAGE_SIZE, 0);
		sg_dma_address(sg) = DMA_MAPPING_ERROR;
		sg_dma_len(sg) = 0;
	}
}

static int adm_iommu_map_pages(struct dma_buf_attachment *attach, struct sg_table *sgt,
			       enum dma_data_direction dir)
{
	struct dma_buf *dmabuf = attach->dmabuf;
	dma_addr_t addr = dma_map_single(attach->dev, dmabuf->priv, dmabuf->size, dir);

	if (dma_mapping_error(attach->dev, addr))
		return -ENOMEM;
	adm_iommu_fill(sgt, dmabuf->priv);
	sg_dma_address(sgt->sgl) = addr;
	sg_dma_len(sgt->sgl) = dmabuf->size;
	sgt->nents = 1;
	return 0;
}

static struct sg_table *adm_iommu_map(struct dma_buf_attachment *attach,
				      enum dma_data_direction dir)
{
	struct dma_buf *dmabuf = attach->dmabuf;
	struct sg_table *sgt = kzalloc_obj(*sgt);

	if (!sgt)
		return ERR_PTR(-ENOMEM);
	if (sg_alloc_table(sgt, dmabuf->size >> PAGE_SHIFT, GFP_KERNEL) ||
	    adm_iommu_map_pages(attach, sgt, dir)) {
		adm_heap_free_table(sgt);
		return ERR_PTR(-ENOMEM);
	}
	return sgt;
}

static void adm_iommu_unmap(struct dma_buf_attachment *attach, struct sg_table *sgt,
			    enum dma_data_direction dir)
{
	dma_unmap_single(attach->dev, sg_dma_address(sgt->sgl), attach->dmabuf->size, dir);
	adm_heap_free_table(sgt);
}

static int adm_iommu_mmap(struct dma_buf *dmabuf, struct vm_area_struct *vma)
{
	return remap_pfn_range(vma, vma->vm_start, PHYS_PFN(virt_to_phys(dmabuf->priv)),
			       vma->vm_end - vma->vm_start, vma->vm_page_prot);
}

static void adm_iommu_release(struct dma_buf *dmabuf)
{
	free_pages_exact(dmabuf->priv, dmabuf->size);
}

static const struct dma_buf_ops adm_iommu_buf_ops = {
	.map_dma_buf = adm_iommu_map,
	.unmap_dma_buf = adm_iommu_unmap,
	.begin_cpu_access = adm_heap_begin_cpu_access,
	.mmap = adm_iommu_mmap,
	.release = adm_iommu_release,
};

static struct dma_buf *adm_iommu_allocate(struct dma_heap *heap, unsigned long len,
					  u32 fd_flags, u64 heap_flags)
{
	void *mem = alloc_pages_exact(len, GFP_KERNEL | __GFP_ZERO);
	struct dma_buf *dmabuf;

	if (!mem)
		return ERR_PTR(-ENOMEM);
	dmabuf = adm_heap_export(heap, len, fd_flags, &adm_iommu_buf_ops, mem);
	if (IS_ERR(dmabuf))
		free_pages_exact(mem, len);
	return dmabuf;
}

static const struct dma_heap_ops adm_iommu_ops = {
	.allocate = adm_iommu_allocate,
};

static int __init adm_iommu_init(void)
{
	return adm_heap_add("board-iommu", &adm_iommu_ops);
}
device_initcall(adm_iommu_init);
