// SPDX-License-Identifier: GPL-2.0
/*
 * The system calls on an IIO buffer, with the errno as the return value so
 * that a test can compare it.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "calls.h"
#include "iio_buffer.h"

static int call(int fd, unsigned long request, void *arg)
{
	return COUNTED(ioctl(fd, request, arg)) < 0 ? -errno : 0;
}

static int open_device(const struct iio_target *t, int flags)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/dev/%s", t->device);
	fd = open(path, O_RDWR | O_CLOEXEC | flags);

	return fd < 0 ? -errno : fd;
}

int iio_set_nonblock(int fd, bool on)
{
	int flags = fcntl(fd, F_GETFL);

	if (flags < 0)
		return -errno;

	flags = on ? flags | O_NONBLOCK : flags & ~O_NONBLOCK;

	return fcntl(fd, F_SETFL, flags) < 0 ? -errno : 0;
}

/* The buffer keeps its device open; the device's own fd is needed no longer. */
int iio_open(const struct iio_target *t, int flags)
{
	int dev, ret, fd = t->index;

	dev = open_device(t, flags);
	if (dev < 0 || t->legacy)
		return dev;

	ret = call(dev, IIO_BUFFER_GET_FD_IOCTL, &fd);
	close(dev);
	if (ret)
		return ret;

	ret = iio_set_nonblock(fd, flags & O_NONBLOCK);
	if (ret) {
		close(fd);
		return ret;
	}

	return fd;
}

/* A buffer without the interface refuses before it looks at the argument. */
bool iio_takes_dmabufs(const struct iio_target *t)
{
	int fd, ret;

	if (t->legacy)
		return false;

	fd = iio_open(t, 0);
	if (fd < 0)
		return fd == -EBUSY;

	ret = iio_attach(fd, -1);
	close(fd);

	return ret == -EBADF;
}

int iio_enable(const struct iio_target *t, bool on)
{
	return iio_buffer_attr_write(t, "enable", on);
}

int iio_attach(int fd, int dmabuf)
{
	return call(fd, IIO_BUFFER_DMABUF_ATTACH_IOCTL, &dmabuf);
}

int iio_detach(int fd, int dmabuf)
{
	return call(fd, IIO_BUFFER_DMABUF_DETACH_IOCTL, &dmabuf);
}

int iio_enqueue(int fd, int dmabuf, uint64_t bytes_used, uint32_t flags)
{
	struct iio_dmabuf req = {
		.fd = dmabuf,
		.flags = flags,
		.bytes_used = bytes_used,
	};

	return call(fd, IIO_BUFFER_DMABUF_ENQUEUE_IOCTL, &req);
}

int iio_status(int fd, int dmabuf, struct iio_dmabuf_status *status)
{
	*status = (struct iio_dmabuf_status){ .fd = dmabuf };

	return call(fd, IIO_BUFFER_DMABUF_STATUS_IOCTL, status);
}

/* A kernel without this ioctl does not get as far as to look at the argument. */
bool iio_tells_status(const struct iio_target *t)
{
	struct iio_dmabuf_status status;
	int fd, ret;

	fd = iio_open(t, 0);
	if (fd < 0)
		return false;

	ret = iio_status(fd, -1, &status);
	close(fd);

	return ret == -EBADF;
}
