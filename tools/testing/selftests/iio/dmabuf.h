/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Memory that is shared with a device: one DMABUF, mapped.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#ifndef DMABUF_H
#define DMABUF_H

#include <stdbool.h>
#include <stddef.h>
#include <linux/dma-buf.h>

struct dmabuf {
	int fd;
	size_t size;	/* whole pages */
	void *map;
};

/*
 * @heap: the name of a DMA heap, or NULL for a udmabuf. All functions return 0
 * or more, or a negative errno.
 */
int dmabuf_alloc(struct dmabuf *d, const char *heap, size_t size);
/*
 * A udmabuf whose memory the kernel can pin by its address, which it cannot in
 * the mapping of a DMABUF: for sending it without a copy.
 */
int dmabuf_alloc_pinnable(struct dmabuf *d, size_t size);
void dmabuf_free(struct dmabuf *d);

/* @access: DMA_BUF_SYNC_READ and/or DMA_BUF_SYNC_WRITE, by the CPU. */
int dmabuf_begin_cpu(const struct dmabuf *d, unsigned int access);
int dmabuf_end_cpu(const struct dmabuf *d, unsigned int access);

/* Waits for all fences. 1: none is left; 0: @timeout_ms has passed. */
int dmabuf_wait(const struct dmabuf *d, int timeout_ms);
/* The same for @events of poll(), POLLIN or POLLOUT. */
int dmabuf_poll(const struct dmabuf *d, short events, int timeout_ms);

/*
 * A sync_file with the fences that the DMABUF has now: its descriptor. One
 * that has been signalled already cannot be seen any more, and nor can how it
 * ended.
 */
int dmabuf_export_fence(const struct dmabuf *d);

/* 0: pending, 1: signalled, negative: signalled with this error. */
int fence_status(int sync_file, int *status);
int fence_wait(int sync_file, int timeout_ms);

#endif
