// SPDX-License-Identifier: GPL-2.0-only
/*
 * Each kind of device and each other one, and the CPU, that share a dma-buf on a
 * machine which needs cache maintenance: whoever reads sees what was written last,
 * whoever wrote it, and in whichever order they were attached; and no byte is
 * synced that need not be, and none twice. In the same tests, readers see stale
 * data when calls that are due are left out, which keeps the machine honest.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <kunit/test.h>
#include <linux/dma-buf.h>
#include <linux/dma-vec-table.h>
#include <linux/module.h>
#include <linux/string.h>

#include "../table.h"
#include "share-party.h"
#include "sync-exporter.h"

static const struct agent agents[] = {
	{ "snooping", SM_SNOOPING },
	{ "direct", SM_DIRECT },
	{ "IOMMU", SM_IOMMU },
	{ "bounced", SM_BOUNCED },
	{ "limited", SM_BOUNCED, .limited = true },
	{ "unknown snooping", SM_SNOOPING, .unknown = true },
	{ "unknown direct", SM_DIRECT, .unknown = true },
	{ "unknown IOMMU", SM_IOMMU, .unknown = true },
	{ "unknown bounced", SM_BOUNCED, .unknown = true },
};

static bool agent_direct(const struct agent *agent)
{
	return agent->kind == SM_DIRECT || agent->kind == SM_IOMMU;
}

/* Is each of its transfers bracketed with sync calls of its own? */
static bool agent_bracketed(const struct agent *agent)
{
	return agent->kind == SM_BOUNCED || agent->unknown;
}

struct pair {
	const struct agent *from;
	const struct agent *to;
};

#define NPAIRS (ARRAY_SIZE(agents) * ARRAY_SIZE(agents))

static struct pair pairs[NPAIRS];

static const void *pair_gen_params(struct kunit *test, const void *prev, char *desc)
{
	size_t i = prev ? (const struct pair *)prev + 1 - pairs : 0;

	if (i == NPAIRS)
		return NULL;

	pairs[i].from = &agents[i / ARRAY_SIZE(agents)];
	pairs[i].to = &agents[i % ARRAY_SIZE(agents)];
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%s to %s", pairs[i].from->name,
		 pairs[i].to->name);

	return &pairs[i];
}

/* When the reader is attached: before the writer, at once, or later than it wrote */
enum order { READER_FIRST, WRITER_FIRST, DURING, LATER, NORDERS };

struct handover {
	enum sync_exporter exporter;
	enum order order;
	enum dma_data_direction from_dir, to_dir;
	bool forgets;
	bool cpu_first;		/* the CPU looks before the device does */
	bool writer_leaves;	/* it is detached before the device reads */
	bool drop_for_cpu, drop_for_device;
};

/*
 * The CPU writes, @from writes over it, @to reads, and the CPU: how many bytes
 * are stale?
 */
static size_t handover(struct kunit *test, const struct handover *h)
{
	const struct pair *pair = test->param_value;
	struct dma_buf *dmabuf = sync_exporter_create(test, h->exporter);
	struct sync_model *sm = test->priv;
	struct sm_dev *a = sp_wire(test, pair->from, 0);
	struct sm_dev *b = sp_wire(test, pair->to, 1);
	struct party from, to = {};
	size_t stale = 0;

	sync_model_reset(sm);
	sm->forgets = h->forgets;

	if (h->order == READER_FIRST)
		sp_attach(test, &to, dmabuf, b, h->to_dir);
	sp_attach(test, &from, dmabuf, a, h->from_dir);
	if (h->order == WRITER_FIRST)
		sp_attach(test, &to, dmabuf, b, h->to_dir);

	sp_cpu_write(test, dmabuf, SM_USED, 0);
	sync_model_forget_calls(sm);
	sm->drop_for_cpu = h->drop_for_cpu;
	sm->drop_for_device = h->drop_for_device;

	sp_begin(test, &from, SM_USED);
	if (h->order == DURING)
		sp_attach(test, &to, dmabuf, b, h->to_dir);
	sync_model_fill_cache(sm);
	sp_dev_write(test, from.dev, SM_USED, 1);
	sp_end(&from);
	if (h->order == LATER)
		sp_attach(test, &to, dmabuf, b, h->to_dir);

	if (h->cpu_first)
		stale += sp_cpu_stale(test, dmabuf, SM_USED, 1);
	if (h->writer_leaves)
		sp_detach(&from);
	stale += sp_stale(test, &to, SM_USED, 1);
	if (!h->drop_for_cpu && !h->drop_for_device)
		stale += sp_cpu_stale(test, dmabuf, SM_USED, 1);

	sp_detach(&to);
	sp_detach(&from);

	return stale;
}

