// SPDX-License-Identifier: GPL-2.0
/*
 * Drivers of converters and DMA controllers are unbound and bound again. One process
 * does that, so that it knows what is bound; if it is killed, the next one begins by
 * binding everything.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fuzz.h"

/* The device and its driver, from the path of a directory of the device. */
void fuzz_find_driver(struct fuzz_driver *d, const char *path)
{
	char real[PATH_MAX], driver[PATH_MAX + 8];

	if (!realpath(path, real) ||
	    strlen(strrchr(real, '/') + 1) >= sizeof(d->name))
		return;
	snprintf(driver, sizeof(driver), "%s/driver", real);
	snprintf(d->name, sizeof(d->name), "%.100s", strrchr(real, '/') + 1);
	if (!realpath(driver, real) || strlen(real) >= sizeof(d->dir)) {
		d->name[0] = 0;
		return;
	}
	snprintf(d->dir, sizeof(d->dir), "%.500s", real);
}

void fuzz_find_drivers(struct fuzz_target *target)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), IIO_SYSFS "/%s/..", target->iio.device);
	fuzz_find_driver(&target->converter, path);
	snprintf(path, sizeof(path), IIO_SYSFS "/%s/../dma:%s/device", target->iio.device,
		 target->iio.dir == IIO_DIR_IN ? "rx" : "tx");
	fuzz_find_driver(&target->controller, path);
}

int fuzz_bind(const struct fuzz_driver *d, bool on)
{
	if (!d->name[0])
		return -ENODEV;

	return sysfs_write(d->name, "%s/%s", d->dir, on ? "bind" : "unbind");
}

static struct fuzz_target *any_target(struct fuzz_thread *t)
{
	return &fuzz.targets[fuzz_below(t, fuzz.num_targets)];
}

void fuzz_any_pause(struct fuzz_thread *t, unsigned int ms)
{
	usleep(1000 * fuzz_below(t, 1U << fuzz_below(t, 32 - __builtin_clz(ms))));
}

static int rebind_converter(struct fuzz_thread *t)
{
	struct fuzz_target *target = any_target(t);
	int ret = fuzz_bind(&target->converter, false);

	fuzz_any_pause(t, 200);
	fuzz_bind(&target->converter, true);

	return ret;
}

/* A converter without its controller does not find it again by itself. */
static int rebind_controller(struct fuzz_thread *t)
{
	struct fuzz_target *target = any_target(t);
	int ret = fuzz_bind(&target->controller, false);

	fuzz_any_pause(t, 200);
	fuzz_bind(&target->converter, false);
	fuzz_bind(&target->controller, true);
	fuzz_bind(&target->converter, true);

	return ret;
}

const struct fuzz_op fuzz_bind_ops[] = {
	{ "unbind and bind a converter", rebind_converter },
	{ "unbind and bind a DMA controller", rebind_controller },
	{ 0 },
};

/*
 * What is not bound before the other is: users last, or first if unbinding. The gadget
 * uses nothing of them.
 */
static int bind_all(bool on)
{
	unsigned int i;

	if (fuzz.usb.dir)
		fuzz_plug(on);
	for (i = 0; i < fuzz.num_targets; i++)
		fuzz_bind(on ? &fuzz.targets[i].controller : &fuzz.targets[i].converter, on);
	for (i = 0; i < fuzz.num_targets; i++)
		fuzz_bind(on ? &fuzz.targets[i].converter : &fuzz.targets[i].controller, on);

	return 0;
}

static int do_unbind_all(struct fuzz_thread *t)
{
	(void)t;

	return bind_all(false);
}

static int do_bind_all(struct fuzz_thread *t)
{
	(void)t;

	return bind_all(true);
}

const struct fuzz_op fuzz_unbind_all[] = {
	{ "unbind all drivers", do_unbind_all },
	{ 0 },
};

const struct fuzz_op fuzz_bind_all[] = {
	{ "bind all drivers", do_bind_all },
	{ 0 },
};

static int do_binder(struct fuzz_thread *t)
{
	fuzz_do(t, fuzz_bind_all);
	while (!fuzz_over()) {
		fuzz_any_pause(t, 2000);
		fuzz_do(t, &fuzz_bind_ops[fuzz_below(t, 2)]);
	}

	return 0;
}

const struct fuzz_op fuzz_binder[] = {
	{ "be the one that binds", do_binder },
	{ 0 },
};
