// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory, and the CPU's cache before it, each with their own copy of the bytes of one
 * DMABUF. A converter's DMA and a USB device controller access it, of which either may
 * snoop the cache. The cache is filled when the test says so, at the worst moment; what
 * a snooping device writes stays in it. Maintenance for a device writes back, for the
 * CPU it forgets, and has no effect for a device that snoops.
 *
 * This knows of nothing that is tested, so that it can be put behind any importer. The
 * library's suites have a larger one, which is made for the library's calls.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <kunit/device.h>
#include <kunit/test.h>
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/string.h>

#include "exporter.h"
#include "memory.h"

#define MEMORY_BASE	0x40000000

/* No page follows the one that it follows in the DMABUF */
static const struct ffs_piece memory_pieces[MEMORY_PAGES] = {
	{ SZ_4K, MEMORY_BASE + 2 * SZ_4K, SZ_4K },
	{ SZ_4K, MEMORY_BASE, SZ_4K },
	{ SZ_4K, MEMORY_BASE + 3 * SZ_4K, SZ_4K },
	{ SZ_4K, MEMORY_BASE + SZ_4K, SZ_4K },
};

static size_t memory_place(size_t n)
{
	return memory_pieces[n / SZ_4K].addr - MEMORY_BASE + n % SZ_4K;
}

static void memory_load(struct memory_model *m, size_t line)
{
	if (m->cached[line])
		return;

	memcpy(m->cache + line * MEMORY_LINE, m->memory + line * MEMORY_LINE, MEMORY_LINE);
	m->cached[line] = true;
}

static void memory_clean(struct memory_model *m, size_t line)
{
	if (m->dirty[line])
		memcpy(m->memory + line * MEMORY_LINE, m->cache + line * MEMORY_LINE,
		       MEMORY_LINE);
	m->dirty[line] = false;
}

/**
 * memory_write() - a device writes a byte
 * @m: The machine
 * @dev: The device
 * @n: Which byte of the DMABUF
 * @value: What it writes
 */
void memory_write(struct memory_model *m, const struct memory_dev *dev, size_t n, u8 value)
{
	size_t at = memory_place(n), line = at / MEMORY_LINE;

	if (!dev->snoops) {
		m->memory[at] = value;
		return;
	}

	memory_load(m, line);
	m->cache[at] = value;
	m->dirty[line] = true;
}

/**
 * memory_read() - a device reads a byte
 * @m: The machine
 * @dev: The device
 * @n: Which byte of the DMABUF
 *
 * Return: What the device sees there.
 */
u8 memory_read(struct memory_model *m, const struct memory_dev *dev, size_t n)
{
	size_t at = memory_place(n);

	if (dev->snoops && m->cached[at / MEMORY_LINE])
		return m->cache[at];

	return m->memory[at];
}

/**
 * memory_fill_cache() - the CPU reads all of the memory
 * @m: The machine
 */
void memory_fill_cache(struct memory_model *m)
{
	size_t line;

	for (line = 0; line < MEMORY_SIZE / MEMORY_LINE; line++)
		memory_load(m, line);
}

static bool memory_maintains(struct memory_model *m, struct device *dev, size_t len)
{
	m->maintained += len;

	return !(dev == m->udc.dev ? &m->udc : &m->converter)->snoops;
}

/**
 * memory_for_device() - write back
 * @m: The machine
 * @dev: For which device
 * @addr: DMA address of the first byte
 * @len: Bytes
 * @dir: Direction of the mapping
 */
void memory_for_device(struct memory_model *m, struct device *dev, dma_addr_t addr,
		       size_t len, enum dma_data_direction dir)
{
	size_t at = addr - MEMORY_BASE, line;

	if (!memory_maintains(m, dev, len))
		return;

	for (line = at / MEMORY_LINE; line * MEMORY_LINE < at + len; line++)
		memory_clean(m, line);
}

/**
 * memory_for_cpu() - forget what the cache has
 * @m: The machine
 * @dev: For which device
 * @addr: DMA address of the first byte
 * @len: Bytes
 * @dir: Direction of the mapping
 */
void memory_for_cpu(struct memory_model *m, struct device *dev, dma_addr_t addr,
		    size_t len, enum dma_data_direction dir)
{
	size_t at = addr - MEMORY_BASE, line;

	if (!memory_maintains(m, dev, len) || dir == DMA_TO_DEVICE)
		return;

	for (line = at / MEMORY_LINE; line * MEMORY_LINE < at + len; line++) {
		/* Others have bytes in the first and the last line */
		if (line * MEMORY_LINE < at || (line + 1) * MEMORY_LINE > at + len)
			memory_clean(m, line);
		m->cached[line] = false;
		m->dirty[line] = false;
	}
}

/**
 * memory_buf() - export the memory
 * @test: The test
 *
 * Return: The DMABUF, whose exporter leaves the caches alone.
 */
struct ffs_buf *memory_buf(struct kunit *test)
{
	return ffs_buf_create_of(test, memory_pieces, MEMORY_PAGES);
}

static void memory_free(void *m)
{
	kvfree(m);
}

static struct device *memory_device(struct kunit *test, const char *name)
{
	struct device *dev = kunit_device_register(test, name);

	KUNIT_ASSERT_FALSE(test, IS_ERR(dev));

	return dev;
}

/**
 * memory_create() - make a machine
 * @test: The test
 *
 * Return: The machine, whose devices do not snoop.
 */
struct memory_model *memory_create(struct kunit *test)
{
	struct memory_model *m = kvzalloc(sizeof(*m), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, m);
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, memory_free, m));
	m->converter.dev = memory_device(test, "fake-converter");
	m->udc.dev = memory_device(test, "fake-udc");

	return m;
}
