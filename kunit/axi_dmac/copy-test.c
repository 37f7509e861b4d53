// SPDX-License-Identifier: GPL-2.0-only
/*
 * Cores between two memories: they copy, whatever the alignment of one side is
 * to the other, and are for no converter.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <linux/io.h>
#include <linux/prandom.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "fixture.h"

#define COPY_BYTES	SZ_64K

struct copy_case {
	const char *name;
	u32 version;
	bool sg;
	unsigned int src_width;
	unsigned int dst_width;
	unsigned int align;	/* log2, as clients are told */
};

static const struct copy_case copy_cases[] = {
	{ "4.0.a registers, 64 bits", ADM_VERSION(4, 0, 'a'), false, 8, 8, 3 },
	{ "4.2.b registers, 64 to 32 bits", ADM_VERSION(4, 2, 'b'), false, 8, 4, 3 },
	{ "4.4.a registers, 32 to 128 bits", ADM_VERSION(4, 4, 'a'), false, 4, 16, 4 },
	{ "4.5.e registers, 256 bits", ADM_VERSION(4, 5, 'e'), false, 32, 32, 5 },
	{ "4.5.a scatter-gather, 64 bits", ADM_VERSION(4, 5, 'a'), true, 8, 8, 3 },
	{ "4.5.e scatter-gather, 512 to 64 bits", ADM_VERSION(4, 5, 'e'), true, 64, 8, 6 },
	{ "4.6.a scatter-gather, 32 to 1024 bits", ADM_VERSION(4, 6, 'a'), true, 4, 128, 7 },
};

KUNIT_ARRAY_PARAM_DESC(copy, copy_cases, name);
KUNIT_ARRAY_PARAM_DESC(copy_slave, dmac_modes, name);

static void copy_config(struct kunit *test, struct axi_dmac_model_config *cfg)
{
	const struct copy_case *c = test->param_value;
	const struct dmac_case kind = {
		.name = c->name, .version = c->version, .sg = c->sg, .out = true,
	};

	dmac_config(&kind, cfg);
	cfg->dest_type = ADM_BUS_MM;
	cfg->src_width = c->src_width;
	cfg->dest_width = c->dst_width;
	cfg->burst_bytes = 128;
}

static struct dmac_fixture *copy_create(struct kunit *test)
{
	struct axi_dmac_model_config cfg;

	copy_config(test, &cfg);

	return dmac_create(test, &cfg);
}

static struct dmac_xfer *copy_prep(struct dmac_fixture *fx, void *dst, void *src, size_t len)
{
	return dmac_xfer(fx, dmaengine_prep_dma_memcpy(fx->chan, virt_to_phys(dst),
						       virt_to_phys(src), len, 0));
}

/* The copy, and not a byte beside it */
static void copy_expect(struct dmac_fixture *fx, u8 *dst, size_t to, const u8 *src, size_t len)
{
	KUNIT_EXPECT_NULL(fx->test, memchr_inv(dst, 0xa5, to));
	KUNIT_EXPECT_EQ(fx->test, memcmp(dst + to, src, len), 0);
	KUNIT_EXPECT_NULL(fx->test, memchr_inv(dst + to + len, 0xa5, COPY_BYTES - to - len));
}

/* Offsets and lengths as a client may choose them that knows the alignment */
static void copy_test_random(struct kunit *test)
{
	struct axi_dmac_model_config cfg;
	struct dmac_fixture *fx;
	struct rnd_state rnd;
	struct dmac_xfer *x;
	size_t from, to, len;
	u8 *dst, *src;
	u32 seed, mask;

	copy_config(test, &cfg);
	cfg.length_width = 12;
	fx = dmac_create(test, &cfg);
	mask = BIT(fx->chan->device->copy_align) - 1;
	src = dmac_buf(fx, COPY_BYTES);
	dst = dmac_buf(fx, COPY_BYTES);

	for (seed = 1; seed <= 40; seed++) {
		prandom_seed_state(&rnd, seed);
		len = (prandom_u32_state(&rnd) % (COPY_BYTES / 4) & ~mask) + mask + 1;
		from = prandom_u32_state(&rnd) % (COPY_BYTES / 2) & ~mask;
		to = prandom_u32_state(&rnd) % (COPY_BYTES / 2) & ~mask;
		memset(dst, 0xa5, COPY_BYTES);

		fx->num_xfers = 0;
		x = copy_prep(fx, dst + to, src + from, len);
		x->calls = 0;
		dmac_submit_and_issue(x);
		dmac_run(fx);
		dmac_expect_done(x);
		KUNIT_EXPECT_EQ(test, x->result.residue, 0);
		copy_expect(fx, dst, to, src + from, len);
		KUNIT_EXPECT_EQ_MSG(test, axi_dmac_model_all_errors(fx->model), 0,
				    "seed %u: %zu bytes from %zu to %zu", seed, len, from, to);
	}
	KUNIT_EXPECT_EQ(test, dmac_pages(fx), 0);
}

