// SPDX-License-Identifier: GPL-2.0-only
/*
 * A sample client: how a driver transfers memory with DMA vector tables.
 *
 * It maps pages for a channel, cuts the table to the bytes of a transfer, submits
 * it, and syncs what the CPU looks at. Submitting the same length again reuses
 * what was prepared. It neither knows nor cares whether its provider takes
 * vectors or scatterlists.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <linux/cleanup.h>
#include <linux/completion.h>
#include <linux/dma-vec-dmaengine.h>
#include <linux/dma-vec-phys.h>
#include <linux/err.h>
#include <linux/jiffies.h>
#include <linux/math.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/sizes.h>
#include <linux/slab.h>

#include "dma-vec-sample.h"

#define CLIENT_TIMEOUT	msecs_to_jiffies(10000)

/* Pages from anywhere, and their mapping for the device of one channel */
struct client_buffer {
	struct dma_chan *chan;
	struct dma_vec_map map;
	struct dma_vec_prepared prepared;
	struct completion done;
	int result;
	size_t npages;
	struct page **pages;
	struct phys_vec *phys;
};

static enum dma_data_direction client_data_dir(enum dma_transfer_direction dir)
{
	return dir == DMA_MEM_TO_DEV ? DMA_TO_DEVICE : DMA_FROM_DEVICE;
}

static void client_buffer_free(struct client_buffer *buf)
{
	size_t i;

	if (IS_ERR_OR_NULL(buf))
		return;

	dma_vec_unprepare(&buf->prepared);
	dma_vec_unmap_phys(&buf->map);
	for (i = 0; buf->pages && i < buf->npages; i++)
		if (buf->pages[i])
			__free_page(buf->pages[i]);
	kvfree(buf->phys);
	kvfree(buf->pages);
	kfree(buf);
}

DEFINE_FREE(client_buffer, struct client_buffer *, client_buffer_free(_T))

static int client_buffer_alloc_pages(struct client_buffer *buf, size_t size)
{
	size_t i;

	buf->npages = DIV_ROUND_UP(size, PAGE_SIZE);
	buf->pages = kvcalloc(buf->npages, sizeof(*buf->pages), GFP_KERNEL);
	buf->phys = kvcalloc(buf->npages, sizeof(*buf->phys), GFP_KERNEL);
	if (!buf->pages || !buf->phys)
		return -ENOMEM;

	for (i = 0; i < buf->npages; i++) {
		buf->pages[i] = alloc_page(GFP_KERNEL | __GFP_ZERO);
		if (!buf->pages[i])
			return -ENOMEM;
		buf->phys[i].paddr = page_to_phys(buf->pages[i]);
		buf->phys[i].len = min(size - i * PAGE_SIZE, PAGE_SIZE);
	}

	return 0;
}

static struct client_buffer *client_buffer_create(struct dma_chan *chan, size_t size,
						  enum dma_transfer_direction dir)
{
	struct client_buffer *buf __free(client_buffer) = NULL;
	int ret;

	buf = kzalloc_obj(*buf);
	if (!buf)
		return ERR_PTR(-ENOMEM);

	buf->chan = chan;
	init_completion(&buf->done);

	ret = client_buffer_alloc_pages(buf, size);
	if (ret)
		return ERR_PTR(ret);

	ret = dma_vec_map_phys(&buf->map, dmaengine_get_dma_device(chan), buf->phys, buf->npages,
			       client_data_dir(dir), 0, 0);
	if (ret)
		return ERR_PTR(ret);

	return no_free_ptr(buf);
}

static u32 client_pattern(size_t word, u32 seed)
{
	return (word + seed) * 2654435761U;
}

static u32 *client_word(struct client_buffer *buf, size_t word)
{
	size_t offset = word * sizeof(u32);

	return page_address(buf->pages[offset / PAGE_SIZE]) + offset_in_page(offset);
}

static void client_done(void *param, const struct dmaengine_result *result)
{
	struct client_buffer *buf = param;

	buf->result = result->result == DMA_TRANS_NOERROR && !result->residue ? 0 : -EIO;
	complete(&buf->done);
}

/* The part of the memory that is used is the device's until it is done */
static int client_submit(struct client_buffer *buf, enum dma_transfer_direction dir)
{
	int cookie;

	reinit_completion(&buf->done);
	dma_vec_begin_access(&buf->map);

	cookie = dma_vec_submit_table(buf->chan, &buf->map.table, &buf->prepared, dir,
				      DMA_PREP_INTERRUPT | DMA_CTRL_REUSE, client_done, buf);
	if (cookie < 0)
		return cookie;

	dma_async_issue_pending(buf->chan);

	return 0;
}

static int client_wait(struct client_buffer *buf)
{
	if (!wait_for_completion_timeout(&buf->done, CLIENT_TIMEOUT))
		return -ETIMEDOUT;

	dma_vec_end_access(&buf->map);

	return buf->result;
}

