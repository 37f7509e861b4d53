#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# One test of ffs_dmabuf, in a kernel that may not survive it: TEST, or "stream" for
# samples that go between the converters and the USB host, in memory of OPTS.

mount -t configfs configfs /sys/kernel/config
cd "$TOP/tools/testing/selftests/usb" || exit 1

if [ "$TEST" = stream ]; then
	board=/sys/kernel/debug/axi-dmac-board
	export IIO_USB="$TOOLS/iio_usb" IIO_IN="board-$IN_CORE" IIO_OUT="board-$OUT_CORE"
	export IIO_SINK_BYTES="$board/%s/received" IIO_SINK_ERRORS="$board/%s/mismatches"
	export IIO_MODES=dmabuf IIO_BLOCK_SIZES=65536 IIO_BYTES=1048576 IIO_HEAPS="$OPTS"
	exec ./run_iio_usb.sh
fi

export FFS_DMABUF="$TOOLS/ffs_dmabuf"
# shellcheck disable=SC2086
exec ./run_ffs.sh --udc-driver /sys/bus/platform/drivers/dummy_udc --only "$TEST" $OPTS
