// SPDX-License-Identifier: GPL-2.0-only
/*
 * A dma-buf in some company, on a machine which needs cache maintenance: what is
 * synced, when, through whose mapping, and what is left alone.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <kunit/static_stub.h>
#include <kunit/test.h>
#include <linux/completion.h>
#include <linux/dma-buf.h>
#include <linux/dma-resv.h>
#include <linux/dma-vec-table.h>
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/sched.h>

#include "../table.h"
#include "share-party.h"
#include "sync-exporter.h"

struct board {
	const char *name;
	enum sm_kind kinds[SM_DEVS];
};

static const struct board boards[] = {
	{ "coherent",
	  { SM_SNOOPING, SM_SNOOPING, SM_SNOOPING, SM_SNOOPING } },
	{ "not coherent",
	  { SM_DIRECT, SM_IOMMU, SM_DIRECT, SM_IOMMU } },
};

KUNIT_ARRAY_PARAM_DESC(board, boards, name);

/*
 * On a board of one kind the exporter does all there is to do: the importers sync
 * 0 bytes for each block, and its completion has no work.
 */
static void share_one_kind_test(struct kunit *test)
{
	static const enum dma_data_direction dirs[SM_DEVS + 1] = {
		DMA_FROM_DEVICE, DMA_TO_DEVICE, DMA_BIDIRECTIONAL,
		DMA_FROM_DEVICE, DMA_TO_DEVICE,
	};
	const struct board *board = test->param_value;
	struct dma_buf *dmabuf = sync_exporter_create(test, SYNC_EXPORTER_HEAP);
	struct sync_model *sm = test->priv;
	struct party parties[SM_DEVS + 1], foreign;
	size_t stale = 0, len;
	unsigned int i, j;
	u8 round = 0;
	bool done;

	for (i = 0; i < SM_DEVS; i++)
		sync_model_wire(sm, i, board->kinds[i]);

	/* One driver does not map by the library; two devices are there twice */
	sp_attach_foreign(test, &foreign, dmabuf, &sm->devs[3],
			  DMA_BIDIRECTIONAL);
	for (i = 0; i < ARRAY_SIZE(parties); i++)
		sp_attach(test, &parties[i], dmabuf, &sm->devs[i % 3], dirs[i]);

	for (i = 0; i < 4 * ARRAY_SIZE(parties); i++) {
		j = i % ARRAY_SIZE(parties);
		len = i & 1 ? SM_BYTES : SM_USED - i;
		if (dirs[j] == DMA_TO_DEVICE) {
			sp_cpu_write(test, dmabuf, len, ++round);
			stale += sp_stale(test, &parties[j], len, round);
		} else {
			sp_write(test, &parties[j], len, ++round);
			done = !dma_vec_end_access_needed(&parties[j].map);
			KUNIT_EXPECT_TRUE(test, done);
		}
		stale += sp_cpu_stale(test, dmabuf, len, round);
	}
	KUNIT_EXPECT_EQ(test, 0, stale);
	KUNIT_EXPECT_EQ(test, 0, sp_synced(test));

	for (i = 0; i < ARRAY_SIZE(parties); i++)
		sp_detach(&parties[i]);
	sp_detach(&foreign);
	KUNIT_EXPECT_EQ(test, 0, sp_synced(test));
}

/* The cost follows what is transferred, not the size of the dma-buf */
static void share_bytes_in_use_test(struct kunit *test)
{
	static const size_t lens[] = { 1, 64, 65, 3456, 3457, SM_BYTES };
	struct dma_buf *dmabuf = sync_exporter_create(test, SYNC_EXPORTER_HEAP);
	struct sync_model *sm = test->priv;
	struct party in, out;
	size_t i;

	sp_attach(test, &in, dmabuf, sync_model_wire(sm, 0, SM_DIRECT),
		  DMA_FROM_DEVICE);
	sp_attach(test, &out, dmabuf, sync_model_wire(sm, 1, SM_SNOOPING),
		  DMA_TO_DEVICE);
	for (i = 0; i < ARRAY_SIZE(lens); i++) {
		sync_model_forget_calls(sm);
		sp_write(test, &in, lens[i], i);
		KUNIT_EXPECT_EQ(test, 0,
				sp_stale(test, &out, lens[i], i));
		KUNIT_EXPECT_EQ(test, lens[i], sp_synced(test));

		/* It has seen that */
		KUNIT_EXPECT_EQ(test, 0,
				sp_stale(test, &out, lens[i], i));
		KUNIT_EXPECT_EQ(test, lens[i], sp_synced(test));
	}

	/* A reader of a part leaves the rest for a reader of all */
	sync_model_forget_calls(sm);
	sp_write(test, &in, 4096, 50);
	KUNIT_EXPECT_EQ(test, 0, sp_stale(test, &out, 1000, 50));
	KUNIT_EXPECT_EQ(test, 1000, sp_synced(test));
	KUNIT_EXPECT_EQ(test, 0, sp_stale(test, &out, 4096, 50));
	KUNIT_EXPECT_EQ(test, 4096, sp_synced(test));

	sp_detach(&in);
	sp_detach(&out);
}

