/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Inside of the simulated AXI-DMAC: state shared by the model's own files.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#ifndef AXI_DMAC_MODEL_INTERNAL_H
#define AXI_DMAC_MODEL_INTERNAL_H

#include <linux/ktime.h>
#include <linux/list.h>
#include <linux/log2.h>
#include <linux/prandom.h>
#include <linux/rcupdate.h>
#include <linux/sizes.h>
#include <linux/spinlock.h>
#include <linux/timer.h>
#include <linux/types.h>

#include "axi-dmac-model.h"
#include "port.h"

#define ADM_MAX_BEAT	256
#define ADM_REGS		(ADM_APERTURE / 4)
#define ADM_MAX_DEPTH		16
#define ADM_MAX_PREFETCH	6
#define ADM_SEGMENTS		32	/* power of two, more than depth + prefetch */
#define ADM_PARTIALS		4
#define ADM_FAULTS		64
#define ADM_CHUNK		SZ_64K
#define ADM_SCRATCH		SZ_4K

#define ADM_DESC_SIZE		48
#define ADM_EVENTS		5	/* that chance chooses from */

struct dentry;
struct task_struct;

enum adm_state {
	ADM_QUIET,
	ADM_RUNNING,
	ADM_DRAINING,		/* ENABLE is 0, data still on its way */
	ADM_RESET_AHEAD,	/* looks quiet, the internal reset is still to come */
	ADM_IN_RESET,
};

/* One piece of work for the data path: a register submit or a descriptor */
struct adm_segment {
	u64 src;
	u64 dest;
	u64 cols;		/* bytes per row */
	u64 rows;
	u32 src_stride;
	u32 dest_stride;
	u32 id;			/* of the descriptor */
	bool last;		/* LAST flag as captured */
	bool eot;		/* end of this segment raises EOT */
	bool ends_request;	/* frees a place in the queue */
	bool hwdesc;
	bool behind;		/* another one was under way when this one came */
	bool started;
	bool row_checked;
	bool ended;		/* the data phase is over */
	bool odd;		/* its response is not that of most segments */
	bool no_length;		/* its last burst awaits the length of the next one's */
	bool partial;		/* the source ended it */
	bool silent;		/* record, but no EOT */
	bool unnoted;		/* its last row is not taken for the last one */
	bool discarded;
	bool lost;		/* never requested: no data, no response */
	bool length_lost;
	u64 row;
	u64 col;
	u64 moved;		/* bytes of data so far */
};

struct adm_partial {
	u32 id;
	u32 length;
};

struct adm_forbidden {
	struct list_head node;
	u64 addr;
	u64 len;
};

struct axi_dmac_model {
	struct axi_dmac_model_config cfg;
	char name[32];
	unsigned int slot;		/* index of the MMIO window */
	u32 wmask[ADM_REGS];		/* writable bits of plain registers */

