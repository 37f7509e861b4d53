// SPDX-License-Identifier: GPL-2.0-only
/*
 * A machine in which nothing is coherent by accident, put behind the calls that
 * the library makes to the DMA API: the machine that tests run on is coherent, so
 * that a sync call too few would go unnoticed on it.
 *
 * Memory, the CPU's cache and bounce buffers each hold their own copy of the
 * bytes. The cache fills and evicts lines only when told to, so that every
 * outcome is the same each time. Maintenance does what the architectures do: for
 * a device, write back and, if it may write, forget; for the CPU, forget. Like the
 * DMA API, it is given a bus address and a length, translates the address of
 * the first byte, and goes on from there as if all of the memory were in one
 * piece.
 */

#include <kunit/static_stub.h>
#include <kunit/test-bug.h>
#include <kunit/test.h>
#include <linux/container_of.h>
#include <linux/mm.h>
#include <linux/string.h>

#include "../internal.h"
#include "sync-model.h"

/* Bus addresses are not offsets, and differ from device to device */
#define SM_BASE(n) (0x40000000UL * ((n) + 1))

static void sm_load(struct sync_model *sm, unsigned int line)
{
	if (sm->cached[line])
		return;

	memcpy(sm->cache + line * SM_LINE, sm->memory + line * SM_LINE, SM_LINE);
	sm->cached[line] = true;
	sm->dirty[line] = false;
}

static void sm_clean(struct sync_model *sm, unsigned int line)
{
	if (sm->dirty[line])
		memcpy(sm->memory + line * SM_LINE, sm->cache + line * SM_LINE,
		       SM_LINE);
	sm->dirty[line] = false;
}

static u8 sm_cpu_read(struct sync_model *sm, size_t at)
{
	sm_load(sm, at / SM_LINE);

	return sm->cache[at];
}

static void sm_cpu_write(struct sync_model *sm, size_t at, u8 value)
{
	sm_load(sm, at / SM_LINE);
	sm->cache[at] = value;
	sm->dirty[at / SM_LINE] = true;
}

static size_t sm_translate(const struct sm_dev *dev, dma_addr_t addr)
{
	size_t at = addr - dev->base;

	return dev->kind == SM_IOMMU ? sync_model_translate(at) : at;
}

/**
 * sync_model_write() - one byte is written
 * @sm: The machine
 * @dev: Who writes
 * @addr: Bus address as @dev sees it, or offset in memory for the CPU
 * @value: What is written
 */
void sync_model_write(struct sync_model *sm, struct sm_dev *dev,
		      dma_addr_t addr, u8 value)
{
	size_t at = dev ? sm_translate(dev, addr) : addr;

	switch (dev ? dev->kind : SM_CPU) {
	case SM_CPU:
	case SM_SNOOPING:
		sm_cpu_write(sm, at, value);
		break;
	case SM_DIRECT:
	case SM_IOMMU:
		sm->memory[at] = value;
		break;
	case SM_BOUNCED:
		dev->bounce[at] = value;
		break;
	}
}

/**
 * sync_model_read() - one byte is read
 * @sm: The machine
 * @dev: Who reads
 * @addr: Bus address as @dev sees it, or offset in memory for the CPU
 *
 * Return: What @dev sees there.
 */
u8 sync_model_read(struct sync_model *sm, struct sm_dev *dev, dma_addr_t addr)
{
	size_t at = dev ? sm_translate(dev, addr) : addr;

	switch (dev ? dev->kind : SM_CPU) {
	case SM_DIRECT:
	case SM_IOMMU:
		return sm->memory[at];
	case SM_BOUNCED:
		return dev->bounce[at];
	default:
		return sm_cpu_read(sm, at);
	}
}

/**
 * sync_model_fill_cache() - the CPU reads all of the memory, on a whim
 * @sm: The machine
 */
void sync_model_fill_cache(struct sync_model *sm)
{
	unsigned int line;

	for (line = 0; line < SM_SIZE / SM_LINE; line++)
		sm_load(sm, line);
}

/**
 * sync_model_evict() - the cache needs the room, and writes back what is dirty
 * @sm: The machine
 */
void sync_model_evict(struct sync_model *sm)
{
	unsigned int line;

	for (line = 0; line < SM_SIZE / SM_LINE; line++) {
		sm_clean(sm, line);
		sm->cached[line] = false;
	}
}

static struct sync_model *sm_current(void)
{
	return kunit_get_current_test()->priv;
}

static struct sm_dev *sm_dev(struct device *dev)
{
	return container_of(dev, struct sm_dev, dev);
}

