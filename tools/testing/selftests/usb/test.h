/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the tests of FunctionFS' DMABUF interface share.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#ifndef TEST_H
#define TEST_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "common.h"
#include "dmabuf.h"
#include "host.h"

/* Generous: only a transfer that never ends takes so long. */
#define WAIT_MS		30000
/* A call that does not return within this time has blocked. */
#define BLOCKED_S	2

struct env {
	const char *dir;	/* where the function is mounted */
	const char *gadget;	/* its directory in configfs */
	const char *udc;	/* the controller to bind to */
	const char *udc_driver;	/* its directory in sysfs, if it may be unbound */
	const char *heap;	/* NULL: udmabuf */
	unsigned int vendor, product;
	unsigned int seed;	/* of what happens at random */
	unsigned int rounds;	/* how often */
};

/* One running test: the function, its endpoints' files, and the host if there. */
struct test {
	const struct env *env;
	int ep0;
	int in, out;		/* -1 without a gadget */
	struct host host;
};

enum test_needs {
	NEED_HOST = 1 << 0,	/* the other end of the cable, on this machine */
	NEED_GADGET = 1 << 1,	/* is bound when the test starts */
	NEED_DRIVER = 1 << 2,	/* the controller's driver may be unbound */
};

struct test_case {
	const char *name;
	void (*fn)(struct test *t);
	unsigned int needs;
};

/* One list for each file of tests, ended by a test without a name. */
extern const struct test_case args_tests[];
extern const struct test_case transfer_tests[];
extern const struct test_case wait_tests[];
extern const struct test_case life_tests[];
extern const struct test_case status_tests[];
extern const struct test_case race_tests[];

/* test_run.c: a failed test ends its process at once. */
void test_fail(const char *file, int line, const char *fmt, ...)
	__printf(3, 4) __noreturn;
void test_skip(const char *fmt, ...)
	__printf(1, 2) __noreturn;
void test_expect(const char *file, int line, const char *call, int got, int want);

#define CHECK(cond, ...) do {					\
	if (!(cond))						\
		test_fail(__FILE__, __LINE__, __VA_ARGS__);	\
} while (0)

/* For calls that return 0 or a negative errno. */
#define EXPECT(call, want) \
	test_expect(__FILE__, __LINE__, #call, (call), (want))

enum test_outcome {
	TEST_PASS,
	TEST_FAIL,
	TEST_SKIP,
	TEST_STUCK,		/* could not even be killed */
};

enum test_outcome test_run(const struct test_case *test, const struct env *env,
			   char *why, size_t size);

/* test_fixture.c */
void test_start(struct test *t, const struct env *env, unsigned int needs);
void test_open_eps(struct test *t);
int test_open_ep(struct test *t, const char *ep, int flags);
void test_bind(struct test *t);
void test_unbind(struct test *t);
void test_connect_host(struct test *t);

/* Blocks are filled with bytes that depend on @seed and their place. */
struct dmabuf test_alloc(struct test *t, size_t size);
void test_fill(const struct dmabuf *d, size_t from, size_t to, unsigned int seed);
void test_compare(const struct dmabuf *d, size_t from, size_t to, unsigned int seed);
void test_fill_bytes(unsigned char *bytes, size_t len, unsigned int seed);
void test_compare_bytes(const unsigned char *bytes, size_t len, unsigned int seed);

/* Attached to @ep. */
struct dmabuf test_attached(struct test *t, int ep, size_t size);
/* One transfer each, from the queue to the other end, compared. */
void test_send(struct test *t, const struct dmabuf *d, size_t len);
void test_receive(struct test *t, const struct dmabuf *d, size_t len);
/* Both, with fresh blocks: everything works as ever. */
void test_still_works(struct test *t);

/* No transfer is in flight any more. */
void test_wait_done(const struct dmabuf *d);
bool test_pending(const struct dmabuf *d);
/* The fence of what is in flight, and how it ended: 1 or the error. */
int test_fence(const struct dmabuf *d);
int test_fence_result(int fence);

/* Devices that the DMABUF is attached to: waits until they are @devices. */
void test_expect_attached(const struct dmabuf *d, int devices);

/* -EINTR: the call has blocked. */
int test_transfer_bounded(int ep, const struct dmabuf *d, size_t len);

/* A TRANSFER that another thread does */
struct waiter {
	unsigned long thread;
	pid_t tid;
	int ep, fd;
	size_t len;
	atomic_bool called, returned;
	int ret;
};

void waiter_start(struct waiter *w, int ep, const struct dmabuf *d, size_t len);
/* Returns once it sleeps in the call. */
void waiter_expect_blocked(struct waiter *w);
int waiter_join(struct waiter *w);

#endif
