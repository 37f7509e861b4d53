// SPDX-License-Identifier: GPL-2.0
/*
 * From ENQUEUE to the signalled fence, one transfer at a time: of the same
 * length again and again, or of two lengths in turn.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#include <string.h>
#include <unistd.h>

#include "bench.h"

struct enqueue_run {
	const struct bench *b;
	int fd;
	struct dmabuf d;
	size_t len[2];
	unsigned int n;
};

static int enqueue_once(struct enqueue_run *r)
{
	int ret;

	ret = iio_enqueue(r->fd, r->d.fd, r->len[r->n % 2], 0);
	if (ret)
		return ret;

	ret = dmabuf_wait(&r->d, BENCH_WAIT_MS);
	if (ret != 1)
		return ret ? ret : -1;
	r->n++;

	return 0;
}

static int enqueue_many(struct enqueue_run *r)
{
	uint64_t end = bench_now() + r->b->time_ms * 1000000ULL;
	int ret = 0;

	while (!ret && (r->n < 5 || bench_now() < end))
		ret = enqueue_once(r);

	return ret;
}

static int enqueue_prepared(struct enqueue_run *r, const char *what, size_t size)
{
	uint64_t start;
	int ret;

	r->n = 0;
	ret = enqueue_once(r);
	if (!ret)
		ret = enqueue_once(r);
	r->n = 0;
	start = bench_now();
	if (!ret)
		ret = enqueue_many(r);
	if (ret)
		bench_failed(r->b, what, size,
			     ret == -1 ? "never ends" : strerror(-ret));
	else
		bench_result(r->b, what, size, "ns",
			     (double)(bench_now() - start) / r->n);

	return ret;
}

/* The buffer is closed and opened again, should a transfer be lost. */
static void enqueue_size(const struct bench *b, const char *what, size_t size,
			 size_t other)
{
	struct enqueue_run r = { .b = b, .len = { size, other } };
	int ret;

	r.fd = iio_open(&b->target, 0);
	if (r.fd < 0) {
		bench_failed(b, what, size, strerror(-r.fd));
		return;
	}
	ret = dmabuf_alloc(&r.d, b->heap, size);
	if (!ret) {
		ret = iio_attach(r.fd, r.d.fd);
		if (!ret)
			ret = iio_enable(&b->target, true);
		if (ret)
			bench_failed(b, what, size, strerror(-ret));
		else
			enqueue_prepared(&r, what, size);
		iio_enable(&b->target, false);
		dmabuf_free(&r.d);
	}
	close(r.fd);
}

void bench_enqueue(const struct bench *b)
{
	size_t size;

	for (size = b->min_size; size <= b->max_size; size *= 4) {
		enqueue_size(b, "enqueue-same", size, size);
		enqueue_size(b, "enqueue-alternating", size, size - b->unit);
	}
}
