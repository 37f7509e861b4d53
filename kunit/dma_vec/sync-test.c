// SPDX-License-Identifier: GPL-2.0-only
/*
 * Cache maintenance on a machine that needs it: whoever reads sees what was
 * written last, whoever wrote it; and sees stale data, in the same test, when a
 * call is left out that is due. The second half keeps the first one honest.
 */

#include <kunit/device.h>
#include <kunit/static_stub.h>
#include <kunit/test-bug.h>
#include <kunit/test.h>
#include <linux/dma-map-ops.h>
#include <linux/dma-mapping.h>
#include <linux/dma-vec.h>
#include <linux/errno.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/swiotlb.h>

#include "../internal.h"
#include "sync-model.h"

#define NMODES (DMA_VEC_ATOMIC_COHERENT + 1)

/*
 * Whoever can use memory: how it is wired, and what the library is told of it. A
 * device of which nothing is known may be wired in any way.
 */
struct agent {
	const char *name;
	enum sm_kind kind;
	enum dma_vec_coherency mode;
};

static const struct agent agents[] = {
	{ "CPU", SM_CPU },
	{ "legacy", SM_SNOOPING, DMA_VEC_DEFAULT_COHERENT },
	{ "unknown, snooping", SM_SNOOPING, DMA_VEC_DMA_API_COHERENT },
	{ "unknown, direct", SM_DIRECT, DMA_VEC_DMA_API_COHERENT },
	{ "unknown, bounced", SM_BOUNCED, DMA_VEC_DMA_API_COHERENT },
	{ "unknown, IOMMU", SM_IOMMU, DMA_VEC_DMA_API_COHERENT },
	{ "memory coherent", SM_DIRECT, DMA_VEC_MEMORY_COHERENT },
	{ "CPU coherent", SM_SNOOPING, DMA_VEC_CPU_COHERENT },
	{ "atomic coherent", SM_SNOOPING, DMA_VEC_ATOMIC_COHERENT },
};

struct pair {
	const struct agent *from;
	const struct agent *to;
};

#define NPAIRS (ARRAY_SIZE(agents) * ARRAY_SIZE(agents))

static struct pair pairs[NPAIRS];

static const void *pair_gen_params(struct kunit *test, const void *prev, char *desc)
{
	size_t i = prev ? (const struct pair *)prev + 1 - pairs : 0;

	if (i == NPAIRS)
		return NULL;

	pairs[i].from = &agents[i / ARRAY_SIZE(agents)];
	pairs[i].to = &agents[i % ARRAY_SIZE(agents)];
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%s to %s", pairs[i].from->name,
		 pairs[i].to->name);

	return &pairs[i];
}

/*
 * The buffer, as an IOMMU shows it: pieces that begin and end in the middle of
 * pages, some over several pages, in no order. In memory, no two of its pages
 * are neighbours; whoever has no IOMMU has one vector for the bytes in each.
 */
struct stretch {
	size_t at;
	size_t len;
};

static const struct stretch stretches[] = {
	{ 5 * SM_PAGE + 640, 3 * SM_PAGE + 128 },
	{ 1 * SM_PAGE, 256 },
	{ 10 * SM_PAGE - 64, 2 * SM_PAGE },
};

#define NSTRETCHES	ARRAY_SIZE(stretches)
#define NVECS	(4 + 1 + 3)
#define NBYTES	(5 * SM_PAGE + 384)
/* What is used of it: up to the middle of the last piece, and of a line */
#define USED	(NBYTES - SM_PAGE - 197)

struct party {
	struct sm_dev *dev;	/* NULL for the CPU */
	struct dma_vec_table table;
	struct dma_vec vecs[NVECS];
	size_t ends[NVECS];
};

static size_t party_fill_contiguous(struct party *p)
{
	size_t i;

	for (i = 0; i < NSTRETCHES; i++)
		p->vecs[i] = (struct dma_vec){
			p->dev->base + stretches[i].at, stretches[i].len
		};

	return i;
}

static size_t party_fill_by_page(struct party *p)
{
	size_t i, at, end, len, n = 0;

	for (i = 0; i < NSTRETCHES; i++) {
		end = stretches[i].at + stretches[i].len;
		for (at = stretches[i].at; at < end; at += len) {
			len = min(SM_PAGE - at % SM_PAGE, end - at);
			p->vecs[n++] = (struct dma_vec){
				p->dev->base + sync_model_translate(at), len
			};
		}
	}

	return n;
}

