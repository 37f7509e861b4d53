// SPDX-License-Identifier: GPL-2.0
/*
 * Bad input: the documented error, and nothing else happens.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <linux/dma-heap.h>
#include <linux/usb/functionfs.h>

#include "ffs.h"
#include "test.h"

static void all_three(struct test *t, int fd, int error)
{
	EXPECT(ffs_attach(t->in, fd), error);
	EXPECT(ffs_transfer(t->in, fd, 4096), error);
	EXPECT(ffs_detach(t->in, fd), error);
}

static void no_descriptor(struct test *t)
{
	all_three(t, -1, -EBADF);
	all_three(t, 9999, -EBADF);
	test_still_works(t);
}

static void no_dmabuf(struct test *t)
{
	int fd = open("/dev/null", O_RDWR | O_CLOEXEC);

	all_three(t, fd, -EINVAL);
	all_three(t, t->in, -EINVAL);
	test_still_works(t);
}

static void closed_dmabuf(struct test *t)
{
	struct dmabuf d = test_attached(t, t->in, 4096);
	int fd = d.fd;

	dmabuf_free(&d);
	EXPECT(ffs_transfer(t->in, fd, 4096), -EBADF);
	EXPECT(ffs_detach(t->in, fd), -EBADF);
	test_still_works(t);
}

static void not_attached(struct test *t)
{
	struct dmabuf d = test_attached(t, t->out, 4096);

	EXPECT(ffs_transfer(t->in, d.fd, 4096), -EPERM);
	EXPECT(ffs_detach(t->in, d.fd), -EPERM);
	CHECK(!test_pending(&d), "a refused transfer is pending");
	EXPECT(ffs_detach(t->out, d.fd), 0);
	EXPECT(ffs_transfer(t->out, d.fd, 4096), -EPERM);
	EXPECT(ffs_detach(t->out, d.fd), -EPERM);
	test_still_works(t);
}

static void attached_twice(struct test *t)
{
	struct dmabuf d = test_attached(t, t->in, 16384);

	EXPECT(ffs_attach(t->in, d.fd), -EBUSY);
	test_expect_attached(&d, 1);
	test_send(t, &d, 16384);
	EXPECT(ffs_attach(t->in, d.fd), -EBUSY);
	EXPECT(ffs_detach(t->in, d.fd), 0);
	EXPECT(ffs_detach(t->in, d.fd), -EPERM);
	EXPECT(ffs_attach(t->in, d.fd), 0);
	test_send(t, &d, 16384);
}

static void bad_length(struct test *t)
{
	static const uint64_t lengths[] = {
		0, 8193, 12288, UINT32_MAX, 1ULL << 32, (1ULL << 32) + 4096,
		UINT64_MAX - 4095, UINT64_MAX,
	};
	struct dmabuf d = test_attached(t, t->in, 8192);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(lengths); i++) {
		EXPECT(ffs_transfer(t->in, d.fd, lengths[i]), -EINVAL);
		CHECK(!test_pending(&d), "a refused transfer is pending");
	}
	test_send(t, &d, 8192);
}

static void bad_flags(struct test *t)
{
	struct dmabuf d = test_attached(t, t->in, 4096);
	unsigned int i;

	for (i = 0; i < 32; i++)
		EXPECT(ffs_transfer_flags(t->in, d.fd, 4096, 1U << i), -EINVAL);
	CHECK(!test_pending(&d), "a refused transfer is pending");
	test_send(t, &d, 4096);
}

static void bad_pointer(struct test *t)
{
	static const unsigned long requests[] = {
		FUNCTIONFS_DMABUF_ATTACH, FUNCTIONFS_DMABUF_DETACH,
		FUNCTIONFS_DMABUF_TRANSFER,
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(requests); i++) {
		EXPECT(ioctl(t->in, requests[i], NULL) < 0 ? -errno : 0, -EFAULT);
		EXPECT(ioctl(t->in, requests[i], (void *)-4096L) < 0 ? -errno : 0,
		       -EFAULT);
	}
	test_still_works(t);
}

static void unknown_ioctl(struct test *t)
{
	EXPECT(ioctl(t->in, _IOW('g', 254, int), NULL) < 0 ? -errno : 0, -ENOTTY);
	test_still_works(t);
}

static void read_only(struct test *t)
{
	struct dma_heap_allocation_data req = { .len = 4096, .fd_flags = O_RDONLY };
	struct dmabuf d = { .size = 4096 };
	int heap = open("/dev/dma_heap/system", O_RDWR | O_CLOEXEC);

	if (heap < 0)
		test_skip("no system heap");
	CHECK(!ioctl(heap, DMA_HEAP_IOCTL_ALLOC, &req), "heap: %s", strerror(errno));
	d.fd = req.fd;

	EXPECT(ffs_attach(t->out, d.fd), -EACCES);
	test_expect_attached(&d, 0);
	EXPECT(ffs_attach(t->in, d.fd), 0);
	test_expect_attached(&d, 1);
	EXPECT(ffs_detach(t->in, d.fd), 0);
	test_still_works(t);
}

/* Some controllers have a limit: it has to be an error, and no end of the list */
static void many(struct test *t)
{
	struct dmabuf d[1100];
	unsigned int i, n = 0;
	int ret = 0;

	while (n < ARRAY_SIZE(d)) {
		if (dmabuf_alloc(&d[n], t->env->heap, 4096))
			break;
		ret = ffs_attach(t->in, d[n++].fd);
		if (ret)
			break;
	}
	CHECK(!ret || ret == -ENOSPC || ret == -ENOMEM, "ATTACH: %s", strerror(-ret));
	if (ret)
		n--;
	CHECK(n >= 64, "only %u DMABUFs can be attached", n);

	EXPECT(ffs_detach(t->in, d[0].fd), 0);
	EXPECT(ffs_attach(t->in, d[0].fd), 0);
	for (i = 0; i < n; i++)
		EXPECT(ffs_detach(t->in, d[i].fd), 0);
	for (i = 0; i < n; i++)
		test_expect_attached(&d[i], 0);
	test_still_works(t);
}

