// SPDX-License-Identifier: GPL-2.0-only
/*
 * Turn the requests of clients into segments that the core takes.
 *
 * All kinds of request come down to ranges of bus addresses, which are joined by the
 * iterator of dma_vec and become segments in one function. What the core cannot do is
 * refused before anything was done, and the reason goes to the debug log, as dmaengine
 * has no way to return one.
 *
 * Two alignments matter. Addresses and lengths have to be multiples of the bus
 * widths: the core drops the low bits (register map). And it cuts a segment into
 * bursts from its start, without looking at 4 KiB boundaries, which a burst must
 * not cross (HDL). So a segment starts at a multiple of the burst size, or is a single
 * burst that ends at the next one, or in front of a boundary.
 *
 * A core that is stuck does not keep requests from being prepared: its transfers
 * complete with DMA_TRANS_ABORTED, which says more than NULL does.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <linux/align.h>
#include <linux/bitops.h>
#include <linux/dma-vec.h>
#include <linux/err.h>
#include <linux/minmax.h>
#include <linux/overflow.h>
#include <linux/rcupdate.h>
#include <linux/sizes.h>

#include "axi-dmac.h"

/* Tell why a request is refused, and which value is to blame */
static int axi_dmac_refuse(struct axi_dmac_chan *chan, int error, const char *why, u64 value)
{
	dev_dbg(chan->dmac->dev, "refused: %s: 0x%llx\n", why, value);

	return error;
}

static int axi_dmac_check_address(struct axi_dmac_chan *chan, u64 addr)
{
	if (IS_ALIGNED(addr, axi_dmac_caps(chan)->addr_align))
		return 0;

	return axi_dmac_refuse(chan, -EINVAL, "address is no multiple of the bus width", addr);
}

static int axi_dmac_check_length(struct axi_dmac_chan *chan, size_t len)
{
	if (!len)
		return axi_dmac_refuse(chan, -EINVAL, "nothing to transfer", 0);

	if (IS_ALIGNED(len, axi_dmac_caps(chan)->len_align))
		return 0;

	return axi_dmac_refuse(chan, -EINVAL, "length is no multiple of the stream's beat", len);
}

static int axi_dmac_check_reach(struct axi_dmac_chan *chan, u64 addr, size_t len)
{
	u64 last;

	if (!check_add_overflow(addr, (u64)len - 1, &last) &&
	    fls64(last) <= axi_dmac_caps(chan)->addr_bits)
		return 0;

	return axi_dmac_refuse(chan, -EFAULT, "end is beyond the core's addresses", addr);
}

/* From an address inside of a burst, as much as there is up to the next burst */
static size_t axi_dmac_head_room(const struct axi_dmac_caps *caps, size_t over)
{
	/* No longer than its address is aligned: right for bursts of any size */
	return caps->burst_known ? caps->burst - over : over & -over;
}

/*
 * How long may a segment be that starts at these addresses? If both sides are memory
 * and not in step, then each burst of the destination is a segment, and is cut where
 * the source comes to a boundary.
 */
static size_t axi_dmac_room(const struct axi_dmac_caps *caps, dma_addr_t dst, dma_addr_t src)
{
	size_t dst_over = dst & (caps->burst - 1), src_over = src & (caps->burst - 1);

	if (!dst_over && !src_over)
		return caps->max_len;

	if (!caps->from_memory || !caps->to_memory || dst_over == src_over)
		return axi_dmac_head_room(caps, max(dst_over, src_over));

	if (caps->burst_known)
		return min_t(size_t, caps->burst - dst_over, SZ_4K - (src & (SZ_4K - 1)));

	return min(dst_over ? axi_dmac_head_room(caps, dst_over) : SIZE_MAX,
		   src_over ? axi_dmac_head_room(caps, src_over) : SIZE_MAX);
}

/*
 * How much of a range becomes its first segment? No more than leaves a full burst for
 * the last one, if the range is longer than a segment can be.
 */
