# SPDX-License-Identifier: GPL-2.0-or-later
"""Power failures: a few of them; tests/long has all."""

import os
import unittest

import power

ARCH = os.environ.get("QUIRE_ARCH", "riscv64")


class Power(unittest.TestCase):
    """The workload runs to its end; then its log is cut off."""

    def test_a_failure_loses_nothing_that_was_synced(self):
        work, images, lost = power.try_one(ARCH, 2, points=8, each=3)
        self.assertEqual(work.status, 42)
        self.assertGreaterEqual(images, 20)
        self.assertEqual(lost, [])

    def test_the_same_test_fails_if_the_guest_leaves_its_flushes_out(self):
        work, _, lost = power.try_one(ARCH, 2, uncached=True, each=10)
        self.assertEqual(work.status, 42)
        self.assertFalse([entry for entry in work.log.entries if entry.flush])
        self.assertTrue([text for text in lost if "is gone" in text or "differs" in text], lost)


if __name__ == "__main__":
    unittest.main()
