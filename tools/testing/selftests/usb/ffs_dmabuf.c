// SPDX-License-Identifier: GPL-2.0
/*
 * Tests the DMABUF interface of FunctionFS: attach, detach, transfer, and all that may
 * come in between. TAP.
 *
 * ffs_gadget.sh makes the gadget that this needs. Tests that need the USB host are
 * skipped where the gadget is not plugged into the same machine; dummy_hcd is.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#include <fnmatch.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "test.h"

static const struct test_case *const lists[] = {
	args_tests, transfer_tests, wait_tests, status_tests, life_tests, race_tests,
};

static const struct option options[] = {
	{ "dir", required_argument, NULL, 'd' },
	{ "gadget", required_argument, NULL, 'g' },
	{ "udc", required_argument, NULL, 'u' },
	{ "udc-driver", required_argument, NULL, 'D' },
	{ "heap", required_argument, NULL, 'H' },
	{ "id", required_argument, NULL, 'i' },
	{ "no-host", no_argument, NULL, 'n' },
	{ "only", required_argument, NULL, 'o' },
	{ "seed", required_argument, NULL, 's' },
	{ "rounds", required_argument, NULL, 'r' },
	{ "help", no_argument, NULL, 'h' },
	{}
};

static void usage(FILE *to)
{
	fprintf(to,
		"usage: ffs_dmabuf --dir DIR --gadget DIR --udc NAME [OPTION...]\n"
		"  --dir DIR         where the function is mounted\n"
		"  --gadget DIR      the gadget, in configfs\n"
		"  --udc NAME        the controller, of those in /sys/class/udc\n"
		"  --udc-driver DIR  its driver, in sysfs: unbind it, too\n"
		"  --id VENDOR:PRODUCT  of the gadget, default: 1d6b:0104\n"
		"  --no-host         the host is another machine\n"
		"  --heap NAME       memory of a DMA heap, default: udmabuf\n"
		"  --only PATTERN    tests with a name that matches\n"
		"  --seed N          for what happens at random, default: 1\n"
		"  --rounds N        how often, default: 10\n");
}

static void bad(const char *what, const char *arg)
{
	fprintf(stderr, "ffs_dmabuf: %s: %s\n", arg, what);
	exit(2);
}

static unsigned int number(const char *arg)
{
	char *end;
	unsigned long n = strtoul(arg, &end, 0);

	if (!*arg || *end || n > UINT32_MAX)
		bad("no number", arg);

	return n;
}

static bool no_host;
static const char *only = "*";

static void parse(struct env *env, int argc, char **argv)
{
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (option) {
		case 'd':
			env->dir = optarg;
			break;
		case 'g':
			env->gadget = optarg;
			break;
		case 'u':
			env->udc = optarg;
			break;
		case 'D':
			env->udc_driver = optarg;
			break;
		case 'H':
			env->heap = optarg;
			break;
		case 'i':
			if (sscanf(optarg, "%x:%x", &env->vendor, &env->product) != 2)
				bad("use VENDOR:PRODUCT, hexadecimal", optarg);
			break;
		case 'n':
			no_host = true;
			break;
		case 'o':
			only = optarg;
			break;
		case 's':
			env->seed = number(optarg);
			break;
		case 'r':
			env->rounds = number(optarg);
			break;
		case 'h':
			usage(stdout);
			exit(0);
		default:
			exit(2);
		}
	}

	if (optind < argc)
		bad("unexpected", argv[optind]);
	if (!env->dir || !env->gadget || !env->udc) {
		usage(stderr);
		exit(2);
	}
}

/* Returns false if there is no point in going on. */
static bool run(const struct test_case *test, const struct env *env, unsigned int n,
		unsigned int *failed)
{
	enum test_outcome outcome = TEST_SKIP;
	char why[256] = "the host is another machine";

	if (!no_host || !(test->needs & (NEED_HOST | NEED_GADGET)))
		outcome = test_run(test, env, why, sizeof(why));

	if (outcome == TEST_SKIP) {
		printf("ok %u # SKIP %s: %s\n", n, test->name, why);
	} else if (outcome == TEST_PASS) {
		printf("ok %u %s\n", n, test->name);
	} else {
		printf("# %s\nnot ok %u %s\n", why, n, test->name);
		(*failed)++;
	}
	fflush(stdout);

	return outcome != TEST_STUCK;
}

int main(int argc, char **argv)
{
	struct env env = {
		.vendor = 0x1d6b,
		.product = 0x0104,
		.seed = 1,
		.rounds = 10,
	};
	struct rlimit files = { 4096, 4096 };
	unsigned int i, n = 0, failed = 0;
	const struct test_case *test;
	bool go_on = true;

	parse(&env, argc, argv);
	setrlimit(RLIMIT_NOFILE, &files);

	printf("TAP version 13\n");
	for (i = 0; go_on && i < ARRAY_SIZE(lists); i++)
		for (test = lists[i]; go_on && test->name; test++)
			if (!fnmatch(only, test->name, 0))
				go_on = run(test, &env, ++n, &failed);
	printf("1..%u\n", n);

	return failed || !n;
}
