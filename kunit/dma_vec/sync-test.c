// SPDX-License-Identifier: GPL-2.0-only
/*
 * Syncing the memory of a driver's own, on a machine that needs it: whoever reads
 * sees what was written last; and sees stale data, in the same test, when a call
 * is left out that is due. The second half keeps the first one honest. And how the
 * library finds out what a device needs.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <kunit/device.h>
#include <kunit/static_stub.h>
#include <kunit/test-bug.h>
#include <kunit/test.h>
#include <linux/dma-mapping.h>
#include <linux/dma-vec-phys.h>
#include <linux/property.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "../table.h"
#include "sync-model.h"

#define NMODES (DMA_VEC_ATOMIC_COHERENT + 1)

struct own {
	struct dma_vec_map map;
	struct sm_dev *dev;
	struct dma_vec vecs[SM_MAX_VECS];
	size_t ends[SM_MAX_VECS];
};

/* As dma_vec_map_phys() leaves it */
static void own_init(struct kunit *test, struct own *o, enum sm_kind kind,
		     enum dma_data_direction dir)
{
	size_t nents;

	*o = (struct own){ .dev = sync_model_wire(test->priv, 0, kind) };
	o->map.dev = &o->dev->dev;
	o->map.dir = dir;
	nents = sync_model_vecs(o->dev, o->vecs);
	KUNIT_ASSERT_EQ(test, 0, dma_vec_table_init(&o->map.table, o->vecs,
						    o->ends, nents));
	KUNIT_ASSERT_EQ(test, SM_BYTES, o->map.table.len);
	dma_vec_table_set_device(&o->map.table, o->map.dev);
	KUNIT_ASSERT_EQ(test, 0,
			dma_vec_table_truncate(&o->map.table, SM_USED));
}

static u8 byte_of(size_t n, u8 round)
{
	return n * 31 + n / 251 + round * 97;
}

static void own_write(struct kunit *test, struct sm_dev *dev, u8 round)
{
	size_t n;

	for (n = 0; n < SM_USED; n++)
		sync_model_write(test->priv, dev, n, byte_of(n, round));
}

/* How many bytes are not what was written in this round? */
static size_t own_stale(struct kunit *test, struct sm_dev *dev, u8 round)
{
	size_t n, stale = 0;

	for (n = 0; n < SM_USED; n++)
		stale += sync_model_read(test->priv, dev, n) !=
			 byte_of(n, round);

	return stale;
}

struct wiring {
	const char *name;
	enum sm_kind kind;
	bool needs_sync;
};

static const struct wiring wirings[] = {
	{ "direct", SM_DIRECT, true },
	{ "IOMMU", SM_IOMMU, true },
	{ "bounced", SM_BOUNCED, true },
	{ "snooping", SM_SNOOPING, false },
};

KUNIT_ARRAY_PARAM_DESC(wiring, wirings, name);

/* The CPU and the device take turns, each over what the other one wrote */
static void sync_turns_test(struct kunit *test)
{
	const struct wiring *w = test->param_value;
	struct sync_model *sm = test->priv;
	bool drop_for_device, drop_for_cpu;
	struct own o;
	unsigned int i;

	for (i = 0; i < 8; i++) {
		sync_model_reset(sm);
		sm->forgets = i & 4;
		drop_for_device = i & 1;
		drop_for_cpu = i & 2;

		own_init(test, &o, w->kind, DMA_BIDIRECTIONAL);
		sync_model_fill_cache(sm);
		own_write(test, NULL, 1);
		sm->drop_for_device = drop_for_device;
		dma_vec_begin_access(&o.map);
		KUNIT_EXPECT_EQ(test, drop_for_device && w->needs_sync,
				!!own_stale(test, o.dev, 1));

		sync_model_fill_cache(sm);
		own_write(test, o.dev, 2);
		KUNIT_EXPECT_EQ(test, w->needs_sync,
				dma_vec_end_access_needed(&o.map));
		sm->drop_for_cpu = drop_for_cpu;
		dma_vec_end_access(&o.map);
		KUNIT_EXPECT_FALSE(test, dma_vec_end_access_needed(&o.map));
		if (!drop_for_device)
			KUNIT_EXPECT_EQ(test, drop_for_cpu && w->needs_sync,
					!!own_stale(test, NULL, 2));
	}
}

