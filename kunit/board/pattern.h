/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Test patterns of converters: an endless stream of bytes, made in blocks.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#ifndef AXI_DMAC_BOARD_PATTERN_H
#define AXI_DMAC_BOARD_PATTERN_H

#include <linux/types.h>

#define ADM_PATTERN_WORDS	512
#define ADM_PATTERN_HISTORY	23

/**
 * enum adm_pattern_kind - what the stream consists of
 * @ADM_PATTERN_RAMP: 32-bit little-endian counter of frames, from 0
 * @ADM_PATTERN_PN9: 16-bit samples, each 16 bits of x^9 + x^5 + 1, MSB first
 * @ADM_PATTERN_PN23: the same with x^23 + x^18 + 1
 */
enum adm_pattern_kind {
	ADM_PATTERN_RAMP,
	ADM_PATTERN_PN9,
	ADM_PATTERN_PN23,
};

/**
 * struct adm_pattern - position in a pattern
 * @kind: which
 * @next: first frame of the next block, for the ramp
 * @used: bytes of the block that are consumed
 * @words: the words before the block, then the block
 */
struct adm_pattern {
	enum adm_pattern_kind kind;
	u32 next;
	size_t used;
	__le64 words[ADM_PATTERN_HISTORY + ADM_PATTERN_WORDS];
};

void adm_pattern_start(struct adm_pattern *p, enum adm_pattern_kind kind);
void adm_pattern_make(struct adm_pattern *p, void *dst, size_t len);
u64 adm_pattern_check(struct adm_pattern *p, const void *src, size_t len);

#endif
