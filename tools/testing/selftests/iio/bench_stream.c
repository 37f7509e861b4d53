// SPDX-License-Identifier: GPL-2.0
/*
 * Streams of blocks, by read() and write() or by DMABUFs; the data is dropped,
 * or all of it is read (or written) by the program. Beside the rate: system
 * calls for each block, and bytes that were copied.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench.h"

/* The largest that kernels without contiguous memory set apart can provide */
#define FILEIO_MAX	(2 << 20)

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
	uint64_t *words = data;
	size_t i;

	if (!r->touch)
		return;
	for (i = 0; i < r->size / sizeof(*words); i++) {
		if (is_input(r))
			r->sum += words[i];
		else
			words[i] = r->sum++;
	}
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
	uint64_t start, end;
	const char *what;
	int ret = 0;

	/* One lap for what is done the first time only */
	for (r->blocks = 0; !ret && r->blocks < BENCH_BLOCKS; r->blocks++)
		ret = block(r);

	r->calls = 0;
	r->copied = 0;
	r->blocks = 0;
	start = bench_now();
	end = start + r->b->time_ms * 1000000ULL;
	for (; !ret && (r->blocks < BENCH_BLOCKS || bench_now() < end); r->blocks++)
		ret = block(r);
	end = bench_now();

	what = block == fileio_block ? r->touch ? "fileio-read" : "fileio-drop" :
				       r->touch ? "dmabuf-read" : "dmabuf-drop";
	if (ret) {
		bench_failed(r->b, what, r->size,
			     ret == -ETIMEDOUT ? "never ends" : strerror(-ret));
		return ret;
	}
	bench_result(r->b, what, r->size, "MiB/s",
		     (double)r->blocks * r->size / (1 << 20) * 1e9 / (end - start));
	bench_result(r->b, what, r->size, "calls", (double)r->calls / r->blocks);
	bench_result(r->b, what, r->size, "copied", (double)r->copied / r->blocks);

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
