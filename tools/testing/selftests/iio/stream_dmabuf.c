// SPDX-License-Identifier: GPL-2.0
/*
 * Streaming without copies: a few DMABUFs go round between us and the device.
 * All are attached and enqueued before the buffer is enabled; then each is
 * waited for in the order in which it was enqueued, used, and enqueued again.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "iio_buffer.h"
#include "report.h"
#include "stream.h"

#define STAMP		0xa5
#define STAMP_LEN	64

/*
 * What a transfer leaves untouched must not look like the samples of the time
 * before: the first and the last bytes are overwritten. Behind the bytes that
 * are used nothing may be written at all.
 */
static void stamp(struct stream *s, struct dmabuf *d)
{
	size_t used = s->opt->bytes_used;
	size_t len = used < STAMP_LEN ? used : STAMP_LEN;
	uint8_t *data = d->map;

	memset(data, STAMP, len);
	memset(data + used - len, STAMP, len);
}

static int check_behind(struct stream *s, const struct dmabuf *d)
{
	const uint8_t *data = d->map;
	size_t i;

	for (i = s->opt->bytes_used; i < d->size; i++)
		if (data[i] != STAMP)
			return stream_fail(s, "byte %zu written, but only %zu were to be used",
					   i, s->opt->bytes_used);

	return 0;
}

static unsigned int cpu_access(const struct stream *s)
{
	if (!stream_is_input(s))
		return DMA_BUF_SYNC_WRITE;

	return verify_active(&s->verify) ? DMA_BUF_SYNC_RW : DMA_BUF_SYNC_READ;
}

static int begin_cpu(struct stream *s, struct dmabuf *d)
{
	int ret = dmabuf_begin_cpu(d, cpu_access(s));

	return ret < 0 ? stream_fail(s, "sync start: %s", strerror(-ret)) : 0;
}

static int end_cpu(struct stream *s, struct dmabuf *d)
{
	int ret = dmabuf_end_cpu(d, cpu_access(s));

	return ret < 0 ? stream_fail(s, "sync end: %s", strerror(-ret)) : 0;
}

/* What the device is going to read, or what it has to overwrite. */
static void load(struct stream *s, struct dmabuf *d)
{
	if (!verify_active(&s->verify))
		return;
	if (stream_is_input(s))
		stamp(s, d);
	else
		pattern_fill(&s->pattern, d->map, s->opt->bytes_used);
}

/* The data of an input with no pattern is dropped unless a file wants it. */
static int unload(struct stream *s, struct dmabuf *d)
{
	if (!stream_is_input(s))
		return 0;
	if (stream_take(s, d->map, s->opt->bytes_used))
		return -1;

	return verify_active(&s->verify) ? check_behind(s, d) : 0;
}

static int give(struct stream *s, struct dmabuf *d)
{
	uint32_t flags = s->opt->cyclic && !stream_is_input(s) ?
			 IIO_BUFFER_DMABUF_CYCLIC : 0;
	int ret;

	ret = iio_enqueue(s->fd, d->fd, s->opt->bytes_used, flags);
	if (ret == -EOPNOTSUPP && flags)
		report_skip(s->opt, "the DMA controller cannot repeat a block");
	if (ret)
		return stream_fail(s, "enqueue: %s", strerror(-ret));

	return 0;
}

static int allocate(struct stream *s, struct dmabuf *d)
{
	const char *heap = s->opt->heap;
	int ret;

	ret = dmabuf_alloc(d, heap, s->opt->block_size);
	if (ret == -ENOENT || ret == -ENODEV)
		report_skip(s->opt, "no memory from /dev/%s%s",
			    heap ? "dma_heap/" : "udmabuf", heap ? heap : "");
	if (ret)
		return stream_fail(s, "%zu bytes from %s: %s",
				   s->opt->block_size, heap ? heap : "udmabuf",
				   strerror(-ret));

	return 0;
}

