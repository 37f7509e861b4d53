// SPDX-License-Identifier: GPL-2.0
/*
 * A call that waits, while another process changes what it waits for: each of
 * read(), write(), fsync(), poll() and a blocking ENQUEUE against attaching and
 * detaching, enabling and disabling, unbinding, signals and SIGKILL. The call ends
 * as the documentation says, or goes on waiting, asleep. It always ends when its
 * process is killed.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

#include "abi.h"
#include "abi_waiter.h"

#define SIZE	16384
#define TURNS	20

/* How a call ends, besides a negative error. */
enum {
	GOES_ON = 0,	/* not at all */
	COUNT = 1,	/* with a number of bytes */
	SUCCESS,
	READY,		/* poll(): with what this direction is ready for */
	READY_OR_GONE,	/* its transfer has ended as well, which it may see first */
	ENDS,		/* in one way or another */
	MAYBE,		/* or goes on: what comes then decides */
	BUSY_OR_COUNT,
	GONE,		/* -ENODEV, or -EIO for what was accepted before */
	REFUSED,	/* others use the DMABUF, it is detached, or the device gone */
};

struct wait_case {
	/* In which the call has to wait. */
	void (*state)(struct abi *t);
	int (*call)(struct abi *t);
	void (*change)(struct abi *t, struct abi_waiter *w);
	int ends;
	/* If it goes on: what ends it then. */
	void (*then)(struct abi *t, struct abi_waiter *w);
	int ends_then;
};

static char data[8 << 20];	/* more than fits between the two sides */
static struct dmabuf *block;
static struct abi_driver driver;
static bool unbound;

static bool is_input(const struct abi *t)
{
	return t->target.dir == IIO_DIR_IN;
}

/*
 * The calls
 */

static int do_read(struct abi *t)
{
	ssize_t ret = read(t->fd, data, sizeof(data));

	return ret < 0 ? -errno : ret;
}

/* Less than a block: all or nothing is taken. */
static int do_write(struct abi *t)
{
	ssize_t ret = write(t->fd, data, abi_size(t, 1024));

	return ret < 0 ? -errno : ret;
}

/* Some of it is taken, before it has to wait. */
static int do_write_much(struct abi *t)
{
	ssize_t ret = write(t->fd, data, sizeof(data) / t->side->unit * t->side->unit);

	return ret < 0 ? -errno : ret;
}

static int do_fsync(struct abi *t)
{
	return fsync(t->fd) ? -errno : 0;
}

static int do_poll(struct abi *t)
{
	struct pollfd pfd = { .fd = t->fd, .events = POLLIN | POLLOUT };
	int ret = poll(&pfd, 1, -1);

	return ret < 0 ? -errno : pfd.revents;
}

static int do_enqueue(struct abi *t)
{
	return iio_enqueue(t->fd, block->fd, abi_size(t, SIZE), 0);
}

/*
 * States in which they wait
 */

/* It knows what a sample set is, and has nothing from the last time. */
static void disabled(struct abi *t)
{
	EXPECT(iio_buffer_attr_write(&t->target, "length",
				     2 * SIZE / t->side->datum), 0);
	abi_stall(t);
	abi_enable(t);
	abi_disable(t);
	abi_unstall(t);
}

/* For read() and write(), but the other side does not move. */
static void stalled(struct abi *t)
{
	disabled(t);
	abi_stall(t);
	abi_enable(t);
}

/* Enabled for DMABUFs, of which there is none left. */
static void without_dmabufs(struct abi *t)
{
	struct dmabuf *d = abi_attached(t, SIZE);

	abi_enable(t);
	EXPECT(iio_detach(t->fd, d->fd), 0);
}

static void transferring(struct abi *t)
{
	block = abi_stalled(t);
}

/* Another buffer, which is not enabled, has it. */
static void used_by_other(struct abi *t)
{
	struct abi *peer = abi_open_peer(t);

	block = abi_attached(t, SIZE);
	EXPECT(iio_attach(peer->fd, block->fd), 0);
	abi_queue(peer, block, abi_size(peer, SIZE));
}

/*
 * Changes
 */

static void attach(struct abi *t, struct abi_waiter *w)
{
	(void)w;
	abi_attached(t, SIZE);
}

/* Whatever comes first, the call finds neither samples nor a reason to wait. */
static void attach_and_transfer(struct abi *t, struct abi_waiter *w)
{
	struct dmabuf *d = abi_attached(t, SIZE);

	(void)w;
	abi_queue(t, d, abi_size(t, SIZE));
	abi_enable(t);
	abi_done(t, d, abi_size(t, SIZE));
}

