// SPDX-License-Identifier: GPL-2.0
/*
 * Processes that die in the middle, and many blocks: whatever was enqueued is
 * signalled, nothing stays behind, and the next one finds a buffer that works.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "abi.h"

#define SIZE	16384
#define BLOCKS	4
#define LAPS	300

enum doing {
	DOING_QUEUE,
	DOING_STALL,
	DOING_CYCLIC,
};

/* All of a block, as far as it is a whole number of sample sets. */
static size_t usable(const struct abi *t, const struct dmabuf *d)
{
	return d->size / t->side->unit * t->side->unit;
}

/* Never returns: the process is killed here. */
static void __noreturn victim(struct abi *t, int ready, enum doing doing)
{
	uint32_t flags = doing == DOING_CYCLIC ? IIO_BUFFER_DMABUF_CYCLIC : 0;
	unsigned int i, n = doing == DOING_CYCLIC ? 1 : BLOCKS;

	abi_reopen(t);
	for (i = 0; i < n; i++)
		EXPECT(iio_attach(t->fd, t->blocks[i].fd), 0);
	for (i = 0; i < n; i++)
		EXPECT(iio_enqueue(t->fd, t->blocks[i].fd,
				   usable(t, &t->blocks[i]), flags), 0);
	if (doing != DOING_QUEUE)
		EXPECT(iio_enable(&t->target, true), 0);

	if (write(ready, "", 1) == 1)
		for (;;)
			pause();
	_exit(1);
}

static pid_t start_victim(struct abi *t, enum doing doing)
{
	int ready[2];
	char c;
	pid_t pid;

	CHECK(!pipe(ready), "pipe");
	pid = fork();
	if (!pid) {
		close(ready[0]);
		victim(t, ready[1], doing);
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
	int status;

	kill(pid, SIGKILL);
	CHECK(waitpid(pid, &status, 0) == pid, "waitpid");
}

static void die(struct abi *t, enum doing doing)
{
	size_t size = doing == DOING_STALL ? t->env->stall_size : SIZE;
	unsigned int i, n = doing == DOING_CYCLIC ? 1 : BLOCKS;
	int fence[BLOCKS], status;
	pid_t pid;

	abi_close(t);
	for (i = 0; i < n; i++)
		abi_load(t, abi_alloc(t, size), abi_size(t, SIZE));
	pid = start_victim(t, doing);

	for (i = 0; i < n; i++)
		fence[i] = abi_fence(t, &t->blocks[i]);
	kill_it(pid);
	for (i = 0; i < n; i++) {
		status = abi_fence_result(t, fence[i]);
		CHECK(status < 0, "fence %u reports success", i);
	}

	abi_disable(t);
	abi_unstall(t);
	abi_reopen(t);
	abi_still_works(t);
}

static void dies_with_queued(struct abi *t)
{
	die(t, DOING_QUEUE);
}

static void dies_with_active(struct abi *t)
{
	abi_stall(t);
	die(t, DOING_STALL);
}

static void dies_with_cyclic(struct abi *t)
{
	die(t, DOING_CYCLIC);
}

/* The descriptor of the buffer lives on in another process. */
static void survivor_keeps_buffer(struct abi *t)
{
	struct dmabuf *d = abi_attached(t, SIZE);
	size_t len = abi_size(t, SIZE);
	pid_t pid;

	abi_load(t, d, len);
	pid = fork();
	if (!pid)
		_exit(!!iio_enqueue(t->fd, d->fd, len, 0));
	CHECK(waitpid(pid, NULL, 0) == pid, "waitpid");

	CHECK(abi_pending(t, d), "ended with the process that enqueued it");
	abi_enable(t);
	abi_done(t, d, len);
}

static void attach_often(struct abi *t)
{
	struct dmabuf *d = abi_alloc(t, SIZE);
	unsigned int i;

	for (i = 0; i < LAPS; i++) {
		EXPECT(iio_attach(t->fd, d->fd), 0);
		EXPECT(iio_detach(t->fd, d->fd), 0);
	}
	abi_still_works(t);
}

static void transfer_and_detach_often(struct abi *t)
{
	struct dmabuf *d = abi_alloc(t, SIZE);
	size_t len = abi_size(t, SIZE);
	unsigned int i;

	for (i = 0; i < LAPS; i++) {
		EXPECT(iio_attach(t->fd, d->fd), 0);
		/* Without an attachment the buffer would serve fileio. */
		if (!t->enabled)
			abi_enable(t);
		abi_transfer(t, d, len);
		EXPECT(iio_detach(t->fd, d->fd), 0);
	}
}

static void withdraw_often(struct abi *t)
{
	struct dmabuf *d = abi_alloc(t, SIZE);
	unsigned int i;

	for (i = 0; i < LAPS; i++) {
		EXPECT(iio_attach(t->fd, d->fd), 0);
		EXPECT(iio_enqueue(t->fd, d->fd, abi_size(t, SIZE), 0), 0);
		EXPECT(iio_detach(t->fd, d->fd), 0);
		CHECK(dmabuf_wait(d, WAIT_MS) == 1, "never signalled");
	}
	abi_still_works(t);
}

static void attach_many(struct abi *t)
{
	unsigned int i;

	for (i = 0; i < MAX_BLOCKS - 1; i++)
		abi_attached(t, SIZE);
	abi_still_works(t);
	for (i = 0; i < MAX_BLOCKS - 1; i += 2)
		EXPECT(iio_detach(t->fd, t->blocks[i].fd), 0);
	abi_close(t);
}

static void open_often(struct abi *t)
{
	struct dmabuf *d = abi_alloc(t, SIZE);
	unsigned int i;

	for (i = 0; i < LAPS; i++) {
		EXPECT(iio_attach(t->fd, d->fd), 0);
		EXPECT(iio_enqueue(t->fd, d->fd, abi_size(t, SIZE), 0), 0);
		abi_close(t);
		CHECK(dmabuf_wait(d, WAIT_MS) == 1, "never signalled");
		abi_reopen(t);
	}
	abi_still_works(t);
}

const struct abi_test abi_death_tests[] = {
	{ "dies_with_queued", dies_with_queued, SIDE_ANY, NEED_STATUS },
	{ "dies_with_active", dies_with_active, SIDE_ANY,
	  NEED_STALL | NEED_STATUS },
	{ "dies_with_cyclic", dies_with_cyclic, SIDE_OUT,
	  NEED_CYCLIC | NEED_STATUS },
	{ "survivor_keeps_buffer", survivor_keeps_buffer, SIDE_ANY, 0 },
	{ "attach_often", attach_often, SIDE_ANY, 0 },
	{ "transfer_and_detach_often", transfer_and_detach_often, SIDE_ANY, 0 },
	{ "withdraw_often", withdraw_often, SIDE_ANY, 0 },
	{ "open_often", open_often, SIDE_ANY, 0 },
	{ "attach_many", attach_many, SIDE_ANY, 0 },
	{ 0 },
};
