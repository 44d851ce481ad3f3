# SPDX-License-Identifier: GPL-2.0-or-later
"""Scenarios: a run of tools/quire, what is expected of it, a deadline.

tests/scenario/README.md says how a file reads. Python scenarios, for what needs two runs
or a computation, use `run` from here.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

from quirelib import tree
from quirelib.session import FATAL
from testlib import files, rough
from testlib.result import FAILED, PASSED, Result

DEADLINE = 60
KEYS = {
    *("name", "run", "program", "stdin", "status", "stdout", "stdout_has", "stderr_has"),
    *("stderr_lacks", "stats", "deadline", "files", "on"),
}


@dataclass
class Done:
    """A run that is over."""

    status: int
    stdout: bytes
    stderr: str
    stats: dict


def run(arch, options, program, stdin=b"", deadline=DEADLINE, disks=None):
    """Run a program on Quire, perhaps on rough `disks`; return what came of it."""
    quire = rough.command(disks) if disks else [sys.executable, str(tree.ROOT / "tools" / "quire")]
    with tempfile.TemporaryDirectory(prefix="quire-test-") as folder:
        path = os.path.join(folder, "stats.json")
        command = [*quire, "run", "--arch", arch]
        command += ["--timeout", str(deadline), "--stats", path, *options, "--", *program]
        how = {"stdin": subprocess.DEVNULL} if not stdin else {"input": stdin}
        done = subprocess.run(
            command, capture_output=True, timeout=deadline + 30, check=False, **how
        )
        try:
            stats = json.loads(Path(path).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            stats = {}
    return Done(done.returncode, done.stdout, done.stderr.decode(errors="replace"), stats)


def lookup(stats, path):
    """A value of the statistics by its dotted path; KeyError if there is none."""
    for name in path.split("."):
        stats = stats[int(name)] if isinstance(stats, list) else stats[name]
    return stats


def holds(claim, stats):
    """Whether a claim like `disk.reads == disk.qemu_reads` is true of the statistics."""
    text = re.sub(
        r"'[^']*'|[a-z_]\w*(?:\.\w+)+|mem_bytes",
        lambda m: m.group(0) if m.group(0)[0] == "'" else repr(lookup(stats, m.group(0))),
        claim,
    )
    return bool(eval(text, {"__builtins__": {}}, {}))  # pylint: disable=eval-used


@dataclass
class Case:
    """One run and its expectations."""

    name: str
    given: dict
    shared: dict = field(default_factory=dict)

    def run(self, arch):
        with tempfile.TemporaryDirectory(prefix="quire-test-") as folder:
            places = files.Places(arch, folder)
            places.make({**self.shared, **self.given.get("files", {})})
            problem = self._problem(arch, places)
        return [Result(FAILED if problem else PASSED, self.name, problem)]

    def _problem(self, arch, places):
        """Run it; say what is not as expected, nothing if all is."""
        given = {**self.given, **self.given.get("on", {}).get(arch, {})}
        options = [places.fill(word) for word in given.get("run", [])]
        program = [places.fill(word) for word in given.get("program", [])]
        stdin = places.fill(given.get("stdin", "")).encode()
        done = run(arch, options, program, stdin, given.get("deadline", DEADLINE))
        last = " | ".join(done.stderr.strip().splitlines()[-2:])
        if done.status != given.get("status", 0):
            return "status %d, not %d: %s" % (done.status, given.get("status", 0), last)
        if "stdout" in given and done.stdout != places.fill(given["stdout"]).encode():
            return "stdout is %r" % done.stdout[:120]
        text = done.stdout.decode(errors="replace")
        for claim in given.get("stdout_has", []):
            if not re.search(places.fill(claim), text, re.MULTILINE):
                return "stdout lacks /%s/: %r" % (claim, text[:120])
        for claim in given.get("stderr_has", []):
            if not re.search(claim, done.stderr, re.MULTILINE):
                return "stderr lacks /%s/: %s" % (claim, last)
        lacks = given.get("stderr_lacks", [] if done.status == 125 else [FATAL.pattern])
        for claim in lacks:
            if re.search(claim, done.stderr, re.MULTILINE):
                return "stderr has /%s/" % claim
        for claim in given.get("stats", []):
            if not holds(claim, done.stats):
                return "not so: %s" % claim
        return ""


def cases(path):
    """Read a scenario file."""
    given = tomllib.loads(path.read_text(encoding="utf-8"))
    found = []
    for case in given["case"]:
        unknown = set(case) - KEYS
        if unknown:
            raise ValueError("%s: no such key: %s" % (path, ", ".join(sorted(unknown))))
        name = "scenario %s: %s" % (path.stem, case["name"])
        found.append(Case(name, case, given.get("files", {})))
    return found
