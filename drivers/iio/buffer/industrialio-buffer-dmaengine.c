// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * IIO buffers whose blocks are transferred by a DMA engine channel.
 *
 * Preparing a transfer walks all its segments, so the blocks keep what was prepared,
 * where the channel's descriptors can be reused: enqueueing the same DMABUF again then
 * costs the same whatever its size.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <linux/dma-mapping.h>
#include <linux/dma-vec-dmaengine.h>
#include <linux/err.h>
#include <linux/export.h>
#include <linux/minmax.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/sysfs.h>

#include <linux/iio/buffer-dma.h>
#include <linux/iio/buffer-dmaengine.h>
#include <linux/iio/buffer.h>
#include <linux/iio/buffer_impl.h>
#include <linux/iio/iio.h>
#include <linux/iio/sysfs.h>

#include <kunit/visibility.h>

#if IS_ENABLED(CONFIG_KUNIT)
size_t iio_dmaengine_align(const struct dma_device *dma_dev,
			   const struct dma_slave_caps *caps);
#endif

struct dmaengine_buffer {
	struct iio_dma_buffer_queue queue;
	struct dma_chan *chan;
	bool reuse;		/* descriptors can be submitted again */
	bool load_eot;		/* a transfer can end a cyclic one */
};

static struct dmaengine_buffer *to_dmaengine_buffer(struct iio_buffer *buffer)
{
	return container_of(buffer, struct dmaengine_buffer, queue.buffer);
}

static int iio_dmaengine_result_to_errno(enum dmaengine_tx_result result)
{
	switch (result) {
	case DMA_TRANS_NOERROR:
		return 0;
	case DMA_TRANS_ABORTED:
		return -EINTR;
	default:
		return -EIO;
	}
}

static void iio_dmaengine_block_done(void *data,
				     const struct dmaengine_result *result)
{
	struct iio_dma_buffer_block *block = data;
	size_t residue = min_t(size_t, result->residue, block->bytes_used);

	iio_dma_buffer_block_done(block, block->bytes_used - residue,
				  iio_dmaengine_result_to_errno(result->result));
}

/*
 * A cyclic transfer is prepared without DMA_PREP_INTERRUPT, so that it costs nothing
 * while it runs: controllers that look at that call back when another transfer has taken
 * its place. Others do so for each period, and not at the end; then whatever was issued
 * before it is over. That the transfer was cut short to end it is no error.
 */
static void iio_dmaengine_cyclic_called(void *data,
					const struct dmaengine_result *result)
{
	struct iio_dma_buffer_block *block = data;
	struct dmaengine_buffer *buffer = to_dmaengine_buffer(&block->queue->buffer);
	int err = 0;

	if (dma_async_is_tx_complete(buffer->chan, block->cookie, NULL, NULL) ==
	    DMA_IN_PROGRESS) {
		iio_dma_buffer_block_started(block);
		return;
	}

	if (result->result != DMA_TRANS_ABORTED)
		err = iio_dmaengine_result_to_errno(result->result);
	iio_dma_buffer_block_done(block, block->bytes_used, err);
}

/*
 * A provider has no way to say why it prepares nothing, so look before. Of the
 * transfer that comes next, a channel that cannot work says that it fails, and all
 * others know nothing.
 */
static int iio_dmaengine_buffer_ready(struct iio_dma_buffer_queue *queue)
{
	struct dma_chan *chan = to_dmaengine_buffer(&queue->buffer)->chan;

	/* The controller's driver was unbound */
	if (!READ_ONCE(chan->device->dev->driver))
		return -ENODEV;

	return dmaengine_tx_status(chan, chan->cookie + 1, NULL) == DMA_ERROR ?
	       -EIO : 0;
}

static int iio_dmaengine_buffer_prepare(struct iio_dma_buffer_queue *queue,
					struct iio_dma_buffer_block *block,
					size_t bytes_used, bool cyclic)
{
	struct dmaengine_buffer *buffer = to_dmaengine_buffer(&queue->buffer);
	unsigned long flags = cyclic ? DMA_PREP_REPEAT : DMA_PREP_INTERRUPT;
	enum dma_transfer_direction dir = DMA_DEV_TO_MEM;
	struct dma_async_tx_descriptor *tx;
	int ret;

	ret = iio_dmaengine_buffer_ready(queue);
	if (ret)
		return ret;

	ret = dma_vec_table_truncate(block->table, bytes_used);
	if (ret)
		return ret;

	if (queue->buffer.direction == IIO_BUFFER_DIRECTION_OUT) {
		dir = DMA_MEM_TO_DEV;
		flags |= buffer->load_eot ? DMA_PREP_LOAD_EOT : 0;
	}
	flags |= buffer->reuse ? DMA_CTRL_REUSE : 0;

	tx = dma_vec_prep_table(buffer->chan, block->table, &block->prepared, dir,
				flags);
	if (IS_ERR(tx))
		return PTR_ERR(tx);

	block->tx = tx;

	return 0;
}

