// SPDX-License-Identifier: GPL-2.0
/*
 * The host's end, by libusb: receives what the converter has sampled and compares
 * each sample, or sends what the converter is to play.
 *
 * Several transfers are in flight, so that USB does not wait for the comparison.
 * Their memory is the kernel's where that can be mapped: nobody copies it then.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <libusb-1.0/libusb.h>

#include "iio_usb.h"
#include "pattern.h"
#include "verify.h"

#define TRANSFERS	8
#define PIECE		0x100000	/* usbfs has 16 MiB for all */
#define WAIT_S		60
#define STEP_US		10000

#define fail(...)	iio_usb_fail(IIO_USB_HOST, __VA_ARGS__)

struct host {
	libusb_context *context;
	libusb_device_handle *handle;
	unsigned char in, out;		/* addresses of the endpoints */
	struct libusb_transfer *transfers[TRANSFERS];
	int done[TRANSFERS];
	struct pattern pattern;
	struct verify verify;
	size_t piece;
};

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);

	return ts.tv_sec + ts.tv_nsec / 1e9;
}

/* Where no udevd tells of new devices, a context knows those that were there before */
static int try_open(struct host *h)
{
	int ret = libusb_init(&h->context);

	if (ret)
		return fail("libusb: %s", libusb_strerror(ret));

	h->handle = libusb_open_device_with_vid_pid(h->context, opt.vendor, opt.product);
	if (h->handle && !libusb_claim_interface(h->handle, 0))
		return 0;

	if (h->handle)
		libusb_close(h->handle);
	h->handle = NULL;
	libusb_exit(h->context);

	return 0;
}

static int open_device(struct host *h)
{
	double end = now() + WAIT_S;

	for (;;) {
		if (try_open(h))
			return -1;
		if (h->handle)
			return 0;
		if (now() > end)
			return fail("no USB device %04x:%04x", opt.vendor, opt.product);
		usleep(STEP_US);
	}
}

/* One bulk endpoint for each direction */
static int find_endpoints(struct host *h)
{
	const struct libusb_interface_descriptor *interface;
	struct libusb_config_descriptor *config;
	unsigned int i;
	int ret;

	ret = libusb_get_active_config_descriptor(libusb_get_device(h->handle), &config);
	if (ret)
		return fail("no configuration: %s", libusb_strerror(ret));

	interface = &config->interface[0].altsetting[0];
	for (i = 0; i < interface->bNumEndpoints; i++) {
		unsigned char address = interface->endpoint[i].bEndpointAddress;

		if (address & LIBUSB_ENDPOINT_IN)
			h->in = address;
		else
			h->out = address;
	}
	libusb_free_config_descriptor(config);

	return h->in && h->out ? 0 : fail("it is not a gadget of ffs_gadget.sh");
}

static void LIBUSB_CALL transfer_done(struct libusb_transfer *transfer)
{
	*(int *)transfer->user_data = 1;
}

static int alloc_transfer(struct host *h, unsigned int i)
{
	unsigned char address = opt.dir == IIO_DIR_IN ? h->in : h->out;
	unsigned char *data;

	data = libusb_dev_mem_alloc(h->handle, h->piece);
	if (!data)
		data = malloc(h->piece);
	h->transfers[i] = libusb_alloc_transfer(0);
	if (!data || !h->transfers[i])
		return fail("no memory");

	libusb_fill_bulk_transfer(h->transfers[i], h->handle, address, data, 0,
				  transfer_done, &h->done[i], 0);

	return 0;
}

static int open_host(struct host *h)
{
	unsigned int i;

	if (open_device(h) || find_endpoints(h))
		return -1;

	for (i = 0; i < TRANSFERS; i++)
		if (alloc_transfer(h, i))
			return -1;

	return 0;
}

static size_t piece_at(const struct host *h, unsigned long long at)
{
	unsigned long long left = iio_usb_total() - at;

	return left < h->piece ? left : h->piece;
}

/* The piece that starts at this byte of the stream */
static int submit(struct host *h, unsigned long long at)
{
	unsigned int i = at / h->piece % TRANSFERS;
	struct libusb_transfer *transfer = h->transfers[i];
	int ret;

	transfer->length = piece_at(h, at);
	if (opt.dir == IIO_DIR_OUT)
		pattern_fill(&h->pattern, transfer->buffer, transfer->length);
	h->done[i] = 0;
	ret = libusb_submit_transfer(transfer);

	return ret ? fail("%s after %llu bytes", libusb_strerror(ret), at) : 0;
}

static int wait_for(struct host *h, int *done)
{
	double end = now() + WAIT_S;
	int ret = 0;

	while (!*done && !ret && now() < end) {
		struct timeval step = { .tv_sec = 1 };

		ret = libusb_handle_events_timeout_completed(h->context, &step, done);
	}
	if (ret)
		return fail("%s", libusb_strerror(ret));

	return *done ? 0 : fail("nothing moves for %u seconds", WAIT_S);
}

static int complete(struct host *h, unsigned long long at)
{
	unsigned int i = at / h->piece % TRANSFERS;
	struct libusb_transfer *transfer = h->transfers[i];

	if (wait_for(h, &h->done[i]))
		return -1;
	if (transfer->status)
		return fail("after %llu bytes a transfer ends with status %d", at,
			    transfer->status);
	if (transfer->actual_length != transfer->length)
		return fail("after %llu bytes come %d, not %d", at,
			    transfer->actual_length, transfer->length);
	if (opt.dir == IIO_DIR_IN)
		verify_data(&h->verify, transfer->buffer, transfer->length);

	return 0;
}

/* The time until the first piece is that of getting started */
static int run(struct host *h)
{
	unsigned long long sent = 0, at, total = iio_usb_total();
	double first = 0;

	for (at = 0; at < total; at += h->piece) {
		for (; sent < total && sent < at + TRANSFERS * h->piece; sent += h->piece)
			if (submit(h, sent))
				return -1;
		if (complete(h, at))
			return -1;
		if (!at)
			first = now();
	}
	if (total > h->piece)
		result->rate = (total - h->piece) / (now() - first);

	return 0;
}

int iio_usb_host(void)
{
	static struct host h;
	int ret;

	ret = pattern_init(&h.pattern, opt.pattern, false);
	if (ret)
		return fail("pattern %s: %s", opt.pattern, strerror(-ret));
	verify_init(&h.verify, &h.pattern, opt.block_size, false);
	h.piece = opt.block_size < PIECE ? opt.block_size : PIECE;

	if (open_host(&h) || run(&h))
		return -1;

	if (opt.dir == IIO_DIR_IN && verify_active(&h.verify)) {
		result->verified = h.verify.bytes;
		result->errors = h.verify.errors;
	}

	return 0;
}
