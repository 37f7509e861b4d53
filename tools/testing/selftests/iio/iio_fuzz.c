// SPDX-License-Identifier: GPL-2.0
/*
 * iio_fuzz: many processes and threads do whatever can be done with IIO buffers and
 * DMABUFs, at random; some of it makes sense. Whatever they do, no call may hang,
 * and nothing may be left when they are gone.
 *
 *   iio_fuzz --seconds 60 --unbind
 *
 * fuzz_buffer.c   the ioctls of a buffer     fuzz_memory.c   DMABUFs of all kinds
 * fuzz_fileio.c   read, write, fsync, poll   fuzz_fence.c    sync files
 * fuzz_sysfs.c    settings                   fuzz_uring.c    io_uring
 * fuzz_pass.c     descriptors are passed on  fuzz_process.c  fork and signals
 * fuzz_bind.c     unbind and bind drivers    fuzz_watch.c    kills, and finds hangs
 * fuzz_ffs.c      endpoints of FunctionFS    fuzz_host.c     and their USB host
 * fuzz_plug.c     pulls the cable
 *
 * Copyright (C) 2026 the dma_vec project
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "fuzz.h"
#include "kselftest.h"

#define EXIT_USAGE	2
#define SETTLE_MS	20000

struct fuzz fuzz = {
	.seconds = 60,
	.processes = 6,
	.threads = 3,
	.hang_ms = 60000,
};

static const char *only;

static const char help[] =
"usage: iio_fuzz [options]\n"
"  -t, --seconds N    how long (default 60)\n"
"  -n, --ops N        at most that many operations (default: no limit)\n"
"  -s, --seed N       of what is done (default: another one each time)\n"
"  -p, --processes N  at the same time (default 6, at most 32)\n"
"  -T, --threads N    of each (default 3, at most 16)\n"
"  -d, --device NAME  use the buffers of this device only\n"
"  -u, --unbind       unbind and bind the drivers\n"
"  -f, --ffs DIR      the endpoints of a USB gadget as well, whose function is\n"
"                     mounted there, and its host; takes the next two\n"
"  -G, --gadget DIR   the gadget, in configfs\n"
"  -c, --udc NAME     the controller to bind it to\n"
"  -U, --unplug       pull its cable, and unbind the controller's driver\n"
"  -g, --hang N       seconds until a call counts as one that hangs (default 60)\n"
"  -h, --help         this text\n";

static const struct option options[] = {
	{ "seconds", required_argument, NULL, 't' },
	{ "ops", required_argument, NULL, 'n' },
	{ "seed", required_argument, NULL, 's' },
	{ "processes", required_argument, NULL, 'p' },
	{ "threads", required_argument, NULL, 'T' },
	{ "device", required_argument, NULL, 'd' },
	{ "unbind", no_argument, NULL, 'u' },
	{ "ffs", required_argument, NULL, 'f' },
	{ "gadget", required_argument, NULL, 'G' },
	{ "udc", required_argument, NULL, 'c' },
	{ "unplug", no_argument, NULL, 'U' },
	{ "hang", required_argument, NULL, 'g' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

static void __noreturn usage(const char *what, const char *val)
{
	fprintf(stderr, "iio_fuzz: %s '%s' (see --help)\n", what, val);
	exit(EXIT_USAGE);
}

static unsigned long parse_number(const char *val, unsigned long max)
{
	unsigned long num;
	char *end;

	errno = 0;
	num = strtoul(val, &end, 0);
	if (errno || *end || end == val || *val == '-' || !num || num > max)
		usage("not a number from 1 on, or too large:", val);

	return num;
}

static void parse_option(int opt, const char *val)
{
	switch (opt) {
	case 't':
		fuzz.seconds = parse_number(val, 1000000);
		break;
	case 'n':
		fuzz.ops = parse_number(val, ULONG_MAX);
		break;
	case 's':
		fuzz.seed = parse_number(val, ULONG_MAX);
		break;
	case 'p':
		fuzz.processes = parse_number(val, 32);
		break;
	case 'T':
		fuzz.threads = parse_number(val, 16);
		break;
	case 'd':
		only = val;
		break;
	case 'u':
		fuzz.unbind = true;
		break;
	case 'f':
		fuzz.usb.dir = val;
		break;
	case 'G':
		fuzz.usb.gadget = val;
		break;
	case 'c':
		fuzz.usb.udc = val;
		break;
	case 'U':
		fuzz.unplug = true;
		break;
	case 'g':
		fuzz.hang_ms = parse_number(val, 86400) * 1000;
		break;
	case 'h':
		fputs(help, stdout);
		exit(0);
	case ':':
		usage("there has to be a value behind", val);
	default:
		usage("unknown option", val);
	}
}

static void parse_args(int argc, char **argv)
{
	int opt;

	opterr = 0;
	while ((opt = getopt_long(argc, argv, ":t:n:s:p:T:d:uf:G:c:Ug:h", options, NULL)) != -1)
		parse_option(opt, opt == ':' || opt == '?' ? argv[optind - 1] : optarg);
	if (optind < argc)
		usage("not an option:", argv[optind]);
	if (!fuzz.usb.dir != !fuzz.usb.gadget || !fuzz.usb.dir != !fuzz.usb.udc)
		usage("goes together with --gadget and --udc:", "--ffs");
	if (fuzz.unplug && !fuzz.usb.dir)
		usage("goes together with --ffs:", "--unplug");
	if (!fuzz.seed)
		fuzz.seed = (time(NULL) ^ getpid() << 12) % 1000000000 + 1;
}

static void add_target(const struct iio_target *t)
{
	struct fuzz_target *target = &fuzz.targets[fuzz.num_targets];

	if (fuzz.num_targets == FUZZ_TARGETS || !iio_takes_dmabufs(t) ||
	    (only && strcmp(only, t->name)))
		return;
	target->iio = *t;
	if (socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, target->pool))
		ksft_exit_fail_msg("socketpair: %s\n", strerror(errno));
	fuzz_find_drivers(target);
	fuzz.num_targets++;
}

static void set_up(void)
{
	unsigned int i;

	/* Children of those that are killed are ours to wait for */
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	iio_walk(add_target);
	if (!fuzz.num_targets)
		ksft_exit_skip("no buffer takes DMABUFs\n");
	if (socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fuzz.pool))
		ksft_exit_fail_msg("socketpair: %s\n", strerror(errno));
	fuzz.shared = mmap(NULL, sizeof(*fuzz.shared), PROT_READ | PROT_WRITE,
			   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (fuzz.shared == MAP_FAILED)
		ksft_exit_fail_msg("no memory\n");
	for (i = 0; i < FUZZ_TASKS; i++)
		fuzz_task_put(&fuzz.shared->tasks[i]);
	if (fuzz.usb.dir)
		fuzz_make_function();
	fuzz_find_heaps();
	fuzz_register_ops();
}

