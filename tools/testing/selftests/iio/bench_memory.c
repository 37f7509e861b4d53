// SPDX-License-Identifier: GPL-2.0
/*
 * What the kernel allocates for ATTACH, for the first ENQUEUE and for one of the
 * same length later. DMA pools are not traced, and do not shrink: what they have
 * grown to is what a transfer takes of them, if no larger one was there before.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#include <glob.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "bench.h"

#define POOLS	"/sys/bus/platform/devices/*/pools"

/* A line for each pool: name, blocks in use, all blocks, bytes of one, pages */
static unsigned long long pool_bytes(const char *file)
{
	unsigned long long blocks, size, sum = 0;
	char line[256];
	FILE *f;

	f = fopen(file, "r");
	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "%*s %*u %llu %llu", &blocks, &size) == 2)
			sum += blocks * size;
	if (f)
		fclose(f);

	return sum;
}

static unsigned long long pools_bytes(void)
{
	unsigned long long sum = 0;
	glob_t files;
	size_t i;

	if (glob(POOLS, 0, NULL, &files))
		return 0;
	for (i = 0; i < files.gl_pathc; i++)
		sum += pool_bytes(files.gl_pathv[i]);
	globfree(&files);

	return sum;
}

static int enqueue(const struct bench *b, int fd, struct dmabuf *d, size_t size,
		   const char *what)
{
	int ret;

	bench_trace_begin();
	ret = iio_enqueue(fd, d->fd, size, 0);
	bench_allocated(b, what, size, bench_trace_end());
	if (!ret && dmabuf_wait(d, BENCH_WAIT_MS) != 1)
		ret = -1;

	return ret;
}

static int memory_of(const struct bench *b, int fd, struct dmabuf *d, size_t size)
{
	int ret;

	bench_trace_begin();
	ret = iio_attach(fd, d->fd);
	bench_allocated(b, "memory-attach", size, bench_trace_end());
	if (!ret)
		ret = iio_enable(&b->target, true);
	if (!ret)
		ret = enqueue(b, fd, d, size, "memory-first");
	if (!ret)
		ret = enqueue(b, fd, d, size, "memory-second");
	if (!ret)
		ret = enqueue(b, fd, d, size, "memory-steady");
	bench_result(b, "memory-pools", size, "bytes", pools_bytes());

	return ret;
}

static int memory_alone(const struct bench *b, int fd, size_t size)
{
	struct dmabuf d;
	int ret;

	ret = dmabuf_alloc(&d, b->heap, size);
	if (ret)
		return ret;

	ret = memory_of(b, fd, &d, size);
	iio_enable(&b->target, false);
	dmabuf_free(&d);

	return ret;
}

static void memory_size(const struct bench *b, size_t size)
{
	struct dmabuf other;
	int fd, ret;

	fd = iio_open(&b->target, 0);
	if (fd < 0)
		return;
	ret = bench_use_up(b, fd, &other);
	if (!ret) {
		ret = memory_alone(b, fd, size);
		dmabuf_free(&other);
	}
	if (ret)
		bench_failed(b, "memory", size,
			     ret == -1 ? "never ends" : strerror(-ret));
	close(fd);
}

void bench_memory(const struct bench *b)
{
	size_t size;
	int ret;

	ret = bench_trace_start();
	if (ret) {
		bench_failed(b, "memory", 0, strerror(-ret));
		return;
	}
	for (size = b->min_size; size <= b->max_size; size *= 4)
		memory_size(b, size);
	bench_trace_stop();
}
