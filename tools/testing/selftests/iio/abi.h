/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the tests of the DMABUF ioctls share.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#ifndef ABI_H
#define ABI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common.h"
#include "dmabuf.h"
#include "iio_buffer.h"
#include "iio_sysfs.h"
#include "pattern.h"
#include "verify.h"

/* Generous: only a transfer that never ends takes so long. */
#define WAIT_MS		abi_wait_ms
/* A call that does not return within this time has blocked. */
#define BLOCKED_S	2

#define MAX_BLOCKS	128

struct abi_driver {
	char dir[4096];
	char name[256];		/* of the device that it is bound to */
};

/* A buffer to test, and what the device at its far end can do for that. */
struct abi_side {
	struct iio_target target;
	bool present;
	bool no_sync_file;
	bool no_cyclic;
	bool no_status;
	bool no_commands;
	unsigned int datum;	/* bytes of a sample set */
	unsigned int align;	/* of lengths */
	size_t unit;		/* smallest length that fits both */
	const char *ramp;	/* ATTR=VALUE: comes from / is checked against a ramp */
	const char *stall;	/* ATTR=VALUE: does not move without the other side */
	const char *sink_bytes;	/* files of the receiver of an output, or NULL */
	const char *sink_errors;
	const char *hold;	/* file with the time that the DMA takes to stop */
	const char *counters;	/* file that counts what the DMA has to do with the CPU */
	struct abi_driver controller;	/* of the DMA; no name: not known */
};

enum abi_faults {
	FAULTS_NONE,
	FAULTS_SOME,
	FAULTS_STRICT,		/* steady state allocates a fence, nothing else */
};

/* --wait, in milliseconds. */
extern int abi_wait_ms;

struct abi_env {
	struct abi_side in;
	struct abi_side out;
	const char *heap;	/* NULL: udmabuf */
	bool connected;		/* in stall mode each waits for the other */
	unsigned int seed;	/* of what happens at random */
	size_t stall_size;	/* more than fits between the two sides */
	bool unbind;		/* tests may unbind the driver */
	enum abi_faults faults;	/* tests may have the kernel fail */
	const char *driver;	/* its directory in sysfs; NULL: find it */
	const char *driver_device;
	bool cyclic;		/* what --with says */
	bool dma_channel;
	bool huge;
	bool memcg;
	bool refusing;
};

/* One running test, and one side of it. */
struct abi {
	const struct abi_env *env;
	const struct abi_side *side;
	struct iio_target target;
	int fd;
	bool enabled;
	bool checked;		/* the far end follows the ramp */
	struct pattern pattern;
	struct verify verify;
	struct dmabuf blocks[MAX_BLOCKS];
	unsigned int num_blocks;
	struct abi *peer;	/* the other side, after abi_open_peer() */
	const void *arg;	/* of the test */
};

/* What a test cannot do without. */
enum abi_needs {
	NEED_STALL = 1 << 0,	/* a far end that can be made to wait */
	NEED_PEER = 1 << 1,	/* both sides, connected in stall mode */
	NEED_BOTH = 1 << 2,	/* both sides, whatever lies between them */
	NEED_STATUS = 1 << 3,	/* how a fence ended: sync_file */
	NEED_UNBIND = 1 << 4,
	NEED_CYCLIC = 1 << 5,	/* a DMA controller that can repeat a block */
	NEED_NO_CYCLIC = 1 << 6,
	NEED_STATUS_IOCTL = 1 << 7,
	NEED_FAULTS = 1 << 8,	/* fault injection */
	NEED_HUGE = 1 << 9,
	NEED_MEMCG = 1 << 10,
	NEED_REFUSING = 1 << 11,	/* a DMA that reports errors */
	NEED_HOLD = 1 << 12,	/* a DMA that can be kept from stopping */
	NEED_ONE_DEVICE = 1 << 13,	/* that has both buffers */
	NEED_COMMANDS = 1 << 14,	/* ENQUEUE through io_uring */
	NEED_COUNTERS = 1 << 15,	/* a DMA that counts register accesses */
};

enum abi_sides {
	SIDE_IN = 1 << 0,
	SIDE_OUT = 1 << 1,
	SIDE_ANY = SIDE_IN | SIDE_OUT,
};

struct abi_test {
	const char *name;
	void (*fn)(struct abi *t);
	unsigned int sides;
	unsigned int needs;
	const void *arg;	/* for @fn */
};

/* One list for each file of tests, ended by a test without a name. */
extern const struct abi_test abi_args_tests[];
extern const struct abi_test abi_edge_tests[];
extern const struct abi_test abi_busy_tests[];
extern const struct abi_test abi_fileio_tests[];
extern const struct abi_test abi_fence_tests[];
extern const struct abi_test abi_fsync_tests[];
extern const struct abi_test abi_poll_tests[];
extern const struct abi_test abi_random_tests[];
extern const struct abi_test abi_share_tests[];
extern const struct abi_test abi_status_tests[];
extern const struct abi_test abi_cyclic_tests[];
extern const struct abi_test abi_death_tests[];
extern const struct abi_test abi_unbind_tests[];
extern const struct abi_test abi_fault_tests[];
extern const struct abi_test abi_defects_tests[];
extern const struct abi_test abi_command_tests[];
extern const struct abi_test abi_command_end_tests[];
extern const struct abi_test abi_count_tests[];
extern const struct abi_test abi_errno_tests[];
extern const struct abi_test abi_limits_tests[];
extern const struct abi_test abi_memcg_tests[];
extern const struct abi_test abi_nonblock_tests[];
extern const struct abi_test abi_pagefault_tests[];
extern const struct abi_test abi_race_tests[];
extern const struct abi_test abi_stuck_tests[];
extern const struct abi_test abi_two_tests[];
extern const struct abi_test abi_uring_tests[];
extern const struct abi_test abi_wait_tests[];

