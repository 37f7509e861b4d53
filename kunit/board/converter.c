// SPDX-License-Identifier: GPL-2.0
/*
 * Simulated converters: IIO devices built as drivers of real ones are, on the
 * DMA buffers of the IIO core. The device tree decides by dma-names which
 * directions a converter has.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <linux/debugfs.h>
#include <linux/err.h>
#include <linux/mod_devicetable.h>
#include <linux/module.h>
#include <linux/of.h>
#include <linux/platform_device.h>
#include <linux/property.h>

#include <linux/iio/buffer-dmaengine.h>
#include <linux/iio/buffer.h>
#include <linux/iio/iio.h>

#include "board.h"
#include "converter.h"
#include "model.h"
#include "port.h"

#define ADM_RATE	245760000

struct adm_converter {
	struct adm_source source;
	struct adm_sink sink;
	struct dentry *debugfs;
};

static int adm_source_mode_get(struct iio_dev *indio_dev, const struct iio_chan_spec *chan)
{
	struct adm_converter *conv = iio_priv(indio_dev);

	return conv->source.mode;
}

static int adm_source_mode_set(struct iio_dev *indio_dev, const struct iio_chan_spec *chan,
			       unsigned int mode)
{
	struct adm_converter *conv = iio_priv(indio_dev);

	return adm_source_set_mode(&conv->source, mode);
}

static int adm_sink_mode_get(struct iio_dev *indio_dev, const struct iio_chan_spec *chan)
{
	struct adm_converter *conv = iio_priv(indio_dev);

	return conv->sink.mode;
}

static int adm_sink_mode_set(struct iio_dev *indio_dev, const struct iio_chan_spec *chan,
			     unsigned int mode)
{
	struct adm_converter *conv = iio_priv(indio_dev);

	return adm_sink_set_mode(&conv->sink, mode);
}

static const struct iio_enum adm_source_enum = {
	.items = adm_source_modes,
	.num_items = ARRAY_SIZE(adm_source_modes),
	.get = adm_source_mode_get,
	.set = adm_source_mode_set,
};

static const struct iio_enum adm_sink_enum = {
	.items = adm_sink_modes,
	.num_items = ARRAY_SIZE(adm_sink_modes),
	.get = adm_sink_mode_get,
	.set = adm_sink_mode_set,
};

static const struct iio_chan_spec_ext_info adm_source_ext_info[] = {
	IIO_ENUM("test_mode", IIO_SHARED_BY_TYPE, &adm_source_enum),
	IIO_ENUM_AVAILABLE("test_mode", IIO_SHARED_BY_TYPE, &adm_source_enum),
	{}
};

static const struct iio_chan_spec_ext_info adm_sink_ext_info[] = {
	IIO_ENUM("test_mode", IIO_SHARED_BY_TYPE, &adm_sink_enum),
	IIO_ENUM_AVAILABLE("test_mode", IIO_SHARED_BY_TYPE, &adm_sink_enum),
	{}
};

#define ADM_CHANNEL(_index, _output, _scan_index, _ext_info) {		\
	.type = IIO_VOLTAGE,						\
	.indexed = 1,							\
	.channel = _index,						\
	.output = _output,						\
	.info_mask_shared_by_type = BIT(IIO_CHAN_INFO_SAMP_FREQ) |	\
				    BIT(IIO_CHAN_INFO_SCALE),		\
	.scan_index = _scan_index,					\
	.scan_type = {							\
		.sign = 's',						\
		.realbits = 16,						\
		.storagebits = 16,					\
		.endianness = IIO_LE,					\
	},								\
	.ext_info = _ext_info,						\
}

#define ADM_IN(_index, _scan_index)	\
	ADM_CHANNEL(_index, 0, _scan_index, adm_source_ext_info)
#define ADM_OUT(_index, _scan_index)	\
	ADM_CHANNEL(_index, 1, _scan_index, adm_sink_ext_info)

static const struct iio_chan_spec adm_rx_channels[] = { ADM_IN(0, 0), ADM_IN(1, 1) };
static const struct iio_chan_spec adm_tx_channels[] = { ADM_OUT(0, 0), ADM_OUT(1, 1) };
static const struct iio_chan_spec adm_tx_three_channels[] = {
	ADM_OUT(0, 0), ADM_OUT(1, 1), ADM_OUT(2, 2),
};

static const struct iio_chan_spec adm_xcvr_channels[] = {
	ADM_IN(0, 0), ADM_IN(1, 1), ADM_OUT(0, 2), ADM_OUT(1, 3),
};

/* A frame has all channels of its direction: nothing packs a part of them */
static const unsigned long adm_scan_masks[] = { GENMASK(1, 0), 0 };
static const unsigned long adm_three_scan_masks[] = { GENMASK(2, 0), 0 };
static const unsigned long adm_xcvr_scan_masks[] = { GENMASK(1, 0), GENMASK(3, 2), 0 };

