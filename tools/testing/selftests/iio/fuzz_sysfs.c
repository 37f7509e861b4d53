// SPDX-License-Identifier: GPL-2.0
/*
 * The settings of a buffer, which change under those who use it.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "fuzz.h"

static const struct iio_target *any_target(struct fuzz_thread *t)
{
	return &t->targets[fuzz_any_side(t)];
}

/* A buffer without channels, as it is at first, cannot be enabled. */
int fuzz_enable(struct fuzz_thread *t, unsigned int side)
{
	struct iio_target *target = &t->targets[side];
	int ret = iio_enable(target, true);

	if (ret != -EINVAL || fuzz_one_in(t, 4))
		return ret;
	iio_select_channels(target, NULL);

	return iio_enable(target, true);
}

static int do_enable(struct fuzz_thread *t)
{
	return fuzz_enable(t, fuzz_any_side(t));
}

static int do_disable(struct fuzz_thread *t)
{
	return iio_enable(any_target(t), false);
}

static int do_length(struct fuzz_thread *t)
{
	unsigned long long n = 1 + fuzz_below(t, 4096);

	if (fuzz_one_in(t, 16))
		n = fuzz_odd_number(t) >> fuzz_below(t, 64);

	/* What is asked for is allocated when the buffer is enabled */
	return iio_buffer_attr_write(any_target(t), "length", n);
}

static int do_watermark(struct fuzz_thread *t)
{
	return iio_buffer_attr_write(any_target(t), "watermark",
				     fuzz_below(t, 4096));
}

static int do_channel(struct fuzz_thread *t)
{
	const struct iio_target *target = any_target(t);
	const struct iio_channel *c;

	if (!target->num_channels)
		return -ENOENT;
	c = &target->channels[fuzz_below(t, target->num_channels)];

	return sysfs_write(fuzz_one_in(t, 4) ? "0" : "1",
			   IIO_SYSFS "/%s/buffer%u/%s_en", target->device,
			   target->index, c->name);
}

/* Most of the time one that does not need a second device. */
static int do_mode(struct fuzz_thread *t)
{
	const struct iio_target *target = any_target(t);

	return iio_attr_write(target, target->dir == IIO_DIR_IN ?
			      "in_voltage_test_mode" : "out_voltage_test_mode",
			      fuzz_one_in(t, 4) ? "loopback" : "ramp");
}

static int do_read(struct fuzz_thread *t)
{
	static const char * const names[] = {
		"length", "watermark", "data_available", "enable", "length_align_bytes",
	};
	unsigned long long val;

	return iio_buffer_attr_read(any_target(t),
				    names[fuzz_below(t, ARRAY_SIZE(names))], &val);
}

static int do_nonsense(struct fuzz_thread *t)
{
	static const char * const names[] = {
		"length", "watermark", "enable", "data_available",
	};
	static const char * const values[] = { "-1", "x", "", "4294967296", "1 2" };
	const struct iio_target *target = any_target(t);

	return sysfs_write(values[fuzz_below(t, ARRAY_SIZE(values))],
			   IIO_SYSFS "/%s/buffer%u/%s", target->device,
			   target->index, names[fuzz_below(t, ARRAY_SIZE(names))]);
}

const struct fuzz_op fuzz_sysfs_ops[] = {
	{ "enable", do_enable, 30, FUZZ_ANY },
	{ "disable", do_disable, 8, FUZZ_ANY },
	{ "set length", do_length, 4, FUZZ_FILEIO },
	{ "set watermark", do_watermark, 1, FUZZ_ANY },
	{ "set a channel", do_channel, 4, FUZZ_ANY },
	{ "set the far end", do_mode, 3, FUZZ_ANY },
	{ "read an attribute", do_read, 4, FUZZ_ANY },
	{ "write nonsense", do_nonsense, 2, FUZZ_ANY },
	{ 0 },
};