/* Only the address has to be aligned; cores before 4.1.a do not tell, though */
static void copy_test_odd_length(struct kunit *test)
{
	const struct copy_case *c = test->param_value;
	struct dmac_fixture *fx = copy_create(test);
	u8 *src = dmac_buf(fx, COPY_BYTES);
	u8 *dst = dmac_buf(fx, COPY_BYTES);
	struct dmac_xfer *x;

	memset(dst, 0xa5, COPY_BYTES);
	if (c->version < ADM_VERSION(4, 1, 'a')) {
		KUNIT_EXPECT_NULL(test, dmaengine_prep_dma_memcpy(fx->chan, virt_to_phys(dst),
								  virt_to_phys(src), 4099, 0));
		return;
	}
	x = copy_prep(fx, dst + 128, src, 4099);
	dmac_submit_and_issue(x);
	dmac_run(fx);
	dmac_expect_done(x);
	copy_expect(fx, dst, 128, src, 4099);
}

static void copy_test_caps(struct kunit *test)
{
	const struct copy_case *c = test->param_value;
	struct dmac_fixture *fx = copy_create(test);
	struct dma_device *dev = fx->chan->device;

	KUNIT_EXPECT_TRUE(test, dma_has_cap(DMA_MEMCPY, dev->cap_mask));
	KUNIT_EXPECT_FALSE(test, dma_has_cap(DMA_SLAVE, dev->cap_mask));
	/* Nobody gets it who did not ask for a channel of his own */
	KUNIT_EXPECT_TRUE(test, dma_has_cap(DMA_PRIVATE, dev->cap_mask));
	KUNIT_EXPECT_FALSE(test, dma_has_cap(DMA_CYCLIC, dev->cap_mask));
	KUNIT_EXPECT_EQ(test, dev->directions, BIT(DMA_MEM_TO_MEM));
	KUNIT_EXPECT_EQ(test, dev->copy_align, c->align);
}

/* A converter's core is not for who wants to copy */
static void copy_test_not_for_slaves(struct kunit *test)
{
	struct dmac_fixture *fx = dmac_create_case(test);
	struct dma_device *dev = fx->chan->device;

	KUNIT_EXPECT_FALSE(test, dma_has_cap(DMA_MEMCPY, dev->cap_mask));
	KUNIT_EXPECT_NULL(test, dmaengine_prep_dma_memcpy(fx->chan, SZ_1M, SZ_2M, SZ_4K, 0));
}

static void copy_test_refused(struct kunit *test)
{
	struct dmac_fixture *fx = copy_create(test);
	size_t beat = BIT(fx->chan->device->copy_align);
	struct dma_vec vec = { .addr = SZ_1M, .len = SZ_4K };
	const struct {
		const char *what;
		dma_addr_t dst, src;
		size_t len;
	} bad[] = {
		{ "nothing", SZ_1M, SZ_2M, 0 },
		{ "misaligned destination", SZ_1M + beat / 2, SZ_2M, SZ_4K },
		{ "misaligned source", SZ_1M, SZ_2M + beat / 2, SZ_4K },
		{ "destination out of reach", BIT_ULL(40) - SZ_4K, SZ_2M, SZ_8K },
		{ "source out of reach", SZ_1M, BIT_ULL(40) - SZ_4K, SZ_8K },
		{ "end of the world", SZ_1M, 0 - (dma_addr_t)SZ_4K, SZ_8K },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(bad); i++)
		KUNIT_EXPECT_NULL_MSG(test, dmaengine_prep_dma_memcpy(fx->chan, bad[i].dst,
								      bad[i].src, bad[i].len, 0),
				      "%s", bad[i].what);
	KUNIT_EXPECT_NULL(test, dmaengine_prep_peripheral_dma_vec(fx->chan, &vec, 1,
								  DMA_MEM_TO_MEM, 0));
	KUNIT_EXPECT_NULL(test, dmaengine_prep_dma_cyclic(fx->chan, SZ_1M, SZ_4K, SZ_4K,
							  DMA_MEM_TO_MEM, 0));
	KUNIT_EXPECT_EQ(test, dmac_pages(fx), 0);
}

