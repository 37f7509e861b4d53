/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The file descriptor of an IIO buffer and what can be asked of it. All
 * functions return 0 or more, or a negative errno as the kernel gave it.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#ifndef IIO_BUFFER_H
#define IIO_BUFFER_H

#include <stdbool.h>
#include <stdint.h>
#include <linux/iio/buffer.h>

#include "iio_sysfs.h"

/* Kernels without this ioctl are tested, too, and their headers do not have it. */
#ifndef IIO_BUFFER_DMABUF_STATUS_IOCTL
#define IIO_BUFFER_DMABUF_STATUS_PENDING	1

struct iio_dmabuf_status {
	__u32 fd;
	__u32 flags;
	__u64 bytes_transferred;
	__u64 sequence;
	__s32 error;
	__u32 reserved[3];
};

#define IIO_BUFFER_DMABUF_STATUS_IOCTL	_IOWR('i', 0x95, struct iio_dmabuf_status)
#endif

/* Does this buffer know the DMABUF ioctls? */
bool iio_takes_dmabufs(const struct iio_target *t);

/* @flags: O_NONBLOCK or 0. */
int iio_open(const struct iio_target *t, int flags);
int iio_set_nonblock(int fd, bool on);
int iio_enable(const struct iio_target *t, bool on);

int iio_attach(int fd, int dmabuf);
int iio_detach(int fd, int dmabuf);
int iio_enqueue(int fd, int dmabuf, uint64_t bytes_used, uint32_t flags);

/* What became of the last transfer; -EINVAL from a kernel that cannot tell. */
int iio_status(int fd, int dmabuf, struct iio_dmabuf_status *status);
bool iio_tells_status(const struct iio_target *t);

#endif