/* Nobody has anything to do with what its own kind has written */
static void share_own_kind_test(struct kunit *test)
{
	struct dma_buf *dmabuf = sync_exporter_create(test, SYNC_EXPORTER_HEAP);
	struct sync_model *sm = test->priv;
	struct party snoop[2], direct;
	size_t stale = 0;
	u8 round;

	sp_attach(test, &snoop[0], dmabuf,
		  sync_model_wire(sm, 0, SM_SNOOPING), DMA_FROM_DEVICE);
	sp_attach(test, &snoop[1], dmabuf,
		  sync_model_wire(sm, 1, SM_SNOOPING), DMA_TO_DEVICE);
	sp_attach(test, &direct, dmabuf, sync_model_wire(sm, 2, SM_DIRECT),
		  DMA_FROM_DEVICE);

	/* One that only writes is no reason to write anything back */
	for (round = 0; round < 3; round++) {
		sp_write(test, &snoop[0], SM_USED, round);
		stale += sp_stale(test, &snoop[1], SM_USED, round);
	}
	KUNIT_EXPECT_EQ(test, 0, stale);
	KUNIT_EXPECT_EQ(test, 0, sp_synced(test));

	/* What it wrote is not thrown away when the other one writes less */
	sm->forgets = true;
	sp_write(test, &direct, 5000, 10);
	sp_begin(test, &snoop[1], SM_USED);
	stale += sp_dev_stale(test, snoop[1].dev, 5000, 10);
	KUNIT_EXPECT_EQ(test, 0, stale);
	KUNIT_EXPECT_EQ(test, sp_byte(5000, 2),
			sync_model_read(sm, snoop[1].dev, 5000));
	KUNIT_EXPECT_EQ(test, sp_byte(SM_USED - 1, 2),
			sync_model_read(sm, snoop[1].dev, SM_USED - 1));

	sp_detach(&snoop[0]);
	sp_detach(&snoop[1]);
	sp_detach(&direct);
}

/* Each one writes less than the one before: all of it is there in the end */
static void share_less_and_less_test(struct kunit *test)
{
	static const size_t lens[] = { SM_USED, 9000, 4000, 1000, 500, 100 };
	struct dma_buf *dmabuf = sync_exporter_create(test, SYNC_EXPORTER_HEAP);
	struct sync_model *sm = test->priv;
	struct party in, direct, out;
	size_t i, n, last, stale = 0;
	unsigned int forgets;

	for (forgets = 0; forgets < 2; forgets++) {
		sm->forgets = forgets;
		sp_attach(test, &in, dmabuf,
			  sync_model_wire(sm, 0, SM_SNOOPING),
			  DMA_FROM_DEVICE);
		sp_attach(test, &direct, dmabuf,
			  sync_model_wire(sm, 1, SM_DIRECT),
			  DMA_FROM_DEVICE);
		sp_attach(test, &out, dmabuf, &sm->devs[0], DMA_TO_DEVICE);
		for (i = 0; i < ARRAY_SIZE(lens); i++)
			sp_write(test, i & 1 ? &in : &direct, lens[i], i);

		sp_begin(test, &out, SM_USED);
		for (n = 0, last = i - 1; n < SM_USED; n++) {
			if (n == lens[last])
				last--;
			stale += sync_model_read(sm, out.dev, n) !=
				 sp_byte(n, last);
		}
		KUNIT_EXPECT_EQ(test, 0, stale);
		sp_detach(&out);
		sp_detach(&in);
		sp_detach(&direct);
	}
}

