// SPDX-License-Identifier: GPL-2.0
/*
 * Follows the kernel's log. A DMA controller that does not stop keeps, when its driver is
 * unbound, the pages with the descriptors that it may still read, and the driver says so:
 * these pages are not a leak.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "fuzz.h"

#define LOST	"memory of descriptors is lost to a stuck core"

static int kmsg = -1;
static bool lost[FUZZ_TARGETS];

static void look_at(const char *record)
{
	unsigned int i;

	if (!strstr(record, LOST))
		return;
	for (i = 0; i < fuzz.num_targets; i++)
		if (fuzz.targets[i].controller.name[0] &&
		    strstr(record, fuzz.targets[i].controller.name))
			lost[i] = true;
}

void fuzz_log_open(void)
{
	kmsg = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (kmsg >= 0)
		lseek(kmsg, 0, SEEK_END);
}

/*
 * One record for each read(); EPIPE if some were overwritten meanwhile. Processes that do
 * anything at all share this file, and may have made it one that blocks.
 */
void fuzz_log_follow(void)
{
	struct pollfd pfd = { .fd = kmsg, .events = POLLIN };
	char record[8192];
	ssize_t n;

	while (poll(&pfd, 1, 0) == 1) {
		n = read(kmsg, record, sizeof(record) - 1);
		if (n < 0 && errno != EPIPE)
			return;
		record[n > 0 ? n : 0] = 0;
		look_at(record);
	}
}

/* Whether @line of the dump of mappings is such a page. */
bool fuzz_log_excuses(const char *line)
{
	unsigned int i;

	if (!strstr(line, " single ") || !strstr(line, "DMA_TO_DEVICE"))
		return false;
	for (i = 0; i < fuzz.num_targets; i++)
		if (lost[i] && strstr(line, fuzz.targets[i].controller.name))
			return true;

	return false;
}
