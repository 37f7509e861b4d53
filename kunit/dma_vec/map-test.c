// SPDX-License-Identifier: GPL-2.0-only
/*
 * Mapping physical memory: on a model of the DMA API that remembers what is
 * mapped, with and without an IOMMU that can link ranges, and that fails when
 * it is told to. Nothing may be left mapped that nobody knows of.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <kunit/device.h>
#include <kunit/static_stub.h>
#include <kunit/test-bug.h>
#include <kunit/test.h>
#include <linux/dma-direct.h>
#include <linux/dma-mapping.h>
#include <linux/dma-vec-phys.h>
#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/mm.h>
#include <linux/sizes.h>
#include <linux/string.h>

#include "../dma-api.h"
#include "../table.h"

#define MAX_PIECES	16
#define IOVA		0x40000000
#define ATTRS		DMA_ATTR_WEAK_ORDERING

/* Bus addresses are not physical ones, so that nobody mixes them up */
#define BUS_OFFSET	0x1000000

struct map_model {
	struct device *dev;
	size_t max_mapping;
	unsigned long granule;		/* of the IOMMU, minus one */
	bool can_link;
	bool mmio;

	/* Steps until one fails; 0 for never */
	unsigned int fail_in;

	/* What is mapped, and in which order it was */
	struct dma_vec pieces[MAX_PIECES];
	unsigned int mapped;
	unsigned int maps;

	/* The address that the next piece gets, if not its own */
	dma_addr_t next_addr;

	bool iova_used;
	size_t iova_len;
	size_t linked;
	bool synced;
};

static struct map_model *map_model(void)
{
	return kunit_get_current_test()->priv;
}

static bool model_fails(struct map_model *m)
{
	return m->fail_in && !--m->fail_in;
}

static void model_expect_args(struct map_model *m, struct device *dev,
			      enum dma_data_direction dir, unsigned long attrs,
			      bool mmio)
{
	struct kunit *test = kunit_get_current_test();

	KUNIT_EXPECT_PTR_EQ(test, m->dev, dev);
	KUNIT_EXPECT_EQ(test, DMA_FROM_DEVICE, dir);
	KUNIT_EXPECT_EQ(test, ATTRS, attrs);
	KUNIT_EXPECT_EQ(test, m->mmio, mmio);
}

static size_t model_max_mapping(struct device *dev)
{
	return map_model()->max_mapping;
}

static unsigned long model_granule(struct device *dev)
{
	return map_model()->granule;
}

static dma_addr_t model_map_piece(struct device *dev, phys_addr_t paddr,
				  size_t len, enum dma_data_direction dir,
				  unsigned long attrs, bool mmio)
{
	struct map_model *m = map_model();
	struct dma_vec *piece;

	model_expect_args(m, dev, dir, attrs, mmio);
	if (model_fails(m))
		return DMA_MAPPING_ERROR;

	KUNIT_ASSERT_LT(kunit_get_current_test(), m->maps, MAX_PIECES);
	piece = &m->pieces[m->maps++];
	piece->addr = m->next_addr ?: paddr + BUS_OFFSET;
	piece->len = len;
	m->mapped++;

	return piece->addr;
}

static void model_unmap_piece(struct device *dev, dma_addr_t addr, size_t len,
			      enum dma_data_direction dir, unsigned long attrs,
			      bool mmio)
{
	struct map_model *m = map_model();
	unsigned int i;

	model_expect_args(m, dev, dir, attrs, mmio);
	for (i = 0; i < m->maps; i++)
		if (m->pieces[i].addr == addr && m->pieces[i].len == len)
			break;
	if (i == m->maps) {
		KUNIT_FAIL(kunit_get_current_test(),
			   "%zu bytes were never mapped", len);
		return;
	}

	m->pieces[i].len = 0;
	m->mapped--;
}

/* Never looked into */
static struct dma_iova_state *const model_iova = (void *)0x10;

static struct dma_iova_state *model_iova_alloc(struct device *dev,
					       phys_addr_t paddr, size_t len,
					       dma_addr_t *addr)
{
	struct map_model *m = map_model();

	if (!m->can_link)
		return NULL;

	KUNIT_EXPECT_FALSE(kunit_get_current_test(), m->iova_used);
	m->iova_used = true;
	m->iova_len = len;
	*addr = m->next_addr ?: IOVA + (paddr & m->granule);

	return model_iova;
}

