// The DMABUF interface leaves the IIO core's buffer file: attachments, fences
// and the three ioctls are industrialio-dmabuf.c's.
//
// Files: drivers/iio/industrialio-buffer.c
// Gone: iio_dmabuf_priv|iio_dma_fence|iio_dma_resv_lock|iio_buffer_enqueue_dmabuf
// Gone: DMABUF_ENQUEUE_TIMEOUT_MS|iio_buffer_signal_dmabuf_done|iio_buffer_cleanup
// There in iio_buffer_chrdev_fileops: \.fsync = iio_buffer_fsync,
// There in iio_buffer_poll: return EPOLLERR \| EPOLLHUP;
// There in iio_buffer_chrdev_fileops: iio_dmabuf_ioctl\(
// There in iio_buffer_chrdev_fileops: iio_dmabuf_release\(ib
// There in iio_buffer_read: iio_buffer_check_read\(rb\)
// There in iio_buffer_write: iio_buffer_check_write\(rb, written\)
// There in iio_buffer_write: return written \? ?: ret
// There in iio_device_buffer_getfd: iio_buffer_getfd\(
// There in iio_buffer_chrdev_fileops: \.read_iter = iio_buffer_read_iter,
// There in iio_buffer_chrdev_fileops: \.write_iter = iio_buffer_write_iter,
// There in iio_buffer_poll: iio_dmabuf_poll\(rb\)
// There in __iio_update_buffers: iio_dmabuf_enable_failed\(

@@
@@
- #define DMABUF_ENQUEUE_TIMEOUT_MS 5000

@@
@@
- struct iio_dmabuf_priv { ... };

@@
@@
- struct iio_dma_fence { ... };

@@
@@
  #include "iio_core_trigger.h"
+ #include "industrialio-buffer-rw.h"
+ #include "industrialio-dmabuf.h"

@@
@@
- static void iio_buffer_dmabuf_release(...) { ... }

@@
@@
- static void iio_buffer_dmabuf_get(...) { ... }

@@
@@
- static void iio_buffer_dmabuf_put(...) { ... }

@@
@@
- static int iio_dma_resv_lock(...) { ... }

@@
@@
- static struct device *iio_buffer_get_dma_dev(...) { ... }

@@
@@
- static struct dma_buf_attachment *iio_buffer_find_attachment(...) { ... }

@@
@@
- static int iio_buffer_attach_dmabuf(...) { ... }

@@
@@
- static int iio_buffer_detach_dmabuf(...) { ... }

@@
@@
- static const char *iio_buffer_dma_fence_get_driver_name(...) { ... }

@@
@@
- static void iio_buffer_dma_fence_release(...) { ... }

@@
@@
- static const struct dma_fence_ops iio_buffer_dma_fence_ops = { ... };

@@
@@
- static int iio_buffer_enqueue_dmabuf(...) { ... }

@@
@@
- static void iio_buffer_cleanup(...) { ... }

@@
@@
- void iio_buffer_signal_dmabuf_done(...) { ... }

@@
declarer name EXPORT_SYMBOL_GPL;
@@
- EXPORT_SYMBOL_GPL(iio_buffer_signal_dmabuf_done);

@@
@@
- static int iio_buffer_chrdev_release(...) { ... }

@@
@@
- static long iio_buffer_chrdev_ioctl(...) { ... }

@@
@@
+ static int iio_buffer_chrdev_release(struct inode *inode, struct file *filp)
+ {
+	struct iio_dev_buffer_pair *ib = filp->private_data;
+
+	wake_up(&ib->buffer->pollq);
+	iio_dmabuf_release(ib->buffer);
+	clear_bit(IIO_BUSY_BIT_POS, &ib->buffer->flags);
+	/* Nothing of the buffer may be touched after this: it may be the last */
+	iio_device_put(ib->indio_dev);
+	kfree(ib);
+
+	return 0;
+ }
+
  static const struct file_operations iio_buffer_chrdev_fileops = { ... };

