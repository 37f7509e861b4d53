// SPDX-License-Identifier: GPL-2.0
/*
 * Two processes with a buffer each, and DMABUFs that go back and forth between
 * them: what one device has received is what the other one sends. Nobody polls;
 * the fences alone keep them apart.
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

const struct abi_test abi_share_tests[] = {
	{ "share_between_processes", share_between_processes, SIDE_OUT,
	  NEED_BOTH },
	{ 0 },
};
