// SPDX-License-Identifier: GPL-2.0-only
/*
 * A dma-buf that several devices use, some of which snoop the CPU's caches while
 * others do not. What a snooping device writes may be in the caches only, where
 * the others do not see it; what another one writes is in memory only, while the
 * caches may have older data. The exporter does nothing between two transfers, so
 * the library keeps track of such bytes for each dma-buf that it has mapped, and
 * syncs them, once, before a device of the other kind gets them.
 *
 * All transfers begin at the first byte of the dma-buf, so one span of bytes is
 * enough for each kind.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <linux/cleanup.h>
#include <linux/device.h>
#include <linux/dma-buf.h>
#include <linux/dma-resv.h>
#include <linux/dma-vec-table.h>
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/gfp_types.h>
#include <linux/hashtable.h>
#include <linux/list.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/mutex.h>

#include "table.h"

/**
 * struct dma_vec_share - the mappings of a dma-buf
 * @node: Entry in dma_vec_shares
 * @dmabuf: The dma-buf; its reservation lock is held by whoever maps, unmaps or
 *	begins an access, so that @lock is against dma_vec_end_access() only
 * @lock: Protects what follows; taken where fences are signalled, so nothing is
 *	allocated under it
 * @maps: The mappings
 * @dirty: Bytes that the caches may have and memory has not. It does not overlap
 *	@stale.
 * @stale: Bytes that memory has and the caches may have older data of
 */
struct dma_vec_share {
	struct hlist_node node;
	struct dma_buf *dmabuf;
	struct mutex lock;		/* maps, dirty, stale */
	struct list_head maps;
	struct dma_vec_span dirty;
	struct dma_vec_span stale;
};

static DEFINE_HASHTABLE(dma_vec_shares, 6);	/* dma_vec_shares_lock */
static DEFINE_MUTEX(dma_vec_shares_lock);

/* Take the first bytes, up to @to, from a span */
static struct dma_vec_span dma_vec_span_take(struct dma_vec_span *span,
					     size_t to)
{
	struct dma_vec_span taken = { span->from, min(span->to, to) };

	if (dma_vec_span_empty(&taken))
		return (struct dma_vec_span){};

	span->from = taken.to;

	return taken;
}

/* Extend a span to the first @len bytes, and all between them and it */
static void dma_vec_span_extend(struct dma_vec_span *span, size_t len)
{
	if (dma_vec_span_empty(span))
		span->to = 0;

	span->from = 0;
	span->to = max(span->to, len);
}

static bool dma_vec_snoops(const struct dma_vec_map *map)
{
	switch (map->table.coherency) {
	case DMA_VEC_CPU_COHERENT:
	case DMA_VEC_ATOMIC_COHERENT:
	/* The CPU copies what is bounced, and an unknown device may snoop */
	case DMA_VEC_DMA_API_COHERENT:
		return true;
	default:
		return false;
	}
}

static bool dma_vec_is_direct(const struct dma_vec_map *map)
{
	return map->table.coherency == DMA_VEC_MEMORY_COHERENT;
}

/*
 * A mapping through which caches are maintained, which only one of a device that
 * does not snoop is good for: such a device must be able to write, or to read
 */
static struct dma_vec_map *dma_vec_share_writer(struct dma_vec_share *share)
{
	struct dma_vec_map *map;

	list_for_each_entry(map, &share->maps, entry)
		if (dma_vec_is_direct(map) && dma_vec_map_writes(map))
			return map;

	return NULL;
}

static struct dma_vec_map *dma_vec_share_reader(struct dma_vec_share *share)
{
	struct dma_vec_map *map;

	list_for_each_entry(map, &share->maps, entry)
		if (dma_vec_is_direct(map) && map->dir != DMA_FROM_DEVICE)
			return map;

	return NULL;
}

static bool dma_vec_share_any_snoops(struct dma_vec_share *share)
{
	struct dma_vec_map *map;

	list_for_each_entry(map, &share->maps, entry)
		if (dma_vec_snoops(map))
			return true;

	return false;
}