static int adm_read_raw(struct iio_dev *indio_dev, struct iio_chan_spec const *chan,
			int *val, int *val2, long info)
{
	switch (info) {
	case IIO_CHAN_INFO_SAMP_FREQ:
		*val = ADM_RATE;
		return IIO_VAL_INT;
	case IIO_CHAN_INFO_SCALE:
		*val = 1000;	/* mV full scale */
		*val2 = 15;
		return IIO_VAL_FRACTIONAL_LOG2;
	default:
		return -EINVAL;
	}
}

static const struct iio_info adm_info = {
	.read_raw = adm_read_raw,
};

static bool adm_is_active(struct iio_dev *indio_dev, bool output)
{
	unsigned int i;

	for (i = 0; i < indio_dev->num_channels; i++)
		if (indio_dev->channels[i].output == output &&
		    test_bit(indio_dev->channels[i].scan_index, indio_dev->active_scan_mask))
			return true;
	return false;
}

static int adm_preenable(struct iio_dev *indio_dev)
{
	struct adm_converter *conv = iio_priv(indio_dev);

	if (adm_is_active(indio_dev, false))
		adm_source_start(&conv->source);
	if (adm_is_active(indio_dev, true))
		adm_sink_start(&conv->sink);
	return 0;
}

/* Before the DMA stops, so that a stalled sink does not hold the core up */
static int adm_predisable(struct iio_dev *indio_dev)
{
	struct adm_converter *conv = iio_priv(indio_dev);

	if (conv->sink.port)
		adm_port_flush(conv->sink.port, true);
	return 0;
}

/* After the DMA has stopped: samples keep coming while it does */
static int adm_postdisable(struct iio_dev *indio_dev)
{
	struct adm_converter *conv = iio_priv(indio_dev);

	if (conv->source.port)
		adm_source_stop(&conv->source);
	if (conv->sink.port)
		adm_sink_stop(&conv->sink);
	return 0;
}

static const struct iio_buffer_setup_ops adm_setup_ops = {
	.preenable = adm_preenable,
	.predisable = adm_predisable,
	.postdisable = adm_postdisable,
};

static struct adm_port *adm_dma_port(struct device *dev, const char *name)
{
	struct adm_port *port;
	struct of_phandle_args args;
	int index;

	index = of_property_match_string(dev->of_node, "dma-names", name);
	if (index < 0)
		return NULL;
	if (of_parse_phandle_with_args(dev->of_node, "dmas", "#dma-cells", index, &args))
		return NULL;
	port = adm_port_find(args.np);
	of_node_put(args.np);
	return port;
}

static void adm_source_exit_action(void *src)
{
	adm_source_exit(src);
}

static int adm_add_source(struct device *dev, struct adm_converter *conv,
			  struct adm_port *port)
{
	struct device_node *np = of_parse_phandle(dev->of_node, "board,loopback", 0);

	if (np) {
		conv->source.fifo = adm_fifo_get(np);
		of_node_put(np);
		if (!conv->source.fifo)
			return -ENOMEM;
	}
	adm_source_init(&conv->source, port);
	return devm_add_action_or_reset(dev, adm_source_exit_action, &conv->source);
}

static void adm_sink_exit_action(void *sink)
{
	adm_sink_exit(sink);
}

static int adm_add_sink(struct device *dev, struct adm_converter *conv,
			struct adm_port *port)
{
	conv->sink.fifo = adm_fifo_get(dev->of_node);
	if (!conv->sink.fifo)
		return -ENOMEM;
	adm_sink_init(&conv->sink, port);
	return devm_add_action_or_reset(dev, adm_sink_exit_action, &conv->sink);
}

