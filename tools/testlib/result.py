# SPDX-License-Identifier: GPL-2.0-or-later
"""What tests say, and how it is counted."""

import os
import re
import sys
import threading
from dataclasses import dataclass

PASSED, FAILED, SKIPPED = "ok", "FAIL", "skip"
LINE = re.compile(r"(ok|FAIL|skip) (\S.*)")
TOTAL = re.compile(r"\b([0-9]+) passed, ([0-9]+) failed\b")


@dataclass
class Result:
    """One test's outcome: `name` reads "kind group: sentence"."""

    status: str
    name: str
    detail: str = ""


def parse(kind, text):
    """The results in the lines that lib/test prints: `ok group: sentence`, and so on.

    A text whose total is missing or counts other than its lines is a failure of its own:
    the tests were cut short.
    """
    found = []
    total = None
    for line in text.splitlines():
        match = LINE.search(line)
        if match and ": " in match.group(2):
            sentence, _, detail = match.group(2).partition("  ")
            found.append(Result(match.group(1), "%s %s" % (kind, sentence), detail.strip()))
        total = TOTAL.search(line) or total
    counted = [sum(r.status == status for r in found) for status in (PASSED, FAILED)]
    if total is None:
        found.append(Result(FAILED, kind + " run", "it ended without a total"))
    elif [int(n) for n in total.groups()] != counted:
        found.append(Result(FAILED, kind + " run", "its total is %s" % total.group(0)))
    return found


class Tally:
    """Prints a line a test and counts; in continuous integration a skip is a failure."""

    def __init__(self, pattern, where=""):
        self.pattern = pattern
        self.where = where  # said behind each name
        self.counts = dict.fromkeys((PASSED, FAILED, SKIPPED), 0)
        self.failures = []
        self._lock = threading.Lock()
        self._colour = sys.stdout.isatty() and "NO_COLOR" not in os.environ

    def wanted(self, name):
        return not self.pattern or re.search(self.pattern, name) is not None

    def add(self, results):
        with self._lock:
            for result in results:
                if self.wanted(result.name) or (result.status == FAILED and not self.pattern):
                    self._add(result)

    def _add(self, result):
        if result.status == SKIPPED and os.environ.get("CI") == "true":
            result = Result(FAILED, result.name, "skipped: " + result.detail)
        self.counts[result.status] += 1
        if result.status == FAILED:
            self.failures.append(result)
        mark = {PASSED: "32", FAILED: "31", SKIPPED: "33"}[result.status]
        status = "\033[%sm%s\033[0m" % (mark, result.status) if self._colour else result.status
        print(status, result.name + self.where + ("  " + result.detail if result.detail else ""), flush=True)

    def finish(self):
        """Print the failures again and the total; return the exit status."""
        if self.failures and sum(self.counts.values()) > 20:
            print("\nfailed:")
            for result in self.failures:
                print("  %s%s  %s" % (result.name, self.where, result.detail))
        total = (self.counts[PASSED], self.counts[FAILED], self.counts[SKIPPED])
        print("%d passed, %d failed, %d skipped" % total)
        return 0 if self.counts[FAILED] == 0 and sum(self.counts.values()) > 0 else 1