static int model_iova_link(struct device *dev, struct dma_iova_state *iova,
			   phys_addr_t paddr, size_t offset, size_t len,
			   enum dma_data_direction dir, unsigned long attrs,
			   bool mmio)
{
	struct kunit *test = kunit_get_current_test();
	struct map_model *m = map_model();

	model_expect_args(m, dev, dir, attrs, mmio);
	KUNIT_EXPECT_PTR_EQ(test, model_iova, iova);
	KUNIT_EXPECT_EQ(test, m->linked, offset);
	KUNIT_EXPECT_LE(test, offset + len, m->iova_len);
	KUNIT_EXPECT_TRUE(test, !offset || !(paddr & m->granule));
	if (model_fails(m))
		return -EIO;

	m->linked += len;

	return 0;
}

static int model_iova_sync(struct device *dev, struct dma_iova_state *iova,
			   size_t len)
{
	struct map_model *m = map_model();

	KUNIT_EXPECT_EQ(kunit_get_current_test(), m->linked, len);
	if (model_fails(m))
		return -EREMOTEIO;

	m->synced = true;

	return 0;
}

static void model_iova_free(struct device *dev, struct dma_iova_state *iova,
			    size_t linked, enum dma_data_direction dir,
			    unsigned long attrs, bool mmio)
{
	struct kunit *test = kunit_get_current_test();
	struct map_model *m = map_model();

	model_expect_args(m, dev, dir, attrs, mmio);
	KUNIT_EXPECT_TRUE(test, m->iova_used);
	KUNIT_EXPECT_EQ(test, m->linked, linked);
	m->iova_used = false;
	m->linked = 0;
}

static int map_test_init(struct kunit *test)
{
	struct map_model *m = kunit_kzalloc(test, sizeof(*m), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, m);
	m->dev = kunit_device_register(test, "dma-vec-map");
	KUNIT_ASSERT_FALSE(test, IS_ERR(m->dev));
	KUNIT_ASSERT_EQ(test, 0,
			dma_coerce_mask_and_coherent(m->dev, DMA_BIT_MASK(32)));
	m->max_mapping = SIZE_MAX;
	test->priv = m;

	return 0;
}

static void map_use_model(struct kunit *test)
{
	kunit_activate_static_stub(test, dma_vec_dev_max_mapping,
				   model_max_mapping);
	kunit_activate_static_stub(test, dma_vec_dev_granule, model_granule);
	kunit_activate_static_stub(test, dma_vec_map_piece, model_map_piece);
	kunit_activate_static_stub(test, dma_vec_unmap_piece,
				   model_unmap_piece);
	kunit_activate_static_stub(test, dma_vec_iova_alloc, model_iova_alloc);
	kunit_activate_static_stub(test, dma_vec_iova_link, model_iova_link);
	kunit_activate_static_stub(test, dma_vec_iova_sync, model_iova_sync);
	kunit_activate_static_stub(test, dma_vec_iova_free, model_iova_free);
}

static void expect_nothing_left(struct kunit *test, const struct dma_vec_map *map)
{
	static const struct dma_vec_map empty;
	struct map_model *m = test->priv;

	KUNIT_EXPECT_EQ(test, 0, m->mapped);
	KUNIT_EXPECT_FALSE(test, m->iova_used);
	KUNIT_EXPECT_MEMEQ(test, &empty, map, sizeof(*map));
}

static const struct phys_vec three[] = { { 0x10000, 0x3000 },
					 { 0x20000, 0x1000 },
					 { 0x31000, 0x800 } };

static int map_three(struct map_model *m, struct dma_vec_map *map)
{
	return dma_vec_map_phys(map, m->dev, three, 3, DMA_FROM_DEVICE, ATTRS,
				m->mmio ? DMA_VEC_MAP_MMIO : 0);
}

struct pieces_case {
	const char *name;
	size_t max_mapping;
	struct dma_vec want[7];
	size_t nwant;
};

