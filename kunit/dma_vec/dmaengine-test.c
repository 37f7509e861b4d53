// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tables for DMA engines: a provider that takes them, one that knows scatterlists
 * only, and all that they may refuse.
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
#include <linux/limits.h>
#include <linux/scatterlist.h>
#include <linux/sizes.h>
#include <linux/string.h>

#include "../table.h"

#define MAX_SEEN 300

struct fake_provider {
	struct device dev;	/* never registered */
	struct device_dma_parameters parms;
	struct dma_device ddev;
	struct dma_chan chan;
	struct dma_chan_dev chan_dev;
	struct dma_async_tx_descriptor desc;
	bool fails;

	/* What the last prep got */
	unsigned int preps;
	bool native;
	enum dma_transfer_direction dir;
	unsigned long flags;
	struct scatterlist *sgl;
	size_t nents;
	struct dma_vec seen[MAX_SEEN];
};

static struct dma_async_tx_descriptor *
fake_prep(struct fake_provider *fake, enum dma_transfer_direction dir,
	  unsigned long flags)
{
	fake->preps++;
	fake->dir = dir;
	fake->flags = flags;

	return fake->fails ? NULL : &fake->desc;
}

static struct dma_async_tx_descriptor *
fake_prep_dma_vec(struct dma_chan *chan, const struct dma_vec *vecs,
		  size_t nents, enum dma_transfer_direction dir,
		  unsigned long flags)
{
	struct fake_provider *fake = container_of(chan, struct fake_provider,
						  chan);

	fake->native = true;
	fake->nents = nents;
	memcpy(fake->seen, vecs, min(nents, MAX_SEEN) * sizeof(*vecs));

	return fake_prep(fake, dir, flags);
}

/* Providers walk by count or up to the end: here both must agree */
static struct dma_async_tx_descriptor *
fake_prep_slave_sg(struct dma_chan *chan, struct scatterlist *sgl,
		   unsigned int sg_len, enum dma_transfer_direction dir,
		   unsigned long flags, void *context)
{
	struct fake_provider *fake = container_of(chan, struct fake_provider,
						  chan);
	struct kunit *test = kunit_get_current_test();
	struct scatterlist *sg;
	unsigned int i;

	KUNIT_EXPECT_EQ(test, sg_len, sg_nents(sgl));
	for_each_sg(sgl, sg, sg_len, i) {
		KUNIT_EXPECT_NULL(test, sg_page(sg));
		if (i < MAX_SEEN)
			fake->seen[i] = (struct dma_vec){ sg_dma_address(sg),
							  sg_dma_len(sg) };
		KUNIT_EXPECT_EQ(test, i == sg_len - 1, !!sg_is_last(sg));
	}

	fake->native = false;
	fake->sgl = sgl;
	fake->nents = sg_len;

	return fake_prep(fake, dir, flags);
}

static struct fake_provider *fake_create(struct kunit *test, bool native)
{
	struct fake_provider *fake = kunit_kzalloc(test, sizeof(*fake),
						   GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, fake);
	fake->dev.dma_parms = &fake->parms;
	fake->parms.max_segment_size = UINT_MAX;
	fake->ddev.dev = &fake->dev;
	fake->chan.device = &fake->ddev;
	fake->chan.dev = &fake->chan_dev;
	if (native)
		fake->ddev.device_prep_peripheral_dma_vec = fake_prep_dma_vec;
	fake->ddev.device_prep_slave_sg = fake_prep_slave_sg;

	return fake;
}

/* A table, and what its client keeps */
struct client {
	struct dma_vec_table table;
	struct dma_vec_prepared prepared;
};

static void client_free(void *data)
{
	struct client *client = data;

	dma_vec_unprepare(&client->prepared);
	dma_vec_table_free(&client->table);
}

static struct dma_vec_table *table_create(struct kunit *test,
					  const struct dma_vec *vecs,
					  size_t nents)
{
	struct dma_vec_table *table;
	struct client *client;

	client = kunit_kzalloc(test, sizeof(*client), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, client);
	table = &client->table;
	KUNIT_ASSERT_EQ(test, 0, dma_vec_table_alloc(table, nents, GFP_KERNEL));
	KUNIT_ASSERT_EQ(test, 0,
			kunit_add_action_or_reset(test, client_free, client));
	memcpy(table->vecs, vecs, nents * sizeof(*vecs));
	KUNIT_ASSERT_EQ(test, 0, dma_vec_table_index(table));

	return table;
}

