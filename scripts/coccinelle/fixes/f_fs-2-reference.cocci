// The request keeps the fence's first reference, which ffs_dmabuf_cleanup() drops.
//
// Step: functionfs-fix-reference
// Files: drivers/usb/gadget/function/f_fs.c
// Gone: dma_resv_add_fence\([^;]*;\s*dma_fence_put
// Gone: dma_fence_get\(fence\)

@@
expression resv, fence, usage;
@@
  dma_resv_add_fence(resv, fence, usage);
- dma_fence_put(fence);

@@
@@
  static void ffs_dmabuf_signal_done(...)
  {
  ...
- dma_fence_get(fence);
  ...
  }
