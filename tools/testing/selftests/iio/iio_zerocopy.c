// SPDX-License-Identifier: GPL-2.0
/*
 * iio_zerocopy: does the network send blocks of a converter's size without a copy?
 *
 *   iio_zerocopy HOST PORT PORT PORT PORT
 *   iio_zerocopy --local 127.0.0.1 PORT PORT PORT PORT
 *
 * At each port waits an iio_stream --receive, which verifies what comes. The memory is
 * that of a udmabuf, mapped, and filled by the CPU: no converter is needed, so this runs
 * on any kernel with a network device that can gather. The kernel says of each block
 * whether it was copied on its way; --local expects that it was, since local delivery
 * always copies.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "common.h"
#include "dmabuf.h"
#include "kselftest.h"
#include "net.h"
#include "pattern.h"
#include "uring.h"
#include "wire.h"
#include "zerocopy.h"

#define NUM_BLOCKS	8U	/* in turn */
#define TIMEOUT_S	60
#define EXIT_USAGE	2

struct run {
	size_t size;
	uint64_t blocks;
	struct net net;
	struct pattern pattern;
	struct dmabuf d[NUM_BLOCKS];
	unsigned int allocated;
	uint64_t copied;	/* blocks, on the way */
	char why[512];
};

static int fail(struct run *r, const char *what, int err)
{
	if (!r->why[0])
		snprintf(r->why, sizeof(r->why), "%s: %s", what, strerror(err));

	return -1;
}

/* By io_uring: the completion says that it was sent, the notification how. */
struct ring_run {
	struct run *r;
	struct uring ring;
	uint64_t sent;		/* blocks; the socket has them */
	bool busy[NUM_BLOCKS];	/* the network reads it */
	unsigned int pending;	/* completions and notifications that are to come */
};

static int register_blocks(struct ring_run *x)
{
	struct iovec iov[NUM_BLOCKS];
	unsigned int i;
	int ret;

	for (i = 0; i < NUM_BLOCKS; i++) {
		iov[i].iov_base = x->r->d[i].map;
		iov[i].iov_len = x->r->size;
	}
	ret = uring_register(&x->ring, IORING_REGISTER_BUFFERS, iov, NUM_BLOCKS);

	return ret < 0 ? fail(x->r, "registering the blocks", -ret) : 0;
}

static int ring_done(struct ring_run *x, const struct uring_done *done)
{
	bool notice = done->flags & IORING_CQE_F_NOTIF;

	if (!notice && done->res < 0)
		return fail(x->r, "SEND_ZC", -done->res);
	if (!notice && (size_t)done->res != x->r->size)
		return fail(x->r, "SEND_ZC: a part", EPIPE);
	x->sent += !notice;
	if (done->flags & IORING_CQE_F_MORE)
		return 0;

	x->pending--;
	x->busy[done->user_data % NUM_BLOCKS] = false;
	x->r->copied += !notice || done->res & IORING_NOTIF_USAGE_ZC_COPIED;

	return 0;
}

static int ring_wait(struct ring_run *x)
{
	struct uring_done done;
	int ret = uring_enter(&x->ring, 1, TIMEOUT_S * 1000);

	if (ret < 0)
		return fail(x->r, "io_uring_enter", -ret);
	while (uring_take(&x->ring, &done))
		if (ring_done(x, &done))
			return -1;

	return 0;
}

/* One at a time: a stream that is not sent in its order is none. */
static int ring_send(struct ring_run *x, uint64_t n)
{
	unsigned int i = n % NUM_BLOCKS;
	struct io_uring_sqe *sqe;

	while (x->busy[i])
		if (ring_wait(x))
			return -1;
	pattern_fill(&x->r->pattern, x->r->d[i].map, x->r->size);

	sqe = uring_next(&x->ring, IORING_OP_SEND_ZC, x->r->net.fd, n);
	sqe->addr = (uintptr_t)x->r->d[i].map;
	sqe->len = x->r->size;
	sqe->msg_flags = MSG_WAITALL | MSG_NOSIGNAL;
	sqe->ioprio = IORING_RECVSEND_FIXED_BUF | IORING_SEND_ZC_REPORT_USAGE;
	sqe->buf_index = i;
	x->busy[i] = true;
	x->pending++;

	while (x->sent == n)
		if (ring_wait(x))
			return -1;

	return 0;
}

