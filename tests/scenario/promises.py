# SPDX-License-Identifier: GPL-2.0-or-later
"""What tests/task/promises.c was promised, and whether an image keeps it."""

import array
import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from quirelib import image, tree

FOLDER = "/w"
SPARE = 6 << 20
PATH = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"


@dataclass(frozen=True)
class Promise:
    """A name has so many bytes, made of a seed; or there is no such name: no bytes."""

    name: str
    seed: int = 0
    bytes: int = None

    def contents(self):
        words = (self.seed * 0x9E3779B1 + i & 0xFFFFFFFF for i in range(self.bytes // 4))
        return array.array("I", words).tobytes()


def read(line):
    """(name, what is promised of it from this line on or None); None: it is about something else."""
    word, *rest = line.split()
    if word == "is":
        return rest[0], Promise(rest[0], int(rest[1]), int(rest[2]))
    if word == "gone":
        return rest[0], Promise(rest[0])
    return (rest[0], None) if word == "change" else None


def standing(text):
    """What is promised when all these lines were said."""
    promised = dict(filter(None, map(read, text.splitlines())))
    return [promise for promise in promised.values() if promise]


def make_image(path, arch, data_bytes=1 << 20):
    """An image with the program, what it reads, and room for what it writes."""
    contents = image.Tree()
    contents.add(tree.Build(arch).file("task/promises"), "/promises")
    data = Path(str(path) + ".data")
    data.write_bytes(array.array("I", range(data_bytes // 4)).tobytes())
    contents.add(data, FOLDER + "/data")
    image.make(path, contents, SPARE)
    data.unlink()


def fsck(path, *how):
    """e2fsck's status and what it said."""
    done = subprocess.run(["e2fsck", *how, str(path)], env=dict(os.environ, PATH=PATH, LC_ALL="C"),
                          stdin=subprocess.DEVNULL, capture_output=True, check=False)
    return done.returncode, done.stdout.decode(errors="replace")


def broken(path, promises):
    """Those that an image does not keep, each as a text."""
    out = str(path) + ".out"
    lines = ["dump %s/%s %s.%s\n" % (FOLDER, p.name, out, p.name) for p in promises]
    lines.append("ls %s\n" % FOLDER)
    done = subprocess.run(["debugfs", "-f", "/dev/stdin", str(path)], input="".join(lines).encode(),
                          env=dict(os.environ, PATH=PATH), capture_output=True, check=False)
    found = []
    for promise in promises:
        file = Path(out + "." + promise.name)
        there = file.read_bytes() if file.exists() else None
        wanted = None if promise.bytes is None else promise.contents()
        if there != wanted:
            found.append("%s: %s" % (promise.name, _difference(there, wanted)))
        file.unlink(missing_ok=True)
    if done.returncode:
        found.append("debugfs: %s" % done.stderr.decode(errors="replace").strip())
    return found


def _difference(there, wanted):
    if there is None or wanted is None:
        return "is gone" if there is None else "is there again"
    if len(there) != len(wanted):
        return "has %d bytes, not %d" % (len(there), len(wanted))
    return "differs from byte %d on" % next(i for i, b in enumerate(wanted) if there[i] != b)


def kept(path, promises, whole=True):
    """What is wrong with an image once e2fsck has repaired it; nothing if all is kept.

    A `whole` one has only its journal to be replayed, and files that lost their last name to be
    freed: there is nothing to mend.
    """
    status, said = fsck(path, "-fy")
    repaired = re.findall(r"^.*\? yes$", said, re.MULTILINE)
    if status > 1:
        return ["e2fsck ends with %d: %s" % (status, said[-300:])]
    mended = "e2fsck had to mend: %s" % "; ".join(repaired[:3])
    return ([mended] if repaired and whole else []) + broken(path, promises)
