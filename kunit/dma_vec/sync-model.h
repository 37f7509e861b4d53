/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A machine in which nothing is coherent by accident: see sync-model.c.
 */
#ifndef _DMA_VEC_SYNC_MODEL_H
#define _DMA_VEC_SYNC_MODEL_H

#include <linux/device.h>
#include <linux/dma-direction.h>
#include <linux/dma-vec.h>
#include <linux/types.h>

#define SM_LINE		64	/* bytes that the CPU caches together */
#define SM_PAGE		4096
#define SM_PAGES	16
#define SM_SIZE		(SM_PAGES * SM_PAGE)
#define SM_MAX_PIECES	64

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
 * @memory: What is in memory
 * @cache: What is in the CPU's cache, where @cached says so
 * @cached: Lines that the cache has
 * @dirty: Lines that the cache has and memory has not
 * @devs: The devices
 * @pieces: The sync calls, in order
 * @npieces: How many there were
 * @drop_for_cpu: Ignore calls for the CPU
 * @drop_for_device: Ignore calls for a device
 */
struct sync_model {
	u8 memory[SM_SIZE];
	u8 cache[SM_SIZE];
	bool cached[SM_SIZE / SM_LINE];
	bool dirty[SM_SIZE / SM_LINE];
	struct sm_dev devs[2];
	struct sm_piece pieces[SM_MAX_PIECES];
	unsigned int npieces;
	bool drop_for_cpu;
	bool drop_for_device;
};

/* Where the IOMMU finds what comes @at so many bytes behind a device's base */
static inline size_t sync_model_translate(size_t at)
{
	/* No two pages that follow each other do so in memory */
	return (at / SM_PAGE * 7 + 3) % SM_PAGES * SM_PAGE + at % SM_PAGE;
}

struct sync_model *sync_model_create(struct kunit *test);
void sync_model_reset(struct sync_model *sm);
void sync_model_set_kind(struct sync_model *sm, unsigned int dev,
			 enum sm_kind kind);
void sync_model_fill_cache(struct sync_model *sm);
void sync_model_evict(struct sync_model *sm);

/* Accesses of the CPU, if @dev is NULL or is none, or of a device */
void sync_model_write(struct sync_model *sm, struct sm_dev *dev,
		      dma_addr_t addr, u8 value);
u8 sync_model_read(struct sync_model *sm, struct sm_dev *dev, dma_addr_t addr);

#endif /* _DMA_VEC_SYNC_MODEL_H */
