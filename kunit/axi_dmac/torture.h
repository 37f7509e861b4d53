/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Torture: random transfers, in random order, on random cores that are as bad as real
 * ones. It is a client of dmaengine and sees nothing of the driver. What it knows better
 * than any client is which memory the core has accessed, and when; so each thing that
 * the driver says is compared with what has happened.
 *
 * It goes in rounds. Each has a core of its own, and follows from the seed and its
 * number, so that one round can be repeated without those before it.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#ifndef _AXI_DMAC_TORTURE_H
#define _AXI_DMAC_TORTURE_H

#include <kunit/test.h>
#include <linux/dmaengine.h>
#include <linux/prandom.h>
#include <linux/sizes.h>
#include <linux/spinlock.h>

#include "axi-dmac-model.h"

#define TORTURE_XFERS	16
/* Each transfer has memory of its own: in front what is written, behind what is read */
#define TORTURE_HALF	SZ_64K
/* As each half begins somewhere in a page, or in the next */
#define TORTURE_ROOM	(TORTURE_HALF - 2 * SZ_4K)
#define TORTURE_SLOT	(2 * TORTURE_HALF)
#define TORTURE_ARENA	(TORTURE_XFERS * TORTURE_SLOT)
#define TORTURE_PIECES	16

struct torture;

/* What a driver may be found out to do */
enum torture_fault {
	TORTURE_FINE,
	TORTURE_HUNG,
	TORTURE_UNTOUCHED,
	TORTURE_STRAY,
	TORTURE_PERIODS,
	TORTURE_RESIDUE,
	TORTURE_TWICE,
	TORTURE_ORDER,
	TORTURE_DATA,
	TORTURE_RESULT,
	TORTURE_REFUSED,
	TORTURE_NOISE,
	TORTURE_MISUSE,
	TORTURE_FAULTS
};

enum torture_kind {
	TORTURE_VECS,
	TORTURE_TABLE,
	TORTURE_ROWS,
	TORTURE_COPY,
	TORTURE_TOLD,		/* cyclic, with a callback */
	TORTURE_SILENT,		/* cyclic, without */
	TORTURE_KINDS
};

/**
 * enum torture_state - whose a transfer's memory is
 * @TORTURE_FREE: nobody's; there is no descriptor
 * @TORTURE_KEPT: the client's; there is a descriptor that can be submitted
 * @TORTURE_SUBMITTED: the client's, until it issues
 * @TORTURE_ISSUED: the driver's
 * @TORTURE_TERMINATED: the driver's, until it has synchronized
 */
enum torture_state {
	TORTURE_FREE,
	TORTURE_KEPT,
	TORTURE_SUBMITTED,
	TORTURE_ISSUED,
	TORTURE_TERMINATED,
};

/* A contiguous part of a transfer's memory, and where in the transfer it is */
struct torture_piece {
	u32 off;
	u32 len;
	u32 start;
};

/**
 * struct torture_xfer - a transfer
 * @t: the round
 * @tx: its descriptor
 * @cookie: of the last submit
 * @kind: how it was prepared
 * @state: protected by torture.lock, as is all below
 * @seq: counts submits; transfers complete in this order
 * @rows: it is two-dimensional
 * @reuse: it can be submitted again
 * @replaces: it ends a cyclic transfer (DMA_PREP_LOAD_EOT)
 * @told: a cyclic one that was prepared so that it can have a callback
 * @mute: it has no callback; that it is over shows in the completion of a later one
 * @again: submit it from its callback, so many times
 * @pieces: its memory
 * @num_pieces: how many
 * @len: bytes
 * @period: bytes, for cyclic ones
 * @src_off: from the memory that is written to that which is read, for copies
 * @pos: where in the transfer the core is, counted over all passes
 * @bytes: that the core has accessed
 * @jumps: accesses that were not behind the one before, without a reason
 * @shorts: packets that ended early
 * @short_now: the last access ended one
 * @may_jump: the access before that did
 * @calls: callbacks
 * @late: most EOTs that an interrupt stood for while it ran
 * @start: position in the stream of its first byte
 * @has_start: there is one
 */
struct torture_xfer {
	struct torture *t;
	struct dma_async_tx_descriptor *tx;
	dma_cookie_t cookie;
	enum torture_kind kind;
	enum torture_state state;
	u64 seq;
	bool rows;
	bool reuse;
	bool replaces;
	bool told;
	bool mute;
	unsigned int again;
	struct torture_piece pieces[TORTURE_PIECES];
	unsigned int num_pieces;
	u32 len;
	u32 period;
	u32 src_off;
	u64 pos;
	u64 bytes;
	unsigned int jumps;
	unsigned int shorts;
	bool short_now;
	bool may_jump;
	u64 calls;
	u64 late;
	u64 start;
	bool has_start;
};

