// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tables of dma-bufs, from an exporter that counts what is mapped and that can
 * fail, or hand out nonsense.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <kunit/device.h>
#include <kunit/static_stub.h>
#include <kunit/test-bug.h>
#include <kunit/test.h>
#include <linux/dma-buf.h>
#include <linux/dma-mapping.h>
#include <linux/dma-resv.h>
#include <linux/dma-vec-table.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/property.h>
#include <linux/scatterlist.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/tracepoint.h>

#include <trace/events/dma_vec.h>

#include "../table.h"

struct fake_exporter {
	struct dma_buf *dmabuf;
	struct dma_buf_attachment *attach;
	struct device *dev;
	int err;
	size_t len;		/* of each of the two entries */
	unsigned int mapped;
};

static struct sg_table *exporter_map(struct dma_buf_attachment *attach,
				     enum dma_data_direction dir)
{
	struct fake_exporter *e = attach->dmabuf->priv;
	struct scatterlist *sg;
	struct sg_table *sgt;
	unsigned int i;

	if (e->err)
		return ERR_PTR(e->err);

	sgt = kzalloc_obj(*sgt);
	if (!sgt || sg_alloc_table(sgt, 2, GFP_KERNEL))
		return ERR_PTR(-ENOMEM);

	for_each_sgtable_sg(sgt, sg, i) {
		sg_dma_address(sg) = SZ_1M * (i + 1);
		sg_dma_len(sg) = e->len;
	}
	e->mapped++;

	return sgt;
}

static void exporter_unmap(struct dma_buf_attachment *attach,
			   struct sg_table *sgt, enum dma_data_direction dir)
{
	struct fake_exporter *e = attach->dmabuf->priv;

	e->mapped--;
	sg_free_table(sgt);
	kfree(sgt);
}

static int exporter_begin_cpu_access(struct dma_buf *dmabuf,
				     enum dma_data_direction dir)
{
	return 0;
}

static void exporter_release(struct dma_buf *dmabuf)
{
}

static const struct dma_buf_ops exporter_ops = {
	.map_dma_buf = exporter_map,
	.unmap_dma_buf = exporter_unmap,
	.begin_cpu_access = exporter_begin_cpu_access,
	.release = exporter_release,
};

static void importer_moved(struct dma_buf_attachment *attach)
{
}

static const struct dma_buf_attach_ops peer_ops = {
	.allow_peer2peer = true,
	.invalidate_mappings = importer_moved,
};

static void exporter_put(void *dmabuf)
{
	dma_buf_put(dmabuf);
}

static void exporter_detach(void *attach)
{
	struct dma_buf_attachment *a = attach;

	dma_buf_detach(a->dmabuf, a);
}

static int attachment_test_init(struct kunit *test)
{
	DEFINE_DMA_BUF_EXPORT_INFO(info);
	struct fake_exporter *e = kunit_kzalloc(test, sizeof(*e), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, e);
	e->len = SZ_4K;
	info.ops = &exporter_ops;
	info.size = SZ_8K;
	info.priv = e;
	e->dmabuf = dma_buf_export(&info);
	KUNIT_ASSERT_FALSE(test, IS_ERR(e->dmabuf));
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, exporter_put,
							   e->dmabuf));

	e->dev = kunit_device_register(test, "dma-vec-importer");
	KUNIT_ASSERT_FALSE(test, IS_ERR(e->dev));
	KUNIT_ASSERT_EQ(test, 0,
			dma_coerce_mask_and_coherent(e->dev, DMA_BIT_MASK(32)));
	e->attach = dma_buf_attach(e->dmabuf, e->dev);
	KUNIT_ASSERT_FALSE(test, IS_ERR(e->attach));
	test->priv = e;

	return kunit_add_action_or_reset(test, exporter_detach, e->attach);
}

static int attachment_map(struct fake_exporter *e, struct dma_vec_map *map)
{
	int err;

	dma_resv_lock(e->dmabuf->resv, NULL);
	err = dma_vec_map_attachment(map, e->attach, DMA_FROM_DEVICE);
	dma_resv_unlock(e->dmabuf->resv);

	return err;
}

