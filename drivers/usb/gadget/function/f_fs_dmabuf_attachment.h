/* SPDX-License-Identifier: GPL-2.0+ */
/*
 * The attachment of a DMABUF to the file of an endpoint: what the files that
 * implement DMABUFs for FunctionFS share.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#ifndef _F_FS_DMABUF_ATTACHMENT_H
#define _F_FS_DMABUF_ATTACHMENT_H

#include <linux/dma-buf.h>
#include <linux/dma-direction.h>
#include <linux/dma-fence.h>
#include <linux/dma-transfer-fence.h>
#include <linux/dma-vec-table.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/llist.h>
#include <linux/types.h>
#include <linux/workqueue.h>

struct device;
struct dma_resv;
struct ffs_data;
struct file;
struct usb_ep;
struct usb_ffs_dmabuf_status;
struct usb_request;

enum ffs_dmabuf_state {
	FFS_DMABUF_ATTACHING,
	FFS_DMABUF_ATTACHED,
	FFS_DMABUF_DETACHED,
};

struct ffs_dmabuf {
	struct kref ref;
	struct list_head entry;		/* in ffs_dmabufs.list */
	struct llist_node dead;		/* in ffs_dmabufs.dead */
	enum ffs_dmabuf_state state;	/* P: eps_lock */

	struct ffs_data *ffs;
	struct file *file;		/* whose it is, to be compared only */
	struct dma_buf *dmabuf;
	struct device *dev;
	struct dma_buf_attachment *attach;
	enum dma_data_direction dir;

	struct dma_transfer_timeline timeline;	/* P: reservation lock */
	struct dma_vec_map map;		/* P: reservation lock; empty without a gadget */
	struct dma_vec_sgl sgl;		/* P: reservation lock; made of the map's table */

	/* P: reservation lock and eps_lock to change them, either to read them */
	struct usb_ep *ep;		/* of the request */
	struct usb_request *req;
	struct dma_transfer_fence *fence;	/* of the last transfer */

	struct work_struct end_work;	/* in ffs_dmabufs.wq */
};

static inline struct dma_resv *ffs_dmabuf_resv(struct ffs_dmabuf *att)
{
	return att->dmabuf->resv;
}

/* Is the request, and with it the table and its list, in use by the controller? */
static inline bool ffs_dmabuf_busy(struct ffs_dmabuf *att)
{
	return att->fence && !dma_fence_is_signaled(&att->fence->base);
}

/* f_fs_dmabuf.c */
struct ffs_dmabuf *ffs_dmabuf_find_get(struct file *file, const struct dma_buf *dmabuf);
void ffs_dmabuf_put(struct ffs_dmabuf *att, bool nonblock);
int ffs_dmabuf_map(struct ffs_dmabuf *att);

/* f_fs_dmabuf_transfer.c */
int ffs_dmabuf_transfer(struct file *file, struct dma_buf *dmabuf, u64 len);
void ffs_dmabuf_end_work(struct work_struct *work);

/* f_fs_dmabuf_status.c */
int ffs_dmabuf_status(struct file *file, struct usb_ffs_dmabuf_status __user *arg);

#endif /* _F_FS_DMABUF_ATTACHMENT_H */
