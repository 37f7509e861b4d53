/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How many allocations something takes.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#ifndef ADM_ALLOC_COUNT_H
#define ADM_ALLOC_COUNT_H

#include <linux/errno.h>
#include <linux/types.h>

/**
 * struct alloc_count - what was allocated
 * @pieces: from the slab or by the page
 * @bytes: of them
 */
struct alloc_count {
	u64 pieces;
	u64 bytes;
};

#ifdef CONFIG_TRACEPOINTS

int alloc_count_start(void);
void alloc_count_stop(struct alloc_count *count);

#else

static inline int alloc_count_start(void)
{
	return -EOPNOTSUPP;
}

static inline void alloc_count_stop(struct alloc_count *count) {}

#endif

#endif
