/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A ring of io_uring, by its system calls.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#ifndef URING_H
#define URING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <linux/io_uring.h>

struct uring {
	int fd;
	unsigned int flags;	/* IORING_SETUP_* */
	/* Mapped: heads and tails are shared with the kernel. */
	void *rings;
	size_t rings_size;
	struct io_uring_sqe *sqes;
	size_t sqes_size;
	unsigned int *sq_head, *sq_tail, *sq_flags;
	unsigned int *cq_head, *cq_tail, *cq_overflow;
	struct io_uring_cqe *cqes;
	unsigned int sq_mask, cq_mask;
	unsigned int tail;	/* of the submission queue, with what is not submitted */
};

/* What is in a completion, which is the kernel's again when it has been read. */
struct uring_done {
	uint64_t user_data;
	int32_t res;
	uint32_t flags;
	uint64_t extra;		/* with IORING_SETUP_CQE32, else 0 */
};

/*
 * @cq_entries: 0 for twice @entries. Functions return 0 or more, or a negative
 * errno. -ENOSYS: no io_uring here.
 */
int uring_open(struct uring *r, unsigned int entries, unsigned int cq_entries,
	       unsigned int flags);
void uring_close(struct uring *r);

/* The next entry, all zeros but the operation; NULL: the queue is full. */
struct io_uring_sqe *uring_next(struct uring *r, uint8_t opcode, int fd,
				uint64_t user_data);
/* How many entries are free. */
unsigned int uring_room(const struct uring *r);

/*
 * One system call: submits all entries and waits until there are @wait
 * completions; how many were submitted. -ETIME: @timeout_ms has passed; if it is
 * negative, waits for ever.
 */
int uring_enter(struct uring *r, unsigned int wait, int timeout_ms);
/* A completion that is there already. */
bool uring_take(struct uring *r, struct uring_done *done);

/* -1: nobody. */
int uring_register(struct uring *r, unsigned int opcode, const void *arg,
		   unsigned int num);

#endif