static struct dma_vec_prepared *to_prepared(struct dma_vec_table *table)
{
	return &container_of(table, struct client, table)->prepared;
}

/* Prepare one that table_create() has made */
static struct dma_async_tx_descriptor *
client_prep(struct fake_provider *fake, struct dma_vec_table *table,
	    enum dma_transfer_direction dir, unsigned long flags)
{
	return dma_vec_prep_table(&fake->chan, table, to_prepared(table), dir,
				  flags);
}

static void expect_seen(struct kunit *test, const struct fake_provider *fake,
			const struct dma_vec *want, size_t nwant)
{
	size_t i;

	KUNIT_ASSERT_EQ(test, nwant, fake->nents);
	for (i = 0; i < nwant; i++) {
		KUNIT_EXPECT_EQ(test, want[i].addr, fake->seen[i].addr);
		KUNIT_EXPECT_EQ(test, want[i].len, fake->seen[i].len);
	}
}

static void expect_err(struct kunit *test, int err,
		       struct dma_async_tx_descriptor *desc)
{
	KUNIT_EXPECT_TRUE(test, IS_ERR(desc));
	KUNIT_EXPECT_EQ(test, err, PTR_ERR_OR_ZERO(desc));
}

static const struct dma_vec simple[] = { { 0x1000, 64 }, { 0x1040, 64 },
					 { 0x9000, 32 } };

static void dmaengine_native_test(struct kunit *test)
{
	struct dma_vec_table *table = table_create(test, simple, 3);
	struct fake_provider *fake = fake_create(test, true);

	KUNIT_EXPECT_PTR_EQ(test, &fake->desc,
			    client_prep(fake, table, DMA_DEV_TO_MEM, DMA_PREP_INTERRUPT));
	KUNIT_EXPECT_TRUE(test, fake->native);
	KUNIT_EXPECT_EQ(test, DMA_DEV_TO_MEM, fake->dir);
	KUNIT_EXPECT_EQ(test, DMA_PREP_INTERRUPT, fake->flags);
	expect_seen(test, fake, simple, 3);

	KUNIT_ASSERT_EQ(test, 0, dma_vec_table_truncate(table, 70));
	KUNIT_EXPECT_PTR_EQ(test, &fake->desc,
			    client_prep(fake, table, DMA_MEM_TO_DEV, 0));
	expect_seen(test, fake,
		    (struct dma_vec[]){ { 0x1000, 64 }, { 0x1040, 6 } }, 2);
}

struct sg_case {
	const char *name;
	struct dma_vec vecs[3];
	size_t nents;
	unsigned int max_seg;
	struct dma_vec want[5];
	size_t nwant;
};

static const struct sg_case sg_cases[] = {
	{
		.name = "as they are",
		.vecs = { { 0x1000, 64 }, { 0x8000, 32 } }, .nents = 2,
		.max_seg = UINT_MAX,
		.want = { { 0x1000, 64 }, { 0x8000, 32 } }, .nwant = 2,
	}, {
		.name = "neighbours",
		.vecs = { { 0x1000, 64 }, { 0x1040, 64 }, { 0x9000, 32 } },
		.nents = 3, .max_seg = UINT_MAX,
		.want = { { 0x1000, 128 }, { 0x9000, 32 } }, .nwant = 2,
	}, {
		.name = "longest segment, a power of two",
		.vecs = { { 0x10000, 0x24000 } }, .nents = 1, .max_seg = SZ_64K,
		.want = { { 0x10000, SZ_64K }, { 0x20000, SZ_64K },
			  { 0x30000, 0x4000 } },
		.nwant = 3,
	}, {
		.name = "longest segment, odd",
		.vecs = { { 0x10000, 0x10000 } }, .nents = 1, .max_seg = 0xffff,
		.want = { { 0x10000, 0xf000 }, { 0x1f000, 0x1000 } }, .nwant = 2,
	}, {
		.name = "longest segment, small and odd",
		.vecs = { { 0x10000, 0x480 } }, .nents = 1, .max_seg = 1020,
		.want = { { 0x10000, 512 }, { 0x10200, 512 }, { 0x10400, 128 } },
		.nwant = 3,
	}, {
		.name = "the device says nothing",
		.vecs = { { 0x10000, SZ_64K + 1 } }, .nents = 1, .max_seg = 0,
		.want = { { 0x10000, SZ_64K }, { 0x20000, 1 } }, .nwant = 2,
#if BITS_PER_LONG == 64
	}, {
		.name = "longer than 32 bits",
		.vecs = { { 0x100000000, 0x200000010 } }, .nents = 1,
		.max_seg = UINT_MAX,
		.want = { { 0x100000000, 0xfffff000 }, { 0x1fffff000, 0xfffff000 },
			  { 0x2ffffe000, 0x2010 } },
		.nwant = 3,
#endif
	},
};

