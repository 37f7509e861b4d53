// SPDX-License-Identifier: GPL-2.0
/*
 * Data path: moves the bytes of one segment after the other, in runs that are
 * contiguous in memory, and finds out where a packet ends. Completion of a
 * segment is another matter (model-response.c): responses may be late.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <linux/minmax.h>
#include <linux/string.h>
#include <linux/unaligned.h>

#include "model.h"

#define ADM_STAMP	sizeof(u64)
#define ADM_STAMP_GRID	SZ_4K

typedef void (*adm_stamp_fn)(struct axi_dmac_model *m, u8 *at, u64 pos);

/* One contiguous piece of a segment's data */
struct adm_run {
	void *src;		/* NULL: comes from the stream */
	void *dest;		/* NULL: goes to the stream */
	size_t len;
	bool kept;		/* not written before its burst has an address */
	bool end;		/* contains the segment's last byte */
	bool last;		/* the source ended its packet with it */
};

static bool adm_from_memory(const struct axi_dmac_model *m)
{
	return m->cfg.src_type == ADM_BUS_MM;
}

static bool adm_to_memory(const struct axi_dmac_model *m)
{
	return m->cfg.dest_type == ADM_BUS_MM;
}

static u64 adm_address_at(const struct axi_dmac_model *m, const struct adm_segment *seg,
			  u64 start, u32 stride)
{
	return (start + seg->row * stride + seg->col) & GENMASK_ULL(m->cfg.addr_width - 1, 0);
}

/* Calls @visit for every stamp that lies in the run, see ADM_MOVER_SPARSE */
static void adm_visit_stamps(struct axi_dmac_model *m, const struct adm_segment *seg,
			     u8 *buf, size_t len, adm_stamp_fn visit)
{
	u64 first = m->stream_pos - seg->moved;
	u64 end = first + seg->cols * seg->rows;
	u64 pos;

	if (!seg->moved && len >= ADM_STAMP)
		visit(m, buf, m->stream_pos);
	for (pos = round_up(m->stream_pos, ADM_STAMP_GRID);
	     pos + ADM_STAMP <= m->stream_pos + len; pos += ADM_STAMP_GRID)
		if (pos >= first + ADM_STAMP && pos + 2 * ADM_STAMP <= end)
			visit(m, buf + (pos - m->stream_pos), pos);
	if (m->stream_pos + len == end && end - first >= 2 * ADM_STAMP && len >= ADM_STAMP)
		visit(m, buf + len - ADM_STAMP, end - ADM_STAMP);
}

static void adm_put_stamp(struct axi_dmac_model *m, u8 *at, u64 pos)
{
	put_unaligned_le64(pos, at);
}

static void adm_check_stamp(struct axi_dmac_model *m, u8 *at, u64 pos)
{
	if (get_unaligned_le64(at) != pos)
		m->stamp_errors++;
}

static size_t adm_produce(struct axi_dmac_model *m, const struct adm_segment *seg,
			  struct adm_run *run)
{
	bool full = m->cfg.mover == ADM_MOVER_FULL;
	ssize_t n = run->len;

	if (m->stream && m->stream->produce)
		n = m->stream->produce(m->stream_priv, full ? run->dest : NULL, run->len,
				       &run->last);
	else if (full)
		memset(run->dest, 0, run->len);
	if (n > 0 && m->cfg.mover == ADM_MOVER_SPARSE)
		adm_visit_stamps(m, seg, run->dest, n, adm_put_stamp);
	return max_t(ssize_t, n, 0);
}

static size_t adm_consume(struct axi_dmac_model *m, const struct adm_segment *seg,
			  struct adm_run *run)
{
	bool full = m->cfg.mover == ADM_MOVER_FULL;
	bool tlast = run->end && seg->last;
	ssize_t n = run->len;

