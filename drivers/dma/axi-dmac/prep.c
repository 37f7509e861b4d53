// SPDX-License-Identifier: GPL-2.0-only
/*
 * From what a client wants transferred to the segments that the core takes.
 *
 * All kinds of request come down to ranges of bus addresses, which are cut and
 * joined by the iterator of dma_vec and become segments in one function. What
 * the core cannot do is refused before anything was done, and the reason goes
 * to the debug log, as dmaengine has no way to return one.
 *
 * Two alignments matter. Addresses and lengths have to be multiples of the bus
 * widths: the core drops the low bits (register map). And it cuts a segment into
 * bursts from its start, without looking at 4 KiB boundaries, which a burst must
 * not cross (HDL). So a segment starts at a multiple of the burst size, or ends at
 * the next one.
 */

#include <linux/align.h>
#include <linux/bitops.h>
#include <linux/dma-vec.h>
#include <linux/err.h>
#include <linux/minmax.h>
#include <linux/overflow.h>

#include <dt-bindings/dma/axi-dmac.h>

#include "axi-dmac.h"

static void axi_dmac_limits(struct axi_dmac_chan *chan, struct dma_vec_limits *limits)
{
	const struct axi_dmac_caps *caps = axi_dmac_caps(chan);

	*limits = (struct dma_vec_limits) {
		.max_len = caps->max_len,
		.addr_align = caps->addr_align,
		.len_align = caps->len_align,
	};
}

static bool axi_dmac_to_memory(struct axi_dmac_chan *chan)
{
	return axi_dmac_caps(chan)->dst_type == AXI_DMAC_BUS_TYPE_AXI_MM;
}

static bool axi_dmac_from_memory(struct axi_dmac_chan *chan)
{
	return axi_dmac_caps(chan)->src_type == AXI_DMAC_BUS_TYPE_AXI_MM;
}

static bool axi_dmac_reachable(const struct axi_dmac_caps *caps, u64 addr, size_t len)
{
	u64 last;

	return !check_add_overflow(addr, (u64)len - 1, &last) &&
	       fls64(last) <= caps->addr_bits;
}

/*
 * How long may a segment be that starts at @addr? Up to the next burst, if it
 * does not start at one. What is as long as its address is aligned is right for
 * any size of bursts.
 */
static size_t axi_dmac_room(const struct axi_dmac_caps *caps, dma_addr_t addr)
{
	size_t over = addr & (caps->burst - 1);

	if (!over)
		return caps->max_len;

	return caps->burst_known ? caps->burst - over : over & -over;
}

/* The one place where segments are made. Addresses of non-memory are 0. */
static int axi_dmac_add_range(struct axi_dmac_desc *desc, dma_addr_t dst, dma_addr_t src,
			      size_t len)
{
	const struct axi_dmac_caps *caps = axi_dmac_caps(desc->chan);
	bool from = axi_dmac_from_memory(desc->chan);
	bool to = axi_dmac_to_memory(desc->chan);
	size_t now;
	int ret;

	if ((to && !axi_dmac_reachable(caps, dst, len)) ||
	    (from && !axi_dmac_reachable(caps, src, len)))
		return -EFAULT;

	for (; len; len -= now) {
		now = min3(len, axi_dmac_room(caps, dst), axi_dmac_room(caps, src));
		ret = axi_dmac_desc_add(desc, dst, src, now);
		if (ret)
			return ret;

		if (to)
			dst += now;
		if (from)
			src += now;
	}

	return 0;
}

