// SPDX-License-Identifier: GPL-2.0
/*
 * Processes with threads that do anything at all; children that inherit what their
 * parents have open; and signals from one to the other.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fuzz.h"

#define MOST_THREADS	16
#define MOST_STEPS	100	/* of a forked process */

static void ignore(int sig)
{
	(void)sig;
}

/* One signal interrupts calls, the other one has them begin again. */
static void set_signals(void)
{
	struct sigaction interrupt = { .sa_handler = ignore };
	struct sigaction restart = { .sa_handler = ignore, .sa_flags = SA_RESTART };
	struct sigaction no_zombies = { .sa_handler = SIG_DFL, .sa_flags = SA_NOCLDWAIT };

	sigaction(SIGUSR1, &interrupt, NULL);
	sigaction(SIGUSR2, &restart, NULL);
	sigaction(SIGCHLD, &no_zombies, NULL);
	signal(SIGPIPE, SIG_IGN);
}

static void *run_thread(void *arg)
{
	struct fuzz_thread *t = arg;

	t->task = fuzz_task_get();
	if (!t->task)
		return NULL;
	while (!fuzz_over())
		fuzz_do_any(t);
	fuzz_task_put(t->task);

	return NULL;
}

/* Neighbours: those with a cable between them, or in the same device. */
static void choose_sides(struct fuzz_process *p, unsigned long long random)
{
	unsigned int i;

	p->sides[0] = random % fuzz.num_targets;
	p->sides[1] = (p->sides[0] ^ 1) % fuzz.num_targets;
	for (i = 0; i < FUZZ_SIDES; i++)
		p->fds[i] = -1;
	for (i = 0; i < FUZZ_EPS; i++)
		p->eps[i] = -1;
	for (i = 0; i < FUZZ_BLOCKS; i++)
		p->blocks[i].fd = -1;
	for (i = 0; i < FUZZ_FENCES; i++)
		p->fences[i] = -1;
}

static struct fuzz_thread *new_thread(struct fuzz_process *p, unsigned long long random)
{
	struct fuzz_thread *t = calloc(1, sizeof(*t));
	unsigned int i;

	if (!t)
		_exit(1);
	t->process = p;
	t->random = random;
	for (i = 0; i < FUZZ_SIDES; i++)
		t->targets[i] = fuzz.targets[p->sides[i]].iio;

	return t;
}

static void __noreturn run_process(unsigned long long random)
{
	static struct fuzz_process process;
	pthread_t ids[MOST_THREADS];
	unsigned int i, started;

	set_signals();
	choose_sides(&process, random);
	for (started = 0; started < fuzz.threads; started++)
		if (pthread_create(&ids[started], NULL, run_thread,
				   new_thread(&process, fuzz_mix(random, started))))
			break;
	for (i = 0; i < started; i++)
		pthread_join(ids[i], NULL);
	_exit(0);
}

static pid_t fork_in_group(void)
{
	pid_t pid = fork();

	if (pid >= 0)
		setpgid(pid, 0);

	return pid;
}

/* Those that are there at the same time have different buffers, or share one. */
pid_t fuzz_start_process(unsigned int number, unsigned int generation)
{
	unsigned long long random;
	pid_t pid = fork_in_group();

	if (pid)
		return pid;

	random = fuzz_mix(fuzz_mix(fuzz.seed, number), generation);
	run_process(random);
}

static void __noreturn run_step(const struct fuzz_op *op)
{
	static struct fuzz_process process;
	struct fuzz_thread *t;

	set_signals();
	choose_sides(&process, 0);
	t = new_thread(&process, fuzz_mix(fuzz.seed, fuzz_ms()));
	t->task = fuzz_task_get();
	if (!t->task)
		_exit(1);
	fuzz_do(t, op);
	fuzz_task_put(t->task);
	_exit(t->result < 0);
}

pid_t fuzz_start_step(const struct fuzz_op *op)
{
	pid_t pid = fork_in_group();

	if (!pid)
		run_step(op);

	return pid;
}

/* The ring stays the parent's. */
static void __noreturn run_child(struct fuzz_thread *t)
{
	unsigned int steps;

	t->forked = true;
	t->has_ring = false;
	t->task = fuzz_task_get();
	if (!t->task)
		_exit(0);
	for (steps = fuzz_below(t, MOST_STEPS); steps && !fuzz_over(); steps--)
		fuzz_do_any(t);
	fuzz_task_put(t->task);
	_exit(0);
}

static pid_t fork_unkilled(void)
{
	atomic_bool *killing = &fuzz.shared->killing;
	atomic_int *forking = &fuzz.shared->forking;
	pid_t pid;

	atomic_fetch_add(forking, 1);
	while (*killing) {
		atomic_fetch_sub(forking, 1);
		usleep(100);
		atomic_fetch_add(forking, 1);
	}
	pid = fork();
	if (pid)
		atomic_fetch_sub(forking, 1);

	return pid;
}

void fuzz_kill(pid_t pid)
{
	unsigned int i;

	fuzz.shared->killing = true;
	/* One that hangs there is to be killed, too */
	for (i = 0; fuzz.shared->forking > 0 && i < 20000; i++)
		usleep(100);
	kill(pid, SIGKILL);
	fuzz.shared->killing = false;
}

static int do_fork(struct fuzz_thread *t)
{
	pid_t pid;

	if (t->forked)
		return -EAGAIN;
	pid = fork_unkilled();
	if (!pid) {
		t->random = fuzz_mix(t->random, 1);
		run_child(t);
	}

	return pid < 0 ? -errno : 0;
}

static int do_signal(struct fuzz_thread *t)
{
	struct fuzz_task *task = &fuzz.shared->tasks[fuzz_below(t, FUZZ_TASKS)];
	pid_t pid;
	int i;

	for (i = 0; i < FUZZ_TASKS && !task->pid; i++)
		if (++task == fuzz.shared->tasks + FUZZ_TASKS)
			task = fuzz.shared->tasks;
	pid = task->pid;
	if (!pid)
		return -ESRCH;
	if (pid != getpid() && fuzz_one_in(t, 8)) {
		kill(pid, SIGSTOP);
		return kill(pid, SIGCONT) < 0 ? -errno : 0;
	}

	return syscall(SYS_tgkill, pid, task->tid,
		       fuzz_one_in(t, 2) ? SIGUSR1 : SIGUSR2) < 0 ? -errno : 0;
}

static int do_pause(struct fuzz_thread *t)
{
	usleep(fuzz_below(t, 5000));

	return 0;
}

const struct fuzz_op fuzz_process_ops[] = {
	{ "fork", do_fork, 1, FUZZ_ANY },
	{ "send a signal", do_signal, 10, FUZZ_ANY },
	{ "pause", do_pause, 10, FUZZ_ANY },
	{ 0 },
};
