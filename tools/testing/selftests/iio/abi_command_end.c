// SPDX-License-Identifier: GPL-2.0
/*
 * ENQUEUE through io_uring: commands in flight, and everything that can end them.
 * Whatever does, each command completes once, nobody waits for the hardware, and
 * the buffer works afterwards.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "abi_command.h"

#define LAPS	200
#define BLOCKS	4

static size_t all_of(const struct abi *t, const struct dmabuf *d)
{
	return d->size / t->side->unit * t->side->unit;
}

/* A command for a block that stays active until the other side moves. */
static struct dmabuf *stalled(struct abi *t, struct uring *r)
{
	struct dmabuf *d;

	abi_stall(t);
	d = abi_attached(t, t->env->stall_size);
	ring_queue(t, r, d, all_of(t, d));
	ring_submit(r);
	if (!t->enabled)
		abi_enable(t);
	CHECK(dmabuf_wait(d, 100) == 0, "%s does not make it wait",
	      t->side->stall);
	ring_expect_none(r);

	return d;
}

static void detached_queued(struct abi *t)
{
	struct dmabuf *d = abi_attached(t, COMMAND_SIZE);
	struct uring r;

	ring_open(&r, 0);
	ring_queue(t, &r, d, abi_size(t, COMMAND_SIZE));
	ring_submit(&r);
	EXPECT(iio_detach(t->fd, d->fd), 0);
	ring_expect(&r, d, -ECANCELED);
	ring_expect_none(&r);
	abi_restart_pattern(t);
	abi_still_works(t);
}

/* It goes on to its end, and that is here. */
static void detached_active(struct abi *t)
{
	struct dmabuf *d;
	struct uring r;

	ring_open(&r, 0);
	d = stalled(t, &r);
	EXPECT(iio_detach(t->fd, d->fd), 0);
	ring_expect_none(&r);
	abi_disable(t);
	ring_expect(&r, d, -EINTR);
	abi_unstall(t);
	abi_still_works(t);
}

static void detached_cyclic(struct abi *t)
{
	struct dmabuf *d = abi_attached(t, COMMAND_SIZE);
	struct uring r;

	ring_open(&r, 0);
	abi_load(t, d, abi_size(t, COMMAND_SIZE));
	ring_command(t, &r, d, abi_size(t, COMMAND_SIZE), IIO_BUFFER_DMABUF_CYCLIC);
	ring_submit(&r);
	abi_enable(t);
	ring_expect_none(&r);
	EXPECT(iio_detach(t->fd, d->fd), 0);
	ring_expect(&r, d, -ECANCELED);
	abi_disable(t);
	abi_still_works(t);
}

static void disabled(struct abi *t)
{
	struct dmabuf *d;
	struct uring r;

	ring_open(&r, 0);
	d = stalled(t, &r);
	abi_disable(t);
	ring_expect(&r, d, -EINTR);
	abi_unstall(t);
	abi_still_works(t);
}

/* The CPU has the block again, with an error, too. */
static void disabled_cpu_access(struct abi *t)
{
	struct dmabuf *d;
	struct uring r;

	ring_open(&r, 0);
	abi_stall(t);
	d = abi_attached(t, t->env->stall_size);
	abi_load(t, d, all_of(t, d));
	ring_command(t, &r, d, all_of(t, d), IIO_BUFFER_DMABUF_CPU_ACCESS);
	ring_submit(&r);
	abi_enable(t);
	abi_disable(t);
	ring_expect(&r, d, -EINTR);
	abi_unstall(t);
	abi_still_works(t);
}

static void unbound_queued(struct abi *t)
{
	struct dmabuf *d = abi_attached(t, COMMAND_SIZE);
	struct abi_driver driver;
	struct uring r;

	ring_open(&r, 0);
	ring_queue(t, &r, d, abi_size(t, COMMAND_SIZE));
	ring_submit(&r);
	abi_take_away(t, &driver);
	ring_expect(&r, d, -ENODEV);
	ring_command(t, &r, d, abi_size(t, COMMAND_SIZE), 0);
	ring_submit(&r);
	ring_expect(&r, d, -ENODEV);
	uring_close(&r);
	abi_bind_again(t, &driver);
}

