# SPDX-License-Identifier: GPL-2.0-or-later
"""What gcov counts: in host programs, and in a kernel, read out of a machine's memory.

Nothing in the guest helps: GCC's tables are static data of the kernel. Every function has one
under a symbol of its own, `__gcov_.NAME`, which leads to its file's; what they count is summed
over all machines and written as the .gcda files that gcov expects.

    struct gcov_info     version, next, stamp, checksum, filename, ...
    struct gcov_fn_info  key (the file's gcov_info), ident, lineno_checksum, cfg_checksum,
                         {count, values} of the arcs
"""

import json
import struct
import subprocess
import tempfile
import threading
from pathlib import Path

CLASS_64 = 2
SYMTAB = 2
LOAD = 1
FUNCTION = b"__gcov_."
TAG_FUNCTION, TAG_ARCS = 0x01000000, 0x01A10000
MAGIC = 0x67636461  # "gcda"
MANY = 200  # files for one gcov


class Words64:
    """How records lie in a 64-bit program: struct's formats, with what is not wanted left out."""

    head = "<16sHHIQQQIHHHHHH"
    segment = "<I4xQQQQQ"  # type, offset, virtual, physical, length, size
    section = "<4xI16xQQI"  # type, offset, size, link
    symbol, symbol_bytes = "<I4xQ", 24  # name, value
    function = "QIII4xI4xQ"  # of struct gcov_fn_info
    file = "I12xIIQ"  # of struct gcov_info


class Words32(Words64):
    """The same in a 32-bit one."""

    head = "<16sHHIIIIIHHHHHH"
    segment = "<IIIIII"
    section = "<4xI8xIII"
    symbol, symbol_bytes = "<II", 16
    function = "IIIIII"
    file = "I4xIII"


class Elf:
    """What is needed of a little-endian ELF: where it is loaded, and its symbols."""

    def __init__(self, path):
        self.data = Path(path).read_bytes()
        self.words = Words64 if self.data[4] == CLASS_64 else Words32
        head = struct.unpack_from(self.words.head, self.data)
        self._segments = [self._segment(head[5] + i * head[9]) for i in range(head[10])]
        self._sections = [self._section(head[6] + i * head[11]) for i in range(head[12])]

    def _segment(self, at):
        kind, offset, virtual, physical, length, size = struct.unpack_from(
            self.words.segment, self.data, at)
        return {"loaded": kind == LOAD and size > 0, "offset": offset, "length": length,
                "virtual": virtual, "physical": physical, "size": size}

    def _section(self, at):
        found = struct.unpack_from(self.words.section, self.data, at)
        return dict(zip(("type", "offset", "size", "link"), found))

    def segments(self):
        """What is loaded, each as a dictionary of numbers."""
        return [part for part in self._segments if part["loaded"]]

    def place(self):
        """(virtual address, physical address, bytes) of all that is loaded, as one range."""
        first = min(self.segments(), key=lambda part: part["virtual"])
        end = max(part["virtual"] + part["size"] for part in self.segments())
        return first["virtual"], first["physical"], end - first["virtual"]

    def symbols(self, prefix):
        """Addresses of the symbols whose name begins so."""
        for table in (s for s in self._sections if s["type"] == SYMTAB):
            names = self._sections[table["link"]]["offset"]
            end = table["offset"] + table["size"]
            for at in range(table["offset"], end, self.words.symbol_bytes):
                name, value = struct.unpack_from(self.words.symbol, self.data, at)
                if self.data.startswith(prefix, names + name):
                    yield value


class Memory:
    """The kernel's image as it was in a machine."""

    def __init__(self, base, data):
        self.base, self.data = base, data

    def unpack(self, form, address):
        return struct.unpack_from("<" + form, self.data, address - self.base)

    def string(self, address):
        at = address - self.base
        return self.data[at : self.data.index(b"\0", at)].decode()


