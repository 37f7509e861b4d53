/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The DMA side of a scatterlist, and nothing else: arrays of bus address and
 * length, and how to walk them in chunks that suit a piece of hardware.
 *
 * A scatterlist mixes CPU pages with DMA addresses, and caps lengths at 32 bits.
 * Here there is no page, no CPU address and no private pointer, so that nobody
 * can be tempted to look behind the mapping.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#ifndef _LINUX_DMA_VEC_H
#define _LINUX_DMA_VEC_H

#include <linux/types.h>

struct dma_chan;
struct scatterlist;

/**
 * struct dma_vec - DMA vector
 * @addr: Bus address of the start of the vector
 * @len: Length of the vector in bytes
 */
struct dma_vec {
	dma_addr_t addr;
	size_t len;
};

/**
 * struct dma_vec_limits - what a piece of hardware takes in one chunk
 * @max_len: Longest chunk in bytes, 0 for no limit; rounded down to a multiple
 *	of the alignments
 * @addr_align: Every chunk starts at a multiple of this; a power of two, or 0
 * @len_align: Every chunk is a multiple of this long; a power of two, or 0
 * @boundary: No chunk crosses a multiple of this; a power of two, or 0
 */
struct dma_vec_limits {
	size_t max_len;
	size_t addr_align;
	size_t len_align;
	u64 boundary;
};

/**
 * struct dma_vec_iter - walks vectors in hardware-sized chunks
 * @cur: What is left of the vector that the next chunk starts in
 * @vecs: The vectors behind it, NULL in a scatterlist
 * @sg: The entries behind it, NULL in an array
 * @nents: Number of vectors or entries behind it
 * @max_len: Longest chunk, a multiple of both alignments
 * @boundary_mask: Boundary minus one, all ones for no boundary
 * @addr_mask: Address alignment minus one
 * @len_mask: Length alignment minus one
 * @by_entry: Neither join nor split
 *
 * A value: copy it to remember a position. All members are private.
 */
struct dma_vec_iter {
	struct dma_vec cur;
	const struct dma_vec *vecs;
	struct scatterlist *sg;
	size_t nents;
	size_t max_len;
	u64 boundary_mask;
	size_t addr_mask;
	size_t len_mask;
	bool by_entry;
};

/* Arrays: queries */
int dma_vec_len(const struct dma_vec *vecs, size_t nents, size_t *len);
ssize_t dma_vec_nents_for_len(const struct dma_vec *vecs, size_t nents,
			      size_t len);
ssize_t dma_vec_nents_for_dma(const struct dma_vec *vecs, size_t nents,
			      const struct dma_vec_limits *limits);
int dma_vec_check(const struct dma_vec *vecs, size_t nents,
		  const struct dma_vec_limits *limits);
ssize_t dma_vec_coalesce(struct dma_vec *vecs, size_t nents,
			 const struct dma_vec_limits *limits);

/* Arrays and scatterlists: chunks */
int dma_vec_iter_init(struct dma_vec_iter *iter, const struct dma_vec *vecs,
		      size_t nents, const struct dma_vec_limits *limits);
int dma_vec_iter_init_sg(struct dma_vec_iter *iter, struct scatterlist *sgl,
			 size_t nents, const struct dma_vec_limits *limits);
int dma_vec_iter_init_entries(struct dma_vec_iter *iter,
			      struct scatterlist *sgl, size_t nents);
int dma_vec_iter_init_slave(struct dma_vec_iter *iter, struct dma_chan *chan,
			    const struct dma_vec *vecs, size_t nents);
int dma_vec_iter_check(const struct dma_vec_iter *iter);
ssize_t dma_vec_iter_count(const struct dma_vec_iter *iter);
int dma_vec_iter_nents_for_dma(const struct dma_vec_iter *iter, size_t len);
struct dma_vec dma_vec_iter_first(const struct dma_vec_iter *iter);
bool dma_vec_iter_next(struct dma_vec_iter *iter, struct dma_vec *chunk);

/**
 * dma_vec_for_each_chunk - iterate over the chunks of an initialised iterator
 * @chunk: pointer to a struct dma_vec, where each chunk is stored
 * @iter: pointer to the struct dma_vec_iter
 */
#define dma_vec_for_each_chunk(chunk, iter) \
	for (; dma_vec_iter_next(iter, chunk);)

#endif /* _LINUX_DMA_VEC_H */
