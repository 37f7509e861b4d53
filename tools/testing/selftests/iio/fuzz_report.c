// SPDX-License-Identifier: GPL-2.0
/*
 * What was done, and where a call is that does not end.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fuzz.h"

static void show_file(pid_t pid, const char *tid, const char *name)
{
	char path[128], line[128];
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/task/%.20s/%s", pid, tid, name);
	f = fopen(path, "r");
	if (!f)
		return;
	while (fgets(line, sizeof(line), f))
		printf("#   %.20s %s: %.*s\n", tid, name, (int)strcspn(line, "\n"), line);
	fclose(f);
}

/* Some architectures have no stack here: see the kernel's log for that. */
static void show_task(pid_t pid, const char *tid)
{
	static const char * const names[] = { "comm", "syscall", "wchan", "stack" };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++)
		show_file(pid, tid, names[i]);
}

/*
 * All locks that are held, and the tasks that no signal reaches, if the kernel can tell.
 * Not those that run: UML does not survive that.
 */
void fuzz_report_to_log(void)
{
	sysfs_write("d", "/proc/sysrq-trigger");
	sysfs_write("w", "/proc/sysrq-trigger");
}

/* All threads: one may hold what another one waits for. */
static void show_process(pid_t pid)
{
	struct dirent *e;
	char path[64];
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/task", pid);
	dir = opendir(path);
	while (dir && (e = readdir(dir)))
		if (e->d_name[0] != '.')
			show_task(pid, e->d_name);
	if (dir)
		closedir(dir);
	fflush(stdout);
}

void fuzz_report_task(const struct fuzz_task *task)
{
	int op = task->op;

	printf("# process %d, thread %d: '%s' for %ld ms\n", task->pid, task->tid,
	       op == FUZZ_NONE ? "nothing" : fuzz.all[op]->name,
	       fuzz.shared->watched_ms - task->since);
	show_process(task->pid);
}

static bool is_child(pid_t pid)
{
	char path[64], line[512];
	int parent = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	f = fopen(path, "r");
	if (!f)
		return false;
	if (fgets(line, sizeof(line), f))
		sscanf(line, "%*d %*s %*c %d", &parent);
	fclose(f);

	return parent == getpid();
}

/* Threads of io_uring do no operation, and may hang as well. */
void fuzz_report_children(void)
{
	DIR *dir = opendir("/proc");
	struct dirent *e;
	pid_t pid;

	while (dir && (e = readdir(dir))) {
		pid = atoi(e->d_name);
		if (pid > 0 && is_child(pid))
			show_process(pid);
	}
	if (dir)
		closedir(dir);
}

/* The one that is more frequent than all others; 0 if there is none. */
static unsigned int most_frequent(const unsigned int *errors)
{
	unsigned int i, most = 0;

	for (i = 1; i < FUZZ_ERRNOS; i++)
		if (errors[i] > errors[most])
			most = i;

	return most;
}

static void report_errors(const struct fuzz_count *c)
{
	unsigned int i, error, errors[FUZZ_ERRNOS];

	for (i = 0; i < FUZZ_ERRNOS; i++)
		errors[i] = c->errors[i];
	while ((error = most_frequent(errors))) {
		printf("  %s: %u", strerrorname_np(error), errors[error]);
		errors[error] = 0;
	}
	putchar('\n');
}

void fuzz_report_counts(void)
{
	const struct fuzz_count *c;
	unsigned int i;

	printf("# %-34s %8s %9s\n", "operation", "tried", "succeeded");
	for (i = 0; i < fuzz.num_all; i++) {
		c = &fuzz.shared->counts[i];
		printf("# %-34s %8lu %8lu %4lu %%", fuzz.all[i]->name, c->tried,
		       c->succeeded, c->tried ? c->succeeded * 100 / c->tried : 0);
		report_errors(c);
	}
	fflush(stdout);
}
