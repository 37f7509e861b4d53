/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The DMABUF interface, as the rest of the IIO core and its own files see it.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#ifndef _IIO_INDUSTRIALIO_DMABUF_H
#define _IIO_INDUSTRIALIO_DMABUF_H

#include <linux/types.h>

struct dma_buf;
struct dma_buf_attachment;
struct dma_transfer_fence;
struct file;
struct iio_buffer;
struct iio_dev;
struct iio_dmabuf;
struct iio_dmabuf_result;

#ifdef CONFIG_IIO_BUFFER

/* industrialio-buffer-fsync.c */
int iio_buffer_fsync(struct file *filp, loff_t start, loff_t end, int datasync);
int iio_buffer_fsync_wrapper(struct file *filp, loff_t start, loff_t end,
			     int datasync);

#define iio_buffer_fsync_addr	iio_buffer_fsync_wrapper

/* industrialio-dmabuf.c */
long iio_dmabuf_ioctl(struct iio_dev *indio_dev, struct iio_buffer *buffer,
		      unsigned int cmd, unsigned long arg, bool nonblock);
void iio_dmabuf_release(struct iio_buffer *buffer);
bool iio_dmabuf_attached(struct iio_buffer *buffer);
__poll_t iio_dmabuf_poll(struct iio_buffer *buffer);
void iio_dmabuf_enable_failed(struct iio_dev *indio_dev);
int iio_dmabuf_check_device(struct iio_dev *indio_dev, struct iio_buffer *buffer);
struct dma_transfer_fence *iio_dmabuf_enqueue(struct iio_buffer *buffer,
					      struct dma_buf *dmabuf,
					      const struct iio_dmabuf *req,
					      bool nonblock);
struct dma_buf *iio_dmabuf_get_of(struct dma_transfer_fence *fence);
int iio_dmabuf_get_result(struct iio_buffer *buffer, struct dma_buf *dmabuf,
			  bool nonblock, struct iio_dmabuf_result *result);
void iio_dmabuf_exit(void);

/* industrialio-dmabuf-status.c */
long iio_dmabuf_status_ioctl(struct iio_buffer *buffer, unsigned long arg,
			     bool nonblock);

/* industrialio-dmabuf-sharing.c */
int iio_dmabuf_check_sharing(struct dma_buf_attachment *attach);
void iio_dmabuf_set_refuse_mixed(bool refuse);

#else

#define iio_buffer_fsync_addr	NULL

static inline void iio_dmabuf_exit(void) {}

#endif

#endif /* _IIO_INDUSTRIALIO_DMABUF_H */
