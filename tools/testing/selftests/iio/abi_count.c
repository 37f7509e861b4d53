// SPDX-License-Identifier: GPL-2.0
/*
 * What write() takes is what it says that it has taken, whatever ends it: a length
 * that is no whole number of sample sets, a signal, user memory that ends, a
 * transfer that fails. Programs such as cat and dd go on behind that, so nothing
 * is lost and nothing is sent twice. An error comes with the next call.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "abi.h"
#include "abi_waiter.h"

#define BLOCK	16384	/* of read() and write() */
#define BLOCKS	16
#define MUCH	(4 << 20)	/* more than fits between the two sides */
#define PAGE	4096

static char data[MUCH];
static size_t length;

static size_t block_size(const struct abi *t)
{
	return BLOCK / t->side->unit * t->side->unit;
}

static void set_length(struct abi *t)
{
	EXPECT(iio_buffer_attr_write(&t->target, "length",
				     2 * block_size(t) / t->side->datum), 0);
}

/* For reading or writing, with @len bytes of the pattern in @data. */
static void start(struct abi *t, size_t len)
{
	length = len / block_size(t) * block_size(t);
	if (t->target.dir == IIO_DIR_OUT)
		pattern_fill(&t->pattern, data, length);
	set_length(t);
	abi_enable(t);
}

static void all_has_left(struct abi *t)
{
	EXPECT(fsync(t->fd) ? -errno : 0, 0);
	abi_check_sink(t, length);
}

/*
 * As programs do: what a call did not take is for the next one. A part of a sample
 * set is taken as well, or else there would be no end to it.
 */
static void write_piece(struct abi *t, const char *piece, size_t len)
{
	struct pollfd pfd = { .fd = t->fd, .events = POLLOUT };
	ssize_t n;

	while (len) {
		n = write(t->fd, piece, len);
		if (n < 0 && errno == EAGAIN) {
			CHECK(poll(&pfd, 1, WAIT_MS) == 1, "no room for more");
			continue;
		}
		CHECK(n > 0, "write() of %zu bytes: %s", len,
		      n < 0 ? strerror(errno) : "0");
		CHECK((size_t)n <= len, "write() took %zd of %zu bytes", n, len);
		piece += n;
		len -= n;
	}
}

static void write_pieces(struct abi *t, size_t piece)
{
	size_t pos, len;

	start(t, BLOCKS * BLOCK);
	for (pos = 0; pos < length; pos += len) {
		len = length - pos < piece ? length - pos : piece;
		write_piece(t, data + pos, len);
	}
	all_has_left(t);
}

/* One more than a whole number of sample sets. */
static void write_odd_pieces(struct abi *t)
{
	write_pieces(t, 16 * t->side->datum + 1);
}

/* One less, and more than a block. */
static void write_large_odd_pieces(struct abi *t)
{
	write_pieces(t, block_size(t) + 5 * t->side->datum - 1);
}

static void write_odd_pieces_nonblock(struct abi *t)
{
	EXPECT(iio_set_nonblock(t->fd, true), 0);
	write_pieces(t, block_size(t) / 2 + t->side->datum / 2 + 1);
}

static void write_bytes(struct abi *t)
{
	size_t pos;

	start(t, block_size(t));
	for (pos = 0; pos < length; pos++)
		write_piece(t, data + pos, 1);
	all_has_left(t);
}

static void write_any_pieces(struct abi *t)
{
	unsigned int seed = t->env->seed;
	size_t pos, len;

	start(t, 4 * BLOCKS * BLOCK);
	for (pos = 0; pos < length; pos += len) {
		len = 1 + rand_r(&seed) % (2 * BLOCK);
		if (len > length - pos)
			len = length - pos;
		write_piece(t, data + pos, len);
	}
	all_has_left(t);
}

/*
 * fsync() in the middle of a sample set sends what is whole. The rest waits for what
 * completes it, or is reported.
 */
static void write_part_of_a_set(struct abi *t)
{
	size_t whole = 8 * t->side->unit;
	int ret;

	if (t->side->datum == 1)
		abi_skip("a sample set has one byte");
	start(t, BLOCK);
	write_piece(t, data, whole + 1);
	ret = fsync(t->fd) ? -errno : 0;
	CHECK(!ret || ret == -EIO, "fsync: %s", abi_error(ret));
	abi_check_sink(t, whole);
	if (ret)
		return;
	write_piece(t, data + whole + 1, length - whole - 1);
	all_has_left(t);
}

