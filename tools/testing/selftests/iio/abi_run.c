// SPDX-License-Identifier: GPL-2.0
/*
 * Runs one test in a process of its own. What it leaves open is closed when
 * it ends, a crash or a hang is a failure of this test only, and a test may
 * simply stop where it fails.
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
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "abi.h"

#define STEP_US		2000

/* Written by the test, read by the process that waits for it. */
struct verdict {
	enum abi_outcome outcome;
	bool has_ring;
	char why[256];
};

static struct verdict *verdict;
static bool follows_ring;

const char *abi_error(int ret)
{
	static const struct {
		int error;
		const char *name;
	} names[] = {
		{ 0, "0" },
		{ -EACCES, "-EACCES" },
		{ -EAGAIN, "-EAGAIN" },
		{ -EBADF, "-EBADF" },
		{ -EBUSY, "-EBUSY" },
		{ -ECANCELED, "-ECANCELED" },
		{ -EFAULT, "-EFAULT" },
		{ -EINTR, "-EINTR" },
		{ -EINVAL, "-EINVAL" },
		{ -EIO, "-EIO" },
		{ -ENODEV, "-ENODEV" },
		{ -ENOENT, "-ENOENT" },
		{ -ENOMEM, "-ENOMEM" },
		{ -ENOSPC, "-ENOSPC" },
		{ -ENOTTY, "-ENOTTY" },
		{ -EPERM, "-EPERM" },
		{ -ETIMEDOUT, "-ETIMEDOUT" },
	};
	static char other[2][16];
	static unsigned int turn;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++)
		if (names[i].error == ret)
			return names[i].name;

	turn = !turn;
	snprintf(other[turn], sizeof(other[turn]), "%d", ret);

	return other[turn];
}

static void __noreturn end(enum abi_outcome outcome, const char *prefix,
			   const char *fmt, va_list args)
{
	size_t len;

	snprintf(verdict->why, sizeof(verdict->why), "%s", prefix);
	len = strlen(verdict->why);
	vsnprintf(verdict->why + len, sizeof(verdict->why) - len, fmt, args);
	verdict->outcome = outcome;
	_exit(0);
}

void abi_fail(const char *file, int line, const char *fmt, ...)
{
	char prefix[64];
	va_list args;

	snprintf(prefix, sizeof(prefix), "%s:%d: ", file, line);
	va_start(args, fmt);
	end(ABI_FAIL, prefix, fmt, args);
}

void abi_skip(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	end(ABI_SKIP, "", fmt, args);
}

void abi_expect(const char *file, int line, const char *call, int got, int want)
{
	if (got != want)
		abi_fail(file, line, "%s: expected %s, got %s", call,
			 abi_error(want), abi_error(got));
}

static void __noreturn child(const struct abi_test *test,
			     const struct abi_env *env,
			     const struct abi_side *side)
{
	static struct abi t;

	abi_start(&t, env, side);
	t.arg = test->arg;
	test->fn(&t);
	verdict->outcome = ABI_PASS;
	_exit(0);
}

long abi_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);

	return ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* Returns false if the process did not end in time. */
static bool wait_for(pid_t pid, int *status, long seconds)
{
	long start = abi_ms();

	while (waitpid(pid, status, WNOHANG) != pid) {
		if (abi_ms() - start > seconds * 1000)
			return false;
		usleep(STEP_US);
	}

	return true;
}

static void judge(int status)
{
	if (WIFEXITED(status))
		return;

	verdict->outcome = ABI_FAIL;
	snprintf(verdict->why, sizeof(verdict->why), "killed by signal %d",
		 WTERMSIG(status));
}

/* Ends what a test has started and left: it may keep the buffer open. */
static bool sweep(pid_t group, unsigned int timeout_s)
{
	long start = abi_ms();
	pid_t pid;

	while ((pid = waitpid(-group, NULL, WNOHANG)) >= 0) {
		kill(-group, SIGKILL);
		if (abi_ms() - start > timeout_s * 1000L)
			return false;
		if (!pid)
			usleep(STEP_US);
	}

	return true;
}

void abi_note_ring(void)
{
	verdict->has_ring = true;
}

bool abi_follows_ring(void)
{
	return follows_ring;
}

static pid_t last_test;

bool abi_is_over(unsigned int timeout_s)
{
	return sweep(last_test, timeout_s);
}

static void stuck(void)
{
	char why[sizeof(verdict->why)];

	snprintf(why, sizeof(why), "%s", verdict->why);
	snprintf(verdict->why, sizeof(verdict->why),
		 "hangs and cannot be killed; %.200s", why);
	verdict->outcome = ABI_STUCK;
}

static void wait_for_test(pid_t pid, unsigned int timeout_s)
{
	int status;

	last_test = pid;
	if (wait_for(pid, &status, timeout_s)) {
		judge(status);
	} else {
		verdict->outcome = ABI_FAIL;
		snprintf(verdict->why, sizeof(verdict->why),
			 "hung for %u seconds", timeout_s);
		kill(-pid, SIGKILL);
	}

	if (sweep(pid, timeout_s))
		return;

	stuck();
}

static bool share_verdict(void)
{
	if (verdict)
		return true;

	/* Orphans of a test become children of this process. */
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	verdict = mmap(NULL, sizeof(*verdict), PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (verdict != MAP_FAILED)
		return true;

	verdict = NULL;

	return false;
}

enum abi_outcome abi_run(const struct abi_test *test,
			 const struct abi_env *env,
			 const struct abi_side *side, unsigned int timeout_s,
			 char *why, size_t size)
{
	pid_t pid;

	snprintf(why, size, "no memory");
	if (!share_verdict())
		return ABI_FAIL;

	follows_ring = verdict->has_ring;
	verdict->has_ring = false;
	/* Until the test says otherwise. */
	verdict->outcome = ABI_FAIL;
	snprintf(verdict->why, sizeof(verdict->why), "ended without a verdict");

	fflush(stdout);
	pid = fork();
	if (!pid) {
		setpgid(0, 0);
		child(test, env, side);
	}

	if (pid < 0) {
		snprintf(verdict->why, sizeof(verdict->why), "fork: %s",
			 strerror(errno));
	} else {
		setpgid(pid, pid);
		wait_for_test(pid, timeout_s);
	}

	snprintf(why, size, "%s",
		 verdict->outcome == ABI_PASS ? "" : verdict->why);

	return verdict->outcome;
}
