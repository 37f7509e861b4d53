// SPDX-License-Identifier: GPL-2.0
/*
 * The buffer's file through io_uring: READ, WRITE and POLL_ADD complete as read(),
 * write() and poll() return, those that wait when a DMABUF is attached included.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "abi.h"
#include "uring.h"

#define SIZE		16384
#define STEP_US		1000
#define GOES_ON_MS	100

static struct uring ring;
static char data[SIZE];

static bool is_input(const struct abi *t)
{
	return t->target.dir == IIO_DIR_IN;
}

static void open_ring(void)
{
	int ret;

	abi_note_ring();
	ret = uring_open(&ring, 8, 0, 0);
	if (ret)
		abi_skip("the kernel has no io_uring, or does not allow it: %s",
			 abi_error(ret));
}

static void submit(void)
{
	int ret = uring_enter(&ring, 0, -1);

	CHECK(ret == 1, "io_uring_enter: %s", abi_error(ret));
}

static void submit_io(struct abi *t)
{
	struct io_uring_sqe *sqe;

	sqe = uring_next(&ring, is_input(t) ? IORING_OP_READ : IORING_OP_WRITE,
			 t->fd, 0);
	sqe->addr = (unsigned long)data;
	sqe->len = SIZE / t->side->unit * t->side->unit;
	sqe->off = -1;
	submit();
}

static void submit_poll(struct abi *t)
{
	struct io_uring_sqe *sqe;

	sqe = uring_next(&ring, IORING_OP_POLL_ADD, t->fd, 0);
	sqe->poll32_events = is_input(t) ? POLLIN : POLLOUT;
	submit();
}

static int result(void)
{
	long start = abi_ms();
	struct uring_done done;

	while (abi_ms() - start < WAIT_MS) {
		if (uring_take(&ring, &done))
			return done.res;
		/* Some of the work waits for this task to enter the kernel. */
		uring_enter(&ring, 0, -1);
		usleep(STEP_US);
	}
	CHECK(false, "the request is never complete");

	return 0;
}

static void goes_on(void)
{
	struct uring_done done;

	usleep(GOES_ON_MS * STEP_US);
	uring_enter(&ring, 0, -1);
	CHECK(!uring_take(&ring, &done), "the request is complete, with %s",
	      abi_error(done.res));
}

/* It knows what a sample set is, and has nothing from the last time. */
static void disabled(struct abi *t)
{
	EXPECT(iio_buffer_attr_write(&t->target, "length",
				     2 * SIZE / t->side->datum), 0);
	abi_stall(t);
	abi_enable(t);
	abi_disable(t);
	abi_unstall(t);
	open_ring();
}

static void works_again(struct abi *t)
{
	uring_close(&ring);
	if (t->enabled)
		abi_disable(t);
	abi_close(t);
	abi_reopen(t);
	abi_still_works(t);
}

static void uring_io(struct abi *t)
{
	unsigned int i;
	int ret;

	disabled(t);
	abi_enable(t);
	for (i = 0; i < 8; i++) {
		submit_io(t);
		ret = result();
		CHECK(ret > 0, "%s", abi_error(ret));
	}
	works_again(t);
}

static void uring_io_dmabuf(struct abi *t)
{
	disabled(t);
	abi_attached(t, SIZE);
	submit_io(t);
	EXPECT(result(), -EBUSY);
	abi_enable(t);
	submit_io(t);
	EXPECT(result(), -EBUSY);
	works_again(t);
}

static void uring_io_dmabuf_nonblock(struct abi *t)
{
	disabled(t);
	EXPECT(iio_set_nonblock(t->fd, true), 0);
	abi_attached(t, SIZE);
	submit_io(t);
	EXPECT(result(), -EBUSY);
	EXPECT(iio_set_nonblock(t->fd, false), 0);
	works_again(t);
}

/* It waits, and then a DMABUF is attached. */
static void uring_io_attach(struct abi *t)
{
	disabled(t);
	submit_io(t);
	goes_on();
	abi_attached(t, SIZE);
	EXPECT(result(), -EBUSY);
	works_again(t);
}

