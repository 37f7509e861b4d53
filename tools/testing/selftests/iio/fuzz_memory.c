// SPDX-License-Identifier: GPL-2.0
/*
 * DMABUFs from every heap and of every kind of memfd, those that the kernel has to
 * refuse included; and the CPU's access to them.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>
#include <linux/dma-heap.h>
#include <linux/udmabuf.h>

#include "fuzz.h"

#define MOST_PAGES	64

#define MOST_HEAPS	8

static char heaps[MOST_HEAPS][64];
static unsigned int num_heaps;

void fuzz_find_heaps(void)
{
	DIR *dir = opendir("/dev/dma_heap");
	struct dirent *e;

	while (dir && (e = readdir(dir)) && num_heaps < MOST_HEAPS)
		if (e->d_name[0] != '.')
			snprintf(heaps[num_heaps++], sizeof(heaps[0]), "%.63s", e->d_name);
	if (dir)
		closedir(dir);
}

static int from_heap(struct fuzz_thread *t, size_t size)
{
	struct dma_heap_allocation_data req = {
		.len = fuzz_one_in(t, 64) ? fuzz_odd_number(t) >> 40 : size,
		.fd_flags = O_CLOEXEC | (fuzz_one_in(t, 8) ? O_RDONLY : O_RDWR),
	};
	char path[128];
	int fd, ret;

	if (!num_heaps)
		return -ENOENT;
	snprintf(path, sizeof(path), "/dev/dma_heap/%s", heaps[fuzz_below(t, num_heaps)]);
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	ret = ioctl(fd, DMA_HEAP_IOCTL_ALLOC, &req);
	ret = ret < 0 ? -errno : (int)req.fd;
	close(fd);

	return ret;
}

/* Without a seal against shrinking, or sealed against writing, it is refused. */
static unsigned int any_seals(struct fuzz_thread *t)
{
	switch (fuzz_below(t, 16)) {
	case 0:
		return 0;
	case 1:
		return F_SEAL_SHRINK | F_SEAL_WRITE;
	case 2:
		return F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL;
	case 3:
		return F_SEAL_SHRINK | F_SEAL_FUTURE_WRITE;
	default:
		return F_SEAL_SHRINK;
	}
}

static int whole(int dev, int memfd, size_t size)
{
	struct udmabuf_create req = {
		.memfd = memfd,
		.flags = UDMABUF_FLAGS_CLOEXEC,
		.size = size,
	};
	int ret = ioctl(dev, UDMABUF_CREATE, &req);

	return ret < 0 ? -errno : ret;
}

/* Its pages the other way round, or the same page more than once. */
static int in_pieces(struct fuzz_thread *t, int dev, int memfd, size_t size)
{
	unsigned int i, n = size / FUZZ_PAGE;
	char room[sizeof(struct udmabuf_create_list) +
		  MOST_PAGES * sizeof(struct udmabuf_create_item)] = { 0 };
	struct udmabuf_create_list *req = (void *)room;
	bool same = n <= 4 && fuzz_one_in(t, 4);
	int ret;

	req->flags = UDMABUF_FLAGS_CLOEXEC;
	req->count = n;
	for (i = 0; i < n; i++) {
		req->list[i].memfd = memfd;
		req->list[i].offset = same ? 0 : (n - 1 - i) * FUZZ_PAGE;
		req->list[i].size = FUZZ_PAGE;
	}
	ret = ioctl(dev, UDMABUF_CREATE_LIST, req);

	return ret < 0 ? -errno : ret;
}

static int from_memfd(struct fuzz_thread *t, int memfd, size_t size)
{
	int dev, ret;

	if (ftruncate(memfd, size) < 0 || fcntl(memfd, F_ADD_SEALS, any_seals(t)) < 0)
		return -errno;
	dev = open("/dev/udmabuf", O_RDWR | O_CLOEXEC);
	if (dev < 0)
		return -errno;
	ret = fuzz_one_in(t, 3) ? in_pieces(t, dev, memfd, size) :
				  whole(dev, memfd, size);
	close(dev);

	return ret;
}

static int udmabuf(struct fuzz_thread *t, size_t size)
{
	int ret, memfd = memfd_create("fuzz", MFD_ALLOW_SEALING | MFD_CLOEXEC);

	if (memfd < 0)
		return -errno;
	ret = from_memfd(t, memfd, size);
	close(memfd);

	return ret;
}

static void put_block(struct fuzz_block *b, int fd, size_t size)
{
	b->attached = 0;
	b->size = size;
	fuzz_put_fd(&b->fd, fd);
}

/* Most of the time in a place that is empty. */
static int do_make(struct fuzz_thread *t)
{
	size_t size = (1 + fuzz_below(t, 1 << fuzz_below(t, 7))) * FUZZ_PAGE;
	struct fuzz_block *b = fuzz_any_block(t);
	int fd;

	if (b->fd >= 0 && !fuzz_one_in(t, 8))
		return 0;
	fd = fuzz_one_in(t, 2) ? udmabuf(t, size) : from_heap(t, size);
	if (fd < 0)
		return fd;
	put_block(b, fd, size);

	return 0;
}

static int do_drop(struct fuzz_thread *t)
{
	put_block(fuzz_any_block(t), -1, 0);

	return 0;
}

/*
 * Devices that read have it mapped for reading, and others for writing: DMA API
 * debugging has much to say about other accesses, and takes its time for that.
 */
static unsigned int any_access(struct fuzz_thread *t, struct fuzz_block *b)
{
	unsigned int side = fuzz_any_side(t);

	if (fuzz_one_in(t, 64))
		return 1 + fuzz_below(t, 3);
	if (b->attached != 1U << side)
		return 0;

	return t->targets[side].dir == IIO_DIR_IN ? DMA_BUF_SYNC_READ : DMA_BUF_SYNC_WRITE;
}

/* With and without telling the exporter; of a size that it may not have. */
static int do_access(struct fuzz_thread *t)
{
	struct fuzz_block *b = fuzz_any_block(t);
	struct dmabuf d = { .fd = b->fd, .size = b->size ?: 1 };
	unsigned int flags = any_access(t, b);
	int ret = 0;

	if (fuzz_one_in(t, 8))
		return dmabuf_begin_cpu(&d, fuzz_odd_number(t) << 3);
	d.map = mmap(NULL, d.size, PROT_READ | PROT_WRITE, MAP_SHARED, d.fd, 0);
	if (d.map == MAP_FAILED)
		return -errno;
	if (flags)
		ret = dmabuf_begin_cpu(&d, flags);
	if (flags)
		dmabuf_end_cpu(&d, flags);
	munmap(d.map, d.size);

	return ret;
}

static int do_poll(struct fuzz_thread *t)
{
	struct dmabuf d = { .fd = fuzz_any_block(t)->fd };

	return dmabuf_poll(&d, fuzz_one_in(t, 2) ? POLLIN : POLLOUT,
			   fuzz_below(t, 30));
}

const struct fuzz_op fuzz_memory_ops[] = {
	{ "make a DMABUF", do_make, 40, FUZZ_ANY },
	{ "close a DMABUF", do_drop, 5, FUZZ_ANY },
	{ "map and sync a DMABUF", do_access, 8, FUZZ_ANY },
	{ "poll a DMABUF", do_poll, 10, FUZZ_ANY },
	{ 0 },
};
