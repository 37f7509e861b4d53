#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The programs of libiio-utils (iio_info, iio_attr, iio_readdev, iio_writedev)
# on an input and an output device: they find devices and channels, and the
# samples that they read and write are right. Nobody has written these programs
# for this test, so it shows that the interface is what its users expect. TAP.
#
#   client_libiio.sh [--in NAME] [--out NAME] [--connected] [--capture FILE]
#                    [--stream PROGRAM] [--iiod PROGRAM | --uri URI]
#                    [--after COMMAND]
#
# --in         input device; its in_voltage_test_mode has to offer ramp and pn23
# --out        output device
# --connected  with both test modes set to "loopback", the input gets what the
#              output sends
# --capture    file with the samples that the receiver of the output has got,
#              if its out_voltage_test_mode is "capture"
# --stream     iio_stream, which makes and checks the patterns; default: the one
#              beside this script
# --iiod       reach the devices over the network: by this server, which is
#              started on this machine, and its loopback device
# --uri        reach the devices by a server that is there, such as usb:
# --after      run this whenever a program has ended
#
# IIO_IN_DEVICE, IIO_OUT_DEVICE, IIO_CONNECTED (not empty), IIO_CAPTURE and
# IIO_STREAM in the environment stand for these.
#
# When iio_writedev ends it disables the buffer, and what the kernel has taken
# from it but not sent yet is dropped: the two blocks that are under way, and a
# third one that is only partly filled. libiio makes them half as large as all
# of its own buffers together: 4 buffers, hence 2 times the size that -b sets.
# So iio_writedev is given that much more than what has to arrive, and only
# that much of the beginning is checked.

here=$(dirname "$0")
# shellcheck source-path=SCRIPTDIR source=iio_lib.sh
. "$here/iio_lib.sh"

in=${IIO_IN_DEVICE:-}
out=${IIO_OUT_DEVICE:-}
connected=${IIO_CONNECTED:-}
capture=${IIO_CAPTURE:-}
stream=${IIO_STREAM:-$here/iio_stream}
iiod=
uri=local:
prefix=
after=:

usage()
{
	echo "client_libiio.sh: $* (see the beginning of the script)" >&2
	exit 2
}

while [ $# -gt 0 ]; do
	case $1 in
	--connected)
		connected=y
		shift
		continue ;;
	esac
	[ $# -gt 1 ] || usage "$1: unknown, or needs a value"
	case $1 in
	--in) in=$2 ;;
	--out) out=$2 ;;
	--capture) capture=$2 ;;
	--stream) stream=$2 ;;
	--iiod) iiod=$2 uri=ip:127.0.0.1 prefix="network: " ;;
	--uri) uri=$2 prefix="${2%%:*}: " ;;
	--after) after=$2 ;;
	*) usage "unknown option $1" ;;
	esac
	shift 2
done

frame=4		# bytes of a sample set: two channels of 16 bits
slack=3		# blocks of the kernel that need not arrive

for program in iio_info iio_attr iio_readdev iio_writedev "$stream" $iiod; do
	command -v "$program" > /dev/null || tap_skip_all "no $program"
done
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

# offers NAME ATTR VALUE
offers()
{
	grep -qw -- "$3" "$(dir_of "$1")/$2_available" 2> /dev/null
}

for device in $in $out; do
	dir_of "$device" > /dev/null || tap_skip_all "no device $device"
done

iio()
{
	program=$1
	shift
	timeout 120 "$program" -u "$uri" "$@"
	iio_status=$?
	$after 1>&2
	return $iio_status
}

# run NAME COMMAND...
run()
{
	run_name=$prefix$1
	shift
	tap_run "$run_name" "$@"
}

skip()
{
	tap_result $KSFT_SKIP "$prefix$*"
}

# The part of iio_info's output that is about one device.
info_of()
{
	iio iio_info | awk -v want="$1" '
		/iio:device[0-9]+:/ { on = index($0, " " want " ") ||
				      index($0, " " want "(") ||
				      $NF == want || $2 == want }
		on'
}

# finds_channels NAME input|output
finds_channels()
{
	info_of "$1" > "$tap_tmp/info"
	cat "$tap_tmp/info"
	for channel in voltage0 voltage1; do
		grep "$channel:.*($2, index: [0-9]*, format: le:S16/16>>0)" \
			"$tap_tmp/info" || return 1
	done
}

# sets_mode NAME -i|-o VALUE: and reads it back
sets_mode()
{
	iio iio_attr "$2" -c "$1" voltage0 test_mode "$3" || return 1
	iio iio_attr "$2" -c "$1" voltage0 test_mode > "$tap_tmp/mode"
	cat "$tap_tmp/mode"
	grep -qx -- "$3" "$tap_tmp/mode"
}

