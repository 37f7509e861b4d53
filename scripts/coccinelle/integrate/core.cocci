// The DMABUF interface's deferred work must be over before the module goes; and
// fsync() waits for output.
//
// Files: drivers/iio/industrialio-core.c
// There: iio_dmabuf_exit\(\)
// There: \.fsync = iio_buffer_fsync_addr

@@
@@
  #include "iio_core_trigger.h"
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
+	.fsync = iio_buffer_fsync_addr,
  };