/* A table whose owner says that all is done does nothing, in any company */
static void share_default_test(struct kunit *test)
{
	struct dma_buf *dmabuf = sync_exporter_create(test, SYNC_EXPORTER_HEAP);
	struct sync_model *sm = test->priv;
	struct party legacy, direct, snooping;

	sp_attach(test, &legacy, dmabuf, sync_model_wire(sm, 0, SM_BOUNCED),
		  DMA_BIDIRECTIONAL);
	legacy.map.table.coherency = DMA_VEC_DEFAULT_COHERENT;
	sp_attach(test, &direct, dmabuf, sync_model_wire(sm, 1, SM_DIRECT),
		  DMA_BIDIRECTIONAL);

	sp_write(test, &legacy, SM_USED, 1);
	sp_write(test, &direct, SM_USED, 2);
	sp_write(test, &legacy, SM_USED, 3);
	KUNIT_EXPECT_EQ(test, 0, sp_synced(test));

	/* One that takes part in atomics snoops, and so on */
	sp_attach(test, &snooping, dmabuf,
		  sync_model_wire(sm, 2, SM_SNOOPING), DMA_TO_DEVICE);
	snooping.map.table.coherency = DMA_VEC_ATOMIC_COHERENT;
	sp_write(test, &direct, SM_USED, 4);
	KUNIT_EXPECT_EQ(test, 0, sp_stale(test, &snooping, SM_USED, 4));
	KUNIT_EXPECT_EQ(test, SM_USED, sm->for_cpu);
	KUNIT_EXPECT_EQ(test, 0, sm->for_device);

	sp_detach(&snooping);
	sp_attach(test, &snooping, dmabuf, &sm->devs[2], DMA_FROM_DEVICE);
	snooping.map.table.coherency = DMA_VEC_ATOMIC_COHERENT;
	sp_write(test, &snooping, SM_USED, 5);
	KUNIT_EXPECT_EQ(test, SM_USED, sm->for_device);
	KUNIT_EXPECT_EQ(test, 0, sp_stale(test, &direct, SM_USED, 5));
	KUNIT_EXPECT_EQ(test, 2 * SM_USED, sp_synced(test));

	sp_detach(&legacy);
	sp_detach(&direct);
	sp_detach(&snooping);
}

struct foreign_case {
	const char *name;
	struct agent ours;
	struct agent foreign;
	bool in, out;	/* the library makes the one's data visible to the other */
};

static const struct foreign_case foreign_cases[] = {
	{ "direct, snooping", { "", SM_DIRECT }, { "", SM_SNOOPING },
	  true, true },
	{ "IOMMU, snooping", { "", SM_IOMMU }, { "", SM_SNOOPING },
	  true, true },
	{ "direct, unknown snooping", { "", SM_DIRECT },
	  { "", SM_SNOOPING, .unknown = true }, true, true },
	{ "direct, direct", { "", SM_DIRECT }, { "", SM_IOMMU } },
	{ "snooping, snooping", { "", SM_SNOOPING }, { "", SM_SNOOPING } },
	/* Nobody but the exporter could */
	{ "snooping, direct", { "", SM_SNOOPING }, { "", SM_DIRECT } },
};

KUNIT_ARRAY_PARAM_DESC(foreign, foreign_cases, name);

/*
 * A driver that does not map by the library tells nobody what it does with the
 * memory. As long as it is attached, ours expects the worst, where it can.
 */
