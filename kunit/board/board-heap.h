/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Declarations that the board's DMA heaps share.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#ifndef _ADM_BOARD_HEAP_H
#define _ADM_BOARD_HEAP_H

#include <linux/dma-buf.h>
#include <linux/dma-heap.h>

struct sg_table;

/* A DMABUF of @heap; @priv is the caller's still if it is none */
struct dma_buf *adm_heap_export(struct dma_heap *heap, unsigned long len, u32 fd_flags,
				const struct dma_buf_ops *ops, void *priv);
int adm_heap_begin_cpu_access(struct dma_buf *dmabuf, enum dma_data_direction dir);
void adm_heap_free_table(struct sg_table *sgt);
int adm_heap_add(const char *name, const struct dma_heap_ops *ops);

#endif
