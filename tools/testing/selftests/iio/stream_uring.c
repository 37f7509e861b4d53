// SPDX-License-Identifier: GPL-2.0
/*
 * Streaming by io_uring: one system call enqueues all blocks that were used, and
 * waits for as many others as --depth says. The commands end and begin the CPU's
 * access, too, so there is nothing else to call, but for one writev() where what
 * has arrived goes to a file.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "iio_buffer.h"
#include "iio_uring.h"
#include "report.h"
#include "stream.h"
#include "stream_ring.h"
#include "stream_uring.h"

/* More than that at once is of no use, and takes memory. */
#define MAX_ENTRIES	4096U

/* For a thread that waits for several completions, and is woken once. */
#define BEST_FLAGS	(IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN)

static unsigned int num_entries(const struct stream *s)
{
	unsigned int num = 2 * s->ring_size;

	return num < MAX_ENTRIES ? num : MAX_ENTRIES;
}

/* The ring is the moving thread's, which is not there yet. */
static int open_ring(struct stream *s, struct uring *r)
{
	unsigned int entries = num_entries(s);
	int ret;

	ret = uring_open(r, entries, 4 * entries,
			 BEST_FLAGS | IORING_SETUP_R_DISABLED);
	/* Before 6.1. */
	if (ret == -EINVAL)
		ret = uring_open(r, entries, 4 * entries, IORING_SETUP_R_DISABLED);

	return ret;
}

int uring_stream_prepare(struct stream *s)
{
	struct uring_stream *u;
	int ret;

	if (!iio_takes_commands(s->fd))
		report_skip(s->opt, "this kernel does not take blocks through io_uring");
	if (ring_prepare(s))
		return -1;

	u = calloc(1, sizeof(*u));
	if (!u)
		return stream_fail(s, "no memory");
	s->uring = u;
	u->iov = calloc(s->ring_size, sizeof(*u->iov));
	if (!u->iov)
		return stream_fail(s, "no memory");

	ret = open_ring(s, &u->ring);
	if (ret)
		return stream_fail(s, "io_uring: %s", strerror(-ret));
	u->open = true;

	return 0;
}

void uring_stream_finish(struct stream *s)
{
	if (s->uring && s->uring->open)
		uring_close(&s->uring->ring);
	if (s->uring)
		free(s->uring->iov);
	free(s->uring);
	ring_finish(s);
}

unsigned int uring_stream_batch(const struct stream *s, unsigned long long pending)
{
	return pending < s->opt->depth ? pending : s->opt->depth;
}

int uring_stream_enter(struct stream *s, unsigned int num)
{
	int ret;

	do {
		ret = uring_enter(&s->uring->ring, num, s->opt->timeout * 1000);
	} while (ret == -EINTR);

	if (ret == -ETIME)
		return 1;
	if (ret < 0)
		return stream_fail(s, "io_uring_enter: %s", strerror(-ret));

	return 0;
}

int uring_stream_give(struct stream *s)
{
	struct uring_stream *u = s->uring;
	uint32_t flags = IIO_BUFFER_DMABUF_CPU_ACCESS;

	if (ring_is_cyclic(s))
		flags |= IIO_BUFFER_DMABUF_CYCLIC;
	if (!uring_room(&u->ring) && uring_stream_enter(s, 0))
		return -1;
	if (!iio_command(&u->ring, s->fd, ring_block(s, u->given)->fd,
			 s->opt->bytes_used, flags, u->given))
		return stream_fail(s, "io_uring takes no more commands");
	u->given++;

	return 0;
}

int uring_stream_begin(struct stream *s)
{
	struct uring_stream *u = s->uring;
	int ret;

	ret = uring_register(&u->ring, IORING_REGISTER_ENABLE_RINGS, NULL, 0);
	if (ret < 0)
		return stream_fail(s, "io_uring: %s", strerror(-ret));

	while (u->given < s->ring_size)
		if (uring_stream_give(s))
			return -1;

	return uring_stream_enter(s, 0);
}

int uring_stream_check(struct stream *s, uint64_t user_data, int res)
{
	if (res < 0)
		return stream_fail(s, "enqueue: %s", strerror(-res));
	if ((size_t)res != s->opt->bytes_used)
		return stream_fail(s, "only %d of %zu bytes were transferred", res,
				   s->opt->bytes_used);
	if (user_data != s->uring->taken)
		return stream_fail(s, "block %llu is complete before block %llu",
				   (unsigned long long)user_data, s->uring->taken);

	return 0;
}

/* All that is complete. CPU access has begun. */
static int take_done(struct stream *s)
{
	struct uring_stream *u = s->uring;
	struct uring_done done;

	while (uring_take(&u->ring, &done)) {
		if (uring_stream_check(s, done.user_data, done.res))
			return -1;
		u->taken++;
	}

	return 0;
}

/* An input: what has arrived in these blocks. */
static int unload(struct stream *s, unsigned long long from, unsigned long long to)
{
	struct iovec *iov = s->uring->iov;
	unsigned long long n;

	if (!stream_is_input(s))
		return 0;

	for (n = from; n < to; n++) {
		struct dmabuf *d = ring_block(s, n);

		if (ring_check(s, d))
			return -1;
		iov[n - from].iov_base = d->map;
		iov[n - from].iov_len = s->opt->bytes_used;
	}

	return stream_take_all(s, iov, to - from);
}

/* Those that were used, if there is anything to do for them. */
static int give_again(struct stream *s)
{
	struct uring_stream *u = s->uring;

	while (u->given < u->taken + s->ring_size && u->given < s->opt->blocks) {
		ring_load(s, ring_block(s, u->given));
		if (uring_stream_give(s))
			return -1;
	}

	return 0;
}

static int turn(struct stream *s)
{
	struct uring_stream *u = s->uring;
	unsigned long long used = u->taken, n;
	int ret;

	ret = uring_stream_enter(s, uring_stream_batch(s, u->given - u->taken));
	if (ret > 0)
		stream_fail(s, "no block for %u seconds", s->opt->timeout);
	if (ret)
		return -1;

	if (take_done(s) || unload(s, used, u->taken))
		return -1;
	for (n = used; n < u->taken; n++)
		stream_block_done(s);

	return give_again(s);
}

static int run(struct stream *s)
{
	if (ring_is_cyclic(s))
		return ring_run_cyclic(s);

	while (s->uring->taken < s->opt->blocks)
		if (turn(s))
			return -1;

	return 0;
}

const struct stream_ops stream_uring_ops = {
	.prepare = uring_stream_prepare,
	.begin = uring_stream_begin,
	.run = run,
	.finish = uring_stream_finish,
};
