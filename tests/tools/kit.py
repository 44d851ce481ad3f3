# SPDX-License-Identifier: GPL-2.0-or-later
"""For the tools' tests: a build folder with stand-ins, and the runner on a fake QEMU."""

import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tools"))

IMAGES = ("kernel", "init", "frame", "swap", "oom", "file", "process", "pager")


class RunnerCase(unittest.TestCase):
    """A test with a folder of its own and a build in it."""

    def setUp(self):
        holder = tempfile.TemporaryDirectory(prefix="quire-tools-")
        self.addCleanup(holder.cleanup)
        self.folder = Path(holder.name)
        build = self.folder / "build" / "riscv64"
        (build / "image").mkdir(parents=True)
        for name in IMAGES:
            (build / "image" / name).write_bytes(name.encode() * 100)
        (build / "loader.elf").write_bytes(b"loader")
        (build / "busybox").write_bytes(b"busybox")
        (build / "busybox").chmod(0o755)
        (build / "busybox.applets").write_text("busybox\ncat\nls\n", encoding="utf-8")

    def path(self, name, data=None):
        """A file of the test's folder."""
        path = self.folder / name
        if data is not None:
            path.write_bytes(data)
        return str(path)

    def env(self, guest, stats=None):
        """The environment in which QEMU is the fake one, with these lines to follow."""
        env = dict(os.environ, QUIRE_OUT=str(self.folder / "build"), FAKE_GUEST=guest)
        env["PATH"] = "%s:%s" % (ROOT / "tests" / "tools" / "fake", env["PATH"])
        env["FAKE_STATS"] = json.dumps(stats or [])
        return env

    def start(self, *lines):
        """`quire run` with a guest of those lines, left running."""
        command = [sys.executable, str(ROOT / "tools" / "quire"), "run", "--", "/bin/x"]
        quiet = {name: subprocess.DEVNULL for name in ("stdin", "stdout", "stderr")}
        runner = subprocess.Popen(command, env=self.env("\n".join(lines)), **quiet)
        self.addCleanup(runner.wait)
        self.addCleanup(runner.kill)
        return runner

    def quire(self, *words, guest="", stdin=b"", stats=None):
        """Run tools/quire; return the finished process, and its statistics as .stats."""
        env = self.env(guest, stats)
        file = self.folder / "stats.json"
        file.unlink(missing_ok=True)
        command = [sys.executable, str(ROOT / "tools" / "quire"), *words]
        if words[0] == "run":
            command[3:3] = ["--stats", str(file)]
        done = subprocess.run(
            command, input=stdin, capture_output=True, env=env, timeout=50, check=False
        )
        done.stats = json.loads(file.read_text(encoding="utf-8")) if file.exists() else None
        done.said = done.stderr.decode(errors="replace")
        return done

    def run_guest(self, *lines, options=(), stdin=b"", stats=None):
        """`quire run` with a guest of those lines."""
        return self.quire(
            *("run", *options, "--", "/bin/x"), guest="\n".join(lines), stdin=stdin, stats=stats
        )
