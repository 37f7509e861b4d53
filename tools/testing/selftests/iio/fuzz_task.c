// SPDX-License-Identifier: GPL-2.0
/*
 * What a thread does next, and that others can see what it is. The operations are
 * counted in memory that outlives the process.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#include <sys/syscall.h>
#include <unistd.h>

#include "fuzz.h"

#define PHASE_MS	400

static unsigned int weight_of_all;

static void register_list(const struct fuzz_op *op)
{
	for (; op->name && fuzz.num_all < FUZZ_OPS; op++) {
		fuzz.all[fuzz.num_all++] = op;
		weight_of_all += op->weight;
	}
}

void fuzz_register_ops(void)
{
	register_list(fuzz_buffer_ops);
	register_list(fuzz_memory_ops);
	register_list(fuzz_fileio_ops);
	register_list(fuzz_fence_ops);
	register_list(fuzz_sysfs_ops);
	register_list(fuzz_pass_ops);
	register_list(fuzz_process_ops);
	register_list(fuzz_uring_ops);
	if (fuzz.usb.dir)
		register_list(fuzz_ffs_ops);
	/* Not chosen at random: without weight */
	register_list(fuzz_bind_ops);
	register_list(fuzz_binder);
	register_list(fuzz_unbind_all);
	register_list(fuzz_bind_all);
	register_list(fuzz_works);
	if (!fuzz.usb.dir)
		return;
	register_list(fuzz_host_ops);
	register_list(fuzz_host);
	register_list(fuzz_plug_ops);
	register_list(fuzz_plugger);
}

bool fuzz_over(void)
{
	return fuzz.shared->stop || fuzz_ms() - fuzz.start > fuzz.seconds * 1000 ||
	       (fuzz.ops && fuzz.shared->total >= fuzz.ops);
}

struct fuzz_task *fuzz_task_get(void)
{
	struct fuzz_task *task;
	int none;

	for (task = fuzz.shared->tasks; task < fuzz.shared->tasks + FUZZ_TASKS; task++) {
		none = 0;
		if (task->pid || !atomic_compare_exchange_strong(&task->pid, &none, getpid()))
			continue;
		task->tid = syscall(SYS_gettid);
		return task;
	}

	return NULL;
}

void fuzz_task_put(struct fuzz_task *task)
{
	/* The next one may be killed before it says who it is */
	task->op = FUZZ_NONE;
	task->tid = 0;
	task->pid = 0;
}

static unsigned int number_of(const struct fuzz_op *op)
{
	unsigned int i = 0;

	while (fuzz.all[i] != op)
		i++;

	return i;
}

struct fuzz_count *fuzz_count_of(const struct fuzz_op *op)
{
	return &fuzz.shared->counts[number_of(op)];
}

void fuzz_do(struct fuzz_thread *t, const struct fuzz_op *op)
{
	struct fuzz_count *count = fuzz_count_of(op);

	t->task->since = fuzz.shared->watched_ms;
	t->task->op = number_of(op);
	count->tried++;
	fuzz.shared->total++;
	t->result = op->fn(t);
	if (t->result >= 0)
		count->succeeded++;
	else if (t->result > -FUZZ_ERRNOS)
		count->errors[-t->result]++;
	t->task->op = FUZZ_NONE;
}

/* The same for all processes, so that now and then nobody has the buffer open. */
static enum fuzz_phase phase_now(void)
{
	unsigned int turn = (fuzz_ms() - fuzz.start) / PHASE_MS % 16;

	if (turn < 10)
		return FUZZ_DMABUF;

	return turn < 14 ? FUZZ_FILEIO : FUZZ_CLOSE;
}

static const struct fuzz_op *any_op(struct fuzz_thread *t)
{
	unsigned int op, left = fuzz_below(t, weight_of_all);

	for (op = 0; left >= fuzz.all[op]->weight; op++)
		left -= fuzz.all[op]->weight;

	return fuzz.all[op];
}

static bool suits(struct fuzz_thread *t, const struct fuzz_op *op,
		  enum fuzz_phase phase)
{
	if (op->phase == FUZZ_ANY || op->phase == phase)
		return true;

	return fuzz_one_in(t, phase == FUZZ_DMABUF ? 4 : 16);
}

void fuzz_do_any(struct fuzz_thread *t)
{
	enum fuzz_phase phase = phase_now();
	const struct fuzz_op *op;

	do {
		op = any_op(t);
	} while (!suits(t, op, phase));

	fuzz_do(t, op);
}
