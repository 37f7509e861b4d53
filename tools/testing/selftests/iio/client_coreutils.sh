#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Programs that know nothing of sample sets (cat, dd, cp, tee) write to an output
# device's file and read from an input device's. They write what is in a file in
# pieces of any length, and go on behind what a call has taken: all of it arrives,
# in order. TAP.
#
#   client_coreutils.sh [--in NAME] [--out NAME --sink-bytes FILE
#                       --sink-errors FILE] [--stream PROGRAM]
#
# --in           input device; its in_voltage_test_mode has to offer ramp
# --out          output device; its out_voltage_test_mode has to offer ramp
# --sink-bytes   files with the number of bytes that the receiver of the output has
# --sink-errors  got, and of wrong samples among them; both from 0 at each enable
# --stream       iio_stream, which makes and checks the pattern; default: the one
#                beside this script
#
# IIO_IN_DEVICE, IIO_OUT_DEVICE, IIO_SINK_BYTES, IIO_SINK_ERRORS (%s stands for the
# name of the device) and IIO_STREAM in the environment stand for these.

here=$(dirname "$0")
# shellcheck source-path=SCRIPTDIR source=iio_lib.sh
. "$here/iio_lib.sh"

in=${IIO_IN_DEVICE:-}
out=${IIO_OUT_DEVICE:-}
bytes=${IIO_SINK_BYTES:-}
errors=${IIO_SINK_ERRORS:-}
stream=${IIO_STREAM:-$here/iio_stream}

usage()
{
	echo "client_coreutils.sh: $* (see the beginning of the script)" >&2
	exit 2
}

while [ $# -gt 0 ]; do
	[ $# -gt 1 ] || usage "$1: unknown, or needs a value"
	case $1 in
	--in) in=$2 ;;
	--out) out=$2 ;;
	--sink-bytes) bytes=$2 ;;
	--sink-errors) errors=$2 ;;
	--stream) stream=$2 ;;
	*) usage "unknown option $1" ;;
	esac
	shift 2
done

samples=8192	# of the buffer: two blocks of half as much
size=1966080	# a multiple of 4, 6 and 24, and of no block

command -v "$stream" > /dev/null || tap_skip_all "no $stream"
[ -n "$in$out" ] || tap_skip_all "no device given"

# dir_of NAME: where sysfs has it
dir_of()
{
	for dir in /sys/bus/iio/devices/iio:device*; do
		[ "$(cat "$dir/name" 2> /dev/null)" = "$1" ] && echo "$dir" &&
			return 0
	done
	return 1
}

# start NAME in|out: with all channels, and a ramp at its far end
start()
{
	dir=$(dir_of "$1") || return 1
	file=/dev/$(basename "$dir")
	for channel in "$dir"/scan_elements/"$2"_*_en; do
		echo 1 > "$channel" || return 1
	done
	echo ramp > "$dir/$2_voltage_test_mode" &&
		echo $samples > "$dir/buffer/length" &&
		echo 1 > "$dir/buffer/enable"
}

stop()
{
	echo 0 > "$dir/buffer/enable"
}

# Nothing else than fsync(): what is in a block that is not full is sent
send_rest()
{
	dd if=/dev/null of="$file" conv=notrunc,fsync 2> "$tap_tmp/dd" && return
	cat "$tap_tmp/dd"
	return 1
}

# arrived: all of it, and right
arrived()
{
	got=$(cat "$bytes") wrong=$(cat "$errors")
	echo "$got of $size bytes have arrived, $wrong wrong samples"
	[ "$got" = $size ] && [ "$wrong" = 0 ]
}

# writes COMMAND...: which writes $tap_tmp/ramp to $file
writes()
{
	start "$out" out || return 1
	"$@" && send_rest && arrived
	status=$?
	stop
	return $status
}

with_cat()
{
	cat "$tap_tmp/ramp" > "$file"
}

with_cp()
{
	cp "$tap_tmp/ramp" "$file"
}

with_tee()
{
	tee "$file" < "$tap_tmp/ramp" > /dev/null
}

# Each takes up what the one before has left
with_two_cats()
{
	dd if="$tap_tmp/ramp" bs=100001 count=1 2> /dev/null > "$tap_tmp/first" &&
		tail -c +100002 "$tap_tmp/ramp" > "$tap_tmp/second" &&
		cat "$tap_tmp/first" "$tap_tmp/second" > "$file"
}

# What comes through a pipe comes as it was put in
with_pipe()
{
	dd if="$tap_tmp/ramp" bs=4099 2> /dev/null | cat > "$file"
}

# with_dd OPTION...
with_dd()
{
	dd if="$tap_tmp/ramp" of="$file" conv=notrunc "$@"
}

# What an earlier program has lost is none of the next one's business
has_lost_nothing()
{
	start "$out" out || return 1
	head -c 1200 "$tap_tmp/ramp" > "$file" || return 1
	stop
	start "$out" out || return 1
	send_rest
	status=$?
	stop
	return $status
}

# reads PIECE: with dd, which wants so much at a time
reads()
{
	start "$in" in || return 1
	dd if="$file" of="$tap_tmp/in" bs="$1" count=$((size / $1))
	status=$?
	stop
	[ $status = 0 ] && [ -s "$tap_tmp/in" ] &&
		"$stream" --check-file "$tap_tmp/in" --pattern ramp
}

tap_start
"$stream" --make-file "$tap_tmp/ramp" --pattern ramp --bytes $size || exit 1

if [ -n "$out" ]; then
	dir_of "$out" > /dev/null || tap_skip_all "no device $out"
	# shellcheck disable=SC2059
	bytes=$(printf "$bytes" "$out") errors=$(printf "$errors" "$out")
	if [ ! -r "$bytes" ] || [ ! -r "$errors" ]; then
		tap_skip_all "nothing tells what arrived from $out"
	fi
	for how in cat cp tee two_cats pipe; do
		tap_run "$out: $how" writes with_$how
	done
	tap_run "$out: fsync() says nothing of an earlier program" has_lost_nothing
	for piece in 64k 1M 1000 4099 65537; do
		tap_run "$out: dd bs=$piece" writes with_dd bs=$piece
	done
fi

if [ -n "$in" ]; then
	dir_of "$in" > /dev/null || tap_skip_all "no device $in"
	for piece in 65536 4099 65537; do
		tap_run "$in: dd bs=$piece" reads $piece
	done
fi

tap_end
