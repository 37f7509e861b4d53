// SPDX-License-Identifier: GPL-2.0
/*
 * The command line of iio_stream. Whatever can be known to be wrong before a
 * device is touched is refused here, in one line.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "args.h"

#define EXIT_USAGE	2

static const char help[] =
"usage: iio_stream [options]\n"
"Streams samples through an IIO buffer and verifies every one of them.\n"
"\n"
"What\n"
"  -m, --mode MODE         fileio, dmabuf or uring (default dmabuf)\n"
"      --uring             --mode uring: DMABUFs, many with one system call\n"
"      --depth N           how many of them (default: half of --block-count)\n"
"  -d, --dir DIR           in, out, or loopback, which is both at once: what\n"
"                          arrives has to be what is sent (default in)\n"
"  -p, --pattern PATTERN   ramp, pn9, pn23, file:PATH or none (default ramp)\n"
"      --join              the source ran before: begin where it is\n"
"  -n, --blocks N          how many blocks to transfer (default 64)\n"
"  -s, --block-size SIZE   bytes of a block; K, M or G may follow (default 64K)\n"
"  -c, --block-count N     DMABUFs in turn (default 4)\n"
"  -u, --bytes-used SIZE   of each DMABUF only so much (default all of a block)\n"
"  -y, --cyclic            output: the first block again and again, until\n"
"                          --blocks of them have arrived at the input\n"
"                          (loopback), or were seen not to end (out)\n"
"  -b, --nonblock          O_NONBLOCK\n"
"Where\n"
"  -D, --device DEV        IIO device by name, iio:deviceN or /dev path\n"
"  -B, --buffer N          which of its buffers (default: first that fits)\n"
"      --in-device DEV, --in-buffer N, --out-device DEV, --out-buffer N\n"
"                          the same for one side of a loopback\n"
"  -C, --channels LIST     voltage0,voltage1 or all (default all)\n"
"  -S, --set ATTR=VALUE    device attribute to set first; may be repeated\n"
"  -H, --heap NAME         memory from /dev/dma_heap/NAME (default system)\n"
"  -U, --udmabuf           memory from /dev/udmabuf\n"
"Result\n"
"  -f, --format FORMAT     tap, table or csv (default tap)\n"
"      --header            begin with the names of the columns\n"
"  -o, --output FILE       write what arrives into a file\n"
"      --send HOST:PORT    send what arrives to another iio_stream, which\n"
"                          verifies it; without a copy from udmabuf, which is\n"
"                          the default then\n"
"      --sink-bytes FILE, --sink-errors FILE\n"
"                          output: files with the number of bytes that the\n"
"                          receiver has got and of the samples it found wrong\n"
"  -P, --progress          report progress on stderr\n"
"  -t, --timeout SECONDS   give up after so long without a block (default 30)\n"
"Instead\n"
"  -l, --list              list the buffers that are there\n"
"      --check-file FILE   verify a file of samples; --bytes N: at least N\n"
"      --make-file FILE    write --bytes N of the pattern into a file\n"
"      --receive [HOST:]PORT\n"
"                          wait for a sender, and verify what it sends; with\n"
"                          --pattern, --output; PORT 0: one that is free\n"
"  -h, --help              this text\n"
"\n"
"Exit status: 0 all verified, 1 wrong samples or failure, 2 wrong usage,\n"
"4 the device or the memory is not there.\n";

enum {
	OPT_IN_DEVICE = 256,
	OPT_IN_BUFFER,
	OPT_OUT_DEVICE,
	OPT_OUT_BUFFER,
	OPT_JOIN,
	OPT_HEADER,
	OPT_SINK_BYTES,
	OPT_SINK_ERRORS,
	OPT_CHECK_FILE,
	OPT_MAKE_FILE,
	OPT_BYTES,
	OPT_SEND,
	OPT_RECEIVE,
	OPT_URING,
	OPT_DEPTH,
};

static const struct option options[] = {
	{ "mode", required_argument, NULL, 'm' },
	{ "uring", no_argument, NULL, OPT_URING },
	{ "depth", required_argument, NULL, OPT_DEPTH },
	{ "dir", required_argument, NULL, 'd' },
	{ "pattern", required_argument, NULL, 'p' },
	{ "join", no_argument, NULL, OPT_JOIN },
	{ "blocks", required_argument, NULL, 'n' },
	{ "block-size", required_argument, NULL, 's' },
	{ "block-count", required_argument, NULL, 'c' },
	{ "bytes-used", required_argument, NULL, 'u' },
	{ "cyclic", no_argument, NULL, 'y' },
	{ "nonblock", no_argument, NULL, 'b' },
	{ "device", required_argument, NULL, 'D' },
	{ "buffer", required_argument, NULL, 'B' },
	{ "in-device", required_argument, NULL, OPT_IN_DEVICE },
	{ "in-buffer", required_argument, NULL, OPT_IN_BUFFER },
	{ "out-device", required_argument, NULL, OPT_OUT_DEVICE },
	{ "out-buffer", required_argument, NULL, OPT_OUT_BUFFER },
	{ "channels", required_argument, NULL, 'C' },
	{ "set", required_argument, NULL, 'S' },
	{ "heap", required_argument, NULL, 'H' },
	{ "udmabuf", no_argument, NULL, 'U' },
	{ "format", required_argument, NULL, 'f' },
	{ "header", no_argument, NULL, OPT_HEADER },
	{ "output", required_argument, NULL, 'o' },
	{ "send", required_argument, NULL, OPT_SEND },
	{ "sink-bytes", required_argument, NULL, OPT_SINK_BYTES },
	{ "sink-errors", required_argument, NULL, OPT_SINK_ERRORS },
	{ "progress", no_argument, NULL, 'P' },
	{ "timeout", required_argument, NULL, 't' },
	{ "list", no_argument, NULL, 'l' },
	{ "check-file", required_argument, NULL, OPT_CHECK_FILE },
	{ "make-file", required_argument, NULL, OPT_MAKE_FILE },
	{ "bytes", required_argument, NULL, OPT_BYTES },
	{ "receive", required_argument, NULL, OPT_RECEIVE },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

static const char * const mode_names[] = { "fileio", "dmabuf", "uring", NULL };
static const char * const dir_names[] = { "in", "out", "loopback", NULL };
static const char * const format_names[] = { "tap", "table", "csv", NULL };

const char *mode_name(enum stream_mode mode)
{
	return mode_names[mode];
}

const char *dir_name(enum stream_dir dir)
{
	return dir_names[dir];
}

void usage_error(const char *fmt, ...)
{
	va_list args;

	fprintf(stderr, "iio_stream: ");
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fprintf(stderr, " (see --help)\n");
	exit(EXIT_USAGE);
}

static int one_of(const char *what, const char *val, const char * const *names)
{
	int i;

	for (i = 0; names[i]; i++)
		if (!strcmp(val, names[i]))
			return i;

	usage_error("--%s: '%s' is unknown", what, val);
}

/* How many bits the letter behind a number moves it to the left. */
static unsigned int unit_shift(const char *what, const char *val,
			       const char *unit)
{
	static const char units[] = "KMG";
	const char *found;

	if (!*unit)
		return 0;

	found = strchr(units, *unit);
	if (!found || unit[1])
		usage_error("--%s: '%s' is not a number", what, val);

	return 10 * (found - units + 1);
}

