// SPDX-License-Identifier: GPL-2.0
/*
 * What a user of the device can have of the kernel, and what of others: a bounded
 * number of attachments, those included whose transfer goes on after DETACH; no
 * way to have memory written that he may only read; no memory that write() has used;
 * and settings that stay what
 * they were set to.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/dma-heap.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "abi.h"

#define SIZE		16384
#define MOST_ATTACHED	1024	/* to one buffer: see iio_dmabuf.rst */

static bool is_input(const struct abi *t)
{
	return t->target.dir == IIO_DIR_IN;
}

/*
 * The bound of attachments
 */

/* Nobody but the kernel keeps what is attached. */
static int attach_and_forget(struct abi *t, size_t size)
{
	struct dmabuf d;
	int ret;

	ret = dmabuf_alloc(&d, t->env->heap, size);
	CHECK(!ret, "no memory: %s", abi_error(ret));
	ret = iio_attach(t->fd, d.fd);
	dmabuf_free(&d);

	return ret;
}

static void attach_at_most(struct abi *t)
{
	unsigned int i;

	for (i = 0; i < MOST_ATTACHED; i++)
		EXPECT(attach_and_forget(t, t->side->unit), 0);
	EXPECT(attach_and_forget(t, t->side->unit), -ENOSPC);
	EXPECT(attach_and_forget(t, t->side->unit), -ENOSPC);
	abi_close(t);
	abi_reopen(t);
	abi_still_works(t);
}

static void detach_makes_room(struct abi *t)
{
	struct dmabuf *d = abi_attached(t, SIZE);
	unsigned int i;

	for (i = 1; i < MOST_ATTACHED; i++)
		EXPECT(attach_and_forget(t, t->side->unit), 0);
	EXPECT(attach_and_forget(t, t->side->unit), -ENOSPC);
	/* What is refused for another reason is refused for that. */
	EXPECT(iio_attach(t->fd, d->fd), -EBUSY);
	EXPECT(iio_attach(t->fd, -1), -EBADF);
	abi_enable(t);
	abi_transfer(t, d, abi_size(t, SIZE));
	EXPECT(iio_detach(t->fd, d->fd), 0);
	EXPECT(attach_and_forget(t, t->side->unit), 0);
	EXPECT(attach_and_forget(t, t->side->unit), -ENOSPC);
}

/* Attached, given to the hardware, and detached, while nothing moves. */
static int orphan(struct abi *t)
{
	struct dmabuf d;
	int ret;

	ret = dmabuf_alloc(&d, t->env->heap, t->side->unit);
	CHECK(!ret, "no memory: %s", abi_error(ret));
	ret = iio_attach(t->fd, d.fd);
	if (!ret) {
		EXPECT(iio_enqueue(t->fd, d.fd, t->side->unit, 0), 0);
		EXPECT(iio_detach(t->fd, d.fd), 0);
	}
	dmabuf_free(&d);

	return ret;
}

static void orphans_at_most(struct abi *t)
{
	struct dmabuf *d = abi_stalled(t);
	unsigned int i;
	int ret = 0;

	for (i = 1; i < MOST_ATTACHED && !ret; i++)
		ret = orphan(t);
	CHECK(!ret, "number %u: %s", i, abi_error(ret));
	EXPECT(orphan(t), -ENOSPC);
	CHECK(abi_pending(t, d), "the transfer has ended");

	/* They go with their transfers. */
	abi_disable(t);
	EXPECT(iio_detach(t->fd, d->fd), 0);
	abi_unstall(t);
	abi_still_works(t);
	abi_disable(t);
	for (i = 1; i < MOST_ATTACHED; i++)
		EXPECT(attach_and_forget(t, t->side->unit), 0);
}

/*
 * Memory that one may not write to
 */

static int read_only_dmabuf(const struct abi *t)
{
	struct dma_heap_allocation_data req = {
		.len = SIZE,
		.fd_flags = O_RDONLY | O_CLOEXEC,
	};
	char path[64];
	int heap, ret;

	if (!t->env->heap)
		abi_skip("udmabufs can be written to");
	snprintf(path, sizeof(path), "/dev/dma_heap/%s", t->env->heap);
	heap = open(path, O_RDWR | O_CLOEXEC);
	CHECK(heap >= 0, "%s: %s", path, strerror(errno));
	ret = ioctl(heap, DMA_HEAP_IOCTL_ALLOC, &req);
	CHECK(!ret, "no memory: %s", strerror(errno));
	close(heap);

	return req.fd;
}

