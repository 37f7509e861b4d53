// SPDX-License-Identifier: GPL-2.0
/*
 * Output of results. TAP for test runners; one line with aligned columns or
 * with commas for whoever collects several runs in a table. Reasons go to
 * stderr where the line has no room for them.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "kselftest.h"
#include "report.h"

#define MIB	(1024.0 * 1024.0)

static const char csv_header[] =
"mode,direction,block_size,blocks,bytes,mib_per_s,calls_per_block,copied_per_block,verified_bytes,errors,result";

bool result_ok(const struct result *r)
{
	return !r->failure && !r->errors;
}

/* A file has been checked, but nothing been transferred. */
static const char *rate_text(const struct result *r)
{
	static char text[32];

	if (r->seconds <= 0)
		return "-";

	snprintf(text, sizeof(text), "%.1f", r->bytes / MIB / r->seconds);

	return text;
}

/* System calls for each block, and bytes that they copied of it. */
static const char *calls_text(const struct result *r)
{
	static char text[32];

	if (!r->calls || !r->blocks)
		return "-";

	snprintf(text, sizeof(text), "%.2f", (double)r->calls / r->blocks);

	return text;
}

static const char *copied_text(const struct result *r)
{
	static char text[32];

	if (!r->calls || !r->blocks)
		return "-";

	snprintf(text, sizeof(text), "%llu", r->copied / r->blocks);

	return text;
}

static const char *verdict(const struct result *r)
{
	if (!result_ok(r))
		return "FAILED";
	if (!r->verified)
		return "not verified";

	return "verified";
}

void report_begin(const struct options *opt)
{
	if (opt->format == FORMAT_TAP) {
		ksft_print_header();
		ksft_set_plan(1);
		return;
	}
	if (!opt->header)
		return;

	if (opt->format == FORMAT_CSV)
		puts(csv_header);
	else
		printf("%-7s %-9s %11s %8s %10s %11s %12s %14s %8s  %s\n", "mode",
		       "direction", "block size", "blocks", "MiB/s",
		       "calls/block", "copied/block", "verified bytes",
		       "errors", "result");
}

static void explain(FILE *to, const char *prefix, const struct result *r)
{
	const struct mismatch *m = r->first;

	if (m)
		fprintf(to,
			"%sfirst wrong sample: block %llu, offset %llu (byte %llu of the stream): expected 0x%0*x, got 0x%0*x\n",
			prefix, m->block, m->offset, m->stream_offset,
			2 * (int)m->size, m->expected, 2 * (int)m->size, m->got);
	if (r->failure)
		fprintf(to, "%s%s\n", prefix, r->failure);
	else if (r->note)
		fprintf(to, "%s%s\n", prefix, r->note);
}

static void report_tap(const struct result *r)
{
	explain(stdout, "# ", r);
	ksft_test_result(result_ok(r),
			 "%s %s, block size %llu: %llu blocks, %s MiB/s, %llu bytes verified, %llu errors\n",
			 r->mode, r->dir, r->block_size, r->blocks, rate_text(r),
			 r->verified, r->errors);
	if (r->calls)
		ksft_print_msg("%s system calls and %s bytes copied for each block\n",
			       calls_text(r), copied_text(r));
	ksft_print_cnts();
}

static void report_table(const struct result *r)
{
	printf("%-7s %-9s %11llu %8llu %10s %11s %12s %14llu %8llu  %s\n",
	       r->mode, r->dir, r->block_size, r->blocks, rate_text(r),
	       calls_text(r), copied_text(r), r->verified, r->errors,
	       verdict(r));
	explain(stderr, "iio_stream: ", r);
}

static void report_csv(const struct result *r)
{
	printf("%s,%s,%llu,%llu,%llu,%s,%s,%s,%llu,%llu,%s\n",
	       r->mode, r->dir, r->block_size, r->blocks, r->bytes, rate_text(r),
	       calls_text(r), copied_text(r), r->verified, r->errors,
	       verdict(r));
	explain(stderr, "iio_stream: ", r);
}

int report_result(const struct options *opt, const struct result *r)
{
	switch (opt->format) {
	case FORMAT_TAP:
		report_tap(r);
		break;
	case FORMAT_TABLE:
		report_table(r);
		break;
	case FORMAT_CSV:
		report_csv(r);
		break;
	}

	return result_ok(r) ? KSFT_PASS : KSFT_FAIL;
}

void report_skip(const struct options *opt, const char *fmt, ...)
{
	char why[256];
	va_list args;

	va_start(args, fmt);
	vsnprintf(why, sizeof(why), fmt, args);
	va_end(args);

	if (opt->format == FORMAT_TAP)
		printf("TAP version 13\n1..0 # SKIP %s\n", why);
	else
		fprintf(stderr, "iio_stream: %s\n", why);
	exit(KSFT_SKIP);
}
