// SPDX-License-Identifier: GPL-2.0-only
/*
 * Random tables, limits and operations against a model that is as naive as
 * possible: it writes down the address of every single unit of memory and then
 * looks, unit by unit. A unit is a byte, a page or more, so that lengths of any
 * size are covered with few units.
 *
 * The seed is printed, and named by each failure; with the same seed and number
 * of operations everything happens again in the same way.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <kunit/test.h>
#include <linux/dma-vec-compact.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/moduleparam.h>
#include <linux/prandom.h>
#include <linux/scatterlist.h>
#include <linux/string.h>

static unsigned int seed = 20240611;
module_param(seed, uint, 0444);
MODULE_PARM_DESC(seed, "Seed of the random tests");

static unsigned int ops = 1000000;
module_param(ops, uint, 0444);
MODULE_PARM_DESC(ops, "Number of operations of the random tests");

#define MAX_NENTS	12
#define MAX_ENT_UNITS	40
#define MAX_UNITS	(MAX_NENTS * MAX_ENT_UNITS)
#define OPS_PER_TABLE	25

struct model {
	struct kunit *test;
	struct rnd_state rnd;
	unsigned int op;
	unsigned int shift;		/* of a unit, in bytes */
	u64 last_unit;			/* of the address space */

	/* As generated, in units */
	u64 addr[MAX_NENTS];
	unsigned int units[MAX_NENTS];
	unsigned int nents;
	unsigned int total;

	/* The address of each unit of the table */
	u64 at[MAX_UNITS];

	/* Limits in units, 0 for none */
	unsigned int max_len;
	unsigned int addr_align;
	unsigned int len_align;
	unsigned int boundary;

	struct dma_vec vecs[MAX_NENTS];
	size_t ends[MAX_NENTS];
	struct dma_vec_table table;

	/* The same in other forms */
	struct scatterlist sgl[MAX_NENTS];
	struct dma_vec_table back;
};

#define MODEL_EXPECT(m, cond, fmt, ...) do {				\
	const struct model *__m = (m);					\
									\
	KUNIT_ASSERT_TRUE_MSG(__m->test, cond, "seed %u op %u: " fmt,	\
			      seed, __m->op, ##__VA_ARGS__);		\
} while (0)

static u32 pick(struct model *m, u32 n)
{
	return prandom_u32_state(&m->rnd) % n;
}

static unsigned int pick_align(struct model *m)
{
	static const u8 aligns[] = { 0, 1, 1, 2, 4, 8, 16 };

	return aligns[pick(m, ARRAY_SIZE(aligns))];
}

static void model_pick_entry(struct model *m, unsigned int i,
			     unsigned int addr_align, unsigned int len_align)
{
	u64 next = i ? m->addr[i - 1] + m->units[i - 1] : 0;
	unsigned int low = pick(m, 256), len = 1 + pick(m, MAX_ENT_UNITS);
	u64 addr;

	len = max(len - len % len_align, len_align);
	low -= low % addr_align;
	addr = low;

	if (!pick(m, 8))	/* near the top, often right up to it */
		addr = m->last_unit + 1 - len - (pick(m, 2) ? low : 0);
	else if (i && pick(m, 2) && next && next - 1 <= m->last_unit - len)
		addr = next;

	m->addr[i] = addr;
	m->units[i] = len;
}

static void model_pick_table(struct model *m)
{
	static const u8 shifts[] = { 0, 0, 3, 12, 16,
				     BITS_PER_LONG == 64 ? 33 : 20 };
	unsigned int addr_align = max(1, pick_align(m));
	unsigned int len_align = max(1, pick_align(m));
	unsigned int i, k;

	m->shift = shifts[pick(m, ARRAY_SIZE(shifts))];
	m->last_unit = (dma_addr_t)-1 >> m->shift;
	m->nents = 1 + pick(m, MAX_NENTS);
	m->total = 0;

	for (i = 0; i < m->nents; i++) {
		model_pick_entry(m, i, addr_align, len_align);
		for (k = 0; k < m->units[i]; k++)
			m->at[m->total++] = m->addr[i] + k;

		m->vecs[i].addr = m->addr[i] << m->shift;
		m->vecs[i].len = (size_t)m->units[i] << m->shift;
	}
}

