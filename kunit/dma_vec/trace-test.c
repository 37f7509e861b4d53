// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tracepoints: one event for each thing that happens, none for what does not,
 * and the right numbers in it.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <kunit/device.h>
#include <kunit/static_stub.h>
#include <kunit/test.h>
#include <linux/dma-mapping.h>
#include <linux/dma-vec-phys.h>
#include <linux/mm.h>
#include <linux/tracepoint.h>

#include <trace/events/dma_vec.h>

#include "../table.h"

struct trace_seen {
	unsigned int maps, unmaps, truncates, for_device, for_cpu;
	size_t was, len, nents;
	enum dma_data_direction dir;
};

static void seen_map(void *data, const struct dma_vec_map *map)
{
	struct trace_seen *seen = data;

	seen->maps++;
	seen->len = map->table.len;
	seen->dir = map->dir;
}

static void seen_unmap(void *data, const struct dma_vec_map *map)
{
	struct trace_seen *seen = data;

	seen->unmaps++;
	seen->len = map->table.orig_len;
}

static void seen_truncate(void *data, const struct dma_vec_table *table,
			  size_t was)
{
	struct trace_seen *seen = data;

	seen->truncates++;
	seen->was = was;
	seen->len = table->len;
	seen->nents = table->nents;
}

static void seen_for_device(void *data, const struct dma_vec_map *map,
			    size_t from, size_t len)
{
	struct trace_seen *seen = data;

	seen->for_device++;
	seen->was = from;
	seen->len = len;
	seen->dir = map->dir;
}

static void seen_for_cpu(void *data, const struct dma_vec_map *map, size_t from,
			 size_t len)
{
	struct trace_seen *seen = data;

	seen->for_cpu++;
	seen->was = from;
	seen->len = len;
	seen->dir = map->dir;
}

static void trace_unregister(void *seen)
{
	unregister_trace_dma_vec_map(seen_map, seen);
	unregister_trace_dma_vec_unmap(seen_unmap, seen);
	unregister_trace_dma_vec_truncate(seen_truncate, seen);
	unregister_trace_dma_vec_sync_for_device(seen_for_device, seen);
	unregister_trace_dma_vec_sync_for_cpu(seen_for_cpu, seen);
	tracepoint_synchronize_unregister();
}

static int trace_test_init(struct kunit *test)
{
	struct trace_seen *seen;

	if (!IS_ENABLED(CONFIG_TRACEPOINTS))
		kunit_skip(test, "no tracepoints");

	seen = kunit_kzalloc(test, sizeof(*seen), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, seen);
	test->priv = seen;

	KUNIT_ASSERT_EQ(test, 0, register_trace_dma_vec_map(seen_map, seen));
	KUNIT_ASSERT_EQ(test, 0, register_trace_dma_vec_unmap(seen_unmap, seen));
	KUNIT_ASSERT_EQ(test, 0,
			register_trace_dma_vec_truncate(seen_truncate, seen));
	KUNIT_ASSERT_EQ(test, 0,
			register_trace_dma_vec_sync_for_device(seen_for_device,
							       seen));
	KUNIT_ASSERT_EQ(test, 0,
			register_trace_dma_vec_sync_for_cpu(seen_for_cpu, seen));

	return kunit_add_action_or_reset(test, trace_unregister, seen);
}

static void trace_truncate_test(struct kunit *test)
{
	struct dma_vec vecs[] = { { 0x1000, 100 }, { 0x2000, 100 } };
	struct trace_seen *seen = test->priv;
	struct dma_vec_table table;
	size_t ends[2];

	KUNIT_ASSERT_EQ(test, 0, dma_vec_table_init(&table, vecs, ends, 2));
	KUNIT_EXPECT_EQ(test, 0, seen->truncates);

	KUNIT_ASSERT_EQ(test, 0, dma_vec_table_truncate(&table, 30));
	KUNIT_EXPECT_EQ(test, 1, seen->truncates);
	KUNIT_EXPECT_EQ(test, 200, seen->was);
	KUNIT_EXPECT_EQ(test, 30, seen->len);
	KUNIT_EXPECT_EQ(test, 1, seen->nents);

	/* To what it is already, and to what it cannot be */
	KUNIT_ASSERT_EQ(test, 0, dma_vec_table_truncate(&table, 30));
	KUNIT_ASSERT_NE(test, 0, dma_vec_table_truncate(&table, 201));
	KUNIT_EXPECT_EQ(test, 1, seen->truncates);

	KUNIT_ASSERT_EQ(test, 0, dma_vec_table_truncate(&table, 200));
	KUNIT_EXPECT_EQ(test, 2, seen->truncates);
	KUNIT_EXPECT_EQ(test, 30, seen->was);
	KUNIT_EXPECT_EQ(test, 200, seen->len);
	KUNIT_EXPECT_EQ(test, 2, seen->nents);
}

