// SPDX-License-Identifier: GPL-2.0
/*
 * Sync files: exported from a DMABUF, imported into another one, merged, waited for
 * and asked about, while what they stand for is ended in any way.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <linux/sync_file.h>

#include "fuzz.h"

static atomic_int *any_fence(struct fuzz_thread *t)
{
	return &t->process->fences[fuzz_below(t, FUZZ_FENCES)];
}

static unsigned int any_access(struct fuzz_thread *t)
{
	return fuzz_one_in(t, 16) ? fuzz_odd_number(t) : 1 + fuzz_below(t, 3);
}

static int do_export(struct fuzz_thread *t)
{
	struct dma_buf_export_sync_file req = { .flags = any_access(t) };

	if (ioctl(fuzz_any_block(t)->fd, DMA_BUF_IOCTL_EXPORT_SYNC_FILE, &req) < 0)
		return -errno;
	fuzz_put_fd(any_fence(t), req.fd);

	return 0;
}

static int do_import(struct fuzz_thread *t)
{
	struct dma_buf_import_sync_file req = {
		.flags = any_access(t),
		.fd = *any_fence(t),
	};
	int fd = fuzz_any_block(t)->fd;

	return ioctl(fd, DMA_BUF_IOCTL_IMPORT_SYNC_FILE, &req) < 0 ? -errno : 0;
}

static int do_merge(struct fuzz_thread *t)
{
	struct sync_merge_data req = { .name = "fuzz", .fd2 = *any_fence(t) };

	if (ioctl(*any_fence(t), SYNC_IOC_MERGE, &req) < 0)
		return -errno;
	fuzz_put_fd(any_fence(t), req.fence);

	return 0;
}

static int do_wait(struct fuzz_thread *t)
{
	return fence_wait(*any_fence(t), fuzz_below(t, 50));
}

/* One by one, with the names of driver and timeline. */
static int do_ask(struct fuzz_thread *t)
{
	struct sync_fence_info one[FUZZ_FENCES] = { 0 };
	struct sync_file_info info = {
		.num_fences = fuzz_below(t, FUZZ_FENCES + 1),
		.sync_fence_info = (uintptr_t)one,
	};

	return ioctl(*any_fence(t), SYNC_IOC_FILE_INFO, &info) < 0 ? -errno : 0;
}

static int do_close(struct fuzz_thread *t)
{
	fuzz_put_fd(any_fence(t), -1);

	return 0;
}

const struct fuzz_op fuzz_fence_ops[] = {
	{ "export a sync file", do_export, 12, FUZZ_ANY },
	{ "import a sync file", do_import, 5, FUZZ_ANY },
	{ "merge sync files", do_merge, 5, FUZZ_ANY },
	{ "wait for a sync file", do_wait, 6, FUZZ_ANY },
	{ "ask a sync file", do_ask, 6, FUZZ_ANY },
	{ "close a sync file", do_close, 4, FUZZ_ANY },
	{ 0 },
};
