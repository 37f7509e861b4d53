// SPDX-License-Identifier: GPL-2.0
/*
 * Life of a simulated core, its settings and its counters.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <linux/err.h>
#include <linux/export.h>
#include <linux/log2.h>
#include <linux/slab.h>

#include "model.h"

static void adm_default(unsigned int *val, unsigned int otherwise)
{
	if (!*val)
		*val = otherwise;
}

static void adm_fill_in(struct axi_dmac_model_config *cfg)
{
	adm_default(&cfg->length_width, 24);
	adm_default(&cfg->addr_width, 64);
	adm_default(&cfg->burst_bytes, 128);
	adm_default(&cfg->queue_depth, 4);
	adm_default(&cfg->prefetch, 4);
	adm_default(&cfg->look_ahead, 15);
	adm_default(&cfg->src_width, 8);
	adm_default(&cfg->dest_width, 8);
}

/**
 * axi_dmac_model_defaults() - a usual core: 4.5.e, stream to memory
 * @cfg: filled in completely
 *
 * Register mode, not cyclic, stepped, 64-bit interfaces, quiet three ticks
 * after ENABLE was cleared. Its errata are those of the kernel argument
 * axi_dmac_board.errata.
 */
void axi_dmac_model_defaults(struct axi_dmac_model_config *cfg)
{
	*cfg = (struct axi_dmac_model_config) {
		.version = ADM_VERSION(4, 5, 'e'),
		.src_type = ADM_BUS_STREAM,
		.dest_type = ADM_BUS_MM,
		.records_without_eot = true,
		.errata = adm_default_errata(),
		.quiesce_ticks = 3,
	};
	adm_fill_in(cfg);
}
EXPORT_SYMBOL_GPL(axi_dmac_model_defaults);

/**
 * axi_dmac_model_randomize() - leave to chance what the core does when
 * @cfg: complete otherwise
 * @seed: where the sequence of events begins
 *
 * With the limits of a core and a bus on which everything happens: requests wait, or
 * many are accepted, responses and interrupts are late, and so is the end of a shutdown.
 */
void axi_dmac_model_randomize(struct axi_dmac_model_config *cfg, u32 seed)
{
	cfg->seed = seed;
	cfg->queue_depth = ADM_MAX_DEPTH;
	cfg->prefetch = ADM_MAX_PREFETCH;
	cfg->accept_ticks = 8;
	cfg->late_bytes = 512;
	cfg->quiesce_ticks = 16;
	cfg->eot_batch = 64;
}
EXPORT_SYMBOL_GPL(axi_dmac_model_randomize);

static bool adm_in_range(unsigned int val, unsigned int low, unsigned int high)
{
	return val >= low && val <= high;
}

static bool adm_is_width(unsigned int width)
{
	return is_power_of_2(width) && width <= 256;
}

static bool adm_is_valid(const struct axi_dmac_model_config *cfg)
{
	if (cfg->src_type > ADM_BUS_FIFO || cfg->dest_type > ADM_BUS_FIFO)
		return false;
	if (cfg->src_type != ADM_BUS_MM && cfg->dest_type != ADM_BUS_MM)
		return false;
	if (!adm_is_width(cfg->src_width) || !adm_is_width(cfg->dest_width))
		return false;
	if (!is_power_of_2(cfg->burst_bytes) || cfg->burst_bytes > SZ_4K)
		return false;
	return adm_in_range(cfg->length_width, 8, 32) && adm_in_range(cfg->addr_width, 16, 64) &&
	       adm_in_range(cfg->queue_depth, 1, ADM_MAX_DEPTH) &&
	       adm_in_range(cfg->prefetch, 1, ADM_MAX_PREFETCH) &&
	       adm_in_range(cfg->look_ahead, 1, 255);
}

static struct axi_dmac_model *adm_alloc(const struct axi_dmac_model_config *config)
{
	struct axi_dmac_model *m = kzalloc_obj(*m);

	if (!m)
		return NULL;
	m->cfg = *config;
	adm_fill_in(&m->cfg);
	m->scratch = kzalloc(ADM_SCRATCH, GFP_KERNEL);
	m->tails = kvcalloc(ADM_SEGMENTS, m->cfg.burst_bytes, GFP_KERNEL);
	if (!m->scratch || !m->tails) {
		kvfree(m->tails);
		kfree(m->scratch);
		kfree(m);
		return NULL;
	}
	if (config->name)
		strscpy(m->name, config->name, sizeof(m->name));
	spin_lock_init(&m->lock);
	INIT_LIST_HEAD(&m->forbidden);
	m->irq_masked = true;
	return m;
}

