// SPDX-License-Identifier: GPL-2.0
/*
 * iio_stream --send, by all ways to send, and receivers that are something else,
 * lie, fall silent or go away. The device must work as before after each.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "kselftest.h"
#include "net_test.h"
#include "wire.h"

struct sender_test {
	const char *name;
	bool (*play)(struct peer *p);
	int status;
	const char *text;
};

/* The ways to send. */
static const char * const modes[][5] = {
	{ "--mode", "fileio", NULL },
	{ "--mode", "dmabuf", "--heap", "system", NULL },
	{ "--mode", "dmabuf", "--udmabuf", NULL },
	{ "--mode", "uring", "--heap", "system", NULL },
	{ "--mode", "uring", "--udmabuf", NULL },
};

#define SEND_BLOCKS	"64"
#define SEND_SIZE	"65536"
#define SEND_BYTES	(64 * 65536)

static bool accept_stream(struct peer *p)
{
	struct wire_answer yes = { 0 };
	struct wire_stream w;

	if (wire_recv_stream(&p->net, &w) || wire_send_answer(&p->net, &yes))
		return net_test_failed(p, "introduction");
	if (!strcmp(w.pattern, "ramp") && w.block_size * w.blocks == SEND_BYTES)
		return true;
	ksft_print_msg("the sender says it sends %llu blocks of %s\n",
		       (unsigned long long)w.blocks, w.pattern);

	return false;
}

static bool receive_bytes(struct peer *p, size_t bytes)
{
	static char data[4096];

	while (bytes) {
		size_t len = bytes < sizeof(data) ? bytes : sizeof(data);
		ssize_t got = net_recv(&p->net, data, len);

		if (got != (ssize_t)len)
			return net_test_failed(p, "blocks");
		bytes -= len;
	}

	return true;
}

static bool receive_all(struct peer *p)
{
	struct wire_answer all = { .bytes = SEND_BYTES, .verified = SEND_BYTES };

	return accept_stream(p) && receive_bytes(p, SEND_BYTES) &&
	       !wire_send_answer(&p->net, &all);
}

static bool find_errors(struct peer *p)
{
	struct wire_answer bad = {
		.bytes = SEND_BYTES, .verified = SEND_BYTES, .errors = 7,
	};

	return accept_stream(p) && receive_bytes(p, SEND_BYTES) &&
	       !wire_send_answer(&p->net, &bad);
}

static bool lose_one(struct peer *p)
{
	struct wire_answer less = { .bytes = SEND_BYTES - 1 };

	return accept_stream(p) && receive_bytes(p, SEND_BYTES) &&
	       !wire_send_answer(&p->net, &less);
}

static bool refuse(struct peer *p)
{
	struct wire_answer no = { .refused = "not \033[2J today" };
	struct wire_stream w;

	return !wire_recv_stream(&p->net, &w) && !wire_send_answer(&p->net, &no);
}

static bool have_enough(struct peer *p)
{
	struct wire_answer enough = { .refused = "the disk is full" };
	bool ok = accept_stream(p) && receive_bytes(p, 100000) &&
		  !wire_send_answer(&p->net, &enough);

	net_close(&p->net);

	return ok;
}

static bool greet(struct peer *p)
{
	return !net_send(&p->net, "SSH-2.0-OpenSSH_9.2\r\n", 21);
}

static bool stop_listening(struct peer *p)
{
	bool ok = accept_stream(p) && receive_bytes(p, 100000);

	net_close(&p->net);

	return ok;
}

