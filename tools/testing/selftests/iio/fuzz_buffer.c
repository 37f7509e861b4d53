// SPDX-License-Identifier: GPL-2.0
/*
 * The ioctls of a buffer's file, with values that are good and values that are not,
 * while other threads close what they are about to use.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "fuzz.h"

/* The number of a device changes when its driver is bound again; its name does not. */
static void find_again(struct fuzz_thread *t, unsigned int side)
{
	const struct iio_target *was = &fuzz.targets[t->process->sides[side]].iio;
	struct iio_target found;

	if (!iio_find(&found, was->name, was->index, was->dir, false))
		t->targets[side] = found;
}

unsigned int fuzz_any_side(struct fuzz_thread *t)
{
	return fuzz_one_in(t, 4);
}

/* One in 32 is none that is open. */
static int fd_of(struct fuzz_thread *t, unsigned int *side)
{
	*side = fuzz_any_side(t);

	return fuzz_one_in(t, 32) ? (int)fuzz_below(t, 64) : t->process->fds[*side];
}

struct fuzz_block *fuzz_any_block(struct fuzz_thread *t)
{
	return &t->process->blocks[fuzz_below(t, FUZZ_BLOCKS)];
}

static struct fuzz_block *next_block(struct fuzz_thread *t, struct fuzz_block *b)
{
	return ++b == t->process->blocks + FUZZ_BLOCKS ? t->process->blocks : b;
}

/* One that is attached, or at least there, most of the time. */
struct fuzz_block *fuzz_attached_block(struct fuzz_thread *t, unsigned int side)
{
	struct fuzz_block *b = fuzz_any_block(t), *found = b;
	unsigned int i;

	if (fuzz_one_in(t, 16))
		return b;
	for (i = 0; i < FUZZ_BLOCKS; i++, b = next_block(t, b)) {
		if (b->attached & 1U << side)
			return b;
		if (b->fd >= 0)
			found = b;
	}

	return found;
}

void fuzz_put_fd(atomic_int *slot, int fd)
{
	int old = atomic_exchange(slot, fd);

	if (old >= 0)
		close(old);
}

/* The device is gone, or it is another file: there is nothing more to be had of it. */
void fuzz_check_fd(struct fuzz_thread *t, unsigned int side, int fd, int ret)
{
	if ((ret != -ENODEV && ret != -ENOTTY) || fuzz_one_in(t, 4))
		return;
	if (fd >= 0 && atomic_compare_exchange_strong(&t->process->fds[side], &fd, -1))
		close(fd);
	find_again(t, side);
}

static int open_here(struct fuzz_thread *t, unsigned int side)
{
	int fd, none = -1;

	fd = iio_open(&t->targets[side], fuzz_one_in(t, 3) ? O_NONBLOCK : 0);
	if (fd == -ENOENT || fd == -ENODEV || fd == -ENXIO || fuzz_one_in(t, 32))
		find_again(t, side);
	if (fd < 0)
		return fd;
	if (!atomic_compare_exchange_strong(&t->process->fds[side], &none, fd))
		close(fd);
	/* Others cannot open it, but use it */
	fuzz_send_buffer(t, side);

	return 0;
}

static int open_side(struct fuzz_thread *t, unsigned int side)
{
	int ret;

	if (t->process->fds[side] >= 0 && !fuzz_one_in(t, 8))
		return 0;
	ret = open_here(t, side);
	if (ret != -EBUSY)
		return ret;
	ret = fuzz_receive_buffer(t, side);
	if (ret >= 0)
		fuzz_send_buffer(t, side);

	return ret;
}

static int do_open(struct fuzz_thread *t)
{
	return open_side(t, fuzz_any_side(t));
}

static void forget_attached(struct fuzz_thread *t, unsigned int side)
{
	unsigned int i;

	for (i = 0; i < FUZZ_BLOCKS; i++)
		t->process->blocks[i].attached &= ~(1U << side);
}

static int do_close(struct fuzz_thread *t)
{
	unsigned int side = fuzz_any_side(t);

	fuzz_put_fd(&t->process->fds[side], -1);
	forget_attached(t, side);

	return 0;
}

static int attach(struct fuzz_thread *t, int fd, unsigned int side, struct fuzz_block *b)
{
	bool was = b->attached & 1U << side;
	int ret = iio_attach(fd, b->fd);

	fuzz_check_fd(t, side, fd, ret);
	if (!ret || ret == -EBUSY)
		b->attached |= 1U << side;
	/* It is read() or write() that uses the buffer, until it is disabled */
	if (ret == -EBUSY && !was && fuzz_one_in(t, 4))
		iio_enable(&t->targets[side], false);

	return ret;
}

static int do_attach(struct fuzz_thread *t)
{
	unsigned int side;
	int fd = fd_of(t, &side);

	return attach(t, fd, side, fuzz_any_block(t));
}

static int do_detach(struct fuzz_thread *t)
{
	unsigned int side;
	int fd = fd_of(t, &side);
	struct fuzz_block *b = fuzz_attached_block(t, side);

	b->attached &= ~(1U << side);

	return iio_detach(fd, b->fd);
}

int fuzz_detach_all(struct fuzz_thread *t, unsigned int side)
{
	int ret = -EPERM, fd = t->process->fds[side];
	unsigned int i;

	for (i = 0; i < FUZZ_BLOCKS; i++)
		if (!iio_detach(fd, t->process->blocks[i].fd))
			ret = 0;
	forget_attached(t, side);

	return ret;
}

