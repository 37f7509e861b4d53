// SPDX-License-Identifier: GPL-2.0
/*
 * Each allocation fails once, and each copy from or to user space: the first,
 * the second, and so on, until a call has no more of them. It ends in success or
 * with -ENOMEM or -EFAULT, leaves nothing behind, works the next time, and the
 * samples are those that they would have been.
 *
 * In steady state ENQUEUE has nothing that can fail but reading its argument.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "kselftest.h"
#include "abi.h"
#include "fault.h"

#define SIZE		16384
#define MAX_FAULTS	5000
#define STEADY		200

/* What is tried with one fault after the other. */
struct attempt {
	/* The state in which it is called, each time. */
	void (*before)(struct abi *t);
	int (*call)(struct abi *t);
	/* After an error: it has had no effect. */
	void (*undone)(struct abi *t);
	/* After success: all is well. */
	void (*after)(struct abi *t);
	/* Others are asked who do not always say -ENOMEM. */
	bool any_error;
};

static struct dmabuf *block;	/* that the attempts are about */
static size_t length;

static void one_fault(struct abi *t, const struct attempt *a, unsigned int nth,
		      int *ret, bool *hit)
{
	a->before(t);
	fault_arm(nth);
	*ret = a->call(t);
	*hit = fault_disarm();
	if (!*ret)
		return;
	CHECK(*ret == -ENOMEM || *ret == -EFAULT || a->any_error,
	      "fault %u ends in %s", nth, abi_error(*ret));
	CHECK(*hit, "%s without a fault, the next would have been number %u",
	      abi_error(*ret), nth);
	if (a->undone)
		a->undone(t);
	EXPECT(a->call(t), 0);
}

/* Returns how many there were. */
static unsigned int every_fault(struct abi *t, const struct attempt *a)
{
	unsigned int nth, errors = 0;
	bool hit = true;
	int ret;

	fault_prepare();
	for (nth = 1; hit; nth++) {
		CHECK(nth < MAX_FAULTS, "there is no end to the faults");
		one_fault(t, a, nth, &ret, &hit);
		errors += ret < 0;
		a->after(t);
	}
	ksft_print_msg("%u faults, %u errors\n", nth - 2, errors);

	return nth - 2;
}

/*
 * ATTACH
 */

static void nothing(struct abi *t)
{
	(void)t;
}

static int attach(struct abi *t)
{
	return iio_attach(t->fd, block->fd);
}

static void not_attached(struct abi *t)
{
	CHECK(!abi_pending(t, block), "a fence is pending");
	EXPECT(iio_enqueue(t->fd, block->fd, length, 0), -EPERM);
	EXPECT(iio_detach(t->fd, block->fd), -EPERM);
}

static void sink_is_right(struct abi *t)
{
	CHECK(!abi_sink_errors(t), "the receiver has got wrong samples");
}

static void transfer_and_detach(struct abi *t)
{
	if (!t->enabled)
		abi_enable(t);
	abi_transfer(t, block, length);
	EXPECT(iio_detach(t->fd, block->fd), 0);
	sink_is_right(t);
}

static void choose_block(struct abi *t)
{
	length = abi_size(t, SIZE);
	block = abi_alloc(t, length);
}

static void attach_faults(struct abi *t)
{
	static const struct attempt a = {
		.before = nothing,
		.call = attach,
		.undone = not_attached,
		.after = transfer_and_detach,
	};

	abi_still_works(t);
	choose_block(t);
	CHECK(every_fault(t, &a), "ATTACH allocates nothing?");
}

static void disabled(struct abi *t)
{
	if (t->enabled)
		abi_disable(t);
}

/* The buffer has none yet: it also leaves read() and write(). */
static void attach_first_faults(struct abi *t)
{
	static const struct attempt a = {
		.before = disabled,
		.call = attach,
		.undone = not_attached,
		.after = transfer_and_detach,
	};

	choose_block(t);
	CHECK(every_fault(t, &a), "ATTACH allocates nothing?");
}

/*
 * ENQUEUE
 */

static unsigned int enqueue_flags;

static int enqueue(struct abi *t)
{
	return iio_enqueue(t->fd, block->fd, length, enqueue_flags);
}

/* A length that has not been prepared lately */
static void load_other_length(struct abi *t)
{
	static unsigned int turn;

	length = abi_size(t, SIZE - 4096) / t->side->unit * t->side->unit;
	length -= turn++ % 8 * t->side->unit;
	abi_load(t, block, length);
}

