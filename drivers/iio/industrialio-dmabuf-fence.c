// SPDX-License-Identifier: GPL-2.0
/*
 * Fences of the DMABUF interface.
 *
 * Enqueueing must not allocate once streaming goes on, so each attachment has
 * a pool of fences, filled when the DMABUF is attached. A fence that was
 * published is read under RCU by whoever looks at the reservation object: it
 * goes back to its pool only after its last reference and a grace period. User
 * space can keep one in a sync_file for as long as it likes, so every published
 * fence holds its pool and this module.
 */

#include <linux/cleanup.h>
#include <linux/dma-fence.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#include <kunit/visibility.h>

#include "industrialio-dmabuf.h"

/* A grace period takes longer than a small block: enough for some of those */
#define IIO_FENCE_POOL_SIZE	16
/* Fences that had to be allocated beyond that are kept too, up to so many */
#define IIO_FENCE_POOL_MAX	64

struct iio_fence_pool {
	struct kref ref;

	spinlock_t lock;		/* protects unused and num_unused */
	struct list_head unused;
	unsigned int num_unused;

	u64 context;
	u64 seqno;			/* P: the DMABUF's reservation lock */
	void *owner;
};

struct iio_dma_fence {
	struct dma_fence base;
	spinlock_t lock;		/* protects base */
	struct iio_fence_pool *pool;
	struct list_head node;		/* P: pool->lock, when unused */
};

static struct iio_dma_fence *to_iio_dma_fence(struct dma_fence *fence)
{
	return container_of(fence, struct iio_dma_fence, base);
}

static void iio_fence_pool_free(struct kref *ref)
{
	struct iio_fence_pool *pool = container_of(ref, struct iio_fence_pool, ref);
	struct iio_dma_fence *fence, *tmp;

	list_for_each_entry_safe(fence, tmp, &pool->unused, node)
		kfree(fence);
	kfree(pool);
}

/**
 * iio_fence_pool_put() - drop a reference to a pool
 * @pool: The pool
 *
 * Context: Any.
 */
void iio_fence_pool_put(struct iio_fence_pool *pool)
{
	kref_put(&pool->ref, iio_fence_pool_free);
}
EXPORT_SYMBOL_IF_KUNIT(iio_fence_pool_put);

static void iio_fence_put_back(struct iio_dma_fence *fence)
{
	struct iio_fence_pool *pool = fence->pool;
	unsigned long flags;

	spin_lock_irqsave(&pool->lock, flags);
	if (pool->num_unused < IIO_FENCE_POOL_MAX) {
		list_add_tail(&fence->node, &pool->unused);
		pool->num_unused++;
		fence = NULL;
	}
	spin_unlock_irqrestore(&pool->lock, flags);

	kfree(fence);
}

static struct iio_dma_fence *iio_fence_alloc(struct iio_fence_pool *pool)
{
	struct iio_dma_fence *fence = kzalloc_obj(*fence, GFP_KERNEL_ACCOUNT);

	if (fence)
		fence->pool = pool;
	return fence;
}

/**
 * iio_fence_pool_create() - create the fences of one attachment
 * @owner: What iio_fence_owner() returns for fences of this pool
 *
 * All fences of a pool are on one timeline.
 *
 * Context: May sleep.
 * Return: The pool, with a reference that is the caller's, or NULL.
 */
struct iio_fence_pool *iio_fence_pool_create(void *owner)
{
	struct iio_fence_pool *pool = kzalloc_obj(*pool, GFP_KERNEL_ACCOUNT);
	struct iio_dma_fence *fence;
	unsigned int i;

	if (!pool)
		return NULL;

	kref_init(&pool->ref);
	spin_lock_init(&pool->lock);
	INIT_LIST_HEAD(&pool->unused);
	pool->context = dma_fence_context_alloc(1);
	pool->owner = owner;

	for (i = 0; i < IIO_FENCE_POOL_SIZE; i++) {
		fence = iio_fence_alloc(pool);
		if (!fence) {
			iio_fence_pool_put(pool);
			return NULL;
		}
		iio_fence_put_back(fence);
	}

	return pool;
}
EXPORT_SYMBOL_IF_KUNIT(iio_fence_pool_create);