static int add_block(struct stream *s, struct dmabuf *d)
{
	int ret;

	if (allocate(s, d))
		return -1;

	ret = iio_attach(s->fd, d->fd);
	if (ret)
		return stream_fail(s, "attach: %s", strerror(-ret));
	s->attached++;

	return 0;
}

static int first_enqueue(struct stream *s, struct dmabuf *d)
{
	if (begin_cpu(s, d))
		return -1;
	if (stream_is_input(s) && verify_active(&s->verify))
		memset(d->map, STAMP, d->size);
	load(s, d);
	if (end_cpu(s, d))
		return -1;

	return give(s, d);
}

static unsigned int wanted_blocks(const struct stream *s)
{
	if (s->opt->cyclic && !stream_is_input(s))
		return 1;
	if (s->opt->blocks < s->opt->block_count)
		return s->opt->blocks;

	return s->opt->block_count;
}

static int prepare(struct stream *s)
{
	unsigned int i;

	s->ring_size = wanted_blocks(s);
	s->ring = calloc(s->ring_size, sizeof(*s->ring));
	if (!s->ring)
		return stream_fail(s, "no memory");

	for (i = 0; i < s->ring_size; i++)
		if (add_block(s, &s->ring[i]))
			return -1;
	for (i = 0; i < s->ring_size; i++)
		if (first_enqueue(s, &s->ring[i]))
			return -1;

	return 0;
}

static int wait_for(struct stream *s, struct dmabuf *d)
{
	int ret = dmabuf_wait(d, -1);

	return ret < 0 ? stream_fail(s, "poll: %s", strerror(-ret)) : 0;
}

static int turn(struct stream *s, struct dmabuf *d, bool again)
{
	if (wait_for(s, d) || begin_cpu(s, d) || unload(s, d))
		return -1;
	if (again)
		load(s, d);
	if (end_cpu(s, d))
		return -1;

	stream_block_done(s);

	return again ? give(s, d) : 0;
}

/* A cyclic block gives no notice; that it ends by itself would be wrong. */
static int cyclic_wait(struct stream *s)
{
	int ret = dmabuf_wait(&s->ring[0], 10);

	if (ret < 0)
		return stream_fail(s, "poll: %s", strerror(-ret));
	if (ret)
		return stream_fail(s, "a cyclic block has ended by itself");

	return 0;
}

static bool peer_is_done(const struct stream *s)
{
	return atomic_load(&s->peer->state) != STREAM_RUNNING;
}

static int run_cyclic_loopback(struct stream *s)
{
	while (!peer_is_done(s))
		if (cyclic_wait(s))
			return -1;

	return 0;
}

/* Until the receiver has seen the block often enough, or has had the time. */
static int run_cyclic_out(struct stream *s)
{
	unsigned long long bytes, block;

	for (block = 0; block < s->opt->blocks; ) {
		if (cyclic_wait(s))
			return -1;
		if (!s->opt->sink_bytes) {
			stream_block_done(s);
			block++;
			continue;
		}
		if (stream_read_count(s, s->opt->sink_bytes, &bytes))
			return -1;
		for (; block < s->opt->blocks &&
		     block < bytes / s->opt->bytes_used; block++)
			stream_block_done(s);
	}

	return 0;
}

static int run(struct stream *s)
{
	unsigned long long blocks = s->opt->blocks, i;

	if (s->opt->cyclic && !stream_is_input(s))
		return s->peer ? run_cyclic_loopback(s) : run_cyclic_out(s);

	for (i = 0; i < blocks; i++)
		if (turn(s, &s->ring[i % s->ring_size],
			 blocks - i > s->ring_size))
			return -1;

	return 0;
}

static void finish(struct stream *s)
{
	unsigned int i;
	int ret;

	for (i = 0; i < s->attached; i++) {
		ret = iio_detach(s->fd, s->ring[i].fd);
		if (ret)
			stream_fail(s, "detach: %s", strerror(-ret));
		dmabuf_free(&s->ring[i]);
	}
	free(s->ring);
}

const struct stream_ops stream_dmabuf_ops = {
	.prepare = prepare,
	.run = run,
	.finish = finish,
};
