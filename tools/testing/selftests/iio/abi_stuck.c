// SPDX-License-Identifier: GPL-2.0
/*
 * A DMA controller that could not be stopped, because the device at its far end
 * stood still, and that goes on later. Until then calls fail with EIO or EBUSY;
 * afterwards everything works, in the same session and in any other.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "abi.h"

#define SIZE	16384
#define NEVER	"4294967295"

static char data[SIZE];
static char usual[32];	/* time that it takes to stop */

static void hold(struct abi *t)
{
	EXPECT(sysfs_read(usual, sizeof(usual), "%s", t->side->hold), 0);
	EXPECT(sysfs_write(NEVER, "%s", t->side->hold), 0);
}

static void let_go(struct abi *t)
{
	EXPECT(sysfs_write(usual, "%s", t->side->hold), 0);
}

static bool says_stuck(int ret)
{
	return ret == -EIO || ret == -EBUSY;
}

static void expect_stuck(const char *what, int ret)
{
	CHECK(says_stuck(ret), "%s says %s", what, abi_error(ret));
}

/* What runs is stopped, in vain. */
static void get_stuck(struct abi *t)
{
	struct dmabuf *d = abi_attached(t, SIZE);

	abi_enable(t);
	abi_transfer(t, d, abi_size(t, SIZE));
	hold(t);
	abi_disable(t);
	EXPECT(iio_detach(t->fd, d->fd), 0);
}

/* It is refused at once, or when the buffer is enabled, and says why. */
static void refused_while_stuck(struct abi *t)
{
	struct dmabuf *d = abi_alloc(t, SIZE);
	size_t len = abi_size(t, SIZE);
	int ret;

	EXPECT(iio_attach(t->fd, d->fd), 0);
	ret = iio_enqueue(t->fd, d->fd, len, 0);
	if (ret)
		expect_stuck("ENQUEUE", ret);
	expect_stuck("enabling", iio_enable(&t->target, true));
	CHECK(dmabuf_wait(d, WAIT_MS) == 1, "the transfer never ends");
	expect_stuck("enabling again", iio_enable(&t->target, true));
	EXPECT(iio_detach(t->fd, d->fd), 0);
}

/* The hardware takes a moment; nobody has to do anything else. */
static int enqueue_soon(struct abi *t, struct dmabuf *d, size_t len)
{
	long start = abi_ms();
	int ret;

	while (says_stuck(ret = iio_enqueue(t->fd, d->fd, len, 0)) &&
	       abi_ms() - start < WAIT_MS)
		usleep(1000);

	return ret;
}

static int enable_soon(struct abi *t)
{
	long start = abi_ms();
	int ret;

	while (says_stuck(ret = iio_enable(&t->target, true)) &&
	       abi_ms() - start < WAIT_MS)
		usleep(1000);
	t->enabled = !ret;

	return ret;
}

/* Without anything that would have the controller stop once more. */
static void works_again(struct abi *t)
{
	struct dmabuf *d = abi_attached(t, SIZE);
	size_t len = abi_size(t, SIZE);

	abi_load(t, d, len);
	EXPECT(enqueue_soon(t, d, len), 0);
	EXPECT(enable_soon(t), 0);
	abi_done(t, d, len);
	abi_transfer(t, d, len);
	abi_transfer(t, d, len);
	abi_check_sink(t, 3 * len);
}

static void stuck_same_session(struct abi *t)
{
	get_stuck(t);
	refused_while_stuck(t);
	let_go(t);
	works_again(t);
}

static void stuck_new_session(struct abi *t)
{
	get_stuck(t);
	abi_close(t);
	abi_reopen(t);
	refused_while_stuck(t);
	let_go(t);
	abi_close(t);
	abi_reopen(t);
	works_again(t);
}

/* Nobody has done anything while it was stuck. */
static void stuck_unnoticed(struct abi *t)
{
	get_stuck(t);
	abi_close(t);
	let_go(t);
	abi_reopen(t);
	works_again(t);
}

static void stuck_often(struct abi *t)
{
	unsigned int i;

	for (i = 0; i < 3; i++) {
		get_stuck(t);
		let_go(t);
		works_again(t);
		abi_disable(t);
		abi_close(t);
		abi_reopen(t);
	}
}

