// SPDX-License-Identifier: GPL-2.0
/*
 * fsync() on an output buffer: nothing that write() or ENQUEUE accepted is lost
 * without a way to know. It returns when all of it has left, with what write()
 * has put in a block that is not full; and says so when something never will.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "abi.h"

#define BLOCK	16384	/* of write() */
#define SIZE	65536

static char data[8 * BLOCK];

static int do_fsync(struct abi *t)
{
	return fsync(t->fd) ? -errno : 0;
}

static void on_alarm(int sig)
{
	(void)sig;
}

/* -EINTR: it waits. */
static int fsync_bounded(struct abi *t)
{
	struct sigaction act = { .sa_handler = on_alarm }, old;
	int ret;

	sigaction(SIGALRM, &act, &old);
	alarm(1);
	ret = do_fsync(t);
	alarm(0);
	sigaction(SIGALRM, &old, NULL);

	return ret;
}

static void start_fileio(struct abi *t)
{
	EXPECT(iio_buffer_attr_write(&t->target, "length",
				     2 * BLOCK / t->side->datum), 0);
	abi_enable(t);
}

static void write_all(struct abi *t, size_t len)
{
	size_t pos;
	ssize_t n;

	CHECK(len <= sizeof(data), "too much for this test");
	pattern_fill(&t->pattern, data, len);
	for (pos = 0; pos < len; pos += n) {
		n = write(t->fd, data + pos, len - pos);
		CHECK(n > 0, "write: %zd", n < 0 ? (ssize_t)-errno : n);
	}
}

static void fsync_input(struct abi *t)
{
	EXPECT(do_fsync(t), -EINVAL);
	abi_enable(t);
	EXPECT(do_fsync(t), -EINVAL);
	abi_disable(t);
	abi_still_works(t);
}

static void fsync_idle(struct abi *t)
{
	EXPECT(do_fsync(t), 0);
	start_fileio(t);
	EXPECT(do_fsync(t), 0);
	abi_disable(t);
	EXPECT(do_fsync(t), 0);
	abi_still_works(t);
}

/* Full blocks, a part of one, and less than one; the pattern goes on. */
static void fsync_file(struct abi *t)
{
	size_t unit = t->side->unit, sent = 0, len;
	size_t lens[] = { 2 * BLOCK, 3 * BLOCK + 5 * unit, unit, 7 * unit };
	unsigned int i;

	start_fileio(t);
	for (i = 0; i < 4; i++) {
		len = lens[i] / unit * unit;
		write_all(t, len);
		sent += len;
		EXPECT(do_fsync(t), 0);
		abi_check_sink(t, sent);
	}
	/* Nothing is sent twice */
	EXPECT(do_fsync(t), 0);
	abi_check_sink(t, sent);
}

/* What the controller takes may be more than one sample set: it gets padded. */
static void fsync_padded(struct abi *t)
{
	size_t unit = t->side->unit;

	if (t->side->datum == unit)
		abi_skip("every number of sample sets can be transferred");
	start_fileio(t);
	t->checked = false;
	write_all(t, unit + t->side->datum);
	EXPECT(do_fsync(t), 0);
	abi_check_sink(t, 2 * unit);
}

static void fsync_dmabufs(struct abi *t)
{
	size_t len = abi_size(t, SIZE);
	struct dmabuf *d[4];
	unsigned int i;

	for (i = 0; i < 4; i++)
		d[i] = abi_attached(t, SIZE);
	abi_enable(t);
	for (i = 0; i < 4; i++)
		abi_queue(t, d[i], len);
	EXPECT(do_fsync(t), 0);
	for (i = 0; i < 4; i++)
		CHECK(!abi_pending(t, d[i]), "block %u has not been sent", i);
	abi_check_sink(t, 4 * len);
}

static void fsync_queued(struct abi *t)
{
	struct dmabuf *d = abi_attached(t, SIZE);

	abi_queue(t, d, abi_size(t, SIZE));
	EXPECT(do_fsync(t), -EAGAIN);
	CHECK(abi_pending(t, d), "fsync has ended it");
	abi_enable(t);
	EXPECT(do_fsync(t), 0);
	CHECK(!abi_pending(t, d), "it has not been sent");
}

static void fsync_cyclic(struct abi *t)
{
	struct dmabuf *d = abi_attached(t, SIZE), *first = abi_attached(t, SIZE);
	size_t len = abi_size(t, SIZE);

	abi_enable(t);
	abi_queue(t, first, len);
	abi_load(t, d, len);
	EXPECT(iio_enqueue(t->fd, d->fd, len, IIO_BUFFER_DMABUF_CYCLIC), 0);
	EXPECT(do_fsync(t), 0);
	CHECK(!abi_pending(t, first), "what is in front has not been sent");
	CHECK(abi_pending(t, d), "fsync has ended the cyclic transfer");
}

/* Nobody reads at the other end. */
static void fsync_waits(struct abi *t)
{
	struct abi *peer = abi_open_peer(t);
	struct dmabuf *d, *in;
	size_t len;

	d = abi_stalled(t);
	EXPECT(fsync_bounded(t), -EINTR);
	CHECK(abi_pending(t, d), "the signal has ended the transfer");

	len = d->size / t->side->unit * t->side->unit;
	abi_stall(peer);
	in = abi_attached(peer, len);
	abi_queue(peer, in, len);
	abi_enable(peer);
	EXPECT(do_fsync(t), 0);
	CHECK(!abi_pending(t, d), "it has not been sent");
}

