// SPDX-License-Identifier: GPL-2.0
/*
 * Errors that programs act upon. dd, cat and many others repeat a call that fails
 * with EINTR, and report success in the end: so EINTR never stands for data that
 * is lost, but for a signal. ENOMEM never stands for hardware that is gone.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "abi.h"
#include "abi_waiter.h"

#define SIZE	16384

static char data[8 << 20];
static struct abi_driver controller, converter;

static bool is_input(const struct abi *t)
{
	return t->target.dir == IIO_DIR_IN;
}

static int do_io(struct abi *t)
{
	size_t len = sizeof(data) / t->side->unit * t->side->unit;
	ssize_t ret = is_input(t) ? read(t->fd, data, len) : write(t->fd, data, len);

	return ret < 0 ? -errno : ret;
}

static int do_fsync(struct abi *t)
{
	return fsync(t->fd) ? -errno : 0;
}

static void find_controller(struct abi *t)
{
	abi_find_controller(t, &controller);
	if (!abi_find_driver(t->env, t->side, &converter))
		abi_skip("%s has no driver", t->target.name);
}

static void take_controller_away(void)
{
	EXPECT(sysfs_write(controller.name, "%s/unbind", controller.dir), 0);
}

static bool says_lost(int ret)
{
	return ret == -EIO || ret == -ENODEV;
}

static void start_stalled(struct abi *t)
{
	EXPECT(iio_buffer_attr_write(&t->target, "length",
				     2 * SIZE / t->side->datum), 0);
	abi_stall(t);
	abi_enable(t);
}

static void expect_lost(const char *what, int ret)
{
	CHECK(says_lost(ret), "%s says %s", what, abi_error(ret));
}

/*
 * The transfers are aborted under a call that waits. What write() had taken before
 * counts, and the next call says what became of it.
 */
static void io_aborted(struct abi *t)
{
	struct abi_waiter w;
	int ret;

	find_controller(t);
	start_stalled(t);
	waiter_start(&w, t, do_io);
	take_controller_away();
	ret = waiter_result(&w);
	if (is_input(t)) {
		expect_lost("read()", ret);
	} else {
		CHECK(ret > 0, "write() that has taken something ends with %s",
		      abi_error(ret));
		expect_lost("write()", do_io(t));
		expect_lost("fsync()", do_fsync(t));
	}
	abi_bind_controller(t, &controller, &converter);
	abi_find_again(t);
}

/* The same without anybody who waits. */
static void io_after_abort(struct abi *t)
{
	unsigned int i;
	int ret;

	find_controller(t);
	start_stalled(t);
	EXPECT(iio_set_nonblock(t->fd, true), 0);
	do_io(t);
	take_controller_away();
	/* What arrived before is there all the same. */
	for (i = 0; i < 100; i++) {
		ret = do_io(t);
		if (ret < 0)
			break;
	}
	expect_lost("read() or write()", ret);
	if (!is_input(t))
		expect_lost("fsync()", do_fsync(t));
	abi_bind_controller(t, &controller, &converter);
	abi_find_again(t);
}

static void fsync_aborted(struct abi *t)
{
	struct abi_waiter w;

	find_controller(t);
	abi_stalled(t);
	waiter_start(&w, t, do_fsync);
	take_controller_away();
	expect_lost("fsync()", waiter_result(&w));
	abi_bind_controller(t, &controller, &converter);
	abi_find_again(t);
}

/* A reader or writer of a device that is gone for good says the same each time. */
static void enable_without_controller(struct abi *t)
{
	find_controller(t);
	take_controller_away();
	EXPECT(iio_enable(&t->target, true), -ENODEV);
	EXPECT(iio_enable(&t->target, true), -ENODEV);
	abi_bind_controller(t, &controller, &converter);
	abi_find_again(t);
}

/* An idle one may be attached to, but nothing can be transferred any more. */
static void enqueue_without_controller(struct abi *t)
{
	struct dmabuf *d = abi_attached(t, SIZE), *other = abi_alloc(t, SIZE);
	size_t len = abi_size(t, SIZE);
	int fence, ret;

	find_controller(t);
	abi_queue(t, d, len);
	fence = abi_fence(t, d);
	take_controller_away();

	ret = iio_attach(t->fd, other->fd);
	CHECK(!ret || says_lost(ret), "ATTACH says %s", abi_error(ret));
	if (!ret)
		expect_lost("ENQUEUE", iio_enqueue(t->fd, other->fd, len, 0));
	EXPECT(iio_enable(&t->target, true), -ENODEV);
	CHECK(abi_fence_result(t, fence) < 0, "the fence reports success");

	abi_bind_controller(t, &controller, &converter);
	abi_find_again(t);
}

/* What ends with the buffer is no signal either. */
static void io_after_disable(struct abi *t)
{
	int ret;

	start_stalled(t);
	EXPECT(iio_set_nonblock(t->fd, true), 0);
	ret = do_io(t);
	CHECK(is_input(t) ? ret == -EAGAIN : ret > 0, "%s", abi_error(ret));
	abi_disable(t);
	EXPECT(do_io(t), -EAGAIN);
	ret = is_input(t) ? 0 : do_fsync(t);
	CHECK(!ret || ret == -EIO, "fsync: %s", abi_error(ret));
	abi_unstall(t);
	abi_enable(t);
	EXPECT(iio_set_nonblock(t->fd, false), 0);
	ret = do_io(t);
	CHECK(ret > 0, "after it was enabled again: %s", abi_error(ret));
}

const struct abi_test abi_errno_tests[] = {
	{ "io_aborted", io_aborted, SIDE_ANY, NEED_STALL | NEED_UNBIND },
	{ "io_after_abort", io_after_abort, SIDE_ANY, NEED_STALL | NEED_UNBIND },
	{ "fsync_aborted", fsync_aborted, SIDE_OUT, NEED_STALL | NEED_UNBIND },
	{ "enable_without_controller", enable_without_controller, SIDE_ANY,
	  NEED_UNBIND },
	{ "enqueue_without_controller", enqueue_without_controller, SIDE_ANY,
	  NEED_UNBIND | NEED_STATUS },
	{ "io_after_disable", io_after_disable, SIDE_ANY, NEED_STALL },
	{ 0 },
};
