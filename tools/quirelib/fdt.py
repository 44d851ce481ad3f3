# SPDX-License-Identifier: GPL-2.0-or-later
"""Reading a flattened device tree: just enough to know a manifest's nodes and properties."""

import struct

MAGIC = 0xD00DFEED
BEGIN_NODE, END_NODE, PROP, NOP, END = 1, 2, 3, 4, 9


class Node:
    """A node: its name, properties (raw bytes) and children, in file order."""

    def __init__(self, name):
        self.name = name
        self.properties = {}
        self.children = []


def _text_at(blob, offset):
    return blob[offset : blob.index(b"\0", offset)].decode()


def parse(blob):
    """Return the root node of a tree that dtc wrote; ValueError if it is none."""
    magic, _, at, strings = struct.unpack_from(">IIII", blob)
    if magic != MAGIC:
        raise ValueError("not a flattened device tree")
    stack = [Node("")]
    while True:
        (token,) = struct.unpack_from(">I", blob, at)
        at += 4
        if token == BEGIN_NODE:
            node = Node(_text_at(blob, at))
            stack[-1].children.append(node)
            stack.append(node)
            at += (len(node.name) + 4) & ~3
        elif token == END_NODE:
            stack.pop()
        elif token == PROP:
            length, name = struct.unpack_from(">II", blob, at)
            stack[-1].properties[_text_at(blob, strings + name)] = blob[at + 8 : at + 8 + length]
            at += 8 + (length + 3 & ~3)
        elif token == END:
            return stack[0].children[0]
        elif token != NOP:
            raise ValueError("a token that does not exist: %d" % token)
