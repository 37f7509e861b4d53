/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the files of the AXI-DMAC driver share.
 *
 * Layers, each of which uses only those below it:
 *
 *   probe.c   life of a device, device tree, system sleep
 *   chan.c    the channel as dmaengine sees it, the interrupt
 *   drain.c   stopping the core, and what has to wait until it is quiet
 *   prep.c    from requests to descriptors
 *   issue.c   transfers between submit and issue, and finding one by its cookie
 *   queue.c   what the core is given, and what it has done
 *   records.c packets that have ended early
 *   desc.c    descriptors and their memory
 *   caps.c    what this core can do
 *   hw.c      register access
 *
 * Words: a segment is what the core transfers at a time. A chain is a list of
 * segments that the core reads from memory. A submit is what one write of the
 * SUBMIT register starts: a segment in register mode, a chain with scatter-gather.
 * A cyclic transfer runs pass after pass; each pass is one period or several.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#ifndef _AXI_DMAC_H
#define _AXI_DMAC_H

#include <linux/dmaengine.h>
#include <linux/ktime.h>
#include <linux/mutex.h>
#include <linux/rbtree.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/workqueue.h>

#include "../virt-dma.h"
#include "regs.h"

struct axi_dmac;
struct axi_dmac_chan;
struct dentry;

/*
 * The core's transfer counters have two bits. With at most three submits
 * outstanding, the difference of two readings tells how many have completed.
 */
#define AXI_DMAC_MAX_OUTSTANDING	3

/* With so many submits since the start, each id has been used before */
#define AXI_DMAC_ALL_IDS		5

/* How often to look whether a stopped core is quiet: at first, and after a while */
#define AXI_DMAC_POLL_US		20
#define AXI_DMAC_MAX_POLL_US		5000

/* Descriptors that are looked at before interrupts are on again */
#define AXI_DMAC_BATCH			32

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
 * @min_row: shortest row that the core may step over by itself, in bytes
 * @look_ahead: bytes that the core requests ahead of the data, at most
 * @from_memory: the source is memory
 * @to_memory: the destination is memory
 * @packets: the source is a stream, in which a packet may end early
 * @cyclic: can repeat a transfer in hardware, in register mode
 * @clean_cyclic: and can end it at the end of a pass
 * @sg: reads descriptors from memory
 * @twod: has rows and strides
 * @partial: reports short packets
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
	size_t min_row;
	size_t look_ahead;
	bool from_memory;
	bool to_memory;
	bool packets;
	bool cyclic;
	bool clean_cyclic;
	bool sg;
	bool twod;
	bool partial;
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
 * @stopped_at: when the core was disabled. Protected by the channel's lock, once there
 *	is a channel, as all below.
 * @shadow: what the transfer registers hold; they keep it through a stop
 * @known: bit mask of @shadow entries that are valid
 */
struct axi_dmac_hw {
	void __iomem *base;
	const struct axi_dmac_caps *caps;
	unsigned int quiet_timeout_us;
	ktime_t stopped_at;
	u32 shadow[AXI_DMAC_SHADOWS];
	u32 known;
};

/**
 * struct axi_dmac_seg - one segment, in register mode
 * @dst: bus address, 0 if the destination is not memory
 * @src: bus address, 0 if the source is not memory
 * @offset: bytes in front of this segment
 * @x_len: bytes (of a row) minus one
 */
struct axi_dmac_seg {
	dma_addr_t dst;
	dma_addr_t src;
	size_t offset;
	u32 x_len;
} __aligned(32);

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
 * @next: the next page of the same descriptor, or the next spare page
 * @dma: bus address of the page, DMA_MAPPING_ERROR if it is not mapped. Channel's
 *	page_lock.
 * @mapped: on the channel's list of mapped pages. Channel's page_lock.
 *
 * The slots behind it hold struct axi_dmac_hw_desc where the core reads them,
 * else struct axi_dmac_seg.
 */
struct axi_dmac_page {
	struct axi_dmac_page *next;
	dma_addr_t dma;
	struct list_head mapped;
};

/**
 * enum axi_dmac_run - how a transfer runs
 * @AXI_DMAC_RUN_ONCE: each submit once
 * @AXI_DMAC_RUN_AGAIN: when all is submitted, start over: cyclic by software
 * @AXI_DMAC_RUN_LOOP: the core repeats it by itself, and tells nothing of it
 */
enum axi_dmac_run {
	AXI_DMAC_RUN_ONCE,
	AXI_DMAC_RUN_AGAIN,
	AXI_DMAC_RUN_LOOP,
};