KUNIT_ARRAY_PARAM_DESC(sg, sg_cases, name);

static void dmaengine_sg_test(struct kunit *test)
{
	const struct sg_case *c = test->param_value;
	struct dma_vec_table *table = table_create(test, c->vecs, c->nents);
	struct fake_provider *fake = fake_create(test, false);

	fake->parms.max_segment_size = c->max_seg;
	KUNIT_EXPECT_PTR_EQ(test, &fake->desc,
			    client_prep(fake, table, DMA_MEM_TO_DEV, DMA_PREP_INTERRUPT));
	KUNIT_EXPECT_FALSE(test, fake->native);
	KUNIT_EXPECT_EQ(test, DMA_MEM_TO_DEV, fake->dir);
	KUNIT_EXPECT_EQ(test, DMA_PREP_INTERRUPT, fake->flags);
	expect_seen(test, fake, c->want, c->nwant);
}

/* What a provider gets of an array is what it would get as a scatterlist */
static void dmaengine_slave_test(struct kunit *test)
{
	const struct sg_case *c = test->param_value;
	struct fake_provider *fake = fake_create(test, true);
	struct dma_vec_iter iter;
	struct dma_vec chunk;
	size_t i = 0;

	fake->parms.max_segment_size = c->max_seg;
	KUNIT_ASSERT_EQ(test, (int)c->nwant,
			dma_vec_iter_init_slave(&iter, &fake->chan, c->vecs,
						c->nents));
	dma_vec_for_each_chunk(&chunk, &iter) {
		KUNIT_ASSERT_LT(test, i, c->nwant);
		KUNIT_EXPECT_EQ(test, c->want[i].addr, chunk.addr);
		KUNIT_EXPECT_EQ(test, c->want[i].len, chunk.len);
		i++;
	}

	KUNIT_EXPECT_EQ(test, -EINVAL,
			dma_vec_iter_init_slave(&iter, &fake->chan, NULL, 1));
}

/* More entries than an int can count */
static void dmaengine_slave_countless_test(struct kunit *test)
{
	const struct dma_vec vec = { 0, (size_t)INT_MAX + 1 };
	struct fake_provider *fake = fake_create(test, true);
	struct dma_vec_iter iter;

	fake->parms.max_segment_size = 1;
	KUNIT_EXPECT_EQ(test, -EOVERFLOW,
			dma_vec_iter_init_slave(&iter, &fake->chan, &vec, 1));
}

/* Long enough for a chained list, cut where a piece of it ends and around it */
static void dmaengine_sg_truncate_test(struct kunit *test)
{
	static const size_t cuts[] = { 300, 1, 127, 128, 129, 299, 128, 2, 300 };
	struct fake_provider *fake = fake_create(test, false);
	struct dma_vec_table *table;
	struct scatterlist *sgl;
	struct dma_vec *vecs;
	size_t i;

	vecs = kunit_kcalloc(test, 300, sizeof(*vecs), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, vecs);
	for (i = 0; i < 300; i++)
		vecs[i] = (struct dma_vec){ i * SZ_64K, 512 };
	table = table_create(test, vecs, 300);

	/* First of all a short one: there must be room for the long ones later */
	KUNIT_ASSERT_EQ(test, 0, dma_vec_table_truncate(table, 512));
	KUNIT_ASSERT_PTR_EQ(test, &fake->desc,
			    client_prep(fake, table, DMA_MEM_TO_DEV, 0));
	expect_seen(test, fake, vecs, 1);
	sgl = fake->sgl;

	for (i = 0; i < ARRAY_SIZE(cuts); i++) {
		KUNIT_ASSERT_EQ(test, 0,
				dma_vec_table_truncate(table, cuts[i] * 512 - 2));
		KUNIT_ASSERT_PTR_EQ(test, &fake->desc,
				    client_prep(fake, table, DMA_MEM_TO_DEV, 0));
		expect_seen(test, fake, table->vecs, cuts[i]);
		KUNIT_EXPECT_PTR_EQ_MSG(test, sgl, fake->sgl, "list is new");
	}

	dma_vec_table_restore(table);
	KUNIT_ASSERT_PTR_EQ(test, &fake->desc,
			    client_prep(fake, table, DMA_MEM_TO_DEV, 0));
	expect_seen(test, fake, vecs, 300);
}

