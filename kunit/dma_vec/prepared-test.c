// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is kept of a preparation: descriptors that can be reused are prepared
 * once for each length, nothing is allocated for what was prepared before, and
 * nothing that was kept is lost or freed while somebody points to it.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <kunit/static_stub.h>
#include <kunit/test-bug.h>
#include <kunit/test.h>
#include <linux/dma-mapping.h>
#include <linux/dma-vec-dmaengine.h>
#include <linux/err.h>
#include <linux/gfp.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>

#include "../table.h"

#define MAX_DESCS 16

struct reuse_desc {
	struct dma_async_tx_descriptor tx;
	size_t len;
	bool live;
	bool busy;
};

struct reuse_provider {
	struct device dev;	/* never registered */
	struct device_dma_parameters parms;
	struct dma_device ddev;
	struct dma_chan chan;
	struct dma_chan_dev chan_dev;
	struct reuse_desc descs[MAX_DESCS];
	unsigned int preps;
	unsigned int live;
	int submit_result;
};

/* A table and what is kept of it; the allocations of one test */
struct prepared_test {
	struct reuse_provider *native;
	struct reuse_provider *sg;
	struct dma_vec_table table;
	struct dma_vec_prepared prepared;
	struct dma_vec vecs[3];
	size_t ends[3];
	unsigned int allocs;
	unsigned int fail_alloc;	/* the one that fails, from 1; 0 for none */
};

static dma_cookie_t reuse_submit(struct dma_async_tx_descriptor *tx)
{
	struct reuse_provider *p = container_of(tx->chan, struct reuse_provider,
						chan);

	return p->submit_result;
}

static int reuse_free(struct dma_async_tx_descriptor *tx)
{
	struct reuse_desc *desc = container_of(tx, struct reuse_desc, tx);
	struct reuse_provider *p = container_of(tx->chan, struct reuse_provider,
						chan);

	KUNIT_EXPECT_TRUE(kunit_get_current_test(), desc->live);
	if (desc->busy)
		return -EBUSY;

	desc->live = false;
	p->live--;

	return 0;
}

static struct dma_async_tx_descriptor *reuse_prep(struct reuse_provider *p,
						  size_t len,
						  unsigned long flags)
{
	struct reuse_desc *desc = &p->descs[p->preps];

	KUNIT_ASSERT_LT(kunit_get_current_test(), p->preps, MAX_DESCS);
	KUNIT_EXPECT_FALSE(kunit_get_current_test(), flags & DMA_CTRL_REUSE);
	p->preps++;
	p->live++;
	desc->live = true;
	desc->len = len;
	desc->tx.chan = &p->chan;
	desc->tx.flags = flags;
	desc->tx.tx_submit = reuse_submit;
	desc->tx.desc_free = reuse_free;

	return &desc->tx;
}

static struct dma_async_tx_descriptor *
reuse_prep_dma_vec(struct dma_chan *chan, const struct dma_vec *vecs,
		   size_t nents, enum dma_transfer_direction dir,
		   unsigned long flags)
{
	struct reuse_provider *p = container_of(chan, struct reuse_provider,
						chan);
	size_t len;

	KUNIT_EXPECT_EQ(kunit_get_current_test(), 0,
			dma_vec_len(vecs, nents, &len));

	return reuse_prep(p, len, flags);
}

static struct dma_async_tx_descriptor *
reuse_prep_slave_sg(struct dma_chan *chan, struct scatterlist *sgl,
		    unsigned int sg_len, enum dma_transfer_direction dir,
		    unsigned long flags, void *context)
{
	struct reuse_provider *p = container_of(chan, struct reuse_provider,
						chan);
	struct scatterlist *sg;
	size_t len = 0;
	int i;

	for_each_sg(sgl, sg, sg_len, i)
		len += sg_dma_len(sg);

	return reuse_prep(p, len, flags);
}