static void not_enqueued(struct abi *t)
{
	CHECK(!abi_pending(t, block), "a fence is pending");
}

static void transferred(struct abi *t)
{
	abi_done(t, block, length);
	sink_is_right(t);
}

static void enqueue_faults(struct abi *t)
{
	static const struct attempt a = {
		.before = load_other_length,
		.call = enqueue,
		.undone = not_enqueued,
		.after = transferred,
	};

	abi_still_works(t);
	choose_block(t);
	EXPECT(iio_attach(t->fd, block->fd), 0);
	CHECK(every_fault(t, &a) > 1, "ENQUEUE of a new length allocates nothing?");
}

static void load(struct abi *t)
{
	abi_load(t, block, length);
}

static void steady(struct abi *t)
{
	abi_still_works(t);
	choose_block(t);
	EXPECT(iio_attach(t->fd, block->fd), 0);
	abi_transfer(t, block, length);
}

static void enqueue_steady_faults(struct abi *t)
{
	static const struct attempt a = {
		.before = load,
		.call = enqueue,
		.undone = not_enqueued,
		.after = transferred,
	};
	unsigned int faults;

	steady(t);
	faults = every_fault(t, &a);
	CHECK(t->env->faults != FAULTS_STRICT || faults <= 2,
	      "%u calls that can fail, not just those for the argument and the fence",
	      faults);
}

static void enqueue_without_slabs(struct abi *t)
{
	unsigned int i, refused = 0;
	int ret;

	steady(t);
	fault_prepare();
	for (i = 0; i < STEADY; i++) {
		load(t);
		fault_all_slabs(true);
		ret = enqueue(t);
		fault_all_slabs(false);
		if (ret) {
			CHECK(ret == -ENOMEM, "transfer %u: %s", i, abi_error(ret));
			not_enqueued(t);
			EXPECT(enqueue(t), 0);
			refused++;
		}
		abi_done(t, block, length);
	}
	ksft_print_msg("%u of %u refused\n", refused, STEADY);
}

static void cyclic_runs(struct abi *t)
{
	CHECK(abi_pending(t, block), "not running");
	EXPECT(iio_detach(t->fd, block->fd), 0);
	CHECK(dmabuf_wait(block, WAIT_MS) == 1, "never ends");
	EXPECT(iio_attach(t->fd, block->fd), 0);
}

static void enqueue_cyclic_faults(struct abi *t)
{
	static const struct attempt a = {
		.before = nothing,
		.call = enqueue,
		.undone = not_enqueued,
		.after = cyclic_runs,
	};

	enqueue_flags = IIO_BUFFER_DMABUF_CYCLIC;
	choose_block(t);
	EXPECT(iio_attach(t->fd, block->fd), 0);
	abi_load(t, block, length);
	abi_enable(t);
	CHECK(every_fault(t, &a) > 1, "cyclic ENQUEUE allocates nothing?");
}

/*
 * What became of it
 */

static struct iio_dmabuf_status status;

static int ask(struct abi *t)
{
	return iio_status(t->fd, block->fd, &status);
}

static void told(struct abi *t)
{
	(void)t;
	CHECK(!status.error && status.bytes_transferred == length,
	      "error %d, %llu bytes", status.error,
	      (unsigned long long)status.bytes_transferred);
}

static void status_faults(struct abi *t)
{
	static const struct attempt a = {
		.before = nothing,
		.call = ask,
		.after = told,
	};

	if (!fault_of_user_access())
		abi_skip("copies from and to user space cannot fail");

	steady(t);
	CHECK(every_fault(t, &a), "nothing can fail?");
}

/*
 * Enabling
 */

static int enable_fd = -1;

static void open_enable(struct abi *t)
{
	char path[128];

	if (t->target.legacy)
		snprintf(path, sizeof(path), IIO_SYSFS "/%s/buffer/enable",
			 t->target.device);
	else
		snprintf(path, sizeof(path), IIO_SYSFS "/%s/buffer%u/enable",
			 t->target.device, t->target.index);
	enable_fd = open(path, O_WRONLY | O_CLOEXEC);
	CHECK(enable_fd >= 0, "%s: %s", path, strerror(errno));
}

static int enable(struct abi *t)
{
	ssize_t ret = pwrite(enable_fd, "1", 1, 0);

	t->enabled = ret == 1;

	return ret < 0 ? -errno : 0;
}

static void queue_disabled(struct abi *t)
{
	abi_disable(t);
	abi_queue(t, block, length);
}

