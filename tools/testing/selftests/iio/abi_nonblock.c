// SPDX-License-Identifier: GPL-2.0
/*
 * O_NONBLOCK on a loaded machine. What is refused with EBUSY is what may take long:
 * a block that is busy, another user's transfer. That another thread is in the
 * middle of a call which takes an instant is nothing that a program can be told,
 * since it could not tell it from those.
 *
 * The other threads run all the time, and lose the CPU to the first one at any
 * point: often enough while they hold what it needs.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "abi.h"

#define SIZE	16384
#define LARGE	(2 << 20)
#define ROUNDS	250

static atomic_bool stop;
static struct dmabuf *other;	/* stays attached */
static atomic_int own = -1;		/* descriptor of the first thread's block */

/* New memory each time: the last mapping goes a moment after DETACH. */
static void attach_and_detach(struct abi *t)
{
	struct dmabuf d;

	/* Pages, so that there is something to do for each. */
	if (dmabuf_alloc(&d, NULL, LARGE))
		return;
	iio_attach(t->fd, d.fd);
	iio_detach(t->fd, d.fd);
	dmabuf_free(&d);
}

static void transfer_other(struct abi *t)
{
	iio_enqueue(t->fd, other->fd, t->side->unit, 0);
}

static void ask_for_other(struct abi *t)
{
	struct iio_dmabuf_status status;

	iio_status(t->fd, other->fd, &status);
}

/* Looks at the reservation object of the block that is transferred. */
static void poll_block(struct abi *t)
{
	struct pollfd pfd = { .fd = own, .events = POLLIN | POLLOUT };

	(void)t;
	poll(&pfd, 1, 0);
}

static void poll_buffer(struct abi *t)
{
	struct pollfd pfd = { .fd = t->fd, .events = POLLIN | POLLOUT };

	poll(&pfd, 1, 0);
}

static void sync_file(struct abi *t)
{
	fsync(t->fd);
}

static void (*const calls[])(struct abi *t) = {
	attach_and_detach, attach_and_detach, transfer_other, ask_for_other,
	poll_block, poll_buffer, sync_file,
};

struct busy {
	struct abi *t;
	void (*call)(struct abi *t);
	pthread_t thread;
};

static void *call_often(void *arg)
{
	struct busy *b = arg;

	while (!stop)
		b->call(b->t);

	return NULL;
}

struct count {
	unsigned int attach, enqueue, detach;	/* refused with EBUSY */
};

static unsigned int is_busy(const char *what, int ret)
{
	CHECK(!ret || ret == -EBUSY, "%s: %s", what, abi_error(ret));

	return ret == -EBUSY;
}

/* Until it is done, so that the next round begins as this one did. */
static void again(int (*call)(int fd, int dmabuf), int fd, int dmabuf)
{
	while (call(fd, dmabuf) == -EBUSY)
		usleep(100);
}

/* The others come to any point of what they do. */
static void let_others_run(unsigned int *seed)
{
	usleep(rand_r(seed) % 500);
}

static void one_round(struct abi *t, struct count *c, unsigned int *seed)
{
	size_t len = abi_size(t, SIZE);
	struct dmabuf d;
	unsigned int refused;

	CHECK(!dmabuf_alloc(&d, t->env->heap, len), "no memory");
	own = d.fd;

	let_others_run(seed);
	refused = is_busy("ATTACH", iio_attach(t->fd, d.fd));
	c->attach += refused;
	if (refused)
		again(iio_attach, t->fd, d.fd);

	let_others_run(seed);
	refused = is_busy("ENQUEUE", iio_enqueue(t->fd, d.fd, len, 0));
	c->enqueue += refused;
	if (!refused)
		CHECK(dmabuf_wait(&d, WAIT_MS) == 1, "the transfer never ends");

	let_others_run(seed);
	refused = is_busy("DETACH", iio_detach(t->fd, d.fd));
	c->detach += refused;
	if (refused)
		again(iio_detach, t->fd, d.fd);
	dmabuf_free(&d);
}

static void nonblock_beside_others(struct abi *t)
{
	struct busy busy[ARRAY_SIZE(calls)];
	const struct sched_param param = { .sched_priority = 1 };
	unsigned int seed = t->env->seed;
	struct count c = { 0 };
	size_t i;

	other = abi_attached(t, SIZE);
	EXPECT(iio_set_nonblock(t->fd, true), 0);
	abi_enable(t);

	for (i = 0; i < ARRAY_SIZE(calls); i++) {
		busy[i] = (struct busy){ .t = t, .call = calls[i] };
		CHECK(!pthread_create(&busy[i].thread, NULL, call_often, &busy[i]),
		      "no thread");
	}
	sched_setscheduler(0, SCHED_FIFO, &param);
	for (i = 0; i < ROUNDS; i++)
		one_round(t, &c, &seed);
	stop = true;
	for (i = 0; i < ARRAY_SIZE(calls); i++)
		pthread_join(busy[i].thread, NULL);

	CHECK(!c.attach && !c.enqueue && !c.detach,
	      "nothing was busy, and in %u rounds EBUSY came from %u ATTACH, %u ENQUEUE, %u DETACH",
	      ROUNDS, c.attach, c.enqueue, c.detach);
}

/* What may take long is refused all the same. */
static void nonblock_never_waits(struct abi *t)
{
	struct abi *peer = abi_open_peer(t);
	struct dmabuf *d = abi_attached(t, SIZE);
	size_t len = abi_size(t, SIZE);

	EXPECT(iio_attach(peer->fd, d->fd), 0);
	abi_queue(peer, d, abi_size(peer, SIZE));
	EXPECT(iio_set_nonblock(t->fd, true), 0);
	EXPECT(abi_enqueue_bounded(t, d, len), -EBUSY);
	EXPECT(iio_detach(t->fd, d->fd), 0);
	CHECK(abi_pending(t, d), "the transfer of the other buffer has ended");
}

const struct abi_test abi_nonblock_tests[] = {
	{ "nonblock_beside_others", nonblock_beside_others, SIDE_ANY, 0 },
	{ "nonblock_never_waits", nonblock_never_waits, SIDE_ANY, NEED_BOTH },
	{ 0 },
};
