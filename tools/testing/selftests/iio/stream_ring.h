/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The DMABUFs that go round between us and the device, for all ways to wait for
 * them. All functions that return int return 0, or -1 after stream_fail().
 *
 * Copyright (C) 2026 the dma_vec project
 */
#ifndef STREAM_RING_H
#define STREAM_RING_H

#include <stdbool.h>

#include "stream.h"

/* Allocates, attaches and loads all of them. */
int ring_prepare(struct stream *s);
int ring_enqueue_all(struct stream *s);
/* Detaches and frees all of them. */
void ring_finish(struct stream *s);

/* Block number @n of the run. */
struct dmabuf *ring_block(struct stream *s, unsigned long long n);

int ring_begin_cpu(struct stream *s, struct dmabuf *d);
int ring_end_cpu(struct stream *s, struct dmabuf *d);

/* What the device is going to read, or what it has to overwrite. */
void ring_load(struct stream *s, struct dmabuf *d);
/* An input: what has arrived. */
int ring_unload(struct stream *s, struct dmabuf *d);
/* An input that somebody else is going to verify. */
int ring_check(struct stream *s, struct dmabuf *d);

int ring_enqueue(struct stream *s, struct dmabuf *d);

/* stream_cyclic.c */
bool ring_is_cyclic(const struct stream *s);
/* Until the receiver has got enough of the block. */
int ring_run_cyclic(struct stream *s);

#endif
