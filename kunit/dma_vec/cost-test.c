// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the library costs a driver, beside loops that are written by hand. The
 * results are printed, not judged. Under an emulator that lets a nanosecond pass
 * with each instruction they are instructions, and the same at every run.
 *
 * By hand means: the same vectors, in the same order, handed to the same
 * function that stands for writing a hardware descriptor. One loop takes vectors
 * as they are; the other one splits them to a maximum length, as most providers
 * do. Neither joins neighbours, which the library does.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <kunit/device.h>
#include <kunit/test.h>
#include <linux/dma-mapping.h>
#include <linux/dma-vec-table.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/sizes.h>

#define COST_NENTS	1024
#define COST_CALLS	1024
#define COST_STRIDE	SZ_64K
#define COST_MEM	SZ_256K
/* Interrupts may come in between: the best of several */
#define COST_ROUNDS	20

struct cost {
	struct device *dev;
	dma_addr_t mem;		/* mapped, for what is synced */
	struct dma_vec_map map;
	struct dma_vec_limits limits;
	u64 sum;		/* of what was handed to the hardware */
	u64 chunks;
};

/* Stands for a provider's descriptor: it must not vanish */
static noinline void cost_hw(struct cost *c, dma_addr_t addr, size_t len)
{
	c->sum += addr ^ len;
	c->chunks++;
}

static void cost_nothing(struct cost *c)
{
}

static void cost_loop(struct cost *c)
{
	const struct dma_vec *vecs = c->map.table.vecs;
	size_t i;

	for (i = 0; i < c->map.table.nents; i++)
		cost_hw(c, vecs[i].addr, vecs[i].len);
}

static void cost_split_loop(struct cost *c)
{
	const struct dma_vec *vecs = c->map.table.vecs;
	size_t i, left, len;
	dma_addr_t addr;

	for (i = 0; i < c->map.table.nents; i++) {
		addr = vecs[i].addr;
		for (left = vecs[i].len; left; left -= len) {
			len = min(left, c->limits.max_len);
			cost_hw(c, addr, len);
			addr += len;
		}
	}
}

static void cost_iterator(struct cost *c)
{
	struct dma_vec_iter iter;
	struct dma_vec chunk;

	if (dma_vec_iter_init(&iter, c->map.table.vecs, c->map.table.nents, &c->limits))
		return;
	dma_vec_for_each_chunk(&chunk, &iter)
		cost_hw(c, chunk.addr, chunk.len);
}

static void cost_check(struct cost *c)
{
	c->sum += dma_vec_check(c->map.table.vecs, c->map.table.nents, &c->limits);
}

static void cost_truncate_same(struct cost *c)
{
	dma_vec_table_truncate(&c->map.table, c->map.table.len);
}

static void cost_truncate(struct cost *c)
{
	dma_vec_table_truncate(&c->map.table, c->map.table.orig_len / 3);
	dma_vec_table_restore(&c->map.table);
}

static void cost_sync_coherent(struct cost *c)
{
	dma_vec_begin_access(&c->map);
}

static void cost_sync_loop(struct cost *c)
{
	const struct dma_vec *vecs = c->map.table.vecs;
	size_t i;

	for (i = 0; i < c->map.table.nents; i++)
		dma_sync_single_for_device(c->dev, vecs[i].addr, vecs[i].len,
					   DMA_TO_DEVICE);
}

static void cost_sync_api(struct cost *c)
{
	enum dma_vec_coherency mode = c->map.table.coherency;

	c->map.table.coherency = DMA_VEC_DMA_API_COHERENT;
	dma_vec_begin_access(&c->map);
	c->map.table.coherency = mode;
}

static const struct {
	const char *name;
	void (*fn)(struct cost *c);
	size_t seg_len;		/* of each vector */
	size_t calls;		/* in a row, to make it long enough */
	size_t units;		/* of each call, by which the result is divided */
} costs[] = {
	{ "loop", cost_loop, SZ_4K, 1, COST_NENTS },
	{ "splitting loop", cost_split_loop, SZ_4K, 1, COST_NENTS },
	{ "iterator", cost_iterator, SZ_4K, 1, COST_NENTS },
	{ "splitting loop, 8 chunks each", cost_split_loop, SZ_32K, 1, 8 * COST_NENTS },
	{ "iterator, 8 chunks each", cost_iterator, SZ_32K, 1, 8 * COST_NENTS },
	{ "check", cost_check, SZ_4K, 1, COST_NENTS },
	{ "truncate to the same length", cost_truncate_same, SZ_4K, COST_CALLS, 1 },
	{ "truncate and restore", cost_truncate, SZ_4K, COST_CALLS, 1 },
	{ "sync, coherent", cost_sync_coherent, SZ_4K, COST_CALLS, 1 },
	{ "sync loop", cost_sync_loop, SZ_4K, 1, COST_NENTS },
	{ "sync", cost_sync_api, SZ_4K, 1, COST_NENTS },
};

