// SPDX-License-Identifier: GPL-2.0
/*
 * What becomes of a block that was enqueued. Its fence is pending until the
 * transfer ends, and is signalled in every case: with success after the
 * transfer, with an error when the block is withdrawn or the transfer cut off.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include "abi.h"

#define SIZE	16384
#define DEPTH	8

static void poll_before_enqueue(struct abi *t)
{
	struct dmabuf *d = abi_attached(t, SIZE);

	CHECK(dmabuf_poll(d, POLLIN, 0) == 1, "not readable");
	CHECK(dmabuf_poll(d, POLLOUT, 0) == 1, "not writable");
}

/*
 * Others may read what the device reads too, but must not look at what it is
 * writing; nobody may write.
 */
static void poll_while_queued(struct abi *t)
{
	struct dmabuf *d = abi_attached(t, SIZE);
	size_t len = abi_size(t, SIZE);

	abi_queue(t, d, len);
	CHECK(dmabuf_poll(d, POLLOUT, 0) == 0, "writable while queued");
	CHECK(dmabuf_poll(d, POLLIN, 0) == (t->target.dir == IIO_DIR_OUT),
	      t->target.dir == IIO_DIR_OUT ? "not readable while queued" :
					     "readable while queued");

	abi_enable(t);
	abi_done(t, d, len);
	CHECK(dmabuf_poll(d, POLLIN, 0) == 1, "not readable afterwards");
	CHECK(dmabuf_poll(d, POLLOUT, 0) == 1, "not writable afterwards");
}

static void queued_then_enabled(struct abi *t)
{
	struct dmabuf *d = abi_attached(t, SIZE);
	size_t len = abi_size(t, SIZE);
	int fence;

	abi_queue(t, d, len);
	fence = abi_fence(t, d);
	abi_enable(t);
	EXPECT(abi_fence_result(t, fence), 1);
	abi_done(t, d, len);
	abi_check_sink(t, len);
}

/* Without sync_file, all that can be seen is that the fence is signalled. */
static void queued_then_enabled_many(struct abi *t)
{
	struct dmabuf *d[DEPTH];
	size_t len = abi_size(t, SIZE);
	unsigned int i, round;

	for (i = 0; i < DEPTH; i++)
		d[i] = abi_attached(t, SIZE);
	for (i = 0; i < DEPTH; i++)
		abi_queue(t, d[i], len);
	abi_enable(t);

	for (round = 0; round < 5; round++)
		for (i = 0; i < DEPTH; i++) {
			abi_done(t, d[i], len);
			if (round < 4)
				abi_queue(t, d[i], len);
		}
	abi_check_sink(t, 5 * DEPTH * len);
}

static void transfers_end_in_order(struct abi *t)
{
	struct dmabuf *d[DEPTH];
	size_t len = abi_size(t, SIZE);
	unsigned int i;

	for (i = 0; i < DEPTH; i++)
		d[i] = abi_attached(t, SIZE);
	for (i = 0; i < DEPTH; i++)
		abi_queue(t, d[i], len);
	abi_enable(t);

	CHECK(dmabuf_wait(d[DEPTH - 1], WAIT_MS) == 1,
	      "the last transfer never ends");
	for (i = 0; i < DEPTH; i++)
		CHECK(!abi_pending(t, d[i]),
		      "transfer %u is not done, but the last one is", i);
	for (i = 0; i < DEPTH; i++)
		abi_done(t, d[i], len);
}

/* The same blocks with another length each time, from one set to all of it. */
static void lengths_change(struct abi *t)
{
	struct dmabuf *d[2];
	size_t largest = abi_size(t, SIZE) / t->side->unit;
	uint64_t sum = 0;
	unsigned int i;

	d[0] = abi_attached(t, SIZE);
	d[1] = abi_attached(t, SIZE);
	abi_enable(t);
	for (i = 0; i < 200; i++) {
		size_t len = (1 + i * 37 % largest) * t->side->unit;

		abi_transfer(t, d[i & 1], len);
		sum += len;
	}
	abi_check_sink(t, sum);
}

