# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs on disks whose requests fail, one from the n-th on: what may come of it, and what must not.

An error costs those who need what was to be read or written, and is told to them; no server
dies, nothing hangs, and when the disk is sound again e2fsck repairs the image, which then holds all
that was synced.
"""

import os
import re
import tempfile
from pathlib import Path

import promises
from quirelib import image, tree
from testlib import rough, scenario

ARCH = os.environ.get("QUIRE_ARCH", "riscv64")
SECONDS = 60
ROUNDS = 10
DATA = 8 << 20  # read at random: more than the cache holds
FIRST = range(1, 201)  # the requests that fail
LENGTHS = (1, 2, rough.FOR_EVER)  # one passes unnoticed, two in a row do not
ROOT = ("read", "write", "flush")
SWAP = ("read", "write")

DEAD = re.compile(r"PANIC|BUG|audit|quire: fatal|: fatal: ")
UNREAD = "dies of signal 7: the disk could not read it"
NOT_RUN = "cannot run .*: the device reported an error"
READ_ONLY = "file: the volume is read-only now: |file: read only: "
NEIGHBOUR = "/overfill 1 100"


def length_of(number):
    """Of the trouble that begins with this request: all lengths take turns, in every 20th, too."""
    return LENGTHS[(number + 2 * (number // 20)) % 3]


def _end(done, fine):
    """Whether status and log agree on how the program ended."""
    said = {fine: "", 135: UNREAD, 125: NOT_RUN, 2: "exited 2"}.get(done.status)
    if said is None or not re.search(said, done.stderr):
        return "status %d, and the log: %s" % (done.status, done.stderr[-300:])
    return ""


def _neighbour(done):
    """The program beside it, begun before it: unharmed, unless its pages could not be read."""
    ended = re.search(r"pid 2 \(/overfill\) (.*)", done.stderr)
    if not ended or ended.group(1) == "exited 42":
        return ""
    if ended.group(1) == "signal 7" and UNREAD in done.stderr:
        return ""
    if ended.group(1).startswith("system") and re.search(NOT_RUN, done.stderr):
        return ""
    return "its neighbour " + ended.group(1)


def _after_its_end(done):
    """Whether the disk failed when no call of the program's was left to be told."""
    ended = re.search(r"process: pid 3 \(/promises\)", done.stderr)
    failed = re.search(READ_ONLY, done.stderr)
    return bool(ended and failed and ended.start() < failed.start())


def _told(done, errors, length, kind):
    """Whether the errors are those that there should be, and the log says so."""
    if length == 1 and kind != "flush" and (errors or re.search(READ_ONLY, done.stderr)):
        return "one failure is noticed: %s" % errors[:2]
    if any(line.endswith(" 30") for line in errors) and not re.search(READ_ONLY, done.stderr):
        return "read-only without a word"
    lost = "not all that was written is on the disk" in done.stderr
    if lost and not errors and not _after_its_end(done):
        return "something is lost, and no call was told"
    return ""


def judge_root(done, path, length, kind):
    """What is wrong with a run of the promises; nothing if all is as it should be."""
    text = done.stdout.decode(errors="replace")
    errors = [line for line in text.splitlines() if line.startswith("error ")]
    dead = DEAD.search(done.stderr)
    if dead:
        return "the log says %s" % dead.group(0)
    wrong = [line for line in text.splitlines() if line.startswith("wrong ")]
    if wrong:
        return wrong[0]
    lost = promises.kept(path, promises.standing(text), whole=False)
    return ("; ".join(lost) or _end(done, 42) or _neighbour(done)
            or _told(done, errors, length, kind))


class Root:
    """An image for the runs on a broken root disk."""

    def __init__(self, folder):
        self.before = Path(folder, "before")
        self.path = Path(folder, "disk")
        promises.make_image(self.before, ARCH, DATA)
        files = image.Tree()
        for name in ("busybox", "task/overfill"):
            files.add(tree.Build(ARCH).file(name), "/" + name.rpartition("/")[2])
        image.write_into(self.before, files)
        self.before = self.before.read_bytes()

    def run(self, disk, program, *more):
        self.path.write_bytes(self.before)
        options = ["--mem", "24M", "--disk", str(self.path), *more]
        return scenario.run(ARCH, options, program, deadline=SECONDS, disks={"fs": disk})

    def promises(self, disk, rounds=ROUNDS):
        program = ["/promises", promises.FOLDER, str(rounds)]
        return self.run(disk, program, "--also", NEIGHBOUR)


def root(kind, numbers):
    """Yield (what fails, what is wrong) for requests of a kind of the root disk."""
    with tempfile.TemporaryDirectory(prefix="quire-broken-") as folder:
        disk = Root(folder)
        for number in numbers:
            length = length_of(number)
            done = disk.promises(rough.nth(kind, number, length))
            yield "%s %d, %d" % (kind, number, length), judge_root(done, disk.path, length, kind)


def swapping(disk, path):
    """Run a program with more pages than there is memory, from an image with no more in it."""
    if not path.exists():
        files = image.Tree()
        files.add(tree.Build(ARCH).file("task/overfill"), "/overfill")
        image.make(path, files, promises.SPARE)
    options = ["--mem", "16M", "--swap", "32M", "--disk", str(path)]
    return scenario.run(ARCH, options, ["/overfill", "13", "50", "1", "lossy"],
                        deadline=SECONDS, disks={"swap": disk})


def judge_swap(done, length):
    """The same for a program whose pages are swapped: each is what it was, or lost and told."""
    dead = DEAD.search(done.stderr)
    if dead:
        return "the log says %s" % dead.group(0)
    said = re.search(rb"pages, \d+ touches: (\d+) wrong(, \d+ lost)?\n", done.stdout)
    if done.status != 42 or not said or said.group(1) != b"0":
        return "status %d: %r, %s" % (done.status, done.stdout[-80:], done.stderr[-300:])
    if length == 1 and said.group(2):
        return "one failure is noticed: %r" % said.group(0)
    return ""


def swap(kind, numbers):
    """The same for requests of the swap disk."""
    with tempfile.TemporaryDirectory(prefix="quire-broken-") as folder:
        for number in numbers:
            length = length_of(number)
            done = swapping(rough.nth(kind, number, length), Path(folder, "disk"))
            yield "%s %d, %d" % (kind, number, length), judge_swap(done, length)