static void adm_free(struct axi_dmac_model *m)
{
	struct adm_forbidden *f, *next;

	list_for_each_entry_safe(f, next, &m->forbidden, node)
		kfree(f);
	kvfree(m->tails);
	kfree(m->scratch);
	kfree(m);
}

/**
 * axi_dmac_model_create_at() - create a core at a given address
 * @config: its parameters; copied
 * @base: address of its window, 0 for any free one
 *
 * Context: process context. Return: the model, or an ERR_PTR: -EINVAL for
 * impossible parameters, -EBUSY, -ENOSPC or -ENOMEM.
 */
struct axi_dmac_model *axi_dmac_model_create_at(const struct axi_dmac_model_config *config,
						phys_addr_t base)
{
	struct axi_dmac_model *m;
	int ret;

	m = adm_alloc(config);
	if (!m)
		return ERR_PTR(-ENOMEM);
	ret = -EINVAL;
	if (!adm_is_valid(&m->cfg))
		goto err_free;
	adm_random_start(m);
	adm_regs_init(m);
	ret = adm_window_claim(m, base);
	if (ret)
		goto err_free;
	ret = adm_thread_start(m);
	if (ret)
		goto err_release;
	adm_debugfs_add(m);
	return m;

err_release:
	adm_window_release(m);
err_free:
	adm_free(m);
	return ERR_PTR(ret);
}

/**
 * axi_dmac_model_create() - create a core in any free window
 * @config: its parameters; copied
 *
 * Context: process context. Return: as axi_dmac_model_create_at().
 */
struct axi_dmac_model *axi_dmac_model_create(const struct axi_dmac_model_config *config)
{
	return axi_dmac_model_create_at(config, 0);
}
EXPORT_SYMBOL_GPL(axi_dmac_model_create);

/**
 * axi_dmac_model_destroy() - remove a core
 * @m: model, or NULL or an ERR_PTR
 *
 * Later accesses to its registers read all ones and are counted, see
 * axi_dmac_model_stray_accesses(). No interrupt is delivered any more.
 *
 * Context: process context.
 */
void axi_dmac_model_destroy(struct axi_dmac_model *m)
{
	if (IS_ERR_OR_NULL(m))
		return;
	adm_debugfs_remove(m);
	adm_window_release(m);
	adm_thread_stop(m);
	adm_free(m);
}
EXPORT_SYMBOL_GPL(axi_dmac_model_destroy);

/**
 * axi_dmac_model_base() - where the registers are
 * @m: model
 *
 * Return: bus address for ioremap(); the window has ADM_WINDOW_SIZE bytes.
 */
phys_addr_t axi_dmac_model_base(const struct axi_dmac_model *m)
{
	return adm_window_base(m->slot);
}
EXPORT_SYMBOL_GPL(axi_dmac_model_base);

/**
 * axi_dmac_model_set_stream() - connect the stream or FIFO side
 * @m: model
 * @ops: operations, which must outlive the connection, or NULL
 * @priv: handed to them
 */
void axi_dmac_model_set_stream(struct axi_dmac_model *m, const struct axi_dmac_model_stream *ops,
			       void *priv)
{
	unsigned long flags;

	spin_lock_irqsave(&m->lock, flags);
	m->stream = ops;
	m->stream_priv = priv;
	spin_unlock_irqrestore(&m->lock, flags);
	axi_dmac_model_kick(m);
}
EXPORT_SYMBOL_GPL(axi_dmac_model_set_stream);

/**
 * axi_dmac_model_restart_stream() - the stream begins anew
 * @m: model
 *
 * Resets the position that the sparse mover stamps, its mismatches, and an
 * armed end of packet.
 */
void axi_dmac_model_restart_stream(struct axi_dmac_model *m)
{
	unsigned long flags;

	spin_lock_irqsave(&m->lock, flags);
	m->stream_pos = 0;
	m->stamp_errors = 0;
	m->packet_left = 0;
	spin_unlock_irqrestore(&m->lock, flags);
}
EXPORT_SYMBOL_GPL(axi_dmac_model_restart_stream);

/**
 * axi_dmac_model_flush_sink() - whether the sink takes what is left at a stop
 * @m: model with a stream or FIFO destination
 * @flush: a beat that the sink has not taken does not hold up the shutdown
 */
void axi_dmac_model_flush_sink(struct axi_dmac_model *m, bool flush)
{
	unsigned long flags;

	spin_lock_irqsave(&m->lock, flags);
	m->sink_flush = flush;
	spin_unlock_irqrestore(&m->lock, flags);
	axi_dmac_model_kick(m);
}

