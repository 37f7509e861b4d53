// SPDX-License-Identifier: GPL-2.0
/*
 * What all runs have in common: finds and sets up the buffers, starts one
 * thread for each direction, and watches them. The watching thread never calls
 * into a buffer while data moves, so a transfer that hangs in the kernel is
 * still reported.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "calls.h"
#include "iio_buffer.h"
#include "link.h"
#include "report.h"
#include "stream.h"

#define WATCH_MS	100
#define LOG_MS		2000
#define IDLE_US		1000
/* The other end has a name: whoever waits for it knows better what to report. */
#define GRACE_S		2

bool stream_is_input(const struct stream *s)
{
	return s->target.dir == IIO_DIR_IN;
}

int stream_fail(struct stream *s, const char *fmt, ...)
{
	va_list args;
	int len;

	if (s->failure[0])
		return -1;

	len = snprintf(s->failure, sizeof(s->failure), "%s buffer%u: ",
		       s->target.device, s->target.index);
	va_start(args, fmt);
	vsnprintf(s->failure + len, sizeof(s->failure) - len, fmt, args);
	va_end(args);

	return -1;
}

void stream_block_done(struct stream *s)
{
	atomic_fetch_add(&s->blocks, 1);
	atomic_fetch_add(&s->steps, 1);
}

void stream_idle(void)
{
	usleep(IDLE_US);
}

int stream_read_count(struct stream *s, const char *path, unsigned long long *val)
{
	char text[64];
	int ret;

	ret = sysfs_read(text, sizeof(text), "%s", path);
	if (ret)
		return stream_fail(s, "%s: %s", path, strerror(-ret));

	*val = strtoull(text, NULL, 0);

	return 0;
}

