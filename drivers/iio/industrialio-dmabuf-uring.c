// SPDX-License-Identifier: GPL-2.0
/*
 * ENQUEUE through io_uring: one system call enqueues many DMABUFs, and the
 * completion of each comes when its transfer is over.
 *
 * A command waits for the fence of its transfer, to which it has a reference of its
 * own: what became of the transfer is in the fence, whatever is enqueued afterwards.
 * It completes exactly once, and the fence's lock decides who sees to that:
 *
 * - The fence is signalled and calls back.
 * - The ring or the task goes, and the callback is removed before it is called. The
 *   command completes with -ECANCELED; the transfer goes on without it.
 * - The fence was signalled before the callback could be added.
 *
 * In all cases the task that submitted the command completes it: signalling may take
 * place in an interrupt, and completions keep the order in which transfers end.
 *
 * A command is made cancelable before its callback is added, since afterwards it may
 * be complete, and freed, at any time. Cancelling finds no callback in between, and
 * comes again.
 *
 * A command holds the buffer's file, hence its module: closing the last descriptor
 * detaches nothing before the last command is complete.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <linux/build_bug.h>
#include <linux/container_of.h>
#include <linux/dma-buf.h>
#include <linux/dma-resv.h>
#include <linux/dma-transfer-fence.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/io_uring/cmd.h>
#include <linux/limits.h>
#include <linux/list.h>

#include <linux/iio/buffer_impl.h>

#include <uapi/linux/iio/buffer.h>

#include "iio_core.h"
#include "industrialio-dmabuf.h"
#include "industrialio-dmabuf-uring.h"

/**
 * struct iio_dmabuf_uring - what a command keeps
 * @req: Before a worker issues it again: the request
 * @cb: While it waits: the fence's callback
 * @node: The callback's list entry, which is empty unless the callback is added, and
 *	waits to be called; cancelling looks at it for as long as the command is there
 * @dmabuf: Once the command does not wait: the DMABUF to begin CPU access of, or NULL
 * @fence: The transfer's fence
 */
struct iio_dmabuf_uring {
	union {
		struct iio_dmabuf req;
		struct dma_fence_cb cb;
		struct {
			struct list_head node;
			struct dma_buf *dmabuf;
		};
	};
	struct dma_transfer_fence *fence;
};

static_assert(offsetof(struct iio_dmabuf_uring, node) ==
	      offsetof(struct iio_dmabuf_uring, cb.node));

static struct iio_dmabuf_uring *iio_dmabuf_uring_of(struct io_uring_cmd *cmd)
{
	return io_uring_cmd_to_pdu(cmd, struct iio_dmabuf_uring);
}

static struct io_uring_cmd *iio_dmabuf_uring_cmd(struct iio_dmabuf_uring *uring)
{
	return container_of((void *)uring, struct io_uring_cmd, pdu);
}

static struct iio_buffer *iio_dmabuf_uring_buffer(struct io_uring_cmd *cmd)
{
	struct iio_dev_buffer_pair *ib = cmd->file->private_data;

	return ib->buffer;
}

/* How the CPU uses a DMABUF of this buffer, before or after its transfers */
static enum dma_data_direction
iio_dmabuf_uring_cpu_dir(const struct iio_buffer *buffer)
{
	return buffer->direction == IIO_BUFFER_DIRECTION_IN ? DMA_FROM_DEVICE :
							      DMA_TO_DEVICE;
}

/*
 * Beginning CPU access waits for other users of the DMABUF, but this may run with the
 * ring locked: if there are any, tell the application.
 */
static int iio_dmabuf_uring_begin_cpu(struct iio_buffer *buffer,
				      struct dma_buf *dmabuf)
{
	enum dma_data_direction dir = iio_dmabuf_uring_cpu_dir(buffer);

	if (!dma_resv_test_signaled(dmabuf->resv,
				    dma_resv_usage_rw(dir == DMA_TO_DEVICE)))
		return -EBUSY;

	return dma_buf_begin_cpu_access(dmabuf, dir);
}