static const struct pieces_case pieces_cases[] = {
	{ "as they are", SIZE_MAX,
	  { { 0x1010000, 0x3000 }, { 0x1020000, 0x1000 }, { 0x1031000, 0x800 } },
	  3 },
	{ "longest piece", SZ_8K,
	  { { 0x1010000, 0x2000 }, { 0x1012000, 0x1000 }, { 0x1020000, 0x1000 },
	    { 0x1031000, 0x800 } }, 4 },
	{ "longest piece is no whole pages", SZ_8K - 1,
	  { { 0x1010000, 0x1000 }, { 0x1011000, 0x1000 }, { 0x1012000, 0x1000 },
	    { 0x1020000, 0x1000 }, { 0x1031000, 0x800 } }, 5 },
	{ "longest piece is less than a page", 1,
	  { { 0x1010000, 0x1000 }, { 0x1011000, 0x1000 }, { 0x1012000, 0x1000 },
	    { 0x1020000, 0x1000 }, { 0x1031000, 0x800 } }, 5 },
};

KUNIT_ARRAY_PARAM_DESC(pieces, pieces_cases, name);

static void map_pieces_test(struct kunit *test)
{
	const struct pieces_case *c = test->param_value;
	struct map_model *m = test->priv;
	struct dma_vec_map map;
	size_t i;

	/* The model's pages are of 4 KiB */
	if (PAGE_SIZE != SZ_4K)
		kunit_skip(test, "pages of %lu bytes", PAGE_SIZE);

	map_use_model(test);
	m->max_mapping = c->max_mapping;
	KUNIT_ASSERT_EQ(test, 0, map_three(m, &map));

	KUNIT_EXPECT_EQ(test, c->nwant, m->mapped);
	KUNIT_ASSERT_EQ(test, c->nwant, map.table.nents);
	KUNIT_EXPECT_EQ(test, 0x4800, map.table.len);
	for (i = 0; i < c->nwant; i++) {
		KUNIT_EXPECT_EQ(test, c->want[i].addr, map.table.vecs[i].addr);
		KUNIT_EXPECT_EQ(test, c->want[i].len, map.table.vecs[i].len);
	}

	/* Whatever is in use, all is unmapped, and as it was mapped */
	KUNIT_ASSERT_EQ(test, 0, dma_vec_table_truncate(&map.table, 0x10));
	dma_vec_unmap_phys(&map);
	expect_nothing_left(test, &map);
}

/* Whichever piece fails, those before it go, and the error says so */
static void map_pieces_unwind_test(struct kunit *test)
{
	struct map_model *m = test->priv;
	struct dma_vec_map map;
	unsigned int i;

	/* Five pieces, with pages of 4 KiB */
	if (PAGE_SIZE != SZ_4K)
		kunit_skip(test, "pages of %lu bytes", PAGE_SIZE);

	map_use_model(test);
	m->max_mapping = PAGE_SIZE;
	for (i = 1; i <= 5; i++) {
		m->fail_in = i;
		m->maps = 0;
		KUNIT_EXPECT_EQ(test, -ENOMEM, map_three(m, &map));
		KUNIT_EXPECT_EQ_MSG(test, i - 1, m->maps, "piece %u", i);
		expect_nothing_left(test, &map);
	}

	/* There is no sixth */
	m->fail_in = i;
	m->maps = 0;
	KUNIT_ASSERT_EQ(test, 0, map_three(m, &map));
	dma_vec_unmap_phys(&map);
	expect_nothing_left(test, &map);
}

static void map_linked_test(struct kunit *test)
{
	struct map_model *m = test->priv;
	struct dma_vec_map map;

	map_use_model(test);
	m->granule = SZ_4K - 1;
	m->can_link = true;
	KUNIT_ASSERT_EQ(test, 0, map_three(m, &map));

	KUNIT_EXPECT_TRUE(test, m->iova_used && m->synced);
	KUNIT_EXPECT_EQ(test, 0x4800, m->iova_len);
	KUNIT_EXPECT_EQ(test, 0x4800, m->linked);
	KUNIT_EXPECT_EQ(test, 0, m->maps);
	KUNIT_ASSERT_EQ(test, 1, map.table.nents);
	KUNIT_EXPECT_EQ(test, IOVA, map.table.vecs[0].addr);
	KUNIT_EXPECT_EQ(test, 0x4800, map.table.vecs[0].len);
	KUNIT_EXPECT_EQ(test, 0x4800, map.table.len);

	KUNIT_ASSERT_EQ(test, 0, dma_vec_table_truncate(&map.table, 0x10));
	dma_vec_unmap_phys(&map);
	expect_nothing_left(test, &map);
}