# reads PATTERN FRAMES_PER_BUFFER FRAMES
reads()
{
	sets_mode "$in" -i "$1" || return 1
	iio iio_readdev -T 60000 -b "$2" -s "$3" "$in" > "$tap_tmp/in.raw" ||
		return 1
	"$stream" --check-file "$tap_tmp/in.raw" --pattern "$1" \
		--bytes $(($3 * frame)) || return 1
	# And no more than that.
	[ "$(wc -c < "$tap_tmp/in.raw")" -eq $(($3 * frame)) ]
}

# make_input PATTERN FRAMES_PER_BUFFER FRAMES: with what may get lost behind it
make_input()
{
	"$stream" --make-file "$tap_tmp/out.raw" --pattern "$1" \
		--bytes $((($3 + slack * 2 * $2) * frame))
}

# first BYTES FILE
first()
{
	head -c "$1" "$2" > "$tap_tmp/first.raw"
}

# writes PATTERN FRAMES_PER_BUFFER FRAMES
writes()
{
	sets_mode "$out" -o capture && make_input "$1" "$2" "$3" || return 1
	iio iio_writedev -T 60000 -b "$2" "$out" < "$tap_tmp/out.raw" || return 1
	first $(($3 * frame)) "$capture"
	"$stream" --check-file "$tap_tmp/first.raw" --pattern "$1" \
		--bytes $(($3 * frame))
}

# both PATTERN FRAMES_PER_BUFFER FRAMES: iio_readdev gets what iio_writedev sends
both()
{
	sets_mode "$in" -i loopback && sets_mode "$out" -o loopback &&
		make_input "$1" "$2" "$3" || return 1
	iio iio_readdev -T 60000 -b "$2" -s "$3" "$in" > "$tap_tmp/in.raw" &
	reader=$!
	# The receiver has to be there first.
	until [ "$(cat "$(dir_of "$in")/buffer/enable")" = 1 ]; do
		kill -0 $reader 2> /dev/null || break
		sleep 0.1
	done
	iio iio_writedev -T 60000 -b "$2" "$out" < "$tap_tmp/out.raw" || return 1
	wait $reader || return 1
	"$stream" --check-file "$tap_tmp/in.raw" --pattern "$1" \
		--bytes $(($3 * frame))
}

fails()
{
	! "$@"
}

# A server answers as soon as it listens, and not before.
serves()
{
	for _ in $(seq 100); do
		kill -0 "$server" 2> /dev/null || break
		iio iio_info > "$tap_tmp/info" 2>&1 && return 0
		sleep 0.1
	done
	cat "$tap_tmp/info" "$tap_tmp/iiod"
	return 1
}

stop_server()
{
	kill "$server" 2> /dev/null
	wait "$server"
	tap_cleanup
}

tap_start

if [ -n "$iiod" ]; then
	"$iiod" > "$tap_tmp/iiod" 2>&1 &
	server=$!
	trap stop_server EXIT
	run "iiod serves the devices" serves
fi

if [ -n "$in" ]; then
	run "iio_info finds $in and its channels" finds_channels "$in" input
	for pattern in ramp pn23; do
		if ! offers "$in" in_voltage_test_mode $pattern; then
			skip "$in has no test mode $pattern"
			continue
		fi
		for size in 256 16384 262144; do
			run "iio_readdev -b $size $in: $pattern" \
				reads $pattern $size $((4 * size))
		done
	done
	if offers "$in" in_voltage_test_mode ramp; then
		run "iio_readdev $in: ends inside a buffer" \
			reads ramp 4096 10001
	fi
	run "iio_readdev refuses a channel that $in has not" \
		fails iio iio_readdev -s 16 "$in" voltage77
fi

if [ -n "$out" ]; then
	run "iio_info finds $out and its channels" \
		finds_channels "$out" output
	if [ -r "$capture" ] && offers "$out" out_voltage_test_mode capture; then
		for size in 256 16384 65536; do
			run "iio_writedev -b $size $out" \
				writes pn23 $size $((20 * size))
		done
		run "iio_writedev $out: ends inside a buffer" \
			writes ramp 4096 10001
	else
		skip "iio_writedev $out: nothing tells what arrived"
	fi
fi

if [ -n "$in" ] && [ -n "$out" ] && [ -n "$connected" ]; then
	for size in 1024 65536; do
		run "iio_writedev $out to iio_readdev $in, -b $size" \
			both pn23 $size $((16 * size))
	done
else
	skip "the devices are not connected"
fi

run "iio_readdev refuses an unknown device" \
	fails iio iio_readdev -s 16 no-such-device

tap_end
