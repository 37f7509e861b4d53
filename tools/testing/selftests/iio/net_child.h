/* SPDX-License-Identifier: GPL-2.0 */
/*
 * An iio_stream that a test of the network runs, and what it says.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#ifndef NET_CHILD_H
#define NET_CHILD_H

#include <stdbool.h>
#include <sys/types.h>

#define CHILD_ARGS	40

struct child {
	pid_t pid;
	int out;		/* what it writes, until it ends */
	int status;		/* exit status; -1: killed, -2: had to be killed */
	char text[8192];	/* all that it has written so far */
};

/* @args: ended by NULL. */
void child_start(struct child *c, const char *program, const char * const *args);
/* The port at which a receiver waits; 0: it does not. */
int child_port(struct child *c);
/* Waits until it ends. One that does not is killed. */
void child_wait(struct child *c);

/* Ended with this status, and has said this: prints what it did if not. */
bool child_ended(struct child *c, int status, const char *text);

#endif
