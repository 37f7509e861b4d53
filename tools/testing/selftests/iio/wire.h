/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the two ends of --send and --receive say to each other. The sender says
 * what it is going to send, the receiver answers whether it wants that; then
 * come the blocks, one after the other, and nothing else; then the receiver
 * says what it has got. Numbers are big endian.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#ifndef WIRE_H
#define WIRE_H

#include <stdbool.h>
#include <stdint.h>

#include "net.h"

#define WIRE_PATTERN	16
#define WIRE_REASON	64

/* What is going to be sent. */
struct wire_stream {
	char pattern[WIRE_PATTERN];	/* its name, "file" for that of any file */
	bool be;		/* samples are big endian */
	bool join;		/* the pattern may begin anywhere */
	uint64_t block_size;
	uint64_t blocks;
};

/* What the receiver says of it, before and after. */
struct wire_answer {
	uint64_t bytes;		/* that have arrived */
	uint64_t verified;	/* of them were compared */
	uint64_t errors;	/* samples that were wrong */
	char refused[WIRE_REASON];	/* why it does not want it, or empty */
};

/* All return 0, or -1 with the reason in net->failure. */
int wire_send_stream(struct net *n, const struct wire_stream *w);
int wire_recv_stream(struct net *n, struct wire_stream *w);
int wire_send_answer(struct net *n, const struct wire_answer *a);
/* An answer that refuses is a failure. */
int wire_recv_answer(struct net *n, struct wire_answer *a);

#endif
