// SPDX-License-Identifier: GPL-2.0
/*
 * The two messages of --send and --receive, as they are on the wire. What comes
 * from the network is checked here, and nowhere else: whoever connects to a
 * port, or listens there, need not be one of us.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#include <assert.h>
#include <ctype.h>
#include <endian.h>
#include <stddef.h>
#include <string.h>

#include "wire.h"

#define VERSION		1

#define FLAG_BE		0x1
#define FLAG_JOIN	0x2

static const uint8_t magic[8] = { 'I', 'I', 'O', 'b', 'l', 'k', '\r', '\n' };

struct raw_stream {
	uint8_t magic[8];
	uint32_t version;
	uint32_t flags;
	uint64_t block_size;
	uint64_t blocks;
	char pattern[WIRE_PATTERN];	/* filled up with zeros */
	uint8_t reserved[16];
};

struct raw_answer {
	uint8_t magic[8];
	uint32_t version;
	uint32_t reserved;
	uint64_t bytes;
	uint64_t verified;
	uint64_t errors;
	char refused[WIRE_REASON];	/* the same */
	uint8_t reserved2[24];
};

static_assert(sizeof(struct raw_stream) == 64, "has holes");
static_assert(sizeof(struct raw_answer) == 128, "has holes");

/* Somebody else may say a few words and then wait: he is known by his first. */
static int recv_message(struct net *n, void *raw, size_t len)
{
	ssize_t got = net_recv(n, raw, sizeof(magic));

	if (got < 0)
		return -1;
	if (memcmp(raw, magic, got))
		return net_fail(n, " is no iio_stream");
	if (got == sizeof(magic))
		got += net_recv(n, (char *)raw + got, len - got);
	if (n->failure[0])
		return -1;
	if ((size_t)got < len)
		return net_fail(n, " has closed the connection");

	return 0;
}

int wire_send_stream(struct net *n, const struct wire_stream *w)
{
	struct raw_stream raw = {
		.version = htobe32(VERSION),
		.flags = htobe32((w->be ? FLAG_BE : 0) |
				 (w->join ? FLAG_JOIN : 0)),
		.block_size = htobe64(w->block_size),
		.blocks = htobe64(w->blocks),
	};

	memcpy(raw.magic, magic, sizeof(magic));
	memcpy(raw.pattern, w->pattern, sizeof(raw.pattern) - 1);

	return net_send(n, &raw, sizeof(raw));
}

static bool all_zero(const uint8_t *bytes, size_t len)
{
	while (len)
		if (bytes[--len])
			return false;

	return true;
}

/* Text from the network goes to a terminal. */
static void copy_text(char *to, const char *from, size_t size)
{
	size_t i;

	for (i = 0; i < size - 1 && from[i]; i++)
		to[i] = isprint((unsigned char)from[i]) ? from[i] : '?';
	memset(to + i, 0, size - i);
}

int wire_recv_stream(struct net *n, struct wire_stream *w)
{
	struct raw_stream raw;
	uint32_t flags;

	if (recv_message(n, &raw, sizeof(raw)))
		return -1;

	flags = be32toh(raw.flags);
	if (be32toh(raw.version) != VERSION || flags & ~(FLAG_BE | FLAG_JOIN) ||
	    !all_zero(raw.reserved, sizeof(raw.reserved)))
		return net_fail(n, " is an iio_stream of another version");

	copy_text(w->pattern, raw.pattern, sizeof(w->pattern));
	w->be = flags & FLAG_BE;
	w->join = flags & FLAG_JOIN;
	w->block_size = be64toh(raw.block_size);
	w->blocks = be64toh(raw.blocks);

	if (!w->block_size || !w->blocks ||
	    w->blocks > UINT64_MAX / w->block_size)
		return net_fail(n, " is to send nothing, or more than there can be");

	return 0;
}

int wire_send_answer(struct net *n, const struct wire_answer *a)
{
	struct raw_answer raw = {
		.version = htobe32(VERSION),
		.bytes = htobe64(a->bytes),
		.verified = htobe64(a->verified),
		.errors = htobe64(a->errors),
	};

	memcpy(raw.magic, magic, sizeof(magic));
	memcpy(raw.refused, a->refused, sizeof(raw.refused) - 1);

	return net_send(n, &raw, sizeof(raw));
}

int wire_recv_answer(struct net *n, struct wire_answer *a)
{
	struct raw_answer raw;

	if (recv_message(n, &raw, sizeof(raw)))
		return -1;
	if (be32toh(raw.version) != VERSION || raw.reserved ||
	    !all_zero(raw.reserved2, sizeof(raw.reserved2)))
		return net_fail(n, " is an iio_stream of another version");

	a->bytes = be64toh(raw.bytes);
	a->verified = be64toh(raw.verified);
	a->errors = be64toh(raw.errors);
	copy_text(a->refused, raw.refused, sizeof(a->refused));
	if (a->refused[0])
		return net_fail(n, ": %s", a->refused);

	return 0;
}
