/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How a run ended, for people, for TAP and for scripts.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#ifndef REPORT_H
#define REPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "args.h"
#include "common.h"
#include "verify.h"

struct result {
	const char *mode;
	const char *dir;
	unsigned long long block_size;
	unsigned long long blocks;
	unsigned long long bytes;		/* transferred */
	double seconds;
	unsigned long calls;		/* system calls of the run, 0: not counted */
	unsigned long long copied;	/* bytes that the kernel has copied */
	unsigned long long verified;	/* bytes that were compared */
	unsigned long long errors;	/* samples that were wrong */
	const struct mismatch *first;	/* of the wrong samples, or NULL */
	const char *note;	/* what else there is to say, or NULL */
	const char *failure;	/* why the run ended early, or NULL */
};

bool result_ok(const struct result *r);

/* Before the run: TAP header, or the names of the columns. */
void report_begin(const struct options *opt);
/* Prints the result; returns the exit status. */
int report_result(const struct options *opt, const struct result *r);
/* The device or the memory is not there: prints why and exits. */
void report_skip(const struct options *opt, const char *fmt, ...)
	__printf(2, 3) __noreturn;

#endif