static struct reuse_provider *reuse_create(struct kunit *test, bool native)
{
	struct reuse_provider *p = kunit_kzalloc(test, sizeof(*p), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, p);
	p->dev.dma_parms = &p->parms;
	p->parms.max_segment_size = UINT_MAX;
	p->ddev.dev = &p->dev;
	p->ddev.descriptor_reuse = true;
	p->ddev.directions = BIT(DMA_MEM_TO_DEV) | BIT(DMA_DEV_TO_MEM);
	dma_cap_set(DMA_SLAVE, p->ddev.cap_mask);
	dma_cap_set(DMA_REPEAT, p->ddev.cap_mask);
	p->chan.device = &p->ddev;
	p->chan.dev = &p->chan_dev;
	p->submit_result = 42;
	if (native)
		p->ddev.device_prep_peripheral_dma_vec = reuse_prep_dma_vec;
	p->ddev.device_prep_slave_sg = reuse_prep_slave_sg;

	return p;
}

static bool prepared_alloc_fails(gfp_t gfp)
{
	struct kunit *test = kunit_get_current_test();
	struct prepared_test *t = test->priv;

	KUNIT_EXPECT_FALSE(test, gfpflags_allow_blocking(gfp));

	return ++t->allocs == t->fail_alloc;
}

static int prepared_sg_alloc(struct sg_table *sgt, unsigned int nents, gfp_t gfp)
{
	return prepared_alloc_fails(gfp) ? -ENOMEM :
					   sg_alloc_table(sgt, nents, gfp);
}

static int prepared_test_init(struct kunit *test)
{
	struct prepared_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);

	/* Nobody can ask a channel whether its descriptors can be reused then */
	if (!IS_ENABLED(CONFIG_DMA_ENGINE))
		kunit_skip(test, "a kernel without DMA engines");

	KUNIT_ASSERT_NOT_NULL(test, t);
	t->native = reuse_create(test, true);
	t->sg = reuse_create(test, false);
	t->vecs[0] = (struct dma_vec){ 0x1000, 64 };
	t->vecs[1] = (struct dma_vec){ 0x3000, 64 };
	t->vecs[2] = (struct dma_vec){ 0x9000, 32 };
	KUNIT_ASSERT_EQ(test, 0,
			dma_vec_table_init(&t->table, t->vecs, t->ends, 3));
	test->priv = t;
	kunit_activate_static_stub(test, dma_vec_sg_alloc, prepared_sg_alloc);

	return 0;
}

static void prepared_test_exit(struct kunit *test)
{
	struct prepared_test *t = test->priv;

	if (!t)
		return;

	dma_vec_unprepare(&t->prepared);
	dma_vec_table_free(&t->table);
}

/* The number of the descriptor, from 0, or an error */
static int prep_flags(struct prepared_test *t, struct reuse_provider *p,
		      size_t len, enum dma_transfer_direction dir,
		      unsigned long flags)
{
	struct dma_async_tx_descriptor *tx;
	int err;

	err = dma_vec_table_truncate(&t->table, len);
	if (err)
		return err;

	tx = dma_vec_prep_table(&p->chan, &t->table, &t->prepared, dir, flags);
	if (IS_ERR(tx))
		return PTR_ERR(tx);

	return container_of(tx, struct reuse_desc, tx) - p->descs;
}

static int prep(struct prepared_test *t, struct reuse_provider *p, size_t len)
{
	return prep_flags(t, p, len, DMA_MEM_TO_DEV, DMA_CTRL_REUSE);
}

/* The same again costs nothing; two lengths in turn do not either */
static void prepared_reuse_test(struct kunit *test)
{
	struct prepared_test *t = test->priv;
	unsigned int allocs;
	int i;

	KUNIT_EXPECT_EQ(test, 0, prep(t, t->native, 160));
	KUNIT_EXPECT_EQ(test, 1, prep(t, t->native, 100));
	allocs = t->allocs;
	for (i = 0; i < 5; i++) {
		KUNIT_EXPECT_EQ(test, 0, prep(t, t->native, 160));
		KUNIT_EXPECT_EQ(test, 0, prep(t, t->native, 160));
		KUNIT_EXPECT_EQ(test, 1, prep(t, t->native, 100));
	}
	KUNIT_EXPECT_EQ(test, 2, t->native->preps);
	KUNIT_EXPECT_EQ(test, allocs, t->allocs);
	KUNIT_EXPECT_EQ(test, 160, t->native->descs[0].len);
	KUNIT_EXPECT_EQ(test, 100, t->native->descs[1].len);

	dma_vec_unprepare(&t->prepared);
	KUNIT_EXPECT_EQ(test, 0, t->native->live);
}

