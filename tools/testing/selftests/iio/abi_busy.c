// SPDX-License-Identifier: GPL-2.0
/*
 * Right at the wrong moment: a DMABUF that is in use already, by this buffer
 * or by another one. What is in use is not disturbed.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "abi.h"

#define SIZE	16384

static void attach_twice(struct abi *t)
{
	struct dmabuf *d = abi_attached(t, SIZE);
	size_t len = abi_size(t, SIZE);

	EXPECT(iio_attach(t->fd, d->fd), -EBUSY);
	abi_enable(t);
	abi_transfer(t, d, len);
	EXPECT(iio_attach(t->fd, d->fd), -EBUSY);
	abi_transfer(t, d, len);
	abi_check_sink(t, 2 * len);

	/* There is one attachment, not two. */
	EXPECT(iio_detach(t->fd, d->fd), 0);
	EXPECT(iio_detach(t->fd, d->fd), -EPERM);
}

/* Another descriptor of the same DMABUF is the same DMABUF. */
static void attach_duplicate(struct abi *t)
{
	struct dmabuf *d = abi_attached(t, SIZE);
	int copy = dup(d->fd);

	EXPECT(iio_attach(t->fd, copy), -EBUSY);
	EXPECT(iio_detach(t->fd, copy), 0);
	EXPECT(iio_detach(t->fd, d->fd), -EPERM);
	abi_still_works(t);
}

static void attach_again(struct abi *t)
{
	struct dmabuf *d = abi_attached(t, SIZE);
	size_t len = abi_size(t, SIZE);

	abi_enable(t);
	abi_transfer(t, d, len);
	EXPECT(iio_detach(t->fd, d->fd), 0);
	EXPECT(iio_attach(t->fd, d->fd), 0);
	abi_transfer(t, d, len);
	abi_check_sink(t, 2 * len);
}

static void attach_during_fileio(struct abi *t)
{
	struct dmabuf *d = abi_alloc(t, SIZE);

	abi_enable(t);
	EXPECT(iio_attach(t->fd, d->fd), -EBUSY);
	EXPECT(iio_enqueue(t->fd, d->fd, abi_size(t, SIZE), 0), -EPERM);
	abi_disable(t);
	EXPECT(iio_attach(t->fd, d->fd), 0);
	abi_still_works(t);
}

static void attach_keeps_queue(struct abi *t)
{
	struct dmabuf *first = abi_attached(t, SIZE), *second;
	size_t len = abi_size(t, SIZE);

	abi_queue(t, first, len);
	second = abi_attached(t, SIZE);
	abi_queue(t, second, len);
	abi_enable(t);
	abi_done(t, first, len);
	abi_done(t, second, len);
	abi_check_sink(t, 2 * len);
}

static void attach_while_streaming(struct abi *t)
{
	struct dmabuf *first = abi_attached(t, SIZE), *second;
	size_t len = abi_size(t, SIZE);

	abi_enable(t);
	abi_transfer(t, first, len);
	second = abi_attached(t, SIZE);
	abi_transfer(t, second, len);
	abi_transfer(t, first, len);
	abi_check_sink(t, 3 * len);
}

/* @again: in between, while the first is waiting or running. */
static void enqueue_twice(struct abi *t, bool nonblock)
{
	struct dmabuf *d = abi_attached(t, SIZE);
	size_t len = abi_size(t, SIZE);

	abi_queue(t, d, len);
	EXPECT(iio_set_nonblock(t->fd, nonblock), 0);
	EXPECT(iio_enqueue(t->fd, d->fd, len, 0), -EBUSY);
	EXPECT(iio_enqueue(t->fd, d->fd, t->side->unit, 0), -EBUSY);
	CHECK(abi_pending(t, d), "refusing the second ended the first");

	abi_enable(t);
	abi_done(t, d, len);
	abi_transfer(t, d, len);
	abi_check_sink(t, 2 * len);
}

static void enqueue_queued(struct abi *t)
{
	enqueue_twice(t, false);
}

static void enqueue_queued_nonblock(struct abi *t)
{
	enqueue_twice(t, true);
}

/* However it is refused: the fence of the first belongs to the first. */
static void enqueue_queued_often(struct abi *t)
{
	struct dmabuf *d = abi_attached(t, SIZE);
	size_t len = abi_size(t, SIZE);
	unsigned int i;

	EXPECT(iio_set_nonblock(t->fd, true), 0);
	abi_queue(t, d, len);
	for (i = 0; i < 100; i++)
		CHECK(iio_enqueue(t->fd, d->fd, len, 0) < 0,
		      "enqueued twice at a time");

	abi_enable(t);
	abi_done(t, d, len);
	for (i = 0; i < 100; i++)
		abi_transfer(t, d, len);
	abi_check_sink(t, 101 * len);
}

static void enqueue_active(struct abi *t)
{
	struct dmabuf *d = abi_stalled(t);

	EXPECT(iio_enqueue(t->fd, d->fd, t->side->unit, 0), -EBUSY);
	EXPECT(iio_set_nonblock(t->fd, true), 0);
	EXPECT(iio_enqueue(t->fd, d->fd, t->side->unit, 0), -EBUSY);
	CHECK(abi_pending(t, d), "refusing the second ended the first");
}

