#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# DMABUFs on a USB gadget whose host is the same machine (dummy_hcd): the contract of
# FunctionFS' ioctls, with memory of each kind, samples that go between the converters
# and the host, and libiio's server and clients. ONLY, SEED and ROUNDS are passed on.

status=0
export FFS_DMABUF="$TOOLS/ffs_dmabuf"

mount -t configfs configfs /sys/kernel/config
cd "$TOP/tools/testing/selftests/usb" || exit 1

# run [OPTION...]
run() {
	./run_ffs.sh --udc-driver /sys/bus/platform/drivers/dummy_udc \
		--only "${ONLY:-*}" --seed "${SEED:-1}" --rounds "${ROUNDS:-10}" "$@" ||
		status=1
}

run
[ -n "$QUICK" ] || run --heap system

board=/sys/kernel/debug/axi-dmac-board
export IIO_USB="$TOOLS/iio_usb" IIO_IN=board-rx IIO_OUT=board-tx
export IIO_SINK_BYTES="$board/%s/received" IIO_SINK_ERRORS="$board/%s/mismatches"
if [ -n "$QUICK" ]; then
	export IIO_BLOCK_SIZES="4096 1048576" IIO_BYTES=4194304 IIO_HEAPS=-
fi
[ -n "$ONLY" ] || ./run_iio_usb.sh || status=1

# libiio's server is not installed, and has its libraries with it
export IIO_STREAM="$TOOLS/iio_stream"
libraries=$(echo "$IIOD"/usr/lib/*-linux-gnu*)
[ -n "$ONLY$QUICK" ] || LD_LIBRARY_PATH=$libraries IIOD="$IIOD/usr/sbin/iiod" ./run_iiod.sh \
	--in board-rx --out board-tx --capture $board/board-tx/capture || status=1

exit $status
