// SPDX-License-Identifier: GPL-2.0
/*
 * ENQUEUE through io_uring: commands that are good, those that are not, and what
 * their completions say.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "abi_command.h"

void ring_open(struct uring *r, unsigned int flags)
{
	int ret;

	abi_note_ring();
	ret = uring_open(r, COMMAND_ENTRIES, 0, flags);
	if (ret == -EINVAL && flags)
		abi_skip("no such rings in this kernel");
	EXPECT(ret, 0);
}

void ring_command(struct abi *t, struct uring *r, struct dmabuf *d, size_t len,
		  uint32_t flags)
{
	CHECK(iio_command(r, t->fd, d->fd, len, flags, d->fd),
	      "the queue is full");
}

void ring_queue(struct abi *t, struct uring *r, struct dmabuf *d, size_t len)
{
	abi_load(t, d, len);
	ring_command(t, r, d, len, 0);
}

/* A thread of the kernel that submits takes a moment. */
void ring_submit(struct uring *r)
{
	int ret = uring_enter(r, 0, -1);

	CHECK(ret >= 0, "io_uring_enter: %s", abi_error(ret));
	while (uring_room(r) <= r->sq_mask)
		usleep(100);
}

struct uring_done ring_next(struct uring *r)
{
	struct uring_done done;
	int ret;

	if (uring_take(r, &done))
		return done;

	ret = uring_enter(r, 1, WAIT_MS);
	CHECK(ret >= 0, "no completion: %s", abi_error(ret));
	CHECK(uring_take(r, &done), "no completion, although it was waited for");

	return done;
}

void ring_expect(struct uring *r, const struct dmabuf *d, int res)
{
	struct uring_done done = ring_next(r);

	CHECK(done.user_data == (uint64_t)d->fd,
	      "the completion of another command, with %s", abi_error(done.res));
	CHECK(done.res == res, "completed with %s instead of %s",
	      abi_error(done.res), abi_error(res));
}

void ring_expect_none(struct uring *r)
{
	struct uring_done done;
	int ret = uring_enter(r, 0, -1);

	CHECK(ret >= 0, "io_uring_enter: %s", abi_error(ret));
	CHECK(!uring_take(r, &done), "completed too early, with %s",
	      abi_error(done.res));
}

void ring_transfer(struct abi *t, struct uring *r, struct dmabuf *d, size_t len)
{
	ring_queue(t, r, d, len);
	ring_submit(r);
	ring_expect(r, d, len);
	abi_done(t, d, len);
}

static void transfers(struct abi *t, unsigned int flags)
{
	size_t len = abi_size(t, COMMAND_SIZE);
	struct dmabuf *d = abi_attached(t, len);
	struct uring r;
	unsigned int i;

	ring_open(&r, flags);
	abi_enable(t);
	for (i = 0; i < 3; i++)
		ring_transfer(t, &r, d, len);
	abi_check_sink(t, 3 * len);

	/* A part of it, and by the other way. */
	ring_transfer(t, &r, d, t->side->unit);
	abi_transfer(t, d, len);
	uring_close(&r);
}

static void plain(struct abi *t)
{
	transfers(t, 0);
}

static void sqe128(struct abi *t)
{
	transfers(t, IORING_SETUP_SQE128);
}

static void cqe32(struct abi *t)
{
	transfers(t, IORING_SETUP_CQE32);
}

static void sqpoll(struct abi *t)
{
	transfers(t, IORING_SETUP_SQPOLL);
}

static void single_issuer(struct abi *t)
{
	transfers(t, IORING_SETUP_SINGLE_ISSUER);
}

static void defer_taskrun(struct abi *t)
{
	transfers(t, IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN);
}

/* Nobody can poll for the hardware: refused, or, later, done without polling. */
/* Newer kernels take the command, but to wait on such a ring is for what is polled. */
static struct uring_done ring_next_polled(struct uring *r)
{
	long start = abi_ms();
	struct uring_done done;
	int ret;

	while (!uring_take(r, &done)) {
		CHECK(abi_ms() - start < WAIT_MS, "no completion");
		ret = uring_enter(r, 1, WAIT_MS);
		CHECK(ret >= 0, "io_uring_enter: %s", abi_error(ret));
	}

	return done;
}

static void iopoll(struct abi *t)
{
	size_t len = abi_size(t, COMMAND_SIZE);
	struct dmabuf *d = abi_attached(t, len);
	struct uring_done done;
	struct uring r;

	ring_open(&r, IORING_SETUP_IOPOLL);
	abi_enable(t);
	abi_load(t, d, len);
	ring_command(t, &r, d, len, 0);
	ring_submit(&r);
	done = ring_next_polled(&r);
	if (done.res != -EOPNOTSUPP) {
		EXPECT(done.res, len);
		abi_done(t, d, len);
	}
	abi_restart_pattern(t);
	abi_disable(t);
	abi_still_works(t);
}

