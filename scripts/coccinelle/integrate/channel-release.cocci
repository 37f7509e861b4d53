// The last client of a channel drops the last reference to a device that was
// unregistered meanwhile, and with it the channel: this must be the last thing that
// dma_release_channel() does with it. And the channel's own device, which has the link
// to the client, has to live for as long as the channel has one.
//
// Files: drivers/dma/dmaengine.c
// There: get_device\(&chan->dev->device\);
// Gone: module_put\(dma_chan_to_owner\(chan\)\);\n\}
// There: put_device\(&chan->dev->device\);\n\t\tdma_device_put\(chan->device\);
// There: \t\tdma_chan_unlink\(chan\);
// There: dma_chan_put\(chan\);\n\tmutex_unlock\(&dma_list_mutex\);\n\}

@@
identifier chan;
@@
  static int dma_chan_get(struct dma_chan *chan)
  {
  ...
  if (chan->device->device_alloc_chan_resources) { ... }
+ get_device(&chan->dev->device);
  chan->client_count++;
  ...
  }

// Older ones take one reference to the device, and drop one with each client; and they
// look for the module after that.
@@
identifier chan;
@@
  static void dma_chan_put(struct dma_chan *chan)
  {
+ 	struct module *owner;
+
  ...
  if (!chan->client_count)
  	return;
+ owner = dma_chan_to_owner(chan);
  ...
- dma_device_put(chan->device);
- module_put(dma_chan_to_owner(chan));
+ if (!chan->client_count)
+ 	dma_device_put(chan->device);
+ module_put(owner);
  }

@@
identifier chan;
@@
  static void dma_chan_put(struct dma_chan *chan)
  {
  ...
- if (!chan->client_count)
- 	dma_device_put(chan->device);
+ if (!chan->client_count) {
+ 	put_device(&chan->dev->device);
+ 	dma_device_put(chan->device);
+ }
  ...
  }

@@
identifier chan, dma_list_mutex;
@@
  void dma_release_channel(struct dma_chan *chan)
  {
  ...
- dma_chan_put(chan);
  ...
  if (chan->slave) {
- 	sysfs_remove_link(&chan->dev->device.kobj, DMA_SLAVE_NAME);
+ 	dma_chan_unlink(chan);
  	...
  }
  ...
+ dma_chan_put(chan);
  mutex_unlock(&dma_list_mutex);
  }
