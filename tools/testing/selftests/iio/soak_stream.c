// SPDX-License-Identifier: GPL-2.0
/*
 * Plain streams, of random length and with blocks of random length, in which
 * blocks are withdrawn and detached, and which end in one of three ways: after
 * the last block, by disabling the buffer, or by closing it. Some go by io_uring,
 * whose ring may be closed before.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "soak.h"

#define MAX_TRANSFERS	1024
#define MIN_TRANSFERS	8
#define PARTS		32	/* of all bytes, that one run may have */
#define MAX_RUNS	4

enum lengths {
	LENGTHS_FULL,
	LENGTHS_TWO,
	LENGTHS_RANDOM,
};

static size_t random_length(struct soak *s)
{
	return (soak_below(s, s->size / s->unit) + 1) * s->unit;
}

struct lengths_now {
	enum lengths kind;
	size_t two[2];
};

static void choose_lengths(struct soak *s, struct lengths_now *l)
{
	unsigned int n = soak_below(s, 8);

	l->kind = n < 5 ? LENGTHS_FULL : n < 6 ? LENGTHS_TWO : LENGTHS_RANDOM;
	l->two[0] = random_length(s);
	l->two[1] = random_length(s);
}

static size_t next_length(struct soak *s, const struct lengths_now *l)
{
	switch (l->kind) {
	case LENGTHS_FULL:
		return s->size;
	case LENGTHS_TWO:
		return l->two[soak_below(s, 2)];
	default:
		return random_length(s);
	}
}

/* Enqueues what is idle, @max at most. */
static void fill_queue(struct soak *s, const struct lengths_now *l,
		       unsigned int max)
{
	unsigned int i;

	for (i = 0; i < s->num && max; i++) {
		struct soak_block *b = &s->blocks[i];

		if (!b->attached || b->queued)
			continue;
		soak_enqueue(s, b, next_length(s, l), 0);
		max--;
	}
}

/* The last in the queue, so that there is no gap in the stream. */
static void withdraw(struct soak *s)
{
	struct soak_block *b = s->queue[s->queued - 1];
	int fence, status, res;

	soak_ring_submit(s);
	fence = dmabuf_export_fence(&b->mem);
	SOAK_OK(s, soak_detach(s, b));
	SOAK_OK(s, fence_status(fence, &status));
	SOAK_CHECK(s, status == -ECANCELED, "withdrawn, and the fence says %d",
		   status);
	close(fence);
	res = s->ring ? soak_ring_result(s, b) : -ECANCELED;
	SOAK_CHECK(s, res == -ECANCELED, "withdrawn, and the command says %d", res);

	b->attached = false;
	b->queued = false;
	s->queued--;
	s->pos = b->pos;
	s->counts.withdrawn++;
	soak_attach(s);
}

/* It takes its part of the stream all the same. */
static void detach_one(struct soak *s)
{
	struct soak_block *b = s->queue[soak_below(s, s->queued)];

	if (!b->attached)
		return;
	soak_ring_submit(s);
	SOAK_OK(s, soak_detach(s, b));
	b->attached = false;
	s->counts.detached++;
}

/* When little is to be streamed, there is to be as much in between. */
static unsigned long long random_transfers(struct soak *s)
{
	unsigned long long max = s->goal / PARTS / s->size;

	if (max < MIN_TRANSFERS)
		max = MIN_TRANSFERS;

	return soak_spread(s, max < MAX_TRANSFERS ? max : MAX_TRANSFERS);
}

static void transfer(struct soak *s, const struct lengths_now *l)
{
	unsigned long long n = random_transfers(s);

	while (n-- && s->counts.bytes < s->goal) {
		if (!s->queued) {
			soak_attach(s);
			fill_queue(s, l, 1);
		}
		soak_retire(s);
		if (soak_one_in(s, 32))
			soak_pause(s, 2);
		if (s->queued && soak_one_in(s, 32))
			detach_one(s);
		if (soak_one_in(s, 8))
			soak_attach(s);
		fill_queue(s, l, s->num);
	}
}

static void drain(struct soak *s)
{
	while (s->queued)
		soak_retire(s);
	soak_check_sink(s, true);
	soak_enable(s, false);
}

static void disable(struct soak *s)
{
	soak_pause(s, 2);
	soak_watch_fences(s);
	soak_enable(s, false);
	soak_expect_ended(s, -EINTR);
	soak_check_sink(s, false);
	s->counts.disabled++;
}

static void close_it(struct soak *s)
{
	soak_pause(s, 2);
	soak_watch_fences(s);
	soak_close(s);
	soak_expect_ended(s, -ECANCELED);
	soak_check_sink(s, false);
	soak_enable(s, false);
	s->counts.closed++;
}

/* Nobody is told of what is under way, which is complete all the same. */
static void leave_ring(struct soak *s)
{
	soak_ring_submit(s);
	soak_pause(s, 2);
	s->counts.left++;
	soak_ring_close(s);
	drain(s);
}

/* A command keeps the buffer open, so the ring goes first. */
static void end(struct soak *s)
{
	switch (soak_below(s, 4)) {
	case 0:
		disable(s);
		break;
	case 1:
		if (s->ring)
			leave_ring(s);
		else
			close_it(s);
		break;
	default:
		drain(s);
		break;
	}
	/* Only a cyclic block may have been there twice. */
	if (s->dir == IIO_DIR_OUT && !s->every_byte)
		SOAK_CHECK(s, !soak_far_end(s, "jumps"),
			   "the stream that came out has gaps");
}

static void run(struct soak *s)
{
	struct lengths_now l;

	s->pos = 0;
	s->stamps = 0;
	s->counts.runs++;
	choose_lengths(s, &l);
	soak_attach(s);
	fill_queue(s, &l, 1 + soak_below(s, s->num));
	if (soak_one_in(s, 8))
		withdraw(s);
	soak_enable(s, true);
	transfer(s, &l);
	end(s);
}

void soak_stream(struct soak *s)
{
	unsigned int runs = 1 + soak_below(s, MAX_RUNS);

	s->what = "stream";
	soak_open(s);
	soak_ring_open(s);
	while (runs-- && s->fd >= 0)
		run(s);
	soak_ring_close(s);
	soak_close(s);
}
