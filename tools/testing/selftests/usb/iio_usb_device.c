// SPDX-License-Identifier: GPL-2.0
/*
 * The device's end: an IIO buffer on one side, an endpoint of FunctionFS on the
 * other, and blocks that go round between them.
 *
 * With DMABUFs each block costs two system calls, and nobody touches the data: the
 * kernel has the one side wait until the other one is done with a block. While half
 * of the blocks are with the converter, the others are with USB.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <linux/usb/functionfs.h>

#include "calls.h"
#include "dmabuf.h"
#include "ffs.h"
#include "iio_buffer.h"
#include "iio_usb.h"

#define WAIT_MS		60000
#define KERNEL_BLOCKS	2

struct device {
	struct iio_target target;
	int ep0, ep;
	int iio;
	struct dmabuf *ring;
	void *buf;
};

#define fail(...)	iio_usb_fail(IIO_USB_DEVICE, __VA_ARGS__)

/* A call of the loop */
static int check(int ret, const char *what)
{
	return ret < 0 ? fail("%s: %s", what, strerror(-ret)) : 0;
}

static bool is_in(void)
{
	return opt.dir == IIO_DIR_IN;
}

static int set_attribute(struct device *d)
{
	size_t len;
	char attr[128];
	int ret;

	if (!opt.set)
		return 0;

	len = strcspn(opt.set, "=");
	snprintf(attr, sizeof(attr), "%.*s", (int)len, opt.set);
	ret = iio_attr_write(&d->target, attr, opt.set + len + !!opt.set[len]);

	return ret ? fail("%s: %s", opt.set, strerror(-ret)) : 0;
}

static int open_iio(struct device *d)
{
	int ret;

	ret = iio_find(&d->target, opt.device, -1, opt.dir,
		       opt.mode != IIO_USB_READWRITE);
	if (ret)
		return fail("no such IIO buffer");

	iio_enable(&d->target, false);
	ret = iio_select_channels(&d->target, NULL);
	if (ret)
		return fail("channels: %s", strerror(-ret));
	if (opt.block_size % iio_datum_size(&d->target))
		return fail("blocks are not a multiple of %u bytes",
			    iio_datum_size(&d->target));
	if (set_attribute(d))
		return -1;

	/* read() and write() go through blocks of the buffer's own, as large as ours */
	if (opt.mode == IIO_USB_READWRITE) {
		ret = iio_buffer_attr_write(&d->target, "length", KERNEL_BLOCKS *
					    opt.block_size / iio_datum_size(&d->target));
		if (ret)
			return fail("length: %s", strerror(-ret));
	}

	d->iio = iio_open(&d->target, 0);

	return d->iio < 0 ? fail("open: %s", strerror(-d->iio)) : 0;
}

static int bind_gadget(void)
{
	char path[4096];
	int fd, len;

	if (!opt.gadget)
		return 0;

	snprintf(path, sizeof(path), "%s/UDC", opt.gadget);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return fail("%s: %s", path, strerror(errno));

	len = strlen(opt.udc);
	if (write(fd, opt.udc, len) != len) {
		close(fd);
		return fail("cannot bind to %s: %s", opt.udc, strerror(errno));
	}
	close(fd);

	return 0;
}

static int open_usb(struct device *d)
{
	int ret;

	d->ep0 = ffs_open(opt.ffs);
	if (d->ep0 < 0)
		return fail("%s/ep0: %s", opt.ffs, strerror(-d->ep0));

	d->ep = ffs_open_ep(opt.ffs, is_in() ? FFS_IN : FFS_OUT, 0);
	if (d->ep < 0)
		return fail("endpoint: %s", strerror(-d->ep));

	if (bind_gadget())
		return -1;

	ret = ffs_wait_event(d->ep0, FUNCTIONFS_ENABLE, WAIT_MS);

	return ret ? fail("no USB host: %s", strerror(-ret)) : 0;
}

static int make_ring(struct device *d)
{
	unsigned int i;
	int ret = 0;

	d->ring = calloc(opt.ring, sizeof(*d->ring));
	if (!d->ring)
		return fail("no memory");

	for (i = 0; !ret && i < opt.ring; i++) {
		ret = dmabuf_alloc(&d->ring[i], opt.heap, opt.block_size);
		if (!ret)
			ret = iio_attach(d->iio, d->ring[i].fd);
		if (!ret && opt.mode == IIO_USB_DMABUF)
			ret = ffs_attach(d->ep, d->ring[i].fd);
	}

	return ret ? fail("blocks: %s", strerror(-ret)) : 0;
}

static struct dmabuf *block(struct device *d, unsigned int i)
{
	return &d->ring[i % opt.ring];
}

/* Both wait for the other side, for 5 seconds at a time: what counts is one call */
static int enqueue(struct device *d, unsigned int i)
{
	unsigned long calls = num_calls;
	int ret;

	do {
		num_calls = calls;
		ret = iio_enqueue(d->iio, block(d, i)->fd, opt.block_size, 0);
	} while (ret == -EBUSY);

	return check(ret, "ENQUEUE");
}

static int transfer(struct device *d, unsigned int i)
{
	unsigned long calls = num_calls;
	int ret;

	do {
		num_calls = calls;
		ret = ffs_transfer(d->ep, block(d, i)->fd, opt.block_size);
	} while (ret == -EBUSY);

	return check(ret, "TRANSFER");
}

