// The DMABUF interface leaves FunctionFS' file: attachments, fences and the three
// ioctls are f_fs_dmabuf.c's, which is told of what happens to the gadget.
//
// Step: functionfs
// Files: drivers/usb/gadget/function/f_fs.c
// Gone: ffs_dmabuf_priv|ffs_dma_fence|ffs_dma_resv_lock|DMABUF_ENQUEUE_TIMEOUT_MS
// Gone: linux/dma-(buf|fence|resv)\.h|dmabufs_mutex|dma_buf_get|seqno
// Gone: FUNCTIONFS_DMABUF_\w+:\n.*\{
// There: ffs_dmabuf_init\(ffs\)
// There: ffs_dmabuf_exit\(ffs\)
// There: ffs_dmabuf_bind\(ffs\)
// There: ffs_dmabuf_unbind\(ffs\)
// There: ffs_dmabuf_release\(file\)
// There: ffs_dmabuf_ioctl\(file, code, value\)

@@
@@
- #include <linux/dma-buf.h>

@@
@@
- #include <linux/dma-fence.h>

@@
@@
- #include <linux/dma-resv.h>

@@
@@
- #define DMABUF_ENQUEUE_TIMEOUT_MS 5000

@@
@@
- struct ffs_dmabuf_priv { ... };

@@
@@
- struct ffs_dma_fence { ... };

@@
@@
  struct ffs_epfile {
  ...
- struct mutex dmabufs_mutex;
- struct list_head dmabufs;
- atomic_t seqno;
  };

@@
expression E;
@@
- mutex_init(&E->dmabufs_mutex);
- INIT_LIST_HEAD(&E->dmabufs);

@@
@@
- static void ffs_dmabuf_release(...) { ... }

@@
@@
- static void ffs_dmabuf_get(...) { ... }

@@
@@
- static void ffs_dmabuf_put(...) { ... }

@@
@@
- static void ffs_dmabuf_cleanup(...) { ... }

@@
@@
- static void ffs_dmabuf_signal_done(...) { ... }

@@
@@
- static void ffs_epfile_dmabuf_io_complete(...) { ... }

@@
@@
- static const char *ffs_dmabuf_get_driver_name(...) { ... }

@@
@@
- static const char *ffs_dmabuf_get_timeline_name(...) { ... }

@@
@@
- static void ffs_dmabuf_fence_release(...) { ... }

@@
@@
- static const struct dma_fence_ops ffs_dmabuf_fence_ops = { ... };

@@
@@
- static int ffs_dma_resv_lock(...) { ... }

@@
@@
- static struct dma_buf_attachment *ffs_dmabuf_find_attachment(...) { ... }

@@
@@
- static int ffs_dmabuf_attach(...) { ... }

@@
@@
- static int ffs_dmabuf_detach(...) { ... }

@@
@@
- static int ffs_dmabuf_transfer(...) { ... }

// What is left of it: closing an endpoint's file
@@
iterator name list_for_each_entry_safe;
expression E, priv, tmp;
statement S;
@@
- list_for_each_entry_safe(priv, tmp, &E->dmabufs, entry) S

@@
expression E;
@@
- mutex_lock(&E->dmabufs_mutex);
+ ffs_dmabuf_release(file);

@@
expression E;
@@
- mutex_unlock(&E->dmabufs_mutex);

@@
identifier priv;
@@
- struct ffs_dmabuf_priv *priv;

@@
@@
  static int ffs_epfile_release(...)
  {
  ...
- struct ffs_data *ffs = epfile->ffs;
  ...
  }

// An interface that is being taken down is nothing to warn of
@@
@@
  static long ffs_epfile_ioctl(...)
  {
  ...
- if (WARN_ON(epfile->ffs->state != FFS_ACTIVE))
+ if (epfile->ffs->state != FFS_ACTIVE)
	return -ENODEV;
  ...
  }

@@
@@
  static struct ffs_data *ffs_data_new(...)
  {
  ...
  init_completion(&ffs->ep0req_completion);
+ ffs_dmabuf_init(ffs);
  ...
  }

@@
@@
  static void ffs_data_put(...)
  {
  <...
  destroy_workqueue(ffs->io_completion_wq);
+ ffs_dmabuf_exit(ffs);
  ...>
  }

@@
@@
  static int functionfs_bind(...)
  {
  ...
  ffs->gadget = cdev->gadget;
+ ffs_dmabuf_bind(ffs);
  ...
  }

@@
@@
  static void functionfs_unbind(...)
  {
  <...
+ ffs_dmabuf_unbind(ffs);
  usb_ep_dequeue(ffs->gadget->ep0, ffs->ep0req);
  ...>
  }
