// SPDX-License-Identifier: GPL-2.0
/*
 * iio_stream: streams samples through the buffers of IIO devices, by read()
 * and write() or by DMABUFs, and verifies every one of them.
 *
 *   iio_stream --list
 *   iio_stream --dir in --set in_voltage_test_mode=pn23 --pattern pn23
 *   iio_stream --dir out --device my-dac --block-size 1M --blocks 256
 *   iio_stream --dir loopback --out-device my-dac --in-device my-adc --cyclic
 *   iio_stream --mode fileio --dir in --output samples.raw --pattern none
 *   iio_stream --check-file samples.raw --pattern ramp
 *   iio_stream --receive 5000, and elsewhere
 *   iio_stream --dir in --send that-machine:5000
 *
 * --help lists all options. The result is one TAP test, or one line of a table.
 * It needs an IIO device whose driver uses DMA buffers, and memory from a DMA
 * heap or udmabuf; it knows of no particular device, so the source of the
 * samples (a test pattern of the converter, a cable, a digital loopback) is
 * chosen with --set and --pattern.
 *
 * args.c         the command line
 * iio_sysfs.c    devices, buffers and channels by name
 * iio_buffer.c   the system calls on a buffer
 * dmabuf.c       memory, CPU access, fences
 * pattern.c      what the samples should be
 * verify.c       whether they are
 * stream.c       one run: set-up, threads, supervision
 * stream_*.c     the ways to move the data, and the DMABUFs for that
 * link.c         the receiver of --send
 * receive.c      --receive
 * wire.c         what these two say to each other
 * net.c          TCP that never waits for ever
 * zerocopy.c     sending without a copy
 * report.c       the result
 * file_mode.c    patterns in files, for use with other programs
 *
 * Copyright (C) 2026 the dma_vec project
 */
#include <stdio.h>

#include "args.h"
#include "file_mode.h"
#include "iio_buffer.h"
#include "iio_sysfs.h"
#include "receive.h"
#include "stream.h"

#define EXIT_SKIP	4

static unsigned int num_listed;

static void list_buffer(const struct iio_target *t)
{
	unsigned int i;

	printf("%s buffer%u %s %s %s:", t->device, t->index,
	       t->name[0] ? t->name : "-", t->dir == IIO_DIR_IN ? "in" : "out",
	       iio_takes_dmabufs(t) ? "fileio,dmabuf" : "fileio");
	for (i = 0; i < t->num_channels; i++)
		printf(" %s", t->channels[i].name);
	printf("\n");
	num_listed++;
}

static int list(void)
{
	iio_walk(list_buffer);
	if (num_listed)
		return 0;
	fprintf(stderr, "iio_stream: there are no IIO buffers here\n");

	return EXIT_SKIP;
}

int main(int argc, char **argv)
{
	struct options opt;

	parse_args(&opt, argc, argv);

	switch (opt.action) {
	case ACTION_LIST:
		return list();
	case ACTION_CHECK_FILE:
		return check_file(&opt);
	case ACTION_MAKE_FILE:
		return make_file(&opt);
	case ACTION_RECEIVE:
		return receive_main(&opt);
	default:
		return stream_main(&opt);
	}
}
