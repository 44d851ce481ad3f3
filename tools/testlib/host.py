# SPDX-License-Identifier: GPL-2.0-or-later
"""Tests that run here: the C units under sanitizers, and the tools' own."""

import subprocess
import unittest

from testlib.result import FAILED, PASSED, SKIPPED, Result, parse

SECONDS = 1200


def unit(path):
    """Run one host unit program."""
    kind = "unit"
    try:
        done = subprocess.run(
            [str(path)], capture_output=True, timeout=SECONDS, check=False, stdin=subprocess.DEVNULL
        )
    except subprocess.TimeoutExpired:
        return [Result(FAILED, "unit %s" % path.name, "no end after %d seconds" % SECONDS)]
    found = parse(kind, done.stdout.decode(errors="replace"))
    failed = any(result.status == FAILED for result in found)
    if done.returncode and not failed or "run" in found[-1].name.split():
        said = done.stderr.decode(errors="replace").strip().splitlines()
        summary = next((line for line in said if "ERROR" in line or "runtime error" in line), "")
        found.append(
            Result(FAILED, "unit %s" % path.name, "status %d %s" % (done.returncode, summary))
        )
    return found


class _Collector(unittest.TestResult):
    """Python's tests in the form of ours."""

    def __init__(self, kind):
        super().__init__()
        self.kind = kind
        self.found = []

    def _take(self, status, test, detail=""):
        sentence = str(test.id()).rpartition(".")[2].removeprefix("test_").replace("_", " ")
        group = type(test).__name__.lower()
        self.found.append(Result(status, "%s %s: %s" % (self.kind, group, sentence), detail))

    def addSuccess(self, test):
        self._take(PASSED, test)

    def addFailure(self, test, err):
        text = str(err[1]).strip().splitlines() or [err[0].__name__]
        self._take(FAILED, test, " ".join(text[:3]))

    def addError(self, test, err):
        self._take(FAILED, test, "%s: %s" % (err[0].__name__, err[1]))

    def addSkip(self, test, reason):
        self._take(SKIPPED, test, reason)

    def addSubTest(self, test, subtest, err):
        if err is not None:
            self._take(FAILED, test, "%s: %s" % (subtest._subDescription(), err[1]))


def python(kind, path, wanted):
    """Run one file of Python's unit tests."""
    loader = unittest.TestLoader()
    suite = loader.discover(str(path.parent), pattern=path.name)
    collector = _Collector(kind)
    for test in _flat(suite):
        named = _Collector(kind)
        named._take(PASSED, test)
        if wanted(named.found[0].name) or type(test).__name__ == "_FailedTest":
            test.run(collector)
    return collector.found


def _flat(suite):
    for item in suite:
        if isinstance(item, unittest.TestSuite):
            yield from _flat(item)
        else:
            yield item
