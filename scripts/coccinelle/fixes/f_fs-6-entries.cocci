// A transfer's entries are counted by their DMA lengths, before anything is taken for
// it.
//
// Step: functionfs-fix-entries
// Files: drivers/usb/gadget/function/f_fs.c
// Gone: sg_nents_for_len
// There in ffs_dmabuf_transfer: num_sgs = nents;

@@
iterator name for_each_sgtable_dma_sg;
@@
+ /* Entries that a transfer takes: their DMA lengths are all that is known of them */
+ static int ffs_dmabuf_nents_for_len(struct sg_table *sgt, u64 len)
+ {
+ 	struct scatterlist *sg;
+ 	int i;
+
+ 	for_each_sgtable_dma_sg(sgt, sg, i) {
+ 		if (sg_dma_len(sg) >= len)
+ 			return i + 1;
+ 		len -= sg_dma_len(sg);
+ 	}
+
+ 	return -EINVAL;
+ }
+
  static int ffs_dmabuf_transfer(...) { ... }

@@
identifier ret;
@@
  static int ffs_dmabuf_transfer(...)
  {
  ...
+ int nents;
  int ret;
  ...
  priv = attach->importer_priv;
+
+ nents = ffs_dmabuf_nents_for_len(priv->sgt, req->length);
+ if (nents < 0) {
+ 	ret = nents;
+ 	goto err_attachment_put;
+ }
  ...
- usb_req->num_sgs = sg_nents_for_len(priv->sgt->sgl, req->length);
+ usb_req->num_sgs = nents;
  ...
  }
