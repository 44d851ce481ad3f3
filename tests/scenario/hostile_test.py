# SPDX-License-Identifier: GPL-2.0-or-later
"""Programs and disks damaged at random: a few seeds; tests/long has the many."""

import unittest

import hostile


class Hostile(unittest.TestCase):
    """Each seed another damage."""

    def test_a_damaged_program_costs_its_own_run_only(self):
        for seed in range(12):
            with self.subTest(seed=seed):
                self.assertEqual(hostile.program(seed), "")

    def test_a_damaged_disk_is_named_or_read_around(self):
        for seed in range(12):
            with self.subTest(seed=seed):
                self.assertEqual(hostile.disk(seed), "")


if __name__ == "__main__":
    unittest.main()
