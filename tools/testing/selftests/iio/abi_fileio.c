// SPDX-License-Identifier: GPL-2.0
/*
 * read() and write() beside DMABUFs. A buffer does one or the other: with a
 * DMABUF attached the calls have no blocks to work on and say -EBUSY; when
 * the last one has gone they work again.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include "abi.h"

#define SIZE	16384

static char data[SIZE];

static int do_read(struct abi *t)
{
	ssize_t ret = read(t->fd, data, sizeof(data));

	return ret < 0 ? -errno : ret;
}

static int do_write(struct abi *t)
{
	ssize_t ret = write(t->fd, data, sizeof(data));

	return ret < 0 ? -errno : ret;
}

static int do_io(struct abi *t)
{
	return t->target.dir == IIO_DIR_IN ? do_read(t) : do_write(t);
}

static void io_with_dmabufs(struct abi *t)
{
	abi_attached(t, SIZE);
	abi_enable(t);
	EXPECT(do_io(t), -EBUSY);
	EXPECT(do_io(t), -EBUSY);
	abi_still_works(t);
}

static void io_with_dmabufs_nonblock(struct abi *t)
{
	abi_attached(t, SIZE);
	abi_enable(t);
	EXPECT(iio_set_nonblock(t->fd, true), 0);
	EXPECT(do_io(t), -EBUSY);
	EXPECT(do_io(t), -EBUSY);
	abi_still_works(t);
}

static void io_beside_transfer(struct abi *t)
{
	struct dmabuf *d = abi_attached(t, SIZE);
	size_t len = abi_size(t, SIZE);

	EXPECT(iio_set_nonblock(t->fd, true), 0);
	abi_enable(t);
	abi_queue(t, d, len);
	EXPECT(do_io(t), -EBUSY);
	abi_done(t, d, len);
	EXPECT(do_io(t), -EBUSY);
	abi_transfer(t, d, len);
	abi_check_sink(t, 2 * len);
}

/* After the buffer was enabled once, it knows how large a sample set is. */
static void io_with_dmabufs_disabled(struct abi *t)
{
	struct dmabuf *d = abi_attached(t, SIZE);
	size_t len = abi_size(t, SIZE);

	abi_enable(t);
	abi_transfer(t, d, len);
	abi_disable(t);
	EXPECT(iio_set_nonblock(t->fd, true), 0);
	CHECK(do_io(t) <= 0, "data without a transfer");
	EXPECT(iio_set_nonblock(t->fd, false), 0);
	abi_still_works(t);
}

static void wrong_direction(struct abi *t)
{
	if (t->target.dir == IIO_DIR_IN)
		EXPECT(do_write(t), -EPERM);
	else
		EXPECT(do_read(t), -EPERM);
	abi_still_works(t);
}

static void poll_returns(struct abi *t)
{
	struct pollfd pfd = { .fd = t->fd, .events = POLLIN | POLLOUT };
	struct dmabuf *d = abi_attached(t, SIZE);
	size_t len = abi_size(t, SIZE);

	CHECK(poll(&pfd, 1, 0) >= 0, "poll while disabled");
	abi_enable(t);
	CHECK(poll(&pfd, 1, 0) >= 0, "poll with nothing enqueued");
	CHECK(!(pfd.revents & (POLLERR | POLLNVAL)), "poll reports an error");
	abi_transfer(t, d, len);
	CHECK(poll(&pfd, 1, 0) >= 0, "poll after a transfer");
	CHECK(!(pfd.revents & (POLLERR | POLLNVAL)), "poll reports an error");
}

static void set_length(struct abi *t)
{
	EXPECT(iio_buffer_attr_write(&t->target, "length",
				     2 * SIZE / t->side->datum), 0);
}

/* A block of read() or write(), of the size that the kernel's blocks have. */
static void fileio_block(struct abi *t)
{
	size_t len = SIZE / t->side->datum * t->side->datum, pos = 0;

	if (t->target.dir == IIO_DIR_OUT)
		pattern_fill(&t->pattern, data, len);

	while (pos < len) {
		ssize_t n = t->target.dir == IIO_DIR_IN ?
			    read(t->fd, data + pos, len - pos) :
			    write(t->fd, data + pos, len - pos);

		CHECK(n > 0, "fileio: %zd", n < 0 ? -errno : n);
		pos += n;
	}

	if (t->target.dir == IIO_DIR_IN && t->checked) {
		verify_data(&t->verify, data, len);
		CHECK(!t->verify.errors, "wrong samples by fileio");
	}
}

static void fileio_after_dmabufs(struct abi *t)
{
	struct dmabuf *d = abi_attached(t, SIZE);
	size_t len = abi_size(t, SIZE);

	abi_enable(t);
	abi_transfer(t, d, len);
	abi_disable(t);
	EXPECT(iio_detach(t->fd, d->fd), 0);

	set_length(t);
	abi_enable(t);
	fileio_block(t);
	fileio_block(t);
	fileio_block(t);
}

/* With no time in between for anything that the kernel has put off. */
static void fileio_right_after_detach(struct abi *t)
{
	struct dmabuf *d = abi_attached(t, SIZE);

	set_length(t);
	EXPECT(iio_detach(t->fd, d->fd), 0);
	abi_enable(t);
	fileio_block(t);
}

static void dmabufs_after_fileio(struct abi *t)
{
	set_length(t);
	abi_enable(t);
	fileio_block(t);
	fileio_block(t);
	abi_disable(t);
	abi_still_works(t);
}

const struct abi_test abi_fileio_tests[] = {
	{ "io_with_dmabufs", io_with_dmabufs, SIDE_ANY, 0 },
	{ "io_with_dmabufs_nonblock", io_with_dmabufs_nonblock, SIDE_ANY, 0 },
	{ "io_beside_transfer", io_beside_transfer, SIDE_ANY, 0 },
	{ "io_with_dmabufs_disabled", io_with_dmabufs_disabled, SIDE_ANY, 0 },
	{ "wrong_direction", wrong_direction, SIDE_ANY, 0 },
	{ "poll_returns", poll_returns, SIDE_ANY, 0 },
	{ "fileio_after_dmabufs", fileio_after_dmabufs, SIDE_ANY, 0 },
	{ "fileio_right_after_detach", fileio_right_after_detach, SIDE_ANY, 0 },
	{ "dmabufs_after_fileio", dmabufs_after_fileio, SIDE_ANY, 0 },
	{ 0 },
};
