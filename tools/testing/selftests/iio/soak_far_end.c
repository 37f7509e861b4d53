// SPDX-License-Identifier: GPL-2.0
/*
 * The far end: a simulated converter, which makes or checks the samples, and
 * tells in debugfs what it has seen.
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

void soak_check_sink(struct soak *s, unsigned long long bytes)
{
	unsigned long long got;

	if (s->dir == IIO_DIR_IN)
		return;

	got = soak_far_end(s, "received");
	if (s->every_byte) {
		SOAK_CHECK(s, !soak_far_end(s, "mismatches"),
			   "wrong samples came out");
		s->counts.checked += got;
	} else {
		SOAK_CHECK(s, !soak_far_end(s, "wrong_stamps"),
			   "wrong samples came out");
		s->counts.checked += soak_far_end(s, "stamps");
	}
	SOAK_CHECK(s, !bytes || got == bytes, "%llu bytes came out of %llu",
		   got, bytes);
}
