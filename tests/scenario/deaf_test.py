# SPDX-License-Identifier: GPL-2.0-or-later
"""A supervisor that ignores pressure loses speed, no byte, and its neighbours hardly notice."""

import os
import re
import unittest

from quirelib import tree
from testlib import scenario

ARCH = os.environ.get("QUIRE_ARCH", "riscv64")
TASK = tree.Build(ARCH).file("task")
SIZES = ("2", "6")  # of the neighbour, MiB
OPTIONS = ["--icount", "--mem", "24M", "--swap", "64M", "--add", str(TASK / "overfill")]


class Deaf(unittest.TestCase):
    """/overfill holds more than there is; `pager.deaf` names whose supervisor is deaf."""

    def test_a_deaf_supervisor_loses_no_byte(self):
        options = [*OPTIONS, "--set", "pager.deaf=/overfill"]
        done = scenario.run(ARCH, options, ["/overfill", "32", "3000"], deadline=120)
        self.assertEqual(done.status, 42, done.stderr[-300:])
        self.assertEqual(done.stats["evictions"]["anon"], 0)
        self.assertGreater(done.stats["swap"]["out"], 4000)
        self.assertGreater(done.stats["faults"]["swapin"], 4000)

    def life(self, size, deaf):
        """What a neighbour needs, by its own clock."""
        options = [*OPTIONS, "--set", "pager.deaf=" + deaf, "--add", str(TASK / "steady")]
        options += ["--also", "/overfill 24 200000"]
        done = scenario.run(ARCH, options, ["/steady", size, "400000"], deadline=120)
        self.assertEqual(done.status, 42, done.stderr[-300:])
        self.assertGreater(done.stats["swap"]["out"], 1000)
        took = re.search(rb"steady: 0 wrong, (\d+) ns", done.stdout)
        self.assertIsNotNone(took, done.stdout)
        return int(took[1])

    def test_a_deaf_supervisor_slows_its_neighbours_by_less_than_a_tenth(self):
        for size in SIZES:
            with self.subTest(size=size):
                heeding, deaf = self.life(size, "/none"), self.life(size, "/overfill")
                self.assertLess(deaf, 1.1 * heeding)

    def test_two_deaf_supervisors_lose_no_byte_beside_each_other(self):
        options = [*OPTIONS, "--set", "pager.deaf=/overfill", "--also", "/overfill 12 3000 7"]
        done = scenario.run(ARCH, options, ["/overfill", "20", "3000"], deadline=120)
        self.assertEqual(done.status, 42, done.stderr[-300:])
        self.assertIn(b"3072 pages, 3000 touches: 0 wrong", done.stdout)
        self.assertEqual(done.stats["evictions"]["anon"], 0)


if __name__ == "__main__":
    unittest.main()
