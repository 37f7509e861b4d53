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

/* As far as requests are ahead of data, and data is ahead of responses */
static u64 adm_rows_under_way(const struct axi_dmac_model *m, const struct adm_segment *seg)
{
	return 2 * ((u64)m->cfg.look_ahead + 1) / adm_bursts(m, seg->cols);
}

static bool adm_is_last(const struct adm_segment *seg, u64 row)
{
	return row + 1 == seg->rows;
}

/* Rows go on with those of the next segment; false if that is not there yet */
static bool adm_find_note(struct axi_dmac_model *m, u64 row, bool *last)
{
	unsigned int i;

	for (i = m->seg_move; i != m->seg_tail; i++) {
		struct adm_segment *seg = adm_seg(m, i);

		if (row < seg->rows) {
			*last = adm_is_last(seg, row);
			return true;
		}
		row -= seg->rows;
	}
	return false;
}

/**
 * adm_notes_last_row() - does the core take a row for the last one?
 * @m: model, locked
 * @seg: segment whose data moves, which has come to the end of the row it is in
 */
bool adm_notes_last_row(struct axi_dmac_model *m, const struct adm_segment *seg)
{
	bool last = adm_is_last(seg, seg->row);
	u64 ahead, rows;

	if (!m->cfg.twod || m->cfg.dest_type != ADM_BUS_MM || !adm_has(m, ADM_ERRATUM_ROWS))
		return last;
	rows = adm_rows_under_way(m, seg);
	for (ahead = ADM_NOTES; ahead < rows; ahead += ADM_NOTES)
		if (!adm_find_note(m, seg->row + ahead, &last))
			break;
	return last;
}
