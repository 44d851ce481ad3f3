#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# busybox.sh THIRD CROSS ARCH NAME - a static busybox for Linux into THIRD/ARCH/busybox, and
# the list of its applets beside it. ARCH is ours, NAME the one busybox knows it by.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
third=$(cd "$1" && pwd)
cross=$2
arch=$3
name=$4
work=$third/busybox-$arch.work

dsc=$("$here/fetch.sh" busybox "$third/dl")
echo "  BUILD	busybox" >&2
rm -rf "$work"
dpkg-source --no-copy -x "$dsc" "$work" >/dev/null 2>&1
export KCONFIG_NOTIMESTAMP=1 # the same binary tomorrow
(
    cd "$work"
    make -s "ARCH=$name" "CROSS_COMPILE=$cross" defconfig
    # tc needs headers that the cross compiler's C library lacks.
    sed -i 's/.*CONFIG_STATIC[ =].*/CONFIG_STATIC=y/; s/CONFIG_TC=y/# CONFIG_TC is not set/' .config
    yes '' | make -s "ARCH=$name" "CROSS_COMPILE=$cross" oldconfig || true
    "$here/check.sh" .config 1 '^CONFIG_STATIC=y'
    make -s -j2 "ARCH=$name" "CROSS_COMPILE=$cross" busybox busybox.links
) >"$third/busybox-$arch.log" 2>&1 || {
    tail -n 5 "$third/busybox-$arch.log" >&2
    exit 1
}
mkdir -p "$third/$arch"
"${cross}strip" -o "$third/$arch/busybox.new" "$work/busybox"
sed 's|.*/||' "$work/busybox.links" | sort -u >"$third/$arch/busybox.applets"
mv "$third/$arch/busybox.new" "$third/$arch/busybox"
rm -rf "$work"