static void model_pick_limits(struct model *m, struct dma_vec_limits *limits)
{
	m->addr_align = pick_align(m);
	m->len_align = pick_align(m);
	m->boundary = pick(m, 2) ? 1 << pick(m, 8) : 0;
	m->max_len = pick(m, 3) ? pick(m, 48) : 0;

	*limits = (struct dma_vec_limits){
		.max_len = (size_t)m->max_len << m->shift,
		.addr_align = (size_t)m->addr_align << m->shift,
		.len_align = (size_t)m->len_align << m->shift,
		.boundary = (u64)m->boundary << m->shift,
	};
}

static bool model_limits_possible(const struct model *m)
{
	unsigned int align = max3(m->addr_align, m->len_align, 1);

	return !(m->max_len && m->max_len < align) &&
	       !(m->boundary && m->boundary < align);
}

static bool model_aligned(u64 unit, unsigned int align)
{
	u32 rest = 0;

	if (align)
		div_u64_rem(unit, align, &rest);

	return !rest;
}

/* Do two units lie between the same two boundaries? */
static bool model_same_window(const struct model *m, u64 a, u64 b)
{
	return !m->boundary ||
	       div_u64(a, m->boundary) == div_u64(b, m->boundary);
}

static bool model_follows(const struct model *m, unsigned int unit)
{
	return m->at[unit - 1] != m->last_unit &&
	       m->at[unit] == m->at[unit - 1] + 1;
}

/* What is a chunk that begins at this unit, in a table of @end units? */
static unsigned int model_chunk(const struct model *m, unsigned int from,
				unsigned int end)
{
	unsigned int max_len = m->max_len ?: U32_MAX;
	unsigned int len, to = from + 1;

	while (!model_aligned(max_len, m->addr_align) ||
	       !model_aligned(max_len, m->len_align))
		max_len--;

	while (to < end && to - from < max_len && model_follows(m, to) &&
	       model_same_window(m, m->at[from], m->at[to]))
		to++;

	if (to == end || !model_follows(m, to))
		return to - from;

	/* There is more behind it: go back to a place that is good for a split */
	for (len = to - from; len; len--)
		if (model_aligned(len, m->len_align) &&
		    model_aligned(m->at[from] + len, m->addr_align))
			return len;

	return to - from;
}

static bool model_entry_fits(const struct model *m, u64 first, unsigned int len)
{
	if (!model_aligned(first, m->addr_align) ||
	    !model_aligned(len, m->len_align))
		return false;

	return model_same_window(m, first, first + len - 1) ||
	       model_aligned(first, m->len_align);
}

/* Can hardware take the first units? */
static bool model_fits(const struct model *m, unsigned int units)
{
	unsigned int i, len;

	for (i = 0; i < m->nents && units; i++) {
		len = min(units, m->units[i]);
		if (!model_entry_fits(m, m->addr[i], len))
			return false;
		units -= len;
	}

	return true;
}

/* The entries of the table must be those generated, up to its length */
static void model_expect_table(struct model *m, size_t len)
{
	const struct dma_vec_table *t = &m->table;
	size_t left = len, want;
	unsigned int i;

	MODEL_EXPECT(m, t->len == len, "length %zu for %zu", t->len, len);
	MODEL_EXPECT(m, t->orig_len == (size_t)m->total << m->shift, "total");
	MODEL_EXPECT(m, t->orig_nents == m->nents, "entries");

	for (i = 0; i < m->nents; i++) {
		want = (size_t)m->units[i] << m->shift;
		if (left) {
			want = min(want, left);
			left -= want;
			MODEL_EXPECT(m, (i + 1 == t->nents) == !left,
				     "%zu entries for %zu", t->nents, len);
		}
		MODEL_EXPECT(m, t->vecs[i].len == want,
			     "entry %u is %zu, not %zu", i, t->vecs[i].len, want);
		MODEL_EXPECT(m, t->vecs[i].addr == m->addr[i] << m->shift,
			     "address of entry %u", i);
	}
}

