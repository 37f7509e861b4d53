// The DMABUF interface's deferred work must be over before the module goes; and
// fsync() waits for output.
//
// Files: drivers/iio/industrialio-core.c
// There in iio_exit: iio_dmabuf_exit\(\)
// There in iio_buffer_fileops: \.fsync = iio_buffer_fsync_addr
// There in iio_buffer_fileops: \.read_iter = iio_buffer_read_iter_addr
// There in iio_chrdev_open: FMODE_NOWAIT

@@
@@
  #include "iio_core_trigger.h"
+ #include "industrialio-buffer-rw.h"
+ #include "industrialio-dmabuf.h"

@@
@@
  static void __exit iio_exit(void)
  {
  ...
+ iio_dmabuf_exit();
  }

@@
@@
  static const struct file_operations iio_buffer_fileops = {
	.write = iio_buffer_write_outer_addr,
+	.read_iter = iio_buffer_read_iter_addr,
+	.write_iter = iio_buffer_write_iter_addr,
+	.fsync = iio_buffer_fsync_addr,
  };

@@
@@
  static int iio_chrdev_open(...)
  {
  ...
  filp->private_data = ib;
+ filp->f_mode |= FMODE_NOWAIT;
+ iio_buffer_opened(ib->buffer);
  ...
  }
