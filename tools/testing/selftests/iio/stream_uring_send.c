// SPDX-License-Identifier: GPL-2.0
/*
 * From the converter to the network by io_uring. One system call sends all blocks
 * that the device has filled, enqueues again those that the network no longer reads,
 * and waits for the next. The blocks are registered with the ring: the network gets
 * their pages, and no address is looked up.
 *
 * Sends are linked, and the next chain begins when the last one is complete: a
 * stream that is not sent in its order is none. A block is enqueued again after the
 * notification which says that nobody reads its memory any more.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "link.h"
#include "report.h"
#include "stream.h"
#include "stream_ring.h"
#include "stream_uring.h"

/* In the user data, beside the number of the block. */
#define SEND_BIT	(1ULL << 63)

/* Blocks since the start; none is ahead of the one above, nor of what was taken. */
struct uring_send {
	unsigned long long started;	/* a send was made for it */
	unsigned long long sent;	/* and is complete */
	unsigned long long freed;	/* the network no longer reads it */
	unsigned long long copied;	/* of the freed ones, on the way */
	bool *busy;			/* of each block of the ring: it is read */
	unsigned int notices;		/* that are still to come */
};

static bool *busy(struct stream *s, unsigned long long n)
{
	return &s->uring->send->busy[n % s->ring_size];
}

static int register_blocks(struct stream *s)
{
	struct iovec *iov = calloc(s->ring_size, sizeof(*iov));
	unsigned int i;
	int ret;

	if (!iov)
		return stream_fail(s, "no memory");
	for (i = 0; i < s->ring_size; i++) {
		iov[i].iov_base = s->ring[i].map;
		iov[i].iov_len = s->opt->bytes_used;
	}
	ret = uring_register(&s->uring->ring, IORING_REGISTER_BUFFERS, iov,
			     s->ring_size);
	free(iov);

	return ret < 0 ? stream_fail(s, "registering the blocks: %s",
				     strerror(-ret)) : 0;
}

static int prepare(struct stream *s)
{
	struct uring_send *x;

	if (uring_stream_prepare(s))
		return -1;

	x = calloc(1, sizeof(*x));
	if (!x)
		return stream_fail(s, "no memory");
	s->uring->send = x;
	x->busy = calloc(s->ring_size, sizeof(*x->busy));
	if (!x->busy)
		return stream_fail(s, "no memory");

	return 0;
}

static int begin(struct stream *s)
{
	if (uring_stream_begin(s))
		return -1;

	/* From a heap, it is sent with a copy. */
	return s->opt->heap ? 0 : register_blocks(s);
}

static int make_send(struct stream *s, bool last)
{
	struct uring_send *x = s->uring->send;
	struct io_uring_sqe *sqe;

	sqe = uring_next(&s->uring->ring, s->opt->heap ? IORING_OP_SEND :
			 IORING_OP_SEND_ZC, s->link->net.fd, SEND_BIT | x->started);
	if (!sqe)
		return stream_fail(s, "io_uring takes no more commands");

	sqe->addr = (uintptr_t)ring_block(s, x->started)->map;
	sqe->len = s->opt->bytes_used;
	sqe->msg_flags = MSG_WAITALL | MSG_NOSIGNAL;
	if (!last)
		sqe->flags = IOSQE_IO_LINK;
	if (!s->opt->heap) {
		sqe->ioprio = IORING_RECVSEND_FIXED_BUF |
			      IORING_SEND_ZC_REPORT_USAGE;
		sqe->buf_index = x->started % s->ring_size;
	}
	*busy(s, x->started) = true;
	x->started++;

	return 0;
}

/* A chain of what is there, if the last one has left. */
static int make_chain(struct stream *s)
{
	struct uring_stream *u = s->uring;
	unsigned int room = uring_room(&u->ring);
	unsigned long long end = u->taken;

	if (u->send->started != u->send->sent)
		return 0;
	if (end > u->send->started + room)
		end = u->send->started + room;

	while (u->send->started < end)
		if (make_send(s, u->send->started == end - 1))
			return -1;

	return 0;
}