static void fixed_file(struct abi *t)
{
	size_t len = abi_size(t, COMMAND_SIZE);
	struct dmabuf *d = abi_attached(t, len);
	struct uring r;

	ring_open(&r, 0);
	EXPECT(uring_register(&r, IORING_REGISTER_FILES, &t->fd, 1), 0);
	abi_enable(t);
	abi_load(t, d, len);
	ring_command(t, &r, d, len, 0);
	r.sqes[0].fd = 0;
	r.sqes[0].flags = IOSQE_FIXED_FILE;
	ring_submit(&r);
	ring_expect(&r, d, len);
	abi_done(t, d, len);
}

static void by_worker(struct abi *t)
{
	size_t len = abi_size(t, COMMAND_SIZE);
	struct dmabuf *d = abi_attached(t, len);
	struct uring r;

	ring_open(&r, 0);
	abi_enable(t);
	abi_load(t, d, len);
	ring_command(t, &r, d, len, 0);
	r.sqes[0].flags = IOSQE_ASYNC;
	ring_submit(&r);
	/* The worker has its own copy. */
	memset(&r.sqes[0], 0xff, sizeof(r.sqes[0]));
	ring_expect(&r, d, len);
	abi_done(t, d, len);
}

#define BATCH	8

static void batch(struct abi *t)
{
	size_t len = abi_size(t, COMMAND_SIZE);
	struct dmabuf *d[BATCH];
	struct uring r;
	unsigned int i;

	ring_open(&r, 0);
	for (i = 0; i < BATCH; i++)
		d[i] = abi_attached(t, len);
	abi_enable(t);
	for (i = 0; i < BATCH; i++)
		ring_queue(t, &r, d[i], len);

	/* One call for all of it. */
	EXPECT(uring_enter(&r, BATCH, WAIT_MS), BATCH);
	for (i = 0; i < BATCH; i++) {
		ring_expect(&r, d[i], len);
		abi_done(t, d[i], len);
	}
	abi_check_sink(t, BATCH * len);
}

static void before_enable(struct abi *t)
{
	size_t len = abi_size(t, COMMAND_SIZE);
	struct dmabuf *d = abi_attached(t, len), *other = abi_attached(t, len);
	struct uring r;

	ring_open(&r, 0);
	ring_queue(t, &r, d, len);
	ring_queue(t, &r, other, len);
	ring_submit(&r);
	ring_expect_none(&r);
	CHECK(abi_pending(t, d), "not enqueued");

	abi_enable(t);
	ring_expect(&r, d, len);
	ring_expect(&r, other, len);
	abi_done(t, d, len);
	abi_done(t, other, len);
}

/* The second word of a completion counts transfers, as the status does. */
static void sequence(struct abi *t)
{
	size_t len = abi_size(t, COMMAND_SIZE);
	struct iio_dmabuf_status status;
	struct dmabuf *d = abi_attached(t, len);
	struct uring_done done;
	uint64_t last = 0;
	struct uring r;
	unsigned int i;

	ring_open(&r, IORING_SETUP_CQE32);
	abi_enable(t);
	for (i = 0; i < 4; i++) {
		ring_queue(t, &r, d, len);
		ring_submit(&r);
		done = ring_next(&r);
		EXPECT(done.res, len);
		CHECK(!last || done.extra == last + 1, "transfer %llu follows %llu",
		      (unsigned long long)done.extra, (unsigned long long)last);
		last = done.extra;
		EXPECT(iio_status(t->fd, d->fd, &status), 0);
		CHECK(status.sequence == last, "the status says %llu, not %llu",
		      (unsigned long long)status.sequence,
		      (unsigned long long)last);
		abi_done(t, d, len);
	}
}

/* What was transferred is in the completion, whatever was enqueued meanwhile. */
static void enqueued_again(struct abi *t)
{
	size_t len = abi_size(t, COMMAND_SIZE);
	struct dmabuf *d = abi_attached(t, len);
	struct uring r;
	unsigned int i;

	ring_open(&r, 0);
	abi_enable(t);
	for (i = 0; i < 8; i++) {
		ring_queue(t, &r, d, len);
		ring_submit(&r);
		abi_done(t, d, len);
		/* Less, and by the other way. */
		abi_transfer(t, d, t->side->unit);
		ring_expect(&r, d, len);
	}
}