/* Lines that are dirty when a device begins must not land on what it wrote */
static void sync_evict_test(struct kunit *test)
{
	const struct wiring *w = test->param_value;
	struct sync_model *sm = test->priv;
	struct own o;
	int drop;

	for (drop = 0; drop < 2; drop++) {
		sync_model_reset(sm);
		own_init(test, &o, w->kind, DMA_FROM_DEVICE);

		own_write(test, NULL, 0);
		sm->drop_for_device = drop;
		dma_vec_begin_access(&o.map);
		own_write(test, o.dev, 1);
		sync_model_evict(sm);
		dma_vec_end_access(&o.map);

		KUNIT_EXPECT_EQ(test, drop && w->kind != SM_SNOOPING &&
				w->kind != SM_BOUNCED,
				!!own_stale(test, NULL, 1));
	}
}

/* One entry over scattered memory, synced as if it were one piece of memory */
static void sync_scattered_test(struct kunit *test)
{
	struct sync_model *sm = test->priv;
	struct own o;
	int flag;

	for (flag = 0; flag < 2; flag++) {
		sync_model_reset(sm);
		own_init(test, &o, SM_IOMMU, DMA_BIDIRECTIONAL);
		KUNIT_EXPECT_TRUE(test, o.map.table.scattered);
		if (!flag)
			o.map.table.scattered = false;

		own_write(test, NULL, 0);
		dma_vec_begin_access(&o.map);
		KUNIT_EXPECT_EQ(test, !flag, !!own_stale(test, o.dev, 0));

		sync_model_fill_cache(sm);
		own_write(test, o.dev, 1);
		dma_vec_end_access(&o.map);
		KUNIT_EXPECT_EQ(test, !flag, !!own_stale(test, NULL, 1));
	}
}

/* What was called must be the bytes @from to @to, no more and no less, in order */
static void expect_pieces(struct kunit *test, const struct own *o, size_t from,
			  size_t to, bool for_cpu)
{
	bool scattered = o->map.table.scattered;
	struct sync_model *sm = test->priv;
	const struct sm_piece *piece;
	size_t at = from, i;

	KUNIT_ASSERT_LE(test, sm->npieces, SM_MAX_PIECES);
	for (piece = sm->pieces; piece < sm->pieces + sm->npieces; piece++) {
		KUNIT_ASSERT_LT(test, at, to);
		KUNIT_EXPECT_PTR_EQ(test, o->dev, piece->dev);
		KUNIT_EXPECT_EQ(test, sync_model_addr(o->dev, at), piece->addr);
		KUNIT_EXPECT_EQ(test, o->map.dir, piece->dir);
		KUNIT_EXPECT_EQ(test, for_cpu, piece->for_cpu);
		if (scattered)
			KUNIT_EXPECT_LE(test, piece->addr % 4096 + piece->len,
					4096);

		/* Each one ends where a vector does, or a page, or all of it */
		at += piece->len;
		for (i = 0; o->ends[i] < at; i++)
			;
		KUNIT_EXPECT_TRUE(test, at == to || at == o->ends[i] ||
				  (scattered &&
				   (piece->addr + piece->len) % 4096 == 0));
		KUNIT_EXPECT_LE(test, piece->len, o->ends[i] - (i ? o->ends[i - 1] : 0));
	}

	KUNIT_EXPECT_EQ(test, to, at);
	sync_model_forget_calls(sm);
}

static const size_t span_lens[] = {
	1, 64, 3456, 3457, 3 * SM_PAGE + 128, 3 * SM_PAGE + 129, SM_USED,
	SM_BYTES - 1, SM_BYTES,
};

static void sync_bytes_in_use_test(struct kunit *test)
{
	const struct wiring *w = test->param_value;
	struct sync_model *sm = test->priv;
	struct own o;
	size_t i;

	own_init(test, &o, w->kind, DMA_FROM_DEVICE);
	for (i = 0; i < ARRAY_SIZE(span_lens); i++) {
		KUNIT_ASSERT_EQ(test, 0,
				dma_vec_table_truncate(&o.map.table,
						       span_lens[i]));
		dma_vec_begin_access(&o.map);
		expect_pieces(test, &o, 0, w->needs_sync ? span_lens[i] : 0,
			      false);
		dma_vec_end_access(&o.map);
		expect_pieces(test, &o, 0, w->needs_sync ? span_lens[i] : 0,
			      true);

		/* Once is enough */
		dma_vec_end_access(&o.map);
		KUNIT_EXPECT_EQ(test, 0, sm->npieces);
	}

	/* A device that only reads has nothing to give back */
	o.map.dir = DMA_TO_DEVICE;
	dma_vec_begin_access(&o.map);
	expect_pieces(test, &o, 0, w->needs_sync ? SM_BYTES : 0, false);
	KUNIT_EXPECT_FALSE(test, dma_vec_end_access_needed(&o.map));
	dma_vec_end_access(&o.map);
	KUNIT_EXPECT_EQ(test, 0, sm->npieces);
}

