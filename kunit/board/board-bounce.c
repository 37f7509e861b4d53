// SPDX-License-Identifier: GPL-2.0
/*
 * Memory that devices do not reach, as on machines where a converter's DMA has
 * fewer address lines than there is memory: all that they access is copied from
 * and to bounce buffers, and a sync that is missing shows. A kernel that is
 * started with "swiotlb=force board_bounce.mib=64" does so.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <linux/init.h>
#include <linux/moduleparam.h>
#include <linux/sizes.h>
#include <linux/swiotlb.h>

static unsigned int mib;
module_param(mib, uint, 0444);
MODULE_PARM_DESC(mib, "size of the bounce buffers in MiB, none by default");

static int __init adm_bounce_init(void)
{
	return mib ? swiotlb_init_late((size_t)mib * SZ_1M, GFP_KERNEL, NULL) : 0;
}
arch_initcall(adm_bounce_init);
