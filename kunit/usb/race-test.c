// SPDX-License-Identifier: GPL-2.0-only
/*
 * The program, the host, the controller and the one who unbinds the gadget come in
 * between each other: a request that comes back long after it was dequeued, a gadget
 * that goes before, during and after a transfer, fences that outlive it all.
 *
 * Copyright (C) 2026 the dma_vec project
 */

#include <kunit/test.h>
#include <linux/cleanup.h>
#include <linux/dma-buf.h>
#include <linux/dma-fence.h>
#include <linux/errno.h>
#include <linux/fcntl.h>
#include <linux/prandom.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/string.h>

#include "fixture.h"

static struct ffs_fixture *create(struct kunit *test)
{
	return ffs_fixture_create(test, ffs_fixture_device(test), NULL);
}

/* Attached, and its transfer is in flight, whose fence is returned */
static struct dma_fence *take_off(struct ffs_fixture *fx, struct file *file,
				  struct ffs_buf *buf)
{
	KUNIT_ASSERT_EQ(fx->test, 0, ffs_attach(fx, file, buf));
	KUNIT_ASSERT_EQ(fx->test, 0, ffs_transfer(fx, file, buf, FFS_BUF_SIZE));

	return ffs_fence(fx->test, buf);
}

static void expect_gone(struct ffs_fixture *fx, struct ffs_buf *buf)
{
	KUNIT_EXPECT_TRUE_MSG(fx->test, ffs_buf_wait_detached(buf),
			      "the DMABUF is never given back");
}

/* All works as ever */
static void expect_works(struct ffs_fixture *fx)
{
	struct ffs_buf *buf = ffs_buf_create(fx->test);
	struct dma_fence *fence = take_off(fx, fx->in, buf);

	KUNIT_EXPECT_TRUE(fx->test, fake_udc_complete(&fx->udc->in, 0, FFS_BUF_SIZE));
	KUNIT_EXPECT_EQ(fx->test, 1, ffs_fence_result(fx->test, fence));
	KUNIT_EXPECT_EQ(fx->test, 0, ffs_detach(fx, fx->in, buf));
	expect_gone(fx, buf);
}

/* Nobody may unmap what the controller has not given back */
static void expect_held(struct ffs_fixture *fx, struct ffs_buf *buf, struct dma_fence *fence)
{
	KUNIT_EXPECT_FALSE(fx->test, dma_fence_is_signaled(fence));
	KUNIT_EXPECT_EQ_MSG(fx->test, 1, atomic_read(&buf->mapped),
			    "memory is unmapped that the controller still uses");
}

static void second_transfer(struct ffs_fixture *fx, struct file *file, struct fake_ep *fep)
{
	struct ffs_buf *buf = ffs_buf_create(fx->test);
	struct dma_fence *fence = take_off(fx, file, buf);
	struct usb_request *req = fake_udc_oldest(fep);
	int i;

	for (i = 0; i < 2; i++)
		KUNIT_EXPECT_EQ(fx->test, -EBUSY, ffs_transfer(fx, file, buf, SZ_4K));
	KUNIT_EXPECT_EQ(fx->test, 1, fake_udc_pending(fep));
	KUNIT_EXPECT_EQ(fx->test, FFS_BUF_SIZE, req->length);
	KUNIT_EXPECT_FALSE(fx->test, dma_fence_is_signaled(fence));

	KUNIT_EXPECT_TRUE(fx->test, fake_udc_complete(fep, 0, FFS_BUF_SIZE));
	KUNIT_EXPECT_EQ(fx->test, 1, ffs_fence_result(fx->test, fence));
	KUNIT_EXPECT_EQ(fx->test, 0, ffs_transfer(fx, file, buf, SZ_4K));
	fence = ffs_fence(fx->test, buf);
	KUNIT_EXPECT_TRUE(fx->test, fake_udc_complete(fep, 0, SZ_4K));
	KUNIT_EXPECT_EQ(fx->test, 1, ffs_fence_result(fx->test, fence));
	KUNIT_EXPECT_EQ(fx->test, 0, ffs_detach(fx, file, buf));
	expect_gone(fx, buf);
}

/* There is one request for an attachment, and it is in use */
static void second_transfer_is_refused(struct kunit *test)
{
	struct ffs_fixture *fx = create(test);

	second_transfer(fx, fx->in, &fx->udc->in);
	second_transfer(fx, fx->out, &fx->udc->out);
}

