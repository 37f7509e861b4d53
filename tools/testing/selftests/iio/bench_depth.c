// SPDX-License-Identifier: GPL-2.0
/*
 * Many blocks in the queue at once: what each of them takes from its ENQUEUE to the
 * end of the last one, and what is allocated for all of them.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#include <string.h>
#include <unistd.h>

#include "bench.h"

#define SIZE		65536
#define MAX_DEPTH	256

struct depth_run {
	const struct bench *b;
	int fd;
	unsigned int depth;
	struct dmabuf blocks[MAX_DEPTH];
};

static int attach_all(struct depth_run *r)
{
	unsigned int i;
	int ret = 0;

	for (i = 0; i < r->depth && !ret; i++)
		ret = iio_attach(r->fd, r->blocks[i].fd);

	return ret;
}

/* They end in their order. */
static int enqueue_all(struct depth_run *r)
{
	unsigned int i;
	int ret = 0;

	for (i = 0; i < r->depth && !ret; i++)
		ret = iio_enqueue(r->fd, r->blocks[i].fd, SIZE, 0);
	if (ret)
		return ret;

	ret = dmabuf_wait(&r->blocks[r->depth - 1], BENCH_WAIT_MS);

	return ret == 1 ? 0 : ret ? ret : -1;
}

static int time_all(struct depth_run *r)
{
	uint64_t start = bench_now(), end = start + r->b->time_ms * 1000000ULL;
	unsigned int n = 0;
	int ret;

	do {
		ret = enqueue_all(r);
		n += r->depth;
	} while (!ret && bench_now() < end);

	if (!ret)
		bench_result(r->b, "depth", r->depth, "ns",
			     (double)(bench_now() - start) / n);

	return ret;
}

/* The first time is for what stays from then on; counting is over before timing. */
static int measure(struct depth_run *r)
{
	int ret;

	ret = bench_trace_start();
	if (ret)
		return ret;

	bench_trace_begin();
	ret = attach_all(r);
	bench_allocated(r->b, "depth-attach", r->depth, bench_trace_end());
	if (!ret)
		ret = iio_enable(&r->b->target, true);
	if (!ret)
		ret = enqueue_all(r);
	if (ret) {
		bench_trace_stop();
		return ret;
	}

	bench_trace_begin();
	ret = enqueue_all(r);
	bench_allocated(r->b, "depth-enqueue", r->depth, bench_trace_end());
	bench_trace_stop();

	return ret ? ret : time_all(r);
}

static int run(struct depth_run *r)
{
	unsigned int i;
	int ret = 0;

	for (i = 0; i < r->depth; i++) {
		ret = dmabuf_alloc(&r->blocks[i], r->b->heap, SIZE);
		if (ret)
			break;
	}
	if (!ret)
		ret = measure(r);
	iio_enable(&r->b->target, false);
	while (i--)
		dmabuf_free(&r->blocks[i]);

	return ret;
}

static int run_alone(struct depth_run *r)
{
	struct dmabuf other;
	int ret;

	ret = bench_use_up(r->b, r->fd, &other);
	if (ret)
		return ret;

	ret = run(r);
	dmabuf_free(&other);

	return ret;
}

static void depth_of(const struct bench *b, unsigned int depth)
{
	struct depth_run r = { .b = b, .depth = depth };
	int ret;

	r.fd = iio_open(&b->target, 0);
	ret = r.fd < 0 ? r.fd : run_alone(&r);
	if (ret)
		bench_failed(b, "depth", depth,
			     ret == -1 ? "never ends" : strerror(-ret));
	if (r.fd >= 0)
		close(r.fd);
}

void bench_depth(const struct bench *b)
{
	unsigned int depth;

	for (depth = 1; depth <= MAX_DEPTH; depth *= 4)
		depth_of(b, depth);
}