static unsigned long long parse_number(const char *what, const char *val, unsigned long long max)
{
	unsigned int shift;
	unsigned long long num;
	char *end;

	errno = 0;
	num = strtoull(val, &end, 0);
	if (end == val || *val == '-' || errno)
		usage_error("--%s: '%s' is not a number", what, val);

	shift = unit_shift(what, val, end);
	if (num > max >> shift)
		usage_error("--%s: %s is too large", what, val);

	return num << shift;
}

static unsigned long long positive(const char *what, const char *val, unsigned long long max)
{
	unsigned long long num = parse_number(what, val, max);

	if (!num)
		usage_error("--%s: must not be 0", what);

	return num;
}

static void add_set(struct options *o, const char *val)
{
	const char *eq = strchr(val, '=');

	if (!eq || eq == val)
		usage_error("--set: '%s' is not ATTR=VALUE", val);
	if (memchr(val, '/', eq - val))
		usage_error("--set: '%s' is not an attribute of the device", val);
	if (o->num_sets == MAX_SETS)
		usage_error("--set: more than %d", MAX_SETS);

	o->set[o->num_sets++] = val;
}

static void set_file_action(struct options *o, enum stream_action action,
			    const char *file)
{
	if (o->file)
		usage_error("one file at a time can be checked or made");

	o->action = action;
	o->file = file;
}