/* A cut between neighbours takes one apart: no more entries may come of it */
static void dmaengine_sg_cut_neighbours_test(struct kunit *test)
{
	struct dma_vec_table *table = table_create(test, simple, 3);
	struct fake_provider *fake = fake_create(test, false);
	size_t len;

	fake->parms.max_segment_size = 16;
	for (len = 1; len <= 160; len++) {
		KUNIT_ASSERT_EQ(test, 0, dma_vec_table_truncate(table, len));
		KUNIT_ASSERT_PTR_EQ(test, &fake->desc,
				    client_prep(fake, table, DMA_MEM_TO_DEV, 0));
		KUNIT_EXPECT_EQ(test, DIV_ROUND_UP(len, 16), fake->nents);
		KUNIT_EXPECT_EQ(test, len, table->len);
	}
}

/* Another device may take other lengths */
static void dmaengine_sg_other_device_test(struct kunit *test)
{
	static const struct dma_vec vec = { 0x10000, SZ_64K };
	struct dma_vec_table *table = table_create(test, &vec, 1);
	struct fake_provider *a = fake_create(test, false);
	struct fake_provider *b = fake_create(test, false);
	int i;

	b->parms.max_segment_size = SZ_4K;
	for (i = 0; i < 3; i++) {
		KUNIT_EXPECT_PTR_EQ(test, &a->desc,
				    client_prep(a, table, DMA_MEM_TO_DEV, 0));
		KUNIT_EXPECT_EQ(test, 1, a->nents);
		KUNIT_EXPECT_PTR_EQ(test, &b->desc,
				    client_prep(b, table, DMA_MEM_TO_DEV, 0));
		KUNIT_EXPECT_EQ(test, 16, b->nents);
	}
}

/* The limit is that of the device that accesses memory, if there is one */
static void dmaengine_sg_which_device_test(struct kunit *test)
{
	static const struct dma_vec vec = { 0x10000, 2 * SZ_64K };
	struct dma_vec_table *table = table_create(test, &vec, 1);
	struct fake_provider *fake = fake_create(test, false);
	struct device_dma_parameters parms = { .max_segment_size = SZ_8K };

	fake->dev.dma_parms = NULL;
	KUNIT_EXPECT_PTR_EQ(test, &fake->desc,
			    client_prep(fake, table, DMA_MEM_TO_DEV, 0));
	KUNIT_EXPECT_EQ(test, 2, fake->nents);

	/* A channel with a device of its own */
	fake->chan_dev.chan_dma_dev = true;
	fake->chan_dev.device.dma_parms = &parms;
	KUNIT_EXPECT_PTR_EQ(test, &fake->desc,
			    client_prep(fake, table, DMA_MEM_TO_DEV, 0));
	KUNIT_EXPECT_EQ(test, 16, fake->nents);
}

/* A table that is filled anew is not what the list was made of */
static void dmaengine_sg_reindex_test(struct kunit *test)
{
	static const struct dma_vec other = { 0x5000, 160 };
	struct dma_vec_table *table = table_create(test, simple, 3);
	struct fake_provider *fake = fake_create(test, false);

	client_prep(fake, table, DMA_MEM_TO_DEV, 0);
	dma_vec_unprepare(to_prepared(table));
	table->vecs[0] = other;
	table->orig_nents = 1;
	KUNIT_ASSERT_EQ(test, 0, dma_vec_table_index(table));
	client_prep(fake, table, DMA_MEM_TO_DEV, 0);
	expect_seen(test, fake, &other, 1);
}