/* Link by link, the final sync, and what the table does not take */
static void map_linked_unwind_test(struct kunit *test)
{
	static const int errs[] = { -EIO, -EIO, -EIO, -EREMOTEIO };
	struct map_model *m = test->priv;
	struct dma_vec_map map;
	unsigned int i;

	map_use_model(test);
	m->granule = SZ_4K - 1;
	m->can_link = true;
	for (i = 0; i < ARRAY_SIZE(errs); i++) {
		m->fail_in = i + 1;
		KUNIT_EXPECT_EQ(test, errs[i], map_three(m, &map));
		KUNIT_EXPECT_EQ(test, 0, m->fail_in);
		KUNIT_EXPECT_EQ(test, 0, m->maps);
		expect_nothing_left(test, &map);
	}

	m->next_addr = (dma_addr_t)-0x1000;
	KUNIT_EXPECT_EQ(test, -EOVERFLOW, map_three(m, &map));
	expect_nothing_left(test, &map);
}

/* What an IOMMU gives must be sane, or it is given back */
static void map_wrapping_address_test(struct kunit *test)
{
	struct map_model *m = test->priv;
	struct dma_vec_map map;

	map_use_model(test);
	m->next_addr = (dma_addr_t)-0x1000;
	KUNIT_EXPECT_EQ(test, -EOVERFLOW, map_three(m, &map));
	expect_nothing_left(test, &map);
}

struct fits_case {
	const char *name;
	struct phys_vec phys[3];
	size_t nents;
	unsigned long granule;
	bool can_link;
	bool want;
};

static const struct fits_case fits_cases[] = {
	{ "one", { { 0x1234, 0x567 } }, 1, SZ_4K - 1, true, true },
	{ "outer ends anywhere", { { 0x1234, 0xdcc }, { 0x5000, 3 } }, 2,
	  SZ_4K - 1, true, true },
	{ "first ends early", { { 0x1000, 0xfff }, { 0x5000, 3 } }, 2,
	  SZ_4K - 1, true, false },
	{ "second begins late", { { 0x1000, 0x1000 }, { 0x5001, 3 } }, 2,
	  SZ_4K - 1, true, false },
	{ "second ends early",
	  { { 0x1000, 0x1000 }, { 0x5000, 3 }, { 0x7000, 0x1000 } }, 3,
	  SZ_4K - 1, true, false },
	{ "larger granule", { { 0x1000, 0x1000 }, { 0x5000, 0x1000 } }, 2,
	  SZ_64K - 1, true, false },
	{ "no IOMMU", { { 0x1000, 0x1000 }, { 0x5000, 3 } }, 2, 0, true, false },
	{ "no IOVA space left", { { 0x1000, 0x1000 }, { 0x5000, 3 } }, 2,
	  SZ_4K - 1, false, false },
};

KUNIT_ARRAY_PARAM_DESC(fits, fits_cases, name);

static void map_fits_test(struct kunit *test)
{
	const struct fits_case *c = test->param_value;
	struct map_model *m = test->priv;
	struct dma_vec_map map;

	map_use_model(test);
	m->granule = c->granule;
	m->can_link = c->can_link;
	KUNIT_ASSERT_EQ(test, 0,
			dma_vec_map_phys(&map, m->dev, c->phys, c->nents,
					 DMA_FROM_DEVICE, ATTRS, 0));
	KUNIT_EXPECT_EQ(test, c->want, m->iova_used);
	KUNIT_EXPECT_EQ(test, c->want ? 1 : c->nents, map.table.nents);
	dma_vec_unmap_phys(&map);
	expect_nothing_left(test, &map);
}

/* Flags and arguments reach everything, on both ways */
static void map_mmio_test(struct kunit *test)
{
	struct map_model *m = test->priv;
	struct dma_vec_map map;
	int link;

	map_use_model(test);
	m->mmio = true;
	m->granule = SZ_4K - 1;
	for (link = 0; link < 2; link++) {
		m->can_link = link;
		KUNIT_ASSERT_EQ(test, 0, map_three(m, &map));
		KUNIT_EXPECT_TRUE(test, map.table.no_sync);
		KUNIT_EXPECT_TRUE(test, map.table.owned);
		dma_vec_begin_access(&map);
		KUNIT_EXPECT_FALSE(test, dma_vec_end_access_needed(&map));
		dma_vec_unmap_phys(&map);
		expect_nothing_left(test, &map);
	}
}

static enum dev_dma_attr model_attr(struct device *dev)
{
	return DEV_DMA_NON_COHERENT;
}

