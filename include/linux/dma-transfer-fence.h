/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Fences of transfers that an importer of dma-bufs makes.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#ifndef _LINUX_DMA_TRANSFER_FENCE_H
#define _LINUX_DMA_TRANSFER_FENCE_H

#include <linux/dma-direction.h>
#include <linux/dma-fence.h>
#include <linux/spinlock.h>
#include <linux/types.h>

struct dma_resv;

/**
 * struct dma_transfer_timeline - transfers that end in the order of their start
 * @context: Context of their fences
 * @seqno: Number of the last fence; protected by what serialises publishing,
 *	which is the dma-buf's reservation lock
 *
 * One of each attachment: order holds within an attachment only.
 */
struct dma_transfer_timeline {
	u64 context;
	u64 seqno;
};

/**
 * struct dma_transfer_fence - fence of one transfer, and what became of it
 * @base: The fence
 * @lock: Protects @base
 * @owner: Client's pointer, which means nothing once the client has dropped it
 * @bytes: Bytes really transferred; set by the client before it signals
 * @sequence: Client's number of the transfer; set by the client before it signals
 */
struct dma_transfer_fence {
	struct dma_fence base;
	spinlock_t lock;		/* protects base */
	void *owner;
	size_t bytes;
	u64 sequence;
};

/**
 * to_dma_transfer_fence() - get the transfer of a fence
 * @fence: The &dma_transfer_fence.base of one
 *
 * Return: The transfer's fence.
 */
static inline struct dma_transfer_fence *
to_dma_transfer_fence(struct dma_fence *fence)
{
	return container_of(fence, struct dma_transfer_fence, base);
}

void dma_transfer_timeline_init(struct dma_transfer_timeline *timeline);

struct dma_transfer_fence *dma_transfer_fence_alloc(gfp_t gfp);
void dma_transfer_fence_free(struct dma_transfer_fence *fence);
void dma_transfer_fence_init(struct dma_transfer_fence *fence,
			     struct dma_transfer_timeline *timeline, void *owner);
void dma_transfer_fence_signal(struct dma_transfer_fence *fence, int err);

int dma_transfer_lock_idle(struct dma_resv *resv, enum dma_data_direction dir,
			   bool nonblock);

#endif /* _LINUX_DMA_TRANSFER_FENCE_H */