/**
 * struct axi_dmac_desc - a prepared transfer
 * @vdesc: what virt-dma and dmaengine know of it
 * @chan: its channel
 * @pages: memory with the segments
 * @tail: slot of the last segment
 * @head: slot of the first segment of the chain that is being made
 * @rows: two-dimensional shape
 * @len: bytes of one pass
 * @period_len: bytes of one period
 * @num_segs: segments of one pass
 * @cyclic: repeat until replaced or terminated
 * @tells: a cyclic one whose callback, if it has one, is called for each period
 * @short_segs: there are segments that must have nothing in front of them
 * @near_segs: there are segments that the core may look beyond while it is in the one
 *	in front, where a packet may end early
 * @by_cookie: in the channel's tree. Channel's lock from the first submit on, as all
 *	below.
 * @by_period: each period ends a chain this time, with scatter-gather
 * @run: how it runs this time
 * @report: whether the core keeps records of short packets for it
 * @next: slot of the first segment to submit
 * @oldest: slot of the first segment that has not completed
 * @inflight: submits that have not completed
 * @closed: chains from @oldest on whose end may be closed although the core can repeat
 *	the transfer, if @by_period
 * @at_period_end: the last segment submitted ended a period
 * @done: bytes of this pass that have completed
 * @lost: bytes of this pass that short packets left out
 */
struct axi_dmac_desc {
	struct virt_dma_desc vdesc;
	struct axi_dmac_chan *chan;

	struct axi_dmac_page *pages;
	void *tail;
	void *head;
	struct axi_dmac_rows rows;
	size_t len;
	size_t period_len;
	u32 num_segs;
	bool cyclic;
	bool tells;
	bool short_segs;
	bool near_segs;

	struct rb_node by_cookie;
	bool by_period;
	enum axi_dmac_run run;
	bool report;
	void *next;
	void *oldest;
	unsigned int inflight;
	unsigned int closed;
	bool at_period_end;
	size_t done;
	size_t lost;
};

/**
 * struct axi_dmac_submit - a submit that has not completed
 * @desc: descriptor that it belongs to
 * @first: slot of its first segment
 * @last: slot of its last segment
 * @len: bytes
 * @lost: bytes that a short packet left out
 * @ends_period: its completion ends a period
 * @alone: nothing may be outstanding in front of it
 * @near: the core may look beyond it while it is in the submit in front
 * @by_rows: the core writes it to memory row by row
 */
struct axi_dmac_submit {
	struct axi_dmac_desc *desc;
	void *first;
	void *last;
	size_t len;
	size_t lost;
	bool ends_period;
	bool alone;
	bool near;
	bool by_rows;
};

/**
 * enum axi_dmac_state - what the core is doing
 * @AXI_DMAC_QUIET: disabled, and nothing of the past is left in it
 * @AXI_DMAC_RUNNING: enabled
 * @AXI_DMAC_DRAINING: disabled, but it may still access memory
 * @AXI_DMAC_STUCK: the same, and it did not become quiet in time
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
 * @num_pages: pages that the channel owns
 * @page_lock: protects @mapped, @spares and @num_spares
 * @mapped: pages that are mapped
 * @spares: pages for the next descriptors
 * @num_spares: how many
 * @state: vchan.lock
 * @gone: the driver is being, or was, unbound. vchan.lock
 * @suspended: the system sleeps, registers are out of reach. vchan.lock
 * @paused: vchan.lock
 * @released: there is no client that could free reusable descriptors. vchan.lock
 * @submit_free: the SUBMIT register is known to be 0. vchan.lock
 * @reporting: what the last submit said of records of short packets. vchan.lock
 * @eot_count: EOT counter of the core up to which completions are accounted for.
 *	vchan.lock
 * @ids_used: submits since the core was started, as far as they matter. vchan.lock
 * @good_cookie: that of the last transfer which completed well. vchan.lock
 * @noted: descriptors that were submitted, not issued, and are in @cookies. vchan.lock
 * @cookies: tree of descriptors that were submitted, by cookie. vchan.lock
 * @noted_replacer: the last one in @noted that ends cyclic ones in front of it. vchan.lock
 * @active: descriptors of which something was submitted, in order. vchan.lock
 * @current_desc: the one of them that has more to submit. vchan.lock
 * @loop: the one of them that repeats by itself and was not told to end. vchan.lock
 * @cut: a hardware loop that was ended by stopping the core. vchan.lock
 * @replacer: the last one issued that ends cyclic ones in front of it, until its turn
 *	comes. vchan.lock
 * @submits: ring of submits in flight. vchan.lock
 * @first_submit: oldest of them. vchan.lock
 * @num_submits: how many. vchan.lock
 * @leaving: descriptors that are being terminated. vchan.lock
 * @drain_lock: one at a time waits for the core to become quiet
 * @drain: does so when nobody synchronizes
 */
