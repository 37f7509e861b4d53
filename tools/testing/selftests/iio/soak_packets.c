// SPDX-License-Identifier: GPL-2.0
/*
 * The source ends its packets at random, and with them the blocks. The kernel
 * tells how much is in each of them, and the next one goes on from there.
 *
 * Where a block is in several pieces, a packet that ends in one of them leaves
 * holes. These blocks are in one piece.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#include <string.h>

#include "soak.h"

#define SIZE		65536
#define MAX_TRANSFERS	1024

static size_t random_length(struct soak *s)
{
	return soak_one_in(s, 2) ? s->size :
	       (soak_below(s, s->size / s->unit) + 1) * s->unit;
}

static void retire(struct soak *s, unsigned long long *pos)
{
	struct soak_block *b = soak_wait_first(s);
	size_t len = soak_transferred(s, b);

	SOAK_CHECK(s, len && len <= b->len, "%zu bytes in a block of %zu", len,
		   b->len);
	s->counts.blocks++;
	s->counts.bytes += len;
	s->counts.shorter += b->len < s->size;
	s->counts.early += len < b->len;
	b->pos = *pos;
	b->len = len;
	soak_compare(s, b, len);
	*pos += len;
}

static void run(struct soak *s)
{
	unsigned long long n = soak_spread(s, MAX_TRANSFERS), pos = 0;
	unsigned int i;

	for (i = 0; i < s->num; i++)
		soak_enqueue(s, &s->blocks[i], random_length(s), 0);
	soak_enable(s, true);
	while (n--) {
		struct soak_block *first = s->queue[0];

		retire(s, &pos);
		soak_enqueue(s, first, random_length(s), 0);
		if (soak_one_in(s, 64))
			soak_pause(s, 4);
	}
	while (s->queued)
		retire(s, &pos);
	soak_enable(s, false);
}

/* With blocks of its own, in place of the usual ones. */
void soak_packets(struct soak *s)
{
	struct soak_block usual[SOAK_BLOCKS];
	size_t usual_size = s->size;

	if (s->dir == IIO_DIR_OUT) {
		soak_stream(s);
		return;
	}
	s->what = "packets";
	s->counts.runs++;
	memcpy(usual, s->blocks, sizeof(usual));
	soak_alloc(s, SIZE, "system");
	soak_set_far_end(s, "packet_bytes", soak_spread(s, 4 * SIZE));
	soak_set_far_end(s, "packet_seed", soak_below(s, 1ULL << 32));
	soak_open(s);
	soak_attach(s);
	run(s);
	soak_close(s);
	soak_set_far_end(s, "packet_bytes", 0);
	soak_free(s);
	memcpy(s->blocks, usual, sizeof(usual));
	s->size = usual_size;
}
