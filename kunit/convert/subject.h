/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The definition of a subject, given setup(), which makes a channel, dump_desc(),
 * which tells what is in a descriptor and frees it, and the names of operations.
 */

static void subject_prep_sg(struct kunit *test, struct scatterlist *sgl,
			    unsigned int nents, struct dump *dump)
{
	struct dma_chan *chan = setup(test);
	struct dma_async_tx_descriptor *tx;

	tx = PREP_SG(chan, sgl, nents, DMA_MEM_TO_DEV, DMA_PREP_INTERRUPT, NULL);
	if (tx)
		dump_desc(chan, tx, dump);
}

#ifdef TAKES_VECTORS
static void subject_prep_vec(struct kunit *test, const struct dma_vec *vecs,
			     size_t nents, struct dump *dump)
{
	struct dma_chan *chan = setup(test);
	struct dma_async_tx_descriptor *tx;

	tx = PREP_VEC(chan, vecs, nents, DMA_MEM_TO_DEV, DMA_PREP_INTERRUPT);
	if (tx)
		dump_desc(chan, tx, dump);
}
#endif

const struct subject SUBJECT(_subject) = {
	.name = __stringify(SUBJECT(_subject)),
	.prep_sg = subject_prep_sg,
#ifdef TAKES_VECTORS
	.prep_vec = subject_prep_vec,
#endif
};
