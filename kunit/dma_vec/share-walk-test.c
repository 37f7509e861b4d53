// SPDX-License-Identifier: GPL-2.0-only
/*
 * Anybody in any order: transfers of any length, both ways, with the CPU, and
 * devices that come and go, while the cache does as it likes. Whoever reads must
 * see the bytes that were written last. A failure names its seed.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <kunit/test.h>
#include <linux/dma-buf.h>
#include <linux/dma-vec-table.h>
#include <linux/module.h>
#include <linux/prandom.h>
#include <linux/string.h>

#include "../table.h"
#include "share-party.h"
#include "sync-exporter.h"

struct walk {
	struct kunit *test;
	struct dma_buf *dmabuf;
	struct rnd_state rnd;
	struct party parties[SM_DEVS];
	u8 want[SM_BYTES];
	u8 round;
};

struct walk_case {
	const char *name;
	enum sync_exporter exporter;
	enum sm_kind kinds[SM_DEVS];
	bool unknown;
	bool come_and_go;
	bool inputs;	/* devices that do not snoop only write */
};

static const struct walk_case walk_cases[] = {
	{ "heap, two kinds", SYNC_EXPORTER_HEAP,
	  { SM_SNOOPING, SM_DIRECT, SM_SNOOPING, SM_IOMMU } },
	{ "heap, two kinds, come and go", SYNC_EXPORTER_HEAP,
	  { SM_SNOOPING, SM_DIRECT, SM_SNOOPING, SM_IOMMU },
	  .come_and_go = true },
	{ "own, two kinds", SYNC_EXPORTER_OWN,
	  { SM_SNOOPING, SM_DIRECT, SM_SNOOPING, SM_IOMMU } },
	{ "own, two kinds, inputs", SYNC_EXPORTER_OWN,
	  { SM_SNOOPING, SM_DIRECT, SM_SNOOPING, SM_IOMMU },
	  .inputs = true },
	{ "own, two kinds, come and go", SYNC_EXPORTER_OWN,
	  { SM_SNOOPING, SM_DIRECT, SM_SNOOPING, SM_IOMMU },
	  .come_and_go = true },
	{ "own, three kinds", SYNC_EXPORTER_OWN,
	  { SM_SNOOPING, SM_DIRECT, SM_BOUNCED, SM_IOMMU } },
	{ "own, three kinds, inputs", SYNC_EXPORTER_OWN,
	  { SM_SNOOPING, SM_DIRECT, SM_BOUNCED, SM_IOMMU },
	  .inputs = true },
	{ "own, bounced and direct, come and go", SYNC_EXPORTER_OWN,
	  { SM_BOUNCED, SM_DIRECT, SM_BOUNCED, SM_IOMMU },
	  .come_and_go = true },
	{ "own, unknown", SYNC_EXPORTER_OWN,
	  { SM_SNOOPING, SM_DIRECT, SM_BOUNCED, SM_IOMMU },
	  .unknown = true, .come_and_go = true },
};

KUNIT_ARRAY_PARAM_DESC(walk, walk_cases, name);

static u32 walk_below(struct walk *w, u32 limit)
{
	return prandom_u32_state(&w->rnd) % limit;
}

static size_t walk_len(struct walk *w)
{
	return walk_below(w, 2) ? 1 + walk_below(w, SM_BYTES) :
				  1 + walk_below(w, 300);
}

/* The cache does as it likes */
static void walk_cache(struct walk *w)
{
	struct sync_model *sm = w->test->priv;

	switch (walk_below(w, 12)) {
	case 0:
		sync_model_evict(sm);
		break;
	case 1 ... 6:
		sync_model_fill_cache(sm);
		break;
	}
}

static void walk_write(struct walk *w, struct sm_dev *dev, size_t len)
{
	size_t n;

	w->round++;
	for (n = 0; n < len; n++) {
		w->want[n] = sp_byte(n, w->round);
		sync_model_write(w->test->priv, dev, n, w->want[n]);
	}
}

static size_t walk_stale(struct walk *w, struct sm_dev *dev, size_t len)
{
	size_t n, stale = 0;

	for (n = 0; n < len; n++)
		stale += sync_model_read(w->test->priv, dev, n) != w->want[n];

	return stale;
}

