# SPDX-License-Identifier: GPL-2.0-or-later
"""What a header says, as Markdown."""

import re
import textwrap

WIDTH = 100
WIDE = 4  # columns from which on a table becomes a list


def paragraphs(text):
    """A comment's text: what is indented stands as it is, all else is filled."""
    for part in re.split(r"\n\s*\n", text.strip("\n")):
        lines = part.split("\n")
        if all(line.startswith("  ") for line in lines):
            yield "```text\n%s\n```" % textwrap.dedent(part)
            continue
        begins = next((i for i, line in enumerate(lines) if line.startswith("  ")), len(lines))
        if begins:
            yield fill(" ".join(lines[:begins]))
        if begins < len(lines):
            yield "```text\n%s\n```" % textwrap.dedent("\n".join(lines[begins:]))


def fill(text, first="", rest=""):
    return textwrap.fill(" ".join(text.split()), WIDTH, initial_indent=first,
                         subsequent_indent=rest, break_long_words=False, break_on_hyphens=False)


def grid(head, rows):
    """A Markdown table."""
    cells = [[str(cell).replace("|", "\\|") for cell in line] for line in [head, *rows]]
    cells.insert(1, ["---"] * len(head))
    return "\n".join("| " + " | ".join(line) + " |" for line in cells)


def code(name):
    return "`%s`" % name


def bits(number):
    """A number as its readers think of it."""
    return "2^%d" % (number.bit_length() - 1) if number & (number - 1) == 0 and number > 512 \
        else str(number)


def enum(item):
    rows = [(code(e.name), e.number, e.text) for e in item.rows]
    return grid(("`enum %s`" % item.name, "", "means"), rows)


def struct(item):
    rows = [(e.number, code(e.kind), code(e.name), e.text) for e in item.rows]
    return grid(("byte", "type", "`struct %s`" % item.name, "is"), rows)


def constants(item):
    return grid(("constant", "", "is"), [(code(e.name), e.number, e.text) for e in item.rows])


def table(item, prefix, costs):
    """Rows of a table: a Markdown table if it is narrow, else a list."""
    if len(item.columns) < WIDE:
        rows = [(code(prefix + cells[0]), number, *cells[1:])
                for number, cells in enumerate(item.rows)]
        return grid((item.columns[0], "", *item.columns[1:]), rows)
    lines = []
    for number, cells in enumerate(item.rows):
        facts = ["%s: %s" % (name, cell) for name, cell in zip(item.columns[1:-1], cells[1:-1])
                 if cell]
        cost = costs(cells[0])
        if cost:
            facts.append("cost: " + cost)
        lines.append(fill("**%s%s** (%d): %s." % (prefix, cells[0], number, cells[-1]), "- ", "  "))
        lines += [fill(" · ".join(facts), "  ", "  ")] if facts else []
    return "\n".join(lines)


def render(header, costs):
    """Yield the Markdown of a header, a piece at a time."""
    yield "### " + header.title[0].upper() + header.title[1:]
    yield from paragraphs(header.intro)
    for item in header.items:
        if item.kind == "text":
            yield from paragraphs(item.text)
        elif item.kind == "table":
            yield table(item, header.prefixes.get(item.name, ""), costs)
        else:
            yield {"enum": enum, "struct": struct, "constants": constants}[item.kind](item)
