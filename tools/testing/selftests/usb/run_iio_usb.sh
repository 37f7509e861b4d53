#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Streams samples between IIO devices and a USB host with iio_usb: as DMABUFs, by
# read() and write(), and by write() of mapped DMABUFs, in blocks of several sizes.
# The gadget's host has to be this machine, as with dummy_hcd. TAP, or with --table
# nothing but the results.
#
#   IIO_USB          the program, if not beside this script
#   IIO_IN, IIO_OUT  names of the devices; default: the first that fits, and no output
#   IIO_PATTERN      what they generate and compare, default: ramp
#   IIO_SINK_BYTES   file with the number of bytes that the receiver of the output has
#                    got; %s stands for the name of the device
#   IIO_SINK_ERRORS  file with the number of wrong samples among them
#   IIO_BLOCK_SIZES  in bytes, default: 4096 65536 1048576 4194304
#   IIO_MODES        default: dmabuf read+write mmap
#   IIO_HEAPS        "-" is udmabuf; default: - system
#   IIO_BYTES        bytes to move in each run, default: 16777216

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source-path=SCRIPTDIR source=../iio/iio_lib.sh
. "$here/../iio/iio_lib.sh"

program=${IIO_USB:-$here/iio_usb}
pattern=${IIO_PATTERN:-ramp}
udc=$(find /sys/class/udc -mindepth 1 2> /dev/null | sort | head -n 1)
header=--header
prefix= extra=

[ -x "$program" ] || tap_skip_all "no $program"
[ -n "$udc" ] || tap_skip_all "no USB device controller"

# blocks SIZE: how many make up a run, but no more than one waits for
blocks() {
	n=$((${IIO_BYTES:-16777216} / $1))
	[ $n -gt 128 ] && n=128
	[ $n -lt 8 ] && n=8
	echo $n
}

# for_device TEMPLATE NAME
for_device() {
	printf '%s' "$1" | sed "s|%s|$2|"
}

# stream DIR MODE SIZE HEAP: a line of the table
stream() {
	options="--block-size $3 --blocks $(blocks "$3") --pattern $pattern $header"
	[ "$4" = - ] || options="$options --heap $4"
	[ "$pattern" = none ] || options="$options --set ${1}_voltage_test_mode=$pattern"
	case $1 in
	in)
		[ -z "${IIO_IN:-}" ] || options="$options --device $IIO_IN" ;;
	out)
		options="$options --device $IIO_OUT"
		[ -z "${IIO_SINK_BYTES:-}" ] ||
			options="$options --sink-bytes $(for_device "$IIO_SINK_BYTES" "$IIO_OUT")
				--sink-errors $(for_device "$IIO_SINK_ERRORS" "$IIO_OUT")" ;;
	esac
	# shellcheck disable=SC2086
	$prefix "$program" --both --ffs "$dir" --gadget "$gadget" \
		--udc "$(basename "$udc")" --dir "$1" --mode "$2" $options $extra
}

# copies MODE: of each byte, by the CPU of the device
copies() {
	case $1 in
	dmabuf) echo 0 ;;
	mmap) echo 1 ;;
	read+write) echo 2 ;;
	esac
}

# judged DIR MODE SIZE HEAP: a line in which all is as it should be
judged() {
	stream "$@" > "$tap_tmp/row"
	judged_status=$?
	cat "$tap_tmp/row"
	if [ $judged_status != 0 ]; then
		awk '$11 == "FAILED" && $8 > 0 { print $8, "samples in", $7, "bytes are wrong" }' \
			"$tap_tmp/row"
		return 1
	fi
	[ "$pattern" != none ] || return 0
	awk -v bytes=$(($(blocks "$3") * $3)) -v copies="$(copies "$2")" -v mode="$2" '
		/verified bytes/ { next }
		$11 != "verified" || $7 != bytes || $8 != 0 { print "some are missing"; bad = 1 }
		$9 != copies { print "not " copies " copies"; bad = 1 }
		mode == "dmabuf" && $10 > 2 { print "more than 2 calls"; bad = 1 }
		END { exit bad }' "$tap_tmp/row"
}

# each COMMAND: with all that a stream can be
each() {
	for heap in ${IIO_HEAPS:-- system}; do
		for size in ${IIO_BLOCK_SIZES:-4096 65536 1048576 4194304}; do
			for way in "in" ${IIO_OUT:+out}; do
				for mode in ${IIO_MODES:-dmabuf read+write mmap}; do
					# read() and write() use none
					[ "$mode $heap" = "read+write system" ] ||
						"$1" "$way" "$mode" "$size" "$heap"
				done
			done
		done
	done
}

table() {
	stream "$@" || status=1
	header=
}

test_one() {
	memory=$4
	[ "$memory" != - ] || memory=udmabuf
	tap_run "iio_usb, $1, $2, blocks of $3, $memory" judged "$@"
}

# Whenever the program is killed, the gadget and all blocks are free afterwards
killed() {
	prefix="timeout -s KILL 1" extra="--blocks 1000000"
	stream "$@"
	prefix='' extra=''
	while [ -n "$(cat "$gadget/UDC")" ]; do
		sleep 0.1
	done
	judged "$@"
}

dir=$(mktemp -d)
gadget=$("$here/ffs_gadget.sh" up "$dir") || tap_skip_all "no gadget with FunctionFS"
gadget=${gadget#"$dir "}
status=0
if [ "${1:-}" = --table ]; then
	each table
else
	tap_start
	each test_one
	tap_run "iio_usb, once more after SIGKILL" killed in dmabuf 65536 -
	tap_end || status=1
fi
"$here/ffs_gadget.sh" down || status=1
rmdir "$dir"
exit $status
