/* SPDX-License-Identifier: GPL-2.0+ */
/*
 * DMABUFs on the endpoints of FunctionFS: what f_fs.c and f_fs_dmabuf.c know of each
 * other.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#ifndef _F_FS_DMABUF_H
#define _F_FS_DMABUF_H

#include <linux/compiler_types.h>
#include <linux/list.h>
#include <linux/llist.h>
#include <linux/mutex.h>
#include <linux/types.h>
#include <linux/workqueue.h>

struct device;
struct ffs_data;
struct file;
struct usb_ep;

/**
 * struct ffs_dmabufs - the DMABUFs that are attached to a function
 * @mutex: Held to add or remove an attachment, and while the gadget goes
 * @list: All attachments, until nothing is left of them. Changed with @mutex and
 *	ffs_data.eps_lock held, read with either.
 * @dev: The device that does DMA for the gadget, or an error pointer that tells why
 *	there is none; protected by ffs_data.eps_lock
 * @count: Number of attachments; protected by ffs_data.eps_lock
 * @dead: Attachments whose last reference went where nothing can sleep
 * @work: Takes those apart
 * @wq: Ends the access of a device after a transfer, where that has to sleep: fences
 *	wait for it. There from the first ATTACH on, created with @mutex held.
 */
struct ffs_dmabufs {
	struct mutex mutex;		/* protects list, wq */
	struct list_head list;
	struct device *dev;
	unsigned int count;
	struct llist_head dead;
	struct work_struct work;
	struct workqueue_struct *wq;
};

/**
 * struct ffs_dmabuf_ep - the endpoint of a file
 * @ep: The endpoint, NULL while it is disabled
 * @in: Data goes to the host
 * @zero: Transfers of whole packets end with an empty one
 */
struct ffs_dmabuf_ep {
	struct usb_ep *ep;
	bool in;
	bool zero;
};

/* f_fs.c: the endpoint is what it is for as long as ffs_data.eps_lock is held */
struct ffs_data *ffs_epfile_ffs(struct file *file);
struct ffs_dmabuf_ep ffs_epfile_dmabuf_ep(struct file *file);

/* f_fs_dmabuf.c */
void ffs_dmabuf_init(struct ffs_data *ffs);
void ffs_dmabuf_exit(struct ffs_data *ffs);
void ffs_dmabuf_bind(struct ffs_data *ffs);
void ffs_dmabuf_unbind(struct ffs_data *ffs);
long ffs_dmabuf_ioctl(struct file *file, unsigned int cmd, unsigned long arg);
void ffs_dmabuf_release(struct file *file);

#endif /* _F_FS_DMABUF_H */
