// SPDX-License-Identifier: GPL-2.0
/*
 * iio_stream --receive, and senders that are something else, lie, fall silent or
 * go away.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "kselftest.h"
#include "net_test.h"
#include "pattern.h"
#include "wire.h"

#define HELLO_SIZE	64
#define BLOCK		1000
#define BLOCKS		3

struct receiver_test {
	const char *name;
	const char *pattern;	/* --pattern, or NULL */
	bool (*play)(struct peer *p);
	int status;
	const char *text;	/* that the receiver says */
};

static const struct wire_stream ramp = {
	.pattern = "ramp", .block_size = BLOCK, .blocks = BLOCKS,
};

/* Sends @bytes of the ramp, in pieces of odd lengths, one sample wrong at @bad. */
static bool send_ramp(struct peer *p, size_t bytes, size_t bad)
{
	uint8_t data[BLOCK * BLOCKS + 1];
	size_t at, len;
	struct pattern pattern;

	pattern_init(&pattern, "ramp", false);
	pattern_fill(&pattern, data, BLOCK * BLOCKS);
	if (bad < bytes)
		data[bad] ^= 1;

	for (at = 0; at < bytes; at += len) {
		len = bytes - at < 333 ? bytes - at : 333;
		if (net_send(&p->net, data + at, len))
			return false;
	}

	return true;
}

/* Says what comes, and has it accepted. */
static bool introduce(struct peer *p, const struct wire_stream *w)
{
	struct wire_answer a;

	if (wire_send_stream(&p->net, w) || wire_recv_answer(&p->net, &a))
		return net_test_failed(p, "introduction");

	return true;
}

static bool ends_with(struct peer *p, uint64_t errors)
{
	struct wire_answer a;

	if (wire_recv_answer(&p->net, &a))
		return net_test_failed(p, "result");
	if (a.bytes == BLOCK * BLOCKS && a.verified == a.bytes &&
	    a.errors == errors)
		return true;

	ksft_print_msg("the receiver reports %llu bytes, %llu verified, %llu errors\n",
		       (unsigned long long)a.bytes,
		       (unsigned long long)a.verified,
		       (unsigned long long)a.errors);

	return false;
}

static bool all_right(struct peer *p)
{
	return introduce(p, &ramp) && send_ramp(p, BLOCK * BLOCKS, -1) &&
	       ends_with(p, 0);
}

static bool wrong_sample(struct peer *p)
{
	return introduce(p, &ramp) &&
	       send_ramp(p, BLOCK * BLOCKS, BLOCK + 10) && ends_with(p, 1);
}

static bool is_refused(struct peer *p, const struct wire_stream *w)
{
	struct wire_answer a = { 0 };

	if (wire_send_stream(&p->net, w))
		return net_test_failed(p, "introduction");
	if (wire_recv_answer(&p->net, &a) && a.refused[0])
		return true;
	ksft_print_msg("not refused, but: %s\n", p->net.failure);

	return false;
}

static bool wrong_pattern(struct peer *p)
{
	return is_refused(p, &ramp);
}

static bool unknown_pattern(struct peer *p)
{
	struct wire_stream w = ramp;

	snprintf(w.pattern, sizeof(w.pattern), "\033[2Jtune");

	return is_refused(p, &w);
}

static bool some_file(struct peer *p)
{
	struct wire_stream w = ramp;

	snprintf(w.pattern, sizeof(w.pattern), "file");

	return is_refused(p, &w);
}

static bool half_samples(struct peer *p)
{
	struct wire_stream w = ramp;

	w.block_size = 999;

	return is_refused(p, &w);
}

/* Sends an introduction with one byte that is not right. */
static bool send_flipped(struct peer *p, unsigned int at)
{
	uint8_t raw[HELLO_SIZE] = {
		'I', 'I', 'O', 'b', 'l', 'k', '\r', '\n', 0, 0, 0, 1, 0, 0, 0, 0,
		0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 4, 'r', 'a', 'm', 'p',
	};

	raw[at] ^= 0x40;

	return !net_send(&p->net, raw, sizeof(raw));
}

static bool other_magic(struct peer *p)
{
	return send_flipped(p, 7);
}

static bool other_version(struct peer *p)
{
	return send_flipped(p, 11);
}

static bool unknown_flag(struct peer *p)
{
	return send_flipped(p, 13);
}

static bool reserved_field(struct peer *p)
{
	return send_flipped(p, HELLO_SIZE - 1);
}

static bool too_many_bytes(struct peer *p)
{
	struct wire_stream w = ramp;

	w.blocks = UINT64_MAX / w.block_size + 1;

	return !wire_send_stream(&p->net, &w);
}

