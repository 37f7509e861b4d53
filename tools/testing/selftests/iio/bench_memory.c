// SPDX-License-Identifier: GPL-2.0
/*
 * What the kernel allocates for ATTACH, for the first ENQUEUE and for one of the
 * same length later: pieces and bytes, from the allocators' tracepoints.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include "bench.h"

#define TRACING		"/sys/kernel/tracing"

static const char * const events[] = {
	"kmem/kmalloc", "kmem/kmem_cache_alloc", "kmem/mm_page_alloc",
};

struct memory {
	unsigned long long pieces;
	unsigned long long bytes;
};

static int trace_set(const char *val, const char *file)
{
	return sysfs_write(val, TRACING "/%s", file);
}

static int trace_start(void)
{
	char pid[16], file[64];
	unsigned int i;
	int ret;

	if (access(TRACING "/trace", F_OK))
		mount("tracefs", TRACING, "tracefs", 0, NULL);
	snprintf(pid, sizeof(pid), "%d", getpid());
	ret = trace_set(pid, "set_event_pid");
	if (!ret)
		ret = trace_set("16384", "buffer_size_kb");
	for (i = 0; !ret && i < ARRAY_SIZE(events); i++) {
		snprintf(file, sizeof(file), "events/%s/enable", events[i]);
		ret = trace_set("1", file);
	}

	return ret;
}

/* Pages that become a slab are counted by the piece. */
static void count_line(const char *line, struct memory *m)
{
	const char *val;

	val = strstr(line, "bytes_alloc=");
	if (val) {
		m->pieces++;
		m->bytes += strtoull(val + strlen("bytes_alloc="), NULL, 10);
		return;
	}
	val = strstr(line, " order=");
	if (val && strstr(line, "mm_page_alloc:") && !strstr(line, "__GFP_COMP")) {
		m->pieces++;
		m->bytes += 4096ULL << strtoul(val + strlen(" order="), NULL, 10);
	}
}

static void trace_begin(void)
{
	int fd = open(TRACING "/trace", O_WRONLY | O_TRUNC);

	if (fd >= 0)
		close(fd);
	trace_set("1", "tracing_on");
}

static struct memory trace_end(void)
{
	struct memory m = { 0 };
	char line[512];
	FILE *f;

	trace_set("0", "tracing_on");
	f = fopen(TRACING "/trace", "r");
	while (f && fgets(line, sizeof(line), f))
		count_line(line, &m);
	if (f)
		fclose(f);

	return m;
}

/* Without what starting and stopping takes by itself. */
static void report(const struct bench *b, const char *what, size_t size,
		   struct memory m)
{
	struct memory none;

	trace_begin();
	none = trace_end();
	bench_result(b, what, size, "pieces",
		     m.pieces > none.pieces ? m.pieces - none.pieces : 0);
	bench_result(b, what, size, "bytes",
		     m.bytes > none.bytes ? m.bytes - none.bytes : 0);
}

static int enqueue(const struct bench *b, int fd, struct dmabuf *d, size_t size,
		   const char *what)
{
	int ret;

	trace_begin();
	ret = iio_enqueue(fd, d->fd, size, 0);
	report(b, what, size, trace_end());
	if (!ret && dmabuf_wait(d, BENCH_WAIT_MS) != 1)
		ret = -1;

	return ret;
}

static int memory_of(const struct bench *b, int fd, struct dmabuf *d, size_t size)
{
	int ret;

	trace_begin();
	ret = iio_attach(fd, d->fd);
	report(b, "memory-attach", size, trace_end());
	if (!ret)
		ret = iio_enable(&b->target, true);
	if (!ret)
		ret = enqueue(b, fd, d, size, "memory-first");
	if (!ret)
		ret = enqueue(b, fd, d, size, "memory-second");
	if (!ret)
		ret = enqueue(b, fd, d, size, "memory-steady");

	return ret;
}

static void memory_size(const struct bench *b, size_t size)
{
	struct dmabuf d;
	int fd, ret;

	fd = iio_open(&b->target, 0);
	if (fd < 0)
		return;
	ret = dmabuf_alloc(&d, b->heap, size);
	if (!ret) {
		ret = memory_of(b, fd, &d, size);
		iio_enable(&b->target, false);
		dmabuf_free(&d);
	}
	if (ret)
		bench_failed(b, "memory", size,
			     ret == -1 ? "never ends" : strerror(-ret));
	close(fd);
}

void bench_memory(const struct bench *b)
{
	size_t size;
	int ret;

	ret = trace_start();
	if (ret) {
		bench_failed(b, "memory", 0, strerror(-ret));
		return;
	}
	for (size = b->min_size; size <= b->max_size; size *= 4)
		memory_size(b, size);
	trace_set("0", "events/enable");
}
