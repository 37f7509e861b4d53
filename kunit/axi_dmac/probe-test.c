// SPDX-License-Identifier: GPL-2.0-only
/*
 * How the driver comes, and how it goes: capabilities of all kinds of cores,
 * cores that it must refuse, cores that were left running, and clients that
 * stay when the driver is unbound.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <linux/device/driver.h>
#include <linux/dma-mapping.h>
#include <linux/interrupt.h>
#include <linux/io.h>
#include <linux/ioport.h>
#include <linux/minmax.h>
#include <linux/of.h>
#include <linux/platform_device.h>

#include "fixture.h"

struct probe_case {
	const char *name;
	struct axi_dmac_model_config cfg;
	struct axi_dmac_caps caps;
};

#define PROBE_IN(_version, _src, _dst) \
	.version = _version, .src_type = ADM_BUS_STREAM, .dest_type = ADM_BUS_MM, \
	.src_width = _src, .dest_width = _dst

static const struct probe_case probe_cases[] = {
	{
		.name = "4.0.a: alignment and burst are unknown",
		.cfg = { PROBE_IN(ADM_VERSION(4, 0, 'a'), 2, 8), .addr_width = 32 },
		.caps = { .addr_align = 8, .len_align = 8, .burst = 4096, .addr_bits = 32,
			  .max_len = SZ_16M, .max_count = SZ_16M - 1 },
	}, {
		.name = "4.1.a: length alignment is known",
		.cfg = { PROBE_IN(ADM_VERSION(4, 1, 'a'), 2, 8), .addr_width = 32,
			 .length_width = 16 },
		.caps = { .addr_align = 8, .len_align = 2, .burst = 4096, .addr_bits = 32,
			  .max_len = SZ_64K, .max_count = SZ_64K - 1, .core_state = true },
	}, {
		.name = "4.2.b: short packets are reported",
		.cfg = { PROBE_IN(ADM_VERSION(4, 2, 'b'), 8, 8), .addr_width = 31,
			 .cyclic = true, .twod = true, .length_width = 8 },
		.caps = { .addr_align = 8, .len_align = 8, .burst = 256, .addr_bits = 31,
			  .max_len = 256, .max_count = 255, .core_state = true,
			  .partial = true, .cyclic = true, .twod = true },
	}, {
		.name = "4.3.a: tells its interfaces, no debug registers",
		.cfg = { PROBE_IN(ADM_VERSION(4, 3, 'a'), 4, 16), .addr_width = 32,
			 .no_debug = true },
		.caps = { .addr_align = 16, .len_align = 4, .burst = 4096, .addr_bits = 32,
			  .max_len = SZ_16M, .max_count = SZ_16M - 1, .partial = true },
	}, {
		.name = "4.4.a: tells its burst size, long addresses",
		.cfg = { PROBE_IN(ADM_VERSION(4, 4, 'a'), 4, 16), .addr_width = 40,
			 .burst_bytes = 256 },
		.caps = { .addr_align = 16, .len_align = 4, .burst = 256, .addr_bits = 40,
			  .max_len = SZ_16M, .max_count = SZ_16M - 1, .partial = true,
			  .core_state = true },
	}, {
		.name = "4.5.e: everything",
		.cfg = { PROBE_IN(ADM_VERSION(4, 5, 'e'), 64, 64), .addr_width = 64,
			 .length_width = 31, .sg = true, .twod = true, .cyclic = true },
		.caps = { .addr_align = 64, .len_align = 64, .burst = 128, .addr_bits = 64,
			  .max_len = SZ_2G, .max_count = SZ_2G - 1, .partial = true,
			  .core_state = true, .sg = true, .twod = true, .cyclic = true },
	}, {
		.name = "4.6.a: ends cyclic transfers cleanly, memory to stream",
		.cfg = { .version = ADM_VERSION(4, 6, 'a'), .src_type = ADM_BUS_MM,
			 .dest_type = ADM_BUS_FIFO, .src_width = 8, .dest_width = 4,
			 .addr_width = 32, .cyclic = true },
		.caps = { .addr_align = 8, .len_align = 4, .burst = 128, .addr_bits = 32,
			  .max_len = SZ_16M, .max_count = SZ_16M - 1, .core_state = true,
			  .cyclic = true, .clean_cyclic = true },
	}
};

KUNIT_ARRAY_PARAM_DESC(probe, probe_cases, name);

static void probe_test_caps(struct kunit *test)
{
	const struct probe_case *c = test->param_value;
	const struct axi_dmac_caps *caps;
	struct dmac_fixture *fx;

	fx = dmac_create(test, &c->cfg);
	caps = &fx->dmac->caps;

	KUNIT_EXPECT_EQ(test, caps->version, c->cfg.version);
	KUNIT_EXPECT_EQ(test, caps->direction, dmac_direction(fx));
	KUNIT_EXPECT_EQ(test, caps->src_type, c->cfg.src_type);
	KUNIT_EXPECT_EQ(test, caps->dst_type, c->cfg.dest_type);
	KUNIT_EXPECT_EQ(test, caps->src_width, c->cfg.src_width);
	KUNIT_EXPECT_EQ(test, caps->dst_width, c->cfg.dest_width);
	KUNIT_EXPECT_EQ(test, caps->burst, c->caps.burst);
	KUNIT_EXPECT_EQ(test, caps->burst_known, c->cfg.version >= ADM_VERSION(4, 4, 'a'));
	KUNIT_EXPECT_EQ(test, caps->addr_bits, c->caps.addr_bits);
	KUNIT_EXPECT_EQ(test, caps->addr_align, c->caps.addr_align);
	KUNIT_EXPECT_EQ(test, caps->len_align, c->caps.len_align);
	KUNIT_EXPECT_EQ(test, caps->max_len, c->caps.max_len);
	KUNIT_EXPECT_EQ(test, caps->max_count, c->caps.max_count);
	KUNIT_EXPECT_EQ(test, caps->cyclic, c->caps.cyclic);
	KUNIT_EXPECT_EQ(test, caps->clean_cyclic, c->caps.clean_cyclic);
	KUNIT_EXPECT_EQ(test, caps->sg, c->caps.sg);
	KUNIT_EXPECT_EQ(test, caps->twod, c->caps.twod);
	KUNIT_EXPECT_EQ(test, caps->partial, c->caps.partial);
	KUNIT_EXPECT_EQ(test, caps->core_state, c->caps.core_state);

	KUNIT_EXPECT_EQ(test, dma_get_mask(&fx->mdev->pdev->dev),
			DMA_BIT_MASK(c->caps.addr_bits));
}

/* Probing leaves nothing behind that the next transfer would run into */
static void probe_test_leaves_core_clean(struct kunit *test)
{
	const struct probe_case *c = test->param_value;
	struct dmac_fixture *fx;

	fx = dmac_create(test, &c->cfg);

	KUNIT_EXPECT_EQ(test, axi_dmac_model_peek(fx->model, ADM_REG_FLAGS) & ADM_FLAG_CYCLIC, 0);
	KUNIT_EXPECT_EQ(test, axi_dmac_model_peek(fx->model, ADM_REG_CONTROL) &
			ADM_CONTROL_ENABLE, 0);
	KUNIT_EXPECT_EQ(test, axi_dmac_model_peek(fx->model, ADM_REG_IRQ_MASK), ADM_IRQ_SOT);
	KUNIT_EXPECT_EQ(test, axi_dmac_model_peek(fx->model, ADM_REG_IRQ_SOURCE), 0);
	KUNIT_EXPECT_TRUE(test, axi_dmac_model_is_quiet(fx->model));
}

