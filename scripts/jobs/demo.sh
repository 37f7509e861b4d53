#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The demo, in the kernel that it is about: the three ways to move blocks of samples,
# side by side, at several block sizes: from a converter to a file, to a converter, and
# over TCP to another process. Then the same with cores of other kinds. With SAMPLES,
# that file goes through the converters instead, and what arrives is compared with it.
#
# Every sample is verified, by whoever gets it in the end: the file when it is complete,
# the model of the converter, the process at the other end of the connection.

board=/sys/kernel/debug/axi-dmac-board
stream=$TOOLS/iio_stream
run=/run/demo
ways="fileio dmabuf uring"
sizes="4096 65536 1048576 4194304"
others="board-rx-reg board-tx-sg board-rx-fifo board-tx-fifo"
failed=0 rows=0 all_rows=0

mkdir -p "$run"

# Enough blocks that the start does not matter, not so many that one waits
blocks() {
	n=$((${DEMO_MIB:-32} * 1048576 / $1))
	[ $n -gt 2048 ] && n=2048
	[ $n -gt 0 ] || n=1
	echo "$n"
}

# How many DMABUFs: enough of small blocks, and not more than caches hold of large ones
ring() {
	case $1 in
	4096 | 65536) echo 32 ;;
	1048576) echo 8 ;;
	*) echo 4 ;;
	esac
}

# stream_by WAY SIZE BLOCKS ARGUMENT...: a line of CSV
stream_by() {
	way=$1 size=$2 n=$3
	shift 3
	"$stream" --format csv --timeout 120 --mode "$way" --block-size "$size" \
		--blocks "$n" --block-count "$(ring "$size")" "$@" 2> "$run/why" && return
	failed=1
	sed 's/^/  /' "$run/why" >&2
}

# verified_by FILE: the line of CSV, with what a line in FILE says of the samples
verified_by() {
	awk -F, -v OFS=, '
		NR == 1 { line = $0; result = $NF; next }
		{ verified = $9; errors = $10; if (result != "FAILED") result = $NF }
		END {
			$0 = line
			$9 = verified; $10 = errors; $11 = result
			print
		}' - "$1"
}

to_file() {
	way=$1 size=$2 n=$3 device=$4
	stream_by "$way" "$size" "$n" --device "$device" --dir in --pattern none \
		--set in_voltage_test_mode=ramp --output "$run/samples"
	"$stream" --format csv --check-file "$run/samples" --pattern ramp \
		--bytes $((size * n)) > "$run/verified" || failed=1
}

# converter WAY SIZE BLOCKS DEVICE: in to a file, or out
converter() {
	case $4 in
	board-rx*)
		to_file "$@" > "$run/moved"
		verified_by "$run/verified" < "$run/moved"
		rm -f "$run/samples" ;;
	*)
		stream_by "$1" "$2" "$3" --device "$4" --dir out --pattern ramp \
			--set out_voltage_test_mode=ramp \
			--sink-bytes "$board/$4/received" \
			--sink-errors "$board/$4/mismatches" ;;
	esac
}

# network WAY SIZE BLOCKS DEVICE: the receiver says on which port it waits
network() {
	"$stream" --format csv --timeout 120 --receive 127.0.0.1:0 \
		> "$run/verified" 2> "$run/port" &
	receiver=$!
	read -r port < "$run/port"
	stream_by "$1" "$2" "$3" --device "$4" --dir in --pattern ramp \
		--set in_voltage_test_mode=ramp --send "127.0.0.1:${port##* }" \
		> "$run/moved"
	wait "$receiver" || failed=1
	verified_by "$run/verified" < "$run/moved"
}

heading() {
	printf '\n%s\n' "$1"
	printf '  %-7s %8s %20s %20s %20s\n' '' '' 'read() or write()' \
		'ENQUEUE + poll' 'io_uring'
	printf '  %-7s %8s' '' block
	for _ in $ways; do
		printf '   %6s %5s %5s' MiB/s calls copy
	done
	printf ' %8s %9s\n' faster verified
}

# row HOW NAME SIZE BLOCKS ARGUMENT...: HOW moves them, and says so in CSV. What else
# the machine does has an effect, so the best of several runs counts.
row() {
	how=$1 name=$2 size=$3 n=$4
	shift 4
	rows=$((rows + 1))
	for _ in $(seq "${DEMO_RUNS:-3}"); do
		for by in $ways; do
			"$how" "$by" "$size" "$n" "$@"
		done
	done > "$run/row"
	awk -F, -v name="$name" -v part=$((100 * rows / all_rows)) -v list="$run/rows" \
		-v ways="$ways" -v runs=$((3 * ${DEMO_RUNS:-3})) '
		function size(n, space) {
			if (n >= 1048576)
				return n / 1048576 space "M"
			return n < 1024 ? n : n / 1024 space "K"
		}
		{
			verified += $9
			bad += $10 + ($11 != "verified")
			if ($6 <= rate[$1])
				next
			block = size($3, " ") "iB"
			rate[$1] = $6; calls[$1] = $7; copied[$1] = $8
		}
		END {
			printf "  %-7s %8s", name, block
			n = split(ways, way, " ")
			for (i = 1; i <= n; i++)
				printf "   %6.0f %5.2f %5s", rate[way[i]],
					calls[way[i]], size(copied[way[i]], "")
			bad += NR != runs
			faster = rate["fileio"] > 0 ? rate["uring"] / rate["fileio"] : 0
			printf " %6.1f x %9s%s %5s\n", faster, size(verified, " ") "iB",
				bad ? ", FAILED" : "", "[" part "%]"
			print faster, block, calls["uring"], calls["fileio"] >> list
			exit bad > 0
		}' "$run/row" || failed=1
}

