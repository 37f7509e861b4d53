// SPDX-License-Identifier: GPL-2.0
/*
 * DMABUFs as they look behind an IOMMU: memory that has a page in each entry of
 * its scatterlist, and one address for the device. The entries of the second kind
 * are fewer, and what comes behind them means nothing. Programs get them from
 * /dev/dma_heap/board-iommu.
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

static void adm_heap_fill(struct sg_table *sgt, void *mem)
{
	struct scatterlist *sg;
	unsigned int i;

	for_each_sgtable_sg(sgt, sg, i) {
		sg_set_page(sg, virt_to_page(mem + i * PAGE_SIZE), PAGE_SIZE, 0);
		sg_dma_address(sg) = DMA_MAPPING_ERROR;
		sg_dma_len(sg) = 0;
	}
}

static int adm_heap_map_pages(struct dma_buf_attachment *attach, struct sg_table *sgt,
			      enum dma_data_direction dir)
{
	struct dma_buf *dmabuf = attach->dmabuf;
	dma_addr_t addr = dma_map_single(attach->dev, dmabuf->priv, dmabuf->size, dir);

	if (dma_mapping_error(attach->dev, addr))
		return -ENOMEM;
	sg_dma_address(sgt->sgl) = addr;
	sg_dma_len(sgt->sgl) = dmabuf->size;
	sgt->nents = 1;
	return 0;
}

static struct sg_table *adm_heap_map(struct dma_buf_attachment *attach,
				     enum dma_data_direction dir)
{
	struct dma_buf *dmabuf = attach->dmabuf;
	struct sg_table *sgt = kzalloc_obj(*sgt);

	if (!sgt)
		return ERR_PTR(-ENOMEM);
	if (sg_alloc_table(sgt, dmabuf->size >> PAGE_SHIFT, GFP_KERNEL))
		goto err_free;
	adm_heap_fill(sgt, dmabuf->priv);
	if (adm_heap_map_pages(attach, sgt, dir))
		goto err_free_table;
	return sgt;

err_free_table:
	sg_free_table(sgt);
err_free:
	kfree(sgt);
	return ERR_PTR(-ENOMEM);
}

static void adm_heap_unmap(struct dma_buf_attachment *attach, struct sg_table *sgt,
			   enum dma_data_direction dir)
{
	dma_unmap_single(attach->dev, sg_dma_address(sgt->sgl), attach->dmabuf->size, dir);
	sg_free_table(sgt);
	kfree(sgt);
}

static int adm_heap_mmap(struct dma_buf *dmabuf, struct vm_area_struct *vma)
{
	return remap_pfn_range(vma, vma->vm_start, PHYS_PFN(virt_to_phys(dmabuf->priv)),
			       vma->vm_end - vma->vm_start, vma->vm_page_prot);
}

static void adm_heap_release(struct dma_buf *dmabuf)
{
	free_pages_exact(dmabuf->priv, dmabuf->size);
}

static const struct dma_buf_ops adm_heap_buf_ops = {
	.map_dma_buf = adm_heap_map,
	.unmap_dma_buf = adm_heap_unmap,
	.mmap = adm_heap_mmap,
	.release = adm_heap_release,
};

static struct dma_buf *adm_heap_allocate(struct dma_heap *heap, unsigned long len,
					 u32 fd_flags, u64 heap_flags)
{
	DEFINE_DMA_BUF_EXPORT_INFO(info);
	struct dma_buf *dmabuf;

	info.exp_name = dma_heap_get_name(heap);
	info.ops = &adm_heap_buf_ops;
	info.size = len;
	info.flags = fd_flags;
	info.priv = alloc_pages_exact(len, GFP_KERNEL | __GFP_ZERO);
	if (!info.priv)
		return ERR_PTR(-ENOMEM);
	dmabuf = dma_buf_export(&info);
	if (IS_ERR(dmabuf))
		free_pages_exact(info.priv, len);
	return dmabuf;
}

static const struct dma_heap_ops adm_heap_ops = {
	.allocate = adm_heap_allocate,
};

static int __init adm_heap_init(void)
{
	const struct dma_heap_export_info info = {
		.name = "board-iommu",
		.ops = &adm_heap_ops,
	};

	return PTR_ERR_OR_ZERO(dma_heap_add(&info));
}
device_initcall(adm_heap_init);
