#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# libfdt.sh THIRD - libfdt's sources, from u-boot's package, into THIRD/libfdt.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
third=$1

"$here/fetch.sh" u-boot "$third/dl" >/dev/null
rm -rf "$third/libfdt.new" "$third/libfdt"
mkdir -p "$third/libfdt.new"
tar -C "$third/libfdt.new" -xf "$(find "$third/dl" -name 'u-boot_*.orig.tar.*' | sort -V | grep -v '\.asc$' | tail -n 1)" \
    --wildcards --strip-components=4 '*/scripts/dtc/libfdt/*'
# int32_t is long for one of the ports' compilers, int for the prototype.
sed -i 's/^int32_t fdt_ro_probe_/int fdt_ro_probe_/' "$third/libfdt.new/fdt.c"
"$here/check.sh" "$third/libfdt.new/fdt.c" 1 '^int fdt_ro_probe_'
mv "$third/libfdt.new" "$third/libfdt"
touch "$third/libfdt/.ready"
