// SPDX-License-Identifier: GPL-2.0-only
/*
 * Packets that end before the memory that was provided for them: how long they
 * were, and where the next one goes.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <linux/irq.h>

#include "fixture.h"

#define PACKET_SHORT	1000

/* Two transfers; the first may take several segments of 4 KiB */
static void packet_two(struct defect *d, size_t first_len)
{
	defect_issue(defect_prep(d, defect_buf(d, first_len), first_len, 0));
	defect_feed(d);
	defect_issue(defect_prep(d, defect_buf(d, SZ_4K), SZ_4K, 0));
	defect_feed(d);
	axi_dmac_model_packet(d->model, PACKET_SHORT);
}

/* One descriptor, cut short */
static void short_length_sg(struct kunit *test)
{
	struct defect *d = defect_create_kind(test, DEFECT_SG);
	struct defect_xfer *x;

	x = defect_prep(d, defect_buf(d, SZ_4K), SZ_4K, 0);
	defect_issue(x);
	axi_dmac_model_packet(d->model, PACKET_SHORT);
	defect_run(d, 1);
	KUNIT_EXPECT_EQ_MSG(test, x->calls, 1, "a short packet never completes");
	KUNIT_EXPECT_EQ_MSG(test, SZ_4K - x->result.residue, PACKET_SHORT,
			    "%u bytes are reported for a packet of %u",
			    SZ_4K - x->result.residue, PACKET_SHORT);
}

/* What comes behind a short packet */
static void sg_without_last(struct kunit *test)
{
	struct defect *d = defect_create_kind(test, DEFECT_SG);

	packet_two(d, SZ_4K);
	defect_run(d, 4);
	KUNIT_EXPECT_EQ_MSG(test, d->xfers[1].calls, 1,
			    "all that follows a short packet is swallowed");
	KUNIT_EXPECT_TRUE_MSG(test, defect_went_through(d, d->bufs[1], SZ_4K, PACKET_SHORT),
			      "data behind a short packet is misplaced");
}

/* The other direction: who receives needs to know where it ends */
static void sg_without_last_out(struct kunit *test)
{
	struct defect *d = defect_create_kind(test, DEFECT_SG | DEFECT_OUT);
	struct axi_dmac_model_stats stats;

	defect_issue(defect_prep(d, defect_buf(d, SZ_4K), SZ_4K, 0));
	defect_run(d, 1);
	axi_dmac_model_stats(d->model, &stats);
	KUNIT_EXPECT_EQ_MSG(test, stats.packets, 1, "no TLAST at the end of a transfer");
}

static struct defect *packet_create(struct kunit *test, unsigned int depth)
{
	struct axi_dmac_model_config cfg;

	defect_config(&cfg, 0);
	cfg.length_width = 12;
	cfg.queue_depth = depth;

	return defect_create(test, &cfg);
}

/* In the first of two segments: the core says nothing of the other */
static void short_packet_hang(struct kunit *test)
{
	struct defect *d = packet_create(test, 4);

	packet_two(d, SZ_8K);
	defect_run(d, 8);
	KUNIT_EXPECT_EQ_MSG(test, d->xfers[0].calls, 1, "a short packet never completes");
	KUNIT_EXPECT_EQ_MSG(test, d->xfers[1].calls, 1,
			    "the transfer behind a short packet never completes");
}

/* In the first of three, while the second waits to be accepted */
static void short_packet_next_frame(struct kunit *test)
{
	struct defect *d = packet_create(test, 1);
	unsigned int i;

	packet_two(d, 3 * SZ_4K);
	for (i = 0; i < 8 && !d->xfers[0].calls; i++)
		defect_run(d, 1);
	KUNIT_EXPECT_EQ_MSG(test, d->xfers[0].calls, 1, "a short packet never completes");

	/* The client has been told that this memory is its own again */
	KUNIT_EXPECT_EQ(test, axi_dmac_model_forbid(d->model, virt_to_phys(d->bufs[0]),
						    3 * SZ_4K), 0);
	defect_run(d, 8);
	KUNIT_EXPECT_EQ_MSG(test, axi_dmac_model_errors(d->model, ADM_ERR_FREED), 0,
			    "the next frame goes into a completed buffer");
	KUNIT_EXPECT_EQ_MSG(test, d->xfers[1].calls, 1,
			    "the transfer behind a short packet never completes");
}

/* More than any core has records of short packets */
#define PACKET_TOO_MANY		64

/* Brings the bus back before the case hangs */
static void packet_count_reads(struct axi_dmac_model *model, enum axi_dmac_model_point point,
			       unsigned int reg, void *priv)
{
	unsigned int *reads = priv;

	if (point != ADM_BEFORE_READ || reg != ADM_REG_PARTIAL_ID)
		return;
	if (++*reads >= PACKET_TOO_MANY)
		axi_dmac_model_unplug(model, false);
}

/* A bus that is gone reads as all ones: records of short packets without end */
static void partial_loop(struct kunit *test)
{
	struct defect *d = defect_create_kind(test, 0);
	unsigned int reads = 0;

	defect_issue(defect_prep(d, defect_buf(d, SZ_4K), SZ_4K, 0));
	defect_feed(d);
	axi_dmac_model_set_hook(d->model, packet_count_reads, &reads);
	axi_dmac_model_unplug(d->model, true);
	local_bh_disable();
	generic_handle_irq_safe(d->mdev->irq);
	local_bh_enable();
	axi_dmac_model_unplug(d->model, false);
	axi_dmac_model_set_hook(d->model, NULL, NULL);

	KUNIT_EXPECT_LT_MSG(test, reads, PACKET_TOO_MANY,
			    "the interrupt handler loops while the bus is dead");
}

static struct kunit_case packet_test_cases[] = {
	KUNIT_CASE(short_length_sg),
	KUNIT_CASE(sg_without_last),
	KUNIT_CASE(sg_without_last_out),
	KUNIT_CASE(short_packet_hang),
	KUNIT_CASE(short_packet_next_frame),
	KUNIT_CASE(partial_loop),
	{}
};

static struct kunit_suite packet_test_suite = {
	.name = "defect_packet",
	.test_cases = packet_test_cases,
};

kunit_test_suite(packet_test_suite);
