// SPDX-License-Identifier: GPL-2.0
/*
 * A call that waits in the kernel, in a process of its own. A call that spins
 * there does not end when the process is killed: the test says so, and it is up
 * to abi_run.c to get rid of it.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "abi_waiter.h"

#define STEP_US		1000
/* For as long as a call is looked at that should not end. */
#define GOES_ON_MS	100

struct waiter_state {
	atomic_bool begun;
	atomic_bool over;
	int result;	/* once it is over */
};

static void on_signal(int sig)
{
	(void)sig;
}

static void catch(int sig, int flags)
{
	struct sigaction act = { .sa_handler = on_signal, .sa_flags = flags };

	sigaction(sig, &act, NULL);
}

static void __noreturn waiter(struct waiter_state *state, struct abi *t,
			      int (*call)(struct abi *t))
{
	catch(WAITER_INTERRUPT, 0);
	catch(WAITER_RESTART, SA_RESTART);
	state->begun = true;
	state->result = call(t);
	state->over = true;
	_exit(0);
}

/* The letter that ps shows. */
static char task_state(pid_t pid)
{
	char text[512], *name_end;

	if (sysfs_read(text, sizeof(text), "/proc/%d/stat", (int)pid))
		return 'X';
	name_end = strrchr(text, ')');

	return name_end && name_end[1] ? name_end[2] : 'X';
}

bool waiter_is_over(const struct abi_waiter *w)
{
	return w->state->over;
}

static bool is_asleep(const struct abi_waiter *w)
{
	return w->state->begun && task_state(w->pid) == 'S';
}

void waiter_start(struct abi_waiter *w, struct abi *t, int (*call)(struct abi *t))
{
	long start = abi_ms();

	w->state = mmap(NULL, sizeof(*w->state), PROT_READ | PROT_WRITE,
			MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	CHECK(w->state != MAP_FAILED, "mmap: %s", strerror(errno));
	w->pid = fork();
	CHECK(w->pid >= 0, "fork: %s", strerror(errno));
	if (!w->pid)
		waiter(w->state, t, call);

	while (abi_ms() - start < WAIT_MS) {
		if (waiter_is_over(w) || is_asleep(w))
			return;
		usleep(STEP_US);
	}
	waiter_kill(w);
	CHECK(false, "the call neither ends nor sleeps");
}

void waiter_kill(struct abi_waiter *w)
{
	long start = abi_ms();

	kill(w->pid, SIGKILL);
	while (abi_ms() - start < WAIT_MS) {
		if (waitpid(w->pid, NULL, WNOHANG))
			return;
		usleep(STEP_US);
	}
	CHECK(false, "the call cannot be killed, its process is '%c'",
	      task_state(w->pid));
}

int waiter_result(struct abi_waiter *w)
{
	long start = abi_ms();
	char state;

	while (abi_ms() - start < WAIT_MS) {
		if (waiter_is_over(w))
			return w->state->result;
		usleep(STEP_US);
	}
	state = task_state(w->pid);
	waiter_kill(w);
	CHECK(false, "the call does not end, its process is '%c'", state);

	return 0;
}

void waiter_goes_on(struct abi_waiter *w)
{
	long start = abi_ms();

	usleep(GOES_ON_MS * STEP_US);
	while (abi_ms() - start < WAIT_MS && !is_asleep(w)) {
		CHECK(!waiter_is_over(w), "the call ends with %s",
		      abi_error(w->state->result));
		usleep(STEP_US);
	}
	CHECK(is_asleep(w), "the call does not sleep, its process is '%c'",
	      task_state(w->pid));
}