static void transfer(struct abi *t, struct abi_waiter *w)
{
	(void)w;
	abi_queue(t, &t->blocks[0], abi_size(t, SIZE));
	abi_enable(t);
}

static void attach_refused(struct abi *t, struct abi_waiter *w)
{
	(void)w;
	EXPECT(iio_attach(t->fd, abi_alloc(t, SIZE)->fd), -EBUSY);
}

static void attach_and_detach(struct abi *t, struct abi_waiter *w)
{
	struct dmabuf *d = abi_alloc(t, SIZE);
	unsigned int i;

	(void)w;
	for (i = 0; i < TURNS; i++) {
		EXPECT(iio_attach(t->fd, d->fd), 0);
		EXPECT(iio_detach(t->fd, d->fd), 0);
	}
}

static void detach(struct abi *t, struct abi_waiter *w)
{
	(void)w;
	EXPECT(iio_detach(t->fd, block->fd), 0);
}

static void enable(struct abi *t, struct abi_waiter *w)
{
	(void)w;
	abi_enable(t);
}

static void disable(struct abi *t, struct abi_waiter *w)
{
	(void)w;
	abi_disable(t);
}

/* With a far end that moves. */
static void enable_again(struct abi *t, struct abi_waiter *w)
{
	(void)w;
	if (t->enabled)
		abi_disable(t);
	abi_unstall(t);
	abi_enable(t);
}

static void enable_and_disable(struct abi *t, struct abi_waiter *w)
{
	unsigned int i;

	(void)w;
	abi_stall(t);
	for (i = 0; i < TURNS; i++) {
		abi_enable(t);
		abi_disable(t);
	}
	abi_unstall(t);
}

static void disable_then_attach(struct abi *t, struct abi_waiter *w)
{
	abi_disable(t);
	attach(t, w);
}

static void change_length(struct abi *t, struct abi_waiter *w)
{
	unsigned int i;

	(void)w;
	for (i = 1; i <= TURNS; i++)
		EXPECT(iio_buffer_attr_write(&t->target, "length", i * 64), 0);
}

static void unbind(struct abi *t, struct abi_waiter *w)
{
	(void)w;
	abi_take_away(t, &driver);
	unbound = true;
}

static void interrupt(struct abi *t, struct abi_waiter *w)
{
	(void)t;
	kill(w->pid, WAITER_INTERRUPT);
}

static void restart(struct abi *t, struct abi_waiter *w)
{
	(void)t;
	kill(w->pid, WAITER_RESTART);
}

static void enable_other(struct abi *t, struct abi_waiter *w)
{
	(void)w;
	abi_enable(t->peer);
}

/*
 * The cases
 */

static bool as_expected(const struct abi *t, int ret, int want)
{
	switch (want) {
	case COUNT:
		return ret > 0;
	case SUCCESS:
		return !ret;
	case READY:
		return ret == (is_input(t) ? POLLIN : POLLOUT);
	case READY_OR_GONE:
		return ret == (is_input(t) ? POLLIN : POLLOUT) ||
		       ret == (POLLERR | POLLHUP);
	case ENDS:
		return true;
	case BUSY_OR_COUNT:
		return ret == -EBUSY || ret > 0;
	case GONE:
		return ret == -ENODEV || ret == -EIO;
	case REFUSED:
		return ret == -EBUSY || ret == -EPERM || ret == -ENODEV;
	default:
		return ret == want;
	}
}

static void expect_end(struct abi *t, struct abi_waiter *w, int want)
{
	int ret;

	if (want == MAYBE)
		return;
	if (want == GOES_ON) {
		waiter_goes_on(w);
		return;
	}
	ret = waiter_result(w);
	CHECK(as_expected(t, ret, want), "the call ends with %s", abi_error(ret));
}

/* With a descriptor that nothing is attached to. */
static void works_again(struct abi *t)
{
	if (unbound) {
		abi_bind_again(t, &driver);
		return;
	}
	if (t->enabled)
		abi_disable(t);
	if (t->peer && t->peer->enabled)
		abi_disable(t->peer);
	abi_close(t);
	abi_unstall(t);
	abi_reopen(t);
	abi_still_works(t);
}

