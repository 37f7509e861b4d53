// SPDX-License-Identifier: GPL-2.0
/*
 * The driver is unbound while its buffer is open: every call says -ENODEV and
 * none hangs, every fence is signalled, and once it is bound again all works.
 * Only on demand, because it takes the device away from all others too.
 */
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "abi.h"

#define SIZE	16384

/* By default the driver of the parent of the IIO device, and that parent. */
static void find_driver(struct abi *t, char *file, char *name)
{
	char path[PATH_MAX], device[PATH_MAX], *slash;

	if (t->env->unbind) {
		snprintf(file, PATH_MAX, "%s", t->env->unbind);
		snprintf(name, PATH_MAX, "%s", t->env->unbind_name);
		return;
	}

	snprintf(path, sizeof(path), IIO_SYSFS "/%s/..", t->target.device);
	CHECK(realpath(path, device), "%s: %s", path, strerror(errno));
	slash = strrchr(device, '/');
	CHECK(slash, "%s has no parent", t->target.device);
	snprintf(name, PATH_MAX, "%s", slash + 1);
	CHECK(snprintf(path, sizeof(path), "%s/driver", device) <
	      (int)sizeof(path), "path too long");
	if (!realpath(path, device))
		abi_skip("%s has no driver", name);
	CHECK(snprintf(file, PATH_MAX, "%s/unbind", device) < PATH_MAX,
	      "path too long");
}

static void unbind(struct abi *t, char *file, char *name)
{
	find_driver(t, file, name);
	EXPECT(sysfs_write(name, "%s", file), 0);
}

/* It may come back with another number, but has the same name. */
static void bind_again(struct abi *t, char *file, const char *name)
{
	struct abi_side side = *t->side;
	size_t len = strlen(file) - strlen("unbind");

	snprintf(file + len, PATH_MAX - len, "bind");
	EXPECT(sysfs_write(name, "%s", file), 0);

	abi_close(t);
	CHECK(abi_probe_side(&side, t->target.name, t->target.dir),
	      "%s did not come back", t->target.name);
	t->target = side.target;
	t->enabled = false;
	abi_unstall(t);
	abi_reopen(t);
	abi_still_works(t);
}

static void expect_gone(struct abi *t, struct dmabuf *d, struct dmabuf *other)
{
	struct pollfd pfd = { .fd = t->fd, .events = POLLIN | POLLOUT };
	size_t len = abi_size(t, SIZE);
	char data[64];
	int ret;

	EXPECT(iio_attach(t->fd, other->fd), -ENODEV);
	EXPECT(iio_enqueue(t->fd, d->fd, len, 0), -ENODEV);
	CHECK(!abi_pending(t, d), "enqueued at a device that is gone");
	EXPECT(iio_enqueue(t->fd, other->fd, len, 0), -ENODEV);
	ret = iio_detach(t->fd, d->fd);
	CHECK(!ret || ret == -ENODEV, "detach: %s", strerror(-ret));

	if (t->target.dir == IIO_DIR_IN)
		ret = read(t->fd, data, sizeof(data));
	else
		ret = write(t->fd, data, sizeof(data));
	EXPECT(ret < 0 ? -errno : 0, -ENODEV);
	CHECK(poll(&pfd, 1, WAIT_MS) == 1 && pfd.revents & (POLLERR | POLLHUP),
	      "poll does not tell that the device is gone");
}

static void idle(struct abi *t)
{
	struct dmabuf *d = abi_attached(t, SIZE), *other = abi_alloc(t, SIZE);
	char file[PATH_MAX], name[PATH_MAX];

	abi_enable(t);
	abi_transfer(t, d, abi_size(t, SIZE));
	unbind(t, file, name);
	expect_gone(t, d, other);
	bind_again(t, file, name);
}

static void queued(struct abi *t)
{
	struct dmabuf *d = abi_attached(t, SIZE), *other = abi_alloc(t, SIZE);
	char file[PATH_MAX], name[PATH_MAX];
	int fence;

	abi_queue(t, d, abi_size(t, SIZE));
	fence = abi_fence(t, d);
	unbind(t, file, name);
	CHECK(abi_fence_result(t, fence) < 0, "the fence reports success");
	expect_gone(t, d, other);
	bind_again(t, file, name);
}

static void active(struct abi *t)
{
	struct dmabuf *d = abi_stalled(t), *other = abi_alloc(t, SIZE);
	char file[PATH_MAX], name[PATH_MAX];
	int fence;

	fence = abi_fence(t, d);
	unbind(t, file, name);
	CHECK(abi_fence_result(t, fence) < 0, "the fence reports success");
	expect_gone(t, d, other);
	bind_again(t, file, name);
}

static void cyclic(struct abi *t)
{
	struct dmabuf *d = abi_attached(t, SIZE), *other = abi_alloc(t, SIZE);
	char file[PATH_MAX], name[PATH_MAX];
	int fence;

	abi_load(t, d, abi_size(t, SIZE));
	EXPECT(iio_enqueue(t->fd, d->fd, abi_size(t, SIZE),
			   IIO_BUFFER_DMABUF_CYCLIC), 0);
	abi_enable(t);
	fence = abi_fence(t, d);
	unbind(t, file, name);
	CHECK(abi_fence_result(t, fence) < 0, "the fence reports success");
	expect_gone(t, d, other);
	bind_again(t, file, name);
}

/* The last reference to the device goes with the descriptor. */
static void closed_after(struct abi *t)
{
	struct dmabuf *d = abi_attached(t, SIZE);
	char file[PATH_MAX], name[PATH_MAX];
	int fence;

	abi_queue(t, d, abi_size(t, SIZE));
	fence = abi_fence(t, d);
	unbind(t, file, name);
	abi_close(t);
	CHECK(abi_fence_result(t, fence) < 0, "the fence reports success");
	bind_again(t, file, name);
}

const struct abi_test abi_unbind_tests[] = {
	{ "unbind_idle", idle, SIDE_ANY, NEED_UNBIND },
	{ "unbind_queued", queued, SIDE_ANY, NEED_UNBIND | NEED_STATUS },
	{ "unbind_active", active, SIDE_ANY,
	  NEED_UNBIND | NEED_STALL | NEED_STATUS },
	{ "unbind_cyclic", cyclic, SIDE_OUT, NEED_UNBIND | NEED_STATUS },
	{ "unbind_closed_after", closed_after, SIDE_ANY,
	  NEED_UNBIND | NEED_STATUS },
	{ 0 },
};