static void party_init(struct kunit *test, struct party *p,
		       const struct agent *agent, unsigned int nr)
{
	struct sync_model *sm = test->priv;
	size_t nents;

	*p = (struct party){};
	if (agent->kind == SM_CPU)
		return;

	sync_model_set_kind(sm, nr, agent->kind);
	p->dev = &sm->devs[nr];

	nents = agent->kind == SM_IOMMU ? party_fill_contiguous(p) :
					  party_fill_by_page(p);
	KUNIT_ASSERT_EQ(test, 0, dma_vec_table_init(&p->table, p->vecs, p->ends,
						    nents));
	KUNIT_ASSERT_EQ(test, NBYTES, p->table.len);
	dma_vec_table_set_coherency(&p->table, agent->mode);
	if (agent->kind == SM_IOMMU)
		p->table.flags |= DMA_VEC_SCATTERED;
	KUNIT_ASSERT_EQ(test, 0, dma_vec_table_truncate(&p->table, USED));
}

/* The address of byte @n of the buffer, as this party sees it */
static dma_addr_t party_addr(const struct party *p, size_t n)
{
	size_t i, at;

	for (i = 0; n >= stretches[i].len; i++)
		n -= stretches[i].len;

	at = stretches[i].at + n;
	if (!p->dev)
		return sync_model_translate(at);

	if (p->dev->kind != SM_IOMMU)
		at = sync_model_translate(at);

	return p->dev->base + at;
}

static u8 byte_of(size_t n, u8 round)
{
	return n * 31 + n / 251 + round * 97;
}

static void party_write(struct sync_model *sm, struct party *p, u8 round)
{
	size_t n;

	for (n = 0; n < USED; n++)
		sync_model_write(sm, p->dev, party_addr(p, n),
				 byte_of(n, round));
}

/* How many bytes are not what was written in this round? */
static size_t party_stale(struct sync_model *sm, struct party *p, u8 round)
{
	size_t n, stale = 0;

	for (n = 0; n < USED; n++)
		stale += sync_model_read(sm, p->dev, party_addr(p, n)) !=
			 byte_of(n, round);

	return stale;
}

static void party_for_device(struct party *p, enum dma_data_direction dir)
{
	if (p->dev)
		dma_vec_sync_for_device(&p->dev->dev, &p->table, dir);
}

static void party_for_cpu(struct party *p, enum dma_data_direction dir)
{
	if (p->dev)
		dma_vec_sync_for_cpu(&p->dev->dev, &p->table, dir);
}

static void party_hand_over(struct party *from, enum dma_data_direction from_dir,
			    struct party *to, enum dma_data_direction to_dir)
{
	if (from->dev && to->dev) {
		dma_vec_sync_between(&from->dev->dev, &from->table, from_dir,
				     &to->dev->dev, &to->table, to_dir);
		return;
	}

	party_for_cpu(from, from_dir);
	party_for_device(to, to_dir);
}

/*
 * The CPU writes, @from writes over it, @to reads: how many bytes are stale? All
 * of the memory is in the cache at the worst moment, clean.
 */
static size_t transfer(struct kunit *test, enum dma_data_direction from_dir,
		       enum dma_data_direction to_dir, bool drop_for_cpu,
		       bool drop_for_device)
{
	const struct pair *pair = test->param_value;
	struct sync_model *sm = test->priv;
	struct party from, to, cpu = {};

	sync_model_reset(sm);
	party_init(test, &from, pair->from, 0);
	party_init(test, &to, pair->to, 1);

	party_write(sm, &cpu, 0);
	sync_model_evict(sm);
	party_for_device(&from, from_dir);
	sync_model_fill_cache(sm);
	party_write(sm, &from, 1);

	sm->drop_for_cpu = drop_for_cpu;
	sm->drop_for_device = drop_for_device;
	party_hand_over(&from, from_dir, &to, to_dir);

	return party_stale(sm, &to, 1);
}

/* Where do the bytes that an agent reads and writes live? */
enum medium { CACHE, MEMORY, COPY };

static enum medium agent_medium(const struct agent *agent)
{
	switch (agent->kind) {
	case SM_CPU:
	case SM_SNOOPING:
		return CACHE;
	case SM_BOUNCED:
		return COPY;
	default:
		return MEMORY;
	}
}

