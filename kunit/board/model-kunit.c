// SPDX-License-Identifier: GPL-2.0
/*
 * Bench for tests of the model, see model-kunit.h.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <linux/gfp.h>
#include <linux/minmax.h>
#include <linux/string.h>

#include "model-kunit.h"

static ssize_t bench_produce(void *priv, void *dst, size_t len, bool *last)
{
	struct bench_stream *s = priv;
	size_t i;

	len = min_t(u64, len, s->room - s->bytes);
	for (i = 0; dst && i < len; i++)
		((u8 *)dst)[i] = s->next++;
	s->bytes += len;
	return len;
}

static ssize_t bench_consume(void *priv, const void *src, size_t len, bool last)
{
	struct bench_stream *s = priv;
	size_t n = min_t(u64, len, s->room - s->bytes);

	s->bytes += n;
	s->packets += last && n == len;
	return n;
}

static const struct axi_dmac_model_stream bench_stream_ops = {
	.produce = bench_produce,
	.consume = bench_consume,
};

/**
 * bench_config() - a core with 64-bit interfaces
 * @cfg: filled in
 * @out: memory to stream, otherwise stream to memory
 *
 * It has none of the errata, which have tests of their own.
 */
void bench_config(struct axi_dmac_model_config *cfg, bool out)
{
	axi_dmac_model_defaults(cfg);
	cfg->errata = 0;
	cfg->records_without_eot = false;
	cfg->src_type = out ? ADM_BUS_MM : ADM_BUS_STREAM;
	cfg->dest_type = out ? ADM_BUS_STREAM : ADM_BUS_MM;
}

static void bench_free(void *data)
{
	struct bench *b = data;

	if (b->regs)
		iounmap(b->regs);
	axi_dmac_model_destroy(b->model);
	free_pages((unsigned long)b->mem, get_order(BENCH_BYTES));
}

/**
 * bench_create() - create a core and map its registers
 * @test: test that owns it
 * @cfg: parameters of the core
 *
 * Return: the bench; the test is aborted if there is none.
 */
struct bench *bench_create(struct kunit *test, const struct axi_dmac_model_config *cfg)
{
	struct bench *b = kunit_kzalloc(test, sizeof(*b), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, b);
	b->test = test;
	b->model = axi_dmac_model_create(cfg);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, b->model);
	b->mem = (u8 *)__get_free_pages(GFP_KERNEL | __GFP_ZERO, get_order(BENCH_BYTES));
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, bench_free, b));
	KUNIT_ASSERT_NOT_NULL(test, b->mem);
	b->regs = ioremap(axi_dmac_model_base(b->model), ADM_WINDOW_SIZE);
	KUNIT_ASSERT_TRUE(test, b->regs);
	b->addr = virt_to_phys(b->mem);
	b->stream.room = U64_MAX;
	axi_dmac_model_set_stream(b->model, &bench_stream_ops, &b->stream);
	return b;
}

/**
 * bench_destroy() - remove a core before the end of the test
 * @b: bench
 */
void bench_destroy(struct bench *b)
{
	kunit_release_action(b->test, bench_free, b);
}

static struct bench *bench_enabled(struct kunit *test, const struct axi_dmac_model_config *cfg)
{
	struct bench *b = bench_create(test, cfg);

	wr(b, ADM_REG_IRQ_MASK, 0);
	wr(b, ADM_REG_FLAGS, ADM_FLAG_LAST | ADM_FLAG_PARTIAL);
	wr(b, ADM_REG_CONTROL, ADM_CONTROL_ENABLE | (cfg->sg ? ADM_CONTROL_HWDESC : 0));
	return b;
}

/**
 * bench_in() - stream to memory, register mode, enabled, interrupts unmasked
 * @test: test that owns it
 */
struct bench *bench_in(struct kunit *test)
{
	struct axi_dmac_model_config cfg;

	bench_config(&cfg, false);
	return bench_enabled(test, &cfg);
}

/**
 * bench_out() - memory to stream, register mode, enabled, interrupts unmasked
 * @test: test that owns it
 */
struct bench *bench_out(struct kunit *test)
{
	struct axi_dmac_model_config cfg;

	bench_config(&cfg, true);
	return bench_enabled(test, &cfg);
}

/**
 * bench_sg() - scatter-gather, enabled with HWDESC, interrupts unmasked
 * @test: test that owns it
 * @out: memory to stream, otherwise stream to memory
 */
struct bench *bench_sg(struct kunit *test, bool out)
{
	struct axi_dmac_model_config cfg;

	bench_config(&cfg, out);
	cfg.sg = true;
	return bench_enabled(test, &cfg);
}

/**
 * bench_submit() - write the transfer registers and SUBMIT
 * @b: bench
 * @offset: start in the bench's memory
 * @len: bytes
 */
void bench_submit(struct bench *b, u32 offset, u32 len)
{
	wr(b, ADM_REG_DEST_ADDRESS, b->addr + offset);
	wr(b, ADM_REG_SRC_ADDRESS, b->addr + offset);
	wr(b, ADM_REG_X_LENGTH, len - 1);
	wr(b, ADM_REG_SUBMIT, 1);
}

/**
 * bench_submit_all() - submit and accept several segments, one behind the other
 * @b: bench
 * @count: how many
 * @len: bytes of each
 */
void bench_submit_all(struct bench *b, unsigned int count, u32 len)
{
	unsigned int i;

	for (i = 0; i < count; i++) {
		bench_submit(b, i * len, len);
		KUNIT_ASSERT_TRUE(b->test, axi_dmac_model_accept(b->model));
	}
}

/**
 * bench_descriptors() - descriptors of the bench, in the upper half of its memory
 * @b: bench
 */
struct bench_desc *bench_descriptors(struct bench *b)
{
	return (struct bench_desc *)(b->mem + BENCH_BYTES / 2);
}

/**
 * bench_desc_addr() - bus address of a descriptor
 * @b: bench
 * @index: which
 */
u64 bench_desc_addr(struct bench *b, unsigned int index)
{
	return virt_to_phys(bench_descriptors(b) + index);
}

/**
 * bench_chain() - write a chain of descriptors
 * @b: bench
 * @first: index of its head
 * @count: descriptors
 * @len: bytes of each; data starts at first * len
 * @last_flags: flags of the last descriptor
 *
 * The id of each descriptor is its index plus 100. The last one points back to
 * the head.
 *
 * Return: the head.
 */
struct bench_desc *bench_chain(struct bench *b, unsigned int first, unsigned int count,
			       u32 len, u32 last_flags)
{
	struct bench_desc *d = bench_descriptors(b);
	unsigned int i;

	for (i = first; i < first + count; i++) {
		bool last = i == first + count - 1;

		d[i] = (struct bench_desc) {
			.flags = cpu_to_le32(last ? last_flags : 0),
			.id = cpu_to_le32(100 + i),
			.dest = cpu_to_le64(b->addr + i * len),
			.src = cpu_to_le64(b->addr + i * len),
			.next = cpu_to_le64(bench_desc_addr(b, last ? first : i + 1)),
			.x_len = cpu_to_le32(len - 1),
		};
	}
	return d + first;
}

/**
 * bench_submit_chain() - submit a chain
 * @b: bench
 * @index: index of its head
 */
void bench_submit_chain(struct bench *b, unsigned int index)
{
	wr(b, ADM_REG_SG_ADDRESS, bench_desc_addr(b, index));
	wr(b, ADM_REG_SG_ADDRESS_HIGH, bench_desc_addr(b, index) >> 32);
	wr(b, ADM_REG_SUBMIT, 1);
}
