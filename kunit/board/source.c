// SPDX-License-Identifier: GPL-2.0
/*
 * Source of an input converter: test patterns, the samples that an output
 * converter sends, or the bytes of a file; all in one, or in packets of random
 * length. It delivers nothing while the
 * converter's buffer is disabled, and starts from the beginning when it is
 * enabled.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <linux/cleanup.h>
#include <linux/debugfs.h>
#include <linux/fs.h>
#include <linux/minmax.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>

#include "axi-dmac-model.h"
#include "board.h"
#include "converter.h"
#include "port.h"

const char * const adm_source_modes[ADM_SOURCE_MODES] = {
	[ADM_SOURCE_RAMP] = "ramp",
	[ADM_SOURCE_PN9] = "pn9",
	[ADM_SOURCE_PN23] = "pn23",
	[ADM_SOURCE_LOOPBACK] = "loopback",
	[ADM_SOURCE_REPLAY] = "replay",
	[ADM_SOURCE_COUNTER] = "counter",
};

static size_t adm_make_replay(struct adm_source *src, void *dst, size_t len)
{
	size_t n = min(len, src->replay_len - src->replay_pos);

	if (!n)
		return 0;
	if (dst)
		memcpy(dst, src->replay + src->replay_pos, n);
	src->replay_pos += n;
	if (src->replay_pos == src->replay_len)
		src->replay_pos = 0;
	return n;
}

static size_t adm_make(struct adm_source *src, void *dst, size_t len)
{
	if (!src->running)
		return 0;
	switch (src->mode) {
	case ADM_SOURCE_LOOPBACK:
		return adm_fifo_read(src->fifo, dst, len);
	case ADM_SOURCE_REPLAY:
		return adm_make_replay(src, dst, len);
	case ADM_SOURCE_COUNTER:
		adm_counter_make(&src->counter, dst, len);
		return len;
	default:
		adm_pattern_make(&src->pattern, dst, len);
		return len;
	}
}

static ssize_t adm_source_produce(void *priv, void *dst, size_t len, bool *last)
{
	struct adm_source *src = priv;
	unsigned long flags;

	spin_lock_irqsave(&src->lock, flags);
	len = adm_make(src, dst, adm_packets_limit(&src->packets, len));
	*last = adm_packets_advance(&src->packets, len);
	spin_unlock_irqrestore(&src->lock, flags);
	return len;
}

static const struct axi_dmac_model_stream adm_source_ops = {
	.produce = adm_source_produce,
};

/**
 * adm_source_init() - connect a source to its controller
 * @src: source, zeroed except for the FIFO
 * @port: controller with a stream or FIFO source
 */
void adm_source_init(struct adm_source *src, struct adm_port *port)
{
	src->port = port;
	mutex_init(&src->replay_lock);
	spin_lock_init(&src->lock);
	if (src->fifo)
		adm_fifo_set_reader(src->fifo, port);
	adm_port_connect(port, &adm_source_ops, src);
}

/**
 * adm_source_exit() - disconnect a source and free what it holds
 * @src: source
 */
void adm_source_exit(struct adm_source *src)
{
	adm_port_connect(src->port, NULL, NULL);
	if (src->fifo)
		adm_fifo_set_reader(src->fifo, NULL);
	adm_fifo_put(src->fifo);
	vfree(src->replay);
}

static void adm_source_rewind(struct adm_source *src)
{
	src->replay_pos = 0;
	switch (src->mode) {
	case ADM_SOURCE_RAMP:
		adm_pattern_start(&src->pattern, ADM_PATTERN_RAMP);
		break;
	case ADM_SOURCE_PN9:
		adm_pattern_start(&src->pattern, ADM_PATTERN_PN9);
		break;
	case ADM_SOURCE_PN23:
		adm_pattern_start(&src->pattern, ADM_PATTERN_PN23);
		break;
	case ADM_SOURCE_COUNTER:
		adm_counter_start(&src->counter);
		break;
	default:
		break;
	}
	adm_packets_start(&src->packets);
	src->running = true;
}

/**
 * adm_source_start() - deliver samples, from the beginning
 * @src: source
 */
void adm_source_start(struct adm_source *src)
{
	unsigned long flags;

	adm_port_restart(src->port);
	if (src->fifo)
		adm_fifo_start(src->fifo, ADM_FIFO_READER);
	spin_lock_irqsave(&src->lock, flags);
	adm_source_rewind(src);
	spin_unlock_irqrestore(&src->lock, flags);
	adm_port_kick(src->port);
}