struct bad_command {
	const char *what;
	int res;
	void (*spoil)(struct io_uring_sqe *sqe, struct iio_dmabuf *req);
};

static void unknown_flag(struct io_uring_sqe *sqe, struct iio_dmabuf *req)
{
	(void)sqe;
	req->flags = 1U << 31;
}

static void no_bytes(struct io_uring_sqe *sqe, struct iio_dmabuf *req)
{
	(void)sqe;
	req->bytes_used = 0;
}

static void too_many_bytes(struct io_uring_sqe *sqe, struct iio_dmabuf *req)
{
	(void)sqe;
	req->bytes_used *= 1000;
}

static void above_int_max(struct io_uring_sqe *sqe, struct iio_dmabuf *req)
{
	(void)sqe;
	req->bytes_used = INT_MAX + 1ULL;
}

static void above_32_bits(struct io_uring_sqe *sqe, struct iio_dmabuf *req)
{
	(void)sqe;
	req->bytes_used += 1ULL << 32;
}

static void no_descriptor(struct io_uring_sqe *sqe, struct iio_dmabuf *req)
{
	(void)sqe;
	req->fd = -1;
}

static void no_dmabuf(struct io_uring_sqe *sqe, struct iio_dmabuf *req)
{
	req->fd = sqe->fd;
}

static void other_command(struct io_uring_sqe *sqe, struct iio_dmabuf *req)
{
	(void)req;
	sqe->cmd_op = IIO_BUFFER_DMABUF_DETACH_IOCTL;
}

static void no_command(struct io_uring_sqe *sqe, struct iio_dmabuf *req)
{
	(void)req;
	sqe->cmd_op = 0;
}

static void an_address(struct io_uring_sqe *sqe, struct iio_dmabuf *req)
{
	sqe->addr = (uintptr_t)req;
}

static void a_length(struct io_uring_sqe *sqe, struct iio_dmabuf *req)
{
	(void)req;
	sqe->len = 1;
}

static void a_file_index(struct io_uring_sqe *sqe, struct iio_dmabuf *req)
{
	(void)req;
	sqe->file_index = 1;
}

static void command_flag(struct io_uring_sqe *sqe, struct iio_dmabuf *req)
{
	(void)req;
	sqe->uring_cmd_flags = 1U << 20;
}

static const struct bad_command bad_commands[] = {
	{ "an unknown flag", -EINVAL, unknown_flag },
	{ "no bytes", -EINVAL, no_bytes },
	{ "more bytes than there are", -EINVAL, too_many_bytes },
	{ "more than INT_MAX bytes", -EINVAL, above_int_max },
	{ "more than 32 bits", -EINVAL, above_32_bits },
	{ "no descriptor", -EBADF, no_descriptor },
	{ "no DMABUF", -EINVAL, no_dmabuf },
	{ "another command", -EINVAL, other_command },
	{ "no command", -EINVAL, no_command },
	{ "an address", -EINVAL, an_address },
	{ "a length", -EINVAL, a_length },
	{ "a file index", -EINVAL, a_file_index },
	{ "an unknown flag of the entry", -EINVAL, command_flag },
};

static void try_bad(struct abi *t, struct uring *r, struct dmabuf *d, size_t len,
		    const struct bad_command *bad)
{
	struct iio_dmabuf req = { .fd = d->fd, .bytes_used = len };
	struct io_uring_sqe *sqe;
	int res;

	sqe = uring_next(r, IORING_OP_URING_CMD, t->fd, 0);
	sqe->cmd_op = IIO_BUFFER_DMABUF_ENQUEUE_IOCTL;
	bad->spoil(sqe, &req);
	memcpy(sqe->cmd, &req, sizeof(req));
	ring_submit(r);
	res = ring_next(r).res;
	CHECK(res == bad->res, "%s: %s instead of %s", bad->what, abi_error(res),
	      abi_error(bad->res));
	CHECK(!abi_pending(t, d), "%s: enqueued all the same", bad->what);
}

static void bad_input(struct abi *t)
{
	size_t len = abi_size(t, COMMAND_SIZE);
	struct dmabuf *d = abi_attached(t, len);
	struct uring r;
	size_t i;

	ring_open(&r, 0);
	abi_enable(t);
	for (i = 0; i < ARRAY_SIZE(bad_commands); i++) {
		try_bad(t, &r, d, len, &bad_commands[i]);
		ring_transfer(t, &r, d, len);
	}
}