static const enum dma_data_direction from_dirs[] = {
	DMA_FROM_DEVICE, DMA_BIDIRECTIONAL,
};

static const enum dma_data_direction to_dirs[] = {
	DMA_TO_DEVICE, DMA_BIDIRECTIONAL,
};

static void sync_pair_test(struct kunit *test)
{
	size_t i, j;

	for (i = 0; i < ARRAY_SIZE(from_dirs); i++)
		for (j = 0; j < ARRAY_SIZE(to_dirs); j++)
			KUNIT_EXPECT_EQ_MSG(test, 0,
					    transfer(test, from_dirs[i],
						     to_dirs[j], false, false),
					    "directions %zu, %zu", i, j);
}

/* Without a call that is due, the reader must see stale data; else, not */
static void sync_pair_dropped_test(struct kunit *test)
{
	const struct pair *pair = test->param_value;
	enum medium from = agent_medium(pair->from);
	enum medium to = agent_medium(pair->to);
	bool cpu_due = from == COPY || (from == MEMORY && to != MEMORY);
	bool device_due = to == COPY || (to == MEMORY && from != MEMORY);
	size_t i, j;

	for (i = 0; i < ARRAY_SIZE(from_dirs); i++) {
		for (j = 0; j < ARRAY_SIZE(to_dirs); j++) {
			KUNIT_EXPECT_EQ(test, cpu_due,
					!!transfer(test, from_dirs[i],
						   to_dirs[j], true, false));
			KUNIT_EXPECT_EQ(test, device_due,
					!!transfer(test, from_dirs[i],
						   to_dirs[j], false, true));
			KUNIT_EXPECT_EQ(test, cpu_due || device_due,
					!!transfer(test, from_dirs[i],
						   to_dirs[j], true, true));
		}
	}
}

/* The devices take turns with the CPU, each over what the one before it wrote */
static void sync_pair_chain_test(struct kunit *test)
{
	const struct pair *pair = test->param_value;
	struct sync_model *sm = test->priv;
	struct party a, b, cpu = {};
	u8 round;

	party_init(test, &a, pair->from, 0);
	party_init(test, &b, pair->to, 1);

	for (round = 0; round < 12; round += 3) {
		party_write(sm, &cpu, round);
		party_hand_over(&cpu, DMA_NONE, &a, DMA_BIDIRECTIONAL);
		KUNIT_EXPECT_EQ(test, 0, party_stale(sm, &a, round));

		party_write(sm, &a, round + 1);
		party_hand_over(&a, DMA_BIDIRECTIONAL, &b, DMA_BIDIRECTIONAL);
		KUNIT_EXPECT_EQ(test, 0, party_stale(sm, &b, round + 1));

		party_write(sm, &b, round + 2);
		party_hand_over(&b, DMA_BIDIRECTIONAL, &cpu, DMA_NONE);
		KUNIT_EXPECT_EQ(test, 0, party_stale(sm, &cpu, round + 2));

		sm->npieces = 0;
	}
}

struct owner_case {
	const char *name;
	struct agent agent;
	bool due;
};

static const struct owner_case owner_cases[] = {
	{ "direct", { "", SM_DIRECT, DMA_VEC_MEMORY_COHERENT }, true },
	{ "IOMMU", { "", SM_IOMMU, DMA_VEC_DMA_API_COHERENT }, true },
	{ "snooping", { "", SM_SNOOPING, DMA_VEC_CPU_COHERENT }, false },
};

KUNIT_ARRAY_PARAM_DESC(owner, owner_cases, name);

/* Lines that are dirty when a device begins must not land on what it wrote */
static void sync_evict_test(struct kunit *test)
{
	const struct owner_case *c = test->param_value;
	struct sync_model *sm = test->priv;
	struct party dev, cpu = {};
	int drop;

	for (drop = 0; drop < 2; drop++) {
		sync_model_reset(sm);
		party_init(test, &dev, &c->agent, 0);

		party_write(sm, &cpu, 0);
		sm->drop_for_device = drop;
		party_for_device(&dev, DMA_FROM_DEVICE);
		party_write(sm, &dev, 1);
		sync_model_evict(sm);
		party_for_cpu(&dev, DMA_FROM_DEVICE);

		KUNIT_EXPECT_EQ(test, drop && c->due,
				!!party_stale(sm, &cpu, 1));
	}
}

