/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where a converter is plugged in: the stream side of a DMA controller. What
 * kind of controller that is need not concern the converter.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#ifndef AXI_DMAC_BOARD_PORT_H
#define AXI_DMAC_BOARD_PORT_H

#include <linux/list.h>
#include <linux/types.h>

struct adm_port;
struct axi_dmac_model_stream;
struct device_node;

/**
 * struct adm_port_ops - what a controller offers to a converter
 * @connect: plug in, or pull out with NULL; afterwards the old one is not called
 * @restart: the stream begins anew. Optional
 * @flush: whether the sink takes what is left at a stop. Optional
 * @kick: the converter has data or room again. From any context, with any lock
 *	of a converter held
 */
struct adm_port_ops {
	void (*connect)(struct adm_port *port, const struct axi_dmac_model_stream *stream,
			void *priv);
	void (*restart)(struct adm_port *port);
	void (*flush)(struct adm_port *port, bool flush);
	void (*kick)(struct adm_port *port);
};

/**
 * struct adm_port - part of a controller
 * @ops: its operations
 * @np: device tree node of the controller
 * @node: in the list of ports
 */
struct adm_port {
	const struct adm_port_ops *ops;
	struct device_node *np;
	struct list_head node;
};

void adm_port_add(struct adm_port *port, struct device_node *np);
void adm_port_remove(struct adm_port *port);
struct adm_port *adm_port_find(const struct device_node *np);

static inline void adm_port_connect(struct adm_port *port,
				    const struct axi_dmac_model_stream *stream, void *priv)
{
	port->ops->connect(port, stream, priv);
}

static inline void adm_port_restart(struct adm_port *port)
{
	if (port->ops->restart)
		port->ops->restart(port);
}

static inline void adm_port_flush(struct adm_port *port, bool flush)
{
	if (port->ops->flush)
		port->ops->flush(port, flush);
}

static inline void adm_port_kick(struct adm_port *port)
{
	port->ops->kick(port);
}

#endif