static int dmabufs_in(struct device *d)
{
	unsigned int i, behind = opt.ring / 2;

	for (i = 0; i < opt.blocks; i++) {
		if (transfer(d, i))
			return -1;
		/* The host has it by now, or is waited for */
		if (i >= behind && i - behind + opt.ring < opt.blocks &&
		    enqueue(d, i - behind))
			return -1;
	}

	return 0;
}

static int dmabufs_out(struct device *d)
{
	unsigned int i, behind = opt.ring / 2;

	for (i = 0; i < opt.blocks + behind; i++) {
		if (i < opt.blocks && transfer(d, i))
			return -1;
		if (i >= behind && enqueue(d, i - behind))
			return -1;
	}

	return 0;
}

/* All of a block, which may take several calls */
static int move(int fd, char *buf, size_t len, bool out, const char *what)
{
	size_t done;

	for (done = 0; done < len; ) {
		ssize_t ret = COUNTED(out ? write(fd, buf + done, len - done) :
					    read(fd, buf + done, len - done));

		if (check(ret < 0 ? -errno : 0, what))
			return -1;
		if (!ret)
			return fail("%s: nothing more comes", what);
		done += ret;
		result->copied += ret;
	}

	return 0;
}

static int read_and_write(struct device *d)
{
	int from = is_in() ? d->iio : d->ep, to = is_in() ? d->ep : d->iio;
	unsigned int i;

	for (i = 0; i < opt.blocks; i++)
		if (move(from, d->buf, opt.block_size, false, "read()") ||
		    move(to, d->buf, opt.block_size, true, "write()"))
			return -1;

	return 0;
}

static int mapped_in(struct device *d)
{
	unsigned int i;

	for (i = 0; i < opt.blocks; i++) {
		struct dmabuf *b = block(d, i);

		if (check(dmabuf_wait(b, -1), "poll()") ||
		    check(dmabuf_begin_cpu(b, DMA_BUF_SYNC_READ), "SYNC") ||
		    move(d->ep, b->map, opt.block_size, true, "write()") ||
		    check(dmabuf_end_cpu(b, DMA_BUF_SYNC_READ), "SYNC"))
			return -1;
		if (i + opt.ring < opt.blocks && enqueue(d, i))
			return -1;
	}

	return 0;
}

static int mapped_out(struct device *d)
{
	unsigned int i;

	for (i = 0; i < opt.blocks; i++) {
		struct dmabuf *b = block(d, i);

		if (check(dmabuf_wait(b, -1), "poll()") ||
		    check(dmabuf_begin_cpu(b, DMA_BUF_SYNC_WRITE), "SYNC") ||
		    move(d->ep, b->map, opt.block_size, false, "read()") ||
		    check(dmabuf_end_cpu(b, DMA_BUF_SYNC_WRITE), "SYNC") ||
		    enqueue(d, i))
			return -1;
	}

	return 0;
}

static int run(struct device *d)
{
	switch (opt.mode) {
	case IIO_USB_DMABUF:
		return is_in() ? dmabufs_in(d) : dmabufs_out(d);
	case IIO_USB_MMAP:
		return is_in() ? mapped_in(d) : mapped_out(d);
	default:
		return read_and_write(d);
	}
}

static int make_blocks(struct device *d)
{
	if (opt.mode != IIO_USB_READWRITE)
		return make_ring(d);

	d->buf = malloc(opt.block_size);

	return d->buf ? 0 : fail("no memory");
}

/* The converter fills the first blocks before the loop starts. */
static int start(struct device *d)
{
	unsigned int i;
	int ret;

	for (i = 0; d->ring && is_in() && i < opt.ring && i < opt.blocks; i++)
		if (enqueue(d, i))
			return -1;

	ret = iio_enable(&d->target, true);

	return ret ? fail("enable: %s", strerror(-ret)) : 0;
}

/* All of it has left by one side or the other. */
static int finish(struct device *d)
{
	unsigned int i;

	for (i = 0; d->ring && i < opt.ring; i++)
		if (dmabuf_wait(&d->ring[i], WAIT_MS) != 1)
			return fail("a block does not end");
	if (!is_in() && opt.mode == IIO_USB_READWRITE && fsync(d->iio))
		return fail("fsync(): %s", strerror(errno));

	return 0;
}

static unsigned long long read_count(const char *path)
{
	char text[64] = "";

	sysfs_read(text, sizeof(text), "%s", path);

	return strtoull(text, NULL, 0);
}

/* The converter's receiver has counted what it got, and what was wrong. */
static int ask_sink(void)
{
	if (is_in() || !opt.sink_bytes)
		return 0;

	result->verified = read_count(opt.sink_bytes);
	result->errors = read_count(opt.sink_errors);

	return result->verified == iio_usb_total() ? 0 :
	       fail("%llu of %llu bytes have arrived", result->verified, iio_usb_total());
}

int iio_usb_device(void)
{
	struct device d = { .ep0 = -1, .ep = -1, .iio = -1 };
	int ret;

	if (open_iio(&d) || open_usb(&d) || make_blocks(&d) || start(&d))
		return -1;

	num_calls = 0;
	ret = run(&d);
	result->calls = num_calls;
	if (!ret)
		ret = finish(&d);
	if (!ret)
		ret = ask_sink();
	iio_enable(&d.target, false);

	return ret;
}