static size_t axi_dmac_cut(const struct axi_dmac_caps *caps, dma_addr_t dst, dma_addr_t src,
			   size_t len)
{
	size_t room = axi_dmac_room(caps, dst, src);

	if (len <= room)
		return len;

	if (room == caps->max_len && room > caps->burst &&
	    axi_dmac_is_short(caps, len - room))
		return room - caps->burst;

	return room;
}

/* The one place where segments are made. Addresses of non-memory are 0. */
static int axi_dmac_add_range(struct axi_dmac_desc *desc, dma_addr_t dst, dma_addr_t src,
			      size_t len)
{
	const struct axi_dmac_caps *caps = axi_dmac_caps(desc->chan);
	size_t now;
	int ret;

	ret = caps->to_memory ? axi_dmac_check_reach(desc->chan, dst, len) : 0;
	if (!ret && caps->from_memory)
		ret = axi_dmac_check_reach(desc->chan, src, len);

	for (; !ret && len; len -= now) {
		now = axi_dmac_cut(caps, dst, src, len);
		ret = axi_dmac_desc_add(desc, dst, src, now);
		if (caps->to_memory)
			dst += now;
		if (caps->from_memory)
			src += now;
	}

	return ret;
}

/* A range of the one side that is memory */
static int axi_dmac_add_memory(struct axi_dmac_desc *desc, dma_addr_t addr, size_t len)
{
	const struct axi_dmac_caps *caps = axi_dmac_caps(desc->chan);

	return axi_dmac_add_range(desc, caps->to_memory ? addr : 0,
				  caps->from_memory ? addr : 0, len);
}

static void axi_dmac_limits(struct axi_dmac_chan *chan, struct dma_vec_limits *limits)
{
	const struct axi_dmac_caps *caps = axi_dmac_caps(chan);

	*limits = (struct dma_vec_limits) {
		.addr_align = caps->addr_align,
		.len_align = caps->len_align,
	};
}

/* Of channels with one side that is memory; others do not have the operations */
static int axi_dmac_add_chunks(struct axi_dmac_desc *desc, struct dma_vec_iter *iter, int error)
{
	struct dma_vec chunk;
	int ret;

	ret = error ?: dma_vec_iter_check(iter);
	if (ret)
		return axi_dmac_refuse(desc->chan, ret, "entries are misaligned, empty or too many",
				       -ret);

	dma_vec_for_each_chunk(&chunk, iter) {
		ret = axi_dmac_add_memory(desc, chunk.addr, chunk.len);
		if (ret)
			return ret;
	}

	return 0;
}

static int axi_dmac_add_vecs(struct axi_dmac_desc *desc, const struct dma_vec *vecs,
			     size_t nents)
{
	struct dma_vec_limits limits;
	struct dma_vec_iter iter;

	axi_dmac_limits(desc->chan, &limits);

	return axi_dmac_add_chunks(desc, &iter, dma_vec_iter_init(&iter, vecs, nents, &limits));
}

static int axi_dmac_add_sgl(struct axi_dmac_desc *desc, struct scatterlist *sgl,
			    unsigned int sg_len)
{
	struct dma_vec_limits limits;
	struct dma_vec_iter iter;

	axi_dmac_limits(desc->chan, &limits);

	return axi_dmac_add_chunks(desc, &iter, dma_vec_iter_init_sg(&iter, sgl, sg_len, &limits));
}

/* With rcu_read_lock() held until axi_dmac_prep_end(), which unbinding waits for */
static struct axi_dmac_desc *axi_dmac_prep_begin(struct axi_dmac_chan *chan,
						 enum dma_transfer_direction direction,
						 unsigned long flags)
{
	struct axi_dmac_desc *desc;

	if (direction != axi_dmac_caps(chan)->direction) {
		axi_dmac_refuse(chan, -EINVAL, "wrong direction", direction);
		return NULL;
	}

	if (READ_ONCE(chan->gone)) {
		axi_dmac_refuse(chan, -ENODEV, "driver is unbound", 0);
		return NULL;
	}

	axi_dmac_look_again(chan);

	desc = axi_dmac_desc_alloc(chan);
	if (!desc)
		return NULL;

	desc->cyclic = flags & DMA_PREP_REPEAT;
	desc->tells = flags & DMA_PREP_INTERRUPT;

	return desc;
}

