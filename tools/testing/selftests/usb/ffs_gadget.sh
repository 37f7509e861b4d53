#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Sets up a USB gadget with one FunctionFS function, by configfs, and takes it down:
#
#   ffs_gadget.sh up [DIR]	make the gadget and mount its function at DIR,
#				default /dev/ffs; prints DIR and the gadget's directory
#   ffs_gadget.sh bind [UDC]	give it to a device controller, default: the first
#   ffs_gadget.sh unbind	take it from the controller again
#   ffs_gadget.sh down		remove all of it
#
# Between "up" and "bind", a program opens DIR/ep0 and writes descriptors. The
# environment may say NAME of the gadget (dma-vec), and its VENDOR (0x1d6b) and PRODUCT
# (0x0104).

set -u
name=${NAME:-dma-vec}
configfs=/sys/kernel/config
gadget=$configfs/usb_gadget/$name

die() {
	echo "ffs_gadget.sh: $*" >&2
	exit 1
}

# put VALUE FILE
put() {
	echo "$1" > "$gadget/$2" || die "cannot write '$1' to $gadget/$2"
}

up() {
	dir=${1:-/dev/ffs}
	[ -d "$configfs/usb_gadget" ] || mount -t configfs none $configfs 2> /dev/null
	[ -d "$configfs/usb_gadget" ] || die "the kernel has no USB gadgets in configfs"
	[ ! -d "$gadget" ] || die "$gadget is there already: 'down' first"

	mkdir "$gadget" || exit 1
	put "${VENDOR:-0x1d6b}" idVendor
	put "${PRODUCT:-0x0104}" idProduct
	mkdir "$gadget/strings/0x409" "$gadget/configs/c.1" \
		"$gadget/functions/ffs.$name" || exit 1
	put "$name" strings/0x409/product
	ln -s "$gadget/functions/ffs.$name" "$gadget/configs/c.1/" || exit 1

	mkdir -p "$dir" && mount -t functionfs "$name" "$dir" ||
		die "cannot mount the function at $dir"
	echo "$dir $gadget"
}

bind() {
	udc=${1:-$(find /sys/class/udc -mindepth 1 2> /dev/null | sort | head -n 1)}
	[ -n "$udc" ] || die "there is no device controller in /sys/class/udc"
	put "$(basename "$udc")" UDC
}

down() {
	[ -d "$gadget" ] || die "there is no $gadget"
	[ -z "$(cat "$gadget/UDC")" ] || put "" UDC
	while read -r source dir type rest; do
		[ "$source $type" != "$name functionfs" ] || umount "$dir" || exit 1
	done < /proc/mounts
	rm -f "$gadget/configs/c.1/ffs.$name"
	rmdir "$gadget/functions/ffs.$name" "$gadget/configs/c.1" \
		"$gadget/strings/0x409" "$gadget"
}

case ${1:-} in
up | bind | down)
	"$@"
	;;
unbind)
	put "" UDC
	;;
*)
	sed -n 's/^#   /  /p' "$0" >&2
	exit 2
	;;
esac
