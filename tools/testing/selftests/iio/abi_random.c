// SPDX-License-Identifier: GPL-2.0
/*
 * Operations in any order: first one after the other, where each result is
 * known beforehand; then from several threads, where only those results are
 * ruled out that nothing can explain. Whatever has happened, everything that was
 * enqueued ends with the buffer, and the buffer works as ever.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "abi.h"

#define BLOCKS		6
#define SIZE		8192
#define STEPS		3000
#define THREADS		4

struct any {
	struct abi *t;
	unsigned int seed;
	bool attached[BLOCKS];
	bool fileio;	/* enabled without a DMABUF: ATTACH has to wait */
	bool nonblock;
	bool failed;
};

static unsigned int below(struct any *a, unsigned int n)
{
	return rand_r(&a->seed) % n;
}

static struct dmabuf *block(struct any *a, unsigned int i)
{
	return &a->t->blocks[i];
}

static bool pending(struct any *a, unsigned int i)
{
	return dmabuf_wait(block(a, i), 0) == 0;
}

static size_t any_length(struct any *a)
{
	size_t units = block(a, 0)->size / a->t->side->unit;

	return (1 + below(a, units)) * a->t->side->unit;
}

static uint32_t any_flags(struct any *a)
{
	bool can = a->t->target.dir == IIO_DIR_OUT && !a->t->side->no_cyclic;

	return can && !below(a, 4) ? IIO_BUFFER_DMABUF_CYCLIC : 0;
}

static unsigned int num_attached(struct any *a)
{
	unsigned int i, n = 0;

	for (i = 0; i < BLOCKS; i++)
		n += a->attached[i];

	return n;
}

static void toggle_enable(struct any *a)
{
	bool on = !a->t->enabled;
	unsigned int i;

	EXPECT(iio_enable(&a->t->target, on), 0);
	a->t->enabled = on;
	a->fileio = on && !num_attached(a);
	for (i = 0; !on && i < BLOCKS; i++)
		CHECK(!a->attached[i] || !pending(a, i),
		      "block %u is pending after disable", i);
}

static void close_and_open(struct any *a)
{
	unsigned int i;

	abi_close(a->t);
	for (i = 0; i < BLOCKS; i++) {
		CHECK(!pending(a, i), "block %u is pending after close", i);
		a->attached[i] = false;
	}
	abi_reopen(a->t);
	a->nonblock = false;
}

static void attach(struct any *a, unsigned int i)
{
	bool busy = a->attached[i] || a->fileio;

	EXPECT(iio_attach(a->t->fd, block(a, i)->fd), busy ? -EBUSY : 0);
	a->attached[i] |= !busy;
}

/* Nothing but another transfer may end it meanwhile, and that only succeeds. */
static void enqueue(struct any *a, unsigned int i)
{
	bool was_pending = pending(a, i);
	int ret = iio_enqueue(a->t->fd, block(a, i)->fd, any_length(a),
			      any_flags(a));

	if (!a->attached[i])
		EXPECT(ret, -EPERM);
	else if (!was_pending)
		EXPECT(ret, 0);
	else
		CHECK(!ret || ret == -EBUSY, "enqueue: %d", ret);
}

static void detach(struct any *a, unsigned int i)
{
	EXPECT(iio_detach(a->t->fd, block(a, i)->fd), a->attached[i] ? 0 : -EPERM);
	a->attached[i] = false;
}

static void ask(struct any *a, unsigned int i)
{
	struct iio_dmabuf_status status;
	int ret = iio_status(a->t->fd, block(a, i)->fd, &status);

	if (a->t->side->no_status)
		return;
	EXPECT(ret, a->attached[i] ? 0 : -EPERM);
	CHECK(ret || !status.bytes_transferred ||
	      !(status.flags & IIO_BUFFER_DMABUF_STATUS_PENDING),
	      "a result of a transfer that is pending");
}

static void step(struct any *a)
{
	unsigned int what = below(a, 100), i = below(a, BLOCKS);

	if (what < 50)
		enqueue(a, i);
	else if (what < 65)
		attach(a, i);
	else if (what < 77)
		detach(a, i);
	else if (what < 87)
		ask(a, i);
	else if (what < 98)
		toggle_enable(a);
	else
		close_and_open(a);
}

static void start(struct abi *t, struct any *a)
{
	unsigned int i;

	*a = (struct any){ .t = t, .seed = t->env->seed };
	t->checked = false;
	for (i = 0; i < BLOCKS; i++)
		abi_alloc(t, SIZE);
}

static void random_operations(struct abi *t)
{
	struct any a;
	unsigned int i;

	start(t, &a);
	for (i = 0; i < STEPS; i++)
		step(&a);
	close_and_open(&a);
	if (t->enabled)
		abi_disable(t);
	abi_unstall(t);
	abi_still_works(t);
}

static bool one_of(int ret, const int *allowed)
{
	while (*allowed && ret != *allowed)
		allowed++;

	return ret == *allowed;
}

/* What can come of a call when others do as they like at the same time. */
static bool concurrent_step(struct any *a)
{
	static const int attach_errors[] = { -EBUSY, -EAGAIN, 0 };
	static const int detach_errors[] = { -EPERM, 0 };
	static const int enqueue_errors[] = { -EPERM, -EBUSY, -EAGAIN, 0 };
	static const int status_errors[] = { -EPERM, -EINVAL, 0 };
	unsigned int what = below(a, 100);
	struct dmabuf *d = block(a, below(a, BLOCKS));
	struct iio_dmabuf_status status;
	int fd = a->t->fd;

	if (what < 50)
		return one_of(iio_enqueue(fd, d->fd, any_length(a), any_flags(a)),
			      enqueue_errors);
	if (what < 65)
		return one_of(iio_attach(fd, d->fd), attach_errors);
	if (what < 80)
		return one_of(iio_detach(fd, d->fd), detach_errors);
	if (what < 88)
		return one_of(iio_status(fd, d->fd, &status), status_errors);
	if (what < 91)
		return !iio_set_nonblock(fd, below(a, 2));

	return !iio_enable(&a->t->target, below(a, 2));
}

static void *many_steps(void *arg)
{
	struct any *a = arg;
	unsigned int i;

	for (i = 0; i < STEPS / THREADS && !a->failed; i++)
		a->failed = !concurrent_step(a);

	return NULL;
}

static void random_threads(struct abi *t)
{
	struct any a, any[THREADS];
	pthread_t thread[THREADS];
	unsigned int i;

	start(t, &a);
	for (i = 0; i < THREADS; i++) {
		any[i] = a;
		any[i].seed += i;
		CHECK(!pthread_create(&thread[i], NULL, many_steps, &any[i]),
		      "no thread");
	}
	for (i = 0; i < THREADS; i++)
		pthread_join(thread[i], NULL);
	for (i = 0; i < THREADS; i++)
		CHECK(!any[i].failed, "an error that nothing explains");

	abi_close(t);
	for (i = 0; i < BLOCKS; i++)
		CHECK(!pending(&a, i), "block %u is pending after close", i);
	EXPECT(iio_enable(&t->target, false), 0);
	abi_reopen(t);
	abi_unstall(t);
	abi_still_works(t);
}

const struct abi_test abi_random_tests[] = {
	{ "random_operations", random_operations, SIDE_ANY, 0 },
	{ "random_threads", random_threads, SIDE_ANY, 0 },
	{ 0 },
};
