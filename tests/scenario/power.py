# SPDX-License-Identifier: GPL-2.0-or-later
"""Power failures: a workload's writes are logged, and cut off wherever one likes.

The workload, tests/task/promises.c, waits behind each promise until it is noted how much
was written by then. At each flush, and between each two, a disk is made as it may be when the power
fails there; e2fsck repairs it, and what had been promised by then is looked for.
"""

import random
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import promises
from testlib import rough, write_log

SECONDS = 120


@dataclass
class Said:
    """A line of the workload, and how much was written by then."""

    written: int
    name: str
    promise: promises.Promise


class Workload:
    """A run that is over: the disk before it, the log, what was promised when."""

    def __init__(self, arch, rounds, folder, uncached=False):
        self.folder = Path(folder)
        base = self.folder / "before"
        promises.make_image(base, arch)
        self.before = base.read_bytes()
        self.log = write_log.Log(self.folder / "log")
        self.log.path.touch()
        self.said = []
        disk = {"log": str(self.log.path), **({"uncached": True} if uncached else {})}
        command = [*rough.command({"fs": disk}), "run", "--arch", arch, "--mem", "24M"]
        command += ["--disk", str(base), "--timeout", str(SECONDS), "--log", str(base) + ".said"]
        command += ["--", "/promises", promises.FOLDER, str(rounds), "ask"]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as run:
            for line in run.stdout:
                self._hear(line.decode(), run.stdin)
        self.log.follow()
        self.status = run.returncode

    def _hear(self, line, answer):
        found = promises.read(line)
        if found is None:
            return
        if found[1] is None:  # from the last promise on: what follows it may have begun
            written = self.said[-1].written if self.said else 0
        else:
            written = self.log.follow()
        self.said.append(Said(written, *found))
        if found[1]:
            answer.write(b".")
            answer.flush()

    def promised(self, end):
        """What must hold if the power fails when so many entries are written."""
        standing = {}
        for said in self.said:
            if said.promise is None and said.written < end:
                standing.pop(said.name, None)
            elif said.promise is not None and said.written <= end:
                standing[said.name] = said.promise
        return list(standing.values())


def failures(work, points=1, each=10, seed=1):
    """(images looked at, [what is lost]): every `points`-th flush, and `each` disks before it."""
    numbers = random.Random(seed)
    image = bytearray(work.before)
    images, lost = 0, []
    path = work.folder / "image"

    def look(contents, end, where):
        path.write_bytes(contents)
        lost.extend("%s: %s" % (where, text)
                    for text in promises.kept(path, work.promised(end)))

    for index, (first, end) in enumerate(work.log.sections()):
        for k in range(each if index % points == 0 else 0):
            contents = bytearray(image)
            cut = numbers.randint(first, end)
            write_log.apply_some(contents, work.log.entries[first:cut], numbers)
            look(contents, cut, "disk %d in writes %d to %d" % (k, first, cut))
            images += 1
        for entry in work.log.entries[first:end]:
            write_log.apply(image, entry)
        if index % points == 0:
            look(image, end, "flush %d" % index)
            images += 1
    return images, lost


def try_one(arch, rounds, uncached=False, **how):
    """The workload, and what its power failures lose."""
    with tempfile.TemporaryDirectory(prefix="quire-power-") as folder:
        work = Workload(arch, rounds, folder, uncached)
        return work, *failures(work, **how)
