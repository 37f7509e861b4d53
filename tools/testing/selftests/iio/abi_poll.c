// SPDX-License-Identifier: GPL-2.0
/*
 * poll() on the buffer, not on a DMABUF: ready as long as there is a block that
 * the application can do something with, whatever its size. An input block that
 * was transferred, and was neither enqueued again nor detached; an output block
 * that is not enqueued.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include "abi.h"

#define SIZE	16384

static short wanted(struct abi *t)
{
	return t->target.dir == IIO_DIR_IN ? POLLIN : POLLOUT;
}

static short ready_after(struct abi *t, int timeout_ms)
{
	struct pollfd pfd = { .fd = t->fd, .events = POLLIN | POLLOUT };

	CHECK(poll(&pfd, 1, timeout_ms) >= 0, "poll: %d", -errno);

	return pfd.revents;
}

static void expect_ready(struct abi *t)
{
	short ready = ready_after(t, WAIT_MS);

	CHECK(ready == wanted(t), "poll reports 0x%x", ready);
}

static void expect_busy(struct abi *t)
{
	short ready = ready_after(t, 0);

	CHECK(!ready, "poll reports 0x%x", ready);
}

static void poll_attached(struct abi *t)
{
	struct dmabuf *d = abi_attached(t, SIZE);

	if (t->target.dir == IIO_DIR_IN)
		expect_busy(t);
	else
		expect_ready(t);

	abi_queue(t, d, abi_size(t, SIZE));
	expect_busy(t);
	EXPECT(iio_detach(t->fd, d->fd), 0);
	expect_busy(t);
	abi_restart_pattern(t);
	abi_still_works(t);
}

static void poll_done(struct abi *t)
{
	struct dmabuf *d = abi_attached(t, SIZE);
	size_t len = abi_size(t, SIZE);

	abi_queue(t, d, len);
	abi_enable(t);
	expect_ready(t);
	abi_done(t, d, len);

	abi_queue(t, d, len);
	expect_ready(t);
	abi_done(t, d, len);
	expect_ready(t);

	EXPECT(iio_detach(t->fd, d->fd), 0);
	expect_busy(t);
}

/* Less than what read() and write() would wait for. */
static void poll_small(struct abi *t)
{
	unsigned long long before, watermark;
	struct dmabuf *d;

	EXPECT(iio_buffer_attr_read(&t->target, "watermark", &before), 0);
	d = abi_attached(t, t->side->unit);
	abi_enable(t);
	abi_queue(t, d, t->side->unit);
	expect_ready(t);
	abi_done(t, d, t->side->unit);

	EXPECT(iio_buffer_attr_read(&t->target, "watermark", &watermark), 0);
	CHECK(watermark == before, "the watermark was %llu, and is %llu", before,
	      watermark);
}

static void poll_stalled(struct abi *t)
{
	struct dmabuf *d = abi_stalled(t), *other;

	expect_busy(t);
	if (t->target.dir == IIO_DIR_OUT) {
		other = abi_attached(t, SIZE);
		expect_ready(t);
		EXPECT(iio_detach(t->fd, other->fd), 0);
		expect_busy(t);
	}

	abi_disable(t);
	expect_ready(t);
	EXPECT(iio_detach(t->fd, d->fd), 0);
	expect_busy(t);
}

static void poll_cyclic_replaced(struct abi *t)
{
	struct dmabuf *d = abi_attached(t, SIZE), *next = abi_attached(t, SIZE);
	size_t len = abi_size(t, SIZE);

	abi_load(t, d, len);
	EXPECT(iio_enqueue(t->fd, d->fd, len, IIO_BUFFER_DMABUF_CYCLIC), 0);
	abi_enable(t);
	abi_load(t, next, len);
	EXPECT(iio_enqueue(t->fd, next->fd, len, IIO_BUFFER_DMABUF_CYCLIC), 0);
	expect_ready(t);
	CHECK(!abi_pending(t, d) && abi_pending(t, next), "the other one is done");
}

static void poll_after_fileio(struct abi *t)
{
	char data[64];
	struct dmabuf *d;

	EXPECT(iio_buffer_attr_write(&t->target, "length",
				     2 * SIZE / t->side->datum), 0);
	abi_enable(t);
	expect_ready(t);
	abi_disable(t);
	d = abi_attached(t, SIZE);
	if (t->target.dir == IIO_DIR_IN)
		expect_busy(t);
	EXPECT(iio_detach(t->fd, d->fd), 0);
	abi_enable(t);
	expect_ready(t);
	EXPECT(iio_set_nonblock(t->fd, true), 0);
	if (t->target.dir == IIO_DIR_IN)
		CHECK(read(t->fd, data, sizeof(data)) > 0, "no data");
}

static void poll_unbound(struct abi *t)
{
	struct dmabuf *d = abi_attached(t, SIZE);
	struct abi_driver driver;
	short ready;

	abi_queue(t, d, abi_size(t, SIZE));
	abi_take_away(t, &driver);
	ready = ready_after(t, WAIT_MS);
	CHECK(ready == (POLLERR | POLLHUP), "poll reports 0x%x", ready);
	abi_bind_again(t, &driver);
}

const struct abi_test abi_poll_tests[] = {
	{ "poll_attached", poll_attached, SIDE_ANY, 0 },
	{ "poll_done", poll_done, SIDE_ANY, 0 },
	{ "poll_small", poll_small, SIDE_ANY, 0 },
	{ "poll_stalled", poll_stalled, SIDE_ANY, NEED_STALL },
	{ "poll_cyclic_replaced", poll_cyclic_replaced, SIDE_OUT, NEED_CYCLIC },
	{ "poll_after_fileio", poll_after_fileio, SIDE_ANY, 0 },
	{ "poll_unbound", poll_unbound, SIDE_ANY, NEED_UNBIND },
	{ 0 },
};