static void unbound_active(struct abi *t)
{
	struct abi_driver driver;
	struct dmabuf *d;
	struct uring r;

	ring_open(&r, 0);
	d = stalled(t, &r);
	abi_take_away(t, &driver);
	ring_expect(&r, d, -EINTR);
	uring_close(&r);
	abi_bind_again(t, &driver);
}

/* Commands of a ring that goes are cancelled; their transfers are not. */
static void ring_closed_queued(struct abi *t)
{
	size_t len = abi_size(t, COMMAND_SIZE);
	struct dmabuf *d = abi_attached(t, len);
	struct uring r;

	ring_open(&r, 0);
	ring_queue(t, &r, d, len);
	ring_submit(&r);
	uring_close(&r);
	CHECK(abi_pending(t, d), "the transfer went with the ring");
	EXPECT(iio_enqueue(t->fd, d->fd, len, 0), -EBUSY);
	abi_enable(t);
	abi_done(t, d, len);
	abi_transfer(t, d, len);
	abi_check_sink(t, 2 * len);
}

static void ring_closed_active(struct abi *t)
{
	struct dmabuf *d;
	struct uring r;

	ring_open(&r, 0);
	d = stalled(t, &r);
	uring_close(&r);
	CHECK(abi_pending(t, d), "the transfer went with the ring");
	abi_disable(t);
	CHECK(dmabuf_wait(d, WAIT_MS) == 1, "the transfer never ends");
	abi_unstall(t);
	abi_still_works(t);
}

/* Commands keep the buffer open; its last descriptor is not the last user. */
static void buffer_closed(struct abi *t)
{
	size_t len = abi_size(t, COMMAND_SIZE);
	struct dmabuf *d = abi_attached(t, len);
	struct uring r;

	ring_open(&r, 0);
	ring_queue(t, &r, d, len);
	ring_submit(&r);
	abi_close(t);
	CHECK(abi_pending(t, d), "the transfer went with the descriptor");
	ring_expect_none(&r);
	EXPECT(iio_open(&t->target, 0), -EBUSY);

	abi_enable(t);
	ring_expect(&r, d, len);
	abi_done(t, d, len);
}

/* First the one, then the other: nothing is left then. */
static void both_closed(struct abi *t)
{
	struct dmabuf *d = abi_attached(t, COMMAND_SIZE);
	struct uring r;
	int fence;

	ring_open(&r, 0);
	ring_queue(t, &r, d, abi_size(t, COMMAND_SIZE));
	ring_submit(&r);
	fence = abi_fence(t, d);
	abi_close(t);
	uring_close(&r);
	EXPECT(abi_fence_result(t, fence), -ECANCELED);
	abi_reopen_soon(t);
	abi_restart_pattern(t);
	abi_still_works(t);
}

/* There is no such operation for these commands; detaching is the way. */
static void cancelled_by_hand(struct abi *t)
{
	size_t len = abi_size(t, COMMAND_SIZE);
	struct dmabuf *d = abi_attached(t, len);
	struct io_uring_sqe *sqe;
	struct uring_done done;
	struct uring r;

	ring_open(&r, 0);
	ring_queue(t, &r, d, len);
	ring_submit(&r);
	sqe = uring_next(&r, IORING_OP_ASYNC_CANCEL, -1, 1000);
	sqe->addr = d->fd;
	ring_submit(&r);
	done = ring_next(&r);
	CHECK(done.user_data == 1000 && done.res < 0, "cancelling: %d", done.res);
	abi_enable(t);
	ring_expect(&r, d, len);
	abi_done(t, d, len);
}

struct thread {
	struct abi *t;
	struct uring *r;
	struct dmabuf *d;
};

static void *submit_and_end(void *arg)
{
	struct thread *th = arg;

	ring_queue(th->t, th->r, th->d, abi_size(th->t, COMMAND_SIZE));
	ring_submit(th->r);

	return NULL;
}

/*
 * Commands belong to the ring: that of a thread that has ended goes on, unless the
 * kernel cancels it with the thread. Its transfer goes on in any case.
 */
