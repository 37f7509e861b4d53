// SPDX-License-Identifier: GPL-2.0
/*
 * iio_stream --send and --receive, from one to the other and with peers of all
 * kinds. Whatever the peer does, iio_stream says in one line what is wrong, and
 * ends. TAP.
 *
 *   iio_net [--stream PROGRAM] [--in DEVICE ATTR=VALUE]
 *
 * PROGRAM is iio_stream, by default the one beside this program. Without an input
 * device, whose attribute then selects the ramp, only receivers are tested. It
 * needs the loopback network device.
 *
 * net_receivers.c   a receiver, and us as the sender
 * net_senders.c     a sender, and us as the receiver
 * net_both.c        one of each
 * net_child.c       starts them
 *
 * Copyright (C) 2026 the dma_vec project
 */
#include <libgen.h>
#include <limits.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kselftest.h"
#include "net_test.h"

char net_test_stream[PATH_MAX];
const char *net_test_device, *net_test_set;

bool net_test_failed(const struct peer *p, const char *what)
{
	ksft_print_msg("%s: %s\n", what, p->net.failure);

	return false;
}

void net_test_result(bool ok, const char *fmt, ...)
{
	char name[256];
	va_list args;

	va_start(args, fmt);
	vsnprintf(name, sizeof(name), fmt, args);
	va_end(args);

	ksft_test_result(ok, "%s\n", name);
}

void net_test_skip(const char *fmt, ...)
{
	char why[256];
	va_list args;

	va_start(args, fmt);
	vsnprintf(why, sizeof(why), fmt, args);
	va_end(args);

	ksft_test_result_skip("%s\n", why);
}

bool net_test_can(const char * const *more)
{
	const char *args[CHILD_ARGS + 1] = {
		"--dir", "in", "--device", net_test_device, "--set",
		net_test_set, "--block-count", "1",
	};
	unsigned int num = 8;
	struct child c;

	while (*more)
		args[num++] = *more++;
	/* The last one counts. */
	args[num++] = "--blocks";
	args[num++] = "1";
	child_start(&c, net_test_stream, args);
	child_wait(&c);

	return c.status != KSFT_SKIP;
}

/* Whoever is only slow has more time than one that must be found silent. */
const char *net_test_timeout(const char *text)
{
	return strstr(text, " 1 seconds") ? "1" : "20";
}

bool net_test_receiver(struct child *c, const char *pattern,
		       const char *timeout, struct net_address *addr)
{
	const char * const args[] = {
		"--receive", "127.0.0.1:0", "--timeout", timeout,
		pattern ? "--pattern" : NULL, pattern, NULL
	};
	int port;

	child_start(c, net_test_stream, args);
	port = child_port(c);
	if (!port)
		return false;

	snprintf(addr->host, sizeof(addr->host), "127.0.0.1");
	snprintf(addr->port, sizeof(addr->port), "%u", (uint16_t)port);

	return true;
}

bool net_test_leave(struct peer *p)
{
	net_close(&p->net);

	return true;
}

bool net_test_silence(struct peer *p)
{
	(void)p;

	return true;
}

static unsigned int num_tests(void)
{
	if (!net_test_device)
		return net_num_receiver_tests();

	return net_num_receiver_tests() + net_num_sender_tests() +
	       net_num_both_tests();
}

/* Beside this program. */
static void find_stream(void)
{
	char self[PATH_MAX - 20] = "";

	if (readlink("/proc/self/exe", self, sizeof(self) - 1) > 0)
		snprintf(net_test_stream, PATH_MAX,
			 "%s/iio_stream", dirname(self));
}

static void parse(int argc, char **argv)
{
	int i;

	for (i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--stream") && i + 1 < argc) {
			snprintf(net_test_stream, PATH_MAX, "%s",
				 argv[++i]);
		} else if (!strcmp(argv[i], "--in") && i + 2 < argc) {
			net_test_device = argv[++i];
			net_test_set = argv[++i];
		} else {
			fprintf(stderr, "iio_net: %s: unknown, or needs a value (see the source)\n",
				argv[i]);
			exit(2);
		}
	}
}

int main(int argc, char **argv)
{
	find_stream();
	parse(argc, argv);
	ksft_print_header();
	if (access(net_test_stream, X_OK))
		ksft_exit_skip("no %s\n", net_test_stream);
	ksft_set_plan(num_tests());

	net_test_receivers();
	if (net_test_device) {
		net_test_senders();
		net_test_both();
	}

	ksft_finished();
}
