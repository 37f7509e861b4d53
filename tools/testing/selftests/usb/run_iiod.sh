#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Lets iiod, the server of libiio, serve the IIO devices over USB, on a gadget with
# FunctionFS whose host is this machine, and runs the programs of libiio-utils on that
# host. Nobody has written these for this test. TAP. Arguments are client_libiio.sh's.
#
# A client takes the whole interface, so that there can be one at a time: no --connected.
#
# When a client closes a pipe, iiod 0.24 takes the read that it cancels for a bad command,
# and answers. A controller with a FIFO (dummy_hcd has one) takes that from it, and the next
# client would get it as the answer to its first command. So the device is configured anew
# after each of them, which empties its FIFOs.
#
# The environment may say
#
#   IIOD   the server, default: iiod
#   UDC    the controller, default: the first
#   PIPES  pairs of endpoints, default: 3; each client uses one, and one more for each
#          buffer

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source-path=SCRIPTDIR source=../iio/iio_lib.sh
. "$here/../iio/iio_lib.sh"

# Configure every USB device of the gadget's kind anew
forget()
{
	for vendor in /sys/bus/usb/devices/*/idVendor; do
		device=${vendor%/idVendor}
		[ "$(cat "$vendor" "$device/idProduct" 2> /dev/null | tr '\n' :)" = 1d6b:0104: ] ||
			continue
		echo 0 > "$device/bConfigurationValue" && echo 1 > "$device/bConfigurationValue"
	done
}

if [ "${1:-}" = forget ]; then
	forget
	exit
fi

iiod=${IIOD:-iiod}
pipes=${PIPES:-3}
udc=${UDC:-$(find /sys/class/udc -mindepth 1 2> /dev/null | sort | head -n 1)}

command -v "$iiod" > /dev/null || tap_skip_all "no $iiod"
command -v iio_info > /dev/null || tap_skip_all "no iio_info"
[ -n "$udc" ] || tap_skip_all "no USB device controller"
dir=$(mktemp -d)
gadget=$("$here/ffs_gadget.sh" up "$dir") || tap_skip_all "no gadget with FunctionFS"

# within COMMAND...: succeeds in a few seconds
within()
{
	for _ in $(seq 100); do
		kill -0 "$server" 2> /dev/null || break
		"$@" > "$tap_tmp/within" 2>&1 && return 0
		sleep 0.1
	done
	cat "$tap_tmp/within" "$tap_tmp/iiod"
	return 1
}

is_served()
{
	within test -e "$dir/ep$((2 * pipes))" && "$here/ffs_gadget.sh" bind "$udc" &&
		within timeout 20 iio_info -u usb: && forget
}

# Whoever is not told to stop would not notice that the gadget has gone
stops()
{
	kill "$server" && wait "$server"
	[ -z "$(cat "${gadget#"$dir "}/UDC")" ] || "$here/ffs_gadget.sh" unbind
}

tap_start
"$iiod" -F "$dir" -n "$pipes" > "$tap_tmp/iiod" 2>&1 &
server=$!
status=0
tap_run "iiod serves the devices over USB" is_served
"$here/../iio/client_libiio.sh" --uri usb: --after "$0 forget" "$@" || status=1
tap_run "iiod stops" stops
tap_end || status=1
"$here/ffs_gadget.sh" down || status=1
rmdir "$dir"
exit $status