static void expect_orphan(struct abi *t, struct uring *r, struct dmabuf *d,
			  size_t len)
{
	struct uring_done done;

	CHECK(abi_pending(t, d), "the transfer has ended, too");
	abi_enable(t);
	done = ring_next(r);
	CHECK(done.user_data == (uint64_t)d->fd, "another command's completion");
	CHECK(done.res == (int)len || done.res == -ECANCELED,
	      "completed with %s", abi_error(done.res));
	abi_done(t, d, len);
	ring_transfer(t, r, d, len);
}

static void thread_ends(struct abi *t)
{
	size_t len = abi_size(t, COMMAND_SIZE);
	struct dmabuf *d = abi_attached(t, len);
	struct uring r;
	struct thread th = { t, &r, d };
	pthread_t thread;

	ring_open(&r, 0);
	CHECK(!pthread_create(&thread, NULL, submit_and_end, &th), "no thread");
	pthread_join(thread, NULL);
	expect_orphan(t, &r, d, len);
}

/* Another process has the ring, too. */
static void child_ends(struct abi *t)
{
	size_t len = abi_size(t, COMMAND_SIZE);
	struct dmabuf *d = abi_attached(t, len);
	struct uring r;
	pid_t pid;

	ring_open(&r, 0);
	abi_load(t, d, len);
	pid = fork();
	if (!pid) {
		ring_command(t, &r, d, len, 0);
		ring_submit(&r);
		_exit(0);
	}
	CHECK(waitpid(pid, NULL, 0) == pid, "waitpid");
	r.tail = *r.sq_tail;
	expect_orphan(t, &r, d, len);
}

/* Nobody is there any more to begin the CPU's access. */
static void *submit_cpu_access(void *arg)
{
	struct thread *th = arg;

	abi_load(th->t, th->d, abi_size(th->t, COMMAND_SIZE));
	ring_command(th->t, th->r, th->d, abi_size(th->t, COMMAND_SIZE),
		     IIO_BUFFER_DMABUF_CPU_ACCESS);
	ring_submit(th->r);

	return NULL;
}

static void thread_ends_cpu_access(struct abi *t)
{
	size_t len = abi_size(t, COMMAND_SIZE);
	struct dmabuf *d = abi_attached(t, len);
	struct uring r;
	struct thread th = { t, &r, d };
	pthread_t thread;

	ring_open(&r, 0);
	CHECK(!pthread_create(&thread, NULL, submit_cpu_access, &th), "no thread");
	pthread_join(thread, NULL);
	abi_enable(t);
	ring_expect(&r, d, -ECANCELED);
	abi_done(t, d, len);
	ring_transfer(t, &r, d, len);
}

/* The child has the descriptors, but not the commands. */
static void parent_goes_on(struct abi *t)
{
	size_t len = abi_size(t, COMMAND_SIZE);
	struct dmabuf *d = abi_attached(t, len);
	struct uring r;
	pid_t pid;

	ring_open(&r, 0);
	ring_queue(t, &r, d, len);
	ring_submit(&r);
	pid = fork();
	if (!pid)
		_exit(0);
	CHECK(waitpid(pid, NULL, 0) == pid, "waitpid");
	ring_expect_none(&r);
	abi_enable(t);
	ring_expect(&r, d, len);
	abi_done(t, d, len);
}

enum doing {
	DOING_QUEUE,
	DOING_STALL,
	DOING_CYCLIC,
};

/* Never returns: the process is killed here. */
static void __noreturn victim(struct abi *t, unsigned int ring_flags, int ready,
			      enum doing doing)
{
	uint32_t flags = doing == DOING_CYCLIC ? IIO_BUFFER_DMABUF_CYCLIC : 0;
	unsigned int i, n = doing == DOING_CYCLIC ? 1 : BLOCKS;
	struct uring r;

	ring_open(&r, ring_flags);
	abi_reopen(t);
	for (i = 0; i < n; i++) {
		EXPECT(iio_attach(t->fd, t->blocks[i].fd), 0);
		ring_command(t, &r, &t->blocks[i], all_of(t, &t->blocks[i]),
			     flags);
	}
	ring_submit(&r);
	if (doing == DOING_STALL || doing == DOING_CYCLIC)
		EXPECT(iio_enable(&t->target, true), 0);

	if (write(ready, "", 1) == 1)
		for (;;)
			pause();
	_exit(1);
}

static pid_t start_victim(struct abi *t, unsigned int ring_flags,
			  enum doing doing)
{
	int ready[2];
	char c;
	pid_t pid;

