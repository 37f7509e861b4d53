// SPDX-License-Identifier: GPL-2.0
/*
 * Fences of transfers that an importer of dma-bufs makes, and waiting for others'.
 *
 * User space can keep a fence in a sync_file for as long as it likes, longer than
 * the importer's module is loaded. So the operations of these fences are not in
 * that module but here, in code that is never unloaded, and nothing in a fence
 * points to the importer once it is signalled.
 *
 * A fence that was published is read under RCU by everybody who looks at the
 * reservation object: it is freed a grace period after its last reference.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <linux/dma-direction.h>
#include <linux/dma-resv.h>
#include <linux/dma-transfer-fence.h>
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/init.h>
#include <linux/jiffies.h>
#include <linux/module.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>

/* For how long a transfer may wait for other users of its dma-buf */
#define DMA_TRANSFER_WAIT_MS	5000

static struct kmem_cache *dma_transfer_fence_cache;

static const char *dma_transfer_fence_get_name(struct dma_fence *fence)
{
	return "dma-transfer";
}

static void dma_transfer_fence_free_rcu(struct rcu_head *rcu)
{
	struct dma_fence *fence = container_of(rcu, struct dma_fence, rcu);

	dma_transfer_fence_free(to_dma_transfer_fence(fence));
}

static void dma_transfer_fence_release(struct dma_fence *fence)
{
	call_rcu(&fence->rcu, dma_transfer_fence_free_rcu);
}

static const struct dma_fence_ops dma_transfer_fence_ops = {
	.get_driver_name	= dma_transfer_fence_get_name,
	.get_timeline_name	= dma_transfer_fence_get_name,
	.release		= dma_transfer_fence_release,
};

/**
 * dma_transfer_timeline_init() - start a timeline
 * @timeline: The timeline
 *
 * Context: Any.
 */
void dma_transfer_timeline_init(struct dma_transfer_timeline *timeline)
{
	timeline->context = dma_fence_context_alloc(1);
	timeline->seqno = 0;
}
EXPORT_SYMBOL_GPL(dma_transfer_timeline_init);

/**
 * dma_transfer_fence_alloc() - allocate a fence for a transfer
 * @gfp: Allocation flags
 *
 * Allocate the fence before the transfer is prepared, so that nothing can fail
 * once it is published. The memory is accounted to the caller.
 *
 * Context: As @gfp says.
 * Return: A fence for dma_transfer_fence_init() or dma_transfer_fence_free(),
 *	or NULL.
 */
struct dma_transfer_fence *dma_transfer_fence_alloc(gfp_t gfp)
{
	return kmem_cache_zalloc(dma_transfer_fence_cache, gfp);
}
EXPORT_SYMBOL_GPL(dma_transfer_fence_alloc);

/**
 * dma_transfer_fence_free() - free a fence that was not initialised
 * @fence: The fence
 *
 * Use it where preparing the transfer failed. A fence that was initialised is
 * freed by its last dma_fence_put().
 *
 * Context: Any.
 */
void dma_transfer_fence_free(struct dma_transfer_fence *fence)
{
	kmem_cache_free(dma_transfer_fence_cache, fence);
}
EXPORT_SYMBOL_GPL(dma_transfer_fence_free);

/**
 * dma_transfer_fence_init() - make a fence ready to be published
 * @fence: A fence from dma_transfer_fence_alloc()
 * @timeline: The timeline that the transfer is on
 * @owner: The client's own pointer
 *
 * The caller gets the first reference. From here on the fence must be signalled.
 * Sequence numbers of fences follow the order of these calls.
 *
 * Context: Any; the caller serialises the calls of one timeline, by the dma-buf's
 *	reservation lock.
 */
void dma_transfer_fence_init(struct dma_transfer_fence *fence,
			     struct dma_transfer_timeline *timeline, void *owner)
{
	fence->owner = owner;
	spin_lock_init(&fence->lock);
	dma_fence_init(&fence->base, &dma_transfer_fence_ops, &fence->lock,
		       timeline->context, ++timeline->seqno);
}
EXPORT_SYMBOL_GPL(dma_transfer_fence_init);

/**
 * dma_transfer_fence_signal() - signal that a transfer is over
 * @fence: The transfer's fence, which was initialised and is not signalled
 * @err: 0 or a negative error
 *
 * Set &dma_transfer_fence.bytes and &dma_transfer_fence.sequence before.
 *
 * Context: Any. The caller holds a reference to the fence, and no lock that is
 *	taken where somebody waits for it.
 */
void dma_transfer_fence_signal(struct dma_transfer_fence *fence, int err)
{
	struct dma_fence *base = &fence->base;

	WARN_ON_ONCE(test_bit(DMA_FENCE_FLAG_SIGNALED_BIT, &base->flags));
	if (err)
		dma_fence_set_error(base, err);
	dma_fence_signal(base);
}
EXPORT_SYMBOL_GPL(dma_transfer_fence_signal);

/**
 * dma_transfer_lock_idle() - wait for other users of a dma-buf, and lock it
 * @resv: Reservation object of the dma-buf
 * @dir: DMA_FROM_DEVICE if the transfer writes the memory, which readers are then
 *	waited for, too
 * @nonblock: Do not wait
 *
 * The lock is not held while waiting: everybody else who uses the dma-buf needs it
 * too. Wait before the transfer is prepared, as the memory is still in use until then.
 *
 * Context: Process context, without locks.
 * Return: 0, and @resv is locked and none of these users is left; -EBUSY if they have
 *	not finished within 5 seconds, or at once with @nonblock; -ERESTARTSYS or -EINTR
 *	after a signal.
 */
int dma_transfer_lock_idle(struct dma_resv *resv, enum dma_data_direction dir,
			   bool nonblock)
{
	enum dma_resv_usage usage = dma_resv_usage_rw(dir == DMA_FROM_DEVICE);
	long left = msecs_to_jiffies(DMA_TRANSFER_WAIT_MS);
	int ret;

	for (;;) {
		if (!nonblock) {
			left = dma_resv_wait_timeout(resv, usage, true, left);
			if (left <= 0)
				return left ? (int)left : -EBUSY;
		}

		ret = dma_resv_lock_interruptible(resv, NULL);
		if (ret)
			return ret;

		if (dma_resv_test_signaled(resv, usage))
			return 0;

		dma_resv_unlock(resv);
		if (nonblock)
			return -EBUSY;
	}
}
EXPORT_SYMBOL_GPL(dma_transfer_lock_idle);

static int __init dma_transfer_fence_cache_create(void)
{
	dma_transfer_fence_cache = KMEM_CACHE(dma_transfer_fence, SLAB_ACCOUNT);

	return dma_transfer_fence_cache ? 0 : -ENOMEM;
}

/* No exit: a module without one stays, and so do the operations of all fences */
subsys_initcall(dma_transfer_fence_cache_create);

MODULE_AUTHOR("the dma_vec project");
MODULE_DESCRIPTION("Fences of DMA transfers");
MODULE_LICENSE("GPL");