/* One entry over scattered memory, synced as if it were one piece of memory */
static void sync_scattered_test(struct kunit *test)
{
	static const struct agent iommu = {
		"", SM_IOMMU, DMA_VEC_DMA_API_COHERENT
	};
	struct sync_model *sm = test->priv;
	struct party dev, cpu = {};
	int flag;

	for (flag = 0; flag < 2; flag++) {
		sync_model_reset(sm);
		party_init(test, &dev, &iommu, 0);
		if (!flag)
			dev.table.flags &= ~DMA_VEC_SCATTERED;

		party_write(sm, &cpu, 0);
		party_for_device(&dev, DMA_BIDIRECTIONAL);
		KUNIT_EXPECT_EQ(test, !flag, !!party_stale(sm, &dev, 0));

		sync_model_fill_cache(sm);
		party_write(sm, &dev, 1);
		party_for_cpu(&dev, DMA_BIDIRECTIONAL);
		KUNIT_EXPECT_EQ(test, !flag, !!party_stale(sm, &cpu, 1));
	}
}

/* What was called must be what is in use, no more and no less, in order */
static void expect_pieces(struct kunit *test, const struct party *p,
			  enum dma_data_direction dir, bool for_cpu)
{
	const struct dma_vec_table *t = &p->table;
	bool scattered = t->flags & DMA_VEC_SCATTERED;
	struct sync_model *sm = test->priv;
	size_t vec = 0, done = 0, sum = 0;
	const struct sm_piece *piece;

	for (piece = sm->pieces; piece < sm->pieces + sm->npieces; piece++) {
		KUNIT_ASSERT_LT(test, vec, t->nents);
		KUNIT_EXPECT_PTR_EQ(test, p->dev, piece->dev);
		KUNIT_EXPECT_EQ(test, t->vecs[vec].addr + done, piece->addr);
		KUNIT_EXPECT_EQ(test, dir, piece->dir);
		KUNIT_EXPECT_EQ(test, for_cpu, piece->for_cpu);
		if (scattered)
			KUNIT_EXPECT_LE(test, piece->addr % 4096 + piece->len,
					4096);
		else
			KUNIT_EXPECT_EQ(test, t->vecs[vec].len, piece->len);

		sum += piece->len;
		done += piece->len;
		if (done == t->vecs[vec].len) {
			vec++;
			done = 0;
		}
	}

	KUNIT_EXPECT_EQ(test, t->len, sum);
	sm->npieces = 0;
}

struct piece_case {
	const char *name;
	struct agent agent;
};

static const struct piece_case piece_cases[] = {
	{ "direct", { "", SM_DIRECT, DMA_VEC_MEMORY_COHERENT } },
	{ "IOMMU", { "", SM_IOMMU, DMA_VEC_DMA_API_COHERENT } },
};

KUNIT_ARRAY_PARAM_DESC(piece, piece_cases, name);

static void sync_bytes_in_use_test(struct kunit *test)
{
	static const enum dma_data_direction dirs[] = {
		DMA_BIDIRECTIONAL, DMA_TO_DEVICE, DMA_FROM_DEVICE,
	};
	static const size_t lens[] = {
		1, 64, 3456, 3457, 3 * SM_PAGE + 128, 3 * SM_PAGE + 129,
		USED, NBYTES - 1, NBYTES,
	};
	const struct piece_case *c = test->param_value;
	struct party dev;
	size_t i, j;

	party_init(test, &dev, &c->agent, 0);
	for (i = 0; i < ARRAY_SIZE(lens); i++) {
		KUNIT_ASSERT_EQ(test, 0,
				dma_vec_table_truncate(&dev.table, lens[i]));
		for (j = 0; j < ARRAY_SIZE(dirs); j++) {
			party_for_device(&dev, dirs[j]);
			expect_pieces(test, &dev, dirs[j], false);
			party_for_cpu(&dev, dirs[j]);
			expect_pieces(test, &dev, dirs[j], true);
		}
	}
}

static const char *const mode_names[NMODES] = {
	[DMA_VEC_DEFAULT_COHERENT] = "default",
	[DMA_VEC_DMA_API_COHERENT] = "DMA API",
	[DMA_VEC_MEMORY_COHERENT] = "memory",
	[DMA_VEC_CPU_COHERENT] = "CPU",
	[DMA_VEC_ATOMIC_COHERENT] = "atomic",
};