/* The one that was not used for longest goes */
static void prepared_least_recently_used_test(struct kunit *test)
{
	struct prepared_test *t = test->priv;

	KUNIT_EXPECT_EQ(test, 0, prep(t, t->native, 10));
	KUNIT_EXPECT_EQ(test, 1, prep(t, t->native, 20));
	KUNIT_EXPECT_EQ(test, 0, prep(t, t->native, 10));
	KUNIT_EXPECT_EQ(test, 2, prep(t, t->native, 30));
	KUNIT_EXPECT_FALSE(test, t->native->descs[1].live);
	KUNIT_EXPECT_EQ(test, 0, prep(t, t->native, 10));
	KUNIT_EXPECT_EQ(test, 2, prep(t, t->native, 30));
	KUNIT_EXPECT_EQ(test, 3, prep(t, t->native, 20));
	KUNIT_EXPECT_FALSE(test, t->native->descs[0].live);
	KUNIT_EXPECT_EQ(test, 2, t->native->live);
}

/* A descriptor is for one channel, direction and set of flags */
static void prepared_key_test(struct kunit *test)
{
	struct reuse_provider *other = reuse_create(test, true);
	struct prepared_test *t = test->priv;

	KUNIT_EXPECT_EQ(test, 0, prep(t, t->native, 160));
	KUNIT_EXPECT_EQ(test, 1,
			prep_flags(t, t->native, 160, DMA_DEV_TO_MEM,
				   DMA_CTRL_REUSE));
	KUNIT_EXPECT_EQ(test, 2,
			prep_flags(t, t->native, 160, DMA_MEM_TO_DEV,
				   DMA_CTRL_REUSE | DMA_PREP_INTERRUPT));
	KUNIT_EXPECT_EQ(test, 0, prep(t, other, 160));
	KUNIT_EXPECT_EQ(test, 1, other->preps);

	KUNIT_EXPECT_EQ(test, 3,
			prep_flags(t, t->native, 160, DMA_MEM_TO_DEV,
				   DMA_CTRL_REUSE | DMA_PREP_REPEAT));
}

/* Who does not ask for it, or cannot have it, gets a new one each time */
static void prepared_no_reuse_test(struct kunit *test)
{
	struct prepared_test *t = test->priv;
	int i;

	for (i = 0; i < 3; i++)
		KUNIT_EXPECT_EQ(test, i, prep_flags(t, t->native, 160,
						    DMA_MEM_TO_DEV, 0));
	KUNIT_EXPECT_EQ(test, 0, t->allocs);
	KUNIT_EXPECT_EQ(test, 0, t->native->descs[0].tx.flags);

	t->native->ddev.descriptor_reuse = false;
	for (; i < 6; i++)
		KUNIT_EXPECT_EQ(test, i, prep(t, t->native, 160));
	KUNIT_EXPECT_EQ(test, 0, t->allocs);
	KUNIT_EXPECT_EQ(test, 0, t->native->descs[5].tx.flags);

	/* A provider that says one thing and another: used once */
	t->native->ddev.descriptor_reuse = true;
	t->native->ddev.directions = 0;
	for (; i < 9; i++)
		KUNIT_EXPECT_EQ(test, i, prep(t, t->native, 160));
	KUNIT_EXPECT_EQ(test, 0, t->native->descs[8].tx.flags);

	dma_vec_unprepare(&t->prepared);
	KUNIT_EXPECT_EQ(test, 9, t->native->live);
}

