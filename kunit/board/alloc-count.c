// SPDX-License-Identifier: GPL-2.0
/*
 * Counts allocations, through the tracepoints of the allocators: whoever makes
 * them, in whatever context, as long as counting is on. Nothing else happens
 * meanwhile on the one CPU that there is.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <linux/export.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include <trace/events/kmem.h>

#include "alloc-count.h"

static struct alloc_count alloc_count;	/* counted so far */

static void count_add(size_t bytes)
{
	alloc_count.pieces++;
	alloc_count.bytes += bytes;
}

static void count_kmalloc(void *data, unsigned long call_site, const void *ptr,
			  size_t bytes_req, size_t bytes_alloc, gfp_t gfp, int node)
{
	count_add(bytes_alloc);
}

static void count_cache_alloc(void *data, unsigned long call_site, const void *ptr,
			      struct kmem_cache *cache, gfp_t gfp, int node)
{
	count_add(kmem_cache_size(cache));
}

/* Pages that become a slab are counted by the piece */
static void count_page_alloc(void *data, struct page *page, unsigned int order,
			     gfp_t gfp, int migratetype)
{
	if (!(gfp & __GFP_COMP))
		count_add(PAGE_SIZE << order);
}

/**
 * alloc_count_start() - count from here on
 *
 * Return: 0 or a negative error.
 */
int alloc_count_start(void)
{
	int ret;

	alloc_count = (struct alloc_count){};
	ret = register_trace_kmalloc(count_kmalloc, NULL);
	if (ret)
		return ret;
	ret = register_trace_kmem_cache_alloc(count_cache_alloc, NULL);
	if (ret)
		goto err_kmalloc;
	ret = register_trace_mm_page_alloc(count_page_alloc, NULL);
	if (ret)
		goto err_cache;
	/* Registering allocates */
	alloc_count = (struct alloc_count){};
	return 0;

err_cache:
	unregister_trace_kmem_cache_alloc(count_cache_alloc, NULL);
err_kmalloc:
	unregister_trace_kmalloc(count_kmalloc, NULL);
	return ret;
}
EXPORT_SYMBOL_GPL(alloc_count_start);

/**
 * alloc_count_stop() - stop counting
 * @count: where the result goes
 */
void alloc_count_stop(struct alloc_count *count)
{
	*count = alloc_count;
	unregister_trace_mm_page_alloc(count_page_alloc, NULL);
	unregister_trace_kmem_cache_alloc(count_cache_alloc, NULL);
	unregister_trace_kmalloc(count_kmalloc, NULL);
	tracepoint_synchronize_unregister();
}
EXPORT_SYMBOL_GPL(alloc_count_stop);
