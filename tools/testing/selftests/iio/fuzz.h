/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the files of iio_fuzz share.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "common.h"
#include "dmabuf.h"
#include "iio_buffer.h"
#include "iio_sysfs.h"
#include "uring.h"

#define FUZZ_TARGETS	32
#define FUZZ_SIDES	2	/* buffers that one process uses */
#define FUZZ_EPS	2	/* endpoints of the USB gadget, if there is one */
#define FUZZ_BLOCKS	12	/* DMABUFs of one process */
#define FUZZ_FENCES	6	/* sync files of one process */
#define FUZZ_TASKS	256
#define FUZZ_OPS	96
#define FUZZ_NONE	(-1)
#define FUZZ_ERRNOS	136

/* Lengths of transfers are multiples of this: sample sets of 2, 4, 6 and 8 bytes. */
#define FUZZ_UNIT	48
#define FUZZ_PAGE	4096

/* Of the gadget, as ffs_gadget.sh makes it. */
#define FUZZ_VENDOR	0x1d6b
#define FUZZ_PRODUCT	0x0104

struct fuzz_thread;

/* Whose turn it is: read() and write() do not go together with DMABUFs. */
enum fuzz_phase {
	FUZZ_ANY,
	FUZZ_DMABUF,
	FUZZ_FILEIO,
	FUZZ_CLOSE,
};

/* One operation. It returns 0 or more if it succeeded, else a negative errno. */
struct fuzz_op {
	const char *name;
	int (*fn)(struct fuzz_thread *t);
	unsigned int weight;
	enum fuzz_phase phase;	/* in which it is likely */
};

/* What a thread is doing, for the process that watches it. */
struct fuzz_task {
	atomic_int pid;	/* 0: not in use */
	atomic_int tid;
	atomic_int op;		/* FUZZ_NONE: nothing that can hang */
	atomic_long since;	/* of the operation: fuzz_shared.watched_ms */
};

struct fuzz_count {
	atomic_ulong tried;
	atomic_ulong succeeded;
	atomic_uint errors[FUZZ_ERRNOS];
};

/* In memory that all processes share. */
struct fuzz_shared {
	atomic_bool stop;
	atomic_bool killing;
	atomic_int forking;	/* processes that are in fork() */
	atomic_long watched_ms;	/* what fuzz_watch() has seen of the time */
	atomic_ulong total;
	atomic_uint unplugged;	/* how often the cable was pulled */
	struct fuzz_count counts[FUZZ_OPS];
	struct fuzz_task tasks[FUZZ_TASKS];
};

struct fuzz_driver {
	char dir[512];
	char name[128];		/* of the device; empty: none, or not to be unbound */
};

/* A buffer to play with. */
struct fuzz_target {
	struct iio_target iio;
	struct fuzz_driver converter;
	struct fuzz_driver controller;
	int pool[2];		/* sockets with descriptors of the buffer's file */
};

/* A gadget with FunctionFS, and its host, which is this machine. */
struct fuzz_usb {
	const char *dir;	/* where the function is mounted; NULL: no gadget */
	const char *gadget;	/* its directory in configfs */
	const char *udc;	/* the controller to bind it to */
	struct fuzz_driver controller;
	int ep0;
};

/* The same in all processes. */
struct fuzz {
	unsigned long long seed;
	long seconds;
	unsigned long ops;	/* 0: no limit */
	unsigned int processes;
	unsigned int threads;
	long hang_ms;		/* after which a call that does not end is a failure */
	bool unbind;
	bool unplug;		/* the gadget, by its device and by its host */
	struct fuzz_usb usb;
	long start;
	struct fuzz_shared *shared;
	struct fuzz_target targets[FUZZ_TARGETS];
	unsigned int num_targets;
	int pool[2];		/* sockets with descriptors of DMABUFs and sync files */
	const struct fuzz_op *all[FUZZ_OPS];
	unsigned int num_all;
};

extern struct fuzz fuzz;

/*
 * SIGKILL, but not in the middle of fork(): the kernel of UML dies when it takes the
 * half of a process apart.
 */
void fuzz_kill(pid_t pid);

struct fuzz_block {
	atomic_int fd;		/* negative: none */
	atomic_size_t size;
	atomic_uint attached;	/* to which sides and endpoints, as far as is known */
};

/* One process: all of its threads use the same descriptors, without a lock. */
struct fuzz_process {
	unsigned int sides[FUZZ_SIDES];	/* numbers of targets */
	atomic_int fds[FUZZ_SIDES];
	atomic_int eps[FUZZ_EPS];
	struct fuzz_block blocks[FUZZ_BLOCKS];
	atomic_int fences[FUZZ_FENCES];
};

struct fuzz_thread {
	struct fuzz_process *process;
	struct fuzz_task *task;
	unsigned long long random;
	bool forked;
	int result;	/* of the last operation */
	struct iio_target targets[FUZZ_SIDES];
	struct uring ring;
	bool has_ring;
	char data[16384];
};

