// SPDX-License-Identifier: GPL-2.0
/*
 * Everything that is known by name: finds devices, buffers and channels in
 * sysfs, reads and writes their attributes. The programs get along without a
 * library so that they run on a bare board and show what the kernel does.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "iio_buffer.h"
#include "iio_sysfs.h"

#define PATH_LEN	512

static int sysfs_open(int flags, const char *fmt, va_list args)
{
	char path[PATH_LEN];
	int fd;

	if (vsnprintf(path, sizeof(path), fmt, args) >= (int)sizeof(path))
		return -ENAMETOOLONG;

	fd = open(path, flags | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

int sysfs_read(char *val, size_t size, const char *fmt, ...)
{
	va_list args;
	ssize_t len;
	int fd, ret;

	va_start(args, fmt);
	fd = sysfs_open(O_RDONLY, fmt, args);
	va_end(args);
	if (fd < 0)
		return fd;

	len = read(fd, val, size - 1);
	ret = len < 0 ? -errno : 0;
	close(fd);
	if (ret)
		return ret;

	while (len && val[len - 1] == '\n')
		len--;
	val[len] = '\0';

	return 0;
}

int sysfs_write(const char *val, const char *fmt, ...)
{
	va_list args;
	int fd, ret;

	va_start(args, fmt);
	fd = sysfs_open(O_WRONLY, fmt, args);
	va_end(args);
	if (fd < 0)
		return fd;

	ret = write(fd, val, strlen(val)) < 0 ? -errno : 0;
	close(fd);

	return ret;
}

static const char *buffer_dir(const struct iio_target *t)
{
	static __thread char dir[24];

	if (t->legacy)
		return "buffer";

	snprintf(dir, sizeof(dir), "buffer%u", t->index);

	return dir;
}

static const char *scan_dir(const struct iio_target *t)
{
	return t->legacy ? "scan_elements" : buffer_dir(t);
}

/* "le:s12/16X2>>4": endianness, sign, real bits, storage bits, repeat, shift */
static int parse_type(struct iio_channel *c, const char *type)
{
	unsigned int realbits, storage;
	char endian, sign;

	if (sscanf(type, "%ce:%c%u/%u", &endian, &sign, &realbits,
		   &storage) != 4 || !storage || storage % 8)
		return -EINVAL;

	c->be = endian == 'b';
	c->realbits = realbits;
	c->size = storage / 8;
	c->repeat = 1;
	type = strchr(type, 'X');
	if (type)
		c->repeat = strtoul(type + 1, NULL, 10);

	return c->repeat ? 0 : -EINVAL;
}

static int read_channel(struct iio_target *t, const char *name, size_t len)
{
	struct iio_channel *c = &t->channels[t->num_channels];
	char val[64];
	int ret;

	if (t->num_channels == IIO_MAX_CHANNELS || len >= sizeof(c->name))
		return -E2BIG;

	memcpy(c->name, name, len);
	c->name[len] = '\0';

	ret = sysfs_read(val, sizeof(val), IIO_SYSFS "/%s/%s/%s_index",
			 t->device, scan_dir(t), c->name);
	if (ret)
		return ret;
	c->index = strtoul(val, NULL, 10);

	ret = sysfs_read(val, sizeof(val), IIO_SYSFS "/%s/%s/%s_type",
			 t->device, scan_dir(t), c->name);
	if (ret)
		return ret;
	ret = parse_type(c, val);
	if (ret)
		return ret;

	t->num_channels++;

	return 0;
}

static int by_index(const void *a, const void *b)
{
	const struct iio_channel *x = a, *y = b;

	return x->index < y->index ? -1 : x->index > y->index;
}

/* The length of NAME in "NAME_en", or 0. */
static size_t is_enable(const char *entry)
{
	size_t len = strlen(entry);

	if (len < 4 || strcmp(entry + len - 3, "_en"))
		return 0;

	return len - 3;
}

static int read_channels(struct iio_target *t)
{
	char path[PATH_LEN];
	struct dirent *e;
	DIR *dir;
	int ret = 0;

	snprintf(path, sizeof(path), IIO_SYSFS "/%s/%s", t->device,
		 scan_dir(t));
	dir = opendir(path);
	if (!dir)
		return -errno;

	while (!ret && (e = readdir(dir))) {
		size_t len = is_enable(e->d_name);

		if (len)
			ret = read_channel(t, e->d_name, len);
	}
	closedir(dir);

	qsort(t->channels, t->num_channels, sizeof(t->channels[0]), by_index);

	return ret;
}

