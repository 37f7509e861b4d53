// SPDX-License-Identifier: GPL-2.0
/*
 * Streaming by read() and write(). The kernel has two blocks of its own here,
 * which are made as large as ours so that none stays half full at the end:
 * what has been written to such a block is not sent.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "calls.h"
#include "iio_buffer.h"
#include "link.h"
#include "stream.h"

#define KERNEL_BLOCKS	2

static int prepare(struct stream *s)
{
	unsigned long long length;
	int ret;

	length = KERNEL_BLOCKS * (unsigned long long)s->opt->block_size /
		 s->datum;
	ret = iio_buffer_attr_write(&s->target, "length", length);
	if (ret)
		return stream_fail(s, "length: %s", strerror(-ret));

	s->buf = malloc(s->opt->block_size);
	if (!s->buf)
		return stream_fail(s, "no memory");

	return 0;
}

static int wait_ready(struct stream *s)
{
	struct pollfd pfd = {
		.fd = s->fd,
		.events = stream_is_input(s) ? POLLIN : POLLOUT,
	};

	if (COUNTED(poll(&pfd, 1, -1)) < 0 && errno != EINTR)
		return stream_fail(s, "poll: %s", strerror(errno));
	if (pfd.revents & (POLLERR | POLLNVAL))
		return stream_fail(s, "poll: the device is gone");

	return 0;
}

static ssize_t call(struct stream *s, char *data, size_t len)
{
	if (stream_is_input(s))
		return COUNTED(read(s->fd, data, len));

	return COUNTED(write(s->fd, data, len));
}

/* Transfers all of @len, whatever a single call does. */
static int transfer(struct stream *s, char *data, size_t len)
{
	while (len) {
		ssize_t n = call(s, data, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN && s->opt->nonblock) {
			if (wait_ready(s))
				return -1;
			continue;
		}
		if (n < 0)
			return stream_fail(s, "%s: %s",
					   stream_is_input(s) ? "read" : "write",
					   strerror(errno));
		if (!n)
			return stream_fail(s, "nothing more comes");
		data += n;
		len -= n;
		s->copied += n;
		atomic_fetch_add(&s->steps, 1);
	}

	return 0;
}

static int one_block(struct stream *s)
{
	size_t len = s->opt->block_size;

	if (!stream_is_input(s) && verify_active(&s->verify))
		pattern_fill(&s->pattern, s->buf, len);
	if (transfer(s, s->buf, len))
		return -1;
	stream_block_done(s);

	return stream_is_input(s) ? stream_take(s, s->buf, len) : 0;
}

/* Both blocks of the kernel are free again when they have been sent. */
static int wait_until_free(struct stream *s)
{
	unsigned long long space;
	int ret;

	do {
		stream_idle();
		ret = iio_buffer_attr_read(&s->target, "data_available",
					   &space);
		if (ret)
			return stream_fail(s, "data_available: %s",
					   strerror(-ret));
	} while (space < KERNEL_BLOCKS * s->opt->block_size);

	return 0;
}

static int wait_for_sink(struct stream *s)
{
	unsigned long long bytes;

	do {
		stream_idle();
		if (stream_read_count(s, s->opt->sink_bytes, &bytes))
			return -1;
	} while (bytes < s->opt->blocks * s->opt->block_size);

	return 0;
}

static int wait_for_peer(struct stream *s)
{
	while (atomic_load(&s->peer->state) == STREAM_RUNNING)
		stream_idle();

	return 0;
}

/*
 * Disabling the buffer drops what has been written but not sent. fsync() is
 * the way to know when all has left; not every kernel has it here.
 */
static int drain(struct stream *s)
{
	if (s->peer)
		return wait_for_peer(s);
	if (!fsync(s->fd))
		return 0;
	if (s->opt->sink_bytes)
		return wait_for_sink(s);

	return wait_until_free(s);
}

static int run(struct stream *s)
{
	unsigned long long i;

	for (i = 0; i < s->opt->blocks; i++)
		if (one_block(s))
			return -1;

	if (s->link)
		return link_finish(s);

	return stream_is_input(s) ? 0 : drain(s);
}

static void finish(struct stream *s)
{
	free(s->buf);
}

const struct stream_ops stream_fileio_ops = {
	.prepare = prepare,
	.run = run,
	.finish = finish,
};
