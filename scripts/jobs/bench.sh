#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# What calls and streams cost from user space, on the simulated board: see
# scripts/bench. TIME_MS is for each measurement, KERNEL "base" or "ours".

board=/sys/kernel/debug/axi-dmac-board

# mover KIND: how much of the data moves
mover() {
	for core in "$board"/dma-*/mover; do
		echo "$1" > "$core" 2>/dev/null
	done
}

# bench LABEL DEVICE ARGUMENT...
bench() {
	label=$1 device=$2
	shift 2
	"$TOOLS/iio_bench" --label "$label" --device "$device" --time "$TIME_MS" "$@"
}

mover instant
# Where no two pages follow each other, and each is a segment. What DMA pools grow
# to is told by the first transfers only.
bench sg board-rx --in --heap board-scattered memory enqueue attach depth
bench reg board-rx-reg --in --heap board-scattered --max 4M enqueue
bench sg board-rx --in --udmabuf enqueue attach
bench sg board-rx --in attach
# The base's driver hangs in its interrupt handler behind a core that is this quick
[ "$KERNEL" = base ] || bench sg-instant board-rx --in stream uring
mover none
bench sg-none board-rx --in stream uring
bench out-none board-tx-sg --out stream uring
mover full
bench sg-full board-rx --in --max 16M stream uring

# On to a USB host, which verifies all samples: what the device does for that. Its
# rate is that of the simulated bus at most.
mount -t configfs configfs /sys/kernel/config
IIO_USB=$TOOLS/iio_usb IIO_IN=board-rx IIO_HEAPS=- IIO_BYTES=67108864 \
	"$TOP/tools/testing/selftests/usb/run_iio_usb.sh" --table | awk '
	$11 == "verified" {
		key = "BENCH usb " $1 " " $4
		print key, "us", $4 / $6 / 1.048576
		print key, "calls", $10
		print key, "copied", $9 * $4
	}'
