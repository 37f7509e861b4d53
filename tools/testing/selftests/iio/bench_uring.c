// SPDX-License-Identifier: GPL-2.0
/*
 * Streams by io_uring, at several depths: one system call gives the device the blocks
 * that were used, and waits for as many others as the depth says. Twice as many are
 * there, so that the device has others meanwhile. The data is dropped, or all of it is
 * read (or written), with the CPU's access begun and ended by the command, or by system
 * calls as without io_uring.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench.h"
#include "calls.h"
#include "iio_uring.h"

/* Of all blocks together; where the CPU uses them, its page tables take time */
#define ALL_MAX		(1024UL << 20)
#define USED_MAX	(256UL << 20)

enum cpu_access {
	ACCESS_NONE,		/* the data is dropped */
	ACCESS_COMMAND,
	ACCESS_IOCTL,
};

static const char * const names[] = { "drop", "read", "read-ioctl" };
static const unsigned int depths[] = { 1, 4, 16 };

struct uring_run {
	const struct bench *b;
	size_t size;
	unsigned int depth;
	enum cpu_access access;
	int fd;
	struct uring ring;
	struct dmabuf *d;
	unsigned int num;
	/* Blocks since the start. */
	uint64_t given;		/* to the device */
	uint64_t taken;		/* back from it */
	uint64_t sum;
};

static int give(struct uring_run *r)
{
	uint32_t flags = r->access == ACCESS_COMMAND ? IIO_BUFFER_DMABUF_CPU_ACCESS : 0;
	int dmabuf = r->d[r->given % r->num].fd;

	if (!iio_command(&r->ring, r->fd, dmabuf, r->size, flags, r->given))
		return -EBUSY;
	r->given++;

	return 0;
}

static int use(struct uring_run *r, const struct dmabuf *d)
{
	bool input = r->b->target.dir == IIO_DIR_IN;
	unsigned int access = input ? DMA_BUF_SYNC_READ : DMA_BUF_SYNC_WRITE;
	int ret;

	if (r->access == ACCESS_NONE)
		return 0;
	if (r->access == ACCESS_COMMAND) {
		r->sum = bench_touch(d->map, r->size, input, r->sum);
		return 0;
	}
	ret = dmabuf_begin_cpu(d, access);
	if (ret)
		return ret;
	r->sum = bench_touch(d->map, r->size, input, r->sum);

	return dmabuf_end_cpu(d, access);
}

static int take(struct uring_run *r, const struct uring_done *done)
{
	const struct dmabuf *d = &r->d[r->taken % r->num];
	int ret;

	if (done->res < 0)
		return done->res;
	if ((size_t)done->res != r->size || done->user_data != r->taken)
		return -EPROTO;
	r->taken++;
	ret = use(r, d);

	return ret ? ret : give(r);
}

static int turn(struct uring_run *r)
{
	struct uring_done done;
	int ret;

	ret = uring_enter(&r->ring, r->depth, BENCH_WAIT_MS);
	if (ret < 0)
		return ret == -ETIME ? -ETIMEDOUT : ret;

	for (ret = 0; !ret && uring_take(&r->ring, &done); )
		ret = take(r, &done);

	return ret;
}

static const char *name(const struct uring_run *r)
{
	static char what[32];

	snprintf(what, sizeof(what), "uring%u-%s", r->depth, names[r->access]);

	return what;
}

static void failed(const struct uring_run *r, int err)
{
	bench_failed(r->b, name(r), r->size,
		     err == -ETIMEDOUT ? "never ends" : strerror(-err));
}

static void measure(struct uring_run *r)
{
	struct bench_parts p;
	uint64_t first;
	int ret = 0;

	while (!ret && r->given < r->num)
		ret = give(r);
	/* One lap for what is done the first time only */
	while (!ret && r->taken < r->num)
		ret = turn(r);

	num_calls = 0;
	first = r->taken;
	bench_parts_begin(&p, r->b, r->num);
	while (!ret && bench_parts_go_on(&p, r->taken - first))
		ret = turn(r);
	if (ret)
		failed(r, ret);
	else
		bench_streamed(r->b, name(r), r->size, &p, r->taken - first, num_calls, 0);
}

/*
 * All commands are complete before the buffer is disabled: those behind would wait
 * until it is enabled again, and hold it open.
 */
static void stop(struct uring_run *r)
{
	struct uring_done done;

	while (uring_take(&r->ring, &done))
		r->taken++;
	if (uring_enter(&r->ring, r->given - r->taken, BENCH_WAIT_MS) < 0)
		fprintf(stderr, "iio_bench: commands do not end\n");
}

/* For a thread that waits for several completions; the second is for old kernels. */
static int open_ring(struct uring_run *r)
{
	int ret = uring_open(&r->ring, r->num, 0, IORING_SETUP_SINGLE_ISSUER |
			     IORING_SETUP_DEFER_TASKRUN);

	return ret == -EINVAL ? uring_open(&r->ring, r->num, 0, 0) : ret;
}

/* What a command ends has to have begun. */
static int add_block(struct uring_run *r, struct dmabuf *d)
{
	bool input = r->b->target.dir == IIO_DIR_IN;
	int ret = dmabuf_alloc(d, r->b->heap, r->size);

	if (ret)
		return ret;
	ret = iio_attach(r->fd, d->fd);
	if (!ret && r->access == ACCESS_COMMAND)
		ret = dmabuf_begin_cpu(d, input ? DMA_BUF_SYNC_READ : DMA_BUF_SYNC_WRITE);
	if (ret)
		dmabuf_free(d);

	return ret;
}

static int allocate(struct uring_run *r, unsigned int *num)
{
	int ret = 0;

	for (*num = 0; !ret && *num < r->num; *num += !ret)
		ret = add_block(r, &r->d[*num]);

	return ret;
}

static void run(struct uring_run *r)
{
	unsigned int num;
	int ret;

	ret = allocate(r, &num);
	if (!ret)
		ret = iio_enable(&r->b->target, true);
	if (!ret)
		ret = open_ring(r);
	if (!ret) {
		measure(r);
		stop(r);
		uring_close(&r->ring);
	} else {
		failed(r, ret);
	}
	iio_enable(&r->b->target, false);
	while (num)
		dmabuf_free(&r->d[--num]);
}

/* As many blocks as fit, but one for each completion that is waited for. */
static unsigned int num_blocks(const struct uring_run *r)
{
	return 2 * r->depth * r->size > ALL_MAX ? r->depth : 2 * r->depth;
}

static void stream(const struct bench *b, size_t size, unsigned int depth,
		   enum cpu_access access)
{
	struct uring_run r = { .b = b, .size = size, .depth = depth, .access = access };

	r.num = num_blocks(&r);
	if (access != ACCESS_NONE && r.num * size > USED_MAX)
		return;
	r.fd = iio_open(&b->target, 0);
	if (r.fd < 0)
		return;
	r.d = calloc(r.num, sizeof(*r.d));
	if (r.d && iio_takes_commands(r.fd))
		run(&r);
	free(r.d);
	close(r.fd);
}

void bench_uring(const struct bench *b)
{
	unsigned int i, access;
	size_t size;

	for (size = b->min_size; size <= b->max_size; size *= 4)
		for (i = 0; i < ARRAY_SIZE(depths); i++)
			for (access = ACCESS_NONE; access <= ACCESS_IOCTL; access++)
				stream(b, size, depths[i], access);
}
