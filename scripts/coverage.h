/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Included in front of what make coverage counts. Some macros of the kernel expand
 * to branches that nobody wrote: whether something is a constant, whether a warning
 * was given before, whether there is a test at all. These here do the same in
 * functions, whose branches are this file's. The conditions that are handed to
 * them stay where they are.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#include <kunit/static_stub.h>
#include <kunit/test-bug.h>
#include <linux/bug.h>
#include <linux/log2.h>

static noinline __maybe_unused int coverage_ilog2(u64 n)
{
	return __ilog2_u64(n);
}

#undef ilog2
#define ilog2(n) coverage_ilog2(n)

#undef rounddown_pow_of_two
#define rounddown_pow_of_two(n) __rounddown_pow_of_two(n)

static inline bool coverage_warn_once(bool warn, bool *done, const char *file, int line)
{
	if (warn && !*done) {
		*done = true;
		warn_slowpath_fmt(file, line, TAINT_WARN, NULL);
	}

	return warn;
}

#undef WARN_ON_ONCE
#define WARN_ON_ONCE(condition)						\
({									\
	static bool __section(".data.once") __done;			\
									\
	coverage_warn_once(!!(condition), &__done, __FILE__, __LINE__);	\
})

#if IS_ENABLED(CONFIG_KUNIT)
static inline void *coverage_stub(void *real)
{
	struct kunit *test = kunit_get_current_test();

	return test ? kunit_hooks.get_static_stub_address(test, real) : NULL;
}

#undef KUNIT_STATIC_STUB_REDIRECT
#define KUNIT_STATIC_STUB_REDIRECT(real_fn_name, args...)		\
do {									\
	typeof(&real_fn_name) __stub = coverage_stub(&real_fn_name);	\
									\
	if (__stub)							\
		return __stub(args);					\
} while (0)
#endif
