// SPDX-License-Identifier: GPL-2.0-only
/*
 * A machine in which nothing is coherent by accident, put behind the calls that
 * the library makes to the DMA API: the machine that tests run on is coherent, so
 * that a sync call too few would go unnoticed on it.
 *
 * Memory, the CPU's cache and bounce buffers each hold their own copy of the
 * bytes. The cache fills and evicts lines only when told to, so that every
 * outcome is the same each time. What a snooping device writes stays in the cache,
 * as on ports that allocate there. Maintenance does what the architectures do: for
 * a device, write back, or forget if the device only writes and the architecture is
 * of that kind; for the CPU, forget. Like the DMA API, it is given a bus address
 * and a length, translates the address of the first byte, and goes on from there
 * as if all of the memory were in one piece.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <kunit/static_stub.h>
#include <kunit/test-bug.h>
#include <kunit/test.h>
#include <linux/cleanup.h>
#include <linux/container_of.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/property.h>
#include <linux/string.h>

#include "../table.h"
#include "sync-model.h"

/* Bus addresses are not offsets, and differ from device to device */
#define SM_BASE(n) (0x10000000UL * ((n) + 1))

/*
 * The buffer, as an IOMMU shows it: pieces that begin and end in the middle of
 * pages, some over several pages, in no order. In memory, no two of its pages
 * are neighbours; whoever has no IOMMU has one vector for the bytes in each.
 */
static const struct {
	size_t at;
	size_t len;
} sm_stretches[] = {
	{ 5 * SM_PAGE + 640, 3 * SM_PAGE + 128 },
	{ 1 * SM_PAGE, 256 },
	{ 10 * SM_PAGE - 64, 2 * SM_PAGE },
};

#define SM_NSTRETCHES	ARRAY_SIZE(sm_stretches)

/* Where the IOMMU finds what comes @at so many bytes behind a device's base */
static size_t sm_scatter(size_t at)
{
	/* No two pages that follow each other do so in memory */
	return (at / SM_PAGE * 7 + 3) % SM_PAGES * SM_PAGE + at % SM_PAGE;
}

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

	return dev->kind == SM_IOMMU ? sm_scatter(at) : at;
}

/**
 * sync_model_vecs() - map the buffer
 * @dev: For whom
 * @vecs: Where to put what it sees, SM_MAX_VECS of them
 *
 * Return: How many there are.
 */
size_t sync_model_vecs(const struct sm_dev *dev, struct dma_vec *vecs)
{
	size_t i, at, end, len, n = 0;

	for (i = 0; i < SM_NSTRETCHES; i++) {
		end = sm_stretches[i].at + sm_stretches[i].len;
		for (at = sm_stretches[i].at; at < end; at += len) {
			len = end - at;
			if (dev->kind != SM_IOMMU)
				len = min(len, SM_PAGE - at % SM_PAGE);
			vecs[n++] = (struct dma_vec){
				dev->base + (dev->kind == SM_IOMMU ? at :
					     sm_scatter(at)), len
			};
		}
	}

	return n;
}

/**
 * sync_model_addr() - address of a byte of the buffer
 * @dev: As whom sees it; NULL for the CPU, whose addresses are offsets in memory
 * @n: Which byte
 *
 * Return: The address.
 */
dma_addr_t sync_model_addr(const struct sm_dev *dev, size_t n)
{
	size_t i, at;

	for (i = 0; n >= sm_stretches[i].len; i++)
		n -= sm_stretches[i].len;

	at = sm_stretches[i].at + n;
	if (!dev)
		return sm_scatter(at);

	return dev->base + (dev->kind == SM_IOMMU ? at : sm_scatter(at));
}

/**
 * sync_model_write() - one byte is written
 * @sm: The machine
 * @dev: Who writes; NULL for the CPU
 * @n: Which byte of the buffer
 * @value: What is written
 */
