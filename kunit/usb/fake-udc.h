/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A USB device controller that does what a test says: see fake-udc.c.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#ifndef _FFS_FAKE_UDC_H
#define _FFS_FAKE_UDC_H

#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/usb/gadget.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

struct kunit;

#define FAKE_UDC_PACKET	512

/**
 * struct fake_ep - an endpoint
 * @ep: What the gadget's function sees
 * @udc: Its controller
 * @queue: Requests in flight, the oldest first; protected by fake_udc.lock
 * @late: A request that is dequeued stays in flight until the test ends it
 * @refuse: What queueing a request fails with
 */
struct fake_ep {
	struct usb_ep ep;
	struct fake_udc *udc;
	struct list_head queue;
	bool late;
	int refuse;
};

/**
 * struct fake_udc - the controller
 * @test: The test
 * @gadget: What functions see
 * @lock: Protects the queues and what follows
 * @ep0: Endpoint for control
 * @in: Endpoint to the host
 * @out: Endpoint from the host
 * @requests: Requests that are allocated
 * @wrong: What a function has done that no controller stands, or NULL
 * @returning: Requests that are being given back
 * @idle: Woken when one was freed or given back
 * @late_work: Gives back what was dequeued
 */
struct fake_udc {
	struct kunit *test;
	struct usb_gadget gadget;
	spinlock_t lock;	/* queues, requests, wrong, returning */
	struct fake_ep ep0;
	struct fake_ep in;
	struct fake_ep out;
	unsigned int requests;
	const char *wrong;
	unsigned int returning;
	wait_queue_head_t idle;
	struct work_struct late_work;
};

struct fake_udc *fake_udc_create(struct kunit *test, struct device *parent);

/* Look at the requests in flight */
unsigned int fake_udc_pending(struct fake_ep *fep);
struct usb_request *fake_udc_oldest(struct fake_ep *fep);

/* Act as the hardware and the host */
bool fake_udc_complete(struct fake_ep *fep, int status, unsigned int actual);
void fake_udc_return_dequeued(struct fake_udc *udc);
void fake_udc_return_dequeued_by_work(struct fake_udc *udc);
void fake_udc_synchronize(struct fake_udc *udc);
bool fake_udc_wait_requests(struct fake_udc *udc, unsigned int requests);

#endif
