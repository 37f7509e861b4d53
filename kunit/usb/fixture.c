// SPDX-License-Identifier: GPL-2.0-only
/*
 * A function of FunctionFS, from the mount to the ioctls, as a program in user space
 * sees it: all is done by file operations, so that whatever serves these files is
 * tested, this kernel's code or another one's.
 *
 * The gadget is bound, configured and unbound by the test, in the order in which the
 * UDC core and composite.c do that.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <kunit/device.h>
#include <kunit/test.h>
#include <linux/dma-buf.h>
#include <linux/dma-fence.h>
#include <linux/err.h>
#include <linux/fcntl.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/jiffies.h>
#include <linux/kthread.h>
#include <linux/mman.h>
#include <linux/mount.h>
#include <linux/sched/mm.h>
#include <linux/sched/task.h>
#include <linux/uaccess.h>
#include <linux/usb/functionfs.h>

#include "fixture.h"

#define FFS_NAME	"kunit"
#define FFS_SLOT	64
/* Much longer than anything takes */
#define FFS_PATIENCE_S	30

static const struct {
	struct usb_functionfs_descs_head_v2 head;
	__le32 hs_count;
	struct usb_interface_descriptor intf;
	struct usb_endpoint_descriptor_no_audio in;
	struct usb_endpoint_descriptor_no_audio out;
} __packed ffs_descs = {
	.head = {
		.magic = cpu_to_le32(FUNCTIONFS_DESCRIPTORS_MAGIC_V2),
		.length = cpu_to_le32(sizeof(ffs_descs)),
		.flags = cpu_to_le32(FUNCTIONFS_HAS_HS_DESC),
	},
	.hs_count = cpu_to_le32(3),
	.intf = {
		.bLength = sizeof(ffs_descs.intf),
		.bDescriptorType = USB_DT_INTERFACE,
		.bNumEndpoints = 2,
		.bInterfaceClass = USB_CLASS_VENDOR_SPEC,
	},
	.in = {
		.bLength = sizeof(ffs_descs.in),
		.bDescriptorType = USB_DT_ENDPOINT,
		.bEndpointAddress = 1 | USB_DIR_IN,
		.bmAttributes = USB_ENDPOINT_XFER_BULK,
		.wMaxPacketSize = cpu_to_le16(FAKE_UDC_PACKET),
	},
	.out = {
		.bLength = sizeof(ffs_descs.out),
		.bDescriptorType = USB_DT_ENDPOINT,
		.bEndpointAddress = 2 | USB_DIR_OUT,
		.bmAttributes = USB_ENDPOINT_XFER_BULK,
		.wMaxPacketSize = cpu_to_le16(FAKE_UDC_PACKET),
	},
};

/* None */
static const struct {
	__le32 magic;
	__le32 length;
	__le32 str_count;
	__le32 lang_count;
} __packed ffs_strings = {
	.magic = cpu_to_le32(FUNCTIONFS_STRINGS_MAGIC),
	.length = cpu_to_le32(sizeof(ffs_strings)),
};

static int ffs_bind_config(struct usb_configuration *config)
{
	struct ffs_fixture *fx = container_of(config, struct ffs_fixture, config);

	return usb_add_function(config, fx->fn);
}

/**
 * ffs_bind() - bind the function to the controller
 * @fx: The fixture
 */
void ffs_bind(struct ffs_fixture *fx)
{
	fx->config = (struct usb_configuration){
		.label = FFS_NAME, .bConfigurationValue = 1,
	};
	KUNIT_ASSERT_EQ(fx->test, 0,
			usb_add_config(&fx->cdev, &fx->config, ffs_bind_config));
	fx->bound = true;
}

/**
 * ffs_unbind() - unbind it
 * @fx: The fixture, which may be unbound already
 */
void ffs_unbind(struct ffs_fixture *fx)
{
	if (!fx->bound)
		return;

	fx->bound = false;
	fx->fn->disable(fx->fn);
	fake_udc_synchronize(fx->udc);
	usb_remove_function(&fx->config, fx->fn);
	list_del(&fx->config.list);
}

