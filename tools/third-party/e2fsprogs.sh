#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# e2fsprogs.sh THIRD - libext2fs's sources, with what its own build generates, into
# THIRD/e2fsprogs/lib/{ext2fs,et}. lib/ext2fs/config.h stands in for the generated one.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
third=$(cd "$1" && pwd)
work=$third/e2fsprogs.work
new=$third/e2fsprogs.new

dsc=$("$here/fetch.sh" e2fsprogs "$third/dl")
echo "  CONFIG	libext2fs" >&2
rm -rf "$work" "$new" "$third/e2fsprogs"
dpkg-source --no-copy -x "$dsc" "$work" >/dev/null 2>&1
(
    cd "$work"
    ./configure --disable-nls --disable-uuidd --disable-fsck --disable-debugfs --disable-imager \
        --disable-resizer --disable-defrag --disable-fuse2fs --disable-tdb --disable-mmp \
        --disable-bmap-stats
    make -C util subst
    make -C lib/et
    make -C lib/ext2fs ext2_err.c ext2_err.h crc32c_table.h
) >"$third/e2fsprogs.log" 2>&1 </dev/null || {
    tail -n 5 "$third/e2fsprogs.log" >&2
    exit 1
}

mkdir -p "$new/lib"
cp -r "$work/lib/ext2fs" "$work/lib/et" "$new/lib/"
find "$new" -name '*.o' -delete

# The host's 32-bit types are not the target's.
types=$new/lib/ext2fs/ext2_types.h
sed -i -e 's/^#define __U32_TYPEDEF .*/#define __U32_TYPEDEF __UINT32_TYPE__/' \
    -e 's/^#define __S32_TYPEDEF .*/#define __S32_TYPEDEF __INT32_TYPE__/' "$types"
"$here/check.sh" "$types" 2 '_TYPEDEF __U?INT32_TYPE__$'

# An extent that ends with the file system's last block is valid: without this, freeing
# a file that owns that block fails and leaks it.
sed -i '/free_start + free_count/s/>= ext2fs_blocks_count/> ext2fs_blocks_count/' "$new/lib/ext2fs/punch.c"
"$here/check.sh" "$new/lib/ext2fs/punch.c" 1 '[^=]> ext2fs_blocks_count'

rm -rf "$work"
mv "$new" "$third/e2fsprogs"
touch "$third/e2fsprogs/.ready"
