// SPDX-License-Identifier: GPL-2.0-only
/*
 * What becomes of a request: which segments it is cut into, whichever way it
 * came, and which ones are refused without a trace.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <linux/align.h>
#include <linux/io.h>
#include <linux/prandom.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>

#include "fixture.h"

#define PREP_MAX_SEGS	512
#define PREP_MAX_ENTRIES	60

struct prep_seg {
	u64 dst;
	u64 src;
	u64 len;
};

struct prep_segs {
	struct prep_seg seg[PREP_MAX_SEGS];
	unsigned int num;
};

KUNIT_ARRAY_PARAM_DESC(prep, dmac_modes, name);
KUNIT_ARRAY_PARAM_DESC(prep_version, dmac_versions, name);

static struct axi_dmac_desc *prep_desc(struct dma_async_tx_descriptor *tx)
{
	return to_axi_dmac_desc(container_of(tx, struct virt_dma_desc, tx));
}

static struct prep_seg prep_read_seg(struct dmac_fixture *fx, void *page, unsigned int slot)
{
	const struct axi_dmac_hw_desc *hw = (struct axi_dmac_hw_desc *)page + slot;
	const struct axi_dmac_seg *seg = (struct axi_dmac_seg *)page + slot;

	if (fx->dmac->caps.sg)
		return (struct prep_seg) {
			.dst = le64_to_cpu(hw->dst),
			.src = le64_to_cpu(hw->src),
			.len = (u64)le32_to_cpu(hw->x_len) + 1,
		};

	return (struct prep_seg) {
		.dst = seg->dst, .src = seg->src, .len = (u64)seg->x_len + 1,
	};
}

/* The segments of a descriptor, found without the driver's own functions */
static struct prep_segs *prep_read(struct dmac_fixture *fx, struct dma_async_tx_descriptor *tx)
{
	size_t size = fx->dmac->caps.sg ? 64 : sizeof(struct axi_dmac_seg);
	struct axi_dmac_desc *desc = prep_desc(tx);
	struct axi_dmac_page *page = desc->pages;
	unsigned int slot = 1;
	struct prep_segs *s;

