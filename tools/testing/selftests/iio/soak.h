/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the files of iio_soak share.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#ifndef SOAK_H
#define SOAK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common.h"
#include "dmabuf.h"
#include "iio_buffer.h"
#include "iio_sysfs.h"

#define SOAK_BLOCKS	16
#define SOAK_FRAME	4U	/* bytes of a sample set of two channels */
#define SOAK_STAMP	sizeof(unsigned long long)

struct soak_block {
	struct dmabuf mem;
	bool attached;
	bool queued;
	/* Of its transfer; the position counts from the start of the run. */
	unsigned long long pos;
	size_t len;

	bool begun;		/* the CPU's access, by the command that is complete */
	unsigned int stamps;	/* that were written, if any */
	int fence;		/* sync_file, where one has been exported */
};

/* How often what was done, and what came of it. */
struct soak_counts {
	unsigned long long episodes;
	unsigned long long runs;	/* from enable to disable */
	unsigned long long blocks;	/* transfers that ended in success */
	unsigned long long shorter;	/* of those, with less than the whole block */
	unsigned long long early;	/* of those, ended by the source */
	unsigned long long bytes;	/* moved by those */
	unsigned long long checked;	/* stamps, or bytes, that were compared */
	unsigned long long withdrawn;
	unsigned long long detached;	/* while they were being transferred */
	unsigned long long disabled;	/* runs that ended so, with blocks under way */
	unsigned long long closed;	/* the same by closing the buffer */
	unsigned long long rings;	/* that were used */
	unsigned long long commands;	/* that were complete in them */
	unsigned long long left;	/* rings closed with blocks under way */
	unsigned long long cyclic;
	unsigned long long replaced;
	unsigned long long told;	/* whose result the kernel was asked for */
	unsigned long long fences;	/* whose result was looked at */
	unsigned long long failed;	/* of those, with an error, as they should */
};

struct soak_ring;

struct soak {
	const char *device;
	const char *board;	/* directory in debugfs of the far end */
	enum iio_dir dir;
	unsigned long long seed;
	unsigned long long goal;	/* bytes */
	unsigned long long rate;	/* bytes per second, 0: as fast as can be */
	size_t block_size;
	unsigned int num;	/* blocks in use */
	bool every_byte;

	struct iio_target target;
	size_t unit;		/* smallest length */
	int fd;
	bool nonblock;
	struct soak_ring *ring;	/* of io_uring, or NULL */
	unsigned long long random;
	const char *what;	/* is being done */

	struct soak_block blocks[SOAK_BLOCKS];
	size_t size;		/* of each block */
	struct soak_block *queue[SOAK_BLOCKS];	/* in the order of enqueueing */
	unsigned int queued;
	unsigned long long pos;	/* of what is enqueued next */
	unsigned long long stamps;	/* in what has left in this run */
	struct soak_counts counts;
};

/* iio_soak.c: says why, with the seed, and ends the program. */
void soak_fail(const struct soak *s, const char *fmt, ...)
	__printf(2, 3) __noreturn;

#define SOAK_CHECK(s, cond, ...) do {		\
	if (!(cond))				\
		soak_fail(s, __VA_ARGS__);	\
} while (0)

/* For calls that return 0 or a negative errno. */
#define SOAK_OK(s, call) do {							\
	int __ret = (call);							\
										\
	SOAK_CHECK(s, !__ret, "%s: %s", #call, strerror(-__ret));		\
} while (0)

/* soak_random.c */
unsigned long long soak_random(struct soak *s);
/* 0..@n - 1, all alike. */
unsigned long long soak_below(struct soak *s, unsigned long long n);
bool soak_one_in(struct soak *s, unsigned int n);
/* 1..@max, and each power of two as likely as the others. */
unsigned long long soak_spread(struct soak *s, unsigned long long max);

/* soak_data.c */
/* What the CPU does with the blocks. */
unsigned int soak_access(const struct soak *s);
void soak_fill(struct soak *s, struct soak_block *b, unsigned long long pos,
	       size_t len);
void soak_compare(struct soak *s, struct soak_block *b, size_t len);

/* soak_far_end.c: the simulated converter. */
void soak_set_mode(struct soak *s);
unsigned long long soak_far_end(const struct soak *s, const char *file);
void soak_set_far_end(const struct soak *s, const char *file, unsigned long long val);
/* Nothing wrong has come out of the output. @all: and everything has. */
void soak_check_sink(struct soak *s, bool all);

/* soak_queue.c: blocks and their transfers. */
void soak_alloc(struct soak *s, size_t size, const char *heap);
void soak_alloc_any(struct soak *s);
void soak_free(struct soak *s);
void soak_open(struct soak *s);
void soak_close(struct soak *s);
void soak_attach(struct soak *s);
int soak_detach(struct soak *s, struct soak_block *b);
void soak_enable(struct soak *s, bool on);
void soak_enqueue(struct soak *s, struct soak_block *b, size_t len,
		  unsigned int flags);
/* The first of the queue is waited for and taken out. */
struct soak_block *soak_wait_first(struct soak *s);
/* The same, and its data compared. */
void soak_retire(struct soak *s);
/* What the kernel says that was transferred of a block that is attached. */
size_t soak_transferred(struct soak *s, const struct soak_block *b);
/* Some of the time that a block takes, or of several. */
void soak_pause(struct soak *s, unsigned int blocks);
/* Before and after something that ends all transfers, with @err. */
void soak_watch_fences(struct soak *s);
void soak_expect_ended(struct soak *s, int err);

/* soak_ring.c: transfers by io_uring, for a buffer that is open. */
void soak_ring_open(struct soak *s);	/* or not, at random */
void soak_ring_close(struct soak *s);
void soak_ring_enqueue(struct soak *s, struct soak_block *b);
/* What was enqueued is so from now on. Without a ring it is already. */
void soak_ring_submit(struct soak *s);
/* Waits for one or several of the queue. */
void soak_ring_wait(struct soak *s);
/* What the command of this one says; waits for it alone. */
int soak_ring_result(struct soak *s, const struct soak_block *b);

/* One file each. */
void soak_stream(struct soak *s);
void soak_cyclic(struct soak *s);
void soak_packets(struct soak *s);

#endif
