// What spatch needs to know of the kernel's macros to parse whole files.
#define scoped_guard YACFE_ITERATOR
#define scoped_cond_guard YACFE_ITERATOR
#define __counted_by(x)
#define __free(x)