static int by_ring(struct run *r)
{
	struct ring_run x = { .r = r };
	uint64_t n;
	int ret;

	ret = uring_open(&x.ring, NUM_BLOCKS, 4 * NUM_BLOCKS, 0);
	if (ret)
		return fail(r, "io_uring", -ret);

	ret = register_blocks(&x);
	for (n = 0; !ret && n < r->blocks; n++)
		ret = ring_send(&x, n);
	while (!ret && x.pending)
		ret = ring_wait(&x);
	uring_close(&x.ring);

	return ret;
}

/* By send(): a block may take several calls. */
struct call_run {
	struct run *r;
	struct zerocopy zc;
	struct zerocopy_piece pieces[NUM_BLOCKS];
};

static int call_wait(struct call_run *x, short events)
{
	struct pollfd pfd = { .fd = x->r->net.fd, .events = events };
	struct zerocopy_notice notice;
	unsigned int i;
	int ret = poll(&pfd, 1, TIMEOUT_S * 1000);

	if (ret <= 0)
		return fail(x->r, "poll", ret ? errno : ETIMEDOUT);
	while ((ret = zerocopy_next_notice(&x->zc, &notice)) > 0)
		for (i = 0; i < NUM_BLOCKS; i++)
			zerocopy_note(&x->pieces[i], &notice);

	return ret ? fail(x->r, "notification", -ret) : 0;
}

static int call_finish(struct call_run *x, unsigned int i)
{
	struct zerocopy_piece *p = &x->pieces[i];

	while (!zerocopy_piece_done(p))
		if (call_wait(x, 0))
			return -1;
	x->r->copied += p->copied;
	memset(p, 0, sizeof(*p));

	return 0;
}

static int call_send(struct call_run *x, unsigned int i)
{
	struct run *r = x->r;
	size_t done = 0;

	pattern_fill(&r->pattern, r->d[i].map, r->size);
	while (done < r->size) {
		ssize_t n = zerocopy_send(&x->zc, &x->pieces[i],
					  (char *)r->d[i].map + done, r->size - done);

		if (n == -EAGAIN || n == -ENOBUFS) {
			if (call_wait(x, n == -EAGAIN && !x->zc.pending ? POLLOUT : 0))
				return -1;
			continue;
		}
		if (n < 0)
			return fail(r, "MSG_ZEROCOPY", -n);
		done += n;
	}

	return 0;
}

static int by_call(struct run *r)
{
	struct call_run x = { .r = r };
	unsigned int i;
	uint64_t n;
	int ret;

	ret = zerocopy_start(&x.zc, r->net.fd);
	if (ret)
		return fail(r, "SO_ZEROCOPY", -ret);
	for (n = 0; n < r->blocks; n++) {
		i = n % NUM_BLOCKS;
		if (call_finish(&x, i) || call_send(&x, i))
			return -1;
	}
	for (i = 0; i < NUM_BLOCKS; i++)
		if (call_finish(&x, i))
			return -1;

	return 0;
}

static int allocate(struct run *r)
{
	int ret;

	for (r->allocated = 0; r->allocated < NUM_BLOCKS; r->allocated++) {
		ret = dmabuf_alloc_pinnable(&r->d[r->allocated], r->size);
		if (ret)
			return fail(r, "udmabuf", -ret);
	}

	return 0;
}

static int meet(struct run *r, const struct net_address *addr, struct wire_answer *a)
{
	struct wire_stream w = {
		.pattern = "pn23", .block_size = r->size, .blocks = r->blocks,
	};

	if (net_connect(&r->net, addr, TIMEOUT_S) || wire_send_stream(&r->net, &w) ||
	    wire_recv_answer(&r->net, a))
		return -1;

	return pattern_init(&r->pattern, w.pattern, false);
}