/* From the row to the column: C: for the CPU, D: for the device; r: refused */
static const char *const due[NMODES][NMODES] = {
	/*                default DMA API  memory   CPU   atomic */
	/* default */	{ "",     "Dr",    "D",     "",    "" },
	/* DMA API */	{ "Cr",   "CDr",   "CDr",   "Cr",  "Cr" },
	/* memory */	{ "C",    "CDr",   "",      "Cr",  "Cr" },
	/* CPU */	{ "",     "Dr",    "Dr",    "",    "" },
	/* atomic */	{ "",     "Dr",    "Dr",    "",    "" },
};

static const void *modes_gen_params(struct kunit *test, const void *prev, char *desc)
{
	const char *const *p = prev;
	size_t i;

	p = p ? p + 1 : &due[0][0];
	i = p - &due[0][0];
	if (i == NMODES * NMODES)
		return NULL;

	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%s to %s",
		 mode_names[i / NMODES], mode_names[i % NMODES]);

	return p;
}

static unsigned int calls(const struct sync_model *sm, bool for_cpu)
{
	unsigned int i, n = 0;

	for (i = 0; i < sm->npieces; i++)
		n += sm->pieces[i].for_cpu == for_cpu;

	return n;
}

/* Each of two devices has one vector, and may be out of bounds for any sync */
static void sync_modes_test(struct kunit *test)
{
	const char *const *want = test->param_value;
	size_t i = want - &due[0][0];
	enum dma_vec_coherency from = i / NMODES, to = i % NMODES;
	struct agent a = { "", SM_SNOOPING, from }, b = { "", SM_SNOOPING, to };
	struct sync_model *sm = test->priv;
	bool c = strchr(*want, 'C'), d = strchr(*want, 'D');
	struct party p, q;
	unsigned int last;

	party_init(test, &p, &a, 0);
	party_init(test, &q, &b, 1);
	party_hand_over(&p, DMA_FROM_DEVICE, &q, DMA_TO_DEVICE);

	KUNIT_EXPECT_EQ(test, c ? p.table.nents : 0, calls(sm, true));
	KUNIT_EXPECT_EQ(test, d ? q.table.nents : 0, calls(sm, false));

	/* What the one side left has to be there when the other one gets it */
	last = sm->npieces - 1;
	if (c && d) {
		KUNIT_EXPECT_TRUE(test, sm->pieces[0].for_cpu);
		KUNIT_EXPECT_PTR_EQ(test, p.dev, sm->pieces[0].dev);
		KUNIT_EXPECT_EQ(test, DMA_FROM_DEVICE, sm->pieces[0].dir);
		KUNIT_EXPECT_FALSE(test, sm->pieces[last].for_cpu);
		KUNIT_EXPECT_PTR_EQ(test, q.dev, sm->pieces[last].dev);
		KUNIT_EXPECT_EQ(test, DMA_TO_DEVICE, sm->pieces[last].dir);
	}

	KUNIT_EXPECT_EQ(test, strchr(*want, 'r') ? -EPERM : 0,
			dma_vec_may_share(from, to));
	KUNIT_EXPECT_EQ(test, dma_vec_may_share(to, from),
			dma_vec_may_share(from, to));
}

/* Memory of other devices has no cache in front of it, in no mode */
static void sync_no_sync_test(struct kunit *test)
{
	const char *const *want = test->param_value;
	size_t i = want - &due[0][0];
	enum dma_vec_coherency from = i / NMODES, to = i % NMODES;
	struct agent a = { "", SM_DIRECT, from }, b = { "", SM_IOMMU, to };
	struct sync_model *sm = test->priv;
	struct party p, q;

	party_init(test, &p, &a, 0);
	party_init(test, &q, &b, 1);
	p.table.flags |= DMA_VEC_NO_SYNC;
	q.table.flags |= DMA_VEC_NO_SYNC;

	KUNIT_EXPECT_FALSE(test, dma_vec_table_needs_sync(&p.table));
	party_for_device(&p, DMA_BIDIRECTIONAL);
	party_for_cpu(&p, DMA_BIDIRECTIONAL);
	party_hand_over(&p, DMA_BIDIRECTIONAL, &q, DMA_BIDIRECTIONAL);
	KUNIT_EXPECT_EQ(test, 0, sm->npieces);
}

/* What there is to know of a device, and what follows from it */
struct derive_case {
	const char *name;
	bool snoops, translates, may_bounce, needs_sync, short_may_bounce;
	size_t len;
	enum dma_vec_coherency dev_mode, table_mode;
};