static void share_foreign_test(struct kunit *test)
{
	const struct foreign_case *c = test->param_value;
	struct dma_buf *dmabuf = sync_exporter_create(test, SYNC_EXPORTER_HEAP);
	struct sync_model *sm = test->priv;
	struct party ours, foreign;

	sp_attach(test, &ours, dmabuf, sp_wire(test, &c->ours, 0),
		  DMA_BIDIRECTIONAL);
	sp_attach_foreign(test, &foreign, dmabuf,
			  sp_wire(test, &c->foreign, 1),
			  DMA_BIDIRECTIONAL);

	sp_write(test, &foreign, SM_USED, 1);
	sp_begin(test, &ours, SM_USED);
	KUNIT_EXPECT_EQ(test, c->in ? SM_USED : 0, sm->for_device);
	KUNIT_EXPECT_EQ(test, 0, sm->for_cpu);
	if (c->in)
		KUNIT_EXPECT_EQ(test, 0,
				sp_dev_stale(test, ours.dev, SM_USED, 1));
	sync_model_fill_cache(sm);
	sp_dev_write(test, ours.dev, SM_USED, 2);
	KUNIT_EXPECT_EQ(test, c->out, dma_vec_end_access_needed(&ours.map));
	sp_end(&ours);
	KUNIT_EXPECT_EQ(test, c->out ? SM_USED : 0, sm->for_cpu);
	if (c->out)
		KUNIT_EXPECT_EQ(test, 0,
				sp_stale(test, &foreign, SM_USED, 2));

	/* When it is gone, there is nothing to expect */
	sp_detach(&foreign);
	sync_model_forget_calls(sm);
	sp_write(test, &ours, SM_USED, 3);
	KUNIT_EXPECT_EQ(test, 0, sp_synced(test));
	KUNIT_EXPECT_EQ(test, 0, sp_cpu_stale(test, dmabuf, SM_USED, 3));
	sp_detach(&ours);
}

/* A device that is attached twice is of one kind, whoever did it */
static void share_twice_test(struct kunit *test)
{
	struct dma_buf *dmabuf = sync_exporter_create(test, SYNC_EXPORTER_HEAP);
	struct sync_model *sm = test->priv;
	struct party in, out, foreign;
	struct sm_dev *dev;

	dev = sync_model_wire(sm, 0, SM_DIRECT);
	sp_attach(test, &in, dmabuf, dev, DMA_FROM_DEVICE);
	sp_attach(test, &out, dmabuf, dev, DMA_TO_DEVICE);
	sp_attach_foreign(test, &foreign, dmabuf, dev, DMA_BIDIRECTIONAL);
	sp_write(test, &in, SM_USED, 1);
	KUNIT_EXPECT_EQ(test, 0, sp_stale(test, &out, SM_USED, 1));
	KUNIT_EXPECT_EQ(test, 0, sp_synced(test));
	sp_detach(&foreign);
	sp_detach(&out);
	sp_detach(&in);

	/* But each of its mappings is bounced for itself */
	dev = sync_model_wire(sm, 1, SM_BOUNCED);
	sp_attach(test, &in, dmabuf, dev, DMA_FROM_DEVICE);
	sp_attach(test, &out, dmabuf, dev, DMA_TO_DEVICE);
	sp_write(test, &in, SM_USED, 2);
	KUNIT_EXPECT_EQ(test, 0, sp_stale(test, &out, SM_USED, 2));
	KUNIT_EXPECT_EQ(test, 2 * SM_USED, sm->for_device);
	KUNIT_EXPECT_EQ(test, SM_USED, sm->for_cpu);
	sp_detach(&out);
	sp_detach(&in);
}

/* What is bounced is copied in the pieces in which it was mapped */
static void share_pieces_test(struct kunit *test)
{
	struct dma_buf *dmabuf = sync_exporter_create(test, SYNC_EXPORTER_OWN);
	struct sync_model *sm = test->priv;
	struct dma_vec_table *table;
	struct party p;
	size_t i;

	sp_attach(test, &p, dmabuf, sync_model_wire(sm, 0, SM_BOUNCED),
		  DMA_FROM_DEVICE);
	sp_write(test, &p, SM_USED, 1);
	table = &p.map.table;
	KUNIT_ASSERT_EQ(test, 2 * table->nents, sm->npieces);
	for (i = 0; i < sm->npieces; i++) {
		KUNIT_EXPECT_EQ(test, i >= table->nents, sm->pieces[i].for_cpu);
		KUNIT_EXPECT_EQ(test, table->vecs[i % table->nents].addr,
				sm->pieces[i].addr);
		KUNIT_EXPECT_EQ(test, table->vecs[i % table->nents].len,
				sm->pieces[i].len);
		KUNIT_EXPECT_EQ(test, DMA_FROM_DEVICE, sm->pieces[i].dir);
	}
	sp_detach(&p);
}

