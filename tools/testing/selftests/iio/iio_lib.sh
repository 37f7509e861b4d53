# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# TAP for the shell scripts of this directory, which source this file.

KSFT_SKIP=4

tap_num=0
tap_failed=0
tap_tmp=

tap_cleanup()
{
	[ -n "$tap_tmp" ] && rm -rf "$tap_tmp"
}

tap_start()
{
	echo "TAP version 13"
	tap_tmp=$(mktemp -d) || exit 1
	trap tap_cleanup EXIT
}

# tap_skip_all REASON
tap_skip_all()
{
	echo "TAP version 13"
	echo "1..0 # SKIP $*"
	exit $KSFT_SKIP
}

# Output of a program becomes a comment.
tap_comment()
{
	sed 's/^/# /'
}

# tap_result STATUS NAME: 0 is ok, the skip code is a skip, all else is not ok
tap_result()
{
	tap_num=$((tap_num + 1))
	case $1 in
	0)
		echo "ok $tap_num $2" ;;
	"$KSFT_SKIP")
		echo "ok $tap_num # SKIP $2" ;;
	*)
		echo "not ok $tap_num $2"
		tap_failed=$((tap_failed + 1)) ;;
	esac
}

# tap_run NAME COMMAND...: what it prints is shown if it fails
tap_run()
{
	tap_name=$1
	shift
	"$@" > "$tap_tmp/out" 2>&1
	tap_status=$?
	[ $tap_status = 0 ] || tap_comment < "$tap_tmp/out"
	tap_result $tap_status "$tap_name"
}

tap_end()
{
	echo "1..$tap_num"
	echo "# Totals: $((tap_num - tap_failed)) ok, $tap_failed not ok"
	[ $tap_failed = 0 ]
}
