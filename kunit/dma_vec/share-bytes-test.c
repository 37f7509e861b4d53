// SPDX-License-Identifier: GPL-2.0-only
/*
 * Bytes that are maintained for each block of a stream through a dma-buf: by the
 * importers, and by the exporter for the CPU. An input and an output are attached,
 * of one kind or of two. The CPU reads what the input has received, or the output
 * sends it. The figures are exact, and make bench prints them.
 *
 * Importers that never sync anything, as those of the kernel that this replaces,
 * run on the same machine. Where they read stale data, bytes have to be maintained;
 * where they do not, none have to.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <kunit/test.h>
#include <linux/dma-buf.h>
#include <linux/dma-vec-table.h>
#include <linux/math.h>
#include <linux/module.h>
#include <linux/sprintf.h>

#include "share-party.h"
#include "sync-exporter.h"

#define BLOCKS 8

struct stream {
	const char *board;
	enum sm_kind in, out;
	bool sent;		/* by the output; else the CPU reads */
	size_t synced;		/* by our importers, for each block */
	bool base_is_stale;
};

static const struct stream streams[] = {
	{ "coherent", SM_SNOOPING, SM_SNOOPING, false, 0, false },
	{ "coherent", SM_SNOOPING, SM_SNOOPING, true, 0, false },
	{ "not-coherent", SM_DIRECT, SM_IOMMU, false, 0, false },
	{ "not-coherent", SM_DIRECT, SM_IOMMU, true, 0, false },
	{ "input-snoops", SM_SNOOPING, SM_DIRECT, false, SM_USED, true },
	{ "input-snoops", SM_SNOOPING, SM_DIRECT, true, SM_USED, true },
	{ "output-snoops", SM_DIRECT, SM_SNOOPING, false, 0, false },
	{ "output-snoops", SM_DIRECT, SM_SNOOPING, true, SM_USED, true },
};

static const char *stream_use(const struct stream *s)
{
	return s->sent ? "sent" : "read";
}

static void stream_desc(const struct stream *s, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%s, %s", s->board,
		 stream_use(s));
}

KUNIT_ARRAY_PARAM(stream, streams, stream_desc);

/* For each block */
struct stream_bytes {
	size_t synced;		/* by the importers */
	size_t by_exporter;
	size_t stale;
};

static struct stream_bytes stream_run(struct kunit *test, bool importers_sync)
{
	const struct stream *s = test->param_value;
	struct dma_buf *dmabuf = sync_exporter_create(test, SYNC_EXPORTER_HEAP);
	struct sync_model *sm = test->priv;
	struct party in, out;
	struct stream_bytes b = {};
	u8 round;

	sync_model_reset(sm);
	sp_attach(test, &in, dmabuf, sync_model_wire(sm, 0, s->in),
		  DMA_FROM_DEVICE);
	sp_attach(test, &out, dmabuf, sync_model_wire(sm, 1, s->out),
		  DMA_TO_DEVICE);
	sync_model_forget_calls(sm);
	sm->drop_for_cpu = !importers_sync;
	sm->drop_for_device = !importers_sync;

	for (round = 1; round <= BLOCKS; round++) {
		sp_write(test, &in, SM_USED, round);
		b.stale += s->sent ?
			   sp_stale(test, &out, SM_USED, round) :
			   sp_cpu_stale(test, dmabuf, SM_USED, round);
	}
	b.synced = DIV_ROUND_UP(sp_synced(test), BLOCKS);
	b.by_exporter = DIV_ROUND_UP(sm->by_exporter, BLOCKS);
	b.stale = DIV_ROUND_UP(b.stale, BLOCKS);

	sp_detach(&out);
	sp_detach(&in);

	return b;
}

/* Our rule before: each transfer of a device that does not snoop, twice */
static size_t stream_synced_before(const struct stream *s)
{
	size_t transfers = s->in != SM_SNOOPING;

	if (s->sent)
		transfers += s->out != SM_SNOOPING;

	return 2 * SM_USED * transfers;
}

static void stream_print(struct kunit *test, const char *what, size_t bytes)
{
	const struct stream *s = test->param_value;

	kunit_info(test, "BENCH maintained %s %s %s %zu\n", s->board,
		   stream_use(s), what, bytes);
}

static void share_bytes_test(struct kunit *test)
{
	const struct stream *s = test->param_value;
	struct stream_bytes base = stream_run(test, false);
	struct stream_bytes ours = stream_run(test, true);

	KUNIT_EXPECT_EQ(test, s->base_is_stale, !!base.stale);
	KUNIT_EXPECT_EQ(test, 0, ours.stale);
	KUNIT_EXPECT_EQ(test, s->synced, ours.synced);
	KUNIT_EXPECT_EQ(test, base.by_exporter, ours.by_exporter);
	if (s->sent)
		KUNIT_EXPECT_EQ(test, 0, ours.by_exporter);

	stream_print(test, "ours", ours.synced);
	stream_print(test, "before", stream_synced_before(s));
	stream_print(test, "exporter", ours.by_exporter);
	stream_print(test, "stale", ours.stale);
	stream_print(test, "base-stale", base.stale);
}

static int share_bytes_test_init(struct kunit *test)
{
	sync_model_create(test);

	return 0;
}

static struct kunit_case share_bytes_test_cases[] = {
	KUNIT_CASE_PARAM(share_bytes_test, stream_gen_params),
	{}
};

static struct kunit_suite share_bytes_test_suite = {
	.name = "dma_vec_share_bytes",
	.init = share_bytes_test_init,
	.test_cases = share_bytes_test_cases,
};

kunit_test_suite(share_bytes_test_suite);

MODULE_IMPORT_NS("DMA_BUF");
