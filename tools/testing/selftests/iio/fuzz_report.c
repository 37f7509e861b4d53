// SPDX-License-Identifier: GPL-2.0
/*
 * What was done, and where a call is that does not end.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"

static void show_file(pid_t pid, const char *tid, const char *name)
{
	char path[128], line[256];
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/task/%.20s/%s", pid, tid, name);
	f = fopen(path, "r");
	if (!f)
		return;
	printf("#   %s:\n", path);
	while (fgets(line, sizeof(line), f))
		printf("#     %.*s\n", (int)strcspn(line, "\n"), line);
	fclose(f);
}

static void show_task(pid_t pid, const char *tid)
{
	static const char * const names[] = { "stat", "syscall", "wchan", "stack" };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++)
		show_file(pid, tid, names[i]);
}

/* All threads: one may hold what another one waits for. */
void fuzz_report_task(const struct fuzz_task *task)
{
	pid_t pid = task->pid;
	int op = task->op;
	struct dirent *e;
	char path[64];
	DIR *dir;

	printf("# process %d, thread %d: '%s' for %ld ms\n", pid, task->tid,
	       op == FUZZ_NONE ? "nothing" : fuzz.all[op]->name,
	       fuzz_ms() - task->since);
	snprintf(path, sizeof(path), "/proc/%d/task", pid);
	dir = opendir(path);
	while (dir && (e = readdir(dir)))
		if (e->d_name[0] != '.')
			show_task(pid, e->d_name);
	if (dir)
		closedir(dir);
	fflush(stdout);
}

void fuzz_report_counts(void)
{
	const struct fuzz_count *c;
	unsigned int i;

	printf("# %-36s %10s %10s %6s\n", "operation", "tried", "succeeded", "");
	for (i = 0; i < fuzz.num_all; i++) {
		c = &fuzz.shared->counts[i];
		printf("# %-36s %10lu %10lu %4lu %%\n", fuzz.all[i]->name, c->tried,
		       c->succeeded, c->tried ? c->succeeded * 100 / c->tried : 0);
	}
	fflush(stdout);
}
