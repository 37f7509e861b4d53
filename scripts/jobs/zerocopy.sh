#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0
# Does the network copy blocks? Under UML: of a peer on the same machine, by lo. As the
# first process of a stock kernel under QEMU: of one elsewhere, through an e1000; all
# else that there is in that root is busybox.

# value NAME: of what the kernel was given
value() {
	sed -n "s/.*\b$1=\([^ ]*\).*/\1/p" /proc/cmdline
}

elsewhere() {
	/bin/busybox --install -s /bin
	mount -t proc proc /proc
	mount -t devtmpfs devtmpfs /dev
	exec > /dev/ttyS0 2>&1
	busybox insmod /e1000.ko
	busybox ip link set lo up
	busybox ip addr add 10.0.2.15/24 dev eth0
	busybox ip link set eth0 up
	# shellcheck disable=SC2046
	/bin/iio_zerocopy "$(value host)" $(value ports | tr , ' ')
	busybox poweroff -f
}

here() {
	mkfifo /run/port
	ports=
	for _ in 1 2 3 4; do
		"$TOOLS/iio_stream" --receive 127.0.0.1:0 --format csv --timeout 60 \
			> /run/received 2> /run/port &
		read -r line < /run/port
		ports="$ports ${line##* }"
	done
	# shellcheck disable=SC2086
	"$TOOLS/iio_zerocopy" --local 127.0.0.1 $ports
}

if [ -n "$TOOLS" ]; then
	here
else
	elsewhere
fi