/* It waits for the next time, or it was told that there is none. */
static void queued_or_ended(struct abi *t)
{
	unsigned long long val;

	EXPECT(iio_buffer_attr_read(&t->target, "enable", &val), 0);
	CHECK(!val, "failed, but it is enabled");
	if (abi_pending(t, block))
		return;
	abi_restart_pattern(t);
	abi_queue(t, block, length);
}

static void enable_faults(struct abi *t)
{
	static const struct attempt a = {
		.before = queue_disabled,
		.call = enable,
		.undone = queued_or_ended,
		.after = transferred,
	};

	open_enable(t);
	choose_block(t);
	EXPECT(iio_attach(t->fd, block->fd), 0);
	abi_enable(t);
	CHECK(every_fault(t, &a), "enabling does nothing that can fail?");
}

/*
 * read() and write()
 */

static char data[SIZE];

static int read_or_write(struct abi *t)
{
	ssize_t ret;

	if (t->target.dir == IIO_DIR_IN)
		ret = read(t->fd, data, length);
	else
		ret = write(t->fd, data, length);
	CHECK(ret < 0 || (size_t)ret == length, "%zd bytes of %zu", ret, length);

	return ret < 0 ? -errno : 0;
}

static void fill_data(struct abi *t)
{
	if (t->target.dir == IIO_DIR_OUT)
		pattern_fill(&t->pattern, data, length);
}

static void compare_data(struct abi *t)
{
	sink_is_right(t);
	if (t->target.dir == IIO_DIR_OUT || !t->checked)
		return;
	verify_data(&t->verify, data, length);
	CHECK(!t->verify.errors, "wrong samples, at byte %llu of the stream",
	      t->verify.first.stream_offset);
}

static void fileio_faults(struct abi *t)
{
	static const struct attempt a = {
		.before = fill_data,
		.call = read_or_write,
		.after = compare_data,
	};

	if (!fault_of_user_access())
		abi_skip("copies from and to user space cannot fail");

	/* A quarter of a block: some calls end one, others do not. */
	length = abi_size(t, 1024);
	EXPECT(iio_buffer_attr_write(&t->target, "length",
				     8 * length / t->side->datum), 0);
	abi_enable(t);
	CHECK(every_fault(t, &a), "nothing can fail?");
}

/* In each round: the blocks are allocated when the buffer is enabled. */
static void other_length_disabled(struct abi *t)
{
	static unsigned int turn;

	abi_disable(t);
	length = abi_size(t, 4096 << (turn++ & 1));
	EXPECT(iio_buffer_attr_write(&t->target, "length",
				     2 * length / t->side->datum), 0);
}

static void one_block(struct abi *t)
{
	fill_data(t);
	EXPECT(read_or_write(t), 0);
	compare_data(t);
}

static void enable_fileio_faults(struct abi *t)
{
	static const struct attempt a = {
		.before = other_length_disabled,
		.call = enable,
		.after = one_block,
	};

	open_enable(t);
	CHECK(every_fault(t, &a), "enabling allocates nothing?");
}

/*
 * Opening
 */

static int device_fd;
static int free_fd;

static void find_free_fd(struct abi *t)
{
	abi_disable(t);
	abi_close(t);
	free_fd = dup(device_fd);
	close(free_fd);
}

/* There are more rounds than blocks. */
static void works_for_now(struct abi *t)
{
	abi_still_works(t);
	abi_free(t, &t->blocks[t->num_blocks - 1]);
}

static int get_fd(struct abi *t)
{
	int fd = t->target.index;

	if (ioctl(device_fd, IIO_BUFFER_GET_FD_IOCTL, &fd) < 0)
		return -errno;
	t->fd = fd;

	return 0;
}

/*
 * When it has the descriptor but cannot tell its number, the descriptor stays
 * open. That is so in every kernel that has this ioctl.
 */
static void close_untold(struct abi *t)
{
	(void)t;
	if (!close(free_fd))
		ksft_print_msg("a descriptor stays open whose number could not be copied\n");
}

static void get_fd_faults(struct abi *t)
{
	static const struct attempt a = {
		.before = find_free_fd,
		.call = get_fd,
		.undone = close_untold,
		.after = works_for_now,
	};
	char path[64];

	if (t->target.legacy)
		abi_skip("the device is the buffer");
	snprintf(path, sizeof(path), "/dev/%s", t->target.device);
	device_fd = open(path, O_RDWR | O_CLOEXEC);
	CHECK(device_fd >= 0, "%s: %s", path, strerror(errno));
	CHECK(every_fault(t, &a), "nothing can fail?");
}

/*
 * Binding drivers
 */

