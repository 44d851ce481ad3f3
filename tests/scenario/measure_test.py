# SPDX-License-Identifier: GPL-2.0-or-later
"""Measuring runs and policies: what must be equal is, what must differ does."""

import os
import random
import tempfile
import unittest
from pathlib import Path

from quirelib import tree
from testlib import scenario

ARCH = os.environ.get("QUIRE_ARCH", "riscv64")
TASK = tree.Build(ARCH).file("task")
PAGES, REFERENCES = 1024, 20000
SLOW = ({}, {"slow": 500}, {"slow": 100})  # requests a second


class Measure(unittest.TestCase):
    """Runs compared with one another."""

    def setUp(self):
        holder = tempfile.TemporaryDirectory(prefix="quire-measure-")
        self.addCleanup(holder.cleanup)
        self.data = Path(holder.name) / "data"
        self.data.write_bytes(random.Random(5).randbytes(PAGES * 4096))

    def run_zipf(self, *options):
        add = ["--add", str(TASK / "zipf"), "--add", str(self.data)]
        program = ["/zipf", "/data", str(PAGES), str(REFERENCES)]
        done = scenario.run(ARCH, [*add, *options], program)
        self.assertEqual(done.status, 0, done.stderr[-300:])
        return done

    def ten_runs(self, options, program, status=0):
        """Ten measuring runs, some on disks that take long, must be one; return it."""
        options = ["--icount", *options]
        first = scenario.run(ARCH, options, program)
        self.assertEqual(first.status, status, first.stderr[-300:])
        for number in range(9):
            slow = SLOW[number % len(SLOW)]
            again = scenario.run(ARCH, options, program, disks={"fs": slow, "swap": slow})
            self.assertEqual((again.stdout, again.stats), (first.stdout, first.stats))
        return first

    def test_ten_measuring_runs_give_ten_identical_statistics(self):
        options = ["--mem", "24M", "--add", str(self.data)]
        self.ten_runs(options, ["/bin/busybox", "md5sum", "/data"])

    def test_ten_measuring_runs_that_write_give_ten_identical_statistics(self):
        options = ["--mem", "24M", "--add", str(self.data)]
        done = self.ten_runs(options, ["/bin/busybox", "cp", "/data", "/copy"])
        self.assertGreater(done.stats["disk"]["writes"], 0)

    def test_ten_measuring_runs_that_swap_give_ten_identical_statistics(self):
        options = ["--mem", "16M", "--swap", "32M", "--add", str(TASK / "overfill")]
        done = self.ten_runs(options, ["/overfill", "20", "2000"], status=42)
        self.assertGreater(done.stats["swap"]["in"], 0)

    def test_policies_change_the_counts_and_not_the_output(self):
        done = {
            policy: self.run_zipf("--icount", "--set", "pager.policy=" + policy,
                                  "--set", "pager.resident=1M", "--set", "pager.fault-around=1")
            for policy in ("fifo", "clock", "lru")
        }
        self.assertEqual(len({d.stdout for d in done.values()}), 1)
        faults = {policy: sum(d.stats["faults"].values()) for policy, d in done.items()}
        self.assertEqual(len(set(faults.values())), 3, faults)
        self.assertLess(faults["lru"], faults["fifo"])

    def test_a_resident_limit_is_the_reason_for_evictions(self):
        free = self.run_zipf("--icount")
        held = self.run_zipf("--icount", "--set", "pager.resident=1M")
        self.assertEqual(free.stdout, held.stdout)
        self.assertEqual(free.stats["evictions"]["clean"], 0)
        self.assertGreater(held.stats["evictions"]["clean"], 0)


if __name__ == "__main__":
    unittest.main()
