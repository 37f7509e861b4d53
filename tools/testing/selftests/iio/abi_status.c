// SPDX-License-Identifier: GPL-2.0
/*
 * What became of a block: how many bytes were transferred, which transfer of
 * the buffer that was, and how it ended.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "abi.h"

#define SIZE	16384

static struct iio_dmabuf_status status_of(struct abi *t, struct dmabuf *d)
{
	struct iio_dmabuf_status status;

	EXPECT(iio_status(t->fd, d->fd, &status), 0);
	CHECK(status.fd == (unsigned int)d->fd, "fd has changed to %u", status.fd);
	CHECK(!status.reserved[0] && !status.reserved[1] && !status.reserved[2],
	      "reserved is used");

	return status;
}

static void expect_done(struct abi *t, struct dmabuf *d, size_t bytes)
{
	struct iio_dmabuf_status status = status_of(t, d);

	CHECK(!status.flags, "flags 0x%x of a transfer that is over", status.flags);
	CHECK(!status.error, "error %d", status.error);
	CHECK(status.bytes_transferred == bytes, "%llu bytes, %zu were transferred",
	      (unsigned long long)status.bytes_transferred, bytes);
}

static void expect_pending(struct abi *t, struct dmabuf *d)
{
	struct iio_dmabuf_status status = status_of(t, d);

	CHECK(status.flags == IIO_BUFFER_DMABUF_STATUS_PENDING,
	      "flags 0x%x of a transfer that is not over", status.flags);
	CHECK(!status.error && !status.bytes_transferred,
	      "a result before the transfer is over");
	CHECK(status.sequence, "no number");
}

static void expect_failed(struct abi *t, struct dmabuf *d, int err)
{
	struct iio_dmabuf_status status = status_of(t, d);

	CHECK(!status.flags, "flags 0x%x of a transfer that is over", status.flags);
	EXPECT(status.error, err);
	CHECK(!status.bytes_transferred, "%llu bytes of a transfer that failed",
	      (unsigned long long)status.bytes_transferred);
}

static int raw_status(struct abi *t, struct iio_dmabuf_status status)
{
	return ioctl(t->fd, IIO_BUFFER_DMABUF_STATUS_IOCTL, &status) ? -errno : 0;
}

static void status_args(struct abi *t)
{
	struct dmabuf *d = abi_attached(t, SIZE), *other = abi_alloc(t, SIZE);
	struct iio_dmabuf_status status = { .fd = d->fd };
	unsigned int i;

	EXPECT(iio_status(t->fd, -1, &status), -EBADF);
	EXPECT(iio_status(t->fd, t->fd, &status), -EINVAL);
	EXPECT(iio_status(t->fd, other->fd, &status), -EPERM);
	EXPECT(ioctl(t->fd, IIO_BUFFER_DMABUF_STATUS_IOCTL, 1) ? -errno : 0,
	       -EFAULT);

	status = (struct iio_dmabuf_status){ .fd = d->fd, .flags = 1 };
	EXPECT(raw_status(t, status), -EINVAL);
	for (i = 0; i < 3; i++) {
		status = (struct iio_dmabuf_status){ .fd = d->fd };
		status.reserved[i] = 1;
		EXPECT(raw_status(t, status), -EINVAL);
	}
	/* What the kernel fills in may have any value before */
	status = (struct iio_dmabuf_status){ .fd = d->fd, .error = 1,
					     .sequence = 2,
					     .bytes_transferred = 3 };
	EXPECT(raw_status(t, status), 0);
	abi_still_works(t);
}

static void status_never(struct abi *t)
{
	struct dmabuf *d = abi_attached(t, SIZE);
	struct iio_dmabuf_status status = status_of(t, d);

	CHECK(!status.sequence && !status.flags && !status.error &&
	      !status.bytes_transferred, "a result without a transfer");
	EXPECT(iio_enqueue(t->fd, d->fd, 0, 0), -EINVAL);
	CHECK(!status_of(t, d).sequence, "a transfer that was refused counts");
}

static void status_done(struct abi *t)
{
	struct dmabuf *d = abi_attached(t, SIZE);
	size_t len = abi_size(t, SIZE);
	uint64_t first;

	abi_enable(t);
	abi_transfer(t, d, len);
	expect_done(t, d, len);
	first = status_of(t, d).sequence;

	abi_transfer(t, d, t->side->unit);
	expect_done(t, d, t->side->unit);
	CHECK(status_of(t, d).sequence == first + 1, "it has not been counted");

	EXPECT(iio_enqueue(t->fd, d->fd, d->size + 1, 0), -EINVAL);
	expect_done(t, d, t->side->unit);
	CHECK(status_of(t, d).sequence == first + 1,
	      "a transfer that was refused counts");
}