/**
 * struct torture - a round
 * @test: the test
 * @seed: of all rounds
 * @round: number of this one
 * @rnd: of what the client does
 * @cfg: the core
 * @mdev: its device
 * @model: the same
 * @chan: the channel
 * @arena: memory of all transfers
 * @todo: transfers that are still to be submitted
 * @ops: operations so far
 * @submit_lock: makes the order of submits that of their numbers
 * @lock: protects what follows, and the transfers; taken with the core's lock held
 * @stream_rnd: of what the stream does
 * @hook_rnd: of what happens in the middle of an access
 * @stream: bytes that went through the stream side
 * @seq: submits so far
 * @xfers: transfers
 * @ignore: faults that do not count, as bits
 * @fault: the first that was found
 * @what: more about it
 * @eots: EOTs when an interrupt was last delivered
 * @completed: transfers that have completed
 * @periods: periods that were reported
 * @terminated: transfers that were terminated
 * @aligned: whole bursts only
 * @packets: one of so many pieces of the stream ends a packet early, 0 for none
 * @stalls: one of so many times the stream stalls, 0 for never
 * @delivers: one of so many times an interrupt that is due is delivered
 * @cyclic: one of so many transfers is cyclic, 0 for none
 * @unsynced: terminated, and not synchronized
 * @started: something was issued since the last terminate
 * @paused: the channel is paused
 * @pauses: how often it was
 * @ending: everything shall come to an end, nothing stalls
 */
struct torture {
	struct kunit *test;
	u32 seed;
	u32 round;
	struct rnd_state rnd;
	struct axi_dmac_model_config cfg;
	struct axi_dmac_model_device *mdev;
	struct axi_dmac_model *model;
	struct dma_chan *chan;
	u8 *arena;
	u32 todo;
	u32 ops;

	spinlock_t submit_lock;		/* submits in the order of @seq */
	spinlock_t lock;		/* all that follows */
	struct rnd_state stream_rnd;
	struct rnd_state hook_rnd;
	u64 stream;
	u64 seq;
	struct torture_xfer xfers[TORTURE_XFERS];
	u32 ignore;
	enum torture_fault fault;
	char what[128];
	u64 eots;
	u64 completed;
	u64 periods;
	u64 terminated;
	bool aligned;
	u32 packets;
	u32 stalls;
	u32 delivers;
	u32 cyclic;
	bool unsynced;
	bool started;
	bool paused;
	u32 pauses;
	bool ending;
};

static inline u32 torture_below(struct rnd_state *rnd, u32 limit)
{
	return prandom_u32_state(rnd) % limit;
}

/* One of so many times; never for 0 */
static inline bool torture_chance(struct rnd_state *rnd, u32 one_of)
{
	return one_of && !torture_below(rnd, one_of);
}

static inline bool torture_is_cyclic(const struct torture_xfer *x)
{
	return x->kind == TORTURE_TOLD || x->kind == TORTURE_SILENT;
}

static inline bool torture_is_copy(const struct torture *t)
{
	return t->cfg.src_type == ADM_BUS_MM && t->cfg.dest_type == ADM_BUS_MM;
}

static inline bool torture_is_in(const struct torture *t)
{
	return t->cfg.src_type != ADM_BUS_MM;
}

/* torture-core.c */
int torture_create(struct torture *t, u32 errata);
void torture_destroy(struct torture *t);

/* torture-stream.c */
u8 torture_byte(u64 pos);
void torture_connect(struct torture *t);

/* torture-memory.c */
struct torture_xfer *torture_owner(struct torture *t, const void *mem);
u64 torture_place(const struct torture_xfer *x, u32 off);
void torture_watch(struct torture *t);

/* torture-check.c */
__printf(4, 5)
void torture_fail(struct torture *t, const struct torture_xfer *x, enum torture_fault fault,
		  const char *fmt, ...);
struct torture_xfer *torture_oldest(struct torture *t);
bool torture_check_call(struct torture_xfer *x, const struct dmaengine_result *result);
void torture_check_status(struct torture_xfer *x);
void torture_check_end(struct torture *t);
const char *torture_fault_name(enum torture_fault fault);
const char *torture_kind_name(enum torture_kind kind);

/* torture-xfer.c */
struct torture_xfer *torture_new(struct torture *t, bool replaces, bool cyclic);
void torture_change_callback(struct torture_xfer *x);
void torture_submit(struct torture_xfer *x);
void torture_issue(struct torture *t);

/* torture-ops.c */
void torture_act(struct torture *t);
void torture_finish(struct torture *t);
void torture_terminate(struct torture *t);
void torture_synchronize(struct torture *t);

#endif
