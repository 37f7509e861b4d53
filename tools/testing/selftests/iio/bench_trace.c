// SPDX-License-Identifier: GPL-2.0
/*
 * How much the kernel allocates, in pieces and bytes, from the tracepoints of its
 * allocators.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <unistd.h>

#include "bench.h"

#define TRACING		"/sys/kernel/tracing"

static const char * const events[] = {
	"kmem/kmalloc", "kmem/kmem_cache_alloc", "kmem/mm_page_alloc",
};

static int trace_set(const char *val, const char *file)
{
	return sysfs_write(val, TRACING "/%s", file);
}

int bench_trace_start(void)
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

/* A large piece is traced by the allocator, and once more for its caller. */
static bool traced_again(const char *line)
{
	static char inner[32];
	const char *val = strstr(line, " ptr=");
	char now[sizeof(inner)];
	bool again;

	if (!val || sscanf(val, " ptr=%31s", now) != 1)
		return false;
	again = !strcmp(now, inner);
	memcpy(inner, now, sizeof(inner));
	if (again || !strstr(line, "call_site=__k"))
		inner[0] = '\0';

	return again;
}

/* Pages that become a slab are counted by the piece. */
static void count_line(const char *line, struct bench_memory *m)
{
	const char *val;

	if (traced_again(line))
		return;

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

void bench_trace_begin(void)
{
	int fd = open(TRACING "/trace", O_WRONLY | O_TRUNC);

	if (fd >= 0)
		close(fd);
	trace_set("1", "tracing_on");
}

struct bench_memory bench_trace_end(void)
{
	struct bench_memory m = { 0 };
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
void bench_allocated(const struct bench *b, const char *what, size_t size,
		     struct bench_memory m)
{
	struct bench_memory none;

	bench_trace_begin();
	none = bench_trace_end();
	bench_result(b, what, size, "pieces",
		     m.pieces > none.pieces ? m.pieces - none.pieces : 0);
	bench_result(b, what, size, "bytes",
		     m.bytes > none.bytes ? m.bytes - none.bytes : 0);
}

/*
 * A driver may keep memory for the next ATTACH, and that would not be counted. Here
 * is something that takes it.
 */
int bench_use_up(const struct bench *b, int fd, struct dmabuf *d)
{
	int ret;

	ret = dmabuf_alloc(d, b->heap, BENCH_USE_UP);
	if (ret)
		return ret;

	ret = iio_attach(fd, d->fd);
	if (ret)
		dmabuf_free(d);

	return ret;
}

void bench_trace_stop(void)
{
	trace_set("0", "events/enable");
}
