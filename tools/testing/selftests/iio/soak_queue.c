// SPDX-License-Identifier: GPL-2.0
/*
 * Blocks and their transfers. The program knows which have been enqueued, in
 * their order, and where in the stream each of them has to begin.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "soak.h"

/* Of virtual time, mostly: only what never ends takes so long. */
#define WAIT_MS		60000
#define TRIES		1000
#define RETRY_US	100
#define OPEN_TRIES	1000
#define OPEN_RETRY_US	10000

void soak_alloc(struct soak *s, size_t size, const char *heap)
{
	unsigned int i;

	memset(s->blocks, 0, sizeof(s->blocks));
	s->size = size;
	for (i = 0; i < s->num; i++) {
		SOAK_OK(s, dmabuf_alloc(&s->blocks[i].mem, heap, size));
		s->blocks[i].fence = -1;
	}
}

/* Mostly large ones, in large pieces; small ones in pages, too. */
void soak_alloc_any(struct soak *s)
{
	bool small = soak_one_in(s, 4);
	const char *heap = small && soak_one_in(s, 2) ? NULL : "system";

	soak_alloc(s, small ? (size_t)4096 << soak_below(s, 9) : s->block_size,
		   heap);
}

void soak_free(struct soak *s)
{
	unsigned int i;

	for (i = 0; i < s->num; i++)
		dmabuf_free(&s->blocks[i].mem);
}

/* Commands of a ring that has gone keep the buffer open for a moment. */
void soak_open(struct soak *s)
{
	unsigned int i;

	s->nonblock = soak_one_in(s, 4);
	for (i = 0; i < OPEN_TRIES; i++) {
		s->fd = iio_open(&s->target, s->nonblock ? O_NONBLOCK : 0);
		if (s->fd != -EBUSY)
			break;
		usleep(OPEN_RETRY_US);
	}
	SOAK_CHECK(s, s->fd >= 0, "open: %s", strerror(-s->fd));
}

/* All that was attached is not any more. */
void soak_close(struct soak *s)
{
	unsigned int i;

	if (s->fd < 0)
		return;
	close(s->fd);
	s->fd = -1;
	for (i = 0; i < s->num; i++)
		s->blocks[i].attached = false;
}

/* Without blocking, another user of a lock is an error, and gone the next time. */
static int again(struct soak *s, int (*call)(int fd, int dmabuf), int dmabuf)
{
	int i, ret = -EBUSY;

	for (i = 0; i < TRIES && ret == -EBUSY; i++) {
		if (i)
			usleep(RETRY_US);
		ret = call(s->fd, dmabuf);
		if (!s->nonblock)
			break;
	}

	return ret;
}

int soak_detach(struct soak *s, struct soak_block *b)
{
	return again(s, iio_detach, b->mem.fd);
}

/*
 * The mapping of what was detached goes a moment later than its transfer ends,
 * and memory that is mapped for input twice is more than the DMA API can debug.
 */
void soak_attach(struct soak *s)
{
	unsigned int i;

	usleep(RETRY_US);
	for (i = 0; i < s->num; i++) {
		if (s->blocks[i].attached || s->blocks[i].queued)
			continue;
		SOAK_OK(s, again(s, iio_attach, s->blocks[i].mem.fd));
		s->blocks[i].attached = true;
	}
}

void soak_enable(struct soak *s, bool on)
{
	soak_ring_submit(s);
	SOAK_OK(s, iio_enable(&s->target, on));
}

/* Without blocking, a lock that the kernel has for a moment is an error. */
static int try_enqueue(struct soak *s, struct soak_block *b, unsigned int flags)
{
	unsigned int i;
	int ret;

	for (i = 0; i < TRIES; i++) {
		ret = iio_enqueue(s->fd, b->mem.fd, b->len, flags);
		if (!s->nonblock || ret != -EBUSY)
			break;
		usleep(RETRY_US);
	}

	return ret;
}

void soak_enqueue(struct soak *s, struct soak_block *b, size_t len,
		  unsigned int flags)
{
	if (s->dir == IIO_DIR_OUT)
		soak_fill(s, b, s->pos, len);
	b->pos = s->pos;
	b->len = len;
	if (s->ring)
		soak_ring_enqueue(s, b);
	else
		SOAK_OK(s, try_enqueue(s, b, flags));
	b->queued = true;
	s->queue[s->queued++] = b;
	s->pos += len;
}