	CHECK(!pipe(ready), "pipe");
	pid = fork();
	if (!pid) {
		close(ready[0]);
		victim(t, ring_flags, ready[1], doing);
	}
	close(ready[1]);
	/* It has said why, if it did not come so far. */
	if (read(ready[0], &c, 1) != 1)
		_exit(0);
	close(ready[0]);

	return pid;
}

static void kill_it(pid_t pid)
{
	kill(pid, SIGKILL);
	CHECK(waitpid(pid, NULL, 0) == pid, "waitpid");
}

static void die(struct abi *t, unsigned int ring_flags, enum doing doing)
{
	size_t size = doing == DOING_STALL ? t->env->stall_size : COMMAND_SIZE;
	unsigned int i, n = doing == DOING_CYCLIC ? 1 : BLOCKS;
	int fence[BLOCKS], status;
	pid_t pid;

	abi_close(t);
	for (i = 0; i < n; i++)
		abi_load(t, abi_alloc(t, size), abi_size(t, COMMAND_SIZE));
	pid = start_victim(t, ring_flags, doing);
	for (i = 0; i < n; i++)
		fence[i] = abi_fence(t, &t->blocks[i]);
	kill_it(pid);
	for (i = 0; i < n; i++) {
		status = abi_fence_result(t, fence[i]);
		CHECK(status < 0, "fence %u reports success", i);
	}

	abi_disable(t);
	abi_unstall(t);
	abi_reopen_soon(t);
	abi_still_works(t);
}

static void dies_with_queued(struct abi *t)
{
	die(t, 0, DOING_QUEUE);
}

static void dies_with_queued_sqpoll(struct abi *t)
{
	die(t, IORING_SETUP_SQPOLL, DOING_QUEUE);
}

static void dies_with_queued_deferred(struct abi *t)
{
	die(t, IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN,
	    DOING_QUEUE);
}

static void dies_with_active(struct abi *t)
{
	abi_stall(t);
	die(t, 0, DOING_STALL);
}

static void dies_with_cyclic(struct abi *t)
{
	die(t, 0, DOING_CYCLIC);
}

/* Another buffer has the DMABUF, and is not enabled. */
static struct abi *used_by_peer(struct abi *t, struct dmabuf *d, size_t len)
{
	struct abi *peer = abi_open_peer(t);

	EXPECT(iio_attach(peer->fd, d->fd), 0);
	EXPECT(iio_enqueue(peer->fd, d->fd, len, 0), 0);

	return peer;
}

/*
 * A worker waits for the other user. It has its own copy of the command: the entry
 * is ours again, and the ring goes on.
 */
static void waits_for_others(struct abi *t)
{
	size_t len = abi_size(t, COMMAND_SIZE);
	struct dmabuf *d = abi_attached(t, len);
	struct uring r;
	struct abi *peer;

	abi_load(t, d, len);
	peer = used_by_peer(t, d, len);
	ring_open(&r, 0);
	ring_command(t, &r, d, len, 0);
	ring_submit(&r);
	memset(&r.sqes[0], 0xff, sizeof(r.sqes[0]));
	uring_next(&r, IORING_OP_NOP, -1, 1000);
	ring_submit(&r);
	CHECK(ring_next(&r).user_data == 1000, "the ring waits, too");
	ring_expect_none(&r);

	EXPECT(iio_detach(peer->fd, d->fd), 0);
	abi_enable(t);
	ring_expect(&r, d, len);
	abi_done(t, d, len);
}

static void nonblock_does_not_wait(struct abi *t)
{
	size_t len = abi_size(t, COMMAND_SIZE);
	struct dmabuf *d = abi_attached(t, len);
	struct abi *peer = used_by_peer(t, d, len);
	struct uring r;

	ring_open(&r, 0);
	EXPECT(iio_set_nonblock(t->fd, true), 0);
	ring_command(t, &r, d, len, 0);
	ring_submit(&r);
	ring_expect(&r, d, -EBUSY);
	EXPECT(iio_detach(peer->fd, d->fd), 0);
	abi_enable(t);
	ring_transfer(t, &r, d, len);
}

