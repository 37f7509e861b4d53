/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the drivers under test have in common, whose source files are included as
 * a whole, because nothing else can look into their descriptors: twice, as it was
 * in the base and converted. So nothing of a driver may be visible or register
 * itself; SUBJECT() gives names to what is.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#ifndef _DMA_VEC_CONVERT_COMPARE_H
#define _DMA_VEC_CONVERT_COMPARE_H

#include <kunit/test.h>
#include <linux/dma-vec.h>
#include <linux/dmaengine.h>
#include <linux/init.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/scatterlist.h>

#define MAX_WORDS 512

/* A descriptor, as numbers; none at all has no words */
struct dump {
	size_t n;
	u64 words[MAX_WORDS];
};

/**
 * struct subject - a driver, with the means to prepare a transfer
 * @name: Its name
 * @prep_sg: Prepare a scatterlist to be sent, and dump the descriptor
 * @prep_vec: The same for vectors; NULL if the driver does not take them
 */
struct subject {
	const char *name;
	void (*prep_sg)(struct kunit *test, struct scatterlist *sgl,
			unsigned int nents, struct dump *dump);
	void (*prep_vec)(struct kunit *test, const struct dma_vec *vecs,
			 size_t nents, struct dump *dump);
};

extern const struct subject hsu_base_subject, hsu_converted_subject;
extern const struct subject sa11x0_base_subject, sa11x0_converted_subject;
extern const struct subject timb_base_subject, timb_converted_subject;

struct dma_chan *fake_chan(struct kunit *test, struct dma_chan *chan);

static inline void dump_word(struct dump *dump, u64 word)
{
	if (dump->n < MAX_WORDS)
		dump->words[dump->n++] = word;
}

#undef EXPORT_SYMBOL_GPL
#define EXPORT_SYMBOL_GPL(symbol) static_assert(sizeof(typeof(symbol) *))
#undef subsys_initcall
#define subsys_initcall(fn) static void *const __maybe_unused fn##_unused = fn
#undef module_exit
#define module_exit(fn) static void *const __maybe_unused fn##_unused = fn
#undef module_platform_driver
#define module_platform_driver(driver) \
	static void *const __maybe_unused driver##_unused = &(driver)
#undef MODULE_LICENSE
#define MODULE_LICENSE(license) static_assert(sizeof(license))
#undef MODULE_DESCRIPTION
#define MODULE_DESCRIPTION(description) static_assert(sizeof(description))
#undef MODULE_AUTHOR
#define MODULE_AUTHOR(author) static_assert(sizeof(author))
#undef MODULE_ALIAS
#define MODULE_ALIAS(alias) static_assert(sizeof(alias))

#endif /* _DMA_VEC_CONVERT_COMPARE_H */