static bool dma_vec_share_has(struct dma_vec_share *share,
			      const struct dma_buf_attachment *attach)
{
	struct dma_vec_map *map;

	list_for_each_entry(map, &share->maps, entry)
		if (map->attach == attach)
			return true;

	return false;
}

/*
 * Is a device attached that may snoop, and whose driver does not map by this
 * library? It tells nobody when it uses the memory.
 */
static bool dma_vec_share_foreign_snoops(struct dma_vec_share *share,
					 struct device *dev)
{
	struct dma_buf_attachment *other;

	list_for_each_entry(other, &share->dmabuf->attachments, node)
		if (other->dev != dev && !dma_vec_share_has(share, other) &&
		    dma_vec_dev_coherency(other->dev) != DMA_VEC_MEMORY_COHERENT)
			return true;

	return false;
}

static void dma_vec_share_invalidate(struct dma_vec_share *share, size_t to)
{
	struct dma_vec_span stale = dma_vec_span_take(&share->stale, to);
	struct dma_vec_map *writer = dma_vec_share_writer(share);

	if (writer)
		dma_vec_span_for_cpu(writer, stale);
}

static void dma_vec_share_begin_snooping(struct dma_vec_share *share,
					 struct dma_vec_map *map)
{
	if (!dma_vec_map_writes(map)) {
		dma_vec_share_invalidate(share, map->table.len);
		return;
	}

	/* Nothing is to be invalidated any more once there are dirty lines */
	dma_vec_share_invalidate(share, SIZE_MAX);
	dma_vec_span_extend(&share->dirty, map->table.len);

	/*
	 * When the CPU wants to read, exporters invalidate the caches for each
	 * device that does not snoop: what this one writes must not be lost.
	 */
	if (dma_vec_share_reader(share))
		map->end |= DMA_VEC_END_CLEAN;
}

static void dma_vec_share_begin_direct(struct dma_vec_share *share,
				       struct dma_vec_map *map)
{
	struct dma_vec_span dirty;

	dirty = dma_vec_span_take(&share->dirty, map->table.len);

	if (dma_vec_share_foreign_snoops(share, map->dev)) {
		/* Whatever it has written, and will read */
		dirty = (struct dma_vec_span){ 0, map->table.len };
		if (dma_vec_map_writes(map))
			map->end |= DMA_VEC_END_SYNC;
	} else if (dma_vec_map_writes(map)) {
		dma_vec_span_extend(&share->stale, map->table.len);
	}

	dma_vec_span_for_device(map, dirty);
}

/**
 * dma_vec_share_begin() - sync what devices of the other kind have left
 * @map: A mapping of an attachment, whose device is about to use it
 *
 * Context: Process context, the dma-buf's reservation lock is held.
 */
void dma_vec_share_begin(struct dma_vec_map *map)
{
	struct dma_vec_share *share = map->share;

	dma_resv_assert_held(share->dmabuf->resv);
	guard(mutex)(&share->lock);

	if (dma_vec_is_direct(map))
		dma_vec_share_begin_direct(share, map);
	else if (dma_vec_snoops(map))
		dma_vec_share_begin_snooping(share, map);
}

/**
 * dma_vec_share_clean() - write back what snooping devices have written
 * @map: A mapping of an attachment, whose device has used it
 *
 * Context: Process context, in the path of a fence.
 */
void dma_vec_share_clean(struct dma_vec_map *map)
{
	struct dma_vec_share *share = map->share;
	struct dma_vec_map *reader;

	guard(mutex)(&share->lock);

	/* It may have gone since, and others leave that to the next one */
	reader = dma_vec_share_reader(share);
	if (reader)
		dma_vec_span_for_device(reader, dma_vec_span_take(&share->dirty,
								  SIZE_MAX));
}

static struct dma_vec_share *dma_vec_share_find(struct dma_buf *dmabuf)
{
	struct dma_vec_share *share;