static void run_case(struct abi *t)
{
	const struct wait_case *c = t->arg;
	struct abi_waiter w;

	c->state(t);
	waiter_start(&w, t, c->call);
	CHECK(!waiter_is_over(&w), "the call does not wait");
	if (c->change)
		c->change(t, &w);
	expect_end(t, &w, c->ends);
	if (c->then) {
		c->then(t, &w);
		expect_end(t, &w, c->ends_then);
	}
	waiter_kill(&w);
	works_again(t);
}

/* Two threads of one process, and none of them has any privilege. */
static void *do_io(void *arg)
{
	struct abi *t = arg;
	int ret = is_input(t) ? do_read(t) : do_write(t);

	return (void *)(long)ret;
}

static void run_threads(struct abi *t)
{
	pthread_t thread;
	void *ret;

	disabled(t);
	CHECK(!pthread_create(&thread, NULL, do_io, t), "no thread");
	usleep(100000);
	attach_and_transfer(t, NULL);
	pthread_join(thread, &ret);
	EXPECT((int)(long)ret, -EBUSY);
	works_again(t);
}

#define CASE(name, sides, needs, ...)					\
	{ "wait_" name, run_case, sides, NEED_STALL | (needs),		\
	  &(const struct wait_case){ __VA_ARGS__ } }

