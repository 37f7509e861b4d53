// SPDX-License-Identifier: GPL-2.0
/*
 * iio_dmabuf_abi: the contract of the DMABUF ioctls of IIO buffers, bad input
 * and bad moments included. TAP; each test runs in a process of its own.
 *
 *   iio_dmabuf_abi                       the first buffers that take DMABUFs
 *   iio_dmabuf_abi --in my-adc --out my-dac
 *   iio_dmabuf_abi --test 'in.withdrawn*' --skip '*unbind*'
 *
 * Every test needs a device that moves samples. Some need more, and are skipped
 * where it isn't there:
 *
 * - data is compared if the input can produce, or the receiver of the output
 *   can check, the pattern "ramp" (see pattern.h). By default that is so if
 *   in_voltage_test_mode or out_voltage_test_mode offers the value "ramp".
 * - a transfer that stays active as long as the test wants needs a far end that
 *   can be made to wait. By default it is the value "loopback" of the same
 *   attributes: the input waits for an output, and the output for an input.
 * - with --connected, these two wait for each other: the input gets what the
 *   output sends.
 * - how a fence ended is seen through sync_file (CONFIG_SYNC_FILE).
 * - unbinding the driver has to be asked for: --unbind.
 * - so has failing allocations, which takes a kernel with fault injection, and
 *   where a task has the DMABUFs and the DMA to itself: --faults.
 *
 * IIO_IN_DEVICE, IIO_OUT_DEVICE and IIO_CONNECTED (not empty) in the environment
 * stand for --in, --out and --connected.
 *
 * abi_run.c      one test in its own process
 * abi_fixture.c  what nearly every test needs
 * abi_args.c     arguments that make no sense
 * abi_busy.c     DMABUFs that are in use
 * abi_fileio.c   read() and write() beside DMABUFs
 * abi_fence.c    what becomes of a block
 * abi_poll.c     waiting for blocks with poll() on the buffer
 * abi_status.c   asking what became of a block
 * abi_fsync.c    waiting until all output has left
 * abi_share.c    processes that share DMABUFs
 * abi_random.c   operations in any order, and at the same time
 * abi_cyclic.c   cyclic output
 * abi_death.c    dying processes, many blocks
 * abi_unbind.c   a device that goes away
 * abi_edge.c     user memory that ends too early
 * abi_fault.c    allocations that fail, one after the other
 * abi_defects.c  what implementations got wrong
 * abi_count.c    what write() takes is what it says
 * abi_errno.c    errors that programs act upon
 * abi_limits.c   what a user can have of the kernel
 * abi_nonblock.c O_NONBLOCK beside other threads
 * abi_race.c     closing and unbinding beside other threads
 * abi_stuck.c    a DMA controller that could not be stopped for a while
 * abi_two.c      a device with two buffers
 * abi_command.c  ENQUEUE through io_uring
 * abi_command_end.c what ends that before it is complete
 * abi_uring.c    read(), write() and poll() through io_uring
 * abi_wait.c     calls that wait, while what they wait for changes
 *
 * Copyright (C) 2026 the dma_vec project
 */
#include <errno.h>
#include <fnmatch.h>
#include <getopt.h>
#include <time.h>
#include <unistd.h>

#include "kselftest.h"
#include "abi.h"
#include "fault.h"
#include "iio_uring.h"

#define EXIT_USAGE	2
#define BUFINFO		"/sys/kernel/debug/dma_buf/bufinfo"