static struct abi_driver converter;
static int bind_fd = -1;

static void open_bind(const struct abi_driver *d)
{
	char path[PATH_MAX + 8];

	snprintf(path, sizeof(path), "%s/bind", d->dir);
	bind_fd = open(path, O_WRONLY | O_CLOEXEC);
	CHECK(bind_fd >= 0, "%s: %s", path, strerror(errno));
}

static int write_name(const struct abi_driver *d)
{
	return pwrite(bind_fd, d->name, strlen(d->name), 0) < 0 ? -errno : 0;
}

static void take_away(const struct abi_driver *d)
{
	EXPECT(sysfs_write(d->name, "%s/unbind", d->dir), 0);
}

static void unbind_converter(struct abi *t)
{
	abi_close(t);
	take_away(&converter);
}

static int bind_converter(struct abi *t)
{
	(void)t;

	return write_name(&converter);
}

/* Files in debugfs are allowed to be missing, but these tests read some. */
static void want_debugfs(struct abi *t)
{
	const char *path = t->side->sink_bytes;

	if (t->target.dir == IIO_DIR_IN || !path ||
	    (!access(path, F_OK) && !access(t->side->sink_errors, F_OK)))
		return;
	take_away(&converter);
	EXPECT(abi_bind(&converter), 0);
}

/* It may have come back with another number. */
static void find_again(struct abi *t)
{
	struct abi_side side = *t->side;

	want_debugfs(t);
	CHECK(abi_probe_side(&side, t->target.name, t->target.dir),
	      "%s did not come back", t->target.name);
	t->target = side.target;
	t->enabled = false;
	abi_unstall(t);
	abi_reopen(t);
	works_for_now(t);
}

static void bind_faults(struct abi *t)
{
	static const struct attempt a = {
		.before = unbind_converter,
		.call = bind_converter,
		.after = find_again,
	};

	if (!abi_find_driver(t->env, t->side, &converter))
		abi_skip("%s has no driver", t->target.name);
	open_bind(&converter);
	CHECK(every_fault(t, &a), "nothing can fail?");
}

static void unbind_both(struct abi *t)
{
	unbind_converter(t);
	take_away(&t->side->controller);
}

static int bind_controller(struct abi *t)
{
	return write_name(&t->side->controller);
}

static void bind_both(struct abi *t)
{
	EXPECT(abi_bind(&converter), 0);
	find_again(t);
}

static void bind_controller_faults(struct abi *t)
{
	static const struct attempt a = {
		.before = unbind_both,
		.call = bind_controller,
		.after = bind_both,
		/* From the lists of I/O memory and of DMA channels, for example. */
		.any_error = true,
	};

	if (!*t->side->controller.name)
		abi_skip("which DMA controller has not been told");
	if (!abi_find_driver(t->env, t->side, &converter))
		abi_skip("%s has no driver", t->target.name);
	open_bind(&t->side->controller);
	CHECK(every_fault(t, &a), "nothing can fail?");
}

const struct abi_test abi_fault_tests[] = {
	{ "fault_get_fd", get_fd_faults, SIDE_ANY, NEED_FAULTS },
	{ "fault_attach_first", attach_first_faults, SIDE_ANY, NEED_FAULTS },
	{ "fault_attach", attach_faults, SIDE_ANY, NEED_FAULTS },
	{ "fault_enqueue", enqueue_faults, SIDE_ANY, NEED_FAULTS },
	{ "fault_enqueue_steady", enqueue_steady_faults, SIDE_ANY,
	  NEED_FAULTS },
	{ "fault_enqueue_without_slabs", enqueue_without_slabs, SIDE_ANY,
	  NEED_FAULTS },
	{ "fault_enqueue_cyclic", enqueue_cyclic_faults, SIDE_OUT,
	  NEED_FAULTS | NEED_CYCLIC },
	{ "fault_status", status_faults, SIDE_ANY,
	  NEED_FAULTS | NEED_STATUS_IOCTL },
	{ "fault_enable", enable_faults, SIDE_ANY, NEED_FAULTS },
	{ "fault_enable_fileio", enable_fileio_faults, SIDE_ANY, NEED_FAULTS },
	{ "fault_fileio", fileio_faults, SIDE_ANY, NEED_FAULTS },
	{ "fault_bind", bind_faults, SIDE_ANY, NEED_FAULTS | NEED_UNBIND },
	{ "fault_bind_controller", bind_controller_faults, SIDE_ANY,
	  NEED_FAULTS | NEED_UNBIND },
	{ 0 },
};
