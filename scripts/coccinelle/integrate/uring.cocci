// The buffer's own file takes commands of io_uring. This is apart from the rest, as
// it can be left out.
//
// Step: uring
// Files: drivers/iio/industrialio-buffer.c
// There: \.uring_cmd = iio_buffer_uring_cmd,

@@
@@
  #include "industrialio-dmabuf.h"
+ #include "industrialio-dmabuf-uring.h"

@@
@@
  static const struct file_operations iio_buffer_chrdev_fileops = {
	.fsync = iio_buffer_fsync,
+	.uring_cmd = iio_buffer_uring_cmd,
  };
