// SPDX-License-Identifier: GPL-2.0
/*
 * What is in a block: the far end's pattern "counter", which has the number of
 * the sample in 64 bits at few places, or "ramp", which has it in 32 bits
 * everywhere.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#include <errno.h>
#include <string.h>

#include "soak.h"

#define CELL		16777216ULL
#define CELL_BITS	21
#define TAG		0xadc5000000000000ULL

/* Where the stamp of a cell is, as the far end has it. */
static unsigned long long cell_stamp(unsigned long long cell)
{
	return cell * CELL +
	       ((cell * 0x9e3779b97f4a7c15) >> (64 - CELL_BITS)) * SOAK_STAMP;
}

typedef void (*stamp_fn)(struct soak *s, struct soak_block *b, unsigned long long *at,
			 unsigned long long pos);

static void visit_one(struct soak *s, struct soak_block *b,
		      unsigned long long pos, stamp_fn fn)
{
	char *data = b->mem.map;

	fn(s, b, (unsigned long long *)(data + (pos - b->pos)), pos);
}

/* Each once, in their order. */
static void visit(struct soak *s, struct soak_block *b, size_t len, stamp_fn fn)
{
	unsigned long long last = b->pos + len - SOAK_STAMP, cell, at;

	visit_one(s, b, b->pos, fn);
	for (cell = b->pos / CELL; cell * CELL < last; cell++) {
		at = cell_stamp(cell);
		if (at > b->pos && at < last)
			visit_one(s, b, at, fn);
	}
	if (last > b->pos)
		visit_one(s, b, last, fn);
}

static unsigned long long stamp(unsigned long long pos)
{
	return TAG | pos / SOAK_FRAME;
}

static void put_stamp(struct soak *s, struct soak_block *b, unsigned long long *at,
		      unsigned long long pos)
{
	(void)s;
	b->stamps++;
	*at = stamp(pos);
}

/* What is left of an earlier transfer would be taken for a stamp of this one. */
static void clear_stamp(struct soak *s, struct soak_block *b,
			unsigned long long *at, unsigned long long pos)
{
	(void)s;
	(void)b;
	(void)pos;
	*at = 0;
}

static void check_stamp(struct soak *s, struct soak_block *b, unsigned long long *at,
			unsigned long long pos)
{
	s->counts.checked++;
	SOAK_CHECK(s, *at == stamp(pos),
		   "byte %zu of a block of %zu: stamp 0x%llx, expected 0x%llx",
		   (size_t)((char *)at - (char *)b->mem.map), b->len, *at,
		   stamp(pos));
	/* What is found the next time has come by DMA. */
	*at = -1ULL;
}

static void put_ramp(struct soak_block *b)
{
	unsigned int *data = b->mem.map, first = b->pos / SOAK_FRAME;
	size_t i;

	for (i = 0; i < b->len / SOAK_FRAME; i++)
		data[i] = first + i;
}

static void check_ramp(struct soak *s, struct soak_block *b, size_t len)
{
	unsigned int *data = b->mem.map, first = b->pos / SOAK_FRAME;
	size_t i;

	for (i = 0; i < len / SOAK_FRAME; i++)
		SOAK_CHECK(s, data[i] == (unsigned int)(first + i),
			   "byte %zu of a block of %zu: sample 0x%x, expected 0x%x",
			   i * SOAK_FRAME, b->len, data[i],
			   (unsigned int)(first + i));
	s->counts.checked += len;
	memset(b->mem.map, 0xff, len);
}

unsigned int soak_access(const struct soak *s)
{
	return s->dir == IIO_DIR_IN ? DMA_BUF_SYNC_READ : DMA_BUF_SYNC_WRITE;
}

static void begin(struct soak *s, const struct soak_block *b)
{
	if (!b->begun)
		SOAK_OK(s, dmabuf_begin_cpu(&b->mem, soak_access(s)));
}

/* What a command has begun, the next one ends. */
static void end(struct soak *s, const struct soak_block *b)
{
	if (!b->begun)
		SOAK_OK(s, dmabuf_end_cpu(&b->mem, soak_access(s)));
}

void soak_fill(struct soak *s, struct soak_block *b, unsigned long long pos,
	       size_t len)
{
	begin(s, b);
	if (b->stamps)
		visit(s, b, b->len, clear_stamp);
	b->stamps = 0;
	b->pos = pos;
	b->len = len;
	if (s->every_byte)
		put_ramp(b);
	else
		visit(s, b, b->len, put_stamp);
	end(s, b);
}

/*
 * What was compared is overwritten. Strictly that wants DMA_BUF_SYNC_WRITE too,
 * but nothing is written here that anybody would miss, and the DMA API objects
 * to that direction on memory which is mapped for input.
 */
void soak_compare(struct soak *s, struct soak_block *b, size_t len)
{
	begin(s, b);
	if (s->every_byte)
		check_ramp(s, b, len);
	else
		visit(s, b, len, check_stamp);
	end(s, b);
}
