// SPDX-License-Identifier: GPL-2.0
/*
 * Arguments that make no sense. Each is refused with its errno, whether the
 * buffer is enabled or not, and leaves no trace: no fence that is pending, and
 * the next transfer has the samples that it would have had.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "abi.h"

#define SIZE	16384

/* A number that was a file just now. */
static int closed_fd(void)
{
	int fd = open("/dev/null", O_RDWR);

	close(fd);

	return fd;
}

static int other_fd(void)
{
	return open("/dev/null", O_RDWR | O_CLOEXEC);
}

static int raw(int fd, unsigned long request, void *arg)
{
	return ioctl(fd, request, arg) < 0 ? -errno : 0;
}

/* Never mapped. */
static void *bad_pointer(void)
{
	return (void *)8;
}

static void attach_closed_fd(struct abi *t)
{
	EXPECT(iio_attach(t->fd, closed_fd()), -EBADF);
	EXPECT(iio_attach(t->fd, -1), -EBADF);
	abi_still_works(t);
}

static void attach_other_file(struct abi *t)
{
	EXPECT(iio_attach(t->fd, other_fd()), -EINVAL);
	EXPECT(iio_attach(t->fd, t->fd), -EINVAL);
	abi_still_works(t);
}

static void attach_bad_pointer(struct abi *t)
{
	EXPECT(raw(t->fd, IIO_BUFFER_DMABUF_ATTACH_IOCTL, bad_pointer()),
	       -EFAULT);
	abi_still_works(t);
}

static void detach_closed_fd(struct abi *t)
{
	EXPECT(iio_detach(t->fd, closed_fd()), -EBADF);
	abi_still_works(t);
}

static void detach_other_file(struct abi *t)
{
	EXPECT(iio_detach(t->fd, other_fd()), -EINVAL);
	abi_still_works(t);
}

static void detach_not_attached(struct abi *t)
{
	struct dmabuf *d = abi_alloc(t, SIZE);

	EXPECT(iio_detach(t->fd, d->fd), -EPERM);
	abi_still_works(t);
}

static void detach_bad_pointer(struct abi *t)
{
	EXPECT(raw(t->fd, IIO_BUFFER_DMABUF_DETACH_IOCTL, bad_pointer()),
	       -EFAULT);
	abi_still_works(t);
}

static void enqueue_closed_fd(struct abi *t)
{
	EXPECT(iio_enqueue(t->fd, closed_fd(), SIZE, 0), -EBADF);
	abi_still_works(t);
}

static void enqueue_other_file(struct abi *t)
{
	EXPECT(iio_enqueue(t->fd, other_fd(), SIZE, 0), -EINVAL);
	abi_still_works(t);
}

static void enqueue_not_attached(struct abi *t)
{
	struct dmabuf *d = abi_alloc(t, SIZE);

	EXPECT(iio_enqueue(t->fd, d->fd, abi_size(t, SIZE), 0), -EPERM);
	CHECK(!abi_pending(t, d), "a fence is pending");
	abi_still_works(t);
}

static void enqueue_detached(struct abi *t)
{
	struct dmabuf *d = abi_attached(t, SIZE);

	EXPECT(iio_detach(t->fd, d->fd), 0);
	EXPECT(iio_enqueue(t->fd, d->fd, abi_size(t, SIZE), 0), -EPERM);
	CHECK(!abi_pending(t, d), "a fence is pending");
	abi_still_works(t);
}

static void enqueue_bad_pointer(struct abi *t)
{
	EXPECT(raw(t->fd, IIO_BUFFER_DMABUF_ENQUEUE_IOCTL, bad_pointer()),
	       -EFAULT);
	abi_still_works(t);
}

static void refuse(struct abi *t, struct dmabuf *d, uint64_t bytes_used,
		   uint32_t flags)
{
	int ret = iio_enqueue(t->fd, d->fd, bytes_used, flags);

	CHECK(ret == -EINVAL,
	      "%llu bytes, flags 0x%x, %s: expected -EINVAL, got %s",
	      (unsigned long long)bytes_used, flags,
	      t->enabled ? "enabled" : "disabled", abi_error(ret));
	CHECK(!abi_pending(t, d),
	      "%llu bytes, flags 0x%x, %s: refused, but a fence is pending",
	      (unsigned long long)bytes_used, flags,
	      t->enabled ? "enabled" : "disabled");
}

/* The block that was refused is as good as any other afterwards. */
static void works_with(struct abi *t, struct dmabuf *d)
{
	abi_transfer(t, d, abi_size(t, SIZE));
	abi_check_sink(t, abi_size(t, SIZE));
}

static void bad_size(struct abi *t, struct dmabuf *d, uint64_t bytes_used)
{
	refuse(t, d, bytes_used, 0);
	abi_enable(t);
	refuse(t, d, bytes_used, 0);
	works_with(t, d);
}

static void bytes_used_zero(struct abi *t)
{
	bad_size(t, abi_attached(t, SIZE), 0);
}

static void bytes_used_too_large(struct abi *t)
{
	struct dmabuf *d = abi_attached(t, SIZE);

	bad_size(t, d, d->size / t->side->unit * t->side->unit + t->side->unit);
}

/* What is left of these in 32 bits would fit. */
static void bytes_used_4g(struct abi *t)
{
	struct dmabuf *d = abi_attached(t, SIZE);

	bad_size(t, d, (1ULL << 32) * t->side->unit + abi_size(t, SIZE));
}

static void bytes_used_largest(struct abi *t)
{
	struct dmabuf *d = abi_attached(t, SIZE);

	bad_size(t, d, UINT64_MAX / t->side->unit * t->side->unit);
}

