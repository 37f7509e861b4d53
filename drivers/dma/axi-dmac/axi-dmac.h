/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the files of the AXI-DMAC driver share.
 *
 * Layers, each of which uses only those below it:
 *
 *   probe.c   life of a device, device tree
 *   chan.c    the channel as dmaengine sees it      irq.c   interrupt, tasklet
 *   prep.c    from requests to descriptors
 *   queue.c   which descriptor runs, what has completed
 *   partial.c packets that end early
 *   desc.c    descriptors
 *   page.c    their memory
 *   caps.c    what this core can do                 debug.c debugfs
 *   hw.c      register access
 */
#ifndef _AXI_DMAC_H
#define _AXI_DMAC_H

#include <linux/dmaengine.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <linux/timer.h>
#include <linux/types.h>
#include <linux/workqueue.h>

#include "../virt-dma.h"
#include "regs.h"

struct axi_dmac;
struct axi_dmac_chan;

/*
 * The core's transfer counters have two bits. With at most three submits
 * outstanding, the difference of two readings tells how many have completed.
 */
#define AXI_DMAC_MAX_OUTSTANDING	3

/**
 * struct axi_dmac_caps - what this core can do; constant after probe
 * @version: AXI_DMAC_VERSION()
 * @direction: fixed when the core was synthesised
 * @src_type: AXI_DMAC_BUS_TYPE_*
 * @dst_type: AXI_DMAC_BUS_TYPE_*
 * @src_width: bytes per beat
 * @dst_width: bytes per beat
 * @burst: bytes; addresses of longer segments must be a multiple of it
 * @burst_known: else @burst is the longest one that there can be
 * @addr_bits: width of bus addresses
 * @addr_align: of requests, in bytes
 * @len_align: of requests, in bytes
 * @max_len: of a segment (of a row, with 2D), in bytes
 * @max_count: highest value of the length, row and stride registers
 * @cyclic: can repeat a transfer in hardware, in register mode
 * @clean_cyclic: and can end it at the end of a pass
 * @sg: reads descriptors from memory
 * @twod: has rows and strides
 * @partial: reports short packets
 * @mute_rows: but never completes a transfer in which one ends before the last row
 * @core_state: has the register that tells when it is quiet
 */
struct axi_dmac_caps {
	u32 version;
	enum dma_transfer_direction direction;
	u8 src_type;
	u8 dst_type;
	unsigned int src_width;
	unsigned int dst_width;
	unsigned int burst;
	bool burst_known;
	unsigned int addr_bits;
	u32 addr_align;
	u32 len_align;
	size_t max_len;
	u32 max_count;
	bool cyclic;
	bool clean_cyclic;
	bool sg;
	bool twod;
	bool partial;
	bool mute_rows;
	bool core_state;
};

/* Registers whose last value is remembered, see struct axi_dmac_hw */
enum axi_dmac_shadow {
	AXI_DMAC_SHADOW_FLAGS,
	AXI_DMAC_SHADOW_DST,
	AXI_DMAC_SHADOW_DST_HIGH,
	AXI_DMAC_SHADOW_SRC,
	AXI_DMAC_SHADOW_SRC_HIGH,
	AXI_DMAC_SHADOW_X_LENGTH,
	AXI_DMAC_SHADOW_Y_LENGTH,
	AXI_DMAC_SHADOW_DST_STRIDE,
	AXI_DMAC_SHADOW_SRC_STRIDE,
	AXI_DMAC_SHADOW_SG,
	AXI_DMAC_SHADOW_SG_HIGH,
	AXI_DMAC_SHADOWS
};

/**
 * struct axi_dmac_hw - the register window
 * @base: the window
 * @caps: the core's capabilities
 * @quiet_timeout_us: how long a core may take to become quiet
 * @shadow: what the transfer registers hold; they keep it through a stop.
 *	Protected by the channel's lock, once there is a channel.
 * @known: bit mask of @shadow entries that are valid. Same lock.
 */
struct axi_dmac_hw {
	void __iomem *base;
	const struct axi_dmac_caps *caps;
	unsigned int quiet_timeout_us;
	u32 shadow[AXI_DMAC_SHADOWS];
	u32 known;
};