/**
 * adm_source_stop() - deliver nothing any more
 * @src: source
 */
void adm_source_stop(struct adm_source *src)
{
	unsigned long flags;

	spin_lock_irqsave(&src->lock, flags);
	src->running = false;
	spin_unlock_irqrestore(&src->lock, flags);
	if (src->fifo)
		adm_fifo_stop(src->fifo, ADM_FIFO_READER);
}

/**
 * adm_source_set_mode() - choose what to deliver
 * @src: source
 * @mode: what
 *
 * Return: 0, -EBUSY while the converter runs, -ENODEV for a loopback from
 * nowhere.
 */
int adm_source_set_mode(struct adm_source *src, enum adm_source_mode mode)
{
	unsigned long flags;
	int ret = 0;

	if (mode == ADM_SOURCE_LOOPBACK && !src->fifo)
		return -ENODEV;
	spin_lock_irqsave(&src->lock, flags);
	if (src->running)
		ret = -EBUSY;
	else
		src->mode = mode;
	spin_unlock_irqrestore(&src->lock, flags);
	return ret;
}

static bool adm_replay_in_use(struct adm_source *src)
{
	unsigned long flags;
	bool in_use;

	spin_lock_irqsave(&src->lock, flags);
	in_use = src->running && src->mode == ADM_SOURCE_REPLAY;
	spin_unlock_irqrestore(&src->lock, flags);
	return in_use;
}

/* The source cannot start behind our back: it reads length and data together */
static void adm_replay_set(struct adm_source *src, u8 *data, size_t size, size_t len)
{
	unsigned long flags;

	spin_lock_irqsave(&src->lock, flags);
	src->replay = data;
	src->replay_size = size;
	src->replay_len = len;
	src->replay_pos = 0;
	spin_unlock_irqrestore(&src->lock, flags);
}

static int adm_replay_grow(struct adm_source *src, size_t need)
{
	size_t size = max_t(size_t, 2 * src->replay_size, round_up(need, PAGE_SIZE));
	u8 *old = src->replay;
	u8 *data;

	if (need <= src->replay_size)
		return 0;
	data = vmalloc(min_t(size_t, size, ADM_FILE_MAX));
	if (!data)
		return -ENOMEM;
	memcpy(data, old, src->replay_len);
	adm_replay_set(src, data, min_t(size_t, size, ADM_FILE_MAX), src->replay_len);
	vfree(old);
	return 0;
}

static int adm_replay_append(struct adm_source *src, const char __user *buf, size_t len)
{
	size_t at = src->replay_len;
	int ret;

	ret = adm_replay_grow(src, at + len);
	if (ret)
		return ret;
	if (copy_from_user(src->replay + at, buf, len))
		return -EFAULT;
	adm_replay_set(src, src->replay, src->replay_size, at + len);
	return 0;
}

static int adm_replay_open(struct inode *inode, struct file *file)
{
	struct adm_source *src = inode->i_private;

	file->private_data = src;
	if (!(file->f_flags & O_TRUNC))
		return 0;
	guard(mutex)(&src->replay_lock);
	if (adm_replay_in_use(src))
		return -EBUSY;
	adm_replay_set(src, src->replay, src->replay_size, 0);
	return 0;
}

static ssize_t adm_replay_write(struct file *file, const char __user *buf, size_t len,
				loff_t *pos)
{
	struct adm_source *src = file->private_data;
	int ret;

	guard(mutex)(&src->replay_lock);
	if (adm_replay_in_use(src))
		return -EBUSY;
	if (!*pos)
		adm_replay_set(src, src->replay, src->replay_size, 0);
	if (*pos != src->replay_len)
		return -ESPIPE;
	if (len > ADM_FILE_MAX - src->replay_len)
		return -EFBIG;
	ret = adm_replay_append(src, buf, len);
	if (ret)
		return ret;
	*pos += len;
	return len;
}

static const struct file_operations adm_replay_fops = {
	.open = adm_replay_open,
	.write = adm_replay_write,
	.llseek = default_llseek,
};

/**
 * adm_source_debugfs() - files of a source
 * @src: source
 * @dir: directory of the converter
 */
void adm_source_debugfs(struct adm_source *src, struct dentry *dir)
{
	debugfs_create_file("replay", 0200, dir, src, &adm_replay_fops);
	debugfs_create_u32("packet_bytes", 0644, dir, &src->packets.mean);
	debugfs_create_u32("packet_seed", 0644, dir, &src->packets.seed);
	debugfs_create_u64("packets", 0444, dir, &src->packets.count);
}
