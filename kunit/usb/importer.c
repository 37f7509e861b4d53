// SPDX-License-Identifier: GPL-2.0-only
/*
 * An importer that maps a DMABUF as the driver of a converter does: IIO's buffers map
 * it by the library, and begin and end each transfer. In a kernel without the library
 * they only map it.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <kunit/test.h>
#include <linux/dma-buf.h>
#include <linux/dma-resv.h>
#include <linux/err.h>
#include <linux/kconfig.h>

#include "memory.h"

#if IS_ENABLED(CONFIG_DMA_VEC)
#include <linux/dma-vec-table.h>

struct importer {
	struct dma_buf_attachment *attach;
	struct dma_vec_map map;
};

static int importer_map(struct importer *imp, enum dma_data_direction dir)
{
	return dma_vec_map_attachment(&imp->map, imp->attach, dir);
}

static void importer_unmap(struct importer *imp)
{
	dma_vec_unmap_attachment(&imp->map);
}

void importer_begin(struct importer *imp, size_t len)
{
	struct dma_resv *resv = imp->attach->dmabuf->resv;

	dma_resv_lock(resv, NULL);
	dma_vec_table_truncate(&imp->map.table, len);
	dma_vec_begin_access(&imp->map);
	dma_resv_unlock(resv);
}

void importer_end(struct importer *imp)
{
	if (dma_vec_end_access_needed(&imp->map))
		dma_vec_end_access(&imp->map);
}
#else
struct importer {
	struct dma_buf_attachment *attach;
	struct sg_table *sgt;
	enum dma_data_direction dir;
};

static int importer_map(struct importer *imp, enum dma_data_direction dir)
{
	imp->dir = dir;
	imp->sgt = dma_buf_map_attachment(imp->attach, dir);

	return PTR_ERR_OR_ZERO(imp->sgt);
}

static void importer_unmap(struct importer *imp)
{
	dma_buf_unmap_attachment(imp->attach, imp->sgt, imp->dir);
}

void importer_begin(struct importer *imp, size_t len)
{
}

void importer_end(struct importer *imp)
{
}
#endif

/**
 * importer_attach() - attach and map
 * @test: The test
 * @dmabuf: The DMABUF
 * @dev: The converter's DMA
 * @dir: Direction
 *
 * Return: The attachment.
 */
struct importer *importer_attach(struct kunit *test, struct dma_buf *dmabuf,
				 struct device *dev, enum dma_data_direction dir)
{
	struct importer *imp = kunit_kzalloc(test, sizeof(*imp), GFP_KERNEL);
	int ret;

	KUNIT_ASSERT_NOT_NULL(test, imp);
	imp->attach = dma_buf_attach(dmabuf, dev);
	KUNIT_ASSERT_FALSE(test, IS_ERR(imp->attach));
	dma_resv_lock(dmabuf->resv, NULL);
	ret = importer_map(imp, dir);
	dma_resv_unlock(dmabuf->resv);
	KUNIT_ASSERT_EQ(test, 0, ret);

	return imp;
}

void importer_detach(struct importer *imp)
{
	struct dma_buf *dmabuf = imp->attach->dmabuf;

	dma_resv_lock(dmabuf->resv, NULL);
	importer_unmap(imp);
	dma_resv_unlock(dmabuf->resv);
	dma_buf_detach(dmabuf, imp->attach);
}

MODULE_IMPORT_NS("DMA_BUF");