#if IS_ENABLED(CONFIG_KUNIT)
unsigned int iio_fence_pool_unused(struct iio_fence_pool *pool)
{
	guard(spinlock_irq)(&pool->lock);

	return pool->num_unused;
}
EXPORT_SYMBOL_IF_KUNIT(iio_fence_pool_unused);
#endif

/**
 * iio_fence_get_unused() - take a fence out of the pool
 * @pool: The pool
 *
 * Nobody else knows the fence until iio_fence_publish(); give it back with
 * iio_fence_put_unused() if it does not come to that.
 *
 * Context: May sleep: allocates when the pool is empty.
 * Return: The fence, or NULL if the pool is empty and there is no memory.
 */
struct dma_fence *iio_fence_get_unused(struct iio_fence_pool *pool)
{
	struct iio_dma_fence *fence;

	spin_lock_irq(&pool->lock);
	fence = list_first_entry_or_null(&pool->unused, struct iio_dma_fence, node);
	if (fence) {
		list_del(&fence->node);
		pool->num_unused--;
	}
	spin_unlock_irq(&pool->lock);

	if (!fence)
		fence = iio_fence_alloc(pool);

	return fence ? &fence->base : NULL;
}
EXPORT_SYMBOL_IF_KUNIT(iio_fence_get_unused);

/**
 * iio_fence_put_unused() - return a fence that was never published
 * @fence: The fence
 *
 * Context: Any.
 */
void iio_fence_put_unused(struct dma_fence *fence)
{
	iio_fence_put_back(to_iio_dma_fence(fence));
}
EXPORT_SYMBOL_IF_KUNIT(iio_fence_put_unused);

static const char *iio_fence_get_name(struct dma_fence *fence)
{
	return "iio";
}

static void iio_fence_recycle(struct rcu_head *rcu)
{
	struct dma_fence *base = container_of(rcu, struct dma_fence, rcu);
	struct iio_dma_fence *fence = to_iio_dma_fence(base);
	struct iio_fence_pool *pool = fence->pool;

	iio_fence_put_back(fence);
	iio_fence_pool_put(pool);
	/* The module's exit waits for callbacks that are past this point */
	module_put(THIS_MODULE);
}

static void iio_fence_release(struct dma_fence *fence)
{
	call_rcu(&fence->rcu, iio_fence_recycle);
}

static const struct dma_fence_ops iio_fence_ops = {
	.get_driver_name	= iio_fence_get_name,
	.get_timeline_name	= iio_fence_get_name,
	.release		= iio_fence_release,
};

/**
 * iio_fence_publish() - make a fence of what was taken out of the pool
 * @fence: A fence from iio_fence_get_unused()
 *
 * The caller gets the first reference and shows the fence to others; from now
 * on it must be signalled. Sequence numbers follow the order of these calls.
 *
 * Context: The caller holds the DMABUF's reservation lock.
 */
void iio_fence_publish(struct dma_fence *fence)
{
	struct iio_dma_fence *iio_fence = to_iio_dma_fence(fence);
	struct iio_fence_pool *pool = iio_fence->pool;

	__module_get(THIS_MODULE);
	kref_get(&pool->ref);
	spin_lock_init(&iio_fence->lock);
	dma_fence_init(fence, &iio_fence_ops, &iio_fence->lock, pool->context,
		       ++pool->seqno);
}
EXPORT_SYMBOL_IF_KUNIT(iio_fence_publish);

/**
 * iio_fence_owner() - to whom does a fence belong?
 * @fence: A fence that has been published and not yet signalled
 *
 * Context: Any.
 * Return: What the pool was created with.
 */
void *iio_fence_owner(struct dma_fence *fence)
{
	return to_iio_dma_fence(fence)->pool->owner;
}
EXPORT_SYMBOL_IF_KUNIT(iio_fence_owner);

/**
 * iio_fence_signal() - signal a published fence
 * @fence: The fence
 * @err: 0 or a negative error
 *
 * Context: Any; the caller holds a reference.
 */
void iio_fence_signal(struct dma_fence *fence, int err)
{
	if (err)
		dma_fence_set_error(fence, err);
	WARN_ON_ONCE(test_bit(DMA_FENCE_FLAG_SIGNALED_BIT, &fence->flags));
	dma_fence_signal(fence);
}
EXPORT_SYMBOL_IF_KUNIT(iio_fence_signal);