/* Any bytes, whatever is in use */
static void sync_span_test(struct kunit *test)
{
	const struct wiring *w = test->param_value;
	struct sync_model *sm = test->priv;
	struct dma_vec_span span;
	struct own o;
	size_t i, j;

	own_init(test, &o, w->kind, DMA_BIDIRECTIONAL);
	KUNIT_ASSERT_EQ(test, 0, dma_vec_table_truncate(&o.map.table, 70));
	for (i = 0; i < ARRAY_SIZE(span_lens); i++) {
		for (j = i + 1; j < ARRAY_SIZE(span_lens); j++) {
			span = (struct dma_vec_span){ span_lens[i],
						      span_lens[j] };
			dma_vec_span_for_device(&o.map, span);
			expect_pieces(test, &o, span.from, span.to, false);
			dma_vec_span_for_cpu(&o.map, span);
			expect_pieces(test, &o, span.from, span.to, true);

			/* None */
			span = (struct dma_vec_span){ span_lens[j],
						      span_lens[i] };
			dma_vec_span_for_device(&o.map, span);
			dma_vec_span_for_cpu(&o.map, span);
		}
	}
	span = (struct dma_vec_span){ SM_BYTES, SM_BYTES };
	dma_vec_span_for_device(&o.map, span);
	KUNIT_EXPECT_EQ(test, 0, sm->npieces);
}

static const char *const mode_names[NMODES] = {
	[DMA_VEC_DEFAULT_COHERENT] = "default",
	[DMA_VEC_DMA_API_COHERENT] = "DMA API",
	[DMA_VEC_MEMORY_COHERENT] = "memory",
	[DMA_VEC_CPU_COHERENT] = "CPU",
	[DMA_VEC_ATOMIC_COHERENT] = "atomic",
};

/* What a driver sets counts, and nothing is done to memory that must not be synced */
static void sync_set_coherency_test(struct kunit *test)
{
	struct sync_model *sm = test->priv;
	enum dma_vec_coherency mode;
	size_t want;
	struct own o;

	own_init(test, &o, SM_DIRECT, DMA_BIDIRECTIONAL);
	for (mode = 0; mode < NMODES; mode++) {
		o.map.table.no_sync = false;
		o.map.table.coherency = mode;

		want = mode == DMA_VEC_DMA_API_COHERENT ||
		       mode == DMA_VEC_MEMORY_COHERENT ? SM_USED : 0;
		dma_vec_begin_access(&o.map);
		KUNIT_EXPECT_EQ_MSG(test, want, sm->for_device, "%s",
				    mode_names[mode]);
		dma_vec_end_access(&o.map);
		KUNIT_EXPECT_EQ_MSG(test, want, sm->for_cpu, "%s",
				    mode_names[mode]);

		sync_model_forget_calls(sm);
		o.map.table.no_sync = true;
		dma_vec_begin_access(&o.map);
		KUNIT_EXPECT_FALSE(test, dma_vec_end_access_needed(&o.map));
		dma_vec_end_access(&o.map);
		KUNIT_EXPECT_EQ(test, 0, sm->npieces);
	}
}

/* What there is to know of a device, and what follows from it */
struct derive_case {
	const char *name;
	enum dev_dma_attr attr;
	bool translates, limited, needs_sync, short_may_bounce;
	size_t len;
	enum dma_vec_coherency mode;
};

