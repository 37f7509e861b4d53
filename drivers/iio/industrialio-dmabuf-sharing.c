// SPDX-License-Identifier: GPL-2.0
/*
 * Devices that share a DMABUF and differ in how they reach memory.
 *
 * Each transfer brings memory into the state that its own device needs before
 * it, and that the CPU needs after it, so that IIO devices of any kind can share
 * a DMABUF. Drivers of other subsystems may rely on the exporter, which does
 * nothing between two transfers. Who would rather fall back to read() and
 * write() than find out can refuse such neighbours.
 */

#include <linux/device.h>
#include <linux/dma-buf.h>
#include <linux/dma-resv.h>
#include <linux/dma-vec.h>
#include <linux/moduleparam.h>

#include <kunit/visibility.h>

#include "industrialio-dmabuf.h"

static bool iio_dmabuf_refuse_mixed;
module_param_named(refuse_mixed_coherency, iio_dmabuf_refuse_mixed, bool, 0644);
MODULE_PARM_DESC(refuse_mixed_coherency,
		 "Refuse DMABUFs that devices of different cache coherency share (default: N)");

/**
 * iio_dmabuf_check_sharing() - is a DMABUF's company to be refused?
 * @attach: Attachment of the device that is asked for
 *
 * Context: The DMABUF's reservation lock is held.
 * Return: 0; -EPERM if another device is attached that does not by itself see
 *	the same data, and the parameter refuse_mixed_coherency is set.
 */
int iio_dmabuf_check_sharing(struct dma_buf_attachment *attach)
{
	enum dma_vec_coherency mode;
	struct dma_buf_attachment *other;
	int ret;

	if (!READ_ONCE(iio_dmabuf_refuse_mixed))
		return 0;

	dma_resv_assert_held(attach->dmabuf->resv);

	mode = dma_vec_dev_coherency(attach->dev);
	list_for_each_entry(other, &attach->dmabuf->attachments, node) {
		if (other->dev == attach->dev)
			continue;

		ret = dma_vec_may_share(mode, dma_vec_dev_coherency(other->dev));
		if (ret) {
			dev_dbg(attach->dev, "refused: %s shares the DMABUF\n",
				dev_name(other->dev));
			return ret;
		}
	}

	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(iio_dmabuf_check_sharing);

#if IS_ENABLED(CONFIG_KUNIT)
void iio_dmabuf_set_refuse_mixed(bool refuse)
{
	WRITE_ONCE(iio_dmabuf_refuse_mixed, refuse);
}
EXPORT_SYMBOL_IF_KUNIT(iio_dmabuf_set_refuse_mixed);
#endif
