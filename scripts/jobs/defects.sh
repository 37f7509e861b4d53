#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# One test of iio_dmabuf_abi, in a kernel that may not survive it: TEST, between
# the converters of the cores OUT_CORE and IN_CORE, with the options OPTS. SETUP is
# done beforehand, to files of the board: FILE=VALUE,...

board=/sys/kernel/debug/axi-dmac-board

give_up() {
	echo "1..0 # SKIP $1"
	exit 1
}

for file in $(echo "$SETUP" | tr , ' '); do
	echo "${file#*=}" > "$board/${file%%=*}" || give_up "the board has no ${file%%=*}"
done
case $OPTS in
*memcg*)
	mkdir /run/memcg
	mount -t cgroup2 none /run/memcg || give_up "the kernel has no control groups"
	;;
esac

# shellcheck disable=SC2086
exec "$TOOLS/iio_dmabuf_abi" --in "board-$IN_CORE" --out "board-$OUT_CORE" \
	--connected --unbind --with cyclic --timeout 30 --wait 8 $OPTS \
	--sink-bytes "$board/board-$OUT_CORE/received" \
	--sink-errors "$board/board-$OUT_CORE/mismatches" --test "$TEST"