	s = kunit_kzalloc(fx->test, sizeof(*s), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(fx->test, s);
	KUNIT_ASSERT_LE(fx->test, desc->num_segs, PREP_MAX_SEGS);

	for (; s->num < desc->num_segs; s->num++) {
		if (slot == PAGE_SIZE / size) {
			page = page->next;
			slot = 1;
		}
		KUNIT_ASSERT_NOT_NULL(fx->test, page);
		s->seg[s->num] = prep_read_seg(fx, page, slot++);
	}

	return s;
}

static u64 prep_addr(struct dmac_fixture *fx, const struct prep_seg *seg)
{
	KUNIT_EXPECT_EQ(fx->test, fx->out ? seg->dst : seg->src, 0);

	return fx->out ? seg->src : seg->dst;
}

/* What the hardware demands of each segment, as its designers put it */
static void prep_expect_legal(struct dmac_fixture *fx, const struct prep_segs *s)
{
	const struct axi_dmac_model_config *cfg = fx->test->priv;
	unsigned int i;
	u64 addr, len;

	for (i = 0; i < s->num; i++) {
		addr = prep_addr(fx, &s->seg[i]);
		len = s->seg[i].len;
		KUNIT_EXPECT_TRUE(fx->test, IS_ALIGNED(addr, 8));
		KUNIT_EXPECT_LE(fx->test, len, BIT_ULL(cfg->length_width));
		/* A burst must not cross 4 KiB, and only the first may be short */
		if (!IS_ALIGNED(addr, cfg->burst_bytes))
			KUNIT_EXPECT_LE(fx->test, (addr & (cfg->burst_bytes - 1)) + len,
					cfg->burst_bytes);
	}
}

static void prep_expect_same(struct kunit *test, const struct prep_segs *a,
			     const struct prep_segs *b, u32 seed)
{
	unsigned int i;

	KUNIT_ASSERT_EQ_MSG(test, a->num, b->num, "seed %u", seed);
	for (i = 0; i < a->num; i++) {
		KUNIT_EXPECT_EQ_MSG(test, a->seg[i].dst, b->seg[i].dst, "seed %u", seed);
		KUNIT_EXPECT_EQ_MSG(test, a->seg[i].src, b->seg[i].src, "seed %u", seed);
		KUNIT_EXPECT_EQ_MSG(test, a->seg[i].len, b->seg[i].len, "seed %u", seed);
	}
}

static void prep_free(struct dmac_fixture *fx, struct dma_async_tx_descriptor *tx)
{
	KUNIT_EXPECT_EQ(fx->test, dmaengine_desc_set_reuse(tx), 0);
	KUNIT_EXPECT_EQ(fx->test, dmaengine_desc_free(tx), 0);
}

/* Addresses that exist on the bus, if not in this machine: nothing is started */
#define PREP_BASE	0x10000000

static void prep_random(struct rnd_state *rnd, struct dma_vec *vecs, struct scatterlist *sgl,
			unsigned int n)
{
	u64 addr = PREP_BASE;
	unsigned int i;

	sg_init_table(sgl, n);
	for (i = 0; i < n; i++) {
		/* Every other time there is no gap */
		if (prandom_u32_state(rnd) & 1)
			addr += 8 * (prandom_u32_state(rnd) % 1000);
		vecs[i].addr = addr;
		vecs[i].len = 8 * (1 + prandom_u32_state(rnd) % 500);
		sg_dma_address(&sgl[i]) = vecs[i].addr;
		sg_dma_len(&sgl[i]) = vecs[i].len;
		addr += vecs[i].len;
	}
}

/* The same request as vectors and as a scatterlist gives the same segments */
static void prep_test_vec_equals_sg(struct kunit *test)
{
	struct dma_async_tx_descriptor *vec_tx, *sg_tx;
	struct axi_dmac_model_config cfg;
	struct prep_segs *vec_segs, *sg_segs;
	struct scatterlist *sgl;
	struct dmac_fixture *fx;
	struct rnd_state rnd;
	struct dma_vec *vecs;
	unsigned int n;
	u32 seed;

	dmac_config(test->param_value, &cfg);
	cfg.length_width = 13;
	test->priv = &cfg;
	fx = dmac_create(test, &cfg);
	sgl = kunit_kcalloc(test, PREP_MAX_ENTRIES, sizeof(*sgl), GFP_KERNEL);
	vecs = kunit_kcalloc(test, PREP_MAX_ENTRIES, sizeof(*vecs), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, sgl);
	KUNIT_ASSERT_NOT_NULL(test, vecs);

	for (seed = 1; seed <= 100; seed++) {
		prandom_seed_state(&rnd, seed);
		n = 1 + prandom_u32_state(&rnd) % PREP_MAX_ENTRIES;
		prep_random(&rnd, vecs, sgl, n);
		vec_tx = dmaengine_prep_peripheral_dma_vec(fx->chan, vecs, n,
							   dmac_direction(fx), 0);
		sg_tx = dmaengine_prep_slave_sg(fx->chan, sgl, n, dmac_direction(fx), 0);
		KUNIT_ASSERT_NOT_NULL(test, vec_tx);
		KUNIT_ASSERT_NOT_NULL(test, sg_tx);
		vec_segs = prep_read(fx, vec_tx);
		sg_segs = prep_read(fx, sg_tx);
		prep_expect_same(test, vec_segs, sg_segs, seed);
		prep_expect_legal(fx, vec_segs);
		prep_free(fx, vec_tx);
		prep_free(fx, sg_tx);
		kunit_kfree(test, vec_segs);
		kunit_kfree(test, sg_segs);
	}
	KUNIT_EXPECT_EQ(test, dmac_pages(fx), 0);
}

/* As few segments as the core allows */
static void prep_test_joined(struct kunit *test)
{
	struct axi_dmac_model_config cfg;
	struct dma_async_tx_descriptor *tx;
	struct dma_vec vecs[64];
	struct dmac_fixture *fx;
	struct prep_segs *s;
	unsigned int i;

	dmac_config(test->param_value, &cfg);
	cfg.length_width = 16;
	test->priv = &cfg;
	fx = dmac_create(test, &cfg);

	for (i = 0; i < ARRAY_SIZE(vecs); i++)
		vecs[i] = (struct dma_vec) { .addr = PREP_BASE + i * SZ_4K, .len = SZ_4K };
	tx = dmaengine_prep_peripheral_dma_vec(fx->chan, vecs, ARRAY_SIZE(vecs),
					       dmac_direction(fx), 0);
	KUNIT_ASSERT_NOT_NULL(test, tx);
	s = prep_read(fx, tx);
	KUNIT_EXPECT_EQ(test, s->num, 4);
	for (i = 0; i < s->num; i++) {
		KUNIT_EXPECT_EQ(test, prep_addr(fx, &s->seg[i]), PREP_BASE + i * SZ_64K);
		KUNIT_EXPECT_EQ(test, s->seg[i].len, SZ_64K);
	}
	prep_free(fx, tx);

	/* From an address inside of a burst: up to the next one, then as before */
	vecs[0] = (struct dma_vec) { .addr = PREP_BASE + 8, .len = SZ_64K };
	tx = dmaengine_prep_peripheral_dma_vec(fx->chan, vecs, 1, dmac_direction(fx), 0);
	KUNIT_ASSERT_NOT_NULL(test, tx);
	s = prep_read(fx, tx);
	prep_expect_legal(fx, s);
	KUNIT_EXPECT_EQ(test, s->num, 2);
	KUNIT_EXPECT_EQ(test, s->seg[0].len, 120);
	prep_free(fx, tx);
}

/* A core that does not tell its bursts gets segments that suit all of them */
static void prep_test_unknown_burst(struct kunit *test)
{
	struct dma_vec vec = { .addr = PREP_BASE + 8, .len = SZ_64K };
	struct axi_dmac_model_config cfg;
	struct dma_async_tx_descriptor *tx;
	struct dmac_fixture *fx;
	struct prep_segs *s;

	dmac_config(&dmac_versions[0], &cfg);
	test->priv = &cfg;
	fx = dmac_create(test, &cfg);
	tx = dmaengine_prep_peripheral_dma_vec(fx->chan, &vec, 1, dmac_direction(fx), 0);
	KUNIT_ASSERT_NOT_NULL(test, tx);
	s = prep_read(fx, tx);
	for (cfg.burst_bytes = 16; cfg.burst_bytes <= SZ_4K; cfg.burst_bytes *= 2)
		prep_expect_legal(fx, s);
	KUNIT_EXPECT_LE(test, s->num, 10);
	prep_free(fx, tx);
}

/* Longer than 32 bits can say, in one vector */
static void prep_test_huge(struct kunit *test)
{
	struct axi_dmac_model_config cfg;
	struct dma_async_tx_descriptor *tx;
	struct dmac_fixture *fx;
	struct prep_segs *s;
	struct dma_vec vec;

	if (sizeof(size_t) < sizeof(u64))
		kunit_skip(test, "no such lengths");

	dmac_config(test->param_value, &cfg);
	cfg.length_width = 32;
	test->priv = &cfg;
	fx = dmac_create(test, &cfg);
	vec = (struct dma_vec) { .addr = SZ_2G, .len = (size_t)(5ULL * SZ_1G + SZ_4K) };
	tx = dmaengine_prep_peripheral_dma_vec(fx->chan, &vec, 1, dmac_direction(fx), 0);
	KUNIT_ASSERT_NOT_NULL(test, tx);
	s = prep_read(fx, tx);
	KUNIT_ASSERT_EQ(test, s->num, 2);
	KUNIT_EXPECT_EQ(test, s->seg[0].len, 4ULL * SZ_1G);
	KUNIT_EXPECT_EQ(test, s->seg[1].len, SZ_1G + SZ_4K);
	KUNIT_EXPECT_EQ(test, prep_addr(fx, &s->seg[1]), 6ULL * SZ_1G);
	prep_free(fx, tx);
}

static void prep_expect_no_trace(struct dmac_fixture *fx, const char *what,
				 struct dma_async_tx_descriptor *tx)
{
	struct axi_dmac_chan *chan = &fx->dmac->chan;
	struct axi_dmac_model_stats stats;

