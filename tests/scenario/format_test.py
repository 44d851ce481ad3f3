# SPDX-License-Identifier: GPL-2.0-or-later
"""The file server on every kind of disk: those that it reads, and those that it must refuse.

Each test boots the server with its client (tests/server/file_client.c); a disk that cannot
be used ends the machine with one line that says why.
"""

import json
import os
import struct
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tools"))

# pylint: disable=wrong-import-position
from quirelib import machine  # noqa: E402
from testlib import disk, guest  # noqa: E402
from testlib.result import FAILED, TOTAL, parse  # noqa: E402

SYSTEM = ROOT / "tests" / "server" / "file.dts"
SUPER = 1024  # where the superblock begins
BLOCKS, LOG_BLOCK, MAGIC, INCOMPAT = 4, 24, 56, 96  # fields of it
PLAIN = "^has_journal,^resize_inode,^metadata_csum,^64bit,^dir_index"


class Format(unittest.TestCase):
    """A test with an image of its own."""

    def setUp(self):
        holder = tempfile.TemporaryDirectory(prefix="quire-format-")
        self.addCleanup(holder.cleanup)
        self.image = Path(holder.name, "disk.img")

    def boot(self, *settings, memory=guest.LITTLE):
        arch = os.environ.get("QUIRE_ARCH", "riscv64")
        more = {"system": SYSTEM, "memory": memory, "image": str(self.image)}
        return guest.boot(arch, "init", TOTAL, settings=settings, **more)

    def serves(self, *form, settings=()):
        """All that the client asks is answered rightly."""
        disk.make(self.image, form)
        text = self.boot(*settings)
        found = parse("server", text)
        failed = [result for result in found if result.status == FAILED]
        self.assertFalse(failed, guest.fatal_line(text) or failed)

    def patch(self, at, form, *values):
        with open(self.image, "r+b") as file:
            file.seek(at)
            file.write(struct.pack(form, *values))

    def refused(self, reason):
        """The server says why, and the machine ends."""
        text = self.boot()
        self.assertIn(reason, text)
        self.assertTrue(guest.fatal_line(text))

    def test_ext2_with_blocks_of_1_kib_is_served(self):
        self.serves("-t", "ext2", "-b", "1024")

    def test_ext2_with_blocks_of_2_kib_is_served(self):
        self.serves("-t", "ext2", "-b", "2048")

    def test_ext4_with_extents_is_served(self):
        self.serves("-t", "ext4", "-b", "4096", "-O", PLAIN)

    def test_ext4_with_extents_and_small_blocks_is_served(self):
        self.serves("-t", "ext4", "-b", "1024", "-O", PLAIN)

    def test_ext4_as_it_is_made_by_default_is_served(self):
        self.serves("-t", "ext4", "-b", "4096")

    def test_a_small_cache_is_kept_and_enough(self):
        self.serves(*disk.EXT2, settings=["file.cache=512K"])

    def test_every_caching_policy_serves(self):
        for policy in ("fifo", "clock", "lru"):
            with self.subTest(policy):
                self.serves(*disk.EXT2, settings=["file.cache=1M", "file.policy=" + policy])

    def test_a_bad_sector_costs_the_page_it_is_in(self):
        disk.make(self.image)
        error = {"event": "read_aio", "iotype": "read", "errno": 5, "once": False}
        error["sector"] = disk.sector(self.image, "/bad", 20) + 3
        plain = machine.Machine._disk

        def damaged(*given):
            words = plain(*given)
            node = json.loads(words[1])
            node["file"] = {"driver": "blkdebug", "image": node["file"], "inject-error": [error]}
            return [words[0], json.dumps(node), *words[2:]]

        with mock.patch.object(machine.Machine, "_disk", staticmethod(damaged)):
            found = parse("server", self.boot("client.bad-page=20"))
        self.assertFalse([result for result in found if result.status == FAILED])

    def test_an_empty_disk_is_refused(self):
        self.image.write_bytes(bytes(1 << 20))
        self.refused("no ext2 file system")

    def test_a_disk_of_one_sector_is_refused(self):
        self.image.write_bytes(bytes(512))
        self.refused("too small")

    def test_another_magic_is_refused(self):
        disk.make(self.image)
        self.patch(SUPER + MAGIC, "<H", 0x1234)
        self.refused("no ext2 file system")

    def test_an_image_cut_off_is_refused(self):
        disk.make(self.image)
        os.truncate(self.image, 16 << 20)
        self.refused("larger than the disk")

    def test_large_blocks_are_refused(self):
        disk.make(self.image)
        self.patch(SUPER + LOG_BLOCK, "<I", 6)
        self.refused("superblock is malformed")

    def test_a_count_of_blocks_that_is_nonsense_is_refused(self):
        disk.make(self.image)
        self.patch(SUPER + BLOCKS, "<I", 0xFFFFFFFF)
        self.refused("larger than the disk")

    def test_inconsistent_groups_are_refused(self):
        disk.make(self.image)
        self.patch(SUPER + 40, "<I", 7)  # inodes of a group
        self.refused("malformed")

    def test_an_unknown_feature_is_refused(self):
        disk.make(self.image)
        self.patch(SUPER + INCOMPAT, "<I", 0x10002)
        self.refused("features unknown here (0x10000)")

    def test_a_journal_that_must_be_replayed_is_refused(self):
        disk.make(self.image, ("-t", "ext4", "-b", "4096"))
        with open(self.image, "rb") as file:
            file.seek(SUPER + INCOMPAT)
            features = struct.unpack("<I", file.read(4))[0]
        self.patch(SUPER + INCOMPAT, "<I", features | 4)
        self.refused("run e2fsck")

    def test_a_root_that_is_no_directory_is_refused(self):
        disk.make(self.image)
        table = self._inode_table()
        self.patch(table + 256, "<H", 0x8000)
        self.refused("the root directory is malformed")

    def _inode_table(self):
        """Where the first group's inodes lie: those of 256 bytes, the root is the second."""
        with open(self.image, "rb") as file:
            file.seek(4096 + 8)
            return struct.unpack("<I", file.read(4))[0] * 4096


if __name__ == "__main__":
    unittest.main()
