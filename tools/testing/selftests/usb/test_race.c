// SPDX-License-Identifier: GPL-2.0
/*
 * Threads that attach, transfer, detach, open and close what they like, while the
 * host comes and goes and the gadget is unbound. Errors are fine; what counts is that
 * nothing hangs or crashes, that nothing is left attached, and that it all works
 * afterwards.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <linux/usb/functionfs.h>

#include "ffs.h"
#include "test.h"

#define THREADS	3
#define BUFFERS	4
#define SIZE	16384

struct race {
	struct test *t;
	struct dmabuf d[BUFFERS];
	atomic_bool stop;
};

struct racer {
	struct race *race;
	unsigned int seed;
	pthread_t thread;
	int eps[2];
};

static void reopen(struct racer *r, unsigned int which)
{
	const char *name = which ? FFS_OUT : FFS_IN;

	close(r->eps[which]);
	r->eps[which] = ffs_open_ep(r->race->t->env->dir, name,
				    rand_r(&r->seed) & 1 ? O_NONBLOCK : 0);
}

static void step(struct racer *r)
{
	unsigned int which = rand_r(&r->seed) & 1;
	struct dmabuf *d = &r->race->d[rand_r(&r->seed) % BUFFERS];
	int ep = r->eps[which];

	switch (rand_r(&r->seed) % 16) {
	case 0 ... 4:
		ffs_attach(ep, d->fd);
		break;
	case 5 ... 7:
		ffs_detach(ep, d->fd);
		break;
	case 8:
		reopen(r, which);
		break;
	case 9:
		dmabuf_wait(d, 1);
		break;
	default:
		ffs_transfer(ep, d->fd, rand_r(&r->seed) % SIZE + 1);
	}
}

/* Blocking calls are ended by the unbind that comes next, or by the host */
static void *race_device(void *data)
{
	struct racer *r = data;

	reopen(r, 0);
	reopen(r, 1);
	while (!r->race->stop)
		step(r);
	close(r->eps[0]);
	close(r->eps[1]);

	return NULL;
}

static void *race_host(void *data)
{
	struct racer *r = data;
	struct test *t = r->race->t;
	unsigned char bytes[SIZE];
	struct host h;

	while (!r->race->stop) {
		if (host_open(&h, t->env->vendor, t->env->product, 10))
			continue;
		while (!r->race->stop) {
			size_t len = rand_r(&r->seed) % SIZE + 1;
			int ret;

			if (rand_r(&r->seed) & 1)
				ret = host_read(&h, bytes, SIZE, 5);
			else
				ret = host_write(&h, bytes, len, 5);
			if (ret < 0 && ret != -ETIMEDOUT)
				break;
		}
		host_close(&h);
	}

	return NULL;
}

static void drop_events(struct test *t)
{
	struct usb_functionfs_event event;
	int flags = fcntl(t->ep0, F_GETFL);

	fcntl(t->ep0, F_SETFL, flags | O_NONBLOCK);
	while (read(t->ep0, &event, sizeof(event)) > 0)
		;
	fcntl(t->ep0, F_SETFL, flags);
}

static void race(struct test *t, void (*disturb)(struct test *t))
{
	struct race race = { .t = t };
	struct racer racers[THREADS + 1];
	unsigned int i;

	for (i = 0; i < BUFFERS; i++)
		race.d[i] = test_alloc(t, SIZE);
	for (i = 0; i <= THREADS; i++) {
		racers[i] = (struct racer){
			.race = &race, .seed = t->env->seed + i, .eps = { -1, -1 },
		};
		pthread_create(&racers[i].thread, NULL,
			       i < THREADS ? race_device : race_host, &racers[i]);
	}

	for (i = 0; i < t->env->rounds; i++)
		disturb(t);

	race.stop = true;
	test_unbind(t);
	for (i = 0; i <= THREADS; i++)
		pthread_join(racers[i].thread, NULL);
	for (i = 0; i < BUFFERS; i++) {
		test_wait_done(&race.d[i]);
		test_expect_attached(&race.d[i], 0);
	}

	drop_events(t);
	test_bind(t);
	test_connect_host(t);
	test_still_works(t);
}

static void nothing(struct test *t)
{
	usleep(20000);
}

static void rebind(struct test *t)
{
	test_unbind(t);
	usleep(1000);
	test_bind(t);
	usleep(rand() % 400000);
}

static void race_only(struct test *t)
{
	race(t, nothing);
}

static void race_unbind(struct test *t)
{
	race(t, rebind);
}

const struct test_case race_tests[] = {
	{ "threads and the host, at random", race_only, NEED_GADGET },
	{ "threads, the host, and unbind, at random", race_unbind, NEED_GADGET },
	{}
};