static struct dma_async_tx_descriptor *
axi_dmac_prep_end(struct axi_dmac_desc *desc, unsigned long flags, int error)
{
	struct axi_dmac_chan *chan = desc->chan;

	if (!error && READ_ONCE(chan->gone))
		error = -ENODEV;

	if (error) {
		axi_dmac_desc_free(&desc->vdesc);
		return NULL;
	}

	axi_dmac_desc_finish(desc);

	return vchan_tx_prep(&chan->vchan, &desc->vdesc, flags);
}

struct dma_async_tx_descriptor *
axi_dmac_prep_peripheral_dma_vec(struct dma_chan *c, const struct dma_vec *vecs,
				 size_t nents, enum dma_transfer_direction direction,
				 unsigned long flags)
{
	struct axi_dmac_desc *desc;

	guard(rcu)();

	desc = axi_dmac_prep_begin(to_axi_dmac_chan(c), direction, flags);
	if (!desc)
		return NULL;

	return axi_dmac_prep_end(desc, flags, axi_dmac_add_vecs(desc, vecs, nents));
}

struct dma_async_tx_descriptor *
axi_dmac_prep_slave_sg(struct dma_chan *c, struct scatterlist *sgl, unsigned int sg_len,
		       enum dma_transfer_direction direction, unsigned long flags,
		       void *context)
{
	struct axi_dmac_desc *desc;

	guard(rcu)();

	desc = axi_dmac_prep_begin(to_axi_dmac_chan(c), direction, flags);
	if (!desc)
		return NULL;

	return axi_dmac_prep_end(desc, flags, axi_dmac_add_sgl(desc, sgl, sg_len));
}

static int axi_dmac_check_periods(struct axi_dmac_chan *chan, dma_addr_t addr, size_t buf_len,
				  size_t period_len)
{
	if (!period_len || buf_len % period_len)
		return axi_dmac_refuse(chan, -EINVAL, "buffer is no multiple of the period",
				       period_len);

	/* The next period starts where this one ends */
	if (period_len < buf_len && axi_dmac_check_address(chan, period_len))
		return -EINVAL;

	return axi_dmac_check_length(chan, buf_len) ?:
	       axi_dmac_check_length(chan, period_len) ?:
	       axi_dmac_check_address(chan, addr) ?:
	       axi_dmac_check_reach(chan, addr, buf_len);
}

static int axi_dmac_add_periods(struct axi_dmac_desc *desc, dma_addr_t addr,
				size_t buf_len, size_t period_len)
{
	size_t offset;
	int ret;

	ret = axi_dmac_check_periods(desc->chan, addr, buf_len, period_len);

	for (offset = 0; !ret && offset < buf_len; offset += period_len) {
		ret = axi_dmac_add_memory(desc, addr + offset, period_len);
		axi_dmac_desc_end_period(desc);
	}

	return ret;
}

struct dma_async_tx_descriptor *
axi_dmac_prep_dma_cyclic(struct dma_chan *c, dma_addr_t buf_addr, size_t buf_len,
			 size_t period_len, enum dma_transfer_direction direction,
			 unsigned long flags)
{
	struct axi_dmac_desc *desc;

	guard(rcu)();

	desc = axi_dmac_prep_begin(to_axi_dmac_chan(c), direction, flags);
	if (!desc)
		return NULL;

	desc->cyclic = true;
	desc->tells = true;
	desc->period_len = period_len;

	return axi_dmac_prep_end(desc, flags,
				 axi_dmac_add_periods(desc, buf_addr, buf_len, period_len));
}