/* A transfer that was announced and did not happen, twice, harms nobody */
static void share_nothing_happens_test(struct kunit *test)
{
	struct dma_buf *dmabuf = sync_exporter_create(test, SYNC_EXPORTER_HEAP);
	struct sync_model *sm = test->priv;
	struct party direct, snooping;

	sp_attach(test, &direct, dmabuf, sync_model_wire(sm, 0, SM_IOMMU),
		  DMA_BIDIRECTIONAL);
	sp_attach(test, &snooping, dmabuf,
		  sync_model_wire(sm, 1, SM_SNOOPING), DMA_BIDIRECTIONAL);

	sp_write(test, &snooping, SM_USED, 1);
	sp_begin(test, &direct, SM_USED);
	sp_begin(test, &direct, 100);
	KUNIT_EXPECT_EQ(test, 0, sp_stale(test, &snooping, SM_USED, 1));
	sp_begin(test, &snooping, SM_BYTES);
	sp_begin(test, &snooping, 10);
	KUNIT_EXPECT_EQ(test, 0, sp_stale(test, &direct, SM_USED, 1));
	KUNIT_EXPECT_EQ(test, 0, sp_cpu_stale(test, dmabuf, SM_USED, 1));

	sp_detach(&direct);
	sp_detach(&snooping);
}

/*
 * The completion of a transfer works with the mapping of another device, which
 * somebody else unmaps in this moment: that has to wait.
 */
struct late {
	struct party direct;
	struct completion gone;
	struct kunit *test;
	struct task_struct *task;
	bool woken;
	bool in_time;
};

static struct late late;

static int late_detach(void *unused)
{
	current->kunit_test = late.test;
	sp_detach(&late.direct);
	complete(&late.gone);
	current->kunit_test = NULL;

	return 0;
}

static void late_sync(struct device *dev, dma_addr_t addr, size_t len,
		      enum dma_data_direction dir)
{
	unsigned int i;

	if (!late.woken)
		wake_up_process(late.task);
	late.woken = true;

	/* Give it every chance */
	for (i = 0; i < 3; i++)
		schedule_timeout_uninterruptible(1);
	if (!completion_done(&late.gone))
		late.in_time = true;
}

static void share_detach_meanwhile_test(struct kunit *test)
{
	struct dma_buf *dmabuf = sync_exporter_create(test, SYNC_EXPORTER_HEAP);
	struct sync_model *sm = test->priv;
	struct party snooping;

	late = (struct late){ .test = test };
	init_completion(&late.gone);
	sp_attach(test, &late.direct, dmabuf,
		  sync_model_wire(sm, 0, SM_DIRECT), DMA_TO_DEVICE);
	sp_attach(test, &snooping, dmabuf,
		  sync_model_wire(sm, 1, SM_SNOOPING), DMA_FROM_DEVICE);
	sp_begin(test, &snooping, 1);
	sp_dev_write(test, snooping.dev, 1, 1);
	KUNIT_EXPECT_TRUE(test, dma_vec_end_access_needed(&snooping.map));

	kunit_activate_static_stub(test, dma_vec_sync_piece_for_device,
				   late_sync);
	late.task = kthread_create(late_detach, NULL, "dma-vec-late");
	KUNIT_ASSERT_FALSE(test, IS_ERR(late.task));
	sp_end(&snooping);
	KUNIT_EXPECT_TRUE(test, late.woken);
	if (!late.woken)
		wake_up_process(late.task);
	wait_for_completion(&late.gone);
	KUNIT_EXPECT_TRUE(test, late.in_time);

	/* And when it has gone before, there is nobody to do it for */
	sync_model_forget_calls(sm);
	late.woken = true;
	late.in_time = false;
	reinit_completion(&late.gone);
	sp_attach(test, &late.direct, dmabuf,
		  sync_model_wire(sm, 0, SM_DIRECT), DMA_TO_DEVICE);
	sp_begin(test, &snooping, 1);
	sp_detach(&late.direct);
	sp_end(&snooping);
	KUNIT_EXPECT_FALSE(test, late.in_time);
	sp_detach(&snooping);
}

