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

    def test_ten_measuring_runs_give_ten_identical_statistics(self):
        program = ["/bin/busybox", "md5sum", "/data"]
        options = ["--icount", "--mem", "24M", "--add", str(self.data)]
        first = scenario.run(ARCH, options, program)
        self.assertEqual(first.status, 0, first.stderr[-300:])
        for _ in range(9):
            again = scenario.run(ARCH, options, program)
            self.assertEqual((again.stdout, again.stats), (first.stdout, first.stats))

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
