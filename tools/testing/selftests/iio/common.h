/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the kernel's headers have, but those of the system don't.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#ifndef COMMON_H
#define COMMON_H

#ifndef ARRAY_SIZE
#define ARRAY_SIZE(arr) (sizeof(arr) / sizeof((arr)[0]))
#endif

#ifndef __noreturn
#define __noreturn	__attribute__((__noreturn__))
#endif

#ifndef __printf
#define __printf(a, b)	__attribute__((format(printf, a, b)))
#endif

#endif