/**
 * ffs_configure() - the host configures the gadget
 * @fx: The fixture
 */
void ffs_configure(struct ffs_fixture *fx)
{
	KUNIT_EXPECT_EQ(fx->test, 0, fx->fn->set_alt(fx->fn, 0, 0));
}

/**
 * ffs_deconfigure() - the host does that no longer, or is gone
 * @fx: The fixture
 */
void ffs_deconfigure(struct ffs_fixture *fx)
{
	fx->fn->disable(fx->fn);
}

/**
 * ffs_open() - open a file of the function
 * @fx: The fixture
 * @name: Its name
 * @flags: O_NONBLOCK or 0
 *
 * Return: The file.
 */
struct file *ffs_open(struct ffs_fixture *fx, const char *name, int flags)
{
	struct file *file;

	file = file_open_root_mnt(fx->mnt, name, O_RDWR | flags, 0);
	KUNIT_ASSERT_FALSE(fx->test, IS_ERR(file));

	return file;
}

/**
 * ffs_close() - close a file, at once
 * @file: The file, which is NULL if it is closed already
 */
void ffs_close(struct file **file)
{
	if (*file)
		__fput_sync(*file);
	*file = NULL;
}

static void __user *ffs_slot(const struct ffs_caller *caller)
{
	return (void __user *)(caller->fx->args + caller->slot * FFS_SLOT);
}

/**
 * ffs_ioctl() - call a file
 * @caller: Who calls
 * @file: The file
 * @cmd: FUNCTIONFS_DMABUF_*
 * @arg: The argument, to and from which it is copied
 * @size: Its size
 *
 * Return: What the ioctl returns.
 */
int ffs_ioctl(const struct ffs_caller *caller, struct file *file, unsigned int cmd,
	      void *arg, size_t size)
{
	void __user *uarg = ffs_slot(caller);
	int ret;

	if (copy_to_user(uarg, arg, size))
		return -EFAULT;

	ret = file->f_op->unlocked_ioctl(file, cmd, (unsigned long)uarg);

	return copy_from_user(arg, uarg, size) ? -EFAULT : ret;
}

int ffs_attach_by(const struct ffs_caller *caller, struct file *file, struct ffs_buf *buf)
{
	int fd = buf->fd;

	return ffs_ioctl(caller, file, FUNCTIONFS_DMABUF_ATTACH, &fd, sizeof(fd));
}

int ffs_detach_by(const struct ffs_caller *caller, struct file *file, struct ffs_buf *buf)
{
	int fd = buf->fd;

	return ffs_ioctl(caller, file, FUNCTIONFS_DMABUF_DETACH, &fd, sizeof(fd));
}

int ffs_transfer_by(const struct ffs_caller *caller, struct file *file,
		    struct ffs_buf *buf, u64 len)
{
	struct usb_ffs_dmabuf_transfer_req req = { .fd = buf->fd, .length = len };

	return ffs_ioctl(caller, file, FUNCTIONFS_DMABUF_TRANSFER, &req, sizeof(req));
}

int ffs_attach(struct ffs_fixture *fx, struct file *file, struct ffs_buf *buf)
{
	return ffs_attach_by(&(struct ffs_caller){ fx }, file, buf);
}

int ffs_detach(struct ffs_fixture *fx, struct file *file, struct ffs_buf *buf)
{
	return ffs_detach_by(&(struct ffs_caller){ fx }, file, buf);
}

int ffs_transfer(struct ffs_fixture *fx, struct file *file, struct ffs_buf *buf, u64 len)
{
	return ffs_transfer_by(&(struct ffs_caller){ fx }, file, buf, len);
}

struct dma_fence *ffs_fence(struct kunit *test, struct ffs_buf *buf)
{
	struct dma_fence *fence = NULL;
	int err;

