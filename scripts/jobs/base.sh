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

input() {
	one "$1 in, $2" --device "$1" --dir in --mode "$2" \
		--set in_voltage_test_mode=ramp --pattern ramp
}

output() {
	one "$1 out, $2" --device "$1" --dir out --mode "$2" \
		--set out_voltage_test_mode=ramp --pattern ramp \
		--sink-bytes "$board/$1/received" \
		--sink-errors "$board/$1/mismatches"
}

for mode in fileio dmabuf; do
	for device in board-rx board-rx-reg; do
		input $device $mode
	done
	for device in board-tx board-tx-sg; do
		output $device $mode
	done
done

# The base has no way to give a DMABUF to a provider of scatterlists: it moves
# nothing, and the blocks stay busy
input board-rx-fifo fileio
output board-tx-fifo fileio

exit $status
