// SPDX-License-Identifier: GPL-2.0
/*
 * Random numbers, which follow from the seed and the number of the process and the
 * thread. In which order they get their turn is up to the kernel.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#include <time.h>

#include "fuzz.h"

/* splitmix64 */
static unsigned long long scramble(unsigned long long z)
{
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;

	return z ^ (z >> 31);
}

unsigned long long fuzz_mix(unsigned long long a, unsigned long long b)
{
	return scramble(a * 0x9e3779b97f4a7c15 + b + 1);
}

static unsigned long long any_number(struct fuzz_thread *t)
{
	t->random += 0x9e3779b97f4a7c15;

	return scramble(t->random);
}

unsigned int fuzz_below(struct fuzz_thread *t, unsigned int n)
{
	return any_number(t) % n;
}

bool fuzz_one_in(struct fuzz_thread *t, unsigned int n)
{
	return !fuzz_below(t, n);
}

/* Where code that counts, adds or shifts goes wrong, if it does. */
uint64_t fuzz_odd_number(struct fuzz_thread *t)
{
	uint64_t power = 1ULL << fuzz_below(t, 64);

	switch (fuzz_below(t, 4)) {
	case 0:
		return power;
	case 1:
		return power - 1;
	case 2:
		return -power;
	default:
		return any_number(t);
	}
}

long fuzz_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);

	return ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}