struct axi_dmac_chan {
	struct virt_dma_chan vchan;
	struct axi_dmac *dmac;
	atomic_t num_pages;

	spinlock_t page_lock;	/* mapped, spares, num_spares */
	struct list_head mapped;
	struct axi_dmac_page *spares;
	unsigned int num_spares;

	enum axi_dmac_state state;
	bool gone;
	bool suspended;
	bool paused;
	bool released;
	bool submit_free;
	bool reporting;
	u32 eot_count;
	unsigned int ids_used;
	dma_cookie_t good_cookie;
	struct list_head noted;
	struct rb_root cookies;
	struct axi_dmac_desc *noted_replacer;
	struct list_head active;
	struct axi_dmac_desc *current_desc;
	struct axi_dmac_desc *loop;
	struct axi_dmac_desc *cut;
	struct axi_dmac_desc *replacer;

	struct axi_dmac_submit submits[AXI_DMAC_MAX_OUTSTANDING];
	unsigned int first_submit;
	unsigned int num_submits;

	struct list_head leaving;
	struct mutex drain_lock; /* waiting for the core to become quiet */
	struct work_struct drain;
};

/**
 * struct axi_dmac - the device
 * @dma_dev: what dmaengine knows of it; its last reference frees the structure
 * @dev: the platform device
 * @hw: registers
 * @caps: capabilities
 * @chan: the one channel
 * @irq: interrupt
 */
