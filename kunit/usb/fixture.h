/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A function of FunctionFS on a controller that does what the test says, and the
 * program that implements the function: see fixture.c.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#ifndef _FFS_FIXTURE_H
#define _FFS_FIXTURE_H

#include <linux/completion.h>
#include <linux/dma-resv.h>
#include <linux/kconfig.h>
#include <linux/types.h>
#include <linux/usb/composite.h>

#include "exporter.h"
#include "fake-udc.h"

struct dma_fence;
struct file;
struct kunit;
struct memory_model;
struct mm_struct;
struct task_struct;
struct vfsmount;

/* Threads that call at the same time, the test's own included */
#define FFS_CALLERS	8

/**
 * struct ffs_fixture - the function, and what is open of it
 * @test: The test
 * @udc: The controller
 * @fi: The function's instance
 * @fn: The function
 * @cdev: The gadget that has it
 * @config: The configuration that it is in
 * @bound: It is bound to the controller
 * @mnt: Its file system
 * @ep0: The function's control file; NULL once it is closed, as the other files
 * @in: File of the endpoint to the host
 * @out: File of the endpoint from the host
 * @mm: The program's memory
 * @args: Address there, of the arguments of ioctls
 * @memory: The machine that the controller is part of, if it is a model
 */
struct ffs_fixture {
	struct kunit *test;
	struct fake_udc *udc;
	struct usb_function_instance *fi;
	struct usb_function *fn;
	struct usb_composite_dev cdev;
	struct usb_configuration config;
	bool bound;
	struct vfsmount *mnt;
	struct file *ep0;
	struct file *in;
	struct file *out;
	struct mm_struct *mm;
	unsigned long args;
	struct memory_model *memory;
};

/* Everything is open, bound, and configured by the host */
struct ffs_fixture *ffs_fixture_create(struct kunit *test, struct device *parent,
				       struct memory_model *memory);
struct device *ffs_fixture_device(struct kunit *test);

/* The UDC core and the host */
void ffs_bind(struct ffs_fixture *fx);
void ffs_unbind(struct ffs_fixture *fx);
void ffs_configure(struct ffs_fixture *fx);
void ffs_deconfigure(struct ffs_fixture *fx);

/* The program */
struct file *ffs_open(struct ffs_fixture *fx, const char *name, int flags);
void ffs_close(struct file **file);
void ffs_destroy(struct ffs_fixture *fx);

/* stubs.c */
#if IS_ENABLED(CONFIG_DMA_VEC)
void stubs_connect(struct ffs_fixture *fx);
void stubs_release_worker(void);
#else
static inline void stubs_connect(struct ffs_fixture *fx) { }
static inline void stubs_release_worker(void) { }
#endif

/* One that calls: the test itself, or one of its threads */
struct ffs_caller {
	struct ffs_fixture *fx;
	unsigned int slot;
};

int ffs_ioctl(const struct ffs_caller *caller, struct file *file, unsigned int cmd,
	      void *arg, size_t size);
int ffs_attach_by(const struct ffs_caller *caller, struct file *file, struct ffs_buf *buf);
int ffs_detach_by(const struct ffs_caller *caller, struct file *file, struct ffs_buf *buf);
int ffs_transfer_by(const struct ffs_caller *caller, struct file *file,
		    struct ffs_buf *buf, u64 len);

int ffs_attach(struct ffs_fixture *fx, struct file *file, struct ffs_buf *buf);
int ffs_detach(struct ffs_fixture *fx, struct file *file, struct ffs_buf *buf);
int ffs_transfer(struct ffs_fixture *fx, struct file *file, struct ffs_buf *buf, u64 len);

/* The last transfer's fence, which must be pending, with a reference */
struct dma_fence *ffs_fence(struct kunit *test, struct ffs_buf *buf);
/* How it ended, once it has: 1 or the error. Drops the reference. */
int ffs_fence_result(struct kunit *test, struct dma_fence *fence);

/* A thread of the program, which makes one call, or as many as it likes */
struct ffs_thread {
	struct ffs_caller caller;
	int (*fn)(struct ffs_thread *thread);
	void *data;
	struct task_struct *task;
	struct completion started, go, called;	/* for what @fn agrees with the test */
	struct completion done;
	int ret;
};

void ffs_thread_start(struct ffs_thread *thread, struct ffs_fixture *fx, unsigned int slot,
		      int (*fn)(struct ffs_thread *thread), void *data);
bool ffs_thread_sleeps(struct ffs_thread *thread, unsigned int state);
bool ffs_thread_wait(struct ffs_thread *thread, unsigned int seconds);

/* Somebody unbinds the gadget meanwhile */
int ffs_thread_unbind(struct ffs_thread *thread);

#endif
