# SPDX-License-Identifier: GPL-2.0-or-later
"""Power failures: at every flush, and ten between each two."""

import os
import sys
import unittest
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent / "scenario"))

# pylint: disable=wrong-import-position
import power  # noqa: E402

ARCH = os.environ.get("QUIRE_ARCH", "riscv64")


class Power(unittest.TestCase):
    """The workload runs to its end; then its log is cut off."""

    def test_no_failure_loses_what_was_synced(self):
        work, images, lost = power.try_one(ARCH, 5, points=1, each=10)
        self.assertEqual(work.status, 42)
        self.assertGreater(images, 800)
        self.assertEqual(lost, [])


if __name__ == "__main__":
    unittest.main()
