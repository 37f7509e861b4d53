/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A FunctionFS function with one bulk endpoint for each direction: ep1 to the host,
 * ep2 from it.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#ifndef FFS_H
#define FFS_H

#include <stddef.h>
#include <stdint.h>

#define FFS_IN	"ep1"
#define FFS_OUT	"ep2"

/* All functions return 0 or more, or a negative errno. */

/* Writes the descriptors: the descriptor of ep0, whose close() ends the function. */
int ffs_open(const char *dir);
int ffs_open_ep(const char *dir, const char *ep, int flags);

/* Waits for an event, and drops those before it. */
int ffs_wait_event(int ep0, unsigned int type, int timeout_ms);

int ffs_attach(int ep, int dmabuf);
int ffs_detach(int ep, int dmabuf);
int ffs_transfer(int ep, int dmabuf, uint64_t length);
int ffs_transfer_flags(int ep, int dmabuf, uint64_t length, uint32_t flags);

#endif