/* The size of a sample set is known when the buffer has been enabled. */
static void bytes_used_part_of_a_set(struct abi *t)
{
	struct dmabuf *d = abi_attached(t, SIZE);
	size_t bytes = t->side->align;

	if (t->side->datum == 1)
		abi_skip("a sample set has one byte");

	/* Aligned and yet not whole, if there is such a length. */
	if (bytes % t->side->datum == 0)
		bytes = t->side->datum + t->side->datum / 2;

	abi_enable(t);
	refuse(t, d, bytes, 0);
	works_with(t, d);
}

static void bytes_used_unaligned(struct abi *t)
{
	struct dmabuf *d = abi_attached(t, SIZE);
	size_t bytes = t->side->datum;

	if (t->side->align == 1)
		abi_skip("lengths need no alignment");

	/* Whole sets and yet not aligned, if there is such a length. */
	if (bytes % t->side->align == 0)
		bytes = t->side->align + t->side->align / 2;

	bad_size(t, d, bytes);
}

static void unknown_flags(struct abi *t)
{
	struct dmabuf *d = abi_attached(t, SIZE);
	unsigned int bit;

	for (bit = 1; bit < 32; bit++)
		refuse(t, d, abi_size(t, SIZE), 1U << bit);
	abi_enable(t);
	for (bit = 1; bit < 32; bit++)
		refuse(t, d, abi_size(t, SIZE), 1U << bit);
	works_with(t, d);
}

static void unknown_flag_beside_cyclic(struct abi *t)
{
	struct dmabuf *d = abi_attached(t, SIZE);

	refuse(t, d, abi_size(t, SIZE), IIO_BUFFER_DMABUF_CYCLIC | 1U << 1);
	abi_enable(t);
	works_with(t, d);
}

static void cyclic_input(struct abi *t)
{
	struct dmabuf *d = abi_attached(t, SIZE);

	refuse(t, d, abi_size(t, SIZE), IIO_BUFFER_DMABUF_CYCLIC);
	abi_enable(t);
	refuse(t, d, abi_size(t, SIZE), IIO_BUFFER_DMABUF_CYCLIC);
	works_with(t, d);
}

static void unknown_ioctl(struct abi *t)
{
	uint64_t arg[8] = { 0 };

	EXPECT(raw(t->fd, _IOW('i', 0x7f, uint64_t), arg), -EINVAL);
	EXPECT(raw(t->fd, _IOW('x', 0x92, int), arg), -EINVAL);
	/* The right number with a struct of the wrong size. */
	EXPECT(raw(t->fd, _IOW('i', 0x94, uint64_t), arg), -EINVAL);
	abi_still_works(t);
}

static void buffer_opened_twice(struct abi *t)
{
	EXPECT(iio_open(&t->target, 0), -EBUSY);
	abi_still_works(t);
}

static void buffer_opened_again(struct abi *t)
{
	abi_close(t);
	abi_reopen(t);
	abi_still_works(t);
}

static void no_such_buffer(struct abi *t)
{
	struct iio_target other = t->target;

	other.index = 1000;
	EXPECT(iio_open(&other, 0), -ENODEV);
	abi_still_works(t);
}

const struct abi_test abi_args_tests[] = {
	{ "attach_closed_fd", attach_closed_fd, SIDE_ANY, 0 },
	{ "attach_other_file", attach_other_file, SIDE_ANY, 0 },
	{ "attach_bad_pointer", attach_bad_pointer, SIDE_ANY, 0 },
	{ "detach_closed_fd", detach_closed_fd, SIDE_ANY, 0 },
	{ "detach_other_file", detach_other_file, SIDE_ANY, 0 },
	{ "detach_not_attached", detach_not_attached, SIDE_ANY, 0 },
	{ "detach_bad_pointer", detach_bad_pointer, SIDE_ANY, 0 },
	{ "enqueue_closed_fd", enqueue_closed_fd, SIDE_ANY, 0 },
	{ "enqueue_other_file", enqueue_other_file, SIDE_ANY, 0 },
	{ "enqueue_not_attached", enqueue_not_attached, SIDE_ANY, 0 },
	{ "enqueue_detached", enqueue_detached, SIDE_ANY, 0 },
	{ "enqueue_bad_pointer", enqueue_bad_pointer, SIDE_ANY, 0 },
	{ "bytes_used_zero", bytes_used_zero, SIDE_ANY, 0 },
	{ "bytes_used_too_large", bytes_used_too_large, SIDE_ANY, 0 },
	{ "bytes_used_4g", bytes_used_4g, SIDE_ANY, 0 },
	{ "bytes_used_largest", bytes_used_largest, SIDE_ANY, 0 },
	{ "bytes_used_part_of_a_set", bytes_used_part_of_a_set, SIDE_ANY, 0 },
	{ "bytes_used_unaligned", bytes_used_unaligned, SIDE_ANY, 0 },
	{ "unknown_flags", unknown_flags, SIDE_ANY, 0 },
	{ "unknown_flag_beside_cyclic", unknown_flag_beside_cyclic, SIDE_OUT, 0 },
	{ "cyclic_input", cyclic_input, SIDE_IN, 0 },
	{ "unknown_ioctl", unknown_ioctl, SIDE_ANY, 0 },
	{ "buffer_opened_twice", buffer_opened_twice, SIDE_ANY, 0 },
	{ "buffer_opened_again", buffer_opened_again, SIDE_ANY, 0 },
	{ "no_such_buffer", no_such_buffer, SIDE_ANY, 0 },
	{ 0 },
};
