// SPDX-License-Identifier: GPL-2.0
/*
 * Cyclic output: a block that is sent again and again until it is replaced,
 * detached or switched off, and never ends by itself.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "abi.h"

#define SIZE	16384
/* Contiguous, as a core without scatter-gather can repeat one piece of memory only. */
#define PIECE	4096
/* Long enough to see a block that is not repeated end. */
#define LOOK_MS	100

static struct dmabuf *queue_cyclic_of(struct abi *t, size_t size)
{
	struct dmabuf *d = abi_attached(t, size);
	size_t len = abi_size(t, size);

	abi_load(t, d, len);
	EXPECT(iio_enqueue(t->fd, d->fd, len, IIO_BUFFER_DMABUF_CYCLIC), 0);

	return d;
}

static struct dmabuf *queue_cyclic(struct abi *t)
{
	return queue_cyclic_of(t, SIZE);
}

static void expect_running(struct dmabuf *d)
{
	CHECK(dmabuf_wait(d, LOOK_MS) == 0, "it has ended by itself");
}

static struct dmabuf *start_cyclic(struct abi *t)
{
	struct dmabuf *d = queue_cyclic(t);

	if (!t->enabled)
		abi_enable(t);
	expect_running(d);

	return d;
}

static void expect_ended(struct abi *t, struct dmabuf *d)
{
	(void)t;
	CHECK(dmabuf_wait(d, WAIT_MS) == 1, "the cyclic block never ends");
}

static void expect_error(struct abi *t, int fence)
{
	int status = abi_fence_result(t, fence);

	CHECK(status < 0, "the fence of a block that was cut off reports success");
}

static void one_shot(struct abi *t)
{
	abi_transfer(t, abi_attached(t, SIZE), abi_size(t, SIZE));
}

static void runs(struct abi *t)
{
	start_cyclic(t);
}

static void enabled_later(struct abi *t)
{
	struct dmabuf *d = queue_cyclic(t);

	CHECK(abi_pending(t, d), "ended before it was enabled");
	abi_enable(t);
	expect_running(d);
}

/* The other side receives the block over and over without a gap. */
static void repeats(struct abi *t)
{
	struct abi *peer = abi_open_peer(t);
	size_t len = abi_size(t, SIZE);
	struct dmabuf *d, *got;
	struct pattern once;
	unsigned int i;

	abi_stall(t);
	abi_stall(peer);
	got = abi_attached(peer, SIZE);
	pattern_init(&once, "ramp", false);
	pattern_set_period(&once, len);
	verify_init(&peer->verify, &once, len, false);
	peer->checked = true;
	abi_enable(peer);

	pattern_init(&t->pattern, "ramp", false);
	d = queue_cyclic(t);
	abi_enable(t);
	for (i = 0; i < 10; i++)
		abi_transfer(peer, got, len);
	CHECK(abi_pending(t, d), "it has ended by itself");
}

static void enqueued_again(struct abi *t)
{
	struct dmabuf *d = start_cyclic(t);

	EXPECT(iio_enqueue(t->fd, d->fd, t->side->unit, 0), -EBUSY);
	EXPECT(iio_enqueue(t->fd, d->fd, t->side->unit,
			   IIO_BUFFER_DMABUF_CYCLIC), -EBUSY);
	EXPECT(iio_set_nonblock(t->fd, true), 0);
	EXPECT(iio_enqueue(t->fd, d->fd, t->side->unit, 0), -EBUSY);
	expect_running(d);
}

static void detached(struct abi *t)
{
	struct dmabuf *d = start_cyclic(t);
	int fence = abi_fence(t, d);

	EXPECT(iio_detach(t->fd, d->fd), 0);
	expect_error(t, fence);
	one_shot(t);
	EXPECT(iio_attach(t->fd, d->fd), 0);
	start_cyclic(t);
}

static void disabled(struct abi *t)
{
	struct dmabuf *d = start_cyclic(t);
	int fence = abi_fence(t, d);

	abi_disable(t);
	expect_error(t, fence);
	abi_still_works(t);
}

static void closed(struct abi *t)
{
	struct dmabuf *d = start_cyclic(t);
	int fence = abi_fence(t, d);

	abi_close(t);
	expect_error(t, fence);
	abi_disable(t);
	abi_reopen(t);
	abi_still_works(t);
}

static void replaced_by_one_shot(struct abi *t)
{
	struct dmabuf *d = start_cyclic(t);
	int fence = abi_fence(t, d);

	one_shot(t);
	EXPECT(abi_fence_result(t, fence), 1);
	one_shot(t);
	/* And is a block like any other again. */
	abi_transfer(t, d, abi_size(t, SIZE));
}

