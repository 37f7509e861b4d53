/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What can be asked of an IIO buffer through io_uring.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#ifndef IIO_URING_H
#define IIO_URING_H

#include <stdbool.h>
#include <stdint.h>

#include "uring.h"

/* Kernels without it are tested, too, and their headers do not have it. */
#ifndef IIO_BUFFER_DMABUF_CPU_ACCESS
#define IIO_BUFFER_DMABUF_CPU_ACCESS	(1 << 1)
#endif

/*
 * Makes a command that enqueues a DMABUF. @fd: the buffer's. Returns NULL if the
 * queue is full.
 */
struct io_uring_sqe *iio_command(struct uring *r, int fd, int dmabuf,
				 uint64_t bytes_used, uint32_t flags,
				 uint64_t user_data);

/* Does the buffer with this descriptor take such commands? */
bool iio_takes_commands(int fd);

#endif
