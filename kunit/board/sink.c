// SPDX-License-Identifier: GPL-2.0
/*
 * Sink of an output converter: checks the samples against a test pattern, sends
 * them to an input converter, keeps them, or drops them. While the converter's
 * buffer is disabled it takes everything and looks at nothing.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <linux/cleanup.h>
#include <linux/debugfs.h>
#include <linux/fs.h>
#include <linux/minmax.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#include "axi-dmac-model.h"
#include "board.h"
#include "converter.h"
#include "port.h"

const char * const adm_sink_modes[ADM_SINK_MODES] = {
	[ADM_SINK_DROP] = "drop",
	[ADM_SINK_RAMP] = "ramp",
	[ADM_SINK_PN9] = "pn9",
	[ADM_SINK_PN23] = "pn23",
	[ADM_SINK_LOOPBACK] = "loopback",
	[ADM_SINK_CAPTURE] = "capture",
	[ADM_SINK_COUNTER] = "counter",
};

static void adm_keep(struct adm_sink *sink, const void *data, size_t len)
{
	if (sink->received >= ADM_FILE_MAX || !data)
		return;
	memcpy(sink->capture + sink->received, data,
	       min_t(u64, len, ADM_FILE_MAX - sink->received));
}

static void adm_compare(struct adm_sink *sink, const void *data, size_t len)
{
	if (data)
		sink->mismatches += adm_pattern_check(&sink->pattern, data, len);
	else
		adm_pattern_make(&sink->pattern, NULL, len);
}

static size_t adm_take(struct adm_sink *sink, const void *data, size_t len, bool last)
{
	if (!sink->running)
		return len;
	switch (sink->mode) {
	case ADM_SINK_DROP:
		break;
	case ADM_SINK_LOOPBACK:
		len = adm_fifo_write(sink->fifo, data, len);
		break;
	case ADM_SINK_CAPTURE:
		adm_keep(sink, data, len);
		break;
	case ADM_SINK_COUNTER:
		adm_counter_check(&sink->counter, data, len, last);
		break;
	default:
		adm_compare(sink, data, len);
	}
	sink->received += len;
	return len;
}

static ssize_t adm_sink_consume(void *priv, const void *data, size_t len, bool last)
{
	struct adm_sink *sink = priv;
	unsigned long flags;

	spin_lock_irqsave(&sink->lock, flags);
	len = adm_take(sink, data, len, last);
	spin_unlock_irqrestore(&sink->lock, flags);
	return len;
}

static const struct axi_dmac_model_stream adm_sink_ops = {
	.consume = adm_sink_consume,
};

/**
 * adm_sink_init() - connect a sink to its controller
 * @sink: sink, zeroed except for the FIFO
 * @port: controller with a stream or FIFO destination
 */
void adm_sink_init(struct adm_sink *sink, struct adm_port *port)
{
	sink->port = port;
	mutex_init(&sink->capture_lock);
	spin_lock_init(&sink->lock);
	adm_fifo_set_writer(sink->fifo, port);
	adm_port_connect(port, &adm_sink_ops, sink);
}

/**
 * adm_sink_exit() - disconnect a sink and free what it holds
 * @sink: sink
 */
void adm_sink_exit(struct adm_sink *sink)
{
	adm_port_connect(sink->port, NULL, NULL);
	adm_fifo_set_writer(sink->fifo, NULL);
	adm_fifo_put(sink->fifo);
	vfree(sink->capture);
}

static void adm_sink_rewind(struct adm_sink *sink)
{
	sink->received = 0;
	sink->mismatches = 0;
	switch (sink->mode) {
	case ADM_SINK_RAMP:
		adm_pattern_start(&sink->pattern, ADM_PATTERN_RAMP);
		break;
	case ADM_SINK_PN9:
		adm_pattern_start(&sink->pattern, ADM_PATTERN_PN9);
		break;
	case ADM_SINK_PN23:
		adm_pattern_start(&sink->pattern, ADM_PATTERN_PN23);
		break;
	case ADM_SINK_COUNTER:
		adm_counter_start(&sink->counter);
		break;
	default:
		break;
	}
	sink->running = true;
}

/**
 * adm_sink_start() - look at samples, from the beginning
 * @sink: sink
 */
void adm_sink_start(struct adm_sink *sink)
{
	unsigned long flags;

	adm_port_restart(sink->port);
	adm_port_flush(sink->port, false);
	adm_fifo_start(sink->fifo, ADM_FIFO_WRITER);
	spin_lock_irqsave(&sink->lock, flags);
	adm_sink_rewind(sink);
	spin_unlock_irqrestore(&sink->lock, flags);
}

/**
 * adm_sink_stop() - take samples without looking at them
 * @sink: sink
 */
void adm_sink_stop(struct adm_sink *sink)
{
	unsigned long flags;

	spin_lock_irqsave(&sink->lock, flags);
	sink->running = false;
	spin_unlock_irqrestore(&sink->lock, flags);
	adm_fifo_stop(sink->fifo, ADM_FIFO_WRITER);
	adm_port_kick(sink->port);
}

static int adm_sink_swap(struct adm_sink *sink, enum adm_sink_mode mode, u8 **capture)
{
	unsigned long flags;
	int ret = 0;

	spin_lock_irqsave(&sink->lock, flags);
	if (sink->running) {
		ret = -EBUSY;
	} else {
		sink->mode = mode;
		swap(sink->capture, *capture);
	}
	spin_unlock_irqrestore(&sink->lock, flags);
	return ret;
}

/**
 * adm_sink_set_mode() - choose what to do with the samples
 * @sink: sink
 * @mode: what
 *
 * Return: 0, -EBUSY while the converter runs, or -ENOMEM.
 */
int adm_sink_set_mode(struct adm_sink *sink, enum adm_sink_mode mode)
{
	u8 *capture = NULL;
	int ret;

	guard(mutex)(&sink->capture_lock);
	if (mode == ADM_SINK_CAPTURE) {
		capture = vzalloc(ADM_FILE_MAX);
		if (!capture)
			return -ENOMEM;
	}
	ret = adm_sink_swap(sink, mode, &capture);
	vfree(capture);
	return ret;
}

static ssize_t adm_capture_read(struct file *file, char __user *buf, size_t len, loff_t *pos)
{
	struct adm_sink *sink = file->private_data;

	guard(mutex)(&sink->capture_lock);
	if (!sink->capture)
		return 0;
	return simple_read_from_buffer(buf, len, pos, sink->capture,
				       min_t(u64, READ_ONCE(sink->received), ADM_FILE_MAX));
}

static const struct file_operations adm_capture_fops = {
	.open = simple_open,
	.read = adm_capture_read,
	.llseek = default_llseek,
};

/**
 * adm_sink_debugfs() - files of a sink
 * @sink: sink
 * @dir: directory of the converter
 */
void adm_sink_debugfs(struct adm_sink *sink, struct dentry *dir)
{
	debugfs_create_u64("received", 0444, dir, &sink->received);
	debugfs_create_u64("mismatches", 0444, dir, &sink->mismatches);
	debugfs_create_file("capture", 0400, dir, sink, &adm_capture_fops);
	debugfs_create_u64("stamps", 0444, dir, &sink->counter.stamps);
	debugfs_create_u64("wrong_stamps", 0444, dir, &sink->counter.mismatches);
	debugfs_create_u64("jumps", 0444, dir, &sink->counter.jumps);
}