static bool channel_fits(const struct iio_target *t,
			 const struct iio_channel *c)
{
	return !strncmp(c->name, t->dir == IIO_DIR_IN ? "in_" : "out_",
			t->dir == IIO_DIR_IN ? 3 : 4);
}

/* Kernels that know one buffer only don't say which way it goes. */
static enum iio_dir guess_dir(struct iio_target *t)
{
	unsigned int i;

	t->dir = IIO_DIR_OUT;
	for (i = 0; i < t->num_channels; i++)
		if (!channel_fits(t, &t->channels[i]))
			return IIO_DIR_IN;

	return t->num_channels ? IIO_DIR_OUT : IIO_DIR_IN;
}

static int read_buffer(struct iio_target *t)
{
	char val[64];
	int ret;

	ret = sysfs_read(val, sizeof(val), IIO_SYSFS "/%s/%s/enable",
			 t->device, buffer_dir(t));
	if (ret == -ENOENT && !t->index) {
		t->legacy = true;
		ret = sysfs_read(val, sizeof(val), IIO_SYSFS "/%s/%s/enable",
				 t->device, buffer_dir(t));
	}
	if (ret)
		return ret;

	if (sysfs_read(t->name, sizeof(t->name), IIO_SYSFS "/%s/name",
		       t->device))
		t->name[0] = '\0';

	ret = read_channels(t);
	if (ret)
		return ret;

	ret = sysfs_read(val, sizeof(val), IIO_SYSFS "/%s/%s/direction",
			 t->device, buffer_dir(t));
	if (ret)
		t->dir = guess_dir(t);
	else
		t->dir = strcmp(val, "out") ? IIO_DIR_IN : IIO_DIR_OUT;

	return 0;
}

static bool is_device(const char *entry)
{
	return !strncmp(entry, "iio:device", strlen("iio:device")) &&
	       strlen(entry) < sizeof(((struct iio_target *)0)->device);
}

/* Devices in the order of their numbers, whatever readdir() does. */
static int by_number(const struct dirent **a, const struct dirent **b)
{
	unsigned long x = strtoul((*a)->d_name + strlen("iio:device"), NULL, 10);
	unsigned long y = strtoul((*b)->d_name + strlen("iio:device"), NULL, 10);

	return x < y ? -1 : x > y;
}

static int only_devices(const struct dirent *e)
{
	return is_device(e->d_name);
}

/* Stops when @fn returns true; returns whether it did. */
static bool walk_device(const char *device, struct iio_target *t,
			bool (*fn)(const struct iio_target *t, void *ctx),
			void *ctx)
{
	unsigned int i;

	for (i = 0; ; i++) {
		memset(t, 0, sizeof(*t));
		snprintf(t->device, sizeof(t->device), "%.31s", device);
		t->index = i;
		if (read_buffer(t))
			return false;
		if (fn(t, ctx))
			return true;
		if (t->legacy)
			return false;
	}
}

static bool walk(struct iio_target *t,
		 bool (*fn)(const struct iio_target *t, void *ctx), void *ctx)
{
	struct dirent **list;
	bool found = false;
	int i, n;

	n = scandir(IIO_SYSFS, &list, only_devices, by_number);
	for (i = 0; i < n; i++) {
		if (!found)
			found = walk_device(list[i]->d_name, t, fn, ctx);
		free(list[i]);
	}
	if (n >= 0)
		free(list);

	return found;
}

struct wanted {
	const char *which;
	int index;
	enum iio_dir dir;
	bool dmabuf;
};

/* To ask what a buffer takes is to open it: only one that is wanted else. */
static bool is_wanted(const struct iio_target *t, void *ctx)
{
	const struct wanted *w = ctx;
	const char *which = w->which;

	if (which && !strncmp(which, "/dev/", strlen("/dev/")))
		which += strlen("/dev/");
	if (which && strcmp(which, t->device) && strcmp(which, t->name))
		return false;
	if (w->index >= 0 && (unsigned int)w->index != t->index)
		return false;

	return t->dir == w->dir && (!w->dmabuf || iio_takes_dmabufs(t));
}

int iio_find(struct iio_target *t, const char *which, int index,
	     enum iio_dir dir, bool need_dmabuf)
{
	struct wanted w = {
		.which = which,
		.index = index,
		.dir = dir,
		.dmabuf = need_dmabuf,
	};

	return walk(t, is_wanted, &w) ? 0 : -ENODEV;
}