static void odd_length(struct abi *t)
{
	size_t len = abi_size(t, COMMAND_SIZE);
	struct dmabuf *d = abi_attached(t, len);
	struct uring r;

	if (t->side->unit == 1)
		abi_skip("any length will do");
	ring_open(&r, 0);
	abi_enable(t);
	abi_load(t, d, 0);
	ring_command(t, &r, d, len - 1, 0);
	ring_submit(&r);
	ring_expect(&r, d, -EINVAL);
	ring_transfer(t, &r, d, len);
}

static void cyclic_input(struct abi *t)
{
	struct dmabuf *d = abi_attached(t, COMMAND_SIZE);
	struct uring r;

	ring_open(&r, 0);
	ring_command(t, &r, d, abi_size(t, COMMAND_SIZE), IIO_BUFFER_DMABUF_CYCLIC);
	ring_submit(&r);
	ring_expect(&r, d, -EINVAL);
	abi_still_works(t);
}

static void not_attached(struct abi *t)
{
	struct dmabuf *d = abi_alloc(t, COMMAND_SIZE);
	struct uring r;

	ring_open(&r, 0);
	ring_command(t, &r, d, abi_size(t, COMMAND_SIZE), 0);
	ring_submit(&r);
	ring_expect(&r, d, -EPERM);
	abi_still_works(t);
}

static void twice(struct abi *t)
{
	size_t len = abi_size(t, COMMAND_SIZE);
	struct dmabuf *d = abi_attached(t, len);
	struct uring r;

	ring_open(&r, 0);
	ring_queue(t, &r, d, len);
	ring_submit(&r);
	ring_command(t, &r, d, len, 0);
	ring_submit(&r);
	ring_expect(&r, d, -EBUSY);
	EXPECT(iio_enqueue(t->fd, d->fd, len, 0), -EBUSY);
	ring_expect_none(&r);

	abi_enable(t);
	ring_expect(&r, d, len);
	abi_done(t, d, len);

	/* And what was enqueued by the other way. */
	abi_disable(t);
	abi_queue(t, d, len);
	ring_command(t, &r, d, len, 0);
	ring_submit(&r);
	ring_expect(&r, d, -EBUSY);
	abi_enable(t);
	abi_done(t, d, len);
}

/* The transfer has the memory, not the descriptor. */
static void closed_dmabuf(struct abi *t)
{
	size_t len = abi_size(t, COMMAND_SIZE);
	struct dmabuf *d = abi_attached(t, len);
	struct uring r;
	int fd = d->fd;

	ring_open(&r, 0);
	ring_queue(t, &r, d, len);
	ring_submit(&r);
	d->fd = dup(fd);
	close(fd);
	abi_enable(t);
	CHECK(ring_next(&r).res == (int)len, "not transferred");
	abi_done(t, d, len);
}

static void linked(struct abi *t)
{
	size_t len = abi_size(t, COMMAND_SIZE);
	struct dmabuf *d = abi_attached(t, len), *other = abi_alloc(t, len);
	struct uring_done done;
	struct uring r;

	ring_open(&r, 0);
	ring_queue(t, &r, d, len);
	r.sqes[0].flags = IOSQE_IO_LINK;
	uring_next(&r, IORING_OP_NOP, -1, 1000);
	ring_submit(&r);
	ring_expect_none(&r);
	abi_enable(t);
	ring_expect(&r, d, len);
	done = ring_next(&r);
	CHECK(done.user_data == 1000 && !done.res, "the next one: %d", done.res);
	abi_done(t, d, len);

	/* One that fails takes with it what is linked. */
	ring_command(t, &r, other, len, 0);
	r.sqes[2].flags = IOSQE_IO_LINK;
	uring_next(&r, IORING_OP_NOP, -1, 1000);
	ring_submit(&r);
	ring_expect(&r, other, -EPERM);
	EXPECT(ring_next(&r).res, -ECANCELED);
}

/* More completions than the queue has room for are kept. */
static void overflow(struct abi *t)
{
	size_t len = abi_size(t, COMMAND_SIZE);
	struct dmabuf *d[BATCH];
	struct uring r;
	unsigned int i;

	abi_note_ring();
	EXPECT(uring_open(&r, 1, 2, 0), 0);
	for (i = 0; i < BATCH; i++) {
		d[i] = abi_attached(t, len);
		ring_queue(t, &r, d[i], len);
		ring_submit(&r);
	}
	abi_enable(t);
	for (i = 0; i < BATCH; i++)
		CHECK(dmabuf_wait(d[i], WAIT_MS) == 1, "block %u never ends", i);
	for (i = 0; i < BATCH; i++) {
		ring_expect(&r, d[i], len);
		abi_done(t, d[i], len);
	}
	CHECK(!*r.cq_overflow, "%u completions are lost", *r.cq_overflow);
}

