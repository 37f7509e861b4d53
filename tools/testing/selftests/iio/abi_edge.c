// SPDX-License-Identifier: GPL-2.0
/*
 * Arguments and data at the edge of a page behind which nothing is mapped. What
 * is not there in full is refused with -EFAULT and has no effect, and samples
 * that could not be copied come with the next read().
 *
 * Copyright (C) 2026 the dma_vec project
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "abi.h"

#define PAGE	4096
#define SIZE	16384

/* The end of @pages pages. */
static char *edge(unsigned int pages)
{
	char *p = mmap(NULL, (pages + 1) * PAGE, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	CHECK(p != MAP_FAILED, "mmap: %s", strerror(errno));
	CHECK(!munmap(p + pages * PAGE, PAGE), "munmap: %s", strerror(errno));

	return p + pages * PAGE;
}

static int raw(int fd, unsigned long request, void *arg)
{
	return ioctl(fd, request, arg) < 0 ? -errno : 0;
}

/* As much of @arg as fits. */
static int at_edge(int fd, unsigned long request, const void *arg,
		   size_t mapped)
{
	char *end = edge(1);

	memcpy(end - mapped, arg, mapped);

	return raw(fd, request, end - mapped);
}

static void attach_at_edge(struct abi *t)
{
	struct dmabuf *d = abi_alloc(t, SIZE);
	size_t i;

	for (i = 0; i < sizeof(d->fd); i++) {
		EXPECT(at_edge(t->fd, IIO_BUFFER_DMABUF_ATTACH_IOCTL, &d->fd,
			       i), -EFAULT);
		EXPECT(iio_detach(t->fd, d->fd), -EPERM);
	}
	EXPECT(at_edge(t->fd, IIO_BUFFER_DMABUF_ATTACH_IOCTL, &d->fd, i), 0);
	for (i = 0; i < sizeof(d->fd); i++)
		EXPECT(at_edge(t->fd, IIO_BUFFER_DMABUF_DETACH_IOCTL, &d->fd,
			       i), -EFAULT);
	abi_enable(t);
	abi_transfer(t, d, abi_size(t, SIZE));
	EXPECT(at_edge(t->fd, IIO_BUFFER_DMABUF_DETACH_IOCTL, &d->fd, i), 0);
	EXPECT(iio_detach(t->fd, d->fd), -EPERM);
}

static void enqueue_at_edge(struct abi *t)
{
	struct dmabuf *d = abi_attached(t, SIZE);
	struct iio_dmabuf req = {
		.fd = d->fd,
		.bytes_used = abi_size(t, SIZE),
	};
	size_t i;

	abi_enable(t);
	abi_load(t, d, req.bytes_used);
	for (i = 0; i < sizeof(req); i++) {
		EXPECT(at_edge(t->fd, IIO_BUFFER_DMABUF_ENQUEUE_IOCTL, &req, i),
		       -EFAULT);
		CHECK(!abi_pending(t, d), "refused, but a fence is pending");
	}
	EXPECT(at_edge(t->fd, IIO_BUFFER_DMABUF_ENQUEUE_IOCTL, &req, i), 0);
	abi_done(t, d, req.bytes_used);
	abi_check_sink(t, req.bytes_used);
}

static void status_at_edge(struct abi *t)
{
	struct dmabuf *d = abi_attached(t, SIZE);
	struct iio_dmabuf_status req = { .fd = d->fd }, *got;
	size_t i;

	abi_enable(t);
	abi_transfer(t, d, abi_size(t, SIZE));
	for (i = 0; i < sizeof(req); i++)
		EXPECT(at_edge(t->fd, IIO_BUFFER_DMABUF_STATUS_IOCTL, &req, i),
		       -EFAULT);
	got = (void *)(edge(1) - sizeof(req));
	*got = req;
	EXPECT(raw(t->fd, IIO_BUFFER_DMABUF_STATUS_IOCTL, got), 0);
	CHECK(got->bytes_transferred == abi_size(t, SIZE), "%llu bytes",
	      (unsigned long long)got->bytes_transferred);
}

/* It cannot be told, and is there the next time. */
static void status_read_only(struct abi *t)
{
	struct dmabuf *d = abi_attached(t, SIZE);
	struct iio_dmabuf_status *req = (void *)(edge(1) - PAGE);
	struct iio_dmabuf_status status;

	req->fd = d->fd;
	CHECK(!mprotect(req, PAGE, PROT_READ), "mprotect");
	abi_enable(t);
	abi_transfer(t, d, abi_size(t, SIZE));
	EXPECT(raw(t->fd, IIO_BUFFER_DMABUF_STATUS_IOCTL, req), -EFAULT);
	EXPECT(iio_status(t->fd, d->fd, &status), 0);
	CHECK(status.bytes_transferred == abi_size(t, SIZE), "%llu bytes",
	      (unsigned long long)status.bytes_transferred);
}

/* Nothing is written there. */
static void arguments_read_only(struct abi *t)
{
	struct dmabuf *d = abi_alloc(t, SIZE);
	struct iio_dmabuf *req = (void *)(edge(1) - PAGE);
	int *fd = (int *)(req + 1);

	*fd = d->fd;
	req->fd = d->fd;
	req->flags = 0;
	req->bytes_used = abi_size(t, SIZE);
	CHECK(!mprotect(req, PAGE, PROT_READ), "mprotect");

	EXPECT(raw(t->fd, IIO_BUFFER_DMABUF_ATTACH_IOCTL, fd), 0);
	abi_load(t, d, req->bytes_used);
	EXPECT(raw(t->fd, IIO_BUFFER_DMABUF_ENQUEUE_IOCTL, req), 0);
	abi_enable(t);
	abi_done(t, d, req->bytes_used);
	EXPECT(raw(t->fd, IIO_BUFFER_DMABUF_DETACH_IOCTL, fd), 0);
}

static size_t chunk(const struct abi *t)
{
	return abi_size(t, PAGE / 2);
}

static void fileio_start(struct abi *t)
{
	EXPECT(iio_buffer_attr_write(&t->target, "length",
				     8 * chunk(t) / t->side->datum), 0);
	abi_enable(t);
}

static void read_at_edge(struct abi *t)
{
	size_t len = chunk(t), short_by;
	unsigned int i;
	char *end;

	end = edge(1);
	fileio_start(t);
	for (i = 0; i < 32; i++) {
		short_by = 1 + i * 61 % len;
		EXPECT(read(t->fd, end - len + short_by, len) < 0 ? -errno : 0,
		       -EFAULT);
		CHECK(read(t->fd, end - len, len) == (ssize_t)len, "read: %s",
		      strerror(errno));
		if (t->checked)
			verify_data(&t->verify, end - len, len);
		CHECK(!t->verify.errors, "samples were lost with an error");
	}
	EXPECT(read(t->fd, NULL, len) < 0 ? -errno : 0, -EFAULT);
	CHECK(!mprotect(end - PAGE, PAGE, PROT_READ), "mprotect");
	EXPECT(read(t->fd, end - len, len) < 0 ? -errno : 0, -EFAULT);
}

/* Four of them make up a block, and only what is in a block is sent. */
static void write_at_edge(struct abi *t)
{
	size_t len = chunk(t), short_by;
	unsigned int i;
	char *end;

	end = edge(1);
	fileio_start(t);
	for (i = 0; i < 32; i++) {
		short_by = 1 + i * 61 % len;
		memset(end - PAGE, 0xff, PAGE);
		EXPECT(write(t->fd, end - len + short_by, len) < 0 ? -errno : 0,
		       -EFAULT);
		pattern_fill(&t->pattern, end - len, len);
		CHECK(write(t->fd, end - len, len) == (ssize_t)len,
		      "write: %s", strerror(errno));
	}
	EXPECT(write(t->fd, NULL, len) < 0 ? -errno : 0, -EFAULT);
	/* When there is room for a block, the one before has gone. */
	for (i = 0; i < 8; i++) {
		pattern_fill(&t->pattern, end - len, len);
		CHECK(write(t->fd, end - len, len) == (ssize_t)len,
		      "write: %s", strerror(errno));
	}
	CHECK(!abi_sink_errors(t),
	      "wrong samples were sent after an error");
}

const struct abi_test abi_edge_tests[] = {
	{ "attach_at_edge", attach_at_edge, SIDE_ANY, 0 },
	{ "enqueue_at_edge", enqueue_at_edge, SIDE_ANY, 0 },
	{ "status_at_edge", status_at_edge, SIDE_ANY, NEED_STATUS_IOCTL },
	{ "status_read_only", status_read_only, SIDE_ANY, NEED_STATUS_IOCTL },
	{ "arguments_read_only", arguments_read_only, SIDE_ANY, 0 },
	{ "read_at_edge", read_at_edge, SIDE_IN, 0 },
	{ "write_at_edge", write_at_edge, SIDE_OUT, 0 },
	{ 0 },
};
