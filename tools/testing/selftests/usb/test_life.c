// SPDX-License-Identifier: GPL-2.0
/*
 * Everything can go while transfers are in flight: each fence ends with an error, no
 * call hangs, and nothing is left attached.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <linux/usb/functionfs.h>

#include "ffs.h"
#include "test.h"

#define QUEUED	4

struct flight {
	struct dmabuf d[QUEUED];
	int fences[QUEUED];
};

/* Nothing moves before the host does something */
static void take_off(struct test *t, struct flight *f, int ep)
{
	unsigned int i;

	for (i = 0; i < QUEUED; i++) {
		f->d[i] = test_attached(t, ep, 16384);
		test_fill(&f->d[i], 0, 16384, i);
		EXPECT(ffs_transfer(ep, f->d[i].fd, 16384), 0);
		f->fences[i] = test_fence(&f->d[i]);
	}
}

static void expect_ended(struct flight *f, int error)
{
	unsigned int i;

	for (i = 0; i < QUEUED; i++)
		EXPECT(test_fence_result(f->fences[i]), error);
}

static void expect_attached(struct flight *f, int devices)
{
	unsigned int i;

	for (i = 0; i < QUEUED; i++)
		test_expect_attached(&f->d[i], devices);
}

static void detach_all(struct flight *f, int ep)
{
	unsigned int i;

	for (i = 0; i < QUEUED; i++)
		EXPECT(ffs_detach(ep, f->d[i].fd), 0);
	expect_attached(f, 0);
}

static void detach_one(struct test *t)
{
	unsigned char received[16384];
	struct flight f;
	unsigned int i;

	take_off(t, &f, t->in);
	EXPECT(ffs_detach(t->in, f.d[1].fd), 0);
	EXPECT(test_fence_result(f.fences[1]), -ECONNRESET);
	test_expect_attached(&f.d[1], 0);

	for (i = 0; i < QUEUED; i++) {
		if (i == 1)
			continue;
		EXPECT(host_read(&t->host, received, 16384, WAIT_MS), 16384);
		test_compare_bytes(received, 16384, i);
		EXPECT(test_fence_result(f.fences[i]), 1);
	}
	test_still_works(t);
}

static void detach_nonblocking(struct test *t)
{
	struct flight f;

	fcntl(t->out, F_SETFL, O_NONBLOCK);
	take_off(t, &f, t->out);
	detach_all(&f, t->out);
	expect_ended(&f, -ECONNRESET);
	test_still_works(t);
}

static void close_file(struct test *t)
{
	struct flight in, out;

	take_off(t, &in, t->in);
	take_off(t, &out, t->out);
	close(t->in);
	expect_ended(&in, -ECONNRESET);
	expect_attached(&in, 0);
	expect_attached(&out, 1);
	close(t->out);
	expect_ended(&out, -ECONNRESET);
	expect_attached(&out, 0);
	test_still_works(t);
}

/* What belongs to one file of an endpoint is no business of another one */
static void two_files(struct test *t)
{
	struct dmabuf d = test_attached(t, t->in, 16384);
	int other = test_open_ep(t, FFS_IN, 0);
	struct flight f;

	EXPECT(ffs_detach(other, d.fd), -EPERM);
	EXPECT(ffs_transfer(other, d.fd, 4096), -EPERM);
	EXPECT(ffs_attach(other, d.fd), 0);
	take_off(t, &f, other);
	close(other);
	expect_ended(&f, -ECONNRESET);
	expect_attached(&f, 0);
	test_expect_attached(&d, 1);
	test_send(t, &d, 16384);
	EXPECT(ffs_detach(t->in, d.fd), 0);
	test_expect_attached(&d, 0);
}

static void killed(struct test *t)
{
	struct dmabuf d = test_alloc(t, 16384);
	int fence, ready[2], status;
	char byte;
	pid_t pid;

	CHECK(!pipe(ready), "no pipe");
	pid = fork();
	if (!pid) {
		int ep = ffs_open_ep(t->env->dir, FFS_OUT, 0);

		if (ffs_attach(ep, d.fd) || ffs_transfer(ep, d.fd, 16384))
			_exit(1);
		if (write(ready[1], "", 1) == 1)
			pause();
		_exit(1);
	}
	close(ready[1]);
	CHECK(read(ready[0], &byte, 1) == 1, "the child cannot transfer");
	fence = test_fence(&d);
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	CHECK(WIFSIGNALED(status), "the child ended by itself");
	EXPECT(test_fence_result(fence), -ECONNRESET);
	test_expect_attached(&d, 0);
	test_still_works(t);
}

static void no_gadget_any_more(struct test *t, struct flight *f, int ep)
{
	struct dmabuf d = test_alloc(t, 4096);

	expect_ended(f, -ESHUTDOWN);
	EXPECT(ffs_transfer(ep, f->d[0].fd, 4096), -ESHUTDOWN);
	EXPECT(ffs_attach(ep, f->d[0].fd), -EBUSY);
	EXPECT(ffs_attach(ep, d.fd), -ENODEV);
	EXPECT(ffs_transfer(ep, d.fd, 4096), -EPERM);
	EXPECT(ffs_detach(ep, d.fd), -EPERM);
	dmabuf_free(&d);
}

static void unbind(struct test *t)
{
	struct flight in, out;

	take_off(t, &in, t->in);
	take_off(t, &out, t->out);
	host_close(&t->host);
	test_unbind(t);
	no_gadget_any_more(t, &in, t->in);
	no_gadget_any_more(t, &out, t->out);
	detach_all(&in, t->in);
	close(t->out);
	expect_attached(&out, 0);
}

