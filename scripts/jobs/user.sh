#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The programs for user space, on the simulated board, and those of libiio: on the
# same machine, and over the network.

board=/sys/kernel/debug/axi-dmac-board
status=0

export IIO_STREAM="$TOOLS/iio_stream"
export IIO_SINK_BYTES="$board/%s/received" IIO_SINK_ERRORS="$board/%s/mismatches"
cd "$TOP/tools/testing/selftests/iio" || exit 1

# abi OUT IN OPTIONS CORES...: the contract of the ioctls, on two devices
abi() {
	out=$1 in=$2 opts=$3
	shift 3
	logs=
	for core in "$@"; do
		logs="$logs --log $board/$core/errors"
	done
	[ -e "$board/$1/quiesce_ticks" ] &&
		opts="$opts --out-hold $board/$1/quiesce_ticks --in-hold $board/$2/quiesce_ticks
			--out-counters $board/$1/counters"
	# shellcheck disable=SC2086
	"$TOOLS/iio_dmabuf_abi" --in "$in" --out "$out" --connected --unbind $opts \
		--sink-bytes "$board/$out/received" \
		--sink-errors "$board/$out/mismatches" $logs || status=1
}

if [ -n "$QUICK" ]; then
	export IIO_BLOCK_SIZES="4K 1M" IIO_BYTES=2097152
	export IIO_DEVICES="board-rx board-tx board-rx-fifo board-tx-fifo"
	export IIO_LOOPBACK="board-tx:board-rx"
else
	# Blocks of powers of two are nothing for three channels
	export IIO_DEVICES="board-rx board-tx board-rx-reg board-tx-sg board-xcvr
		board-rx-fifo board-tx-fifo"
	export IIO_LOOPBACK="board-tx:board-rx board-tx-sg:board-rx-reg
		board-tx-fifo:board-rx-fifo"
fi

"$TOOLS/iio_pattern" || status=1
"$TOOLS/iio_net" --in board-rx in_voltage_test_mode=ramp || status=1
./run_iio.sh || status=1
abi board-tx board-rx "" dma-tx dma-rx
[ -n "$QUICK" ] || abi board-tx board-rx "--heap board-scattered" dma-tx dma-rx
mkdir /run/memcg
mount -t cgroup2 none /run/memcg 2> /dev/null &&
	abi board-tx board-rx "--heap board-scattered --with memcg --test *.attach_is_charged
		--test *.attach_until_limit" dma-tx dma-rx
# Once is enough for what takes a while
less="--skip *.status_while_enqueued --skip *.nonblock_beside_others
	--skip *.wait_enqueue_*"
abi board-tx-sg board-rx-reg "$less" dma-tx-sg dma-rx-reg
abi board-tx-fifo board-rx-fifo "$less --with channel" dma-tx-fifo dma-rx-fifo
abi board-xcvr board-xcvr "--test *.two_*" dma-xcvr-tx dma-xcvr-rx
abi board-tx-three board-rx "--test out.write_*" dma-tx-three
./client_coreutils.sh --in board-rx --out board-tx || status=1
./client_coreutils.sh --out board-tx-three || status=1
./client_libiio.sh --in board-rx --out board-tx --connected \
	--capture $board/board-tx/capture || status=1
# The server is not installed, and has its libraries with it
LD_LIBRARY_PATH=$(echo "$IIOD"/usr/lib/*-linux-gnu*) \
	./client_libiio.sh --in board-rx --out board-tx --connected \
	--capture $board/board-tx/capture --iiod "$IIOD/usr/sbin/iiod" || status=1

# The model of the core has an opinion of the driver too
for errors in "$board"/*/errors; do
	core=$(basename "$(dirname "$errors")")
	if [ -s "$errors" ]; then
		sed 's/^/# /' "$errors"
		echo "not ok 1 $core: what the driver did is what the hardware takes"
		status=1
	else
		echo "ok 1 $core: what the driver did is what the hardware takes"
	fi
done

exit $status