/* What has a number or one of several names behind it. */
static bool parse_value(struct options *o, int opt, const char *val)
{
	switch (opt) {
	case 'm':
		o->mode = one_of("mode", val, mode_names);
		return true;
	case 'd':
		o->dir = one_of("dir", val, dir_names);
		return true;
	case 'f':
		o->format = one_of("format", val, format_names);
		return true;
	case 'n':
		o->blocks = positive("blocks", val, ULLONG_MAX);
		return true;
	case 's':
		o->block_size = positive("block-size", val, SIZE_MAX / 4);
		return true;
	case 'c':
		o->block_count = positive("block-count", val, 65536);
		return true;
	case OPT_DEPTH:
		o->depth = positive("depth", val, 65536);
		return true;
	case 'u':
		o->bytes_used = positive("bytes-used", val, SIZE_MAX / 4);
		return true;
	case 't':
		o->timeout = positive("timeout", val, 86400);
		return true;
	case 'B':
		o->in.buffer = parse_number("buffer", val, 1000);
		o->out.buffer = o->in.buffer;
		return true;
	case OPT_IN_BUFFER:
		o->in.buffer = parse_number("in-buffer", val, 1000);
		return true;
	case OPT_OUT_BUFFER:
		o->out.buffer = parse_number("out-buffer", val, 1000);
		return true;
	case OPT_BYTES:
		o->file_bytes = parse_number("bytes", val, ULLONG_MAX);
		return true;
	default:
		return false;
	}
}

static bool parse_address(struct options *o, int opt, const char *val)
{
	switch (opt) {
	case OPT_SEND:
		if (!net_parse_peer(&o->send, val))
			usage_error("--send: '%s' is not HOST:PORT", val);
		o->sends = true;
		return true;
	case OPT_RECEIVE:
		if (!net_parse_local(&o->receive, val))
			usage_error("--receive: '%s' is not PORT or HOST:PORT", val);
		o->action = ACTION_RECEIVE;
		return true;
	default:
		return false;
	}
}

static bool parse_name(struct options *o, int opt, const char *val)
{
	switch (opt) {
	case 'p':
		o->pattern = val;
		return true;
	case 'D':
		o->in.device = val;
		o->out.device = val;
		return true;
	case OPT_IN_DEVICE:
		o->in.device = val;
		return true;
	case OPT_OUT_DEVICE:
		o->out.device = val;
		return true;
	case 'C':
		o->channels = strcmp(val, "all") ? val : NULL;
		return true;
	case 'S':
		add_set(o, val);
		return true;
	case 'H':
		if (!*val || strchr(val, '/'))
			usage_error("--heap: '%s' is not the name of a heap", val);
		o->heap = val;
		return true;
	case 'o':
		o->output = val;
		return true;
	case OPT_SINK_BYTES:
		o->sink_bytes = val;
		return true;
	case OPT_SINK_ERRORS:
		o->sink_errors = val;
		return true;
	case OPT_CHECK_FILE:
		set_file_action(o, ACTION_CHECK_FILE, val);
		return true;
	case OPT_MAKE_FILE:
		set_file_action(o, ACTION_MAKE_FILE, val);
		return true;
	default:
		return false;
	}
}

static bool parse_flag(struct options *o, int opt)
{
	switch (opt) {
	case 'y':
		o->cyclic = true;
		return true;
	case 'b':
		o->nonblock = true;
		return true;
	case 'U':
		o->udmabuf = true;
		return true;
	case OPT_URING:
		o->mode = MODE_URING;
		return true;
	case 'P':
		o->progress = true;
		return true;
	case OPT_JOIN:
		o->join = true;
		return true;
	case OPT_HEADER:
		o->header = true;
		return true;
	case 'l':
		o->action = ACTION_LIST;
		return true;
	default:
		return false;
	}
}

