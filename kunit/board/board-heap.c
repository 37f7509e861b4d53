// SPDX-License-Identifier: GPL-2.0
/*
 * The board's DMA heaps have memory that programs get nowhere else under a user-mode
 * kernel. Here is what it takes to be a heap at all.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <linux/dma-buf.h>
#include <linux/dma-heap.h>
#include <linux/err.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>

#include "board-heap.h"

struct dma_buf *adm_heap_export(struct dma_heap *heap, unsigned long len, u32 fd_flags,
				const struct dma_buf_ops *ops, void *priv)
{
	DEFINE_DMA_BUF_EXPORT_INFO(info);

	info.exp_name = dma_heap_get_name(heap);
	info.ops = ops;
	info.size = len;
	info.flags = fd_flags;
	info.priv = priv;

	return dma_buf_export(&info);
}

/*
 * Programs may map the memory, as an exporter says by having this operation. There
 * is no cache to look after; what is bounced, importers copy, as with udmabuf.
 */
int adm_heap_begin_cpu_access(struct dma_buf *dmabuf, enum dma_data_direction dir)
{
	return 0;
}

void adm_heap_free_table(struct sg_table *sgt)
{
	sg_free_table(sgt);
	kfree(sgt);
}

int adm_heap_add(const char *name, const struct dma_heap_ops *ops)
{
	const struct dma_heap_export_info info = {
		.name = name,
		.ops = ops,
	};

	return PTR_ERR_OR_ZERO(dma_heap_add(&info));
}