static void read_only(struct abi *t)
{
	int d = read_only_dmabuf(t);

	EXPECT(iio_attach(t->fd, d), is_input(t) ? -EACCES : 0);
	EXPECT(iio_enqueue(t->fd, d, abi_size(t, SIZE), 0), is_input(t) ? -EPERM : 0);
	EXPECT(iio_detach(t->fd, d), is_input(t) ? -EPERM : 0);
	abi_still_works(t);
}

/*
 * Memory of write()
 */

#define LARGE		(1UL << 20)
#define TIMES		64

static unsigned long available_kib(void)
{
	unsigned long kib = 0;
	char line[128];
	FILE *f = fopen("/proc/meminfo", "r");

	CHECK(f, "/proc/meminfo: %s", abi_error(-errno));
	while (!kib && fgets(line, sizeof(line), f))
		sscanf(line, "MemAvailable: %lu", &kib);
	fclose(f);

	return kib;
}

/* Sends a small part of a large block, and has the blocks freed. */
static void write_little(struct abi *t, struct dmabuf *d)
{
	static const char data[4096];

	abi_enable(t);
	CHECK(write(t->fd, data, t->side->unit) == (ssize_t)t->side->unit,
	      "write: %s", abi_error(-errno));
	CHECK(!fsync(t->fd), "fsync: %s", abi_error(-errno));
	abi_disable(t);
	EXPECT(iio_attach(t->fd, d->fd), 0);
	EXPECT(iio_detach(t->fd, d->fd), 0);
}

static void write_little_of_much(struct abi *t)
{
	struct dmabuf *d = abi_alloc(t, SIZE);
	unsigned long before, after;
	unsigned int i;

	t->checked = false;
	EXPECT(iio_buffer_attr_write(&t->target, "length",
				     2 * LARGE / t->side->datum), 0);
	write_little(t, d);
	before = available_kib();
	for (i = 0; i < TIMES; i++)
		write_little(t, d);
	after = available_kib();
	CHECK(after + TIMES * (LARGE >> 10) / 4 > before,
	      "%u blocks of %lu KiB have cost %ld KiB", TIMES, LARGE >> 10,
	      (long)(before - after));
	EXPECT(iio_buffer_attr_write(&t->target, "length", 4096), 0);
}

/*
 * Settings
 */

static unsigned long long attribute(struct abi *t, const char *name)
{
	unsigned long long val;

	EXPECT(iio_buffer_attr_read(&t->target, name, &val), 0);

	return val;
}

static void set_attribute(struct abi *t, const char *name, unsigned long long val)
{
	EXPECT(iio_buffer_attr_write(&t->target, name, val), 0);
}

static void lengths_stay(struct abi *t)
{
	static const unsigned int all[] = { 2, 3, 4096, 65535, 1 << 20 };
	struct dmabuf *d = abi_alloc(t, SIZE);
	size_t i;

	for (i = 0; i < ARRAY_SIZE(all); i++) {
		set_attribute(t, "length", all[i]);
		CHECK(attribute(t, "length") == all[i], "%u has become %llu", all[i],
		      attribute(t, "length"));
		EXPECT(iio_attach(t->fd, d->fd), 0);
		EXPECT(iio_detach(t->fd, d->fd), 0);
		CHECK(attribute(t, "length") == all[i],
		      "%u has become %llu with ATTACH", all[i],
		      attribute(t, "length"));
	}
	set_attribute(t, "length", 4096);
}

const struct abi_test abi_limits_tests[] = {
	{ "attach_at_most", attach_at_most, SIDE_ANY, 0 },
	{ "detach_makes_room", detach_makes_room, SIDE_ANY, 0 },
	{ "orphans_at_most", orphans_at_most, SIDE_ANY, NEED_STALL },
	{ "write_little_of_much", write_little_of_much, SIDE_OUT, 0 },
	{ "read_only", read_only, SIDE_ANY, 0 },
	{ "lengths_stay", lengths_stay, SIDE_ANY, 0 },
	{ 0 },
};