/* fuzz_random.c */
unsigned long long fuzz_mix(unsigned long long a, unsigned long long b);
unsigned int fuzz_below(struct fuzz_thread *t, unsigned int n);
bool fuzz_one_in(struct fuzz_thread *t, unsigned int n);
uint64_t fuzz_odd_number(struct fuzz_thread *t);
long fuzz_ms(void);

/* fuzz_task.c */
struct fuzz_task *fuzz_task_get(void);
void fuzz_task_put(struct fuzz_task *task);
void fuzz_do(struct fuzz_thread *t, const struct fuzz_op *op);
void fuzz_do_any(struct fuzz_thread *t);
void fuzz_register_ops(void);
struct fuzz_count *fuzz_count_of(const struct fuzz_op *op);
bool fuzz_over(void);

/* fuzz_process.c: one that is new, and in a process group of its own. */
pid_t fuzz_start_process(unsigned int number, unsigned int generation);
/* A child that does one thing, and exits with 0 if that has succeeded. */
pid_t fuzz_start_step(const struct fuzz_op *op);

/* fuzz_watch.c: both return false if something hangs, which is reported. */
bool fuzz_watch(void);
bool fuzz_step(const struct fuzz_op *op, bool *succeeded);

/* fuzz_report.c */
void fuzz_report_task(const struct fuzz_task *task);
void fuzz_report_children(void);
void fuzz_report_to_log(void);
void fuzz_report_counts(void);

/* fuzz_bind.c */
void fuzz_find_driver(struct fuzz_driver *d, const char *path);
void fuzz_find_drivers(struct fuzz_target *target);
int fuzz_bind(const struct fuzz_driver *d, bool on);
void fuzz_any_pause(struct fuzz_thread *t, unsigned int ms);
extern const struct fuzz_op fuzz_bind_ops[];
extern const struct fuzz_op fuzz_binder[];	/* until the run is over */
extern const struct fuzz_op fuzz_unbind_all[];
extern const struct fuzz_op fuzz_bind_all[];

/* fuzz_last.c: what there is when nobody uses anything, and whether all works. */
struct fuzz_left {
	long dmabufs;
	long attachments;
	long mappings;		/* of the devices; negative: cannot be told */
};

void fuzz_count_left(struct fuzz_left *left);
void fuzz_show_mappings(void);

/* fuzz_log.c */
void fuzz_log_open(void);
void fuzz_log_follow(void);
bool fuzz_log_excuses(const char *line);

extern const struct fuzz_op fuzz_works[];

/* fuzz_memory.c */
void fuzz_find_heaps(void);

/* fuzz_pass.c */
int fuzz_send_buffer(struct fuzz_thread *t, unsigned int side);
int fuzz_receive_buffer(struct fuzz_thread *t, unsigned int side);

/* fuzz_buffer.c */
unsigned int fuzz_any_side(struct fuzz_thread *t);
struct fuzz_block *fuzz_any_block(struct fuzz_thread *t);
/* Most of the time: one that is attached to @side; one that nothing is done with. */
struct fuzz_block *fuzz_attached_block(struct fuzz_thread *t, unsigned int side);
struct fuzz_block *fuzz_idle_block(struct fuzz_thread *t, unsigned int side);
/* Arguments that are nowhere, not all there, or not to be written to. */
void *fuzz_bad_pointer(struct fuzz_thread *t);
void fuzz_put_fd(atomic_int *slot, int fd);
int fuzz_detach_all(struct fuzz_thread *t, unsigned int side);
/* After a call that has returned @ret. */
void fuzz_check_fd(struct fuzz_thread *t, unsigned int side, int fd, int ret);

/* fuzz_sysfs.c */
int fuzz_enable(struct fuzz_thread *t, unsigned int side);

/* fuzz_ffs.c: the device's side of USB; fuzz_host.c: the host's */
void fuzz_make_function(void);
int fuzz_usb_works(struct fuzz_thread *t);
extern const struct fuzz_op fuzz_ffs_ops[];
extern const struct fuzz_op fuzz_host_ops[];
extern const struct fuzz_op fuzz_host[];	/* until the run is over */

/* fuzz_plug.c */
int fuzz_plug(bool in);
bool fuzz_unplugged_in_each_way(void);
extern const struct fuzz_op fuzz_plug_ops[];
extern const struct fuzz_op fuzz_plugger[];	/* until the run is over */

/* One list for each file of operations, ended by one without a name. */
extern const struct fuzz_op fuzz_buffer_ops[];
extern const struct fuzz_op fuzz_memory_ops[];
extern const struct fuzz_op fuzz_fileio_ops[];
extern const struct fuzz_op fuzz_fence_ops[];
extern const struct fuzz_op fuzz_sysfs_ops[];
extern const struct fuzz_op fuzz_pass_ops[];
extern const struct fuzz_op fuzz_process_ops[];
extern const struct fuzz_op fuzz_uring_ops[];

#endif