/* Without company, a mapping is none of another dma-buf's business */
static void share_two_buffers_test(struct kunit *test)
{
	struct dma_buf *one = sync_exporter_create(test, SYNC_EXPORTER_HEAP);
	struct dma_buf *two = sync_exporter_create(test, SYNC_EXPORTER_HEAP);
	struct sync_model *sm = test->priv;
	struct party direct, snooping;

	sp_attach(test, &direct, one, sync_model_wire(sm, 0, SM_DIRECT),
		  DMA_BIDIRECTIONAL);
	sp_attach(test, &snooping, two, sync_model_wire(sm, 1, SM_SNOOPING),
		  DMA_BIDIRECTIONAL);
	sp_write(test, &direct, SM_USED, 1);
	sp_write(test, &snooping, SM_USED, 2);
	sp_write(test, &direct, SM_USED, 3);
	sp_write(test, &snooping, SM_USED, 4);
	KUNIT_EXPECT_EQ(test, 0, sp_synced(test));
	KUNIT_EXPECT_PTR_NE(test, direct.map.share, snooping.map.share);
	sp_detach(&direct);
	sp_detach(&snooping);
}

static void share_mixed_company_test(struct kunit *test)
{
	struct dma_buf *dmabuf = sync_exporter_create(test, SYNC_EXPORTER_HEAP);
	struct sync_model *sm = test->priv;
	struct party a, b, c;
	bool mixed;

#define EXPECT_MIXED(p, want) do {					\
		dma_resv_lock(dmabuf->resv, NULL);			\
		mixed = dma_vec_mixed_company((p).attach);		\
		dma_resv_unlock(dmabuf->resv);				\
		KUNIT_EXPECT_EQ(test, want, mixed);			\
	} while (0)

	sp_attach(test, &a, dmabuf, sync_model_wire(sm, 0, SM_DIRECT),
		  DMA_BIDIRECTIONAL);
	EXPECT_MIXED(a, false);
	sp_attach(test, &b, dmabuf, sync_model_wire(sm, 1, SM_IOMMU),
		  DMA_BIDIRECTIONAL);
	EXPECT_MIXED(a, false);
	sp_attach_foreign(test, &c, dmabuf,
			  sync_model_wire(sm, 2, SM_SNOOPING),
			  DMA_BIDIRECTIONAL);
	EXPECT_MIXED(a, true);
	EXPECT_MIXED(c, true);
	sp_detach(&c);
	EXPECT_MIXED(a, false);

	/* Nobody knows: not even of two of them */
	sync_model_wire(sm, 2, SM_SNOOPING)->unknown = true;
	sp_attach_foreign(test, &c, dmabuf, &sm->devs[2], DMA_BIDIRECTIONAL);
	EXPECT_MIXED(a, true);
	EXPECT_MIXED(c, true);
	sp_detach(&b);
	sp_detach(&a);
	EXPECT_MIXED(c, false);
	sync_model_wire(sm, 3, SM_SNOOPING)->unknown = true;
	sp_attach_foreign(test, &a, dmabuf, &sm->devs[3], DMA_BIDIRECTIONAL);
	EXPECT_MIXED(a, true);
	sp_detach(&a);

	/* It is the same device */
	sp_attach_foreign(test, &a, dmabuf, &sm->devs[2], DMA_BIDIRECTIONAL);
	EXPECT_MIXED(a, false);
	sp_detach(&a);
	sp_detach(&c);
#undef EXPECT_MIXED
}

static int share_test_init(struct kunit *test)
{
	sync_model_create(test);

	return 0;
}

static struct kunit_case share_test_cases[] = {
	KUNIT_CASE_PARAM(share_one_kind_test, board_gen_params),
	KUNIT_CASE(share_bytes_in_use_test),
	KUNIT_CASE(share_own_kind_test),
	KUNIT_CASE(share_less_and_less_test),
	KUNIT_CASE(share_default_test),
	KUNIT_CASE_PARAM(share_foreign_test, foreign_gen_params),
	KUNIT_CASE(share_twice_test),
	KUNIT_CASE(share_pieces_test),
	KUNIT_CASE(share_nothing_happens_test),
	KUNIT_CASE(share_detach_meanwhile_test),
	KUNIT_CASE(share_two_buffers_test),
	KUNIT_CASE(share_mixed_company_test),
	{}
};

static struct kunit_suite share_test_suite = {
	.name = "dma_vec_share",
	.init = share_test_init,
	.test_cases = share_test_cases,
};

kunit_test_suite(share_test_suite);

MODULE_IMPORT_NS("DMA_BUF");
