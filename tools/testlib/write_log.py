# SPDX-License-Identifier: GPL-2.0-or-later
"""A log of a disk's writes, as QEMU's blklogwrites keeps it, and the disk after a power failure.

A disk with a cache may have on its medium, when the power fails, any part of what was written
since the last flush; what was written before a flush is there. Parts are sectors: a request that
was under way may be torn.
"""

import struct
from dataclasses import dataclass

SECTOR = 512
MAGIC = 0x6A736677736872
FLUSH = 1


@dataclass
class Entry:
    """A write, or a flush: then it has no bytes."""

    offset: int
    data: bytes
    flush: bool


class Log:
    """The entries of a log, which may still grow."""

    def __init__(self, path):
        self.path = path
        self.entries = []
        self._at = SECTOR

    def follow(self):
        """Take in what is new; return how many entries there are."""
        with open(self.path, "rb") as file:
            while True:
                file.seek(self._at)
                head = file.read(SECTOR)
                if len(head) < SECTOR or not any(head[:32]):
                    return len(self.entries)
                sector, count, flags, _ = struct.unpack_from("<4Q", head)
                data = file.read(count * SECTOR)
                if len(data) < count * SECTOR:
                    return len(self.entries)
                self._at += SECTOR + len(data)
                self.entries.append(Entry(sector * SECTOR, data, bool(flags & FLUSH)))

    def sections(self):
        """(first, end) of the writes between two flushes, and of those behind the last."""
        first = 0
        for index, entry in enumerate(self.entries):
            if entry.flush:
                yield first, index
                first = index + 1
        yield first, len(self.entries)


def apply(image, entry):
    image[entry.offset : entry.offset + len(entry.data)] = entry.data


def apply_some(image, entries, numbers):
    """A part of them: some whole, some torn, some not at all."""
    for entry in entries:
        how = numbers.random()
        if how < 0.4:
            apply(image, entry)
        elif how < 0.6:
            for at in range(0, len(entry.data), SECTOR):
                if numbers.random() < 0.5:
                    start = entry.offset + at
                    image[start : start + SECTOR] = entry.data[at : at + SECTOR]
