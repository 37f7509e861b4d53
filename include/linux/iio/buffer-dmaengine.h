/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * IIO buffers that a DMA engine channel fills, or empties: what a converter's
 * driver calls.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#ifndef __IIO_DMAENGINE_H__
#define __IIO_DMAENGINE_H__

#include <linux/iio/buffer.h>

struct device;
struct dma_chan;
struct iio_dev;

struct iio_buffer *iio_dmaengine_buffer_setup_ext(struct device *dev,
						  struct iio_dev *indio_dev,
						  const char *channel,
						  enum iio_buffer_direction dir);
void iio_dmaengine_buffer_teardown(struct iio_buffer *buffer);

int devm_iio_dmaengine_buffer_setup_ext(struct device *dev,
					struct iio_dev *indio_dev,
					const char *channel,
					enum iio_buffer_direction dir);
int devm_iio_dmaengine_buffer_setup_with_handle(struct device *dev,
						struct iio_dev *indio_dev,
						struct dma_chan *chan,
						enum iio_buffer_direction dir);

/* Most converters are inputs */
#define iio_dmaengine_buffer_setup(dev, indio_dev, channel)		\
	iio_dmaengine_buffer_setup_ext(dev, indio_dev, channel,		\
				       IIO_BUFFER_DIRECTION_IN)
#define devm_iio_dmaengine_buffer_setup(dev, indio_dev, channel)	\
	devm_iio_dmaengine_buffer_setup_ext(dev, indio_dev, channel,	\
					    IIO_BUFFER_DIRECTION_IN)

#endif /* __IIO_DMAENGINE_H__ */