static int do_detach_all(struct fuzz_thread *t)
{
	return fuzz_detach_all(t, fuzz_any_side(t));
}

static uint64_t any_length(struct fuzz_thread *t, struct fuzz_block *b)
{
	size_t units = b->size / FUZZ_UNIT;

	if (fuzz_one_in(t, 32) || !units)
		return fuzz_odd_number(t);
	if (fuzz_one_in(t, 2))
		return units * FUZZ_UNIT;

	return (1 + fuzz_below(t, units)) * FUZZ_UNIT;
}

static bool is_idle(int fd)
{
	struct dmabuf d = { .fd = fd };

	return dmabuf_wait(&d, 0) == 1;
}

/* One that nothing is done with: one that is would be waited for, or refused. */
struct fuzz_block *fuzz_idle_block(struct fuzz_thread *t, unsigned int side)
{
	struct fuzz_block *b;
	unsigned int i;

	for (i = 0; i < 4; i++) {
		b = fuzz_attached_block(t, side);
		if (is_idle(b->fd) || fuzz_one_in(t, 16))
			break;
	}

	return b;
}

/* So that most of the time there is something that can be enqueued. */
static void prepare(struct fuzz_thread *t, unsigned int side)
{
	struct fuzz_block *b = fuzz_attached_block(t, side);

	open_side(t, side);
	if (!(b->attached & 1U << side))
		attach(t, t->process->fds[side], side, b);
	if (fuzz_one_in(t, 4))
		fuzz_enable(t, side);
}

/* The side that can be used, if there is one. */
static unsigned int prepare_any(struct fuzz_thread *t)
{
	unsigned int side = fuzz_any_side(t);

	prepare(t, side);
	if (t->process->fds[side] >= 0)
		return side;
	prepare(t, !side);

	return !side;
}

static int enqueue(struct fuzz_thread *t, uint32_t flags)
{
	struct fuzz_block *b;
	unsigned int side;
	int ret, fd = fd_of(t, &side);

	if (!fuzz_one_in(t, 8)) {
		side = prepare_any(t);
		fd = t->process->fds[side];
	}
	b = fuzz_idle_block(t, side);
	if (fuzz_one_in(t, 64))
		flags |= fuzz_odd_number(t);
	ret = iio_enqueue(fd, b->fd, any_length(t, b), flags);
	fuzz_check_fd(t, side, fd, ret);
	if (ret == -EPERM)
		b->attached &= ~(1U << side);

	return ret;
}

static int do_enqueue(struct fuzz_thread *t)
{
	return enqueue(t, 0);
}

static int do_enqueue_cyclic(struct fuzz_thread *t)
{
	return enqueue(t, IIO_BUFFER_DMABUF_CYCLIC);
}

static int do_status(struct fuzz_thread *t)
{
	struct iio_dmabuf_status status;
	unsigned int side;
	int fd = fd_of(t, &side);

	return iio_status(fd, fuzz_attached_block(t, side)->fd, &status);
}

static int do_nonblock(struct fuzz_thread *t)
{
	unsigned int side;
	int fd = fd_of(t, &side);

	return iio_set_nonblock(fd, fuzz_one_in(t, 2));
}

/* Arguments that are nowhere, not all there, or not to be written to. */
void *fuzz_bad_pointer(struct fuzz_thread *t)
{
	static const char constant[64];

	switch (fuzz_below(t, 4)) {
	case 0:
		return NULL;
	case 1:
		return (void *)(uintptr_t)fuzz_odd_number(t);
	case 2:
		return (void *)constant;
	default:
		return t->data + fuzz_below(t, sizeof(t->data) - 64);
	}
}

static int do_bad_ioctl(struct fuzz_thread *t)
{
	static const unsigned int all[] = {
		IIO_BUFFER_DMABUF_ATTACH_IOCTL, IIO_BUFFER_DMABUF_DETACH_IOCTL,
		IIO_BUFFER_DMABUF_ENQUEUE_IOCTL, IIO_BUFFER_DMABUF_STATUS_IOCTL,
		IIO_BUFFER_GET_FD_IOCTL,
	};
	unsigned int side, cmd = all[fuzz_below(t, ARRAY_SIZE(all))];
	int fd = fd_of(t, &side);

	if (fuzz_one_in(t, 4))
		cmd ^= 1U << fuzz_below(t, 32);

	return ioctl(fd, cmd, fuzz_bad_pointer(t)) < 0 ? -errno : 0;
}

const struct fuzz_op fuzz_buffer_ops[] = {
	{ "open", do_open, 20, FUZZ_ANY },
	{ "close", do_close, 2, FUZZ_CLOSE },
	{ "ATTACH", do_attach, 40, FUZZ_DMABUF },
	{ "DETACH", do_detach, 15, FUZZ_ANY },
	{ "DETACH of all", do_detach_all, 10, FUZZ_FILEIO },
	{ "ENQUEUE", do_enqueue, 120, FUZZ_DMABUF },
	{ "ENQUEUE, cyclic", do_enqueue_cyclic, 6, FUZZ_DMABUF },
	{ "STATUS", do_status, 15, FUZZ_ANY },
	{ "O_NONBLOCK", do_nonblock, 8, FUZZ_ANY },
	{ "bad ioctl", do_bad_ioctl, 6, FUZZ_ANY },
	{ 0 },
};
