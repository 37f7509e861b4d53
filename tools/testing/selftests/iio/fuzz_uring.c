// SPDX-License-Identifier: GPL-2.0
/*
 * The same files through io_uring. Requests are left alone, and complete or do not
 * before the ring is closed, or the process killed.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#include <errno.h>
#include <poll.h>
#include <string.h>

#include "fuzz.h"

#define ENTRIES		16

static bool is_input(struct fuzz_thread *t, unsigned int side)
{
	return t->targets[side].dir == IIO_DIR_IN;
}

static void prepare_io(struct fuzz_thread *t, struct io_uring_sqe *sqe, unsigned int side)
{
	sqe->opcode = is_input(t, side) ? IORING_OP_READ : IORING_OP_WRITE;
	sqe->addr = (uintptr_t)t->data;
	sqe->len = (1 + fuzz_below(t, sizeof(t->data) / FUZZ_UNIT)) * FUZZ_UNIT;
	sqe->off = -1;
}

static void prepare_poll(struct fuzz_thread *t, struct io_uring_sqe *sqe,
			 unsigned int side)
{
	sqe->opcode = IORING_OP_POLL_ADD;
	sqe->poll32_events = is_input(t, side) ? POLLIN : POLLOUT;
}

static void prepare_poll_block(struct fuzz_thread *t, struct io_uring_sqe *sqe,
			       unsigned int side)
{
	(void)side;
	sqe->opcode = IORING_OP_POLL_ADD;
	sqe->fd = fuzz_any_block(t)->fd;
	sqe->poll32_events = fuzz_one_in(t, 2) ? POLLIN : POLLOUT;
}

static void prepare_fsync(struct fuzz_thread *t, struct io_uring_sqe *sqe,
			  unsigned int side)
{
	(void)t;
	(void)side;
	sqe->opcode = IORING_OP_FSYNC;
}

/* ENQUEUE as a command: completed when the transfer is over. */
static void prepare_command(struct fuzz_thread *t, struct io_uring_sqe *sqe,
			    unsigned int side)
{
	struct iio_dmabuf req = {
		.fd = fuzz_any_block(t)->fd,
		.bytes_used = (1 + fuzz_below(t, 16)) * FUZZ_UNIT,
	};

	if (!is_input(t, side) && fuzz_one_in(t, 8))
		req.flags = IIO_BUFFER_DMABUF_CYCLIC;
	sqe->opcode = IORING_OP_URING_CMD;
	sqe->cmd_op = IIO_BUFFER_DMABUF_ENQUEUE_IOCTL;
	memcpy(sqe->cmd, &req, sizeof(req));
}

static void prepare_cancel(struct fuzz_thread *t, struct io_uring_sqe *sqe,
			   unsigned int side)
{
	(void)t;
	sqe->opcode = IORING_OP_ASYNC_CANCEL;
	sqe->fd = -1;
	sqe->addr = side;
}

/* Those of the file are twice as likely. */
static void (* const requests[])(struct fuzz_thread *t, struct io_uring_sqe *sqe,
				 unsigned int side) = {
	prepare_io, prepare_io, prepare_io, prepare_command, prepare_command,
	prepare_command, prepare_poll, prepare_poll_block, prepare_fsync,
	prepare_cancel,
};

static int need_ring(struct fuzz_thread *t)
{
	int ret;

	if (t->has_ring)
		return 0;
	ret = uring_open(&t->ring, ENTRIES, 0, 0);
	t->has_ring = !ret;

	return ret;
}

static int do_submit(struct fuzz_thread *t)
{
	unsigned int side = fuzz_any_side(t);
	struct io_uring_sqe *sqe;
	int ret = need_ring(t);

	if (ret)
		return ret;
	sqe = uring_next(&t->ring, 0, t->process->fds[side], side);
	if (!sqe)
		return -EAGAIN;
	requests[fuzz_below(t, ARRAY_SIZE(requests))](t, sqe, side);
	if (fuzz_one_in(t, 8))
		sqe->flags |= IOSQE_ASYNC;

	return uring_enter(&t->ring, 0, -1);
}

static int do_complete(struct fuzz_thread *t)
{
	struct uring_done done;
	int ret;

	if (!t->has_ring)
		return -ENOENT;
	ret = uring_enter(&t->ring, 0, -1);
	while (uring_take(&t->ring, &done))
		ret = done.res;

	return ret;
}

static int do_close(struct fuzz_thread *t)
{
	if (!t->has_ring)
		return -ENOENT;
	t->has_ring = false;
	uring_close(&t->ring);

	return 0;
}

const struct fuzz_op fuzz_uring_ops[] = {
	{ "io_uring: submit", do_submit, 20, FUZZ_ANY },
	{ "io_uring: complete", do_complete, 8, FUZZ_ANY },
	{ "io_uring: close", do_close, 1, FUZZ_ANY },
	{ 0 },
};
