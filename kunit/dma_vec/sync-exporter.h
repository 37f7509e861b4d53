/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Exporters of the memory of a machine that is not coherent: see
 * sync-exporter.c.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#ifndef _DMA_VEC_SYNC_EXPORTER_H
#define _DMA_VEC_SYNC_EXPORTER_H

struct dma_buf;
struct kunit;

enum sync_exporter {
	/* Syncs all attachments, as the system heap does */
	SYNC_EXPORTER_HEAP = 1,
	/* Looks after the caches by itself, syncs no attachment, as udmabuf */
	SYNC_EXPORTER_OWN,
	/* Has memory that the CPU must not touch, as a heap of a TEE */
	SYNC_EXPORTER_CLOSED,
};

struct dma_buf *sync_exporter_create(struct kunit *test,
				     enum sync_exporter kind);

#endif /* _DMA_VEC_SYNC_EXPORTER_H */