/**
 * struct axi_dmac_seg - one segment, in register mode
 * @dst: bus address, 0 if the destination is not memory
 * @src: bus address, 0 if the source is not memory
 * @x_len: bytes (of a row) minus one
 * @period_end: the last segment of a period
 */
struct axi_dmac_seg {
	dma_addr_t dst;
	dma_addr_t src;
	u32 x_len;
	bool period_end;
};

/**
 * struct axi_dmac_rows - two-dimensional shape, common to all segments
 * @y_len: rows minus one
 * @dst_stride: distance of rows in bytes
 * @src_stride: distance of rows in bytes
 */
struct axi_dmac_rows {
	u32 y_len;
	u32 dst_stride;
	u32 src_stride;
};

/**
 * struct axi_dmac_page - first slot of a page full of segments
 * @next: the next page of the same descriptor
 * @dma: bus address of the page, if it is mapped
 *
 * The slots behind it hold struct axi_dmac_hw_desc where the core reads them,
 * else struct axi_dmac_seg.
 */
struct axi_dmac_page {
	struct axi_dmac_page *next;
	dma_addr_t dma;
};

/**
 * struct axi_dmac_pos - a segment of a descriptor
 * @page: page that it is in
 * @slot: slot of the page
 * @index: number of the segment, from 0
 */
struct axi_dmac_pos {
	struct axi_dmac_page *page;
	unsigned int slot;
	u32 index;
};

/**
 * enum axi_dmac_run - how the core gets through a descriptor
 * @AXI_DMAC_RUN_ONCE: each submit once
 * @AXI_DMAC_RUN_AGAIN: when all is submitted, start over (cyclic by software)
 * @AXI_DMAC_RUN_LOOP: descriptors in memory form a ring without interrupts
 * @AXI_DMAC_RUN_LOOP_IRQ: the same, with an EOT at the end of each period
 * @AXI_DMAC_RUN_FLAG: the CYCLIC flag: the core repeats its one segment
 */
enum axi_dmac_run {
	AXI_DMAC_RUN_ONCE,
	AXI_DMAC_RUN_AGAIN,
	AXI_DMAC_RUN_LOOP,
	AXI_DMAC_RUN_LOOP_IRQ,
	AXI_DMAC_RUN_FLAG,
};

/**
 * enum axi_dmac_place - where a descriptor is
 * @AXI_DMAC_WITH_CLIENT: prepared, or reusable and not submitted
 * @AXI_DMAC_QUEUED: submitted and not completed
 * @AXI_DMAC_COMPLETED: waits for the tasklet
 * @AXI_DMAC_TERMINATED: waits for the core to be quiet
 */
enum axi_dmac_place {
	AXI_DMAC_WITH_CLIENT,
	AXI_DMAC_QUEUED,
	AXI_DMAC_COMPLETED,
	AXI_DMAC_TERMINATED,
};

/**
 * struct axi_dmac_desc - a prepared transfer
 * @vdesc: what virt-dma and dmaengine know of it
 * @chan: its channel
 * @pages: memory with the segments
 * @tail: last segment
 * @rows: two-dimensional shape
 * @len: bytes of one pass
 * @num_segs: segments of one pass
 * @num_periods: periods of one pass
 * @tag: identifies the descriptor in the core's DESCRIPTOR_ID register
 * @cyclic: repeat until replaced or terminated
 * @by_period: there will be several periods, and the core counts those instead of
 *	segments; set before the first segment
 * @armed: what the flags in @pages are written for. Channel's lock from the
 *	first submit on, as all below.
 * @tail_touched: the tail was changed to end a loop
 * @run: how it runs this time
 * @pos: next segment to submit
 * @inflight: submits that have not completed
 * @at_period_end: the last segment submitted ended a period
 * @ending: a loop was told to end
 * @watched: it seems to have ended, but was not seen to
 * @done: bytes of this pass that have completed
 * @lost: bytes of this pass that short packets left out
 * @period: periods of this pass that have completed
 * @due: period callbacks that wait for the tasklet
 * @place: where it is
 */
struct axi_dmac_desc {
	struct virt_dma_desc vdesc;
	struct axi_dmac_chan *chan;

	struct axi_dmac_page *pages;
	struct axi_dmac_pos tail;
	struct axi_dmac_rows rows;
	size_t len;
	u32 num_segs;
	u32 num_periods;
	u32 tag;
	bool cyclic;
	bool by_period;