# rows_of NAME SIZES HOW ARGUMENT...
rows_of() {
	name=$1 list=$2 how=$3
	shift 3
	for size in $list; do
		row "$how" "$name" "$size" "$(blocks "$size")" "$@"
	done
}

stream_all() {
	all_rows=20
	heading "From a converter to a file"
	rows_of rx "$sizes" converter board-rx
	heading "To a converter"
	rows_of tx "$sizes" converter board-tx
	heading "From a converter over TCP (lo, which always copies once) to another process"
	rows_of rx "$sizes" network board-rx
	heading "Other cores: registers instead of scatter-gather, and another DMA controller"
	for device in $others; do
		rows_of "${device#board-}" "65536 1048576" converter "$device"
	done
}

# same FILE: does it begin with the samples?
same() {
	cmp -s -n "$bytes" "$SAMPLES" "$1" && return
	echo "  DIFFERENT: $(cmp -n "$bytes" "$SAMPLES" "$1" 2>&1)" >&2
	failed=1
}

# replay WAY SIZE BLOCKS: the file through a converter that has it as its signal
replay() {
	cat "$SAMPLES" > "$board/board-rx/replay" || failed=1
	stream_by "$1" "$2" "$3" --device board-rx --dir in --output "$run/arrived" \
		--set in_voltage_test_mode=replay --pattern "file:$SAMPLES"
	same "$run/arrived"
}

capture() {
	stream_by "$1" "$2" "$3" --device board-tx --dir out \
		--set out_voltage_test_mode=capture --pattern "file:$SAMPLES" \
		--sink-bytes "$board/board-tx/received" \
		--sink-errors "$board/board-tx/mismatches"
	cat "$board/board-tx/capture" > "$run/arrived"
	same "$run/arrived"
}

stream_file() {
	bytes=$(stat -c %s "$SAMPLES") all_rows=2
	n=$(((bytes + 65535) / 65536))
	heading "$SAMPLES, compared byte by byte"
	row replay rx 65536 "$n"
	row capture tx 65536 "$n"
	[ $failed = 0 ] && echo "  all $bytes bytes arrived as they were sent, each time"
}

# On to a USB host, which is the same machine here, and back: copies of each byte and
# system calls for each block are those of the device's side
stream_usb() {
	[ -d /sys/class/udc/dummy_udc.0 ] || return
	printf '\n%s\n%s\n' "From a converter to a USB host, and from there to a converter" \
		"copies: of each byte, by the device's CPU; calls: per block"
	mount -t configfs configfs /sys/kernel/config
	IIO_USB=$TOOLS/iio_usb IIO_IN=board-rx IIO_OUT=board-tx IIO_HEAPS=- \
		IIO_SINK_BYTES=$board/%s/received IIO_SINK_ERRORS=$board/%s/mismatches \
		IIO_BYTES=$((${DEMO_MIB:-64} * 1048576)) \
		"$TOP/tools/testing/selftests/usb/run_iio_usb.sh" --table || failed=1
}

echo "Linux $(uname -r) under UML, $(date +%F)"
echo "calls: system calls per block; copy: bytes that the kernel copied per block;"
echo "faster: io_uring against read() or write(); the best of ${DEMO_RUNS:-3} runs each;"
echo "verified: the samples of all of them"
mount -t tmpfs tmpfs "$run"
mkfifo "$run/port"

if [ -n "$SAMPLES" ]; then
	stream_file
else
	stream_all
	head -1 "$run/rows" | {
		read -r times size unit few many
		printf '\nio_uring is %.1f times as fast as read() with blocks of %s %s: %s\n' \
			"$times" "$size" "$unit" \
			"$few system calls per block, not $many"
	}
fi

[ -n "$SAMPLES" ] || stream_usb

for core in "$board"/*/errors; do
	[ -s "$core" ] || continue
	echo "$core: the driver did what the hardware does not take:"
	cat "$core"
	# The base's driver is known to; only ours is held to it
	[ "$STRICT" = 1 ] && failed=1
done

[ $failed = 0 ] && echo "verified" || echo "FAILED"
exit $failed
