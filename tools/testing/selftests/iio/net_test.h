/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the tests of --send and --receive share.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#ifndef NET_TEST_H
#define NET_TEST_H

#include <stdbool.h>

#include "common.h"
#include "net.h"
#include "net_child.h"

/* iio_stream, and an input whose attribute selects the ramp, or NULL. */
extern char net_test_stream[];
extern const char *net_test_device, *net_test_set;

/* One iio_stream, and us as its peer. */
struct peer {
	struct child child;
	struct net net;
};

/* The value of --timeout for an iio_stream that has to say @text. */
const char *net_test_timeout(const char *text);
/* @pattern: NULL for what the sender says. @addr: where it waits then. */
bool net_test_receiver(struct child *c, const char *pattern,
		       const char *timeout, struct net_address *addr);

/* Is there what this way to stream needs? */
bool net_test_can(const char * const *more);

/* The counts of kselftest.h are those of one file only. */
void net_test_result(bool ok, const char *fmt, ...)
	__printf(2, 3);
void net_test_skip(const char *fmt, ...)
	__printf(1, 2);
/* Prints why @what has failed. Returns false. */
bool net_test_failed(const struct peer *p, const char *what);
/* Two peers that are no good for either side. */
bool net_test_leave(struct peer *p);
bool net_test_silence(struct peer *p);

/* One for each kind of test: runs all of it. The others: how many there are. */
void net_test_receivers(void);
void net_test_senders(void);
void net_test_both(void);
unsigned int net_num_receiver_tests(void);
unsigned int net_num_sender_tests(void);
unsigned int net_num_both_tests(void);

#endif
