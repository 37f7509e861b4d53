// An attachment is found by its DMABUF, as there may be no gadget to compare devices
// with. TRANSFER compares them when the endpoint says that there is one.
//
// Step: functionfs-fix-unbind
// Files: drivers/usb/gadget/function/f_fs.c
// Gone: struct device \*dev = \w+->(ffs->)?gadget->dev\.parent
// Gone: attach->dev == dev
// There in ffs_dmabuf_transfer: attach->dev != epfile->ffs->gadget->dev\.parent

@@
identifier dev;
@@
  static struct dma_buf_attachment *ffs_dmabuf_find_attachment(...)
  {
- struct device *dev = epfile->ffs->gadget->dev.parent;
  ...
  }

@@
identifier dev;
@@
  static int ffs_dmabuf_detach(...)
  {
  ...
- struct device *dev = ffs->gadget->dev.parent;
  ...
  }

@@
expression priv;
identifier dev;
@@
- priv->attach->dev == dev && priv->attach->dmabuf == dmabuf
+ priv->attach->dmabuf == dmabuf

@@
@@
  static int ffs_dmabuf_transfer(...)
  {
  ...
  if (epfile->ep != ep) { ... }
+
+ /* It was attached when another gadget was bound */
+ if (attach->dev != epfile->ffs->gadget->dev.parent) {
+ 	ret = -EPERM;
+ 	goto err_fence_free;
+ }
  ...
  }