static void withdrawn_by_detach(struct abi *t)
{
	struct dmabuf *d = abi_attached(t, SIZE);
	int fence;

	abi_queue(t, d, abi_size(t, SIZE));
	fence = abi_fence(t, d);
	EXPECT(iio_detach(t->fd, d->fd), 0);
	EXPECT(abi_fence_result(t, fence), -ECANCELED);

	/* Nothing of it is in the way of what comes now. */
	abi_restart_pattern(t);
	abi_still_works(t);
}

/* The first and the third stay as they are. */
static void withdrawn_from_the_middle(struct abi *t)
{
	struct dmabuf *d[3];
	size_t len = abi_size(t, SIZE);
	unsigned int i;
	int fence;

	for (i = 0; i < 3; i++)
		d[i] = abi_attached(t, SIZE);
	abi_queue(t, d[0], len);
	EXPECT(iio_enqueue(t->fd, d[1]->fd, len, 0), 0);
	abi_queue(t, d[2], len);
	fence = abi_fence(t, d[1]);

	EXPECT(iio_detach(t->fd, d[1]->fd), 0);
	EXPECT(abi_fence_result(t, fence), -ECANCELED);
	CHECK(abi_pending(t, d[0]) && abi_pending(t, d[2]),
	      "its neighbours ended with it");

	abi_enable(t);
	abi_done(t, d[0], len);
	abi_done(t, d[2], len);
	abi_check_sink(t, 2 * len);
}

static void withdrawn_by_close(struct abi *t)
{
	struct dmabuf *d[2];
	int fence[2], i;

	for (i = 0; i < 2; i++) {
		d[i] = abi_attached(t, SIZE);
		abi_queue(t, d[i], abi_size(t, SIZE));
		fence[i] = abi_fence(t, d[i]);
	}
	abi_close(t);
	for (i = 0; i < 2; i++)
		EXPECT(abi_fence_result(t, fence[i]), -ECANCELED);

	abi_reopen(t);
	abi_restart_pattern(t);
	abi_still_works(t);
}

static void expect_error(struct abi *t, int fence)
{
	int status = abi_fence_result(t, fence);

	CHECK(status < 0, "the fence reports success");
}

static void aborted_by_disable(struct abi *t)
{
	struct dmabuf *d = abi_stalled(t);
	int fence = abi_fence(t, d);

	abi_disable(t);
	expect_error(t, fence);
	EXPECT(iio_detach(t->fd, d->fd), 0);
}

/* More than any hardware takes at a time: some wait in the kernel. */
static void all_aborted_by_disable(struct abi *t)
{
	struct dmabuf *d[DEPTH];
	int fence[DEPTH], i;

	for (i = 0; i < DEPTH; i++)
		d[i] = i ? abi_attached(t, SIZE) : abi_stalled(t);
	for (i = 0; i < DEPTH; i++) {
		if (i)
			abi_queue(t, d[i], abi_size(t, SIZE));
		fence[i] = abi_fence(t, d[i]);
	}

	abi_disable(t);
	for (i = 0; i < DEPTH; i++)
		expect_error(t, fence[i]);
}

static void works_after_abort(struct abi *t)
{
	struct dmabuf *d = abi_stalled(t);
	int fence = abi_fence(t, d);

	abi_disable(t);
	expect_error(t, fence);
	EXPECT(iio_detach(t->fd, d->fd), 0);
	abi_unstall(t);
	abi_still_works(t);
}

static void aborted_by_close(struct abi *t)
{
	struct dmabuf *d = abi_stalled(t);
	int fence = abi_fence(t, d);

	abi_close(t);
	expect_error(t, fence);
}

/* It goes on without us; the fence tells when the memory is free. */
static void detached_while_active(struct abi *t)
{
	struct dmabuf *d = abi_stalled(t);
	int fence = abi_fence(t, d);

	EXPECT(iio_detach(t->fd, d->fd), 0);
	EXPECT(iio_detach(t->fd, d->fd), -EPERM);
	CHECK(abi_pending(t, d), "the memory was given back too early");
	abi_disable(t);
	expect_error(t, fence);
	EXPECT(iio_attach(t->fd, d->fd), 0);
}

