// SPDX-License-Identifier: GPL-2.0
/*
 * A device with two buffers: what becomes of one is no business of the other. Each
 * may have a DMA controller of its own, which may fail, or go, alone.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "abi.h"
#include "fault.h"

#define SIZE		16384
#define MOST_FAULTS	2000

/* Waits for the other buffer to be enabled. */
static struct dmabuf *queue_at_other(struct abi *t, int *fence)
{
	struct abi *peer = abi_open_peer(t);
	struct dmabuf *d = abi_attached(peer, SIZE);

	abi_queue(peer, d, abi_size(peer, SIZE));
	*fence = abi_fence(peer, d);

	return d;
}

static void expect_untouched(struct abi *t, struct dmabuf *d, int fence)
{
	int status;

	EXPECT(fence_status(fence, &status), 0);
	CHECK(!status, "what is queued at the other buffer has ended with %s",
	      abi_error(status));
	CHECK(abi_pending(t->peer, d), "its fence is gone");
}

static void other_goes_on(struct abi *t, struct dmabuf *d, int fence)
{
	abi_enable(t->peer);
	EXPECT(abi_fence_result(t->peer, fence), 1);
	abi_done(t->peer, d, abi_size(t->peer, SIZE));
	abi_transfer(t->peer, d, abi_size(t->peer, SIZE));
	abi_disable(t->peer);
	abi_close(t->peer);
}

/* The channels of both do not go together: refused before anything is touched. */
static void enable_both(struct abi *t)
{
	struct dmabuf *own = abi_attached(t, SIZE), *d;
	size_t len = abi_size(t, SIZE);
	int fence;

	d = queue_at_other(t, &fence);
	abi_enable(t);
	abi_transfer(t, own, len);
	expect_untouched(t, d, fence);
	if (!iio_enable(&t->peer->target, true))
		abi_skip("both can be enabled at the same time");
	expect_untouched(t, d, fence);
	abi_transfer(t, own, len);
	abi_disable(t);
	expect_untouched(t, d, fence);
	other_goes_on(t, d, fence);
}

/* Its controller's driver is unbound. */
static void enable_fails_at_one(struct abi *t)
{
	struct abi_driver controller, converter;
	struct dmabuf *d;
	int fence, ret;

	abi_find_controller(t, &controller);
	if (!abi_find_driver(t->env, t->side, &converter))
		abi_skip("%s has no driver", t->target.name);
	d = queue_at_other(t, &fence);

	EXPECT(sysfs_write(controller.name, "%s/unbind", controller.dir), 0);
	ret = iio_enable(&t->target, true);
	expect_untouched(t, d, fence);
	EXPECT(ret, -ENODEV);
	other_goes_on(t, d, fence);

	abi_bind_controller(t, &controller, &converter);
	abi_find_again(t);
}

/* One runs, and the controller of the other goes. */
static void controller_of_other_gone(struct abi *t)
{
	struct abi_driver controller, converter;
	struct dmabuf *d = abi_attached(t, SIZE);
	struct abi *peer = abi_open_peer(t);
	size_t len = abi_size(t, SIZE);
	unsigned int i;

	abi_find_controller(peer, &controller);
	if (!abi_find_driver(t->env, t->side, &converter))
		abi_skip("%s has no driver", t->target.name);
	abi_enable(t);
	abi_transfer(t, d, len);
	EXPECT(sysfs_write(controller.name, "%s/unbind", controller.dir), 0);
	for (i = 0; i < 10; i++)
		abi_transfer(t, d, len);
	abi_disable(t);
	abi_enable(t);
	abi_transfer(t, d, len);
	abi_disable(t);

	abi_close(peer);
	abi_bind_controller(t, &controller, &converter);
	abi_find_again(t);
}

/* Its blocks are allocated anew, because of the length. */
static bool enable_with_fault(struct abi *t, unsigned int nth, int *ret)
{
	size_t half = abi_size(t, 4096 << (nth & 1));
	bool hit;

	EXPECT(iio_buffer_attr_write(&t->target, "length",
				     2 * half / t->side->datum), 0);
	fault_arm(nth);
	*ret = iio_enable(&t->target, true);
	hit = fault_disarm();
	EXPECT(iio_enable(&t->target, false), 0);

	return hit;
}

/* Each allocation fails once, while something waits at the other buffer. */
static void enable_faults_at_one(struct abi *t)
{
	unsigned int nth, failed = 0;
	struct dmabuf *d;
	int fence, ret;

	d = queue_at_other(t, &fence);
	fault_prepare();
	for (nth = 1; nth < MOST_FAULTS; nth++) {
		if (!enable_with_fault(t, nth, &ret))
			break;
		failed += ret < 0;
		expect_untouched(t, d, fence);
	}
	CHECK(failed, "enabling never fails");
	CHECK(!ret, "enabling: %s", abi_error(ret));
	other_goes_on(t, d, fence);
	abi_still_works(t);
}

static void close_one(struct abi *t)
{
	struct dmabuf *d;
	int fence;

	d = queue_at_other(t, &fence);
	abi_queue(t, abi_attached(t, SIZE), abi_size(t, SIZE));
	abi_enable(t);
	abi_close(t);
	expect_untouched(t, d, fence);
	EXPECT(iio_enable(&t->target, false), 0);
	expect_untouched(t, d, fence);
	other_goes_on(t, d, fence);
}

const struct abi_test abi_two_tests[] = {
	{ "two_enable_both", enable_both, SIDE_ANY, NEED_ONE_DEVICE | NEED_STATUS },
	{ "two_enable_fails_at_one", enable_fails_at_one, SIDE_ANY,
	  NEED_ONE_DEVICE | NEED_STATUS | NEED_UNBIND },
	{ "two_controller_of_other_gone", controller_of_other_gone, SIDE_ANY,
	  NEED_ONE_DEVICE | NEED_UNBIND },
	{ "two_enable_faults_at_one", enable_faults_at_one, SIDE_ANY,
	  NEED_ONE_DEVICE | NEED_STATUS | NEED_FAULTS },
	{ "two_close_one", close_one, SIDE_ANY, NEED_ONE_DEVICE | NEED_STATUS },
	{ 0 },
};
