// SPDX-License-Identifier: GPL-2.0
/*
 * The far end: a simulated converter, which makes or checks the samples, and
 * tells in debugfs what it has seen.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "soak.h"

void soak_set_mode(struct soak *s)
{
	const char *mode = s->every_byte ? "ramp" : "counter";
	const char *attr = s->dir == IIO_DIR_IN ? "in_voltage_test_mode" :
						  "out_voltage_test_mode";

	SOAK_OK(s, iio_attr_write(&s->target, attr, mode));
}

unsigned long long soak_far_end(const struct soak *s, const char *file)
{
	char val[32];

	SOAK_OK(s, sysfs_read(val, sizeof(val), "%s/%s", s->board, file));

	return strtoull(val, NULL, 0);
}

void soak_set_far_end(const struct soak *s, const char *file, unsigned long long val)
{
	char text[32];

	snprintf(text, sizeof(text), "%llu", val);
	SOAK_OK(s, sysfs_write(text, "%s/%s", s->board, file));
}

static void check_sink_stamps(struct soak *s, bool all)
{
	unsigned long long stamps = soak_far_end(s, "stamps");

	SOAK_CHECK(s, !soak_far_end(s, "wrong_stamps"),
		   "wrong samples came out");
	SOAK_CHECK(s, !all || stamps >= s->stamps,
		   "%llu stamps came out of %llu", stamps, s->stamps);
	s->counts.checked += stamps;
}

static void check_sink_bytes(struct soak *s, unsigned long long got)
{
	SOAK_CHECK(s, !soak_far_end(s, "mismatches"),
		   "wrong samples came out");
	s->counts.checked += got;
}

void soak_check_sink(struct soak *s, bool all)
{
	unsigned long long got;

	if (s->dir == IIO_DIR_IN)
		return;

	got = soak_far_end(s, "received");
	SOAK_CHECK(s, !all || got == s->pos, "%llu bytes came out of %llu",
		   got, s->pos);
	if (s->every_byte)
		check_sink_bytes(s, got);
	else
		check_sink_stamps(s, all);
}
