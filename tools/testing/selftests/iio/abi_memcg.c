// SPDX-License-Identifier: GPL-2.0
/*
 * The memory control group of a program pays for what it attaches, and limits it. The
 * memory itself is its exporter's to charge; what the buffer remembers of each page is
 * the buffer's.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "abi.h"

#define MEMCG		"/run/memcg"
#define FRAGMENTED	(128UL << 20)
#define SOME		100
#define PIECE		(2UL << 20)
#define ROOM		(256UL << 10)	/* for far fewer than SOME */

struct group {
	char dir[64];
	int max;		/* its limit: opening a file may need memory */
};

static void enter(struct group *g)
{
	char pid[16], path[96];

	snprintf(pid, sizeof(pid), "%d", getpid());
	snprintf(g->dir, sizeof(g->dir), MEMCG "/test-%d", getpid());
	EXPECT(sysfs_write("+memory", MEMCG "/cgroup.subtree_control"), 0);
	CHECK(!mkdir(g->dir, 0755), "mkdir: %s", abi_error(-errno));
	EXPECT(sysfs_write(pid, "%s/cgroup.procs", g->dir), 0);
	snprintf(path, sizeof(path), "%s/memory.max", g->dir);
	g->max = open(path, O_WRONLY | O_CLOEXEC);
	CHECK(g->max >= 0, "%s: %s", path, abi_error(-errno));
}

static unsigned long charged(const struct group *g)
{
	char text[32];

	EXPECT(sysfs_read(text, sizeof(text), "%s/memory.current", g->dir), 0);

	return strtoul(text, NULL, 10);
}

static void limit(const struct group *g, const char *bytes)
{
	CHECK(write(g->max, bytes, strlen(bytes)) == (ssize_t)strlen(bytes),
	      "memory.max: %s", abi_error(-errno));
}

/* The kernel kills a process that needs too much, unless there is none to be killed. */
static void limit_to_now_and(const struct group *g, unsigned long more)
{
	char bytes[32];

	EXPECT(sysfs_write("-1000", "/proc/self/oom_score_adj"), 0);
	snprintf(bytes, sizeof(bytes), "%lu", charged(g) + more);
	limit(g, bytes);
}

static void need_heap(struct abi *t)
{
	if (!t->env->heap)
		abi_skip("needs a heap: a udmabuf is limited to less");
}

static void attach_is_charged(struct abi *t)
{
	struct dmabuf *d = &t->blocks[t->num_blocks++];
	unsigned long before, after, pages;
	struct group g;

	need_heap(t);
	EXPECT(dmabuf_alloc(d, t->env->heap, FRAGMENTED), 0);
	pages = d->size / sysconf(_SC_PAGESIZE);
	enter(&g);
	before = charged(&g);
	EXPECT(iio_attach(t->fd, d->fd), 0);
	EXPECT(iio_enqueue(t->fd, d->fd, d->size, 0), 0);
	after = charged(&g);
	CHECK(after >= before + pages * sizeof(uint64_t),
	      "a DMABUF of %lu pages is charged with %ld bytes", pages,
	      (long)(after - before));
}

static unsigned int attach_until_refused(struct abi *t, struct dmabuf **all, int *ret)
{
	unsigned int i;

	for (i = 0; i < SOME; i++) {
		*ret = iio_attach(t->fd, all[i]->fd);
		if (*ret)
			break;
	}

	return i;
}

/* What was attached stays, and works; more can be attached when there is room again. */
static void attach_until_limit(struct abi *t)
{
	struct dmabuf *all[SOME];
	unsigned int i, attached;
	struct group g;
	int ret;

	need_heap(t);
	for (i = 0; i < SOME; i++)
		all[i] = abi_alloc(t, PIECE);
	enter(&g);
	limit_to_now_and(&g, ROOM);
	attached = attach_until_refused(t, all, &ret);
	limit(&g, "max");

	CHECK(attached < SOME, "%u DMABUFs fit into %lu bytes", attached, ROOM);
	EXPECT(ret, -ENOMEM);
	for (i = 0; i < SOME; i++)
		EXPECT(iio_detach(t->fd, all[i]->fd), i < attached ? 0 : -EPERM);
	EXPECT(iio_attach(t->fd, all[attached]->fd), 0);
	abi_enable(t);
	abi_transfer(t, all[attached], abi_size(t, PIECE / 2));
}

const struct abi_test abi_memcg_tests[] = {
	{ "attach_is_charged", attach_is_charged, SIDE_ANY, NEED_MEMCG },
	{ "attach_until_limit", attach_until_limit, SIDE_ANY, NEED_MEMCG },
	{ 0 },
};
