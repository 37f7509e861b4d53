// SPDX-License-Identifier: GPL-2.0
/*
 * Raw usbfs, as it is little that is needed of it and no library has to be there.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "host.h"

#define DEVICES		"/sys/bus/usb/devices"
#define STEP_MS		10
#define PIECE		0x100000	/* usbfs has 16 MiB for all */

static int call(int fd, unsigned long request, void *arg)
{
	int ret = ioctl(fd, request, arg);

	return ret < 0 ? -errno : ret;
}

static int read_number(const char *dir, const char *name, int base)
{
	char path[600], text[32] = "";
	int fd;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (read(fd, text, sizeof(text) - 1) < 0)
		text[0] = 0;
	close(fd);

	return strtol(text, NULL, base);
}

bool host_find(struct host *h, unsigned int vendor, unsigned int product)
{
	struct dirent *entry;
	bool found = false;
	DIR *dir;

	dir = opendir(DEVICES);
	if (!dir)
		return false;

	while (!found && (entry = readdir(dir))) {
		snprintf(h->dir, sizeof(h->dir), DEVICES "/%s", entry->d_name);
		found = read_number(h->dir, "idVendor", 16) == (int)vendor &&
			read_number(h->dir, "idProduct", 16) == (int)product;
	}
	closedir(dir);

	return found;
}

/* The interface's directory has one of each endpoint, ep_81 and so on */
static bool find_endpoints(struct host *h)
{
	unsigned int address;
	struct dirent *entry;
	char path[560];
	DIR *dir;

	h->in = 0;
	h->out = 0;
	snprintf(path, sizeof(path), "%s/%s:1.0", h->dir, strrchr(h->dir, '/') + 1);
	dir = opendir(path);
	if (!dir)
		return false;

	while ((entry = readdir(dir))) {
		if (sscanf(entry->d_name, "ep_%x", &address) != 1)
			continue;
		if (address & 0x80)
			h->in = address;
		else
			h->out = address;
	}
	closedir(dir);

	return h->in && h->out;
}

static int open_node(struct host *h)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/dev/bus/usb/%03d/%03d",
		 read_number(h->dir, "busnum", 10), read_number(h->dir, "devnum", 10));
	fd = open(path, O_RDWR | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

static int try_open(struct host *h, int vendor, int product)
{
	unsigned int interface = 0;
	int ret;

	if (!host_find(h, vendor, product) || !find_endpoints(h))
		return -ENODEV;

	h->fd = open_node(h);
	if (h->fd < 0)
		return h->fd;

	ret = call(h->fd, USBDEVFS_CLAIMINTERFACE, &interface);
	if (ret < 0)
		host_close(h);

	return ret;
}

int host_open(struct host *h, unsigned int vendor, unsigned int product,
	      int timeout_ms)
{
	int ret;

	while ((ret = try_open(h, vendor, product)) == -ENODEV && timeout_ms > 0) {
		usleep(STEP_MS * 1000);
		timeout_ms -= STEP_MS;
	}

	return ret;
}

void host_close(struct host *h)
{
	close(h->fd);
	h->fd = -1;
}

int host_submit(struct host *h, struct host_urb *urb, unsigned char ep, void *buf,
		size_t len)
{
	int ret;

	urb->urb = (struct usbdevfs_urb){
		.type = USBDEVFS_URB_TYPE_BULK,
		.endpoint = ep,
		.buffer = buf,
		.buffer_length = len,
		.usercontext = urb,
	};
	urb->status = 1;
	ret = call(h->fd, USBDEVFS_SUBMITURB, &urb->urb);
	if (ret < 0)
		urb->status = ret;

	return ret;
}

static int reap_any(struct host *h, int timeout_ms)
{
	struct pollfd pfd = { .fd = h->fd, .events = POLLOUT };
	struct usbdevfs_urb *urb;
	struct host_urb *done;
	int ret;

	ret = poll(&pfd, 1, timeout_ms);
	if (ret <= 0)
		return ret ? -errno : -ETIMEDOUT;

	ret = call(h->fd, USBDEVFS_REAPURBNDELAY, &urb);
	if (ret < 0)
		return ret;

	done = urb->usercontext;
	done->status = urb->status;

	return 0;
}

int host_reap(struct host *h, struct host_urb *urb, int timeout_ms)
{
	int ret;

	while (urb->status == 1) {
		ret = reap_any(h, timeout_ms);
		if (ret < 0)
			return ret;
	}

	return urb->status ? urb->status : urb->urb.actual_length;
}

void host_cancel(struct host *h, struct host_urb *urb)
{
	if (urb->status != 1)
		return;

	call(h->fd, USBDEVFS_DISCARDURB, &urb->urb);
	host_reap(h, urb, -1);
}

static int transfer(struct host *h, unsigned char ep, char *buf, size_t len,
		    int timeout_ms)
{
	struct host_urb urb;
	size_t done, piece;
	int ret;

	for (done = 0; done < len; done += piece) {
		piece = len - done < PIECE ? len - done : PIECE;
		ret = host_submit(h, &urb, ep, buf + done, piece);
		if (ret < 0)
			return ret;
		ret = host_reap(h, &urb, timeout_ms);
		if (ret < 0) {
			host_cancel(h, &urb);
			return ret;
		}
		if ((size_t)ret < piece)
			return done + ret;
	}

	return done;
}

int host_read(struct host *h, void *buf, size_t len, int timeout_ms)
{
	return transfer(h, h->in, buf, len, timeout_ms);
}

int host_write(struct host *h, const void *buf, size_t len, int timeout_ms)
{
	return transfer(h, h->out, (char *)buf, len, timeout_ms);
}

int host_configure(struct host *h, int configuration)
{
	unsigned int interface = 0;
	int ret;

	call(h->fd, USBDEVFS_RELEASEINTERFACE, &interface);
	ret = call(h->fd, USBDEVFS_SETCONFIGURATION, &configuration);
	if (ret < 0 || configuration <= 0)
		return ret;

	return call(h->fd, USBDEVFS_CLAIMINTERFACE, &interface);
}

int host_reset(unsigned int vendor, unsigned int product)
{
	struct host h;
	int ret;

	if (!host_find(&h, vendor, product))
		return -ENODEV;

	h.fd = open_node(&h);
	if (h.fd < 0)
		return h.fd;

	ret = call(h.fd, USBDEVFS_RESET, NULL);
	host_close(&h);

	return ret;
}