/* The process that had it dies, with transfers under way. */
static void stuck_killed(struct abi *t)
{
	struct dmabuf *d = abi_alloc(t, SIZE);
	pid_t pid;

	abi_close(t);
	pid = fork();
	if (!pid) {
		abi_reopen(t);
		EXPECT(iio_attach(t->fd, d->fd), 0);
		abi_enable(t);
		abi_transfer(t, d, abi_size(t, SIZE));
		hold(t);
		_exit(0);
	}
	CHECK(waitpid(pid, NULL, 0) == pid, "waitpid");
	EXPECT(iio_enable(&t->target, false), 0);
	abi_reopen(t);
	refused_while_stuck(t);
	snprintf(usual, sizeof(usual), "3");
	let_go(t);
	works_again(t);
}

static int do_io(struct abi *t)
{
	ssize_t ret;

	if (t->target.dir == IIO_DIR_IN)
		ret = read(t->fd, data, sizeof(data));
	else
		ret = write(t->fd, data, sizeof(data));

	return ret < 0 ? -errno : ret;
}

static void stuck_fileio(struct abi *t)
{
	int ret;

	EXPECT(iio_buffer_attr_write(&t->target, "length",
				     2 * SIZE / t->side->datum), 0);
	abi_enable(t);
	CHECK(do_io(t) > 0, "no data");
	hold(t);
	abi_disable(t);
	expect_stuck("enabling", iio_enable(&t->target, true));
	EXPECT(iio_set_nonblock(t->fd, true), 0);
	ret = do_io(t);
	/* What had arrived before may still be there. */
	CHECK(ret > 0 || ret == -EAGAIN || says_stuck(ret),
	      "read() or write() says %s", abi_error(ret));
	EXPECT(iio_set_nonblock(t->fd, false), 0);
	let_go(t);
	EXPECT(enable_soon(t), 0);
	ret = do_io(t);
	CHECK(ret > 0, "no data: %s", abi_error(ret));
	abi_disable(t);
	abi_still_works(t);
}

/*
 * Stopping is also what DETACH of a running cyclic transfer takes. What is behind
 * it ends with an error that says so, or waits until the hardware goes on.
 */
static void stuck_in_detach(struct abi *t)
{
	struct dmabuf *cyclic = abi_attached(t, SIZE), *next = abi_attached(t, SIZE);
	struct iio_dmabuf_status status;
	size_t len = abi_size(t, SIZE);
	int ret;

	abi_load(t, cyclic, len);
	EXPECT(iio_enqueue(t->fd, cyclic->fd, len, IIO_BUFFER_DMABUF_CYCLIC), 0);
	abi_enable(t);
	hold(t);
	EXPECT(iio_detach(t->fd, cyclic->fd), 0);
	CHECK(dmabuf_wait(cyclic, WAIT_MS) == 1, "the cyclic one never ends");
	abi_load(t, next, len);
	ret = iio_enqueue(t->fd, next->fd, len, 0);
	if (ret) {
		expect_stuck("ENQUEUE", ret);
	} else if (dmabuf_wait(next, 100) == 1) {
		EXPECT(iio_status(t->fd, next->fd, &status), 0);
		CHECK(says_stuck(status.error) || status.error == -EINTR,
		      "it ends with %s", abi_error(status.error));
	}
	let_go(t);
	abi_disable(t);
	EXPECT(iio_detach(t->fd, next->fd), 0);
	works_again(t);
}

const struct abi_test abi_stuck_tests[] = {
	{ "stuck_same_session", stuck_same_session, SIDE_ANY, NEED_HOLD | NEED_UNBIND },
	{ "stuck_new_session", stuck_new_session, SIDE_ANY, NEED_HOLD | NEED_UNBIND },
	{ "stuck_unnoticed", stuck_unnoticed, SIDE_ANY, NEED_HOLD | NEED_UNBIND },
	{ "stuck_often", stuck_often, SIDE_ANY, NEED_HOLD | NEED_UNBIND },
	{ "stuck_killed", stuck_killed, SIDE_ANY, NEED_HOLD | NEED_UNBIND },
	{ "stuck_fileio", stuck_fileio, SIDE_ANY, NEED_HOLD | NEED_UNBIND },
	{ "stuck_in_detach", stuck_in_detach, SIDE_OUT,
	  NEED_HOLD | NEED_UNBIND | NEED_CYCLIC | NEED_STATUS_IOCTL },
	{ 0 },
};
