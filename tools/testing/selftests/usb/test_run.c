// SPDX-License-Identifier: GPL-2.0
/*
 * Runs one test in a process of its own. What it leaves open is closed when it ends,
 * a crash or a hang is a failure of this test only, and a test may simply stop where
 * it fails.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "test.h"

#define STEP_US		2000
#define TIMEOUT_S	300

/* Written by the test, read by the process that waits for it. */
struct verdict {
	enum test_outcome outcome;
	char why[256];
};

static struct verdict *verdict;

static void __noreturn end(enum test_outcome outcome, const char *prefix,
			   const char *fmt, va_list args)
{
	size_t len;

	snprintf(verdict->why, sizeof(verdict->why), "%s", prefix);
	len = strlen(verdict->why);
	vsnprintf(verdict->why + len, sizeof(verdict->why) - len, fmt, args);
	verdict->outcome = outcome;
	_exit(0);
}

void test_fail(const char *file, int line, const char *fmt, ...)
{
	char prefix[64];
	va_list args;

	snprintf(prefix, sizeof(prefix), "%s:%d: ", file, line);
	va_start(args, fmt);
	end(TEST_FAIL, prefix, fmt, args);
}

void test_skip(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	end(TEST_SKIP, "", fmt, args);
}

void test_expect(const char *file, int line, const char *call, int got, int want)
{
	if (got != want)
		test_fail(file, line, "%s: expected %d (%s), got %d (%s)", call, want,
			  strerror(-want), got, strerror(-got));
}

static void __noreturn child(const struct test_case *test, const struct env *env)
{
	static struct test t;

	test_start(&t, env, test->needs);
	test->fn(&t);
	verdict->outcome = TEST_PASS;
	_exit(0);
}

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);

	return ts.tv_sec + ts.tv_nsec / 1e9;
}

/* Returns false if the process did not end in time. */
static bool wait_for(pid_t pid, int *status)
{
	double end = now() + TIMEOUT_S;

	while (waitpid(pid, status, WNOHANG) != pid) {
		if (now() > end)
			return false;
		usleep(STEP_US);
	}

	return true;
}

static void fail(enum test_outcome outcome, const char *why, int number)
{
	verdict->outcome = outcome;
	snprintf(verdict->why, sizeof(verdict->why), why, number);
}

static void wait_for_test(pid_t pid)
{
	int status;

	if (wait_for(pid, &status)) {
		if (!WIFEXITED(status))
			fail(TEST_FAIL, "killed by signal %d", WTERMSIG(status));
		return;
	}

	kill(pid, SIGKILL);
	if (wait_for(pid, &status))
		fail(TEST_FAIL, "hung for %d seconds", TIMEOUT_S);
	else
		fail(TEST_STUCK, "hangs, and cannot be killed for %d seconds", TIMEOUT_S);
}

enum test_outcome test_run(const struct test_case *test, const struct env *env,
			   char *why, size_t size)
{
	pid_t pid;

	if (!verdict)
		verdict = mmap(NULL, sizeof(*verdict), PROT_READ | PROT_WRITE,
			       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (verdict == MAP_FAILED) {
		fprintf(stderr, "no memory\n");
		exit(1);
	}

	/* Until the test says otherwise. */
	fail(TEST_FAIL, "ended without a verdict", 0);

	fflush(stdout);
	pid = fork();
	if (!pid)
		child(test, env);
	if (pid < 0)
		fail(TEST_FAIL, "fork: error %d", errno);
	else
		wait_for_test(pid);

	snprintf(why, size, "%s", verdict->outcome == TEST_PASS ? "" : verdict->why);

	return verdict->outcome;
}
