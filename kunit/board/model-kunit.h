/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Bench for tests of the model: a stepped core, its registers by readl() and
 * writel(), and some memory. No driver is involved.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#ifndef AXI_DMAC_MODEL_KUNIT_H
#define AXI_DMAC_MODEL_KUNIT_H

#include <kunit/test.h>
#include <linux/io.h>
#include <linux/sizes.h>

#include "axi-dmac-model.h"

#define BENCH_BYTES	SZ_64K

/* What went over the stream side */
struct bench_stream {
	u64 packets;		/* TLASTs given to the sink */
	u64 bytes;		/* taken by the sink or given by the source */
	u64 room;		/* bytes until it stalls */
	u8 next;		/* source: counter, the value of the next byte */
};

struct bench {
	struct kunit *test;
	struct axi_dmac_model *model;
	void __iomem *regs;
	u8 *mem;
	u64 addr;		/* bus address of mem */
	struct bench_stream stream;
};

/* A descriptor as the core reads it */
struct bench_desc {
	__le32 flags;
	__le32 id;
	__le64 dest;
	__le64 src;
	__le64 next;
	__le32 y_len;
	__le32 x_len;
	__le32 src_stride;
	__le32 dest_stride;
	__le64 pad[2];
};

void bench_config(struct axi_dmac_model_config *cfg, bool out);
struct bench *bench_create(struct kunit *test, const struct axi_dmac_model_config *cfg);
void bench_destroy(struct bench *b);
struct bench *bench_in(struct kunit *test);
struct bench *bench_out(struct kunit *test);
struct bench *bench_sg(struct kunit *test, bool out);
void bench_submit(struct bench *b, u32 offset, u32 len);
void bench_submit_all(struct bench *b, unsigned int count, u32 len);
struct bench_desc *bench_descriptors(struct bench *b);
struct bench_desc *bench_chain(struct bench *b, unsigned int first, unsigned int count,
			       u32 len, u32 last_flags);
u64 bench_desc_addr(struct bench *b, unsigned int index);
void bench_submit_chain(struct bench *b, unsigned int index);

static inline u32 rd(struct bench *b, unsigned int reg)
{
	return readl(b->regs + reg);
}

static inline void wr(struct bench *b, unsigned int reg, u32 val)
{
	writel(val, b->regs + reg);
}

/* All that a register accepts */
static inline u32 probe(struct bench *b, unsigned int reg)
{
	wr(b, reg, U32_MAX);
	return rd(b, reg);
}

#define EXPECT_REG(b, reg, val) do {					\
	struct bench *_b = (b);						\
	KUNIT_EXPECT_EQ(_b->test, rd(_b, reg), (u32)(val));		\
} while (0)

#define EXPECT_ERRORS(b, kind, count) do {				\
	struct bench *_b = (b);						\
	KUNIT_EXPECT_EQ(_b->test, axi_dmac_model_errors(_b->model, kind),	\
			(u64)(count));					\
} while (0)

#define EXPECT_CLEAN(b) do {						\
	struct bench *_b = (b);						\
	KUNIT_EXPECT_EQ(_b->test, axi_dmac_model_all_errors(_b->model), 0ULL);	\
} while (0)

#endif
