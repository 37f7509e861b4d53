#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Sets up a gadget, runs ffs_dmabuf on it, and takes it down again; arguments are
# ffs_dmabuf's. TAP. The environment may name the controller (UDC) and the program
# (FFS_DMABUF).

here=$(cd "$(dirname "$0")" && pwd)
program=${FFS_DMABUF:-$here/ffs_dmabuf}
UDC=${UDC:-$(find /sys/class/udc -mindepth 1 2> /dev/null | sort | head -n 1)}
dir=$(mktemp -d)

skip() {
	echo "1..0 # SKIP $*"
	rmdir "$dir"
	exit 4
}

[ -x "$program" ] || skip "no $program"
[ -n "$UDC" ] || skip "no USB device controller"
gadget=$("$here/ffs_gadget.sh" up "$dir") || skip "no gadget with FunctionFS"

"$program" --dir "$dir" --gadget "${gadget#"$dir "}" --udc "$(basename "$UDC")" "$@"
status=$?
"$here/ffs_gadget.sh" down || status=1
rmdir "$dir"
exit $status
