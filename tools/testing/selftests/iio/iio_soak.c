// SPDX-License-Identifier: GPL-2.0
/*
 * iio_soak: streams for as long as is wanted, with everything in between that
 * an application may do at a moment that nobody expects, and finds out whether
 * a sample was lost, repeated or out of order, and whether each fence has been
 * signalled with what it should.
 *
 *   iio_soak --device board-rx --dir in --board DIR --bytes N [--seed N]
 *
 * It is for simulated converters, which make or check a pattern of stamps (see
 * soak_data.c) and are told through files in DIR to end packets early. With a
 * kernel in virtual time, a day takes minutes. What is done, and when, follows
 * from the seed.
 *
 * soak_stream.c   blocks in a row, and the ways in which that ends
 * soak_cyclic.c   a block that is repeated
 * soak_packets.c  packets that end before the block does
 * soak_queue.c    blocks and their transfers
 * soak_ring.c     the same by io_uring
 *
 * Copyright (C) 2026 the dma_vec project
 */
#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "soak.h"

#define EXIT_USAGE	2
#define STEPS		24	/* of progress */
#define KEEP_BLOCKS	16	/* episodes with the same memory */

static const char help[] =
"usage: iio_soak --device DEV --board DIR --bytes N [options]\n"
"  -d, --device DEV     name, iio:deviceN or /dev path\n"
"  -D, --dir in|out     direction (default in)\n"
"  -B, --board DIR      what the far end tells, in debugfs\n"
"  -n, --bytes N        how much to stream; may end in K, M, G, T\n"
"  -s, --seed N         of all that is random (default 1)\n"
"  -r, --rate N         bytes per second of the far end (default: not known)\n"
"  -b, --block-size N   of large blocks (default 64M)\n"
"  -c, --blocks N       how many there are (default 4, at most 16)\n"
"  -e, --every-byte     compare every byte, not only stamps\n"
"  -h, --help           this text\n";