static void no_gadget(struct test *t)
{
	struct dmabuf d = test_alloc(t, 16384);
	int nonblocking = test_open_ep(t, FFS_IN, O_NONBLOCK);

	EXPECT(ffs_attach(t->in, d.fd), -ENODEV);
	EXPECT(ffs_transfer(t->in, d.fd, 4096), -EPERM);
	EXPECT(ffs_detach(t->in, d.fd), -EPERM);
	EXPECT(ffs_attach(nonblocking, d.fd), -ENODEV);
	test_expect_attached(&d, 0);

	test_bind(t);
	EXPECT(ffs_attach(t->in, d.fd), 0);
	test_connect_host(t);
	test_send(t, &d, 16384);
}

const struct test_case args_tests[] = {
	{ "a descriptor that is not open", no_descriptor, NEED_HOST },
	{ "a descriptor that is no DMABUF's", no_dmabuf, NEED_HOST },
	{ "a DMABUF that is closed", closed_dmabuf, NEED_HOST },
	{ "a DMABUF that is not attached", not_attached, NEED_HOST },
	{ "a DMABUF that is attached already", attached_twice, NEED_HOST },
	{ "lengths that make no sense", bad_length, NEED_HOST },
	{ "flags that nobody knows", bad_flags, NEED_HOST },
	{ "arguments at bad addresses", bad_pointer, NEED_HOST },
	{ "an ioctl that nobody knows", unknown_ioctl, NEED_HOST },
	{ "a read-only DMABUF for what the host sends", read_only, NEED_HOST },
	{ "too many DMABUFs", many, NEED_HOST },
	{ "no gadget yet", no_gadget, 0 },
	{}
};