static void cyclic(struct abi *t)
{
	size_t len = abi_size(t, COMMAND_SIZE);
	struct dmabuf *d = abi_attached(t, len), *next = abi_attached(t, len);
	struct uring r;

	ring_open(&r, 0);
	abi_load(t, d, len);
	ring_command(t, &r, d, len, IIO_BUFFER_DMABUF_CYCLIC);
	ring_submit(&r);
	abi_enable(t);
	CHECK(!dmabuf_wait(d, 100), "ended by itself");
	ring_expect_none(&r);

	/* The one that takes its place ends it. */
	ring_command(t, &r, next, len, 0);
	ring_submit(&r);
	ring_expect(&r, d, len);
	ring_expect(&r, next, len);
}

/* The CPU's access ends and begins with the command. */
static void cpu_access(struct abi *t)
{
	uint32_t flags = IIO_BUFFER_DMABUF_CPU_ACCESS;
	size_t len = abi_size(t, COMMAND_SIZE);
	struct dmabuf *d = abi_attached(t, len);
	struct uring r;
	unsigned int i;

	ring_open(&r, 0);
	abi_enable(t);
	for (i = 0; i < 3; i++) {
		abi_load(t, d, len);
		ring_command(t, &r, d, len, flags);
		ring_submit(&r);
		ring_expect(&r, d, len);
		abi_done(t, d, len);
	}
	abi_check_sink(t, 3 * len);

	EXPECT(iio_enqueue(t->fd, d->fd, len, flags), -EINVAL);
	CHECK(!abi_pending(t, d), "enqueued all the same");
}

static void cpu_access_refused(struct abi *t)
{
	uint32_t flags = IIO_BUFFER_DMABUF_CPU_ACCESS;
	size_t len = abi_size(t, COMMAND_SIZE);
	struct dmabuf *d = abi_attached(t, len), *other = abi_alloc(t, len);
	struct uring r;

	ring_open(&r, 0);
	ring_command(t, &r, d, len + t->side->unit * 4096, flags);
	ring_command(t, &r, other, len, flags);
	ring_submit(&r);
	ring_expect(&r, d, -EINVAL);
	ring_expect(&r, other, -EPERM);
	abi_still_works(t);
}

const struct abi_test abi_command_tests[] = {
	{ "command", plain, SIDE_ANY, NEED_COMMANDS },
	{ "command_sqe128", sqe128, SIDE_ANY, NEED_COMMANDS },
	{ "command_cqe32", cqe32, SIDE_ANY, NEED_COMMANDS },
	{ "command_sqpoll", sqpoll, SIDE_ANY, NEED_COMMANDS },
	{ "command_single_issuer", single_issuer, SIDE_ANY, NEED_COMMANDS },
	{ "command_defer_taskrun", defer_taskrun, SIDE_ANY, NEED_COMMANDS },
	{ "command_iopoll", iopoll, SIDE_ANY, NEED_COMMANDS },
	{ "command_fixed_file", fixed_file, SIDE_ANY, NEED_COMMANDS },
	{ "command_by_worker", by_worker, SIDE_ANY, NEED_COMMANDS },
	{ "command_batch", batch, SIDE_ANY, NEED_COMMANDS },
	{ "command_before_enable", before_enable, SIDE_ANY, NEED_COMMANDS },
	{ "command_sequence", sequence, SIDE_ANY, NEED_COMMANDS | NEED_STATUS_IOCTL },
	{ "command_enqueued_again", enqueued_again, SIDE_ANY, NEED_COMMANDS },
	{ "command_bad_input", bad_input, SIDE_ANY, NEED_COMMANDS },
	{ "command_odd_length", odd_length, SIDE_ANY, NEED_COMMANDS },
	{ "command_cyclic_input", cyclic_input, SIDE_IN, NEED_COMMANDS },
	{ "command_not_attached", not_attached, SIDE_ANY, NEED_COMMANDS },
	{ "command_twice", twice, SIDE_ANY, NEED_COMMANDS },
	{ "command_closed_dmabuf", closed_dmabuf, SIDE_ANY, NEED_COMMANDS },
	{ "command_linked", linked, SIDE_ANY, NEED_COMMANDS },
	{ "command_overflow", overflow, SIDE_ANY, NEED_COMMANDS },
	{ "command_cyclic", cyclic, SIDE_OUT, NEED_COMMANDS | NEED_CYCLIC },
	{ "command_cpu_access", cpu_access, SIDE_ANY, NEED_COMMANDS },
	{ "command_cpu_access_refused", cpu_access_refused, SIDE_ANY, NEED_COMMANDS },
	{ 0 },
};