/* Of channels with one side that is memory; others do not have the operations */
static int axi_dmac_add_chunks(struct axi_dmac_desc *desc, struct dma_vec_iter *iter)
{
	bool from = axi_dmac_from_memory(desc->chan);
	bool to = axi_dmac_to_memory(desc->chan);
	struct dma_vec chunk;
	int ret;

	ret = dma_vec_iter_check(iter);
	if (ret)
		return ret;

	dma_vec_for_each_chunk(&chunk, iter) {
		ret = axi_dmac_add_range(desc, to ? chunk.addr : 0, from ? chunk.addr : 0,
					 chunk.len);
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
	int ret;

	axi_dmac_limits(desc->chan, &limits);
	ret = dma_vec_iter_init(&iter, vecs, nents, &limits);

	return ret ?: axi_dmac_add_chunks(desc, &iter);
}

static int axi_dmac_add_sgl(struct axi_dmac_desc *desc, struct scatterlist *sgl,
			    unsigned int sg_len)
{
	struct dma_vec_limits limits;
	struct dma_vec_iter iter;
	int ret;

	axi_dmac_limits(desc->chan, &limits);
	ret = dma_vec_iter_init_sg(&iter, sgl, sg_len, &limits);

	return ret ?: axi_dmac_add_chunks(desc, &iter);
}

static struct axi_dmac_desc *axi_dmac_prep_begin(struct axi_dmac_chan *chan,
						 enum dma_transfer_direction direction,
						 unsigned long flags)
{
	struct axi_dmac_desc *desc;

	if (direction != axi_dmac_caps(chan)->direction) {
		dev_dbg(chan->dmac->dev, "refused: wrong direction %d\n", direction);
		return NULL;
	}

	/* Looked at again later; here it saves the work */
	if (READ_ONCE(chan->gone) || READ_ONCE(chan->state) == AXI_DMAC_STUCK) {
		dev_dbg(chan->dmac->dev, "refused: core is gone or stuck\n");
		return NULL;
	}

	desc = axi_dmac_desc_alloc(chan);
	if (desc)
		desc->cyclic = flags & DMA_PREP_REPEAT;

	return desc;
}

static dma_cookie_t axi_dmac_tx_submit(struct dma_async_tx_descriptor *tx)
{
	struct virt_dma_desc *vdesc = container_of(tx, struct virt_dma_desc, tx);
	struct axi_dmac_desc *desc = to_axi_dmac_desc(vdesc);
	struct virt_dma_chan *vchan = to_virt_chan(tx->chan);
	dma_cookie_t cookie = -EBUSY;
	unsigned long flags;

	spin_lock_irqsave(&vchan->lock, flags);
	if (desc->place != AXI_DMAC_QUEUED && desc->place != AXI_DMAC_COMPLETED) {
		desc->place = AXI_DMAC_QUEUED;
		list_move_tail(&vdesc->node, &vchan->desc_submitted);
		cookie = dma_cookie_assign(tx);
	}
	spin_unlock_irqrestore(&vchan->lock, flags);

	return cookie;
}

/* Only for reusable descriptors; dmaengine sees to that */
static int axi_dmac_tx_free(struct dma_async_tx_descriptor *tx)
{
	struct virt_dma_desc *vdesc = container_of(tx, struct virt_dma_desc, tx);
	struct axi_dmac_desc *desc = to_axi_dmac_desc(vdesc);

	scoped_guard(spinlock_irqsave, &desc->chan->vchan.lock) {
		/* The core may still read it; it is freed when that is over */
		if (desc->place == AXI_DMAC_TERMINATED) {
			dmaengine_desc_clear_reuse(tx);
			return 0;
		}

		if (desc->place != AXI_DMAC_WITH_CLIENT)
			return -EBUSY;

		list_del(&vdesc->node);
	}

	axi_dmac_desc_free(desc);

	return 0;
}

static bool axi_dmac_hand_out(struct axi_dmac_desc *desc)
{
	struct axi_dmac_chan *chan = desc->chan;
	unsigned long flags;
	bool ok;

	spin_lock_irqsave(&chan->vchan.lock, flags);
	ok = !chan->gone;
	if (ok)
		list_add_tail(&desc->vdesc.node, &chan->vchan.desc_allocated);
	spin_unlock_irqrestore(&chan->vchan.lock, flags);

	return ok;
}

static struct dma_async_tx_descriptor *
axi_dmac_prep_end(struct axi_dmac_desc *desc, unsigned long flags, int error)
{
	struct dma_async_tx_descriptor *tx;

	if (error) {
		dev_dbg(desc->chan->dmac->dev, "refused: %pe\n", ERR_PTR(error));
		axi_dmac_desc_free(desc);
		return NULL;
	}

	if (desc->cyclic && !desc->num_periods)
		axi_dmac_desc_end_period(desc);
	axi_dmac_desc_finish(desc);

	tx = &desc->vdesc.tx;
	dma_async_tx_descriptor_init(tx, &desc->chan->vchan.chan);
	tx->flags = flags;
	tx->tx_submit = axi_dmac_tx_submit;
	tx->desc_free = axi_dmac_tx_free;

	/* Unless the driver was unbound meanwhile, and has unmapped all there was */
	if (axi_dmac_hand_out(desc))
		return tx;

	axi_dmac_desc_free(desc);

	return NULL;
}

struct dma_async_tx_descriptor *
axi_dmac_prep_peripheral_dma_vec(struct dma_chan *c, const struct dma_vec *vecs,
				 size_t nents, enum dma_transfer_direction direction,
				 unsigned long flags)
{
	struct axi_dmac_desc *desc;

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

	desc = axi_dmac_prep_begin(to_axi_dmac_chan(c), direction, flags);
	if (!desc)
		return NULL;

	return axi_dmac_prep_end(desc, flags, axi_dmac_add_sgl(desc, sgl, sg_len));
}

static int axi_dmac_check_periods(const struct axi_dmac_caps *caps, dma_addr_t addr,
				  size_t buf_len, size_t period_len)
{
	if (!buf_len || !period_len || buf_len % period_len)
		return -EINVAL;

	if (!IS_ALIGNED(addr, caps->addr_align) || !IS_ALIGNED(period_len, caps->len_align))
		return -EINVAL;

	/* The next period starts where this one ends */
	if (period_len < buf_len && !IS_ALIGNED(period_len, caps->addr_align))
		return -EINVAL;

	return axi_dmac_reachable(caps, addr, buf_len) ? 0 : -EFAULT;
}

static int axi_dmac_add_periods(struct axi_dmac_desc *desc, dma_addr_t addr,
				size_t buf_len, size_t period_len)
{
	bool from = axi_dmac_from_memory(desc->chan);
	bool to = axi_dmac_to_memory(desc->chan);
	size_t offset;
	int ret;

	ret = axi_dmac_check_periods(axi_dmac_caps(desc->chan), addr, buf_len, period_len);
	if (ret)
		return ret;

	for (offset = 0; offset < buf_len; offset += period_len) {
		ret = axi_dmac_add_range(desc, to ? addr + offset : 0,
					 from ? addr + offset : 0, period_len);
		if (ret)
			return ret;
		axi_dmac_desc_end_period(desc);
	}

	return 0;
}

struct dma_async_tx_descriptor *
axi_dmac_prep_dma_cyclic(struct dma_chan *c, dma_addr_t buf_addr, size_t buf_len,
			 size_t period_len, enum dma_transfer_direction direction,
			 unsigned long flags)
{
	struct axi_dmac_desc *desc;

	desc = axi_dmac_prep_begin(to_axi_dmac_chan(c), direction, flags);
	if (!desc)
		return NULL;

	desc->cyclic = true;
	desc->by_period = period_len < buf_len;

	return axi_dmac_prep_end(desc, flags,
				 axi_dmac_add_periods(desc, buf_addr, buf_len, period_len));
}

/* Both sides are cut at the same places, so both have the wider one's alignment */
static int axi_dmac_add_copy(struct axi_dmac_desc *desc, dma_addr_t dst, dma_addr_t src,
			     size_t len)
{
	const struct axi_dmac_caps *caps = axi_dmac_caps(desc->chan);

	if (!len || !IS_ALIGNED(dst | src, caps->addr_align) ||
	    !IS_ALIGNED(len, caps->len_align))
		return -EINVAL;

	return axi_dmac_add_range(desc, dst, src, len);
}

struct dma_async_tx_descriptor *
axi_dmac_prep_dma_memcpy(struct dma_chan *c, dma_addr_t dst, dma_addr_t src, size_t len,
			 unsigned long flags)
{
	struct axi_dmac_desc *desc;

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
static bool axi_dmac_plane_ok(const struct axi_dmac_caps *caps,
			      const struct axi_dmac_plane *plane, bool inc)
{
	return !plane->is_mem || (inc && IS_ALIGNED(plane->start, caps->addr_align));
}

static bool axi_dmac_pitch_ok(const struct axi_dmac_caps *caps,
			      const struct axi_dmac_plane *plane)
{
	return !plane->is_mem || IS_ALIGNED(plane->pitch, caps->addr_align);
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

static bool axi_dmac_plane_reachable(const struct axi_dmac_caps *caps,
				     const struct axi_dmac_plane *plane, size_t rows,
				     size_t row_len)
{
	u64 last;

	if (!plane->is_mem)
		return true;

	if (check_mul_overflow((u64)plane->pitch, (u64)rows - 1, &last) ||
	    check_add_overflow(last, (u64)plane->start, &last))
		return false;

	return axi_dmac_reachable(caps, last, row_len);
}

static bool axi_dmac_plane_is_linear(const struct axi_dmac_plane *plane, size_t rows,
				     size_t row_len)
{
	return !plane->is_mem || rows == 1 || plane->pitch == row_len;
}

static int axi_dmac_add_rows(struct axi_dmac_desc *desc, const struct axi_dmac_plane *dst,
			     const struct axi_dmac_plane *src, size_t rows, size_t row_len)
{
	const struct axi_dmac_caps *caps = axi_dmac_caps(desc->chan);
	size_t row, bytes;
	int ret;

	if (!axi_dmac_plane_reachable(caps, dst, rows, row_len) ||
	    !axi_dmac_plane_reachable(caps, src, rows, row_len))
		return -EFAULT;

	if (axi_dmac_plane_is_linear(dst, rows, row_len) &&
	    axi_dmac_plane_is_linear(src, rows, row_len)) {
		if (check_mul_overflow(rows, row_len, &bytes))
			return -EOVERFLOW;
		return axi_dmac_add_range(desc, dst->start, src->start, bytes);
	}

	if (!axi_dmac_pitch_ok(caps, dst) || !axi_dmac_pitch_ok(caps, src))
		return -EINVAL;

	if (caps->twod && row_len <= caps->max_len && rows - 1 <= caps->max_count &&
	    axi_dmac_plane_fits(caps, dst) && axi_dmac_plane_fits(caps, src)) {
		desc->rows = (struct axi_dmac_rows) {
			.y_len = rows - 1,
			.dst_stride = dst->pitch,
			.src_stride = src->pitch,
		};
		return axi_dmac_desc_add(desc, dst->start, src->start, row_len);
	}

	for (row = 0; row < rows; row++) {
		ret = axi_dmac_add_range(desc, dst->start + (dma_addr_t)row * dst->pitch,
					 src->start + (dma_addr_t)row * src->pitch, row_len);
		if (ret)
			return ret;
	}

	return 0;
}

static int axi_dmac_add_template(struct axi_dmac_desc *desc,
				 struct dma_interleaved_template *xt)
{
	const struct axi_dmac_caps *caps = axi_dmac_caps(desc->chan);
	struct axi_dmac_plane dst = {}, src = {};
	size_t row_len;

	if (xt->frame_size != 1 || !xt->numf || !xt->sgl[0].size)
		return -EINVAL;

	row_len = xt->sgl[0].size;
	if (!IS_ALIGNED(row_len, caps->len_align))
		return -EINVAL;

	if (axi_dmac_to_memory(desc->chan)) {
		dst.is_mem = true;
		dst.start = xt->dst_start;
		dst.pitch = row_len + dmaengine_get_dst_icg(xt, &xt->sgl[0]);
	}
	if (axi_dmac_from_memory(desc->chan)) {
		src.is_mem = true;
		src.start = xt->src_start;
		src.pitch = row_len + dmaengine_get_src_icg(xt, &xt->sgl[0]);
	}

	if (!axi_dmac_plane_ok(caps, &dst, xt->dst_inc) ||
	    !axi_dmac_plane_ok(caps, &src, xt->src_inc))
		return -EINVAL;

	return axi_dmac_add_rows(desc, &dst, &src, xt->numf, row_len);
}

struct dma_async_tx_descriptor *
axi_dmac_prep_interleaved_dma(struct dma_chan *c, struct dma_interleaved_template *xt,
			      unsigned long flags)
{
	struct axi_dmac_desc *desc;

	desc = axi_dmac_prep_begin(to_axi_dmac_chan(c), xt->dir, flags);
	if (!desc)
		return NULL;

	return axi_dmac_prep_end(desc, flags, axi_dmac_add_template(desc, xt));
}
