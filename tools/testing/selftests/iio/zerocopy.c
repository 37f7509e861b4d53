// SPDX-License-Identifier: GPL-2.0
/*
 * MSG_ZEROCOPY. The network reads the memory of a call until the peer has
 * acknowledged it; then a notification with the numbers of a range of calls
 * comes by the socket's error queue, which poll() shows as POLLERR. It also says
 * if the kernel has copied the data after all, as it does for a peer on the same
 * machine.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#include <errno.h>
#include <string.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <linux/errqueue.h>

#include "calls.h"
#include "zerocopy.h"

int zerocopy_start(struct zerocopy *z, int fd)
{
	int on = 1;

	*z = (struct zerocopy){ .fd = fd };

	return setsockopt(fd, SOL_SOCKET, SO_ZEROCOPY, &on, sizeof(on)) < 0 ?
	       -errno : 0;
}

static ssize_t try_send(int fd, const void *data, size_t len, int flags)
{
	ssize_t done;

	do {
		done = COUNTED(send(fd, data, len,
				    flags | MSG_NOSIGNAL | MSG_DONTWAIT));
	} while (done < 0 && errno == EINTR);

	return done < 0 ? -errno : done;
}

/*
 * Each socket has memory for so many notifications, and each user may pin so
 * much: more can be sent when those that are pending have come. If none is, the
 * limit is too low for a single call, and the data is copied.
 */
static ssize_t send_without(struct zerocopy *z, struct zerocopy_piece *p,
			    const void *data, size_t len)
{
	if (z->pending)
		return -EAGAIN;

	p->copied = true;

	return try_send(z->fd, data, len, 0);
}

ssize_t zerocopy_send(struct zerocopy *z, struct zerocopy_piece *p,
		      const void *data, size_t len)
{
	ssize_t done = try_send(z->fd, data, len, MSG_ZEROCOPY);

	if (done == -ENOBUFS)
		return send_without(z, p, data, len);
	if (done < 0)
		return done;

	if (!p->calls)
		p->first = z->next;
	p->calls++;
	z->next++;
	z->pending++;

	return done;
}

static bool is_notice(const struct cmsghdr *cmsg, const struct sock_extended_err *err)
{
	bool v4 = cmsg->cmsg_level == SOL_IP && cmsg->cmsg_type == IP_RECVERR;
	bool v6 = cmsg->cmsg_level == SOL_IPV6 && cmsg->cmsg_type == IPV6_RECVERR;

	return (v4 || v6) && err->ee_origin == SO_EE_ORIGIN_ZEROCOPY &&
	       !err->ee_errno;
}

int zerocopy_next_notice(struct zerocopy *z, struct zerocopy_notice *notice)
{
	struct sock_extended_err err;
	char control[128];
	struct msghdr msg = {
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	struct cmsghdr *cmsg;

	if (COUNTED(recvmsg(z->fd, &msg, MSG_ERRQUEUE | MSG_DONTWAIT)) < 0)
		return errno == EAGAIN ? 0 : -errno;

	cmsg = CMSG_FIRSTHDR(&msg);
	if (!cmsg)
		return -EPROTO;
	memcpy(&err, CMSG_DATA(cmsg), sizeof(err));
	if (!is_notice(cmsg, &err))
		return err.ee_errno ? -(int)err.ee_errno : -EPROTO;

	notice->first = err.ee_info;
	notice->last = err.ee_data;
	notice->copied = err.ee_code & SO_EE_CODE_ZEROCOPY_COPIED;
	z->pending -= notice->last - notice->first + 1;

	return 1;
}

/* Numbers wrap; a piece and a range are much smaller than half of them. */
void zerocopy_note(struct zerocopy_piece *p, const struct zerocopy_notice *notice)
{
	int32_t from = notice->first - p->first;
	int32_t to = notice->last - p->first + 1;

	if (from < 0)
		from = 0;
	if (to > (int32_t)p->calls)
		to = p->calls;
	if (from >= to)
		return;

	p->done += to - from;
	p->copied |= notice->copied;
}

bool zerocopy_piece_done(const struct zerocopy_piece *p)
{
	return p->done == p->calls;
}
