// SPDX-License-Identifier: GPL-2.0
/*
 * The ioctls of FunctionFS' endpoints, with DMABUFs that the buffers use as well, while
 * the host and the gadget come and go.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <linux/usb/functionfs.h>

#include "ffs.h"
#include "fuzz.h"
#include "host.h"
#include "kselftest.h"

#define SIZE		16384
#define WAIT_MS		20000

static const char *const names[FUZZ_EPS] = { FFS_IN, FFS_OUT };

static unsigned int any_ep(struct fuzz_thread *t)
{
	return fuzz_below(t, FUZZ_EPS);
}

static unsigned int bit_of(unsigned int ep)
{
	return 1U << (FUZZ_SIDES + ep);
}

static int open_ep(struct fuzz_thread *t, unsigned int ep)
{
	int fd = ffs_open_ep(fuzz.usb.dir, names[ep], fuzz_one_in(t, 4) ? 0 : O_NONBLOCK);
	unsigned int i;

	if (fd < 0)
		return fd;
	fuzz_put_fd(&t->process->eps[ep], fd);
	for (i = 0; i < FUZZ_BLOCKS; i++)
		t->process->blocks[i].attached &= ~bit_of(ep);

	return 0;
}

static int do_open(struct fuzz_thread *t)
{
	unsigned int ep = any_ep(t);

	if (t->process->eps[ep] >= 0 && !fuzz_one_in(t, 8))
		return 0;

	return open_ep(t, ep);
}

static int do_close(struct fuzz_thread *t)
{
	fuzz_put_fd(&t->process->eps[any_ep(t)], -1);

	return 0;
}

static int attach(struct fuzz_thread *t, unsigned int ep, struct fuzz_block *b)
{
	int ret = ffs_attach(t->process->eps[ep], b->fd);

	if (!ret || ret == -EBUSY)
		b->attached |= bit_of(ep);

	return ret;
}

static int do_attach(struct fuzz_thread *t)
{
	return attach(t, any_ep(t), fuzz_any_block(t));
}

static int do_detach(struct fuzz_thread *t)
{
	unsigned int ep = any_ep(t);
	struct fuzz_block *b = fuzz_attached_block(t, FUZZ_SIDES + ep);

	b->attached &= ~bit_of(ep);

	return ffs_detach(t->process->eps[ep], b->fd);
}

static uint64_t any_length(struct fuzz_thread *t, struct fuzz_block *b)
{
	if (fuzz_one_in(t, 32) || !b->size)
		return fuzz_odd_number(t);

	return fuzz_one_in(t, 2) ? b->size : 1 + fuzz_below(t, b->size);
}

static int do_transfer(struct fuzz_thread *t)
{
	unsigned int ep = any_ep(t);
	uint32_t flags = fuzz_one_in(t, 64) ? fuzz_odd_number(t) : 0;
	struct fuzz_block *b = fuzz_idle_block(t, FUZZ_SIDES + ep);
	int ret;

	if (t->process->eps[ep] < 0)
		open_ep(t, ep);
	if (!(b->attached & bit_of(ep)))
		attach(t, ep, b);
	ret = ffs_transfer_flags(t->process->eps[ep], b->fd, any_length(t, b), flags);
	if (ret == -EPERM)
		b->attached &= ~bit_of(ep);

	return ret;
}

static int do_status(struct fuzz_thread *t)
{
	unsigned int ep = any_ep(t);
	struct usb_ffs_dmabuf_status status = {
		.fd = fuzz_attached_block(t, FUZZ_SIDES + ep)->fd,
		.flags = fuzz_one_in(t, 32),
	};

	return ioctl(t->process->eps[ep], FUNCTIONFS_DMABUF_STATUS, &status) < 0 ? -errno : 0;
}

static int do_nonblock(struct fuzz_thread *t)
{
	int fd = t->process->eps[any_ep(t)];

	return fcntl(fd, F_SETFL, fuzz_one_in(t, 4) ? 0 : O_NONBLOCK) < 0 ? -errno : 0;
}

static int do_bad_ioctl(struct fuzz_thread *t)
{
	static const unsigned int all[] = {
		FUNCTIONFS_DMABUF_ATTACH, FUNCTIONFS_DMABUF_DETACH,
		FUNCTIONFS_DMABUF_TRANSFER, FUNCTIONFS_DMABUF_STATUS,
	};
	unsigned int cmd = all[fuzz_below(t, ARRAY_SIZE(all))];

	if (fuzz_one_in(t, 4))
		cmd ^= 1U << (16 + fuzz_below(t, 16));

	return ioctl(t->process->eps[any_ep(t)], cmd, fuzz_bad_pointer(t)) < 0 ? -errno : 0;
}

const struct fuzz_op fuzz_ffs_ops[] = {
	{ "open an endpoint", do_open, 20, FUZZ_ANY },
	{ "close an endpoint", do_close, 3, FUZZ_ANY },
	{ "ATTACH to an endpoint", do_attach, 30, FUZZ_ANY },
	{ "DETACH from an endpoint", do_detach, 20, FUZZ_ANY },
	{ "TRANSFER", do_transfer, 100, FUZZ_ANY },
	{ "STATUS of an endpoint", do_status, 15, FUZZ_ANY },
	{ "O_NONBLOCK of an endpoint", do_nonblock, 6, FUZZ_ANY },
	{ "bad ioctl of an endpoint", do_bad_ioctl, 6, FUZZ_ANY },
	{ 0 },
};

/* It is there for as long as this process, whatever becomes of the gadget. */
void fuzz_make_function(void)
{
	char path[128];

	fuzz.usb.ep0 = ffs_open(fuzz.usb.dir);
	if (fuzz.usb.ep0 < 0)
		ksft_exit_fail_msg("%s: %s\n", fuzz.usb.dir, strerror(-fuzz.usb.ep0));
	snprintf(path, sizeof(path), "/sys/class/udc/%.64s/device", fuzz.usb.udc);
	fuzz_find_driver(&fuzz.usb.controller, path);
	if (fuzz_plug(true))
		ksft_exit_fail_msg("the gadget cannot be bound to %s\n", fuzz.usb.udc);
}