	enum axi_dmac_run armed;
	bool tail_touched;

	enum axi_dmac_run run;
	struct axi_dmac_pos pos;
	unsigned int inflight;
	bool at_period_end;
	bool ending;
	bool watched;
	size_t done;
	size_t lost;
	u32 period;
	unsigned int due;
	enum axi_dmac_place place;
};

/**
 * struct axi_dmac_unit - a submit that has not completed
 * @desc: descriptor that it belongs to
 * @len: bytes
 * @lost: bytes that short packets left out; of a chain, if each has a record
 * @missing: bytes of a chain that short packets left out, if there is one record
 * @cuts: short packets of a chain that there are records of
 * @cut_count: byte count of the core at the last one of them
 * @cut_pos: segment behind the one which that packet cut short
 * @mute: a packet ended it, and it will never be reported as complete
 * @period_end: its completion ends a period
 */
struct axi_dmac_unit {
	struct axi_dmac_desc *desc;
	size_t len;
	size_t lost;
	size_t missing;
	unsigned int cuts;
	u32 cut_count;
	struct axi_dmac_pos cut_pos;
	bool mute;
	bool period_end;
};

/**
 * enum axi_dmac_state - what the core is doing
 * @AXI_DMAC_QUIET: disabled, and nothing of the past is left in it
 * @AXI_DMAC_RUNNING: enabled
 * @AXI_DMAC_DRAINING: disabled, but it may still access memory
 * @AXI_DMAC_STUCK: it did not become quiet in time
 */
enum axi_dmac_state {
	AXI_DMAC_QUIET,
	AXI_DMAC_RUNNING,
	AXI_DMAC_DRAINING,
	AXI_DMAC_STUCK,
};

/**
 * struct axi_dmac_chan - the channel
 * @vchan: virt-dma's part; its lock protects all that says so
 * @dmac: the device
 * @tags: counts descriptors
 * @num_pages: pages that the channel owns
 * @spare_lock: protects @spares and @num_spares
 * @spares: pages for the next descriptors
 * @num_spares: how many
 * @state: vchan.lock
 * @gone: the driver was unbound, the registers are out of reach. vchan.lock
 * @paused: vchan.lock
 * @submit_busy: the last submit may still be in the SUBMIT register. vchan.lock
 * @cuts_have_records: short packets inside of chains have been seen to have
 *	records of their own. vchan.lock
 * @eot_count: EOT counter of the core up to which completions are accounted for.
 *	vchan.lock
 * @active: descriptors of which something was submitted, in order. vchan.lock
 * @current_desc: the one of them that has more to submit. vchan.lock
 * @loop: the one of them that repeats without being submitted again, if nothing
 *	may be submitted behind it. vchan.lock
 * @cut: a hardware cycle that was ended by stopping the core. vchan.lock
 * @units: ring of submits in flight. vchan.lock
 * @first_unit: oldest of them. vchan.lock
 * @num_units: how many. vchan.lock
 * @drain_lock: one at a time waits for the core to become quiet
 * @drain: does so when nobody synchronizes
 * @watch: looks for short packets where no interrupt would tell
 */
struct axi_dmac_chan {
	struct virt_dma_chan vchan;
	struct axi_dmac *dmac;
	atomic_t tags;
	atomic_t num_pages;

	spinlock_t spare_lock;	/* spares, num_spares */
	struct axi_dmac_page *spares;
	unsigned int num_spares;

	enum axi_dmac_state state;
	bool gone;
	bool paused;
	bool submit_busy;
	bool cuts_have_records;
	u32 eot_count;
	struct list_head active;
	struct axi_dmac_desc *current_desc;
	struct axi_dmac_desc *loop;
	struct axi_dmac_desc *cut;

	struct axi_dmac_unit units[AXI_DMAC_MAX_OUTSTANDING];
	unsigned int first_unit;
	unsigned int num_units;

	struct mutex drain_lock; /* waiting for the core to become quiet */
	struct work_struct drain;
	struct timer_list watch;
};

/**
 * struct axi_dmac - the device
 * @dma_dev: what dmaengine knows of it; its last reference frees the structure
 * @dev: the platform device
 * @hw: registers
 * @caps: capabilities
 * @chan: the one channel
 * @irq: interrupt
 * @chan_dev: dmaengine's device for the channel, which it looks at as long as the
 *	channel has a client
 * @release: frees the structure
 */
