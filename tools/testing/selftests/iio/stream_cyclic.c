// SPDX-License-Identifier: GPL-2.0
/*
 * A cyclic output: one block that the device sends again and again. It gives no
 * notice, so all there is to do is to see that it does not end, for as long as the
 * receiver wants.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#include <string.h>

#include "stream.h"
#include "stream_ring.h"

#define LOOK_MS		10

/* That it ends by itself would be wrong. */
static int cyclic_wait(struct stream *s)
{
	int ret = dmabuf_wait(&s->ring[0], LOOK_MS);

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

static int run_loopback(struct stream *s)
{
	while (!peer_is_done(s))
		if (cyclic_wait(s))
			return -1;

	return 0;
}

/* Until the receiver has seen the block often enough, or has had the time. */
static int run_out(struct stream *s)
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

int ring_run_cyclic(struct stream *s)
{
	return s->peer ? run_loopback(s) : run_out(s);
}

bool ring_is_cyclic(const struct stream *s)
{
	return s->opt->cyclic && !stream_is_input(s);
}