	spinlock_t lock;		/* protects everything down to the blank line below */
	u32 regs[ADM_REGS];		/* plain registers */
	u64 raw_src;			/* as written, misaligned bits included */
	u64 raw_dest;
	u32 raw_length;
	u64 raw_sg;
	u32 mask;
	u32 source;
	u32 control;
	bool line;			/* level of the interrupt pin */
	bool submit;
	bool cyclic_run;		/* clean cyclic transfer was accepted */
	bool lose_next;			/* next accepted request is lost */
	u32 accept_left;		/* ticks until acceptance */
	u32 sot_id;
	u32 eot_id;
	u32 done;
	u32 eot_pending;		/* EOTs since the last acknowledge */
	enum adm_state state;
	bool hwdesc;			/* as latched at ENABLE */
	bool sink_holds;		/* a beat was offered and not taken */
	bool sink_flush;		/* such a beat is taken when the core stops */
	u8 held_beat[ADM_MAX_BEAT];	/* it was read from memory long ago */
	size_t held_len;
	u32 late_left;
	u32 quiesce_left;
	ktime_t disabled_at;
	struct adm_segment seg[ADM_SEGMENTS];
	unsigned int seg_head;		/* oldest not finished */
	unsigned int seg_move;		/* the one whose data moves */
	unsigned int seg_tail;		/* next free */
	unsigned int outstanding;	/* requests accepted and not finished */
	u64 heads[ADM_MAX_DEPTH];	/* chains waiting for the fetcher */
	unsigned int head_first;
	unsigned int head_count;
	bool chain_active;
	u64 desc_addr;			/* next descriptor of the active chain */
	u32 desc_id;
	bool discarding;
	u64 measured;			/* bytes since the last EOT */
	bool one_behind;		/* last bursts await the lengths of those behind */
	struct adm_partial partial[ADM_PARTIALS];
	unsigned int partial_count;
	bool flags_lost;		/* of all descriptors that are there */
	u64 stream_pos;
	u64 stamp_errors;
	u64 packet_left;		/* bytes until TLAST, 0: not armed */
	u64 current_src;
	u64 current_dest;
	const struct axi_dmac_model_stream *stream;
	void *stream_priv;
	struct axi_dmac_model_stats stats;
	u64 reg_reads[ADM_REGS];
	u64 reg_writes[ADM_REGS];
	u64 errors[ADM_ERR_COUNT];
	struct axi_dmac_model_fault faults[ADM_FAULTS];
	unsigned int fault_count;
	struct list_head forbidden;
	u64 credit;			/* bytes that may move, with a rate */
	u64 paced_at;			/* ns, when the credit was last raised */
	bool waits_for_credit;
	unsigned int polls;		/* reads since the thread last ran */
	struct rnd_state rnd;		/* the rest is for cores with a seed */
	struct axi_dmac_model_config most;	/* configuration without chance */
	u8 weights[ADM_EVENTS];		/* how likely each event is in this phase */
	unsigned int phase_left;	/* events until the next phase */
	u8 *scratch;			/* stands in for memory that is not there */
	u8 *tails;			/* a last burst of each segment, before it is written */

	axi_dmac_model_witness_t witness;
	void *witness_priv;
	axi_dmac_model_hook_t hook;
	void *hook_priv;
	struct task_struct *hook_task;	/* who is in the hook */
	bool raised;			/* line went up, hook not told yet */
	bool unplugged;			/* the bus does not reach the core */

	unsigned int virq;
	bool irq_masked;		/* at the interrupt controller */
	struct task_struct *thread;
	bool kicked;
	bool idle;			/* the thread sleeps */
	unsigned int rounds;		/* of the thread */
	struct timer_list starved;
	unsigned int rounds_seen;	/* by the timer */
	struct dentry *debugfs;
	struct adm_port port;		/* for converters, of cores on the board */
};

static inline struct adm_segment *adm_seg(struct axi_dmac_model *m, unsigned int index)
{
	return &m->seg[index % ADM_SEGMENTS];
}

static inline bool adm_version(const struct axi_dmac_model *m, unsigned int major,
			       unsigned int minor, char letter)
{
	return m->cfg.version >= ADM_VERSION(major, minor, letter);
}

static inline bool adm_has(const struct axi_dmac_model *m, enum axi_dmac_model_erratum erratum)
{
	return m->cfg.errata & erratum;
}

/* Bursts of so many bytes from the start of a row */
static inline u64 adm_bursts(const struct axi_dmac_model *m, u64 bytes)
{
	return (bytes + m->cfg.burst_bytes - 1) >> ilog2(m->cfg.burst_bytes);
}

/* Tell the test of an access to memory, if it wants to know */
static inline void adm_testify(struct axi_dmac_model *m, u64 addr, size_t len, bool write)
{
	if (m->witness)
		m->witness(m->witness_priv, addr, len, write);
}

/* Data that is moved under one hold of the lock */
static inline size_t adm_chunk(const struct axi_dmac_model *m)
{
	if (m->cfg.mover == ADM_MOVER_NONE)
		return SIZE_MAX;
	return READ_ONCE(m->cfg.chunk) ?: ADM_CHUNK;
}

static inline u32 adm_reg(const struct axi_dmac_model *m, unsigned int reg)
{
	return m->regs[reg / 4];
}

/* model-core.c */
u64 adm_counter(struct axi_dmac_model *m, const u64 *counter);

/* model-errata.c */
u32 adm_default_errata(void);

/* model-burst.c */
void adm_lose_length(struct axi_dmac_model *m, struct adm_segment *seg);
void *adm_tail(struct axi_dmac_model *m, struct adm_segment *seg, size_t *len);
bool adm_awaits_length(struct axi_dmac_model *m, const struct adm_segment *seg);
void adm_issue_tail(struct axi_dmac_model *m, const struct adm_segment *seg);

