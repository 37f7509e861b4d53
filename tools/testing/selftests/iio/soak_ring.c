// SPDX-License-Identifier: GPL-2.0
/*
 * Transfers by io_uring: commands are collected and submitted together, and several
 * completions are waited for. What a completion says has to be what the fence says.
 *
 * The ring may go with commands in flight. These are cancelled then; their transfers
 * go on, and are waited for as without a ring.
 */
#include <stdlib.h>
#include <string.h>

#include "iio_uring.h"
#include "soak.h"

#define WAIT_MS		60000
/* Half of all streams go by io_uring, and half of these leave CPU access to it. */
#define ONE_IN		2

struct soak_ring {
	struct uring ring;
	unsigned int flags;	/* of all commands */
	unsigned int depth;	/* completions that are waited for */
	unsigned int given;	/* commands that are not submitted */
	struct uring_done done[SOAK_BLOCKS];
	bool complete[SOAK_BLOCKS];
	unsigned long long sequence;	/* of the last transfer */
};

static unsigned int index_of(const struct soak *s, const struct soak_block *b)
{
	return b - s->blocks;
}

/* Commands end what has begun; not all exporters take that otherwise. */
static void begin_all(struct soak *s)
{
	unsigned int i;

	for (i = 0; i < s->num; i++) {
		SOAK_OK(s, dmabuf_begin_cpu(&s->blocks[i].mem, soak_access(s)));
		s->blocks[i].begun = true;
	}
}

void soak_ring_open(struct soak *s)
{
	unsigned int flags = IORING_SETUP_CQE32;
	struct soak_ring *x;

	if (!soak_one_in(s, ONE_IN) || !iio_takes_commands(s->fd))
		return;

	x = calloc(1, sizeof(*x));
	SOAK_CHECK(s, x, "no memory");
	if (soak_one_in(s, 2))
		flags |= IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN;
	if (soak_one_in(s, ONE_IN)) {
		x->flags = IIO_BUFFER_DMABUF_CPU_ACCESS;
		begin_all(s);
	}
	x->depth = 1 + soak_below(s, s->num);
	SOAK_OK(s, uring_open(&x->ring, 2 * SOAK_BLOCKS, 0, flags));
	s->ring = x;
	s->counts.rings++;
}

/* With none or some of its commands complete. */
void soak_ring_close(struct soak *s)
{
	unsigned int i;

	if (!s->ring)
		return;

	uring_close(&s->ring->ring);
	free(s->ring);
	s->ring = NULL;
	for (i = 0; i < s->num; i++) {
		struct soak_block *b = &s->blocks[i];

		if (b->begun)
			SOAK_OK(s, dmabuf_end_cpu(&b->mem, soak_access(s)));
		b->begun = false;
	}
}

void soak_ring_enqueue(struct soak *s, struct soak_block *b)
{
	struct soak_ring *x = s->ring;

	SOAK_CHECK(s, iio_command(&x->ring, s->fd, b->mem.fd, b->len, x->flags,
				  index_of(s, b)),
		   "io_uring takes no more commands");
	x->given++;
	x->complete[index_of(s, b)] = false;
	b->begun = false;
}

static void read_completions(struct soak *s)
{
	struct soak_ring *x = s->ring;
	struct uring_done done;

	while (uring_take(&x->ring, &done)) {
		SOAK_CHECK(s, done.user_data < s->num && !x->complete[done.user_data],
			   "a completion that nobody waits for");
		x->done[done.user_data] = done;
		x->complete[done.user_data] = true;
		s->blocks[done.user_data].begun = x->flags;
		s->counts.commands++;
		if (done.res < 0)
			continue;
		SOAK_CHECK(s, done.extra > x->sequence,
			   "transfer %llu is complete behind transfer %llu",
			   (unsigned long long)done.extra, x->sequence);
		x->sequence = done.extra;
	}
}

static void enter(struct soak *s, unsigned int wait)
{
	struct soak_ring *x = s->ring;
	int ret = uring_enter(&x->ring, wait, WAIT_MS);

	SOAK_CHECK(s, ret >= 0, "io_uring_enter: %s", strerror(-ret));
	SOAK_CHECK(s, (unsigned int)ret == x->given, "of %u commands %d were submitted",
		   x->given, ret);
	x->given = 0;
	read_completions(s);
}

void soak_ring_submit(struct soak *s)
{
	if (s->ring && s->ring->given)
		enter(s, 0);
}

/* How many of those in the queue are not complete. */
static unsigned int pending(const struct soak *s)
{
	unsigned int i, num = 0;

	for (i = 0; i < s->queued; i++)
		num += !s->ring->complete[index_of(s, s->queue[i])];

	return num;
}

/* All in the queue have to come to an end by themselves. */
void soak_ring_wait(struct soak *s)
{
	unsigned int num = pending(s), depth = s->ring->depth;

	if (!s->ring->complete[index_of(s, s->queue[0])])
		enter(s, num < depth ? num : depth);
}

int soak_ring_result(struct soak *s, const struct soak_block *b)
{
	struct soak_ring *x = s->ring;

	while (!x->complete[index_of(s, b)])
		enter(s, 1);

	return x->done[index_of(s, b)].res;
}