	if (m->stream && m->stream->consume)
		n = m->stream->consume(m->stream_priv, full ? run->src : NULL, run->len, tlast);
	if (n > 0 && m->cfg.mover == ADM_MOVER_SPARSE)
		adm_visit_stamps(m, seg, run->src, n, adm_check_stamp);
	m->sink_holds = n <= 0;
	if (m->sink_holds) {
		m->held_len = min3(run->len, (size_t)m->cfg.dest_width, sizeof(m->held_beat));
		memcpy(m->held_beat, run->src, m->held_len);
	}
	if (n == run->len && tlast)
		m->stats.packets++;
	return max_t(ssize_t, n, 0);
}

static size_t adm_copy(struct axi_dmac_model *m, struct adm_run *run)
{
	if (m->cfg.mover == ADM_MOVER_FULL)
		memmove(run->dest, run->src, run->len);
	return run->len;
}

static size_t adm_transfer(struct axi_dmac_model *m, const struct adm_segment *seg,
			   struct adm_run *run)
{
	if (adm_from_memory(m) && adm_to_memory(m))
		return adm_copy(m, run);
	if (adm_from_memory(m))
		return adm_consume(m, seg, run);
	return adm_produce(m, seg, run);
}

/* Where the bus answers with an error the core reads and writes nothing */
static void *adm_memory_or_scratch(struct axi_dmac_model *m, u64 addr, struct adm_run *run)
{
	void *mem;

	if (m->cfg.mover == ADM_MOVER_NONE)
		return m->scratch;
	mem = adm_memory(m, addr, run->len);
	if (mem)
		return mem;
	run->len = min_t(size_t, run->len, ADM_SCRATCH);
	return m->scratch;
}

/* Once per row, also when the first attempt stalls */
static void adm_check_row(struct axi_dmac_model *m, struct adm_segment *seg)
{
	if (seg->row_checked)
		return;
	seg->row_checked = true;
	if (adm_from_memory(m))
		adm_check_burst(m, m->current_src, seg->cols);
	if (adm_to_memory(m))
		adm_check_burst(m, m->current_dest, seg->cols);
}

static void *adm_dest(struct axi_dmac_model *m, struct adm_segment *seg, struct adm_run *run)
{
	void *tail = seg->no_length ? adm_tail(m, seg, &run->len) : NULL;

	run->kept = tail;
	return tail ?: adm_memory_or_scratch(m, m->current_dest, run);
}

static void adm_find_run(struct axi_dmac_model *m, struct adm_segment *seg,
			 struct adm_run *run, size_t bytes)
{
	u64 left = seg->cols - seg->col;

	run->len = min3((u64)bytes, left, (u64)adm_chunk(m));
	if (m->packet_left && !adm_from_memory(m))
		run->len = min_t(u64, run->len, m->packet_left);
	if (adm_from_memory(m))
		run->src = adm_memory_or_scratch(m, m->current_src, run);
	if (adm_to_memory(m))
		run->dest = adm_dest(m, seg, run);
	run->end = run->len == left && seg->row + 1 == seg->rows;
}

static void adm_start(struct axi_dmac_model *m, struct adm_segment *seg)
{
	seg->started = true;
	if (adm_to_memory(m))
		adm_lose_length(m, seg);
}

static void adm_locate(struct axi_dmac_model *m, struct adm_segment *seg)
{
	if (!seg->started)
		adm_start(m, seg);
	m->current_src = adm_from_memory(m) ? adm_address_at(m, seg, seg->src, seg->src_stride) : 0;
	m->current_dest = adm_to_memory(m) ?
			  adm_address_at(m, seg, seg->dest, seg->dest_stride) : 0;
	adm_check_row(m, seg);
}

/*
 * The source ended its packet. That is an early end unless it came with the
 * last byte of a segment that was submitted with LAST; and without LAST the
 * core throws away what was queued for the rest of the packet.
 */
static void adm_end_packet(struct axi_dmac_model *m, struct adm_segment *seg)
{
	m->stats.packets++;
	if (seg->ended && seg->last)
		return;
	seg->partial = true;
	seg->odd = true;
	seg->silent = !seg->ended && seg->row + 1 < seg->rows && adm_version(m, 4, 5, 'a');
	seg->ended = true;
	m->discarding = !seg->last;
	if (seg->last)
		adm_replay(m, seg);
}