static const struct derive_case derive_cases[] = {
	{
		.name = "snooping", .snoops = true,
		.dev_mode = DMA_VEC_CPU_COHERENT,
		.table_mode = DMA_VEC_CPU_COHERENT,
	}, {
		.name = "snooping, bounces now and then",
		.snoops = true, .may_bounce = true,
		.dev_mode = DMA_VEC_CPU_COHERENT,
		.table_mode = DMA_VEC_CPU_COHERENT,
	}, {
		.name = "snooping, bounced",
		.snoops = true, .may_bounce = true, .needs_sync = true,
		.dev_mode = DMA_VEC_CPU_COHERENT,
		.table_mode = DMA_VEC_DMA_API_COHERENT,
	}, {
		.name = "snooping, IOMMU", .snoops = true, .translates = true,
		.dev_mode = DMA_VEC_CPU_COHERENT,
		.table_mode = DMA_VEC_CPU_COHERENT,
	}, {
		.name = "snooping, IOMMU, bounced",
		.snoops = true, .translates = true, .needs_sync = true,
		.dev_mode = DMA_VEC_CPU_COHERENT,
		.table_mode = DMA_VEC_DMA_API_COHERENT,
	}, {
		.name = "direct", .needs_sync = true,
		.dev_mode = DMA_VEC_MEMORY_COHERENT,
		.table_mode = DMA_VEC_MEMORY_COHERENT,
	}, {
		.name = "direct, may bounce",
		.may_bounce = true, .needs_sync = true,
		.dev_mode = DMA_VEC_DMA_API_COHERENT,
		.table_mode = DMA_VEC_DMA_API_COHERENT,
	}, {
		.name = "direct, IOMMU", .translates = true, .needs_sync = true,
		.dev_mode = DMA_VEC_DMA_API_COHERENT,
		.table_mode = DMA_VEC_DMA_API_COHERENT,
	}, {
		.name = "direct, short vector which may bounce",
		.needs_sync = true, .short_may_bounce = true, .len = 1,
		.dev_mode = DMA_VEC_MEMORY_COHERENT,
		.table_mode = DMA_VEC_DMA_API_COHERENT,
	}, {
		.name = "direct, short vectors would bounce",
		.needs_sync = true, .short_may_bounce = true,
		.dev_mode = DMA_VEC_MEMORY_COHERENT,
		.table_mode = DMA_VEC_MEMORY_COHERENT,
	}, {
		.name = "direct, short vector which does not bounce",
		.needs_sync = true, .len = 1,
		.dev_mode = DMA_VEC_MEMORY_COHERENT,
		.table_mode = DMA_VEC_MEMORY_COHERENT,
	},
};

KUNIT_ARRAY_PARAM_DESC(derive, derive_cases, name);

static const struct derive_case *derive_case(void)
{
	return kunit_get_current_test()->param_value;
}

static bool derive_snoops(struct device *dev)
{
	return derive_case()->snoops;
}

static bool derive_translates(struct device *dev)
{
	return derive_case()->translates;
}

static bool derive_may_bounce(struct device *dev)
{
	return derive_case()->may_bounce;
}

/* One vector of several is enough, wherever it is */
static bool derive_needs_sync(struct device *dev, dma_addr_t addr)
{
	return derive_case()->needs_sync && addr == 0x30000;
}

static bool derive_short_may_bounce(void)
{
	return derive_case()->short_may_bounce;
}

static void sync_derive_test(struct kunit *test)
{
	const struct derive_case *c = test->param_value;
	struct sync_model *sm = test->priv;
	struct device *dev = &sm->devs[0].dev;
	struct dma_vec vecs[] = {
		{ 0x10000, 4096 }, { 0x20000, 4096 }, { 0x30000, c->len ?: 4096 },
	};
	struct dma_vec_table table;
	u32 flags = DMA_VEC_CYCLIC | DMA_VEC_NO_SYNC;
	size_t ends[3];

	kunit_activate_static_stub(test, dma_vec_dev_snoops, derive_snoops);
	kunit_activate_static_stub(test, dma_vec_dev_translates,
				   derive_translates);
	kunit_activate_static_stub(test, dma_vec_dev_may_bounce,
				   derive_may_bounce);
	kunit_activate_static_stub(test, dma_vec_addr_needs_sync,
				   derive_needs_sync);
	kunit_activate_static_stub(test, dma_vec_short_may_bounce,
				   derive_short_may_bounce);

	KUNIT_EXPECT_EQ(test, c->dev_mode, dma_vec_dev_coherency(dev));

	KUNIT_ASSERT_EQ(test, 0, dma_vec_table_init(&table, vecs, ends, 3));
	table.flags = flags | DMA_VEC_ATOMIC_COHERENT;
	if (!c->translates)
		table.flags |= DMA_VEC_SCATTERED;

	dma_vec_table_set_device(&table, dev);
	KUNIT_EXPECT_EQ(test, c->table_mode, dma_vec_table_coherency(&table));
	if (c->translates)
		flags |= DMA_VEC_SCATTERED;
	KUNIT_EXPECT_EQ(test, flags, table.flags & ~DMA_VEC_COHERENCY_MASK);
}

