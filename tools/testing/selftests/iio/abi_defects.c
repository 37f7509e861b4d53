// SPDX-License-Identifier: GPL-2.0
/*
 * What implementations of these ioctls got wrong, and what none of the other
 * tests runs into: a race that has to be won, an errno that has to be ignored so
 * that the damage behind it shows, or a look at what the kernel keeps.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <limits.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "abi.h"
#include "fault.h"

#define SIZE	16384
#define HUGE	(1024UL << 20)
#define BUFINFO	"/sys/kernel/debug/dma_buf/bufinfo"

/* Whatever a refused enqueue says: the first one goes on as if it had not been. */
static void refused_leaves_fence(struct abi *t)
{
	struct dmabuf *d = abi_attached(t, SIZE);
	size_t len = abi_size(t, SIZE);

	abi_queue(t, d, len);
	CHECK(iio_enqueue(t->fd, d->fd, len, 0) < 0, "enqueued twice at a time");
	CHECK(abi_pending(t, d),
	      "refusing a second enqueue ends the first, which has not begun");
}

/* Has the kernel free what it has put off to free. */
static void drop_memory(void)
{
	if (sysfs_write("2", "/proc/sys/vm/drop_caches"))
		abi_skip("needs root");
	usleep(500000);
}

/* Neither is anything freed that the first one needs. */
static void refused_leaves_memory(struct abi *t)
{
	struct dmabuf *d = abi_attached(t, SIZE);
	size_t len = abi_size(t, SIZE);

	abi_queue(t, d, len);
	CHECK(iio_enqueue(t->fd, d->fd, len, 0) < 0, "enqueued twice at a time");
	drop_memory();
	abi_enable(t);
	abi_done(t, d, len);
	drop_memory();
	abi_transfer(t, d, len);
}

/* Refused by the hardware: then ENQUEUE must say so, and the next one work. */
static void refused_by_hardware(struct abi *t)
{
	struct dmabuf *d = abi_attached(t, SIZE);
	size_t len = abi_size(t, SIZE);
	int bad, good;

	if (t->side->align == 1)
		abi_skip("lengths need no alignment");
	abi_enable(t);
	bad = iio_enqueue(t->fd, d->fd, t->side->align - 1, 0);
	abi_load(t, d, len);
	good = iio_enqueue(t->fd, d->fd, len, 0);
	CHECK(bad && !good, "an impossible ENQUEUE says %s, a good one afterwards %s",
	      abi_error(bad), abi_error(good));
	abi_done(t, d, len);
}

/* All are attached before the first is enqueued, and enqueued before any runs. */
static void cyclic_in_the_middle(struct abi *t)
{
	struct dmabuf *d[3];
	size_t len = abi_size(t, SIZE);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(d); i++)
		d[i] = abi_attached(t, SIZE);
	for (i = 0; i < ARRAY_SIZE(d); i++) {
		abi_load(t, d[i], len);
		EXPECT(iio_enqueue(t->fd, d[i]->fd, len,
				   i == 1 ? IIO_BUFFER_DMABUF_CYCLIC : 0), 0);
	}
	abi_enable(t);
	for (i = 0; i < ARRAY_SIZE(d); i++)
		CHECK(dmabuf_wait(d[i], WAIT_MS) == 1, "block %u never ends", i);
	abi_transfer(t, d[0], len);
}

/* What was put off at DETACH has not been done yet when the buffer is enabled. */
static void enabled_before_detach_is_over(struct abi *t)
{
	const struct sched_param param = { .sched_priority = 1 };
	struct dmabuf *d = abi_attached(t, SIZE);
	int ret, ms = WAIT_MS;
	char data[64];

	if (sched_setscheduler(0, SCHED_FIFO, &param))
		abi_skip("no real-time priority");
	EXPECT(iio_detach(t->fd, d->fd), 0);
	EXPECT(iio_enable(&t->target, true), 0);
	sched_setscheduler(0, SCHED_OTHER, &(struct sched_param){ 0 });

	EXPECT(iio_set_nonblock(t->fd, true), 0);
	do {
		ret = t->target.dir == IIO_DIR_IN ? read(t->fd, data, sizeof(data)) :
						    write(t->fd, data, sizeof(data));
		ret = ret < 0 ? -errno : ret;
	} while (ret == -EAGAIN && !usleep(1000) && ms--);
	CHECK(ret > 0, "read() and write() do not work: %s", abi_error(ret));
}

#define MOST_ALLOCATIONS	500

/*
 * Every allocation of enabling fails, one at a time: nothing comes of such an
 * attempt, and least of all a buffer that believes to serve read() and write().
 */