static void no_sync(struct device *dev, dma_addr_t addr, size_t len,
		    enum dma_data_direction dir)
{
}

static void trace_sync_test(struct kunit *test)
{
	struct device *dev = kunit_device_register(test, "dma-vec-trace");
	struct dma_vec_map map = { .dev = dev, .dir = DMA_FROM_DEVICE };
	struct dma_vec vec = { 0x1000, 100 };
	struct trace_seen *seen = test->priv;
	size_t end;

	KUNIT_ASSERT_FALSE(test, IS_ERR(dev));
	kunit_activate_static_stub(test, dma_vec_sync_piece_for_device,
				   no_sync);
	kunit_activate_static_stub(test, dma_vec_sync_piece_for_cpu, no_sync);
	KUNIT_ASSERT_EQ(test, 0, dma_vec_table_init(&map.table, &vec, &end, 1));

	/* Nothing to do is nothing to tell */
	map.table.coherency = DMA_VEC_CPU_COHERENT;
	dma_vec_begin_access(&map);
	dma_vec_end_access(&map);
	KUNIT_EXPECT_EQ(test, 0, seen->for_device);
	KUNIT_EXPECT_EQ(test, 0, seen->for_cpu);

	map.table.coherency = DMA_VEC_DMA_API_COHERENT;
	dma_vec_begin_access(&map);
	KUNIT_EXPECT_EQ(test, 1, seen->for_device);
	KUNIT_EXPECT_EQ(test, DMA_FROM_DEVICE, seen->dir);
	KUNIT_EXPECT_EQ(test, 100, seen->len);

	KUNIT_ASSERT_EQ(test, 0, dma_vec_table_truncate(&map.table, 30));
	dma_vec_end_access(&map);
	KUNIT_EXPECT_EQ(test, 1, seen->for_device);
	KUNIT_EXPECT_EQ(test, 1, seen->for_cpu);
	KUNIT_EXPECT_EQ(test, DMA_FROM_DEVICE, seen->dir);
	KUNIT_EXPECT_EQ(test, 30, seen->len);
	KUNIT_EXPECT_EQ(test, 0, seen->was);

	dma_vec_span_for_cpu(&map, (struct dma_vec_span){ 40, 90 });
	KUNIT_EXPECT_EQ(test, 2, seen->for_cpu);
	KUNIT_EXPECT_EQ(test, 40, seen->was);
	KUNIT_EXPECT_EQ(test, 50, seen->len);
}

static void trace_map_test(struct kunit *test)
{
	struct device *dev = kunit_device_register(test, "dma-vec-trace");
	struct trace_seen *seen = test->priv;
	struct phys_vec phys = { .len = 100 };
	struct dma_vec_map map;
	struct page *page;

	KUNIT_ASSERT_FALSE(test, IS_ERR(dev));
	KUNIT_ASSERT_EQ(test, 0,
			dma_coerce_mask_and_coherent(dev, DMA_BIT_MASK(32)));

	KUNIT_ASSERT_NE(test, 0, dma_vec_map_phys(&map, dev, &phys, 0,
						  DMA_TO_DEVICE, 0, 0));
	KUNIT_EXPECT_EQ(test, 0, seen->maps);
	dma_vec_unmap_phys(&map);
	KUNIT_EXPECT_EQ(test, 0, seen->unmaps);

	page = alloc_page(GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, page);
	phys.paddr = page_to_phys(page);
	KUNIT_EXPECT_EQ(test, 0, dma_vec_map_phys(&map, dev, &phys, 1,
						  DMA_TO_DEVICE, 0, 0));
	KUNIT_EXPECT_EQ(test, 1, seen->maps);
	KUNIT_EXPECT_EQ(test, 100, seen->len);
	KUNIT_EXPECT_EQ(test, DMA_TO_DEVICE, seen->dir);

	dma_vec_unmap_phys(&map);
	KUNIT_EXPECT_EQ(test, 1, seen->maps);
	KUNIT_EXPECT_EQ(test, 1, seen->unmaps);
	KUNIT_EXPECT_EQ(test, 100, seen->len);
	__free_page(page);
}

static struct kunit_case trace_test_cases[] = {
	KUNIT_CASE(trace_truncate_test),
	KUNIT_CASE(trace_sync_test),
	KUNIT_CASE(trace_map_test),
	{}
};

static struct kunit_suite trace_test_suite = {
	.name = "dma_vec_trace",
	.init = trace_test_init,
	.test_cases = trace_test_cases,
};

kunit_test_suite(trace_test_suite);