static bool reset(struct peer *p)
{
	struct linger now = { .l_onoff = 1 };
	bool ok = accept_stream(p) && receive_bytes(p, 100000);

	setsockopt(p->net.fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	net_close(&p->net);

	return ok;
}

static bool take_nothing(struct peer *p)
{
	accept_stream(p);

	return true;
}

static bool keep_the_result(struct peer *p)
{
	if (accept_stream(p))
		receive_bytes(p, SEND_BYTES);

	return true;
}

static const struct sender_test sender_tests[] = {
	{ "a receiver", receive_all, 0, "4194304 bytes verified, 0 errors" },
	{ "a receiver that finds errors", find_errors, 1, "7 errors" },
	{ "a receiver that has got less", lose_one, 1,
	  "has got 4194303 of 4194304 bytes" },
	{ "a receiver that refuses", refuse, 1, ": not ?[2J today" },
	{ "a receiver that has enough", have_enough, 1, "the disk is full" },
	{ "another server", greet, 1, " is no iio_stream" },
	{ "a receiver that leaves at once", net_test_leave, 1,
	  "127.0.0.1:" },
	{ "a receiver that leaves", stop_listening, 1, "127.0.0.1:" },
	/* The first of several sends under way is told of the reset, others of a broken pipe */
	{ "a receiver that is reset", reset, 1, "127.0.0.1:" },
	{ "a receiver that says nothing", net_test_silence, 1,
	  "has sent nothing for 1 seconds" },
	{ "a receiver that takes nothing", take_nothing, 1, "nothing for 1 seconds" },
	{ "a receiver without a result", keep_the_result, 1,
	  "has sent nothing for 1 seconds" },
	{ "a receiver as before", receive_all, 0,
	  "4194304 bytes verified, 0 errors" },
};

static void start_sender(struct child *c, const char * const *mode, int port,
			 const char *timeout)
{
	const char *args[CHILD_ARGS + 1] = {
		"--dir", "in", "--device", net_test_device, "--set", net_test_set,
		"--blocks", SEND_BLOCKS, "--block-size", SEND_SIZE,
		"--timeout", timeout, "--send",
	};
	unsigned int num = 13;
	char where[32];

	snprintf(where, sizeof(where), "127.0.0.1:%d", port);
	args[num++] = where;
	while (*mode)
		args[num++] = *mode++;

	child_start(c, net_test_stream, args);
}

static void test_sender(const struct sender_test *test, const char * const *mode)
{
	struct net_address addr = { .host = "127.0.0.1", .port = "0" };
	struct peer p;
	bool ok = true;
	int port;

	port = net_listen(&p.net, &addr, 20);
	if (port < 0)
		ksft_exit_fail_msg("%s\n", p.net.failure);

	start_sender(&p.child, mode, port, net_test_timeout(test->text));
	if (net_accept(&p.net))
		ok = net_test_failed(&p, "accept");
	if (ok)
		ok = test->play(&p);
	ok &= child_ended(&p.child, test->status, test->text);
	net_close(&p.net);

	net_test_result(ok, "sender, %s %s: %s", mode[1],
			mode[2] ? mode[2] : "", test->name);
}

static void test_nobody_listens(const char * const *mode)
{
	struct net_address addr = { .host = "127.0.0.1", .port = "0" };
	struct child c;
	struct net n;
	int port;

	/* A port that was free a moment ago, and belongs to nobody now. */
	port = net_listen(&n, &addr, 20);
	net_close(&n);
	start_sender(&c, mode, port, "20");

	net_test_result(child_ended(&c, 1, "onnection refused"),
			"sender, %s %s: nobody listens", mode[1],
			mode[2] ? mode[2] : "");
}

static void test_mode(const char * const *mode)
{
	size_t i;

	test_nobody_listens(mode);
	for (i = 0; i < ARRAY_SIZE(sender_tests); i++)
		test_sender(&sender_tests[i], mode);
}

static void skip_mode(const char * const *mode)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(sender_tests) + 1; i++)
		net_test_skip("sender, %s %s: not with this kernel", mode[1],
			      mode[2] ? mode[2] : "");
}

void net_test_senders(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(modes); i++) {
		if (net_test_can(modes[i]))
			test_mode(modes[i]);
		else
			skip_mode(modes[i]);
	}
}

unsigned int net_num_sender_tests(void)
{
	return ARRAY_SIZE(modes) * (ARRAY_SIZE(sender_tests) + 1);
}
