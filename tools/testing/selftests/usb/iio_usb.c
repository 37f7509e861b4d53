// SPDX-License-Identifier: GPL-2.0
/*
 * iio_usb: streams samples between an IIO device and a USB host, on a gadget with
 * FunctionFS, and verifies every one of them.
 *
 *   ffs_gadget.sh up
 *   iio_usb --dir in --device my-adc --ffs /dev/ffs \
 *	--gadget /sys/kernel/config/usb_gadget/dma-vec --udc NAME --pattern ramp
 *
 * and on the other end of the cable
 *
 *   iio_usb --host --dir in --pattern ramp
 *
 * with the same options. With --both, both ends are on this machine, as with dummy_hcd.
 *
 * The data goes as DMABUFs, which nobody copies; by read() and write(); or by write()
 * of memory that is mapped: --mode. The result is one line of a table, with what the
 * device's CPU does for each byte and for each block.
 */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "iio_usb.h"

#define MIB		(1024.0 * 1024.0)
#define MAX_SIZE	(1ULL << 30)

struct iio_usb_options opt = {
	.pattern = "ramp",
	.block_size = 1 << 20,
	.blocks = 64,
	.ring = 4,
	.ffs = "/dev/ffs",
	.vendor = 0x1d6b,
	.product = 0x0104,
};

struct iio_usb_result *result;

static const char *const modes[] = {
	[IIO_USB_DMABUF] = "dmabuf",
	[IIO_USB_READWRITE] = "read+write",
	[IIO_USB_MMAP] = "mmap",
};

static const struct option options[] = {
	{ "mode", required_argument, NULL, 'm' },
	{ "dir", required_argument, NULL, 'd' },
	{ "device", required_argument, NULL, 'D' },
	{ "set", required_argument, NULL, 's' },
	{ "pattern", required_argument, NULL, 'p' },
	{ "heap", required_argument, NULL, 'H' },
	{ "block-size", required_argument, NULL, 'b' },
	{ "blocks", required_argument, NULL, 'n' },
	{ "ring", required_argument, NULL, 'r' },
	{ "ffs", required_argument, NULL, 'f' },
	{ "gadget", required_argument, NULL, 'g' },
	{ "udc", required_argument, NULL, 'u' },
	{ "id", required_argument, NULL, 'i' },
	{ "sink-bytes", required_argument, NULL, 'B' },
	{ "sink-errors", required_argument, NULL, 'E' },
	{ "host", no_argument, NULL, 'h' },
	{ "both", no_argument, NULL, '2' },
	{ "header", no_argument, NULL, 'l' },
	{ "help", no_argument, NULL, '?' },
	{}
};

static void help(FILE *to)
{
	fprintf(to,
		"usage: iio_usb [OPTION...]\n"
		"  --dir in|out      from the converter to the host (default), or back\n"
		"  --mode MODE       dmabuf (default), read+write or mmap\n"
		"  --device NAME     of the IIO device, default: the first that fits\n"
		"  --set ATTR=VALUE  of that device, before it starts\n"
		"  --pattern NAME    ramp (default), pn9, pn23, file:PATH or none\n"
		"  --heap NAME       memory of a DMA heap, default: udmabuf\n"
		"  --block-size N    with K or M, default: 1M\n"
		"  --blocks N        default: 64\n"
		"  --ring N          blocks that go round, default: 4\n"
		"  --ffs DIR         where the function is mounted, default: /dev/ffs\n"
		"  --gadget DIR      the gadget in configfs, to bind it\n"
		"  --udc NAME        the controller to bind it to\n"
		"  --sink-bytes FILE, --sink-errors FILE\n"
		"                    what the receiver of an output has counted\n"
		"  --host            be the USB host\n"
		"  --both            be both ends\n"
		"  --id VENDOR:PRODUCT  default: 1d6b:0104\n"
		"  --header          print one\n");
}

static void __printf(1, 2) __noreturn usage(const char *fmt, ...)
{
	va_list args;

	fprintf(stderr, "iio_usb: ");
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fprintf(stderr, "\n");
	exit(2);
}

static size_t size_of(const char *arg)
{
	unsigned long long size;
	unsigned int shift = 0;
	char *end;

	errno = 0;
	size = strtoull(arg, &end, 0);
	if (end != arg && (*end == 'K' || *end == 'k'))
		shift = 10;
	else if (end != arg && *end == 'M')
		shift = 20;
	if (shift)
		end++;
	if (errno || end == arg || *end || *arg == '-' || !size || size > MAX_SIZE >> shift)
		usage("%s: use a size up to 1024M", arg);

	return size << shift;
}

static unsigned int count_of(const char *arg)
{
	unsigned long n;
	char *end;

	n = strtoul(arg, &end, 0);
	if (end == arg || *end || *arg == '-' || !n || n > 1000000)
		usage("%s: use a number from 1 to 1000000", arg);

	return n;
}

static enum iio_usb_mode mode_of(const char *arg)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(modes); i++)
		if (!strcmp(arg, modes[i]))
			return i;

	usage("--mode: '%s' is unknown", arg);
}

static void parse_dir(const char *arg)
{
	if (!strcmp(arg, "in"))
		opt.dir = IIO_DIR_IN;
	else if (!strcmp(arg, "out"))
		opt.dir = IIO_DIR_OUT;
	else
		usage("--dir: '%s' is neither in nor out", arg);
}