static bool no_bytes(struct peer *p)
{
	struct wire_stream w = ramp;

	w.blocks = 0;

	return !wire_send_stream(&p->net, &w);
}

static bool web_browser(struct peer *p)
{
	static const char get[] = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";

	return !net_send(&p->net, get, strlen(get));
}

static bool leaves_while_speaking(struct peer *p)
{
	bool ok = !net_send(&p->net, "IIOblk\r\n12", 10);

	net_close(&p->net);

	return ok;
}

static bool leaves_early(struct peer *p)
{
	bool ok = introduce(p, &ramp) && send_ramp(p, BLOCK + 501, -1);

	net_close(&p->net);

	return ok;
}

static bool is_reset(struct peer *p)
{
	struct linger now = { .l_onoff = 1 };
	bool ok = introduce(p, &ramp) && send_ramp(p, BLOCK, -1);

	setsockopt(p->net.fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	net_close(&p->net);

	return ok;
}

/* On a busy machine, even before it has said anything: this fails, then. */
static bool falls_silent(struct peer *p)
{
	if (introduce(p, &ramp))
		send_ramp(p, BLOCK, -1);

	return true;
}

static const struct receiver_test receiver_tests[] = {
	{ "a sender", NULL, all_right, 0, "3000 bytes verified, 0 errors" },
	{ "a sender of what was expected", "ramp", all_right, 0,
	  "3000 bytes verified, 0 errors" },
	{ "a wrong sample", NULL, wrong_sample, 1,
	  "first wrong sample: block 1, offset 10 " },
	{ "another pattern", "pn9", wrong_pattern, 1, "expects another pattern" },
	{ "a pattern that nobody knows", NULL, unknown_pattern, 1,
	  "does not know this pattern" },
	{ "a file that is not here", NULL, some_file, 1, "file:PATH" },
	{ "half samples", NULL, half_samples, 1, "inside a sample" },
	{ "another magic number", NULL, other_magic, 1, " is no iio_stream" },
	{ "another version", NULL, other_version, 1, "another version" },
	{ "an unknown flag", NULL, unknown_flag, 1, "another version" },
	{ "a reserved field", NULL, reserved_field, 1, "another version" },
	{ "no bytes", NULL, no_bytes, 1, "is to send nothing" },
	{ "too many bytes", NULL, too_many_bytes, 1, "more than there can be" },
	{ "a web browser", NULL, web_browser, 1, " is no iio_stream" },
	{ "a sender that leaves at once", NULL, net_test_leave, 1,
	  "has closed the connection" },
	{ "a sender that leaves while it speaks", NULL, leaves_while_speaking, 1,
	  "has closed the connection" },
	{ "a sender that leaves early", NULL, leaves_early, 1,
	  "went away after 1500 of 3000 bytes" },
	{ "a sender that is reset", NULL, is_reset, 1, "onnection reset" },
	{ "a sender that says nothing", NULL, net_test_silence, 1,
	  "has sent nothing for 1 seconds" },
	{ "a sender that falls silent", NULL, falls_silent, 1,
	  "has sent nothing for 1 seconds" },
};

static void test_receiver(const struct receiver_test *test)
{
	struct peer p = { .net.fd = -1 };
	struct net_address addr;
	bool ok;

	ok = net_test_receiver(&p.child, test->pattern,
			       net_test_timeout(test->text), &addr);
	if (ok && net_connect(&p.net, &addr, 20))
		ok = net_test_failed(&p, "connect");
	if (ok)
		ok = test->play(&p);
	ok &= child_ended(&p.child, test->status, test->text);
	net_close(&p.net);

	net_test_result(ok, "receiver: %s", test->name);
}

static void test_nobody_connects(void)
{
	struct net_address addr;
	struct child c;
	bool ok;

	ok = net_test_receiver(&c, NULL, "1", &addr);
	ok &= child_ended(&c, 1, "nobody has connected for 1 seconds");

	net_test_result(ok, "receiver: nobody connects");
}

static void test_port_in_use(void)
{
	struct net_address addr = { .host = "127.0.0.1", .port = "0" };
	char where[32];
	const char * const args[] = { "--receive", where, NULL };
	struct child c;
	struct net n;
	int port;

	port = net_listen(&n, &addr, 20);
	snprintf(where, sizeof(where), "127.0.0.1:%d", port);
	child_start(&c, net_test_stream, args);

	net_test_result(child_ended(&c, 1, "ddress already in use"),
			"receiver: the port is in use");
	net_close(&n);
}

void net_test_receivers(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(receiver_tests); i++)
		test_receiver(&receiver_tests[i]);
	test_nobody_connects();
	test_port_in_use();
}

unsigned int net_num_receiver_tests(void)
{
	return ARRAY_SIZE(receiver_tests) + 2;
}