static void attach_after_failed_enable(struct abi *t)
{
	struct dmabuf *d = abi_alloc(t, SIZE);
	unsigned int nth;
	bool failed;
	int ret;

	if (!fault_possible())
		abi_skip("needs CONFIG_FAILSLAB");
	fault_prepare();
	for (nth = 1; nth < MOST_ALLOCATIONS; nth++) {
		fault_arm(nth);
		ret = iio_enable(&t->target, true);
		failed = fault_disarm();
		EXPECT(iio_enable(&t->target, false), 0);
		if (!failed)
			break;
		EXPECT(iio_attach(t->fd, d->fd), 0);
		EXPECT(iio_detach(t->fd, d->fd), 0);
	}
	CHECK(nth > 1 && !ret, "enabling takes %u allocations", nth);
	abi_still_works(t);
}

static bool read_line(FILE *f, char *line, size_t size)
{
	if (!fgets(line, size, f))
		return false;
	line[strcspn(line, "\n")] = '\0';

	return true;
}

/* Of the only DMABUF that has an attachment. */
static void find_attached_device(char *name, size_t size)
{
	FILE *f = fopen(BUFINFO, "re");
	char line[256];
	bool list = false;

	if (!f)
		abi_skip("%s cannot be read", BUFINFO);
	*name = '\0';
	while (read_line(f, line, sizeof(line)) && !*name) {
		if (list && *line == '\t')
			snprintf(name, size, "%s", line + 1);
		list = strstr(line, "Attached Devices:");
	}
	fclose(f);
}

/* Memory has to be mapped for what accesses it. */
static void mapped_for_dma_device(struct abi *t)
{
	char want[256], got[256];

	abi_find_dma_device(t, t->env->dma_channel, want, sizeof(want));
	abi_attached(t, SIZE);
	find_attached_device(got, sizeof(got));
	CHECK(!strcmp(got, want), "mapped for %s, %s accesses it", got, want);
}

static void __noreturn reader(struct abi *t)
{
	char data[64];
	ssize_t ret = read(t->fd, data, sizeof(data));

	_exit(ret < 0 && errno == ENODEV ? 0 : 1);
}

/* A reader that waits, and is told that the device has gone, waits no longer. */
static void read_while_unbound(struct abi *t)
{
	struct abi_driver driver;
	int status;
	pid_t pid;

	abi_stall(t);
	abi_enable(t);
	pid = fork();
	if (!pid)
		reader(t);
	usleep(100000);
	abi_take_away(t, &driver);
	CHECK(waitpid(pid, &status, 0) == pid, "waitpid");
	CHECK(WIFEXITED(status) && !WEXITSTATUS(status), "read() does not say ENODEV");
	abi_bind_again(t, &driver);
}

/* With nothing enqueued, so that only closing is left to go wrong. */
static void closed_after_unbind(struct abi *t)
{
	struct abi_driver driver;

	abi_attached(t, SIZE);
	abi_take_away(t, &driver);
	abi_close(t);
	abi_bind_again(t, &driver);
}

/*
 * While one waits to enqueue, nobody else who uses the DMABUF has to wait with it:
 * polling returns before that gives up.
 */
static void waiting_holds_nobody_up(struct abi *t)
{
	struct abi *peer = abi_open_peer(t);
	struct dmabuf *d = abi_attached(t, SIZE);
	size_t len = abi_size(t, SIZE);
	pid_t pid;
	bool over;

	EXPECT(iio_attach(peer->fd, d->fd), 0);
	abi_queue(peer, d, abi_size(peer, SIZE));
	pid = fork();
	if (!pid) {
		iio_enqueue(t->fd, d->fd, len, 0);
		_exit(0);
	}
	usleep(200000);
	CHECK(!waitpid(pid, NULL, WNOHANG), "the enqueue does not wait");
	dmabuf_poll(d, POLLOUT, 0);
	over = waitpid(pid, NULL, WNOHANG);
	CHECK(!over, "poll() of the DMABUF does not return as long as an enqueue waits");
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	abi_enable(peer);
	abi_done(peer, d, abi_size(peer, SIZE));
}

/* The controller's driver goes, and the converter's may not even know. */
static void controller_unbound(struct abi *t)
{
	struct dmabuf *d = abi_stalled(t);
	struct abi_driver controller, converter;
	int fence = abi_fence(t, d);

	abi_find_controller(t, &controller);
	if (!abi_find_driver(t->env, t->side, &converter))
		abi_skip("%s has no driver", t->target.name);
	EXPECT(sysfs_write(controller.name, "%s/unbind", controller.dir), 0);
	iio_enqueue(t->fd, d->fd, abi_size(t, SIZE), 0);
	iio_enable(&t->target, false);
	CHECK(abi_fence_result(t, fence) < 0, "the fence reports success");
	abi_bind_controller(t, &controller, &converter);
}