static void replaced_again_and_again(struct abi *t)
{
	struct dmabuf *cyclic = abi_attached(t, SIZE);
	struct dmabuf *single = abi_attached(t, SIZE);
	size_t len = abi_size(t, SIZE);
	unsigned int i;

	abi_enable(t);
	for (i = 0; i < 20; i++) {
		abi_load(t, cyclic, len);
		EXPECT(iio_enqueue(t->fd, cyclic->fd, len,
				   IIO_BUFFER_DMABUF_CYCLIC), 0);
		CHECK(abi_pending(t, cyclic), "it has ended by itself");
		abi_transfer(t, single, len);
		expect_ended(t, cyclic);
	}
}

/* All three are there before the first of them can begin. */
static void between_two_one_shots(struct abi *t)
{
	size_t len = abi_size(t, SIZE);
	struct dmabuf *first = abi_attached(t, SIZE), *cyclic, *last;

	abi_queue(t, first, len);
	cyclic = queue_cyclic(t);
	last = abi_attached(t, SIZE);
	abi_queue(t, last, len);

	abi_enable(t);
	CHECK(dmabuf_wait(first, WAIT_MS) == 1, "the first one never ends");
	CHECK(dmabuf_wait(last, WAIT_MS) == 1, "the last one never ends");
	expect_ended(t, cyclic);
	one_shot(t);
}

static void behind_a_one_shot(struct abi *t)
{
	size_t len = abi_size(t, SIZE);
	struct dmabuf *first = abi_attached(t, SIZE), *cyclic;

	abi_queue(t, first, len);
	cyclic = queue_cyclic(t);
	abi_enable(t);
	CHECK(dmabuf_wait(first, WAIT_MS) == 1, "the first one never ends");
	expect_running(cyclic);
}

/* Lets the far end move, a little later: DETACH may have to wait for that. */
static pid_t release_later(struct abi *peer)
{
	size_t len = abi_size(peer, peer->env->stall_size);
	pid_t pid;

	EXPECT(iio_enqueue(peer->fd, abi_attached(peer, len)->fd, len, 0), 0);
	pid = fork();
	if (!pid) {
		usleep(LOOK_MS * 1000);
		_exit(!!iio_enable(&peer->target, true));
	}

	return pid;
}

/*
 * What was enqueued behind it takes its place. Which of the two ends the cyclic
 * block, detaching or being replaced, depends on who comes first.
 */
static void detached_with_others_behind(struct abi *t)
{
	struct abi *peer = abi_open_peer(t);
	struct dmabuf *cyclic, *next[2];
	size_t len = abi_size(t, SIZE);
	pid_t pid;
	int i;

	/*
	 * The far end stands still. A loop in hardware is cut short all the same, and what
	 * is behind waits until the far end moves.
	 */
	abi_stall(t);
	abi_stall(peer);
	cyclic = abi_attached(t, t->env->stall_size);
	EXPECT(iio_enqueue(t->fd, cyclic->fd,
			   cyclic->size / t->side->unit * t->side->unit,
			   IIO_BUFFER_DMABUF_CYCLIC), 0);
	abi_enable(t);
	for (i = 0; i < 2; i++) {
		next[i] = abi_attached(t, SIZE);
		EXPECT(iio_enqueue(t->fd, next[i]->fd, len, 0), 0);
	}
	pid = release_later(peer);
	EXPECT(iio_detach(t->fd, cyclic->fd), 0);
	expect_ended(t, cyclic);
	for (i = 0; i < 2; i++)
		CHECK(dmabuf_wait(next[i], WAIT_MS) == 1,
		      "block %d behind it never ends", i);
	waitpid(pid, NULL, 0);
}

static void one_sample_set(struct abi *t)
{
	struct dmabuf *d = abi_attached(t, SIZE);

	abi_load(t, d, t->side->unit);
	EXPECT(iio_enqueue(t->fd, d->fd, t->side->unit,
			   IIO_BUFFER_DMABUF_CYCLIC), 0);
	abi_enable(t);
	expect_running(d);
	one_shot(t);
	expect_ended(t, d);
}

struct counters {
	unsigned long long accesses;
	unsigned long long irqs;
	unsigned long long bytes;
};

static unsigned long long counter(const char *text, const char *name)
{
	const char *at = strstr(text, name);

	CHECK(at, "nobody counts '%s'", name);

	return strtoull(at + strlen(name), NULL, 10);
}

static void read_counters(struct abi *t, struct counters *c)
{
	char text[512];

	EXPECT(sysfs_read(text, sizeof(text), "%s", t->side->counters), 0);
	c->accesses = counter(text, "reads ") + counter(text, "writes ");
	c->irqs = counter(text, "irqs ");
	c->bytes = counter(text, "bytes ");
}

