#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Every allocation fails once, and every access to user memory, on a converter in
# each direction and of each kind of DMA; then the kernel looks for what nobody
# refers to any more. STRICT for a kernel that allocates nothing for debugging.

board=/sys/kernel/debug/axi-dmac-board
drivers=/sys/bus/platform/drivers
kmemleak=/sys/kernel/debug/kmemleak
status=0

# faults OUT OUT_DMA IN IN_DMA
faults() {
	"$TOOLS/iio_dmabuf_abi" --out "$1" --in "$3" --connected --unbind \
		--sink-bytes "$board/$1/received" \
		--sink-errors "$board/$1/mismatches" \
		--out-controller "$drivers/dma-axi-dmac/$2" \
		--in-controller "$drivers/dma-axi-dmac/$4" \
		--faults${STRICT:+-strict} --timeout 600 \
		--test "${TESTS:-*.fault_*}" || status=1
}

faults board-tx e0001000.dma-controller board-rx e0000000.dma-controller
[ -n "$QUICK" ] ||
	faults board-tx-sg e0003000.dma-controller \
		board-rx-reg e0002000.dma-controller

for errors in "$board"/*/errors; do
	[ -s "$errors" ] || continue
	sed 's/^/# /' "$errors"
	echo "not ok 1 $(basename "$(dirname "$errors")"): what the driver did is what the hardware takes"
	status=1
done

# Only the second look tells what was gone already at the first one
if [ -f $kmemleak ]; then
	sleep 6
	echo scan > $kmemleak
	sleep 6
	echo scan > $kmemleak
	cat $kmemleak > /run/leaks
	if [ -s /run/leaks ]; then
		head -100 /run/leaks | sed 's/^/# /'
		echo "not ok 1 memory that nobody refers to"
		status=1
	else
		echo "ok 1 no memory that nobody refers to"
	fi
fi

exit $status