/* What write() has taken and cannot be sent any more. */
static void fsync_after_disable(struct abi *t)
{
	abi_stall(t);
	start_fileio(t);
	write_all(t, BLOCK + t->side->unit);
	abi_disable(t);
	EXPECT(do_fsync(t), -EIO);
	EXPECT(do_fsync(t), 0);
}

static void fsync_part_after_disable(struct abi *t)
{
	start_fileio(t);
	write_all(t, 3 * BLOCK);
	EXPECT(do_fsync(t), 0);
	write_all(t, t->side->unit);
	abi_disable(t);
	EXPECT(do_fsync(t), -EIO);
	EXPECT(do_fsync(t), 0);
}

static void fsync_after_enable_again(struct abi *t)
{
	start_fileio(t);
	write_all(t, t->side->unit);
	abi_disable(t);
	abi_enable(t);
	EXPECT(do_fsync(t), -EIO);
	write_all(t, 2 * t->side->unit);
	EXPECT(do_fsync(t), 0);
	abi_check_sink(t, 2 * t->side->unit);
}

/* Nor has anything been lost for the next one to open the buffer. */
static void fsync_after_reopen(struct abi *t)
{
	start_fileio(t);
	write_all(t, t->side->unit);
	abi_disable(t);
	abi_attached(t, SIZE);
	abi_close(t);
	abi_reopen(t);
	EXPECT(do_fsync(t), 0);
}

static void fsync_dmabuf_lost(struct abi *t)
{
	abi_stalled(t);
	abi_disable(t);
	EXPECT(do_fsync(t), -EIO);
	EXPECT(do_fsync(t), 0);
}

/* The application has said itself that it does not want it. */
static void fsync_detached(struct abi *t)
{
	struct dmabuf *d = abi_attached(t, SIZE);

	abi_queue(t, d, abi_size(t, SIZE));
	EXPECT(iio_detach(t->fd, d->fd), 0);
	EXPECT(do_fsync(t), 0);
}

static void *disable_later(void *arg)
{
	usleep(200000);
	abi_disable(arg);

	return NULL;
}

static void fsync_disabled_meanwhile(struct abi *t)
{
	pthread_t thread;

	abi_stalled(t);
	CHECK(!pthread_create(&thread, NULL, disable_later, t), "no thread");
	EXPECT(do_fsync(t), -EIO);
	pthread_join(thread, NULL);
}

static void write_when_disabled(struct abi *t)
{
	start_fileio(t);
	abi_disable(t);
	EXPECT(iio_set_nonblock(t->fd, true), 0);
	CHECK(write(t->fd, data, BLOCK) < 0 && errno == EAGAIN,
	      "a disabled buffer takes what it will not send");
	EXPECT(do_fsync(t), 0);
}

/* The device's own descriptor, while the buffer has another one. */
static void fsync_of_device(struct abi *t)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/dev/%s", t->target.device);
	fd = open(path, O_RDWR | O_CLOEXEC);
	CHECK(fd >= 0, "cannot open %s", path);
	CHECK(fsync(fd) && errno == EBUSY, "the buffer belongs to somebody else");
	abi_close(t);
	CHECK(!fsync(fd), "fsync: %d", -errno);
	close(fd);
}

static void fsync_unbound(struct abi *t)
{
	struct dmabuf *d = abi_attached(t, SIZE);
	struct abi_driver driver;

	abi_queue(t, d, abi_size(t, SIZE));
	abi_take_away(t, &driver);
	EXPECT(do_fsync(t), -ENODEV);
	abi_bind_again(t, &driver);
}

const struct abi_test abi_fsync_tests[] = {
	{ "fsync_input", fsync_input, SIDE_IN, 0 },
	{ "fsync_idle", fsync_idle, SIDE_OUT, 0 },
	{ "fsync_file", fsync_file, SIDE_OUT, 0 },
	{ "fsync_padded", fsync_padded, SIDE_OUT, 0 },
	{ "fsync_dmabufs", fsync_dmabufs, SIDE_OUT, 0 },
	{ "fsync_queued", fsync_queued, SIDE_OUT, 0 },
	{ "fsync_cyclic", fsync_cyclic, SIDE_OUT, NEED_CYCLIC },
	{ "fsync_waits", fsync_waits, SIDE_OUT, NEED_STALL | NEED_PEER },
	{ "fsync_after_disable", fsync_after_disable, SIDE_OUT, NEED_STALL },
	{ "fsync_part_after_disable", fsync_part_after_disable, SIDE_OUT, 0 },
	{ "fsync_after_enable_again", fsync_after_enable_again, SIDE_OUT, 0 },
	{ "fsync_after_reopen", fsync_after_reopen, SIDE_OUT, 0 },
	{ "fsync_dmabuf_lost", fsync_dmabuf_lost, SIDE_OUT, NEED_STALL },
	{ "fsync_detached", fsync_detached, SIDE_OUT, 0 },
	{ "fsync_disabled_meanwhile", fsync_disabled_meanwhile, SIDE_OUT,
	  NEED_STALL },
	{ "write_when_disabled", write_when_disabled, SIDE_OUT, 0 },
	{ "fsync_of_device", fsync_of_device, SIDE_OUT, 0 },
	{ "fsync_unbound", fsync_unbound, SIDE_OUT, NEED_UNBIND },
	{ 0 },
};
