// SPDX-License-Identifier: GPL-2.0
/*
 * What is left when nobody uses a buffer any more, and whether all of them work.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "fuzz.h"

#define DEBUG		"/sys/kernel/debug"
#define SIZE		16384
#define WAIT_MS		10000

static void count_dmabufs(struct fuzz_left *left)
{
	FILE *f = fopen(DEBUG "/dma_buf/bufinfo", "r");
	char line[256];
	long n;

	left->dmabufs = f ? 0 : -1;
	left->attachments = left->dmabufs;
	while (f && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "Total %ld objects", &n) == 1 && strstr(line, "objects"))
			left->dmabufs = n;
		else if (sscanf(line, "Total %ld devices attached", &n) == 1)
			left->attachments += n;
	}
	if (f)
		fclose(f);
}

static bool mentions(const char *line, const struct fuzz_driver *d)
{
	return d->name[0] && strstr(line, d->name);
}

static bool is_ours(const char *line)
{
	unsigned int i;

	for (i = 0; i < fuzz.num_targets; i++)
		if (mentions(line, &fuzz.targets[i].controller) ||
		    mentions(line, &fuzz.targets[i].converter))
			return true;

	return mentions(line, &fuzz.usb.controller);
}

/* -1: not known */
static long list_mappings(bool show)
{
	FILE *f = fopen(DEBUG "/dma-api/dump", "r");
	long count = 0;
	char line[512];

	if (!f)
		return -1;
	while (fgets(line, sizeof(line), f)) {
		if (!is_ours(line) || fuzz_log_excuses(line))
			continue;
		count++;
		if (show)
			printf("# %s", line);
	}
	fclose(f);

	return count;
}

void fuzz_show_mappings(void)
{
	list_mappings(true);
}

void fuzz_count_left(struct fuzz_left *left)
{
	count_dmabufs(left);
	left->mappings = list_mappings(false);
}

static int transfer(int fd, struct dmabuf *d)
{
	int ret = iio_enqueue(fd, d->fd, SIZE / FUZZ_UNIT * FUZZ_UNIT, 0);

	if (ret)
		return ret;
	ret = dmabuf_wait(d, WAIT_MS);

	return ret == 1 ? 0 : -ETIMEDOUT;
}

static int attach_and_transfer(struct iio_target *target, int fd, struct dmabuf *d)
{
	int i, ret = iio_attach(fd, d->fd);

	if (!ret)
		ret = iio_enable(target, true);
	for (i = 0; i < 3 && !ret; i++)
		ret = transfer(fd, d);
	iio_enable(target, false);

	return ret;
}

static int works(struct iio_target *target)
{
	struct dmabuf d;
	int fd, ret;

	iio_enable(target, false);
	iio_select_channels(target, NULL);
	iio_attr_write(target, target->dir == IIO_DIR_IN ? "in_voltage_test_mode" :
							   "out_voltage_test_mode", "ramp");
	fd = iio_open(target, 0);
	if (fd < 0)
		return fd;
	ret = dmabuf_alloc(&d, NULL, SIZE);
	if (!ret)
		ret = attach_and_transfer(target, fd, &d);
	close(fd);

	return ret;
}

static int do_works(struct fuzz_thread *t)
{
	struct iio_target target;
	unsigned int i;
	int ret, all = 0;

	for (i = 0; i < fuzz.num_targets; i++) {
		const struct iio_target *was = &fuzz.targets[i].iio;

		ret = iio_find(&target, was->name, was->index, was->dir, false);
		if (!ret)
			ret = works(&target);
		if (!ret)
			continue;
		printf("# %s, buffer%u: %s\n", was->name, was->index, strerror(-ret));
		fflush(stdout);
		all = ret;
	}
	ret = fuzz.usb.dir ? fuzz_usb_works(t) : 0;
	if (ret) {
		printf("# USB: %s\n", strerror(-ret));
		fflush(stdout);
		all = ret;
	}

	return all;
}

const struct fuzz_op fuzz_works[] = {
	{ "transfer with each buffer", do_works },
	{ 0 },
};
