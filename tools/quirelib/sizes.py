# SPDX-License-Identifier: GPL-2.0-or-later
"""Sizes as the command line and the manifest write them: 64M, 4K, 1G, 512."""

import re

from quirelib.errors import RunnerError

UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30}


def parse(text):
    """Return the bytes that `text` names; RunnerError if it names none."""
    match = re.fullmatch(r"([0-9]+)([KMG]?)", text)
    if not match:
        raise RunnerError("not a size: '%s' (write 512, 64K, 24M or 1G)" % text)
    return int(match.group(1)) * UNITS[match.group(2)]


def show(size):
    """Return a size in the largest unit that divides it."""
    for unit in "GMK":
        if size and size % UNITS[unit] == 0:
            return "%d%s" % (size // UNITS[unit], unit)
    return str(size)


def round_up(size, unit):
    return -(-size // unit) * unit
