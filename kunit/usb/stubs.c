// SPDX-License-Identifier: GPL-2.0-only
/*
 * Answers for the library, which asks the DMA API about devices and addresses that are
 * made up here. Without a model of memory no device needs any sync; with one, the
 * library's calls go to the model.
 *
 * The calls of a thread that is not the test's are not redirected. A transfer whose end
 * needs a sync ends in a worker: that is made the test's for as long, from the
 * tracepoint in front of the sync to the fence that is signalled after it.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <kunit/static_stub.h>
#include <kunit/test-bug.h>
#include <kunit/test.h>
#include <linux/property.h>
#include <linux/sched.h>

#include <trace/events/dma_vec.h>

#include "fixture.h"
#include "memory.h"
#include "table.h"

static struct memory_model *stub_memory(void)
{
	struct ffs_fixture *fx = kunit_get_current_test()->priv;

	return fx->memory;
}

static bool stub_snoops(struct device *dev)
{
	struct memory_model *m = stub_memory();

	return !m || (dev == m->udc.dev ? &m->udc : &m->converter)->snoops;
}

/* Fences wait for the worker, so that it waits for nothing that lockdep would follow */
static void stub_hold(struct memory_model *m)
{
	while (current->flags & PF_WQ_WORKER && READ_ONCE(m->hold)) {
		WRITE_ONCE(m->held, true);
		schedule_timeout_uninterruptible(1);
	}
}

static void stub_for_device(struct device *dev, dma_addr_t addr, size_t len,
			    enum dma_data_direction dir)
{
	stub_hold(stub_memory());
	memory_for_device(stub_memory(), dev, addr, len, dir);
}

static void stub_for_cpu(struct device *dev, dma_addr_t addr, size_t len,
			 enum dma_data_direction dir)
{
	memory_for_cpu(stub_memory(), dev, addr, len, dir);
}

static enum dev_dma_attr stub_attr(struct device *dev)
{
	return stub_snoops(dev) ? DEV_DMA_COHERENT : DEV_DMA_NON_COHERENT;
}

static bool stub_no(struct device *dev)
{
	return false;
}

static bool stub_needs_sync(struct device *dev, dma_addr_t addr)
{
	return !stub_snoops(dev);
}

static void stub_adopt_worker(void *test, const struct dma_vec_map *map, size_t from,
			      size_t len)
{
	if (current->flags & PF_WQ_WORKER)
		current->kunit_test = test;
}

static void stub_disconnect(void *test)
{
	unregister_trace_dma_vec_sync_for_device(stub_adopt_worker, test);
	unregister_trace_dma_vec_sync_for_cpu(stub_adopt_worker, test);
	tracepoint_synchronize_unregister();
}

/**
 * stubs_connect() - have the library's calls come here
 * @fx: The fixture, which may have a model of memory
 *
 * With a model, the test calls stubs_release_worker() from each fence that is signalled.
 */
void stubs_connect(struct ffs_fixture *fx)
{
	struct kunit *test = fx->test;

	kunit_activate_static_stub(test, dma_vec_addr_needs_sync, stub_needs_sync);
	if (!fx->memory)
		return;

	kunit_activate_static_stub(test, dma_vec_sync_piece_for_device, stub_for_device);
	kunit_activate_static_stub(test, dma_vec_sync_piece_for_cpu, stub_for_cpu);
	kunit_activate_static_stub(test, dma_vec_dev_attr, stub_attr);
	kunit_activate_static_stub(test, dma_vec_dev_limited, stub_no);
	kunit_activate_static_stub(test, dma_vec_dev_translates, stub_no);
	KUNIT_ASSERT_EQ(test, 0,
			register_trace_dma_vec_sync_for_device(stub_adopt_worker, test));
	KUNIT_ASSERT_EQ(test, 0,
			register_trace_dma_vec_sync_for_cpu(stub_adopt_worker, test));
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, stub_disconnect, test));
}

/**
 * stubs_release_worker() - a worker has synced for the test, and will do so no more
 */
void stubs_release_worker(void)
{
	if (current->flags & PF_WQ_WORKER)
		current->kunit_test = NULL;
}