/* The receiver has got all, and it is what was sent. */
static int agree(struct run *r, struct wire_answer *a)
{
	if (wire_recv_answer(&r->net, a))
		return -1;
	if (a->verified != r->blocks * r->size || a->errors)
		return fail(r, "the receiver has got something else", EBADMSG);

	return 0;
}

static int send_all(struct run *r, const struct net_address *addr,
		    int (*way)(struct run *r))
{
	struct wire_answer a = { 0 };
	int ret;

	ret = allocate(r) || meet(r, addr, &a) || way(r) || agree(r, &a);
	while (r->allocated)
		dmabuf_free(&r->d[--r->allocated]);
	net_close(&r->net);

	return ret;
}

static const struct test {
	const char *name;
	int (*way)(struct run *r);
	size_t size;
	uint64_t blocks;
} tests[] = {
	{ "SEND_ZC", by_ring, 65536, 64 },
	{ "SEND_ZC", by_ring, 1 << 20, 32 },
	{ "MSG_ZEROCOPY", by_call, 65536, 64 },
	{ "MSG_ZEROCOPY", by_call, 1 << 20, 32 },
};

static void test_send(const struct test *t, const struct net_address *addr, bool local)
{
	struct run r = { .size = t->size, .blocks = t->blocks };
	bool ok = !send_all(&r, addr, t->way);

	if (!ok)
		ksft_print_msg("%s\n", r.why[0] ? r.why : r.net.failure);
	ksft_test_result(ok && r.copied == (local ? r.blocks : 0),
			 "%s, blocks of %zu bytes: of %llu that were sent and verified, %llu left without a copy, %llu were copied%s\n",
			 t->name, t->size, (unsigned long long)r.blocks,
			 (unsigned long long)(r.blocks - r.copied),
			 (unsigned long long)r.copied, local ? " by local delivery" : "");
}

/* What makes the mapping of the memory behind it necessary. */
static void test_mapping(void)
{
	struct iovec iov = { .iov_len = 65536 };
	struct uring ring;
	struct dmabuf d;
	int ret;

	ret = dmabuf_alloc(&d, NULL, iov.iov_len);
	if (!ret)
		ret = uring_open(&ring, 1, 0, 0);
	if (ret)
		ksft_exit_fail_msg("udmabuf or io_uring: %s\n", strerror(-ret));
	iov.iov_base = d.map;
	ret = uring_register(&ring, IORING_REGISTER_BUFFERS, &iov, 1);
	ksft_test_result(ret == -EFAULT, "the mapping of a DMABUF cannot be registered\n");
	uring_close(&ring);
	dmabuf_free(&d);
}

static void parse_address(struct net_address *addr, const char *host, const char *port)
{
	char text[300];

	snprintf(text, sizeof(text), "%s:%s", host, port);
	if (net_parse_peer(addr, text))
		return;
	fprintf(stderr, "iio_zerocopy: '%s' is not HOST:PORT\n", text);
	exit(EXIT_USAGE);
}

int main(int argc, char **argv)
{
	struct net_address addr[ARRAY_SIZE(tests)];
	bool local = argc > 1 && !strcmp(argv[1], "--local");
	unsigned int i;

	argv += 1 + local;
	argc -= 1 + local;
	if (argc != 1 + ARRAY_SIZE(tests)) {
		fprintf(stderr, "usage: iio_zerocopy [--local] HOST PORT PORT PORT PORT\n");
		return EXIT_USAGE;
	}
	for (i = 0; i < ARRAY_SIZE(tests); i++)
		parse_address(&addr[i], argv[0], argv[1 + i]);

	ksft_print_header();
	ksft_set_plan(1 + ARRAY_SIZE(tests));
	test_mapping();
	for (i = 0; i < ARRAY_SIZE(tests); i++)
		test_send(&tests[i], &addr[i], local);
	ksft_finished();
}
