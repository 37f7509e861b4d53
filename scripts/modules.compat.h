/* SPDX-License-Identifier: GPL-2.0 */
/*
 * For the AXI-DMAC driver as a module of a kernel whose dmaengine looks at a channel
 * after it has dropped the last reference to it. That can be the last one only if the
 * driver was unbound while a client without a device link had the channel, so unbinding
 * by sysfs is not offered.
 */
#include <linux/platform_device.h>

static inline int compat_platform_driver_register(struct platform_driver *drv)
{
	drv->driver.suppress_bind_attrs = true;

	return platform_driver_register(drv);
}

#undef platform_driver_register
#define platform_driver_register(drv) compat_platform_driver_register(drv)