static void dmaengine_cyclic_test(struct kunit *test)
{
	struct dma_vec_table *table = table_create(test, simple, 3);
	struct fake_provider *fake;
	int native;

	for (native = 0; native < 2; native++) {
		fake = fake_create(test, native);

		expect_err(test, -EOPNOTSUPP,
			   client_prep(fake, table, DMA_MEM_TO_DEV, DMA_PREP_REPEAT));
		KUNIT_EXPECT_EQ(test, 0, fake->preps);

		/* The provider takes a transfer that is played once */
		KUNIT_EXPECT_PTR_EQ(test, &fake->desc,
				    client_prep(fake, table, DMA_MEM_TO_DEV, 0));
		KUNIT_EXPECT_EQ(test, 0, fake->flags);

		dma_cap_set(DMA_REPEAT, fake->ddev.cap_mask);
		KUNIT_EXPECT_PTR_EQ(test, &fake->desc,
				    client_prep(fake, table, DMA_MEM_TO_DEV,
						DMA_PREP_REPEAT |
						DMA_PREP_LOAD_EOT));
		KUNIT_EXPECT_EQ(test, DMA_PREP_REPEAT | DMA_PREP_LOAD_EOT,
				fake->flags);
	}
}

static void dmaengine_refused_test(struct kunit *test)
{
	struct dma_vec_table *table = table_create(test, simple, 3);
	struct fake_provider *fake = fake_create(test, true);
	struct dma_vec_prepared *kept = to_prepared(table);
	struct dma_vec_table empty = {};
	struct dma_chan none = {};

	expect_err(test, -EINVAL,
		   dma_vec_prep_table(NULL, table, kept, DMA_MEM_TO_DEV, 0));
	expect_err(test, -EINVAL,
		   dma_vec_prep_table(&none, table, kept, DMA_MEM_TO_DEV, 0));
	expect_err(test, -EINVAL,
		   dma_vec_prep_table(&fake->chan, NULL, kept, DMA_MEM_TO_DEV, 0));
	expect_err(test, -EINVAL,
		   dma_vec_prep_table(&fake->chan, &empty, kept, DMA_MEM_TO_DEV, 0));
	expect_err(test, -EINVAL,
		   dma_vec_prep_table(&fake->chan, table, NULL, DMA_MEM_TO_DEV, 0));
	expect_err(test, -EINVAL, client_prep(fake, table, DMA_MEM_TO_MEM, 0));
	expect_err(test, -EINVAL, client_prep(fake, table, DMA_TRANS_NONE, 0));

	fake->ddev.device_prep_peripheral_dma_vec = NULL;
	fake->ddev.device_prep_slave_sg = NULL;
	expect_err(test, -EOPNOTSUPP,
		   client_prep(fake, table, DMA_MEM_TO_DEV, 0));
	KUNIT_EXPECT_EQ(test, 0, fake->preps);
}

/* The provider has no descriptor now, and one later */
static void dmaengine_no_descriptor_test(struct kunit *test)
{
	struct dma_vec_table *table = table_create(test, simple, 3);
	struct fake_provider *fake;
	int native;

	for (native = 0; native < 2; native++) {
		fake = fake_create(test, native);
		fake->fails = true;
		expect_err(test, -ENOMEM,
			   client_prep(fake, table, DMA_MEM_TO_DEV, 0));
		KUNIT_EXPECT_EQ(test, 1, fake->preps);
		KUNIT_EXPECT_EQ(test, 160, table->len);

		fake->fails = false;
		KUNIT_EXPECT_PTR_EQ(test, &fake->desc,
				    client_prep(fake, table, DMA_MEM_TO_DEV, 0));
	}
}

/* The call may come from anywhere, and must never wait for memory */
static int no_memory(struct sg_table *sgt, unsigned int nents, gfp_t gfp)
{
	KUNIT_EXPECT_FALSE(kunit_get_current_test(), gfpflags_allow_blocking(gfp));

	return -ENOMEM;
}

