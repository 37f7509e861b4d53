// SPDX-License-Identifier: GPL-2.0
/*
 * The ports of all controllers on the board. A converter knows its controller
 * by a reference in the device tree, as its driver does.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <linux/cleanup.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/of.h>

#include "port.h"

static LIST_HEAD(adm_ports);
static DEFINE_MUTEX(adm_ports_lock);	/* protects the list */

/**
 * adm_port_add() - make a port known
 * @port: port, its operations set
 * @np: device tree node of the controller
 */
void adm_port_add(struct adm_port *port, struct device_node *np)
{
	port->np = of_node_get(np);
	guard(mutex)(&adm_ports_lock);
	list_add_tail(&port->node, &adm_ports);
}

/**
 * adm_port_remove() - forget a port
 * @port: port that no converter uses any more
 */
void adm_port_remove(struct adm_port *port)
{
	scoped_guard(mutex, &adm_ports_lock)
		list_del(&port->node);
	of_node_put(port->np);
}

/**
 * adm_port_find() - the port of a controller
 * @np: device tree node of the controller
 *
 * Return: the port, or NULL if that controller is not simulated. It stays for as
 * long as the controller does: a driver that uses the controller keeps it.
 */
struct adm_port *adm_port_find(const struct device_node *np)
{
	struct adm_port *port;

	guard(mutex)(&adm_ports_lock);
	list_for_each_entry(port, &adm_ports, node)
		if (port->np == np)
			return port;
	return NULL;
}
