// SPDX-License-Identifier: GPL-2.0
/*
 * A simulated core as a controller that converters can be plugged into.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <linux/container_of.h>

#include "model.h"

static struct axi_dmac_model *adm_port_model(struct adm_port *port)
{
	return container_of(port, struct axi_dmac_model, port);
}

static void adm_model_connect(struct adm_port *port, const struct axi_dmac_model_stream *stream,
			      void *priv)
{
	axi_dmac_model_set_stream(adm_port_model(port), stream, priv);
}

static void adm_model_restart(struct adm_port *port)
{
	axi_dmac_model_restart_stream(adm_port_model(port));
}

static void adm_model_flush(struct adm_port *port, bool flush)
{
	axi_dmac_model_flush_sink(adm_port_model(port), flush);
}

static void adm_model_kick(struct adm_port *port)
{
	axi_dmac_model_kick(adm_port_model(port));
}

static const struct adm_port_ops adm_model_port_ops = {
	.connect = adm_model_connect,
	.restart = adm_model_restart,
	.flush = adm_model_flush,
	.kick = adm_model_kick,
};

/**
 * adm_model_add_port() - let converters find a core
 * @m: model
 * @np: its device tree node
 */
void adm_model_add_port(struct axi_dmac_model *m, struct device_node *np)
{
	m->port.ops = &adm_model_port_ops;
	adm_port_add(&m->port, np);
}
