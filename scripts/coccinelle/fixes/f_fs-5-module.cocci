// A fence holds the module until it is freed. free_module() waits for an RCU grace
// period, and so for the callback that drops the last reference to the module.
//
// Step: functionfs-fix-module
// Files: drivers/usb/gadget/function/f_fs.c
// There in ffs_dmabuf_fence_release: call_rcu\(&fence->rcu, ffs_dmabuf_fence_free\)
// There in ffs_dmabuf_transfer: __module_get\(THIS_MODULE\)

@@
@@
+ static void ffs_dmabuf_fence_free(struct rcu_head *rcu)
+ {
+ 	kfree(container_of(rcu, struct ffs_dma_fence, base.rcu));
+ 	/* Unloading waits for this callback to return */
+ 	module_put(THIS_MODULE);
+ }
+
  static void ffs_dmabuf_fence_release(struct dma_fence *fence)
  {
- 	struct ffs_dma_fence *dma_fence =
- 		container_of(fence, struct ffs_dma_fence, base);
-
- 	kfree_rcu(dma_fence, base.rcu);
+ 	call_rcu(&fence->rcu, ffs_dmabuf_fence_free);
  }

@@
expression fence;
@@
  spin_lock_init(&fence->lock);
+ __module_get(THIS_MODULE);
  dma_fence_init(...);
