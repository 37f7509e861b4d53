#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The base's own tests of DMABUFs and fences, of a base where they are a module and no suite.
# One races two threads, which never ends with one CPU and no preemption.

module=$OUT/drivers/dma-buf/dmabuf_selftests.ko

status=0
busybox insmod "$module" st_filter='!dma_fence/race_signal_callback' || status=1
dmesg | grep -o 'dma-buf: Running .*/.*' | sed 's/dma-buf: Running /# /'
dmesg | grep 'dma-buf/.* failed with error' && status=1
dmesg | grep -q 'dma-buf: Running dma_resv/' || status=1
[ $status = 0 ] && echo "ok 1 base_suites: dmabuf_selftests" ||
	echo "not ok 1 base_suites: dmabuf_selftests"
exit $status