static void status_in_turn(struct abi *t)
{
	size_t len = abi_size(t, SIZE);
	struct dmabuf *d[3];
	uint64_t last = 0, now;
	unsigned int i;

	for (i = 0; i < 3; i++)
		d[i] = abi_attached(t, SIZE);
	abi_enable(t);
	for (i = 0; i < 9; i++) {
		abi_transfer(t, d[i % 3], len);
		now = status_of(t, d[i % 3]).sequence;
		CHECK(!last || now == last + 1, "transfer %llu follows %llu",
		      (unsigned long long)now, (unsigned long long)last);
		last = now;
	}
}

static void status_queued(struct abi *t)
{
	struct dmabuf *d = abi_attached(t, SIZE);
	size_t len = abi_size(t, SIZE);

	abi_queue(t, d, len);
	expect_pending(t, d);
	abi_enable(t);
	abi_done(t, d, len);
	expect_done(t, d, len);
}

static void status_active(struct abi *t)
{
	struct dmabuf *d = abi_stalled(t);

	expect_pending(t, d);
	abi_disable(t);
	expect_failed(t, d, -EINTR);
}

static void status_nonblock(struct abi *t)
{
	struct dmabuf *d = abi_stalled(t);

	EXPECT(iio_set_nonblock(t->fd, true), 0);
	expect_pending(t, d);
}

static void status_detached(struct abi *t)
{
	struct dmabuf *d = abi_attached(t, SIZE);
	struct iio_dmabuf_status status;

	abi_queue(t, d, abi_size(t, SIZE));
	EXPECT(iio_detach(t->fd, d->fd), 0);
	EXPECT(iio_status(t->fd, d->fd, &status), -EPERM);
	EXPECT(iio_attach(t->fd, d->fd), 0);
	CHECK(!status_of(t, d).sequence, "it remembers an earlier attachment");
}

static void status_cyclic(struct abi *t)
{
	struct dmabuf *d = abi_attached(t, SIZE), *next = abi_attached(t, SIZE);
	size_t len = abi_size(t, SIZE);

	abi_load(t, d, len);
	EXPECT(iio_enqueue(t->fd, d->fd, len, IIO_BUFFER_DMABUF_CYCLIC), 0);
	abi_enable(t);
	expect_pending(t, d);
	abi_transfer(t, next, len);
	CHECK(dmabuf_wait(d, WAIT_MS) == 1, "the cyclic block never ends");
	expect_done(t, d, len);
	expect_done(t, next, len);
	CHECK(status_of(t, next).sequence == status_of(t, d).sequence + 1,
	      "a cyclic transfer counts as more than one");
}

static void status_unbound(struct abi *t)
{
	struct dmabuf *d = abi_attached(t, SIZE);
	struct abi_driver driver;

	abi_queue(t, d, abi_size(t, SIZE));
	abi_take_away(t, &driver);
	expect_failed(t, d, -ENODEV);
	abi_bind_again(t, &driver);
}

const struct abi_test abi_status_tests[] = {
	{ "status_args", status_args, SIDE_ANY, NEED_STATUS_IOCTL },
	{ "status_never", status_never, SIDE_ANY, NEED_STATUS_IOCTL },
	{ "status_done", status_done, SIDE_ANY, NEED_STATUS_IOCTL },
	{ "status_in_turn", status_in_turn, SIDE_ANY, NEED_STATUS_IOCTL },
	{ "status_queued", status_queued, SIDE_ANY, NEED_STATUS_IOCTL },
	{ "status_active", status_active, SIDE_ANY,
	  NEED_STATUS_IOCTL | NEED_STALL },
	{ "status_nonblock", status_nonblock, SIDE_ANY,
	  NEED_STATUS_IOCTL | NEED_STALL },
	{ "status_detached", status_detached, SIDE_ANY, NEED_STATUS_IOCTL },
	{ "status_cyclic", status_cyclic, SIDE_OUT,
	  NEED_STATUS_IOCTL | NEED_CYCLIC },
	{ "status_unbound", status_unbound, SIDE_ANY,
	  NEED_STATUS_IOCTL | NEED_UNBIND },
	{ 0 },
};
