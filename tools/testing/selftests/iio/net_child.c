// SPDX-License-Identifier: GPL-2.0
/*
 * Runs the program under test with its output in a pipe. Nothing that it does may
 * keep the test waiting.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kselftest.h"
#include "net_child.h"

/* Far more than any --timeout that tests use. */
#define HANG_S	60

static void run(const char *program, const char * const *args, int out)
{
	const char *argv[CHILD_ARGS + 2] = { program };
	unsigned int i;

	for (i = 0; args[i] && i < CHILD_ARGS; i++)
		argv[i + 1] = args[i];

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	dup2(out, STDOUT_FILENO);
	dup2(out, STDERR_FILENO);
	execv(program, (char **)argv);
	dprintf(STDERR_FILENO, "%s: %s\n", program, strerror(errno));
	_exit(127);
}

void child_start(struct child *c, const char *program, const char * const *args)
{
	int fds[2];

	memset(c, 0, sizeof(*c));
	if (pipe2(fds, O_CLOEXEC) < 0)
		ksft_exit_fail_msg("pipe: %s\n", strerror(errno));

	fflush(stdout);
	c->pid = fork();
	if (c->pid < 0)
		ksft_exit_fail_msg("fork: %s\n", strerror(errno));
	if (!c->pid)
		run(program, args, fds[1]);

	close(fds[1]);
	c->out = fds[0];
}

/* False: it has closed its output, or been silent for far too long. */
static bool read_some(struct child *c)
{
	struct pollfd pfd = { .fd = c->out, .events = POLLIN };
	size_t len = strlen(c->text);
	ssize_t n;

	if (poll(&pfd, 1, HANG_S * 1000) <= 0)
		return false;

	n = read(c->out, c->text + len, sizeof(c->text) - 1 - len);
	if (n <= 0)
		return false;
	c->text[len + n] = '\0';

	return true;
}

int child_port(struct child *c)
{
	static const char before[] = "waiting for a sender at port ";
	char *found;

	for (;;) {
		found = strstr(c->text, before);
		if (found && strchr(found, '\n'))
			return atoi(found + strlen(before));
		if (!read_some(c))
			return 0;
	}
}

void child_wait(struct child *c)
{
	struct pollfd pfd = { .fd = c->out, .events = POLLIN };
	int status;

	while (read_some(c))
		;
	/* Its output is open as long as it is there. */
	poll(&pfd, 1, 0);
	if (!(pfd.revents & POLLHUP)) {
		kill(c->pid, SIGKILL);
		c->status = -2;
	}
	waitpid(c->pid, &status, 0);
	close(c->out);
	if (c->status != -2)
		c->status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

bool child_ended(struct child *c, int status, const char *text)
{
	char *line, *rest = c->text;

	child_wait(c);
	if (c->status == status && strstr(c->text, text))
		return true;

	ksft_print_msg("status %d instead of %d, or not \"%s\":\n", c->status,
		       status, text);
	while ((line = strsep(&rest, "\n")))
		if (*line)
			ksft_print_msg("  %s\n", line);

	return false;
}