static void op_truncate(struct model *m)
{
	size_t all = (size_t)m->total << m->shift, old = m->table.len, len;
	int err;

	switch (pick(m, 8)) {
	case 0:
		len = pick(m, 2) ? 0 : all + 1 + pick(m, 100);
		break;
	case 1:
		len = m->ends[pick(m, m->nents)];
		break;
	case 2:		/* somewhere inside of a unit */
		len = 1 + prandom_u32_state(&m->rnd) % all;
		break;
	default:
		len = (size_t)(1 + pick(m, m->total)) << m->shift;
	}

	err = dma_vec_table_truncate(&m->table, len);
	if (!len || len > all) {
		MODEL_EXPECT(m, err == -EINVAL, "cut to %zu: %d", len, err);
		model_expect_table(m, old);
	} else {
		MODEL_EXPECT(m, !err, "cut to %zu: %d", len, err);
		model_expect_table(m, len);
	}
}

static void op_restore(struct model *m)
{
	dma_vec_table_restore(&m->table);
	model_expect_table(m, (size_t)m->total << m->shift);
}

/* Each chunk as the model has it, and none too few or too many */
static void model_expect_chunks(struct model *m, struct dma_vec_iter *iter,
				unsigned int end, bool fits, ssize_t nents)
{
	unsigned int from = 0, len;
	struct dma_vec chunk;
	ssize_t n = 0;

	dma_vec_for_each_chunk(&chunk, iter) {
		MODEL_EXPECT(m, from < end, "a chunk too many");
		MODEL_EXPECT(m, chunk.addr == m->at[from] << m->shift,
			     "chunk at unit %u has address %pad", from,
			     &chunk.addr);
		len = chunk.len >> m->shift;
		MODEL_EXPECT(m, len && (size_t)len << m->shift == chunk.len &&
			     from + len <= end, "length %zu at unit %u",
			     chunk.len, from);

		if (fits) {
			MODEL_EXPECT(m, len == model_chunk(m, from, end),
				     "chunk of %u at unit %u, not %u", len, from,
				     model_chunk(m, from, end));
			MODEL_EXPECT(m, model_aligned(m->at[from],
						      m->addr_align),
				     "address at unit %u", from);
			MODEL_EXPECT(m, model_aligned(len, m->len_align),
				     "length at unit %u", from);
		}
		MODEL_EXPECT(m, !m->max_len || len <= m->max_len,
			     "%u is too long at unit %u", len, from);
		MODEL_EXPECT(m, model_same_window(m, m->at[from],
						  m->at[from] + len - 1),
			     "across a boundary at unit %u", from);
		from += len;
		n++;
	}

	MODEL_EXPECT(m, from == end, "%u units left", end - from);
	MODEL_EXPECT(m, nents < 0 || n == nents, "%zd chunks, not %zd", n, nents);
}

static void op_chunks(struct model *m)
{
	struct dma_vec_limits limits;
	struct dma_vec_iter iter;
	unsigned int units;
	ssize_t nents;
	bool fits;
	int err;

	/* Cut in the middle of a unit, the model does not apply */
	units = m->table.len >> m->shift;
	if ((size_t)units << m->shift != m->table.len || pick(m, 2)) {
		op_restore(m);
		units = m->total;
	}

	model_pick_limits(m, &limits);

	err = dma_vec_iter_init(&iter, m->table.vecs, m->table.nents, &limits);
	MODEL_EXPECT(m, err == (model_limits_possible(m) ? 0 : -EINVAL),
		     "limits: %d", err);
	nents = dma_vec_nents_for_dma(m->table.vecs, m->table.nents, &limits);
	if (err) {
		MODEL_EXPECT(m, nents == -EINVAL, "impossible: %zd", nents);
		return;
	}

	err = dma_vec_check(m->table.vecs, m->table.nents, &limits);
	fits = model_fits(m, units);
	MODEL_EXPECT(m, err == (fits ? 0 : -EINVAL), "check: %d", err);
	MODEL_EXPECT(m, err ? nents == err : nents > 0, "nents: %zd", nents);

	model_expect_chunks(m, &iter, units, fits, nents);
}

