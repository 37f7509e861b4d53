// SPDX-License-Identifier: GPL-2.0-only
/*
 * Exporters of the memory of a machine that is not coherent. They do what
 * exporters do in the kernel: on their own, when memory is mapped and unmapped;
 * and when user space brackets the accesses of the CPU, for all attachments, in the
 * direction that user space names, which need not be that of the mapping.
 *
 * They go by the machine directly: the calls that it counts are the library's.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <kunit/test-bug.h>
#include <kunit/test.h>
#include <linux/container_of.h>
#include <linux/dma-buf.h>
#include <linux/err.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>

#include "sync-exporter.h"
#include "sync-model.h"

struct se_attachment {
	struct sg_table sgt;
	bool mapped;
};

static enum sync_exporter se_kind(struct dma_buf *dmabuf)
{
	return (enum sync_exporter)(unsigned long)dmabuf->priv;
}

static struct sync_model *se_model(void)
{
	return kunit_get_current_test()->priv;
}

typedef void (*se_sync_fn)(struct sync_model *sm, struct sm_dev *dev,
			   dma_addr_t addr, size_t len,
			   enum dma_data_direction dir);

static void se_sync(struct dma_buf_attachment *attach,
		    enum dma_data_direction dir, se_sync_fn sync)
{
	struct sm_dev *dev = container_of(attach->dev, struct sm_dev, dev);
	struct dma_vec vecs[SM_MAX_VECS];
	size_t i, at, len, n;

	/* An exporter knows the pages: piece by piece, as they are in memory */
	n = sync_model_vecs(dev, vecs);
	for (i = 0; i < n; i++) {
		for (at = 0; at < vecs[i].len; at += len) {
			len = min(SM_PAGE - (vecs[i].addr + at) % SM_PAGE,
				  vecs[i].len - at);
			sync(se_model(), dev, vecs[i].addr + at, len, dir);
			if (dev->kind != SM_SNOOPING)
				se_model()->by_exporter += len;
		}
	}
}

static void se_bounce_in(struct sync_model *sm, struct sm_dev *dev,
			 dma_addr_t addr, size_t len,
			 enum dma_data_direction dir)
{
	sync_model_bounce_in(sm, dev, addr, len);
}

static int se_attach(struct dma_buf *dmabuf, struct dma_buf_attachment *attach)
{
	struct se_attachment *a = kzalloc_obj(*a);

	if (!a)
		return -ENOMEM;
	if (sg_alloc_table(&a->sgt, SM_MAX_VECS, GFP_KERNEL)) {
		kfree(a);
		return -ENOMEM;
	}
	attach->priv = a;

	return 0;
}

static void se_detach(struct dma_buf *dmabuf, struct dma_buf_attachment *attach)
{
	struct se_attachment *a = attach->priv;

	sg_free_table(&a->sgt);
	kfree(a);
}

static struct sg_table *se_map(struct dma_buf_attachment *attach,
			       enum dma_data_direction dir)
{
	struct sm_dev *dev = container_of(attach->dev, struct sm_dev, dev);
	struct se_attachment *a = attach->priv;
	struct dma_vec vecs[SM_MAX_VECS];
	struct scatterlist *sg;
	unsigned int i;

	a->sgt.nents = sync_model_vecs(dev, vecs);
	for_each_sgtable_dma_sg(&a->sgt, sg, i) {
		sg_dma_address(sg) = vecs[i].addr;
		sg_dma_len(sg) = vecs[i].len;
	}

	if (se_kind(attach->dmabuf) == SYNC_EXPORTER_HEAP)
		se_sync(attach, dir, sync_model_for_device);
	se_sync(attach, dir, se_bounce_in);
	a->mapped = true;

	return &a->sgt;
}

static void se_unmap(struct dma_buf_attachment *attach, struct sg_table *sgt,
		     enum dma_data_direction dir)
{
	struct se_attachment *a = attach->priv;

	if (se_kind(attach->dmabuf) == SYNC_EXPORTER_HEAP)
		se_sync(attach, dir, sync_model_for_cpu);
	a->mapped = false;
}

static void se_sync_all(struct dma_buf *dmabuf, enum dma_data_direction dir,
			se_sync_fn sync)
{
	struct dma_buf_attachment *attach;
	struct se_attachment *a;

	if (se_kind(dmabuf) == SYNC_EXPORTER_OWN) {
		sync_model_evict(se_model());
		return;
	}

	/* Tests have one thread that attaches */
	list_for_each_entry(attach, &dmabuf->attachments, node) {
		a = attach->priv;
		if (a->mapped)
			se_sync(attach, dir, sync);
	}
}

static int se_begin_cpu_access(struct dma_buf *dmabuf,
			       enum dma_data_direction dir)
{
	se_sync_all(dmabuf, dir, sync_model_for_cpu);

	return 0;
}

static int se_end_cpu_access(struct dma_buf *dmabuf,
			     enum dma_data_direction dir)
{
	se_sync_all(dmabuf, dir, sync_model_for_device);

	return 0;
}

static void se_release(struct dma_buf *dmabuf)
{
}

static const struct dma_buf_ops se_ops = {
	.attach = se_attach,
	.detach = se_detach,
	.map_dma_buf = se_map,
	.unmap_dma_buf = se_unmap,
	.begin_cpu_access = se_begin_cpu_access,
	.end_cpu_access = se_end_cpu_access,
	.release = se_release,
};

static const struct dma_buf_ops se_closed_ops = {
	.attach = se_attach,
	.detach = se_detach,
	.map_dma_buf = se_map,
	.unmap_dma_buf = se_unmap,
	.release = se_release,
};

static void se_put(void *dmabuf)
{
	dma_buf_put(dmabuf);
}

/**
 * sync_exporter_create() - export the buffer of a machine
 * @test: The test
 * @kind: What the exporter does
 *
 * Return: The dma-buf, which goes with the test.
 */
struct dma_buf *sync_exporter_create(struct kunit *test,
				     enum sync_exporter kind)
{
	DEFINE_DMA_BUF_EXPORT_INFO(info);
	struct dma_buf *dmabuf;

	info.ops = kind == SYNC_EXPORTER_CLOSED ? &se_closed_ops : &se_ops;
	info.size = PAGE_ALIGN(SM_BYTES);
	info.priv = (void *)(unsigned long)kind;
	dmabuf = dma_buf_export(&info);
	KUNIT_ASSERT_FALSE(test, IS_ERR(dmabuf));
	KUNIT_ASSERT_EQ(test, 0,
			kunit_add_action_or_reset(test, se_put, dmabuf));

	return dmabuf;
}
