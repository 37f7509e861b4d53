// SPDX-License-Identifier: GPL-2.0
/*
 * --receive: waits for one sender, takes what it has, and tells it what became of
 * that. This end needs no IIO device, and trusts nothing that the sender says: no
 * memory is allocated for it, and whatever it does is over after --timeout.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "net.h"
#include "pattern.h"
#include "receive.h"
#include "report.h"
#include "verify.h"
#include "wire.h"

/* An even number: samples stay whole. */
#define CHUNK		(256 * 1024)
#define PROGRESS_S	2

struct receiver {
	const struct options *opt;
	struct net net;
	struct wire_stream stream;
	struct wire_answer answer;
	struct pattern pattern;
	struct verify verify;
	int output;
	time_t next_progress;
	struct timespec begin;
	struct timespec end;
	bool complete;
	char failure[512];
};

static int fail(struct receiver *r, const char *why)
{
	if (!r->failure[0])
		snprintf(r->failure, sizeof(r->failure), "%s", why);

	return -1;
}

/* Both ends learn why. */
static int refuse(struct receiver *r, const char *why)
{
	snprintf(r->answer.refused, sizeof(r->answer.refused), "%s", why);
	wire_send_answer(&r->net, &r->answer);

	return fail(r, why);
}

static void open_output(struct receiver *r)
{
	const char *path = r->opt->output;

	r->output = -1;
	if (!path)
		return;

	r->output = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (r->output < 0)
		usage_error("--output %s: %s", path, strerror(errno));
}

static void init_pattern(struct receiver *r, const char *spec)
{
	int ret = pattern_init(&r->pattern, spec, false);

	if (ret == -EINVAL)
		usage_error("--pattern: '%s' is unknown", spec);
	if (ret)
		usage_error("--pattern %s: %s", spec, strerror(-ret));
}

/* The sender's, unless we were told which one it has to be. */
static int agree_on_pattern(struct receiver *r)
{
	const char *theirs = r->stream.pattern;

	if (r->opt->pattern) {
		if (r->pattern.kind != PATTERN_NONE &&
		    strcmp(theirs, pattern_name(&r->pattern)))
			return refuse(r, "the receiver expects another pattern");
	} else if (!strcmp(theirs, "file")) {
		return refuse(r, "the receiver needs --pattern file:PATH");
	} else if (pattern_init(&r->pattern, theirs, false)) {
		return refuse(r, "the receiver does not know this pattern");
	}

	return 0;
}

static int agree(struct receiver *r)
{
	const struct wire_stream *w = &r->stream;
	bool samples;

	if (agree_on_pattern(r))
		return -1;

	samples = r->pattern.kind != PATTERN_FILE &&
		  r->pattern.kind != PATTERN_NONE;
	if (samples && w->block_size % 2)
		return refuse(r, "blocks that end inside a sample");
	if (w->join && r->pattern.kind == PATTERN_FILE)
		return refuse(r, "a file can only be compared from its beginning");

	r->pattern.be = w->be;
	verify_init(&r->verify, &r->pattern, w->block_size, w->join);

	return wire_send_answer(&r->net, &r->answer);
}

static int write_output(struct receiver *r, const char *data, size_t len)
{
	while (len) {
		ssize_t n = write(r->output, data, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return refuse(r, strerror(errno));
		data += n;
		len -= n;
	}

	return 0;
}

static int take(struct receiver *r, const void *data, size_t len)
{
	r->answer.bytes += len;
	verify_data(&r->verify, data, len);
	if (r->verify.lost)
		return refuse(r, "these samples are no part of the pattern");
	if (r->output < 0)
		return 0;

	return write_output(r, data, len);
}

/* In the middle of it, and maybe of a sample. */
static int gone(struct receiver *r, const void *data, size_t len)
{
	char why[sizeof(r->failure)];

	if (take(r, data, len & ~1))
		return -1;

	snprintf(why, sizeof(why), "%s went away after %llu of %llu bytes",
		 r->net.peer, (unsigned long long)r->answer.bytes,
		 (unsigned long long)(r->stream.block_size * r->stream.blocks));

	return fail(r, why);
}

static void show_progress(struct receiver *r)
{
	time_t now = time(NULL);

	if (!r->opt->progress || now < r->next_progress)
		return;

	fprintf(stderr, "received: block %llu of %llu\n",
		(unsigned long long)(r->answer.bytes / r->stream.block_size),
		(unsigned long long)r->stream.blocks);
	r->next_progress = now + PROGRESS_S;
}

static int take_all(struct receiver *r)
{
	static char chunk[CHUNK];
	uint64_t left = r->stream.block_size * r->stream.blocks;

	while (left) {
		size_t len = left < CHUNK ? left : CHUNK;
		ssize_t got = net_recv(&r->net, chunk, len);

		if (got < 0)
			return -1;
		if ((size_t)got < len)
			return gone(r, chunk, got);
		if (take(r, chunk, got))
			return -1;
		left -= got;
		show_progress(r);
	}

	return 0;
}

static int tell_result(struct receiver *r)
{
	if (verify_active(&r->verify))
		r->answer.verified = r->verify.bytes;
	r->answer.errors = r->verify.errors;

	return wire_send_answer(&r->net, &r->answer);
}

static int receive(struct receiver *r)
{
	if (net_accept(&r->net) || wire_recv_stream(&r->net, &r->stream) ||
	    agree(r))
		return -1;

	clock_gettime(CLOCK_MONOTONIC, &r->begin);
	if (take_all(r))
		return -1;
	clock_gettime(CLOCK_MONOTONIC, &r->end);
	r->complete = true;

	return tell_result(r);
}

static double seconds(const struct receiver *r)
{
	return r->end.tv_sec - r->begin.tv_sec +
	       (r->end.tv_nsec - r->begin.tv_nsec) / 1e9;
}

static int report(struct receiver *r)
{
	struct result res = {
		.mode = "tcp",
		.dir = "receive",
		.block_size = r->stream.block_size,
		.bytes = r->answer.bytes,
		.errors = r->verify.errors,
		.first = r->verify.errors ? &r->verify.first : NULL,
		.failure = r->failure[0] ? r->failure : NULL,
	};

	if (res.block_size)
		res.blocks = res.bytes / res.block_size;
	if (r->complete)
		res.seconds = seconds(r);
	if (res.blocks && verify_active(&r->verify))
		res.verified = r->verify.bytes;

	return report_result(r->opt, &res);
}

int receive_main(const struct options *opt)
{
	static struct receiver r;
	int port;

	r.opt = opt;
	if (opt->pattern)
		init_pattern(&r, opt->pattern);
	open_output(&r);

	report_begin(opt);
	port = net_listen(&r.net, &opt->receive, opt->timeout);
	if (port >= 0) {
		/* Whoever starts the sender has to know when, and where to. */
		fprintf(stderr, "iio_stream: waiting for a sender at port %d\n",
			port);
		fflush(stderr);
		receive(&r);
	}
	if (r.net.failure[0])
		fail(&r, r.net.failure);
	net_close(&r.net);
	if (r.output >= 0 && close(r.output))
		fail(&r, strerror(errno));

	return report(&r);
}
