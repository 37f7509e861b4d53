// SPDX-License-Identifier: GPL-2.0
/*
 * iio_pattern: are the sample patterns what they are said to be?
 *
 * A wrong generator would call good samples bad, or, being used at both ends,
 * bad ones good. So each is compared here with the same pattern made one bit
 * at a time from its definition, with published values, and with itself when
 * it is asked for in pieces. Needs no device.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "kselftest.h"
#include "pattern.h"

#define SAMPLES	200000
#define BYTES	(2 * SAMPLES)

/* The first bytes of PN9 as test equipment sends them (ITU-T O.150). */
static const uint8_t pn9_published[] = {
	0xff, 0x83, 0xdf, 0x17, 0x32, 0x09, 0x4e, 0xd1,
	0xe7, 0xcd, 0x8a, 0x91, 0xc6, 0xd5, 0xc4, 0xc4,
	0x40, 0x21, 0x18, 0x4e, 0x55, 0x86, 0xf4, 0xdc,
	0x8a, 0x15, 0xa7, 0xec, 0x92, 0xdf, 0x93, 0x53,
};

/* The first samples of PN23, by hand: 23 ones, 18 zeros, 5 ones, ... */
static const uint8_t pn23_by_hand[] = {
	0xff, 0xff, 0xfe, 0x00, 0x00, 0x7c,
};

/* One array element per bit: nothing to get wrong but the two distances. */
static void slow_bits(uint8_t *bits, size_t n, unsigned int order,
		      unsigned int tap)
{
	size_t i;

	for (i = 0; i < n; i++)
		bits[i] = i < order ? 1 : bits[i - order] ^ bits[i - tap];
}

static void slow_pn(uint8_t *buf, unsigned int order, unsigned int tap, bool be)
{
	uint8_t *bits = malloc(16 * SAMPLES);
	size_t i, k;

	slow_bits(bits, 16 * SAMPLES, order, tap);
	for (i = 0; i < SAMPLES; i++) {
		uint16_t val = 0;

		for (k = 0; k < 16; k++)
			if (bits[16 * i + k])
				val |= 0x8000 >> k;
		buf[2 * i] = be ? val / 256 : val % 256;
		buf[2 * i + 1] = be ? val % 256 : val / 256;
	}
	free(bits);
}

static void slow_ramp(uint8_t *buf, bool be)
{
	uint32_t i;

	for (i = 0; i < SAMPLES / 2; i++) {
		uint8_t le[4] = { i, i >> 8, i >> 16, i >> 24 };
		unsigned int k;

		for (k = 0; k < 4; k++)
			buf[4 * i + k] = le[be ? k ^ 1 : k];
	}
}

static void slow(const char *name, uint8_t *buf, bool be)
{
	if (!strcmp(name, "pn9"))
		slow_pn(buf, 9, 5, be);
	else if (!strcmp(name, "pn23"))
		slow_pn(buf, 23, 18, be);
	else
		slow_ramp(buf, be);
}

/* Pieces of 2, 4, 6, ... bytes: what a device may hand over at a time. */
static void fill_in_pieces(struct pattern *p, uint8_t *buf, size_t len)
{
	size_t piece = 2;

	while (len) {
		size_t n = piece < len ? piece : len;

		pattern_fill(p, buf, n);
		buf += n;
		len -= n;
		piece += 2;
	}
}

static void test_definition(const char *name, bool be)
{
	uint8_t *want = malloc(BYTES), *got = malloc(BYTES);
	struct pattern p;

	slow(name, want, be);

	pattern_init(&p, name, be);
	pattern_fill(&p, got, BYTES);
	ksft_test_result(!memcmp(want, got, BYTES),
			 "%s %s: as defined\n", name, be ? "be" : "le");

	pattern_init(&p, name, be);
	fill_in_pieces(&p, got, BYTES);
	ksft_test_result(!memcmp(want, got, BYTES),
			 "%s %s: the same in pieces\n", name, be ? "be" : "le");

	free(want);
	free(got);
}

