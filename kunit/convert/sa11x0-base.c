// SPDX-License-Identifier: GPL-2.0-only
/* The driver as it was. */

#define SUBJECT(name) sa11x0_base##name

#include "compare.h"
#include "base/sa11x0-dma.c"
#include "sa11x0-subject.h"