/* Both sides are cut at the same places, so both have the wider one's alignment */
static int axi_dmac_add_copy(struct axi_dmac_desc *desc, dma_addr_t dst, dma_addr_t src,
			     size_t len)
{
	struct axi_dmac_chan *chan = desc->chan;

	return axi_dmac_check_address(chan, dst) ?:
	       axi_dmac_check_address(chan, src) ?:
	       axi_dmac_check_length(chan, len) ?:
	       axi_dmac_add_range(desc, dst, src, len);
}

struct dma_async_tx_descriptor *
axi_dmac_prep_dma_memcpy(struct dma_chan *c, dma_addr_t dst, dma_addr_t src, size_t len,
			 unsigned long flags)
{
	struct axi_dmac_desc *desc;

	guard(rcu)();

	desc = axi_dmac_prep_begin(to_axi_dmac_chan(c), DMA_MEM_TO_MEM, flags);
	if (!desc)
		return NULL;

	return axi_dmac_prep_end(desc, flags, axi_dmac_add_copy(desc, dst, src, len));
}

/* One side of a two-dimensional transfer; a side that is not memory is all 0 */
struct axi_dmac_plane {
	dma_addr_t start;
	size_t pitch;
	bool is_mem;
};

/* The core cannot stay at one address, so @inc has to be set */
static int axi_dmac_set_plane(struct axi_dmac_chan *chan, struct axi_dmac_plane *plane,
			      dma_addr_t start, bool inc, size_t row_len, size_t gap)
{
	plane->is_mem = true;
	plane->start = start;

	if (!inc)
		return axi_dmac_refuse(chan, -EINVAL, "address has to increase", start);
	if (check_add_overflow(row_len, gap, &plane->pitch))
		return axi_dmac_refuse(chan, -EOVERFLOW, "distance of rows is too long", gap);

	return axi_dmac_check_address(chan, start);
}

static int axi_dmac_check_pitch(struct axi_dmac_chan *chan, const struct axi_dmac_plane *plane)
{
	if (!plane->is_mem || IS_ALIGNED(plane->pitch, axi_dmac_caps(chan)->addr_align))
		return 0;

	return axi_dmac_refuse(chan, -EINVAL, "distance of rows is no multiple of the bus width",
			       plane->pitch);
}

static int axi_dmac_check_last_row(struct axi_dmac_chan *chan,
				   const struct axi_dmac_plane *plane, size_t rows,
				   size_t row_len)
{
	u64 last;

	if (!plane->is_mem)
		return 0;

	if (check_mul_overflow((u64)plane->pitch, (u64)rows - 1, &last) ||
	    check_add_overflow(last, (u64)plane->start, &last))
		return axi_dmac_refuse(chan, -EFAULT, "too many rows", rows);

	return axi_dmac_check_reach(chan, last, row_len);
}

static bool axi_dmac_plane_is_linear(const struct axi_dmac_plane *plane, size_t rows,
				     size_t row_len)
{
	return !plane->is_mem || rows == 1 || plane->pitch == row_len;
}

/* Can the core step from row to row by itself? Each row is cut into bursts anew. */
static bool axi_dmac_plane_fits(const struct axi_dmac_caps *caps,
				const struct axi_dmac_plane *plane)
{
	if (!plane->is_mem)
		return true;

	return plane->pitch <= caps->max_count && IS_ALIGNED(plane->start, caps->burst) &&
	       IS_ALIGNED(plane->pitch, caps->burst);
}

static bool axi_dmac_rows_fit(const struct axi_dmac_caps *caps, const struct axi_dmac_plane *dst,
			      const struct axi_dmac_plane *src, size_t rows, size_t row_len)
{
	return caps->twod && row_len >= caps->min_row && row_len <= caps->max_len &&
	       rows - 1 <= caps->max_count && axi_dmac_plane_fits(caps, dst) &&
	       axi_dmac_plane_fits(caps, src);
}