static void wait_bytes(struct abi *t, unsigned long long bytes, struct counters *c)
{
	long end = abi_ms() + WAIT_MS;

	do {
		usleep(1000);
		read_counters(t, c);
		CHECK(abi_ms() < end, "no more bytes are sent");
	} while (c->bytes < bytes);
}

/* The CPU has nothing to do with a block that runs again and again. */
static void expect_free_passes(struct abi *t, size_t len)
{
	struct counters before, after;

	read_counters(t, &before);
	wait_bytes(t, before.bytes + 2 * len, &before);
	wait_bytes(t, before.bytes + 100 * len, &after);
	CHECK(after.irqs == before.irqs, "%llu interrupts for %llu passes",
	      after.irqs - before.irqs, (after.bytes - before.bytes) / len);
	CHECK(after.accesses == before.accesses, "%llu register accesses for %llu passes",
	      after.accesses - before.accesses, (after.bytes - before.bytes) / len);
}

static void passes_are_free(struct abi *t)
{
	struct dmabuf *d = queue_cyclic_of(t, PIECE);

	abi_enable(t);
	expect_free_passes(t, abi_size(t, PIECE));
	CHECK(abi_pending(t, d), "it has ended by itself");
}

/* Nor when it has replaced another one, and what replaces it finds it whole. */
static void passes_are_free_when_replaced(struct abi *t)
{
	struct dmabuf *now = queue_cyclic_of(t, PIECE), *next;
	unsigned int i;
	int fence;

	abi_enable(t);
	for (i = 0; i < 5; i++) {
		expect_free_passes(t, abi_size(t, PIECE));
		fence = abi_fence(t, now);
		next = queue_cyclic_of(t, PIECE);
		EXPECT(abi_fence_result(t, fence), 1);
		now = next;
	}
	expect_free_passes(t, abi_size(t, PIECE));

	fence = abi_fence(t, now);
	one_shot(t);
	EXPECT(abi_fence_result(t, fence), 1);
	one_shot(t);
}

/* To send it once instead would be wrong without a word. */
static void refused(struct abi *t)
{
	struct dmabuf *d = abi_attached(t, SIZE);
	size_t len = abi_size(t, SIZE);

	EXPECT(iio_enqueue(t->fd, d->fd, len, IIO_BUFFER_DMABUF_CYCLIC),
	       -EOPNOTSUPP);
	CHECK(!abi_pending(t, d), "enqueued all the same");
	abi_enable(t);
	EXPECT(iio_enqueue(t->fd, d->fd, len, IIO_BUFFER_DMABUF_CYCLIC),
	       -EOPNOTSUPP);
	CHECK(!abi_pending(t, d), "enqueued all the same");
	abi_transfer(t, d, len);
	abi_check_sink(t, len);
}

/* A ramp that starts again is no ramp to the receiver: it must not check. */
const struct abi_test abi_cyclic_tests[] = {
	{ "cyclic_runs", runs, SIDE_OUT, NEED_CYCLIC },
	{ "cyclic_enabled_later", enabled_later, SIDE_OUT, NEED_CYCLIC },
	{ "cyclic_repeats", repeats, SIDE_OUT, NEED_CYCLIC | NEED_PEER },
	{ "cyclic_enqueued_again", enqueued_again, SIDE_OUT, NEED_CYCLIC },
	{ "cyclic_detached", detached, SIDE_OUT, NEED_CYCLIC | NEED_STATUS },
	{ "cyclic_disabled", disabled, SIDE_OUT, NEED_CYCLIC | NEED_STATUS },
	{ "cyclic_closed", closed, SIDE_OUT, NEED_CYCLIC | NEED_STATUS },
	{ "cyclic_replaced", replaced_by_one_shot, SIDE_OUT,
	  NEED_CYCLIC | NEED_STATUS },
	{ "cyclic_replaced_often", replaced_again_and_again, SIDE_OUT,
	  NEED_CYCLIC },
	{ "cyclic_between_one_shots", between_two_one_shots, SIDE_OUT,
	  NEED_CYCLIC },
	{ "cyclic_behind_one_shot", behind_a_one_shot, SIDE_OUT, NEED_CYCLIC },
	{ "cyclic_detached_others_behind", detached_with_others_behind,
	  SIDE_OUT, NEED_CYCLIC | NEED_PEER },
	{ "cyclic_one_sample_set", one_sample_set, SIDE_OUT, NEED_CYCLIC },
	{ "cyclic_passes_are_free", passes_are_free, SIDE_OUT,
	  NEED_CYCLIC | NEED_COUNTERS },
	{ "cyclic_replaced_passes_are_free", passes_are_free_when_replaced, SIDE_OUT,
	  NEED_CYCLIC | NEED_COUNTERS | NEED_STATUS },
	{ "cyclic_refused", refused, SIDE_OUT, NEED_NO_CYCLIC },
	{ 0 },
};
