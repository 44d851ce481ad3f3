# SPDX-License-Identifier: GPL-2.0-or-later
"""Programs and disks damaged at random: many seeds."""

import sys
import unittest
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent / "scenario"))

# pylint: disable=wrong-import-position
import hostile  # noqa: E402

SEEDS = range(1000, 1300)


class Hostile(unittest.TestCase):
    """Each seed another damage."""

    def test_damaged_programs_cost_their_own_runs_only(self):
        for seed in SEEDS:
            with self.subTest(seed=seed):
                self.assertEqual(hostile.program(seed), "")

    def test_damaged_disks_are_named_or_read_around(self):
        for seed in SEEDS:
            with self.subTest(seed=seed):
                self.assertEqual(hostile.disk(seed), "")


if __name__ == "__main__":
    unittest.main()
