// SPDX-License-Identifier: GPL-2.0-only
/*
 * A USB device controller without hardware and without a host. Requests stay in its
 * queues until the test ends them, with the status and the number of bytes that the
 * test wants, from the thread that the test wants.
 *
 * Controllers differ in when a request comes back that was dequeued: within
 * usb_ep_dequeue(), or later, when the hardware has stopped, and then perhaps as one
 * that was transferred after all. This one does either. It holds to what all of them
 * promise: requests come back once, with interrupts disabled and without the
 * controller's lock, in the order of the queue unless dequeued, and all of them before
 * an endpoint is disabled.
 *
 * The test plays the part of the UDC core, too: it binds functions to the gadget,
 * which is not registered.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <kunit/test.h>
#include <linux/cleanup.h>
#include <linux/container_of.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/irqflags.h>
#include <linux/jiffies.h>
#include <linux/minmax.h>
#include <linux/slab.h>

#include "fake-udc.h"

/* Much longer than anything takes */
#define FAKE_UDC_PATIENCE	(30 * HZ)

struct fake_request {
	struct usb_request req;
	struct list_head entry;		/* in fake_ep.queue, or empty */
	bool dequeued;
};

static struct fake_ep *to_fake_ep(struct usb_ep *ep)
{
	return container_of(ep, struct fake_ep, ep);
}

static struct fake_request *to_fake_request(struct usb_request *req)
{
	return container_of(req, struct fake_request, req);
}

static void fake_udc_wrong(struct fake_udc *udc, const char *what)
{
	lockdep_assert_held(&udc->lock);

	if (!udc->wrong)
		udc->wrong = what;
}

/* The request is anybody's once it is given back: it may be freed by then */
static void fake_udc_give_back(struct fake_ep *fep, struct fake_request *fr, int status,
			       unsigned int actual)
{
	struct fake_udc *udc = fep->udc;
	unsigned long flags;

	fr->req.status = status;
	fr->req.actual = actual;
	local_irq_save(flags);
	usb_gadget_giveback_request(&fep->ep, &fr->req);
	local_irq_restore(flags);

	scoped_guard(spinlock_irqsave, &udc->lock)
		udc->returning--;
	wake_up_all(&udc->idle);
}

static void fake_udc_take(struct fake_udc *udc, struct fake_request *fr)
{
	lockdep_assert_held(&udc->lock);

	list_del_init(&fr->entry);
	udc->returning++;
}

static struct fake_request *fake_udc_first(struct fake_ep *fep)
{
	lockdep_assert_held(&fep->udc->lock);

	return list_first_entry_or_null(&fep->queue, struct fake_request, entry);
}

static struct fake_request *fake_udc_take_first(struct fake_ep *fep)
{
	struct fake_request *fr;

	guard(spinlock_irqsave)(&fep->udc->lock);

	fr = fake_udc_first(fep);
	if (fr)
		fake_udc_take(fep->udc, fr);

	return fr;
}

static struct fake_request *fake_udc_take_dequeued(struct fake_ep *fep)
{
	struct fake_request *fr;

	guard(spinlock_irqsave)(&fep->udc->lock);

	list_for_each_entry(fr, &fep->queue, entry) {
		if (fr->dequeued) {
			fake_udc_take(fep->udc, fr);
			return fr;
		}
	}

	return NULL;
}

static int fake_udc_enable(struct usb_ep *ep, const struct usb_endpoint_descriptor *desc)
{
	return 0;
}

static int fake_udc_disable(struct usb_ep *ep)
{
	struct fake_ep *fep = to_fake_ep(ep);
	struct fake_request *fr;

	while ((fr = fake_udc_take_first(fep)))
		fake_udc_give_back(fep, fr, -ESHUTDOWN, 0);

	return 0;
}

static struct usb_request *fake_udc_alloc_request(struct usb_ep *ep, gfp_t gfp)
{
	struct fake_udc *udc = to_fake_ep(ep)->udc;
	struct fake_request *fr;

	fr = kzalloc_obj(*fr, GFP_ATOMIC);
	if (!fr)
		return NULL;

	INIT_LIST_HEAD(&fr->entry);
	guard(spinlock_irqsave)(&udc->lock);
	udc->requests++;

	return &fr->req;
}

