// SPDX-License-Identifier: GPL-2.0
/*
 * What nearly every test needs: an open buffer in a known state, blocks, and
 * transfers whose data is compared where the device at the far end can produce
 * or check a known pattern.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "abi.h"

#define STAMP		0xa5
#define USUAL_SIZE	16384

static size_t lcm(size_t a, size_t b)
{
	size_t x = a, y = b;

	while (y) {
		size_t rest = x % y;

		x = y;
		y = rest;
	}

	return a / x * b;
}

bool abi_probe_side(struct abi_side *side, const char *which, enum iio_dir dir)
{
	unsigned long long align;

	if (iio_find(&side->target, which, -1, dir, true) ||
	    iio_enable(&side->target, false) ||
	    iio_select_channels(&side->target, NULL))
		return false;

	if (iio_buffer_attr_read(&side->target, "length_align_bytes", &align) ||
	    !align)
		align = 1;

	side->present = true;
	side->datum = iio_datum_size(&side->target);
	side->align = align;
	side->unit = lcm(side->datum, side->align);

	return true;
}

void abi_set(struct abi *t, const char *attr_value)
{
	size_t len = strcspn(attr_value, "=");
	char attr[128];

	snprintf(attr, sizeof(attr), "%.*s", (int)len, attr_value);
	EXPECT(iio_attr_write(&t->target, attr, attr_value + len + 1), 0);
}

/* The ramp starts again whenever the buffer is enabled. */
void abi_restart_pattern(struct abi *t)
{
	pattern_init(&t->pattern, t->checked ? "ramp" : "none", false);
	verify_init(&t->verify, &t->pattern, USUAL_SIZE, false);
}

void abi_stall(struct abi *t)
{
	abi_set(t, t->side->stall);
	t->checked = false;
	abi_restart_pattern(t);
}

void abi_unstall(struct abi *t)
{
	if (t->side->ramp)
		abi_set(t, t->side->ramp);
	t->checked = t->side->ramp;
	abi_restart_pattern(t);
}

void abi_reopen(struct abi *t)
{
	t->fd = iio_open(&t->target, 0);
	CHECK(t->fd >= 0, "cannot open %s: %s", t->target.device,
	      strerror(-t->fd));
}

int abi_open_soon(struct abi *t, int flags)
{
	long start = abi_ms();
	int fd;

	while ((fd = iio_open(&t->target, flags)) == -EBUSY &&
	       abi_ms() - start < WAIT_MS)
		usleep(1000);
	CHECK(fd >= 0, "cannot open %s: %s", t->target.device, abi_error(fd));

	return fd;
}

void abi_reopen_soon(struct abi *t)
{
	t->fd = abi_open_soon(t, 0);
}

void abi_start(struct abi *t, const struct abi_env *env,
	       const struct abi_side *side)
{
	memset(t, 0, sizeof(*t));
	t->env = env;
	t->side = side;
	t->target = side->target;

	EXPECT(iio_enable(&t->target, false), 0);
	abi_unstall(t);
	if (abi_follows_ring())
		abi_reopen_soon(t);
	else
		abi_reopen(t);
}

struct abi *abi_open_peer(struct abi *t)
{
	const struct abi_env *env = t->env;
	static struct abi peer;

	abi_start(&peer, env, t->side == &env->in ? &env->out : &env->in);
	t->peer = &peer;
	peer.peer = t;

	return &peer;
}

void abi_close(struct abi *t)
{
	close(t->fd);
	t->fd = -1;
}

void abi_enable(struct abi *t)
{
	EXPECT(iio_enable(&t->target, true), 0);
	t->enabled = true;
}

void abi_disable(struct abi *t)
{
	EXPECT(iio_enable(&t->target, false), 0);
	t->enabled = false;
	abi_restart_pattern(t);
}

size_t abi_size(const struct abi *t, size_t size)
{
	return (size + t->side->unit - 1) / t->side->unit * t->side->unit;
}

struct dmabuf *abi_alloc(struct abi *t, size_t size)
{
	struct dmabuf *d;
	int ret;

	CHECK(t->num_blocks < MAX_BLOCKS, "too many blocks");
	d = &t->blocks[t->num_blocks++];
	ret = dmabuf_alloc(d, t->env->heap, abi_size(t, size));
	CHECK(!ret, "cannot allocate %zu bytes: %s", size, strerror(-ret));

	return d;
}

struct dmabuf *abi_attached(struct abi *t, size_t size)
{
	struct dmabuf *d = abi_alloc(t, size);

	EXPECT(iio_attach(t->fd, d->fd), 0);

	return d;
}

void abi_free(struct abi *t, struct dmabuf *d)
{
	dmabuf_free(d);
	if (d == &t->blocks[t->num_blocks - 1])
		t->num_blocks--;
}

static bool is_input(const struct abi *t)
{
	return t->target.dir == IIO_DIR_IN;
}

