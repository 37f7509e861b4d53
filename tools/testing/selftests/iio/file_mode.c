// SPDX-License-Identifier: GPL-2.0
/*
 * --check-file and --make-file: the same patterns where somebody else's program
 * talks to the device. A file holds the samples as they lie in memory.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "file_mode.h"
#include "pattern.h"
#include "report.h"
#include "verify.h"

#define CHUNK	65536

static void init_pattern(struct pattern *p, const struct options *opt)
{
	int ret = pattern_init(p, opt->pattern, false);

	if (ret == -EINVAL)
		usage_error("--pattern: '%s' is unknown", opt->pattern);
	if (ret)
		usage_error("--pattern %s: %s", opt->pattern, strerror(-ret));
}

/* As much as there is, for pipes too: a short read does not end a chunk. */
static ssize_t read_chunk(int fd, char *buf)
{
	size_t len = 0;

	while (len < CHUNK) {
		ssize_t n = read(fd, buf + len, CHUNK - len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (!n)
			break;
		len += n;
	}

	return len;
}

static const char *check_all(int fd, struct verify *v,
			     const struct options *opt)
{
	static char buf[CHUNK], why[128];
	ssize_t len;

	while ((len = read_chunk(fd, buf)) > 0) {
		verify_data(v, buf, len & ~1);
		if (v->lost)
			return "these samples are no part of the pattern";
		if (len & 1)
			return "the file ends inside a sample";
	}
	if (len < 0)
		return strerror(-len);
	if (v->bytes >= opt->file_bytes)
		return NULL;

	snprintf(why, sizeof(why), "%llu bytes, but at least %llu were expected",
		 v->bytes, opt->file_bytes);

	return why;
}

int check_file(const struct options *opt)
{
	struct result r = { .mode = "file", .dir = "check" };
	struct pattern p;
	struct verify v;
	int fd;

	init_pattern(&p, opt);
	fd = open(opt->file, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		usage_error("--check-file %s: %s", opt->file, strerror(errno));

	report_begin(opt);
	verify_init(&v, &p, opt->block_size, opt->join);
	r.failure = check_all(fd, &v, opt);
	close(fd);
	if (!r.failure && !v.bytes)
		r.failure = "the file is empty";

	r.block_size = opt->block_size;
	r.blocks = v.bytes / opt->block_size;
	r.bytes = v.bytes;
	r.verified = v.bytes;
	r.errors = v.errors;
	r.first = v.errors ? &v.first : NULL;

	return report_result(opt, &r);
}

static int write_all(FILE *f, struct pattern *p, unsigned long long bytes)
{
	static char buf[CHUNK];

	while (bytes) {
		size_t len = bytes < CHUNK ? bytes : CHUNK;

		pattern_fill(p, buf, len);
		if (fwrite(buf, 1, len, f) != len)
			return -1;
		bytes -= len;
	}

	return 0;
}

int make_file(const struct options *opt)
{
	struct pattern p;
	FILE *f;
	int ret;

	if (!opt->file_bytes || opt->file_bytes & 1)
		usage_error("--make-file needs --bytes, an even number");
	init_pattern(&p, opt);

	f = fopen(opt->file, "we");
	if (!f)
		usage_error("--make-file %s: %s", opt->file, strerror(errno));

	ret = write_all(f, &p, opt->file_bytes);
	if (fclose(f))
		ret = -1;
	if (!ret)
		return 0;

	fprintf(stderr, "iio_stream: %s: %s\n", opt->file, strerror(errno));

	return 1;
}
