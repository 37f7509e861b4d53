/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Sample patterns: streams of bytes that both ends know.
 *
 * ramp: sets of two 16-bit samples. The first is the low half, the second the
 *       high half of a 32-bit number that counts the sets from 0.
 * pn9:  the bits of the pseudo random sequence x^9 + x^5 + 1, which starts
 *       with nine ones; 16 of them to a sample, the earliest in the most
 *       significant bit, samples in the order in which they lie in memory:
 *       0xff83, 0xdf17, 0x3209, ...
 * pn23: the same with x^23 + x^18 + 1: 0xffff, 0xfe00, 0x007c, ...
 * file: the bytes of a file, over and over.
 * none: anything goes.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#ifndef PATTERN_H
#define PATTERN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PN9_PERIOD	511

enum pattern_kind {
	PATTERN_RAMP,
	PATTERN_PN9,
	PATTERN_PN23,
	PATTERN_FILE,
	PATTERN_NONE,
};

struct pattern {
	enum pattern_kind kind;
	bool be;		/* samples are big endian in memory */
	/* All below belong to pattern.c. */
	uint64_t pos;		/* bytes since the start, or since it recurred */
	uint64_t period;	/* bytes after which it starts again, 0: never */
	uint32_t offset;	/* added to the count, by pattern_lock() */
	uint32_t pn;		/* the next 23 bits, or the place in the table */
	uint16_t pn9[PN9_PERIOD];
	const uint8_t *file;
	size_t file_len;
};

/*
 * @spec: ramp, pn9, pn23, file:PATH or none. -EINVAL: it is none of these;
 * others: what kept the file from being read, -ENODATA if it is empty.
 */
int pattern_init(struct pattern *p, const char *spec, bool be);
const char *pattern_name(const struct pattern *p);

/* Starts again from the beginning after each @bytes; 0: never. */
void pattern_set_period(struct pattern *p, uint64_t bytes);

/*
 * Writes the next @len bytes of the pattern. All but files come in whole
 * samples: @len is even.
 */
void pattern_fill(struct pattern *p, void *buf, size_t len);

/*
 * Goes to the place in the pattern where the @len bytes at @buf come from: for
 * a source that ran before anybody listened. False: there is no such place, or
 * this pattern does not tell from so few bytes. Four are enough.
 */
bool pattern_lock(struct pattern *p, const void *buf, size_t len);

#endif
