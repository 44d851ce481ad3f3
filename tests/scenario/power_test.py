# SPDX-License-Identifier: GPL-2.0-or-later
"""Power failures: a few of them; tests/long has all."""

import os
import tempfile
import unittest
from pathlib import Path

import power
import promises
from testlib import scenario, write_log

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

    def test_what_a_failure_left_is_refused_by_name_until_e2fsck_has_replayed_it(self):
        with tempfile.TemporaryDirectory(prefix="quire-power-") as folder:
            work = power.Workload(ARCH, 1, folder)
            contents = bytearray(work.before)
            for entry in work.log.entries[: len(work.log.entries) // 2]:
                write_log.apply(contents, entry)
            path = Path(folder, "image")
            path.write_bytes(contents)
            run = [ARCH, ["--disk", str(path)], ["/promises", promises.FOLDER, "1"]]
            done = scenario.run(*run)
            self.assertEqual(done.status, 125)
            self.assertIn("quire: file: the journal has to be replayed first: run e2fsck -p on the"
                          " image\n", done.stderr)
            self.assertEqual(path.read_bytes(), contents)
            self.assertLessEqual(promises.fsck(path, "-p")[0], 1)
            self.assertEqual(scenario.run(*run).status, 42)
            self.assertEqual(promises.fsck(path, "-fn")[0], 0)


if __name__ == "__main__":
    unittest.main()
