/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What happens to DMA vector tables: mapping, truncation, cache maintenance.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM dma_vec

#if !defined(_TRACE_DMA_VEC_H) || defined(TRACE_HEADER_MULTI_READ)
#define _TRACE_DMA_VEC_H

#include <linux/device.h>
#include <linux/dma-direction.h>
#include <linux/dma-vec-table.h>
#include <linux/tracepoint.h>

#define show_dma_vec_coherency(mode)					\
	__print_symbolic(mode,						\
		{ DMA_VEC_DEFAULT_COHERENT, "default" },		\
		{ DMA_VEC_DMA_API_COHERENT, "dma-api" },		\
		{ DMA_VEC_MEMORY_COHERENT, "memory" },			\
		{ DMA_VEC_CPU_COHERENT, "cpu" },			\
		{ DMA_VEC_ATOMIC_COHERENT, "atomic" })

#define show_dma_vec_flags(flags)					\
	__print_flags(flags, "|",					\
		{ BIT(0), "no-sync" },					\
		{ BIT(1), "scattered" })

#define show_dma_vec_direction(dir)					\
	__print_symbolic(dir,						\
		{ DMA_BIDIRECTIONAL, "bidirectional" },			\
		{ DMA_TO_DEVICE, "to-device" },				\
		{ DMA_FROM_DEVICE, "from-device" })

DECLARE_EVENT_CLASS(dma_vec_mapping,
	TP_PROTO(const struct dma_vec_map *map),
	TP_ARGS(map),

	TP_STRUCT__entry(
		__string(device, dev_name(map->dev))
		__field(size_t, nents)
		__field(size_t, len)
		__field(int, dir)
		__field(int, coherency)
		__field(u8, flags)
	),

	TP_fast_assign(
		__assign_str(device);
		__entry->nents = map->table.orig_nents;
		__entry->len = map->table.orig_len;
		__entry->dir = map->dir;
		__entry->coherency = map->table.coherency;
		__entry->flags = map->table.no_sync | map->table.scattered << 1;
	),

	TP_printk("%s nents=%zu len=%zu dir=%s coherency=%s flags=%s",
		  __get_str(device), __entry->nents, __entry->len,
		  show_dma_vec_direction(__entry->dir),
		  show_dma_vec_coherency(__entry->coherency),
		  show_dma_vec_flags(__entry->flags))
);

DEFINE_EVENT(dma_vec_mapping, dma_vec_map,
	TP_PROTO(const struct dma_vec_map *map),
	TP_ARGS(map));

DEFINE_EVENT(dma_vec_mapping, dma_vec_unmap,
	TP_PROTO(const struct dma_vec_map *map),
	TP_ARGS(map));

TRACE_EVENT(dma_vec_truncate,
	TP_PROTO(const struct dma_vec_table *table, size_t was),
	TP_ARGS(table, was),

	TP_STRUCT__entry(
		__field(const void *, table)
		__field(size_t, was)
		__field(size_t, len)
		__field(size_t, nents)
		__field(size_t, orig_len)
	),

	TP_fast_assign(
		__entry->table = table;
		__entry->was = was;
		__entry->len = table->len;
		__entry->nents = table->nents;
		__entry->orig_len = table->orig_len;
	),

	TP_printk("table=%p len=%zu was=%zu of=%zu nents=%zu", __entry->table,
		  __entry->len, __entry->was, __entry->orig_len,
		  __entry->nents)
);

DECLARE_EVENT_CLASS(dma_vec_sync,
	TP_PROTO(const struct dma_vec_map *map, size_t from, size_t len),
	TP_ARGS(map, from, len),

	TP_STRUCT__entry(
		__string(device, dev_name(map->dev))
		__field(size_t, from)
		__field(size_t, len)
		__field(int, dir)
		__field(int, coherency)
		__field(u8, flags)
	),

	TP_fast_assign(
		__assign_str(device);
		__entry->from = from;
		__entry->len = len;
		__entry->dir = map->dir;
		__entry->coherency = map->table.coherency;
		__entry->flags = map->table.no_sync | map->table.scattered << 1;
	),

	TP_printk("%s from=%zu len=%zu dir=%s coherency=%s flags=%s",
		  __get_str(device), __entry->from, __entry->len,
		  show_dma_vec_direction(__entry->dir),
		  show_dma_vec_coherency(__entry->coherency),
		  show_dma_vec_flags(__entry->flags))
);

DEFINE_EVENT(dma_vec_sync, dma_vec_sync_for_device,
	TP_PROTO(const struct dma_vec_map *map, size_t from, size_t len),
	TP_ARGS(map, from, len));

DEFINE_EVENT(dma_vec_sync, dma_vec_sync_for_cpu,
	TP_PROTO(const struct dma_vec_map *map, size_t from, size_t len),
	TP_ARGS(map, from, len));

#endif /* _TRACE_DMA_VEC_H */

#include <trace/define_trace.h>