/* The hardware takes its time to stop */
static void detached_comes_back_late(struct kunit *test)
{
	struct ffs_fixture *fx = create(test);
	struct ffs_buf *buf = ffs_buf_create(test);
	struct dma_fence *fence = take_off(fx, fx->out, buf);

	fx->udc->out.late = true;
	KUNIT_EXPECT_EQ(test, 0, ffs_detach(fx, fx->out, buf));
	KUNIT_EXPECT_EQ(test, -EPERM, ffs_detach(fx, fx->out, buf));
	KUNIT_EXPECT_EQ(test, -EPERM, ffs_transfer(fx, fx->out, buf, SZ_4K));
	expect_held(fx, buf, fence);

	fake_udc_return_dequeued_by_work(fx->udc);
	KUNIT_EXPECT_EQ(test, -ECONNRESET, ffs_fence_result(test, fence));
	expect_gone(fx, buf);
	expect_works(fx);
}

/* It was transferred before the hardware stopped, and that is what the fence tells */
static void detached_is_transferred(struct kunit *test)
{
	struct ffs_fixture *fx = create(test);
	struct ffs_buf *buf = ffs_buf_create(test);
	struct dma_fence *fence = take_off(fx, fx->in, buf);

	fx->udc->in.late = true;
	KUNIT_EXPECT_EQ(test, 0, ffs_detach(fx, fx->in, buf));
	expect_held(fx, buf, fence);
	KUNIT_EXPECT_TRUE(test, fake_udc_complete(&fx->udc->in, 0, FFS_BUF_SIZE));
	KUNIT_EXPECT_EQ(test, 1, ffs_fence_result(test, fence));
	expect_gone(fx, buf);
	expect_works(fx);
}

/* The same DMABUF can be attached again meanwhile, which is another attachment */
static void attached_again_meanwhile(struct kunit *test)
{
	struct ffs_fixture *fx = create(test);
	struct ffs_buf *buf = ffs_buf_create(test);
	struct dma_fence *first = take_off(fx, fx->in, buf);

	fx->udc->in.late = true;
	KUNIT_EXPECT_EQ(test, 0, ffs_detach(fx, fx->in, buf));
	KUNIT_EXPECT_EQ(test, 0, ffs_attach(fx, fx->in, buf));
	KUNIT_EXPECT_EQ(test, 0, ffs_transfer(fx, fx->in, buf, SZ_4K));
	KUNIT_EXPECT_EQ(test, 2, fake_udc_pending(&fx->udc->in));

	fake_udc_return_dequeued_by_work(fx->udc);
	KUNIT_EXPECT_EQ(test, -ECONNRESET, ffs_fence_result(test, first));
	first = ffs_fence(test, buf);
	KUNIT_EXPECT_FALSE(test, dma_fence_is_signaled(first));
	KUNIT_EXPECT_TRUE(test, fake_udc_complete(&fx->udc->in, 0, SZ_4K));
	KUNIT_EXPECT_EQ(test, 1, ffs_fence_result(test, first));
	KUNIT_EXPECT_EQ(test, 0, ffs_detach(fx, fx->in, buf));
	expect_gone(fx, buf);
}

static void closed_comes_back_late(struct kunit *test)
{
	struct ffs_fixture *fx = create(test);
	struct ffs_buf *in = ffs_buf_create(test), *out = ffs_buf_create(test);
	struct dma_fence *in_fence = take_off(fx, fx->in, in);
	struct dma_fence *out_fence = take_off(fx, fx->out, out);

	fx->udc->in.late = true;
	ffs_close(&fx->in);
	expect_held(fx, in, in_fence);
	ffs_close(&fx->out);
	KUNIT_EXPECT_EQ(test, -ECONNRESET, ffs_fence_result(test, out_fence));
	expect_gone(fx, out);

	fake_udc_return_dequeued_by_work(fx->udc);
	KUNIT_EXPECT_EQ(test, -ECONNRESET, ffs_fence_result(test, in_fence));
	expect_gone(fx, in);
	fx->udc->in.late = false;
	fx->in = ffs_open(fx, "ep1", 0);
	expect_works(fx);
}

/* Detached, and on its way back when the gadget goes: nothing is left for later */
static void unbind_ends_what_was_detached(struct kunit *test)
{
	struct ffs_fixture *fx = create(test);
	struct ffs_buf *buf = ffs_buf_create(test);
	struct dma_fence *fence = take_off(fx, fx->out, buf);

	fx->udc->out.late = true;
	KUNIT_EXPECT_EQ(test, 0, ffs_detach(fx, fx->out, buf));
	expect_held(fx, buf, fence);
	ffs_unbind(fx);
	KUNIT_EXPECT_EQ(test, 0, atomic_read(&buf->mapped));
	KUNIT_EXPECT_EQ(test, -ESHUTDOWN, ffs_fence_result(test, fence));
	expect_gone(fx, buf);
}