static u64 cost_ns(struct cost *c, void (*fn)(struct cost *c), size_t calls)
{
	u64 best = U64_MAX, start;
	unsigned int i;
	size_t n;

	for (i = 0; i < COST_ROUNDS; i++) {
		start = ktime_get_ns();
		for (n = 0; n < calls; n++)
			fn(c);
		best = min(best, ktime_get_ns() - start);
	}

	return best;
}

static void cost_prepare(struct kunit *test, struct cost *c, size_t seg_len)
{
	size_t i;

	/* No neighbours: the loops by hand would not join them */
	for (i = 0; i < COST_NENTS; i++)
		c->map.table.vecs[i] = (struct dma_vec){
			c->mem + i * COST_STRIDE % COST_MEM, seg_len
		};
	KUNIT_ASSERT_EQ(test, 0, dma_vec_table_index(&c->map.table));
	c->map.table.coherency = DMA_VEC_CPU_COHERENT;
	c->limits = (struct dma_vec_limits){ .max_len = SZ_4K, .addr_align = 8,
					     .len_align = 8 };
}

static void cost_test(struct kunit *test)
{
	struct cost *c = kunit_kzalloc(test, sizeof(*c), GFP_KERNEL);
	size_t i, units;
	u64 ns, none;
	void *mem;

	KUNIT_ASSERT_NOT_NULL(test, c);
	mem = kunit_kzalloc(test, COST_MEM, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, mem);
	c->dev = kunit_device_register(test, "dma-vec-cost");
	KUNIT_ASSERT_FALSE(test, IS_ERR(c->dev));
	KUNIT_ASSERT_EQ(test, 0, dma_coerce_mask_and_coherent(c->dev, DMA_BIT_MASK(32)));
	KUNIT_ASSERT_EQ(test, 0,
			dma_vec_table_alloc(&c->map.table, COST_NENTS, GFP_KERNEL));
	c->mem = dma_map_single(c->dev, mem, COST_MEM, DMA_TO_DEVICE);
	KUNIT_ASSERT_EQ(test, 0, dma_mapping_error(c->dev, c->mem));
	c->map.dev = c->dev;
	c->map.dir = DMA_TO_DEVICE;

	for (i = 0; i < ARRAY_SIZE(costs); i++) {
		cost_prepare(test, c, costs[i].seg_len);
		units = costs[i].calls * costs[i].units;
		none = cost_ns(c, cost_nothing, costs[i].calls);
		ns = cost_ns(c, costs[i].fn, costs[i].calls);
		ns = div_u64(100 * (ns - min(ns, none)), units);
		kunit_info(test, "COST %s: %llu.%02llu ns\n", costs[i].name,
			   div_u64(ns, 100), ns - 100 * div_u64(ns, 100));
	}
	dma_unmap_single(c->dev, c->mem, COST_MEM, DMA_TO_DEVICE);
	dma_vec_table_free(&c->map.table);
}

/* By hand or by the library: the hardware gets the same */
static void cost_same_test(struct kunit *test)
{
	struct cost *c = kunit_kzalloc(test, sizeof(*c), GFP_KERNEL);
	u64 sum, chunks;

	KUNIT_ASSERT_NOT_NULL(test, c);
	KUNIT_ASSERT_EQ(test, 0,
			dma_vec_table_alloc(&c->map.table, COST_NENTS, GFP_KERNEL));
	cost_prepare(test, c, SZ_32K);
	cost_split_loop(c);
	sum = c->sum;
	chunks = c->chunks;
	KUNIT_EXPECT_EQ(test, 8 * COST_NENTS, chunks);
	cost_iterator(c);
	KUNIT_EXPECT_EQ(test, 2 * sum, c->sum);
	KUNIT_EXPECT_EQ(test, 2 * chunks, c->chunks);
	dma_vec_table_free(&c->map.table);
}

static struct kunit_case cost_test_cases[] = {
	KUNIT_CASE(cost_test),
	KUNIT_CASE(cost_same_test),
	{}
};

static struct kunit_suite cost_test_suite = {
	.name = "dma_vec_cost",
	.test_cases = cost_test_cases,
};

kunit_test_suite(cost_test_suite);

MODULE_AUTHOR("the dma_vec project");
MODULE_DESCRIPTION("KUnit tests for DMA vectors: cost");
MODULE_LICENSE("GPL");
