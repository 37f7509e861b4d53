/* SPDX-License-Identifier: GPL-2.0 */
/*
 * --receive: the other end of --send.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#ifndef RECEIVE_H
#define RECEIVE_H

#include "args.h"

/* Returns the exit status. */
int receive_main(const struct options *opt);

#endif