static void enqueue_done(struct abi *t)
{
	struct dmabuf *d = abi_attached(t, SIZE);
	size_t len = abi_size(t, SIZE);
	unsigned int i;

	EXPECT(iio_set_nonblock(t->fd, true), 0);
	abi_enable(t);
	for (i = 0; i < 100; i++)
		abi_transfer(t, d, len);
	abi_check_sink(t, 100 * len);
}

static void detach_twice(struct abi *t)
{
	struct dmabuf *d = abi_attached(t, SIZE);

	EXPECT(iio_detach(t->fd, d->fd), 0);
	EXPECT(iio_detach(t->fd, d->fd), -EPERM);
	abi_still_works(t);
}

/*
 * One DMABUF at two buffers. A transfer waits for those of others that write
 * what it reads or use what it writes: here the other buffer is not enabled,
 * so that its transfer stays pending as long as we like.
 */
static struct dmabuf *shared_block(struct abi *t, struct abi *peer)
{
	struct dmabuf *d = abi_attached(t, SIZE);

	EXPECT(iio_attach(peer->fd, d->fd), 0);
	abi_queue(peer, d, abi_size(peer, SIZE));

	return d;
}

static void others_transfer_nonblock(struct abi *t)
{
	struct abi *peer = abi_open_peer(t);
	struct dmabuf *d = shared_block(t, peer);
	size_t len = abi_size(t, SIZE);

	EXPECT(iio_set_nonblock(t->fd, true), 0);
	EXPECT(abi_enqueue_bounded(t, d, len), -EBUSY);

	abi_enable(peer);
	abi_done(peer, d, abi_size(peer, SIZE));
	abi_enable(t);
	abi_transfer(t, d, len);
}

/* A second block of the same buffer must not have to wait for the first. */
static void others_transfer_nonblock_unrelated(struct abi *t)
{
	struct abi *peer = abi_open_peer(t);
	struct dmabuf *d = shared_block(t, peer);
	struct dmabuf *own = abi_attached(t, SIZE);
	size_t len = abi_size(t, SIZE);
	pid_t pid = fork();
	int ret;

	if (!pid) {
		iio_enqueue(t->fd, d->fd, len, 0);
		_exit(0);
	}
	usleep(100000);

	EXPECT(iio_set_nonblock(t->fd, true), 0);
	abi_load(t, own, len);
	ret = abi_enqueue_bounded(t, own, len);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	CHECK(ret != -EINTR, "it waited for the transfer of another DMABUF");
	EXPECT(ret, 0);
}

static void others_transfer_interrupted(struct abi *t)
{
	struct abi *peer = abi_open_peer(t);
	struct dmabuf *d = shared_block(t, peer);
	size_t len = abi_size(t, SIZE);

	EXPECT(abi_enqueue_bounded(t, d, len), -EINTR);

	abi_enable(peer);
	abi_done(peer, d, abi_size(peer, SIZE));
	abi_enable(t);
	abi_transfer(t, d, len);
}

static void others_transfer_waits(struct abi *t)
{
	struct abi *peer = abi_open_peer(t);
	struct dmabuf *d = shared_block(t, peer);
	size_t len = abi_size(t, SIZE);
	pid_t pid;
	int ret;

	pid = fork();
	if (!pid) {
		usleep(100000);
		_exit(!!iio_enable(&peer->target, true));
	}

	/* It gives up after a while, and the helper may be slow. */
	do {
		ret = iio_enqueue(t->fd, d->fd, len, 0);
	} while (ret == -EBUSY && !waitpid(pid, NULL, WNOHANG));
	EXPECT(ret, 0);
	waitpid(pid, NULL, 0);
	/* One ramp goes out as it came in, or replaces what has been sent. */
	abi_enable(t);
	abi_done(t, d, len);
	abi_check_sink(t, len);
}

const struct abi_test abi_busy_tests[] = {
	{ "attach_twice", attach_twice, SIDE_ANY, 0 },
	{ "attach_duplicate", attach_duplicate, SIDE_ANY, 0 },
	{ "attach_again", attach_again, SIDE_ANY, 0 },
	{ "attach_during_fileio", attach_during_fileio, SIDE_ANY, 0 },
	{ "attach_keeps_queue", attach_keeps_queue, SIDE_ANY, 0 },
	{ "attach_while_streaming", attach_while_streaming, SIDE_ANY, 0 },
	{ "enqueue_queued", enqueue_queued, SIDE_ANY, 0 },
	{ "enqueue_queued_nonblock", enqueue_queued_nonblock, SIDE_ANY, 0 },
	{ "enqueue_queued_often", enqueue_queued_often, SIDE_ANY, 0 },
	{ "enqueue_active", enqueue_active, SIDE_ANY, NEED_STALL },
	{ "enqueue_done", enqueue_done, SIDE_ANY, 0 },
	{ "detach_twice", detach_twice, SIDE_ANY, 0 },
	{ "others_transfer_nonblock", others_transfer_nonblock, SIDE_ANY,
	  NEED_BOTH },
	{ "others_transfer_nonblock_unrelated",
	  others_transfer_nonblock_unrelated, SIDE_ANY, NEED_BOTH },
	{ "others_transfer_interrupted", others_transfer_interrupted, SIDE_ANY,
	  NEED_BOTH },
	{ "others_transfer_waits", others_transfer_waits, SIDE_ANY, NEED_BOTH },
	{ 0 },
};