struct axi_dmac {
	struct dma_device dma_dev;
	struct device *dev;
	struct axi_dmac_hw hw;
	struct axi_dmac_caps caps;
	struct axi_dmac_chan chan;
	int irq;
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

/* Return whether the device is gone, or the core stuck: no transfer can take place */
static inline bool axi_dmac_is_dead(const struct axi_dmac_chan *chan)
{
	return chan->gone || chan->state == AXI_DMAC_STUCK;
}

/* The @n-th oldest submit */
static inline struct axi_dmac_submit *axi_dmac_submit(struct axi_dmac_chan *chan,
						      unsigned int n)
{
	return &chan->submits[(chan->first_submit + n) % AXI_DMAC_MAX_OUTSTANDING];
}

/*
 * On the way to memory the core loses the length of a burst which is not a full one, and
 * the only one of its segment, if another segment is in front of it (HDL simulation).
 */
static inline bool axi_dmac_is_short(const struct axi_dmac_caps *caps, size_t len)
{
	return caps->to_memory && len < caps->burst;
}

/*
 * When a packet ends early, the core loses the second of two segments behind it if it
 * has requested all of the first by then (HDL simulation).
 */
static inline bool axi_dmac_is_near(const struct axi_dmac_caps *caps, size_t len)
{
	return caps->packets && len <= caps->look_ahead;
}

/* hw.c */
u32 axi_dmac_hw_read(struct axi_dmac_hw *hw, unsigned int reg);
u32 axi_dmac_hw_readback(struct axi_dmac_hw *hw, unsigned int reg, u32 val);
void axi_dmac_hw_forget(struct axi_dmac_hw *hw);
void axi_dmac_hw_irq_mask(struct axi_dmac_hw *hw, u32 mask);
u32 axi_dmac_hw_irq_pending(struct axi_dmac_hw *hw);
void axi_dmac_hw_irq_ack(struct axi_dmac_hw *hw, u32 bits);
void axi_dmac_hw_start(struct axi_dmac_hw *hw, bool paused);
void axi_dmac_hw_stop(struct axi_dmac_hw *hw);
bool axi_dmac_hw_is_quiet(struct axi_dmac_hw *hw);
unsigned int axi_dmac_hw_patience_us(const struct axi_dmac_hw *hw);
int axi_dmac_hw_wait_quiet(struct axi_dmac_hw *hw);
bool axi_dmac_hw_submit_busy(struct axi_dmac_hw *hw);
void axi_dmac_hw_submit_chain(struct axi_dmac_hw *hw, dma_addr_t first, u32 flags);
void axi_dmac_hw_submit_seg(struct axi_dmac_hw *hw, const struct axi_dmac_seg *seg,
			    const struct axi_dmac_rows *rows, u32 flags);
void axi_dmac_hw_end_cyclic(struct axi_dmac_hw *hw);
bool axi_dmac_hw_eot_count(struct axi_dmac_hw *hw, u32 *count);
bool axi_dmac_hw_done(struct axi_dmac_hw *hw, u32 *done);
void axi_dmac_hw_take_record(struct axi_dmac_hw *hw, u32 *id, u32 *len);
u32 axi_dmac_hw_descriptor_id(struct axi_dmac_hw *hw);
u32 axi_dmac_hw_progress(struct axi_dmac_hw *hw);
void axi_dmac_hw_debugfs(struct axi_dmac_hw *hw, struct device *dev, struct dentry *dir);

/* caps.c */
int axi_dmac_caps_detect(struct axi_dmac *dmac);

/* desc.c */
struct axi_dmac_desc *axi_dmac_desc_alloc(struct axi_dmac_chan *chan);
int axi_dmac_desc_add(struct axi_dmac_desc *desc, dma_addr_t dst, dma_addr_t src,
		      size_t len);
void axi_dmac_desc_end_period(struct axi_dmac_desc *desc);
void axi_dmac_desc_finish(struct axi_dmac_desc *desc);
void axi_dmac_desc_free(struct virt_dma_desc *vdesc);
void axi_dmac_desc_abandon(struct axi_dmac_desc *desc);
void *axi_dmac_desc_first(const struct axi_dmac_desc *desc);
void *axi_dmac_desc_following(const struct axi_dmac_desc *desc, void *slot);
void *axi_dmac_desc_chain_end(const struct axi_dmac_desc *desc, void *slot, bool whole);
size_t axi_dmac_desc_row_len(const struct axi_dmac_desc *desc, const void *slot);
size_t axi_dmac_desc_seg_len(const struct axi_dmac_desc *desc, const void *slot);
size_t axi_dmac_desc_offset(const struct axi_dmac_desc *desc, const void *slot);
dma_addr_t axi_dmac_desc_dma(const void *slot);
bool axi_dmac_desc_can_loop(const struct axi_dmac_desc *desc);
void axi_dmac_desc_close_chain(struct axi_dmac_desc *desc, void *last);
void axi_dmac_desc_open_chain(struct axi_dmac_desc *desc, void *last);
void axi_dmac_pages_unmap(struct axi_dmac_chan *chan);
void axi_dmac_spares_free(struct axi_dmac_chan *chan);
#if IS_ENABLED(CONFIG_KUNIT)
void *axi_dmac_zalloc(size_t size);
struct axi_dmac_page *axi_dmac_page_get(gfp_t gfp);
dma_addr_t axi_dmac_page_map(struct axi_dmac_chan *chan, struct axi_dmac_page *page);
void axi_dmac_page_sync(struct axi_dmac_chan *chan, dma_addr_t addr, size_t len);
#endif

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

/* issue.c */
void axi_dmac_issue(struct axi_dmac_chan *chan);
void axi_dmac_note_all(struct axi_dmac_chan *chan);
struct axi_dmac_desc *axi_dmac_find(struct axi_dmac_chan *chan, dma_cookie_t cookie);
void axi_dmac_unlist(struct axi_dmac_desc *desc);

/* queue.c; all with vchan.lock held */
void axi_dmac_queue_fill(struct axi_dmac_chan *chan);
bool axi_dmac_queue_collect(struct axi_dmac_chan *chan);
void axi_dmac_queue_stop(struct axi_dmac_chan *chan);
void axi_dmac_queue_rewind(struct axi_dmac_chan *chan);
void axi_dmac_queue_quiet(struct axi_dmac_chan *chan);
void axi_dmac_queue_complete(struct axi_dmac_desc *desc, enum dmaengine_tx_result result);

/* records.c; with vchan.lock held */
bool axi_dmac_wants_records(const struct axi_dmac_caps *caps,
			    const struct axi_dmac_desc *desc);
void axi_dmac_take_records(struct axi_dmac_chan *chan);

/* drain.c */
void axi_dmac_look_again(struct axi_dmac_chan *chan);
bool axi_dmac_go(struct axi_dmac_chan *chan);
void axi_dmac_abort(struct axi_dmac_chan *chan);
void axi_dmac_terminate(struct axi_dmac_chan *chan);
int axi_dmac_drain(struct axi_dmac_chan *chan);
void axi_dmac_drain_work(struct work_struct *work);
void axi_dmac_chan_suspend(struct axi_dmac_chan *chan);
void axi_dmac_chan_resume(struct axi_dmac_chan *chan);
void axi_dmac_chan_unbind(struct axi_dmac_chan *chan);

/* chan.c */
irqreturn_t axi_dmac_irq(int irq, void *data);
void axi_dmac_chan_init(struct axi_dmac *dmac);

/* probe.c */
extern struct workqueue_struct *axi_dmac_wq;

#endif
