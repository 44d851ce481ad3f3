# SPDX-License-Identifier: GPL-2.0-or-later
"""The tools that look at the kernel: transcripts of its tests."""

from kit import RunnerCase

from testlib import guest
from testlib.result import FAILED, PASSED


class Transcripts(RunnerCase):
    """What a kernel test saw on two kernels."""

    SUM = "saw ep: calls: 3 answers, 0123456789abcdef\n"
    TEXT = "ok ep: calls\n" + SUM + "1 passed, 0 failed\n"

    def test_are_the_same(self):
        self.assertEqual(guest.compared("ep", self.TEXT, self.TEXT).status, PASSED)

    def test_differ_in_an_answer(self):
        for other in ("saw ep: calls: 4 answers, 0123456789abcdef\n",
                      "saw ep: calls: 3 answers, 1123456789abcdef\n", ""):
            found = guest.compared("ep", self.TEXT, self.TEXT.replace(self.SUM, other))
            self.assertEqual(found.status, FAILED)
            self.assertIn("ep: calls: other answers", found.detail)

    def test_of_a_test_that_fails_the_slow_way_is_a_failure(self):
        slow = self.TEXT.replace("ok ep", "FAIL ep").replace("1 passed, 0", "0 passed, 1")
        self.assertIn("ep: calls", guest.compared("ep", self.TEXT, slow).detail)

    def test_that_are_missing_are_a_failure(self):
        nothing = self.TEXT.replace(self.SUM, "")
        self.assertEqual(guest.compared("ep", nothing, nothing).status, FAILED)
