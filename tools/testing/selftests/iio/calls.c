// SPDX-License-Identifier: GPL-2.0
/*
 * The counter of system calls, one for each thread, so that those of the thread that
 * only watches do not count.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#include "calls.h"

__thread unsigned long num_calls;
