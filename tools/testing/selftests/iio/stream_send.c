// SPDX-License-Identifier: GPL-2.0
/*
 * From the converter to the network without a copy: the blocks that the device
 * has filled are sent from where they are. Nothing in the kernel keeps the device
 * away from memory that the network still reads, so a block is enqueued again
 * only when the notification says that it was sent and acknowledged.
 *
 * Blocks are taken, sent and freed in the order in which they were enqueued.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "calls.h"
#include "link.h"
#include "stream.h"
#include "stream_ring.h"
#include "zerocopy.h"

/* What poll() watches. */
enum { BLOCK, SOCKET, NUM_FDS };

/* Each number counts blocks since the start, and none is ahead of the one above. */
struct sender {
	struct zerocopy zc;
	struct zerocopy_piece *pieces;	/* one for each block of the ring */
	unsigned long long given;	/* to the device */
	unsigned long long taken;	/* back from it, filled */
	unsigned long long sent;	/* the socket has all of it */
	unsigned long long freed;	/* the network no longer reads it */
	size_t offset;		/* what the socket has of the block that is next */
	bool full;		/* the socket takes no more now */
	bool starved;		/* nor does the kernel, before a notification */
	unsigned long long copied;	/* of the freed ones, on the way */
};

static struct zerocopy_piece *piece(struct stream *s, unsigned long long n)
{
	return &s->sender->pieces[n % s->ring_size];
}

static int prepare(struct stream *s)
{
	int ret;

	if (ring_prepare(s))
		return -1;

	s->sender = calloc(1, sizeof(*s->sender));
	if (!s->sender)
		return stream_fail(s, "no memory");
	s->sender->pieces = calloc(s->ring_size, sizeof(*s->sender->pieces));
	if (!s->sender->pieces)
		return stream_fail(s, "no memory");

	ret = zerocopy_start(&s->sender->zc, s->link->net.fd);
	if (ret)
		return stream_fail(s, "MSG_ZEROCOPY: %s", strerror(-ret));

	s->sender->given = s->ring_size;

	return ring_enqueue_all(s);
}

static int lost(struct stream *s, int err)
{
	if (err)
		net_fail(&s->link->net, ": %s", strerror(err));

	return link_lost(s);
}

/* The block that comes next is complete. */
static int take(struct stream *s)
{
	struct sender *x = s->sender;
	struct dmabuf *d = ring_block(s, x->taken);

	if (ring_begin_cpu(s, d) || ring_check(s, d))
		return -1;

	*piece(s, x->taken) = (struct zerocopy_piece){ 0 };
	x->taken++;

	return 0;
}

/* As much as the socket takes of the block that is next. */
static int send_part(struct stream *s)
{
	struct sender *x = s->sender;
	const char *data = ring_block(s, x->sent)->map;
	ssize_t done;

	done = zerocopy_send(&x->zc, piece(s, x->sent), data + x->offset,
			     s->opt->bytes_used - x->offset);
	if (done == -EAGAIN || done == -ENOBUFS) {
		x->full = done == -EAGAIN;
		x->starved = !x->full;
		return 0;
	}
	if (done < 0)
		return lost(s, -done);

	atomic_fetch_add(&s->steps, 1);
	x->offset += done;
	if (x->offset == s->opt->bytes_used) {
		x->offset = 0;
		x->sent++;
	}

	return 0;
}

static bool can_send(const struct sender *x)
{
	return x->sent < x->taken && !x->full && !x->starved;
}

static int send_all(struct stream *s)
{
	while (can_send(s->sender))
		if (send_part(s))
			return -1;

	return 0;
}

static int give_again(struct stream *s, struct dmabuf *d)
{
	struct sender *x = s->sender;
	bool again = x->given < s->opt->blocks;

	if (again)
		ring_load(s, d);
	if (ring_end_cpu(s, d))
		return -1;
	if (!again)
		return 0;
	x->given++;

	return ring_enqueue(s, d);
}