static void sync_unknown_device_test(struct kunit *test)
{
	struct dma_vec vec = { 0x1000, 4096 };
	struct dma_vec_table table;
	size_t end;

	KUNIT_EXPECT_EQ(test, DMA_VEC_DMA_API_COHERENT,
			dma_vec_dev_coherency(NULL));

	KUNIT_ASSERT_EQ(test, 0, dma_vec_table_init(&table, &vec, &end, 1));
	dma_vec_table_set_device(&table, NULL);
	KUNIT_EXPECT_EQ(test, DMA_VEC_DMA_API_COHERENT | DMA_VEC_SCATTERED,
			table.flags);
}

static void sync_set_coherency_test(struct kunit *test)
{
	struct dma_vec_table table = { .flags = DMA_VEC_CYCLIC };
	int mode;

	for (mode = 0; mode < NMODES; mode++) {
		dma_vec_table_set_coherency(&table, mode);
		KUNIT_EXPECT_EQ(test, mode, dma_vec_table_coherency(&table));
		KUNIT_EXPECT_EQ(test, DMA_VEC_CYCLIC | mode, table.flags);
	}
}

/* The DMA API itself, of whatever machine this is, takes our calls */
static void sync_real_test(struct kunit *test)
{
	struct dma_vec_table table;
	struct dma_vec vec;
	struct device *dev;
	size_t end;
	u8 *buf;

	if (!IS_ENABLED(CONFIG_HAS_DMA))
		kunit_skip(test, "no DMA on this machine");

	dev = kunit_device_register(test, "dma_vec");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, dev);
	KUNIT_ASSERT_EQ(test, 0, dma_coerce_mask_and_coherent(dev,
							      DMA_BIT_MASK(64)));

	buf = kunit_kmalloc(test, 2 * SM_PAGE, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, buf);
	memset(buf, 0x5a, 2 * SM_PAGE);

	vec.len = 2 * SM_PAGE;
	vec.addr = dma_map_single(dev, buf, vec.len, DMA_BIDIRECTIONAL);
	KUNIT_ASSERT_EQ(test, 0, dma_mapping_error(dev, vec.addr));
	KUNIT_EXPECT_EQ(test, 0, dma_vec_table_init(&table, &vec, &end, 1));

	dma_vec_table_set_device(&table, dev);
	KUNIT_EXPECT_NE(test, DMA_VEC_DEFAULT_COHERENT,
			dma_vec_table_coherency(&table));
	if (dma_need_sync(dev, vec.addr))
		KUNIT_EXPECT_TRUE(test, dma_vec_table_needs_sync(&table));

	dma_vec_table_set_coherency(&table, DMA_VEC_DMA_API_COHERENT);
	dma_vec_sync_for_device(dev, &table, DMA_BIDIRECTIONAL);
	dma_vec_sync_for_cpu(dev, &table, DMA_BIDIRECTIONAL);
	table.flags ^= DMA_VEC_SCATTERED;
	dma_vec_sync_for_device(dev, &table, DMA_BIDIRECTIONAL);
	dma_vec_sync_for_cpu(dev, &table, DMA_BIDIRECTIONAL);

	dma_unmap_single(dev, vec.addr, vec.len, DMA_BIDIRECTIONAL);
	KUNIT_EXPECT_NULL(test, memchr_inv(buf, 0x5a, 2 * SM_PAGE));
}

static bool real_snoops(struct device *dev)
{
	return false;
}

