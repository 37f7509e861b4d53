/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A machine in which some devices snoop the CPU's caches, and others do not: see
 * memory.c.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#ifndef _FFS_MEMORY_H
#define _FFS_MEMORY_H

#include <linux/dma-direction.h>
#include <linux/sizes.h>
#include <linux/types.h>

struct device;
struct dma_buf;
struct ffs_buf;
struct importer;
struct kunit;

#define MEMORY_PAGES	4
#define MEMORY_SIZE	(MEMORY_PAGES * SZ_4K)
#define MEMORY_LINE	64

/**
 * struct memory_dev - a device of the machine
 * @dev: The device
 * @snoops: It reads and writes through the CPU's cache
 */
struct memory_dev {
	struct device *dev;
	bool snoops;
};

/**
 * struct memory_model - the machine
 * @memory: What is in memory
 * @cache: What is in the CPU's cache, where @cached says so
 * @cached: Lines that the cache has
 * @dirty: Lines that the cache has and memory has not
 * @converter: A converter's DMA
 * @udc: The USB device controller
 * @maintained: Bytes for which caches were maintained
 * @hold: A worker that maintains them stays there for as long
 * @held: It does
 */
struct memory_model {
	u8 memory[MEMORY_SIZE];
	u8 cache[MEMORY_SIZE];
	bool cached[MEMORY_SIZE / MEMORY_LINE];
	bool dirty[MEMORY_SIZE / MEMORY_LINE];
	struct memory_dev converter;
	struct memory_dev udc;
	size_t maintained;
	bool hold;
	bool held;
};

struct memory_model *memory_create(struct kunit *test);
struct ffs_buf *memory_buf(struct kunit *test);

/* Accesses of a device to byte @n of the DMABUF, and the CPU on a whim */
void memory_write(struct memory_model *m, const struct memory_dev *dev, size_t n, u8 value);
u8 memory_read(struct memory_model *m, const struct memory_dev *dev, size_t n);
void memory_fill_cache(struct memory_model *m);

/* Sync for a device and for the CPU, as the DMA API does */
void memory_for_device(struct memory_model *m, struct device *dev, dma_addr_t addr,
		       size_t len, enum dma_data_direction dir);
void memory_for_cpu(struct memory_model *m, struct device *dev, dma_addr_t addr,
		    size_t len, enum dma_data_direction dir);

/* importer.c: the driver of the converter */
struct importer *importer_attach(struct kunit *test, struct dma_buf *dmabuf,
				 struct device *dev, enum dma_data_direction dir);
void importer_begin(struct importer *imp, size_t len);
void importer_end(struct importer *imp);
void importer_detach(struct importer *imp);

#endif
