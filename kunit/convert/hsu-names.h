/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The functions of this driver that others call, which must not meet their twins.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#define hsu_dma_get_status SUBJECT(_get_status)
#define hsu_dma_do_irq SUBJECT(_do_irq)
#define hsu_dma_probe SUBJECT(_probe)
#define hsu_dma_remove SUBJECT(_remove)
