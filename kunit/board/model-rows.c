// SPDX-License-Identifier: GPL-2.0
/*
 * Erratum of the rows. Towards memory, a core with 2D transfers notes of each row that
 * it requests whether it is the last one of its segment, and looks at the note when
 * the row has been written. It has four notes, which rows share by their number. With
 * more than four rows under way, a row finds the note of one that came later: a segment
 * is reported four rows too early, and once more at its end; or not at all, where the
 * next one has rows that are not its last.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include "model.h"

#define ADM_NOTES	4

/* As far as requests are ahead of data, and data is ahead of responses, in bursts */
static u64 adm_under_way(const struct axi_dmac_model *m)
{
	return 2 * ((u64)m->cfg.look_ahead + 1);
}

static bool adm_is_last(const struct adm_segment *seg, u64 row)
{
	return row + 1 == seg->rows;
}

/**
 * adm_notes_last_row() - does the core take a row for the last one?
 * @m: model, locked
 * @seg: segment whose data moves, which has come to the end of the row it is in
 */
bool adm_notes_last_row(struct axi_dmac_model *m, const struct adm_segment *seg)
{
	u64 bursts = 0, under_way = adm_under_way(m), row = seg->row;
	bool last = adm_is_last(seg, row);
	unsigned int i = m->seg_move, n;

	if (!m->cfg.twod || m->cfg.dest_type != ADM_BUS_MM || !adm_has(m, ADM_ERRATUM_ROWS))
		return last;

	/* Rows go on with those of the next segment, if that is there yet */
	for (n = 0; bursts < under_way; n++, row++) {
		if (row == seg->rows) {
			if (++i == m->seg_tail)
				break;
			seg = adm_seg(m, i);
			row = 0;
		}
		if (!(n % ADM_NOTES))
			last = adm_is_last(seg, row);
		bursts += adm_bursts(m, seg->cols);
	}

	return last;
}
