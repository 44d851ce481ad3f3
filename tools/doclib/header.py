# SPDX-License-Identifier: GPL-2.0-or-later
"""Reads what a header of lib/abi says: its comments, tables, enums, structures and constants.

A *table* is a macro `NAME_TABLE(X)` of rows `X(NAME, "...", ...)`; the comment before it names
the columns in the same form. What an entry means stands in a comment behind it.
"""

import re
from dataclasses import dataclass, field

ITEM = re.compile(
    r"/\*(?P<comment>.*?)\*/"
    r"|#define (?P<define>\w+)(?P<arguments>\([^)]*\))?(?P<body>(?:[^\n]*\\\n)*[^\n]*)"
    r"|enum (?P<enum>\w+) \{(?P<values>.*?)\n?\};"
    r"|struct (?P<struct>\w+) \{(?P<fields>.*?)\n\};",
    re.DOTALL,
)
VALUE = re.compile(r"(\w+)(?: = ([^,/]+))?,?[ \t]*(?:/\*(.*?)\*/)?", re.DOTALL)
FIELD = re.compile(r"^\s*(struct )?(\w+) (\w+)(?:\[(\w+)\])?;[ \t]*(?:/\*(.*?)\*/)?",
                   re.MULTILINE | re.DOTALL)
PREFIX = re.compile(r"#define X\(name[^)]*\) (\w+)##name,\s+(\w+)\(X\)")
SIZES = {"uint8_t": 1, "uint16_t": 2, "uint32_t": 4, "uint64_t": 8, "cap_t": 4}


class HeaderError(Exception):
    """A header that is not written as this file says."""


@dataclass
class Entry:
    """A value of an enum, a constant, or a field: its number is the value, or the offset."""

    name: str
    number: int
    text: str = ""
    kind: str = ""  # a field's type


@dataclass
class Item:
    """One thing a header says. kind: text, table, enum, struct, constants."""

    kind: str
    name: str = ""
    text: str = ""
    columns: list = field(default_factory=list)
    rows: list = field(default_factory=list)  # of lists of text; or of entries


def plain(comment):
    """A comment's text without its stars, as it is indented."""
    lines = [re.sub(r"^\s*\*( |$)", "", line).rstrip() for line in comment.split("\n")]
    return "\n".join([lines[0].strip(), *lines[1:]]).strip("\n")


def words(comment):
    """A comment's text as one line."""
    return " ".join(plain(comment or "").split())


def row(text, name):
    """The arguments of `X(...)` at the start of text, and how long it is."""
    found, at, current = [], 2, None
    token = re.compile(r'\s*(?:"((?:[^"\\]|\\.)*)"|([\w.]+)|([,)]))')
    while True:
        match = token.match(text, at)
        if not match:
            raise HeaderError("%s: cannot read %r" % (name, text[at : at + 40]))
        at = match.end()
        string, word, mark = match.groups()
        if mark:
            found.append(current or "")
            current = None
            if mark == ")":
                return found, at
        else:
            current = (current or "") + (string if word is None else word)


class Header:
    """One header: `title`, `intro` and `items` in their order."""

    def __init__(self, name, text, constants):
        self.name, self.constants = name, constants
        self.items = []
        self._columns = None
        self.prefixes = {table: prefix for prefix, table in PREFIX.findall(text)}
        comments = []
        for match in ITEM.finditer(text):
            if match["comment"] is not None and len(comments) < 2:
                comments.append(plain(match["comment"]))
            else:
                self._take(match)
        title, _, self.intro = comments[1].partition("\n")
        if " - " not in title:
            raise HeaderError("%s: its header has no `name - title` line" % name)
        self.title = title.partition(" - ")[2].rstrip(".")

    def _take(self, match):
        if match["comment"] is not None:
            self._comment(plain(match["comment"]))
        elif match["define"]:
            self._define(match)
        elif match["enum"]:
            if "##name" not in match["values"]:
                self._entries(match["enum"], match["values"])
        elif match["struct"]:
            self._fields(match["struct"], match["fields"])

    def _comment(self, text):
        if text.startswith("X("):
            self._columns = row(" ".join(text.split()), self.name)[0]
        else:
            self.items.append(Item("text", text=text))

    def _define(self, match):
        name, body = match["define"], match["body"].replace("\\\n", " ").strip()
        if match["arguments"] == "(X)":
            self._table(name, body)
        elif match["arguments"] is None and body:
            value, _, comment = body.partition("/*")
            try:
                number = self._number(value)
            except (NameError, SyntaxError, TypeError):
                return
            self.constants[name] = number
            comment = words(comment.removesuffix("*/"))
            if comment:
                self._constant(Entry(name, number, comment))

    def _constant(self, entry):
        if not self.items or self.items[-1].kind != "constants":
            self.items.append(Item("constants"))
        self.items[-1].rows.append(entry)

    def _number(self, text):
        text = re.sub(r"\b(0x[0-9a-fA-F]+|[0-9]+)[uUlL]+\b", r"\1", text)
        text = re.sub(r"\(\w+_t\)", "", text)
        return int(eval(text, {"__builtins__": {}}, self.constants))  # pylint: disable=eval-used

    def _table(self, name, body):
        if not self._columns:
            raise HeaderError("%s: no comment names the columns of %s" % (self.name, name))
        item = Item("table", name, columns=self._columns)
        at = body.find("X(")
        while at >= 0:
            cells, size = row(body[at:], name)
            if len(cells) != len(item.columns):
                raise HeaderError("%s: %s has %d columns" % (name, cells[0], len(cells)))
            item.rows.append(cells)
            at = body.find("X(", at + size)
        self.items.append(item)
        self._columns = None

    def _entries(self, name, body):
        item, number = Item("enum", name), 0
        for entry, value, comment in VALUE.findall(body):
            number = self._number(value) if value else number
            self.constants[entry] = number
            if not entry.endswith("_COUNT"):
                item.rows.append(Entry(entry, number, words(comment)))
            number += 1
        self.items.append(item)

    def _fields(self, name, body):
        item, offset = Item("struct", name), 0
        align = 1
        for struct, kind, entry, count, comment in FIELD.findall(body):
            size = self.constants["sizeof " + kind] if struct else SIZES[kind]
            natural = 8 if struct else size
            offset = (offset + natural - 1) & -natural
            align = max(align, natural)
            shown = struct + kind + ("[%s]" % count if count else "")
            item.rows.append(Entry(entry, offset, words(comment), shown))
            offset += size * (self._number(count) if count else 1)
        self.constants["sizeof " + name] = (offset + align - 1) & -align
        self.items.append(item)