/* Rows of one distance to rows of another, by cores with and without 2D */
static void copy_test_rows(struct kunit *test)
{
	struct dma_interleaved_template *xt;
	struct axi_dmac_model_config cfg;
	unsigned int twod, row;
	struct dmac_fixture *fx;
	struct dmac_xfer *x;
	u8 *dst, *src;

	xt = kunit_kzalloc(test, struct_size(xt, sgl, 1), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, xt);
	*xt = (struct dma_interleaved_template) {
		.dir = DMA_MEM_TO_MEM, .src_inc = true, .dst_inc = true,
		.src_sgl = true, .dst_sgl = true, .numf = 8, .frame_size = 1,
	};
	xt->sgl[0].size = 512;
	xt->sgl[0].src_icg = 512;
	xt->sgl[0].dst_icg = 1536;

	for (twod = 0; twod < 2; twod++) {
		copy_config(test, &cfg);
		cfg.twod = twod;
		fx = dmac_create(test, &cfg);
		src = dmac_buf(fx, COPY_BYTES);
		dst = dmac_buf(fx, COPY_BYTES);
		xt->src_start = virt_to_phys(src);
		xt->dst_start = virt_to_phys(dst);
		memset(dst, 0xa5, COPY_BYTES);
		x = dmac_xfer(fx, dmaengine_prep_interleaved_dma(fx->chan, xt, 0));
		dmac_submit_and_issue(x);
		dmac_run(fx);
		dmac_expect_done(x);
		for (row = 0; row < 8; row++) {
			KUNIT_EXPECT_EQ(test, memcmp(dst + row * 2048, src + row * 1024, 512), 0);
			KUNIT_EXPECT_NULL(test, memchr_inv(dst + row * 2048 + 512, 0xa5, 1536));
		}
	}
}

/* The destination is memory, so the core tells how far it has come */
static void copy_test_residue(struct kunit *test)
{
	struct dmac_fixture *fx = copy_create(test);
	u8 *src = dmac_buf(fx, COPY_BYTES);
	u8 *dst = dmac_buf(fx, COPY_BYTES);
	struct dmac_xfer *x = copy_prep(fx, dst, src, SZ_16K);

	dmac_submit_and_issue(x);
	KUNIT_EXPECT_EQ(test, dmac_residue(x), SZ_16K);
	dmac_take_up(fx);
	KUNIT_EXPECT_EQ(test, axi_dmac_model_move(fx->model, SZ_4K), SZ_4K);
	KUNIT_EXPECT_EQ(test, dmac_residue(x), SZ_16K - SZ_4K);
	dmac_run(fx);
	KUNIT_EXPECT_EQ(test, dmac_residue(x), 0);
	dmac_expect_done(x);
}

static struct kunit_case copy_test_cases[] = {
	KUNIT_CASE_PARAM(copy_test_random, copy_gen_params),
	KUNIT_CASE_PARAM(copy_test_odd_length, copy_gen_params),
	KUNIT_CASE_PARAM(copy_test_caps, copy_gen_params),
	KUNIT_CASE_PARAM(copy_test_not_for_slaves, copy_slave_gen_params),
	KUNIT_CASE_PARAM(copy_test_refused, copy_gen_params),
	KUNIT_CASE_PARAM(copy_test_rows, copy_gen_params),
	KUNIT_CASE_PARAM(copy_test_residue, copy_gen_params),
	{}
};

static struct kunit_suite copy_test_suite = {
	.name = "axi_dmac_copy",
	.test_cases = copy_test_cases,
};

kunit_test_suite(copy_test_suite);
