// SPDX-License-Identifier: GPL-2.0-only
/*
 * How a device reaches memory. The DMA core knows, but does not tell drivers in
 * so many words. They may ask whether firmware calls the device coherent, whether
 * the device reaches all of the memory, and whether a mapping needs syncing;
 * the answers together give the coherency mode of a table.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <linux/cache.h>
#include <linux/device.h>
#include <linux/dma-mapping.h>
#include <linux/dma-vec-table.h>
#include <linux/kconfig.h>
#include <linux/property.h>

#include <kunit/static_stub.h>
#include <kunit/visibility.h>

#include "table.h"

/* Without cache maintenance for DMA, the architecture has coherent devices only */
static bool dma_vec_arch_maintains(void)
{
	return IS_ENABLED(CONFIG_ARCH_HAS_SYNC_DMA_FOR_DEVICE) ||
	       IS_ENABLED(CONFIG_ARCH_HAS_SYNC_DMA_FOR_CPU) ||
	       IS_ENABLED(CONFIG_ARCH_HAS_SYNC_DMA_FOR_CPU_ALL);
}

VISIBLE_IF_KUNIT enum dev_dma_attr dma_vec_dev_attr(struct device *dev)
{
	KUNIT_STATIC_STUB_REDIRECT(dma_vec_dev_attr, dev);

	if (!dma_vec_arch_maintains())
		return DEV_DMA_COHERENT;

	return device_get_dma_attr(dev);
}
EXPORT_SYMBOL_IF_KUNIT(dma_vec_dev_attr);

/* May neighbours in bus address be anywhere in memory? */
VISIBLE_IF_KUNIT bool dma_vec_dev_translates(struct device *dev)
{
	KUNIT_STATIC_STUB_REDIRECT(dma_vec_dev_translates, dev);

	return device_iommu_mapped(dev);
}
EXPORT_SYMBOL_IF_KUNIT(dma_vec_dev_translates);

/* Is there memory that the device does not reach? */
VISIBLE_IF_KUNIT bool dma_vec_dev_limited(struct device *dev)
{
	KUNIT_STATIC_STUB_REDIRECT(dma_vec_dev_limited, dev);

	return dma_addressing_limited(dev);
}
EXPORT_SYMBOL_IF_KUNIT(dma_vec_dev_limited);

VISIBLE_IF_KUNIT bool dma_vec_addr_needs_sync(struct device *dev,
					      dma_addr_t addr)
{
	KUNIT_STATIC_STUB_REDIRECT(dma_vec_addr_needs_sync, dev, addr);

	return dma_need_sync(dev, addr);
}
EXPORT_SYMBOL_IF_KUNIT(dma_vec_addr_needs_sync);

/* May pieces be bounced for the only reason that they share a cache line? */
VISIBLE_IF_KUNIT bool dma_vec_short_may_bounce(void)
{
	KUNIT_STATIC_STUB_REDIRECT(dma_vec_short_may_bounce);

	return IS_ENABLED(CONFIG_DMA_BOUNCE_UNALIGNED_KMALLOC);
}
EXPORT_SYMBOL_IF_KUNIT(dma_vec_short_may_bounce);

/**
 * dma_vec_dev_coherency() - tell how a device reaches memory
 * @dev: The device
 *
 * This is what firmware says of the device. A mapping may be bounced all the
 * same; dma_vec_table_set_device() looks at that.
 *
 * Context: Any.
 * Return: DMA_VEC_CPU_COHERENT if the device snoops the CPU's caches,
 * DMA_VEC_MEMORY_COHERENT if it does not, DMA_VEC_DMA_API_COHERENT if firmware
 * does not describe the device.
 */
enum dma_vec_coherency dma_vec_dev_coherency(struct device *dev)
{
	KUNIT_STATIC_STUB_REDIRECT(dma_vec_dev_coherency, dev);

	switch (dma_vec_dev_attr(dev)) {
	case DEV_DMA_COHERENT:
		return DMA_VEC_CPU_COHERENT;
	case DEV_DMA_NON_COHERENT:
		return DMA_VEC_MEMORY_COHERENT;
	default:
		return DMA_VEC_DMA_API_COHERENT;
	}
}
EXPORT_SYMBOL_IF_KUNIT(dma_vec_dev_coherency);

static bool dma_vec_table_any_needs_sync(const struct dma_vec_table *table,
					 struct device *dev)
{
	size_t i;

	for (i = 0; i < table->orig_nents; i++)
		if (dma_vec_addr_needs_sync(dev, table->vecs[i].addr))
			return true;

	return false;
}

static bool dma_vec_table_any_short(const struct dma_vec_table *table)
{
	size_t i;

	for (i = 0; i < table->orig_nents; i++)
		if (table->vecs[i].len < 2 * ARCH_DMA_MINALIGN)
			return true;

	return false;
}

/* Why must each transfer be bracketed? NULL if it need not */
static const char *dma_vec_table_why(const struct dma_vec_table *table,
				     struct device *dev,
				     enum dma_vec_coherency mode)
{
	switch (mode) {
	case DMA_VEC_CPU_COHERENT:
		return "memory is bounced";
	case DMA_VEC_MEMORY_COHERENT:
		if (dma_vec_dev_limited(dev))
			return "memory out of reach may be bounced";
		if (dma_vec_short_may_bounce() && dma_vec_table_any_short(table))
			return "short pieces may be bounced";
		return NULL;
	default:
		return "firmware does not tell whether the device is coherent";
	}
}

static enum dma_vec_coherency
dma_vec_table_mode(const struct dma_vec_table *table, struct device *dev)
{
	enum dma_vec_coherency mode;
	const char *why;

	/* A coherent device, and no bounce buffer: a sync call would do nothing */
	if (!dma_vec_table_any_needs_sync(table, dev))
		return DMA_VEC_CPU_COHERENT;

	mode = dma_vec_dev_coherency(dev);
	why = dma_vec_table_why(table, dev, mode);
	if (!why)
		return mode;

	dev_dbg(dev, "each transfer is synced: %s\n", why);

	return DMA_VEC_DMA_API_COHERENT;
}

/**
 * dma_vec_table_set_device() - derive what a table says of its device
 * @table: The table, not truncated
 * @dev: The device that it is mapped for
 *
 * Sets @table->coherency and @table->scattered. Takes time in proportion to the
 * number of vectors.
 *
 * Context: Any.
 */
void dma_vec_table_set_device(struct dma_vec_table *table, struct device *dev)
{
	table->coherency = dma_vec_table_mode(table, dev);
	table->scattered = dma_vec_dev_translates(dev);
}
EXPORT_SYMBOL_IF_KUNIT(dma_vec_table_set_device);
