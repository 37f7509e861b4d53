/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What sysfs says about an IIO device: its buffers, their direction, and the
 * channels that make up a sample set.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#ifndef IIO_SYSFS_H
#define IIO_SYSFS_H

#include <stdbool.h>
#include <stddef.h>

#include "common.h"

#define IIO_SYSFS	"/sys/bus/iio/devices"
#define IIO_MAX_CHANNELS	64

enum iio_dir {
	IIO_DIR_IN,
	IIO_DIR_OUT,
};

/* One scan element. The sizes are in bytes, as the sample lies in memory. */
struct iio_channel {
	char name[64];		/* "in_voltage0" */
	unsigned int index;	/* place in the sample set */
	unsigned int realbits;
	unsigned int size;
	unsigned int repeat;
	bool be;
	bool enabled;
};

/* One buffer of a device. Nothing here changes once it has been found. */
struct iio_target {
	char device[32];	/* "iio:device0" */
	char name[64];		/* what the device calls itself */
	unsigned int index;	/* N of bufferN */
	enum iio_dir dir;
	bool legacy;		/* buffer/ and scan_elements/, no bufferN/ */
	unsigned int num_channels;
	struct iio_channel channels[IIO_MAX_CHANNELS];
};

/* All of these return 0 or a negative errno. */
int sysfs_read(char *val, size_t size, const char *fmt, ...)
	__printf(3, 4);
int sysfs_write(const char *val, const char *fmt, ...)
	__printf(2, 3);

/*
 * Finds a buffer. @which is the name of a device, "iio:deviceN" or a path of
 * its character device, or NULL for the first that fits; @index is the number
 * of the buffer, or negative for the first with this direction.
 * -ENODEV: there is none.
 */
int iio_find(struct iio_target *t, const char *which, int index,
	     enum iio_dir dir, bool need_dmabuf);

/* Calls @fn for every buffer of every device. */
void iio_walk(void (*fn)(const struct iio_target *t));

int iio_attr_write(const struct iio_target *t, const char *attr,
		   const char *val);
bool iio_attr_exists(const struct iio_target *t, const char *attr);
/* Is @val one of the words of ATTR_available? */
bool iio_attr_offers(const struct iio_target *t, const char *attr,
		     const char *val);

/* Attributes of the buffer itself. */
int iio_buffer_attr_read(const struct iio_target *t, const char *attr,
			 unsigned long long *val);
int iio_buffer_attr_write(const struct iio_target *t, const char *attr,
			  unsigned long long val);

/*
 * Enables the channels of a comma separated list of names, with or without
 * the direction in front, or all of the buffer's direction if it is NULL, and
 * disables all others. -ENOENT: no such channel.
 */
int iio_select_channels(struct iio_target *t, const char *list);

/* Bytes of one set of samples of the enabled channels, padding included. */
unsigned int iio_datum_size(const struct iio_target *t);

#endif