/**
 * axi_dmac_model_packet() - arm the end of a packet
 * @m: model with a stream or FIFO source
 * @bytes: the source asserts TLAST with the last of the next so many bytes; 0
 *	to disarm
 *
 * A step that would move more stops there.
 */
void axi_dmac_model_packet(struct axi_dmac_model *m, u64 bytes)
{
	unsigned long flags;

	spin_lock_irqsave(&m->lock, flags);
	m->packet_left = bytes;
	spin_unlock_irqrestore(&m->lock, flags);
}
EXPORT_SYMBOL_GPL(axi_dmac_model_packet);

/**
 * axi_dmac_model_set_hook() - be called in the middle of register accesses
 * @m: model
 * @hook: function, or NULL
 * @priv: handed to it
 *
 * Context: process context, no access under way on another CPU.
 */
void axi_dmac_model_set_hook(struct axi_dmac_model *m, axi_dmac_model_hook_t hook, void *priv)
{
	m->hook_priv = priv;
	WRITE_ONCE(m->hook, hook);
}
EXPORT_SYMBOL_GPL(axi_dmac_model_set_hook);

/**
 * axi_dmac_model_set_witness() - be told of each access to memory
 * @m: model
 * @witness: function, or NULL
 * @priv: handed to it
 */
void axi_dmac_model_set_witness(struct axi_dmac_model *m, axi_dmac_model_witness_t witness,
				void *priv)
{
	unsigned long flags;

	spin_lock_irqsave(&m->lock, flags);
	m->witness = witness;
	m->witness_priv = priv;
	spin_unlock_irqrestore(&m->lock, flags);
}
EXPORT_SYMBOL_GPL(axi_dmac_model_set_witness);

/**
 * axi_dmac_model_unplug() - the bus does not reach the core any more
 * @m: model
 * @unplug: or does so again
 *
 * Registers read as all ones, writes are lost. The core knows nothing of it.
 */
void axi_dmac_model_unplug(struct axi_dmac_model *m, bool unplug)
{
	WRITE_ONCE(m->unplugged, unplug);
}
EXPORT_SYMBOL_GPL(axi_dmac_model_unplug);

/**
 * axi_dmac_model_set_mover() - choose how much of the data moves
 * @m: model
 * @mover: see enum axi_dmac_model_mover
 */
void axi_dmac_model_set_mover(struct axi_dmac_model *m, enum axi_dmac_model_mover mover)
{
	unsigned long flags;

	spin_lock_irqsave(&m->lock, flags);
	m->cfg.mover = mover;
	spin_unlock_irqrestore(&m->lock, flags);
}
EXPORT_SYMBOL_GPL(axi_dmac_model_set_mover);

/**
 * axi_dmac_model_set_quiesce() - choose how the next shutdown goes
 * @m: model
 * @ticks: until the core is quiet, or ADM_NEVER
 * @late_bytes: data that still reaches memory before that
 *
 * Also ends a shutdown that was set to never end, when it is called during one.
 */
void axi_dmac_model_set_quiesce(struct axi_dmac_model *m, u32 ticks, u32 late_bytes)
{
	unsigned long flags;

	spin_lock_irqsave(&m->lock, flags);
	m->cfg.quiesce_ticks = ticks;
	m->cfg.late_bytes = late_bytes;
	m->quiesce_left = ticks;
	spin_unlock_irqrestore(&m->lock, flags);
	axi_dmac_model_kick(m);
}
EXPORT_SYMBOL_GPL(axi_dmac_model_set_quiesce);

/**
 * axi_dmac_model_set_accept_delay() - ticks between SUBMIT and acceptance
 * @m: model
 * @ticks: how many, for requests from now on
 */
void axi_dmac_model_set_accept_delay(struct axi_dmac_model *m, u32 ticks)
{
	WRITE_ONCE(m->cfg.accept_ticks, ticks);
}
EXPORT_SYMBOL_GPL(axi_dmac_model_set_accept_delay);

/**
 * axi_dmac_model_set_rate() - choose how fast a free-running core is
 * @m: model
 * @rate: bytes per second, 0 for as fast as it can
 */
void axi_dmac_model_set_rate(struct axi_dmac_model *m, u64 rate)
{
	unsigned long flags;

	spin_lock_irqsave(&m->lock, flags);
	m->cfg.rate = rate;
	m->waits_for_credit = false;
	spin_unlock_irqrestore(&m->lock, flags);
	axi_dmac_model_kick(m);
}
EXPORT_SYMBOL_GPL(axi_dmac_model_set_rate);

