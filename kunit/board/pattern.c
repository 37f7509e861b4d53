// SPDX-License-Identifier: GPL-2.0
/*
 * Test patterns, fast: a block is made at once and then only copied or compared.
 *
 * A sequence with b[n] = b[n - p] ^ b[n - q] also has b[n] = b[n - 64 p] ^
 * b[n - 64 q], because squaring its polynomial six times spreads the lags by
 * 64. So the recurrence that holds for bits holds for 64-bit words, whatever
 * the order of the bits in them is. Only the first words are made bit by bit.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <linux/export.h>
#include <linux/minmax.h>
#include <linux/string.h>
#include <linux/unaligned.h>

#include "pattern.h"

#define ADM_BLOCK	(ADM_PATTERN_WORDS * sizeof(u64))

struct adm_taps {
	unsigned int far;
	unsigned int near;
};

static const struct adm_taps adm_taps[] = {
	[ADM_PATTERN_PN9] = { 9, 5 },
	[ADM_PATTERN_PN23] = { 23, 18 },
};

static u8 *adm_block(struct adm_pattern *p)
{
	return (u8 *)(p->words + ADM_PATTERN_HISTORY);
}

static void adm_make_ramp(struct adm_pattern *p)
{
	__le32 *frame = (__le32 *)adm_block(p);
	u32 first = p->next;
	unsigned int i;

	for (i = 0; i < ADM_BLOCK / sizeof(*frame); i++)
		frame[i] = cpu_to_le32(first + i);
	p->next = first + i;
}

static void adm_make_words(struct adm_pattern *p, unsigned int from)
{
	const struct adm_taps *taps = &adm_taps[p->kind];
	__le64 *w = p->words;
	unsigned int i;

	for (i = from; i < ADM_PATTERN_HISTORY + ADM_PATTERN_WORDS; i++)
		w[i] = w[i - taps->far] ^ w[i - taps->near];
}

static void adm_refill(struct adm_pattern *p)
{
	p->used = 0;
	if (p->kind == ADM_PATTERN_RAMP) {
		adm_make_ramp(p);
		return;
	}
	memcpy(p->words, p->words + ADM_PATTERN_WORDS, ADM_PATTERN_HISTORY * sizeof(*p->words));
	adm_make_words(p, ADM_PATTERN_HISTORY);
}

/* Next 16 bits of the sequence, first bit on top; @state holds the last bits */
static u16 adm_next_sample(const struct adm_taps *taps, u32 *state)
{
	u16 sample = 0;
	unsigned int i;
	u32 bit;

	for (i = 0; i < 16; i++) {
		bit = *state >> (taps->far - 1) & 1;
		sample = sample << 1 | bit;
		bit ^= *state >> (taps->near - 1) & 1;
		*state = *state << 1 | bit;
	}
	return sample;
}

/* The first words of the block are made bit by bit, the others follow */
static void adm_start_sequence(struct adm_pattern *p)
{
	const struct adm_taps *taps = &adm_taps[p->kind];
	u32 state = ~0;
	u8 *sample = adm_block(p);
	unsigned int i;

	for (i = 0; i < taps->far * sizeof(u64) / sizeof(u16); i++)
		put_unaligned_le16(adm_next_sample(taps, &state), sample + 2 * i);
	adm_make_words(p, ADM_PATTERN_HISTORY + taps->far);
}

/**
 * adm_pattern_start() - go to the beginning of a pattern
 * @p: position
 * @kind: pattern
 */
void adm_pattern_start(struct adm_pattern *p, enum adm_pattern_kind kind)
{
	p->kind = kind;
	p->next = 0;
	p->used = 0;
	if (kind == ADM_PATTERN_RAMP)
		adm_make_ramp(p);
	else
		adm_start_sequence(p);
}
EXPORT_SYMBOL_GPL(adm_pattern_start);

static size_t adm_available(struct adm_pattern *p, size_t len)
{
	if (p->used == ADM_BLOCK)
		adm_refill(p);
	return min(len, ADM_BLOCK - p->used);
}

/**
 * adm_pattern_make() - the next bytes of a pattern
 * @p: position, moved on
 * @dst: where to write them; NULL to skip them
 * @len: how many
 */
void adm_pattern_make(struct adm_pattern *p, void *dst, size_t len)
{
	size_t n;

	for (; len; len -= n) {
		n = adm_available(p, len);
		if (dst) {
			memcpy(dst, adm_block(p) + p->used, n);
			dst += n;
		}
		p->used += n;
	}
}
EXPORT_SYMBOL_GPL(adm_pattern_make);

static u64 adm_count_wrong(const u8 *is, const u8 *should, size_t start, size_t len)
{
	size_t sample = SIZE_MAX;
	u64 wrong = 0;
	size_t i;

	for (i = 0; i < len; i++) {
		if (is[i] == should[i] || (start + i) / 2 == sample)
			continue;
		sample = (start + i) / 2;
		wrong++;
	}
	return wrong;
}

/**
 * adm_pattern_check() - compare bytes with a pattern
 * @p: position, moved on
 * @src: the bytes
 * @len: how many
 *
 * Return: number of 16-bit samples that differ.
 */
u64 adm_pattern_check(struct adm_pattern *p, const void *src, size_t len)
{
	u64 wrong = 0;
	size_t n;

	for (; len; len -= n, src += n) {
		n = adm_available(p, len);
		if (memcmp(src, adm_block(p) + p->used, n))
			wrong += adm_count_wrong(src, adm_block(p) + p->used, p->used, n);
		p->used += n;
	}
	return wrong;
}
EXPORT_SYMBOL_GPL(adm_pattern_check);
