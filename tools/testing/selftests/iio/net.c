// SPDX-License-Identifier: GPL-2.0
/*
 * TCP with a limit on each wait, and one line for everything that can go wrong.
 * Sockets do not block: poll() is where a peer that does nothing is noticed.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "calls.h"
#include "net.h"

int net_fail(struct net *n, const char *fmt, ...)
{
	va_list args;
	int len;

	if (n->failure[0])
		return -1;

	len = snprintf(n->failure, sizeof(n->failure), "%s", n->peer);
	va_start(args, fmt);
	vsnprintf(n->failure + len, sizeof(n->failure) - len, fmt, args);
	va_end(args);

	return -1;
}

static bool parse_port(struct net_address *addr, const char *text, bool zero)
{
	size_t digits = strspn(text, "0123456789");
	long port = strtol(text, NULL, 10);

	if (!digits || digits > 5 || text[digits])
		return false;
	if (port > 65535 || (!port && !zero))
		return false;

	memcpy(addr->port, text, digits + 1);

	return true;
}

static bool parse_host(struct net_address *addr, const char *text, size_t len)
{
	if (len >= 2 && text[0] == '[' && text[len - 1] == ']') {
		text++;
		len -= 2;
	} else if (memchr(text, ':', len)) {
		return false;
	}
	if (!len || len >= sizeof(addr->host))
		return false;

	memcpy(addr->host, text, len);
	addr->host[len] = '\0';

	return true;
}

bool net_parse_peer(struct net_address *addr, const char *text)
{
	const char *colon = strrchr(text, ':');

	return colon && parse_host(addr, text, colon - text) &&
	       parse_port(addr, colon + 1, false);
}

bool net_parse_local(struct net_address *addr, const char *text)
{
	const char *colon = strrchr(text, ':');

	addr->host[0] = '\0';
	if (!colon)
		return parse_port(addr, text, true);

	return parse_host(addr, text, colon - text) &&
	       parse_port(addr, colon + 1, true);
}

/* What has happened of @events, 0 if nothing has for too long. */
static int wait_for(struct net *n, short events)
{
	struct pollfd pfd = { .fd = n->fd, .events = events };
	int ret;

	/* A signal only starts the time again. */
	do {
		ret = COUNTED(poll(&pfd, 1, n->timeout * 1000));
	} while (ret < 0 && errno == EINTR);

	if (ret < 0)
		return net_fail(n, ": poll: %s", strerror(errno));

	return ret ? pfd.revents : 0;
}

static int wait_to_send(struct net *n)
{
	int ret = wait_for(n, POLLOUT);

	return ret ? ret : net_fail(n, " has taken nothing for %u seconds",
				    n->timeout);
}

static int wait_to_recv(struct net *n)
{
	int ret = wait_for(n, POLLIN);

	return ret ? ret : net_fail(n, " has sent nothing for %u seconds",
				    n->timeout);
}

static int wait_for_peer(struct net *n)
{
	int ret = wait_for(n, POLLIN);

	return ret ? ret : net_fail(n, ": nobody has connected for %u seconds",
				    n->timeout);
}

static struct addrinfo *look_up(struct net *n, const struct net_address *addr,
				int family)
{
	struct addrinfo hints = {
		.ai_family = family,
		.ai_socktype = SOCK_STREAM,
		.ai_flags = addr->host[0] ? 0 : AI_PASSIVE,
	};
	struct addrinfo *found;
	int ret;

	ret = getaddrinfo(addr->host[0] ? addr->host : NULL, addr->port, &hints,
			  &found);
	if (!ret)
		return found;

	net_fail(n, ": %s", ret == EAI_SYSTEM ? strerror(errno) :
						gai_strerror(ret));

	return NULL;
}

static int open_socket(struct net *n, const struct addrinfo *ai)
{
	n->fd = socket(ai->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
		       0);

	return n->fd < 0 ? -errno : 0;
}

static void drop_socket(struct net *n)
{
	if (n->fd >= 0)
		close(n->fd);
	n->fd = -1;
}

/* What became of a connect() that was under way. */
static int connect_result(struct net *n)
{
	int err = 0;
	socklen_t len = sizeof(err);

	if (wait_for(n, POLLOUT) <= 0)
		return -ETIMEDOUT;
	if (getsockopt(n->fd, SOL_SOCKET, SO_ERROR, &err, &len) < 0)
		return -errno;

	return -err;
}

static int connect_to(struct net *n, const struct addrinfo *ai)
{
	int ret = open_socket(n, ai);

	if (ret)
		return ret;
	if (!connect(n->fd, ai->ai_addr, ai->ai_addrlen))
		return 0;

	return errno == EINPROGRESS ? connect_result(n) : -errno;
}

static void name_peer(struct net *n, const struct net_address *addr)
{
	bool brackets = strchr(addr->host, ':');

	if (!addr->host[0])
		snprintf(n->peer, sizeof(n->peer), "port %s", addr->port);
	else
		snprintf(n->peer, sizeof(n->peer), "%s%s%s:%s",
			 brackets ? "[" : "", addr->host, brackets ? "]" : "",
			 addr->port);
}