/* A sample set whose size is no power of two */
static void adm_set_three_channels(struct iio_dev *indio_dev)
{
	indio_dev->available_scan_masks = adm_three_scan_masks;
	indio_dev->channels = adm_tx_three_channels;
	indio_dev->num_channels = ARRAY_SIZE(adm_tx_three_channels);
}

static void adm_set_channels(struct iio_dev *indio_dev, bool rx, bool tx)
{
	indio_dev->available_scan_masks = rx && tx ? adm_xcvr_scan_masks : adm_scan_masks;
	if (rx && tx) {
		indio_dev->channels = adm_xcvr_channels;
		indio_dev->num_channels = ARRAY_SIZE(adm_xcvr_channels);
	} else if (rx) {
		indio_dev->channels = adm_rx_channels;
		indio_dev->num_channels = ARRAY_SIZE(adm_rx_channels);
	} else {
		indio_dev->channels = adm_tx_channels;
		indio_dev->num_channels = ARRAY_SIZE(adm_tx_channels);
	}
}

static int adm_add_directions(struct iio_dev *indio_dev, struct device *dev)
{
	struct adm_converter *conv = iio_priv(indio_dev);
	struct adm_port *rx = adm_dma_port(dev, "rx");
	struct adm_port *tx = adm_dma_port(dev, "tx");
	int ret;

	if (!rx && !tx)
		return dev_err_probe(dev, -ENODEV, "no simulated DMA controller\n");
	if (device_property_read_bool(dev, "board,three-channels"))
		adm_set_three_channels(indio_dev);
	else
		adm_set_channels(indio_dev, rx, tx);
	if (rx) {
		ret = adm_add_source(dev, conv, rx) ?:
		      devm_iio_dmaengine_buffer_setup_ext(dev, indio_dev, "rx",
							  IIO_BUFFER_DIRECTION_IN);
		if (ret)
			return dev_err_probe(dev, ret, "no input buffer\n");
	}
	if (tx) {
		ret = adm_add_sink(dev, conv, tx) ?:
		      devm_iio_dmaengine_buffer_setup_ext(dev, indio_dev, "tx",
							  IIO_BUFFER_DIRECTION_OUT);
		if (ret)
			return dev_err_probe(dev, ret, "no output buffer\n");
	}
	return 0;
}

static void adm_remove_debugfs(void *dir)
{
	debugfs_remove_recursive(dir);
}

static int adm_add_debugfs(struct device *dev, const char *name, struct adm_converter *conv)
{
	conv->debugfs = adm_debugfs_dir(name);
	if (conv->source.port)
		adm_source_debugfs(&conv->source, conv->debugfs);
	if (conv->sink.port)
		adm_sink_debugfs(&conv->sink, conv->debugfs);
	return devm_add_action_or_reset(dev, adm_remove_debugfs, conv->debugfs);
}

static int adm_converter_probe(struct platform_device *pdev)
{
	struct device *dev = &pdev->dev;
	struct adm_converter *conv;
	struct iio_dev *indio_dev;
	const char *name;
	int ret;

	ret = device_property_read_string(dev, "label", &name);
	if (ret)
		return dev_err_probe(dev, ret, "no label\n");
	indio_dev = devm_iio_device_alloc(dev, sizeof(*conv));
	if (!indio_dev)
		return -ENOMEM;
	conv = iio_priv(indio_dev);
	indio_dev->name = name;
	indio_dev->modes = INDIO_DIRECT_MODE;
	indio_dev->info = &adm_info;
	indio_dev->setup_ops = &adm_setup_ops;

	ret = adm_add_directions(indio_dev, dev);
	if (ret)
		return ret;
	ret = adm_add_debugfs(dev, name, conv);
	if (ret)
		return ret;
	return devm_iio_device_register(dev, indio_dev);
}

static const struct of_device_id adm_converter_of_match[] = {
	{ .compatible = "axi-dmac-board,converter" },
	{}
};
MODULE_DEVICE_TABLE(of, adm_converter_of_match);

static struct platform_driver adm_converter_driver = {
	.driver = {
		.name = "axi-dmac-board-converter",
		.of_match_table = adm_converter_of_match,
	},
	.probe = adm_converter_probe,
};
builtin_platform_driver(adm_converter_driver);
