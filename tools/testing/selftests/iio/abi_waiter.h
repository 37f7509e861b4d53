/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A call that waits in the kernel, in a process of its own: what another process
 * does meanwhile ends it or does not, and it can always be killed.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#ifndef ABI_WAITER_H
#define ABI_WAITER_H

#include <signal.h>
#include <stdbool.h>
#include <sys/types.h>

#include "abi.h"

/* To be sent to a waiter: interrupts its call, or has it begin again. */
#define WAITER_INTERRUPT	SIGUSR1
#define WAITER_RESTART		SIGUSR2

struct abi_waiter {
	pid_t pid;
	struct waiter_state *state;	/* shared with the process */
};

/* Returns when @call, in the new process, waits or is over. */
void waiter_start(struct abi_waiter *w, struct abi *t, int (*call)(struct abi *t));

bool waiter_is_over(const struct abi_waiter *w);

/* What the call has returned, as soon as it does. */
int waiter_result(struct abi_waiter *w);

/* Fails unless the call goes on waiting, without using the CPU. */
void waiter_goes_on(struct abi_waiter *w);

/* Fails if the process does not die. */
void waiter_kill(struct abi_waiter *w);

#endif
