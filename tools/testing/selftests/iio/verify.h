/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Compares what arrives with the pattern it should follow.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#ifndef VERIFY_H
#define VERIFY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pattern.h"

/* The first wrong sample. @offset: bytes since the start of the block. */
struct mismatch {
	unsigned long long block;
	unsigned long long offset;
	unsigned long long stream_offset;
	uint32_t expected;
	uint32_t got;
	unsigned int size;	/* bytes of a sample */
};

struct verify {
	struct pattern *pattern;
	unsigned long long block_size;
	bool join;		/* the source ran before: see pattern_lock() */
	bool lost;		/* and is none that it could join */
	unsigned long long bytes;		/* seen so far */
	unsigned long long errors;	/* wrong samples among them */
	struct mismatch first;
};

void verify_init(struct verify *v, struct pattern *pattern,
		 unsigned long long block_size, bool join);
/* The next @len bytes, which follow those of the call before. */
void verify_data(struct verify *v, const void *data, size_t len);
/* Are the samples compared at all? */
bool verify_active(const struct verify *v);

#endif