/* abi_run.c: a failed test ends its process at once. */
void abi_fail(const char *file, int line, const char *fmt, ...)
	__printf(3, 4) __noreturn;
void abi_skip(const char *fmt, ...)
	__printf(1, 2) __noreturn;
void abi_expect(const char *file, int line, const char *call, int got,
		int want);

#define CHECK(cond, ...) do {					\
	if (!(cond))						\
		abi_fail(__FILE__, __LINE__, __VA_ARGS__);	\
} while (0)

/* "-EINVAL" for -EINVAL. */
const char *abi_error(int ret);

/* For calls that return 0 or a negative errno. */
#define EXPECT(call, want) \
	abi_expect(__FILE__, __LINE__, #call, (call), (want))

enum abi_outcome {
	ABI_PASS,
	ABI_FAIL,
	ABI_SKIP,
	ABI_STUCK,	/* could not even be killed */
};

enum abi_outcome abi_run(const struct abi_test *test,
			 const struct abi_env *env,
			 const struct abi_side *side, unsigned int timeout_s,
			 char *why, size_t size);
/* After ABI_STUCK: has the test come to an end meanwhile? */
bool abi_is_over(unsigned int timeout_s);

/*
 * To be called by a test that opens a ring of io_uring. The kernel drops what the ring
 * has after the test's process has ended, so the next test may find the buffer busy.
 */
void abi_note_ring(void);
bool abi_follows_ring(void);

/* Milliseconds, from some point on. */
long abi_ms(void);

/* abi_unbind.c */
bool abi_find_driver(const struct abi_env *env, const struct abi_side *side,
		     struct abi_driver *d);
int abi_bind(const struct abi_driver *d);
/* Unbinds the driver of the device, and binds it and looks whether it works. */
void abi_take_away(struct abi *t, struct abi_driver *d);
void abi_bind_again(struct abi *t, const struct abi_driver *d);
/* The last part of it: opens what is bound, and looks whether it works. */
void abi_find_again(struct abi *t);
/* A device of the DMA: what is mapped for, or the driver that can be unbound. */
void abi_find_dma_device(struct abi *t, bool channel, char *name, size_t size);
bool abi_controller_of(const struct abi_side *side, struct abi_driver *d);
void abi_find_controller(struct abi *t, struct abi_driver *d);
/* Closes the buffer; the converter is bound again, too. */
void abi_bind_controller(struct abi *t, const struct abi_driver *d,
			 const struct abi_driver *converter);

/* abi_fixture.c */
bool abi_probe_side(struct abi_side *side, const char *which, enum iio_dir dir);

void abi_start(struct abi *t, const struct abi_env *env,
	       const struct abi_side *side);
struct abi *abi_open_peer(struct abi *t);
void abi_reopen(struct abi *t);
/* As soon as another process or thread has let go of it. */
int abi_open_soon(struct abi *t, int flags);
void abi_reopen_soon(struct abi *t);
void abi_close(struct abi *t);
void abi_set(struct abi *t, const char *attr_value);
void abi_enable(struct abi *t);
void abi_disable(struct abi *t);
/* When something that was loaded has not been sent after all. */
void abi_restart_pattern(struct abi *t);

/* A block of @size bytes, rounded up to what fits; not attached. */
struct dmabuf *abi_alloc(struct abi *t, size_t size);
struct dmabuf *abi_attached(struct abi *t, size_t size);
size_t abi_size(const struct abi *t, size_t size);
void abi_free(struct abi *t, struct dmabuf *d);

/* Writes what is to be sent, or what has to be overwritten. */
void abi_load(struct abi *t, struct dmabuf *d, size_t len);
/* Loads and enqueues. */
void abi_queue(struct abi *t, struct dmabuf *d, size_t len);
/* Waits for a transfer and compares its data, where that is possible. */
void abi_done(struct abi *t, struct dmabuf *d, size_t len);
/* Both of the last two. */
void abi_transfer(struct abi *t, struct dmabuf *d, size_t len);
/* Has all that was sent arrived, and is it right? */
void abi_check_sink(struct abi *t, uint64_t bytes);
/* How many wrong samples have arrived so far? */
unsigned long long abi_sink_errors(struct abi *t);

/* Enables the buffer with a fresh block: everything works as ever. */
void abi_still_works(struct abi *t);

bool abi_pending(struct abi *t, struct dmabuf *d);
/* Must not be signalled yet. */
int abi_fence(struct abi *t, struct dmabuf *d);
/* Waits until it is, and returns 1 or the error. */
int abi_fence_result(struct abi *t, int fence);
/* -EINTR: the call has blocked. */
int abi_enqueue_bounded(struct abi *t, struct dmabuf *d, size_t len);

/* The far end waits for the other side, or is as it was at the start. */
void abi_stall(struct abi *t);
void abi_unstall(struct abi *t);
/* A block that stays active until the other side moves. */
struct dmabuf *abi_stalled(struct abi *t);

#endif
