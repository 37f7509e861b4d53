// SPDX-License-Identifier: GPL-2.0
/*
 * A block that is repeated, and the ways in which that ends: another block,
 * cyclic or not, takes over; it is detached; the buffer is disabled or closed.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "soak.h"

/* Passes that go by before something happens, at most. */
#define PASSES	8

static size_t random_length(struct soak *s)
{
	return (soak_below(s, s->size / s->unit) + 1) * s->unit;
}

static void start(struct soak *s)
{
	bool early = soak_one_in(s, 2);

	s->pos = 0;
	s->counts.runs++;
	if (early)
		soak_enable(s, true);
	soak_enqueue(s, &s->blocks[0], random_length(s),
		     IIO_BUFFER_DMABUF_CYCLIC);
	if (!early)
		soak_enable(s, true);
	s->counts.cyclic++;
	soak_pause(s, PASSES);
}

/* What goes on for ever has to be taken out of the queue by hand. */
static void expect_cyclic_ended(struct soak *s, int err)
{
	struct soak_block *b = s->queue[0];
	int status;

	SOAK_OK(s, fence_status(b->fence, &status));
	SOAK_CHECK(s, status == err, "the fence of a cyclic block says %d, not %d",
		   status, err);
	close(b->fence);
	b->fence = -1;
	b->queued = false;
	s->queued = 0;
	s->counts.fences++;
	s->counts.failed += status < 0;
}

/* It is complete when what follows has made a pass. */
static void replace(struct soak *s, unsigned int with, unsigned int flags)
{
	struct soak_block *old = s->queue[0];

	soak_watch_fences(s);
	soak_enqueue(s, &s->blocks[with], random_length(s), flags);
	SOAK_CHECK(s, fence_wait(old->fence, 60000) == 1,
		   "replaced, and never complete");
	memmove(s->queue, s->queue + 1, sizeof(*s->queue));
	s->queued = 1;
	old->queued = false;
	s->queue[1] = s->queue[0];
	s->queue[0] = old;
	expect_cyclic_ended(s, 1);
	s->queue[0] = s->queue[1];
	s->queued = 1;
	s->counts.replaced++;
}

static void end_by_block(struct soak *s)
{
	replace(s, 1, 0);
	soak_retire(s);
	soak_enable(s, false);
}

static void end_by_cyclic(struct soak *s)
{
	replace(s, 1, IIO_BUFFER_DMABUF_CYCLIC);
	s->counts.cyclic++;
	soak_pause(s, PASSES);
	soak_watch_fences(s);
	soak_enable(s, false);
	expect_cyclic_ended(s, -EINTR);
}

static void end_by_detach(struct soak *s)
{
	soak_watch_fences(s);
	SOAK_OK(s, soak_detach(s, s->queue[0]));
	s->queue[0]->attached = false;
	if (s->nonblock)
		SOAK_CHECK(s, fence_wait(s->queue[0]->fence, 60000) == 1,
			   "detached, and never complete");
	expect_cyclic_ended(s, -ECANCELED);
	soak_enable(s, false);
}

static void end_by_disable(struct soak *s)
{
	soak_watch_fences(s);
	soak_enable(s, false);
	expect_cyclic_ended(s, -EINTR);
}

static void end_by_close(struct soak *s)
{
	soak_watch_fences(s);
	soak_close(s);
	expect_cyclic_ended(s, -ECANCELED);
	soak_enable(s, false);
}

void soak_cyclic(struct soak *s)
{
	static void (* const ends[])(struct soak *s) = {
		end_by_block, end_by_cyclic, end_by_detach, end_by_disable,
		end_by_close,
	};

	if (s->dir == IIO_DIR_IN || s->every_byte) {
		soak_stream(s);
		return;
	}
	s->what = "cyclic";
	soak_open(s);
	soak_attach(s);
	start(s);
	ends[soak_below(s, ARRAY_SIZE(ends))](s);
	soak_close(s);
	soak_check_sink(s, false);
	s->counts.bytes += soak_far_end(s, "received");
}
