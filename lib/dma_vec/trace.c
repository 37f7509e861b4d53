// SPDX-License-Identifier: GPL-2.0-only
/*
 * The tracepoints' one definition. A tracepoint that is off is a branch that is
 * not taken, or nothing where the kernel has no tracing.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#define CREATE_TRACE_POINTS
#include <trace/events/dma_vec.h>

#if IS_ENABLED(CONFIG_KUNIT)
EXPORT_TRACEPOINT_SYMBOL_GPL(dma_vec_map);
EXPORT_TRACEPOINT_SYMBOL_GPL(dma_vec_unmap);
EXPORT_TRACEPOINT_SYMBOL_GPL(dma_vec_truncate);
EXPORT_TRACEPOINT_SYMBOL_GPL(dma_vec_sync_for_device);
EXPORT_TRACEPOINT_SYMBOL_GPL(dma_vec_sync_for_cpu);
#endif