static void detached_then_completed(struct abi *t)
{
	struct abi *peer = abi_open_peer(t);
	struct dmabuf *d = abi_stalled(t), *sent;
	int fence;

	fence = abi_fence(t, d);
	EXPECT(iio_detach(t->fd, d->fd), 0);
	CHECK(abi_pending(t, d), "the memory was given back too early");

	abi_stall(peer);
	sent = abi_attached(peer, d->size);
	abi_queue(peer, sent, sent->size / peer->side->unit * peer->side->unit);
	abi_enable(peer);
	EXPECT(abi_fence_result(t, fence), 1);
}

/* Nobody but the transfer has the DMABUF any more. */
static void descriptor_closed(struct abi *t)
{
	struct dmabuf *d = abi_attached(t, SIZE);
	int fence;

	abi_queue(t, d, abi_size(t, SIZE));
	fence = abi_fence(t, d);
	abi_free(t, d);
	abi_enable(t);
	EXPECT(abi_fence_result(t, fence), 1);
	abi_close(t);
}

static void descriptor_closed_withdrawn(struct abi *t)
{
	struct dmabuf *d = abi_attached(t, SIZE);
	int fence;

	abi_queue(t, d, abi_size(t, SIZE));
	fence = abi_fence(t, d);
	abi_free(t, d);
	abi_close(t);
	EXPECT(abi_fence_result(t, fence), -ECANCELED);
}

static void one_sample_set(struct abi *t)
{
	struct dmabuf *d = abi_attached(t, SIZE);
	unsigned int i;

	abi_enable(t);
	for (i = 0; i < 100; i++)
		abi_transfer(t, d, t->side->unit);
	abi_check_sink(t, 100 * t->side->unit);
}

static void enabled_twice(struct abi *t)
{
	unsigned int i;

	for (i = 0; i < 5; i++) {
		struct dmabuf *d = abi_attached(t, SIZE);
		size_t len = abi_size(t, SIZE);

		abi_enable(t);
		abi_transfer(t, d, len);
		abi_check_sink(t, len);
		abi_disable(t);
		EXPECT(iio_detach(t->fd, d->fd), 0);
	}
}

const struct abi_test abi_fence_tests[] = {
	{ "poll_before_enqueue", poll_before_enqueue, SIDE_ANY, 0 },
	{ "poll_while_queued", poll_while_queued, SIDE_ANY, 0 },
	{ "queued_then_enabled", queued_then_enabled, SIDE_ANY, NEED_STATUS },
	{ "queued_then_enabled_many", queued_then_enabled_many, SIDE_ANY, 0 },
	{ "transfers_end_in_order", transfers_end_in_order, SIDE_ANY, 0 },
	{ "lengths_change", lengths_change, SIDE_ANY, 0 },
	{ "one_sample_set", one_sample_set, SIDE_ANY, 0 },
	{ "enabled_twice", enabled_twice, SIDE_ANY, 0 },
	{ "withdrawn_by_detach", withdrawn_by_detach, SIDE_ANY, NEED_STATUS },
	{ "withdrawn_from_the_middle", withdrawn_from_the_middle, SIDE_ANY,
	  NEED_STATUS },
	{ "withdrawn_by_close", withdrawn_by_close, SIDE_ANY, NEED_STATUS },
	{ "aborted_by_disable", aborted_by_disable, SIDE_ANY,
	  NEED_STALL | NEED_STATUS },
	{ "all_aborted_by_disable", all_aborted_by_disable, SIDE_ANY,
	  NEED_STALL | NEED_STATUS },
	{ "works_after_abort", works_after_abort, SIDE_ANY,
	  NEED_STALL | NEED_STATUS },
	{ "aborted_by_close", aborted_by_close, SIDE_ANY,
	  NEED_STALL | NEED_STATUS },
	{ "detached_while_active", detached_while_active, SIDE_ANY,
	  NEED_STALL | NEED_STATUS },
	{ "detached_then_completed", detached_then_completed, SIDE_IN,
	  NEED_PEER | NEED_STATUS },
	{ "descriptor_closed", descriptor_closed, SIDE_ANY, NEED_STATUS },
	{ "descriptor_closed_withdrawn", descriptor_closed_withdrawn, SIDE_ANY,
	  NEED_STATUS },
	{ 0 },
};