/* The bus has refused the access: what is in the buffer is nobody's data. */
static void fileio_reports_error(struct abi *t)
{
	char data[64];
	int ret;

	EXPECT(iio_buffer_attr_write(&t->target, "length", 2 * SIZE / t->side->datum), 0);
	abi_enable(t);
	ret = read(t->fd, data, sizeof(data));
	ret = ret < 0 ? -errno : ret;
	CHECK(ret < 0, "read() returns %d bytes of a transfer that failed", ret);
	EXPECT(ret, -EIO);
}

static void huge_block(struct abi *t)
{
	struct dmabuf *d = &t->blocks[t->num_blocks++];
	int fence, status;

	EXPECT(dmabuf_alloc(d, t->env->heap, HUGE), 0);
	EXPECT(iio_attach(t->fd, d->fd), 0);
	EXPECT(iio_enqueue(t->fd, d->fd, HUGE, 0), 0);
	fence = abi_fence(t, d);
	abi_enable(t);
	status = abi_fence_result(t, fence);
	CHECK(status == 1, "the transfer ends with %s", abi_error(status));
	/* And again, now that it is running. */
	EXPECT(iio_enqueue(t->fd, d->fd, HUGE, 0), 0);
	CHECK(dmabuf_wait(d, WAIT_MS) == 1, "the second transfer never ends");
}

/* Gives back what is only kept for a while, and counts what is in use. */
static unsigned long objects_in_use(void)
{
	unsigned long sum = 0, active;
	char line[256], name[64];
	size_t i;
	glob_t g;
	FILE *f;

	if (glob("/sys/kernel/slab/kmalloc-*/shrink", 0, NULL, &g))
		abi_skip("needs CONFIG_SLUB_DEBUG");
	for (i = 0; i < g.gl_pathc; i++)
		sysfs_write("1", "%s", g.gl_pathv[i]);
	globfree(&g);

	f = fopen("/proc/slabinfo", "re");
	if (!f)
		abi_skip("/proc/slabinfo cannot be read");
	while (fgets(line, sizeof(line), f))
		if (sscanf(line, "%63s %lu", name, &active) == 2 &&
		    !strncmp(name, "kmalloc-", strlen("kmalloc-")))
			sum += active;
	fclose(f);

	return sum;
}

static void transfer_often(struct abi *t, struct dmabuf *d, unsigned int times)
{
	size_t len = abi_size(t, SIZE);

	while (times--) {
		EXPECT(iio_enqueue(t->fd, d->fd, len, 0), 0);
		CHECK(dmabuf_wait(d, WAIT_MS) == 1, "the transfer never ends");
	}
}

/* Grace periods pass on their own; half of what a leak would take is no noise. */
static void nothing_is_leaked(struct abi *t)
{
	struct dmabuf *d = abi_attached(t, SIZE);
	const unsigned int times = 1000;
	unsigned long before, now = 0;
	int ms;

	abi_enable(t);
	transfer_often(t, d, 100);
	before = objects_in_use();
	transfer_often(t, d, times);
	for (ms = 0; ms < WAIT_MS; ms += 100) {
		now = objects_in_use();
		if (now < before + times / 2)
			return;
		usleep(100000);
	}
	CHECK(false, "%u transfers leave %lu objects behind", times, now - before);
}

const struct abi_test abi_defects_tests[] = {
	{ "refused_leaves_fence", refused_leaves_fence, SIDE_ANY, 0 },
	{ "refused_leaves_memory", refused_leaves_memory, SIDE_ANY, 0 },
	{ "refused_by_hardware", refused_by_hardware, SIDE_ANY, 0 },
	{ "cyclic_in_the_middle", cyclic_in_the_middle, SIDE_OUT, NEED_CYCLIC },
	{ "enabled_before_detach_is_over", enabled_before_detach_is_over,
	  SIDE_ANY, 0 },
	{ "attach_after_failed_enable", attach_after_failed_enable, SIDE_ANY, 0 },
	{ "mapped_for_dma_device", mapped_for_dma_device, SIDE_ANY, 0 },
	{ "read_while_unbound", read_while_unbound, SIDE_IN,
	  NEED_STALL | NEED_UNBIND },
	{ "waiting_holds_nobody_up", waiting_holds_nobody_up, SIDE_ANY, NEED_BOTH },
	{ "closed_after_unbind", closed_after_unbind, SIDE_ANY, NEED_UNBIND },
	{ "controller_unbound", controller_unbound, SIDE_ANY,
	  NEED_STALL | NEED_UNBIND | NEED_STATUS },
	{ "fileio_reports_error", fileio_reports_error, SIDE_IN, NEED_REFUSING },
	{ "huge_block", huge_block, SIDE_ANY, NEED_HUGE | NEED_STATUS },
	{ "nothing_is_leaked", nothing_is_leaked, SIDE_ANY, 0 },
	{ 0 },
};