/* The transfer is over */
static void iio_dmabuf_uring_complete(struct io_tw_req tw_req, io_tw_token_t tw)
{
	struct io_uring_cmd *cmd = io_uring_cmd_from_tw(tw_req);
	struct iio_dmabuf_uring *uring = iio_dmabuf_uring_of(cmd);
	struct dma_transfer_fence *fence = uring->fence;
	struct dma_buf *dmabuf = uring->dmabuf;
	bool task_is_gone = tw.cancel;
	int ret = 0, status;

	/* A worker does this for the task then, and nobody could interrupt that */
	if (dmabuf && task_is_gone)
		ret = -ECANCELED;
	else if (dmabuf)
		ret = iio_dmabuf_uring_begin_cpu(iio_dmabuf_uring_buffer(cmd), dmabuf);

	status = dma_fence_get_status(&fence->base);
	if (status < 0)
		ret = status;
	else if (!ret)
		ret = fence->bytes;
	io_uring_cmd_done32(cmd, ret, fence->sequence,
			    IO_URING_CMD_TASK_WORK_ISSUE_FLAGS);

	/* Cancelling looks at the fence until the command is done */
	dma_fence_put(&fence->base);
	if (dmabuf)
		dma_buf_put(dmabuf);
}

static void iio_dmabuf_uring_cancelled(struct io_tw_req tw_req, io_tw_token_t tw)
{
	struct io_uring_cmd *cmd = io_uring_cmd_from_tw(tw_req);
	struct dma_transfer_fence *fence = iio_dmabuf_uring_of(cmd)->fence;

	io_uring_cmd_done(cmd, -ECANCELED, IO_URING_CMD_TASK_WORK_ISSUE_FLAGS);
	dma_fence_put(&fence->base);
}

/* Have the command completed; @dmabuf: a reference that goes with it, or NULL */
static void iio_dmabuf_uring_over(struct iio_dmabuf_uring *uring,
				  struct dma_buf *dmabuf)
{
	uring->dmabuf = dmabuf;
	io_uring_cmd_do_in_task_lazy(iio_dmabuf_uring_cmd(uring),
				     iio_dmabuf_uring_complete);
}

/* Called with the fence's lock held, and maybe in an interrupt */
static void iio_dmabuf_uring_signalled(struct dma_fence *fence,
				       struct dma_fence_cb *cb)
{
	struct iio_dmabuf_uring *uring =
		container_of(cb, struct iio_dmabuf_uring, cb);

	iio_dmabuf_uring_over(uring, NULL);
}

/* The same for a command that begins CPU access */
static void iio_dmabuf_uring_signalled_cpu(struct dma_fence *fence,
					   struct dma_fence_cb *cb)
{
	struct iio_dmabuf_uring *uring =
		container_of(cb, struct iio_dmabuf_uring, cb);

	iio_dmabuf_uring_over(uring, iio_dmabuf_get_of(uring->fence));
}

/* The command may be gone when this returns */
static void iio_dmabuf_uring_wait(struct io_uring_cmd *cmd,
				  struct dma_transfer_fence *fence,
				  struct dma_buf *dmabuf, unsigned int issue_flags)
{
	struct iio_dmabuf_uring *uring = iio_dmabuf_uring_of(cmd);

	uring->fence = fence;
	INIT_LIST_HEAD(&uring->cb.node);
	io_uring_cmd_mark_cancelable(cmd, issue_flags);

	if (!dma_fence_add_callback(&fence->base, &uring->cb,
				    dmabuf ? iio_dmabuf_uring_signalled_cpu :
					     iio_dmabuf_uring_signalled))
		return;

	if (dmabuf)
		get_dma_buf(dmabuf);
	iio_dmabuf_uring_over(uring, dmabuf);
}

static int iio_dmabuf_uring_cancel(struct io_uring_cmd *cmd)
{
	struct iio_dmabuf_uring *uring = iio_dmabuf_uring_of(cmd);

	/* Not added yet, or called, or removed: it is seen to */
	if (dma_fence_remove_callback(&uring->fence->base, &uring->cb))
		io_uring_cmd_complete_in_task(cmd, iio_dmabuf_uring_cancelled);

	return 0;
}

/* The submission queue is shared with user space: read each field once */
static int iio_dmabuf_uring_read_sqe(struct io_uring_cmd *cmd,
				     struct iio_dmabuf *req)
{
	const struct io_uring_sqe *sqe = cmd->sqe;
	const struct iio_dmabuf *arg = io_uring_sqe_cmd(sqe, struct iio_dmabuf);

	if (cmd->cmd_op != IIO_BUFFER_DMABUF_ENQUEUE_IOCTL ||
	    cmd->flags & IORING_URING_CMD_MASK || READ_ONCE(sqe->addr) ||
	    READ_ONCE(sqe->len) || READ_ONCE(sqe->file_index))
		return -EINVAL;

