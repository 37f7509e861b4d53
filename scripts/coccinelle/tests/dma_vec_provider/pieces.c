// SPDX-License-Identifier: GPL-2.0-only
/* The number of pieces is asked for, by the operation or by what it hands the list. */

static size_t pieces_max(struct pieces *p)
{
	return p->wide ? 2 * PIECES_MAX : PIECES_MAX;
}

static struct dma_async_tx_descriptor *
pieces_prep_slave_sg(struct dma_chan *chan, struct scatterlist *sgl, unsigned int sg_len,
		     enum dma_transfer_direction dir, unsigned long flags, void *context)
{
	struct pieces *p = to_pieces(chan);
	struct pieces_desc *desc;
	struct scatterlist *sg;
	size_t len, done;
	int i, n;

	if (!sgl || !sg_len)
		return NULL;

	n = sg_nents_for_dma(sgl, sg_len, pieces_max(p));
	desc = pieces_alloc(p, n + 1);
	if (!desc)
		return NULL;

	for_each_sg(sgl, sg, sg_len, i)
		for (done = 0; done < sg_dma_len(sg); done += len) {
			len = min_t(size_t, sg_dma_len(sg) - done, pieces_max(p));
			pieces_add(desc, sg_dma_address(sg) + done, len);
		}

	return &desc->tx;
}

static int pieces_fit(struct room *room, struct scatterlist *list, unsigned int count)
{
	return room->left >= sg_nents_for_dma(list, count, ROOM_MAX);
}

static struct dma_async_tx_descriptor *
room_prep_slave_sg(struct dma_chan *chan, struct scatterlist *list, unsigned int count,
		   enum dma_transfer_direction dir, unsigned long flags, void *context)
{
	struct room *room = to_room(chan);
	struct scatterlist *entry;
	int i;

	if (!pieces_fit(room, list, count))
		return NULL;

	for_each_sg(list, entry, count, i)
		room_add(room, sg_dma_address(entry), sg_dma_len(entry));

	return &room->tx;
}

/* Not of all the list */
static struct dma_async_tx_descriptor *
some_prep_slave_sg(struct dma_chan *chan, struct scatterlist *head, unsigned int m,
		   enum dma_transfer_direction dir, unsigned long flags, void *context)
{
	return some_prep(chan, sg_nents_for_dma(head, m - 1, SOME_MAX));
}

static void pieces_init(struct dma_device *dev)
{
	dev->device_prep_slave_sg = pieces_prep_slave_sg;
	dev->device_prep_slave_sg = room_prep_slave_sg;
	dev->device_prep_slave_sg = some_prep_slave_sg;
}