/*
 * Most applications transfer all of a block. If that cannot be prepared now, the
 * first enqueue tries again, and tells why it fails.
 */
static void iio_dmaengine_buffer_attach(struct iio_dma_buffer_queue *queue,
					struct iio_dma_buffer_block *block)
{
	size_t len = rounddown(block->size, queue->align);

	if (len && to_dmaengine_buffer(&queue->buffer)->reuse)
		iio_dmaengine_buffer_prepare(queue, block, len, false);
}

static int iio_dmaengine_buffer_submit(struct iio_dma_buffer_queue *queue,
				       struct iio_dma_buffer_block *block)
{
	struct dmaengine_buffer *buffer = to_dmaengine_buffer(&queue->buffer);
	struct dma_async_tx_descriptor *tx;
	dma_cookie_t cookie;
	int ret;

	/* It was submitted before, or stopping the channel has taken it */
	if (!block->tx) {
		ret = iio_dmaengine_buffer_prepare(queue, block,
						   block->bytes_used,
						   block->cyclic);
		if (ret)
			return ret;
	}

	tx = block->tx;
	block->tx = NULL;
	tx->callback = NULL;
	tx->callback_result = block->cyclic ? iio_dmaengine_cyclic_called :
					      iio_dmaengine_block_done;
	tx->callback_param = block;

	cookie = dmaengine_submit(tx);
	ret = dma_submit_error(cookie);
	if (ret)
		return ret;

	block->cookie = cookie;
	dma_async_issue_pending(buffer->chan);

	return 0;
}

static void iio_dmaengine_buffer_stop(struct iio_dma_buffer_queue *queue)
{
	struct dmaengine_buffer *buffer = to_dmaengine_buffer(&queue->buffer);
	struct iio_dma_buffer_block *block;

	dmaengine_terminate_sync(buffer->chan);

	/* Gone, or kept by the block, where it is found again */
	list_for_each_entry(block, &queue->blocks, node)
		block->tx = NULL;
}

static void iio_dmaengine_buffer_forget(struct iio_dma_buffer_queue *queue,
					struct iio_dma_buffer_block *block)
{
	bool left = block->tx && !dmaengine_desc_test_reuse(block->tx);

	block->tx = NULL;
	dma_vec_unprepare(&block->prepared);

	/* A descriptor that was not submitted is freed by stopping the channel only */
	if (left && !queue->enabled)
		iio_dmaengine_buffer_stop(queue);
}

static const struct iio_dma_buffer_ops iio_dmaengine_dma_ops = {
	.attach		= iio_dmaengine_buffer_attach,
	.ready		= iio_dmaengine_buffer_ready,
	.prepare	= iio_dmaengine_buffer_prepare,
	.submit		= iio_dmaengine_buffer_submit,
	.stop		= iio_dmaengine_buffer_stop,
	.forget		= iio_dmaengine_buffer_forget,
};

static void iio_dmaengine_buffer_release(struct iio_buffer *buf)
{
	struct dmaengine_buffer *buffer = to_dmaengine_buffer(buf);

	iio_dma_buffer_release(&buffer->queue);
	kfree(buffer);
	module_put(THIS_MODULE);
}

static const struct iio_buffer_access_funcs iio_dmaengine_buffer_ops = {
	.modes			= INDIO_BUFFER_HARDWARE,
	.flags			= INDIO_BUFFER_FLAG_FIXED_WATERMARK,
	.set_length		= iio_dma_buffer_set_length,
	.set_bytes_per_datum	= iio_dma_buffer_set_bytes_per_datum,
	.request_update		= iio_dma_buffer_request_update,
	.disable		= iio_dma_buffer_disable,
	.enable			= iio_dma_buffer_enable,
	.space_available	= iio_dma_buffer_usage,
	.data_available		= iio_dma_buffer_usage,
	.write			= iio_dma_buffer_write,
	.opened			= iio_dma_buffer_opened,
	.write_error		= iio_dma_buffer_write_error,
	.read			= iio_dma_buffer_read,
	.fsync			= iio_dma_buffer_fsync,
	.dmabuf_ops		= &iio_dma_buffer_dmabuf_ops,
	.release		= iio_dmaengine_buffer_release,
};