static struct soak_block *take_first(struct soak *s)
{
	struct soak_block *b = s->queue[0];

	s->queued--;
	memmove(s->queue, s->queue + 1, s->queued * sizeof(*s->queue));
	b->queued = false;

	return b;
}

static void wait_by_poll(struct soak *s, const struct soak_block *b)
{
	int ret = dmabuf_wait(&b->mem, WAIT_MS);

	SOAK_CHECK(s, ret >= 0, "poll: %s", strerror(-ret));
	SOAK_CHECK(s, ret, "a transfer never ends");
}

static void wait_by_ring(struct soak *s, const struct soak_block *b)
{
	int ret;

	soak_ring_wait(s);
	ret = soak_ring_result(s, b);
	SOAK_CHECK(s, ret == (int)b->len, "a command says %d, not %zu", ret, b->len);
}

struct soak_block *soak_wait_first(struct soak *s)
{
	if (s->ring)
		wait_by_ring(s, s->queue[0]);
	else
		wait_by_poll(s, s->queue[0]);

	return take_first(s);
}

size_t soak_transferred(struct soak *s, const struct soak_block *b)
{
	struct iio_dmabuf_status status;

	SOAK_OK(s, iio_status(s->fd, b->mem.fd, &status));
	SOAK_CHECK(s, !status.flags && !status.error,
		   "flags 0x%x, error %d of a transfer that is complete",
		   status.flags, status.error);
	s->counts.told++;

	return status.bytes_transferred;
}

static void account(struct soak *s, struct soak_block *b)
{
	if (b->attached && soak_one_in(s, 8))
		SOAK_CHECK(s, soak_transferred(s, b) == b->len,
			   "of %zu bytes the kernel says %zu", b->len,
			   soak_transferred(s, b));
	s->counts.blocks++;
	s->counts.bytes += b->len;
	s->counts.shorter += b->len < s->size;
	s->stamps += b->stamps;
	if (s->dir == IIO_DIR_IN)
		soak_compare(s, b, b->len);
}

void soak_retire(struct soak *s)
{
	account(s, soak_wait_first(s));
}

void soak_pause(struct soak *s, unsigned int blocks)
{
	unsigned long long ns = s->rate ? s->size * 1000000000ULL / s->rate : 1000000;
	struct timespec ts;

	ns = soak_below(s, ns * blocks);
	ts.tv_sec = ns / 1000000000;
	ts.tv_nsec = ns % 1000000000;
	nanosleep(&ts, NULL);
}

void soak_watch_fences(struct soak *s)
{
	unsigned int i;

	soak_ring_submit(s);
	for (i = 0; i < s->queued; i++) {
		struct soak_block *b = s->queue[i];

		b->fence = dmabuf_export_fence(&b->mem);
		SOAK_CHECK(s, b->fence >= 0, "sync_file: %s",
			   strerror(-b->fence));
	}
}

/* Signalled it has to be already: nobody waits here. */
static int take_status(struct soak *s, struct soak_block *b)
{
	int status;

	SOAK_OK(s, fence_status(b->fence, &status));
	close(b->fence);
	b->fence = -1;
	s->counts.fences++;
	s->counts.failed += status < 0;

	return status;
}

/* First those that were complete, in order, then those that never will be. */
void soak_expect_ended(struct soak *s, int err)
{
	bool ended = false;

	while (s->queued) {
		int res = s->ring ? soak_ring_result(s, s->queue[0]) : 0;
		struct soak_block *b = take_first(s);
		int status = take_status(s, b);

		SOAK_CHECK(s, status, "a fence is pending for ever");
		SOAK_CHECK(s, !s->ring || res == (status == 1 ? (int)b->len : status),
			   "a command says %d, its fence %d", res, status);
		SOAK_CHECK(s, status == 1 || status == err,
			   "a fence says %s, not %s", strerror(-status),
			   strerror(-err));
		SOAK_CHECK(s, status < 0 || !ended,
			   "a transfer is complete, one before it is not");
		if (status == 1)
			account(s, b);
		else
			ended = true;
	}
}
