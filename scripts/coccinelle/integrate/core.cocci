// The DMABUF interface's deferred work must be over before the module goes.
//
// Files: drivers/iio/industrialio-core.c
// There: iio_dmabuf_exit\(\)

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
