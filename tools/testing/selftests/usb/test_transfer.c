// SPDX-License-Identifier: GPL-2.0
/*
 * What is transferred is what was asked for: every byte, and none besides.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ffs.h"
#include "test.h"

static const size_t lengths[] = {
	1, 3, 63, 64, 65, 511, 512, 513, 1023, 1024, 1025, 4095, 4096, 4097, 65535,
	65536, 65537, 100000, 262144 - 1, 262144,
};

static void in(struct test *t)
{
	struct dmabuf d = test_attached(t, t->in, 262144);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(lengths); i++)
		test_send(t, &d, lengths[i]);
	for (i = ARRAY_SIZE(lengths); i--;)
		test_send(t, &d, lengths[i]);
}

static void out(struct test *t)
{
	struct dmabuf d = test_attached(t, t->out, 262144);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(lengths); i++)
		test_receive(t, &d, lengths[i]);
	for (i = ARRAY_SIZE(lengths); i--;)
		test_receive(t, &d, lengths[i]);
}

static void big(struct test *t)
{
	struct dmabuf d = test_alloc(t, 4 << 20);

	EXPECT(ffs_attach(t->in, d.fd), 0);
	EXPECT(ffs_attach(t->out, d.fd), 0);
	test_receive(t, &d, 4 << 20);
	test_send(t, &d, 4 << 20);
}

/* The host sends less than there is room for */
static void short_out(struct test *t)
{
	struct dmabuf d = test_attached(t, t->out, 65536);
	unsigned char sent[5000];

	test_fill_bytes(sent, sizeof(sent), 1);
	test_fill(&d, 0, d.size, 2);
	EXPECT(ffs_transfer(t->out, d.fd, d.size), 0);
	EXPECT(host_write(&t->host, sent, sizeof(sent), WAIT_MS), (int)sizeof(sent));
	test_wait_done(&d);
	test_compare(&d, 0, sizeof(sent), 1);
	test_compare(&d, sizeof(sent), d.size, 2);
	test_receive(t, &d, 65536);
}

#define QUEUED	8

static void in_order(struct test *t)
{
	unsigned char *received = malloc(65536);
	struct dmabuf d[QUEUED];
	unsigned int i, round;

	CHECK(received, "no memory");
	for (i = 0; i < QUEUED; i++)
		d[i] = test_attached(t, t->in, 65536);

	for (round = 0; round < 3; round++) {
		for (i = 0; i < QUEUED; i++) {
			test_fill(&d[i], 0, 65536, i + round);
			EXPECT(ffs_transfer(t->in, d[i].fd, 65536 - 1024 * i), 0);
		}
		for (i = 0; i < QUEUED; i++) {
			EXPECT(host_read(&t->host, received, 65536 - 1024 * i, WAIT_MS),
			       65536 - 1024 * (int)i);
			test_compare_bytes(received, 65536 - 1024 * i, i + round);
			test_wait_done(&d[i]);
		}
	}
	free(received);
}

/* Another TRANSFER while one is in flight, which goes on as if nothing had been */
static void in_twice(struct test *t)
{
	struct dmabuf d = test_attached(t, t->in, 16384);
	unsigned char received[16384];
	int fence;

	test_fill(&d, 0, 16384, 1);
	EXPECT(ffs_transfer(t->in, d.fd, 16384), 0);
	fence = test_fence(&d);
	EXPECT(test_transfer_bounded(t->in, &d, 4096), -EBUSY);
	EXPECT(test_transfer_bounded(t->in, &d, 16384), -EBUSY);
	CHECK(test_pending(&d), "the first transfer is not pending any more");
	EXPECT(host_read(&t->host, received, 16384, WAIT_MS), 16384);
	test_compare_bytes(received, 16384, 1);
	EXPECT(test_fence_result(fence), 1);
	test_send(t, &d, 4096);
}

static void out_twice(struct test *t)
{
	struct dmabuf d = test_attached(t, t->out, 16384);
	unsigned char sent[16384];
	int fence;

	EXPECT(ffs_transfer(t->out, d.fd, 16384), 0);
	fence = test_fence(&d);
	EXPECT(test_transfer_bounded(t->out, &d, 4096), -EBUSY);
	EXPECT(test_transfer_bounded(t->out, &d, 16384), -EBUSY);
	CHECK(test_pending(&d), "the first transfer is not pending any more");
	test_fill_bytes(sent, 16384, 1);
	EXPECT(host_write(&t->host, sent, 16384, WAIT_MS), 16384);
	EXPECT(test_fence_result(fence), 1);
	test_compare(&d, 0, 16384, 1);
	test_receive(t, &d, 4096);
}

static void plain(struct test *t, size_t len)
{
	unsigned char *bytes = malloc(len), *other = malloc(len);
	struct host_urb urb;

	CHECK(bytes && other, "no memory");
	test_fill_bytes(bytes, len, 1);
	EXPECT(host_submit(&t->host, &urb, t->host.in, other, len), 0);
	EXPECT(write(t->in, bytes, len), (int)len);
	EXPECT(host_reap(&t->host, &urb, WAIT_MS), (int)len);
	test_compare_bytes(other, len, 1);

	test_fill_bytes(other, len, 2);
	EXPECT(host_submit(&t->host, &urb, t->host.out, other, len), 0);
	EXPECT(read(t->out, bytes, len), (int)len);
	EXPECT(host_reap(&t->host, &urb, WAIT_MS), (int)len);
	test_compare_bytes(bytes, len, 2);
	free(bytes);
	free(other);
}

static void read_and_write(struct test *t)
{
	struct dmabuf d = test_attached(t, t->in, 65536);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(lengths); i++)
		plain(t, lengths[i]);
	plain(t, 1 << 20);
	test_send(t, &d, 65536);
	plain(t, 64);
}

const struct test_case transfer_tests[] = {
	{ "each length to the host", in, NEED_HOST },
	{ "each length from the host", out, NEED_HOST },
	{ "4 MiB", big, NEED_HOST },
	{ "less from the host than there is room for", short_out, NEED_HOST },
	{ "many transfers in order", in_order, NEED_HOST },
	{ "a second transfer to the host before the first is over", in_twice,
	  NEED_HOST },
	{ "a second transfer from the host before the first is over", out_twice,
	  NEED_HOST },
	{ "read() and write() beside it", read_and_write, NEED_HOST },
	{}
};