void sync_model_write(struct sync_model *sm, struct sm_dev *dev, size_t n,
		      u8 value)
{
	size_t at = sync_model_addr(NULL, n);

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
 * @dev: Who reads; NULL for the CPU
 * @n: Which byte of the buffer
 *
 * Return: What @dev sees there.
 */
u8 sync_model_read(struct sync_model *sm, struct sm_dev *dev, size_t n)
{
	size_t at = sync_model_addr(NULL, n);

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

static void sm_maintain(struct sync_model *sm, size_t at, size_t len,
			bool clean, bool forget)
{
	size_t line, end = at + len;

	for (line = at / SM_LINE; line * SM_LINE < end; line++) {
		/* A line that others have bytes in is always written back */
		if (clean || line * SM_LINE < at || (line + 1) * SM_LINE > end)
			sm_clean(sm, line);
		if (forget) {
			sm->dirty[line] = false;
			sm->cached[line] = false;
		}
	}
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

/* Memory that is not in one piece may end before the length is reached */
static size_t sm_clip(size_t at, size_t len)
{
	return min(len, SM_SIZE - at);
}

void sync_model_bounce_in(struct sync_model *sm, struct sm_dev *dev,
			  dma_addr_t addr, size_t len)
{
	size_t at = sm_translate(dev, addr);

	if (dev->kind == SM_BOUNCED)
		sm_bounce(sm, dev, at, sm_clip(at, len), true);
}

void sync_model_for_device(struct sync_model *sm, struct sm_dev *dev,
			   dma_addr_t addr, size_t len,
			   enum dma_data_direction dir)
{
	bool forget = sm->forgets && dir == DMA_FROM_DEVICE;
	size_t at = sm_translate(dev, addr);

	if (dev->kind == SM_BOUNCED && dir != DMA_FROM_DEVICE)
		sm_bounce(sm, dev, at, sm_clip(at, len), true);
	else if (dev->kind == SM_DIRECT || dev->kind == SM_IOMMU)
		sm_maintain(sm, at, sm_clip(at, len), !forget, forget);
}

void sync_model_for_cpu(struct sync_model *sm, struct sm_dev *dev,
			dma_addr_t addr, size_t len,
			enum dma_data_direction dir)
{
	size_t at = sm_translate(dev, addr);

	if (dir == DMA_TO_DEVICE)
		return;

	if (dev->kind == SM_BOUNCED)
		sm_bounce(sm, dev, at, sm_clip(at, len), false);
	else if (dev->kind == SM_DIRECT || dev->kind == SM_IOMMU)
		sm_maintain(sm, at, sm_clip(at, len), false, true);
}

static struct sync_model *sm_current(void)
{
	return kunit_get_current_test()->priv;
}

static struct sm_dev *sm_dev(struct device *dev)
{
	return container_of(dev, struct sm_dev, dev);
}

static void sm_record(struct sync_model *sm, struct sm_dev *dev,
		      dma_addr_t addr, size_t len, enum dma_data_direction dir,
		      bool for_cpu)
{
	struct kunit *test = kunit_get_current_test();

	KUNIT_EXPECT_GE(test, addr, dev->base);
	KUNIT_EXPECT_LE(test, addr - dev->base + len, SM_SIZE);
	KUNIT_EXPECT_NE(test, 0, len);

	if (sm->npieces < SM_MAX_PIECES)
		sm->pieces[sm->npieces] = (struct sm_piece){
			.dev = dev, .addr = addr, .len = len, .dir = dir,
			.for_cpu = for_cpu,
		};
	sm->npieces++;
	if (for_cpu)
		sm->for_cpu += len;
	else
		sm->for_device += len;
}

static void sm_sync_for_device(struct device *d, dma_addr_t addr, size_t len,
			       enum dma_data_direction dir)
{
	struct sync_model *sm = sm_current();

	guard(mutex)(&sm->lock);
	sm_record(sm, sm_dev(d), addr, len, dir, false);
	if (!sm->drop_for_device)
		sync_model_for_device(sm, sm_dev(d), addr, len, dir);
}

static void sm_sync_for_cpu(struct device *d, dma_addr_t addr, size_t len,
			    enum dma_data_direction dir)
{
	struct sync_model *sm = sm_current();

	guard(mutex)(&sm->lock);
	sm_record(sm, sm_dev(d), addr, len, dir, true);
	if (!sm->drop_for_cpu)
		sync_model_for_cpu(sm, sm_dev(d), addr, len, dir);
}

static enum dev_dma_attr sm_dev_attr(struct device *d)
{
	struct sm_dev *dev = sm_dev(d);

	if (dev->unknown)
		return DEV_DMA_NOT_SUPPORTED;

	if (dev->kind == SM_SNOOPING ||
	    (dev->kind == SM_BOUNCED && !dev->limited))
		return DEV_DMA_COHERENT;

	return DEV_DMA_NON_COHERENT;
}

static bool sm_dev_limited(struct device *d)
{
	return sm_dev(d)->limited;
}

static bool sm_dev_translates(struct device *d)
{
	return sm_dev(d)->kind == SM_IOMMU;
}

static bool sm_addr_needs_sync(struct device *d, dma_addr_t addr)
{
	return sm_dev(d)->kind != SM_SNOOPING || sm_dev(d)->unknown;
}

/**
 * sync_model_forget_calls() - count sync calls from here on
 * @sm: The machine
 */
void sync_model_forget_calls(struct sync_model *sm)
{
	sm->npieces = 0;
	sm->for_device = 0;
	sm->for_cpu = 0;
	sm->by_exporter = 0;
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

	sync_model_forget_calls(sm);
	sm->drop_for_cpu = false;
	sm->drop_for_device = false;
}

/**
 * sync_model_wire() - wire a device
 * @sm: The machine
 * @nr: Number of the device
 * @kind: How it is wired; firmware describes it
 *
 * Return: The device.
 */
struct sm_dev *sync_model_wire(struct sync_model *sm, unsigned int nr,
			       enum sm_kind kind)
{
	static const char *const names[SM_DEVS] = { "sm0", "sm1", "sm2", "sm3" };
	struct sm_dev *dev = &sm->devs[nr];

	dev->dev.init_name = names[nr];
	dev->kind = kind;
	dev->unknown = false;
	dev->limited = false;
	dev->base = SM_BASE(nr);

	return dev;
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

	mutex_init(&sm->lock);
	test->priv = sm;
	kunit_activate_static_stub(test, dma_vec_sync_piece_for_device,
				   sm_sync_for_device);
	kunit_activate_static_stub(test, dma_vec_sync_piece_for_cpu,
				   sm_sync_for_cpu);
	kunit_activate_static_stub(test, dma_vec_dev_attr, sm_dev_attr);
	kunit_activate_static_stub(test, dma_vec_dev_limited, sm_dev_limited);
	kunit_activate_static_stub(test, dma_vec_dev_translates,
				   sm_dev_translates);
	kunit_activate_static_stub(test, dma_vec_addr_needs_sync,
				   sm_addr_needs_sync);

	return sm;
}