static void uring_io_transfer(struct abi *t)
{
	struct dmabuf *d;

	disabled(t);
	submit_io(t);
	goes_on();
	d = abi_attached(t, SIZE);
	abi_queue(t, d, abi_size(t, SIZE));
	abi_enable(t);
	abi_done(t, d, abi_size(t, SIZE));
	EXPECT(result(), -EBUSY);
	works_again(t);
}

static void uring_io_enable(struct abi *t)
{
	int ret;

	disabled(t);
	submit_io(t);
	goes_on();
	abi_enable(t);
	ret = result();
	CHECK(ret > 0, "%s", abi_error(ret));
	works_again(t);
}

/* Whether it waits is up to the request, not to the file. */
static void uring_io_nonblock(struct abi *t)
{
	int ret;

	disabled(t);
	EXPECT(iio_set_nonblock(t->fd, true), 0);
	submit_io(t);
	goes_on();
	abi_enable(t);
	ret = result();
	CHECK(ret > 0, "%s", abi_error(ret));
	EXPECT(iio_set_nonblock(t->fd, false), 0);
	works_again(t);
}

static void uring_io_unbind(struct abi *t)
{
	struct abi_driver driver;

	disabled(t);
	submit_io(t);
	goes_on();
	abi_take_away(t, &driver);
	EXPECT(result(), -ENODEV);
	/* A request that is not complete would keep the file. */
	uring_close(&ring);
	abi_bind_again(t, &driver);
}

/* As poll() does: the buffer is ready for DMABUFs or for data. */
static void uring_poll(struct abi *t)
{
	struct dmabuf *d;
	int ready = is_input(t) ? POLLIN : POLLOUT;

	disabled(t);
	submit_poll(t);
	goes_on();
	d = abi_attached(t, SIZE);
	if (is_input(t)) {
		goes_on();
		abi_queue(t, d, abi_size(t, SIZE));
		abi_enable(t);
	}
	EXPECT(result() & ready, ready);
	works_again(t);
}

static void uring_poll_unbind(struct abi *t)
{
	struct abi_driver driver;

	disabled(t);
	submit_poll(t);
	goes_on();
	abi_take_away(t, &driver);
	EXPECT(result() & (POLLERR | POLLHUP), POLLERR | POLLHUP);
	uring_close(&ring);
	abi_bind_again(t, &driver);
}

/* Whoever has the ring dies, with a request that waits. */
static void uring_killed(struct abi *t)
{
	pid_t pid;

	disabled(t);
	uring_close(&ring);
	abi_close(t);
	pid = fork();
	if (!pid) {
		abi_reopen(t);
		open_ring();
		submit_io(t);
		_exit(0);
	}
	CHECK(waitpid(pid, NULL, 0) == pid, "waitpid");
	abi_reopen_soon(t);
	abi_still_works(t);
}

const struct abi_test abi_uring_tests[] = {
	{ "uring_io", uring_io, SIDE_ANY, NEED_STALL },
	{ "uring_io_dmabuf", uring_io_dmabuf, SIDE_ANY, NEED_STALL },
	{ "uring_io_dmabuf_nonblock", uring_io_dmabuf_nonblock, SIDE_ANY, NEED_STALL },
	{ "uring_io_attach", uring_io_attach, SIDE_ANY, NEED_STALL },
	{ "uring_io_transfer", uring_io_transfer, SIDE_ANY, NEED_STALL },
	{ "uring_io_enable", uring_io_enable, SIDE_ANY, NEED_STALL },
	{ "uring_io_nonblock", uring_io_nonblock, SIDE_ANY, NEED_STALL },
	{ "uring_io_unbind", uring_io_unbind, SIDE_ANY, NEED_STALL | NEED_UNBIND },
	{ "uring_poll", uring_poll, SIDE_ANY, NEED_STALL },
	{ "uring_poll_unbind", uring_poll_unbind, SIDE_ANY, NEED_STALL | NEED_UNBIND },
	{ "uring_killed", uring_killed, SIDE_ANY, NEED_STALL },
	{ 0 },
};
