# SPDX-License-Identifier: GPL-2.0-or-later
"""Damaged programs and disks: made from sound ones by a seed, run, judged.

Whatever the damage, the run ends in time with a status of the table; nothing panics, and a server
that must stop says so itself.
"""

import os
import random
import re
import tempfile
from pathlib import Path

from quirelib import image, tree
from testlib import scenario

ARCH = os.environ.get("QUIRE_ARCH", "riscv64")
DEADLINE = 20
HEADERS = 64 + 8 * 56  # an ELF64's header and its program headers
# Of a small image, as image.py lays it out: where they begin, how many bytes matter.
REGIONS = {
    "superblock": (1024, 264),
    "group descriptors": (4096, 32),
    "bitmaps": (8192, 8192),
    "inodes": (16384, 11 * 256),  # root's is the second; busybox, which is to run, has the 13th
    "later inodes": (16384 + 13 * 256, 16 * 256),
    "directories": (70 * 4096, 6 * 4096),
}
# The kernel's own failures, and a server that died without a word.
WRONG = re.compile(r"PANIC|BUG|audit")
DIED = re.compile(r"quire: fatal: server (\w+) died")


def damage(data, seed, start, length, count):
    """Replace `count` bytes of a bytearray within a range."""
    numbers = random.Random(seed)
    for _ in range(count):
        data[start + numbers.randrange(length)] = numbers.randrange(256)


def judge(done):
    """What is wrong with how a run ended; nothing if all is as it should be."""
    wrong = WRONG.search(done.stderr)
    if wrong:
        return "the log says %s" % wrong.group(0)
    died = DIED.search(done.stderr)
    if died and not re.search(r"^%s: fatal: " % died.group(1), done.stderr, re.MULTILINE):
        return "%s died without a word" % died.group(1)
    if done.status == 124:
        return "it did not end"
    if done.status == 125 and "quire: " not in done.stderr:
        return "no cause is named"
    return ""


def program(seed):
    """Run a program with a damaged header."""
    data = bytearray(tree.Build(ARCH).file("task/report").read_bytes())
    damage(data, seed, 0, HEADERS, 1 + seed % 4)
    with tempfile.TemporaryDirectory(prefix="quire-hostile-") as folder:
        path = Path(folder, "x")
        path.write_bytes(data)
        path.chmod(0o755)
        return judge(scenario.run(ARCH, ["--add", str(path)], ["/x"], deadline=DEADLINE))


def disk(seed):
    """Read a whole tree from a disk with damaged metadata."""
    with tempfile.TemporaryDirectory(prefix="quire-hostile-") as folder:
        files = image.Tree()
        files.add(tree.Build(ARCH).file("busybox"), "/bin/busybox")
        files.add(tree.ROOT / "boot", "/boot")
        path = Path(folder, "disk")
        image.make(path, files)
        data = bytearray(path.read_bytes())
        start, length = list(REGIONS.values())[seed % len(REGIONS)]
        damage(data, seed, start, length, 1 + length // 64 * (seed % 4))
        path.write_bytes(data)
        command = ["/bin/busybox", *(["ls", "-lR", "/"] if seed % 2 else ["find", "/"])]
        return judge(scenario.run(ARCH, ["--disk", str(path)], command, deadline=DEADLINE))
