// SPDX-License-Identifier: GPL-2.0-only
/*
 * Functions that are exported for other drivers. The drivers that came with the library
 * call none of them; the functions that they call are exported where they are.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <linux/dma-vec.h>
#include <linux/dma-vec-compact.h>
#include <linux/dma-vec-dmaengine.h>
#include <linux/dma-vec-table.h>
#include <linux/export.h>

/* Vectors and chunks */
EXPORT_SYMBOL_GPL(dma_vec_len);
EXPORT_SYMBOL_GPL(dma_vec_nents_for_len);
EXPORT_SYMBOL_GPL(dma_vec_check);
EXPORT_SYMBOL_GPL(dma_vec_coalesce);
EXPORT_SYMBOL_GPL(dma_vec_iter_init_entries);
EXPORT_SYMBOL_GPL(dma_vec_iter_first);
EXPORT_SYMBOL_GPL(dma_vec_iter_count);
EXPORT_SYMBOL_GPL(dma_vec_iter_nents_for_dma);
EXPORT_SYMBOL_GPL(dma_vec_nents_for_dma);
EXPORT_SYMBOL_GPL(dma_vec_iter_init_slave);

/* Tables */
EXPORT_SYMBOL_GPL(dma_vec_table_alloc);
EXPORT_SYMBOL_GPL(dma_vec_table_index);
EXPORT_SYMBOL_GPL(dma_vec_table_restore);
EXPORT_SYMBOL_GPL(dma_vec_table_from_sgt);
EXPORT_SYMBOL_GPL(dma_vec_submit_table);

/* Compact tables */
EXPORT_SYMBOL_GPL(dma_vec_compact_from_table);
EXPORT_SYMBOL_GPL(dma_vec_compact_get);
EXPORT_SYMBOL_GPL(dma_vec_compact_free);
EXPORT_SYMBOL_GPL(dma_vec_table_from_compact);
