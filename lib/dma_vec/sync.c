// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who has to do what so that the CPU and devices see each other's data. An
 * exporter knows the memory, but only whoever uses it knows which bytes were
 * touched, by which device and in what order: so maintenance is done here, for
 * the bytes in use, and not once per mapping for all of the memory.
 */

#include <linux/align.h>
#include <linux/cache.h>
#include <linux/device.h>
#include <linux/dma-map-ops.h>
#include <linux/dma-mapping.h>
#include <linux/dma-vec.h>
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/minmax.h>
#include <linux/sizes.h>
#include <linux/swiotlb.h>

#include <kunit/static_stub.h>
#include <kunit/visibility.h>

#include <trace/events/dma_vec.h>

#include "internal.h"

/* No IOMMU maps in smaller pages, so no piece of this size is scattered */
#define DMA_VEC_SYNC_STEP SZ_4K

VISIBLE_IF_KUNIT bool dma_vec_dev_snoops(struct device *dev)
{
	KUNIT_STATIC_STUB_REDIRECT(dma_vec_dev_snoops, dev);

	return dev_is_dma_coherent(dev);
}
EXPORT_SYMBOL_IF_KUNIT(dma_vec_dev_snoops);

/* Is there anything but a fixed offset between bus and physical addresses? */
VISIBLE_IF_KUNIT bool dma_vec_dev_translates(struct device *dev)
{
	KUNIT_STATIC_STUB_REDIRECT(dma_vec_dev_translates, dev);

	return device_iommu_mapped(dev) || get_dma_ops(dev);
}
EXPORT_SYMBOL_IF_KUNIT(dma_vec_dev_translates);

/* May pages be bounced that are mapped for this device? */
VISIBLE_IF_KUNIT bool dma_vec_dev_may_bounce(struct device *dev)
{
	KUNIT_STATIC_STUB_REDIRECT(dma_vec_dev_may_bounce, dev);

	return is_swiotlb_force_bounce(dev) || dma_addressing_limited(dev);
}
EXPORT_SYMBOL_IF_KUNIT(dma_vec_dev_may_bounce);

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

VISIBLE_IF_KUNIT void dma_vec_sync_piece_for_device(struct device *dev,
						    dma_addr_t addr, size_t len,
						    enum dma_data_direction dir)
{
	KUNIT_STATIC_STUB_REDIRECT(dma_vec_sync_piece_for_device, dev, addr,
				   len, dir);

	dma_sync_single_for_device(dev, addr, len, dir);
}
EXPORT_SYMBOL_IF_KUNIT(dma_vec_sync_piece_for_device);

VISIBLE_IF_KUNIT void dma_vec_sync_piece_for_cpu(struct device *dev,
						 dma_addr_t addr, size_t len,
						 enum dma_data_direction dir)
{
	KUNIT_STATIC_STUB_REDIRECT(dma_vec_sync_piece_for_cpu, dev, addr, len,
				   dir);

	dma_sync_single_for_cpu(dev, addr, len, dir);
}
EXPORT_SYMBOL_IF_KUNIT(dma_vec_sync_piece_for_cpu);

/**
 * dma_vec_dev_coherency() - how does a device reach memory?
 * @dev: The device, or NULL if it is unknown
 *
 * What can be told without looking at a mapping. Any mapping may have been
 * bounced, even for a device that snoops the caches: for a table,
 * dma_vec_table_set_device() knows better.
 *
 * Context: Any.
 * Return: DMA_VEC_CPU_COHERENT if the device snoops the CPU caches;
 * DMA_VEC_MEMORY_COHERENT if it does not and reaches all of the memory without
 * help; DMA_VEC_DMA_API_COHERENT otherwise. The other modes are for drivers that
 * know better, with dma_vec_table_set_coherency().
 */
enum dma_vec_coherency dma_vec_dev_coherency(struct device *dev)
{
	KUNIT_STATIC_STUB_REDIRECT(dma_vec_dev_coherency, dev);

