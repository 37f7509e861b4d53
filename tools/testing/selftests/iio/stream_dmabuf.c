// SPDX-License-Identifier: GPL-2.0
/*
 * Streaming without copies: a few DMABUFs go round between us and the device.
 * All are attached and enqueued before the buffer is enabled; then each is
 * waited for in the order in which it was enqueued, used, and enqueued again.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#include <string.h>

#include "link.h"
#include "stream.h"
#include "stream_ring.h"

static int prepare(struct stream *s)
{
	return ring_prepare(s) ? -1 : ring_enqueue_all(s);
}

static int wait_for(struct stream *s, struct dmabuf *d)
{
	int ret = dmabuf_wait(d, -1);

	return ret < 0 ? stream_fail(s, "poll: %s", strerror(-ret)) : 0;
}

static int turn(struct stream *s, struct dmabuf *d, bool again)
{
	if (wait_for(s, d) || ring_begin_cpu(s, d) || ring_unload(s, d))
		return -1;
	if (again)
		ring_load(s, d);
	if (ring_end_cpu(s, d))
		return -1;

	stream_block_done(s);

	return again ? ring_enqueue(s, d) : 0;
}

static int run(struct stream *s)
{
	unsigned long long blocks = s->opt->blocks, i;

	if (ring_is_cyclic(s))
		return ring_run_cyclic(s);

	for (i = 0; i < blocks; i++)
		if (turn(s, ring_block(s, i), blocks - i > s->ring_size))
			return -1;

	return s->link ? link_finish(s) : 0;
}

const struct stream_ops stream_dmabuf_ops = {
	.prepare = prepare,
	.run = run,
	.finish = ring_finish,
};