static void test_start(const char *name, const uint8_t *want, size_t len)
{
	uint8_t got[64];
	struct pattern p;

	pattern_init(&p, name, true);
	pattern_fill(&p, got, len);
	ksft_test_result(!memcmp(got, want, len), "%s: as published\n", name);
}

/* A cyclic block holds the start of the pattern, again and again. */
static void test_period(const char *name)
{
	uint8_t once[600], got[6000];
	struct pattern p;
	bool ok = true;
	size_t i;

	pattern_init(&p, name, false);
	pattern_fill(&p, once, sizeof(once));

	pattern_init(&p, name, false);
	pattern_set_period(&p, sizeof(once));
	fill_in_pieces(&p, got, sizeof(got));
	for (i = 0; i < sizeof(got); i += sizeof(once))
		ok &= !memcmp(got + i, once, sizeof(once));

	ksft_test_result(ok, "%s: starts again after its period\n", name);
}

static void test_lock(const char *name)
{
	uint8_t *all = malloc(BYTES), rest[400];
	struct pattern p, late;
	bool ok = true;
	size_t i;

	pattern_init(&p, name, false);
	pattern_fill(&p, all, BYTES);

	for (i = 0; i < BYTES - sizeof(rest); i += 3996) {
		pattern_init(&late, name, false);
		ok &= pattern_lock(&late, all + i, 4);
		pattern_fill(&late, rest, sizeof(rest));
		ok &= !memcmp(all + i, rest, sizeof(rest));
	}
	free(all);

	ksft_test_result(ok, "%s: joined in the middle\n", name);
}

static void test_lock_refused(void)
{
	static const uint8_t zero[4];
	struct pattern pn9, pn23;

	pattern_init(&pn9, "pn9", false);
	pattern_init(&pn23, "pn23", false);
	ksft_test_result(!pattern_lock(&pn9, zero, sizeof(zero)) &&
			 !pattern_lock(&pn23, zero, sizeof(zero)),
			 "pn9, pn23: silence is not part of them\n");
}

static void test_file(void)
{
	char path[] = "/tmp/iio_pattern_XXXXXX", spec[64];
	static const char text[] = "seventeen bytes, ";
	char want[17 * 40], got[17 * 40];
	int fd = mkstemp(path);
	struct pattern p;
	size_t i;

	snprintf(spec, sizeof(spec), "file:%s", path);
	if (fd < 0) {
		ksft_test_result_skip("file: no temporary file\n");
		ksft_test_result_skip("file: no temporary file\n");
		return;
	}

	ksft_test_result(pattern_init(&p, spec, false) == -ENODATA,
			 "file: an empty one is refused\n");

	if (write(fd, text, 17) != 17)
		ksft_perror("write");
	for (i = 0; i < sizeof(want); i++)
		want[i] = text[i % 17];
	if (pattern_init(&p, spec, false))
		ksft_print_msg("%s is not accepted\n", spec);
	else
		fill_in_pieces(&p, (uint8_t *)got, sizeof(got));
	ksft_test_result(!memcmp(want, got, sizeof(got)),
			 "file: over and over\n");
	close(fd);
	unlink(path);
}

static void test_bad_names(void)
{
	static const char * const bad[] = {
		"", "rampe", "pn15", "file", "PN9", "file:/nonexistent/x",
	};
	struct pattern p;
	bool ok = true;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(bad); i++)
		ok &= pattern_init(&p, bad[i], false) < 0;

	ksft_test_result(ok, "unknown names are refused\n");
}

int main(void)
{
	static const char * const names[] = { "ramp", "pn9", "pn23" };
	size_t i;

	ksft_print_header();
	ksft_set_plan(6 * ARRAY_SIZE(names) + 6);

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		test_definition(names[i], false);
		test_definition(names[i], true);
		test_period(names[i]);
		test_lock(names[i]);
	}
	test_start("pn9", pn9_published, sizeof(pn9_published));
	test_start("pn23", pn23_by_hand, sizeof(pn23_by_hand));
	test_lock_refused();
	test_file();
	test_bad_names();

	ksft_finished();
}