/* By way of a scatterlist: the library's own part takes nothing, ever again */
static void prepared_sg_test(struct kunit *test)
{
	struct prepared_test *t = test->priv;
	unsigned int allocs;
	int i;

	KUNIT_EXPECT_EQ(test, 0, prep_flags(t, t->sg, 160, DMA_MEM_TO_DEV, 0));
	allocs = t->allocs;
	KUNIT_EXPECT_GT(test, allocs, 0);
	for (i = 1; i < 8; i++)
		KUNIT_EXPECT_EQ(test, i, prep_flags(t, t->sg, i & 1 ? 160 : 100,
						    DMA_MEM_TO_DEV, 0));
	KUNIT_EXPECT_EQ(test, allocs, t->allocs);
}

/*
 * A descriptor may point to the list, so it goes before the list is rewritten,
 * and only then
 */
static void prepared_sg_reuse_test(struct kunit *test)
{
	struct prepared_test *t = test->priv;

	KUNIT_EXPECT_EQ(test, 0, prep(t, t->sg, 160));
	KUNIT_EXPECT_EQ(test, 0, prep(t, t->sg, 160));
	KUNIT_EXPECT_EQ(test, 1,
			prep_flags(t, t->sg, 160, DMA_DEV_TO_MEM,
				   DMA_CTRL_REUSE));
	KUNIT_EXPECT_EQ(test, 0, prep(t, t->sg, 160));
	KUNIT_EXPECT_EQ(test, 2, t->sg->live);

	KUNIT_EXPECT_EQ(test, 2, prep(t, t->sg, 100));
	KUNIT_EXPECT_EQ(test, 1, t->sg->live);
	KUNIT_EXPECT_EQ(test, 3, prep(t, t->sg, 160));
	KUNIT_EXPECT_EQ(test, 1, t->sg->live);
}

/* What the provider does not free stays kept, and what is new is used once */
static void prepared_busy_test(struct kunit *test)
{
	struct prepared_test *t = test->priv;

	KUNIT_EXPECT_EQ(test, 0, prep(t, t->native, 10));
	KUNIT_EXPECT_EQ(test, 1, prep(t, t->native, 20));
	t->native->descs[0].busy = true;
	KUNIT_EXPECT_EQ(test, 2, prep(t, t->native, 30));
	KUNIT_EXPECT_FALSE(test,
			   dmaengine_desc_test_reuse(&t->native->descs[2].tx));
	KUNIT_EXPECT_TRUE(test, t->native->descs[0].live);

	t->native->descs[0].busy = false;
	KUNIT_EXPECT_EQ(test, 0, prep(t, t->native, 10));
	KUNIT_EXPECT_EQ(test, 1, prep(t, t->native, 20));
}

static void prepared_unprepare_test(struct kunit *test)
{
	struct prepared_test *t = test->priv;

	dma_vec_unprepare(&t->prepared);

	KUNIT_EXPECT_EQ(test, 0, prep(t, t->native, 10));
	KUNIT_EXPECT_EQ(test, 1, prep(t, t->native, 20));
	dma_vec_unprepare(&t->prepared);
	KUNIT_EXPECT_EQ(test, 0, t->native->live);
	KUNIT_EXPECT_NULL(test, memchr_inv(&t->prepared, 0, sizeof(t->prepared)));
	KUNIT_EXPECT_EQ(test, 20, t->table.len);
	KUNIT_EXPECT_EQ(test, 2, prep(t, t->native, 20));
}

struct no_memory_case {
	const char *name;
	bool native;
	unsigned long flags;
	int allocs;
};

static const struct no_memory_case no_memory_cases[] = {
	{ "vectors", true, 0, 0 },
	{ "vectors, reused", true, DMA_CTRL_REUSE, 0 },
	{ "scatterlist", false, 0, 1 },
	{ "scatterlist, reused", false, DMA_CTRL_REUSE, 1 },
};

KUNIT_ARRAY_PARAM_DESC(no_memory, no_memory_cases, name);

