// SPDX-License-Identifier: GPL-2.0-only
/* The driver as the script has left it. */

#define SUBJECT(name) timb_converted##name
#define TAKES_VECTORS

#include "compare.h"
#include "../timb_dma.c"
#include "timb-subject.h"