/* The bytes in use as a scatterlist, if that has room for its lengths */
static bool model_make_sgl(struct model *m)
{
	unsigned int i, n = m->table.nents;

	sg_init_table(m->sgl, n);
	for (i = 0; i < n; i++) {
		if (m->table.vecs[i].len > UINT_MAX)
			return false;
		m->sgl[i].length = m->table.vecs[i].len;
		sg_dma_address(&m->sgl[i]) = m->table.vecs[i].addr;
		sg_dma_len(&m->sgl[i]) = m->table.vecs[i].len;
	}

	return true;
}

/* A scatterlist is walked in the same chunks as an array */
static void op_sg_chunks(struct model *m)
{
	struct dma_vec_iter sg_iter, iter;
	struct dma_vec_limits limits;
	struct dma_vec sg_chunk, chunk;
	bool more;
	int err;

	if (!model_make_sgl(m))
		return;

	model_pick_limits(m, &limits);
	err = dma_vec_iter_init(&iter, m->table.vecs, m->table.nents, &limits);
	MODEL_EXPECT(m, dma_vec_iter_init_sg(&sg_iter, m->sgl, m->table.nents,
					     &limits) == err, "limits: %d", err);
	if (err)
		return;

	MODEL_EXPECT(m, dma_vec_iter_check(&sg_iter) ==
		     dma_vec_iter_check(&iter), "check");
	MODEL_EXPECT(m, dma_vec_iter_count(&sg_iter) ==
		     dma_vec_iter_count(&iter), "count");
	do {
		more = dma_vec_iter_next(&iter, &chunk);
		MODEL_EXPECT(m, dma_vec_iter_next(&sg_iter, &sg_chunk) == more,
			     "end of the list");
		MODEL_EXPECT(m, !more || (chunk.addr == sg_chunk.addr &&
					  chunk.len == sg_chunk.len),
			     "length %zu, of the list %zu", chunk.len,
			     sg_chunk.len);
	} while (more);
}

/* What the kernel has for scatterlists says the same */
static void op_sg_nents_for_len(struct model *m)
{
	size_t len = 1 + prandom_u32_state(&m->rnd) % (m->table.len + 3);
	ssize_t want;

	if (!model_make_sgl(m))
		return;

	want = sg_nents_for_len(m->sgl, len);
	MODEL_EXPECT(m, dma_vec_nents_for_len(m->table.vecs, m->table.nents,
					      len) == want,
		     "not %zd entries for %zu", want, len);
}

/* Is this, which may begin or end inside of it, a block? By trying all. */
static bool model_is_block(u64 addr, u64 len, bool first, bool last)
{
	unsigned int order;
	u64 start, end;

	for (order = 6; order < BITS_PER_TYPE(dma_addr_t); order++) {
		start = addr - (addr & ((1ULL << order) - 1));
		end = start + (1ULL << order) - 1;
		if (end < addr + (len - 1))
			continue;
		return (first || start == addr) &&
		       (last || end == addr + (len - 1));
	}

	return false;
}

static void op_compact(struct model *m)
{
	struct dma_vec_compact *compact;
	const struct dma_vec *vec;
	bool fits = true;
	unsigned int i;
	int err;

	for (i = 0; i < m->table.nents; i++) {
		vec = &m->table.vecs[i];
		fits &= model_is_block(vec->addr, vec->len, !i,
				       i + 1 == m->table.nents);
	}

	compact = dma_vec_compact_from_table(&m->table, GFP_KERNEL);
	err = PTR_ERR_OR_ZERO(compact);
	MODEL_EXPECT(m, err == (fits ? 0 : -EINVAL), "compact: %d", err);
	if (err)
		return;

	err = dma_vec_table_from_compact(&m->back, compact, GFP_KERNEL);
	dma_vec_compact_free(compact);
	MODEL_EXPECT(m, !err, "back: %d", err);
	MODEL_EXPECT(m, m->back.nents == m->table.nents &&
		     m->back.len == m->table.len &&
		     !memcmp(m->back.vecs, m->table.vecs,
			     m->table.nents * sizeof(*vec)), "not the same");
	dma_vec_table_free(&m->back);
}