/* getopt's own messages don't say what to do. */
static void refuse(int opt, char **argv, int at)
{
	if (opt == ':')
		usage_error("%s needs a value", argv[at - 1]);

	usage_error("unknown option %s", argv[at - 1]);
}

static void check_cyclic(const struct options *o)
{
	if (!o->cyclic)
		return;
	if (o->mode == MODE_FILEIO)
		usage_error("--cyclic needs --mode dmabuf or uring");
	if (o->dir == STREAM_IN)
		usage_error("--cyclic is for output: --dir out or loopback");
}

static void check_output(const struct options *o)
{
	if (o->output && o->dir == STREAM_OUT)
		usage_error("--output: nothing arrives with --dir out");
	if ((o->sink_bytes || o->sink_errors) && o->dir != STREAM_OUT)
		usage_error("--sink-bytes, --sink-errors: for --dir out only");
	if (!o->sink_bytes != !o->sink_errors)
		usage_error("--sink-bytes and --sink-errors go together");
	if (o->join && o->dir != STREAM_IN)
		usage_error("--join is for --dir in");
}

static void check_send(const struct options *o)
{
	if (!o->sends)
		return;
	if (o->dir != STREAM_IN)
		usage_error("--send is for --dir in");
	if (o->output)
		usage_error("--send: --output is for the receiver");
}

/* Memory that the network can use in place is the better default for it. */
static void choose_memory(struct options *o)
{
	if (o->heap && o->udmabuf)
		usage_error("memory from a heap or from udmabuf, not both");
	if (!o->heap && !o->udmabuf && !o->sends)
		o->heap = "system";
}

static void check_depth(struct options *o)
{
	if (o->depth && o->mode != MODE_URING)
		usage_error("--depth needs --mode uring");
	if (o->depth > o->block_count)
		usage_error("--depth: there are only %u blocks", o->block_count);
	if (o->mode == MODE_URING && o->bytes_used > INT_MAX)
		usage_error("--mode uring: at most %d bytes in a block", INT_MAX);
	if (!o->depth)
		o->depth = (o->block_count + 1) / 2;
}

static void check_sizes(struct options *o)
{
	if (!o->bytes_used)
		o->bytes_used = o->block_size;
	if (o->bytes_used > o->block_size)
		usage_error("--bytes-used: more than a block");
	if (o->mode == MODE_FILEIO && o->bytes_used != o->block_size)
		usage_error("--bytes-used needs --mode dmabuf or uring");
	if (o->blocks > ULLONG_MAX / o->block_size)
		usage_error("--blocks: too many of this size");
}

static void check_stream(struct options *o)
{
	if (o->file_bytes)
		usage_error("--bytes is for --check-file and --make-file");

	check_sizes(o);
	check_depth(o);
	check_cyclic(o);
	check_output(o);
	check_send(o);
	choose_memory(o);
}

void parse_args(struct options *o, int argc, char **argv)
{
	int opt;

	*o = (struct options) {
		.mode = MODE_DMABUF,
		.in.buffer = -1,
		.out.buffer = -1,
		.block_size = 65536,
		.block_count = 4,
		.blocks = 64,
		.timeout = 30,
	};

	opterr = 0;
	while ((opt = getopt_long(argc, argv,
				  ":m:d:p:n:s:c:u:ybD:B:C:S:H:Uf:o:Pt:lh",
				  options, NULL)) != -1) {
		if (opt == 'h') {
			fputs(help, stdout);
			exit(0);
		}
		if (!parse_flag(o, opt) && !parse_name(o, opt, optarg) &&
		    !parse_address(o, opt, optarg) &&
		    !parse_value(o, opt, optarg))
			refuse(opt, argv, optind);
	}
	if (optind < argc)
		usage_error("'%s' is not an option", argv[optind]);

	/* A receiver believes its sender. */
	if (!o->pattern && o->action != ACTION_RECEIVE)
		o->pattern = "ramp";
	if (o->sends && o->action != ACTION_STREAM)
		usage_error("--send is for streams");
	if (o->action == ACTION_STREAM)
		check_stream(o);
}
