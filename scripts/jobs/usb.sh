#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# DMABUFs on a USB gadget whose host is the same machine (dummy_hcd): the contract of
# FunctionFS' ioctls, with memory of each kind. ONLY, SEED and ROUNDS are passed on.

status=0
export FFS_DMABUF="$TOOLS/ffs_dmabuf"

mount -t configfs configfs /sys/kernel/config
cd "$TOP/tools/testing/selftests/usb" || exit 1

# run [OPTION...]
run() {
	./run_ffs.sh --udc-driver /sys/bus/platform/drivers/dummy_udc \
		--only "${ONLY:-*}" --seed "${SEED:-1}" --rounds "${ROUNDS:-10}" "$@" ||
		status=1
}

run
[ -n "$QUICK" ] || run --heap system

exit $status