static void probe_test_slave_caps(struct kunit *test)
{
	struct axi_dmac_model_config cfg;
	struct dma_slave_caps caps;
	struct dmac_fixture *fx;

	dmac_config(&dmac_modes[0], &cfg);
	cfg.src_width = 16;
	cfg.dest_width = 32;
	fx = dmac_create(test, &cfg);

	KUNIT_ASSERT_EQ(test, dma_get_slave_caps(fx->chan, &caps), 0);
	KUNIT_EXPECT_EQ(test, caps.src_addr_widths, BIT(16));
	/* There is no bit for this one; another width would be a lie */
	KUNIT_EXPECT_EQ(test, caps.dst_addr_widths, 0);
	KUNIT_EXPECT_EQ(test, caps.directions, BIT(DMA_DEV_TO_MEM));
	KUNIT_EXPECT_EQ(test, caps.max_sg_burst, 1);
	KUNIT_EXPECT_TRUE(test, caps.descriptor_reuse);
	KUNIT_EXPECT_TRUE(test, caps.cmd_pause);
	KUNIT_EXPECT_TRUE(test, caps.cmd_resume);
	KUNIT_EXPECT_TRUE(test, caps.cmd_terminate);
	KUNIT_EXPECT_EQ(test, fx->chan->device->copy_align, DMAENGINE_ALIGN_32_BYTES);
	KUNIT_EXPECT_TRUE(test, dma_has_cap(DMA_REPEAT, fx->chan->device->cap_mask));
	KUNIT_EXPECT_TRUE(test, dma_has_cap(DMA_LOAD_EOT, fx->chan->device->cap_mask));
	KUNIT_EXPECT_TRUE(test, dma_has_cap(DMA_CYCLIC, fx->chan->device->cap_mask));
	KUNIT_EXPECT_TRUE(test, dma_has_cap(DMA_PRIVATE, fx->chan->device->cap_mask));
	KUNIT_EXPECT_EQ(test, dma_get_max_seg_size(&fx->mdev->pdev->dev), UINT_MAX);

	cfg.src_width = 64;
	cfg.dest_width = 8;
	cfg.sg = true;
	fx = dmac_create(test, &cfg);
	KUNIT_ASSERT_EQ(test, dma_get_slave_caps(fx->chan, &caps), 0);
	KUNIT_EXPECT_EQ(test, caps.src_addr_widths, 0);
	KUNIT_EXPECT_EQ(test, caps.dst_addr_widths, BIT(8));
	KUNIT_EXPECT_EQ(test, caps.max_sg_burst, 0);
	/* A chain would not survive it */
	KUNIT_EXPECT_FALSE(test, caps.cmd_pause);
	KUNIT_EXPECT_FALSE(test, caps.cmd_resume);
	KUNIT_EXPECT_EQ(test, dmaengine_pause(fx->chan), -ENOSYS);
}

