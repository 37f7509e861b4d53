// SPDX-License-Identifier: GPL-2.0
/*
 * Devices that share a DMABUF and differ in how they reach memory.
 *
 * The library makes such devices see each other's data if all their drivers map
 * the DMABUF through it, and does what it can for others. That takes time for
 * each byte of a transfer. An administrator who would rather have programs fall
 * back to read() and write() sets a parameter that refuses such DMABUFs.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <linux/device.h>
#include <linux/dma-buf.h>
#include <linux/dma-vec-table.h>
#include <linux/moduleparam.h>

#include <kunit/visibility.h>

#include "industrialio-dmabuf.h"

static bool iio_dmabuf_refuse_mixed;
module_param_named(refuse_mixed_coherency, iio_dmabuf_refuse_mixed, bool, 0644);
MODULE_PARM_DESC(refuse_mixed_coherency,
		 "Refuse DMABUFs that devices of different cache coherency share (default: N)");

/**
 * iio_dmabuf_check_sharing() - refuse a DMABUF that is shared, if that is wanted
 * @attach: Attachment of the device that asks
 *
 * Context: The DMABUF's reservation lock is held.
 * Return: 0; -EPERM if a device of another kind is attached, and the parameter
 *	refuse_mixed_coherency is set.
 */
int iio_dmabuf_check_sharing(struct dma_buf_attachment *attach)
{
	if (!READ_ONCE(iio_dmabuf_refuse_mixed) || !dma_vec_mixed_company(attach))
		return 0;

	dev_dbg(attach->dev, "refused: a device of another coherency shares the DMABUF\n");
	return -EPERM;
}
EXPORT_SYMBOL_IF_KUNIT(iio_dmabuf_check_sharing);

#if IS_ENABLED(CONFIG_KUNIT)
void iio_dmabuf_set_refuse_mixed(bool refuse)
{
	WRITE_ONCE(iio_dmabuf_refuse_mixed, refuse);
}
EXPORT_SYMBOL_IF_KUNIT(iio_dmabuf_set_refuse_mixed);
#endif