static void adm_end_row(struct axi_dmac_model *m, struct adm_segment *seg)
{
	bool last = adm_notes_last_row(m, seg);

	if (seg->row + 1 == seg->rows) {
		seg->ended = true;
		seg->unnoted = !last;
		seg->odd |= seg->unnoted;
		return;
	}
	seg->col = 0;
	seg->row++;
	seg->row_checked = false;
	if (last)
		adm_end_segment(m, seg);
}

static void adm_account(struct axi_dmac_model *m, struct adm_segment *seg, size_t len)
{
	seg->col += len;
	seg->moved += len;
	m->stream_pos += len;
	m->stats.bytes += len;
	if (seg->col == seg->cols)
		adm_end_row(m, seg);
}

static bool adm_packet_ends(struct axi_dmac_model *m, size_t len)
{
	if (!m->packet_left || adm_from_memory(m))
		return false;
	m->packet_left -= len;
	return !m->packet_left;
}

static void adm_testify_run(struct axi_dmac_model *m, const struct adm_run *run, size_t len)
{
	if (adm_from_memory(m) && run->src != m->scratch)
		adm_testify(m, m->current_src, len, false);
	if (adm_to_memory(m) && run->dest != m->scratch && !run->kept)
		adm_testify(m, m->current_dest, len, true);
}

static size_t adm_move_run(struct axi_dmac_model *m, struct adm_segment *seg, size_t bytes)
{
	struct adm_run run = {};
	size_t len;

	adm_locate(m, seg);
	adm_find_run(m, seg, &run, bytes);
	len = adm_transfer(m, seg, &run);
	if (!len)
		return 0;
	if (m->witness)
		adm_testify_run(m, &run, len);
	adm_account(m, seg, len);
	if (adm_packet_ends(m, len) || run.last)
		adm_end_packet(m, seg);
	return len;
}

/* The segment whose data is next; segments of a packet that ended are skipped */
static struct adm_segment *adm_moving(struct axi_dmac_model *m)
{
	for (; m->seg_move != m->seg_tail; m->seg_move++) {
		struct adm_segment *seg = adm_seg(m, m->seg_move);

		if (seg->ended)
			continue;
		if (!m->discarding)
			return seg;
		seg->discarded = true;
		seg->odd = true;
		seg->ended = true;
		m->discarding = !seg->last;
	}
	return NULL;
}

static bool adm_may_move(const struct axi_dmac_model *m, const struct adm_segment *seg)
{
	if (m->state == ADM_DRAINING)
		return seg->started;
	return m->state == ADM_RUNNING && !(m->control & ADM_CONTROL_PAUSE);
}

/**
 * adm_move_segment() - move data of the segment that is next, and of no other
 * @m: model, locked
 * @bytes: how much at most
 *
 * An EOT in the middle of the segment is a reason to come back later.
 *
 * Return: bytes moved.
 */
size_t adm_move_segment(struct axi_dmac_model *m, size_t bytes)
{
	struct adm_segment *seg = adm_moving(m);
	u32 eots = m->eot_pending;
	size_t done = 0;
	size_t len;

	while (seg && !seg->ended && done < bytes && adm_may_move(m, seg)) {
		len = adm_move_run(m, seg, bytes - done);
		if (!len)
			break;
		done += len;
		if (m->eot_pending != eots)
			break;
	}
	adm_moving(m);
	return done;
}

/**
 * adm_move() - move data
 * @m: model, locked
 * @bytes: how much at most
 *
 * Return: bytes moved; less than @bytes when the queue ran empty or the stream
 * side stalled.
 */
size_t adm_move(struct axi_dmac_model *m, size_t bytes)
{
	size_t done = 0;
	size_t len;

	do {
		len = adm_move_segment(m, bytes - done);
		done += len;
	} while (len && done < bytes);
	return done;
}
