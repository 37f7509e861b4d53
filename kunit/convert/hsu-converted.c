// SPDX-License-Identifier: GPL-2.0-only
/* The driver as the script has left it. */

#define SUBJECT(name) hsu_converted##name
#define TAKES_VECTORS

#include "compare.h"
#include "hsu-names.h"
#include "../hsu/hsu.c"
#include "hsu-subject.h"
