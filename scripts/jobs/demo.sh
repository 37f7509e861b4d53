#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The demo, in the kernel that it is about: streams at several block sizes, in
# both directions, by fileio and by DMABUF, with the core in scatter-gather and
# in register mode, and with a DMA controller of another kind, whose driver knows
# scatterlists only. With SAMPLES, that file goes through the converters instead,
# and what arrives is compared with it.

board=/sys/kernel/debug/axi-dmac-board
stream=$TOOLS/iio_stream
failed=0

row() {
	name=$1
	shift
	printf '%-22s ' "$name"
	"$stream" --format table --timeout 120 "$@" || failed=1
}

# Enough blocks that the start does not matter, not so many that one waits
blocks() {
	n=$((${DEMO_MIB:-64} * 1048576 / $1))
	[ $n -gt 2048 ] && n=2048
	echo "$n"
}

input() {
	row "$1, $2" --device "$3" --dir in --mode "$4" --block-size "$5" \
		--blocks "$(blocks "$5")" --set in_voltage_test_mode=ramp \
		--pattern ramp
}

output() {
	row "$1, $2" --device "$3" --dir out --mode "$4" --block-size "$5" \
		--blocks "$(blocks "$5")" --set out_voltage_test_mode=ramp \
		--pattern ramp --sink-bytes "$board/$3/received" \
		--sink-errors "$board/$3/mismatches"
}

sizes="4096 65536 1048576 4194304"

stream_all() {
	for size in $sizes; do
		for mode in fileio dmabuf; do
			input rx scatter-gather board-rx $mode $size
		done
	done
	for size in 65536 1048576; do
		input rx registers board-rx-reg dmabuf $size
	done
	for size in $sizes; do
		for mode in fileio dmabuf; do
			output tx registers board-tx $mode $size
		done
	done
	for size in 65536 1048576; do
		output tx scatter-gather board-tx-sg dmabuf $size
	done
	for size in 65536 1048576; do
		for mode in fileio dmabuf; do
			input "rx fifo" prep_slave_sg board-rx-fifo $mode $size
		done
	done
	for size in 65536 1048576; do
		for mode in fileio dmabuf; do
			output "tx fifo" prep_slave_sg board-tx-fifo $mode $size
		done
	done
	row "tx to rx, loopback" --dir loopback --out-device board-tx \
		--in-device board-rx --set in_voltage_test_mode=loopback \
		--set out_voltage_test_mode=loopback --pattern pn23 \
		--block-size 1048576 --blocks 32
}

# same FILE WHAT: does FILE begin with the samples?
same() {
	if cmp -s -n "$bytes" "$SAMPLES" "$1"; then
		echo "  $2: all $bytes bytes arrived as they were sent"
	else
		echo "  $2: DIFFERENT: $(cmp -n "$bytes" "$SAMPLES" "$1" 2>&1)"
		failed=1
	fi
}

stream_file() {
	bytes=$(stat -c %s "$SAMPLES")
	size=65536
	n=$(((bytes + size - 1) / size))

	for mode in fileio dmabuf; do
		cat "$SAMPLES" > "$board/board-rx/replay" || failed=1
		row "rx, the file, $mode" --device board-rx --dir in --mode $mode \
			--block-size $size --blocks $n \
			--set in_voltage_test_mode=replay \
			--pattern "file:$SAMPLES" --output "$WORK/arrived"
		same "$WORK/arrived" "rx, $mode"
		row "tx, the file, $mode" --device board-tx --dir out --mode $mode \
			--block-size $size --blocks $n \
			--set out_voltage_test_mode=capture \
			--pattern "file:$SAMPLES" \
			--sink-bytes "$board/board-tx/received" \
			--sink-errors "$board/board-tx/mismatches"
		cat "$board/board-tx/capture" > "$WORK/arrived"
		same "$WORK/arrived" "tx, $mode"
	done
	rm -f "$WORK/arrived"
}

echo "Linux $(uname -r) under UML, $(date +%F)"
printf '%-22s %-7s %-9s %11s %8s %10s %14s %8s  %s\n' '' mode direction \
	'block size' blocks MiB/s 'verified bytes' errors result

if [ -n "$SAMPLES" ]; then
	stream_file
else
	stream_all
fi

for core in "$board"/*/errors; do
	[ -s "$core" ] || continue
	echo "$core: the driver did what the hardware does not take:"
	cat "$core"
	# The base's driver is known to; only ours is held to it
	[ "$STRICT" = 1 ] && failed=1
done

[ $failed = 0 ] && echo "verified" || echo "FAILED"
exit $failed
