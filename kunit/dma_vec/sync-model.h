/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A machine in which nothing is coherent by accident: see sync-model.c.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#ifndef _DMA_VEC_SYNC_MODEL_H
#define _DMA_VEC_SYNC_MODEL_H

#include <linux/device.h>
#include <linux/dma-direction.h>
#include <linux/dma-vec-table.h>
#include <linux/mutex.h>
#include <linux/types.h>

#define SM_LINE		64	/* bytes that the CPU caches together */
#define SM_PAGE		4096
#define SM_PAGES	16
#define SM_SIZE		(SM_PAGES * SM_PAGE)
#define SM_MAX_PIECES	64
#define SM_DEVS		4

/* The buffer, in which nothing is aligned, and no page follows its neighbour */
#define SM_BYTES	(5 * SM_PAGE + 384)
#define SM_MAX_VECS	8
/* What most transfers use of it: up to the middle of a piece, and of a line */
#define SM_USED		(SM_BYTES - SM_PAGE - 197)

struct kunit;

/* How a device is wired */
enum sm_kind {
	SM_CPU,		/* no device: the CPU itself */
	SM_SNOOPING,	/* reads and writes through the CPU's cache */
	SM_DIRECT,	/* reads and writes memory behind the cache's back */
	SM_BOUNCED,	/* reads and writes a copy */
	SM_IOMMU,	/* as SM_DIRECT, with addresses that are translated */
};

struct sm_dev {
	struct device dev;	/* never registered: an identity, no more */
	enum sm_kind kind;
	bool unknown;		/* firmware does not describe it */
	bool limited;		/* SM_BOUNCED for it, and not coherent */
	dma_addr_t base;	/* bus address of the machine's first byte */
	u8 bounce[SM_SIZE];	/* SM_BOUNCED: what the device has before it */
};

struct sm_piece {
	struct sm_dev *dev;
	dma_addr_t addr;
	size_t len;
	enum dma_data_direction dir;
	bool for_cpu;
};

/**
 * struct sync_model - the machine
 * @lock: Held by sync calls, which may come from several threads
 * @memory: What is in memory
 * @cache: What is in the CPU's cache, where @cached says so
 * @cached: Lines that the cache has
 * @dirty: Lines that the cache has and memory has not
 * @devs: The devices
 * @forgets: For a device that only writes, maintenance forgets lines without
 *	writing them back, as 32-bit ARM does
 * @pieces: The first sync calls of the library, in order
 * @npieces: How many calls there were
 * @for_device: Bytes that they were for, for a device
 * @for_cpu: Bytes that they were for, for the CPU
 * @by_exporter: Bytes that exporters have synced for devices that do not snoop
 * @drop_for_cpu: Ignore calls for the CPU
 * @drop_for_device: Ignore calls for a device
 */
struct sync_model {
	struct mutex lock;		/* sync calls */
	u8 memory[SM_SIZE];
	u8 cache[SM_SIZE];
	bool cached[SM_SIZE / SM_LINE];
	bool dirty[SM_SIZE / SM_LINE];
	struct sm_dev devs[SM_DEVS];
	bool forgets;
	struct sm_piece pieces[SM_MAX_PIECES];
	unsigned int npieces;
	size_t for_device;
	size_t for_cpu;
	size_t by_exporter;
	bool drop_for_cpu;
	bool drop_for_device;
};

struct sync_model *sync_model_create(struct kunit *test);
void sync_model_reset(struct sync_model *sm);
void sync_model_forget_calls(struct sync_model *sm);
struct sm_dev *sync_model_wire(struct sync_model *sm, unsigned int nr,
			       enum sm_kind kind);
void sync_model_fill_cache(struct sync_model *sm);
void sync_model_evict(struct sync_model *sm);

/* The buffer, as the CPU (@dev is NULL) or a device sees it */
size_t sync_model_vecs(const struct sm_dev *dev, struct dma_vec *vecs);
dma_addr_t sync_model_addr(const struct sm_dev *dev, size_t n);

/* Accesses of the CPU or a device to byte @n of the buffer */
void sync_model_write(struct sync_model *sm, struct sm_dev *dev, size_t n,
		      u8 value);
u8 sync_model_read(struct sync_model *sm, struct sm_dev *dev, size_t n);

/* What the DMA API does, for a device */
void sync_model_for_device(struct sync_model *sm, struct sm_dev *dev,
			   dma_addr_t addr, size_t len,
			   enum dma_data_direction dir);
void sync_model_for_cpu(struct sync_model *sm, struct sm_dev *dev,
			dma_addr_t addr, size_t len,
			enum dma_data_direction dir);
/* Mapping copies to bounce buffers, whatever the direction */
void sync_model_bounce_in(struct sync_model *sm, struct sm_dev *dev,
			  dma_addr_t addr, size_t len);

#endif /* _DMA_VEC_SYNC_MODEL_H */