	if (!dev)
		return DMA_VEC_DMA_API_COHERENT;

	if (dma_vec_dev_snoops(dev))
		return DMA_VEC_CPU_COHERENT;

	if (dma_vec_dev_translates(dev) || dma_vec_dev_may_bounce(dev))
		return DMA_VEC_DMA_API_COHERENT;

	return DMA_VEC_MEMORY_COHERENT;
}
EXPORT_SYMBOL_GPL(dma_vec_dev_coherency);

/**
 * dma_vec_table_set_coherency() - set the coherency mode of a table
 * @table: The table
 * @mode: The mode
 *
 * For drivers that know more of their device than the DMA API does. A mode
 * that promises too much means stale data.
 *
 * Context: Any.
 */
void dma_vec_table_set_coherency(struct dma_vec_table *table,
				 enum dma_vec_coherency mode)
{
	table->flags = (table->flags & ~DMA_VEC_COHERENCY_MASK) |
		       (mode & DMA_VEC_COHERENCY_MASK);
}
EXPORT_SYMBOL_GPL(dma_vec_table_set_coherency);

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

/**
 * dma_vec_table_set_device() - derive the flags of a table from its device
 * @table: The table, not truncated
 * @dev: The device that it was mapped for, or NULL if it is unknown
 *
 * Sets the coherency mode and DMA_VEC_SCATTERED. The mode is that of the device
 * unless a vector may be bounced: bounce buffers are copied by the DMA API's
 * sync calls, for devices that snoop the caches too, so such a table becomes
 * DMA_VEC_DMA_API_COHERENT.
 *
 * To be called once the memory is mapped. Takes time in proportion to the
 * number of vectors.
 *
 * Context: Any.
 */
void dma_vec_table_set_device(struct dma_vec_table *table, struct device *dev)
{
	enum dma_vec_coherency mode = dma_vec_dev_coherency(dev);

	if (mode == DMA_VEC_CPU_COHERENT &&
	    dma_vec_table_any_needs_sync(table, dev))
		mode = DMA_VEC_DMA_API_COHERENT;

	if (mode == DMA_VEC_MEMORY_COHERENT && dma_vec_short_may_bounce() &&
	    dma_vec_table_any_short(table))
		mode = DMA_VEC_DMA_API_COHERENT;

	dma_vec_table_set_coherency(table, mode);

	if (!dev || dma_vec_dev_translates(dev))
		table->flags |= DMA_VEC_SCATTERED;
	else
		table->flags &= ~DMA_VEC_SCATTERED;
}
EXPORT_SYMBOL_GPL(dma_vec_table_set_device);

static bool dma_vec_snooping(enum dma_vec_coherency mode)
{
	return mode == DMA_VEC_CPU_COHERENT || mode == DMA_VEC_ATOMIC_COHERENT;
}

/**
 * dma_vec_may_share() - do two devices see each other's data by themselves?
 * @a: Mode of one device
 * @b: Mode of the other device
 *
 * For users that would rather refuse a buffer than pay for
 * dma_vec_sync_between(), which makes any pair of devices work. Devices may be
 * attached at any time: a user who refuses has to ask at each transfer.
 *
 * Devices see each other's data if both snoop the caches or if both reach
 * memory directly. DMA_VEC_DEFAULT_COHERENT promises nothing and asks for
 * nothing, as ever. DMA_VEC_DMA_API_COHERENT needs maintenance always.
 *
 * Context: Any.
 * Return: 0 if they do, -EPERM if they do not.
 */
int dma_vec_may_share(enum dma_vec_coherency a, enum dma_vec_coherency b)
{
	if (a == DMA_VEC_DMA_API_COHERENT || b == DMA_VEC_DMA_API_COHERENT)
		return -EPERM;

	if (a == DMA_VEC_DEFAULT_COHERENT || b == DMA_VEC_DEFAULT_COHERENT)
		return 0;

	return dma_vec_snooping(a) == dma_vec_snooping(b) ? 0 : -EPERM;
}
EXPORT_SYMBOL_GPL(dma_vec_may_share);

