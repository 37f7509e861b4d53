// SPDX-License-Identifier: GPL-2.0
/*
 * Descriptors that go from process to process: buffers, DMABUFs and sync files. What
 * is on its way belongs to nobody, and may outlive the process that sent it.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fuzz.h"

enum kind {
	IS_BUFFER,
	IS_BLOCK,
	IS_FENCE,
};

struct message {
	enum kind kind;
	size_t size;
};

union control {
	struct cmsghdr header;
	char room[CMSG_SPACE(sizeof(int))];
};

static struct msghdr message(struct iovec *iov, union control *c)
{
	memset(c, 0, sizeof(*c));

	return (struct msghdr){
		.msg_iov = iov,
		.msg_iovlen = 1,
		.msg_control = c,
		.msg_controllen = sizeof(*c),
	};
}

static int send_fd(int socket, int fd, struct message *m)
{
	struct iovec iov = { m, sizeof(*m) };
	union control c;
	struct msghdr msg = message(&iov, &c);

	if (fd < 0)
		return -EBADF;
	c.header.cmsg_level = SOL_SOCKET;
	c.header.cmsg_type = SCM_RIGHTS;
	c.header.cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(&c.header), &fd, sizeof(fd));

	return sendmsg(socket, &msg, MSG_DONTWAIT) < 0 ? -errno : 0;
}

static int receive_fd(int socket, struct message *m)
{
	struct iovec iov = { m, sizeof(*m) };
	union control c;
	struct msghdr msg = message(&iov, &c);
	int fd;

	if (recvmsg(socket, &msg, MSG_DONTWAIT | MSG_CMSG_CLOEXEC) < 0)
		return -errno;
	if (!CMSG_FIRSTHDR(&msg) || CMSG_FIRSTHDR(&msg)->cmsg_type != SCM_RIGHTS)
		return -ENOMSG;
	memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&msg)), sizeof(fd));

	return fd;
}

int fuzz_send_buffer(struct fuzz_thread *t, unsigned int side)
{
	struct message m = { .kind = IS_BUFFER };

	return send_fd(fuzz.targets[t->process->sides[side]].pool[0],
		       t->process->fds[side], &m);
}

int fuzz_receive_buffer(struct fuzz_thread *t, unsigned int side)
{
	struct message m = { 0 };
	int fd = receive_fd(fuzz.targets[t->process->sides[side]].pool[1], &m);

	if (fd >= 0)
		fuzz_put_fd(&t->process->fds[side], fd);

	return fd;
}

static int do_send_buffer(struct fuzz_thread *t)
{
	return fuzz_send_buffer(t, fuzz_any_side(t));
}

static int do_receive_buffer(struct fuzz_thread *t)
{
	return fuzz_receive_buffer(t, fuzz_any_side(t));
}

/* So that there is a time at which nobody has the buffer. */
static int do_drain(struct fuzz_thread *t)
{
	unsigned int side = fuzz_any_side(t);
	struct message m;
	int fd;

	while ((fd = receive_fd(fuzz.targets[t->process->sides[side]].pool[1], &m)) >= 0)
		close(fd);

	return 0;
}

static int do_send_block(struct fuzz_thread *t)
{
	struct fuzz_block *b = fuzz_any_block(t);
	struct message m = { .kind = IS_BLOCK, .size = b->size };

	return send_fd(fuzz.pool[0], b->fd, &m);
}

static int do_send_fence(struct fuzz_thread *t)
{
	struct message m = { .kind = IS_FENCE };

	return send_fd(fuzz.pool[0], t->process->fences[fuzz_below(t, FUZZ_FENCES)], &m);
}

static int do_receive(struct fuzz_thread *t)
{
	struct fuzz_block *b = fuzz_any_block(t);
	struct message m = { 0 };
	int fd = receive_fd(fuzz.pool[1], &m);

	if (fd < 0)
		return fd;
	if (m.kind == IS_FENCE) {
		fuzz_put_fd(&t->process->fences[fuzz_below(t, FUZZ_FENCES)], fd);
		return 0;
	}
	b->size = m.size;
	fuzz_put_fd(&b->fd, fd);

	return 0;
}

const struct fuzz_op fuzz_pass_ops[] = {
	{ "send a buffer", do_send_buffer, 12, FUZZ_DMABUF },
	{ "receive a buffer", do_receive_buffer, 6, FUZZ_DMABUF },
	{ "forget sent buffers", do_drain, 2, FUZZ_CLOSE },
	{ "send a DMABUF", do_send_block, 4, FUZZ_ANY },
	{ "send a sync file", do_send_fence, 2, FUZZ_ANY },
	{ "receive a DMABUF or sync file", do_receive, 6, FUZZ_ANY },
	{ 0 },
};