static ssize_t length_align_bytes_show(struct device *dev,
				       struct device_attribute *attr, char *buf)
{
	struct iio_buffer *buffer = to_iio_dev_attr(attr)->buffer;

	return sysfs_emit(buf, "%zu\n", to_dmaengine_buffer(buffer)->queue.align);
}

static IIO_DEVICE_ATTR_RO(length_align_bytes, 0);

static const struct iio_dev_attr *iio_dmaengine_buffer_attrs[] = {
	&iio_dev_attr_length_align_bytes,
	NULL,
};

/*
 * Widths are bits of a mask, whose numbers are bytes: the lowest is the smallest.
 * Many controllers also list one that is not defined.
 */
static size_t iio_dmaengine_width(u32 addr_widths)
{
	addr_widths &= ~BIT(DMA_SLAVE_BUSWIDTH_UNDEFINED);

	return addr_widths ? __ffs(addr_widths) : 1;
}

/**
 * iio_dmaengine_align() - what does a length have to be a multiple of?
 * @dma_dev: The DMA controller
 * @caps: The channel's capabilities
 *
 * Both sides' smallest access has to divide it. The masks have no bits for
 * buses of 32 bytes and more; the alignment of copies is in such controllers
 * that of all transfers.
 *
 * Return: bytes.
 */
VISIBLE_IF_KUNIT size_t iio_dmaengine_align(const struct dma_device *dma_dev,
					    const struct dma_slave_caps *caps)
{
	size_t align = max(iio_dmaengine_width(caps->src_addr_widths),
			   iio_dmaengine_width(caps->dst_addr_widths));

	if (caps->src_addr_widths && caps->dst_addr_widths)
		return align;

	return max_t(size_t, align, BIT(dma_dev->copy_align));
}
EXPORT_SYMBOL_IF_KUNIT(iio_dmaengine_align);

static struct iio_buffer *iio_dmaengine_buffer_alloc(struct dma_chan *chan)
{
	struct dmaengine_buffer *buffer;
	struct dma_slave_caps caps;
	struct iio_buffer *buf;
	struct device *dev;
	int ret;

	ret = dma_get_slave_caps(chan, &caps);
	if (ret)
		return ERR_PTR(ret);

	buffer = kzalloc_obj(*buffer);
	if (!buffer)
		return ERR_PTR(-ENOMEM);

	buffer->chan = chan;

	/*
	 * A block can be enqueued again as soon as its callback has signalled
	 * its fence. That providers of DMA vectors are up to it is part of their
	 * contract; others may still have the descriptor on a list then.
	 */
	buffer->reuse = caps.descriptor_reuse &&
			chan->device->device_prep_peripheral_dma_vec;
	buffer->load_eot = dma_has_cap(DMA_LOAD_EOT, chan->device->cap_mask);

	buf = &buffer->queue.buffer;
	dev = dmaengine_get_dma_device(chan);
	buffer->queue.align = iio_dmaengine_align(chan->device, &caps);
	buffer->queue.max_size = rounddown(dma_get_max_seg_size(dev),
					   buffer->queue.align);
	iio_dma_buffer_init(&buffer->queue, dev, &iio_dmaengine_dma_ops);
	/* A file descriptor can keep the buffer for longer than its device lives */
	__module_get(THIS_MODULE);
	buf->attrs = iio_dmaengine_buffer_attrs;
	buf->access = &iio_dmaengine_buffer_ops;

	return buf;
}

/* Ends the transfers; the memory goes with the last file descriptor */
static void iio_dmaengine_buffer_exit(struct iio_buffer *buffer)
{
	iio_dma_buffer_exit(&to_dmaengine_buffer(buffer)->queue);
	iio_buffer_put(buffer);
}

static struct iio_buffer *iio_dmaengine_buffer_create(struct iio_dev *indio_dev,
						      struct dma_chan *chan,
						      enum iio_buffer_direction dir)
{
	struct iio_buffer *buffer = iio_dmaengine_buffer_alloc(chan);
	int err;

	if (IS_ERR(buffer))
		return buffer;

	indio_dev->modes |= INDIO_BUFFER_HARDWARE;
	buffer->direction = dir;
	err = iio_device_attach_buffer(indio_dev, buffer);
	if (!err)
		return buffer;

	iio_dmaengine_buffer_exit(buffer);

	return ERR_PTR(err);
}

/**
 * iio_dmaengine_buffer_setup_ext() - give an IIO device a DMA engine buffer
 * @dev: The device whose DMA channel it is
 * @indio_dev: The IIO device
 * @channel: Name of the DMA channel, typically "rx" or "tx"
 * @dir: Direction of the buffer
 *
 * The buffer becomes one of the device's, and INDIO_BUFFER_HARDWARE one of its
 * modes. Free it with iio_dmaengine_buffer_teardown().
 *
 * Context: May sleep.
 * Return: The buffer, or an ERR_PTR(): what requesting the channel or attaching
 *	the buffer fails with, -ENOMEM.
 */