static void probe_destroy(void *mdev)
{
	axi_dmac_model_device_destroy(mdev);
}

static struct axi_dmac_model_device *probe_device(struct kunit *test,
						  const struct axi_dmac_model_config *cfg,
						  bool coherent)
{
	struct axi_dmac_model_device *mdev;

	mdev = axi_dmac_model_device_create(cfg, coherent);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, mdev);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, probe_destroy, mdev), 0);

	return mdev;
}

/* A device tree that promises what the core cannot do */
static void probe_test_coherency(struct kunit *test)
{
	static const struct {
		u32 version;
		bool core;
		bool tree;
		bool bound;
	} cases[] = {
		{ ADM_VERSION(4, 3, 'a'), false, true, false },
		{ ADM_VERSION(4, 4, 'a'), false, true, false },
		{ ADM_VERSION(4, 4, 'a'), true, true, true },
		{ ADM_VERSION(4, 4, 'a'), true, false, true },
		{ ADM_VERSION(4, 5, 'e'), false, true, false },
		{ ADM_VERSION(4, 5, 'e'), true, true, true },
	};
	struct axi_dmac_model_device *mdev;
	struct axi_dmac_model_config cfg;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		dmac_config(&dmac_modes[0], &cfg);
		cfg.version = cases[i].version;
		cfg.coherent = cases[i].core;
		mdev = probe_device(test, &cfg, cases[i].tree);
		KUNIT_EXPECT_EQ_MSG(test, device_is_bound(&mdev->pdev->dev), cases[i].bound,
				    "case %u", i);
		KUNIT_EXPECT_EQ(test, axi_dmac_model_all_errors(mdev->model), 0);
	}
}

struct probe_refused {
	const char *name;
	struct axi_dmac_model_config cfg;
};

static const struct probe_refused probe_refusals[] = {
	{
		.name = "tells nothing of its interfaces",
		.cfg = { .version = ADM_VERSION(4, 3, 'a'), .src_type = ADM_BUS_MM,
			 .dest_type = ADM_BUS_MM, .src_width = 1, .dest_width = 1 },
	}, {
		.name = "lengths that are shorter than a beat",
		.cfg = { PROBE_IN(ADM_VERSION(4, 5, 'e'), 256, 8), .length_width = 8 },
	}, {
		.name = "addresses that reach no memory",
		.cfg = { PROBE_IN(ADM_VERSION(4, 5, 'e'), 8, 8), .addr_width = 16 },
	}
};

KUNIT_ARRAY_PARAM_DESC(probe_refused, probe_refusals, name);

