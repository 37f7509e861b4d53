// SPDX-License-Identifier: GPL-2.0
/*
 * Random numbers that follow from the seed alone, so that a run can be had
 * again.
 *
 * Copyright (C) 2026 the dma_vec project
 */
#include "soak.h"

/* splitmix64 */
unsigned long long soak_random(struct soak *s)
{
	unsigned long long z = s->random += 0x9e3779b97f4a7c15;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;

	return z ^ (z >> 31);
}

unsigned long long soak_below(struct soak *s, unsigned long long n)
{
	return soak_random(s) % n;
}

bool soak_one_in(struct soak *s, unsigned int n)
{
	return !soak_below(s, n);
}

unsigned long long soak_spread(struct soak *s, unsigned long long max)
{
	unsigned int bits = 64 - __builtin_clzll(max);
	unsigned long long low = 1ULL << soak_below(s, bits);
	unsigned long long n = low + soak_below(s, low);

	return n < max ? n : max;
}