struct iio_buffer *iio_dmaengine_buffer_setup_ext(struct device *dev,
						  struct iio_dev *indio_dev,
						  const char *channel,
						  enum iio_buffer_direction dir)
{
	struct dma_chan *chan = dma_request_chan(dev, channel);
	struct iio_buffer *buffer;

	if (IS_ERR(chan))
		return ERR_CAST(chan);

	buffer = iio_dmaengine_buffer_create(indio_dev, chan, dir);
	if (IS_ERR(buffer))
		dma_release_channel(chan);

	return buffer;
}
EXPORT_SYMBOL_NS_GPL(iio_dmaengine_buffer_setup_ext, "IIO_DMAENGINE_BUFFER");

/**
 * iio_dmaengine_buffer_teardown() - free a DMA engine buffer
 * @buffer: A buffer from iio_dmaengine_buffer_setup_ext()
 *
 * Ends its transfers and gives the DMA channel back. The memory goes when the
 * last file descriptor of the buffer does.
 *
 * Context: May sleep.
 */
void iio_dmaengine_buffer_teardown(struct iio_buffer *buffer)
{
	struct dma_chan *chan = to_dmaengine_buffer(buffer)->chan;

	iio_dmaengine_buffer_exit(buffer);
	dma_release_channel(chan);
}
EXPORT_SYMBOL_NS_GPL(iio_dmaengine_buffer_teardown, "IIO_DMAENGINE_BUFFER");

/* Frees with the device what was set up, if it was */
static int iio_dmaengine_buffer_manage(struct device *dev,
				       struct iio_buffer *buffer,
				       void (*free)(void *buffer))
{
	if (IS_ERR(buffer))
		return PTR_ERR(buffer);

	return devm_add_action_or_reset(dev, free, buffer);
}

static void devm_iio_dmaengine_buffer_teardown(void *buffer)
{
	iio_dmaengine_buffer_teardown(buffer);
}

/**
 * devm_iio_dmaengine_buffer_setup_ext() - the same, freed with the device
 * @dev: The device whose DMA channel it is
 * @indio_dev: The IIO device
 * @channel: Name of the DMA channel, typically "rx" or "tx"
 * @dir: Direction of the buffer
 *
 * Context: May sleep.
 * Return: 0, or what iio_dmaengine_buffer_setup_ext() fails with.
 */
int devm_iio_dmaengine_buffer_setup_ext(struct device *dev,
					struct iio_dev *indio_dev,
					const char *channel,
					enum iio_buffer_direction dir)
{
	return iio_dmaengine_buffer_manage(dev,
			iio_dmaengine_buffer_setup_ext(dev, indio_dev, channel, dir),
			devm_iio_dmaengine_buffer_teardown);
}
EXPORT_SYMBOL_NS_GPL(devm_iio_dmaengine_buffer_setup_ext, "IIO_DMAENGINE_BUFFER");

static void devm_iio_dmaengine_buffer_exit(void *buffer)
{
	iio_dmaengine_buffer_exit(buffer);
}

/**
 * devm_iio_dmaengine_buffer_setup_with_handle() - the same, for a channel that
 *	the caller has
 * @dev: The device with which the buffer is freed
 * @indio_dev: The IIO device
 * @chan: The DMA channel, for instance one that a SPI offload gave out
 * @dir: Direction of the buffer
 *
 * The channel stays the caller's, who releases it after the buffer is freed.
 *
 * Context: May sleep.
 * Return: 0, what the channel's capabilities or attaching the buffer fail with,
 *	-ENOMEM.
 */
int devm_iio_dmaengine_buffer_setup_with_handle(struct device *dev,
						struct iio_dev *indio_dev,
						struct dma_chan *chan,
						enum iio_buffer_direction dir)
{
	return iio_dmaengine_buffer_manage(dev,
			iio_dmaengine_buffer_create(indio_dev, chan, dir),
			devm_iio_dmaengine_buffer_exit);
}
EXPORT_SYMBOL_NS_GPL(devm_iio_dmaengine_buffer_setup_with_handle,
		     "IIO_DMAENGINE_BUFFER");

MODULE_AUTHOR("the dma_vec project");
MODULE_DESCRIPTION("DMA engine buffer for the IIO framework");
MODULE_LICENSE("GPL");
MODULE_IMPORT_NS("IIO_DMA_BUFFER");