/* What the DMA API tells of a device that does not snoop */
static void sync_real_derive_test(struct kunit *test)
{
	struct dma_vec vec = { 0x1000, SZ_64K };
	enum dma_vec_coherency want;
	struct dma_vec_table table;
	struct device *dev;
	size_t end;

	if (!IS_ENABLED(CONFIG_HAS_DMA))
		kunit_skip(test, "no DMA on this machine");

	dev = kunit_device_register(test, "dma_vec");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, dev);
	KUNIT_ASSERT_EQ(test, 0, dma_coerce_mask_and_coherent(dev,
							      DMA_BIT_MASK(64)));
	KUNIT_EXPECT_EQ(test, 0, dma_vec_table_init(&table, &vec, &end, 1));
	kunit_activate_static_stub(test, dma_vec_dev_snoops, real_snoops);

	want = get_dma_ops(dev) || is_swiotlb_force_bounce(dev) ?
	       DMA_VEC_DMA_API_COHERENT : DMA_VEC_MEMORY_COHERENT;
	dma_vec_table_set_device(&table, dev);
	KUNIT_EXPECT_EQ(test, want, dma_vec_table_coherency(&table));

	/* Behind an IOMMU, or out of its reach, nothing is known for sure */
	dev->iommu_group = (struct iommu_group *)0x10;
	dma_vec_table_set_device(&table, dev);
	dev->iommu_group = NULL;
	KUNIT_EXPECT_EQ(test, DMA_VEC_DMA_API_COHERENT | DMA_VEC_SCATTERED,
			table.flags);

	*dev->dma_mask = DMA_BIT_MASK(12);
	dma_vec_table_set_device(&table, dev);
	KUNIT_EXPECT_EQ(test, DMA_VEC_DMA_API_COHERENT,
			dma_vec_table_coherency(&table));
}

static void count_sync(struct device *dev, dma_addr_t addr, size_t len,
		       enum dma_data_direction dir)
{
	KUNIT_FAIL(kunit_get_current_test(), "synced %zu bytes", len);
}

/* A bug of the driver: it is warned, and nothing is done in no direction */
static void sync_bad_direction_test(struct kunit *test)
{
	struct device *dev = kunit_device_register(test, "dma_vec");
	struct dma_vec vec = { 0x1000, SZ_64K };
	struct dma_vec_table table;
	size_t end;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, dev);
	KUNIT_EXPECT_EQ(test, 0, dma_vec_table_init(&table, &vec, &end, 1));
	dma_vec_table_set_coherency(&table, DMA_VEC_MEMORY_COHERENT);
	kunit_activate_static_stub(test, dma_vec_sync_piece_for_device,
				   count_sync);
	kunit_activate_static_stub(test, dma_vec_sync_piece_for_cpu,
				   count_sync);
	kunit_info(test, "a warning follows, as it should");
	dma_vec_sync_for_device(dev, &table, DMA_NONE);
	dma_vec_sync_for_cpu(dev, &table, DMA_NONE);
}

static int sync_test_init(struct kunit *test)
{
	sync_model_create(test);

	return 0;
}

static struct kunit_case sync_test_cases[] = {
	KUNIT_CASE_PARAM(sync_pair_test, pair_gen_params),
	KUNIT_CASE_PARAM(sync_pair_dropped_test, pair_gen_params),
	KUNIT_CASE_PARAM(sync_pair_chain_test, pair_gen_params),
	KUNIT_CASE_PARAM(sync_evict_test, owner_gen_params),
	KUNIT_CASE(sync_scattered_test),
	KUNIT_CASE_PARAM(sync_bytes_in_use_test, piece_gen_params),
	KUNIT_CASE_PARAM(sync_modes_test, modes_gen_params),
	KUNIT_CASE_PARAM(sync_no_sync_test, modes_gen_params),
	KUNIT_CASE_PARAM(sync_derive_test, derive_gen_params),
	KUNIT_CASE(sync_unknown_device_test),
	KUNIT_CASE(sync_set_coherency_test),
	{}
};

static struct kunit_suite sync_test_suite = {
	.name = "dma_vec_sync",
	.init = sync_test_init,
	.test_cases = sync_test_cases,
};

static struct kunit_case sync_real_test_cases[] = {
	KUNIT_CASE(sync_real_test),
	KUNIT_CASE(sync_real_derive_test),
	KUNIT_CASE(sync_bad_direction_test),
	{}
};

static struct kunit_suite sync_real_test_suite = {
	.name = "dma_vec_sync_real",
	.test_cases = sync_real_test_cases,
};

kunit_test_suites(&sync_test_suite, &sync_real_test_suite);