/**
 * axi_dmac_model_line() - level of the interrupt pin
 * @m: model
 *
 * Return: whether an unmasked event is pending.
 */
bool axi_dmac_model_line(struct axi_dmac_model *m)
{
	return READ_ONCE(m->line);
}
EXPORT_SYMBOL_GPL(axi_dmac_model_line);

/**
 * axi_dmac_model_is_quiet() - whether nothing can reach memory any more
 * @m: model
 *
 * Return: true out of reset, and when a shutdown has come to its end.
 */
bool axi_dmac_model_is_quiet(struct axi_dmac_model *m)
{
	return READ_ONCE(m->state) == ADM_QUIET;
}
EXPORT_SYMBOL_GPL(axi_dmac_model_is_quiet);

/**
 * axi_dmac_model_outstanding() - requests accepted and not finished
 * @m: model
 *
 * Return: how many; a chain of descriptors counts as one.
 */
unsigned int axi_dmac_model_outstanding(struct axi_dmac_model *m)
{
	return READ_ONCE(m->outstanding);
}
EXPORT_SYMBOL_GPL(axi_dmac_model_outstanding);

/**
 * axi_dmac_model_peek() - look at a register
 * @m: model
 * @reg: byte offset
 *
 * Nothing is popped, counted or moved by it.
 *
 * Return: what a read would give.
 */
u32 axi_dmac_model_peek(struct axi_dmac_model *m, unsigned int reg)
{
	unsigned long flags;
	u32 val;

	spin_lock_irqsave(&m->lock, flags);
	val = adm_peek(m, reg & (ADM_APERTURE - 4));
	spin_unlock_irqrestore(&m->lock, flags);
	return val;
}
EXPORT_SYMBOL_GPL(axi_dmac_model_peek);

/**
 * adm_counter() - value of a 64-bit counter
 * @m: model
 * @counter: one of its counters
 */
u64 adm_counter(struct axi_dmac_model *m, const u64 *counter)
{
	unsigned long flags;
	u64 val;

	spin_lock_irqsave(&m->lock, flags);
	val = *counter;
	spin_unlock_irqrestore(&m->lock, flags);
	return val;
}

/**
 * axi_dmac_model_reads() - how often a register was read
 * @m: model
 * @reg: byte offset
 *
 * Return: reads since the last axi_dmac_model_reset_stats().
 */
u64 axi_dmac_model_reads(struct axi_dmac_model *m, unsigned int reg)
{
	return adm_counter(m, &m->reg_reads[(reg & (ADM_APERTURE - 4)) / 4]);
}
EXPORT_SYMBOL_GPL(axi_dmac_model_reads);

/**
 * axi_dmac_model_writes() - how often a register was written
 * @m: model
 * @reg: byte offset
 *
 * Return: writes since the last axi_dmac_model_reset_stats().
 */
u64 axi_dmac_model_writes(struct axi_dmac_model *m, unsigned int reg)
{
	return adm_counter(m, &m->reg_writes[(reg & (ADM_APERTURE - 4)) / 4]);
}
EXPORT_SYMBOL_GPL(axi_dmac_model_writes);

/**
 * axi_dmac_model_stamp_errors() - wrong stamps that the sparse mover found
 * @m: model with memory as its source
 *
 * Return: how many since the stream began.
 */
u64 axi_dmac_model_stamp_errors(struct axi_dmac_model *m)
{
	return adm_counter(m, &m->stamp_errors);
}
EXPORT_SYMBOL_GPL(axi_dmac_model_stamp_errors);

/**
 * axi_dmac_model_stats() - all counters
 * @m: model
 * @stats: where to store them
 */
void axi_dmac_model_stats(struct axi_dmac_model *m, struct axi_dmac_model_stats *stats)
{
	unsigned long flags;

	spin_lock_irqsave(&m->lock, flags);
	*stats = m->stats;
	spin_unlock_irqrestore(&m->lock, flags);
}
EXPORT_SYMBOL_GPL(axi_dmac_model_stats);

/**
 * axi_dmac_model_reset_stats() - start counting at 0
 * @m: model
 *
 * Recorded driver errors stay.
 */
void axi_dmac_model_reset_stats(struct axi_dmac_model *m)
{
	unsigned long flags;

	spin_lock_irqsave(&m->lock, flags);
	m->stats = (struct axi_dmac_model_stats) { .errors = m->stats.errors };
	memset(m->reg_reads, 0, sizeof(m->reg_reads));
	memset(m->reg_writes, 0, sizeof(m->reg_writes));
	spin_unlock_irqrestore(&m->lock, flags);
}
EXPORT_SYMBOL_GPL(axi_dmac_model_reset_stats);
