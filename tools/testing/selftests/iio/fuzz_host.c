// SPDX-License-Identifier: GPL-2.0
/*
 * The host of the gadget: sends and receives as much as it likes, changes its mind, and
 * begins again when the device has gone.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#include <errno.h>
#include <unistd.h>

#include "fuzz.h"
#include "host.h"

#define SIZE	0x20000
#define PACKET	1024

static struct host host = { .fd = -1 };

static int do_open(struct fuzz_thread *t)
{
	if (host.fd >= 0)
		host_close(&host);

	return host_open(&host, FUZZ_VENDOR, FUZZ_PRODUCT, 1 + fuzz_below(t, 200));
}

static unsigned int any_length(struct fuzz_thread *t)
{
	return 1 + fuzz_below(t, fuzz_one_in(t, 4) ? SIZE : SIZE / 16);
}

/* Most of the time there is room for whole packets. */
static unsigned int any_room(struct fuzz_thread *t)
{
	unsigned int len = any_length(t);

	return fuzz_one_in(t, 32) ? len : (len + PACKET - 1) / PACKET * PACKET;
}

/* What takes too long is taken back. */
static int finish(struct fuzz_thread *t, struct host_urb *urb)
{
	int ret = host_reap(&host, urb, 1 + fuzz_below(t, 100));

	host_cancel(&host, urb);

	return ret;
}

static int do_both(struct fuzz_thread *t)
{
	static unsigned char sent[SIZE], received[SIZE];
	struct host_urb in, out;
	int ret, error;

	ret = host_submit(&host, &out, host.out, sent, any_length(t));
	error = host_submit(&host, &in, host.in, received, any_room(t));
	if (!ret)
		ret = finish(t, &out);
	if (!error)
		error = finish(t, &in);

	return ret < 0 ? ret : error;
}

const struct fuzz_op fuzz_host_ops[] = {
	{ "host: open the device", do_open },
	{ "host: send and receive", do_both },
	{ 0 },
};

static bool is_gone(int error)
{
	return error == -ENODEV || error == -ESHUTDOWN || error == -EINVAL ||
	       error == -ENOENT;
}

static int do_host(struct fuzz_thread *t)
{
	while (!fuzz_over()) {
		fuzz_do(t, &fuzz_host_ops[0]);
		while (t->result >= 0 || !is_gone(t->result)) {
			if (host.fd < 0 || fuzz_over() || fuzz_one_in(t, 64))
				break;
			fuzz_do(t, &fuzz_host_ops[1]);
		}
	}

	return 0;
}

const struct fuzz_op fuzz_host[] = {
	{ "be the host", do_host },
	{ 0 },
};