/* Samples are read in whole sets, whatever is asked for; none is lost. */
static void read_odd_pieces(struct abi *t)
{
	size_t pos, piece = 16 * t->side->datum + 1;
	ssize_t n;

	start(t, BLOCKS * BLOCK);
	for (pos = 0; pos < length; pos += n) {
		n = read(t->fd, data, piece);
		CHECK(n > 0, "read() of %zu bytes: %s", piece,
		      n < 0 ? strerror(errno) : "0");
		CHECK(n % t->side->datum == 0, "read() returns %zd bytes", n);
		if (t->checked)
			verify_data(&t->verify, data, n);
		piece = 16 * t->side->datum + 1 + piece % 3 * 1001;
	}
	CHECK(!t->verify.errors, "wrong sample at byte %llu",
	      t->verify.first.stream_offset);
}

static size_t written;

static int write_rest(struct abi *t)
{
	ssize_t n = write(t->fd, data + written, length - written);

	return n < 0 ? -errno : n;
}

static void drain(struct abi *peer)
{
	static char got[BLOCK];
	size_t pos;
	ssize_t n;

	for (pos = 0; pos < length; pos += n) {
		n = read(peer->fd, got, sizeof(got));
		CHECK(n > 0, "read: %zd", n < 0 ? (ssize_t)-errno : n);
		CHECK(!memcmp(got, data + pos, n),
		      "what was written and what has arrived differ at byte %zu",
		      pos);
	}
}

/*
 * A signal ends a call that has taken something. The program goes on behind that,
 * and the other side gets each byte once.
 */
static void write_interrupted(struct abi *t)
{
	struct abi *peer = abi_open_peer(t);
	struct abi_waiter w;
	int ret;

	if (block_size(t) != block_size(peer))
		abi_skip("the two sides have blocks of different sizes");
	abi_stall(t);
	abi_stall(peer);
	start(t, MUCH);
	pattern_init(&t->pattern, "ramp", false);
	pattern_fill(&t->pattern, data, length);

	waiter_start(&w, t, write_rest);
	kill(w.pid, WAITER_INTERRUPT);
	ret = waiter_result(&w);
	CHECK(ret > 0, "write() that has taken something ends with %s",
	      abi_error(ret));
	written = ret;

	waiter_start(&w, t, write_rest);
	set_length(peer);
	abi_enable(peer);
	drain(peer);
	EXPECT(waiter_result(&w), (int)(length - written));
}

/* Memory of which the last page is not there. */
static char *edge(size_t len)
{
	size_t size = (len + PAGE - 1) / PAGE * PAGE;
	char *p = mmap(NULL, size + PAGE, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	CHECK(p != MAP_FAILED, "mmap: %s", strerror(errno));
	CHECK(!munmap(p + size, PAGE), "munmap: %s", strerror(errno));

	return p + size - len;
}

static void write_beyond_memory(struct abi *t)
{
	size_t there, n = block_size(t);
	ssize_t ret;
	char *end;

	start(t, 4 * n);
	/* Two blocks and a half, of four. */
	there = 2 * n + n / 2 / t->side->unit * t->side->unit;
	end = edge(there);
	memcpy(end, data, there);

	ret = write(t->fd, end, length);
	CHECK(ret > 0, "write() that has taken two blocks ends with %s",
	      abi_error(-errno));
	CHECK((size_t)ret <= there, "%zd bytes of %zu", ret, there);
	EXPECT(write(t->fd, end + there, n) < 0 ? -errno : 0, -EFAULT);
	write_piece(t, data + ret, length - ret);
	all_has_left(t);
}

/* The device goes while a call waits that has taken something. */
static void write_then_gone(struct abi *t)
{
	struct abi_driver driver;
	struct abi_waiter w;
	int ret;

	abi_stall(t);
	start(t, MUCH);
	waiter_start(&w, t, write_rest);
	abi_take_away(t, &driver);
	ret = waiter_result(&w);
	CHECK(ret > 0, "write() that has taken something ends with %s",
	      abi_error(ret));
	EXPECT(write_rest(t), -ENODEV);
	EXPECT(fsync(t->fd) ? -errno : 0, -ENODEV);
	abi_bind_again(t, &driver);
}

const struct abi_test abi_count_tests[] = {
	{ "write_odd_pieces", write_odd_pieces, SIDE_OUT, 0 },
	{ "write_large_odd_pieces", write_large_odd_pieces, SIDE_OUT, 0 },
	{ "write_odd_pieces_nonblock", write_odd_pieces_nonblock, SIDE_OUT, 0 },
	{ "write_bytes", write_bytes, SIDE_OUT, 0 },
	{ "write_any_pieces", write_any_pieces, SIDE_OUT, 0 },
	{ "write_part_of_a_set", write_part_of_a_set, SIDE_OUT, 0 },
	{ "read_odd_pieces", read_odd_pieces, SIDE_IN, 0 },
	{ "write_interrupted", write_interrupted, SIDE_OUT, NEED_STALL | NEED_PEER },
	{ "write_beyond_memory", write_beyond_memory, SIDE_OUT, 0 },
	{ "write_then_gone", write_then_gone, SIDE_OUT, NEED_STALL | NEED_UNBIND },
	{ 0 },
};