static void probe_test_refused(struct kunit *test)
{
	const struct probe_refused *c = test->param_value;
	struct axi_dmac_model_device *mdev = probe_device(test, &c->cfg, false);

	KUNIT_EXPECT_FALSE(test, device_is_bound(&mdev->pdev->dev));
	KUNIT_EXPECT_FALSE(test, axi_dmac_model_line(mdev->model));
	KUNIT_EXPECT_EQ(test, axi_dmac_model_all_errors(mdev->model), 0);
}

struct probe_tree {
	const char *name;
	const char *prop;	/* of the channel; NULL for the channel itself */
	s64 val;		/* negative: it is missing */
};

/* What cores before 4.3.a do not tell has to be there */
static const struct probe_tree probe_trees[] = {
	{ "no channel", NULL, -1 },
	{ "no number", "reg", -1 },
	{ "second channel", "reg", 1 },
	{ "no type", "adi,source-bus-type", -1 },
	{ "unknown type", "adi,destination-bus-type", 3 },
	{ "unknown type, truncated a known one", "adi,source-bus-type", 0x101 },
	{ "no width", "adi,destination-bus-width", -1 },
	{ "odd width", "adi,source-bus-width", 24 },
	{ "width of 0", "adi,source-bus-width", 0 },
};

KUNIT_ARRAY_PARAM_DESC(probe_tree, probe_trees, name);

static void probe_test_tree(struct kunit *test)
{
	const struct probe_tree *c = test->param_value;
	unsigned int refs_channels, refs_chan;
	const char *name = "gone";
	struct axi_dmac_model_device *mdev;
	struct axi_dmac_model_config cfg;
	struct device_node *channels;
	struct device_node *chan;
	struct property *prop;
	__be32 val;

	dmac_config(&dmac_modes[0], &cfg);
	cfg.version = ADM_VERSION(4, 2, 'b');
	mdev = probe_device(test, &cfg, false);
	KUNIT_EXPECT_TRUE(test, device_is_bound(&mdev->pdev->dev));
	device_release_driver(&mdev->pdev->dev);

	channels = of_get_child_by_name(mdev->pdev->dev.of_node, "adi,channels");
	chan = of_get_next_child(channels, NULL);
	KUNIT_ASSERT_NOT_NULL(test, chan);
	refs_channels = kref_read(&channels->kobj.kref);
	refs_chan = kref_read(&chan->kobj.kref);
	if (!c->prop) {
		swap(channels->full_name, name);
		KUNIT_EXPECT_NE(test, device_attach(&mdev->pdev->dev), 1);
		swap(channels->full_name, name);
	} else if (c->val < 0) {
		prop = of_find_property(chan, c->prop, NULL);
		KUNIT_ASSERT_NOT_NULL(test, prop);
		swap(*(const char **)&prop->name, name);
		KUNIT_EXPECT_NE(test, device_attach(&mdev->pdev->dev), 1);
		swap(*(const char **)&prop->name, name);
	} else {
		prop = of_find_property(chan, c->prop, NULL);
		KUNIT_ASSERT_NOT_NULL(test, prop);
		val = cpu_to_be32(c->val);
		swap(*(__be32 *)prop->value, val);
		KUNIT_EXPECT_NE(test, device_attach(&mdev->pdev->dev), 1);
		swap(*(__be32 *)prop->value, val);
	}

	KUNIT_EXPECT_EQ(test, device_attach(&mdev->pdev->dev), 1);
	KUNIT_EXPECT_EQ(test, kref_read(&channels->kobj.kref), refs_channels);
	KUNIT_EXPECT_EQ(test, kref_read(&chan->kobj.kref), refs_chan);
	of_node_put(chan);
	of_node_put(channels);
}

/* How far the core looks ahead is what the device tree says, or the most that there is */
static void probe_test_fifo_size(struct kunit *test)
{
	static const struct {
		unsigned int fifo_size;
		unsigned int bursts;
	} cases[] = {
		{ 0, 63 }, { 2, 3 }, { 8, 15 }, { 16, 31 }, { 32, 63 },
		{ 1, 0 }, { 3, 0 }, { 64, 0 }, { BIT(31), 0 },
	};
	struct axi_dmac_model_device *mdev;
	struct axi_dmac_model_config cfg;
	struct dmac_fixture *fx;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		dmac_config(&dmac_modes[0], &cfg);
		cfg.fifo_size = cases[i].fifo_size;
		if (cases[i].bursts) {
			fx = dmac_create(test, &cfg);
			KUNIT_EXPECT_EQ(test, fx->dmac->caps.look_ahead, cases[i].bursts * 128);
			dmac_done(fx);
			continue;
		}
		mdev = probe_device(test, &cfg, false);
		KUNIT_EXPECT_FALSE_MSG(test, device_is_bound(&mdev->pdev->dev), "%u",
				       cfg.fifo_size);
	}
}