/* model-random.c */
void adm_random_start(struct axi_dmac_model *m);
bool adm_random_event(struct axi_dmac_model *m, size_t *left);
u32 adm_random_up_to(struct axi_dmac_model *m, u32 most);
bool adm_strikes(struct axi_dmac_model *m, enum axi_dmac_model_erratum erratum);

static inline u32 adm_up_to(struct axi_dmac_model *m, u32 most)
{
	return most && m->cfg.seed ? adm_random_up_to(m, most) : most;
}

/* model-records.c */
bool adm_awaits_room(struct axi_dmac_model *m, const struct adm_segment *seg);
void adm_record(struct axi_dmac_model *m, const struct adm_segment *seg);

/* model-replay.c */
void adm_replay(struct axi_dmac_model *m, const struct adm_segment *seg);

/* model-regs.c */
void adm_regs_init(struct axi_dmac_model *m);
u32 adm_read(struct axi_dmac_model *m, unsigned int reg);
u32 adm_peek(struct axi_dmac_model *m, unsigned int reg);
void adm_write(struct axi_dmac_model *m, unsigned int reg, u32 val);

/* model-request.c */
bool adm_accept(struct axi_dmac_model *m);
void adm_cyclic_cleared(struct axi_dmac_model *m);

/* model-sg.c */
bool adm_fetch(struct axi_dmac_model *m);
void adm_pause_fetcher(struct axi_dmac_model *m);

/* model-data.c */
size_t adm_move(struct axi_dmac_model *m, size_t bytes);
size_t adm_move_segment(struct axi_dmac_model *m, size_t bytes);

/* model-response.c */
bool adm_complete(struct axi_dmac_model *m);
void adm_end_segment(struct axi_dmac_model *m, const struct adm_segment *seg);
void adm_eot(struct axi_dmac_model *m);

/* model-rows.c */
bool adm_notes_last_row(struct axi_dmac_model *m, const struct adm_segment *seg);

/* model-control.c */
void adm_control(struct axi_dmac_model *m, u32 val);
bool adm_tick(struct axi_dmac_model *m);
u32 adm_debug_status(const struct axi_dmac_model *m);

/* model-engine.c */
bool adm_advance(struct axi_dmac_model *m, size_t bytes);
void adm_poll(struct axi_dmac_model *m);
void adm_update_line(struct axi_dmac_model *m);

/* model-pace.c */
size_t adm_pace_allow(struct axi_dmac_model *m);
void adm_pace_spend(struct axi_dmac_model *m, u64 bytes);
ktime_t adm_pace_step(const struct axi_dmac_model *m);

/* model-memory.c */
void *adm_memory(struct axi_dmac_model *m, u64 addr, size_t len);
void adm_check_burst(struct axi_dmac_model *m, u64 addr, u64 len);

/* model-fault.c */
void adm_fault(struct axi_dmac_model *m, enum axi_dmac_model_error kind, u32 reg, u64 addr,
	       u64 val);

/* model-thread.c */
int adm_thread_start(struct axi_dmac_model *m);
void adm_thread_stop(struct axi_dmac_model *m);
void adm_unlock(struct axi_dmac_model *m, unsigned long flags) __releases(&m->lock);

/* model-port.c */
void adm_model_add_port(struct axi_dmac_model *m, struct device_node *np);

/* model-window.c */
void adm_call_hook(struct axi_dmac_model *m, enum axi_dmac_model_point point,
		   unsigned int reg);
int adm_window_claim(struct axi_dmac_model *m, phys_addr_t base);
void adm_window_release(struct axi_dmac_model *m);
phys_addr_t adm_window_base(unsigned int slot);
int adm_windows_init(void);

/* model-debugfs.c */
struct dentry *adm_debugfs_dir(const char *name);
void adm_debugfs_add(struct axi_dmac_model *m);
void adm_debugfs_remove(struct axi_dmac_model *m);

/* board-irq.c */
struct irq_domain;
struct fwnode_handle;
struct irq_domain *adm_irq_domain(struct fwnode_handle *fwnode, unsigned int lines);
unsigned int adm_irq_connect(struct irq_domain *domain, unsigned int hwirq,
			     struct axi_dmac_model *m);
void adm_irq_domain_remove(struct irq_domain *domain);

#endif
