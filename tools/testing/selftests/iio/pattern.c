// SPDX-License-Identifier: GPL-2.0
/*
 * Generators of the sample patterns, fast enough to check every sample: a
 * whole sample is made at once, not a bit. The slow and obvious way to make
 * them is in iio_pattern.c, which compares the two.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common.h"
#include "pattern.h"

#define PN23_MASK	0x7fffff

static const char * const names[] = {
	[PATTERN_RAMP] = "ramp",
	[PATTERN_PN9] = "pn9",
	[PATTERN_PN23] = "pn23",
	[PATTERN_FILE] = "file",
	[PATTERN_NONE] = "none",
};

static void put_sample(uint8_t *to, bool be, uint16_t val)
{
	to[be] = val & 0xff;
	to[!be] = val >> 8;
}

static uint16_t get_sample(const uint8_t *from, bool be)
{
	return from[be] | from[!be] << 8;
}

/*
 * The recurrence b[n] = b[n - 9] ^ b[n - 5] gives five bits at a time at best,
 * but the sequence recurs after 511 bits, hence after 511 samples of 16.
 */
static void make_pn9(uint16_t *table)
{
	uint32_t state = 0x1ff;
	unsigned int i;

	for (i = 0; i < PN9_PERIOD * 16; i++) {
		table[i / 16] = table[i / 16] << 1 | state >> 8;
		state = (state << 1 | ((state >> 8 ^ state >> 4) & 1)) & 0x1ff;
	}
}

/*
 * Of the 23 bits that are known, the earliest on top, 16 are the sample; the
 * 16 that follow the 23 are b[n] = b[n - 23] ^ b[n - 18].
 */
static uint16_t next_pn23(uint32_t *state)
{
	uint32_t s = *state;

	*state = (s << 16 | ((s >> 7 ^ s >> 2) & 0xffff)) & PN23_MASK;

	return s >> 7;
}

static uint16_t next_sample(struct pattern *p)
{
	uint16_t val;

	if (p->kind == PATTERN_PN23)
		return next_pn23(&p->pn);

	val = p->pn9[p->pn];
	if (++p->pn == PN9_PERIOD)
		p->pn = 0;

	return val;
}

static void restart(struct pattern *p)
{
	p->pos = 0;
	p->pn = p->kind == PATTERN_PN23 ? PN23_MASK : 0;
}

static int map_file(struct pattern *p, const char *path)
{
	struct stat st;
	void *map;
	int fd, ret = 0;

	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;

	if (fstat(fd, &st) < 0)
		ret = -errno;
	else if (!st.st_size)
		ret = -ENODATA;
	else if ((uint64_t)st.st_size > SIZE_MAX)
		ret = -EFBIG;
	if (ret)
		goto out_close;

	map = mmap(NULL, st.st_size, PROT_READ, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED) {
		ret = -errno;
		goto out_close;
	}
	p->file = map;
	p->file_len = st.st_size;

out_close:
	close(fd);

	return ret;
}

static int find_name(const char *spec)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++)
		if (i != PATTERN_FILE && !strcmp(spec, names[i]))
			return i;

	return -EINVAL;
}

int pattern_init(struct pattern *p, const char *spec, bool be)
{
	int kind;

	memset(p, 0, sizeof(*p));
	p->be = be;

	if (!strncmp(spec, "file:", strlen("file:"))) {
		p->kind = PATTERN_FILE;
		return map_file(p, spec + strlen("file:"));
	}

	kind = find_name(spec);
	if (kind < 0)
		return kind;

	p->kind = kind;
	if (p->kind == PATTERN_PN9)
		make_pn9(p->pn9);
	restart(p);

	return 0;
}

const char *pattern_name(const struct pattern *p)
{
	return names[p->kind];
}

void pattern_set_period(struct pattern *p, uint64_t bytes)
{
	p->period = bytes;
}

static void fill_ramp(struct pattern *p, uint8_t *buf, size_t len)
{
	uint64_t sample = p->pos / 2;
	uint32_t offset = p->offset;
	bool be = p->be;
	size_t i;

	for (i = 0; i < len; i += 2, sample++) {
		uint32_t count = offset + sample / 2;

		put_sample(buf + i, be, sample & 1 ? count >> 16 : count);
	}
}

static void fill_pn(struct pattern *p, uint8_t *buf, size_t len)
{
	size_t i;

	for (i = 0; i < len; i += 2)
		put_sample(buf + i, p->be, next_sample(p));
}

static void fill_file(struct pattern *p, uint8_t *buf, size_t len)
{
	size_t from = p->pos % p->file_len;

	while (len) {
		size_t part = p->file_len - from;

		if (part > len)
			part = len;
		memcpy(buf, p->file + from, part);
		buf += part;
		len -= part;
		from = 0;
	}
}

/* No part of this crosses the end of a period. */
static void fill_part(struct pattern *p, uint8_t *buf, size_t len)
{
	switch (p->kind) {
	case PATTERN_RAMP:
		fill_ramp(p, buf, len);
		break;
	case PATTERN_PN9:
	case PATTERN_PN23:
		fill_pn(p, buf, len);
		break;
	case PATTERN_FILE:
		fill_file(p, buf, len);
		break;
	case PATTERN_NONE:
		memset(buf, 0, len);
		break;
	}
	p->pos += len;
}

void pattern_fill(struct pattern *p, void *buf, size_t len)
{
	uint8_t *to = buf;

	while (len) {
		size_t part = len;

		if (p->period && p->period - p->pos < part)
			part = p->period - p->pos;
		fill_part(p, to, part);
		if (p->period && p->pos == p->period)
			restart(p);
		to += part;
		len -= part;
	}
}

static bool lock_pn9(struct pattern *p, uint16_t first, uint16_t second)
{
	unsigned int i;

	for (i = 0; i < PN9_PERIOD; i++) {
		if (p->pn9[i] == first &&
		    p->pn9[(i + 1) % PN9_PERIOD] == second) {
			p->pn = i;
			return true;
		}
	}

	return false;
}

bool pattern_lock(struct pattern *p, const void *buf, size_t len)
{
	const uint8_t *from = buf;
	uint16_t first, second;

	if (p->kind == PATTERN_NONE)
		return true;
	if (p->kind == PATTERN_FILE || p->period || len < 4)
		return false;

	first = get_sample(from, p->be);
	second = get_sample(from + 2, p->be);

	switch (p->kind) {
	case PATTERN_RAMP:
		p->offset = first | (uint32_t)second << 16;
		return true;
	case PATTERN_PN9:
		return lock_pn9(p, first, second);
	case PATTERN_PN23:
		p->pn = ((uint32_t)first << 16 | second) >> 9;
		return p->pn != 0;
	default:
		return false;
	}
}
