#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Anything at random, for FUZZ_SECONDS, on all converters of the simulated board and with
# their drivers unbound and bound meanwhile; SEED repeats it as far as that can be.

board=/sys/kernel/debug/axi-dmac-board
status=0

"$TOOLS/iio_fuzz" --unbind --seconds "${FUZZ_SECONDS:-60}" ${SEED:+--seed "$SEED"} ||
	status=1

# Who holds which lock, if something hangs
[ $status = 0 ] || dmesg | sed -n '/sysrq: Show Locks Held/,$s/^/# /p' | head -300

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
