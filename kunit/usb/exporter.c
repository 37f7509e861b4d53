// SPDX-License-Identifier: GPL-2.0-only
/*
 * DMABUFs without memory: nobody accesses any here, so that addresses and lengths may
 * be whatever an exporter could have, with an IOMMU or without.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <kunit/test.h>
#include <linux/atomic.h>
#include <linux/dma-buf.h>
#include <linux/dma-mapping.h>
#include <linux/err.h>
#include <linux/fcntl.h>
#include <linux/fdtable.h>
#include <linux/file.h>
#include <linux/jiffies.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>

#include "exporter.h"

/* Much longer than anything takes */
#define FFS_BUF_PATIENCE	(30 * HZ)

static const struct ffs_piece ffs_buf_pages[FFS_BUF_PAGES] = {
	{ SZ_4K, 0x100000, SZ_4K },
	{ SZ_4K, 0x300000, SZ_4K },
	{ SZ_4K, 0x200000, SZ_4K },
	{ SZ_4K, 0x500000, SZ_4K },
};

static int ffs_buf_attach(struct dma_buf *dmabuf, struct dma_buf_attachment *attach)
{
	struct ffs_buf *buf = dmabuf->priv;

	buf->dev = attach->dev;
	atomic_inc(&buf->devices);

	return 0;
}

static void ffs_buf_detach(struct dma_buf *dmabuf, struct dma_buf_attachment *attach)
{
	struct ffs_buf *buf = dmabuf->priv;

	atomic_dec(&buf->devices);
	wake_up_all(&buf->changed);
}

static struct sg_table *ffs_buf_map(struct dma_buf_attachment *attach,
				    enum dma_data_direction dir)
{
	struct ffs_buf *buf = attach->dmabuf->priv;
	struct sg_table *sgt = kzalloc_obj(*sgt);
	struct scatterlist *sg;
	unsigned int i;

	if (!sgt)
		return ERR_PTR(-ENOMEM);
	if (sg_alloc_table(sgt, buf->num_pieces, GFP_KERNEL)) {
		kfree(sgt);
		return ERR_PTR(-ENOMEM);
	}

	sgt->nents = 0;
	for_each_sgtable_sg(sgt, sg, i) {
		if (buf->page)
			sg_set_page(sg, buf->page, buf->pieces[i].len, 0);
		sg->length = buf->pieces[i].len;
		/* Nobody may look at the device's side of these */
		sg_dma_address(sg) = DMA_MAPPING_ERROR;
		sg_dma_len(sg) = buf->pieces[i].len;
		if (!buf->pieces[i].dma_len)
			continue;
		sg_dma_address(sg) = buf->pieces[i].addr;
		sg_dma_len(sg) = buf->pieces[i].dma_len;
		sgt->nents++;
	}
	atomic_inc(&buf->mapped);

	return sgt;
}

static void ffs_buf_unmap(struct dma_buf_attachment *attach, struct sg_table *sgt,
			  enum dma_data_direction dir)
{
	struct ffs_buf *buf = attach->dmabuf->priv;

	sg_free_table(sgt);
	kfree(sgt);
	atomic_dec(&buf->mapped);
	wake_up_all(&buf->changed);
}

/* There is nothing to do, but importers see that the CPU may touch the memory */
static int ffs_buf_begin_cpu_access(struct dma_buf *dmabuf, enum dma_data_direction dir)
{
	return 0;
}

static void ffs_buf_release(struct dma_buf *dmabuf)
{
}

static const struct dma_buf_ops ffs_buf_ops = {
	.attach = ffs_buf_attach,
	.detach = ffs_buf_detach,
	.map_dma_buf = ffs_buf_map,
	.unmap_dma_buf = ffs_buf_unmap,
	.begin_cpu_access = ffs_buf_begin_cpu_access,
	.release = ffs_buf_release,
};

/* Files that a kernel thread puts are closed by a worker */
static void ffs_buf_put(void *data)
{
	struct ffs_buf *buf = data;

	close_fd(buf->fd);
	dma_buf_put(buf->dmabuf);
	flush_delayed_fput();
}

static size_t ffs_buf_size(const struct ffs_buf *buf)
{
	size_t size = 0;
	unsigned int i;

	for (i = 0; i < buf->num_pieces; i++)
		size += buf->pieces[i].dma_len;

	return size;
}

/**
 * ffs_buf_create_of() - make a DMABUF
 * @test: The test, which it goes with
 * @pieces: Its scatterlist
 * @num_pieces: How many entries that has
 *
 * Return: The DMABUF, with a descriptor.
 */
struct ffs_buf *ffs_buf_create_of(struct kunit *test, const struct ffs_piece *pieces,
				  unsigned int num_pieces)
{
	struct ffs_buf *buf = kunit_kzalloc(test, sizeof(*buf), GFP_KERNEL);
	DEFINE_DMA_BUF_EXPORT_INFO(info);

	KUNIT_ASSERT_NOT_NULL(test, buf);
	buf->pieces = pieces;
	buf->num_pieces = num_pieces;
	init_waitqueue_head(&buf->changed);
	info.ops = &ffs_buf_ops;
	info.size = ffs_buf_size(buf);
	info.flags = O_RDWR;
	info.priv = buf;
	buf->dmabuf = dma_buf_export(&info);
	KUNIT_ASSERT_FALSE(test, IS_ERR(buf->dmabuf));
	get_dma_buf(buf->dmabuf);
	buf->fd = dma_buf_fd(buf->dmabuf, O_CLOEXEC);
	KUNIT_ASSERT_GE(test, buf->fd, 0);
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, ffs_buf_put, buf));

	return buf;
}

/**
 * ffs_buf_create() - make a DMABUF of a few pages
 * @test: The test
 *
 * Return: The DMABUF.
 */
struct ffs_buf *ffs_buf_create(struct kunit *test)
{
	return ffs_buf_create_of(test, ffs_buf_pages, FFS_BUF_PAGES);
}

/**
 * ffs_buf_wait_detached() - wait until nothing is mapped or attached any more
 * @buf: The DMABUF
 *
 * Return: false if it stays so.
 */
bool ffs_buf_wait_detached(struct ffs_buf *buf)
{
	return wait_event_timeout(buf->changed,
				  !atomic_read(&buf->mapped) && !atomic_read(&buf->devices),
				  FFS_BUF_PATIENCE);
}
