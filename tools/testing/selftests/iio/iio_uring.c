// SPDX-License-Identifier: GPL-2.0
/*
 * Commands of io_uring on an IIO buffer.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "iio_buffer.h"
#include "iio_uring.h"

struct io_uring_sqe *iio_command(struct uring *r, int fd, int dmabuf,
				 uint64_t bytes_used, uint32_t flags,
				 uint64_t user_data)
{
	struct iio_dmabuf req = {
		.fd = dmabuf,
		.flags = flags,
		.bytes_used = bytes_used,
	};
	struct io_uring_sqe *sqe;

	sqe = uring_next(r, IORING_OP_URING_CMD, fd, user_data);
	if (!sqe)
		return NULL;

	sqe->cmd_op = IIO_BUFFER_DMABUF_ENQUEUE_IOCTL;
	memcpy(sqe->cmd, &req, sizeof(req));

	return sqe;
}

/* A kernel without them does not look at the argument. */
bool iio_takes_commands(int fd)
{
	struct uring_done done = { 0 };
	struct uring r;

	if (uring_open(&r, 1, 0, 0))
		return false;

	iio_command(&r, fd, -1, 1, 0, 0);
	if (uring_enter(&r, 1, -1) == 1)
		uring_take(&r, &done);
	uring_close(&r);

	return done.res == -EBADF;
}