const struct abi_test abi_wait_tests[] = {
	/* read() */
	CASE("read_attach", SIDE_IN, 0, disabled, do_read, attach, -EBUSY),
	CASE("read_transfer", SIDE_IN, 0,
	     disabled, do_read, attach_and_transfer, -EBUSY),
	CASE("read_attach_last_gone", SIDE_IN, 0,
	     without_dmabufs, do_read, attach, -EBUSY),
	CASE("read_attach_refused", SIDE_IN, 0,
	     stalled, do_read, attach_refused, GOES_ON, enable_again, COUNT),
	CASE("read_detach", SIDE_IN, 0,
	     disabled, do_read, attach_and_detach, MAYBE, enable, BUSY_OR_COUNT),
	CASE("read_enable", SIDE_IN, 0, disabled, do_read, enable, COUNT),
	CASE("read_enable_last_gone", SIDE_IN, 0,
	     without_dmabufs, do_read, enable_again, COUNT),
	CASE("read_disable", SIDE_IN, 0,
	     stalled, do_read, disable, GOES_ON, enable_again, COUNT),
	CASE("read_enable_and_disable", SIDE_IN, 0,
	     disabled, do_read, enable_and_disable, GOES_ON, enable, COUNT),
	CASE("read_length", SIDE_IN, 0,
	     disabled, do_read, change_length, GOES_ON, enable, COUNT),
	CASE("read_unbind", SIDE_IN, NEED_UNBIND, stalled, do_read, unbind, -ENODEV),
	CASE("read_unbind_disabled", SIDE_IN, NEED_UNBIND,
	     disabled, do_read, unbind, -ENODEV),
	CASE("read_signal", SIDE_IN, 0, stalled, do_read, interrupt, -EINTR),
	CASE("read_signal_disabled", SIDE_IN, 0,
	     disabled, do_read, interrupt, -EINTR),
	CASE("read_signal_restart", SIDE_IN, 0,
	     stalled, do_read, restart, GOES_ON, enable_again, COUNT),
	CASE("read_kill", SIDE_IN, 0, stalled, do_read),
	CASE("read_kill_disabled", SIDE_IN, 0, disabled, do_read),
	CASE("read_kill_last_gone", SIDE_IN, 0, without_dmabufs, do_read),

	/* write(), before anything was taken */
	CASE("write_attach", SIDE_OUT, 0, disabled, do_write, attach, -EBUSY),
	CASE("write_transfer", SIDE_OUT, 0,
	     disabled, do_write, attach_and_transfer, -EBUSY),
	CASE("write_attach_last_gone", SIDE_OUT, 0,
	     without_dmabufs, do_write, attach, -EBUSY),
	CASE("write_enable", SIDE_OUT, 0, disabled, do_write, enable, COUNT),
	CASE("write_enable_last_gone", SIDE_OUT, 0,
	     without_dmabufs, do_write, enable_again, COUNT),
	CASE("write_length", SIDE_OUT, 0,
	     disabled, do_write, change_length, GOES_ON, enable, COUNT),
	CASE("write_unbind_disabled", SIDE_OUT, NEED_UNBIND,
	     disabled, do_write, unbind, -ENODEV),
	CASE("write_signal_disabled", SIDE_OUT, 0,
	     disabled, do_write, interrupt, -EINTR),
	CASE("write_signal_restart", SIDE_OUT, 0,
	     disabled, do_write, restart, GOES_ON, enable, COUNT),
	CASE("write_kill_disabled", SIDE_OUT, 0, disabled, do_write),
	CASE("write_kill_last_gone", SIDE_OUT, 0, without_dmabufs, do_write),

	/* write(), which says how much it has taken */
	CASE("write_attach_refused", SIDE_OUT, 0,
	     stalled, do_write_much, attach_refused, GOES_ON, enable_again, COUNT),
	CASE("write_attach_disabled", SIDE_OUT, 0,
	     stalled, do_write_much, disable_then_attach, COUNT),
	CASE("write_disable", SIDE_OUT, 0,
	     stalled, do_write_much, disable, MAYBE, enable_again, COUNT),
	CASE("write_unbind", SIDE_OUT, NEED_UNBIND,
	     stalled, do_write_much, unbind, COUNT),
	CASE("write_signal", SIDE_OUT, 0, stalled, do_write_much, interrupt, COUNT),
	CASE("write_signal_restart_taken", SIDE_OUT, 0,
	     stalled, do_write_much, restart, COUNT),
	CASE("write_kill", SIDE_OUT, 0, stalled, do_write_much),

	/* fsync() */
	CASE("fsync_attach", SIDE_OUT, 0,
	     transferring, do_fsync, attach, GOES_ON, disable, -EIO),
	CASE("fsync_detach", SIDE_OUT, 0,
	     transferring, do_fsync, detach, MAYBE, disable, ENDS),
	CASE("fsync_enable", SIDE_OUT, 0,
	     transferring, do_fsync, enable, GOES_ON, disable, -EIO),
	CASE("fsync_disable", SIDE_OUT, 0, transferring, do_fsync, disable, -EIO),
	CASE("fsync_unbind", SIDE_OUT, NEED_UNBIND,
	     transferring, do_fsync, unbind, GONE),
	CASE("fsync_signal", SIDE_OUT, 0, transferring, do_fsync, interrupt, -EINTR),
	CASE("fsync_kill", SIDE_OUT, 0, transferring, do_fsync),

	/* poll() */
	CASE("poll_attach_output", SIDE_OUT, 0, disabled, do_poll, attach, READY),
	CASE("poll_attach_input", SIDE_IN, 0,
	     disabled, do_poll, attach, GOES_ON, transfer, READY),
	CASE("poll_transfer", SIDE_ANY, 0,
	     disabled, do_poll, attach_and_transfer, READY),
	CASE("poll_attach_last_gone", SIDE_OUT, 0,
	     without_dmabufs, do_poll, attach, READY),
	CASE("poll_detach", SIDE_IN, 0, transferring, do_poll, detach, GOES_ON),
	CASE("poll_detach_output", SIDE_OUT, 0,
	     transferring, do_poll, detach, GOES_ON, attach, READY),
	CASE("poll_enable", SIDE_ANY, 0, disabled, do_poll, enable, READY),
	CASE("poll_disable", SIDE_ANY, 0, transferring, do_poll, disable, READY),
	CASE("poll_length", SIDE_ANY, 0,
	     disabled, do_poll, change_length, GOES_ON, enable, READY),
	CASE("poll_unbind", SIDE_ANY, NEED_UNBIND,
	     transferring, do_poll, unbind, READY_OR_GONE),
	CASE("poll_unbind_disabled", SIDE_ANY, NEED_UNBIND,
	     disabled, do_poll, unbind, POLLERR | POLLHUP),
	CASE("poll_signal", SIDE_ANY, 0, transferring, do_poll, interrupt, -EINTR),
	CASE("poll_kill", SIDE_ANY, 0, disabled, do_poll),

	/* ENQUEUE, which waits for others, but not for ever */
	CASE("enqueue_detach", SIDE_ANY, NEED_BOTH,
	     used_by_other, do_enqueue, detach, REFUSED),
	CASE("enqueue_enable", SIDE_ANY, NEED_BOTH,
	     used_by_other, do_enqueue, enable_other, SUCCESS),
	CASE("enqueue_unbind", SIDE_ANY, NEED_BOTH | NEED_UNBIND,
	     used_by_other, do_enqueue, unbind, REFUSED),
	CASE("enqueue_signal", SIDE_ANY, NEED_BOTH,
	     used_by_other, do_enqueue, interrupt, -EINTR),
	CASE("enqueue_kill", SIDE_ANY, NEED_BOTH, used_by_other, do_enqueue),

	{ "wait_in_a_thread", run_threads, SIDE_ANY, NEED_STALL },
	{ 0 },
};
