# SPDX-License-Identifier: GPL-2.0-or-later
"""The disk of the file server's tests: the same files in any format that mke2fs makes."""

import os
import struct
import subprocess
import tempfile
from pathlib import Path

from quirelib.image import TIME, _tool

SERIAL = "FSDISK"
BIG = 8 << 20
SMALL = 64 << 12
SIZE = "32M"
EXT2 = ("-t", "ext2", "-b", "4096")


def _files(folder):
    """The files that tests/server/file_client.c asks for."""
    (folder / "hello").write_bytes(b"hello, quire\n")
    (folder / "dir").mkdir()
    for name in "abc":
        (folder / "dir" / name).write_bytes(b"")
    (folder / "dir" / "up").symlink_to("..")
    (folder / "link").symlink_to("hello")
    (folder / "loop").symlink_to("loop")
    for name, size in (("big", BIG), ("bad", SMALL), ("cold", 4 * SMALL)):
        words = range(size // 4)
        (folder / name).write_bytes(struct.pack("<%dI" % len(words), *words))
    with open(folder / "holes", "wb") as file:
        for at in range(0, 64, 2):
            file.seek(at * 4096)
            file.write(bytes([at]) * 4096)
        file.truncate(70 * 4096 + 100)


def make(path, form=EXT2):
    """Make an image; `form` is mke2fs' options."""
    with tempfile.TemporaryDirectory(prefix="quire-disk-") as name:
        _files(Path(name))
        command = [_tool("mke2fs"), "-q", "-F", *form, "-E", "root_owner=0:0", "-d", name]
        env = dict(os.environ, E2FSPROGS_FAKE_TIME=TIME)
        subprocess.run([*command, str(path), SIZE], check=True, env=env, capture_output=True)


def sector(path, file, page):
    """Where a page of a file lies on an image with blocks of 4 KiB."""
    command = [_tool("debugfs"), "-R", "bmap %s %d" % (file, page), str(path)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return int(done.stdout) * 8
