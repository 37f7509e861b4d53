/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One direction of a run, and the run.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#ifndef STREAM_H
#define STREAM_H

#include <semaphore.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>
#include <sys/uio.h>

#include "args.h"
#include "common.h"
#include "dmabuf.h"
#include "iio_sysfs.h"
#include "pattern.h"
#include "verify.h"

enum stream_state {
	STREAM_RUNNING,
	STREAM_DONE,
	STREAM_FAILED,
};

struct stream {
	const struct options *opt;
	struct stream *peer;	/* the other half of a loopback, or NULL */
	struct iio_target target;
	int fd;
	unsigned int datum;
	struct pattern pattern;
	struct verify verify;	/* of an input */
	int output;		/* file for what arrives, or negative */
	struct timespec begin;
	struct timespec end;
	sem_t ready;		/* what comes before the buffer is enabled is done */
	sem_t go;		/* it is enabled */
	unsigned long calls;	/* system calls of the run */
	unsigned long long copied;	/* bytes, in the kernel */
	char failure[512];
	char note[128];		/* what else there is to say, or empty */
	/* Written by the thread that moves the data, read by the other one. */
	atomic_uint state;	/* enum stream_state */
	atomic_uint blocks;	/* completed so far */
	atomic_uint steps;	/* anything that shows that it is alive */
	/* link.c */
	struct link *link;	/* NULL: what arrives stays here */
	/* stream_ring.c */
	struct dmabuf *ring;
	unsigned int ring_size;
	unsigned int attached;
	/* stream_send.c */
	struct sender *sender;
	/* stream_uring.c */
	struct uring_stream *uring;
	/* stream_fileio.c */
	void *buf;
};

/* The ways to move data. All return 0, or -1 after stream_fail(). */
struct stream_ops {
	int (*prepare)(struct stream *s);	/* before the buffer is enabled */
	int (*begin)(struct stream *s);	/* the same, by the thread that runs; or NULL */
	int (*run)(struct stream *s);
	void (*finish)(struct stream *s);	/* after it is disabled */
};

extern const struct stream_ops stream_fileio_ops;
extern const struct stream_ops stream_dmabuf_ops;
extern const struct stream_ops stream_send_ops;
extern const struct stream_ops stream_uring_ops;
extern const struct stream_ops stream_uring_send_ops;

/* Keeps the first reason. Returns -1. */
int stream_fail(struct stream *s, const char *fmt, ...)
	__printf(2, 3);

bool stream_is_input(const struct stream *s);
/*
 * Takes data that has arrived: verifies it and writes it to the file, or sends
 * it to somebody who does.
 */
int stream_take(struct stream *s, void *data, size_t len);
/* The same for several blocks that stay here. What @iov says is lost. */
int stream_take_all(struct stream *s, struct iovec *iov, unsigned int num);
void stream_block_done(struct stream *s);
/* Waits a little for something that gives no notice. */
void stream_idle(void);

/* How many bytes the receiver of an output counts, or how many are wrong. */
int stream_read_count(struct stream *s, const char *path, unsigned long long *val);

/* Runs what the options say and reports: the exit status. */
int stream_main(const struct options *opt);

#endif
