// SPDX-License-Identifier: GPL-2.0
/*
 * read(), write(), fsync() and poll() on a buffer's file and on that of its device,
 * whatever the buffer is in use for.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/uio.h>
#include <unistd.h>

#include "fuzz.h"

static int result(ssize_t ret)
{
	return ret < 0 ? -errno : 0;
}

static bool is_input(struct fuzz_thread *t, unsigned int side)
{
	/* The wrong way round, sometimes */
	return (t->targets[side].dir == IIO_DIR_IN) != fuzz_one_in(t, 32);
}

static size_t any_count(struct fuzz_thread *t)
{
	if (fuzz_one_in(t, 4))
		return fuzz_below(t, sizeof(t->data));

	return (1 + fuzz_below(t, sizeof(t->data) / FUZZ_UNIT)) * FUZZ_UNIT;
}

static int transfer(struct fuzz_thread *t, int fd, unsigned int side)
{
	size_t n = any_count(t);
	void *data = fuzz_one_in(t, 32) ? (void *)16 : t->data;

	return result(is_input(t, side) ? read(fd, data, n) : write(fd, data, n));
}

static int do_transfer(struct fuzz_thread *t)
{
	unsigned int side = fuzz_any_side(t);
	int fd = t->process->fds[side], ret = transfer(t, fd, side);

	fuzz_check_fd(t, side, fd, ret);
	/* DMABUFs are attached; perhaps they are all ours */
	if (ret == -EBUSY && fuzz_one_in(t, 4))
		fuzz_detach_all(t, side);

	return ret;
}

/* In two pieces, and perhaps without waiting, whatever the file says. */
static int do_transfer_pieces(struct fuzz_thread *t)
{
	size_t n = any_count(t), first = fuzz_below(t, n + 1);
	struct iovec iov[] = { { t->data, first }, { t->data + first, n - first } };
	int flags = fuzz_one_in(t, 2) ? RWF_NOWAIT : 0;
	unsigned int side = fuzz_any_side(t);
	int fd = t->process->fds[side];

	return result(is_input(t, side) ? preadv2(fd, iov, 2, -1, flags) :
					  pwritev2(fd, iov, 2, -1, flags));
}

static int do_fsync(struct fuzz_thread *t)
{
	int fd = t->process->fds[fuzz_any_side(t)];

	return result(fuzz_one_in(t, 2) ? fsync(fd) : fdatasync(fd));
}

static int do_poll(struct fuzz_thread *t)
{
	struct pollfd pfd = {
		.fd = t->process->fds[fuzz_any_side(t)],
		.events = POLLIN | POLLOUT,
	};

	return result(poll(&pfd, 1, fuzz_below(t, 50)));
}

/* The device's file is the first buffer's too, as long as that has none of its own. */
static int do_device_file(struct fuzz_thread *t)
{
	unsigned int side = fuzz_any_side(t);
	char path[64];
	int fd, ret;

	snprintf(path, sizeof(path), "/dev/%s", t->targets[side].device);
	fd = open(path, O_RDWR | O_CLOEXEC | (fuzz_one_in(t, 2) ? O_NONBLOCK : 0));
	if (fd < 0)
		return -errno;
	ret = fuzz_one_in(t, 4) ? result(fsync(fd)) : transfer(t, fd, side);
	close(fd);

	return ret;
}

const struct fuzz_op fuzz_fileio_ops[] = {
	{ "read or write", do_transfer, 80, FUZZ_FILEIO },
	{ "preadv2 or pwritev2", do_transfer_pieces, 20, FUZZ_FILEIO },
	{ "fsync", do_fsync, 10, FUZZ_FILEIO },
	{ "poll", do_poll, 8, FUZZ_ANY },
	{ "the device's file", do_device_file, 8, FUZZ_FILEIO },
	{ 0 },
};