static const struct option options[] = {
	{ "device", required_argument, NULL, 'd' },
	{ "dir", required_argument, NULL, 'D' },
	{ "board", required_argument, NULL, 'B' },
	{ "bytes", required_argument, NULL, 'n' },
	{ "seed", required_argument, NULL, 's' },
	{ "rate", required_argument, NULL, 'r' },
	{ "block-size", required_argument, NULL, 'b' },
	{ "blocks", required_argument, NULL, 'c' },
	{ "every-byte", no_argument, NULL, 'e' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

static struct soak soak = {
	.seed = 1,
	.block_size = 64 << 20,
	.num = 4,
	.fd = -1,
	.dir = IIO_DIR_IN,
};

static void __noreturn usage(const char *what, const char *val)
{
	fprintf(stderr, "iio_soak: %s%s%s (see --help)\n", what,
		val ? " " : "", val ? val : "");
	exit(EXIT_USAGE);
}

void soak_fail(const struct soak *s, const char *fmt, ...)
{
	va_list args;

	fflush(stdout);
	fprintf(stderr, "iio_soak: %s, seed %llu, episode %llu (%s): ",
		s->device, s->seed,
		s->counts.episodes, s->what);
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fputc('\n', stderr);
	exit(1);
}

static unsigned long long parse_number(const char *val)
{
	static const char units[] = "KMGT";
	const char *unit;
	unsigned long long num;
	char *end;

	errno = 0;
	num = strtoull(val, &end, 0);
	unit = *end ? strchr(units, *end) : NULL;
	if (unit && !end[1])
		num <<= 10 * (unit - units + 1);
	else if (*end)
		num = 0;
	if (!num || errno || *val == '-')
		usage("not a positive number:", val);

	return num;
}

static void parse_dir(const char *val)
{
	if (!strcmp(val, "out"))
		soak.dir = IIO_DIR_OUT;
	else if (strcmp(val, "in"))
		usage("in or out, not", val);
}

static void parse_option(int opt, const char *val)
{
	switch (opt) {
	case 'd':
		soak.device = val;
		break;
	case 'D':
		parse_dir(val);
		break;
	case 'B':
		soak.board = val;
		break;
	case 'n':
		soak.goal = parse_number(val);
		break;
	case 's':
		soak.seed = parse_number(val);
		break;
	case 'r':
		soak.rate = parse_number(val);
		break;
	case 'b':
		soak.block_size = parse_number(val);
		break;
	case 'c':
		soak.num = parse_number(val);
		break;
	case 'e':
		soak.every_byte = true;
		break;
	case 'h':
		fputs(help, stdout);
		exit(0);
	case ':':
		usage(val, "needs a value");
	default:
		usage("unknown option", val);
	}
}

static void parse_args(int argc, char **argv)
{
	int opt;

	opterr = 0;
	while ((opt = getopt_long(argc, argv, ":d:D:B:n:s:r:b:c:eh", options,
				  NULL)) != -1)
		parse_option(opt, opt == ':' || opt == '?' ? argv[optind - 1] :
							     optarg);
	if (optind < argc)
		usage("not an option:", argv[optind]);
	if (!soak.device || !soak.board || !soak.goal)
		usage("--device, --board and --bytes are needed", NULL);
	if (access(soak.board, X_OK))
		usage("--board: no such directory:", soak.board);
	if (soak.num < 2 || soak.num > SOAK_BLOCKS)
		usage("2 to 16 blocks", NULL);
	if (soak.block_size % 4096)
		usage("the size of a block is in whole pages", NULL);
}

static void probe(struct soak *s)
{
	unsigned long long align;
	const char *name;

	s->what = "start";
	s->random = s->seed;
	for (name = s->device; *name; name++)
		s->random = 31 * s->random + *name;
	SOAK_CHECK(s, !iio_find(&s->target, s->device, -1, s->dir, true),
		   "no such buffer that takes DMABUFs");
	SOAK_OK(s, iio_enable(&s->target, false));
	SOAK_OK(s, iio_select_channels(&s->target, NULL));
	SOAK_CHECK(s, iio_datum_size(&s->target) == SOAK_FRAME,
		   "not two channels of 16 bits");
	SOAK_OK(s, iio_buffer_attr_read(&s->target, "length_align_bytes",
					&align));
	/* A stamp fits into each block, and begins at a multiple of its size. */
	s->unit = align > SOAK_STAMP ? align : SOAK_STAMP;
	soak_set_mode(s);
}

static void episode(struct soak *s)
{
	s->counts.episodes++;
	switch (soak_below(s, 8)) {
	case 0:
		soak_cyclic(s);
		break;
	case 1:
		soak_packets(s);
		break;
	default:
		soak_stream(s);
		break;
	}
}

static void progress(const struct soak *s)
{
	const struct soak_counts *c = &s->counts;
	static unsigned int shown;
	unsigned int step = c->bytes / (s->goal / STEPS + 1);

	if (step <= shown)
		return;
	shown = step;
	printf("%s: %3u %%, %llu blocks in %llu runs\n", s->device,
	       step * 100 / STEPS, c->blocks,
	       c->runs);
	fflush(stdout);
}

static void line(const struct soak *s, const char *what, unsigned long long n)
{
	printf("%s:   %-44s %16llu\n", s->device, what, n);
}

static unsigned long long seconds(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);

	return ts.tv_sec;
}

static void summary(const struct soak *s, unsigned long long elapsed)
{
	const struct soak_counts *c = &s->counts;

	printf("%s: nothing lost, repeated or out of order, seed %llu\n",
	       s->device, s->seed);
	line(s, "bytes transferred", c->bytes);
	if (s->rate)
		line(s, "  that is seconds, at the converter's rate",
		     c->bytes / s->rate);
	line(s, "seconds that went by, pauses included", elapsed);
	line(s, s->every_byte ? "bytes compared" : "stamps compared",
	     c->checked);
	line(s, "blocks", c->blocks);
	line(s, "  of which not in full length", c->shorter);
	line(s, "  of which ended early by the source", c->early);
	line(s, "  of which the kernel was asked about", c->told);
	line(s, "times the buffer was enabled", c->runs);
	line(s, "  and disabled with blocks under way", c->disabled);
	line(s, "  and closed with blocks under way", c->closed);
	line(s, "rings of io_uring", c->rings);
	line(s, "  and closed with blocks under way", c->left);
	line(s, "commands complete in them", c->commands);
	line(s, "blocks withdrawn before", c->withdrawn);
	line(s, "blocks detached while under way", c->detached);
	line(s, "cyclic blocks", c->cyclic);
	line(s, "  of which replaced by another block", c->replaced);
	line(s, "fences whose result was looked at", c->fences);
	line(s, "  of which with an error, as they should", c->failed);
}

int main(int argc, char **argv)
{
	unsigned long long start = seconds();
	struct soak *s = &soak;

	parse_args(argc, argv);
	probe(s);

	while (s->counts.bytes < s->goal) {
		if (s->counts.episodes % KEEP_BLOCKS == 0)
			soak_alloc_any(s);
		episode(s);
		if (s->counts.episodes % KEEP_BLOCKS == 0)
			soak_free(s);
		progress(s);
	}
	if (s->counts.episodes % KEEP_BLOCKS)
		soak_free(s);
	summary(s, seconds() - start);

	return 0;
}
