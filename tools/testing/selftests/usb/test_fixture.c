// SPDX-License-Identifier: GPL-2.0
/*
 * What a test starts with, and does again and again.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
#include <linux/usb/functionfs.h>

#include "ffs.h"
#include "test.h"

#define BUFINFO		"/sys/kernel/debug/dma_buf/bufinfo"
#define STEP_US		2000

static void write_udc(struct test *t, const char *udc)
{
	char path[4096];
	int fd, len = strlen(udc);

	snprintf(path, sizeof(path), "%s/UDC", t->env->gadget);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	CHECK(fd >= 0, "%s: %s", path, strerror(errno));
	CHECK(write(fd, udc, len) == len, "cannot write '%s' to %s: %s", udc, path,
	      strerror(errno));
	close(fd);
}

void test_bind(struct test *t)
{
	write_udc(t, t->env->udc);
	EXPECT(ffs_wait_event(t->ep0, FUNCTIONFS_BIND, WAIT_MS), 0);
}

void test_unbind(struct test *t)
{
	write_udc(t, "\n");
}

void test_connect_host(struct test *t)
{
	EXPECT(ffs_wait_event(t->ep0, FUNCTIONFS_ENABLE, WAIT_MS), 0);
	EXPECT(host_open(&t->host, t->env->vendor, t->env->product, WAIT_MS), 0);
}

int test_open_ep(struct test *t, const char *ep, int flags)
{
	int fd = ffs_open_ep(t->env->dir, ep, flags);

	CHECK(fd >= 0, "cannot open %s: %s", ep, strerror(-fd));

	return fd;
}

void test_open_eps(struct test *t)
{
	t->in = test_open_ep(t, FFS_IN, 0);
	t->out = test_open_ep(t, FFS_OUT, 0);
}

void test_start(struct test *t, const struct env *env, unsigned int needs)
{
	t->env = env;
	t->in = -1;
	t->out = -1;
	t->host.fd = -1;
	t->ep0 = ffs_open(env->dir);
	CHECK(t->ep0 >= 0, "cannot make the function: %s", strerror(-t->ep0));
	test_open_eps(t);

	if (needs & NEED_DRIVER && !env->udc_driver)
		test_skip("--udc-driver is not given");
	if (needs & (NEED_HOST | NEED_GADGET))
		test_bind(t);
	if (needs & NEED_HOST)
		test_connect_host(t);
}

static unsigned char byte(size_t i, unsigned int seed)
{
	return i * 31 + (i >> 8) * 7 + (i >> 16) + seed;
}

void test_fill_bytes(unsigned char *bytes, size_t len, unsigned int seed)
{
	size_t i;

	for (i = 0; i < len; i++)
		bytes[i] = byte(i, seed);
}

void test_compare_bytes(const unsigned char *bytes, size_t len, unsigned int seed)
{
	size_t i;

	for (i = 0; i < len; i++)
		CHECK(bytes[i] == byte(i, seed),
		      "byte %zu of %zu is %#x and not %#x", i, len, bytes[i],
		      byte(i, seed));
}

void test_fill(const struct dmabuf *d, size_t from, size_t to, unsigned int seed)
{
	unsigned char *bytes = d->map;

	EXPECT(dmabuf_begin_cpu(d, DMA_BUF_SYNC_WRITE), 0);
	for (; from < to; from++)
		bytes[from] = byte(from, seed);
	EXPECT(dmabuf_end_cpu(d, DMA_BUF_SYNC_WRITE), 0);
}

void test_compare(const struct dmabuf *d, size_t from, size_t to, unsigned int seed)
{
	const unsigned char *bytes = d->map;

	EXPECT(dmabuf_begin_cpu(d, DMA_BUF_SYNC_READ), 0);
	for (; from < to; from++)
		CHECK(bytes[from] == byte(from, seed),
		      "byte %zu of %zu is %#x and not %#x", from, to, bytes[from],
		      byte(from, seed));
	EXPECT(dmabuf_end_cpu(d, DMA_BUF_SYNC_READ), 0);
}

struct dmabuf test_alloc(struct test *t, size_t size)
{
	struct dmabuf d;

	EXPECT(dmabuf_alloc(&d, t->env->heap, size), 0);

	return d;
}

struct dmabuf test_attached(struct test *t, int ep, size_t size)
{
	struct dmabuf d = test_alloc(t, size);

	EXPECT(ffs_attach(ep, d.fd), 0);

	return d;
}

void test_wait_done(const struct dmabuf *d)
{
	EXPECT(dmabuf_wait(d, WAIT_MS), 1);
}

bool test_pending(const struct dmabuf *d)
{
	int ret = dmabuf_wait(d, 0);

	CHECK(ret >= 0, "poll: %s", strerror(-ret));

	return !ret;
}

void test_send(struct test *t, const struct dmabuf *d, size_t len)
{
	unsigned char *received = malloc(len);

	CHECK(received, "no memory");
	test_fill(d, 0, len, len);
	EXPECT(ffs_transfer(t->in, d->fd, len), 0);
	EXPECT(host_read(&t->host, received, len, WAIT_MS), (int)len);
	test_wait_done(d);
	test_compare_bytes(received, len, len);
	free(received);
}

void test_receive(struct test *t, const struct dmabuf *d, size_t len)
{
	unsigned char *sent = malloc(len);

	CHECK(sent, "no memory");
	test_fill_bytes(sent, len, len);
	test_fill(d, 0, d->size, ~len);
	EXPECT(ffs_transfer(t->out, d->fd, len), 0);
	EXPECT(host_write(&t->host, sent, len, WAIT_MS), (int)len);
	test_wait_done(d);
	test_compare(d, 0, len, len);
	test_compare(d, len, d->size, ~len);
	free(sent);
}

void test_still_works(struct test *t)
{
	struct dmabuf d = test_alloc(t, 16384);
	int in = test_open_ep(t, FFS_IN, 0), out = test_open_ep(t, FFS_OUT, 0);
	struct test fresh = *t;

	fresh.in = in;
	fresh.out = out;
	EXPECT(ffs_attach(in, d.fd), 0);
	EXPECT(ffs_attach(out, d.fd), 0);
	test_receive(&fresh, &d, 8192);
	test_send(&fresh, &d, 16384);
	EXPECT(ffs_detach(in, d.fd), 0);
	EXPECT(ffs_detach(out, d.fd), 0);
	test_expect_attached(&d, 0);
	close(in);
	close(out);
	dmabuf_free(&d);
}

int test_fence(const struct dmabuf *d)
{
	int fence = dmabuf_export_fence(d);

	CHECK(fence >= 0, "cannot export a fence: %s", strerror(-fence));

	return fence;
}

int test_fence_result(int fence)
{
	int status;

	EXPECT(fence_wait(fence, WAIT_MS), 1);
	EXPECT(fence_status(fence, &status), 0);
	close(fence);

	return status;
}

/* -1: the kernel does not say */
static int attached_devices(const struct dmabuf *d)
{
	unsigned long ino = 0;
	int devices = -1;
	struct stat st;
	char line[512];
	FILE *file;

	CHECK(!fstat(d->fd, &st), "fstat: %s", strerror(errno));
	file = fopen(BUFINFO, "r");
	if (!file)
		return -1;

	while (fgets(line, sizeof(line), file)) {
		/* size, flags, mode, count, exporter, inode */
		if (sscanf(line, "%*x %*x %*x %*x %*s %lu", &ino) == 1)
			continue;
		if (ino == st.st_ino &&
		    sscanf(line, "Total %d devices", &devices) == 1)
			break;
	}
	fclose(file);

	return devices;
}