class Counters:
    """Sums over any number of machines: file -> function -> list of counts."""

    def __init__(self, kernel, ram):
        self.elf, self.ram = Elf(kernel), ram
        self.files = {}
        self._lock = threading.Lock()

    def add(self, path):
        """Add what a machine counted that left its memory in this file."""
        virtual, physical, size = self.elf.place()
        with open(path, "rb") as file:
            file.seek(physical - self.ram)
            memory = Memory(virtual, file.read(size))
        with self._lock:
            for address in self.elf.symbols(FUNCTION):
                self._add(memory, address)

    def _add(self, memory, address):
        words = self.elf.words
        key, ident, lines, shape, count, values = memory.unpack(words.function, address)
        version, stamp, checksum, name = memory.unpack(words.file, key)
        file = self.files.setdefault(memory.string(name), ((version, stamp, checksum), {}))
        found = memory.unpack("%dq" % count, values)
        sums = file[1].setdefault((ident, lines, shape), [0] * count)
        sums[:] = map(sum, zip(sums, found))

    def write(self):
        """Write the .gcda files, where the compiler put the .gcno files; return them."""
        for name, (head, functions) in self.files.items():
            data = struct.pack("<IIII", MAGIC, *head)
            for key, sums in functions.items():
                data += struct.pack("<IIIII", TAG_FUNCTION, 12, *key)
                data += struct.pack("<II%dq" % len(sums), TAG_ARCS, 8 * len(sums), *sums)
            Path(name).write_bytes(data + bytes(4))
        return sorted(self.files)


class Counts:
    """How often lines and branches were reached, over all objects and programs.

    A line in a header is one line, however many files include it. Branches of a line are
    added up where two objects have the same number of them.
    """

    def __init__(self, root, without=()):
        self.root, self.without = root, without
        self.lines = {}  # source -> {line: count}
        self.branches = {}  # source -> {(line, number of branches): [count]}

    def read(self, paths):
        """Add what the .gcda files say."""
        with tempfile.TemporaryDirectory() as empty:
            for at in range(0, len(paths), MANY):
                command = ["gcov", "--branch-probabilities", "--json-format", "--stdout"]
                done = subprocess.run([*command, *paths[at : at + MANY]], cwd=empty,
                                      capture_output=True, check=True)
                for text in done.stdout.decode().splitlines():
                    self.add(json.loads(text))

    def add(self, found):
        """Add one of gcov's answers."""
        for file in found["files"]:
            path = Path(file["file"])
            if not path.is_relative_to(self.root):
                continue
            source = str(path.relative_to(self.root))
            if not source.startswith(self.without):
                for line in file["lines"]:
                    self._add(source, line)

    def _add(self, source, line):
        lines = self.lines.setdefault(source, {})
        number = line["line_number"]
        lines[number] = lines.get(number, 0) + line["count"]
        counts = [branch["count"] for branch in line["branches"]]
        if counts:
            sums = self.branches.setdefault(source, {}).setdefault(
                (number, len(counts)), [0] * len(counts))
            sums[:] = map(sum, zip(sums, counts))

    def sources(self):
        return sorted(self.lines)

    def _reached(self, prefix):
        """(lines reached, lines, branches reached, branches) of the sources that begin so."""
        total = [0, 0, 0, 0]
        for source, lines in self.lines.items():
            if not source.startswith(prefix):
                continue
            branches = [n for sums in self.branches.get(source, {}).values() for n in sums]
            for at, counts in ((0, lines.values()), (2, branches)):
                total[at] += sum(n > 0 for n in counts)
                total[at + 1] += len(counts)
        return total

    def share(self, prefix):
        """Percent of the lines."""
        reached, lines, _, _ = self._reached(prefix)
        return 100 * reached / max(lines, 1)

    def row(self, prefix):
        found = self._reached(prefix)
        parts = ["%5.1f %% of %5d" % (100 * reached / count, count) if count else " " * 16
                 for reached, count in (found[:2], found[2:])]
        return "  ".join(parts)

    def missing(self):
        """Yield `source:line: text` of every line that was not reached."""
        for source in self.sources():
            text = (self.root / source).read_text(encoding="utf-8").splitlines()
            for number, count in sorted(self.lines[source].items()):
                if not count:
                    yield "%s:%d: %s" % (source, number, text[number - 1].strip())
