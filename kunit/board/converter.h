/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The analog side of a simulated converter: where its samples come from, and
 * where they go.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#ifndef AXI_DMAC_BOARD_CONVERTER_H
#define AXI_DMAC_BOARD_CONVERTER_H

#include <linux/mutex.h>
#include <linux/sizes.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#include "counter.h"
#include "packet.h"
#include "pattern.h"

#define ADM_FILE_MAX	SZ_64M

struct adm_fifo;
struct adm_port;
struct dentry;

enum adm_source_mode {
	ADM_SOURCE_RAMP,
	ADM_SOURCE_PN9,
	ADM_SOURCE_PN23,
	ADM_SOURCE_LOOPBACK,
	ADM_SOURCE_REPLAY,
	ADM_SOURCE_COUNTER,
	ADM_SOURCE_MODES
};

struct adm_source {
	struct adm_port *port;
	struct adm_fifo *fifo;		/* NULL: nothing to loop back from */
	struct mutex replay_lock;	/* serialises writers of the replay data */

	spinlock_t lock;		/* protects the fields below */
	bool running;
	enum adm_source_mode mode;
	struct adm_pattern pattern;
	struct adm_counter counter;
	struct adm_packets packets;
	u8 *replay;
	size_t replay_size;		/* allocated */
	size_t replay_len;		/* in use */
	size_t replay_pos;
};

enum adm_sink_mode {
	ADM_SINK_DROP,
	ADM_SINK_RAMP,
	ADM_SINK_PN9,
	ADM_SINK_PN23,
	ADM_SINK_LOOPBACK,
	ADM_SINK_CAPTURE,
	ADM_SINK_COUNTER,
	ADM_SINK_MODES
};

struct adm_sink {
	struct adm_port *port;
	struct adm_fifo *fifo;
	struct mutex capture_lock;	/* protects the capture buffer's life */

	spinlock_t lock;		/* protects the fields below */
	bool running;
	enum adm_sink_mode mode;
	struct adm_pattern pattern;
	struct adm_counter counter;
	u64 received;
	u64 mismatches;
	u8 *capture;			/* ADM_FILE_MAX bytes, in capture mode only */
};

/* source.c */
extern const char * const adm_source_modes[ADM_SOURCE_MODES];
void adm_source_init(struct adm_source *src, struct adm_port *port);
void adm_source_exit(struct adm_source *src);
void adm_source_start(struct adm_source *src);
void adm_source_stop(struct adm_source *src);
int adm_source_set_mode(struct adm_source *src, enum adm_source_mode mode);
void adm_source_debugfs(struct adm_source *src, struct dentry *dir);

/* sink.c */
extern const char * const adm_sink_modes[ADM_SINK_MODES];
void adm_sink_init(struct adm_sink *sink, struct adm_port *port);
void adm_sink_exit(struct adm_sink *sink);
void adm_sink_start(struct adm_sink *sink);
void adm_sink_stop(struct adm_sink *sink);
int adm_sink_set_mode(struct adm_sink *sink, enum adm_sink_mode mode);
void adm_sink_debugfs(struct adm_sink *sink, struct dentry *dir);

#endif