/* Somebody else has the registers */
static void probe_test_no_registers(struct kunit *test)
{
	struct axi_dmac_model_device *mdev;
	struct axi_dmac_model_config cfg;
	phys_addr_t base;

	dmac_config(&dmac_modes[0], &cfg);
	mdev = probe_device(test, &cfg, false);
	base = axi_dmac_model_base(mdev->model);
	device_release_driver(&mdev->pdev->dev);
	KUNIT_ASSERT_NOT_NULL(test, request_mem_region(base, ADM_WINDOW_SIZE, "probe"));
	KUNIT_EXPECT_NE(test, device_attach(&mdev->pdev->dev), 1);
	release_mem_region(base, ADM_WINDOW_SIZE);
	KUNIT_EXPECT_EQ(test, device_attach(&mdev->pdev->dev), 1);
}

static irqreturn_t probe_no_interrupt(int irq, void *data)
{
	return IRQ_NONE;
}

/* Without its interrupt it does not bind, and can be bound later */
static void probe_test_no_irq(struct kunit *test)
{
	struct axi_dmac_model_device *mdev;
	struct axi_dmac_model_config cfg;

	dmac_config(&dmac_modes[0], &cfg);
	mdev = probe_device(test, &cfg, false);
	device_release_driver(&mdev->pdev->dev);
	KUNIT_ASSERT_EQ(test, request_irq(mdev->irq, probe_no_interrupt, 0, "probe", mdev), 0);
	KUNIT_EXPECT_NE(test, device_attach(&mdev->pdev->dev), 1);
	KUNIT_EXPECT_EQ(test, axi_dmac_model_peek(mdev->model, ADM_REG_IRQ_MASK), 3);
	free_irq(mdev->irq, mdev);
	KUNIT_EXPECT_EQ(test, device_attach(&mdev->pdev->dev), 1);
}

/* One that runs by itself would not survive being looked at closely */
static void probe_test_autorun(struct kunit *test)
{
	struct axi_dmac_model_device *mdev;
	struct axi_dmac_model_config cfg;
	struct axi_dmac_model_stats stats;

	dmac_config(&dmac_modes[0], &cfg);
	cfg.autorun = true;
	mdev = probe_device(test, &cfg, false);
	KUNIT_EXPECT_FALSE(test, device_is_bound(&mdev->pdev->dev));
	axi_dmac_model_stats(mdev->model, &stats);
	KUNIT_EXPECT_EQ(test, stats.writes, 0);
}

/*
 * Cores without rows do not look at the pin for external sync, so that they work as any
 * other; those with rows do not work with it.
 */
static void probe_test_ext_sync(struct kunit *test)
{
	static const struct {
		u32 version;
		bool twod;
		bool bound;
	} cases[] = {
		{ ADM_VERSION(4, 5, 'e'), false, true },
		{ ADM_VERSION(4, 5, 'e'), true, false },
		/* The same bit meant nothing before */
		{ ADM_VERSION(4, 5, 'c'), true, true },
	};
	struct axi_dmac_model_device *mdev;
	struct axi_dmac_model_config cfg;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		dmac_config(&dmac_modes[0], &cfg);
		cfg.version = cases[i].version;
		cfg.twod = cases[i].twod;
		cfg.ext_sync = true;
		mdev = probe_device(test, &cfg, false);
		KUNIT_EXPECT_EQ_MSG(test, device_is_bound(&mdev->pdev->dev), cases[i].bound,
				    "case %u", i);
		KUNIT_EXPECT_EQ(test, axi_dmac_model_all_errors(mdev->model), 0);
	}
}