	KUNIT_EXPECT_NULL_MSG(fx->test, tx, "%s", what);
	KUNIT_EXPECT_EQ_MSG(fx->test, dmac_pages(fx), 0, "%s", what);
	KUNIT_EXPECT_TRUE_MSG(fx->test, list_empty(&chan->vchan.desc_allocated), "%s", what);
	axi_dmac_model_stats(fx->model, &stats);
	KUNIT_EXPECT_EQ_MSG(fx->test, stats.reads + stats.writes, 0, "%s", what);
}

static void prep_refuse_vecs(struct dmac_fixture *fx, const char *what,
			     const struct dma_vec *vecs, unsigned int n,
			     enum dma_transfer_direction dir)
{
	struct scatterlist sgl[4];
	unsigned int i;

	prep_expect_no_trace(fx, what, dmaengine_prep_peripheral_dma_vec(fx->chan, vecs, n,
									 dir, 0));

	/* And again as a scatterlist, as far as that can say the same */
	sg_init_table(sgl, ARRAY_SIZE(sgl));
	for (i = 0; i < n; i++) {
		if (vecs[i].len > U32_MAX)
			return;
		sg_dma_address(&sgl[i]) = vecs[i].addr;
		sg_dma_len(&sgl[i]) = vecs[i].len;
	}
	prep_expect_no_trace(fx, what, dmaengine_prep_slave_sg(fx->chan, sgl, n, dir, 0));
}

static void prep_test_refused(struct kunit *test)
{
	struct dmac_fixture *fx = dmac_create_case(test);
	enum dma_transfer_direction dir = dmac_direction(fx);
	struct dma_vec good = { .addr = PREP_BASE, .len = SZ_4K };
	struct dma_vec vecs[3] = { good, good, good };

	axi_dmac_model_reset_stats(fx->model);

	prep_refuse_vecs(fx, "no vectors", vecs, 0, dir);
	prep_refuse_vecs(fx, "wrong direction", vecs, 1,
			 fx->out ? DMA_DEV_TO_MEM : DMA_MEM_TO_DEV);
	prep_refuse_vecs(fx, "not a slave's direction", vecs, 1, DMA_MEM_TO_MEM);

	vecs[2].len = 0;
	prep_refuse_vecs(fx, "zero length", vecs, 3, dir);
	vecs[2] = (struct dma_vec) { .addr = PREP_BASE, .len = 12 };
	prep_refuse_vecs(fx, "misaligned length", vecs, 3, dir);
	vecs[2] = (struct dma_vec) { .addr = PREP_BASE + 4, .len = 8 };
	prep_refuse_vecs(fx, "misaligned address", vecs, 3, dir);
	vecs[2] = (struct dma_vec) { .addr = BIT_ULL(40), .len = 8 };
	prep_refuse_vecs(fx, "address out of reach", vecs, 3, dir);
	vecs[2] = (struct dma_vec) { .addr = BIT_ULL(40) - SZ_4K, .len = SZ_8K };
	prep_refuse_vecs(fx, "end out of reach", vecs, 3, dir);
	vecs[2] = (struct dma_vec) { .addr = U64_MAX - 7, .len = SZ_8K };
	prep_refuse_vecs(fx, "end of the world", vecs, 3, dir);

	prep_expect_no_trace(fx, "no period",
			     dmaengine_prep_dma_cyclic(fx->chan, PREP_BASE, SZ_4K, 0, dir, 0));
	prep_expect_no_trace(fx, "no buffer",
			     dmaengine_prep_dma_cyclic(fx->chan, PREP_BASE, 0, SZ_4K, dir, 0));
	prep_expect_no_trace(fx, "odd number of periods",
			     dmaengine_prep_dma_cyclic(fx->chan, PREP_BASE, SZ_4K, 1000, dir, 0));
	prep_expect_no_trace(fx, "misaligned period",
			     dmaengine_prep_dma_cyclic(fx->chan, PREP_BASE, 3 * 1004, 1004,
						       dir, 0));
	prep_expect_no_trace(fx, "wrong direction",
			     dmaengine_prep_dma_cyclic(fx->chan, PREP_BASE, SZ_4K, SZ_4K,
						       DMA_DEV_TO_DEV, 0));
}

/* An address of more than 32 bits, in register mode as in descriptors */
static void prep_test_high_address(struct kunit *test)
{
	struct dma_vec vecs[2] = {
		{ .addr = 0x1234560000ULL, .len = SZ_4K },
		{ .addr = 0x56789000ULL, .len = SZ_4K },
	};
	struct axi_dmac_model_config cfg;
	struct dmac_fixture *fx;
	unsigned int low, high;
	struct dmac_xfer *x;

	dmac_config(test->param_value, &cfg);
	cfg.mover = ADM_MOVER_NONE;
	fx = dmac_create(test, &cfg);
	low = fx->out ? ADM_REG_CURRENT_SRC_ADDRESS : ADM_REG_CURRENT_DEST_ADDRESS;
	high = fx->out ? ADM_REG_CURRENT_SRC_HIGH : ADM_REG_CURRENT_DEST_HIGH;

	x = dmac_prep_vecs(fx, vecs, ARRAY_SIZE(vecs), 0);
	dmac_submit_and_issue(x);
	axi_dmac_model_accept(fx->model);
	axi_dmac_model_fetch(fx->model);
	axi_dmac_model_move(fx->model, 8);
	KUNIT_EXPECT_EQ(test, axi_dmac_model_peek(fx->model, low), 0x34560000);
	KUNIT_EXPECT_EQ(test, axi_dmac_model_peek(fx->model, high), 0x12);

	dmac_finish(fx, 1);
	axi_dmac_model_accept(fx->model);
	axi_dmac_model_fetch(fx->model);
	axi_dmac_model_move(fx->model, 8);
	KUNIT_EXPECT_EQ(test, axi_dmac_model_peek(fx->model, low), 0x56789000);
	KUNIT_EXPECT_EQ(test, axi_dmac_model_peek(fx->model, high), 0);
	dmac_run(fx);
	dmac_expect_done(x);
}

/* Narrow addresses: the registers for the rest are not even touched */
static void prep_test_narrow_address(struct kunit *test)
{
	struct axi_dmac_model_config cfg;
	struct dmac_fixture *fx;
	struct dmac_xfer *x;

	dmac_config(test->param_value, &cfg);
	cfg.addr_width = 32;
	fx = dmac_create(test, &cfg);
	axi_dmac_model_reset_stats(fx->model);
	x = dmac_prep(fx, dmac_buf(fx, SZ_4K), SZ_4K, 0);
	dmac_submit_and_issue(x);
	dmac_run(fx);
	dmac_expect_done(x);
	KUNIT_EXPECT_EQ(test, axi_dmac_model_writes(fx->model, ADM_REG_SRC_ADDRESS_HIGH) +
			axi_dmac_model_writes(fx->model, ADM_REG_DEST_ADDRESS_HIGH) +
			axi_dmac_model_writes(fx->model, ADM_REG_SG_ADDRESS_HIGH), 0);
}

struct prep_frame {
	size_t row;
	size_t gap;
	size_t rows;
	unsigned int offset;
	unsigned int chunks;	/* of a row; 0 for one */
	unsigned int segs_2d;
	unsigned int segs_1d;
};

static const struct prep_frame prep_frames[] = {
	{ .row = 1024, .gap = 1024, .rows = 16, .segs_2d = 1, .segs_1d = 16 },
	{ .row = 1024, .gap = 0, .rows = 16, .segs_2d = 1, .segs_1d = 1 },
	{ .row = 640, .gap = 0, .rows = 1, .segs_2d = 1, .segs_1d = 1 },
	{ .row = 264, .gap = 120, .rows = 9, .segs_2d = 1, .segs_1d = 9 },
	/* Rows that do not start at bursts are taken one by one, and all of them on input */
	{ .row = 1000, .gap = 8, .rows = 9, .segs_2d = 16, .segs_1d = 16 },
	{ .row = 256, .gap = 256, .rows = 5, .offset = 8, .segs_2d = 10, .segs_1d = 10 },
	{ .row = 8, .gap = 120, .rows = 3, .segs_2d = 1, .segs_1d = 3 },
};

static struct dma_async_tx_descriptor *
prep_interleaved(struct dmac_fixture *fx, dma_addr_t addr, const struct prep_frame *f,
		 unsigned long flags)
{
	struct dma_interleaved_template *xt;

	xt = kunit_kzalloc(fx->test, struct_size(xt, sgl, 1), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(fx->test, xt);
	xt->dir = dmac_direction(fx);
	xt->src_start = fx->out ? addr : 0;
	xt->dst_start = fx->out ? 0 : addr;
	xt->src_inc = fx->out;
	xt->src_sgl = fx->out;
	xt->dst_inc = !fx->out;
	xt->dst_sgl = !fx->out;
	xt->numf = f->rows;
	xt->frame_size = f->chunks ?: 1;
	xt->sgl[0].size = f->row;
	xt->sgl[0].icg = f->gap;

	return dmaengine_prep_interleaved_dma(fx->chan, xt, flags);
}

static void prep_interleaved_frame(struct dmac_fixture *fx, const struct prep_frame *f,
				   bool twod)
{
	void *buf = dmac_buf(fx, SZ_64K);
	u64 pos = fx->pos;
	struct dmac_xfer *x;
	unsigned int i;

	x = dmac_xfer(fx, prep_interleaved(fx, virt_to_phys(buf) + f->offset, f, 0));
	KUNIT_EXPECT_EQ(fx->test, prep_desc(x->tx)->num_segs,
			twod && fx->out ? f->segs_2d : f->segs_1d);
	dmac_submit_and_issue(x);
	dmac_run(fx);
	dmac_expect_done(x);
	KUNIT_EXPECT_EQ(fx->test, fx->pos, pos + f->row * f->rows);
	for (i = 0; i < f->rows; i++)
		dmac_expect_data(fx, buf + f->offset + i * (f->row + f->gap), f->row,
				 pos + i * f->row);
}

/* Frames of rows, by cores that know them and by cores that do not */
static void prep_test_interleaved(struct kunit *test)
{
	struct axi_dmac_model_config cfg;
	struct dmac_fixture *fx;
	unsigned int i, twod;

	for (twod = 0; twod < 2; twod++) {
		dmac_config(test->param_value, &cfg);
		cfg.twod = twod;
		fx = dmac_create(test, &cfg);
		for (i = 0; i < ARRAY_SIZE(prep_frames); i++)
			prep_interleaved_frame(fx, &prep_frames[i], twod);
	}
}

/* What the registers of the core just hold, and what they do not */
static void prep_test_interleaved_limits(struct kunit *test)
{
	static const struct prep_frame frames[] = {
		{ .row = 128, .gap = 128, .rows = 400, .segs_2d = 1, .segs_1d = 400 },
		{ .row = 128, .gap = 128, .rows = 1024, .segs_2d = 1, .segs_1d = 1024 },
		{ .row = 128, .gap = 128, .rows = 1025, .segs_2d = 1025, .segs_1d = 1025 },
		{ .row = 128, .gap = 768, .rows = 4, .segs_2d = 1, .segs_1d = 4 },
		{ .row = 128, .gap = 896, .rows = 4, .segs_2d = 4, .segs_1d = 4 },
		{ .row = 1024, .gap = 0, .rows = 4, .segs_2d = 4, .segs_1d = 4 },
	};
	struct dma_async_tx_descriptor *tx;
	struct axi_dmac_model_config cfg;
	struct dmac_fixture *fx;
	unsigned int i;

	dmac_config(test->param_value, &cfg);
	cfg.twod = true;
	cfg.length_width = 10;
	fx = dmac_create(test, &cfg);
	for (i = 0; i < ARRAY_SIZE(frames); i++) {
		tx = prep_interleaved(fx, PREP_BASE, &frames[i], 0);
		KUNIT_ASSERT_NOT_NULL(test, tx);
		KUNIT_EXPECT_EQ_MSG(test, prep_desc(tx)->num_segs,
				    fx->out ? frames[i].segs_2d : frames[i].segs_1d,
				    "frame %u", i);
		prep_free(fx, tx);
	}

	/* The last row ends where addresses do */
	tx = prep_interleaved(fx, BIT_ULL(40) - 3 * 896 - 128, &frames[3], 0);
	KUNIT_ASSERT_NOT_NULL(test, tx);
	prep_free(fx, tx);
}

struct prep_rows {
	const char *name;
	u32 version;
	enum axi_dmac_model_bus src_type;
	enum axi_dmac_model_bus dest_type;
	bool sg;
	size_t row;
	bool by_core;
};

/*
 * Towards memory, with more than four rows under way, the core loses its place: it steps
 * over rows by itself only where they are longer than it looks ahead. And from 4.5.a on,
 * it does not report a frame that a packet ends in one of the rows.
 */
static const struct prep_rows prep_rows[] = {
	{ "registers, to a stream, short rows", ADM_VERSION(4, 5, 'e'),
	  ADM_BUS_MM, ADM_BUS_STREAM, false, 128, true },
	{ "scatter-gather, to a FIFO, short rows", ADM_VERSION(4, 5, 'e'),
	  ADM_BUS_MM, ADM_BUS_FIFO, true, 128, true },
	{ "registers, from a FIFO, short rows", ADM_VERSION(4, 5, 'e'),
	  ADM_BUS_FIFO, ADM_BUS_MM, false, 63 * 128, false },
	{ "scatter-gather, from a FIFO, short rows", ADM_VERSION(4, 5, 'e'),
	  ADM_BUS_FIFO, ADM_BUS_MM, true, 63 * 128, false },
	{ "registers, from a FIFO, long rows", ADM_VERSION(4, 5, 'e'),
	  ADM_BUS_FIFO, ADM_BUS_MM, false, 64 * 128, true },
	{ "scatter-gather, from a FIFO, long rows", ADM_VERSION(4, 5, 'e'),
	  ADM_BUS_FIFO, ADM_BUS_MM, true, 64 * 128, true },
	{ "registers, from a FIFO, burst not told", ADM_VERSION(4, 2, 'b'),
	  ADM_BUS_FIFO, ADM_BUS_MM, false, SZ_8K, false },
	{ "4.4.a, from a stream, short rows", ADM_VERSION(4, 4, 'a'),
	  ADM_BUS_STREAM, ADM_BUS_MM, false, 63 * 128, false },
	{ "4.4.a, from a stream, long rows", ADM_VERSION(4, 4, 'a'),
	  ADM_BUS_STREAM, ADM_BUS_MM, false, 64 * 128, true },
	{ "4.5.a, from a stream, long rows", ADM_VERSION(4, 5, 'a'),
	  ADM_BUS_STREAM, ADM_BUS_MM, true, SZ_8K, false },
};

KUNIT_ARRAY_PARAM_DESC(prep_rows, prep_rows, name);

static void prep_test_rows(struct kunit *test)
{
	const struct prep_rows *c = test->param_value;
	const struct prep_frame frame = { .row = c->row, .gap = SZ_16K - c->row, .rows = 12 };
	const struct dmac_case kind = {
		.version = c->version, .sg = c->sg, .out = c->src_type == ADM_BUS_MM,
	};
	struct axi_dmac_model_config cfg;
	struct dmac_fixture *fx;
	struct dmac_xfer *x;
	unsigned int i;
	void *buf;

	dmac_config(&kind, &cfg);
	cfg.twod = true;
	cfg.src_type = c->src_type;
	cfg.dest_type = c->dest_type;
	fx = dmac_create(test, &cfg);
	buf = dmac_buf(fx, 12 * SZ_16K);

	x = dmac_xfer(fx, prep_interleaved(fx, virt_to_phys(buf), &frame, 0));
	KUNIT_EXPECT_EQ(test, prep_desc(x->tx)->num_segs, c->by_core ? 1 : 12);
	dmac_submit_and_issue(x);
	dmac_run(fx);
	dmac_expect_done(x);
	KUNIT_EXPECT_EQ(test, x->result.residue, 0);
	for (i = 0; i < 12; i++)
		dmac_expect_data(fx, buf + i * SZ_16K, c->row, i * c->row);
}

/* The flags of an ordinary transfer do not make it a repeated one */
static void prep_test_interleaved_flags(struct kunit *test)
{
	static const struct prep_frame frame = { .row = 1024, .gap = 1024, .rows = 4 };
	struct axi_dmac_model_config cfg;
	struct dmac_fixture *fx;
	struct dmac_xfer *x;
	unsigned int i;

	dmac_config(test->param_value, &cfg);
	cfg.twod = true;
	fx = dmac_create(test, &cfg);

	x = dmac_xfer(fx, prep_interleaved(fx, virt_to_phys(dmac_buf(fx, SZ_16K)), &frame,
					   DMA_PREP_INTERRUPT | DMA_CTRL_ACK));
	dmac_submit_and_issue(x);
	dmac_run(fx);
	dmac_expect_done(x);

	x = dmac_xfer(fx, prep_interleaved(fx, virt_to_phys(fx->bufs[0]), &frame,
					   DMA_PREP_INTERRUPT | DMA_PREP_REPEAT));
	dmac_submit_and_issue(x);
	for (i = 0; i < 5 * prep_desc(x->tx)->num_segs; i++)
		KUNIT_EXPECT_EQ(test, dmac_finish(fx, 1), 1);
	KUNIT_EXPECT_EQ(test, x->calls, 5);
	KUNIT_EXPECT_EQ(test, dmac_status(x), DMA_IN_PROGRESS);
	KUNIT_EXPECT_EQ(test, dmaengine_terminate_sync(fx->chan), 0);
}

static void prep_frames_refused(struct kunit *test, bool twod)
{
	static const struct prep_frame good = { .row = 1024, .gap = 1024, .rows = 4 };
	struct axi_dmac_model_config cfg;
	struct dmac_fixture *fx;
	struct prep_frame f;

	dmac_config(test->param_value, &cfg);
	cfg.twod = twod;
	fx = dmac_create(test, &cfg);
	axi_dmac_model_reset_stats(fx->model);

	f = good;
	f.rows = 0;
	prep_expect_no_trace(fx, "no rows", prep_interleaved(fx, PREP_BASE, &f, 0));
	f = good;
	f.chunks = 2;
	prep_expect_no_trace(fx, "rows in pieces", prep_interleaved(fx, PREP_BASE, &f, 0));
	f = good;
	f.row = 0;
	prep_expect_no_trace(fx, "empty rows", prep_interleaved(fx, PREP_BASE, &f, 0));
	f = good;
	f.row = 1020;
	prep_expect_no_trace(fx, "misaligned row", prep_interleaved(fx, PREP_BASE, &f, 0));
	f = good;
	f.gap = SIZE_MAX - 1023;
	prep_expect_no_trace(fx, "gap beyond what there is",
			     prep_interleaved(fx, PREP_BASE, &f, 0));
	f = good;
	f.gap = 1020;
	prep_expect_no_trace(fx, "misaligned gap", prep_interleaved(fx, PREP_BASE, &f, 0));
	prep_expect_no_trace(fx, "misaligned start",
			     prep_interleaved(fx, PREP_BASE + 4, &good, 0));
	prep_expect_no_trace(fx, "out of reach",
			     prep_interleaved(fx, BIT_ULL(40) - SZ_4K, &good, 0));
	f = good;
	f.rows = SIZE_MAX / 512;
	prep_expect_no_trace(fx, "too many rows", prep_interleaved(fx, PREP_BASE, &f, 0));
}

static void prep_test_interleaved_refused(struct kunit *test)
{
	prep_frames_refused(test, false);
	prep_frames_refused(test, true);
}

/* Descriptors are where the core can fetch them in one burst */
static void prep_test_descriptor_memory(struct kunit *test)
{
	struct axi_dmac_page *page;
	unsigned int i, per_page, pages = 0;
	struct dmac_fixture *fx;
	struct dma_vec *vecs;
	struct dmac_xfer *x;

	fx = dmac_create_case(test);
	vecs = kunit_kcalloc(test, 200, sizeof(*vecs), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, vecs);
	for (i = 0; i < 200; i++)
		vecs[i] = (struct dma_vec) { .addr = PREP_BASE + i * SZ_8K, .len = SZ_4K };
	x = dmac_prep_vecs(fx, vecs, 200, 0);
	for (page = prep_desc(x->tx)->pages; page; page = page->next) {
		KUNIT_EXPECT_TRUE(test, PAGE_ALIGNED(page));
		if (fx->dmac->caps.sg)
			KUNIT_EXPECT_EQ(test, page->dma, virt_to_phys(page));
		pages++;
	}
	per_page = PAGE_SIZE / (fx->dmac->caps.sg ? 64 : sizeof(struct axi_dmac_seg)) - 1;
	KUNIT_EXPECT_EQ(test, pages, DIV_ROUND_UP(200, per_page));
	KUNIT_EXPECT_EQ(test, dmac_pages(fx), pages);
	prep_free(fx, x->tx);
	KUNIT_EXPECT_EQ(test, dmac_pages(fx), 0);
}

static struct kunit_case prep_test_cases[] = {
	KUNIT_CASE_PARAM(prep_test_vec_equals_sg, prep_gen_params),
	KUNIT_CASE_PARAM(prep_test_joined, prep_gen_params),
	KUNIT_CASE(prep_test_unknown_burst),
	KUNIT_CASE_PARAM(prep_test_huge, prep_gen_params),
	KUNIT_CASE_PARAM(prep_test_refused, prep_gen_params),
	KUNIT_CASE_PARAM(prep_test_high_address, prep_gen_params),
	KUNIT_CASE_PARAM(prep_test_narrow_address, prep_version_gen_params),
	KUNIT_CASE_PARAM(prep_test_interleaved, prep_gen_params),
	KUNIT_CASE_PARAM(prep_test_interleaved_limits, prep_gen_params),
	KUNIT_CASE_PARAM(prep_test_rows, prep_rows_gen_params),
	KUNIT_CASE_PARAM(prep_test_interleaved_flags, prep_gen_params),
	KUNIT_CASE_PARAM(prep_test_interleaved_refused, prep_gen_params),
	KUNIT_CASE_PARAM(prep_test_descriptor_memory, prep_gen_params),
	{}
};

static struct kunit_suite prep_test_suite = {
	.name = "axi_dmac_prep",
	.test_cases = prep_test_cases,
};

kunit_test_suite(prep_test_suite);