static const enum dma_data_direction from_dirs[] = {
	DMA_FROM_DEVICE, DMA_BIDIRECTIONAL,
};

static const enum dma_data_direction to_dirs[] = {
	DMA_TO_DEVICE, DMA_BIDIRECTIONAL,
};

static void handover_dirs(struct kunit *test, struct handover *h)
{
	size_t i, stale;

	for (i = 0; i < 8; i++) {
		h->from_dir = from_dirs[i & 1];
		h->to_dir = to_dirs[i >> 1 & 1];
		h->forgets = i >> 2;
		stale = handover(test, h);
		KUNIT_EXPECT_EQ_MSG(test, 0, stale,
				    "exporter %d, order %d, %d to %d%s",
				    h->exporter, h->order, h->from_dir,
				    h->to_dir, h->forgets ? ", forgets" : "");
	}
}

static void share_pair_test(struct kunit *test)
{
	struct handover h = {};

	for (h.order = 0; h.order < NORDERS; h.order++) {
		h.exporter = SYNC_EXPORTER_HEAP;
		handover_dirs(test, &h);
		h.exporter = SYNC_EXPORTER_OWN;
		handover_dirs(test, &h);
	}
}

/*
 * The CPU looks at the data between two devices. An exporter that syncs all
 * attachments brings back what is in the bounce buffer of the reader, or discards
 * the cache for a reader of which nobody knows that it does not snoop: no importer
 * can help that.
 */
static void share_cpu_between_test(struct kunit *test)
{
	const struct pair *pair = test->param_value;
	struct handover h = { .cpu_first = true };

	for (h.order = 0; h.order < NORDERS; h.order++) {
		h.exporter = SYNC_EXPORTER_OWN;
		handover_dirs(test, &h);
		h.exporter = SYNC_EXPORTER_HEAP;
		if (!agent_bracketed(pair->to) && h.order != DURING)
			handover_dirs(test, &h);
	}
}

/* The writer is gone when the reader reads; what it wrote is still there */
static void share_writer_leaves_test(struct kunit *test)
{
	struct handover h = { .writer_leaves = true };

	for (h.order = 0; h.order < NORDERS; h.order++) {
		h.exporter = SYNC_EXPORTER_HEAP;
		handover_dirs(test, &h);
		h.exporter = SYNC_EXPORTER_OWN;
		handover_dirs(test, &h);
	}
}

/* Where do the bytes that an agent reads and writes live? */
enum medium { CACHE, MEMORY, COPY };

static enum medium agent_medium(const struct agent *agent)
{
	switch (agent->kind) {
	case SM_SNOOPING:
		return CACHE;
	case SM_BOUNCED:
		return COPY;
	default:
		return MEMORY;
	}
}

/* Without a call that is due, the reader must see stale data; else, not */
static void share_dropped_test(struct kunit *test)
{
	const struct pair *pair = test->param_value;
	enum medium from = agent_medium(pair->from);
	enum medium to = agent_medium(pair->to);
	bool cpu_due = from == COPY || (from == MEMORY && to != MEMORY);
	bool device_due = to == COPY || (to == MEMORY && from != MEMORY);
	struct handover h = {
		.exporter = SYNC_EXPORTER_HEAP, .order = WRITER_FIRST,
		.from_dir = DMA_FROM_DEVICE, .to_dir = DMA_TO_DEVICE,
	};

	h.drop_for_cpu = true;
	KUNIT_EXPECT_EQ(test, cpu_due, !!handover(test, &h));
	h.drop_for_device = true;
	KUNIT_EXPECT_EQ(test, cpu_due || device_due, !!handover(test, &h));
	h.drop_for_cpu = false;
	KUNIT_EXPECT_EQ(test, device_due, !!handover(test, &h));
}