static void op_nents_for_len(struct model *m)
{
	size_t len = pick(m, 4) ? (size_t)pick(m, m->total + 4) << m->shift :
				  pick(m, 4000);
	size_t i, sum = 0;
	ssize_t want = -EINVAL, got;

	for (i = 0; len && want < 0 && i < m->table.nents; i++) {
		sum += m->table.vecs[i].len;
		if (sum >= len)
			want = i + 1;
	}

	got = dma_vec_nents_for_len(m->table.vecs, m->table.nents, len);
	MODEL_EXPECT(m, got == want, "%zd entries for %zu, not %zd", got, len,
		     want);
}

static void op_len(struct model *m)
{
	size_t len = 0;
	int err = dma_vec_len(m->table.vecs, m->table.nents, &len);

	MODEL_EXPECT(m, !err && len == m->table.len, "sum %zu: %d", len, err);
}

/* Joined, the units are the same, and no two neighbours could be joined still */
static void op_coalesce(struct model *m)
{
	struct dma_vec_limits limits;
	struct dma_vec vecs[MAX_NENTS];
	unsigned int i, k, unit = 0;
	u64 len, prev = 0;
	ssize_t n;

	op_restore(m);
	memcpy(vecs, m->vecs, sizeof(vecs));
	model_pick_limits(m, &limits);

	n = dma_vec_coalesce(vecs, m->nents, &limits);
	if (!model_limits_possible(m)) {
		MODEL_EXPECT(m, n == -EINVAL, "impossible: %zd", n);
		MODEL_EXPECT(m, !memcmp(vecs, m->vecs,
					m->nents * sizeof(*vecs)), "changed");
		return;
	}
	MODEL_EXPECT(m, n > 0 && n <= m->nents, "%zd of %u", n, m->nents);

	for (i = 0; i < n; i++) {
		len = vecs[i].len >> m->shift;
		for (k = 0; k < len; k++)
			MODEL_EXPECT(m, unit + k < m->total &&
				     vecs[i].addr + ((u64)k << m->shift) ==
				     m->at[unit + k] << m->shift,
				     "unit %u", unit + k);

		/* The first of what was joined to this did not fit before it */
		if (i && model_follows(m, unit)) {
			unsigned int e, start = 0;

			for (e = 0; start < unit; e++)
				start += m->units[e];
			MODEL_EXPECT(m, start == unit, "entry split at %u", unit);
			MODEL_EXPECT(m, (m->max_len &&
					 prev + m->units[e] > m->max_len) ||
				     !model_same_window(m, m->at[unit - prev],
							m->at[unit] +
							m->units[e] - 1),
				     "not joined at unit %u", unit);
		}
		unit += len;
		prev = len;
	}
	MODEL_EXPECT(m, unit == m->total, "%u of %u units", unit, m->total);
}

static void (*const random_ops[])(struct model *m) = {
	op_truncate, op_truncate, op_truncate, op_restore, op_chunks, op_chunks,
	op_chunks, op_nents_for_len, op_len, op_coalesce, op_sg_chunks,
	op_sg_chunks, op_sg_nents_for_len, op_compact,
};

static void random_test(struct kunit *test)
{
	struct model *m = kunit_kzalloc(test, sizeof(*m), GFP_KERNEL);
	int err;

	KUNIT_ASSERT_NOT_NULL(test, m);
	m->test = test;
	prandom_seed_state(&m->rnd, seed);
	kunit_info(test, "seed %u, %u operations", seed, ops);

	for (m->op = 0; m->op < ops; m->op++) {
		if (!(m->op % OPS_PER_TABLE)) {
			model_pick_table(m);
			err = dma_vec_table_init(&m->table, m->vecs, m->ends,
						 m->nents);
			MODEL_EXPECT(m, !err, "table: %d", err);
			model_expect_table(m, (size_t)m->total << m->shift);
		}
		random_ops[pick(m, ARRAY_SIZE(random_ops))](m);
	}
}

static struct kunit_case random_test_cases[] = {
	KUNIT_CASE_SLOW(random_test),
	{}
};

static struct kunit_suite random_test_suite = {
	.name = "dma_vec_random",
	.test_cases = random_test_cases,
};

kunit_test_suite(random_test_suite);