/* A worker that waits ends with the ring. */
static void ring_closed_waiting(struct abi *t)
{
	size_t len = abi_size(t, COMMAND_SIZE);
	struct dmabuf *d = abi_attached(t, len);
	struct abi *peer = used_by_peer(t, d, len);
	struct uring r;

	ring_open(&r, 0);
	ring_command(t, &r, d, len, 0);
	ring_submit(&r);
	uring_close(&r);
	abi_close(t);
	/* Without the other user having gone. */
	abi_reopen_soon(t);
	CHECK(abi_pending(peer, d), "the other user has gone");
	abi_still_works(t);
}

/*
 * Rings that go while their commands complete: whoever comes first, a command ends
 * once, and its transfer ends, too.
 */
static void close_at_any_time(struct abi *t, unsigned int flags)
{
	size_t len = abi_size(t, COMMAND_SIZE);
	struct dmabuf *d[BLOCKS];
	struct uring r;
	unsigned int i, lap;

	for (i = 0; i < BLOCKS; i++)
		d[i] = abi_attached(t, len);
	abi_enable(t);
	srand(t->env->seed);
	for (lap = 0; lap < LAPS; lap++) {
		ring_open(&r, flags);
		for (i = 0; i < BLOCKS; i++)
			ring_command(t, &r, d[i], len, 0);
		ring_submit(&r);
		for (i = rand() % 2000; i; i--)
			__asm__ __volatile__("" ::: "memory");
		if (lap % 4 == 0)
			ring_expect(&r, d[0], len);
		uring_close(&r);
		for (i = 0; i < BLOCKS; i++)
			CHECK(dmabuf_wait(d[i], WAIT_MS) == 1,
			      "lap %u: block %u never ends", lap, i);
	}
	abi_disable(t);
	abi_still_works(t);
}

static void close_any_time(struct abi *t)
{
	close_at_any_time(t, 0);
}

static void close_any_time_deferred(struct abi *t)
{
	close_at_any_time(t, IORING_SETUP_SINGLE_ISSUER |
			  IORING_SETUP_DEFER_TASKRUN);
}

/* What the other thread is to detach now; NULL: nothing. */
static _Atomic(struct dmabuf *) to_detach;

static void *detach_each(void *arg)
{
	struct abi *t = arg;
	struct dmabuf *d;
	unsigned int i;

	for (i = 0; i < LAPS; i++) {
		while (!(d = atomic_load(&to_detach)))
			sched_yield();
		EXPECT(iio_detach(t->fd, d->fd), 0);
		atomic_store(&to_detach, NULL);
	}

	return NULL;
}

/* Each command completes, with the data or with a reason why not. */
static void detached_any_time(struct abi *t)
{
	size_t len = abi_size(t, COMMAND_SIZE);
	pthread_t thread;
	struct dmabuf *d;
	struct uring r;
	unsigned int i;
	int res;

	/* Without an attachment the buffer would change its mode. */
	abi_attached(t, len);
	ring_open(&r, 0);
	abi_enable(t);
	CHECK(!pthread_create(&thread, NULL, detach_each, t), "no thread");
	for (i = 0; i < LAPS; i++) {
		d = abi_attached(t, len);
		ring_command(t, &r, d, len, 0);
		atomic_store(&to_detach, d);
		if (i % 2)
			sched_yield();
		ring_submit(&r);
		res = ring_next(&r).res;
		CHECK(res == (int)len || res == -EPERM || res == -ECANCELED,
		      "completed with %s", abi_error(res));
		while (atomic_load(&to_detach))
			sched_yield();
		CHECK(dmabuf_wait(d, WAIT_MS) == 1, "the block never ends");
		abi_free(t, d);
	}
	pthread_join(thread, NULL);
	abi_disable(t);
	abi_still_works(t);
}

static void *disable_and_enable(void *arg)
{
	struct thread *th = arg;
	unsigned int i;

	for (i = 0; i < LAPS / 4; i++) {
		EXPECT(iio_enable(&th->t->target, false), 0);
		EXPECT(iio_enable(&th->t->target, true), 0);
	}

	return NULL;
}

