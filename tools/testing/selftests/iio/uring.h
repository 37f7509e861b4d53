/* SPDX-License-Identifier: GPL-2.0 */
/* As much of io_uring as a test needs: one request after the other, no library. */
#ifndef URING_H
#define URING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <linux/io_uring.h>

struct uring {
	int fd;
	struct io_uring_params params;
	void *sq_map, *cq_map;
	size_t sq_size, cq_size;
	struct io_uring_sqe *sqes;
	struct io_uring_cqe *cqes;
	unsigned int *sq_tail, *sq_array;
	unsigned int *cq_head, *cq_tail;
};

/* 0 or a negative errno. */
int uring_open(struct uring *u, unsigned int entries);
void uring_close(struct uring *u);

/* The next request, zeroed; NULL if there is no room until uring_submit(). */
struct io_uring_sqe *uring_next(struct uring *u, uint8_t op, int fd,
				uint64_t user_data);

/* Hands over what is new, and waits for @wait completions. */
int uring_submit(struct uring *u, unsigned int wait);

/* Takes a completion, if there is one. */
bool uring_take(struct uring *u, struct io_uring_cqe *cqe);

#endif