static int client_verify(struct client_buffer *rx, size_t bytes_used, u32 seed)
{
	size_t word;

	for (word = 0; word < bytes_used / sizeof(u32); word++)
		if (*client_word(rx, word) != client_pattern(word, seed))
			return -EBADMSG;

	return 0;
}

/* Both ways at once: what is sent is what comes back */
static int client_round(struct client_buffer *tx, struct client_buffer *rx, size_t bytes_used,
			u32 seed)
{
	size_t word;
	int ret;

	ret = dma_vec_table_truncate(&tx->map.table, bytes_used);
	if (!ret)
		ret = dma_vec_table_truncate(&rx->map.table, bytes_used);
	if (ret)
		return ret;

	for (word = 0; word < bytes_used / sizeof(u32); word++)
		*client_word(tx, word) = client_pattern(word, seed);

	ret = client_submit(rx, DMA_DEV_TO_MEM);
	if (ret)
		return ret;

	ret = client_submit(tx, DMA_MEM_TO_DEV);
	if (!ret)
		ret = client_wait(tx);
	if (!ret)
		ret = client_wait(rx);
	if (ret)
		return ret;

	return client_verify(rx, bytes_used, seed);
}

/* Some of it, the same again, all of it */
static int client_rounds(struct dma_chan *tx_chan, struct dma_chan *rx_chan, size_t size,
			 size_t bytes_used)
{
	struct client_buffer *tx __free(client_buffer) = NULL;
	struct client_buffer *rx __free(client_buffer) = NULL;
	int ret;

	tx = client_buffer_create(tx_chan, size, DMA_MEM_TO_DEV);
	if (IS_ERR(tx))
		return PTR_ERR(tx);

	rx = client_buffer_create(rx_chan, size, DMA_DEV_TO_MEM);
	if (IS_ERR(rx))
		return PTR_ERR(rx);

	ret = client_round(tx, rx, bytes_used, 1);
	if (!ret)
		ret = client_round(tx, rx, bytes_used, 2);
	if (!ret)
		ret = client_round(tx, rx, size, 3);

	/* The memory is about to go: nothing may still use it */
	dmaengine_terminate_sync(tx_chan);
	dmaengine_terminate_sync(rx_chan);

	return ret;
}

/**
 * dma_vec_client_run() - send memory through a provider's FIFO and back
 * @dev: The device whose channels "tx" and "rx" to use
 * @size: Bytes of memory, a multiple of 4
 * @bytes_used: Bytes of it to transfer at first, a multiple of 4
 *
 * Context: May sleep.
 * Return: 0 if all of it arrived; -EBADMSG if something else did; -ETIMEDOUT if
 * nothing did; errors of the DMA engine and of dma_vec.
 */
int dma_vec_client_run(struct device *dev, size_t size, size_t bytes_used)
{
	struct dma_chan *tx, *rx;
	int ret;

	tx = dma_request_chan(dev, "tx");
	if (IS_ERR(tx))
		return PTR_ERR(tx);

	rx = dma_request_chan(dev, "rx");
	if (IS_ERR(rx)) {
		dma_release_channel(tx);
		return PTR_ERR(rx);
	}

	ret = client_rounds(tx, rx, size, bytes_used);

	dma_release_channel(rx);
	dma_release_channel(tx);

	return ret;
}
EXPORT_SYMBOL_GPL(dma_vec_client_run);

static int client_probe(struct platform_device *pdev)
{
	int ret = dma_vec_client_run(&pdev->dev, SZ_1M, SZ_1M - 1236);

	if (ret)
		return dev_err_probe(&pdev->dev, ret, "memory did not come back as it was sent\n");

	dev_info(&pdev->dev, "1 MiB went through the provider and back, verified\n");

	return 0;
}

static struct platform_driver client_driver = {
	.driver.name = DMA_VEC_CLIENT_NAME,
	.probe = client_probe,
};

static struct platform_device *client_device;

static int __init client_init(void)
{
	int ret;

	ret = platform_driver_register(&client_driver);
	if (ret)
		return ret;

	client_device = platform_device_register_simple(DMA_VEC_CLIENT_NAME, PLATFORM_DEVID_NONE,
							NULL, 0);
	if (IS_ERR(client_device)) {
		platform_driver_unregister(&client_driver);
		return PTR_ERR(client_device);
	}

	return 0;
}
module_init(client_init);

static void __exit client_exit(void)
{
	platform_device_unregister(client_device);
	platform_driver_unregister(&client_driver);
}
module_exit(client_exit);

MODULE_AUTHOR("the dma_vec project");
MODULE_DESCRIPTION("Sample client of DMA vector tables");
MODULE_SOFTDEP("pre: dma-vec-provider");
MODULE_LICENSE("GPL");