static const struct derive_case derive_cases[] = {
	{
		.name = "coherent", .attr = DEV_DMA_COHERENT,
		.mode = DMA_VEC_CPU_COHERENT,
	}, {
		.name = "coherent, limited, not bounced",
		.attr = DEV_DMA_COHERENT, .limited = true,
		.mode = DMA_VEC_CPU_COHERENT,
	}, {
		.name = "coherent, bounced",
		.attr = DEV_DMA_COHERENT, .needs_sync = true,
		.mode = DMA_VEC_DMA_API_COHERENT,
	}, {
		.name = "coherent, IOMMU",
		.attr = DEV_DMA_COHERENT, .translates = true,
		.mode = DMA_VEC_CPU_COHERENT,
	}, {
		.name = "coherent, IOMMU, bounced",
		.attr = DEV_DMA_COHERENT, .translates = true,
		.needs_sync = true,
		.mode = DMA_VEC_DMA_API_COHERENT,
	}, {
		.name = "not coherent",
		.attr = DEV_DMA_NON_COHERENT, .needs_sync = true,
		.mode = DMA_VEC_MEMORY_COHERENT,
	}, {
		.name = "not coherent, limited",
		.attr = DEV_DMA_NON_COHERENT, .limited = true,
		.needs_sync = true,
		.mode = DMA_VEC_DMA_API_COHERENT,
	}, {
		.name = "not coherent, IOMMU",
		.attr = DEV_DMA_NON_COHERENT, .translates = true,
		.needs_sync = true,
		.mode = DMA_VEC_MEMORY_COHERENT,
	}, {
		.name = "not coherent, short vector which may bounce",
		.attr = DEV_DMA_NON_COHERENT, .needs_sync = true,
		.short_may_bounce = true, .len = 1,
		.mode = DMA_VEC_DMA_API_COHERENT,
	}, {
		.name = "not coherent, short vectors would bounce",
		.attr = DEV_DMA_NON_COHERENT, .needs_sync = true,
		.short_may_bounce = true,
		.mode = DMA_VEC_MEMORY_COHERENT,
	}, {
		.name = "not coherent, short vector which does not bounce",
		.attr = DEV_DMA_NON_COHERENT, .needs_sync = true, .len = 1,
		.mode = DMA_VEC_MEMORY_COHERENT,
	}, {
		.name = "called not coherent, but nothing is ever synced",
		.attr = DEV_DMA_NON_COHERENT,
		.mode = DMA_VEC_CPU_COHERENT,
	}, {
		.name = "unknown",
		.attr = DEV_DMA_NOT_SUPPORTED, .needs_sync = true,
		.mode = DMA_VEC_DMA_API_COHERENT,
	}, {
		.name = "unknown, but nothing is ever synced",
		.attr = DEV_DMA_NOT_SUPPORTED,
		.mode = DMA_VEC_CPU_COHERENT,
	},
};

KUNIT_ARRAY_PARAM_DESC(derive, derive_cases, name);

static const struct derive_case *derive_case(void)
{
	return kunit_get_current_test()->param_value;
}

static enum dev_dma_attr derive_attr(struct device *dev)
{
	return derive_case()->attr;
}

static bool derive_translates(struct device *dev)
{
	return derive_case()->translates;
}

static bool derive_limited(struct device *dev)
{
	return derive_case()->limited;
}

/* One vector of several is enough, wherever it is */
static bool derive_needs_sync(struct device *dev, dma_addr_t addr)
{
	return derive_case()->needs_sync && addr == 0x30000;
}

static bool derive_short_may_bounce(void)
{
	return derive_case()->short_may_bounce;
}

static void sync_derive_test(struct kunit *test)
{
	const struct derive_case *c = test->param_value;
	struct device *dev = kunit_device_register(test, "dma_vec");
	struct dma_vec vecs[] = {
		{ 0x10000, 4096 }, { 0x20000, 4096 }, { 0x30000, c->len ?: 4096 },
	};
	struct dma_vec_table table;
	size_t ends[3];

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, dev);
	kunit_activate_static_stub(test, dma_vec_dev_attr, derive_attr);
	kunit_activate_static_stub(test, dma_vec_dev_translates,
				   derive_translates);
	kunit_activate_static_stub(test, dma_vec_dev_limited, derive_limited);
	kunit_activate_static_stub(test, dma_vec_addr_needs_sync,
				   derive_needs_sync);
	kunit_activate_static_stub(test, dma_vec_short_may_bounce,
				   derive_short_may_bounce);

	KUNIT_EXPECT_EQ(test, c->attr == DEV_DMA_COHERENT ? DMA_VEC_CPU_COHERENT :
			c->attr == DEV_DMA_NON_COHERENT ?
			DMA_VEC_MEMORY_COHERENT : DMA_VEC_DMA_API_COHERENT,
			dma_vec_dev_coherency(dev));

	KUNIT_ASSERT_EQ(test, 0, dma_vec_table_init(&table, vecs, ends, 3));
	table.coherency = DMA_VEC_ATOMIC_COHERENT;
	table.no_sync = true;
	table.scattered = !c->translates;

	dma_vec_table_set_device(&table, dev);
	KUNIT_EXPECT_EQ(test, c->mode, table.coherency);
	KUNIT_EXPECT_EQ(test, c->translates, table.scattered);
	KUNIT_EXPECT_TRUE(test, table.no_sync);
}

static struct device *real_device(struct kunit *test)
{
	struct device *dev;

	if (!IS_ENABLED(CONFIG_HAS_DMA))
		kunit_skip(test, "no DMA on this machine");

	dev = kunit_device_register(test, "dma_vec");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, dev);
	KUNIT_ASSERT_EQ(test, 0, dma_coerce_mask_and_coherent(dev,
							      DMA_BIT_MASK(64)));

	return dev;
}

