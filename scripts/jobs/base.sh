#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The same board under the drivers of the pristine base: it streams by fileio and
# by DMABUF, so the board favours nobody.

board=/sys/kernel/debug/axi-dmac-board
IIO_STREAM="$TOOLS/iio_stream"
status=0 num=1

one() {
	name=$1
	shift
	if "$IIO_STREAM" --format table --block-size 64K --blocks 32 "$@" > /run/out 2>&1; then
		result=ok
	else
		result="not ok" status=1
	fi
	sed 's/^/# /' /run/out
	echo "$result $num base: $name"
	num=$((num + 1))
}

for mode in fileio dmabuf; do
	for device in board-rx board-rx-reg; do
		one "$device in, $mode" --device $device --dir in --mode $mode \
			--set in_voltage_test_mode=ramp --pattern ramp
	done
	for device in board-tx board-tx-sg; do
		one "$device out, $mode" --device $device --dir out --mode $mode \
			--set out_voltage_test_mode=ramp --pattern ramp \
			--sink-bytes "$board/$device/received" \
			--sink-errors "$board/$device/mismatches"
	done
done

exit $status