static bool visit(const struct iio_target *t, void *ctx)
{
	void (**fn)(const struct iio_target *t) = ctx;

	(*fn)(t);

	return false;
}

void iio_walk(void (*fn)(const struct iio_target *t))
{
	struct iio_target t;

	walk(&t, visit, &fn);
}

int iio_attr_write(const struct iio_target *t, const char *attr,
		   const char *val)
{
	return sysfs_write(val, IIO_SYSFS "/%s/%s", t->device, attr);
}

bool iio_attr_exists(const struct iio_target *t, const char *attr)
{
	char path[PATH_LEN];

	snprintf(path, sizeof(path), IIO_SYSFS "/%s/%s", t->device, attr);

	return !access(path, F_OK);
}

bool iio_attr_offers(const struct iio_target *t, const char *attr,
		     const char *val)
{
	char all[256], *word, *save;

	if (sysfs_read(all, sizeof(all), IIO_SYSFS "/%s/%s_available",
		       t->device, attr))
		return false;

	for (word = strtok_r(all, " ", &save); word;
	     word = strtok_r(NULL, " ", &save))
		if (!strcmp(word, val))
			return true;

	return false;
}

int iio_buffer_attr_read(const struct iio_target *t, const char *attr,
			 unsigned long long *val)
{
	char text[64];
	int ret;

	ret = sysfs_read(text, sizeof(text), IIO_SYSFS "/%s/%s/%s", t->device,
			 buffer_dir(t), attr);
	if (ret)
		return ret;

	*val = strtoull(text, NULL, 10);

	return 0;
}

int iio_buffer_attr_write(const struct iio_target *t, const char *attr,
			  unsigned long long val)
{
	char text[32];

	snprintf(text, sizeof(text), "%llu", val);

	return sysfs_write(text, IIO_SYSFS "/%s/%s/%s", t->device,
			   buffer_dir(t), attr);
}

/* Compares one element of a list, which ends at a comma, with a name. */
static bool same_name(const char *word, size_t len, const char *name)
{
	return strlen(name) == len && !strncmp(word, name, len);
}

static bool in_list(const char *list, const char *name)
{
	size_t skip = strcspn(name, "_") + 1;

	for (;;) {
		size_t len = strcspn(list, ",");

		if (same_name(list, len, name) ||
		    same_name(list, len, name + skip))
			return true;
		if (!list[len])
			return false;
		list += len + 1;
	}
}

static bool list_is_known(const struct iio_target *t, const char *list)
{
	for (;;) {
		size_t len = strcspn(list, ",");
		unsigned int i;

		for (i = 0; i < t->num_channels; i++) {
			const char *name = t->channels[i].name;
			size_t skip = strcspn(name, "_") + 1;

			if (channel_fits(t, &t->channels[i]) &&
			    (same_name(list, len, name) ||
			     same_name(list, len, name + skip)))
				break;
		}
		if (i == t->num_channels)
			return false;
		if (!list[len])
			return true;
		list += len + 1;
	}
}

static int enable_channel(const struct iio_target *t, struct iio_channel *c,
			  bool on)
{
	c->enabled = on;

	return sysfs_write(on ? "1" : "0", IIO_SYSFS "/%s/%s/%s_en", t->device,
			   scan_dir(t), c->name);
}

/* Not all sets are possible: what is not wanted goes first. */
int iio_select_channels(struct iio_target *t, const char *list)
{
	unsigned int i, n = 0;
	int ret;

	if (list && !list_is_known(t, list))
		return -ENOENT;

	for (i = 0; i < t->num_channels; i++) {
		ret = enable_channel(t, &t->channels[i], false);
		if (ret)
			return ret;
	}

	for (i = 0; i < t->num_channels; i++) {
		struct iio_channel *c = &t->channels[i];

		if (!channel_fits(t, c) || (list && !in_list(list, c->name)))
			continue;
		ret = enable_channel(t, c, true);
		if (ret)
			return ret;
		n++;
	}

	return n ? 0 : -ENOENT;
}

static unsigned int align_up(unsigned int pos, unsigned int to)
{
	return (pos + to - 1) / to * to;
}

unsigned int iio_datum_size(const struct iio_target *t)
{
	unsigned int i, pos = 0, largest = 1;

	for (i = 0; i < t->num_channels; i++) {
		const struct iio_channel *c = &t->channels[i];
		unsigned int size = c->size * c->repeat;

		if (!c->enabled)
			continue;
		pos = align_up(pos, size) + size;
		if (size > largest)
			largest = size;
	}

	return align_up(pos, largest);
}
