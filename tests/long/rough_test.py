# SPDX-License-Identifier: GPL-2.0-or-later
"""Disks whose requests fail: each of the first 200 of every kind."""

import sys
import unittest
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent / "scenario"))

# pylint: disable=wrong-import-position
import broken_disk  # noqa: E402


class Rough(unittest.TestCase):
    """Each error costs those who need what it befell."""

    def sound(self, disk, kinds):
        """Nothing is wrong with any of the runs."""
        for kind in kinds:
            for what, wrong in disk(kind, broken_disk.FIRST):
                with self.subTest(what=what):
                    self.assertEqual(wrong, "")

    def test_failing_requests_of_the_root_disk_harm_only_who_needs_them(self):
        self.sound(broken_disk.root, broken_disk.ROOT)

    def test_failing_requests_of_the_swap_disk_cost_the_pages_they_carry(self):
        self.sound(broken_disk.swap, broken_disk.SWAP)


if __name__ == "__main__":
    unittest.main()