/* What a pair needs, and nothing twice: the bytes in use, as often as said here */
static void share_once_test(struct kunit *test)
{
	const struct pair *pair = test->param_value;
	struct sync_model *sm = test->priv;
	size_t for_cpu = 0, for_device = 0;
	struct handover h = {
		.from_dir = DMA_FROM_DEVICE, .to_dir = DMA_TO_DEVICE,
	};

	if (agent_bracketed(pair->from)) {
		for_device += SM_USED;
		for_cpu += SM_USED;
	}
	if (agent_bracketed(pair->to))
		for_device += SM_USED;

	/* The other one's mode decides, however it may be wired */
	if (agent_direct(pair->from) && !pair->from->unknown &&
	    (!agent_direct(pair->to) || pair->to->unknown))
		for_cpu += SM_USED;
	if (agent_direct(pair->to) && !pair->to->unknown &&
	    (!agent_direct(pair->from) || pair->from->unknown))
		for_device += SM_USED;

	for (h.exporter = SYNC_EXPORTER_HEAP; h.exporter <= SYNC_EXPORTER_OWN;
	     h.exporter++) {
		for (h.order = 0; h.order < NORDERS; h.order++) {
			handover(test, &h);
			KUNIT_EXPECT_EQ(test, for_cpu, sm->for_cpu);
			KUNIT_EXPECT_EQ(test, for_device, sm->for_device);
		}
	}
}

/* The CPU must not touch such memory: whatever the devices are, nobody does */
static void share_closed_test(struct kunit *test)
{
	const struct pair *pair = test->param_value;
	struct dma_buf *dmabuf = sync_exporter_create(test,
						      SYNC_EXPORTER_CLOSED);
	struct sm_dev *a = sp_wire(test, pair->from, 0);
	struct sm_dev *b = sp_wire(test, pair->to, 1);
	struct party from, to, foreign;

	sp_attach(test, &from, dmabuf, a, DMA_BIDIRECTIONAL);
	sp_attach(test, &to, dmabuf, b, DMA_BIDIRECTIONAL);
	sp_attach_foreign(test, &foreign, dmabuf,
			  sync_model_wire(test->priv, 2, SM_SNOOPING),
			  DMA_BIDIRECTIONAL);
	KUNIT_EXPECT_TRUE(test, from.map.table.no_sync);

	sp_begin(test, &from, SM_USED);
	KUNIT_EXPECT_FALSE(test, dma_vec_end_access_needed(&from.map));
	sp_end(&from);
	sp_begin(test, &to, SM_USED);
	KUNIT_EXPECT_FALSE(test, dma_vec_end_access_needed(&to.map));
	sp_end(&to);
	sp_detach(&to);
	sp_detach(&from);
	sp_detach(&foreign);
	KUNIT_EXPECT_EQ(test, 0, sp_synced(test));
}

static int share_pair_test_init(struct kunit *test)
{
	sync_model_create(test);

	return 0;
}

static struct kunit_case share_pair_test_cases[] = {
	KUNIT_CASE_PARAM(share_pair_test, pair_gen_params),
	KUNIT_CASE_PARAM(share_cpu_between_test, pair_gen_params),
	KUNIT_CASE_PARAM(share_writer_leaves_test, pair_gen_params),
	KUNIT_CASE_PARAM(share_dropped_test, pair_gen_params),
	KUNIT_CASE_PARAM(share_once_test, pair_gen_params),
	KUNIT_CASE_PARAM(share_closed_test, pair_gen_params),
	{}
};

static struct kunit_suite share_pair_test_suite = {
	.name = "dma_vec_share_pair",
	.init = share_pair_test_init,
	.test_cases = share_pair_test_cases,
};

kunit_test_suite(share_pair_test_suite);

MODULE_IMPORT_NS("DMA_BUF");