static void attachment_unmap(struct fake_exporter *e, struct dma_vec_map *map)
{
	dma_resv_lock(e->dmabuf->resv, NULL);
	dma_vec_unmap_attachment(map);
	dma_resv_unlock(e->dmabuf->resv);
}

static void expect_unmapped(struct kunit *test, const struct dma_vec_map *map)
{
	static const struct dma_vec_map empty;
	struct fake_exporter *e = test->priv;

	KUNIT_EXPECT_EQ(test, 0, e->mapped);
	KUNIT_EXPECT_MEMEQ(test, &empty, map, sizeof(*map));
}

static enum dev_dma_attr attachment_attr(struct device *dev)
{
	return DEV_DMA_NON_COHERENT;
}

static bool attachment_needs_sync(struct device *dev, dma_addr_t addr)
{
	return true;
}

static void attachment_not_coherent(struct kunit *test)
{
	kunit_activate_static_stub(test, dma_vec_dev_attr, attachment_attr);
	kunit_activate_static_stub(test, dma_vec_addr_needs_sync,
				   attachment_needs_sync);
}

static void attachment_map_test(struct kunit *test)
{
	struct fake_exporter *e = test->priv;
	struct dma_vec_map map;

	attachment_not_coherent(test);
	KUNIT_ASSERT_EQ(test, 0, attachment_map(e, &map));
	KUNIT_EXPECT_EQ(test, 1, e->mapped);
	KUNIT_ASSERT_EQ(test, 2, map.table.nents);
	KUNIT_EXPECT_EQ(test, SZ_8K, map.table.len);
	KUNIT_EXPECT_EQ(test, SZ_1M, map.table.vecs[0].addr);
	KUNIT_EXPECT_EQ(test, 2 * SZ_1M, map.table.vecs[1].addr);
	KUNIT_EXPECT_EQ(test, SZ_4K, map.table.vecs[1].len);
	KUNIT_EXPECT_PTR_EQ(test, e->dev, map.dev);
	KUNIT_EXPECT_EQ(test, DMA_FROM_DEVICE, map.dir);

	/* As the device is, and no more than that */
	KUNIT_EXPECT_EQ(test, DMA_VEC_MEMORY_COHERENT, map.table.coherency);
	KUNIT_EXPECT_FALSE(test, map.table.no_sync || map.table.scattered);

	KUNIT_ASSERT_EQ(test, 0, dma_vec_table_truncate(&map.table, 10));
	attachment_unmap(e, &map);
	expect_unmapped(test, &map);

	attachment_unmap(e, &map);
	dma_vec_unmap_attachment(NULL);
}

static void attachment_fails_test(struct kunit *test)
{
	struct fake_exporter *e = test->priv;
	struct dma_vec_map map;

	memset(&map, 0x5a, sizeof(map));
	KUNIT_EXPECT_EQ(test, -EINVAL,
			dma_vec_map_attachment(&map, NULL, DMA_FROM_DEVICE));
	expect_unmapped(test, &map);

	memset(&map, 0x5a, sizeof(map));
	KUNIT_EXPECT_EQ(test, -EINVAL,
			dma_vec_map_attachment(&map, e->attach, DMA_NONE));
	expect_unmapped(test, &map);

	/* The exporter has its reasons */
	memset(&map, 0x5a, sizeof(map));
	e->err = -EAGAIN;
	KUNIT_EXPECT_EQ(test, -EAGAIN, attachment_map(e, &map));
	expect_unmapped(test, &map);

	/* Or maps nothing at all */
	memset(&map, 0x5a, sizeof(map));
	e->err = 0;
	e->len = 0;
	KUNIT_EXPECT_EQ(test, -EINVAL, attachment_map(e, &map));
	expect_unmapped(test, &map);
}

static unsigned int allocs_left;

static void *attachment_no_memory(size_t size, gfp_t gfp)
{
	if (!allocs_left)
		return NULL;
	allocs_left--;

	return kvzalloc(size, gfp);
}

