// SPDX-License-Identifier: GPL-2.0
/*
 * Fault injection. What is armed counts down with every call that can fail,
 * those included by which it is disarmed.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "abi.h"
#include "fault.h"

#define FAILSLAB	"/sys/kernel/debug/failslab"
#define FAIL_PAGE	"/sys/kernel/debug/fail_page_alloc"
#define FAIL_USERCOPY	"/sys/kernel/debug/fail_usercopy"
#define FAIL_NTH	"/proc/thread-self/fail-nth"
#define MAKE_IT_FAIL	"/proc/self/make-it-fail"

bool fault_possible(void)
{
	return !access(FAILSLAB, F_OK) && !access(FAIL_NTH, F_OK);
}

bool fault_of_user_access(void)
{
	return !access(FAIL_USERCOPY, F_OK);
}

static int open_or_fail(const char *path)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);

	CHECK(fd >= 0, "%s: %s", path, strerror(errno));

	return fd;
}

static int nth_fd, task_fd;

/* Allocations that may sleep are left alone by default. */
void fault_prepare(void)
{
	EXPECT(sysfs_write("N", FAILSLAB "/ignore-gfp-wait"), 0);
	EXPECT(sysfs_write("Y", FAILSLAB "/task-filter"), 0);
	EXPECT(sysfs_write("100", FAILSLAB "/probability"), 0);
	EXPECT(sysfs_write("-1", FAILSLAB "/times"), 0);
	EXPECT(sysfs_write("0", FAILSLAB "/verbose"), 0);
	if (!access(FAIL_PAGE, F_OK)) {
		EXPECT(sysfs_write("N", FAIL_PAGE "/ignore-gfp-wait"), 0);
		EXPECT(sysfs_write("N", FAIL_PAGE "/ignore-gfp-highmem"), 0);
		EXPECT(sysfs_write("0", FAIL_PAGE "/min-order"), 0);
		EXPECT(sysfs_write("0", FAIL_PAGE "/verbose"), 0);
	}
	if (fault_of_user_access())
		EXPECT(sysfs_write("0", FAIL_USERCOPY "/verbose"), 0);
	nth_fd = open_or_fail(FAIL_NTH);
	task_fd = open_or_fail(MAKE_IT_FAIL);
}

void fault_arm(unsigned int nth)
{
	char text[16];
	int len;

	len = snprintf(text, sizeof(text), "%u", nth);
	CHECK(pwrite(nth_fd, text, len, 0) == len, "fail-nth: %s",
	      strerror(errno));
}

/* 0 is what is left when it has happened. */
bool fault_disarm(void)
{
	int saved = errno, tries;
	char text[16] = "";
	ssize_t len;

	len = pread(nth_fd, text, sizeof(text) - 1, 0);
	/* Copying the number may have been what failed. */
	for (tries = 0; tries < 3; tries++)
		if (pwrite(nth_fd, "0", 1, 0) == 1)
			break;
	CHECK(tries < 3, "fail-nth: %s", strerror(errno));
	errno = saved;

	return len > 0 && !atoi(text);
}

void fault_all_slabs(bool on)
{
	CHECK(pwrite(task_fd, on ? "1" : "0", 1, 0) == 1, "make-it-fail: %s",
	      strerror(errno));
}
