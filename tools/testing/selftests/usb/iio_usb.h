/* SPDX-License-Identifier: GPL-2.0 */
/* A stream between an IIO buffer and a USB host, and its two ends. */
#ifndef IIO_USB_H
#define IIO_USB_H

#include <stdbool.h>
#include <stddef.h>

#include "common.h"
#include "iio_sysfs.h"

enum iio_usb_mode {
	IIO_USB_DMABUF,		/* USB gets the converter's memory */
	IIO_USB_READWRITE,	/* read() from one, write() to the other */
	IIO_USB_MMAP,		/* the converter's memory, mapped, and read() or write() */
};

enum iio_usb_end {
	IIO_USB_DEVICE,
	IIO_USB_HOST,
};

struct iio_usb_options {
	enum iio_usb_mode mode;
	enum iio_dir dir;		/* of the converter: IIO_DIR_IN goes to the host */
	const char *device;		/* NULL: the first that fits */
	const char *set;		/* ATTR=VALUE of the device, or NULL */
	const char *pattern;
	const char *heap;		/* NULL: udmabuf */
	const char *sink_bytes;		/* files of a receiver that counts, or NULL */
	const char *sink_errors;
	size_t block_size;
	unsigned int blocks;
	unsigned int ring;		/* blocks that go round */
	const char *ffs;		/* where the function is mounted */
	const char *gadget;		/* its directory in configfs, NULL: bound elsewhere */
	const char *udc;
	unsigned int vendor, product;
	bool ends[2];			/* which of them this machine is */
	bool header;
};

/* Shared by the two processes, each writes its part. */
struct iio_usb_result {
	/* the device's */
	unsigned long calls;		/* system calls in the loop */
	unsigned long long copied;	/* bytes that went through read() and write() */
	/* the host's */
	double rate;			/* bytes per second */
	/* of who compares: the host, or the converter's receiver */
	unsigned long long verified;
	unsigned long long errors;
	char failure[2][256];		/* of each end */
};

extern struct iio_usb_options opt;
extern struct iio_usb_result *result;

/* Keeps the first failure of an end, and returns -1. */
int iio_usb_fail(enum iio_usb_end end, const char *fmt, ...)
	__printf(2, 3);

static inline unsigned long long iio_usb_total(void)
{
	return (unsigned long long)opt.block_size * opt.blocks;
}

/* Both return 0, or -1 with a failure in the result. */
int iio_usb_device(void);
int iio_usb_host(void);

#endif
