/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Streams through io_uring: what those to memory and those to the network share.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#ifndef STREAM_URING_H
#define STREAM_URING_H

#include <stdbool.h>
#include <stdint.h>

#include "stream.h"
#include "uring.h"

struct uring_stream {
	struct uring ring;
	bool open;
	struct iovec *iov;	/* of blocks that are used together */
	/* Blocks since the start. */
	unsigned long long given;	/* to the device */
	unsigned long long taken;	/* back from it */
	/* stream_uring_send.c */
	struct uring_send *send;
};

/* Skips the run if this kernel cannot; else 0, or -1 after stream_fail(). */
int uring_stream_prepare(struct stream *s);
/* From the thread that moves the data: all blocks to the device. */
int uring_stream_begin(struct stream *s);
void uring_stream_finish(struct stream *s);

/* Makes a command for block @given. It is submitted with the next call. */
int uring_stream_give(struct stream *s);
/* The command of block @taken is complete, with @res. */
int uring_stream_check(struct stream *s, uint64_t user_data, int res);
/* One system call, which waits for @num completions. 1: for too long. */
int uring_stream_enter(struct stream *s, unsigned int num);
/* How many of @pending completions are to be waited for. */
unsigned int uring_stream_batch(const struct stream *s, unsigned long long pending);

#endif