	dma_resv_lock(buf->dmabuf->resv, NULL);
	err = dma_resv_get_singleton(buf->dmabuf->resv, DMA_RESV_USAGE_READ, &fence);
	dma_resv_unlock(buf->dmabuf->resv);
	KUNIT_ASSERT_EQ(test, 0, err);
	KUNIT_ASSERT_NOT_NULL_MSG(test, fence, "no fence is pending");

	return fence;
}

int ffs_fence_result(struct kunit *test, struct dma_fence *fence)
{
	int status;

	if (dma_fence_wait_timeout(fence, false, FFS_PATIENCE_S * HZ) <= 0)
		KUNIT_FAIL(test, "the fence never ends");
	status = dma_fence_get_status(fence);
	dma_fence_put(fence);

	return status;
}

static int ffs_thread_main(void *data)
{
	struct ffs_thread *thread = data;

	kthread_use_mm(thread->caller.fx->mm);
	current->kunit_test = thread->caller.fx->test;
	thread->ret = thread->fn(thread);
	current->kunit_test = NULL;
	kthread_unuse_mm(thread->caller.fx->mm);
	complete(&thread->done);

	return 0;
}

/**
 * ffs_thread_start() - start a thread of the program
 * @thread: The thread
 * @fx: The fixture
 * @slot: Which one, from 1 on and less than FFS_CALLERS
 * @fn: What it does
 * @data: For @fn
 */
void ffs_thread_start(struct ffs_thread *thread, struct ffs_fixture *fx, unsigned int slot,
		      int (*fn)(struct ffs_thread *thread), void *data)
{
	thread->caller = (struct ffs_caller){ fx, slot };
	thread->fn = fn;
	thread->data = data;
	init_completion(&thread->started);
	init_completion(&thread->go);
	init_completion(&thread->called);
	init_completion(&thread->done);
	thread->task = kthread_create(ffs_thread_main, thread, "ffs-kunit");
	KUNIT_ASSERT_FALSE(fx->test, IS_ERR(thread->task));
	get_task_struct(thread->task);
	wake_up_process(thread->task);
}

/**
 * ffs_thread_sleeps() - wait until a thread waits for something, or has ended
 * @thread: The thread
 * @state: TASK_INTERRUPTIBLE or TASK_UNINTERRUPTIBLE
 *
 * Return: false if it has ended.
 */
bool ffs_thread_sleeps(struct ffs_thread *thread, unsigned int state)
{
	while (READ_ONCE(thread->task->__state) != state && !completion_done(&thread->done))
		schedule_timeout_uninterruptible(1);

	return !completion_done(&thread->done);
}

/**
 * ffs_thread_wait() - wait for its end
 * @thread: The thread
 * @seconds: How long
 *
 * Return: false if it goes on.
 */
bool ffs_thread_wait(struct ffs_thread *thread, unsigned int seconds)
{
	if (!wait_for_completion_timeout(&thread->done, seconds * HZ))
		return false;

	put_task_struct(thread->task);

	return true;
}

int ffs_thread_unbind(struct ffs_thread *thread)
{
	ffs_unbind(thread->caller.fx);

	return 0;
}

static void ffs_write(struct ffs_fixture *fx, const void *data, size_t len)
{
	loff_t pos = 0;

	KUNIT_ASSERT_EQ(fx->test, 0, copy_to_user((void __user *)fx->args, data, len));
	KUNIT_ASSERT_EQ(fx->test, (ssize_t)len,
			fx->ep0->f_op->write(fx->ep0, (void __user *)fx->args, len, &pos));
}

static void ffs_mount(struct ffs_fixture *fx)
{
	struct file_system_type *type = get_fs_type("functionfs");
	struct vfsmount *mnt;

	KUNIT_ASSERT_NOT_NULL(fx->test, type);
	mnt = vfs_kern_mount(type, SB_KERNMOUNT, FFS_NAME, NULL);
	module_put(type->owner);
	KUNIT_ASSERT_FALSE(fx->test, IS_ERR(mnt));
	fx->mnt = mnt;
}

