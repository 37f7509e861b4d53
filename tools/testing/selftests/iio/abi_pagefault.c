// SPDX-License-Identifier: GPL-2.0
/*
 * read() and write() with memory whose pages come from another thread, which takes its
 * time: nobody who uses the buffer, or takes it away, waits for that thread.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <string.h>
#include <linux/userfaultfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "abi.h"

#define SIZE	4096

/* A call of read() or write(), and the page that it is given. */
struct slow {
	struct abi *t;
	pthread_t thread;
	char *page;
	int uffd;
	int ret;
};

static void register_page(struct slow *s)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register reg = { .mode = UFFDIO_REGISTER_MODE_MISSING };

	s->uffd = syscall(SYS_userfaultfd, O_CLOEXEC);
	if (s->uffd < 0)
		abi_skip("needs userfaultfd: %s", strerror(errno));
	CHECK(!ioctl(s->uffd, UFFDIO_API, &api), "UFFDIO_API: %s", strerror(errno));

	s->page = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
		       -1, 0);
	CHECK(s->page != MAP_FAILED, "mmap: %s", strerror(errno));
	reg.range.start = (unsigned long)s->page;
	reg.range.len = SIZE;
	CHECK(!ioctl(s->uffd, UFFDIO_REGISTER, &reg), "UFFDIO_REGISTER: %s",
	      strerror(errno));
}

static void *call(void *arg)
{
	struct slow *s = arg;
	ssize_t ret;

	if (s->t->target.dir == IIO_DIR_IN)
		ret = read(s->t->fd, s->page, SIZE);
	else
		ret = write(s->t->fd, s->page, SIZE);
	s->ret = ret < 0 ? -errno : ret;

	return NULL;
}

/* It is in the page fault when this returns. */
static void slow_start(struct slow *s, struct abi *t)
{
	struct pollfd pfd = { .events = POLLIN };
	struct uffd_msg msg;

	s->t = t;
	register_page(s);
	CHECK(!pthread_create(&s->thread, NULL, call, s), "no thread");
	pfd.fd = s->uffd;
	CHECK(poll(&pfd, 1, WAIT_MS) == 1, "no page fault");
	CHECK(read(s->uffd, &msg, sizeof(msg)) == sizeof(msg), "read: %s",
	      strerror(errno));
}

/* The page comes, and the call ends. */
static int slow_end(struct slow *s)
{
	struct uffdio_zeropage zero = {
		.range = { .start = (unsigned long)s->page, .len = SIZE },
	};

	CHECK(!ioctl(s->uffd, UFFDIO_ZEROPAGE, &zero), "UFFDIO_ZEROPAGE: %s",
	      strerror(errno));
	pthread_join(s->thread, NULL);

	return s->ret;
}

/* The page comes, and the call has done what it was to do. */
static void expect_count(struct slow *s)
{
	int ret = slow_end(s);

	CHECK(ret > 0 && !(ret % s->t->side->datum), "the call ends with %s",
	      abi_error(ret));
}

static void works_again(struct abi *t)
{
	abi_disable(t);
	abi_close(t);
	abi_reopen(t);
	abi_still_works(t);
}

static void pagefault_while_used(struct abi *t)
{
	struct pollfd pfd = { .fd = t->fd, .events = POLLIN | POLLOUT };
	struct slow s;

	abi_enable(t);
	slow_start(&s, t);

	EXPECT(iio_attach(t->fd, abi_alloc(t, SIZE)->fd), -EBUSY);
	CHECK(poll(&pfd, 1, 0) >= 0, "poll: %s", strerror(errno));
	if (t->target.dir == IIO_DIR_OUT)
		CHECK(!fsync(t->fd), "fsync: %s", strerror(errno));
	abi_disable(t);
	abi_enable(t);

	expect_count(&s);
	works_again(t);
}

static void pagefault_while_unbound(struct abi *t)
{
	struct abi_driver driver;
	struct slow s;
	int ret;

	abi_enable(t);
	slow_start(&s, t);
	abi_take_away(t, &driver);

	ret = slow_end(&s);
	CHECK(ret == -ENODEV, "the call ends with %s", abi_error(ret));
	abi_bind_again(t, &driver);
}

/* Others read or write meanwhile: what is transferred stays in order. */
static void pagefault_beside_others(struct abi *t)
{
	struct slow s;
	char some[SIZE] = "";
	ssize_t n;

	abi_enable(t);
	slow_start(&s, t);
	if (t->target.dir == IIO_DIR_IN)
		n = read(t->fd, some, sizeof(some));
	else
		n = write(t->fd, some, sizeof(some));
	CHECK(n > 0, "the other call: %s", strerror(errno));

	expect_count(&s);
	works_again(t);
}

const struct abi_test abi_pagefault_tests[] = {
	{ "pagefault_while_used", pagefault_while_used, SIDE_ANY },
	{ "pagefault_while_unbound", pagefault_while_unbound, SIDE_ANY, NEED_UNBIND },
	{ "pagefault_beside_others", pagefault_beside_others, SIDE_ANY },
	{}
};