/* What the host sends comes back to it by the same memory. */
static int there_and_back(const int *eps, const struct dmabuf *d, struct host *host)
{
	static unsigned char sent[SIZE], received[SIZE];
	int ret;

	memset(sent, 0x5a, sizeof(sent));
	ret = ffs_transfer(eps[1], d->fd, SIZE);
	if (!ret)
		ret = host_write(host, sent, SIZE, WAIT_MS);
	if (ret == SIZE)
		ret = dmabuf_wait(d, WAIT_MS) == 1 ? ffs_transfer(eps[0], d->fd, SIZE) :
						     -ETIMEDOUT;
	if (!ret)
		ret = host_read(host, received, SIZE, WAIT_MS);
	if (ret != SIZE)
		return ret < 0 ? ret : -EIO;

	return memcmp(sent, received, SIZE) ? -EILSEQ : 0;
}

static int attach_both(const int *eps, const struct dmabuf *d)
{
	return ffs_attach(eps[0], d->fd) ?: ffs_attach(eps[1], d->fd);
}

int fuzz_usb_works(struct fuzz_thread *t)
{
	struct host host;
	struct dmabuf d;
	int eps[FUZZ_EPS], i, ret;

	(void)t;
	fuzz_plug(false);
	ret = fuzz_plug(true);
	if (!ret)
		ret = host_open(&host, FUZZ_VENDOR, FUZZ_PRODUCT, WAIT_MS);
	if (!ret)
		ret = dmabuf_alloc(&d, NULL, SIZE);
	if (ret)
		return ret;
	for (i = 0; i < FUZZ_EPS; i++)
		eps[i] = ffs_open_ep(fuzz.usb.dir, names[i], 0);
	ret = attach_both(eps, &d);
	for (i = 0; i < 3 && !ret; i++)
		ret = there_and_back(eps, &d, &host);

	return ret;
}