static const char help[] =
"usage: iio_dmabuf_abi [options]\n"
"  -i, --in DEV             input device: name, iio:deviceN or /dev path\n"
"  -o, --out DEV            output device\n"
"  -H, --heap NAME          memory from /dev/dma_heap/NAME (default system)\n"
"  -U, --udmabuf            memory from /dev/udmabuf\n"
"      --in-ramp ATTR=VALUE, --out-ramp ATTR=VALUE\n"
"                           makes the far end produce or check a ramp\n"
"      --in-stall ATTR=VALUE, --out-stall ATTR=VALUE\n"
"                           makes the far end wait\n"
"  -c, --connected          in this mode they wait for each other\n"
"      --stall-size BYTES   more than fits in between (default 4 MiB)\n"
"      --sink-bytes FILE, --sink-errors FILE\n"
"                           what the receiver of the output has got, and how\n"
"                           many wrong samples; both from 0 at each enable\n"
"      --unbind             also unbind the driver of the device; by default\n"
"                           that of the parent of the IIO device, or:\n"
"      --driver DIR --driver-device NAME\n"
"                           this directory in sysfs, with bind and unbind\n"
"      --faults             also have the kernel fail, at every point where it can\n"
"      --faults-strict      the same; this kernel allocates nothing for debugging\n"
"      --in-controller DRIVER/DEVICE, --out-controller DRIVER/DEVICE\n"
"                           the DMA controller, in sysfs; may be unbound, too\n"
"      --in-hold FILE, --out-hold FILE\n"
"                           the time that the DMA controller takes to stop:\n"
"                           4294967295 keeps it from that\n"
"      --out-counters FILE  what the DMA controller of the output has to do with the\n"
"                           CPU: lines \"reads N\", \"writes N\" (of registers),\n"
"                           \"irqs N\", and \"bytes N\"\n"
"      --log FILE           where the hardware, or a model of it, complains: a\n"
"                           test during which it changes has failed; may be\n"
"                           repeated\n"
"  -t, --test PATTERN       only tests whose name matches; may be repeated\n"
"  -s, --skip PATTERN       leave these out; may be repeated\n"
"  -S, --seed NUMBER        of what happens at random (default: another each time)\n"
"  -T, --timeout SECONDS    for one test (default 120)\n"
"      --wait SECONDS       for one transfer (default 20)\n"
"      --with WHAT          what cannot be found out; may be repeated:\n"
"                             cyclic   the DMA controller can repeat a block\n"
"                             channel  it maps memory for the channel's device\n"
"                             huge     there is memory for a DMABUF of 1 GiB\n"
"                             memcg    cgroup2 is mounted, at /run/memcg\n"
"                             refusing every transfer fails\n"
"  -l, --list               list the tests\n"
"  -h, --help               this text\n";

enum {
	OPT_IN_RAMP = 256,
	OPT_OUT_RAMP,
	OPT_IN_STALL,
	OPT_OUT_STALL,
	OPT_STALL_SIZE,
	OPT_SINK_BYTES,
	OPT_SINK_ERRORS,
	OPT_UNBIND,
	OPT_FAULTS,
	OPT_FAULTS_STRICT,
	OPT_IN_CONTROLLER,
	OPT_OUT_CONTROLLER,
	OPT_IN_HOLD,
	OPT_OUT_HOLD,
	OPT_OUT_COUNTERS,
	OPT_DRIVER,
	OPT_DRIVER_DEVICE,
	OPT_LOG,
	OPT_WAIT,
	OPT_WITH,
};

