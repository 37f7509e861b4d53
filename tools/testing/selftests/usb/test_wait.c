// SPDX-License-Identifier: GPL-2.0
/*
 * Who waits for whom. The other user of a DMABUF is the other endpoint, where it can
 * be attached, too: nothing is transferred there before the host wants to.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "ffs.h"
#include "test.h"

/* Attached to both, and the host is to write it */
static struct dmabuf in_use(struct test *t, int in)
{
	struct dmabuf d = test_attached(t, t->out, 16384);

	EXPECT(ffs_attach(in, d.fd), 0);
	EXPECT(ffs_transfer(t->out, d.fd, 16384), 0);

	return d;
}

/* What the host sends comes back, which takes both transfers, in order */
static void echo(struct test *t, struct waiter *w)
{
	unsigned char sent[16384], received[16384];

	test_fill_bytes(sent, sizeof(sent), 1);
	memset(received, 0, sizeof(received));
	EXPECT(host_write(&t->host, sent, sizeof(sent), WAIT_MS), (int)sizeof(sent));
	EXPECT(host_read(&t->host, received, sizeof(received), WAIT_MS),
	       (int)sizeof(received));
	if (w)
		EXPECT(waiter_join(w), 0);
	test_compare_bytes(received, sizeof(received), 1);
}

static void waits_for_others(struct test *t)
{
	struct dmabuf d = in_use(t, t->in);
	struct waiter w;

	waiter_start(&w, t->in, &d, 16384);
	echo(t, &w);
	test_wait_done(&d);
}

static void nonblocking(struct test *t)
{
	int fd = test_open_ep(t, FFS_IN, O_NONBLOCK);
	struct dmabuf d = in_use(t, fd);
	int fence = test_fence(&d);

	EXPECT(test_transfer_bounded(fd, &d, 16384), -EBUSY);
	EXPECT(test_transfer_bounded(fd, &d, 4096), -EBUSY);

	/* Neither tells whether the lock was waited for, which is short */
	EXPECT(ffs_detach(fd, d.fd), 0);
	EXPECT(ffs_attach(fd, d.fd), 0);
	CHECK(test_pending(&d), "the other transfer is not pending any more");
	close(test_fence(&d));

	EXPECT(host_write(&t->host, d.map, 16384, WAIT_MS), 16384);
	EXPECT(test_fence_result(fence), 1);
	EXPECT(ffs_transfer(fd, d.fd, 16384), 0);
	EXPECT(host_read(&t->host, d.map, 16384, WAIT_MS), 16384);
}

/* Whoever wants to know whether the DMABUF is in use gets an answer at once */
static void others_go_on(struct test *t)
{
	struct dmabuf d = in_use(t, t->in);
	int fd = test_open_ep(t, FFS_IN, O_NONBLOCK);
	struct waiter w;

	waiter_start(&w, t->in, &d, 16384);
	CHECK(test_pending(&d), "nothing is pending");
	close(test_fence(&d));
	EXPECT(ffs_attach(fd, d.fd), 0);
	EXPECT(ffs_transfer(fd, d.fd, 16384), -EBUSY);
	EXPECT(ffs_detach(fd, d.fd), 0);
	CHECK(!w.returned, "what others do had to wait for TRANSFER");
	waiter_expect_blocked(&w);
	echo(t, &w);
}

static void interrupted(int sig)
{
}

static void signalled(struct test *t)
{
	struct sigaction action = { .sa_handler = interrupted };
	struct dmabuf d = in_use(t, t->in);
	struct waiter w;
	int ret;

	sigaction(SIGUSR1, &action, NULL);
	waiter_start(&w, t->in, &d, 16384);
	pthread_kill(w.thread, SIGUSR1);
	ret = waiter_join(&w);
	CHECK(ret == -EINTR, "TRANSFER returned %d and not -EINTR", ret);
	EXPECT(ffs_transfer(t->in, d.fd, 0), -EINVAL);
	CHECK(test_pending(&d), "the other transfer is not pending any more");
	waiter_start(&w, t->in, &d, 16384);
	echo(t, &w);
}

/* The one that waits finds that it is not attached any more */
static void detached_meanwhile(struct test *t)
{
	struct dmabuf d = in_use(t, t->in);
	struct waiter w;

	waiter_start(&w, t->in, &d, 16384);
	EXPECT(ffs_detach(t->in, d.fd), 0);
	EXPECT(host_write(&t->host, d.map, 16384, WAIT_MS), 16384);
	EXPECT(waiter_join(&w), -EPERM);
	EXPECT(ffs_detach(t->out, d.fd), 0);
	test_expect_attached(&d, 0);
	test_still_works(t);
}

static void unbound_meanwhile(struct test *t)
{
	struct dmabuf d = in_use(t, t->in);
	struct waiter w;

	waiter_start(&w, t->in, &d, 16384);
	host_close(&t->host);
	test_unbind(t);
	EXPECT(waiter_join(&w), -ESHUTDOWN);
	EXPECT(ffs_detach(t->in, d.fd), 0);
	EXPECT(ffs_detach(t->out, d.fd), 0);
	test_expect_attached(&d, 0);
}

/* The host has not configured the gadget, or not any more */
static void no_host(struct test *t)
{
	struct dmabuf d = test_attached(t, t->in, 16384);
	int fd = test_open_ep(t, FFS_IN, O_NONBLOCK);
	unsigned char received[16384];
	struct waiter w;

	EXPECT(ffs_attach(fd, d.fd), 0);
	EXPECT(host_configure(&t->host, -1), 0);
	EXPECT(test_transfer_bounded(fd, &d, 16384), -EAGAIN);
	CHECK(!test_pending(&d), "a refused transfer is pending");

	waiter_start(&w, t->in, &d, 16384);
	test_fill(&d, 0, 16384, 3);
	EXPECT(host_configure(&t->host, 1), 0);
	EXPECT(waiter_join(&w), 0);
	EXPECT(host_read(&t->host, received, 16384, WAIT_MS), 16384);
	test_compare_bytes(received, 16384, 3);

	EXPECT(host_configure(&t->host, -1), 0);
	waiter_start(&w, t->in, &d, 16384);
	host_close(&t->host);
	test_unbind(t);
	EXPECT(waiter_join(&w), -ESHUTDOWN);
}

const struct test_case wait_tests[] = {
	{ "TRANSFER waits for other users", waits_for_others, NEED_HOST },
	{ "O_NONBLOCK never waits", nonblocking, NEED_HOST },
	{ "others go on while TRANSFER waits", others_go_on, NEED_HOST },
	{ "a signal ends the wait", signalled, NEED_HOST },
	{ "DETACH while TRANSFER waits", detached_meanwhile, NEED_HOST },
	{ "unbind while TRANSFER waits", unbound_meanwhile, NEED_HOST },
	{ "TRANSFER waits for the host", no_host, NEED_HOST },
	{}
};
