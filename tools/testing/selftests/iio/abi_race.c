// SPDX-License-Identifier: GPL-2.0
/*
 * Closing and unbinding, while other threads use the buffer in all the ways that
 * there are; and what the kernel tells of a transfer, while another thread starts
 * the next one. Nothing hangs, all fences are signalled, no result belongs to
 * another transfer.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "abi.h"

#define SIZE		16384
#define ROUNDS		100
#define UNBINDS		4
#define KILLS		15
#define ASKED		1000

/* What another thread does, over and over. */
struct other {
	struct abi *t;
	int (*call)(struct abi *t);
	atomic_bool stop;
	atomic_int bad;	/* a result that nothing explains */
};

static struct dmabuf *own;	/* of the other thread */

static int attach(struct abi *t)
{
	return iio_attach(t->fd, own->fd);
}

static int detach(struct abi *t)
{
	return iio_detach(t->fd, own->fd);
}

static int enqueue(struct abi *t)
{
	return iio_enqueue(t->fd, own->fd, abi_size(t, SIZE), 0);
}

static int attach_enqueue_detach(struct abi *t)
{
	int ret = attach(t);

	return ret ?: enqueue(t) ?: detach(t);
}

static int ask(struct abi *t)
{
	struct iio_dmabuf_status status;

	return iio_status(t->fd, own->fd, &status);
}

/* They return at once or are told that the device is gone. */
static int transfer_data(struct abi *t)
{
	char data[64] = "";
	ssize_t ret;

	if (t->target.dir == IIO_DIR_IN)
		ret = read(t->fd, data, sizeof(data));
	else
		ret = write(t->fd, data, sizeof(data));

	return ret < 0 ? -errno : 0;
}

static int sync_file(struct abi *t)
{
	return fsync(t->fd) ? -errno : 0;
}

static int poll_now(struct abi *t)
{
	struct pollfd pfd = { .fd = t->fd, .events = POLLIN | POLLOUT };

	return poll(&pfd, 1, 0) < 0 ? -errno : 0;
}

static int enable_disable(struct abi *t)
{
	int ret = iio_enable(&t->target, true);

	return ret ?: iio_enable(&t->target, false);
}

/*
 * Its number may be closed, or that of a buffer or of another file opened later; its
 * device may be gone, or come back with another number.
 */
static bool explained(int ret)
{
	static const int all[] = {
		0, -EBADF, -EPERM, -EBUSY, -ENODEV, -EINVAL, -EAGAIN, -EIO, -ENOENT,
		-ECANCELED, -ENOTTY,
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(all); i++)
		if (ret == all[i])
			return true;

	return false;
}

static void *do_often(void *arg)
{
	struct other *o = arg;
	int ret;

	while (!o->stop && !o->bad) {
		ret = o->call(o->t);
		if (!explained(ret))
			o->bad = ret;
	}

	return NULL;
}

static void start_other(struct abi *t, struct other *o, pthread_t *thread)
{
	own = abi_alloc(t, SIZE);
	EXPECT(iio_set_nonblock(t->fd, true), 0);
	*o = (struct other){ .t = t, .call = (int (*)(struct abi *))t->arg };
	CHECK(!pthread_create(thread, NULL, do_often, o), "no thread");
}

static void stop_other(struct other *o, pthread_t thread)
{
	o->stop = true;
	pthread_join(thread, NULL);
	CHECK(!o->bad, "an error that nothing explains: %s", abi_error(o->bad));
}

/*
 * By a number that was not in use before: the other thread may be late with the last
 * one, and must not wait in a file that is not meant for it.
 */
static void open_again(struct abi *t)
{
	static int unused = 100;
	int fd = abi_open_soon(t, O_NONBLOCK);

	t->fd = fcntl(fd, F_DUPFD_CLOEXEC, unused);
	CHECK(t->fd >= unused, "no descriptor: %s", strerror(errno));
	unused = t->fd + 1;
	close(fd);
}

