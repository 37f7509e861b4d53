// SPDX-License-Identifier: GPL-2.0
/*
 * DMABUFs in which no page follows the one before it, so that each takes an entry
 * of the scatterlist and a segment of the core. Exporters join neighbours, or do
 * not, and allocators hand them out, or do not: what a transfer of so many segments
 * does must not depend on that. Programs get them from /dev/dma_heap/board-scattered.
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
#include <linux/sort.h>

#include "board-heap.h"

struct adm_scattered {
	size_t num;
	struct page *pages[] __counted_by(num);
};

/* Downwards, a page is never where the one before it ends */
static int adm_scattered_compare(const void *a, const void *b)
{
	unsigned long x = page_to_pfn(*(struct page **)a);
	unsigned long y = page_to_pfn(*(struct page **)b);

	return x < y ? 1 : x > y ? -1 : 0;
}

static void adm_scattered_free(struct adm_scattered *mem)
{
	size_t i;

	for (i = 0; i < mem->num && mem->pages[i]; i++)
		__free_page(mem->pages[i]);
	kvfree(mem);
}

static struct adm_scattered *adm_scattered_alloc(size_t num)
{
	struct adm_scattered *mem = kvzalloc(struct_size(mem, pages, num), GFP_KERNEL);
	size_t i;

	if (!mem)
		return NULL;
	mem->num = num;
	for (i = 0; i < num; i++) {
		mem->pages[i] = alloc_page(GFP_KERNEL | __GFP_ZERO);
		if (!mem->pages[i]) {
			adm_scattered_free(mem);
			return NULL;
		}
	}
	sort(mem->pages, num, sizeof(mem->pages[0]), adm_scattered_compare, NULL);
	return mem;
}

static struct sg_table *adm_scattered_map(struct dma_buf_attachment *attach,
					  enum dma_data_direction dir)
{
	struct adm_scattered *mem = attach->dmabuf->priv;
	struct sg_table *sgt = kzalloc_obj(*sgt);

	if (!sgt)
		return ERR_PTR(-ENOMEM);
	if (sg_alloc_table_from_pages(sgt, mem->pages, mem->num, 0, attach->dmabuf->size,
				      GFP_KERNEL) ||
	    dma_map_sgtable(attach->dev, sgt, dir, 0)) {
		adm_heap_free_table(sgt);
		return ERR_PTR(-ENOMEM);
	}
	return sgt;
}

static void adm_scattered_unmap(struct dma_buf_attachment *attach, struct sg_table *sgt,
				enum dma_data_direction dir)
{
	dma_unmap_sgtable(attach->dev, sgt, dir, 0);
	adm_heap_free_table(sgt);
}

/* A user-mode kernel has a mapping of the host's for each that is touched, and few */
static vm_fault_t adm_scattered_fault(struct vm_fault *vmf)
{
	struct adm_scattered *mem = vmf->vma->vm_private_data;

	if (vmf->pgoff >= mem->num)
		return VM_FAULT_SIGBUS;
	vmf->page = mem->pages[vmf->pgoff];
	get_page(vmf->page);
	return 0;
}

static const struct vm_operations_struct adm_scattered_vm_ops = {
	.fault = adm_scattered_fault,
};

static int adm_scattered_mmap(struct dma_buf *dmabuf, struct vm_area_struct *vma)
{
	vma->vm_ops = &adm_scattered_vm_ops;
	vma->vm_private_data = dmabuf->priv;
	return 0;
}

static void adm_scattered_release(struct dma_buf *dmabuf)
{
	adm_scattered_free(dmabuf->priv);
}

static const struct dma_buf_ops adm_scattered_buf_ops = {
	.map_dma_buf = adm_scattered_map,
	.unmap_dma_buf = adm_scattered_unmap,
	.begin_cpu_access = adm_heap_begin_cpu_access,
	.mmap = adm_scattered_mmap,
	.release = adm_scattered_release,
};

static struct dma_buf *adm_scattered_allocate(struct dma_heap *heap, unsigned long len,
					      u32 fd_flags, u64 heap_flags)
{
	struct adm_scattered *mem = adm_scattered_alloc(len >> PAGE_SHIFT);
	struct dma_buf *dmabuf;

	if (!mem)
		return ERR_PTR(-ENOMEM);
	dmabuf = adm_heap_export(heap, len, fd_flags, &adm_scattered_buf_ops, mem);
	if (IS_ERR(dmabuf))
		adm_scattered_free(mem);
	return dmabuf;
}

static const struct dma_heap_ops adm_scattered_ops = {
	.allocate = adm_scattered_allocate,
};

static int __init adm_scattered_init(void)
{
	return adm_heap_add("board-scattered", &adm_scattered_ops);
}
device_initcall(adm_scattered_init);
