// A fence that was published is freed a grace period after its last reference.
//
// Step: functionfs-fix-grace-period
// Files: drivers/usb/gadget/function/f_fs.c
// There in ffs_dmabuf_fence_release: kfree_rcu\(dma_fence, base\.rcu\)

@@
@@
  static void ffs_dmabuf_fence_release(...)
  {
  ...
- kfree(dma_fence);
+ kfree_rcu(dma_fence, base.rcu);
  }
