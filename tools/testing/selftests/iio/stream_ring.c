// SPDX-License-Identifier: GPL-2.0
/*
 * The DMABUFs of a stream: where they come from, what is put into them before
 * the device gets them, and what is done with what they hold afterwards.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "iio_buffer.h"
#include "report.h"
#include "stream_ring.h"

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

int ring_check(struct stream *s, struct dmabuf *d)
{
	const uint8_t *data = d->map;
	size_t i;

	if (!verify_active(&s->verify))
		return 0;

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

int ring_begin_cpu(struct stream *s, struct dmabuf *d)
{
	int ret = dmabuf_begin_cpu(d, cpu_access(s));

	return ret < 0 ? stream_fail(s, "sync start: %s", strerror(-ret)) : 0;
}

int ring_end_cpu(struct stream *s, struct dmabuf *d)
{
	int ret = dmabuf_end_cpu(d, cpu_access(s));

	return ret < 0 ? stream_fail(s, "sync end: %s", strerror(-ret)) : 0;
}

void ring_load(struct stream *s, struct dmabuf *d)
{
	if (!verify_active(&s->verify))
		return;
	if (stream_is_input(s))
		stamp(s, d);
	else
		pattern_fill(&s->pattern, d->map, s->opt->bytes_used);
}

/* The data of an input with no pattern is dropped unless somebody wants it. */
int ring_unload(struct stream *s, struct dmabuf *d)
{
	if (!stream_is_input(s))
		return 0;
	if (stream_take(s, d->map, s->opt->bytes_used))
		return -1;

	return ring_check(s, d);
}

int ring_enqueue(struct stream *s, struct dmabuf *d)
{
	uint32_t flags = ring_is_cyclic(s) ? IIO_BUFFER_DMABUF_CYCLIC : 0;
	int ret;

	ret = iio_enqueue(s->fd, d->fd, s->opt->bytes_used, flags);
	if (ret == -EOPNOTSUPP && flags)
		report_skip(s->opt, "the DMA controller cannot repeat a block");
	if (ret)
		return stream_fail(s, "enqueue: %s", strerror(-ret));

	return 0;
}

/* The network can pin the pages of a memfd, but not those of a DMABUF. */
static int allocate(struct stream *s, struct dmabuf *d)
{
	const char *heap = s->opt->heap;
	size_t size = s->opt->block_size;
	int ret;

	ret = s->link && !heap ? dmabuf_alloc_pinnable(d, size) :
				 dmabuf_alloc(d, heap, size);
	if (ret == -ENOENT || ret == -ENODEV)
		report_skip(s->opt, "no memory from /dev/%s%s",
			    heap ? "dma_heap/" : "udmabuf", heap ? heap : "");
	if (ret)
		return stream_fail(s, "%zu bytes from %s: %s", size,
				   heap ? heap : "udmabuf", strerror(-ret));

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

static int first_load(struct stream *s, struct dmabuf *d)
{
	if (ring_begin_cpu(s, d))
		return -1;
	if (stream_is_input(s) && verify_active(&s->verify))
		memset(d->map, STAMP, d->size);
	ring_load(s, d);

	return ring_end_cpu(s, d);
}

static unsigned int wanted_blocks(const struct stream *s)
{
	if (ring_is_cyclic(s))
		return 1;
	if (s->opt->blocks < s->opt->block_count)
		return s->opt->blocks;

	return s->opt->block_count;
}

int ring_prepare(struct stream *s)
{
	unsigned int i;

	s->ring_size = wanted_blocks(s);
	s->ring = calloc(s->ring_size, sizeof(*s->ring));
	if (!s->ring)
		return stream_fail(s, "no memory");

	for (i = 0; i < s->ring_size; i++)
		if (add_block(s, &s->ring[i]) || first_load(s, &s->ring[i]))
			return -1;

	return 0;
}

int ring_enqueue_all(struct stream *s)
{
	unsigned int i;

	for (i = 0; i < s->ring_size; i++)
		if (ring_enqueue(s, &s->ring[i]))
			return -1;

	return 0;
}

struct dmabuf *ring_block(struct stream *s, unsigned long long n)
{
	return &s->ring[n % s->ring_size];
}

void ring_finish(struct stream *s)
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