/* The DMA API itself, of whatever machine this is, takes our calls */
static void sync_real_test(struct kunit *test)
{
	struct device *dev = real_device(test);
	struct dma_vec_map map = { .dev = dev, .dir = DMA_BIDIRECTIONAL };
	struct dma_vec vec;
	size_t end;
	u8 *buf;

	buf = kunit_kmalloc(test, 2 * SM_PAGE, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, buf);
	memset(buf, 0x5a, 2 * SM_PAGE);

	vec.len = 2 * SM_PAGE;
	vec.addr = dma_map_single(dev, buf, vec.len, DMA_BIDIRECTIONAL);
	KUNIT_ASSERT_EQ(test, 0, dma_mapping_error(dev, vec.addr));
	KUNIT_EXPECT_EQ(test, 0, dma_vec_table_init(&map.table, &vec, &end, 1));

	dma_vec_table_set_device(&map.table, dev);
	KUNIT_EXPECT_EQ(test, !dma_need_sync(dev, vec.addr),
			map.table.coherency ==
			DMA_VEC_CPU_COHERENT);

	map.table.coherency = DMA_VEC_DMA_API_COHERENT;
	dma_vec_begin_access(&map);
	dma_vec_end_access(&map);
	map.table.scattered = !map.table.scattered;
	dma_vec_begin_access(&map);
	dma_vec_end_access(&map);

	dma_unmap_single(dev, vec.addr, vec.len, DMA_BIDIRECTIONAL);
	KUNIT_EXPECT_NULL(test, memchr_inv(buf, 0x5a, 2 * SM_PAGE));
}

static enum dev_dma_attr real_attr(struct device *dev)
{
	return DEV_DMA_NON_COHERENT;
}

static bool real_needs_sync(struct device *dev, dma_addr_t addr)
{
	return true;
}

/* What the DMA API tells of a device that does not snoop */
static void sync_real_derive_test(struct kunit *test)
{
	struct device *dev = real_device(test);
	struct dma_vec vec = { 0x1000, SZ_64K };
	struct dma_vec_table table;
	size_t end;

	KUNIT_EXPECT_EQ(test, 0, dma_vec_table_init(&table, &vec, &end, 1));
	kunit_activate_static_stub(test, dma_vec_dev_attr, real_attr);
	kunit_activate_static_stub(test, dma_vec_addr_needs_sync,
				   real_needs_sync);

	dma_vec_table_set_device(&table, dev);
	KUNIT_EXPECT_EQ(test, DMA_VEC_MEMORY_COHERENT, table.coherency);
	KUNIT_EXPECT_FALSE(test, table.scattered);

	/* An IOMMU scatters, and does not bounce */
	dev->iommu_group = (struct iommu_group *)0x10;
	dma_vec_table_set_device(&table, dev);
	dev->iommu_group = NULL;
	KUNIT_EXPECT_EQ(test, DMA_VEC_MEMORY_COHERENT, table.coherency);
	KUNIT_EXPECT_TRUE(test, table.scattered);

	*dev->dma_mask = DMA_BIT_MASK(12);
	dma_vec_table_set_device(&table, dev);
	KUNIT_EXPECT_EQ(test, DMA_VEC_DMA_API_COHERENT, table.coherency);
}

static int sync_test_init(struct kunit *test)
{
	sync_model_create(test);

	return 0;
}

static struct kunit_case sync_test_cases[] = {
	KUNIT_CASE_PARAM(sync_turns_test, wiring_gen_params),
	KUNIT_CASE_PARAM(sync_evict_test, wiring_gen_params),
	KUNIT_CASE(sync_scattered_test),
	KUNIT_CASE_PARAM(sync_bytes_in_use_test, wiring_gen_params),
	KUNIT_CASE_PARAM(sync_span_test, wiring_gen_params),
	KUNIT_CASE(sync_set_coherency_test),
	{}
};

static struct kunit_suite sync_test_suite = {
	.name = "dma_vec_sync",
	.init = sync_test_init,
	.test_cases = sync_test_cases,
};

static struct kunit_case sync_real_test_cases[] = {
	KUNIT_CASE_PARAM(sync_derive_test, derive_gen_params),
	KUNIT_CASE(sync_real_test),
	KUNIT_CASE(sync_real_derive_test),
	{}
};

static struct kunit_suite sync_real_test_suite = {
	.name = "dma_vec_sync_real",
	.test_cases = sync_real_test_cases,
};

kunit_test_suites(&sync_test_suite, &sync_real_test_suite);
