// SPDX-License-Identifier: GPL-2.0
/*
 * Cable from an output converter to an input converter: a bounded FIFO that
 * stalls the sender when it is full and the receiver when it is empty. Both
 * ends find it by the device tree node of the output converter.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <linux/cleanup.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/of.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>

#include "board.h"
#include "port.h"

#define ADM_FIFO_SIZE	SZ_1M

struct adm_fifo {
	struct list_head node;
	struct kref ref;
	struct device_node *np;

	spinlock_t lock;	/* protects the fields below */
	struct adm_port *writer;
	struct adm_port *reader;
	unsigned int running;	/* ends that are enabled */
	size_t head;		/* bytes written so far */
	size_t tail;		/* bytes read so far */
	u8 data[ADM_FIFO_SIZE];
};

static LIST_HEAD(adm_fifos);
static DEFINE_MUTEX(adm_fifos_lock);	/* protects the list and the last put */

/**
 * adm_fifo_get() - the FIFO of an output converter
 * @np: its device tree node
 *
 * Return: the FIFO with a reference, or NULL without memory.
 */
struct adm_fifo *adm_fifo_get(struct device_node *np)
{
	struct adm_fifo *fifo;

	guard(mutex)(&adm_fifos_lock);
	list_for_each_entry(fifo, &adm_fifos, node) {
		if (fifo->np != np)
			continue;
		kref_get(&fifo->ref);
		return fifo;
	}
	fifo = kvzalloc(sizeof(*fifo), GFP_KERNEL);
	if (!fifo)
		return NULL;
	kref_init(&fifo->ref);
	spin_lock_init(&fifo->lock);
	fifo->np = of_node_get(np);
	list_add(&fifo->node, &adm_fifos);
	return fifo;
}

static void adm_fifo_release(struct kref *ref)
{
	struct adm_fifo *fifo = container_of(ref, struct adm_fifo, ref);

	list_del(&fifo->node);
	of_node_put(fifo->np);
	kvfree(fifo);
}

/**
 * adm_fifo_put() - give back a reference
 * @fifo: FIFO, or NULL
 */
void adm_fifo_put(struct adm_fifo *fifo)
{
	if (!fifo)
		return;
	guard(mutex)(&adm_fifos_lock);
	kref_put(&fifo->ref, adm_fifo_release);
}

/**
 * adm_fifo_set_writer() - connect or disconnect the sending controller
 * @fifo: FIFO
 * @port: its port, NULL to disconnect
 */
void adm_fifo_set_writer(struct adm_fifo *fifo, struct adm_port *port)
{
	unsigned long flags;

	spin_lock_irqsave(&fifo->lock, flags);
	fifo->writer = port;
	spin_unlock_irqrestore(&fifo->lock, flags);
}

/**
 * adm_fifo_set_reader() - connect or disconnect the receiving controller
 * @fifo: FIFO
 * @port: its port, NULL to disconnect
 */
void adm_fifo_set_reader(struct adm_fifo *fifo, struct adm_port *port)
{
	unsigned long flags;

	spin_lock_irqsave(&fifo->lock, flags);
	fifo->reader = port;
	spin_unlock_irqrestore(&fifo->lock, flags);
}

/**
 * adm_fifo_start() - one end is enabled
 * @fifo: FIFO
 * @end: ADM_FIFO_WRITER or ADM_FIFO_READER
 *
 * The first one to start finds it empty.
 */
void adm_fifo_start(struct adm_fifo *fifo, unsigned int end)
{
	unsigned long flags;

	spin_lock_irqsave(&fifo->lock, flags);
	if (!(fifo->running & ~end))
		fifo->tail = fifo->head;
	fifo->running |= end;
	spin_unlock_irqrestore(&fifo->lock, flags);
}

/**
 * adm_fifo_stop() - one end is disabled
 * @fifo: FIFO
 * @end: ADM_FIFO_WRITER or ADM_FIFO_READER
 */
void adm_fifo_stop(struct adm_fifo *fifo, unsigned int end)
{
	unsigned long flags;

	spin_lock_irqsave(&fifo->lock, flags);
	fifo->running &= ~end;
	spin_unlock_irqrestore(&fifo->lock, flags);
}

/**
 * adm_fifo_write() - send
 * @fifo: FIFO
 * @src: data; NULL to send bytes without content
 * @len: bytes
 *
 * Return: bytes taken, 0 when it is full.
 */
size_t adm_fifo_write(struct adm_fifo *fifo, const void *src, size_t len)
{
	unsigned long flags;
	size_t at, first;

	spin_lock_irqsave(&fifo->lock, flags);
	len = min(len, ADM_FIFO_SIZE - (fifo->head - fifo->tail));
	at = fifo->head % ADM_FIFO_SIZE;
	first = min(len, ADM_FIFO_SIZE - at);
	if (src) {
		memcpy(fifo->data + at, src, first);
		memcpy(fifo->data, src + first, len - first);
	}
	fifo->head += len;
	if (len && fifo->reader)
		adm_port_kick(fifo->reader);
	spin_unlock_irqrestore(&fifo->lock, flags);
	return len;
}

/**
 * adm_fifo_read() - receive
 * @fifo: FIFO
 * @dst: where to store; NULL to drop the content
 * @len: bytes at most
 *
 * Return: bytes received, 0 when it is empty.
 */
size_t adm_fifo_read(struct adm_fifo *fifo, void *dst, size_t len)
{
	unsigned long flags;
	size_t at, first;

	spin_lock_irqsave(&fifo->lock, flags);
	len = min(len, fifo->head - fifo->tail);
	at = fifo->tail % ADM_FIFO_SIZE;
	first = min(len, ADM_FIFO_SIZE - at);
	if (dst) {
		memcpy(dst, fifo->data + at, first);
		memcpy(dst + first, fifo->data, len - first);
	}
	fifo->tail += len;
	if (len && fifo->writer)
		adm_port_kick(fifo->writer);
	spin_unlock_irqrestore(&fifo->lock, flags);
	return len;
}
