// SPDX-License-Identifier: GPL-2.0
/*
 * Two devices and DMABUFs that go back and forth between them: what one of them has
 * received is what the other one sends, although the CPU does not touch the memory
 * in between.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#include <errno.h>
#include <sys/wait.h>
#include <unistd.h>

#include "abi.h"

#define SIZE	16384
#define BLOCKS	3
#define LAPS	50

static int enqueue(struct abi *t, struct dmabuf *d)
{
	int ret;

	do {
		ret = iio_enqueue(t->fd, d->fd, abi_size(t, SIZE), 0);
	} while (ret == -EINTR);

	return ret;
}

/* One byte says that a block is enqueued at the other side. */
static int receive(struct abi *in, struct dmabuf *blocks, int from, int to)
{
	unsigned int i;
	char c = 0;

	for (i = 0; i < LAPS; i++) {
		if (i >= BLOCKS && read(from, &c, 1) != 1)
			return 1;
		if (enqueue(in, &blocks[i % BLOCKS]) || write(to, &c, 1) != 1)
			return 1;
	}

	return read(from, &c, 1) != 1;
}

/* In two processes, and nobody polls: the fences alone keep the devices apart. */
static void share_between_processes(struct abi *t)
{
	struct abi *in = abi_open_peer(t);
	int to_in[2], to_out[2], status;
	unsigned int i;
	pid_t pid;
	char c = 0;

	CHECK(!pipe(to_in) && !pipe(to_out), "pipe");
	for (i = 0; i < BLOCKS; i++) {
		abi_attached(t, SIZE);
		EXPECT(iio_attach(in->fd, t->blocks[i].fd), 0);
	}
	abi_enable(in);
	abi_enable(t);

	pid = fork();
	if (!pid)
		_exit(receive(in, t->blocks, to_in[0], to_out[1]));

	for (i = 0; i < LAPS; i++) {
		CHECK(read(to_out[0], &c, 1) == 1, "the other process has died");
		EXPECT(enqueue(t, &t->blocks[i % BLOCKS]), 0);
		CHECK(write(to_in[1], &c, 1) == 1, "the other process has died");
	}
	for (i = 0; i < BLOCKS; i++)
		CHECK(dmabuf_wait(&t->blocks[i], WAIT_MS) == 1,
		      "block %u never ends", i);
	CHECK(waitpid(pid, &status, 0) == pid && !status, "the other process: %d",
	      status);
	abi_check_sink(t, LAPS * abi_size(t, SIZE));
}

/* Attached in both orders. Each transfer is over before the next one begins. */
static void share_one_after_the_other(struct abi *t)
{
	struct abi *in = abi_open_peer(t);
	size_t len = abi_size(t, SIZE);
	struct dmabuf *d;
	unsigned int i;

	if (len % in->side->unit)
		abi_skip("no length of %zu bytes fits both sides", len);
	d = abi_attached(t, SIZE);
	EXPECT(iio_attach(in->fd, d->fd), 0);
	d = abi_alloc(t, SIZE);
	EXPECT(iio_attach(in->fd, d->fd), 0);
	EXPECT(iio_attach(t->fd, d->fd), 0);
	abi_enable(in);
	abi_enable(t);

	for (i = 0; i < LAPS; i++) {
		d = &t->blocks[i % 2];
		EXPECT(iio_enqueue(in->fd, d->fd, len, 0), 0);
		CHECK(dmabuf_wait(d, WAIT_MS) == 1, "nothing is received");
		EXPECT(iio_enqueue(t->fd, d->fd, len, 0), 0);
		CHECK(dmabuf_wait(d, WAIT_MS) == 1, "nothing is sent");
	}
	abi_check_sink(t, LAPS * len);
}

const struct abi_test abi_share_tests[] = {
	{ "share_one_after_the_other", share_one_after_the_other, SIDE_OUT,
	  NEED_BOTH },
	{ "share_between_processes", share_between_processes, SIDE_OUT,
	  NEED_BOTH },
	{ 0 },
};
