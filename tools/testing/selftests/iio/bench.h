/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the measurements share.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#ifndef BENCH_H
#define BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dmabuf.h"
#include "iio_buffer.h"
#include "iio_sysfs.h"

#define BENCH_BLOCKS	4
#define BENCH_WAIT_MS	3000
#define BENCH_USE_UP	(8 << 20)

struct bench {
	struct iio_target target;
	const char *heap;	/* NULL: udmabuf */
	const char *memory;	/* its name in the results */
	const char *label;	/* of the results, says how the device is set up */
	unsigned int time_ms;	/* of each measurement */
	size_t min_size;
	size_t max_size;
	unsigned int unit;	/* lengths are multiples of this */
};

uint64_t bench_now(void);

/*
 * One line: BENCH, the label, what was measured, its parameter, and the value
 * with its unit.
 */
void bench_result(const struct bench *b, const char *what, size_t size,
		  const char *unit, double value);
/* The transfer did not end, or was refused: this is a result as well. */
void bench_failed(const struct bench *b, const char *what, size_t size,
		  const char *why);

/* bench_stream.c: what the program does with a block, to be given the last result. */
uint64_t bench_touch(uint64_t *words, size_t size, bool input, uint64_t sum);

/*
 * What a stream achieves when nothing else disturbs it: the best of the parts of a
 * measurement.
 */
struct bench_parts {
	uint64_t end;		/* of the measurement */
	uint64_t least;		/* blocks of a part */
	uint64_t blocks;	/* before this part, which began then: */
	uint64_t start;
	double ns;		/* of a block of the best part */
};

/* @queued: blocks that may be complete when a part begins. */
void bench_parts_begin(struct bench_parts *p, const struct bench *b, uint64_t queued);
/* After some more: there were so many @blocks. False: that is enough. */
bool bench_parts_go_on(struct bench_parts *p, uint64_t blocks);

/* So many blocks took so many system calls, and bytes that were copied. */
void bench_streamed(const struct bench *b, const char *what, size_t size,
		    const struct bench_parts *p, uint64_t blocks, uint64_t calls,
		    uint64_t copied);

/* bench_trace.c: what was allocated between begin and end. Errors are errnos. */
struct bench_memory {
	unsigned long long pieces;
	unsigned long long bytes;
};

int bench_trace_start(void);
void bench_trace_begin(void);
struct bench_memory bench_trace_end(void);
void bench_trace_stop(void);
/* Attaches another DMABUF, to be freed once the buffer is closed or before. */
int bench_use_up(const struct bench *b, int fd, struct dmabuf *d);
/* The result, in two lines. */
void bench_allocated(const struct bench *b, const char *what, size_t size,
		     struct bench_memory m);

/*
 * bench_enqueue.c, bench_attach.c, bench_depth.c, bench_memory.c, bench_stream.c,
 * bench_uring.c
 */
void bench_enqueue(const struct bench *b);
void bench_attach(const struct bench *b);
void bench_depth(const struct bench *b);
void bench_memory(const struct bench *b);
void bench_stream(const struct bench *b);
void bench_uring(const struct bench *b);

#endif
