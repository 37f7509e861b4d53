/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * DMABUFs whose scatterlists look as the test says: see exporter.c.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#ifndef _FFS_EXPORTER_H
#define _FFS_EXPORTER_H

#include <linux/sizes.h>
#include <linux/types.h>
#include <linux/wait.h>

struct device;
struct dma_buf;
struct kunit;
struct page;

/**
 * struct ffs_piece - an entry of the scatterlist
 * @len: Bytes of the CPU's side
 * @addr: DMA address
 * @dma_len: Bytes of the device's side; 0 in entries that only the CPU has
 */
struct ffs_piece {
	size_t len;
	dma_addr_t addr;
	size_t dma_len;
};

/**
 * struct ffs_buf - a DMABUF
 * @dmabuf: The DMABUF
 * @fd: The program's descriptor of it
 * @pieces: Its scatterlist
 * @num_pieces: How many
 * @page: What entries have as their page, or NULL
 * @devices: Attachments
 * @mapped: Those that are mapped
 * @dev: The device that has attached it last
 * @changed: Woken when it is unmapped or detached
 */
struct ffs_buf {
	struct dma_buf *dmabuf;
	int fd;
	const struct ffs_piece *pieces;
	unsigned int num_pieces;
	struct page *page;
	atomic_t devices;
	atomic_t mapped;
	struct device *dev;
	wait_queue_head_t changed;
};

/* The usual one: pages that are not neighbours */
#define FFS_BUF_PAGES	4
#define FFS_BUF_SIZE	(FFS_BUF_PAGES * SZ_4K)

struct ffs_buf *ffs_buf_create(struct kunit *test);
struct ffs_buf *ffs_buf_create_of(struct kunit *test, const struct ffs_piece *pieces,
				  unsigned int num_pieces);
bool ffs_buf_wait_detached(struct ffs_buf *buf);

#endif
