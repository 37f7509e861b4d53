#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Streams through every IIO buffer that takes DMABUFs, with iio_stream: both
# ways to move data, several block sizes, both kinds of memory, blocking and
# not. TAP.
#
# Samples are verified where the device offers a test pattern (ramp, pn9 or
# pn23 in in_voltage_test_mode) or where its receiver checks one. What a script
# cannot find out by itself, the environment says; %s stands for the name of a
# device:
#
#   IIO_STREAM       the program, if not beside this script
#   IIO_DEVICES      names of the devices to use, default: all
#   IIO_SINK_BYTES   file with the number of bytes that the receiver of an
#                    output has got, and
#   IIO_SINK_ERRORS  file with the number of wrong samples among them
#   IIO_LOOPBACK     pairs OUT:IN of devices that are connected where both are
#                    set to test mode "loopback"
#   IIO_BLOCK_SIZES  default: 4K 64K 1M
#   IIO_BYTES        bytes to move in each run, default: 4194304

here=$(dirname "$0")
# shellcheck source-path=SCRIPTDIR source=iio_lib.sh
. "$here/iio_lib.sh"

stream=${IIO_STREAM:-$here/iio_stream}
sizes=${IIO_BLOCK_SIZES:-4K 64K 1M}
total=${IIO_BYTES:-4194304}
sysfs=/sys/bus/iio/devices

[ -x "$stream" ] || tap_skip_all "no $stream"

# bytes SIZE: without the letter
bytes()
{
	case $1 in
	*K) echo $((${1%K} * 1024)) ;;
	*M) echo $((${1%M} * 1048576)) ;;
	*) echo "$1" ;;
	esac
}

# blocks SIZE: how many make up a run
blocks()
{
	n=$((total / $(bytes "$1")))
	[ $n -gt 0 ] && echo $n || echo 1
}

# offers IIO_DEVICE ATTR VALUE
offers()
{
	grep -qw -- "$3" "$sysfs/$1/$2_available" 2> /dev/null
}

# run NAME ARGUMENTS...
run()
{
	run_name=$1
	shift
	tap_run "$run_name" "$stream" --format table "$@"
}

# stream_sizes NAME ARGUMENTS...: both modes at all sizes
stream_sizes()
{
	sizes_name=$1
	shift
	for size in $sizes; do
		for mode in fileio dmabuf; do
			run "$sizes_name, $mode, $size" --mode $mode \
				--block-size "$size" \
				--blocks "$(blocks "$size")" "$@"
		done
	done
}

# stream_variants NAME ARGUMENTS...: the other options, at one size
stream_variants()
{
	variants_name=$1
	shift
	set -- --block-size 64K --blocks "$(blocks 64K)" "$@"
	run "$variants_name, udmabuf" --udmabuf "$@"
	run "$variants_name, not blocking" --nonblock "$@"
	run "$variants_name, fileio, not blocking" --nonblock \
		--mode fileio "$@"
	run "$variants_name, one block" --block-count 1 "$@"
	run "$variants_name, 32 blocks" --block-count 32 "$@"
	run "$variants_name, a part of each block" --bytes-used 40000 "$@"
}

# test_input IIO_DEVICE NAME BUFFER
test_input()
{
	attr=in_voltage_test_mode
	found=
	for pattern in ramp pn9 pn23; do
		offers "$1" $attr $pattern || continue
		found=$pattern
		stream_sizes "$2 in $pattern" --dir in --device "$1" \
			--buffer "$3" --set $attr=$pattern --pattern $pattern
	done
	if [ -n "$found" ]; then
		stream_variants "$2 in" --dir in --device "$1" --buffer "$3" \
			--set "$attr=$found" --pattern "$found"
	else
		stream_sizes "$2 in, not verified" --dir in --device "$1" \
			--buffer "$3" --pattern none
	fi
}

# for_device TEMPLATE NAME: puts the name in, if the file is there
for_device()
{
	[ -n "$1" ] || return 1
	file=$(printf '%s' "$1" | sed "s|%s|$2|")
	[ -r "$file" ] && echo "$file"
}

# test_output IIO_DEVICE NAME BUFFER
test_output()
{
	attr=out_voltage_test_mode
	got=$(for_device "$IIO_SINK_BYTES" "$2")
	wrong=$(for_device "$IIO_SINK_ERRORS" "$2")
	found=
	for pattern in ramp pn9 pn23; do
		if [ -z "$got" ] || [ -z "$wrong" ]; then
			break
		fi
		offers "$1" $attr $pattern || continue
		found=$pattern
		stream_sizes "$2 out $pattern" --dir out --device "$1" \
			--buffer "$3" --set $attr=$pattern --pattern $pattern \
			--sink-bytes "$got" --sink-errors "$wrong"
	done
	if [ -n "$found" ]; then
		stream_variants "$2 out" --dir out --device "$1" --buffer "$3" \
			--set "$attr=$found" --pattern "$found" \
			--sink-bytes "$got" --sink-errors "$wrong"
	else
		stream_sizes "$2 out, not verified" --dir out --device "$1" \
			--buffer "$3" --pattern ramp
	fi
	run "$2 out, cyclic" --dir out --device "$1" --buffer "$3" \
		--blocks 20 --cyclic
}

# test_loopback OUT IN
test_loopback()
{
	name="$1 to $2"
	set -- --dir loopback --out-device "$1" --in-device "$2" \
		--set in_voltage_test_mode=loopback \
		--set out_voltage_test_mode=loopback
	stream_sizes "$name" --pattern pn23 "$@"
	stream_variants "$name" --pattern pn23 "$@"
	stream_sizes "$name, a file" --pattern "file:$stream" "$@"
	run "$name, cyclic" --cyclic --blocks 64 "$@"
}

# wanted NAME
wanted()
{
	[ -z "$IIO_DEVICES" ] && return 0
	for listed in $IIO_DEVICES; do
		[ "$listed" = "$1" ] && return 0
	done
	return 1
}

"$stream" --list | grep dmabuf > /dev/null ||
	tap_skip_all "no IIO buffer that takes DMABUFs"

tap_start
"$stream" --list > "$tap_tmp/list"
# iio:device0 buffer0 NAME in fileio,dmabuf: CHANNELS
while read -r device buffer name dir how _; do
	case $how in
	*dmabuf*) ;;
	*) continue ;;
	esac
	wanted "$name" || continue
	test_"$dir"put "$device" "$name" "${buffer#buffer}"
done < "$tap_tmp/list"
for pair in $IIO_LOOPBACK; do
	test_loopback "${pair%%:*}" "${pair#*:}"
done
tap_end
