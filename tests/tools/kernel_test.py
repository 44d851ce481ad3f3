# SPDX-License-Identifier: GPL-2.0-or-later
"""The tools that look at the kernel: transcripts of its tests, lines that they reach."""

from kit import ROOT, RunnerCase

from testlib import gcov, guest
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


class Cover(RunnerCase):
    """What gcov counted, over several objects."""

    @staticmethod
    def answer(name, *lines):
        found = [{"line_number": number, "count": count,
                  "branches": [{"count": n} for n in branches]}
                 for number, count, branches in lines]
        return {"files": [{"file": str(ROOT / name), "lines": found}]}

    def counts(self, *answers):
        counts = gcov.Counts(ROOT, ("tests/",))
        for answer in answers:
            counts.add(answer)
        return counts

    def test_is_the_sum_of_all_objects(self):
        counts = self.counts(self.answer("Makefile", (1, 0, []), (2, 3, [3, 0]), (3, 0, [])),
                             self.answer("Makefile", (1, 5, []), (2, 1, [0, 1]), (3, 0, [])))
        self.assertEqual(counts.row("Make"), " 66.7 % of     3  100.0 % of     2")
        self.assertAlmostEqual(counts.share("Makefile"), 200 / 3)

    def test_names_the_lines_that_are_missing(self):
        counts = self.counts(self.answer("LICENSE", (1, 0, []), (2, 1, [])))
        text = (ROOT / "LICENSE").read_text(encoding="utf-8").splitlines()[0].strip()
        self.assertEqual(list(counts.missing()), ["LICENSE:1: " + text])

    def test_leaves_out_tests_and_what_is_elsewhere(self):
        counts = self.counts(self.answer("tests/README.md", (1, 1, [])),
                             self.answer("/usr/include/x.h", (1, 1, [])))
        self.assertEqual(counts.sources(), [])
