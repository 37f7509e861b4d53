#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Anything at random on converters and on a USB gadget whose host is the same machine
# (dummy_hcd), which is unplugged in all ways meanwhile: for FUZZ_SECONDS, or for FUZZ_OPS
# operations. SEED repeats it as far as that can be.

status=0
here=$TOP/tools/testing/selftests/usb
dir=$(mktemp -d)

mount -t configfs configfs /sys/kernel/config
gadget=$("$here/ffs_gadget.sh" up "$dir") || exit 1

"$TOOLS/iio_fuzz" --unbind --unplug --ffs "$dir" --gadget "${gadget#"$dir "}" \
	--udc dummy_udc.0 --seconds "${FUZZ_SECONDS:-3600}" ${FUZZ_OPS:+--ops "$FUZZ_OPS"} \
	${SEED:+--seed "$SEED"} || status=1

# Who holds which lock, if something hangs
[ $status = 0 ] || dmesg | sed -n '/sysrq: Show Locks Held/,$s/^/# /p' | head -300

"$here/ffs_gadget.sh" down || status=1
rmdir "$dir"
exit $status
