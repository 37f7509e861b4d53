#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The kernel's own dmatest, on the cores of the board that copy: it knows nothing of
# this driver, and each of its threads sums up what it has found.

board=/sys/kernel/debug/axi-dmac-board
params=/sys/module/dmatest/parameters
status=0 num=1

result() {
	echo "$1 $num dmatest: $2"
	[ "$1" = ok ] || status=1
	num=$((num + 1))
}

# since: what dmatest has said since the mark
since() {
	dmesg | sed "1,/$mark/d" | grep -o 'dmatest: .*'
}

# run NAME THREADS TESTS PARAMETER=VALUE...: on all channels that offer to copy
run() {
	name=$1 threads=$2 tests=$3
	shift 3
	mark="dmatest job, run $num:"
	echo "$mark" > /dev/kmsg
	for pair in iterations="$tests" test_buf_size=16384 threads_per_chan=1 device= \
		norandom=N polled=N timeout=20000 "$@"; do
		echo "${pair#*=}" > "$params/${pair%%=*}"
	done
	echo 1 > "$params/run"
	# Its parameter "wait" does not wait for threads that have not begun yet
	left=600
	while [ "$(since | grep -c ': summary ')" -lt "$threads" ] && [ $left -gt 0 ]; do
		sleep 0.2
		left=$((left - 1))
	done
	since | sed -n 's/^dmatest: \(.*summary\)/# \1/p'
	if [ "$(since | grep -c ": summary $tests tests, 0 failures")" = "$threads" ]; then
		result ok "$name"
	else
		since | tail -20 | sed 's/^/# /'
		result "not ok" "$name"
	fi
	echo 0 > "$params/run"
}

# All that offer to copy, and nothing else: converters would wait for a stream
run "random copies, all channels" 2 "${COPIES:-2000}"
run "registers" 1 "${COPIES:-2000}" device=e0006000.dma-controller
run "scatter-gather, four threads" 4 "${COPIES:-2000}" device=e0007000.dma-controller \
	threads_per_chan=4
run "long copies" 2 20 test_buf_size=2097152 norandom=Y
run "polling" 2 20 polled=Y

# What the driver shows of a core must not take anything away from it
registers=/sys/kernel/debug/dmaengine/e0007000.dma-controller/registers
if grep -q '^version = 0x00040565$' $registers && ! grep -q partial $registers; then
	result ok "registers in debugfs"
else
	sed 's/^/# /' $registers
	result "not ok" "registers in debugfs"
fi

for core in dma-copy dma-copy-sg; do
	if [ -s "$board/$core/errors" ]; then
		sed 's/^/# /' "$board/$core/errors"
		result "not ok" "$core: what the driver did is what the hardware takes"
	else
		result ok "$core: what the driver did is what the hardware takes"
	fi
done

exit $status