/* As a boot loader would leave a core that it has used */
static void probe_leave_running(struct kunit *test, struct axi_dmac_model_device *mdev,
				void *buf, bool sg)
{
	void __iomem *base;

	device_release_driver(&mdev->pdev->dev);
	base = ioremap(axi_dmac_model_base(mdev->model), ADM_WINDOW_SIZE);
	KUNIT_ASSERT_TRUE(test, base);

	writel(0, base + ADM_REG_IRQ_MASK);
	writel(ADM_CONTROL_ENABLE, base + ADM_REG_CONTROL);
	writel(ADM_FLAG_LAST, base + ADM_REG_FLAGS);
	writel(virt_to_phys(buf), base + ADM_REG_DEST_ADDRESS);
	writel((u64)virt_to_phys(buf) >> 32, base + ADM_REG_DEST_ADDRESS_HIGH);
	writel(SZ_4K - 1, base + ADM_REG_X_LENGTH);
	writel(1, base + ADM_REG_SUBMIT);
	KUNIT_EXPECT_TRUE(test, axi_dmac_model_accept(mdev->model));
	KUNIT_EXPECT_EQ(test, axi_dmac_model_move(mdev->model, 1024), 1024);
	KUNIT_EXPECT_TRUE(test, axi_dmac_model_line(mdev->model));
	iounmap(base);
}

static void probe_test_leftover(struct kunit *test)
{
	struct axi_dmac_model_device *mdev;
	struct axi_dmac_model_config cfg;
	void *buf = kunit_kzalloc(test, SZ_4K, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, buf);
	dmac_config(&dmac_modes[0], &cfg);
	cfg.late_bytes = 512;
	cfg.quiesce_ticks = 10;
	mdev = probe_device(test, &cfg, false);
	probe_leave_running(test, mdev, buf, false);

	KUNIT_EXPECT_EQ(test, device_attach(&mdev->pdev->dev), 1);
	KUNIT_EXPECT_TRUE(test, axi_dmac_model_is_quiet(mdev->model));
	KUNIT_EXPECT_EQ(test, axi_dmac_model_peek(mdev->model, ADM_REG_IRQ_SOURCE), 0);
	KUNIT_EXPECT_EQ(test, axi_dmac_model_all_errors(mdev->model), 0);
}

/* One that does not stop is left alone, with its interrupt off */
static void probe_test_never_quiet(struct kunit *test)
{
	struct axi_dmac_model_device *mdev;
	struct axi_dmac_model_config cfg;
	void *buf = kunit_kzalloc(test, SZ_4K, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, buf);
	dmac_config(&dmac_modes[0], &cfg);
	mdev = probe_device(test, &cfg, false);
	axi_dmac_model_set_quiesce(mdev->model, ADM_NEVER, 0);
	probe_leave_running(test, mdev, buf, false);

	KUNIT_EXPECT_NE(test, device_attach(&mdev->pdev->dev), 1);
	KUNIT_EXPECT_FALSE(test, device_is_bound(&mdev->pdev->dev));
	KUNIT_EXPECT_FALSE(test, axi_dmac_model_line(mdev->model));
	KUNIT_EXPECT_EQ(test, axi_dmac_model_all_errors(mdev->model), 0);

	axi_dmac_model_set_quiesce(mdev->model, 0, 0);
	KUNIT_EXPECT_TRUE(test, axi_dmac_model_quiesce(mdev->model));
}

