/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Sending data from where it lies, and knowing when that is no longer needed.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#ifndef ZEROCOPY_H
#define ZEROCOPY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* The calls of one connection, which the kernel counts from 0. */
struct zerocopy {
	int fd;
	uint32_t next;		/* number of the next call */
	uint32_t pending;	/* calls whose memory is still in use */
};

/* A piece of memory that is sent by one call or by several. */
struct zerocopy_piece {
	uint32_t first;
	uint32_t calls;
	uint32_t done;		/* of the calls */
	bool copied;		/* at least one of them was copied after all */
};

/* Calls @first to @last no longer need their memory. */
struct zerocopy_notice {
	uint32_t first;
	uint32_t last;
	bool copied;
};

/* 0 or a negative errno: this kernel or this socket cannot. */
int zerocopy_start(struct zerocopy *z, int fd);

/*
 * Sends as much of @len as the socket takes now: the number of bytes, or a
 * negative errno; -EAGAIN: nothing now. The memory must not change before
 * zerocopy_piece_done().
 */
ssize_t zerocopy_send(struct zerocopy *z, struct zerocopy_piece *p,
		      const void *data, size_t len);

/* 1: there was one; 0: there is none now; or a negative errno. */
int zerocopy_next_notice(struct zerocopy *z, struct zerocopy_notice *notice);
/* The calls of @p that are among those of @notice are done. */
void zerocopy_note(struct zerocopy_piece *p, const struct zerocopy_notice *notice);
bool zerocopy_piece_done(const struct zerocopy_piece *p);

#endif
