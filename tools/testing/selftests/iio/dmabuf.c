// SPDX-License-Identifier: GPL-2.0
/*
 * Where the memory comes from, how the CPU may touch it, and how the end of a
 * transfer is waited for. Nothing in here knows of IIO.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>
#include <linux/dma-heap.h>
#include <linux/sync_file.h>
#include <linux/udmabuf.h>

#include "calls.h"
#include "dmabuf.h"

static int call(int fd, unsigned long request, void *arg)
{
	int ret;

	do {
		ret = COUNTED(ioctl(fd, request, arg));
	} while (ret < 0 && errno == EINTR);

	return ret < 0 ? -errno : ret;
}

static int alloc_from_heap(const char *heap, size_t size)
{
	struct dma_heap_allocation_data req = {
		.len = size,
		.fd_flags = O_RDWR | O_CLOEXEC,
	};
	char path[128];
	int fd, ret;

	snprintf(path, sizeof(path), "/dev/dma_heap/%s", heap);
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return -errno;

	ret = call(fd, DMA_HEAP_IOCTL_ALLOC, &req);
	close(fd);

	return ret < 0 ? ret : (int)req.fd;
}

/* The driver wants memory that cannot shrink under it. */
static int make_memfd(size_t size)
{
	int fd, ret = 0;

	fd = memfd_create("samples", MFD_ALLOW_SEALING | MFD_CLOEXEC);
	if (fd < 0)
		return -errno;

	if (ftruncate(fd, size) < 0 || fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK) < 0)
		ret = -errno;
	if (ret) {
		close(fd);
		return ret;
	}

	return fd;
}

static int alloc_from_udmabuf(int memfd, size_t size)
{
	struct udmabuf_create req = {
		.memfd = memfd,
		.flags = UDMABUF_FLAGS_CLOEXEC,
		.size = size,
	};
	int fd, ret;

	fd = open("/dev/udmabuf", O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return -errno;

	ret = call(fd, UDMABUF_CREATE, &req);
	close(fd);

	return ret;
}

static int set_size(struct dmabuf *d, size_t size)
{
	size_t page = sysconf(_SC_PAGESIZE);

	if (!size || size > SIZE_MAX - page)
		return -EINVAL;

	d->size = (size + page - 1) / page * page;

	return 0;
}

static int map(struct dmabuf *d, int fd)
{
	d->map = mmap(NULL, d->size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	return d->map == MAP_FAILED ? -errno : 0;
}

/* The mapping of the DMABUF, or that of the memory behind it. */
static int alloc_udmabuf(struct dmabuf *d, bool map_memory)
{
	int memfd, ret = 0;

	memfd = make_memfd(d->size);
	if (memfd < 0)
		return memfd;

	d->fd = alloc_from_udmabuf(memfd, d->size);
	if (d->fd < 0) {
		ret = d->fd;
		goto out_close;
	}

	ret = map(d, map_memory ? memfd : d->fd);
	if (ret)
		close(d->fd);
out_close:
	close(memfd);

	return ret;
}

static int alloc_heap(struct dmabuf *d, const char *heap)
{
	int ret;

	d->fd = alloc_from_heap(heap, d->size);
	if (d->fd < 0)
		return d->fd;

	ret = map(d, d->fd);
	if (ret)
		close(d->fd);

	return ret;
}

int dmabuf_alloc(struct dmabuf *d, const char *heap, size_t size)
{
	int ret = set_size(d, size);

	if (ret)
		return ret;

	return heap ? alloc_heap(d, heap) : alloc_udmabuf(d, false);
}

int dmabuf_alloc_pinnable(struct dmabuf *d, size_t size)
{
	int ret = set_size(d, size);

	return ret ? ret : alloc_udmabuf(d, true);
}

void dmabuf_free(struct dmabuf *d)
{
	munmap(d->map, d->size);
	close(d->fd);
}

static int cpu_access(const struct dmabuf *d, unsigned int flags)
{
	struct dma_buf_sync req = { .flags = flags };

	return call(d->fd, DMA_BUF_IOCTL_SYNC, &req);
}

int dmabuf_begin_cpu(const struct dmabuf *d, unsigned int access)
{
	return cpu_access(d, DMA_BUF_SYNC_START | access);
}

int dmabuf_end_cpu(const struct dmabuf *d, unsigned int access)
{
	return cpu_access(d, DMA_BUF_SYNC_END | access);
}

static int wait_fd(int fd, short events, int timeout_ms)
{
	struct pollfd pfd = { .fd = fd, .events = events };
	int ret;

	do {
		ret = COUNTED(poll(&pfd, 1, timeout_ms));
	} while (ret < 0 && errno == EINTR);

	if (ret < 0)
		return -errno;
	if (ret && !(pfd.revents & events))
		return -EIO;

	return ret;
}

int dmabuf_poll(const struct dmabuf *d, short events, int timeout_ms)
{
	return wait_fd(d->fd, events, timeout_ms);
}

/* A reader waits for the writer only; POLLOUT is for those who wait for all. */
int dmabuf_wait(const struct dmabuf *d, int timeout_ms)
{
	return dmabuf_poll(d, POLLOUT, timeout_ms);
}

int dmabuf_export_fence(const struct dmabuf *d)
{
	struct dma_buf_export_sync_file req = { .flags = DMA_BUF_SYNC_RW };
	int ret;

	ret = call(d->fd, DMA_BUF_IOCTL_EXPORT_SYNC_FILE, &req);

	return ret < 0 ? ret : req.fd;
}

int fence_status(int sync_file, int *status)
{
	struct sync_file_info info = { 0 };
	int ret;

	ret = call(sync_file, SYNC_IOC_FILE_INFO, &info);
	if (ret < 0)
		return ret;

	*status = info.status;

	return 0;
}

int fence_wait(int sync_file, int timeout_ms)
{
	return wait_fd(sync_file, POLLIN, timeout_ms);
}