static void close_while(struct abi *t)
{
	struct dmabuf *d = abi_alloc(t, SIZE);
	unsigned int i;
	pthread_t thread;
	struct other o;

	start_other(t, &o, &thread);
	for (i = 0; i < ROUNDS; i++) {
		/* Refused as long as the other thread has it enabled. */
		if (!iio_attach(t->fd, d->fd))
			iio_enqueue(t->fd, d->fd, abi_size(t, SIZE), 0);
		iio_enable(&t->target, i & 1);
		abi_close(t);
		CHECK(dmabuf_wait(d, WAIT_MS) == 1, "round %u: never signalled", i);
		open_again(t);
	}
	stop_other(&o, thread);
	EXPECT(iio_enable(&t->target, false), 0);
	abi_close(t);
	abi_reopen_soon(t);
	abi_still_works(t);
}

static void find_device(struct abi *t)
{
	struct abi_side side = *t->side;
	long start = abi_ms();
	bool found;

	/* A call that the other thread is in keeps the file open for a moment longer */
	while (!(found = abi_probe_side(&side, t->target.name, t->target.dir)) &&
	       abi_ms() - start < WAIT_MS)
		usleep(1000);
	CHECK(found, "%s did not come back", t->target.name);
	t->target = side.target;
}

static struct abi_driver driver;

static void unbind_while(struct abi *t)
{
	unsigned int i;
	pthread_t thread;
	struct other o;

	if (!abi_find_driver(t->env, t->side, &driver))
		abi_skip("%s has no driver", t->target.name);
	start_other(t, &o, &thread);
	for (i = 0; i < UNBINDS; i++) {
		EXPECT(sysfs_write(driver.name, "%s/unbind", driver.dir), 0);
		EXPECT(abi_bind(&driver), 0);
		abi_close(t);
		find_device(t);
		open_again(t);
	}
	stop_other(&o, thread);
	EXPECT(iio_enable(&t->target, false), 0);
	abi_close(t);
	abi_reopen_soon(t);
	abi_unstall(t);
	abi_still_works(t);
}

/* The process is killed at any point of @fn. */
static void killed_in(struct abi *t, void (*fn)(struct abi *t), unsigned int us)
{
	pid_t pid = fork();
	int status;

	CHECK(pid >= 0, "fork: %s", strerror(errno));
	if (!pid) {
		fn(t);
		_exit(0);
	}
	usleep(us);
	kill(pid, SIGKILL);
	CHECK(waitpid(pid, &status, 0) == pid, "waitpid");
}

static void open_and_close(struct abi *t)
{
	for (;;) {
		t->fd = iio_open(&t->target, 0);
		if (!iio_attach(t->fd, own->fd))
			iio_enqueue(t->fd, own->fd, abi_size(t, SIZE), 0);
		iio_enable(&t->target, true);
		close(t->fd);
	}
}

static void close_while_killed(struct abi *t)
{
	unsigned int i, seed = t->env->seed;

	own = abi_alloc(t, SIZE);
	abi_close(t);
	for (i = 0; i < KILLS; i++) {
		killed_in(t, open_and_close, rand_r(&seed) % 20000);
		CHECK(dmabuf_wait(own, WAIT_MS) == 1, "round %u: never signalled", i);
	}
	EXPECT(iio_enable(&t->target, false), 0);
	abi_reopen_soon(t);
	abi_still_works(t);
}

static void unbind_and_bind(struct abi *t)
{
	(void)t;
	for (;;) {
		sysfs_write(driver.name, "%s/unbind", driver.dir);
		sysfs_write(driver.name, "%s/bind", driver.dir);
	}
}

static void unbind_while_killed(struct abi *t)
{
	unsigned int i, seed = t->env->seed;

	if (!abi_find_driver(t->env, t->side, &driver))
		abi_skip("%s has no driver", t->target.name);
	for (i = 0; i < KILLS; i++)
		killed_in(t, unbind_and_bind, rand_r(&seed) % 50000);
	sysfs_write(driver.name, "%s/unbind", driver.dir);
	abi_bind_again(t, &driver);
}

/*
 * What became of a transfer, while another thread starts the next: its length
 * follows from its number.
 */
struct answers {
	struct abi *t;
	struct dmabuf *d;
	uint64_t first;		/* number of the first transfer */
	atomic_bool stop;
	atomic_uint asked;
	unsigned int wrong;
	unsigned long long number, bytes;	/* of the first wrong answer */
};