static bool model_needs_sync(struct device *dev, dma_addr_t addr)
{
	return true;
}

static bool model_translates(struct device *dev)
{
	return true;
}

/* The table is one for this device: it says how to sync */
static void map_flags_test(struct kunit *test)
{
	struct map_model *m = test->priv;
	struct dma_vec_map map;

	map_use_model(test);
	kunit_activate_static_stub(test, dma_vec_dev_attr, model_attr);
	kunit_activate_static_stub(test, dma_vec_addr_needs_sync,
				   model_needs_sync);
	kunit_activate_static_stub(test, dma_vec_dev_translates,
				   model_translates);
	KUNIT_ASSERT_EQ(test, 0,
			dma_vec_map_phys(&map, m->dev, three, 3,
					 DMA_FROM_DEVICE, ATTRS, 0));
	KUNIT_EXPECT_EQ(test, DMA_VEC_MEMORY_COHERENT, map.table.coherency);
	KUNIT_EXPECT_TRUE(test, map.table.owned);
	KUNIT_EXPECT_TRUE(test, map.table.scattered);
	KUNIT_EXPECT_FALSE(test, map.table.no_sync);
	KUNIT_EXPECT_PTR_EQ(test, m->dev, map.dev);
	KUNIT_EXPECT_EQ(test, DMA_FROM_DEVICE, map.dir);
	dma_vec_unmap_phys(&map);
	expect_nothing_left(test, &map);
}

static void map_refused_test(struct kunit *test)
{
	static const struct phys_vec empty[] = { { 0x1000, 16 }, { 0x2000, 0 } };
	static const struct phys_vec wraps = { (phys_addr_t)-1, 2 };
	static const struct phys_vec huge[] = { { 0, SIZE_MAX }, { 0, 1 } };
	struct map_model *m = test->priv;
	struct dma_vec_map map;

	map_use_model(test);
#define REFUSED(err, ...) do {						\
	memset(&map, 0x5a, sizeof(map));				\
	KUNIT_EXPECT_EQ(test, err, dma_vec_map_phys(&map, __VA_ARGS__));	\
	expect_nothing_left(test, &map);				\
} while (0)
	REFUSED(-EINVAL, NULL, three, 3, DMA_FROM_DEVICE, 0, 0);
	REFUSED(-EINVAL, m->dev, NULL, 3, DMA_FROM_DEVICE, 0, 0);
	REFUSED(-EINVAL, m->dev, three, 0, DMA_FROM_DEVICE, 0, 0);
	REFUSED(-EINVAL, m->dev, three, 3, DMA_NONE, 0, 0);
	REFUSED(-EINVAL, m->dev, three, 3, DMA_FROM_DEVICE, 0,
		DMA_VEC_MAP_MMIO << 1);
	REFUSED(-EINVAL, m->dev, empty, 2, DMA_FROM_DEVICE, 0, 0);
	REFUSED(-EOVERFLOW, m->dev, &wraps, 1, DMA_FROM_DEVICE, 0, 0);
	REFUSED(-EOVERFLOW, m->dev, huge, 2, DMA_FROM_DEVICE, 0, 0);
#undef REFUSED
	KUNIT_EXPECT_EQ(test, 0, m->maps);

	dma_vec_unmap_phys(NULL);
	dma_vec_unmap_phys(&map);
}

static void *map_no_memory(size_t size, gfp_t gfp)
{
	return NULL;
}

static void map_no_memory_test(struct kunit *test)
{
	struct map_model *m = test->priv;
	struct dma_vec_map map;

	map_use_model(test);
	kunit_activate_static_stub(test, dma_vec_zalloc, map_no_memory);
	KUNIT_EXPECT_EQ(test, -ENOMEM, map_three(m, &map));
	KUNIT_EXPECT_EQ(test, 0, m->maps);
	expect_nothing_left(test, &map);
}