/* What is small and last must not wait for more to come. */
static int set_nodelay(struct net *n)
{
	int on = 1;

	if (setsockopt(n->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) < 0)
		return net_fail(n, ": TCP_NODELAY: %s", strerror(errno));

	return 0;
}

int net_connect(struct net *n, const struct net_address *addr,
		unsigned int timeout)
{
	struct addrinfo *list, *ai;
	int ret = -ENOENT;

	*n = (struct net){ .fd = -1, .timeout = timeout };
	name_peer(n, addr);

	list = look_up(n, addr, AF_UNSPEC);
	if (!list)
		return -1;

	for (ai = list; ai; ai = ai->ai_next) {
		ret = connect_to(n, ai);
		if (!ret)
			break;
		drop_socket(n);
	}
	freeaddrinfo(list);
	if (ret)
		return net_fail(n, ": %s", strerror(-ret));

	return set_nodelay(n);
}

/* The port may still be remembered from an earlier connection. */
static int listen_at(struct net *n, const struct addrinfo *ai)
{
	int on = 1, off = 0, ret = open_socket(n, ai);

	if (ret)
		return ret;

	setsockopt(n->fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (ai->ai_family == AF_INET6)
		setsockopt(n->fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off));
	if (bind(n->fd, ai->ai_addr, ai->ai_addrlen) < 0 || listen(n->fd, 1) < 0)
		return -errno;

	return 0;
}

static int listen_family(struct net *n, const struct net_address *addr,
			 int family)
{
	struct addrinfo *list, *ai;
	int ret = -ENOENT;

	list = look_up(n, addr, family);
	if (!list)
		return -ENOENT;

	for (ai = list; ai; ai = ai->ai_next) {
		ret = listen_at(n, ai);
		if (!ret)
			break;
		drop_socket(n);
	}
	freeaddrinfo(list);

	return ret;
}

/* The address as it is now, with the port that the kernel has chosen. */
static int name_bound(struct net *n, const struct net_address *addr)
{
	struct net_address bound = *addr;
	struct sockaddr_storage sa;
	socklen_t len = sizeof(sa);
	int port;

	if (getsockname(n->fd, (struct sockaddr *)&sa, &len) < 0)
		return net_fail(n, ": %s", strerror(errno));

	if (sa.ss_family == AF_INET6)
		port = ntohs(((struct sockaddr_in6 *)&sa)->sin6_port);
	else
		port = ntohs(((struct sockaddr_in *)&sa)->sin_port);
	snprintf(bound.port, sizeof(bound.port), "%d", port);
	name_peer(n, &bound);

	return port;
}

/* A socket for IPv6 takes IPv4 as well, where the kernel has both. */
int net_listen(struct net *n, const struct net_address *addr,
	       unsigned int timeout)
{
	int ret;

	*n = (struct net){ .fd = -1, .timeout = timeout };
	name_peer(n, addr);

	ret = listen_family(n, addr, AF_INET6);
	if (ret && ret != -EADDRINUSE) {
		n->failure[0] = '\0';
		ret = listen_family(n, addr, AF_INET);
	}
	if (ret)
		return net_fail(n, ": %s", strerror(-ret));

	return name_bound(n, addr);
}

static void name_accepted(struct net *n, const struct sockaddr *sa, socklen_t len)
{
	struct net_address addr;

	if (getnameinfo(sa, len, addr.host, sizeof(addr.host), addr.port,
			sizeof(addr.port), NI_NUMERICHOST | NI_NUMERICSERV))
		snprintf(n->peer, sizeof(n->peer), "the sender");
	else
		name_peer(n, &addr);
}

int net_accept(struct net *n)
{
	struct sockaddr_storage addr;
	socklen_t len = sizeof(addr);
	struct sockaddr *sa = (struct sockaddr *)&addr;
	int fd;

	do {
		if (wait_for_peer(n) < 0)
			return -1;
		/* Whoever it was may have left again. */
		fd = accept4(n->fd, sa, &len, SOCK_CLOEXEC | SOCK_NONBLOCK);
	} while (fd < 0 && (errno == EAGAIN || errno == ECONNABORTED ||
			    errno == EINTR));
	if (fd < 0)
		return net_fail(n, ": accept: %s", strerror(errno));

	close(n->fd);
	n->fd = fd;
	name_accepted(n, sa, len);

	return set_nodelay(n);
}

void net_close(struct net *n)
{
	drop_socket(n);
}

int net_send(struct net *n, const void *data, size_t len)
{
	const char *from = data;

	while (len) {
		ssize_t done = COUNTED(send(n->fd, from, len, MSG_NOSIGNAL));

		if (done < 0 && errno == EAGAIN) {
			if (wait_to_send(n) < 0)
				return -1;
			continue;
		}
		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return net_fail(n, ": %s", strerror(errno));
		from += done;
		len -= done;
	}

	return 0;
}

ssize_t net_recv(struct net *n, void *data, size_t len)
{
	char *to = data;
	size_t got = 0;

	while (got < len) {
		ssize_t done = COUNTED(recv(n->fd, to + got, len - got, 0));

		if (done < 0 && errno == EAGAIN) {
			if (wait_to_recv(n) < 0)
				return -1;
			continue;
		}
		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return net_fail(n, ": %s", strerror(errno));
		if (!done)
			break;
		got += done;
	}

	return got;
}