static void probe_test_unbind_in_use(struct kunit *test)
{
	struct dmac_xfer *running, *issued, *submitted, *kept, *reusable;
	struct axi_dmac_model_config cfg;
	struct axi_dmac_desc *desc;
	struct dmac_fixture *fx;
	struct dma_vec vec;
	void *buf;

	dmac_config(test->param_value, &cfg);
	cfg.queue_depth = 1;
	cfg.late_bytes = 256;
	fx = dmac_create(test, &cfg);
	dmac_use_anonymous_channel(fx);
	buf = dmac_buf(fx, SZ_64K);

	running = dmac_prep(fx, buf, SZ_4K, 0);
	reusable = dmac_prep(fx, buf + SZ_4K, SZ_4K, 0);
	KUNIT_ASSERT_EQ(test, dmaengine_desc_set_reuse(reusable->tx), 0);
	issued = dmac_prep(fx, buf + SZ_8K, SZ_4K, 0);
	dmac_submit(running);
	dmac_submit(reusable);
	dmac_submit_and_issue(issued);
	submitted = dmac_prep(fx, buf + SZ_16K, SZ_4K, 0);
	dmac_submit(submitted);
	kept = dmac_prep(fx, buf + SZ_32K, SZ_4K, 0);
	axi_dmac_model_accept(fx->model);
	axi_dmac_model_move(fx->model, 1024);

	device_release_driver(&fx->mdev->pdev->dev);

	KUNIT_EXPECT_TRUE(test, axi_dmac_model_is_quiet(fx->model));
	KUNIT_EXPECT_FALSE(test, axi_dmac_model_line(fx->model));
	KUNIT_EXPECT_EQ(test, axi_dmac_model_peek(fx->model, ADM_REG_IRQ_MASK), 3);
	KUNIT_EXPECT_EQ(test, fx->dmac->chan.num_spares, 0);
	KUNIT_EXPECT_EQ(test, running->calls, 1);
	KUNIT_EXPECT_EQ(test, running->result.result, DMA_TRANS_ABORTED);
	KUNIT_EXPECT_EQ(test, reusable->calls, 1);
	KUNIT_EXPECT_EQ(test, reusable->result.result, DMA_TRANS_ABORTED);
	KUNIT_EXPECT_EQ(test, issued->calls, 1);
	KUNIT_EXPECT_EQ(test, submitted->calls, 0);

	/* What a client does that has not noticed */
	axi_dmac_model_reset_stats(fx->model);
	local_bh_disable();
	dmac_submit(kept);
	dmac_submit_and_issue(reusable);
	local_bh_enable();
	KUNIT_EXPECT_EQ(test, submitted->result.result, DMA_TRANS_ABORTED);
	KUNIT_EXPECT_EQ(test, submitted->calls, 1);
	KUNIT_EXPECT_EQ(test, kept->calls, 1);
	KUNIT_EXPECT_EQ(test, reusable->calls, 2);
	vec = (struct dma_vec) { .addr = virt_to_phys(buf), .len = SZ_4K };
	KUNIT_EXPECT_NULL(test, dmaengine_prep_peripheral_dma_vec(fx->chan, &vec, 1,
								  dmac_direction(fx), 0));
	KUNIT_EXPECT_EQ(test, dmaengine_pause(fx->chan), fx->dmac->caps.sg ? -ENOSYS : -ENODEV);
	KUNIT_EXPECT_EQ(test, dmaengine_terminate_sync(fx->chan), 0);
	KUNIT_EXPECT_EQ(test, dmac_pages(fx), 1);
	desc = to_axi_dmac_desc(container_of(reusable->tx, struct virt_dma_desc, tx));
	KUNIT_EXPECT_EQ(test, desc->pages->dma, DMA_MAPPING_ERROR);
	KUNIT_EXPECT_EQ(test, dmaengine_desc_free(reusable->tx), 0);
	KUNIT_EXPECT_EQ(test, dmac_pages(fx), 0);
	KUNIT_EXPECT_EQ(test, fx->dmac->chan.num_spares, 0);
	KUNIT_EXPECT_EQ(test, axi_dmac_model_stray_accesses(), 0);
	KUNIT_EXPECT_EQ(test, axi_dmac_model_reads(fx->model, ADM_REG_IRQ_PENDING), 0);

	dma_release_channel(fx->chan);
	fx->chan = NULL;
}

KUNIT_ARRAY_PARAM_DESC(probe_mode, dmac_modes, name);

/**
 * struct probe_line - the interrupt line while the driver is being unbound
 * @fx: the fixture
 * @accesses: register accesses so far
 * @up: how often the line was up at one of them, behind the first
 */
struct probe_line {
	struct dmac_fixture *fx;
	unsigned int accesses;
	unsigned int up;
};

static void probe_watch_line(struct axi_dmac_model *model, enum axi_dmac_model_point point,
			     unsigned int reg, void *priv)
{
	struct probe_line *line = priv;

	/* Something ends at each of them */
	axi_dmac_model_finish(model, 1);
	if (line->accesses++ > 2)
		line->up += axi_dmac_model_line(model);
}

/*
 * Transfers end while the driver is being unbound, and while the core drains. Nobody
 * serves the interrupt by then, so the line must not be up: it would be for ever.
 */
static void probe_test_unbind_line(struct kunit *test)
{
	struct axi_dmac_model_config cfg;
	struct probe_line line = {};
	struct dmac_xfer *x[5];
	unsigned int i;

	dmac_config(test->param_value, &cfg);
	cfg.late_bytes = SZ_16K;
	cfg.quiesce_ticks = 20;
	line.fx = dmac_create(test, &cfg);
	dmac_use_anonymous_channel(line.fx);
	for (i = 0; i < ARRAY_SIZE(x); i++) {
		x[i] = dmac_prep(line.fx, dmac_buf(line.fx, SZ_4K), SZ_4K, 0);
		dmac_submit_and_issue(x[i]);
		axi_dmac_model_accept(line.fx->model);
	}
	axi_dmac_model_set_hook(line.fx->model, probe_watch_line, &line);
	device_release_driver(&line.fx->mdev->pdev->dev);
	axi_dmac_model_set_hook(line.fx->model, NULL, NULL);

	KUNIT_EXPECT_GT(test, line.accesses, 10);
	KUNIT_EXPECT_EQ(test, line.up, 0);
	for (i = 0; i < ARRAY_SIZE(x); i++)
		KUNIT_EXPECT_EQ(test, x[i]->calls, 1);
	dma_release_channel(line.fx->chan);
	line.fx->chan = NULL;
}