static int lost(struct stream *s, int err)
{
	net_fail(&s->link->net, ": %s", strerror(err));

	return link_lost(s);
}

static int send_done(struct stream *s, unsigned long long n,
		     const struct uring_done *done)
{
	struct uring_send *x = s->uring->send;

	if (done->res == -EINVAL && !x->sent && !s->opt->heap)
		return stream_fail(s, "this kernel cannot send without a copy through io_uring");
	if (done->res < 0)
		return lost(s, -done->res);
	if ((size_t)done->res != s->opt->bytes_used)
		return lost(s, EPIPE);

	x->sent++;
	if (done->flags & IORING_CQE_F_MORE) {
		x->notices++;
		return 0;
	}
	*busy(s, n) = false;
	x->copied++;

	return 0;
}

static void notice(struct stream *s, unsigned long long n,
		   const struct uring_done *done)
{
	struct uring_send *x = s->uring->send;

	x->notices--;
	x->copied += !!(done->res & IORING_NOTIF_USAGE_ZC_COPIED);
	*busy(s, n) = false;
}

static int take(struct stream *s, const struct uring_done *done)
{
	struct uring_stream *u = s->uring;

	if (uring_stream_check(s, done->user_data, done->res) ||
	    ring_check(s, ring_block(s, u->taken)))
		return -1;
	u->taken++;

	return 0;
}

static int handle(struct stream *s, const struct uring_done *done)
{
	unsigned long long n = done->user_data & ~SEND_BIT;

	atomic_fetch_add(&s->steps, 1);
	if (!(done->user_data & SEND_BIT))
		return take(s, done);
	if (!(done->flags & IORING_CQE_F_NOTIF))
		return send_done(s, n, done);
	notice(s, n, done);

	return 0;
}

/* In their order, which is that of the samples. */
static int give_free(struct stream *s)
{
	struct uring_stream *u = s->uring;
	struct uring_send *x = u->send;

	while (x->freed < x->sent && !*busy(s, x->freed)) {
		x->freed++;
		stream_block_done(s);
		if (u->given == s->opt->blocks)
			continue;
		ring_load(s, ring_block(s, u->given));
		if (uring_stream_give(s))
			return -1;
	}

	return 0;
}

static int give_up(struct stream *s)
{
	struct uring_send *x = s->uring->send;
	const char *peer = s->link->net.peer;
	unsigned int timeout = s->opt->timeout;

	if (x->started != x->sent)
		return stream_fail(s, "%s has taken nothing for %u seconds", peer,
				   timeout);
	if (x->notices)
		return stream_fail(s, "%s has acknowledged nothing for %u seconds",
				   peer, timeout);

	return stream_fail(s, "no block for %u seconds", timeout);
}

static int turn(struct stream *s)
{
	struct uring_stream *u = s->uring;
	struct uring_done done;
	unsigned long long pending;
	int ret;

	if (make_chain(s))
		return -1;

	/* Whatever happens, these come without another call. */
	pending = u->given - u->taken + u->send->started - u->send->sent +
		  u->send->notices;
	ret = uring_stream_enter(s, uring_stream_batch(s, pending));
	if (ret)
		return ret < 0 ? -1 : give_up(s);

	while (uring_take(&u->ring, &done))
		if (handle(s, &done))
			return -1;

	return give_free(s);
}

static int run(struct stream *s)
{
	while (s->uring->send->freed < s->opt->blocks)
		if (turn(s))
			return -1;
	link_say_how(s, s->uring->send->copied);

	return link_finish(s);
}

static void finish(struct stream *s)
{
	free(s->uring->send->busy);
	free(s->uring->send);
	uring_stream_finish(s);
}

const struct stream_ops stream_uring_send_ops = {
	.prepare = prepare,
	.begin = begin,
	.run = run,
	.finish = finish,
};
