#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Endurance, in the kernel that has to endure it: all converters stream at the
# same time, BYTES each. With a RATE they move so many bytes per second of the
# kernel's time; without one they are as fast as the CPU.
#
# Whatever the kernel can count is counted before and after: nothing may have
# grown. Before that everything was done once, for what stays from then on.

board=/sys/kernel/debug/axi-dmac-board
debug=/sys/kernel/debug
failed=0

fail() {
	echo "soak: $*"
	failed=1
}

# Objects that are free in their caches do not count, nor those that are freed
# after a grace period
settle() {
	sleep 3
	for cache in /sys/kernel/slab/*/shrink; do
		echo 1 > "$cache" 2>/dev/null
	done
}

# drivers bind|unbind DEVICE...
drivers() {
	action=$1
	shift
	for device in "$@"; do
		driver=axi-dmac-board-converter
		[ "${device%.dma-controller}" = "$device" ] || driver=dma-axi-dmac
		echo "$device" > "/sys/bus/platform/drivers/$driver/$action"
	done
}

# Name and number of what can leak. Without the drivers: a channel keeps some
# pages with descriptors for as long as it is there.
numbers() {
	users="converter-rx converter-tx converter-rx-reg converter-tx-sg"
	cores=
	for base in e0000000 e0001000 e0002000 e0003000; do
		cores="$cores $base.dma-controller"
	done
	# shellcheck disable=SC2086
	drivers unbind $users $cores
	count
	# shellcheck disable=SC2086
	drivers bind $cores $users
}

count() {
	settle
	awk '/^Total/ { print "DMABUFs", $2 }' $debug/dma_buf/bufinfo
	total=$(cat $debug/dma-api/nr_total_entries)
	echo "DMA-mappings $((total - $(cat $debug/dma-api/num_free_entries)))"
	# KASAN keeps what was freed for a while, as much as it likes
	grep -q '^CONFIG_KASAN=y' "$OUT/.config" ||
		awk 'NR > 2 { print $1, $2 }' /proc/slabinfo
	awk '/^(SUnreclaim|KernelStack|PageTables|VmallocUsed|Percpu):/ {
		print $1 "kB", $2 }' /proc/meminfo
}

# What has an owner comes in any number; the rest differs by what happens to be
# in use, such as the pages of a file that is being read.
compare() {
	awk '
	NR == FNR { before[$1] = $2; next }
	{ room = 64 + before[$1] / 50 }
	$1 ~ /^(DMABUFs|DMA-mappings)$/ { room = 0 }
	/kB/ { room = 1024 }
	$1 ~ /^(DMABUFs|DMA-mappings|SUnreclaim|kmalloc-(32|64|128|256|512|1k))/ {
		printf "  %-20s %8d before %8d after\n", $1, before[$1], $2 }
	$2 > before[$1] + room {
		printf "soak: %s has grown from %d to %d\n", $1, before[$1], $2
		grown = 1
	}
	END { exit grown }' "$1" "$2"
}

# Only the second look tells what was there already at the first one
leaks() {
	for _ in 1 2; do
		sleep 6
		echo scan > $debug/kmemleak
	done
	cat $debug/kmemleak
}

# all BYTES [OPTION...]: all converters at once
all() {
	size=$1 pids=
	shift
	for device in $DEVICES; do
		dir=out
		[ "${device#board-rx}" = "$device" ] || dir=in
		"$TOOLS/iio_soak" --device "$device" --dir $dir --bytes "$size" \
			--board "$board/$device" --seed "$SEED" "$@" &
		pids="$pids $!"
	done
	for pid in $pids; do
		wait "$pid" || failed=1
	done
}

set --
if [ -n "$RATE" ]; then
	set -- --rate "$RATE"
	for core in "$board"/dma-*/rate; do
		echo "$RATE" > "$core"
		echo 8388608 > "${core%rate}chunk"
	done
else
	set -- --every-byte --block-size 4M
fi

all "$WARM" "$@" > /run/warm
if [ $failed = 1 ]; then
	cat /run/warm
	exit 1
fi
echo clear > $debug/kmemleak
numbers > /run/before
all "$BYTES" "$@"
numbers > /run/after
compare /run/before /run/after || failed=1
leaks > /run/leaks
if [ -s /run/leaks ]; then
	fail "memory that nobody refers to"
	head -40 /run/leaks
fi
dmesg > /run/dmesg
"$TOP/scripts/splats" /run/dmesg > /run/log
if [ -s /run/log ]; then
	fail "the kernel says:"
	head -5 /run/log
fi
for errors in "$board"/*/errors; do
	[ -s "$errors" ] || continue
	fail "$errors: the driver did what the hardware does not take"
	cat "$errors"
done

exit $failed