static int axi_dmac_add_all_rows(struct axi_dmac_desc *desc, const struct axi_dmac_plane *dst,
				 const struct axi_dmac_plane *src, size_t rows, size_t row_len)
{
	size_t bytes;

	if (check_mul_overflow(rows, row_len, &bytes))
		return axi_dmac_refuse(desc->chan, -EOVERFLOW, "too many rows", rows);

	return axi_dmac_add_range(desc, dst->start, src->start, bytes);
}

static int axi_dmac_add_each_row(struct axi_dmac_desc *desc, const struct axi_dmac_plane *dst,
				 const struct axi_dmac_plane *src, size_t rows, size_t row_len)
{
	size_t row;
	int ret = 0;

	for (row = 0; !ret && row < rows; row++)
		ret = axi_dmac_add_range(desc, dst->start + (dma_addr_t)row * dst->pitch,
					 src->start + (dma_addr_t)row * src->pitch, row_len);

	return ret;
}

static int axi_dmac_add_rows(struct axi_dmac_desc *desc, const struct axi_dmac_plane *dst,
			     const struct axi_dmac_plane *src, size_t rows, size_t row_len)
{
	struct axi_dmac_chan *chan = desc->chan;
	int ret;

	ret = axi_dmac_check_last_row(chan, dst, rows, row_len) ?:
	      axi_dmac_check_last_row(chan, src, rows, row_len);
	if (ret)
		return ret;

	if (axi_dmac_plane_is_linear(dst, rows, row_len) &&
	    axi_dmac_plane_is_linear(src, rows, row_len))
		return axi_dmac_add_all_rows(desc, dst, src, rows, row_len);

	ret = axi_dmac_check_pitch(chan, dst) ?: axi_dmac_check_pitch(chan, src);
	if (ret)
		return ret;

	if (!axi_dmac_rows_fit(axi_dmac_caps(chan), dst, src, rows, row_len))
		return axi_dmac_add_each_row(desc, dst, src, rows, row_len);

	desc->rows = (struct axi_dmac_rows) {
		.y_len = rows - 1,
		.dst_stride = dst->pitch,
		.src_stride = src->pitch,
	};

	return axi_dmac_desc_add(desc, dst->start, src->start, row_len);
}

static int axi_dmac_add_template(struct axi_dmac_desc *desc,
				 struct dma_interleaved_template *xt)
{
	struct axi_dmac_chan *chan = desc->chan;
	const struct axi_dmac_caps *caps = axi_dmac_caps(chan);
	struct axi_dmac_plane dst = {}, src = {};
	size_t row_len;
	int ret;

	if (xt->frame_size != 1 || !xt->numf)
		return axi_dmac_refuse(chan, -EINVAL, "rows are not one piece each, or none",
				       xt->frame_size);

	row_len = xt->sgl[0].size;
	ret = axi_dmac_check_length(chan, row_len);
	if (!ret && caps->to_memory)
		ret = axi_dmac_set_plane(chan, &dst, xt->dst_start, xt->dst_inc, row_len,
					 dmaengine_get_dst_icg(xt, &xt->sgl[0]));
	if (!ret && caps->from_memory)
		ret = axi_dmac_set_plane(chan, &src, xt->src_start, xt->src_inc, row_len,
					 dmaengine_get_src_icg(xt, &xt->sgl[0]));

	return ret ?: axi_dmac_add_rows(desc, &dst, &src, xt->numf, row_len);
}

struct dma_async_tx_descriptor *
axi_dmac_prep_interleaved_dma(struct dma_chan *c, struct dma_interleaved_template *xt,
			      unsigned long flags)
{
	struct axi_dmac_desc *desc;

	guard(rcu)();

	desc = axi_dmac_prep_begin(to_axi_dmac_chan(c), xt->dir, flags);
	if (!desc)
		return NULL;

	return axi_dmac_prep_end(desc, flags, axi_dmac_add_template(desc, xt));
}