static void ffs_get_function(struct ffs_fixture *fx)
{
	struct usb_function_instance *fi = usb_get_function_instance("ffs");
	struct usb_function *fn;

	KUNIT_ASSERT_FALSE(fx->test, IS_ERR(fi));
	fx->fi = fi;
	KUNIT_ASSERT_EQ(fx->test, 0, fi->set_inst_name(fi, FFS_NAME));
	fn = usb_get_function(fi);
	KUNIT_ASSERT_FALSE(fx->test, IS_ERR(fn));
	fx->fn = fn;
}

static void ffs_get_memory(struct ffs_fixture *fx)
{
	fx->args = kunit_vm_mmap(fx->test, NULL, 0, PAGE_SIZE, PROT_READ | PROT_WRITE,
				 MAP_ANONYMOUS | MAP_PRIVATE, 0);
	KUNIT_ASSERT_NE(fx->test, 0, fx->args);
	KUNIT_ASSERT_FALSE(fx->test, IS_ERR_VALUE(fx->args));
	fx->mm = current->mm;
	mmgrab(fx->mm);
}

/**
 * ffs_destroy() - all of the function goes, module data and all
 * @fx: The fixture, of which what is left is freed with the test
 */
void ffs_destroy(struct ffs_fixture *fx)
{
	ffs_unbind(fx);
	ffs_close(&fx->in);
	ffs_close(&fx->out);
	ffs_close(&fx->ep0);
	if (fx->mnt)
		mntput(fx->mnt);
	fx->mnt = NULL;
	if (fx->fn)
		usb_put_function(fx->fn);
	fx->fn = NULL;
	if (fx->fi)
		usb_put_function_instance(fx->fi);
	fx->fi = NULL;
}

static void ffs_destroy_action(void *data)
{
	struct ffs_fixture *fx = data;

	ffs_destroy(fx);
	if (fx->mm)
		mmdrop(fx->mm);
}

/**
 * ffs_fixture_device() - make a device for a controller
 * @test: The test
 *
 * Return: A device that does DMA.
 */
struct device *ffs_fixture_device(struct kunit *test)
{
	struct device *dev = kunit_device_register(test, "fake-udc");

	KUNIT_ASSERT_FALSE(test, IS_ERR(dev));

	return dev;
}

/**
 * ffs_fixture_create() - make a function, and all around it
 * @test: The test
 * @parent: The controller's device
 * @memory: The machine that it is part of, or NULL: a coherent one
 *
 * Return: The fixture: bound, configured by the host, and with open files.
 */
struct ffs_fixture *ffs_fixture_create(struct kunit *test, struct device *parent,
				       struct memory_model *memory)
{
	struct ffs_fixture *fx = kunit_kzalloc(test, sizeof(*fx), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, fx);
	fx->test = test;
	fx->memory = memory;
	test->priv = fx;
	stubs_connect(fx);
	fx->udc = fake_udc_create(test, parent);
	fx->cdev.gadget = &fx->udc->gadget;
	INIT_LIST_HEAD(&fx->cdev.configs);
	spin_lock_init(&fx->cdev.lock);
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, ffs_destroy_action, fx));

	ffs_get_memory(fx);
	ffs_get_function(fx);
	ffs_mount(fx);
	fx->ep0 = ffs_open(fx, "ep0", 0);
	ffs_write(fx, &ffs_descs, sizeof(ffs_descs));
	ffs_write(fx, &ffs_strings, sizeof(ffs_strings));
	fx->in = ffs_open(fx, "ep1", 0);
	fx->out = ffs_open(fx, "ep2", 0);
	ffs_bind(fx);
	ffs_configure(fx);

	return fx;
}

MODULE_IMPORT_NS("EXPORTED_FOR_KUNIT_TESTING");
MODULE_IMPORT_NS("DMA_BUF");