@@
@@
+ static long iio_buffer_chrdev_ioctl(struct file *filp, unsigned int cmd,
+				     unsigned long arg)
+ {
+	struct iio_dev_buffer_pair *ib = filp->private_data;
+
+	return iio_dmabuf_ioctl(ib->indio_dev, ib->buffer, cmd, arg,
+				filp->f_flags & O_NONBLOCK);
+ }
+
  static const struct file_operations iio_buffer_chrdev_fileops = { ... };

// read() and write() end when DMABUFs get attached, and can always be killed,
// whatever the buffer's operations return. Who asks for it is told not to wait.
@@
identifier f, b, n, p;
attribute name __user;
@@
- static ssize_t iio_buffer_read(struct file *f, char __user *b, size_t n, loff_t *p)
+ ssize_t iio_buffer_read(struct file *f, char __user *b, size_t n, bool nonblock)
  {
  ...
  }

@@
@@
  ssize_t iio_buffer_read(...)
  {
  <...
- if (ret == 0 && (filp->f_flags & O_NONBLOCK))
-	ret = -EAGAIN;
+ if (ret == 0)
+	ret = nonblock ? -EAGAIN : iio_buffer_wait(&wait);
  ...>
  }

@@
@@
  ssize_t iio_buffer_read(...)
  {
  <...
  if (!indio_dev->info) {
	ret = -ENODEV;
	break;
  }
+ ret = iio_buffer_check_read(rb);
+ if (ret)
+	break;
  ...>
  }

@@
identifier f, b, n, p;
attribute name __user;
@@
- static ssize_t iio_buffer_write(struct file *f, const char __user *b, size_t n, loff_t *p)
+ ssize_t iio_buffer_write(struct file *f, char __user *b, size_t n, bool nonblock)
  {
  ...
  }

@@
@@
  ssize_t iio_buffer_write(...)
  {
  <...
  if (!indio_dev->info) {
	ret = -ENODEV;
	break;
  }
+ ret = iio_buffer_check_write(rb, written);
+ if (ret)
+	break;
  ...>
  }

@@
@@
  ssize_t iio_buffer_write(...)
  {
  <...
  written += ret;
+ if (ret == 0)
+	ret = nonblock ? -EAGAIN : iio_buffer_wait(&wait);
+ if (ret < 0)
+	break;
  ...>
  }

@@
@@
  ssize_t iio_buffer_write(...)
  {
  ...
- return ret < 0 ? ret : written;
+ return written ?: ret;
  }

@@
@@
(
  iio_buffer_read
|
  iio_buffer_write
)
  (...)
  {
  <...
- filp->f_flags & O_NONBLOCK
+ nonblock
  ...>
  }

@@
@@
- iio_buffer_read(filp, buf, n, f_ps)
+ iio_buffer_read(filp, buf, n, filp->f_flags & O_NONBLOCK)

@@
@@
- iio_buffer_write(filp, buf, n, f_ps)
+ iio_buffer_write(filp, (char __user *)buf, n, filp->f_flags & O_NONBLOCK)

@@
@@
- anon_inode_getfd("iio:buffer", &iio_buffer_chrdev_fileops, ib, O_RDWR | O_CLOEXEC)
+ iio_buffer_getfd(&iio_buffer_chrdev_fileops, ib)

@@
@@
  static int __iio_update_buffers(...)
  {
  <...
+ iio_dmabuf_enable_failed(indio_dev);
  iio_buffer_deactivate_all(indio_dev);
  ...>
  }

@@
@@
  static const struct file_operations iio_buffer_chrdev_fileops = {
-	.read = iio_buffer_read,
-	.write = iio_buffer_write,
+	.read = iio_buffer_file_read,
+	.write = iio_buffer_file_write,
+	.read_iter = iio_buffer_read_iter,
+	.write_iter = iio_buffer_write_iter,
+	.fsync = iio_buffer_fsync,
  };

@@
@@
  static __poll_t iio_buffer_poll(...)
  {
  ...
  if (!indio_dev->info || !rb)
-	return 0;
+	return EPOLLERR | EPOLLHUP;

  poll_wait(filp, &rb->pollq, wait);
+ if (iio_dmabuf_attached(rb))
+	return iio_dmabuf_poll(rb);
  ...
  }
