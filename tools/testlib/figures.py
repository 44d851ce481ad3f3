# SPDX-License-Identifier: GPL-2.0-or-later
"""Figures of the benches: read, compared with what has landed and with what they are to reach."""

import re
from dataclasses import dataclass

LINE = re.compile(r"\bbench (\w+) (\d+) (\w+) \| (.*)")
WORSE = 3  # percent


class BenchError(Exception):
    """A bench that measured nothing, or twice the same."""


def parse(bench, text, figures):
    """Add what a bench printed to `figures`: {name: {value, unit, includes}}."""
    found = LINE.findall(text)
    if not found:
        raise BenchError("%s measured nothing; its end: %r" % (bench, text[-200:]))
    for name, value, unit, includes in found:
        if name in figures:
            raise BenchError("%s: %s is measured twice" % (bench, name))
        figures[name] = {"value": int(value), "unit": unit, "includes": includes.strip()}


def limit(given, figures):
    """A limit of reach.ARCH.toml as a number: N, or {"over": NAME, "times": N, "by": N}; None if
    unknown."""
    if isinstance(given, int):
        return given
    if given["over"] not in figures:
        return None
    return figures[given["over"]]["value"] * given.get("times", 1) + given.get("by", 0)


@dataclass
class Row:
    """One figure beside its landed value, its limit and its peers; None where there is none."""

    name: str
    value: int = None
    landed: int = None
    reach: int = None
    gated: bool = False
    peers: str = ""

    def change(self):
        """Percent more than landed."""
        return 100 * (self.value - self.landed) / max(self.landed, 1)

    def problem(self):
        """Why the check fails for it, or ""."""
        if self.value is None:
            return "GONE" if self.landed is not None else ""
        if self.landed is not None and self.change() > WORSE:
            return "WORSE"
        return "OVER" if self.gated and self.value > self.reach else ""

    def remark(self):
        if self.problem():
            return self.problem()
        if self.value is None:
            return "not measured"
        return "open" if self.reach is not None and self.value > self.reach else ""

    def text(self):
        numbers = ["" if n is None else format(n, ",") for n in
                   (self.value, self.landed, self.reach)]
        known = self.value is not None and self.landed is not None
        change = "%+.1f %%" % self.change() if known and self.value != self.landed else ""
        return ("%-24s %12s %12s %9s %12s  %-12s  %s" % (
            (self.name, numbers[0], numbers[1], change, numbers[2], self.remark(), self.peers)
        )).rstrip()


HEAD = "%-24s %12s %12s %9s %12s  %-12s  %s" % ("", "quire", "landed", "", "reach", "", "peers")


def rows(figures, landed, reach, gates):
    """A row for every name that is measured, landed or to be reached."""
    for name in {**figures, **landed, **reach, **gates}:
        figure = figures.get(name, {})
        given = gates.get(name, reach.get(name))
        peers = "  ".join("%s %s" % (who, format(n, ","))
                          for who, n in figure.get("peers", {}).items())
        yield Row(name, figure.get("value"), landed.get(name, {}).get("value"),
                  None if given is None else limit(given, figures), name in gates, peers)
