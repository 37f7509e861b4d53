/* SPDX-License-Identifier: GPL-2.0 */
/*
 * ENQUEUE through io_uring, as the buffer's file operations see it.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#ifndef _IIO_INDUSTRIALIO_DMABUF_URING_H
#define _IIO_INDUSTRIALIO_DMABUF_URING_H

struct io_uring_cmd;

#ifdef CONFIG_IO_URING

int iio_buffer_uring_cmd(struct io_uring_cmd *cmd, unsigned int issue_flags);

#else

#define iio_buffer_uring_cmd	NULL

#endif

#endif /* _IIO_INDUSTRIALIO_DMABUF_URING_H */
