// SPDX-License-Identifier: GPL-2.0
/*
 * iio_bench: what the calls of the DMABUF interface cost, and what streams of
 * blocks achieve, against the size of the blocks. It measures, and asserts
 * nothing: a transfer that does not end is a result as well.
 *
 *   iio_bench --in --device my-adc --label adc enqueue attach
 *   iio_bench --out --device my-dac --udmabuf --max 1M stream
 *
 * Each result is a line of BENCH, label, memory, what was measured, bytes, unit
 * and value.
 *
 * bench_enqueue.c  from ENQUEUE to the signalled fence
 * bench_attach.c   ATTACH and DETACH
 * bench_depth.c    many blocks in the queue
 * bench_memory.c   allocations of one block, counted by bench_trace.c
 * bench_stream.c   streams by read() and write(), and by DMABUFs
 * bench_uring.c    streams by io_uring
 *
 * Copyright (C) 2026 the dma_vec project
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bench.h"

#define EXIT_USAGE	2
#define EXIT_SKIP	4

static const char help[] =
"usage: iio_bench [options] {enqueue|attach|depth|memory|stream|uring}...\n"
"  -i, --in             an input buffer (default)\n"
"  -o, --out            an output buffer\n"
"  -D, --device DEV     name, iio:deviceN or /dev path (default: first that fits)\n"
"  -H, --heap NAME      memory from /dev/dma_heap/NAME (default system)\n"
"  -U, --udmabuf        memory from /dev/udmabuf\n"
"  -m, --min SIZE       smallest block, default 4K; the next are 4 times larger\n"
"  -M, --max SIZE       largest block, default 64M\n"
"  -T, --time MS        of each measurement, default 200\n"
"  -L, --label TEXT     one word for the results, default: the device\n"
"  -h, --help           this text\n";

static const struct option options[] = {
	{ "in", no_argument, NULL, 'i' },
	{ "out", no_argument, NULL, 'o' },
	{ "device", required_argument, NULL, 'D' },
	{ "heap", required_argument, NULL, 'H' },
	{ "udmabuf", no_argument, NULL, 'U' },
	{ "min", required_argument, NULL, 'm' },
	{ "max", required_argument, NULL, 'M' },
	{ "time", required_argument, NULL, 'T' },
	{ "label", required_argument, NULL, 'L' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

typedef void (*measure_fn)(const struct bench *b);

static const struct {
	const char *name;
	measure_fn fn;
} measurements[] = {
	{ "enqueue", bench_enqueue },
	{ "attach", bench_attach },
	{ "depth", bench_depth },
	{ "memory", bench_memory },
	{ "stream", bench_stream },
	{ "uring", bench_uring },
};

static void __noreturn usage(const char *what, const char *arg)
{
	fprintf(stderr, "iio_bench: %s%s%s (see --help)\n", what, arg ? " " : "",
		arg ? arg : "");
	exit(EXIT_USAGE);
}

static size_t parse_size(const char *val)
{
	char *end;
	size_t num = strtoul(val, &end, 0);

	if (*end == 'K' && !end[1])
		num <<= 10;
	else if (*end == 'M' && !end[1])
		num <<= 20;
	else if (*end)
		num = 0;
	if (!num || *val == '-')
		usage("not a positive number:", val);

	return num;
}

static enum iio_dir parse_args(struct bench *b, const char **device, int argc,
			       char **argv)
{
	enum iio_dir dir = IIO_DIR_IN;
	int opt;

	while ((opt = getopt_long(argc, argv, ":ioD:H:Um:M:T:L:h", options,
				  NULL)) != -1) {
		switch (opt) {
		case 'i':
		case 'o':
			dir = opt == 'i' ? IIO_DIR_IN : IIO_DIR_OUT;
			break;
		case 'D':
			*device = optarg;
			break;
		case 'H':
			b->heap = optarg;
			b->memory = optarg;
			break;
		case 'U':
			b->heap = NULL;
			b->memory = "udmabuf";
			break;
		case 'm':
			b->min_size = parse_size(optarg);
			break;
		case 'M':
			b->max_size = parse_size(optarg);
			break;
		case 'T':
			b->time_ms = parse_size(optarg);
			break;
		case 'L':
			if (!*optarg || strpbrk(optarg, " \t\n"))
				usage("--label is one word, not", optarg);
			b->label = optarg;
			break;
		case 'h':
			fputs(help, stdout);
			exit(0);
		case ':':
			usage("needs a value:", argv[optind - 1]);
		default:
			usage("unknown option", argv[optind - 1]);
		}
	}

	return dir;
}

uint64_t bench_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);

	return ts.tv_sec * 1000000000ULL + ts.tv_nsec;
}

void bench_result(const struct bench *b, const char *what, size_t size,
		  const char *unit, double value)
{
	printf("BENCH %s %s %s %zu %s %.3f\n", b->label, b->memory, what, size,
	       unit, value);
	fflush(stdout);
}

void bench_failed(const struct bench *b, const char *what, size_t size,
		  const char *why)
{
	printf("BENCH %s %s %s %zu failed %s\n", b->label, b->memory, what, size,
	       why);
	fflush(stdout);
}

static measure_fn find_measurement(const char *name)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(measurements); i++)
		if (!strcmp(measurements[i].name, name))
			return measurements[i].fn;
	usage("unknown measurement", name);
}

static bool memory_there(const struct bench *b)
{
	struct dmabuf d;

	if (dmabuf_alloc(&d, b->heap, 1))
		return false;
	dmabuf_free(&d);

	return true;
}

int main(int argc, char **argv)
{
	struct bench b = {
		.heap = "system",
		.memory = "system",
		.time_ms = 200,
		.min_size = 4096,
		.max_size = 64 << 20,
	};
	const char *device = NULL;
	unsigned long long align;
	enum iio_dir dir;
	measure_fn measure;
	int i;

	dir = parse_args(&b, &device, argc, argv);
	if (optind == argc)
		usage("nothing to measure", NULL);
	for (i = optind; i < argc; i++)
		find_measurement(argv[i]);
	if (b.min_size > b.max_size)
		usage("--min is larger than --max", NULL);
	if (iio_find(&b.target, device, -1, dir, true) ||
	    iio_enable(&b.target, false) ||
	    iio_select_channels(&b.target, NULL)) {
		fprintf(stderr, "iio_bench: no such buffer that takes DMABUFs\n");
		return EXIT_SKIP;
	}
	if (!memory_there(&b)) {
		fprintf(stderr, "iio_bench: no memory from %s\n", b.memory);
		return EXIT_SKIP;
	}
	if (iio_buffer_attr_read(&b.target, "length_align_bytes", &align) || !align)
		align = 1;
	b.unit = align > iio_datum_size(&b.target) ? align :
						     iio_datum_size(&b.target);
	if (!b.label)
		b.label = b.target.name;

	for (i = optind; i < argc; i++) {
		measure = find_measurement(argv[i]);
		measure(&b);
	}

	return 0;
}
