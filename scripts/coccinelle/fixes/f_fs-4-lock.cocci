// A fence has its own lock, which is there as long as the fence is.
//
// Step: functionfs-fix-lock
// Files: drivers/usb/gadget/function/f_fs.c
// Gone: priv->lock
// There in ffs_dma_fence: struct ffs_dma_fence \{\n\tstruct dma_fence base;\n\t/\* Protects base \*/\n\tspinlock_t lock;
// There in ffs_dmabuf_transfer: spin_lock_init\(&fence->lock\)

@@
@@
  struct ffs_dmabuf_priv {
  ...
- spinlock_t lock;
  ...
  };

@@
@@
  struct ffs_dma_fence {
	struct dma_fence base;
+	/* Protects base */
+	spinlock_t lock;
  ...
  };

@@
expression priv;
@@
- spin_lock_init(&priv->lock);

@@
expression fence, ops, context, seqno, priv;
@@
+ spin_lock_init(&fence->lock);
  dma_fence_init(&fence->base, ops,
- 		 &priv->lock,
+ 		 &fence->lock,
		 context, seqno);
