// SPDX-License-Identifier: GPL-2.0
/*
 * Free running: a thread per instance that does the core's work and delivers
 * its interrupt. It is woken by what makes the core go on: a register write, a
 * stream side that has data or room again, an unmasked interrupt.
 *
 * Hardware does not need the CPU. So where a thread is kept from it, by a kernel
 * that waits busily for the very interrupt, the timer takes its place.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <linux/err.h>
#include <linux/export.h>
#include <linux/hardirq.h>
#include <linux/hrtimer.h>
#include <linux/irqdesc.h>
#include <linux/kthread.h>
#include <linux/sched.h>
#include <linux/timer.h>

#include "model.h"

/* Interrupts delivered in a row before others get the CPU */
#define ADM_BURST_OF_IRQS	16

/* Time after which a thread that has not run counts as starved */
#define ADM_STARVED		2	/* jiffies */

static bool adm_irq_is_due(const struct axi_dmac_model *m)
{
	return READ_ONCE(m->line) && m->virq && !READ_ONCE(m->irq_masked);
}

static void adm_interrupt(struct axi_dmac_model *m)
{
	unsigned long flags;

	spin_lock_irqsave(&m->lock, flags);
	m->stats.irqs++;
	spin_unlock_irqrestore(&m->lock, flags);
	local_irq_save(flags);
	irq_enter();
	generic_handle_irq(m->virq);
	irq_exit();
	local_irq_restore(flags);
}

/**
 * axi_dmac_model_deliver() - deliver the interrupt while it is asserted
 * @m: model
 * @limit: give up after so many times
 *
 * The line is a level: a handler that does not acknowledge is called again.
 * The handler runs as in a real interrupt, softirqs that it raises have run
 * when this returns.
 *
 * Context: task context, or a hook outside of a handler; inside an interrupt it
 * does nothing. Return: number of deliveries.
 */
unsigned int axi_dmac_model_deliver(struct axi_dmac_model *m, unsigned int limit)
{
	unsigned int count = 0;

	if (in_hardirq())
		return 0;
	while (count < limit && adm_irq_is_due(m)) {
		adm_interrupt(m);
		count++;
	}
	return count;
}
EXPORT_SYMBOL_GPL(axi_dmac_model_deliver);

/**
 * axi_dmac_model_kick() - make a free-running core look for work
 * @m: model
 *
 * Context: any, with any lock held except the thread's own run queue.
 */
void axi_dmac_model_kick(struct axi_dmac_model *m)
{
	WRITE_ONCE(m->kicked, true);
	if (!m->thread)
		return;
	wake_up_process(m->thread);
	if (!timer_pending(&m->starved))
		mod_timer(&m->starved, jiffies + ADM_STARVED);
}
EXPORT_SYMBOL_GPL(axi_dmac_model_kick);

/**
 * adm_unlock() - release the lock after events may have happened
 * @m: model
 * @flags: of spin_lock_irqsave()
 */
void adm_unlock(struct axi_dmac_model *m, unsigned long flags) __releases(&m->lock)
{
	bool raised;

	adm_update_line(m);
	raised = m->raised;
	m->raised = false;
	spin_unlock_irqrestore(&m->lock, flags);
	if (!raised)
		return;
	adm_call_hook(m, ADM_IRQ_RAISED, 0);
	if (m->thread && m->thread != current)
		axi_dmac_model_kick(m);
}

static bool adm_work(struct axi_dmac_model *m)
{
	unsigned long flags;
	size_t allowed;
	bool busy;
	u64 moved;

	spin_lock_irqsave(&m->lock, flags);
	m->polls = 0;
	moved = m->stats.bytes;
	allowed = adm_pace_allow(m);
	busy = adm_advance(m, allowed);
	moved = m->stats.bytes - moved;
	adm_pace_spend(m, moved);
	m->waits_for_credit = m->cfg.rate && moved == allowed && m->seg_move != m->seg_tail;
	adm_unlock(m, flags);
	return busy;
}

static void adm_schedule(struct axi_dmac_model *m)
{
	ktime_t step = adm_pace_step(m);

	if (READ_ONCE(m->waits_for_credit))
		schedule_hrtimeout(&step, HRTIMER_MODE_REL);
	else
		schedule();
}

static void adm_sleep(struct axi_dmac_model *m)
{
	WRITE_ONCE(m->idle, true);
	set_current_state(TASK_INTERRUPTIBLE);
	if (!READ_ONCE(m->kicked) && !kthread_should_stop())
		adm_schedule(m);
	__set_current_state(TASK_RUNNING);
	WRITE_ONCE(m->idle, false);
}

static void adm_starved(struct timer_list *timer)
{
	struct axi_dmac_model *m = container_of(timer, struct axi_dmac_model, starved);
	unsigned int rounds = READ_ONCE(m->rounds);

	if (READ_ONCE(m->idle) && !READ_ONCE(m->kicked))
		return;
	if (rounds == m->rounds_seen) {
		adm_work(m);
		axi_dmac_model_deliver(m, 1);
	}
	m->rounds_seen = rounds;
	mod_timer(&m->starved, jiffies + 1);
}

/* Ends are held back for a batch, as long as there is work that can fill it */
static bool adm_holds_back(const struct axi_dmac_model *m, bool busy)
{
	u32 pending = READ_ONCE(m->eot_pending);

	return busy && pending && pending < m->cfg.eot_batch;
}

static int adm_thread(void *data)
{
	struct axi_dmac_model *m = data;
	bool busy;

	while (!kthread_should_stop()) {
		WRITE_ONCE(m->kicked, false);
		WRITE_ONCE(m->rounds, m->rounds + 1);
		busy = adm_work(m);
		if (!adm_holds_back(m, busy) && axi_dmac_model_deliver(m, ADM_BURST_OF_IRQS))
			busy = true;
		if (busy)
			cond_resched();
		else
			adm_sleep(m);
	}
	return 0;
}

/**
 * adm_thread_start() - start a free-running instance
 * @m: model, complete
 *
 * Return: 0 or a negative error code.
 */
int adm_thread_start(struct axi_dmac_model *m)
{
	struct task_struct *thread;

	if (!m->cfg.free_running)
		return 0;
	thread = kthread_create(adm_thread, m, "dmac-%s", m->name);
	if (IS_ERR(thread))
		return PTR_ERR(thread);
	timer_setup(&m->starved, adm_starved, 0);
	m->thread = thread;
	wake_up_process(thread);
	return 0;
}

/**
 * adm_thread_stop() - end a free-running instance
 * @m: model
 */
void adm_thread_stop(struct axi_dmac_model *m)
{
	struct task_struct *thread = m->thread;

	if (!thread)
		return;
	timer_shutdown_sync(&m->starved);
	kthread_stop(thread);
	m->thread = NULL;
}