/* What is still on its way goes with the sockets. */
static void close_pools(void)
{
	unsigned int i;

	for (i = 0; i < fuzz.num_targets; i++) {
		close(fuzz.targets[i].pool[0]);
		close(fuzz.targets[i].pool[1]);
	}
	close(fuzz.pool[0]);
	close(fuzz.pool[1]);
}

/* A controller keeps some memory mapped for as long as it has a driver. */
static bool count(struct fuzz_left *left, const struct fuzz_left *goal)
{
	long start = fuzz_ms();
	bool ok, ignored;

	if (fuzz.unbind && !fuzz_step(fuzz_unbind_all, &ignored))
		return false;
	/* Workers, and the rings of those that were killed, take a moment */
	do {
		fuzz_log_follow();
		fuzz_count_left(left);
		ok = !goal || (left->dmabufs <= goal->dmabufs &&
			       left->attachments <= goal->attachments &&
			       left->mappings <= goal->mappings);
		if (!ok)
			usleep(100000);
	} while (!ok && fuzz_ms() - start < SETTLE_MS);
	if (!ok)
		fuzz_show_mappings();

	return !fuzz.unbind || fuzz_step(fuzz_bind_all, &ignored);
}

static void report_left(const struct fuzz_left *before, const struct fuzz_left *after)
{
	printf("# before: %ld DMABUFs, %ld attachments, %ld mappings\n",
	       before->dmabufs, before->attachments, before->mappings);
	printf("# after:  %ld DMABUFs, %ld attachments, %ld mappings\n",
	       after->dmabufs, after->attachments, after->mappings);
	ksft_test_result(after->dmabufs <= before->dmabufs &&
			 after->attachments <= before->attachments,
			 "no DMABUF and no attachment is left\n");
	if (!fuzz.unbind || before->mappings < 0)
		ksft_test_result_skip("no mapping is left: needs --unbind and DMA_API_DEBUG\n");
	else
		ksft_test_result(after->mappings <= before->mappings,
				 "no mapping of the devices is left\n");
}

/* Not all of them fail, or nothing would have been tested. */
static void report_share(const struct fuzz_op *op, const char *name, unsigned int share)
{
	struct fuzz_count *c;

	while (strcmp(op->name, name))
		op++;
	c = fuzz_count_of(op);
	ksft_test_result(c->succeeded && c->succeeded * share >= c->tried,
			 "at least one %s in %u succeeds: %lu of %lu\n", name, share,
			 c->succeeded, c->tried);
}

static void report_unplugged(void)
{
	if (fuzz.unplug)
		ksft_test_result(fuzz_unplugged_in_each_way(),
				 "the cable was pulled in each way\n");
	else
		ksft_test_result_skip("the cable was pulled: needs --unplug\n");
}

/* Those who hang keep what they have: what is left says nothing then. */
static void __noreturn give_up(void)
{
	ksft_exit_fail_msg("with seed %llu\n", fuzz.seed);
}

int main(int argc, char **argv)
{
	struct fuzz_left before, after;
	bool ok;

	parse_args(argc, argv);
	ksft_print_header();
	set_up();
	ksft_set_plan(fuzz.usb.dir ? 8 : 5);
	ksft_print_msg("seed %llu, %ld s, %u processes of %u threads, %u buffers\n",
		       fuzz.seed, fuzz.seconds, fuzz.processes, fuzz.threads,
		       fuzz.num_targets);
	fflush(stdout);
	fuzz_log_open();
	if (!count(&before, NULL))
		give_up();

	fuzz.start = fuzz_ms();
	ok = fuzz_watch();
	fuzz_report_counts();
	ksft_test_result(ok, "no call hangs, and no process crashes\n");
	report_share(fuzz_buffer_ops, "ENQUEUE", 4);
	if (fuzz.usb.dir) {
		report_share(fuzz_ffs_ops, "TRANSFER", 20);
		report_share(fuzz_host_ops, "host: send and receive", 50);
		report_unplugged();
	}
	close_pools();
	if (!ok || !count(&after, &before))
		give_up();
	report_left(&before, &after);
	if (!fuzz_step(fuzz_works, &ok))
		give_up();
	ksft_test_result(ok, "all buffers work\n");
	ksft_print_msg("seed %llu\n", fuzz.seed);
	ksft_finished();
}
