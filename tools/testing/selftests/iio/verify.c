// SPDX-License-Identifier: GPL-2.0
/*
 * Verification of a stream. The pattern goes on over the borders of blocks, so
 * that a block that was lost or came twice is as wrong as one whose content is
 * damaged.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#include <string.h>

#include "verify.h"

#define CHUNK	65536

void verify_init(struct verify *v, struct pattern *pattern,
		 unsigned long long block_size, bool join)
{
	memset(v, 0, sizeof(*v));
	v->pattern = pattern;
	v->block_size = block_size;
	v->join = join;
}

bool verify_active(const struct verify *v)
{
	return v->pattern->kind != PATTERN_NONE;
}

/* A file need not consist of samples: it is compared byte by byte. */
static unsigned int sample_size(const struct verify *v)
{
	return v->pattern->kind == PATTERN_FILE ? 1 : 2;
}

static uint32_t get_value(const struct verify *v, const uint8_t *from)
{
	if (sample_size(v) == 1)
		return from[0];

	return v->pattern->be ? from[0] << 8 | from[1] :
				from[1] << 8 | from[0];
}

static void note_error(struct verify *v, unsigned long long pos, const uint8_t *want,
		       const uint8_t *got)
{
	if (v->errors++)
		return;

	v->first.block = pos / v->block_size;
	v->first.offset = pos % v->block_size;
	v->first.stream_offset = pos;
	v->first.expected = get_value(v, want);
	v->first.got = get_value(v, got);
	v->first.size = sample_size(v);
}

static void find_errors(struct verify *v, const uint8_t *want,
			const uint8_t *got, size_t len)
{
	unsigned int size = sample_size(v);
	size_t i;

	for (i = 0; i < len; i += size)
		if (memcmp(want + i, got + i, size))
			note_error(v, v->bytes + i, want + i, got + i);
}

static void verify_chunk(struct verify *v, const uint8_t *got, size_t len)
{
	static __thread uint8_t want[CHUNK];

	pattern_fill(v->pattern, want, len);
	if (memcmp(want, got, len))
		find_errors(v, want, got, len);
	v->bytes += len;
}

void verify_data(struct verify *v, const void *data, size_t len)
{
	const uint8_t *got = data;

	if (!verify_active(v)) {
		v->bytes += len;
		return;
	}

	if (v->join && !v->bytes)
		v->lost = !pattern_lock(v->pattern, data, len);

	while (len) {
		size_t part = len < CHUNK ? len : CHUNK;

		verify_chunk(v, got, part);
		got += part;
		len -= part;
	}
}
