# SPDX-License-Identifier: GPL-2.0-or-later
"""The boot archive, as lib/abi/archive.h describes it.

Nothing in it depends on the time or the machine: equal files give equal archives.
"""

import struct

MAGIC = 0x52415551
VERSION = 1
PAGE = 4096
NAME = 32

HEADER = struct.Struct("<IIIIQ")
ENTRY = struct.Struct("<%dsQQ" % NAME)


class ArchiveError(Exception):
    """A name or content that the format cannot hold, or a file that is no archive."""


def _padding(size):
    return -size % PAGE


def pack(files):
    """Return the archive of `files`, a list of (name, bytes) kept in order."""
    names = [name.encode() for name, _ in files]
    for name in names:
        if not 0 < len(name) < NAME or b"\0" in name:
            raise ArchiveError("archive: bad name %r" % name.decode())
    if len(set(names)) != len(names):
        raise ArchiveError("archive: a name occurs twice")

    head = HEADER.size + ENTRY.size * len(files)
    offset = head + _padding(head)
    entries, bodies = [], []
    for name, (_, data) in zip(names, files):
        entries.append(ENTRY.pack(name, offset, len(data)))
        bodies.append(data + b"\0" * _padding(len(data)))
        offset += len(bodies[-1])
    header = HEADER.pack(MAGIC, VERSION, len(files), 0, offset)
    return b"".join([header, *entries, b"\0" * _padding(head), *bodies])


def unpack(image):
    """Return the (name, bytes) pairs of an archive; ArchiveError if it is none."""
    if len(image) < HEADER.size:
        raise ArchiveError("archive: shorter than its header")
    magic, version, count, _, size = HEADER.unpack_from(image)
    if (magic, version) != (MAGIC, VERSION) or size > len(image):
        raise ArchiveError("archive: bad header")
    if HEADER.size + count * ENTRY.size > size:
        raise ArchiveError("archive: entries beyond its end")
    files = []
    for i in range(count):
        name, offset, length = ENTRY.unpack_from(image, HEADER.size + i * ENTRY.size)
        if offset % PAGE or offset + length > size:
            raise ArchiveError("archive: entry %d is out of range" % i)
        files.append((name.rstrip(b"\0").decode(), image[offset : offset + length]))
    return files
