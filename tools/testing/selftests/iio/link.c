// SPDX-License-Identifier: GPL-2.0
/*
 * The sender's side of a connection: says what comes, sends it, and asks what
 * has arrived. The receiver is silent in between, unless it wants no more.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#include <stdio.h>
#include <stdlib.h>

#include "link.h"

static int fail(struct stream *s)
{
	return stream_fail(s, "%s", s->link->net.failure);
}

static void describe(const struct stream *s, struct wire_stream *w)
{
	*w = (struct wire_stream){
		.be = s->pattern.be,
		.join = s->opt->join,
		.block_size = s->opt->bytes_used,
		.blocks = s->opt->blocks,
	};
	snprintf(w->pattern, sizeof(w->pattern), "%s",
		 pattern_name(&s->pattern));
}

int link_open(struct stream *s)
{
	struct wire_stream w;
	struct net *n;

	s->link = calloc(1, sizeof(*s->link));
	if (!s->link)
		return stream_fail(s, "no memory");

	n = &s->link->net;
	describe(s, &w);
	if (net_connect(n, &s->opt->send, s->opt->timeout) ||
	    wire_send_stream(n, &w) || wire_recv_answer(n, &s->link->answer))
		return fail(s);

	return 0;
}

int link_lost(struct stream *s)
{
	struct net n = s->link->net;
	struct wire_answer a = { 0 };

	/* What the receiver said before it went is there already. */
	n.failure[0] = '\0';
	n.timeout = 0;
	if (!wire_recv_answer(&n, &a))
		return stream_fail(s, "%s wants no more than %llu bytes", n.peer,
				   (unsigned long long)a.bytes);
	if (a.refused[0] || !s->link->net.failure[0])
		return stream_fail(s, "%s", n.failure);

	return fail(s);
}

int link_send(struct stream *s, const void *data, size_t len)
{
	s->copied += len;

	return net_send(&s->link->net, data, len) ? link_lost(s) : 0;
}

int link_finish(struct stream *s)
{
	unsigned long long sent = s->opt->blocks * s->opt->bytes_used;
	struct link *link = s->link;

	if (wire_recv_answer(&link->net, &link->answer))
		return fail(s);
	if (link->answer.bytes != sent)
		return stream_fail(s, "%s has got %llu of %llu bytes",
				   link->net.peer,
				   (unsigned long long)link->answer.bytes, sent);

	return 0;
}

void link_say_how(struct stream *s, unsigned long long copied)
{
	unsigned long long all = s->opt->blocks;

	s->copied += copied * s->opt->bytes_used;
	if (!copied)
		snprintf(s->note, sizeof(s->note), "sent without a copy");
	else if (copied == all)
		snprintf(s->note, sizeof(s->note),
			 "copied on the way, by local delivery or for a network device that cannot gather");
	else
		snprintf(s->note, sizeof(s->note),
			 "%llu of %llu blocks were copied on the way", copied, all);
}
