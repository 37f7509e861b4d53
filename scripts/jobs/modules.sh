#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The first process of a stock kernel that scripts/modules-test boots: loads what was
# built for it, has the samples use the library, unloads everything, in TAP. All else
# that there is in this root is busybox, and the modules: in /order in the order in
# which they must be loaded, as "KIND PATH". The kernel's log goes to ttyS1.

/bin/busybox --install -s /bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
mount -t tracefs tracefs /sys/kernel/tracing
trace=/sys/kernel/tracing
iio=/sys/bus/iio/devices
num=1

# is NAME COMMAND...: ends well
is() {
	name=$1
	shift
	if "$@" > /out 2>&1; then
		echo "ok $num $name"
	else
		sed 's/^/# /' /out
		echo "not ok $num $name"
	fi
	num=$((num + 1))
}

# of KIND: the modules of a kind, in order
of() {
	sed -n "s/^$1 //p" /order
}

# backwards KIND: the last one first
backwards() {
	of "$1" | sed '1!G;h;$!d'
}

# each COMMAND ORDER KIND: ends well with each module, whatever became of others
each() {
	bad=0
	for module in $("$2" "$3"); do
		"$1" "$module" || bad=1
	done
	return $bad
}

unload() {
	rmmod "$(basename "$1" .ko)"
}

# The number of times that the client has said what it says when all is well
verified() {
	dmesg | grep -c 'dma-vec-client: 1 MiB went through the provider and back, verified'
}

verified_times() {
	[ "$(verified)" = "$1" ]
}

traced() {
	for event in map truncate unmap; do
		grep "dma_vec_$event" $trace/trace || { cat $trace/trace; return 1; }
	done
}

# A converter which is registers without hardware behind them. Its driver, one of those
# that were built again, reads samples when told to, and buffers them.
stub_converter() {
	insmod /modules/i2c-dev.ko && insmod /modules/i2c-stub.ko chip_addr=0x50 || return
	for i2c in /sys/bus/i2c/devices/i2c-*; do
		grep -q stub "$i2c/name" && break
	done
	i2cset -y "${i2c##*-}" 0x50 0 0x3402 w
	echo adc121c 0x50 > "$i2c/new_device"
	echo 1 > $iio/iio_sysfs_trigger/add_trigger
}

buffered_samples() {
	stub_converter || return
	echo sysfstrig1 > $iio/iio:device0/trigger/current_trigger
	echo 1 > $iio/iio:device0/scan_elements/in_voltage_en
	echo 1 > $iio/iio:device0/buffer/enable
	for _ in 1 2 3 4; do
		echo 1 > $iio/trigger0/trigger_now
		timeout 10 head -c 2 /dev/iio:device0 | hexdump -e '"%04x\n"' >> /samples
	done
	cat /samples
	echo 0 > $iio/iio:device0/buffer/enable
	echo 1 > $iio/iio_sysfs_trigger/remove_trigger
	echo 0x50 > "$i2c/delete_device"
	rmmod i2c-stub && rmmod i2c-dev && [ "$(xargs < /samples)" = '0234 0234 0234 0234' ]
}

none_left() {
	! lsmod | grep -E '^(dma_vec|dma_axi_dmac|industrialio)'
}

echo "# $(uname -srm)"
echo "# not shown: KUnit suites, streams by the AXI-DMAC core (no KUnit, no OF in this kernel)"
echo '<6>modules-test: begin' > /dev/kmsg

is "what they need of the kernel's own loads" each insmod of kernel
for module in $(of new); do
	is "$(basename "$module") loads" insmod "$module"
done

is "the sample client sent memory through the provider and back" verified_times 1
is "the client unloads" rmmod dma-vec-client
echo 1 > $trace/events/dma_vec/enable
is "the client loads again" insmod /modules/dma-vec-client.ko
is "and so did it then" verified_times 2
is "the library's trace events say how" traced
echo 0 > $trace/events/dma_vec/enable

is "$(of again | wc -l) modules that were built again load" each insmod of again
is "one of them reads samples into a buffer" buffered_samples
is "and unload" each unload backwards again
for module in $(backwards new); do
	is "$(basename "$module") unloads" unload "$module"
done
is "the kernel's own unload" each unload backwards kernel
is "nothing is left" none_left

echo '<6>modules-test: end' > /dev/kmsg
dmesg -r > /dev/ttyS1
echo "# end $((num - 1))"
sync
poweroff -f