struct axi_dmac {
	struct dma_device dma_dev;
	struct device *dev;
	struct axi_dmac_hw hw;
	struct axi_dmac_caps caps;
	struct axi_dmac_chan chan;
	int irq;
	struct device *chan_dev;
	struct work_struct release;
};

static inline struct axi_dmac_chan *to_axi_dmac_chan(struct dma_chan *c)
{
	return container_of(c, struct axi_dmac_chan, vchan.chan);
}

static inline struct axi_dmac_desc *to_axi_dmac_desc(struct virt_dma_desc *vdesc)
{
	return container_of(vdesc, struct axi_dmac_desc, vdesc);
}

static inline const struct axi_dmac_caps *axi_dmac_caps(const struct axi_dmac_chan *chan)
{
	return &chan->dmac->caps;
}

/* The @n-th oldest submit */
static inline struct axi_dmac_unit *axi_dmac_unit(struct axi_dmac_chan *chan, unsigned int n)
{
	return &chan->units[(chan->first_unit + n) % AXI_DMAC_MAX_OUTSTANDING];
}

/* hw.c */
u32 axi_dmac_hw_read(struct axi_dmac_hw *hw, unsigned int reg);
u32 axi_dmac_hw_readback(struct axi_dmac_hw *hw, unsigned int reg, u32 val);
void axi_dmac_hw_irq_mask(struct axi_dmac_hw *hw, u32 mask);
u32 axi_dmac_hw_irq_pending(struct axi_dmac_hw *hw);
void axi_dmac_hw_irq_ack(struct axi_dmac_hw *hw, u32 bits);
void axi_dmac_hw_start(struct axi_dmac_hw *hw, bool paused);
void axi_dmac_hw_stop(struct axi_dmac_hw *hw);
int axi_dmac_hw_wait_quiet(struct axi_dmac_hw *hw);
bool axi_dmac_hw_submit_busy(struct axi_dmac_hw *hw);
void axi_dmac_hw_submit_chain(struct axi_dmac_hw *hw, dma_addr_t first, bool report);
void axi_dmac_hw_submit_seg(struct axi_dmac_hw *hw, const struct axi_dmac_seg *seg,
			    const struct axi_dmac_rows *rows, bool last, bool cyclic);
void axi_dmac_hw_end_cyclic(struct axi_dmac_hw *hw);
bool axi_dmac_hw_eot_count(struct axi_dmac_hw *hw, u32 *count);
bool axi_dmac_hw_next_partial(struct axi_dmac_hw *hw, u32 *id, u32 *len);
u32 axi_dmac_hw_descriptor_id(struct axi_dmac_hw *hw);
u32 axi_dmac_hw_progress(struct axi_dmac_hw *hw);

/* caps.c */
int axi_dmac_caps_detect(struct axi_dmac *dmac);

/* page.c */
struct axi_dmac_page *axi_dmac_page_alloc(struct axi_dmac_chan *chan);
void axi_dmac_page_free(struct axi_dmac_chan *chan, struct axi_dmac_page *page);
void axi_dmac_page_sync(struct axi_dmac_chan *chan, dma_addr_t addr, size_t len);
void axi_dmac_page_unmap(struct axi_dmac_chan *chan, struct axi_dmac_page *page);
void axi_dmac_spares_free(struct axi_dmac_chan *chan);
void *axi_dmac_zalloc(size_t size);
#if IS_ENABLED(CONFIG_KUNIT)
struct axi_dmac_page *axi_dmac_page_get(gfp_t gfp);
dma_addr_t axi_dmac_page_map(struct axi_dmac_chan *chan, struct axi_dmac_page *page);
#endif

/* desc.c */
struct axi_dmac_desc *axi_dmac_desc_alloc(struct axi_dmac_chan *chan);
int axi_dmac_desc_add(struct axi_dmac_desc *desc, dma_addr_t dst, dma_addr_t src,
		      size_t len);