static size_t length_of(const struct answers *a, uint64_t number)
{
	return (1 + (number - a->first) % 2) * a->t->side->unit;
}

static void check_answer(struct answers *a)
{
	struct iio_dmabuf_status status;

	if (iio_status(a->t->fd, a->d->fd, &status) || status.flags ||
	    !status.sequence || status.error)
		return;
	a->asked++;
	if (status.bytes_transferred == length_of(a, status.sequence))
		return;
	if (!a->wrong++) {
		a->number = status.sequence - a->first;
		a->bytes = status.bytes_transferred;
	}
}

/* Takes the CPU from the other thread at any point of its calls. */
static void *ask_often(void *arg)
{
	const struct sched_param param = { .sched_priority = 1 };
	struct answers *a = arg;
	unsigned int seed = a->t->env->seed;

	pthread_setschedparam(pthread_self(), SCHED_FIFO, &param);
	while (!a->stop) {
		usleep(rand_r(&seed) % 200);
		check_answer(a);
	}

	return NULL;
}

static void transfer_next(struct answers *a, uint64_t number)
{
	EXPECT(iio_enqueue(a->t->fd, a->d->fd, length_of(a, number), 0), 0);
	CHECK(dmabuf_wait(a->d, WAIT_MS) == 1, "the transfer never ends");
}

static void status_while_enqueued(struct abi *t)
{
	struct dmabuf *d = abi_attached(t, 2 * t->side->unit);
	struct iio_dmabuf_status status;
	struct answers a = { .t = t, .d = d };
	pthread_t thread;
	uint64_t i;

	abi_enable(t);
	transfer_next(&a, 0);
	EXPECT(iio_status(t->fd, d->fd, &status), 0);
	a.first = status.sequence;

	CHECK(!pthread_create(&thread, NULL, ask_often, &a), "no thread");
	for (i = 1; a.asked < ASKED; i++)
		transfer_next(&a, a.first + i);
	a.stop = true;
	pthread_join(thread, NULL);
	CHECK(!a.wrong,
	      "%u of %u answers are wrong: transfer %llu has %llu bytes, says the kernel",
	      a.wrong, a.asked, a.number, a.bytes);
}

const struct abi_test abi_race_tests[] = {
	{ "close_while_attach", close_while, SIDE_ANY, 0, attach },
	{ "close_while_detach", close_while, SIDE_ANY, 0, attach_enqueue_detach },
	{ "close_while_enqueue", close_while, SIDE_ANY, 0, enqueue },
	{ "close_while_status", close_while, SIDE_ANY, NEED_STATUS_IOCTL, ask },
	{ "close_while_read_or_write", close_while, SIDE_ANY, 0, transfer_data },
	{ "close_while_fsync", close_while, SIDE_ANY, 0, sync_file },
	{ "close_while_poll", close_while, SIDE_ANY, 0, poll_now },
	{ "close_while_enable", close_while, SIDE_ANY, 0, enable_disable },
	{ "unbind_while_attach", unbind_while, SIDE_ANY, NEED_UNBIND, attach },
	{ "unbind_while_detach", unbind_while, SIDE_ANY,
	  NEED_UNBIND, attach_enqueue_detach },
	{ "unbind_while_enqueue", unbind_while, SIDE_ANY, NEED_UNBIND, enqueue },
	{ "unbind_while_status", unbind_while, SIDE_ANY,
	  NEED_UNBIND | NEED_STATUS_IOCTL, ask },
	{ "unbind_while_read_or_write", unbind_while, SIDE_ANY,
	  NEED_UNBIND, transfer_data },
	{ "unbind_while_fsync", unbind_while, SIDE_ANY, NEED_UNBIND, sync_file },
	{ "unbind_while_poll", unbind_while, SIDE_ANY, NEED_UNBIND, poll_now },
	{ "unbind_while_enable", unbind_while, SIDE_ANY,
	  NEED_UNBIND, enable_disable },
	{ "close_while_killed", close_while_killed, SIDE_ANY, 0 },
	{ "unbind_while_killed", unbind_while_killed, SIDE_ANY, NEED_UNBIND },
	{ "status_while_enqueued", status_while_enqueued, SIDE_ANY,
	  NEED_STATUS_IOCTL },
	{ 0 },
};