static void fake_udc_free_request(struct usb_ep *ep, struct usb_request *req)
{
	struct fake_request *fr = to_fake_request(req);
	struct fake_udc *udc = to_fake_ep(ep)->udc;

	scoped_guard(spinlock_irqsave, &udc->lock) {
		if (!list_empty(&fr->entry)) {
			fake_udc_wrong(udc, "a request is freed that is in flight");
			list_del(&fr->entry);
		}
		udc->requests--;
	}
	kfree(fr);
	wake_up_all(&udc->idle);
}

static int fake_udc_queue(struct usb_ep *ep, struct usb_request *req, gfp_t gfp)
{
	struct fake_request *fr = to_fake_request(req);
	struct fake_ep *fep = to_fake_ep(ep);

	guard(spinlock_irqsave)(&fep->udc->lock);

	if (fep->refuse)
		return fep->refuse;

	if (!list_empty(&fr->entry)) {
		fake_udc_wrong(fep->udc, "a request is queued that is in flight");
		return -EBUSY;
	}

	fr->dequeued = false;
	req->status = -EINPROGRESS;
	req->actual = 0;
	list_add_tail(&fr->entry, &fep->queue);

	return 0;
}

/* The request may be a stale pointer: compare it before it is used */
static struct fake_request *fake_udc_find(struct fake_ep *fep, struct usb_request *req)
{
	struct fake_request *fr;

	lockdep_assert_held(&fep->udc->lock);

	list_for_each_entry(fr, &fep->queue, entry)
		if (&fr->req == req)
			return fr;

	return NULL;
}

static int fake_udc_dequeue(struct usb_ep *ep, struct usb_request *req)
{
	struct fake_ep *fep = to_fake_ep(ep);
	struct fake_request *fr;

	scoped_guard(spinlock_irqsave, &fep->udc->lock) {
		fr = fake_udc_find(fep, req);
		if (!fr)
			return -EINVAL;
		fr->dequeued = true;
		if (READ_ONCE(fep->late))
			return 0;
		fake_udc_take(fep->udc, fr);
	}
	fake_udc_give_back(fep, fr, -ECONNRESET, 0);

	return 0;
}

static int fake_udc_set_halt(struct usb_ep *ep, int value)
{
	return 0;
}

static const struct usb_ep_ops fake_udc_ep_ops = {
	.enable = fake_udc_enable,
	.disable = fake_udc_disable,
	.alloc_request = fake_udc_alloc_request,
	.free_request = fake_udc_free_request,
	.queue = fake_udc_queue,
	.dequeue = fake_udc_dequeue,
	.set_halt = fake_udc_set_halt,
};

static const struct usb_gadget_ops fake_udc_ops = {};

/**
 * fake_udc_pending() - count the requests in flight
 * @fep: The endpoint
 *
 * Return: How many requests are in flight.
 */
unsigned int fake_udc_pending(struct fake_ep *fep)
{
	guard(spinlock_irqsave)(&fep->udc->lock);

	return list_count_nodes(&fep->queue);
}

/**
 * fake_udc_oldest() - look at a request in flight
 * @fep: The endpoint
 *
 * Return: The request that is next to be transferred, or NULL.
 */
struct usb_request *fake_udc_oldest(struct fake_ep *fep)
{
	struct fake_request *fr;

	guard(spinlock_irqsave)(&fep->udc->lock);

	fr = fake_udc_first(fep);

	return fr ? &fr->req : NULL;
}

/**
 * fake_udc_complete() - end the oldest request
 * @fep: The endpoint
 * @status: How: 0 or a negative error
 * @actual: Bytes that were transferred, at most those of the request
 *
 * Return: false if nothing is in flight.
 */
bool fake_udc_complete(struct fake_ep *fep, int status, unsigned int actual)
{
	struct fake_request *fr = fake_udc_take_first(fep);

	if (!fr)
		return false;

	fake_udc_give_back(fep, fr, status, min(actual, fr->req.length));

	return true;
}

static void fake_udc_return_dequeued_of(struct fake_ep *fep)
{
	struct fake_request *fr;

	while ((fr = fake_udc_take_dequeued(fep)))
		fake_udc_give_back(fep, fr, -ECONNRESET, 0);
}

/**
 * fake_udc_return_dequeued() - the hardware has stopped
 * @udc: The controller, which gives back what was dequeued
 */
void fake_udc_return_dequeued(struct fake_udc *udc)
{
	fake_udc_return_dequeued_of(&udc->in);
	fake_udc_return_dequeued_of(&udc->out);
}

