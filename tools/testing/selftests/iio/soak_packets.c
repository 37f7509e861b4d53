// SPDX-License-Identifier: GPL-2.0
/*
 * The source ends its packets at random, and with them the blocks. How much is
 * in a block is told by where the next one begins: so a block is compared when
 * the next one is there, and enqueued after that.
 *
 * Where a block is in several pieces, a packet that ends in one of them leaves
 * holes. These blocks are in one piece.
 */
#include <string.h>

#include "soak.h"

#define SIZE		65536
#define MAX_TRANSFERS	1024

static void compare(struct soak *s, struct soak_block *b,
		    const struct soak_block *next)
{
	unsigned long long len = next->pos - b->pos;

	SOAK_CHECK(s, len && len <= b->len,
		   "%llu bytes between two blocks, of which the first has %zu",
		   len, b->len);
	s->counts.early += len < b->len;
	s->counts.shorter += b->len < s->size;
	b->len = len;
	s->counts.blocks++;
	s->counts.bytes += len;
	soak_compare(s, b, len);
}

static size_t random_length(struct soak *s)
{
	return soak_one_in(s, 2) ? s->size :
	       (soak_below(s, s->size / s->unit) + 1) * s->unit;
}

static void transfer(struct soak *s)
{
	unsigned long long n = soak_spread(s, MAX_TRANSFERS);
	struct soak_block *b, *last = NULL;

	while (n--) {
		b = soak_wait_first(s);
		b->pos = last ? soak_begin_of(s, b, last->pos + last->len) : 0;
		if (last) {
			compare(s, last, b);
			soak_enqueue(s, last, random_length(s), 0);
			last->pos = 0;
		}
		last = b;
		if (soak_one_in(s, 64))
			soak_pause(s, 4);
	}
}

static void run(struct soak *s)
{
	unsigned int i;

	s->counts.runs++;
	soak_set_far_end(s, "packet_bytes", soak_spread(s, 4 * SIZE));
	soak_set_far_end(s, "packet_seed", soak_below(s, 1ULL << 32));
	soak_open(s);
	soak_attach(s);
	for (i = 0; i < s->num; i++)
		soak_enqueue(s, &s->blocks[i], random_length(s), 0);
	soak_enable(s, true);
	transfer(s);
	while (s->queued)
		soak_wait_first(s);
	soak_enable(s, false);
	soak_close(s);
	soak_set_far_end(s, "packet_bytes", 0);
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
	memcpy(usual, s->blocks, sizeof(usual));
	soak_alloc(s, SIZE, "system");
	run(s);
	soak_free(s);
	memcpy(s->blocks, usual, sizeof(usual));
	s->size = usual_size;
}