static double now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);

	return ts.tv_sec * 1e3 + ts.tv_nsec / 1e6;
}

void test_expect_attached(const struct dmabuf *d, int devices)
{
	double end = now_ms() + WAIT_MS;
	int found;

	while ((found = attached_devices(d)) >= 0 && found != devices) {
		CHECK(now_ms() < end, "attached to %d devices, and not to %d", found,
		      devices);
		usleep(STEP_US);
	}
}

static void interrupted(int sig)
{
}

int test_transfer_bounded(int ep, const struct dmabuf *d, size_t len)
{
	struct sigaction action = { .sa_handler = interrupted };
	int ret;

	sigaction(SIGALRM, &action, NULL);
	alarm(BLOCKED_S);
	ret = ffs_transfer(ep, d->fd, len);
	alarm(0);

	return ret;
}

static void *waiter_run(void *data)
{
	struct waiter *w = data;

	w->tid = syscall(SYS_gettid);
	w->called = true;
	w->ret = ffs_transfer(w->ep, w->fd, w->len);
	w->returned = true;

	return NULL;
}

void waiter_start(struct waiter *w, int ep, const struct dmabuf *d, size_t len)
{
	pthread_t thread;

	*w = (struct waiter){ .ep = ep, .fd = d->fd, .len = len };
	CHECK(!pthread_create(&thread, NULL, waiter_run, w), "no thread");
	w->thread = thread;
	waiter_expect_blocked(w);
}

static bool sleeps(pid_t tid)
{
	char path[64], line[256] = "", *state;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/self/task/%d/stat", tid);
	file = fopen(path, "r");
	if (!file)
		return false;
	if (!fgets(line, sizeof(line), file))
		line[0] = 0;
	fclose(file);

	state = strrchr(line, ')');

	return state && state[1] == ' ' && (state[2] == 'S' || state[2] == 'D');
}

void waiter_expect_blocked(struct waiter *w)
{
	double end = now_ms() + WAIT_MS;

	while (!w->called || !sleeps(w->tid)) {
		CHECK(!w->returned, "TRANSFER returned %d (%s) and did not wait", w->ret,
		      strerror(-w->ret));
		CHECK(now_ms() < end, "the thread does not get to wait");
		usleep(STEP_US);
	}
}

int waiter_join(struct waiter *w)
{
	pthread_join(w->thread, NULL);

	return w->ret;
}
