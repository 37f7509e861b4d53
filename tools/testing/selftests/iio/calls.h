/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How many system calls a thread makes to move data: what a stream costs.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#ifndef CALLS_H
#define CALLS_H

extern __thread unsigned long num_calls;

#define COUNTED(call)	(num_calls++, (call))

#endif
