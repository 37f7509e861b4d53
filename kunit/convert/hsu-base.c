// SPDX-License-Identifier: GPL-2.0-only
/* The driver as it was. */

#define SUBJECT(name) hsu_base##name

#include "compare.h"
#include "hsu-names.h"
#include "base/hsu.c"
#include "hsu-subject.h"
