/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * read() and write() on a buffer's file, as the IIO core sees it.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#ifndef _IIO_INDUSTRIALIO_BUFFER_RW_H
#define _IIO_INDUSTRIALIO_BUFFER_RW_H

#include <linux/types.h>

struct file;
struct file_operations;
struct iio_buffer;
struct iio_dev_buffer_pair;
struct iov_iter;
struct kiocb;
struct wait_queue_entry;

#ifdef CONFIG_IIO_BUFFER

/* industrialio-buffer.c */
ssize_t iio_buffer_read(struct file *filp, char __user *buf, size_t n, bool nonblock);
ssize_t iio_buffer_write(struct file *filp, char __user *buf, size_t n, bool nonblock);

/* industrialio-buffer-rw.c */
int iio_buffer_check_read(struct iio_buffer *buffer);
int iio_buffer_check_write(struct iio_buffer *buffer, size_t written);
int iio_buffer_wait(struct wait_queue_entry *wait);
ssize_t iio_buffer_file_read(struct file *filp, char __user *buf, size_t n,
			     loff_t *pos);
ssize_t iio_buffer_file_write(struct file *filp, const char __user *buf, size_t n,
			      loff_t *pos);
ssize_t iio_buffer_read_iter(struct kiocb *iocb, struct iov_iter *to);
ssize_t iio_buffer_write_iter(struct kiocb *iocb, struct iov_iter *from);
ssize_t iio_buffer_read_iter_wrapper(struct kiocb *iocb, struct iov_iter *to);
ssize_t iio_buffer_write_iter_wrapper(struct kiocb *iocb, struct iov_iter *from);
void iio_buffer_opened(struct iio_buffer *buffer);
int iio_buffer_getfd(const struct file_operations *fops,
		     struct iio_dev_buffer_pair *ib);

#define iio_buffer_read_iter_addr	iio_buffer_read_iter_wrapper
#define iio_buffer_write_iter_addr	iio_buffer_write_iter_wrapper

#else

static inline void iio_buffer_opened(struct iio_buffer *buffer) {}

#define iio_buffer_read_iter_addr	NULL
#define iio_buffer_write_iter_addr	NULL

#endif

#endif /* _IIO_INDUSTRIALIO_BUFFER_RW_H */
