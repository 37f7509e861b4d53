/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Drivers and the CPU that share a dma-buf: see share-party.c.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#ifndef _DMA_VEC_SHARE_PARTY_H
#define _DMA_VEC_SHARE_PARTY_H

#include <linux/dma-direction.h>
#include <linux/dma-vec-table.h>
#include <linux/types.h>

#include "sync-model.h"

struct dma_buf;
struct dma_buf_attachment;
struct kunit;

/* A device's driver, with the dma-buf attached and mapped */
struct party {
	struct sm_dev *dev;
	struct dma_buf *dmabuf;
	struct dma_buf_attachment *attach;	/* NULL: not attached */
	enum dma_data_direction dir;
	struct dma_vec_map map;
	struct sg_table *sgt;	/* of a driver that does not know the library */
};

void sp_attach(struct kunit *test, struct party *p, struct dma_buf *dmabuf,
	       struct sm_dev *dev, enum dma_data_direction dir);
void sp_attach_foreign(struct kunit *test, struct party *p,
		       struct dma_buf *dmabuf, struct sm_dev *dev,
		       enum dma_data_direction dir);
void sp_detach(struct party *p);

void sp_begin(struct kunit *test, struct party *p, size_t len);
void sp_end(struct party *p);
void sp_write(struct kunit *test, struct party *p, size_t len, u8 round);
size_t sp_stale(struct kunit *test, struct party *p, size_t len, u8 round);

/* The CPU, bracketed as user space does with DMA_BUF_IOCTL_SYNC */
void sp_cpu_write(struct kunit *test, struct dma_buf *dmabuf, size_t len,
		  u8 round);
size_t sp_cpu_stale(struct kunit *test, struct dma_buf *dmabuf, size_t len,
		    u8 round);

/* Byte @n of what is written in a round */
static inline u8 sp_byte(size_t n, u8 round)
{
	return n * 31 + n / 251 + round * 97;
}

/* Accesses, without anything around them */
void sp_dev_write(struct kunit *test, struct sm_dev *dev, size_t len, u8 round);
size_t sp_dev_stale(struct kunit *test, struct sm_dev *dev, size_t len, u8 round);

/* Bytes that the library has synced */
size_t sp_synced(struct kunit *test);

/* A kind of device: how it is wired, and what the library is told of it */
struct agent {
	const char *name;
	enum sm_kind kind;
	bool unknown;
	bool limited;
};

struct sm_dev *sp_wire(struct kunit *test, const struct agent *agent,
		       unsigned int nr);

#endif /* _DMA_VEC_SHARE_PARTY_H */
