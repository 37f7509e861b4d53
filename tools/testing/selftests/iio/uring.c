// SPDX-License-Identifier: GPL-2.0
/*
 * Just enough of io_uring, without the library: rings, submitting, waiting. Heads and
 * tails are read with acquire and written with release semantics, as the kernel does.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#include <errno.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <linux/time_types.h>

#include "calls.h"
#include "uring.h"

static unsigned int load(const unsigned int *shared)
{
	return __atomic_load_n(shared, __ATOMIC_ACQUIRE);
}

static void store(unsigned int *shared, unsigned int val)
{
	__atomic_store_n(shared, val, __ATOMIC_RELEASE);
}

static size_t cqe_size(const struct uring *r)
{
	return sizeof(struct io_uring_cqe) << !!(r->flags & IORING_SETUP_CQE32);
}

static size_t sqe_size(const struct uring *r)
{
	return sizeof(struct io_uring_sqe) << !!(r->flags & IORING_SETUP_SQE128);
}

static void *map(int fd, size_t size, off_t offset)
{
	void *map = mmap(NULL, size, PROT_READ | PROT_WRITE,
			 MAP_SHARED | MAP_POPULATE, fd, offset);

	return map == MAP_FAILED ? NULL : map;
}

static unsigned int *field(struct uring *r, uint32_t offset)
{
	return (unsigned int *)((char *)r->rings + offset);
}

static int map_rings(struct uring *r, const struct io_uring_params *p)
{
	size_t sq_size = p->sq_off.array + p->sq_entries * sizeof(uint32_t);
	size_t cq_size = p->cq_off.cqes + p->cq_entries * cqe_size(r);

	r->rings_size = sq_size > cq_size ? sq_size : cq_size;
	r->rings = map(r->fd, r->rings_size, IORING_OFF_SQ_RING);
	if (!r->rings)
		return -errno;

	r->sqes_size = p->sq_entries * sqe_size(r);
	r->sqes = map(r->fd, r->sqes_size, IORING_OFF_SQES);
	if (!r->sqes) {
		munmap(r->rings, r->rings_size);
		return -errno;
	}

	return 0;
}

static void find_fields(struct uring *r, const struct io_uring_params *p)
{
	unsigned int *array = field(r, p->sq_off.array);
	unsigned int i;

	r->sq_head = field(r, p->sq_off.head);
	r->sq_tail = field(r, p->sq_off.tail);
	r->sq_flags = field(r, p->sq_off.flags);
	r->sq_mask = *field(r, p->sq_off.ring_mask);
	r->cq_head = field(r, p->cq_off.head);
	r->cq_tail = field(r, p->cq_off.tail);
	r->cq_overflow = field(r, p->cq_off.overflow);
	r->cq_mask = *field(r, p->cq_off.ring_mask);
	r->cqes = (struct io_uring_cqe *)field(r, p->cq_off.cqes);
	r->tail = *r->sq_tail;

	/* Entries are used in their order. */
	for (i = 0; i < p->sq_entries; i++)
		array[i] = i;
}

int uring_open(struct uring *r, unsigned int entries, unsigned int cq_entries,
	       unsigned int flags)
{
	struct io_uring_params p = {
		.flags = flags | (cq_entries ? IORING_SETUP_CQSIZE : 0),
		.cq_entries = cq_entries,
	};
	int ret;

	memset(r, 0, sizeof(*r));
	r->flags = p.flags;
	r->fd = syscall(SYS_io_uring_setup, entries, &p);
	if (r->fd < 0)
		return -errno;

	/* Since 5.4 and 5.11; what is asked of it here is newer. */
	if (!(p.features & IORING_FEAT_SINGLE_MMAP) ||
	    !(p.features & IORING_FEAT_EXT_ARG))
		ret = -ENOSYS;
	else
		ret = map_rings(r, &p);
	if (ret) {
		close(r->fd);
		return ret;
	}
	find_fields(r, &p);

	return 0;
}

void uring_close(struct uring *r)
{
	munmap(r->sqes, r->sqes_size);
	munmap(r->rings, r->rings_size);
	close(r->fd);
}

unsigned int uring_room(const struct uring *r)
{
	return r->sq_mask + 1 - (r->tail - load(r->sq_head));
}

struct io_uring_sqe *uring_next(struct uring *r, uint8_t opcode, int fd,
				uint64_t user_data)
{
	size_t size = sqe_size(r);
	struct io_uring_sqe *sqe;

	if (!uring_room(r))
		return NULL;

	sqe = (void *)((char *)r->sqes + (r->tail++ & r->sq_mask) * size);
	memset(sqe, 0, size);
	sqe->opcode = opcode;
	sqe->fd = fd;
	sqe->user_data = user_data;

	return sqe;
}

/* A thread of the kernel submits, and may sleep. */
static int enter_flags(struct uring *r, unsigned int *submit)
{
	int flags = IORING_ENTER_GETEVENTS;

	if (!(r->flags & IORING_SETUP_SQPOLL))
		return flags;

	*submit = 0;
	atomic_thread_fence(memory_order_seq_cst);
	if (load(r->sq_flags) & IORING_SQ_NEED_WAKEUP)
		flags |= IORING_ENTER_SQ_WAKEUP;

	return flags;
}

int uring_enter(struct uring *r, unsigned int wait, int timeout_ms)
{
	struct __kernel_timespec ts = {
		.tv_sec = timeout_ms / 1000,
		.tv_nsec = timeout_ms % 1000 * 1000000LL,
	};
	struct io_uring_getevents_arg arg = { .ts = (uintptr_t)&ts };
	unsigned int submit = r->tail - load(r->sq_head);
	int flags, ret;

	num_calls++;
	store(r->sq_tail, r->tail);
	flags = enter_flags(r, &submit);
	if (wait && timeout_ms >= 0)
		ret = syscall(SYS_io_uring_enter, r->fd, submit, wait,
			      flags | IORING_ENTER_EXT_ARG, &arg, sizeof(arg));
	else
		ret = syscall(SYS_io_uring_enter, r->fd, submit, wait, flags,
			      NULL, 0);

	return ret < 0 ? -errno : ret;
}

bool uring_take(struct uring *r, struct uring_done *done)
{
	const struct io_uring_cqe *cqe;
	unsigned int head = *r->cq_head;

	if (head == load(r->cq_tail))
		return false;

	cqe = (void *)((char *)r->cqes + (head & r->cq_mask) * cqe_size(r));
	done->user_data = cqe->user_data;
	done->res = cqe->res;
	done->flags = cqe->flags;
	done->extra = r->flags & IORING_SETUP_CQE32 ? cqe->big_cqe[0] : 0;
	store(r->cq_head, head + 1);

	return true;
}

int uring_register(struct uring *r, unsigned int opcode, const void *arg,
		   unsigned int num)
{
	int ret = syscall(SYS_io_uring_register, r->fd, opcode, arg, num);

	return ret < 0 ? -errno : ret;
}