/* The DMA API itself: what it maps is what the device then finds */
static void map_memory_test(struct kunit *test)
{
	struct map_model *m = test->priv;
	struct phys_vec phys[2];
	struct dma_vec_map map;
	size_t i, len = 0;
	struct page *page;

	page = alloc_pages(GFP_KERNEL, 2);
	KUNIT_ASSERT_NOT_NULL(test, page);
	phys[0] = (struct phys_vec){ page_to_phys(page) + 100, 200 };
	phys[1] = (struct phys_vec){ page_to_phys(page) + PAGE_SIZE,
				     2 * PAGE_SIZE + 3 };

	KUNIT_ASSERT_EQ(test, 0, dma_vec_map_phys(&map, m->dev, phys, 2,
						  DMA_TO_DEVICE, 0, 0));
	KUNIT_EXPECT_EQ(test, 200 + 2 * PAGE_SIZE + 3, map.table.len);
	for (i = 0; i < map.table.nents; i++)
		len += map.table.vecs[i].len;
	KUNIT_EXPECT_EQ(test, map.table.len, len);
	dma_vec_begin_access(&map);
	dma_vec_end_access(&map);

	/* Where nothing is in between, bus addresses are known */
	if (!dma_vec_dev_translates(m->dev)) {
		KUNIT_EXPECT_EQ(test, phys_to_dma(m->dev, phys[0].paddr),
				map.table.vecs[0].addr);
		KUNIT_EXPECT_EQ(test, phys_to_dma(m->dev, phys[1].paddr),
				map.table.vecs[1].addr);
	}

	dma_vec_unmap_phys(&map);
	__free_pages(page, 2);
}

/* MMIO, and addresses that nothing is at */
static void map_resource_test(struct kunit *test)
{
	struct phys_vec nowhere = { (phys_addr_t)PFN_PHYS(~0UL >> PAGE_SHIFT >> 1),
				    PAGE_SIZE };
	struct map_model *m = test->priv;
	struct dma_vec_map map;

	KUNIT_EXPECT_EQ(test, -ENOMEM,
			dma_vec_map_phys(&map, m->dev, &nowhere, 1,
					 DMA_TO_DEVICE, DMA_ATTR_NO_WARN, 0));
	KUNIT_EXPECT_NULL(test, map.dev);

	nowhere.paddr = 0xf0000000;
	KUNIT_ASSERT_EQ(test, 0,
			dma_vec_map_phys(&map, m->dev, &nowhere, 1,
					 DMA_TO_DEVICE, 0, DMA_VEC_MAP_MMIO));
	KUNIT_EXPECT_EQ(test, 0xf0000000, map.table.vecs[0].addr);
	dma_vec_begin_access(&map);
	dma_vec_end_access(&map);
	dma_vec_unmap_phys(&map);
	KUNIT_EXPECT_NULL(test, map.dev);
}

/* Without an IOMMU there is no IOVA space, and nothing to be done with it */
static void map_no_iova_test(struct kunit *test)
{
	struct map_model *m = test->priv;
	dma_addr_t addr = 0;

	if (IS_ENABLED(CONFIG_IOMMU_DMA))
		kunit_skip(test, "there may be an IOMMU");

	KUNIT_EXPECT_NULL(test, dma_vec_iova_alloc(m->dev, 0x1000, SZ_4K, &addr));
	KUNIT_EXPECT_EQ(test, 0, addr);
	KUNIT_EXPECT_EQ(test, -EOPNOTSUPP,
			dma_vec_iova_link(m->dev, NULL, 0x1000, 0, SZ_4K,
					  DMA_TO_DEVICE, 0, false));
	KUNIT_EXPECT_EQ(test, -EOPNOTSUPP,
			dma_vec_iova_sync(m->dev, NULL, SZ_4K));
	dma_vec_iova_free(m->dev, NULL, 0, DMA_TO_DEVICE, 0, false);
}

static struct kunit_case map_test_cases[] = {
	KUNIT_CASE_PARAM(map_pieces_test, pieces_gen_params),
	KUNIT_CASE(map_pieces_unwind_test),
	KUNIT_CASE(map_linked_test),
	KUNIT_CASE(map_linked_unwind_test),
	KUNIT_CASE(map_wrapping_address_test),
	KUNIT_CASE_PARAM(map_fits_test, fits_gen_params),
	KUNIT_CASE(map_mmio_test),
	KUNIT_CASE(map_flags_test),
	KUNIT_CASE(map_refused_test),
	KUNIT_CASE(map_no_memory_test),
	KUNIT_CASE(map_memory_test),
	KUNIT_CASE(map_resource_test),
	KUNIT_CASE(map_no_iova_test),
	{}
};

static struct kunit_suite map_test_suite = {
	.name = "dma_vec_map",
	.init = map_test_init,
	.test_cases = map_test_cases,
};

kunit_test_suite(map_test_suite);