/* How far an attachment has come when the gadget goes */
enum moment { ATTACHED, IN_FLIGHT, COMPLETED, DISABLED, MOMENTS };

static const char *const moments[MOMENTS] = {
	"attached", "in flight", "completed", "disabled",
};

static void moment_desc(const char *const *moment, char *desc)
{
	strscpy(desc, *moment, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(moment, moments, moment_desc);

static struct dma_fence *reach(struct ffs_fixture *fx, struct ffs_buf *buf,
			       enum moment moment)
{
	struct dma_fence *fence;

	if (moment == ATTACHED) {
		KUNIT_ASSERT_EQ(fx->test, 0, ffs_attach(fx, fx->in, buf));
		return NULL;
	}

	fence = take_off(fx, fx->in, buf);
	if (moment == COMPLETED)
		KUNIT_EXPECT_TRUE(fx->test, fake_udc_complete(&fx->udc->in, 0, 1));
	if (moment == DISABLED)
		ffs_deconfigure(fx);

	return fence;
}

/* It may go at any moment, with all that was made for it, and come back */
static void unbind_at_any_moment(struct kunit *test)
{
	enum moment moment = (const char *const *)test->param_value - moments;
	struct ffs_fixture *fx = create(test);
	struct ffs_buf *buf = ffs_buf_create(test);
	struct dma_fence *fence = reach(fx, buf, moment);

	ffs_unbind(fx);
	KUNIT_EXPECT_EQ_MSG(test, 0, atomic_read(&buf->mapped),
			    "memory stays mapped for a controller that may be gone");
	KUNIT_EXPECT_EQ(test, 0, fx->udc->requests);
	if (fence)
		KUNIT_EXPECT_EQ(test, moment == COMPLETED ? 1 : -ESHUTDOWN,
				ffs_fence_result(test, fence));
	KUNIT_EXPECT_EQ(test, -ESHUTDOWN, ffs_transfer(fx, fx->in, buf, SZ_4K));
	KUNIT_EXPECT_EQ(test, -EBUSY, ffs_attach(fx, fx->in, buf));
	KUNIT_EXPECT_EQ(test, -ENODEV, ffs_attach(fx, fx->out, buf));

	ffs_bind(fx);
	ffs_configure(fx);
	KUNIT_EXPECT_EQ(test, 0, ffs_transfer(fx, fx->in, buf, SZ_4K));
	KUNIT_EXPECT_EQ(test, 1, atomic_read(&buf->mapped));
	KUNIT_EXPECT_TRUE(test, fake_udc_complete(&fx->udc->in, 0, SZ_4K));
	ffs_unbind(fx);
	KUNIT_EXPECT_EQ(test, 0, ffs_detach(fx, fx->in, buf));
	KUNIT_EXPECT_EQ(test, -EPERM, ffs_detach(fx, fx->in, buf));
	expect_gone(fx, buf);
}

/* Disabled by the host and enabled again, with a transfer in flight */
static void disabled_and_enabled(struct kunit *test)
{
	struct ffs_fixture *fx = create(test);
	struct ffs_buf *buf = ffs_buf_create(test);
	struct dma_fence *fence = take_off(fx, fx->in, buf);

	ffs_deconfigure(fx);
	KUNIT_EXPECT_EQ(test, -ESHUTDOWN, ffs_fence_result(test, fence));
	ffs_configure(fx);
	KUNIT_EXPECT_EQ(test, 0, ffs_transfer(fx, fx->in, buf, SZ_4K));
	fence = ffs_fence(test, buf);
	KUNIT_EXPECT_TRUE(test, fake_udc_complete(&fx->udc->in, 0, SZ_4K));
	KUNIT_EXPECT_EQ(test, 1, ffs_fence_result(test, fence));
}

static int transfer_in(struct ffs_thread *thread)
{
	return ffs_transfer_by(&thread->caller, thread->caller.fx->in, thread->data, SZ_4K);
}

/*
 * The program transfers to the host what the host has not sent yet: a thread that waits
 * for that, interruptibly.
 */
static struct dma_fence *wait_for_host(struct ffs_fixture *fx, struct ffs_buf *buf,
				       struct ffs_thread *thread)
{
	struct dma_fence *fence = take_off(fx, fx->out, buf);

	KUNIT_ASSERT_EQ(fx->test, 0, ffs_attach(fx, fx->in, buf));
	ffs_thread_start(thread, fx, 1, transfer_in, buf);
	KUNIT_EXPECT_TRUE(fx->test, ffs_thread_sleeps(thread, TASK_INTERRUPTIBLE));

	return fence;
}

static void detached_while_it_waits(struct kunit *test)
{
	struct ffs_fixture *fx = create(test);
	struct ffs_buf *buf = ffs_buf_create(test);
	struct ffs_thread thread;
	struct dma_fence *fence = wait_for_host(fx, buf, &thread);

	KUNIT_EXPECT_EQ(test, 0, ffs_detach(fx, fx->in, buf));
	KUNIT_EXPECT_TRUE(test, fake_udc_complete(&fx->udc->out, 0, FFS_BUF_SIZE));
	KUNIT_ASSERT_TRUE(test, ffs_thread_wait(&thread, 30));
	KUNIT_EXPECT_EQ(test, -EPERM, thread.ret);
	KUNIT_EXPECT_EQ(test, 0, fake_udc_pending(&fx->udc->in));
	KUNIT_EXPECT_EQ(test, 1, ffs_fence_result(test, fence));
}

static void unbound_while_it_waits(struct kunit *test)
{
	struct ffs_fixture *fx = create(test);
	struct ffs_buf *buf = ffs_buf_create(test);
	struct ffs_thread thread;
	struct dma_fence *fence = wait_for_host(fx, buf, &thread);

	ffs_unbind(fx);
	KUNIT_ASSERT_TRUE(test, ffs_thread_wait(&thread, 30));
	KUNIT_EXPECT_EQ(test, -ESHUTDOWN, thread.ret);
	KUNIT_EXPECT_EQ(test, -ESHUTDOWN, ffs_fence_result(test, fence));
	KUNIT_EXPECT_EQ(test, 0, atomic_read(&buf->mapped));
}

static int detach_in(struct ffs_thread *thread)
{
	return ffs_detach_by(&thread->caller, thread->caller.fx->in, thread->data);
}

/* DETACH has yet to unmap the DMABUF, and the controller must not go before that */
static void unbind_waits_for_detach(struct kunit *test)
{
	struct ffs_fixture *fx = create(test);
	struct ffs_buf *buf = ffs_buf_create(test);
	struct ffs_thread detach, unbind;

	KUNIT_ASSERT_EQ(test, 0, ffs_attach(fx, fx->in, buf));
	dma_resv_lock(buf->dmabuf->resv, NULL);
	ffs_thread_start(&detach, fx, 1, detach_in, buf);
	KUNIT_EXPECT_TRUE(test, ffs_thread_sleeps(&detach, TASK_UNINTERRUPTIBLE));
	ffs_thread_start(&unbind, fx, 2, ffs_thread_unbind, NULL);
	KUNIT_EXPECT_TRUE_MSG(test, ffs_thread_sleeps(&unbind, TASK_UNINTERRUPTIBLE),
			      "the gadget is gone, and memory is mapped for it");
	KUNIT_EXPECT_EQ(test, 1, atomic_read(&buf->mapped));
	dma_resv_unlock(buf->dmabuf->resv);

	KUNIT_ASSERT_TRUE(test, ffs_thread_wait(&unbind, 30));
	KUNIT_EXPECT_EQ(test, 0, atomic_read(&buf->mapped));
	KUNIT_ASSERT_TRUE(test, ffs_thread_wait(&detach, 30));
	KUNIT_EXPECT_EQ(test, 0, detach.ret);
	expect_gone(fx, buf);
}

static int detach_nonblocking(struct ffs_thread *thread)
{
	struct file *file = ffs_open(thread->caller.fx, "ep1", O_NONBLOCK);
	int ret;

	ret = ffs_attach_by(&thread->caller, file, thread->data);
	complete_all(&thread->started);
	wait_for_completion(&thread->go);
	ret = ret ?: ffs_detach_by(&thread->caller, file, thread->data);
	complete_all(&thread->called);
	ffs_close(&file);

	return ret;
}

/* Others may hold the reservation lock for as long as they need */
static void nonblocking_detach_waits_for_nobody(struct kunit *test)
{
	struct ffs_fixture *fx = create(test);
	struct ffs_buf *buf = ffs_buf_create(test);
	struct ffs_thread thread;

	ffs_thread_start(&thread, fx, 1, detach_nonblocking, buf);
	wait_for_completion(&thread.started);
	dma_resv_lock(buf->dmabuf->resv, NULL);
	complete_all(&thread.go);
	KUNIT_EXPECT_TRUE_MSG(test, wait_for_completion_timeout(&thread.called, 10 * HZ),
			      "DETACH waits for the reservation lock");
	dma_resv_unlock(buf->dmabuf->resv);
	KUNIT_ASSERT_TRUE(test, ffs_thread_wait(&thread, 30));
	KUNIT_EXPECT_EQ(test, 0, thread.ret);
	expect_gone(fx, buf);
}

static void ignore_fence(struct dma_fence *fence, struct dma_fence_cb *cb)
{
}

/* Whoever polls a sync_file has its fence for longer than the function lives */
static void fence_outlives_function(struct kunit *test)
{
	struct ffs_fixture *fx = create(test);
	struct ffs_buf *buf = ffs_buf_create(test);
	struct dma_fence *fence = take_off(fx, fx->in, buf);
	struct dma_fence_cb cb;

	KUNIT_EXPECT_EQ(test, 0, dma_fence_add_callback(fence, &cb, ignore_fence));
	KUNIT_EXPECT_EQ(test, 0, ffs_detach(fx, fx->in, buf));
	expect_gone(fx, buf);
	ffs_destroy(fx);
	rcu_barrier();

	KUNIT_EXPECT_FALSE(test, dma_fence_remove_callback(fence, &cb));
	dma_fence_enable_signaling(fence);
	KUNIT_EXPECT_EQ(test, -ECONNRESET, ffs_fence_result(test, fence));
}

/* Whoever looks at a fence under RCU finds it there, even if the last user lets go */
static void fence_is_read_under_rcu(struct kunit *test)
{
	struct ffs_fixture *fx = create(test);
	struct ffs_buf *buf = ffs_buf_create(test);
	struct dma_fence *fence = take_off(fx, fx->in, buf), *stub = dma_fence_get_stub();
	u64 seqno = fence->seqno, read;

	KUNIT_EXPECT_EQ(test, 0, ffs_detach(fx, fx->in, buf));
	expect_gone(fx, buf);
	dma_resv_lock(buf->dmabuf->resv, NULL);
	dma_resv_replace_fences(buf->dmabuf->resv, fence->context, stub,
				DMA_RESV_USAGE_BOOKKEEP);
	dma_resv_unlock(buf->dmabuf->resv);
	dma_fence_put(stub);
	ffs_destroy(fx);
	KUNIT_ASSERT_EQ(test, 1, kref_read(&fence->refcount));

	rcu_read_lock();
	dma_fence_put(fence);
	read = READ_ONCE(fence->seqno);
	rcu_read_unlock();
	KUNIT_EXPECT_EQ_MSG(test, seqno, read, "a fence is freed while it is read");
}

#define RACE_STEPS	1000
#define RACE_BUFS	3
#define RACERS		3

/* The race: what the program's threads, the controller and the test share */
struct race {
	struct ffs_fixture *fx;
	struct ffs_buf *bufs[RACE_BUFS];
	bool stop;
};

static void race_step(struct ffs_thread *thread, struct file **file, struct rnd_state *rnd)
{
	struct race *race = thread->data;
	struct ffs_buf *buf = race->bufs[prandom_u32_state(rnd) % RACE_BUFS];

	switch (prandom_u32_state(rnd) % 8) {
	case 0 ... 1:
		ffs_attach_by(&thread->caller, *file, buf);
		break;
	case 2:
		ffs_detach_by(&thread->caller, *file, buf);
		break;
	case 3:
		ffs_close(file);
		*file = ffs_open(race->fx, prandom_u32_state(rnd) & 1 ? "ep1" : "ep2",
				 prandom_u32_state(rnd) & 1 ? O_NONBLOCK : 0);
		break;
	default:
		ffs_transfer_by(&thread->caller, *file, buf,
				prandom_u32_state(rnd) % FFS_BUF_SIZE + 1);
	}
}

static int race_program(struct ffs_thread *thread)
{
	struct race *race = thread->data;
	struct file *file = ffs_open(race->fx, "ep1", O_NONBLOCK);
	struct rnd_state rnd;
	unsigned int i;

	prandom_seed_state(&rnd, thread->caller.slot);
	for (i = 0; i < RACE_STEPS; i++) {
		race_step(thread, &file, &rnd);
		cond_resched();
	}
	ffs_close(&file);

	return 0;
}

static int race_controller(struct ffs_thread *thread)
{
	static const int statuses[] = { 0, 0, -EPROTO, -ECONNRESET };
	struct race *race = thread->data;
	struct fake_udc *udc = race->fx->udc;
	struct rnd_state rnd;
	u32 dice;

	prandom_seed_state(&rnd, 0);
	while (!READ_ONCE(race->stop)) {
		dice = prandom_u32_state(&rnd);
		WRITE_ONCE(udc->in.late, dice & 1);
		WRITE_ONCE(udc->out.late, dice & 2);
		fake_udc_complete(dice & 4 ? &udc->in : &udc->out, statuses[dice >> 3 & 3],
				  dice >> 5 & 4095);
		if (dice >> 17 & 1)
			fake_udc_return_dequeued(udc);
		schedule_timeout_uninterruptible(dice >> 18 & 1);
	}

	return 0;
}

static void disturb_nothing(struct ffs_fixture *fx)
{
}

static void disturb_configuration(struct ffs_fixture *fx)
{
	ffs_deconfigure(fx);
	schedule_timeout_uninterruptible(1);
	ffs_configure(fx);
}

static void disturb_binding(struct ffs_fixture *fx)
{
	ffs_unbind(fx);
	schedule_timeout_uninterruptible(1);
	ffs_bind(fx);
	schedule_timeout_uninterruptible(1);
	ffs_configure(fx);
}

static void race_run(struct kunit *test, void (*disturb)(struct ffs_fixture *fx))
{
	struct ffs_thread program[RACERS], controller;
	struct race race = { .fx = create(test) };
	unsigned int i;

	for (i = 0; i < RACE_BUFS; i++)
		race.bufs[i] = ffs_buf_create(test);
	ffs_thread_start(&controller, race.fx, RACERS + 1, race_controller, &race);
	for (i = 0; i < RACERS; i++)
		ffs_thread_start(&program[i], race.fx, i + 1, race_program, &race);
	for (i = 0; i < RACERS; i++) {
		while (!completion_done(&program[i].done)) {
			disturb(race.fx);
			schedule_timeout_uninterruptible(2);
		}
	}
	WRITE_ONCE(race.stop, true);
	KUNIT_ASSERT_TRUE(test, ffs_thread_wait(&controller, 30));

	fake_udc_return_dequeued(race.fx->udc);
	KUNIT_EXPECT_EQ(test, 0, fake_udc_pending(&race.fx->udc->in));
	KUNIT_EXPECT_EQ(test, 0, fake_udc_pending(&race.fx->udc->out));
	for (i = 0; i < RACE_BUFS; i++)
		expect_gone(race.fx, race.bufs[i]);
	race.fx->udc->in.late = false;
	race.fx->udc->out.late = false;
	expect_works(race.fx);
}

static void race_program_only(struct kunit *test)
{
	race_run(test, disturb_nothing);
}

static void race_with_configuration(struct kunit *test)
{
	race_run(test, disturb_configuration);
}

static void race_with_unbind(struct kunit *test)
{
	race_run(test, disturb_binding);
}

static void race_test_exit(struct kunit *test)
{
	if (test->priv)
		ffs_destroy(test->priv);
}

static struct kunit_case race_test_cases[] = {
	KUNIT_CASE(second_transfer_is_refused),
	KUNIT_CASE(detached_comes_back_late),
	KUNIT_CASE(detached_is_transferred),
	KUNIT_CASE(attached_again_meanwhile),
	KUNIT_CASE(closed_comes_back_late),
	KUNIT_CASE(unbind_ends_what_was_detached),
	KUNIT_CASE_PARAM(unbind_at_any_moment, moment_gen_params),
	KUNIT_CASE(disabled_and_enabled),
	KUNIT_CASE(detached_while_it_waits),
	KUNIT_CASE(unbound_while_it_waits),
	KUNIT_CASE(unbind_waits_for_detach),
	KUNIT_CASE(nonblocking_detach_waits_for_nobody),
	KUNIT_CASE(fence_outlives_function),
	KUNIT_CASE(fence_is_read_under_rcu),
	KUNIT_CASE_SLOW(race_program_only),
	KUNIT_CASE_SLOW(race_with_configuration),
	KUNIT_CASE_SLOW(race_with_unbind),
	{}
};

static struct kunit_suite race_test_suite = {
	.name = "ffs_dmabuf_race",
	.exit = race_test_exit,
	.test_cases = race_test_cases,
};

kunit_test_suite(race_test_suite);

MODULE_IMPORT_NS("DMA_BUF");
