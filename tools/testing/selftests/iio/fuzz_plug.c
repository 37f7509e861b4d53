// SPDX-License-Identifier: GPL-2.0
/*
 * The cable is pulled, by the device and by the host. One process does that, so that it
 * knows what there is; if it is killed, the next one begins by plugging in.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#include <errno.h>
#include <unistd.h>

#include "fuzz.h"
#include "host.h"

#define MOST_BETWEEN	400	/* operations of others */
#define STEP_US		5000
#define FIND_MS		2000

int fuzz_plug(bool in)
{
	if (in && fuzz.unplug)
		fuzz_bind(&fuzz.usb.controller, true);

	return sysfs_write(in ? fuzz.usb.udc : "\n", "%s/UDC", fuzz.usb.gadget);
}

static int rebind(struct fuzz_thread *t)
{
	int ret = fuzz_plug(false);

	fuzz_any_pause(t, 200);
	fuzz_plug(true);

	return ret;
}

static int rebind_controller(struct fuzz_thread *t)
{
	int ret = fuzz_bind(&fuzz.usb.controller, false);

	fuzz_any_pause(t, 200);
	fuzz_plug(true);

	return ret;
}

static int pull_up(const char *how)
{
	return sysfs_write(how, "/sys/class/udc/%s/soft_connect", fuzz.usb.udc);
}

static int reconnect(struct fuzz_thread *t)
{
	int ret = pull_up("disconnect");

	fuzz_any_pause(t, 200);
	pull_up("connect");

	return ret;
}

/* To an attribute that the host has of the device. */
static int set_and_reset(struct fuzz_thread *t, const char *attr)
{
	struct host host;
	int ret;

	if (!host_find(&host, FUZZ_VENDOR, FUZZ_PRODUCT))
		return -ENODEV;
	ret = sysfs_write("0", "%s/%s", host.dir, attr);
	fuzz_any_pause(t, 200);
	sysfs_write("1", "%s/%s", host.dir, attr);

	return ret;
}

static int deauthorize(struct fuzz_thread *t)
{
	return set_and_reset(t, "authorized");
}

static int deconfigure(struct fuzz_thread *t)
{
	return set_and_reset(t, "bConfigurationValue");
}

static int reset(struct fuzz_thread *t)
{
	(void)t;

	return host_reset(FUZZ_VENDOR, FUZZ_PRODUCT);
}

const struct fuzz_op fuzz_plug_ops[] = {
	{ "unbind and bind the gadget", rebind },
	{ "disconnect and connect the gadget", reconnect },
	{ "host: deauthorize the device", deauthorize },
	{ "host: deconfigure the device", deconfigure },
	{ "host: reset the device", reset },
	{ "unbind and bind the UDC's driver", rebind_controller },
	{ 0 },
};

#define NUM_OPS	(ARRAY_SIZE(fuzz_plug_ops) - 1)

/* It takes the host a moment to notice that the device is there again. */
static bool host_finds(void)
{
	long start = fuzz_ms();
	struct host host;

	while (!host_find(&host, FUZZ_VENDOR, FUZZ_PRODUCT)) {
		if (fuzz_over() || fuzz_ms() - start > FIND_MS)
			return false;
		usleep(STEP_US);
	}

	return true;
}

/* A host that was interrupted while it was looking at the device may give that up. */
static void plug_until_found(void)
{
	while (!fuzz_over() && !host_finds()) {
		fuzz_plug(false);
		fuzz_plug(true);
	}
}

/* Often enough whatever the machine's speed, and seldom enough for some transfers. */
static void wait_for_others(struct fuzz_thread *t)
{
	unsigned long end = fuzz.shared->total + fuzz_below(t, MOST_BETWEEN);

	while (fuzz.shared->total < end && !fuzz_over())
		usleep(STEP_US);
}

static int do_plugger(struct fuzz_thread *t)
{
	fuzz_plug(false);
	fuzz_plug(true);
	while (!fuzz_over()) {
		plug_until_found();
		wait_for_others(t);
		fuzz_do(t, &fuzz_plug_ops[fuzz.shared->unplugged++ % NUM_OPS]);
	}

	return 0;
}

bool fuzz_unplugged_in_each_way(void)
{
	const struct fuzz_op *op;

	for (op = fuzz_plug_ops; op->name; op++)
		if (!fuzz_count_of(op)->tried)
			return false;

	return true;
}

const struct fuzz_op fuzz_plugger[] = {
	{ "be the one that unplugs", do_plugger },
	{ 0 },
};