/* Vectors, their ends, and what keeps track of the dma-buf */
static void attachment_no_memory_test(struct kunit *test)
{
	struct fake_exporter *e = test->priv;
	struct dma_vec_map map, other;
	unsigned int i;

	kunit_activate_static_stub(test, dma_vec_zalloc, attachment_no_memory);
	for (i = 0; i < 3; i++) {
		allocs_left = i;
		KUNIT_EXPECT_EQ(test, -ENOMEM, attachment_map(e, &map));
		expect_unmapped(test, &map);
	}
	allocs_left = 3;
	KUNIT_EXPECT_EQ(test, 0, attachment_map(e, &map));

	/* That is there already */
	allocs_left = 2;
	KUNIT_EXPECT_EQ(test, 0, attachment_map(e, &other));
	attachment_unmap(e, &other);
	attachment_unmap(e, &map);
	expect_unmapped(test, &map);
}

/* An importer that takes peer-to-peer memory cannot know what it gets */
static void attachment_peer_test(struct kunit *test)
{
	struct fake_exporter *e = test->priv;
	struct dma_buf_attachment *attach;
	struct dma_vec_map map;

	attachment_not_coherent(test);
	attach = dma_buf_dynamic_attach(e->dmabuf, e->dev, &peer_ops, NULL);
	KUNIT_ASSERT_FALSE(test, IS_ERR(attach));

	dma_resv_lock(e->dmabuf->resv, NULL);
	KUNIT_EXPECT_EQ(test, 0, dma_vec_map_attachment(&map, attach,
							DMA_FROM_DEVICE));
	KUNIT_EXPECT_TRUE(test, map.table.no_sync);
	KUNIT_EXPECT_NULL(test, map.share);
	dma_vec_unmap_attachment(&map);
	dma_resv_unlock(e->dmabuf->resv);

	/* The core may keep what it mapped for a dynamic importer until then */
	dma_buf_detach(e->dmabuf, attach);
	expect_unmapped(test, &map);
}

static void count_event(void *data, const struct dma_vec_map *map)
{
	size_t *len = data;

	*len += map->table.orig_len;
}

static void attachment_unregister(void *seen)
{
	size_t *len = seen;

	unregister_trace_dma_vec_map(count_event, &len[0]);
	unregister_trace_dma_vec_unmap(count_event, &len[1]);
	tracepoint_synchronize_unregister();
}

static void attachment_trace_test(struct kunit *test)
{
	struct fake_exporter *e = test->priv;
	struct dma_vec_map map;
	size_t *len;

	if (!IS_ENABLED(CONFIG_TRACEPOINTS))
		kunit_skip(test, "no tracepoints");

	len = kunit_kcalloc(test, 2, sizeof(*len), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, len);
	KUNIT_ASSERT_EQ(test, 0, register_trace_dma_vec_map(count_event,
							    &len[0]));
	KUNIT_ASSERT_EQ(test, 0, register_trace_dma_vec_unmap(count_event,
							      &len[1]));
	KUNIT_ASSERT_EQ(test, 0,
			kunit_add_action_or_reset(test, attachment_unregister,
						  len));

	/* One event for each, and none for what did not happen */
	KUNIT_ASSERT_EQ(test, 0, attachment_map(e, &map));
	KUNIT_EXPECT_EQ(test, SZ_8K, len[0]);
	KUNIT_EXPECT_EQ(test, 0, len[1]);
	attachment_unmap(e, &map);
	attachment_unmap(e, &map);
	e->err = -EAGAIN;
	KUNIT_EXPECT_EQ(test, -EAGAIN, attachment_map(e, &map));
	KUNIT_EXPECT_EQ(test, SZ_8K, len[0]);
	KUNIT_EXPECT_EQ(test, SZ_8K, len[1]);
}

static struct kunit_case attachment_test_cases[] = {
	KUNIT_CASE(attachment_map_test),
	KUNIT_CASE(attachment_fails_test),
	KUNIT_CASE(attachment_no_memory_test),
	KUNIT_CASE(attachment_peer_test),
	KUNIT_CASE(attachment_trace_test),
	{}
};

static struct kunit_suite attachment_test_suite = {
	.name = "dma_vec_attachment",
	.init = attachment_test_init,
	.test_cases = attachment_test_cases,
};

kunit_test_suite(attachment_test_suite);

MODULE_IMPORT_NS("DMA_BUF");
