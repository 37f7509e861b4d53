/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A TCP connection that never waits longer than it was told to.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#ifndef NET_H
#define NET_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "common.h"

struct net_address {
	char host[256];		/* empty: any of this machine's */
	char port[8];
};

struct net {
	int fd;
	unsigned int timeout;	/* seconds without any progress */
	char peer[300];		/* HOST:PORT, for messages */
	char failure[400];	/* the first reason, with the peer's name */
};

/* HOST:PORT or [HOST]:PORT. False if @text is neither. */
bool net_parse_peer(struct net_address *addr, const char *text);
/* The same, or only PORT; 0 is a port that the kernel chooses. */
bool net_parse_local(struct net_address *addr, const char *text);

/*
 * All below return 0 or more, or -1 with the reason in @failure. A connection
 * that failed needs net_close(), too.
 */
int net_connect(struct net *n, const struct net_address *addr,
		unsigned int timeout);
/* Listens: the port, or -1. */
int net_listen(struct net *n, const struct net_address *addr,
	       unsigned int timeout);
/* Waits for one peer, to whom @n is connected from then on. */
int net_accept(struct net *n);
void net_close(struct net *n);

/* All of @len. */
int net_send(struct net *n, const void *data, size_t len);
/* As much of @len as comes before the peer closes. */
ssize_t net_recv(struct net *n, void *data, size_t len);

/* Keeps the first reason. Returns -1. */
int net_fail(struct net *n, const char *fmt, ...)
	__printf(2, 3);

#endif