static void dmaengine_sg_no_memory_test(struct kunit *test)
{
	struct dma_vec_table *table = table_create(test, simple, 3);
	struct fake_provider *fake = fake_create(test, false);

	KUNIT_ASSERT_EQ(test, 0, dma_vec_table_truncate(table, 100));
	kunit_activate_static_stub(test, dma_vec_sg_alloc, no_memory);
	expect_err(test, -ENOMEM,
		   client_prep(fake, table, DMA_MEM_TO_DEV, 0));
	KUNIT_EXPECT_EQ(test, 0, fake->preps);
	KUNIT_EXPECT_EQ(test, 100, table->len);

	kunit_deactivate_static_stub(test, dma_vec_sg_alloc);
	KUNIT_EXPECT_PTR_EQ(test, &fake->desc,
			    client_prep(fake, table, DMA_MEM_TO_DEV, 0));
	expect_seen(test, fake, (struct dma_vec[]){ { 0x1000, 100 } }, 1);

	/* From now on it takes no memory, however much is in use */
	kunit_activate_static_stub(test, dma_vec_sg_alloc, no_memory);
	dma_vec_table_restore(table);
	KUNIT_EXPECT_PTR_EQ(test, &fake->desc,
			    client_prep(fake, table, DMA_MEM_TO_DEV, 0));
	KUNIT_EXPECT_EQ(test, 2, fake->nents);

	/* For a device that takes less at once it does; what there is stays */
	fake->parms.max_segment_size = 16;
	expect_err(test, -ENOMEM,
		   client_prep(fake, table, DMA_MEM_TO_DEV, 0));
	fake->parms.max_segment_size = UINT_MAX;
	KUNIT_EXPECT_PTR_EQ(test, &fake->desc,
			    client_prep(fake, table, DMA_MEM_TO_DEV, 0));
	KUNIT_EXPECT_EQ(test, 2, fake->nents);
}

/* More pieces than can be counted at all */
static void dmaengine_sg_countless_test(struct kunit *test)
{
	static const struct dma_vec vec = { 0, SIZE_MAX };
	struct dma_vec_table *table = table_create(test, &vec, 1);
	struct fake_provider *fake = fake_create(test, false);

	fake->parms.max_segment_size = 1;
	expect_err(test, -EOVERFLOW,
		   client_prep(fake, table, DMA_MEM_TO_DEV, 0));
	KUNIT_EXPECT_EQ(test, 0, fake->preps);
}

#if BITS_PER_LONG == 64
/* More entries than a scatterlist counts, which takes hardly any memory to ask */
static void dmaengine_sg_too_many_test(struct kunit *test)
{
	static const struct dma_vec vec = { 0, SZ_4G };
	struct dma_vec_table *table = table_create(test, &vec, 1);
	struct fake_provider *fake = fake_create(test, false);

	fake->parms.max_segment_size = 1;
	expect_err(test, -EOVERFLOW,
		   client_prep(fake, table, DMA_MEM_TO_DEV, 0));
	KUNIT_EXPECT_EQ(test, 0, fake->preps);
	KUNIT_EXPECT_EQ(test, SZ_4G, table->len);

	/* A device that takes more is served then */
	fake->parms.max_segment_size = SZ_1G;
	KUNIT_EXPECT_PTR_EQ(test, &fake->desc,
			    client_prep(fake, table, DMA_MEM_TO_DEV, 0));
	KUNIT_EXPECT_EQ(test, 4, fake->nents);
}
#endif

static struct kunit_case dmaengine_test_cases[] = {
	KUNIT_CASE(dmaengine_native_test),
	KUNIT_CASE_PARAM(dmaengine_sg_test, sg_gen_params),
	KUNIT_CASE_PARAM(dmaengine_slave_test, sg_gen_params),
	KUNIT_CASE(dmaengine_slave_countless_test),
	KUNIT_CASE(dmaengine_sg_truncate_test),
	KUNIT_CASE(dmaengine_sg_cut_neighbours_test),
	KUNIT_CASE(dmaengine_sg_other_device_test),
	KUNIT_CASE(dmaengine_sg_which_device_test),
	KUNIT_CASE(dmaengine_sg_reindex_test),
	KUNIT_CASE(dmaengine_cyclic_test),
	KUNIT_CASE(dmaengine_refused_test),
	KUNIT_CASE(dmaengine_no_descriptor_test),
	KUNIT_CASE(dmaengine_sg_no_memory_test),
	KUNIT_CASE(dmaengine_sg_countless_test),
#if BITS_PER_LONG == 64
	KUNIT_CASE(dmaengine_sg_too_many_test),
#endif
	{}
};

static struct kunit_suite dmaengine_test_suite = {
	.name = "dma_vec_dmaengine",
	.test_cases = dmaengine_test_cases,
};

kunit_test_suite(dmaengine_test_suite);