static int free_done(struct stream *s)
{
	struct sender *x = s->sender;

	while (x->freed < x->sent && zerocopy_piece_done(piece(s, x->freed))) {
		x->copied += piece(s, x->freed)->copied;
		if (give_again(s, ring_block(s, x->freed)))
			return -1;
		x->freed++;
		stream_block_done(s);
	}

	return 0;
}

static void note(struct stream *s, const struct zerocopy_notice *notice)
{
	struct sender *x = s->sender;
	unsigned long long n;

	/* The last one may have been sent in part. */
	for (n = x->freed; n < x->taken; n++)
		zerocopy_note(piece(s, n), notice);
}

static int read_notices(struct stream *s)
{
	struct sender *x = s->sender;
	struct zerocopy_notice notice;
	unsigned int num = 0;
	int ret;

	while ((ret = zerocopy_next_notice(&x->zc, &notice)) > 0) {
		note(s, &notice);
		x->starved = false;
		num++;
	}
	if (ret < 0)
		return lost(s, -ret);

	return num;
}

/* There are notifications, or the connection is broken. */
static int handle_error(struct stream *s)
{
	int err = 0, ret = read_notices(s);
	socklen_t len = sizeof(err);

	if (ret)
		return ret < 0 ? -1 : 0;

	getsockopt(s->link->net.fd, SOL_SOCKET, SO_ERROR, &err, &len);

	return err ? lost(s, err) : 0;
}

static int give_up(struct stream *s)
{
	struct sender *x = s->sender;
	unsigned int timeout = s->opt->timeout;

	if (x->sent < x->taken)
		return stream_fail(s, "%s has taken nothing for %u seconds",
				   s->link->net.peer, timeout);
	if (x->freed < x->sent)
		return stream_fail(s, "%s has acknowledged nothing for %u seconds",
				   s->link->net.peer, timeout);

	return stream_fail(s, "no block for %u seconds", timeout);
}

/* Waits for whatever comes first: a block, room, a notification. */
static int wait_any(struct stream *s, struct pollfd pfd[NUM_FDS])
{
	struct sender *x = s->sender;
	int ret;

	pfd[BLOCK] = (struct pollfd){ .fd = -1, .events = POLLOUT };
	if (x->taken < x->given)
		pfd[BLOCK].fd = ring_block(s, x->taken)->fd;

	/* Nothing is to come from the receiver before it has got everything. */
	pfd[SOCKET] = (struct pollfd){ .fd = s->link->net.fd };
	if (x->sent < s->opt->blocks)
		pfd[SOCKET].events |= POLLIN;
	if (x->full)
		pfd[SOCKET].events |= POLLOUT;

	do {
		ret = COUNTED(poll(pfd, NUM_FDS, s->opt->timeout * 1000));
	} while (ret < 0 && errno == EINTR);
	if (ret < 0)
		return stream_fail(s, "poll: %s", strerror(errno));

	return ret ? 0 : give_up(s);
}

static int turn(struct stream *s)
{
	struct pollfd pfd[NUM_FDS];

	if (wait_any(s, pfd))
		return -1;

	if (pfd[SOCKET].revents & POLLIN)
		return lost(s, 0);
	if (pfd[SOCKET].revents & POLLERR && handle_error(s))
		return -1;
	if (pfd[SOCKET].revents & POLLOUT)
		s->sender->full = false;
	if (pfd[BLOCK].revents && take(s))
		return -1;

	return send_all(s) ? -1 : free_done(s);
}

static int run(struct stream *s)
{
	while (s->sender->freed < s->opt->blocks)
		if (turn(s))
			return -1;
	link_say_how(s, s->sender->copied);

	return link_finish(s);
}

static void finish(struct stream *s)
{
	ring_finish(s);
	free(s->sender->pieces);
	free(s->sender);
}

const struct stream_ops stream_send_ops = {
	.prepare = prepare,
	.run = run,
	.finish = finish,
};
