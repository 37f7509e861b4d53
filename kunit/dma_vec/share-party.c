// SPDX-License-Identifier: GPL-2.0-only
/*
 * What drivers do with a dma-buf that they share: attach, map, and begin and end
 * transfers; and what user space does with it.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <kunit/test.h>
#include <linux/dma-buf.h>
#include <linux/dma-fence.h>
#include <linux/dma-resv.h>
#include <linux/dma-vec-table.h>
#include <linux/err.h>

#include "share-party.h"

void sp_attach(struct kunit *test, struct party *p,
	       struct dma_buf *dmabuf, struct sm_dev *dev,
	       enum dma_data_direction dir)
{
	int err;

	*p = (struct party){ .dev = dev, .dmabuf = dmabuf, .dir = dir };
	p->attach = dma_buf_attach(dmabuf, &dev->dev);
	KUNIT_ASSERT_FALSE(test, IS_ERR(p->attach));

	dma_resv_lock(dmabuf->resv, NULL);
	err = dma_vec_map_attachment(&p->map, p->attach, dir);
	dma_resv_unlock(dmabuf->resv);
	KUNIT_ASSERT_EQ(test, 0, err);
	KUNIT_ASSERT_EQ(test, SM_BYTES, p->map.table.len);
}

void sp_attach_foreign(struct kunit *test, struct party *p,
		       struct dma_buf *dmabuf, struct sm_dev *dev,
		       enum dma_data_direction dir)
{
	*p = (struct party){ .dev = dev, .dmabuf = dmabuf, .dir = dir };
	p->attach = dma_buf_attach(dmabuf, &dev->dev);
	KUNIT_ASSERT_FALSE(test, IS_ERR(p->attach));

	dma_resv_lock(dmabuf->resv, NULL);
	p->sgt = dma_buf_map_attachment(p->attach, dir);
	dma_resv_unlock(dmabuf->resv);
	KUNIT_ASSERT_FALSE(test, IS_ERR(p->sgt));
}

void sp_detach(struct party *p)
{
	if (!p->attach)
		return;

	dma_resv_lock(p->dmabuf->resv, NULL);
	if (p->sgt)
		dma_buf_unmap_attachment(p->attach, p->sgt, p->dir);
	else
		dma_vec_unmap_attachment(&p->map);
	dma_resv_unlock(p->dmabuf->resv);
	dma_buf_detach(p->dmabuf, p->attach);
	p->attach = NULL;
}

/* As ENQUEUE does, before it publishes its fence */
void sp_begin(struct kunit *test, struct party *p, size_t len)
{
	if (p->sgt)
		return;

	dma_resv_lock(p->dmabuf->resv, NULL);
	KUNIT_EXPECT_EQ(test, 0, dma_vec_table_truncate(&p->map.table, len));
	dma_vec_begin_access(&p->map);
	dma_resv_unlock(p->dmabuf->resv);
}

/* As a completion does, before it signals the fence */
void sp_end(struct party *p)
{
	bool cookie = dma_fence_begin_signalling();

	if (!p->sgt && dma_vec_end_access_needed(&p->map))
		dma_vec_end_access(&p->map);
	dma_fence_end_signalling(cookie);
}

void sp_dev_write(struct kunit *test, struct sm_dev *dev, size_t len,
		  u8 round)
{
	size_t n;

	for (n = 0; n < len; n++)
		sync_model_write(test->priv, dev, n, sp_byte(n, round));
}

/* How many bytes are not what was written in this round? */
size_t sp_dev_stale(struct kunit *test, struct sm_dev *dev, size_t len,
		    u8 round)
{
	size_t n, stale = 0;

	for (n = 0; n < len; n++)
		stale += sync_model_read(test->priv, dev, n) !=
			 sp_byte(n, round);

	return stale;
}

/* The worst moment for the cache to read everything is before a device writes */
void sp_write(struct kunit *test, struct party *p, size_t len,
	      u8 round)
{
	sp_begin(test, p, len);
	sync_model_fill_cache(test->priv);
	sp_dev_write(test, p->dev, len, round);
	sp_end(p);
}

size_t sp_stale(struct kunit *test, struct party *p, size_t len,
		u8 round)
{
	size_t stale;

	sp_begin(test, p, len);
	stale = sp_dev_stale(test, p->dev, len, round);
	sp_end(p);

	return stale;
}

/* Bracketed, as user space does with DMA_BUF_IOCTL_SYNC */
void sp_cpu_write(struct kunit *test, struct dma_buf *dmabuf, size_t len,
		  u8 round)
{
	KUNIT_EXPECT_EQ(test, 0,
			dma_buf_begin_cpu_access(dmabuf, DMA_TO_DEVICE));
	sp_dev_write(test, NULL, len, round);
	KUNIT_EXPECT_EQ(test, 0, dma_buf_end_cpu_access(dmabuf, DMA_TO_DEVICE));
}

size_t sp_cpu_stale(struct kunit *test, struct dma_buf *dmabuf, size_t len,
		    u8 round)
{
	size_t stale;

	KUNIT_EXPECT_EQ(test, 0,
			dma_buf_begin_cpu_access(dmabuf, DMA_FROM_DEVICE));
	stale = sp_dev_stale(test, NULL, len, round);
	KUNIT_EXPECT_EQ(test, 0,
			dma_buf_end_cpu_access(dmabuf, DMA_FROM_DEVICE));

	return stale;
}

size_t sp_synced(struct kunit *test)
{
	struct sync_model *sm = test->priv;

	return sm->for_device + sm->for_cpu;
}

struct sm_dev *sp_wire(struct kunit *test, const struct agent *agent,
		       unsigned int nr)
{
	struct sm_dev *dev = sync_model_wire(test->priv, nr, agent->kind);

	dev->unknown = agent->unknown;
	dev->limited = agent->limited;

	return dev;
}