	req->fd = READ_ONCE(arg->fd);
	req->flags = READ_ONCE(arg->flags);
	req->bytes_used = READ_ONCE(arg->bytes_used);

	/* A completion cannot tell of more */
	return req->bytes_used > INT_MAX ? -EINVAL : 0;
}

/*
 * A worker issues commands that were issued before, unless it was asked for. The
 * entry of the submission queue may be another command's by then: not every kernel
 * keeps a copy.
 */
static int iio_dmabuf_uring_get_request(struct io_uring_cmd *cmd,
					struct iio_dmabuf *req,
					unsigned int issue_flags)
{
	bool again = (issue_flags & IO_URING_F_IOWQ) &&
		     !(cmd_to_io_kiocb(cmd)->flags & REQ_F_FORCE_ASYNC);
	int ret;

	if (again) {
		*req = iio_dmabuf_uring_of(cmd)->req;
		return 0;
	}

	ret = iio_dmabuf_uring_read_sqe(cmd, req);
	if (!ret)
		iio_dmabuf_uring_of(cmd)->req = *req;

	return ret;
}

static int iio_dmabuf_uring_enqueue(struct io_uring_cmd *cmd,
				    struct iio_dmabuf *req, struct dma_buf *dmabuf,
				    bool nonblock, unsigned int issue_flags)
{
	struct iio_dev_buffer_pair *ib = cmd->file->private_data;
	bool cpu = req->flags & IIO_BUFFER_DMABUF_CPU_ACCESS;
	struct dma_transfer_fence *fence;
	int ret;

	req->flags &= ~IIO_BUFFER_DMABUF_CPU_ACCESS;
	if (cpu) {
		ret = dma_buf_end_cpu_access(dmabuf,
					     iio_dmabuf_uring_cpu_dir(ib->buffer));
		if (ret)
			return ret;
	}

	fence = iio_dmabuf_enqueue(ib->buffer, dmabuf, req, nonblock);
	if (IS_ERR(fence))
		return PTR_ERR(fence);

	iio_dmabuf_uring_wait(cmd, fence, cpu ? dmabuf : NULL, issue_flags);

	return -EIOCBQUEUED;
}

static int iio_dmabuf_uring_issue(struct io_uring_cmd *cmd, unsigned int issue_flags)
{
	struct iio_dev_buffer_pair *ib = cmd->file->private_data;
	bool may_block = !(cmd->file->f_flags & O_NONBLOCK);
	bool nonblock = !may_block || (issue_flags & IO_URING_F_NONBLOCK);
	struct dma_buf *dmabuf;
	struct iio_dmabuf req;
	int ret;

	ret = iio_dmabuf_check_device(ib->indio_dev, ib->buffer);
	if (!ret)
		ret = iio_dmabuf_uring_get_request(cmd, &req, issue_flags);
	if (ret)
		return ret;

	dmabuf = dma_buf_get(req.fd);
	if (IS_ERR(dmabuf))
		return PTR_ERR(dmabuf);

	ret = iio_dmabuf_uring_enqueue(cmd, &req, dmabuf, nonblock, issue_flags);
	dma_buf_put(dmabuf);

	/* Others use the DMABUF: wait for them where that is possible, in a worker */
	if (ret == -EBUSY && nonblock && may_block)
		return -EAGAIN;

	return ret == -ERESTARTSYS ? -EINTR : ret;
}

/**
 * iio_buffer_uring_cmd() - uring_cmd operation of a buffer's own file
 * @cmd: The command: IIO_BUFFER_DMABUF_ENQUEUE_IOCTL, with its argument in the sqe
 * @issue_flags: From io_uring
 *
 * The argument's flags may include IIO_BUFFER_DMABUF_CPU_ACCESS. The completion has
 * the bytes that were really transferred, or an error, and where completions have 32
 * bytes, the number of the transfer.
 *
 * Context: Process context; the ring is locked if @issue_flags say so.
 * Return: -EIOCBQUEUED; -EAGAIN if it is to be issued again by a worker, which may
 *	wait; or what the completion is to have at once: the errors of the ioctl, and
 *	-EINVAL for another command, for fields of the sqe which are not used but set,
 *	and for more than INT_MAX bytes.
 */
int iio_buffer_uring_cmd(struct io_uring_cmd *cmd, unsigned int issue_flags)
{
	if (issue_flags & IO_URING_F_CANCEL)
		return iio_dmabuf_uring_cancel(cmd);

	return iio_dmabuf_uring_issue(cmd, issue_flags);
}
