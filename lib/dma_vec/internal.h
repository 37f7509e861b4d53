/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the files of the library share with each other, and with their tests.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#ifndef _LIB_DMA_VEC_INTERNAL_H
#define _LIB_DMA_VEC_INTERNAL_H

#include <linux/dma-vec.h>
#include <linux/errno.h>
#include <linux/scatterlist.h>
#include <linux/types.h>

struct device;

/* The rules that an entry obeys whatever hardware it is for */
static inline int dma_vec_check_one(const struct dma_vec *vec)
{
	if (!vec->len)
		return -EINVAL;

	if (vec->len - 1 > (dma_addr_t)-1 - vec->addr)
		return -EOVERFLOW;

	return 0;
}

/* Does a vector that is not empty cross a boundary? All ones is the top. */
static inline bool dma_vec_crosses(const struct dma_vec *vec, u64 boundary_mask)
{
	return vec->len - 1 > boundary_mask - (vec->addr & boundary_mask);
}

/*
 * The one function that looks at an entry of a scatterlist, and at its DMA side
 * only: what is to be changed for lists of another kind.
 */
static inline struct scatterlist *dma_vec_from_sg(struct scatterlist *sg,
						  struct dma_vec *vec)
{
	vec->addr = sg_dma_address(sg);
	vec->len = sg_dma_len(sg);

	return sg_next(sg);
}

/* The longest entry of a scatterlist that is made for a device, see slave.c */
size_t dma_vec_dev_max_len(struct device *dev);

#endif /* _LIB_DMA_VEC_INTERNAL_H */
