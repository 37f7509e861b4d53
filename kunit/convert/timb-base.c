// SPDX-License-Identifier: GPL-2.0-only
/* The driver as it was. */

#define SUBJECT(name) timb_base##name

#include "compare.h"
#include "base/timb_dma.c"
#include "timb-subject.h"
