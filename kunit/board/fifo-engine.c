// SPDX-License-Identifier: GPL-2.0
/*
 * Model of the FIFO DMA: one contiguous piece of memory at a time. A work item
 * does what hardware would do by itself; it runs for as long as bytes move, and
 * again when the driver or a converter kicks it.
 *
 * The driver's handler may start the next piece, and terminating may come
 * between the last byte and the handler. So the handler has to acknowledge, and
 * stopping takes back what was not acknowledged.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <linux/bottom_half.h>
#include <linux/cleanup.h>
#include <linux/debugfs.h>
#include <linux/err.h>
#include <linux/minmax.h>
#include <linux/sched.h>
#include <linux/seq_file.h>
#include <linux/sizes.h>

#include "axi-dmac-model.h"
#include "board.h"
#include "fifo-dma.h"

/* Moved under one hold of the lock */
#define FDMA_CHUNK	SZ_64K

static size_t fdma_transfer(struct fdma_engine *e, void *mem, size_t len)
{
	bool last = false;
	ssize_t n;

	if (!e->stream)
		return 0;
	if (e->output)
		n = e->stream->consume(e->stream_priv, mem, len, false);
	else
		n = e->stream->produce(e->stream_priv, mem, len, &last);
	return max_t(ssize_t, n, 0);
}

static void fdma_fail(struct fdma_engine *e)
{
	e->errors++;
	e->error_addr = e->addr;
	e->status = FDMA_ERROR;
}

static size_t fdma_move(struct fdma_engine *e)
{
	size_t len = min_t(size_t, e->left, FDMA_CHUNK);
	void *mem = adm_bus_memory(e->addr, len);

	if (e->refuse || IS_ERR(mem)) {
		fdma_fail(e);
		return 0;
	}
	len = fdma_transfer(e, mem, len);
	e->addr += len;
	e->left -= len;
	if (!e->left)
		e->status = FDMA_DONE;
	return len;
}

/* Softirqs that the handler raises have run when this returns */
static void fdma_raise(struct fdma_engine *e)
{
	local_bh_disable();
	e->interrupt(e->priv);
	local_bh_enable();
}

static bool fdma_step(struct fdma_engine *e)
{
	unsigned long flags;
	size_t moved = 0;
	bool ended;

	spin_lock_irqsave(&e->lock, flags);
	ended = e->status == FDMA_BUSY;
	if (ended)
		moved = fdma_move(e);
	ended &= e->status != FDMA_BUSY;
	spin_unlock_irqrestore(&e->lock, flags);
	if (ended)
		fdma_raise(e);
	return ended || moved;
}

static void fdma_work(struct work_struct *work)
{
	struct fdma_engine *e = container_of(work, struct fdma_engine, work);

	while (fdma_step(e))
		cond_resched();
}

static void fdma_connect(struct adm_port *port, const struct axi_dmac_model_stream *stream,
			 void *priv)
{
	struct fdma_engine *e = container_of(port, struct fdma_engine, port);

	guard(spinlock_irqsave)(&e->lock);
	e->stream = stream;
	e->stream_priv = priv;
}

static void fdma_kick(struct adm_port *port)
{
	struct fdma_engine *e = container_of(port, struct fdma_engine, port);

	queue_work(system_unbound_wq, &e->work);
}

static const struct adm_port_ops fdma_port_ops = {
	.connect = fdma_connect,
	.kick = fdma_kick,
};

/**
 * fdma_engine_init() - power up
 * @e: engine, zeroed
 * @output: it is to read from memory, and not to write
 * @interrupt: the driver's handler
 * @priv: its argument
 */
void fdma_engine_init(struct fdma_engine *e, bool output, void (*interrupt)(void *priv),
		      void *priv)
{
	e->port.ops = &fdma_port_ops;
	e->output = output;
	e->interrupt = interrupt;
	e->priv = priv;
	INIT_WORK(&e->work, fdma_work);
	spin_lock_init(&e->lock);
}

/**
 * fdma_engine_exit() - power down
 * @e: engine that no converter is plugged into any more
 */
void fdma_engine_exit(struct fdma_engine *e)
{
	fdma_engine_stop(e);
	cancel_work_sync(&e->work);
}

/**
 * fdma_engine_start() - move a piece of memory
 * @e: engine that is not busy
 * @addr: bus address
 * @len: length in bytes, not 0
 *
 * Context: any.
 */
void fdma_engine_start(struct fdma_engine *e, u64 addr, u32 len)
{
	scoped_guard(spinlock_irqsave, &e->lock) {
		e->addr = addr;
		e->left = len;
		e->status = FDMA_BUSY;
	}
	fdma_kick(&e->port);
}

/**
 * fdma_engine_stop() - forget the piece
 * @e: engine
 *
 * No memory is accessed any more when this returns. A handler may still be
 * called, and will have nothing to acknowledge.
 *
 * Context: any.
 */
void fdma_engine_stop(struct fdma_engine *e)
{
	guard(spinlock_irqsave)(&e->lock);
	e->status = FDMA_IDLE;
	e->left = 0;
}

/**
 * fdma_engine_synchronize() - wait until no handler runs
 * @e: engine that was stopped
 *
 * Context: may sleep.
 */
void fdma_engine_synchronize(struct fdma_engine *e)
{
	flush_work(&e->work);
}

/**
 * fdma_engine_ack() - acknowledge the interrupt
 * @e: engine
 *
 * Return: FDMA_DONE or FDMA_ERROR once for each piece; otherwise there was
 * nothing to acknowledge.
 */
enum fdma_status fdma_engine_ack(struct fdma_engine *e)
{
	enum fdma_status status;

	guard(spinlock_irqsave)(&e->lock);
	status = e->status;
	if (status != FDMA_BUSY)
		e->status = FDMA_IDLE;
	return status;
}

/**
 * fdma_engine_left() - how much of the piece has not been moved
 * @e: engine
 *
 * Return: bytes.
 */
u32 fdma_engine_left(struct fdma_engine *e)
{
	guard(spinlock_irqsave)(&e->lock);
	return e->left;
}

static int fdma_errors_show(struct seq_file *s, void *unused)
{
	struct fdma_engine *e = s->private;

	guard(spinlock_irqsave)(&e->lock);
	if (e->errors)
		seq_printf(s, "%llu accesses were refused, the last at 0x%llx\n",
			   e->errors, e->error_addr);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(fdma_errors);

/**
 * fdma_engine_debugfs() - files of the engine
 * @e: engine
 * @dir: its directory
 */
void fdma_engine_debugfs(struct fdma_engine *e, struct dentry *dir)
{
	debugfs_create_file("errors", 0444, dir, e, &fdma_errors_fops);
	debugfs_create_bool("refuse", 0644, dir, &e->refuse);
}
