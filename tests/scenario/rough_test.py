# SPDX-License-Identifier: GPL-2.0-or-later
"""Disks whose requests fail, that are full, and that vanish: a few; tests/long has all."""

import tempfile
import unittest
from pathlib import Path

import broken_disk
import promises
from testlib import rough

SOME = broken_disk.FIRST[::20]


class Rough(unittest.TestCase):
    """Each error costs those who need what it befell."""

    def sound(self, found):
        """Nothing is wrong with any of the runs."""
        self.assertEqual([(what, wrong) for what, wrong in found if wrong], [])

    def test_failing_reads_of_the_root_disk_harm_only_who_needs_them(self):
        self.sound(broken_disk.root("read", SOME))

    def test_failing_writes_of_the_root_disk_are_told_and_lose_nothing_synced(self):
        self.sound(broken_disk.root("write", SOME))

    def test_failing_flushes_are_told_and_lose_nothing_synced(self):
        self.sound(broken_disk.root("flush", SOME))

    def test_failing_reads_of_the_swap_disk_cost_the_pages_read(self):
        self.sound(broken_disk.swap("read", SOME))

    def test_failing_writes_of_the_swap_disk_cost_the_pages_written(self):
        self.sound(broken_disk.swap("write", SOME))

    def test_a_root_disk_that_vanishes_is_an_error_to_all_who_need_it(self):
        with tempfile.TemporaryDirectory(prefix="quire-broken-") as folder:
            disk = broken_disk.Root(folder)
            done = disk.promises({"vanishes": "is f1 "}, 4)
            wrong = broken_disk.judge_root(done, disk.path, rough.FOR_EVER, "write")
        self.assertEqual(wrong, "")
        self.assertIn("the volume is read-only now: the device reported an error", done.stderr)
        self.assertRegex(done.stdout, rb"(?s)\nerror .*\nend\n")

    def test_a_swap_disk_that_vanishes_costs_the_pages_that_were_out(self):
        with tempfile.TemporaryDirectory(prefix="quire-broken-") as folder:
            done = broken_disk.swapping({"vanishes": "filled"}, Path(folder, "disk"))
        self.assertEqual(broken_disk.judge_swap(done, rough.FOR_EVER), "")
        self.assertIn(b" lost", done.stdout)

    def test_who_writes_without_a_sync_learns_that_nothing_can_be_written(self):
        with tempfile.TemporaryDirectory(prefix="quire-broken-") as folder:
            disk = broken_disk.Root(folder)
            write = ["/busybox", "dd", "if=/dev/zero", "of=/w/data", "bs=64k", "count=128"]
            done = disk.run(rough.nth("write", 3, rough.FOR_EVER), [*write, "conv=notrunc"])
            lost = promises.kept(disk.path, [], whole=False)
        self.assertEqual((done.status, lost), (1, []), done.stderr)
        self.assertRegex(done.stderr, "dd: .*(I/O error|Input/output error|Read-only file system)")
        self.assertIn("not all that was written is on the disk", done.stderr)


if __name__ == "__main__":
    unittest.main()
