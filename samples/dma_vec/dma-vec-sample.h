/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the test of the samples calls.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#ifndef _DMA_VEC_SAMPLE_H
#define _DMA_VEC_SAMPLE_H

#include <linux/types.h>

struct device;

/* The device that the provider's channels "tx" and "rx" are for */
#define DMA_VEC_CLIENT_NAME	"dma-vec-client"

int dma_vec_client_run(struct device *dev, size_t size, size_t bytes_used);

#endif /* _DMA_VEC_SAMPLE_H */