static size_t walk_cpu(struct walk *w)
{
	bool write = walk_below(w, 2);
	enum dma_data_direction dir = write ? DMA_BIDIRECTIONAL :
					      DMA_FROM_DEVICE;
	size_t stale;

	KUNIT_EXPECT_EQ(w->test, 0, dma_buf_begin_cpu_access(w->dmabuf, dir));
	stale = walk_stale(w, NULL, SM_BYTES);
	if (write)
		walk_write(w, NULL, walk_len(w));
	KUNIT_EXPECT_EQ(w->test, 0, dma_buf_end_cpu_access(w->dmabuf, dir));

	return stale;
}

static size_t walk_transfer(struct walk *w, struct party *p)
{
	size_t len = walk_len(w), stale = 0;
	bool write = p->dir == DMA_FROM_DEVICE ||
		     (p->dir == DMA_BIDIRECTIONAL && walk_below(w, 2));

	sp_begin(w->test, p, len);
	walk_cache(w);
	if (write)
		walk_write(w, p->dev, len);
	else
		stale = walk_stale(w, p->dev, len);
	walk_cache(w);
	sp_end(p);

	return stale;
}

static void walk_attach(struct walk *w, unsigned int nr)
{
	static const enum dma_data_direction dirs[] = {
		DMA_TO_DEVICE, DMA_BIDIRECTIONAL, DMA_FROM_DEVICE,
	};
	const struct walk_case *c = w->test->param_value;
	struct sync_model *sm = w->test->priv;
	enum dma_data_direction dir;

	sync_model_wire(sm, nr, c->kinds[nr])->unknown = c->unknown;

	/* Exporters discard what others wrote for an input that is not coherent */
	dir = dirs[walk_below(w, c->kinds[nr] == SM_SNOOPING ? 3 : 2)];
	if (c->inputs && (c->kinds[nr] == SM_DIRECT || c->kinds[nr] == SM_IOMMU))
		dir = DMA_FROM_DEVICE;
	sp_attach(w->test, &w->parties[nr], w->dmabuf, &sm->devs[nr], dir);
}

/*
 * The first ones of both kinds stay: whoever is attached when the other kind is
 * gone has to rely on what the exporter does when it maps
 */
static void walk_come_and_go(struct walk *w)
{
	unsigned int nr = 2 + walk_below(w, 2);

	if (w->parties[nr].attach)
		sp_detach(&w->parties[nr]);
	else
		walk_attach(w, nr);
}

static size_t walk_step(struct walk *w)
{
	const struct walk_case *c = w->test->param_value;
	unsigned int nr = walk_below(w, SM_DEVS + 2);

	walk_cache(w);
	if (nr == SM_DEVS)
		return walk_cpu(w);
	if (nr == SM_DEVS + 1) {
		if (c->come_and_go)
			walk_come_and_go(w);
		return 0;
	}
	if (!w->parties[nr].attach)
		return 0;

	return walk_transfer(w, &w->parties[nr]);
}

#define WALK_SEEDS	20
#define WALK_STEPS	100

static void share_walk_test(struct kunit *test)
{
	const struct walk_case *c = test->param_value;
	struct sync_model *sm = test->priv;
	struct walk *w = kunit_kzalloc(test, sizeof(*w), GFP_KERNEL);
	unsigned int seed, step, nr;
	size_t stale;

	KUNIT_ASSERT_NOT_NULL(test, w);
	w->test = test;
	for (seed = 0; seed < WALK_SEEDS; seed++) {
		prandom_seed_state(&w->rnd, seed);
		memset(w->want, 0, sizeof(w->want));
		sync_model_reset(sm);
		sm->forgets = seed & 1;
		w->dmabuf = sync_exporter_create(test, c->exporter);
		for (nr = 0; nr < SM_DEVS; nr++)
			walk_attach(w, nr);

		for (stale = 0, step = 0; !stale && step < WALK_STEPS; step++)
			stale = walk_step(w);
		KUNIT_EXPECT_EQ_MSG(test, 0, stale, "seed %u, step %u", seed,
				    step);

		for (nr = 0; nr < SM_DEVS; nr++)
			sp_detach(&w->parties[nr]);
	}
}

static int share_walk_test_init(struct kunit *test)
{
	sync_model_create(test);

	return 0;
}

static struct kunit_case share_walk_test_cases[] = {
	KUNIT_CASE_PARAM(share_walk_test, walk_gen_params),
	{}
};

static struct kunit_suite share_walk_test_suite = {
	.name = "dma_vec_share_walk",
	.init = share_walk_test_init,
	.test_cases = share_walk_test_cases,
};

kunit_test_suite(share_walk_test_suite);

MODULE_IMPORT_NS("DMA_BUF");
