// SPDX-License-Identifier: GPL-2.0
/*
 * What is in a block: the far end's pattern "counter", which has the number of
 * the sample in 64 bits at few places, or "ramp", which has it in 32 bits
 * everywhere.
 */
#include <errno.h>
#include <string.h>

#include "soak.h"

#define CELL		1048576ULL
#define CELL_BITS	17

/* Where the stamp of a cell is, as the far end has it. */
static unsigned long long cell_stamp(unsigned long long cell)
{
	return cell * CELL +
	       ((cell * 0x9e3779b97f4a7c15) >> (64 - CELL_BITS)) * SOAK_STAMP;
}

typedef void (*stamp_fn)(struct soak *s, struct soak_block *b, unsigned long long *at,
			 unsigned long long pos);

static void visit(struct soak *s, struct soak_block *b, size_t len, stamp_fn fn)
{
	unsigned long long end = b->pos + len, cell, at;
	char *data = b->mem.map;

	fn(s, b, (unsigned long long *)data, b->pos);
	for (cell = b->pos / CELL; cell * CELL < end; cell++) {
		at = cell_stamp(cell);
		if (at >= b->pos && at + SOAK_STAMP <= end)
			fn(s, b, (unsigned long long *)(data + (at - b->pos)), at);
	}
	fn(s, b, (unsigned long long *)(data + len - SOAK_STAMP), end - SOAK_STAMP);
}

static void put_stamp(struct soak *s, struct soak_block *b, unsigned long long *at,
		      unsigned long long pos)
{
	(void)s;
	(void)b;
	*at = pos / SOAK_FRAME;
}

static void check_stamp(struct soak *s, struct soak_block *b, unsigned long long *at,
			unsigned long long pos)
{
	s->counts.checked++;
	SOAK_CHECK(s, *at == pos / SOAK_FRAME,
		   "byte %zu of a block of %zu: sample %llu, expected %llu",
		   (size_t)((char *)at - (char *)b->mem.map), b->len,
		   *at,
		   pos / SOAK_FRAME);
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

void soak_fill(struct soak *s, struct soak_block *b)
{
	SOAK_OK(s, dmabuf_begin_cpu(&b->mem, DMA_BUF_SYNC_WRITE));
	if (s->every_byte)
		put_ramp(b);
	else
		visit(s, b, b->len, put_stamp);
	SOAK_OK(s, dmabuf_end_cpu(&b->mem, DMA_BUF_SYNC_WRITE));
}

void soak_compare(struct soak *s, struct soak_block *b, size_t len)
{
	SOAK_OK(s, dmabuf_begin_cpu(&b->mem, DMA_BUF_SYNC_RW));
	if (s->every_byte)
		check_ramp(s, b, len);
	else
		visit(s, b, len, check_stamp);
	SOAK_OK(s, dmabuf_end_cpu(&b->mem, DMA_BUF_SYNC_RW));
}

unsigned long long soak_begin_of(struct soak *s, struct soak_block *b, unsigned long long near)
{
	unsigned long long *data = b->mem.map, sample;

	SOAK_OK(s, dmabuf_begin_cpu(&b->mem, DMA_BUF_SYNC_READ));
	sample = *data;
	SOAK_OK(s, dmabuf_end_cpu(&b->mem, DMA_BUF_SYNC_READ));
	if (!s->every_byte)
		return sample * SOAK_FRAME;

	near /= SOAK_FRAME;

	return (near + (int32_t)((unsigned int)sample - (unsigned int)near)) * SOAK_FRAME;
}
