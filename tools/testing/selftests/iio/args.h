/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What iio_stream was asked to do.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#ifndef ARGS_H
#define ARGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common.h"
#include "net.h"

#define MAX_SETS	16

enum stream_action {
	ACTION_STREAM,
	ACTION_LIST,
	ACTION_CHECK_FILE,
	ACTION_MAKE_FILE,
	ACTION_RECEIVE,
};

enum stream_dir {
	STREAM_IN,
	STREAM_OUT,
	STREAM_LOOPBACK,
};

enum stream_mode {
	MODE_FILEIO,
	MODE_DMABUF,
	MODE_URING,
};

enum report_format {
	FORMAT_TAP,
	FORMAT_TABLE,
	FORMAT_CSV,
};

struct side_options {
	const char *device;	/* NULL: the first that fits */
	int buffer;		/* negative: the first that fits */
};

struct options {
	enum stream_action action;
	enum stream_mode mode;
	enum stream_dir dir;
	enum report_format format;
	struct side_options in;
	struct side_options out;
	const char *channels;
	const char *heap;	/* NULL: udmabuf */
	bool udmabuf;
	size_t block_size;
	size_t bytes_used;
	unsigned int block_count;
	unsigned int depth;	/* blocks for one system call of io_uring */
	unsigned long long blocks;
	bool cyclic;
	bool nonblock;
	bool join;
	bool progress;
	bool header;
	const char *pattern;
	const char *set[MAX_SETS];
	unsigned int num_sets;
	const char *output;
	bool sends;
	struct net_address send;
	struct net_address receive;
	const char *sink_bytes;
	const char *sink_errors;
	unsigned int timeout;	/* seconds without a block */
	const char *file;	/* of ACTION_CHECK_FILE and ACTION_MAKE_FILE */
	unsigned long long file_bytes;
};

/* Prints one line and exits with status 2 if the arguments are no good. */
void parse_args(struct options *o, int argc, char **argv);

void usage_error(const char *fmt, ...)
	__printf(1, 2) __noreturn;

const char *mode_name(enum stream_mode mode);
const char *dir_name(enum stream_dir dir);

#endif