/*
 * A client that has asked for its channel by name keeps it when the driver goes, and the
 * channel's own device with it; the last thing that it does is to release it.
 */
static void probe_test_unbind_named(struct kunit *test)
{
	struct dmac_fixture *fx = dmac_create_case(test);
	struct device *dev = &fx->chan->dev->device;
	unsigned int refs = kref_read(&dev->kobj.kref);
	struct dmac_xfer *x;

	x = dmac_prep(fx, dmac_buf(fx, SZ_4K), SZ_4K, 0);
	dmac_submit_and_issue(x);
	device_release_driver(&fx->mdev->pdev->dev);
	KUNIT_EXPECT_EQ(test, x->calls, 1);
	KUNIT_EXPECT_EQ(test, x->result.result, DMA_TRANS_ABORTED);
	KUNIT_EXPECT_GE(test, refs, 2);
	KUNIT_EXPECT_GE(test, kref_read(&dev->kobj.kref), 1);
	KUNIT_EXPECT_STREQ(test, dma_chan_name(fx->chan), dev_name(dev));
	dma_release_channel(fx->chan);
	fx->chan = NULL;

	/* Nothing is left in the client's directory, nor in the new channel's */
	KUNIT_EXPECT_EQ(test, device_attach(&fx->mdev->pdev->dev), 1);
	fx->chan = dma_request_chan(fx->mdev->consumer, "dma");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, fx->chan);
	fx->dmac = container_of(fx->chan->device, struct axi_dmac, dma_dev);
}

/* Bound again after all that, it works */
static void probe_test_rebind(struct kunit *test)
{
	struct dmac_fixture *fx = dmac_create_case(test);
	void *buf = dmac_buf(fx, SZ_4K);
	struct dma_chan *chan;
	struct dmac_xfer *x;

	dma_release_channel(fx->chan);
	fx->chan = NULL;
	device_release_driver(&fx->mdev->pdev->dev);
	KUNIT_EXPECT_EQ(test, device_attach(&fx->mdev->pdev->dev), 1);

	chan = dma_request_chan(fx->mdev->consumer, "dma");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, chan);
	fx->chan = chan;
	fx->dmac = container_of(fx->chan->device, struct axi_dmac, dma_dev);
	x = dmac_prep(fx, buf, SZ_4K, 0);
	dmac_submit_and_issue(x);
	dmac_run(fx);
	dmac_expect_done(x);
	dmac_expect_data(fx, buf, SZ_4K, 0);
}

static struct kunit_case probe_test_cases[] = {
	KUNIT_CASE_PARAM(probe_test_caps, probe_gen_params),
	KUNIT_CASE_PARAM(probe_test_leaves_core_clean, probe_gen_params),
	KUNIT_CASE(probe_test_slave_caps),
	KUNIT_CASE(probe_test_coherency),
	KUNIT_CASE_PARAM(probe_test_refused, probe_refused_gen_params),
	KUNIT_CASE_PARAM(probe_test_tree, probe_tree_gen_params),
	KUNIT_CASE(probe_test_no_registers),
	KUNIT_CASE(probe_test_no_irq),
	KUNIT_CASE(probe_test_fifo_size),
	KUNIT_CASE(probe_test_autorun),
	KUNIT_CASE(probe_test_ext_sync),
	KUNIT_CASE(probe_test_leftover),
	KUNIT_CASE(probe_test_never_quiet),
	KUNIT_CASE_PARAM(probe_test_unbind_in_use, probe_mode_gen_params),
	KUNIT_CASE_PARAM(probe_test_unbind_line, probe_mode_gen_params),
	KUNIT_CASE_PARAM(probe_test_unbind_named, probe_mode_gen_params),
	KUNIT_CASE_PARAM(probe_test_rebind, probe_mode_gen_params),
	{}
};

static struct kunit_suite probe_test_suite = {
	.name = "axi_dmac_probe",
	.test_cases = probe_test_cases,
};

kunit_test_suite(probe_test_suite);
