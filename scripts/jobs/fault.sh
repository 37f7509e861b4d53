#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Every allocation fails once, and every access to user memory, on a converter in
# each direction and of each kind of DMA; then the kernel looks for what nobody
# refers to any more. STRICT for a kernel that allocates nothing for debugging.

board=/sys/kernel/debug/axi-dmac-board
drivers=/sys/bus/platform/drivers
kmemleak=/sys/kernel/debug/kmemleak
status=0

# faults OUT IN OPTION...
faults() {
	out=$1 in=$2
	shift 2
	"$TOOLS/iio_dmabuf_abi" --out "$out" --in "$in" --connected --unbind \
		--sink-bytes "$board/$out/received" \
		--sink-errors "$board/$out/mismatches" --timeout 600 \
		--test "${TESTS:-*.fault_*}" "$@" || status=1
}

# axi_dmac OUT OUT_DMA IN IN_DMA
axi_dmac() {
	faults "$1" "$3" "--faults${STRICT:+-strict}" \
		--out-controller "$drivers/dma-axi-dmac/$2.dma-controller" \
		--in-controller "$drivers/dma-axi-dmac/$4.dma-controller"
}

axi_dmac board-tx e0001000 board-rx e0000000
if [ -z "$QUICK" ]; then
	axi_dmac board-tx-sg e0003000 board-rx-reg e0002000
	# It prepares each transfer anew
	faults board-tx-fifo board-rx-fifo --faults
fi
TESTS='*.two_enable_faults_at_one' faults board-xcvr board-xcvr --faults

for errors in "$board"/*/errors; do
	[ -s "$errors" ] || continue
	sed 's/^/# /' "$errors"
	echo "not ok 1 $(basename "$(dirname "$errors")"): what the driver did is what the hardware takes"
	status=1
done

# What kmemleak has found, without the names of DMA channels that the DMA engine
# core could not register: it frees the devices and forgets their names.
leaks() {
	awk '
	function flush() { if (block != "" && block !~ /dma[0-9]+chan[0-9]+/) printf "%s", block }
	/^unreferenced object/ { flush(); block = "" }
	{ block = block $0 "\n" }
	END { flush() }' $kmemleak
}

# Only the second look tells what was gone already at the first one
if [ -f $kmemleak ]; then
	for _ in 1 2; do
		sleep 6
		echo scan > $kmemleak
	done
	leaks > /run/leaks
	if [ -s /run/leaks ]; then
		head -100 /run/leaks | sed 's/^/# /'
		echo "not ok 1 memory that nobody refers to"
		status=1
	else
		echo "ok 1 no memory that nobody refers to"
	fi
fi

exit $status
