// SPDX-License-Identifier: GPL-2.0
/*
 * iio_stream to iio_stream: all ways to send, at several sizes; and one of the two
 * is killed.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "kselftest.h"
#include "net_test.h"

struct pair {
	struct child receiver;
	struct child sender;
};

/* More arguments for the sender; false: they could not be started. */
static bool start_pair(struct pair *p, const char * const *more)
{
	const char *args[CHILD_ARGS + 1] = {
		"--dir", "in", "--device", net_test_device, "--set", net_test_set, "--send",
	};
	struct net_address addr;
	unsigned int num = 7;
	char where[300];

	if (!net_test_receiver(&p->receiver, NULL, "20", &addr))
		return false;

	snprintf(where, sizeof(where), "%s:%s", addr.host, addr.port);
	args[num++] = where;
	while (*more)
		args[num++] = *more++;
	child_start(&p->sender, net_test_stream, args);

	return true;
}

static const char * const streams[][13] = {
	{ "--mode", "fileio", "--block-size", "64K", "--blocks", "33" },
	{ "--heap", "system", "--block-size", "64K", "--blocks", "33" },
	{ "--block-size", "4K", "--blocks", "777" },
	{ "--block-size", "64K", "--blocks", "33" },
	{ "--block-size", "1M", "--blocks", "9" },
	{ "--block-size", "1M", "--blocks", "9", "--block-count", "1" },
	{ "--block-size", "4K", "--blocks", "777", "--block-count", "64" },
	{ "--block-size", "64K", "--blocks", "33", "--bytes-used", "40000" },
	{ "--block-size", "64K", "--blocks", "33", "--nonblock" },
	{ "--block-size", "64K", "--blocks", "1" },
	{ "--uring", "--heap", "system", "--block-size", "64K", "--blocks", "33" },
	{ "--uring", "--block-size", "4K", "--blocks", "777" },
	{ "--uring", "--block-size", "4K", "--blocks", "777", "--block-count", "64" },
	{ "--uring", "--block-size", "64K", "--blocks", "33", "--depth", "1" },
	{ "--uring", "--block-size", "64K", "--blocks", "33", "--depth", "4" },
	{ "--uring", "--block-size", "1M", "--blocks", "9", "--block-count", "1" },
	{ "--uring", "--block-size", "64K", "--blocks", "33", "--bytes-used", "40000" },
	{ "--uring", "--block-size", "64K", "--blocks", "1" },
};

static void test_pair(const char * const *more)
{
	char name[256] = "";
	struct pair p;
	bool ok;
	unsigned int i;

	for (i = 0; more[i]; i++) {
		strcat(name, " ");
		strcat(name, more[i]);
	}
	if (!net_test_can(more)) {
		net_test_skip("both:%s: not with this kernel", name);
		return;
	}

	ok = start_pair(&p, more);
	if (ok) {
		ok = child_ended(&p.sender, 0, " 0 errors");
		ok &= child_ended(&p.receiver, 0, " 0 errors");
	}

	net_test_result(ok, "both:%s", name);
}

/* More than is sent before the other one is killed. */
static const char * const long_stream[] = {
	"--block-size", "64K", "--blocks", "1000000", "--pattern", "none", NULL
};

static void test_receiver_killed(void)
{
	struct pair p;
	bool ok;

	ok = start_pair(&p, long_stream);
	if (ok) {
		usleep(200000);
		kill(p.receiver.pid, SIGKILL);
		child_wait(&p.receiver);
		ok = child_ended(&p.sender, 1, "127.0.0.1:");
	}

	net_test_result(ok, "both: the receiver is killed");
}

static void test_sender_killed(void)
{
	struct pair p;
	bool ok;

	ok = start_pair(&p, long_stream);
	if (ok) {
		usleep(200000);
		kill(p.sender.pid, SIGKILL);
		child_wait(&p.sender);
		ok = child_ended(&p.receiver, 1, "127.0.0.1:");
	}

	net_test_result(ok, "both: the sender is killed");
}

void net_test_both(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(streams); i++)
		test_pair(streams[i]);
	test_receiver_killed();
	test_sender_killed();
	/* The buffer was still enabled, and is not to be. */
	test_pair(streams[0]);
}

unsigned int net_num_both_tests(void)
{
	return ARRAY_SIZE(streams) + 3;
}
