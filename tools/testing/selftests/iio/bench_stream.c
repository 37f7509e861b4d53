// SPDX-License-Identifier: GPL-2.0
/*
 * Streams of blocks, by read() and write() or by DMABUFs; the data is dropped,
 * or all of it is read (or written) by the program. Beside the rate: system
 * calls for each block, and bytes that were copied.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench.h"

/* The largest that kernels without contiguous memory set apart can provide */
#define FILEIO_MAX	(2 << 20)
/* Shorter than what the machine leaves to one process, but many blocks */
#define PART_NS		5000000
#define PART_QUEUES	4

struct stream_run {
	const struct bench *b;
	size_t size;
	bool touch;		/* the program looks at all samples, or makes them */
	int fd;
	struct dmabuf d[BENCH_BLOCKS];
	char *data;		/* of read() and write() */
	uint64_t blocks;
	uint64_t calls;
	uint64_t copied;
	uint64_t sum;
};

static bool is_input(const struct stream_run *r)
{
	return r->b->target.dir == IIO_DIR_IN;
}

static void touch(struct stream_run *r, void *data)
{
	if (r->touch)
		r->sum = bench_touch(data, r->size, is_input(r), r->sum);
}

static int fileio_block(struct stream_run *r)
{
	size_t pos;
	ssize_t n;

	if (!is_input(r))
		touch(r, r->data);
	for (pos = 0; pos < r->size; pos += n) {
		n = is_input(r) ? read(r->fd, r->data + pos, r->size - pos) :
				  write(r->fd, r->data + pos, r->size - pos);
		r->calls++;
		if (n <= 0)
			return n ? -errno : -EIO;
	}
	r->copied += r->size;
	if (is_input(r))
		touch(r, r->data);

	return 0;
}

static int cpu_access(struct stream_run *r, struct dmabuf *d)
{
	unsigned int access = is_input(r) ? DMA_BUF_SYNC_READ : DMA_BUF_SYNC_WRITE;
	int ret;

	if (!r->touch)
		return 0;
	ret = dmabuf_begin_cpu(d, access);
	touch(r, d->map);
	r->calls += 2;

	return ret ? ret : dmabuf_end_cpu(d, access);
}

static int dmabuf_block(struct stream_run *r)
{
	struct dmabuf *d = &r->d[r->blocks % BENCH_BLOCKS];
	int ret;

	ret = dmabuf_wait(d, BENCH_WAIT_MS);
	if (ret != 1)
		return ret ? ret : -ETIMEDOUT;
	ret = cpu_access(r, d);
	if (ret)
		return ret;
	r->calls += 2;

	return iio_enqueue(r->fd, d->fd, r->size, 0);
}

static int run(struct stream_run *r, int (*block)(struct stream_run *r))
{
	struct bench_parts p;
	const char *what;
	int ret = 0;

	/* One lap for what is done the first time only */
	for (r->blocks = 0; !ret && r->blocks < BENCH_BLOCKS; r->blocks++)
		ret = block(r);

	r->calls = 0;
	r->copied = 0;
	r->blocks = 0;
	bench_parts_begin(&p, r->b, block == fileio_block ? 2 : BENCH_BLOCKS);
	for (; !ret && bench_parts_go_on(&p, r->blocks); r->blocks++)
		ret = block(r);

	what = block == fileio_block ? r->touch ? "fileio-read" : "fileio-drop" :
				       r->touch ? "dmabuf-read" : "dmabuf-drop";
	if (ret) {
		bench_failed(r->b, what, r->size,
			     ret == -ETIMEDOUT ? "never ends" : strerror(-ret));
		return ret;
	}
	bench_streamed(r->b, what, r->size, &p, r->blocks, r->calls, r->copied);

	return 0;
}

static int fileio(struct stream_run *r)
{
	size_t block = r->size < FILEIO_MAX ? r->size : FILEIO_MAX;
	int ret;

	ret = iio_buffer_attr_write(&r->b->target, "length",
				    2 * block / iio_datum_size(&r->b->target));
	if (!ret)
		ret = iio_enable(&r->b->target, true);
	if (ret)
		return ret;
	r->data = calloc(1, r->size);

	ret = r->data ? run(r, fileio_block) : -ENOMEM;
	free(r->data);

	return ret;
}

static int dmabufs(struct stream_run *r)
{
	unsigned int i;
	int ret = 0;

	for (i = 0; !ret && i < BENCH_BLOCKS; i++) {
		ret = dmabuf_alloc(&r->d[i], r->b->heap, r->size);
		if (!ret)
			ret = iio_attach(r->fd, r->d[i].fd);
	}
	if (!ret)
		ret = iio_enable(&r->b->target, true);
	if (!ret)
		ret = run(r, dmabuf_block);
	for (i = 0; i < BENCH_BLOCKS && r->d[i].map; i++)
		dmabuf_free(&r->d[i]);

	return ret;
}

static void stream(const struct bench *b, size_t size, bool touch,
		   int (*how)(struct stream_run *r))
{
	struct stream_run r = { .b = b, .size = size, .touch = touch };

	r.fd = iio_open(&b->target, 0);
	if (r.fd < 0)
		return;
	how(&r);
	iio_enable(&b->target, false);
	close(r.fd);
}

uint64_t bench_touch(uint64_t *words, size_t size, bool input, uint64_t sum)
{
	size_t i;

	for (i = 0; i < size / sizeof(*words); i++) {
		if (input)
			sum += words[i];
		else
			words[i] = sum++;
	}

	return sum;
}

void bench_parts_begin(struct bench_parts *p, const struct bench *b, uint64_t queued)
{
	uint64_t now = bench_now();

	*p = (struct bench_parts){
		.end = now + b->time_ms * 1000000ULL,
		.least = PART_QUEUES * queued,
		.start = now,
	};
}

bool bench_parts_go_on(struct bench_parts *p, uint64_t blocks)
{
	uint64_t now = bench_now();
	double ns;

	if (blocks < p->blocks + p->least || now < p->start + PART_NS)
		return true;

	ns = (double)(now - p->start) / (blocks - p->blocks);
	if (!p->ns || ns < p->ns)
		p->ns = ns;
	p->start = now;
	p->blocks = blocks;

	return now < p->end;
}

void bench_streamed(const struct bench *b, const char *what, size_t size,
		    const struct bench_parts *p, uint64_t blocks, uint64_t calls,
		    uint64_t copied)
{
	bench_result(b, what, size, "MiB/s", size / p->ns * 1e9 / (1 << 20));
	bench_result(b, what, size, "us", p->ns / 1000);
	bench_result(b, what, size, "calls", (double)calls / blocks);
	bench_result(b, what, size, "copied", (double)copied / blocks);
}

void bench_stream(const struct bench *b)
{
	size_t size;

	for (size = b->min_size; size <= b->max_size; size *= 4) {
		stream(b, size, false, fileio);
		stream(b, size, true, fileio);
		stream(b, size, false, dmabufs);
		stream(b, size, true, dmabufs);
	}
}