static void parse_one(int option)
{
	switch (option) {
	case 'm':
		opt.mode = mode_of(optarg);
		break;
	case 'd':
		parse_dir(optarg);
		break;
	case 'D':
		opt.device = optarg;
		break;
	case 's':
		opt.set = optarg;
		break;
	case 'p':
		opt.pattern = optarg;
		break;
	case 'H':
		opt.heap = optarg;
		break;
	case 'b':
		opt.block_size = size_of(optarg);
		break;
	case 'n':
		opt.blocks = count_of(optarg);
		break;
	case 'r':
		opt.ring = count_of(optarg);
		break;
	case 'f':
		opt.ffs = optarg;
		break;
	case 'g':
		opt.gadget = optarg;
		break;
	case 'u':
		opt.udc = optarg;
		break;
	case 'B':
		opt.sink_bytes = optarg;
		break;
	case 'E':
		opt.sink_errors = optarg;
		break;
	case 'i':
		if (sscanf(optarg, "%x:%x", &opt.vendor, &opt.product) != 2)
			usage("--id: use VENDOR:PRODUCT, hexadecimal");
		break;
	case '2':
		opt.ends[IIO_USB_DEVICE] = true;
		opt.ends[IIO_USB_HOST] = true;
		break;
	case 'h':
		opt.ends[IIO_USB_HOST] = true;
		break;
	case 'l':
		opt.header = true;
		break;
	default:
		help(optopt ? stderr : stdout);
		exit(optopt ? 2 : 0);
	}
}

static void parse(int argc, char **argv)
{
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1)
		parse_one(option);

	if (optind < argc)
		usage("%s: unexpected", argv[optind]);
	if (!opt.ends[IIO_USB_HOST])
		opt.ends[IIO_USB_DEVICE] = true;
	if (!opt.gadget != !opt.udc)
		usage("--gadget and --udc go together");
	if (!opt.sink_bytes != !opt.sink_errors)
		usage("--sink-bytes and --sink-errors go together");
	if (opt.ring < 2 && opt.mode == IIO_USB_DMABUF)
		usage("--ring: it takes two blocks at least");
}

int iio_usb_fail(enum iio_usb_end end, const char *fmt, ...)
{
	char *failure = result->failure[end];
	va_list args;

	va_start(args, fmt);
	if (!failure[0])
		vsnprintf(failure, sizeof(result->failure[end]), fmt, args);
	va_end(args);

	return -1;
}

static pid_t start(enum iio_usb_end end)
{
	pid_t pid = fork();

	if (pid < 0)
		usage("fork: %s", strerror(errno));
	if (pid)
		return pid;

	/* Nobody would take the other end down */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	_exit((end == IIO_USB_HOST ? iio_usb_host() : iio_usb_device()) ? 1 : 0);
}

/* Where one end fails, the other one waits in vain. */
static bool run(void)
{
	pid_t pids[2] = {}, pid;
	bool good = true;
	unsigned int i;
	int status;

	for (i = 0; i < ARRAY_SIZE(pids); i++)
		if (opt.ends[i])
			pids[i] = start(i);

	while ((pid = wait(&status)) > 0) {
		bool bad = !WIFEXITED(status) || WEXITSTATUS(status);

		for (i = 0; i < ARRAY_SIZE(pids); i++) {
			if (pids[i] == pid)
				pids[i] = 0;
			else if (pids[i] && bad)
				kill(pids[i], SIGKILL);
		}
		good &= !bad;
	}

	return good;
}

static const char *verdict(bool good)
{
	if (!good || result->errors)
		return "FAILED";

	return result->verified ? "verified" : "not verified";
}

static void report(bool good)
{
	char rate[32] = "-", calls[32] = "-", copies[32] = "-";

	if (opt.header)
		printf("%-10s %-8s %11s %7s %9s %14s %7s %7s %6s  %s\n", "mode",
		       "from/to", "block size", "blocks", "MiB/s", "verified bytes",
		       "errors", "copies", "calls", "result");
	if (result->rate > 0)
		snprintf(rate, sizeof(rate), "%.1f", result->rate / MIB);
	if (opt.ends[IIO_USB_DEVICE]) {
		snprintf(calls, sizeof(calls), "%.2f", (double)result->calls / opt.blocks);
		snprintf(copies, sizeof(copies), "%.2g",
			 (double)result->copied / iio_usb_total());
	}
	printf("%-10s %-8s %11zu %7u %9s %14llu %7llu %7s %6s  %s\n", modes[opt.mode],
	       opt.dir == IIO_DIR_IN ? "to USB" : "from USB", opt.block_size, opt.blocks,
	       rate, result->verified, result->errors, copies, calls, verdict(good));
	fflush(stdout);

	if (result->failure[IIO_USB_DEVICE][0])
		fprintf(stderr, "iio_usb: device: %s\n", result->failure[IIO_USB_DEVICE]);
	if (result->failure[IIO_USB_HOST][0])
		fprintf(stderr, "iio_usb: host: %s\n", result->failure[IIO_USB_HOST]);
}

int main(int argc, char **argv)
{
	bool good;

	parse(argc, argv);
	result = mmap(NULL, sizeof(*result), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (result == MAP_FAILED)
		usage("no memory");

	good = run();
	report(good);

	return !good || result->errors;
}