void axi_dmac_desc_end_period(struct axi_dmac_desc *desc);
void axi_dmac_desc_finish(struct axi_dmac_desc *desc);
void axi_dmac_desc_free(struct axi_dmac_desc *desc);
void axi_dmac_desc_free_list(struct list_head *head);
void axi_dmac_desc_detach(struct axi_dmac_desc *desc);
void axi_dmac_desc_forget(struct axi_dmac_desc *desc);
void axi_dmac_desc_arm(struct axi_dmac_desc *desc, enum axi_dmac_run run);
void axi_dmac_desc_end_loop(struct axi_dmac_desc *desc);
void axi_dmac_desc_rewind(struct axi_dmac_desc *desc, struct axi_dmac_pos *pos);
size_t axi_dmac_desc_skip_pages(struct axi_dmac_pos *pos, size_t bytes);
bool axi_dmac_desc_next(struct axi_dmac_desc *desc, struct axi_dmac_pos *pos);
size_t axi_dmac_desc_seg_len(struct axi_dmac_desc *desc, const struct axi_dmac_pos *pos);
const struct axi_dmac_seg *axi_dmac_desc_seg(struct axi_dmac_desc *desc,
					     const struct axi_dmac_pos *pos);
dma_addr_t axi_dmac_desc_head(struct axi_dmac_desc *desc);
size_t axi_dmac_desc_offset(struct axi_dmac_desc *desc, u32 id);
u32 axi_dmac_desc_tail_id(struct axi_dmac_desc *desc);

/*
 * The value of DESCRIPTOR_ID while a segment is transferred: the descriptor's tag,
 * and the number of the period, if there are several, else of the segment
 */
#define AXI_DMAC_ID_INDEX		GENMASK(23, 0)
#define AXI_DMAC_ID_TAG			GENMASK(30, 24)
#define AXI_DMAC_ID_END			BIT(31)	/* tail of a loop that ends */

/* prep.c */
struct dma_async_tx_descriptor *
axi_dmac_prep_peripheral_dma_vec(struct dma_chan *c, const struct dma_vec *vecs,
				 size_t nents, enum dma_transfer_direction direction,
				 unsigned long flags);
struct dma_async_tx_descriptor *
axi_dmac_prep_slave_sg(struct dma_chan *c, struct scatterlist *sgl, unsigned int sg_len,
		       enum dma_transfer_direction direction, unsigned long flags,
		       void *context);
struct dma_async_tx_descriptor *
axi_dmac_prep_dma_cyclic(struct dma_chan *c, dma_addr_t buf_addr, size_t buf_len,
			 size_t period_len, enum dma_transfer_direction direction,
			 unsigned long flags);
struct dma_async_tx_descriptor *
axi_dmac_prep_dma_memcpy(struct dma_chan *c, dma_addr_t dst, dma_addr_t src, size_t len,
			 unsigned long flags);
struct dma_async_tx_descriptor *
axi_dmac_prep_interleaved_dma(struct dma_chan *c, struct dma_interleaved_template *xt,
			      unsigned long flags);

/* queue.c; all with vchan.lock held */
void axi_dmac_queue_run(struct axi_dmac_chan *chan);
bool axi_dmac_queue_collect(struct axi_dmac_chan *chan);
void axi_dmac_queue_check(struct axi_dmac_chan *chan);
void axi_dmac_queue_stop(struct axi_dmac_chan *chan);
void axi_dmac_queue_quiet(struct axi_dmac_chan *chan);
void axi_dmac_queue_abort(struct axi_dmac_chan *chan);
size_t axi_dmac_queue_residue(struct axi_dmac_chan *chan, struct axi_dmac_desc *desc);

/* partial.c; all with vchan.lock held */
bool axi_dmac_partial_needs_watch(struct axi_dmac_chan *chan, struct axi_dmac_desc *desc);
unsigned int axi_dmac_partial_take(struct axi_dmac_chan *chan);
size_t axi_dmac_partial_lost(struct axi_dmac_chan *chan, const struct axi_dmac_unit *unit);

/* irq.c */
irqreturn_t axi_dmac_irq(int irq, void *data);
void axi_dmac_tasklet(struct tasklet_struct *t);
void axi_dmac_watch(struct timer_list *t);

/* chan.c */
void axi_dmac_chan_init(struct axi_dmac *dmac);
void axi_dmac_chan_unbind(struct axi_dmac_chan *chan);

/* debug.c */
void axi_dmac_debug_init(struct axi_dmac *dmac);

/* probe.c */
extern struct workqueue_struct *axi_dmac_wq;

#endif
