/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Parts of the simulated board around its controllers: who asks whom.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#ifndef AXI_DMAC_BOARD_H
#define AXI_DMAC_BOARD_H

#include <linux/bits.h>
#include <linux/types.h>

struct adm_fifo;
struct adm_port;
struct device_node;

/* model-memory.c */
void *adm_bus_memory(u64 addr, size_t len);

/* loopback.c */
/* The ends of a cable */
#define ADM_FIFO_WRITER	BIT(0)
#define ADM_FIFO_READER	BIT(1)

struct adm_fifo *adm_fifo_get(struct device_node *np);
void adm_fifo_put(struct adm_fifo *fifo);
void adm_fifo_set_writer(struct adm_fifo *fifo, struct adm_port *port);
void adm_fifo_set_reader(struct adm_fifo *fifo, struct adm_port *port);
void adm_fifo_start(struct adm_fifo *fifo, unsigned int end);
void adm_fifo_stop(struct adm_fifo *fifo, unsigned int end);
size_t adm_fifo_write(struct adm_fifo *fifo, const void *src, size_t len);
size_t adm_fifo_read(struct adm_fifo *fifo, void *dst, size_t len);

#endif