static void fake_udc_late_work(struct work_struct *work)
{
	fake_udc_return_dequeued(container_of(work, struct fake_udc, late_work));
}

/**
 * fake_udc_return_dequeued_by_work() - the same, from a worker
 * @udc: The controller
 *
 * Returns when that has been done.
 */
void fake_udc_return_dequeued_by_work(struct fake_udc *udc)
{
	schedule_work(&udc->late_work);
	flush_work(&udc->late_work);
}

static bool fake_udc_is_idle(struct fake_udc *udc)
{
	guard(spinlock_irqsave)(&udc->lock);

	return !udc->returning;
}

/**
 * fake_udc_synchronize() - wait for what is being given back by other threads
 * @udc: The controller
 *
 * As the UDC core does with a controller's interrupt before it unbinds a gadget.
 */
void fake_udc_synchronize(struct fake_udc *udc)
{
	wait_event(udc->idle, fake_udc_is_idle(udc));
}

static bool fake_udc_has_requests(struct fake_udc *udc, unsigned int requests)
{
	guard(spinlock_irqsave)(&udc->lock);

	return udc->requests == requests;
}

/**
 * fake_udc_wait_requests() - wait until so many requests are left
 * @udc: The controller
 * @requests: How many
 *
 * Return: false if they stay allocated.
 */
bool fake_udc_wait_requests(struct fake_udc *udc, unsigned int requests)
{
	return wait_event_timeout(udc->idle, fake_udc_has_requests(udc, requests),
				  FAKE_UDC_PATIENCE);
}

static void fake_udc_add_ep(struct fake_udc *udc, struct fake_ep *fep, const char *name)
{
	fep->udc = udc;
	INIT_LIST_HEAD(&fep->queue);
	fep->ep.name = name;
	fep->ep.ops = &fake_udc_ep_ops;
	INIT_LIST_HEAD(&fep->ep.ep_list);
	usb_ep_set_maxpacket_limit(&fep->ep, FAKE_UDC_PACKET);
	fep->ep.caps.type_bulk = true;
	fep->ep.caps.dir_in = fep == &udc->in;
	fep->ep.caps.dir_out = fep == &udc->out;
	if (fep != &udc->ep0)
		list_add_tail(&fep->ep.ep_list, &udc->gadget.ep_list);
}

static void fake_udc_release(struct device *dev)
{
	kfree(container_of(dev, struct fake_udc, gadget.dev));
}

static void fake_udc_put(void *data)
{
	struct fake_udc *udc = data;

	flush_work(&udc->late_work);
	KUNIT_EXPECT_NULL_MSG(udc->test, udc->wrong, "%s", udc->wrong);
	KUNIT_EXPECT_EQ_MSG(udc->test, udc->requests, 0, "requests are leaked");
	usb_put_gadget(&udc->gadget);
}

/**
 * fake_udc_create() - make a controller
 * @test: The test, which fails if requests are left behind, or were not handled as
 *	the API wants
 * @parent: The device that drivers know as the controller
 *
 * Return: The controller, with scatter-gather, at high speed.
 */
struct fake_udc *fake_udc_create(struct kunit *test, struct device *parent)
{
	struct fake_udc *udc = kzalloc_obj(*udc);

	KUNIT_ASSERT_NOT_NULL(test, udc);
	udc->test = test;
	spin_lock_init(&udc->lock);
	init_waitqueue_head(&udc->idle);
	INIT_WORK(&udc->late_work, fake_udc_late_work);
	usb_initialize_gadget(parent, &udc->gadget, fake_udc_release);
	dev_set_name(&udc->gadget.dev, "fake-gadget");
	udc->gadget.name = "fake-udc";
	udc->gadget.ops = &fake_udc_ops;
	udc->gadget.speed = USB_SPEED_HIGH;
	udc->gadget.max_speed = USB_SPEED_HIGH;
	udc->gadget.sg_supported = true;
	INIT_LIST_HEAD(&udc->gadget.ep_list);
	fake_udc_add_ep(udc, &udc->ep0, "ep0");
	fake_udc_add_ep(udc, &udc->in, "ep1in");
	fake_udc_add_ep(udc, &udc->out, "ep2out");
	udc->gadget.ep0 = &udc->ep0.ep;
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, fake_udc_put, udc));

	return udc;
}
