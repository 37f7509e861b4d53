// SPDX-License-Identifier: GPL-2.0
/*
 * Starts the processes, kills some of them, and looks whether each call ends: by
 * itself, by a signal, or at least when its process is killed.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fuzz.h"

#define STEP_MS		20
#define INTERRUPT_MS	2000	/* a call may wait for so long */
#define END_MS		5000	/* until those that are left are killed */
#define MOST_PROCESSES	64

static pid_t processes[MOST_PROCESSES];
static unsigned int generations[MOST_PROCESSES];

/* Processes that do one thing */
static struct helper {
	const struct fuzz_op *op;
	bool wanted;
	pid_t pid;
} helpers[] = {
	{ fuzz_binder },
	{ fuzz_host },
	{ fuzz_plugger },
};

static struct fuzz_thread self;	/* for its random numbers */
static bool failed;

/*
 * The time in which a call may hang passes only while there is time for this process,
 * too: on a busy machine, a kernel under UML may not run for seconds.
 */
static void next_step(void)
{
	usleep(STEP_MS * 1000);
	fuzz.shared->watched_ms += STEP_MS;
	fuzz_log_follow();
}

static void crashed(pid_t pid, int status)
{
	if (!WIFSIGNALED(status) || WTERMSIG(status) == SIGKILL)
		return;
	printf("# process %d was killed by signal %d\n", pid, WTERMSIG(status));
	failed = true;
}

static void forget(pid_t pid)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(helpers); i++)
		if (helpers[i].pid == pid)
			helpers[i].pid = 0;
	for (i = 0; i < fuzz.processes; i++)
		if (processes[i] == pid)
			processes[i] = 0;
}

/* Returns false if there is no child any more. */
static bool reap(void)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		crashed(pid, status);
		forget(pid);
	}

	return !pid;
}

static void start_missing(void)
{
	unsigned int i;

	for (i = 0; i < fuzz.processes; i++)
		if (processes[i] <= 0)
			processes[i] = fuzz_start_process(i, generations[i]++);
	for (i = 0; i < ARRAY_SIZE(helpers); i++)
		if (helpers[i].wanted && helpers[i].pid <= 0)
			helpers[i].pid = fuzz_start_step(helpers[i].op);
}

/* With its children, or without: these go on then. */
static void kill_any(void)
{
	static long next;
	pid_t pid;

	if (fuzz_ms() < next)
		return;
	next = fuzz_ms() + fuzz_below(&self, 1500);
	pid = processes[fuzz_below(&self, fuzz.processes)];
	if (fuzz_one_in(&self, 12))
		pid = helpers[fuzz_below(&self, ARRAY_SIZE(helpers))].pid ?: pid;
	if (pid > 0)
		fuzz_kill(fuzz_one_in(&self, 2) ? pid : -pid);
}

static bool is_gone(const struct fuzz_task *task)
{
	pid_t pid = task->pid, tid = task->tid;
	int ret = tid ? syscall(SYS_tgkill, pid, tid, 0) : kill(pid, 0);

	return ret < 0 && errno == ESRCH;
}

/* Returns false if nothing helps. */
static bool look_at(struct fuzz_task *task)
{
	pid_t pid = task->pid;
	long ms;

	if (!pid)
		return true;
	if (is_gone(task)) {
		fuzz_task_put(task);
		return true;
	}
	ms = fuzz.shared->watched_ms - task->since;
	if (task->op == FUZZ_NONE || ms < INTERRUPT_MS)
		return true;
	if (ms > fuzz.hang_ms)
		return false;
	if (ms > fuzz.hang_ms / 2)
		fuzz_kill(pid);
	else if (fuzz_one_in(&self, 8))
		syscall(SYS_tgkill, pid, task->tid, SIGUSR1);

	return true;
}

static void report_hang(const struct fuzz_task *hung)
{
	const struct fuzz_task *task;

	/* First: on UML, KASAN does not like wchan, and lock debugging ends with that */
	fuzz_report_to_log();
	printf("# a call does not end:\n");
	fuzz_report_task(hung);
	printf("# others that take long:\n");
	for (task = fuzz.shared->tasks; task < fuzz.shared->tasks + FUZZ_TASKS; task++)
		if (task != hung && task->pid && task->op != FUZZ_NONE &&
		    fuzz.shared->watched_ms - task->since > INTERRUPT_MS)
			fuzz_report_task(task);
}

/* Returns false if there is one that hangs, and reports it. */
static bool look_at_all(void)
{
	struct fuzz_task *task;

	for (task = fuzz.shared->tasks; task < fuzz.shared->tasks + FUZZ_TASKS; task++) {
		if (look_at(task))
			continue;
		report_hang(task);
		return false;
	}

	return true;
}

static void kill_all(void)
{
	const struct fuzz_task *task;
	unsigned int i;
	pid_t pid;

	for (i = 0; i < fuzz.processes; i++)
		if (processes[i] > 0)
			fuzz_kill(-processes[i]);
	for (i = 0; i < ARRAY_SIZE(helpers); i++)
		if (helpers[i].pid > 0)
			fuzz_kill(-helpers[i].pid);
	for (task = fuzz.shared->tasks; task < fuzz.shared->tasks + FUZZ_TASKS; task++) {
		pid = task->pid;
		if (pid)
			fuzz_kill(pid);
	}
}

/* Returns when there is no process any more, or false if one cannot be killed. */
static bool end_all(void)
{
	long start = fuzz.shared->watched_ms;

	fuzz.shared->stop = true;
	while (reap()) {
		if (!look_at_all())
			return false;
		if (fuzz.shared->watched_ms - start > END_MS)
			kill_all();
		if (fuzz.shared->watched_ms - start > END_MS + fuzz.hang_ms) {
			printf("# a process does not end:\n");
			fuzz_report_to_log();
			fuzz_report_children();
			return false;
		}
		next_step();
	}
	look_at_all();

	return true;
}

bool fuzz_watch(void)
{
	self.random = fuzz.seed;
	helpers[0].wanted = fuzz.unbind;
	helpers[1].wanted = fuzz.usb.dir;
	helpers[2].wanted = fuzz.unplug;
	while (!fuzz_over()) {
		reap();
		start_missing();
		kill_any();
		if (!look_at_all())
			return false;
		next_step();
	}

	return end_all() && !failed;
}

bool fuzz_step(const struct fuzz_op *op, bool *succeeded)
{
	pid_t pid = fuzz_start_step(op), ret;
	int status;

	*succeeded = false;
	while (!(ret = waitpid(pid, &status, WNOHANG))) {
		if (!look_at_all())
			return false;
		next_step();
	}
	*succeeded = ret == pid && WIFEXITED(status) && !WEXITSTATUS(status);
	look_at_all();

	return true;
}
