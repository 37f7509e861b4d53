#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The AXI-DMAC driver is bound to a core again and again; each time another one of the
# allocations on the way fails, the first, the second, and so on until all have had
# their turn. It binds or it does not, and whatever was left behind, it binds the next
# time. The kernel's log tells of the rest. Needs a kernel with failslab.

board=/sys/kernel/debug/axi-dmac-board
driver=/sys/bus/platform/drivers/dma-axi-dmac
core=e0007000.dma-controller
slab=/sys/kernel/debug/failslab
status=0 failed=0 n=0

if [ ! -d $slab ]; then
	echo "ok 1 # SKIP bind: the kernel has no failslab"
	exit 0
fi
echo N > $slab/ignore-gfp-wait
echo 0 > $slab/verbose

# with_fault N: bind, while the N-th allocation fails; are there less than N?
with_fault() {
	# The count is that of a process, whose redirections allocate, too
	left=$(
		# shellcheck disable=SC2094
		exec 3> /proc/self/fail-nth 4> $driver/bind 5< /proc/self/fail-nth
		echo "$1" >&3
		echo $core >&4
		read -r left <&5
		echo 0 >&3
		echo "$left"
	) 2> /dev/null
	[ "${left:-0}" -gt 0 ]
}

entries=$(cat /sys/kernel/debug/dma-api/num_free_entries)
echo $core > $driver/unbind
while n=$((n + 1)) && [ $n -lt 1000 ]; do
	with_fault $n && break
	[ -e $driver/$core ] || failed=$((failed + 1))
	[ -e $driver/$core ] && echo $core > $driver/unbind
	[ -e $driver/$core ] && break
done
[ -e $driver/$core ] || echo $core > $driver/bind

echo "# $((n - 1)) allocations failed in turn, $failed times it did not bind"
if [ $failed -gt 0 ] && [ $n -lt 1000 ] && [ -e $driver/$core ]; then
	echo "ok 1 bind: it binds after any failed allocation"
else
	echo "not ok 1 bind: it binds after any failed allocation"
	status=1
fi
if [ "$(cat /sys/kernel/debug/dma-api/num_free_entries)" = "$entries" ] &&
	[ ! -s $board/dma-copy-sg/errors ]; then
	echo "ok 2 bind: nothing is left mapped, the core is as it was"
else
	cat $board/dma-copy-sg/errors
	echo "not ok 2 bind: nothing is left mapped, the core is as it was"
	status=1
fi

exit $status
