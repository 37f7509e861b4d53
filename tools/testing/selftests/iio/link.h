/* SPDX-License-Identifier: GPL-2.0 */
/*
 * --send: the receiver of what a stream takes in.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#ifndef LINK_H
#define LINK_H

#include <stddef.h>

#include "net.h"
#include "stream.h"
#include "wire.h"

struct link {
	struct net net;
	struct wire_answer answer;	/* the last one */
};

/* All return 0, or -1 after stream_fail(). */
int link_open(struct stream *s);
int link_send(struct stream *s, const void *data, size_t len);
/* Waits until all has arrived, and asks what the receiver found. */
int link_finish(struct stream *s);

/* How many of the blocks that were to be sent in place were copied after all. */
void link_say_how(struct stream *s, unsigned long long copied);

/*
 * The connection broke, or something came when nothing should: reports what the
 * receiver says, or what net_fail() was told. Returns -1.
 */
int link_lost(struct stream *s);

#endif