void abi_load(struct abi *t, struct dmabuf *d, size_t len)
{
	EXPECT(dmabuf_begin_cpu(d, DMA_BUF_SYNC_WRITE), 0);
	memset(d->map, STAMP, d->size);
	if (!is_input(t))
		pattern_fill(&t->pattern, d->map, len);
	EXPECT(dmabuf_end_cpu(d, DMA_BUF_SYNC_WRITE), 0);
}

void abi_queue(struct abi *t, struct dmabuf *d, size_t len)
{
	abi_load(t, d, len);
	EXPECT(iio_enqueue(t->fd, d->fd, len, 0), 0);
}

static void compare(struct abi *t, struct dmabuf *d, size_t len)
{
	const struct mismatch *m = &t->verify.first;
	const uint8_t *data = d->map;
	size_t i;

	EXPECT(dmabuf_begin_cpu(d, DMA_BUF_SYNC_READ), 0);
	verify_data(&t->verify, data, len);
	for (i = len; i < d->size; i++)
		CHECK(data[i] == STAMP, "byte %zu written, %zu were to be used",
		      i, len);
	EXPECT(dmabuf_end_cpu(d, DMA_BUF_SYNC_READ), 0);

	CHECK(!t->verify.errors,
	      "wrong sample at byte %llu: expected 0x%04x, got 0x%04x",
	      (unsigned long long)m->stream_offset, m->expected, m->got);
}

void abi_done(struct abi *t, struct dmabuf *d, size_t len)
{
	int ret = dmabuf_wait(d, WAIT_MS);

	CHECK(ret >= 0, "poll: %s", strerror(-ret));
	CHECK(ret, "the transfer never ends");
	if (is_input(t) && t->checked)
		compare(t, d, len);
}

void abi_transfer(struct abi *t, struct dmabuf *d, size_t len)
{
	abi_queue(t, d, len);
	abi_done(t, d, len);
}

static unsigned long long read_count(const char *path)
{
	char text[64];
	int ret = sysfs_read(text, sizeof(text), "%s", path);

	CHECK(!ret, "%s: %s", path, strerror(-ret));

	return strtoull(text, NULL, 0);
}

unsigned long long abi_sink_errors(struct abi *t)
{
	if (is_input(t) || !t->side->sink_bytes || !t->checked)
		return 0;

	return read_count(t->side->sink_errors);
}

void abi_check_sink(struct abi *t, uint64_t bytes)
{
	unsigned long long got, errors;

	if (is_input(t) || !t->side->sink_bytes)
		return;

	got = read_count(t->side->sink_bytes);
	CHECK(got == bytes, "the receiver has got %llu of %llu bytes", got,
	      (unsigned long long)bytes);
	errors = abi_sink_errors(t);
	CHECK(!errors, "the receiver has got %llu wrong samples", errors);
}

/*
 * If something had been left behind by what happened before, the samples
 * would not start where they do.
 */
void abi_still_works(struct abi *t)
{
	size_t len = abi_size(t, USUAL_SIZE);
	struct dmabuf *d = abi_attached(t, len);
	unsigned int i;

	if (!t->enabled)
		abi_enable(t);
	for (i = 0; i < 3; i++)
		abi_transfer(t, d, len);
	abi_check_sink(t, 3 * len);
}

bool abi_pending(struct abi *t, struct dmabuf *d)
{
	int ret = dmabuf_wait(d, 0);

	(void)t;
	CHECK(ret >= 0, "poll: %s", strerror(-ret));

	return !ret;
}

int abi_fence(struct abi *t, struct dmabuf *d)
{
	int fence = dmabuf_export_fence(d);

	CHECK(fence >= 0, "cannot export the fence: %s", strerror(-fence));
	CHECK(abi_pending(t, d), "the fence has been signalled already");

	return fence;
}

int abi_fence_result(struct abi *t, int fence)
{
	int ret, status;

	(void)t;
	ret = fence_wait(fence, WAIT_MS);
	CHECK(ret >= 0, "poll: %s", strerror(-ret));
	CHECK(ret, "the fence is never signalled");
	EXPECT(fence_status(fence, &status), 0);
	close(fence);

	return status;
}

static void on_alarm(int sig)
{
	(void)sig;
}

int abi_enqueue_bounded(struct abi *t, struct dmabuf *d, size_t len)
{
	struct sigaction act = { .sa_handler = on_alarm }, old;
	int ret;

	sigaction(SIGALRM, &act, &old);
	alarm(BLOCKED_S);
	ret = iio_enqueue(t->fd, d->fd, len, 0);
	alarm(0);
	sigaction(SIGALRM, &old, NULL);

	return ret;
}

struct dmabuf *abi_stalled(struct abi *t)
{
	struct dmabuf *d;

	abi_stall(t);

	d = abi_attached(t, t->env->stall_size);
	abi_queue(t, d, d->size / t->side->unit * t->side->unit);
	if (!t->enabled)
		abi_enable(t);
	/* Not a time that anything takes: it only has to stand still. */
	CHECK(dmabuf_wait(d, 100) == 0, "%s does not make it wait",
	      t->side->stall);

	return d;
}