/* Of what is left of @iov. */
static ssize_t write_some(struct stream *s, struct iovec *iov, unsigned int num)
{
	ssize_t n;

	do {
		n = COUNTED(writev(s->output, iov, num < IOV_MAX ? num : IOV_MAX));
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return stream_fail(s, "%s: %s", s->opt->output, strerror(errno));
	s->copied += n;

	return n;
}

static int write_output(struct stream *s, struct iovec *iov, unsigned int num)
{
	while (num) {
		ssize_t n = write_some(s, iov, num);

		if (n < 0)
			return -1;
		for (; num && (size_t)n >= iov->iov_len; iov++, num--)
			n -= iov->iov_len;
		if (!num)
			break;
		iov->iov_base = (char *)iov->iov_base + n;
		iov->iov_len -= n;
	}

	return 0;
}

int stream_take_all(struct stream *s, struct iovec *iov, unsigned int num)
{
	unsigned int i;

	for (i = 0; i < num; i++)
		verify_data(&s->verify, iov[i].iov_base, iov[i].iov_len);
	if (s->verify.lost)
		return stream_fail(s, "these samples are no part of the pattern %s",
				   pattern_name(&s->pattern));
	if (s->output < 0)
		return 0;

	return write_output(s, iov, num);
}

int stream_take(struct stream *s, void *data, size_t len)
{
	struct iovec iov = { .iov_base = data, .iov_len = len };

	if (s->link)
		return link_send(s, data, len);

	return stream_take_all(s, &iov, 1);
}

static const struct stream_ops *ops_of(const struct stream *s)
{
	if (s->opt->mode == MODE_FILEIO)
		return &stream_fileio_ops;
	if (s->opt->mode == MODE_URING)
		return s->link ? &stream_uring_send_ops : &stream_uring_ops;
	if (s->link && !s->opt->heap)
		return &stream_send_ops;

	return &stream_dmabuf_ops;
}

/* --set: for each device of the run that has this attribute. */
static void apply_set(const struct options *opt, const char *set,
		      struct stream *sides, unsigned int num)
{
	size_t len = strcspn(set, "=");
	unsigned int i, used = 0;
	char attr[128];
	int ret;

	snprintf(attr, sizeof(attr), "%.*s", (int)len, set);

	for (i = 0; i < num; i++) {
		if (!iio_attr_exists(&sides[i].target, attr))
			continue;
		ret = iio_attr_write(&sides[i].target, attr, set + len + 1);
		if (ret)
			usage_error("--set %s: %s refuses it: %s", set,
				    sides[i].target.device, strerror(-ret));
		used++;
	}
	if (!used)
		usage_error("--set %s: %s has no such attribute", set,
			    opt->dir == STREAM_LOOPBACK ? "neither device" :
			    sides[0].target.device);
}

/* The patterns other than files are made of 16-bit samples. */
static void check_samples(struct stream *s)
{
	unsigned int i;
	bool first = true;

	if (s->pattern.kind == PATTERN_FILE || s->pattern.kind == PATTERN_NONE)
		return;

	for (i = 0; i < s->target.num_channels; i++) {
		const struct iio_channel *c = &s->target.channels[i];

		if (!c->enabled)
			continue;
		if (c->size != 2 || (!first && c->be != s->pattern.be))
			usage_error("pattern %s needs samples of 16 bits, not those of %s of %s",
				    s->opt->pattern, c->name, s->target.device);
		s->pattern.be = c->be;
		first = false;
	}

	if (s->pattern.kind == PATTERN_RAMP && s->datum != 4)
		usage_error("pattern ramp needs two channels of 16 bits, %s has sets of %u bytes",
			    s->target.device, s->datum);
}

static void check_block_size(struct stream *s)
{
	unsigned long long align;

	if (s->opt->bytes_used % s->datum)
		usage_error("%zu bytes are not a multiple of the %u bytes of a sample set of %s",
			    s->opt->bytes_used, s->datum, s->target.device);

	if (iio_buffer_attr_read(&s->target, "length_align_bytes", &align) ||
	    align < 2)
		return;
	if (s->opt->bytes_used % align)
		usage_error("%zu bytes are not a multiple of %llu, the alignment of %s",
			    s->opt->bytes_used, align, s->target.device);
}

/* Nothing of this needs the device: a mistake shows before it is touched. */
static void init_pattern(struct stream *s)
{
	const struct options *opt = s->opt;
	int ret;

	ret = pattern_init(&s->pattern, opt->pattern, false);
	if (ret == -EINVAL)
		usage_error("--pattern: '%s' is unknown", opt->pattern);
	if (ret)
		usage_error("--pattern %s: %s", opt->pattern, strerror(-ret));
	if (opt->join && s->pattern.kind == PATTERN_FILE)
		usage_error("--join: not with a file");

	if (opt->cyclic)
		pattern_set_period(&s->pattern, opt->bytes_used);
	verify_init(&s->verify, &s->pattern, opt->bytes_used, opt->join);
}

static void find_side(struct stream *s, const struct options *opt,
		      enum iio_dir dir)
{
	const struct side_options *side = dir == IIO_DIR_IN ? &opt->in :
							      &opt->out;
	int ret;

	s->opt = opt;
	s->fd = -1;
	s->output = -1;
	init_pattern(s);

	ret = iio_find(&s->target, side->device, side->buffer, dir,
		       opt->mode != MODE_FILEIO);
	if (ret)
		report_skip(opt, "no %sput buffer%s%s%s",
			    dir == IIO_DIR_IN ? "in" : "out",
			    opt->mode != MODE_FILEIO ? " that takes DMABUFs" : "",
			    side->device ? " at " : "",
			    side->device ? side->device : "");
}

static void open_output(struct stream *s)
{
	const char *path = s->opt->output;

	if (!path || !stream_is_input(s))
		return;

	s->output = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (s->output < 0)
		usage_error("--output %s: %s", path, strerror(errno));
}

static int set_up(struct stream *s)
{
	const struct options *opt = s->opt;
	int ret;

	ret = iio_select_channels(&s->target, opt->channels);
	if (ret == -ENOENT)
		usage_error("--channels: %s has no %sput channel %s",
			    s->target.device, stream_is_input(s) ? "in" : "out",
			    opt->channels ? opt->channels : "");
	if (ret)
		return stream_fail(s, "channels: %s", strerror(-ret));

	s->datum = iio_datum_size(&s->target);
	check_samples(s);
	check_block_size(s);
	open_output(s);
	if (opt->sends && link_open(s))
		return -1;

	s->fd = iio_open(&s->target, opt->nonblock ? O_NONBLOCK : 0);
	if (s->fd < 0)
		return stream_fail(s, "open: %s", strerror(-s->fd));

	return 0;
}

static int start(struct stream *s)
{
	int ret;

	clock_gettime(CLOCK_MONOTONIC, &s->begin);
	ret = iio_enable(&s->target, true);
	if (ret)
		return stream_fail(s, "enable: %s", strerror(-ret));

	return 0;
}

static void *worker(void *arg)
{
	const struct stream_ops *ops = ops_of(arg);
	struct stream *s = arg;
	int ret;

	ret = ops->begin ? ops->begin(s) : 0;
	if (ret)
		atomic_store(&s->state, STREAM_FAILED);
	sem_post(&s->ready);
	sem_wait(&s->go);

	num_calls = 0;
	ret = ops->run(s);
	s->calls = num_calls;
	clock_gettime(CLOCK_MONOTONIC, &s->end);
	atomic_store(&s->state, ret ? STREAM_FAILED : STREAM_DONE);

	return NULL;
}

/* On a terminal one line that changes, elsewhere now and then a new one. */
static void print_progress(const struct stream *sides, unsigned int num,
			   unsigned int ms, bool last)
{
	bool tty = isatty(STDERR_FILENO);
	unsigned int i;

	if (!tty && !last && ms % LOG_MS)
		return;

	for (i = 0; i < num; i++)
		fprintf(stderr, "%s%s: block %u of %llu", i ? ", " : "",
			sides[i].target.name, atomic_load(&sides[i].blocks),
			sides[i].opt->blocks);
	fprintf(stderr, "%s", tty && !last ? "\r" : "\n");
}

/* Has one of them failed, or have all of them ended? */
static bool over(const struct stream *sides, unsigned int num)
{
	unsigned int i, done = 0;

	for (i = 0; i < num; i++) {
		if (atomic_load(&sides[i].state) == STREAM_FAILED)
			return true;
		done += atomic_load(&sides[i].state) == STREAM_DONE;
	}

	return done == num;
}

static unsigned int all_steps(const struct stream *sides, unsigned int num)
{
	unsigned int i, sum = 0;

	for (i = 0; i < num; i++)
		sum += atomic_load(&sides[i].steps);

	return sum;
}

/* Returns false if they hang. */
static bool watch(struct stream *sides, unsigned int num)
{
	const struct options *opt = sides[0].opt;
	unsigned int limit_s = opt->timeout + (opt->sends ? GRACE_S : 0);
	unsigned int steps = 0, quiet_ms = 0, ms = 0;

	while (!over(sides, num)) {
		unsigned int now = all_steps(sides, num);
		/* A short run should not have to wait for the next look. */
		unsigned int pause = ms < WATCH_MS ? 1 : WATCH_MS;

		quiet_ms = now == steps ? quiet_ms + pause : 0;
		steps = now;
		if (quiet_ms >= limit_s * 1000)
			return false;
		if (opt->progress && pause == WATCH_MS)
			print_progress(sides, num, ms, false);
		usleep(pause * 1000);
		ms += pause;
	}
	if (opt->progress)
		print_progress(sides, num, ms, true);

	return true;
}

static int prepare(struct stream *sides, unsigned int num)
{
	unsigned int i;

	for (i = 0; i < num; i++)
		if (ops_of(&sides[i])->prepare(&sides[i]))
			return -1;

	return 0;
}

/* One after the other: the thread goes on when the buffers are enabled. */
static int create_thread(struct stream *s, pthread_t *thread)
{
	int ret;

	sem_init(&s->ready, 0, 0);
	sem_init(&s->go, 0, 0);
	ret = pthread_create(thread, NULL, worker, s);
	if (ret)
		return stream_fail(s, "thread: %s", strerror(ret));
	sem_wait(&s->ready);

	return atomic_load(&s->state) == STREAM_FAILED ? -1 : 0;
}

static int run(struct stream *sides, unsigned int num)
{
	pthread_t threads[2];
	unsigned int i;

	for (i = 0; i < num; i++)
		if (create_thread(&sides[i], &threads[i]))
			return -1;

	/* The receiver comes first in the array. */
	for (i = 0; i < num; i++)
		if (start(&sides[i]))
			return -1;
	for (i = 0; i < num; i++)
		sem_post(&sides[i].go);

	if (!watch(sides, num))
		return stream_fail(&sides[0], "no block for %u seconds",
				   sides[0].opt->timeout);

	for (i = 0; i < num; i++)
		if (atomic_load(&sides[i].state) == STREAM_FAILED)
			return -1;

	for (i = 0; i < num; i++)
		pthread_join(threads[i], NULL);

	return 0;
}

static void disable_all(struct stream *sides, unsigned int num)
{
	unsigned int i;
	int ret;

	for (i = num; i-- > 0; ) {
		ret = iio_enable(&sides[i].target, false);
		if (ret)
			stream_fail(&sides[i], "disable: %s", strerror(-ret));
	}
}

static void tear_down(struct stream *sides, unsigned int num)
{
	unsigned int i;

	disable_all(sides, num);
	for (i = num; i-- > 0; ) {
		ops_of(&sides[i])->finish(&sides[i]);
		close(sides[i].fd);
		if (sides[i].link)
			net_close(&sides[i].link->net);
		if (sides[i].output >= 0 && close(sides[i].output))
			stream_fail(&sides[i], "%s: %s", sides[i].opt->output,
				    strerror(errno));
	}
}

/* The receiver of an output has counted what it got. */
static void ask_sink(struct stream *s, struct result *r)
{
	const struct options *opt = s->opt;
	unsigned long long bytes;

	if (!opt->sink_bytes ||
	    stream_read_count(s, opt->sink_bytes, &bytes) ||
	    stream_read_count(s, opt->sink_errors, &r->errors))
		return;

	if (opt->cyclic ? bytes < r->bytes : bytes != r->bytes)
		stream_fail(s, "the receiver has got %llu of %llu bytes",
			    bytes, r->bytes);
	r->verified = bytes;
}

static double seconds_between(const struct timespec *a, const struct timespec *b)
{
	return b->tv_sec - a->tv_sec + (b->tv_nsec - a->tv_nsec) / 1e9;
}

static void fill_result(struct stream *s, struct result *r)
{
	const struct options *opt = s->opt;

	r->mode = mode_name(opt->mode);
	r->dir = dir_name(opt->dir);
	r->block_size = opt->bytes_used;
	r->blocks = atomic_load(&s->blocks);
	r->bytes = r->blocks * opt->bytes_used;
	if (atomic_load(&s->state) == STREAM_DONE)
		r->seconds = seconds_between(&s->begin, &s->end);

	if (atomic_load(&s->state) == STREAM_DONE) {
		r->calls = s->calls;
		r->copied = s->copied;
	}
	r->note = s->note[0] ? s->note : NULL;

	if (!stream_is_input(s)) {
		ask_sink(s, r);
		return;
	}
	if (s->link) {
		r->errors = s->link->answer.errors;
		r->verified = s->link->answer.verified;
		return;
	}

	r->errors = s->verify.errors;
	if (r->errors)
		r->first = &s->verify.first;
	if (verify_active(&s->verify))
		r->verified = s->verify.bytes;
}

static unsigned int find_sides(struct stream *sides, const struct options *opt)
{
	if (opt->dir != STREAM_LOOPBACK) {
		find_side(&sides[0], opt,
			  opt->dir == STREAM_IN ? IIO_DIR_IN : IIO_DIR_OUT);
		return 1;
	}

	find_side(&sides[0], opt, IIO_DIR_IN);
	find_side(&sides[1], opt, IIO_DIR_OUT);
	sides[0].peer = &sides[1];
	sides[1].peer = &sides[0];

	return 2;
}

/* Somebody may have left it running, and it refuses new settings then. */
static int stop(struct stream *s)
{
	int ret = iio_enable(&s->target, false);

	return ret ? stream_fail(s, "disable: %s", strerror(-ret)) : 0;
}

static int set_up_all(struct stream *sides, unsigned int num)
{
	const struct options *opt = sides[0].opt;
	unsigned int i;

	for (i = 0; i < num; i++)
		if (stop(&sides[i]))
			return -1;
	for (i = 0; i < opt->num_sets; i++)
		apply_set(opt, opt->set[i], sides, num);
	for (i = 0; i < num; i++)
		if (set_up(&sides[i]))
			return -1;

	return prepare(sides, num);
}

static const char *first_failure(const struct stream *sides, unsigned int num)
{
	unsigned int i;

	for (i = 0; i < num; i++)
		if (sides[i].failure[0])
			return sides[i].failure;

	return NULL;
}

int stream_main(const struct options *opt)
{
	static struct stream sides[2];
	struct result r = { 0 };
	unsigned int num;
	int ret, status;

	num = find_sides(sides, opt);
	ret = set_up_all(sides, num);
	report_begin(opt);
	if (!ret)
		ret = run(sides, num);

	fill_result(&sides[0], &r);
	if (!ret)
		tear_down(sides, num);
	r.failure = first_failure(sides, num);
	status = report_result(opt, &r);

	/*
	 * After a failure a thread may still be in the kernel and use all of
	 * this: exiting is what cleans up then, and what it waits for has
	 * been reported before.
	 */
	fflush(stdout);
	if (ret)
		disable_all(sides, num);

	return status;
}
