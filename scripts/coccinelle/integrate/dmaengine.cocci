// struct dma_vec moves to a header of its own, which clients and providers use
// without the rest of the DMA engine; dmaengine.h includes it.
//
// Files: include/linux/dmaengine.h
// Gone: struct dma_vec \{
// There: linux/dma-vec\.h

@@
@@
- struct dma_vec { ... };

@@
@@
  #include <linux/device.h>
+ #include <linux/dma-vec.h>
