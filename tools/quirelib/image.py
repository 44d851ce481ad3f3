# SPDX-License-Identifier: GPL-2.0-or-later
"""ext2 images: making one from host files, adding to one, reading one.

All through e2fsprogs' own tools, without mounting and without root. Two images of the
same files are equal to the byte: entries are written in sorted order, times and
identifiers are fixed, all belongs to root, and only modes are taken from the host.
"""

import os
import re
import shutil
import stat
import subprocess
from pathlib import Path

from quirelib import sizes
from quirelib.errors import STATUS_REFUSED, RunnerError

BLOCK = 4096
SPARE = 32 << 20  # left free for programs that write
SPARE_INODES = 1024
TIME = "1700000000"
UUID = "8f6c2f7e-5d1b-4c0a-9b0e-71756972650a"
FEATURES = "none,filetype,sparse_super,large_file,has_journal"
JOURNAL = 4  # MiB: the smallest that there is
LINKS = 8  # symbolic links followed by get


def _tool(name):
    """e2fsprogs' tools are in sbin, which is not on everybody's PATH."""
    path = shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    if not path:
        raise RunnerError("%s is missing: run make deps" % name)
    return path


def _run(command, **more):
    env = dict(os.environ, E2FSPROGS_FAKE_TIME=TIME, LC_ALL="C")
    return subprocess.run(command, env=env, capture_output=True, check=False, **more)


def _quoted(path):
    if "\n" in path or "\r" in path:
        raise RunnerError("a file name with a line break: %r" % path)
    return '"%s"' % path.replace('"', '""')


class Tree:
    """What goes into an image: guest paths, each with where its contents come from."""

    def __init__(self):
        self.entries = {"/": None}

    def _parents(self, guest):
        for parent in Path(guest).parents:
            self.entries.setdefault(str(parent), None)

    def add_link(self, guest, target):
        self._parents(guest)
        self.entries[guest] = target

    def add(self, host, guest):
        """Add a host file, or a folder with all that is in it, as `guest`."""
        host = Path(host)
        if not os.path.lexists(host):
            raise RunnerError("no such file: %s" % host)
        guest = os.path.normpath(guest)
        self._parents(guest)
        if host.is_symlink() and not host.exists():
            raise RunnerError("a dangling link: %s" % host)
        self._add_one(host.resolve(), guest)

    def _add_one(self, host, guest):
        mode = host.lstat().st_mode
        if stat.S_ISLNK(mode):
            self.entries[guest] = os.readlink(host)
        elif stat.S_ISREG(mode) or stat.S_ISDIR(mode):
            if not os.access(host, os.R_OK):
                raise RunnerError("cannot read %s" % host)
            self.entries[guest] = host
        else:
            raise RunnerError("neither file, folder nor link: %s" % host)
        if stat.S_ISDIR(mode):
            for name in sorted(os.listdir(host)):
                self._add_one(host / name, os.path.join(guest, name))

    def bytes_needed(self):
        total = 0
        for source in self.entries.values():
            size = source.stat().st_size if isinstance(source, Path) else 0
            blocks = sizes.round_up(size, BLOCK) // BLOCK + 2
            total += (blocks + blocks // 512) * BLOCK
        return total

    def commands(self, fresh):
        """The debugfs commands that put it all into an image, which may have files already."""
        for guest, source in sorted(self.entries.items()):
            if guest == "/":
                continue
            if isinstance(source, str):
                yield "symlink %s %s" % (_quoted(guest), _quoted(source))
                continue
            if source is not None and source.is_file():
                if not fresh:
                    yield "rm %s" % _quoted(guest)
                yield "write %s %s" % (_quoted(str(source)), _quoted(guest))
            else:
                yield "mkdir %s" % _quoted(guest)
                if not fresh:
                    continue  # it may have been there, with a mode of its own
            mode = 0o040755 if source is None else source.stat().st_mode
            yield "set_inode_field %s mode 0%o" % (_quoted(guest), mode)


# Adding to a given image replaces what is there: these are no failures.
_EXPECTED = re.compile(rb"debugfs \d|rm: File not found|.*Ext2 directory already exists|\s*$")


def write_into(image, tree, fresh=False):
    """Write a tree's entries into an existing image."""
    commands = "".join(line + "\n" for line in tree.commands(fresh))
    done = _run([_tool("debugfs"), "-w", "-f", "/dev/stdin", str(image)], input=commands.encode())
    problems = [line for line in done.stderr.splitlines() if not _EXPECTED.match(line)]
    if done.returncode or problems:
        text = b"; ".join(problems[:2]).decode(errors="replace")
        raise RunnerError("cannot write %s: %s" % (image, text))


def make(image, tree, spare=SPARE):
    """Make a fresh image as large as its contents ask, and `spare` bytes larger."""
    inodes = len(tree.entries) + SPARE_INODES
    size = sizes.round_up(tree.bytes_needed() * 101 // 100 + inodes * 256 + spare + (JOURNAL << 20), 1 << 20)
    with open(image, "wb") as file:
        file.truncate(size)
    options = ["-q", "-F", "-b", str(BLOCK), "-t", "ext2", "-O", FEATURES, "-I", "256", "-m", "0"]
    options += ["-J", "size=%d" % JOURNAL]
    options += ["-N", str(inodes), "-U", UUID, "-E", "root_owner=0:0,hash_seed=" + UUID]
    done = _run([_tool("mke2fs"), *options, str(image)])
    if done.returncode:
        raise RunnerError("mke2fs: %s" % done.stderr.decode(errors="replace").strip())
    write_into(image, tree, fresh=True)


def _stat(image, path):
    done = _run([_tool("debugfs"), "-R", "stat %s" % _quoted(path), str(image)])
    text = done.stdout.decode(errors="replace")
    kind = re.search(r"Type: (\w+)", text)
    if not kind:
        lines = done.stderr.decode(errors="replace").splitlines()[1:] or ["no such file"]
        raise RunnerError("%s: %s" % (path, lines[0]), STATUS_REFUSED)
    return kind.group(1), text


def get(image, path, out):
    """Write the contents of a file in an image to `out`."""
    if not Path(image).exists():
        raise RunnerError("no image yet: %s" % image, STATUS_REFUSED)
    if not path.startswith("/"):
        raise RunnerError("%s: not an absolute path" % path, STATUS_REFUSED)
    for _ in range(LINKS):
        kind, text = _stat(image, path)
        link = re.search(r'Fast link dest: "(.*)"', text)
        if kind != "symlink" or not link:
            break
        path = os.path.normpath(os.path.join(os.path.dirname(path), link.group(1)))
    if kind != "regular":
        raise RunnerError("%s: not a file but a %s" % (path, kind), STATUS_REFUSED)
    command = [_tool("debugfs"), "-R", "cat %s" % _quoted(path), str(image)]
    done = subprocess.run(command, stdout=out, stderr=subprocess.PIPE, check=False)
    if done.returncode or len(done.stderr.splitlines()) > 1:
        raise RunnerError("%s: cannot be read" % path, STATUS_REFUSED)