static void sm_bounce(struct sync_model *sm, struct sm_dev *dev, size_t at,
		      size_t len, bool in)
{
	for (; len; at++, len--) {
		if (in)
			dev->bounce[at] = sm_cpu_read(sm, at);
		else
			sm_cpu_write(sm, at, dev->bounce[at]);
	}
}

static void sm_maintain(struct sync_model *sm, size_t at, size_t len,
			bool clean, bool forget)
{
	unsigned int line, last = (at + len - 1) / SM_LINE;

	for (line = at / SM_LINE; line <= last; line++) {
		if (clean)
			sm_clean(sm, line);
		if (forget) {
			sm->dirty[line] = false;
			sm->cached[line] = false;
		}
	}
}

static void sm_record(struct sync_model *sm, struct sm_dev *dev,
		      dma_addr_t addr, size_t len, enum dma_data_direction dir,
		      bool for_cpu)
{
	struct kunit *test = kunit_get_current_test();

	KUNIT_ASSERT_LT(test, sm->npieces, SM_MAX_PIECES);
	KUNIT_ASSERT_GE(test, addr, dev->base);
	KUNIT_ASSERT_LE(test, addr - dev->base + len, SM_SIZE);
	KUNIT_ASSERT_NE(test, 0, len);

	sm->pieces[sm->npieces++] = (struct sm_piece){
		.dev = dev, .addr = addr, .len = len, .dir = dir,
		.for_cpu = for_cpu,
	};
}

/* Memory that is not in one piece may end before the length is reached */
static size_t sm_clip(size_t at, size_t len)
{
	return min(len, SM_SIZE - at);
}

static void sm_sync_for_device(struct device *d, dma_addr_t addr, size_t len,
			       enum dma_data_direction dir)
{
	struct sync_model *sm = sm_current();
	struct sm_dev *dev = sm_dev(d);
	size_t at = sm_translate(dev, addr);

	sm_record(sm, dev, addr, len, dir, false);
	if (sm->drop_for_device)
		return;

	if (dev->kind == SM_BOUNCED && dir != DMA_FROM_DEVICE)
		sm_bounce(sm, dev, at, sm_clip(at, len), true);
	else if (dev->kind == SM_DIRECT || dev->kind == SM_IOMMU)
		sm_maintain(sm, at, sm_clip(at, len), true,
			    dir != DMA_TO_DEVICE);
}

static void sm_sync_for_cpu(struct device *d, dma_addr_t addr, size_t len,
			    enum dma_data_direction dir)
{
	struct sync_model *sm = sm_current();
	struct sm_dev *dev = sm_dev(d);
	size_t at = sm_translate(dev, addr);

	sm_record(sm, dev, addr, len, dir, true);
	if (sm->drop_for_cpu || dir == DMA_TO_DEVICE)
		return;

	if (dev->kind == SM_BOUNCED)
		sm_bounce(sm, dev, at, sm_clip(at, len), false);
	else if (dev->kind == SM_DIRECT || dev->kind == SM_IOMMU)
		sm_maintain(sm, at, sm_clip(at, len), false, true);
}

/**
 * sync_model_reset() - all bytes are 0 wherever they are, and nothing is cached
 * @sm: The machine
 */
void sync_model_reset(struct sync_model *sm)
{
	struct sm_dev *dev;

	memset(sm->memory, 0, sizeof(sm->memory));
	memset(sm->cached, 0, sizeof(sm->cached));
	memset(sm->dirty, 0, sizeof(sm->dirty));
	for (dev = sm->devs; dev < sm->devs + ARRAY_SIZE(sm->devs); dev++)
		memset(dev->bounce, 0, sizeof(dev->bounce));

	sm->npieces = 0;
	sm->drop_for_cpu = false;
	sm->drop_for_device = false;
}

/**
 * sync_model_set_kind() - wire a device
 * @sm: The machine
 * @dev: Number of the device
 * @kind: How it is wired
 */
void sync_model_set_kind(struct sync_model *sm, unsigned int dev,
			 enum sm_kind kind)
{
	sm->devs[dev].kind = kind;
	sm->devs[dev].base = SM_BASE(dev);
}

static void sm_free(void *sm)
{
	kvfree(sm);
}

/**
 * sync_model_create() - set up the machine behind the library
 * @test: The test, which gets the machine as its priv
 *
 * Return: The machine, reset.
 */
struct sync_model *sync_model_create(struct kunit *test)
{
	struct sync_model *sm = kvzalloc(sizeof(*sm), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, sm);
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, sm_free, sm));

	test->priv = sm;
	kunit_activate_static_stub(test, dma_vec_sync_piece_for_device,
				   sm_sync_for_device);
	kunit_activate_static_stub(test, dma_vec_sync_piece_for_cpu,
				   sm_sync_for_cpu);

	return sm;
}