static void rebind(struct test *t)
{
	struct flight in, out;
	unsigned int i;

	take_off(t, &in, t->in);
	take_off(t, &out, t->out);
	for (i = 0; i < 3; i++) {
		host_close(&t->host);
		test_unbind(t);
		test_bind(t);
		test_connect_host(t);
		test_send(t, &in.d[0], 16384);
		test_receive(t, &out.d[1], 16384);
		test_send(t, &in.d[2], 5000);
	}
	expect_ended(&in, -ESHUTDOWN);
	expect_ended(&out, -ESHUTDOWN);
	detach_all(&in, t->in);
	detach_all(&out, t->out);
	test_still_works(t);
}

static void write_file(const char *dir, const char *name, const char *text)
{
	int fd, len = strlen(text);
	char path[4200];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	CHECK(fd >= 0, "%s: %s", path, strerror(errno));
	CHECK(write(fd, text, len) == len, "%s: %s", path, strerror(errno));
	close(fd);
}

/* The cable is pulled, and plugged in again: the port has its power taken */
static void disconnect(struct test *t)
{
	char link[300], port[PATH_MAX];
	struct flight in, out;

	snprintf(link, sizeof(link), "%s/port", t->host.dir);
	if (!realpath(link, port))
		test_skip("the kernel does not tell the port");

	take_off(t, &in, t->in);
	take_off(t, &out, t->out);
	write_file(port, "disable", "1");
	expect_ended(&in, -ESHUTDOWN);
	expect_ended(&out, -ESHUTDOWN);
	expect_attached(&in, 1);

	host_close(&t->host);
	write_file(port, "disable", "0");
	test_connect_host(t);
	test_send(t, &in.d[1], 16384);
	test_receive(t, &out.d[1], 16384);
	detach_all(&in, t->in);
	detach_all(&out, t->out);
}

/* The device itself goes from the bus */
static void soft_disconnect(struct test *t)
{
	struct flight in, out;
	char dir[512];

	snprintf(dir, sizeof(dir), "/sys/class/udc/%s", t->env->udc);
	take_off(t, &in, t->in);
	take_off(t, &out, t->out);
	write_file(dir, "soft_connect", "disconnect");
	expect_ended(&in, -ESHUTDOWN);
	expect_ended(&out, -ESHUTDOWN);

	host_close(&t->host);
	test_unbind(t);
	test_bind(t);
	test_connect_host(t);
	test_send(t, &in.d[0], 16384);
	test_receive(t, &out.d[0], 16384);
}

/* The host chooses no configuration, which disables the endpoints */
static void deconfigure(struct test *t)
{
	struct flight in, out;

	take_off(t, &in, t->in);
	take_off(t, &out, t->out);
	EXPECT(host_configure(&t->host, -1), 0);
	expect_ended(&in, -ESHUTDOWN);
	expect_ended(&out, -ESHUTDOWN);

	EXPECT(host_configure(&t->host, 1), 0);
	test_send(t, &in.d[0], 16384);
	test_receive(t, &out.d[0], 16384);
}

/* The function goes with its last file: DMABUFs are all that is left of it */
static void close_all(struct test *t)
{
	struct flight in, out;

	take_off(t, &in, t->in);
	take_off(t, &out, t->out);
	host_close(&t->host);
	close(t->ep0);
	expect_attached(&in, 1);
	close(t->in);
	close(t->out);
	expect_ended(&in, -ECONNRESET);
	expect_ended(&out, -ECONNRESET);
	expect_attached(&in, 0);
	expect_attached(&out, 0);
}

/* The controller itself goes, and nothing of it may be touched any more */
static void no_controller(struct test *t)
{
	struct flight in, out;

	take_off(t, &in, t->in);
	take_off(t, &out, t->out);
	host_close(&t->host);
	write_file(t->env->udc_driver, "unbind", t->env->udc);
	no_gadget_any_more(t, &in, t->in);
	detach_all(&in, t->in);
	close(t->out);
	expect_ended(&out, -ESHUTDOWN);
	expect_attached(&out, 0);

	/* The gadget is still waiting for it */
	write_file(t->env->udc_driver, "bind", t->env->udc);
	EXPECT(ffs_wait_event(t->ep0, FUNCTIONFS_BIND, WAIT_MS), 0);
	test_connect_host(t);
	test_still_works(t);
}

const struct test_case life_tests[] = {
	{ "DETACH with transfers in flight", detach_one, NEED_HOST },
	{ "DETACH of all of them, not blocking", detach_nonblocking, NEED_HOST },
	{ "close() with transfers in flight", close_file, NEED_HOST },
	{ "two files of one endpoint", two_files, NEED_HOST },
	{ "SIGKILL with transfers in flight", killed, NEED_HOST },
	{ "unbind with transfers in flight", unbind, NEED_HOST },
	{ "unbind and bind again", rebind, NEED_HOST },
	{ "disconnect by the host with transfers in flight", disconnect, NEED_HOST },
	{ "disconnect by the device with transfers in flight", soft_disconnect,
	  NEED_HOST },
	{ "no configuration with transfers in flight", deconfigure, NEED_HOST },
	{ "all files closed with transfers in flight", close_all, NEED_HOST },
	{ "no controller any more", no_controller, NEED_HOST | NEED_DRIVER },
	{}
};
