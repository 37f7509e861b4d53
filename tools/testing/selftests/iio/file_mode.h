/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Patterns in files, for programs that move the samples themselves.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#ifndef FILE_MODE_H
#define FILE_MODE_H

#include "args.h"

/* Both return the exit status. */
int check_file(const struct options *opt);
int make_file(const struct options *opt);

#endif