	lockdep_assert_held(&dma_vec_shares_lock);

	hash_for_each_possible(dma_vec_shares, share, node,
			       (unsigned long)dmabuf)
		if (share->dmabuf == dmabuf)
			return share;

	return NULL;
}

static struct dma_vec_share *dma_vec_share_get(struct dma_buf *dmabuf)
{
	struct dma_vec_share *share;

	guard(mutex)(&dma_vec_shares_lock);

	share = dma_vec_share_find(dmabuf);
	if (share)
		return share;

	share = dma_vec_zalloc(sizeof(*share), GFP_KERNEL_ACCOUNT);
	if (!share)
		return NULL;

	share->dmabuf = dmabuf;
	mutex_init(&share->lock);
	INIT_LIST_HEAD(&share->maps);
	hash_add(dma_vec_shares, &share->node, (unsigned long)dmabuf);

	return share;
}

/**
 * dma_vec_share_join() - add a mapping to those of its dma-buf
 * @map: A mapping of an attachment
 *
 * Context: The dma-buf's reservation lock is held. May sleep.
 * Return: 0 or -ENOMEM.
 */
int dma_vec_share_join(struct dma_vec_map *map)
{
	struct dma_vec_share *share;

	share = dma_vec_share_get(map->attach->dmabuf);
	if (!share)
		return -ENOMEM;

	map->share = share;
	scoped_guard(mutex, &share->lock)
		list_add_tail(&map->entry, &share->maps);

	return 0;
}

/* The last one through which the caches can be maintained does it now */
static void dma_vec_share_leave_stale(struct dma_vec_share *share,
				      struct dma_vec_map *map)
{
	struct dma_vec_span stale;

	if (!dma_vec_is_direct(map) || dma_vec_share_writer(share))
		return;

	stale = dma_vec_span_take(&share->stale, SIZE_MAX);
	if (dma_vec_map_writes(map) && dma_vec_share_any_snoops(share))
		dma_vec_span_for_cpu(map, stale);
}

/**
 * dma_vec_share_leave() - undo dma_vec_share_join()
 * @map: The mapping, which is still there, and not in use
 *
 * Context: The dma-buf's reservation lock is held. May sleep.
 */
void dma_vec_share_leave(struct dma_vec_map *map)
{
	struct dma_vec_share *share = map->share;

	scoped_guard(mutex, &share->lock) {
		list_del(&map->entry);
		dma_vec_share_leave_stale(share, map);
	}

	/* The reservation lock keeps others from joining */
	if (!list_empty(&share->maps))
		return;

	scoped_guard(mutex, &dma_vec_shares_lock)
		hash_del(&share->node);
	mutex_destroy(&share->lock);
	kvfree(share);
}

/**
 * dma_vec_mixed_company() - look for devices of another kind at a dma-buf
 * @attach: The attachment of a device
 *
 * Devices see each other's data by themselves if all of them snoop the CPU's
 * caches, or none. dma_vec_begin_access() makes others work as well, for an
 * importer that would rather refuse such a dma-buf than pay for that, this is
 * the question to ask. Devices may be attached at any time: ask before each
 * transfer.
 *
 * Context: The dma-buf's reservation lock is held.
 * Return: true if a device is attached that is of another kind than that of
 * @attach, or if the kind of one of them is not known.
 */
bool dma_vec_mixed_company(const struct dma_buf_attachment *attach)
{
	enum dma_vec_coherency mode = dma_vec_dev_coherency(attach->dev);
	struct dma_buf_attachment *other;

	dma_resv_assert_held(attach->dmabuf->resv);

	list_for_each_entry(other, &attach->dmabuf->attachments, node)
		if (other->dev != attach->dev &&
		    (mode == DMA_VEC_DMA_API_COHERENT ||
		     mode != dma_vec_dev_coherency(other->dev)))
			return true;

	return false;
}
EXPORT_SYMBOL_GPL(dma_vec_mixed_company);
