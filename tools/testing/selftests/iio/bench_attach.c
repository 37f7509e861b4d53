// SPDX-License-Identifier: GPL-2.0
/*
 * What it takes to attach a DMABUF, and to detach it again.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#include <string.h>
#include <unistd.h>

#include "bench.h"

struct attach_times {
	uint64_t attach;
	uint64_t detach;
	unsigned int n;
};

static int attach_once(int fd, const struct dmabuf *d, struct attach_times *t)
{
	uint64_t start = bench_now(), middle;
	int ret;

	ret = iio_attach(fd, d->fd);
	middle = bench_now();
	if (ret)
		return ret;

	ret = iio_detach(fd, d->fd);
	t->attach += middle - start;
	t->detach += bench_now() - middle;
	t->n++;

	return ret;
}

static void attach_size(const struct bench *b, int fd, size_t size)
{
	uint64_t end = bench_now() + b->time_ms * 1000000ULL;
	struct attach_times t = { 0 };
	struct dmabuf d;
	int ret;

	ret = dmabuf_alloc(&d, b->heap, size);
	while (!ret && (t.n < 3 || bench_now() < end))
		ret = attach_once(fd, &d, &t);
	if (ret) {
		bench_failed(b, "attach", size, strerror(-ret));
		return;
	}

	bench_result(b, "attach", size, "ns", (double)t.attach / t.n);
	bench_result(b, "detach", size, "ns", (double)t.detach / t.n);
	dmabuf_free(&d);
}

void bench_attach(const struct bench *b)
{
	int fd = iio_open(&b->target, 0);
	size_t size;

	if (fd < 0) {
		bench_failed(b, "attach", 0, strerror(-fd));
		return;
	}
	for (size = b->min_size; size <= b->max_size; size *= 4)
		attach_size(b, fd, size);
	close(fd);
}
