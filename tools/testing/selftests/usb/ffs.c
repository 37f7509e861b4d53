// SPDX-License-Identifier: GPL-2.0
/*
 * The device's side of FunctionFS: descriptors, events, and DMABUFs.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <linux/usb/functionfs.h>

#include "calls.h"
#include "ffs.h"

#define STRING	"DMABUF"

#ifndef __packed
#define __packed	__attribute__((packed))
#endif

/* Those of endian.h are no constants */
#if __BYTE_ORDER == __LITTLE_ENDIAN
#define LE16(x)	(x)
#define LE32(x)	(x)
#else
#define LE16(x)	__builtin_bswap16(x)
#define LE32(x)	__builtin_bswap32(x)
#endif

struct interface {
	struct usb_interface_descriptor intf;
	struct usb_endpoint_descriptor_no_audio in;
	struct usb_endpoint_descriptor_no_audio out;
} __packed;

struct ss_interface {
	struct usb_interface_descriptor intf;
	struct usb_endpoint_descriptor_no_audio in;
	struct usb_ss_ep_comp_descriptor in_comp;
	struct usb_endpoint_descriptor_no_audio out;
	struct usb_ss_ep_comp_descriptor out_comp;
} __packed;

#define INTERFACE {						\
	.bLength = sizeof(struct usb_interface_descriptor),	\
	.bDescriptorType = USB_DT_INTERFACE,			\
	.bNumEndpoints = 2,					\
	.bInterfaceClass = USB_CLASS_VENDOR_SPEC,		\
	.iInterface = 1,					\
}

#define ENDPOINT(address, packet) {				\
	.bLength = sizeof(struct usb_endpoint_descriptor_no_audio), \
	.bDescriptorType = USB_DT_ENDPOINT,			\
	.bEndpointAddress = (address),				\
	.bmAttributes = USB_ENDPOINT_XFER_BULK,			\
	.wMaxPacketSize = LE16(packet),				\
}

#define COMPANION {						\
	.bLength = sizeof(struct usb_ss_ep_comp_descriptor),	\
	.bDescriptorType = USB_DT_SS_ENDPOINT_COMP,		\
}

static const struct {
	struct usb_functionfs_descs_head_v2 header;
	uint32_t fs_count;
	uint32_t hs_count;
	uint32_t ss_count;
	struct interface fs;
	struct interface hs;
	struct ss_interface ss;
} __packed descriptors = {
	.header = {
		.magic = LE32(FUNCTIONFS_DESCRIPTORS_MAGIC_V2),
		.flags = LE32(FUNCTIONFS_HAS_FS_DESC | FUNCTIONFS_HAS_HS_DESC |
				 FUNCTIONFS_HAS_SS_DESC),
		.length = LE32(sizeof(descriptors)),
	},
	.fs_count = LE32(3),
	.hs_count = LE32(3),
	.ss_count = LE32(5),
	.fs = {
		.intf = INTERFACE,
		.in = ENDPOINT(1 | USB_DIR_IN, 64),
		.out = ENDPOINT(2 | USB_DIR_OUT, 64),
	},
	.hs = {
		.intf = INTERFACE,
		.in = ENDPOINT(1 | USB_DIR_IN, 512),
		.out = ENDPOINT(2 | USB_DIR_OUT, 512),
	},
	.ss = {
		.intf = INTERFACE,
		.in = ENDPOINT(1 | USB_DIR_IN, 1024),
		.in_comp = COMPANION,
		.out = ENDPOINT(2 | USB_DIR_OUT, 1024),
		.out_comp = COMPANION,
	},
};

static const struct {
	struct usb_functionfs_strings_head header;
	uint16_t language;
	char string[sizeof(STRING)];
} __packed strings = {
	.header = {
		.magic = LE32(FUNCTIONFS_STRINGS_MAGIC),
		.length = LE32(sizeof(strings)),
		.str_count = LE32(1),
		.lang_count = LE32(1),
	},
	.language = LE16(0x0409),
	.string = STRING,
};

static int write_all(int fd, const void *data, size_t len)
{
	ssize_t ret = write(fd, data, len);

	if (ret < 0)
		return -errno;

	return (size_t)ret == len ? 0 : -EIO;
}

int ffs_open(const char *dir)
{
	char path[4096];
	int ep0, ret;

	snprintf(path, sizeof(path), "%s/ep0", dir);
	ep0 = open(path, O_RDWR | O_CLOEXEC);
	if (ep0 < 0)
		return -errno;

	ret = write_all(ep0, &descriptors, sizeof(descriptors));
	if (!ret)
		ret = write_all(ep0, &strings, sizeof(strings));
	if (ret) {
		close(ep0);
		return ret;
	}

	return ep0;
}

int ffs_open_ep(const char *dir, const char *ep, int flags)
{
	char path[4096];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", dir, ep);
	fd = open(path, O_RDWR | O_CLOEXEC | flags);

	return fd < 0 ? -errno : fd;
}

int ffs_wait_event(int ep0, unsigned int type, int timeout_ms)
{
	struct usb_functionfs_event event;
	struct pollfd pfd = { .fd = ep0, .events = POLLIN };
	int ret;

	do {
		ret = poll(&pfd, 1, timeout_ms);
		if (ret < 0)
			return -errno;
		if (!ret)
			return -ETIMEDOUT;
		if (read(ep0, &event, sizeof(event)) != sizeof(event))
			return errno ? -errno : -EIO;
	} while (event.type != type);

	return 0;
}

int ffs_attach(int ep, int dmabuf)
{
	return ioctl(ep, FUNCTIONFS_DMABUF_ATTACH, &dmabuf) < 0 ? -errno : 0;
}

int ffs_detach(int ep, int dmabuf)
{
	return ioctl(ep, FUNCTIONFS_DMABUF_DETACH, &dmabuf) < 0 ? -errno : 0;
}

int ffs_transfer_flags(int ep, int dmabuf, uint64_t length, uint32_t flags)
{
	struct usb_ffs_dmabuf_transfer_req req = {
		.fd = dmabuf,
		.flags = flags,
		.length = length,
	};

	return COUNTED(ioctl(ep, FUNCTIONFS_DMABUF_TRANSFER, &req)) < 0 ? -errno : 0;
}

int ffs_transfer(int ep, int dmabuf, uint64_t length)
{
	return ffs_transfer_flags(ep, dmabuf, length, 0);
}
