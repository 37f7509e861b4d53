// SPDX-License-Identifier: GPL-2.0-only
/* The end of a list of completed descriptors. */

static void vchan_complete(struct tasklet_struct *t)
{
	struct virt_dma_desc *vd, *next;
	struct dmaengine_desc_callback cb;
	LIST_HEAD(head);

	list_for_each_entry_safe(vd, next, &head, node) {
		dmaengine_desc_get_callback(&vd->tx, &cb);

		list_del(&vd->node);
		dmaengine_desc_callback_invoke(&cb, &vd->tx_result);
		vchan_vdesc_fini(vd);
	}
}
