/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The other end of the cable, if that is on this machine: the host's side of a
 * gadget's interface, by usbfs.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#ifndef HOST_H
#define HOST_H

#include <stdbool.h>
#include <stddef.h>
#include <linux/usbdevice_fs.h>

struct host {
	int fd;
	char dir[280];		/* of the device, in sysfs */
	unsigned char in;	/* addresses of the endpoints */
	unsigned char out;
};

struct host_urb {
	struct usbdevfs_urb urb;
	int status;		/* 1 while it is in flight */
};

/* All functions return 0 or more, or a negative errno. */

/* Only its directory; false if it is not there. */
bool host_find(struct host *h, unsigned int vendor, unsigned int product);
/* Finds the device and claims its interface. */
int host_open(struct host *h, unsigned int vendor, unsigned int product,
	      int timeout_ms);
void host_close(struct host *h);

/* @urb stays until it is reaped; -ETIMEDOUT leaves it in flight. */
int host_submit(struct host *h, struct host_urb *urb, unsigned char ep, void *buf,
		size_t len);
/* The bytes transferred. */
int host_reap(struct host *h, struct host_urb *urb, int timeout_ms);
void host_cancel(struct host *h, struct host_urb *urb);

/* All of that, in pieces that usbfs has memory for. */
int host_read(struct host *h, void *buf, size_t len, int timeout_ms);
int host_write(struct host *h, const void *buf, size_t len, int timeout_ms);

/* Leave the device without a configuration, or give it the first one again. */
int host_configure(struct host *h, int configuration);

/* The device, whoever uses it. */
int host_reset(unsigned int vendor, unsigned int product);

#endif
