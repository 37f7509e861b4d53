// SPDX-License-Identifier: GPL-2.0-only
/* The driver as the script has left it. */

#define SUBJECT(name) sa11x0_converted##name
#define TAKES_VECTORS

#include "compare.h"
#include "../sa11x0-dma.c"
#include "sa11x0-subject.h"