static const struct option options[] = {
	{ "in", required_argument, NULL, 'i' },
	{ "out", required_argument, NULL, 'o' },
	{ "heap", required_argument, NULL, 'H' },
	{ "udmabuf", no_argument, NULL, 'U' },
	{ "in-ramp", required_argument, NULL, OPT_IN_RAMP },
	{ "out-ramp", required_argument, NULL, OPT_OUT_RAMP },
	{ "in-stall", required_argument, NULL, OPT_IN_STALL },
	{ "out-stall", required_argument, NULL, OPT_OUT_STALL },
	{ "connected", no_argument, NULL, 'c' },
	{ "stall-size", required_argument, NULL, OPT_STALL_SIZE },
	{ "sink-bytes", required_argument, NULL, OPT_SINK_BYTES },
	{ "sink-errors", required_argument, NULL, OPT_SINK_ERRORS },
	{ "unbind", no_argument, NULL, OPT_UNBIND },
	{ "faults", no_argument, NULL, OPT_FAULTS },
	{ "faults-strict", no_argument, NULL, OPT_FAULTS_STRICT },
	{ "in-controller", required_argument, NULL, OPT_IN_CONTROLLER },
	{ "out-controller", required_argument, NULL, OPT_OUT_CONTROLLER },
	{ "in-hold", required_argument, NULL, OPT_IN_HOLD },
	{ "out-hold", required_argument, NULL, OPT_OUT_HOLD },
	{ "out-counters", required_argument, NULL, OPT_OUT_COUNTERS },
	{ "driver", required_argument, NULL, OPT_DRIVER },
	{ "driver-device", required_argument, NULL, OPT_DRIVER_DEVICE },
	{ "log", required_argument, NULL, OPT_LOG },
	{ "wait", required_argument, NULL, OPT_WAIT },
	{ "with", required_argument, NULL, OPT_WITH },
	{ "test", required_argument, NULL, 't' },
	{ "skip", required_argument, NULL, 's' },
	{ "seed", required_argument, NULL, 'S' },
	{ "timeout", required_argument, NULL, 'T' },
	{ "list", no_argument, NULL, 'l' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

static const struct abi_test * const all_tests[] = {
	abi_args_tests,
	abi_edge_tests,
	abi_busy_tests,
	abi_fileio_tests,
	abi_fence_tests,
	abi_poll_tests,
	abi_status_tests,
	abi_fsync_tests,
	abi_share_tests,
	abi_random_tests,
	abi_cyclic_tests,
	abi_death_tests,
	abi_unbind_tests,
	abi_command_tests,
	abi_command_end_tests,
	abi_fault_tests,
	abi_defects_tests,
	abi_count_tests,
	abi_errno_tests,
	abi_limits_tests,
	abi_memcg_tests,
	abi_two_tests,
	abi_uring_tests,
	abi_nonblock_tests,
	abi_pagefault_tests,
	abi_stuck_tests,
	abi_race_tests,
	abi_wait_tests,
};

#define MAX_ITEMS	64

struct list {
	const char *items[MAX_ITEMS];
	unsigned int num;
};

static struct abi_env env = {
	.heap = "system",
	.stall_size = 4 << 20,
};

static struct list only, without, logs;
static const char *in_device, *out_device;
static unsigned int timeout_s = 120;
static bool list_only;

int abi_wait_ms = 20000;

static void __noreturn usage(const char *what, const char *val)
{
	fprintf(stderr, "iio_dmabuf_abi: %s%s%s (see --help)\n", what,
		val ? " " : "", val ? val : "");
	exit(EXIT_USAGE);
}

static void add_item(struct list *l, const char *item)
{
	if (l->num == MAX_ITEMS)
		usage("too many of", item);
	l->items[l->num++] = item;
}

static unsigned long parse_number(const char *val)
{
	char *end;
	unsigned long num = strtoul(val, &end, 0);

	if (!num || *end || *val == '-')
		usage("not a positive number:", val);

	return num;
}

static const char *setting(const char *val)
{
	if (!strchr(val, '=') || *val == '=')
		usage("not ATTR=VALUE:", val);

	return val;
}

/* The directory of the driver, and in there the device. */
static void parse_driver(struct abi_driver *d, const char *val)
{
	const char *name = strrchr(val, '/');

	if (!name || !name[1])
		usage("not DRIVER/DEVICE:", val);
	snprintf(d->dir, sizeof(d->dir), "%.*s", (int)(name - val), val);
	snprintf(d->name, sizeof(d->name), "%s", name + 1);
}

static bool parse_far_end(int opt, const char *val)
{
	switch (opt) {
	case OPT_IN_RAMP:
		env.in.ramp = setting(val);
		return true;
	case OPT_OUT_RAMP:
		env.out.ramp = setting(val);
		return true;
	case OPT_IN_STALL:
		env.in.stall = setting(val);
		return true;
	case OPT_OUT_STALL:
		env.out.stall = setting(val);
		return true;
	case OPT_STALL_SIZE:
		env.stall_size = parse_number(val);
		return true;
	case OPT_IN_CONTROLLER:
		parse_driver(&env.in.controller, val);
		return true;
	case OPT_OUT_CONTROLLER:
		parse_driver(&env.out.controller, val);
		return true;
	case OPT_IN_HOLD:
		env.in.hold = val;
		return true;
	case OPT_OUT_HOLD:
		env.out.hold = val;
		return true;
	case OPT_OUT_COUNTERS:
		env.out.counters = val;
		return true;
	case OPT_SINK_BYTES:
		env.out.sink_bytes = val;
		return true;
	case OPT_SINK_ERRORS:
		env.out.sink_errors = val;
		return true;
	default:
		return false;
	}
}

static void parse_with(const char *what)
{
	const struct {
		const char *name;
		bool *flag;
	} all[] = {
		{ "cyclic", &env.cyclic },
		{ "channel", &env.dma_channel },
		{ "huge", &env.huge },
		{ "memcg", &env.memcg },
		{ "refusing", &env.refusing },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(all); i++) {
		if (!strcmp(all[i].name, what)) {
			*all[i].flag = true;
			return;
		}
	}
	usage("--with does not know", what);
}

static bool parse_limit(int opt, const char *val)
{
	switch (opt) {
	case 'T':
		timeout_s = parse_number(val);
		return true;
	case OPT_WAIT:
		abi_wait_ms = 1000 * parse_number(val);
		return true;
	case OPT_WITH:
		parse_with(val);
		return true;
	default:
		return false;
	}
}

static bool parse_other(int opt, const char *val)
{
	switch (opt) {
	case 'i':
		in_device = val;
		return true;
	case 'o':
		out_device = val;
		return true;
	case 'H':
		env.heap = val;
		return true;
	case 'U':
		env.heap = NULL;
		return true;
	case 'c':
		env.connected = true;
		return true;
	case OPT_UNBIND:
		env.unbind = true;
		return true;
	case OPT_FAULTS:
		env.faults = FAULTS_SOME;
		return true;
	case OPT_FAULTS_STRICT:
		env.faults = FAULTS_STRICT;
		return true;
	case OPT_DRIVER:
		env.driver = val;
		return true;
	case OPT_DRIVER_DEVICE:
		env.driver_device = val;
		return true;
	case OPT_LOG:
		if (access(val, R_OK))
			usage("--log cannot be read:", val);
		add_item(&logs, val);
		return true;
	case 't':
		add_item(&only, val);
		return true;
	case 's':
		add_item(&without, val);
		return true;
	case 'S':
		env.seed = parse_number(val);
		return true;
	case 'l':
		list_only = true;
		return true;
	default:
		return false;
	}
}

static void parse_args(int argc, char **argv)
{
	int opt;

	in_device = getenv("IIO_IN_DEVICE");
	out_device = getenv("IIO_OUT_DEVICE");
	env.connected = getenv("IIO_CONNECTED") && *getenv("IIO_CONNECTED");

	opterr = 0;
	while ((opt = getopt_long(argc, argv, ":i:o:H:Uct:s:S:T:lh", options,
				  NULL)) != -1) {
		if (opt == 'h') {
			fputs(help, stdout);
			exit(0);
		}
		if (opt == ':')
			usage(argv[optind - 1], "needs a value");
		if (!parse_far_end(opt, optarg) && !parse_limit(opt, optarg) &&
		    !parse_other(opt, optarg))
			usage("unknown option", argv[optind - 1]);
	}
	if (optind < argc)
		usage("not an option:", argv[optind]);
	if (!env.driver != !env.driver_device)
		usage("--driver and --driver-device go together", NULL);
	if (!env.out.sink_bytes != !env.out.sink_errors)
		usage("--sink-bytes and --sink-errors go together", NULL);
}

static bool matches(const struct list *l, const char *name)
{
	unsigned int i;

	for (i = 0; i < l->num; i++)
		if (!fnmatch(l->items[i], name, 0))
			return true;

	return false;
}

static bool selected(const char *name)
{
	return (!only.num || matches(&only, name)) && !matches(&without, name);
}

/* Why this test cannot run here, or NULL. */
static const char *missing(const struct abi_test *test,
			   const struct abi_side *side)
{
	const struct abi_side *other = side == &env.in ? &env.out : &env.in;

	if (!side->present)
		return "no such buffer that takes DMABUFs";
	if (test->needs & (NEED_PEER | NEED_BOTH) && !other->present)
		return "needs an input and an output buffer";
	if (test->needs & (NEED_STALL | NEED_PEER) && !side->stall)
		return "the far end cannot be made to wait";
	if (test->needs & NEED_PEER && (!env.connected || !other->stall))
		return "the two sides are not connected";
	if (test->needs & NEED_STATUS && side->no_sync_file)
		return "needs CONFIG_SYNC_FILE";
	if (test->needs & NEED_STATUS_IOCTL && side->no_status)
		return "the kernel does not tell what became of a transfer";
	if (test->needs & NEED_COMMANDS && side->no_commands)
		return "the kernel does not take ENQUEUE through io_uring";
	if (test->needs & NEED_UNBIND && !env.unbind)
		return "needs --unbind";
	if (test->needs & NEED_FAULTS && !env.faults)
		return "needs --faults";
	if (test->needs & NEED_HUGE && !env.huge)
		return "needs --with huge";
	if (test->needs & NEED_MEMCG && !env.memcg)
		return "needs --with memcg";
	if (test->needs & NEED_REFUSING && !env.refusing)
		return "needs --with refusing";
	if (test->needs & NEED_HOLD && !side->hold)
		return "the DMA controller cannot be kept from stopping";
	if (test->needs & NEED_COUNTERS && !side->counters)
		return "nobody counts what the DMA controller does";
	if (test->needs & NEED_ONE_DEVICE &&
	    (!other->present || strcmp(side->target.device, other->target.device)))
		return "needs a device with two buffers";
	if (test->needs & NEED_CYCLIC && side->no_cyclic)
		return "the DMA controller cannot repeat a block";
	if (test->needs & NEED_NO_CYCLIC && !side->no_cyclic)
		return "the DMA controller can repeat a block";

	return NULL;
}

static void quiet(void)
{
	if (env.in.present)
		iio_enable(&env.in.target, false);
	if (env.out.present)
		iio_enable(&env.out.target, false);
}

/* After an unbind the device may have another number. */
static void refresh(struct abi_side *side)
{
	struct abi_side found = *side;

	if (!side->present)
		return;
	if (abi_probe_side(&found, side->target.name, side->target.dir))
		*side = found;
	else
		ksft_print_msg("%s is gone\n", side->target.name);
}

/* A checksum is enough to see that there is something new. */
static unsigned long sum_of_logs(void)
{
	unsigned long sum = 0;
	unsigned int i;
	FILE *f;
	int c;

	for (i = 0; i < logs.num; i++) {
		f = fopen(logs.items[i], "re");
		if (!f)
			continue;
		while ((c = getc(f)) != EOF)
			sum = 31 * sum + c + 1;
		fclose(f);
	}

	return sum;
}

static enum abi_outcome run_watched(const struct abi_test *test,
				    const struct abi_side *side, char *why,
				    size_t size)
{
	unsigned long before = sum_of_logs();
	enum abi_outcome outcome;

	outcome = abi_run(test, &env, side, timeout_s, why, size);
	quiet();
	if (sum_of_logs() == before || outcome == ABI_STUCK)
		return outcome;

	if (outcome == ABI_FAIL)
		ksft_print_msg("%s\n", why);
	snprintf(why, size, "the hardware complains: see its log");

	return ABI_FAIL;
}

/* What tests may unbind, and how long the controller takes to stop. */
struct drivers {
	struct abi_driver controller, converter;
	char hold[32];
};

static void note_drivers(struct drivers *d, const struct abi_side *side)
{
	memset(d, 0, sizeof(*d));
	if (!side->present)
		return;
	abi_find_driver(&env, side, &d->converter);
	if (side->hold && sysfs_read(d->hold, sizeof(d->hold), "%s", side->hold))
		*d->hold = '\0';
	if (*side->controller.name)
		d->controller = side->controller;
	else
		abi_controller_of(side, &d->controller);
}

static bool is_bound(const struct abi_driver *d)
{
	char path[sizeof(d->dir) + sizeof(d->name)];

	snprintf(path, sizeof(path), "%s/%s", d->dir, d->name);

	return !access(path, F_OK);
}

/*
 * A converter finds a controller when it is bound, and that looks whether the
 * controller has stopped meanwhile.
 */
static void restore_drivers(const struct drivers *d, const struct abi_side *side,
			    bool passed)
{
	if (*d->hold && !passed)
		sysfs_write(d->hold, "%s", side->hold);
	if (!passed && *d->converter.name)
		sysfs_write(d->converter.name, "%s/unbind", d->converter.dir);
	if (*d->controller.name && !is_bound(&d->controller))
		abi_bind(&d->controller);
	if (*d->converter.name && !is_bound(&d->converter))
		abi_bind(&d->converter);
}

/* A test that fails half-way leaves drivers unbound. */
static enum abi_outcome run_and_restore(const struct abi_test *test,
					const struct abi_side *side, char *why,
					size_t size)
{
	struct drivers in, out;
	enum abi_outcome outcome;

	if (!(test->needs & NEED_UNBIND))
		return run_watched(test, side, why, size);

	note_drivers(&in, &env.in);
	note_drivers(&out, &env.out);
	outcome = run_watched(test, side, why, size);
	if (outcome == ABI_STUCK)
		return outcome;
	restore_drivers(&in, &env.in, outcome == ABI_PASS);
	restore_drivers(&out, &env.out, outcome == ABI_PASS);
	refresh(&env.in);
	refresh(&env.out);

	return outcome;
}

/* What spins or waits in the kernel may end when its device goes. */
static void free_stuck(const struct abi_side *side)
{
	struct abi_driver driver;

	if (env.unbind && abi_find_driver(&env, side, &driver)) {
		sysfs_write(driver.name, "%s/unbind", driver.dir);
		if (abi_is_over(timeout_s) && !abi_bind(&driver)) {
			ksft_print_msg("it has ended with its device\n");
			refresh(&env.in);
			refresh(&env.out);
			quiet();
			return;
		}
	}
	ksft_exit_fail_msg("a process is stuck in the kernel\n");
}

static void run_test(const struct abi_test *test, const struct abi_side *side,
		     const char *name)
{
	const char *lacking = missing(test, side);
	char why[256];

	if (lacking) {
		ksft_test_result_skip("%s: %s\n", name, lacking);
		return;
	}

	switch (run_and_restore(test, side, why, sizeof(why))) {
	case ABI_PASS:
		ksft_test_result_pass("%s\n", name);
		break;
	case ABI_SKIP:
		ksft_test_result_skip("%s: %s\n", name, why);
		break;
	case ABI_FAIL:
		ksft_print_msg("%s: %s\n", name, why);
		ksft_test_result_fail("%s\n", name);
		break;
	case ABI_STUCK:
		ksft_print_msg("%s: %s\n", name, why);
		ksft_test_result_fail("%s\n", name);
		free_stuck(side);
		break;
	}
}

typedef void (*visit_fn)(const struct abi_test *test,
			 const struct abi_side *side, const char *name);

static void visit_side(const struct abi_test *test, const struct abi_side *side,
		       const char *side_name, visit_fn fn)
{
	char name[96];

	snprintf(name, sizeof(name), "%s.%s", side_name, test->name);
	if (selected(name))
		fn(test, side, name);
}

static void walk_tests(visit_fn fn)
{
	const struct abi_test *test;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(all_tests); i++) {
		for (test = all_tests[i]; test->name; test++) {
			if (test->sides & SIDE_IN)
				visit_side(test, &env.in, "in", fn);
			if (test->sides & SIDE_OUT)
				visit_side(test, &env.out, "out", fn);
		}
	}
}

static unsigned int num_tests;

static void count_test(const struct abi_test *test, const struct abi_side *side,
		       const char *name)
{
	(void)test;
	(void)side;
	(void)name;
	num_tests++;
}

static void print_test(const struct abi_test *test, const struct abi_side *side,
		       const char *name)
{
	(void)test;
	(void)side;
	puts(name);
	num_tests++;
}

/* Also of devices that are not there. */
static void list_tests(void)
{
	walk_tests(print_test);
	if (!num_tests)
		usage("no test has such a name", NULL);
}

/* Negative: nobody tells. */
static long count_dmabufs(void)
{
	FILE *f = fopen(BUFINFO, "re");
	char line[256];
	long num = -1;

	if (!f)
		return -1;
	while (fgets(line, sizeof(line), f))
		sscanf(line, "Total %ld objects", &num);
	fclose(f);

	return num;
}

/* The kernel gives some of them back a little later. */
static void test_leak(long before)
{
	long now = count_dmabufs();
	int ms;

	if (before < 0) {
		ksft_test_result_skip("no_dmabuf_left: %s cannot be read\n",
				      BUFINFO);
		return;
	}
	for (ms = 0; now > before && ms < WAIT_MS; ms += 10) {
		usleep(10000);
		now = count_dmabufs();
	}
	if (now != before)
		ksft_print_msg("%ld DMABUFs before, %ld now\n", before, now);
	ksft_test_result(now <= before, "no_dmabuf_left\n");
}

static void default_setting(struct abi_side *side, const char **setting,
			    const char *attr, const char *val, char *buf,
			    size_t size)
{
	if (*setting || !iio_attr_offers(&side->target, attr, val))
		return;

	snprintf(buf, size, "%s=%s", attr, val);
	*setting = buf;
}

static bool takes_commands(const struct abi_side *side)
{
	int fd = iio_open(&side->target, 0);
	bool takes = fd >= 0 && iio_takes_commands(fd);

	if (fd >= 0)
		close(fd);

	return takes;
}

static void probe(struct abi_side *side, const char *which, enum iio_dir dir)
{
	const char *attr = dir == IIO_DIR_IN ? "in_voltage_test_mode" :
					       "out_voltage_test_mode";
	static char text[4][64];
	char *buf = text[dir == IIO_DIR_IN ? 0 : 2];

	if (!abi_probe_side(side, which, dir)) {
		if (which)
			ksft_exit_skip("%s has no %sput buffer that takes DMABUFs\n",
				       which, dir == IIO_DIR_IN ? "in" : "out");
		return;
	}
	default_setting(side, &side->ramp, attr, "ramp", buf, sizeof(text[0]));
	default_setting(side, &side->stall, attr, "loopback",
			buf + sizeof(text[0]), sizeof(text[0]));
	side->no_status = !iio_tells_status(&side->target);
	side->no_commands = !takes_commands(side);
	/* A ramp is two samples of 16 bits. */
	if (side->datum != 4)
		side->ramp = NULL;
	ksft_print_msg("%s: %s buffer%u of %s, sets of %u bytes, lengths of %zu\n",
		       dir == IIO_DIR_IN ? "in" : "out", side->target.name,
		       side->target.index, side->target.device, side->datum,
		       side->unit);
}

static void probe_memory(void)
{
	struct dmabuf d;
	int ret, fence;

	ret = dmabuf_alloc(&d, env.heap, 4096);
	if (ret)
		ksft_exit_skip("no memory from %s\n",
			       env.heap ? env.heap : "udmabuf");
	fence = dmabuf_export_fence(&d);
	env.in.no_sync_file = fence < 0;
	env.out.no_sync_file = fence < 0;
	if (fence >= 0)
		close(fence);
	dmabuf_free(&d);
}

/* A controller that cannot repeat a block does not take it as cyclic. */
static void probe_cyclic(struct abi_side *side)
{
	struct dmabuf d;
	int fd, ret;

	if (!side->present || env.cyclic)
		return;
	fd = iio_open(&side->target, 0);
	if (fd < 0)
		return;
	if (!dmabuf_alloc(&d, env.heap, side->unit)) {
		ret = iio_attach(fd, d.fd);
		if (!ret)
			ret = iio_enqueue(fd, d.fd, side->unit,
					  IIO_BUFFER_DMABUF_CYCLIC);
		side->no_cyclic = ret == -EOPNOTSUPP;
		dmabuf_free(&d);
	}
	close(fd);
}

int main(int argc, char **argv)
{
	long before;

	parse_args(argc, argv);
	if (env.faults && !fault_possible())
		usage("this kernel has no fault injection", NULL);
	if (list_only) {
		list_tests();
		return 0;
	}

	ksft_print_header();
	if (!env.seed)
		env.seed = time(NULL) ^ getpid();
	ksft_print_msg("seed %u\n", env.seed);
	probe_memory();
	probe(&env.in, in_device, IIO_DIR_IN);
	probe(&env.out, out_device, IIO_DIR_OUT);
	before = count_dmabufs();
	probe_cyclic(&env.out);
	if (!env.in.present && !env.out.present)
		ksft_exit_skip("no buffer that takes DMABUFs\n");

	walk_tests(count_test);
	if (!num_tests)
		usage("no test has such a name", NULL);
	ksft_set_plan(num_tests + 1);

	walk_tests(run_test);
	test_leak(before);

	ksft_finished();
}