typedef void (*dma_vec_sync_fn)(struct device *dev, dma_addr_t addr, size_t len,
				enum dma_data_direction dir);

static void dma_vec_sync_in_steps(struct device *dev, const struct dma_vec *vec,
				  enum dma_data_direction dir,
				  dma_vec_sync_fn sync)
{
	dma_addr_t addr = vec->addr;
	size_t left = vec->len, len;

	while (left) {
		len = DMA_VEC_SYNC_STEP - (addr & (DMA_VEC_SYNC_STEP - 1));
		len = min(len, left);
		sync(dev, addr, len, dir);
		addr += len;
		left -= len;
	}
}

static void dma_vec_sync(struct device *dev, const struct dma_vec_table *table,
			 enum dma_data_direction dir, dma_vec_sync_fn sync)
{
	const struct dma_vec *vec;

	if (WARN_ON_ONCE(!valid_dma_direction(dir)))
		return;

	for (vec = table->vecs; vec < table->vecs + table->nents; vec++) {
		if (table->flags & DMA_VEC_SCATTERED)
			dma_vec_sync_in_steps(dev, vec, dir, sync);
		else
			sync(dev, vec->addr, vec->len, dir);
	}
}

/**
 * __dma_vec_sync_for_device() - dma_vec_sync_for_device(), out of line
 * @dev: Device that the table was mapped for
 * @table: A table that needs maintenance
 * @dir: Direction of the mapping
 *
 * Context: Any.
 */
void __dma_vec_sync_for_device(struct device *dev,
			       const struct dma_vec_table *table,
			       enum dma_data_direction dir)
{
	trace_dma_vec_sync_for_device(dev, table, dir);
	dma_vec_sync(dev, table, dir, dma_vec_sync_piece_for_device);
}
EXPORT_SYMBOL_GPL(__dma_vec_sync_for_device);

/**
 * __dma_vec_sync_for_cpu() - dma_vec_sync_for_cpu(), out of line
 * @dev: Device that the table was mapped for
 * @table: A table that needs maintenance
 * @dir: Direction of the mapping
 *
 * Context: Any.
 */
void __dma_vec_sync_for_cpu(struct device *dev,
			    const struct dma_vec_table *table,
			    enum dma_data_direction dir)
{
	trace_dma_vec_sync_for_cpu(dev, table, dir);
	dma_vec_sync(dev, table, dir, dma_vec_sync_piece_for_cpu);
}
EXPORT_SYMBOL_GPL(__dma_vec_sync_for_cpu);

/**
 * dma_vec_sync_between() - hand memory from one device to another
 * @from: The device that has used the memory
 * @from_table: The memory, as mapped for @from
 * @from_dir: Direction of that mapping
 * @to: The device that uses the memory next
 * @to_table: The same memory, as mapped for @to
 * @to_dir: Direction of that mapping
 *
 * What @from left is made visible to the CPU and then given to @to, each as far
 * as the mode of that table calls for it. Between two devices which both reach
 * memory directly there is nothing to do, however: the CPU is not involved. For
 * the same reason the CPU has to use dma_vec_sync_for_cpu() with @from before
 * it looks at the memory itself.
 *
 * Each side covers the bytes in use of its own table.
 *
 * Context: Any.
 */
void dma_vec_sync_between(struct device *from,
			  const struct dma_vec_table *from_table,
			  enum dma_data_direction from_dir,
			  struct device *to,
			  const struct dma_vec_table *to_table,
			  enum dma_data_direction to_dir)
{
	if (dma_vec_table_coherency(from_table) == DMA_VEC_MEMORY_COHERENT &&
	    dma_vec_table_coherency(to_table) == DMA_VEC_MEMORY_COHERENT)
		return;

	dma_vec_sync_for_cpu(from, from_table, from_dir);
	dma_vec_sync_for_device(to, to_table, to_dir);
}
EXPORT_SYMBOL_GPL(dma_vec_sync_between);