static void disabled_any_time(struct abi *t)
{
	size_t len = abi_size(t, COMMAND_SIZE);
	struct dmabuf *d = abi_attached(t, len);
	struct thread th = { .t = t };
	pthread_t thread;
	struct uring r;
	unsigned int i;
	int res;

	ring_open(&r, 0);
	abi_enable(t);
	CHECK(!pthread_create(&thread, NULL, disable_and_enable, &th), "no thread");
	for (i = 0; i < LAPS; i++) {
		ring_command(t, &r, d, len, 0);
		ring_submit(&r);
		res = ring_next(&r).res;
		CHECK(res == (int)len || res == -EINTR, "completed with %s",
		      abi_error(res));
	}
	pthread_join(thread, NULL);
	abi_disable(t);
	abi_still_works(t);
}

const struct abi_test abi_command_end_tests[] = {
	{ "command_detached_queued", detached_queued, SIDE_ANY, NEED_COMMANDS },
	{ "command_detached_active", detached_active, SIDE_ANY,
	  NEED_COMMANDS | NEED_STALL },
	{ "command_detached_cyclic", detached_cyclic, SIDE_OUT,
	  NEED_COMMANDS | NEED_CYCLIC },
	{ "command_disabled", disabled, SIDE_ANY, NEED_COMMANDS | NEED_STALL },
	{ "command_disabled_cpu_access", disabled_cpu_access, SIDE_ANY,
	  NEED_COMMANDS | NEED_STALL },
	{ "command_unbound_queued", unbound_queued, SIDE_ANY,
	  NEED_COMMANDS | NEED_UNBIND },
	{ "command_unbound_active", unbound_active, SIDE_ANY,
	  NEED_COMMANDS | NEED_UNBIND | NEED_STALL },
	{ "command_ring_closed_queued", ring_closed_queued, SIDE_ANY, NEED_COMMANDS },
	{ "command_ring_closed_active", ring_closed_active, SIDE_ANY,
	  NEED_COMMANDS | NEED_STALL },
	{ "command_buffer_closed", buffer_closed, SIDE_ANY, NEED_COMMANDS },
	{ "command_both_closed", both_closed, SIDE_ANY, NEED_COMMANDS | NEED_STATUS },
	{ "command_cancelled_by_hand", cancelled_by_hand, SIDE_ANY, NEED_COMMANDS },
	{ "command_thread_ends", thread_ends, SIDE_ANY, NEED_COMMANDS },
	{ "command_thread_ends_cpu_access", thread_ends_cpu_access, SIDE_ANY,
	  NEED_COMMANDS },
	{ "command_child_ends", child_ends, SIDE_ANY, NEED_COMMANDS },
	{ "command_parent_goes_on", parent_goes_on, SIDE_ANY, NEED_COMMANDS },
	{ "command_dies_with_queued", dies_with_queued, SIDE_ANY,
	  NEED_COMMANDS | NEED_STATUS },
	{ "command_dies_with_queued_sqpoll", dies_with_queued_sqpoll, SIDE_ANY,
	  NEED_COMMANDS | NEED_STATUS },
	{ "command_dies_with_queued_deferred", dies_with_queued_deferred, SIDE_ANY,
	  NEED_COMMANDS | NEED_STATUS },
	{ "command_dies_with_active", dies_with_active, SIDE_ANY,
	  NEED_COMMANDS | NEED_STALL | NEED_STATUS },
	{ "command_dies_with_cyclic", dies_with_cyclic, SIDE_OUT,
	  NEED_COMMANDS | NEED_CYCLIC | NEED_STATUS },
	{ "command_waits_for_others", waits_for_others, SIDE_ANY,
	  NEED_COMMANDS | NEED_BOTH },
	{ "command_nonblock_does_not_wait", nonblock_does_not_wait, SIDE_ANY,
	  NEED_COMMANDS | NEED_BOTH },
	{ "command_ring_closed_waiting", ring_closed_waiting, SIDE_ANY,
	  NEED_COMMANDS | NEED_BOTH },
	{ "command_close_any_time", close_any_time, SIDE_ANY, NEED_COMMANDS },
	{ "command_close_any_time_deferred", close_any_time_deferred, SIDE_ANY,
	  NEED_COMMANDS },
	{ "command_detached_any_time", detached_any_time, SIDE_ANY, NEED_COMMANDS },
	{ "command_disabled_any_time", disabled_any_time, SIDE_ANY, NEED_COMMANDS },
	{ 0 },
};
