// The ioctl that tells what became of a DMABUF. This is apart from the rest, as it can
// be left out.
//
// Step: status
// Files: drivers/iio/industrialio-buffer.c
// There in iio_buffer_chrdev_ioctl: iio_dmabuf_status_ioctl\(

@@
@@
  static long iio_buffer_chrdev_ioctl(...)
  {
	struct iio_dev_buffer_pair *ib = filp->private_data;
+	bool nonblock = filp->f_flags & O_NONBLOCK;
+
+	if (cmd == IIO_BUFFER_DMABUF_STATUS_IOCTL)
+		return iio_dmabuf_status_ioctl(ib->buffer, arg, nonblock);

-	return iio_dmabuf_ioctl(ib->indio_dev, ib->buffer, cmd, arg,
-				filp->f_flags & O_NONBLOCK);
+	return iio_dmabuf_ioctl(ib->indio_dev, ib->buffer, cmd, arg, nonblock);
  }
