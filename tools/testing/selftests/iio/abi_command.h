/* SPDX-License-Identifier: GPL-2.0 */
/*
 * ENQUEUE through io_uring: what its tests share.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#ifndef ABI_COMMAND_H
#define ABI_COMMAND_H

#include "abi.h"
#include "iio_uring.h"

#define COMMAND_SIZE	16384
#define COMMAND_ENTRIES	16

/* Skips the test if this kernel has no such rings. */
void ring_open(struct uring *r, unsigned int flags);

/* Loads a block and makes a command for it, whose user data is its descriptor. */
void ring_queue(struct abi *t, struct uring *r, struct dmabuf *d, size_t len);
/* The same without the load, with @flags of the command. */
void ring_command(struct abi *t, struct uring *r, struct dmabuf *d, size_t len,
		  uint32_t flags);
/* Gives all commands to the kernel. */
void ring_submit(struct uring *r);

/* The next completion. */
struct uring_done ring_next(struct uring *r);
/* It has to be that of @d, and end with @res. */
void ring_expect(struct uring *r, const struct dmabuf *d, int res);
/* There is none yet. */
void ring_expect_none(struct uring *r);

/* ring_queue(), ring_submit(), ring_expect(), and compares the data. */
void ring_transfer(struct abi *t, struct uring *r, struct dmabuf *d, size_t len);

#endif