/* Each allocation in turn: an error, no change, and success the next time */
static void prepared_no_memory_test(struct kunit *test)
{
	const struct no_memory_case *c = test->param_value;
	struct prepared_test *t = test->priv;
	struct reuse_provider *p = c->native ? t->native : t->sg;
	int fail;

	for (fail = 1; fail <= c->allocs; fail++) {
		dma_vec_unprepare(&t->prepared);
		p->preps = 0;
		t->allocs = 0;
		t->fail_alloc = fail;
		KUNIT_EXPECT_EQ(test, -ENOMEM,
				prep_flags(t, p, 100, DMA_MEM_TO_DEV,
					   c->flags));
		KUNIT_EXPECT_EQ(test, fail, t->allocs);
		KUNIT_EXPECT_EQ(test, 0, p->preps);
		KUNIT_EXPECT_EQ(test, 100, t->table.len);
		KUNIT_EXPECT_EQ(test, 0, prep_flags(t, p, 100, DMA_MEM_TO_DEV,
						    c->flags));
	}

	dma_vec_unprepare(&t->prepared);
	p->preps = 0;
	t->allocs = 0;
	t->fail_alloc = fail;
	KUNIT_EXPECT_EQ(test, 0, prep_flags(t, p, 100, DMA_MEM_TO_DEV,
					    c->flags));
	KUNIT_EXPECT_EQ(test, c->allocs, t->allocs);
}

static void prepared_done(void *param, const struct dmaengine_result *result)
{
}

static void prepared_old_done(void *param)
{
}

static int submit(struct prepared_test *t, enum dma_transfer_direction dir,
		  unsigned long flags,
		  void (*done)(void *param, const struct dmaengine_result *result),
		  void *param)
{
	return dma_vec_submit_table(&t->native->chan, &t->table, &t->prepared, dir,
				    flags, done, param);
}

static void prepared_submit_test(struct kunit *test)
{
	struct prepared_test *t = test->priv;
	struct dma_async_tx_descriptor *tx = &t->native->descs[0].tx;

	KUNIT_EXPECT_EQ(test, 42,
			submit(t, DMA_MEM_TO_DEV, DMA_CTRL_REUSE,
			       prepared_done, test));
	KUNIT_EXPECT_TRUE(test, tx->callback_result == prepared_done);
	KUNIT_EXPECT_PTR_EQ(test, test, tx->callback_param);

	/* Again, and without a callback */
	tx->callback = prepared_old_done;
	KUNIT_EXPECT_EQ(test, 42,
			submit(t, DMA_MEM_TO_DEV, DMA_CTRL_REUSE, NULL,
			       NULL));
	KUNIT_EXPECT_FALSE(test, tx->callback || tx->callback_result);
	KUNIT_EXPECT_EQ(test, 1, t->native->preps);

	t->native->submit_result = -EBUSY;
	KUNIT_EXPECT_EQ(test, -EBUSY,
			submit(t, DMA_MEM_TO_DEV, DMA_CTRL_REUSE, NULL,
			       NULL));
	KUNIT_EXPECT_EQ(test, -EINVAL,
			submit(t, DMA_MEM_TO_MEM, 0, NULL, NULL));
}

static struct kunit_case prepared_test_cases[] = {
	KUNIT_CASE(prepared_reuse_test),
	KUNIT_CASE(prepared_least_recently_used_test),
	KUNIT_CASE(prepared_key_test),
	KUNIT_CASE(prepared_no_reuse_test),
	KUNIT_CASE(prepared_sg_test),
	KUNIT_CASE(prepared_sg_reuse_test),
	KUNIT_CASE(prepared_busy_test),
	KUNIT_CASE(prepared_unprepare_test),
	KUNIT_CASE_PARAM(prepared_no_memory_test, no_memory_gen_params),
	KUNIT_CASE(prepared_submit_test),
	{}
};

static struct kunit_suite prepared_test_suite = {
	.name = "dma_vec_prepared",
	.init = prepared_test_init,
	.exit = prepared_test_exit,
	.test_cases = prepared_test_cases,
};

kunit_test_suite(prepared_test_suite);
