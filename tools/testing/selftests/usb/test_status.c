// SPDX-License-Identifier: GPL-2.0
/*
 * What the kernel tells of a transfer: how much of it there was, and how it ended.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <linux/usb/functionfs.h>

#include "ffs.h"
#include "test.h"

static int status_of(int ep, struct usb_ffs_dmabuf_status *status)
{
	return ioctl(ep, FUNCTIONFS_DMABUF_STATUS, status) < 0 ? -errno : 0;
}

static void expect_status(int ep, const struct dmabuf *d, unsigned int flags,
			  uint64_t bytes, uint64_t sequence, int error)
{
	struct usb_ffs_dmabuf_status status = { .fd = d->fd };
	struct usb_ffs_dmabuf_status want = {
		.fd = d->fd,
		.flags = flags,
		.bytes_transferred = bytes,
		.sequence = sequence,
		.error = error,
	};

	EXPECT(status_of(ep, &status), 0);
	CHECK(!memcmp(&status, &want, sizeof(want)),
	      "flags %#x, %llu bytes, sequence %llu, error %d, and not %#x, %llu, %llu, %d",
	      status.flags, (unsigned long long)status.bytes_transferred,
	      (unsigned long long)status.sequence, status.error, want.flags,
	      (unsigned long long)bytes, (unsigned long long)sequence, error);
}

static void tells(struct test *t)
{
	struct dmabuf d = test_attached(t, t->out, 16384);
	unsigned char sent[5000] = "";

	expect_status(t->out, &d, 0, 0, 0, 0);
	EXPECT(ffs_transfer(t->out, d.fd, 16384), 0);
	expect_status(t->out, &d, USB_FFS_DMABUF_STATUS_PENDING, 0, 1, 0);
	EXPECT(ffs_transfer(t->out, d.fd, 16384), -EBUSY);
	expect_status(t->out, &d, USB_FFS_DMABUF_STATUS_PENDING, 0, 1, 0);
	EXPECT(host_write(&t->host, sent, sizeof(sent), WAIT_MS), (int)sizeof(sent));
	test_wait_done(&d);
	expect_status(t->out, &d, 0, sizeof(sent), 1, 0);

	EXPECT(ffs_transfer(t->out, d.fd, 16385), -EINVAL);
	expect_status(t->out, &d, 0, sizeof(sent), 1, 0);
	test_receive(t, &d, 10000);
	expect_status(t->out, &d, 0, 10000, 2, 0);

	EXPECT(ffs_detach(t->out, d.fd), 0);
	EXPECT(ffs_attach(t->out, d.fd), 0);
	expect_status(t->out, &d, 0, 0, 0, 0);
}

static void tells_errors(struct test *t)
{
	struct dmabuf d = test_attached(t, t->in, 16384);

	test_send(t, &d, 16384);
	expect_status(t->in, &d, 0, 16384, 1, 0);
	EXPECT(ffs_transfer(t->in, d.fd, 4096), 0);
	host_close(&t->host);
	test_unbind(t);
	expect_status(t->in, &d, 0, 0, 2, -ESHUTDOWN);
	EXPECT(ffs_transfer(t->in, d.fd, 4096), -ESHUTDOWN);
	expect_status(t->in, &d, 0, 0, 2, -ESHUTDOWN);
}

static void bad_input(struct test *t)
{
	struct dmabuf d = test_attached(t, t->in, 4096);
	struct usb_ffs_dmabuf_status status;
	unsigned int i;

	status = (struct usb_ffs_dmabuf_status){ .fd = -1 };
	EXPECT(status_of(t->in, &status), -EBADF);
	status = (struct usb_ffs_dmabuf_status){ .fd = t->in };
	EXPECT(status_of(t->in, &status), -EINVAL);
	status = (struct usb_ffs_dmabuf_status){ .fd = d.fd };
	EXPECT(status_of(t->out, &status), -EPERM);
	status = (struct usb_ffs_dmabuf_status){ .fd = d.fd, .flags = 1 };
	EXPECT(status_of(t->in, &status), -EINVAL);
	for (i = 0; i < ARRAY_SIZE(status.reserved); i++) {
		status = (struct usb_ffs_dmabuf_status){ .fd = d.fd };
		status.reserved[i] = 1;
		EXPECT(status_of(t->in, &status), -EINVAL);
	}
	EXPECT(status_of(t->in, NULL), -EFAULT);
	EXPECT(status_of(t->in, (void *)-4096L), -EFAULT);
	expect_status(t->in, &d, 0, 0, 0, 0);
}

const struct test_case status_tests[] = {
	{ "STATUS tells how much was transferred", tells, NEED_HOST },
	{ "STATUS tells how a transfer ended", tells_errors, NEED_HOST },
	{ "STATUS with bad input", bad_input, NEED_HOST },
	{}
};
