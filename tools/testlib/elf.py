# SPDX-License-Identifier: GPL-2.0-or-later
"""Where the fields of little-endian ELF files lie, for tests that spoil them."""

import struct

CLASS, CLASS_64 = 4, 2


class Layout:
    """Of the files whose words have 32 or 64 bits, as the one given."""

    def __init__(self, data):
        self.wide = data[CLASS] == CLASS_64
        word = 8 if self.wide else 4
        names = ("entry", "table", "sections")
        self.fields = {"class": (CLASS, 1), "order": (5, 1), "machine": (18, 2)}
        self.fields |= {name: (24 + i * word, word) for i, name in enumerate(names)}
        self.fields["count"] = (32 + 3 * word, 2)  # of program headers
        words = ["offset", "vaddr", "paddr", "filesz", "memsz"]
        self.names = ["type", *words, "flags", "align"]
        self.header = struct.Struct("<IIIIIIII")
        if self.wide:
            self.names = ["type", "flags", *words, "align"]
            self.header = struct.Struct("<IIQQQQQQ")

    def get(self, data, name):
        at, size = self.fields[name]
        return int.from_bytes(data[at : at + size], "little")

    def put(self, data, name, value):
        """The file with a field of its header replaced; of the value what has room."""
        at, size = self.fields[name]
        if value == "other":  # of two
            value = 3 - self.get(data, name)
        value &= (1 << 8 * size) - 1
        return data[:at] + value.to_bytes(size, "little") + data[at + size :]

    def segment(self, data, index):
        """A program header, by names."""
        at = self.get(data, "table") + self.header.size * index
        return dict(zip(self.names, self.header.unpack_from(data, at)))

    def put_segment(self, data, index, **fields):
        """The file with fields of a program header replaced."""
        at = self.get(data, "table") + self.header.size * index
        values = self.segment(data, index) | fields
        new = self.header.pack(*(values[name] for name in self.names))
        return data[:at] + new + data[at + len(new) :]
