// SPDX-License-Identifier: GPL-2.0
/*
 * As much of io_uring as a test needs, by raw system calls: the programs are linked
 * statically, and the library is not everywhere.
 */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "uring.h"

static void *map_ring(struct uring *u, size_t size, off_t offset)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_POPULATE, u->fd, offset);

	return p == MAP_FAILED ? NULL : p;
}

static size_t sqes_size(const struct uring *u)
{
	return u->params.sq_entries * sizeof(*u->sqes);
}

static int map_rings(struct uring *u)
{
	const struct io_sqring_offsets *sq = &u->params.sq_off;
	const struct io_cqring_offsets *cq = &u->params.cq_off;

	u->sq_size = sq->array + u->params.sq_entries * sizeof(*u->sq_array);
	u->cq_size = cq->cqes + u->params.cq_entries * sizeof(*u->cqes);
	u->sq_map = map_ring(u, u->sq_size, IORING_OFF_SQ_RING);
	u->cq_map = map_ring(u, u->cq_size, IORING_OFF_CQ_RING);
	u->sqes = map_ring(u, sqes_size(u), IORING_OFF_SQES);
	if (!u->sq_map || !u->cq_map || !u->sqes)
		return -ENOMEM;

	u->sq_tail = u->sq_map + sq->tail;
	u->sq_array = u->sq_map + sq->array;
	u->cq_head = u->cq_map + cq->head;
	u->cq_tail = u->cq_map + cq->tail;
	u->cqes = u->cq_map + cq->cqes;

	return 0;
}

int uring_open(struct uring *u, unsigned int entries)
{
	int ret;

	memset(u, 0, sizeof(*u));
	u->fd = syscall(SYS_io_uring_setup, entries, &u->params);
	if (u->fd < 0)
		return -errno;
	ret = map_rings(u);
	if (ret)
		uring_close(u);

	return ret;
}

void uring_close(struct uring *u)
{
	if (u->sqes)
		munmap(u->sqes, sqes_size(u));
	if (u->cq_map)
		munmap(u->cq_map, u->cq_size);
	if (u->sq_map)
		munmap(u->sq_map, u->sq_size);
	close(u->fd);
}

/* The kernel takes all that uring_submit() hands over, so the ring is empty then. */
struct io_uring_sqe *uring_next(struct uring *u, uint8_t op, int fd,
				uint64_t user_data)
{
	unsigned int tail = *u->sq_tail, mask = u->params.sq_entries - 1;
	unsigned int *head = u->sq_map + u->params.sq_off.head;
	struct io_uring_sqe *sqe = &u->sqes[tail & mask];

	if (tail - __atomic_load_n(head, __ATOMIC_ACQUIRE) > mask)
		return NULL;

	memset(sqe, 0, sizeof(*sqe));
	sqe->opcode = op;
	sqe->fd = fd;
	sqe->user_data = user_data;
	u->sq_array[tail & mask] = tail & mask;
	__atomic_store_n(u->sq_tail, tail + 1, __ATOMIC_RELEASE);

	return sqe;
}

int uring_submit(struct uring *u, unsigned int wait)
{
	unsigned int *head = u->sq_map + u->params.sq_off.head;
	unsigned int num = *u->sq_tail - __atomic_load_n(head, __ATOMIC_ACQUIRE);
	long ret;

	ret = syscall(SYS_io_uring_enter, u->fd, num, wait,
		      wait ? IORING_ENTER_GETEVENTS : 0, NULL, 0);

	return ret < 0 ? -errno : ret;
}

bool uring_take(struct uring *u, struct io_uring_cqe *cqe)
{
	unsigned int head = *u->cq_head, mask = u->params.cq_entries - 1;

	if (head == __atomic_load_n(u->cq_tail, __ATOMIC_ACQUIRE))
		return false;
	*cqe = u->cqes[head & mask];
	__atomic_store_n(u->cq_head, head + 1, __ATOMIC_RELEASE);

	return true;
}
