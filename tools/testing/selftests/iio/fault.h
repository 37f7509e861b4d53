/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Has the kernel fail allocations, and access to user memory, on demand.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#ifndef FAULT_H
#define FAULT_H

#include <stdbool.h>

/* Is there CONFIG_FAULT_INJECTION, with slab allocations among what can fail? */
bool fault_possible(void);

/* Can copies from and to user space fail, too? */
bool fault_of_user_access(void);

/* Opens what is needed for the others, so that they open nothing. */
void fault_prepare(void);

/*
 * The @nth call of this task that can fail will do so: allocations in slabs and
 * of pages, copies from and to user space.
 */
void fault_arm(unsigned int nth);
/* Returns whether it came to that; nothing fails afterwards. */
bool fault_disarm(void);

/* All slab allocations of this task fail. */
void fault_all_slabs(bool on);

#endif
