// SPDX-License-Identifier: GPL-2.0
/*
 * The driver is unbound while its buffer is open: every call says -ENODEV and
 * none hangs, every fence is signalled, and once it is bound again all works.
 * Only on demand, because it takes the device away from all others too.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "abi.h"

#define SIZE	16384

/* The parent of the IIO device is what has a driver. */
static bool find_parent(const struct abi_side *side, struct abi_driver *d)
{
	char path[PATH_MAX], real[PATH_MAX];
	const char *name;

	snprintf(path, sizeof(path), IIO_SYSFS "/%s/..", side->target.device);
	if (!realpath(path, real))
		return false;

	name = strrchr(real, '/');
	if (!name || strlen(name + 1) >= sizeof(d->name))
		return false;
	snprintf(d->name, sizeof(d->name), "%.255s", name + 1);

	if (snprintf(path, sizeof(path), "%s/driver", real) >= PATH_MAX ||
	    !realpath(path, d->dir))
		return false;

	return true;
}

bool abi_find_driver(const struct abi_env *env, const struct abi_side *side,
		     struct abi_driver *d)
{
	if (!env->driver)
		return find_parent(side, d);

	snprintf(d->dir, sizeof(d->dir), "%s", env->driver);
	snprintf(d->name, sizeof(d->name), "%s", env->driver_device);

	return true;
}

int abi_bind(const struct abi_driver *d)
{
	return sysfs_write(d->name, "%s/bind", d->dir);
}

void abi_take_away(struct abi *t, struct abi_driver *d)
{
	if (!abi_find_driver(t->env, t->side, d))
		abi_skip("%s has no driver", t->target.name);
	EXPECT(sysfs_write(d->name, "%s/unbind", d->dir), 0);
}

/* It may come back with another number, but has the same name. */
void abi_find_again(struct abi *t)
{
	struct abi_side side = *t->side;

	CHECK(abi_probe_side(&side, t->target.name, t->target.dir),
	      "%s did not come back", t->target.name);
	t->target = side.target;
	t->enabled = false;
	abi_unstall(t);
	abi_reopen(t);
	abi_still_works(t);
}

void abi_bind_again(struct abi *t, const struct abi_driver *d)
{
	EXPECT(abi_bind(d), 0);
	abi_close(t);
	abi_find_again(t);
}

/* A directory's own name, with all links resolved. */
static bool name_of(char *name, size_t size, const char *path)
{
	char real[PATH_MAX];

	if (!realpath(path, real))
		return false;
	snprintf(name, size, "%s", strrchr(real, '/') + 1);

	return true;
}

/* The client has links to its channels, and these to their controllers. */
static void path_of_channel(const struct iio_target *target, char *path, size_t size,
			    const char *below)
{
	snprintf(path, size, IIO_SYSFS "/%s/../dma:%s%s", target->device,
		 target->dir == IIO_DIR_IN ? "rx" : "tx", below);
}

void abi_find_dma_device(struct abi *t, bool channel, char *name, size_t size)
{
	char path[PATH_MAX];

	path_of_channel(&t->target, path, sizeof(path), channel ? "" : "/device");
	if (!name_of(name, size, path))
		abi_skip("%s is not there", path);
}

bool abi_controller_of(const struct abi_side *side, struct abi_driver *d)
{
	char path[PATH_MAX + 8], driver[PATH_MAX];

	path_of_channel(&side->target, path, sizeof(path), "/device");
	if (!name_of(d->name, sizeof(d->name), path))
		return false;
	path_of_channel(&side->target, path, sizeof(path), "/device/driver");
	if (!realpath(path, driver))
		return false;
	snprintf(d->dir, sizeof(d->dir), "%s", driver);
	snprintf(path, sizeof(path), "%s/unbind", driver);

	return !access(path, W_OK);
}

void abi_find_controller(struct abi *t, struct abi_driver *d)
{
	if (!abi_controller_of(t->side, d))
		abi_skip("the controller of %s cannot be unbound", t->target.name);
}

/* The converter may be bound again by then, if it had to go as well. */
void abi_bind_controller(struct abi *t, const struct abi_driver *d,
			 const struct abi_driver *converter)
{
	abi_close(t);
	sysfs_write(converter->name, "%s/unbind", converter->dir);
	EXPECT(abi_bind(d), 0);
	abi_bind(converter);
}

static void expect_gone(struct abi *t, struct dmabuf *d, struct dmabuf *other)
{
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
}

static void idle(struct abi *t)
{
	struct dmabuf *d = abi_attached(t, SIZE), *other = abi_alloc(t, SIZE);
	struct abi_driver driver;

	abi_enable(t);
	abi_transfer(t, d, abi_size(t, SIZE));
	abi_take_away(t, &driver);
	expect_gone(t, d, other);
	abi_bind_again(t, &driver);
}

static void queued(struct abi *t)
{
	struct dmabuf *d = abi_attached(t, SIZE), *other = abi_alloc(t, SIZE);
	struct abi_driver driver;
	int fence;

	abi_queue(t, d, abi_size(t, SIZE));
	fence = abi_fence(t, d);
	abi_take_away(t, &driver);
	CHECK(abi_fence_result(t, fence) < 0, "the fence reports success");
	expect_gone(t, d, other);
	abi_bind_again(t, &driver);
}

static void active(struct abi *t)
{
	struct dmabuf *d = abi_stalled(t), *other = abi_alloc(t, SIZE);
	struct abi_driver driver;
	int fence;

	fence = abi_fence(t, d);
	abi_take_away(t, &driver);
	CHECK(abi_fence_result(t, fence) < 0, "the fence reports success");
	expect_gone(t, d, other);
	abi_bind_again(t, &driver);
}

static void cyclic(struct abi *t)
{
	struct dmabuf *d = abi_attached(t, SIZE), *other = abi_alloc(t, SIZE);
	struct abi_driver driver;
	int fence;

	abi_load(t, d, abi_size(t, SIZE));
	EXPECT(iio_enqueue(t->fd, d->fd, abi_size(t, SIZE),
			   IIO_BUFFER_DMABUF_CYCLIC), 0);
	abi_enable(t);
	fence = abi_fence(t, d);
	abi_take_away(t, &driver);
	CHECK(abi_fence_result(t, fence) < 0, "the fence reports success");
	expect_gone(t, d, other);
	abi_bind_again(t, &driver);
}

/* The last reference to the device goes with the descriptor. */
static void closed_after(struct abi *t)
{
	struct dmabuf *d = abi_attached(t, SIZE);
	struct abi_driver driver;
	int fence;

	abi_queue(t, d, abi_size(t, SIZE));
	fence = abi_fence(t, d);
	abi_take_away(t, &driver);
	abi_close(t);
	CHECK(abi_fence_result(t, fence) < 0, "the fence reports success");
	abi_bind_again(t, &driver);
}

const struct abi_test abi_unbind_tests[] = {
	{ "unbind_idle", idle, SIDE_ANY, NEED_UNBIND },
	{ "unbind_queued", queued, SIDE_ANY, NEED_UNBIND | NEED_STATUS },
	{ "unbind_active", active, SIDE_ANY,
	  NEED_UNBIND | NEED_STALL | NEED_STATUS },
	{ "unbind_cyclic", cyclic, SIDE_OUT,
	  NEED_UNBIND | NEED_CYCLIC | NEED_STATUS },
	{ "unbind_closed_after", closed_after, SIDE_ANY,
	  NEED_UNBIND | NEED_STATUS },
	{ 0 },
};
